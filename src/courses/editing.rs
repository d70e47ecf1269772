/*!
Courses as their editors meet them: imports, drafts, publishing, what went stale.

A draft is kept whatever is wrong with it, so that no work is lost; only a folder without
problems, whose proofs all stand in the law of today, is published.
*/

use jiff::Timestamp;

use super::{
    course::Course,
    folder::{self, Files, FolderProblem, is_slug},
    port::{CourseVersion, VersionState},
    proof::{LawNow, Stale, Standings, standings},
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

/// What to do with proofs whose documents this corpus does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unheld {
    /// Refuse the course.
    Refuse,
    /// Take it: the editors have compared them themselves. They are bound once held.
    Allow,
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
}

impl Draft {
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

impl Courses {
    /// Takes a folder in and puts it into service: for who holds the machine.
    ///
    /// # Errors
    /// When the store fails; what is wrong with the folder is [`Imported::Refused`].
    pub async fn import(
        &self,
        name: &str,
        files: &Files,
        unheld: Unheld,
        law: &LawNow,
        now: Timestamp,
    ) -> Result<Imported> {
        let course = match check(name, files, law) {
            Ok(course) => course,
            Err(problems) if problems.folder.is_empty() && may_pass(&problems, unheld) => folder::read(name, files)
                .map_err(|_ignored| Error::Internal(anyhow::anyhow!("read twice, not alike")))?,
            Err(problems) => return Ok(Imported::Refused(problems)),
        };
        if self.is_in_service(&course, files, law).await? {
            return Ok(Imported::Unchanged);
        }
        let version = self.store.put_draft(name, &folder::write(&course, files), now).await?;
        self.put_into_service(&course, version, law, now).await?;
        Ok(Imported::Published(version))
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
            let version = self.store.put_draft(slug, &files, now).await?;
            self.put_into_service(&course, version, law, now).await?;
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

    async fn is_in_service(&self, course: &Course, files: &Files, law: &LawNow) -> Result<bool> {
        let held = match self.held(&course.slug).await {
            Ok(held) => held,
            Err(Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let stored = self.store.files(&course.slug, held.version).await?.unwrap_or_default();
        let is_same = folder::write(&held.course, &stored) == folder::write(course, files);
        // Taking the same folder in again is how editors say that they have looked at what went stale.
        Ok(is_same && self.standings(&held, law).await?.of.values().all(super::Standing::in_service))
    }

    async fn put_into_service(&self, course: &Course, version: i64, law: &LawNow, now: Timestamp) -> Result<()> {
        let bindings = standings(course, &[], law).new_bindings;
        if !self.store.publish(&course.slug, version, &bindings, now, VERSIONS_MAX).await? {
            return Err(Error::Conflict("bản nháp này vừa được người khác đổi; hãy tải lại trang".to_owned()));
        }
        self.read_anew(&course.slug);
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
        let missing = || Error::NotFound { resource: "course", id: slug.to_owned() };
        let newest = self.store.newest().await?;
        let version = newest.into_iter().find(|version| version.slug == slug).ok_or_else(missing)?;
        let files = self.store.files(slug, version.version).await?.unwrap_or_default();
        let course = folder::read(slug, &files);
        // What is in service is told as it is bound; a draft will be bound when it is published.
        let bindings = match version.state {
            VersionState::Published => self.store.bindings(slug).await?,
            VersionState::Draft => Vec::new(),
        };
        let standings = course.as_ref().map(|course| standings(course, &bindings, law)).unwrap_or_default();
        Ok(Draft { version, files, course, standings })
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
        self.store.put_draft(slug, &sketch(slug, title), now).await?;
        Ok(())
    }

    /// Keeps one text file of a draft; an empty text takes the file away.
    ///
    /// # Errors
    /// `Invalid` for a name or length no folder takes, `NotFound` for who is no editor.
    pub async fn write_file(&self, actor: &Actor, slug: &str, path: &str, text: &str, now: Timestamp) -> Result<()> {
        must_edit(actor)?;
        let stem = path.strip_suffix(".quiz.toml").or_else(|| path.strip_suffix(".md"));
        if path != "course.toml" && !stem.is_some_and(is_slug) {
            return Err(Error::invalid("ten", "tên tệp phải là course.toml, TÊN.md hoặc TÊN.quiz.toml"));
        }
        if folder::TEXT_BYTES_MAX < text.len() {
            return Err(Error::invalid("noi_dung", format!("dài quá {} byte", folder::TEXT_BYTES_MAX)));
        }
        let missing = || Error::NotFound { resource: "course", id: slug.to_owned() };
        let newest = self.store.newest().await?;
        let version = newest.iter().find(|version| version.slug == slug).ok_or_else(missing)?;
        let mut files = self.store.files(slug, version.version).await?.unwrap_or_default();
        if text.trim().is_empty() {
            files.remove(path);
        } else {
            files.insert(path.to_owned(), crate::law::text::stored_form(text).into_bytes());
        }
        if folder::FILES_MAX < files.len() {
            return Err(Error::invalid("ten", format!("tối đa {} tệp", folder::FILES_MAX)));
        }
        self.store.put_draft(slug, &files, now).await?;
        Ok(())
    }

    /// Puts the newest version into service, bound to the law of today.
    ///
    /// # Errors
    /// `Invalid` naming what stands in the way, `NotFound` for who is no editor.
    pub async fn publish(&self, actor: &Actor, slug: &str, unheld: Unheld, law: &LawNow, now: Timestamp) -> Result<()> {
        let draft = self.draft(actor, slug, law).await?;
        match self.import(slug, &draft.files, unheld, law, now).await? {
            Imported::Published(_) | Imported::Unchanged => Ok(()),
            Imported::Refused(problems) => {
                let count = problems.folder.len() + problems.proofs.len();
                Err(Error::invalid("khoa_hoc", format!("còn {count} chỗ phải sửa trước khi xuất bản")))
            }
        }
    }
}

/// Whether what is wrong with the proofs is only that documents are not held, and that is allowed.
fn may_pass(problems: &ImportProblems, unheld: Unheld) -> bool {
    unheld == Unheld::Allow && problems.proofs.iter().all(|problem| problem.stale.is_none())
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
