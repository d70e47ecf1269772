/*! Answers that counsellors approved for everybody: `/tu-van/mau` and `/api/v1/precedents`. */

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
    review::sources,
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm},
};
use crate::{app::App, error::Error, views::PrecedentJson, web};

/// All of them as a page.
pub(super) async fn list_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let standings = app.precedent_list(&member.actor).await?;
    let notice = web::Notice::of(field(&parameters, "bao"));
    Ok(private_page(web::precedents(&site(&app, None), &standings, notice)?))
}

/// One as a page.
pub(super) async fn one_page(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    show(&app, &member, id, None, &Parameters::new()).await
}

async fn show(
    app: &App,
    member: &CurrentMember,
    id: i64,
    problem: Option<String>,
    fields: &Parameters,
) -> Result<Response, ApiError> {
    let (standing, claims) = app.precedent(&member.actor, id).await?;
    let page = web::PrecedentPage {
        standing,
        claims,
        form_token: member.form_token(app)?,
        problem,
        text: field(fields, "sua").to_owned(),
        sources: field(fields, "can_cu").to_owned(),
    };
    Ok(private_page(web::precedent(&site(app, None), &page)?))
}

/// Renews one, or drops it; what is wrong with the form is said on it.
pub(super) async fn renew_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let (actor, fields) = (&form.member.actor, &form.fields);
    if field(fields, "bo") == "1" {
        app.drop_precedent(actor, id).await?;
        return Ok(Redirect::to("/tu-van/mau?bao=bo-mau").into_response());
    }
    let sources = field(fields, "can_cu").lines().map(str::to_owned).collect();
    match app.renew_precedent(actor, id, field(fields, "sua"), sources).await {
        Ok(()) => Ok(Redirect::to("/tu-van/mau?bao=gia-han").into_response()),
        Err(Error::Invalid { message, .. }) => {
            let page = show(&app, &form.member, id, Some(message), fields).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// All of them, those to be renewed first.
pub(super) async fn list(State(app): State<App>, member: CurrentMember) -> Result<Json<Value>, ApiError> {
    let standings = app.precedent_list(&member.actor).await?;
    Ok(Json(json!({ "precedents": standings.iter().map(PrecedentJson::from).collect::<Vec<_>>() })))
}

/// One of them.
pub(super) async fn one(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Json<PrecedentJson>, ApiError> {
    let (standing, _) = app.precedent(&member.actor, id).await?;
    Ok(Json(PrecedentJson::from(&standing)))
}

/// Renews one under the law of today: `{"text": "… [1].", "sources": ["45-2019-qh14/dieu-35"]}`.
pub(super) async fn renew(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"text": "… [1]."}"#)?;
    let text = input::string(&fields, "text")?.unwrap_or_default();
    app.renew_precedent(&member.actor, id, text, sources(&fields)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Drops one.
pub(super) async fn drop_one(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.drop_precedent(&member.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
