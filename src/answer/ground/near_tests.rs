//! Sentences made of a rule's own words that it does not say, over an invented law.

use super::*;

/// A law of boats in the shape of real ones: points under lead-ins, conditions, exceptions.
const POINTS: Evidence<'_> = Evidence {
    n: 1,
    citation: "khoản 1 Điều 4 Luật Thuyền chài 2031 (5/2031/QH99)",
    title: "Rời đội",
    lead_in: "",
    text: "1. Người lao động có quyền rời đội chèo nhưng phải báo tin cho người sử dụng lao động như sau:\n\
           a) Ít nhất 40 ngày nếu chèo theo hợp đồng lao động trọn đời;\n\
           b) Ít nhất 25 ngày nếu chèo theo hợp đồng lao động có kỳ hạn từ 10 tháng đến 30 tháng;\n\
           c) Ít nhất 04 ngày nếu chèo theo hợp đồng lao động có kỳ hạn dưới 10 tháng.",
    in_force: true,
};

const CASES: Evidence<'_> = Evidence {
    n: 1,
    citation: "khoản 2 Điều 4 Luật Thuyền chài 2031 (5/2031/QH99)",
    title: "Rời đội",
    lead_in: "",
    text: "2. Người lao động có quyền rời đội chèo không cần báo tin trong trường hợp sau đây:\n\
           a) Không được chia đủ công chèo, trừ trường hợp quy định tại khoản 3 Điều 17 của Luật này;\n\
           b) Bị chủ thuyền mắng chửi.",
    in_force: true,
};

fn of(text: &str) -> Evidence<'_> {
    Evidence {
        n: 1,
        citation: "Điều 6 Luật Thuyền chài 2031 (5/2031/QH99)",
        title: "Việc trên thuyền",
        lead_in: "",
        text,
        in_force: true,
    }
}

/// What stands is `true`, what must not is `false`.
fn check_all(evidence: Evidence<'_>, question: &str, sentences: &[(&str, bool)]) {
    for (sentence, stands) in sentences {
        let verdict = check(&format!("{sentence} [1]"), &[evidence], question);
        assert_eq!(verdict.supported, *stands, "{sentence} [{}]", verdict.reason);
    }
}

/// The points of a clause as evidence of their own, under its first line.
fn point<'a>(clause: Evidence<'a>, label: &str) -> Evidence<'a> {
    let mut lines = clause.text.lines();
    let lead_in = lines.next().unwrap();
    let text = lines.find(|l| l.starts_with(label)).unwrap();
    Evidence { lead_in, text, ..clause }
}

#[test]
fn a_yes_or_no_before_the_claim_is_not_shown() {
    let rule = of("Giờ chèo của người lao động không quá 07 giờ trong 01 ngày.");
    for (sentence, shown) in [
        ("Không, giờ chèo không quá 7 giờ trong 1 ngày.", "Giờ chèo không quá 7 giờ trong 1 ngày."),
        ("Đúng, giờ chèo không quá 7 giờ trong 1 ngày.", "Giờ chèo không quá 7 giờ trong 1 ngày."),
        ("Dạ có ạ, giờ chèo không quá 7 giờ trong 1 ngày.", "Giờ chèo không quá 7 giờ trong 1 ngày."),
        ("Câu trả lời là không: giờ chèo không quá 7 giờ trong 1 ngày.", "Giờ chèo không quá 7 giờ trong 1 ngày."),
        ("Không đúng. Giờ chèo không quá 7 giờ trong 1 ngày.", "Giờ chèo không quá 7 giờ trong 1 ngày."),
    ] {
        let verdict = check(&format!("{sentence} [1]"), &[rule], "Chèo 9 giờ một ngày có đúng không?");
        assert_eq!((verdict.supported, verdict.text.as_str()), (true, shown), "{}", verdict.reason);
    }
    // Whom one speaks to is no opening.
    let shared = of("Bạn, thuyền viên cũ, được mượn mái chèo của đội.");
    let verdict = check("Bạn, thuyền viên cũ, được mượn mái chèo của đội. [1]", &[shared], "");
    assert!(verdict.text.starts_with("Bạn,"), "{}", verdict.text);
}

