/*!
Minimum wages by region and day, and the base salary other benefits are multiples of.
*/

use jiff::civil::{Date, date};

use super::{
    Calculator,
    calendar::day_text,
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Outcome, Unit, Work},
    rule::Rule,
    source::{DECREE_38, DECREE_161, DECREE_293, INSURANCE_2024, LABOUR_CODE, Source},
};

/// The four wage regions.
pub const REGIONS: &[Choice] = &[("I", "Vùng I"), ("II", "Vùng II"), ("III", "Vùng III"), ("IV", "Vùng IV")];

const FROM_2022: Date = date(2022, 7, 1);
const TO_2024: Date = date(2024, 6, 30);
const FROM_2026: Date = date(2026, 1, 1);

const fn of_2022(name: &'static str, value: i64, stands: &'static str) -> Rule {
    Rule { name, value, from: FROM_2022, to: Some(TO_2024), source: DECREE_38.clause("3", "1"), stands }
}

const fn of_2026(name: &'static str, value: i64, stands: &'static str) -> Rule {
    Rule { name, value, from: FROM_2026, to: None, source: DECREE_293.clause("3", "1"), stands }
}

/// Monthly and hourly minimum of each region, I to IV, of one decree.
struct Table {
    monthly: [Rule; 4],
    hourly: [Rule; 4],
}

const TABLE_2022: Table = Table {
    monthly: [
        of_2022("lương tối thiểu tháng vùng I", 4_680_000, "4.680.000"),
        of_2022("lương tối thiểu tháng vùng II", 4_160_000, "4.160.000"),
        of_2022("lương tối thiểu tháng vùng III", 3_640_000, "3.640.000"),
        of_2022("lương tối thiểu tháng vùng IV", 3_250_000, "3.250.000"),
    ],
    hourly: [
        of_2022("lương tối thiểu giờ vùng I", 22_500, "22.500"),
        of_2022("lương tối thiểu giờ vùng II", 20_000, "20.000"),
        of_2022("lương tối thiểu giờ vùng III", 17_500, "17.500"),
        of_2022("lương tối thiểu giờ vùng IV", 15_600, "15.600"),
    ],
};

const TABLE_2026: Table = Table {
    monthly: [
        of_2026("lương tối thiểu tháng vùng I", 5_310_000, "5.310.000"),
        of_2026("lương tối thiểu tháng vùng II", 4_730_000, "4.730.000"),
        of_2026("lương tối thiểu tháng vùng III", 4_140_000, "4.140.000"),
        of_2026("lương tối thiểu tháng vùng IV", 3_700_000, "3.700.000"),
    ],
    hourly: [
        of_2026("lương tối thiểu giờ vùng I", 25_500, "25.500"),
        of_2026("lương tối thiểu giờ vùng II", 22_700, "22.700"),
        of_2026("lương tối thiểu giờ vùng III", 20_000, "20.000"),
        of_2026("lương tối thiểu giờ vùng IV", 17_800, "17.800"),
    ],
};

const BASE_SALARY: Rule = Rule {
    name: "mức lương cơ sở",
    value: 2_530_000,
    from: date(2026, 7, 1),
    to: None,
    source: DECREE_161.clause("3", "2"),
    stands: "2.530.000",
};

/// While there is a base salary, the reference level of social insurance equals it.
pub const REFERENCE_LEVEL: Source = INSURANCE_2024.clause("141", "13");

const RULES: &[Rule] = &[
    TABLE_2022.monthly[0],
    TABLE_2022.monthly[1],
    TABLE_2022.monthly[2],
    TABLE_2022.monthly[3],
    TABLE_2022.hourly[0],
    TABLE_2022.hourly[1],
    TABLE_2022.hourly[2],
    TABLE_2022.hourly[3],
    TABLE_2026.monthly[0],
    TABLE_2026.monthly[1],
    TABLE_2026.monthly[2],
    TABLE_2026.monthly[3],
    TABLE_2026.hourly[0],
    TABLE_2026.hourly[1],
    TABLE_2026.hourly[2],
    TABLE_2026.hourly[3],
    BASE_SALARY,
];

/// Place of a region in the tables.
fn place(region: &str) -> usize {
    REGIONS.iter().position(|(name, _)| *name == region).unwrap_or(0)
}

/// The decree that sets minimum wages on `day`, where its text is not among those checked.
fn missing_decree(day: Date) -> &'static str {
    if TO_2024 < day {
        "74/2024/NĐ-CP"
    } else if date(2019, 11, 15) <= day {
        "90/2019/NĐ-CP"
    } else {
        "nghị định lương tối thiểu trước 90/2019/NĐ-CP"
    }
}

fn table(day: Date) -> Option<Table> {
    [TABLE_2022, TABLE_2026].into_iter().find(|table| table.monthly[0].holds_on(day))
}

