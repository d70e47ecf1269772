/*! Reloads under load, cut short, on full disks: the generation before goes on serving. */

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use congdoan::index::{GenerationStore, build};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, TestServer, admin_app, encode};

/// Writes an invented law of `articles` articles, each of which says of which edition it is.
fn write_edition(path: &Path, articles: usize, edition: &str) {
    let lines: Vec<String> = (1..=articles)
        .map(|n| {
            let text = format!("1. Bản {edition}: nghỉ việc số {n} phải báo trước {} ngày.\n2. Bản {edition} tính ngày theo lịch.", n + 3);
            json!({"law_id": "1/2020/QH99", "article_id": n.to_string(), "title": "Báo trước khi nghỉ việc", "text": text, "doc_title": "Luật Thử nghiệm 2020"}).to_string()
        })
        .collect();
    fs::write(path, lines.join("\n")).unwrap();
}

/// The one edition a text speaks of.
fn edition_of(text: &str) -> &'static str {
    match (text.contains("Bản alpha"), text.contains("Bản beta")) {
        (true, false) => "alpha",
        (false, true) => "beta",
        both => panic!("editions {both:?} in {text}"),
    }
}

/// Asks, searches and reads until it is over, and checks every reply: how many came from the
/// edition alpha, whose generation is `alpha`, and how many from beta.
async fn ask_around(server: Arc<TestServer>, over: Arc<AtomicBool>, alpha: String, first: usize) -> [usize; 2] {
    let mut seen = [0, 0];
    let mut round = first;
    while !over.load(Ordering::Relaxed) || seen.iter().sum::<usize>() < 3 {
        round += 1;
        let reply = match round % 3 {
            0 => {
                let body = json!({"question": "Nghỉ việc phải báo trước ngày tính theo lịch?", "generate": false});
                server.chat(body.to_string(), "application/json").await
            }
            1 => server.json(&format!("/api/v1/search?q={}", encode("báo trước khi nghỉ việc"))).await,
            _ => server.json(&format!("/luat/1-2020-qh99/dieu-{}", round % 60 + 1)).await,
        };
        assert_eq!(reply.status, 200, "{}", reply.text);
        let edition = edition_of(&reply.text);
        if round.is_multiple_of(3) {
            let answer = reply.value();
            assert!(!answer["citations"].as_array().unwrap().is_empty());
            let by_release = if answer["corpus_release"] == *alpha { "alpha" } else { "beta" };
            assert_eq!(edition, by_release, "text and release of one generation");
        }
        seen[usize::from(edition == "beta")] += 1;
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_no_request_fails_and_no_answer_mixes_two_generations() {
    const ASKERS: usize = 8;
    const FLIPS: usize = 40;
    let (app, folder) = admin_app().await;
    fs::remove_file(folder.join("luat.md")).unwrap();
    let server = Arc::new(TestServer::start(app.clone()).await);
    let mut ids = Vec::new();
    for edition in ["alpha", "beta"] {
        write_edition(&folder.join("law.jsonl"), 60, edition);
        let setup = congdoan::app::Setup {
            app: &app,
            packages: congdoan::app::MissingPackages::Leave,
            progress: &congdoan::fetch::Silent,
        };
        let options = build::BuildOptions { confirm_removal: true, ..setup.options() };
        ids.push(setup.ingest_with(options).unwrap().1.manifest.id);
    }
    let edition_by_id = |id: &Value| if *id == *ids[0] { "alpha" } else { "beta" };
    let over = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..ASKERS)
        .map(|asker| tokio::spawn(ask_around(server.clone(), over.clone(), ids[0].clone(), asker)))
        .collect();
    for flip in 0..FLIPS {
        let path = format!("generations/{}/activate", ids[flip % 2]);
        let reply = server.admin(Method::POST, &path, Some(ADMIN_TOKEN), Vec::new()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        // What is asked after an activation comes from it.
        let reply = server.json("/luat/1-2020-qh99/dieu-1").await;
        assert_eq!(edition_of(&reply.text), edition_by_id(&ids[flip % 2].as_str().into()));
    }
    over.store(true, Ordering::Relaxed);
    let mut seen = [0, 0];
    for asker in askers {
        let [alpha, beta] = asker.await.unwrap();
        seen = [seen[0] + alpha, seen[1] + beta];
    }
    assert!(0 < seen[0] && 0 < seen[1], "both generations answered: {seen:?}");
    eprintln!("{} replies over {FLIPS} activations: {seen:?}", seen[0] + seen[1]);
}

/// A data folder and a corpus for the real binary.
struct House {
    folder: tempfile::TempDir,
    data: PathBuf,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { data: folder.path().join("data"), folder }
    }

    fn corpus(&self) -> PathBuf {
        self.folder.path().join("law.jsonl")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_congdoan"));
        command
            .current_dir(self.folder.path())
            .env("CONGDOAN__MODELS__EMBEDDER", "hashed")
            .env("CONGDOAN__MODELS__GENERATOR", "none")
            .env("CONGDOAN__PATHS__CORPUS", self.corpus())
            .env("CONGDOAN__PATHS__DATA", &self.data)
            // Words first, so that the moments while vectors follow are there, too.
            .env("CONGDOAN__LIMITS__ENCODE_FIRST_PASSAGES_MAX", "10")
            .env("RUST_LOG", "error")
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn start(&self) -> Child {
        self.command(&["ingest", "--json"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Edition of the active generation, after checking that every generation listed is whole.
    fn serving(&self) -> &'static str {
        let store = GenerationStore::open(&self.data).unwrap();
        for manifest in store.list() {
            if !manifest.awaits_vectors() {
                build::verify(&store.folder(&manifest.id)).unwrap();
            }
        }
        let current = store.current().unwrap();
        let (document, node) = current.provision("1-2020-qh99/dieu-1", jiff::civil::date(2026, 1, 1)).unwrap();
        edition_of(document.provision_text(node.unwrap()))
    }
}

/// Files a build has written so far.
fn files_building(data: &Path) -> usize {
    let Ok(entries) = fs::read_dir(data.join("generations")) else { return 0 };
    let building = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(".building"));
    building.map(|entry| fs::read_dir(entry.path()).map_or(0, |files| 1 + files.count())).sum()
}

#[test]
fn a_reload_killed_at_any_moment_leaves_the_old_one_and_the_next_completes() {
    /// When to kill: at a line of progress, or when so many files lie in the unfinished folder.
    #[derive(Debug, Clone, Copy)]
    enum Moment {
        Line(usize),
        Files(usize),
    }
    let house = House::new();
    write_edition(&house.corpus(), 300, "alpha");
    house.json(&["ingest", "--json"]);
    let (mut old, mut killed) = ("alpha", 0);
    let moments = (1..=12).map(Moment::Line).chain((1..=8).map(Moment::Files));
    for (round, moment) in moments.enumerate() {
        let new = if old == "alpha" { "beta" } else { "alpha" };
        write_edition(&house.corpus(), 300 + round, new);
        let mut child = house.start();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let reached = match moment {
            Moment::Line(wanted) => lines.by_ref().take(wanted).count() == wanted,
            Moment::Files(wanted) => loop {
                if wanted <= files_building(&house.data) {
                    break true;
                }
                if child.try_wait().unwrap().is_some() {
                    break false;
                }
                std::hint::spin_loop();
            },
        };
        child.kill().unwrap();
        killed += usize::from(reached && !child.wait().unwrap().success());
        let serving = house.serving();
        assert!(serving == old || serving == new, "{moment:?}");
        let found = house.json(&["search", "nghỉ việc báo trước", "--json"]);
        assert_eq!(edition_of(&found.to_string()), serving, "{moment:?}");
        let built = house.json(&["ingest", "--json"]);
        assert_eq!((&built["active"], &built["awaits_vectors"]), (&true.into(), &false.into()), "{moment:?}");
        assert_eq!(house.serving(), new, "{moment:?}");
        assert_eq!(files_building(&house.data), 0, "leftovers are cleared: {moment:?}");
        old = new;
    }
    assert!(12 <= killed, "only {killed} reloads were cut short");
}

#[test]
fn a_full_disk_is_one_clear_message_and_nothing_is_lost() {
    struct Mounted(PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).output();
        }
    }
    let mut house = House::new();
    let small = house.folder.path().join("small");
    fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(&small).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a full disk needs the right to mount one");
        return;
    }
    let _mounted = Mounted(small.clone());
    house.data = small.join("data");
    write_edition(&house.corpus(), 100, "alpha");
    house.json(&["ingest", "--json"]);
    write_edition(&house.corpus(), 20_000, "beta");
    let full = house.run(&["ingest", "--json"]);
    let message = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(1), "{message}");
    assert!(message.contains("No space left") && message.contains("hint:"), "{message}");
    assert_eq!(house.serving(), "alpha");
    write_edition(&house.corpus(), 100, "beta");
    house.json(&["ingest", "--json"]);
    assert_eq!(house.serving(), "beta", "the next reload needs nobody to clean up");
}

