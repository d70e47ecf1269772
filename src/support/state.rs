/*! What can be asked for, and how far a request has come. Pure. */

/// What a member needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Money or goods in a hard time.
    Hardship,
    /// A telephone for who had one of the second generation only, which no network carries now.
    Smartphone,
    /// Somebody who goes along: to the employer, an office, a court.
    Legal,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Hardship, Self::Smartphone, Self::Legal, Self::Other];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hardship => "hardship",
            Self::Smartphone => "smartphone",
            Self::Legal => "legal",
            Self::Other => "other",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Hardship => "Khó khăn, cần trợ giúp",
            Self::Smartphone => "Điện thoại thông minh (khi tắt sóng 2G)",
            Self::Legal => "Cần người đi cùng về pháp lý",
            Self::Other => "Việc khác",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nobody has taken it.
    Sent,
    /// An officer has it in hand.
    Taken,
    /// The officer waits for the member's answer; the clock stands still.
    Asked,
    /// It will be given.
    Approved,
    /// It will not, and the member knows why.
    Refused,
    /// It was given.
    Done,
    /// The member took it back.
    Withdrawn,
}

/// What brings a request on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An officer takes it in hand, or from another officer's.
    Take,
    /// The officer asks the member.
    Ask,
    /// The member answers.
    Answer,
    /// The officer promises it.
    Approve,
    /// The officer refuses it.
    Refuse,
    /// It was handed over.
    Finish,
    /// The member takes it back.
    Withdraw,
    /// It goes to the unit above.
    Escalate,
}

impl State {
    /// All states, in their order.
    pub const ALL: [Self; 7] =
        [Self::Sent, Self::Taken, Self::Asked, Self::Approved, Self::Refused, Self::Done, Self::Withdrawn];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Taken => "taken",
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sent => "đã gửi",
            Self::Taken => "cán bộ đã nhận",
            Self::Asked => "chờ bạn bổ sung",
            Self::Approved => "đã duyệt",
            Self::Refused => "không duyệt",
            Self::Done => "đã xong",
            Self::Withdrawn => "đã rút",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether it still awaits a decision.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Taken | Self::Asked)
    }

    /// The state after a step; `None` where that step cannot be taken.
    pub fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Sent | Self::Taken | Self::Asked, Step::Take) => Some(match self {
                Self::Asked => Self::Asked,
                _ => Self::Taken,
            }),
            (Self::Taken, Step::Ask) => Some(Self::Asked),
            (Self::Asked, Step::Answer) => Some(Self::Taken),
            (Self::Taken | Self::Asked, Step::Approve) => Some(Self::Approved),
            (Self::Taken | Self::Asked, Step::Refuse) => Some(Self::Refused),
            (Self::Approved, Step::Finish) => Some(Self::Done),
            (state, Step::Withdraw) if state.is_open() => Some(Self::Withdrawn),
            (state, Step::Escalate) if state.is_open() => Some(Self::Sent),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 8] = [
        Step::Take,
        Step::Ask,
        Step::Answer,
        Step::Approve,
        Step::Refuse,
        Step::Finish,
        Step::Withdraw,
        Step::Escalate,
    ];

    #[test]
    fn what_is_decided_stays_decided() {
        for state in [State::Refused, State::Done, State::Withdrawn] {
            assert!(STEPS.iter().all(|step| state.after(*step).is_none()), "{state:?}");
        }
        let after: Vec<Step> = STEPS.into_iter().filter(|step| State::Approved.after(*step).is_some()).collect();
        assert_eq!(after, [Step::Finish], "what was promised is handed over, and not taken back");
        assert_eq!(State::Sent.after(Step::Approve), None, "nobody decides what they have not taken");
        assert_eq!(State::Asked.after(Step::Take), Some(State::Asked), "a question stays open under another hand");
    }

    #[test]
    fn names_are_read_again() {
        assert!(State::ALL.iter().all(|state| State::parse(state.name()) == Some(*state)));
        assert!(Kind::ALL.iter().all(|kind| Kind::parse(kind.name()) == Some(*kind)));
        assert_eq!((State::parse(""), Kind::parse("x")), (None, None));
    }
}
