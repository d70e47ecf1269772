/*!
Provisions and documents a question names itself, in any common spelling.

Reads `khoản 2 điều 36 luật lao động`, `k2 đ36 blld`, `NĐ 145 điều 58`, `điều 35.1 bộ luật lao
động 2012`. Works on the question with short forms written out, folded: accents say nothing
here but for the letter of a point. What is named is only read; whether it is held is decided
by the search.
*/

use crate::law::text::{canonical_syllable, fold, syllable_ranges};

/// Names members use for documents, folded, with the start of the title they stand for; longer
/// names first where one holds another.
const DOCUMENT_NAMES: [(&str, &str); 31] = [
    ("bo luat to tung dan su", "Bộ luật Tố tụng dân sự"),
    ("luat to tung dan su", "Bộ luật Tố tụng dân sự"),
    ("bo luat to tung hinh su", "Bộ luật Tố tụng hình sự"),
    ("luat to tung hinh su", "Bộ luật Tố tụng hình sự"),
    ("bo luat lao dong", "Bộ luật Lao động"),
    ("luat lao dong", "Bộ luật Lao động"),
    ("bo luat dan su", "Bộ luật Dân sự"),
    ("luat dan su", "Bộ luật Dân sự"),
    ("bo luat hinh su", "Bộ luật Hình sự"),
    ("luat hinh su", "Bộ luật Hình sự"),
    ("luat cong doan", "Luật Công đoàn"),
    ("dieu le cong doan", "Điều lệ Công đoàn"),
    ("luat bao hiem xa hoi", "Luật Bảo hiểm xã hội"),
    ("luat bao hiem y te", "Luật Bảo hiểm y tế"),
    ("luat viec lam", "Luật Việc làm"),
    ("luat an toan ve sinh lao dong", "Luật An toàn, vệ sinh lao động"),
    ("luat an toan, ve sinh lao dong", "Luật An toàn, vệ sinh lao động"),
    ("luat nguoi lao dong viet nam di lam viec o nuoc ngoai", "Luật Người lao động Việt Nam đi làm việc ở nước ngoài"),
    ("luat di lam viec o nuoc ngoai", "Luật Người lao động Việt Nam đi làm việc ở nước ngoài"),
    ("luat doanh nghiep", "Luật Doanh nghiệp"),
    ("luat dat dai", "Luật Đất đai"),
    ("luat hon nhan va gia dinh", "Luật Hôn nhân và gia đình"),
    ("luat hon nhan gia dinh", "Luật Hôn nhân và gia đình"),
    ("luat tre em", "Luật Trẻ em"),
    ("luat an ninh mang", "Luật An ninh mạng"),
    ("luat binh dang gioi", "Luật Bình đẳng giới"),
    ("luat khieu nai", "Luật Khiếu nại"),
    ("luat to cao", "Luật Tố cáo"),
    ("luat can bo cong chuc", "Luật Cán bộ, công chức"),
    ("luat vien chuc", "Luật Viên chức"),
    ("hien phap", "Hiến pháp"),
];

/// Kinds of documents that are named by number, folded, with what stands in such a number.
const NUMBERED_KINDS: [(&str, &str); 6] = [
    ("nghi dinh", "nd-cp"),
    ("thong tu", "tt-"),
    ("nghi quyet", "nq-"),
    ("quyet dinh", "qd-"),
    ("luat", "qh"),
    ("van ban hop nhat", "vbhn"),
];

/// Folded names members use for documents.
pub fn document_names() -> impl Iterator<Item = &'static str> {
    DOCUMENT_NAMES.iter().map(|(name, _)| *name)
}

/// Folded kinds of documents that are named by number.
pub fn numbered_kinds() -> impl Iterator<Item = &'static str> {
    NUMBERED_KINDS.iter().map(|(name, _)| *name)
}

/// Folded syllables before "khoản" that make another word of it.
const BEFORE_CLAUSE: [&str; 3] = ["tai", "dieu", "chuyen"];
/// Folded syllables before "điểm" that make another word of it.
const BEFORE_POINT: [&str; 12] =
    ["thoi", "dia", "dac", "quan", "uu", "nhuoc", "khuyet", "trong", "thi", "cao", "giao", "tam"];
