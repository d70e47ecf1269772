/*!
Routes and transport: the whole route table, and the server.

Owns what HTTP is: addresses, methods, statuses, headers, streams. Handlers extract,
parse into domain types, make one call on [`App`] and show the result through `views` or
`web`; they decide nothing. Authorisation belongs to the app, so other rims inherit it.
*/

mod accept;
mod calc;
mod chat;
mod error;
mod finish;
mod health;
mod input;
mod law;
mod pages;
mod search;

use std::{future::Future, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::header::{CACHE_CONTROL, ETAG, VARY},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::oneshot};
use tower_http::{compression::CompressionLayer, timeout::RequestBodyDeadlineLayer};

pub use error::error_codes;

use crate::{
    app::App,
    error::{Error, Result},
    web::Site,
};

/// Longest time a request body may take to arrive, in seconds.
const BODY_S_MAX: u64 = 20;

/// Longest time running answers get to finish after the signal to stop, in seconds.
const DRAIN_S_MAX: u64 = 20;

/// One line of the route table.
struct Route {
    methods: &'static str,
    path: &'static str,
    handler: MethodRouter<App>,
}

fn read<H: Handler<T, App>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { methods: "GET, HEAD", path, handler: get(handler) }
}

fn write<H: Handler<T, App>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { methods: "POST", path, handler: post(handler) }
}

/// The whole route table.
fn routes() -> Vec<Route> {
    vec![
        read("/", pages::home),
        read("/hoi", pages::ask),
        read("/luat", law::documents),
        read("/luat/", law::documents_slash),
        read("/luat/{*path}", law::provision),
        read("/may-tinh", calc::calculators_page),
        read("/may-tinh/{name}", calc::calculator_page),
        read("/tinh/{name}", pages::asset),
        read("/robots.txt", pages::robots),
        write("/api/v1/chat", chat::ask),
        read("/api/v1/search", search::search),
        read("/api/v1/calculators", calc::list),
        write("/api/v1/calculators/{name}", calc::run),
        read("/livez", health::livez),
        read("/readyz", health::readyz),
        read("/version", health::version),
    ]
}

/// The route table as `(methods, path)`, for tests and documents.
pub fn route_table() -> Vec<(&'static str, &'static str)> {
    routes().into_iter().map(|route| (route.methods, route.path)).collect()
}

/// The service over `app`.
pub fn router(app: App) -> Router {
    let body_bytes_max = app.config().http.body_bytes_max;
    let table = routes().into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handler));
    table
        .fallback(pages::no_route)
        .method_not_allowed_fallback(pages::no_method)
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(BODY_S_MAX)))
        .layer(middleware::from_fn_with_state(app.clone(), finish::finish))
        .layer(CompressionLayer::new().compress_when(finish::Compressible::default()))
        .with_state(app)
}

/// Serves until `shutdown`, then lets running answers finish for `DRAIN_S_MAX` seconds.
///
/// # Errors
/// `Internal` when the listener fails.
pub async fn serve(app: App, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let signal = async move {
        shutdown.await;
        // The receiver is gone only when the server has ended already.
        let _ = stopping.send(());
    };
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(signal);
    let deadline = async move {
        if stopped.await.is_err() {
            return std::future::pending().await;
        }
        tokio::time::sleep(Duration::from_secs(DRAIN_S_MAX)).await;
    };
    tokio::select! {
        ended = server => ended.map_err(|e| Error::Internal(anyhow::Error::new(e).context("serving"))),
        () = deadline => {
            tracing::warn!(drain_s_max = DRAIN_S_MAX, "stopped before all answers had ended");
            Ok(())
        }
    }
}

/// What every page shows of the service.
fn site(app: &App) -> Site {
    let config = app.config();
    Site {
        corpus_release: app.corpus_release(),
        parts: app.parts(),
        contact: config.contact(None),
        question_chars_max: config.limits.question_chars_max,
        today: app.today(),
    }
}

/// A finished page, with a tag so that a phone that holds it need not fetch it again.
fn page(html: String) -> Result<Response, error::ApiError> {
    let digest = Sha256::digest(html.as_bytes());
    let tag = digest.iter().take(8).fold(String::from("W/\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    let headers = [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache"), (VARY, "accept")];
    Ok((headers, Html(html)).into_response())
}
