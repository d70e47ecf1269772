/*!
Limitation periods and terms, with the calendar day on which they end.
*/

use jiff::civil::{Date, date};

use super::{
    Calculator,
    calendar::{add_days, add_months, day_text, days_between, near_lunar_holiday, working_day_from},
    input::{Choice, Field, Kind},
    number::Ratio,
    outcome::{Amount, Outcome, Unit, Work},
    rule::{Rule, code, decree_145, employment_2025, insurance_2024},
    source::{CIVIL_CODE, COMPLAINTS, DECREE_145, EMPLOYMENT_2025, INSURANCE_2024, LABOUR_CODE},
};

const KINDS: &[Choice] = &[
    ("mediation", "Yêu cầu hòa giải viên lao động (tranh chấp cá nhân)"),
    ("arbitration", "Yêu cầu Hội đồng trọng tài lao động (tranh chấp cá nhân)"),
    ("court", "Khởi kiện ra Tòa án (tranh chấp cá nhân)"),
    ("collective_mediation", "Hòa giải viên lao động (tranh chấp tập thể về quyền)"),
    ("collective_arbitration", "Hội đồng trọng tài lao động (tranh chấp tập thể về quyền)"),
    ("collective_court", "Tòa án (tranh chấp tập thể về quyền)"),
    ("discipline", "Công ty xử lý kỷ luật lao động"),
    ("discipline_assets", "Xử lý kỷ luật về tài chính, tài sản, bí mật công nghệ, kinh doanh"),
    ("damages", "Công ty đòi bồi thường thiệt hại tài sản"),
    ("complaint", "Khiếu nại quyết định, hành vi hành chính"),
    ("unemployment_file", "Nộp hồ sơ trợ cấp thất nghiệp"),
    ("sickness_file", "Nộp hồ sơ ốm đau cho công ty"),
    ("maternity_file", "Nộp hồ sơ thai sản cho công ty"),
];

const COMPLAINT: Rule = Rule {
    name: "khiếu nại hành chính, ngày",
    value: 90,
    from: date(2012, 7, 1),
    to: None,
    source: COMPLAINTS.article("9"),
    stands: "90 ngày",
};
const PROTECTED_DAYS: Rule = code("kéo dài thời hiệu kỷ luật, ngày", 60, LABOUR_CODE.clause("123", "2"), "60 ngày");

/// In the order of [`KINDS`]; months unless [`in_days`].
const TERMS: [Rule; 13] = [
    code("hòa giải, tháng", 6, LABOUR_CODE.clause("190", "1"), "06 tháng"),
    code("trọng tài, tháng", 9, LABOUR_CODE.clause("190", "2"), "09 tháng"),
    code("tòa án, năm", 12, LABOUR_CODE.clause("190", "3"), "01 năm"),
    code("hòa giải tập thể, tháng", 6, LABOUR_CODE.clause("194", "1"), "06 tháng"),
    code("trọng tài tập thể, tháng", 9, LABOUR_CODE.clause("194", "2"), "09 tháng"),
    code("tòa án tập thể, năm", 12, LABOUR_CODE.clause("194", "3"), "01 năm"),
    code("xử lý kỷ luật, tháng", 6, LABOUR_CODE.clause("123", "1"), "06 tháng"),
    code("xử lý kỷ luật về tài sản, tháng", 12, LABOUR_CODE.clause("123", "1"), "12 tháng"),
    decree_145("xử lý bồi thường, tháng", 6, DECREE_145.clause("72", "1"), "06 tháng"),
    COMPLAINT,
    employment_2025("hồ sơ trợ cấp thất nghiệp, tháng", 3, EMPLOYMENT_2025.point("38", "1", "c"), "03 tháng"),
    insurance_2024("hồ sơ ốm đau, ngày", 45, INSURANCE_2024.clause("48", "1"), "45 ngày"),
    insurance_2024("hồ sơ thai sản, ngày", 45, INSURANCE_2024.clause("62", "1"), "45 ngày"),
];

