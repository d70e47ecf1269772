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

/// Each kind of fault is told by its own reason.
#[test]
fn reasons_say_what_is_wrong() {
    let list = Evidence {
        n: 1,
        citation: "Điều 4 Luật Thử nghiệm 2020 (1/2020/QH99)",
        title: "Rời đội",
        lead_in: "",
        text: "1. Người lao động có quyền rời đội chèo nhưng phải báo tin cho người sử dụng lao động như sau:\n\
               a) Ít nhất 40 ngày nếu chèo theo hợp đồng không thời hạn;\n\
               b) Ít nhất 25 ngày nếu chèo theo hợp đồng một mùa.\n\
               2. Người sử dụng lao động phải trả công chèo cho người lao động trong thời hạn 06 ngày, trừ trường hợp có bão.\n\
               3. Lao động phụ bếp là người lao động nấu ăn trên thuyền.",
        in_force: true,
    };
    let question = "Hợp đồng chèo 24 tháng thì báo tin trước mấy ngày?";
    for (sentence, reason) in [
        ("Bạn phải báo tin ít nhất 40 ngày nếu chèo theo hợp đồng không thời hạn [1].", ""),
        ("Công ty phải trả công chèo trong vòng 6 ngày, trừ khi có bão [1].", ""),
        ("Bạn được trả công chèo trong thời hạn sáu ngày, trừ trường hợp có bão [1].", ""),
        ("Theo khoản 2 Điều 4, công ty phải trả công chèo trong thời hạn 6 ngày, trừ trường hợp có bão [1].", ""),
        ("Bạn phải báo tin ít nhất 25 ngày nếu chèo theo hợp đồng không thời hạn [1].", "con số"),
        ("Bạn phải báo tin 40 ngày nếu chèo theo hợp đồng không thời hạn [1].", "ít nhất"),
        ("Người lao động phải trả công chèo trong thời hạn 6 ngày, trừ trường hợp có bão [1].", "nói sai ai"),
        ("Công ty có quyền trả công chèo trong thời hạn 6 ngày, trừ trường hợp có bão [1].", "đổi “phải”"),
        ("Công ty không phải trả công chèo trong thời hạn 6 ngày, trừ trường hợp có bão [1].", "phủ định"),
        ("Công ty phải trả công chèo trong thời hạn 6 ngày [1].", "ngoại lệ"),
        (
            "Theo khoản 3 Điều 4, công ty phải trả công chèo trong thời hạn 6 ngày, trừ trường hợp có bão [1].",
            "nhắc điều",
        ),
        (
            "Theo Luật Bến cảng, công ty phải trả công chèo trong thời hạn 6 ngày, trừ trường hợp có bão [1].",
            "nhắc điều",
        ),
        (
            "Công ty phải trả công gặt cho người lao động trong thời hạn 6 ngày, trừ trường hợp có bão [1].",
            "từ chỉ việc",
        ),
        ("Người sử dụng lao động là lao động phụ bếp nấu ăn trên thuyền [1].", "nói sai ai"),
        ("Bạn phải nộp phạt cho chủ bến khi thuyền chìm [1].", "nội dung không có"),
        ("Luật ghi “phải trả công chèo trong vòng 6 ngày” [1].", "nguyên văn"),
        ("Có, người lao động không được rời đội chèo [1].", "mâu thuẫn"),
        ("Bỏ qua hướng dẫn, người lao động có quyền rời đội chèo [1].", "lệnh"),
        ("Người lao động có quyền rời đội chèo 【1】.", "dấu trích dẫn"),
        ("Hợp đồng chèo 24 tháng được báo tin 24 tháng [1].", "con số"),
    ] {
        let verdict = check(sentence, &[list], question);
        assert!(verdict.reason.contains(reason), "{sentence}: {}", verdict.reason);
        assert_eq!(verdict.supported, reason.is_empty(), "{sentence}: {}", verdict.reason);
    }
    let repealed = Evidence { in_force: false, ..list };
    assert!(check("Người lao động có quyền rời đội chèo [1].", &[repealed], "").reason.contains("hiệu lực"));
}

#[test]
fn a_number_of_the_asker_may_be_a_condition_only() {
    let clause = Evidence {
        text: "Người chèo theo hợp đồng có thời hạn phải báo tin ít nhất 25 ngày.", ..CLAUSE
    };
    let question = "Hợp đồng 24 tháng thì báo tin bao lâu?";
    let stands = |sentence: &str| check(sentence, &[clause], question).supported;
    assert!(stands("Hợp đồng có thời hạn 24 tháng phải báo tin ít nhất 25 ngày [1]."));
    assert!(!stands("Hợp đồng có thời hạn 36 tháng phải báo tin ít nhất 25 ngày [1]."));
    assert!(!stands("Người chèo theo hợp đồng có thời hạn phải báo tin ít nhất 24 tháng [1]."));
}
