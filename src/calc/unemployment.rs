/*!
Unemployment benefit: monthly amount, its cap, and months. The law of the day the work ended
decides.
*/

use jiff::civil::Date;

use super::{
    Calculator,
    calendar::{add_months, day_text, working_day_from},
    holiday::is_unsure,
    input::{Choice, Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Outcome, Unit, Work},
    rule::{EMPLOYMENT_2013_FROM, EMPLOYMENT_2013_TO, Rule, employment_2013, employment_2025},
    source::{CIVIL_CODE, DECREE_28, EMPLOYMENT_2013, EMPLOYMENT_2025},
    wage::{REGIONS, base_salary, monthly_minimum},
};

const SECTORS: &[Choice] =
    &[("enterprise", "Lương do người sử dụng lao động quyết định"), ("state", "Lương theo chế độ Nhà nước quy định")];

/// What one employment law says.
struct Benefit {
    percent: Rule,
    cap_times: Rule,
    least_months: Rule,
    first_to: Rule,
    first_months: Rule,
    each: Rule,
    most: Rule,
    file_within: Rule,
}

const LAW_2013: Benefit = Benefit {
    percent: employment_2013("trợ cấp thất nghiệp, %", 60, EMPLOYMENT_2013.clause("50", "1"), "60%"),
    cap_times: employment_2013(
        "tối đa, lần lương tối thiểu vùng hoặc lương cơ sở",
        5,
        EMPLOYMENT_2013.clause("50", "1"),
        "05 lần",
    ),
    least_months: employment_2013("đóng từ đủ, tháng", 12, EMPLOYMENT_2013.clause("49", "2"), "12 tháng"),
    first_to: employment_2013("mức đầu đến đủ, tháng đóng", 36, EMPLOYMENT_2013.clause("50", "2"), "36 tháng"),
    first_months: employment_2013("mức đầu, tháng hưởng", 3, EMPLOYMENT_2013.clause("50", "2"), "03 tháng"),
    each: employment_2013("thêm 1 tháng cho mỗi, tháng đóng", 12, EMPLOYMENT_2013.clause("50", "2"), "12 tháng"),
    most: employment_2013("tối đa, tháng hưởng", 12, EMPLOYMENT_2013.clause("50", "2"), "12 tháng"),
    file_within: employment_2013("nộp hồ sơ trong, tháng", 3, EMPLOYMENT_2013.clause("46", "1"), "03 tháng"),
};

const LAW_2025: Benefit = Benefit {
    percent: employment_2025("trợ cấp thất nghiệp, %", 60, EMPLOYMENT_2025.clause("39", "1"), "60%"),
    cap_times: employment_2025("tối đa, lần lương tối thiểu vùng", 5, EMPLOYMENT_2025.clause("39", "1"), "05 lần"),
    least_months: employment_2025("đóng từ đủ, tháng", 12, EMPLOYMENT_2025.point("38", "1", "b"), "12 tháng"),
    first_to: employment_2025("mức đầu đến đủ, tháng đóng", 36, EMPLOYMENT_2025.clause("39", "2"), "36 tháng"),
    first_months: employment_2025("mức đầu, tháng hưởng", 3, EMPLOYMENT_2025.clause("39", "2"), "03 tháng"),
    each: employment_2025("thêm 1 tháng cho mỗi, tháng đóng", 12, EMPLOYMENT_2025.clause("39", "2"), "12 tháng"),
    most: employment_2025("tối đa, tháng hưởng", 12, EMPLOYMENT_2025.clause("39", "2"), "12 tháng"),
    file_within: employment_2025("nộp hồ sơ trong, tháng", 3, EMPLOYMENT_2025.point("38", "1", "c"), "03 tháng"),
};

