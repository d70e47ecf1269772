/*! `/quan-tri/…`: health, settings in force, imports and the log of deeds, as pages. */

use axum::{
    extract::{Path, Query, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    admin_who::{AdminFiles, AdminForm, AdminPage},
    error::ApiError,
    input::Parameters,
    sessions::{field, private_page},
    site,
    who::CurrentMember,
};
use crate::{
    accounts::{ImportWish, Role},
    app::App,
    error::Error,
    web::{self, AdminNotice, ImportPage},
};

/// Longest file of members or units, in bytes: some hundred thousand rows.
pub(super) const IMPORT_BYTES_MAX: usize = 32 << 20;

/// How the service fares; `?kiem=1` checks the content of the database, too.
pub(super) async fn health(
    State(app): State<App>,
    page: AdminPage,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let whole = field(&parameters, "kiem") == "1";
    let view = page.admin.health(whole).await?;
    Ok(private_page(web::admin_health(&site(&app, None), &view, whole)?))
}

/// The settings in force.
pub(super) async fn settings(State(app): State<App>, _page: AdminPage) -> Result<Response, ApiError> {
    Ok(private_page(web::admin_settings(&site(&app, None), &app.config().listed())?))
}

/// The log of deeds: `?truoc=`.
pub(super) async fn log(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let before = field(&parameters, "truoc").parse().ok();
    let list = app.audit()?.list(&member.actor, before).await?;
    Ok(private_page(web::admin_log(&site(&app, None), &list, member.actor.is_top(Role::Admin))?))
}

/// The form of imports, and lists of codes.
pub(super) async fn import_page(
    State(app): State<App>,
    page: AdminPage,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let view = import_view(&app, &page, AdminNotice::of(field(&parameters, "bao")))?;
    Ok(private_page(web::admin_import(&site(&app, None), &view)?))
}

fn import_view(app: &App, page: &AdminPage, notice: Option<AdminNotice>) -> Result<ImportPage, Error> {
    Ok(ImportPage {
        report: None,
        list: None,
        lists: page.admin.code_lists()?,
        bytes_max: IMPORT_BYTES_MAX as u64,
        form_token: page.member.form_token(app)?,
        notice,
        problem: None,
    })
}

/// Imports a file, or only compares it.
pub(super) async fn import(State(app): State<App>, form: AdminFiles) -> Result<Response, ApiError> {
    let dry_run = field(&form.fields, "thu") != "0";
    let imported = match form.files.into_iter().next() {
        Some((_, file)) => form.by.admin.import(file, ImportWish { dry_run }).await,
        None => Err(Error::invalid("file", "hãy chọn một tệp CSV")),
    };
    let (status, report, problem) = match imported {
        Ok(done) => (StatusCode::OK, Some(done), None),
        Err(Error::Invalid { message, .. }) => (StatusCode::UNPROCESSABLE_ENTITY, None, Some(message)),
        Err(error) => return Err(error.into()),
    };
    let view = import_view(&app, &form.by, None)?;
    let (report, list) = report.map_or((None, None), |(report, list)| (Some((report, dry_run)), list));
    let view = ImportPage { report, list, problem, ..view };
    Ok((status, private_page(web::admin_import(&site(&app, None), &view)?)).into_response())
}

/// A list of codes, for who hands them out.
pub(super) async fn code_list(page: AdminPage, Path(name): Path<String>) -> Result<Response, ApiError> {
    let bytes = page.admin.code_list(&name).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Drops a list of codes.
pub(super) async fn drop_code_list(Path(name): Path<String>, form: AdminForm) -> Result<Redirect, ApiError> {
    form.by.admin.drop_code_list(&name).await?;
    Ok(Redirect::to("/quan-tri/nhap?bao=da-xoa-ma"))
}
