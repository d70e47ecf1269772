//! Mechanical paraphrases: each says what its clause says, in another form.

use super::{clauses::Gold, corrupt::capital};

/// A paraphrase; none where it does not apply.
pub type Paraphrase = fn(&Gold, usize) -> Option<String>;

/// All of them, by name.
pub const ALL: [(&str, Paraphrase); 7] = [
    ("as it stands", as_it_stands),
    ("turned around", turned_around),
    ("numbers in words", numbers_in_words),
    ("numbers without noughts", numbers_without_noughts),
    ("other small words", other_words),
    ("one alternative less", one_alternative_less),
    ("without brackets", without_brackets),
];

fn as_it_stands(gold: &Gold, salt: usize) -> Option<String> {
    salt.is_multiple_of(4).then(|| gold.sentence.clone())
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// "Trường hợp A thì B" is "B trong trường hợp A".
fn turned_around(gold: &Gold, _: usize) -> Option<String> {
    let text = &gold.sentence;
    for (start, middle, joint) in [
        ("Trường hợp ", " thì ", " trong trường hợp "),
        ("Trong trường hợp ", " thì ", " trong trường hợp "),
        ("Khi ", " thì ", " khi "),
        ("Khi ", ", ", " khi "),
        ("Nếu ", " thì ", " nếu "),
        ("Đối với ", ", ", " đối với "),
        ("Trong thời gian ", ", ", " trong thời gian "),
    ] {
        let Some((condition, rule)) = text.strip_prefix(start).and_then(|rest| rest.split_once(middle)) else {
            continue;
        };
        let long = |part: &str| 3 <= part.split_whitespace().count();
        if ["nhưng", "chỉ", "và", "mà"].iter().any(|w| rule.starts_with(w)) {
            continue;
        }
        // What refers back must stay behind what it refers to.
        if rule.contains(" này")
            || rule.contains(" đó")
            || rule.contains(':')
            || !long(condition)
            || !long(rule)
            || condition.contains(',')
            || rule.contains(',')
        {
            continue;
        }
        return Some(format!("{}{joint}{}", capital(rule), lower_first(condition)));
    }
    None
}

const WORDS: [(&str, &str); 14] = [
    ("1", "một"),
    ("2", "hai"),
    ("3", "ba"),
    ("4", "bốn"),
    ("5", "năm"),
    ("6", "sáu"),
    ("7", "bảy"),
    ("8", "tám"),
    ("10", "mười"),
    ("12", "mười hai"),
    ("15", "mười lăm"),
    ("24", "hai mươi bốn"),
    ("30", "ba mươi"),
    ("45", "bốn mươi lăm"),
];

fn numbers_in_words(gold: &Gold, _: usize) -> Option<String> {
    let words: Vec<&str> = gold.sentence.split_whitespace().collect();
    let mut changed = false;
    let mut out: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let counted = words.get(at + 1).is_some_and(|next| {
            matches!(
                next.trim_matches(|c: char| !c.is_alphanumeric()),
                "ngày" | "tháng" | "giờ" | "tuổi" | "lần" | "phút" | "tuần"
            )
        });
        let before = at.checked_sub(1).map_or(String::new(), |i| words[i].to_lowercase());
        let spelled =
            WORDS.iter().find(|(digits, _)| *digits == word.trim_start_matches('0')).map(|(_, spelled)| spelled);
        match spelled
            .filter(|_| counted && !matches!(before.as_str(), "ngày" | "tháng" | "năm" | "điều" | "khoản" | "thứ"))
        {
            Some(spelled) => {
                changed = true;
                out.push((*spelled).to_owned());
            }
            None => out.push((*word).to_owned()),
        }
    }
    changed.then(|| out.join(" "))
}

fn numbers_without_noughts(gold: &Gold, _: usize) -> Option<String> {
    let mut changed = false;
    let words = gold.sentence.split_whitespace().map(|word| {
        let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
        if digits.len() == 2 && digits.starts_with('0') && digits != "00" && !word.contains('/') {
            changed = true;
            word.replace(digits, &digits[1..])
        } else {
            word.to_owned()
        }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    changed.then_some(text)
}

fn other_words(gold: &Gold, salt: usize) -> Option<String> {
    const SETS: [&[(&str, &str)]; 4] = [
        &[
            (" ít nhất ", " tối thiểu "),
            ("người sử dụng lao động", "công ty"),
            ("Người sử dụng lao động", "Công ty"),
            (" hoặc ", " hay "),
        ],
        &[
            ("tiền lương", "lương"),
            ("Tiền lương", "Lương"),
            (" hằng ", " hàng "),
            (" có trách nhiệm ", " phải "),
            (" có nghĩa vụ ", " phải "),
        ],
        &[
            ("hợp đồng lao động", "hợp đồng"),
            (" đối với ", " với "),
            (" trong trường hợp ", " khi "),
            (" không quá ", " tối đa "),
        ],
        &[
            ("người lao động", "NLĐ"),
            ("Người lao động", "NLĐ"),
            (" tối đa ", " nhiều nhất "),
            (" có quyền ", " được quyền "),
        ],
    ];
    let mut text = gold.sentence.clone();
    for (from, to) in SETS[salt % SETS.len()] {
        if text.contains("đại diện người")
            || text.contains("không có trách nhiệm")
            || text.contains("không có quyền")
            || text.contains("không có nghĩa vụ")
        {
            return None;
        }
        text = text.replace(from, to);
    }
    (text != gold.sentence).then_some(text)
}

/// "A, B hoặc C" with one of them left out, where none carries a number, a not or a must.
fn one_alternative_less(gold: &Gold, _: usize) -> Option<String> {
    let (before, last) = gold.sentence.split_once(" hoặc ")?;
    let (head, middle) = before.rsplit_once(", ")?;
    let plain = |part: &str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        (1..=4).contains(&words.len())
            && !words.iter().any(|w| {
                matches!(*w, "không" | "phải" | "được" | "trừ" | "nếu" | "khi" | "thì")
                    || w.contains(|c: char| c.is_ascii_digit())
            })
    };
    (plain(middle) && 3 <= head.split_whitespace().count() && !head.contains(" trừ "))
        .then(|| format!("{head} hoặc {last}"))
}

fn without_brackets(gold: &Gold, _: usize) -> Option<String> {
    let (before, rest) = gold.sentence.split_once(" (")?;
    let (inside, after) = rest.split_once(')')?;
    (!inside.contains("trừ") && !inside.contains("không")).then(|| format!("{before}{after}"))
}
