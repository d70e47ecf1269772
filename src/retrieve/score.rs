/*!
The parts of a score, and their weights.

A score is a plain sum: words and meaning as z-scores over the articles that may be found, then
what is known of an article whatever its text says. The weights were chosen on questions nobody
here wrote; `docs/retrieval.md` tells what each part is worth and what was tried and rejected.
*/

use super::{
    fit,
    fuse::z_scores,
    named::Named,
    partial,
    understand::{Understood, intent},
};
use crate::{
    index::Generation,
    law::{Document, DocumentKind, NodeKind, text::syllables},
};

/// Weight of the vectors against the words.
const DENSE_WEIGHT: f32 = 0.7;
/// Weight of the accented words; the folded ones get the rest of the words' share.
const ACCENTED_SHARE: f32 = 0.6;
/// For a law, against the decrees and circulars that guide it: these repeat the law's words more
/// often than the law itself, and who asks for a rule asks for the law first.
const LAW_BONUS: f32 = 1.0;
/// For documents of labour law where others are held, too.
const LABOUR_BONUS: f32 = 0.5;
/// For the article that says what the term asked for means.
const MEANING_BONUS: f32 = 1.0;
/// For an article that holds a number of the unit asked for.
const NUMBER_BONUS: f32 = 0.5;
/// What an article on a special case loses where the question tells nothing of it: the general
/// rule comes first.
const SPECIAL_LOSS: f32 = 0.5;
/// What an annex loses: forms and lists share words with everything and answer little.
const ANNEX_LOSS: f32 = 1.0;
/// For an article on the act of the party asked about; what one on the other party's act loses.
const ACTOR_BONUS: f32 = 0.5;
/// For articles of a document the question names without an article.
const DOCUMENT_BONUS: f32 = 1.0;
/// For the article the question names with its document.
const DIRECT_BONUS: f32 = 100.0;
/// For articles of the label the question names without a document.
const LABEL_BONUS: f32 = 2.0;
/// For the labour code's among them: the code is meant where nothing is named.
const LABEL_CODE_BONUS: f32 = 1.0;

/// Candidates, best by words and meaning, that are read for what is asked.
const READ_MAX: usize = 100;
/// Syllables between a term and the word that begins its explanation.
const SYLLABLES_BEFORE_IS_MAX: usize = 8;
/// Characters of a clause that are read for that.
const CLAUSE_HEAD_CHARS: usize = 240;

/// How a score came about: each part as it went into the sum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    /// Accented words.
    pub words: f32,
    /// Folded words.
    pub folded: f32,
    /// Vectors.
    pub meaning: f32,
    /// It is a law and not what guides one.
    pub law: f32,
    /// It is labour law.
    pub labour: f32,
    /// It explains the term asked for.
    pub term: f32,
    /// The question names it or its document.
    pub named: f32,
    /// It has a number of the unit asked for.
    pub number: f32,
    /// It is on a special case of which the question tells nothing, or an annex.
    pub special: f32,
    /// It is on the act of the party asked about, or of the other one.
    pub actor: f32,
    /// It changed places with a twin of another time.
    pub newer: f32,
}

impl Parts {
    /// The score.
    pub fn sum(&self) -> f32 {
        self.all().iter().map(|(_, value)| value).sum()
    }

    /// Each part by its name.
    pub fn all(&self) -> [(&'static str, f32); 11] {
        [
            ("words", self.words),
            ("words_folded", self.folded),
            ("meaning", self.meaning),
            ("law", self.law),
            ("labour", self.labour),
            ("term", self.term),
            ("named", self.named),
            ("number", self.number),
            ("special", self.special),
            ("actor", self.actor),
            ("newer", self.newer),
        ]
    }
}

/// What the texts say of each candidate, in one order.
pub struct Lists<'a> {
    /// BM25 of the accented words.
    pub words: &'a [f32],
    /// BM25 of the folded words.
    pub folded: &'a [f32],
    /// Cosines, none where the vectors are still to come; none at all without vectors.
    pub cosines: Option<&'a [Option<f32>]>,
}

