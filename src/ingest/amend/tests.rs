//! Invented laws amended by invented laws, as drafters write it.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::versions;
use crate::{
    ingest::{metadata, parse},
    law::{Document, DocumentMeta, NodeKind, text::stored_form},
};

const LAW: &str = "QUỐC HỘI\nLuật số: 7/2011/QH13\nLUẬT\nCHỢ\n\nĐiều 1. Phạm vi\nLuật này nói về chợ, bến và thuyền.\nĐiều 2. Giờ mở cửa\n1. Chợ mở lúc sáu giờ.\n2. Chợ đóng lúc chín giờ:\na) vào mùa mưa;\nb) vào mùa khô.\n3. Bến mở cả ngày.\nĐiều 3. Phí\n1. Phí là một đồng.\n2. Ban quản lý chợ cấp huyện thu phí.\nĐiều 4. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2012.\n";

fn read(text: &str) -> Document {
    let text = stored_form(text);
    let parsed = parse::parse(&text);
    let found = metadata::find(&text, &parsed.headings);
    let meta = DocumentMeta {
        number: found.number,
        title: found.title.unwrap_or_default(),
        kind: found.kind.unwrap_or_default(),
        validity: found.validity,
        ..DocumentMeta::default()
    };
    Document::new(meta, text, parsed.headings)
}

/// An amending law in force from 1 July 2020.
fn amending(articles: &str) -> Document {
    // The final article carries the count on, as in a real law.
    let labels = articles.lines().filter_map(|line| line.strip_prefix("Điều ")?.split('.').next()?.parse::<u32>().ok());
    let last = labels.max().unwrap_or_default() + 1;
    read(&format!(
        "QUỐC HỘI\nLuật số: 9/2020/QH14\nLUẬT\nSỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU CỦA LUẬT CHỢ\n\nQuốc hội ban hành Luật sửa đổi, bổ sung một số điều của Luật Chợ số 7/2011/QH13.\n\n{articles}\nĐiều {last}. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.\n"
    ))
}

const AFTER: Date = date(2020, 7, 1);
const BEFORE: Date = date(2020, 6, 30);

struct World {
    documents: Vec<Document>,
    outcome: versions::Outcome,
}

fn amend(articles: &str) -> World {
    let mut documents = vec![read(LAW), amending(articles)];
    let mut outcome = versions::apply(&mut documents);
    documents.append(&mut outcome.overlays);
    World { documents, outcome }
}

impl World {
    /// Text of a provision of the law on a day; empty where none is in force.
    fn text(&self, path: &str, day: Date) -> String {
        let law = self.documents.iter().filter(|d| d.id == "7-2011-qh13");
        let mut found = law.filter_map(|d| Some((d, d.find(path)?))).filter(|(d, n)| d.validity(*n).in_force_on(day));
        let text = found.next().map(|(d, node)| d.provision_text(node).to_owned()).unwrap_or_default();
        assert!(found.next().is_none(), "two versions of {path} on {day}");
        text
    }

    fn notes(&self, path: &str, day: Date) -> String {
        let law = self.documents.iter().filter(|d| d.id == "7-2011-qh13");
        law.filter_map(|d| Some((d, d.find(path)?)))
            .filter(|(d, n)| d.validity(*n).in_force_on(day))
            .flat_map(|(d, n)| d.nodes()[n].notes.clone())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Nothing changed, and the provision says that something should have.
    fn check_noted(&self, path: &str) {
        assert_eq!(self.text(path, AFTER), self.text(path, BEFORE));
        assert!(self.notes(path, AFTER).contains("Có văn bản sửa đổi: "), "{path}: no note");
        assert!(!self.outcome.problems.is_empty());
    }
}

#[test]
fn a_clause_is_replaced_from_the_day_of_the_amendment() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Sửa đổi, bổ sung khoản 1 Điều 2 như sau:\n“1. Chợ mở lúc năm giờ.”.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", BEFORE), "1. Chợ mở lúc sáu giờ.");
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. Chợ mở lúc năm giờ.");
    assert_eq!(world.text("dieu-2/khoan-3", AFTER), "3. Bến mở cả ngày.");
    assert!(world.notes("dieu-2/khoan-1", AFTER).contains("khoản 1 Điều 1 Luật số 9/2020/QH14, từ ngày 01/07/2020"));
    assert_eq!(world.documents[1].meta.absorbed, ["dieu-1"]);
    assert!(world.outcome.problems.is_empty());
}

