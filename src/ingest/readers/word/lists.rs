/*!
Labels of automatic lists: what Word prints before a paragraph without it being text.

A *definition* has up to nine levels; a *list* uses a definition and may override parts of
it. Lists of one definition count on together unless an override says where to start.
*/

use std::collections::{HashMap, HashSet};

/// Levels of a list.
pub const LEVELS_MAX: usize = 9;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 200;

/// How a level writes its count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Format {
    /// 1, 2, 3
    #[default]
    Decimal,
    /// 01, 02, with as many digits at least
    Padded(usize),
    /// I, II, III
    UpperRoman,
    /// i, ii, iii
    LowerRoman,
    /// A, B, C
    UpperLetter,
    /// a, b, c
    LowerLetter,
    /// một, hai, ba
    Words,
    /// One of the words given, in order
    Custom(Vec<String>),
    /// No count but a sign
    Bullet,
    /// Nothing
    None,
}

impl Format {
    /// Writes a count.
    pub fn write(&self, count: i64) -> String {
        match self {
            Self::Decimal => count.to_string(),
            Self::Padded(digits) => format!("{count:0digits$}", digits = *digits),
            Self::UpperRoman => roman(count),
            Self::LowerRoman => roman(count).to_lowercase(),
            Self::UpperLetter => letter(count, b'A'),
            Self::LowerLetter => letter(count, b'a'),
            Self::Words => words(count),
            Self::Custom(items) => usize::try_from(count - 1)
                .ok()
                .and_then(|at| items.get(at).cloned())
                .unwrap_or_else(|| count.to_string()),
            Self::Bullet | Self::None => String::new(),
        }
    }
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// First count.
    pub start: i64,
    /// How counts are written.
    pub format: Format,
    /// The label, `%1` for the count of the first level.
    pub text: String,
    /// Whether nothing stands between label and text.
    pub joined: bool,
    /// Counts again after a use of a level less than this one (0: never); as default after
    /// any less than itself.
    pub restart: Option<usize>,
    /// All counts of the label in digits.
    pub legal: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self { start: 1, format: Format::Decimal, text: String::new(), joined: false, restart: None, legal: false }
    }
}

/// A list that uses a definition.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Its definition.
    pub definition: i64,
    /// Where levels start otherwise.
    pub starts: HashMap<usize, i64>,
    /// Levels defined otherwise.
    pub levels: HashMap<usize, Level>,
}

/// The lists of a document and how far each has counted.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// Definitions by their id.
    pub definitions: HashMap<i64, Vec<Level>>,
    /// Lists by their id.
    pub lists: HashMap<i64, List>,
    counts: HashMap<i64, [Option<i64>; LEVELS_MAX]>,
    started: HashSet<(i64, usize)>,
}

impl Lists {
    /// Counts one paragraph of `list` at `level`; its label with the space behind it.
    pub fn label(&mut self, list_id: i64, level: usize) -> Option<String> {
        let level = level.min(LEVELS_MAX - 1);
        let list = self.lists.get(&list_id)?;
        let definition = self.definitions.get(&list.definition)?;
        let level_at = |at: usize| list.levels.get(&at).or_else(|| definition.get(at));
        let current = level_at(level)?;
        let counts = self.counts.entry(list.definition).or_default();
        let start = match list.starts.get(&level) {
            Some(start) if self.started.insert((list_id, level)) => {
                counts[level] = None;
                *start
            }
            Some(start) => *start,
            None => current.start,
        };
        counts[level] = Some(counts[level].map_or(start, |count| count.saturating_add(1)));
        for (deeper, count) in counts.iter_mut().enumerate().skip(level + 1) {
            // A level's restart names, from 1, the level whose use starts it anew.
            let after = level_at(deeper).and_then(|level| level.restart).unwrap_or(deeper);
            if level < after {
                *count = None;
            }
        }
        if current.format == Format::Bullet {
            return Some(bullet(&current.text).to_owned());
        }
        let count_of = |at: usize| {
            let level = level_at(at)?;
            let count = counts[at].unwrap_or(level.start);
            let digits = current.legal && !matches!(level.format, Format::None | Format::Bullet);
            Some(if digits { count.to_string() } else { level.format.write(count) })
        };
        let mut label = fill(&current.text, count_of);
        if label.trim().is_empty() {
            return None;
        }
        if !current.joined && !label.ends_with(' ') {
            label.push(' ');
        }
        Some(label)
    }
}

/// Puts counts in the places of `%1` … `%9`.
fn fill(text: &str, count_of: impl Fn(usize) -> Option<String>) -> String {
    let mut label = String::new();
    let mut chars = text.chars().take(LABEL_CHARS_MAX).peekable();
    while let Some(c) = chars.next() {
        match chars.peek().and_then(|c| c.to_digit(10)) {
            Some(digit @ 1..=9) if c == '%' => {
                chars.next();
                label.push_str(&count_of(digit as usize - 1).unwrap_or_default());
            }
            _ => label.push(c),
        }
    }
    label
}

