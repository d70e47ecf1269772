/*! Who asked: `…/identity`, `/api/v1/identity-openings` and their pages. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    error::ApiError,
    input::{self, Parameters},
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm},
};
use crate::{
    app::App,
    error::Error,
    views::{IdentityJson, OpeningsJson},
    web,
};

/// Wishes to know who asked: `{"reason": "…"}`.
pub(super) async fn wish(
    State(app): State<App>,
    Path(review): Path<i64>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"reason": "…"}"#)?;
    let reason = input::string(&fields, "reason")?.unwrap_or_default();
    let id = app.identities()?.wish(&member.actor, review, reason, app.now()).await?;
    Ok((StatusCode::CREATED, Json(json!({"id": id, "state": "wished"}))).into_response())
}

/// What one may know of who asked.
pub(super) async fn known(
    State(app): State<App>,
    Path(review): Path<i64>,
    member: CurrentMember,
) -> Result<Json<IdentityJson>, ApiError> {
    Ok(Json(IdentityJson::from(&app.asker_of(&member.actor, review).await?)))
}

/// The log: `?before=`.
pub(super) async fn log(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Json<OpeningsJson>, ApiError> {
    let openings = app.identities()?.log(&member.actor, before(&parameters, "before")?).await?;
    Ok(Json(OpeningsJson::from(openings.as_slice())))
}

fn before(parameters: &Parameters, name: &str) -> Result<Option<i64>, Error> {
    let wrong = |_| Error::invalid(name, "không phải chỗ của một trang trước");
    parameters.get(name).map(|text| text.parse().map_err(wrong)).transpose()
}

/// Decides a wish: `{"grant": true}`.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"grant": true}"#)?;
    let grant = input::boolean(&fields, "grant")?.ok_or_else(|| Error::invalid("grant", "phải là true hoặc false"))?;
    let state = app.identities()?.decide(&member.actor, id, grant, app.now()).await?;
    Ok(Json(json!({"id": id, "state": state.name()})))
}

/// Lets the counsellors of one's own case know who asked.
pub(super) async fn agree(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.identities()?.agree(&member.actor, (&id, ordinal), true, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes that back.
pub(super) async fn take_back(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.identities()?.agree(&member.actor, (&id, ordinal), false, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same with a form.
pub(super) async fn agree_form(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let given = field(&form.fields, "bo") != "1";
    app.identities()?.agree(&form.member.actor, (&id, ordinal), given, app.now()).await?;
    let notice = if given { "cho-biet-ten" } else { "giau-ten" };
    Ok(Redirect::to(&format!("/lich-su/{}?bao={notice}", web::path_part(&id))))
}

/// What a counsellor may know of who asked, as a page.
pub(super) async fn known_page(
    State(app): State<App>,
    Path(review): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    show(&app, &member, review, None).await
}

async fn show(app: &App, member: &CurrentMember, review: i64, problem: Option<String>) -> Result<Response, ApiError> {
    let known = app.asker_of(&member.actor, review).await?;
    let page = web::IdentityPage { review, known, form_token: member.form_token(app)?, problem };
    Ok(private_page(web::identity(&site(app, None), &page)?))
}

/// Wishes to know who asked, with a form.
pub(super) async fn wish_form(
    State(app): State<App>,
    Path(review): Path<i64>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    match app.identities()?.wish(&form.member.actor, review, field(&form.fields, "ly_do"), app.now()).await {
        Ok(_) => Ok(Redirect::to(&format!("/tu-van/{review}/danh-tinh")).into_response()),
        Err(Error::Invalid { message, .. }) => {
            let page = show(&app, &form.member, review, Some(message)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The log as a page: `?truoc=`.
pub(super) async fn log_page(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let openings = app.identities()?.log(&member.actor, before(&parameters, "truoc")?).await?;
    let notice = web::Notice::of(field(&parameters, "bao"));
    let page = web::OpeningsPage { openings, form_token: member.form_token(&app)?, notice };
    Ok(private_page(web::openings(&site(&app, None), &page)?))
}

/// Decides a wish with a form.
pub(super) async fn decide_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let grant = field(&form.fields, "dong_y") == "1";
    app.identities()?.decide(&form.member.actor, id, grant, app.now()).await?;
    Ok(Redirect::to("/quan-ly/danh-tinh?bao=da-quyet-danh-tinh"))
}
