/*!
Consolidated texts as versions of the law they consolidate.

An article that reads otherwise than the law's own text becomes a version from the day its
amendment notes state, or from the only amendment the preamble names. Without such a day the
difference is reported and nothing changes: a slip of a copy is no amendment. Where an
amending document that is held was carried out already, its words stand.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    amend::{emit, mention, pieces, versions},
    metadata::dates,
    place::words,
    problem::{Problem, ProblemKind},
};
use crate::law::{Document, DocumentKind, DocumentMeta, NodeKind, Validity, label::document_slug};

/// What a consolidated text says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stated {
    base: Option<String>,
    /// First day of the law itself.
    from: Option<Date>,
    /// Amending documents and their first days.
    by: Vec<(String, Option<Date>)>,
}

/// Adds versions from the consolidated texts among `documents`; problems come by the index of
/// the consolidated text.
pub fn apply(documents: &mut [Document], overlays: &mut Vec<Document>) -> Vec<(usize, Problem)> {
    let mut problems = Vec::new();
    for index in 0..documents.len() {
        if documents[index].meta.kind != DocumentKind::Consolidated {
            continue;
        }
        let stated = stated(&documents[index]);
        let meta = &mut documents[index].meta;
        meta.consolidates = meta.consolidates.take().or(stated.base);
        // Not before the law itself: an amendment may be in force before what it amends.
        let last_day = stated.by.iter().filter_map(|(_, day)| *day).chain(stated.from).max();
        meta.validity.from = meta.validity.from.or(last_day);
        let Some(id) = meta.consolidates.as_deref().map(document_slug) else {
            problems.push((index, Problem::new(0, ProblemKind::Metadata, "the law it consolidates is not named")));
            continue;
        };
        let is_base = |d: &Document| d.id == id && !d.is_digest() && d.meta.kind != DocumentKind::Consolidated;
        let Some(base) = documents.iter().position(is_base) else { continue };
        // A copy without its number and notes is no witness of amendments: its slips would count.
        let is_certified = documents[index].meta.number.is_some() && documents[index].meta.source.incomplete.is_none();
        let only_day = if is_certified { only_day(&stated.by) } else { None };
        let is_held = |number: &str| documents.iter().any(|d| d.meta.number.as_deref() == Some(number));
        let not_held: Vec<String> =
            stated.by.iter().map(|(number, _)| number.clone()).filter(|number| !is_held(number)).collect();
        let mut merge = Merge { documents, overlays, base, consolidated: index, only_day, not_held };
        let found = merge.run();
        problems.extend(found.into_iter().map(|problem| (index, problem)));
        for (number, day) in stated.by {
            let is_merged = !merge.not_held.contains(&number) || merge.covers(&number, day);
            let merged = &mut merge.documents[base].meta.merged;
            if is_merged && !merged.contains(&number) {
                merged.push(number);
            }
        }
    }
    problems
}

fn only_day(by: &[(String, Option<Date>)]) -> Option<Date> {
    match by {
        [(_, day)] => *day,
        _ => None,
    }
}

/// "Luật A số N ngày …, có hiệu lực kể từ ngày …, được sửa đổi, bổ sung bởi: Luật B số M …".
fn stated(document: &Document) -> Stated {
    let Some(preamble) = document.nodes().iter().position(|n| n.kind == NodeKind::Preamble) else {
        return Stated::default();
    };
    let text = mention::flat(document.own_text(preamble));
    let Some(at) = ["được sửa đổi, bổ sung bởi", "được sửa đổi bởi"].iter().filter_map(|mark| text.find(mark)).min()
    else {
        return Stated::default();
    };
    let base = mention::all_numbered(&text[..at]).pop().and_then(|named| named.number);
    let own_day = text[..at].rfind("có hiệu lực").and_then(|own| dates::first(&text[own..at]));
    // The list of amendments ends where the preamble proper begins.
    let list = &text[at..];
    let list = &list[..list.find("Căn cứ").unwrap_or(list.len())];
    let mut by = Vec::new();
    let mut from = 0;
    while let Some((named, end)) = mention::first(&list[from..]) {
        from += end;
        let rest = &list[from..];
        let day =
            rest.find("có hiệu lực").filter(|at| !rest[..*at].contains(';')).and_then(|at| dates::first(&rest[at..]));
        // "… sửa đổi Thông tư số N …" names the law itself again.
        if let Some(number) = named.number.filter(|number| Some(number) != base.as_ref())
            && !by.iter().any(|(other, _)| *other == number)
        {
            by.push((number, day));
        }
        if list.len() <= from {
            break;
        }
    }
    Stated { base, from: own_day, by }
}

struct Merge<'d> {
    documents: &'d mut [Document],
    overlays: &'d mut Vec<Document>,
    base: usize,
    consolidated: usize,
    only_day: Option<Date>,
    /// Amending documents it names whose text is not held.
    not_held: Vec<String>,
}

/// Changed articles by the day they begin: dates, text, and notes by path.
type Made = BTreeMap<Date, Vec<(Validity, Document, Vec<(String, String)>)>>;

/// The latest version of an article: in the base document, or in an overlay.
#[derive(Clone, Copy)]
enum Latest {
    Base(usize),
    Overlay(usize, usize),
}

impl Merge<'_> {
    fn run(&mut self) -> Vec<Problem> {
        let mut made = Made::new();
        let (mut unexplained, mut against) = (Vec::new(), Vec::new());
        let articles: Vec<usize> = self.documents[self.consolidated].articles().collect();
        let has_notes = self.documents[self.consolidated].nodes().iter().any(|n| !n.notes.is_empty());
        for article in articles {
            let text = &self.documents[self.consolidated];
            let path = text.nodes()[article].path.clone();
            let label = text.nodes()[article].label.clone();
            let latest = self.latest(&path);
            let new_words = words(text.provision_text(article));
            if latest.is_some_and(|latest| words(self.text_of(latest)) == new_words) {
                continue;
            }
            let base_from = self.documents[self.base].meta.validity.from;
            let days = self.days(article, has_notes);
            let Some(day) = days.iter().max().copied().filter(|day| base_from.is_none_or(|from| from <= *day)) else {
                unexplained.push(label);
                continue;
            };
            let standing_from = latest.and_then(|latest| self.validity_of(latest).from);
            let is_settled = matches!(latest, Some(Latest::Overlay(..))) && standing_from >= Some(day);
            // An amendment carried out on a text that lacks an earlier one gives no law of any day.
            let lacks_layer = self.not_held.iter().any(|number| self.mentions(article, number));
            if is_settled && !lacks_layer && !latest.is_some_and(|latest| self.is_unmerged(latest)) {
                self.tell_difference(latest);
                against.push(label);
                continue;
            }
            let text = &self.documents[self.consolidated];
            let node = &text.nodes()[article];
            let piece = pieces::article_document(DocumentMeta::default(), &text.text()[node.start..node.end]);
            let Some(piece) = piece else { continue };
            let notes = self.notes(article);
            if let Some(latest) = latest {
                self.end(latest, day, days.iter().min().copied());
            }
            if new_words.len() <= 3 && new_words.join(" ").ends_with("bãi bỏ") {
                continue;
            }
            made.entry(day).or_default().push((Validity { from: Some(day), to: None }, piece, notes));
        }
        self.emit(made);
        let mut problems = Vec::new();
        for (labels, what) in [
            (unexplained, "differ from the law's own text without an amendment note: not taken over"),
            (against, "differ from the amendment that is carried out: the amendment stands"),
        ] {
            if !labels.is_empty() {
                let message = format!("{} articles {what} (Điều {})", labels.len(), labels.join(", "));
                problems.push(Problem::new(0, ProblemKind::NotApplied, message));
            }
        }
        problems
    }

    fn latest(&self, path: &str) -> Option<Latest> {
        let id = &self.documents[self.base].id;
        let overlays = self.overlays.iter().enumerate().filter(|(_, overlay)| overlay.id == *id);
        let found = overlays.filter_map(|(index, overlay)| {
            Some((overlay.validity(overlay.find(path)?).from, index, overlay.find(path)?))
        });
        found
            .max_by_key(|(from, ..)| *from)
            .map(|(_, index, node)| Latest::Overlay(index, node))
            .or_else(|| self.documents[self.base].find(path).map(Latest::Base))
    }

    fn document_of(&self, latest: Latest) -> (&Document, usize) {
        match latest {
            Latest::Base(node) => (&self.documents[self.base], node),
            Latest::Overlay(index, node) => (&self.overlays[index], node),
        }
    }

    fn text_of(&self, latest: Latest) -> &str {
        let (document, node) = self.document_of(latest);
        document.provision_text(node)
    }

    fn validity_of(&self, latest: Latest) -> Validity {
        let (document, node) = self.document_of(latest);
        document.validity(node)
    }

    /// Whether an amendment of the article could not be carried out.
    fn is_unmerged(&self, latest: Latest) -> bool {
        let (document, node) = self.document_of(latest);
        let end = document.nodes()[node].end;
        let within = document.nodes()[node..].iter().take_while(|n| n.start < end);
        within.flat_map(|n| &n.notes).any(|note| note.starts_with(versions::UNMERGED))
    }

    /// Days the notes of an article state.
    fn days(&self, article: usize, has_notes: bool) -> BTreeSet<Date> {
        let text = &self.documents[self.consolidated];
        let end = text.nodes()[article].end;
        let within = text.nodes()[article..].iter().take_while(|n| n.start < end);
        let stated = within.flat_map(|n| &n.notes).flat_map(|note| {
            let marks: Vec<usize> = note.match_indices("hiệu lực").map(|(at, _)| at).collect();
            let ends = marks.iter().skip(1).copied().chain([note.len()]).collect::<Vec<_>>();
            marks.into_iter().zip(ends).filter_map(|(at, end)| dates::first(&note[at..end])).collect::<Vec<_>>()
        });
        let days: BTreeSet<Date> = stated.collect();
        if days.is_empty() && !has_notes { self.only_day.into_iter().collect() } else { days }
    }

    /// Whether a note of the article names that document.
    fn mentions(&self, article: usize, number: &str) -> bool {
        let text = &self.documents[self.consolidated];
        let end = text.nodes()[article].end;
        let mut within = text.nodes()[article..].iter().take_while(|n| n.start < end);
        within.any(|n| n.notes.iter().any(|note| note.contains(number)))
    }

    /// Whether every article that an amendment concerns has a version of its day.
    fn covers(&self, number: &str, day: Option<Date>) -> bool {
        let text = &self.documents[self.consolidated];
        let id = &self.documents[self.base].id;
        text.articles().filter(|article| self.mentions(*article, number)).all(|article| {
            let path = &text.nodes()[article].path;
            self.overlays.iter().filter(|overlay| overlay.id == *id).any(|overlay| {
                overlay.find(path).is_some_and(|node| day.is_none() || overlay.validity(node).from == day)
            })
        })
    }

    /// Readers of an amended article are told that the consolidated text reads otherwise.
    fn tell_difference(&mut self, latest: Option<Latest>) {
        let number = self.documents[self.consolidated].law_id().to_owned();
        let note = format!("Văn bản hợp nhất số {number} ghi điều này khác bản đang hiện; hãy đối chiếu.");
        match latest {
            Some(Latest::Base(node)) => self.documents[self.base].add_note(node, note),
            Some(Latest::Overlay(index, node)) => self.overlays[index].add_note(node, note),
            None => {}
        }
    }

    /// Notes of an article and of what it holds, by path.
    fn notes(&self, article: usize) -> Vec<(String, String)> {
        let text = &self.documents[self.consolidated];
        let end = text.nodes()[article].end;
        let within = text.nodes()[article..].iter().take_while(|n| n.start < end);
        let mut notes: Vec<(String, String)> =
            within.flat_map(|n| n.notes.iter().map(|note| (n.path.clone(), note.clone()))).collect();
        let path = text.nodes()[article].path.clone();
        notes.push((path, format!("Theo văn bản hợp nhất số {}.", text.law_id())));
        notes
    }

    /// Ends the version before; where the first of several amendments came earlier, it says so.
    fn end(&mut self, latest: Latest, day: Date, first: Option<Date>) {
        let to = day.yesterday().ok();
        let shown = |first: Date| {
            let (first, day) = (first.strftime("%d/%m/%Y"), day.strftime("%d/%m/%Y"));
            format!("{} từ ngày {first}; bản gộp trong kho chỉ cho nội dung từ ngày {day}.", versions::UNMERGED)
        };
        let first = first.filter(|first| *first < day);
        // A version that never was law any day: the law's own text is what readers see before.
        let never = matches!(latest, Latest::Overlay(..)) && self.validity_of(latest).from >= Some(day);
        if let (true, Some(first)) = (never, first) {
            let (overlay, article) = self.document_of(latest);
            let path = overlay.nodes()[article].path.clone();
            let base = &mut self.documents[self.base];
            if let Some(node) = base.find(&path) {
                base.add_note(node, shown(first));
            }
        }
        let (document, node) = match latest {
            Latest::Base(node) => (&mut self.documents[self.base], node),
            Latest::Overlay(index, node) => (&mut self.overlays[index], node),
        };
        let from = document.nodes()[node].validity.from;
        document.set_validity(node, Validity { from, to });
        if let Some(first) = first {
            document.add_note(node, shown(first));
        }
    }

    fn emit(&mut self, made: Made) {
        for articles in made.into_values() {
            let notes: Vec<(String, String)> = articles.iter().flat_map(|(.., notes)| notes.clone()).collect();
            let texts = articles.into_iter().map(|(validity, text, _)| (validity, text)).collect();
            let mut overlay = emit::overlay_of(&self.documents[self.base], &self.documents[self.consolidated], texts);
            for (path, note) in notes {
                if let Some(node) = overlay.find(&path) {
                    overlay.add_note(node, note);
                }
            }
            self.overlays.push(overlay);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ingest::parse;

    fn document(number: &str, kind: DocumentKind, text: &str) -> Document {
        let validity = Validity { from: (kind == DocumentKind::Law).then(|| date(2012, 1, 1)), to: None };
        let meta = DocumentMeta {
            number: Some(number.to_owned()),
            kind,
            validity,
            issued: Some(date(2021, 1, 1)),
            ..DocumentMeta::default()
        };
        Document::new(meta, text.to_owned(), parse::parse(text).headings)
    }

    const LAW: &str = "Điều 1. Chợ\nChợ mở lúc sáu giờ.\nĐiều 2. Bến\n1. Bến mở cả ngày.\n2. Bến có đèn.\n";

    fn merged(
        preamble: &str,
        articles: &str,
        notes: &[(&str, &str)],
    ) -> (Vec<Document>, Vec<Document>, Vec<(usize, Problem)>) {
        let mut text = document("12/VBHN-VPQH", DocumentKind::Consolidated, &format!("{preamble}\n{articles}"));
        for (path, note) in notes {
            let node = text.find(path).unwrap();
            text.add_note(node, (*note).to_owned());
        }
        let mut documents = vec![document("7/2011/QH13", DocumentKind::Law, LAW), text];
        let mut overlays = Vec::new();
        let problems = apply(&mut documents, &mut overlays);
        (documents, overlays, problems)
    }

    const TWO: &str = "Luật Chợ số 7/2011/QH13 ngày 1 tháng 6 năm 2011 của Quốc hội, có hiệu lực kể từ ngày 01 tháng 01 năm 2012, được sửa đổi, bổ sung bởi:\n1. Luật Sông số 8/2018/QH14 ngày 2 tháng 6 năm 2018, có hiệu lực kể từ ngày 01 tháng 01 năm 2019;\n2. Luật Đò số 9/2020/QH14 ngày 2 tháng 6 năm 2020, có hiệu lực kể từ ngày 01 tháng 7 năm 2020.\nCăn cứ Hiến pháp;";

    #[test]
    fn an_article_with_a_note_becomes_a_version_from_its_day() {
        let note = "Khoản này được sửa đổi theo Điều 3 của Luật Đò số 9/2020/QH14, có hiệu lực kể từ ngày 01 tháng 7 năm 2020.";
        let (documents, overlays, problems) =
            merged(TWO, &LAW.replace("cả ngày", "ban ngày"), &[("dieu-2/khoan-1", note)]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(documents[1].id, "vbhn-12-2021-vpqh");
        assert_eq!(documents[1].meta.consolidates.as_deref(), Some("7/2011/QH13"));
        assert_eq!(documents[0].meta.merged, ["8/2018/QH14", "9/2020/QH14"]);
        let old = documents[0].find("dieu-2").unwrap();
        assert_eq!(documents[0].validity(old).to, Some(date(2020, 6, 30)));
        assert_eq!(overlays.len(), 1);
        let new = overlays[0].find("dieu-2/khoan-1").unwrap();
        assert_eq!((overlays[0].id.as_str(), overlays[0].provision_text(new)), ("7-2011-qh13", "1. Bến mở ban ngày."));
        assert_eq!(overlays[0].validity(new).from, Some(date(2020, 7, 1)));
        assert!(overlays[0].find("dieu-1").is_none());
    }

    #[test]
    fn an_earlier_amendment_is_told_where_readers_of_that_time_look() {
        // Partly carried out on a text that lacks the amendment before it: no law of any day.
        let by = document("9/2020/QH14", DocumentKind::Law, "Điều 1. Sửa\nSửa.\n");
        let law = document("7/2011/QH13", DocumentKind::Law, LAW);
        let part = pieces::article_document(DocumentMeta::default(), "Điều 2. Bến\n1. Bến mở ban đêm.\n2. Bến có đèn.");
        let day = date(2020, 7, 1);
        let mut overlay = emit::overlay_of(&law, &by, vec![(Validity { from: Some(day), to: None }, part.unwrap())]);
        overlay.add_note(0, format!("{} khoản 2.", versions::UNMERGED));
        let preamble = TWO.to_owned();
        let text = format!("{preamble}\n{}", LAW.replace("cả ngày", "ban ngày"));
        let mut text = document("12/VBHN-VPQH", DocumentKind::Consolidated, &text);
        for (path, first) in [("dieu-2", "01 tháng 01 năm 2019"), ("dieu-2/khoan-1", "01 tháng 7 năm 2020")] {
            let node = text.find(path).unwrap();
            text.add_note(node, format!("Được sửa đổi, có hiệu lực kể từ ngày {first}."));
        }
        let (mut documents, mut overlays) = (vec![law, text], vec![overlay]);
        apply(&mut documents, &mut overlays);
        let notes = documents[0].nodes()[documents[0].find("dieu-2").unwrap()].notes.join(" ");
        assert!(notes.contains("từ ngày 01/01/2019"), "{notes}");
        let shown = overlays.last().unwrap();
        assert_eq!(shown.provision_text(shown.find("dieu-2/khoan-1").unwrap()), "1. Bến mở ban ngày.");
    }

    #[test]
    fn spacing_and_composition_are_no_amendment_and_an_unexplained_difference_neither() {
        let (_, overlays, problems) = merged(TWO, &LAW.replace("sáu giờ", "sáu  giờ,"), &[]);
        assert!(overlays.is_empty() && problems.is_empty());
        let (_, overlays, problems) = merged(TWO, &LAW.replace("sáu giờ", "bảy giờ"), &[]);
        assert!(overlays.is_empty());
        assert!(problems[0].1.message.contains("Điều 1"), "{}", problems[0].1.message);
    }

    #[test]
    fn the_only_amendment_of_the_preamble_gives_the_day() {
        let one = TWO.replace(
            "1. Luật Sông số 8/2018/QH14 ngày 2 tháng 6 năm 2018, có hiệu lực kể từ ngày 01 tháng 01 năm 2019;\n",
            "",
        );
        let (_, overlays, _) = merged(&one, &LAW.replace("sáu giờ", "bảy giờ"), &[]);
        assert_eq!(overlays[0].validity(0).from, Some(date(2020, 7, 1)));
    }

    #[test]
    fn a_copy_that_does_not_say_what_it_is_amends_nothing() {
        let one = TWO.replace(
            "1. Luật Sông số 8/2018/QH14 ngày 2 tháng 6 năm 2018, có hiệu lực kể từ ngày 01 tháng 01 năm 2019;\n",
            "",
        );
        let mut text =
            document("", DocumentKind::Consolidated, &format!("{one}\n{}", LAW.replace("sáu giờ", "bảy giờ")));
        text.meta.number = None;
        let mut documents = vec![document("7/2011/QH13", DocumentKind::Law, LAW), text];
        let mut overlays = Vec::new();
        let problems = apply(&mut documents, &mut overlays);
        assert!(overlays.is_empty() && !problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_earlier_layer_that_is_not_held_stays_told() {
        let note = "Khoản này được sửa đổi lần thứ nhất theo Luật Sông số 8/2018/QH14, có hiệu lực kể từ ngày 01 tháng 01 \
                    năm 2019, lần thứ hai theo Luật Đò số 9/2020/QH14, có hiệu lực kể từ ngày 01 tháng 7 năm 2020.";
        let (documents, overlays, _) = merged(TWO, &LAW.replace("cả ngày", "ban ngày"), &[("dieu-2/khoan-1", note)]);
        assert_eq!(overlays[0].validity(0).from, Some(date(2020, 7, 1)), "the latest day of the note");
        assert_eq!(documents[0].meta.merged, ["9/2020/QH14"], "the text of 2019 is not held");
    }
}
