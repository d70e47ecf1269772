/*!
What courses need of a store: one port, and the values that cross it.

The store keeps a course as the files of its folder, version by version, and knows nothing of
what is in them. It keeps every event of a member once, by the id their device gave it.
*/

use jiff::Timestamp;

use super::{folder::Files, proof::Binding};
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
};

/// Where a version of a course stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// Editors alone see it.
    Draft,
    /// It is, or was, in service.
    Published,
}

/// A version of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseVersion {
    /// The course.
    pub slug: String,
    /// Number, from 1.
    pub version: i64,
    /// Where it stands.
    pub state: VersionState,
    /// When it was made or last changed.
    pub changed_at: Timestamp,
}

/// One step of a member, as their device told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Id the device gave it; the same id is the same event.
    pub id: String,
    /// The lesson.
    pub lesson: String,
    /// When it happened.
    pub at: Timestamp,
    /// What it was.
    pub step: Step,
}

/// What a member did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Read the lesson to its end.
    Read,
    /// Answered a question.
    Answer {
        /// Which go at the quiz it belongs to.
        attempt: String,
        /// The question.
        question: String,
        /// The answer, as [`Answer::to_json`](super::grade::Answer::to_json) writes it.
        answer: String,
    },
}

/// An answer as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// How far a member has come with a lesson. Nothing in it is ever taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonProgress {
    /// The course.
    pub slug: String,
    /// The lesson.
    pub lesson: String,
    /// When it was first read to its end.
    pub read_at: Option<Timestamp>,
    /// Right answers and questions of the best go.
    pub best: Option<(u32, u32)>,
    /// When its quiz was first passed.
    pub passed_at: Option<Timestamp>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Id that cannot be guessed.
    pub id: String,
    /// Whose.
    pub member: MemberId,
    /// Their name.
    pub member_name: String,
    /// The course.
    pub slug: String,
    /// Its title then.
    pub title: String,
    /// When it was given.
    pub issued_at: Timestamp,
    /// Whether its owner lets the name be seen by who checks it.
    pub shows_name: bool,
}

/// Members of one unit, and how many of them have come how far with a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCounts {
    /// The unit.
    pub path: UnitPath,
    /// Members.
    pub members: u64,
    /// Of them, those with any progress.
    pub started: u64,
    /// Of them, those with a certificate.
    pub completed: u64,
}

/// Courses, what members did in them, and certificates.
pub trait CourseStore: Send + Sync {
    /// The published version of each course that has one, by slug.
    fn published(&self) -> Later<'_, Vec<CourseVersion>>;
    /// The newest version of each course, by slug.
    fn newest(&self) -> Later<'_, Vec<CourseVersion>>;
    /// All files of a version.
    fn files<'a>(&'a self, slug: &'a str, version: i64) -> Later<'a, Option<Files>>;
    /// Bytes of a file from `from` on, at most `bytes_max` of them, and how long the file is.
    fn file_part<'a>(
        &'a self,
        slug: &'a str,
        version: i64,
        path: &'a str,
        from: u64,
        bytes_max: u64,
    ) -> Later<'a, Option<(u64, Vec<u8>)>>;
    /// Keeps files as the draft of a course: over the draft there is, else as a new version.
    /// `None`, and nothing kept, where its newest version is no longer `base`.
    fn put_draft<'a>(
        &'a self,
        slug: &'a str,
        files: &'a Files,
        base: Option<&'a CourseVersion>,
        now: Timestamp,
    ) -> Later<'a, Option<CourseVersion>>;
    /// Drops a draft; whether it was still there as told.
    fn drop_draft<'a>(&'a self, draft: &'a CourseVersion) -> Later<'a, bool>;
    /// Puts a draft into service with what it is bound to; versions before the newest
    /// `versions_max` are dropped. Whether it was still there as told.
    fn publish<'a>(
        &'a self,
        draft: &'a CourseVersion,
        bindings: &'a [Binding],
        now: Timestamp,
        versions_max: u32,
    ) -> Later<'a, bool>;
    /// What the questions of a course are bound to.
    fn bindings<'a>(&'a self, slug: &'a str) -> Later<'a, Vec<Binding>>;
    /// Binds questions that are not bound yet; others keep what they have.
    fn add_bindings<'a>(&'a self, slug: &'a str, bindings: &'a [Binding]) -> Later<'a, ()>;
    /// Keeps events of a member that are not there yet; how many were new.
    ///
    /// # Errors
    /// `Conflict` where the member then had more than `events_max` of them.
    fn record<'a>(
        &'a self,
        member: MemberId,
        slug: &'a str,
        events: &'a [EventRow],
        now: Timestamp,
        events_max: u32,
    ) -> Later<'a, usize>;
    /// All steps of a member, by course, oldest first.
    fn events(&self, member: MemberId) -> Later<'_, Vec<(String, EventRow)>>;
    /// The newest answer to each question of one go: by when it was given, then by event id.
    fn answers<'a>(
        &'a self,
        member: MemberId,
        slug: &'a str,
        lesson: &'a str,
        attempt: &'a str,
    ) -> Later<'a, Vec<AnswerRow>>;
    /// Keeps progress where it is further than what is there.
    fn advance<'a>(&'a self, member: MemberId, progress: &'a [LessonProgress]) -> Later<'a, ()>;
    /// A member's progress in all courses.
    fn progress(&self, member: MemberId) -> Later<'_, Vec<LessonProgress>>;
    /// Keeps a certificate, unless the member has one of that course; the one there is then.
    fn put_certificate<'a>(&'a self, certificate: &'a Certificate) -> Later<'a, Certificate>;
    /// The certificate of that id.
    fn certificate<'a>(&'a self, id: &'a str) -> Later<'a, Option<Certificate>>;
    /// A member's certificates, newest first.
    fn certificates(&self, member: MemberId) -> Later<'_, Vec<Certificate>>;
    /// Lets the name on a certificate of that member be seen, or not; whether there was one.
    fn show_name<'a>(&'a self, member: MemberId, id: &'a str, shows: bool) -> Later<'a, bool>;
    /// Takes all that is kept of a member away: steps, progress, certificates.
    fn forget(&self, member: MemberId) -> Later<'_, ()>;
    /// Counts of every unit of a subtree that has members.
    fn counts<'a>(&'a self, slug: &'a str, within: &'a UnitPath) -> Later<'a, Vec<UnitCounts>>;
}