/// `limitation`
pub const CALCULATOR: Calculator = Calculator {
    name: "limitation",
    title: "Thời hiệu, thời hạn và ngày hết hạn",
    summary: "Còn được yêu cầu hòa giải, trọng tài, kiện, khiếu nại, nộp hồ sơ đến ngày nào; công ty còn được xử lý kỷ luật không.",
    fields: &[
        Field::needed("kind", "Việc gì", Kind::Choice(KINDS)),
        Field::needed("from", "Tính từ ngày", Kind::Day)
            .hint("ngày phát hiện bị xâm phạm, ngày vi phạm, ngày nhận quyết định, ngày nghỉ việc, ngày đi làm lại"),
        Field::optional("protected_until", "Hết thời gian không được xử lý kỷ luật vào ngày", Kind::Day)
            .hint("ốm đau, mang thai, thai sản, nuôi con dưới 12 tháng, bị tạm giữ"),
    ],
    rules: &[
        TERMS[0],
        TERMS[1],
        TERMS[2],
        TERMS[3],
        TERMS[4],
        TERMS[5],
        TERMS[6],
        TERMS[7],
        TERMS[8],
        TERMS[9],
        TERMS[10],
        TERMS[11],
        TERMS[12],
        PROTECTED_DAYS,
    ],
    work,
};

fn in_days(kind: &str) -> bool {
    matches!(kind, "complaint" | "sickness_file" | "maternity_file")
}

fn work(mut work: Work<'_>) -> Outcome {
    let Some(kind) = work.need_choice("kind") else { return work.finish() };
    let at = KINDS.iter().position(|(name, _)| *name == kind).unwrap_or(0);
    let rule = TERMS[at];
    let length = match (in_days(kind), rule.value) {
        (true, days) => format!("{days} ngày"),
        (false, 12) if kind.ends_with("court") => "01 năm".to_owned(),
        (false, months) => format!("{months} tháng"),
    };
    work.by_rule(format!("{}: {length}.", KINDS[at].1), &rule);
    let Some(from) = work.need_day("from") else {
        let unit = if in_days(kind) { Unit::Days } else { Unit::Months };
        work.count("length", "Thời hạn", Ratio::whole(rule.value), unit);
        return work.finish();
    };
    if from < rule.from {
        let law = rule.source.law;
        work.leave_out(format!(
            "ngày {} thuộc thời gian của văn bản trước {} ({}): chưa có trong công cụ",
            day_text(from),
            law.title,
            law.number
        ));
        return work.finish();
    }
    let end = if in_days(kind) { add_days(from, rule.value) } else { add_months(from, rule.value) };
    let (last, mut extra) = (working_day_from(end), Vec::new());
    if last != end {
        extra.push(CIVIL_CODE.clause("148", "5"));
        work.assume(format!("ngày cuối {} là ngày nghỉ nên tính đến hết ngày làm việc tiếp theo", day_text(end)));
    }
    extra.extend([CIVIL_CODE.article("147"), CIVIL_CODE.clause("148", if in_days(kind) { "1" } else { "3" })]);
    let last = extended(&mut work, kind, last);
    work.figure("last_day", "Ngày cuối cùng", Amount::Day(last));
    work.step(
        format!("Tính từ {}: ngày đó không tính, hết hạn vào cuối ngày {}.", day_text(from), day_text(last)),
        &extra,
    );
    remaining(&mut work, last);
    if near_lunar_holiday(last) {
        work.assume("chưa trừ ngày nghỉ Tết Âm lịch, Giỗ Tổ và ngày liền kề Quốc khánh");
    }
    if at < 3 {
        work.leave_out("thời gian bất khả kháng, trở ngại khách quan không tính vào thời hiệu (khoản 4 Điều 190)");
    }
    work.finish()
}

/// Discipline may be decided up to 60 days after the end of a time of protection.
fn extended(work: &mut Work<'_>, kind: &str, last: Date) -> Date {
    if !matches!(kind, "discipline" | "discipline_assets" | "damages") {
        return last;
    }
    let Some(until) = work.given.day("protected_until") else {
        work.assume(
            "người lao động không ở trong thời gian không được xử lý (ốm đau, mang thai, thai sản, nuôi con nhỏ)",
        );
        return last;
    };
    let extended = add_days(until, PROTECTED_DAYS.value);
    if extended <= last || last < work.given.day("from").unwrap_or(last) {
        return last;
    }
    let source = if kind == "damages" { DECREE_145.clause("72", "3") } else { PROTECTED_DAYS.source };
    work.step(
        format!("Hết thời gian được bảo vệ ngày {}: kéo dài không quá {} ngày.", day_text(until), PROTECTED_DAYS.value),
        &[source],
    );
    extended
}

fn remaining(work: &mut Work<'_>, last: Date) {
    let today = work.outcome.as_of;
    let left = days_between(today, last);
    let within = 0 <= left;
    work.figure("within", format!("Còn thời hạn vào ngày {}", day_text(today)), Amount::Flag(within));
    if within {
        work.count("days_left", "Số ngày còn lại", Ratio::whole(left), Unit::Days);
    }
}
