/*!
Who looks after the service: the token of the settings, or an admin of the whole union by their
session, with the checks against foreign sites that every session has.
*/

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, request::Parts},
};

use super::{
    error::ApiError,
    input::{self, Parameters},
    who::{self, CurrentMember, CurrentVisitor, MemberForm},
};
use crate::{
    accounts::Visitor,
    app::{App, admin::Admin},
    error::Error,
};

/// Files of one form.
pub(super) const FORM_FILES_MAX: usize = 200;
/// Parts of a form beside its files.
const FORM_FIELDS_MAX: usize = 10;

/// Who reloads the corpus over the API.
pub(super) struct CurrentAdmin(pub(super) Admin);

impl FromRequestParts<App> for CurrentAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let refused = match app.admin(input::bearer(&parts.headers)) {
            Ok(admin) => return Ok(Self(admin)),
            Err(refused) => refused,
        };
        match CurrentVisitor::from_request_parts(parts, app).await? {
            CurrentVisitor(Visitor::Member(actor)) => Ok(Self(app.admin_of(&actor)?)),
            CurrentVisitor(Visitor::Anonymous) => Err(refused.into()),
        }
    }
}

/// An admin of the whole union who looks at a page.
pub(super) struct AdminPage {
    /// The member.
    pub(super) member: CurrentMember,
    /// What they may do.
    pub(super) admin: Admin,
}

impl FromRequestParts<App> for AdminPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let member = CurrentMember::from_request_parts(parts, app).await?;
        let admin = app.admin_of(&member.actor)?;
        Ok(Self { member, admin })
    }
}

/// A form sent by an admin of the whole union from a page of their session.
pub(super) struct AdminForm {
    /// Who.
    pub(super) by: AdminPage,
    /// What was filled in.
    pub(super) fields: Parameters,
}

impl FromRequest<App> for AdminForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let MemberForm { member, fields } = MemberForm::from_request(request, app).await?;
        let admin = app.admin_of(&member.actor)?;
        Ok(Self { by: AdminPage { member, admin }, fields })
    }
}

/// The same with files, each under its own name.
pub(super) struct AdminFiles {
    /// Who.
    pub(super) by: AdminPage,
    /// What was filled in.
    pub(super) fields: Parameters,
    /// Files that were chosen, in order.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl FromRequest<App> for AdminFiles {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let (visitor, token) = who::visitor(&mut parts, app).await?;
        let actor = visitor.actor()?.clone();
        // Who may not upload does not get to fill the memory either.
        let admin = app.admin_of(&actor)?;
        if !who::comes_from_us(&parts.headers, &app.config().http)?.unwrap_or(true) {
            return Err(who::foreign());
        }
        let token = token.ok_or_else(|| Error::Forbidden("biểu mẫu phải gửi từ trình duyệt".to_owned()))?;
        let (fields, files) = form_parts(Request::from_parts(parts, body), app).await?;
        let given = fields.get(who::FORM_TOKEN).map_or("", String::as_str);
        if !app.accounts()?.is_form_token(&token, given) {
            return Err(who::foreign());
        }
        let member = CurrentMember { actor, token: Some(token) };
        Ok(Self { by: AdminPage { member, admin }, fields, files })
    }
}

/// The fields of a form and its files with their names; a field for files that was left empty
/// holds none.
pub(super) async fn form_parts(request: Request, app: &App) -> Result<(Parameters, Vec<(String, Vec<u8>)>), ApiError> {
    let bytes_max = app.config().limits.upload_bytes_max;
    let failed = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::BodyTooLarge(bytes_max),
        _ => ApiError::Body("không đọc được biểu mẫu tải tệp (multipart/form-data)".to_owned()),
    };
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|_| ApiError::Body("biểu mẫu tải tệp không có ranh giới (boundary)".to_owned()))?;
    let (mut fields, mut files) = (Parameters::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(failed)? {
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(name) => {
                let bytes = part.bytes().await.map_err(failed)?;
                if !(name.is_empty() && bytes.is_empty()) {
                    files.push((name, bytes.into()));
                }
            }
            None => {
                fields.insert(field, part.text().await.map_err(failed)?);
            }
        }
        if FORM_FILES_MAX < files.len() {
            return Err(ApiError::Body(format!("một biểu mẫu có nhiều nhất {FORM_FILES_MAX} tệp")));
        }
        if FORM_FIELDS_MAX < fields.len() {
            return Err(ApiError::Body(format!("một biểu mẫu có nhiều nhất {FORM_FIELDS_MAX} trường")));
        }
    }
    Ok((fields, files))
}
