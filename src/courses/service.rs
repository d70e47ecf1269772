/*!
Courses as members meet them: which there are, how far one has come, what is asked today.

A published course is read out of its files once and kept until another version is published,
by this process or another. How its questions stand is kept until the law or the day changes.
*/

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::civil::Date;

use super::{
    course::{Course, Lesson, Question},
    folder,
    grade::{self, Answer},
    port::{Certificate, CourseStore, CourseVersion, LessonProgress},
    proof::{LawNow, Standings, standings},
};
use crate::{
    accounts::{Actor, PeopleStore, Scope, Visitor},
    error::{Error, Result},
};

/// The service of courses.
pub struct Courses {
    pub(super) store: Arc<dyn CourseStore>,
    pub(super) people: Arc<dyn PeopleStore>,
    /// By slug.
    held: Mutex<BTreeMap<String, Tried>>,
}

/// A version that was read, and the course if it could be.
struct Tried {
    version: i64,
    held: Option<Arc<Held>>,
}

/// A published course, read.
pub(super) struct Held {
    pub(super) version: i64,
    pub(super) course: Arc<Course>,
    /// How its questions stood when that was last looked at.
    seen: Mutex<Option<Seen>>,
}

/// How questions stand, under which law and on which day.
struct Seen {
    release: Option<String>,
    day: Date,
    standings: Arc<Standings>,
}

/// A course as somebody sees it.
#[derive(Debug, Clone)]
pub struct CourseView {
    /// The course.
    pub course: Arc<Course>,
    /// Its version.
    pub version: i64,
    /// How its questions stand today.
    pub standings: Arc<Standings>,
    /// Progress by lesson; `None` for who is not signed in.
    pub progress: Option<BTreeMap<String, LessonProgress>>,
    /// Their certificate of it.
    pub certificate: Option<Certificate>,
}

/// A part of a picture or clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaPart {
    /// Its kind.
    pub kind: folder::MediaKind,
    /// Length of the whole, in bytes.
    pub total: u64,
    /// The part.
    pub bytes: Vec<u8>,
}

/// One question marked.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkedQuestion {
    /// The question.
    pub question: Question,
    /// What was answered.
    pub answer: Option<Answer>,
    /// Whether it is right.
    pub right: bool,
}

/// A quiz marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// The questions in service, marked.
    pub questions: Vec<MarkedQuestion>,
    /// Right answers.
    pub correct: usize,
    /// Whether that passes.
    pub passed: bool,
}

impl CourseView {
    /// The lesson of that file name, and its place.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn lesson(&self, file: &str) -> Result<(usize, &Lesson)> {
        let found = self.course.lessons.iter().enumerate().find(|(_, lesson)| lesson.file == file);
        found.ok_or_else(|| Error::NotFound { resource: "lesson", id: format!("{}/{file}", self.course.slug) })
    }

    /// The questions of a lesson that are asked today.
    pub fn questions<'a>(&'a self, lesson: &'a Lesson) -> impl Iterator<Item = &'a Question> {
        lesson.questions.iter().filter(|question| self.standings.in_service(&lesson.file, &question.id))
    }

    /// Progress in a lesson.
    pub fn progress_in(&self, lesson: &str) -> Option<&LessonProgress> {
        self.progress.as_ref()?.get(lesson)
    }

    /// Whether the quiz of a lesson was passed.
    pub fn has_passed(&self, lesson: &str) -> bool {
        self.progress_in(lesson).is_some_and(|progress| progress.passed_at.is_some())
    }

    /// How many lessons were passed.
    pub fn passed_count(&self) -> usize {
        self.course.lessons.iter().filter(|lesson| self.has_passed(&lesson.file)).count()
    }

    /// The lesson to go on with: the first that was not passed.
    pub fn next_lesson(&self) -> Option<&Lesson> {
        self.course.lessons.iter().find(|lesson| !self.has_passed(&lesson.file))
    }

    /// Marks answers to the quiz of a lesson.
    pub fn mark(&self, lesson: &Lesson, answers: &BTreeMap<String, Answer>) -> Marked {
        let questions: Vec<MarkedQuestion> = self
            .questions(lesson)
            .map(|question| {
                let answer = answers.get(&question.id).cloned();
                let right = answer.as_ref().is_some_and(|answer| grade::is_right(question, answer));
                MarkedQuestion { question: question.clone(), answer, right }
            })
            .collect();
        let correct = questions.iter().filter(|marked| marked.right).count();
        let passed = grade::passes(correct, questions.len(), self.course.pass_percent);
        Marked { questions, correct, passed }
    }
}

impl Courses {
    /// The service over a store.
    pub fn new(store: Arc<dyn CourseStore>, people: Arc<dyn PeopleStore>) -> Self {
        Self { store, people, held: Mutex::default() }
    }

    /// All courses in service.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read, and when the store fails.
    pub async fn list(&self, visitor: &Visitor, law: &LawNow) -> Result<Vec<CourseView>> {
        let mut views = Vec::new();
        let (progress, certificates) = self.of_visitor(visitor).await?;
        for held in self.all_held().await? {
            views.push(self.view(&held, law, progress.as_deref(), &certificates).await?);
        }
        Ok(views)
    }

