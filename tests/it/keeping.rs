//! Backups made under a running server, brought back, refused where they are not whole; what
//! the doctor finds.

use std::{
    io::{Seek as _, SeekFrom, Write as _},
    os::unix::fs::PermissionsExt as _,
};

use serde_json::{Value, json};

use crate::{
    members_cli::{Server, members, units, write},
    shell::Shell,
};

/// A folder with five members; the file they came from.
fn with_members(shell: &Shell) -> String {
    shell.json(&["members", "import", &units(shell), "--json"]);
    let file = write(shell, "members.csv", &members(5));
    shell.json(&["members", "import", &file, "--json"]);
    file
}

fn path(shell: &Shell, name: &str) -> String {
    shell.folder.path().join(name).display().to_string()
}

fn rights_of_others(path: &str) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o077
}

fn run(shell: &Shell, arguments: &[&str]) -> String {
    let output = shell.run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_backup_made_under_a_running_server_is_brought_back() {
    let shell = Shell::new();
    let file = with_members(&shell);
    let server = Server::start(&shell);
    let backup = path(&shell, "backup");
    let said = run(&shell, &["backup", &backup]);
    assert!(said.contains("5 members, verified"), "{said}");
    for name in ["", "/congdoan.db", "/keys/secret.key"] {
        assert_eq!(rights_of_others(&format!("{backup}{name}")), 0, "{name}");
    }
    // Whatever a medium without rights made of them.
    std::fs::set_permissions(format!("{backup}/congdoan.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(shell.failure(&["backup", &backup]).contains("is there already"));
    let refused = shell.failure(&["restore", &backup, "--replace"]);
    assert!(refused.contains("stop it first"), "{refused}");

    let elsewhere = path(&shell, "elsewhere");
    run(&shell, &["restore", &backup, "--data", &elsewhere]);
    for name in ["/congdoan.db", "/keys/secret.key"] {
        assert_eq!(rights_of_others(&format!("{elsewhere}{name}")), 0, "{name}");
    }
    let again = shell.json(&["members", "import", &file, "--data", &elsewhere, "--json"]);
    assert_eq!((&again["unchanged"], &again["invite_codes"]), (&json!(5), &json!(0)), "names and codes are known");

    drop(server);
    let more = write(&shell, "more.csv", &members(6));
    shell.json(&["members", "import", &more, "--json"]);
    assert!(shell.failure(&["restore", &backup]).contains("--replace"));
    run(&shell, &["restore", &backup, "--replace"]);
    let again = shell.json(&["members", "import", &more, "--dry-run", "--json"]);
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(1), &json!(5)));
    let aside = std::fs::read_dir(shell.folder.path().join("data")).unwrap();
    let aside = aside.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".before-"));
    assert!(aside.count() != 0, "the database of six members was put aside");
}

#[test]
fn a_backup_that_is_not_whole_or_has_no_key_is_refused() {
    let shell = Shell::new();
    with_members(&shell);
    let (backup, without) = (path(&shell, "backup"), path(&shell, "without"));
    run(&shell, &["backup", &backup]);
    let output = shell.run(&["backup", &without, "--without-key"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody can read this backup"));
    let elsewhere = path(&shell, "elsewhere");
    let refused = shell.failure(&["restore", &without, "--data", &elsewhere]);
    assert!(refused.contains("without its key file"), "{refused}");
    assert!(!std::path::Path::new(&format!("{elsewhere}/keys/secret.key")).exists(), "no other key is made up");
    let mut file = std::fs::OpenOptions::new().write(true).open(format!("{backup}/congdoan.db")).unwrap();
    file.seek(SeekFrom::Start(5_000)).unwrap();
    file.write_all(b"x").unwrap();
    let refused = shell.failure(&["restore", &backup, "--data", &elsewhere]);
    assert!(refused.contains("not the one that was backed up"), "{refused}");
    assert!(shell.failure(&["restore", &path(&shell, "nowhere")]).contains("is no backup"));
    assert!(!std::path::Path::new(&format!("{elsewhere}/congdoan.db")).exists());
}

#[test]
fn a_journal_that_was_left_behind_is_not_replayed_into_the_backup() {
    let shell = Shell::new();
    let file = with_members(&shell);
    let backup = path(&shell, "backup");
    run(&shell, &["backup", &backup]);
    let data = path(&shell, "data");
    // A server that was killed left its last writes in the journal; then the database went.
    let server = Server::start(&shell);
    let more = write(&shell, "more.csv", &members(9));
    shell.json(&["members", "import", &more, "--json"]);
    drop(server);
    assert!(std::fs::metadata(format!("{data}/congdoan.db-wal")).unwrap().len() != 0, "there is a journal");
    std::fs::remove_file(format!("{data}/congdoan.db")).unwrap();
    let refused = shell.failure(&["restore", &backup]);
    assert!(refused.contains("congdoan.db-wal") && refused.contains("--replace"), "{refused}");
    run(&shell, &["restore", &backup, "--replace"]);
    assert!(!std::path::Path::new(&format!("{data}/congdoan.db-wal")).exists(), "it was put aside");
    let again = shell.json(&["members", "import", &file, "--dry-run", "--json"]);
    assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(5)));
    assert_eq!(shell.json(&["members", "import", &more, "--dry-run", "--json"])["created"], 4);
}