#[test]
fn several_clauses_points_and_articles_from_one_quoted_text() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Sửa đổi, bổ sung khoản 1 và khoản 3 Điều 2 như sau:\n“1. Chợ mở lúc năm giờ.\n3. Bến đóng ban đêm:\na) khi có bão;\nb) khi có lũ.”.\n2. Sửa đổi, bổ sung Điều 3 như sau:\n“Điều 3. Phí và lệ phí\n1. Phí là hai đồng.”.",
    );
    assert_eq!(world.text("dieu-2/khoan-3/diem-b", AFTER), "b) khi có lũ.");
    assert_eq!(world.text("dieu-2/khoan-2/diem-b", AFTER), "b) vào mùa khô.");
    assert_eq!(world.text("dieu-3", AFTER), "1. Phí là hai đồng.");
    assert_eq!(world.text("dieu-3/khoan-2", AFTER), "");
    assert_eq!(world.text("dieu-3/khoan-2", BEFORE), "2. Ban quản lý chợ cấp huyện thu phí.");
}

#[test]
fn the_article_may_be_named_above_and_the_law_in_the_title() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số khoản của Điều 2\n1. Sửa đổi, bổ sung khoản 1\n“1. Chợ mở lúc năm giờ.”.\n2. Sửa đổi, bổ sung một số điểm của khoản 2\na) Sửa đổi, bổ sung điểm b như sau:\n“b) vào mùa gió.”.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. Chợ mở lúc năm giờ.");
    assert_eq!(world.text("dieu-2/khoan-2/diem-b", AFTER), "b) vào mùa gió.");
}

#[test]
fn provisions_are_inserted_where_they_belong() {
    let world = amend(
        "Điều 1. Bổ sung Điều 2a vào sau Điều 2\n“Điều 2a. Đèn\nChợ có đèn.”.\nĐiều 2. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Bổ sung khoản 1a vào sau khoản 1 Điều 2 như sau:\n“1a. Chợ nghỉ trưa.”.\n2. Bổ sung khoản 3 Điều 3 như sau:\n“3. Phí nộp bằng tiền.”.\n3. Bổ sung điểm c khoản 2 Điều 2 như sau:\n“c) vào dịp Tết.”.",
    );
    assert_eq!(world.text("dieu-2a", AFTER), "Chợ có đèn.");
    assert_eq!(world.text("dieu-2a", BEFORE), "");
    assert_eq!(
        world.text("dieu-2", AFTER),
        "1. Chợ mở lúc sáu giờ.\n1a. Chợ nghỉ trưa.\n2. Chợ đóng lúc chín giờ:\na) vào mùa mưa;\nb) vào mùa khô.\nc) vào dịp Tết.\n3. Bến mở cả ngày."
    );
    assert!(world.text("dieu-3", AFTER).ends_with("3. Phí nộp bằng tiền."));
}

#[test]
fn provisions_are_repealed() {
    let world =
        amend("Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Bãi bỏ điểm a khoản 2 và khoản 3 Điều 2, Điều 3.");
    assert_eq!(world.text("dieu-2/khoan-3", AFTER), "3. (được bãi bỏ)");
    assert_eq!(world.text("dieu-2/khoan-2/diem-a", AFTER), "a) (được bãi bỏ)");
    assert_eq!(world.text("dieu-3", AFTER), "");
    assert_ne!(world.text("dieu-3", BEFORE), "");
}

#[test]
fn words_are_exchanged_where_they_stand_once() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Thay thế cụm từ “sáu giờ” bằng cụm từ “bảy giờ” tại khoản 1 Điều 2; thay thế cụm từ “một đồng” bằng cụm từ “ba đồng” tại khoản 1 Điều 3.\n2. Bỏ cụm từ “cấp huyện” tại khoản 2 Điều 3.\n3. Bổ sung cụm từ “, đò” sau cụm từ “thuyền” tại Điều 1.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. Chợ mở lúc bảy giờ.");
    assert_eq!(world.text("dieu-3", AFTER), "1. Phí là ba đồng.\n2. Ban quản lý chợ thu phí.");
    assert_eq!(world.text("dieu-1", AFTER), "Luật này nói về chợ, bến và thuyền, đò.");
}

