//! The contract on SQLite, and what is SQLite's own: migrations, query plans, a full disk, a
//! wrong key file.

use sqlx::Row as _;

use super::*;
use crate::{
    accounts::{MemberRow, PeopleStore as _, SignInStore as _, UnitLevel, UnitRow, Visitor},
    courses::{Courses, LawNow, Provision, folder::Files, port::CourseStore as _, testing},
    store::contract::contract_suite,
};

async fn open() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (open_in(folder.path()).await.unwrap(), folder)
}

async fn open_in(folder: &Path) -> Result<SqliteStore> {
    SqliteStore::open(folder, &Keys::from_secret([1; 32]), StoreLimits::default()).await
}

contract_suite!(open, contract:
    units_make_a_tree_that_moves_as_a_whole,
    members_are_kept_whole_or_not_at_all,
    members_are_listed_by_unit_and_name_and_found_by_words,
    roles_are_given_once_and_taken,
    an_invite_code_opens_once_in_time_and_replaces_the_one_before,
    sessions_end_by_time_by_number_and_by_their_owner,
    tries_are_counted_locked_and_forgotten,
    keys_of_programs_end_and_are_few,
    what_a_block_an_erasure_and_a_code_end_stays_ended,
    a_row_replaces_all_names_and_the_code_before,
);

contract_suite!(open, contract_courses:
    courses_are_kept_version_by_version,
    steps_are_kept_once_and_the_newest_answer_wins,
    progress_never_goes_back,
    a_member_has_one_certificate_of_a_course,
    counts_are_told_unit_by_unit,
);

contract_suite!(open, contract_support:
    a_request_is_changed_from_the_state_that_was_seen,
    money_is_promised_within_the_budget_of_a_desk_and_a_year,
    what_is_late_is_found_and_registers_are_of_a_subtree,
    files_belong_to_a_request_and_go_with_their_member,
    much_talk_holds_no_request_back,
);

contract_suite!(open, contract_feed:
    posts_are_kept_edited_and_taken_back,
    streams_hold_their_audience_in_order_without_those_shunned,
    readers_react_once_keep_and_follow,
    pins_end_and_changes_are_told_in_order,
    reports_of_one_thing_are_one_case_that_is_decided_once,
    first_posts_wait_and_removals_add_up_to_a_lock,
    words_taken_back_are_nowhere_and_other_decisions_stand,
    checks_belong_to_the_words_that_were_checked,
    comments_are_changed_and_kept_where_their_post_is_seen,
);

contract_suite!(open, contract_history:
    answers_are_kept_in_order_for_their_owner_alone,
    too_many_and_too_old_conversations_go,
    links_and_verdicts_belong_to_one_answer,
    questions_are_counted_of_who_agreed_since_they_did,
    consents_are_given_taken_back_and_given_again,
    an_erased_account_keeps_its_place_in_the_register,
);

contract_suite!(open, contract_mail:
    an_address_gets_mails_once_its_code_came_back,
    what_is_new_is_told_once_and_waits_until_it_was_taken,
);

contract_suite!(open, contract_notices:
    notices_are_their_members_own_newest_first,
    what_is_told_again_unread_is_one_notice_and_too_many_go,
    quiet_hours_are_set_changed_and_ended,
);

contract_suite!(open, contract_desk:
    one_hand_at_a_time_and_other_eyes_for_what_is_dangerous,
    a_decision_stays_while_its_case_is_open_again,
    a_case_follows_its_asker_when_units_move,
    talk_needs_a_conversation_handed_over_and_a_hand,
    late_cases_are_brought_up_once_a_while,
    what_rests_on_a_version_goes_with_it_at_once_and_once,
    a_precedent_shown_with_what_is_wrong_leaves_service,
);

contract_suite!(open, contract_identity:
    a_wish_is_decided_once_by_another_and_stays_written,
    a_wish_that_nobody_decides_lapses,
    the_askers_own_word_holds_until_it_is_taken_back,
);

contract_suite!(open, contract_audit:
    deeds_are_told_newest_first_and_by_whom,
);

contract_suite!(open, contract_replies:
    a_write_is_done_once_under_its_key,
);

/// What statements begin with.
const VERBS: [&str; 6] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "REPLACE "];
/// What pieces of statements hold and no other text of a source does.
const OF_SQL: [&str; 8] = [" FROM ", "WHERE ", " SET ", "VALUES (", " JOIN ", "ORDER BY ", "GROUP BY ", "RETURNING "];

/// Sources of this backend that hold statements, all of them but these tests; `values.rs` holds
/// parts that statements are put together from, by a macro of the name `…_sql`.
fn sources() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sqlite");
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        assert!(entry.is_file() || name == "migrations", "statements in `{name}/` would not be looked at");
        if entry.is_file() && name != "tests.rs" {
            sources.push((name, std::fs::read_to_string(entry).unwrap()));
        }
    }
    sources
}

