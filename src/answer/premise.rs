/*!
Premises that do not hold: an article that is not there, a law that has ended, an article that
says something else, a number the clause contradicts.

Each is said only where stored facts decide it. What is left of the question, without the
wrong reference, is then asked as if it had never been named.
*/

use jiff::civil::Date;

use super::{
    asked::{self, Asked, Wish},
    compose::Chosen,
    figure::{self, Bound, Figure},
    pieces::{self, Weights},
};
use crate::{
    index::Generation,
    ingest::KnownDocuments,
    law::{
        Document, NodeKind,
        text::{fold, syllable_ranges},
    },
    retrieve::understand::{DirectCitation, Understood},
};

/// Fewest syllables of a question left over for a search of its own.
const REST_SYLLABLES_MIN: usize = 3;
/// Below this share of the question's weight an article does not speak of it.
const SAYS_NOTHING_SHARE: f32 = 0.3;
/// Least share of the weight of what a number is said of in a clause that decides on it.
const ABOUT_SHARE: f32 = 0.5;
/// Words of asking, longest first; they say nothing of the subject.
const ASKING: [&str; 18] = [
    "luật cho phép",
    "pháp luật cho phép",
    "có đúng không",
    "đúng luật không",
    "hợp pháp không",
    "phải vậy không",
    "đúng không",
    "phải không",
    "được không",
    "có đúng",
    "đúng chứ",
    "quy định",
    "cho phép",
    "nghe nói",
    "có được",
    "luật",
    "là",
    "thì",
];

/// A reference that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What is wrong with it, in Vietnamese.
    pub text: String,
    /// The question without it; none where nothing is left to ask.
    pub rest: Option<String>,
}

/// The wrong reference of a question, by what is stored of documents.
pub fn wrong_reference(
    generation: &Generation,
    known: &KnownDocuments,
    understood: &Understood,
    as_of: Date,
) -> Option<Correction> {
    let text = ended(generation, known, &understood.text, as_of)
        .or_else(|| absent(generation, understood.direct.as_ref()?, as_of))?;
    Some(Correction { text, rest: rest_of(understood) })
}

/// An article or clause that the named document does not have.
fn absent(generation: &Generation, direct: &DirectCitation, as_of: Date) -> Option<String> {
    let document = named(generation, direct, as_of)?;
    let versions = || generation.documents.iter().filter(|d| d.id == document.id);
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

/// The document a question names, in force on the day, with its own text held.
fn named<'g>(generation: &'g Generation, direct: &DirectCitation, as_of: Date) -> Option<&'g Document> {
    let by_number = |d: &Document| {
        direct
            .document_number
            .as_ref()
            .is_some_and(|n| d.meta.number.as_ref().is_some_and(|own| fold(own).starts_with(n)))
    };
    let by_title = |d: &Document| {
        direct.document_title.as_ref().is_some_and(|title| fold(&d.meta.title).starts_with(title.as_str()))
    };
    let whole = |d: &&Document| {
        !d.is_overlay() && !d.is_digest() && d.meta.source.incomplete.is_none() && d.meta.validity.in_force_on(as_of)
    };
    let found = |fits: &dyn Fn(&Document) -> bool| generation.documents.iter().filter(whole).find(|d| fits(d));
    if direct.document_number.is_some() { found(&by_number) } else { found(&by_title) }
}

/// A law the question names by number or by title and year that has ended before the day.
fn ended(generation: &Generation, known: &KnownDocuments, question: &str, as_of: Date) -> Option<String> {
    let text = fold(question).replace(" nam ", " ");
    let names = |number: &str, title: &str| {
        let has_year =
            title.rsplit(' ').next().is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
        (number.contains('/') && text.contains(&fold(number))) || (has_year && text.contains(&fold(title)))
    };
    let held = generation.documents.iter().filter(|d| !d.is_overlay() && !d.is_digest());
    let held = held.map(|d| (d.law_id().to_owned(), d.meta.title.clone(), d.meta.validity.to));
    let facts = known.document.iter().map(|k| (k.number.clone(), k.title.clone(), k.validity().to));
    let (number, title, to) = held.chain(facts).find(|(number, title, _)| names(number, title))?;
    let first_day_after = to.filter(|to| *to < as_of)?.tomorrow().ok()?;
    let replaced =
        generation.documents.iter().find(|d| d.meta.replaces.contains(&number)).map(|d| d.citation(None).to_string());
    let replaced = replaced.or_else(|| {
        let by = known.document.iter().find(|k| k.replaces.contains(&number));
        by.map(|k| format!("{} ({})", k.title, k.number))
    });
    let now = replaced.map(|name| format!(", được thay bằng {name}")).unwrap_or_default();
    Some(format!("{title} ({number}) hết hiệu lực từ ngày {}{now}.", first_day_after.strftime("%d/%m/%Y")))
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
    (REST_SYLLABLES_MIN <= left.len()).then(|| format!("{}?", left.join(" ")))
}

