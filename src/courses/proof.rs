/*!
Whether the law still says what a key rests on. Pure: the law is handed in.

A question is bound to the version of each provision it cites by the hash of its text and of the
notes on it: an amendment that could not be merged is told in a note and nowhere else. Where either
is another one, has ended or is gone, the question is stale and leaves service. A document
that this corpus does not hold says nothing either way: such a proof is unchecked, is told to the
editors, and is bound as soon as the document is held.
*/

use std::collections::BTreeMap;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::course::{Course, Proof, Question};
use crate::law::text::stored_form;

/// SHA-256 of the text of a provision and of the notes on it.
pub type TextHash = [u8; 32];

/// What the law says at a provision on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provision {
    /// The corpus does not hold the document.
    NotHeld,
    /// The document is there, the provision is not, or is not in force.
    NotInForce,
    /// It is in force.
    InForce {
        /// Its text.
        text: String,
        /// What readers are told of it: amendments that the text does or does not hold.
        notes: Vec<String>,
        /// How it is cited.
        citation: String,
    },
}

/// Reads a provision by its id.
type Read = Box<dyn Fn(&str) -> Provision + Send + Sync>;

/// The law as it is served now.
pub struct LawNow {
    /// Id of the generation; none where there is no index.
    pub release: Option<String>,
    /// Today.
    pub today: Date,
    /// Reads a provision.
    pub read: Read,
}

/// A question's place in a course.
pub type QuestionPlace = (String, String);

/// The version of a provision a question is bound to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    /// The lesson.
    pub lesson: String,
    /// The question.
    pub question: String,
    /// The provision.
    pub provision: String,
    /// Hash of its text and notes.
    pub text: TextHash,
}

/// Why a question has left service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// The provision has another text, or other notes, than the question was written for.
    Changed,
    /// The provision has ended or is gone.
    Ended,
    /// The fact does not stand in the provision.
    FactMissing,
}

impl Stale {
    /// In words, for editors.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Changed => "điều khoản căn cứ đã đổi nội dung hoặc có ghi chú sửa đổi mới",
            Self::Ended => "điều khoản căn cứ không còn hiệu lực hoặc không còn trong kho luật",
            Self::FactMissing => "điều khoản căn cứ không chứa dữ kiện đã ghi",
        }
    }
}

/// A proof as a member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownProof {
    /// Provision id.
    pub provision: String,
    /// How it is cited.
    pub citation: String,
    /// Whether it can be opened here.
    pub is_held: bool,
}

/// How a question stands today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Why it has left service.
    pub stale: Option<(Stale, String)>,
    /// Provisions that could not be checked, as their documents are not held.
    pub unchecked: Vec<String>,
    /// Its proofs, to be shown.
    pub proofs: Vec<ShownProof>,
}

impl Standing {
    /// Whether it is asked.
    pub fn in_service(&self) -> bool {
        self.stale.is_none()
    }
}

/// How all questions of a course stand, and the bindings that are new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    /// By lesson and question.
    pub of: BTreeMap<QuestionPlace, Standing>,
    /// Proofs that were seen for the first time.
    pub new_bindings: Vec<Binding>,
}

impl Standings {
    /// How a question stands.
    pub fn get(&self, lesson: &str, question: &str) -> Option<&Standing> {
        self.of.get(&(lesson.to_owned(), question.to_owned()))
    }

    /// Whether a question is asked.
    pub fn in_service(&self, lesson: &str, question: &str) -> bool {
        self.get(lesson, question).is_some_and(Standing::in_service)
    }
}

/// Hash of a provision's text with the notes on it; without notes that of the text alone.
pub fn text_hash(text: &str, notes: &[String]) -> TextHash {
    let mut digest = Sha256::new_with_prefix(text.as_bytes());
    for note in notes {
        // A sign that no stored text holds keeps a note from being taken for text.
        digest.update([0]);
        digest.update(note.as_bytes());
    }
    digest.finalize().into()
}

/// Whether `fact` stands in `text` as a whole: small and capital letters and white space do not
/// count, and a number is not part of a longer one, also across a dot or comma between digits.
pub fn stands(fact: &str, text: &str) -> bool {
    let (fact, text) = (folded(fact), folded(text));
    !fact.is_empty()
        && text.match_indices(&fact).any(|(at, found)| {
            let before = text.get(..at).unwrap_or_default().chars().rev();
            let after = text.get(at + found.len()..).unwrap_or_default().chars();
            !goes_on(fact.chars().next(), before) && !goes_on(fact.chars().next_back(), after)
        })
}

