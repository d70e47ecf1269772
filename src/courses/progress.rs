/*!
Steps of members, from this page or sent later by a device that was offline.

Every step carries an id of the device: sent twice, it is kept once. Within one go at a quiz the
newest answer to a question wins, by the time the device gave it (never later than now), then by
id. Marking follows the course in service when a step arrives; what was passed stays passed.
*/

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use super::{
    folder::is_slug,
    grade::{self, Answer},
    port::{Certificate, EventRow, LessonProgress, Step},
    proof::{LawNow, ShownProof},
    service::{CourseView, Courses},
};
use crate::{
    accounts::Actor,
    error::{Error, Result},
    secrets,
};

/// Most steps sent at once.
pub const EVENTS_PER_CALL_MAX: usize = 200;
/// Most steps kept of one member.
const EVENTS_PER_MEMBER_MAX: u32 = 20_000;
/// Longest id of a step or a go, in characters.
const ID_CHARS_MAX: usize = 64;
/// Random bytes of a certificate's id: 128 bits.
const CERTIFICATE_BYTES: usize = 16;

/// A step of a member in some course.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Id the device gave it.
    pub id: String,
    /// The course.
    pub course: String,
    /// The lesson.
    pub lesson: String,
    /// When it happened, by the device's clock; now where it has none.
    pub at: Option<Timestamp>,
    /// The answer given, or that the lesson was read.
    pub answer: Option<GivenAnswer>,
}

/// An answer within one go at a quiz.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenAnswer {
    /// Which go.
    pub attempt: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: Answer,
}

/// What became of steps that were sent.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// How many were new.
    pub new: usize,
    /// How many were kept already.
    pub known: usize,
    /// Those that could not be kept, and why: sending them again changes nothing.
    pub refused: Vec<(String, String)>,
    /// Each answer to a question in service, marked.
    pub feedback: Vec<Feedback>,
    /// The courses concerned, as they stand now.
    pub courses: Vec<CourseView>,
}

/// All that is kept of a member here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLearning {
    /// Steps, each with its course.
    pub steps: Vec<(String, EventRow)>,
    /// Progress in all courses.
    pub progress: Vec<LessonProgress>,
    /// Certificates, newest first.
    pub certificates: Vec<Certificate>,
}

/// One answer marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Id of the step.
    pub event: String,
    /// Whether the answer is right.
    pub right: bool,
    /// The question's explanation.
    pub explanation: String,
    /// What the key rests on.
    pub proofs: Vec<ShownProof>,
}

/// Whether a text may be the id of a step or a go.
pub fn is_event_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !id.is_empty() && id.len() <= ID_CHARS_MAX && id.bytes().all(fits)
}