#[test]
fn a_phrase_is_exchanged_wherever_it_stands_in_the_provision_named() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Thay thế cụm từ “vào mùa” bằng cụm từ “trong mùa” tại khoản 2 Điều 2.",
    );
    assert_eq!(world.text("dieu-2/khoan-2/diem-a", AFTER), "a) trong mùa mưa;");
    assert_eq!(world.text("dieu-2/khoan-2/diem-b", AFTER), "b) trong mùa khô.");
    assert!(!world.notes("dieu-2", AFTER).contains("Có văn bản sửa đổi"));
    assert_eq!(world.text("dieu-2/khoan-2/diem-a", BEFORE), "a) vào mùa mưa;");
}

#[test]
fn what_is_uncertain_is_noted_and_nothing_changes() {
    let head = "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n";
    for (instruction, path) in [
        // Words are added to words that stand there twice; one word stands there twice; none does.
        ("1. Bổ sung cụm từ “giữa” vào trước cụm từ “vào mùa” tại khoản 2 Điều 2.", "dieu-2/khoan-2"),
        ("1. Thay thế từ “mùa” bằng từ “tháng” tại khoản 2 Điều 2.", "dieu-2/khoan-2"),
        ("1. Thay thế cụm từ “mười giờ” bằng cụm từ “bảy giờ” tại khoản 1 Điều 2.", "dieu-2/khoan-1"),
        // The quoted text is another provision than the one named, or more than it.
        ("1. Sửa đổi, bổ sung khoản 1 Điều 2 như sau:\n“3. Chợ mở lúc năm giờ.”.", "dieu-2/khoan-1"),
        ("1. Sửa đổi, bổ sung khoản 1 Điều 2 như sau:\n“1. Chợ mở lúc năm giờ.\n2. Chợ đóng.”.", "dieu-2/khoan-1"),
        ("1. Sửa đổi, bổ sung khoản 1 Điều 2 như sau:\n“Chợ mở lúc năm giờ.”.", "dieu-2/khoan-1"),
        // Part of a provision, a heading without its text, a range.
        ("1. Sửa đổi, bổ sung đoạn mở đầu khoản 2 Điều 2 như sau:\n“2. Chợ đóng:”.", "dieu-2/khoan-2"),
        ("1. Bãi bỏ từ khoản 1 đến khoản 3 Điều 2.", "dieu-2/khoan-3"),
        // What is inserted is there already.
        ("1. Bổ sung khoản 3 Điều 2 như sau:\n“3. Bến đóng.”.", "dieu-2/khoan-3"),
        // The quotation never ends.
        ("1. Sửa đổi, bổ sung khoản 3 Điều 2 như sau:\n“3. Bến đóng.", "dieu-2/khoan-3"),
        // Two instructions for one provision on one day.
        (
            "1. Sửa đổi, bổ sung Điều 3 như sau:\n“Điều 3. Phí\nKhông có phí.”.\n2. Bãi bỏ khoản 3 Điều 2 và khoản 3 Điều 2.",
            "dieu-2/khoan-1",
        ),
    ] {
        let world = amend(&format!("{head}{instruction}"));
        if path == "dieu-2/khoan-1" && instruction.contains("Bãi bỏ khoản 3") {
            assert!(world.notes("dieu-2/khoan-3", AFTER).contains("Có văn bản sửa đổi"));
        } else {
            world.check_noted(path);
        }
        assert!(!world.documents[1].meta.absorbed.contains(&"dieu-1".to_owned()), "{instruction}");
    }
}

