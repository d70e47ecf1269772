/*!
A course as a folder of text files: reading, checking and writing. Pure over a map of files.

`docs/course-format.md` is the contract. Reading reports everything that is wrong at once, each
with file and line, because an editor mends a folder and not a message. Bounds of files stand
here too: a folder may come from anywhere.
*/

mod lesson;
mod media;
mod quiz;
mod source;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub use media::{MediaKind, media_kind};
pub use write::write;
pub(super) use write::{quiz_toml as quiz_text, quoted};

use self::source::{Keys, Log, Source};
use super::course::{Clip, ClipSource, Course, Lesson};
use crate::law::text::stored_form;

/// Files of a folder by their path below it, `/` between folders.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The number of the format.
const FORMAT: i64 = 1;
/// Most files of a course.
pub const FILES_MAX: usize = 120;
/// Largest text file, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Largest picture, in bytes: a lesson is read over a slow network.
pub const PICTURE_BYTES_MAX: usize = 512 * 1024;
/// Largest clip, in bytes.
pub const CLIP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest course, in bytes.
pub const COURSE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest path of a file, in characters.
pub const PATH_CHARS_MAX: usize = 100;
/// Most lessons.
const LESSONS_MAX: usize = 20;
/// Longest slug and file name of a lesson, in characters.
const SLUG_CHARS_MAX: usize = 60;
/// Longest title, in characters.
pub(super) const TITLE_CHARS_MAX: usize = 80;
/// Longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 400;
/// Longest other short text, in characters.
const SHORT_CHARS_MAX: usize = 120;
/// Most authors.
const AUTHORS_MAX: usize = 20;
/// Longest lesson, in minutes.
const LESSON_MINUTES_MAX: i64 = 30;
/// Longest clip, in seconds.
const CLIP_SECONDS_MAX: i64 = 900;
/// Longest address of a clip, in characters.
const LINK_CHARS_MAX: usize = 500;

/// Words that stand in every file the program drafted itself; a folder with them is not published.
pub const MACHINE_MARK: &str = "Bản nháp do máy soạn";

/// Something wrong in a folder, for its editors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderProblem {
    /// File.
    pub file: String,
    /// Line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong and what would be right, in Vietnamese.
    pub message: String,
}

impl std::fmt::Display for FolderProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// Whether `text` may be a slug, a lesson's file name or an id: `[a-z0-9-]`, not too long.
pub fn is_slug(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= SLUG_CHARS_MAX && text.bytes().all(fits)
}

/// Reads the course of a folder of that name.
///
/// # Errors
/// All that is wrong, in order of file and line.
pub fn read(name: &str, files: &Files) -> Result<Course, Vec<FolderProblem>> {
    let log = Log::default();
    check_bounds(files, &log);
    let texts = texts(files, &log);
    let course = read_course(name, files, &texts, &log);
    match (course, log.sorted()) {
        (Some(course), problems) if problems.is_empty() => Ok(course),
        (_, problems) => Err(problems),
    }
}

fn check_bounds(files: &Files, log: &Log) {
    if FILES_MAX < files.len() {
        log.file("", format!("có {} tệp, tối đa {FILES_MAX}", files.len()));
    }
    let total: usize = files.values().map(Vec::len).sum();
    if COURSE_BYTES_MAX < total {
        log.file("", format!("cả thư mục dài {total} byte, tối đa {COURSE_BYTES_MAX}"));
    }
    for (path, bytes) in files {
        if PATH_CHARS_MAX < path.chars().count() {
            log.file(path, format!("tên tệp dài quá {PATH_CHARS_MAX} ký tự"));
        }
        if path.starts_with("media/") {
            media::check(path, bytes, log);
        } else if TEXT_BYTES_MAX < bytes.len() {
            log.file(path, format!("dài {} byte, tối đa {TEXT_BYTES_MAX}", bytes.len()));
        }
    }
}

