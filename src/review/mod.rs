/*!
The counsellors' desk: answers ranked by what is at stake, one hand at a time, decided, and the
decision brought back to who asked.

Owns the queue's rules. A counsellor sees question and answer within their unit's subtree and
never who asked. An answer comes here when its member says so (a verdict, or that they want a
counsellor), or by itself where they agreed to that. Nobody decides their own case; what one
finds dangerous another confirms. Every decision is kept: its asker sees the last final one, also
while the case is open again. What counsellors approve may serve others as a precedent
(`precedent`), as long as the law says the same.
*/

mod deciding;
pub mod port;
pub mod precedent;
mod precedents;
mod quality;
mod risk;
mod talk;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::{
    port::*,
    precedents::{Precedents, Standing},
    quality::QualityMonth,
    talk::{Reply, Talk},
};
use crate::{
    accounts::{Actor, MemberId, Role},
    answer::Answer,
    error::{Error, Result},
    history::{History, Verdict},
    notices::{Kind, NoticeRow},
    secrets::Keys,
};

/// Cases of one page of the queue.
const QUEUE_MAX: u32 = 50;
/// Minutes a case stays in hand without a decision; then others may take it.
const CLAIM_MINUTES: i64 = 30;
/// Hours within which a case should be decided, by what is at stake.
const DUE_HOURS: [(u32, i64); 3] = [(60, 24), (30, 48), (0, 120)];
/// Hours after which a case that is still late is brought up once more.
const ESCALATE_AGAIN_HOURS: i64 = 24;
/// Cases brought up at once.
const ESCALATED_AT_ONCE_MAX: u32 = 200;
/// Risk of what a member says.
const WRONG_RISK: u32 = 50;
const UNCLEAR_RISK: u32 = 20;
const ASKED_RISK: u32 = 70;

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided.
    Open,
    /// One found it dangerous; another must look.
    Second,
    /// Decided.
    Done,
}

impl State {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Second => "second",
            Self::Done => "done",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Second, Self::Done].into_iter().find(|state| state.name() == name)
    }
}

/// What a counsellor finds of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// As the law has it.
    Right,
    /// Not as the law has it.
    Wrong,
    /// Something that matters is missing.
    Incomplete,
    /// Who follows it comes to harm.
    Dangerous,
}

impl Judgement {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Right, Self::Wrong, Self::Incomplete, Self::Dangerous];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Incomplete => "incomplete",
            Self::Dangerous => "dangerous",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Right => "Đúng",
            Self::Wrong => "Sai",
            Self::Incomplete => "Thiếu",
            Self::Dangerous => "Nguy hiểm",
        }
    }

    /// The judgement of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|judgement| judgement.name() == name)
    }
}

/// A decision as a counsellor sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What they find.
    pub verdict: Judgement,
    /// The sentence it concerns, from 1.
    pub sentence: Option<u32>,
    /// Why, for colleagues.
    pub reason: String,
    /// What is right instead, for who asked; may be left out where a reason says why nothing is.
    pub correction: String,
    /// What is to become a precedent, if anything.
    pub precedent: Option<precedent::Wish>,
}

/// A case as a counsellor sees it: nothing in it tells who asked.
#[derive(Debug, Clone)]
pub struct Case {
    /// Number.
    pub id: i64,
    /// How far it has come.
    pub state: State,
    /// From 0 to 100.
    pub risk: u32,
    /// Why it is here, in words.
    pub reasons: Vec<&'static str>,
    /// When it came.
    pub entered_at: Timestamp,
    /// When it should be decided.
    pub due_at: Timestamp,
    /// Whether that time has passed.
    pub is_late: bool,
    /// How many units up it was brought because nobody decided in time.
    pub level: u32,
    /// Whether the counsellor who looks has it in hand.
    pub is_mine: bool,
    /// Whether another has.
    pub is_taken: bool,
    /// The answer with its question.
    pub answer: Answer,
    /// What its asker says of it, with their words.
    pub heard: Option<(Verdict, Option<String>)>,
    /// What was decided so far, in order; empty in a list.
    pub findings: Vec<Finding>,
    /// What was written in it, in order; empty in a list.
    pub replies: Vec<Reply>,
    /// Whether its asker handed the conversation over.
    pub is_handed_over: bool,
    /// The whole conversation, where it was handed over; empty in a list.
    pub conversation: Vec<Answer>,
}

