//! The check over an invented law: what stands, what is withdrawn, and for what reason.

use super::*;

const CLAUSE: Evidence<'_> = Evidence {
    n: 1,
    citation: "khoản 1 Điều 2 Luật Thử nghiệm 2020",
    title: "Báo trước",
    lead_in: "",
    text: "Người làm việc theo hợp đồng có thời hạn muốn thôi việc phải báo cho bên kia biết trước ít nhất 30 ngày. \
           Người bị đánh đập không cần báo trước. Không được giữ bằng gốc của người làm việc.",
    in_force: true,
};

fn check_one(sentence: &str) -> AnswerSentence {
    check(sentence, &[CLAUSE], "")
}

#[test]
fn a_faithful_sentence_stands() {
    for sentence in [
        "Bạn phải báo trước ít nhất 30 ngày [1].",
        "Bạn phải báo cho bên kia biết trước tối thiểu ba mươi ngày [1].",
        "Người bị đánh đập không cần báo trước [1].",
        "Không được giữ bằng gốc của người làm việc.",
    ] {
        let verdict = check_one(sentence);
        assert!(verdict.supported, "{sentence}: {}", verdict.reason);
        assert_eq!(verdict.citations, [1]);
    }
}

#[test]
fn a_list_of_what_is_forbidden_is_not_read_as_allowed() {
    let forbidden = Evidence {
        n: 1,
        citation: "khoản 1 Điều 9 Luật Thử nghiệm 2020",
        title: "Việc nơi thuê người không được làm",
        lead_in: "",
        text: "1. Giữ bằng gốc của người đi làm.",
        in_force: true,
    };
    for (sentence, stands) in [
        ("Nơi thuê giữ bằng gốc của người đi làm [1].", false),
        ("Nơi thuê giữ bằng gốc của người đi làm là đúng luật [1].", false),
        ("Giữ bằng gốc của người đi làm là không vi phạm [1].", false),
        ("Nơi thuê không được giữ bằng gốc của người đi làm [1].", true),
    ] {
        let verdict = check(sentence, &[forbidden], "");
        assert_eq!(verdict.supported, stands, "{sentence}: {}", verdict.reason);
    }
}

#[test]
fn numbers_units_negation_marks_and_inventions_are_caught() {
    for sentence in [
        "Bạn phải báo trước ít nhất 45 ngày [1].",
        "Bạn phải báo trước ít nhất 30 tháng [1].",
        "Bạn phải báo trước 30 ngày [1].",
        "Người bị đánh đập cần báo trước [1].",
        "Được giữ bằng gốc của người làm việc [1].",
        "Bạn phải báo trước ít nhất 30 ngày [2].",
        "Công ty phải trả thêm một khoản tiền thưởng lớn [1].",
        "Bạn không phải báo cho bên kia biết trước ít nhất 30 ngày [1].",
        "Có phải báo trước ít nhất 30 ngày không? [1]",
        "Bạn phải báo cho bên kia biết trước bao nhiêu ngày [1].",
    ] {
        let verdict = check_one(sentence);
        assert!(verdict.withdrawn && verdict.citations.is_empty(), "{sentence}");
        assert!(!verdict.reason.is_empty());
    }
}
