/*!
Severance (trợ cấp thôi việc) and job-loss allowance (trợ cấp mất việc làm).

Both count the time worked less the time insured against unemployment; months beyond full
years count half a year up to six, a whole one beyond.
*/

use super::{
    Calculator,
    calendar::{add_days, day_text, months_and_days},
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Code, Outcome, Unit, Work},
    rule::{Rule, code, code_2012, decree_145},
    source::{DECREE_145, LABOUR_CODE, LABOUR_CODE_2012, Source},
};

const REASONS: &[Choice] = &[
    ("expired", "Hết hạn hợp đồng"),
    ("completed", "Hoàn thành công việc theo hợp đồng"),
    ("agreement", "Hai bên thỏa thuận"),
    ("resigned", "Người lao động đơn phương nghỉ đúng luật"),
    ("dismissed_unilaterally", "Người sử dụng lao động đơn phương đúng luật"),
    ("absence", "Tự ý bỏ việc từ 05 ngày làm việc liên tục"),
    ("disciplined", "Bị kỷ luật sa thải"),
    ("restructuring", "Thay đổi cơ cấu, công nghệ, lý do kinh tế; chia, tách, sáp nhập"),
    ("other", "Trường hợp khác"),
];

/// What one labour code says of one of the two allowances.
#[derive(Clone, Copy)]
struct Terms {
    /// Months of service below which nothing is owed.
    least_months: Rule,
    /// Halves of a month's wage for a year.
    halves: Rule,
    /// Months of wage at least.
    least: Option<Rule>,
    /// Working days within which it is paid.
    settled: Rule,
    /// What time counts.
    time: Source,
    /// Which wage counts.
    wage: Source,
}

const SEVERANCE_2019: Terms = Terms {
    least_months: code("thôi việc: làm việc từ đủ, tháng", 12, LABOUR_CODE.clause("46", "1"), "12 tháng"),
    halves: code("thôi việc: nửa tháng lương cho mỗi năm", 1, LABOUR_CODE.clause("46", "1"), "một nửa tháng"),
    least: None,
    settled: SETTLED_2019,
    time: LABOUR_CODE.clause("46", "2"),
    wage: LABOUR_CODE.clause("46", "3"),
};
const JOB_LOSS_LEAST_2019: Rule =
    code("mất việc: ít nhất, tháng lương", 2, LABOUR_CODE.clause("47", "1"), "02 tháng tiền lương");
const JOB_LOSS_2019: Terms = Terms {
    least_months: code("mất việc: làm việc từ đủ, tháng", 12, LABOUR_CODE.clause("47", "1"), "12 tháng"),
    halves: Rule { value: 2, ..MONTH_A_YEAR_2019 },
    least: Some(JOB_LOSS_LEAST_2019),
    settled: SETTLED_2019,
    time: LABOUR_CODE.clause("47", "2"),
    wage: LABOUR_CODE.clause("47", "3"),
};
const MONTH_A_YEAR_2019: Rule =
    code("mất việc: tháng lương cho mỗi năm", 1, LABOUR_CODE.clause("47", "1"), "01 tháng tiền lương");
const SETTLED_2019: Rule =
    code("thanh toán trong, ngày làm việc", 14, LABOUR_CODE.clause("48", "1"), "14 ngày làm việc");

const SEVERANCE_2012: Terms = Terms {
    least_months: code_2012(
        "thôi việc năm 2012: làm việc từ đủ, tháng",
        12,
        LABOUR_CODE_2012.clause("48", "1"),
        "12 tháng",
    ),
    halves: code_2012(
        "thôi việc năm 2012: nửa tháng lương cho mỗi năm",
        1,
        LABOUR_CODE_2012.clause("48", "1"),
        "một nửa tháng",
    ),
    least: None,
    settled: SETTLED_2012,
    time: LABOUR_CODE_2012.clause("48", "2"),
    wage: LABOUR_CODE_2012.clause("48", "3"),
};
const JOB_LOSS_LEAST_2012: Rule =
    code_2012("mất việc năm 2012: ít nhất, tháng lương", 2, LABOUR_CODE_2012.clause("49", "1"), "02 tháng tiền lương");
