/*!
Which calculator a question calls for, and what the question states for it.

Works on the understood question: accented, short forms written out. A calculator is offered
only where its subject and a wish for a number both stand in the question; inputs are filled
only from what is said.
*/

use super::{Calculator, Kind, calculator, facts::Facts, number::grouped, other_leave};
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
        ],
    ),
    ("limitation", &["thời hiệu", "hạn khởi kiện", "hạn khiếu nại"]),
    ("notice", &["báo trước"]),
    ("late-payment", &["chậm lương", "nợ lương", "trả lương chậm", "trả lương muộn", "trả lương trễ", "trễ lương"]),
    ("minimum-wage", &["lương tối thiểu"]),
    ("paternity", &["vợ sinh", "vợ đẻ", "vợ tôi sinh", "vợ em sinh"]),
    ("maternity", &["thai sản", "nghỉ sinh", "sinh con", "nghỉ đẻ"]),
    ("sick-leave", &["ốm đau", "nghỉ ốm", "con ốm", "con bị ốm", "trợ cấp ốm"]),
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

type Inputs = Vec<(&'static str, String)>;

/// Collects inputs, leaving out what is not stated.
struct Filled<'a> {
    facts: &'a Facts,
    inputs: Inputs,
}

impl Filled<'_> {
    fn put(&mut self, name: &'static str, value: Option<String>) {
        self.inputs.extend(value.map(|value| (name, value)));
    }

    /// The only amount of the question.
    fn amount(&mut self, name: &'static str) {
        let amount = self.facts.only_amount().map(grouped);
        self.put(name, amount);
    }

    /// The first value one of whose phrases is said; none when two different ones are.
    fn choose(&mut self, name: &'static str, choices: &[(&str, &[&str])]) {
        let said: Vec<&str> =
            choices.iter().filter(|(_, phrases)| self.facts.says(phrases)).map(|(value, _)| *value).collect();
        if let [value] = said.as_slice() {
            self.inputs.push((name, (*value).to_owned()));
        }
    }

    fn flag(&mut self, name: &'static str, phrases: &[&str]) {
        if self.facts.says(phrases) {
            self.inputs.push((name, "yes".to_owned()));
        }
    }

    fn day(&mut self, name: &'static str) {
        let day = self.facts.only_day().map(|day| day.to_string());
        self.put(name, day);
    }

    fn region(&mut self) {
        self.choose(
            "region",
            &[
                ("I", &["vùng i", "vùng 1", "vùng một"]),
                ("II", &["vùng ii", "vùng 2", "vùng hai"]),
                ("III", &["vùng iii", "vùng 3", "vùng ba"]),
                ("IV", &["vùng iv", "vùng 4", "vùng bốn"]),
            ],
        );
    }

    fn contract(&mut self) {
        if self.facts.says(&["không xác định thời hạn", "vô thời hạn", "không thời hạn", "không kỳ hạn"])
        {
            self.inputs.push(("contract", "indefinite".to_owned()));
        } else if self.facts.says(&["đang thử việc", "trong thời gian thử việc", "khi thử việc"]) {
            self.inputs.push(("contract", "probation".to_owned()));
        } else if let Some(months) = self.facts.months_after(&["đồng", "hạn", "hđlđ"], 3) {
            let kind = match months {
                1..12 => "fixed_under_12",
                12..=36 => "fixed_12_36",
                _ => return,
            };
            self.inputs.push(("contract", kind.to_owned()));
        }
    }

    /// Full months somebody has worked.
    fn worked(&mut self) -> Option<i64> {
        self.facts.months_after(&["làm", "việc", "được"], 3).or_else(|| {
            let lengths: Vec<i64> =
                self.facts.lengths.iter().map(|length| length.months).filter(|months| 0 < *months).collect();
            if let ([months], true) = (lengths.as_slice(), self.facts.says(&["làm việc", "đã làm", "làm được"]))
            {
                Some(*months)
            } else {
                None
            }
        })
    }

    fn births(&mut self) {
        self.choose("children", &[("2", &["sinh đôi", "sinh 2"]), ("3", &["sinh ba", "sinh 3"])]);
        self.choose(
            "order",
            &[
                ("first", &["con đầu", "con đầu lòng", "con thứ nhất", "con thứ 1"]),
                ("second", &["con thứ hai", "con thứ 2", "đứa thứ hai", "bé thứ hai"]),
                ("third", &["con thứ ba", "con thứ 3"]),
            ],
        );
        self.day("birth");
        self.amount("wage");
    }
}

