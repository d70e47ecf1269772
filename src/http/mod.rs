/*!
Routes and transport: the whole route table, and the server.

Owns what HTTP is: addresses, methods, statuses, headers, streams. Handlers extract,
parse into domain types, make one call on [`App`] and show the result through `views` or
`web`; they decide nothing. Authorisation belongs to the app, so other rims inherit it.
*/

mod accept;
mod admin;
mod calc;
mod chat;
mod course_api;
mod course_editing;
mod courses;
mod deadline;
mod error;
mod finish;
mod gzip;
mod health;
mod history;
mod input;
mod law;
mod manage;
mod notices;
mod openai;
mod openai_input;
mod pages;
mod people;
mod review;
mod search;
mod server;
mod sessions;
mod who;

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::header::{CACHE_CONTROL, ETAG, VARY},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::{MethodRouter, delete, get, post, put},
};
use sha2::{Digest, Sha256};
use tower_http::{compression::CompressionLayer, timeout::RequestBodyDeadlineLayer};

pub use error::error_codes;
pub use server::serve;

use crate::{app::App, web::Site};

/// Longest time a request body may take to arrive, in seconds.
const BODY_S_MAX: u64 = 20;

/// Longest time an upload may take to arrive, in seconds.
const UPLOAD_S_MAX: u64 = 600;

/// Where files are uploaded.
const UPLOADS: &str = "/api/v1/admin/corpus/uploads";

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

fn remove<H: Handler<T, App>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { methods: "DELETE", path, handler: delete(handler) }
}

/// What is read and added to under one address: a page with its form, a list.
fn form<G, T, H, U>(path: &'static str, page: G, handler: H) -> Route
where
    G: Handler<T, App>,
    T: 'static,
    H: Handler<U, App>,
    U: 'static,
{
    Route { methods: "GET, HEAD, POST", path, handler: get(page).post(handler) }
}

/// The whole route table.
fn routes() -> Vec<Route> {
    let mut all = law_routes();
    all.extend(people_routes());
    all.extend(course_routes());
    all.extend(history_routes());
    all.extend(review_routes());
    all.extend(notice_routes());
    all
}

/// Courses, for members, editors and officers.
fn course_routes() -> Vec<Route> {
    vec![
        read("/khoa-hoc", courses::list),
        read("/khoa-hoc/{slug}", courses::course),
        form("/khoa-hoc/{slug}/{lesson}", courses::lesson, courses::finish_reading),
        form("/khoa-hoc/{slug}/{lesson}/cau-hoi", courses::quiz, courses::answer),
        read("/hoc-lieu/{slug}/{name}", courses::media),
        read("/chung-chi/{id}", courses::certificate),
        write("/chung-chi/{id}/ten", courses::show_name),
        read("/quan-ly/khoa-hoc/{slug}", courses::completion),
        form("/bien-tap/khoa-hoc", course_editing::list, course_editing::begin),
        read("/bien-tap/khoa-hoc/{slug}", course_editing::draft),
        form("/bien-tap/khoa-hoc/{slug}/tep", course_editing::file, course_editing::write_file),
        read("/bien-tap/khoa-hoc/{slug}/xem/{lesson}", course_editing::preview),
        write("/bien-tap/khoa-hoc/{slug}/xuat-ban", course_editing::publish),
        read("/api/v1/courses", course_api::list),
        read("/api/v1/courses/{slug}", course_api::course),
        read("/api/v1/courses/{slug}/certificate", course_api::certificate),
        read("/api/v1/courses/{slug}/completion", course_api::completion),
        read("/api/v1/lessons/{slug}/{lesson}", course_api::lesson),
        write("/api/v1/lessons/events", course_api::record),
    ]
}

/// Members and who looks after them.
fn people_routes() -> Vec<Route> {
    vec![
        form("/dang-nhap", sessions::sign_in_page, sessions::sign_in),
        write("/dang-xuat", sessions::sign_out),
        form("/kich-hoat", sessions::redeem_page, sessions::redeem),
        read("/tai-khoan", sessions::account),
        write("/tai-khoan/mat-khau", sessions::change_password),
        write("/tai-khoan/phien/{id}", sessions::end_session),
        read("/quan-ly/doan-vien", manage::members),
        read("/quan-ly/doan-vien/{number}", manage::member),
        write("/quan-ly/doan-vien/{number}/ma-kich-hoat", manage::invite),
        write("/quan-ly/doan-vien/{number}/khoa", manage::block),
        write("/quan-ly/doan-vien/{number}/vai-tro", manage::role),
        read("/quan-ly/don-vi", manage::units),
        form("/api/v1/sessions", people::sessions, people::sign_in),
        remove("/api/v1/sessions/{id}", people::end_session),
        write("/api/v1/invites/redeem", people::redeem),
        Route { methods: "GET, HEAD, DELETE", path: "/api/v1/me", handler: get(people::me).delete(history::erase) },
        write("/api/v1/me/password", people::change_password),
        form("/api/v1/api-keys", people::api_keys, people::make_api_key),
        remove("/api/v1/api-keys/{id}", people::end_api_key),
        read("/api/v1/units", people::units),
        read("/api/v1/members", people::members),
        read("/api/v1/members/{number}", people::member),
        write("/api/v1/members/{number}/invite", people::invite),
        write("/api/v1/members/{number}/block", people::block),
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/members/{number}/roles/{role}/{unit}",
            handler: put(people::give_role).delete(people::take_role),
        },
    ]
}

