/*!
What a member is told: `/thong-bao`, `/api/v1/notices`, and the head of pages: the count of what
they have not read, and the menu of where they may go.

Both are looked up once for each page that is asked for with a session, before the page is
made, and handed to [`super::site`] along with the request's task: pages need not know of it.
*/

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, Request, State, rejection::BytesRejection},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    accept,
    error::ApiError,
    input::{self, Parameters},
    sessions::{field, private_page},
    site,
    who::{self, CurrentMember, MemberForm},
};
use crate::{
    app::App,
    error::{Error, Result},
    notices::QuietHours,
    secrets::Token,
    views::NoticesJson,
    web,
};

/// What the head of a page shows of the member who asks for it.
#[derive(Default)]
struct Head {
    /// Notices they have not read.
    unread: u32,
    /// Where they may go.
    menu: web::Menu,
}

tokio::task_local! {
    static HEAD: Head;
}

/// Looks the head up for pages asked for with a session, and goes on.
pub(super) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_page = !path.starts_with("/api/")
        && !path.starts_with("/v1/")
        && !path.starts_with("/tinh/")
        && accept::prefers_page(request.headers());
    let token = if is_page { who::session_cookie(request.headers(), &app.config().http) } else { None };
    let head = head_of(&app, token).await;
    let head = head.unwrap_or_else(|error| {
        tracing::warn!("a page is made without its reader's menu and count of notices: {error}");
        Head::default()
    });
    HEAD.scope(head, next.run(request)).await
}

async fn head_of(app: &App, token: Option<Token>) -> Result<Head> {
    let Some(token) = token else { return Ok(Head::default()) };
    let visitor = app.visitor(Some(&token)).await?;
    match visitor.actor() {
        Ok(actor) => Ok(Head { unread: app.notices()?.unread(actor, app.now()).await?, menu: web::Menu::of(actor) }),
        Err(_nobody) => Ok(Head::default()),
    }
}

/// The count for the page that is being made.
pub(super) fn unread() -> u32 {
    HEAD.try_with(|head| head.unread).unwrap_or_default()
}

/// The menu for it.
pub(super) fn menu() -> web::Menu {
    HEAD.try_with(|head| head.menu.clone()).unwrap_or_default()
}

/// One's own notices: `?sau=`.
pub(super) async fn list_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show(&app, &member, &parameters, None).await
}

pub(super) async fn show(
    app: &App,
    member: &CurrentMember,
    parameters: &Parameters,
    problem: Option<String>,
) -> Result<Response, ApiError> {
    let list = app.notices()?.list(&member.actor, parameters.get("sau").map(String::as_str), app.now()).await?;
    let done = web::Notice::of(field(parameters, "bao"));
    let mails = app.mails()?;
    let mail = if mails.is_offered() { Some(mails.own(&member.actor).await?) } else { None };
    let page = web::NoticesPage { list, mail, form_token: member.form_token(app)?, done, problem };
    Ok(private_page(web::notices(&site(app, None), &page)?))
}

/// Opens one: it is read, and leads on.
pub(super) async fn open_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let link = app.notices()?.read(&form.member.actor, id, app.now()).await?;
    Ok(Redirect::to(&link))
}

/// Notes that all were read.
pub(super) async fn read_all_form(State(app): State<App>, form: MemberForm) -> Result<Redirect, ApiError> {
    app.notices()?.read_all(&form.member.actor, app.now()).await?;
    Ok(Redirect::to("/thong-bao?bao=da-doc"))
}

/// Sets quiet hours, or ends them; what is wrong with the form is said on it.
pub(super) async fn quiet_form(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let fields = &form.fields;
    let hours = match field(fields, "bo") {
        "1" => Ok(None),
        _ => QuietHours::parse(field(fields, "tu"), field(fields, "den")).map(Some),
    };
    match hours {
        Ok(hours) => {
            app.notices()?.set_quiet(&form.member.actor, hours).await?;
            Ok(Redirect::to("/thong-bao?bao=gio-yen-lang").into_response())
        }
        Err(Error::Invalid { message, .. }) => {
            let page = show(&app, &form.member, &Parameters::new(), Some(message)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// One's own notices: `?after=`.
pub(super) async fn list(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Json<NoticesJson>, ApiError> {
    let after = parameters.get("after").map(String::as_str);
    let list = app.notices()?.list(&member.actor, after, app.now()).await?;
    Ok(Json(NoticesJson::from(&list)))
}

/// Notes that one was read.
pub(super) async fn read(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.notices()?.read(&member.actor, id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that all were read; how many were not.
pub(super) async fn read_all(State(app): State<App>, member: CurrentMember) -> Result<Json<Value>, ApiError> {
    let read = app.notices()?.read_all(&member.actor, app.now()).await?;
    Ok(Json(json!({ "read": read })))
}

/// Sets quiet hours: `{"from": "22:00", "to": "06:00"}`.
pub(super) async fn set_quiet(
    State(app): State<App>,
    member: CurrentMember,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"from": "22:00", "to": "06:00"}"#)?;
    let text = |name: &str| input::string(&fields, name).map(Option::unwrap_or_default);
    let hours = QuietHours::parse(text("from")?, text("to")?)?;
    app.notices()?.set_quiet(&member.actor, Some(hours)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends quiet hours.
pub(super) async fn end_quiet(State(app): State<App>, member: CurrentMember) -> Result<StatusCode, ApiError> {
    app.notices()?.set_quiet(&member.actor, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
