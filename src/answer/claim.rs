/*!
A number the question asks to confirm, laid beside the clause that bounds it.

"Đúng" and "Không đúng" are said only where no other reading is left: one number of that kind in
the whole clause, with a bound, and nothing else found that grants what is denied.
*/

use super::{
    asked::{self, Asked, Wish},
    compose::{self, Choice, Chosen},
    figure::{self, Bound, Figure},
    pieces::{self, Weights},
};
use crate::{
    config::Limits,
    law::{Document, NodeKind, text::padded},
    retrieve::{Hit, Understood},
};

/// First hits that may confirm or contradict a number.
const JUDGED_HITS: usize = 3;
/// First hits among which one may grant the very number another denies.
const GRANTING_HITS: usize = 10;

/// Least share of the weight of what a number is said of in a clause that decides on it.
const ABOUT_SHARE: f32 = 0.5;
/// Most of a condition that may be untold where a clause confirms a number.
const UNTOLD_SHARE_MAX: f32 = 0.34;
/// Words that begin a condition within a sentence.
const CONDITIONS_WITHIN: [&str; 4] = [" khi ", " nếu ", " trường hợp ", " đối với "];
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

/// What the law says of a number the question asks to confirm, with the clauses that say it.
pub fn judged(choice: &Choice<'_>, limits: &Limits) -> Option<(String, Vec<Chosen>)> {
    let question = choice.outcome.understood.text.as_str();
    let asked = as_number(question, choice.asked)?;
    let text = subject(question, choice.asked)?;
    let subject = Understood { text, direct: None, ..choice.outcome.understood.clone() };
    let subject = Weights::of(choice.generation, &subject).map_err(|error| tracing::warn!("{error:#}")).ok()?;
    let text_of = |hit: &Hit| {
        let entry = &choice.generation.layout.articles[hit.article];
        choice.generation.at(entry.document).provision_text(entry.node)
    };
    let others: Vec<&str> = choice.outcome.hits.iter().take(GRANTING_HITS).map(text_of).collect();
    choice.outcome.hits.iter().take(JUDGED_HITS).find_map(|hit| {
        let outcome = compose::promoted(choice.outcome, hit.article);
        let chosen = compose::choose(&Choice { outcome: &outcome, asked: &asked, ..*choice }, limits);
        let rule = chosen.first()?;
        let document = choice.generation.at(rule.document);
        let verdict = verdict_on_number(question, choice.asked, &subject, (document, rule), &others)?;
        Some((verdict, chosen))
    })
}

/// What the clause says of a number the question asks to confirm; none unless it is certain.
/// `others` are the texts of what else was found: what they grant is not denied.
fn verdict_on_number(
    question: &str,
    asked: &Asked,
    weights: &Weights,
    (document, rule): (&Document, &Chosen),
    others: &[&str],
) -> Option<String> {
    let claim = claim(question, asked)?;
    let lead = pieces::lead_in(document, rule.node);
    let about = format!("{}\n{lead}\n{}", rule.cited.title, document.provision_text(rule.node));
    if weights.share(&about) < ABOUT_SHARE {
        return None;
    }
    let bounds = bounds_of(document, rule, &claim)?;
    let words: Vec<(Figure, &str)> = bounds.into_iter().map(|(f, text)| (f.clone(), &text[f.range])).collect();
    let clause = document.provision_text(rule.node);
    match judge(&claim, &words)? {
        Judged::False(_) if is_granted(&claim, &words, weights, others) => None,
        Judged::True(_) if denied_beside(document, rule.node, &claim) => None,
        Judged::True(_) if UNTOLD_SHARE_MAX < untold(weights, lead).max(untold(weights, clause)) => None,
        Judged::True(_) if is_denied(&claim, weights, others) => None,
        Judged::True(text) | Judged::False(text) => Some(text),
    }
}

/// Whether another text has the very number, or a bound of the same kind to the same subject
/// that the claim keeps.
fn is_granted(claim: &Figure, bounds: &[(Figure, &str)], weights: &Weights, others: &[&str]) -> bool {
    let keeps = |figure: &Figure| {
        let is_alike = bounds.iter().any(|(bound, _)| bound.bound == figure.bound);
        is_alike && comparable(figure, claim) && !breaks(figure, claim)
    };
    others.iter().any(|text| {
        let figures = figure::figures(text);
        let is_about = || ABOUT_SHARE <= weights.share(text);
        figures.iter().any(|figure| may_be(figure, claim)) || figures.iter().any(keeps) && is_about()
    })
}

