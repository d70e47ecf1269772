/*!
Annual leave: days, seniority, part years, and pay for days not taken.
*/

use super::{
    Calculator,
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Code, Outcome, Unit, Work},
    rule::{Rule, code, code_2012},
    source::{DECREE_145, LABOUR_CODE, LABOUR_CODE_2012},
};

const CONDITIONS: &[Choice] = &[
    ("normal", "Điều kiện bình thường"),
    ("heavy", "Nặng nhọc, độc hại, nguy hiểm"),
    ("very_heavy", "Đặc biệt nặng nhọc, độc hại, nguy hiểm"),
    ("minor_or_disabled", "Người chưa thành niên, người khuyết tật"),
];

const NORMAL: Rule = code("nghỉ hằng năm, bình thường, ngày", 12, LABOUR_CODE.point("113", "1", "a"), "12 ngày");
const HEAVY: Rule = code("nghỉ hằng năm, nặng nhọc, ngày", 14, LABOUR_CODE.point("113", "1", "b"), "14 ngày");
const VERY_HEAVY: Rule =
    code("nghỉ hằng năm, đặc biệt nặng nhọc, ngày", 16, LABOUR_CODE.point("113", "1", "c"), "16 ngày");
const SENIORITY_YEARS: Rule = code("thâm niên: cứ đủ bấy nhiêu năm", 5, LABOUR_CODE.article("114"), "05 năm");
const SENIORITY_DAYS: Rule = code("thâm niên: thêm bấy nhiêu ngày", 1, LABOUR_CODE.article("114"), "01 ngày");
const YEAR_MONTHS: Rule = code("số tháng để đủ phép", 12, LABOUR_CODE.clause("113", "1"), "12 tháng");

const NORMAL_2012: Rule =
    code_2012("nghỉ hằng năm 2012, bình thường, ngày", 12, LABOUR_CODE_2012.point("111", "1", "a"), "12 ngày");
const HEAVY_2012: Rule =
    code_2012("nghỉ hằng năm 2012, nặng nhọc, ngày", 14, LABOUR_CODE_2012.point("111", "1", "b"), "14 ngày");
const VERY_HEAVY_2012: Rule =
    code_2012("nghỉ hằng năm 2012, đặc biệt nặng nhọc, ngày", 16, LABOUR_CODE_2012.point("111", "1", "c"), "16 ngày");
const SENIORITY_YEARS_2012: Rule =
    code_2012("thâm niên 2012: cứ bấy nhiêu năm", 5, LABOUR_CODE_2012.article("112"), "05 năm");
const SENIORITY_DAYS_2012: Rule =
    code_2012("thâm niên 2012: thêm bấy nhiêu ngày", 1, LABOUR_CODE_2012.article("112"), "01 ngày");
const YEAR_MONTHS_2012: Rule =
    code_2012("số tháng để đủ phép 2012", 12, LABOUR_CODE_2012.clause("111", "1"), "12 tháng");

/// What one labour code says of annual leave: days by condition, seniority, months of a full year.
struct Leave {
    normal: Rule,
    heavy: Rule,
    very_heavy: Rule,
    seniority_years: Rule,
    seniority_days: Rule,
    year_months: Rule,
}

impl Leave {
    fn of(code: Code) -> Self {
        match code {
            Code::Of2019 => Self {
                normal: NORMAL,
                heavy: HEAVY,
                very_heavy: VERY_HEAVY,
                seniority_years: SENIORITY_YEARS,
                seniority_days: SENIORITY_DAYS,
                year_months: YEAR_MONTHS,
            },
            Code::Of2012 => Self {
                normal: NORMAL_2012,
                heavy: HEAVY_2012,
                very_heavy: VERY_HEAVY_2012,
                seniority_years: SENIORITY_YEARS_2012,
                seniority_days: SENIORITY_DAYS_2012,
                year_months: YEAR_MONTHS_2012,
            },
        }
    }
}

