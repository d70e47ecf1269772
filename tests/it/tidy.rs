//! The house is kept: short files and functions, no unfinished work, documents that name
//! what exists.

use std::path::Path;

use crate::architecture::{rust_files, text_of};

/// Longest file, in lines.
const FILE_LINES_MAX: usize = 500;
/// Longest function, in lines.
const FUNCTION_LINES_MAX: usize = 70;

fn all_rust_files() -> Vec<std::path::PathBuf> {
    ["src", "tests", "benches"].into_iter().flat_map(rust_files).collect()
}

#[test]
fn files_and_functions_are_short() {
    let mut long = Vec::new();
    for path in all_rust_files() {
        let text = text_of(&path);
        let lines: Vec<&str> = text.lines().collect();
        if FILE_LINES_MAX < lines.len() {
            long.push(format!("{}: {} lines", path.display(), lines.len()));
        }
        for (start, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let code = line.trim_start();
            let is_function =
                ["fn ", "pub fn ", "async fn ", "pub async fn ", "pub(super) fn ", "pub(crate) fn ", "unsafe fn "]
                    .iter()
                    .any(|head| code.starts_with(head));
            if !is_function {
                continue;
            }
            let closing = format!("{}}}", " ".repeat(indent));
            let length = lines[start..].iter().position(|l| *l == closing).map_or(0, |at| at + 1);
            if FUNCTION_LINES_MAX < length {
                long.push(format!("{}:{}: a function of {length} lines", path.display(), start + 1));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn nothing_is_left_unfinished() {
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["#[ig", "nore"].concat(), ["todo", "!("].concat()];
    for path in all_rust_files() {
        let text = text_of(&path);
        for word in &words {
            assert!(!text.contains(word.as_str()), "{} holds {word}", path.display());
        }
        assert!(
            path.ends_with("main.rs") || text.starts_with("/*!") || text.starts_with("//!"),
            "{} has no opening",
            path.display()
        );
    }
}

#[test]
fn documents_name_paths_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for document in ["ARCHITECTURE.md", "README.md", "README.vi.md"] {
        let text = text_of(Path::new(document));
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "corpus/", "benches/", "seeds/", "models/", "docs/", "templates/"]
                .iter()
                .any(|start| word.starts_with(start));
            // Weights are fetched, patterns name many files.
            if !is_path
                || word.contains(['*', '{', '<', ' ', '…'])
                || (word.starts_with("models/") && !word.ends_with(".md") && !word.ends_with(".toml"))
            {
                continue;
            }
            named += 1;
            assert!(root.join(word).exists(), "{document} names `{word}`, which does not exist");
        }
    }
    assert!(20 < named, "only {named} paths were seen");
}

#[test]
fn no_path_of_a_machine_and_no_big_file_is_kept() {
    for path in all_rust_files() {
        let text = text_of(&path);
        for start in [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/ho", "me/"].concat()] {
            assert!(!text.contains(&start), "{} names {start}", path.display());
        }
    }
}
