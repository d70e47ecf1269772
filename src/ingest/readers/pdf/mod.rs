/*!
PDF: words with their places, by `pdftotext` where it is installed and by the reader built
in otherwise; [`printed`] makes text of either.

A page that is only a picture gives no text. Such pages are named, and a file of nothing
else is unreadable rather than empty.
*/

mod built_in;
mod quality;
mod repair;
#[cfg(test)]
mod tests;
mod unpacked;
mod widths;

use std::sync::Arc;

use quality::PageKind;

use crate::{
    ingest::{
        converter::{Converter, Failure},
        printed::{self, Page, Word},
        problem::{Problem, ProblemKind},
        source_text::SourceText,
    },
    law::Trust,
};

/// Longest run of the converter on one file, in milliseconds.
const CONVERTER_MS_MAX: u64 = 120_000;
/// Most output of the converter, in bytes: a word takes about 100.
const CONVERTER_BYTES_MAX: u64 = 512 << 20;
/// Most pages of one file.
const PAGES_MAX: usize = 5_000;
/// Bytes at the head of a file in which its mark may stand.
const MARK_BYTES_MAX: usize = 1_024;
/// Shortest words, in letters, that show the direction of writing by their boxes.
const TURNED_LETTERS_MIN: usize = 4;
/// Fewest such words that show it for a page.
const TURNED_WORDS_MIN: usize = 5;
/// A word turned among upright ones is higher than so many of their heights.
const TALL_HEIGHTS: f32 = 1.5;
/// Most pages named one by one in a message.
const PAGES_NAMED_MAX: usize = 12;

/// The converter of poppler: the XHTML of words and boxes.
pub fn converter() -> Converter {
    Converter {
        program: "pdftotext".into(),
        arguments: ["-q", "-bbox", "-enc", "UTF-8", "-", "-"].map(Into::into).to_vec(),
        run_ms_max: CONVERTER_MS_MAX,
        output_bytes_max: CONVERTER_BYTES_MAX,
    }
}

/// What to tell once where the converter is not installed.
pub fn notice() -> Option<Problem> {
    let probe = Converter { arguments: vec!["-v".into()], run_ms_max: 5_000, ..converter() };
    let message = "`pdftotext` is not installed: PDF files are read by the built-in reader, which knows fewer fonts and \
                   damaged files; install the package poppler-utils";
    (probe.run(Arc::from([])) == Err(Failure::Missing)).then(|| Problem::new(0, ProblemKind::Converter, message))
}

/// Reads a PDF with the converter installed, if any.
pub fn read(bytes: &[u8]) -> SourceText {
    read_with(bytes, &converter())
}

/// Reads a PDF with this converter, with the built-in reader where it fails.
pub fn read_with(bytes: &[u8], converter: &Converter) -> SourceText {
    let head = &bytes[..bytes.len().min(MARK_BYTES_MAX)];
    if !head.windows(5).any(|window| window == b"%PDF-") {
        return SourceText::unreadable("it is named .pdf but is no PDF file");
    }
    let bytes: Arc<[u8]> = bytes.into();
    let mut problems = Vec::new();
    let pages = match converted(converter, bytes.clone()) {
        Ok(pages) => Ok(pages),
        Err(failure) => {
            let built_in = built_in::pages(bytes.clone());
            if failure != Failure::Missing && built_in.is_ok() {
                let message = format!("{}; read by the built-in reader", complaint(converter, &failure));
                problems.push(Problem::new(0, ProblemKind::Converter, message));
            }
            built_in
        }
    };
    let mut source = match pages {
        Ok(pages) if PAGES_MAX < pages.len() => {
            SourceText::unreadable(format!("{} pages, more than {PAGES_MAX}; split the file", pages.len()))
        }
        Ok(pages) => of_pages(pages, &bytes),
        Err(message) => SourceText::unreadable(message),
    };
    source.problems.extend(problems);
    source
}

fn converted(converter: &Converter, bytes: Arc<[u8]>) -> Result<Vec<Page>, Failure> {
    let output = converter.run(bytes.clone())?;
    let mut pages = printed::bbox::read(&String::from_utf8_lossy(&output)).map_err(Failure::Refused)?;
    if pages.is_empty() {
        return Err(Failure::Refused("it found no page".to_owned()));
    }
    // The converter gives upright boxes of turned words, which say nothing of their order.
    if pages.iter().any(is_turned)
        && let Ok(upright) = built_in::pages(bytes)
        && upright.len() == pages.len()
    {
        for (page, upright) in pages.iter_mut().zip(upright) {
            if is_turned(page) && !upright.words.is_empty() {
                *page = upright;
            }
        }
    }
    pages.iter_mut().for_each(lay_turned_below);
    Ok(pages)
}

