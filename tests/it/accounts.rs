//! Accounts over the real store: signing in, codes, roles, reach, keys of programs, imports.

use std::sync::Arc;

use congdoan::{
    accounts::{
        Accounts, Actor, ClientFacts, FirstAdmin, ImportKind, ImportWish, IssuedCode, MemberListWish, MemberState,
        NewApiKey, Role, Scope, SignInStore as _, Visitor,
    },
    error::{Error, Result},
    secrets::{Keys, Token},
    store::{SqliteStore, StoreLimits},
};
use jiff::{SignedDuration, Timestamp};

/// A password within the rules.
const PASSWORD: &str = "mưa rơi trên mái";
const UNITS: &str = "mã đơn vị,tên đơn vị,cấp,mã đơn vị cấp trên\n\
    N,Ngành thử,ngành,\nA,Cấp trên A,cấp trên,N\nA1,Cơ sở A1,cơ sở,A\nB,Cấp trên B,cấp trên,N\n";
const MEMBERS: &str = "mã đoàn viên;họ tên;điện thoại;email;mã đơn vị\n\
    1;Nguyễn Thị An;0900 000 001;an@noi.vn;A1\n2;Trần Bình;;;A1\n3;Lê Chi;0900000003;;B\n";

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn later(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

fn client() -> ClientFacts {
    ClientFacts { address: "192.0.2.1".to_owned(), device: "Trình duyệt thử".to_owned() }
}

struct World {
    accounts: Accounts,
    store: SqliteStore,
    codes: Vec<IssuedCode>,
    _folder: tempfile::TempDir,
}

impl World {
    /// Nothing but an empty store.
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::open(folder.path()).unwrap());
        let store = SqliteStore::open(folder.path(), &keys, StoreLimits::default()).await.unwrap();
        let accounts = Accounts::start(Arc::new(store.clone()), Arc::new(store.clone()), keys).unwrap();
        Self { accounts, store, codes: Vec::new(), _folder: folder }
    }

    /// Units `N` over `A` (over `A1`) and `B`; members 1 and 2 in `A1`, 3 in `B`.
    async fn new() -> Self {
        let mut world = Self::empty().await;
        world.import(UNITS, false).await.unwrap();
        world.import(MEMBERS, false).await.unwrap();
        world
    }

    async fn import(&mut self, file: &str, dry_run: bool) -> Result<congdoan::accounts::ImportReport> {
        let codes = &mut self.codes;
        let mut hand_over = |issued: &[IssuedCode]| {
            codes.extend_from_slice(issued);
            Ok(())
        };
        self.accounts.import(file.as_bytes(), ImportWish { dry_run }, now(), &mut hand_over).await
    }

    /// The member signs in with the code of the import.
    async fn member(&self, number: &str) -> Actor {
        let code = self.codes.iter().rfind(|code| code.number == number).unwrap().code.shown();
        let signed_in = self.accounts.redeem(&code, PASSWORD, &client(), now()).await.unwrap();
        self.actor(&signed_in.token, now()).await.unwrap()
    }

    async fn actor(&self, token: &Token, at: Timestamp) -> Option<Actor> {
        match self.accounts.visitor(token, at).await.unwrap() {
            Visitor::Member(actor) => Some(*actor),
            Visitor::Anonymous => None,
        }
    }

    /// Number 9, admin of everything.
    async fn first_admin(&self) -> Actor {
        let wish = FirstAdmin {
            number: "9".to_owned(),
            name: "Quản Trị".to_owned(),
            unit: ("N".to_owned(), "Ngành thử".to_owned()),
        };
        let code = self.accounts.make_first_admin(&wish, now()).await.unwrap();
        let signed_in = self.accounts.redeem(&code.shown(), PASSWORD, &client(), now()).await.unwrap();
        self.actor(&signed_in.token, now()).await.unwrap()
    }

    /// The member with that number, with a role over a unit, signed in anew.
    async fn with_role(&self, admin: &Actor, number: &str, role: Role, unit: &str) -> Actor {
        self.accounts.give_role(admin, number, role, unit, now()).await.unwrap();
        let signed_in = self.accounts.sign_in(number, PASSWORD, &client(), now()).await.unwrap();
        self.actor(&signed_in.token, now()).await.unwrap()
    }
}

