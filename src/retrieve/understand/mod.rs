/*!
Understanding a question: accents, short forms, lay words, what it names and which day it asks for.

Pure and explainable: the outcome is shown to the member as "Hiểu câu hỏi là: …".
*/

pub mod cited;
pub mod day;
pub mod intent;

use std::{collections::HashMap, sync::LazyLock};

use jiff::civil::Date;

pub use cited::{DirectCitation, NamedDocument};

use crate::law::{
    accents::AccentModel,
    text::{fold, padded, syllable_ranges},
};

/// Abbreviations and chat spellings with what they stand for.
const SHORT_FORMS: &str = include_str!("../../../corpus/language/short-forms.tsv");
/// Units that look like short forms behind a number: `50 kg`.
const UNITS: [&str; 3] = ["kg", "k", "dc"];

/// Short form -> what it stands for.
static SHORT: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| rows(SHORT_FORMS).collect());

/// Workers' words and the law's words for them.
const LAY_WORDS: &str = include_str!("../../../corpus/language/lay-words.tsv");
/// Words that have the syllable "kiện" or "chủ" and mean neither a suit nor an employer.
const OTHER_WORDS: [&str; 26] = [
    "điều kiện",
    "sự kiện",
    "dữ kiện",
    "bưu kiện",
    "phụ kiện",
    "linh kiện",
    "văn kiện",
    "cấu kiện",
    "kiện hàng",
    "kiện toàn",
    "dân chủ",
    "chủ tịch",
    "chủ động",
    "chủ yếu",
    "chủ trương",
    "chủ quan",
    "chủ thể",
    "chủ đề",
    "chủ trì",
    "chủ nhiệm",
    "tự chủ",
    "chủ sở hữu",
    "chủ nghĩa",
    "chủ đầu tư",
    "chủ quyền",
    "chủ quản",
];
/// Most expansions of one question: beyond, it is about everything.
const EXPANSIONS_MAX: usize = 4;

/// A question as understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// The question with accents restored and short forms written out.
    pub text: String,
    /// The law's words for workers' words in the question: added to it.
    pub expansions: Vec<String>,
    /// The question with the law's words in place of workers' words; none where it has none.
    pub in_law_words: Option<String>,
    /// The provision the question names itself.
    pub direct: Option<DirectCitation>,
    /// The document it names.
    pub document: Option<NamedDocument>,
    /// The day whose law it asks for, where it says one.
    pub day: Option<Date>,
    /// The term whose meaning it asks for, as syllables.
    pub term: Option<String>,
    /// Whether it asks for a penalty.
    pub is_about_penalty: bool,
}

impl Understood {}

/// Reads a question.
pub fn understand(question: &str, accents: &AccentModel) -> Understood {
    let typed = visible(question);
    let written_out = write_out(&typed);
    let text = accents.restore_of(&written_out, &typed);
    // Read before accents are restored: a letter of a label is no syllable.
    let document = cited::document(&written_out);
    let direct = cited::provision(&written_out, document.as_ref());
    let mut expansions = expansions(&text);
    expansions.extend(intent::region(&text).map(str::to_owned));
    Understood {
        expansions,
        in_law_words: in_law_words(&text),
        direct,
        day: day::asked(&written_out, document.as_ref()),
        document,
        term: intent::meaning_of(&text),
        is_about_penalty: intent::is_about_penalty(&text),
        text,
    }
}

/// The day whose law a question asks for, where it says one.
pub fn asked_day(question: &str) -> Option<Date> {
    let written_out = write_out(&visible(question));
    day::asked(&written_out, cited::document(&written_out).as_ref())
}

/// Without characters that are not seen and would cut syllables in two.
fn visible(question: &str) -> String {
    const UNSEEN: [char; 7] = ['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{00AD}', '\u{180E}'];
    question.chars().filter(|c| !UNSEEN.contains(c)).collect()
}

/// Rows of a table of pairs.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Pairs of the table: lay words, law's words; longest lay words first. Words that only have a
/// lay word's syllable stand among them with none of the law's: before the lay words they would
/// be taken for, behind the longer lay words they are part of.
static LAY: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let others: Vec<String> = OTHER_WORDS.iter().map(|words| padded(words)).collect();
    let has_other = |lay: &str| others.iter().any(|words| lay.contains(words));
    let mut pairs: Vec<_> = rows(LAY_WORDS).map(|(lay, legal)| (padded(lay), legal)).collect();
    pairs.extend(others.iter().map(|words| (words.clone(), "")));
    pairs.sort_by_key(|(lay, _)| (!has_other(lay), std::cmp::Reverse(lay.len())));
    pairs
});

