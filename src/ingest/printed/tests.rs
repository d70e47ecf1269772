//! Pages made by hand: what is furniture goes, what was written stays.

use super::*;

/// Words of `text` in a row at `y`, letters 5 points wide and `height` points high.
fn row(page: &mut Page, x: f32, y: f32, height: f32, text: &str) {
    let mut x0 = x;
    for word in text.split(' ') {
        let x1 = x0 + 5.0 * word.chars().count() as f32;
        page.words.push(Word { x0, y0: y, x1, y1: y + height, text: word.to_owned() });
        x0 = x1 + 3.0;
    }
}

fn long(words: usize) -> String {
    vec!["lorem"; words].join(" ")
}

#[test]
fn rows_of_a_paragraph_are_joined_across_a_page_and_its_running_head() {
    let mut pages = vec![Page::default(), Page::default(), Page::default()];
    for (number, page) in pages.iter_mut().enumerate() {
        row(page, 200.0, 20.0, 12.0, &format!("CÔNG BÁO/Số {}/Ngày 01-01-2020", 7 + number));
        row(page, 300.0, 780.0, 12.0, &format!("{}", number + 1));
    }
    row(&mut pages[0], 120.0, 100.0, 12.0, "Điều 1. Phạm vi");
    row(&mut pages[0], 120.0, 120.0, 12.0, &format!("1. {}", long(12)));
    row(&mut pages[0], 100.0, 140.0, 12.0, &long(14));
    row(&mut pages[1], 100.0, 100.0, 12.0, "tiếp theo trang trước.");
    row(&mut pages[1], 120.0, 120.0, 12.0, "2. Khoản hai.");
    row(&mut pages[2], 120.0, 100.0, 12.0, "3. Khoản ba.");
    let read = read(&pages);
    let lines: Vec<&str> = read.text.lines().collect();
    assert_eq!(lines[0], "Điều 1. Phạm vi");
    assert!(lines[1].starts_with("1. lorem") && lines[1].ends_with("lorem tiếp theo trang trước."), "{}", lines[1]);
    assert_eq!(lines[2..], ["2. Khoản hai.", "3. Khoản ba."]);
}

#[test]
fn footnotes_leave_the_text_and_their_marks_stay() {
    let mut page = Page::default();
    for line in 0..6 {
        row(&mut page, 100.0, 100.0 + 20.0 * line as f32, 12.0, &long(13));
    }
    row(&mut page, 120.0, 240.0, 12.0, "Điều 4. Thủ tục");
    page.words.push(Word { x0: 190.0, y0: 240.0, x1: 193.0, y1: 247.0, text: "2".to_owned() });
    page.words.push(Word { x0: 100.0, y0: 700.0, x1: 103.0, y1: 705.0, text: "2".to_owned() });
    row(&mut page, 106.0, 701.0, 9.0, "Điều này được sửa đổi theo Thông tư bịa đặt.");
    row(&mut page, 100.0, 712.0, 9.0, "có hiệu lực từ năm sau.");
    let read = read(&[page]);
    assert!(read.text.ends_with("Điều 4. Thủ tục\u{FFF9}2\u{FFFB}\n"), "{}", read.text);
    assert_eq!(
        read.footnotes,
        [Footnote {
            mark: "2".to_owned(),
            text: "Điều này được sửa đổi theo Thông tư bịa đặt. có hiệu lực từ năm sau.".to_owned()
        }]
    );
}