#[test]
fn an_admins_choice_outlives_a_restart_until_the_next_ingest() {
    let house = House::new();
    write_edition(&house.corpus(), 60, "alpha");
    let first = house.json(&["ingest", "--json"])["generation"].clone();
    write_edition(&house.corpus(), 60, "beta");
    let second = house.json(&["ingest", "--json"])["generation"].clone();
    assert!(house.run(&["corpus", "rollback"]).status.success());
    assert_eq!(house.serving(), "alpha");
    let list = house.json(&["corpus", "generations", "--json"]);
    assert_eq!((&list["generations"][0]["pinned"], &list["generations"][0]["id"]), (&true.into(), &first));
    // A server says so and leaves it.
    let mut server = house.command(&["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let said: Vec<String> = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("serving on"))
        .collect();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.iter().any(|line| line.contains("chosen by an admin")), "{said:?}");
    assert_eq!(house.serving(), "alpha");
    let again = house.json(&["ingest", "--json"]);
    assert_eq!((&again["generation"], &again["active"], house.serving()), (&second, &true.into(), "beta"));
    assert_eq!(house.json(&["corpus", "generations", "--json"])["generations"][1]["pinned"], false);
}

#[test]
fn a_removal_needs_a_word_on_the_command_line() {
    let house = House::new();
    write_edition(&house.corpus(), 60, "alpha");
    house.json(&["ingest", "--json"]);
    write_edition(&house.corpus(), 30, "beta");
    let held = house.run(&["ingest"]);
    let message = String::from_utf8_lossy(&held.stderr).into_owned();
    assert_eq!(held.status.code(), Some(1), "{message}");
    assert!(message.contains("--confirm-removal") && message.contains("90 of 180"), "{message}");
    assert_eq!(house.serving(), "alpha");
    let diff = house.json(&["corpus", "diff", "--json"]);
    assert_eq!((diff["counts"]["removed"].as_u64(), &diff["needs_confirmation"]), (Some(30), &true.into()));
    assert_eq!(house.serving(), "alpha", "looking changes nothing");
    assert_eq!(house.run(&["corpus", "activate", diff["to"].as_str().unwrap()]).status.code(), Some(1));
    assert_eq!(house.json(&["ingest", "--confirm-removal", "--json"])["active"], true);
    assert_eq!(house.serving(), "beta");
    // The raw files of all of it are kept.
    let index = fs::read_to_string(house.data.join("raw/index.jsonl")).unwrap();
    assert_eq!(index.lines().count(), 2, "{index}");
}

#[test]
fn other_paths_are_another_corpus_and_the_same_paths_are_not() {
    let house = House::new();
    write_edition(&house.corpus(), 60, "alpha");
    house.json(&["ingest", "--json"]);
    let other = house.folder.path().join("other.jsonl");
    write_edition(&other, 20, "beta");
    let output = house.run(&["ingest", "--corpus", other.to_str().unwrap()]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && message.contains("rollback"), "{message}");
    assert_eq!(house.serving(), "beta");
    // The same other path with fewer provisions is the same corpus with a loss.
    write_edition(&other, 5, "alpha");
    assert_eq!(house.run(&["ingest", "--corpus", other.to_str().unwrap()]).status.code(), Some(1));
    assert_eq!(house.serving(), "beta");
}
