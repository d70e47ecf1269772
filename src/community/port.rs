/*!
What the feed needs of a store: two ports, and the values that cross them.

A store keeps, counts and finds in the order it is told; it decides nothing about who may see
what beyond the audience and the people a reader shuns, which it is asked to leave out.
*/

use jiff::Timestamp;

use super::{
    cases::{Case, LogEntry, OwnReport, ReportReason, Ruling},
    types::{CheckVerdict, Comment, Picture, Post, PostState, Reaction, ShunKind, Shunned, Topic, Version},
};
use crate::{
    accounts::{MemberId, UnitId, UnitPath},
    engine::Later,
    notices::NoticeRow,
};

/// A post to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRow {
    /// Who wrote it.
    pub author: MemberId,
    /// For whom.
    pub audience: UnitId,
    /// Whether it is the union's.
    pub is_official: bool,
    /// What it is about.
    pub topic: Topic,
    /// Its words.
    pub text: String,
    /// [`PostState::Shown`], or [`PostState::Held`], which opens a case.
    pub state: PostState,
    /// What stands below its words, sealed.
    pub card_sealed: Option<Vec<u8>>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// What editors are told where it is held.
    pub notices: Vec<NoticeRow>,
    /// Now.
    pub now: Timestamp,
}

/// A post as the store has it: what is sealed is not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostFound {
    /// The post, without its card.
    pub post: Post,
    /// What stands below its words, sealed.
    pub card_sealed: Option<Vec<u8>>,
}

/// The order of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By when a post was first seen, in milliseconds since 1970.
    Newest,
    /// By its points.
    Best,
}

/// Which topics a stream holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topics {
    /// All of them.
    All,
    /// One.
    One(Topic),
    /// All but these.
    Not(Vec<Topic>),
}

/// Posts for one unit, official ones or others, in one order: a range of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamQuery {
    /// For whom.
    pub audience: UnitId,
    /// Whether official.
    pub is_official: bool,
    /// In which order, the highest first.
    pub order: Order,
    /// About what.
    pub topics: Topics,
    /// Those after this place: key and number of a post.
    pub after: (i64, i64),
    /// How many at most.
    pub rows_max: u32,
}

/// A post in a stream: its key in the stream's order, and its number.
pub type Place = (i64, i64);

/// What a reader has to do with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Own {
    /// What they feel.
    pub reaction: Option<Reaction>,
    /// Whether they keep it.
    pub is_saved: bool,
}

/// Counts of one week of a subtree's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedCounts {
    /// Official posts.
    pub official_posts: u64,
    /// Posts of members.
    pub member_posts: u64,
    /// Comments.
    pub comments: u64,
    /// Reactions.
    pub reactions: u64,
}

