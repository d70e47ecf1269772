/*!
What members are told inside the program: a line with a link, read or not yet.

Owns notices of all features: [`Notices::tell`] is the one way to tell a member something.
Nothing is sent anywhere; a notice waits on its page and as a count at the head of every page.
What is made in a member's quiet hours is shown after them. Titles are sealed, as they may name
what a member asked; a link leads to a page of our own, which decides anew who may see it.
*/

pub mod port;
mod quiet;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::{port::*, quiet::QuietHours};
use crate::{
    accounts::{Actor, MemberId, Scope},
    error::{Error, Result},
    secrets::Keys,
};

/// Notices kept of one member; beyond them the oldest go.
pub const NOTICES_MAX: u32 = 500;
/// Notices of one page.
const PAGE_NOTICES_MAX: u32 = 30;
/// The count at the head of pages goes no further.
pub const UNREAD_SHOWN_MAX: u32 = 99;
/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 200;
/// Longest link, in characters.
const LINK_CHARS_MAX: usize = 300;
/// Days a notice is kept.
const DAYS_KEPT: i64 = 180;
/// Place under which titles are sealed.
const TITLE_PLACE: &str = "notices.title";

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A counsellor has looked at an answer.
    Review,
    /// A counsellor writes in a conversation.
    Reply,
    /// The law an answer rests on has changed.
    Recall,
    /// Posts and comments.
    Feed,
    /// A request for support.
    Support,
    /// Lessons.
    Course,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Review, Self::Reply, Self::Recall, Self::Feed, Self::Support, Self::Course];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Reply => "reply",
            Self::Recall => "recall",
            Self::Feed => "feed",
            Self::Support => "support",
            Self::Course => "course",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Review => "Cán bộ xem lại",
            Self::Reply => "Cán bộ trả lời",
            Self::Recall => "Luật thay đổi",
            Self::Feed => "Bảng tin",
            Self::Support => "Hỗ trợ",
            Self::Course => "Khóa học",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl NoticeRow {
    /// A notice ready to be kept, alone or together with what it tells of.
    ///
    /// # Errors
    /// `Invalid` naming `title` or `link`.
    pub fn new(keys: &Keys, member: MemberId, kind: Kind, (title, link): (&str, &str), now: Timestamp) -> Result<Self> {
        let title = title.trim();
        if title.is_empty() || TITLE_CHARS_MAX < title.chars().count() {
            return Err(Error::invalid("title", format!("từ 1 đến {TITLE_CHARS_MAX} ký tự")));
        }
        let is_ours = link.starts_with('/')
            && !link.starts_with("//")
            && link.chars().count() <= LINK_CHARS_MAX
            && link.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !is_ours {
            return Err(Error::invalid("link", "phải là địa chỉ một trang ở đây"));
        }
        Ok(Self { member, kind, title_sealed: keys.seal(TITLE_PLACE, title)?, link: link.to_owned(), made_at: now })
    }
}

/// A notice as its member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Number.
    pub id: i64,
    /// What it is about.
    pub kind: Kind,
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub link: String,
    /// When it was made, or told again.
    pub made_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// A page of notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeList {
    /// Newest first.
    pub notices: Vec<Notice>,
    /// How many are not read, at most [`UNREAD_SHOWN_MAX`].
    pub unread: u32,
    /// The member's quiet hours, where they have set some.
    pub quiet: Option<QuietHours>,
    /// Until when nothing new is shown, where it is quiet now.
    pub quiet_until: Option<Timestamp>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

/// The service of notices.
pub struct Notices {
    store: Arc<dyn NoticeStore>,
    keys: Arc<Keys>,
}

impl Notices {
    /// The service over a store.
    pub fn new(store: Arc<dyn NoticeStore>, keys: Arc<Keys>) -> Self {
        Self { store, keys }
    }

    /// Tells a member something: `title` in Vietnamese, `link` a page of our own. What is told
    /// again before it was read is told once.
    ///
    /// # Errors
    /// `Invalid` naming `title` or `link`; when the store fails.
    pub async fn tell(&self, member: MemberId, kind: Kind, title: &str, link: &str, now: Timestamp) -> Result<()> {
        self.store.tell(&NoticeRow::new(&self.keys, member, kind, (title, link), now)?).await
    }

