/*! What a member is asked to agree to. */

/// What a member is asked to agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// That their questions and answers are kept for them.
    KeepQuestions,
    /// That counsellors look, without knowing who asked, at kept answers where something is at
    /// stake.
    Review,
    /// That kept questions are counted, without a name, for what many ask.
    Topics,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::KeepQuestions, Self::Review, Self::Topics];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeepQuestions => "keep-questions",
            Self::Review => "review",
            Self::Topics => "topics",
        }
    }

    /// The purpose of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}
