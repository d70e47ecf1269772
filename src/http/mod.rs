/*!
Routes and transport: the whole route table, and the server.

Owns what HTTP is: addresses, methods, statuses, headers, streams. Handlers extract,
parse into domain types, make one call on [`App`] and show the result through `views` or
`web`; they decide nothing. Authorisation belongs to the app, so other rims inherit it.
*/

mod accept;
mod admin;
mod admin_corpus;
mod admin_routes;
mod admin_state;
mod admin_who;
mod calc;
mod chat;
mod comments;
mod course_api;
mod course_editing;
mod courses;
mod deadline;
mod error;
mod export;
mod feed;
mod feed_api;
mod feed_editing;
mod finish;
mod gzip;
mod health;
mod history;
mod identity;
mod input;
mod law;
mod mail;
mod manage;
mod notices;
mod openai;
mod openai_input;
mod openapi;
mod pages;
mod people;
mod precedents;
mod repeat;
mod review;
mod search;
mod server;
mod sessions;
mod support;
mod upload;
mod who;

use std::{convert::Infallible, sync::Arc, time::Duration};

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
pub use openapi::document as openapi_document;
pub use server::serve;

use crate::{
    app::App,
    community::{PICTURE_BYTES_MAX, PICTURES_MAX},
    hex::hex,
    support::UPLOAD_BYTES_MAX,
    web::Site,
};

/// Longest time a request body may take to arrive, in seconds.
const BODY_S_MAX: u64 = 20;

/// Longest time an upload may take to arrive, in seconds.
const UPLOAD_S_MAX: u64 = 600;

/// Longest time a form with pictures may take to arrive, in seconds: phones on slow networks.
const PICTURES_S_MAX: u64 = 180;

/// Where files are uploaded.
const UPLOADS: &str = "/api/v1/admin/corpus/uploads";

/// Where files of requests for support are uploaded.
const SUPPORT_FILES: &str = "/ho-tro/{id}/tep";

/// Where pictures are uploaded.
const PICTURE_UPLOADS: [&str; 2] = ["/bang-tin/viet", "/api/v1/posts/{id}/pictures"];

/// Bytes of a form beside its pictures.
const FORM_BYTES_MAX: usize = 256 << 10;

/// Longest body with pictures, in bytes.
fn pictures_bytes_max() -> usize {
    PICTURES_MAX * PICTURE_BYTES_MAX + FORM_BYTES_MAX
}

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
    all.extend(admin_routes::all());
    all.extend(people_routes());
    all.extend(course_routes());
    all.extend(history_routes());
    all.extend(review_routes());
    all.extend(notice_routes());
    all.extend(identity_routes());
    all.extend(support_routes());
    all.extend(feed_routes());
    all
}

