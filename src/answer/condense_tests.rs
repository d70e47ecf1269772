/*! Dialogues in our own words: what each line stands for. */

use proptest::prelude::*;

use super::*;

const CITED: &str = "điểm a khoản 1 Điều 2 Luật Thử nghiệm 2020 (1/2020/QH99)";

/// Plays a dialogue and tells what each line stands for.
fn play(lines: &[&str]) -> Vec<String> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut seen = Vec::new();
    for line in lines {
        // A line that begins with `?` is what the answer before it asked back.
        if let (Some(asked), Some(last)) = (line.strip_prefix('?'), turns.last_mut()) {
            last.asked_back = Some(asked.trim().to_owned());
            continue;
        }
        let standing = stand(line, &turns);
        seen.push(standing.text());
        turns.push(Turn {
            asked: (*line).to_owned(),
            standing,
            answer: String::new(),
            cited: vec![CITED.to_owned()],
            asked_back: None,
        });
    }
    seen
}

#[test]
fn circumstances_are_added_to_the_question_before() {
    let seen = play(&[
        "Xin thôi làm phải nói trước mấy hôm?",
        "thế nếu ký không kỳ hạn?",
        "còn công ty thì sao?",
        "nếu làm mùa vụ",
    ]);
    assert_eq!(
        seen,
        [
            "Xin thôi làm phải nói trước mấy hôm?",
            "Xin thôi làm phải nói trước mấy hôm? nếu ký không kỳ hạn?",
            "Xin thôi làm phải nói trước mấy hôm? còn công ty?",
            "Xin thôi làm phải nói trước mấy hôm? còn công ty? nếu làm mùa vụ",
        ]
    );
}

#[test]
fn accents_do_not_matter() {
    let seen = play(&["xin thoi lam phai noi truoc may hom", "the neu ky khong ky han", "con cong ty thi sao"]);
    assert_eq!(seen[1], "xin thoi lam phai noi truoc may hom. neu ky khong ky han");
    assert_eq!(seen[2], "xin thoi lam phai noi truoc may hom. con cong ty");
}

#[test]
fn a_topic_of_its_own_begins_anew() {
    for next in [
        "Lương thử việc bằng bao nhiêu phần trăm?",
        "Thế sinh con được nghỉ mấy tháng?",
        "Còn tiền làm đêm ngày lễ tính thế nào?",
        "nghỉ ốm hưởng lương",
        "Nếu bị sa thải trái luật có được bồi thường không?",
        "Vậy bao giờ được lĩnh trợ cấp thất nghiệp?",
        "Quấy rối tình dục nơi làm việc là gì?",
    ] {
        let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", "nếu làm mùa vụ?", next, "thế nếu làm nửa buổi?"]);
        assert_eq!(seen[2], next, "nothing of the last topic is carried");
        assert!(seen[3].starts_with(next) && !seen[3].contains("mùa vụ"), "{}", seen[3]);
    }
}

#[test]
fn what_says_nothing_by_itself_is_carried() {
    for next in [
        "bao nhiêu ngày?",
        "tại sao?",
        "có",
        "không",
        "công ty?",
        "vậy à",
        "nói rõ hơn",
        "được mấy tháng",
        "thế thì sao",
    ] {
        let seen = play(&["Con ốm thì mẹ được nghỉ bao lâu?", next]);
        assert_eq!(seen[1], format!("Con ốm thì mẹ được nghỉ bao lâu? {next}"));
    }
}

#[test]
fn a_case_of_its_own_needs_no_topic_of_another() {
    for next in [
        "Chủ xưởng nợ lương ba tháng liền thì sao?",
        "Cách xin nghỉ cưới ra sao?",
        "Bị chủ mắng thì phải làm sao?",
        "Từ thời điểm 1/7 lương tối thiểu vùng là bao nhiêu?",
        "Thưởng một khoản 5 triệu thì đóng thuế bao nhiêu?",
        "con om thi me duoc nghi bao lau",
        "con nho ba tuoi phai nhap vien thi sao",
    ] {
        assert_eq!(play(&["Xin thôi làm phải nói trước mấy hôm?", next])[1], next);
    }
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", "thợ học việc thì sao?"]);
    assert!(seen[1].starts_with(&seen[0]), "{}", seen[1]);
}

