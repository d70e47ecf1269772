/*! What the ports of the desk promise, written once and run on each backend. */

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::contract::{Backend, later, member, now, tree};
use crate::{
    accounts::{MemberId, Role, UnitLevel, UnitRow},
    history::{CitedRow, HistoryStore, MessageRow},
    notices::{Kind, NoticeRow, NoticeStore},
    review::{
        DecisionRow, Entry, Judgement, PrecedentRow, PrecedentStore, ReplyRow, Resting, ReviewStore, State, Touched,
    },
};

/// All ports at once.
pub(super) trait Desk: Backend + HistoryStore + NoticeStore + ReviewStore + PrecedentStore {}
impl<T: Backend + HistoryStore + NoticeStore + ReviewStore + PrecedentStore> Desk for T {}

/// Members 1 to 4 of A1; an answer of member 1 on two clauses, and its case.
async fn a_case(store: &dyn Desk) -> ([MemberId; 4], i64) {
    tree(store).await;
    let rows = ["1", "2", "3", "4"].map(|number| member(number, "An", "A1"));
    store.put_members(&rows, now(), now()).await.unwrap();
    let mut ids = [MemberId(0); 4];
    for (id, number) in ids.iter_mut().zip(["1", "2", "3", "4"]) {
        *id = store.member(number).await.unwrap().unwrap().id;
    }
    keep(store, ids[0], "c", [(1, "x/dieu-1", 1), (2, "x/dieu-2", 2)]).await;
    assert!(store.enter(&entry(ids[0], "c", 30, "wrong")).await.unwrap());
    let path = store.units(None).await.unwrap()[0].path.clone();
    let id = store.queue(&path, 9).await.unwrap()[0].id;
    (ids, id)
}

async fn keep<const N: usize>(store: &dyn Desk, member: MemberId, conversation: &str, cited: [(u32, &str, u8); N]) {
    let cited = cited.map(|(n, provision, hash)| CitedRow {
        n,
        provision: format!("{provision}/khoan-1"),
        quote_hash: [hash; 32],
        version: (hash != 0).then(|| (provision.to_owned(), [hash; 32])),
    });
    let row = MessageRow {
        member,
        conversation: conversation.to_owned(),
        made_at: now(),
        question_sealed: b"q".to_vec(),
        answer_sealed: b"a".to_vec(),
        status: "answered",
        generator: "g".to_owned(),
        corpus_release: "r".to_owned(),
        month: "2026-01".to_owned(),
        cited: cited.to_vec(),
    };
    store.keep(&row, 10).await.unwrap();
}

fn entry(member: MemberId, conversation: &str, risk: u32, reasons: &str) -> Entry {
    Entry {
        member,
        message: (conversation.to_owned(), 1),
        risk,
        reasons: reasons.to_owned(),
        hands_over: reasons == "asked",
        now: now(),
        due_at: later(60),
    }
}

fn decision(by: MemberId, was: State, state: State, verdict: Judgement) -> DecisionRow {
    DecisionRow {
        by,
        was,
        state,
        verdict,
        sentence: None,
        reason_sealed: None,
        correction_sealed: Some(verdict.name().as_bytes().to_vec()),
        notice: None,
        precedent: None,
        retires: None,
        month: "2026-01".to_owned(),
        now: later(1),
    }
}

fn notice(member: MemberId, link: &str) -> NoticeRow {
    NoticeRow { member, kind: Kind::Recall, title_sealed: b"t".to_vec(), link: link.to_owned(), made_at: now() }
}

async fn links(store: &dyn Desk, member: MemberId) -> Vec<String> {
    let rows = store.notices(member, (Timestamp::MAX, 0), 99).await.unwrap();
    rows.into_iter().map(|row| row.link).collect()
}

