/*!
Text -> headings -> document tree.

Owns the recognition of headings in stored text. Never fails: what it cannot place stays
in the text of the node it stands in and becomes a [`Problem`] with its line.

`shapes` tells what one line looks like, `lines` whether it is quoted, `articles`
which headings form the document's own count. A line such as "Điều 29 của Bộ luật này" is a
reference, "2.000.000 đồng" an amount. A clause or point that jumps ahead is taken, with a
problem, only where what it skips does not follow later.
*/

mod articles;
mod lines;
mod shapes;
mod titles;

use std::ops::Range;

use super::problem::{Problem, ProblemKind};
use crate::law::{
    NodeKind,
    document::Heading,
    label::{point_position, roman, split_numbered},
    text::is_upper_case,
};
use articles::ArticleHeading;
use lines::Line;
use shapes::ArticleShape;
use shapes::{annex_label, article_shape, clause_label, is_closing, point_label, slipped_clause_label, upper_shape};
pub use titles::ends_open;

/// Longest line that can be a chapter's title on its own line, in characters.
const TITLE_LINE_CHARS_MAX: usize = 250;
/// Fewest articles that make an annex a text of its own rather than a form.
const ANNEX_ARTICLES_MIN: usize = 3;
/// A document has titles where so many articles, and this share of all, have one in their line.
const TITLED_ARTICLES_MIN: usize = 3;
const TITLED_PERCENT_MIN: usize = 60;
/// An annex with more than one dotted line in so many is a form to fill in.
const FORM_ONE_DOTTED_IN: usize = 6;

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
    let lines = lines::lines(text);
    let body_end = body_end(&lines);
    let mut articles = articles::choose(&lines, 0..body_end);
    let own = articles.len();
    for annex in annexes(&lines, body_end) {
        let inner = articles::choose(&lines, annex.start + 1..annex.end);
        if ANNEX_ARTICLES_MIN <= inner.len() && !is_form(&lines[annex]) {
            articles.extend(inner);
        }
    }
    let state = if own == 0 { State::Outline } else { State::Before };
    let last_own = articles[..own].last().map_or(0, |article| article.line);
    let mut parser = Parser::new(&lines, state, last_own);
    parser.is_titled = is_titled(&articles[..own]);
    let mut next_article = articles.iter().peekable();
    for (index, line) in lines.iter().enumerate() {
        let article = next_article.next_if(|chosen| chosen.line == index);
        parser.line(index, line, article);
    }
    report_articles(&articles, &mut parser.parsed.problems);
    parser.parsed.problems.sort_by_key(|problem| problem.line);
    parser.parsed
}

/// Whether the articles of a document have titles: all but those whose title ran into their text.
fn is_titled(articles: &[ArticleHeading]) -> bool {
    let titled = articles.iter().filter(|article| !article.shape.title.is_empty()).count();
    TITLED_ARTICLES_MIN <= titled && TITLED_PERCENT_MIN * articles.len() <= 100 * titled
}

/// Finds clauses and points in the body of one article that stands at byte `offset` of its
/// document; nothing in it is taken for an article, annex or closing.
pub fn parse_article_body(body: &str, offset: usize) -> Parsed {
    let lines = lines::lines(body);
    let mut parser = Parser::new(&lines, State::Within, 0);
    for (index, line) in lines.iter().enumerate() {
        if !line.quoted {
            parser.numbered(index, line);
        }
    }
    for heading in &mut parser.parsed.headings {
        heading.start += offset;
        heading.body += offset;
    }
    parser.parsed
}

