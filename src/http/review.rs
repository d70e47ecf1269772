/*! The counsellors' desk: `/tu-van` and `/api/v1/reviews`. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::{Map, Value, json};

use super::{
    error::ApiError,
    input::{self, Parameters},
    page,
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm},
};
use crate::{
    app::App,
    error::Error,
    review::{Decision, Judgement, precedent::Wish},
    views::{QualityMonthJson, ReviewJson, ReviewsJson},
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
    let waiting = app.precedents_waiting(&member.actor).await?;
    Ok(private_page(web::queue(&site(&app, None), &cases, waiting, notice)?))
}

/// What was filled in and refused.
#[derive(Default)]
struct Refused<'a> {
    problem: Option<String>,
    fields: Option<&'a Parameters>,
}

/// One case as a page.
pub(super) async fn case_page(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show(&app, &member, id, web::Notice::of(field(&parameters, "bao")), Refused::default()).await
}

async fn show(
    app: &App,
    member: &CurrentMember,
    id: i64,
    notice: Option<web::Notice>,
    refused: Refused<'_>,
) -> Result<Response, ApiError> {
    let filled = |name: &str| refused.fields.map_or("", |fields| field(fields, name)).to_owned();
    let page = web::CasePage {
        view: app.case(&member.actor, id).await?,
        form_token: member.form_token(app)?,
        notice,
        chosen: filled("danh_gia"),
        correction: filled("sua"),
        reason: filled("ly_do"),
        precedent: filled("mau"),
        sources: filled("can_cu"),
        problem: refused.problem,
    };
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
    let question = field(fields, "mau").trim();
    let wish = (!question.is_empty()).then(|| Wish {
        question: question.to_owned(),
        text: None,
        sources: field(fields, "can_cu").lines().map(str::to_owned).collect(),
    });
    let decision = Decision {
        verdict: verdict.ok_or_else(|| Error::invalid("danh_gia", "hãy chọn một đánh giá"))?,
        sentence: field(fields, "cau_so").parse().ok(),
        reason: field(fields, "ly_do").to_owned(),
        correction: field(fields, "sua").to_owned(),
        precedent: wish,
    };
    match app.decide(&form.member.actor, id, &decision).await {
        Ok(_) => Ok(Redirect::to("/tu-van?bao=da-quyet").into_response()),
        Err(Error::Invalid { message, .. }) => {
            let refused = Refused { problem: Some(message), fields: Some(fields) };
            let page = show(&app, &form.member, id, None, refused).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes to who asked.
pub(super) async fn reply_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    match app.reviews()?.reply(&form.member.actor, id, field(&form.fields, "loi"), app.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("/tu-van/{id}?bao=da-tra-loi")).into_response()),
        Err(Error::Invalid { message, .. }) => {
            let refused = Refused { problem: Some(message), fields: None };
            let page = show(&app, &form.member, id, None, refused).await?;
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
    Ok(Json(ReviewJson::from(&app.case(&member.actor, id).await?)))
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
        precedent: wish(&fields)?,
    };
    let state = app.decide(&member.actor, id, &decision).await?;
    Ok(Json(json!({"id": id, "state": state.name()})))
}

/// `"precedent": {"question": "…", "sources": ["45-2019-qh14/dieu-35"]}`.
fn wish(fields: &Map<String, Value>) -> Result<Option<Wish>, Error> {
    let wish = match fields.get("precedent") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(wish)) => wish,
        Some(_) => return Err(Error::invalid("precedent", "phải là một đối tượng")),
    };
    let question = input::string(wish, "question")?.unwrap_or_default().to_owned();
    Ok(Some(Wish { question, text: None, sources: sources(wish)? }))
}

/// A list of provisions.
pub(super) fn sources(fields: &Map<String, Value>) -> Result<Vec<String>, Error> {
    let wrong = || Error::invalid("sources", "phải là danh sách địa chỉ điều khoản");
    match fields.get("sources") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            list.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// Writes to who asked: `{"text": "…"}`.
pub(super) async fn reply(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"text": "…"}"#)?;
    let text = input::string(&fields, "text")?.unwrap_or_default();
    app.reviews()?.reply(&member.actor, id, text, app.now()).await?;
    Ok(StatusCode::CREATED)
}

/// How good answers are, month by month: for everybody.
pub(super) async fn quality_page(State(app): State<App>) -> Result<Response, ApiError> {
    page(web::quality(&site(&app, None), &app.reviews()?.quality().await?)?)
}

/// The same.
pub(super) async fn quality(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let months = app.reviews()?.quality().await?;
    Ok(Json(json!({ "months": months.iter().map(QualityMonthJson::from).collect::<Vec<_>>() })))
}
