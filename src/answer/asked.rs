/*!
What a question asks for: a number, a list, a person, a yes or no; of the asker's own case or
of the law in general.

Reads the words of asking alone, never the subject.
*/

use crate::law::text::{canonical_syllable, fold, padded, syllable_ranges};

/// What kind of answer is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A number of something.
    Number,
    /// Several things, one by one.
    List,
    /// Yes or no.
    YesNo,
    /// Anything else.
    Other,
}

/// A question as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is wished for.
    pub wish: Wish,
    /// Folded units of the number wished for; empty where any will do.
    pub units: Vec<&'static str>,
    /// Whether the number wished for is one of money.
    pub of_money: bool,
    /// Whether somebody's own case is meant.
    pub own_case: bool,
    /// Whether it points at a case that is not told: "trường hợp này".
    pub points_at_untold: bool,
    /// Whether it asks to confirm: "đúng không".
    pub confirms: bool,
}

/// Words that ask for a number, with the folded units that answer; none: any unit.
const NUMBERS: [(&str, &[&str]); 24] = [
    ("bao lâu", TIME),
    ("bao nhiêu lâu", TIME),
    ("bao nhiêu ngày", &["ngay"]),
    ("mấy ngày", &["ngay"]),
    ("mấy bữa", &["ngay"]),
    ("mấy hôm", &["ngay"]),
    ("bao nhiêu tháng", &["thang"]),
    ("mấy tháng", &["thang"]),
    ("bao nhiêu năm", &["nam"]),
    ("mấy năm", &["nam"]),
    ("bao nhiêu giờ", &["gio"]),
    ("mấy giờ", &["gio"]),
    ("mấy tiếng", &["gio"]),
    ("bao nhiêu phút", &["phut"]),
    ("bao nhiêu tuổi", &["tuoi"]),
    ("mấy tuổi", &["tuoi"]),
    ("bao nhiêu phần trăm", &["%"]),
    ("mấy phần trăm", &["%"]),
    ("bao nhiêu lần", &["lan"]),
    ("mấy lần", &["lan"]),
    ("bao nhiêu bản", &["ban"]),
    ("bao nhiêu người", &["nguoi"]),
    ("bao nhiêu", &[]),
    ("mấy", &[]),
];

const TIME: &[&str] = &["ngay", "thang", "nam", "gio", "phut", "tuan"];

/// Words that ask for several things.
const LISTS: [&str; 23] = [
    "khi nào được",
    "những trường hợp nào",
    "các trường hợp nào",
    "trường hợp nào",
    "những gì",
    "những ai",
    "gồm ai",
    "gồm những",
    "bao gồm",
    "những quyền",
    "những nghĩa vụ",
    "quyền gì",
    "nghĩa vụ gì",
    "trách nhiệm gì",
    "điều kiện gì",
    "điều kiện nào",
    "hình thức nào",
    "các hình thức",
    "nội dung nào",
    "những nội dung",
    "hồ sơ gồm",
    "giấy tờ gì",
    "hành vi nào",
];

/// Words that ask for yes or no.
const YES_NO: [&str; 8] =
    ["không", "đúng không", "phải không", "được không", "chưa", "đúng hay sai", "có được", "có phải"];

/// Words at the end of a question that only ask.
const ENDS: [&str; 3] = ["không", "chưa", "ko"];

/// Words that ask to confirm what was said.
const CONFIRMS: [&str; 9] = [
    "đúng không",
    "phải không",
    "có đúng",
    "đúng hay sai",
    "đúng luật không",
    "hợp pháp không",
    "đúng chứ",
    "phải vậy không",
    "được không",
];

/// Words of somebody who tells of a case.
const OWN: [&str; 14] = [
    "tôi",
    "em",
    "mình",
    "tui",
    "tớ",
    "cháu",
    "chúng tôi",
    "bọn em",
    "bọn mình",
    "tụi em",
    "vợ tôi",
    "con tôi",
    "e",
    "mk",
];

/// Words of money.
const MONEY: [&str; 8] = ["tiền", "lương", "trợ cấp", "phụ cấp", "phí", "đền", "bồi thường", "lãnh"];

/// Words that point at something not told.
const UNTOLD: [&str; 9] = [
    "trường hợp này",
    "tình huống này",
    "công việc này",
    "việc này",
    "vụ này",
    "trường hợp đó",
    "tình huống đó",
    "hợp đồng này",
    "như thế này",
];

/// Reads a question as understood.
pub fn read(question: &str) -> Asked {
    let text = padded(question);
    let says = |phrase: &str| text.contains(&format!(" {phrase} "));
    let number = NUMBERS.iter().find(|(phrase, _)| says(phrase));
    let asks_yes_no =
        YES_NO.iter().any(|phrase| text.ends_with(&format!(" {phrase} ")) || says(phrase) && phrase.contains(' '));
    let wish = match number {
        Some(_) => Wish::Number,
        None if LISTS.iter().any(|phrase| says(phrase)) => Wish::List,
        None if asks_yes_no => Wish::YesNo,
        None => Wish::Other,
    };
    Asked {
        wish,
        units: number.map(|(_, units)| units.to_vec()).unwrap_or_default(),
        of_money: MONEY.iter().any(|word| says(word)),
        own_case: OWN.iter().any(|word| says(word)),
        points_at_untold: UNTOLD.iter().any(|phrase| says(phrase)),
        confirms: CONFIRMS.iter().any(|phrase| says(phrase)),
    }
}

/// A question for yes or no without the word at its end that asks.
pub fn without_asking(question: &str, asked: &Asked) -> String {
    let last = syllable_ranges(question).last();
    let asks = last.filter(|last| {
        asked.wish == Wish::YesNo && ENDS.contains(&canonical_syllable(&question[last.clone()]).as_str())
    });
    asks.map_or(question, |last| question[..last.start].trim_end()).to_owned()
}

/// Folded syllables between single spaces, one at each end too.
pub fn padded_folded(text: &str) -> String {
    padded(&fold(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_told_apart() {
        let wish = |question: &str| read(question).wish;
        assert_eq!(wish("Thuê quầy bao lâu thì được giảm giá?"), Wish::Number);
        assert_eq!(read("Thuê quầy mấy ngày?").units, ["ngay"]);
        assert_eq!(wish("Khách thuê quầy được hoàn tiền trong những trường hợp nào?"), Wish::List);
        assert_eq!(wish("Có được thuê hai quầy không?"), Wish::YesNo);
        assert_eq!(wish("Cách thuê quầy"), Wish::Other);
        let without = |question: &str| without_asking(question, &read(question));
        assert_eq!(without("Có được thuê hai quầy không?"), "Có được thuê hai quầy");
        assert_eq!(without("Thuê quầy mấy ngày thì không phải trả"), "Thuê quầy mấy ngày thì không phải trả");
    }

    #[test]
    fn own_and_untold_cases_are_noticed() {
        assert!(read("Tôi thuê quầy thì sao?").own_case);
        assert!(!read("Người thuê quầy thì sao?").own_case);
        assert!(read("Trường hợp này có được hoàn tiền không?").points_at_untold);
        assert!(read("Phí là 10 ngày, đúng không?").confirms);
    }
}
