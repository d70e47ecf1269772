/*!
Notice under the Labour Code of 2012, for what happened from May 2013 to the end of 2020.

With a contract for a term a worker needed one of the grounds the code lists; its notice
depends on the ground.
*/

use super::{
    notice::{CONTRACTS, earliest_end, length_text},
    number::Ratio,
    outcome::{Amount, Outcome, Unit, Work},
    rule::{Rule, code_2012},
    source::LABOUR_CODE_2012,
};

/// In the order of [`CONTRACTS`]; those for a term hold for hardship alone.
pub(super) const WORKER: [Rule; 3] = [
    code_2012("báo trước năm 2012, không xác định thời hạn", 45, LABOUR_CODE_2012.clause("37", "3"), "45 ngày"),
    code_2012("báo trước năm 2012, xác định thời hạn", 30, LABOUR_CODE_2012.point("37", "2", "b"), "30 ngày"),
    code_2012("báo trước năm 2012, dưới 12 tháng", 3, LABOUR_CODE_2012.point("37", "2", "b"), "03 ngày làm việc"),
];
/// A worker with a contract for a term and a ground against the employer, or ill for long.
pub(super) const WITH_GROUNDS: Rule = code_2012(
    "báo trước năm 2012, có lý do từ phía nơi làm việc",
    3,
    LABOUR_CODE_2012.point("37", "2", "a"),
    "3 ngày làm việc",
);
/// In the order of [`CONTRACTS`].
pub(super) const EMPLOYER: [Rule; 3] = [
    code_2012("báo trước năm 2012, không xác định thời hạn", 45, LABOUR_CODE_2012.point("38", "2", "a"), "45 ngày"),
    code_2012("báo trước năm 2012, xác định thời hạn", 30, LABOUR_CODE_2012.point("38", "2", "b"), "30 ngày"),
    code_2012("báo trước năm 2012, dưới 12 tháng", 3, LABOUR_CODE_2012.point("38", "2", "c"), "03 ngày làm việc"),
];

/// The notice owed, with its unit.
pub(super) fn work(mut work: Work<'_>) -> Outcome {
    let (side, contract) = (work.need_choice("side"), work.need_choice("contract"));
    if contract == Some("probation") {
        work.count("notice", "Thời hạn báo trước", Ratio::whole(0), Unit::Days);
        work.step(
            "Trong thời gian thử việc mỗi bên hủy bỏ không cần báo trước nếu việc làm thử không đạt yêu cầu đã thỏa thuận.",
            &[LABOUR_CODE_2012.clause("29", "2")],
        );
        return work.finish();
    }
    let (Some(side), Some(contract)) = (side, contract) else { return work.finish() };
    let at = CONTRACTS.iter().position(|(name, _)| *name == contract).unwrap_or(0);
    let length = if side == "employer" { employer(&mut work, at) } else { worker(&mut work, at) };
    if let Some((at, rule)) = length {
        let unit = if at == 2 { Unit::WorkingDays } else { Unit::Days };
        work.count("notice", "Thời hạn báo trước, ít nhất", Ratio::whole(rule.value), unit);
        work.by_rule(format!("Báo trước ít nhất {}.", length_text(at, rule.value)), &rule);
        earliest_end(&mut work, rule.value, unit);
    }
    if work.given.flag("special_job") == Some(true) {
        work.leave_out("việc đặc thù: quy định riêng trước ngày 01/02/2021 chưa có trong công cụ");
    }
    work.finish()
}

/// What a worker owes: place of its unit in [`CONTRACTS`], and the rule.
fn worker(work: &mut Work<'_>, at: usize) -> Option<(usize, Rule)> {
    let reason = work.given.choice("reason");
    if reason == Some("pregnancy") {
        work.step(
            "Mang thai phải nghỉ theo chỉ định: báo trước theo thời hạn cơ sở khám bệnh, chữa bệnh nêu.",
            &[LABOUR_CODE_2012.article("156")],
        );
        return None;
    }
    if at == 0 {
        return Some((0, WORKER[0]));
    }
    match reason {
        Some("wrong_job" | "unpaid" | "abuse" | "harassment" | "long_illness") => Some((2, WITH_GROUNDS)),
        Some("hardship") => Some((at, WORKER[at])),
        Some(_) => {
            work.figure("allowed", "Được đơn phương nghỉ trước hạn với lý do này", Amount::Flag(false));
            work.step(
                "Hợp đồng có thời hạn chỉ được nghỉ trước hạn khi có một trong các lý do bộ luật năm 2012 nêu.",
                &[LABOUR_CODE_2012.clause("37", "1")],
            );
            None
        }
        None => {
            work.need("reason");
            work.by_rule(
                "Hợp đồng có thời hạn: bị vi phạm thỏa thuận, chậm lương, ngược đãi, ốm đau dài ngày thì báo trước ít nhất 3 ngày làm việc.",
                &WITH_GROUNDS,
            );
            work.by_rule(
                format!("Hoàn cảnh khó khăn, được bầu hoặc bổ nhiệm: ít nhất {}.", length_text(at, WORKER[at].value)),
                &WORKER[at],
            );
            None
        }
    }
}

/// What an employer owes.
fn employer(work: &mut Work<'_>, at: usize) -> Option<(usize, Rule)> {
    let reason = work.given.choice("reason");
    if reason == Some("absence") {
        work.step(
            "Tự ý bỏ việc là lý do xử lý kỷ luật sa thải, không phải lý do đơn phương chấm dứt.",
            &[LABOUR_CODE_2012.clause("126", "3")],
        );
        return None;
    }
    work.step(
        "Người sử dụng lao động chỉ được đơn phương chấm dứt khi có lý do luật cho phép và không thuộc trường hợp cấm.",
        &[LABOUR_CODE_2012.clause("38", "1"), LABOUR_CODE_2012.article("39")],
    );
    let at = if reason == Some("long_illness") { 2 } else { at };
    Some((at, EMPLOYER[at]))
}