const MONTH_A_YEAR_2012: Rule = code_2012(
    "mất việc năm 2012: tháng lương cho mỗi năm",
    1,
    LABOUR_CODE_2012.clause("49", "1"),
    "01 tháng tiền lương",
);
const JOB_LOSS_2012: Terms = Terms {
    least_months: code_2012(
        "mất việc năm 2012: làm việc từ, tháng",
        12,
        LABOUR_CODE_2012.clause("49", "1"),
        "12 tháng",
    ),
    halves: Rule { value: 2, ..MONTH_A_YEAR_2012 },
    least: Some(JOB_LOSS_LEAST_2012),
    settled: SETTLED_2012,
    time: LABOUR_CODE_2012.clause("49", "2"),
    wage: LABOUR_CODE_2012.clause("49", "3"),
};
const SETTLED_2012: Rule =
    code_2012("thanh toán năm 2012 trong, ngày làm việc", 7, LABOUR_CODE_2012.clause("47", "2"), "07 ngày làm việc");

const HALF_YEAR: Rule =
    decree_145("tháng lẻ đến bấy nhiêu tính 1/2 năm", 6, DECREE_145.point("8", "3", "c"), "06 tháng");
/// The decree that said before how odd months count; its text is not held.
const ROUNDING_BEFORE: &str = "05/2015/NĐ-CP";

const FIELDS: &[Field] = &[
    Field::needed("wage", "Lương bình quân 6 tháng liền kề theo hợp đồng", Kind::Money),
    Field::optional("months", "Tổng thời gian làm việc, tháng", Kind::Whole { min: 0, max: 720 })
        .hint("hoặc điền ngày vào làm và ngày nghỉ"),
    Field::optional("start", "Ngày vào làm", Kind::Day),
    Field::optional("end", "Ngày làm việc cuối cùng", Kind::Day),
    Field::needed("insured_months", "Số tháng đã tham gia bảo hiểm thất nghiệp", Kind::Whole { min: 0, max: 720 })
        .hint("xem sổ bảo hiểm; 0 nếu chưa tham gia"),
    Field::optional("paid_months", "Số tháng đã được trả trợ cấp trước đó", Kind::Whole { min: 0, max: 720 }),
    Field::optional("reason", "Lý do chấm dứt hợp đồng", Kind::Choice(REASONS)),
    Field::optional("pension", "Đã đủ điều kiện hưởng lương hưu", Kind::Flag),
];

/// `severance`
pub const SEVERANCE: Calculator = Calculator {
    name: "severance",
    title: "Trợ cấp thôi việc",
    summary: "Nửa tháng lương cho mỗi năm làm việc không đóng bảo hiểm thất nghiệp.",
    fields: FIELDS,
    rules: &[
        SEVERANCE_2019.least_months,
        SEVERANCE_2019.halves,
        HALF_YEAR,
        SETTLED_2019,
        SEVERANCE_2012.least_months,
        SEVERANCE_2012.halves,
        SETTLED_2012,
    ],
    work: |work| run(work, Allowance::Severance),
};

