/*! `/bang-tin/…`: the feed as its readers and writers meet it, as pages. */

use axum::{
    extract::{Path, Query, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG},
    },
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    error::ApiError,
    input::Parameters,
    sessions::{field, private_page},
    site,
    who::{CurrentMember, MemberForm, MemberUpload},
};
use crate::{
    accounts::Role,
    app::{App, CardWish},
    community::{FeedOrder, FeedWish, NewPost, Reaction, ReportReason, ShunKind, Size, Topic},
    error::Error,
    web,
};

/// Where the feed begins.
pub(super) const HOME: &str = "/bang-tin";
/// A browser keeps a picture for itself and asks each time whether its reader may still see it.
const PICTURE_CACHE: &str = "private, no-cache";

/// What is wanted of the feed, from the words of an address.
pub(super) fn feed_wish(order: &str, topic: &str, after: Option<&str>) -> Result<FeedWish, Error> {
    let order = if order.is_empty() { Some(FeedOrder::Newest) } else { FeedOrder::parse(order) };
    Ok(FeedWish {
        order: order.ok_or_else(|| Error::invalid("xem", "phải là moi hoặc cho-ban"))?,
        topic: if topic.is_empty() { None } else { Some(topic_of(topic)?) },
        after: after.map(str::to_owned),
    })
}

pub(super) fn topic_of(name: &str) -> Result<Topic, Error> {
    Topic::parse(name).ok_or_else(|| Error::invalid("topic", "hãy chọn một chủ đề"))
}

/// The feed: `?xem=`, `?chu_de=`, `?sau=`.
pub(super) async fn list(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let after = parameters.get("sau").map(String::as_str);
    let wish = feed_wish(field(&parameters, "xem"), field(&parameters, "chu_de"), after)?;
    let feed = app.community()?.feed(&member.actor, &wish, app.now()).await?;
    let page = web::FeedView {
        feed,
        wish,
        is_editor: member.actor.has(Role::Editor),
        form_token: member.form_token(&app)?,
        notice: web::feed_notice(field(&parameters, "bao")),
    };
    Ok(private_page(web::feed(&site(&app, None), &page)?))
}

/// Posts that hold words: `?tim=`.
pub(super) async fn search(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let search = field(&parameters, "tim").trim();
    let found = app.community()?.search(&member.actor, search).await?;
    let list =
        web::PostList { title: "Tìm trong bảng tin", posts: found, next: None, search: Some(search.to_owned()) };
    Ok(private_page(web::post_list(&site(&app, None), &list, &member.form_token(&app)?)?))
}

/// Posts one keeps: `?sau=`.
pub(super) async fn saved(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let (posts, next) = app.community()?.saved(&member.actor, parameters.get("sau").map(String::as_str)).await?;
    let next = next.map(|next| format!("{HOME}/da-luu?sau={next}"));
    let list = web::PostList { title: "Bài đã lưu", posts, next, search: None };
    Ok(private_page(web::post_list(&site(&app, None), &list, &member.form_token(&app)?)?))
}

/// What one wrote, what was decided of it, whom one shuns: `?sau=`.
pub(super) async fn written(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let community = app.community()?;
    let actor = &member.actor;
    let before = parameters.get("sau").and_then(|before| before.parse().ok());
    let (posts, next) = community.written(actor, before).await?;
    let page = web::OwnPage {
        posts,
        next,
        cases: community.own_cases(actor).await?,
        shunned: community.shunned(actor).await?,
        locked_until: community.locked_until(actor, app.now()).await?,
        form_token: member.form_token(&app)?,
        notice: web::feed_notice(field(&parameters, "bao")),
    };
    Ok(private_page(web::own_posts(&site(&app, None), &page)?))
}

/// The form to write: `?luat=` or `?cuoc=&cau=` for what to show below the words.
pub(super) async fn write_page(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show_form(&app, &member, &parameters, None).await
}

async fn show_form(
    app: &App,
    member: &CurrentMember,
    fields: &Parameters,
    problem: Option<&Error>,
) -> Result<Response, ApiError> {
    let community = app.community()?;
    let (field_at_fault, problem) = match problem {
        Some(Error::Invalid { field, message }) => (field.as_str(), Some(message.clone())),
        _ => ("", None),
    };
    let form = web::WriteForm {
        text: field(fields, "bai").to_owned(),
        topic: Topic::parse(field(fields, "chu_de")),
        audience: field(fields, "don_vi").to_owned(),
        official: field(fields, "chinh_thuc").to_owned(),
        law: field(fields, "luat").to_owned(),
        conversation: field(fields, "cuoc").to_owned(),
        n: field(fields, "cau").to_owned(),
        audiences: community.audiences(&member.actor).await?,
        official_audiences: community.official_audiences(&member.actor).await?,
        form_token: member.form_token(app)?,
        asks_to_confirm: field_at_fault == "confirm",
        problem,
    };
    Ok(private_page(web::write_post(&site(app, None), &form)?))
}

