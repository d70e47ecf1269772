/*!
Keeping order in the feed: reports, decisions, appeals, locks.

A report opens a case, or joins the one that is open for the same words. An editor of the
audience's units decides with a stated reason, never on their own words; the author learns
what and why and may ask once for another look, which another editor takes. Everything that
is done stands in a log that is only ever added to.
*/

use jiff::{SignedDuration, Timestamp};

use super::{
    Community, DAY_HOURS,
    cases::{Case, CaseKind, CaseState, LogEntry, OwnReport, ReportReason, Ruling},
    idn, markdown,
    meter::widest,
    port::{ReportRow, RulingRow},
    rates::{self, REPORTS_PER_HOUR_MAX},
    text::{self, tidy},
    types::{Post, PostState, ShunKind, Shunned},
};
use crate::{
    accounts::{Actor, Role, UnitId, UnitPath},
    error::{Error, Result},
    notices::{Kind, NoticeRow},
};

/// Where an author reads what was decided.
const OWN_ADDRESS: &str = "/bang-tin/cua-toi";
/// Where editors find what waits.
const EDITORS_ADDRESS: &str = "/bien-tap/bang-tin";
/// Editors of a unit that are told of what waits.
const EDITORS_TOLD_MAX: u32 = 20;
/// Cases of one page of the queue.
const QUEUE_MAX: u32 = 50;
/// Own cases and entries of the log that one page shows.
const LIST_MAX: u32 = 50;
/// Longest reason, report or appeal, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;
/// Days in which removals of one author add up.
const REMOVAL_DAYS: i64 = 90;
/// Removals in that time after which an author may not write for a while.
const REMOVALS_MAX: u32 = 3;
/// Days of that while.
const LOCK_DAYS: i64 = 14;
/// Members one may shun.
const SHUNS_MAX: u32 = 500;
/// Hosts that may be banned.
const HOSTS_MAX: usize = 5_000;
/// Longest name of a host, in characters.
const HOST_CHARS_MAX: usize = 253;

impl Community {
    /// Reports a post, or a comment on it; whether that report is new.
    ///
    /// # Errors
    /// `NotFound` for what the member may not see; `Conflict` for their own and for a post that is
    /// not shown; `Invalid`;
    /// `TooManyAttempts`; `Forbidden` for a key.
    pub async fn report(
        &self,
        actor: &Actor,
        (post, comment): (i64, Option<i64>),
        reason: ReportReason,
        words: &str,
        now: Timestamp,
    ) -> Result<bool> {
        actor.require_session()?;
        let seen = self.visible(actor, post).await?;
        if seen.state != PostState::Shown {
            return Err(Error::Conflict("bài này đang không hiện nên không cần báo cáo".to_owned()));
        }
        let author = match comment {
            None => seen.author.id,
            Some(id) => self.comment_of(post, id).await?.author.id,
        };
        if author == actor.member().id {
            return Err(Error::Conflict("đây là bài của chính bạn; bạn có thể sửa hoặc xóa".to_owned()));
        }
        let words = if words.trim().is_empty() { String::new() } else { tidy("words", words, REASON_CHARS_MAX)? };
        let by = actor.member().id;
        self.rates.report(by)?;
        let nth = REPORTS_PER_HOUR_MAX.get() - 1;
        rates::within_an_hour(self.moderation.reported_at(by, nth).await?, now)?;
        let notices = self.to_editors(seen.audience.unit, actor, now).await?;
        let row = ReportRow { by, post, comment, reason, words, notices, now };
        Ok(self.moderation.report(&row).await?.1)
    }

    /// What waits within an editor's reach, appeals and old cases first.
    ///
    /// # Errors
    /// `NotFound` for who is no editor.
    pub async fn queue(&self, actor: &Actor) -> Result<Vec<Case>> {
        actor.require_session()?;
        actor.require_anywhere(Role::Editor)?;
        let mut cases = Vec::new();
        for reach in actor.reach(Role::Editor) {
            cases.extend(self.moderation.waiting(reach, QUEUE_MAX).await?);
        }
        cases.sort_by_key(|case| (case.state != CaseState::Appealed, case.opened_at, case.id));
        cases.dedup_by_key(|case| case.id);
        cases.retain(|case| may_decide(actor, case));
        cases.truncate(usize::try_from(QUEUE_MAX).unwrap_or(usize::MAX));
        Ok(cases)
    }

