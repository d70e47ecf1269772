/*!
Text -> headings -> document tree.

Owns the recognition of headings in stored text. Never fails: what it cannot place stays
in the text of the node it stands in and becomes a [`Problem`] with its line.

A heading must stand at the start of a line and carry on the count of its level: a line
such as "Điều 29 của Bộ luật này" is a reference, "2.000.000 đồng" an amount. A heading
that jumps ahead is taken, with a problem, only where what it skips does not follow later.
*/

use super::problem::{Problem, ProblemKind};
use crate::law::{
    NodeKind,
    document::Heading,
    label::{point_position, roman, split_numbered},
    text::fold,
};

/// Longest title taken from a heading, in characters: a longer line is text.
const TITLE_CHARS_MAX: usize = 400;
/// Longest line that can be a chapter's title on its own line, in characters.
const TITLE_LINE_CHARS_MAX: usize = 250;

/// What the parser found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Headings in text order.
    pub headings: Vec<Heading>,
    /// What it could not place.
    pub problems: Vec<Problem>,
}

/// Finds the headings of `text` (in stored form).
pub fn parse(text: &str) -> Parsed {
    let lines = lines(text);
    let articles = choose_articles(&lines);
    let mut parser =
        Parser { lines: &lines, parsed: Parsed::default(), last_clause: None, last_point: None, state: State::Before };
    let mut next_article = articles.iter().peekable();
    for (index, line) in lines.iter().enumerate() {
        let article = next_article.next_if(|chosen| chosen.line == index);
        parser.line(index, line, article);
    }
    report_articles(&articles, &mut parser.parsed.problems);
    parser.parsed.problems.sort_by_key(|problem| problem.line);
    parser.parsed
}

/// Finds clauses and points in the body of one article that stands at byte `offset` of its
/// document; nothing in it is taken for an article, annex or closing.
pub fn parse_article_body(body: &str, offset: usize) -> Parsed {
    let lines = lines(body);
    let mut parser =
        Parser { lines: &lines, parsed: Parsed::default(), last_clause: None, last_point: None, state: State::Within };
    for (index, line) in lines.iter().enumerate() {
        if line.quoted {
            continue;
        }
        parser.numbered(index, line);
    }
    for heading in &mut parser.parsed.headings {
        heading.start += offset;
        heading.body += offset;
    }
    parser.parsed
}

/// A line with what surrounds its content taken off.
struct Line<'a> {
    /// Byte offset of the content in the text.
    start: usize,
    /// Content, trimmed.
    content: &'a str,
    /// Whether a quotation is open where the line starts.
    quoted: bool,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut quoted = false;
    let mut start = 0;
    text.split('\n')
        .map(|raw| {
            let content = raw.trim();
            let line = Line { start: start + (raw.len() - raw.trim_start().len()), content, quoted };
            for c in content.chars() {
                match c {
                    '“' => quoted = true,
                    '”' => quoted = false,
                    _ => {}
                }
            }
            start += raw.len() + 1;
            line
        })
        .collect()
}

/// An article heading that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ArticleHeading {
    line: usize,
    label: String,
    title: String,
    /// The article before it in count is not there.
    skips_from: Option<u32>,
}

/// Label and title of a line that looks like an article's heading. Without a mark after
/// the number the line must hold nothing else.
fn article_shape(content: &str) -> Option<(String, String)> {
    // Some converters write U+00D0 for Đ.
    let rest = content.strip_prefix(['Đ', 'Ð'])?;
    let rest = rest.strip_prefix("iều ").or_else(|| rest.strip_prefix("IỀU "))?.trim_start();
    let label_len = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (label, tail) = rest.split_at(label_len);
    let (_, letters) = split_numbered(label)?;
    if 2 < letters.chars().count() || !letters.chars().all(char::is_lowercase) {
        return None;
    }
    let title = match tail.trim_start().chars().next() {
        None => "",
        Some(mark @ ('.' | ':')) => tail.trim_start()[mark.len_utf8()..].trim(),
        Some(_) => return None,
    };
    // "Điều 5.2" is a reference to a point of a contract, "Điều 5. Điều 6" a list.
    (!title.starts_with(|c: char| c.is_ascii_digit()) && title.chars().count() <= TITLE_CHARS_MAX)
        .then(|| (label.to_owned(), title.to_owned()))
}

