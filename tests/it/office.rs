//! Word and PDF files of the development corpus: text, articles and notes found by each reader.

use std::path::Path;

use congdoan::ingest::{
    converter::Converter,
    readers::{office, pdf},
    source_text::SourceText,
};

/// Fewest letters of a file that is no scan.
const CHARS_MIN: usize = 1_000;

/// Different article numbers at the beginnings of lines, those of quoted articles included.
fn articles(text: &str) -> usize {
    let number = |line: &str| {
        let rest = line.trim_start_matches(['“', '"', ' ']).strip_prefix("Điều ")?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    text.lines().filter_map(number).collect::<std::collections::BTreeSet<_>>().len()
}

#[test]
fn office_files_of_the_corpus_give_their_articles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(manifest) = std::fs::read_to_string(root.join("MANIFEST.tsv")) else {
        eprintln!("skipped: the development corpus is not here");
        return;
    };
    let mut lines = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|of| *of == name).unwrap();
    let (path_at, found_at, scan_at) = (column("path"), column("dieu_khac_nhau"), column("ghi_chu"));
    let true_at = column("dieu_ky_vong");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in lines {
        let path = row[path_at];
        let extension = path.rsplit('.').next().unwrap();
        if !matches!(extension, "docx" | "doc" | "pdf") {
            continue;
        }
        let bytes = std::fs::read(root.join(path)).unwrap();
        // Counted by a strict pattern, and by hand: some old headings have no full stop.
        let expected: usize = row[found_at].parse().unwrap();
        let most = expected.max(row[true_at].parse().unwrap_or(0));
        let missing = Converter { program: "no-such-converter".into(), ..pdf::converter() };
        let mut readings: Vec<(&str, SourceText)> = vec![("installed", office::read(&bytes, extension))];
        if extension == "pdf" {
            readings.push(("built-in", pdf::read_with(&bytes, &missing)));
        }
        for (reader, source) in readings {
            let (chars, lines, found) =
                (source.text.chars().count(), source.text.lines().count(), articles(&source.text));
            let messages: Vec<&str> = source.problems.iter().map(|problem| problem.message.as_str()).collect();
            eprintln!(
                "{path}\t{reader}\t{chars} chars\t{lines} lines\tarticles {found} of {expected}\t{} notes\t{messages:?}",
                source.footnotes.len()
            );
            seen += 1;
            let is_scan = row[scan_at].contains("SCAN") || path.starts_with("vbpl/");
            let is_right = if is_scan {
                chars == 0 && messages.iter().any(|message| message.contains("it is a scan"))
            } else {
                CHARS_MIN <= chars && (expected..=most + 1).contains(&found)
            };
            if !is_right {
                wrong.push(format!("{path} ({reader}): {found} of {expected} articles, {chars} chars, {messages:?}"));
            }
            let is_garbled = path.contains("GARBLED");
            if is_garbled != source.incomplete.is_some() {
                wrong.push(format!("{path} ({reader}): incomplete is {:?}", source.incomplete));
            }
        }
    }
    assert!(50 < seen, "only {seen} readings");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