fn is_not_found<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound { .. }))
}

#[tokio::test]
async fn a_member_signs_in_by_number_telephone_or_mail() {
    let world = World::new().await;
    world.member("1").await;
    for name in ["1", "0900000001", "+84 900 000 001", "AN@noi.vn"] {
        let signed_in = world.accounts.sign_in(name, PASSWORD, &client(), now()).await.unwrap();
        assert_eq!(world.actor(&signed_in.token, now()).await.unwrap().member().number, "1", "{name}");
    }
    for (name, password) in [("1", "mưa rơi trên sông"), ("2", PASSWORD), ("77", PASSWORD), ("", PASSWORD), ("1", "")]
    {
        let refused = world.accounts.sign_in(name, password, &client(), now()).await;
        assert!(matches!(refused, Err(Error::WrongCredentials)), "{name}");
    }
}

#[tokio::test]
async fn guessing_locks_accounts_known_or_not_alike() {
    let world = World::new().await;
    world.member("1").await;
    for name in ["1", "77"] {
        for attempt in 0..10 {
            let refused = world.accounts.sign_in(name, "sai mật khẩu", &client(), now()).await;
            assert!(matches!(refused, Err(Error::WrongCredentials)), "{name} {attempt}: {refused:?}");
        }
        let locked = world.accounts.sign_in(name, "sai mật khẩu", &client(), now()).await.unwrap_err();
        assert!(matches!(locked, Error::TooManyAttempts { retry_after_s: 901 }), "{name}: {locked:?}");
    }
    let right = world.accounts.sign_in("1", PASSWORD, &client(), later(10)).await;
    assert!(matches!(right, Err(Error::TooManyAttempts { .. })), "here it stays locked");
    let owner = world.accounts.sign_in("0900000001", PASSWORD, &client(), later(10)).await;
    assert!(owner.is_ok(), "that two names belong together cannot be seen from locks");
    let home = ClientFacts { address: "198.51.100.7".to_owned(), ..client() };
    assert!(
        world.accounts.sign_in("1", PASSWORD, &home, later(10)).await.is_ok(),
        "nobody is locked out from elsewhere"
    );
    assert!(world.accounts.sign_in("1", PASSWORD, &client(), later(16)).await.is_ok());
}

#[tokio::test]
async fn many_networks_together_may_guess_only_so_often() {
    let world = World::new().await;
    world.member("1").await;
    for name in ["1", "77"] {
        let mut tried = 0;
        for network in 0..20 {
            let from = ClientFacts { address: format!("203.0.113.{network}"), ..client() };
            for _ in 0..10 {
                match world.accounts.sign_in(name, "sai mật khẩu", &from, now()).await.unwrap_err() {
                    Error::WrongCredentials => tried += 1,
                    Error::TooManyAttempts { .. } => {}
                    other => panic!("{other}"),
                }
            }
        }
        assert_eq!(tried, 100, "{name}");
    }
}

#[tokio::test]
async fn a_password_that_is_confirmed_wrongly_does_not_lock_signing_in() {
    let world = World::new().await;
    let actor = world.member("1").await;
    for _ in 0..10 {
        assert!(matches!(world.accounts.confirm_password(&actor, "sai", now()).await, Err(Error::Invalid { .. })));
    }
    let locked = world.accounts.confirm_password(&actor, PASSWORD, now()).await;
    assert!(matches!(locked, Err(Error::TooManyAttempts { .. })), "{locked:?}");
    assert!(world.accounts.sign_in("1", PASSWORD, &client(), now()).await.is_ok());
}

