/*!
Numbers of a rule that has several: each keeps what it is counted in and what it is given for.

"05 ngày cộng dồn trong 30 ngày" is not five days, and of "A sau 3 tháng hoặc B sau 6 tháng"
the six months are B's.
*/

use std::ops::Range;

use super::{
    align::Alignment,
    lexicon::Bound,
    taken::Taken,
    tokens::{Kind, Token},
    units::Unit,
};

fn ends_part(token: &Token) -> bool {
    matches!(token.kind, Kind::Break(_) | Kind::Exception)
        || matches!(token.words.as_str(), "hoặc" | "và" | "nhưng" | "thì")
}

/// Places of the rule whose numbers the sentence has.
fn paired_numbers<'a>(said: &'a [Token], alignment: &'a Alignment) -> impl Iterator<Item = usize> + 'a {
    let is_number = |at: &usize| matches!(said[*at].kind, Kind::Number(_));
    (0..said.len()).filter(is_number).filter_map(|at| alignment.partner[at])
}

/// Whether the sentence tells a number without the time it is counted in.
pub fn drops_frame(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let law = &unit.tokens;
    let frame = |number: usize| {
        let end = (number + 1..law.len()).find(|l| ends_part(&law[*l])).unwrap_or(law.len());
        let next = (number + 1..end).find(|l| matches!(law[*l].kind, Kind::Number(_)))?;
        match &law[next].kind {
            Kind::Number(quantity) if quantity.bound == Bound::Within || law[next - 1].words == "trong" => {
                Some(quantity)
            }
            _ => None,
        }
    };
    paired_numbers(said, alignment).filter_map(frame).any(|frame| {
        !said.iter().any(|t| match &t.kind {
            Kind::Number(own) => own.same_amount(frame),
            // "trong ngày" is "trong 01 ngày".
            Kind::Word => t.words == frame.unit,
            _ => false,
        })
    })
}

/// Whether the sentence tells the number of one alternative of a rule for another one.
pub fn mixes_alternatives(said: &[Token], unit: &Unit, alignment: &Alignment, taken: &Taken) -> bool {
    let law = &unit.tokens;
    let parts = parts(unit);
    let is_said = |part: &Range<usize>| part.clone().any(|l| law[l].is_telling() && taken.is_taken_in(law, part, l));
    let names = |part: &Range<usize>| part.clone().any(|l| law[l].is_telling());
    paired_numbers(said, alignment).any(|number| {
        let Some(own) = parts.iter().find(|part| part.contains(&number)) else { return false };
        let other_case = |part: &&Range<usize>| {
            let has_number = Range::clone(part).any(|l| {
                let (Kind::Number(a), Kind::Number(b)) = (&law[l].kind, &law[number].kind) else { return false };
                a.compared(b).is_some() && !taken.is_taken(l)
            });
            *part != own && has_number && is_said(part)
        };
        names(own) && !is_said(own) && parts.iter().any(|part| other_case(&part))
    })
}

/// The parts of a rule between signs and "hoặc".
fn parts(unit: &Unit) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = unit.lead_from;
    for at in unit.lead_from..unit.tokens.len() {
        if ends_part(&unit.tokens[at]) {
            parts.push(start..at);
            start = at + 1;
        }
    }
    parts.push(start..unit.tokens.len());
    parts
}
