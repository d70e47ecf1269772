/*!
Understanding a question: accents, abbreviations, chat spellings, direct citations.

Pure and explainable: the outcome is shown to the member as "Hiểu câu hỏi là: …".
*/

use crate::law::{
    accents::AccentModel,
    text::{fold, syllable_ranges, syllables},
};

/// Abbreviations and chat spellings, folded, with what they stand for.
const SHORT_FORMS: [(&str, &str); 44] = [
    ("atvsld", "an toàn, vệ sinh lao động"),
    ("bhtn", "bảo hiểm thất nghiệp"),
    ("bhxh", "bảo hiểm xã hội"),
    ("bhyt", "bảo hiểm y tế"),
    ("bld", "bộ luật lao động"),
    ("blld", "bộ luật lao động"),
    ("bnn", "bệnh nghề nghiệp"),
    ("cdcs", "công đoàn cơ sở"),
    ("cdv", "công đoàn viên"),
    ("cn", "công nhân"),
    ("cty", "công ty"),
    ("cti", "công ty"),
    ("ctr", "công ty"),
    ("dc", "được"),
    ("dk", "được"),
    ("đc", "được"),
    ("đk", "được"),
    ("dn", "doanh nghiệp"),
    ("dv", "đoàn viên"),
    ("gd", "giám đốc"),
    ("hd", "hợp đồng"),
    ("hdld", "hợp đồng lao động"),
    ("hdlv", "hợp đồng làm việc"),
    ("k", "không"),
    ("ko", "không"),
    ("kg", "không"),
    ("kh", "không"),
    ("khong", "không"),
    ("lđ", "lao động"),
    ("ld", "lao động"),
    ("ns", "nhân sự"),
    ("nld", "người lao động"),
    ("nsdld", "người sử dụng lao động"),
    ("ntn", "như thế nào"),
    ("nv", "nhân viên"),
    ("nvu", "nghĩa vụ"),
    ("qd", "quyết định"),
    ("tc", "trợ cấp"),
    ("tldld", "tổng liên đoàn lao động"),
    ("tnld", "tai nạn lao động"),
    ("tnlđ", "tai nạn lao động"),
    ("tuldtt", "thỏa ước lao động tập thể"),
    ("tv", "thử việc"),
    ("vs", "với"),
];

/// Names members use for documents, folded, with the folded title they stand for.
const DOCUMENT_NAMES: [(&str, &str); 8] = [
    ("bo luat lao dong", "bo luat lao dong"),
    ("luat lao dong", "bo luat lao dong"),
    ("luat cong doan", "luat cong doan"),
    ("luat bao hiem xa hoi", "luat bao hiem xa hoi"),
    ("luat viec lam", "luat viec lam"),
    ("luat an toan ve sinh lao dong", "luat an toan, ve sinh lao dong"),
    ("luat an toan, ve sinh lao dong", "luat an toan, ve sinh lao dong"),
    ("bo luat dan su", "bo luat dan su"),
];

/// Workers' words and the law's words for them.
const LAY_WORDS: &str = include_str!("../../corpus/language/lay-words.tsv");
/// Most expansions of one question: beyond, it is about everything.
const EXPANSIONS_MAX: usize = 4;

/// A provision the question itself names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectCitation {
    /// Article label.
    pub article: String,
    /// Clause label, if named.
    pub clause: Option<String>,
    /// Folded start of the document's title, if named.
    pub document_title: Option<String>,
    /// Number of the document or its first parts (`145/2020`), if named.
    pub document_number: Option<String>,
}

/// A question as understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// The question with accents restored and short forms written out.
    pub text: String,
    /// The law's words for workers' words in the question: added to it, never in place of it.
    pub expansions: Vec<String>,
    /// What the question names itself.
    pub direct: Option<DirectCitation>,
}

impl Understood {
    /// The question followed by its expansions.
    pub fn expanded(&self) -> String {
        if self.expansions.is_empty() {
            self.text.clone()
        } else {
            format!("{} ({})", self.text, self.expansions.join("; "))
        }
    }
}

/// Reads a question.
pub fn understand(question: &str, accents: &AccentModel) -> Understood {
    let written_out = write_out(question);
    let text = accents.restore(&written_out);
    let direct = direct_citation(&text);
    let expansions = expansions(&text);
    Understood { text, expansions, direct }
}

