//! What the port of requests for support promises, written once and run on each backend.

use std::sync::Arc;

use super::contract::{Backend, at, later, member, now, tree};
use crate::{
    accounts::{MemberId, Role, UnitId},
    error::Error,
    secrets::Keys,
    support::{
        FileKind, Kind, Side, State, Support,
        port::{Change, EntryRow, FileRow, NewRequest, Promise, RegisterRange, RequestRow, SupportStore},
    },
};

/// More entries than words are taken for.
const ENTRIES_MANY: u32 = 301;

/// All ports at once.
pub(super) trait Helping: Backend + SupportStore {}
impl<T: Backend + SupportStore> Helping for T {}

/// The tree with members `1` and `2` in `A1`.
async fn two_members(store: &dyn Helping) -> (MemberId, MemberId) {
    tree(store).await;
    store.put_members(&[member("1", "An", "A1"), member("2", "Bình", "A1")], now(), now()).await.unwrap();
    let id = async |number: &str| store.member(number).await.unwrap().unwrap().id;
    (id("1").await, id("2").await)
}

fn new(member: MemberId, unit: UnitId, minutes: i64) -> NewRequest {
    NewRequest {
        member,
        unit,
        kind: Kind::Hardship,
        words_sealed: vec![1, 2, 3],
        now: later(minutes),
        due_at: later(minutes + 60),
    }
}

async fn sent(store: &dyn Helping, member: MemberId, minutes: i64) -> RequestRow {
    let unit = at(store, "A1").await.id;
    let id = store.send(&new(member, unit, minutes), 9).await.unwrap();
    store.request(id).await.unwrap().unwrap()
}

fn step(request: &RequestRow, state: State) -> Change {
    Change {
        id: request.id,
        seen: request.entries,
        entry: EntryRow {
            ordinal: request.entries + 1,
            at: later(5),
            side: Side::Officer,
            state: Some(state),
            what: state.name().to_owned(),
            text_sealed: Some(vec![9]),
        },
        by: None,
        state,
        desk: request.desk.id,
        taken_by: request.taken_by,
        due_at: request.due_at,
        asked_at: request.asked_at,
    }
}

pub(super) async fn a_request_is_changed_from_the_state_that_was_seen(store: &dyn Helping) {
    let (who, officer) = two_members(store).await;
    let unit = at(store, "A1").await;
    let id = store.send(&new(who, unit.id, 0), 2).await.unwrap();
    store.send(&new(who, unit.id, 1), 2).await.unwrap();
    assert!(matches!(store.send(&new(who, unit.id, 2), 2).await, Err(Error::Conflict(_))), "two are open");
    assert!(matches!(store.send(&new(MemberId(999), unit.id, 2), 2).await, Err(Error::Conflict(_))));
    let own = store.own_requests(who).await.unwrap();
    assert_eq!(own.iter().map(|row| row.id).collect::<Vec<_>>(), [id + 1, id]);
    assert_eq!(store.own_requests(officer).await.unwrap(), []);
    let request = store.request(id).await.unwrap().unwrap();
    assert_eq!((request.unit.code.as_str(), request.desk.id, request.state), ("A1", unit.id, State::Sent));
    assert_eq!((request.member_number.as_str(), request.due_at, request.entries), ("1", later(60), 1));
    assert_eq!(store.request(999).await.unwrap(), None);

    let taken = Change { taken_by: Some(officer), by: Some(officer), ..step(&request, State::Taken) };
    assert!(store.advance(&taken).await.unwrap());
    assert!(!store.advance(&taken).await.unwrap(), "another came first");
    let asked = store.request(id).await.unwrap().unwrap();
    assert_eq!((asked.state, asked.taken_by, asked.entries), (State::Taken, Some(officer), 2));
    let refused = step(&asked, State::Refused);
    assert!(store.advance(&refused).await.unwrap());
    let refused = store.request(id).await.unwrap().unwrap();
    assert_eq!((refused.state, refused.decided_at), (State::Refused, Some(later(5))));
    let entries = store.entries(id).await.unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.ordinal, entry.what.as_str(), entry.state)).collect();
    let expected =
        [(1, "sent", Some(State::Sent)), (2, "taken", Some(State::Taken)), (3, "refused", Some(State::Refused))];
    assert_eq!(told, expected);
    assert_eq!(store.entries(999).await.unwrap(), []);
    store.send(&new(who, unit.id, 3), 2).await.unwrap();
}

