/*! What the port of identities promises, written once and run on each backend. */

use super::{
    contract::{Backend, at, later, member, now, tree},
    contract_history::Keeping,
};
use crate::{
    accounts::MemberId,
    error::Error,
    history::MessageRow,
    identity::{IdentityStore, State},
    review::{Entry, ReviewStore},
};

/// All ports at once.
pub(super) trait Opening: Keeping + ReviewStore + IdentityStore {}
impl<T: Keeping + ReviewStore + IdentityStore> Opening for T {}

/// Members 1 (who asked, in A1), 2 and 3 (in A1 and B), and the number of 1's case.
async fn a_case(store: &dyn Opening) -> ([MemberId; 3], i64) {
    tree(store as &dyn Backend).await;
    let rows = [member("1", "An", "A1"), member("2", "Bình", "A1"), member("3", "Chi", "B")];
    store.put_members(&rows, now(), now()).await.unwrap();
    let id = async |number: &str| store.member(number).await.unwrap().unwrap().id;
    let members = [id("1").await, id("2").await, id("3").await];
    let row = MessageRow {
        member: members[0],
        conversation: "c".to_owned(),
        made_at: now(),
        question_sealed: b"q".to_vec(),
        answer_sealed: b"a".to_vec(),
        status: "answered",
        generator: "g".to_owned(),
        corpus_release: "r".to_owned(),
        month: "2026-01".to_owned(),
        cited: Vec::new(),
    };
    store.keep(&row, 10).await.unwrap();
    let entry = Entry {
        member: members[0],
        message: ("c".to_owned(), 1),
        risk: 10,
        reasons: "asked".to_owned(),
        hands_over: false,
        now: now(),
        due_at: later(60),
    };
    assert!(store.enter(&entry).await.unwrap());
    let queue = store.queue(&at(store as &dyn Backend, "TOP").await.path, 1).await.unwrap();
    (members, queue[0].id)
}

pub(super) async fn a_wish_is_decided_once_by_another_and_stays_written(store: &dyn Opening) {
    let ([asker, wisher, other], review) = a_case(store).await;
    let case = store.case(review).await.unwrap().unwrap();
    assert_eq!((case.asker, store.case(9_999).await.unwrap()), (asker, None));
    let id = store.wish(review, wisher, b"why", now()).await.unwrap();
    assert!(matches!(store.wish(review, other, b"why", now()).await, Err(Error::Conflict(_))), "one at a time");
    assert!(!store.decide_wish(id, wisher, now(), Some(later(9))).await.unwrap(), "nobody decides their own wish");
    assert_eq!(store.opening(id).await.unwrap().unwrap().state, State::Wished);
    assert!(store.decide_wish(id, other, later(1), Some(later(9))).await.unwrap());
    assert!(!store.decide_wish(id, other, later(2), None).await.unwrap(), "it is decided");
    store.seen(id, later(3)).await.unwrap();
    store.seen(id, later(4)).await.unwrap();
    let row = store.opening(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.ends_at, row.seen_at), (State::Granted, Some(later(9)), Some(later(3))));
    assert_eq!((row.wisher.as_str(), row.decider.as_deref(), row.decided_at), ("Bình", Some("Chi"), Some(later(1))));
    assert_eq!(
        (row.reason_sealed.as_slice(), row.message.clone(), row.review),
        (b"why".as_slice(), ("c".to_owned(), 1), review)
    );
    let second = store.wish(review, other, b"again", later(5)).await.unwrap();
    assert!(store.decide_wish(second, wisher, later(6), None).await.unwrap());
    assert_eq!(store.opening(second).await.unwrap().unwrap().state, State::Refused);
    let ids = |rows: Vec<crate::identity::OpeningFound>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(store.of_review(review, 10).await.unwrap()), [second, id]);
    let (a, b) = (at(store as &dyn Backend, "A").await.path, at(store as &dyn Backend, "B").await.path);
    assert_eq!(ids(store.within(&a, i64::MAX, 10).await.unwrap()), [second, id]);
    assert_eq!(ids(store.within(&a, second, 10).await.unwrap()), [id]);
    assert_eq!(ids(store.within(&b, i64::MAX, 10).await.unwrap()), Vec::<i64>::new());
    assert_eq!(ids(store.of_asker(asker, 1).await.unwrap()), [second]);
    assert_eq!(ids(store.of_asker(wisher, 10).await.unwrap()), Vec::<i64>::new());
    store.drop_all(asker).await.unwrap();
    assert_eq!(store.opening(id).await.unwrap(), None, "it goes with the answer");
}

pub(super) async fn a_wish_that_nobody_decides_lapses(store: &dyn Opening) {
    let ([asker, wisher, other], review) = a_case(store).await;
    let id = store.wish(review, wisher, b"why", later(1)).await.unwrap();
    assert!(store.agree(asker, ("c", 1), b"own", now(), later(90)).await.unwrap());
    assert_eq!(store.lapse(now(), later(5)).await.unwrap(), 0, "it is younger");
    assert_eq!(store.lapse(later(1), later(5)).await.unwrap(), 1, "what the asker agreed to goes on");
    let row = store.opening(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.decider, row.decided_at), (State::Refused, None, Some(later(5))));
    assert!(!store.decide_wish(id, other, later(6), Some(later(9))).await.unwrap(), "it is too late");
    store.wish(review, wisher, b"again", later(6)).await.unwrap();
}

pub(super) async fn the_askers_own_word_holds_until_it_is_taken_back(store: &dyn Opening) {
    let ([asker, other, _], review) = a_case(store).await;
    assert!(!store.agree(other, ("c", 1), b"own", now(), later(9)).await.unwrap(), "it is another's");
    assert!(!store.agree(asker, ("c", 2), b"own", now(), later(9)).await.unwrap(), "it is no case");
    assert!(!store.take_back(asker, ("c", 1), now()).await.unwrap());
    assert!(store.agree(asker, ("c", 1), b"own", now(), later(9)).await.unwrap());
    assert!(store.agree(asker, ("c", 1), b"own", later(1), later(10)).await.unwrap());
    let rows = store.of_review(review, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.ends_at).collect::<Vec<_>>(), [Some(later(10)), Some(later(1))]);
    assert!(rows.iter().all(|row| row.wished_by == asker && row.state == State::Granted));
    assert!(!store.take_back(other, ("c", 1), later(2)).await.unwrap());
    assert!(store.take_back(asker, ("c", 1), later(2)).await.unwrap());
    assert_eq!(store.of_review(review, 1).await.unwrap()[0].ends_at, Some(later(2)));
}
