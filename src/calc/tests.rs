//! Worked examples: of decrees and circulars as numbers in our own words, and our own.

use jiff::civil::{Date, date};

use super::*;

const TODAY: Date = date(2026, 11, 24);

fn run(name: &str, inputs: &[(&str, &str)]) -> Outcome {
    run_on(name, inputs, TODAY)
}

fn run_on(name: &str, inputs: &[(&str, &str)], as_of: Date) -> Outcome {
    calculator(name).unwrap().run(inputs.iter().copied(), as_of).unwrap()
}

fn figure(outcome: &Outcome, name: &str) -> String {
    let found = outcome.figures.iter().find(|figure| figure.name == name);
    found.map_or_else(|| format!("no {name} in {:?}", outcome.figures), |figure| figure.amount.text())
}

fn check(name: &str, inputs: &[(&str, &str)], expected: &[(&str, &str)]) {
    let outcome = run(name, inputs);
    for (name, text) in expected {
        assert_eq!(figure(&outcome, name), *text, "{name} of {inputs:?}");
    }
    assert!(outcome.steps.iter().all(|step| !step.sources.is_empty()), "an uncited step: {:?}", outcome.steps);
}

#[test]
fn names_and_fields_are_distinct_and_every_rule_is_cited() {
    let names: std::collections::BTreeSet<&str> = CALCULATORS.iter().map(|calculator| calculator.name).collect();
    assert_eq!(names.len(), CALCULATORS.len());
    for calculator in CALCULATORS {
        let fields: std::collections::BTreeSet<&str> = calculator.fields.iter().map(|field| field.name).collect();
        assert_eq!(fields.len(), calculator.fields.len(), "{}", calculator.name);
        assert!(!calculator.rules.is_empty(), "{}", calculator.name);
        for rule in calculator.rules {
            assert!(rule.to.is_none_or(|to| rule.from < to), "{rule:?}");
            assert!(rule.stands.chars().any(char::is_alphanumeric), "{rule:?}");
        }
        // Nothing given is never a failure, and says what is needed.
        let outcome = calculator.run([], TODAY).unwrap();
        let told = !outcome.missing.is_empty() || !outcome.missing_documents.is_empty();
        assert!(told, "{} asks for nothing", calculator.name);
    }
}

#[test]
fn notice_by_side_contract_and_reason() {
    check(
        "notice",
        &[("side", "worker"), ("contract", "indefinite"), ("notice_date", "2026-11-02")],
        &[("notice", "45 ngày"), ("last_day", "17/12/2026"), ("first_day_off", "18/12/2026")],
    );
    check(
        "notice",
        &[("side", "worker"), ("contract", "fixed_under_12"), ("notice_date", "2026-11-20")],
        &[("notice", "3 ngày làm việc"), ("last_day", "25/11/2026")],
    );
    check(
        "notice",
        &[("side", "employer"), ("contract", "indefinite"), ("reason", "long_illness")],
        &[("notice", "3 ngày làm việc")],
    );
    check("notice", &[("side", "worker"), ("contract", "indefinite"), ("reason", "unpaid")], &[("notice", "0 ngày")]);
    check(
        "notice",
        &[("side", "worker"), ("contract", "indefinite"), ("special_job", "yes")],
        &[("notice", "120 ngày")],
    );
    let special = [("side", "worker"), ("contract", "fixed_under_12"), ("special_job", "yes"), ("term_days", "90")];
    check("notice", &special, &[("notice", "23 ngày")]);
    check("notice", &[("contract", "probation")], &[("notice", "0 ngày")]);
    check(
        "notice",
        &[("side", "worker"), ("contract", "fixed_12_36"), ("reason", "hardship")],
        &[("notice", "30 ngày")],
    );
}

