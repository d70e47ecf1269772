/*!
Sick leave: days a year, and the allowance.
*/

use jiff::civil::Date;

use super::{
    Calculator,
    calendar::{add_days, day_text, days_between, months_and_days},
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Outcome, Unit, Work},
    rule::{INSURANCE_2014_FROM, INSURANCE_2014_TO, Rule, insurance_2014, insurance_2024},
    source::{CIRCULAR_59, INSURANCE_2014, INSURANCE_2024},
};

const KINDS: &[Choice] = &[
    ("own", "Bản thân ốm đau, tai nạn"),
    ("long_term", "Bệnh thuộc danh mục cần chữa trị dài ngày"),
    ("child", "Chăm sóc con ốm"),
];

/// What one insurance law says of sick leave.
struct Sickness {
    normal: [Rule; 3],
    heavy: [Rule; 3],
    child: [Rule; 2],
    percent: Rule,
    lower: [Rule; 3],
    divisor: Rule,
}

const LAW_2014: Sickness = Sickness {
    normal: [
        insurance_2014("ốm đau, dưới 15 năm, ngày", 30, INSURANCE_2014.point("26", "1", "a"), "30 ngày"),
        insurance_2014("ốm đau, 15 đến dưới 30 năm, ngày", 40, INSURANCE_2014.point("26", "1", "a"), "40 ngày"),
        insurance_2014("ốm đau, từ 30 năm, ngày", 60, INSURANCE_2014.point("26", "1", "a"), "60 ngày"),
    ],
    heavy: [
        insurance_2014("ốm đau nặng nhọc, dưới 15 năm, ngày", 40, INSURANCE_2014.point("26", "1", "b"), "40 ngày"),
        insurance_2014(
            "ốm đau nặng nhọc, 15 đến dưới 30 năm, ngày",
            50,
            INSURANCE_2014.point("26", "1", "b"),
            "50 ngày",
        ),
        insurance_2014("ốm đau nặng nhọc, từ 30 năm, ngày", 70, INSURANCE_2014.point("26", "1", "b"), "70 ngày"),
    ],
    child: [
        insurance_2014("con dưới 3 tuổi ốm, ngày", 20, INSURANCE_2014.clause("27", "1"), "20 ngày"),
        insurance_2014("con từ 3 đến dưới 7 tuổi ốm, ngày", 15, INSURANCE_2014.clause("27", "1"), "15 ngày"),
    ],
    percent: insurance_2014("trợ cấp ốm đau, %", 75, INSURANCE_2014.clause("28", "1"), "75%"),
    lower: [
        insurance_2014("bệnh dài ngày, dưới 15 năm, %", 50, INSURANCE_2014.point("28", "2", "c"), "50%"),
        insurance_2014("bệnh dài ngày, 15 đến dưới 30 năm, %", 55, INSURANCE_2014.point("28", "2", "b"), "55%"),
        insurance_2014("bệnh dài ngày, từ 30 năm, %", 65, INSURANCE_2014.point("28", "2", "a"), "65%"),
    ],
    divisor: insurance_2014("trợ cấp một ngày: chia cho", 24, INSURANCE_2014.clause("28", "4"), "24 ngày"),
};

const LAW_2024: Sickness = Sickness {
    normal: [
        insurance_2024("ốm đau, dưới 15 năm, ngày", 30, INSURANCE_2024.point("43", "1", "a"), "30 ngày"),
        insurance_2024("ốm đau, 15 đến dưới 30 năm, ngày", 40, INSURANCE_2024.point("43", "1", "a"), "40 ngày"),
        insurance_2024("ốm đau, từ 30 năm, ngày", 60, INSURANCE_2024.point("43", "1", "a"), "60 ngày"),
    ],
    heavy: [
        insurance_2024("ốm đau nặng nhọc, dưới 15 năm, ngày", 40, INSURANCE_2024.point("43", "1", "b"), "40 ngày"),
        insurance_2024(
            "ốm đau nặng nhọc, 15 đến dưới 30 năm, ngày",
            50,
            INSURANCE_2024.point("43", "1", "b"),
            "50 ngày",
        ),
        insurance_2024("ốm đau nặng nhọc, từ 30 năm, ngày", 70, INSURANCE_2024.point("43", "1", "b"), "70 ngày"),
    ],
    child: [
        insurance_2024("con dưới 3 tuổi ốm, ngày", 20, INSURANCE_2024.clause("44", "1"), "20 ngày"),
        insurance_2024("con từ 3 đến dưới 7 tuổi ốm, ngày", 15, INSURANCE_2024.clause("44", "1"), "15 ngày"),
    ],
    percent: insurance_2024("trợ cấp ốm đau, %", 75, INSURANCE_2024.clause("45", "2"), "75%"),
    lower: [
        insurance_2024("bệnh dài ngày, dưới 15 năm, %", 50, INSURANCE_2024.point("45", "3", "c"), "50%"),
        insurance_2024("bệnh dài ngày, 15 đến dưới 30 năm, %", 55, INSURANCE_2024.point("45", "3", "b"), "55%"),
        insurance_2024("bệnh dài ngày, từ 30 năm, %", 65, INSURANCE_2024.point("45", "3", "a"), "65%"),
    ],
    divisor: insurance_2024("trợ cấp một ngày: chia cho", 24, INSURANCE_2024.clause("45", "5"), "24 ngày"),
};

