/*!
One number, several files: which text counts.

The more trusted, newer, fuller text is used; texts are never merged. What differs is said in
words. A text of little trust that contradicts a trusted one is set aside loudly, and one that
fails the facts known of its document counts for less than a digest.
*/

use std::collections::BTreeMap;

use super::{
    KnownDocuments,
    problem::{Problem, ProblemKind},
};
use crate::law::{Document, Trust, text::canonical_syllable, text::syllable_ranges};

/// Share of articles, in percent, in which two texts of one number may differ and still be
/// the same text badly copied; beyond, they contradict each other.
const DIFFERENT_PERCENT_MAX: usize = 20;
/// Two texts of an article are the same but for slips where no more words differ, in percent.
const SLIP_PERCENT_MAX: usize = 15;
/// Differences shown.
const SHOWN_MAX: usize = 3;
/// Words shown of a difference.
const WORDS_SHOWN_MAX: usize = 12;

/// What a text is worth, compared field by field; greater is better.
type Worth = (bool, bool, bool, Trust, Option<jiff::civil::Date>, usize);

/// Marks a text that has not the articles its document is known to have.
pub fn check_known(document: &mut Document, known: &KnownDocuments) -> Option<Problem> {
    let expected = document.meta.number.as_ref().and_then(|number| known.find(number))?.articles?;
    let found = document.articles().count();
    let short = found < expected;
    let doubtful = found != expected && document.meta.source.trust == Trust::Unknown;
    if document.is_digest() || !(short || doubtful) {
        return None;
    }
    let reason = format!("{found} articles where {expected} are known");
    document.meta.source.incomplete.get_or_insert(reason.clone());
    let message = format!("`{}` has {reason}: marked as incomplete wherever it is shown", document.law_id());
    Some(Problem::new(0, ProblemKind::Metadata, message))
}

fn worth(document: &Document) -> Worth {
    let source = &document.meta.source;
    let is_whole = source.incomplete.is_none();
    // A text nobody vouches for that fails the known facts is worth less than a digest.
    let is_doubtful = source.trust == Trust::Unknown && !is_whole;
    (!is_doubtful, !document.is_digest(), is_whole, source.trust, source.date, document.articles().count())
}

/// Adds a document to those read, or decides which of two texts of one number stays; what was
/// decided is reported with the file just read.
pub fn place(documents: &mut Vec<Document>, document: Document, problems: &mut Vec<Problem>) {
    let Some(at) = documents.iter().position(|other| other.id == document.id) else {
        documents.push(document);
        return;
    };
    let is_better = worth(&documents[at]) < worth(&document);
    let (kept, dropped) = if is_better { (&document, &documents[at]) } else { (&documents[at], &document) };
    problems.push(compare(kept, dropped));
    if is_better {
        documents[at] = document;
    }
}

/// How the text set aside differs from the one used.
fn compare(kept: &Document, dropped: &Document) -> Problem {
    let files = format!(
        "`{}` is in two files: `{}` is used, not `{}`",
        kept.id, kept.meta.source.file, dropped.meta.source.file
    );
    if kept.is_digest() || dropped.is_digest() {
        return Problem::new(0, ProblemKind::Superseded, files);
    }
    let differences = differences(kept, dropped);
    let all = kept.articles().count().max(1);
    let different = differences.iter().filter(|d| SLIP_PERCENT_MAX < d.percent).count();
    let is_clash = dropped.meta.source.trust < kept.meta.source.trust.max(Trust::Web)
        && DIFFERENT_PERCENT_MAX * all < 100 * different;
    if differences.is_empty() {
        return Problem::new(0, ProblemKind::Superseded, format!("{files}; the texts are the same"));
    }
    let shown: Vec<&str> = differences.iter().take(SHOWN_MAX).map(|d| d.shown.as_str()).collect();
    let summary = format!("{files}; {} of {all} articles differ: {}", differences.len(), shown.join("; "));
    if is_clash {
        let loud = format!("{summary}; the text set aside CONTRADICTS the trusted one and is never served");
        return Problem::new(0, ProblemKind::Clash, loud);
    }
    Problem::new(0, ProblemKind::Superseded, summary)
}

/// An article that differs.
struct Difference {
    /// Words that differ, of those of the longer text.
    percent: usize,
    shown: String,
}

fn differences(kept: &Document, dropped: &Document) -> Vec<Difference> {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for article in dropped.articles() {
        others.insert(&dropped.nodes()[article].path, article);
    }
    let mut found = Vec::new();
    for article in kept.articles() {
        let label = &kept.nodes()[article].label;
        let Some(other) = others.remove(kept.nodes()[article].path.as_str()) else {
            found.push(Difference { percent: 100, shown: format!("Điều {label} only in the one used") });
            continue;
        };
        let (before, after) = (words(kept.provision_text(article)), words(dropped.provision_text(other)));
        if before != after {
            found.push(difference(label, &before, &after));
        }
    }
    let extra = others.into_values().map(|article| &dropped.nodes()[article].label);
    found.extend(extra.map(|label| Difference { percent: 100, shown: format!("Điều {label} only in the other") }));
    found
}