/// Marks the title or number of the document a question names, with a year behind it.
fn drop_name(understood: &Understood, folded: &[String], dropped: &mut [bool]) {
    const TITLES: [&str; 10] = [
        "bo luat lao dong",
        "luat lao dong",
        "bo luat dan su",
        "luat cong doan",
        "luat bao hiem xa hoi",
        "luat viec lam",
        "luat an toan ve sinh lao dong",
        "luat so",
        "nghi dinh so",
        "nghi dinh",
    ];
    for title in TITLES {
        let words: Vec<&str> = title.split(' ').collect();
        for at in 0..folded.len().saturating_sub(words.len() - 1) {
            if folded[at..at + words.len()].iter().zip(&words).all(|(a, b)| a == b) {
                dropped[at..at + words.len()].fill(true);
            }
        }
    }
    if let Some(number) = understood.direct.as_ref().and_then(|direct| direct.document_number.as_ref()) {
        let parts: Vec<String> = crate::law::text::syllables(number);
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

/// What the clause says of a number the question asks to confirm; none unless it is certain.
pub fn verdict_on_number(
    question: &str,
    asked: &Asked,
    weights: &Weights,
    document: &Document,
    rule: &Chosen,
) -> Option<String> {
    let claim = claim(question, asked)?;
    let nodes: Vec<usize> = match pieces::list_of(document, rule.node) {
        _ if rule.is_list => document.children(Some(rule.node)).collect(),
        Some(list) => document.children(Some(list)).collect(),
        None => vec![rule.node],
    };
    let lead = pieces::lead_in(document, rule.node);
    let about = format!("{}\n{lead}\n{}", rule.cited.title, document.provision_text(rule.node));
    if weights.share(&about) < ABOUT_SHARE {
        return None;
    }
    let mut bounds: Vec<(Figure, &str)> = Vec::new();
    for node in nodes {
        let text = document.provision_text(node);
        let scope = if node == rule.node && !rule.is_list { focus_of(text, rule) } else { text };
        let found: Vec<Figure> =
            figure::figures(scope).into_iter().filter(|f| comparable(f, &claim) && f.bound != Bound::Plain).collect();
        // Two bounds of one kind in one sentence: which one is meant is not certain.
        match <[Figure; 1]>::try_from(found) {
            Ok([figure]) => {
                let words = &scope[figure.range.clone()];
                bounds.push((figure, words));
            }
            Err(found) if found.is_empty() => {}
            Err(_) => return None,
        }
    }
    judge(&claim, &bounds)
}

/// What a question that asks to confirm a number wishes for: a number to lay beside it.
pub fn as_number(question: &str, asked: &Asked) -> Option<Asked> {
    let claim = claim(question, asked)?;
    let units = if DAYS.contains(&claim.unit.as_str()) { DAYS.to_vec() } else { vec![figure::unit_name(&claim.unit)?] };
    Some(Asked { wish: Wish::Number, units, ..asked.clone() })
}

/// What the number is said of: the question without the number and the words of asking.
pub fn subject(question: &str, asked: &Asked) -> Option<String> {
    let claim = claim(question, asked)?;
    let rest = format!("{} {}", &question[..claim.range.start], &question[claim.range.end..]);
    let mut text = asked::padded(&rest);
    for words in ASKING {
        text = text.replace(&format!(" {words} "), " ");
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn focus_of<'t>(text: &'t str, rule: &Chosen) -> &'t str {
    let quote = rule.cited.quote.as_str();
    let focus = &quote[rule.focus.clone()];
    text.find(focus).map_or(text, |at| &text[at..at + focus.len()])
}

/// The one number a question asks to confirm, said to be allowed or enough, nothing negated.
fn claim(question: &str, asked: &Asked) -> Option<Figure> {
    if !asked.confirms {
        return None;
    }
    let figure = <[Figure; 1]>::try_from(figure::figures(question)).ok()?.into_iter().next()?;
    let before = asked::padded_folded(&question[..figure.range.start]);
    let after = asked::padded_folded(&question[figure.range.end..]);
    let negated = [" khong ", " cam ", " chua ", " duoi ", " tren ", " hon ", " qua ", " truoc khi "]
        .iter()
        .any(|w| before.contains(w));
    let tail = after.replace(" khong ", " ").replace(" co ", " ");
    (!negated && !tail.contains(" cam ") && !after.contains(" khong phai ") && !after.contains(" tro len "))
        .then_some(figure)
}

/// Shortest and longest days of so many months in a row.
fn month_days(months: f64) -> (f64, f64) {
    ((months * 30.4167).floor() - 2.0, (months * 30.4167).ceil() + 2.0)
}

/// Least and most of a figure, in days where it is a time.
fn range_of(figure: &Figure) -> (f64, f64) {
    match figure.unit.as_str() {
        "thang" if figure.value == 6.0 => (181.0, 184.0),
        "thang" => month_days(figure.value),
        "nam" => (365.0 * figure.value, 366.0 * figure.value),
        "tuan" => (7.0 * figure.value, 7.0 * figure.value),
        _ => (figure.value, figure.value),
    }
}

/// Folded units that are so many days.
const DAYS: [&str; 4] = ["ngay", "thang", "nam", "tuan"];

fn comparable(a: &Figure, b: &Figure) -> bool {
    a.unit == b.unit || DAYS.contains(&a.unit.as_str()) && DAYS.contains(&b.unit.as_str())
}

/// Decides only where every bound found says the same of the claim.
fn judge(claim: &Figure, bounds: &[(Figure, &str)]) -> Option<String> {
    let (least, most) = range_of(claim);
    let breaks = |figure: &Figure| match figure.bound {
        Bound::Most => range_of(figure).1 < least,
        Bound::Least => most < range_of(figure).0,
        Bound::Plain => false,
    };
    if bounds.is_empty() || !bounds.iter().all(|(figure, _)| breaks(figure)) {
        let [(only, words)] = bounds else { return None };
        let same = only.unit == claim.unit && only.value == claim.value;
        return same.then(|| format!("Đúng: luật ghi “{words}”."));
    }
    let nearest = bounds.iter().min_by(|a, b| {
        let distance = |f: &Figure| (range_of(f).0 - least).abs();
        distance(&a.0).total_cmp(&distance(&b.0))
    });
    let (_, words) = nearest?;
    Some(match bounds.len() {
        1 => format!("Không đúng: luật ghi “{words}”."),
        _ => format!("Không đúng trong mọi trường hợp dưới đây; gần nhất là “{words}”."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(text: &str) -> Figure {
        figure::figures(text).remove(0)
    }

    fn judged(claim: &str, bounds: &[&str]) -> Option<String> {
        let bounds: Vec<(Figure, &str)> = bounds.iter().map(|text| (figure(text), *text)).collect();
        judge(&figure(claim), &bounds)
    }

    #[test]
    fn a_number_is_judged_only_where_it_is_certain() {
        assert_eq!(
            judged("5 tháng", &["không quá 90 ngày"]).as_deref(),
            Some("Không đúng: luật ghi “không quá 90 ngày”.")
        );
        assert_eq!(judged("10 ngày", &["ít nhất 15 ngày"]).as_deref(), Some("Không đúng: luật ghi “ít nhất 15 ngày”."));
        assert_eq!(judged("15 ngày", &["ít nhất 15 ngày"]).as_deref(), Some("Đúng: luật ghi “ít nhất 15 ngày”."));
        assert!(
            judged("7 tháng", &["không quá 180 ngày", "không quá 60 ngày"]).unwrap().contains("không quá 180 ngày")
        );
        for (claim, bounds) in [
            ("20 ngày", &["ít nhất 15 ngày"][..]),
            ("3 tháng", &["không quá 180 ngày", "không quá 60 ngày"]),
            ("3 tháng", &["không quá 90 ngày"]),
            ("3 tháng", &[]),
        ] {
            assert_eq!(judged(claim, bounds), None, "{claim} {bounds:?}");
        }
    }

    #[test]
    fn what_is_negated_or_not_asked_to_confirm_is_no_claim() {
        let claim = |question: &str| claim(question, &asked::read(question)).map(|f| f.value);
        assert_eq!(claim("Luật cho thuê quầy 6 tháng đúng không?"), Some(6.0));
        assert_eq!(claim("Không được thuê quầy 6 tháng đúng không?"), None);
        assert_eq!(claim("Thuê quầy 6 tháng thì trả bao nhiêu?"), None);
        assert_eq!(claim("Thuê 2 quầy 6 tháng và 3 ngày đúng không?"), None);
    }

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
}
