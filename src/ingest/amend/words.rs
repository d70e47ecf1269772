/*!
Instructions about words: `thay thế cụm từ “A” bằng cụm từ “B”, cụm từ “C” bằng cụm từ “D” tại
Điều 1`, `bỏ cụm từ “A” và “B” tại …`, `bổ sung cụm từ “A” vào sau cụm từ “B” tại …`.

Each exchange takes the places named behind it; those without places of their own take the
next that are named, and so it is with the document. An exchange without plain words or places is
told as unclear, the others beside it still count; words of no known role make all unclear.
*/

use super::{
    Action, Named, Target,
    read::{Verb, mention_in},
};
use crate::ingest::refs::{self, References};

/// One exchange with the document named with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) action: Action,
    pub(super) document: Option<Named>,
}

/// An exchange as far as it is read.
#[derive(Debug, Default)]
struct Change<'t> {
    old: Option<&'t str>,
    new: Option<&'t str>,
    /// Of added words: they come before the words named, not behind.
    comes_before: bool,
    places: Option<References>,
    document: Option<Named>,
}

/// Whether what follows a verb speaks of words.
pub(super) fn is_about_words(lower: &str) -> bool {
    let rest = lower.strip_prefix("các ").or_else(|| lower.strip_prefix("một số ")).unwrap_or(lower);
    ["cụm từ “", "từ “", "cụm từ \"", "cụm “", "từ, cụm từ “"].iter().any(|start| rest.starts_with(start))
}

/// The exchanges of one instruction; `outer` is the provision named around it.
pub(super) fn read(verb: Verb, rest: &str, outer: &Target) -> Vec<Exchange> {
    let masked = outside_quotes(rest);
    let quotes = quoted(rest);
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut is_odd = false;
    for (index, (from, to)) in quotes.iter().enumerate() {
        let before = if index == 0 { 0 } else { quotes[index - 1].1 };
        let role = role(&masked[before..*from], index == 0);
        is_odd |= !put(&mut changes, verb, role, &rest[*from..*to]);
        let end = quotes.get(index + 1).map_or(masked.len(), |(from, _)| *from);
        places(&mut changes, verb, &masked[*to..end], outer);
    }
    // The document named last is that of the exchanges before it, too.
    for at in (1..changes.len()).rev() {
        if changes[at - 1].document.is_none() {
            changes[at - 1].document = changes[at].document.clone();
        }
    }
    if is_odd || changes.is_empty() {
        let at = masked.find(" tại ").map(|at| at + " tại ".len());
        let targets = at.map(|at| refs::list(&masked[at..], outer).targets).unwrap_or_default();
        return vec![Exchange { action: Action::Unclear { targets }, document: None }];
    }
    finish(verb, changes)
}

/// How a quoted text is introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// "cụm từ", "và", a comma.
    Plain,
    /// "bằng cụm từ", "thành".
    New,
    /// "sau cụm từ".
    Behind,
    /// "trước cụm từ".
    Before,
    /// Anything else.
    Odd,
}

fn role(gap: &str, is_first: bool) -> Role {
    let lower = gap.to_lowercase();
    let mut words = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let mut names_words = false;
    for name in ["các cụm từ", "cụm từ", "các từ", "từ", "cụm"] {
        if let Some(before) = words.strip_suffix(name) {
            names_words = true;
            words = before.trim_end();
            break;
        }
    }
    let last = words.rsplit(char::is_whitespace).next().unwrap_or_default();
    match last {
        "bằng" | "thành" => Role::New,
        "sau" => Role::Behind,
        "trước" => Role::Before,
        _ if is_first || names_words || words.is_empty() || words == "và" => Role::Plain,
        _ => Role::Odd,
    }
}

/// Puts quoted words where their role wants them; false where that is not possible.
fn put<'t>(changes: &mut Vec<Change<'t>>, verb: Verb, role: Role, words: &'t str) -> bool {
    let open = changes.last_mut().filter(|change| change.old.is_none() || change.new.is_none());
    match (verb, role) {
        (Verb::Exchange, Role::New) => {
            let Some(change) = open.filter(|change| change.new.is_none()) else { return false };
            change.new = Some(words);
        }
        (Verb::Insert, Role::Behind | Role::Before) => {
            let Some(change) = open.filter(|change| change.old.is_none()) else { return false };
            change.old = Some(words);
            change.comes_before = role == Role::Before;
        }
        (Verb::Exchange, Role::Plain) => changes.push(Change { old: Some(words), ..Change::default() }),
        (Verb::Repeal, Role::Plain) => changes.push(Change { old: Some(words), new: Some(""), ..Change::default() }),
        (Verb::Insert, Role::Plain) => changes.push(Change { new: Some(words), ..Change::default() }),
        _ => return false,
    }
    true
}

