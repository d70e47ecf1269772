/*!
The instructions of an amending document.

Each article, clause and point is read as a directive ("Sửa đổi, bổ sung khoản 1 Điều 3 như
sau:") and the quoted text behind it. What a directive does not name (the law, the article)
comes from the provisions around it.
*/

use super::{
    Action, How, Instruction, Named, Target, endings,
    mention::{self, flat},
    passive,
    words::{self, outside_quotes},
};
use crate::{
    ingest::refs::{self, References},
    law::{Document, NodeKind},
};

/// What the provisions around a directive have named already.
#[derive(Debug, Clone, Default)]
struct Context {
    document: Option<Named>,
    target: Target,
    /// The provisions below are listed as repealed.
    repeals: bool,
}

/// A directive: its verb and the words up to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment<'t> {
    verb: Verb,
    rest: &'t str,
}

/// What an instruction does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Replace,
    Insert,
    Repeal,
    Exchange,
}

/// Longest verb, in characters.
const VERB_CHARS_MAX: usize = 24;
/// Verbs as written, longest first.
const VERBS: [(&str, Verb); 9] = [
    ("sửa đổi, bổ sung", Verb::Replace),
    ("sửa đổi và bổ sung", Verb::Replace),
    ("sửa đổi bổ sung", Verb::Replace),
    ("sửa đổi", Verb::Replace),
    ("bổ sung", Verb::Insert),
    ("bãi bỏ", Verb::Repeal),
    ("bỏ", Verb::Repeal),
    ("thay thế", Verb::Exchange),
    ("thay", Verb::Exchange),
];

/// What a verb of an instruction acts on.
const OBJECTS: [&str; 22] = [
    "điểm",
    "khoản",
    "điều",
    "các",
    "tên",
    "một số",
    "đoạn",
    "cụm từ",
    "từ",
    "phụ lục",
    "mẫu",
    "mục",
    "chương",
    "luật",
    "bộ luật",
    "nghị định",
    "thông tư",
    "pháp lệnh",
    "quyết định",
    "nghị quyết",
    "cụm",
    "tiểu mục",
];

/// Reads the instructions of `document` in text order.
pub fn instructions(document: &Document) -> Vec<Instruction> {
    let mut found = Vec::new();
    let whole = mention::amended_as_a_whole(document);
    for article in document.articles() {
        let outer = Context { document: whole.clone(), ..Context::default() };
        article_instructions(document, article, &outer, &mut found);
    }
    endings::read(document, &mut found);
    found
}

fn article_instructions(document: &Document, article: usize, outer: &Context, found: &mut Vec<Instruction>) {
    let end = document.nodes()[article].end;
    let mut open: Vec<(usize, Context)> = Vec::new();
    for node in article..document.nodes().len() {
        let here = &document.nodes()[node];
        if end <= here.start {
            break;
        }
        while open.last().is_some_and(|(parent, _)| document.nodes()[*parent].end <= here.start) {
            open.pop();
        }
        let context = open.last().map_or(outer, |(_, context)| context);
        let has_children = document.children(Some(node)).next().is_some();
        let item = Item { origin: node, has_children, context };
        let inner = item.read(&item_text(document, node), found);
        open.push((node, inner));
    }
}

/// The words of a node without its label: an article's title and the text behind it.
fn item_text(document: &Document, node: usize) -> String {
    let here = &document.nodes()[node];
    let own = document.own_text(node).trim();
    if here.kind == NodeKind::Article {
        let body = document.own_text(node)[here.body - here.start..].trim_start_matches(['.', ' ', '\n']);
        return format!("{}\n{body}", here.title);
    }
    let label = own.find(['.', ')']).filter(|at| *at <= 8).map_or(0, |at| at + 1);
    own[label..].trim_start().to_owned()
}

struct Item<'c> {
    origin: usize,
    has_children: bool,
    context: &'c Context,
}