/// Folded units that make a sum of "khoản" and a number.
const COUNTED: [&str; 9] = ["trieu", "nghin", "ngan", "dong", "ty", "ti", "tr", "vnd", "usd"];

/// A document a question names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDocument {
    /// Start of its title as it is printed.
    pub name: Option<&'static str>,
    /// Folded start of its title.
    pub title: Option<String>,
    /// Its number or the first parts of it, folded: `145/2020/nd-cp`, `145/2020`, `145`.
    pub number: Option<String>,
    /// What its number holds by its kind, folded: `nd-cp`.
    pub kind: Option<&'static str>,
    /// The year that stands with its name.
    pub year: Option<i16>,
}

impl NamedDocument {
    /// Whether it is named as one of this year.
    pub fn is_of(&self, year: i16) -> bool {
        let in_number = self.number.as_ref().and_then(|number| number.split('/').nth(1)).and_then(|y| y.parse().ok());
        self.year == Some(year) || in_number == Some(year)
    }

    /// How the question names it: title or number, and the year.
    pub fn text(&self) -> String {
        let number = self.number.as_ref().map(|number| format!("số {}", number.trim_end_matches('/').to_uppercase()));
        let year = self.year.map(|year| year.to_string());
        let title = self.name.map(str::to_owned);
        [title, number, year].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Whether it is named so exactly that no other version is meant.
    pub fn is_exact(&self) -> bool {
        self.year.is_some() || self.number.as_ref().is_some_and(|number| !number.ends_with('/'))
    }
}

/// A provision the question itself names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectCitation {
    /// Article label.
    pub article: String,
    /// Clause label, if named.
    pub clause: Option<String>,
    /// Point label, if named.
    pub point: Option<String>,
    /// Folded start of the document's title, if named.
    pub document_title: Option<String>,
    /// Number of the document or its first parts (`145/2020`), if named.
    pub document_number: Option<String>,
}

/// A word of the question: its folded and its canonical form, and what stands before it.
struct Word {
    folded: String,
    canonical: String,
    before: String,
}

fn words(text: &str) -> Vec<Word> {
    let mut end = 0;
    syllable_ranges(text)
        .map(|range| {
            let before = text[end..range.start].trim().to_owned();
            end = range.end;
            let syllable = &text[range];
            Word { folded: fold(syllable), canonical: canonical_syllable(syllable), before }
        })
        .collect()
}

/// The document a question names, if it names one.
pub fn document(text: &str) -> Option<NamedDocument> {
    let folded = fold(text);
    let named = DOCUMENT_NAMES.iter().filter_map(|(name, title)| Some((whole_words(&folded, name)?, name, title)));
    // The name that begins first; of those the longest.
    let named = named.min_by_key(|(at, name, _)| (*at, std::cmp::Reverse(name.len())));
    let number = number(&folded).or_else(|| short_number(&words(text)));
    let year = named.and_then(|(at, name, _)| year_behind(&folded[at + name.len()..]));
    let (number, kind) = number.map_or((None, None), |(number, kind)| (Some(number), kind));
    let name = named.map(|(_, _, title)| *title);
    let title = name.map(fold);
    (title.is_some() || number.is_some()).then_some(NamedDocument { name, title, number, kind, year })
}

/// Where `name` stands in `folded` as whole words.
fn whole_words(folded: &str, name: &str) -> Option<usize> {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    folded
        .match_indices(name)
        .map(|(at, _)| at)
        .find(|at| is_edge(folded[..*at].chars().next_back()) && is_edge(folded[at + name.len()..].chars().next()))
}

/// The year right behind a name: ` 2019`, ` nam 2019`, ` so 45 nam 2019` is none of it.
fn year_behind(rest: &str) -> Option<i16> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("sua doi").map_or(rest, str::trim_start);
    let rest = rest.strip_prefix("nam ").unwrap_or(rest);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let year = digits.parse::<i16>().ok().filter(|year| (1945..2100).contains(year))?;
    rest[digits.len()..].chars().next().is_none_or(|c| c != '/').then_some(year)
}

