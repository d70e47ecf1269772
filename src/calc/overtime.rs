/*!
Pay for overtime and night work, and how many hours are allowed.
*/

use jiff::civil::{Date, Weekday, date};

use super::{
    Calculator,
    calendar::day_text,
    holiday::{Holiday, holiday},
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Code, Outcome, Unit, Work},
    rule::{CODE_FROM, Rule, code, code_2012, decree_145},
    source::{DECREE_145, LABOUR_CODE, LABOUR_CODE_2012, Source},
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

const RATES_2012: [Rule; 3] = [
    code_2012("làm thêm 2012 ngày thường, %", 150, LABOUR_CODE_2012.point("97", "1", "a"), "150%"),
    code_2012("làm thêm 2012 ngày nghỉ hằng tuần, %", 200, LABOUR_CODE_2012.point("97", "1", "b"), "200%"),
    code_2012("làm thêm 2012 ngày lễ, %", 300, LABOUR_CODE_2012.point("97", "1", "c"), "300%"),
];
const NIGHT_2012: Rule = code_2012("trả thêm 2012 khi làm ban đêm, %", 30, LABOUR_CODE_2012.clause("97", "2"), "30%");
const NIGHT_OVERTIME_2012: Rule =
    code_2012("trả thêm 2012 khi làm thêm ban đêm, %", 20, LABOUR_CODE_2012.clause("97", "3"), "20%");
const DAY_SHARE_2012: Rule =
    code_2012("làm thêm 2012 trong ngày, % giờ bình thường", 50, LABOUR_CODE_2012.point("106", "2", "b"), "50%");
const MONTH_HOURS_2012: Rule =
    code_2012("làm thêm 2012 trong tháng, giờ", 30, LABOUR_CODE_2012.point("106", "2", "b"), "30 giờ");
const YEAR_HOURS_2012: Rule =
    code_2012("làm thêm 2012 trong năm, giờ", 200, LABOUR_CODE_2012.point("106", "2", "b"), "200 giờ");
const YEAR_HOURS_SPECIAL_2012: Rule = code_2012(
    "làm thêm 2012 trong năm, trường hợp đặc biệt, giờ",
    300,
    LABOUR_CODE_2012.point("106", "2", "b"),
    "300 giờ",
);

/// First day of the resolution on hours of overtime, whose text is not held.
const RESOLUTION_17_FROM: Date = date(2022, 4, 1);
/// Its number.
const RESOLUTION_17: &str = "17/2022/UBTVQH15";

/// What one labour code says of overtime.
struct Overtime {
    rates: [Rule; 3],
    night: Rule,
    night_overtime: Rule,
    day_share: Rule,
    month_hours: Rule,
    year_hours: Rule,
    year_hours_special: Rule,
}

impl Overtime {
    fn of(code: Code) -> Self {
        match code {
            Code::Of2019 => Self {
                rates: RATES,
                night: NIGHT,
                night_overtime: NIGHT_OVERTIME,
                day_share: DAY_SHARE,
                month_hours: MONTH_HOURS,
                year_hours: YEAR_HOURS,
                year_hours_special: YEAR_HOURS_SPECIAL,
            },
            Code::Of2012 => Self {
                rates: RATES_2012,
                night: NIGHT_2012,
                night_overtime: NIGHT_OVERTIME_2012,
                day_share: DAY_SHARE_2012,
                month_hours: MONTH_HOURS_2012,
                year_hours: YEAR_HOURS_2012,
                year_hours_special: YEAR_HOURS_SPECIAL_2012,
            },
        }
    }
}