/// The statements of this backend, read from its source: a new one is looked at without being
/// listed anywhere, and a piece of SQL that is part of none of them is a mistake.
fn statements() -> Vec<String> {
    let heads = [
        ("member_sql", values::member_sql!("")),
        ("review_sql", values::review_sql!("")),
        ("post_sql", values::post_sql!("")),
        ("case_sql", values::case_sql!("")),
        ("opening_sql", values::opening_sql!("")),
    ];
    let mut found = Vec::new();
    for (name, source) in sources() {
        if name == "values.rs" {
            assert_eq!(source.matches("macro_rules!").count(), heads.len(), "each macro of `{name}` stands here");
            assert!(!source.contains("sqlx::query"), "`{name}` holds parts alone");
            continue;
        }
        let source = source.replace("'\"'", "");
        let mut rest = source.as_str();
        while let Some(start) = rest.find('"') {
            let raw = rest[..start].trim_end_matches('#').strip_suffix('r');
            let is_raw = raw.is_some_and(|before| before.ends_with([' ', '(', ',', '=']));
            assert!(!is_raw, "raw text in `{name}` would not be read");
            let before = rest[..start].trim_end();
            let text = &rest[start + 1..];
            let end = text.match_indices('"').map(|(at, _)| at).find(|at| !text[..*at].ends_with('\\')).unwrap();
            // A line that ends with a backslash goes on without the indentation of the next.
            let literal = text[..end].split("\\\n").map(str::trim_start).collect::<String>().replace("\\\"", "\"");
            rest = &text[end + 1..];
            let called = before.strip_suffix("!(").map_or("", |before| {
                before.rsplit(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).next().unwrap()
            });
            if called.ends_with("_sql") {
                let head = heads.iter().find(|(head, _)| *head == called);
                found.push(format!("{}{literal}", head.unwrap_or_else(|| panic!("`{called}!` stands not here")).1));
            } else if VERBS.iter().any(|verb| literal.starts_with(verb)) {
                found.push(literal);
            } else {
                let is_sql = OF_SQL.iter().any(|part| literal.contains(part));
                assert!(!is_sql, "in `{name}`, a piece of SQL that is part of no statement: {literal}");
            }
        }
    }
    found
}

#[test]
fn nothing_but_this_backend_speaks_sql() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.ends_with("store/sqlite") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                assert!(!std::fs::read_to_string(&path).unwrap().contains(concat!("sqlx", "::")), "{}", path.display());
            }
        }
    }
}

/// Scans that are meant: whole lists for imports and copies; versions of some courses; the queue,
/// which walks the index of open cases in its order until a page is full, and the late ones; the
/// index of wishes under way; clauses that something rests on; counts of some months, and of the
/// bounded queue of mails.
const MEANT: [&str; 14] = [
    "WHERE state = 'wished' AND wished_at_ms <=",
    "FROM clause_versions WHERE ended_at_ms IS NULL",
    "WHERE r.state <> 'done' AND r.due_at_ms",
    "FROM quality_counts",
    "min(made_at_ms) AS oldest_ms FROM mail_queue",
    "WHERE (SELECT count(*) FROM mail_queue)",
    "WHERE r.state <> 'done' AND",
    "SELECT member_id, kind, hash FROM logins",
    "FROM members m JOIN units u ON u.id = m.unit_id LEFT JOIN invites i",
    "SELECT count(*) FROM members",
    "FROM course_versions",
    "FROM host_bans b JOIN units u",
    "pragma_integrity_check",
    "pragma_foreign_key_check",
];

