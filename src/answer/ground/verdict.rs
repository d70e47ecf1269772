/*!
From single comparisons to a verdict: which rule carries a sentence, or why none does.
*/

use super::{
    Evidence, acts, align, conditions, frames,
    held::Said,
    lexicon::Modal,
    mentions, modality, parties, points, shape,
    taken::Taken,
    tokens::{Kind, Token, tokens},
    units::Unit,
    wording::{self, Coverage, HELD_SHARE_MIN, NumberFault},
};

/// Shortest sentence that claims anything, in content tokens.
const CLAIM_TOKENS_MIN: usize = 2;
/// Rules compared in full, the best first.
const RULES_MAX: usize = 6;
/// Share of the best rule's score another one must reach to be compared.
const RULE_SCORE_SHARE: f32 = 0.6;
/// Least words of its own line that a part of a listing sentence must take up.
const PART_OWN_TOKENS_MIN: usize = 3;
/// Most parts a listing sentence is cut into.
const PARTS_MAX: usize = 12;

/// Why a sentence is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    ForeignMark,
    ForgedMark,
    NoSource,
    NotInForce,
    TooShort,
    TooLong,
    Question,
    ForeignMatter,
    Misquote,
    Judgement,
    Number,
    Bound,
    Party,
    Modality,
    Polarity,
    Prohibition,
    Exception,
    Condition,
    Reference,
    Term,
    Mixed,
    Wording,
    Contradiction,
}

impl Fault {
    /// In Vietnamese, for members.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::ForeignMark => "dẫn một điều luật không có trong phần trích",
            Self::ForgedMark => "có dấu trích dẫn không phải do hệ thống đánh số",
            Self::NoSource => "không dẫn điều luật nào",
            Self::NotInForce => "điều luật được dẫn không có hiệu lực vào ngày được hỏi",
            Self::TooShort => "quá ngắn để đối chiếu",
            Self::TooLong => "quá dài để đối chiếu",
            Self::Question => "là câu hỏi, không phải câu trả lời",
            Self::ForeignMatter => "có nội dung không phải câu trả lời (lệnh, đường dẫn hoặc mã)",
            Self::Misquote => "có phần trong ngoặc kép không đúng nguyên văn điều luật được dẫn",
            Self::Judgement => "kết luận đúng sai mà điều luật được dẫn không nói",
            Self::Number => "có con số không có trong điều luật được dẫn",
            Self::Bound => "bỏ hoặc đổi chữ “ít nhất”, “tối đa”, “trên”, “dưới” của con số",
            Self::Party => "nói sai ai phải làm hoặc ai được hưởng so với điều luật được dẫn",
            Self::Modality => "đổi “phải” thành “được” hoặc ngược lại so với điều luật được dẫn",
            Self::Polarity => "khẳng định hoặc phủ định khác điều luật được dẫn",
            Self::Prohibition => "bỏ mất chữ “không” của điều luật được dẫn",
            Self::Exception => "bỏ mất trường hợp ngoại lệ của điều luật được dẫn",
            Self::Condition => "bỏ mất điều kiện hoặc trường hợp mà điều luật được dẫn nêu",
            Self::Reference => "nhắc điều, khoản hoặc văn bản khác với phần được dẫn",
            Self::Term => "dùng từ chỉ việc khác với điều luật được dẫn",
            Self::Mixed => "ghép hai quy định khác nhau của điều luật được dẫn",
            Self::Wording => "nội dung không có trong điều luật được dẫn",
            Self::Contradiction => "tự mâu thuẫn",
        }
    }
}