#[test]
fn a_number_stands_only_with_the_case_it_is_given_for() {
    let question = "Hợp đồng chèo 24 tháng thì báo tin mấy ngày?";
    let sentences = [
        ("Bạn phải báo tin ít nhất 40 ngày.", false),
        ("Bạn phải báo tin ít nhất 25 ngày.", false),
        ("Hợp đồng 24 tháng thì phải báo tin ít nhất 40 ngày.", false),
        ("Hợp đồng có kỳ hạn 24 tháng thì phải báo tin ít nhất 4 ngày.", false),
        ("Bạn làm 24 tháng thì phải báo tin ít nhất 25 ngày.", false),
        ("Hợp đồng có kỳ hạn không quá 30 tháng thì phải báo tin ít nhất 25 ngày.", false),
        ("Hợp đồng có kỳ hạn 24 tháng thì phải báo tin ít nhất 25 ngày.", true),
        ("Hợp đồng có kỳ hạn từ 10 đến 30 tháng thì phải báo tin ít nhất 25 ngày.", true),
        ("Bạn phải báo tin ít nhất 40 ngày nếu chèo theo hợp đồng trọn đời.", true),
        ("Người lao động có quyền rời đội chèo nhưng phải báo tin cho người sử dụng lao động.", true),
    ];
    check_all(POINTS, question, &sentences);
    for label in ["a)", "b)", "c)"] {
        let wrong: Vec<_> = sentences.iter().filter(|(_, stands)| !stands).copied().collect();
        check_all(point(POINTS, label), question, &wrong);
    }
    let leave = of("1. Người lao động được nghỉ bến hưởng đủ công trong trường hợp sau đây:\n\
                    a) Hạ thủy: nghỉ 05 ngày;\nb) Anh nuôi, chị nuôi hạ thủy: nghỉ 02 ngày.");
    check_all(
        leave,
        "",
        &[
            ("Bạn được nghỉ bến 05 ngày khi hạ thủy.", true),
            ("Bạn được nghỉ bến 02 ngày khi hạ thủy.", false),
            ("Bạn được nghỉ bến 05 ngày.", false),
            ("Bạn được nghỉ bến hưởng đủ công.", false),
        ],
    );
}

#[test]
fn a_condition_is_not_left_out() {
    check_all(
        CASES,
        "",
        &[
            ("Người lao động có quyền rời đội chèo không cần báo tin.", false),
            ("Bạn có quyền rời đội chèo không cần báo tin nếu bị chủ thuyền mắng chửi.", true),
        ],
    );
    check_all(point(CASES, "b)"), "", &[("Người lao động có quyền rời đội chèo không cần báo tin.", false)]);
    let sick = of("Thuyền viên nữ nếu có giấy của trạm y tế bến về sức khỏe thì có quyền rời đội chèo.");
    check_all(
        sick,
        "",
        &[
            ("Thuyền viên nữ có quyền rời đội chèo.", false),
            ("Thuyền viên nữ có giấy của trạm y tế bến.", false),
            ("Thuyền viên nữ có quyền rời đội chèo nếu có giấy của trạm y tế bến.", true),
        ],
    );
    let gear = of("Khi gặp bão lớn, người sử dụng lao động được đổi mái chèo của người lao động; \
                   người lao động chỉ được mượn phao để cứu người.");
    check_all(
        gear,
        "",
        &[
            ("Công ty được đổi mái chèo của người lao động.", false),
            ("Người lao động được mượn phao.", false),
            ("Công ty được đổi mái chèo của người lao động khi gặp bão lớn.", true),
            ("Người lao động được mượn phao để cứu người.", true),
            ("Công ty chỉ được đổi mái chèo của người lao động khi gặp bão lớn.", true),
        ],
    );
    let group =
        of("1. Đội được chèo không quá 90 giờ trong 01 tháng trong một số bến, đầm sau đây:\na) Bến Lau;\nb) Đầm Sậy.");
    check_all(
        group,
        "",
        &[
            ("Một số bến, đầm được chèo không quá 90 giờ trong 1 tháng.", true),
            ("Đội được chèo không quá 90 giờ trong 1 tháng.", false),
            ("Đội được chèo không quá 90 giờ trong 1 tháng ở Đầm Sậy.", true),
        ],
    );
    let only = of("Đội có quyền đổi bến. Trường hợp đội đổi bến thì thuyền nhỏ phải ở lại.");
    check_all(
        only,
        "",
        &[("Chỉ đội có quyền đổi bến.", false), ("Đội phải đổi bến.", false), ("Đội có quyền đổi bến.", true)],
    );
    let put_off =
        of("Đội được hoãn chuyến chèo, nếu được chủ bến đồng ý. Chuyến chèo khi được hoãn vẫn được coi là đủ chuyến.");
    check_all(
        put_off,
        "",
        &[("Chuyến chèo được hoãn.", false), ("Đội được hoãn chuyến chèo nếu được chủ bến đồng ý.", true)],
    );
    let must = of("Khuyến khích người sử dụng lao động lắp buồng vắt sữa. \
                   Người sử dụng lao động có từ 100 thuyền viên nữ trở lên phải lắp phòng tắm.");
    check_all(must, "", &[("Công ty phải lắp buồng vắt sữa.", false)]);
}