/// Scores the candidates.
pub fn score(
    generation: &Generation,
    understood: &Understood,
    named: &Named,
    candidates: &[usize],
    lists: &Lists<'_>,
) -> Vec<Parts> {
    let mut parts = from_lists(lists);
    let law_bonus = if asks_for_guidance(understood) { 0.0 } else { LAW_BONUS };
    for (parts, article) in parts.iter_mut().zip(candidates) {
        let document = generation.document_of(*article);
        parts.law = if is_law(document) { law_bonus } else { 0.0 };
        let is_labour = generation.is_labour(generation.layout.articles[*article].document);
        parts.labour = if is_labour { LABOUR_BONUS } else { 0.0 };
        parts.named = named_bonus(generation, named, *article, is_labour);
    }
    read_best(generation, understood, candidates, &mut parts);
    parts
}

/// Reads the best candidates for what the question asks and tells beside its words.
fn read_best(generation: &Generation, understood: &Understood, candidates: &[usize], parts: &mut [Parts]) {
    let case = fit::Case::of(&understood.text, intent::units(&understood.text));
    let mut best: Vec<usize> = (0..parts.len()).collect();
    best.sort_by(|a, b| parts[*b].sum().total_cmp(&parts[*a].sum()).then(a.cmp(b)));
    best.truncate(READ_MAX);
    for at in best {
        let (article, parts) = (candidates[at], &mut parts[at]);
        if understood.term.as_ref().is_some_and(|term| explains(generation, article, term)) {
            parts.term = MEANING_BONUS;
        }
        // What is named is meant, whatever case it is on.
        if 0.0 < parts.named {
            continue;
        }
        let document = generation.document_of(article);
        let node = generation.layout.articles[article].node;
        let special = if case.is_untold(document, node) { SPECIAL_LOSS } else { 0.0 };
        let annex = if document.nodes()[node].kind == NodeKind::Annex { ANNEX_LOSS } else { 0.0 };
        parts.special = -special - annex;
        parts.number = if case.has_number(document.provision_text(node)) { NUMBER_BONUS } else { 0.0 };
        parts.actor = ACTOR_BONUS * case.acts(&document.nodes()[node].title);
    }
}

/// Words and meaning. Where vectors are still to come, words stand in.
fn from_lists(lists: &Lists<'_>) -> Vec<Parts> {
    let (words, folded) = (z_scores(lists.words), z_scores(lists.folded));
    let part = |(words, folded): (&f32, &f32)| Parts {
        words: ACCENTED_SHARE * words,
        folded: (1.0 - ACCENTED_SHARE) * folded,
        ..Parts::default()
    };
    let mut parts: Vec<Parts> = words.iter().zip(&folded).map(part).collect();
    if let Some(cosines) = lists.cosines {
        let by_words: Vec<f32> = parts.iter().map(Parts::sum).collect();
        let meaning = z_scores(&partial::complete(cosines, &by_words));
        for (parts, meaning) in parts.iter_mut().zip(meaning) {
            parts.words *= 1.0 - DENSE_WEIGHT;
            parts.folded *= 1.0 - DENSE_WEIGHT;
            parts.meaning = DENSE_WEIGHT * meaning;
        }
    }
    parts
}

/// Penalties stand in decrees, and so do the amounts of minimum wages (Điều 91 khoản 3 of the Labour
/// Code 45/2019/QH14, in force from 2021-01-01); who names a decree wants the decree.
pub fn asks_for_guidance(understood: &Understood) -> bool {
    let text = understood.text.to_lowercase();
    let asks_amount = intent::region(&text).is_some() || ["bao nhiêu", "mấy"].iter().any(|word| text.contains(word));
    understood.is_about_penalty
        || text.contains("lương tối thiểu") && asks_amount
        || ["nghị định", "thông tư"].iter().any(|kind| text.contains(kind))
}

/// Whether a document is itself a law, or stands for one.
pub fn is_law(document: &Document) -> bool {
    match document.meta.kind {
        DocumentKind::Constitution
        | DocumentKind::Code
        | DocumentKind::Law
        | DocumentKind::Ordinance
        | DocumentKind::Charter
        | DocumentKind::Digest => true,
        DocumentKind::Consolidated => document.law_id().ends_with("VPQH"),
        DocumentKind::Resolution
        | DocumentKind::Decree
        | DocumentKind::Decision
        | DocumentKind::Circular
        | DocumentKind::Agreement
        | DocumentKind::Guide
        | DocumentKind::Other => false,
    }
}

