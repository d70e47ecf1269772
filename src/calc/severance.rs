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
    outcome::{Amount, Outcome, Unit, Work},
    rule::{DECREE_145_FROM, Rule, code, decree_145},
    source::{DECREE_145, LABOUR_CODE, Source},
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

const SEVERANCE_MONTHS_MIN: Rule =
    code("thôi việc: làm việc từ đủ, tháng", 12, LABOUR_CODE.clause("46", "1"), "12 tháng");
const SEVERANCE_HALVES: Rule =
    code("thôi việc: nửa tháng lương cho mỗi năm", 1, LABOUR_CODE.clause("46", "1"), "một nửa tháng");
const JOB_LOSS_MONTHS_MIN: Rule =
    code("mất việc: làm việc từ đủ, tháng", 12, LABOUR_CODE.clause("47", "1"), "12 tháng");
const JOB_LOSS_HALVES: Rule =
    code("mất việc: tháng lương cho mỗi năm", 1, LABOUR_CODE.clause("47", "1"), "01 tháng tiền lương");
const JOB_LOSS_LEAST: Rule =
    code("mất việc: ít nhất, tháng lương", 2, LABOUR_CODE.clause("47", "1"), "02 tháng tiền lương");
const HALF_YEAR: Rule =
    decree_145("tháng lẻ đến bấy nhiêu tính 1/2 năm", 6, DECREE_145.point("8", "3", "c"), "06 tháng");
const SETTLED_DAYS: Rule =
    code("thanh toán trong, ngày làm việc", 14, LABOUR_CODE.clause("48", "1"), "14 ngày làm việc");

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
    rules: &[SEVERANCE_MONTHS_MIN, SEVERANCE_HALVES, HALF_YEAR, SETTLED_DAYS],
    work: |work| run(work, Allowance::Severance),
};

