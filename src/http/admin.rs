/*! `/api/v1/admin/corpus/…`: the corpus reloaded by who holds the admin token. */

use std::convert::Infallible;

use axum::{
    Json,
    body::Bytes,
    extract::{
        FromRequest as _, Multipart, Path, Query, Request, State, multipart::MultipartError, rejection::BytesRejection,
    },
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
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
    views::{BuildJson, DiffJson, GenerationsJson, UploadJson},
};

/// Entries of each list of a comparison; counts tell of the rest.
const DIFF_LIST_MAX: usize = 1_000;

/// Files of one form.
const FORM_FILES_MAX: usize = 200;

/// Takes in a file named by `?name=`, the body being its content, or the files of a form
/// (`multipart/form-data`) under their own names: all of them or, where one is refused, none.
pub(super) async fn upload(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Result<Response, ApiError> {
    // Who may not upload does not get to fill the memory either.
    let admin = app.admin(input::bearer(request.headers()))?;
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let taken = admin.upload_all(form_files(request, &app).await?).await?;
        let files: Vec<UploadJson> = taken.into_iter().map(UploadJson::from).collect();
        return Ok((StatusCode::CREATED, Json(json!({ "files": files }))).into_response());
    }
    let body = Bytes::from_request(request, &app).await;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().limits.upload_bytes_max))?;
    let name = parameters.get("name").map_or("", String::as_str);
    let taken = admin.upload(name, body.into()).await?;
    Ok((StatusCode::CREATED, Json(UploadJson::from(taken))).into_response())
}

/// The files of a form, with their names; its other fields mean nothing here.
async fn form_files(request: Request, app: &App) -> Result<Vec<(String, Vec<u8>)>, ApiError> {
    let bytes_max = app.config().limits.upload_bytes_max;
    let failed = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::BodyTooLarge(bytes_max),
        _ => ApiError::Body("không đọc được biểu mẫu tải tệp (multipart/form-data)".to_owned()),
    };
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|_| ApiError::Body("biểu mẫu tải tệp không có ranh giới (boundary)".to_owned()))?;
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(failed)? {
        let Some(name) = field.file_name().map(str::to_owned) else { continue };
        if files.len() == FORM_FILES_MAX {
            return Err(ApiError::Body(format!("một biểu mẫu có nhiều nhất {FORM_FILES_MAX} tệp")));
        }
        files.push((name, field.bytes().await.map_err(failed)?.into()));
    }
    if files.is_empty() {
        return Err(ApiError::Body("biểu mẫu không có tệp nào".to_owned()));
    }
    Ok(files)
}

/// Starts a build; by default it is not activated, so that it can be looked at first.
pub(super) async fn start_build(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let admin = app.admin(input::bearer(&headers))?;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let wish = BuildWish {
        activate: input::switch(&body, "activate")?,
        confirm_removal: input::switch(&body, "confirm_removal")?,
    };
    let build = admin.start_build(wish)?;
    Ok((StatusCode::ACCEPTED, Json(BuildJson::from(&build))).into_response())
}

/// How far a build has come.
pub(super) async fn build(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<BuildJson>, ApiError> {
    let build = app.admin(input::bearer(&headers))?.build(&id)?;
    let view = build.borrow().clone();
    Ok(Json(BuildJson::from(&view)))
}

/// The same as server-sent events, until it ends.
pub(super) async fn build_events(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let build = app.admin(input::bearer(&headers))?.build(&id)?;
    let mut response = (Streamed::headers(), Sse::new(events(build)).keep_alive(heartbeat())).into_response();
    response.extensions_mut().insert(Streamed);
    Ok(response)
}

/// The complete generations.
pub(super) async fn generations(State(app): State<App>, headers: HeaderMap) -> Result<Json<GenerationsJson>, ApiError> {
    Ok(Json(GenerationsJson::from(app.admin(input::bearer(&headers))?.generations())))
}

/// Makes a generation the active one.
pub(super) async fn activate(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let admin = app.admin(input::bearer(&headers))?;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    admin.activate(id.clone(), input::switch(&body, "confirm_removal")?).await?;
    Ok(Json(json!({"id": id, "active": true})))
}

/// What a generation changes: `?to=`, or the newest, against `?from=`, or the active one.
pub(super) async fn diff(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Json<DiffJson>, ApiError> {
    let admin = app.admin(input::bearer(&headers))?;
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