/// What happened from May 2013 to the end of 2020 goes by the code of 2012, whatever day is looked at;
/// what its decrees said is named, not guessed.
#[test]
fn the_code_of_2012_by_the_day_of_the_event() {
    let notice = |side, contract, reason, day| {
        let mut inputs = vec![("side", side), ("contract", contract), ("notice_date", day)];
        inputs.extend((!str::is_empty(reason)).then_some(("reason", reason)));
        run("notice", &inputs)
    };
    for (side, contract, reason, days) in [
        ("worker", "indefinite", "", "45 ngày"),
        ("worker", "fixed_12_36", "unpaid", "3 ngày làm việc"),
        ("worker", "fixed_under_12", "long_illness", "3 ngày làm việc"),
        ("worker", "fixed_12_36", "hardship", "30 ngày"),
        ("worker", "fixed_under_12", "hardship", "3 ngày làm việc"),
        ("employer", "fixed_12_36", "performance", "30 ngày"),
        ("employer", "indefinite", "long_illness", "3 ngày làm việc"),
    ] {
        let outcome = notice(side, contract, reason, "2019-03-04");
        assert_eq!(figure(&outcome, "notice"), days, "{side} {contract} {reason}");
        assert!(outcome.steps.iter().flat_map(|step| &step.sources).any(|source| source.law.number == "10/2012/QH13"));
    }
    // A ground the old code did not know, none given, and the day before the new one.
    assert_eq!(figure(&notice("worker", "fixed_12_36", "none", "2020-12-31"), "allowed"), "Không");
    assert_eq!(notice("worker", "fixed_12_36", "", "2020-12-31").missing[0].field.name, "reason");
    assert_eq!(figure(&notice("worker", "fixed_12_36", "none", "2021-01-01"), "notice"), "30 ngày");
    assert_eq!(figure(&notice("worker", "indefinite", "unpaid", "2021-01-01"), "notice"), "0 ngày");
    let first = notice("worker", "indefinite", "", "2013-04-30");
    assert_eq!((first.figures.len(), first.missing_documents[0].number), (0, "35-L/CTN"));
    let uncounted = notice("worker", "indefinite", "", "2016-12-31");
    assert_eq!((uncounted.figures.len(), uncounted.missing_documents[0].number), (1, "33/2005/QH11"));
}

#[test]
fn allowances_leave_and_terms_of_the_code_of_2012() {
    let left =
        |name, end| run(name, &[("wage", "10 triệu"), ("start", "2017-01-01"), ("end", end), ("insured_months", "0")]);
    assert_eq!(figure(&left("severance", "2020-12-31"), "allowance"), "20.000.000 đồng");
    assert_eq!(figure(&left("job-loss", "2019-12-31"), "allowance"), "30.000.000 đồng");
    for (end, full, odd) in [("2020-11-30", "15.000.000 đồng", true), ("2021-01-31", "20.000.000 đồng", true)] {
        let outcome = left("severance", end);
        assert_eq!(figure(&outcome, "allowance_full_years"), full);
        assert_eq!(outcome.missing_documents.iter().any(|d| d.number == "05/2015/NĐ-CP"), odd, "{end}");
    }
    assert_eq!(figure(&left("severance", "2021-02-01"), "allowance"), "22.500.000 đồng");
    let dismissed = [("reason", "disciplined"), ("end", "2018-05-02")];
    let dismissed = run("severance", &dismissed);
    assert_eq!((figure(&dismissed, "allowance").as_str(), dismissed.steps[0].sources[0].article), ("0 đồng", "48"));

    let leave = run("annual-leave", &[("condition", "heavy"), ("years", "5"), ("months", "5"), ("date", "2020-06-01")]);
    assert_eq!(
        (figure(&leave, "days").as_str(), leave.missing_documents[0].number),
        ("6,25 ngày làm việc", "45/2013/NĐ-CP")
    );
    check(
        "annual-leave",
        &[("condition", "normal"), ("years", "6"), ("date", "2020-06-01")],
        &[("days", "13 ngày làm việc")],
    );
    let trial = |job, start| run("probation", &[("job", job), ("start", start)]);
    assert_eq!(figure(&trial("college", "2020-11-01"), "length_max"), "60 ngày");
    assert!(trial("manager", "2020-12-31").figures.iter().all(|figure| figure.name != "length_max"));
    assert_eq!(figure(&trial("manager", "2021-01-01"), "length_max"), "180 ngày");
    let late =
        run("late-payment", &[("amount", "10 triệu"), ("due", "2020-03-10"), ("paid", "2020-04-20"), ("rate", "5")]);
    assert_eq!((late.figures.len(), late.missing_documents[0].number), (0, "05/2015/NĐ-CP"));
    for (kind, from, last) in [
        ("mediation", "2020-05-31", "30/11/2020"),
        ("court", "2020-12-31", "31/12/2021"),
        ("collective_mediation", "2019-11-29", "30/11/2020"),
        ("discipline_assets", "2020-03-02", "02/03/2021"),
        ("maternity_file", "2025-05-02", "16/06/2025"),
        ("unemployment_file", "2025-10-01", "02/01/2026"),
    ] {
        check("limitation", &[("kind", kind), ("from", from)], &[("last_day", last)]);
    }
    check("limitation", &[("kind", "arbitration"), ("from", "2020-06-01")], &[("within", "Không")]);
}