pub(super) async fn one_hand_at_a_time_and_other_eyes_for_what_is_dangerous<S: Desk + Clone + 'static>(store: &S) {
    let ([_, one, two, _], id) = a_case(store).await;
    let shared = Arc::new(store.clone());
    let claims = [one, two].map(|by| {
        let store = shared.clone();
        tokio::spawn(async move { (by, store.claim(id, by, now(), later(30)).await.unwrap()) })
    });
    let mut winners = Vec::new();
    for claim in claims {
        let (by, has_won) = claim.await.unwrap();
        winners.extend(has_won.then_some(by));
    }
    let [first] = winners[..] else { panic!("{winners:?} hold one case") };
    let other = if first == one { two } else { one };
    let dangerous = decision(first, State::Open, State::Second, Judgement::Dangerous);
    assert!(!store.decide(id, &decision(other, State::Open, State::Done, Judgement::Right)).await.unwrap());
    assert!(store.decide(id, &dangerous).await.unwrap());
    assert!(!store.claim(id, first, later(2), later(30)).await.unwrap(), "other eyes are asked for");
    assert!(store.claim(id, other, later(2), later(30)).await.unwrap());
    let stale = DecisionRow { now: later(3), ..decision(other, State::Open, State::Done, Judgement::Right) };
    assert!(!store.decide(id, &stale).await.unwrap(), "it was read before the first finding");
    let confirmed = DecisionRow { was: State::Second, verdict: Judgement::Dangerous, ..stale };
    // Two windows of one counsellor: one decision.
    let both = [confirmed.clone(), confirmed].map(|row| {
        let store = shared.clone();
        tokio::spawn(async move { store.decide(id, &row).await.unwrap() })
    });
    let mut decided = 0;
    for one in both {
        decided += usize::from(one.await.unwrap());
    }
    assert_eq!((decided, store.decisions(id).await.unwrap().len()), (1, 2));
    let counts = store.quality(12).await.unwrap();
    let count = |what: &str| counts.iter().find(|(_, other, _)| other == what).map_or(0, |(_, _, count)| *count);
    assert_eq!([count("answered"), count("reviewed"), count("corrected")], [1, 1, 1]);
    assert_eq!([count("second_looks"), count("agreed"), count("overturned")], [1, 1, 0]);
}

pub(super) async fn a_decision_stays_while_its_case_is_open_again(store: &dyn Desk) {
    let ([asker, one, two, _], id) = a_case(store).await;
    store.claim(id, one, now(), later(30)).await.unwrap();
    store.decide(id, &decision(one, State::Open, State::Done, Judgement::Wrong)).await.unwrap();
    assert!(store.enter(&entry(asker, "c", 50, "unclear")).await.unwrap());
    let case = store.review(id).await.unwrap().unwrap();
    assert_eq!((case.state, case.reasons.len(), case.first_by), (State::Open, 2, None));
    let outcomes = store.outcomes(asker, "c").await.unwrap();
    assert_eq!(outcomes[0].1.correction_sealed.as_deref(), Some(b"wrong".as_slice()));
    store.claim(id, two, now(), later(30)).await.unwrap();
    store.decide(id, &decision(two, State::Open, State::Second, Judgement::Dangerous)).await.unwrap();
    let outcomes = store.outcomes(asker, "c").await.unwrap();
    assert_eq!(outcomes[0].1.verdict, Judgement::Wrong, "one finding of danger does not replace it");
    let found = store.decisions(id).await.unwrap();
    assert_eq!(found.iter().map(|found| found.is_final).collect::<Vec<_>>(), [true, false]);
    assert_eq!(found[0].correction_sealed.as_deref(), Some(b"wrong".as_slice()), "the first correction is kept");
}

pub(super) async fn a_case_follows_its_asker_when_units_move(store: &dyn Desk) {
    let (_, id) = a_case(store).await;
    let [a, b] = ["A", "B"].map(|code| async move { store.unit(code).await.unwrap().unwrap().path });
    let (a, b) = (a.await, b.await);
    let queued = async |path| store.queue(path, 9).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!((queued(&a).await, queued(&b).await), (vec![id], vec![]));
    let moved = UnitRow {
        code: "A1".to_owned(),
        name: "Đơn vị A1".to_owned(),
        level: UnitLevel::Base,
        parent_code: Some("B".to_owned()),
    };
    store.put_units(&[moved]).await.unwrap();
    assert_eq!((queued(&a).await, queued(&b).await), (vec![], vec![id]));
    assert!(b.contains(&store.review(id).await.unwrap().unwrap().unit_path));
}