/// Whether the word or number that `edge` ends goes on with the signs next to it.
fn goes_on(edge: Option<char>, mut beyond: impl Iterator<Item = char>) -> bool {
    match beyond.next() {
        Some('.' | ',') => {
            edge.is_some_and(|edge| edge.is_ascii_digit()) && beyond.next().is_some_and(|sign| sign.is_ascii_digit())
        }
        sign => sign.is_some_and(char::is_alphanumeric),
    }
}

fn folded(text: &str) -> String {
    stored_form(text).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How the questions of a course stand under the law of now, given what they are bound to.
pub fn standings(course: &Course, bindings: &[Binding], law: &LawNow) -> Standings {
    let mut all = Standings::default();
    for (lesson, question) in course.questions() {
        let bound = |provision: &str| {
            let found = bindings
                .iter()
                .find(|b| b.lesson == lesson.file && b.question == question.id && b.provision == provision);
            found.map(|binding| binding.text)
        };
        let (standing, new) = standing(question, &bound, law);
        all.new_bindings.extend(new.into_iter().map(|(provision, text)| Binding {
            lesson: lesson.file.clone(),
            question: question.id.clone(),
            provision,
            text,
        }));
        all.of.insert((lesson.file.clone(), question.id.clone()), standing);
    }
    all
}

/// One question; and the versions its unbound proofs stand in.
fn standing(
    question: &Question,
    bound: &dyn Fn(&str) -> Option<TextHash>,
    law: &LawNow,
) -> (Standing, Vec<(String, TextHash)>) {
    let mut standing = Standing { stale: None, unchecked: Vec::new(), proofs: Vec::new() };
    let mut new = Vec::new();
    for proof in &question.proofs {
        let id = proof.provision.as_str();
        let found = (law.read)(id);
        let bound = bound(id);
        let citation = match &found {
            Provision::InForce { citation, .. } => citation.clone(),
            _ => citation_of(id),
        };
        let is_held = !matches!(found, Provision::NotHeld);
        if !standing.proofs.iter().any(|shown| shown.provision == proof.provision) {
            standing.proofs.push(ShownProof { provision: id.to_owned(), citation, is_held });
        }
        match check(proof, &found, bound, law) {
            Checked::Stands(text) => {
                let is_new = bound.is_none() && !new.iter().any(|(other, _)| other == id);
                new.extend(is_new.then(|| (id.to_owned(), text)));
            }
            Checked::Unknown => standing.unchecked.push(id.to_owned()),
            Checked::Stale(stale) => standing.stale = standing.stale.or(Some((stale, id.to_owned()))),
        }
    }
    // Half of a stale question's proofs are not bound: it is bound whole, or not.
    if standing.stale.is_some() {
        new.clear();
    }
    (standing, new)
}

enum Checked {
    Stands(TextHash),
    Unknown,
    Stale(Stale),
}

fn check(proof: &Proof, found: &Provision, bound: Option<TextHash>, law: &LawNow) -> Checked {
    match found {
        // What was held and is no longer is gone; without an index nothing can be said.
        Provision::NotHeld if bound.is_some() && law.release.is_some() => Checked::Stale(Stale::Ended),
        Provision::NotHeld => Checked::Unknown,
        Provision::NotInForce => Checked::Stale(Stale::Ended),
        Provision::InForce { text, notes, .. } => {
            let hash = text_hash(text, notes);
            if bound.is_some_and(|bound| bound != hash) {
                Checked::Stale(Stale::Changed)
            } else if !stands(&proof.fact, text) {
                Checked::Stale(Stale::FactMissing)
            } else {
                Checked::Stands(hash)
            }
        }
    }
}

/// A provision's id in words, where its document is not here to say how it is cited.
fn citation_of(id: &str) -> String {
    let mut parts: Vec<&str> = id.split('/').collect();
    let document = if parts.is_empty() { "" } else { parts.remove(0) };
    let word = |part: &&str| {
        let (kind, label) = part.split_once('-').unwrap_or((part, ""));
        let label = if label == "dd" { "đ" } else { label };
        match kind {
            "dieu" => format!("Điều {label}"),
            "khoan" => format!("khoản {label}"),
            "diem" => format!("điểm {label}"),
            _ => (*part).to_owned(),
        }
    };
    let path: Vec<String> = parts.iter().rev().map(word).collect();
    format!("{} ({})", path.join(" "), document.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::courses::testing;

    /// The invented provisions, one of which may be replaced.
    fn law(changed: Option<Provision>, release: Option<&str>) -> LawNow {
        let read = move |id: &str| match (&changed, id) {
            (Some(changed), "1-2020-qh99/dieu-3") => changed.clone(),
            (_, "1-2020-qh99/dieu-3") => in_force("Người đi làm có 12 ngày nghỉ."),
            (_, id) if id.starts_with("1-2020-qh99") => Provision::NotInForce,
            _ => Provision::NotHeld,
        };
        LawNow { release: release.map(str::to_owned), today: jiff::civil::date(2026, 1, 1), read: Box::new(read) }
    }

    fn in_force(text: &str) -> Provision {
        Provision::InForce { text: text.to_owned(), notes: Vec::new(), citation: "Điều 3".to_owned() }
    }

    /// Stale or unchecked of the one legal question of the invented course.
    fn state(bindings: &[Binding], law: &LawNow) -> (Option<Stale>, usize, usize) {
        let course = testing::course();
        let all = standings(&course, bindings, law);
        let standing = all.get("01-nghi", "so-ngay").unwrap();
        let skill = all.get("01-nghi", "hoi-ai").unwrap();
        assert!(skill.in_service() && skill.proofs.is_empty());
        (standing.stale.as_ref().map(|(stale, _)| *stale), standing.unchecked.len(), all.new_bindings.len())
    }

    #[test]
    fn a_question_is_bound_at_first_sight_and_goes_stale_with_its_provision() {
        let now = law(None, Some("a"));
        assert_eq!(state(&[], &now), (None, 0, 1));
        let bound = standings(&testing::course(), &[], &now).new_bindings;
        assert_eq!(state(&bound, &now), (None, 0, 0));
        let other = law(Some(in_force("Người đi làm có 12 ngày nghỉ mỗi năm.")), Some("b"));
        assert_eq!(state(&bound, &other), (Some(Stale::Changed), 0, 0), "even where the fact still stands");
        assert_eq!(state(&bound, &law(Some(Provision::NotInForce), Some("b"))), (Some(Stale::Ended), 0, 0));
        assert_eq!(state(&bound, &law(Some(Provision::NotHeld), Some("b"))), (Some(Stale::Ended), 0, 0));
        assert_eq!(state(&bound, &law(Some(Provision::NotHeld), None)), (None, 1, 0), "no index says nothing");
        assert_eq!(state(&[], &law(Some(Provision::NotHeld), Some("b"))), (None, 1, 0), "never held");
        let noted = Provision::InForce {
            text: "Người đi làm có 12 ngày nghỉ.".to_owned(),
            notes: vec!["Điều này được sửa đổi bởi một văn bản chưa nhập vào được.".to_owned()],
            citation: "Điều 3".to_owned(),
        };
        assert_eq!(state(&bound, &law(Some(noted), Some("b"))), (Some(Stale::Changed), 0, 0), "told in a note alone");
        let wrong = law(Some(in_force("Người đi làm có 112 ngày nghỉ.")), Some("b"));
        assert_eq!(state(&[], &wrong), (Some(Stale::FactMissing), 0, 0));
    }

    #[test]
    fn a_fact_stands_as_a_whole() {
        for (fact, text, expected) in [
            ("45 ngày", "ít nhất 45  NGÀY;", true),
            ("5 ngày", "ít nhất 45 ngày", false),
            ("500.000", "phạt 1.500.000 đồng", false),
            ("500.000", "phạt 500.000.000 đồng", false),
            ("5%", "giảm 1,5%", false),
            ("500.000", "phạt 500.000, hoặc hơn.", true),
            ("điểm a", "theo điểm a,5", true),
            ("85%", "ít nhất bằng 85% mức", true),
            ("cắt lương", "phạt tiền, cắt\nlương thay", true),
            ("", "abc", false),
            ("a\u{300}o", "ào", true),
        ] {
            assert_eq!(stands(fact, text), expected, "{fact} in {text}");
        }
    }

    #[test]
    fn an_id_is_told_in_words() {
        assert_eq!(citation_of("45-2019-qh14/dieu-35/khoan-1/diem-dd"), "điểm đ khoản 1 Điều 35 (45-2019-QH14)");
    }
}
