/*!
Leave that a calculator found by its subject does not count: of a wedding, an illness, without
pay; and what is told the employer beforehand without leaving for good.
*/

use super::facts::Facts;

/// Words that only look like those of leave, and what stands in their place.
const OTHER_WORDS: [(&str, &str); 4] = [
    (" nghỉ việc riêng ", " nghỉ | việc riêng "),
    (" nghỉ việc không lương ", " nghỉ | không lương "),
    (" nghỉ việc không hưởng lương ", " nghỉ | không hưởng lương "),
    (" bệnh viện ", " | "),
];
/// Leave of which one tells the employer beforehand, without leaving for good.
const NOTICE_OF_LEAVE: &[&str] = &[
    "nghỉ phép",
    "phép năm",
    "nghỉ cưới",
    "thai sản",
    "nghỉ ốm",
    "không lương",
    "không hưởng lương",
    "việc riêng",
    "đình công",
    "tăng ca",
];
/// Words of leaving for good.
const LEAVES_FOR_GOOD: &[&str] = &["thôi việc", "chấm dứt", "nghỉ việc", "nghỉ hẳn"];
/// Leave that is no annual leave.
const LEAVE_OF_ANOTHER_KIND: &[&str] =
    &["cưới", "kết hôn", "đám tang", "tang", "ma chay", "ốm", "bệnh", "không lương", "không hưởng lương", "việc riêng"];

/// Whether a question names leave of another kind than the calculator found counts.
pub fn is_meant(name: &str, facts: &Facts) -> bool {
    let mut text = facts.text.clone();
    for (words, plain) in OTHER_WORDS {
        text = text.replace(words, plain);
    }
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(&format!(" {phrase} ")));
    match name {
        "notice" => says(NOTICE_OF_LEAVE) && !says(LEAVES_FOR_GOOD),
        // Rest in place of pay for overtime is not counted.
        "overtime" => says(&["nghỉ bù"]),
        "annual-leave" => says(LEAVE_OF_ANOTHER_KIND),
        _ => false,
    }
}
