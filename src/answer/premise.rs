/*!
References that do not hold: an article that is not there, a law that has ended, has not begun or
is not held, an article that says something else.

Each is said only where stored facts decide it. What is left of the question, without the
wrong reference, is then asked as if it had never been named.
*/

use std::ops::Range;

use jiff::civil::Date;

use super::pieces::Weights;
use crate::{
    index::Generation,
    ingest::KnownDocuments,
    law::{
        Document, NodeKind,
        text::{fold, syllable_ranges, syllables},
    },
    retrieve::{
        Standing,
        named::Named,
        understand::{NamedDocument, Understood, cited},
    },
};

/// Fewest syllables of a question left over for a search of its own.
const REST_SYLLABLES_MIN: usize = 3;
/// Folded syllables that ask and say nothing of what is asked.
const EMPTY_SYLLABLES: [&str; 30] = [
    "quy", "dinh", "gi", "noi", "the", "nao", "la", "ve", "nhu", "cho", "biet", "hoi", "thi", "sao", "co", "bao",
    "nhieu", "xin", "giup", "toi", "em", "minh", "nghia", "dung", "khong", "a", "noi", "dung", "van", "ban",
];
/// Fewest syllables of those left over that say something.
const SAYING_SYLLABLES_MIN: usize = 2;
/// Below this share of the question's weight an article does not speak of it.
const SAYS_NOTHING_SHARE: f32 = 0.3;
/// Number, title and last day of a document.
type Fact = (String, String, Option<Date>);

/// A reference that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What is wrong with it, in Vietnamese.
    pub text: String,
    /// The question without it; none where nothing is left to ask.
    pub rest: Option<String>,
    /// What became of the document named.
    pub document: Whereabouts,
    /// What the asker may do about it, in Vietnamese.
    pub next_step: Option<String>,
}

/// What became of a document that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// It is law on the day.
    InForce,
    /// It has ended, or has not begun.
    OtherTime,
    /// Its text is not held.
    NotHeld,
}

/// The wrong reference of a question, by what is stored of documents.
pub fn wrong_reference(
    generation: &Generation,
    known: &KnownDocuments,
    understood: &Understood,
    as_of: Date,
) -> Option<Correction> {
    let named = Named::find(generation, understood);
    let absent = absent(generation, understood, &named, as_of);
    let rest = rest_of(understood);
    let other_time =
        ended(generation, known, understood, as_of).or_else(|| not_begun(generation, understood, &named, as_of));
    let not_held = not_held(known, understood, &named);
    match (other_time, absent, not_held) {
        (Some(text), absent, not_held) => {
            let (document, more) = match not_held {
                Some(_) => (Whereabouts::NotHeld, Some("Văn bản đó chưa có trong kho.".to_owned())),
                None => (Whereabouts::OtherTime, absent),
            };
            let text = more.map_or(text.clone(), |more| format!("{text} {more}"));
            let next_step = read_then(generation, understood, &named, as_of);
            Some(Correction { text, rest, document, next_step })
        }
        (None, Some(text), _) => Some(Correction { text, rest, document: Whereabouts::InForce, next_step: None }),
        (None, None, Some((name, is_known))) => {
            let text = format!("{name} chưa có trong kho, nên không trích được điều, khoản nào của văn bản đó.");
            // Of a document nothing is known of, neither is what it would be about.
            let rest = rest.filter(|_| is_known);
            Some(Correction { text, rest, document: Whereabouts::NotHeld, next_step: None })
        }
        (None, None, None) => None,
    }
}

/// The document named, where its text is not held, and whether it is known to matter. One named
/// in passing, of which nothing is known, leaves the question as it is.
fn not_held(known: &KnownDocuments, understood: &Understood, named: &Named) -> Option<(String, bool)> {
    if named.standing != Standing::NotHeld {
        return None;
    }
    let document = understood.document.as_ref()?;
    let fact = known.document.iter().find(|fact| is_exactly(document, &fact.number, &fact.title));
    match fact {
        Some(fact) => Some((format!("{} ({})", fact.title, fact.number), true)),
        None if understood.direct.is_some() => {
            // The number as it is written, where it stands there: what is read of it has no accents.
            let number = document.number.as_deref().unwrap_or_default();
            let mut words =
                understood.text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
            let name = words.find(|word| !number.is_empty() && fold(word) == number);
            let name = name.map_or_else(|| document.text(), |word| format!("số {}", word.to_uppercase()));
            Some((format!("Văn bản bạn nêu ({name})"), false))
        }
        None => None,
    }
}

