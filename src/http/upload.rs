/*! A form with a file, sent by a member from a page of their session. */

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};

use super::{
    error::ApiError,
    input::Parameters,
    who::{self, CurrentMember},
};
use crate::{app::App, error::Error, support::UPLOAD_BYTES_MAX};

/// Most parts of a form.
const PARTS_MAX: usize = 10;
/// Longest text of a field, in bytes.
const FIELD_BYTES_MAX: usize = 16 * 1024;

/// A file as it was sent.
pub(super) struct Uploaded {
    /// What its owner calls it.
    pub(super) name: String,
    /// What is in it.
    pub(super) bytes: Vec<u8>,
}

/// A form with at most one file.
pub(super) struct UploadForm {
    /// The member.
    pub(super) member: CurrentMember,
    /// The file; an empty one where none was chosen.
    pub(super) file: Uploaded,
}

impl FromRequest<App> for UploadForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        // Who may not be here sends no megabytes.
        let (visitor, token) = who::visitor(&mut parts, app).await?;
        let actor = visitor.actor()?.clone();
        if !who::comes_from_us(&parts.headers, &app.config().http)?.unwrap_or(true) {
            return Err(who::foreign());
        }
        let (fields, file) = read(Request::from_parts(parts, body), app).await?;
        let token = token.ok_or_else(|| Error::Forbidden("biểu mẫu phải gửi từ trình duyệt".to_owned()))?;
        let given = fields.get(who::FORM_TOKEN).map_or("", String::as_str);
        if !app.accounts()?.is_form_token(&token, given) {
            return Err(who::foreign());
        }
        Ok(Self { member: CurrentMember { actor, token: Some(token) }, file })
    }
}

async fn read(request: Request, app: &App) -> Result<(Parameters, Uploaded), ApiError> {
    let unreadable = || ApiError::Body("Không đọc được biểu mẫu tải tệp.".to_owned());
    let failed = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::BodyTooLarge(UPLOAD_BYTES_MAX),
        _ => unreadable(),
    };
    let mut form = Multipart::from_request(request, app).await.map_err(|_ignored| unreadable())?;
    let (mut fields, mut file) = (Parameters::new(), Uploaded { name: String::new(), bytes: Vec::new() });
    for _ in 0..PARTS_MAX {
        let Some(part) = form.next_field().await.map_err(failed)? else { return Ok((fields, file)) };
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(failed)?;
        match file_name {
            Some(file_name) => file = Uploaded { name: file_name, bytes: bytes.to_vec() },
            None if bytes.len() <= FIELD_BYTES_MAX => {
                let text = std::str::from_utf8(&bytes).map_err(|_ignored| unreadable())?;
                fields.insert(name, text.to_owned());
            }
            None => return Err(unreadable()),
        }
    }
    Err(unreadable())
}
