/*! What the port of histories promises, written once and run on each backend. */

use jiff::{SignedDuration, Timestamp};

use super::contract::{Backend, later, member, now, tree};
use crate::{
    accounts::{LoginKind, LoginRow, MemberId, MemberRow},
    error::Error,
    history::{CitedRow, HistoryStore, MessageRow, Purpose, ShareKind, ShareRow, Verdict},
    secrets::Hash,
};

/// All ports at once.
pub(super) trait Keeping: Backend + HistoryStore {}
impl<T: Backend + HistoryStore> Keeping for T {}

async fn two_members(store: &dyn Keeping) -> (MemberId, MemberId) {
    tree(store).await;
    store.put_members(&[member("1", "An", "A1"), member("2", "Bình", "A1")], now(), now()).await.unwrap();
    let id = async |number: &str| store.member(number).await.unwrap().unwrap().id;
    (id("1").await, id("2").await)
}

fn row(member: MemberId, conversation: &str, minutes: i64) -> MessageRow {
    MessageRow {
        member,
        conversation: conversation.to_owned(),
        made_at: later(minutes),
        question_sealed: format!("q{minutes}").into_bytes(),
        answer_sealed: format!("a{minutes}").into_bytes(),
        status: "answered",
        generator: "g".to_owned(),
        corpus_release: "r".to_owned(),
        cited: vec![CitedRow { n: 1, provision: format!("x/dieu-{minutes}"), quote_hash: [7; 32], version: None }],
        month: "2026-01".to_owned(),
    }
}

async fn ids(store: &dyn Keeping, member: MemberId) -> Vec<(String, u32)> {
    let rows = store.conversations(member, None, 100).await.unwrap();
    rows.into_iter().map(|row| (row.public_id, row.messages)).collect()
}

pub(super) async fn answers_are_kept_in_order_for_their_owner_alone(store: &dyn Keeping) {
    let (one, other) = two_members(store).await;
    for (conversation, minutes, place) in [("c", 1, 1), ("d", 2, 1), ("c", 3, 2)] {
        assert_eq!(store.keep(&row(one, conversation, minutes), 10).await.unwrap(), place);
    }
    assert_eq!(store.keep(&row(other, "c", 4), 10).await.unwrap(), 1, "an id is its owner's own");
    assert_eq!(ids(store, one).await, [("c".to_owned(), 2), ("d".to_owned(), 1)]);
    let first = store.conversations(one, None, 1).await.unwrap().remove(0);
    assert_eq!((first.question_sealed.as_slice(), first.last_at), (b"q1".as_slice(), later(3)));
    let rest = store.conversations(one, Some((first.last_at, first.id)), 10).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.public_id.as_str()).collect::<Vec<_>>(), ["d"]);
    let messages = store.messages(one, "c", 10).await.unwrap();
    assert_eq!(messages.iter().map(|m| m.answer_sealed.clone()).collect::<Vec<_>>(), [b"a1", b"a3"]);
    assert_eq!(store.messages(other, "d", 10).await.unwrap(), []);
    assert_eq!(store.messages(one, "c", 1).await.unwrap().len(), 1, "no more than asked for");
    let questions = store.questions(one, 2).await.unwrap();
    assert_eq!(questions.iter().map(|q| q.question_sealed.clone()).collect::<Vec<_>>(), [b"q3", b"q1"]);
    assert!(!store.drop_conversation(other, "d").await.unwrap());
    assert!(store.drop_conversation(one, "d").await.unwrap());
    assert_eq!(store.count_citing(&["x/dieu-2".to_owned()]).await.unwrap(), 0, "its citations went along");
    assert_eq!(store.count_citing(&["x/dieu-1".to_owned(), "x/dieu-3".to_owned()]).await.unwrap(), 2);
    assert_eq!(store.drop_all(one).await.unwrap(), 1);
    assert_eq!((ids(store, one).await.len(), ids(store, other).await.len()), (0, 1));
}

