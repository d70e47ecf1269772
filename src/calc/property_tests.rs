//! What holds for all inputs: more service never gives less, nothing is negative, and what a
//! new law did not change stays the same across its first day.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{calendar::add_days, *};

fn run(name: &str, inputs: &[(&str, String)], as_of: Date) -> Outcome {
    let inputs = inputs.iter().map(|(name, value)| (*name, value.as_str()));
    calculator(name).unwrap().run(inputs, as_of).unwrap()
}

/// A figure as a number, money and counts alike.
fn value(outcome: &Outcome, name: &str) -> Option<number::Ratio> {
    outcome.figures.iter().find(|figure| figure.name == name).and_then(|figure| match figure.amount {
        Amount::Money(value) => Some(number::Ratio::whole(value)),
        Amount::Count(count, _) => Some(count),
        Amount::Age { years, months } => Some(number::Ratio::whole(12 * years + months)),
        Amount::Day(_) | Amount::Flag(_) => None,
    })
}

fn some_text(field: &Field, seed: u64) -> String {
    match field.kind {
        Kind::Money => (seed % 200_000_000).to_string(),
        Kind::Whole { min, max } => (min + i64::try_from(seed % 10_000).unwrap() % (max - min + 1)).to_string(),
        Kind::Decimal { max } => format!("{},{}", seed % u64::try_from(max).unwrap(), seed % 10),
        Kind::Day | Kind::Month => add_days(date(1955, 1, 1), i64::try_from(seed % 35_000).unwrap()).to_string(),
        Kind::Choice(choices) => choices[usize::try_from(seed).unwrap() % choices.len()].0.to_owned(),
        Kind::Flag => if seed.is_multiple_of(2) { "yes" } else { "no" }.to_owned(),
    }
}

