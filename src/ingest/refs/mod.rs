/*!
References to provisions and documents as drafters write them.

`khoản 2 và khoản 3 Điều 4`, `các điểm a, b, d khoản 1 Điều 29 và khoản 2 Điều 31`: the inner
levels come first and wait for the outer one that closes them. Pure text in, values out;
what is not plainly a list of articles, clauses, points and divisions is said to be unclear,
never guessed.
*/

mod divisions;

pub use divisions::Division;

use crate::law::{
    Document, NodeKind,
    label::{label_slug, split_numbered},
};

/// A provision within a document: article, clause, point, or a division of it; what is missing
/// is not named.
#[derive(Debug, Clone, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Target {
    /// Label of the article.
    pub article: Option<String>,
    /// Label of the clause.
    pub clause: Option<String>,
    /// Label of the point.
    pub point: Option<String>,
    /// Only the heading of the provision is meant.
    pub title_only: bool,
    /// A chapter, section or annex, from the inside out; empty for provisions.
    pub division: Vec<Division>,
}

impl Target {
    /// An article.
    pub fn article(label: &str) -> Self {
        Self { article: Some(label.to_owned()), ..Self::default() }
    }

    /// Path within the document, `dieu-4/khoan-2`; none without an article.
    pub fn path(&self) -> Option<String> {
        let mut path = format!("dieu-{}", label_slug(self.article.as_deref()?));
        if let Some(clause) = &self.clause {
            path.push_str(&format!("/khoan-{}", label_slug(clause)));
        }
        if let Some(point) = &self.point {
            path.push_str(&format!("/diem-{}", label_slug(point)));
        }
        Some(path)
    }

    /// The node of `document` it names; of a division only where no other fits.
    pub fn node(&self, document: &Document) -> Option<usize> {
        self.path().map_or_else(|| divisions::find(document, &self.division), |path| document.find(&path))
    }

    /// What is missing on the outside, from `outer`.
    fn within(mut self, outer: &Self) -> Self {
        if self.article.is_none() {
            self.article.clone_from(&outer.article);
            if self.clause.is_none() {
                self.clause.clone_from(&outer.clause);
            }
        }
        self
    }

    /// As drafters write it, `điểm a khoản 2 Điều 4`.
    pub fn text(&self) -> String {
        let part = |word: &str, label: &Option<String>| label.as_ref().map(|label| format!("{word} {label}"));
        let provision = [part("điểm", &self.point), part("khoản", &self.clause), part("Điều", &self.article)];
        let division = self.division.iter().map(|level| format!("{} {}", level.kind.word(), level.label));
        provision.into_iter().flatten().chain(division).collect::<Vec<_>>().join(" ").trim_end().to_owned()
    }
}

/// What a list of references names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct References {
    /// The provisions in the order of the text, behind them the divisions.
    pub targets: Vec<Target>,
    /// Something else stands among them (a form, a part of a sentence, a range): the list
    /// is not the whole truth.
    pub unclear: bool,
    /// Byte offset behind the last word that belongs to the list.
    pub end: usize,
}

/// Most words that describe a part of a provision, as in "đoạn mở đầu khoản 2".
const PART_WORDS_MAX: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Point,
    Clause,
    Article,
}

struct Word<'t> {
    /// Without punctuation around it.
    bare: &'t str,
    lower: String,
    end: usize,
    /// Punctuation behind it.
    tail: &'t str,
}

/// The words of a text, cut as far as they are asked for: a list is short, its text may be long.
struct Words<'t> {
    rest: std::str::SplitInclusive<'t, fn(char) -> bool>,
    at: usize,
    cut: Vec<Word<'t>>,
}

impl<'t> Words<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text.split_inclusive(char::is_whitespace as fn(char) -> bool), at: 0, cut: Vec::new() }
    }

    fn get(&mut self, index: usize) -> Option<&Word<'t>> {
        while self.cut.len() <= index {
            let raw = self.rest.next()?;
            let end = self.at + raw.trim_end().len();
            self.at += raw.len();
            let token = raw.trim();
            if !token.is_empty() {
                let is_mark = |c: char| !c.is_alphanumeric();
                let bare = token.trim_matches(is_mark);
                let tail = &token[token.trim_end_matches(is_mark).len()..];
                self.cut.push(Word { bare, lower: bare.to_lowercase(), end, tail });
            }
        }
        self.cut.get(index)
    }

    fn is(&mut self, index: usize, test: impl Fn(&Word<'t>) -> bool) -> bool {
        self.get(index).is_some_and(test)
    }
}

