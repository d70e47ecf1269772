/*!
Pay for overtime and night work, and how many hours are allowed.
*/

use super::{
    Calculator,
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Outcome, Unit, Work},
    rule::{DECREE_145_FROM, Rule, code, decree_145},
    source::{DECREE_145, LABOUR_CODE},
};

const DAYS: &[Choice] = &[
    ("weekday", "Ngày thường"),
    ("weekly_rest", "Ngày nghỉ hằng tuần"),
    ("holiday", "Ngày lễ, tết, ngày nghỉ có hưởng lương"),
];

const RATES: [Rule; 3] = [
    code("làm thêm ngày thường, %", 150, LABOUR_CODE.point("98", "1", "a"), "150%"),
    code("làm thêm ngày nghỉ hằng tuần, %", 200, LABOUR_CODE.point("98", "1", "b"), "200%"),
    code("làm thêm ngày lễ, tết, %", 300, LABOUR_CODE.point("98", "1", "c"), "300%"),
];
const NIGHT: Rule = code("trả thêm khi làm ban đêm, %", 30, LABOUR_CODE.clause("98", "2"), "30%");
const NIGHT_OVERTIME: Rule = code("trả thêm khi làm thêm ban đêm, %", 20, LABOUR_CODE.clause("98", "3"), "20%");
const AFTER_DAY_OVERTIME: Rule =
    decree_145("lương giờ ban ngày khi đã làm thêm ban ngày, %", 150, DECREE_145.clause("57", "1"), "150%");
const DAY_SHARE: Rule = code("làm thêm trong ngày, % giờ bình thường", 50, LABOUR_CODE.point("107", "2", "b"), "50%");
const DAY_HOURS: Rule = decree_145("làm thêm ngày nghỉ, giờ trong ngày", 12, DECREE_145.clause("60", "4"), "12 giờ");
const MONTH_HOURS: Rule = code("làm thêm trong tháng, giờ", 40, LABOUR_CODE.point("107", "2", "b"), "40 giờ");
const YEAR_HOURS: Rule = code("làm thêm trong năm, giờ", 200, LABOUR_CODE.point("107", "2", "c"), "200 giờ");
const YEAR_HOURS_SPECIAL: Rule =
    code("làm thêm trong năm, trường hợp đặc biệt, giờ", 300, LABOUR_CODE.clause("107", "3"), "300 giờ");
const NORMAL_HOURS: Rule = code("giờ làm việc bình thường trong ngày", 8, LABOUR_CODE.clause("105", "1"), "08 giờ");

/// `overtime`
pub const CALCULATOR: Calculator = Calculator {
    name: "overtime",
    title: "Tiền làm thêm giờ và làm việc ban đêm",
    summary: "Mức trả ít nhất theo ngày thường, ngày nghỉ, lễ tết, ban đêm; số giờ làm thêm tối đa.",
    fields: &[
        Field::needed("day", "Làm vào ngày", Kind::Choice(DAYS)),
        Field::optional("hourly_wage", "Lương giờ thực trả của ngày thường", Kind::Money),
        Field::optional("monthly_wage", "Lương tháng thực trả", Kind::Money)
            .hint("không gồm tiền làm thêm, thưởng, ăn ca, hỗ trợ đi lại, nhà ở"),
        Field::optional("month_hours", "Số giờ làm việc bình thường trong tháng", Kind::Decimal { max: 300 }),
        Field::needed("hours", "Số giờ", Kind::Decimal { max: 24 * 31 }),
        Field::optional("night", "Vào ban đêm (22 giờ đến 6 giờ)", Kind::Flag),
        Field::optional("overtime", "Là giờ làm thêm", Kind::Flag).hint("không: ca đêm bình thường"),
        Field::optional("day_overtime_before", "Cùng ngày đã làm thêm ban ngày trước đó", Kind::Flag),
        Field::optional("day_hours", "Giờ làm thêm trong ngày", Kind::Decimal { max: 24 }),
        Field::optional("month_overtime_hours", "Giờ làm thêm trong tháng", Kind::Decimal { max: 744 }),
        Field::optional("year_overtime_hours", "Giờ làm thêm trong năm", Kind::Decimal { max: 8784 }),
        Field::optional("special_limit", "Thuộc trường hợp được làm thêm đến 300 giờ", Kind::Flag),
    ],
    rules: &[
        RATES[0],
        RATES[1],
        RATES[2],
        NIGHT,
        NIGHT_OVERTIME,
        AFTER_DAY_OVERTIME,
        DAY_SHARE,
        DAY_HOURS,
        MONTH_HOURS,
        YEAR_HOURS,
        YEAR_HOURS_SPECIAL,
        NORMAL_HOURS,
    ],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    if !work.holds_from(DECREE_145, DECREE_145_FROM) {
        return work.finish();
    }
    limits(&mut work);
    let Some(day) = work.need_choice("day") else {
        for (rule, (_, name)) in RATES.iter().zip(DAYS) {
            work.by_rule(format!("{name}: ít nhất {}%.", rule.value), rule);
        }
        return work.finish();
    };
    let night = work.flag_or_no("night", "làm ban ngày (6 giờ đến 22 giờ)");
    // Work on a day of rest is overtime whatever the roster calls it.
    let overtime = day != "weekday"
        || work.given.flag("overtime").unwrap_or_else(|| {
            work.assume("là giờ làm thêm, ngoài giờ làm việc bình thường");
            true
        });
    let percent = percent(&mut work, day, night, overtime);
    work.count("percent", "Mức trả ít nhất so với lương giờ ngày thường", Ratio::whole(percent), Unit::Percent);
    pay(&mut work, percent);
    if day == "holiday" {
        work.assume("mức 300% chưa kể lương của chính ngày lễ, tết với người hưởng lương ngày");
    }
    work.leave_out("lương theo sản phẩm: thay lương giờ bằng đơn giá sản phẩm");
    work.finish()
}

