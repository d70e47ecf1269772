/*! `/bien-tap/bang-tin/…`: the feed as its editors and inspectors meet it, as pages. */

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use jiff::Timestamp;

use super::{
    error::ApiError,
    input::Parameters,
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm},
};
use crate::{
    accounts::Role,
    app::App,
    community::{CheckVerdict, Ruling},
    error::Error,
    web,
};

/// Where editors work.
const HOME: &str = "/bien-tap/bang-tin";

/// What waits.
pub(super) async fn queue(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let community = app.community()?;
    let page = web::FeedQueue {
        cases: community.queue(&member.actor).await?,
        hosts: community.banned_hosts(&member.actor).await?,
        form_token: member.form_token(&app)?,
        notice: web::feed_notice(field(&parameters, "bao")),
    };
    Ok(private_page(web::feed_queue(&site(&app, None), &page)?))
}

/// One case.
pub(super) async fn case(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    show(&app, &member, id, None, "").await
}

async fn show(
    app: &App,
    member: &CurrentMember,
    id: i64,
    problem: Option<String>,
    reason: &str,
) -> Result<Response, ApiError> {
    let case = app.community()?.case(&member.actor, id).await?;
    let decided_it = case.decided.as_ref().is_some_and(|decided| decided.by == member.actor.member().id);
    let page =
        web::FeedCasePage { case, decided_it, form_token: member.form_token(app)?, problem, reason: reason.to_owned() };
    Ok(private_page(web::feed_case(&site(app, None), &page)?))
}

/// Decides a case or answers its appeal; what is wrong with the form is said on it.
pub(super) async fn rule(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Response, ApiError> {
    let ruling = Ruling::parse(field(&form.fields, "quyet_dinh"));
    let reason = field(&form.fields, "ly_do");
    let ruled = match ruling {
        Some(ruling) => app.community()?.rule(&form.member.actor, id, ruling, reason, app.now()).await,
        None => Err(Error::invalid("quyet_dinh", "hãy chọn một quyết định")),
    };
    match ruled {
        Ok(_) => Ok(Redirect::to("/bien-tap/bang-tin?bao=da-quyet").into_response()),
        Err(Error::Invalid { message, .. }) => {
            let page = show(&app, &form.member, id, Some(message), reason).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Lets the author of a case write again.
pub(super) async fn unlock(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.community()?.unlock(&form.member.actor, id, field(&form.fields, "ly_do"), app.now()).await?;
    Ok(Redirect::to(&format!("{HOME}/{id}")))
}

/// The union's share, week by week.
pub(super) async fn meter(State(app): State<App>, member: CurrentMember) -> Result<Response, ApiError> {
    let meter = app.community()?.meter(&member.actor, app.now()).await?;
    Ok(private_page(web::feed_meter(&site(&app, None), &meter, member.actor.has(Role::Editor))?))
}

/// The log: `?truoc=`.
pub(super) async fn log(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let before = parameters.get("truoc").and_then(|before| before.parse().ok());
    let entries = app.community()?.log(&member.actor, before).await?;
    Ok(private_page(web::feed_log(&site(&app, None), &entries, member.actor.has(Role::Editor))?))
}

/// Bans a host, or no longer.
pub(super) async fn ban_host(State(app): State<App>, form: MemberForm) -> Result<Redirect, ApiError> {
    let is_banned = field(&form.fields, "bo") != "1";
    app.community()?.ban_host(&form.member.actor, field(&form.fields, "trang"), is_banned, app.now()).await?;
    Ok(Redirect::to("/bien-tap/bang-tin?bao=trang-chan"))
}

/// Puts an official post on top for some days, or no longer.
pub(super) async fn pin(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Redirect, ApiError> {
    let days = field(&form.fields, "so_ngay").parse().ok();
    let days = days.ok_or_else(|| Error::invalid("so_ngay", "phải là số ngày"))?;
    app.community()?.pin(&form.member.actor, id, days, app.now()).await?;
    Ok(Redirect::to(&format!("/bang-tin/{id}?bao=ghim")))
}

/// Asks the assistant about a post's claim.
pub(super) async fn check(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Redirect, ApiError> {
    app.check_post(&form.member.actor, id, field(&form.fields, "cau"), app.now()).await?;
    Ok(Redirect::to(&format!("/bang-tin/{id}#kiem-chung")))
}

/// Stands for what was found, or takes it away.
pub(super) async fn approve_check(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let verdict = match field(&form.fields, "ket_qua") {
        "" => None,
        name => Some(CheckVerdict::parse(name).ok_or_else(|| Error::invalid("ket_qua", "hãy chọn một kết quả"))?),
    };
    let note = field(&form.fields, "ghi_chu");
    let asked_at = field(&form.fields, "hoi_luc").parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    // A form that names no answer has read none.
    let asked_at = asked_at.unwrap_or(Timestamp::UNIX_EPOCH);
    app.community()?.approve_check(&form.member.actor, (id, asked_at), verdict, note, app.now()).await?;
    Ok(Redirect::to(&format!("/bang-tin/{id}?bao=nhan")))
}
