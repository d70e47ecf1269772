/*!
How long before leaving, or before dismissing, notice must be given.
*/

use super::{
    Calculator,
    calendar::{add_days, add_working_days, day_text},
    holiday::is_unsure,
    input::{Choice, Field, Kind},
    notice_2012,
    number::Ratio,
    outcome::{Amount, Code, Outcome, Unit, Work},
    rule::{DECREE_145_FROM, Rule, code, decree_145},
    source::{CIVIL_CODE, DECREE_145, LABOUR_CODE, Source},
};

const SIDES: &[Choice] = &[("worker", "Người lao động"), ("employer", "Người sử dụng lao động")];

/// Kinds of contract that notice depends on.
pub const CONTRACTS: &[Choice] = &[
    ("indefinite", "Không xác định thời hạn"),
    ("fixed_12_36", "Xác định thời hạn, từ 12 đến 36 tháng"),
    ("fixed_under_12", "Xác định thời hạn, dưới 12 tháng"),
    ("probation", "Đang thử việc"),
];

const REASONS: &[Choice] = &[
    ("none", "Không có lý do riêng"),
    ("wrong_job", "Không được bố trí đúng công việc, địa điểm, điều kiện đã thỏa thuận"),
    ("unpaid", "Không được trả đủ lương hoặc trả không đúng hạn"),
    ("abuse", "Bị ngược đãi, đánh đập, nhục mạ, cưỡng bức"),
    ("harassment", "Bị quấy rối tình dục tại nơi làm việc"),
    ("pregnancy", "Mang thai phải nghỉ theo chỉ định của cơ sở khám bệnh"),
    ("retirement", "Đủ tuổi nghỉ hưu"),
    ("false_information", "Bên kia cung cấp thông tin không trung thực khi giao kết"),
    ("performance", "Người lao động thường xuyên không hoàn thành công việc"),
    ("long_illness", "Người lao động ốm đau, tai nạn điều trị dài ngày chưa hồi phục"),
    ("disaster", "Thiên tai, dịch bệnh, di dời, thu hẹp sản xuất"),
    ("not_returned", "Người lao động không có mặt sau thời hạn tạm hoãn"),
    ("hardship", "Hoàn cảnh khó khăn; được bầu, bổ nhiệm vào cơ quan nhà nước"),
    ("absence", "Người lao động tự ý bỏ việc từ 05 ngày làm việc liên tục"),
];

const WORKER: [Rule; 3] = [
    code("báo trước, không xác định thời hạn", 45, LABOUR_CODE.point("35", "1", "a"), "45 ngày"),
    code("báo trước, 12 đến 36 tháng", 30, LABOUR_CODE.point("35", "1", "b"), "30 ngày"),
    code("báo trước, dưới 12 tháng", 3, LABOUR_CODE.point("35", "1", "c"), "03 ngày làm việc"),
];
const EMPLOYER: [Rule; 3] = [
    code("báo trước, không xác định thời hạn", 45, LABOUR_CODE.point("36", "2", "a"), "45 ngày"),
    code("báo trước, 12 đến 36 tháng", 30, LABOUR_CODE.point("36", "2", "b"), "30 ngày"),
    code("báo trước, dưới 12 tháng", 3, LABOUR_CODE.point("36", "2", "c"), "03 ngày làm việc"),
];
const SPECIAL_LONG: Rule =
    decree_145("báo trước, việc đặc thù từ 12 tháng", 120, DECREE_145.point("7", "2", "a"), "120 ngày");
const SPECIAL_SHORT: Rule = decree_145(
    "báo trước, việc đặc thù dưới 12 tháng, một phần bao nhiêu thời hạn hợp đồng",
    4,
    DECREE_145.point("7", "2", "b"),
    "một phần tư",
);