/// What the question states for one calculator.
fn stated(name: &str, facts: &Facts) -> Inputs {
    let mut filled = Filled { facts, inputs: Vec::new() };
    match name {
        "notice" => notice(&mut filled),
        "overtime" => overtime(&mut filled),
        "severance" | "job-loss" => severance(&mut filled),
        "annual-leave" => annual_leave(&mut filled),
        "probation" => probation(&mut filled),
        "retirement" => retirement(&mut filled),
        "maternity" => filled.births(),
        "paternity" => {
            filled.births();
            filled.flag("surgery", &["sinh mổ", "đẻ mổ", "phải mổ", "phẫu thuật", "mổ đẻ"]);
            filled.flag("premature", &["dưới 32 tuần"]);
        }
        "sick-leave" => sick_leave(&mut filled),
        "unemployment" => unemployment(&mut filled),
        "minimum-wage" => {
            filled.region();
            filled.day("date");
            filled.amount("wage");
        }
        "late-payment" => filled.amount("amount"),
        "union-funds" => filled.amount("payroll"),
        "union-dues" => filled.amount("wage"),
        "limitation" => limitation(&mut filled),
        _ => {}
    }
    filled.inputs
}

fn notice(filled: &mut Filled<'_>) {
    filled.choose(
        "side",
        &[
            (
                "employer",
                &[
                    "công ty cho nghỉ",
                    "công ty cho tôi nghỉ",
                    "bị cho nghỉ",
                    "bị cho thôi việc",
                    "công ty đơn phương",
                    "người sử dụng lao động đơn phương",
                    "công ty muốn cho",
                    "sếp cho nghỉ",
                ],
            ),
            (
                "worker",
                &[
                    "tôi nghỉ",
                    "tôi muốn nghỉ",
                    "em nghỉ",
                    "em muốn nghỉ",
                    "mình muốn nghỉ",
                    "xin nghỉ việc",
                    "xin thôi việc",
                    "tự nghỉ",
                    "người lao động đơn phương",
                    "muốn nghỉ việc",
                ],
            ),
        ],
    );
    filled.contract();
    filled.choose(
        "reason",
        &[
            ("unpaid", &["nợ lương", "chậm lương", "không trả lương", "trả lương chậm", "trả thiếu lương"]),
            ("harassment", &["quấy rối tình dục", "bị quấy rối"]),
            ("abuse", &["bị đánh", "bị ngược đãi", "bị nhục mạ", "cưỡng bức lao động"]),
        ],
    );
    filled.day("notice_date");
}

fn overtime(filled: &mut Filled<'_>) {
    filled.choose(
        "day",
        &[
            ("weekday", &["ngày thường", "ngày làm việc bình thường"]),
            ("weekly_rest", &["ngày nghỉ hằng tuần", "ngày nghỉ hàng tuần", "nghỉ hằng tuần", "nghỉ hàng tuần"]),
            ("holiday", &["ngày lễ", "ngày tết", "lễ tết", "lễ", "tết", "ngày 2/9", "ngày 30/4", "ngày 1/5"]),
        ],
    );
    filled.flag("night", &["ban đêm", "ca đêm", "làm đêm", "buổi đêm"]);
    if filled.facts.says(&["làm thêm", "tăng ca", "thêm giờ", "ngoài giờ", "quá giờ"]) {
        filled.inputs.push(("overtime", "yes".to_owned()));
    } else if filled.facts.says(&["ban đêm", "ca đêm", "làm đêm"]) {
        // A night shift by itself is within the hours of the roster.
        filled.inputs.push(("overtime", "no".to_owned()));
    }
    let hours: Vec<i64> = filled.facts.lengths.iter().map(|length| length.hours).filter(|hours| 0 < *hours).collect();
    if let [hours] = hours.as_slice() {
        filled.inputs.push(("hours", hours.to_string()));
    }
    let hourly = filled.facts.says(&["một giờ", "mỗi giờ", "1 giờ", "đồng/giờ", "lương giờ"])
        || filled.facts.words.iter().any(|word| word.ends_with("/giờ") || word.ends_with("/h"));
    filled.amount(if hourly { "hourly_wage" } else { "monthly_wage" });
}