#[test]
fn references_reports_and_other_laws_are_no_instructions() {
    for text in [
        "Điều 1. Báo cáo\n1. Việc sửa đổi, bổ sung khoản 1 Điều 2 do Bộ đề nghị.\n2. Người bán hàng bổ sung hồ sơ theo khoản 3 Điều 2.",
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Sông số 8/2012/QH13\n1. Bãi bỏ khoản 1 Điều 2.",
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chim\n1. Bãi bỏ khoản 1 Điều 2.",
    ] {
        let world = amend(text);
        assert_eq!(world.text("dieu-2", AFTER), world.text("dieu-2", BEFORE), "{text}");
        assert!(world.notes("dieu-2/khoan-1", AFTER).is_empty());
    }
}

#[test]
fn a_law_amended_by_its_final_provisions_and_by_number() {
    let world = amend(
        "Điều 8. Sửa đổi, bổ sung, bãi bỏ các luật có liên quan\n1. Sửa đổi, bổ sung khoản 3 Điều 2 của Luật Chợ số 7/2011/QH13 như sau:\n“3. Bến nghỉ đêm.”.\n2. Bãi bỏ khoản 2 Điều 3 của Luật Chợ số 7/2011/QH13 và Điều 5 của Luật Sông số 8/2012/QH13.",
    );
    assert_eq!(world.text("dieu-2/khoan-3", AFTER), "3. Bến nghỉ đêm.");
    assert_eq!(world.text("dieu-3/khoan-2", AFTER), "2. (được bãi bỏ)");
}

#[test]
fn a_law_ends_the_day_before_its_successor() {
    let successor = |clause: &str| {
        read(&format!(
            "QUỐC HỘI\nLuật số: 9/2020/QH14\nLUẬT\nCHỢ\n\nĐiều 1. Phạm vi\nLuật này nói về chợ.\nĐiều 2. Hiệu lực thi hành\n1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.\n2. {clause}\nĐiều 3. Chuyển tiếp\n1. Phép đã cấp còn dùng đến khi hết hiệu lực.\n"
        ))
    };
    for (clause, ended) in [
        ("Luật Chợ số 7/2011/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực thi hành.", true),
        (
            "Luật Chợ số 7/2011/QH13 đã được sửa đổi theo Luật số 3/2015/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực, trừ trường hợp quy định tại khoản 1 Điều 3 của Luật này.",
            true,
        ),
        (
            "Kể từ ngày Luật này có hiệu lực, các văn bản sau đây hết hiệu lực:\na) Luật Sông số 8/2012/QH13;\nb) Luật Chợ số 7/2011/QH13.",
            true,
        ),
        (
            "Luật Sông số 8/2012/QH13 đã được sửa đổi, bổ sung theo Luật số 7/2011/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực.",
            false,
        ),
        ("Luật này thay thế Luật Chợ số 7/2011/QH13.", true),
        ("Bãi bỏ Luật Chợ số 7/2011/QH13.", true),
        ("Kể từ ngày Luật này có hiệu lực thi hành, Luật Chợ số 7/2011/QH13 hết hiệu lực.", true),
        ("Các quy định về bến của Luật Chợ số 7/2011/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực.", false),
        ("Phép cấp theo Luật Chợ số 7/2011/QH13 hết hiệu lực khi hết hạn.", false),
    ] {
        let mut documents = vec![read(LAW), successor(clause)];
        versions::apply(&mut documents);
        assert_eq!(documents[0].meta.validity.to, ended.then_some(BEFORE), "{clause}");
        if clause.contains("trừ") {
            assert!(documents[0].meta.notes[0].contains("trừ trường hợp quy định tại khoản 1 Điều 3"));
        }
    }
}

#[test]
fn provisions_that_end_by_a_final_clause_are_repealed() {
    let mut documents = vec![
        read(LAW),
        read(
            "CHÍNH PHỦ\nSố: 9/2020/NĐ-CP\nNGHỊ ĐỊNH\nVỀ BẾN\n\nĐiều 1. Bến\nBến có đèn.\nĐiều 2. Hiệu lực thi hành\n1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.\n2. Khoản 3 Điều 2 của Luật Chợ số 7/2011/QH13 hết hiệu lực kể từ ngày Nghị định này có hiệu lực.\n",
        ),
    ];
    let outcome = versions::apply(&mut documents);
    let overlay = &outcome.overlays[0];
    assert_eq!(overlay.provision_text(overlay.find("dieu-2/khoan-3").unwrap()), "3. (được bãi bỏ)");
}

