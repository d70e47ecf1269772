/*! Courses as the API shows them: lessons, quizzes without keys, progress, certificates, counts. */

use serde::Serialize;
use serde_json::Value;

use crate::courses::{
    Certificate, CompletionReport, CourseView, Feedback, LessonProgress, Recorded, ShownProof, UnitReport,
    course::{ClipSource, Kind, Lesson, Question},
    markdown,
    port::{EventRow, Step},
};

/// All courses in service.
#[derive(Debug, Clone, Serialize)]
pub struct CoursesJson {
    /// By slug.
    pub courses: Vec<CourseJson>,
}

impl CoursesJson {
    /// The list.
    pub fn new(views: &[CourseView]) -> Self {
        Self { courses: views.iter().map(CourseJson::from).collect() }
    }
}

/// One course.
#[derive(Debug, Clone, Serialize)]
pub struct CourseJson {
    /// Short name, permanent.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Whom it is for.
    pub audience: String,
    /// Length, in minutes.
    pub minutes: u32,
    /// Version in service.
    pub version: i64,
    /// Day the editors last checked it.
    pub updated: String,
    /// `all_quizzes`.
    pub completion_rule: &'static str,
    /// Share of right answers that passes a quiz, in percent.
    pub pass_percent: u8,
    /// Lessons in their order.
    pub lessons: Vec<LessonHeadJson>,
    /// The member's certificate; `null` without one, and for who is not signed in.
    pub certificate: Option<CertificateJson>,
}

impl From<&CourseView> for CourseJson {
    fn from(view: &CourseView) -> Self {
        let course = &view.course;
        Self {
            slug: course.slug.clone(),
            title: course.title.clone(),
            summary: course.summary.clone(),
            audience: course.audience.clone(),
            minutes: course.minutes(),
            version: view.version,
            updated: course.updated.to_string(),
            completion_rule: "all_quizzes",
            pass_percent: course.pass_percent,
            lessons: course.lessons.iter().map(|lesson| LessonHeadJson::new(view, lesson)).collect(),
            certificate: view.certificate.as_ref().map(CertificateJson::from),
        }
    }
}

/// A lesson in its course.
#[derive(Debug, Clone, Serialize)]
pub struct LessonHeadJson {
    /// File name, permanent.
    pub lesson: String,
    /// Title.
    pub title: String,
    /// Length, in minutes.
    pub minutes: u16,
    /// Questions in service.
    pub questions: usize,
    /// The member's progress; `null` without any, and for who is not signed in.
    pub progress: Option<ProgressJson>,
}

impl LessonHeadJson {
    fn new(view: &CourseView, lesson: &Lesson) -> Self {
        Self {
            lesson: lesson.file.clone(),
            title: lesson.title.clone(),
            minutes: lesson.minutes,
            questions: view.questions(lesson).count(),
            progress: view.progress_in(&lesson.file).map(ProgressJson::from),
        }
    }
}

/// Progress in a lesson.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressJson {
    /// When it was read to its end.
    pub read_at: Option<String>,
    /// Right answers of the best go.
    pub best_correct: Option<u32>,
    /// Questions of that go.
    pub best_questions: Option<u32>,
    /// When its quiz was passed.
    pub passed_at: Option<String>,
}

impl From<&LessonProgress> for ProgressJson {
    fn from(progress: &LessonProgress) -> Self {
        Self {
            read_at: progress.read_at.map(|at| at.to_string()),
            best_correct: progress.best.map(|(correct, _)| correct),
            best_questions: progress.best.map(|(_, questions)| questions),
            passed_at: progress.passed_at.map(|at| at.to_string()),
        }
    }
}

/// Progress in a lesson, named.
#[derive(Debug, Clone, Serialize)]
pub struct OwnProgressJson {
    /// The course.
    pub course: String,
    /// The lesson.
    pub lesson: String,
    /// How far.
    #[serde(flatten)]
    pub progress: ProgressJson,
}

