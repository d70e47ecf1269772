/*!
Which calculator a question calls for, and what the question states for it.

Works on the understood question: accented, short forms written out. A calculator is offered
only where its subject and a wish for a number both stand in the question; inputs are filled
only from what is said.
*/

use super::{
    Calculator, Kind, calculator,
    facts::Facts,
    other_leave,
    stated::{Inputs, stated},
};
use crate::law::text::syllables;

/// A calculator to offer, with the inputs the question states.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The calculator.
    pub calculator: &'static Calculator,
    /// Inputs as `(name, value)`, ready for [`Calculator::run`].
    pub inputs: Vec<(&'static str, String)>,
}

impl PartialEq for Offer {
    fn eq(&self, other: &Self) -> bool {
        self.calculator.name == other.calculator.name && self.inputs == other.inputs
    }
}

impl Eq for Offer {}

impl Offer {
    /// The result, where the question states all that is needed for one.
    pub fn outcome(&self, as_of: jiff::civil::Date) -> Option<super::Outcome> {
        let stated = self.inputs.iter().map(|(name, value)| (*name, value.as_str()));
        let outcome = self.calculator.run(stated, as_of).ok()?;
        (outcome.missing.is_empty() && !outcome.figures.is_empty()).then_some(outcome)
    }
}

/// Subjects by calculator, the more special ones first.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("union-funds", &["kinh phí công đoàn"]),
    ("union-dues", &["đoàn phí", "phí công đoàn", "công đoàn phí"]),
    ("job-loss", &["trợ cấp mất việc", "trợ cấp mất việc làm", "tiền mất việc"]),
    ("severance", &["trợ cấp thôi việc", "tiền thôi việc"]),
    (
        "unemployment",
        &[
            "trợ cấp thất nghiệp",
            "tiền thất nghiệp",
            "hưởng thất nghiệp",
            "hưởng bảo hiểm thất nghiệp",
            "nhận bảo hiểm thất nghiệp",
            "lãnh bảo hiểm thất nghiệp",
            "lĩnh bảo hiểm thất nghiệp",
            "nhận thất nghiệp",
            "lãnh thất nghiệp",
            "lĩnh thất nghiệp",
            "tiền bảo hiểm thất nghiệp",
        ],
    ),
    ("limitation", &["thời hiệu", "hạn khởi kiện", "hạn khiếu nại"]),
    ("notice", &["báo trước"]),
    ("late-payment", &["chậm lương", "nợ lương", "trả lương chậm", "trả lương muộn", "trả lương trễ", "trễ lương"]),
    ("minimum-wage", &["lương tối thiểu"]),
    ("paternity", &["vợ sinh", "vợ đẻ", "vợ tôi sinh", "vợ em sinh"]),
    ("maternity", &["thai sản", "nghỉ sinh", "sinh con", "nghỉ đẻ"]),
    ("sick-leave", &["ốm đau", "nghỉ ốm", "con ốm", "bị ốm", "trợ cấp ốm", "chăm con ốm", "ốm nghỉ", "tiền ốm"]),
    ("retirement", &["nghỉ hưu", "về hưu", "tuổi hưu"]),
    ("probation", &["thử việc"]),
    (
        "overtime",
        &[
            "làm thêm giờ",
            "tăng ca",
            "làm thêm",
            "làm ban đêm",
            "làm việc ban đêm",
            "làm ca đêm",
            "làm đêm",
            "đi làm ngày lễ",
            "làm ngày lễ",
            "làm ngày tết",
            "làm tết",
            "làm mùng",
            "làm chủ nhật",
            "làm ngày nghỉ",
            "đi làm lễ",
        ],
    ),
    ("annual-leave", &["phép năm", "nghỉ phép", "ngày phép", "nghỉ hằng năm", "nghỉ hàng năm"]),
];

/// Words of somebody who wants a number or a day.
const ASKS_FOR_A_NUMBER: &[&str] = &[
    "bao nhiêu",
    "mấy",
    "bao lâu",
    "tính",
    "khi nào",
    "lúc nào",
    "tối đa",
    "tối thiểu",
    "ít nhất",
    "thế nào",
    "năm nào",
    "tháng nào",
    "ngày nào",
    "đến khi",
    "hết hạn",
    "mức",
    "bao giờ",
    "đủ tuổi",
    "tuổi nào",
];

/// Words of disputes at work.
const OF_WORK: &[&str] = &[
    "lao động",
    "kỷ luật",
    "kỉ luật",
    "sa thải",
    "công ty",
    "doanh nghiệp",
    "cơ quan",
    "sếp",
    "lương",
    "tiền lương",
    "nghỉ việc",
    "thôi việc",
    "hòa giải viên",
    "quyết định hành chính",
    "thất nghiệp",
    "thai sản",
];

/// The calculator a question calls for, if one.
pub fn recognise(question: &str) -> Option<Offer> {
    let facts = Facts::read(question);
    let states_a_number = !facts.amounts.is_empty() || !facts.lengths.is_empty();
    if !facts.says(ASKS_FOR_A_NUMBER) && !states_a_number {
        return None;
    }
    let (name, _) = SUBJECTS.iter().find(|(_, phrases)| facts.says(phrases))?;
    // Every branch of law has limitation periods: only those of work are here.
    if *name == "limitation" && !facts.says(OF_WORK) {
        return None;
    }
    if other_leave::is_meant(name, &facts) {
        return None;
    }
    let calculator = calculator(name)?;
    let mut inputs = stated(name, &facts);
    add_chosen(question, calculator, &mut inputs);
    // What the calculator would refuse was not meant as that input.
    inputs.retain(|(field, value)| super::Given::read(calculator.fields, [(*field, value.as_str())]).is_ok());
    Some(Offer { calculator, inputs })
}

/// A choice tapped in a question back comes in brackets at the end of the question, as its label.
fn add_chosen(question: &str, calculator: &'static Calculator, inputs: &mut Inputs) {
    let bracket = question.trim_end().strip_suffix(')').and_then(|text| text.rsplit_once('('));
    let Some((_, label)) = bracket else { return };
    for field in calculator.fields {
        let Kind::Choice(choices) = field.kind else { continue };
        if let Some((value, _)) = choices.iter().find(|(_, text)| syllables(text) == syllables(label)) {
            inputs.retain(|(name, _)| *name != field.name);
            inputs.push((field.name, (*value).to_owned()));
        }
    }
}