/// A law held and named as one of its year that is not yet law on the day.
fn not_begun(generation: &Generation, understood: &Understood, named: &Named, as_of: Date) -> Option<String> {
    understood.document.as_ref().filter(|document| document.is_exact())?;
    let whole = named.documents_of(generation).filter(|d| !d.is_overlay() && !d.is_digest());
    let firsts: Option<Vec<(Date, &Document)>> = whole.map(|d| Some((d.meta.validity.from?, d))).collect();
    let (first, document) = firsts?.into_iter().min_by_key(|(first, _)| *first)?;
    (as_of < first).then(|| {
        let day = |date: Date| date.strftime("%d/%m/%Y").to_string();
        format!("{} có hiệu lực từ ngày {}, chưa áp dụng vào ngày {}.", document.citation(None), day(first), day(as_of))
    })
}

/// How the text named can be read though it is not law on the day.
fn read_then(generation: &Generation, understood: &Understood, named: &Named, as_of: Date) -> Option<String> {
    let direct = understood.direct.as_ref()?;
    let path = format!("dieu-{}", direct.article);
    let held = named.documents_of(generation).filter(|d| !d.is_digest());
    let (document, node) = held.filter_map(|d| Some((d, d.find(&path)?))).next()?;
    let validity = document.validity(node);
    let day = validity.to.filter(|to| *to < as_of).or(validity.from)?;
    let citation = document.citation(Some(node));
    Some(format!("Muốn đọc {citation}, hỏi lại kèm ngày xảy ra việc, ví dụ “ngày {}”.", day.strftime("%d/%m/%Y")))
}

/// Whether a question names the document of this number or title so exactly that no other is meant.
fn is_exactly(named: &NamedDocument, number: &str, title: &str) -> bool {
    if !named.is_exact() {
        return false;
    }
    if let Some(own) = &named.number {
        let number = fold(number);
        return number.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    }
    let (title, year) = (fold(title), named.year.map(|year| year.to_string()));
    let rest = named.title.as_ref().and_then(|start| title.strip_prefix(start.as_str()));
    rest.zip(year).is_some_and(|(rest, year)| rest.trim() == year)
}

/// An article or clause that the named document does not have.
fn absent(generation: &Generation, understood: &Understood, named: &Named, as_of: Date) -> Option<String> {
    let direct = understood.direct.as_ref()?;
    let is_exact = understood.document.as_ref().is_some_and(NamedDocument::is_exact);
    // Only of a text that is held whole is it known what it has not.
    let is_whole = |d: &&Document| {
        let is_meant = d.meta.validity.in_force_on(as_of) || is_exact;
        !d.is_overlay() && !d.is_digest() && d.meta.source.incomplete.is_none() && is_meant
    };
    let document = named.documents_of(generation).find(is_whole)?;
    let versions = || generation.documents().map(|(_, d)| d).filter(|d| d.id == document.id);
    let path = format!("dieu-{}", direct.article);
    let name = document.citation(None).to_string();
    let Some((holder, article)) = versions().find_map(|d| Some((d, d.find(&path)?))) else {
        let count = document.articles().count();
        return Some(format!("{name} có {count} điều, không có Điều {}.", direct.article));
    };
    let clause = direct.clause.as_ref()?;
    let has = |d: &Document| d.find(&format!("{path}/khoan-{clause}")).is_some();
    let count = holder.children(Some(article)).filter(|node| holder.nodes()[*node].kind == NodeKind::Clause).count();
    (!versions().any(has)).then(|| match count {
        0 => format!("Điều {} {name} không chia khoản, nên không có khoản {clause}.", direct.article),
        _ => format!("Điều {} {name} có {count} khoản, không có khoản {clause}.", direct.article),
    })
}

