//! Real documents in every format admins have: each gives its articles, or the report says why
//! not. Needs the shared data; says when it is not there.

use std::collections::BTreeMap;

use congdoan::ingest::{self, FileStatus};

use crate::support;

/// Files whose count differs from the one listed, and why.
const EXPLAINED: [(&str, usize, &str); 8] = [
    ("law/vbhn-40-2026-vpqh.pdf", 57, "the list counts numbers; five articles carry letters (7a–7c, 48a, 48b)"),
    ("law/372-2025-nd-cp.pdf", 3, "three of its own; the fourth of the list stands in a form"),
    ("law-variants/vbhn-125-2025-vpqh.official.GARBLED-P86.pdf", 219, "its last page is garbled and left out"),
    ("law-variants/vbhn-14-2024-vpqh.TRUNCATED.pdf", 12, "cut off, and says so"),
    ("law-variants/145-2020-nd-cp.congbao.TRUNCATED.pdf", 101, "cut off, and says so"),
    ("law-variants/50-2024-qh15.FABRICATED.md", 33, "an invented text under a real number"),
    ("law-variants/12-2012-qh13+174-qd-tld.concat.md", 68, "two documents, 33 and 35 articles"),
    ("vbpl/itemid-2315.toanvan.html", 55, "the list does not count this page"),
];

/// Whether a listed file is not judged: no law, a page about a law, a scan.
fn is_unjudged(row: &BTreeMap<&str, &str>) -> bool {
    let path = row["path"];
    path.starts_with("phapdien/")
        || path.starts_with("union-docs/")
        || row["ket_luan"].starts_with("không đánh giá") && !EXPLAINED.iter().any(|(explained, ..)| *explained == path)
}

#[test]
fn every_listed_document_gives_its_articles() {
    let Some(shared) = support::shared_data("the list of documents") else { return };
    let corpus = shared.join("corpus");
    let list = std::fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let mut lines = list.lines().map(|line| line.split('\t'));
    let head: Vec<&str> = lines.next().unwrap().collect();
    let folders = ["law", "law-variants", "vbpl"].map(|folder| corpus.join(folder));
    let read = ingest::load(&folders, std::path::Path::new("")).unwrap();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for row in lines {
        let row: BTreeMap<&str, &str> = head.iter().copied().zip(row).collect();
        if is_unjudged(&row) {
            continue;
        }
        let path = row["path"];
        let file =
            read.files.iter().find(|file| file.path.ends_with(path)).unwrap_or_else(|| panic!("{path} was not read"));
        if row["ket_luan"].starts_with("không có lớp chữ") {
            assert_eq!(file.status, FileStatus::Unreadable, "{path} is a scan");
            continue;
        }
        let listed = if row["dieu_ky_vong"].is_empty() { row["dieu_chuoi_lien_tuc"] } else { row["dieu_ky_vong"] };
        let explained = EXPLAINED.iter().find(|(explained, ..)| *explained == path).map(|(_, count, _)| *count);
        let expected = explained.unwrap_or_else(|| listed.parse().unwrap());
        let found: usize = file.documents.iter().map(|document| document.articles).sum();
        judged += 1;
        if found != expected {
            wrong.push(format!("{path}: {found} articles, not {expected}"));
        }
        if row["so_hieu"] != file.documents[0].number.as_deref().unwrap_or_default() && explained.is_none() {
            eprintln!("{path}: number {:?}, listed {}", file.documents[0].number, row["so_hieu"]);
        }
    }
    eprintln!("{judged} documents judged");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(75 <= judged, "only {judged} of the listed documents were judged");
}