#[test]
fn the_verb_may_stand_behind() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ số 7/2011/QH13\n1. Khoản 1 Điều 2 được sửa đổi, bổ sung như sau:\n“1. Chợ mở lúc năm giờ.”\n2. Khoản 2 Điều 3 được bãi bỏ.\n3. Cụm từ “một đồng” tại khoản 1 Điều 3 được thay thế bằng cụm từ “ba đồng”.\n4. Điều 1 được thay thế như sau:\n“Điều 1. Phạm vi\nChợ và bến.”.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. Chợ mở lúc năm giờ.");
    assert_eq!(world.text("dieu-3", AFTER), "1. Phí là ba đồng.\n2. (được bãi bỏ)");
    assert_eq!(world.text("dieu-1", AFTER), "Chợ và bến.");
    assert!(world.outcome.problems.is_empty(), "{:?}", world.outcome.problems);
}

#[test]
fn pairs_of_words_in_one_instruction() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Thay thế cụm từ “sáu giờ” bằng cụm từ “bảy giờ” tại khoản 1 Điều 2; cụm từ “cấp huyện” bằng cụm từ “cấp xã”, cụm từ “thu phí” thành “nhận phí” tại khoản 2 Điều 3.\n2. Bỏ cụm từ “bến” và “thuyền” tại Điều 1.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. Chợ mở lúc bảy giờ.");
    assert_eq!(world.text("dieu-3/khoan-2", AFTER), "2. Ban quản lý chợ cấp xã nhận phí.");
    assert_eq!(world.text("dieu-1", AFTER), "Luật này nói về chợ, và.");
}

#[test]
fn one_refused_instruction_takes_no_other_with_it() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số khoản của Điều 2\n1. Sửa đổi, bổ sung khoản 1 như sau:\n“1. Chợ mở lúc năm giờ.”.\n2. Bổ sung khoản 5 vào sau khoản 2 như sau:\n“5. Chợ nghỉ trưa.”.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. Chợ mở lúc năm giờ.");
    assert!(world.notes("dieu-2", AFTER).contains("Có văn bản sửa đổi: khoản 2 Điều 1 "), "no note");
    assert_eq!(world.text("dieu-2/khoan-3", AFTER), "3. Bến mở cả ngày.");
}

#[test]
fn words_of_a_heading_change_in_the_heading_alone() {
    let world = amend(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Thay thế cụm từ “Giờ mở cửa” bằng cụm từ “Giờ giấc” tại tên Điều 2.\n2. Thay thế cụm từ “thuyền” bằng cụm từ “đò” tại tên Điều 1.",
    );
    let overlay = world.documents.iter().rfind(|d| d.id == "7-2011-qh13").unwrap();
    assert_eq!(overlay.nodes()[overlay.find("dieu-2").unwrap()].title, "Giờ giấc");
    world.check_noted("dieu-1");
}

const DIVIDED: &str = "QUỐC HỘI\nLuật số: 7/2011/QH13\nLUẬT\nCHỢ\n\nChương I\nCHỢ\nMục 1\nGIỜ\nĐiều 1. Giờ\nChợ mở lúc sáu giờ.\nĐiều 2. Nghỉ\nChợ nghỉ trưa.\nMục 2\nPHÍ\nĐiều 3. Phí\nPhí là một đồng.\nChương II\nBẾN\nMục 1\nĐÈN\nĐiều 4. Đèn\nBến có đèn.\nChương III\nTHI HÀNH\nĐiều 5. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2012.\nPhụ lục I\nMẪU VÉ\nVé đò.\nPhụ lục II\nBẢNG PHÍ\nMột đồng.\n";

fn amend_divided(articles: &str) -> World {
    let mut documents = vec![read(DIVIDED), amending(articles)];
    let mut outcome = versions::apply(&mut documents);
    documents.append(&mut outcome.overlays);
    World { documents, outcome }
}

