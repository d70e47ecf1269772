/*! Pages of the editors of courses: which there are, one under their hands, one file of it. */

use askama::Template;

use super::{Site, render};
use crate::{
    app::AskedTopic,
    courses::{Draft, EditorCard, ImportProblems, ProofProblem, port::VersionState},
    error::Result,
    history::{ASKED_DAYS, ASKERS_MIN},
};

#[derive(Template)]
#[template(path = "course_editing.html")]
struct Editing<'a> {
    site: &'a Site,
    title: &'a str,
    cards: &'a [EditorCard],
    form_token: &'a str,
}

/// All courses, for their editors.
///
/// # Errors
/// `Internal` when the template fails.
pub fn course_editing(site: &Site, cards: &[EditorCard], form_token: &str) -> Result<String> {
    render(&Editing { site, title: "Biên tập khóa học", cards, form_token })
}

impl EditorCard {
    fn is_draft(&self) -> bool {
        self.newest.state == VersionState::Draft
    }
}

#[derive(Template)]
#[template(path = "most_asked.html")]
struct MostAsked<'a> {
    site: &'a Site,
    title: &'a str,
    answered: Vec<&'a AskedTopic>,
    open: Vec<&'a AskedTopic>,
    askers_min: usize,
    days: i64,
    form_token: &'a str,
}

/// What many asked lately, for editors of courses.
///
/// # Errors
/// `Internal` when the template fails.
pub fn most_asked(site: &Site, topics: &[AskedTopic], form_token: &str) -> Result<String> {
    let (answered, open) = topics.iter().partition(|one| one.topic.article.is_some());
    let title = "Hỏi nhiều trong tháng";
    render(&MostAsked { site, title, answered, open, askers_min: ASKERS_MIN, days: ASKED_DAYS, form_token })
}

#[derive(Template)]
#[template(path = "course_draft.html")]
struct DraftPage<'a> {
    site: &'a Site,
    title: &'a str,
    draft: &'a Draft,
    problems: ImportProblems,
    files: Vec<(&'a str, bool)>,
    form_token: &'a str,
    notice: Option<&'a str>,
}

/// One course under its editors' hands.
///
/// # Errors
/// `Internal` when the template fails.
pub fn course_draft(site: &Site, draft: &Draft, form_token: &str, notice: Option<&str>) -> Result<String> {
    render(&DraftPage {
        site,
        title: draft.course.as_ref().map_or(draft.version.slug.as_str(), |course| course.title.as_str()),
        draft,
        problems: draft.problems(),
        files: draft.files.keys().map(|path| (path.as_str(), !path.starts_with("media/"))).collect(),
        form_token,
        notice,
    })
}

impl DraftPage<'_> {
    /// Questions to be looked at again, each with what became of its provision.
    fn to_review(&self) -> Vec<&ProofProblem> {
        self.problems.proofs.iter().filter(|problem| self.draft.to_review.contains(&problem.place())).collect()
    }

    fn is_draft(&self) -> bool {
        self.draft.version.state == VersionState::Draft
    }
}

#[derive(Template)]
#[template(path = "course_file.html")]
struct FilePage<'a> {
    site: &'a Site,
    title: &'a str,
    slug: &'a str,
    path: &'a str,
    /// What stands in the field.
    text: &'a str,
    /// What stands in the file now, where somebody else has just saved it.
    other: Option<&'a str>,
    seen: String,
    problems: Vec<String>,
    form_token: &'a str,
}

/// One file of a course, to be written; `typed` is what an editor wanted to save while somebody
/// else saved it.
///
/// # Errors
/// `Internal` when the template fails.
pub fn course_file(site: &Site, draft: &Draft, path: &str, typed: Option<&str>, form_token: &str) -> Result<String> {
    let text = draft.files.get(path).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let problems = draft.problems().folder.iter().filter(|p| p.file == path).map(ToString::to_string).collect();
    render(&FilePage {
        site,
        title: path,
        slug: &draft.version.slug,
        path,
        text: typed.unwrap_or(&text),
        other: typed.map(|_| text.as_ref()),
        seen: draft.seen_file(path),
        problems,
        form_token,
    })
}
