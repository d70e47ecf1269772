/*!
Retirement age by month of birth and sex, the month of retirement and the first month of a
pension.

The age rises a step a year until 2028 (men) and 2035 (women); a person retires in the first
year in which they reach that year's age. Lower ages are five or ten years below.
*/

use jiff::civil::{Date, date};

use super::{
    Calculator,
    calendar::add_months,
    input::{Choice, Field, Kind},
    number::Ratio,
    outcome::{Amount, Outcome, Unit, Work},
    rule::{CODE_2012_FROM, CODE_FROM, INSURANCE_2024_FROM, Rule, code, code_2012},
    source::{DECREE_135, INSURANCE_2024, LABOUR_CODE, LABOUR_CODE_2012, Source},
};

/// Sexes.
pub const SEXES: &[Choice] = &[("male", "Nam"), ("female", "Nữ")];

const CONDITIONS: &[Choice] = &[
    ("normal", "Điều kiện lao động bình thường"),
    ("heavy", "Từ đủ 15 năm nặng nhọc, độc hại, nguy hiểm hoặc vùng đặc biệt khó khăn"),
    ("mining", "Từ đủ 15 năm khai thác than trong hầm lò"),
    ("incapacity_61", "Suy giảm khả năng lao động từ 61% đến dưới 81%"),
    ("incapacity_81", "Suy giảm khả năng lao động từ 81%"),
];

/// The schedule of one sex, in months of age.
struct Schedule {
    first: Rule,
    first_months: Rule,
    step: Rule,
    last: Rule,
}

const BY_LAW: Source = LABOUR_CODE.clause("169", "2");

const MEN: Schedule = Schedule {
    first: code("tuổi nghỉ hưu nam năm 2021, năm", 60, BY_LAW, "60 tuổi 03 tháng"),
    first_months: code("tuổi nghỉ hưu nam năm 2021, tháng lẻ", 3, BY_LAW, "60 tuổi 03 tháng"),
    step: code("tuổi nghỉ hưu nam mỗi năm tăng, tháng", 3, BY_LAW, "03 tháng đối với lao động nam"),
    last: code("tuổi nghỉ hưu nam sau cùng, năm", 62, BY_LAW, "62 tuổi"),
};
const WOMEN: Schedule = Schedule {
    first: code("tuổi nghỉ hưu nữ năm 2021, năm", 55, BY_LAW, "55 tuổi 04 tháng"),
    first_months: code("tuổi nghỉ hưu nữ năm 2021, tháng lẻ", 4, BY_LAW, "55 tuổi 04 tháng"),
    step: code("tuổi nghỉ hưu nữ mỗi năm tăng, tháng", 4, BY_LAW, "04 tháng đối với lao động nữ"),
    last: code("tuổi nghỉ hưu nữ sau cùng, năm", 60, BY_LAW, "60 tuổi"),
};
const MEN_2012: Rule = code_2012("tuổi nghỉ hưu nam 2012, năm", 60, LABOUR_CODE_2012.clause("187", "1"), "60 tuổi");
const WOMEN_2012: Rule = code_2012("tuổi nghỉ hưu nữ 2012, năm", 55, LABOUR_CODE_2012.clause("187", "1"), "55 tuổi");
const LOWER_5: Rule = code("nghỉ hưu sớm hơn, không quá, năm", 5, LABOUR_CODE.clause("169", "3"), "05 tuổi");
const LOWER_5_INCAPACITY: Rule = Rule {
    name: "suy giảm từ 61%: sớm hơn tối đa, năm",
    value: 5,
    from: INSURANCE_2024_FROM,
    to: None,
    source: INSURANCE_2024.point("65", "1", "a"),
    stands: "05 tuổi",
};
const LOWER_10_MINING: Rule = Rule {
    name: "khai thác than hầm lò: sớm hơn tối đa, năm",
    value: 10,
    from: INSURANCE_2024_FROM,
    to: None,
    source: INSURANCE_2024.point("64", "1", "c"),
    stands: "10 tuổi",
};
const LOWER_10_INCAPACITY: Rule = Rule {
    name: "suy giảm từ 81%: sớm hơn tối đa, năm",
    value: 10,
    from: INSURANCE_2024_FROM,
    to: None,
    source: INSURANCE_2024.point("65", "1", "b"),
    stands: "10 tuổi",
};

/// `retirement`
pub const CALCULATOR: Calculator = Calculator {
    name: "retirement",
    title: "Tuổi nghỉ hưu",
    summary: "Tuổi, tháng nghỉ hưu và tháng bắt đầu hưởng lương hưu theo tháng năm sinh, giới tính, điều kiện làm việc.",
    fields: &[
        Field::needed("born", "Tháng năm sinh", Kind::Month).hint("hồ sơ chỉ có năm sinh: tính từ tháng 1"),
        Field::needed("sex", "Giới tính", Kind::Choice(SEXES)),
        Field::optional("condition", "Điều kiện", Kind::Choice(CONDITIONS)),
    ],
    rules: &[
        MEN.first,
        MEN.first_months,
        MEN.step,
        MEN.last,
        WOMEN.first,
        WOMEN.first_months,
        WOMEN.step,
        WOMEN.last,
        LOWER_5,
        LOWER_5_INCAPACITY,
        LOWER_10_MINING,
        LOWER_10_INCAPACITY,
        MEN_2012,
        WOMEN_2012,
    ],
    work,
};

