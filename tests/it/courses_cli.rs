//! `congdoan courses …`, run as a whole: check, import, export, and import of the export.

use serde_json::json;

use crate::shell::Shell;

fn fixture() -> String {
    format!("{}/tests/fixtures/courses/nghi-thu", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_course_goes_in_and_out_unchanged() {
    let shell = Shell::new();
    let unheld = shell.run(&["courses", "check", &fixture(), "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&unheld.stdout).unwrap();
    assert_eq!(
        (unheld.status.code(), &told["status"], &told["proofs"][0]["stale"]),
        (Some(1), &json!("problems"), &json!(false))
    );
    assert!(String::from_utf8_lossy(&unheld.stderr).contains("congdoan ingest"));
    assert!(shell.run(&["ingest"]).status.success());
    assert_eq!(shell.json(&["courses", "check", &fixture(), "--json"])["status"], "ok");
    let done = shell.json(&["courses", "import", &fixture(), "--json"]);
    assert_eq!((&done["status"], &done["version"]), (&json!("published"), &json!(1)));
    assert_eq!(shell.json(&["courses", "import", &fixture(), "--json"])["status"], "unchanged");

    let out = shell.folder.path().join("out");
    let out_text = out.display().to_string();
    assert!(shell.run(&["courses", "export", "nghi-thu", &out_text]).status.success());
    for entry in std::fs::read_dir(fixture()).unwrap() {
        let path = entry.unwrap().path();
        let written = std::fs::read(out.join("nghi-thu").join(path.file_name().unwrap())).unwrap();
        assert!(written == std::fs::read(&path).unwrap(), "{}", path.display());
    }
    let message = shell.failure(&["courses", "export", "nghi-thu", &out_text]);
    assert!(message.contains("cannot be written"), "{message}");
    let exported = out.join("nghi-thu");
    assert_eq!(shell.json(&["courses", "import", &exported.display().to_string(), "--json"])["status"], "unchanged");

    // A course that rests on documents not held here was taken in knowingly; its export goes in again.
    let strange = shell.folder.path().join("la/nghi-thu");
    std::fs::create_dir_all(&strange).unwrap();
    for entry in std::fs::read_dir(fixture()).unwrap() {
        let path = entry.unwrap().path();
        let text =
            std::fs::read_to_string(&path).unwrap().replace("1-2020-qh99/dieu-3\", fact", "8-2020-qh98/dieu-3\", fact");
        std::fs::write(strange.join(path.file_name().unwrap()), text).unwrap();
    }
    let strange = strange.display().to_string();
    assert!(!shell.run(&["courses", "import", &strange]).status.success());
    assert_eq!(shell.json(&["courses", "import", &strange, "--allow-unheld", "--json"])["status"], "published");
    let out = shell.folder.path().join("out2").display().to_string();
    assert!(shell.run(&["courses", "export", "nghi-thu", &out]).status.success());
    assert_eq!(shell.json(&["courses", "import", &format!("{out}/nghi-thu"), "--json"])["status"], "unchanged");

    std::fs::write(exported.join("01-nghi.md"), "# Ngắn\n").unwrap();
    std::fs::write(exported.join("01-nghi.mdx"), "lạc").unwrap();
    let bad = shell.run(&["courses", "import", &exported.display().to_string()]);
    let text = String::from_utf8_lossy(&bad.stdout).into_owned();
    assert!(text.contains("01-nghi.mdx: không bài nào dùng") && text.contains("01-nghi.md: có 2 từ"), "{text}");
    assert_eq!(bad.status.code(), Some(1));
    std::os::unix::fs::symlink("/etc/passwd", exported.join("02.md")).unwrap();
    let message = shell.failure(&["courses", "import", &exported.display().to_string()]);
    assert!(message.contains("neither a file"), "links are not followed: {message}");
    let missing = shell.failure(&["courses", "export", "khong-co", &out_text]);
    assert!(missing.contains("not found"), "{missing}");
}
