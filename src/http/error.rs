/*!
Failures as HTTP: the only place with status codes.

A handler returns [`ApiError`]; it becomes an empty response that carries a [`Problem`] as
an extension. `finish` then writes it as problem details or as a page, and logs the cause
once. So no handler can leak a cause, and every error looks alike.
*/

use std::sync::Arc;

use axum::{
    extract::rejection::BytesRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    error::Error,
    views::{OpenAiErrorBody, OpenAiErrorJson, ProblemJson},
};

/// Wait suggested when a missing part may come back, in seconds.
pub(super) const UNAVAILABLE_RETRY_AFTER_S: u32 = 30;

/// Longest part of the caller's own text that a message repeats, in characters.
const ECHO_CHARS_MAX: usize = 80;

/// Why a request fails, on its way out.
#[derive(Debug)]
pub(super) enum ApiError {
    /// The program said so.
    Domain(Error),
    /// The body cannot be read as what it should be.
    Body(String),
    /// The body is longer than this, in bytes.
    BodyTooLarge(usize),
    /// The body came too slowly or broke off.
    BodyUnfinished,
    /// No such address.
    NoRoute,
    /// The address exists, the method does not.
    Method,
    /// What the write concerns is not what it names any more.
    Changed,
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl ApiError {
    /// What a failure to read the body means.
    pub(super) fn from_body(rejection: &BytesRejection, body_bytes_max: usize) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::BodyTooLarge(body_bytes_max)
        } else {
            Self::BodyUnfinished
        }
    }
}

/// A failure ready to be written; `cause` is for the log alone.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// What the caller gets to see.
    pub(super) shown: ProblemJson,
    /// What the log gets, for 5xx.
    pub(super) cause: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            shown: ProblemJson {
                kind: format!("urn:congdoan:problem:{code}"),
                title,
                status: status.as_u16(),
                code,
                detail: detail.into(),
                field: None,
                retry_after_s: None,
            },
            cause: None,
        }
    }

    fn field(mut self, field: &str) -> Self {
        self.shown.field = Some(field.to_owned());
        self
    }

    fn retry_after(mut self, retry_after_s: u32) -> Self {
        self.shown.retry_after_s = Some(retry_after_s);
        self
    }

    fn cause(mut self, cause: &Error) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Status to answer with.
    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.shown.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound { resource, id } => {
                let detail = format!("Không có {} “{}” ở đây.", resource_text(resource), echo(id));
                Self::new(StatusCode::NOT_FOUND, "not_found", "Không tìm thấy", detail)
            }
            Error::Conflict(message) => {
                Self::new(StatusCode::CONFLICT, "conflict", "Yêu cầu trái với trạng thái hiện tại", message)
            }
            Error::Invalid { field, message } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Dữ liệu gửi lên chưa đúng", message)
                    .field(field)
            }
            Error::Unauthenticated => Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Bạn chưa đăng nhập",
                "Hãy đăng nhập rồi thử lại.",
            ),
            Error::Forbidden(message) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "Bạn không được làm việc này", message)
            }
            Error::WrongCredentials => {
                let detail =
                    "Tên đăng nhập hoặc mật khẩu không đúng. Hãy thử lại, hoặc xin cán bộ công đoàn mã kích hoạt mới.";
                Self::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "Chưa đăng nhập được", detail)
            }
            Error::TooManyAttempts { retry_after_s } => {
                let detail = format!("Đã thử quá nhiều lần. Hãy đợi {} rồi thử lại.", wait_text(*retry_after_s));
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "Phải đợi một lát", detail)
                    .retry_after(*retry_after_s)
            }
            Error::StorageFull => {
                let detail =
                    "Máy chủ hết chỗ lưu nên chưa ghi được. Việc tra cứu vẫn dùng bình thường; hãy báo người quản trị.";
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "Hết chỗ lưu", detail).cause(error)
            }
            Error::Overloaded { retry_after_s } => {
                let detail = format!("Đang có nhiều người hỏi. Hãy thử lại sau {retry_after_s} giây.");
                Self::new(StatusCode::TOO_MANY_REQUESTS, "overloaded", "Hệ thống đang bận", detail)
                    .retry_after(*retry_after_s)
            }
            Error::Unavailable { .. } => {
                let detail = "Một phần của hệ thống chưa sẵn sàng. Hãy thử lại sau ít phút.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Tạm thời chưa phục vụ được", detail)
                    .retry_after(UNAVAILABLE_RETRY_AFTER_S)
                    .cause(error)
            }
            Error::Internal(_) => {
                let detail = "Lỗi do phía hệ thống, không phải do bạn. Lỗi đã được ghi lại.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Hệ thống gặp lỗi", detail).cause(error)
            }
        }
    }
}