/// Chooses, among lines shaped like article headings, those that carry the count on.
fn choose_articles(lines: &[Line<'_>]) -> Vec<ArticleHeading> {
    let shaped: Vec<(usize, String, String, u32)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.quoted)
        .filter_map(|(index, line)| {
            let (label, title) = article_shape(line.content)?;
            let number = split_numbered(&label)?.0;
            Some((index, label, title, number))
        })
        .collect();
    let mut chosen: Vec<ArticleHeading> = Vec::new();
    let mut last: (u32, String) = (0, String::new());
    for (at, (index, label, title, number)) in shaped.iter().enumerate() {
        let letters = split_numbered(label).map_or("", |(_, letters)| letters).to_owned();
        let carries_on = (*number == last.0 + 1) || (*number == last.0 && last.1 < letters);
        let expected = last.0 + 1;
        let skips = expected < *number && !shaped[at..].iter().any(|later| later.3 == expected);
        if carries_on || skips {
            chosen.push(ArticleHeading {
                line: *index,
                label: label.clone(),
                title: title.clone(),
                skips_from: (!carries_on).then_some(expected),
            });
            last = (*number, letters);
        }
    }
    chosen
}

fn report_articles(articles: &[ArticleHeading], problems: &mut Vec<Problem>) {
    for article in articles {
        if let Some(expected) = article.skips_from {
            problems.push(Problem::new(
                article.line + 1,
                ProblemKind::MissingArticle,
                format!("article {} follows where article {expected} was expected", article.label),
            ));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first article.
    Before,
    /// Within the articles.
    Within,
    /// In an annex.
    Annex,
    /// After the signature.
    Closed,
}

struct Parser<'a, 'l> {
    lines: &'l [Line<'a>],
    parsed: Parsed,
    last_clause: Option<String>,
    last_point: Option<String>,
    state: State,
}

impl Parser<'_, '_> {
    fn line(&mut self, index: usize, line: &Line<'_>, article: Option<&ArticleHeading>) {
        if let Some(article) = article {
            let body = self.after_line(index);
            self.push(NodeKind::Article, &article.label, &article.title, line.start, body);
            (self.last_clause, self.last_point) = (None, None);
            self.state = State::Within;
            return;
        }
        if line.content.is_empty() || line.quoted {
            return;
        }
        if let Some((kind, label, title)) = upper_shape(line.content) {
            self.upper(index, line, kind, label, title);
        } else if self.state == State::Within {
            self.inner(index, line);
        } else if self.state == State::Annex && annex_label(line.content).is_some() {
            self.annex(index, line);
        }
    }

    /// Part, chapter, section, subsection: the title is on the line or on the next ones.
    fn upper(&mut self, index: usize, line: &Line<'_>, kind: NodeKind, label: &str, title: &str) {
        if matches!(self.state, State::Closed | State::Annex) {
            return;
        }
        let mut body = self.after_line(index);
        let mut title = title.to_owned();
        if title.is_empty() {
            for next in index + 1..self.lines.len() {
                let content = self.lines[next].content;
                if content.is_empty() && title.is_empty() {
                    continue;
                }
                let is_title = !content.is_empty()
                    && content.chars().count() <= TITLE_LINE_CHARS_MAX
                    && article_shape(content).is_none()
                    && upper_shape(content).is_none()
                    && (title.is_empty() || is_upper_case(content));
                if !is_title {
                    break;
                }
                title = if title.is_empty() { content.to_owned() } else { format!("{title} {content}") };
                body = self.after_line(next);
            }
        }
        self.push(kind, label, &title, line.start, body);
        (self.last_clause, self.last_point) = (None, None);
    }

    /// Clauses, points, annexes and the closing, within the articles.
    fn inner(&mut self, index: usize, line: &Line<'_>) {
        if is_closing(line.content) {
            self.push(NodeKind::Closing, "", "", line.start, line.start);
            self.state = State::Closed;
        } else if annex_label(line.content).is_some() {
            self.annex(index, line);
        } else {
            self.numbered(index, line);
        }
    }

    fn numbered(&mut self, index: usize, line: &Line<'_>) {
        if let Some(label) = clause_label(line.content) {
            self.clause(index, label);
        } else if let Some(label) = point_label(line.content) {
            self.point(index, label);
        }
    }

    fn annex(&mut self, index: usize, line: &Line<'_>) {
        let label = annex_label(line.content).unwrap_or_default().to_owned();
        let body = self.after_line(index);
        self.push(NodeKind::Annex, &label, "", line.start, body);
        self.state = State::Annex;
    }

    fn clause(&mut self, index: usize, label: &str) {
        let Some((number, letters)) = split_numbered(label) else { return };
        let last = self.last_clause.clone();
        let (last_number, last_letters) = last.as_deref().and_then(split_numbered).unwrap_or((0, ""));
        let carries_on = number == last_number + 1 || (number == last_number && last_letters < letters);
        let expected = last_number + 1;
        let skips = expected < number
            && !self
                .rest_of_article(index)
                .any(|line| clause_label(line).and_then(split_numbered).is_some_and(|l| l.0 == expected));
        if carries_on || skips {
            self.push(NodeKind::Clause, label, "", self.lines[index].start, self.lines[index].start);
            self.last_clause = Some(label.to_owned());
            self.last_point = None;
        }
        if !carries_on {
            let kind = if skips { ProblemKind::MissingClause } else { ProblemKind::ClauseOutOfCount };
            let message = format!("clause {label} stands where clause {expected} was expected");
            self.parsed.problems.push(Problem::new(index + 1, kind, message));
        }
    }

    fn point(&mut self, index: usize, label: &str) {
        let position = point_position(label);
        let last = self.last_point.clone();
        let expected = last.as_deref().and_then(point_position).map_or(0, |last| last + 1);
        // `a1` after `a`: the letter stays, the digit grows.
        let carries_on = position == Some(expected)
            || last.as_deref().is_some_and(|last| position == point_position(last) && last < label);
        let skips = position.is_some_and(|position| expected < position)
            && !self
                .rest_of_article(index)
                .take_while(|line| clause_label(line).is_none())
                .any(|line| point_label(line).and_then(point_position) == Some(expected));
        if carries_on || skips {
            self.push(NodeKind::Point, label, "", self.lines[index].start, self.lines[index].start);
            self.last_point = Some(label.to_owned());
        }
        if !carries_on {
            let kind = if skips { ProblemKind::MissingPoint } else { ProblemKind::PointOutOfCount };
            let after = last.map_or_else(|| "at the start of a list".to_owned(), |last| format!("after point {last}"));
            self.parsed.problems.push(Problem::new(index + 1, kind, format!("point {label} stands {after}")));
        }
    }

    /// Lines after `index` up to the next line shaped like an article's heading.
    fn rest_of_article(&self, index: usize) -> impl Iterator<Item = &str> {
        self.lines[index + 1..].iter().map(|line| line.content).take_while(|content| article_shape(content).is_none())
    }

    fn push(&mut self, kind: NodeKind, label: &str, title: &str, start: usize, body: usize) {
        self.parsed.headings.push(Heading { kind, label: label.to_owned(), title: title.to_owned(), start, body });
    }

    /// Start of the line after `index`, or the end of the text.
    fn after_line(&self, index: usize) -> usize {
        self.lines[index].start + self.lines[index].content.len()
    }
}

/// Kind, label and title of a part, chapter, section or subsection heading.
fn upper_shape(content: &str) -> Option<(NodeKind, &str, &str)> {
    const WORDS: [(&str, NodeKind); 4] = [
        ("phần", NodeKind::Part),
        ("chương", NodeKind::Chapter),
        ("tiểu mục", NodeKind::Subsection),
        ("mục", NodeKind::Section),
    ];
    for (word, kind) in WORDS {
        let Some(rest) = strip_word(content, word) else { continue };
        let rest = if kind == NodeKind::Part { strip_word(rest, "thứ").unwrap_or(rest) } else { rest };
        let label_end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (label, tail) = rest.split_at(label_end);
        if !is_upper_label(kind, label) {
            return None;
        }
        let tail_trimmed = tail.trim_start();
        let title = tail_trimmed.strip_prefix(['.', ':', '-', '–']).map(str::trim);
        // Without a mark the rest must be a title in capitals; "mục 3 Chương II" is a reference.
        return match title {
            Some(title) => Some((kind, label, title)),
            None if tail_trimmed.is_empty() || is_upper_case(tail_trimmed) => Some((kind, label, tail_trimmed)),
            None => None,
        };
    }
    None
}

/// `content` after `word` (any case, first letter a capital) and white space.
fn strip_word<'a>(content: &'a str, word: &str) -> Option<&'a str> {
    let mut chars = content.char_indices();
    for expected in word.chars() {
        let (_, c) = chars.next()?;
        if !c.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    if !content.starts_with(char::is_uppercase) && word != "thứ" {
        return None;
    }
    let rest = chars.as_str();
    rest.starts_with(char::is_whitespace).then(|| rest.trim_start())
}