proptest! {
    #[test]
    fn allowances_rise_with_service_and_wage(months in 0i64..480, insured in 0i64..200, wage in 0i64..100_000_000, more in 0i64..60) {
        for name in ["severance", "job-loss"] {
            let of = |months: i64, wage: i64| {
                let inputs = [("months", months.to_string()), ("insured_months", insured.to_string()), ("wage", wage.to_string())];
                value(&run(name, &inputs, date(2026, 1, 1)), "allowance").unwrap()
            };
            let base = of(months, wage);
            prop_assert!(number::Ratio::whole(0) <= base);
            prop_assert!(base <= of(months + more, wage));
            prop_assert!(base <= of(months, wage + more * 1_000));
        }
    }

    #[test]
    fn leave_and_benefit_months_rise_with_service(years in 0i64..55, paid in 12i64..400) {
        let leave = |years: i64| value(&run("annual-leave", &[("condition", "normal".into()), ("years", years.to_string())], date(2026, 1, 1)), "days").unwrap();
        prop_assert!(leave(years) <= leave(years + 1));
        for end in ["2025-12-31", "2026-01-01"] {
            let months = |paid: i64| value(&run("unemployment", &[("end", end.into()), ("months", paid.to_string())], date(2026, 1, 1)), "months").unwrap();
            prop_assert!(months(paid) <= months(paid + 1) && months(paid) <= number::Ratio::whole(12));
        }
    }

    #[test]
    fn what_the_new_laws_left_alone_is_the_same_across_their_first_day(wage in 0i64..40_000_000, years in 0i64..45, months in 12i64..300) {
        let sick = |day: &str| {
            let inputs = [("kind", "own".to_owned()), ("date", day.to_owned()), ("insured_years", years.to_string()), ("wage", wage.to_string()), ("days", "10".to_owned())];
            let outcome = run("sick-leave", &inputs, date(2026, 1, 1));
            (value(&outcome, "days_max"), value(&outcome, "allowance"))
        };
        prop_assert_eq!(sick("2025-06-30"), sick("2025-07-01"));
        let birth = |day: &str| {
            let inputs = [("birth", day.to_owned()), ("wage", wage.to_string()), ("paid_months", "12".to_owned())];
            value(&run("maternity", &inputs, date(2026, 1, 1)), "allowance")
        };
        prop_assert_eq!(birth("2025-06-30"), birth("2025-07-01"));
        let benefit = |day: &str| {
            let inputs = [("end", day.to_owned()), ("months", months.to_string()), ("wage", wage.to_string()), ("minimum_wage", "5000000".to_owned())];
            let outcome = run("unemployment", &inputs, date(2026, 1, 1));
            (value(&outcome, "monthly"), value(&outcome, "months"))
        };
        prop_assert_eq!(benefit("2025-12-31"), benefit("2026-01-01"));
    }

    /// Between the codes of 2012 and 2019 severance for full years, leave for full years, the wage of a
    /// trial and the rates of overtime by daylight are the same; the hours of a month jump from 30 to 40.
    #[test]
    fn the_code_of_2019_left_alone_what_it_did_not_change(years in 1i64..40, wage in 0i64..60_000_000, hours in 0i64..60) {
        let days = ["2020-12-31", "2021-01-01"];
        for name in ["severance", "job-loss"] {
            let of = |end: &str| {
                let inputs = [("end", end.to_owned()), ("months", (12 * years).to_string()), ("insured_months", "0".to_owned()), ("wage", wage.to_string())];
                value(&run(name, &inputs, date(2026, 1, 1)), "allowance")
            };
            prop_assert!(of(days[0]).is_some());
            prop_assert_eq!(of(days[0]), of(days[1]));
        }
        let leave = |day: &str| value(&run("annual-leave", &[("condition", "heavy".into()), ("years", years.to_string()), ("date", day.into())], date(2026, 1, 1)), "days");
        prop_assert_eq!(leave(days[0]), leave(days[1]));
        let trial = |day: &str| value(&run("probation", &[("job", "college".into()), ("wage", wage.to_string()), ("start", day.into())], date(2026, 1, 1)), "pay_min");
        prop_assert_eq!(trial(days[0]), trial(days[1]));
        let rate = |day: &str| value(&run("overtime", &[("day", "weekly_rest".into()), ("date", day.into())], date(2026, 1, 1)), "percent");
        prop_assert_eq!(rate("2020-12-27"), rate("2021-01-03"));
        let within = |day: &str| {
            let outcome = run("overtime", &[("month_overtime_hours", hours.to_string()), ("date", day.into())], date(2026, 1, 1));
            outcome.figures.into_iter().find(|figure| figure.name == "within_limit").map(|figure| (figure.amount, outcome.steps[0].sources[0].citation().to_string()))
        };
        let (before, after) = (within("2020-12-30").unwrap(), within("2021-01-04").unwrap());
        prop_assert_eq!(before.0, Amount::Flag(hours <= 30));
        prop_assert_eq!(after.0, Amount::Flag(hours <= 40));
        prop_assert!(before.1.contains("10/2012/QH13") && after.1.contains("45/2019/QH14"), "{} {}", before.1, after.1);
    }

    /// More service never gives less, for each code and each length.
    #[test]
    fn benefits_never_fall_with_service(years in 0i64..44, day in 0i64..4_500, wage in 0i64..60_000_000) {
        let on = add_days(date(2016, 1, 1), day).to_string();
        let with = |name: &str, field: &'static str, amount: i64, rest: &[(&'static str, &str)], figure: &str| {
            let mut inputs = vec![(field, amount.to_string()), ("wage", wage.to_string())];
            inputs.extend(rest.iter().map(|(name, value)| (*name, (*value).to_owned())));
            value(&run(name, &inputs, date(2026, 1, 1)), figure)
        };
        let leave = |years| with("annual-leave", "years", years, &[("condition", "normal"), ("date", &on)], "days").unwrap();
        prop_assert!(leave(years) <= leave(years + 1));
        let sick = |years| with("sick-leave", "insured_years", years, &[("kind", "own"), ("date", &on), ("days", "70")], "allowance").unwrap();
        prop_assert!(sick(years) <= sick(years + 1));
        let paid = |months| with("unemployment", "months", months, &[("end", &on), ("minimum_wage", "4000000")], "total").unwrap();
        prop_assert!(paid(12 + 3 * years) <= paid(13 + 3 * years));
        for name in ["severance", "job-loss"] {
            let owed = |months: i64| {
                let rest = [("end", on.as_str()), ("insured_months", "0")];
                let full = with(name, "months", months, &rest, "allowance_full_years");
                with(name, "months", months, &rest, "allowance").or(full).unwrap()
            };
            prop_assert!(owed(7 * years) <= owed(7 * years + 5));
        }
    }

    #[test]
    fn later_births_never_retire_earlier(year in 1961i64..2010, month in 1i64..13) {
        for sex in ["male", "female"] {
            for condition in ["normal", "heavy", "mining"] {
                let of = |year: i64, month: i64| {
                    let inputs = [("sex", sex.to_owned()), ("condition", condition.to_owned()), ("born", format!("{month}/{year}"))];
                    run("retirement", &inputs, date(2026, 1, 1)).figures.into_iter().find(|f| f.name == "retires_on").map(|f| f.amount)
                };
                let next = if month == 12 { of(year + 1, 1) } else { of(year, month + 1) };
                if let (Some(Amount::Day(this)), Some(Amount::Day(next))) = (of(year, month), next) {
                    prop_assert!(this < next);
                }
            }
        }
    }

    /// Any mix of inputs gives a result without negative figures and with every step cited.
    #[test]
    fn no_inputs_break_a_calculator(which in 0usize..CALCULATORS.len(), seeds in proptest::collection::vec(any::<(bool, u64)>(), 16), day in 0i64..45_000) {
        let calculator = CALCULATORS[which];
        let inputs: Vec<(&str, String)> = calculator
            .fields
            .iter()
            .zip(&seeds)
            .filter(|(_, (given, _))| *given)
            .map(|(field, (_, seed))| (field.name, some_text(field, *seed)))
            .collect();
        let outcome = run(calculator.name, &inputs, add_days(date(1950, 1, 1), day));
        for figure in &outcome.figures {
            prop_assert!(value(&outcome, figure.name).is_none_or(|value| number::Ratio::whole(0) <= value), "{:?}", figure);
        }
        prop_assert!(outcome.steps.iter().all(|step| !step.sources.is_empty()));
        prop_assert!(!outcome.figures.is_empty() || !outcome.missing.is_empty() || !outcome.missing_documents.is_empty() || !outcome.not_covered.is_empty());
    }

    #[test]
    fn no_question_breaks_the_reading(text in "\\PC{0,60}") {
        recognise(&text);
        recognise(&format!("trợ cấp thôi việc bao nhiêu {text}"));
    }
}
