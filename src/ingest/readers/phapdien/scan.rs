/*!
One đề mục of the codification -> its articles as they stand there.

The HTML is a flat sequence of paragraphs told apart by their class; what is in them is
often ill-formed. So the file is cut at those paragraphs first, and each piece is read by
itself: a table left open never swallows the next article. The Markdown derivatives have
the same lines without the marks.
*/

use jiff::civil::Date;

use super::note;
use crate::ingest::readers::html::{dom::Dom, flow};

/// Least digits of an anchor.
const ANCHOR_DIGITS_MIN: usize = 20;

/// A heading above articles: kind and label as printed, then its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upper {
    /// "Chương I".
    pub label: String,
    /// Its title; empty where there is none.
    pub title: String,
}

/// A link of "có nội dung liên quan đến".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Anchor it points to; empty in Markdown.
    pub anchor: String,
    /// Code it shows, `20.2.NĐ.3.57`.
    pub code: String,
}

/// An article as the codification has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawArticle {
    /// Its own anchor.
    pub anchor: String,
    /// Code, `20.2.NĐ.3.57`.
    pub code: String,
    /// Title, or the first words of an article without one.
    pub title: String,
    /// Source line.
    pub note: String,
    /// Address of the source at the law portal, with the way to the article in it.
    pub source_link: String,
    /// Lines of the text.
    pub lines: Vec<String>,
    /// Names of files attached.
    pub attachments: Vec<String>,
    /// Related articles.
    pub links: Vec<Link>,
    /// Headings above it, outermost first.
    pub uppers: Vec<Upper>,
}

/// A file of the codification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Number of the đề mục, `20.2`.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Articles in order.
    pub articles: Vec<RawArticle>,
    /// Whether it was made from the codification by somebody else.
    pub is_derived: bool,
    /// Newest effective date named in it.
    pub newest: Option<Date>,
}

/// Whether a page is a đề mục of the codification.
pub fn recognises_html(head: &str) -> bool {
    (head.contains("class='_content'") || head.contains("class=\"_content\"")) && head.contains("Đề mục")
        || (head.contains("pDieu") && head.contains("pNoiDung"))
}

/// Whether a Markdown or text file is a đề mục: its first headings carry codes.
pub fn recognises_text(text: &str) -> bool {
    let coded = |line: &str| code_line(line).is_some();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2_000).collect();
    lines.windows(2).filter(|pair| coded(pair[0]) && pair[1].starts_with("(Điều")).take(2).count() == 2
}

/// Reads the HTML of a đề mục.
pub fn html(page: &str) -> Subject {
    let mut subject = Subject::default();
    let mut state = State::default();
    let mut pieces = pieces(page);
    if let Some((_, head)) = pieces.next() {
        let head = flow::flow(&Dom::parse(head), 0, None).lines.join(" ");
        subject_name(&mut subject, &head);
    }
    for (class, piece) in pieces {
        match class {
            Class::Upper => state.upper(inline(piece).0),
            Class::Article => {
                let (text, anchor) = inline(piece);
                state.flush(&mut subject);
                let (code, title) = code_line(&text).unwrap_or(("", &text));
                let uppers = state.take_uppers();
                let (code, title) = (code.to_owned(), title.to_owned());
                state.article = Some(RawArticle { anchor, code, title, uppers, ..RawArticle::default() });
            }
            Class::Note => {
                if let Some(article) = &mut state.article {
                    let dom = Dom::parse(piece);
                    article.note = flow::flow(&dom, 0, None).lines.join(" ");
                    let link = dom.elements(0).find(|(_, e)| &*e.name == "a");
                    article.source_link = link.map(|(_, e)| e.attribute("href").to_owned()).unwrap_or_default();
                }
            }
            Class::Text => {
                if let Some(article) = &mut state.article {
                    content(piece, article);
                }
            }
            Class::Links => {
                if let Some(article) = &mut state.article {
                    article.links.extend(links(piece));
                }
            }
        }
    }
    state.flush(&mut subject);
    subject
}