/// `145/2020/nd-cp`, `145/2020`.
fn number(folded: &str) -> Option<(String, Option<&'static str>)> {
    let found = folded.split_whitespace().find_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let mut parts = word.split('/');
        let digits = |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
        let is_number = digits(parts.next()) && digits(parts.next().filter(|year| year.len() == 4));
        // A day has a month before its year.
        (is_number && parts.next().is_none_or(|kind| kind.starts_with(|c: char| c.is_ascii_alphabetic())))
            .then(|| word.to_owned())
    })?;
    let is_month = found.split('/').next().and_then(|first| first.parse::<u8>().ok()).is_some_and(|n| n <= 12);
    let has_kind = found.matches('/').count() > 1;
    let kind = kind_before(folded, &found);
    // `7/2022` alone is a month; `thong tu 7/2022` is not.
    (has_kind || kind.is_some() || !is_month || folded.contains(&format!("so {found}"))).then_some((found, kind))
}

fn kind_before(folded: &str, number: &str) -> Option<&'static str> {
    let head = folded.split(number).next()?.trim_end();
    let head = head.strip_suffix("so").unwrap_or(head).trim_end();
    NUMBERED_KINDS.iter().find(|(name, _)| head.ends_with(name)).map(|(_, kind)| *kind)
}

/// `nghi dinh 145`, `nd145`, `thong tu so 10 nam 2020`: the first part alone, with the year
/// where it stands behind.
fn short_number(words: &[Word]) -> Option<(String, Option<&'static str>)> {
    let digits = |word: &str| (1..=4).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    for (at, word) in words.iter().enumerate() {
        for (name, kind) in &NUMBERED_KINDS[..4] {
            let mut name = name.split(' ');
            let is_kind = Some(word.folded.as_str()) == name.next()
                && words.get(at + 1).is_some_and(|next| Some(next.folded.as_str()) == name.next());
            if !is_kind {
                continue;
            }
            let next = at + 2 + usize::from(words.get(at + 2).is_some_and(|word| word.folded == "so"));
            let Some(first) = words.get(next).filter(|word| digits(&word.folded)) else { continue };
            let after = next + 1 + usize::from(words.get(next + 1).is_some_and(|word| word.folded == "nam"));
            let year = words.get(after).filter(|word| word.folded.len() == 4 && digits(&word.folded));
            let number = year.map_or(format!("{}/", first.folded), |year| format!("{}/{}", first.folded, year.folded));
            return Some((number, Some(*kind)));
        }
    }
    let glued = |word: &Word| {
        let first = word.folded.strip_prefix("nd").filter(|rest| rest.len() >= 2 && digits(rest))?;
        Some((format!("{first}/"), Some("nd-cp")))
    };
    words.iter().find_map(glued)
}

/// The provision a question names, given the document it names.
pub fn provision(text: &str, document: Option<&NamedDocument>) -> Option<DirectCitation> {
    let words = words(text);
    let (at, article) = words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1).filter(|next| next.before.is_empty() || next.before == ".");
        if word.folded == "dieu" {
            return Some((at, next.and_then(|next| label(&next.folded))?));
        }
        let glued = word.folded.strip_prefix("dieu").or_else(|| word.canonical.strip_prefix('đ'));
        if let Some(found) = glued.and_then(label) {
            return Some((at, found));
        }
        // A bare d only where something else says that law is meant.
        let is_sure = document.is_some() || words.iter().any(|word| clause_word(&word.folded).is_some());
        let glued = word.folded.strip_prefix('d').filter(|_| is_sure).and_then(label);
        let apart = (is_sure && matches!(word.canonical.as_str(), "đ" | "d")).then_some(next).flatten();
        glued.or_else(|| apart.and_then(|next| label(&next.folded))).map(|found| (at, found))
    })?;
    let clause = clause(&words, at, &article);
    let point = (0..words.len()).find_map(|at| point_at(&words, at));
    Some(DirectCitation {
        article,
        clause,
        point,
        document_title: document.and_then(|document| document.title.clone()),
        document_number: document.and_then(|document| document.number.clone()),
    })
}