#[tokio::test]
async fn no_statement_scans_a_big_table() {
    let (store, _folder) = open().await;
    let statements = statements();
    assert!(250 < statements.len(), "only {} statements were read", statements.len());
    let mut scans = Vec::new();
    for sql in statements.iter().filter(|sql| !MEANT.iter().any(|meant| sql.contains(meant))) {
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
        let plan = plan.fetch_all(store.writer()).await.unwrap_or_else(|e| panic!("{e} in {sql}"));
        for step in plan {
            let step: String = step.get("detail");
            // JSON that comes with the statement, what a subquery has found and the units above one are short.
            let is_short = step.contains("VIRTUAL TABLE")
                || step == "SCAN up"
                || step.contains("SUBQUERY")
                || step.contains("CONSTANT");
            if step.starts_with("SCAN") && !is_short {
                scans.push(format!("{step}: {sql}"));
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}

fn row(number: &str) -> MemberRow {
    MemberRow {
        number: number.to_owned(),
        name: "Nguyễn An".to_owned(),
        name_folded: "nguyen an".to_owned(),
        unit_code: "TOP".to_owned(),
        phone_sealed: Some(vec![7; 4_000]),
        email_sealed: None,
        logins: Vec::new(),
        invite: None,
    }
}

async fn with_top() -> (SqliteStore, tempfile::TempDir) {
    let (store, folder) = open().await;
    let top =
        UnitRow { code: "TOP".to_owned(), name: "Ngành".to_owned(), level: UnitLevel::Sector, parent_code: None };
    store.put_units(&[top]).await.unwrap();
    (store, folder)
}

#[tokio::test]
async fn commits_are_synced_and_keys_are_enforced() {
    let (store, _folder) = open().await;
    for (pragma, expected) in
        [("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", "2"), ("PRAGMA foreign_keys", "1")]
    {
        let row = sqlx::query(pragma).fetch_one(store.writer()).await.unwrap();
        let value = row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string())).unwrap();
        assert_eq!(value, expected, "{pragma}");
    }
    let refused = sqlx::query("DELETE FROM facts").execute(store.readers()).await.unwrap_err();
    assert!(matches!(failed(refused), Error::Unavailable { .. }), "readers cannot write");
}

#[tokio::test]
async fn every_earlier_version_is_brought_to_this_one() {
    let versions: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    let (fresh, _folder) = open().await;
    let expected = schema(&fresh).await;
    assert!(10 < expected.len());
    for version in versions {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join(FILE), StoreLimits::default()).create_if_missing(true);
        let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        MIGRATIONS.run_to(version, &pool).await.unwrap();
        pool.close().await;
        let store = open_in(folder.path()).await.unwrap();
        assert_eq!(schema(&store).await, expected, "from version {version}");
    }
}

/// What a desk of before version 7 holds: a decided case, one found dangerous by one, a wish.
const OLD_DESK: [&str; 6] = [
    "INSERT INTO units (id, code, name, level, path) VALUES (1, 'A', 'A', 'sector', '/1/')",
    "INSERT INTO members (id, number, name, name_folded, unit_id, unit_path, created_at_ms) \
     VALUES (1, '1', 'A', 'a', 1, '/1/', 0), (2, '2', 'B', 'b', 1, '/1/', 0)",
    "INSERT INTO conversations (id, member_id, public_id, last_at_ms, messages) VALUES (1, 1, 'c', 0, 2)",
    "INSERT INTO messages (id, conversation_id, ordinal, made_at_ms, question_sealed, answer_sealed, status, \
     generator, corpus_release) VALUES (1, 1, 1, 0, x'00', x'00', 'answered', 'g', 'r'), \
     (2, 1, 2, 0, x'00', x'00', 'answered', 'g', 'r')",
    "INSERT INTO reviews (id, message_id, unit_path, state, risk, reasons, entered_at_ms, due_at_ms, verdict, \
     correction_sealed, first_by, decided_by, decided_at_ms) \
     VALUES (7, 1, '/1/', 'done', 5, 'wrong', 0, 9, 'wrong', x'07', NULL, 2, 3), \
     (8, 2, '/1/', 'second', 5, 'wrong', 0, 9, 'dangerous', x'08', 2, 2, 4)",
    "INSERT INTO identity_openings (id, review_id, reason_sealed, wished_by, wished_at_ms, state) \
     VALUES (5, 7, x'00', 2, 0, 'wished')",
];

#[tokio::test]
async fn decisions_and_wishes_of_an_earlier_desk_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder.path().join(FILE), StoreLimits::default()).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    MIGRATIONS.run_to(6, &pool).await.unwrap();
    for sql in OLD_DESK {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = open_in(folder.path()).await.unwrap();
    let sql = "SELECT group_concat(review_id || verdict || hex(correction_sealed) || is_final || decided_by, ' ') \
               FROM decisions";
    let decisions: String = sqlx::query_scalar(sql).fetch_one(store.readers()).await.unwrap();
    assert_eq!(decisions, "7wrong0712 8dangerous0802");
    let sql = "SELECT group_concat(o.id || ' ' || r.id || r.state) FROM identity_openings o JOIN reviews r ON r.id = review_id";
    let wishes: String = sqlx::query_scalar(sql).fetch_one(store.readers()).await.unwrap();
    assert_eq!(wishes, "5 7done");
}

async fn schema(store: &SqliteStore) -> Vec<String> {
    let sql = "SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE '_sqlx%' ORDER BY name";
    sqlx::query_scalar(sql).fetch_all(store.readers()).await.unwrap()
}

