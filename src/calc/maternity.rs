/*!
Maternity: a mother's leave and allowance, a father's days. The law of the day of birth
decides.
*/

use jiff::civil::{Date, date};

use super::{
    Calculator,
    calendar::{add_days, add_months, day_text},
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Outcome, Unit, Work},
    rule::{INSURANCE_2014_FROM, INSURANCE_2014_TO, INSURANCE_2024_FROM, Rule, insurance_2014, insurance_2024},
    source::{INSURANCE_2014, INSURANCE_2024, LABOUR_CODE, POPULATION_LAW, Source},
    wage::{REFERENCE_LEVEL, times_base_salary},
};

/// First day of the population law: it changed leave for a second child.
const POPULATION_FROM: Date = date(2026, 7, 1);

const ORDERS: &[Choice] = &[("first", "Con thứ nhất"), ("second", "Con thứ hai"), ("third", "Con thứ ba trở lên")];

/// What one insurance law says of a mother's leave.
struct Mother {
    months: Rule,
    more_each: Rule,
    before: Rule,
    paid_months: Rule,
    percent: Rule,
    once: Rule,
    odd_days: Rule,
}

const MOTHER_2014: Mother = Mother {
    months: insurance_2014("nghỉ sinh con, tháng", 6, INSURANCE_2014.clause("34", "1"), "06 tháng"),
    more_each: insurance_2014("mỗi con từ con thứ hai thêm, tháng", 1, INSURANCE_2014.clause("34", "1"), "01 tháng"),
    before: insurance_2014("nghỉ trước sinh tối đa, tháng", 2, INSURANCE_2014.clause("34", "1"), "02 tháng"),
    paid_months: insurance_2014(
        "đóng trong 12 tháng trước sinh từ đủ, tháng",
        6,
        INSURANCE_2014.clause("31", "2"),
        "06 tháng",
    ),
    percent: insurance_2014("trợ cấp thai sản, %", 100, INSURANCE_2014.point("39", "1", "a"), "100%"),
    once: insurance_2014("trợ cấp một lần, lần lương cơ sở", 2, INSURANCE_2014.article("38"), "02 lần"),
    odd_days: insurance_2014("ngày lẻ: chia cho", 30, INSURANCE_2014.point("39", "1", "c"), "30 ngày"),
};

const MOTHER_2024: Mother = Mother {
    months: insurance_2024("nghỉ sinh con, tháng", 6, LABOUR_CODE.clause("139", "1"), "06 tháng"),
    more_each: insurance_2024("mỗi con từ con thứ hai thêm, tháng", 1, LABOUR_CODE.clause("139", "1"), "01 tháng"),
    before: insurance_2024("nghỉ trước sinh tối đa, tháng", 2, LABOUR_CODE.clause("139", "1"), "02 tháng"),
    paid_months: insurance_2024(
        "đóng trong 12 tháng trước sinh từ đủ, tháng",
        6,
        INSURANCE_2024.clause("50", "2"),
        "06 tháng",
    ),
    percent: insurance_2024("trợ cấp thai sản, %", 100, INSURANCE_2024.clause("59", "1"), "100%"),
    once: insurance_2024("trợ cấp một lần, lần mức tham chiếu", 2, INSURANCE_2024.clause("58", "4"), "02 lần"),
    odd_days: insurance_2024("ngày lẻ: chia cho", 30, INSURANCE_2024.clause("59", "3"), "30 ngày"),
};

/// `maternity`
pub const CALCULATOR: Calculator = Calculator {
    name: "maternity",
    title: "Thai sản của lao động nữ sinh con",
    summary: "Thời gian nghỉ, tiền trợ cấp thai sản và trợ cấp một lần khi sinh con.",
    fields: &[
        Field::needed("birth", "Ngày sinh (hoặc dự sinh)", Kind::Day),
        Field::needed("wage", "Bình quân lương đóng bảo hiểm xã hội 6 tháng trước khi nghỉ", Kind::Money),
        Field::optional("children", "Số con sinh lần này", Kind::Whole { min: 1, max: 6 }),
        Field::optional("order", "Lần sinh này là", Kind::Choice(ORDERS)),
        Field::needed("paid_months", "Số tháng đóng trong 12 tháng trước khi sinh", Kind::Whole { min: 0, max: 12 }),
        Field::optional("leave_start", "Ngày bắt đầu nghỉ", Kind::Day),
    ],
    rules: &[
        MOTHER_2014.months,
        MOTHER_2014.more_each,
        MOTHER_2014.before,
        MOTHER_2014.paid_months,
        MOTHER_2014.percent,
        MOTHER_2014.once,
        MOTHER_2014.odd_days,
        MOTHER_2024.months,
        MOTHER_2024.more_each,
        MOTHER_2024.before,
        MOTHER_2024.paid_months,
        MOTHER_2024.percent,
        MOTHER_2024.once,
        MOTHER_2024.odd_days,
    ],
    work: mother,
};

