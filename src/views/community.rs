/*! The members' feed as the API shows it. */

use serde::Serialize;

use crate::community::{
    Case, Comment, CommentPage, FeedPage, LogEntry, Meter, OwnReport, Picture, Post, PostCheck, Reaction, ShownPost,
    Topic, Version, Week,
};

/// Counts of reactions.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ReactionsJson {
    /// Likes.
    pub like: u32,
    /// Feeling with the author.
    pub care: u32,
    /// It helped.
    pub useful: u32,
    /// It made laugh.
    pub fun: u32,
}

/// A picture.
#[derive(Debug, Clone, Serialize)]
pub struct PictureJson {
    /// Address of the whole picture.
    pub url: String,
    /// Address of its small form.
    pub small_url: String,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
}

impl PictureJson {
    /// A picture of the post `id`.
    pub fn of(id: i64, picture: &Picture) -> Self {
        let url = format!("/bang-tin/{id}/anh/{}", picture.n);
        Self { small_url: format!("{url}?nho=1"), url, width: picture.width, height: picture.height }
    }
}

/// A provision or answer below a post's words.
#[derive(Debug, Clone, Serialize)]
pub struct CardJson {
    /// `provision`, `answer`.
    pub kind: &'static str,
    /// Citation, or question.
    pub title: String,
    /// Address.
    pub url: String,
}

/// A post.
#[derive(Debug, Clone, Serialize)]
pub struct PostJson {
    /// Number.
    pub id: i64,
    /// Page.
    pub url: String,
    /// Name of who wrote it.
    pub author: String,
    /// Name of their unit.
    pub author_unit: String,
    /// Code of the unit it is for.
    pub audience: String,
    /// Whether it is the union's.
    pub official: bool,
    /// Topic.
    pub topic: &'static str,
    /// Its words, in simple Markdown.
    pub text: String,
    /// `held`, `shown`, `hidden`, `removed`.
    pub state: &'static str,
    /// RFC 3339.
    pub made_at: String,
    /// RFC 3339, or null.
    pub edited_at: Option<String>,
    /// RFC 3339, or null.
    pub pinned_until: Option<String>,
    /// How many feel what.
    pub reactions: ReactionsJson,
    /// Comments that are seen.
    pub comments: u32,
    /// What stands below its words, or null.
    pub card: Option<CardJson>,
    /// Its pictures.
    pub pictures: Vec<PictureJson>,
    /// `right`, `partly`, `wrong`, or null.
    pub check: Option<&'static str>,
}

impl From<&Post> for PostJson {
    fn from(post: &Post) -> Self {
        let [like, care, useful, fun] = post.reactions;
        Self {
            id: post.id,
            url: format!("/bang-tin/{}", post.id),
            author: post.author.name.clone(),
            author_unit: post.author.unit_name.clone(),
            audience: post.audience.code.clone(),
            official: post.is_official,
            topic: post.topic.name(),
            text: post.text.clone(),
            state: post.state.name(),
            made_at: post.made_at.to_string(),
            edited_at: post.edited_at.map(|at| at.to_string()),
            pinned_until: post.pinned_until.map(|at| at.to_string()),
            reactions: ReactionsJson { like, care, useful, fun },
            comments: post.comments,
            card: post.card.as_ref().map(|card| CardJson {
                kind: card.kind.name(),
                title: card.title.clone(),
                url: card.url.clone(),
            }),
            pictures: post.pictures.iter().map(|picture| PictureJson::of(post.id, picture)).collect(),
            check: post.check.map(|check| check.name()),
        }
    }
}

/// A post with what its reader has to do with it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownPostJson {
    /// The post.
    #[serde(flatten)]
    pub post: PostJson,
    /// What the reader feels, or null.
    pub reaction: Option<&'static str>,
    /// Whether they keep it.
    pub saved: bool,
    /// Whether they wrote it.
    pub own: bool,
}

impl From<&ShownPost> for ShownPostJson {
    fn from(shown: &ShownPost) -> Self {
        Self {
            post: PostJson::from(&shown.post),
            reaction: shown.own.reaction.map(Reaction::name),
            saved: shown.own.is_saved,
            own: shown.is_own,
        }
    }
}

