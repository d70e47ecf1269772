/*!
`Idempotency-Key`, `ETag` and `If-Match` for all of `/api/v1`, in one place.

A write that names a key is done once for its sender; sent again it gets the reply of the first
time, marked. What is read carries a tag of its text; a write that names one is refused (412) where
what it concerns has changed. It concerns what is read under the longest beginning of its own
address: `/api/v1/members/7/block` what `/api/v1/members/7` shows. A write that names a tag waits
until no other write is under way, and all others, forms of pages too, wait for it: nothing changes
between its look and its write. Files are left out of that: their bodies come slowly.
*/

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes, HttpBody as _, to_bytes},
    extract::{FromRequestParts as _, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use sha2::{Digest as _, Sha256};

use super::{
    BODY_S_MAX,
    error::ApiError,
    finish::Streamed,
    route_table,
    who::{CurrentVisitor, PeerAddress},
};
use crate::{
    accounts::Visitor,
    app::App,
    error::Error,
    hex::hex,
    replies::{Reply, Verdict, Write},
};

/// The part of the routes that this is for.
const API: &str = "/api/v1/";
/// Writes of it that are left alone: they begin a session, stream, or are files.
const LEFT_ALONE: [&str; 4] = ["/api/v1/sessions", "/api/v1/invites/redeem", "/api/v1/chat", "/api/v1/admin/"];
/// The end of addresses that take files.
const TAKES_FILES: &str = "/pictures";
/// What forms with files are sent as.
const OF_FILES: &str = "multipart/";
/// Longest reply that is tagged or kept, in bytes.
const REPLY_BYTES_MAX: usize = 1 << 20;
/// Bytes of a tag.
const TAG_BYTES: usize = 16;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What the layer needs: the program, the routes to read from, and one turn at a time.
#[derive(Clone)]
pub(super) struct Repeating {
    pub(super) app: App,
    pub(super) routes: Router,
    /// Held alone by a write that names a tag, together by all others.
    pub(super) turn: std::sync::Arc<tokio::sync::RwLock<()>>,
}

/// Runs a request of the API with its key and tags.
pub(super) async fn repeat(State(own): State<Repeating>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with(API) {
        return with_others(&own, request, next).await.unwrap_or_else(|error| error.into_response());
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let is_head = request.method() == Method::HEAD;
        let response = next.run(request).await;
        return if is_head { response } else { tagged(response).await };
    }
    let is_left_alone = LEFT_ALONE.iter().any(|start| path.starts_with(start)) || path.ends_with(TAKES_FILES);
    let headers = request.headers();
    let is_plain = !headers.contains_key(IDEMPOTENCY_KEY) && !headers.contains_key(IF_MATCH);
    if is_left_alone {
        return next.run(request).await;
    }
    if is_plain {
        return with_others(&own, request, next).await.unwrap_or_else(|error| error.into_response());
    }
    write(own, request, next).await.unwrap_or_else(|error| error.into_response())
}

/// Runs a write that names no tag, while none that does is under way. Its body is read before: who
/// sends slowly holds up nobody.
async fn with_others(own: &Repeating, request: Request, next: Next) -> Result<Response, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Answers in the form of OpenAI's interface take their time, and change nothing that has a tag.
    let is_long = request.uri().path().starts_with("/v1/") || kind.to_ascii_lowercase().starts_with(OF_FILES);
    if is_read || is_long {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let body = whole(own, body).await?;
    let _turn = own.turn.read().await;
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

/// A body read to its end, within the length and the time that any may take.
async fn whole(own: &Repeating, body: Body) -> Result<Bytes, ApiError> {
    let bytes_max = own.app.config().http.body_bytes_max;
    let whole = tokio::time::timeout(Duration::from_secs(BODY_S_MAX), to_bytes(body, bytes_max)).await;
    whole.map_err(|_late| ApiError::BodyUnfinished)?.map_err(|_ignored| ApiError::BodyTooLarge(bytes_max))
}

async fn write(own: Repeating, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let CurrentVisitor(visitor) = CurrentVisitor::from_request_parts(&mut parts, &own.app).await?;
    let Visitor::Member(actor) = visitor else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let body = whole(&own, body).await?;
    let begun = match text(&parts.headers, &IDEMPOTENCY_KEY)? {
        None => None,
        Some(key) => {
            // A key of a program is another way in than a session: it may do less.
            let way = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("session");
            let sender = format!("{} {way}", actor.member().id.0);
            let target = format!("{} {}", parts.method, parts.uri);
            let write = Write { sender: &sender, target: &target, key, body: &body };
            match own.app.replies()?.begin(&write, own.app.now()).await? {
                Verdict::Again(reply) => return Ok(given_again(&reply)),
                Verdict::Do(key) => Some(key),
            }
        }
    };
    let response = if_matching(&own, parts, body, next).await;
    let Some(key) = begun else { return response };
    let response = match response {
        Ok(response) if response.status().is_success() => response,
        refused => {
            own.app.replies()?.refused(&key).await?;
            return refused;
        }
    };
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, REPLY_BYTES_MAX).await;
    let body =
        body.map_err(|e| Error::Internal(anyhow::Error::new(e).context("a reply that is too long to be kept")))?;
    let reply = Reply { status: parts.status.as_u16(), body: String::from_utf8_lossy(&body).into_owned() };
    own.app.replies()?.done(&key, &reply).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Runs the write where what it concerns is still what it names.
async fn if_matching(own: &Repeating, parts: Parts, body: Bytes, next: Next) -> Result<Response, ApiError> {
    let Some(wanted) = text(&parts.headers, &IF_MATCH)?.map(str::to_owned) else {
        let _turn = own.turn.read().await;
        return Ok(next.run(Request::from_parts(parts, Body::from(body))).await);
    };
    let _turn = own.turn.write().await;
    let held = tag_of_read(own, &parts).await;
    let is_held = match &held {
        Some(held) => wanted.trim() == "*" || wanted.split(',').any(|tag| tag.trim() == held),
        None => false,
    };
    if !is_held {
        return Err(ApiError::Changed);
    }
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

/// The tag of what a write concerns, as its sender reads it.
async fn tag_of_read(own: &Repeating, parts: &Parts) -> Option<String> {
    let address = read_address(parts.uri.path())?;
    let mut request = Request::builder().method(Method::GET).uri(address).body(Body::empty()).ok()?;
    *request.headers_mut() = parts.headers.clone();
    // Not all of them: what the routes found in the write's address is not in this one.
    if let Some(peer) = parts.extensions.get::<PeerAddress>() {
        request.extensions_mut().insert(*peer);
    }
    let Ok(response) = TowerToHyperService::new(own.routes.clone()).call(request).await;
    let response = tagged(response).await;
    let tag = response.headers().get(ETAG).filter(|_| response.status() == StatusCode::OK)?;
    tag.to_str().ok().map(str::to_owned)
}

/// The longest beginning of an address that can be read.
fn read_address(path: &str) -> Option<&str> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    let mut beginnings: Vec<&str> = ends.filter_map(|end| path.get(..end)).collect();
    beginnings.reverse();
    let table = route_table();
    let can_be_read =
        |address: &&str| table.iter().any(|(methods, route)| methods.starts_with("GET") && fits(route, address));
    beginnings.into_iter().find(can_be_read)
}

/// Whether an address is one of a route.
fn fits(route: &str, address: &str) -> bool {
    let (route, address): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), address.split('/').collect());
    let same = |(part, given): (&&str, &&str)| part == given || (part.starts_with('{') && !given.is_empty());
    route.len() == address.len() && route.iter().zip(&address).all(same)
}