/// The day of birth, its law's first day checked.
fn birth(work: &mut Work<'_>) -> Option<Date> {
    let birth = work.need_day("birth").unwrap_or(work.outcome.as_of);
    work.outcome.as_of = birth;
    work.holds_from(INSURANCE_2014, INSURANCE_2014_FROM).then_some(birth)
}

fn mother(mut work: Work<'_>) -> Outcome {
    let Some(birth) = birth(&mut work) else { return work.finish() };
    let law = if birth <= INSURANCE_2014_TO { MOTHER_2014 } else { MOTHER_2024 };
    let children = work.given.whole("children").unwrap_or_else(|| {
        work.assume("sinh một con");
        1
    });
    if !eligible(&mut work, &law) {
        return work.finish();
    }
    let months = law.months.value + (children - 1) * law.more_each.value;
    if second_child(&mut work, birth) {
        work.lacks(
            POPULATION_LAW.number,
            "thời gian nghỉ của mẹ khi sinh con thứ hai từ ngày 01/7/2026 (phần sửa Bộ luật Lao động)",
        );
    } else {
        work.count("leave_months", "Thời gian nghỉ", Ratio::whole(months), Unit::Months);
        work.by_rule(
            format!(
                "Nghỉ {} tháng; từ con thứ hai của lần sinh, mỗi con thêm {} tháng: {months} tháng.",
                law.months.value, law.more_each.value
            ),
            &law.months,
        );
        leave_dates(&mut work, &law, birth, months);
        allowance(&mut work, &law, months);
    }
    let reference: &[Source] = if birth <= INSURANCE_2014_TO {
        &[MOTHER_2014.once.source]
    } else {
        &[MOTHER_2024.once.source, REFERENCE_LEVEL]
    };
    let times = Ratio::whole(law.once.value * children);
    if let Some(once) = times_base_salary(&mut work, times, birth, "Trợ cấp một lần khi sinh con", reference) {
        work.money("one_off", "Trợ cấp một lần khi sinh con", once);
    }
    work.leave_out("nghỉ khám thai, dưỡng sức, sảy thai, mang thai hộ, nhận con nuôi, đi làm sớm");
    work.finish()
}

fn eligible(work: &mut Work<'_>, law: &Mother) -> bool {
    let Some(paid) = work.need_whole("paid_months") else {
        work.by_rule(
            format!(
                "Điều kiện: đóng bảo hiểm xã hội bắt buộc từ đủ {} tháng trong 12 tháng trước khi sinh.",
                law.paid_months.value
            ),
            &law.paid_months,
        );
        return true;
    };
    let enough = law.paid_months.value <= paid;
    work.by_rule(
        format!("Đóng {paid} tháng trong 12 tháng trước khi sinh, cần từ đủ {}.", law.paid_months.value),
        &law.paid_months,
    );
    if !enough {
        work.figure("eligible", "Đủ điều kiện theo số tháng đã đóng", Amount::Flag(false));
        work.leave_out("trường hợp nghỉ dưỡng thai theo chỉ định hoặc điều trị vô sinh có điều kiện riêng");
    }
    enough
}

/// Whether the mother's leave is one that a law not held has changed.
fn second_child(work: &mut Work<'_>, birth: Date) -> bool {
    if birth < POPULATION_FROM {
        return false;
    }
    let order = work.need_choice("order");
    if order.is_none() {
        work.assume("không phải lần sinh con thứ hai (từ 01/7/2026 luật có quy định khác cho con thứ hai)");
    }
    order == Some("second")
}