#[test]
fn overtime_goes_by_the_date_of_the_work() {
    for (date, percent) in [
        ("2026-02-17", "300%"),
        ("2026-02-19", "300%"),
        ("2026-04-26", "300%"),
        ("2026-09-02", "300%"),
        ("2026-11-29", "200%"),
        ("2026-11-30", "150%"),
        ("2019-09-02", "300%"),
        ("2019-09-03", "150%"),
    ] {
        check("overtime", &[("date", date)], &[("percent", percent)]);
    }
    // A holiday is one whatever was chosen; where a yearly decision says, the choice counts.
    check("overtime", &[("date", "2026-01-01"), ("day", "weekday")], &[("percent", "300%")]);
    check("overtime", &[("date", "2026-02-16"), ("day", "holiday")], &[("percent", "300%")]);
    for unsure in ["2026-02-16", "2026-09-01", "2026-11-28", "2041-02-01"] {
        let outcome = run("overtime", &[("date", unsure)]);
        assert_eq!((outcome.figures.len(), outcome.missing[0].field.name), (0, "day"), "{unsure}");
    }
    let night = [("date", "2020-11-02"), ("day", "weekday"), ("night", "yes")];
    check("overtime", &night, &[("percent", "200%")]);
    let named = run("overtime", &[("date", "2020-11-01"), ("night", "yes")]);
    assert_eq!((named.figures.len(), named.missing_documents[0].number), (0, "05/2015/NĐ-CP"));
    let hours = |date, hours| run("overtime", &[("date", date), ("month_overtime_hours", hours)]);
    assert_eq!(figure(&hours("2020-06-01", "35"), "within_limit"), "Không");
    assert_eq!(figure(&hours("2021-06-01", "35"), "within_limit"), "Có");
    assert_eq!(figure(&hours("2022-03-31", "41"), "within_limit"), "Không");
    let open = hours("2022-04-01", "41");
    assert!(figure(&open, "within_limit").starts_with("no "));
    assert_eq!(open.missing_documents[0].number, "17/2022/UBTVQH15");
}

#[test]
fn overtime_percentages() {
    for (day, night, before, percent) in [
        ("weekday", "no", "no", "150%"),
        ("weekday", "yes", "no", "200%"),
        ("weekday", "yes", "yes", "210%"),
        ("weekly_rest", "no", "no", "200%"),
        ("weekly_rest", "yes", "no", "270%"),
        ("holiday", "no", "no", "300%"),
        ("holiday", "yes", "no", "390%"),
    ] {
        check("overtime", &[("day", day), ("night", night), ("day_overtime_before", before)], &[("percent", percent)]);
    }
    check("overtime", &[("day", "weekday"), ("night", "yes"), ("overtime", "no")], &[("percent", "130%")]);
    check("overtime", &[("day", "holiday"), ("night", "yes"), ("overtime", "no")], &[("percent", "390%")]);
    let paid = [("day", "holiday"), ("monthly_wage", "10,4 triệu"), ("month_hours", "208"), ("hours", "4,5")];
    check("overtime", &paid, &[("per_hour", "150.000 đồng"), ("total", "675.000 đồng")]);
    check("overtime", &[("day", "weekday"), ("day_hours", "5")], &[("within_limit", "Không")]);
}