/// The first run of words that differs, and how many do in all.
fn difference(label: &str, before: &[String], after: &[String]) -> Difference {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let cut = |words: &[String]| {
        let middle = &words[head..words.len() - tail];
        let shown = middle.iter().take(WORDS_SHOWN_MAX).map(String::as_str).collect::<Vec<_>>().join(" ");
        if middle.len() <= WORDS_SHOWN_MAX { shown } else { format!("{shown} …") }
    };
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    before.iter().for_each(|word| *counts.entry(word).or_default() += 1);
    after.iter().for_each(|word| *counts.entry(word).or_default() -= 1);
    let changed: i64 = counts.values().map(|count| count.abs()).sum();
    let whole = (before.len() + after.len()).max(1);
    let percent = 100 * usize::try_from(changed).unwrap_or(whole) / whole;
    Difference { percent, shown: format!("Điều {label} `{}` / `{}`", cut(before), cut(after)) }
}

/// The words of a text without case, punctuation, white space and composition.
pub fn words(text: &str) -> Vec<String> {
    syllable_ranges(text).map(|range| canonical_syllable(&text[range])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ingest::parse,
        law::{DocumentKind, DocumentMeta, Source},
    };

    const TRUE_TEXT: &str =
        "Điều 1. Chợ\nChợ mở lúc sáu giờ sáng mỗi ngày trong tuần.\nĐiều 2. Bến\nBến đóng lúc chín giờ tối mỗi ngày.\n";

    fn text(body: &str, trust: Trust, file: &str) -> Document {
        let source = Source { file: file.to_owned(), trust, ..Source::default() };
        let number = Some("7/2011/QH13".to_owned());
        let meta = DocumentMeta { number, source, kind: DocumentKind::Law, ..DocumentMeta::default() };
        Document::new(meta, body.to_owned(), parse::parse(body).headings)
    }

    fn used(texts: Vec<Document>) -> (String, Vec<Problem>) {
        let (mut documents, mut problems) = (Vec::new(), Vec::new());
        texts.into_iter().for_each(|document| place(&mut documents, document, &mut problems));
        assert_eq!(documents.len(), 1);
        (documents[0].meta.source.file.clone(), problems)
    }

    #[test]
    fn the_more_trusted_text_is_used_in_either_order() {
        let official = || text(TRUE_TEXT, Trust::Official, "a");
        let web = || text(&format!("{TRUE_TEXT}Điều 3. Thêm\nThêm."), Trust::Web, "b");
        for texts in [vec![official(), web()], vec![web(), official()]] {
            let (file, problems) = used(texts);
            assert_eq!(file, "a");
            assert!(problems[0].message.contains("Điều 3 only in the other"), "{}", problems[0].message);
            assert_eq!(problems[0].kind, ProblemKind::Clash);
        }
    }

    #[test]
    fn a_cut_text_does_not_win_by_trust() {
        let mut cut = text("Điều 1. Chợ\nChợ mở.", Trust::Official, "a");
        cut.meta.source.incomplete = Some("cut off".to_owned());
        assert_eq!(used(vec![cut, text(TRUE_TEXT, Trust::Web, "b")]).0, "b");
    }

    #[test]
    fn an_invented_text_is_reported_loudly_and_never_used() {
        let invented =
            "Điều 1. Chợ\nNgười bán nộp phạt một trăm đồng cho ban quản lý.\nĐiều 2. Bến\nThuyền không được đậu.";
        let (file, problems) =
            used(vec![text(invented, Trust::Unknown, "invented"), text(TRUE_TEXT, Trust::File, "true")]);
        assert_eq!((file.as_str(), problems[0].kind), ("true", ProblemKind::Clash));
        let slips = TRUE_TEXT.replace("sáu", "sảu");
        let (_, problems) = used(vec![text(TRUE_TEXT, Trust::File, "true"), text(&slips, Trust::Unknown, "slips")]);
        assert_eq!(problems[0].kind, ProblemKind::Superseded);
        assert!(problems[0].message.contains("`sáu` / `sảu`"), "{}", problems[0].message);
    }

    #[test]
    fn known_facts_expose_a_text_nobody_vouches_for() {
        let known = KnownDocuments::parse("[[document]]\nnumber = \"7/2011/QH13\"\narticles = 3\n").unwrap();
        let mut invented = text(TRUE_TEXT, Trust::Unknown, "invented");
        assert!(check_known(&mut invented, &known).is_some());
        let mut digest = text("Điều 1. Chợ\nTóm lược.", Trust::Stated, "digest");
        digest.meta.kind = DocumentKind::Digest;
        assert!(check_known(&mut digest, &known).is_none());
        assert_eq!(used(vec![invented, digest]).0, "digest");
        let mut whole = text(&format!("{TRUE_TEXT}Điều 3. Thêm\nThêm."), Trust::Unknown, "whole");
        assert!(check_known(&mut whole, &known).is_none());
    }
}