/// `overtime`
pub const CALCULATOR: Calculator = Calculator {
    name: "overtime",
    title: "Tiền làm thêm giờ và làm việc ban đêm",
    summary: "Mức trả ít nhất theo ngày thường, ngày nghỉ, lễ tết, ban đêm; số giờ làm thêm tối đa.",
    fields: &[
        Field::needed("day", "Làm vào ngày", Kind::Choice(DAYS)),
        Field::optional("date", "Ngày làm thêm", Kind::Day).hint("để biết đó là ngày lễ, tết hay ngày thường"),
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
        RATES_2012[0],
        RATES_2012[1],
        RATES_2012[2],
        NIGHT_2012,
        NIGHT_OVERTIME_2012,
        DAY_SHARE_2012,
        MONTH_HOURS_2012,
        YEAR_HOURS_2012,
        YEAR_HOURS_SPECIAL_2012,
    ],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    work.on_day_of("date");
    let Some(code) = work.code() else { return work.finish() };
    let law = Overtime::of(code);
    let day = day_kind(&mut work);
    limits(&mut work, &law, day);
    let Some(day) = day else {
        for (rule, (_, name)) in law.rates.iter().zip(DAYS) {
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
    let Some(percent) = percent(&mut work, &law, day, night, overtime) else { return work.finish() };
    work.count("percent", "Mức trả ít nhất so với lương giờ ngày thường", Ratio::whole(percent), Unit::Percent);
    pay(&mut work, percent);
    if day == "holiday" {
        work.assume("mức 300% chưa kể lương của chính ngày lễ, tết với người hưởng lương ngày");
    }
    work.leave_out("lương theo sản phẩm: thay lương giờ bằng đơn giá sản phẩm");
    work.finish()
}

/// The kind of day: a holiday by its date whatever is chosen; else what is chosen; else what the
/// date says.
fn day_kind(work: &mut Work<'_>) -> Option<&'static str> {
    let chosen = work.given.choice("day");
    let Some(date) = work.given.day("date") else { return work.need_choice("day") };
    match holiday(date) {
        Holiday::Named(name, source) => {
            work.step(format!("{} là {name}.", day_text(date)), &[source]);
            Some("holiday")
        }
        _ if chosen.is_some() => chosen,
        Holiday::Perhaps => {
            work.leave_out("ngày này có thể được nghỉ Tết, Quốc khánh theo quyết định hằng năm của Thủ tướng, chưa có trong kho: hãy chọn loại ngày");
            work.need_choice("day")
        }
        Holiday::No if date.weekday() == Weekday::Sunday => {
            work.assume("nghỉ hằng tuần vào chủ nhật");
            Some("weekly_rest")
        }
        // Whether Saturday is a working day, the rules of the workplace say.
        Holiday::No if date.weekday() == Weekday::Saturday => work.need_choice("day"),
        Holiday::No => {
            work.assume("ngày này không phải ngày nghỉ hằng tuần của nơi làm việc");
            Some("weekday")
        }
    }
}

/// The least percentage of the weekday's hourly wage; none where a text not held decides.
fn percent(work: &mut Work<'_>, law: &Overtime, day: &str, night: bool, overtime: bool) -> Option<i64> {
    let at = DAYS.iter().position(|(name, _)| *name == day).unwrap_or(0);
    let rate = law.rates[at];
    let extra_at_night = law.night.value;
    if !overtime {
        if !night {
            work.step("Giờ làm việc bình thường ban ngày: 100%.", &[law.rates[0].source]);
            return Some(100);
        }
        work.by_rule(format!("Làm việc ban đêm: 100% + {extra_at_night}% = {}%.", 100 + extra_at_night), &law.night);
        return Some(100 + extra_at_night);
    }
    if !night {
        work.by_rule(format!("Làm thêm {}: ít nhất {}%.", DAYS[at].1.to_lowercase(), rate.value), &rate);
        return Some(rate.value);
    }
    let before = work.is_before_decree_145();
    if before && (day != "weekday" || work.given.flag("day_overtime_before") == Some(true)) {
        work.step(
            format!(
                "Làm thêm ban đêm {}: {}% cộng {extra_at_night}% cộng {}% tiền lương làm vào ban ngày.",
                DAYS[at].1.to_lowercase(),
                rate.value,
                law.night_overtime.value
            ),
            &[rate.source, law.night.source, law.night_overtime.source],
        );
        work.lacks("05/2015/NĐ-CP", "tiền lương làm vào ban ngày của ngày đó tính thế nào");
        return None;
    }
    // The night's 20 % is taken of what an hour of that day pays by daylight.
    let daylight = match day {
        "weekday" if work.flag_or_no("day_overtime_before", "cùng ngày chưa làm thêm ban ngày trước đó") => {
            AFTER_DAY_OVERTIME.value
        }
        "weekday" => 100,
        _ => rate.value,
    };
    let extra = Ratio::percent(law.night_overtime.value) * Ratio::whole(daylight);
    let total = rate.value + extra_at_night + extra.rounded();
    let mut sources = vec![rate.source, law.night.source, law.night_overtime.source];
    if !before {
        sources.push(DECREE_145.clause("57", "1"));
    }
    work.step(
        format!(
            "Làm thêm ban đêm {}: {}% + {}% + {}% × {daylight}% = {total}%.",
            DAYS[at].1.to_lowercase(),
            rate.value,
            extra_at_night,
            law.night_overtime.value
        ),
        &sources,
    );
    Some(total)
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
        &[if work.is_before_decree_145() { wage_source(work) } else { DECREE_145.point("55", "1", "a") }],
    );
    Some(hourly)
}

/// The code's article on pay for overtime.
fn wage_source(work: &Work<'_>) -> Source {
    if work.outcome.as_of < CODE_FROM { LABOUR_CODE_2012.article("97") } else { LABOUR_CODE.article("98") }
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
        &if work.is_before_decree_145() {
            vec![wage_source(work)]
        } else {
            vec![DECREE_145.article("55"), DECREE_145.article("56"), DECREE_145.article("57")]
        },
    );
}

/// Checks the hours given against what is allowed, and states the limits.
fn limits(work: &mut Work<'_>, law: &Overtime, day: Option<&str>) {
    let special = work.given.flag("special_limit").unwrap_or(false);
    let year = if special { law.year_hours_special } else { law.year_hours };
    let normal = Ratio::whole(NORMAL_HOURS.value) * Ratio::percent(law.day_share.value);
    let is_rest = day.is_some_and(|day| day != "weekday");
    let by_day = match (is_rest, work.is_before_decree_145()) {
        (false, _) => Some((normal, law.day_share)),
        (true, false) => Some((Ratio::whole(DAY_HOURS.value), DAY_HOURS)),
        (true, true) => None,
    };
    let mut asked = false;
    for (field, name, most) in [
        ("day_hours", "trong ngày", by_day),
        ("month_overtime_hours", "trong tháng", Some((Ratio::whole(law.month_hours.value), law.month_hours))),
        ("year_overtime_hours", "trong năm", Some((Ratio::whole(year.value), year))),
    ] {
        let Some(hours) = work.given.decimal(field) else { continue };
        asked = true;
        let Some((most, rule)) = most else {
            work.lacks("45/2013/NĐ-CP", "giờ làm thêm tối đa trong một ngày nghỉ, ngày lễ");
            continue;
        };
        let within = hours <= most;
        // A text not held raises limits from its day on: beyond the code's own nothing is concluded.
        if !within && field != "day_hours" && RESOLUTION_17_FROM <= work.outcome.as_of {
            work.by_rule(
                format!("Làm thêm {name}: {} giờ, quá mức {} giờ của bộ luật.", hours.text(), most.text()),
                &rule,
            );
            work.lacks(RESOLUTION_17, format!("có được làm thêm {name} quá {} giờ hay không", most.text()));
            continue;
        }
        let verdict = if within { "trong giới hạn" } else { "vượt giới hạn" };
        work.figure("within_limit", format!("Giờ làm thêm {name} trong giới hạn"), Amount::Flag(within));
        work.by_rule(format!("Làm thêm {name}: {} giờ, tối đa {} giờ: {verdict}.", hours.text(), most.text()), &rule);
    }
    if asked {
        work.assume("giờ làm việc bình thường là 8 giờ một ngày");
    }
}