#[test]
fn for_whom_and_when_a_rule_holds_is_not_left_out() {
    let night =
        of("Người lao động chèo ban đêm được nghỉ ít nhất 09 giờ. Đối với thuyền lớn, đội phải có hai người lái. \
                    Trong thời gian thuyền nằm bến, người sử dụng lao động không phải trả công chèo.");
    check_all(
        night,
        "",
        &[
            ("Người lao động được nghỉ ít nhất 9 giờ.", false),
            ("Đội phải có hai người lái.", false),
            ("Công ty không phải trả công chèo.", false),
            ("Bạn chèo ban đêm được nghỉ ít nhất 9 giờ.", true),
            ("Đối với thuyền lớn, đội phải có hai người lái.", true),
            ("Công ty không phải trả công chèo trong thời gian thuyền nằm bến.", true),
        ],
    );
}

#[test]
fn a_number_keeps_its_frame_and_its_alternative() {
    let rule = of("Người lao động bỏ thuyền 04 buổi cộng dồn trong thời hạn 20 ngày thì bị nhắc nhở. \
                   Lời nhắc nhở sau 02 tháng hoặc án treo mái sau 05 tháng thì được xóa. \
                   Tuổi chèo là đủ 16 tuổi đối với lao động nam và đủ 18 tuổi đối với lao động nữ.");
    check_all(
        rule,
        "",
        &[
            ("Người lao động bỏ thuyền 4 buổi cộng dồn thì bị nhắc nhở.", false),
            ("Người lao động bỏ thuyền 4 buổi cộng dồn trong 20 ngày thì bị nhắc nhở.", true),
            ("Lời nhắc nhở sau 5 tháng thì được xóa.", false),
            ("Lời nhắc nhở sau 2 tháng thì được xóa.", true),
            ("Án treo mái sau 5 tháng thì được xóa.", true),
            ("Tuổi chèo là đủ 18 tuổi đối với lao động nam.", false),
            ("Tuổi chèo là đủ 16 tuổi đối với lao động nam.", true),
        ],
    );
}

#[test]
fn true_readings_of_long_rules_stand() {
    for (text, sentence) in [
        (
            "1. Đội được chèo thêm khi giữ các điều sau đây:\na) Số giờ chèo thêm không quá 03 giờ trong 01 ngày; trường hợp chèo theo \
             tuần thì tổng số giờ chèo thêm không quá 10 giờ trong 01 ngày; không quá 20 giờ trong 01 tháng;\nb) Có phao.",
            "Số giờ chèo thêm không quá 20 giờ trong một tháng.",
        ),
        (
            "Người lao động được nghỉ bến không hưởng công 01 ngày khi cụ nội, kỵ nội, cụ ngoại, kỵ ngoại, anh, chị, em nuôi ốm; bạn chèo ốm.",
            "Bạn được nghỉ bến 1 ngày không hưởng công khi cụ nội hoặc kỵ ngoại ốm.",
        ),
        (
            "1. Khi giấy chèo quy định tại điểm b khoản 3 Điều này hết hạn thì làm như sau:\na) Hết 20 ngày kể từ ngày giấy chèo hết hạn thì đội phải trả mái;\n\
             b) Đội làm giấy chèo khác.",
            "Hết 20 ngày kể từ ngày giấy chèo hết hạn thì đội phải trả mái.",
        ),
        (
            "1. Đội không được để thuyền viên nữ chèo đêm, lặn xa trong trường hợp sau đây:\na) Có thai từ tháng thứ 05 hoặc từ tháng \
             thứ 04 nếu chèo ở đầm sâu, vực xoáy;\nb) Đang nuôi con nhỏ.",
            "Đội không được để thuyền viên nữ có thai từ tháng thứ 5 chèo đêm, lặn xa.",
        ),
        ("Giờ chèo của đội không quá 07 giờ trong 01 ngày.", "a) Giờ chèo của đội không quá 7 giờ trong 1 ngày."),
    ] {
        check_all(of(text), "", &[(sentence, true)]);
    }
}