/// A law the question names by number or by title and year that has ended before the day.
fn ended(generation: &Generation, known: &KnownDocuments, understood: &Understood, as_of: Date) -> Option<String> {
    let text = fold(&understood.text).replace(" nam ", " ");
    let facts = || {
        let held = generation.documents().map(|(_, d)| d).filter(|d| !d.is_overlay() && !d.is_digest());
        let held = held.map(|d| (d.law_id().to_owned(), d.meta.title.clone(), d.meta.validity.to));
        held.chain(known.document.iter().map(|k| (k.number.clone(), k.title.clone(), k.validity().to)))
    };
    let named: Vec<_> = facts().filter_map(|fact| Some((place_of_name(&text, &fact.0, &fact.1)?, fact))).collect();
    // A name within a longer one is not what is named.
    let is_whole = |place: &Range<usize>| {
        !named
            .iter()
            .any(|(other, _)| other.start <= place.start && place.end <= other.end && place.len() < other.len())
    };
    let has_ended = |fact: &Fact| fact.2.filter(|to| *to < as_of).map(|to| (fact.0.clone(), fact.1.clone(), to));
    let by_name = named.iter().filter(|(place, _)| is_whole(place)).find_map(|(_, fact)| has_ended(fact));
    // "Luật lao động 2012" names the code of that year all the same.
    let otherwise = || {
        let document = understood.document.as_ref()?;
        facts().filter(|fact| is_exactly(document, &fact.0, &fact.1)).find_map(|fact| has_ended(&fact))
    };
    let (number, title, last_day) = by_name.or_else(otherwise)?;
    let first_day_after = last_day.tomorrow().ok()?;
    // What is known says which document took its place; one held may only list it among others.
    let by_fact = known.find(&number).and_then(|fact| fact.replaced_by.clone());
    let held = |by: &str| generation.documents().map(|(_, d)| d).find(|d| !d.is_overlay() && d.law_id() == by);
    let listed = || generation.documents().map(|(_, d)| d).find(|d| d.meta.replaces.contains(&number));
    let named_by = |number: &String| {
        held(number)
            .map(|document| document.citation(None).to_string())
            .or_else(|| known.find(number).map(|fact| format!("{} ({})", fact.title, fact.number)))
    };
    let replaced = by_fact.as_ref().and_then(named_by).or_else(|| {
        let by = known.document.iter().find(|k| k.replaces.contains(&number));
        listed().map(|d| d.citation(None).to_string()).or_else(|| by.map(|k| format!("{} ({})", k.title, k.number)))
    });
    let now = replaced.map(|name| format!(", được thay bằng {name}")).unwrap_or_default();
    Some(format!("{title} ({number}) hết hiệu lực từ ngày {}{now}.", first_day_after.strftime("%d/%m/%Y")))
}

/// Where a folded text names a document: its number, or its title with a year, as whole words
/// and not as part of another name.
fn place_of_name(text: &str, number: &str, title: &str) -> Option<Range<usize>> {
    let has_year = title.rsplit(' ').next().is_some_and(|y| y.len() == 4 && y.bytes().all(|b| b.is_ascii_digit()));
    let title = has_year.then(|| fold(title));
    let number = number.contains('/').then(|| fold(number));
    [number, title].into_iter().flatten().find_map(|name| {
        text.match_indices(&name).find_map(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + name.len()..]);
            let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '-'));
            // "bộ luật X" is another document than "luật X".
            let is_longer = before.ends_with("bo ") && name.starts_with("luat ");
            let is_part = goes_on(before.chars().next_back()) || goes_on(behind.chars().next()) || is_longer;
            (!is_part).then_some(at..at + name.len())
        })
    })
}

/// An article that exists and says nothing of what is asked, where another one does.
pub fn other_subject(document: &Document, article: usize, rest: &Weights, best_share: f32) -> Option<String> {
    let title = &document.nodes()[article].title;
    let share = rest.share(&format!("{title}\n{}", document.provision_text(article)));
    (share < SAYS_NOTHING_SHARE && 2.0 * share < best_share && !title.is_empty())
        .then(|| format!("{} quy định về “{title}”, không nói về điều bạn hỏi.", document.citation(Some(article))))
}