/// `khoan 2`, `k2`, `k 2 d36`, `dieu 36.2`.
fn clause(words: &[Word], article_at: usize, article: &str) -> Option<String> {
    let named = (0..words.len()).find_map(|at| clause_at(words, at));
    let dotted = || {
        let label_at = words.iter().enumerate().skip(article_at).find(|(_, word)| word.folded.ends_with(article))?.0;
        let next = words.get(label_at + 1).filter(|next| next.before == ".")?;
        label(&next.folded)
    };
    named.or_else(dotted)
}

/// Whether a question names a clause or a point, and no article: "khoản 2 thì sao?".
pub fn is_part_alone(text: &str) -> bool {
    let words = words(text);
    let names_part = |at: usize| clause_at(&words, at).is_some() || point_at(&words, at).is_some();
    let names_article = |pair: &[Word]| pair[0].folded == "dieu" && label(&pair[1].folded).is_some();
    (0..words.len()).any(names_part) && !words.windows(2).any(names_article)
}

/// The label of the clause named at a word. "Khoản 5 triệu" is a sum, "tài khoản 12" an account.
fn clause_at(words: &[Word], at: usize) -> Option<String> {
    let before = at.checked_sub(1).map(|before| words[before].folded.as_str());
    let found = match clause_word(&words[at].folded)? {
        "" => words.get(at + 1).and_then(|next| label(&next.folded)).map(|label| (label, at + 2)),
        glued => label(glued).map(|label| (label, at + 1)),
    };
    let (label, behind) = found?;
    let is_sum =
        words.get(behind).is_some_and(|word| COUNTED.contains(&word.folded.as_str()) && word.before.is_empty());
    let is_compound = words[at].folded.starts_with("khoan") && before.is_some_and(|word| BEFORE_CLAUSE.contains(&word));
    (!is_sum && !is_compound).then_some(label)
}

/// The letter of the point named at a word. "Thời điểm", "địa điểm" are no points, and a letter
/// with a tone ("ở") labels none.
fn point_at(words: &[Word], at: usize) -> Option<String> {
    let letter = &words.get(at + 1)?.canonical;
    let is_label = letter.chars().count() == 1 && letter.chars().all(|c| c.is_ascii_lowercase() || c == 'đ');
    let before = at.checked_sub(1).map(|before| words[before].folded.as_str());
    let is_compound = before.is_some_and(|word| BEFORE_POINT.contains(&word));
    (words[at].folded == "diem" && is_label && !is_compound).then(|| letter.clone())
}

/// What stands behind the word for a clause within one word: nothing, or its label. A bare k is
/// one only with its number in it: alone it was written out as `không` before.
fn clause_word(folded: &str) -> Option<&str> {
    if let Some(rest) = folded.strip_prefix("khoan") {
        return (rest.is_empty() || label(rest).is_some()).then_some(rest);
    }
    folded.strip_prefix('k').filter(|rest| label(rest).is_some())
}

