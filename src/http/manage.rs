/*! `/quan-ly/…`: members and units as their admins see them, as pages. */

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    error::ApiError,
    input::Parameters,
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm},
};
use crate::{
    accounts::{Invitation, MemberListWish, Role},
    app::App,
    error::Error,
    web,
};

/// Members within reach: `?don_vi=`, `?tim=`, `?vai_tro=`, `?sau=`.
pub(super) async fn members(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let wish = MemberListWish {
        unit: parameters.get("don_vi").cloned(),
        search: field(&parameters, "tim").to_owned(),
        after: parameters.get("sau").cloned(),
        role: Role::parse(field(&parameters, "vai_tro")),
    };
    let accounts = app.accounts()?;
    let list = accounts.list_members(&member.actor, &wish).await?;
    let units = accounts.units(&member.actor).await?;
    let units = units.into_iter().filter(|unit| member.actor.may(Role::Admin, &unit.path)).collect();
    let view = web::MembersPage { list, units, search: wish.search, role: wish.role, is_later: wish.after.is_some() };
    Ok(private_page(web::members(&site(&app, None), &view)?))
}

/// One member.
pub(super) async fn member(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    member_page(&app, &member, &number, web::Notice::of(field(&parameters, "bao")), None).await
}

async fn member_page(
    app: &App,
    member: &CurrentMember,
    number: &str,
    notice: Option<web::Notice>,
    made: Option<Invitation>,
) -> Result<Response, ApiError> {
    let accounts = app.accounts()?;
    let detail = accounts.member_detail(&member.actor, number).await?;
    let units = accounts.units(&member.actor).await?;
    let view = web::MemberPage {
        detail,
        units: units.into_iter().filter(|unit| member.actor.may(Role::Admin, &unit.path)).collect(),
        form_token: member.form_token(app)?,
        notice,
        made,
    };
    Ok(private_page(web::member(&site(app, None), &view)?))
}

/// Makes an invite code, and shows it this once.
pub(super) async fn invite(
    State(app): State<App>,
    Path(number): Path<String>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let made = app.invite_member(&form.member.actor, &number).await?;
    member_page(&app, &form.member, &number, None, Some(made)).await
}

/// Blocks a member, or lets them in again.
pub(super) async fn block(
    State(app): State<App>,
    Path(number): Path<String>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let blocked = field(&form.fields, "khoa") == "1";
    app.block_member(&form.member.actor, &number, blocked).await?;
    Ok(back_to(&number, if blocked { "khoa" } else { "mo-khoa" }))
}

/// Gives or takes a role.
pub(super) async fn role(
    State(app): State<App>,
    Path(number): Path<String>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let (name, unit) = (field(&form.fields, "vai_tro"), field(&form.fields, "don_vi"));
    let role = Role::parse(name).ok_or_else(|| Error::invalid("vai_tro", "hãy chọn một vai trò"))?;
    let actor = &form.member.actor;
    if field(&form.fields, "bo") == "1" {
        app.take_role(actor, &number, role, unit).await?;
        return Ok(back_to(&number, "bo-vai-tro"));
    }
    app.give_role(actor, &number, role, unit).await?;
    Ok(back_to(&number, "vai-tro"))
}

/// Units within reach.
pub(super) async fn units(State(app): State<App>, member: CurrentMember) -> Result<Response, ApiError> {
    member.actor.require_anywhere(Role::Admin)?;
    let units = app.accounts()?.units(&member.actor).await?;
    Ok(private_page(web::units(&site(&app, None), &units)?))
}

fn back_to(number: &str, notice: &str) -> Response {
    let number = web::path_part(number);
    Redirect::to(&format!("/quan-ly/doan-vien/{number}?bao={notice}")).into_response()
}
