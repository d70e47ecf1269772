/*! `NAME.md`: the text of a lesson, held to what a small phone and a careful reader can take. */

use std::ops::RangeInclusive;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{
    SLUG_CHARS_MAX, TITLE_CHARS_MAX,
    media::{MediaKind, media_kind},
    source::Source,
};

/// Words of a lesson of about three minutes.
const WORDS: RangeInclusive<usize> = 300..=450;
/// Headings every lesson has.
const HEADINGS: [&str; 2] = ["Ví dụ", "Làm ngay"];
/// Longest address of a link, in characters.
const LINK_CHARS_MAX: usize = 4 * SLUG_CHARS_MAX;

/// A lesson's text, checked.
pub(super) struct LessonText {
    pub(super) title: String,
    pub(super) text: String,
    /// Pictures it shows, below `media/`.
    pub(super) pictures: Vec<String>,
}

/// What is under way while a text is read.
#[derive(Default)]
struct Open {
    title: Option<String>,
    headings: Vec<String>,
    /// Text of the heading or picture that is open.
    words: String,
    pictures: Vec<String>,
    /// Whether everything in the last paragraph stood in italics.
    closing_in_italics: bool,
    in_italics: bool,
}

/// Reads a lesson; what is wrong is told.
pub(super) fn check(source: &Source<'_>) -> LessonText {
    let mut open = Open::default();
    if !source.text.starts_with("# ") {
        source.log.line(source.file, 1, "dòng đầu phải là `# ` và tên bài".to_owned());
    }
    // Tables are read so that they can be refused; without this they would be odd paragraphs.
    for (event, range) in Parser::new_ext(source.text, Options::ENABLE_TABLES).into_offset_iter() {
        if let Some(problem) = step(&mut open, event)
            && !source.log.is_full()
        {
            source.log.line(source.file, source.line_of(range.start), problem);
        }
    }
    let end = source.line_of(source.text.trim_end().len());
    let title = open.title.unwrap_or_default();
    if title.is_empty() || TITLE_CHARS_MAX < title.chars().count() {
        source.log.line(source.file, 1, format!("tên bài phải có từ 1 đến {TITLE_CHARS_MAX} ký tự"));
    }
    for heading in HEADINGS.iter().filter(|heading| !open.headings.iter().any(|other| other == *heading)) {
        source.log.file(source.file, format!("thiếu mục `## {heading}`"));
    }
    if !open.closing_in_italics {
        source.log.line(source.file, end, "đoạn cuối (căn cứ, ngày kiểm lại) phải in nghiêng cả đoạn".to_owned());
    }
    let words = words(source.text);
    if !WORDS.contains(&words) {
        source.log.file(source.file, format!("có {words} từ, cần từ {} đến {}", WORDS.start(), WORDS.end()));
    }
    let text = format!("{}\n", source.text.trim_end());
    LessonText { title, text, pictures: open.pictures }
}

/// One event; what is wrong with it.
fn step(open: &mut Open, event: Event<'_>) -> Option<String> {
    match event {
        Event::Start(tag) => start(open, &tag),
        Event::End(TagEnd::Heading(level)) => {
            let words = std::mem::take(&mut open.words);
            match level {
                HeadingLevel::H1 if open.title.is_none() => open.title = Some(words),
                HeadingLevel::H1 => return Some("chỉ một dòng `# `".to_owned()),
                HeadingLevel::H2 => open.headings.push(words),
                HeadingLevel::H3 => {}
                _ => return Some("chỉ dùng tiêu đề `##` và `###`".to_owned()),
            }
            None
        }
        Event::End(TagEnd::Image) => {
            let words = std::mem::take(&mut open.words);
            words.trim().is_empty().then(|| "ảnh phải có lời tả trong ngoặc vuông".to_owned())
        }
        Event::End(TagEnd::Emphasis) => {
            open.in_italics = false;
            None
        }
        Event::Text(text) => {
            open.words.push_str(&text);
            if !open.in_italics {
                open.closing_in_italics = false;
            }
            None
        }
        Event::End(_) | Event::SoftBreak | Event::HardBreak => None,
        Event::Html(_) | Event::InlineHtml(_) => Some("không dùng HTML".to_owned()),
        Event::Code(_) => Some("không dùng đoạn mã".to_owned()),
        _ => Some("chỉ dùng đoạn văn, tiêu đề, danh sách, chữ đậm, nghiêng, liên kết, ảnh".to_owned()),
    }
}

fn start(open: &mut Open, tag: &Tag<'_>) -> Option<String> {
    match tag {
        Tag::Paragraph => {
            open.closing_in_italics = true;
            None
        }
        Tag::Heading { .. } => {
            open.words.clear();
            open.closing_in_italics = false;
            None
        }
        Tag::Emphasis => {
            open.in_italics = true;
            None
        }
        Tag::Strong | Tag::Item => None,
        Tag::List(_) => {
            open.closing_in_italics = false;
            None
        }
        Tag::Link { dest_url, title, .. } => {
            (!is_of_the_law(dest_url) || !title.is_empty()).then(|| format!("liên kết `{dest_url}` phải dạng /luat/…"))
        }
        Tag::Image { dest_url, title, .. } => {
            open.words.clear();
            let is_picture = media_kind(dest_url).is_some_and(MediaKind::is_picture);
            open.pictures.push(dest_url.to_string());
            (!is_picture || !title.is_empty()).then(|| format!("ảnh `{dest_url}` phải dạng media/tên.png, .jpg, .webp"))
        }
        Tag::HtmlBlock => Some("không dùng HTML".to_owned()),
        Tag::CodeBlock(_) => Some("không dùng đoạn mã (dòng thụt vào bốn dấu cách cũng là mã)".to_owned()),
        Tag::Table(_) => Some("không dùng bảng: không vừa màn hình nhỏ".to_owned()),
        _ => Some("chỉ dùng đoạn văn, tiêu đề, danh sách, chữ đậm, nghiêng, liên kết, ảnh".to_owned()),
    }
}

/// `/luat/…`: a document or a provision, and nothing else.
fn is_of_the_law(url: &str) -> bool {
    let Some(id) = url.strip_prefix("/luat/") else { return false };
    url.chars().count() <= LINK_CHARS_MAX && id.split('/').all(super::is_slug)
}

/// Words between spaces, without the targets of links.
fn words(text: &str) -> usize {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        kept.push_str(before);
        kept.push(']');
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept.split_whitespace().count()
}
