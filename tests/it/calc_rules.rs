//! Every number a calculator uses stands in the provision it cites, read from the official
//! texts beside the repository where they are there.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use congdoan::{
    calc::{CALCULATORS, Law, calculator, source},
    law::text::stored_form,
};
use jiff::civil::date;

use crate::{
    architecture::{rust_files, text_of},
    support::shared_data,
};

/// Text of each article by document number and article.
type Articles = BTreeMap<(String, String), Vec<String>>;

fn add(articles: &mut Articles, number: &str, article: &str, text: String) {
    articles.entry((number.to_owned(), article.to_owned())).or_default().push(text);
}

fn from_jsonl(text: &str, articles: &mut Articles) {
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        add(articles, &text("law_id"), &text("article_id"), text("text"));
    }
}

/// Articles of a text whose headings begin their line.
fn from_text(number: &str, text: &str, articles: &mut Articles) {
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        let bare = line.trim().trim_start_matches(['#', '*', ' ']);
        let heading = bare.strip_prefix("Điều ").and_then(|rest| rest.split_once('.')).map(|(label, _)| label);
        if let Some(label) = heading.filter(|label| label.parse::<u32>().is_ok()) {
            if let Some((label, text)) = open.take() {
                add(articles, number, &label, text);
            }
            open = Some((label.to_owned(), String::new()));
        } else if let Some((_, text)) = &mut open {
            text.push_str(bare);
            text.push('\n');
        }
    }
    if let Some((label, text)) = open {
        add(articles, number, &label, text);
    }
}

/// Marked-up text as lines.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for (at, piece) in html.split('<').enumerate() {
        let (tag, rest) = if at == 0 { ("", piece) } else { piece.split_once('>').unwrap_or((piece, "")) };
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| c.is_alphanumeric() || *c == ':').collect();
        if matches!(name.as_str(), "p" | "br" | "div" | "tr" | "td" | "w:p") {
            text.push('\n');
        }
        text.push_str(&rest.replace("&nbsp;", " ").replace("&amp;", "&"));
    }
    text
}

/// Articles of the codification: a line in brackets names the source, the text follows.
fn from_codification(html: &str, articles: &mut Articles) {
    let mut open: Option<(String, String, String)> = None;
    for line in plain(html).lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("Điều ") && line.split('.').count() > 4 {
            if let Some((number, article, text)) = open.take() {
                add(articles, &number, &article, text);
            }
        } else if let Some(rest) = line.strip_prefix("(Điều ")
            && let Some((article, rest)) = rest.split_once(' ')
            && let Some((_, number)) = rest.split_once("số ")
            && open.is_none()
        {
            let number: String = number.chars().take_while(|c| !c.is_whitespace() && *c != ',').collect();
            open = Some((number, article.to_owned(), String::new()));
        } else if let Some((.., text)) = &mut open {
            text.push_str(line);
            text.push('\n');
        }
    }
    if let Some((number, article, text)) = open {
        add(articles, &number, &article, text);
    }
}

fn all_articles() -> Option<Articles> {
    let shared = shared_data("checking the calculators' numbers")?;
    let corpus = shared.join("corpus");
    let read = |path: &Path| stored_form(&fs::read_to_string(path).unwrap());
    let mut articles = Articles::new();
    from_jsonl(&read(&shared.join("eval/labour_corpus.jsonl")), &mut articles);
    for (file, number) in [
        ("law/105-2026-nd-cp.md", "105/2026/NĐ-CP"),
        ("law/174-qd-tld-2020-dieu-le-cong-doan-khoa-xii.md", "174/QĐ-TLĐ"),
        ("law-variants/161-2026-nd-cp.ocr.md", "161/2026/NĐ-CP"),
    ] {
        from_text(number, &read(&corpus.join(file)), &mut articles);
    }
    from_text("91/2015/QH13", &word_text(&corpus.join("law/91-2015-qh13.docx")), &mut articles);
    from_text("10/2012/QH13", &word_text(&corpus.join("law/10-2012-qh13.docx")), &mut articles);
    for snapshot in ["phapdien/raw/2025-02", "phapdien/raw/2026-01"] {
        for file in fs::read_dir(corpus.join(snapshot)).unwrap() {
            from_codification(&read(&file.unwrap().path()), &mut articles);
        }
    }
    Some(articles)
}