/// A label: at most four digits and a letter.
fn label(word: &str) -> Option<String> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word[digits..];
    let is_label = (1..=4).contains(&digits) && rest.len() <= 1 && rest.bytes().all(|b| b.is_ascii_lowercase());
    is_label.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Article, clause, point, title or number.
    type Read = (String, Option<String>, Option<String>, Option<String>);

    fn read(text: &str) -> Option<Read> {
        let document = document(text);
        let found = provision(text, document.as_ref())?;
        Some((found.article, found.clause, found.point, found.document_number.or(found.document_title)))
    }

    fn expect(text: &str, article: &str, clause: Option<&str>, document: Option<&str>) {
        let found = read(text).unwrap_or_else(|| panic!("nothing in {text}"));
        assert_eq!((found.0.as_str(), found.1.as_deref(), found.3.as_deref()), (article, clause, document), "{text}");
    }

    #[test]
    fn common_spellings_are_read() {
        let labour = Some("bo luat lao dong");
        expect("khoản 2 điều 36 luật lao động", "36", Some("2"), labour);
        expect("khoản 2 đ36 luật lao động", "36", Some("2"), labour);
        expect("k2 đ36 bộ luật lao động nói gì", "36", Some("2"), labour);
        expect("k2 d36 bo luat lao dong", "36", Some("2"), labour);
        expect("ĐIỀU 36 KHOẢN 2 BỘ LUẬT LAO ĐỘNG", "36", Some("2"), labour);
        expect("điều 36.2 bộ luật lao động", "36", Some("2"), labour);
        expect("Điều36 luật lao động", "36", None, labour);
        expect("dieu 12a luat viec lam", "12a", None, Some("luat viec lam"));
        expect("Nghị định 145/2020/NĐ-CP điều 58", "58", None, Some("145/2020/nd-cp"));
        expect("nghị định 145 điều 58", "58", None, Some("145/"));
        expect("nghị định số 145 năm 2020, điều 58", "58", None, Some("145/2020"));
        expect("điều 5 thông tư 7/2022", "5", None, Some("7/2022"));
        expect("điều 3 nd145", "3", None, Some("145/"));
        expect("điều 10 luật số 45/2019/QH14", "10", None, Some("45/2019/qh14"));
    }

    #[test]
    fn what_only_looks_like_a_citation_is_none() {
        for text in [
            "điều kiện nghỉ việc",
            "theo điều khoản 5",
            "lương 50.000đ một giờ",
            "làm 8 tiếng k 3 ca",
            "d36 là mã gì",
            "phòng k2 ở đâu",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(document("tháng 7/2022 tôi nghỉ việc"), None, "a month");
        assert_eq!(document("ngày 1/7/2022"), None, "a day");
    }

    #[test]
    fn sums_times_and_places_are_no_clauses_and_points() {
        for text in [
            "khoản 5 triệu",
            "vay một khoản 20 nghìn",
            "tài khoản 12",
            "thời điểm 1/7",
            "địa điểm ở đâu",
            "dia diem o dau",
        ] {
            assert!(!is_part_alone(text), "{text}");
            let article = read(&format!("{text} theo điều 98 luật lao động")).unwrap();
            assert_eq!((article.1, article.2), (None, None), "{text}");
        }
        assert!(is_part_alone("khoản 2 thì sao") && is_part_alone("điểm đ nói gì") && is_part_alone("diem b"));
        assert!(!is_part_alone("khoản 2 điều 5"));
    }

    #[test]
    fn points_keep_their_accent_and_years_their_document() {
        assert_eq!(read("điểm đ khoản 1 điều 34 luật lao động").unwrap().2.as_deref(), Some("đ"));
        assert_eq!(read("điểm d khoản 1 điều 34 luật lao động").unwrap().2.as_deref(), Some("d"));
        assert_eq!(document("điều 35 bộ luật lao động 2012").unwrap().year, Some(2012));
        assert_eq!(document("bộ luật lao động năm 2019 quy định").unwrap().year, Some(2019));
        assert_eq!(document("luật việc làm tôi có 2 năm").unwrap().year, None);
        assert_eq!(document("luật tố tụng dân sự").unwrap().title.as_deref(), Some("bo luat to tung dan su"));
    }

    proptest! {
        #[test]
        fn printed_citations_are_read_back(
            article in "[1-9][0-9]{0,2}[a-c]?", clause in prop::option::of("[1-9][0-9]?"),
            number in "[1-9][0-9]{1,2}/20[0-2][0-9]/(QH14|NĐ-CP|TT-BLĐTBXH)", order in any::<bool>(),
        ) {
            let clause_text = clause.as_ref().map(|clause| format!("khoản {clause} ")).unwrap_or_default();
            let text = if order {
                format!("{clause_text}Điều {article} ({number})")
            } else {
                format!("{number}, {clause_text}điều {article} nói gì?")
            };
            let found = read(&text).unwrap();
            prop_assert_eq!(found, (article, clause, None, Some(fold(&number))));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,80}", tail in "(đ|k|điều|nđ|luật)? ?[0-9./]{0,8}") {
            let text = format!("{text} {tail}");
            let named = document(&text);
            let _ = provision(&text, named.as_ref());
        }
    }
}
