/*!
What the ports of accounts promise, written once and run on each backend.

A backend's tests call [`contract_suite`] with a function that opens an empty store.
*/

use jiff::{SignedDuration, Timestamp};

use crate::{
    accounts::{
        ApiKey, AttemptLimits, LoginKind, LoginRow, MemberQuery, MemberRow, MemberState, PeopleStore, Role, Scope,
        SessionRow, SignInStore, Unit, UnitLevel, UnitRow,
    },
    error::Error,
    secrets::Hash,
};

/// All ports of accounts at once.
pub(super) trait Backend: PeopleStore + SignInStore {}
impl<T: PeopleStore + SignInStore> Backend for T {}

/// Tests of one backend; `$open` gives an empty store and what keeps it alive.
macro_rules! contract_suite {
    ($open:path, $contract:ident: $($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                let (store, _alive) = $open().await;
                crate::store::$contract::$name(&store).await;
            }
        )*
    };
}
pub(super) use contract_suite;

pub(super) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

pub(super) fn later(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

fn hash(text: &str) -> Hash {
    let mut hash = [0; 32];
    hash[..text.len()].copy_from_slice(text.as_bytes());
    hash
}

fn unit(code: &str, level: UnitLevel, parent: Option<&str>) -> UnitRow {
    UnitRow { code: code.to_owned(), name: format!("Đơn vị {code}"), level, parent_code: parent.map(str::to_owned) }
}

pub(super) fn member(number: &str, name: &str, unit: &str) -> MemberRow {
    MemberRow {
        number: number.to_owned(),
        name: name.to_owned(),
        name_folded: crate::accounts::fold_name(name),
        unit_code: unit.to_owned(),
        phone_sealed: Some(vec![1, 2]),
        email_sealed: None,
        logins: vec![LoginRow { kind: LoginKind::Number, hash: hash(number) }],
        invite: None,
    }
}

/// `TOP` over `A` (over `A1`) and `B`.
pub(super) async fn tree(store: &dyn Backend) {
    let rows = [
        unit("TOP", UnitLevel::Sector, None),
        unit("A", UnitLevel::Upper, Some("TOP")),
        unit("B", UnitLevel::Upper, Some("TOP")),
        unit("A1", UnitLevel::Base, Some("A")),
    ];
    assert_eq!(store.put_units(&rows).await.unwrap(), 4);
}

/// The tree with a member `1` in `A1` who is invited by the code `code`.
pub(super) async fn one_member(store: &dyn Backend) -> crate::accounts::Member {
    tree(store).await;
    let row = MemberRow { invite: Some(hash("code")), ..member("1", "Nguyễn An", "A1") };
    store.put_members(&[row], now(), later(60)).await.unwrap();
    store.member("1").await.unwrap().unwrap()
}

pub(super) async fn at(store: &dyn Backend, code: &str) -> Unit {
    store.unit(code).await.unwrap().unwrap()
}

pub(super) async fn units_make_a_tree_that_moves_as_a_whole(store: &dyn Backend) {
    tree(store).await;
    let (top, a, a1, b) = (at(store, "TOP").await, at(store, "A").await, at(store, "A1").await, at(store, "B").await);
    assert!(top.path.contains(&a1.path) && a.path.contains(&a1.path) && !b.path.contains(&a1.path));
    assert_eq!((a1.parent, top.parent, a1.level), (Some(a.id), None, UnitLevel::Base));
    let within: Vec<_> = store.units(Some(&a.path)).await.unwrap().into_iter().map(|unit| unit.code).collect();
    assert_eq!(within, ["A", "A1"]);
    assert_eq!(store.units(None).await.unwrap().len(), 4);
    assert_eq!(store.put_units(&[unit("A1", UnitLevel::Base, Some("A"))]).await.unwrap(), 0, "nothing changed");

    store.put_members(&[member("1", "An", "A1")], now(), now()).await.unwrap();
    assert_eq!(store.put_units(&[unit("A", UnitLevel::Upper, Some("B"))]).await.unwrap(), 1);
    let b = at(store, "B").await;
    assert!(b.path.contains(&at(store, "A1").await.path));
    assert!(b.path.contains(&store.member("1").await.unwrap().unwrap().unit_path));
    assert_eq!(store.count_members(&b.path).await.unwrap(), 1);

    let below_itself = store.put_units(&[unit("B", UnitLevel::Upper, Some("A1"))]).await.unwrap_err();
    assert!(matches!(below_itself, Error::Conflict(_)));
    let no_parent = store.put_units(&[unit("C", UnitLevel::Base, None), unit("D", UnitLevel::Base, Some("?"))]).await;
    assert!(matches!(no_parent, Err(Error::Conflict(_))));
    assert_eq!(store.unit("C").await.unwrap(), None, "a batch is kept whole or not at all");
}

pub(super) async fn members_are_kept_whole_or_not_at_all(store: &dyn Backend) {
    tree(store).await;
    let rows = [member("1", "Trần Bình", "A1"), member("2", "Nguyễn An", "B")];
    store.put_members(&rows, now(), now()).await.unwrap();
    let found = store.member("1").await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.unit_code.as_str(), found.state), ("Trần Bình", "A1", MemberState::Invited));
    assert_eq!(store.member_of(found.id).await.unwrap(), Some(found.clone()));
    assert_eq!(store.member("3").await.unwrap(), None);
    assert_eq!(store.contacts(found.id).await.unwrap().phone, Some(vec![1, 2]));

    let stolen =
        MemberRow { logins: vec![LoginRow { kind: LoginKind::Number, hash: hash("1") }], ..member("3", "C", "A") };
    let homeless = member("4", "D", "NOWHERE");
    for bad in [stolen, homeless] {
        let error = store.put_members(&[member("5", "E", "A"), bad], now(), now()).await.unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{error}");
        assert_eq!(store.member("5").await.unwrap(), None);
    }

    let moved = MemberRow { phone_sealed: None, ..member("1", "Trần Bình", "B") };
    store.put_members(&[moved], now(), now()).await.unwrap();
    let after = store.member("1").await.unwrap().unwrap();
    assert_eq!((after.id, after.unit_code.as_str()), (found.id, "B"));
    assert_eq!(store.contacts(after.id).await.unwrap().phone, None);
    let mut directory = store.directory().await.unwrap();
    directory.sort_by(|left, right| left.number.cmp(&right.number));
    assert_eq!(directory.iter().map(|entry| entry.unit_code.as_str()).collect::<Vec<_>>(), ["B", "B"]);
    assert_eq!(directory[0].logins, [LoginRow { kind: LoginKind::Number, hash: hash("1") }]);
}