/// Publishes; what is wrong with the form is said on it.
pub(super) async fn publish(State(app): State<App>, upload: MemberUpload) -> Result<Response, ApiError> {
    let MemberUpload { member, fields, files } = upload;
    let (conversation, law) = (field(&fields, "cuoc"), field(&fields, "luat").trim());
    let card = match (conversation.is_empty(), law.is_empty()) {
        (false, _) => CardWish::Answer(conversation.to_owned(), field(&fields, "cau").parse().unwrap_or_default()),
        (true, false) => CardWish::Provision(law.to_owned()),
        (true, true) => CardWish::None,
    };
    let official = field(&fields, "chinh_thuc");
    let published = match topic_of(field(&fields, "chu_de")) {
        Ok(topic) => {
            let wish = NewPost {
                text: field(&fields, "bai").to_owned(),
                topic,
                audience: if official.is_empty() { field(&fields, "don_vi") } else { official }.to_owned(),
                is_official: !official.is_empty(),
                card: None,
                pictures: files,
                is_confirmed: field(&fields, "xac_nhan") == "1",
            };
            app.publish_post(&member.actor, wish, &card, app.now()).await
        }
        Err(error) => Err(error),
    };
    match published {
        Ok(post) if post.shown_at.is_none() => Ok(Redirect::to("/bang-tin/cua-toi?bao=cho-duyet").into_response()),
        Ok(post) => Ok(Redirect::to(&format!("{HOME}/{}?bao=da-dang", post.id)).into_response()),
        Err(error @ Error::Invalid { .. }) => {
            let page = show_form(&app, &member, &fields, Some(&error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// One post with its comments: `?sau=`.
pub(super) async fn post(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    show_post(&app, &member, id, &parameters, None).await
}

pub(super) async fn show_post(
    app: &App,
    member: &CurrentMember,
    id: i64,
    parameters: &Parameters,
    problem: Option<&Error>,
) -> Result<Response, ApiError> {
    let community = app.community()?;
    let after = parameters.get("sau").and_then(|after| after.parse().ok());
    let (asks_to_confirm, problem) = match problem {
        Some(Error::Invalid { field, message }) => (field == "confirm", Some(message.clone())),
        _ => (false, None),
    };
    let shown = community.post(&member.actor, id).await?;
    let page = web::PostPage {
        comments: community.comments(&member.actor, id, after).await?,
        check: community.check(&member.actor, id).await?,
        may_pin: shown.post.is_official && member.actor.may(Role::Editor, &shown.post.audience.path),
        shown,
        form_token: member.form_token(app)?,
        link: format!("{}{HOME}/{id}", app.config().http.public_url.as_deref().unwrap_or_default()),
        comment: field(parameters, "binh_luan").to_owned(),
        asks_to_confirm,
        problem,
        notice: web::feed_notice(field(parameters, "bao")),
    };
    Ok(private_page(web::post(&site(app, None), &page)?))
}

/// Why a post stands where it does in the order "for you".
pub(super) async fn why(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let (post, why) = app.community()?.why(&member.actor, id, app.now()).await?;
    Ok(private_page(web::why(&site(&app, None), &post, &why)?))
}

/// Earlier wordings of a post.
pub(super) async fn versions(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let (post, versions) = app.community()?.versions(&member.actor, id).await?;
    Ok(private_page(web::post_versions(&site(&app, None), &post, &versions)?))
}

/// The form to change one's own post.
pub(super) async fn edit_page(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Response, ApiError> {
    let post = app.community()?.to_edit(&member.actor, id).await?;
    let form = web::EditForm {
        id,
        comment: None,
        text: post.text,
        form_token: member.form_token(&app)?,
        problem: None,
        asks_to_confirm: false,
    };
    Ok(private_page(web::edit_post(&site(&app, None), &form)?))
}

/// Changes one's own post.
pub(super) async fn edit(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Response, ApiError> {
    let (text, confirmed) = (field(&form.fields, "bai"), field(&form.fields, "xac_nhan") == "1");
    match app.community()?.edit(&form.member.actor, id, text, confirmed, app.now()).await {
        Ok(_) => Ok(Redirect::to(&format!("{HOME}/{id}?bao=da-sua")).into_response()),
        Err(error) => edit_again(&app, &form.member, (id, None), text, error),
    }
}

/// The form of a post, or of a comment on it, once more with what is wrong.
pub(super) fn edit_again(
    app: &App,
    member: &CurrentMember,
    (id, comment): (i64, Option<i64>),
    text: &str,
    error: Error,
) -> Result<Response, ApiError> {
    let Error::Invalid { field, message } = error else { return Err(error.into()) };
    let form = web::EditForm {
        id,
        comment,
        text: text.to_owned(),
        form_token: member.form_token(app)?,
        problem: Some(message),
        asks_to_confirm: field == "confirm",
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, private_page(web::edit_post(&site(app, None), &form)?)).into_response())
}

/// Takes one's own post back.
pub(super) async fn delete(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.delete_post(&form.member.actor, id).await?;
    Ok(Redirect::to("/bang-tin?bao=da-xoa"))
}

/// Where to go back to after a tap: the list it was made in, at the post.
fn back(fields: &Parameters, id: i64) -> Redirect {
    let from = field(fields, "ve");
    let is_ours = from.starts_with("/bang-tin")
        && from.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/?&=-._%".contains(&byte));
    if is_ours { Redirect::to(&format!("{from}#b{id}")) } else { Redirect::to(&format!("{HOME}/{id}")) }
}

/// Says what one feels; the same again takes it back.
pub(super) async fn react(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Redirect, ApiError> {
    let reaction = match field(&form.fields, "cam_xuc") {
        "" => None,
        name => Some(Reaction::parse(name).ok_or_else(|| Error::invalid("cam_xuc", "không có cảm xúc này"))?),
    };
    app.community()?.react(&form.member.actor, id, reaction, app.now()).await?;
    Ok(back(&form.fields, id))
}

/// Keeps a post, or no longer.
pub(super) async fn save(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Redirect, ApiError> {
    let keeps = field(&form.fields, "luu") == "1";
    app.community()?.save(&form.member.actor, id, keeps, app.now()).await?;
    Ok(back(&form.fields, id))
}

/// Reports a post, or the comment that is named.
pub(super) async fn report(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    let reason = ReportReason::parse(field(&form.fields, "ly_do"));
    let reason = reason.ok_or_else(|| Error::invalid("ly_do", "hãy chọn một lý do"))?;
    let comment = field(&form.fields, "n").parse().ok();
    let words = field(&form.fields, "loi");
    app.community()?.report(&form.member.actor, (id, comment), reason, words, app.now()).await?;
    Ok(Redirect::to(&format!("{HOME}/{id}?bao=da-bao")))
}

/// Shuns the author of a post.
pub(super) async fn shun(State(app): State<App>, Path(id): Path<i64>, form: MemberForm) -> Result<Redirect, ApiError> {
    let kind = ShunKind::parse(field(&form.fields, "cach"));
    let kind = kind.ok_or_else(|| Error::invalid("cach", "phải là mute hoặc block"))?;
    app.community()?.shun_author(&form.member.actor, id, kind).await?;
    Ok(Redirect::to("/bang-tin?bao=da-tat"))
}

/// Ends that.
pub(super) async fn unshun(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.community()?.unshun(&form.member.actor, id).await?;
    Ok(Redirect::to("/bang-tin/cua-toi?bao=da-bo-tat"))
}

/// Asks for another look at a decision.
pub(super) async fn appeal(
    State(app): State<App>,
    Path(id): Path<i64>,
    form: MemberForm,
) -> Result<Redirect, ApiError> {
    app.community()?.appeal(&form.member.actor, id, field(&form.fields, "loi"), app.now()).await?;
    Ok(Redirect::to("/bang-tin/cua-toi?bao=da-khieu-nai"))
}

/// Sets the topics one follows: a field `t-…` of each.
pub(super) async fn follow(State(app): State<App>, form: MemberForm) -> Result<Redirect, ApiError> {
    let followed = |topic: &Topic| form.fields.contains_key(&format!("t-{}", topic.name()));
    let topics: Vec<Topic> = Topic::ALL.into_iter().filter(followed).collect();
    app.community()?.follow(&form.member.actor, &topics).await?;
    Ok(Redirect::to("/bang-tin?xem=cho-ban&bao=chu-de"))
}

/// A picture of a post: `?nho=1` for its small form.
pub(super) async fn picture(
    State(app): State<App>,
    Path((id, n)): Path<(i64, u32)>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let size = if field(&parameters, "nho") == "1" { Size::Small } else { Size::Whole };
    let (hash, file) = app.community()?.picture(&member.actor, id, n, size).await?;
    let tag = if size == Size::Small { format!("\"{hash}-nho\"") } else { format!("\"{hash}\"") };
    let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, PICTURE_CACHE), (ETAG, tag.as_str())];
    Ok((headers, file).into_response())
}
