/*! `/thong-bao/thu…` and `/thu/{token}`: getting mails that tell of notices, and no longer. */

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    error::ApiError,
    input::Parameters,
    notices::show,
    sessions::{field, private_page},
    site,
    who::{MemberForm, OpenForm},
};
use crate::{app::App, error::Error, web};

/// What becomes of a form: its page again where something in it is wrong.
async fn done(
    app: &App,
    form: &MemberForm,
    result: Result<(), Error>,
    notice: &'static str,
) -> Result<Response, ApiError> {
    match result {
        Ok(()) => Ok(Redirect::to(&format!("/thong-bao?bao={notice}#thu")).into_response()),
        Err(Error::Invalid { message, .. }) => {
            let page = show(app, &form.member, &Parameters::new(), Some(message)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Sends a code to an address.
pub(super) async fn begin(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let begun = app.mails()?.begin(&form.member.actor, field(&form.fields, "dia_chi"), app.now()).await;
    done(&app, &form, begun, "thu-ma").await
}

/// Gives the code back.
pub(super) async fn confirm(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let confirmed = app.mails()?.confirm(&form.member.actor, field(&form.fields, "ma"), app.now()).await;
    done(&app, &form, confirmed, "thu-bat").await
}

/// No more mails.
pub(super) async fn end(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let ended = app.mails()?.end(&form.member.actor).await;
    done(&app, &form, ended, "thu-tat").await
}

/// The page that a link out of a mail leads to. Looking at it ends nothing: mail programs follow
/// links by themselves.
pub(super) async fn end_page(State(app): State<App>, Path(token): Path<String>) -> Result<Response, ApiError> {
    app.mails()?.may_end(&token).await?;
    Ok(private_page(web::end_mails(&site(&app, None), Some(&token))?))
}

/// Ends mails by that link, without signing in; mail programs send this themselves (RFC 8058), and name no origin.
pub(super) async fn end_by_link(
    State(app): State<App>,
    Path(token): Path<String>,
    _form: OpenForm,
) -> Result<Response, ApiError> {
    app.mails()?.end_by(&token).await?;
    Ok(private_page(web::end_mails(&site(&app, None), None)?))
}