/// The numbers of the evidence that carries the sentence, of all `rules` there are. `opening`
/// is what stood before it.
///
/// # Errors
/// The fault found against the rule that is nearest to it.
pub(super) fn grounds(
    (opening, text): (shape::Opening, &str),
    marks: &[usize],
    evidence: &[Evidence<'_>],
    rules: &[Unit],
    question: &[Token],
) -> Result<Vec<usize>, Fault> {
    if marks.iter().any(|n| !evidence.iter().any(|e| e.n == *n)) {
        return Err(Fault::ForeignMark);
    }
    let cited: Vec<Evidence<'_>> =
        evidence.iter().filter(|e| marks.is_empty() || marks.contains(&e.n)).copied().collect();
    if let Some(fault) = misshapen(text, &cited) {
        return Err(fault);
    }
    let in_force: Vec<Evidence<'_>> = cited.iter().filter(|e| e.in_force).copied().collect();
    if in_force.is_empty() || (!marks.is_empty() && in_force.len() < cited.len()) {
        return Err(if cited.is_empty() { Fault::NoSource } else { Fault::NotInForce });
    }
    let said = statement(text)?;
    let (source, said) = mentions::split_source(&said);
    let said = Said::new(said.to_vec());
    if contradicts(opening, &said.tokens) {
        return Err(Fault::Contradiction);
    }
    let rules: Vec<&Unit> = rules.iter().filter(|rule| in_force.iter().any(|e| e.n == rule.n)).collect();
    let ask = Asked { rules: &rules, evidence: &in_force, question, source };
    let fault = match ask.carrier(&said) {
        Ok(rule) => return confirmed(text, vec![rule.n], evidence),
        Err(fault) => fault,
    };
    // Only what one rule lacks may be made up by another, never what it contradicts.
    let may_list = matches!(fault, Fault::Wording | Fault::Number | Fault::Mixed | Fault::Term | Fault::Condition);
    match ask.carriers_of_parts(&said.tokens).filter(|_| may_list) {
        Some(numbers) => confirmed(text, numbers, evidence),
        None => Err(fault),
    }
}

/// Quotation marks and judgements must be covered by what is cited in the end.
fn confirmed(text: &str, numbers: Vec<usize>, evidence: &[Evidence<'_>]) -> Result<Vec<usize>, Fault> {
    let cited: Vec<Evidence<'_>> = evidence.iter().filter(|e| numbers.contains(&e.n)).copied().collect();
    misshapen(text, &cited).map_or(Ok(numbers), Err)
}

fn misshapen(text: &str, cited: &[Evidence<'_>]) -> Option<Fault> {
    let faults: [(bool, Fault); 6] = [
        (shape::SENTENCE_CHARS_MAX < text.chars().count(), Fault::TooLong),
        (shape::has_forged_mark(text), Fault::ForgedMark),
        (shape::is_foreign_matter(text), Fault::ForeignMatter),
        (shape::asks(text), Fault::Question),
        (shape::misquotes(text, cited), Fault::Misquote),
        (shape::judges_beyond(text, cited), Fault::Judgement),
    ];
    faults.into_iter().find(|(is, _)| *is).map(|(_, fault)| fault)
}

/// The tokens of a sentence that states something.
fn statement(text: &str) -> Result<Vec<Token>, Fault> {
    let mut said = tokens(text);
    // "a) …", "1. …": the label of a list the model writes.
    let is_label = |t: &Token| match &t.kind {
        Kind::Word => t.words.chars().count() == 1,
        Kind::Number(number) => number.unit.is_empty(),
        _ => false,
    };
    if matches!(said.as_slice(), [label, Token { kind: Kind::Break(')' | '.'), .. }, _, ..] if is_label(label)) {
        said.drain(..2);
    }
    // A sign at the end ends nothing that could be compared.
    while matches!(said.last(), Some(Token { kind: Kind::Break(_), .. })) {
        said.pop();
    }
    if said.iter().filter(|t| t.is_content()).count() < CLAIM_TOKENS_MIN {
        return Err(Fault::TooShort);
    }
    Ok(said)
}

/// Whether "Có," stands before what is forbidden.
fn contradicts(verdict: shape::Opening, said: &[Token]) -> bool {
    let first = said.iter().find_map(|t| match t.kind {
        Kind::Modal(modal) => Some(modal),
        _ => None,
    });
    verdict == shape::Opening::Yes && first == Some(Modal::MustNot)
}

/// What a sentence is held against.
struct Asked<'a> {
    rules: &'a [&'a Unit],
    evidence: &'a [Evidence<'a>],
    question: &'a [Token],
    /// What the sentence gives as its source.
    source: &'a [Token],
}

