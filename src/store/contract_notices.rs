/*! What the port of notices promises, written once and run on each backend. */

use jiff::Timestamp;

use super::contract::{Backend, later, member, now, tree};
use crate::{
    accounts::MemberId,
    notices::{Kind, NOTICES_MAX, NoticeRow, NoticeStore, QuietHours},
};

/// All ports at once.
pub(super) trait Telling: Backend + NoticeStore {}
impl<T: Backend + NoticeStore> Telling for T {}

async fn two_members(store: &dyn Telling) -> (MemberId, MemberId) {
    tree(store).await;
    store.put_members(&[member("1", "An", "A1"), member("2", "Bình", "A1")], now(), now()).await.unwrap();
    let id = async |number: &str| store.member(number).await.unwrap().unwrap().id;
    (id("1").await, id("2").await)
}

fn row(member: MemberId, link: &str, minutes: i64) -> NoticeRow {
    NoticeRow {
        member,
        kind: Kind::Review,
        title_sealed: format!("t{minutes}").into_bytes(),
        link: link.to_owned(),
        made_at: later(minutes),
    }
}

const ALL: (Timestamp, i64) = (Timestamp::MAX, 0);

pub(super) async fn notices_are_their_members_own_newest_first(store: &dyn Telling) {
    let (one, other) = two_members(store).await;
    for (member, link, minutes) in [(one, "/a", 1), (one, "/b", 2), (other, "/c", 3), (one, "/d", 4)] {
        store.tell(&row(member, link, minutes)).await.unwrap();
    }
    let links = async |member, before| {
        let rows = store.notices(member, before, 2).await.unwrap();
        rows.iter().map(|row| row.link.clone()).collect::<Vec<_>>()
    };
    assert_eq!(links(one, ALL).await, ["/d", "/b"]);
    let second = store.notices(one, ALL, 2).await.unwrap().remove(1);
    assert_eq!(links(one, (second.made_at, second.id)).await, ["/a"]);
    assert_eq!(links(other, ALL).await, ["/c"]);
    let count = async |member, before| store.unread(member, before, 99).await.unwrap();
    assert_eq!((count(one, Timestamp::MAX).await, count(one, later(2)).await), (3, 1));
    assert_eq!(store.unread(one, Timestamp::MAX, 2).await.unwrap(), 2, "it counts no further");
    assert_eq!(store.read_notice(other, second.id, later(9)).await.unwrap(), None, "another's is not there");
    assert_eq!(store.read_notice(one, second.id, later(9)).await.unwrap().as_deref(), Some("/b"));
    assert_eq!(store.read_notice(one, second.id, later(10)).await.unwrap().as_deref(), Some("/b"));
    let read = store.notices(one, ALL, 2).await.unwrap().remove(1);
    assert_eq!(read.read_at, Some(later(9)), "the first time counts");
    assert_eq!(store.read_notices(one, later(2), later(10)).await.unwrap(), 1, "what came later is not read yet");
    assert_eq!(store.read_notices(one, Timestamp::MAX, later(11)).await.unwrap(), 1);
    assert_eq!((count(one, Timestamp::MAX).await, count(other, Timestamp::MAX).await), (0, 1));
    assert!(store.tell(&row(MemberId(9_999), "/a", 1)).await.is_err());
    assert_eq!(store.drop_notices(later(3)).await.unwrap(), 2);
    store.forget_notices(one).await.unwrap();
    assert_eq!((links(one, ALL).await.len(), links(other, ALL).await.len()), (0, 1));
}

pub(super) async fn what_is_told_again_unread_is_one_notice_and_too_many_go(store: &dyn Telling) {
    let (one, other) = two_members(store).await;
    for minutes in [1, 3] {
        store.tell(&row(one, "/a", minutes)).await.unwrap();
    }
    store.tell(&row(one, "/b", 2)).await.unwrap();
    store.tell(&NoticeRow { kind: Kind::Recall, ..row(one, "/b", 2) }).await.unwrap();
    let rows = store.notices(one, ALL, 9).await.unwrap();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!((rows[0].link.as_str(), rows[0].title_sealed.as_slice()), ("/a", b"t3".as_slice()));
    store.read_notice(one, rows[0].id, later(4)).await.unwrap();
    store.tell(&row(one, "/a", 5)).await.unwrap();
    assert_eq!(store.notices(one, ALL, 9).await.unwrap().len(), 4, "one that was read stays");
    for n in 0..i64::from(NOTICES_MAX) {
        store.tell(&row(one, &format!("/x/{n}"), 10 + n)).await.unwrap();
    }
    store.tell(&row(other, "/c", 1)).await.unwrap();
    let kept = store.notices(one, ALL, 2 * NOTICES_MAX).await.unwrap();
    assert_eq!((kept.len(), kept.last().unwrap().link.as_str()), (NOTICES_MAX as usize, "/x/0"));
    assert_eq!(store.notices(other, ALL, 9).await.unwrap().len(), 1);
}

pub(super) async fn quiet_hours_are_set_changed_and_ended(store: &dyn Telling) {
    let (one, other) = two_members(store).await;
    let hours = QuietHours { from_minute: 1_320, to_minute: 360 };
    assert_eq!(store.quiet_hours(one).await.unwrap(), None);
    store.put_quiet_hours(one, Some(hours)).await.unwrap();
    let changed = QuietHours { from_minute: 0, ..hours };
    store.put_quiet_hours(one, Some(changed)).await.unwrap();
    assert_eq!((store.quiet_hours(one).await.unwrap(), store.quiet_hours(other).await.unwrap()), (Some(changed), None));
    store.put_quiet_hours(one, None).await.unwrap();
    assert_eq!(store.quiet_hours(one).await.unwrap(), None);
}
