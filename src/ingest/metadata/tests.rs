//! Invented heads and closings.

use jiff::civil::date;

use super::*;
use crate::ingest::parse;

fn found(text: &str) -> Found {
    find(text, &parse::parse(text).headings)
}

#[test]
fn a_law() {
    let text = "QUỐC HỘI\n-------- | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nLuật số: 7/2030/QH20 | Hà Nội, ngày 2 tháng 3 năm 2030\n\
                LUẬT\nVIỆC NHÀ, VIỆC VƯỜN\nCăn cứ Luật số 1/2000/QH10;\nĐiều 1. Phạm vi\nX\nĐiều 2. Hiệu lực\n\
                Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2031.\n\
                Luật này được Quốc hội khóa XX thông qua ngày 2 tháng 3 năm 2030.\nCHỦ TỊCH QUỐC HỘI\n(Đã ký)\nTrần Thị Bịa";
    let found = found(text);
    assert_eq!(found.number.as_deref(), Some("7/2030/QH20"));
    assert_eq!(found.title.as_deref(), Some("Luật Việc nhà, việc vườn 2030"));
    assert_eq!((found.issued, found.validity.from), (Some(date(2030, 3, 2)), Some(date(2031, 1, 1))));
    assert_eq!(found.issuer.as_deref(), Some("QUỐC HỘI"));
    assert_eq!(found.signer.as_deref(), Some("CHỦ TỊCH QUỐC HỘI Trần Thị Bịa"));
}

#[test]
fn a_decree_whose_title_is_a_sentence() {
    let text = "CHÍNH PHỦ\nSố: 12/2030/NĐ-CP\nHà Nội, ngày 5 tháng 5 năm 2030\nNGHỊ ĐỊNH\nQuy định chi tiết một số điều\n\
                của Luật Việc nhà\nCăn cứ Luật Việc nhà;\nĐiều 1. A\nB\nĐiều 2. Hiệu lực\n\
                Nghị định này có hiệu lực sau 45 ngày kể từ ngày ký.\nTM. CHÍNH PHỦ\nTHỦ TƯỚNG\nLê Bịa";
    let found = found(text);
    assert_eq!(found.title.as_deref(), Some("Nghị định quy định chi tiết một số điều của Luật Việc nhà 2030"));
    assert_eq!(found.kind, Some(DocumentKind::Decree));
    assert_eq!(found.validity.from, Some(date(2030, 6, 19)));
    assert_eq!(found.signer.as_deref(), Some("THỦ TƯỚNG Lê Bịa"));
}

#[test]
fn a_consolidated_text_has_its_own_number_and_names_what_it_consolidates() {
    let text = "LUẬT\nVIỆC NHÀ\nLuật Việc nhà số 7/2030/QH20 ngày 2 tháng 3 năm 2030 của Quốc hội, có hiệu lực kể từ ngày \
                01 tháng 01 năm 2031, được sửa đổi, bổ sung bởi:\nLuật số 8/2032/QH20.\nĐiều 1. A\nB\nĐiều 2. Hiệu lực\n\
                Luật này có hiệu lực từ ngày 01 tháng 01 năm 2031.\nXÁC THỰC VĂN BẢN HỢP NHẤT\nSố: 5/VBHN-VPQH\n\
                Hà Nội, ngày 9 tháng 9 năm 2033\nCHỦ NHIỆM\nPhạm Bịa";
    let found = found(text);
    assert_eq!(found.number.as_deref(), Some("5/VBHN-VPQH"));
    assert_eq!(found.consolidates.as_deref(), Some("7/2030/QH20"));
    assert_eq!(found.title.as_deref(), Some("Luật Việc nhà (văn bản hợp nhất 2033)"));
    assert_eq!((found.kind, found.validity.from), (Some(DocumentKind::Consolidated), None));
    assert_eq!(found.issued, Some(date(2033, 9, 9)));
}

#[test]
fn the_constitution_goes_by_its_short_title() {
    let text =
        "QUỐC HỘI\nHà Nội, ngày 1 tháng 2 năm 2030\nHIẾN PHÁP\nNƯỚC CỘNG HÒA BỊA ĐẶT\nLỜI NÓI ĐẦU\nX\nĐiều 1. A\nB\n";
    assert_eq!(found(text).title.as_deref(), Some("Hiến pháp 2030"));
}

#[test]
fn numbers() {
    assert_eq!(number_in("Số: 35-L/CTN ngày").as_deref(), Some("35-L/CTN"));
    assert_eq!(number_in("*Số: 12/2030/NÐ-CP*").as_deref(), Some("12/2030/NĐ-CP"));
    assert_eq!(number_in("ngày 01/07/2025"), None);
    assert_eq!(number_in("Số: …/QĐ-…"), None);
    assert_eq!(number_in("km/h"), None);
}