/// Age in months of those who retire in `year`.
fn age_months(schedule: &Schedule, year: i16) -> i64 {
    let years = i64::from(year) - i64::from(CODE_FROM.year());
    let age = 12 * schedule.first.value + schedule.first_months.value + years * schedule.step.value;
    age.min(12 * schedule.last.value)
}

/// Age in months and first day of the month in which somebody reaches it; nothing for those
/// who reached the ages before 2021.
fn retirement_month(schedule: &Schedule, born: Date, lower_years: i64) -> Option<(i64, Date)> {
    let born = born.first_of_month();
    let first_year = CODE_FROM.year();
    // Whoever reached the age of the rules before did so under them (Điều 7 khoản 2 Nghị định 135).
    if add_months(born, 12 * (schedule.first.value - lower_years)) < CODE_FROM {
        return None;
    }
    for year in first_year..=2300 {
        let age = age_months(schedule, year) - 12 * lower_years;
        let reached = add_months(born, age);
        if reached.year() <= year {
            return (reached.year() == year).then_some((age, reached));
        }
    }
    None
}

/// Those who reached their age before 2021 did so under the code of 2012, where it held.
fn before_2021(work: &mut Work<'_>, sex: &str, born: Date, lower_years: i64) {
    let rule = if sex == "male" { MEN_2012 } else { WOMEN_2012 };
    let reached = add_months(born, 12 * rule.value);
    if lower_years == 0 && CODE_2012_FROM <= reached && reached < CODE_FROM {
        work.figure("age", "Tuổi nghỉ hưu", Amount::Age { years: rule.value, months: 0 });
        work.by_rule(format!("Đủ {} tuổi trong tháng {}/{}.", rule.value, reached.month(), reached.year()), &rule);
        work.leave_out("tháng bắt đầu hưởng lương hưu trước năm 2021: chưa có trong công cụ");
    } else {
        work.leave_out("người đã đủ tuổi trước ngày 01/01/2021: theo quy định trước đó, chưa có trong công cụ");
    }
}

fn work(mut work: Work<'_>) -> Outcome {
    let (born, sex) = (work.need_day("born"), work.need_choice("sex"));
    let (Some(born), Some(sex)) = (born, sex) else {
        work.step(
            "Năm 2021: nam 60 tuổi 3 tháng, nữ 55 tuổi 4 tháng; mỗi năm nam tăng 3 tháng đến 62 tuổi, nữ tăng 4 tháng đến 60 tuổi.",
            &[BY_LAW, DECREE_135.article("4")],
        );
        return work.finish();
    };
    let condition = work.given.choice("condition").unwrap_or_else(|| {
        work.assume("làm việc trong điều kiện lao động bình thường");
        "normal"
    });
    let lower = match condition {
        "heavy" => Some(LOWER_5),
        "mining" => Some(LOWER_10_MINING),
        "incapacity_61" => Some(LOWER_5_INCAPACITY),
        "incapacity_81" => Some(LOWER_10_INCAPACITY),
        _ => None,
    };
    let schedule = if sex == "male" { MEN } else { WOMEN };
    let lower_years = lower.map_or(0, |rule| rule.value);
    let Some((age, reached)) = retirement_month(&schedule, born, lower_years) else {
        before_2021(&mut work, sex, born, lower_years);
        return work.finish();
    };
    let pension = add_months(reached, 1);
    let month = |day: Date| format!("tháng {}/{}", day.month(), day.year());
    work.figure("age", "Tuổi nghỉ hưu", Amount::Age { years: age / 12, months: age % 12 });
    work.figure("retires_on", "Thời điểm nghỉ hưu (hết ngày)", Amount::Day(reached.last_of_month()));
    work.figure("pension_from", "Hưởng lương hưu từ ngày", Amount::Day(pension));
    work.step(
        format!("Năm {}: tuổi nghỉ hưu bình thường là {}.", reached.year(), {
            let age = age_months(&schedule, reached.year());
            Amount::Age { years: age / 12, months: age % 12 }.text()
        }),
        &[BY_LAW, DECREE_135.article("4")],
    );
    if let Some(rule) = lower {
        work.count("years_earlier", "Sớm hơn, không quá", Ratio::whole(rule.value), Unit::Years);
        work.by_rule(format!("Được nghỉ hưu sớm hơn không quá {} năm: tuổi thấp nhất.", rule.value), &rule);
        work.assume("đáp ứng số năm và danh mục nghề, vùng hoặc kết luận giám định nêu trong điều kiện đã chọn");
        if rule.from.year() != CODE_FROM.year() && reached < date(2025, 7, 1) {
            work.leave_out("nghỉ hưu trước ngày 01/7/2025: điều kiện theo Luật Bảo hiểm xã hội 2014");
        }
    }
    work.step(
        format!(
            "Sinh {}: đủ tuổi trong {}, nghỉ hưu khi hết tháng đó, lương hưu từ {}.",
            month(born),
            month(reached),
            month(pension)
        ),
        &[DECREE_135.clause("3", "1"), DECREE_135.clause("3", "2")],
    );
    work.step("Lương hưu còn cần đủ thời gian đóng bảo hiểm xã hội.", &[LABOUR_CODE.clause("169", "1")]);
    work.leave_out("lực lượng vũ trang, cán bộ công chức có quy định riêng, người nghỉ muộn theo thỏa thuận");
    work.finish()
}
