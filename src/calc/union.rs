/*!
Union money: the employer's 2 % (kinh phí công đoàn) and members' dues (đoàn phí).
*/

use jiff::civil::{Date, date};

use super::{
    Calculator,
    calendar::{add_months, day_text},
    input::{Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Outcome, Work},
    rule::Rule,
    source::{CHARTER_12, DECREE_105, DECREE_191, UNION_2012, UNION_2024},
};

const FUNDS_2012: Rule = Rule {
    name: "kinh phí công đoàn, %",
    value: 2,
    from: date(2013, 1, 1),
    to: Some(date(2025, 6, 30)),
    source: UNION_2012.clause("26", "2"),
    stands: "2%",
};
const FUNDS_2024: Rule = Rule {
    name: "kinh phí công đoàn, %",
    value: 2,
    from: date(2025, 7, 1),
    to: None,
    source: UNION_2024.point("29", "1", "b"),
    stands: "2%",
};
/// The charter of the thirteenth congress replaced this one in 2024; its day is not known here.
const DUES_12: Rule = Rule {
    name: "đoàn phí, % tiền lương",
    value: 1,
    from: date(2020, 2, 3),
    to: Some(date(2023, 12, 31)),
    source: CHARTER_12.clause("26", "1"),
    stands: "1%",
};

/// First day of the decree that sets the day by which funds are paid.
const DECREE_105_FROM: Date = date(2026, 5, 16);

/// `union-funds`
pub const FUNDS: Calculator = Calculator {
    name: "union-funds",
    title: "Kinh phí công đoàn 2%",
    summary: "Số tiền đơn vị sử dụng lao động phải đóng và hạn đóng.",
    fields: &[
        Field::needed("payroll", "Quỹ lương làm căn cứ đóng bảo hiểm xã hội, một tháng", Kind::Money),
        Field::optional("month", "Tháng phải đóng", Kind::Month).hint("bỏ trống: tháng đang xem luật"),
    ],
    rules: &[FUNDS_2012, FUNDS_2024],
    work: funds,
};

fn funds(mut work: Work<'_>) -> Outcome {
    let month = work.given.day("month").unwrap_or(work.outcome.as_of);
    work.outcome.as_of = month;
    if !work.holds_from(UNION_2012, FUNDS_2012.from) {
        return work.finish();
    }
    let rule = if FUNDS_2012.holds_on(month) { FUNDS_2012 } else { FUNDS_2024 };
    match work.need_money("payroll") {
        Some(payroll) => {
            let due = (Ratio::whole(payroll) * Ratio::percent(rule.value)).rounded();
            work.money("due", "Kinh phí công đoàn một tháng", due);
            work.by_rule(format!("{} × {}% = {}.", dong(payroll), rule.value, dong(due)), &rule);
        }
        None => {
            work.by_rule(format!("Mức đóng {}% quỹ lương làm căn cứ đóng bảo hiểm xã hội bắt buộc.", rule.value), &rule)
        }
    }
    if DECREE_105_FROM <= month {
        let last = add_months(month.first_of_month(), 1).last_of_month();
        work.figure("pay_by", "Đóng chậm nhất", Amount::Day(last));
        work.step(
            format!("Đóng theo tháng: chậm nhất ngày cuối của tháng tiếp theo, {}.", day_text(last)),
            &[DECREE_105.point("4", "2", "a")],
        );
        work.leave_out("đóng ba tháng một lần của nơi trả lương theo chu kỳ sản xuất");
    } else {
        work.step("Đóng mỗi tháng một lần cùng lúc với bảo hiểm xã hội bắt buộc.", &[DECREE_191.clause("6", "2")]);
    }
    work.leave_out("trường hợp được miễn, giảm, tạm dừng đóng");
    work.finish()
}

/// `union-dues`
pub const DUES: Calculator = Calculator {
    name: "union-dues",
    title: "Đoàn phí công đoàn",
    summary: "Số tiền đoàn viên đóng hằng tháng theo Điều lệ Công đoàn Việt Nam.",
    fields: &[
        Field::needed("wage", "Tiền lương tháng", Kind::Money),
        Field::optional("date", "Tháng đóng", Kind::Month).hint("bỏ trống: tháng đang xem luật"),
    ],
    rules: &[DUES_12],
    work: dues,
};

fn dues(mut work: Work<'_>) -> Outcome {
    let month = work.given.day("date").unwrap_or(work.outcome.as_of);
    work.outcome.as_of = month;
    let source =
        if FUNDS_2012.holds_on(month) { UNION_2012.clause("26", "1") } else { UNION_2024.point("29", "1", "a") };
    work.step("Đoàn phí do đoàn viên đóng theo Điều lệ Công đoàn Việt Nam.", &[source]);
    if !DUES_12.holds_on(month) {
        let number = if DUES_12.from <= month { "2399/QĐ-TLĐ" } else { "Điều lệ trước 174/QĐ-TLĐ" };
        work.lacks(number, format!("mức đoàn phí ngày {}", day_text(month)));
        return work.finish();
    }
    match work.need_money("wage") {
        Some(wage) => {
            let due = (Ratio::whole(wage) * Ratio::percent(DUES_12.value)).rounded();
            work.money("due", "Đoàn phí một tháng, chưa xét mức trần", due);
            work.by_rule(format!("{} × {}% = {}.", dong(wage), DUES_12.value, dong(due)), &DUES_12);
        }
        None => work.by_rule(format!("Đoàn phí bằng {}% tiền lương.", DUES_12.value), &DUES_12),
    }
    work.leave_out("mức trần và đối tượng riêng theo hướng dẫn của Tổng Liên đoàn, chưa có trong kho");
    work.finish()
}
