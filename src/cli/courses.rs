/*!
`congdoan courses …`: folders of courses, for who holds the machine. The only place that reads
and writes them as files.
*/

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{
    args::{CoursesArgs, CoursesCommand},
    output, with_store,
};
use crate::{
    app::App,
    config::Config,
    courses::{
        ImportProblems, ImportWish, Imported, OpenDraft, Reviewed, Unheld, check,
        folder::{COURSE_BYTES_MAX, FILES_MAX, Files},
    },
    error::{Error, Result},
};

pub(super) fn run(config: Config, args: CoursesArgs) -> Result<()> {
    let app = App::open(config)?;
    let unheld = |allow: bool| if allow { Unheld::Allow } else { Unheld::Refuse };
    match args.command {
        CoursesCommand::Check { folder, allow_unheld, json } => check_folder(&app, &folder, unheld(allow_unheld), json),
        CoursesCommand::Import { folder, allow_unheld, reviewed, replace_draft, json } => {
            let wish = ImportWish {
                unheld: unheld(allow_unheld),
                reviewed: if reviewed { Reviewed::All } else { Reviewed::These(BTreeSet::new()) },
                draft: if replace_draft { OpenDraft::Replace } else { OpenDraft::Keep },
            };
            with_store(&app, async || import(&app, &folder, &wish, json).await)
        }
        CoursesCommand::Export { slug, folder } => with_store(&app, async || export(&app, &slug, &folder).await),
    }
}

fn check_folder(app: &App, folder: &Path, unheld: Unheld, json: bool) -> Result<()> {
    let files = read_folder(folder)?;
    say_without_index(app);
    let mut problems = check(&name_of(folder)?, &files, &app.law_now()).err().unwrap_or_default();
    if unheld == Unheld::Allow {
        problems.proofs.retain(|problem| problem.stale.is_some());
    }
    tell(folder, &problems, "ok", None, json)
}

async fn import(app: &App, folder: &Path, wish: &ImportWish, json: bool) -> Result<()> {
    let files = read_folder(folder)?;
    say_without_index(app);
    let imported = app.courses()?.import(&name_of(folder)?, &files, wish, &app.law_now(), app.now()).await?;
    match imported {
        Imported::Published(version) => tell(folder, &ImportProblems::default(), "published", Some(version), json),
        Imported::Unchanged => tell(folder, &ImportProblems::default(), "unchanged", None, json),
        Imported::Refused(problems) => tell(folder, &problems, "refused", None, json),
    }
}

async fn export(app: &App, slug: &str, folder: &Path) -> Result<()> {
    let files = app.courses()?.export(slug).await?;
    let root = if folder.file_name().is_some_and(|name| name == slug) { folder.to_owned() } else { folder.join(slug) };
    let failed = |path: &Path, e: &std::io::Error| {
        Error::invalid(path.display().to_string(), format!("cannot be written: {e}; name a folder that is not there"))
    };
    if let Some(parent) = root.parent() {
        std::fs::create_dir_all(parent).map_err(|e| failed(parent, &e))?;
    }
    // Fails where it is there: nothing is written over.
    std::fs::create_dir(&root).map_err(|e| failed(&root, &e))?;
    for (path, bytes) in &files {
        let path = root.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| failed(parent, &e))?;
        }
        std::fs::write(&path, bytes).map_err(|e| failed(&path, &e))?;
    }
    output::line(&format!("{}: {} files", root.display(), files.len()));
    Ok(())
}

fn say_without_index(app: &App) {
    if app.law_now().release.is_none() {
        output::warn("there is no index: proofs cannot be compared; run `congdoan ingest` first");
    }
}

fn tell(folder: &Path, problems: &ImportProblems, status: &str, version: Option<i64>, json: bool) -> Result<()> {
    let count = problems.folder.len() + problems.proofs.len();
    let status = if count == 0 { status } else { "problems" };
    if json {
        output::json(&report(folder, problems, status, version))?;
    } else {
        for problem in &problems.folder {
            output::line(&format!("{}/{problem}", folder.display()));
        }
        for problem in &problems.proofs {
            output::line(&format!("{}/{problem}", folder.display()));
        }
        let version = version.map(|version| format!(" as version {version}")).unwrap_or_default();
        output::line(&format!("{}: {status}{version}", folder.display()));
    }
    match count {
        0 => Ok(()),
        count => Err(Error::invalid(folder.display().to_string(), format!("{count} problems, nothing was taken in"))),
    }
}

fn report(folder: &Path, problems: &ImportProblems, status: &str, version: Option<i64>) -> Value {
    json!({
        "folder": folder.display().to_string(),
        "status": status,
        "version": version,
        "problems": problems.folder.iter()
            .map(|p| json!({"file": p.file, "line": p.line, "message": p.message}))
            .collect::<Vec<_>>(),
        "proofs": problems.proofs.iter()
            .map(|p| json!({
                "lesson": p.lesson, "question": p.question, "provision": p.provision,
                "stale": p.stale.is_some(), "message": p.reason(),
            }))
            .collect::<Vec<_>>(),
    })
}

/// The folder's own name, which is the course's.
fn name_of(folder: &Path) -> Result<String> {
    let path = folder.canonicalize().map_err(|e| Error::invalid(folder.display().to_string(), e.to_string()))?;
    Ok(path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// All files below a folder, within the bounds of courses; links are not followed.
fn read_folder(folder: &Path) -> Result<Files> {
    let invalid = |path: &Path, message: String| Error::invalid(path.display().to_string(), message);
    let mut open: Vec<(PathBuf, String)> = vec![(folder.to_owned(), String::new())];
    let mut files = Files::new();
    let mut bytes_left = COURSE_BYTES_MAX;
    while let Some((folder, prefix)) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| invalid(&folder, e.to_string()))? {
            let entry = entry.map_err(|e| invalid(&folder, e.to_string()))?;
            let path = entry.path();
            let facts = entry.metadata().map_err(|e| invalid(&path, e.to_string()))?;
            let name =
                entry.file_name().into_string().map_err(|_| invalid(&path, "the name is not UTF-8".to_owned()))?;
            // What version control and editors leave lying about is no part of a course.
            if name.starts_with('.') {
                continue;
            }
            let name = format!("{prefix}{name}");
            if facts.is_dir() && prefix.is_empty() {
                open.push((path, format!("{name}/")));
            } else if facts.is_file() {
                let bytes = usize::try_from(facts.len()).unwrap_or(usize::MAX);
                bytes_left = bytes_left
                    .checked_sub(bytes)
                    .ok_or_else(|| invalid(&path, format!("a course has at most {COURSE_BYTES_MAX} bytes")))?;
                files.insert(name, std::fs::read(&path).map_err(|e| invalid(&path, e.to_string()))?);
            } else {
                return Err(invalid(&path, "neither a file nor the folder `media`".to_owned()));
            }
            if FILES_MAX < files.len() {
                return Err(invalid(&folder, format!("a course has at most {FILES_MAX} files")));
            }
        }
    }
    Ok(files)
}
