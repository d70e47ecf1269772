/*! `congdoan backup`, `restore`, `doctor`. */

use serde_json::json;

use super::{
    args::{BackupArgs, DoctorArgs, RestoreArgs},
    output, runtime, with_store,
};
use crate::{
    app::{App, Look, content_look},
    config::Config,
    error::{Error, Result},
    store::{self, RestoreWish},
};

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

pub(super) fn doctor(config: Config, args: &DoctorArgs) -> Result<()> {
    let app = App::open(config)?;
    let mut looks = app.file_looks();
    let (opened, damage, mail) = runtime()?.block_on(async {
        let opened = app.open_store().await;
        let damage = if opened.is_ok() { app.store_damage().await } else { Ok(Vec::new()) };
        let mail = if opened.is_ok() { app.mail_look().await } else { Ok(None) };
        app.close_store().await;
        (opened, damage, mail)
    });
    looks.push(Look { what: "database", problem: opened.err().map(|e| e.to_string()), note: None });
    let damage = damage.unwrap_or_else(|e| vec![e.to_string()]);
    looks.push(content_look(&damage));
    looks.extend(mail?);
    looks.push(app.index_look());
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