#[test]
fn severance_counts_half_years() {
    let wage = ("wage", "10 triệu");
    for (months, insured, allowance) in [
        ("36", "0", "15.000.000 đồng"),
        ("37", "0", "17.500.000 đồng"),
        ("42", "0", "17.500.000 đồng"),
        ("43", "0", "20.000.000 đồng"),
        ("43", "43", "0 đồng"),
        ("11", "0", "0 đồng"),
        ("60", "48", "5.000.000 đồng"),
    ] {
        check("severance", &[wage, ("months", months), ("insured_months", insured)], &[("allowance", allowance)]);
    }
    let dates = [wage, ("start", "2018-01-01"), ("end", "2020-12-31"), ("insured_months", "0")];
    check("severance", &dates, &[("allowance", "15.000.000 đồng")]);
    let odd = [wage, ("start", "2022-01-01"), ("end", "2022-07-15"), ("insured_months", "0")];
    check("severance", &odd, &[("allowance", "0 đồng")]);
    check("job-loss", &[wage, ("months", "43"), ("insured_months", "0")], &[("allowance", "40.000.000 đồng")]);
    check("job-loss", &[wage, ("months", "43"), ("insured_months", "43")], &[("allowance", "20.000.000 đồng")]);
    check("severance", &[("reason", "absence")], &[("allowance", "0 đồng")]);
    let open = run("severance", &[wage, ("months", "40")]);
    assert_eq!(open.missing[0].field.name, "insured_months");
}

/// The two examples of circular 20/2023 on work at sea: 16 years give 15 days, 9 months of a
/// first year give 9.
#[test]
fn annual_leave_as_the_circular_counts_it() {
    check("annual-leave", &[("condition", "normal"), ("years", "16")], &[("days", "15 ngày làm việc")]);
    check("annual-leave", &[("condition", "normal"), ("years", "0"), ("months", "9")], &[("days", "9 ngày làm việc")]);
    let left = [
        ("condition", "heavy"),
        ("years", "5"),
        ("months", "7"),
        ("taken", "2"),
        ("wage", "13000000"),
        ("month_days", "26"),
    ];
    check("annual-leave", &left, &[("days", "8,75 ngày làm việc"), ("payment", "3.375.000 đồng")]);
}

#[test]
fn probation_lengths_and_pay() {
    check(
        "probation",
        &[("job", "college"), ("wage", "10 triệu"), ("trial_wage", "8 triệu"), ("length", "90")],
        &[
            ("length_max", "60 ngày"),
            ("length_allowed", "Không"),
            ("pay_min", "8.500.000 đồng"),
            ("pay_allowed", "Không"),
        ],
    );
    let other = [("job", "other"), ("start", "2026-11-02")];
    check("probation", &other, &[("length_max", "6 ngày làm việc"), ("last_day", "09/11/2026")]);
    check("probation", &[("job", "intermediate"), ("start", "2026-11-02")], &[("last_day", "01/12/2026")]);
}

/// Rows of the two annexes of decree 135/2020; `tests/it/calc_rules.rs` compares all of them.
#[test]
fn retirement_by_month_of_birth() {
    for (sex, condition, born, age, pension) in [
        ("male", "normal", "1/1961", "60 tuổi 3 tháng", "01/05/2021"),
        ("male", "normal", "9/1961", "60 tuổi 3 tháng", "01/01/2022"),
        ("male", "normal", "10/1961", "60 tuổi 6 tháng", "01/05/2022"),
        ("male", "normal", "3/1966", "61 tuổi 9 tháng", "01/01/2028"),
        ("male", "normal", "4/1966", "62 tuổi", "01/05/2028"),
        ("female", "normal", "8/1966", "55 tuổi 4 tháng", "01/01/2022"),
        ("female", "normal", "5/1975", "60 tuổi", "01/06/2035"),
        ("female", "heavy", "9/1971", "50 tuổi 8 tháng", "01/06/2022"),
        ("male", "heavy", "7/1970", "56 tuổi 9 tháng", "01/05/2027"),
    ] {
        let inputs = [("sex", sex), ("condition", condition), ("born", born)];
        check("retirement", &inputs, &[("age", age), ("pension_from", pension)]);
    }
    let old = run("retirement", &[("sex", "male"), ("born", "12/1960")]);
    assert_eq!((figure(&old, "age").as_str(), old.figures.len()), ("60 tuổi", 1));
    assert!(run("retirement", &[("sex", "female"), ("born", "1/1950")]).figures.is_empty());
}