impl Item<'_> {
    /// Reads one item; what it names holds for the items below it.
    fn read(&self, text: &str, found: &mut Vec<Instruction>) -> Context {
        let (directive, block) = split_block(text);
        let directive = flat(directive);
        let directive = passive::turned(&directive).unwrap_or(directive);
        let mut inner = self.context.clone();
        let segments = segments(&directive);
        if segments.is_empty() {
            if self.context.repeals && block.is_none() {
                self.repeal(&directive, self.context, found);
            } else if self.has_children
                && directive.ends_with(':')
                && let Some((named, _)) = mention::first(&directive)
                && named.number.is_some()
            {
                inner.document = Some(named);
            }
            return inner;
        }
        let mut context = self.context.clone();
        let mut parts = Vec::new();
        for (segment, named) in segments.iter().zip(named(&segments)) {
            context.document = named.or(context.document);
            self.segment(*segment, &context, &mut inner, &mut parts, found);
        }
        inner.document = context.document.clone().or(inner.document);
        self.text(parts, block, &context, &mut inner, found);
        inner
    }

    fn segment(
        &self,
        segment: Segment<'_>,
        context: &Context,
        inner: &mut Context,
        parts: &mut Vec<(How, Target)>,
        found: &mut Vec<Instruction>,
    ) {
        let rest = segment.rest.trim_start();
        let lower = rest.to_lowercase();
        if words::is_about_words(&lower) {
            for exchange in words::read(segment.verb, rest, &context.target) {
                let document = exchange.document.or_else(|| context.document.clone());
                if !matches!(&exchange.action, Action::Unclear { targets } if targets.is_empty() && self.has_children) {
                    self.push(exchange.action, &Context { document, ..context.clone() }, found);
                }
            }
            return;
        }
        if lower.starts_with("một số") || lower.starts_with("các cụm") || lower.starts_with("các từ") {
            // "một số khoản của Điều 6": the provisions below say what happens to which.
            let listed = lower.find(" của ").map(|at| refs::list(&rest[at..], &context.target)).unwrap_or_default();
            if let [one] = listed.targets.as_slice() {
                inner.target = one.clone();
            }
            inner.repeals = segment.verb == Verb::Repeal;
            return;
        }
        match segment.verb {
            Verb::Repeal => self.repeal(rest, context, found),
            // "thay thế Điều 5 như sau", "thay thế Phụ lục I bằng Phụ lục kèm theo": with the new
            // text behind it as good as any other way to say so.
            Verb::Replace | Verb::Insert | Verb::Exchange => {
                let listed = refs::list(rest, &context.target);
                if listed.unclear {
                    self.push(Action::Unclear { targets: listed.targets }, context, found);
                } else if segment.verb == Verb::Insert {
                    parts.extend(insertion(listed, rest, &context.target));
                } else {
                    parts.extend(listed.targets.into_iter().map(|target| (How::Replace, target)));
                }
            }
        }
    }

    /// Hands the quoted text to the provisions it replaces, or the provisions to the items below.
    fn text(
        &self,
        parts: Vec<(How, Target)>,
        block: Option<&str>,
        context: &Context,
        inner: &mut Context,
        found: &mut Vec<Instruction>,
    ) {
        let Some(text) = block else {
            match parts.as_slice() {
                [(_, one)] if self.has_children => inner.target = one.clone(),
                [] => {}
                _ if self.has_children => {}
                _ => {
                    let targets = parts.into_iter().map(|(_, target)| target).collect();
                    self.push(Action::Unclear { targets }, context, found);
                }
            }
            return;
        };
        if parts.is_empty() {
            return;
        }
        let action = match unquoted(text) {
            Some(text) if parts.iter().all(|(_, target)| target.article.is_some()) => {
                Action::Text { parts, text: text.to_owned() }
            }
            _ => Action::Unclear { targets: parts.into_iter().map(|(_, target)| target).collect() },
        };
        self.push(action, context, found);
    }

    /// "khoản 2 Điều 5 của Luật A và Điều 7 của Luật B": lists, each with its document.
    fn repeal(&self, text: &str, context: &Context, found: &mut Vec<Instruction>) {
        let mut rest = text;
        loop {
            let listed = refs::list(rest, &context.target);
            let behind = &rest[listed.end..];
            if listed.targets.is_empty() {
                // "bãi bỏ Thông tư số …": the document as a whole.
                if !listed.unclear && mention::starts_with_kind(rest) {
                    self.end_documents(rest, found);
                }
                return;
            }
            let named = mention_in(behind);
            let document = named.clone().or_else(|| context.document.clone());
            let action = if listed.unclear {
                Action::Unclear { targets: listed.targets }
            } else {
                Action::Repeal { targets: listed.targets }
            };
            let here = Context { document, ..context.clone() };
            self.push(action, &here, found);
            let behind = match named.and(mention::first(behind)) {
                Some((_, end)) => &behind[end..],
                None => behind,
            };
            // The documents that amended this one are told up to the semicolon.
            let told = mention::history_start(behind);
            let next = told.and_then(|told| behind[told..].find(';').map(|at| told + at));
            rest = match (told, next) {
                (Some(_), None) => return,
                (_, Some(at)) => &behind[at..],
                (None, None) if behind.starts_with([',', ';', ' ']) => behind,
                (None, None) => return,
            };
            rest = rest.trim_start_matches([',', ';', ' ']);
            rest = rest.strip_prefix("và ").unwrap_or(rest);
        }
    }

    fn end_documents(&self, text: &str, found: &mut Vec<Instruction>) {
        let except = text.find("trừ ").map_or("", |at| text[at..].trim_end_matches('.'));
        for part in text.split(';') {
            found.extend(endings::ending_documents(part).into_iter().map(|document| Instruction {
                origin: self.origin,
                document,
                action: Action::EndDocument { except: except.to_owned(), on: None },
            }));
        }
    }

    fn push(&self, action: Action, context: &Context, found: &mut Vec<Instruction>) {
        let Some(document) = context.document.clone() else { return };
        found.push(Instruction { origin: self.origin, document, action });
    }
}

