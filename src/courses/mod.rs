/*!
Short courses: lessons of about three minutes with a quiz, progress, certificates.

Owns the course as a folder of text files, marking, the completion rule, and when a question
leaves service because the law it rests on has changed. What it keeps goes through
[`port::CourseStore`]; the law is handed in as [`LawNow`], so that it knows no index. It reads
no file, and lessons are never indexed with the law.
*/

pub mod course;
mod editing;
pub mod folder;
pub mod grade;
mod import;
mod machine;
pub mod markdown;
pub mod port;
mod progress;
mod proof;
mod report;
mod seeds;
mod service;
#[cfg(test)]
pub(crate) mod testing;

pub use editing::{Draft, EditorCard, FileEdit, Saved};
pub use import::{
    ImportProblems, ImportWish, Imported, OpenDraft, ProofProblem, Reviewed, Unheld, check, proof_problems,
};
pub use machine::{Figure, Material, machine_slug};
pub use port::{Certificate, LessonProgress};
pub use progress::{EVENTS_PER_CALL_MAX, Event, Feedback, GivenAnswer, OwnLearning, Recorded, is_event_id};
pub use proof::{
    Binding, LawNow, Provision, QuestionPlace, ShownProof, Stale, Standing, Standings, TextHash, standings,
};
pub use report::{COUNT_MIN, CompletionReport, UnitReport};
pub use seeds::seeds;
pub use service::{CourseView, Courses, Marked, MarkedQuestion, MediaPart};