fn level(word: &str) -> Option<Level> {
    match word {
        "điểm" => Some(Level::Point),
        "khoản" => Some(Level::Clause),
        "điều" => Some(Level::Article),
        _ => None,
    }
}

/// Whether `word` can be a label of `level`.
fn is_label(word: &Word<'_>, level: Level) -> bool {
    let label = word.bare;
    match level {
        Level::Point => {
            let mut chars = label.chars();
            chars.next().is_some_and(|c| c.is_lowercase() && "abcdđeghiklmnopqrstuvxy".contains(c))
                && chars.as_str().bytes().all(|b| b.is_ascii_digit())
                && label.chars().count() <= 3
        }
        Level::Clause | Level::Article => split_numbered(label)
            .is_some_and(|(_, letters)| letters.chars().count() <= 2 && letters.chars().all(char::is_lowercase)),
    }
}

/// Reads the list of references that starts at the beginning of `text` (joining words and
/// `các` may precede). What is not named comes from `outer`. The list ends at a word that
/// cannot belong to it.
pub fn list(text: &str, outer: &Target) -> References {
    let mut words = Words::new(text);
    let mut reader = Reader::new(outer);
    let mut at = 0;
    let mut skippable_words = 0;
    // Whether a comma or a joining word stands before the next name.
    let mut joined = true;
    while let Some(word) = words.get(at) {
        let lower = word.lower.clone();
        if let Some(level) = level(&lower) {
            let (labels, next) = labels(&mut words, at + 1, level);
            if labels.is_empty() && !(level == Level::Article && reader.title_only) {
                // "Điều này", "khoản này": the provision that speaks, which is not the other document's.
                break;
            }
            reader.take(level, labels);
            reader.found.end = words.get(next - 1).map_or(reader.found.end, |word| word.end);
            joined = words.is(next - 1, |word| word.tail.contains([',', ';']));
            at = next;
            continue;
        }
        if let Some((kind, width)) = divisions::kind(&mut words, at) {
            let (mut labels, next) = labels_by(&mut words, at + width, |word| divisions::is_label(word.bare, kind));
            if labels.is_empty() && kind == NodeKind::Annex {
                labels.push(String::new());
            }
            reader.take_division(kind, &labels, joined);
            reader.found.end = words.get(next - 1).map_or(reader.found.end, |word| word.end);
            joined = words.is(next - 1, |word| word.tail.contains([',', ';']));
            at = next;
            continue;
        }
        match lower.as_str() {
            "và" | "hoặc" => joined = true,
            "các" | "tại" | "" => {}
            // "khoản 6 của Điều 7", but not "của Luật".
            "của" if words.is(at + 1, |next| level(&next.lower).is_some() || next.lower == "các") => {}
            "của" if divisions::kind(&mut words, at + 1).is_some() => {}
            "tên" if words.is(at + 1, |next| level(&next.lower).is_some()) => reader.title_only = true,
            "tên" if divisions::kind(&mut words, at + 1).is_some() => reader.title_only = true,
            "tên"
                if words.is(at + 1, |next| next.lower == "của") && words.is(at + 2, |w| level(&w.lower).is_some()) =>
            {
                reader.title_only = true;
            }
            "đoạn" | "câu" | "tiêu" => {
                reader.found.unclear = true;
                skippable_words = PART_WORDS_MAX;
            }
            "đến" | "từ" => reader.found.unclear = true,
            "tên" | "mẫu" | "biểu" => {
                reader.found.unclear = true;
                // The name and number of a form.
                at += usize::from(lower != "tên");
                at += usize::from(words.is(at + 1, |next| next.bare.len() <= 8));
            }
            _ if 0 < skippable_words => skippable_words -= 1,
            _ => break,
        }
        at += 1;
    }
    reader.finish()
}

/// The labels that follow a word such as "khoản", and the index behind them.
fn labels(words: &mut Words<'_>, from: usize, level: Level) -> (Vec<String>, usize) {
    labels_by(words, from, |word| is_label(word, level))
}

fn labels_by<'t>(words: &mut Words<'t>, from: usize, is_label: impl Fn(&Word<'t>) -> bool) -> (Vec<String>, usize) {
    let mut labels = Vec::new();
    let mut next = from;
    while let Some(candidate) = words.get(next) {
        if is_label(candidate) {
            labels.push(candidate.bare.to_owned());
            let ends = candidate.tail.contains([';', '.', ':']);
            next += 1;
            if ends {
                break;
            }
        } else if matches!(candidate.lower.as_str(), "và" | "hoặc")
            && !labels.is_empty()
            && words.is(next + 1, |after| is_label(after))
        {
            next += 1;
        } else {
            break;
        }
    }
    (labels, next)
}