impl From<&ApiError> for Problem {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::Domain(error) => Self::from(error),
            ApiError::Body(message) => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_body", "Không đọc được nội dung gửi lên", message)
                    .field("body")
            }
            ApiError::BodyTooLarge(bytes_max) => {
                let detail = format!("Nội dung gửi lên dài hơn {bytes_max} byte. Hãy gửi ngắn lại.");
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "Nội dung gửi lên quá dài", detail)
                    .field("body")
            }
            ApiError::BodyUnfinished => {
                let detail = "Nội dung gửi lên bị đứt giữa chừng. Hãy gửi lại.";
                Self::new(StatusCode::REQUEST_TIMEOUT, "body_unfinished", "Chưa nhận đủ nội dung gửi lên", detail)
                    .field("body")
            }
            ApiError::NoRoute => {
                let detail = "Địa chỉ này không có ở đây. Hãy xem lại đường dẫn.";
                Self::new(StatusCode::NOT_FOUND, "no_such_address", "Không có địa chỉ này", detail)
            }
            ApiError::Method => {
                let detail = "Địa chỉ này có, nhưng không nhận cách gọi vừa dùng.";
                Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Không nhận cách gọi này", detail)
            }
            ApiError::Changed => {
                let detail = "Dữ liệu đã đổi từ lần bạn xem. Hãy tải lại rồi thử lại.";
                Self::new(StatusCode::PRECONDITION_FAILED, "changed", "Dữ liệu đã đổi", detail)
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem::from(&self);
        let mut response = problem.status().into_response();
        response.extensions_mut().insert(Arc::new(problem));
        response
    }
}

/// A failure in OpenAI's shape.
pub(super) fn openai_error(problem: &ProblemJson) -> OpenAiErrorJson {
    let kind = match problem.status {
        401 | 403 => "authentication_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let (message, param) = (problem.detail.clone(), problem.field.clone());
    OpenAiErrorJson { error: OpenAiErrorBody { message, kind, param, code: problem.code } }
}

/// The failure of a stream that has begun: logged here, since its status is long sent. A reader
/// that comes back for it makes another line.
pub(super) fn stream_problem(error: &Error) -> ProblemJson {
    let problem = Problem::from(error);
    if let Some(cause) = &problem.cause {
        tracing::error!(problem.code = problem.shown.code, cause, "a streamed answer failed");
    }
    problem.shown
}

/// Every `(status, code, title)` a reply can carry: part of the contract, snapshot in the tests.
pub fn error_codes() -> Vec<(u16, &'static str, &'static str)> {
    let samples = [
        ApiError::Domain(Error::NotFound { resource: "provision", id: String::new() }),
        ApiError::Domain(Error::Conflict(String::new())),
        ApiError::Domain(Error::invalid("", "")),
        ApiError::Domain(Error::Unauthenticated),
        ApiError::Domain(Error::Forbidden(String::new())),
        ApiError::Domain(Error::WrongCredentials),
        ApiError::Domain(Error::TooManyAttempts { retry_after_s: 1 }),
        ApiError::Domain(Error::StorageFull),
        ApiError::Domain(Error::Overloaded { retry_after_s: 1 }),
        ApiError::Domain(Error::unavailable("", "")),
        ApiError::Domain(Error::Internal(anyhow::anyhow!(""))),
        ApiError::Body(String::new()),
        ApiError::BodyTooLarge(0),
        ApiError::BodyUnfinished,
        ApiError::NoRoute,
        ApiError::Method,
        ApiError::Changed,
    ];
    samples.iter().map(|e| Problem::from(e).shown).map(|p| (p.status, p.code, p.title)).collect()
}

/// The caller's own text, cut to a length fit for a message.
fn echo(text: &str) -> String {
    match text.char_indices().nth(ECHO_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A wait in words.
fn wait_text(wait_s: u32) -> String {
    if wait_s < 60 { format!("{wait_s} giây") } else { format!("{} phút", wait_s.div_ceil(60)) }
}

/// A resource's name for readers.
fn resource_text(resource: &str) -> &str {
    match resource {
        "document" => "văn bản",
        "article" => "điều",
        "provision" => "điều khoản",
        "page" => "trang",
        "calculator" => "công cụ tính",
        "generation" => "bản dựng kho luật",
        "build" => "lượt dựng",
        "model" => "mô hình",
        "run" => "câu trả lời",
        "member" => "đoàn viên",
        "unit" => "đơn vị",
        "session" => "phiên đăng nhập",
        "code" => "mã kích hoạt",
        "conversation" => "cuộc hỏi",
        "course" => "khóa học",
        "lesson" => "bài học",
        "certificate" => "chứng chỉ",
        "picture" => "tệp học liệu",
        "review" => "việc xem lại",
        "opening" => "đề nghị",
        "role" => "vai trò",
        "key" => "khóa",
        "consent" => "điều đã đồng ý",
        _ => "mục",
    }
}