impl Courses {
    /// Keeps steps of a member and works out what follows from them.
    ///
    /// # Errors
    /// `Invalid` for too many at once, `Forbidden` for a key, and when the store fails; then the
    /// device sends them again.
    pub async fn record(&self, actor: &Actor, events: &[Event], law: &LawNow, now: Timestamp) -> Result<Recorded> {
        actor.require_session()?;
        if EVENTS_PER_CALL_MAX < events.len() {
            return Err(Error::invalid("events", format!("gửi tối đa {EVENTS_PER_CALL_MAX} bước một lần")));
        }
        let mut recorded =
            Recorded { new: 0, known: 0, refused: Vec::new(), feedback: Vec::new(), courses: Vec::new() };
        let mut by_course: BTreeMap<&str, Vec<EventRow>> = BTreeMap::new();
        for event in events {
            match row(event, now) {
                Ok(row) => by_course.entry(&event.course).or_default().push(row),
                Err(reason) => recorded.refused.push((event.id.chars().take(ID_CHARS_MAX).collect(), reason)),
            }
        }
        for (slug, rows) in by_course {
            let view = match self.course_of(actor, slug, law).await {
                Ok(view) => view,
                Err(Error::NotFound { .. }) => {
                    recorded.refused.extend(rows.into_iter().map(|row| (row.id, "không có khóa học này".to_owned())));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (rows, lost): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|row| view.course.lesson(&row.lesson).is_some());
            recorded.refused.extend(lost.into_iter().map(|row| (row.id, "không có bài học này".to_owned())));
            let member = actor.member().id;
            let new = self.store.record(member, slug, &rows, now, EVENTS_PER_MEMBER_MAX).await?;
            recorded.new += new;
            recorded.known += rows.len() - new;
            recorded.feedback.extend(rows.iter().filter_map(|row| feedback(&view, row)));
            self.follow(actor, &view, &rows, now).await?;
            let view = self.course_of(actor, slug, law).await?;
            recorded.courses.push(self.certified(actor, view, now).await?);
        }
        Ok(recorded)
    }

    /// Works out progress from the lessons and goes that steps belong to. Sent again after a
    /// crash in between, the same steps give the same progress.
    async fn follow(&self, actor: &Actor, view: &CourseView, rows: &[EventRow], now: Timestamp) -> Result<()> {
        let mut progress: BTreeMap<&str, LessonProgress> = BTreeMap::new();
        let mut goes = BTreeSet::new();
        for row in rows {
            let lesson = progress.entry(&row.lesson).or_insert_with(|| LessonProgress {
                slug: view.course.slug.clone(),
                lesson: row.lesson.clone(),
                read_at: None,
                best: None,
                passed_at: None,
            });
            match &row.step {
                Step::Read => lesson.read_at = Some(lesson.read_at.map_or(row.at, |at| at.min(row.at))),
                Step::Answer { attempt, .. } => {
                    goes.insert((row.lesson.as_str(), attempt.as_str()));
                }
            }
        }
        let mut steps: Vec<LessonProgress> = Vec::new();
        for (lesson, attempt) in goes {
            let kept = self.store.answers(actor.member().id, &view.course.slug, lesson, attempt).await?;
            let answers = kept.iter().filter_map(|kept| {
                let value = serde_json::from_str(&kept.answer).ok()?;
                Some((kept.question.clone(), Answer::from_json(&value).ok()?))
            });
            let (_, lesson_of) = view.lesson(lesson)?;
            let marked = view.mark(lesson_of, &answers.collect());
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            steps.extend(progress.get(lesson).map(|base| LessonProgress {
                best: Some((count(marked.correct), count(marked.questions.len()))),
                passed_at: marked.passed.then_some(now),
                ..base.clone()
            }));
        }
        // Where all questions have left service, to have read is all there is to do.
        for (lesson, mut base) in progress {
            let (_, lesson_of) = view.lesson(lesson)?;
            let asks_nothing = grade::passes(0, view.questions(lesson_of).count(), view.course.pass_percent);
            if asks_nothing && base.read_at.is_some() {
                base.passed_at = Some(now);
            }
            steps.push(base);
        }
        self.store.advance(actor.member().id, &steps).await
    }

    /// Gives the certificate once every lesson is passed: the rule `all_quizzes`.
    async fn certified(&self, actor: &Actor, mut view: CourseView, now: Timestamp) -> Result<CourseView> {
        if view.certificate.is_none() && view.next_lesson().is_none() {
            let wish = Certificate {
                id: URL_SAFE_NO_PAD.encode(secrets::random::<CERTIFICATE_BYTES>()?),
                member: actor.member().id,
                member_name: actor.member().name.clone(),
                slug: view.course.slug.clone(),
                title: view.course.title.clone(),
                issued_at: now,
                shows_name: false,
            };
            view.certificate = Some(self.store.put_certificate(&wish).await?);
        }
        Ok(view)
    }

    /// The certificate of that id, for whoever holds its address.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn certificate(&self, id: &str) -> Result<Certificate> {
        let missing = || Error::NotFound { resource: "certificate", id: id.chars().take(ID_CHARS_MAX).collect() };
        let is_id = URL_SAFE_NO_PAD.decode(id).is_ok_and(|bytes| bytes.len() == CERTIFICATE_BYTES);
        if !is_id {
            return Err(missing());
        }
        self.store.certificate(id).await?.ok_or_else(missing)
    }