/// Monthly minimum wage of a region on a day; where its decree is not held, the decree's number.
pub fn monthly_minimum(region: &str, day: Date) -> Result<Rule, &'static str> {
    table(day).map(|table| table.monthly[place(region)]).ok_or_else(|| missing_decree(day))
}

/// The base salary of a day; where its decree is not held, that decree's number.
pub fn base_salary(day: Date) -> Result<Rule, &'static str> {
    if BASE_SALARY.holds_on(day) {
        Ok(BASE_SALARY)
    } else if date(2024, 7, 1) <= day {
        Err("73/2024/NĐ-CP")
    } else {
        Err("nghị định lương cơ sở trước 73/2024/NĐ-CP")
    }
}

/// `minimum-wage`
pub const CALCULATOR: Calculator = Calculator {
    name: "minimum-wage",
    title: "Lương tối thiểu vùng",
    summary: "Mức lương tối thiểu tháng và giờ theo vùng và theo ngày; so với mức lương của bạn.",
    fields: &[
        Field::needed("region", "Vùng nơi làm việc", Kind::Choice(REGIONS))
            .hint("xem phụ lục của nghị định: xã, phường nơi đơn vị hoạt động thuộc vùng nào"),
        Field::optional("date", "Ngày áp dụng", Kind::Day).hint("bỏ trống: ngày đang xem luật"),
        Field::optional("wage", "Mức lương tháng theo công việc", Kind::Money),
        Field::optional("hourly_wage", "Mức lương giờ", Kind::Money),
    ],
    rules: RULES,
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    let day = work.given.day("date").unwrap_or(work.outcome.as_of);
    work.outcome.as_of = day;
    let Some(table) = table(day) else {
        let number = missing_decree(day);
        work.lacks(number, format!("mức lương tối thiểu ngày {}", day_text(day)));
        return work.finish();
    };
    let region = work.need_choice("region");
    let shown: Vec<usize> = region.map_or_else(|| (0..REGIONS.len()).collect(), |region| vec![place(region)]);
    for at in shown {
        let (monthly, hourly) = (table.monthly[at], table.hourly[at]);
        let region = REGIONS[at].1;
        work.money("monthly_minimum", format!("Lương tối thiểu tháng, {region}"), monthly.value);
        work.money("hourly_minimum", format!("Lương tối thiểu giờ, {region}"), hourly.value);
        work.by_rule(
            format!(
                "{region}, ngày {}: {} một tháng, {} một giờ.",
                day_text(day),
                dong(monthly.value),
                dong(hourly.value)
            ),
            &monthly,
        );
    }
    if let Some(region) = region {
        compare(&mut work, "wage", "Lương tháng", table.monthly[place(region)]);
        compare(&mut work, "hourly_wage", "Lương giờ", table.hourly[place(region)]);
    }
    if FROM_2026 <= day {
        work.step(
            "Nơi bị chuyển xuống vùng thấp hơn: người được tuyển đến hết ngày 31/12/2025 giữ mức của ngày đó.",
            &[DECREE_293.clause("5", "5")],
        );
    }
    work.leave_out("tra xã, phường thuộc vùng nào");
    work.finish()
}

fn compare(work: &mut Work<'_>, field: &str, name: &str, minimum: Rule) {
    let Some(wage) = work.given.money(field) else { return };
    let short = minimum.value - wage;
    let text = if 0 < short {
        work.money("shortfall", format!("{name} còn thiếu so với mức tối thiểu"), short);
        format!("{name} {} thấp hơn mức tối thiểu {}: thiếu {}.", dong(wage), dong(minimum.value), dong(short))
    } else {
        work.figure("meets_minimum", format!("{name} đạt mức tối thiểu"), Amount::Flag(true));
        format!("{name} {} không thấp hơn mức tối thiểu {}.", dong(wage), dong(minimum.value))
    };
    work.step(text, &[LABOUR_CODE.clause("90", "2"), minimum.source]);
}

/// Adds a benefit of so many times the base salary of `day`'s month, or says which decree is missing.
pub fn times_base_salary(work: &mut Work<'_>, times: Ratio, day: Date, label: &str, sources: &[Source]) -> Option<i64> {
    match base_salary(day) {
        Ok(base) => {
            let value = (times * Ratio::whole(base.value)).rounded();
            let mut sources = sources.to_vec();
            sources.push(base.source);
            work.step(format!("{label}: {} × {} = {}.", times.text(), dong(base.value), dong(value)), &sources);
            Some(value)
        }
        Err(number) => {
            work.count("times_base_salary", format!("{label}, số lần mức lương cơ sở"), times, Unit::Times);
            work.step(format!("{label}: {} lần mức lương cơ sở.", times.text()), sources);
            work.lacks(number, format!("mức lương cơ sở ngày {}", day_text(day)));
            None
        }
    }
}
