/*! `/api/v1/sessions`, `invites`, `me`, `api-keys`, `members`, `units`. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    error::ApiError,
    input::{self, Parameters, string},
    who::{self, Client, CurrentMember, NotForeign},
};
use crate::{
    accounts::{MemberListWish, NewApiKey, Role, Scope, SessionId, SignedIn},
    app::App,
    error::Error,
    views::{
        ApiKeyJson, ApiKeysJson, MemberDetailJson, MembersJson, SessionJson, SessionsJson, SignedInJson, UnitsJson,
    },
};

/// Requests a minute of a key that asks for no other number.
const KEY_REQUESTS_PER_MINUTE: u64 = 60;
/// Days of a key that asks for no other number.
const KEY_DAYS: u64 = 90;

type Body = Result<Bytes, BytesRejection>;

fn object(app: &App, body: Body, example: &str) -> Result<Map<String, Value>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    input::object(&body, example)
}

fn required<'a>(fields: &'a Map<String, Value>, field: &str) -> Result<&'a str, Error> {
    string(fields, field)?.ok_or_else(|| Error::invalid(field, "còn thiếu"))
}

/// Signs in: the cookie is in the headers.
pub(super) async fn sign_in(
    State(app): State<App>,
    _: NotForeign,
    Client(client): Client,
    body: Body,
) -> Result<Response, ApiError> {
    let fields = object(&app, body, r#"{"name": "…", "password": "…"}"#)?;
    let (name, password) = (required(&fields, "name")?, required(&fields, "password")?);
    let signed_in = app.accounts()?.sign_in(name, password, &client, app.now()).await?;
    begun(&app, &signed_in)
}

/// Uses an invite code.
pub(super) async fn redeem(
    State(app): State<App>,
    _: NotForeign,
    Client(client): Client,
    body: Body,
) -> Result<Response, ApiError> {
    let fields = object(&app, body, r#"{"code": "…", "password": "…"}"#)?;
    let (code, password) = (required(&fields, "code")?, required(&fields, "password")?);
    let signed_in = app.accounts()?.redeem(code, password, &client, app.now()).await?;
    begun(&app, &signed_in)
}

fn begun(app: &App, signed_in: &SignedIn) -> Result<Response, ApiError> {
    let json = SignedInJson {
        expires_at: signed_in.expires_at.to_string(),
        csrf_token: app.accounts()?.form_token(&signed_in.token),
    };
    let cookie = who::keep_cookie(&signed_in.token, &app.config().http);
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], Json(json)).into_response())
}

/// One's own sessions.
pub(super) async fn sessions(State(app): State<App>, member: CurrentMember) -> Result<Json<SessionsJson>, ApiError> {
    let sessions = app.accounts()?.sessions(&member.actor, app.now()).await?;
    let current = member.actor.session();
    Ok(Json(SessionsJson { sessions: sessions.iter().map(|s| SessionJson::new(s, current)).collect() }))
}

/// Ends one of one's own sessions; `current` is the one that asks.
pub(super) async fn end_session(
    State(app): State<App>,
    Path(id): Path<String>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    let session = if id == "current" { member.actor.session() } else { id.parse().ok().map(SessionId) };
    let missing = || Error::NotFound { resource: "session", id: id.clone() };
    app.accounts()?.end_session(&member.actor, session.ok_or_else(missing)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own account.
pub(super) async fn me(State(app): State<App>, member: CurrentMember) -> Result<Json<MemberDetailJson>, ApiError> {
    Ok(Json(MemberDetailJson::from(&app.accounts()?.own_detail(&member.actor).await?)))
}

/// Changes one's own password.
pub(super) async fn change_password(
    State(app): State<App>,
    member: CurrentMember,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let fields = object(&app, body, r#"{"current": "…", "password": "…"}"#)?;
    let (current, password) = (required(&fields, "current")?, required(&fields, "password")?);
    app.accounts()?.change_password(&member.actor, current, password, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own keys.
pub(super) async fn api_keys(State(app): State<App>, member: CurrentMember) -> Result<Json<ApiKeysJson>, ApiError> {
    let keys = app.accounts()?.api_keys(&member.actor, app.now()).await?;
    Ok(Json(ApiKeysJson { api_keys: keys.iter().map(|key| ApiKeyJson::new(key, None)).collect() }))
}

/// Makes a key.
pub(super) async fn make_api_key(
    State(app): State<App>,
    member: CurrentMember,
    body: Body,
) -> Result<Response, ApiError> {
    let fields = object(&app, body, r#"{"name": "…", "scopes": ["ask"]}"#)?;
    let scopes = || Error::invalid("scopes", "phải là danh sách gồm ask, read, people");
    let named = fields.get("scopes").and_then(Value::as_array).ok_or_else(scopes)?;
    let parsed = named.iter().map(|name| name.as_str().and_then(Scope::parse).ok_or_else(scopes));
    let number = |field: &str, default: u64| match fields.get(field) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value.as_u64().ok_or_else(|| Error::invalid(field, "phải là số nguyên dương")),
    };
    let wish = NewApiKey {
        name: required(&fields, "name")?.to_owned(),
        scopes: parsed.collect::<Result<_, _>>()?,
        requests_per_minute_max: u32::try_from(number("requests_per_minute_max", KEY_REQUESTS_PER_MINUTE)?)
            .unwrap_or(u32::MAX),
        days: i64::try_from(number("days", KEY_DAYS)?).unwrap_or(i64::MAX),
    };
    let (text, key) = app.accounts()?.make_api_key(&member.actor, wish, app.now()).await?;
    Ok((StatusCode::CREATED, Json(ApiKeyJson::new(&key, Some(text)))).into_response())
}

/// Ends a key.
pub(super) async fn end_api_key(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.accounts()?.end_api_key(&member.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Units one sees.
pub(super) async fn units(State(app): State<App>, member: CurrentMember) -> Result<Json<UnitsJson>, ApiError> {
    let units = app.accounts()?.units(&member.actor).await?;
    Ok(Json(UnitsJson::from(units.as_slice())))
}

/// Members within an admin's reach: `?unit=`, `?q=`, `?role=`, `?after=`.
pub(super) async fn members(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Json<MembersJson>, ApiError> {
    let wish = MemberListWish {
        unit: parameters.get("unit").cloned(),
        search: parameters.get("q").cloned().unwrap_or_default(),
        after: parameters.get("after").cloned(),
        role: parameters.get("role").map(|name| role_of(name)).transpose()?,
    };
    let list = app.accounts()?.list_members(&member.actor, &wish).await?;
    Ok(Json(MembersJson::from(&list)))
}

/// One member.
pub(super) async fn member(
    State(app): State<App>,
    Path(number): Path<String>,
    member: CurrentMember,
) -> Result<Json<MemberDetailJson>, ApiError> {
    Ok(Json(MemberDetailJson::from(&app.accounts()?.member_detail(&member.actor, &number).await?)))
}

/// Makes an invite code for a member; it is shown here and never again. `message` tells whether a
/// text message with it was `logged` (for the union to send) or `sent`.
pub(super) async fn invite(
    State(app): State<App>,
    Path(number): Path<String>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let made = app.invite_member(&member.actor, &number).await?;
    let message = made.message.map(|taken| if taken.delivers { "sent" } else { "logged" });
    let json = json!({"number": number, "code": made.code.shown(), "message": message});
    Ok((StatusCode::CREATED, Json(json)).into_response())
}

/// Blocks a member, or lets them in again: `{"blocked": true}`.
pub(super) async fn block(
    State(app): State<App>,
    Path(number): Path<String>,
    member: CurrentMember,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let fields = object(&app, body, r#"{"blocked": true}"#)?;
    let blocked = fields.get("blocked").and_then(Value::as_bool);
    let blocked = blocked.ok_or_else(|| Error::invalid("blocked", "phải là true hoặc false"))?;
    app.block_member(&member.actor, &number, blocked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a role.
pub(super) async fn give_role(
    State(app): State<App>,
    Path((number, role, unit)): Path<(String, String, String)>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.give_role(&member.actor, &number, role_of(&role)?, &unit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role.
pub(super) async fn take_role(
    State(app): State<App>,
    Path((number, role, unit)): Path<(String, String, String)>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    let role_given = role_of(&role)?;
    if app.take_role(&member.actor, &number, role_given, &unit).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound { resource: "role", id: role }.into())
    }
}

fn role_of(name: &str) -> Result<Role, Error> {
    Role::parse(name).ok_or_else(|| Error::NotFound { resource: "role", id: name.to_owned() })
}
