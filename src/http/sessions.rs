/*! Signing in and out, one's own account: pages. */

use axum::{
    extract::{Path, Query, State},
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, SET_COOKIE},
    },
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{
    error::ApiError,
    input::Parameters,
    site,
    who::{self, Client, CurrentMember, MemberForm, OpenForm},
};
use crate::{
    accounts::{Scope, SessionId, SignedIn},
    app::App,
    error::{Error, Result},
    web,
};

/// Where one is sent after signing in, unless the way led from elsewhere.
const HOME: &str = "/tai-khoan";
/// Longest address to go on to, in characters.
const ONWARD_CHARS_MAX: usize = 300;

/// A page of one person: no cache keeps it.
pub(super) fn private_page(html: String) -> Response {
    ([(CACHE_CONTROL, "private, no-store")], Html(html)).into_response()
}

/// A field of a form, empty where absent.
pub(super) fn field<'a>(fields: &'a Parameters, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

/// The form to sign in.
pub(super) async fn sign_in_page(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    app.accounts()?;
    Ok(private_page(web::sign_in(&site(&app, None), "", onward(&parameters), None)?))
}

/// Signs in.
pub(super) async fn sign_in(
    State(app): State<App>,
    Client(client): Client,
    OpenForm(fields): OpenForm,
) -> Result<Response, ApiError> {
    let name = field(&fields, "ten");
    let signed_in = app.accounts()?.sign_in(name, field(&fields, "mat_khau"), &client, app.now()).await;
    match signed_in {
        Ok(signed_in) => Ok(go_on(&app, &signed_in, onward(&fields))),
        Err(Error::WrongCredentials) => {
            let problem = Some("Tên đăng nhập hoặc mật khẩu không đúng.");
            let page = web::sign_in(&site(&app, None), name, onward(&fields), problem)?;
            Ok((axum::http::StatusCode::UNAUTHORIZED, private_page(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The form to use an invite code.
pub(super) async fn redeem_page(State(app): State<App>) -> Result<Response, ApiError> {
    app.accounts()?;
    Ok(private_page(web::redeem(&site(&app, None), "", None)?))
}

/// Uses an invite code.
pub(super) async fn redeem(
    State(app): State<App>,
    Client(client): Client,
    OpenForm(fields): OpenForm,
) -> Result<Response, ApiError> {
    let code = field(&fields, "ma");
    let password = field(&fields, "mat_khau");
    let same = password == field(&fields, "mat_khau_2");
    let signed_in = if same {
        app.accounts()?.redeem(code, password, &client, app.now()).await
    } else {
        Err(Error::invalid("password", "hai lần nhập mật khẩu không giống nhau"))
    };
    match signed_in {
        Ok(signed_in) => Ok(go_on(&app, &signed_in, HOME)),
        Err(Error::Invalid { message, .. }) => {
            let page = web::redeem(&site(&app, None), code, Some(&message))?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, private_page(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends the session that asks.
pub(super) async fn sign_out(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let actor = &form.member.actor;
    app.accounts()?.end_session(actor, actor.require_session()?).await?;
    let cookie = (SET_COOKIE, who::drop_cookie(&app.config().http));
    // Who comes after on a shared device finds nothing of what was read.
    let cache = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok(([cookie, cache], Redirect::to("/")).into_response())
}

/// One's own account.
pub(super) async fn account(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    account_page(&app, &member, web::Notice::of(field(&parameters, "bao")), None).await
}

async fn account_page(
    app: &App,
    member: &CurrentMember,
    notice: Option<web::Notice>,
    problem: Option<&str>,
) -> Result<Response, ApiError> {
    let accounts = app.accounts()?;
    let actor = &member.actor;
    let view = web::AccountPage {
        detail: accounts.own_detail(actor).await?,
        sessions: accounts.sessions(actor, app.now()).await?,
        current: actor.session(),
        api_keys: accounts.api_keys(actor, app.now()).await?,
        may_manage: actor.has(crate::accounts::Role::Admin) && actor.require_scope(Scope::People).is_ok(),
        form_token: member.form_token(app)?,
        notice,
        problem: problem.map(str::to_owned),
    };
    Ok(private_page(web::account(&site(app, None), &view)?))
}

/// Changes one's own password.
pub(super) async fn change_password(State(app): State<App>, form: MemberForm) -> Result<Response, ApiError> {
    let fields = &form.fields;
    let (current, next) = (field(fields, "mat_khau_cu"), field(fields, "mat_khau"));
    let changed = if next == field(fields, "mat_khau_2") {
        app.accounts()?.change_password(&form.member.actor, current, next, app.now()).await
    } else {
        Err(Error::invalid("password", "hai lần nhập mật khẩu mới không giống nhau"))
    };
    match changed {
        Ok(()) => Ok(Redirect::to("/tai-khoan?bao=mat-khau").into_response()),
        Err(Error::Invalid { message, .. }) => {
            let page = account_page(&app, &form.member, None, Some(&message)).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends one of one's own sessions.
pub(super) async fn end_session(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.accounts()?.end_session(&form.member.actor, SessionId(id)).await?;
    Ok(Redirect::to("/tai-khoan?bao=phien"))
}

/// Ends one of one's own keys of programs.
pub(super) async fn end_api_key(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.accounts()?.end_api_key(&form.member.actor, id).await?;
    Ok(Redirect::to("/tai-khoan?bao=khoa-may"))
}

fn go_on(app: &App, signed_in: &SignedIn, to: &str) -> Response {
    let cookie = who::keep_cookie(&signed_in.token, &app.config().http);
    ([(SET_COOKIE, cookie)], Redirect::to(to)).into_response()
}

/// Where to go after signing in: an address of ours, or the account.
fn onward(parameters: &Parameters) -> &str {
    let to = field(parameters, "tiep");
    let ours = to.starts_with('/')
        && !to.starts_with("//")
        && to.chars().count() <= ONWARD_CHARS_MAX
        && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { to } else { HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_onward_stays_here() {
        let onward_of = |to: &str| onward(&Parameters::from([("tiep".to_owned(), to.to_owned())])).to_owned();
        assert_eq!(onward_of("/lich-su?q=a"), "/lich-su?q=a");
        for foreign in
            ["", "//evil.vn", "https://evil.vn", "/\\evil.vn", "evil", "/a b", &format!("/{}", "x".repeat(400))]
        {
            assert_eq!(onward_of(foreign), HOME, "{foreign}");
        }
    }
}