/// Long illnesses under the law of 2014: full rate for so many days, holidays included.
const LONG_DAYS_2014: Rule =
    insurance_2014("bệnh dài ngày, mức đầu tối đa, ngày", 180, INSURANCE_2014.point("26", "2", "a"), "180 ngày");

const RULES: &[Rule] = &[
    LAW_2014.normal[0],
    LAW_2014.normal[1],
    LAW_2014.normal[2],
    LAW_2014.heavy[0],
    LAW_2014.heavy[1],
    LAW_2014.heavy[2],
    LAW_2014.child[0],
    LAW_2014.child[1],
    LAW_2014.percent,
    LAW_2014.lower[0],
    LAW_2014.lower[1],
    LAW_2014.lower[2],
    LAW_2014.divisor,
    LONG_DAYS_2014,
    LAW_2024.normal[0],
    LAW_2024.normal[1],
    LAW_2024.normal[2],
    LAW_2024.heavy[0],
    LAW_2024.heavy[1],
    LAW_2024.heavy[2],
    LAW_2024.child[0],
    LAW_2024.child[1],
    LAW_2024.percent,
    LAW_2024.lower[0],
    LAW_2024.lower[1],
    LAW_2024.lower[2],
    LAW_2024.divisor,
];

/// `sick-leave`
pub const CALCULATOR: Calculator = Calculator {
    name: "sick-leave",
    title: "Chế độ ốm đau",
    summary: "Số ngày nghỉ ốm tối đa trong năm và tiền trợ cấp; chăm con ốm; bệnh dài ngày.",
    fields: &[
        Field::needed("kind", "Trường hợp", Kind::Choice(KINDS)),
        Field::optional("date", "Ngày bắt đầu nghỉ", Kind::Day).hint("bỏ trống: ngày đang xem luật"),
        Field::optional("end", "Ngày nghỉ cuối cùng", Kind::Day).hint("bệnh dài ngày trước 01/7/2025"),
        Field::needed("insured_years", "Số năm đã đóng bảo hiểm xã hội bắt buộc", Kind::Whole { min: 0, max: 60 }),
        Field::optional("heavy", "Làm việc nặng nhọc, độc hại hoặc vùng đặc biệt khó khăn", Kind::Flag),
        Field::optional("child_age", "Tuổi của con", Kind::Whole { min: 0, max: 18 }),
        Field::optional("days", "Số ngày nghỉ lần này, ngày làm việc", Kind::Decimal { max: 1000 }),
        Field::optional("taken", "Số ngày đã hưởng trong năm", Kind::Decimal { max: 366 }),
        Field::needed("wage", "Lương đóng bảo hiểm xã hội tháng trước khi nghỉ", Kind::Money),
    ],
    rules: RULES,
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    let day = work.given.day("date").unwrap_or(work.outcome.as_of);
    work.outcome.as_of = day;
    if !work.holds_from(INSURANCE_2014, INSURANCE_2014_FROM) {
        return work.finish();
    }
    let old = day <= INSURANCE_2014_TO;
    let law = if old { LAW_2014 } else { LAW_2024 };
    let Some(kind) = work.need_choice("kind") else { return work.finish() };
    if kind == "child" {
        child(&mut work, &law);
        work.leave_out("ngày nghỉ cho từng con và cho cả cha lẫn mẹ được tính riêng");
        return work.finish();
    }
    let Some(years) = work.need_whole("insured_years") else { return work.finish() };
    let band = usize::from(15 <= years) + usize::from(30 <= years);
    if old && kind == "long_term" {
        long_by_months(&mut work, &law, day, band);
        return work.finish();
    }
    let heavy = work.flag_or_no("heavy", "làm việc trong điều kiện bình thường");
    let limit = if heavy { law.heavy[band] } else { law.normal[band] };
    work.count("days_max", "Số ngày hưởng tối đa trong năm", Ratio::whole(limit.value), Unit::WorkingDays);
    work.by_rule(format!("Đã đóng {years} năm: tối đa {} ngày làm việc một năm.", limit.value), &limit);
    let lower = (kind == "long_term").then(|| law.lower[band]);
    allowance(&mut work, &law, limit, lower);
    work.leave_out("dưỡng sức sau ốm; lực lượng vũ trang; tai nạn lao động, bệnh nghề nghiệp");
    work.finish()
}

