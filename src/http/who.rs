/*!
Who sends a request: cookies, keys of programs, and that a form comes from our own page.

Owns what HTTP knows of it; who may do what, the services decide. A request that changes
something with a cookie must come from our own origin: browsers say so themselves
(`Origin`, `Sec-Fetch-Site`), and forms carry the token of their session besides, since
another site can send a browser here, but cannot know it.
*/

use std::net::SocketAddr;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, USER_AGENT},
        request::Parts,
    },
};

use super::{error::ApiError, input::Parameters};
use crate::{
    accounts::{Actor, ClientFacts, Visitor},
    app::App,
    config::HttpConfig,
    error::Error,
    secrets::Token,
};

/// Name of the cookie over https, where the prefix binds it to this host alone.
const COOKIE_HTTPS: &str = "__Host-phien";
/// Name of the cookie over http, on the machine itself.
const COOKIE_HTTP: &str = "phien";
/// Longest life of the cookie, in seconds; the session may end before.
const COOKIE_S_MAX: u32 = 180 * 24 * 60 * 60;
/// Field of forms with the token of their session.
pub(super) const FORM_TOKEN: &str = "csrf";
/// Header with the same, for programs that hold a cookie.
const TOKEN_HEADER: &str = "x-csrf-token";
/// What keys of programs begin with; other bearer tokens are not ours to judge.
const KEY_PREFIX: &str = "congdoan_";
/// What a form is sent as.
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Address of a connection's other end, put beside every request.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeerAddress(pub(super) SocketAddr);

/// What is known of a client without asking who they are.
pub(super) struct Client(pub(super) ClientFacts);

impl FromRequestParts<App> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(client_facts(parts, &app.config().http)))
    }
}

fn client_facts(parts: &Parts, config: &HttpConfig) -> ClientFacts {
    let peer = parts.extensions.get::<PeerAddress>().map(|peer| peer.0.ip().to_string());
    // The last address is the one our own proxy has seen; those before it anybody may claim.
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next().map(|a| a.trim().to_owned()));
    let address = if config.behind_proxy { forwarded.or(peer) } else { peer };
    ClientFacts {
        address: address.unwrap_or_default(),
        device: text(&parts.headers, USER_AGENT.as_str()).unwrap_or_default().to_owned(),
    }
}

/// Who sends a request, signed in or not.
pub(super) struct CurrentVisitor(pub(super) Visitor);

impl FromRequestParts<App> for CurrentVisitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (visitor, token) = visitor(parts, app).await?;
        if let (Visitor::Member(_), Some(token)) = (&visitor, &token)
            && is_unsafe(&parts.method)
        {
            must_be_ours(parts, app, token)?;
        }
        Ok(Self(visitor))
    }
}

/// A member who is signed in.
pub(super) struct CurrentMember {
    /// The member.
    pub(super) actor: Actor,
    /// Their session's token, where it is one.
    pub(super) token: Option<Token>,
}

impl CurrentMember {
    /// The token for forms on a page of this session.
    pub(super) fn form_token(&self, app: &App) -> Result<String, Error> {
        let accounts = app.accounts()?;
        Ok(self.token.as_ref().map(|token| accounts.form_token(token)).unwrap_or_default())
    }
}

impl FromRequestParts<App> for CurrentMember {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (visitor, token) = visitor(parts, app).await?;
        let actor = visitor.actor()?.clone();
        if let Some(token) = &token
            && is_unsafe(&parts.method)
        {
            must_be_ours(parts, app, token)?;
        }
        Ok(Self { actor, token })
    }
}

/// A form sent by a member from a page of their session.
pub(super) struct MemberForm {
    /// The member.
    pub(super) member: CurrentMember,
    /// What was filled in.
    pub(super) fields: Parameters,
}

impl FromRequest<App> for MemberForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let (visitor, token) = visitor(&mut parts, app).await?;
        let actor = visitor.actor()?.clone();
        if !comes_from_us(&parts.headers, &app.config().http)?.unwrap_or(true) {
            return Err(foreign());
        }
        let fields = form_fields(Request::from_parts(parts, body), app).await?;
        let given = fields.get(FORM_TOKEN).map_or("", String::as_str);
        let token = token.ok_or_else(|| Error::Forbidden("biểu mẫu phải gửi từ trình duyệt".to_owned()))?;
        if !app.accounts()?.is_form_token(&token, given) {
            return Err(foreign());
        }
        Ok(Self { member: CurrentMember { actor, token: Some(token) }, fields })
    }
}

/// Who looks at a page, signed in or not, and the token of forms on it.
pub(super) struct PageVisitor {
    /// Who.
    pub(super) visitor: Visitor,
    /// The token of their session's forms; empty without one.
    pub(super) form_token: String,
}

impl FromRequestParts<App> for PageVisitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (visitor, token) = visitor(parts, app).await?;
        let form_token = match (&visitor, &token) {
            (Visitor::Member(_), Some(token)) => app.accounts()?.form_token(token),
            _ => String::new(),
        };
        Ok(Self { visitor, form_token })
    }
}