pub(super) async fn too_many_and_too_old_conversations_go(store: &dyn Keeping) {
    let (one, _) = two_members(store).await;
    for minutes in 1..=4 {
        store.keep(&row(one, &format!("c{minutes}"), minutes), 3).await.unwrap();
    }
    assert_eq!(ids(store, one).await.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(), ["c4", "c3", "c2"]);
    assert_eq!(store.drop_before(later(3), now()).await.unwrap(), 1);
    assert_eq!(ids(store, one).await.len(), 2);
    store.put_share(one, ("c4", 1), &link([1; 32], later(9))).await.unwrap();
    assert_eq!(store.drop_before(later(0), later(8)).await.unwrap(), 0);
    assert_eq!(store.drop_before(later(0), later(9)).await.unwrap(), 1, "the link has ended");
    let nobody = MemberId(9_999);
    assert!(matches!(store.keep(&row(nobody, "c", 1), 3).await, Err(Error::Conflict(_))));
    assert!(matches!(store.put_consent(nobody, "p", true, now()).await, Err(Error::Conflict(_))));
}

fn link(token: Hash, ends: Timestamp) -> ShareRow {
    ShareRow { token, kind: ShareKind::Link, now: now(), ends }
}

pub(super) async fn links_and_verdicts_belong_to_one_answer(store: &dyn Keeping) {
    let (one, other) = two_members(store).await;
    store.keep(&row(one, "c", 1), 10).await.unwrap();
    let ends = now() + SignedDuration::from_hours(1);
    assert!(!store.put_share(other, ("c", 1), &link([1; 32], ends)).await.unwrap());
    assert!(!store.put_share(one, ("c", 2), &link([1; 32], ends)).await.unwrap());
    assert!(store.put_share(one, ("c", 1), &link([1; 32], ends)).await.unwrap());
    assert_eq!(store.shared(&[1; 32], now()).await.unwrap().unwrap().answer_sealed, b"a1");
    assert_eq!(store.shared(&[1; 32], ends).await.unwrap(), None, "its time is over");
    assert!(store.put_share(one, ("c", 1), &link([2; 32], ends)).await.unwrap());
    assert_eq!(store.shared(&[1; 32], now()).await.unwrap(), None, "it was replaced");
    assert_eq!(store.messages(one, "c", 10).await.unwrap()[0].shared_until, Some(ends));
    // One of a post stands beside it, and each may end alone.
    let of_post = ShareRow { kind: ShareKind::Post, ..link([3; 32], ends) };
    assert!(store.put_share(one, ("c", 1), &of_post).await.unwrap());
    assert!(store.put_share(one, ("c", 1), &ShareRow { token: [4; 32], ..of_post }).await.unwrap());
    assert_eq!(store.messages(one, "c", 10).await.unwrap().len(), 1, "three links are one message");
    store.drop_share_token(other, &[3; 32]).await.unwrap();
    assert!(store.shared(&[3; 32], now()).await.unwrap().is_some(), "another's");
    store.drop_share_token(one, &[3; 32]).await.unwrap();
    for (token, is_there) in [([2; 32], true), ([3; 32], false), ([4; 32], true)] {
        assert_eq!(store.shared(&token, now()).await.unwrap().is_some(), is_there, "{token:?}");
    }
    assert!(!store.drop_share(other, ("c", 1)).await.unwrap());
    assert!(store.drop_share(one, ("c", 1)).await.unwrap());
    assert_eq!(store.shared(&[2; 32], now()).await.unwrap(), None);

    assert!(!store.put_verdict(other, ("c", 1), Verdict::Wrong, None, now()).await.unwrap());
    assert!(store.put_verdict(one, ("c", 1), Verdict::Wrong, Some(vec![9]), now()).await.unwrap());
    assert!(store.put_verdict(one, ("c", 1), Verdict::Useful, None, now()).await.unwrap());
    let message = store.messages(one, "c", 10).await.unwrap().remove(0);
    assert_eq!((message.verdict, message.verdict_words_sealed), (Some(Verdict::Useful), None));
}