/// Pairs of the table: lay words, law's words.
fn lay_words() -> impl Iterator<Item = (&'static str, &'static str)> {
    LAY_WORDS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// `text` with its lay words replaced by the law's first words for them, as syllables.
pub fn in_law_words(text: &str) -> String {
    let mut padded = format!(" {} ", syllables(text).join(" "));
    let mut pairs: Vec<_> = lay_words().collect();
    pairs.sort_by_key(|(lay, _)| std::cmp::Reverse(lay.len()));
    for (lay, legal) in pairs {
        let legal = legal.split(" | ").next().unwrap_or(legal);
        padded = padded.replace(&format!(" {lay} "), &format!(" {legal} "));
    }
    padded.trim().to_owned()
}

/// The law's words for the lay words that stand in `text` as whole syllables, longest first.
pub fn expansions(text: &str) -> Vec<String> {
    let padded = |text: &str| format!(" {} ", syllables(text).join(" "));
    let mut left = padded(text);
    let mut pairs: Vec<_> = lay_words().collect();
    pairs.sort_by_key(|(lay, _)| std::cmp::Reverse(lay.len()));
    let mut found = Vec::new();
    for (lay, legal) in pairs {
        let lay = padded(lay);
        if left.contains(&lay) {
            // A longer term swallows the shorter ones within it.
            left = left.replace(&lay, " | ");
            for legal in legal.split(" | ").map(str::to_owned) {
                if !found.contains(&legal) && found.len() < EXPANSIONS_MAX {
                    found.push(legal);
                }
            }
        }
    }
    found
}

/// Replaces short forms. One-letter and two-letter forms only in lower case: `K` may be a name.
fn write_out(question: &str) -> String {
    let mut out = String::with_capacity(question.len());
    let mut done = 0;
    for range in syllable_ranges(question) {
        let syllable = &question[range.clone()];
        let lower = syllable.to_lowercase();
        let folded = fold(syllable);
        let short = SHORT_FORMS
            .iter()
            .find(|(short, _)| *short == lower)
            .or_else(|| SHORT_FORMS.iter().find(|(short, _)| 2 < short.len() && *short == folded));
        if let Some((short, long)) = short
            && (2 < short.chars().count() || lower == syllable)
        {
            out.push_str(&question[done..range.start]);
            out.push_str(long);
            done = range.end;
        }
    }
    out.push_str(&question[done..]);
    out
}

/// "khoản 2 điều 36 luật lao động", "điều 58 nghị định 145/2020".
fn direct_citation(text: &str) -> Option<DirectCitation> {
    let folded = fold(text);
    let article = label_after(&folded, "dieu ")?;
    let clause = label_after(&folded, "khoan ");
    let document_title =
        DOCUMENT_NAMES.iter().find(|(name, _)| folded.contains(name)).map(|(_, title)| (*title).to_owned());
    let document_number = folded
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|word| {
            let mut parts = word.split('/');
            let is_number =
                |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
            is_number(parts.next()) && is_number(parts.next().filter(|year| year.len() == 4))
        })
        .map(str::to_owned);
    Some(DirectCitation { article, clause, document_title, document_number })
}

fn label_after(folded: &str, word: &str) -> Option<String> {
    let mut rest = folded;
    while let Some(at) = rest.find(word) {
        let starts_word = rest[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        rest = &rest[at + word.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let label = &rest[..end];
        let digits = label.bytes().take_while(u8::is_ascii_digit).count();
        if starts_word && 0 < digits && digits <= 4 && label.len() <= digits + 1 {
            return Some(label.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out() {
        assert_eq!(write_out("cty ép nghỉ k báo trước có dc ko?"), "công ty ép nghỉ không báo trước có được không?");
        assert_eq!(write_out("HĐLĐ với NSDLĐ"), "hợp đồng lao động với người sử dụng lao động");
        assert_eq!(write_out("ông K và bà Dc"), "ông K và bà Dc");
    }

    #[test]
    fn a_named_article_is_found_with_its_document() {
        let direct = direct_citation("khoản 2 điều 36 luật lao động").unwrap();
        assert_eq!((direct.article.as_str(), direct.clause.as_deref()), ("36", Some("2")));
        assert_eq!(direct.document_title.as_deref(), Some("bo luat lao dong"));
        let direct = direct_citation("Nghị định 145/2020/NĐ-CP điều 58").unwrap();
        assert_eq!((direct.article.as_str(), direct.document_number.as_deref()), ("58", Some("145/2020/nd-cp")));
        assert_eq!(direct_citation("điều kiện nghỉ việc"), None);
        assert_eq!(direct_citation("theo điều khoản 5"), None);
    }

    #[test]
    fn lay_words_bring_the_laws_words_along() {
        assert_eq!(expansions("Bị đuổi việc thì sao"), ["sa thải", "đơn phương chấm dứt hợp đồng lao động"]);
        assert_eq!(expansions("nghỉ phép năm"), ["nghỉ hằng năm"]);
        assert!(expansions("chủ nhật").len() <= 1 && expansions("đẻ").is_empty());
        assert!(50 < lay_words().count());
        assert_eq!(in_law_words("Tăng ca thì sao?"), "làm thêm giờ thì sao");
    }

    #[test]
    fn every_short_form_is_listed_once() {
        for (index, (short, _)) in SHORT_FORMS.iter().enumerate() {
            assert!(!SHORT_FORMS[..index].iter().any(|(other, _)| other == short), "{short} twice");
        }
    }
}