/// `job-loss`
pub const JOB_LOSS: Calculator = Calculator {
    name: "job-loss",
    title: "Trợ cấp mất việc làm",
    summary: "Một tháng lương cho mỗi năm làm việc, ít nhất hai tháng, khi mất việc do cơ cấu, công nghệ, kinh tế.",
    fields: FIELDS,
    rules: &[
        JOB_LOSS_2019.least_months,
        MONTH_A_YEAR_2019,
        JOB_LOSS_LEAST_2019,
        HALF_YEAR,
        SETTLED_2019,
        JOB_LOSS_2012.least_months,
        MONTH_A_YEAR_2012,
        JOB_LOSS_LEAST_2012,
        SETTLED_2012,
    ],
    work: |work| run(work, Allowance::JobLoss),
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowance {
    Severance,
    JobLoss,
}

impl Allowance {
    fn terms(self, code: Code) -> Terms {
        match (self, code) {
            (Self::Severance, Code::Of2019) => SEVERANCE_2019,
            (Self::JobLoss, Code::Of2019) => JOB_LOSS_2019,
            (Self::Severance, Code::Of2012) => SEVERANCE_2012,
            (Self::JobLoss, Code::Of2012) => JOB_LOSS_2012,
        }
    }
}

fn run(mut work: Work<'_>, allowance: Allowance) -> Outcome {
    work.on_day_of("end");
    let Some(code) = work.code() else { return work.finish() };
    let terms = allowance.terms(code);
    if !owed(&mut work, allowance, code) {
        return work.finish();
    }
    let worked = service(&mut work, &terms);
    let insured = work.need_whole("insured_months");
    let wage = work.need_money("wage");
    let per_year = Ratio::whole(terms.halves.value).over(2);
    work.by_rule(format!("Mỗi năm làm việc được tính {} tháng lương.", per_year.text()), &terms.halves);
    let (Some((months, days)), Some(insured)) = (worked, insured) else { return work.finish() };
    if months < terms.least_months.value {
        work.money("allowance", "Trợ cấp", 0);
        work.by_rule(
            format!("Làm việc chưa đủ {} tháng nên chưa được trợ cấp.", terms.least_months.value),
            &terms.least_months,
        );
        return work.finish();
    }
    let paid = work.given.whole("paid_months").unwrap_or_else(|| {
        work.assume("chưa từng được trả trợ cấp thôi việc, mất việc cho thời gian này");
        0
    });
    let years = counted_years(&mut work, (months, days), insured + paid, &terms);
    let earned = years * per_year;
    let months_of_wage = terms.least.map_or(earned, |least| {
        let least_months = Ratio::whole(least.value);
        if earned < least_months {
            let text = format!("Trợ cấp mất việc ít nhất {} tháng lương.", least_months.text());
            match code {
                Code::Of2019 => work.step(text, &[least.source, DECREE_145.clause("8", "2")]),
                Code::Of2012 => work.by_rule(text, &least),
            }
        }
        earned.max(least_months)
    });
    work.count("wage_months", "Số tháng lương được trợ cấp", months_of_wage, Unit::Months);
    if let Some(wage) = wage {
        let total = (Ratio::whole(wage) * months_of_wage).rounded();
        let is_whole = work.outcome.missing_documents.is_empty();
        let label = if is_whole { "Trợ cấp" } else { "Trợ cấp cho các năm tròn, chưa kể tháng lẻ" };
        let name = if is_whole { "allowance" } else { "allowance_full_years" };
        work.outcome.figures.insert(0, super::Figure { name, label: label.to_owned(), amount: Amount::Money(total) });
        work.step(format!("{} × {} tháng = {}.", dong(wage), months_of_wage.text(), dong(total)), &[terms.wage]);
    }
    work.by_rule(
        format!("Trả trong {} ngày làm việc kể từ ngày chấm dứt hợp đồng.", terms.settled.value),
        &terms.settled,
    );
    work.leave_out("làm ở khu vực nhà nước trước 1995; hợp đồng trước và sau chia, tách, sáp nhập");
    work.finish()
}

/// Whether the way it ended leaves anything owed.
fn owed(work: &mut Work<'_>, allowance: Allowance, code: Code) -> bool {
    let reason = work.given.choice("reason");
    let now = code == Code::Of2019;
    let by = |of_2019: Source, of_2012: Source| if now { of_2019 } else { of_2012 };
    let severance = by(LABOUR_CODE.clause("46", "1"), LABOUR_CODE_2012.clause("48", "1"));
    let job_loss = by(LABOUR_CODE.clause("47", "1"), LABOUR_CODE_2012.clause("49", "1"));
    let refusal = match (allowance, reason) {
        (Allowance::Severance, Some("absence")) => Some((
            "Tự ý bỏ việc thì không có trợ cấp thôi việc.",
            by(DECREE_145.point("8", "1", "b"), LABOUR_CODE_2012.clause("43", "1")),
        )),
        (Allowance::Severance, Some("disciplined")) => {
            Some(("Bị sa thải không thuộc trường hợp được trợ cấp thôi việc.", severance))
        }
        (Allowance::Severance, Some("restructuring")) => {
            Some(("Trường hợp này là trợ cấp mất việc làm, không phải trợ cấp thôi việc.", job_loss))
        }
        (Allowance::Severance, _) if work.given.flag("pension") == Some(true) => Some((
            "Đủ điều kiện hưởng lương hưu thì không có trợ cấp thôi việc.",
            by(DECREE_145.point("8", "1", "a"), LABOUR_CODE_2012.clause("48", "1")),
        )),
        (Allowance::JobLoss, Some(other)) if other != "restructuring" => {
            Some(("Lý do này không thuộc trường hợp được trợ cấp mất việc làm.", job_loss))
        }
        _ => None,
    };
    if let Some((text, source)) = refusal {
        work.money("allowance", "Trợ cấp", 0);
        work.step(text, &[source]);
        return false;
    }
    if reason.is_none() {
        work.assume(match (allowance, now) {
            (Allowance::Severance, true) => {
                "hợp đồng chấm dứt thuộc trường hợp được trợ cấp thôi việc (khoản 1 Điều 46)"
            }
            (Allowance::Severance, false) => {
                "hợp đồng chấm dứt thuộc trường hợp được trợ cấp thôi việc (khoản 1 Điều 48)"
            }
            (Allowance::JobLoss, true) => {
                "mất việc do cơ cấu, công nghệ, lý do kinh tế hoặc chia, tách, sáp nhập (khoản 11 Điều 34)"
            }
            (Allowance::JobLoss, false) => {
                "mất việc do cơ cấu, công nghệ, lý do kinh tế hoặc chia, tách, sáp nhập (Điều 44, Điều 45)"
            }
        });
    }
    if allowance == Allowance::Severance && work.given.flag("pension").is_none() {
        work.assume("chưa đủ điều kiện hưởng lương hưu");
    }
    true
}

/// Time worked, as full months and days beyond them.
fn service(work: &mut Work<'_>, terms: &Terms) -> Option<(i64, i64)> {
    if let Some(months) = work.given.whole("months") {
        return Some((months, 0));
    }
    let (Some(start), Some(end)) = (work.given.day("start"), work.given.day("end")) else {
        work.need(match (work.given.day("start"), work.given.day("end")) {
            (None, None) => "months",
            (None, _) => "start",
            _ => "end",
        });
        return None;
    };
    let (months, days) = months_and_days(start, add_days(end, 1));
    work.step(
        format!("Từ {} đến hết {}: {months} tháng {days} ngày.", day_text(start), day_text(end)),
        &[if work.is_before_decree_145() { terms.time } else { DECREE_145.point("8", "3", "a") }],
    );
    Some((months, days))
}

/// Years that count, in halves; before decree 145/2020 full ones alone, since the text that says how
/// odd months count is not held.
fn counted_years(work: &mut Work<'_>, (months, days): (i64, i64), less: i64, terms: &Terms) -> Ratio {
    let (left, days) = if months < less { (0, 0) } else { (months - less, days) };
    let (full, rest) = (left / 12, left % 12);
    let is_odd = (rest, days) != (0, 0);
    let before = work.is_before_decree_145();
    let halves = match (rest, days) {
        _ if before || !is_odd => 0,
        (rest, days) if rest < HALF_YEAR.value || (rest == HALF_YEAR.value && days == 0) => 1,
        _ => 2,
    };
    let years = Ratio::whole(2 * full + halves).over(2);
    let text = format!("Thời gian tính trợ cấp: {months} − {less} = {left} tháng, tính thành {} năm.", years.text());
    if before {
        work.step(text, &[terms.time]);
        if is_odd {
            work.lacks(ROUNDING_BEFORE, format!("cách tính {rest} tháng {days} ngày lẻ"));
        }
    } else {
        work.step(text, &[terms.time, HALF_YEAR.source]);
    }
    work.count("counted_years", "Số năm tính trợ cấp", years, Unit::Years);
    years
}