fn child(work: &mut Work<'_>, law: &Sickness) {
    let Some(age) = work.need_whole("child_age") else { return };
    if 7 <= age {
        work.count("days_max", "Số ngày hưởng tối đa trong năm", Ratio::whole(0), Unit::WorkingDays);
        work.step("Chế độ chỉ áp dụng khi con dưới 7 tuổi.", &[law.child[1].source]);
        return;
    }
    let limit = law.child[usize::from(3 <= age)];
    work.count("days_max", "Số ngày hưởng tối đa trong năm cho con này", Ratio::whole(limit.value), Unit::WorkingDays);
    work.by_rule(format!("Con {age} tuổi: tối đa {} ngày làm việc một năm.", limit.value), &limit);
    allowance(work, law, limit, None);
}

/// Pay by working days: up to the limit at the full rate, beyond it at the lower one, if any.
fn allowance(work: &mut Work<'_>, law: &Sickness, limit: Rule, lower: Option<Rule>) {
    let wage = work.need_money("wage");
    let Some(asked) = work.given.decimal("days") else {
        if let Some(wage) = wage {
            let one = day_pay(wage, law.percent, law.divisor).rounded();
            work.money("per_day", "Trợ cấp một ngày", one);
            work.by_rule(
                format!("{} × {}% : {} = {}.", dong(wage), law.percent.value, law.divisor.value, dong(one)),
                &law.divisor,
            );
        }
        return;
    };
    // Less than half a day counts as half, more as a whole one.
    let asked = Ratio::whole((asked * Ratio::whole(2)).ceiling()).over(2);
    let left =
        (Ratio::whole(limit.value) - work.given.decimal("taken").unwrap_or(Ratio::whole(0))).max(Ratio::whole(0));
    if work.given.decimal("taken").is_none() {
        work.assume("chưa hưởng ngày ốm đau nào khác trong năm");
    }
    let full = asked.min(left);
    let beyond = asked - full;
    work.count("days_paid", "Số ngày được hưởng", if lower.is_some() { asked } else { full }, Unit::WorkingDays);
    let Some(wage) = wage else { return };
    let mut total = day_pay(wage, law.percent, law.divisor) * full;
    work.step(
        format!("{} × {}% : {} × {} ngày.", dong(wage), law.percent.value, law.divisor.value, full.text()),
        &[law.percent.source, law.divisor.source],
    );
    if let Some(lower) = lower
        && Ratio::whole(0) < beyond
    {
        total = total + day_pay(wage, lower, law.divisor) * beyond;
        work.by_rule(format!("Tiếp tục điều trị {} ngày, hưởng {}%.", beyond.text(), lower.value), &lower);
    }
    work.money("allowance", "Trợ cấp ốm đau", total.rounded());
}

fn day_pay(wage: i64, percent: Rule, divisor: Rule) -> Ratio {
    (Ratio::whole(wage) * Ratio::percent(percent.value)).over(divisor.value)
}

/// Long illnesses before mid-2025 are paid by months; odd days by twenty-fourths of a month,
/// never more than a month.
fn long_by_months(work: &mut Work<'_>, law: &Sickness, start: Date, band: usize) {
    let lower = law.lower[band];
    work.count("days_max", "Mức 75% tối đa", Ratio::whole(LONG_DAYS_2014.value), Unit::Days);
    work.by_rule(
        format!("Bệnh dài ngày: {}% trong {} ngày đầu, tính cả ngày nghỉ.", law.percent.value, LONG_DAYS_2014.value),
        &LONG_DAYS_2014,
    );
    work.by_rule(format!("Sau đó {}%, tối đa bằng thời gian đã đóng bảo hiểm xã hội.", lower.value), &lower);
    let Some(end) = work.need_day("end") else { return };
    let Some(wage) = work.need_money("wage") else { return };
    if end < start || INSURANCE_2014_TO < end {
        work.leave_out("đợt nghỉ kéo qua ngày 01/7/2025 hoặc ngày cuối trước ngày đầu: chưa tính được tiền");
        return;
    }
    let full_end = add_days(start, LONG_DAYS_2014.value).min(add_days(end, 1));
    let mut total = month_pay(work, wage, law.percent, start, full_end);
    if days_between(full_end, end) >= 0 {
        total = total + month_pay(work, wage, lower, full_end, add_days(end, 1));
    }
    work.money("allowance", "Trợ cấp ốm đau", total.rounded());
}

fn month_pay(work: &mut Work<'_>, wage: i64, percent: Rule, start: Date, end: Date) -> Ratio {
    let (months, days) = months_and_days(start, end);
    let month = Ratio::whole(wage) * Ratio::percent(percent.value);
    let odd = (month.over(LAW_2014.divisor.value) * Ratio::whole(days)).min(month);
    let total = month * Ratio::whole(months) + odd;
    work.step(
        format!(
            "Từ {} đến hết {}: {months} tháng {days} ngày, {}%: {} đồng.",
            day_text(start),
            day_text(add_days(end, -1)),
            percent.value,
            total.text()
        ),
        &[CIRCULAR_59.clause("6", "2"), percent.source],
    );
    total
}