pub(super) async fn members_are_listed_by_unit_and_name_and_found_by_words(store: &dyn Backend) {
    tree(store).await;
    let rows: Vec<MemberRow> = (0..25)
        .map(|n| member(&format!("{n}"), &format!("Nguyễn Văn {}", ["An", "Bình", "Chi"][n % 3]), ["A1", "B"][n % 2]))
        .collect();
    store.put_members(&rows, now(), now()).await.unwrap();
    let (top, a) = (at(store, "TOP").await, at(store, "A").await);
    let mut query = MemberQuery { within: top.path.clone(), words: Vec::new(), after: None, members_max: 10 };
    let mut all = Vec::new();
    loop {
        let page = store.members(&query).await.unwrap();
        query.after = page.last().map(|member| member.id);
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    assert_eq!(all.len(), 25);
    assert!(all.is_sorted_by_key(|m| (m.unit_path.clone(), m.name.clone(), m.id)));
    query = MemberQuery { within: a.path.clone(), words: Vec::new(), after: None, members_max: 100 };
    assert_eq!(store.members(&query).await.unwrap().len(), 13);
    assert_eq!(store.count_members(&a.path).await.unwrap(), 13);
    query = MemberQuery {
        within: top.path,
        words: vec!["binh".to_owned(), "ng".to_owned()],
        after: None,
        members_max: 100,
    };
    assert_eq!(store.members(&query).await.unwrap().len(), 8);
    store.put_members(&[member("1", "Lê Dũng", "B")], now(), now()).await.unwrap();
    assert_eq!(store.members(&query).await.unwrap().len(), 7, "a name that changed is no longer found");
    query.words = vec!["\"x OR *".to_owned()];
    assert_eq!(store.members(&query).await.unwrap(), []);
}

pub(super) async fn roles_are_given_once_and_taken(store: &dyn Backend) {
    let who = one_member(store).await.id;
    let (a, b) = (at(store, "A").await, at(store, "B").await);
    assert!(store.put_grant(who, Role::Admin, a.id, now()).await.unwrap());
    assert!(!store.put_grant(who, Role::Admin, a.id, now()).await.unwrap());
    assert!(store.put_grant(who, Role::Editor, b.id, now()).await.unwrap());
    let grants = store.grants(who).await.unwrap();
    assert_eq!(
        grants.iter().map(|g| (g.role, g.unit_code.as_str())).collect::<Vec<_>>(),
        [(Role::Admin, "A"), (Role::Editor, "B")]
    );
    assert_eq!(grants[0].path, a.path);
    assert!(store.drop_grant(who, Role::Admin, a.id).await.unwrap());
    assert!(!store.drop_grant(who, Role::Admin, a.id).await.unwrap());
    assert_eq!(
        store.redeem(&hash("code"), "phc", now()).await.unwrap(),
        None,
        "a code opens no more than when it was made"
    );
    store.put_invite(who, &hash("newer"), now(), later(60)).await.unwrap();
    assert!(!store.put_grant(who, Role::Editor, b.id, now()).await.unwrap());
    assert_eq!(store.redeem(&hash("newer"), "phc", now()).await.unwrap(), Some(who), "nothing was given: it stays");
    let nobody = crate::accounts::MemberId(9_999);
    assert!(matches!(store.put_grant(nobody, Role::Admin, a.id, now()).await, Err(Error::Conflict(_))));
}

pub(super) async fn an_invite_code_opens_once_in_time_and_replaces_the_one_before(store: &dyn Backend) {
    let who = one_member(store).await.id;
    assert_eq!(store.redeem(&hash("wrong"), "phc", now()).await.unwrap(), None);
    assert_eq!(store.redeem(&hash("code"), "phc", later(61)).await.unwrap(), None, "it has ended");
    store.put_invite(who, &hash("newer"), now(), later(60)).await.unwrap();
    assert_eq!(store.redeem(&hash("code"), "phc", now()).await.unwrap(), None, "it was replaced");
    store.block(who, true, now()).await.unwrap();
    assert_eq!(store.redeem(&hash("newer"), "phc", now()).await.unwrap(), None, "its owner is blocked");
    store.block(who, false, now()).await.unwrap();
    assert_eq!(store.redeem(&hash("newer"), "phc", now()).await.unwrap(), Some(who));
    assert_eq!(store.redeem(&hash("newer"), "phc", now()).await.unwrap(), None, "it was used");
    let found = store.credentials(&hash("1")).await.unwrap().unwrap();
    assert_eq!((found.member, found.password.as_deref(), found.blocked), (who, Some("phc"), false));
    assert_eq!(store.credentials_of(who).await.unwrap(), Some(found));
    assert_eq!(store.credentials(&hash("2")).await.unwrap(), None);
    assert_eq!(store.member("1").await.unwrap().unwrap().state, MemberState::Active);
}

fn session(who: crate::accounts::MemberId, token: &str, minutes: i64) -> SessionRow {
    SessionRow {
        member: who,
        token: hash(token),
        device: token.to_owned(),
        now: later(minutes),
        expires_at: later(100),
    }
}

pub(super) async fn sessions_end_by_time_by_number_and_by_their_owner(store: &dyn Backend) {
    let who = one_member(store).await.id;
    store.put_grant(who, Role::Editor, at(store, "A").await.id, now()).await.unwrap();
    store.put_invite(who, &hash("code"), now(), later(60)).await.unwrap();
    let mut ids = Vec::new();
    for (minutes, token) in ["a", "b", "c", "d"].into_iter().enumerate() {
        ids.push(store.start_session(&session(who, token, i64::try_from(minutes).unwrap()), 3).await.unwrap());
    }
    assert_eq!(store.session(&hash("a"), later(5)).await.unwrap(), None, "beyond the most, the oldest ended");
    let found = store.session(&hash("b"), later(5)).await.unwrap().unwrap();
    assert_eq!((found.member.id, found.session.id, found.grants.len()), (who, ids[1], 1));
    store.touch_session(ids[1], later(50), later(200)).await.unwrap();
    let held = store.sessions(who, later(60)).await.unwrap();
    assert_eq!(held.iter().map(|s| s.device.as_str()).collect::<Vec<_>>(), ["b", "d", "c"]);
    assert_eq!((held[0].seen_at, held[0].expires_at), (later(50), later(200)));
    assert_eq!(store.session(&hash("c"), later(100)).await.unwrap(), None, "its time is over");
    assert!(store.session(&hash("b"), later(150)).await.unwrap().is_some());
    assert!(!store.end_session(crate::accounts::MemberId(9_999), ids[3]).await.unwrap(), "it is another's");
    assert!(store.end_session(who, ids[3]).await.unwrap());
    assert_eq!(store.session(&hash("d"), later(5)).await.unwrap(), None);
    assert_eq!(store.sweep(later(100)).await.unwrap(), 2, "one session and one invite code have ended");
    store.set_password(who, "other", Some(ids[1])).await.unwrap();
    assert!(store.session(&hash("b"), later(5)).await.unwrap().is_some(), "the one that is kept");
    store.set_password(who, "other", None).await.unwrap();
    assert_eq!(store.session(&hash("b"), later(5)).await.unwrap(), None);
    store.start_session(&session(who, "e", 0), 3).await.unwrap();
    store.block(who, true, now()).await.unwrap();
    assert_eq!(store.session(&hash("e"), later(5)).await.unwrap(), None, "its owner is blocked");
}

pub(super) async fn tries_are_counted_locked_and_forgotten(store: &dyn Backend) {
    let limits = AttemptLimits { attempts_max: 3, window_ms: 10 * 60_000, lock_ms: 5 * 60_000 };
    let count = |minutes: i64| async move { store.begin_attempt(&hash("k"), limits, later(minutes)).await.unwrap() };
    for _ in 0..3 {
        assert_eq!(count(0).await, None);
    }
    assert_eq!(count(1).await, Some(later(6)), "the fourth try locks");
    assert_eq!(count(5).await, Some(later(6)), "a lock does not grow");
    assert_eq!(count(6).await, None, "it ends");
    assert_eq!(count(7).await, None);
    assert_eq!(count(16).await, None, "a quiet window is forgotten");
    for _ in 0..2 {
        assert_eq!(count(17).await, None);
    }
    assert!(count(17).await.is_some());
    store.forget_attempts(&hash("k")).await.unwrap();
    assert_eq!(count(17).await, None);
    assert_eq!(store.begin_attempt(&hash("other"), limits, now()).await.unwrap(), None, "keys are apart");
    assert_eq!(store.sweep(later(3 * 24 * 60)).await.unwrap(), 2);
}

pub(super) async fn keys_of_programs_end_and_are_few(store: &dyn Backend) {
    let who = one_member(store).await.id;
    let key = ApiKey {
        id: 0,
        name: "bot".to_owned(),
        scopes: vec![Scope::Ask, Scope::Read],
        requests_per_minute_max: 60,
        created_at: now(),
        expires_at: later(100),
    };
    let id = store.put_api_key(who, &hash("x"), &key, 2).await.unwrap();
    let other = store.put_api_key(who, &hash("y"), &key, 2).await.unwrap();
    assert!(matches!(store.put_api_key(who, &hash("z"), &key, 2).await, Err(Error::Conflict(_))));
    let found = store.api_key(&hash("x"), now()).await.unwrap().unwrap();
    assert_eq!((found.member.id, found.key), (who, ApiKey { id, ..key.clone() }));
    assert_eq!(store.api_key(&hash("x"), later(100)).await.unwrap(), None);
    assert_eq!(store.api_keys(who, now()).await.unwrap().len(), 2);
    assert!(!store.end_api_key(crate::accounts::MemberId(9_999), other).await.unwrap());
    assert!(store.end_api_key(who, other).await.unwrap());
    assert_eq!(store.api_key(&hash("y"), now()).await.unwrap(), None);
    store.set_password(who, "phc", None).await.unwrap();
    assert_eq!(store.api_key(&hash("x"), now()).await.unwrap(), None, "a new password ends them");
    store.put_api_key(who, &hash("x"), &key, 2).await.unwrap();
    store.put_invite(who, &hash("newer"), now(), later(60)).await.unwrap();
    assert!(store.api_key(&hash("x"), now()).await.unwrap().is_some(), "a code that waits ends nothing");
    store.redeem(&hash("newer"), "phc", now()).await.unwrap();
    assert_eq!(store.api_key(&hash("x"), now()).await.unwrap(), None, "a code that is used ends them");
    store.put_api_key(who, &hash("x"), &key, 2).await.unwrap();
    store.block(who, true, now()).await.unwrap();
    assert_eq!(store.api_key(&hash("x"), now()).await.unwrap(), None);
}

/// What a session, a key and a code of a member give at `minutes`.
async fn ways_in(store: &dyn Backend, who: crate::accounts::MemberId) -> [bool; 3] {
    let key = hash("k");
    let used = store.redeem(&hash("newer"), "phc", later(1)).await.unwrap() == Some(who);
    let session = store.session(&hash("s"), later(1)).await.unwrap().is_some();
    [session, store.api_key(&key, later(1)).await.unwrap().is_some(), used]
}

/// Gives a member a session, a key and a code.
async fn let_in(store: &dyn Backend, who: crate::accounts::MemberId) {
    let key = ApiKey {
        id: 0,
        name: "bot".to_owned(),
        scopes: vec![Scope::Ask],
        requests_per_minute_max: 60,
        created_at: now(),
        expires_at: later(100),
    };
    store.start_session(&session(who, "s", 0), 3).await.unwrap();
    store.put_api_key(who, &hash("k"), &key, 3).await.unwrap();
    store.put_invite(who, &hash("newer"), now(), later(60)).await.unwrap();
}

pub(super) async fn what_a_block_an_erasure_and_a_code_end_stays_ended(store: &dyn Backend) {
    let who = one_member(store).await.id;
    let_in(store, who).await;
    store.block(who, true, now()).await.unwrap();
    store.block(who, false, now()).await.unwrap();
    assert_eq!(ways_in(store, who).await, [false, false, true], "a code waits for who is let in again");
    let_in(store, who).await;
    assert_eq!(ways_in(store, who).await, [false, false, true], "using it has ended the others");
    store.put_grant(who, Role::Editor, at(store, "A").await.id, now()).await.unwrap();
    let_in(store, who).await;
    store.erase(who, now()).await.unwrap();
    assert_eq!(ways_in(store, who).await, [false; 3]);
    assert_eq!(store.grants(who).await.unwrap(), []);
    let_in(store, who).await;
    assert_eq!(store.sweep(later(100)).await.unwrap(), 3, "a session, a key and a code have ended");
}

pub(super) async fn a_row_replaces_all_names_and_the_code_before(store: &dyn Backend) {
    let who = one_member(store).await.id;
    let mut row = MemberRow { invite: Some(hash("newer")), ..member("1", "Nguyễn An", "A1") };
    row.logins.push(LoginRow { kind: LoginKind::Phone, hash: hash("090") });
    store.put_members(&[row.clone()], now(), later(60)).await.unwrap();
    assert_eq!(store.credentials(&hash("090")).await.unwrap().unwrap().member, who);
    row.logins[1].hash = hash("091");
    row.invite = None;
    store.put_members(&[row], now(), later(60)).await.unwrap();
    assert_eq!(store.credentials(&hash("090")).await.unwrap(), None, "a name that is gone opens nothing");
    assert_eq!(store.redeem(&hash("code"), "phc", now()).await.unwrap(), None, "it was replaced");
    assert_eq!(store.redeem(&hash("newer"), "phc", now()).await.unwrap(), Some(who), "a row without a code leaves it");
}
