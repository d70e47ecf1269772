/*!
Whether the words of a page are its text: pictures have none, and the text layer of a bad
scan or a font without a map to letters has words that are none.
*/

use unicode_normalization::UnicodeNormalization as _;

use crate::ingest::printed::Page;

/// A page of fewer letters than this, the box of a digital signature apart, has no text.
const LETTERS_MIN: usize = 12;
/// Fewest words of letters that tell of a page's quality.
const WORDS_MIN: usize = 25;
/// From this share of impossible words on, a page of few accents is garbled.
const IMPOSSIBLE_SHARE: f32 = 0.04;
/// From this share of impossible words on, any page is garbled.
const IMPOSSIBLE_SHARE_SURE: f32 = 0.15;
/// Share of accented words below which, beside the document's usual share, a page has few.
const FEW_ACCENTS_SHARE: f32 = 0.4;
/// Usual share of accented words in Vietnamese, when the document itself does not tell.
const USUAL_ACCENTS_SHARE: f32 = 0.7;

/// What the words of a page are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// Text.
    Text,
    /// None, or nothing but a signature's box.
    Blank,
    /// Not what is printed there.
    Garbled,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    letters: usize,
    words: usize,
    accented: usize,
    impossible: usize,
}

impl Counts {
    fn share(self, part: usize) -> f32 {
        part as f32 / self.words.max(1) as f32
    }
}

/// The kind of each page.
pub fn kinds(pages: &[Page]) -> Vec<PageKind> {
    let counts: Vec<Counts> = pages.iter().map(count).collect();
    let mut shares: Vec<f32> = counts.iter().filter(|c| WORDS_MIN <= c.words).map(|c| c.share(c.accented)).collect();
    shares.sort_by(f32::total_cmp);
    // The better half of the pages tells what is usual, so that a file garbled in its most
    // part is not measured by itself.
    let usual = shares.get(shares.len() * 3 / 4).copied().unwrap_or(0.0).max(USUAL_ACCENTS_SHARE);
    counts.into_iter().map(|c| kind(c, usual)).collect()
}

fn kind(counts: Counts, usual: f32) -> PageKind {
    if counts.letters < LETTERS_MIN {
        return PageKind::Blank;
    }
    let impossible = counts.share(counts.impossible);
    let few_accents = counts.share(counts.accented) < FEW_ACCENTS_SHARE * usual;
    let is_garbled = WORDS_MIN <= counts.words
        && (IMPOSSIBLE_SHARE_SURE <= impossible || (few_accents && IMPOSSIBLE_SHARE <= impossible));
    if is_garbled { PageKind::Garbled } else { PageKind::Text }
}

fn count(page: &Page) -> Counts {
    let mut counts = Counts::default();
    let box_rows = signature_rows(page);
    for word in &page.words {
        if box_rows.iter().any(|y| (word.y0 - y).abs() < (word.y1 - word.y0).abs()) {
            continue;
        }
        let text: String = word.text.nfc().collect();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        counts.letters += letters;
        let broken = text.chars().any(|c| matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{EFFF}') || is_control(c));
        if letters < 2 && !broken {
            continue;
        }
        counts.words += 1;
        counts.accented += usize::from(text.chars().any(|c| c.is_alphabetic() && !c.is_ascii()));
        counts.impossible += usize::from(broken || is_impossible(&text));
    }
    counts
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// A word as no language writes it: signs or digits between small letters, as in `d{>ng`,
/// `tr9ng`. Numbers of documents, addresses, forms like `a/b` and `1.a` are possible.
fn is_impossible(text: &str) -> bool {
    if text.contains("://") || text.contains('@') || text.starts_with("www.") {
        return false;
    }
    let letters: Vec<char> = text.chars().collect();
    let mut before = ' ';
    for (at, c) in letters.iter().enumerate() {
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        let between_small = before.is_lowercase() && after.is_lowercase();
        let is_strange = matches!(c, '{' | '}' | '>' | '<' | '|' | '~' | '^' | '\\' | '¥' | '£' | '§' | '¢');
        if (c.is_ascii_digit() && between_small) || (is_strange && (before.is_alphabetic() || after.is_alphabetic())) {
            return true;
        }
        before = *c;
    }
    false
}

/// Tops of the rows of a digital signature's box: it is on a scan, too, and no text of it.
fn signature_rows(page: &Page) -> Vec<f32> {
    let joined = |at: usize| -> String {
        page.words[at..].iter().take(3).map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    const HEADS: [&str; 8] =
        ["Người ký:", "Ký bởi:", "Email:", "Cơ quan:", "Thời gian ký:", "Ngày ký:", "Tổ chức:", "Chức vụ:"];
    (0..page.words.len())
        .filter(|at| HEADS.iter().any(|head| joined(*at).starts_with(head)))
        .map(|at| page.words[at].y0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::printed::Word;

    fn page(text: &str) -> Page {
        let words = text.lines().enumerate().flat_map(|(row, line)| {
            line.split_whitespace().enumerate().map(move |(at, word)| Word {
                x0: at as f32 * 20.0,
                x1: at as f32 * 20.0 + 15.0,
                y0: row as f32 * 20.0,
                y1: row as f32 * 20.0 + 12.0,
                text: word.to_owned(),
            })
        });
        Page { words: words.collect() }
    }

    #[test]
    fn pages_are_told_apart() {
        let good =
            "Người giữ đèn lồng phải thắp đèn trước khi trời tối theo khoản 2 Điều 7 Nghị định số 12/2030/NĐ-CP "
                .repeat(4);
        let bad =
            "Ngu&i gifr den l6ng phai th{lp den tru6'c khi trm t6i theo kho>n 2 Di~u 7 Nghi djnh cua Ban tr9ng tai "
                .repeat(4);
        let signature =
            "Người ký: CỔNG ĐÈN LỒNG\nEmail: den@long.example\nCơ quan: VĂN PHÒNG\nThời gian ký: 01.01.2030";
        let english = "This agreement is made between the lantern makers and their keepers on the first day ".repeat(4);
        let pages = [page(&good), page(&bad), page(""), page(signature), page(&english), page("PHỤ LỤC KÈM THEO")];
        use PageKind::{Blank, Garbled, Text};
        assert_eq!(kinds(&pages), [Text, Garbled, Blank, Blank, Text, Text]);
    }
}