fn severance(filled: &mut Filled<'_>) {
    filled.amount("wage");
    let worked = filled.worked().map(|months| months.to_string());
    filled.put("months", worked);
    if filled.facts.says(&[
        "không đóng bảo hiểm thất nghiệp",
        "chưa đóng bảo hiểm thất nghiệp",
        "chưa từng đóng bảo hiểm thất nghiệp",
    ]) {
        filled.inputs.push(("insured_months", "0".to_owned()));
    } else {
        let insured = filled.facts.months_after(&["nghiệp", "bhtn"], 3).map(|months| months.to_string());
        filled.put("insured_months", insured);
    }
}

fn annual_leave(filled: &mut Filled<'_>) {
    filled.choose(
        "condition",
        &[
            ("very_heavy", &["đặc biệt nặng nhọc", "đặc biệt độc hại"]),
            ("normal", &["điều kiện bình thường", "công việc bình thường"]),
        ],
    );
    let worked = filled.worked();
    filled.put("years", worked.filter(|months| 12 <= *months).map(|months| (months / 12).to_string()));
    filled.put("months", worked.filter(|months| *months < 12).map(|months| months.to_string()));
    if worked.is_some_and(|months| months < 12) {
        filled.inputs.push(("years", "0".to_owned()));
    }
    filled.amount("wage");
}

fn probation(filled: &mut Filled<'_>) {
    filled.choose(
        "job",
        &[
            ("college", &["cao đẳng", "đại học", "kỹ sư", "cử nhân"]),
            ("intermediate", &["trung cấp", "công nhân kỹ thuật", "nhân viên nghiệp vụ"]),
            ("manager", &["người quản lý doanh nghiệp", "quản lý doanh nghiệp"]),
        ],
    );
    filled.amount("wage");
    filled.day("start");
}

fn retirement(filled: &mut Filled<'_>) {
    let text = filled.facts.text.replace(" việt nam ", " ").replace(" miền nam ", " ").replace(" anh chị ", " ");
    let said = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(&format!(" {phrase} ")));
    let male = said(&["nam", "bố tôi", "ba tôi", "bố em", "chồng tôi", "chồng em", "đàn ông"]);
    let female = said(&["nữ", "mẹ tôi", "má tôi", "mẹ em", "vợ tôi", "vợ em", "phụ nữ"]);
    if male != female {
        filled.inputs.push(("sex", if male { "male" } else { "female" }.to_owned()));
    }
    let facts = filled.facts;
    let stated: Vec<String> = facts
        .days
        .iter()
        .chain(&facts.months)
        .filter(|(_, at)| facts.follows(*at, &["sinh"], 3))
        .map(|(day, _)| format!("{}/{}", day.month(), day.year()))
        .collect();
    if let [born] = stated.as_slice() {
        filled.inputs.push(("born", born.clone()));
    }
}

fn sick_leave(filled: &mut Filled<'_>) {
    filled.choose(
        "kind",
        &[
            ("child", &["con ốm", "con bị ốm", "chăm con", "con tôi ốm", "con tôi bị ốm"]),
            ("long_term", &["bệnh dài ngày", "chữa trị dài ngày"]),
        ],
    );
    let facts = filled.facts;
    let age = facts.lengths.iter().find(|length| 0 < length.age).map(|length| length.age.to_string());
    filled.put("child_age", age);
    let insured = facts.months_after(&["hiểm", "bhxh", "đóng"], 3).map(|months| (months / 12).to_string());
    filled.put("insured_years", insured);
    let days: Vec<i64> = facts.lengths.iter().map(|length| length.days).filter(|days| 0 < *days).collect();
    if let [days] = days.as_slice() {
        filled.inputs.push(("days", days.to_string()));
    }
    filled.amount("wage");
}

fn unemployment(filled: &mut Filled<'_>) {
    let paid = filled.facts.months_after(&["đóng", "nghiệp", "bhtn"], 4).map(|months| months.to_string());
    filled.put("months", paid);
    filled.amount("wage");
    filled.region();
    filled.day("end");
}

fn limitation(filled: &mut Filled<'_>) {
    filled.choose(
        "kind",
        &[
            ("mediation", &["hòa giải", "hòa giải viên"]),
            ("arbitration", &["trọng tài"]),
            ("court", &["tòa", "tòa án", "kiện", "khởi kiện"]),
            ("discipline", &["kỷ luật", "kỉ luật"]),
            ("complaint", &["khiếu nại"]),
            ("damages", &["bồi thường thiệt hại"]),
        ],
    );
    filled.day("from");
}
