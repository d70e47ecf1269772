/*!
Several documents in one file: where each begins.

A document begins where its number is stated and its articles start to count again. Forms in
annexes count again, too, but leave the number to be filled in.
*/

use std::ops::Range;

use super::metadata::number_in;
use crate::law::text::fold;

/// Lines above the number that may still be the head of the same document.
const HEAD_LINES_MAX: usize = 8;
/// Lines below the number within which article 1 must stand.
const ARTICLE_WITHIN_LINES: usize = 90;

/// Byte ranges of the documents in `text`; one range for nearly every file.
pub fn documents(text: &str) -> Vec<Range<usize>> {
    let lines: Vec<(usize, &str)> = offsets(text);
    let mut starts = vec![0];
    let mut numbers: Vec<String> = Vec::new();
    let mut last_article = 0;
    for (index, (_, line)) in lines.iter().enumerate() {
        if let Some(number) = article_number(line) {
            last_article = number;
        }
        let Some(number) = stated_number(line) else { continue };
        let counts_again =
            lines[index..].iter().take(ARTICLE_WITHIN_LINES).find_map(|(_, l)| article_number(l)) == Some(1);
        if !counts_again || numbers.contains(&number) {
            continue;
        }
        if 1 < last_article && !numbers.is_empty() {
            starts.push(head_start(&lines, index));
            last_article = 0;
        }
        numbers.push(number);
    }
    (0..starts.len()).map(|i| starts[i]..starts.get(i + 1).copied().unwrap_or(text.len())).collect()
}

fn offsets(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim())
        })
        .collect()
}

/// The number of an unquoted article heading.
fn article_number(line: &str) -> Option<u32> {
    let rest = line.strip_prefix("Điều ").or_else(|| line.strip_prefix("ĐIỀU "))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let is_heading = rest[digits..].trim_start().starts_with(['.', ':']) || rest.len() == digits;
    if is_heading { rest[..digits].parse().ok() } else { None }
}

/// The number of a line that states a document's own: "Số: 1/2030/NĐ-CP", "LUẬT X số: 7/2030/QH20".
fn stated_number(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['*', '#', '_', ' ', '|']);
    let folded = fold(line);
    let starts = ["so:", "so ", "luat so:", "luat so ", "bo luat so", "phap lenh so"];
    let by_start = starts.iter().any(|start| folded.starts_with(start)) && folded.len() < 80;
    let before = line.split(" số").next().unwrap_or_default();
    let by_kind = before.len() < line.len()
        && ["LUẬT", "BỘ LUẬT", "NGHỊ ĐỊNH", "THÔNG TƯ", "QUYẾT ĐỊNH", "ĐIỀU LỆ", "NGHỊ QUYẾT", "PHÁP LỆNH"]
            .iter()
            .any(|kind| before.starts_with(kind))
        && !before.chars().any(char::is_lowercase);
    if by_start || by_kind { number_in(line) } else { None }
}

/// The start of the head that the number at line `index` belongs to: issuer, motto.
fn head_start(lines: &[(usize, &str)], index: usize) -> usize {
    let is_head = |line: &str| {
        let bare = line.trim_matches(['*', '#', '_', '-', '=', ' ', '|']);
        bare.is_empty() || !bare.chars().any(char::is_lowercase) || fold(bare).starts_with("doc lap")
    };
    let mut first = index;
    while 0 < first && index - first < HEAD_LINES_MAX && is_head(lines[first - 1].1) && !lines[first - 1].1.is_empty() {
        first -= 1;
    }
    lines[first].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_documents_in_one_file() {
        let first = "LUẬT VIỆC NHÀ số: 1/2030/QH20. Bịa\nĐiều 1. A\nĐiều 2. B\n\n";
        let second = "TỔNG HỘI\nSố: 9/QĐ-TH\nĐIỀU LỆ\nĐiều 1. C\nĐiều 2. D\n";
        let text = format!("{first}{second}");
        let parts: Vec<&str> = documents(&text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(parts, [first, second]);
    }

    #[test]
    fn forms_and_references_begin_nothing() {
        let text = "Số: 1/2030/NĐ-CP\nĐiều 1. A\nĐiều 2. B\nPHỤ LỤC\nSố: …/QĐ-…\nĐiều 1. Cho phép\nĐiều 2. Thi hành\n\
                    Số 7/2029/QH19 là luật khác\n";
        assert_eq!(documents(text).len(), 1);
        assert_eq!(documents("").len(), 1);
    }
}
