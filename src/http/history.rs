/*! What a member asked: pages and `/api/v1/conversations`; their own data erased. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::{HeaderName, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    error::ApiError,
    input::{self, Parameters},
    sessions::{field, private_page},
    site,
    who::{self, CurrentMember, CurrentVisitor, MemberForm},
};
use crate::{
    accounts::Actor,
    app::App,
    error::Error,
    history::{ConversationList, Purpose, ShareKind, Verdict},
    views::{ConsentJson, ConversationsJson, FoundQuestionsJson, WholeConversationJson},
    web,
};

/// One's own questions: `?tim=`, `?sau=`.
pub(super) async fn list_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let history = app.history()?;
    let search = field(&parameters, "tim").trim().to_owned();
    let nothing = ConversationList { conversations: Vec::new(), next: None };
    let (list, found) = if search.is_empty() {
        (history.list(&member.actor, parameters.get("sau").map(String::as_str)).await?, Vec::new())
    } else {
        (nothing, history.search(&member.actor, &search).await?)
    };
    let agreed: Vec<Purpose> = history.consents(&member.actor).await?.into_iter().map(|(what, _)| what).collect();
    let notice = web::Notice::of(field(&parameters, "bao"));
    let page = web::HistoryPage { list, search, found, agreed, form_token: member.form_token(&app)?, notice };
    Ok(private_page(web::history(&site(&app, None), &page)?))
}

/// One conversation.
pub(super) async fn conversation_page(
    State(app): State<App>,
    Path(id): Path<String>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show(&app, &member, id, web::Notice::of(field(&parameters, "bao")), None).await
}

async fn show(
    app: &App,
    member: &CurrentMember,
    id: String,
    notice: Option<web::Notice>,
    link: Option<String>,
) -> Result<Response, ApiError> {
    let messages = app.history()?.conversation(&member.actor, &id).await?;
    let outcomes = app.reviews()?.outcomes(&member.actor, &id).await?;
    let talks = app.reviews()?.talks(&member.actor, &id).await?;
    let mut openings = app.identities()?.own(&member.actor).await?;
    openings.retain(|own| own.message.0 == id);
    let form_token = member.form_token(app)?;
    let page = web::ConversationPage { id, messages, outcomes, talks, openings, form_token, notice, link };
    Ok(private_page(web::conversation(&site(app, None), &page)?))
}

/// Drops a conversation.
pub(super) async fn drop_form(
    State(app): State<App>,
    Path(id): Path<String>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.history()?.drop(&form.member.actor, &id).await?;
    Ok(Redirect::to("/lich-su?bao=da-xoa"))
}

/// Says what one thinks of an answer.
pub(super) async fn judge_form(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let verdict = Verdict::parse(field(&form.fields, "y_kien"));
    let verdict = verdict.ok_or_else(|| Error::invalid("y_kien", "hãy chọn một ý kiến"))?;
    let words = field(&form.fields, "loi");
    app.judge(&form.member.actor, (&id, ordinal), verdict, words).await?;
    Ok(Redirect::to(&format!("/lich-su/{}?bao=y-kien", web::path_part(&id))))
}

/// Asks for a counsellor.
pub(super) async fn ask_form(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    if field(&form.fields, "dong_y") != "1" {
        return Err(Error::invalid("dong_y", "hãy đồng ý trao cuộc hỏi này cho cán bộ tư vấn").into());
    }
    app.reviews()?.ask_for_counsellor(&form.member.actor, (&id, ordinal), app.now()).await?;
    Ok(Redirect::to(&format!("/lich-su/{}?bao=gap-can-bo", web::path_part(&id))))
}

/// Writes to the counsellors.
pub(super) async fn write_form(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let text = field(&form.fields, "loi");
    app.reviews()?.write(&form.member.actor, (&id, ordinal), text, app.now()).await?;
    Ok(Redirect::to(&format!("/lich-su/{}?bao=da-nhan", web::path_part(&id))))
}

/// Writes to the counsellors, `{"text": "…"}`; when an answer should be there.
pub(super) async fn write(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"text": "…"}"#)?;
    let text = input::string(&fields, "text")?.unwrap_or_default();
    let due = app.reviews()?.write(&member.actor, (&id, ordinal), text, app.now()).await?;
    Ok((StatusCode::CREATED, Json(json!({ "due_at": due.to_string() }))).into_response())
}

/// Asks for a counsellor, to whom the conversation is handed over; when an answer should be there.
pub(super) async fn ask_for_counsellor(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let due = app.reviews()?.ask_for_counsellor(&member.actor, (&id, ordinal), app.now()).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "due_at": due.to_string() }))).into_response())
}

/// Makes a link to one answer, shown this once, or ends it.
pub(super) async fn share_form(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let actor = &form.member.actor;
    if field(&form.fields, "bo") == "1" {
        app.history()?.unshare(actor, (&id, ordinal)).await?;
        return Ok(Redirect::to(&format!("/lich-su/{}?bao=thoi-chia-se", web::path_part(&id))).into_response());
    }
    let link = link(&app, actor, &id, ordinal).await?;
    show(&app, &form.member, id, None, Some(link)).await
}

async fn link(app: &App, actor: &Actor, id: &str, ordinal: u32) -> Result<String, ApiError> {
    let token = app.history()?.share(actor, (id, ordinal), ShareKind::Link, app.now()).await?;
    let base = app.config().http.public_url.clone().unwrap_or_default();
    Ok(format!("{base}/chia-se/{}", token.expose()))
}

/// What a link shows; search engines are asked to stay away.
pub(super) async fn shared(
    State(app): State<App>,
    CurrentVisitor(visitor): CurrentVisitor,
    Path(token): Path<String>,
) -> Result<Response, ApiError> {
    let message = app.shared_answer(&token, &visitor).await?;
    let robots = [(HeaderName::from_static("x-robots-tag"), "noindex")];
    Ok((robots, private_page(web::shared(&site(&app, None), &message)?)).into_response())
}

/// Agrees to what the form names (that questions are kept, unless it names another), or takes it back.
pub(super) async fn keep_form(State(app): State<App>, form: MemberForm) -> Result<Redirect, ApiError> {
    let given = field(&form.fields, "dong_y") == "1";
    let purpose = match field(&form.fields, "viec") {
        "" => Purpose::KeepQuestions,
        name => purpose_of(name)?,
    };
    app.history()?.agree(&form.member.actor, purpose, given, app.now()).await?;
    let notice = match (purpose, given) {
        (Purpose::KeepQuestions, true) => "luu",
        (Purpose::KeepQuestions, false) => "khong-luu",
        (Purpose::Review, true) => "xem-lai",
        (Purpose::Review, false) => "thoi-xem-lai",
        (Purpose::Topics, true) => "gop-chu-de",
        (Purpose::Topics, false) => "thoi-gop-chu-de",
    };
    Ok(Redirect::to(&format!("/lich-su?bao={notice}")))
}

/// Erases one's own account and data.
pub(super) async fn erase_form(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    app.erase_own(&form.member.actor, field(&form.fields, "mat_khau_cu")).await?;
    Ok(([(SET_COOKIE, who::drop_cookie(&app.config().http))], Redirect::to("/")).into_response())
}

/// One's own conversations: `?after=`; with `?q=` the questions that hold its words.
pub(super) async fn list(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let history = app.history()?;
    if let Some(search) = parameters.get("q") {
        let found = history.search(&member.actor, search).await?;
        return Ok(Json(FoundQuestionsJson::from(found.as_slice())).into_response());
    }
    let list = history.list(&member.actor, parameters.get("after").map(String::as_str)).await?;
    Ok(Json(ConversationsJson::from(&list)).into_response())
}

/// One conversation.
pub(super) async fn conversation(
    State(app): State<App>,
    Path(id): Path<String>,
    member: CurrentMember,
) -> Result<Json<WholeConversationJson>, ApiError> {
    let messages = app.history()?.conversation(&member.actor, &id).await?;
    let outcomes = app.reviews()?.outcomes(&member.actor, &id).await?;
    let talks = app.reviews()?.talks(&member.actor, &id).await?;
    Ok(Json(WholeConversationJson::new(&id, &messages, &outcomes, &talks)))
}

/// Drops a conversation.
pub(super) async fn drop_conversation(
    State(app): State<App>,
    Path(id): Path<String>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.history()?.drop(&member.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what one thinks of an answer: `{"verdict": "wrong", "words": "…"}`.
pub(super) async fn judge(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"verdict": "wrong", "words": "…"}"#)?;
    let verdict = input::string(&fields, "verdict")?.and_then(Verdict::parse);
    let verdict = verdict.ok_or_else(|| Error::invalid("verdict", "phải là useful, wrong hoặc unclear"))?;
    let words = input::string(&fields, "words")?.unwrap_or_default();
    app.judge(&member.actor, (&id, ordinal), verdict, words).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a link to one answer; it is shown here and never again.
pub(super) async fn share(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let url = link(&app, &member.actor, &id, ordinal).await?;
    Ok((StatusCode::CREATED, Json(json!({ "url": url }))).into_response())
}

/// Ends a link.
pub(super) async fn unshare(
    State(app): State<App>,
    Path((id, ordinal)): Path<(String, u32)>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.history()?.unshare(&member.actor, (&id, ordinal)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one agreed to.
pub(super) async fn consents(State(app): State<App>, member: CurrentMember) -> Result<Json<Value>, ApiError> {
    let consents = app.history()?.consents(&member.actor).await?;
    Ok(Json(json!({ "consents": ConsentJson::all(&consents) })))
}

/// Agrees.
pub(super) async fn agree(
    State(app): State<App>,
    Path(purpose): Path<String>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.history()?.agree(&member.actor, purpose_of(&purpose)?, true, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes it back.
pub(super) async fn take_back(
    State(app): State<App>,
    Path(purpose): Path<String>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.history()?.agree(&member.actor, purpose_of(&purpose)?, false, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn purpose_of(name: &str) -> Result<Purpose, Error> {
    Purpose::parse(name).ok_or_else(|| Error::NotFound { resource: "consent", id: name.to_owned() })
}

/// Erases one's own account and data: `{"current": "…"}`.
pub(super) async fn erase(
    State(app): State<App>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"current": "…"}"#)?;
    let current = input::string(&fields, "current")?.ok_or_else(|| Error::invalid("current", "còn thiếu"))?;
    app.erase_own(&member.actor, current).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, who::drop_cookie(&app.config().http))]).into_response())
}