/// Reads a Markdown derivative: headings with codes, source line, text, related line.
pub fn markdown(text: &str) -> Subject {
    let mut subject = Subject { is_derived: true, ..Subject::default() };
    let mut state = State::default();
    let mut anchor = String::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches('#').trim().trim_matches('*').trim();
        if line.is_empty() {
            continue;
        }
        // Lists of contents carry the anchors of the HTML as headings.
        if ANCHOR_DIGITS_MIN <= line.len() && line.bytes().all(|b| b.is_ascii_digit()) {
            state.flush(&mut subject);
            line.clone_into(&mut anchor);
        } else if let Some((code, title)) = code_line(line) {
            state.flush(&mut subject);
            if subject.number.is_empty() {
                subject.number = code.split('.').take(2).collect::<Vec<_>>().join(".");
            }
            let uppers = state.take_uppers();
            let (code, title) = (code.to_owned(), title.to_owned());
            let anchor = std::mem::take(&mut anchor);
            state.article = Some(RawArticle { anchor, code, title, uppers, ..RawArticle::default() });
        } else if is_upper_label(line) {
            state.flush(&mut subject);
            state.upper(line.to_owned());
        } else if let Some(article) = &mut state.article {
            if line.starts_with("(Điều này có nội dung liên quan") {
                article.links.extend(coded_links(line));
            } else if article.note.is_empty() && article.lines.is_empty() && line.starts_with('(') {
                line.clone_into(&mut article.note);
            } else {
                article.lines.push(line.to_owned());
            }
        } else if state.awaits_title {
            state.upper(line.to_owned());
        } else if subject.title.is_empty() && !line.contains([':', '|']) && line != "---" {
            line.clone_into(&mut subject.title);
        }
    }
    state.flush(&mut subject);
    subject
}

#[derive(Default)]
struct State {
    uppers: Vec<Upper>,
    awaits_title: bool,
    article: Option<RawArticle>,
}

impl State {
    fn upper(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        if is_upper_label(&text) {
            let rank = upper_rank(&text);
            self.uppers.retain(|upper| upper_rank(&upper.label) < rank);
            self.uppers.push(Upper { label: text, title: String::new() });
            self.awaits_title = true;
        } else if let Some(last) = self.uppers.last_mut().filter(|_| self.awaits_title) {
            last.title = if last.title.is_empty() { text } else { format!("{} {text}", last.title) };
        }
    }

    fn take_uppers(&mut self) -> Vec<Upper> {
        self.awaits_title = false;
        self.uppers.clone()
    }

    fn flush(&mut self, subject: &mut Subject) {
        if let Some(article) = self.article.take() {
            let newest = note::first_date(&article.note).map(|(date, _)| date);
            subject.newest = subject.newest.max(newest);
            if subject.number.is_empty() {
                subject.number = article.code.split('.').take(2).collect::<Vec<_>>().join(".");
            }
            subject.articles.push(article);
        }
    }
}

/// "Chương I", "Mục 2", "Tiểu mục 1", "Phần thứ nhất", nothing after the label.
fn is_upper_label(line: &str) -> bool {
    upper_rank(line) < 4 && line.split(' ').count() <= 4 && !line.ends_with('.')
}

/// Depth of a heading by its first word; 4 for what is none.
pub fn upper_rank(label: &str) -> usize {
    let lower = label.to_lowercase();
    ["phần ", "chương ", "mục ", "tiểu mục "].iter().position(|word| lower.starts_with(word)).unwrap_or(4)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    Article,
    Note,
    Text,
    Links,
}

/// Cuts the page at its classed paragraphs: first what stands before them, then each
/// paragraph's inside up to the next one.
fn pieces(page: &str) -> impl Iterator<Item = (Class, &str)> {
    let mut marks = marks(page);
    let mut next = marks.next();
    let first = next.map_or(page.len(), |(start, ..)| start);
    std::iter::once((Class::Upper, &page[..first])).chain(std::iter::from_fn(move || {
        let (_, class, inside) = next?;
        next = marks.next();
        let end = next.map_or(page.len(), |(start, ..)| start);
        Some((class, &page[inside..end]))
    }))
}

/// Start, class and end of the start tags of classed paragraphs.
fn marks(page: &str) -> impl Iterator<Item = (usize, Class, usize)> {
    const CLASSES: [(&str, Class); 5] = [
        ("pChuong", Class::Upper),
        ("pDieu", Class::Article),
        ("pGhiChu", Class::Note),
        ("pNoiDung", Class::Text),
        ("pChiDan", Class::Links),
    ];
    page.match_indices('<').filter_map(move |(start, _)| {
        let tag = &page.as_bytes()[start + 1..];
        if !matches!(tag, [b'p' | b'P', b' ' | b'\t' | b'\n' | b'\r', ..]) {
            return None;
        }
        let close = memchr(b'>', tag)?;
        let attributes = page.get(start + 1..start + 1 + close)?;
        let at = attributes.find("class")?;
        let value = attributes[at + "class".len()..].trim_start().strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['\'', '"']);
        let word = value.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let (_, class) = CLASSES.iter().find(|(name, _)| *name == word)?;
        Some((start, *class, start + close + 2))
    })
}

