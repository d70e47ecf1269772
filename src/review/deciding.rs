/*! Decisions: made once, by whom has the case in hand, and brought back to who asked. */

use jiff::Timestamp;

use super::{
    Decision, DecisionFound, DecisionRow, Finding, Judgement, Outcome, PrecedentRow, ReviewFound, Reviews, State, link,
    not_in_hand,
};
use crate::{
    accounts::Actor,
    answer::Precedent,
    error::{Error, Result},
    history::month,
    notices::{Kind, NoticeRow},
};

/// Longest reason or correction, in characters.
const TEXT_CHARS_MAX: usize = 4_000;
/// Places under which texts are sealed.
const REASON_PLACE: &str = "reviews.reason";
const CORRECTION_PLACE: &str = "reviews.correction";

impl Reviews {
    /// Decides a case that is in hand; once the decision is final, `made` is made a precedent of
    /// along with that, and the precedent `shown` with an answer that is not right leaves service.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for one that is not in that hand; `Invalid` naming `reason`,
    /// `correction` or `sentence`.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: i64,
        decision: &Decision,
        (made, shown): (Option<PrecedentRow>, Option<&Precedent>),
        now: Timestamp,
    ) -> Result<State> {
        let row = self.within(actor, id).await?;
        let (reason, correction) = (decision.reason.trim(), decision.correction.trim());
        for (field, text) in [("reason", reason), ("correction", correction)] {
            if TEXT_CHARS_MAX < text.chars().count() {
                return Err(Error::invalid(field, format!("dài nhất {TEXT_CHARS_MAX} ký tự")));
            }
        }
        if decision.verdict != Judgement::Right && correction.is_empty() && reason.is_empty() {
            let text = "hãy viết câu trả lời đúng cho đoàn viên, hoặc lý do bác bỏ";
            return Err(Error::invalid("correction", text));
        }
        let needs_second = decision.verdict == Judgement::Dangerous && row.state != State::Second;
        let state = if needs_second { State::Second } else { State::Done };
        let seal = |place: &str, text: &str| (!text.is_empty()).then(|| self.keys.seal(place, text)).transpose();
        let decided = DecisionRow {
            by: actor.member().id,
            was: row.state,
            state,
            verdict: decision.verdict,
            sentence: decision.sentence,
            reason_sealed: seal(REASON_PLACE, reason)?,
            correction_sealed: seal(CORRECTION_PLACE, correction)?,
            notice: (state == State::Done).then(|| self.told(&row, decision, now)).transpose()?,
            precedent: made.filter(|_| state == State::Done),
            retires: shown
                .filter(|_| state == State::Done && decision.verdict != Judgement::Right)
                .map(|shown| (shown.id, shown.signed_at)),
            month: month(now),
            now,
        };
        if self.store.decide(id, &decided).await? { Ok(state) } else { Err(not_in_hand()) }
    }

    /// What was last decided finally of one's own answers in a conversation, by their places.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn outcomes(&self, actor: &Actor, conversation: &str) -> Result<Vec<(u32, Outcome)>> {
        let rows = self.store.outcomes(actor.member().id, conversation).await?;
        rows.into_iter().map(|(ordinal, found)| Ok((ordinal, self.outcome(&found)?))).collect()
    }

    /// A decision as counsellors see it.
    pub(super) fn finding(&self, actor: &Actor, found: DecisionFound) -> Result<Finding> {
        let open = |sealed: &Vec<u8>| self.keys.open_sealed(REASON_PLACE, sealed);
        Ok(Finding {
            outcome: self.outcome(&found)?,
            reason: found.reason_sealed.as_ref().map(open).transpose()?,
            is_mine: found.by == Some(actor.member().id),
            is_final: found.is_final,
        })
    }

    fn outcome(&self, found: &DecisionFound) -> Result<Outcome> {
        let open = |sealed: &Vec<u8>| self.keys.open_sealed(CORRECTION_PLACE, sealed);
        Ok(Outcome {
            verdict: found.verdict,
            sentence: found.sentence,
            correction: found.correction_sealed.as_ref().map(open).transpose()?,
            decided_at: found.decided_at,
        })
    }

    /// What who asked is told of a decision.
    fn told(&self, row: &ReviewFound, decision: &Decision, now: Timestamp) -> Result<NoticeRow> {
        let title = match (decision.verdict, decision.correction.trim().is_empty()) {
            (Judgement::Right, _) => "Cán bộ đã xem lại: câu trả lời bạn nhận là đúng",
            (Judgement::Wrong | Judgement::Incomplete, false) => "Cán bộ đã xem lại và sửa câu trả lời bạn nhận",
            (Judgement::Dangerous, false) => "Đừng làm theo câu trả lời cũ: cán bộ đã sửa lại cho bạn",
            (_, true) => "Đừng làm theo câu trả lời cũ: cán bộ đã bác bỏ câu trả lời đó",
        };
        NoticeRow::new(&self.keys, row.asker, Kind::Review, (title, &link(&row.message)), now)
    }
}
