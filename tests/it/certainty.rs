//! What an answer says by itself, beside what it quotes, is said only where it is certain: whether
//! a number is right, what a model may not write over. Over an invented law.

use std::{fs, sync::Arc};

use congdoan::{
    answer::{Answer, AskRequest, Question},
    app::{App, SearchRequest},
    generate::scripted::ScriptedGenerator,
};

use super::{
    answers::{self, QUESTION_CHARS_MAX, TODAY, ask},
    support::{TestServer, encode},
};

/// Numbers that a clause holds beside another, grants elsewhere, adds to something, or bounds from
/// the other side; and two that are certain.
const LAW: &str = "QUỐC HỘI\nLuật số: 8/2020/QH99\nLUẬT\nPHIÊN CHỢ\n\n\
Điều 1. Nghỉ bán khi cưới\n1. Người bán được nghỉ bán khi cưới là 06 tháng; thời gian nghỉ bán trước ngày cưới không quá 02 tháng.\n\
Điều 2. Tuổi trả chỗ\n1. Tuổi trả chỗ ngồi chợ của người bán là 60 tuổi.\n2. Người bán hàng nặng trả chỗ ngồi chợ ở tuổi thấp hơn không quá 05 tuổi so với người bán khác.\n\
Điều 3. Nghỉ giữa phiên\n1. Người bán được nghỉ giữa phiên ít nhất 30 phút, phiên đêm thì nghỉ giữa phiên ít nhất 45 phút.\n\
Điều 4. Phí phiên đêm\n1. Phí phiên đêm của người bán ít nhất 30% tiền phiên.\n\
Điều 5. Phí phiên đêm của người già\n1. Phí phiên đêm của người bán già là 20% tiền phiên.\n\
Điều 6. Giờ mở thêm của quầy\n1. Giờ mở thêm của quầy không quá 200 giờ trong một năm.\n2. Giờ mở thêm của quầy hoa không quá 300 giờ trong một năm.\n\
Điều 7. Tuổi của người phụ chợ\n1. Người phụ chợ của quầy khi nhận việc ở chợ phải từ đủ 16 tuổi.\n\
Điều 8. Báo vắng\n1. Người bán báo vắng cho chủ chợ ít nhất 30 ngày trước phiên.\n2. Người bán ghi đúng tên vào sổ, tối đa một dòng.\n\
Điều 9. Tiền chỗ tăng\n1. Tiền chỗ của người bán tăng thêm ít nhất 10% khi chợ dời, ghi đúng sổ.\n\
Điều 10. Bán hoa\n1. Người bán được bán hoa ngoài cổng chợ.\n2. Người bán không được bán pháo ngoài cổng chợ.\n3. Người bán được bán cá ngoài cổng chợ nếu có giấy.\n\
Điều 11. Bồi thường hàng hỏng\n\
1. Chợ giữ sổ ghi tên từng kho, từng dãy, từng sạp, tên người giữ chìa, tên người gác, giờ mở, giờ đóng, số bóng đèn, số vòi nước, số xe đẩy, số cân, số thùng rác, số ghế, số dù che nắng và mọi thứ khác của chợ, ghi thế nào thì theo mẫu của chợ. Người gác kho bồi thường hàng hỏng trong trường hợp này khi mất chìa.\n\
2. Chủ chợ bồi thường hàng hỏng khi mái dột.\n\
Điều 12. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2021.\n";

fn app() -> App {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    fs::write(folder.join("luat.txt"), LAW).unwrap();
    answers::app(&folder)
}

/// Whether an answer says that something is right, or that it is wrong.
fn verdict(answer: &Answer) -> Option<&str> {
    let text = answer.answer.as_str();
    (text.contains("Đúng:") || text.contains("Không đúng")).then_some(text)
}

