/*!
Compensation for wages paid late: at least the bank's interest on one-month deposits.
*/

use super::{
    Calculator,
    calendar::{day_text, days_between},
    input::{Field, Kind},
    number::{Ratio, dong},
    outcome::{Amount, Code, Outcome, Unit, Work},
    rule::{Rule, code, code_2012},
    source::{LABOUR_CODE, LABOUR_CODE_2012},
};

const FROM_DAYS: Rule = code("trả chậm từ, ngày, thì đền bù", 15, LABOUR_CODE.clause("97", "4"), "15 ngày");
const MOST_DAYS: Rule = code("không được chậm quá, ngày", 30, LABOUR_CODE.clause("97", "4"), "30 ngày");

const MOST_MONTHS_2012: Rule =
    code_2012("không được chậm quá năm 2012, tháng", 1, LABOUR_CODE_2012.article("96"), "01 tháng");

/// Days of a year for a yearly rate; the law does not say, banks publish it so.
const YEAR_DAYS: i64 = 365;

/// `late-payment`
pub const CALCULATOR: Calculator = Calculator {
    name: "late-payment",
    title: "Đền bù khi trả lương chậm",
    summary: "Tiền đền bù ít nhất khi lương bị trả chậm, theo lãi suất tiền gửi 1 tháng của ngân hàng.",
    fields: &[
        Field::needed("amount", "Số tiền lương trả chậm", Kind::Money),
        Field::needed("due", "Ngày phải trả", Kind::Day),
        Field::needed("paid", "Ngày thực trả (hoặc hôm nay)", Kind::Day),
        Field::needed("rate", "Lãi suất tiền gửi kỳ hạn 1 tháng, % một năm", Kind::Decimal { max: 100 })
            .hint("do ngân hàng nơi trả lương công bố vào lúc trả"),
    ],
    rules: &[FROM_DAYS, MOST_DAYS, MOST_MONTHS_2012],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    work.on_day_of("due");
    match work.code() {
        None => return work.finish(),
        Some(Code::Of2012) => {
            work.by_rule(
                format!(
                    "Không được chậm quá {} tháng và phải trả thêm ít nhất bằng lãi suất huy động tiền gửi lúc trả lương.",
                    MOST_MONTHS_2012.value
                ),
                &MOST_MONTHS_2012,
            );
            work.lacks("05/2015/NĐ-CP", "chậm từ bao nhiêu ngày thì phải trả thêm và cách tính tiền trả thêm");
            return work.finish();
        }
        Some(Code::Of2019) => {}
    }
    let (due, paid) = (work.need_day("due"), work.need_day("paid"));
    let (amount, rate) = (work.need_money("amount"), work.given.decimal("rate"));
    if rate.is_none() {
        work.need("rate");
    }
    let (Some(due), Some(paid)) = (due, paid) else {
        work.by_rule(
            format!("Chậm từ {} ngày trở lên thì phải đền bù ít nhất bằng tiền lãi.", FROM_DAYS.value),
            &FROM_DAYS,
        );
        return work.finish();
    };
    let late = days_between(due, paid).max(0);
    work.count("days_late", "Số ngày chậm", Ratio::whole(late), Unit::Days);
    work.step(
        format!("Từ {} đến {}: chậm {late} ngày.", day_text(due), day_text(paid)),
        &[LABOUR_CODE.clause("97", "4")],
    );
    if MOST_DAYS.value < late {
        work.figure("over_limit", format!("Chậm quá {} ngày", MOST_DAYS.value), Amount::Flag(true));
        work.by_rule(format!("Dù bất khả kháng cũng không được chậm quá {} ngày.", MOST_DAYS.value), &MOST_DAYS);
    }
    if late < FROM_DAYS.value {
        work.money("compensation", "Đền bù, ít nhất", 0);
        work.by_rule(format!("Chưa đến {} ngày nên luật chưa buộc đền bù tiền lãi.", FROM_DAYS.value), &FROM_DAYS);
        return work.finish();
    }
    let (Some(amount), Some(rate)) = (amount, rate) else { return work.finish() };
    let interest = (Ratio::whole(amount) * rate.over(100) * Ratio::whole(late)).over(YEAR_DAYS).ceiling();
    work.money("compensation", "Đền bù, ít nhất", interest);
    work.by_rule(
        format!("{} × {}% : {YEAR_DAYS} × {late} ngày = {}.", dong(amount), rate.text(), dong(interest)),
        &FROM_DAYS,
    );
    work.assume("lãi đơn, một năm 365 ngày, tính cho tất cả các ngày chậm: luật không nêu cách tính chi tiết");
    work.leave_out("trả chậm không do bất khả kháng còn là vi phạm, có thể bị xử phạt và người lao động được nghỉ việc không cần báo trước");
    work.finish()
}