impl From<&LessonProgress> for OwnProgressJson {
    fn from(progress: &LessonProgress) -> Self {
        Self { course: progress.slug.clone(), lesson: progress.lesson.clone(), progress: ProgressJson::from(progress) }
    }
}

/// A step of a member, as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct OwnStepJson {
    /// Id the device gave it.
    pub id: String,
    /// The course.
    pub course: String,
    /// The lesson.
    pub lesson: String,
    /// When it happened, RFC 3339.
    pub at: String,
    /// Which go at the quiz; none where the lesson was read.
    pub attempt: Option<String>,
    /// The question.
    pub question: Option<String>,
    /// The answer, as it was sent.
    pub answer: Option<Value>,
}

impl OwnStepJson {
    /// A step of a course.
    pub fn new(course: &str, step: &EventRow) -> Self {
        let (attempt, question, answer) = match &step.step {
            Step::Read => (None, None, None),
            Step::Answer { attempt, question, answer } => (Some(attempt), Some(question), Some(answer)),
        };
        Self {
            id: step.id.clone(),
            course: course.to_owned(),
            lesson: step.lesson.clone(),
            at: step.at.to_string(),
            attempt: attempt.cloned(),
            question: question.cloned(),
            answer: answer.map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))),
        }
    }
}

/// A lesson with its quiz, to be kept for reading without a network.
#[derive(Debug, Clone, Serialize)]
pub struct LessonJson {
    /// The course.
    pub course: String,
    /// The course's version.
    pub version: i64,
    /// File name, permanent.
    pub lesson: String,
    /// Title.
    pub title: String,
    /// Length, in minutes.
    pub minutes: u16,
    /// Text, Markdown.
    pub markdown: String,
    /// The same as clean HTML without the title.
    pub html: String,
    /// Address of its clip.
    pub clip: Option<String>,
    /// Questions in service, without keys.
    pub questions: Vec<QuestionJson>,
    /// Questions that left service as the law has changed.
    pub withdrawn_questions: usize,
}

impl LessonJson {
    /// The lesson of a course.
    pub fn new(view: &CourseView, lesson: &Lesson) -> Self {
        let slug = &view.course.slug;
        let questions: Vec<QuestionJson> = view.questions(lesson).map(QuestionJson::from).collect();
        Self {
            course: slug.clone(),
            version: view.version,
            lesson: lesson.file.clone(),
            title: lesson.title.clone(),
            minutes: lesson.minutes,
            markdown: lesson.text.clone(),
            html: markdown::html(&lesson.text, slug),
            clip: lesson.clip.as_ref().map(|clip| match &clip.source {
                ClipSource::File(path) => markdown::media_address(slug, path),
                ClipSource::Link(link) => link.clone(),
            }),
            withdrawn_questions: lesson.questions.len() - questions.len(),
            questions,
        }
    }
}

/// A question without its key.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionJson {
    /// Id, permanent.
    pub id: String,
    /// `single`, `multiple`, `order`, `true_false`, `number`.
    pub kind: &'static str,
    /// The question.
    pub text: String,
    /// Choices: `{id, text}`.
    pub choices: Vec<Value>,
    /// Unit of a number.
    pub unit: Option<String>,
}

impl From<&Question> for QuestionJson {
    fn from(question: &Question) -> Self {
        let choices = question.kind.choices().iter();
        Self {
            id: question.id.clone(),
            kind: question.kind.name(),
            text: question.text.clone(),
            choices: choices.map(|choice| serde_json::json!({"id": choice.id, "text": choice.text})).collect(),
            unit: match &question.kind {
                Kind::Number { unit, .. } => Some(unit.clone()),
                _ => None,
            },
        }
    }
}

