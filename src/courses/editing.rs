/*!
Courses as their editors meet them: drafts, publishing, what went stale.

A draft is kept whatever is wrong with it, so that no work is lost; only a folder without
problems, whose proofs all stand in the law of today, is published. Nothing is written over that
an editor has not seen: every change says which state it began from.
*/

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    course::Course,
    folder::{self, Files, FolderProblem, is_slug},
    import::{ImportProblems, ImportWish, Imported, ProofProblem, Reviewed, proof_problems},
    port::{CourseVersion, VersionState},
    proof::{LawNow, QuestionPlace, Standings, standings, text_hash},
    service::Courses,
};
use crate::{
    accounts::{Actor, Role},
    error::{Error, Result},
};

/// Most courses.
const COURSES_MAX: usize = 200;
/// Most tries to save one file while others save other ones.
const SAVE_TRIES_MAX: u32 = 5;

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

impl Courses {
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

    /// Slugs of all courses, drafts too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn slugs(&self) -> Result<Vec<String>> {
        Ok(self.store.newest().await?.into_iter().map(|version| version.slug).collect())
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

pub(super) fn overtaken() -> Error {
    Error::Conflict("bản nháp này vừa được người khác đổi; hãy tải lại trang rồi xem lại".to_owned())
}

/// What stands in a file, short; empty where there is none.
fn seen_file(files: &Files, path: &str) -> String {
    let text = files.get(path).map(|bytes| String::from_utf8_lossy(bytes));
    let hash = text.map(|text| text_hash(&text, &[]));
    hash.iter().flatten().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

pub(super) fn must_edit(actor: &Actor) -> Result<()> {
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