/// A reply that was read, with the tag of its text.
async fn tagged(response: Response) -> Response {
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let is_short = response.body().size_hint().upper().is_some_and(|bytes| bytes <= REPLY_BYTES_MAX as u64);
    let is_plain = response.extensions().get::<Streamed>().is_none() && !response.headers().contains_key(ETAG);
    if response.status() != StatusCode::OK || !is_json || !is_short || !is_plain {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, REPLY_BYTES_MAX).await else {
        let error = Error::Internal(anyhow::anyhow!("a reply could not be read to be tagged"));
        return ApiError::from(error).into_response();
    };
    let tag = format!("\"{}\"", hex(&Sha256::digest(&body)[..TAG_BYTES]));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, tag);
        parts.headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    }
    Response::from_parts(parts, Body::from(body))
}

fn given_again(reply: &Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let headers = [(REPLAYED, "true"), (CACHE_CONTROL, "private, no-store")];
    if reply.body.is_empty() {
        return (status, headers).into_response();
    }
    (status, headers, [(CONTENT_TYPE, "application/json")], reply.body.clone()).into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Error> {
    let wrong = |_| Error::invalid(name.as_str(), "phải là chữ ASCII");
    headers.get(name).map(|value| value.to_str().map_err(wrong)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_concerns_what_is_read_under_the_longest_beginning_of_its_address() {
        for (write, read) in [
            ("/api/v1/members/7/block", Some("/api/v1/members/7")),
            ("/api/v1/members/7/roles/editor/A", Some("/api/v1/members/7")),
            ("/api/v1/conversations/x", Some("/api/v1/conversations/x")),
            ("/api/v1/conversations/x/messages/1/verdict", Some("/api/v1/conversations/x")),
            ("/api/v1/api-keys/5", Some("/api/v1/api-keys")),
            ("/api/v1/me/password", Some("/api/v1/me")),
            ("/api/v1/me/consents/review", Some("/api/v1/me/consents")),
            ("/api/v1/lessons/events", None),
        ] {
            assert_eq!(read_address(write), read, "{write}");
        }
    }
}