fn is_upper_label(kind: NodeKind, label: &str) -> bool {
    let number = label.parse::<u32>().is_ok() || roman(label).is_some();
    let is_single_letter = label.chars().count() == 1 && label.starts_with(char::is_uppercase);
    match kind {
        NodeKind::Part => number || ordinal(label).is_some(),
        NodeKind::Section | NodeKind::Subsection => number || is_single_letter,
        _ => number || split_numbered(label).is_some(),
    }
}

/// Value of an ordinal word: `nhất` 1, `hai` 2.
fn ordinal(word: &str) -> Option<u32> {
    const ORDINALS: [&str; 11] = ["nhat", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "nhi"];
    let folded = fold(word);
    ORDINALS.iter().position(|o| *o == folded).and_then(|at| u32::try_from(at + 1).ok())
}

fn is_upper_case(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
}

/// `12` of "12. Text", `8a` of "8a. Text". An amount ("2.000 đồng") has no space after the point.
fn clause_label(content: &str) -> Option<&str> {
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || 3 < digits {
        return None;
    }
    let letter = content[digits..].chars().next().filter(|c| c.is_lowercase()).map_or(0, char::len_utf8);
    let end = digits + letter;
    let tail = content[end..].strip_prefix('.')?;
    tail.starts_with(char::is_whitespace).then(|| &content[..end])
}

