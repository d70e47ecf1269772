/*!
The members' feed: posts, comments, reactions, moderation.

Owns who sees what (the audience of a post is a unit with all below it), the order of the feed
and the share of the union's own posts in it, what may be written and how often, and what
becomes of a report. What it keeps goes through [`port::FeedStore`] and
[`port::ModerationStore`]; pictures and the index of words lie in folders of their own beside.
It knows nothing of the law: posts are never indexed with it, and whoever attaches a provision or
an answer has looked that it is there.
*/

mod cases;
mod checks;
mod comments;
mod feed;
mod idn;
pub mod markdown;
mod meter;
mod moderation;
pub mod pictures;
pub mod points;
pub mod port;
mod posting;
mod rates;
mod search;
pub mod text;
mod types;

use std::{path::Path, sync::Arc};

pub use self::{
    cases::{Appeal, Case, CaseKind, CaseState, Decided, LogEntry, OwnReport, ReportReason, Ruling},
    checks::PostCheck,
    comments::{COMMENT_CHARS_MAX, CommentPage, OwnTaps, ShownComment},
    feed::{FeedOrder, FeedPage, FeedWish, PAGE_POSTS, ShownPost},
    meter::{Meter, OFFICIAL_PERCENT, Week, day_of},
    moderation::REASON_CHARS_MAX,
    pictures::{PICTURE_BYTES_MAX, PICTURES_MAX, Size},
    posting::{NewPost, PIN_DAYS_MAX, POST_CHARS_MAX},
    types::*,
};
use crate::{accounts::PeopleStore, error::Result, secrets::Keys};

/// Hours of a day.
const DAY_HOURS: i64 = 24;
/// Folder of pictures in the data folder.
pub const MEDIA_FOLDER: &str = "media";
/// Folder of the index of words in the data folder; it can be made anew from the store.
pub const WORDS_FOLDER: &str = "posts-index";

/// What the feed needs of a store.
#[derive(Clone)]
pub struct Ports {
    /// Posts.
    pub feed: Arc<dyn port::FeedStore>,
    /// Moderation.
    pub moderation: Arc<dyn port::ModerationStore>,
    /// Units.
    pub people: Arc<dyn PeopleStore>,
}

/// The service of the feed.
pub struct Community {
    feed: Arc<dyn port::FeedStore>,
    moderation: Arc<dyn port::ModerationStore>,
    people: Arc<dyn PeopleStore>,
    keys: Arc<Keys>,
    rates: rates::Rates,
    pictures: pictures::Pictures,
    words: search::LazyWords,
    shown: meter::ShownCounts,
}

impl Community {
    /// The service over a store and the folders of a data folder.
    ///
    /// # Errors
    /// `Internal` when its threads cannot be started; `Unavailable` when the folders cannot be
    /// used.
    pub fn start(ports: Ports, keys: Arc<Keys>, data: &Path) -> Result<Self> {
        Ok(Self {
            feed: ports.feed,
            moderation: ports.moderation,
            people: ports.people,
            keys,
            rates: rates::Rates::new(),
            pictures: pictures::Pictures::start(&data.join(MEDIA_FOLDER))?,
            words: search::LazyWords::of(data.join(WORDS_FOLDER)),
            shown: meter::ShownCounts::default(),
        })
    }
}