/// `notice`
pub const CALCULATOR: Calculator = Calculator {
    name: "notice",
    title: "Thời hạn báo trước khi đơn phương nghỉ việc hoặc cho nghỉ việc",
    summary: "Phải báo trước bao nhiêu ngày, theo loại hợp đồng, bên báo và lý do; sớm nhất được nghỉ ngày nào.",
    fields: &[
        Field::needed("side", "Bên báo trước", Kind::Choice(SIDES)),
        Field::needed("contract", "Loại hợp đồng", Kind::Choice(CONTRACTS)),
        Field::optional("special_job", "Việc đặc thù", Kind::Flag)
            .hint("tổ lái, kỹ thuật, điều độ bay; người quản lý doanh nghiệp; thuyền viên đi nước ngoài"),
        Field::optional("term_days", "Thời hạn hợp đồng, tính bằng ngày", Kind::Whole { min: 1, max: 366 })
            .hint("chỉ cần cho việc đặc thù dưới 12 tháng"),
        Field::optional("reason", "Lý do", Kind::Choice(REASONS)),
        Field::optional("notice_date", "Ngày báo", Kind::Day),
    ],
    rules: &[
        WORKER[0],
        WORKER[1],
        WORKER[2],
        EMPLOYER[0],
        EMPLOYER[1],
        EMPLOYER[2],
        SPECIAL_LONG,
        SPECIAL_SHORT,
        notice_2012::WORKER[0],
        notice_2012::WORKER[1],
        notice_2012::WORKER[2],
        notice_2012::WITH_GROUNDS,
        notice_2012::EMPLOYER[0],
        notice_2012::EMPLOYER[1],
        notice_2012::EMPLOYER[2],
    ],
    work,
};

fn work(mut work: Work<'_>) -> Outcome {
    work.on_day_of("notice_date");
    match work.code() {
        None => return work.finish(),
        Some(Code::Of2012) => return notice_2012::work(work),
        Some(Code::Of2019) => {}
    }
    let (side, contract) = (work.need_choice("side"), work.need_choice("contract"));
    let Some(contract) = contract else {
        if let Some(side) = side {
            for (at, rule) in by_side(side).iter().enumerate() {
                work.by_rule(format!("{}: ít nhất {}.", CONTRACTS[at].1, length_text(at, rule.value)), rule);
            }
        }
        return work.finish();
    };
    if contract == "probation" {
        work.count("notice", "Thời hạn báo trước", Ratio::whole(0), Unit::Days);
        work.step("Trong thời gian thử việc mỗi bên hủy bỏ không cần báo trước.", &[LABOUR_CODE.clause("27", "2")]);
        return work.finish();
    }
    let Some(side) = side else { return work.finish() };
    if let Some((text, source)) = without_notice(side, work.given.choice("reason").unwrap_or("none")) {
        work.count("notice", "Thời hạn báo trước", Ratio::whole(0), Unit::Days);
        work.step(text, &[source]);
        return work.finish();
    }
    if work.given.choice("reason").is_none() {
        work.assume("không thuộc trường hợp được nghỉ hoặc cho nghỉ mà không cần báo trước");
    }
    let special = work.flag_or_no("special_job", "không phải ngành, nghề, công việc đặc thù");
    let length = if special { special_length(&mut work, contract) } else { ordinary_length(&mut work, side, contract) };
    if let Some((days, unit)) = length {
        work.count("notice", "Thời hạn báo trước, ít nhất", Ratio::whole(days), unit);
        earliest_end(&mut work, days, unit);
    }
    if side == "employer" {
        work.step(
            "Người sử dụng lao động chỉ được đơn phương chấm dứt khi có lý do luật cho phép và không thuộc trường hợp cấm.",
            &[LABOUR_CODE.clause("36", "1"), LABOUR_CODE.article("37")],
        );
    }
    work.finish()
}

fn by_side(side: &str) -> &'static [Rule; 3] {
    if side == "worker" { &WORKER } else { &EMPLOYER }
}

