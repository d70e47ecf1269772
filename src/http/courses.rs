/*! `/khoa-hoc/…`, `/hoc-lieu/…`, `/chung-chi/…`: courses as members meet them, as pages. */

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, HOST, RANGE, VARY},
    },
    response::{IntoResponse as _, Redirect, Response},
};
use sha2::{Digest, Sha256};

use super::{
    accept,
    error::ApiError,
    input::Parameters,
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm, PageVisitor, VisitorForm},
};
use crate::{
    accounts::Visitor,
    app::App,
    courses::{Event, GivenAnswer, folder::CLIP_BYTES_MAX, is_event_id},
    error::Error,
    secrets,
    views::CertificateJson,
    web,
};

/// Longest a browser keeps a picture of a course, in seconds.
const MEDIA_S_MAX: u32 = 24 * 60 * 60;
/// Longest part of a clip handed out at once, in bytes.
const PART_BYTES_MAX: u64 = 1024 * 1024;
/// Random bytes that name a go at a quiz.
const ATTEMPT_BYTES: usize = 12;
/// Longest host a link is built of, in characters.
const HOST_CHARS_MAX: usize = 100;

/// The list of courses.
pub(super) async fn list(State(app): State<App>, visitor: PageVisitor) -> Result<Response, ApiError> {
    let views = app.courses()?.list(&visitor.visitor, &app.law_now()).await?;
    let signed_in = matches!(visitor.visitor, Visitor::Member(_));
    Ok(private_page(web::courses(&site(&app, None), &views, signed_in)?))
}

/// One course.
pub(super) async fn course(
    State(app): State<App>,
    Path(slug): Path<String>,
    visitor: PageVisitor,
) -> Result<Response, ApiError> {
    let view = app.courses()?.course(&visitor.visitor, &slug, &app.law_now()).await?;
    Ok(private_page(web::course(&site(&app, None), &view)?))
}

/// A lesson.
pub(super) async fn lesson(
    State(app): State<App>,
    Path((slug, lesson)): Path<(String, String)>,
    visitor: PageVisitor,
) -> Result<Response, ApiError> {
    let view = app.courses()?.course(&visitor.visitor, &slug, &app.law_now()).await?;
    let page = web::lesson(&site(&app, None), &view, &lesson, &visitor.form_token, web::LessonUse::Learn)?;
    Ok(private_page(page))
}

/// A member has read a lesson to its end, and goes on to its quiz.
pub(super) async fn finish_reading(
    State(app): State<App>,
    Path((slug, lesson)): Path<(String, String)>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let to = format!("/khoa-hoc/{}/{}/cau-hoi", web::path_part(&slug), web::path_part(&lesson));
    let id = format!("doc-{}", hex(&[&slug, &lesson]));
    let event = Event { id, course: slug, lesson, at: None, answer: None };
    app.courses()?.record(&form.member.actor, &[event], &app.law_now(), app.now()).await?;
    Ok(Redirect::to(&to))
}

/// The quiz of a lesson.
pub(super) async fn quiz(
    State(app): State<App>,
    Path((slug, lesson)): Path<(String, String)>,
    visitor: PageVisitor,
) -> Result<Response, ApiError> {
    let view = app.courses()?.course(&visitor.visitor, &slug, &app.law_now()).await?;
    let random = secrets::random::<ATTEMPT_BYTES>()?;
    let attempt = random.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    Ok(private_page(web::quiz(&site(&app, None), &view, &lesson, &visitor.form_token, &attempt)?))
}

/// Marks a quiz, and keeps the answers of who is signed in.
pub(super) async fn answer(
    State(app): State<App>,
    Path((slug, lesson)): Path<(String, String)>,
    form: VisitorForm,
) -> Result<Response, ApiError> {
    let (courses, law) = (app.courses()?, app.law_now());
    let mut view = courses.course(&form.visitor, &slug, &law).await?;
    let answers = web::answers(view.lesson(&lesson)?.1, &form.fields);
    if let Visitor::Member(actor) = &form.visitor {
        let attempt = field(&form.fields, "lan");
        if !is_event_id(attempt) {
            return Err(Error::invalid("lan", "hãy mở lại trang câu hỏi rồi nộp").into());
        }
        // The same form sent again is the same steps; one with other answers is newer ones.
        let event = |(question, answer): (&String, &crate::courses::grade::Answer)| Event {
            id: hex(&[&slug, &lesson, attempt, question, &answer.to_json().to_string()]),
            course: slug.clone(),
            lesson: lesson.clone(),
            at: None,
            answer: Some(GivenAnswer {
                attempt: attempt.to_owned(),
                question: question.clone(),
                answer: answer.clone(),
            }),
        };
        let events: Vec<Event> = answers.iter().map(event).collect();
        let recorded = courses.record(actor, &events, &law, app.now()).await?;
        view = recorded.courses.into_iter().next().unwrap_or(view);
    }
    let marked = view.mark(view.lesson(&lesson)?.1, &answers);
    Ok(private_page(web::quiz_done(&site(&app, None), &view, &lesson, &marked)?))
}

