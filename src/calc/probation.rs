/*!
Probation: how long at most, and how much pay at least.
*/

use super::{
    Calculator,
    calendar::{add_days, add_working_days, day_text},
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Code, Outcome, Unit, Work},
    rule::{Rule, code, code_2012},
    source::{LABOUR_CODE, LABOUR_CODE_2012},
};

const JOBS: &[Choice] = &[
    ("manager", "Người quản lý doanh nghiệp"),
    ("college", "Cần trình độ từ cao đẳng trở lên"),
    ("intermediate", "Cần trình độ trung cấp, công nhân kỹ thuật, nhân viên nghiệp vụ"),
    ("other", "Công việc khác"),
];

const LENGTHS: [Rule; 4] = [
    code("thử việc người quản lý, ngày", 180, LABOUR_CODE.clause("25", "1"), "180 ngày"),
    code("thử việc từ cao đẳng, ngày", 60, LABOUR_CODE.clause("25", "2"), "60 ngày"),
    code("thử việc trung cấp, ngày", 30, LABOUR_CODE.clause("25", "3"), "30 ngày"),
    code("thử việc khác, ngày làm việc", 6, LABOUR_CODE.clause("25", "4"), "06 ngày làm việc"),
];
const PAY: Rule = code("lương thử việc ít nhất, %", 85, LABOUR_CODE.article("26"), "85%");
const TERM_MONTHS_MIN: Rule =
    code("không thử việc với hợp đồng dưới, tháng", 1, LABOUR_CODE.clause("24", "3"), "01 tháng");

/// From the second of [`JOBS`] on: the code of 2012 had no length of its own for managers.
const LENGTHS_2012: [Rule; 3] = [
    code_2012("thử việc 2012 từ cao đẳng, ngày", 60, LABOUR_CODE_2012.clause("27", "1"), "60 ngày"),
    code_2012("thử việc 2012 trung cấp, ngày", 30, LABOUR_CODE_2012.clause("27", "2"), "30 ngày"),
    code_2012("thử việc 2012 khác, ngày làm việc", 6, LABOUR_CODE_2012.clause("27", "3"), "6 ngày làm việc"),
];
const PAY_2012: Rule = code_2012("lương thử việc 2012 ít nhất, %", 85, LABOUR_CODE_2012.article("28"), "85%");

/// `probation`
pub const CALCULATOR: Calculator = Calculator {
    name: "probation",
    title: "Thử việc: thời gian và tiền lương",
    summary: "Thử việc tối đa bao lâu theo loại công việc, lương thử việc ít nhất bao nhiêu.",
    fields: &[
        Field::needed("job", "Loại công việc", Kind::Choice(JOBS)),
        Field::optional("wage", "Mức lương của công việc đó", Kind::Money),
        Field::optional("trial_wage", "Lương thử việc được trả", Kind::Money),
        Field::optional("length", "Thời gian thử việc đã thỏa thuận, ngày", Kind::Whole { min: 0, max: 1000 })
            .hint("việc khác: ngày làm việc"),
        Field::optional("start", "Ngày bắt đầu thử việc", Kind::Day),
        Field::optional("under_one_month", "Hợp đồng dưới 01 tháng", Kind::Flag),
    ],
    rules: &[
        LENGTHS[0],
        LENGTHS[1],
        LENGTHS[2],
        LENGTHS[3],
        PAY,
        TERM_MONTHS_MIN,
        LENGTHS_2012[0],
        LENGTHS_2012[1],
        LENGTHS_2012[2],
        PAY_2012,
    ],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    work.on_day_of("start");
    let Some(code) = work.code() else { return work.finish() };
    if code == Code::Of2012 {
        return work_2012(work);
    }
    if work.given.flag("under_one_month") == Some(true) {
        work.count("length_max", "Thời gian thử việc tối đa", Ratio::whole(0), Unit::Days);
        work.by_rule("Hợp đồng dưới 01 tháng không áp dụng thử việc.", &TERM_MONTHS_MIN);
        return work.finish();
    }
    if let Some(job) = work.need_choice("job") {
        let at = JOBS.iter().position(|(name, _)| *name == job).unwrap_or(LENGTHS.len() - 1);
        length(&mut work, at, LENGTHS[at]);
    } else {
        for (at, rule) in LENGTHS.iter().enumerate() {
            work.by_rule(format!("{}: không quá {} {}.", JOBS[at].1, rule.value, unit_text(at)), rule);
        }
    }
    pay(&mut work, PAY);
    work.step("Chỉ thử việc một lần cho một công việc.", &[LABOUR_CODE.article("25")]);
    work.finish()
}