/// Posts, comments, reactions.
pub trait FeedStore: Send + Sync {
    /// Keeps a post; its number. A held one opens a case.
    fn put_post<'a>(&'a self, row: &'a PostRow) -> Later<'a, i64>;
    /// A post, whatever its state.
    fn post(&self, id: i64) -> Later<'_, Option<PostFound>>;
    /// Posts of these numbers, in that order; those that are not there are left out.
    fn posts<'a>(&'a self, ids: &'a [i64]) -> Later<'a, Vec<PostFound>>;
    /// Where each stream goes on: shown posts, without those of whom the reader shuns and who
    /// block the reader.
    fn streams<'a>(&'a self, reader: MemberId, queries: &'a [StreamQuery]) -> Later<'a, Vec<Vec<Place>>>;
    /// Official posts of these audiences that are on top now, the newest first.
    fn pinned<'a>(&'a self, audiences: &'a [UnitId], now: Timestamp, rows_max: u32) -> Later<'a, Vec<i64>>;
    /// Puts a post on top until then, with an entry in the log of who did it and when; whether it is
    /// an official one that is shown.
    fn pin(&self, id: i64, until: Option<Timestamp>, by: (MemberId, Timestamp)) -> Later<'_, bool>;
    /// Changes the words of a post and keeps the wording before, up to `versions_max` of them;
    /// whether it is there and not taken down.
    fn edit_post<'a>(&'a self, id: i64, text: &'a str, now: Timestamp, versions_max: u32) -> Later<'a, bool>;
    /// Earlier wordings, the first one first.
    fn versions(&self, id: i64) -> Later<'_, Vec<Version>>;
    /// Takes the words of a post away, with its wordings, pictures, comments and open cases.
    fn delete_post(&self, id: i64) -> Later<'_, bool>;
    /// Adds a picture, up to `pictures_max`, which is a change of the post; its place, or none where
    /// there is no room or the post was taken down.
    fn add_picture<'a>(
        &'a self,
        id: i64,
        picture: &'a Picture,
        pictures_max: u32,
        now: Timestamp,
    ) -> Later<'a, Option<u32>>;
    /// Names of the pictures of a member's posts.
    fn pictures_of(&self, author: MemberId) -> Later<'_, Vec<String>>;
    /// Whether any post has a picture of that name.
    fn has_picture<'a>(&'a self, hash: &'a str) -> Later<'a, bool>;
    /// Posts of a member that are not deleted, newest first, after the one of that number.
    fn written(&self, member: MemberId, before: i64, rows_max: u32) -> Later<'_, Vec<i64>>;
    /// Whether a post of theirs was ever seen by others.
    fn was_shown(&self, member: MemberId) -> Later<'_, bool>;
    /// What a reader has to do with these posts.
    fn own<'a>(&'a self, reader: MemberId, ids: &'a [i64]) -> Later<'a, Vec<(i64, Own)>>;
    /// Sets what a reader feels; whether that is a change.
    fn react(&self, reader: MemberId, id: i64, reaction: Option<Reaction>, now: Timestamp) -> Later<'_, bool>;
    /// Keeps a post for a reader, up to `saved_max` of them, or no longer; whether there was room.
    fn save(&self, reader: MemberId, id: i64, keeps: bool, now: Timestamp, saved_max: u32) -> Later<'_, bool>;
    /// Posts a reader keeps, last kept first: time in milliseconds and number.
    fn saved(&self, reader: MemberId, after: Place, rows_max: u32) -> Later<'_, Vec<Place>>;
    /// Topics a reader follows.
    fn followed(&self, reader: MemberId) -> Later<'_, Vec<Topic>>;
    /// Sets the topics a reader follows.
    fn follow<'a>(&'a self, reader: MemberId, topics: &'a [Topic]) -> Later<'a, ()>;
    /// When a member wrote the post before their newest `back` ones, taken back or not.
    fn posted_at(&self, author: MemberId, back: u32) -> Later<'_, Option<Timestamp>>;
    /// The same of comments.
    fn commented_at(&self, author: MemberId, back: u32) -> Later<'_, Option<Timestamp>>;
    /// All posts a member feels something about.
    fn reactions_of(&self, member: MemberId) -> Later<'_, Vec<(i64, Reaction)>>;
    /// Keeps a comment, with what the post's author is told of it; its number, or none where the post
    /// is not shown.
    fn put_comment<'a>(
        &'a self,
        post: i64,
        author: MemberId,
        text: &'a str,
        notice: Option<&'a NoticeRow>,
        now: Timestamp,
    ) -> Later<'a, Option<i64>>;
    /// Changes the words of a comment that is seen and keeps the wording before, up to
    /// `versions_max` of them; whether it is.
    fn edit_comment<'a>(&'a self, id: i64, text: &'a str, now: Timestamp, versions_max: u32) -> Later<'a, bool>;
    /// Earlier wordings of a comment, the first one first.
    fn comment_versions(&self, id: i64) -> Later<'_, Vec<Version>>;
    /// A comment, whatever its state.
    fn comment(&self, id: i64) -> Later<'_, Option<Comment>>;
    /// Comments of a post that are seen, oldest first, without those of whom the reader shuns.
    fn comments(&self, post: i64, reader: MemberId, after: i64, rows_max: u32) -> Later<'_, Vec<Comment>>;
    /// Comments of a member that are not deleted, newest first, before the one of that number.
    fn comments_of(&self, author: MemberId, before: i64, rows_max: u32) -> Later<'_, Vec<Comment>>;
    /// Takes a comment's words away.
    fn delete_comment(&self, id: i64) -> Later<'_, bool>;
    /// Shuns somebody, at most `shuns_max` of them; whether there was room.
    fn shun(&self, reader: MemberId, other: MemberId, kind: ShunKind, shuns_max: u32) -> Later<'_, bool>;
    /// Ends that; whether there was one.
    fn unshun(&self, reader: MemberId, id: i64) -> Later<'_, bool>;
    /// Whom a reader shuns.
    fn shunned(&self, reader: MemberId) -> Later<'_, Vec<Shunned>>;
    /// Whether one of them blocks the other.
    fn is_blocked(&self, one: MemberId, other: MemberId) -> Later<'_, bool>;
    /// Posts changed after that change, in order: change, post, and its words where it is shown.
    fn changed(&self, after: i64, rows_max: u32) -> Later<'_, Vec<Change>>;
    /// Counts of the units of a subtree from one day to another, which is left out.
    fn counts<'a>(&'a self, within: &'a UnitPath, from_day: i64, to_day: i64) -> Later<'a, FeedCounts>;
    /// Adds to what pages have shown on a day: official posts and others.
    fn add_shown(&self, day: i64, official: u64, members: u64) -> Later<'_, ()>;
    /// What pages have shown from one day to another, which is left out.
    fn shown_counts(&self, from_day: i64, to_day: i64) -> Later<'_, (u64, u64)>;
    /// Takes all of a member from the feed: posts, comments, reactions, what they keep and follow.
    fn forget(&self, member: MemberId) -> Later<'_, ()>;
}

/// A post as the index of words takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Number of the change.
    pub change: i64,
    /// The post.
    pub id: i64,
    /// For whom, its words and its author's name; none where it is not shown.
    pub shown: Option<(UnitId, String)>,
}