#[test]
fn whole_sections_chapters_and_annexes_end() {
    for (instruction, ended) in [
        ("1. Bãi bỏ Mục 1 Chương I.", vec!["dieu-1", "dieu-2"]),
        ("1. Bãi bỏ Chương II và Điều 3.", vec!["dieu-3", "dieu-4"]),
        ("1. Chương I được bãi bỏ.", vec!["dieu-1", "dieu-2", "dieu-3"]),
        ("1. Bãi bỏ các điều 1 và 2 Mục 1 Chương I.", vec!["dieu-1", "dieu-2"]),
        ("1. Bãi bỏ Phụ lục II.", vec!["phu-luc-ii"]),
        // Two sections of that number, and none.
        ("1. Bãi bỏ Mục 1.", vec![]),
        ("1. Bãi bỏ Chương IV.", vec![]),
        ("1. Bãi bỏ tên Chương II.", vec![]),
    ] {
        let world = amend_divided(&format!("Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n{instruction}"));
        let law = &world.documents[0];
        for path in ["dieu-1", "dieu-2", "dieu-3", "dieu-4", "dieu-5", "phu-luc-i", "phu-luc-ii"] {
            let validity = law.validity(law.find(path).unwrap());
            assert!(validity.in_force_on(BEFORE));
            assert_eq!(!validity.in_force_on(AFTER), ended.contains(&path), "{instruction} {path}");
        }
        assert_eq!(world.outcome.problems.is_empty(), !ended.is_empty(), "{instruction}");
        let is_told = law.nodes().iter().any(|n| !n.notes.is_empty()) || !law.meta.notes.is_empty();
        assert!(is_told, "{instruction}");
    }
}

#[test]
fn headings_and_annexes_that_change_are_told_where_they_stand() {
    let world = amend_divided(
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n1. Thay thế cụm từ “BẾN” bằng cụm từ “BẾN ĐÒ” tại tên Chương II; thay thế cụm từ “một đồng” bằng cụm từ “ba đồng” tại Điều 3.\n2. Thay thế Phụ lục I bằng Phụ lục ban hành kèm theo Luật này.",
    );
    let law = &world.documents[0];
    for path in ["chuong-ii", "phu-luc-i"] {
        let notes = law.nodes()[law.find(path).unwrap()].notes.join(" ");
        assert!(notes.contains("Có văn bản sửa đổi: "), "{path}: {notes}");
    }
    assert!(law.nodes()[law.find("dieu-4").unwrap()].notes.is_empty(), "only the heading changed");
    assert_eq!(world.text("dieu-3", AFTER), "Phí là ba đồng.");
    assert_eq!(world.outcome.problems.len(), 2);
}

#[test]
fn each_instruction_of_a_sentence_has_its_own_law_and_amending_laws_are_none() {
    for text in [
        "Điều 1. Bãi bỏ quy định\n1. Bỏ cụm từ “sáu” tại khoản 1 Điều 2 của Luật Sông số 8/2012/QH13 đã được sửa đổi, bổ sung một số điều theo Luật số 7/2011/QH13; bãi bỏ Điều 3 của Luật Đò số 6/2012/QH13 đã được sửa đổi, bổ sung theo Luật số 7/2011/QH13.",
        "Điều 1. Sửa đổi, bổ sung một số điều của Luật Sông số 8/2012/QH13\n1. Bãi bỏ khoản 1 Điều 2 đã được sửa đổi, bổ sung tại khoản 3 Điều 1 Luật số 7/2011/QH13.",
    ] {
        let world = amend(text);
        assert_eq!(world.text("dieu-2", AFTER), world.text("dieu-2", BEFORE), "{text}");
        assert_eq!(world.text("dieu-3", AFTER), world.text("dieu-3", BEFORE), "{text}");
        assert!(world.notes("dieu-2", AFTER).is_empty());
        assert!(world.documents[1].meta.amends.iter().all(|number| number != "7/2011/QH13"), "{text}");
    }
    let world = amend(
        "Điều 1. Bãi bỏ quy định\n1. Bãi bỏ khoản 1 Điều 2 của Luật Chợ số 7/2011/QH13; bãi bỏ Điều 3 của Luật Sông số 8/2012/QH13.",
    );
    assert_eq!(world.text("dieu-2/khoan-1", AFTER), "1. (được bãi bỏ)");
    assert_ne!(world.text("dieu-3", AFTER), "");
}