/// What a counsellor found, for counsellors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub outcome: Outcome,
    /// Why, for colleagues.
    pub reason: Option<String>,
    /// Whether the counsellor who looks found it.
    pub is_mine: bool,
    /// Whether who asked sees it.
    pub is_final: bool,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was found.
    pub verdict: Judgement,
    /// The sentence it concerns, from 1.
    pub sentence: Option<u32>,
    /// What is right instead.
    pub correction: Option<String>,
    /// When.
    pub decided_at: Timestamp,
}

/// The service of the desk.
pub struct Reviews {
    store: Arc<dyn ReviewStore>,
    keys: Arc<Keys>,
}

impl Reviews {
    /// The service over a store.
    pub fn new(store: Arc<dyn ReviewStore>, keys: Arc<Keys>) -> Self {
        Self { store, keys }
    }

    /// How many answers wait, and how many of them are late: for who looks after the service.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_and_late(&self, now: Timestamp) -> Result<(u64, u64)> {
        self.store.open_and_late(now).await
    }

    /// Puts an answer into the queue where something is at stake, for a member who agreed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn consider(
        &self,
        member: MemberId,
        message: (&str, u32),
        answer: &Answer,
        now: Timestamp,
    ) -> Result<bool> {
        let (risk, reasons) = risk::of(answer, message);
        if risk == 0 {
            return Ok(false);
        }
        self.enter(member, message, (risk, &reasons.join(" "), false), now).await
    }

    /// Puts an answer into the queue because its member says what they think of it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn heard(&self, actor: &Actor, message: (&str, u32), verdict: Verdict, now: Timestamp) -> Result<bool> {
        let (risk, reason) = match verdict {
            Verdict::Useful => return Ok(false),
            Verdict::Wrong => (WRONG_RISK, "wrong"),
            Verdict::Unclear => (UNCLEAR_RISK, "unclear"),
        };
        self.enter(actor.member().id, message, (risk, reason, false), now).await
    }

    /// Puts an answer into the queue because its member wants a counsellor, and hands the
    /// conversation over with that; when an answer should be there.
    ///
    /// # Errors
    /// `NotFound` for another's answer; `Forbidden` for a key.
    pub async fn ask_for_counsellor(&self, actor: &Actor, message: (&str, u32), now: Timestamp) -> Result<Timestamp> {
        actor.require_session()?;
        if self.enter(actor.member().id, message, (ASKED_RISK, "asked", true), now).await? {
            Ok(due(ASKED_RISK, now))
        } else {
            Err(Error::NotFound { resource: "conversation", id: message.0.to_owned() })
        }
    }

    async fn enter(
        &self,
        member: MemberId,
        (conversation, ordinal): (&str, u32),
        (risk, reasons, hands_over): (u32, &str, bool),
        now: Timestamp,
    ) -> Result<bool> {
        let entry = Entry {
            member,
            message: (conversation.to_owned(), ordinal),
            risk,
            reasons: reasons.to_owned(),
            hands_over,
            now,
            due_at: due(risk, now),
        };
        self.store.enter(&entry).await
    }

    /// The queue within a counsellor's reach, most at stake first.
    ///
    /// # Errors
    /// `NotFound` for who is no counsellor.
    pub async fn queue(&self, actor: &Actor, history: &History, now: Timestamp) -> Result<Vec<Case>> {
        actor.require_session()?;
        actor.require_anywhere(Role::Counsellor)?;
        let mut rows = Vec::new();
        for reach in actor.reach(Role::Counsellor) {
            rows.extend(self.store.queue(reach, QUEUE_MAX).await?);
        }
        rows.sort_by_key(|row| (std::cmp::Reverse(row.risk), row.due_at, row.id));
        rows.dedup_by_key(|row| row.id);
        rows.retain(|row| row.asker != actor.member().id);
        rows.truncate(usize::try_from(QUEUE_MAX).unwrap_or(usize::MAX));
        rows.into_iter().map(|row| self.case(actor, history, row, now)).collect()
    }

    /// One case.
    ///
    /// # Errors
    /// `NotFound` beyond the counsellor's reach, and for their own.
    pub async fn open(&self, actor: &Actor, history: &History, id: i64, now: Timestamp) -> Result<Case> {
        let row = self.within(actor, id).await?;
        let (asker, message) = (row.asker, row.message.clone());
        let findings = self.store.decisions(id).await?;
        let findings = findings.into_iter().map(|found| self.finding(actor, found)).collect::<Result<_>>()?;
        let replies = self.opened(self.store.replies(id).await?)?;
        let case = self.case(actor, history, row, now)?;
        let conversation = if case.is_handed_over { history.handed_over(asker, &message.0).await? } else { Vec::new() };
        Ok(Case { findings, replies, conversation, ..case })
    }

    /// Takes a case in hand.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while another has it, and for who first found it dangerous.
    pub async fn claim(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<()> {
        let row = self.within(actor, id).await?;
        if row.state == State::Second && row.first_by == Some(actor.member().id) {
            return Err(Error::Conflict("bạn đã đánh giá nguy hiểm; cần một cán bộ khác xem lại".to_owned()));
        }
        let until = now + SignedDuration::from_mins(CLAIM_MINUTES);
        if self.store.claim(id, actor.member().id, now, until).await? {
            Ok(())
        } else {
            Err(Error::Conflict("việc này đang có người xử lý hoặc đã xong".to_owned()))
        }
    }

    /// Lays a case back.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for one that is not in that hand.
    pub async fn release(&self, actor: &Actor, id: i64) -> Result<()> {
        self.within(actor, id).await?;
        if self.store.release(id, actor.member().id).await? { Ok(()) } else { Err(not_in_hand()) }
    }

    /// Brings late cases up: frees them from idle hands and tells the counsellors of the next
    /// unit above that has some; how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn escalate(&self, now: Timestamp) -> Result<u64> {
        let again_before = now - SignedDuration::from_hours(ESCALATE_AGAIN_HOURS);
        let notice = |member: MemberId, id: i64| {
            let text = ("Có việc tư vấn quá hạn được chuyển lên đơn vị của bạn", &*format!("/tu-van/{id}"));
            NoticeRow::new(&self.keys, member, Kind::Desk, text, now)
        };
        self.store.escalate(now, again_before, ESCALATED_AT_ONCE_MAX, &notice).await
    }

    async fn within(&self, actor: &Actor, id: i64) -> Result<ReviewFound> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "review", id: id.to_string() };
        let row = self.store.review(id).await?.ok_or_else(missing)?;
        actor.require(Role::Counsellor, &row.unit_path, "review", &id.to_string())?;
        if row.asker == actor.member().id { Err(missing()) } else { Ok(row) }
    }

    fn case(&self, actor: &Actor, history: &History, row: ReviewFound, now: Timestamp) -> Result<Case> {
        let is_held = row.claimed_by.is_some() && now < row.claimed_until;
        let is_mine = is_held && row.claimed_by == Some(actor.member().id);
        let words = row.verdict_words_sealed.as_deref().map(|sealed| history.open_words(sealed)).transpose()?;
        Ok(Case {
            id: row.id,
            state: row.state,
            risk: row.risk,
            reasons: row.reasons.iter().map(|name| risk::reason_text(name)).collect(),
            entered_at: row.entered_at,
            due_at: row.due_at,
            is_late: row.due_at < now && row.state != State::Done,
            level: row.level,
            is_mine,
            is_taken: is_held && !is_mine,
            answer: history.open_answer(&row.question_sealed, &row.answer_sealed)?,
            heard: row.verdict.map(|verdict| (verdict, words)),
            findings: Vec::new(),
            replies: Vec::new(),
            is_handed_over: row.handed_over_at.is_some(),
            conversation: Vec::new(),
        })
    }
}

/// Page of an answer, for its asker.
fn link((conversation, ordinal): &(String, u32)) -> String {
    format!("/lich-su/{conversation}#c{ordinal}")
}

fn due(risk: u32, now: Timestamp) -> Timestamp {
    let hours = DUE_HOURS.iter().find(|(from, _)| *from <= risk).map_or(DUE_HOURS[0].1, |(_, hours)| *hours);
    now + SignedDuration::from_hours(hours)
}

fn not_in_hand() -> Error {
    Error::Conflict("hãy nhận việc này trước; nếu đã nhận thì thời gian giữ đã hết".to_owned())
}
