/*! What the port of mails promises, written once and run on each backend. */

use super::contract::{Backend, later, member, now, tree};
use crate::{
    accounts::MemberId,
    mail::port::{Backlog, MailStore, QueueRow},
    notices::{Kind, NoticeRow, NoticeStore, QuietHours},
    secrets::Keys,
};

/// All ports at once.
pub(super) trait Mailing: Backend + MailStore + NoticeStore {}
impl<T: Backend + MailStore + NoticeStore> Mailing for T {}

async fn one_member(store: &dyn Mailing) -> MemberId {
    tree(store).await;
    store.put_members(&[member("1", "An", "A1")], now(), now()).await.unwrap();
    store.member("1").await.unwrap().unwrap().id
}

fn message(member: MemberId, minutes: i64) -> QueueRow {
    QueueRow { member, message_sealed: vec![9], now: later(minutes) }
}

async fn tell(store: &dyn Mailing, member: MemberId, link: &str, minutes: i64) {
    let keys = Keys::from_secret([1; 32]);
    let row = NoticeRow::new(&keys, member, Kind::Feed, ("Có tin", link), later(minutes)).unwrap();
    store.tell(&row).await.unwrap();
}

pub(super) async fn an_address_gets_mails_once_its_code_came_back(store: &dyn Mailing) {
    let one = one_member(store).await;
    assert_eq!(store.mail_of(one).await.unwrap(), None);
    tell(store, one, "/truoc", 0).await;
    assert!(store.put_pending(&[1], &[5; 32], &message(one, 1), 2).await.unwrap());
    assert!(store.due(later(9), 9).await.unwrap().is_empty(), "not confirmed");
    store.count_try(one).await.unwrap();
    let row = store.mail_of(one).await.unwrap().unwrap();
    assert_eq!((row.tries, row.code, row.address_sealed, row.code_at), (1, Some([5; 32]), None, later(1)));
    assert!(!store.confirm_mail(one, &[6; 32], &[7; 32], later(2)).await.unwrap(), "another code");
    assert!(store.confirm_mail(one, &[5; 32], &[7; 32], later(2)).await.unwrap());
    assert!(!store.confirm_mail(one, &[5; 32], &[7; 32], later(2)).await.unwrap(), "once");
    let due = store.due(later(3), 9).await.unwrap();
    assert_eq!(
        (due.len(), due[0].fresh, due[0].address_sealed.as_slice()),
        (1, 0, &[1][..]),
        "what came before is old"
    );
    // Another address waits for its code beside it.
    assert!(store.put_pending(&[2], &[8; 32], &message(one, 3), 2).await.unwrap());
    assert!(!store.put_pending(&[3], &[9; 32], &message(one, 4), 2).await.unwrap(), "there is no room");
    let row = store.mail_of(one).await.unwrap().unwrap();
    assert_eq!((row.address_sealed, row.pending_sealed, row.tries), (Some(vec![1]), Some(vec![2]), 0));
    assert_eq!(store.ended_by(&[7; 32]).await.unwrap(), Some(one));
    assert_eq!(store.ended_by(&[8; 32]).await.unwrap(), None);
    assert!(store.drop_mail(one).await.unwrap() && !store.drop_mail(one).await.unwrap());
    assert_eq!((store.mail_of(one).await.unwrap(), store.backlog().await.unwrap()), (None, Backlog::default()));
}

pub(super) async fn what_is_new_is_told_once_and_waits_until_it_was_taken(store: &dyn Mailing) {
    let one = one_member(store).await;
    store.put_pending(&[1], &[5; 32], &message(one, 0), 9).await.unwrap();
    store.confirm_mail(one, &[5; 32], &[7; 32], later(1)).await.unwrap();
    tell(store, one, "/a", 2).await;
    tell(store, one, "/b", 2).await;
    let quiet = QuietHours::parse("22:00", "06:00").unwrap();
    store.put_quiet_hours(one, Some(quiet)).await.unwrap();
    let due = store.due(later(3), 9).await.unwrap();
    assert_eq!((due[0].fresh, due[0].quiet), (2, Some(quiet)));
    assert!(!store.put_told(&message(one, 3), later(60), 1).await.unwrap(), "there is no room, and nothing was told");
    assert_eq!(store.due(later(3), 9).await.unwrap()[0].fresh, 2);
    assert!(store.put_told(&message(one, 3), later(60), 9).await.unwrap());
    assert!(store.due(later(59), 9).await.unwrap().is_empty());
    assert_eq!(store.due(later(60), 9).await.unwrap()[0].fresh, 0);
    store.put_turn(one, later(70)).await.unwrap();
    assert!(store.due(later(60), 9).await.unwrap().is_empty());

    let waiting = store.waiting_mails(later(3), 9).await.unwrap();
    assert_eq!(waiting.iter().map(|mail| mail.made_at).collect::<Vec<_>>(), [now(), later(3)]);
    store.put_refused(waiting[0].id, later(8)).await.unwrap();
    assert_eq!(store.waiting_mails(later(7), 9).await.unwrap().len(), 1);
    assert_eq!(store.waiting_mails(later(8), 9).await.unwrap().last().unwrap().tries, 1);
    assert_eq!(store.backlog().await.unwrap(), Backlog { waiting: 2, refused: 1, oldest: Some(now()) });
    store.drop_waiting(waiting[0].id).await.unwrap();
    assert_eq!(store.backlog().await.unwrap(), Backlog { waiting: 1, refused: 0, oldest: Some(later(3)) });
}
