/*!
Whether an article is about the case asked for: whose act it is, whom it is for, which number it has.

A short question shares few words with any rule. What it tells beside them is read by plain tables
here, and each thing that speaks for or against an article is a part of its score of its own.
Nothing here rules an article out.
*/

use std::sync::LazyLock;

use crate::law::{Document, NodeKind, text::padded};

/// Special cases: words of a title, and words of a question that tell of the case.
const SPECIAL_CASES: &str = include_str!("../../corpus/language/special-cases.tsv");

/// One row of the table, as padded syllables.
struct Special {
    title: String,
    told_by: Vec<String>,
}

static SPECIAL: LazyLock<Vec<Special>> = LazyLock::new(|| {
    let rows = SPECIAL_CASES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let special = |(title, told): (&str, &str)| Special {
        title: padded(title),
        told_by: told.split(" | ").map(padded).collect(),
    };
    rows.map(special).collect()
});

/// One of the two parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    Worker,
    Employer,
}

/// What workers say when they leave.
const LEAVES: [&str; 15] = [
    "nghỉ việc",
    "xin nghỉ",
    "nghỉ ngang",
    "tự nghỉ",
    "muốn nghỉ",
    "nộp đơn",
    "nghỉ luôn",
    "bỏ việc",
    "nhảy việc",
    "tự ý nghỉ",
    "em nghỉ",
    "tôi nghỉ",
    "mình nghỉ",
    "nghỉ không báo",
    "nghỉ ngay",
];
/// Syllables right before such words that make leaving the employer's act.
const LET_GO_BEFORE: [&str; 5] = ["cho", "bị", "ép", "bắt", "buộc"];
/// What is said of an employer who ends a contract.
const LETS_GO: [&str; 13] = [
    "cho nghỉ",
    "cho tôi nghỉ",
    "cho em nghỉ",
    "cho mình nghỉ",
    "bị nghỉ việc",
    "cho thôi việc",
    "đuổi",
    "sa thải",
    "cắt hợp đồng",
    "cắt giảm",
    "ép nghỉ",
    "bắt nghỉ",
    "buộc thôi việc",
];

/// What a question tells of its case beside its words.
pub struct Case {
    untold: Vec<&'static Special>,
    actor: Option<Party>,
    units: &'static [&'static str],
}

impl Case {
    /// Reads a question as understood; `units` are those of the number asked for.
    pub fn of(question: &str, units: &'static [&'static str]) -> Self {
        let text = padded(question);
        let told = |special: &&Special| {
            special.told_by.iter().any(|words| text.contains(words)) || text.contains(&special.title)
        };
        let untold = SPECIAL.iter().filter(|special| !told(special)).collect();
        Self { untold, actor: actor(&text), units }
    }

    /// Whether an article is on a special case that the question does not tell of, by its own title
    /// and those of its chapter and document.
    pub fn is_untold(&self, document: &Document, article: usize) -> bool {
        let chapter = document.enclosing(article, NodeKind::Chapter).map_or("", |i| document.nodes()[i].title.as_str());
        let titles = [document.nodes()[article].title.as_str(), chapter, document.meta.title.as_str()].map(padded);
        self.untold.iter().any(|special| titles.iter().any(|title| title.contains(&special.title)))
    }

    /// 1 for a title on the act of the party asked about, -1 for one on the other's, 0 for any other.
    pub fn acts(&self, title: &str) -> f32 {
        let Some(actor) = self.actor else { return 0.0 };
        let title = padded(title);
        // Whoever is named first acts: "trách nhiệm của … đối với …".
        let of = match (title.find(" người lao động "), title.find(" người sử dụng lao động ")) {
            (None, None) => return 0.0,
            (Some(worker), Some(employer)) if worker < employer => Party::Worker,
            (Some(_), None) => Party::Worker,
            (_, Some(_)) => Party::Employer,
        };
        if of == actor { 1.0 } else { -1.0 }
    }

    /// Whether `text` holds a number of a unit asked for.
    pub fn has_number(&self, text: &str) -> bool {
        let is_number = |before: &str| before.trim_end_matches(' ').ends_with(|c: char| c.is_ascii_digit());
        self.units.iter().any(|unit| text.match_indices(unit).any(|(at, _)| is_number(&text[..at])))
    }
}

/// Who ends the contract, where the question is of that.
fn actor(text: &str) -> Option<Party> {
    let says = |words: &&str| text.contains(&format!(" {words} "));
    if LETS_GO.iter().any(says) {
        return Some(Party::Employer);
    }
    let leaves = |words: &&str| {
        let at = text.find(&format!(" {words} "))?;
        let let_go = LET_GO_BEFORE.iter().any(|before| text[..=at].ends_with(&format!(" {before} ")));
        (!let_go).then_some(())
    };
    LEAVES.iter().find_map(leaves).map(|()| Party::Worker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_and_who_lets_go_are_told_apart() {
        let worker = Case::of("Nghỉ việc thì phải báo ai?", &[]);
        assert_eq!(worker.acts("Quyền rời bến của người lao động"), 1.0);
        assert_eq!(worker.acts("Quyền rời bến của người sử dụng lao động"), -1.0);
        assert_eq!(worker.acts("Rời bến"), 0.0);
        let employer = Case::of("Chủ thuyền cho nghỉ thì phải báo ai?", &[]);
        assert_eq!(employer.acts("Nghĩa vụ của người sử dụng lao động đối với người lao động rời bến"), 1.0);
        assert_eq!(employer.acts("Nghĩa vụ của người lao động"), -1.0);
        assert_eq!(Case::of("Bị nghỉ việc thì sao?", &[]).actor, Some(Party::Employer));
        assert_eq!(Case::of("Bị ép nộp đơn", &[]).actor, None);
        assert_eq!(Case::of("Một ngày thắp đèn mấy lần?", &[]).acts("Quyền của người lao động"), 0.0);
    }

    #[test]
    fn a_number_counts_with_its_unit() {
        let days = Case::of("", &["ngày"]);
        assert!(days.has_number("nghỉ 03 ngày làm việc") && days.has_number("nghỉ 3ngày"));
        assert!(!days.has_number("mỗi ngày 3 lần") && !days.has_number("ba mươi ngày"));
        assert!(!Case::of("", &[]).has_number("03 ngày"), "nothing is asked for");
        assert!(Case::of("", &["%"]).has_number("bằng 75% tiền lương"));
    }

    #[test]
    fn the_table_of_special_cases_is_whole() {
        let rows: Vec<&str> = SPECIAL_CASES.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(rows.len(), SPECIAL.len());
        for (at, row) in rows.iter().enumerate() {
            let (title, told) = row.split_once('\t').unwrap();
            assert!(!title.is_empty() && !told.is_empty() && *row == row.to_lowercase(), "{row}");
            assert!(!rows[..at].iter().any(|other| other.split('\t').next() == Some(title)), "{title} stands twice");
        }
    }
}
