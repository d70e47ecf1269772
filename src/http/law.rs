/*! `/luat` and `/luat/…`: the law itself, as pages or as JSON. */

use axum::{
    Json,
    extract::{Path, Query, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderName,
        header::{CACHE_CONTROL, VARY},
    },
    response::{IntoResponse, Redirect, Response},
};

use super::{
    accept,
    error::ApiError,
    input::{self, Parameters},
    page, site,
    who::CurrentVisitor,
};
use crate::{
    app::App,
    error::{Error, Result},
    views::{CoverageJson, ProvisionJson},
    web,
};

/// What is shown depends on who reads: no cache between keeps it.
const OWN: [(HeaderName, &str); 2] = [(VARY, "accept"), (CACHE_CONTROL, "private, no-cache")];
/// Longest provision path, in characters: far beyond every real one.
const PATH_CHARS_MAX: usize = 200;

/// The documents held, and those known to be missing.
pub(super) async fn documents(
    State(app): State<App>,
    CurrentVisitor(visitor): CurrentVisitor,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let as_of = input::date_or_today(&app, &parameters, "tai")?;
    let coverage = app.coverage(as_of, &app.audience(&visitor).await?).await?;
    if accept::prefers_json(&headers, "html") {
        return Ok((OWN, Json(CoverageJson::new(&coverage, as_of))).into_response());
    }
    page(web::documents(&site(&app, None).of_release(&coverage.corpus_release), &coverage, as_of)?)
}

/// `/luat/` is `/luat`.
pub(super) async fn documents_slash() -> Redirect {
    Redirect::permanent("/luat")
}

/// One provision.
pub(super) async fn provision(
    State(app): State<App>,
    CurrentVisitor(visitor): CurrentVisitor,
    path: Result<Path<String>, PathRejection>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let as_of = input::date_or_today(&app, &parameters, "tai")?;
    let path = path.map(|Path(path)| path).unwrap_or_default();
    let path = plausible(path.trim_end_matches('/'))?;
    let audience = app.audience(&visitor).await?;
    if accept::prefers_json(&headers, "html") {
        let target = app.provision(path, as_of, &audience).await?;
        return Ok((OWN, Json(ProvisionJson::from(&target))).into_response());
    }
    let around = web::article_path(path).filter(|article| *article != path);
    let (release, target, article) = app.provision_within(path, around, as_of, &audience).await?;
    page(web::provision(&site(&app, None).of_release(&release), article.as_ref(), &target, quote(&parameters))?)
}

/// What cannot be an id is not found either, without asking the index.
fn plausible(path: &str) -> Result<&str> {
    let plausible = !path.is_empty()
        && path.chars().count() <= PATH_CHARS_MAX
        && path.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/');
    if !plausible {
        return Err(Error::NotFound { resource: "provision", id: path.to_owned() });
    }
    Ok(path)
}

/// The part of the text to mark, `tu` to `den`; nonsense marks nothing.
fn quote(parameters: &Parameters) -> Option<(usize, usize)> {
    let number = |name: &str| parameters.get(name)?.parse::<usize>().ok();
    let (start, end) = (number("tu")?, number("den")?);
    (start < end).then_some((start, end))
}