/// Words written across the others, such as a running head beside a turned table, would stand
/// in many rows at once: they are put below the page, in the order they came in.
fn lay_turned_below(page: &mut Page) {
    let mut heights: Vec<f32> = page.words.iter().map(|word| word.y1 - word.y0).collect();
    heights.sort_by(f32::total_cmp);
    let usual = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
    // Narrow upright words are no higher than the others.
    let is_tall = |word: &Word| {
        TURNED_LETTERS_MIN <= word.text.chars().count()
            && word.x1 - word.x0 < word.y1 - word.y0
            && TALL_HEIGHTS * usual < word.y1 - word.y0
    };
    if is_turned(page) || !page.words.iter().any(is_tall) {
        return;
    }
    let (turned, upright): (Vec<Word>, Vec<Word>) = std::mem::take(&mut page.words).into_iter().partition(is_tall);
    page.words = upright;
    let height = |word: &Word| word.x1 - word.x0;
    let mut top = page.words.iter().map(|word| word.y1).fold(0.0, f32::max);
    let mut before: Option<(f32, f32)> = None;
    for word in turned {
        let height = height(&word);
        let same_row = before.is_some_and(|(line, _)| (line - word.x0).abs() < 0.5 * height);
        let x0 = match before {
            Some((_, x1)) if same_row => x1 + 0.3 * height,
            _ => {
                top += 2.0 * height;
                0.0
            }
        };
        let x1 = x0 + (word.y1 - word.y0);
        before = Some((word.x0, x1));
        page.words.push(Word { x0, x1, y0: top, y1: top + height, text: word.text });
    }
}

/// Whether most words of a page are written upwards or downwards: wide tables stand so.
fn is_turned(page: &Page) -> bool {
    let long: Vec<bool> = page
        .words
        .iter()
        .filter(|word| TURNED_LETTERS_MIN <= word.text.chars().count())
        .map(|word| word.x1 - word.x0 < word.y1 - word.y0)
        .collect();
    TURNED_WORDS_MIN <= long.len() && long.len() < 2 * long.iter().filter(|is_tall| **is_tall).count()
}

fn complaint(converter: &Converter, failure: &Failure) -> String {
    let program = converter.program.to_string_lossy();
    match failure {
        Failure::Missing => format!("`{program}` is not installed"),
        Failure::TooLong => format!("`{program}` took more than {} ms", converter.run_ms_max),
        Failure::TooMuch => format!("`{program}` wrote more than {} bytes", converter.output_bytes_max),
        Failure::Refused(why) => format!("`{program}` could not read it: {why}"),
    }
}

/// Text of pages, those without text of their own named.
fn of_pages(mut pages: Vec<Page>, bytes: &Arc<[u8]>) -> SourceText {
    let kinds = quality::kinds(&pages);
    let numbers = |kind: PageKind| -> Vec<usize> {
        kinds.iter().enumerate().filter(|(_, of)| **of == kind).map(|(at, _)| at + 1).collect()
    };
    let garbled = numbers(PageKind::Garbled);
    let blank = numbers(PageKind::Blank);
    if blank.len() == pages.len() {
        return SourceText::unreadable(format!(
            "it is a scan: {} pages of pictures without a text layer; run OCR on it, or get the text from elsewhere",
            pages.len()
        ));
    }
    if blank.len() + garbled.len() == pages.len() {
        return SourceText::unreadable(
            "its text layer is garbled on every page, by bad OCR or fonts without a map to letters; run OCR on it anew",
        );
    }
    // An empty page without a picture is just empty.
    let pictures = if blank.is_empty() { Vec::new() } else { built_in::pages_with_pictures(bytes.clone(), &blank) };
    for number in &garbled {
        pages[number - 1].words.clear();
    }
    let printed = printed::read(&pages);
    let mut source = SourceText::paragraphs(printed.text, Trust::Unknown);
    if printed.is_gazette {
        source.trust = Trust::Official;
    }
    source.footnotes = printed.footnotes;
    let mut missing = Vec::new();
    if !pictures.is_empty() {
        missing.push(format!("{} of {} is a picture without text", named(&pictures), pages.len()));
    }
    if !garbled.is_empty() {
        missing.push(format!("{} of {} has a garbled text layer and is left out", named(&garbled), pages.len()));
    }
    if !missing.is_empty() {
        let why = format!("{}; it needs OCR", missing.join(", "));
        source.problems.push(Problem::new(0, ProblemKind::Unreadable, why.clone()));
        source.incomplete = Some(why);
    }
    source
}

/// `page 3`, `pages 3, 4 and 9 more`.
fn named(pages: &[usize]) -> String {
    let numbers: Vec<String> = pages.iter().take(PAGES_NAMED_MAX).map(usize::to_string).collect();
    let word = if pages.len() == 1 { "page" } else { "each of pages" };
    match pages.len().saturating_sub(PAGES_NAMED_MAX) {
        0 => format!("{word} {}", numbers.join(", ")),
        more => format!("{word} {} and {more} more", numbers.join(", ")),
    }
}
