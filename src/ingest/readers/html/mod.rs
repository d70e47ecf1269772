/*!
Web pages: saved pages of law portals, intranet pages, fragments.

Owns finding the document among what surrounds it ([`region`]) and bringing it to lines
([`flow`]). Never fetches what a page links to, runs nothing on it.
*/

pub mod decode;
pub mod dom;
pub mod facts;
pub mod flow;
pub mod noise;
pub mod region;

use crate::{
    ingest::{
        problem::{Problem, ProblemKind},
        source_text::{Hints, LineShape, SourceText},
    },
    law::Trust,
};

/// Largest page read, in bytes.
pub const PAGE_BYTES_MAX: usize = 32 << 20;

/// Reads a page.
pub fn read(bytes: &[u8]) -> SourceText {
    if PAGE_BYTES_MAX < bytes.len() {
        let message = format!("a web page of {} bytes, more than {PAGE_BYTES_MAX}", bytes.len());
        return SourceText::unreadable(message);
    }
    let (page, guessed) = decode::decode(bytes);
    let mut problems = Vec::new();
    if let Some(encoding) = guessed {
        let message = format!("the page states no encoding that fits; read as {encoding}");
        problems.push(Problem::new(0, ProblemKind::Encoding, message));
    }
    let dom = dom::Dom::parse(&page);
    if let Some(what) = facts::other_page(&dom) {
        // Dates on pages of history and relations are those of other documents.
        let own = what == facts::ATTRIBUTES_PAGE;
        let hints = if own { facts::find(&dom, None) } else { Hints::default() };
        problems.push(Problem::new(0, ProblemKind::Unreadable, no_text(what, &hints)));
        return SourceText { hints, trust: Trust::Web, problems, ..SourceText::default() };
    }
    let region = region::find(&dom);
    let flow = flow::flow(&dom, region, Some(region));
    let mut hints = facts::find(&dom, Some(region));
    if hints.number.is_none() {
        hints.number = facts::number_in_head(&flow.lines);
    }
    let incomplete = dom.is_cut.then(|| "the page has too many parts and was cut off".to_owned());
    if flow.lines.is_empty() && problems.is_empty() {
        problems.push(Problem::new(0, ProblemKind::Unreadable, "no text found on the page"));
    }
    SourceText {
        text: flow.lines.join("\n"),
        lines: LineShape::Paragraphs,
        hints,
        footnotes: flow.footnotes,
        trust: Trust::Web,
        incomplete,
        problems,
    }
}

fn no_text(what: &str, hints: &Hints) -> String {
    let of = hints.number.as_ref().map(|number| format!(" of `{number}`")).unwrap_or_default();
    let dates = match (&hints.issued, &hints.effective_from) {
        (Some(issued), Some(from)) => format!(" (issued {issued}, in force from {from})"),
        _ => String::new(),
    };
    format!("the page shows {what}{of}{dates}, not its text; save the page with the full text (`Toàn văn`)")
}

#[cfg(test)]
mod tests;