/// Signs that Vietnamese texts tell apart stay; any other sign is a dash.
fn bullet(text: &str) -> &'static str {
    match text.trim() {
        "+" => "+ ",
        "*" => "* ",
        _ => "- ",
    }
}

fn roman(count: i64) -> String {
    const SIGNS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&count) {
        return count.to_string();
    }
    let mut rest = count;
    let mut signs = String::new();
    for (value, sign) in SIGNS {
        while value <= rest {
            signs.push_str(sign);
            rest -= value;
        }
    }
    signs
}

/// a … z, then aa, bb, as Word goes on.
fn letter(count: i64, first: u8) -> String {
    if !(1..=26 * 9).contains(&count) {
        return count.to_string();
    }
    let at = count - 1;
    let sign = char::from(first + u8::try_from(at % 26).unwrap_or(0));
    std::iter::repeat_n(sign, usize::try_from(at / 26).unwrap_or(0) + 1).collect()
}

fn words(count: i64) -> String {
    const ONES: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
    let Some(count) = usize::try_from(count).ok().filter(|count| *count < 100) else { return count.to_string() };
    let tens = match count / 10 {
        0 => return ONES[count].to_owned(),
        1 => "mười".to_owned(),
        tens => format!("{} mươi", ONES[tens]),
    };
    match (count / 10, count % 10) {
        (_, 0) => tens,
        (2.., 1) => format!("{tens} mốt"),
        (_, 5) => format!("{tens} lăm"),
        (_, ones) => format!("{tens} {}", ONES[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(format: Format, text: &str) -> Level {
        Level { format, text: text.to_owned(), ..Level::default() }
    }

    fn lists() -> Lists {
        let levels = vec![
            level(Format::UpperRoman, "Chương %1"),
            Level { restart: Some(0), ..level(Format::Decimal, "Điều %2.") },
            level(Format::Decimal, "%3."),
            level(Format::LowerLetter, "%4)"),
            level(Format::Bullet, "\u{F0B7}"),
        ];
        let mut lists = Lists { definitions: HashMap::from([(7, levels)]), ..Lists::default() };
        lists.lists.insert(1, List { definition: 7, ..List::default() });
        lists.lists.insert(2, List { definition: 7, starts: HashMap::from([(2, 4)]), ..List::default() });
        lists
    }

    #[test]
    fn levels_count_and_restart_as_defined() {
        let mut lists = lists();
        let labels: Vec<String> =
            [0, 1, 2, 2, 3, 3, 2, 3, 0, 1, 2, 4].iter().map(|level| lists.label(1, *level).unwrap()).collect();
        assert_eq!(
            labels,
            ["Chương I ", "Điều 1. ", "1. ", "2. ", "a) ", "b) ", "3. ", "a) ", "Chương II ", "Điều 2. ", "1. ", "- "]
        );
    }

    #[test]
    fn lists_of_one_definition_count_on_unless_told_where_to_start() {
        let mut lists = lists();
        assert_eq!(lists.label(1, 2).unwrap(), "1. ");
        assert_eq!(lists.label(2, 2).unwrap(), "4. ");
        assert_eq!(lists.label(2, 2).unwrap(), "5. ");
        assert_eq!(lists.label(1, 2).unwrap(), "6. ");
        assert_eq!(lists.label(3, 0), None);
    }

    #[test]
    fn counts_are_written_in_every_format() {
        assert_eq!(Format::UpperRoman.write(1994), "MCMXCIV");
        assert_eq!(Format::LowerRoman.write(4), "iv");
        assert_eq!(Format::LowerLetter.write(28), "bb");
        assert_eq!(Format::Padded(2).write(7), "07");
        assert_eq!(Format::Words.write(21), "hai mươi mốt");
        assert_eq!(Format::Words.write(15), "mười lăm");
        let own = Format::Custom(["a", "b", "c", "d", "đ"].map(str::to_owned).to_vec());
        assert_eq!((own.write(5), own.write(9)), ("đ".to_owned(), "9".to_owned()));
    }

    #[test]
    fn a_label_shows_the_levels_above_it() {
        let mut lists = Lists::default();
        let levels = vec![level(Format::UpperRoman, "%1."), Level { legal: true, ..level(Format::Decimal, "%1.%2.") }];
        lists.definitions.insert(1, levels);
        lists.lists.insert(1, List { definition: 1, ..List::default() });
        assert_eq!(lists.label(1, 0).unwrap(), "I. ");
        assert_eq!(lists.label(1, 1).unwrap(), "1.1. ");
    }
}