/// Averages of two mothers in circular 59/2015, then the law's months.
#[test]
fn maternity_by_the_law_of_the_day_of_birth() {
    let mother =
        |birth, wage| run("maternity", &[("birth", birth), ("wage", wage), ("paid_months", "6"), ("order", "first")]);
    let of_2016 = mother("16/3/2016", "5.500.000");
    assert_eq!(figure(&of_2016, "allowance"), "33.000.000 đồng");
    assert_eq!(of_2016.steps[0].sources[0].law.number, "58/2014/QH13");
    assert_eq!(of_2016.missing_documents.len(), 1);
    assert_eq!(figure(&mother("13/5/2017", "7.500.000"), "allowance"), "45.000.000 đồng");
    let now = mother("2026-11-02", "10 triệu");
    assert_eq!(
        (figure(&now, "allowance"), figure(&now, "one_off")),
        ("60.000.000 đồng".into(), "5.060.000 đồng".into())
    );
    let twins = [
        ("birth", "2026-03-02"),
        ("wage", "10 triệu"),
        ("children", "2"),
        ("paid_months", "12"),
        ("leave_start", "2026-02-01"),
    ];
    check("maternity", &twins, &[("leave_months", "7 tháng"), ("last_day", "31/08/2026")]);
    let second =
        run("maternity", &[("birth", "2026-11-02"), ("wage", "10 triệu"), ("order", "second"), ("paid_months", "6")]);
    assert_eq!(figure(&second, "one_off"), "5.060.000 đồng");
    assert!(second.missing_documents.iter().any(|document| document.number == "113/2025/QH15"));
    assert!(figure(&second, "leave_months").starts_with("no "));
}

#[test]
fn a_fathers_days() {
    for (birth, children, surgery, order, days) in [
        ("2025-06-30", "1", "no", "second", "5 ngày làm việc"),
        ("2025-06-30", "3", "yes", "first", "14 ngày làm việc"),
        ("2025-07-01", "3", "yes", "first", "17 ngày làm việc"),
        ("2025-07-01", "3", "no", "first", "13 ngày làm việc"),
        ("2026-06-30", "1", "yes", "second", "7 ngày làm việc"),
        ("2026-07-01", "1", "yes", "second", "10 ngày làm việc"),
    ] {
        let inputs = [("birth", birth), ("children", children), ("surgery", surgery), ("order", order)];
        check("paternity", &inputs, &[("days", days)]);
    }
    check("paternity", &[("birth", "2026-07-02"), ("wage", "12 triệu")], &[("allowance", "2.500.000 đồng")]);
}

/// Examples of circular 59/2015: days left after a change of work, and a long illness by months.
#[test]
fn sick_leave_as_the_circular_counts_it() {
    let on = ("date", "2016-10-25");
    let own = |heavy, years, taken, days| {
        run(
            "sick-leave",
            &[on, ("kind", "own"), ("heavy", heavy), ("insured_years", years), ("taken", taken), ("days", days)],
        )
    };
    assert_eq!(figure(&own("yes", "13", "30", "7"), "days_paid"), "7 ngày làm việc");
    assert_eq!(figure(&own("no", "10", "37", "3"), "days_paid"), "0 ngày làm việc");
    let long = [
        ("kind", "long_term"),
        ("date", "29/5/2021"),
        ("end", "25/8/2021"),
        ("insured_years", "10"),
        ("wage", "8 triệu"),
    ];
    check("sick-leave", &long, &[("allowance", "18.000.000 đồng")]);
    let child = [("kind", "child"), ("date", "2026-03-02"), ("child_age", "3"), ("days", "2,3"), ("wage", "9,6 triệu")];
    check(
        "sick-leave",
        &child,
        &[("days_max", "15 ngày làm việc"), ("days_paid", "2,5 ngày làm việc"), ("allowance", "750.000 đồng")],
    );
}