#[test]
fn parts_of_a_document_end_by_its_successor() {
    let successor = |clause: &str| {
        read(&format!(
            "CHÍNH PHỦ\nSố: 9/2020/NĐ-CP\nNGHỊ ĐỊNH\nVỀ BẾN\n\nĐiều 1. Bến\nBến có đèn.\nĐiều 2. Hiệu lực thi hành\n1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.\n2. {clause}\n"
        ))
    };
    for (clause, ended, noted) in [
        ("Nghị định này thay thế Chương II của Luật Chợ số 7/2011/QH13.", vec!["dieu-4"], vec![]),
        (
            "Các quy định tại Mục 1 Chương I và Điều 4 của Luật Chợ số 7/2011/QH13 hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành.",
            vec!["dieu-1", "dieu-2", "dieu-4"],
            vec![],
        ),
        (
            "Điều 1; các điều 2, 4 và Phụ lục I của Luật Chợ số 7/2011/QH13 hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành.",
            vec!["dieu-1", "dieu-2", "dieu-4", "phu-luc-i"],
            vec![],
        ),
        (
            "Các quy định về giờ tại Mục 1 Chương I của Luật Chợ số 7/2011/QH13 hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành.",
            vec![],
            vec!["dieu-1", "dieu-2"],
        ),
    ] {
        let mut documents = vec![read(DIVIDED), successor(clause)];
        versions::apply(&mut documents);
        let law = &documents[0];
        for path in ["dieu-1", "dieu-2", "dieu-3", "dieu-4", "phu-luc-i"] {
            let node = law.find(path).unwrap();
            assert_eq!(!law.validity(node).in_force_on(AFTER), ended.contains(&path), "{clause} {path}");
            let has_note = law.nodes()[node].notes.iter().any(|note| note.contains("Có văn bản sửa đổi"));
            assert_eq!(has_note, noted.contains(&path), "{clause} {path}");
        }
        assert_eq!(law.meta.validity.to, None, "{clause}");
    }
}

proptest! {
    /// Whatever is replaced or repealed, every other provision keeps its words.
    #[test]
    fn only_the_named_provision_changes(
        clauses in prop::collection::vec("[a-zđêô]{1,6}( [a-zđêô0-9]{1,5}){0,6}", 1..7), chosen in 0usize..7, repeal in any::<bool>(),
    ) {
        let chosen = chosen % clauses.len();
        let body: String = clauses.iter().enumerate().map(|(i, c)| format!("{}. {c}.\n", i + 1)).collect();
        let law = format!("Luật số: 7/2011/QH13\nLUẬT\nCHỢ\nĐiều 1. Một\n{body}Điều 2. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2012.\n");
        let number = chosen + 1;
        let instruction = if repeal {
            format!("1. Bãi bỏ khoản {number} Điều 1.")
        } else {
            format!("1. Sửa đổi, bổ sung khoản {number} Điều 1 như sau:\n“{number}. Mới.”.")
        };
        let mut documents = vec![read(&law), amending(&format!("Điều 1. Sửa đổi, bổ sung một số điều của Luật Chợ\n{instruction}"))];
        let outcome = versions::apply(&mut documents);
        prop_assert_eq!(outcome.overlays.len(), 1);
        let (base, overlay) = (&documents[0], &outcome.overlays[0]);
        for node in base.nodes().iter().filter(|n| n.kind == NodeKind::Clause && n.path.starts_with("dieu-1/")) {
            let before = base.provision_text(base.find(&node.path).unwrap());
            let after = overlay.provision_text(overlay.find(&node.path).unwrap());
            if node.label == number.to_string() {
                prop_assert_ne!(before, after);
            } else {
                prop_assert_eq!(before, after);
            }
        }
    }

    /// No text makes reading instructions panic.
    #[test]
    fn any_text_is_read(text in "(Điều|Luật|khoản|Chương II|Mục 1|Phụ lục I|được|sửa đổi|bổ sung|bãi bỏ|“|”|như sau:|số 7/2011/QH13|hết hiệu lực|tại|của|cụm từ|\n|[0-9a-zđ.;,() ]){0,60}") {
        let mut documents = vec![read(LAW), amending(&text)];
        versions::apply(&mut documents);
    }
}