#[test]
fn a_backup_comes_back_on_a_fresh_machine_with_the_key_it_needs() {
    let shell = Shell::new();
    let file = with_members(&shell);
    let (backup, without) = (path(&shell, "backup"), path(&shell, "without"));
    run(&shell, &["backup", &backup]);
    shell.run(&["backup", &without, "--without-key"]);
    let known = |data: &str| shell.json(&["members", "import", &file, "--dry-run", "--data", data, "--json"]);

    // The key was kept elsewhere; the machine has nothing.
    let bare = path(&shell, "bare");
    let key = path(&shell, "kept.key");
    std::fs::copy(format!("{backup}/keys/secret.key"), &key).unwrap();
    run(&shell, &["restore", &without, "--key", &key, "--data", &bare]);
    assert_eq!(known(&bare)["unchanged"], 5);
    assert_eq!(rights_of_others(&format!("{bare}/keys/secret.key")), 0);

    // The program was started there before, and made a key of its own.
    let started = path(&shell, "started");
    shell.run(&["doctor", "--data", &started]);
    let own = std::fs::read_to_string(format!("{started}/keys/secret.key")).unwrap();
    assert!(shell.failure(&["restore", &backup, "--data", &started]).contains("--replace"));
    run(&shell, &["restore", &backup, "--data", &started, "--replace"]);
    assert_eq!(known(&started)["unchanged"], 5);
    let aside = std::fs::read_dir(format!("{started}/keys")).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = aside.filter(|path| path.display().to_string().contains(".before-")).collect();
    assert_eq!(std::fs::read_to_string(&aside[0]).unwrap(), own, "its own key is put aside, not lost");

    // A key of another database opens nothing.
    let other = aside[0].display().to_string();
    let empty = path(&shell, "empty");
    let refused = shell.failure(&["restore", &without, "--key", &other, "--data", &empty]);
    assert!(refused.contains("another key file"), "{refused}");
}

#[test]
fn a_backup_of_a_later_version_is_refused_before_anything_is_touched() {
    let shell = Shell::new();
    with_members(&shell);
    let backup = path(&shell, "backup");
    run(&shell, &["backup", &backup]);
    let manifest = format!("{backup}/backup.json");
    let mut told: Value = serde_json::from_str(&std::fs::read_to_string(&manifest).unwrap()).unwrap();
    for (schema, words) in [(json!(9_999), "later version"), (Value::Null, "no schema")] {
        told["schema"] = schema;
        std::fs::write(&manifest, told.to_string()).unwrap();
        let elsewhere = path(&shell, "elsewhere");
        let refused = shell.failure(&["restore", &backup, "--data", &elsewhere]);
        assert!(refused.contains(words), "{refused}");
        assert!(!std::path::Path::new(&elsewhere).exists());
    }
}

#[test]
fn the_doctor_finds_open_rights_and_damage() {
    let shell = Shell::new();
    with_members(&shell);
    let looks = |arguments: &[&str]| -> Value {
        let output = shell.run(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    };
    let problem = |value: &Value, what: &str| -> String {
        let look = value["looks"].as_array().unwrap().iter().find(|look| look["what"] == what).unwrap();
        look["problem"].as_str().unwrap_or_default().to_owned()
    };
    let first = looks(&["doctor", "--json"]);
    assert_eq!(first["problems"], 1, "{first}");
    assert!(!problem(&first, "index").is_empty(), "nothing was ingested yet");
    assert_eq!(shell.run(&["doctor"]).status.code(), Some(1));

    let database = shell.folder.path().join("data/congdoan.db");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(problem(&looks(&["doctor", "--json"]), "database file").contains("chmod 600"));
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o600)).unwrap();
    // Whole pages in the middle, so that trees are torn whichever they are.
    let length = std::fs::metadata(&database).unwrap().len();
    let mut file = std::fs::OpenOptions::new().write(true).open(&database).unwrap();
    file.seek(SeekFrom::Start(length / 2 / 4_096 * 4_096)).unwrap();
    file.write_all(&vec![0xAA; 16 * 4_096]).unwrap();
    let torn = looks(&["doctor", "--json"]);
    let told = problem(&torn, "database content") + &problem(&torn, "database");
    assert!(!told.is_empty(), "{torn}");
}