/// The document each segment names; "bãi bỏ Điều 5; bãi bỏ Điều 7 của Luật A": where it names
/// none, the next one's.
fn named(segments: &[Segment<'_>]) -> Vec<Option<Named>> {
    let mut named: Vec<Option<Named>> = segments.iter().map(|segment| mention_in(segment.rest)).collect();
    for at in (1..named.len()).rev() {
        if named[at - 1].is_none() {
            named[at - 1] = named[at].clone();
        }
    }
    named
}

/// A document named behind "của" or right at the start; not one that merely amended it.
pub(super) fn mention_in(text: &str) -> Option<Named> {
    let text = outside_quotes(text);
    let text = &text[..mention::history_start(&text).unwrap_or(text.len())];
    let (named, _) = mention::first(text)?;
    // "Luật" or "Nghị định của Chính phủ", without name or number, names nothing.
    let is_name = |word: &str| word.starts_with(char::is_uppercase);
    let has_name = named.name.split_whitespace().skip(1).any(is_name) && !named.name.contains(" của ");
    (named.number.is_some() || has_name).then_some(named)
}

/// The directive, and the quoted text that begins on its own line or behind a colon.
fn split_block(text: &str) -> (&str, Option<&str>) {
    for (at, quote) in text.match_indices(['“', '"']) {
        let before = text[..at].trim_end_matches(|c: char| c.is_whitespace() && c != '\n');
        if before.is_empty() || before.ends_with('\n') || before.ends_with(':') {
            let is_block = text[at + quote.len()..].contains(['”', '"']);
            return if is_block { (&text[..at], Some(&text[at..])) } else { (&text[..at], None) };
        }
    }
    (text, None)
}

/// The text within the outermost quotation marks; none where something else follows them.
fn unquoted(block: &str) -> Option<&str> {
    let open = block.chars().next().filter(|c| matches!(c, '“' | '"'))?;
    let close = block.rfind(['”', '"'])?;
    let tail = block[close..].trim_start_matches(['”', '"']);
    let is_alone = !tail.chars().any(char::is_alphanumeric);
    let inside = block.get(open.len_utf8()..close)?.trim().trim_end_matches('”').trim_end();
    (is_alone && !inside.is_empty()).then_some(inside)
}

/// Cuts a directive at its verbs.
fn segments(directive: &str) -> Vec<Segment<'_>> {
    // An instruction begins with its verb: most texts are no instructions, and left at once.
    let head: String = directive.chars().take(VERB_CHARS_MAX).collect::<String>().to_lowercase();
    if !VERBS.iter().any(|(verb, _)| head.starts_with(verb)) {
        return Vec::new();
    }
    let masked = outside_quotes(directive).to_lowercase();
    if masked.len() != directive.len() {
        return Vec::new();
    }
    let mut starts: Vec<(usize, usize, Verb)> = Vec::new();
    let mut at = 0;
    while at < masked.len() {
        let rest = &masked[at..];
        match VERBS.iter().find(|(verb, _)| rest.starts_with(verb)) {
            Some((word, verb)) => {
                if is_verb_at(&masked, at, word.len()) {
                    starts.push((at, at + word.len(), *verb));
                }
                // "đã được sửa đổi, bổ sung một số điều theo": its second half is no verb, either.
                at += word.len();
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    // An instruction begins with its verb; one in the middle of a sentence is told, not given.
    if starts.first().is_none_or(|(at, ..)| *at != 0) {
        return Vec::new();
    }
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([directive.len()]);
    starts.iter().zip(ends).map(|((_, from, verb), to)| Segment { verb: *verb, rest: &directive[*from..to] }).collect()
}

fn is_verb_at(lower: &str, at: usize, length: usize) -> bool {
    let before = lower[..at].trim_end();
    let starts = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let begins = before.is_empty() || before.ends_with([';', ',', '.', ':']) || before.ends_with(" và");
    let object = lower[at + length..].trim_start_matches([' ', ':']);
    starts && begins && OBJECTS.iter().any(|word| object.starts_with(word))
}

/// Provisions to insert, each with the one it stands behind.
fn insertion(listed: References, rest: &str, outer: &Target) -> Vec<(How, Target)> {
    let behind = rest[listed.end..].trim_start_matches([' ', ',']);
    let words = ["vào sau", "vào tiếp sau", "tiếp sau", "vào tiếp theo", "sau"];
    let anchor = words.iter().find_map(|word| behind.strip_prefix(word)).map(|text| refs::list(text, outer));
    let anchor = anchor.filter(|list| !list.unclear).and_then(|mut list| list.targets.pop());
    let complete = |mut target: Target| {
        if let Some(anchor) = &anchor {
            let is_inner = target.clause.is_some() || target.point.is_some();
            if is_inner && target.article.is_none() {
                target.article.clone_from(&anchor.article);
            }
            if target.point.is_some() && target.clause.is_none() {
                target.clause.clone_from(&anchor.clause);
            }
        }
        (How::Insert(anchor.clone()), target)
    };
    listed.targets.into_iter().map(complete).collect()
}
