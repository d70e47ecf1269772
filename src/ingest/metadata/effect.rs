/*!
From when a document says it is in force: the sentence of its final articles that speaks of
itself.
*/

use jiff::{ToSpan as _, civil::Date};

use super::dates;
use crate::law::text::fold;

/// What a document calls itself, folded.
const SELVES: [&str; 18] = [
    "bo luat nay",
    "luat nay",
    "nghi dinh nay",
    "thong tu nay",
    "thong tu lien tich nay",
    "quyet dinh nay",
    "nghi quyet nay",
    "phap lenh nay",
    "dieu le nay",
    "dieu le cong doan",
    "quy che nay",
    "quy dinh nay",
    "noi quy nay",
    "thoa uoc nay",
    "thoa uoc lao dong tap the nay",
    "huong dan nay",
    "van ban nay",
    "hien phap nay",
];
/// Longest time after signing that counts as a plain term, in days.
const TERM_DAYS_MAX: i64 = 1_000;

/// First day in force by the words of `text` (the final articles), for a document signed or
/// passed on `issued`.
pub fn effective_from(text: &str, issued: Option<Date>) -> Option<Date> {
    sentences(text).find_map(|sentence| from_sentence(&sentence, issued))
}

/// Folded sentences; a dot within a number or date does not end one.
fn sentences(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(['\n', ';']).flat_map(|line| line.split(". ")).map(fold)
}

fn from_sentence(sentence: &str, issued: Option<Date>) -> Option<Date> {
    let own = SELVES.iter().filter_map(|own| sentence.find(own).map(|at| at + own.len())).min()?;
    let verb = ["co hieu luc", "phat sinh hieu luc", "duoc thi hanh", "ap dung"]
        .iter()
        .filter_map(|verb| sentence[own..].find(verb).map(|at| own + at))
        .min()?;
    // Between its name and the verb stands nothing but the like of "được ban hành và": other
    // words mean that another text is spoken of.
    let between = &sentence[own..verb];
    if between.contains("het hieu luc") || between.contains(" ke tu ") || 100 < between.len() {
        return None;
    }
    let after = &sentence[verb..];
    if let Some(found) = dates::find_all(after).first() {
        let lead = &after[..found.range.start];
        // "kể từ ngày ký …" or another event before the day: not this day.
        if lead.contains("tu") && !lead.contains("ngay ky") && lead.len() < 60 {
            return Some(found.date);
        }
    }
    let issued = issued?;
    if let Some(days) = days_after_signing(after) {
        return issued.checked_add(days.days()).ok();
    }
    let at_once = ["ke tu ngay ky", "tu ngay ky", "ke tu ngay ban hanh", "tu ngay ban hanh", "ke tu ngay thong qua"];
    at_once.iter().any(|words| after.contains(words)).then_some(issued)
}

/// 45 of "sau 45 ngày kể từ ngày ký", "sau bốn mươi lăm ngày, kể từ ngày ký".
fn days_after_signing(text: &str) -> Option<i64> {
    let rest = text[text.find("sau ")? + "sau ".len()..].trim_start();
    let signed = rest.find("ngay ky").or_else(|| rest.find("ngay ban hanh")).or_else(|| rest.find("ngay cong bo"))?;
    let term = &rest[..signed];
    let digits: String = term.chars().take_while(char::is_ascii_digit).collect();
    let days = if digits.is_empty() {
        match term.split(" ngay").next()?.trim() {
            "muoi" => 10,
            "muoi lam" => 15,
            "ba muoi" => 30,
            "bon muoi lam" => 45,
            "sau muoi" => 60,
            _ => return None,
        }
    } else {
        digits.parse().ok()?
    };
    let is_days = term.trim_start_matches(|c: char| c.is_ascii_digit()).contains("ngay") || digits.is_empty();
    (is_days && 0 < days && days <= TERM_DAYS_MAX).then_some(days)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_sentence_about_itself_counts() {
        let issued = Some(date(2030, 1, 10));
        for (text, expected) in [
            ("1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2030.", Some(date(2030, 7, 1))),
            ("Nghị định này có hiệu lực kể từ ngày 15/02/2030.", Some(date(2030, 2, 15))),
            ("Thông tư này có hiệu lực thi hành sau 45 ngày kể từ ngày ký.", Some(date(2030, 2, 24))),
            ("Quyết định này có hiệu lực kể từ ngày ký.", issued),
            ("Luật cũ số 1/2020/QH14 hết hiệu lực kể từ ngày Luật này có hiệu lực.", None),
            ("Thông tư số 2/2020/TT-X ngày 1 tháng 1 năm 2020 hết hiệu lực.", None),
            ("Bản án có hiệu lực từ ngày 01 tháng 02 năm 2031.", None),
        ] {
            assert_eq!(effective_from(text, issued), expected, "{text}");
        }
        assert_eq!(effective_from("Quyết định này có hiệu lực kể từ ngày ký.", None), None);
    }

    #[test]
    fn the_first_own_sentence_wins() {
        let text = "1. Nghị định này có hiệu lực từ ngày 10 tháng 9 năm 2030, trừ khoản 2.\n\
                    2. Điều 5 Nghị định này có hiệu lực từ ngày 01 tháng 01 năm 2031.";
        assert_eq!(effective_from(text, None), Some(date(2030, 9, 10)));
    }
}