/// The question without the provision and document it names; none where little is left.
pub fn rest_of(understood: &Understood) -> Option<String> {
    let text = understood.text.as_str();
    let ranges: Vec<_> = syllable_ranges(text).collect();
    let folded: Vec<String> = ranges.iter().map(|range| fold(&text[range.clone()])).collect();
    let mut dropped = vec![false; ranges.len()];
    for at in 0..folded.len() {
        let numbered = folded.get(at + 1).is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()));
        if matches!(folded[at].as_str(), "dieu" | "khoan" | "nam") && numbered
            || folded[at] == "diem" && folded.get(at + 2).is_some_and(|word| word == "khoan")
        {
            let is_year = folded[at] == "nam" && folded[at + 1].len() != 4;
            dropped[at] = !is_year;
            dropped[at + 1] = !is_year;
        }
    }
    drop_name(understood, &folded, &mut dropped);
    // Words that only led to the reference.
    for at in (0..folded.len()).rev() {
        let leads =
            matches!(folded[at].as_str(), "theo" | "tai" | "cua" | "trong" | "can" | "cu" | "va" | "quy" | "dinh");
        if leads && dropped.get(at + 1).copied().unwrap_or(false) {
            dropped[at] = true;
        }
    }
    let left: Vec<&str> =
        ranges.iter().zip(&dropped).filter(|(_, gone)| !**gone).map(|(r, _)| &text[r.clone()]).collect();
    let says = |word: &&&str| !EMPTY_SYLLABLES.contains(&fold(word).as_str());
    let is_question = REST_SYLLABLES_MIN <= left.len() && SAYING_SYLLABLES_MIN <= left.iter().filter(says).count();
    is_question.then(|| format!("{}?", left.join(" ")))
}

/// Marks the title or number of the document a question names, with a year behind it.
fn drop_name(understood: &Understood, folded: &[String], dropped: &mut [bool]) {
    let mut names: Vec<Vec<String>> = cited::document_names().map(syllables).collect();
    names.extend(cited::numbered_kinds().map(|kind| syllables(&format!("{kind} so"))));
    names.extend(["nghi dinh", "thong tu"].map(syllables));
    for words in names {
        for at in 0..folded.len().saturating_sub(words.len() - 1) {
            if folded[at..at + words.len()] == words {
                dropped[at..at + words.len()].fill(true);
            }
        }
    }
    if let Some(number) = understood.direct.as_ref().and_then(|direct| direct.document_number.as_ref()) {
        let parts: Vec<String> = syllables(number);
        for at in 0..folded.len().saturating_sub(parts.len().saturating_sub(1)) {
            if !parts.is_empty() && folded[at..at + parts.len()] == parts[..] {
                dropped[at..at + parts.len()].fill(true);
            }
        }
    }
    for at in 1..folded.len() {
        let is_year = folded[at].len() == 4 && folded[at].bytes().all(|b| b.is_ascii_digit());
        if is_year && dropped[at - 1] {
            dropped[at] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieve::understand::DirectCitation;

    #[test]
    fn what_is_left_is_the_question_without_its_reference() {
        let rest = |text: &str| {
            let direct = DirectCitation {
                article: "300".to_owned(),
                clause: None,
                point: None,
                document_title: None,
                document_number: None,
            };
            rest_of(&Understood {
                text: text.to_owned(),
                expansions: Vec::new(),
                in_law_words: None,
                direct: Some(direct),
                document: None,
                day: None,
                term: None,
                is_about_penalty: false,
            })
        };
        assert_eq!(
            rest("Theo Điều 300 Bộ luật Lao động năm 2019, thuê quầy mất bao lâu?").as_deref(),
            Some("thuê quầy mất bao lâu?")
        );
        assert_eq!(rest("Khoản 2 Điều 300 của Bộ luật Dân sự?"), None);
    }

    #[test]
    fn a_name_is_read_whole() {
        let place = |text: &str| place_of_name(&fold(text), "5/2012/QH99", "Luật Thuê quầy 2012").map(|p| p.start);
        assert_eq!(place("theo Luật Thuê quầy 2012 thì"), Some(5));
        assert_eq!(place("luật số 5/2012/QH99."), Some(8));
        for text in ["Bộ luật Thuê quầy 2012", "luật số 45/2012/QH99", "5/2012/QH99-SL", "Luật Thuê quầy 20123"]
        {
            assert_eq!(place(text), None, "{text}");
        }
    }
}