pub(super) async fn talk_needs_a_conversation_handed_over_and_a_hand(store: &dyn Desk) {
    let ([asker, one, two, _], id) = a_case(store).await;
    let reply = |by, from_member, link: Option<&str>| ReplyRow {
        by,
        from_member,
        text_sealed: b"t".to_vec(),
        notice: link.map(|link| notice(asker, link)),
        due_at: later(600),
        now: later(1),
    };
    store.claim(id, one, now(), later(30)).await.unwrap();
    assert!(!store.put_reply(id, &reply(one, false, None)).await.unwrap(), "nothing was handed over");
    assert!(!store.put_reply(id, &reply(asker, true, None)).await.unwrap());
    store.enter(&entry(asker, "c", 70, "asked")).await.unwrap();
    assert!(!store.put_reply(id, &reply(two, false, Some("/no"))).await.unwrap(), "another has it in hand");
    assert!(!store.put_reply(id, &reply(two, true, None)).await.unwrap(), "another's case");
    assert!(store.put_reply(id, &reply(one, false, Some("/yes"))).await.unwrap());
    assert_eq!(links(store, asker).await, ["/yes"]);
    store.decide(id, &decision(one, State::Open, State::Done, Judgement::Right)).await.unwrap();
    assert!(store.put_reply(id, &reply(asker, true, None)).await.unwrap());
    let talk = store.talks(asker, "c").await.unwrap().remove(0).1;
    assert_eq!((talk.state, talk.due_at, talk.replies.len()), (State::Open, later(600), 2), "it is to be read");
    assert_eq!(store.talks(one, "c").await.unwrap(), []);
    let mut written = 2;
    while store.put_reply(id, &reply(asker, true, None)).await.unwrap() {
        written += 1;
        assert!(written <= 200, "there is an end");
    }
    assert_eq!((written, store.replies(id).await.unwrap().len()), (200, 200), "all that is written is read");
}

pub(super) async fn late_cases_are_brought_up_once_a_while(store: &dyn Desk) {
    let ([asker, near, above, top], id) = a_case(store).await;
    for (member, unit) in [(near, "A1"), (above, "A"), (top, "TOP"), (asker, "A")] {
        let unit = store.unit(unit).await.unwrap().unwrap().id;
        store.put_grant(member, Role::Counsellor, unit, now()).await.unwrap();
    }
    let tell = |member: MemberId, id: i64| Ok(notice(member, &format!("/tu-van/{id}")));
    let bring = async |minutes: i64| {
        let at = later(minutes);
        store.escalate(at, at - SignedDuration::from_hours(24), 9, &tell).await.unwrap()
    };
    store.claim(id, near, now(), later(30)).await.unwrap();
    assert_eq!(bring(59).await, 0, "it is not late");
    let counted = async |minutes| store.open_and_late(later(minutes)).await.unwrap();
    assert_eq!((counted(59).await, counted(61).await), ((1, 0), (1, 1)));
    assert_eq!((bring(61).await, bring(62).await), (1, 0), "once a day");
    let case = store.review(id).await.unwrap().unwrap();
    assert_eq!((case.level, case.claimed_by), (1, None), "an idle hand has lost it");
    assert_eq!((links(store, above).await.len(), links(store, asker).await.len()), (1, 0));
    assert_eq!((links(store, near).await.len(), links(store, top).await.len()), (0, 0));
    assert_eq!(bring(61 + 25 * 60).await, 1);
    assert_eq!(links(store, top).await.len(), 1);
}

