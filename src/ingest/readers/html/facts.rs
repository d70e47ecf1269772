/*!
What a page states of its document beside the text: tables of attributes.
*/

use super::{
    dom::{Dom, Node, is_block},
    flow, noise,
};
use crate::{
    ingest::source_text::Hints,
    law::text::{fold, shorten},
};

/// Lines of a document that may be its head.
const HEAD_LINES_MAX: usize = 20;
/// What [`other_page`] calls a page of attributes.
pub const ATTRIBUTES_PAGE: &str = "the attributes";
/// Longest label or value of an attribute, in characters.
const VALUE_CHARS_MAX: usize = 400;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Number,
    Issuer,
    Issued,
    From,
    To,
    Title,
}

/// Labels, folded, without white space around and a colon after them.
const LABELS: [(&str, Fact); 22] = [
    ("so ky hieu", Fact::Number),
    ("so/ky hieu", Fact::Number),
    ("so hieu", Fact::Number),
    ("so hieu van ban", Fact::Number),
    ("so van ban", Fact::Number),
    ("ky hieu", Fact::Number),
    ("noi ban hanh", Fact::Issuer),
    ("co quan ban hanh", Fact::Issuer),
    ("co quan ban hanh/ chuc danh / nguoi ky", Fact::Issuer),
    ("ngay ban hanh", Fact::Issued),
    ("ban hanh", Fact::Issued),
    ("ngay co hieu luc", Fact::From),
    ("ngay hieu luc", Fact::From),
    ("hieu luc tu ngay", Fact::From),
    ("ngay bat dau hieu luc", Fact::From),
    ("ngay het hieu luc", Fact::To),
    ("het hieu luc", Fact::To),
    ("ten van ban", Fact::Title),
    ("tieu de", Fact::Title),
    ("trich yeu", Fact::Title),
    ("trich yeu noi dung", Fact::Title),
    ("trich dan", Fact::Title),
];

/// Facts stated on the page outside the element `region`.
pub fn find(dom: &Dom, region: Option<usize>) -> Hints {
    let outside = |index: usize| region.is_none_or(|at| index < at || dom.end(at) <= index);
    let mut hints = Hints::default();
    let mut cells: Vec<String> = Vec::new();
    let mut at = 1;
    while at < dom.nodes.len() {
        let Some(element) = dom.element(at).filter(|_| outside(at)) else {
            at += 1;
            continue;
        };
        if noise::is_machinery(&element.name) {
            at = element.end;
            continue;
        }
        // Only elements without blocks of their own are labels or values.
        let is_leaf = is_block(&element.name)
            && !matches!(&*element.name, "table" | "tr" | "ul" | "body" | "html")
            && dom.elements(at).skip(1).all(|(_, inner)| !is_block(&inner.name) || &*inner.name == "ul")
            && element.end - at < 60;
        if is_leaf {
            let text = text_of(dom, at);
            if element.has_class("title") && hints.title.is_none() && is_within_attributes(dom, at) {
                hints.title = Some(text.clone()).filter(|t| usable(Fact::Title, t) && !t.contains(':'));
            }
            match text.split_once(':').filter(|(_, value)| !value.trim().is_empty()) {
                Some((label, value)) => state(&mut hints, label, value),
                None => cells.push(text),
            }
            at = element.end;
        } else {
            at += 1;
        }
    }
    for pair in cells.windows(2) {
        state(&mut hints, &pair[0], &pair[1]);
    }
    // One label alone may stand in a list of other documents.
    let stated = [&hints.number, &hints.issued, &hints.effective_from, &hints.issuer];
    let is_portal = dom.elements(0).any(|(_, e)| e.has_class("vbInfo"));
    if is_portal || 1 < stated.into_iter().flatten().count() { hints } else { Hints::default() }
}

fn is_within_attributes(dom: &Dom, index: usize) -> bool {
    let mut at = index;
    while let Some(element) = dom.element(at).filter(|e| e.parent != at) {
        at = element.parent;
        if dom.element(at).is_some_and(|e| e.has_class("vbProperties")) {
            return true;
        }
    }
    false
}

fn text_of(dom: &Dom, index: usize) -> String {
    let mut text = String::new();
    for node in &dom.nodes[index..dom.end(index)] {
        if let Node::Text(own) = node {
            text.push_str(own);
            text.push(' ');
        }
        if 4 * VALUE_CHARS_MAX < text.len() {
            break;
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn state(hints: &mut Hints, label: &str, value: &str) {
    let label = fold(label.trim().trim_end_matches(':').trim());
    let Some((_, fact)) = LABELS.iter().find(|(own, _)| *own == label) else { return };
    let value = value.trim();
    if !usable(*fact, value) {
        return;
    }
    let place = match fact {
        Fact::Number => &mut hints.number,
        Fact::Issuer => &mut hints.issuer,
        Fact::Issued => &mut hints.issued,
        Fact::From => &mut hints.effective_from,
        Fact::To => &mut hints.effective_to,
        Fact::Title => &mut hints.title,
    };
    if place.is_none() {
        *place = Some(shorten(value, VALUE_CHARS_MAX).to_owned());
    }
}

/// Whether the value is of the kind its label promises ("Đã biết" is no date).
fn usable(fact: Fact, value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    match fact {
        Fact::Number => 0 < digits && value.contains(['/', '-']) && value.chars().count() < 60,
        Fact::Issued | Fact::From | Fact::To => 5 < digits && value.chars().count() < 30 && value.contains(['/', '-']),
        Fact::Issuer => 0 < value.chars().count() && value.chars().count() < 200 && !value.ends_with(':'),
        Fact::Title => value.split(' ').count() > 1 && flow::article_number(value).is_none(),
    }
}

/// The number after "Số:" in the head of the document, of whatever form it is.
pub fn number_in_head(lines: &[String]) -> Option<String> {
    let head = lines.iter().take(HEAD_LINES_MAX).take_while(|line| flow::article_number(line).is_none());
    head.filter_map(|line| {
        let at = line.find("Số:").or_else(|| line.find("số:"))?;
        let word = line[at..].split_once(':')?.1.split_whitespace().next()?;
        let word = word.trim_matches([',', ';', '.', '|']);
        (usable(Fact::Number, word) && word.starts_with(|c: char| c.is_ascii_digit())).then(|| word.to_owned())
    })
    .next()
}

/// What a page of vbpl.vn shows instead of a document's text, if it does.
pub fn other_page(dom: &Dom) -> Option<&'static str> {
    const TABS: [(&str, &str); 5] = [
        ("vbpq-thuoctinh", ATTRIBUTES_PAGE),
        ("vbpq-lichsu", "the history of validity"),
        ("vbpq-vanbanlienquan", "the related documents"),
        ("vbpq-luocdo", "the diagram of relations"),
        ("vbpq-vanbangoc", "the original file"),
    ];
    let has_text = |e: &super::dom::Element| e.has_class("toanvancontent") || e.has_class("prov-article");
    if dom.elements(0).any(|(_, e)| has_text(e)) {
        return None;
    }
    let selected = dom.elements(0).filter(|(_, e)| &*e.name == "a" && e.has_class("selected"));
    let by_tab = selected.filter_map(|(_, e)| TABS.iter().find(|(tab, _)| e.attribute("href").contains(tab))).next();
    by_tab.map(|(_, what)| *what).or_else(|| {
        let has = |class: &str| dom.elements(0).any(|(_, e)| e.has_class(class));
        if has("vbLienQuan") {
            Some("the related documents")
        } else if has("vbProperties") {
            Some(ATTRIBUTES_PAGE)
        } else {
            None
        }
    })
}