/// A picture or clip of a course, or the part of it that `Range` asks for: players of phones
/// ask for nothing else. A part may be shorter than asked for, and players ask on.
pub(super) async fn media(
    State(app): State<App>,
    Path((slug, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let courses = app.courses()?;
    let range = headers.get(RANGE).map(HeaderValue::to_str).and_then(Result::ok).and_then(Wanted::read);
    let part = match range {
        None => courses.media(&slug, &name, 0, CLIP_BYTES_MAX as u64).await?,
        Some(Wanted::From(from, bytes_max)) => courses.media(&slug, &name, from, bytes_max.min(PART_BYTES_MAX)).await?,
        Some(Wanted::Last(bytes)) => {
            let total = courses.media(&slug, &name, 0, 0).await?.total;
            let from = total.saturating_sub(bytes);
            courses.media(&slug, &name, from, PART_BYTES_MAX).await?
        }
    };
    let from = match range {
        Some(Wanted::Last(bytes)) => part.total.saturating_sub(bytes),
        Some(Wanted::From(from, _)) => from,
        None => 0,
    };
    let cache = format!("public, max-age={MEDIA_S_MAX}");
    let kind = part.kind.content_type().to_owned();
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, cache), (ACCEPT_RANGES, "bytes".to_owned())];
    let last = (from + part.bytes.len() as u64).checked_sub(1);
    Ok(match (range, last) {
        (None, _) => (headers, part.bytes).into_response(),
        (Some(_), Some(last)) if from < part.total => {
            let place = [(CONTENT_RANGE, format!("bytes {from}-{last}/{}", part.total))];
            (StatusCode::PARTIAL_CONTENT, headers, place, part.bytes).into_response()
        }
        _ => (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, format!("bytes */{}", part.total))]).into_response(),
    })
}

/// The part of a file that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// From that byte on, at most so many.
    From(u64, u64),
    /// So many from the end.
    Last(u64),
}

impl Wanted {
    /// `bytes=0-499`, `bytes=500-`, `bytes=-500`. Of anything else the whole file is the answer.
    fn read(range: &str) -> Option<Self> {
        let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
        match (first, last) {
            ("", last) => last.parse().ok().map(Self::Last),
            (first, "") => first.parse().ok().map(|first| Self::From(first, u64::MAX)),
            (first, last) => {
                let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
                Some(Self::From(first, last.checked_sub(first)?.saturating_add(1)))
            }
        }
    }
}

/// A certificate, for whoever holds its address; its owner can change what name is shown.
pub(super) async fn certificate(
    State(app): State<App>,
    Path(id): Path<String>,
    visitor: PageVisitor,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let certificate = app.courses()?.certificate(&id).await?;
    if accept::prefers_json(&headers, "html") {
        return Ok(([(VARY, "accept")], Json(CertificateJson::from(&certificate))).into_response());
    }
    let is_own = matches!(&visitor.visitor, Visitor::Member(actor) if actor.member().id == certificate.member);
    let page = web::CertificatePage {
        address: format!("{}/chung-chi/{id}", origin(&app, &headers)),
        form_token: is_own.then_some(visitor.form_token),
        certificate,
    };
    Ok(private_page(web::certificate(&site(&app, None), &page)?))
}

/// Shows one's name on a certificate, or initials alone.
pub(super) async fn show_name(
    State(app): State<App>,
    Path(id): Path<String>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.courses()?.show_name(&form.member.actor, &id, field(&form.fields, "hien") == "1").await?;
    Ok(Redirect::to(&format!("/chung-chi/{}", web::path_part(&id))))
}

/// Counts of a unit: `?don_vi=`.
pub(super) async fn completion(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let unit = parameters.get("don_vi").map(String::as_str);
    let report = app.courses()?.completion(&member.actor, &slug, unit).await?;
    Ok(private_page(web::completion(&site(&app, None), &slug, &report)?))
}

/// How this service is reached from outside: as the settings say, else as this request did.
fn origin(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.config().http.public_url {
        return url.clone();
    }
    let fits = |host: &&str| {
        host.len() <= HOST_CHARS_MAX
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    let host = headers.get(HOST).map(HeaderValue::to_str).and_then(Result::ok).filter(fits);
    host.map(|host| format!("http://{host}")).unwrap_or_default()
}

/// A short name of what the parts say together.
fn hex(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