    /// A page of one's own notices; `after` is what the page before gave as `next`.
    ///
    /// # Errors
    /// `Invalid` naming `after`; `Forbidden` for a key that may not read.
    pub async fn list(&self, actor: &Actor, after: Option<&str>, now: Timestamp) -> Result<NoticeList> {
        actor.require_scope(Scope::Read)?;
        let member = actor.member().id;
        let quiet = self.store.quiet_hours(member).await?;
        let shown_before = shown_before(quiet, now);
        let first = (shown_before, 0);
        let before = after.map(parse_cursor).transpose()?.map_or(first, |after| after.min(first));
        let mut rows = self.store.notices(member, before, PAGE_NOTICES_MAX + 1).await?;
        let page = usize::try_from(PAGE_NOTICES_MAX).unwrap_or(usize::MAX);
        let has_more = page < rows.len();
        rows.truncate(page);
        let last = rows.last().filter(|_| has_more);
        Ok(NoticeList {
            next: last.map(|row| format!("{}-{}", row.made_at.as_millisecond(), row.id)),
            notices: rows.into_iter().map(|row| self.notice(row)).collect::<Result<_>>()?,
            unread: self.store.unread(member, shown_before, UNREAD_SHOWN_MAX).await?,
            quiet,
            quiet_until: quiet.and_then(|hours| hours.ends(now)),
        })
    }

    /// How many of one's own are not read; none in quiet hours that came in them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unread(&self, actor: &Actor, now: Timestamp) -> Result<u32> {
        let member = actor.member().id;
        let quiet = self.store.quiet_hours(member).await?;
        self.store.unread(member, shown_before(quiet, now), UNREAD_SHOWN_MAX).await
    }

    /// Notes that one was read; where it leads.
    ///
    /// # Errors
    /// `NotFound` for another's; `Forbidden` for a key.
    pub async fn read(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<String> {
        actor.require_session()?;
        let link = self.store.read_notice(actor.member().id, id, now).await?;
        link.ok_or_else(|| Error::NotFound { resource: "notice", id: id.to_string() })
    }

    /// Notes that all that are shown were read; how many were not.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn read_all(&self, actor: &Actor, now: Timestamp) -> Result<u64> {
        actor.require_session()?;
        let member = actor.member().id;
        let quiet = self.store.quiet_hours(member).await?;
        self.store.read_notices(member, shown_before(quiet, now), now).await
    }

    /// Sets one's quiet hours, or ends them.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn set_quiet(&self, actor: &Actor, hours: Option<QuietHours>) -> Result<()> {
        actor.require_session()?;
        self.store.put_quiet_hours(actor.member().id, hours).await
    }

    /// Drops all of one's own, and one's quiet hours.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn forget_own(&self, actor: &Actor) -> Result<()> {
        actor.require_session()?;
        self.store.forget_notices(actor.member().id).await
    }

    /// Drops what is older than notices are kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.store.drop_notices(now - SignedDuration::from_hours(DAYS_KEPT * 24)).await
    }

    fn notice(&self, row: NoticeFound) -> Result<Notice> {
        Ok(Notice {
            id: row.id,
            kind: row.kind,
            title: self.keys.open_sealed(TITLE_PLACE, &row.title_sealed)?,
            link: row.link,
            made_at: row.made_at,
            read_at: row.read_at,
        })
    }
}

/// The time from which on notices are not shown yet.
fn shown_before(quiet: Option<QuietHours>, now: Timestamp) -> Timestamp {
    quiet.and_then(|hours| hours.began(now)).unwrap_or(Timestamp::MAX)
}

fn parse_cursor(text: &str) -> Result<After> {
    let wrong = || Error::invalid("after", "không phải chỗ của một trang trước");
    let (ms, id) = text.split_once('-').ok_or_else(wrong)?;
    let ms = ms.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Ok((ms.ok_or_else(wrong)?, id.parse().map_err(|_ignored| wrong())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_leads_nowhere_else_and_lies_sealed() {
        let keys = Keys::from_secret([1; 32]);
        let make = |title: &str, link: &str| {
            NoticeRow::new(&keys, MemberId(1), Kind::Review, (title, link), Timestamp::UNIX_EPOCH)
        };
        let row = make(" Đã xem lại ", "/lich-su/a#c1").unwrap();
        assert!(!row.title_sealed.windows(4).any(|part| part == "Đã".as_bytes()));
        for link in ["", "//a.vn", "https://a.vn", "/\\a", "a", "/a b", "/ậ"] {
            assert!(make("x", link).is_err(), "{link}");
        }
        assert!(make(" ", "/").is_err() && make(&"x".repeat(201), "/").is_err());
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.name()) == Some(kind)));
    }
}
