/*! Requests for support: `/ho-tro`, `/quan-ly/ho-tro`, `/api/v1/support-requests`. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    error::ApiError,
    input::{self, Parameters},
    sessions::{field, private_page},
    site,
    upload::UploadForm,
    who::{CurrentMember, MemberForm},
};
use crate::{
    app::App,
    error::Error,
    support::{self, Act, FileKind, Kind, RegisterQuery},
    views::{SupportListJson, SupportRegisterJson, SupportRequestJson},
    web,
};

/// Longest number of đồng as it is typed, in characters.
const AMOUNT_CHARS_MAX: usize = 30;

type Body = Result<Bytes, BytesRejection>;

/// One's own requests, and the form for a new one.
pub(super) async fn own_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let kind = field(&parameters, "loai").to_owned();
    own(&app, &member, web::SupportForm { kind, ..web::SupportForm::default() }).await
}

async fn own(app: &App, member: &CurrentMember, form: web::SupportForm) -> Result<Response, ApiError> {
    let requests = app.support()?.own(&member.actor).await?;
    let page = web::SupportPage { requests, form, form_token: member.form_token(app)? };
    Ok(private_page(web::support(&site(app, None), &page)?))
}

/// Sends a request; what is wrong is said on the form, and nothing that was written is lost.
pub(super) async fn send_form(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let (kind, words) = (field(&form.fields, "loai"), field(&form.fields, "noi_dung"));
    match send(&app, &form.member, ("loai", kind), words).await {
        Ok(id) => Ok(Redirect::to(&format!("/ho-tro/{id}?bao=gui")).into_response()),
        Err(Error::Invalid { message, .. } | Error::Conflict(message)) => {
            let filled = web::SupportForm { kind: kind.to_owned(), words: words.to_owned(), problem: Some(message) };
            let page = own(&app, &form.member, filled).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn send(app: &App, member: &CurrentMember, (name, kind): (&str, &str), words: &str) -> Result<i64, Error> {
    let kind = Kind::parse(kind).ok_or_else(|| Error::invalid(name, "hãy chọn một loại hỗ trợ"))?;
    app.send_support(&member.actor, kind, words, app.now()).await
}

/// One request as a page.
pub(super) async fn request_page(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show(&app, &member, id, (None, ""), field(&parameters, "bao")).await
}

async fn show(
    app: &App,
    member: &CurrentMember,
    id: i64,
    (problem, typed): (Option<String>, &str),
    notice: &str,
) -> Result<Response, ApiError> {
    let view = app.support()?.open(&member.actor, id, app.now()).await?;
    let page = web::SupportRequestPage {
        view,
        form_token: member.form_token(app)?,
        problem,
        typed: typed.to_owned(),
        notice: web::support_notice(notice),
    };
    Ok(private_page(web::support_request(&site(app, None), &page)?))
}

/// Does something with a request.
pub(super) async fn act_form(
    State(app): State<App>,
    Path((id, what)): Path<(i64, String)>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let words = field(&form.fields, "noi_dung");
    let act = match what.as_str() {
        "duyet" => amount(field(&form.fields, "so_tien"))
            .map(|amount_dong| Act::Approve { amount_dong, words: words.to_owned() }),
        "nhan-tin" => Ok(Act::Say(words.to_owned())),
        "rut" => Ok(Act::Withdraw),
        "nhan" => Ok(Act::Take),
        "hoi" => Ok(Act::Ask(words.to_owned())),
        "tu-choi" => Ok(Act::Refuse(words.to_owned())),
        "xong" => Ok(Act::Finish(words.to_owned())),
        _ => Err(Error::NotFound { resource: "page", id: what.clone() }),
    };
    let done = match act {
        Ok(act) => app.act_on_support(&form.member.actor, id, &act, app.now()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(state) => Ok(Redirect::to(&format!("/ho-tro/{id}?bao={}", state.name())).into_response()),
        Err(Error::Invalid { message, .. } | Error::Conflict(message)) => {
            let page = show(&app, &form.member, id, (Some(message), words), "").await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds a file.
pub(super) async fn attach_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: UploadForm,
) -> Result<Response, ApiError> {
    let file = (form.file.name.as_str(), form.file.bytes);
    match app.support()?.attach(&form.member.actor, id, file, app.now()).await {
        Ok(_) => Ok(Redirect::to(&format!("/ho-tro/{id}?bao=tep")).into_response()),
        Err(Error::Invalid { message, .. } | Error::Conflict(message)) => {
            let page = show(&app, &form.member, id, (Some(message), ""), "").await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A file of a request: pictures are shown, documents kept.
pub(super) async fn file(
    State(app): State<App>,
    Path((id, n)): Path<(i64, u32)>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let (file, bytes) = app.support()?.file(&member.actor, id, n).await?;
    let (place, ending) = match file.kind {
        FileKind::Jpeg => ("inline", "jpg"),
        FileKind::Pdf => ("attachment", "pdf"),
    };
    let headers = [
        (CONTENT_TYPE, file.kind.content_type().to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (CONTENT_DISPOSITION, format!("{place}; filename=\"ho-tro-{id}-{n}.{ending}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// The officers' register: `?don_vi=&nam=&trang_thai=&truoc=`.
pub(super) async fn register_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    register(&app, &member, &query(&parameters, ["don_vi", "nam", "trang_thai", "truoc"])?, None).await
}

async fn register(
    app: &App,
    member: &CurrentMember,
    query: &RegisterQuery,
    problem: Option<String>,
) -> Result<Response, ApiError> {
    let register = app.support()?.register(&member.actor, query, app.now()).await?;
    let page = web::SupportRegisterPage { register, form_token: member.form_token(app)?, problem };
    Ok(private_page(web::support_register(&site(app, None), &page)?))
}

/// Sets a unit's budget.
pub(super) async fn budget_form(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let fields = &form.fields;
    let set = async {
        let year = field(fields, "nam").parse().map_err(|_ignored| Error::invalid("nam", "phải là một năm"))?;
        let budget = amount(field(fields, "ngan_sach"))?;
        let unit = (field(fields, "don_vi").trim(), year);
        app.support()?.set_budget(&form.member.actor, unit, budget, app.now()).await
    };
    match set.await {
        Ok(()) => {
            let year = web::path_part(field(fields, "nam"));
            Ok(Redirect::to(&format!("/quan-ly/ho-tro?nam={year}")).into_response())
        }
        Err(Error::Invalid { message, .. }) => {
            let page = register(&app, &form.member, &RegisterQuery::default(), Some(message)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The register as a file.
pub(super) async fn register_csv(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let query = query(&parameters, ["don_vi", "nam", "trang_thai", "truoc"])?;
    let text = app.support()?.register_csv(&member.actor, &query, app.now()).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CACHE_CONTROL, "private, no-store"),
        (CONTENT_DISPOSITION, "attachment; filename=\"so-ho-tro.csv\""),
    ];
    Ok((headers, text).into_response())
}

/// One's own requests.
pub(super) async fn list(State(app): State<App>, member: CurrentMember) -> Result<Json<SupportListJson>, ApiError> {
    Ok(Json(SupportListJson::new(&app.support()?.own(&member.actor).await?)))
}

/// Sends a request: `{"kind": "hardship", "words": "…"}`.
pub(super) async fn create(State(app): State<App>, member: CurrentMember, body: Body) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"kind": "hardship", "words": "…"}"#)?;
    let kind = input::string(&fields, "kind")?.unwrap_or_default();
    let words = input::string(&fields, "words")?.unwrap_or_default();
    let id = send(&app, &member, ("kind", kind), words).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

/// One request.
pub(super) async fn request(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Json<SupportRequestJson>, ApiError> {
    Ok(Json(SupportRequestJson::from(&app.support()?.open(&member.actor, id, app.now()).await?)))
}

/// Does something with a request: `{"words": "…", "amount_dong": 0}`.
pub(super) async fn act(
    State(app): State<App>,
    Path((id, what)): Path<(i64, String)>,
    member: CurrentMember,
    body: Body,
) -> Result<Json<Value>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"words": "…"}"#)?;
    let words = input::string(&fields, "words")?.unwrap_or_default().to_owned();
    let amount_dong = match fields.get("amount_dong") {
        None | Some(Value::Null) => 0,
        Some(value) => value.as_i64().ok_or_else(|| Error::invalid("amount_dong", "phải là số nguyên đồng"))?,
    };
    let act = match what.as_str() {
        "say" => Act::Say(words),
        "withdraw" => Act::Withdraw,
        "take" => Act::Take,
        "ask" => Act::Ask(words),
        "approve" => Act::Approve { amount_dong, words },
        "refuse" => Act::Refuse(words),
        "finish" => Act::Finish(words),
        _ => return Err(Error::NotFound { resource: "page", id: what }.into()),
    };
    let state = app.act_on_support(&member.actor, id, &act, app.now()).await?;
    Ok(Json(json!({"id": id, "state": state.name()})))
}

/// A register: `?unit=&year=&state=&before=`.
pub(super) async fn register_json(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SupportRegisterJson>, ApiError> {
    let query = query(&parameters, ["unit", "year", "state", "before"])?;
    Ok(Json(SupportRegisterJson::from(&app.support()?.register(&member.actor, &query, app.now()).await?)))
}

/// What of a register is asked for, by these names.
fn query(parameters: &Parameters, [unit, year, state, before]: [&str; 4]) -> Result<RegisterQuery, Error> {
    let given = |name: &str| parameters.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let wrong = |name: &str| Error::invalid(name, "không đúng dạng");
    Ok(RegisterQuery {
        unit: given(unit),
        year: given(year).map(|text| text.parse().map_err(|_ignored| wrong(year))).transpose()?,
        state: given(state).map(|text| support::State::parse(&text).ok_or_else(|| wrong(state))).transpose()?,
        before: given(before).map(|text| text.parse().map_err(|_ignored| wrong(before))).transpose()?,
    })
}

/// Đồng as people here type them: `1.500.000`; nothing is none.
fn amount(typed: &str) -> Result<i64, Error> {
    let digits: String = typed.chars().filter(|sign| !matches!(sign, '.' | ' ' | '\u{a0}')).collect();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && typed.chars().count() <= AMOUNT_CHARS_MAX;
    match digits.as_str() {
        "" if typed.trim().is_empty() => Ok(0),
        digits if is_number && !digits.is_empty() => {
            digits.parse().map_err(|_ignored| Error::invalid("so_tien", "số quá lớn"))
        }
        _ => Err(Error::invalid("so_tien", "hãy viết số tiền bằng đồng, ví dụ 1.500.000")),
    }
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn an_amount_is_whole_dong() {
        for (typed, expected) in [("1.500.000", 1_500_000), ("1 500 000", 1_500_000), (" 300000 ", 300_000), ("", 0)] {
            assert_eq!(amount(typed).unwrap(), expected, "{typed}");
        }
        for typed in ["-5", "1,5", "1e9", "năm triệu", ".", "99999999999999999999", &"0".repeat(40)] {
            assert!(amount(typed).is_err(), "{typed}");
        }
    }
}