    /// A case within an editor's reach.
    ///
    /// # Errors
    /// `NotFound` beyond it, and for who wrote the words.
    pub async fn case(&self, actor: &Actor, id: i64) -> Result<Case> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "case", id: id.to_string() };
        let case = self.moderation.case(id).await?.ok_or_else(missing)?;
        actor.require(Role::Editor, &case.audience.path, "case", &id.to_string())?;
        if case.author.id == actor.member().id { Err(missing()) } else { Ok(case) }
    }

    /// Decides a case, or answers its appeal (`Keep` shows the words again).
    ///
    /// # Errors
    /// `NotFound`; `Invalid` without a reason; `Conflict` for a case that does not wait, and for
    /// an appeal against one's own decision.
    pub async fn rule(&self, actor: &Actor, id: i64, ruling: Ruling, reason: &str, now: Timestamp) -> Result<Case> {
        let case = self.case(actor, id).await?;
        let reason = tidy("reason", reason, REASON_CHARS_MAX)?;
        let notice = self.told_of_ruling(&case, ruling, now)?;
        let row = RulingRow { notice, ..ruling_row(actor, ruling, reason, now) };
        let done = match case.state {
            CaseState::Appealed if case.decided.as_ref().is_some_and(|decided| decided.by == actor.member().id) => {
                return Err(Error::Conflict("người khác phải xem lại quyết định của bạn".to_owned()));
            }
            CaseState::Appealed => self.moderation.answer_appeal(id, ruling == Ruling::Keep, &row).await?,
            _ => self.moderation.rule(id, &row).await?,
        };
        if !done {
            return Err(Error::Conflict("việc này đã có người quyết định".to_owned()));
        }
        self.case(actor, id).await
    }

    /// What an author is told of a decision; nothing where their words stay as they are.
    fn told_of_ruling(&self, case: &Case, ruling: Ruling, now: Timestamp) -> Result<Option<NoticeRow>> {
        let shown = format!("/bang-tin/{}", case.post);
        let (title, link) = match (case.state, case.kind, ruling) {
            (CaseState::Appealed, _, Ruling::Keep) => ("Khiếu nại của bạn được chấp nhận: bài đã hiện lại", &*shown),
            (CaseState::Appealed, _, _) => ("Khiếu nại của bạn đã có trả lời", OWN_ADDRESS),
            (_, CaseKind::First, Ruling::Keep) => ("Bài đầu tiên của bạn đã được duyệt và đang hiện", &*shown),
            (_, CaseKind::Report, Ruling::Keep) => return Ok(None),
            (_, _, Ruling::Hide) => ("Bài của bạn bị ẩn; xem lý do và khiếu nại", OWN_ADDRESS),
            (_, _, Ruling::Remove) => ("Bài của bạn bị gỡ; xem lý do và khiếu nại", OWN_ADDRESS),
        };
        NoticeRow::new(&self.keys, case.author.id, Kind::Feed, (title, link), now).map(Some)
    }

    /// An author asks for another look at a decision against them.
    ///
    /// # Errors
    /// `NotFound` for another's; `Invalid`; `Conflict` where it was asked for before.
    pub async fn appeal(&self, actor: &Actor, id: i64, words: &str, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "case", id: id.to_string() };
        let case = self.moderation.case(id).await?.ok_or_else(missing)?;
        if case.author.id != actor.member().id || case.decided.is_none() {
            return Err(missing());
        }
        let words = tidy("words", words, REASON_CHARS_MAX)?;
        let notices = self.to_editors(case.audience.unit, actor, now).await?;
        if self.moderation.appeal(id, &words, &notices, now).await? {
            Ok(())
        } else {
            Err(Error::Conflict("việc này không khiếu nại được nữa".to_owned()))
        }
    }

    /// What was decided of one's own words, newest first.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn own_cases(&self, actor: &Actor) -> Result<Vec<Case>> {
        actor.require_session()?;
        self.moderation.cases_of(actor.member().id, LIST_MAX).await
    }

    /// Until when one may not write, if one may not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn locked_until(&self, actor: &Actor, now: Timestamp) -> Result<Option<Timestamp>> {
        Ok(self.moderation.locked_until(actor.member().id).await?.filter(|until| now < *until))
    }

    /// Lets the author of a case write again.
    ///
    /// # Errors
    /// As [`rule`](Self::rule); `Conflict` where they are not locked; `Forbidden` for an author of
    /// another unit, whose lock may rest on what others have removed.
    pub async fn unlock(&self, actor: &Actor, id: i64, reason: &str, now: Timestamp) -> Result<()> {
        let case = self.case(actor, id).await?;
        let home = self.moderation.home_of(case.author.id).await?;
        if !home.is_some_and(|home| actor.may(Role::Editor, &home)) {
            return Err(Error::Forbidden(
                "người này thuộc đơn vị khác; biên tập của đơn vị đó mới mở khóa được".to_owned(),
            ));
        }
        let row = ruling_row(actor, Ruling::Keep, tidy("reason", reason, REASON_CHARS_MAX)?, now);
        if self.moderation.unlock(case.author.id, case.audience.unit, &row).await? {
            Ok(())
        } else {
            Err(Error::Conflict("người này không bị khóa viết bài".to_owned()))
        }
    }

    /// What was done within an editor's or inspector's reach, newest first, before the entry of
    /// that number.
    ///
    /// # Errors
    /// `NotFound` for everybody else.
    pub async fn log(&self, actor: &Actor, before: Option<i64>) -> Result<Vec<LogEntry>> {
        actor.require_session()?;
        if !actor.has(Role::Inspector) {
            actor.require_anywhere(Role::Editor)?;
        }
        let mut entries = Vec::new();
        for reach in actor.reach(Role::Editor).chain(actor.reach(Role::Inspector)) {
            entries.extend(self.moderation.log(reach, before.unwrap_or(i64::MAX), LIST_MAX).await?);
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.id));
        entries.dedup_by_key(|entry| entry.id);
        entries.truncate(usize::try_from(LIST_MAX).unwrap_or(usize::MAX));
        Ok(entries)
    }

    /// Hosts that links must not lead to, for what is written where an editor is one.
    ///
    /// # Errors
    /// `NotFound` for who is no editor.
    pub async fn banned_hosts(&self, actor: &Actor) -> Result<Vec<String>> {
        actor.require_session()?;
        actor.require_anywhere(Role::Editor)?;
        let held = self.moderation.banned_hosts().await?;
        let concerns = |path: &UnitPath| actor.reach(Role::Editor).any(|own| own.contains(path) || path.contains(own));
        let mut hosts: Vec<String> =
            held.into_iter().filter(|(_, path)| concerns(path)).map(|(host, _)| host).collect();
        hosts.dedup();
        Ok(hosts)
    }

    /// Bans a host for what is written within an editor's reach, or no longer; both stand in the log.
    ///
    /// # Errors
    /// `NotFound` for who is no editor; `Invalid` for what is no host; `Conflict` beyond the most, and
    /// for a ban of a unit above, which its own editors take back.
    pub async fn ban_host(&self, actor: &Actor, host: &str, is_banned: bool, now: Timestamp) -> Result<()> {
        let held = self.banned_hosts(actor).await?;
        let host = text::hosts(host).into_iter().next().filter(|host| host.chars().count() <= HOST_CHARS_MAX);
        let host = host.ok_or_else(|| Error::invalid("host", "phải là tên trang, ví dụ lua-dao.example"))?;
        if is_banned && HOSTS_MAX <= held.len() {
            return Err(Error::Conflict(format!("danh sách đã có {HOSTS_MAX} trang")));
        }
        let mut changed = false;
        for reach in widest(actor.reach(Role::Editor)) {
            changed |= self.moderation.ban_host(&host, is_banned, reach, (actor.member().id, now)).await?;
        }
        if !is_banned && !changed && held.contains(&host) {
            return Err(Error::Conflict("trang này do đơn vị cấp trên chặn; hãy nhờ biên tập ở đó".to_owned()));
        }
        Ok(())
    }

    /// What editors nearest to a unit are told of something that waits, but who did it.
    pub(super) async fn to_editors(&self, unit: UnitId, actor: &Actor, now: Timestamp) -> Result<Vec<NoticeRow>> {
        let editors = self.moderation.editors(unit, EDITORS_TOLD_MAX).await?;
        let others = editors.into_iter().filter(|editor| *editor != actor.member().id);
        let told = ("Có việc chờ kiểm duyệt ở bảng tin", EDITORS_ADDRESS);
        others.map(|editor| NoticeRow::new(&self.keys, editor, Kind::Feed, told, now)).collect()
    }

    /// What one reported, to be taken along.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn own_reports(&self, actor: &Actor) -> Result<Vec<OwnReport>> {
        actor.require_session()?;
        self.moderation.reports_of(actor.member().id).await
    }

    /// Shuns the author of a post.
    ///
    /// # Errors
    /// `NotFound` for what the member may not see; `Conflict` for themselves, for the union's
    /// own posts and beyond the most.
    pub async fn shun_author(&self, actor: &Actor, post: i64, kind: ShunKind) -> Result<()> {
        actor.require_session()?;
        let post = self.visible(actor, post).await?;
        if post.author.id == actor.member().id {
            return Err(Error::Conflict("không thể tự tắt chính mình".to_owned()));
        }
        if post.is_official {
            return Err(Error::Conflict(
                "đây là bài chính thức của công đoàn, không tắt theo người viết được".to_owned(),
            ));
        }
        if self.feed.shun(actor.member().id, post.author.id, kind, SHUNS_MAX).await? {
            Ok(())
        } else {
            Err(Error::Conflict(format!("bạn đã tắt {SHUNS_MAX} người; hãy bỏ bớt")))
        }
    }

    /// Ends that.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub async fn unshun(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "member", id: id.to_string() };
        if self.feed.unshun(actor.member().id, id).await? { Ok(()) } else { Err(missing()) }
    }

    /// Whom one shuns.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn shunned(&self, actor: &Actor) -> Result<Vec<Shunned>> {
        actor.require_session()?;
        self.feed.shunned(actor.member().id).await
    }

    /// Refuses words that link to where links must not lead.
    pub(super) async fn check_links(&self, words: &str, audience: &UnitPath) -> Result<()> {
        let mut hosts = text::hosts(words);
        // A link leads where its reader is taken, however it was typed.
        for link in markdown::destinations(words).iter().filter(|link| text::is_absolute(link)) {
            let unreadable = || Error::invalid("text", "có liên kết không đọc được tên trang; hãy viết địa chỉ đầy đủ");
            let host = text::host_of(link).ok_or_else(unreadable)?;
            if !idn::is_latin(&host) {
                let message =
                    format!("tên trang {host} có chữ trông giống chữ Latinh mà không phải; hãy viết địa chỉ khác");
                return Err(Error::invalid("text", message));
            }
            hosts.push(host);
        }
        if hosts.is_empty() {
            return Ok(());
        }
        let banned = self.moderation.banned_hosts().await?;
        let holds = |host: &str| {
            banned.iter().any(|(banned, within)| within.contains(audience) && text::is_below(host, banned))
        };
        let bad = hosts.iter().find(|host| holds(host));
        match bad {
            Some(host) => Err(Error::invalid("text", format!("liên kết tới {host} bị chặn vì không an toàn"))),
            None => Ok(()),
        }
    }

    /// Refuses who may not write.
    pub(super) async fn check_lock(&self, actor: &Actor, now: Timestamp) -> Result<()> {
        match self.locked_until(actor, now).await? {
            Some(until) => {
                let day = jiff::tz::TimeZone::fixed(jiff::tz::offset(7)).to_datetime(until).date();
                let day = format!("{:02}/{:02}/{}", day.day(), day.month(), day.year());
                Err(Error::Forbidden(format!("bạn bị khóa viết bài đến {day} vì nhiều bài bị gỡ")))
            }
            None => Ok(()),
        }
    }
}

fn may_decide(actor: &Actor, case: &Case) -> bool {
    let is_own = case.author.id == actor.member().id;
    let decided_it = case.decided.as_ref().is_some_and(|decided| decided.by == actor.member().id);
    let is_second_look_at_ones_own = case.state == CaseState::Appealed && decided_it;
    !is_own && !is_second_look_at_ones_own
}

fn ruling_row(actor: &Actor, ruling: Ruling, reason: String, now: Timestamp) -> RulingRow {
    RulingRow {
        by: actor.member().id,
        ruling,
        reason,
        now,
        removals_since: now - SignedDuration::from_hours(REMOVAL_DAYS * DAY_HOURS),
        removals_max: REMOVALS_MAX,
        lock_until: now + SignedDuration::from_hours(LOCK_DAYS * DAY_HOURS),
        notice: None,
    }
}

/// Whether an editor may act on a post: within their reach, and not their own.
pub(super) fn may_moderate(actor: &Actor, post: &Post) -> bool {
    actor.may(Role::Editor, &post.audience.path) && post.author.id != actor.member().id
}
