/*! `congdoan backup`, `restore`, `doctor`. */

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::{
    args::{BackupArgs, DoctorArgs, RestoreArgs},
    output, runtime, with_store,
};
use crate::{
    app::App,
    config::Config,
    error::{Error, Result},
    mail::Backlog,
    secrets::Keys,
    store::{self, RestoreWish},
};

/// Longest time a mail may wait before that is a problem, in hours.
const BACKLOG_HOURS_MAX: i64 = 24;
/// Rights of others, which the key file and the database must not have.
const OTHERS_MODE: u32 = 0o077;

pub(super) fn backup(config: Config, args: &BackupArgs) -> Result<()> {
    let app = App::open(config)?;
    let report = with_store(&app, async || app.back_up(&args.folder, !args.without_key).await)?;
    output::line(&format!(
        "backed up to {}: {} bytes, {} members, verified, sha256 {}",
        report.folder.display(),
        report.bytes,
        report.members,
        report.sha256
    ));
    if !report.with_key {
        output::warn("the key file is not in it: without `keys/secret.key` nobody can read this backup");
    }
    Ok(())
}

pub(super) fn restore(config: &Config, args: &RestoreArgs) -> Result<()> {
    let data = &config.paths.data;
    let wish = RestoreWish { from: args.folder.clone(), key: args.key.clone(), replace: args.replace };
    let aside = runtime()?.block_on(store::restore(data, &wish, jiff::Timestamp::now()))?;
    for path in aside {
        output::say(&format!("put aside: {}", path.display()));
    }
    output::line(&format!("restored {} into {}", args.folder.display(), data.display()));
    Ok(())
}

/// One thing looked at.
struct Look {
    what: &'static str,
    /// What is wrong and what to do; none where nothing is.
    problem: Option<String>,
    /// What else is worth knowing.
    note: Option<String>,
}

pub(super) fn doctor(config: Config, args: &DoctorArgs) -> Result<()> {
    let app = App::open(config)?;
    let mut looks = vec![rights("key file", &Keys::path(&app.config().paths.data))];
    looks.push(rights("database file", &app.config().paths.data.join(store::FILE)));
    let (opened, damage, mail) = runtime()?.block_on(async {
        let opened = app.open_store().await;
        let damage = if opened.is_ok() { app.store_damage().await } else { Ok(Vec::new()) };
        let mail = if opened.is_ok() { app.mails()?.backlog().await } else { Ok(None) };
        app.close_store().await;
        Ok::<_, Error>((opened, damage, mail))
    })?;
    looks.push(Look { what: "database", problem: opened.err().map(|e| e.to_string()), note: None });
    let damage = damage.unwrap_or_else(|e| vec![e.to_string()]);
    let problem = (!damage.is_empty())
        .then(|| format!("{}\nhint: restore a backup with `congdoan restore FOLDER --replace`", damage.join("; ")));
    looks.push(Look { what: "database content", problem, note: None });
    looks.extend(mail?.map(|(backlog, fault)| mails(&backlog, fault, jiff::Timestamp::now())));
    let index = app.store().current().err().map(|e| e.to_string());
    looks.push(Look { what: "index", problem: index, note: None });
    let problems = looks.iter().filter(|look| look.problem.is_some()).count();
    if args.json {
        let look = |look: &Look| json!({"what": look.what, "problem": look.problem, "note": look.note});
        output::json(&json!({"problems": problems, "looks": looks.iter().map(look).collect::<Vec<_>>()}))?;
    } else {
        for look in &looks {
            let note = look.note.as_ref().filter(|_| look.problem.is_none());
            let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
            output::line(&format!("{}: {}{note}", look.what, look.problem.as_deref().unwrap_or("good")));
        }
    }
    if problems == 0 { Ok(()) } else { Err(Error::unavailable(format!("{problems} problems"), "see above")) }
}

/// What waits of mails; a backlog that is a day old, or nowhere to hand mails over, is a problem.
fn mails(backlog: &Backlog, fault: Option<String>, now: jiff::Timestamp) -> Look {
    let told = format!("{} wait, {} of them were refused before", backlog.waiting, backlog.refused);
    let is_old =
        backlog.oldest.is_some_and(|oldest| oldest + jiff::SignedDuration::from_hours(BACKLOG_HOURS_MAX) < now);
    let problem = match fault {
        Some(fault) => Some(format!("{fault}; {told}\nhint: mend `[mail]` in the settings, or what it names")),
        None if is_old => Some(format!("{told}; the oldest for over {BACKLOG_HOURS_MAX} hours")),
        None => None,
    };
    Look { what: "mail", problem, note: Some(told) }
}

/// Whether others may read a file; one that is not there is no problem here.
fn rights(what: &'static str, path: &std::path::Path) -> Look {
    let mode = std::fs::metadata(path).map(|found| found.permissions().mode()).unwrap_or_default();
    let open = mode & OTHERS_MODE != 0;
    let problem = open.then(|| format!("others may read `{}`\nhint: run `chmod 600` on it", path.display()));
    Look { what, problem, note: None }
}
