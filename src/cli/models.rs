/*!
`congdoan models …`
*/

use serde_json::json;

use super::{
    args::{ModelsArgs, ModelsCommand},
    output,
    progress::Bars,
};
use crate::{
    config::Config,
    error::{Error, Result},
    fetch::{FileState, PackageClient},
    models::{self, Manifest, Status},
};

pub(super) fn run(config: &Config, args: &ModelsArgs) -> Result<()> {
    let models_dir = &config.paths.models;
    let manifest = Manifest::load(models_dir)?;
    match &args.command {
        ModelsCommand::Pull { ids } => {
            models::pull(&manifest, ids, models_dir, &PackageClient::default(), &Bars)?;
            output::line("the models are here");
            Ok(())
        }
        ModelsCommand::Verify { ids, json } => {
            let statuses = models::verify(&manifest, ids, models_dir, &Bars)?;
            show(&statuses, *json)?;
            let bad: Vec<&str> = statuses
                .iter()
                .filter(|s| {
                    !matches!(s.state, FileState::Good | FileState::Missing)
                        || (!ids.is_empty() && s.state != FileState::Good)
                })
                .map(|s| s.id.as_str())
                .collect();
            if bad.is_empty() {
                Ok(())
            } else {
                Err(Error::unavailable(
                    format!("not as it should be: {}", bad.join(", ")),
                    "run `congdoan models pull` with these names",
                ))
            }
        }
        ModelsCommand::List { json } => show(&models::list(&manifest, models_dir)?, *json),
    }
}

fn show(statuses: &[Status], as_json: bool) -> Result<()> {
    if as_json {
        let list: Vec<_> = statuses
            .iter()
            .map(|s| json!({"id": s.id, "path": s.path, "good": s.state == FileState::Good, "state": s.description}))
            .collect();
        return output::json(&json!({"models": list}));
    }
    for status in statuses {
        output::line(&format!("{}\t{}\t{}", status.id, status.description, status.path.display()));
    }
    Ok(())
}