fn memchr(byte: u8, bytes: &[u8]) -> Option<usize> {
    /// Longest start tag, in bytes: an unclosed one must not cost the whole file each time.
    const TAG_BYTES_MAX: usize = 2_000;
    bytes[..bytes.len().min(TAG_BYTES_MAX)].iter().position(|b| *b == byte)
}

/// Text of a short piece, and the name of the anchor in it.
fn inline(piece: &str) -> (String, String) {
    let dom = Dom::parse(piece);
    let anchor = dom.elements(0).find(|(_, e)| &*e.name == "a" && e.has("name"));
    let anchor = anchor.map(|(_, e)| e.attribute("name").to_owned()).unwrap_or_default();
    (flow::flow(&dom, 0, None).lines.join(" "), anchor)
}

fn content(piece: &str, article: &mut RawArticle) {
    let flow = flow::flow(&Dom::parse(piece), 0, Some(0));
    for line in flow.lines {
        if is_attachment(&line) {
            article.attachments.push(line);
        } else {
            article.lines.push(line);
        }
    }
    article.lines.extend(flow.footnotes.into_iter().map(|note| format!("[{}] {}", note.mark, note.text)));
}

/// A line that is the name of an attached file.
fn is_attachment(line: &str) -> bool {
    const ENDINGS: [&str; 7] = [".doc", ".docx", ".xls", ".xlsx", ".pdf", ".rar", ".zip"];
    let lower = line.to_lowercase();
    line.chars().count() <= 200 && ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

fn links(piece: &str) -> Vec<Link> {
    let dom = Dom::parse(piece);
    let mut links = Vec::new();
    for (index, element) in dom.elements(0).filter(|(_, e)| &*e.name == "a") {
        let anchor = ["onclick", "href"].iter().find_map(|name| {
            let value = element.attribute(name);
            let (_, rest) = value.split_once("ViewNoiDungPhapDien(").or_else(|| value.split_once('#'))?;
            let digits: String =
                rest.trim_start_matches(['\'', '"']).chars().take_while(char::is_ascii_alphanumeric).collect();
            Some(digits).filter(|digits| !digits.is_empty())
        });
        let text = flow::flow(&dom, index, Some(index)).lines.join(" ");
        let code = code_line(&text).map(|(code, _)| code.to_owned()).unwrap_or_default();
        if anchor.is_some() || !code.is_empty() {
            links.push(Link { anchor: anchor.unwrap_or_default(), code });
        }
    }
    links
}

/// Codes named in a line: "… Điều 6.3.LQ.33. Title; Điều 24.10.TT.5.3. Title)".
fn coded_links(line: &str) -> Vec<Link> {
    line.match_indices("Điều ")
        .filter_map(|(at, _)| code_line(&line[at..]))
        .map(|(code, _)| Link { anchor: String::new(), code: code.to_owned() })
        .collect()
}

fn subject_name(subject: &mut Subject, head: &str) {
    let Some(at) = head.find("Đề mục") else { return };
    let rest = head[at + "Đề mục".len()..].trim_start();
    let end = rest.find(' ').unwrap_or(rest.len());
    rest[..end].clone_into(&mut subject.number);
    let title = rest[end..].split("(Xem").next().unwrap_or_default().trim();
    title.clone_into(&mut subject.title);
}

/// Code and title of "Điều 20.2.NĐ.3.57. Title".
pub fn code_line(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("Điều")?.trim_start();
    let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
    let code = rest[..end].trim_end_matches('.');
    let parts: Vec<&str> = code.split('.').collect();
    let is_number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let is_code = (4..=6).contains(&parts.len())
        && is_number(parts[0])
        && is_number(parts[1])
        && parts[2].chars().all(char::is_uppercase)
        && !parts[2].is_empty()
        && parts[3..].iter().all(|part| is_number(part));
    is_code.then(|| (code, rest[end..].trim()))
}