/// `unemployment`
pub const CALCULATOR: Calculator = Calculator {
    name: "unemployment",
    title: "Trợ cấp thất nghiệp",
    summary: "Tiền trợ cấp thất nghiệp mỗi tháng, mức trần, số tháng hưởng và hạn nộp hồ sơ.",
    fields: &[
        Field::needed("end", "Ngày chấm dứt hợp đồng", Kind::Day),
        Field::needed(
            "months",
            "Tổng số tháng đã đóng bảo hiểm thất nghiệp chưa hưởng",
            Kind::Whole { min: 0, max: 600 },
        ),
        Field::needed("wage", "Bình quân lương đóng 6 tháng gần nhất", Kind::Money),
        Field::needed("region", "Vùng lương tối thiểu", Kind::Choice(REGIONS)),
        Field::optional(
            "recent_months",
            "Số tháng đóng trong 24 tháng trước khi nghỉ",
            Kind::Whole { min: 0, max: 36 },
        )
        .hint("hợp đồng dưới 12 tháng: trong 36 tháng"),
        Field::optional("last_paid", "Tháng cuối cùng đóng", Kind::Month),
        Field::optional("sector", "Chế độ tiền lương", Kind::Choice(SECTORS)),
        Field::optional("minimum_wage", "Lương tối thiểu vùng, nếu bạn biết", Kind::Money)
            .hint("chỉ dùng khi kho chưa có nghị định của ngày đó"),
        Field::optional("unlawful", "Tự nghỉ việc trái luật", Kind::Flag),
    ],
    rules: &[
        LAW_2013.percent,
        LAW_2013.cap_times,
        LAW_2013.least_months,
        LAW_2013.first_to,
        LAW_2013.first_months,
        LAW_2013.each,
        LAW_2013.most,
        LAW_2013.file_within,
        LAW_2025.percent,
        LAW_2025.cap_times,
        LAW_2025.least_months,
        LAW_2025.first_to,
        LAW_2025.first_months,
        LAW_2025.each,
        LAW_2025.most,
        LAW_2025.file_within,
    ],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    let end = work.need_day("end");
    let day = end.unwrap_or(work.outcome.as_of);
    work.outcome.as_of = day;
    if !work.holds_from(EMPLOYMENT_2013, EMPLOYMENT_2013_FROM) {
        return work.finish();
    }
    let old = day <= EMPLOYMENT_2013_TO;
    let law = if old { LAW_2013 } else { LAW_2025 };
    let months = work.need_whole("months");
    if !eligible(&mut work, &law, months) {
        return work.finish();
    }
    amount(&mut work, &law, day, old);
    if let Some(months) = months {
        duration(&mut work, &law, months, old);
    }
    if let Some(end) = end {
        let last = working_day_from(add_months(end, law.file_within.value));
        work.figure("file_by", "Nộp hồ sơ chậm nhất", Amount::Day(last));
        work.step(
            format!("Nộp hồ sơ trong {} tháng kể từ ngày nghỉ: đến hết {}.", law.file_within.value, day_text(last)),
            &[law.file_within.source, CIVIL_CODE.clause("148", "3"), CIVIL_CODE.clause("148", "5")],
        );
        if is_unsure(last) {
            work.assume("chưa trừ ngày nghỉ Tết Âm lịch ngoài mùng 1 đến mùng 3 và ngày liền kề Quốc khánh: theo quyết định hằng năm, chưa có trong kho");
        }
        if !old && end.year() == 2026 && end.month() == 1 && end.day() == 1 {
            work.leave_out("hồ sơ nộp trước ngày 01/01/2026");
        }
    }
    if old {
        work.step(
            "Hồ sơ nộp trước 01/01/2026 mà chưa có quyết định hưởng thì theo luật mới.",
            &[EMPLOYMENT_2025.clause("55", "4")],
        );
    }
    work.finish()
}

fn eligible(work: &mut Work<'_>, law: &Benefit, months: Option<i64>) -> bool {
    if work.given.flag("unlawful") == Some(true) {
        work.money("monthly", "Trợ cấp thất nghiệp một tháng", 0);
        let source = if law.percent.source.law == EMPLOYMENT_2013 {
            EMPLOYMENT_2013.point("49", "1", "a")
        } else {
            EMPLOYMENT_2025.point("38", "1", "a")
        };
        work.step("Tự nghỉ việc trái luật thì không được trợ cấp thất nghiệp.", &[source]);
        return false;
    }
    let least = law.least_months;
    let recent = work.given.whole("recent_months").or(months.filter(|months| *months < least.value));
    if let Some(recent) = recent
        && recent < least.value
    {
        work.money("monthly", "Trợ cấp thất nghiệp một tháng", 0);
        work.by_rule(format!("Đóng {recent} tháng, cần từ đủ {} tháng.", least.value), &least);
        return false;
    }
    if work.given.whole("recent_months").is_none() {
        work.assume("đã đóng từ đủ 12 tháng trong 24 tháng trước khi nghỉ (hợp đồng dưới 12 tháng: trong 36 tháng)");
    }
    work.assume("nghỉ việc đúng luật, chưa đủ điều kiện hưởng lương hưu, chưa có việc làm mới");
    true
}