#[test]
fn a_network_is_what_one_machine_can_change_within() {
    let network = |address: &str| ClientFacts { address: address.to_owned(), device: String::new() }.network();
    assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:ffff:1:2:3"));
    assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    assert_eq!(network("192.0.2.1:5000"), "192.0.2.1");
    assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    assert_eq!(network("không rõ"), "không rõ");
}

#[tokio::test]
async fn an_address_may_try_only_so_often() {
    let world = World::new().await;
    let mut refused = None;
    for attempt in 0..200 {
        let tried = world.accounts.sign_in("", "x", &client(), now()).await.unwrap_err();
        if matches!(tried, Error::TooManyAttempts { .. }) {
            refused = Some(attempt);
            break;
        }
    }
    assert!(refused.is_some_and(|attempt| 100 < attempt), "{refused:?}");
    let other = ClientFacts { address: "192.0.2.2".to_owned(), ..client() };
    assert!(matches!(world.accounts.sign_in("", "x", &other, now()).await, Err(Error::WrongCredentials)));
    let within = |last: u32| ClientFacts { address: format!("2001:db8::{last:x}"), ..client() };
    for last in 0..120 {
        assert!(matches!(world.accounts.sign_in("", "x", &within(last), now()).await, Err(Error::WrongCredentials)));
    }
    let beyond = world.accounts.sign_in("", "x", &within(999), now()).await;
    assert!(matches!(beyond, Err(Error::TooManyAttempts { .. })), "a network of IPv6 counts as one: {beyond:?}");
}

#[tokio::test]
async fn sessions_last_while_used_and_end_when_told() {
    let world = World::new().await;
    let actor = world.member("1").await;
    let other = world.accounts.sign_in("1", PASSWORD, &client(), now()).await.unwrap();
    let days = |days: i64| later(days * 24 * 60);
    assert!(world.actor(&other.token, days(29)).await.is_some());
    assert!(world.actor(&other.token, days(58)).await.is_some(), "use prolongs it");
    assert!(world.actor(&other.token, days(89)).await.is_none(), "30 days without use end it");
    let held = world.accounts.sessions(&actor, days(1)).await.unwrap();
    assert_eq!(held.len(), 2);
    let second = held.iter().find(|session| Some(session.id) != actor.session()).unwrap();
    let stranger = world.member("3").await;
    assert!(is_not_found(world.accounts.end_session(&stranger, second.id).await));
    world.accounts.end_session(&actor, second.id).await.unwrap();
    assert!(world.actor(&other.token, days(1)).await.is_none());
    assert!(world.actor(&Token::random().unwrap(), now()).await.is_none());
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let world = World::new().await;
    let actor = world.member("1").await;
    let other = world.accounts.sign_in("1", PASSWORD, &client(), now()).await.unwrap();
    let change =
        |current: &'static str, next: &'static str| world.accounts.change_password(&actor, current, next, now());
    for (current, next, field) in [("sai rồi", "nắng lên rồi đó", "current"), (PASSWORD, "ngắn", "password")]
    {
        let Err(Error::Invalid { field: at, .. }) = change(current, next).await else { panic!("{field} was taken") };
        assert_eq!(at, field);
    }
    change(PASSWORD, "nắng lên rồi đó").await.unwrap();
    assert!(world.actor(&other.token, now()).await.is_none());
    assert_eq!(world.accounts.sessions(&actor, now()).await.unwrap().len(), 1);
    assert!(world.accounts.sign_in("1", "nắng lên rồi đó", &client(), now()).await.is_ok());
}

