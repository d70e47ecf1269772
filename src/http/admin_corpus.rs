/*! `/quan-tri/van-ban…`: the corpus reloaded in a browser: upload, build, look, activate, roll back. */

use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    admin_who::{AdminFiles, AdminForm, AdminPage, FORM_FILES_MAX},
    error::ApiError,
    input::Parameters,
    sessions::{field, private_page},
    site,
};
use crate::{
    app::{
        App,
        admin::{BuildState, BuildWish},
    },
    error::Error,
    web::{self, AdminNotice},
};

/// Where all of it begins.
const HOME: &str = "/quan-tri/van-ban";
/// Time after which the page of a build that runs asks again, in seconds.
const REFRESH_S: u32 = 3;

/// Uploads, builds and generations.
pub(super) async fn home(
    State(app): State<App>,
    page: AdminPage,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show(&app, &page, AdminNotice::of(field(&parameters, "bao")), None).await
}

async fn show(
    app: &App,
    page: &AdminPage,
    notice: Option<AdminNotice>,
    problem: Option<String>,
) -> Result<Response, ApiError> {
    let mut generations = page.admin.generations();
    generations.reverse();
    let view = web::CorpusPage {
        uploads: page.admin.uploads().await?,
        builds: page.admin.known_builds(),
        may_roll_back: page.admin.may_roll_back(),
        generations,
        upload_bytes_max: app.config().limits.upload_bytes_max,
        files_max: FORM_FILES_MAX,
        with_uploads: app.config().paths.with_uploads,
        form_token: page.member.form_token(app)?,
        notice,
        problem,
    };
    Ok(private_page(web::admin_corpus(&site(app, None), &view)?))
}

/// The same page, saying why something was not done.
async fn refused(
    app: &App,
    page: &AdminPage,
    status: StatusCode,
    problem: impl Into<String>,
) -> Result<Response, ApiError> {
    Ok((status, show(app, page, None, Some(problem.into())).await?).into_response())
}

/// Takes files in: all of them or, where one is refused, none.
pub(super) async fn upload(State(app): State<App>, form: AdminFiles) -> Result<Response, ApiError> {
    if form.files.is_empty() {
        let problem = "Hãy chọn ít nhất một tệp.";
        return refused(&app, &form.by, StatusCode::UNPROCESSABLE_ENTITY, problem).await;
    }
    match form.by.admin.upload_all(form.files).await {
        Ok(_taken) => Ok(to_home("da-tai-tep")),
        Err(Error::Invalid { message, .. }) => {
            refused(&app, &form.by, StatusCode::UNPROCESSABLE_ENTITY, format!("Chưa nhận tệp nào: {message}.")).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes an uploaded file out again.
pub(super) async fn drop_upload(form: AdminForm) -> Result<Response, ApiError> {
    form.by.admin.drop_upload(field(&form.fields, "ten")).await?;
    Ok(to_home("da-bo-tep"))
}

/// Starts a build; it is looked at before it is activated.
pub(super) async fn start_build(State(app): State<App>, form: AdminForm) -> Result<Response, ApiError> {
    match form.by.admin.start_build(BuildWish::default()).await {
        Ok(build) => Ok(Redirect::to(&format!("{HOME}/dung/{}", web::path_part(&build.id))).into_response()),
        Err(Error::Conflict(_)) => {
            refused(&app, &form.by, StatusCode::CONFLICT, "Đang có một lượt dựng khác; hãy đợi lượt đó xong.").await
        }
        Err(error) => Err(error.into()),
    }
}

/// How far a build has come; while it runs the page asks again by itself.
pub(super) async fn build(
    State(app): State<App>,
    page: AdminPage,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let view = page.admin.build(&id)?.borrow().clone();
    let is_running = view.state == BuildState::Running;
    let response = private_page(web::admin_build(&site(&app, None), &view)?);
    if !is_running {
        return Ok(response);
    }
    let refresh = [(HeaderName::from_static("refresh"), REFRESH_S.to_string())];
    Ok((refresh, response).into_response())
}

/// What a generation would change, before it is activated.
pub(super) async fn preview(
    State(app): State<App>,
    page: AdminPage,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    show_preview(&app, &page, id, None).await
}

async fn show_preview(
    app: &App,
    page: &AdminPage,
    id: String,
    problem: Option<&'static str>,
) -> Result<Response, ApiError> {
    let diff = page.admin.diff(None, Some(id.clone())).await?;
    let touched = page.admin.touched_by(&id).await?;
    let view = web::PreviewPage { diff, touched, form_token: page.member.form_token(app)?, problem };
    Ok(private_page(web::admin_preview(&site(app, None), &view)?))
}

/// Activates the generation that was looked at. One that takes much away needs the box ticked.
pub(super) async fn activate(
    State(app): State<App>,
    Path(id): Path<String>,
    form: AdminForm,
) -> Result<Response, ApiError> {
    let is_confirmed = field(&form.fields, "xac_nhan") == "1";
    match form.by.admin.activate(id.clone(), is_confirmed).await {
        Ok(()) => Ok(to_home("da-dung-ban")),
        Err(Error::Conflict(_)) => {
            let problem = "Chưa đưa vào dùng: bản này làm mất nhiều điều khoản. Nếu đúng ý, hãy đánh dấu xác nhận.";
            let page = show_preview(&app, &form.by, id, Some(problem)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Goes back to the generation that was active before.
pub(super) async fn roll_back(State(app): State<App>, form: AdminForm) -> Result<Response, ApiError> {
    match form.by.admin.roll_back().await {
        Ok(_id) => Ok(to_home("da-quay-lai")),
        Err(Error::Conflict(_)) => {
            refused(&app, &form.by, StatusCode::CONFLICT, "Không có bản nào trước bản đang dùng.").await
        }
        Err(error) => Err(error.into()),
    }
}

fn to_home(notice: &str) -> Response {
    Redirect::to(&format!("{HOME}?bao={notice}")).into_response()
}