/// The least percentage of the weekday's hourly wage.
fn percent(work: &mut Work<'_>, day: &str, night: bool, overtime: bool) -> i64 {
    let at = DAYS.iter().position(|(name, _)| *name == day).unwrap_or(0);
    let rate = RATES[at];
    if !overtime {
        if !night {
            work.step("Giờ làm việc bình thường ban ngày: 100%.", &[LABOUR_CODE.clause("105", "1")]);
            return 100;
        }
        work.by_rule(format!("Làm việc ban đêm: 100% + {0}% = {1}%.", NIGHT.value, 100 + NIGHT.value), &NIGHT);
        return 100 + NIGHT.value;
    }
    if !night {
        work.by_rule(format!("Làm thêm {}: ít nhất {}%.", DAYS[at].1.to_lowercase(), rate.value), &rate);
        return rate.value;
    }
    // The night's 20 % is taken of what an hour of that day pays by daylight.
    let daylight = match day {
        "weekday" if work.flag_or_no("day_overtime_before", "cùng ngày chưa làm thêm ban ngày trước đó") => {
            AFTER_DAY_OVERTIME.value
        }
        "weekday" => 100,
        _ => rate.value,
    };
    let extra = Ratio::percent(NIGHT_OVERTIME.value) * Ratio::whole(daylight);
    let total = rate.value + NIGHT.value + extra.rounded();
    work.step(
        format!(
            "Làm thêm ban đêm {}: {}% + {}% + {}% × {daylight}% = {total}%.",
            DAYS[at].1.to_lowercase(),
            rate.value,
            NIGHT.value,
            NIGHT_OVERTIME.value
        ),
        &[rate.source, NIGHT.source, NIGHT_OVERTIME.source, DECREE_145.clause("57", "1")],
    );
    total
}

fn hourly_wage(work: &mut Work<'_>) -> Option<Ratio> {
    if let Some(wage) = work.given.money("hourly_wage") {
        return Some(Ratio::whole(wage));
    }
    let (Some(wage), Some(hours)) = (work.given.money("monthly_wage"), work.given.decimal("month_hours")) else {
        work.need(if work.given.money("monthly_wage").is_some() { "month_hours" } else { "hourly_wage" });
        return None;
    };
    let hourly = Ratio::whole(wage).divided_by(hours);
    work.step(
        format!("Lương giờ: {} : {} giờ = {} đồng.", dong(wage), hours.text(), hourly.text()),
        &[DECREE_145.point("55", "1", "a")],
    );
    Some(hourly)
}

fn pay(work: &mut Work<'_>, percent: i64) {
    let Some(hourly) = hourly_wage(work) else {
        if work.given.decimal("hours").is_none() {
            work.need("hours");
        }
        return;
    };
    let per_hour = hourly * Ratio::percent(percent);
    work.money("per_hour", "Tiền một giờ, ít nhất", per_hour.rounded());
    let Some(hours) = work.given.decimal("hours") else {
        work.need("hours");
        return;
    };
    let total = (per_hour * hours).rounded();
    work.money("total", "Tổng tiền, ít nhất", total);
    work.step(
        format!("{} đồng × {percent}% × {} giờ = {}.", hourly.text(), hours.text(), dong(total)),
        &[DECREE_145.article("55"), DECREE_145.article("56"), DECREE_145.article("57")],
    );
}

/// Checks the hours given against what is allowed, and states the limits.
fn limits(work: &mut Work<'_>) {
    let special = work.given.flag("special_limit").unwrap_or(false);
    let year = if special { YEAR_HOURS_SPECIAL } else { YEAR_HOURS };
    let normal = Ratio::whole(NORMAL_HOURS.value) * Ratio::percent(DAY_SHARE.value);
    let day = if work.given.choice("day").is_some_and(|day| day != "weekday") {
        (Ratio::whole(DAY_HOURS.value), DAY_HOURS)
    } else {
        (normal, DAY_SHARE)
    };
    let mut asked = false;
    for (field, name, (most, rule)) in [
        ("day_hours", "trong ngày", day),
        ("month_overtime_hours", "trong tháng", (Ratio::whole(MONTH_HOURS.value), MONTH_HOURS)),
        ("year_overtime_hours", "trong năm", (Ratio::whole(year.value), year)),
    ] {
        let Some(hours) = work.given.decimal(field) else { continue };
        asked = true;
        let within = hours <= most;
        let verdict = if within { "trong giới hạn" } else { "vượt giới hạn" };
        work.figure("within_limit", format!("Giờ làm thêm {name} trong giới hạn"), Amount::Flag(within));
        work.by_rule(format!("Làm thêm {name}: {} giờ, tối đa {} giờ: {verdict}.", hours.text(), most.text()), &rule);
    }
    if asked {
        work.assume("giờ làm việc bình thường là 8 giờ một ngày");
        work.leave_out("văn bản khác nâng số giờ làm thêm trong tháng, nếu có: chưa có trong kho nên chưa kiểm");
    }
}