#[tokio::test]
async fn an_admin_reaches_their_subtree_and_no_account_beyond_it() {
    let world = World::new().await;
    let top = world.first_admin().await;
    world.member("1").await;
    world.member("2").await;
    let of_a = world.with_role(&top, "1", Role::Admin, "A").await;
    let accounts = &world.accounts;
    let wish = |unit: &str| MemberListWish { unit: Some(unit.to_owned()), ..MemberListWish::default() };
    let listed = accounts.list_members(&of_a, &wish("A")).await.unwrap();
    assert_eq!(listed.members.iter().map(|m| m.number.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!((listed.total, listed.next), (2, None));
    assert!(is_not_found(accounts.list_members(&of_a, &wish("B")).await));
    assert!(is_not_found(accounts.list_members(&of_a, &wish("N")).await));
    assert!(is_not_found(accounts.member_detail(&of_a, "3").await));
    assert!(is_not_found(accounts.invite(&of_a, "3", now()).await));
    assert!(is_not_found(accounts.block(&of_a, "3", true, now()).await));
    assert!(is_not_found(accounts.give_role(&of_a, "2", Role::Admin, "N", now()).await));
    assert!(is_not_found(accounts.give_role(&of_a, "3", Role::Editor, "A", now()).await));
    assert!(is_not_found(accounts.take_role(&of_a, "9", Role::Admin, "N").await));
    let of_b = world.with_role(&top, "2", Role::Counsellor, "N").await;
    assert!(is_not_found(accounts.list_members(&of_b, &MemberListWish::default()).await), "a counsellor lists nobody");
    for outcome in [accounts.invite(&of_a, "2", now()).await.map(|_| ()), accounts.block(&of_a, "2", true, now()).await]
    {
        assert!(matches!(outcome, Err(Error::Forbidden(_))), "2 has a role beyond A: {outcome:?}");
    }
    assert!(matches!(accounts.take_role(&top, "9", Role::Admin, "N").await, Err(Error::Conflict(_))));
    assert!(matches!(accounts.invite(&top, "9", now()).await, Err(Error::Conflict(_))), "not one's own");
    assert!(accounts.take_role(&top, "2", Role::Counsellor, "N").await.unwrap());
    let units: Vec<_> = accounts.units(&of_a).await.unwrap().into_iter().map(|unit| unit.code).collect();
    assert_eq!(units, ["A", "A1"]);
}

#[tokio::test]
async fn members_are_found_by_name_number_and_telephone() {
    let world = World::new().await;
    let top = world.first_admin().await;
    let of = |search: &str, unit: &str| MemberListWish {
        search: search.to_owned(),
        unit: Some(unit.to_owned()),
        after: None,
        role: None,
    };
    for (search, unit, found) in [
        ("nguyen an", "N", vec!["1"]),
        ("Bình", "N", vec!["2"]),
        ("3", "N", vec!["3"]),
        ("0900.000.003", "N", vec!["3"]),
        ("0900000003", "A", vec![]),
        ("an@noi.vn", "N", vec!["1"]),
        ("không ai", "N", vec![]),
    ] {
        let list = world.accounts.list_members(&top, &of(search, unit)).await.unwrap();
        assert_eq!(list.members.iter().map(|m| m.number.as_str()).collect::<Vec<_>>(), found, "{search} in {unit}");
    }
    let detail = world.accounts.member_detail(&top, "1").await.unwrap();
    assert_eq!((detail.phone.as_deref(), detail.email.as_deref()), (Some("0900000001"), Some("an@noi.vn")));
}

#[tokio::test]
async fn a_blocked_member_is_out_at_once_and_back_when_let_in() {
    let world = World::new().await;
    let top = world.first_admin().await;
    world.member("1").await;
    let session = world.accounts.sign_in("1", PASSWORD, &client(), now()).await.unwrap();
    world.accounts.block(&top, "1", true, now()).await.unwrap();
    assert!(world.actor(&session.token, now()).await.is_none());
    assert!(matches!(world.accounts.sign_in("1", PASSWORD, &client(), now()).await, Err(Error::WrongCredentials)));
    assert!(matches!(world.accounts.invite(&top, "1", now()).await, Err(Error::Conflict(_))));
    assert_eq!(world.accounts.member_detail(&top, "1").await.unwrap().member.state, MemberState::Blocked);
    world.accounts.block(&top, "1", false, now()).await.unwrap();
    assert!(world.accounts.sign_in("1", PASSWORD, &client(), now()).await.is_ok());
    assert!(matches!(world.accounts.block(&top, "9", true, now()).await, Err(Error::Conflict(_))), "not oneself");
}

#[tokio::test]
async fn a_key_does_what_it_was_made_for_within_its_quota() {
    let world = World::new().await;
    let actor = world.member("1").await;
    let wish = NewApiKey { name: "máy".to_owned(), scopes: vec![Scope::Ask], requests_per_minute_max: 3, days: 30 };
    let (text, key) = world.accounts.make_api_key(&actor, wish.clone(), now()).await.unwrap();
    for bad in [
        NewApiKey { name: " ".to_owned(), ..wish.clone() },
        NewApiKey { scopes: Vec::new(), ..wish.clone() },
        NewApiKey { requests_per_minute_max: 0, ..wish.clone() },
        NewApiKey { days: 0, ..wish.clone() },
    ] {
        assert!(matches!(world.accounts.make_api_key(&actor, bad, now()).await, Err(Error::Invalid { .. })));
    }
    let Visitor::Member(by_key) = world.accounts.visitor_of_key(&text, now()).await.unwrap() else { panic!() };
    assert_eq!(by_key.member().number, "1");
    assert!(by_key.require_scope(Scope::Ask).is_ok());
    assert!(matches!(world.accounts.sessions(&by_key, now()).await, Err(Error::Forbidden(_))));
    assert!(matches!(world.accounts.make_api_key(&by_key, wish, now()).await, Err(Error::Forbidden(_))));
    world.accounts.visitor_of_key(&text, now()).await.unwrap();
    world.accounts.visitor_of_key(&text, now()).await.unwrap();
    let beyond = world.accounts.visitor_of_key(&text, now()).await;
    assert!(matches!(beyond, Err(Error::TooManyAttempts { .. })), "{beyond:?}");
    assert!(matches!(world.accounts.visitor_of_key("congdoan_x", now()).await, Err(Error::Unauthenticated)));
    let stranger = world.member("3").await;
    assert!(is_not_found(world.accounts.end_api_key(&stranger, key.id).await));
    world.accounts.end_api_key(&actor, key.id).await.unwrap();
    assert!(matches!(world.accounts.visitor_of_key(&text, now()).await, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn an_import_tells_its_mistakes_by_line_and_again_changes_nothing() {
    let mut world = World::new().await;
    assert_eq!(world.codes.len(), 3);
    for file in [UNITS, MEMBERS] {
        let again = world.import(file, false).await.unwrap();
        assert_eq!((again.created, again.changed, again.codes, again.problem_count), (0, 0, 0, 0));
        assert_eq!(again.unchanged, again.rows);
    }
    let file = "number,name,phone,email,unit\n\
        4,Phạm Dũng,0900000004,,A1\n\
        5,,,,A1\n\
        6,Vũ Em,12,,A1\n\
        7,Hồ Giang,,,X9\n\
        8,Hồ Hải,0900000003,,B\n\
        4,Phạm Dũng,,,A1\n\
        a b,Ai,,,A1\n\
        2,Trần Văn Bình,,binh@noi.vn,B\n";
    let dry = world.import(file, true).await.unwrap();
    assert_eq!(world.codes.len(), 3, "a dry run makes no codes");
    let report = world.import(file, false).await.unwrap();
    assert_eq!(dry, report);
    assert_eq!(
        (report.kind, report.rows, report.created, report.changed, report.codes),
        (ImportKind::Members, 8, 1, 1, 1)
    );
    let problems: Vec<_> = report.problems.iter().map(|p| (p.line, p.column.as_str())).collect();
    assert_eq!(problems, [(3, "name"), (4, "phone"), (5, "unit"), (6, "phone"), (7, "number"), (8, "number")]);
    assert_eq!(world.codes.last().unwrap().number, "4");
    let top = world.first_admin().await;
    assert_eq!(world.accounts.member_detail(&top, "2").await.unwrap().member.unit_code, "B");
    assert!(matches!(world.import("number,name\n1,An", false).await, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn a_telephone_number_does_not_pass_to_another_member_by_an_import() {
    let mut world = World::new().await;
    let actor = world.member("1").await;
    // 1 has a new number, and 2 is said to have theirs.
    let file = "number,name,phone,email,unit\n1,Nguyễn Thị An,0900000099,an@noi.vn,A1\n\
                2,Trần Bình,0900000001,,A1\n";
    let report = world.import(file, false).await.unwrap();
    assert_eq!((report.changed, report.problem_count), (1, 1));
    assert_eq!((report.problems[0].line, report.problems[0].column.as_str()), (3, "phone"));
    let top = world.first_admin().await;
    assert_eq!(world.accounts.member_detail(&top, "2").await.unwrap().phone, None, "nothing of the row was taken over");
    let own = world.accounts.own_detail(&actor).await.unwrap();
    assert_eq!(own.phone.as_deref(), Some("0900000099"));
    assert!(matches!(
        world.accounts.sign_in("0900000001", PASSWORD, &client(), now()).await,
        Err(Error::WrongCredentials)
    ));
}

#[tokio::test]
async fn an_import_brings_nothing_back_of_an_erased_account() {
    let mut world = World::new().await;
    let actor = world.member("1").await;
    world.accounts.erase(&actor, now()).await.unwrap();
    let codes = world.codes.len();
    let again = world.import(MEMBERS, false).await.unwrap();
    assert_eq!((again.unchanged, again.codes, again.problem_count), (3, 0, 0));
    assert_eq!(world.codes.len(), codes, "no code opens it again unasked");
    let top = world.first_admin().await;
    let detail = world.accounts.member_detail(&top, "1").await.unwrap();
    assert_eq!((detail.phone, detail.email), (None, None));
    // They come back when they ask an admin; their contacts do not.
    let code = world.accounts.invite(&top, "1", now()).await.unwrap().code.shown();
    world.accounts.redeem(&code, PASSWORD, &client(), now()).await.unwrap();
    assert_eq!(world.import(MEMBERS, false).await.unwrap().unchanged, 3);
    assert!(world.accounts.sign_in("1", PASSWORD, &client(), now()).await.is_ok());
    assert!(world.accounts.sign_in("0900000001", PASSWORD, &client(), now()).await.is_err());
}

#[tokio::test]
async fn units_at_fault_are_told_and_the_rest_is_kept() {
    let mut world = World::empty().await;
    let file = "unit,unit_name,level,parent\nN,Ngành,sector,\nM,Khác,sector,\nA,A,upper,N\nX,X,base,Q\nY,Y,sector,A\n\
                A,Hai lần,upper,N\nZ,Z,??,A\nA1,A1,Công đoàn cơ sở,A\n";
    let report = world.import(file, false).await.unwrap();
    assert_eq!((report.kind, report.created, report.problem_count), (ImportKind::Units, 3, 5));
    let problems: Vec<_> = report.problems.iter().map(|p| (p.line, p.column.as_str())).collect();
    assert_eq!(problems, [(3, "parent"), (5, "parent"), (6, "level"), (7, "unit"), (8, "level")]);
}

#[tokio::test]
async fn a_code_expires_and_who_has_none_gets_one_with_the_next_import() {
    let mut world = World::new().await;
    let code = world.codes[0].code.shown();
    let day = |days: i64| later(days * 24 * 60);
    let late = world.accounts.redeem(&code, PASSWORD, &client(), day(61)).await;
    assert!(matches!(late, Err(Error::Invalid { field, .. }) if field == "code"));
    world.store.sweep(day(61)).await.unwrap();
    let again = world.import(MEMBERS, false).await.unwrap();
    assert_eq!((again.created, again.changed, again.codes), (0, 3, 3));
    world.member("1").await;
    let again = world.import(MEMBERS, false).await.unwrap();
    assert_eq!((again.unchanged, again.codes), (3, 0));
}