/// Reads the places named in the words behind a quoted text.
fn places(changes: &mut [Change<'_>], verb: Verb, gap: &str, outer: &Target) {
    let Some(at) = gap.find(" tại ").map(|at| at + " tại ".len()) else { return };
    let listed = refs::list(&gap[at..], outer);
    let document = mention_in(&gap[at + listed.end..]);
    // "thay cụm từ “A” tại Điều 1 bằng cụm từ “B”": this one's alone.
    let is_open = |change: &Change<'_>| change.old.is_none() || change.new.is_none();
    let from = match changes.last() {
        Some(last) if is_open(last) && verb != Verb::Repeal => changes.len() - 1,
        _ => 0,
    };
    for change in changes[from..].iter_mut().filter(|change| change.places.is_none()) {
        change.places = Some(listed.clone());
        change.document = document.clone();
    }
}

fn finish(verb: Verb, changes: Vec<Change<'_>>) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    for change in changes {
        let listed = change.places.unwrap_or_default();
        let is_plain = !listed.unclear && !listed.targets.is_empty();
        let action = match (change.old, change.new) {
            (Some(old), Some(new)) if is_plain && !old.trim().is_empty() => {
                let new = if verb == Verb::Insert { joined(old, new, change.comes_before) } else { new.to_owned() };
                Action::Words { old: old.to_owned(), new, targets: listed.targets }
            }
            _ => Action::Unclear { targets: listed.targets },
        };
        let exchange = Exchange { action, document: change.document };
        if !exchanges.contains(&exchange) {
            exchanges.push(exchange);
        }
    }
    exchanges
}

/// The words named with those added.
fn joined(anchor: &str, added: &str, comes_before: bool) -> String {
    let joined = if comes_before {
        format!("{} {}", added.trim_end(), anchor.trim_start())
    } else {
        format!("{} {}", anchor.trim_end(), added.trim_start())
    };
    joined.replace(" ,", ",").replace(" ;", ";")
}

/// The text with quoted words blanked: same length in bytes.
pub(super) fn outside_quotes(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '“' => depth += 1,
            '”' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        }
    }
    out
}

/// Byte ranges within the quotation marks of a text.
fn quoted(text: &str) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let mut open = None;
    for (at, c) in text.char_indices() {
        match c {
            '“' => open = Some(at + c.len_utf8()),
            '”' => ranges.extend(open.take().map(|from| (from, at))),
            _ => {}
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old>new@places` of each exchange; `?` where it is unclear.
    fn check(verb: Verb, text: &str, expected: &[&str]) {
        let shown = |exchange: &Exchange| {
            let places = |targets: &[Target]| targets.iter().map(Target::text).collect::<Vec<_>>().join(", ");
            match &exchange.action {
                Action::Words { old, new, targets } => format!("{old}>{new}@{}", places(targets)),
                Action::Unclear { targets } => format!("?{}", places(targets)),
                other => format!("{other:?}"),
            }
        };
        let found: Vec<String> = read(verb, text, &Target::default()).iter().map(shown).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn pairs_share_the_places_behind_them() {
        check(
            Verb::Exchange,
            "cụm từ “A” bằng cụm từ “B”, cụm từ “C” bằng cụm từ “D” tại các Điều 1, 2 và khoản 3 Điều 4",
            &["A>B@Điều 1, Điều 2, khoản 3 Điều 4", "C>D@Điều 1, Điều 2, khoản 3 Điều 4"],
        );
        check(
            Verb::Exchange,
            "cụm từ “A” bằng cụm từ “B” tại Điều 1; cụm từ “C” thành “D” tại Điều 2",
            &["A>B@Điều 1", "C>D@Điều 2"],
        );
        check(
            Verb::Exchange,
            "cụm từ “A” tại Điều 1 bằng cụm từ “B” và từ “C” bằng từ “D” tại Điều 2",
            &["A>B@Điều 1", "C>D@Điều 2"],
        );
    }

    #[test]
    fn words_are_taken_out_and_added() {
        check(Verb::Repeal, "cụm từ “A” và “B” tại Điều 1", &["A>@Điều 1", "B>@Điều 1"]);
        check(Verb::Repeal, "cụm từ “A” tại Điều 1; cụm từ “B” tại Điều 2", &["A>@Điều 1", "B>@Điều 2"]);
        check(
            Verb::Insert,
            "cụm từ “A” vào sau cụm từ “B” tại Điều 1; cụm từ “C” trước cụm từ “D” tại Điều 2",
            &["B>B A@Điều 1", "D>C D@Điều 2"],
        );
    }

    #[test]
    fn what_is_not_plain_is_unclear() {
        check(Verb::Exchange, "cụm từ “A” tại Điều 1", &["?Điều 1"]);
        check(Verb::Exchange, "cụm từ “A” bằng cụm từ “B”", &["?"]);
        check(Verb::Insert, "cụm từ “A” vào cuối khoản 1 Điều 2", &["?"]);
        check(Verb::Repeal, "cụm từ “A” tại mục “B” Mẫu số 1", &["?"]);
        check(Verb::Repeal, "cụm từ “A” tại Mẫu số 1 Phụ lục II", &["?Phụ lục II"]);
        check(Verb::Exchange, "cụm từ “A” bằng cụm từ “B” tại Điều 1 và “C” tại Điều 2", &["?Điều 1, Điều 2"]);
    }

    #[test]
    fn each_place_has_the_document_named_behind_it() {
        let text = "cụm từ “A” tại Điều 1, cụm từ “B” tại Điều 2 của Luật Chợ số 7/2011/QH13; cụm từ “C” tại Điều 3 của Luật Sông số 8/2012/QH13 đã được sửa đổi, bổ sung theo Luật số 9/2015/QH13";
        let numbers: Vec<_> = read(Verb::Repeal, text, &Target::default())
            .into_iter()
            .map(|exchange| exchange.document.and_then(|named| named.number).unwrap_or_default())
            .collect();
        assert_eq!(numbers, ["7/2011/QH13", "7/2011/QH13", "8/2012/QH13"]);
    }
}