/// `text` as padded syllables without words that only share a syllable with a lay word: "điều
/// kiện" sues nobody.
pub fn without_other_words(text: &str) -> String {
    OTHER_WORDS.iter().fold(padded(text), |text, words| text.replace(&padded(words), " | "))
}

/// The law's words for the lay words that stand in `text` as whole syllables, longest first.
pub fn expansions(text: &str) -> Vec<String> {
    let mut left = padded(text);
    let mut found = Vec::new();
    for (lay, legal) in LAY.iter() {
        if left.contains(lay) {
            // A longer term swallows the shorter ones within it.
            left = left.replace(lay, " | ");
            for legal in legal.split(" | ").filter(|legal| !legal.is_empty()).map(str::to_owned) {
                if !found.contains(&legal) && found.len() < EXPANSIONS_MAX {
                    found.push(legal);
                }
            }
        }
    }
    found
}

/// `text` as syllables with the law's words in place of lay words; none where it has none.
fn in_law_words(text: &str) -> Option<String> {
    let before = padded(text);
    let mut left = before.clone();
    let mut put = Vec::new();
    for (lay, legal) in LAY.iter() {
        while let Some(at) = left.find(lay.as_str()) {
            let legal = legal.split(" | ").next().filter(|legal| !legal.is_empty());
            left.replace_range(at..at + lay.len(), &format!(" |{} ", put.len()));
            put.push(legal.map_or_else(|| lay.trim().to_owned(), str::to_owned));
        }
    }
    for (n, words) in put.iter().enumerate().rev() {
        left = left.replace(&format!("|{n} "), &format!("{words} "));
    }
    (left != before).then(|| left.trim().to_owned())
}

/// Replaces short forms. One-letter and two-letter forms only in lower case: `K` may be a name.
fn write_out(question: &str) -> String {
    let mut out = String::with_capacity(question.len());
    let (mut done, mut behind_number) = (0, false);
    let mut number_end = None;
    for range in syllable_ranges(question) {
        let syllable = &question[range.clone()];
        // The letters of `145/2020/NĐ-CP` are no words.
        let before = &question[..range.start];
        let behind_year = before.strip_suffix('/').is_some_and(|head| head.ends_with(|c: char| c.is_ascii_digit()));
        if behind_year || number_end.is_some_and(|end| before[end..] == *"-") {
            number_end = Some(range.end);
            behind_number = false;
            continue;
        }
        let lower = syllable.to_lowercase();
        // Only đ is written both ways in a short form: `hỏng` is no `hong`.
        let bare = lower.replace('đ', "d");
        let long_enough = |form: &&str| 2 < form.chars().count();
        let long =
            SHORT.get(lower.as_str()).or_else(|| Some(bare.as_str()).filter(long_enough).and_then(|b| SHORT.get(b)));
        let is_unit = behind_number && UNITS.contains(&lower.as_str());
        let long = if lower == "k" && labels_clause(&question[range.end..]) { Some(&"khoản") } else { long };
        if let Some(long) = long
            && !is_unit
            && (2 < lower.chars().count() || lower == syllable || is_document_word(long))
        {
            out.push_str(&question[done..range.start]);
            out.push_str(long);
            done = range.end;
        }
        behind_number = syllable.chars().all(|c| c.is_ascii_digit());
    }
    out.push_str(&question[done..]);
    out
}

/// Whether a "k" before `rest` is a clause's: its number comes next, then an article's: ` 2 đ36`.
fn labels_clause(rest: &str) -> bool {
    let mut next = syllable_ranges(rest).map(|range| fold(&rest[range]));
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let Some(clause) = next.next().filter(|word| is_number(word)) else { return false };
    let article = next.next().unwrap_or_default();
    let label = article.strip_prefix("dieu").or_else(|| article.strip_prefix('d')).unwrap_or("-");
    let is_apart = label.is_empty() && next.next().is_some_and(|word| is_number(&word));
    clause.len() <= 2 && (is_apart || is_number(label))
}