/// A report to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Who reports.
    pub by: MemberId,
    /// The post.
    pub post: i64,
    /// The comment; none for the post itself.
    pub comment: Option<i64>,
    /// Why.
    pub reason: ReportReason,
    /// In their words.
    pub words: String,
    /// What editors are told where it opens a case.
    pub notices: Vec<NoticeRow>,
    /// Now.
    pub now: Timestamp,
}

/// A decision to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulingRow {
    /// Who decides.
    pub by: MemberId,
    /// What.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
    /// Now.
    pub now: Timestamp,
    /// Removals of one author since then count.
    pub removals_since: Timestamp,
    /// With so many, the author is locked.
    pub removals_max: u32,
    /// Until then.
    pub lock_until: Timestamp,
    /// What the author is told, kept together with the decision.
    pub notice: Option<NoticeRow>,
}

/// What was found of a post's claim, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// The post.
    pub post: i64,
    /// What the assistant was asked.
    pub question: String,
    /// What it answered.
    pub answer: String,
    /// What it cited: citation and address.
    pub citations: Vec<(String, String)>,
    /// Who asked.
    pub asked_by: MemberId,
    /// When, before the answer was worked out: words changed since are others.
    pub asked_at: Timestamp,
    /// What an editor stands for, once one does.
    pub approved: Option<(CheckVerdict, String, Timestamp)>,
}

/// Reports, decisions, appeals, locks, the log.
pub trait ModerationStore: Send + Sync {
    /// Adds a report to the open case of what it is about, or opens one; the case, and whether
    /// the report is new.
    fn report<'a>(&'a self, row: &'a ReportRow) -> Later<'a, (i64, bool)>;
    /// Cases of a subtree that wait, the oldest first.
    fn waiting<'a>(&'a self, within: &'a UnitPath, rows_max: u32) -> Later<'a, Vec<Case>>;
    /// A case.
    fn case(&self, id: i64) -> Later<'_, Option<Case>>;
    /// Decides an open case, with what follows for the post, its author and the log; whether it
    /// was open.
    fn rule<'a>(&'a self, id: i64, row: &'a RulingRow) -> Later<'a, bool>;
    /// Keeps the words of an author against a decision, with what editors are told of it; whether the
    /// case was decided against them and not appealed before.
    fn appeal<'a>(&'a self, id: i64, text: &'a str, notices: &'a [NoticeRow], now: Timestamp) -> Later<'a, bool>;
    /// When a member made the report before their newest `back` ones.
    fn reported_at(&self, member: MemberId, back: u32) -> Later<'_, Option<Timestamp>>;
    /// All reports of a member, newest first.
    fn reports_of(&self, member: MemberId) -> Later<'_, Vec<OwnReport>>;
    /// Editors of the first unit, from that one up, that has some.
    fn editors(&self, unit: UnitId, members_max: u32) -> Later<'_, Vec<MemberId>>;
    /// The unit a member belongs to, in the tree.
    fn home_of(&self, member: MemberId) -> Later<'_, Option<UnitPath>>;
    /// Answers an appeal: what was taken out of sight is shown again, or not; whether it waited.
    fn answer_appeal<'a>(&'a self, id: i64, restores: bool, row: &'a RulingRow) -> Later<'a, bool>;
    /// Cases about what a member wrote that were decided, newest first.
    fn cases_of(&self, author: MemberId, rows_max: u32) -> Later<'_, Vec<Case>>;
    /// Until when a member may not write.
    fn locked_until(&self, member: MemberId) -> Later<'_, Option<Timestamp>>;
    /// Ends a member's lock and logs it; whether there was one.
    fn unlock<'a>(&'a self, member: MemberId, audience: UnitId, row: &'a RulingRow) -> Later<'a, bool>;
    /// The log of a subtree, newest first, before the entry of that number.
    fn log<'a>(&'a self, within: &'a UnitPath, before: i64, rows_max: u32) -> Later<'a, Vec<LogEntry>>;
    /// Hosts that links must not lead to, each with the unit within which it is banned, in order.
    fn banned_hosts(&self) -> Later<'_, Vec<(String, UnitPath)>>;
    /// Bans a host for what is written within the unit at a path, or takes bans of it and of units
    /// below it away, with an entry in the log of who did it and when; whether that is a change.
    fn ban_host<'a>(
        &'a self,
        host: &'a str,
        is_banned: bool,
        within: &'a UnitPath,
        by: (MemberId, Timestamp),
    ) -> Later<'a, bool>;
    /// Keeps what the assistant says of a post's claim, in place of what was asked before.
    fn put_check<'a>(&'a self, row: &'a CheckRow) -> Later<'a, ()>;
    /// What was found of a post's claim.
    fn check(&self, post: i64) -> Later<'_, Option<CheckRow>>;
    /// An editor stands for what was `asked` of a post, and when, or takes any label away (`verdict`
    /// none); whether it is what there is.
    fn approve_check<'a>(
        &'a self,
        asked: (i64, Timestamp),
        by: MemberId,
        verdict: Option<CheckVerdict>,
        note: &'a str,
        now: Timestamp,
    ) -> Later<'a, bool>;
}
