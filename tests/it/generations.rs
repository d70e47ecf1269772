//! Generations: damage is seen, failures leave the old one serving, nothing is encoded twice.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use congdoan::{
    embed::{Embedder, hashed::HashedEmbedder},
    error::Error,
    fetch::Silent,
    index::{
        GenerationStore,
        build::{self, Build, BuildOptions, BuildReport},
        fill::{Filled, fill},
        store::Choice,
    },
    ingest::{self, Corpus},
};

/// Counts what it encodes; fails after `passages_max`.
struct CountingEmbedder {
    inner: HashedEmbedder,
    encoded: AtomicUsize,
    passages_max: usize,
}

impl CountingEmbedder {
    fn new(passages_max: usize) -> Self {
        Self { inner: HashedEmbedder::new(32), encoded: AtomicUsize::new(0), passages_max }
    }
}

impl Embedder for CountingEmbedder {
    fn id(&self) -> &str {
        "counting"
    }

    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }

    fn embed_passages(&self, texts: &[&str]) -> anyhow::Result<Vec<Vec<f32>>> {
        let encoded = self.encoded.fetch_add(texts.len(), Ordering::Relaxed) + texts.len();
        anyhow::ensure!(encoded <= self.passages_max, "out of breath");
        self.inner.embed_passages(texts)
    }

    fn embed_query(&self, text: &str) -> anyhow::Result<Vec<f32>> {
        self.inner.embed_query(text)
    }
}

struct House {
    _folder: tempfile::TempDir,
    data: PathBuf,
    corpus: PathBuf,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, corpus) = (folder.path().join("data"), folder.path().join("law.jsonl"));
        let house = Self { data, corpus, _folder: folder };
        house.write_law("30 ngày");
        house
    }

    /// A law of 100 articles, one of which says `days`.
    fn write_law(&self, days: &str) {
        let lines: Vec<String> = (1..=100)
            .map(|n| {
                let text = if n == 7 { format!("1. Báo trước {days}.") } else { format!("1. Quy định số {n}.") };
                serde_json::json!({"law_id": "1/2020/QH99", "article_id": n.to_string(), "title": "Điều thử", "text": text, "doc_title": "Luật Thử nghiệm 2020"})
                    .to_string()
            })
            .collect();
        fs::write(&self.corpus, lines.join("\n")).unwrap();
    }

    fn read(&self) -> Corpus {
        ingest::load(std::slice::from_ref(&self.corpus), &self.data).unwrap()
    }

    fn build(&self, store: &GenerationStore, embedder: &dyn Embedder, second: i64) -> Result<BuildReport, Error> {
        let at = jiff::Timestamp::from_second(1_800_000_000 + second).unwrap();
        self.build_with(store, embedder, at, BuildOptions::default())
    }

    fn build_with(
        &self,
        store: &GenerationStore,
        embedder: &dyn Embedder,
        built_at: jiff::Timestamp,
        options: BuildOptions,
    ) -> Result<BuildReport, Error> {
        Build { store, embedder: Some(embedder), built_at, options, progress: &Silent }.run(self.read())
    }
}

#[test]
fn only_what_changed_is_encoded_again_and_nothing_is_built_for_nothing() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let embedder = CountingEmbedder::new(usize::MAX);
    assert_eq!(house.build(&store, &embedder, 0).unwrap().passages_encoded, 100);
    assert!(house.build(&store, &embedder, 1).unwrap().unchanged);
    house.write_law("45 ngày");
    let report = house.build(&store, &embedder, 2).unwrap();
    assert_eq!((report.passages_encoded, embedder.encoded.load(Ordering::Relaxed)), (1, 101));
    assert_eq!(store.list().len(), 2);
    assert_eq!(store.rollback().unwrap().manifest.id, store.list()[0].id);
    assert!(matches!(store.rollback(), Err(Error::Conflict(_))));
    store.prune(1);
    assert_eq!(store.list().len(), 2, "the active one is the oldest and stays");
}

#[test]
fn a_generation_of_an_earlier_format_is_replaced_without_asking() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let embedder = CountingEmbedder::new(usize::MAX);
    let first = house.build(&store, &embedder, 0).unwrap().manifest.id;
    let folder = house.data.join("generations").join(&first);
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    value["format_version"] = 1.into();
    fs::write(folder.join("manifest.json"), value.to_string()).unwrap();
    fs::write(folder.join("provisions.bin"), [7; 80]).unwrap();
    house.write_law("45 ngày");
    assert!(house.build(&store, &embedder, 1).unwrap().active, "its hashes say nothing of what goes");
}