fn amount(work: &mut Work<'_>, law: &Benefit, day: Date, old: bool) {
    let Some(wage) = work.need_money("wage") else { return };
    let share = (Ratio::whole(wage) * Ratio::percent(law.percent.value)).rounded();
    work.by_rule(format!("{} × {}% = {}.", dong(wage), law.percent.value, dong(share)), &law.percent);
    let cap = match cap(work, law, day, old) {
        Ok(Some(cap)) => cap,
        Ok(None) => return,
        Err(number) => {
            work.money("before_cap", "60% lương bình quân, chưa so với mức trần", share);
            work.lacks(number, "mức trần 5 lần của ngày đó");
            return;
        }
    };
    let monthly = share.min(cap);
    work.money("monthly", "Trợ cấp thất nghiệp một tháng", monthly);
    let text =
        if cap < share { "vượt mức trần nên hưởng mức trần" } else { "không vượt mức trần" };
    work.by_rule(format!("Mức trần {}: {text}.", dong(cap)), &law.cap_times);
}

/// The cap; `Ok(None)` when an input is missing, the decree's number when it is not held.
fn cap(work: &mut Work<'_>, law: &Benefit, day: Date, old: bool) -> Result<Option<i64>, &'static str> {
    let base = if old && work.given.choice("sector") == Some("state") {
        base_salary(day)
    } else {
        if old && work.given.choice("sector").is_none() {
            work.assume("lương do người sử dụng lao động quyết định (không phải lương Nhà nước quy định)");
        }
        if let Some(minimum) = work.given.money("minimum_wage") {
            work.assume("dùng mức lương tối thiểu bạn đưa ra");
            return Ok(Some(minimum * law.cap_times.value));
        }
        let Some(region) = work.need_choice("region") else { return Ok(None) };
        let counted = if old { day } else { last_paid(work, day) };
        monthly_minimum(region, counted)
    }?;
    let cap = base.value * law.cap_times.value;
    work.by_rule(format!("{} × {} lần = {}.", dong(base.value), law.cap_times.value, dong(cap)), &base);
    Ok(Some(cap))
}

fn last_paid(work: &mut Work<'_>, end: Date) -> Date {
    work.given.day("last_paid").unwrap_or_else(|| {
        work.assume("tháng cuối cùng đóng bảo hiểm thất nghiệp là tháng nghỉ việc");
        end
    })
}

fn duration(work: &mut Work<'_>, law: &Benefit, paid: i64, old: bool) {
    let more = (paid - law.first_to.value).max(0).div_euclid(law.each.value);
    let months = (law.first_months.value + more).min(law.most.value);
    work.count("months", "Số tháng được hưởng", Ratio::whole(months), Unit::Months);
    work.by_rule(
        format!(
            "Đóng {paid} tháng: {} tháng cho {} tháng đầu, thêm 1 tháng cho mỗi {} tháng, tối đa {}: {months} tháng.",
            law.first_months.value, law.first_to.value, law.each.value, law.most.value
        ),
        &law.first_months,
    );
    let monthly = work.outcome.figures.iter().find_map(|figure| match (figure.name, &figure.amount) {
        ("monthly", Amount::Money(value)) => Some(*value),
        _ => None,
    });
    if let Some(monthly) = monthly {
        work.money("total", "Tổng trợ cấp nếu hưởng hết", monthly * months);
    }
    let used = law.first_to.value + more * law.each.value;
    if !old {
        work.leave_out("số tháng lẻ được bảo lưu: theo quy định của Chính phủ, chưa có trong kho");
    } else if law.first_to.value < paid && months < law.most.value {
        work.count("carried_over", "Số tháng đóng được bảo lưu", Ratio::whole(paid - used), Unit::Months);
        work.step(
            format!("{paid} − {used} = {} tháng lẻ được bảo lưu cho lần sau.", paid - used),
            &[DECREE_28.clause("18", "7")],
        );
    } else if paid <= law.first_to.value {
        work.count("carried_over", "Số tháng đóng được bảo lưu", Ratio::whole(0), Unit::Months);
    }
}