pub(super) fn length_text(at: usize, days: i64) -> String {
    if at == 2 { format!("{days} ngày làm việc") } else { format!("{days} ngày") }
}

/// Why no notice is needed, if so.
fn without_notice(side: &str, reason: &str) -> Option<(&'static str, Source)> {
    let point = match (side, reason) {
        ("worker", "wrong_job") => "a",
        ("worker", "unpaid") => "b",
        ("worker", "abuse") => "c",
        ("worker", "harassment") => "d",
        ("worker", "pregnancy") => "đ",
        ("worker", "retirement") => "e",
        ("worker", "false_information") => "g",
        ("employer", "not_returned" | "absence") => {
            return Some(("Với lý do này người sử dụng lao động không phải báo trước.", LABOUR_CODE.clause("36", "3")));
        }
        _ => return None,
    };
    Some(("Với lý do này người lao động không phải báo trước.", LABOUR_CODE.point("35", "2", point)))
}

fn ordinary_length(work: &mut Work<'_>, side: &str, contract: &str) -> Option<(i64, Unit)> {
    let long_illness = side == "employer" && work.given.choice("reason") == Some("long_illness");
    let at = if long_illness { 2 } else { CONTRACTS.iter().position(|(name, _)| *name == contract)? };
    let rule = by_side(side).get(at)?;
    let what = if long_illness { "Ốm đau, tai nạn điều trị dài ngày" } else { CONTRACTS[at].1 };
    work.by_rule(format!("{what}: báo trước ít nhất {}.", length_text(at, rule.value)), rule);
    Some((rule.value, if at == 2 { Unit::WorkingDays } else { Unit::Days }))
}

fn special_length(work: &mut Work<'_>, contract: &str) -> Option<(i64, Unit)> {
    if !work.holds_from(DECREE_145, DECREE_145_FROM) {
        return None;
    }
    if contract != "fixed_under_12" {
        work.by_rule(format!("Việc đặc thù: báo trước ít nhất {} ngày.", SPECIAL_LONG.value), &SPECIAL_LONG);
        return Some((SPECIAL_LONG.value, Unit::Days));
    }
    let term = work.need_whole("term_days");
    work.by_rule("Việc đặc thù, hợp đồng dưới 12 tháng: ít nhất một phần tư thời hạn hợp đồng.", &SPECIAL_SHORT);
    let days = Ratio::whole(term?).over(SPECIAL_SHORT.value).ceiling();
    work.assume("phần lẻ của ngày làm tròn lên, để đủ thời hạn");
    Some((days, Unit::Days))
}

/// The first day on which the contract may have ended.
pub(super) fn earliest_end(work: &mut Work<'_>, days: i64, unit: Unit) {
    let Some(told) = work.given.day("notice_date") else { return };
    if !work.counts_terms(told) {
        return;
    }
    let last = if unit == Unit::WorkingDays { add_working_days(told, days) } else { add_days(told, days) };
    if unit == Unit::WorkingDays {
        work.assume("nghỉ hằng tuần là thứ bảy và chủ nhật; nơi làm việc 6 ngày một tuần thì có thể sớm hơn");
    }
    if is_unsure(last) && unit == Unit::WorkingDays {
        work.assume("chưa trừ ngày nghỉ Tết Âm lịch ngoài mùng 1 đến mùng 3 và ngày liền kề Quốc khánh: theo quyết định hằng năm, chưa có trong kho");
    }
    let first_off = add_days(last, 1);
    work.figure("last_day", "Ngày cuối cùng của thời hạn báo trước", Amount::Day(last));
    work.figure("first_day_off", "Sớm nhất được nghỉ từ ngày", Amount::Day(first_off));
    work.step(
        format!("Báo ngày {}: ngày báo không tính, thời hạn hết vào cuối ngày {}.", day_text(told), day_text(last)),
        &[CIVIL_CODE.article("147"), CIVIL_CODE.clause("148", "1")],
    );
}