#[test]
fn a_title_alone_carries_no_act() {
    let rule = Evidence {
        title: "Quyền đòi lại mái chèo", ..of("Đội làm hỏng mái chèo thì bến có quyền phạt đội.")
    };
    check_all(
        rule,
        "",
        &[("Bến có quyền đòi lại mái chèo.", false), ("Đội làm hỏng mái chèo thì bến có quyền phạt đội.", true)],
    );
}

#[test]
fn an_act_or_subject_that_the_rule_has_not_is_foreign() {
    let rule =
        of("Người sử dụng lao động phải tham khảo ý kiến thuyền viên nữ khi đổi lịch chèo. Hạ thủy: nghỉ 05 ngày.");
    check_all(
        rule,
        "",
        &[
            ("Công ty phải nhốt thuyền viên nữ khi đổi lịch chèo.", false),
            ("Cháu hạ thủy nghỉ 05 ngày.", false),
            ("Em ruột hạ thủy nghỉ 05 ngày.", false),
            ("Hạ thủy nghỉ 05 ngày.", true),
        ],
    );
}

#[test]
fn a_not_and_a_may_stand_over_what_the_rule_has_them_for() {
    let old = of("Người chèo cao tuổi có quyền thỏa thuận với người sử dụng lao động về việc chèo không trọn buổi.");
    check_all(
        old,
        "",
        &[
            ("Người sử dụng lao động không được thỏa thuận với người chèo cao tuổi.", false),
            ("Công ty không được thuê người chèo cao tuổi.", false),
            ("Người chèo cao tuổi có quyền thỏa thuận về việc chèo không trọn buổi.", true),
        ],
    );
    let letter = of("Người lao động báo tin bằng thư và không phải nộp phạt.");
    check_all(
        letter,
        "",
        &[("Người lao động không được báo tin bằng thư.", false), ("Người lao động báo tin bằng thư.", true)],
    );
    let retired = of("Người chèo cao tuổi là người còn chèo sau tuổi nghỉ.");
    check_all(retired, "", &[("Người chèo cao tuổi được chèo sau tuổi nghỉ.", false)]);
    let pilot = of("Không quá 80 ngày chèo thử đối với người lái bến.");
    check_all(pilot, "", &[("Người lái bến được chèo thử tối đa 80 ngày.", true)]);
    let deputy = of("Ngày nghỉ bù của lái phụ ghi vào sổ; lái phụ không được nghỉ bù.");
    check_all(deputy, "", &[("Lái phụ được nghỉ bù.", false), ("Lái phụ không được nghỉ bù.", true)]);
    let young = of(
        "Giờ chèo của người chưa đủ 15 tuổi không được quá 03 giờ trong 01 ngày; không được chèo thêm giờ, chèo ban đêm.",
    );
    check_all(
        young,
        "",
        &[
            ("Người chưa đủ 15 tuổi được chèo thêm giờ.", false),
            ("Người chưa đủ 15 tuổi được chèo ban đêm.", false),
            ("Người chưa đủ 15 tuổi không được chèo thêm giờ.", true),
            ("Giờ chèo của người chưa đủ 15 tuổi không được quá 3 giờ trong 1 ngày.", true),
        ],
    );
}

#[test]
fn a_bound_without_a_number_is_part_of_a_name() {
    let pay = of("Công chèo thử ít nhất bằng 70% công của chuyến đó.");
    check_all(
        pay,
        "",
        &[
            ("Công chèo thử ít nhất bằng 70% công của chuyến đó.", true),
            ("Công chèo thử tối thiểu bằng 70% công của chuyến đó.", true),
            ("Công chèo thử ít nhất bằng 70% công tối thiểu.", false),
        ],
    );
}

#[test]
fn a_rule_that_names_nobody_is_said_to_the_employer() {
    let rule = of("Không được giữ bằng lái của người lao động đang nghỉ bến.");
    check_all(
        rule,
        "",
        &[
            ("Công ty không được giữ bằng lái của người lao động đang nghỉ bến.", true),
            ("Công đoàn không được giữ bằng lái của người lao động đang nghỉ bến.", false),
        ],
    );
}

#[test]
fn an_exception_is_the_one_of_the_rule() {
    let rule = of("Số giờ chèo không quá 90 giờ trong 01 tháng, trừ trường hợp có lũ lớn.");
    check_all(
        rule,
        "",
        &[
            ("Số giờ chèo không quá 90 giờ trong 1 tháng, trừ khi có lũ lớn.", true),
            ("Số giờ chèo không quá 90 giờ trong 1 tháng, trừ trường hợp luật định.", true),
            ("Số giờ chèo không quá 90 giờ trong 1 tháng, trừ khi bạn muốn.", false),
            ("Số giờ chèo không quá 90 giờ trong 1 tháng, trừ trường hợp công ty quy định khác.", false),
        ],
    );
    let plain = of("Số giờ chèo không quá 90 giờ trong 01 tháng. Khi có lũ lớn thì đội nghỉ.");
    check_all(plain, "", &[("Số giờ chèo không quá 90 giờ trong 1 tháng, trừ khi có lũ lớn.", false)]);
}

