/*!
Folders taken in and put into service.

A question that stands in the course in service word for word keeps what it is bound to, so that
to publish one lesson does not call another one checked. Its editors say of each that they have
looked at it again.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    course::Course,
    editing::overtaken,
    folder::{self, Files, FolderProblem},
    port::{CourseVersion, VersionState},
    proof::{Binding, LawNow, QuestionPlace, Stale, Standings, standings},
    seeds,
    service::Courses,
};
use crate::error::{Error, Result};

/// Versions kept of each course.
const VERSIONS_MAX: u32 = 20;

/// What to do with proofs whose documents this corpus does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unheld {
    /// Refuse the course.
    Refuse,
    /// Take it: the editors have compared them themselves. They are bound once held.
    Allow,
}

/// Which questions the editors have looked at again although they stand as they stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reviewed {
    /// All of them.
    All,
    /// These.
    These(BTreeSet<QuestionPlace>),
}

impl Reviewed {
    fn holds(&self, place: &QuestionPlace) -> bool {
        match self {
            Self::All => true,
            Self::These(places) => places.contains(place),
        }
    }
}

/// What to do with a draft that an import from outside would write over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenDraft {
    /// Refuse the import.
    Keep,
    /// Drop the draft.
    Replace,
}

/// How a folder is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportWish {
    /// Proofs that cannot be compared.
    pub unheld: Unheld,
    /// Questions that were looked at again.
    pub reviewed: Reviewed,
    /// A draft in its way.
    pub draft: OpenDraft,
}

/// Something a question needs its editors for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofProblem {
    /// The lesson.
    pub lesson: String,
    /// The question.
    pub question: String,
    /// The provision.
    pub provision: String,
    /// Why it is out of service; `None` where the provision cannot be checked here.
    pub stale: Option<Stale>,
}

impl ProofProblem {
    /// Its place.
    pub fn place(&self) -> QuestionPlace {
        (self.lesson.clone(), self.question.clone())
    }

    /// In words.
    pub fn reason(&self) -> &'static str {
        self.stale.map_or("văn bản chưa có trong kho luật này nên chưa đối chiếu được", Stale::reason)
    }
}

impl std::fmt::Display for ProofProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.quiz.toml: câu `{}`: `{}`: {}", self.lesson, self.question, self.provision, self.reason())
    }
}

/// What is wrong with a course that was to be taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportProblems {
    /// In its files.
    pub folder: Vec<FolderProblem>,
    /// In its proofs.
    pub proofs: Vec<ProofProblem>,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// It is in service as this version.
    Published(i64),
    /// The course in service is the same, and its questions are bound to the law of today.
    Unchanged,
    /// It was not taken in.
    Refused(ImportProblems),
}

/// Stale and unchecked proofs.
pub fn proof_problems(standings: &Standings) -> Vec<ProofProblem> {
    let mut problems = Vec::new();
    for ((lesson, question), standing) in &standings.of {
        let problem = |provision: &String, stale| ProofProblem {
            lesson: lesson.clone(),
            question: question.clone(),
            provision: provision.clone(),
            stale,
        };
        problems.extend(standing.stale.iter().map(|(stale, provision)| problem(provision, Some(*stale))));
        problems.extend(standing.unchecked.iter().map(|provision| problem(provision, None)));
    }
    problems
}

/// What stands in the way of taking a folder in under the law of now.
pub fn check(name: &str, files: &Files, law: &LawNow) -> Result<Course, ImportProblems> {
    let course = folder::read(name, files).map_err(|folder| ImportProblems { folder, proofs: Vec::new() })?;
    let proofs = proof_problems(&standings(&course, &[], law));
    if proofs.is_empty() { Ok(course) } else { Err(ImportProblems { folder: Vec::new(), proofs }) }
}

/// What of the course in service goes on in another version of it.
#[derive(Default)]
pub(super) struct Kept {
    /// Questions that stand there word for word.
    pub(super) places: BTreeSet<QuestionPlace>,
    /// What they are bound to.
    pub(super) bindings: Vec<Binding>,
}

impl Courses {
    /// Takes a folder in and puts it into service: for who holds the machine.
    ///
    /// # Errors
    /// `Conflict` where a draft would be lost, and when the store fails; what is wrong with the
    /// folder is [`Imported::Refused`].
    pub async fn import(
        &self,
        name: &str,
        files: &Files,
        wish: &ImportWish,
        law: &LawNow,
        now: Timestamp,
    ) -> Result<Imported> {
        let newest = self.newest_of(name).await?;
        if let Some(newest) = newest.as_ref().filter(|newest| newest.state == VersionState::Draft)
            && wish.draft == OpenDraft::Keep
            && self.store.files(name, newest.version).await?.as_ref() != Some(files)
        {
            return Err(Error::Conflict(format!(
                "khóa học `{name}` đang có bản nháp chưa xuất bản, nhập đè lên sẽ mất; hãy xuất bản hoặc nhập với --replace-draft"
            )));
        }
        self.take_in(name, files, newest.as_ref(), wish, (law, now)).await
    }

    /// Takes a folder in where the newest version of the course is `base`.
    pub(super) async fn take_in(
        &self,
        name: &str,
        files: &Files,
        base: Option<&CourseVersion>,
        wish: &ImportWish,
        (law, now): (&LawNow, Timestamp),
    ) -> Result<Imported> {
        let course = match folder::read(name, files) {
            Ok(course) => course,
            Err(folder) => return Ok(Imported::Refused(ImportProblems { folder, proofs: Vec::new() })),
        };
        let mut kept = self.kept(&course, &wish.reviewed, law).await?;
        let found = standings(&course, &kept.bindings, law);
        let mut proofs = proof_problems(&found);
        proofs.retain(|problem| !kept.places.contains(&problem.place()));
        if wish.unheld == Unheld::Allow {
            proofs.retain(|problem| problem.stale.is_some());
        }
        if !proofs.is_empty() {
            return Ok(Imported::Refused(ImportProblems { folder: Vec::new(), proofs }));
        }
        let written = folder::write(&course, files);
        kept.bindings.extend(found.new_bindings);
        if self.is_in_service(name, &written, &kept.bindings).await? {
            if let Some(draft) = base.filter(|base| base.state == VersionState::Draft) {
                self.store.drop_draft(draft).await?;
            }
            return Ok(Imported::Unchanged);
        }
        let draft = self.store.put_draft(name, &written, base, now).await?.ok_or_else(overtaken)?;
        self.put_into_service(&draft, &kept.bindings, now).await?;
        Ok(Imported::Published(draft.version))
    }

    /// What of the course in service stands in `course` word for word, unless it was reviewed.
    pub(super) async fn kept(&self, course: &Course, reviewed: &Reviewed, law: &LawNow) -> Result<Kept> {
        let held = match self.held(&course.slug).await {
            Ok(held) => held,
            Err(Error::NotFound { .. }) => return Ok(Kept::default()),
            Err(error) => return Err(error),
        };
        // What was never bound is bound now, where it can be.
        self.standings(&held, law).await?;
        let place = |file: &str, id: &str| (file.to_owned(), id.to_owned());
        let before: BTreeMap<QuestionPlace, _> =
            held.course.questions().map(|(lesson, question)| (place(&lesson.file, &question.id), question)).collect();
        let questions = course.questions().map(|(lesson, question)| (place(&lesson.file, &question.id), question));
        let same = questions.filter(|(place, question)| before.get(place) == Some(question) && !reviewed.holds(place));
        let places: BTreeSet<QuestionPlace> = same.map(|(place, _)| place).collect();
        let mut bindings = self.store.bindings(&course.slug).await?;
        bindings.retain(|bound| places.contains(&(bound.lesson.clone(), bound.question.clone())));
        Ok(Kept { places, bindings })
    }

    pub(super) async fn newest_of(&self, slug: &str) -> Result<Option<CourseVersion>> {
        Ok(self.store.newest().await?.into_iter().find(|version| version.slug == slug))
    }

    /// Takes in the starter courses where there is no course at all; how many. What of them
    /// does not stand in the law held here is out of service, or unchecked, and told.
    ///
    /// # Errors
    /// When the store fails, or a starter course is no course.
    pub async fn plant(&self, law: &LawNow, now: Timestamp) -> Result<usize> {
        if !self.store.newest().await?.is_empty() {
            return Ok(0);
        }
        let mut planted = 0;
        for (slug, files) in seeds() {
            let course = folder::read(slug, &files).map_err(|problems| {
                Error::Internal(anyhow::anyhow!("the starter course `{slug}` has {} problems", problems.len()))
            })?;
            let draft = self.store.put_draft(slug, &files, None, now).await?.ok_or_else(overtaken)?;
            self.put_into_service(&draft, &standings(&course, &[], law).new_bindings, now).await?;
            planted += 1;
        }
        Ok(planted)
    }

    /// The folder of a course in service.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn export(&self, slug: &str) -> Result<Files> {
        let held = self.held(slug).await?;
        let files = self.store.files(slug, held.version).await?.unwrap_or_default();
        Ok(folder::write(&held.course, &files))
    }

    /// Whether just these files are in service, bound to just this.
    async fn is_in_service(&self, slug: &str, written: &Files, bindings: &[Binding]) -> Result<bool> {
        let held = match self.held(slug).await {
            Ok(held) => held,
            Err(Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let stored = self.store.files(slug, held.version).await?.unwrap_or_default();
        let bound: BTreeSet<Binding> = self.store.bindings(slug).await?.into_iter().collect();
        Ok(folder::write(&held.course, &stored) == *written && bound == bindings.iter().cloned().collect())
    }

    async fn put_into_service(&self, draft: &CourseVersion, bindings: &[Binding], now: Timestamp) -> Result<()> {
        if !self.store.publish(draft, bindings, now, VERSIONS_MAX).await? {
            return Err(overtaken());
        }
        self.read_anew(&draft.slug);
        Ok(())
    }
}
