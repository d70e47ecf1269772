/*! Pages that are not the law's: the first one, a question's answer, files. */

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, SET_COOKIE, VARY},
    },
    response::{Html, IntoResponse, Response},
};
use futures_util::stream::{self, Stream};

use super::{
    error::{ApiError, stream_problem},
    finish::Streamed,
    gzip,
    input::{self, Parameters},
    page, site,
    who::{Asker, Client, CurrentVisitor},
};
use crate::{
    answer::AskEvent,
    app::{App, Context, Reader},
    web::{self, AskPage},
};

/// The first page.
pub(super) async fn home(
    State(app): State<App>,
    CurrentVisitor(visitor): CurrentVisitor,
) -> Result<Response, ApiError> {
    let audience = app.audience(&visitor).await?;
    let coverage = app.coverage(app.today(), &audience).await.ok();
    let site = match &coverage {
        Some(coverage) => site(&app, None).of_release(&coverage.corpus_release),
        None => site(&app, None),
    };
    page(web::home(&site, coverage.as_ref())?)
}

/// A question's answer as one page that grows: it needs no script.
pub(super) async fn ask(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
    asker: Asker,
    Client(client): Client,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let mut asking = input::form_asking(&app, &parameters)?;
    app.admit(&asker.visitor, &client)?;
    asking.request.audience = app.audience(&asker.visitor).await?;
    asking.owner = asker.owner;
    let request = &asking.request;
    let site = site(&app, request.unit.as_deref());
    let turns = match &asking.context {
        Context::Kept(Some(id)) => app.turns(id, &asking.owner),
        _ => Vec::new(),
    };
    let growing = AskPage::new(site, request.question.as_str(), request.as_of).after(&turns);
    let mut response = (Streamed::headers(), [(VARY, "accept-encoding")], Html(())).into_response();
    let packed = gzip::accepted(&headers);
    if packed {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let body = match (method == Method::HEAD, packed) {
        (true, _) => Body::empty(),
        (false, true) => Body::from_stream(gzip::pieces(chunks(growing, app.ask(asking)?))),
        (false, false) => Body::from_stream(chunks(growing, app.ask(asking)?)),
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(cookie) = asker.cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    *response.body_mut() = body;
    response.extensions_mut().insert(Streamed);
    Ok(response)
}

/// Where a growing page stands.
enum Growth {
    Opening(AskPage, Reader),
    Growing(AskPage, Reader),
    Over,
}

/// The page's pieces: its head at once, one for each event, its foot with the last.
fn chunks(page: AskPage, events: Reader) -> impl Stream<Item = Result<String, Infallible>> {
    let page = page.in_conversation(events.conversation_id());
    stream::unfold(Growth::Opening(page, events), |growth| async move {
        let (mut page, mut events) = match growth {
            Growth::Opening(page, events) => {
                let piece = page.open();
                return Some((Ok(piece), Growth::Growing(page, events)));
            }
            Growth::Growing(page, events) => (page, events),
            Growth::Over => return None,
        };
        let (_, event) = events.next().await?;
        let last = matches!(&*event, AskEvent::Done(_) | AskEvent::Error(_));
        let piece = match &*event {
            AskEvent::Error(error) => page.failure(&stream_problem(error)),
            event => page.event(event),
        };
        let next = if last { Growth::Over } else { Growth::Growing(page, events) };
        Some((Ok(piece), next))
    })
}

/// A style sheet, script or icon under its content-hashed name: never changes, kept for a year.
pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, ApiError> {
    let asset = web::asset(&name).ok_or(ApiError::NoRoute)?;
    let headers = [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.text).into_response())
}

/// Answers are for people: crawlers would keep the machine busy.
pub(super) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /hoi\nDisallow: /may-tinh/\nDisallow: /api/\n"
}

/// No such address.
pub(super) async fn no_route() -> ApiError {
    ApiError::NoRoute
}

/// The address exists, the method does not.
pub(super) async fn no_method(_headers: HeaderMap) -> ApiError {
    ApiError::Method
}
