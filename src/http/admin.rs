/*! `/api/v1/admin/corpus/…`: the corpus reloaded by who holds the admin token, or is signed in as an admin of the union. */

use std::convert::Infallible;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest as _, Path, Query, Request, State, rejection::BytesRejection},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    admin_who::{CurrentAdmin, form_parts},
    chat::heartbeat,
    error::ApiError,
    finish::Streamed,
    input::{self, Parameters},
};
use crate::{
    app::{
        App,
        admin::{BuildState, BuildView, BuildWish},
    },
    views::{BuildJson, DiffJson, GenerationsJson, UploadJson, UploadsJson},
};

/// Entries of each list of a comparison; counts tell of the rest.
const DIFF_LIST_MAX: usize = 1_000;

/// Takes in a file named by `?name=`, the body being its content, or the files of a form
/// (`multipart/form-data`) under their own names: all of them or, where one is refused, none.
pub(super) async fn upload(
    State(app): State<App>,
    // Before the body: who may not upload does not get to fill the memory either.
    CurrentAdmin(admin): CurrentAdmin,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let (_, files) = form_parts(request, &app).await?;
        if files.is_empty() {
            return Err(ApiError::Body("biểu mẫu không có tệp nào".to_owned()));
        }
        let taken = admin.upload_all(files).await?;
        let files: Vec<UploadJson> = taken.into_iter().map(UploadJson::from).collect();
        return Ok((StatusCode::CREATED, Json(json!({ "files": files }))).into_response());
    }
    let body = Bytes::from_request(request, &app).await;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().limits.upload_bytes_max))?;
    let name = parameters.get("name").map_or("", String::as_str);
    let taken = admin.upload(name, body.into()).await?;
    Ok((StatusCode::CREATED, Json(UploadJson::from(taken))).into_response())
}

/// The files that were uploaded and belong to the corpus.
pub(super) async fn uploads(CurrentAdmin(admin): CurrentAdmin) -> Result<Json<UploadsJson>, ApiError> {
    Ok(Json(UploadsJson::from(admin.uploads().await?)))
}

/// Takes one of them out of the corpus, from the next build on.
pub(super) async fn drop_upload(
    CurrentAdmin(admin): CurrentAdmin,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    admin.drop_upload(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts a build; by default it is not activated, so that it can be looked at first.
pub(super) async fn start_build(
    State(app): State<App>,
    CurrentAdmin(admin): CurrentAdmin,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let wish = BuildWish {
        activate: input::switch(&body, "activate")?,
        confirm_removal: input::switch(&body, "confirm_removal")?,
    };
    let build = admin.start_build(wish).await?;
    Ok((StatusCode::ACCEPTED, Json(BuildJson::from(&build))).into_response())
}

/// How far a build has come.
pub(super) async fn build(
    CurrentAdmin(admin): CurrentAdmin,
    Path(id): Path<String>,
) -> Result<Json<BuildJson>, ApiError> {
    let build = admin.build(&id)?;
    let view = build.borrow().clone();
    Ok(Json(BuildJson::from(&view)))
}

/// The same as server-sent events, until it ends.
pub(super) async fn build_events(
    CurrentAdmin(admin): CurrentAdmin,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let build = admin.build(&id)?;
    let mut response = (Streamed::headers(), Sse::new(events(build)).keep_alive(heartbeat())).into_response();
    response.extensions_mut().insert(Streamed);
    Ok(response)
}

/// The complete generations.
pub(super) async fn generations(CurrentAdmin(admin): CurrentAdmin) -> Result<Json<GenerationsJson>, ApiError> {
    Ok(Json(GenerationsJson::from(admin.generations())))
}

/// Makes the generation that was active before the active one again.
pub(super) async fn roll_back(CurrentAdmin(admin): CurrentAdmin) -> Result<Json<Value>, ApiError> {
    let id = admin.roll_back().await?;
    Ok(Json(json!({"id": id, "active": true})))
}

/// Makes a generation the active one.
pub(super) async fn activate(
    State(app): State<App>,
    CurrentAdmin(admin): CurrentAdmin,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    admin.activate(id.clone(), input::switch(&body, "confirm_removal")?).await?;
    Ok(Json(json!({"id": id, "active": true})))
}

/// What a generation changes: `?to=`, or the newest, against `?from=`, or the active one.
pub(super) async fn diff(
    CurrentAdmin(admin): CurrentAdmin,
    Query(parameters): Query<Parameters>,
) -> Result<Json<DiffJson>, ApiError> {
    let id = |name: &str| parameters.get(name).filter(|id| !id.is_empty()).cloned();
    let view = admin.diff(id("from"), id("to")).await?;
    let touched = admin.touched_by(&view.to).await?;
    Ok(Json(DiffJson { touched: touched.map(Into::into), ..DiffJson::new(&view, DIFF_LIST_MAX) }))
}

/// The state now and after every change; the last one is `done` or `failed`.
fn events(build: watch::Receiver<BuildView>) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(Some((build, true)), |state| async move {
        let (mut build, is_first) = state?;
        // A sender that is gone has left the last state behind.
        let is_over = !is_first && build.changed().await.is_err();
        let view = build.borrow_and_update().clone();
        let name = match view.state {
            BuildState::Running => "progress",
            BuildState::Done => "done",
            BuildState::Failed => "failed",
        };
        let event = Event::default().event(name).json_data(BuildJson::from(&view)).unwrap_or_default();
        let next = (view.state == BuildState::Running && !is_over).then_some((build, false));
        Some((Ok(event), next))
    })
}