/// A page of the feed.
#[derive(Debug, Clone, Serialize)]
pub struct FeedJson {
    /// On top, on the first page alone.
    pub pinned: Vec<ShownPostJson>,
    /// The rest.
    pub posts: Vec<ShownPostJson>,
    /// What to give as `after` for the next page, or null.
    pub next: Option<String>,
    /// Topics the reader follows.
    pub followed: Vec<&'static str>,
}

impl From<&FeedPage> for FeedJson {
    fn from(page: &FeedPage) -> Self {
        Self {
            pinned: page.pinned.iter().map(ShownPostJson::from).collect(),
            posts: page.posts.iter().map(ShownPostJson::from).collect(),
            next: page.next.clone(),
            followed: page.followed.iter().map(|topic: &Topic| topic.name()).collect(),
        }
    }
}

/// A comment.
#[derive(Debug, Clone, Serialize)]
pub struct CommentJson {
    /// Number.
    pub id: i64,
    /// The post.
    pub post: i64,
    /// Name of who wrote it.
    pub author: String,
    /// Name of their unit.
    pub author_unit: String,
    /// Its words.
    pub text: String,
    /// RFC 3339.
    pub made_at: String,
    /// When its words were last changed, or null.
    pub edited_at: Option<String>,
    /// Whether the reader wrote it.
    pub own: bool,
}

/// Comments of a post.
#[derive(Debug, Clone, Serialize)]
pub struct CommentsJson {
    /// Oldest first.
    pub comments: Vec<CommentJson>,
    /// What to give as `after` for the next page, or null.
    pub next: Option<i64>,
}

impl CommentJson {
    /// A comment, to who wrote it or to another.
    pub fn new(comment: &Comment, own: bool) -> Self {
        Self {
            id: comment.id,
            post: comment.post,
            author: comment.author.name.clone(),
            author_unit: comment.author.unit_name.clone(),
            text: comment.text.clone(),
            made_at: comment.made_at.to_string(),
            edited_at: comment.edited_at.map(|at| at.to_string()),
            own,
        }
    }
}

impl From<&CommentPage> for CommentsJson {
    fn from(page: &CommentPage) -> Self {
        let comments = page.comments.iter().map(|shown| CommentJson::new(&shown.comment, shown.is_own));
        Self { comments: comments.collect(), next: page.next }
    }
}

/// An earlier wording of a post.
#[derive(Debug, Clone, Serialize)]
pub struct PostVersionJson {
    /// Its words.
    pub text: String,
    /// Until when they stood, RFC 3339.
    pub until: String,
}

impl From<&Version> for PostVersionJson {
    fn from(version: &Version) -> Self {
        Self { text: version.text.clone(), until: version.until.to_string() }
    }
}

/// What was found of a post's claim.
#[derive(Debug, Clone, Serialize)]
pub struct PostCheckJson {
    /// What the assistant was asked.
    pub question: String,
    /// What it answered.
    pub answer: String,
    /// What it cited: citation and address.
    pub citations: Vec<(String, String)>,
    /// `right`, `partly`, `wrong`; null while nobody stands for it.
    pub verdict: Option<&'static str>,
    /// Why, or null.
    pub note: Option<String>,
    /// Whether the post's words are still those that were checked.
    pub current: bool,
}

impl From<&PostCheck> for PostCheckJson {
    fn from(check: &PostCheck) -> Self {
        Self {
            question: check.question.clone(),
            answer: check.answer.clone(),
            citations: check.citations.clone(),
            verdict: check.approved.as_ref().map(|(verdict, _, _)| verdict.name()),
            note: check.approved.as_ref().map(|(_, note, _)| note.clone()),
            current: check.is_current,
        }
    }
}