/// A form that everybody may send: from a page of their session by who has one, from our own
/// origin by everybody else.
pub(super) struct VisitorForm {
    /// Who.
    pub(super) visitor: Visitor,
    /// What was filled in.
    pub(super) fields: Parameters,
}

impl FromRequest<App> for VisitorForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let (visitor, token) = visitor(&mut parts, app).await?;
        if !comes_from_us(&parts.headers, &app.config().http)?.unwrap_or(true) {
            return Err(foreign());
        }
        let fields = form_fields(Request::from_parts(parts, body), app).await?;
        if matches!(visitor, Visitor::Member(_)) {
            let given = fields.get(FORM_TOKEN).map_or("", String::as_str);
            let token = token.ok_or_else(|| Error::Forbidden("biểu mẫu phải gửi từ trình duyệt".to_owned()))?;
            if !app.accounts()?.is_form_token(&token, given) {
                return Err(foreign());
            }
        }
        Ok(Self { visitor, fields })
    }
}

/// A form that needs no session: signing in, using a code.
pub(super) struct OpenForm(pub(super) Parameters);

impl FromRequest<App> for OpenForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        // Nobody is to be signed in as somebody else by another site.
        if !comes_from_us(request.headers(), &app.config().http)?.unwrap_or(true) {
            return Err(foreign());
        }
        Ok(Self(form_fields(request, app).await?))
    }
}

async fn form_fields(request: Request, app: &App) -> Result<Parameters, ApiError> {
    let kind = text(request.headers(), "content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with(FORM_TYPE) {
        return Err(ApiError::Body("Biểu mẫu phải gửi dạng application/x-www-form-urlencoded.".to_owned()));
    }
    let body = Bytes::from_request(request, app).await;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let unreadable = || ApiError::Body("Không đọc được biểu mẫu.".to_owned());
    let text = std::str::from_utf8(&body).map_err(|_ignored| unreadable())?;
    let uri = format!("/?{text}").parse().map_err(|_ignored| unreadable())?;
    let fields = axum::extract::Query::<Parameters>::try_from_uri(&uri).map_err(|_ignored| unreadable())?;
    Ok(fields.0)
}

/// Who shows a key or a session, and the session's token.
async fn visitor(parts: &mut Parts, app: &App) -> Result<(Visitor, Option<Token>), ApiError> {
    let bearer = text(&parts.headers, AUTHORIZATION.as_str()).and_then(|value| value.split_once(' '));
    let key = bearer.filter(|(scheme, key)| scheme.eq_ignore_ascii_case("bearer") && key.starts_with(KEY_PREFIX));
    if let Some((_, key)) = key {
        return Ok((app.accounts()?.visitor_of_key(key.trim(), app.now()).await?, None));
    }
    let token = cookie(&parts.headers, &app.config().http);
    let visitor = app.visitor(token.as_ref()).await?;
    Ok((visitor, token))
}

/// A request by cookie that changes something and is no form.
fn must_be_ours(parts: &Parts, app: &App, token: &Token) -> Result<(), ApiError> {
    match comes_from_us(&parts.headers, &app.config().http)? {
        Some(true) => return Ok(()),
        Some(false) => return Err(foreign()),
        None => {}
    }
    let given = text(&parts.headers, TOKEN_HEADER).unwrap_or_default();
    if app.accounts()?.is_form_token(token, given) { Ok(()) } else { Err(foreign()) }
}

/// What a browser says of the page a request comes from; `None` where it says nothing.
fn comes_from_us(headers: &HeaderMap, config: &HttpConfig) -> Result<Option<bool>, ApiError> {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return Ok(Some(site == "same-origin"));
    }
    let Some(origin) = text(headers, ORIGIN.as_str()) else { return Ok(None) };
    if let Some(ours) = &config.public_url {
        return Ok(Some(origin.eq_ignore_ascii_case(ours)));
    }
    let host = text(headers, HOST.as_str()).unwrap_or_default();
    let from = origin.split_once("://").map_or("", |(_, host)| host);
    Ok(Some(!host.is_empty() && from.eq_ignore_ascii_case(host)))
}

fn foreign() -> ApiError {
    Error::Forbidden("yêu cầu không đến từ trang này; hãy tải lại trang rồi thử lại".to_owned()).into()
}

fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn cookie_name(config: &HttpConfig) -> &'static str {
    if config.is_https() { COOKIE_HTTPS } else { COOKIE_HTTP }
}

/// The token of the session a browser shows.
pub(super) fn cookie(headers: &HeaderMap, config: &HttpConfig) -> Option<Token> {
    let name = cookie_name(config);
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(';'));
    let found = pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name);
    found.and_then(|(_, value)| Token::parse(value))
}

/// The header that gives a browser its session.
pub(super) fn keep_cookie(token: &Token, config: &HttpConfig) -> HeaderValue {
    set_cookie(token.expose(), COOKIE_S_MAX, config)
}

/// The header that takes it back.
pub(super) fn drop_cookie(config: &HttpConfig) -> HeaderValue {
    set_cookie("", 0, config)
}

fn set_cookie(value: &str, age_s: u32, config: &HttpConfig) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let name = cookie_name(config);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age_s}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
