/*!
What a question states for each calculator: only what is said, and only where it reads one way.
*/

use super::{
    facts::{Facts, Per},
    number::grouped,
};

/// Inputs as `(name, value)`.
pub(super) type Inputs = Vec<(&'static str, String)>;

/// Collects inputs, leaving out what is not stated.
struct Filled<'a> {
    facts: &'a Facts,
    inputs: Inputs,
}

impl Filled<'_> {
    fn put(&mut self, name: &'static str, value: Option<String>) {
        self.inputs.extend(value.map(|value| (name, value)));
    }

    /// The only amount of the question, where it is no wage of an hour or a day.
    fn amount(&mut self, name: &'static str) {
        let amount = self.facts.only_amount_per().filter(|(_, per)| *per == Per::Month);
        self.put(name, amount.map(|(value, _)| grouped(value)));
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
        self.choose(
            "children",
            &[("2", &["sinh đôi", "sinh 2 con", "sinh 2 bé"]), ("3", &["sinh ba", "sinh 3 con", "sinh 3 bé"])],
        );
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
pub(super) fn stated(name: &str, facts: &Facts) -> Inputs {
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
            let month = if let [(month, _)] = facts.months.as_slice() { Some(month.to_string()) } else { None };
            filled.put("date", month.filter(|_| facts.days.is_empty()));
            filled.amount("wage");
        }
        "late-payment" => filled.amount("amount"),
        "union-funds" => filled.amount("payroll"),
        "union-dues" => filled.amount("wage"),
        "limitation" => {
            // "Điều kiện", "sự kiện" sue nobody.
            let text = facts.text.replace(" điều kiện ", " | ").replace(" sự kiện ", " | ");
            let facts = Facts { text, ..facts.clone() };
            let mut filled = Filled { facts: &facts, inputs: Vec::new() };
            limitation(&mut filled);
            return filled.inputs;
        }
        _ => {}
    }
    filled.inputs
}