pub(super) async fn money_is_promised_within_the_budget_of_a_desk_and_a_year(store: &dyn Helping) {
    let (who, officer) = two_members(store).await;
    let (a1, a) = (at(store, "A1").await, at(store, "A").await);
    let request = sent(store, who, 0).await;
    let approve = |request: &RequestRow| Change { taken_by: Some(officer), ..step(request, State::Approved) };
    assert_eq!(store.promise(&approve(&request), 1, 2026).await.unwrap(), Promise::OverBudget(0), "no budget is none");
    store.put_budget(a1.id, 2026, 500).await.unwrap();
    store.put_budget(a1.id, 2026, 1_000).await.unwrap();
    assert!(matches!(store.put_budget(UnitId(999), 2026, 1).await, Err(Error::Conflict(_))));
    assert_eq!(store.promise(&approve(&request), 1_001, 2026).await.unwrap(), Promise::OverBudget(1_000));
    assert_eq!(store.promise(&approve(&request), 1, 2025).await.unwrap(), Promise::OverBudget(0), "another year");
    assert_eq!(store.request(request.id).await.unwrap().unwrap(), request, "nothing has changed");
    assert_eq!(store.promise(&approve(&request), 700, 2026).await.unwrap(), Promise::Kept);
    assert_eq!(store.promise(&approve(&request), 1, 2026).await.unwrap(), Promise::Overtaken);
    let promised = store.request(request.id).await.unwrap().unwrap();
    assert_eq!((promised.state, promised.amount_dong, promised.decided_at), (State::Approved, 700, Some(later(5))));

    let other = sent(store, who, 1).await;
    assert_eq!(store.promise(&approve(&other), 301, 2026).await.unwrap(), Promise::OverBudget(300));
    assert_eq!(store.promise(&approve(&other), 0, 2026).await.unwrap(), Promise::Kept, "what costs nothing");
    let lines = store.budgets(&a.path, 2026).await.unwrap();
    let told: Vec<_> = lines.iter().map(|l| (l.unit_code.as_str(), l.budget_dong, l.promised_dong)).collect();
    assert_eq!(told, [("A1", 1_000, 700)]);
    assert_eq!(store.budgets(&at(store, "B").await.path, 2026).await.unwrap(), []);
    assert_eq!(store.budgets(&a.path, 2027).await.unwrap(), []);
}

pub(super) async fn what_is_late_is_found_and_registers_are_of_a_subtree(store: &dyn Helping) {
    let (who, officer) = two_members(store).await;
    let (top, a, b) = (at(store, "TOP").await, at(store, "A").await, at(store, "B").await);
    let (first, second) = (sent(store, who, 0).await, sent(store, officer, 10).await);
    let late =
        async |minutes| store.late(later(minutes), 9).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(late(59).await, Vec::<i64>::new());
    let count = async |minutes| store.late_count(later(minutes)).await.unwrap();
    assert_eq!((count(60).await, count(61).await, count(71).await), (0, 1, 2), "due before, not at");
    assert_eq!(late(60).await, [first.id]);
    assert_eq!(late(70).await, [first.id, second.id]);
    assert_eq!(store.late(later(70), 1).await.unwrap().len(), 1, "the oldest first");
    assert!(store.advance(&Change { asked_at: Some(later(1)), ..step(&first, State::Asked) }).await.unwrap());
    assert_eq!(late(70).await, [second.id], "who waits for the member is not late");
    assert!(store.advance(&Change { desk: top.id, ..step(&second, State::Sent) }).await.unwrap());
    assert_eq!(late(70).await, Vec::<i64>::new(), "above the top is nobody");
    assert_eq!(count(71).await, 1, "and yet it is late");

    let range =
        RegisterRange { within: a.path.clone(), from: now(), until: later(20), state: None, before: None, rows_max: 9 };
    let ids =
        async |range: RegisterRange| store.register(&range).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(range.clone()).await, [second.id, first.id], "by the unit they came from, newest first");
    assert_eq!(ids(RegisterRange { rows_max: 1, ..range.clone() }).await, [second.id]);
    assert_eq!(ids(RegisterRange { before: Some(second.id), ..range.clone() }).await, [first.id]);
    assert_eq!(ids(RegisterRange { state: Some(State::Asked), ..range.clone() }).await, [first.id]);
    assert_eq!(ids(RegisterRange { until: later(10), ..range.clone() }).await, [first.id], "its end is not part of it");
    assert_eq!(ids(RegisterRange { from: later(1), ..range.clone() }).await, [second.id]);
    assert_eq!(ids(RegisterRange { within: b.path, ..range }).await, Vec::<i64>::new());

    let a1 = at(store, "A1").await.id;
    assert_eq!(store.officers(a1, 9).await.unwrap(), [], "there are none");
    store.put_grant(who, Role::Counsellor, top.id, now()).await.unwrap();
    store.put_grant(who, Role::Admin, a1, now()).await.unwrap();
    assert_eq!(store.officers(a1, 9).await.unwrap(), [who], "those of the nearest unit above");
    store.put_grant(officer, Role::Counsellor, a.id, now()).await.unwrap();
    assert_eq!(store.officers(a1, 9).await.unwrap(), [officer]);
    assert_eq!(store.officers(top.id, 9).await.unwrap(), [who]);
}