/// Whether another text on the same subject has a bound that the claim breaks.
fn is_denied(claim: &Figure, weights: &Weights, others: &[&str]) -> bool {
    let denies = |figure: &Figure| comparable(figure, claim) && breaks(figure, claim);
    others.iter().any(|text| figure::figures(text).iter().any(denies) && ABOUT_SHARE <= weights.share(text))
}

/// How much of the conditions of a text is untold, those within its sentences too.
fn untold(weights: &Weights, text: &str) -> f32 {
    let parts = CONDITIONS_WITHIN.iter().fold(text.replace(['\n', ';'], ", "), |text, words| {
        let alone = format!(", {}", words.trim_start());
        text.replace(words, &alone)
    });
    weights.untold(&parts)
}

/// Whether another clause of the same article denies the claim: of which case it is, is not certain.
fn denied_beside(document: &Document, rule: usize, claim: &Figure) -> bool {
    let Some(article) = document.enclosing(rule, NodeKind::Article) else { return false };
    let figures = figure::figures(document.provision_text(article));
    figures.iter().any(|figure| comparable(figure, claim) && breaks(figure, claim))
}

/// The bound a clause sets to what the claim is a number of, or one of each point of its list;
/// none where another number like it stands there: which one is meant is not certain.
fn bounds_of<'d>(document: &'d Document, rule: &Chosen, claim: &Figure) -> Option<Vec<(Figure, &'d str)>> {
    let like = |text: &str| -> Vec<Figure> {
        figure::figures(text).into_iter().filter(|figure| comparable(figure, claim)).collect()
    };
    let one = |text: &'d str| {
        let [figure] = <[Figure; 1]>::try_from(like(text)).ok()?;
        (figure.bound != Bound::Plain).then_some((figure, text))
    };
    let list = if rule.is_list { Some(rule.node) } else { pieces::list_of(document, rule.node) };
    let whole = document.provision_text(list.unwrap_or(rule.node));
    if let Some(only) = one(whole) {
        return Some(vec![only]);
    }
    let list = list.filter(|list| like(pieces::opening(document, *list)).is_empty())?;
    document.children(Some(list)).map(|point| one(document.provision_text(point))).collect()
}

/// What a question that asks to confirm a number wishes for: a number to lay beside it.
fn as_number(question: &str, asked: &Asked) -> Option<Asked> {
    let claim = claim(question, asked)?;
    let units = if DAYS.contains(&claim.unit.as_str()) { DAYS.to_vec() } else { vec![figure::unit_name(&claim.unit)?] };
    Some(Asked { wish: Wish::Number, units, ..asked.clone() })
}