/// The members' feed.
fn feed_routes() -> Vec<Route> {
    vec![
        read("/bang-tin", feed::list),
        form("/bang-tin/viet", feed::write_page, feed::publish),
        read("/bang-tin/tim", feed::search),
        read("/bang-tin/da-luu", feed::saved),
        read("/bang-tin/cua-toi", feed::written),
        write("/bang-tin/chu-de", feed::follow),
        write("/bang-tin/nguoi/{id}", feed::unshun),
        write("/bang-tin/khieu-nai/{id}", feed::appeal),
        read("/bang-tin/{id}", feed::post),
        read("/bang-tin/{id}/vi-sao", feed::why),
        read("/bang-tin/{id}/ban-truoc", feed::versions),
        form("/bang-tin/{id}/sua", feed::edit_page, feed::edit),
        write("/bang-tin/{id}/xoa", feed::delete),
        write("/bang-tin/{id}/cam-xuc", feed::react),
        write("/bang-tin/{id}/luu", feed::save),
        write("/bang-tin/{id}/binh-luan", comments::add),
        form("/bang-tin/{id}/binh-luan/{n}/sua", comments::edit_page, comments::edit),
        read("/bang-tin/{id}/binh-luan/{n}/ban-truoc", comments::versions),
        write("/bang-tin/{id}/binh-luan/{n}/xoa", comments::delete),
        write("/bang-tin/{id}/bao-cao", feed::report),
        write("/bang-tin/{id}/tac-gia", feed::shun),
        read("/bang-tin/{id}/anh/{n}", feed::picture),
        write("/bang-tin/{id}/ghim", feed_editing::pin),
        write("/bang-tin/{id}/kiem-chung", feed_editing::check),
        write("/bang-tin/{id}/nhan", feed_editing::approve_check),
        read("/bien-tap/bang-tin", feed_editing::queue),
        read("/bien-tap/bang-tin/ty-le", feed_editing::meter),
        read("/bien-tap/bang-tin/nhat-ky", feed_editing::log),
        write("/bien-tap/bang-tin/trang-chan", feed_editing::ban_host),
        read("/bien-tap/bang-tin/{id}", feed_editing::case),
        write("/bien-tap/bang-tin/{id}/quyet-dinh", feed_editing::rule),
        write("/bien-tap/bang-tin/{id}/mo-khoa", feed_editing::unlock),
        form("/api/v1/posts", feed_api::list, feed_api::publish),
        Route {
            methods: "GET, HEAD, PUT, DELETE",
            path: "/api/v1/posts/{id}",
            handler: get(feed_api::post).put(feed_api::edit).delete(feed_api::delete),
        },
        read("/api/v1/posts/{id}/versions", feed_api::versions),
        write("/api/v1/posts/{id}/pictures", feed_api::add_picture),
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/posts/{id}/reaction",
            handler: put(feed_api::react).delete(feed_api::unreact),
        },
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/posts/{id}/saved",
            handler: put(feed_api::save).delete(feed_api::unsave),
        },
        form("/api/v1/posts/{id}/comments", feed_api::comments, feed_api::comment),
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/posts/{id}/comments/{n}",
            handler: put(feed_api::edit_comment).delete(feed_api::delete_comment),
        },
        read("/api/v1/posts/{id}/comments/{n}/versions", feed_api::comment_versions),
        Route { methods: "PUT", path: "/api/v1/me/topics", handler: put(feed_api::follow) },
        form("/api/v1/reports", feed_api::reports, feed_api::report),
        read("/api/v1/reports/log", feed_api::log),
        read("/api/v1/reports/meter", feed_api::meter),
        write("/api/v1/reports/{id}/decision", feed_api::rule),
        write("/api/v1/reports/{id}/appeal", feed_api::appeal),
    ]
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
        form("/bien-tap/hoi-nhieu", course_editing::most_asked, course_editing::draft_of_topic),
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
        write("/tai-khoan/khoa-may/{id}", sessions::end_api_key),
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
        write("/lich-su/{id}/{n}/nhan-tin", history::write_form),
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
        write("/api/v1/conversations/{id}/messages/{n}/replies", history::write),
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
        read("/api/v1/me/export", export::export),
    ]
}

/// What members are told.
fn notice_routes() -> Vec<Route> {
    vec![
        read("/thong-bao", notices::list_page),
        write("/thong-bao/da-doc", notices::read_all_form),
        write("/thong-bao/gio-yen-lang", notices::quiet_form),
        write("/thong-bao/thu", mail::begin),
        write("/thong-bao/thu/ma", mail::confirm),
        write("/thong-bao/thu/thoi", mail::end),
        form("/thu/{token}", mail::end_page, mail::end_by_link),
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
        write("/tu-van/{id}/tra-loi", review::reply_form),
        read("/tu-van/mau", precedents::list_page),
        form("/tu-van/mau/{id}", precedents::one_page, precedents::renew_form),
        read("/chat-luong", review::quality_page),
        read("/api/v1/reviews", review::queue),
        read("/api/v1/reviews/{id}", review::case),
        write("/api/v1/reviews/{id}/claim", review::claim),
        write("/api/v1/reviews/{id}/release", review::release),
        write("/api/v1/reviews/{id}/decision", review::decide),
        write("/api/v1/reviews/{id}/replies", review::reply),
        read("/api/v1/precedents", precedents::list),
        Route {
            methods: "GET, HEAD, DELETE",
            path: "/api/v1/precedents/{id}",
            handler: get(precedents::one).delete(precedents::drop_one),
        },
        write("/api/v1/precedents/{id}/renew", precedents::renew),
        read("/api/v1/quality", review::quality),
    ]
}

