/*!
`congdoan members …`: for who holds the machine, whatever roles they have.
*/

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{
    args::{MembersArgs, MembersCommand},
    output, with_store,
};
use crate::{
    accounts::{FirstAdmin, ImportKind, ImportReport, ImportWish, IssuedCode},
    app::{App, CodeList},
    config::Config,
    error::{Error, Result},
};

/// Problems printed; `--json` gives more.
const PROBLEMS_SHOWN: usize = 50;

pub(super) fn run(config: Config, args: MembersArgs) -> Result<()> {
    let app = App::open(config)?;
    with_store(&app, async || match args.command {
        MembersCommand::Import { file, dry_run, codes, json } => import(&app, &file, dry_run, codes, json).await,
        MembersCommand::FirstAdmin { number, name, unit, unit_name } => {
            first_admin(&app, FirstAdmin { number, name, unit: (unit, unit_name) }).await
        }
    })
}

async fn first_admin(app: &App, wish: FirstAdmin) -> Result<()> {
    let code = app.accounts()?.make_first_admin(&wish, app.now()).await?;
    output::say("the code below opens the account once; redeem it at /kich-hoat and choose a password");
    output::line(&code.shown());
    Ok(())
}

async fn import(app: &App, file: &Path, dry_run: bool, codes: Option<PathBuf>, json: bool) -> Result<()> {
    let bytes = std::fs::read(file).map_err(|e| Error::invalid(file.display().to_string(), e.to_string()))?;
    let started = std::time::Instant::now();
    let mut list = CodeList::new(app, codes);
    let mut hand_over = |issued: &[IssuedCode]| list.add(issued);
    let report = app.accounts()?.import(&bytes, ImportWish { dry_run }, app.now(), &mut hand_over).await?;
    let written = list.written();
    if json {
        output::json(&report_json(&report, dry_run, written, started.elapsed().as_secs_f64()))?;
    } else {
        for problem in report.problems.iter().take(PROBLEMS_SHOWN) {
            output::say(&format!("{}:{}: {}: {}", file.display(), problem.line, problem.column, problem.message));
        }
        if PROBLEMS_SHOWN < report.problem_count {
            output::say(&format!("… and {} more problems", report.problem_count - PROBLEMS_SHOWN));
        }
        let verb = if dry_run { "would be" } else { "were" };
        output::line(&format!(
            "{} rows of {}: {} {verb} created, {} changed, {} unchanged, {} left out; {} invite codes; {:.1} s",
            report.rows,
            kind(report.kind),
            report.created,
            report.changed,
            report.unchanged,
            report.problem_count,
            report.codes,
            started.elapsed().as_secs_f64()
        ));
        if let Some(path) = written {
            output::say(&format!("invite codes: {} (keep it safe; each opens an account)", path.display()));
        }
    }
    match report.problem_count {
        0 => Ok(()),
        count => Err(Error::invalid(file.display().to_string(), format!("{count} rows were left out"))),
    }
}

fn kind(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Units => "units",
        ImportKind::Members => "members",
    }
}

fn report_json(report: &ImportReport, dry_run: bool, codes: Option<&Path>, seconds: f64) -> serde_json::Value {
    let problem = |p: &crate::accounts::RowProblem| json!({"line": p.line, "column": p.column, "message": p.message});
    json!({
        "kind": kind(report.kind),
        "dry_run": dry_run,
        "rows": report.rows,
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "left_out": report.problem_count,
        "invite_codes": report.codes,
        "codes_file": codes.map(|path| path.display().to_string()),
        "problems": report.problems.iter().map(problem).collect::<Vec<_>>(),
        "seconds": seconds,
    })
}