/// Examples of circular 28/2015: the wages of two people, a capped one, and months carried over.
#[test]
fn unemployment_as_the_circular_counts_it() {
    let amount = |wage, minimum| {
        run("unemployment", &[("end", "2015-07-01"), ("months", "24"), ("wage", wage), ("minimum_wage", minimum)])
    };
    assert_eq!(figure(&amount("3.333.333", "3.100.000"), "monthly"), "2.000.000 đồng");
    assert_eq!(figure(&amount("7.500.000", "3.100.000"), "monthly"), "4.500.000 đồng");
    assert_eq!(figure(&amount("55.000.000", "2.400.000"), "monthly"), "12.000.000 đồng");
    for (months, benefit, carried) in
        [("47", "3", "11"), ("35", "3", "0"), ("38", "3", "2"), ("48", "4", "0"), ("12", "3", "0")]
    {
        let outcome = run("unemployment", &[("end", "2015-03-24"), ("months", months)]);
        assert_eq!(figure(&outcome, "months"), format!("{benefit} tháng"));
        assert_eq!(figure(&outcome, "carried_over"), format!("{carried} tháng"));
    }
    let now = [("end", "2026-06-15"), ("months", "100"), ("wage", "60 triệu"), ("region", "I")];
    check("unemployment", &now, &[("monthly", "26.550.000 đồng"), ("months", "8 tháng"), ("file_by", "15/09/2026")]);
    let held_no_more =
        run("unemployment", &[("end", "2025-06-15"), ("months", "20"), ("wage", "10 triệu"), ("region", "I")]);
    assert_eq!(held_no_more.missing_documents[0].number, "74/2024/NĐ-CP");
    assert_eq!(figure(&held_no_more, "before_cap"), "6.000.000 đồng");
    check("unemployment", &[("end", "2026-02-01"), ("months", "11")], &[("monthly", "0 đồng")]);
}

#[test]
fn minimum_wages_by_day() {
    for (day, region, monthly) in [
        ("2022-07-01", "II", "4.160.000 đồng"),
        ("2024-06-30", "I", "4.680.000 đồng"),
        ("2026-01-01", "IV", "3.700.000 đồng"),
    ] {
        check("minimum-wage", &[("date", day), ("region", region)], &[("monthly_minimum", monthly)]);
    }
    for (day, number) in
        [("2024-07-01", "74/2024/NĐ-CP"), ("2025-12-31", "74/2024/NĐ-CP"), ("2022-06-30", "90/2019/NĐ-CP")]
    {
        let outcome = run("minimum-wage", &[("date", day), ("region", "I")]);
        assert_eq!((outcome.figures.len(), outcome.missing_documents[0].number), (0, number));
    }
    check("minimum-wage", &[("region", "I"), ("wage", "5 triệu")], &[("shortfall", "310.000 đồng")]);
}

#[test]
fn late_wages_union_money_and_terms() {
    let late =
        |paid| run("late-payment", &[("amount", "10 triệu"), ("due", "2026-03-10"), ("paid", paid), ("rate", "3,65")]);
    assert_eq!(figure(&late("2026-03-24"), "compensation"), "0 đồng");
    assert_eq!(figure(&late("2026-03-30"), "compensation"), "20.000 đồng");
    check(
        "union-funds",
        &[("payroll", "1 tỷ"), ("month", "10/2026")],
        &[("due", "20.000.000 đồng"), ("pay_by", "30/11/2026")],
    );
    let dues = run("union-dues", &[("wage", "10 triệu")]);
    assert_eq!((dues.figures.len(), dues.missing_documents[0].number), (0, "2399/QĐ-TLĐ"));
    check("union-dues", &[("wage", "10 triệu"), ("date", "5/2022")], &[("due", "100.000 đồng")]);
    for (kind, from, last) in [
        ("mediation", "2026-05-31", "30/11/2026"),
        ("arbitration", "2026-03-02", "02/12/2026"),
        ("court", "2025-11-22", "23/11/2026"),
        ("complaint", "2026-09-01", "30/11/2026"),
        ("discipline", "2026-06-01", "01/12/2026"),
    ] {
        check("limitation", &[("kind", kind), ("from", from)], &[("last_day", last)]);
    }
    let protected = [("kind", "discipline"), ("from", "2026-01-05"), ("protected_until", "2026-11-20")];
    check("limitation", &protected, &[("last_day", "19/01/2027")]);
    check("limitation", &[("kind", "court"), ("from", "2025-11-20")], &[("within", "Không")]);
}