#[tokio::test]
async fn a_later_version_and_another_key_file_are_refused_with_a_hint() {
    let (store, folder) = open().await;
    let other = SqliteStore::open(folder.path(), &Keys::from_secret([2; 32]), StoreLimits::default()).await;
    let Err(Error::Unavailable { what, hint }) = other else { panic!("another key file was taken") };
    assert!(what.contains("another key file") && hint.contains("secret.key"), "{what} {hint}");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(store.writer())
    .await
    .unwrap();
    let Err(Error::Unavailable { hint, .. }) = open_in(folder.path()).await else { panic!("a later version opened") };
    assert!(hint.contains("later version"), "{hint}");
}

#[tokio::test]
async fn on_a_full_disk_writes_are_refused_and_reads_go_on() {
    let (store, _folder) = with_top().await;
    store.put_members(&[row("1")], jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(store.writer()).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 2);
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(store.writer()).await.unwrap();
    let many: Vec<MemberRow> = (2..100).map(|n| row(&n.to_string())).collect();
    let epoch = jiff::Timestamp::UNIX_EPOCH;
    let error = store.put_members(&many, epoch, epoch).await.unwrap_err();
    assert!(matches!(error, Error::StorageFull), "{error}");
    assert!(store.member("1").await.unwrap().is_some());
    assert_eq!(store.member("2").await.unwrap(), None);
    assert_eq!(store.sweep(epoch).await.unwrap(), 0, "the writer goes on");
    sqlx::query("PRAGMA max_page_count = 1000000").execute(store.writer()).await.unwrap();
    store.put_members(&many, epoch, epoch).await.unwrap();
}

#[tokio::test]
async fn a_course_that_cannot_be_read_is_read_once() {
    let (store, _folder) = open().await;
    let epoch = jiff::Timestamp::UNIX_EPOCH;
    let broken = Files::from([("course.toml".to_owned(), b"x".to_vec())]);
    let draft = store.put_draft(testing::SLUG, &broken, None, epoch).await.unwrap().unwrap();
    assert!(store.publish(&draft, &[], epoch, 3).await.unwrap());
    let service = |store: &SqliteStore| Courses::new(Arc::new(store.clone()), Arc::new(store.clone()));
    let law = LawNow { release: None, today: jiff::civil::date(2026, 1, 1), read: Box::new(|_| Provision::NotHeld) };
    let count = async |courses: &Courses| courses.list(&Visitor::Anonymous, &law).await.unwrap().len();
    let courses = service(&store);
    assert_eq!(count(&courses).await, 0);
    // Whole files under the same version would be seen by who reads again.
    sqlx::query("DELETE FROM course_files").execute(store.writer()).await.unwrap();
    for (path, bytes) in testing::files() {
        let row = sqlx::query("INSERT INTO course_files (slug, version, path, bytes) VALUES (?1, 1, ?2, ?3)");
        row.bind(testing::SLUG).bind(path).bind(bytes).execute(store.writer()).await.unwrap();
    }
    assert_eq!(count(&courses).await, 0);
    assert_eq!(count(&service(&store)).await, 1, "another program reads it");
}

#[tokio::test]
async fn a_transaction_that_is_dropped_changes_nothing_and_blocks_nobody() {
    let (store, _folder) = with_top().await;
    let mut transaction = store.write().await.unwrap();
    sqlx::query("DELETE FROM units").execute(&mut *transaction).await.unwrap();
    drop(transaction);
    assert_eq!(store.units(None).await.unwrap().len(), 1);
    store.put_members(&[row("1")], jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
}

#[tokio::test]
async fn the_log_of_admins_deeds_is_only_ever_added_to() {
    let (store, _folder) = open().await;
    let put = "INSERT INTO acts (at_ms, deed, subject) VALUES (0, 'build', 'x')";
    sqlx::query(put).execute(store.writer()).await.unwrap();
    for sql in ["DELETE FROM acts", "UPDATE acts SET subject = ''"] {
        let refused = sqlx::query(sql).execute(store.writer()).await.unwrap_err();
        assert!(refused.to_string().contains("only ever added to"), "{refused}");
    }
}

#[tokio::test]
async fn the_log_of_moderation_is_only_ever_added_to() {
    let (store, _folder) = with_top().await;
    store.put_members(&[row("1")], jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    let put = "INSERT INTO feed_log (at_ms, actor_id, audience_id, post_id, comment_id, act, reason) \
               VALUES (0, 1, 1, 1, 0, 'keep', 'x')";
    sqlx::query(put).execute(store.writer()).await.unwrap();
    for sql in ["DELETE FROM feed_log", "UPDATE feed_log SET reason = ''"] {
        let refused = sqlx::query(sql).execute(store.writer()).await.unwrap_err();
        assert!(refused.to_string().contains("only ever added to"), "{refused}");
    }
}
