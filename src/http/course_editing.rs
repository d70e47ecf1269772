/*! `/bien-tap/khoa-hoc/…`: courses as their editors meet them, as pages. */

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
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
    app::App,
    courses::{FileEdit, ImportWish, OpenDraft, Reviewed, Saved, Unheld},
    error::Error,
    web,
};

/// Where editors work.
const HOME: &str = "/bien-tap/khoa-hoc";

/// All courses.
pub(super) async fn list(State(app): State<App>, member: CurrentMember) -> Result<Response, ApiError> {
    let cards = app.courses()?.editors_list(&member.actor, &app.law_now()).await?;
    Ok(private_page(web::course_editing(&site(&app, None), &cards, &member.form_token(&app)?)?))
}

/// What many asked lately.
pub(super) async fn most_asked(State(app): State<App>, member: CurrentMember) -> Result<Response, ApiError> {
    let topics = app.most_asked(&member.actor).await?;
    Ok(private_page(web::most_asked(&site(&app, None), &topics, &member.form_token(&app)?)?))
}

/// Makes a draft of a lesson about one of that: `dieu`, its article.
pub(super) async fn draft_of_topic(State(app): State<App>, form: MemberForm) -> Result<Redirect, ApiError> {
    let slug = app.draft_of_topic(&form.member.actor, field(&form.fields, "dieu"), app.now()).await?;
    Ok(Redirect::to(&format!("{HOME}/{}", web::path_part(&slug))))
}

/// Begins a course.
pub(super) async fn begin(State(app): State<App>, form: MemberForm) -> Result<Redirect, ApiError> {
    let slug = field(&form.fields, "ten_ngan").trim();
    app.courses()?.begin(&form.member.actor, slug, field(&form.fields, "ten"), app.now()).await?;
    Ok(Redirect::to(&format!("{HOME}/{}", web::path_part(slug))))
}

/// One course under its editors' hands.
pub(super) async fn draft(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let draft = app.courses()?.draft(&member.actor, &slug, &app.law_now()).await?;
    let notice = match field(&parameters, "bao") {
        "luu" => Some("Đã lưu bản nháp."),
        "xuat-ban" => Some("Đã xuất bản; câu hỏi mới, câu đã sửa và câu đã kiểm lại gắn với luật hôm nay."),
        _ => None,
    };
    Ok(private_page(web::course_draft(&site(&app, None), &draft, &member.form_token(&app)?, notice)?))
}

/// One file of a course: `?ten=`.
pub(super) async fn file(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let draft = app.courses()?.draft(&member.actor, &slug, &app.law_now()).await?;
    let path = field(&parameters, "ten").trim();
    if path.starts_with("media/") {
        return Err(Error::invalid("ten", "ảnh và đoạn phim chỉ nhập bằng dòng lệnh").into());
    }
    Ok(private_page(web::course_file(&site(&app, None), &draft, path, None, &member.form_token(&app)?)?))
}

/// Keeps one file of a draft; where somebody else was quicker, what was typed is shown again
/// beside what stands there now.
pub(super) async fn write_file(
    State(app): State<App>,
    Path(slug): Path<String>,
    form: MemberForm,
) -> Result<Response, ApiError> {
    let (path, text) = (field(&form.fields, "ten").trim(), field(&form.fields, "noi_dung"));
    let (courses, actor) = (app.courses()?, &form.member.actor);
    let edit = FileEdit { path, text, seen: field(&form.fields, "goc") };
    match courses.write_file(actor, &slug, &edit, app.now()).await? {
        Saved::Kept => Ok(Redirect::to(&format!("{HOME}/{}?bao=luu", web::path_part(&slug))).into_response()),
        Saved::Overtaken => {
            let draft = courses.draft(actor, &slug, &app.law_now()).await?;
            let page = web::course_file(&site(&app, None), &draft, path, Some(text), &form.member.form_token(&app)?)?;
            Ok((StatusCode::CONFLICT, private_page(page)).into_response())
        }
    }
}

/// A lesson of a draft with its keys.
pub(super) async fn preview(
    State(app): State<App>,
    Path((slug, lesson)): Path<(String, String)>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let draft = app.courses()?.draft(&member.actor, &slug, &app.law_now()).await?;
    let unready = |_ignored| Error::Conflict("bản nháp còn chỗ phải sửa nên chưa xem trước được".to_owned());
    let view = web::preview_of(draft.course.map_err(unready)?, draft.standings);
    Ok(private_page(web::lesson(&site(&app, None), &view, &lesson, "", web::LessonUse::Preview)?))
}

/// Puts the newest version into service.
pub(super) async fn publish(
    State(app): State<App>,
    Path(slug): Path<String>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let unheld = if field(&form.fields, "da_doi_chieu") == "1" { Unheld::Allow } else { Unheld::Refuse };
    let reviewed = form.fields.keys().filter_map(|name| {
        let (lesson, question) = name.strip_prefix("da_kiem.")?.split_once('.')?;
        Some((lesson.to_owned(), question.to_owned()))
    });
    let wish = ImportWish { unheld, reviewed: Reviewed::These(reviewed.collect()), draft: OpenDraft::Replace };
    let place = (slug.as_str(), field(&form.fields, "ban"));
    app.courses()?.publish(&form.member.actor, place, &wish, &app.law_now(), app.now()).await?;
    Ok(Redirect::to(&format!("{HOME}/{}?bao=xuat-ban", web::path_part(&slug))))
}