#[test]
fn drafts_never_push_out_the_generation_to_go_back_to() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let embedder = CountingEmbedder::new(usize::MAX);
    let first = house.build(&store, &embedder, 0).unwrap().manifest.id;
    house.write_law("45 ngày");
    house.build(&store, &embedder, 1).unwrap();
    for (draft, days) in ["50 ngày", "55 ngày", "60 ngày"].iter().enumerate() {
        house.write_law(days);
        let at = jiff::Timestamp::from_second(1_800_000_002 + draft as i64).unwrap();
        let options = BuildOptions { activate: false, ..BuildOptions::default() };
        house.build_with(&store, &embedder, at, options).unwrap();
    }
    store.prune(2);
    assert_eq!(store.rollback().unwrap().manifest.id, first);
}

#[test]
fn a_failed_build_and_a_crashed_one_leave_the_old_generation_serving() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let first = house.build(&store, &CountingEmbedder::new(usize::MAX), 0).unwrap().manifest.id;
    house.write_law("45 ngày");
    fs::remove_dir_all(house.data.join("cache")).unwrap();
    assert!(matches!(house.build(&store, &CountingEmbedder::new(70), 1), Err(Error::Internal(_))));
    let leftover = house.data.join("generations/.building-crashed");
    fs::create_dir_all(&leftover).unwrap();
    let reopened = GenerationStore::open(&house.data).unwrap();
    assert_eq!(reopened.current().unwrap().manifest.id, first);
    assert_eq!(reopened.list().len(), 1, "no half-built generation is listed");
    let embedder = CountingEmbedder::new(usize::MAX);
    let report = house.build(&reopened, &embedder, 2).unwrap();
    assert_eq!(report.passages_encoded, 36, "what the failed build had encoded is kept");
    assert!(!leftover.exists());
    assert_ne!(reopened.current().unwrap().manifest.id, first);
}

#[test]
fn one_builder_at_a_time() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let lock = store.lock_for_building().unwrap();
    assert!(matches!(house.build(&store, &CountingEmbedder::new(usize::MAX), 0), Err(Error::Conflict(_))));
    drop(lock);
    house.build(&store, &CountingEmbedder::new(usize::MAX), 0).unwrap();
}

#[test]
fn another_process_is_noticed_and_an_open_generation_outlives_damage() {
    let house = House::new();
    let serving = GenerationStore::open(&house.data).unwrap();
    house.build(&serving, &CountingEmbedder::new(usize::MAX), 0).unwrap();
    let first = serving.current().unwrap().manifest.id.clone();
    house.write_law("45 ngày");
    let other = GenerationStore::open(&house.data).unwrap();
    let second = house.build(&other, &CountingEmbedder::new(usize::MAX), 1).unwrap().manifest.id;
    assert_eq!(serving.current().unwrap().manifest.id, second);
    fs::write(house.data.join("active"), &first).unwrap();
    fs::write(serving.folder(&first).join("manifest.json"), "{").unwrap();
    assert_eq!(serving.current().unwrap().manifest.id, second, "damage elsewhere does not stop it");
}

/// Every file of a folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

#[test]
fn every_missing_short_or_flipped_file_is_one_clear_message() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let id = house.build(&store, &CountingEmbedder::new(usize::MAX), 0).unwrap().manifest.id;
    let folder = store.folder(&id);
    build::verify(&folder).unwrap();
    let mut damaged = 0;
    for path in files(&folder) {
        let whole = fs::read(&path).unwrap();
        // Locks are empty; there is nothing in them to damage.
        if whole.is_empty() || path.extension().is_some_and(|e| e == "lock") {
            continue;
        }
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 0x10;
        for (what, bytes) in
            [("missing", None), ("short", Some(&whole[..whole.len() / 2])), ("flipped", Some(&flipped[..]))]
        {
            match bytes {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let is_list_of_files = path.ends_with(".managed.json");
            assert!(is_list_of_files || build::verify(&folder).is_err(), "{what}: {}", path.display());
            if let Err(error) = GenerationStore::open(&house.data).unwrap().current() {
                let text = error.to_string();
                assert!(matches!(error, Error::Unavailable { .. }) && text.contains("hint:"), "{what}: {text}");
                damaged += 1;
            }
            fs::write(&path, &whole).unwrap();
        }
    }
    assert!(10 < damaged, "only {damaged} kinds of damage were seen on opening");
    build::verify(&folder).unwrap();
}

/// Builds `days` as said and hands out the id.
fn built(house: &House, store: &GenerationStore, days: &str, second: i64, options: BuildOptions) -> BuildReport {
    house.write_law(days);
    let at = jiff::Timestamp::from_second(1_800_000_000 + second).unwrap();
    house.build_with(store, &CountingEmbedder::new(usize::MAX), at, options).unwrap()
}