/// `job-loss`
pub const JOB_LOSS: Calculator = Calculator {
    name: "job-loss",
    title: "Trợ cấp mất việc làm",
    summary: "Một tháng lương cho mỗi năm làm việc, ít nhất hai tháng, khi mất việc do cơ cấu, công nghệ, kinh tế.",
    fields: FIELDS,
    rules: &[JOB_LOSS_MONTHS_MIN, JOB_LOSS_HALVES, JOB_LOSS_LEAST, HALF_YEAR, SETTLED_DAYS],
    work: |work| run(work, Allowance::JobLoss),
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowance {
    Severance,
    JobLoss,
}

impl Allowance {
    /// Months of service below which nothing is owed.
    fn least_months(self) -> Rule {
        if self == Self::Severance { SEVERANCE_MONTHS_MIN } else { JOB_LOSS_MONTHS_MIN }
    }

    /// Months of wage for a year.
    fn per_year(self) -> (Ratio, Rule) {
        match self {
            Self::Severance => (Ratio::whole(SEVERANCE_HALVES.value).over(2), SEVERANCE_HALVES),
            Self::JobLoss => (Ratio::whole(JOB_LOSS_HALVES.value), JOB_LOSS_HALVES),
        }
    }

    fn wage_source(self) -> Source {
        LABOUR_CODE.clause(if self == Self::Severance { "46" } else { "47" }, "3")
    }

    fn time_source(self) -> Source {
        LABOUR_CODE.clause(if self == Self::Severance { "46" } else { "47" }, "2")
    }
}

fn run(mut work: Work<'_>, allowance: Allowance) -> Outcome {
    if !work.holds_from(DECREE_145, DECREE_145_FROM) || !owed(&mut work, allowance) {
        return work.finish();
    }
    let worked = service(&mut work);
    let insured = work.need_whole("insured_months");
    let wage = work.need_money("wage");
    let (per_year, rule) = allowance.per_year();
    work.by_rule(format!("Mỗi năm làm việc được tính {} tháng lương.", per_year.text()), &rule);
    let (Some((months, days)), Some(insured)) = (worked, insured) else { return work.finish() };
    let least = allowance.least_months();
    if months < least.value {
        work.money("allowance", "Trợ cấp", 0);
        work.by_rule(format!("Làm việc chưa đủ {} tháng nên chưa được trợ cấp.", least.value), &least);
        return work.finish();
    }
    let paid = work.given.whole("paid_months").unwrap_or_else(|| {
        work.assume("chưa từng được trả trợ cấp thôi việc, mất việc cho thời gian này");
        0
    });
    let years = counted_years(&mut work, (months, days), insured + paid, allowance);
    let earned = years * per_year;
    let months_of_wage = match allowance {
        Allowance::JobLoss => {
            let least = Ratio::whole(JOB_LOSS_LEAST.value);
            if earned < least {
                work.step(
                    format!("Trợ cấp mất việc ít nhất {} tháng lương.", least.text()),
                    &[JOB_LOSS_LEAST.source, DECREE_145.clause("8", "2")],
                );
            }
            earned.max(least)
        }
        Allowance::Severance => earned,
    };
    work.count("wage_months", "Số tháng lương được trợ cấp", months_of_wage, Unit::Months);
    if let Some(wage) = wage {
        let total = (Ratio::whole(wage) * months_of_wage).rounded();
        work.outcome
            .figures
            .insert(0, super::Figure { name: "allowance", label: "Trợ cấp".to_owned(), amount: Amount::Money(total) });
        work.step(
            format!("{} × {} tháng = {}.", dong(wage), months_of_wage.text(), dong(total)),
            &[allowance.wage_source()],
        );
    }
    work.by_rule(
        format!("Trả trong {} ngày làm việc kể từ ngày chấm dứt hợp đồng.", SETTLED_DAYS.value),
        &SETTLED_DAYS,
    );
    work.leave_out("làm ở khu vực nhà nước trước 1995; hợp đồng trước và sau chia, tách, sáp nhập");
    work.finish()
}

/// Whether the way it ended leaves anything owed.
fn owed(work: &mut Work<'_>, allowance: Allowance) -> bool {
    let reason = work.given.choice("reason");
    let refusal = match (allowance, reason) {
        (Allowance::Severance, Some("absence")) => {
            Some(("Tự ý bỏ việc thì không có trợ cấp thôi việc.", DECREE_145.point("8", "1", "b")))
        }
        (Allowance::Severance, Some("disciplined")) => {
            Some(("Bị sa thải không thuộc trường hợp được trợ cấp thôi việc.", LABOUR_CODE.clause("46", "1")))
        }
        (Allowance::Severance, Some("restructuring")) => Some((
            "Trường hợp này là trợ cấp mất việc làm, không phải trợ cấp thôi việc.",
            LABOUR_CODE.clause("47", "1"),
        )),
        (Allowance::Severance, _) if work.given.flag("pension") == Some(true) => {
            Some(("Đủ điều kiện hưởng lương hưu thì không có trợ cấp thôi việc.", DECREE_145.point("8", "1", "a")))
        }
        (Allowance::JobLoss, Some(other)) if other != "restructuring" => {
            Some(("Lý do này không thuộc trường hợp được trợ cấp mất việc làm.", LABOUR_CODE.clause("47", "1")))
        }
        _ => None,
    };
    if let Some((text, source)) = refusal {
        work.money("allowance", "Trợ cấp", 0);
        work.step(text, &[source]);
        return false;
    }
    if reason.is_none() {
        work.assume(match allowance {
            Allowance::Severance => "hợp đồng chấm dứt thuộc trường hợp được trợ cấp thôi việc (khoản 1 Điều 46)",
            Allowance::JobLoss => {
                "mất việc do cơ cấu, công nghệ, lý do kinh tế hoặc chia, tách, sáp nhập (khoản 11 Điều 34)"
            }
        });
    }
    if allowance == Allowance::Severance && work.given.flag("pension").is_none() {
        work.assume("chưa đủ điều kiện hưởng lương hưu");
    }
    true
}

/// Time worked, as full months and days beyond them.
fn service(work: &mut Work<'_>) -> Option<(i64, i64)> {
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
        &[DECREE_145.point("8", "3", "a")],
    );
    Some((months, days))
}

/// Years that count, in halves.
fn counted_years(work: &mut Work<'_>, (months, days): (i64, i64), less: i64, allowance: Allowance) -> Ratio {
    let (left, days) = if months < less { (0, 0) } else { (months - less, days) };
    let (full, rest) = (left / 12, left % 12);
    let halves = match (rest, days) {
        (0, 0) => 0,
        (rest, days) if rest < HALF_YEAR.value || (rest == HALF_YEAR.value && days == 0) => 1,
        _ => 2,
    };
    let years = Ratio::whole(2 * full + halves).over(2);
    work.step(
        format!("Thời gian tính trợ cấp: {months} − {less} = {left} tháng, tính thành {} năm.", years.text()),
        &[allowance.time_source(), HALF_YEAR.source],
    );
    work.count("counted_years", "Số năm tính trợ cấp", years, Unit::Years);
    years
}