/// What the number is said of: the question without the number and the words of asking.
fn subject(question: &str, asked: &Asked) -> Option<String> {
    let claim = claim(question, asked)?;
    let rest = format!("{} {}", &question[..claim.range.start], &question[claim.range.end..]);
    let mut text = padded(&rest);
    for words in ASKING {
        text = text.replace(&format!(" {words} "), " ");
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The one number a question asks to confirm, said to be allowed or enough, nothing negated.
fn claim(question: &str, asked: &Asked) -> Option<Figure> {
    if !asked.confirms {
        return None;
    }
    let figure = <[Figure; 1]>::try_from(figure::figures(question)).ok()?.into_iter().next()?;
    // The words of a bound are its own; those that only say where a case begins or ends negate.
    let own = if figure.bound == Bound::Plain { &question[figure.range.clone()] } else { "" };
    let before = asked::padded_folded(&format!("{} {own}", &question[..figure.range.start]));
    let after = asked::padded_folded(&question[figure.range.end..]);
    let negated = [
        " khong ",
        " cam ",
        " chua ",
        " duoi ",
        " tren ",
        " hon ",
        " qua ",
        " truoc khi ",
        " ngoai ",
        " tro len ",
        " tro xuong ",
        " moi ",
    ];
    let is_negated = negated.iter().any(|words| before.contains(words));
    let tail = after.replace(" khong ", " ").replace(" co ", " ");
    (!is_negated && !tail.contains(" cam ") && !after.contains(" khong phai ") && !after.contains(" so voi "))
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

/// Whether a figure may say the same as the claim: its number, in the same unit or in days.
fn may_be(figure: &Figure, claim: &Figure) -> bool {
    let ((least, most), (claimed_least, claimed_most)) = (range_of(figure), range_of(claim));
    comparable(figure, claim) && least <= claimed_most && claimed_least <= most
}

/// What the bounds say of a claim.
#[derive(Debug, PartialEq, Eq)]
enum Judged {
    /// The clause says just this.
    True(String),
    /// The clause forbids it.
    False(String),
}

/// Whether a bound forbids what is claimed.
fn breaks(figure: &Figure, claim: &Figure) -> bool {
    let (least, most) = range_of(claim);
    match figure.bound {
        Bound::Most => range_of(figure).1 < least,
        Bound::Least => most < range_of(figure).0,
        Bound::Plain => false,
    }
}

/// Decides only where every bound found says the same of the claim.
fn judge(claim: &Figure, bounds: &[(Figure, &str)]) -> Option<Judged> {
    if bounds.is_empty() || !bounds.iter().all(|(figure, _)| breaks(figure, claim)) {
        let [(only, words)] = bounds else { return None };
        let same = only.unit == claim.unit && only.value == claim.value;
        // "Tối đa 30 ngày" is not what "ít nhất 30 ngày" says.
        let fits = claim.bound == Bound::Plain || claim.bound == only.bound;
        return (same && fits).then(|| Judged::True(format!("Đúng: luật ghi “{words}”.")));
    }
    let nearest = bounds.iter().min_by(|a, b| {
        let distance = |f: &Figure| (range_of(f).0 - range_of(claim).0).abs();
        distance(&a.0).total_cmp(&distance(&b.0))
    });
    let (_, words) = nearest?;
    Some(Judged::False(match bounds.len() {
        1 => format!("Không đúng: luật ghi “{words}”."),
        _ => format!("Không đúng trong mọi trường hợp dưới đây; gần nhất là “{words}”."),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(text: &str) -> Figure {
        figure::figures(text).remove(0)
    }

    fn judged(claim: &str, bounds: &[&str]) -> Option<String> {
        let bounds: Vec<(Figure, &str)> = bounds.iter().map(|text| (figure(text), *text)).collect();
        judge(&figure(claim), &bounds).map(|(Judged::True(text) | Judged::False(text))| text)
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
            ("tối đa 15 ngày", &["ít nhất 15 ngày"]),
            ("ít nhất 15 ngày", &["không quá 15 ngày"]),
        ] {
            assert_eq!(judged(claim, bounds), None, "{claim} {bounds:?}");
        }
    }

    #[test]
    fn what_else_is_found_grants_and_denies() {
        let weights = Weights::of_terms(&["mo", "quay"]);
        let bounds = [(figure("ít nhất 45 phút"), "ít nhất 45 phút")];
        let claim = figure("40 phút");
        let granted = |text: &str| is_granted(&claim, &bounds, &weights, &[text]);
        assert!(granted("Mở quầy ít nhất 30 phút") && granted("Nghỉ 40 phút"));
        assert!(!granted("Nghỉ ít nhất 30 phút") && !granted("Mở quầy ít nhất 60 phút"));
        assert!(!granted("Mở quầy không quá 60 phút") && !granted("Mở quầy ít nhất 30 ngày"));
        let denied = |text: &str| is_denied(&claim, &weights, &[text]);
        assert!(denied("Mở quầy không quá 30 phút"));
        assert!(!denied("Nghỉ không quá 30 phút") && !denied("Mở quầy không quá 60 phút"));
    }

    #[test]
    fn a_case_within_a_sentence_that_is_not_told_confirms_nothing() {
        let weights = Weights::of_terms(&["mo", "quay", "them"]);
        assert!(UNTOLD_SHARE_MAX < untold(&weights, "1. Quầy mở không quá 12 giờ khi mở thêm vào phiên chợ Tết."));
        assert!(untold(&weights, "1. Quầy mở không quá 12 giờ khi mở thêm.") < UNTOLD_SHARE_MAX);
    }

    #[test]
    fn what_is_negated_or_not_asked_to_confirm_is_no_claim() {
        let claim = |question: &str| claim(question, &asked::read(question)).map(|f| f.value);
        assert_eq!(claim("Luật cho thuê quầy 6 tháng đúng không?"), Some(6.0));
        assert_eq!(claim("Không được thuê quầy 6 tháng đúng không?"), None);
        assert_eq!(claim("Thuê quầy dưới 6 tháng đúng không?"), None);
        assert_eq!(claim("Thuê quầy từ 6 tháng trở lên đúng không?"), None);
        assert_eq!(claim("Thuê quầy 6 tháng thì trả bao nhiêu?"), None);
        assert_eq!(claim("Thuê 2 quầy 6 tháng và 3 ngày đúng không?"), None);
    }
}