pub(super) async fn files_belong_to_a_request_and_go_with_their_member(store: &dyn Helping) {
    let (who, _) = two_members(store).await;
    let request = sent(store, who, 0).await;
    let file = FileRow { n: 0, name_sealed: vec![7], kind: FileKind::Pdf, length: 3, added_at: later(1) };
    let put =
        async |bytes: &'static [u8]| store.put_file(request.id, &file, bytes, (Side::Member, who), 2).await.unwrap();
    assert_eq!((put(b"one").await, put(b"two").await, put(b"three").await), (Some(1), Some(2), None));
    assert!(matches!(store.put_file(999, &file, b"x", (Side::Member, who), 2).await, Err(Error::Conflict(_))));
    assert_eq!(
        store.files(request.id).await.unwrap(),
        [FileRow { n: 1, ..file.clone() }, FileRow { n: 2, ..file.clone() }]
    );
    assert_eq!(store.file(request.id, 2).await.unwrap(), Some((FileRow { n: 2, ..file }, b"two".to_vec())));
    assert_eq!(store.file(request.id, 3).await.unwrap(), None);
    assert_eq!(store.entries(request.id).await.unwrap().len(), 3, "each is told");
    assert!(!store.advance(&step(&request, State::Taken)).await.unwrap(), "and is something that happened");

    let mut approved = sent(store, who, 2).await;
    assert!(store.advance(&step(&approved, State::Approved)).await.unwrap());
    let before = store.request(approved.id).await.unwrap().unwrap();
    store.forget_requests(who).await.unwrap();
    let open = store.request(request.id).await.unwrap().unwrap();
    approved = store.request(approved.id).await.unwrap().unwrap();
    assert_eq!((open.state, approved.state), (State::Withdrawn, State::Approved), "what was promised stays");
    assert!(!store.advance(&step(&before, State::Done)).await.unwrap(), "who read it before writes nothing more");
    for row in [&open, &approved] {
        assert!(row.words_sealed.is_empty());
        assert!(store.entries(row.id).await.unwrap().iter().all(|entry| entry.text_sealed.is_none()));
        assert_eq!(store.files(row.id).await.unwrap(), []);
    }
}

pub(super) async fn much_talk_holds_no_request_back<S: Helping + Clone + 'static>(store: &S) {
    let (who, _) = two_members(store).await;
    let id = sent(store, who, 0).await.id;
    for _ in 0..ENTRIES_MANY {
        let request = store.request(id).await.unwrap().unwrap();
        assert!(store.advance(&step(&request, State::Sent)).await.unwrap());
    }
    let store = Arc::new(store.clone());
    let support = Support::start(store.clone(), store.clone(), Arc::new(Keys::from_secret([1; 32]))).unwrap();
    let escalated = support.sweep(later(61)).await.unwrap();
    assert_eq!(escalated.iter().map(|one| one.request.id).collect::<Vec<_>>(), [id]);
    assert_eq!(store.request(id).await.unwrap().unwrap().desk.code, "A");
}
