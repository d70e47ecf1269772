//! Web pages and the codification of the shared corpus against its manifest, where it is
//! there.

use std::{collections::HashMap, path::PathBuf};

use congdoan::ingest::{self, FileReport};

fn corpus() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let here = root.join("MANIFEST.tsv").is_file();
    if !here {
        eprintln!("skipped: no ../shared/corpus");
    }
    here.then_some(root)
}

/// Path and columns of the manifest's rows.
fn manifest(root: &std::path::Path) -> Vec<(String, HashMap<String, String>)> {
    let text = std::fs::read_to_string(root.join("MANIFEST.tsv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| {
            let columns: HashMap<String, String> =
                names.iter().map(|n| (*n).to_owned()).zip(line.split('\t').map(str::to_owned)).collect();
            (columns["path"].clone(), columns)
        })
        .collect()
}

fn check(path: PathBuf) -> FileReport {
    ingest::load(&[path], std::path::Path::new("none")).unwrap().files.remove(0)
}

#[test]
fn pages_have_the_articles_of_the_manifest() {
    let Some(root) = corpus() else { return };
    let mut checked = 0;
    for (path, row) in manifest(&root) {
        if !path.ends_with(".html") || !path.starts_with("law") {
            continue;
        }
        let report = check(root.join(&path));
        let numbers: Vec<(Option<&str>, usize)> =
            report.documents.iter().map(|d| (d.number.as_deref(), d.articles)).collect();
        assert_eq!(numbers, [(Some(row["so_hieu"].as_str()), row["dieu_ky_vong"].parse().unwrap())], "{path}");
        checked += 1;
    }
    assert!(5 < checked);
    for tab in ["thuoctinh", "lichsu", "lienquan"] {
        let report = check(root.join(format!("vbpl/itemid-2315.{tab}.html")));
        assert_eq!((report.documents.len(), report.problems.len()), (0, 1), "{tab}");
        assert!(report.problems[0].message.contains("not its text"), "{tab}");
    }
}

#[test]
fn subjects_have_the_articles_of_the_manifest() {
    let Some(root) = corpus() else { return };
    let mut checked = 0;
    for (path, row) in manifest(&root) {
        if !path.starts_with("phapdien/raw/") {
            continue;
        }
        let report = check(root.join(&path));
        let articles: usize = report.documents.iter().map(|d| d.articles).sum();
        assert_eq!(articles.to_string(), row["dieu_khac_nhau"], "{path}");
        // "45/2019/QH14 ×220; …": the documents with the most articles. The remark counts
        // amendments by a document too, so only the first, the subject's own law, must agree.
        for (at, part) in row["ghi_chu"].split("; ").filter(|part| part.contains(" ×")).enumerate() {
            let (name, count) = part.rsplit_once(" ×").unwrap();
            let number = name.rsplit(' ').next();
            let found = report.documents.iter().find(|d| d.number.as_deref() == number).map(|d| d.articles);
            let count: usize = count.trim().parse().unwrap();
            let is_right = found.is_some_and(|found| found == count || (0 < at && found < count));
            assert!(is_right, "{path}: {name}: {found:?}, {count} in the manifest");
        }
        checked += 1;
    }
    assert!(10 < checked);
}

#[test]
fn an_archive_has_the_articles_of_the_manifest() {
    let Some(root) = corpus() else { return };
    let path = "phapdien/full/phapdien-2026-01.tar.zst";
    let expected: usize =
        manifest(&root).into_iter().find(|(at, _)| at == path).unwrap().1["dieu_khac_nhau"].parse().unwrap();
    let start = std::time::Instant::now();
    let corpus = ingest::load(&[root.join(path)], std::path::Path::new("none")).unwrap();
    let report = &corpus.files[0];
    let articles: usize = report.documents.iter().map(|d| d.articles).sum();
    eprintln!("{articles} articles of {} documents in {:?}", report.documents.len(), start.elapsed());
    // What names no source document is left out and remarked.
    let unplaced = report.problems.iter().find_map(|p| p.message.split_once(" articles name no source"));
    let unplaced: usize = unplaced.map_or(0, |(count, _)| count.parse().unwrap());
    assert_eq!(articles + unplaced, expected);
    assert!(unplaced < 3, "{unplaced} articles name no source document");
    let built: usize = corpus.documents.iter().map(|d| d.articles().count()).sum();
    assert!(expected - built < 100, "{built} of {expected} articles were built");
}