/// What members asked, and their own data.
fn history_routes() -> Vec<Route> {
    vec![
        read("/lich-su", history::list_page),
        read("/lich-su/{id}", history::conversation_page),
        write("/lich-su/{id}/xoa", history::drop_form),
        write("/lich-su/{id}/{n}/y-kien", history::judge_form),
        write("/lich-su/{id}/{n}/gap-can-bo", history::ask_form),
        write("/lich-su/{id}/{n}/chia-se", history::share_form),
        read("/chia-se/{token}", history::shared),
        write("/tai-khoan/luu-cau-hoi", history::keep_form),
        write("/tai-khoan/xoa", history::erase_form),
        read("/api/v1/conversations", history::list),
        Route {
            methods: "GET, HEAD, DELETE",
            path: "/api/v1/conversations/{id}",
            handler: get(history::conversation).delete(history::drop_conversation),
        },
        write("/api/v1/conversations/{id}/messages/{n}/verdict", history::judge),
        write("/api/v1/conversations/{id}/messages/{n}/review", history::ask_for_counsellor),
        Route {
            methods: "POST, DELETE",
            path: "/api/v1/conversations/{id}/messages/{n}/share",
            handler: post(history::share).delete(history::unshare),
        },
        read("/api/v1/me/consents", history::consents),
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/me/consents/{purpose}",
            handler: put(history::agree).delete(history::take_back),
        },
        read("/api/v1/me/export", history::export),
    ]
}

/// What members are told.
fn notice_routes() -> Vec<Route> {
    vec![
        read("/thong-bao", notices::list_page),
        write("/thong-bao/da-doc", notices::read_all_form),
        write("/thong-bao/gio-yen-lang", notices::quiet_form),
        write("/thong-bao/{id}", notices::open_form),
        read("/api/v1/notices", notices::list),
        write("/api/v1/notices/read", notices::read_all),
        write("/api/v1/notices/{id}/read", notices::read),
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/me/quiet-hours",
            handler: put(notices::set_quiet).delete(notices::end_quiet),
        },
    ]
}

/// The counsellors' desk.
fn review_routes() -> Vec<Route> {
    vec![
        read("/tu-van", review::queue_page),
        read("/tu-van/{id}", review::case_page),
        write("/tu-van/{id}/nhan", review::claim_form),
        write("/tu-van/{id}/tra", review::release_form),
        write("/tu-van/{id}/quyet-dinh", review::decide_form),
        read("/api/v1/reviews", review::queue),
        read("/api/v1/reviews/{id}", review::case),
        write("/api/v1/reviews/{id}/claim", review::claim),
        write("/api/v1/reviews/{id}/release", review::release),
        write("/api/v1/reviews/{id}/decision", review::decide),
    ]
}

/// Asking, the law, its corpus, and what runs.
fn law_routes() -> Vec<Route> {
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
        read("/api/v1/chat/{run}", chat::read_on),
        write("/api/v1/chat/{run}/stop", chat::stop),
        write("/v1/chat/completions", openai::complete),
        read("/v1/models", openai::models),
        read("/v1/models/{model}", openai::model),
        read("/api/v1/search", search::search),
        read("/api/v1/calculators", calc::list),
        write("/api/v1/calculators/{name}", calc::run),
        write(UPLOADS, admin::upload),
        write("/api/v1/admin/corpus/builds", admin::start_build),
        read("/api/v1/admin/corpus/builds/{id}", admin::build),
        read("/api/v1/admin/corpus/builds/{id}/events", admin::build_events),
        read("/api/v1/admin/corpus/generations", admin::generations),
        write("/api/v1/admin/corpus/generations/{id}/activate", admin::activate),
        read("/api/v1/admin/corpus/diff", admin::diff),
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
    let upload_bytes_max = app.config().limits.upload_bytes_max;
    let bounded = |route: Route| {
        // The innermost limit counts: uploads are larger and slower than everything else.
        let (bytes_max, s_max) =
            if route.path == UPLOADS { (upload_bytes_max, UPLOAD_S_MAX) } else { (body_bytes_max, BODY_S_MAX) };
        let deadline = RequestBodyDeadlineLayer::new(Duration::from_secs(s_max));
        (route.path, route.handler.layer::<_, Infallible>((DefaultBodyLimit::max(bytes_max), deadline)))
    };
    let table =
        routes().into_iter().map(bounded).fold(Router::new(), |router, (path, handler)| router.route(path, handler));
    table
        .fallback(pages::no_route)
        .method_not_allowed_fallback(pages::no_method)
        .layer(middleware::from_fn_with_state(app.clone(), finish::finish))
        .layer(middleware::from_fn_with_state(app.clone(), notices::count))
        .layer(CompressionLayer::new().compress_when(finish::Compressible::default()))
        .with_state(app)
}

/// What every page shows of the service, to a member of `unit` where one is chosen.
fn site(app: &App, unit: Option<&str>) -> Site {
    let config = app.config();
    Site {
        corpus_release: app.corpus_release(),
        parts: app.parts(),
        contact: config.contact(unit),
        units: config.units(),
        unit: unit.unwrap_or_default().to_owned(),
        question_chars_max: config.limits.question_chars_max,
        today: app.today(),
        unread: notices::unread(),
    }
}

/// A finished page, with a tag so that a phone that holds it need not fetch it again.
fn page(html: String) -> Result<Response, error::ApiError> {
    let digest = Sha256::digest(html.as_bytes());
    let tag = digest.iter().take(8).fold(String::from("W/\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    let headers = [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache"), (VARY, "accept")];
    Ok((headers, Html(html)).into_response())
}