/// A case of moderation.
#[derive(Debug, Clone, Serialize)]
pub struct FeedCaseJson {
    /// Number.
    pub id: i64,
    /// `first`, `report`.
    pub kind: &'static str,
    /// `open`, `decided`, `appealed`, `closed`.
    pub state: &'static str,
    /// The post.
    pub post: i64,
    /// The comment, or null for the post itself.
    pub comment: Option<i64>,
    /// The words as they stood when the case was opened.
    pub text: String,
    /// How many reported it.
    pub reports: u32,
    /// Reasons of reports, with what was written beside them.
    pub reasons: Vec<(&'static str, String)>,
    /// RFC 3339.
    pub opened_at: String,
    /// `keep`, `hide`, `remove`, or null.
    pub decision: Option<&'static str>,
    /// Why, or null.
    pub reason: Option<String>,
    /// What its author said to that, or null.
    pub appeal: Option<String>,
    /// Whether it was shown again, or null while that is open.
    pub restored: Option<bool>,
    /// Why, or null.
    pub appeal_reason: Option<String>,
    /// Whether its author may still ask for another look.
    pub may_be_appealed: bool,
}

impl From<&Case> for FeedCaseJson {
    fn from(case: &Case) -> Self {
        let answer = case.appeal.as_ref().and_then(|appeal| appeal.answer.as_ref());
        Self {
            id: case.id,
            kind: case.kind.name(),
            state: case.state.name(),
            post: case.post,
            comment: case.comment,
            text: case.text.clone(),
            reports: case.reports,
            reasons: case.reasons.iter().map(|(reason, words)| (reason.name(), words.clone())).collect(),
            opened_at: case.opened_at.to_string(),
            decision: case.decided.as_ref().map(|decided| decided.ruling.name()),
            reason: case.decided.as_ref().map(|decided| decided.reason.clone()),
            appeal: case.appeal.as_ref().map(|appeal| appeal.text.clone()),
            restored: answer.map(|(restored, _, _)| *restored),
            appeal_reason: answer.map(|(_, reason, _)| reason.clone()),
            may_be_appealed: case.may_be_appealed(),
        }
    }
}

/// A report of one's own.
#[derive(Debug, Clone, Serialize)]
pub struct OwnReportJson {
    /// The post.
    pub post: i64,
    /// The comment, or null for the post itself.
    pub comment: Option<i64>,
    /// Why.
    pub reason: &'static str,
    /// In which words.
    pub words: String,
    /// RFC 3339.
    pub at: String,
}

impl From<&OwnReport> for OwnReportJson {
    fn from(report: &OwnReport) -> Self {
        Self {
            post: report.post,
            comment: report.comment,
            reason: report.reason.name(),
            words: report.words.clone(),
            at: report.at.to_string(),
        }
    }
}

/// An entry of the log of moderation.
#[derive(Debug, Clone, Serialize)]
pub struct FeedLogJson {
    /// Number.
    pub id: i64,
    /// RFC 3339.
    pub at: String,
    /// Who did it.
    pub actor: String,
    /// The post.
    pub post: i64,
    /// The comment, or null.
    pub comment: Option<i64>,
    /// What was done.
    pub act: String,
    /// Why.
    pub reason: String,
}

impl From<&LogEntry> for FeedLogJson {
    fn from(entry: &LogEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at.to_string(),
            actor: entry.actor.clone(),
            post: entry.post,
            comment: entry.comment,
            act: entry.act.clone(),
            reason: entry.reason.clone(),
        }
    }
}

/// One week of the feed.
#[derive(Debug, Clone, Serialize)]
pub struct FeedWeekJson {
    /// Its Monday.
    pub monday: String,
    /// Official posts written.
    pub official_posts: u64,
    /// Other posts written.
    pub member_posts: u64,
    /// Comments.
    pub comments: u64,
    /// Reactions.
    pub reactions: u64,
    /// Share of official posts among those written, in percent, or null.
    pub written_percent: Option<u64>,
    /// Share of official posts among those shown, in percent, or null.
    pub shown_percent: Option<u64>,
}

/// The union's share, week by week, the present week first.
#[derive(Debug, Clone, Serialize)]
pub struct FeedMeterJson {
    /// The weeks.
    pub weeks: Vec<FeedWeekJson>,
}

impl From<&Meter> for FeedMeterJson {
    fn from(meter: &Meter) -> Self {
        let json = |week: &Week| FeedWeekJson {
            monday: super::date_text(week.monday),
            official_posts: week.counts.official_posts,
            member_posts: week.counts.member_posts,
            comments: week.counts.comments,
            reactions: week.counts.reactions,
            written_percent: week.written_percent(),
            shown_percent: week.shown_percent(),
        };
        Self { weeks: meter.weeks.iter().map(json).collect() }
    }
}