    /// One course.
    ///
    /// # Errors
    /// As [`list`](Self::list), and `NotFound`.
    pub async fn course(&self, visitor: &Visitor, slug: &str, law: &LawNow) -> Result<CourseView> {
        let held = self.held(slug).await?;
        let (progress, certificates) = self.of_visitor(visitor).await?;
        self.view(&held, law, progress.as_deref(), &certificates).await
    }

    /// One course as its member sees it.
    pub(super) async fn course_of(&self, actor: &Actor, slug: &str, law: &LawNow) -> Result<CourseView> {
        let held = self.held(slug).await?;
        let progress = self.store.progress(actor.member().id).await?;
        let certificates = self.store.certificates(actor.member().id).await?;
        self.view(&held, law, Some(&progress), &certificates).await
    }

    /// Bytes of a picture or clip of a course in service from `from` on, at most `bytes_max`.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn media(&self, slug: &str, name: &str, from: u64, bytes_max: u64) -> Result<MediaPart> {
        let path = format!("media/{name}");
        let missing = || Error::NotFound { resource: "picture", id: format!("{slug}/{name}") };
        let kind = folder::media_kind(&path).ok_or_else(missing)?;
        let held = self.held(slug).await?;
        let part = self.store.file_part(slug, held.version, &path, from, bytes_max).await?;
        let (total, bytes) = part.ok_or_else(missing)?;
        Ok(MediaPart { kind, total, bytes })
    }

    async fn of_visitor(&self, visitor: &Visitor) -> Result<(Option<Vec<LessonProgress>>, Vec<Certificate>)> {
        let Visitor::Member(actor) = visitor else { return Ok((None, Vec::new())) };
        actor.require_scope(Scope::Read)?;
        let member = actor.member().id;
        Ok((Some(self.store.progress(member).await?), self.store.certificates(member).await?))
    }

    async fn view(
        &self,
        held: &Held,
        law: &LawNow,
        progress: Option<&[LessonProgress]>,
        certificates: &[Certificate],
    ) -> Result<CourseView> {
        let slug = &held.course.slug;
        let own = |all: &[LessonProgress]| {
            let own = all.iter().filter(|lesson| lesson.slug == *slug);
            own.map(|lesson| (lesson.lesson.clone(), lesson.clone())).collect()
        };
        Ok(CourseView {
            course: held.course.clone(),
            version: held.version,
            standings: self.standings(held, law).await?,
            progress: progress.map(own),
            certificate: certificates.iter().find(|certificate| certificate.slug == *slug).cloned(),
        })
    }

    /// How the questions of a course stand now; proofs seen for the first time are bound.
    pub(super) async fn standings(&self, held: &Held, law: &LawNow) -> Result<Arc<Standings>> {
        if let Some(seen) = lock(&held.seen).as_ref()
            && (&seen.release, seen.day) == (&law.release, law.today)
        {
            return Ok(seen.standings.clone());
        }
        let slug = &held.course.slug;
        let now = standings(&held.course, &self.store.bindings(slug).await?, law);
        if !now.new_bindings.is_empty() {
            self.store.add_bindings(slug, &now.new_bindings).await?;
        }
        for ((lesson, question), standing) in &now.of {
            if let Some((stale, provision)) = &standing.stale {
                tracing::warn!(course.slug = %slug, course.lesson = %lesson, course.question = %question,
                    law.provision = %provision, "question `{question}` of `{slug}/{lesson}` left service: {}", stale.reason());
            }
        }
        let now = Arc::new(now);
        let seen = Seen { release: law.release.clone(), day: law.today, standings: now.clone() };
        *lock(&held.seen) = Some(seen);
        Ok(now)
    }

    pub(super) async fn all_held(&self) -> Result<Vec<Arc<Held>>> {
        let mut all = Vec::new();
        for version in self.store.published().await? {
            all.extend(self.read(&version).await?);
        }
        Ok(all)
    }

    pub(super) async fn held(&self, slug: &str) -> Result<Arc<Held>> {
        let missing = || Error::NotFound { resource: "course", id: slug.to_owned() };
        let published = self.store.published().await?;
        let version = published.iter().find(|version| version.slug == slug).ok_or_else(missing)?;
        self.read(version).await?.ok_or_else(missing)
    }

    /// A published version, read anew only where it is another than before; `None` where it
    /// cannot be read, which is found out and told once.
    async fn read(&self, version: &CourseVersion) -> Result<Option<Arc<Held>>> {
        let slug = version.slug.as_str();
        if let Some(tried) = lock(&self.held).get(slug)
            && tried.version == version.version
        {
            return Ok(tried.held.clone());
        }
        let files = self.store.files(slug, version.version).await?.unwrap_or_default();
        let held = match folder::read(slug, &files) {
            Ok(course) => {
                let course = Arc::new(course);
                Some(Arc::new(Held { version: version.version, course, seen: Mutex::default() }))
            }
            // It was whole when it was published; a later program may read more strictly.
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                tracing::error!(course.slug = %slug, problem_count = problems.len(), "course `{slug}` cannot be read: {first}");
                None
            }
        };
        lock(&self.held).insert(slug.to_owned(), Tried { version: version.version, held: held.clone() });
        Ok(held)
    }

    /// A course is read anew at its next use: what its questions are bound to has changed.
    pub(super) fn read_anew(&self, slug: &str) {
        lock(&self.held).remove(slug);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
