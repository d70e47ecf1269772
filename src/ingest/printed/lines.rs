/*!
Printed lines without their places -> paragraphs: text files made of PDFs, text read by a
machine. Where a paragraph ends must be told from the words alone.
*/

use super::{
    furniture::{is_page_number, is_running_head},
    paragraphs::{breaks_word, ends_sentence, is_heading, is_slipped_label, label, last_line, opens_list},
};
use crate::{
    ingest::{parse::ends_open, source_text::PAGE_BREAK},
    law::text::is_upper_case,
};

/// Share of lines that begin with a small letter from which on a text counts as printed.
const BROKEN_LINES_SHARE: f32 = 0.15;
/// Fewest lines that tell.
const LINES_MIN: usize = 20;
/// A line shorter than this share of the usual full line ended on purpose.
const FULL_LINE_SHARE: f32 = 0.75;

/// Lines below a heading within which its first sentence ends.
const TEXT_LINES_MAX: usize = 12;
/// Words a title cannot end with.
const OPEN_ENDS: [&str; 14] =
    ["và", "hoặc", "của", "với", "về", "tại", "cho", "theo", "trong", "các", "do", "giữa", "đến", "từ"];

/// Fewest lines that tell whether sentences are cut.
const CUT_LINES_MIN: usize = 100;
/// Share of cut lines from which on they are no chance.
const CUT_SHARE: f32 = 0.02;
/// Shortest line that may have been cut for its length, in letters.
const CUT_LETTERS_MIN: usize = 50;

/// Whether lines were broken where the page was full, not where paragraphs end.
pub fn are_broken(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let broken = lines.iter().filter(|line| line.starts_with(char::is_lowercase) && label(line).is_none()).count();
    LINES_MIN <= lines.len() && BROKEN_LINES_SHARE * lines.len() as f32 <= broken as f32
}

/// Whether a text has an empty line between all lines, and sentences cut by one before a capital
/// letter or a figure: what a gathering of broken lines leaves that joined the others.
pub fn are_cut(text: &str) -> bool {
    let (mut lines, mut alone, mut cut) = (0usize, 0usize, 0usize);
    let mut before = "";
    let mut blank = true;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        lines += 1;
        alone += usize::from(blank);
        cut += usize::from(blank && is_cut(before, line));
        (before, blank) = (line, false);
    }
    CUT_LINES_MIN <= lines && 10 * alone >= 9 * lines && CUT_SHARE * lines as f32 <= cut as f32
}

/// Joins the sentences such a text cuts; all else stays as it is.
pub fn join_cut(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut before = "";
    for line in text.lines() {
        let inner = line.trim();
        if !inner.is_empty() && is_cut(before, inner) {
            joined.truncate(joined.trim_end().len());
            joined.push(' ');
            joined.push_str(inner);
        } else {
            joined.push_str(line);
        }
        joined.push('\n');
        if !inner.is_empty() {
            before = inner;
        }
    }
    joined
}

/// Whether `line` goes on with the sentence `before` does not end: a long line of running text
/// before it, and neither of them a heading.
fn is_cut(before: &str, line: &str) -> bool {
    let goes_on = line.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let is_running = |text: &str| !is_upper_case(text) && !is_named_heading(text);
    goes_on
        && CUT_LETTERS_MIN <= before.chars().count()
        && label(line).is_none()
        && !ends_sentence(before)
        && is_running(before)
        && is_running(line)
}

fn is_named_heading(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(first.as_str(), "điều" | "chương" | "mục" | "phần" | "tiểu" | "phụ" | "căn")
}

/// Takes running heads and page numbers out and joins the lines of each paragraph.
pub fn join(text: &str) -> String {
    let text = text.replace(PAGE_BREAK, "\n");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let full = full_line(&lines);
    let mut joined = String::with_capacity(text.len());
    let mut before = "";
    let mut blank = false;
    for (index, line) in lines.iter().enumerate() {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if is_running_head(line) || is_lone_number(&lines, index) {
            // What follows may carry on the paragraph that the page broke.
            continue;
        }
        let begins = before.is_empty()
            || begins(last_line(&joined), before, line, blank, full)
            || opens_text(last_line(&joined), &lines[index..], full);
        if begins {
            if !joined.is_empty() {
                joined.push('\n');
            }
        } else if !breaks_word(before) {
            joined.push(' ');
        }
        joined.push_str(line);
        before = line;
        blank = false;
    }
    joined.push('\n');
    joined
}

/// The length of lines that were broken because they were full, in letters.
fn full_line(lines: &[&str]) -> usize {
    let mut lengths: Vec<usize> = lines.iter().map(|line| line.chars().count()).filter(|n| 30 <= *n).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() * 3 / 4).copied().unwrap_or(0)
}

fn begins(written: &str, before: &str, line: &str, blank: bool, full: usize) -> bool {
    let first = line.trim_start_matches(['“', '"', '(']).chars().next().unwrap_or(' ');
    if first.is_lowercase() && label(line).is_none() {
        return false;
    }
    if is_heading(line) || (is_item(line) && (ends_sentence(before) || opens_list(written, line))) {
        return true;
    }
    if is_upper_case(line) != is_upper_case(before) && line.chars().count() > 3 {
        return true;
    }
    let was_full = is_full(before, full);
    // A blank line inside a sentence is a page's end.
    if blank { !was_full || ends_sentence(before) } else { !was_full }
}

/// What opens an item of a list.
fn is_item(line: &str) -> bool {
    label(line).is_some() || is_slipped_label(line)
}

/// Whether the lines below a heading are its text, not the rest of its title: they begin with a
/// capital letter and run full to the end of a sentence, or say the title again.
fn opens_text(written: &str, lines: &[&str], full: usize) -> bool {
    let Some(line) = lines.first().filter(|line| line.starts_with(char::is_uppercase)) else { return false };
    if !is_heading(written) || label(line).is_some() {
        return false;
    }
    let title = written.split_once(['.', ':']).map_or("", |(_, title)| title.trim());
    if !title.is_empty() && line.starts_with(title) {
        return true;
    }
    let below = lines.iter().filter(|line| !line.is_empty()).take(TEXT_LINES_MAX);
    // A line that is neither full nor a sentence's end is the last of a title.
    let mut below = below.take_while(|line| !is_item(line) && !is_heading(line));
    let last = below.find(|line| ends_sentence(line) || !is_full(line, full));
    !ends_open(title) && last.is_some_and(|line| ends_sentence(line))
}

fn is_full(line: &str, full: usize) -> bool {
    (FULL_LINE_SHARE * full as f32) as usize <= line.chars().count()
}

/// A number alone on a line that carries on the count of pages rather than of clauses.
fn is_lone_number(lines: &[&str], index: usize) -> bool {
    if !is_page_number(lines[index]) {
        return false;
    }
    let near = |range: std::ops::Range<usize>| lines[range].iter().any(|line| is_running_head(line));
    near(index.saturating_sub(3)..index)
        || near(index..(index + 4).min(lines.len()))
        || (lines.get(index + 1).is_none_or(|line| line.is_empty()) && (index == 0 || lines[index - 1].is_empty()))
}