/// Inner levels waiting for the outer one.
struct Reader<'o> {
    outer: &'o Target,
    found: References,
    points: Vec<String>,
    waiting: Vec<Target>,
    title_only: bool,
    divisions: Vec<Target>,
    /// What was named last is a provision, or the division it stands in.
    after_provision: bool,
}

impl<'o> Reader<'o> {
    fn new(outer: &'o Target) -> Self {
        Self {
            outer,
            found: References::default(),
            points: Vec::new(),
            waiting: Vec::new(),
            title_only: false,
            divisions: Vec::new(),
            after_provision: false,
        }
    }

    fn take_division(&mut self, kind: NodeKind, labels: &[String], joined: bool) {
        let title_only = std::mem::take(&mut self.title_only);
        if !self.points.is_empty() || !self.waiting.is_empty() {
            // "khoản 1 Mục II Phụ lục I": a clause of no article.
            self.points.clear();
            self.waiting.clear();
            self.found.unclear = true;
            self.after_provision = false;
        }
        if self.after_provision && !joined {
            // "các điều 3 và 4 Mục 5 Chương II": where they stand.
            return;
        }
        self.after_provision = false;
        let is_plain = !labels.is_empty() && divisions::take(&mut self.divisions, kind, labels, title_only, joined);
        self.found.unclear |= !is_plain;
    }

    fn take(&mut self, level: Level, labels: Vec<String>) {
        self.after_provision = level == Level::Article;
        match level {
            Level::Point => self.points.extend(labels),
            Level::Clause => {
                let points = std::mem::take(&mut self.points);
                let title_only = std::mem::take(&mut self.title_only);
                for clause in &labels {
                    let target = Target { clause: Some(clause.clone()), title_only, ..Target::default() };
                    if points.is_empty() {
                        self.waiting.push(target);
                    } else {
                        let point = |p: &String| Target { point: Some(p.clone()), ..target.clone() };
                        self.waiting.extend(points.iter().map(point));
                    }
                }
            }
            Level::Article if labels.is_empty() => {
                // "tên điều": the heading of the article around.
                let article = self.outer.article.clone();
                self.title_only = false;
                // "tên Điều và khoản 1 Điều 39": where none is around, the one named next.
                let list = if article.is_some() { &mut self.found.targets } else { &mut self.waiting };
                list.push(Target { article, title_only: true, ..Target::default() });
            }
            Level::Article => {
                let points = std::mem::take(&mut self.points);
                self.waiting.extend(points.into_iter().map(|p| Target { point: Some(p), ..Target::default() }));
                let waiting = std::mem::take(&mut self.waiting);
                let title_only = std::mem::take(&mut self.title_only);
                for article in labels {
                    let article = Some(article);
                    if waiting.is_empty() {
                        self.found.targets.push(Target { article, title_only, ..Target::default() });
                    } else {
                        let closed = |t: &Target| Target { article: article.clone(), ..t.clone() };
                        self.found.targets.extend(waiting.iter().map(closed));
                    }
                }
            }
        }
    }

    fn finish(mut self) -> References {
        let points = std::mem::take(&mut self.points);
        self.waiting.extend(points.into_iter().map(|p| Target { point: Some(p), ..Target::default() }));
        // "điểm c khoản 2 Điều 7 và khoản 3": what is left takes the last article named.
        let last = self
            .found
            .targets
            .iter()
            .rfind(|target| !target.title_only || target.article.is_some())
            .and_then(|t| t.article.clone());
        let outer = match last {
            Some(article) => Target::article(&article),
            None => self.outer.clone(),
        };
        let left = std::mem::take(&mut self.waiting);
        self.found.targets.extend(left.into_iter().map(|target| target.within(&outer)));
        self.found.targets.append(&mut self.divisions);
        self.found
    }
}

/// Whether `word` is shaped like a document's number: `45/2019/QH14`, `125/VBHN-VPQH`.
pub fn is_number(word: &str) -> bool {
    let last = word.rsplit(['/', '-']).next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.contains('/')
        && last.chars().any(char::is_alphabetic)
        && !last.chars().any(char::is_lowercase)
}