/// A certificate.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateJson {
    /// Id.
    pub id: String,
    /// Where it is checked.
    pub url: String,
    /// The course.
    pub course: String,
    /// Its title then.
    pub title: String,
    /// The name with its owner's consent, else initials.
    pub name: String,
    /// Whether the name is shown whole.
    pub shows_name: bool,
    /// When it was given.
    pub issued_at: String,
}

impl From<&Certificate> for CertificateJson {
    fn from(certificate: &Certificate) -> Self {
        Self {
            id: certificate.id.clone(),
            url: format!("/chung-chi/{}", certificate.id),
            course: certificate.slug.clone(),
            title: certificate.title.clone(),
            name: certificate.shown_name(),
            shows_name: certificate.shows_name,
            issued_at: certificate.issued_at.to_string(),
        }
    }
}

/// What became of steps that were sent.
#[derive(Debug, Clone, Serialize)]
pub struct RecordedJson {
    /// How many were new.
    pub new: usize,
    /// How many were kept already.
    pub known: usize,
    /// Those that could not be kept: `{id, reason}`.
    pub refused: Vec<Value>,
    /// Each answer marked.
    pub feedback: Vec<FeedbackJson>,
    /// The courses concerned, as they stand now.
    pub courses: Vec<CourseJson>,
}

impl From<&Recorded> for RecordedJson {
    fn from(recorded: &Recorded) -> Self {
        let refused = |(id, reason): &(String, String)| serde_json::json!({"id": id, "reason": reason});
        Self {
            new: recorded.new,
            known: recorded.known,
            refused: recorded.refused.iter().map(refused).collect(),
            feedback: recorded.feedback.iter().map(FeedbackJson::from).collect(),
            courses: recorded.courses.iter().map(CourseJson::from).collect(),
        }
    }
}

/// One answer marked.
#[derive(Debug, Clone, Serialize)]
pub struct FeedbackJson {
    /// Id of the step.
    pub id: String,
    /// Whether the answer is right.
    pub right: bool,
    /// The explanation.
    pub explanation: String,
    /// What the key rests on: `{id, citation, url}`; `url` is `null` where it is not held.
    pub proofs: Vec<Value>,
}

impl From<&Feedback> for FeedbackJson {
    fn from(feedback: &Feedback) -> Self {
        let proof = |proof: &ShownProof| {
            let url = proof.is_held.then(|| format!("/luat/{}", proof.provision));
            serde_json::json!({"id": proof.provision, "citation": proof.citation, "url": url})
        };
        Self {
            id: feedback.event.clone(),
            right: feedback.right,
            explanation: feedback.explanation.clone(),
            proofs: feedback.proofs.iter().map(proof).collect(),
        }
    }
}

/// Counts of a unit and of those below it; a count under ten is `null`, others are rounded down.
#[derive(Debug, Clone, Serialize)]
pub struct CourseCompletionJson {
    /// Title of the course.
    pub title: String,
    /// The unit.
    pub whole: UnitCountsJson,
    /// Those directly below it.
    pub below: Vec<UnitCountsJson>,
}

impl From<&CompletionReport> for CourseCompletionJson {
    fn from(report: &CompletionReport) -> Self {
        Self {
            title: report.title.clone(),
            whole: UnitCountsJson::from(&report.whole),
            below: report.below.iter().map(UnitCountsJson::from).collect(),
        }
    }
}

/// Counts of one unit.
#[derive(Debug, Clone, Serialize)]
pub struct UnitCountsJson {
    /// Code.
    pub unit: String,
    /// Name.
    pub name: String,
    /// Members.
    pub members: Option<u64>,
    /// Of them, those who began.
    pub started: Option<u64>,
    /// Of them, those who completed.
    pub completed: Option<u64>,
}

impl From<&UnitReport> for UnitCountsJson {
    fn from(report: &UnitReport) -> Self {
        Self {
            unit: report.unit.code.clone(),
            name: report.unit.name.clone(),
            members: report.members,
            started: report.started,
            completed: report.completed,
        }
    }
}