/// The line of the first signature or annex after an article of the document's own: what
/// follows is no part of its count.
fn body_end(lines: &[Line<'_>]) -> usize {
    let mut has_article = false;
    let mut after_bare_heading = false;
    for (index, line) in lines.iter().enumerate() {
        if line.content.is_empty() || line.quoted {
            continue;
        }
        let is_annex = is_upper_case(line.content) && annex_label(line.content).is_some();
        // "CHỦ TỊCH NƯỚC" under "Chương VI" is a title, not a signature.
        if has_article && ((is_closing(line.content) && !after_bare_heading) || is_annex) {
            return index;
        }
        has_article |= article_shape(line.content).is_some();
        after_bare_heading = upper_shape(line.content).is_some_and(|(_, _, title)| title.is_empty());
    }
    lines.len()
}

/// The annexes after line `from`: from each heading to the next.
fn annexes(lines: &[Line<'_>], from: usize) -> Vec<Range<usize>> {
    let starts: Vec<usize> = (from..lines.len())
        .filter(|i| !lines[*i].quoted && (annex_label(lines[*i].content).is_some() || is_attached_title(lines, *i)))
        .collect();
    (0..starts.len()).map(|i| starts[i]..starts.get(i + 1).copied().unwrap_or(lines.len())).collect()
}

/// A regulation issued with a decision has its own title in capitals, and says so below.
fn is_attached_title(lines: &[Line<'_>], index: usize) -> bool {
    const KINDS: [&str; 8] =
        ["QUY CHẾ", "QUY ĐỊNH", "ĐIỀU LỆ", "NỘI QUY", "CHƯƠNG TRÌNH", "ĐỀ ÁN", "KẾ HOẠCH", "HƯỚNG DẪN"];
    let content = lines[index].content;
    KINDS.iter().any(|kind| content.starts_with(kind))
        && is_upper_case(content)
        && lines[index + 1..].iter().filter(|line| !line.content.is_empty()).take(4).any(|line| {
            let folded = crate::law::text::fold(line.content.trim_start_matches(['(', '*', '_']));
            folded.starts_with("ban hanh kem theo") || folded.starts_with("kem theo")
        })
}

/// Whether most of an annex are lines to fill in.
fn is_form(lines: &[Line<'_>]) -> bool {
    let filled = lines.iter().filter(|line| !line.content.is_empty());
    let dotted = filled.clone().filter(|line| ["…", "....", "____"].iter().any(|dots| line.content.contains(dots)));
    filled.count() < FORM_ONE_DOTTED_IN * dotted.count()
}

fn report_articles(articles: &[ArticleHeading], problems: &mut Vec<Problem>) {
    for article in articles {
        let line = article.line + 1;
        if let Some(expected) = article.skips_from {
            let message = format!("article {} follows where article {expected} was expected", article.shape.label);
            problems.push(Problem::new(line, ProblemKind::MissingArticle, message));
        }
        if article.shape.has_slip {
            let message =
                format!("article `{}` has a letter for a digit; read as {}", article.shape.label, article.shape.number);
            problems.push(Problem::new(line, ProblemKind::LabelSlip, message));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A document without articles: its sections and numbers are taken.
    Outline,
    /// Before the first article.
    Before,
    /// Within the articles.
    Within,
    /// In an annex.
    Annex,
    /// Among the articles of an annex.
    AnnexArticles,
    /// After the signature.
    Closed,
}

struct Parser<'a, 'l> {
    lines: &'l [Line<'a>],
    parsed: Parsed,
    last_clause: Option<String>,
    last_point: Option<String>,
    state: State,
    /// Line of the last article of the document's own: no closing stands before it.
    last_own: usize,
    /// Last line of the title of the annex that is open: no heading stands within it.
    title_until: usize,
    /// Whether articles have titles here.
    is_titled: bool,
}

impl<'a, 'l> Parser<'a, 'l> {
    fn new(lines: &'l [Line<'a>], state: State, last_own: usize) -> Self {
        Self {
            lines,
            parsed: Parsed::default(),
            last_clause: None,
            last_point: None,
            state,
            last_own,
            title_until: 0,
            is_titled: false,
        }
    }

    fn line(&mut self, index: usize, line: &Line<'_>, article: Option<&ArticleHeading>) {
        if let Some(ArticleHeading { shape, .. }) = article {
            self.article(index, line, shape);
            let in_annex = matches!(self.state, State::Annex | State::AnnexArticles | State::Closed);
            self.state = if in_annex { State::AnnexArticles } else { State::Within };
            return;
        }
        if index <= self.title_until && 0 < self.title_until && self.state != State::Annex {
            return;
        }
        if line.content.is_empty() || line.quoted {
            return;
        }
        match self.state {
            State::Outline => self.outline(index, line),
            State::Before => self.upper_or(index, line, |_| ()),
            State::Within => self.upper_or(index, line, |parser| parser.inner(index, line)),
            State::AnnexArticles => self.upper_or(index, line, |parser| parser.inner(index, line)),
            State::Annex | State::Closed if self.title_until < index && self.opens_annex(index, line) => {
                self.annex(index, line)
            }
            State::Annex | State::Closed => {}
        }
    }

    /// An article with its title, which may hold its first words or go on below.
    fn article(&mut self, index: usize, line: &Line<'_>, shape: &ArticleShape) {
        (self.last_clause, self.last_point) = (None, None);
        let at = if shape.title.is_empty() { shape.text_at } else { line.content.len() - shape.title.len() };
        let words = &line.content[at..];
        let lone = || {
            titles::lone_capital(words).filter(|_| self.is_titled && shape.title.is_empty() && !words.ends_with(','))
        };
        if let Some(cut) = titles::text_within(words).or_else(lone) {
            let (title, text) = words.split_at(cut);
            let start = line.start + at + cut;
            self.push(NodeKind::Article, &shape.label, title.trim_end(), line.start, start);
            self.numbered(index, &Line { start, content: text, quoted: false });
            return;
        }
        let (mut title, mut body) = (shape.title.clone(), line.start + shape.text_at);
        // A title that is parted: by its commas it was taken for text.
        if title.is_empty() && words.ends_with(',') && self.is_titled {
            (title, body) = (words.to_owned(), self.after_line(index));
        }
        let mut last = index;
        while let Some(next) = (last + 1..self.lines.len()).find(|i| !self.lines[*i].content.is_empty()) {
            let content = self.lines[next].content;
            let is_heading = article_shape(content).is_some() || upper_shape(content).is_some();
            if title.is_empty() || is_heading || self.lines[next].quoted || !titles::goes_on(&title, content) {
                break;
            }
            title = format!("{title} {content}");
            (body, last) = (self.after_line(next), next);
        }
        if last == index && title.ends_with(',') {
            (title, body) = (String::new(), line.start + shape.text_at.min(at));
        }
        if index < last {
            self.title_until = last;
        }
        self.push(NodeKind::Article, &shape.label, &title, line.start, body);
    }

    fn upper_or(&mut self, index: usize, line: &Line<'_>, otherwise: impl FnOnce(&mut Self)) {
        match upper_shape(line.content) {
            Some((kind, label, title)) => self.upper(index, line, kind, label, title),
            None => otherwise(self),
        }
    }

    fn opens_annex(&self, index: usize, line: &Line<'_>) -> bool {
        annex_label(line.content).is_some() || (self.last_own < index && is_attached_title(self.lines, index))
    }

    /// A document without articles: sections `I.`, numbers, letters.
    fn outline(&mut self, index: usize, line: &Line<'_>) {
        if let Some((kind, label, title)) = upper_shape(line.content) {
            self.upper(index, line, kind, label, title);
        } else if let Some((label, title)) = roman_section(line.content) {
            let body = self.after_line(index);
            self.push(NodeKind::Section, label, title, line.start, body);
            (self.last_clause, self.last_point) = (None, None);
        } else if is_upper_case(line.content) && annex_label(line.content).is_some() {
            self.annex(index, line);
            self.state = State::Outline;
        } else {
            self.numbered(index, line);
        }
    }

    /// Part, chapter, section, subsection: the title is on the line or on the next ones.
    fn upper(&mut self, index: usize, line: &Line<'_>, kind: NodeKind, label: &str, title: &str) {
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
        let after_last = self.last_own < index;
        if after_last && is_closing(line.content) {
            if self.state == State::Within {
                self.push(NodeKind::Closing, "", "", line.start, line.start);
            }
            self.state = State::Closed;
        } else if after_last && self.opens_annex(index, line) {
            self.annex(index, line);
        } else {
            self.numbered(index, line);
        }
    }

    fn numbered(&mut self, index: usize, line: &Line<'_>) {
        if let Some(label) = clause_label(line.content) {
            self.clause(index, line.start, label);
        } else if let Some(label) = slipped_clause_label(line.content).filter(|label| self.is_next_clause(label)) {
            self.clause(index, line.start, label);
            let message = format!("clause `{label},` has a comma for a point; read as {label}");
            self.parsed.problems.push(Problem::new(index + 1, ProblemKind::LabelSlip, message));
        } else if let Some(label) = point_label(line.content) {
            self.point(index, line.start, label);
        }
    }

    /// Whether a number carries the count of clauses on.
    fn is_next_clause(&self, label: &str) -> bool {
        let last = self.last_clause.as_deref().and_then(split_numbered).map_or(0, |(number, _)| number);
        label.parse() == Ok(last + 1)
    }

    fn annex(&mut self, index: usize, line: &Line<'_>) {
        let label = annex_label(line.content).unwrap_or_default().to_owned();
        let (title, body, until) = self.annex_title(index, &label);
        self.title_until = until;
        self.push(NodeKind::Annex, &label, &title, line.start, body);
        (self.last_clause, self.last_point) = (None, None);
        self.state = State::Annex;
    }

    /// The title of an annex: the rest of its line and the next lines in capitals.
    /// Returns it with the end of its last line, in bytes, and the index of that line.
    fn annex_title(&self, index: usize, label: &str) -> (String, usize, usize) {
        let content = self.lines[index].content;
        let words = if label.is_empty() { content } else { content.split_once(label).map_or("", |(_, rest)| rest) };
        let is_bare = words.is_empty() || words == "PHỤ LỤC" || words == "Phụ lục";
        let mut title = if is_bare { String::new() } else { words.trim_matches(['.', ':', '-', ' ']).to_owned() };
        let mut body = self.after_line(index);
        let mut until = index;
        for next in index + 1..self.lines.len() {
            let content = self.lines[next].content;
            if content.is_empty() {
                continue;
            }
            let is_title = is_upper_case(content)
                && content.chars().count() <= TITLE_LINE_CHARS_MAX
                && annex_label(content).is_none()
                && article_shape(content).is_none()
                && upper_shape(content).is_none();
            if !is_title {
                break;
            }
            title = if title.is_empty() { content.to_owned() } else { format!("{title} {content}") };
            body = self.after_line(next);
            until = next;
        }
        (title, body, until)
    }

    fn clause(&mut self, index: usize, start: usize, label: &str) {
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
            self.push(NodeKind::Clause, label, "", start, start);
            self.last_clause = Some(label.to_owned());
            self.last_point = None;
        }
        if !carries_on {
            let kind = if skips { ProblemKind::MissingClause } else { ProblemKind::ClauseOutOfCount };
            let message = format!("clause {label} stands where clause {expected} was expected");
            self.parsed.problems.push(Problem::new(index + 1, kind, message));
        }
    }

    fn point(&mut self, index: usize, start: usize, label: &str) {
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
            self.push(NodeKind::Point, label, "", start, start);
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

/// "II. Nội dung": label and title of a section of a document without articles.
fn roman_section(content: &str) -> Option<(&str, &str)> {
    let (label, title) = content.split_once(['.', '-', ')'])?;
    let is_capital = !label.is_empty() && label.chars().all(|c| c.is_ascii_uppercase());
    let title = title.trim();
    (is_capital && (roman(label).is_some() || label.len() == 1) && title.starts_with(char::is_alphabetic))
        .then_some((label, title))
}

#[cfg(test)]
mod tests;
