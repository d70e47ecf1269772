/*! The counsellors' desk: `/tu-van` and `/api/v1/reviews`. */

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
    review::{Decision, Judgement},
    views::{ReviewJson, ReviewsJson},
    web,
};

/// The queue as a page.
pub(super) async fn queue_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let cases = app.reviews()?.queue(&member.actor, &*app.history()?, app.now()).await?;
    let notice = web::Notice::of(field(&parameters, "bao"));
    Ok(private_page(web::queue(&site(&app, None), &cases, notice)?))
}

/// One case as a page.
pub(super) async fn case_page(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    show(&app, &member, id, None, "").await
}

async fn show(
    app: &App,
    member: &CurrentMember,
    id: i64,
    problem: Option<String>,
    correction: &str,
) -> Result<Response, ApiError> {
    let case = app.reviews()?.open(&member.actor, &*app.history()?, id, app.now()).await?;
    let form_token = member.form_token(app)?;
    let page = web::CasePage { case, form_token, problem, correction: correction.to_owned() };
    Ok(private_page(web::case(&site(app, None), &page)?))
}

/// Takes a case in hand.
pub(super) async fn claim_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.reviews()?.claim(&form.member.actor, id, app.now()).await?;
    Ok(Redirect::to(&format!("/tu-van/{id}")))
}

/// Lays a case back.
pub(super) async fn release_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.reviews()?.release(&form.member.actor, id).await?;
    Ok(Redirect::to("/tu-van?bao=da-tra"))
}

/// Decides a case; what is wrong with the form is said on it.
pub(super) async fn decide_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let fields = &form.fields;
    let verdict = Judgement::parse(field(fields, "danh_gia"));
    let decision = Decision {
        verdict: verdict.ok_or_else(|| Error::invalid("danh_gia", "hãy chọn một đánh giá"))?,
        sentence: field(fields, "cau_so").parse().ok(),
        reason: field(fields, "ly_do").to_owned(),
        correction: field(fields, "sua").to_owned(),
    };
    match app.reviews()?.decide(&form.member.actor, id, &decision, app.now()).await {
        Ok(_) => Ok(Redirect::to("/tu-van?bao=da-quyet").into_response()),
        Err(Error::Invalid { message, .. }) => {
            let page = show(&app, &form.member, id, Some(message), &decision.correction).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The queue.
pub(super) async fn queue(State(app): State<App>, member: CurrentMember) -> Result<Json<ReviewsJson>, ApiError> {
    let cases = app.reviews()?.queue(&member.actor, &*app.history()?, app.now()).await?;
    Ok(Json(ReviewsJson { reviews: cases.iter().map(ReviewJson::from).collect() }))
}

/// One case.
pub(super) async fn case(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Json<ReviewJson>, ApiError> {
    let case = app.reviews()?.open(&member.actor, &*app.history()?, id, app.now()).await?;
    Ok(Json(ReviewJson::from(&case)))
}

/// Takes a case in hand.
pub(super) async fn claim(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.reviews()?.claim(&member.actor, id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lays a case back.
pub(super) async fn release(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.reviews()?.release(&member.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides a case: `{"verdict": "wrong", "sentence": 1, "correction": "…", "reason": "…"}`.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"verdict": "wrong", "correction": "…"}"#)?;
    let text = |name: &str| input::string(&fields, name).map(|text| text.unwrap_or_default().to_owned());
    let verdict = Judgement::parse(&text("verdict")?);
    let sentence = match fields.get("sentence") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let place = value.as_u64().and_then(|place| u32::try_from(place).ok());
            Some(place.ok_or_else(|| Error::invalid("sentence", "phải là số thứ tự của câu"))?)
        }
    };
    let decision = Decision {
        verdict: verdict.ok_or_else(|| Error::invalid("verdict", "phải là right, wrong, incomplete hoặc dangerous"))?,
        sentence,
        reason: text("reason")?,
        correction: text("correction")?,
    };
    let state = app.reviews()?.decide(&member.actor, id, &decision, app.now()).await?;
    Ok(Json(json!({"id": id, "state": state.name()})))
}