    /// All that is kept of a member here, for themselves.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn own(&self, actor: &Actor) -> Result<OwnLearning> {
        actor.require_session()?;
        let member = actor.member().id;
        Ok(OwnLearning {
            steps: self.store.events(member).await?,
            progress: self.store.progress(member).await?,
            certificates: self.store.certificates(member).await?,
        })
    }

    /// Takes all that is kept of a member here away, at their own wish.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn forget_own(&self, actor: &Actor) -> Result<()> {
        actor.require_session()?;
        self.store.forget(actor.member().id).await
    }

    /// Lets the name on one's own certificate be seen by who checks it, or takes that back.
    ///
    /// # Errors
    /// `NotFound` for one that is not theirs, `Forbidden` for a key.
    pub async fn show_name(&self, actor: &Actor, id: &str, shows: bool) -> Result<()> {
        actor.require_session()?;
        if self.store.show_name(actor.member().id, id, shows).await? {
            return Ok(());
        }
        Err(Error::NotFound { resource: "certificate", id: id.chars().take(ID_CHARS_MAX).collect() })
    }
}

impl Certificate {
    /// The name as others see it: whole with its owner's consent, else initials.
    pub fn shown_name(&self) -> String {
        if self.shows_name {
            return self.member_name.clone();
        }
        let initials = self.member_name.split_whitespace().filter_map(|word| word.chars().next());
        let initials: Vec<String> = initials.map(|sign| format!("{}.", sign.to_uppercase())).collect();
        initials.join(" ")
    }
}

/// An answer marked, unless its question is gone or out of service.
fn feedback(view: &CourseView, row: &EventRow) -> Option<Feedback> {
    let Step::Answer { question, answer, .. } = &row.step else { return None };
    let question = view.questions(view.course.lesson(&row.lesson)?).find(|other| other.id == *question)?;
    let answer = Answer::from_json(&serde_json::from_str(answer).ok()?).ok()?;
    Some(Feedback {
        event: row.id.clone(),
        right: grade::is_right(question, &answer),
        explanation: question.explanation.clone(),
        proofs: view.standings.get(&row.lesson, &question.id).map(|s| s.proofs.clone()).unwrap_or_default(),
    })
}

fn row(event: &Event, now: Timestamp) -> Result<EventRow, String> {
    if !is_event_id(&event.id) {
        return Err(format!("`id` phải gồm 1 đến {ID_CHARS_MAX} chữ, số, `-`, `_`"));
    }
    let step = match &event.answer {
        None => Step::Read,
        Some(given) if !is_event_id(&given.attempt) => return Err("`attempt` sai dạng".to_owned()),
        Some(given) if !is_slug(&given.question) => return Err("`question` sai dạng".to_owned()),
        Some(given) => Step::Answer {
            attempt: given.attempt.clone(),
            question: given.question.clone(),
            answer: given.answer.to_json().to_string(),
        },
    };
    // A clock that runs ahead must not win over answers still to come.
    let at = event.at.map_or(now, |at| at.min(now));
    Ok(EventRow { id: event.id.clone(), lesson: event.lesson.clone(), at, step })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::MemberId;

    #[test]
    fn a_name_is_seen_with_consent_alone() {
        let mut certificate = Certificate {
            id: String::new(),
            member: MemberId(1),
            member_name: "Nguyễn  Thị Án".to_owned(),
            slug: String::new(),
            title: String::new(),
            issued_at: Timestamp::UNIX_EPOCH,
            shows_name: false,
        };
        assert_eq!(certificate.shown_name(), "N. T. Á.");
        certificate.shows_name = true;
        assert_eq!(certificate.shown_name(), "Nguyễn  Thị Án");
    }

    #[test]
    fn ids_of_devices_are_bounded() {
        assert!(is_event_id("a-Z_9") && is_event_id(&"a".repeat(64)));
        for bad in ["", "a b", "ă", "a/b", &"a".repeat(65)] {
            assert!(!is_event_id(bad), "{bad}");
        }
    }
}
