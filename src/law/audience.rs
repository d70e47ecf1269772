/*!
Who may see a text that is limited to a unit.

An agreement or a form can be limited to the members of one unit. Whoever asks brings an
[`Audience`]; what it does not see is not there for them. Which units a person belongs to is
settled elsewhere (`accounts`): this is the value that is carried.
*/

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

/// For whom the corpus is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Audience {
    /// Everybody: what is limited to no unit.
    #[default]
    Public,
    /// People of units, by code: what is limited to one of them, too.
    Units {
        /// The unit they belong to and those above it.
        own: BTreeSet<String>,
        /// Units that a role of theirs reaches.
        over: BTreeSet<String>,
    },
    /// Whoever keeps the corpus itself: everything.
    Keeper,
}

impl Audience {
    /// People who belong to units, by code; of none they are everybody.
    pub fn of_units<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        Self::of_people(codes, [])
    }

    /// People who belong to units and have roles over units.
    pub fn of_people<'a>(own: impl IntoIterator<Item = &'a str>, over: impl IntoIterator<Item = &'a str>) -> Self {
        let (own, over) = (codes(own), codes(over));
        if own.is_empty() && over.is_empty() { Self::Public } else { Self::Units { own, over } }
    }

    /// Whether a text limited to `unit` (none: to nobody) is there for them.
    pub fn sees(&self, unit: Option<&str>) -> bool {
        match (self, unit) {
            (_, None) | (Self::Keeper, _) => true,
            (Self::Public, Some(_)) => false,
            (Self::Units { own, over }, Some(unit)) => own.contains(&code(unit)) || over.contains(&code(unit)),
        }
    }

    /// Whether a text limited to `unit` is that of their own unit.
    pub fn owns(&self, unit: Option<&str>) -> bool {
        matches!((self, unit), (Self::Units { own, .. }, Some(unit)) if own.contains(&code(unit)))
    }
}

fn codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    codes.into_iter().map(code).filter(|code| !code.is_empty()).collect()
}

/// A code as codes are compared: composed, without spaces around it.
fn code(text: &str) -> String {
    text.trim().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_limited_is_there_for_its_units_alone() {
        let members = Audience::of_units(["CĐ-1", "CĐ-1.2"]);
        for (audience, sees) in [(Audience::Public, false), (members.clone(), true), (Audience::Keeper, true)] {
            assert_eq!(audience.sees(Some("CĐ-1")), sees, "{audience:?}");
            assert!(audience.sees(None));
        }
        assert!(!members.sees(Some("CĐ-10")) && !members.sees(Some("CĐ")) && !members.sees(Some("")));
        let decomposed: String = " CĐỘ-1 ".nfd().collect();
        assert!(Audience::of_units([decomposed.as_str()]).sees(Some("CĐỘ-1")));
        assert_eq!(Audience::of_units([" "]), Audience::Public, "no code is no unit");
        let officer = Audience::of_people(["CĐ"], ["CĐ-1"]);
        assert!(officer.sees(Some("CĐ-1")) && !officer.owns(Some("CĐ-1")) && officer.owns(Some("CĐ")));
    }
}