/// Text files in stored form; too long ones are told already and left out.
fn texts(files: &Files, log: &Log) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (path, bytes) in
        files.iter().filter(|(path, bytes)| !path.starts_with("media/") && bytes.len() <= TEXT_BYTES_MAX)
    {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let text = stored_form(text);
                source::check_signs(path, &text, log);
                source::check_mark(path, &text, log);
                texts.insert(path.clone(), text);
            }
            Err(error) => log.file(path, format!("không phải văn bản UTF-8 (byte {})", error.valid_up_to())),
        }
    }
    texts
}

fn read_course(name: &str, files: &Files, texts: &BTreeMap<String, String>, log: &Log) -> Option<Course> {
    let Some(text) = texts.get("course.toml") else {
        log.file("course.toml", "thiếu tệp này".to_owned());
        return None;
    };
    let source = Source { file: "course.toml", text, log };
    let table = source.parse()?;
    let keys = source.keys(&table);
    source.format(&keys, FORMAT);
    let slug = source.string(&keys, "slug", SLUG_CHARS_MAX);
    if let Some(slug) = &slug {
        if !is_slug(slug) {
            source.say(&keys, "slug", "chỉ gồm a-z, 0-9 và dấu gạch ngang".to_owned());
        } else if slug != name {
            source.say(&keys, "slug", format!("phải trùng tên thư mục `{name}`"));
        }
    }
    let title = source.string(&keys, "title", TITLE_CHARS_MAX);
    let summary = source.string(&keys, "summary", SUMMARY_CHARS_MAX);
    let audience = source.string(&keys, "audience", SHORT_CHARS_MAX);
    let language = source.string(&keys, "language", SHORT_CHARS_MAX);
    if language.as_deref().is_some_and(|language| language != "vi") {
        source.say(&keys, "language", "bản này chỉ nhận `vi`".to_owned());
    }
    let authors = source.strings(&keys, "authors", 1..=AUTHORS_MAX, SHORT_CHARS_MAX);
    let updated = source.string(&keys, "updated", SHORT_CHARS_MAX).and_then(|text| {
        let day = text.parse::<Date>().ok();
        if day.is_none() {
            source.say(&keys, "updated", "phải là ngày dạng YYYY-MM-DD".to_owned());
        }
        day
    });
    let minutes = source.integer(&keys, "minutes", 1..=LESSON_MINUTES_MAX * LESSONS_MAX as i64);
    let pass_percent = completion(&source, &keys);
    let lessons = lessons(&source, &keys, files, texts);
    source.nothing_else(&keys);
    let course = Course {
        slug: slug?,
        title: title?,
        summary: summary?,
        audience: audience?,
        language: language?,
        authors: authors?,
        updated: updated?,
        pass_percent: pass_percent?,
        lessons: lessons?,
    };
    if minutes.is_some_and(|minutes| minutes != i64::from(course.minutes())) {
        source.say(&keys, "minutes", format!("phải bằng tổng số phút các bài: {}", course.minutes()));
    }
    Some(course)
}

fn completion(source: &Source<'_>, keys: &Keys<'_>) -> Option<u8> {
    let table = source.table(keys, "completion")?;
    if source.string(&table, "rule", SHORT_CHARS_MAX).is_some_and(|rule| rule != "all_quizzes") {
        source.say(&table, "rule", "chỉ có quy tắc `all_quizzes`".to_owned());
    }
    let percent = source.integer(&table, "pass_percent", 1..=100);
    source.nothing_else(&table);
    percent.and_then(|percent| u8::try_from(percent).ok())
}