pub(super) async fn consents_are_given_taken_back_and_given_again(store: &dyn Keeping) {
    let (one, other) = two_members(store).await;
    assert!(!store.has_consent(one, "p").await.unwrap());
    assert!(store.put_consent(one, "p", true, later(1)).await.unwrap());
    assert!(!store.put_consent(one, "p", true, later(2)).await.unwrap(), "it is given already");
    assert!(store.has_consent(one, "p").await.unwrap() && !store.has_consent(other, "p").await.unwrap());
    assert_eq!(store.consents(one).await.unwrap(), [("p".to_owned(), later(1))]);
    assert!(store.put_consent(one, "p", false, later(3)).await.unwrap());
    assert!(!store.put_consent(one, "p", false, later(4)).await.unwrap());
    assert!(!store.has_consent(one, "p").await.unwrap());
    assert!(store.put_consent(one, "p", true, later(5)).await.unwrap());
    assert_eq!(store.consents(one).await.unwrap(), [("p".to_owned(), later(5))]);
}

pub(super) async fn an_erased_account_keeps_its_place_in_the_register(store: &dyn Keeping) {
    let (one, other) = two_members(store).await;
    store.set_password(one, "phc", None).await.unwrap();
    store.erase(one, now()).await.unwrap();
    let left = store.member("1").await.unwrap().unwrap();
    assert_eq!((left.id, left.name.as_str()), (one, "An"));
    assert_eq!(store.credentials_of(one).await.unwrap().unwrap().password, None);
    assert_eq!(store.contacts(one).await.unwrap().phone, None);
    assert!(store.contacts(other).await.unwrap().phone.is_some());
    let phone = LoginRow { kind: LoginKind::Phone, hash: [9; 32] };
    let mut again = MemberRow { invite: None, ..member("1", "An Mới", "B") };
    again.logins.push(phone.clone());
    store.put_members(&[again], now(), now()).await.unwrap();
    let left = store.member("1").await.unwrap().unwrap();
    assert_eq!((left.name.as_str(), left.unit_code.as_str()), ("An Mới", "B"), "the register goes on");
    assert_eq!(store.contacts(one).await.unwrap().phone, None, "what was erased stays so");
    assert_eq!(store.credentials(&phone.hash).await.unwrap(), None);
    let entries = store.directory().await.unwrap();
    let is_erased = |number: &str| entries.iter().find(|entry| entry.number == number).unwrap().is_erased;
    assert!(is_erased("1") && !is_erased("2"));
}

pub(super) async fn questions_are_counted_of_who_agreed_since_they_did(store: &dyn Keeping) {
    let (one, other) = two_members(store).await;
    let topics = Purpose::Topics.name();
    store.keep(&row(one, "c", 1), 10).await.unwrap();
    store.put_consent(one, topics, true, later(2)).await.unwrap();
    let cited = CitedRow { n: 1, provision: "a/dieu-1/khoan-2".to_owned(), quote_hash: [0; 32], version: None };
    store.keep(&MessageRow { cited: vec![cited], ..row(one, "c", 3) }, 10).await.unwrap();
    store.keep(&MessageRow { status: "abstained", ..row(one, "c", 4) }, 10).await.unwrap();
    store.keep(&row(other, "d", 5), 10).await.unwrap();
    let asked = store.asked(topics, now(), 9).await.unwrap();
    let told: Vec<_> = asked.iter().map(|row| (row.member, row.is_answered, row.provision.as_deref())).collect();
    assert_eq!(told, [(one, false, Some("x/dieu-4")), (one, true, Some("a/dieu-1/khoan-2"))], "newest first");
    assert_eq!((asked[1].question_sealed.as_slice(), asked[1].answer_sealed.as_slice()), (&b"q3"[..], &b"a3"[..]));
    assert_eq!(store.asked(topics, later(4), 9).await.unwrap().len(), 1);
    assert_eq!(store.asked(topics, now(), 1).await.unwrap().len(), 1);
    store.put_consent(one, topics, false, later(6)).await.unwrap();
    assert!(store.asked(topics, now(), 9).await.unwrap().is_empty(), "taken back");
}