/// The numbers of documents in a text with their byte offsets, in order.
pub fn numbers(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')')) {
        let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
        if is_number(word) {
            let inner = raw.find(word).unwrap_or_default();
            found.push((at + inner, word));
        }
        at += raw.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = list(text, &Target::default());
        let texts: Vec<String> = found.targets.iter().map(Target::text).collect();
        assert_eq!(texts, expected, "{text}");
    }

    #[test]
    fn inner_levels_wait_for_the_outer_one() {
        check("khoản 2 và khoản 3 Điều 4", &["khoản 2 Điều 4", "khoản 3 Điều 4"]);
        check("các khoản 1, 1a và 1b Điều 12a", &["khoản 1 Điều 12a", "khoản 1a Điều 12a", "khoản 1b Điều 12a"]);
        check(
            "các điểm a, b, đ khoản 1 Điều 9 và khoản 2 Điều 31",
            &["điểm a khoản 1 Điều 9", "điểm b khoản 1 Điều 9", "điểm đ khoản 1 Điều 9", "khoản 2 Điều 31"],
        );
        check("điểm c khoản 1 và khoản 3 Điều 5 như sau", &["điểm c khoản 1 Điều 5", "khoản 3 Điều 5"]);
        check("khoản 6 của Điều 7", &["khoản 6 Điều 7"]);
        check("các điều 104, 105 và 106 của Luật", &["Điều 104", "Điều 105", "Điều 106"]);
        check(
            "điểm a, điểm c khoản 2 Điều 7 và khoản 3 như sau",
            &["điểm a khoản 2 Điều 7", "điểm c khoản 2 Điều 7", "khoản 3 Điều 7"],
        );
        check("điểm a Điều 5", &["điểm a Điều 5"]);
    }

    #[test]
    fn divisions_are_named_from_the_inside_out() {
        check(
            "khoản 1 Điều 4, tên Chương II, Điều 11 và Điều 12",
            &["khoản 1 Điều 4", "Điều 11", "Điều 12", "Chương II"],
        );
        check("Mục 2 Chương III và Điều 9", &["Điều 9", "Mục 2 Chương III"]);
        check(
            "tên Chương II, tên Mục 1 và tên Tiểu mục 2 của Mục 4 Chương II",
            &["Chương II", "Mục 1 Chương II", "Tiểu mục 2 Mục 4 Chương II"],
        );
        check("Mục 1 và Mục 3 Chương IV", &["Mục 1 Chương IV", "Mục 3 Chương IV"]);
        check("Phụ lục I, II và Phụ lục số 4", &["Phụ lục I", "Phụ lục II", "Phụ lục 4"]);
        // Where the articles stand is no target.
        check("các điều 23, 24 và 26 Mục 5 Chương IV của Luật", &["Điều 23", "Điều 24", "Điều 26"]);
        check("tên Điều và khoản 1 Điều 39, tên Điều 40", &["Điều 39", "khoản 1 Điều 39", "Điều 40"]);
        for text in ["Mục 1 và Chương III", "Mục 1, Chương III", "khoản 1 Mục II Phụ lục I", "Mẫu số 1/PLI Phụ lục I"]
        {
            assert!(list(text, &Target::default()).unclear, "{text}");
        }
        assert!(list("tên Chương II", &Target::default()).targets[0].title_only);
    }

    #[test]
    fn what_is_not_named_comes_from_around() {
        let outer = Target { article: Some("6".into()), clause: Some("2".into()), ..Target::default() };
        let texts = |text: &str| list(text, &outer).targets.iter().map(Target::text).collect::<Vec<_>>();
        assert_eq!(texts("khoản 3 và khoản 4 như sau"), ["khoản 3 Điều 6", "khoản 4 Điều 6"]);
        assert_eq!(texts("điểm b như sau"), ["điểm b khoản 2 Điều 6"]);
        assert!(list("tên điều, khoản 1", &outer).targets[0].title_only);
    }

    #[test]
    fn what_is_no_plain_list_is_unclear_and_own_references_are_none() {
        for text in ["từ Điều 3 đến Điều 7", "tên gọi và khoản 1 Điều 2", "đoạn mở đầu khoản 3 Điều 4", "Mẫu số 1"]
        {
            assert!(list(text, &Target::default()).unclear, "{text}");
        }
        assert!(list("Điều này", &Target::default()).targets.is_empty());
        assert!(list("khoản lương", &Target::default()).targets.is_empty());
        let found = list("khoản 2 Điều 7 của Luật A số 5/2001/QH10", &Target::default());
        assert!(!found.unclear && found.targets.len() == 1);
    }

    #[test]
    fn numbers_of_documents() {
        let text = "Nghị định số 44/2013/NĐ-CP ngày 10/5/2013; Luật số 5/2001/QH10, 125/VBHN-VPQH.";
        let found: Vec<&str> = numbers(text).into_iter().map(|(_, number)| number).collect();
        assert_eq!(found, ["44/2013/NĐ-CP", "5/2001/QH10", "125/VBHN-VPQH"]);
    }
}