/// `đ` of "đ) Text", `a1` of "a1) Text".
fn point_label(content: &str) -> Option<&str> {
    let close = content.find(')').filter(|at| *at <= 4)?;
    let label = &content[..close];
    let mut chars = label.chars();
    let first = chars.next()?;
    let tail = chars.as_str();
    (first.is_lowercase() && point_position(label).is_some() && tail.bytes().all(|b| b.is_ascii_digit()))
        .then_some(label)
}

/// Label of an annex heading: the line is "PHỤ LỤC", "PHỤ LỤC I", "Phụ lục 2. Title".
fn annex_label(content: &str) -> Option<&str> {
    let rest = if is_upper_case(content) && content.starts_with("PHỤ LỤC") {
        content["PHỤ LỤC".len()..].trim()
    } else {
        strip_word(content, "phụ lục")?
    };
    if rest.is_empty() {
        return Some("");
    }
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let label = &rest[..end];
    let is_label = label.parse::<u32>().is_ok() || roman(label).is_some();
    let ends_well =
        rest[end..].trim_start().is_empty() || rest[end..].starts_with(['.', ':']) || is_upper_case(content);
    (is_label && ends_well).then_some(label)
}

/// A line that starts what follows the last article.
fn is_closing(content: &str) -> bool {
    const STARTS: [&str; 12] = [
        "luat nay duoc quoc hoi",
        "luat nay da duoc quoc hoi",
        "bo luat nay duoc quoc hoi",
        "bo luat nay da duoc quoc hoi",
        "phap lenh nay duoc",
        "chu tich quoc hoi",
        "tm. chinh phu",
        "tm. uy ban",
        "kt. bo truong",
        "noi nhan",
        "xac thuc van ban hop nhat",
        "tm. ban chap hanh",
    ];
    let folded = fold(content.trim_start_matches(['_', '-', ' ', '*']));
    STARTS.iter().any(|start| folded.starts_with(start))
}