#[test]
fn questions_call_for_calculators_and_state_inputs() {
    for (question, name, inputs) in [
        (
            "Tôi ký hợp đồng 24 tháng, muốn nghỉ việc thì báo trước mấy ngày?",
            "notice",
            "side=worker contract=fixed_12_36",
        ),
        ("Hợp đồng không xác định thời hạn thì báo trước bao nhiêu ngày", "notice", "contract=indefinite"),
        (
            "Tăng ca 3 tiếng ngày lễ ban đêm, lương 50.000đ một giờ thì được bao nhiêu",
            "overtime",
            "day=holiday night=yes overtime=yes hours=3 hourly_wage=50.000",
        ),
        (
            "Làm 3 năm 7 tháng, lương 10 triệu, trợ cấp thôi việc tính thế nào?",
            "severance",
            "wage=10.000.000 months=43",
        ),
        ("Nữ sinh tháng 9 năm 1968 thì về hưu khi nào?", "retirement", "sex=female born=9/1968"),
        ("Lương tối thiểu vùng II bây giờ là bao nhiêu?", "minimum-wage", "region=II"),
        ("Kỹ sư thử việc tối đa bao lâu, lương 12 triệu", "probation", "job=college wage=12.000.000"),
        ("Vợ sinh mổ con thứ hai thì tôi được nghỉ mấy ngày", "paternity", "order=second surgery=yes"),
        (
            "Đóng bảo hiểm thất nghiệp 4 năm, lương 8 triệu rưỡi, vùng I thì hưởng trợ cấp thất nghiệp bao nhiêu",
            "unemployment",
            "months=48 wage=8.500.000 region=I",
        ),
        ("Thời hiệu khởi kiện công ty tính từ ngày 31/01/2026 đến khi nào", "limitation", "kind=court from=2026-01-31"),
        ("Làm được 7 tháng thì có mấy ngày phép năm", "annual-leave", "months=7 years=0"),
        ("Bệnh viện tôi cho mấy ngày phép năm", "annual-leave", ""),
        ("Làm ca đêm ngày thường 8 tiếng được trả bao nhiêu", "overtime", "day=weekday night=yes overtime=no hours=8"),
        ("Hết thai sản tôi nghỉ việc thì báo trước mấy ngày", "notice", "side=worker"),
    ] {
        let offer = recognise(question).unwrap_or_else(|| panic!("{question}"));
        let stated: Vec<String> = offer.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!((offer.calculator.name, stated.join(" ").as_str()), (name, inputs), "{question}");
        offer.calculator.run(offer.inputs.iter().map(|(name, value)| (*name, value.as_str())), TODAY).unwrap();
    }
    for question in [
        "Thử việc có phải đóng bảo hiểm không?",
        "Thời tiết hôm nay thế nào?",
        "Công đoàn là gì",
        "Ai ký thỏa ước?",
        "Thời hiệu kiện chia nhà đất của ông bà là bao lâu?",
        "Muốn lấy phép năm phải báo trước mấy ngày?",
        "Nghỉ việc riêng thì báo trước mấy ngày?",
        "Nghỉ phép cưới vợ được mấy ngày?",
        "Nghỉ phép đám tang ông nội được mấy ngày?",
    ] {
        assert_eq!(recognise(question), None, "{question}");
    }
}