#[test]
fn thanks_and_greetings_are_no_topic() {
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", "cảm ơn bạn", "nếu làm mùa vụ thì sao?"]);
    assert_eq!(seen[1], "cảm ơn bạn");
    assert_eq!(seen[2], "Xin thôi làm phải nói trước mấy hôm? nếu làm mùa vụ?");
    assert_eq!(play(&["chào bạn", "nếu làm mùa vụ"])[1], "nếu làm mùa vụ");
}

#[test]
fn replies_go_with_the_question_they_reply_to() {
    let asked_back = "? Bạn ký loại hợp đồng nào?";
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", asked_back, "loại có thời hạn ba năm"]);
    assert_eq!(seen[1], "Xin thôi làm phải nói trước mấy hôm? loại có thời hạn ba năm");
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", "? Công ty có trả công chậm không?", "có"]);
    assert_eq!(seen[1], "Xin thôi làm phải nói trước mấy hôm? Công ty có trả công chậm không? có.");
    let other = "Mỗi năm được nghỉ phép mấy ngày?";
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", asked_back, other]);
    assert_eq!(seen[1], other, "who asks something else instead of replying is not held to it");
}

#[test]
fn a_pointer_at_a_provision_names_the_one_last_cited() {
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", "khoản 2 thì sao?"]);
    assert_eq!(seen[1], "khoản 2 thì sao? (Điều 2 Luật Thử nghiệm 2020)");
    let seen = play(&["Xin thôi làm phải nói trước mấy hôm?", "điều đó có từ khi nào"]);
    assert_eq!(seen[1], "điều đó có từ khi nào. (Điều 2 Luật Thử nghiệm 2020)");
    let own = "khoản 2 Điều 9 nói gì?";
    assert_eq!(play(&["Xin thôi làm phải nói trước mấy hôm?", own])[1], own, "an article of its own is kept");
}

#[test]
fn the_first_question_stands_alone_whatever_it_is() {
    for first in ["còn công ty thì sao?", "có", "nếu hợp đồng không thời hạn", ""] {
        assert_eq!(stand(first, &[]), Standing::alone(first));
    }
}

#[test]
fn a_history_of_texts_is_read_like_one_of_turns() {
    let answer = format!("Phải báo trước 45 ngày [1].\n\n[1] {CITED}\nBạn ký loại hợp đồng nào?");
    let first = Turn::from_texts("Xin thôi làm phải nói trước mấy hôm?", &answer, &[]);
    assert_eq!(
        (first.cited.as_slice(), first.asked_back.as_deref()),
        (&[CITED.to_owned()][..], Some("Bạn ký loại hợp đồng nào?"))
    );
    let second = Turn::from_texts("không thời hạn", "…", std::slice::from_ref(&first));
    assert_eq!(second.standing.text(), "Xin thôi làm phải nói trước mấy hôm? không thời hạn");
    let own =
        Turn::from_texts("Xin thôi làm phải nói trước mấy hôm?", "Tùy trường hợp. Của bạn là:\n– thợ\n– thầy", &[]);
    assert_eq!(own.asked_back.as_deref(), Some("Tùy trường hợp. Của bạn là:"));
    assert_eq!(Turn::keep(&"đ".repeat(9_000)).chars().count(), TURN_ANSWER_CHARS_MAX);
}

proptest! {
    #[test]
    fn what_is_carried_is_bounded_and_ends_with_what_was_asked(lines in prop::collection::vec(".{0,120}", 1..12)) {
        let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut turns = Vec::new();
        for line in texts {
            let standing = stand(line, &turns);
            prop_assert!(standing.modifiers.len() <= MODIFIERS_MAX);
            if standing.is_carried() {
                prop_assert!(standing.text().chars().count() <= STANDING_CHARS_MAX);
                prop_assert!(standing.text().contains(&bare(line)));
                prop_assert_eq!(bare(line).is_empty(), line.trim().is_empty(), "nothing said is lost");
            } else {
                prop_assert_eq!(standing.text(), line);
            }
            turns.push(Turn::from_texts(line, line, &turns));
        }
    }
}