fn lessons(
    source: &Source<'_>,
    keys: &Keys<'_>,
    files: &Files,
    texts: &BTreeMap<String, String>,
) -> Option<Vec<Lesson>> {
    let tables = source.tables(keys, "lesson", 1..=LESSONS_MAX)?;
    let mut named = BTreeSet::from(["course.toml".to_owned()]);
    let mut seen = BTreeSet::new();
    let mut lessons = Vec::new();
    for table in &tables {
        let file = source.string(table, "file", SLUG_CHARS_MAX);
        let minutes = source.integer(table, "minutes", 1..=LESSON_MINUTES_MAX);
        let clip = if source.has(table, "clip") { clip(source, table) } else { None };
        source.nothing_else(table);
        let Some(file) = file else { continue };
        if !is_slug(&file) {
            source.say(table, "file", "chỉ gồm a-z, 0-9 và dấu gạch ngang".to_owned());
        } else if !seen.insert(file.clone()) {
            source.say(table, "file", format!("bài `{file}` có hai lần"));
        }
        if let Some(clip) = &clip {
            named.insert(clip.poster.clone());
            if let ClipSource::File(path) = &clip.source {
                named.insert(path.clone());
            }
        }
        let (text_path, quiz_path) = (format!("{file}.md"), format!("{file}.quiz.toml"));
        let text = texts.get(&text_path).map(|text| lesson::check(&Source { file: &text_path, text, log: source.log }));
        let quiz = texts.get(&quiz_path).map(|text| quiz::read(&Source { file: &quiz_path, text, log: source.log }));
        for path in [&text_path, &quiz_path] {
            if !files.contains_key(path) {
                source.log.file(path, "thiếu tệp này".to_owned());
            }
            named.insert(path.clone());
        }
        named.extend(text.iter().flat_map(|text| text.pictures.iter().cloned()));
        if let (Some(text), Some(Some(questions)), Some(minutes)) = (text, quiz, minutes) {
            let minutes = u16::try_from(minutes).unwrap_or_default();
            lessons.push(Lesson { file, title: text.title, minutes, text: text.text, clip, questions });
        }
    }
    for path in files.keys().filter(|path| !named.contains(*path)) {
        source.log.file(path, "không bài nào dùng tệp này; kiểm lại tên".to_owned());
    }
    for path in named.iter().filter(|path| path.starts_with("media/") && !files.contains_key(*path)) {
        source.log.file(path, "thiếu tệp này".to_owned());
    }
    (lessons.len() == tables.len()).then_some(lessons)
}

fn clip(source: &Source<'_>, keys: &Keys<'_>) -> Option<Clip> {
    let table = source.table(keys, "clip")?;
    let file = source.optional(&table, "file", PATH_CHARS_MAX);
    let link = source.optional(&table, "link", LINK_CHARS_MAX);
    let poster = source.string(&table, "poster", PATH_CHARS_MAX);
    let seconds = source.integer(&table, "seconds", 1..=CLIP_SECONDS_MAX);
    source.nothing_else(&table);
    let (source_of, poster, seconds) = match (file, link, poster, seconds) {
        (Some(file), None, Some(poster), Some(seconds)) => (ClipSource::File(file), poster, seconds),
        (None, Some(link), Some(poster), Some(seconds)) => (ClipSource::Link(link), poster, seconds),
        (Some(_), Some(_), ..) | (None, None, ..) => {
            source.say(keys, "clip", "cần đúng một trong hai khóa `file`, `link`".to_owned());
            return None;
        }
        _ => return None,
    };
    match &source_of {
        ClipSource::File(path) if media_kind(path).is_none_or(MediaKind::is_picture) => {
            source.say(&table, "file", "phải là media/… dạng mp4, webm, mp3, m4a hoặc ogg".to_owned());
        }
        ClipSource::Link(link) if !link.starts_with("https://") || link.chars().any(char::is_whitespace) => {
            source.say(&table, "link", "phải là địa chỉ https://…".to_owned());
        }
        _ => {}
    }
    if !media_kind(&poster).is_some_and(MediaKind::is_picture) {
        source.say(&table, "poster", "phải là ảnh media/… dạng PNG, JPEG hoặc WebP".to_owned());
    }
    Some(Clip { source: source_of, poster, seconds: u32::try_from(seconds).unwrap_or_default() })
}

#[cfg(test)]
mod tests;