impl Asked<'_> {
    /// The rule that carries the sentence alone.
    fn carrier(&self, said: &Said) -> Result<&Unit, Fault> {
        let near = self.rules.iter().filter(|rule| HELD_SHARE_MIN <= Coverage::at_most(said, rule));
        let mut laid: Vec<(&Unit, align::Alignment)> =
            near.map(|rule| (*rule, align::align(&said.tokens, rule))).collect();
        // The first of equals: a line comes before its sentences.
        laid.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        let best = laid.first().map_or(0.0, |(_, alignment)| alignment.score);
        let mut first_fault = None;
        for (rule, alignment) in laid.iter().take(RULES_MAX).filter(|(_, a)| RULE_SCORE_SHARE * best <= a.score) {
            match self.fault(said, rule, alignment) {
                None => return Ok(rule),
                Some(fault) if !rule.is_list => {
                    first_fault.get_or_insert(fault);
                }
                Some(_) => {}
            }
        }
        Err(first_fault.unwrap_or(Fault::Wording))
    }

    fn fault(&self, sentence: &Said, rule: &Unit, alignment: &align::Alignment) -> Option<Fault> {
        let said = sentence.tokens.as_slice();
        let coverage = Coverage::of(sentence, rule, alignment);
        if !coverage.is_enough() || (rule.is_list && !alignment.follows_list(said, &rule.tokens)) {
            return Some(Fault::Wording);
        }
        let of_rule = self.evidence.iter().find(|e| e.n == rule.n)?;
        match wording::numbers(said, rule, alignment, self.question) {
            Some(NumberFault::Foreign) => return Some(Fault::Number),
            Some(NumberFault::Bound) => return Some(Fault::Bound),
            None => {}
        }
        if parties::differ(said, rule, alignment) {
            return Some(Fault::Party);
        }
        match modality::difference(said, rule, alignment, parties::turns_passive(said, rule, alignment)) {
            Some(modality::Difference::Modality) => return Some(Fault::Modality),
            Some(modality::Difference::Polarity) => return Some(Fault::Polarity),
            Some(modality::Difference::Prohibition) => return Some(Fault::Prohibition),
            None => {}
        }
        let taken = Taken::of(sentence, rule, alignment);
        let faults: [(bool, Fault); 7] = [
            (acts::is_forbidden_beside(sentence, rule, alignment, self.rules), Fault::Polarity),
            (
                mentions::is_foreign_source(self.source, rule, of_rule)
                    || mentions::is_foreign(said, rule, of_rule, alignment),
                Fault::Reference,
            ),
            (
                wording::drops_exception(said, rule, alignment) || wording::alters_exception(sentence, rule),
                Fault::Exception,
            ),
            (
                coverage.has_foreign_term()
                    || wording::swaps_terms(sentence, rule, alignment)
                    || wording::names_neighbour(said, rule)
                    || wording::swaps_neighbours(said, rule, alignment)
                    || acts::is_foreign(sentence, rule, alignment)
                    || acts::has_foreign_subject(sentence, rule, alignment),
                Fault::Term,
            ),
            (
                points::names_no_point(rule, &taken)
                    || conditions::adds_only(said, rule)
                    || conditions::states_condition(rule, &taken)
                    || acts::is_only_supposed(said, rule, alignment)
                    || conditions::drops(said, rule, &taken)
                    || points::takes_bare_number(sentence, rule, alignment, &taken)
                    || frames::drops_frame(said, rule, alignment),
                Fault::Condition,
            ),
            (
                points::is_case_of_sibling(sentence, rule, alignment, self.rules)
                    || frames::mixes_alternatives(said, rule, alignment, &taken),
                Fault::Mixed,
            ),
            (!rule.is_list && wording::mixes_rules(sentence, rule, self.rules), Fault::Mixed),
        ];
        faults.into_iter().find(|(is, _)| *is).map(|(_, fault)| fault)
    }

    /// The evidence that carries a sentence which lists several rules, part by part.
    ///
    /// A part that only takes up what its rule shares with its neighbours could join one
    /// neighbour's number to another's condition: each must take up words of its own line.
    fn carriers_of_parts(&self, said: &[Token]) -> Option<Vec<usize>> {
        let parts = parts(said);
        if parts.len() < 2 || PARTS_MAX < parts.len() {
            return None;
        }
        let mut numbers = Vec::new();
        let mut subject: Option<Token> = None;
        for part in parts {
            let mut part: Vec<Token> = part.to_vec();
            let named = part.iter().position(|t| matches!(t.kind, Kind::Party(_)));
            match (named, &subject) {
                (Some(at), _) => subject = Some(part[at].clone()),
                (None, Some(subject)) if part.iter().any(|t| matches!(t.kind, Kind::Modal(_))) => {
                    part.insert(0, subject.clone());
                }
                _ => {}
            }
            let part = Said::new(part);
            let rule = self.carrier(&part).ok()?;
            let alignment = align::align(&part.tokens, rule);
            let own = alignment
                .partner
                .iter()
                .flatten()
                .filter(|l| rule.own_from <= **l && matches!(rule.tokens[**l].kind, Kind::Word | Kind::Party(_)))
                .count();
            if own < PART_OWN_TOKENS_MIN {
                return None;
            }
            if !numbers.contains(&rule.n) {
                numbers.push(rule.n);
            }
        }
        Some(numbers)
    }
}

/// The parts of a sentence between commas and "và", none too short to be compared.
fn parts(said: &[Token]) -> Vec<&[Token]> {
    let mut parts: Vec<&[Token]> = Vec::new();
    let mut start = 0;
    let content = |part: &[Token]| part.iter().filter(|t| t.is_content()).count();
    for (at, token) in said.iter().enumerate() {
        let ends =
            matches!(token.kind, Kind::Break(_)) || matches!(token.words.as_str(), "và" | "còn" | "hoặc" | "nhưng");
        if ends && PART_OWN_TOKENS_MIN <= content(&said[start..at]) && PART_OWN_TOKENS_MIN <= content(&said[at + 1..]) {
            parts.push(&said[start..at]);
            start = at + 1;
        }
    }
    parts.push(&said[start..]);
    parts
}