#[test]
fn no_true_number_is_denied_and_no_other_bound_confirmed() {
    let app = app();
    for question in [
        "Người bán được nghỉ bán khi cưới 6 tháng đúng không?",
        "Tuổi trả chỗ ngồi chợ của người bán là 60 tuổi, đúng không?",
        "Người bán hàng nặng trả chỗ ngồi chợ ở tuổi 55 tuổi đúng không?",
        "Người bán phiên đêm được nghỉ giữa phiên 30 phút đúng không?",
        "Phí phiên đêm của người bán là 20% tiền phiên đúng không?",
        "Giờ mở thêm của quầy là 300 giờ trong một năm đúng không?",
        "Người phụ chợ của quầy khi nhận việc ở chợ phải từ 15 tuổi đúng không?",
        "Người bán báo vắng cho chủ chợ tối đa 30 ngày trước phiên đúng không?",
        "Tiền chỗ của người bán tăng 5% khi chợ dời, đúng không?",
    ] {
        let answer = ask(&app, question);
        assert!(!answer.citations.is_empty(), "{question}: {}", answer.answer);
        assert_eq!(verdict(&answer), None, "{question}");
    }
}

#[test]
fn what_is_certain_is_still_said() {
    let app = app();
    for (question, begins) in [
        ("Người bán báo vắng cho chủ chợ 10 ngày trước phiên đúng không?", "Không đúng: luật ghi “ít nhất 30 ngày”"),
        ("Người bán báo vắng cho chủ chợ 30 ngày trước phiên đúng không?", "Đúng: luật ghi “ít nhất 30 ngày”"),
        ("Người bán báo vắng cho chủ chợ ít nhất 30 ngày trước phiên đúng không?", "Đúng: luật ghi “ít nhất 30 ngày”"),
    ] {
        let answer = ask(&app, question);
        assert!(answer.answer.starts_with(begins), "{question}: {}", answer.answer);
    }
}

#[test]
fn what_a_model_writes_stands_behind_what_leads_the_answer() {
    let app = app();
    app.set_generator(Arc::new(ScriptedGenerator::new(
        "Người bán báo vắng cho chủ chợ ít nhất 30 ngày trước phiên [1].",
    )));
    for (question, lead) in [
        ("Người bán báo vắng cho chủ chợ 10 ngày trước phiên đúng không?", "Không đúng: luật ghi “ít nhất 30 ngày”"),
        (
            "Theo Điều 90 Luật số 8/2020/QH99, người bán báo vắng cho chủ chợ trước phiên bao nhiêu ngày?",
            "không có Điều 90",
        ),
    ] {
        let question = Question::parse(question, QUESTION_CHARS_MAX).unwrap();
        let request =
            AskRequest { question, as_of: Some(TODAY), generate: true, unit: None, audience: Default::default() };
        let answer = app.ask_blocking(&request, &mut |_| ()).unwrap();
        assert_eq!(answer.generator, "scripted", "{}", answer.answer);
        assert!(answer.sentences[0].text.contains(lead), "{:?}", answer.sentences);
        let (at, model) = (answer.answer.find(lead), answer.answer.find("Người bán báo vắng"));
        assert!(at.is_some() && at < model, "{}", answer.answer);
        let twice = answer.answer.matches(lead).count();
        assert_eq!(twice, 1, "{}", answer.answer);
    }
}

#[test]
fn a_choice_answers_what_its_label_says() {
    let asked = ask(&app(), "Trường hợp này bồi thường hàng hỏng thế nào?");
    let choices = asked.clarify.unwrap_or_else(|| panic!("{}", asked.answer)).choices;
    assert_eq!(choices.len(), 2);
    for choice in choices {
        assert!(choice.answer.contains(&choice.label), "{}: {}", choice.label, choice.answer);
    }
}