/// `annual-leave`
pub const CALCULATOR: Calculator = Calculator {
    name: "annual-leave",
    title: "Nghỉ hằng năm (phép năm)",
    summary: "Số ngày phép theo điều kiện làm việc, thâm niên và số tháng làm trong năm; tiền cho ngày chưa nghỉ.",
    fields: &[
        Field::needed("condition", "Điều kiện làm việc", Kind::Choice(CONDITIONS)),
        Field::needed("years", "Số năm đã làm cho nơi này", Kind::Whole { min: 0, max: 60 }).hint("năm tròn"),
        Field::optional("months", "Số tháng làm việc trong năm nay", Kind::Whole { min: 0, max: 12 })
            .hint("khi làm chưa đủ 12 tháng"),
        Field::optional("date", "Tính cho ngày", Kind::Day).hint("ngày nghỉ việc; bỏ trống: ngày đang xem luật"),
        Field::optional("taken", "Số ngày đã nghỉ", Kind::Decimal { max: 60 }),
        Field::optional("wage", "Lương tháng theo hợp đồng, tháng trước khi nghỉ việc", Kind::Money),
        Field::optional("month_days", "Số ngày làm việc bình thường trong tháng", Kind::Decimal { max: 31 }),
    ],
    rules: &[
        NORMAL,
        HEAVY,
        VERY_HEAVY,
        SENIORITY_YEARS,
        SENIORITY_DAYS,
        YEAR_MONTHS,
        NORMAL_2012,
        HEAVY_2012,
        VERY_HEAVY_2012,
        SENIORITY_YEARS_2012,
        SENIORITY_DAYS_2012,
        YEAR_MONTHS_2012,
    ],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    work.on_day_of("date");
    let Some(code) = work.code() else { return work.finish() };
    let law = Leave::of(code);
    let Some(condition) = work.need_choice("condition") else {
        for (name, rule) in
            [("Bình thường", law.normal), ("Nặng nhọc", law.heavy), ("Đặc biệt nặng nhọc", law.very_heavy)]
        {
            work.by_rule(format!("{name}: {} ngày làm việc một năm.", rule.value), &rule);
        }
        return work.finish();
    };
    let base = match condition {
        "very_heavy" => law.very_heavy,
        "heavy" | "minor_or_disabled" => law.heavy,
        _ => law.normal,
    };
    work.by_rule(format!("Mức nền: {} ngày làm việc một năm.", base.value), &base);
    let years = work.need_whole("years").unwrap_or(0);
    let extra = years.div_euclid(law.seniority_years.value) * law.seniority_days.value;
    work.by_rule(format!("Thâm niên {years} năm: thêm {extra} ngày (cứ đủ 5 năm thêm 1 ngày)."), &law.seniority_years);
    let full = base.value + extra;
    let months = work.given.whole("months").unwrap_or_else(|| {
        work.assume("làm đủ 12 tháng trong năm");
        law.year_months.value
    });
    let days = Ratio::whole(full * months).over(law.year_months.value);
    if months < law.year_months.value {
        part_year(&mut work, code, format!("Làm {months} tháng: {full} : 12 × {months} = {} ngày.", days.text()), days);
    }
    work.count("days", "Số ngày nghỉ hằng năm", days, Unit::WorkingDays);
    payment(&mut work, days, code);
    work.leave_out("tháng làm không trọn (từ 50% số ngày tính là một tháng) và thời gian nghỉ được coi là làm việc");
    work.finish()
}

/// What a year worked in part rests on.
fn part_year(work: &mut Work<'_>, code: Code, text: String, days: Ratio) {
    if !work.is_before_decree_145() {
        work.step(text, &[LABOUR_CODE.clause("113", "2"), DECREE_145.clause("66", "1")]);
        work.assume("không làm tròn phần lẻ: nghị định hiện hành không nêu cách làm tròn");
        return;
    }
    let source = match code {
        Code::Of2012 => LABOUR_CODE_2012.clause("114", "2"),
        Code::Of2019 => LABOUR_CODE.clause("113", "2"),
    };
    work.step(text, &[source]);
    if !days.is_whole() {
        work.lacks("45/2013/NĐ-CP", "cách làm tròn phần lẻ của ngày phép");
    }
}

fn payment(work: &mut Work<'_>, days: Ratio, code: Code) {
    if work.given.money("wage").is_none() && work.given.decimal("taken").is_none() {
        return;
    }
    let taken = work.given.decimal("taken").unwrap_or_else(|| {
        work.assume("chưa nghỉ ngày nào");
        Ratio::whole(0)
    });
    let left = (days - taken).max(Ratio::whole(0));
    work.count("unused_days", "Số ngày chưa nghỉ", left, Unit::WorkingDays);
    let Some(wage) = work.given.money("wage") else { return };
    if work.is_before_decree_145() {
        let source = match code {
            Code::Of2012 => LABOUR_CODE_2012.clause("114", "1"),
            Code::Of2019 => LABOUR_CODE.clause("113", "3"),
        };
        work.step("Ngày phép chưa nghỉ khi thôi việc, mất việc được trả bằng tiền.", &[source]);
        work.lacks("05/2015/NĐ-CP", "cách tính tiền cho một ngày phép chưa nghỉ");
        return;
    }
    let month_days = work.given.decimal("month_days").filter(|days| Ratio::whole(0) < *days);
    let Some(month_days) = month_days else {
        work.need("month_days");
        return;
    };
    let total = (Ratio::whole(wage).divided_by(month_days) * left).rounded();
    work.money("payment", "Tiền cho ngày chưa nghỉ khi thôi việc, mất việc", total);
    work.step(
        format!("{} : {} ngày × {} ngày = {}.", dong(wage), month_days.text(), left.text(), dong(total)),
        &[LABOUR_CODE.clause("113", "3"), DECREE_145.clause("67", "3"), DECREE_145.point("54", "1", "a")],
    );
}