/// Who asked, for who may know.
fn identity_routes() -> Vec<Route> {
    vec![
        form("/tu-van/{id}/danh-tinh", identity::known_page, identity::wish_form),
        read("/quan-ly/danh-tinh", identity::log_page),
        write("/quan-ly/danh-tinh/{id}", identity::decide_form),
        write("/lich-su/{id}/{n}/danh-tinh", identity::agree_form),
        form("/api/v1/reviews/{id}/identity", identity::known, identity::wish),
        read("/api/v1/identity-openings", identity::log),
        write("/api/v1/identity-openings/{id}/decision", identity::decide),
        Route {
            methods: "PUT, DELETE",
            path: "/api/v1/conversations/{id}/messages/{n}/identity",
            handler: put(identity::agree).delete(identity::take_back),
        },
    ]
}

/// Requests for support, for members and officers.
fn support_routes() -> Vec<Route> {
    vec![
        form("/ho-tro", support::own_page, support::send_form),
        read("/ho-tro/{id}", support::request_page),
        write("/ho-tro/{id}/{viec}", support::act_form),
        write(SUPPORT_FILES, support::attach_form),
        read("/ho-tro/{id}/tep/{n}", support::file),
        form("/quan-ly/ho-tro", support::register_page, support::budget_form),
        read("/quan-ly/ho-tro/so.csv", support::register_csv),
        form("/api/v1/support-requests", support::list, support::create),
        read("/api/v1/support-requests/register", support::register_json),
        read("/api/v1/support-requests/{id}", support::request),
        write("/api/v1/support-requests/{id}/{act}", support::act),
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
        form(UPLOADS, admin::uploads, admin::upload),
        remove("/api/v1/admin/corpus/uploads/{name}", admin::drop_upload),
        write("/api/v1/admin/corpus/builds", admin::start_build),
        read("/api/v1/admin/corpus/builds/{id}", admin::build),
        read("/api/v1/admin/corpus/builds/{id}/events", admin::build_events),
        read("/api/v1/admin/corpus/generations", admin::generations),
        write("/api/v1/admin/corpus/generations/{id}/activate", admin::activate),
        write("/api/v1/admin/corpus/rollback", admin::roll_back),
        read("/api/v1/admin/corpus/diff", admin::diff),
        read("/livez", health::livez),
        read("/readyz", health::readyz),
        read("/version", health::version),
        read("/openapi.json", openapi::json_document),
        read("/docs", openapi::docs),
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
        let (bytes_max, s_max) = match route.path {
            UPLOADS => (upload_bytes_max, UPLOAD_S_MAX),
            admin_routes::IMPORTS => (admin_state::IMPORT_BYTES_MAX + FORM_BYTES_MAX, UPLOAD_S_MAX),
            admin_routes::CORPUS_FILES => (upload_bytes_max + FORM_BYTES_MAX, UPLOAD_S_MAX),
            SUPPORT_FILES => (UPLOAD_BYTES_MAX + body_bytes_max, UPLOAD_S_MAX),
            path if PICTURE_UPLOADS.contains(&path) => (pictures_bytes_max(), PICTURES_S_MAX),
            _ => (body_bytes_max, BODY_S_MAX),
        };
        let deadline = RequestBodyDeadlineLayer::new(Duration::from_secs(s_max));
        (route.path, route.handler.layer::<_, Infallible>((DefaultBodyLimit::max(bytes_max), deadline)))
    };
    let table =
        routes().into_iter().map(bounded).fold(Router::new(), |router, (path, handler)| router.route(path, handler));
    let repeating =
        repeat::Repeating { app: app.clone(), routes: table.clone().with_state(app.clone()), turn: Arc::default() };
    table
        .layer(middleware::from_fn_with_state(repeating, repeat::repeat))
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
        menu: notices::menu(),
    }
}

/// A finished page, with a tag so that a phone that holds it need not fetch it again. What it
/// shows may be for its reader alone: no cache between keeps it.
fn page(html: String) -> Result<Response, error::ApiError> {
    let digest = Sha256::digest(html.as_bytes());
    let tag = format!("W/\"{}\"", hex(&digest[..8]));
    let headers = [(ETAG, tag.as_str()), (CACHE_CONTROL, "private, no-cache"), (VARY, "accept")];
    Ok((headers, Html(html)).into_response())
}