#[test]
fn a_build_may_be_kept_without_being_activated_and_activated_later() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let first = built(&house, &store, "30 ngày", 0, BuildOptions::default()).manifest.id;
    let aside = BuildOptions { activate: false, ..BuildOptions::default() };
    let second = built(&house, &store, "45 ngày", 1, aside.clone());
    assert!(!second.active && second.held_back.is_none());
    assert_eq!(store.current().unwrap().manifest.id, first);
    assert!(built(&house, &store, "45 ngày", 2, aside).unchanged, "the same corpus is not built twice");
    assert!(matches!(store.rollback(), Err(Error::Conflict(_))), "what never was active is nothing to go back to");
    store.activate(&second.manifest.id, Choice::Pinned).unwrap();
    assert_eq!(store.pinned(), Some(second.manifest.id.clone()));
    assert_eq!(store.rollback().unwrap().manifest.id, first);
    assert_eq!(store.pinned(), Some(first));
    let again = built(&house, &store, "45 ngày", 3, BuildOptions::default());
    assert_eq!((again.manifest.id, again.active, store.pinned()), (second.manifest.id, true, None));
}

#[test]
fn a_build_that_lacks_too_much_is_kept_and_not_activated() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let first = built(&house, &store, "30 ngày", 0, BuildOptions::default()).manifest.id;
    let whole = fs::read_to_string(&house.corpus).unwrap();
    let cut =
        |lines: usize| fs::write(&house.corpus, whole.lines().take(lines).collect::<Vec<_>>().join("\n")).unwrap();
    let build = |second: i64, options: BuildOptions| {
        let at = jiff::Timestamp::from_second(1_800_000_000 + second).unwrap();
        house.build_with(&store, &CountingEmbedder::new(usize::MAX), at, options).unwrap()
    };
    cut(80);
    let held = build(1, BuildOptions::default());
    let removal = held.held_back.unwrap();
    assert_eq!((removal.before, removal.removed, held.active), (200, 40, false), "an article and a clause each");
    assert_eq!(store.current().unwrap().manifest.id, first);
    assert_eq!(store.list().len(), 2, "it is kept");
    let confirmed = build(2, BuildOptions { confirm_removal: true, ..BuildOptions::default() });
    assert!(confirmed.active && store.current().unwrap().manifest.id == held.manifest.id);
    cut(77);
    assert!(build(3, BuildOptions::default()).active, "a few may go");
}

#[test]
fn words_come_first_and_vectors_follow_where_they_stopped() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let words_first = BuildOptions { encode_first_passages_max: 10, ..BuildOptions::default() };
    let report = built(&house, &store, "30 ngày", 0, words_first.clone());
    assert!(report.active && report.passages_encoded == 0 && report.manifest.awaits_vectors());
    assert_eq!(store.current().unwrap().vectors_ready(), Some((0, 100)));
    let tired = CountingEmbedder::new(70);
    assert!(fill(&store, &tired, &Silent).is_err());
    let reopened = GenerationStore::open(&house.data).unwrap();
    let embedder = CountingEmbedder::new(usize::MAX);
    let other_process = GenerationStore::open(&house.data).unwrap().current().unwrap();
    assert_eq!(fill(&reopened, &embedder, &Silent).unwrap(), Filled::Complete(36));
    assert_eq!(embedder.encoded.load(Ordering::Relaxed), 36, "what was encoded before the stop is not encoded again");
    assert_eq!(other_process.vectors_ready(), Some((100, 100)), "who had it open sees the vectors arrive");
    build::verify(&reopened.folder(&report.manifest.id)).unwrap();
    assert!(!reopened.list()[0].awaits_vectors());
    assert!(house.build(&reopened, &embedder, 1).unwrap().unchanged);
    let changed = built(&house, &reopened, "45 ngày", 2, words_first);
    assert!(!changed.manifest.awaits_vectors(), "one changed passage is encoded at once");
    assert_eq!(changed.passages_encoded, 1);
}

#[test]
fn filling_stops_when_another_generation_becomes_active() {
    let house = House::new();
    let store = GenerationStore::open(&house.data).unwrap();
    let first = built(&house, &store, "30 ngày", 0, BuildOptions::default()).manifest.id;
    fs::remove_dir_all(house.data.join("cache")).unwrap();
    let words_first = BuildOptions { encode_first_passages_max: 10, ..BuildOptions::default() };
    built(&house, &store, "45 ngày", 1, words_first);
    /// Activates the generation before in the middle of the work.
    struct Leaving<'a>(&'a GenerationStore, String);
    impl congdoan::fetch::Progress for Leaving<'_> {
        fn start(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {
            self.0.activate(&self.1, Choice::Pinned).unwrap();
        }
        fn finish(&self) {}
    }
    let filled = fill(&store, &CountingEmbedder::new(usize::MAX), &Leaving(&store, first)).unwrap();
    assert_eq!(filled, Filled::Stopped(64));
}

#[test]
fn a_folder_that_cannot_be_used_is_one_clear_message() {
    let house = House::new();
    fs::create_dir_all(&house.data).unwrap();
    fs::write(house.data.join("generations"), "a file").unwrap();
    let error = GenerationStore::open(&house.data).err().unwrap();
    assert!(matches!(&error, Error::Unavailable { .. }) && error.to_string().contains("hint:"), "{error}");
}
