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
    let data = shell.folder.path().join("data");
    std::fs::create_dir_all(data.join("media/ab")).unwrap();
    std::fs::write(data.join("media/ab/abcd.jpg"), b"picture").unwrap();
    let backup = path(&shell, "backup");
    let said = run(&shell, &["backup", &backup]);
    assert!(said.contains("5 members, verified"), "{said}");
    for name in ["", "/congdoan.db", "/keys/secret.key"] {
        let mode = std::fs::metadata(format!("{backup}{name}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077 & if name == "/congdoan.db" { 0 } else { 0o077 }, 0, "{name} {mode:o}");
    }
    assert!(shell.failure(&["backup", &backup]).contains("is there already"));
    let refused = shell.failure(&["restore", &backup, "--replace"]);
    assert!(refused.contains("stop it first"), "{refused}");

    let elsewhere = path(&shell, "elsewhere");
    std::fs::create_dir_all(format!("{elsewhere}/posts-index")).unwrap();
    run(&shell, &["restore", &backup, "--data", &elsewhere]);
    assert_eq!(std::fs::read(format!("{elsewhere}/media/ab/abcd.jpg")).unwrap(), b"picture");
    assert!(!std::fs::exists(format!("{elsewhere}/posts-index")).unwrap(), "it followed another database");
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