/// The same under the code of 2012.
fn work_2012(mut work: Work<'_>) -> Outcome {
    let at =
        work.need_choice("job").map(|job| JOBS.iter().position(|(name, _)| *name == job).unwrap_or(JOBS.len() - 1));
    match at {
        Some(0) => {
            work.step(
                "Bộ luật năm 2012 không có mức riêng cho người quản lý: tính theo trình độ công việc cần.",
                &[LABOUR_CODE_2012.article("27")],
            );
            work.need("job");
        }
        Some(at) => length(&mut work, at, LENGTHS_2012[at - 1]),
        None => {
            for (at, rule) in LENGTHS_2012.iter().enumerate() {
                work.by_rule(format!("{}: không quá {} {}.", JOBS[at + 1].1, rule.value, unit_text(at + 1)), rule);
            }
        }
    }
    pay(&mut work, PAY_2012);
    work.step(
        "Chỉ thử việc một lần cho một công việc; hợp đồng mùa vụ không phải thử việc.",
        &[LABOUR_CODE_2012.article("27"), LABOUR_CODE_2012.clause("26", "2")],
    );
    work.finish()
}

fn unit_text(at: usize) -> &'static str {
    if at == 3 { "ngày làm việc" } else { "ngày" }
}

fn length(work: &mut Work<'_>, at: usize, rule: Rule) {
    let unit = if at == 3 { Unit::WorkingDays } else { Unit::Days };
    work.count("length_max", "Thời gian thử việc tối đa", Ratio::whole(rule.value), unit);
    work.by_rule(format!("{}: không quá {} {}.", JOBS[at].1, rule.value, unit_text(at)), &rule);
    if let Some(start) = work.given.day("start") {
        let last =
            if at == 3 { add_working_days(add_days(start, -1), rule.value) } else { add_days(start, rule.value - 1) };
        work.figure("last_day", "Ngày cuối cùng được thử việc", Amount::Day(last));
        work.by_rule(format!("Bắt đầu {}: không quá hết ngày {}.", day_text(start), day_text(last)), &rule);
        work.assume("ngày bắt đầu là ngày thử việc thứ nhất");
        if at == 3 {
            work.assume("nghỉ hằng tuần là thứ bảy và chủ nhật");
        }
    }
    if let Some(length) = work.given.whole("length") {
        let allowed = length <= rule.value;
        work.figure("length_allowed", "Thời gian đã thỏa thuận đúng luật", Amount::Flag(allowed));
        let verdict = if allowed { "trong" } else { "vượt" };
        work.by_rule(format!("Thỏa thuận {length} {}: {verdict} giới hạn.", unit_text(at)), &rule);
    }
}

fn pay(work: &mut Work<'_>, rule: Rule) {
    let Some(wage) = work.given.money("wage") else {
        work.count("pay_percent", "Lương thử việc, ít nhất", Ratio::whole(rule.value), Unit::Percent);
        work.by_rule(format!("Lương thử việc ít nhất {}% mức lương của công việc đó.", rule.value), &rule);
        return;
    };
    let least = (Ratio::whole(wage) * Ratio::percent(rule.value)).ceiling();
    work.money("pay_min", "Lương thử việc, ít nhất", least);
    work.by_rule(format!("{} × {}% = {}.", dong(wage), rule.value, dong(least)), &rule);
    if let Some(paid) = work.given.money("trial_wage") {
        let allowed = least <= paid;
        work.figure("pay_allowed", "Lương thử việc được trả đúng luật", Amount::Flag(allowed));
        let verdict = if allowed { "đủ" } else { "thấp hơn mức tối thiểu" };
        work.by_rule(format!("Được trả {}: {verdict}.", dong(paid)), &rule);
    }
}