fn leave_dates(work: &mut Work<'_>, law: &Mother, birth: Date, months: i64) {
    let Some(start) = work.given.day("leave_start") else { return };
    if birth < start || start < add_months(birth, -law.before.value) {
        work.by_rule(
            format!(
                "Nghỉ trước sinh không quá {} tháng và bắt đầu không muộn hơn ngày sinh; xem lại ngày bắt đầu nghỉ.",
                law.before.value
            ),
            &law.before,
        );
        return;
    }
    let last = add_days(add_months(start, months), -1);
    work.figure("last_day", "Ngày nghỉ cuối cùng", Amount::Day(last));
    work.by_rule(format!("Nghỉ từ {} đến hết {}.", day_text(start), day_text(last)), &law.months);
}

fn allowance(work: &mut Work<'_>, law: &Mother, months: i64) {
    let Some(wage) = work.need_money("wage") else { return };
    let monthly = (Ratio::whole(wage) * Ratio::percent(law.percent.value)).rounded();
    let total = monthly * months;
    work.money("monthly", "Trợ cấp thai sản một tháng", monthly);
    work.money("allowance", "Trợ cấp thai sản cả thời gian nghỉ", total);
    work.by_rule(format!("{} × {}% × {months} tháng = {}.", dong(wage), law.percent.value, dong(total)), &law.percent);
}

/// What one insurance law says of a father's days.
struct Father {
    ordinary: Rule,
    surgery: Rule,
    twins: Rule,
    more_each: Rule,
    twins_surgery: Rule,
    within: Rule,
    divisor: Rule,
}

const FATHER_2014: Father = Father {
    ordinary: insurance_2014("cha nghỉ, ngày", 5, INSURANCE_2014.point("34", "2", "a"), "05 ngày"),
    surgery: insurance_2014(
        "cha nghỉ, phẫu thuật hoặc sinh non, ngày",
        7,
        INSURANCE_2014.point("34", "2", "b"),
        "07 ngày",
    ),
    twins: insurance_2014("cha nghỉ, sinh đôi, ngày", 10, INSURANCE_2014.point("34", "2", "c"), "10 ngày"),
    more_each: insurance_2014(
        "cha nghỉ, từ sinh ba mỗi con thêm, ngày",
        3,
        INSURANCE_2014.point("34", "2", "c"),
        "03 ngày",
    ),
    twins_surgery: insurance_2014(
        "cha nghỉ, sinh đôi phẫu thuật, ngày",
        14,
        INSURANCE_2014.point("34", "2", "d"),
        "14 ngày",
    ),
    within: insurance_2014("cha nghỉ trong, ngày đầu", 30, INSURANCE_2014.clause("34", "2"), "30 ngày"),
    divisor: insurance_2014("trợ cấp một ngày: chia cho", 24, INSURANCE_2014.point("39", "1", "b"), "24 ngày"),
};

const FATHER_2024: Father = Father {
    ordinary: insurance_2024("cha nghỉ, ngày", 5, INSURANCE_2024.point("53", "2", "a"), "05 ngày"),
    surgery: insurance_2024(
        "cha nghỉ, phẫu thuật hoặc sinh non, ngày",
        7,
        INSURANCE_2024.point("53", "2", "b"),
        "07 ngày",
    ),
    twins: insurance_2024("cha nghỉ, sinh đôi, ngày", 10, INSURANCE_2024.point("53", "2", "c"), "10 ngày"),
    more_each: insurance_2024(
        "cha nghỉ, từ sinh ba mỗi con thêm, ngày",
        3,
        INSURANCE_2024.point("53", "2", "c"),
        "03 ngày",
    ),
    twins_surgery: insurance_2024(
        "cha nghỉ, sinh đôi phẫu thuật, ngày",
        14,
        INSURANCE_2024.point("53", "2", "d"),
        "14 ngày",
    ),
    within: insurance_2024("cha bắt đầu nghỉ trong, ngày", 60, INSURANCE_2024.clause("53", "3"), "60 ngày"),
    divisor: insurance_2024("trợ cấp một ngày: chia cho", 24, INSURANCE_2024.clause("59", "2"), "24 ngày"),
};

/// A second child gives the father as many days as twins do, since the population law.
const SECOND_CHILD: Rule = Rule {
    name: "cha nghỉ, vợ sinh con thứ hai, ngày",
    value: 10,
    from: POPULATION_FROM,
    to: None,
    source: INSURANCE_2024.point("53", "2", "c"),
    stands: "10 ngày",
};