#[test]
fn before_and_after_are_told_apart() {
    let rule = of(
        "Thuyền viên nữ được nghỉ bến trước và sau khi cưới là 06 tuần; thời gian nghỉ trước khi cưới không quá 02 tuần.",
    );
    check_all(
        rule,
        "",
        &[
            ("Thuyền viên nữ được nghỉ bến trước khi cưới là 6 tuần.", false),
            ("Thuyền viên nữ được nghỉ bến sau khi cưới là 6 tuần.", false),
            ("Thuyền viên nữ được nghỉ bến trước và sau khi cưới là 6 tuần.", true),
        ],
    );
}

#[test]
fn a_source_is_the_cited_clause() {
    let sentence = |source: &str| {
        format!(
            "{source}bạn có quyền rời đội chèo không cần báo tin nếu không được chia đủ công chèo, trừ trường hợp quy định tại khoản 3 Điều 17"
        )
    };
    for (source, stands) in [
        ("", true),
        ("Theo khoản 2 Điều 4, ", true),
        ("Theo khoản 2 Điều 4 Luật Thuyền chài 2031, ", true),
        ("Theo Luật Thuyền chài, ", true),
        ("Theo luật thuyền chài năm 2031, ", true),
        ("Theo quy định của pháp luật, ", true),
        ("Theo khoản 3 Điều 17, ", false),
        ("Căn cứ khoản 3 Điều 17, ", false),
        ("Theo luật việc chèo, ", false),
        ("Theo Luật Thuyền chài 2012, ", false),
        ("Theo Luật Chủ thuyền, ", false),
    ] {
        check_all(CASES, "", &[(&sentence(source), stands)]);
    }
    check_all(CASES, "", &[(&sentence("Theo khoản 3 Điều 17 "), false), (&sentence("Theo khoản 2 Điều 4 "), true)]);
    // Another document that stands in the text is no source of it.
    let named = of("Không quá 80 ngày đối với người quản lý bến theo quy định của Luật Bến cảng.");
    check_all(
        named,
        "",
        &[
            ("Theo Luật Bến cảng, không quá 80 ngày đối với người quản lý bến.", false),
            ("Không quá 80 ngày đối với người quản lý bến theo quy định của Luật Bến cảng.", true),
        ],
    );
}

#[test]
fn a_point_may_be_told_before_its_lead_in() {
    let pay = of("1. Người lao động chèo thêm giờ được trả công tính theo giá công đang làm như sau:\n\
                  a) Vào ngày thường, ít nhất bằng 150%;\nb) Vào ngày hội, giỗ tổ, ngày nghỉ có hưởng công, ít nhất bằng 300%.");
    check_all(
        pay,
        "",
        &[
            ("Chèo thêm giờ vào ngày hội, giỗ tổ được trả công ít nhất bằng 300%.", true),
            ("Bạn chèo thêm giờ vào ngày thường thì được trả công ít nhất 150%.", true),
            ("Người lao động chèo thêm giờ được trả công ít nhất bằng 300%.", false),
            ("Chèo thêm giờ vào ngày thường được trả công ít nhất bằng 300%.", false),
        ],
    );
}

#[test]
fn any_sign_that_quotes_must_quote_exactly() {
    let rule = of("Giờ chèo của đội O'Hay không quá 07 giờ trong 01 ngày.");
    for (open, close) in
        [("‘", "’"), ("‚", "‘"), ("‹", "›"), ("「", "」"), ("『", "』"), ("'", "'"), ("`", "`"), ("“", "”")]
    {
        check_all(
            rule,
            "",
            &[
                (&format!("Luật ghi {open}không quá 07 giờ trong 01 ngày{close} cho giờ chèo của đội."), true),
                (&format!("Luật ghi {open}không quá 7 giờ trong ngày{close} cho giờ chèo của đội."), false),
                (&format!("Giờ chèo của đội {open}không quá 7 giờ trong 01 ngày."), false),
            ],
        );
    }
    check_all(rule, "", &[("Giờ chèo của đội O'Hay không quá 7 giờ trong 1 ngày.", true)]);
}