fn named_bonus(generation: &Generation, named: &Named, article: usize, is_labour: bool) -> f32 {
    if named.is_article(generation, article) {
        return DIRECT_BONUS;
    }
    if named.is_of_document(generation, article) {
        return DOCUMENT_BONUS;
    }
    let is_unnamed = named.standing == super::named::Standing::Unnamed;
    if is_unnamed && named.has_label(generation, article) {
        let is_code = is_labour && generation.document_of(article).meta.kind == DocumentKind::Code;
        return LABEL_BONUS + if is_code { LABEL_CODE_BONUS } else { 0.0 };
    }
    0.0
}

/// Whether a clause of the article begins with the term and goes on to say what it is.
fn explains(generation: &Generation, article: usize, term: &str) -> bool {
    let entry = &generation.layout.articles[article];
    let document = generation.at(entry.document);
    let is_glossary = document.nodes()[entry.node].title.to_lowercase().starts_with("giải thích từ ngữ");
    let term: Vec<&str> = term.split(' ').collect();
    let begins_with_it = |passage: usize| {
        let range = generation.layout.passages[passage].passage.range.clone();
        document.text()[range].split('\n').any(|line| says_what(line, &term, is_glossary))
    };
    entry.passages.clone().any(begins_with_it)
}

/// `3. Ca trực là …`; in a glossary a few words may stand between: `Ca trực (…) theo luật này là …`.
fn says_what(line: &str, term: &[&str], is_glossary: bool) -> bool {
    let head = syllables(crate::law::text::shorten(line, CLAUSE_HEAD_CHARS));
    let label = head.iter().take_while(|syllable| syllable.chars().next().is_some_and(|c| c.is_ascii_digit())).count();
    let Some(rest) = head[label..].strip_prefix_of(term) else { return false };
    let reach = if is_glossary { SYLLABLES_BEFORE_IS_MAX } else { 0 };
    rest.iter().take(reach + 1).any(|syllable| syllable == "là")
}

/// What follows a run of syllables at the beginning.
trait StripPrefixOf {
    fn strip_prefix_of(&self, prefix: &[&str]) -> Option<&[String]>;
}

impl StripPrefixOf for [String] {
    fn strip_prefix_of(&self, prefix: &[&str]) -> Option<&[String]> {
        let (head, rest) = self.split_at_checked(prefix.len())?;
        head.iter().zip(prefix).all(|(own, wanted)| own == wanted).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_words_and_meaning_add_up_to_the_weighted_sum() {
        let (words, folded, cosines) = ([1.0, 4.0, 2.0], [0.5, 0.0, 3.0], [Some(0.2), Some(0.9), Some(0.4)]);
        let lists = Lists { words: &words, folded: &folded, cosines: Some(&cosines) };
        let known: Vec<f32> = cosines.iter().flatten().copied().collect();
        let share = 1.0 - DENSE_WEIGHT;
        let weights = [share * ACCENTED_SHARE, share * (1.0 - ACCENTED_SHARE), DENSE_WEIGHT];
        let z = [z_scores(&words), z_scores(&folded), z_scores(&known)];
        for (at, parts) in from_lists(&lists).iter().enumerate() {
            let sum: f32 = weights.iter().zip(&z).map(|(weight, z)| weight * z[at]).sum();
            assert!((parts.sum() - sum).abs() < 1e-5, "{parts:?}");
        }
    }

    #[test]
    fn a_clause_explains_the_term_it_begins_with() {
        let term = ["ca", "trực"];
        assert!(says_what("3. Ca trực là khoảng thời gian canh đèn.", &term, false));
        assert!(says_what("Ca trực (sau đây gọi là ca) là khoảng thời gian.", &term, true));
        assert!(!says_what("3. Ca trực dài nhất của thợ là tám giờ.", &term, false));
        assert!(!says_what("4. Đèn là vật sáng trong ca trực.", &term, true));
        assert!(!says_what("Ca", &term, true) && !says_what("", &term, true));
    }
}
