/*! `/api/v1/posts`, comments and reports: the feed for programs. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::{Map, Value, json};

use super::{
    error::ApiError,
    feed::{feed_wish, topic_of},
    input::{self, Parameters},
    pictures_bytes_max,
    who::CurrentMember,
};
use crate::{
    app::{App, CardWish},
    community::{NewPost, Reaction, ReportReason, Ruling, Topic},
    error::Error,
    views::{
        CommentsJson, FeedCaseJson, FeedJson, FeedLogJson, FeedMeterJson, PictureJson, PostJson, PostVersionJson,
        ShownPostJson,
    },
};

type Body = Result<Bytes, BytesRejection>;

fn object(app: &App, body: Body, example: &str) -> Result<Map<String, Value>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    input::object(&body, example)
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, Error> {
    Ok(input::string(fields, name)?.unwrap_or_default())
}

/// A page of the feed: `?order=newest|for_you&topic=&after=`; with `?q=` the posts that hold its
/// words; with `?saved=1` those one keeps.
pub(super) async fn list(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let community = app.community()?;
    let order = match parameters.get("order").map(String::as_str) {
        None | Some("" | "newest") => "moi",
        Some("for_you") => "cho-ban",
        Some(_) => return Err(Error::invalid("order", "phải là newest hoặc for_you").into()),
    };
    let after = parameters.get("after").map(String::as_str);
    if let Some(query) = parameters.get("q") {
        let found = community.search(&member.actor, query).await?;
        return Ok(Json(json!({ "posts": shown(&found) })).into_response());
    }
    if input::flag(&parameters, "saved")? {
        let (kept, next) = community.saved(&member.actor, after).await?;
        return Ok(Json(json!({ "posts": shown(&kept), "next": next })).into_response());
    }
    let topic = parameters.get("topic").map_or("", String::as_str);
    let page = community.feed(&member.actor, &feed_wish(order, topic, after)?, app.now()).await?;
    Ok(Json(FeedJson::from(&page)).into_response())
}

fn shown(posts: &[crate::community::ShownPost]) -> Vec<ShownPostJson> {
    posts.iter().map(ShownPostJson::from).collect()
}

/// Publishes a post: `{"text", "topic", "audience", "official", "card": {"provision"} or
/// {"conversation", "n"}, "confirmed"}`.
pub(super) async fn publish(State(app): State<App>, member: CurrentMember, body: Body) -> Result<Response, ApiError> {
    let fields = object(&app, body, r#"{"text": "…", "topic": "vui"}"#)?;
    let card = match fields.get("card") {
        None | Some(Value::Null) => CardWish::None,
        Some(Value::Object(card)) => match (text(card, "provision")?, text(card, "conversation")?) {
            ("", conversation) => {
                let n = card.get("n").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
                CardWish::Answer(conversation.to_owned(), n.ok_or_else(|| Error::invalid("card", "thiếu n"))?)
            }
            (provision, _) => CardWish::Provision(provision.to_owned()),
        },
        Some(_) => return Err(Error::invalid("card", "phải là một đối tượng").into()),
    };
    let wish = NewPost {
        text: text(&fields, "text")?.to_owned(),
        topic: topic_of(text(&fields, "topic")?)?,
        audience: text(&fields, "audience")?.to_owned(),
        is_official: input::boolean(&fields, "official")?.unwrap_or(false),
        card: None,
        pictures: Vec::new(),
        is_confirmed: input::boolean(&fields, "confirmed")?.unwrap_or(false),
    };
    let post = app.publish_post(&member.actor, wish, &card, app.now()).await?;
    Ok((StatusCode::CREATED, Json(PostJson::from(&post))).into_response())
}

/// One post.
pub(super) async fn post(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Json<ShownPostJson>, ApiError> {
    Ok(Json(ShownPostJson::from(&app.community()?.post(&member.actor, id).await?)))
}

/// Changes the words of one's own post: `{"text", "confirmed"}`.
pub(super) async fn edit(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Body,
) -> Result<Json<PostJson>, ApiError> {
    let fields = object(&app, body, r#"{"text": "…"}"#)?;
    let confirmed = input::boolean(&fields, "confirmed")?.unwrap_or(false);
    let post = app.community()?.edit(&member.actor, id, text(&fields, "text")?, confirmed, app.now()).await?;
    Ok(Json(PostJson::from(&post)))
}

/// Takes one's own post back.
pub(super) async fn delete(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.delete_post(&member.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Earlier wordings of a post.
pub(super) async fn versions(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<Json<Value>, ApiError> {
    let (_, versions) = app.community()?.versions(&member.actor, id).await?;
    Ok(Json(json!({ "versions": versions.iter().map(PostVersionJson::from).collect::<Vec<_>>() })))
}

/// Adds a picture, the body being its file.
pub(super) async fn add_picture(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Body,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, pictures_bytes_max()))?;
    let picture = app.community()?.add_picture(&member.actor, id, body.into(), app.now()).await?;
    Ok((StatusCode::CREATED, Json(PictureJson::of(id, &picture))).into_response())
}

/// Says what one feels: `{"reaction": "like"}`.
pub(super) async fn react(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Body,
) -> Result<Json<PostJson>, ApiError> {
    let fields = object(&app, body, r#"{"reaction": "like"}"#)?;
    let reaction = Reaction::parse(text(&fields, "reaction")?);
    let reaction = reaction.ok_or_else(|| Error::invalid("reaction", "phải là like, care, useful hoặc fun"))?;
    Ok(Json(PostJson::from(&app.community()?.react(&member.actor, id, Some(reaction), app.now()).await?)))
}

/// Takes that back.
pub(super) async fn unreact(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.community()?.react(&member.actor, id, None, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a post.
pub(super) async fn save(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.community()?.save(&member.actor, id, true, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// No longer.
pub(super) async fn unsave(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.community()?.save(&member.actor, id, false, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Comments of a post: `?after=`.
pub(super) async fn comments(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Json<CommentsJson>, ApiError> {
    let after = input::number(&parameters, "after")?;
    Ok(Json(CommentsJson::from(&app.community()?.comments(&member.actor, id, after).await?)))
}

/// Comments on a post: `{"text", "confirmed"}`.
pub(super) async fn comment(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Body,
) -> Result<Response, ApiError> {
    let fields = object(&app, body, r#"{"text": "…"}"#)?;
    let confirmed = input::boolean(&fields, "confirmed")?.unwrap_or(false);
    let id = app.community()?.comment(&member.actor, id, text(&fields, "text")?, confirmed, app.now()).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

/// Changes one's own comment: `{"text", "confirmed"}`.
pub(super) async fn edit_comment(
    State(app): State<App>,
    Path(place): Path<(i64, i64)>,
    member: CurrentMember,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let fields = object(&app, body, r#"{"text": "…"}"#)?;
    let confirmed = input::boolean(&fields, "confirmed")?.unwrap_or(false);
    app.community()?.edit_comment(&member.actor, place, text(&fields, "text")?, confirmed, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Earlier wordings of a comment.
pub(super) async fn comment_versions(
    State(app): State<App>,
    Path((post, id)): Path<(i64, i64)>,
    member: CurrentMember,
) -> Result<Json<Value>, ApiError> {
    let (_, versions) = app.community()?.comment_versions(&member.actor, post, id).await?;
    Ok(Json(json!({ "versions": versions.iter().map(PostVersionJson::from).collect::<Vec<_>>() })))
}

/// Takes one's own comment back.
pub(super) async fn delete_comment(
    State(app): State<App>,
    Path((post, id)): Path<(i64, i64)>,
    member: CurrentMember,
) -> Result<StatusCode, ApiError> {
    app.community()?.delete_comment(&member.actor, post, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the topics one follows: `{"topics": ["vui"]}`.
pub(super) async fn follow(State(app): State<App>, member: CurrentMember, body: Body) -> Result<StatusCode, ApiError> {
    let fields = object(&app, body, r#"{"topics": ["vui"]}"#)?;
    let wrong = || Error::invalid("topics", "phải là danh sách tên chủ đề");
    let names = fields.get("topics").and_then(Value::as_array).ok_or_else(wrong)?;
    let topics: Option<Vec<Topic>> = names.iter().map(|name| name.as_str().and_then(Topic::parse)).collect();
    app.community()?.follow(&member.actor, &topics.ok_or_else(wrong)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reports a post or a comment on it: `{"post": 1, "comment": 2, "reason": "insult", "words": "…"}`.
pub(super) async fn report(State(app): State<App>, member: CurrentMember, body: Body) -> Result<Response, ApiError> {
    let fields = object(&app, body, r#"{"post": 1, "reason": "insult"}"#)?;
    let post = fields.get("post").and_then(Value::as_i64).ok_or_else(|| Error::invalid("post", "thiếu số bài"))?;
    let comment = fields.get("comment").and_then(Value::as_i64);
    let reason = ReportReason::parse(text(&fields, "reason")?);
    let reason = reason
        .ok_or_else(|| Error::invalid("reason", "phải là untrue, insult, privacy, fraud, indecent hoặc other"))?;
    let words = text(&fields, "words")?;
    let is_new = app.community()?.report(&member.actor, (post, comment), reason, words, app.now()).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "new": is_new }))).into_response())
}

/// What waits within an editor's reach; with `?own=1` what was decided of one's own words.
pub(super) async fn reports(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, ApiError> {
    let community = app.community()?;
    let cases = match input::flag(&parameters, "own")? {
        true => community.own_cases(&member.actor).await?,
        false => community.queue(&member.actor).await?,
    };
    Ok(Json(json!({ "reports": cases.iter().map(FeedCaseJson::from).collect::<Vec<_>>() })))
}

/// Decides a case or answers its appeal: `{"ruling": "remove", "reason": "…"}`.
pub(super) async fn rule(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Body,
) -> Result<Json<FeedCaseJson>, ApiError> {
    let fields = object(&app, body, r#"{"ruling": "remove", "reason": "…"}"#)?;
    let ruling = Ruling::parse(text(&fields, "ruling")?);
    let ruling = ruling.ok_or_else(|| Error::invalid("ruling", "phải là keep, hide hoặc remove"))?;
    let case = app.community()?.rule(&member.actor, id, ruling, text(&fields, "reason")?, app.now()).await?;
    Ok(Json(FeedCaseJson::from(&case)))
}

/// Asks for another look at a decision: `{"words": "…"}`.
pub(super) async fn appeal(
    State(app): State<App>,
    Path(id): Path<i64>,
    member: CurrentMember,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let fields = object(&app, body, r#"{"words": "…"}"#)?;
    app.community()?.appeal(&member.actor, id, text(&fields, "words")?, app.now()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The log of moderation: `?before=`.
pub(super) async fn log(
    State(app): State<App>,
    member: CurrentMember,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, ApiError> {
    let before = input::number(&parameters, "before")?;
    let entries = app.community()?.log(&member.actor, before).await?;
    Ok(Json(json!({ "log": entries.iter().map(FeedLogJson::from).collect::<Vec<_>>() })))
}

/// The union's share of the feed, week by week.
pub(super) async fn meter(State(app): State<App>, member: CurrentMember) -> Result<Json<FeedMeterJson>, ApiError> {
    Ok(Json(FeedMeterJson::from(&app.community()?.meter(&member.actor, app.now()).await?)))
}