fn notice(filled: &mut Filled<'_>) {
    side(filled);
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

/// Who leaves: "cho tôi nghỉ" is the employer's doing.
fn side(filled: &mut Filled<'_>) {
    let text = ["tôi", "em", "mình", "anh", "chị"]
        .iter()
        .fold(filled.facts.text.clone(), |text, who| text.replace(&format!(" cho {who} "), " cho "));
    let facts = Facts { text, ..filled.facts.clone() };
    let mut read = Filled { facts: &facts, inputs: Vec::new() };
    read.choose(
        "side",
        &[
            (
                "employer",
                &[
                    "công ty cho nghỉ",
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
                    "muốn nghỉ",
                    "xin nghỉ",
                    "nộp đơn nghỉ",
                    "nghỉ luôn",
                ],
            ),
        ],
    );
    let inputs = read.inputs;
    filled.inputs.extend(inputs);
}

fn overtime(filled: &mut Filled<'_>) {
    filled.choose(
        "day",
        &[
            ("weekday", &["ngày thường", "ngày làm việc bình thường"]),
            (
                "weekly_rest",
                &["ngày nghỉ hằng tuần", "ngày nghỉ hàng tuần", "nghỉ hằng tuần", "nghỉ hàng tuần", "chủ nhật"],
            ),
            ("holiday", &["ngày lễ", "ngày tết", "lễ tết", "lễ", "tết", "2/9", "30/4", "1/5", "1/1"]),
        ],
    );
    filled.flag("night", &["đêm"]);
    if filled.facts.says(&["làm thêm", "tăng ca", "thêm giờ", "ngoài giờ", "quá giờ"]) {
        filled.inputs.push(("overtime", "yes".to_owned()));
    } else if filled.facts.says(&["ban đêm", "ca đêm", "làm đêm"]) {
        // A night shift by itself is within the hours of the roster.
        filled.inputs.push(("overtime", "no".to_owned()));
    }
    let hours: Vec<i64> = filled.facts.lengths.iter().map(|length| length.hours).filter(|hours| 0 < *hours).collect();
    if let [hours] = hours.as_slice() {
        let of_month = filled.facts.says(&["một tháng", "mỗi tháng", "tháng này", "trong tháng", "1 tháng"]);
        let of_year = filled.facts.says(&["một năm", "mỗi năm", "năm nay", "trong năm", "1 năm"]);
        let name = match (of_month, of_year) {
            (true, false) if 24 < *hours => "month_overtime_hours",
            (false, true) if 24 < *hours => "year_overtime_hours",
            _ => "hours",
        };
        filled.inputs.push((name, hours.to_string()));
    }
    filled.day("date");
    match filled.facts.only_amount_per() {
        Some((value, Per::Hour)) => filled.put("hourly_wage", Some(grouped(value))),
        Some((value, Per::Month)) if filled.facts.says(&["lương giờ"]) => {
            filled.put("hourly_wage", Some(grouped(value)))
        }
        Some((value, Per::Month)) => filled.put("monthly_wage", Some(grouped(value))),
        Some((_, Per::Other)) | None => {}
    }
}

fn severance(filled: &mut Filled<'_>) {
    filled.amount("wage");
    let worked = filled.worked().map(|months| months.to_string());
    filled.put("months", worked);
    if let [(start, from), (end, to)] = filled.facts.days.as_slice()
        && filled.facts.follows(*from, &["từ"], 2)
        && filled.facts.follows(*to, &["đến", "tới"], 3)
    {
        filled.inputs.extend([("start", start.to_string()), ("end", end.to_string())]);
    }
    filled.choose(
        "reason",
        &[
            ("expired", &["hết hạn hợp đồng", "hợp đồng hết hạn"]),
            ("disciplined", &["bị sa thải", "bị kỷ luật sa thải"]),
        ],
    );
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
    if filled.facts.says(&["đặc biệt nặng nhọc", "đặc biệt độc hại"]) {
        filled.inputs.push(("condition", "very_heavy".to_owned()));
    } else {
        filled.choose(
            "condition",
            &[("heavy", &["nặng nhọc", "độc hại"]), ("normal", &["điều kiện bình thường", "công việc bình thường"])],
        );
    }
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
    let facts = filled.facts;
    if let [first, second] = facts.amounts.as_slice() {
        // Of two wages the one of the trial and the one of the job, where both are called so.
        let is_trial = |at: usize| facts.follows(at, &["thử"], 5) && !facts.follows(at, &["chính"], 3);
        let is_job = |at: usize| facts.follows(at, &["chính"], 3);
        let pair = if is_trial(first.1) && is_job(second.1) {
            Some((first, second))
        } else {
            (is_job(first.1) && is_trial(second.1)).then_some((second, first))
        };
        if let Some((trial, job)) = pair {
            filled.inputs.extend([("wage", grouped(job.0)), ("trial_wage", grouped(trial.0))]);
        }
    } else {
        filled.amount("wage");
    }
    filled.day("start");
}

fn retirement(filled: &mut Filled<'_>) {
    let text = filled.facts.text.replace(" việt nam ", " ").replace(" miền nam ", " ").replace(" anh chị ", " ");
    let said = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(&format!(" {phrase} ")));
    let male = said(&["nam", "bố tôi", "ba tôi", "bố em", "chồng tôi", "chồng em", "đàn ông", "ông nội", "ông ngoại"]);
    let female = said(&["nữ", "mẹ tôi", "má tôi", "mẹ em", "vợ tôi", "vợ em", "phụ nữ", "bà nội", "bà ngoại"]);
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
            ("child", &["con ốm", "con bị ốm", "chăm con", "con tôi ốm", "con tôi bị ốm", "con em bị ốm"]),
            ("own", &["tôi ốm", "tôi bị ốm", "em ốm", "em bị ốm", "mình bị ốm"]),
            ("long_term", &["bệnh dài ngày", "chữa trị dài ngày"]),
        ],
    );
    let facts = filled.facts;
    let is_child = filled.inputs.iter().any(|(name, value)| *name == "kind" && value == "child");
    let age = facts.lengths.iter().find(|length| 0 < length.age).map(|length| length.age.to_string());
    filled.put("child_age", age.filter(|_| is_child));
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
