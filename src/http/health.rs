/*! `/livez`, `/readyz`, `/version`: what an operator's monitor asks. */

use std::path::Path;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};

use super::error::UNAVAILABLE_RETRY_AFTER_S;
use crate::{
    app::App,
    config::GeneratorKind,
    views::{ReadyJson, VersionJson},
};

/// The process answers.
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Whether the index serves, and the state of each part.
pub(super) async fn readyz(State(app): State<App>) -> Response {
    let has_index = app.corpus_release().is_some();
    let state = Json(ReadyJson::new(&app.parts(), has_index));
    if has_index {
        return state.into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, UNAVAILABLE_RETRY_AFTER_S.to_string())], state).into_response()
}

/// What runs here.
pub(super) async fn version(State(app): State<App>) -> Json<VersionJson> {
    let models = &app.config().models;
    Json(VersionJson {
        version: env!("CARGO_PKG_VERSION"),
        corpus_release: app.corpus_release(),
        generator: match &app.config().generator {
            GeneratorKind::Candle => model_name(&models.generator),
            GeneratorKind::OpenAi(remote) => remote.model.clone(),
            GeneratorKind::None => "none".to_owned(),
        },
        embedder: model_name(&models.embedder),
    })
}

/// A model may be configured as a path; its folders are nobody's business.
fn model_name(configured: &str) -> String {
    Path::new(configured).file_name().map_or_else(|| configured.to_owned(), |name| name.to_string_lossy().into_owned())
}