#[test]
fn yes_and_no_are_said_where_the_clause_decides() {
    let app = app();
    for (question, begins) in [
        ("Người bán có được bán hoa ngoài cổng chợ không?", "Có: luật ghi “được bán hoa ngoài cổng chợ”."),
        ("Người bán có được bán pháo ngoài cổng chợ không?", "Không: luật ghi “không được bán pháo ngoài cổng chợ”."),
        ("Người bán có được bán cá ngoài cổng chợ không?", "Theo khoản 3 Điều 10"),
    ] {
        let answer = ask(&app, question);
        assert!(answer.answer.starts_with(begins), "{question}: {}", answer.answer);
    }
}

/// A rule among other words, and the decree that repeats it.
const RULE: &str = "QUỐC HỘI\nLuật số: 9/2020/QH99\nLUẬT\nGIỮ CHỖ CHỢ\n\n\
Điều 1. Ghi sổ, treo biển, khóa sạp\n1. Người bán vắng phiên phải báo vắng cho chủ chợ, tự ghi sổ, treo biển, khóa sạp, gửi chìa, tắt đèn, che bạt, dọn hàng.\n\
Điều 2. Đèn\n1. Chợ có đèn.\nĐiều 3. Nước\n1. Chợ có nước.\n\
Điều 4. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2021.\n";
const DECREE: &str = "CHÍNH PHỦ\nSố: 5/2021/NĐ-CP\nNGHỊ ĐỊNH\nQUY ĐỊNH CHI TIẾT LUẬT GIỮ CHỖ CHỢ\n\n\
Điều 1. Người bán vắng phiên báo vắng cho chủ chợ\nNghị định này nói người bán vắng phiên báo vắng cho chủ chợ theo Điều 1 của Luật Giữ chỗ chợ như sau:\n\
1. Người bán cá vắng phiên báo vắng cho chủ chợ.\n2. Người bán vàng vắng phiên báo vắng cho chủ chợ.\n\
Điều 2. Hiệu lực thi hành\nNghị định này có hiệu lực thi hành từ ngày 01 tháng 3 năm 2021.\n";

#[test]
fn the_law_stands_before_the_decree_that_carries_it_out() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    for (name, text) in [("luat.txt", RULE), ("nghi-dinh.txt", DECREE)] {
        fs::write(folder.join(name), text).unwrap();
    }
    let app = answers::app(&folder);
    let question = "Báo vắng cho chủ chợ, người bán vắng phiên";
    let query = Question::parse(question, QUESTION_CHARS_MAX).unwrap();
    let found = app
        .search_blocking(&SearchRequest {
            query,
            as_of: Some(TODAY),
            hits_max: 2,
            passages: false,
            explain: false,
            audience: Default::default(),
        })
        .unwrap();
    let found: Vec<&str> = found.hits.iter().map(|hit| hit.id.as_str()).collect();
    assert_eq!(found, ["5-2021-nd-cp/dieu-1", "9-2020-qh99/dieu-1"], "else nothing is tested");
    let first = |question: &str| ask(&app, question).citations.first().map(|c| c.id.clone()).unwrap_or_default();
    assert!(first(question).starts_with("9-2020-qh99/dieu-1"), "{}", first(question));
    let named = format!("Nghị định: {question}");
    assert!(first(&named).starts_with("5-2021-nd-cp/dieu-1"), "who names the decree wants it: {}", first(&named));
}

#[tokio::test]
async fn the_page_tells_the_day_whose_law_it_applies() {
    let server = TestServer::start(app()).await;
    let own = server.page(&format!("/hoi?cau={}", encode("Năm 2022 người bán báo vắng trước mấy ngày?"))).await.text;
    assert!(own.contains("Áp dụng luật tại ngày 31/12/2022, ngày câu hỏi nói đến (không phải hôm nay)"), "{own}");
    assert_eq!(own.matches("Áp dụng luật tại ngày 01/01/2026").count(), 0, "{own}");
    let today = server.page(&format!("/hoi?cau={}", encode("Người bán báo vắng trước mấy ngày?"))).await.text;
    assert!(today.contains("Áp dụng luật tại ngày 01/01/2026."), "{today}");
}