/// The lines from one that begins with `label` to the next of its kind.
fn part(text: &str, begins: impl Fn(&str) -> bool, ends: impl Fn(&str) -> bool) -> Option<String> {
    let mut lines = text.lines().map(|line| line.trim().trim_start_matches('*')).skip_while(|line| !begins(line));
    let first = lines.next()?;
    let rest: Vec<&str> = lines.take_while(|line| !ends(line)).collect();
    Some(format!("{first}\n{}", rest.join("\n")))
}

fn is_point(line: &str) -> bool {
    let mut chars = line.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_some_and(|c| c == ')' || c == '.')
}

/// The cited provision's own text.
fn cited(article: &str, clause: Option<&str>, point: Option<&str>) -> Option<String> {
    let mut text = article.to_owned();
    if let Some(clause) = clause {
        let number: u32 = clause.parse().unwrap();
        let (this, next) = (format!("{number}."), format!("{}.", number + 1));
        text = part(&text, |line| line.starts_with(&this), |line| line.starts_with(&next))?;
    }
    if let Some(point) = point {
        text = part(&text, |line| line.starts_with(&format!("{point})")), is_point)?;
    }
    Some(text)
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[test]
fn each_number_stands_in_the_provision_it_cites() {
    let Some(articles) = all_articles() else { return };
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for calculator in CALCULATORS {
        for rule in calculator.rules {
            let key = (rule.source.law.number.to_owned(), rule.source.article.to_owned());
            let texts = articles.get(&key).cloned().unwrap_or_default();
            let stands = texts
                .iter()
                .filter_map(|text| cited(text, rule.source.clause, rule.source.point))
                .any(|text| squeezed(&text).contains(&squeezed(rule.stands)));
            let digits: String = rule.stands.chars().filter(char::is_ascii_digit).collect();
            let says_value = digits.is_empty()
                || digits.trim_start_matches('0').starts_with(&rule.value.to_string())
                || (rule.value == 12 && rule.stands.contains("năm"))
                || digits.ends_with(&rule.value.to_string());
            checked += 1;
            if !stands || !says_value {
                wrong.push(format!(
                    "{} ({}): `{}` in {} text(s)",
                    rule.name,
                    rule.source.citation(),
                    rule.stands,
                    texts.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(100 < checked, "only {checked} rules");
}

/// The laws by the names the code gives them.
const LAWS: [(&str, Law); 21] = [
    ("LABOUR_CODE_2012", source::LABOUR_CODE_2012),
    ("LABOUR_CODE", source::LABOUR_CODE),
    ("DECREE_145", source::DECREE_145),
    ("DECREE_135", source::DECREE_135),
    ("DECREE_38", source::DECREE_38),
    ("DECREE_293", source::DECREE_293),
    ("DECREE_161", source::DECREE_161),
    ("INSURANCE_2024", source::INSURANCE_2024),
    ("INSURANCE_2014", source::INSURANCE_2014),
    ("CIRCULAR_59", source::CIRCULAR_59),
    ("EMPLOYMENT_2025", source::EMPLOYMENT_2025),
    ("EMPLOYMENT_2013", source::EMPLOYMENT_2013),
    ("DECREE_28", source::DECREE_28),
    ("UNION_2024", source::UNION_2024),
    ("UNION_2012", source::UNION_2012),
    ("DECREE_105", source::DECREE_105),
    ("DECREE_191", source::DECREE_191),
    ("CHARTER_12", source::CHARTER_12),
    ("CIVIL_CODE", source::CIVIL_CODE),
    ("COMPLAINTS", source::COMPLAINTS),
    ("POPULATION_LAW", source::POPULATION_LAW),
];

/// Labels in a call like `clause("113", "1")`: as many as the method takes, or fewer where one is computed.
fn labels(call: &str) -> Option<Vec<&str>> {
    let (method, rest) = call.split_once('(')?;
    let most = match method {
        "article" => 1,
        "clause" => 2,
        "point" => 3,
        _ => return None,
    };
    let labels: Vec<&str> = rest.split_once(')')?.0.split('"').skip(1).step_by(2).collect();
    (!labels.is_empty() && labels.len() <= most).then_some(labels)
}

#[test]
fn every_provision_the_code_cites_exists() {
    let Some(articles) = all_articles() else { return };
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for file in rust_files("src/calc") {
        let text = text_of(&file);
        for (name, law) in LAWS {
            for (at, _) in text.match_indices(&format!("{name}.")) {
                let call = &text[at + name.len() + 1..];
                let Some(labels) = labels(call) else { continue };
                let key = (law.number.to_owned(), labels[0].to_owned());
                let (clause, point) = (labels.get(1).copied(), labels.get(2).copied());
                checked += 1;
                if !articles
                    .get(&key)
                    .is_some_and(|texts| texts.iter().any(|text| cited(text, clause, point).is_some()))
                {
                    wrong.push(format!("{}: {} {labels:?}", file.display(), law.number));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(150 < checked, "only {checked} citations were seen");
}

/// Text of a Word file, a line a paragraph.
fn word_text(path: &Path) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut xml = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    plain(&stored_form(&xml).replace("<w:tab/>", " "))
}

/// Its paragraphs in lower case, empty ones left out.
fn paragraphs(path: &Path) -> Vec<String> {
    word_text(path).lines().map(squeezed).filter(|line| !line.is_empty()).collect()
}

/// The first day of the pension of somebody born in a month.
fn pension(sex: &str, condition: &str, month: &str, year: &str) -> (String, String) {
    let born = format!("{month}/{year}");
    let inputs = [("sex", sex), ("condition", condition), ("born", born.as_str())];
    let outcome = calculator("retirement").unwrap().run(inputs, date(2026, 1, 1)).unwrap();
    let text =
        |name: &str| outcome.figures.iter().find(|f| f.name == name).map_or_else(String::new, |f| f.amount.text());
    (text("age"), text("pension_from"))
}

#[test]
fn every_row_of_the_retirement_annexes_agrees() {
    let Some(shared) = shared_data("comparing the annexes of decree 135/2020") else { return };
    let lines = paragraphs(&shared.join("corpus/law/135-2020-nd-cp.docx"));
    let annex = |name: &str| lines.iter().position(|line| line == name).unwrap();
    let bounds =
        [(annex("phụ lục i"), annex("phụ lục ii"), "normal"), (annex("phụ lục ii"), annex("phụ lục iii"), "heavy")];
    let mut rows = 0;
    for (from, to, condition) in bounds {
        let (mut ages, mut turn, mut men) = ([String::new(), String::new()], 0, true);
        let mut cells: Vec<&str> = Vec::new();
        for line in &lines[from..to] {
            if line.starts_with("từ tháng") {
                (men, turn) = (false, 1);
            } else if line.contains("tuổi") && line.starts_with(|c: char| c.is_ascii_digit()) && cells.len() == 2 {
                ages[turn].clone_from(line);
            } else if line.bytes().all(|b| b.is_ascii_digit()) {
                cells.push(line);
            }
            if let [month, year, pension_month, pension_year] = cells.as_slice() {
                let sex = ["male", "female"][turn];
                let (age, from) = pension(sex, condition, month, year);
                assert_eq!(from, format!("01/{pension_month:0>2}/{pension_year}"), "{sex} {condition} {month}/{year}");
                assert_eq!(age, ages[turn], "{sex} {condition} {month}/{year}");
                rows += 1;
                cells.clear();
                if men {
                    turn = 1 - turn;
                }
            }
        }
    }
    assert!(340 < rows, "only {rows} rows were read");
}

/// Money and all that leads to it are whole numbers and exact fractions: no binary fraction is so
/// much as named among the calculators.
#[test]
fn no_money_is_reckoned_in_floating_point() {
    let mut files = 0;
    for path in rust_files("src/calc") {
        let text = text_of(&path);
        files += 1;
        for (at, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
            let is_float = |word: &&str| {
                let kind = format!("f{}", if word.ends_with("32") { 32 } else { 64 });
                **word == kind
                    || word.strip_suffix(kind.as_str()).is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
            };
            assert!(!words.iter().any(is_float), "{}:{}: {line}", path.display(), at + 1);
            let bytes = line.as_bytes();
            let is_literal = |i: usize| {
                bytes[i] == b'.'
                    && i.checked_sub(1).is_some_and(|b| bytes[b].is_ascii_digit())
                    && bytes.get(i + 1).is_some_and(u8::is_ascii_digit)
            };
            let is_code = line.matches('"').count() == 0 && !line.trim_start().starts_with("//") && !line.contains('`');
            assert!(!is_code || !(0..bytes.len()).any(is_literal), "{}:{}: {line}", path.display(), at + 1);
        }
    }
    assert!(20 < files, "{files} files");
}
