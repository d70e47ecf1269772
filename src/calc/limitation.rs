/*!
Limitation periods and terms, with the calendar day on which they end.
*/

use jiff::civil::{Date, date};

use super::{
    Calculator,
    calendar::{add_days, add_months, day_text, days_between, working_day_from},
    holiday::is_unsure,
    input::{Choice, Field, Kind},
    number::Ratio,
    outcome::{Amount, Outcome, Unit, Work},
    rule::{
        CODE_2012_FROM, CODE_FROM, Rule, code, code_2012, decree_145, employment_2013, employment_2025, insurance_2014,
        insurance_2024,
    },
    source::{
        CIVIL_CODE, COMPLAINTS, DECREE_145, EMPLOYMENT_2013, EMPLOYMENT_2025, INSURANCE_2014, INSURANCE_2024,
        LABOUR_CODE, LABOUR_CODE_2012,
    },
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

const PROTECTED_DAYS_2012: Rule =
    code_2012("kéo dài thời hiệu kỷ luật 2012, ngày", 60, LABOUR_CODE_2012.clause("124", "2"), "60 ngày");

/// What held before, by kind.
const EARLIER: [(&str, Rule); 10] = [
    ("mediation", code_2012("hòa giải 2012, tháng", 6, LABOUR_CODE_2012.clause("202", "1"), "06 tháng")),
    ("court", code_2012("tòa án 2012, năm", 12, LABOUR_CODE_2012.clause("202", "2"), "01 năm")),
    ("collective_mediation", COLLECTIVE_2012),
    ("collective_court", COLLECTIVE_2012),
    ("discipline", code_2012("xử lý kỷ luật 2012, tháng", 6, LABOUR_CODE_2012.clause("124", "1"), "06 tháng")),
    ("damages", code_2012("xử lý bồi thường 2012, tháng", 6, LABOUR_CODE_2012.clause("124", "1"), "06 tháng")),
    (
        "discipline_assets",
        code_2012("xử lý kỷ luật về tài sản 2012, tháng", 12, LABOUR_CODE_2012.clause("124", "1"), "12 tháng"),
    ),
    (
        "unemployment_file",
        employment_2013("hồ sơ trợ cấp thất nghiệp, tháng", 3, EMPLOYMENT_2013.clause("46", "1"), "03 tháng"),
    ),
    ("sickness_file", insurance_2014("hồ sơ ốm đau, ngày", 45, INSURANCE_2014.clause("102", "1"), "45 ngày")),
    ("maternity_file", insurance_2014("hồ sơ thai sản, ngày", 45, INSURANCE_2014.clause("102", "1"), "45 ngày")),
];
const COLLECTIVE_2012: Rule = code_2012("tranh chấp tập thể 2012, năm", 12, LABOUR_CODE_2012.article("207"), "01 năm");

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
        PROTECTED_DAYS_2012,
        EARLIER[0].1,
        EARLIER[1].1,
        EARLIER[2].1,
        EARLIER[4].1,
        EARLIER[5].1,
        EARLIER[6].1,
        EARLIER[7].1,
        EARLIER[8].1,
        EARLIER[9].1,
    ],
    work,
};

fn in_days(kind: &str) -> bool {
    matches!(kind, "complaint" | "sickness_file" | "maternity_file")
}

fn work(mut work: Work<'_>) -> Outcome {
    let Some(kind) = work.need_choice("kind") else { return work.finish() };
    let at = KINDS.iter().position(|(name, _)| *name == kind).unwrap_or(0);
    let from = work.given.day("from");
    let now = TERMS[at];
    let earlier = || EARLIER.into_iter().find(|(name, _)| *name == kind).map(|(_, rule)| rule);
    let rule =
        from.filter(|from| *from < now.from).map_or(Some(now), |from| earlier().filter(|rule| rule.holds_on(from)));
    let Some(rule) = rule else {
        not_held(&mut work, kind, now);
        return work.finish();
    };
    let length = match (in_days(kind), rule.value) {
        (true, days) => format!("{days} ngày"),
        (false, 12) if kind.contains("court") || rule == COLLECTIVE_2012 => "01 năm".to_owned(),
        (false, months) => format!("{months} tháng"),
    };
    work.by_rule(format!("{}: {length}.", KINDS[at].1), &rule);
    let Some(from) = work.need_day("from") else {
        let unit = if in_days(kind) { Unit::Days } else { Unit::Months };
        work.count("length", "Thời hạn", Ratio::whole(rule.value), unit);
        return work.finish();
    };
    if !work.counts_terms(from) {
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
    if is_unsure(last) {
        work.assume("chưa trừ ngày nghỉ Tết Âm lịch ngoài mùng 1 đến mùng 3 và ngày liền kề Quốc khánh: theo quyết định hằng năm, chưa có trong kho");
    }
    if at < 3 && rule == now {
        work.leave_out("thời gian bất khả kháng, trở ngại khách quan không tính vào thời hiệu (khoản 4 Điều 190)");
    }
    work.finish()
}

/// Says what held before the rule of today, where that is not here.
fn not_held(work: &mut Work<'_>, kind: &str, now: Rule) {
    let from = work.given.day("from").unwrap_or(work.outcome.as_of);
    if matches!(kind, "arbitration" | "collective_arbitration") && CODE_2012_FROM <= from && from < CODE_FROM {
        work.step(
            "Bộ luật năm 2012 không giao loại tranh chấp này cho trọng tài lao động.",
            &[LABOUR_CODE_2012.article(if kind == "arbitration" { "200" } else { "203" })],
        );
        work.figure("within", "Được yêu cầu trọng tài theo luật ngày đó", Amount::Flag(false));
        return;
    }
    let law = now.source.law;
    work.leave_out(format!(
        "ngày {} thuộc thời gian của văn bản trước {} ({}): chưa có trong công cụ",
        day_text(from),
        law.title,
        law.number
    ));
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
    let source = match kind {
        _ if work.given.day("from").is_some_and(|from| from < CODE_FROM) => PROTECTED_DAYS_2012.source,
        "damages" => DECREE_145.clause("72", "3"),
        _ => PROTECTED_DAYS.source,
    };
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
