/*! `/bang-tin/{id}/binh-luan…`: comments as pages and forms. */

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    error::ApiError,
    feed::{HOME, edit_again, show_post},
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm},
};
use crate::{app::App, error::Error, web};

/// Comments on a post; what is wrong is said on its page.
pub(super) async fn add(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Response, ApiError> {
    let (text, confirmed) = (field(&form.fields, "binh_luan"), field(&form.fields, "xac_nhan") == "1");
    match app.community()?.comment(&form.member.actor, id, text, confirmed, app.now()).await {
        Ok(n) => Ok(Redirect::to(&format!("{HOME}/{id}#l{n}")).into_response()),
        Err(error @ Error::Invalid { .. }) => {
            let page = show_post(&app, &form.member, id, &form.fields, Some(&error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The form to change one's own comment.
pub(super) async fn edit_page(
    State(app): State<App>,
    Path((id, n)): Path<(i64, i64)>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let (_, comment) = app.community()?.comment_to_edit(&member.actor, id, n).await?;
    let form = web::EditForm {
        id,
        comment: Some(n),
        text: comment.text,
        form_token: member.form_token(&app)?,
        problem: None,
        asks_to_confirm: false,
    };
    Ok(private_page(web::edit_post(&site(&app, None), &form)?))
}

/// Changes one's own comment.
pub(super) async fn edit(
    State(app): State<App>,
    Path((id, n)): Path<(i64, i64)>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let (text, confirmed) = (field(&form.fields, "bai"), field(&form.fields, "xac_nhan") == "1");
    match app.community()?.edit_comment(&form.member.actor, (id, n), text, confirmed, app.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("{HOME}/{id}#l{n}")).into_response()),
        Err(error) => edit_again(&app, &form.member, (id, Some(n)), text, error),
    }
}

/// Earlier wordings of a comment.
pub(super) async fn versions(
    State(app): State<App>,
    Path((id, n)): Path<(i64, i64)>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let (comment, versions) = app.community()?.comment_versions(&member.actor, id, n).await?;
    Ok(private_page(web::comment_versions(&site(&app, None), &comment, &versions)?))
}

/// Takes one's own comment back.
pub(super) async fn delete(
    State(app): State<App>,
    Path((id, n)): Path<(i64, i64)>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.community()?.delete_comment(&form.member.actor, id, n).await?;
    Ok(Redirect::to(&format!("{HOME}/{id}")))
}