/// `paternity`
pub const PATERNITY: Calculator = Calculator {
    name: "paternity",
    title: "Cha nghỉ khi vợ sinh con",
    summary: "Số ngày nghỉ và tiền trợ cấp của lao động nam khi vợ sinh con.",
    fields: &[
        Field::needed("birth", "Ngày vợ sinh", Kind::Day),
        Field::optional("children", "Số con sinh lần này", Kind::Whole { min: 1, max: 6 }),
        Field::optional("surgery", "Vợ sinh phải phẫu thuật", Kind::Flag),
        Field::optional("premature", "Sinh con dưới 32 tuần tuổi", Kind::Flag),
        Field::optional("order", "Lần sinh này là", Kind::Choice(ORDERS)),
        Field::needed("wage", "Bình quân lương đóng bảo hiểm xã hội 6 tháng trước khi nghỉ", Kind::Money),
    ],
    rules: &[
        FATHER_2014.ordinary,
        FATHER_2014.surgery,
        FATHER_2014.twins,
        FATHER_2014.more_each,
        FATHER_2014.twins_surgery,
        FATHER_2014.within,
        FATHER_2014.divisor,
        FATHER_2024.ordinary,
        FATHER_2024.surgery,
        FATHER_2024.twins,
        FATHER_2024.more_each,
        FATHER_2024.twins_surgery,
        FATHER_2024.within,
        FATHER_2024.divisor,
        SECOND_CHILD,
    ],
    work: father,
};

fn father(mut work: Work<'_>) -> Outcome {
    let Some(birth) = birth(&mut work) else { return work.finish() };
    let law = if birth < INSURANCE_2024_FROM { FATHER_2014 } else { FATHER_2024 };
    let children = work.given.whole("children").unwrap_or_else(|| {
        work.assume("vợ sinh một con");
        1
    });
    let surgery = work.flag_or_no("surgery", "vợ sinh không phải phẫu thuật");
    let premature = work.flag_or_no("premature", "con không sinh non dưới 32 tuần");
    let second = POPULATION_FROM <= birth && {
        let order = work.need_choice("order");
        if order.is_none() {
            work.assume("không phải con thứ hai");
        }
        order == Some("second")
    };
    let (days, rule) = father_days(&law, birth, children, (surgery, premature, second));
    work.count("days", "Số ngày nghỉ", Ratio::whole(days), Unit::WorkingDays);
    work.by_rule(format!("Được nghỉ {days} ngày làm việc."), &rule);
    work.by_rule(
        format!(
            "{} trong khoảng {} ngày kể từ ngày vợ sinh.",
            if birth < INSURANCE_2024_FROM { "Nghỉ" } else { "Bắt đầu nghỉ" },
            law.within.value
        ),
        &law.within,
    );
    if let Some(wage) = work.need_money("wage") {
        let total = (Ratio::whole(wage).over(law.divisor.value) * Ratio::whole(days)).rounded();
        work.money("allowance", "Trợ cấp thai sản của cha", total);
        work.by_rule(format!("{} : {} × {days} ngày = {}.", dong(wage), law.divisor.value, dong(total)), &law.divisor);
    }
    work.assume("đang tham gia bảo hiểm xã hội bắt buộc khi vợ sinh");
    work.leave_out("trợ cấp một lần khi chỉ có cha đủ điều kiện");
    work.finish()
}

fn father_days(
    law: &Father,
    birth: Date,
    children: i64,
    (surgery, premature, second): (bool, bool, bool),
) -> (i64, Rule) {
    let beyond_twins = (children - 2).max(0) * law.more_each.value;
    match (children, surgery) {
        (2.., true) if birth < INSURANCE_2024_FROM => (law.twins_surgery.value, law.twins_surgery),
        (2.., true) => (law.twins_surgery.value + beyond_twins, law.twins_surgery),
        (2.., false) => (law.twins.value + beyond_twins, law.twins),
        _ if second => (SECOND_CHILD.value, SECOND_CHILD),
        _ if surgery || premature => (law.surgery.value, law.surgery),
        _ => (law.ordinary.value, law.ordinary),
    }
}
