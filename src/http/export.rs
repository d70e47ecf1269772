/*!
`/api/v1/me/export`: all that is kept of oneself, as one JSON value.

Written conversation by conversation as it is read, so that a long history fills no memory. A
failure in the middle breaks the connection off: half a file is never taken for a whole one.
*/

use axum::{
    body::Body,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::{Value, json};

use super::{error::ApiError, who::CurrentMember};
use crate::{
    accounts::Actor,
    app::App,
    error::{Error, Result},
    views::{
        ApiKeyJson, CertificateJson, CommentJson, ConsentJson, FeedCaseJson, MemberDetailJson, NoticeJson,
        OwnOpeningJson, OwnProgressJson, OwnReportJson, OwnStepJson, PostJson, SessionJson, SupportRequestJson,
        WholeConversationJson,
    },
};

/// All that is kept of oneself.
pub(super) async fn export(State(app): State<App>, member: CurrentMember) -> Result<Response, ApiError> {
    let actor = member.actor;
    actor.require_session()?;
    // What is short comes first; where that fails, the status can still say so.
    let Value::Object(short) = short_parts(&app, &actor).await? else {
        return Err(Error::Internal(anyhow::anyhow!("the parts of an export are no object")).into());
    };
    let mut head = serde_json::to_string(&short).map_err(|e| Error::Internal(e.into()))?;
    head.pop();
    head.push_str(",\"conversations\":[");
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"du-lieu-cua-toi.json\""),
        (CACHE_CONTROL, "private, no-store"),
    ];
    // Compression asks once more behind the end.
    Ok((headers, Body::from_stream(pieces(app, actor, head).fuse())).into_response())
}

async fn short_parts(app: &App, actor: &Actor) -> Result<Value> {
    let (accounts, history) = (app.accounts()?, app.history()?);
    let sessions = accounts.sessions(actor, app.now()).await?;
    let keys = accounts.api_keys(actor, app.now()).await?;
    let learning = app.courses()?.own(actor).await?;
    let requests = app.support()?.own_data(actor, app.now()).await?;
    let community = app.community()?;
    let (posts, comments) = community.all_own(actor).await?;
    let moderation = own_moderation(app, actor).await?;
    let taps = community.own_taps(actor).await?;
    let openings = app.identities()?.own(actor).await?;
    let notices = own_notices(app, actor).await?;
    let mail = app.mails()?.own(actor).await?;
    Ok(json!({
        "account": MemberDetailJson::from(&accounts.own_detail(actor).await?),
        "sessions": sessions.iter().map(|s| SessionJson::new(s, actor.session())).collect::<Vec<_>>(),
        "api_keys": keys.iter().map(|key| ApiKeyJson::new(key, None)).collect::<Vec<_>>(),
        "identity_openings": openings.iter().map(OwnOpeningJson::from).collect::<Vec<_>>(),
        "notices": notices,
        "mail": {"address": mail.address, "pending": mail.pending},
        "consents": ConsentJson::all(&history.consents(actor).await?),
        "support_requests": requests.iter().map(SupportRequestJson::from).collect::<Vec<_>>(),
        "course_steps": learning.steps.iter().map(|(course, step)| OwnStepJson::new(course, step)).collect::<Vec<_>>(),
        "course_progress": learning.progress.iter().map(OwnProgressJson::from).collect::<Vec<_>>(),
        "certificates": learning.certificates.iter().map(CertificateJson::from).collect::<Vec<_>>(),
        "posts": posts.iter().map(PostJson::from).collect::<Vec<_>>(),
        "comments": comments.iter().map(|comment| CommentJson::new(comment, true)).collect::<Vec<_>>(),
        "moderation": moderation,
        "reactions": taps.reactions.iter().map(|(post, what)| json!({"post": post, "reaction": what.name()})).collect::<Vec<_>>(),
        "saved_posts": taps.saved.iter().map(|(post, at)| json!({"post": post, "at": at.to_string()})).collect::<Vec<_>>(),
        "followed_topics": taps.followed.iter().map(|topic| topic.name()).collect::<Vec<_>>(),
    }))
}

/// What was decided of one's words, what one reported, whom one shuns, until when one is locked.
async fn own_moderation(app: &App, actor: &Actor) -> Result<Value> {
    let community = app.community()?;
    let shunned = community.shunned(actor).await?;
    let locked_until = community.locked_until(actor, app.now()).await?;
    Ok(json!({
        "cases": community.own_cases(actor).await?.iter().map(FeedCaseJson::from).collect::<Vec<_>>(),
        "reports": community.own_reports(actor).await?.iter().map(OwnReportJson::from).collect::<Vec<_>>(),
        "shunned": shunned.iter().map(|one| json!({"name": one.name, "how": one.kind.name()})).collect::<Vec<_>>(),
        "locked_until": locked_until.map(|until| until.to_string()),
    }))
}

async fn own_notices(app: &App, actor: &Actor) -> Result<Vec<NoticeJson>> {
    let (mut notices, mut after) = (Vec::new(), None);
    loop {
        let page = app.notices()?.list(actor, after.as_deref(), app.now()).await?;
        notices.extend(page.notices.iter().map(NoticeJson::from));
        after = page.next;
        if after.is_none() {
            return Ok(notices);
        }
    }
}

/// How far an export has come.
struct Writing {
    app: App,
    actor: Actor,
    /// Ids of the page's conversations that are still to be written, the next one last.
    waiting: Vec<String>,
    /// Where the next page begins; none once the last page is read.
    next: Option<Option<String>>,
    is_first: bool,
}

/// The head, a piece for each conversation, the end.
fn pieces(app: App, actor: Actor, head: String) -> impl Stream<Item = Result<String>> {
    let writing = Writing { app, actor, waiting: Vec::new(), next: Some(None), is_first: true };
    stream::unfold((Some(head), Some(writing)), |(head, writing)| async move {
        let mut writing = writing?;
        if let Some(head) = head {
            return Some((Ok(head), (None, Some(writing))));
        }
        match writing.piece().await {
            Ok(Some(piece)) => Some((Ok(piece), (None, Some(writing)))),
            Ok(None) => Some((Ok("]}".to_owned()), (None, None))),
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                Some((Err(error), (None, None)))
            }
        }
    })
}

impl Writing {
    /// The next conversation; none after the last.
    async fn piece(&mut self) -> Result<Option<String>> {
        loop {
            let Some(id) = self.waiting.pop() else {
                let Some(after) = self.next.take() else { return Ok(None) };
                let page = self.app.history()?.list(&self.actor, after.as_deref()).await?;
                self.waiting = page.conversations.into_iter().rev().map(|conversation| conversation.id).collect();
                self.next = page.next.map(Some);
                continue;
            };
            let messages = match self.app.history()?.conversation(&self.actor, &id).await {
                // Dropped by its owner meanwhile.
                Err(Error::NotFound { .. }) => continue,
                messages => messages?,
            };
            let outcomes = self.app.reviews()?.outcomes(&self.actor, &id).await?;
            let talks = self.app.reviews()?.talks(&self.actor, &id).await?;
            let json = serde_json::to_string(&WholeConversationJson::new(&id, &messages, &outcomes, &talks));
            let json = json.map_err(|e| Error::Internal(e.into()))?;
            let comma = if std::mem::take(&mut self.is_first) { "" } else { "," };
            return Ok(Some(format!("{comma}{json}")));
        }
    }
}
