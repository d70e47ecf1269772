/*!
Courses as their editors meet them: imports, drafts, publishing, what went stale.

A draft is kept whatever is wrong with it, so that no work is lost; only a folder without
problems, whose proofs all stand in the law of today, is published. Nothing is written over that
an editor has not seen: every change says which state it began from.

A question that stands in the course in service word for word keeps what it is bound to, so that
to publish one lesson does not call another one checked. Its editors say of each that they have
looked at it again.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    course::Course,
    folder::{self, Files, FolderProblem, is_slug},
    port::{CourseVersion, VersionState},
    proof::{Binding, LawNow, QuestionPlace, Stale, Standings, standings, text_hash},
    seeds,
    service::Courses,
};
use crate::{
    accounts::{Actor, Role},
    error::{Error, Result},
};

/// Versions kept of each course.
const VERSIONS_MAX: u32 = 20;
/// Most courses.
const COURSES_MAX: usize = 200;
/// Most tries to save one file while others save other ones.
const SAVE_TRIES_MAX: u32 = 5;

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

/// One text file of a draft as an editor wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit<'a> {
    /// Its path; an empty text takes the file away.
    pub path: &'a str,
    /// What shall stand there.
    pub text: &'a str,
    /// [`Draft::seen_file`] of what the editor began from.
    pub seen: &'a str,
}

/// What became of a file that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is kept.
    Kept,
    /// Somebody else has saved the file in between; nothing was written.
    Overtaken,
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

/// A course in the list of its editors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorCard {
    /// The newest version.
    pub newest: CourseVersion,
    /// Title of the course in service, or its slug.
    pub title: String,
    /// The version in service.
    pub published: Option<i64>,
    /// Questions that need editors.
    pub proofs: Vec<ProofProblem>,
}

/// The newest version of a course under its editors' hands.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Which version.
    pub version: CourseVersion,
    /// Its files.
    pub files: Files,
    /// The course, or what is wrong with the files.
    pub course: Result<Course, Vec<FolderProblem>>,
    /// How its questions would stand.
    pub standings: Standings,
    /// Questions out of service that stand as they stood: published, they stay so unless reviewed.
    pub to_review: BTreeSet<QuestionPlace>,
}

impl Draft {
    /// Names this state of the draft, for [`Courses::publish`].
    pub fn seen(&self) -> String {
        format!("{}-{}", self.version.version, self.version.changed_at.as_millisecond())
    }

    /// Names what stands in a file now, for [`FileEdit`].
    pub fn seen_file(&self, path: &str) -> String {
        seen_file(&self.files, path)
    }

    /// What stands in the way of publishing.
    pub fn problems(&self) -> ImportProblems {
        match &self.course {
            Ok(_) => ImportProblems { folder: Vec::new(), proofs: proof_problems(&self.standings) },
            Err(folder) => ImportProblems { folder: folder.clone(), proofs: Vec::new() },
        }
    }
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
struct Kept {
    /// Questions that stand there word for word.
    places: BTreeSet<QuestionPlace>,
    /// What they are bound to.
    bindings: Vec<Binding>,
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
    async fn take_in(
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
    async fn kept(&self, course: &Course, reviewed: &Reviewed, law: &LawNow) -> Result<Kept> {
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

    async fn newest_of(&self, slug: &str) -> Result<Option<CourseVersion>> {
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

    /// All courses, for their editors.
    ///
    /// # Errors
    /// `NotFound` for who is no editor.
    pub async fn editors_list(&self, actor: &Actor, law: &LawNow) -> Result<Vec<EditorCard>> {
        must_edit(actor)?;
        let held = self.all_held().await?;
        let mut cards = Vec::new();
        for newest in self.store.newest().await? {
            let own = held.iter().find(|held| held.course.slug == newest.slug);
            let proofs = match own {
                Some(held) => proof_problems(&*self.standings(held, law).await?),
                None => Vec::new(),
            };
            cards.push(EditorCard {
                title: own.map_or_else(|| newest.slug.clone(), |held| held.course.title.clone()),
                published: own.map(|held| held.version),
                newest,
                proofs,
            });
        }
        Ok(cards)
    }

    /// The newest version of a course, for its editors.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn draft(&self, actor: &Actor, slug: &str, law: &LawNow) -> Result<Draft> {
        must_edit(actor)?;
        let version = self.newest_of(slug).await?.ok_or_else(|| missing(slug))?;
        let files = self.store.files(slug, version.version).await?.unwrap_or_default();
        let course = folder::read(slug, &files);
        let mut draft = Draft { version, files, course, standings: Standings::default(), to_review: BTreeSet::new() };
        if let Ok(course) = &draft.course {
            // What stands as it stood is told as it is bound; the rest is bound when it is published.
            let kept = self.kept(course, &Reviewed::These(BTreeSet::new()), law).await?;
            draft.standings = standings(course, &kept.bindings, law);
            draft.to_review = kept.places;
            draft.to_review.retain(|place| draft.standings.of.get(place).is_some_and(|one| !one.in_service()));
        }
        Ok(draft)
    }

    /// Begins a course with the least a folder holds.
    ///
    /// # Errors
    /// `Invalid` for a bad slug, `Conflict` where there is one of that name or too many.
    pub async fn begin(&self, actor: &Actor, slug: &str, title: &str, now: Timestamp) -> Result<()> {
        must_edit(actor)?;
        if !is_slug(slug) {
            return Err(Error::invalid("slug", "tên ngắn chỉ gồm a-z, 0-9 và dấu gạch ngang, tối đa 60 ký tự"));
        }
        let newest = self.store.newest().await?;
        if newest.iter().any(|version| version.slug == slug) {
            return Err(Error::Conflict(format!("đã có khóa học `{slug}`")));
        }
        if COURSES_MAX <= newest.len() {
            return Err(Error::Conflict(format!("đã có {COURSES_MAX} khóa học")));
        }
        self.store.put_draft(slug, &sketch(slug, title), None, now).await?.ok_or_else(overtaken)?;
        Ok(())
    }

    /// Keeps one text file of a draft, unless somebody else has saved that file in between.
    ///
    /// # Errors
    /// `Invalid` for a name or length no folder takes, `NotFound` for who is no editor.
    pub async fn write_file(&self, actor: &Actor, slug: &str, edit: &FileEdit<'_>, now: Timestamp) -> Result<Saved> {
        must_edit(actor)?;
        let (path, text) = (edit.path, edit.text);
        let stem = path.strip_suffix(".quiz.toml").or_else(|| path.strip_suffix(".md"));
        if path != "course.toml" && !stem.is_some_and(is_slug) {
            return Err(Error::invalid("ten", "tên tệp phải là course.toml, TÊN.md hoặc TÊN.quiz.toml"));
        }
        if folder::TEXT_BYTES_MAX < text.len() {
            return Err(Error::invalid("noi_dung", format!("dài quá {} byte", folder::TEXT_BYTES_MAX)));
        }
        // Others may be saving other files of the same draft: then it is read again.
        for _ in 0..SAVE_TRIES_MAX {
            let base = self.newest_of(slug).await?.ok_or_else(|| missing(slug))?;
            let mut files = self.store.files(slug, base.version).await?.unwrap_or_default();
            if seen_file(&files, path) != edit.seen {
                return Ok(Saved::Overtaken);
            }
            if text.trim().is_empty() {
                files.remove(path);
            } else {
                files.insert(path.to_owned(), crate::law::text::stored_form(text).into_bytes());
            }
            if folder::FILES_MAX < files.len() {
                return Err(Error::invalid("ten", format!("tối đa {} tệp", folder::FILES_MAX)));
            }
            if self.keep_files(slug, &files, &base, now).await? {
                return Ok(Saved::Kept);
            }
        }
        Err(overtaken())
    }

    /// Keeps the files as the draft; where just these are in service there is none. Whether
    /// `base` was still the newest version.
    async fn keep_files(&self, slug: &str, files: &Files, base: &CourseVersion, now: Timestamp) -> Result<bool> {
        let published = self.store.published().await?.into_iter().find(|version| version.slug == slug);
        if let Some(published) = published
            && self.store.files(slug, published.version).await?.as_ref() == Some(files)
        {
            return match base.state {
                VersionState::Draft => self.store.drop_draft(base).await,
                VersionState::Published => Ok(true),
            };
        }
        Ok(self.store.put_draft(slug, files, Some(base), now).await?.is_some())
    }

    /// Puts the newest version into service if it is the one that was seen ([`Draft::seen`]);
    /// what is new in it or was reviewed is bound to the law of today.
    ///
    /// # Errors
    /// `Conflict` where it is another one by now, `Invalid` naming what stands in the way,
    /// `NotFound` for who is no editor.
    pub async fn publish(
        &self,
        actor: &Actor,
        (slug, seen): (&str, &str),
        wish: &ImportWish,
        law: &LawNow,
        now: Timestamp,
    ) -> Result<()> {
        let draft = self.draft(actor, slug, law).await?;
        if draft.seen() != seen {
            return Err(overtaken());
        }
        match self.take_in(slug, &draft.files, Some(&draft.version), wish, (law, now)).await? {
            Imported::Published(_) | Imported::Unchanged => Ok(()),
            Imported::Refused(problems) => {
                let count = problems.folder.len() + problems.proofs.len();
                Err(Error::invalid("khoa_hoc", format!("còn {count} chỗ phải sửa trước khi xuất bản")))
            }
        }
    }
}

fn missing(slug: &str) -> Error {
    Error::NotFound { resource: "course", id: slug.to_owned() }
}

fn overtaken() -> Error {
    Error::Conflict("bản nháp này vừa được người khác đổi; hãy tải lại trang rồi xem lại".to_owned())
}

/// What stands in a file, short; empty where there is none.
fn seen_file(files: &Files, path: &str) -> String {
    let text = files.get(path).map(|bytes| String::from_utf8_lossy(bytes));
    let hash = text.map(|text| text_hash(&text, &[]));
    hash.iter().flatten().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn must_edit(actor: &Actor) -> Result<()> {
    actor.require_session()?;
    actor.require_anywhere(Role::Editor)
}

/// The least a folder holds, to be filled in.
fn sketch(slug: &str, title: &str) -> Files {
    let title: String =
        title.chars().filter(|sign| !sign.is_control() && !matches!(sign, '"' | '\\')).take(80).collect();
    let title = if title.trim().is_empty() { "Khóa học mới" } else { title.trim() };
    let course = format!(
        "format = 1\nslug = \"{slug}\"\ntitle = \"{title}\"\nsummary = \"\"\naudience = \"\"\nlanguage = \"vi\"\n\
         authors = []\nupdated = \"\"\nminutes = 3\n\n[completion]\nrule = \"all_quizzes\"\npass_percent = 80\n\n\
         [[lesson]]\nfile = \"01-bai\"\nminutes = 3\n"
    );
    let lesson = "# Tên bài\n\n## Ví dụ\n\n## Làm ngay\n\n*Căn cứ: … Ban biên tập kiểm lại ngày …*\n";
    let quiz = "format = 1\n\n[[question]]\nid = \"cau-1\"\nkind = \"true_false\"\ntopic = \"skill\"\ntext = \"\"\n\
                key = true\nexplanation = \"\"\n";
    [("course.toml", course.as_str()), ("01-bai.md", lesson), ("01-bai.quiz.toml", quiz)]
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
        .collect()
}
