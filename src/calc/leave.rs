/*!
Annual leave: days, seniority, part years, and pay for days not taken.
*/

use super::{
    Calculator,
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Outcome, Unit, Work},
    rule::{DECREE_145_FROM, Rule, code},
    source::{DECREE_145, LABOUR_CODE},
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
        Field::optional("taken", "Số ngày đã nghỉ", Kind::Decimal { max: 60 }),
        Field::optional("wage", "Lương tháng theo hợp đồng, tháng trước khi nghỉ việc", Kind::Money),
        Field::optional("month_days", "Số ngày làm việc bình thường trong tháng", Kind::Decimal { max: 31 }),
    ],
    rules: &[NORMAL, HEAVY, VERY_HEAVY, SENIORITY_YEARS, SENIORITY_DAYS, YEAR_MONTHS],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    if !work.holds_from(DECREE_145, DECREE_145_FROM) {
        return work.finish();
    }
    let Some(condition) = work.need_choice("condition") else {
        for (name, rule) in [("Bình thường", NORMAL), ("Nặng nhọc", HEAVY), ("Đặc biệt nặng nhọc", VERY_HEAVY)]
        {
            work.by_rule(format!("{name}: {} ngày làm việc một năm.", rule.value), &rule);
        }
        return work.finish();
    };
    let base = match condition {
        "very_heavy" => VERY_HEAVY,
        "heavy" | "minor_or_disabled" => HEAVY,
        _ => NORMAL,
    };
    work.by_rule(format!("Mức nền: {} ngày làm việc một năm.", base.value), &base);
    let years = work.need_whole("years").unwrap_or(0);
    let extra = years.div_euclid(SENIORITY_YEARS.value) * SENIORITY_DAYS.value;
    work.by_rule(format!("Thâm niên {years} năm: thêm {extra} ngày (cứ đủ 5 năm thêm 1 ngày)."), &SENIORITY_YEARS);
    let full = base.value + extra;
    let months = work.given.whole("months").unwrap_or_else(|| {
        work.assume("làm đủ 12 tháng trong năm");
        YEAR_MONTHS.value
    });
    let days = Ratio::whole(full * months).over(YEAR_MONTHS.value);
    if months < YEAR_MONTHS.value {
        work.step(
            format!("Làm {months} tháng: {full} : 12 × {months} = {} ngày.", days.text()),
            &[LABOUR_CODE.clause("113", "2"), DECREE_145.clause("66", "1")],
        );
        work.assume("không làm tròn phần lẻ: nghị định hiện hành không nêu cách làm tròn");
    }
    work.count("days", "Số ngày nghỉ hằng năm", days, Unit::WorkingDays);
    payment(&mut work, days);
    work.leave_out("tháng làm không trọn (từ 50% số ngày tính là một tháng) và thời gian nghỉ được coi là làm việc");
    work.finish()
}

fn payment(work: &mut Work<'_>, days: Ratio) {
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