pub(super) async fn what_rests_on_a_version_goes_with_it_at_once_and_once(store: &dyn Desk) {
    let ([asker, one, two, _], id) = a_case(store).await;
    keep(store, two, "d", [(1, "x/dieu-1", 1)]).await;
    keep(store, two, "g", [(1, "x/dieu-1", 1)]).await;
    keep(store, two, "e", [(1, "x/dieu-1", 9)]).await;
    keep(store, two, "f", [(1, "x/dieu-1", 0)]).await;
    let row = PrecedentRow {
        question: "Q".to_owned(),
        answer: "A".to_owned(),
        vector: Some(("hashed".to_owned(), vec![0.5, -1.0])),
        signed_by: one,
        signed_as: "S".to_owned(),
        signed_at: later(1),
        clauses: vec![("x/dieu-1".to_owned(), [1; 32]), ("x/dieu-3".to_owned(), [3; 32])],
    };
    store.claim(id, one, now(), later(30)).await.unwrap();
    let decided =
        DecisionRow { precedent: Some(row.clone()), ..decision(one, State::Open, State::Done, Judgement::Right) };
    store.decide(id, &decided).await.unwrap();
    let serving = store.precedents(true, 9).await.unwrap();
    assert_eq!(serving.iter().map(|found| found.row.clone()).collect::<Vec<_>>(), std::slice::from_ref(&row));
    let standing = store.standing_versions().await.unwrap();
    assert_eq!(standing.len(), 4, "{standing:?}");
    let ended: Vec<i64> =
        standing.iter().filter(|v| v.provision == "x/dieu-1" && v.text_hash == [1; 32]).map(|v| v.id).collect();
    assert_eq!(store.touched(&ended).await.unwrap(), Touched { precedents: 1, answers: 3, members: 2 });
    let recall = |_: Resting, member: MemberId, link: &str| Ok(notice(member, link));
    let failing = |what: Resting, member: MemberId, link: &str| match what {
        Resting::Precedent => Ok(notice(member, link)),
        Resting::Answer => Err(crate::error::Error::Conflict("on purpose".to_owned())),
    };
    assert!(store.end_versions(&ended, later(2), &failing).await.is_err());
    assert_eq!(store.precedents(true, 9).await.unwrap().len(), 1, "all of it or nothing");
    let touched = store.end_versions(&ended, later(2), &recall).await.unwrap();
    assert_eq!(touched, Touched { precedents: 1, answers: 3, members: 2 });
    assert_eq!(
        (links(store, asker).await, links(store, two).await),
        (vec!["/lich-su/c#c1".into()], vec!["/lich-su/g#c1".into(), "/lich-su/d#c1".into()])
    );
    assert_eq!(links(store, one).await, [format!("/tu-van/mau/{}", serving[0].id)], "who signed it is told");
    assert_eq!(store.end_versions(&ended, later(3), &recall).await.unwrap(), Touched::default(), "once");
    assert_eq!(store.messages(asker, "c", 9).await.unwrap()[0].recalled_at, Some(later(2)));
    assert_eq!(store.messages(two, "f", 9).await.unwrap()[0].recalled_at, None, "it rests on another day's law");
    let renewal = store.precedents(false, 9).await.unwrap().remove(0);
    assert_eq!((renewal.is_serving, renewal.retired_at), (false, Some(later(2))));
    let anew = PrecedentRow { clauses: vec![("x/dieu-1".to_owned(), [2; 32])], ..row };
    assert!(store.renew(renewal.id, &anew).await.unwrap() && !store.renew(9_999, &anew).await.unwrap());
    assert_eq!(store.precedent(renewal.id).await.unwrap().unwrap().row.clauses, anew.clauses);
    assert!(store.drop_precedent(renewal.id).await.unwrap() && !store.drop_precedent(renewal.id).await.unwrap());
    assert_eq!(store.precedent(renewal.id).await.unwrap(), None);
}

pub(super) async fn a_precedent_shown_with_what_is_wrong_leaves_service(store: &dyn Desk) {
    let ([asker, one, ..], id) = a_case(store).await;
    let row = PrecedentRow {
        question: "Q".to_owned(),
        answer: "A".to_owned(),
        vector: None,
        signed_by: one,
        signed_as: "S".to_owned(),
        signed_at: later(1),
        clauses: Vec::new(),
    };
    store.claim(id, one, now(), later(30)).await.unwrap();
    let made =
        DecisionRow { precedent: Some(row.clone()), ..decision(one, State::Open, State::Done, Judgement::Right) };
    assert!(store.decide(id, &made).await.unwrap());
    let precedent = store.precedents(true, 9).await.unwrap()[0].id;
    for (signed_at, serves) in [(now(), true), (later(1), false)] {
        assert!(store.enter(&entry(asker, "c", 50, "wrong")).await.unwrap());
        store.claim(id, one, now(), later(30)).await.unwrap();
        let retires = Some((precedent, signed_at));
        let wrong = DecisionRow { retires, ..decision(one, State::Open, State::Done, Judgement::Wrong) };
        assert!(store.decide(id, &wrong).await.unwrap());
        let found = store.precedent(precedent).await.unwrap().unwrap();
        assert_eq!(found.is_serving, serves, "one signed anew since {signed_at} was not shown");
    }
}