/// Abbreviations of two letters that are written in capitals: `NĐ 145`.
fn is_document_word(long: &str) -> bool {
    matches!(long, "nghị định" | "quyết định" | "lao động" | "hợp đồng" | "bảo hiểm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out() {
        assert_eq!(write_out("cty ép nghỉ k báo trước có dc ko?"), "công ty ép nghỉ không báo trước có được không?");
        assert_eq!(write_out("HĐLĐ với NSDLĐ"), "hợp đồng lao động với người sử dụng lao động");
        assert_eq!(write_out("ông K và bà Dc"), "ông K và bà Dc");
        assert_eq!(write_out("k 2 đ36, k 3 điều 5"), "khoản 2 đ36, khoản 3 điều 5");
        assert_eq!(write_out("nghỉ k 2 ngày"), "nghỉ không 2 ngày");
        assert_eq!(write_out("NĐ 145 và HĐLĐ"), "nghị định 145 và hợp đồng lao động");
        assert_eq!(write_out("NĐ 145/2020/NĐ-CP, 174/QĐ-TLĐ"), "nghị định 145/2020/NĐ-CP, 174/QĐ-TLĐ");
        assert_eq!(write_out("hđlđ/qđ k rõ"), "hợp đồng lao động/quyết định không rõ");
        assert_eq!(write_out("máy hỏng, bốc 50 kg k nghỉ"), "máy hỏng, bốc 50 kg không nghỉ");
    }

    #[test]
    fn what_a_question_names_and_asks_for_is_read_at_once() {
        let read = understand("k2 đ36 blld nam 2019 noi gi, nam 2023", &AccentModel::default());
        let direct = read.direct.unwrap();
        assert_eq!((direct.article.as_str(), direct.clause.as_deref()), ("36", Some("2")));
        assert_eq!(direct.document_title.as_deref(), Some("bo luat lao dong"));
        assert_eq!((read.document.unwrap().year, read.day), (Some(2019), Some(jiff::civil::date(2023, 12, 31))));
        let apart = understand("k 2 đ36", &AccentModel::default()).direct.unwrap();
        assert_eq!((apart.article.as_str(), apart.clause.as_deref()), ("36", Some("2")));
        assert_eq!(understand("ng\u{200B}hỉ", &AccentModel::default()).text, "nghỉ");
        let decree = understand("điều 58 NĐ 145/2020/NĐ-CP", &AccentModel::default()).direct.unwrap();
        assert_eq!(decree.document_number.as_deref(), Some("145/2020/nd-cp"));
        assert_eq!(asked_day("nghi viec thang 7/2022"), Some(jiff::civil::date(2022, 7, 31)));
        assert_eq!(understand("lương tối thiểu vùng 2", &AccentModel::default()).expansions.last().unwrap(), "vùng II");
    }

    #[test]
    fn lay_words_bring_the_laws_words_along() {
        assert_eq!(expansions("Bị đuổi việc thì sao"), ["sa thải", "đơn phương chấm dứt hợp đồng lao động"]);
        assert_eq!(expansions("nghỉ phép năm"), ["nghỉ hằng năm"]);
        assert_eq!(in_law_words("Bị đuổi việc, hết phép năm"), Some("bị sa thải hết nghỉ hằng năm".to_owned()));
        assert_eq!(in_law_words("điều kiện thắp đèn"), None, "another word stays what it is");
        assert!(expansions("chủ nhật").len() <= 1 && expansions("đẻ").is_empty());
        assert!(50 < LAY.len());
    }

    #[test]
    fn a_syllable_of_another_word_is_no_lay_word() {
        let of = |text: &str| expansions(text).join("; ");
        assert!(!of("điều kiện công ty đặt ra").contains("tranh chấp"));
        for text in ["điều kiện", "sự kiện", "thực hành dân chủ", "chủ động"] {
            let found = of(text);
            assert!(!found.contains("tranh chấp") && !found.contains("người sử dụng lao động"), "{text}: {found}");
        }
        assert!(of("chủ tịch công đoàn").contains("cán bộ công đoàn"));
        assert!(of("kiện công ty").contains("tranh chấp") && of("chủ nợ lương").contains("người sử dụng lao động"));
        assert_eq!(without_other_words("Điều kiện để kiện"), " | để kiện ");
    }

    #[test]
    fn every_row_of_the_tables_is_whole_and_stands_once() {
        for table in [SHORT_FORMS, LAY_WORDS] {
            let keys: Vec<&str> = rows(table).map(|(key, _)| key).collect();
            assert_eq!(keys.len(), table.lines().filter(|line| !line.starts_with('#')).count());
            for (at, key) in keys.iter().enumerate() {
                assert!(!keys[..at].contains(key) && *key == key.to_lowercase(), "{key}");
            }
        }
    }
}
