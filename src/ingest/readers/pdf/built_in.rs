/*!
The built-in reader: glyphs with their places by `pdf-extract`, grouped to words here.

It runs in a thread of its own, since the crate may panic on odd files and knows no clock; a
thread that does not come back in time is left behind.
*/

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use pdf_extract::{Dictionary, Document, Object, OutputDev, OutputError, Transform, output_doc_page};

use super::{repair, unpacked, widths};
use crate::ingest::printed::{Page, Word};

/// Longest time for one file, in milliseconds.
const READ_MS_MAX: u64 = 120_000;
/// Most glyphs of one file.
const GLYPHS_MAX: usize = 30_000_000;
/// Stack of the reading thread, in bytes: forms nest.
const STACK_BYTES: usize = 32 << 20;
/// A gap wider than this share of the letters' size parts words.
const GAP_SHARE: f64 = 0.11;
/// Letters further than this back, in sizes, begin a new word.
const BACK_SHARE: f64 = 0.4;
/// Letters whose bases differ by more than this, in sizes, are not of one word.
const BASE_SHARE: f64 = 0.2;
/// Height of letters above and below their base, in sizes.
const ABOVE_SHARE: f64 = 0.89;
const BELOW_SHARE: f64 = 0.22;
/// Deepest nesting of forms searched for pictures.
const FORMS_DEPTH_MAX: usize = 4;

/// The pages of a PDF.
pub fn pages(bytes: Arc<[u8]>) -> Result<Vec<Page>, String> {
    within_limits(move |deadline| read(&bytes, deadline)).unwrap_or_else(Err)
}

/// Which of the pages, counted from 1, hold a picture; all of them when that cannot be told.
pub fn pages_with_pictures(bytes: Arc<[u8]>, numbers: &[usize]) -> Vec<usize> {
    let wanted = numbers.to_vec();
    let found = within_limits(move |_| {
        let document = load(&bytes).ok()?;
        let places = document.get_pages();
        let has_picture = |number: &usize| {
            let id = u32::try_from(*number).ok().and_then(|number| places.get(&number));
            id.is_none_or(|id| page_has_picture(&document, *id))
        };
        Some(wanted.into_iter().filter(has_picture).collect())
    });
    found.ok().flatten().unwrap_or_else(|| numbers.to_vec())
}

fn page_has_picture(document: &Document, id: (u32, u16)) -> bool {
    let Ok((own, inherited)) = document.get_page_resources(id) else { return true };
    let inherited = inherited.into_iter().filter_map(|id| document.get_dictionary(id).ok());
    own.into_iter().chain(inherited).any(|resources| has_picture(document, resources, 0))
}

fn has_picture(document: &Document, resources: &Dictionary, depth: usize) -> bool {
    let objects = resources.get(b"XObject").ok().and_then(|objects| document.dereference(objects).ok());
    let Some(objects) = objects.and_then(|(_, objects)| objects.as_dict().ok()) else { return false };
    objects.iter().any(|(_, object)| {
        let Ok((_, Object::Stream(stream))) = document.dereference(object) else { return false };
        let inner = || stream.dict.get(b"Resources").ok().and_then(|r| document.dereference(r).ok()?.1.as_dict().ok());
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") => true,
            Ok(b"Form") if depth < FORMS_DEPTH_MAX => {
                inner().is_some_and(|resources| has_picture(document, resources, depth + 1))
            }
            _ => false,
        }
    })
}

/// Runs `work` in a thread that may panic and may not come back.
fn within_limits<T: Send + 'static>(work: impl FnOnce(Instant) -> T + Send + 'static) -> Result<T, String> {
    let (sender, receiver) = mpsc::channel();
    let limit = Duration::from_millis(READ_MS_MAX);
    let deadline = Instant::now() + limit;
    let run = move || {
        let done = catch_unwind(AssertUnwindSafe(|| work(deadline)));
        let _ = sender.send(done.map_err(|_| "the PDF is damaged beyond what the built-in reader can read".to_owned()));
    };
    let builder = thread::Builder::new().name("pdf".to_owned()).stack_size(STACK_BYTES);
    builder.spawn(run).map_err(|error| format!("cannot start a thread: {error}"))?;
    // Between pages the work looks at the clock itself; the margin is for that.
    receiver.recv_timeout(limit + limit / 4).unwrap_or_else(|_| Err(format!("reading took more than {READ_MS_MAX} ms")))
}

/// Loads a file; with a new table of places when it has no page otherwise.
fn load(bytes: &[u8]) -> Result<Document, String> {
    unpacked::check(bytes, unpacked::UNPACKED_BYTES_MAX)?;
    match Document::load_mem(bytes) {
        // A file that opens without a password has lost this entry by now.
        Ok(document) if document.trailer.get(b"Encrypt").is_ok() => {
            Err("the PDF is protected by a password; save it without one".to_owned())
        }
        Ok(document) if !document.get_pages().is_empty() => Ok(document),
        Ok(document) => Ok(load_repaired(bytes).unwrap_or(document)),
        Err(error) => load_repaired(bytes).ok_or_else(|| format!("the PDF is damaged: {error}")),
    }
}

fn load_repaired(bytes: &[u8]) -> Option<Document> {
    repair::with_new_places(bytes).and_then(|repaired| Document::load_mem(&repaired).ok())
}

