/*!
The last touch to every response: errors written out, security headers, one log line.

The log names method, route pattern, status and time. It never names the path or the
query, because questions travel there and are personal data.
*/

use std::{sync::Arc, time::Instant};

use axum::{
    body::{Body, HttpBody},
    extract::{MatchedPath, Query, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response as HttpResponse, StatusCode, Uri,
        header::{
            ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
            RETRY_AFTER, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

use super::{
    accept,
    error::{ApiError, Problem, openai_error},
    input::Parameters,
    site,
};
use crate::{app::App, web};

/// Nothing but our own files: an answer that carried markup could load or run nothing.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every response.
const SECURITY: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Longest question that a page of failure repeats, in characters.
const ASKED_CHARS_MAX: usize = 4_000;

/// Marks a response that must reach the reader piece by piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streamed;

impl Streamed {
    /// Headers of a streamed response: reverse proxies are asked not to collect it.
    pub(super) fn headers() -> [(HeaderName, &'static str); 2] {
        [(HeaderName::from_static("x-accel-buffering"), "no"), (CACHE_CONTROL, "private, no-cache")]
    }
}

/// Compresses what the default would, except streams: compression would hold their pieces back.
#[derive(Clone, Default)]
pub(super) struct Compressible(DefaultPredicate);

impl Predicate for Compressible {
    fn should_compress<B: HttpBody>(&self, response: &HttpResponse<B>) -> bool {
        response.extensions().get::<Streamed>().is_none() && self.0.should_compress(response)
    }
}

/// Runs a request and finishes its response.
pub(super) async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let path = request.uri().path();
    let rim = match path {
        path if path.starts_with("/v1/") => Rim::OpenAi,
        path if path.starts_with("/api/") || !accept::prefers_page(&headers) => Rim::Api,
        _ => Rim::Page,
    };
    let asked = asked(request.uri());
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    if let Some(problem) = problem.or_else(|| no_such_address(&response)) {
        log_cause(&problem, &method, &route);
        let allow = response.headers_mut().remove(ALLOW);
        response = match rim {
            Rim::OpenAi => write_openai_problem(&problem),
            Rim::Api => write_problem(&app, &problem, None),
            Rim::Page if wants_sign_in(&problem, &method) => {
                Redirect::to(&format!("/dang-nhap?tiep={}", web::path_part(&address))).into_response()
            }
            Rim::Page => write_problem(&app, &problem, Some(&asked)),
        };
        if let Some(allow) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
    }
    if response.status() == StatusCode::OK && unchanged(&headers, response.headers()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
    }
    for (name, value) in SECURITY {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(http.method = %method, http.route = route, http.status = response.status().as_u16(), ms, "served");
    response
}

/// Parts of an address that cannot be what they stand for (`/bang-tin/abc`) are refused before any
/// handler of ours sees them, in plain words of the framework: there is no such address.
fn no_such_address(response: &Response) -> Option<Arc<Problem>> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_foreign = response.status() == StatusCode::BAD_REQUEST && kind.starts_with("text/plain");
    is_foreign.then(|| Arc::new(Problem::from(&ApiError::NoRoute)))
}

/// Whether a page is for members and nobody is signed in: the way in is shown instead.
fn wants_sign_in(problem: &Problem, method: &Method) -> bool {
    problem.shown.code == "unauthenticated" && matches!(*method, Method::GET | Method::HEAD)
}

/// Whose form a failure takes.
enum Rim {
    Page,
    Api,
    OpenAi,
}

/// A failure as OpenAI's clients read it: what they know as a bad request is 400.
fn write_openai_problem(problem: &Problem) -> Response {
    let status = match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    with_problem_headers((status, axum::Json(openai_error(&problem.shown))).into_response(), problem)
}

/// The one place where a failure's cause is logged.
fn log_cause(problem: &Problem, method: &Method, route: &str) {
    if let Some(cause) = &problem.cause {
        let code = problem.shown.code;
        tracing::error!(http.method = %method, http.route = route, problem.code = code, cause, "a request failed");
    }
}

/// What a form sent: shown again where it is refused.
struct Asked {
    question: String,
    unit: Option<String>,
}

/// The question in an address, cut to what the form may hold, and the unit chosen.
fn asked(uri: &Uri) -> Asked {
    let parameters = Query::<Parameters>::try_from_uri(uri).map(|Query(parameters)| parameters).unwrap_or_default();
    let cut = |name: &str| parameters.get(name).map(|text| text.chars().take(ASKED_CHARS_MAX).collect::<String>());
    Asked { question: cut("cau").unwrap_or_default(), unit: cut("don_vi") }
}

/// A failure as a page for browsers, with the question asked; as problem details for programs.
fn write_problem(app: &App, problem: &Problem, page_with: Option<&Asked>) -> Response {
    let page = page_with
        .and_then(|asked| web::problem(&site(app, asked.unit.as_deref()), &problem.shown, &asked.question).ok());
    let response = match page {
        Some(page) => (problem.status(), axum::response::Html(page)).into_response(),
        None => {
            let media_type = [(CONTENT_TYPE, "application/problem+json")];
            (problem.status(), media_type, axum::Json(&problem.shown).into_response().into_body()).into_response()
        }
    };
    with_problem_headers(response, problem)
}

fn with_problem_headers(mut response: Response, problem: &Problem) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    if problem.status() == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(retry_after_s) = problem.shown.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
    }
    response
}

/// Whether the reader already holds this very response.
fn unchanged(request: &HeaderMap, response: &HeaderMap) -> bool {
    let Some(tag) = response.get(ETAG).and_then(|tag| tag.to_str().ok()) else { return false };
    let held = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|value| value.split(',')).any(|held| held.trim() == tag)
}