#[test]
fn cells_of_a_table_are_one_line_and_the_head_of_a_document_is_not_a_table() {
    let mut page = Page::default();
    row(&mut page, 100.0, 20.0, 12.0, "BỘ BỊA ĐẶT");
    row(&mut page, 300.0, 20.0, 12.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA");
    row(&mut page, 100.0, 40.0, 12.0, "Số: 1/2030/TT-BBĐ");
    row(&mut page, 300.0, 40.0, 12.0, "Hà Nội, ngày 1 tháng 2 năm 2030");
    row(&mut page, 100.0, 100.0, 12.0, &long(12));
    row(&mut page, 100.0, 130.0, 12.0, "1");
    row(&mut page, 200.0, 130.0, 12.0, "Vùng một");
    row(&mut page, 400.0, 130.0, 12.0, "5.000");
    row(&mut page, 200.0, 145.0, 12.0, "và phụ cận");
    let read = read(&[page]);
    assert!(read.text.contains("\n1 | Vùng một và phụ cận | 5.000\n"), "{}", read.text);
    assert!(read.text.starts_with("BỘ BỊA ĐẶT\nSố: 1/2030/TT-BBĐ\nCỘNG HÒA"), "{}", read.text);
}

#[test]
fn rows_of_a_table_with_narrow_columns_do_not_run_together() {
    let mut page = Page::default();
    row(&mut page, 100.0, 80.0, 12.0, "TT");
    row(&mut page, 130.0, 80.0, 12.0, "Nghề");
    row(&mut page, 260.0, 80.0, 12.0, "Đồ dùng");
    row(&mut page, 400.0, 80.0, 12.0, "Chú");
    // The longest line of a cell leaves no more white than words do.
    for (number, y) in [("1", 100.0), ("2", 148.0)] {
        row(&mut page, 112.0, y, 12.0, number);
        row(&mut page, 120.0, y, 12.0, "chèo đò và neo đò dài ra");
        row(&mut page, 244.0, y, 12.0, "- Áo phao;");
        row(&mut page, 244.0, y + 16.0, 12.0, "- Mũ;");
        row(&mut page, 120.0, y + 16.0, 12.0, "ban đêm");
        row(&mut page, 244.0, y + 32.0, 12.0, "- Đèn.");
        row(&mut page, 400.0, y, 12.0, "khi làm");
        row(&mut page, 400.0, y + 16.0, 12.0, "trên sông.");
    }
    row(&mut page, 180.0, 210.0, 12.0, "II. NGHỀ KHÁC");
    let read = read(&[page]);
    let cells = "chèo đò và neo đò dài ra ban đêm | - Áo phao; - Mũ; - Đèn. | khi làm trên sông.";
    assert_eq!(read.text, format!("TT | Nghề | Đồ dùng | Chú\n1 | {cells}\n2 | {cells}\nII. NGHỀ KHÁC\n"));
}

#[test]
fn a_formula_reads_operand_by_operand() {
    let mut page = Page::default();
    row(&mut page, 100.0, 40.0, 12.0, &long(12));
    for (x, lines) in [(100.0, ["Tiền công", "của một", "ngày"]), (300.0, ["Số tiền", "của cả", "tháng"])]
    {
        for (index, line) in lines.iter().enumerate() {
            let lower = if 200.0 < x { 8.0 } else { 0.0 };
            row(&mut page, x, 80.0 + lower + 16.0 * index as f32, 12.0, line);
        }
    }
    row(&mut page, 200.0, 100.0, 12.0, "=");
    row(&mut page, 400.0, 100.0, 12.0, "x");
    row(&mut page, 440.0, 100.0, 12.0, "hai");
    row(&mut page, 100.0, 200.0, 12.0, "Thuế");
    row(&mut page, 200.0, 200.0, 12.0, "=");
    row(&mut page, 240.0, 190.0, 12.0, "Tổng tiền bán");
    row(&mut page, 240.0, 206.0, 12.0, "Số người");
    row(&mut page, 240.0, 222.0, 12.0, "bán hàng");
    let read = read(&[page]);
    let lines: Vec<&str> = read.text.lines().skip(1).collect();
    assert_eq!(
        lines,
        ["Tiền công của một ngày = Số tiền của cả tháng x hai", "Thuế = Tổng tiền bán / Số người bán hàng"]
    );
}

#[test]
fn lines_without_places_are_joined_by_their_words() {
    let text = "Điều 1. Phạm vi\n1. Người lao động làm việc theo hợp đồng từ đủ một tháng trở lên và người\n\
                quản lý doanh nghiệp.\n\n12\n\nCÔNG BÁO/Số 5/Ngày 01-01-2030\n\n2. Khoản hai nói về việc khác hẳn với khoản một\n\
                và kết thúc ở đây.\n";
    assert_eq!(
        lines::join(text),
        "Điều 1. Phạm vi\n1. Người lao động làm việc theo hợp đồng từ đủ một tháng trở lên và người quản lý doanh \
         nghiệp.\n2. Khoản hai nói về việc khác hẳn với khoản một và kết thúc ở đây.\n"
    );
}

#[test]
fn sentences_cut_before_a_capital_are_joined_where_a_text_does_so_throughout() {
    let clause = "1. Người bán hàng và người chèo đò làm theo quy định của Ban quản lý";
    let cut = format!("{clause}\n\nChợ và của bến đò.\n\n");
    let plain = "2. Người bán hàng giữ chợ sạch và đóng cửa quầy đúng giờ hằng ngày.\n\n";
    let heading = "Điều 7. Nghĩa vụ của người bán hàng và của người chèo đò trong chợ\n\n";
    let text = format!("{heading}{}", format!("{cut}{}", plain.repeat(20)).repeat(6));
    assert!(lines::are_cut(&text));
    let joined = lines::join_cut(&text);
    assert_eq!(joined.matches(&format!("{clause} Chợ và của bến đò.\n")).count(), 6);
    assert!(joined.starts_with(&format!("{heading}{clause} Chợ")), "a heading keeps its line");
    assert_eq!(joined.split_whitespace().count(), text.split_whitespace().count());
    for other in [text.replace("\n\n", "\n"), plain.repeat(200), format!("{cut}{}", plain.repeat(200))] {
        assert!(!lines::are_cut(&other));
    }
}

#[test]
fn the_converter_output_is_read() {
    let xml = r#"<html><body><doc><page width="10" height="20"><word xMin="1" yMin="2" xMax="3" yMax="4">a&amp;b</word>
        <word xMin="4" yMin="2" xMax="6" yMax="4">c&#225;</word></page><page width="1" height="1"/></doc></body></html>"#;
    let pages = bbox::read(xml).unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0].words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["a&b", "cá"]);
}

#[test]
fn a_raised_number_that_calls_no_footnote_is_text() {
    let mut page = Page::default();
    row(&mut page, 100.0, 100.0, 12.0, &long(12));
    row(&mut page, 100.0, 120.0, 12.0, "phòng rộng 10 m");
    page.words.push(Word { x0: 176.0, y0: 119.0, x1: 179.0, y1: 126.0, text: "2".to_owned() });
    let read = read(&[page]);
    assert!(read.text.ends_with("phòng rộng 10 m2\n"), "{}", read.text);
}

#[test]
fn a_table_set_small_is_no_footnote() {
    let mut pages = [Page::default(), Page::default()];
    for line in 0..8 {
        row(&mut pages[0], 100.0, 100.0 + 20.0 * line as f32, 12.0, &long(13));
    }
    for (line, words) in ["Thu trong năm", "1 Quỹ chợ nổi", "2 Quỹ bến đò", "Chi trong năm"].iter().enumerate()
    {
        row(&mut pages[0], 100.0, 600.0 + 14.0 * line as f32, 9.0, words);
        row(&mut pages[1], 100.0, 100.0 + 14.0 * line as f32, 9.0, words);
    }
    let read = read(&pages);
    assert!(read.footnotes.is_empty(), "{:?}", read.footnotes);
    assert_eq!(read.text.matches("2 Quỹ bến đò").count(), 2, "{}", read.text);
}