fn read(bytes: &[u8], deadline: Instant) -> Result<Vec<Page>, String> {
    let mut document = load(bytes)?;
    widths::rewrite(&mut document);
    let is_empty = |pages: &[Page]| pages.iter().all(|page| page.words.is_empty());
    let pages = read_document(&document, deadline);
    if pages.as_ref().is_ok_and(|pages| !is_empty(pages)) {
        return pages;
    }
    // Places that are wrong may still find the pages, and not what stands on them.
    let again = load_repaired(bytes).map(|mut document| {
        widths::rewrite(&mut document);
        read_document(&document, deadline)
    });
    match again {
        Some(Ok(again)) if !is_empty(&again) => Ok(again),
        _ => pages,
    }
}

fn read_document(document: &Document, deadline: Instant) -> Result<Vec<Page>, String> {
    let mut pages = Vec::new();
    let mut failed = 0;
    let mut glyphs = 0;
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    for number in &numbers {
        let mut output = Glyphs { deadline, glyphs_left: GLYPHS_MAX - glyphs, glyphs: Vec::new() };
        let done = catch_unwind(AssertUnwindSafe(|| output_doc_page(document, &mut output, *number)));
        if deadline < Instant::now() {
            return Err(format!("reading took more than {READ_MS_MAX} ms"));
        }
        if output.glyphs_left == 0 {
            return Err(format!("more than {GLYPHS_MAX} letters"));
        }
        failed += usize::from(!matches!(done, Ok(Ok(()))));
        glyphs += output.glyphs.len();
        pages.push(words(&output.glyphs));
    }
    let is_empty = pages.iter().all(|page| page.words.is_empty());
    match numbers.len() {
        0 => Err("the PDF is damaged: it has no page".to_owned()),
        count if is_empty && failed == count => Err("the PDF's pages cannot be read by the built-in reader".to_owned()),
        _ => Ok(pages),
    }
}

/// A glyph: where its base begins, how wide it is, how large its font.
struct Glyph {
    x: f64,
    y: f64,
    width: f64,
    size: f64,
    /// Direction of writing: one of the four.
    turn: u8,
    text: String,
}

struct Glyphs {
    deadline: Instant,
    glyphs_left: usize,
    glyphs: Vec<Glyph>,
}

impl OutputDev for Glyphs {
    fn begin_page(
        &mut self,
        _: u32,
        _: &pdf_extract::MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        self.glyphs_left = self.glyphs_left.saturating_sub(1);
        if self.glyphs_left == 0 || (self.glyphs.len().is_multiple_of(4_096) && self.deadline < Instant::now()) {
            return Err(OutputError::FormatError(std::fmt::Error));
        }
        let turn = match (at.m12.abs() <= at.m11.abs(), 0.0 <= at.m11, 0.0 <= at.m12) {
            (true, true, _) => 0,
            (false, _, true) => 1,
            (true, false, _) => 2,
            (false, _, false) => 3,
        };
        // Turned upright, `y` downwards.
        let (x, y) = match turn {
            0 => (at.m31, -at.m32),
            1 => (at.m32, at.m31),
            2 => (-at.m31, at.m32),
            _ => (-at.m32, -at.m31),
        };
        let size = font_size.abs() * at.m21.hypot(at.m22);
        let width = width * font_size.abs() * at.m11.hypot(at.m12);
        if [x, y, width, size].iter().all(|value| value.is_finite()) && 0.1 < size {
            self.glyphs.push(Glyph { x, y, width, size, turn, text: text.to_owned() });
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

/// Words of the glyphs written in the page's main direction.
fn words(glyphs: &[Glyph]) -> Page {
    let mut turns = [0usize; 4];
    for glyph in glyphs {
        turns[usize::from(glyph.turn % 4)] += 1;
    }
    let main = (0..4u8).max_by_key(|turn| (turns[usize::from(*turn)], 3 - turn)).unwrap_or(0);
    let mut words: Vec<Word> = Vec::new();
    let mut open: Option<(Word, &Glyph)> = None;
    for glyph in glyphs.iter().filter(|glyph| glyph.turn == main) {
        let is_space = glyph.text.trim().is_empty();
        if let Some((word, last)) = &mut open {
            let gap = glyph.x - (last.x + last.width);
            let is_near = (-BACK_SHARE * last.size..GAP_SHARE * last.size).contains(&gap)
                && (glyph.y - last.y).abs() < BASE_SHARE * last.size
                && (glyph.size - last.size).abs() < 0.25 * last.size;
            if is_near && !is_space {
                word.text.push_str(glyph.text.trim());
                word.x1 = word.x1.max((glyph.x + glyph.width) as f32);
                *last = glyph;
                continue;
            }
        }
        push(&mut words, open.take());
        if !is_space {
            open = Some((word_of(glyph), glyph));
        }
    }
    push(&mut words, open);
    Page { words }
}

fn word_of(glyph: &Glyph) -> Word {
    Word {
        x0: glyph.x as f32,
        x1: (glyph.x + glyph.width) as f32,
        y0: (glyph.y - ABOVE_SHARE * glyph.size) as f32,
        y1: (glyph.y + BELOW_SHARE * glyph.size) as f32,
        text: glyph.text.trim().to_owned(),
    }
}

/// Adds a word, but for one printed twice over itself to look bold.
fn push(words: &mut Vec<Word>, word: Option<(Word, &Glyph)>) {
    let Some((word, glyph)) = word else { return };
    let near = (glyph.size * 0.15) as f32;
    let is_twin = |other: &Word| {
        other.text == word.text && (other.x0 - word.x0).abs() < near && (other.y0 - word.y0).abs() < near
    };
    if !words.iter().rev().take(40).any(is_twin) {
        words.push(word);
    }
}
