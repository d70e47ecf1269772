//! Mechanical corruptions of a sentence: each makes it say what its clause does not.

use super::clauses::Gold;

/// A corrupted sentence; none where the corruption does not apply.
pub type Corruption = fn(&Gold, usize) -> Option<String>;

/// The corruptions that change the sentence, by name.
pub const ALL: [(&str, Corruption); 13] = [
    ("swapped parties", swapped_parties),
    ("changed number", changed_number),
    ("changed unit", changed_unit),
    ("dropped không", dropped_not),
    ("added không", added_not),
    ("must to may", must_to_may),
    ("may to must", may_to_must),
    ("dropped bound", dropped_bound),
    ("wrong article", wrong_article),
    ("invented law or number", invented),
    ("wrong term", wrong_term),
    ("dropped exception", dropped_exception),
    ("dropped condition", dropped_condition),
];

const PARTIES: &[(&str, &str)] = &[
    ("người lao động", "người sử dụng lao động"),
    ("bên thuê lại lao động", "doanh nghiệp cho thuê lại lao động"),
    ("bên mua", "bên bán"),
    ("bên vay", "bên cho vay"),
    ("bên thuê", "bên cho thuê"),
    ("bên gửi", "bên giữ"),
    ("bên thế chấp", "bên nhận thế chấp"),
    ("bên cầm cố", "bên nhận cầm cố"),
    ("bên ủy quyền", "bên được ủy quyền"),
];

const TERMS: &[&[&str]] = &[
    &["trợ cấp thôi việc", "trợ cấp mất việc làm", "trợ cấp thất nghiệp"],
    &["thử việc", "học nghề"],
    &["nghỉ hằng năm", "nghỉ việc riêng", "nghỉ hằng tuần"],
    &["sa thải", "khiển trách", "cách chức"],
    &["bảo hiểm xã hội", "bảo hiểm y tế", "bảo hiểm thất nghiệp"],
    &["thỏa ước lao động tập thể", "nội quy lao động", "hợp đồng lao động"],
    &["tai nạn lao động", "bệnh nghề nghiệp"],
    &["làm thêm giờ", "làm việc vào ban đêm"],
    &["tiền lương", "tiền thưởng"],
    &["lao động nữ", "lao động chưa thành niên", "lao động là người khuyết tật"],
    &["ốm đau", "thai sản"],
    &["đình công", "thương lượng tập thể", "đối thoại tại nơi làm việc"],
    &["cấp tỉnh", "cấp huyện", "cấp xã"],
    &["tù chung thân", "tử hình"],
    &["phạt tù", "phạt tiền", "cải tạo không giam giữ"],
    &["cố ý", "vô ý"],
    &["thế chấp", "cầm cố", "bảo lãnh"],
    &["mua bán", "tặng cho"],
    &["chấm dứt hợp đồng", "tạm hoãn hợp đồng"],
    &["hòa giải viên lao động", "hội đồng trọng tài lao động", "tòa án"],
    &["người khuyết tật", "người cao tuổi"],
    &["chi nhánh", "văn phòng đại diện"],
];

/// Replaces the first whole-word occurrence, keeping a capital.
fn replace_once(text: &str, from: &str, to: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    let mut start = 0;
    while let Some(found) = lower[start..].find(from) {
        let at = start + found;
        let end = at + from.len();
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        if edge(lower[..at].chars().next_back()) && edge(lower[end..].chars().next()) {
            let was_capital = text[at..].starts_with(char::is_uppercase);
            let to = if was_capital { capital(to) } else { to.to_owned() };
            return Some(format!("{}{to}{}", &text[..at], &text[end..]));
        }
        start = end;
    }
    None
}

pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn has(text: &str, words: &str) -> bool {
    replace_once(text, words, words).is_some()
}

fn tidy(text: &str) -> String {
    capital(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Both parties of a pair in each other's places, or the only one replaced by the other.
fn swapped_parties(gold: &Gold, _: usize) -> Option<String> {
    let text = &gold.sentence;
    let lower = text.to_lowercase();
    for (a, b) in PARTIES {
        // "người lao động và người sử dụng lao động thỏa thuận" is the same either way.
        let joined = [" và ", ", ", " hoặc ", " với ", " hoặc giữa ", " và của ", " và tổ chức "]
            .iter()
            .any(|by| lower.contains(&format!("{a}{by}{b}")) || lower.contains(&format!("{b}{by}{a}")));
        if joined || lower.contains("hai bên") || lower.contains("các bên") || lower.contains("đại diện người")
        {
            continue;
        }
        let marked = replace_all(text, b, "⟨1⟩");
        let marked = replace_all(&marked, a, "⟨2⟩");
        if !marked.contains('⟨') {
            continue;
        }
        return Some(tidy(&marked.replace("⟨1⟩", a).replace("⟨2⟩", b)));
    }
    None
}

fn replace_all(text: &str, from: &str, to: &str) -> String {
    let mut text = text.to_owned();
    while let Some(next) = replace_once(&text, from, to) {
        text = next;
    }
    text
}

/// Words before a number that make it a label or a year.
const LABEL_WORDS: [&str; 12] =
    ["điều", "khoản", "điểm", "chương", "mục", "luật", "số", "năm", "tháng", "ngày", "phụ", "mẫu"];

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%')
}

fn is_amount(words: &[&str], at: usize) -> bool {
    let word = bare(words[at]).trim_end_matches('%');
    let before = at.checked_sub(1).map_or(String::new(), |i| bare(words[i]).to_lowercase());
    let is_number = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    is_number && !LABEL_WORDS.contains(&before.as_str()) && !words[at].contains('/') && !words[at].contains("Điều")
}

fn changed_number(gold: &Gold, salt: usize) -> Option<String> {
    let words: Vec<&str> = gold.sentence.split_whitespace().collect();
    let places: Vec<usize> = (0..words.len()).filter(|at| is_amount(&words, *at)).collect();
    let at = *places.get(salt % places.len().max(1))?;
    let digits: String = words[at].chars().filter(char::is_ascii_digit).collect();
    let value: u64 = digits.parse().ok()?;
    let changed = if value < 10 { value + 1 + salt as u64 % 3 } else { value + value / 2 };
    let core = bare(words[at]).trim_end_matches('%');
    let shown = if core.contains('.') {
        grouped(changed)
    } else if core.starts_with('0') && changed < 10 {
        format!("0{changed}")
    } else {
        changed.to_string()
    };
    if core.contains(',') {
        return None;
    }
    let mut list: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
    list[at] = words[at].replace(core, &shown);
    Some(list.join(" "))
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

fn changed_unit(gold: &Gold, salt: usize) -> Option<String> {
    const UNITS: [(&str, [&str; 2]); 7] = [
        ("ngày", ["tháng", "tuần"]),
        ("tháng", ["ngày", "năm"]),
        ("năm", ["tháng", "ngày"]),
        ("giờ", ["ngày", "phút"]),
        ("phút", ["giờ", "ngày"]),
        ("tuổi", ["tháng", "năm"]),
        ("tuần", ["tháng", "ngày"]),
    ];
    let words: Vec<&str> = gold.sentence.split_whitespace().collect();
    let places: Vec<(usize, &str)> = (1..words.len())
        .filter(|at| is_amount(&words, at - 1))
        .filter_map(|at| {
            let unit = UNITS.iter().find(|(unit, _)| *unit == bare(words[at]))?;
            Some((at, unit.1[salt % 2]))
        })
        .collect();
    let (at, unit) = *places.get(salt % places.len().max(1))?;
    // "12 tháng tuổi" and the like stay what they are.
    if words.get(at + 1).is_some_and(|next| matches!(bare(next), "tuổi" | "làm" | "một")) {
        return None;
    }
    let mut list: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
    list[at] = words[at].replace(bare(words[at]), unit);
    Some(list.join(" "))
}

fn dropped_not(gold: &Gold, salt: usize) -> Option<String> {
    let words: Vec<&str> = gold.sentence.split_whitespace().collect();
    let fixed = |at: usize| {
        let next = words.get(at + 1).map_or("", |w| bare(w));
        let before = at.checked_sub(1).map_or("", |i| bare(words[i]));
        // "hay không", "không những", "không kể" deny nothing.
        next.is_empty()
            || matches!(next, "những" | "chỉ" | "kể" | "gian" | "khí" | "bao" | "và" | "hoặc" | "thì")
            || matches!(before, "hay" | "hoặc" | "có" | "hàng")
            || words[at].ends_with([',', ';'])
    };
    let places: Vec<usize> =
        (0..words.len()).filter(|at| words[*at].eq_ignore_ascii_case("không") && !fixed(*at)).collect();
    let places: Vec<usize> = if places.is_empty() {
        (0..words.len()).filter(|at| words[*at] == "Không" && !fixed(*at)).collect()
    } else {
        places
    };
    let at = *places.get(salt % places.len().max(1))?;
    let list: Vec<&str> = words.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, w)| *w).collect();
    Some(tidy(&list.join(" ")))
}

fn added_not(gold: &Gold, salt: usize) -> Option<String> {
    let words: Vec<&str> = gold.sentence.split_whitespace().collect();
    let is_modal = |at: usize| {
        let word = bare(words[at]);
        let next = words.get(at + 1).map_or("", |w| bare(w));
        let before = at.checked_sub(1).map_or("", |i| bare(words[i])).to_lowercase();
        let free = !matches!(
            before.as_str(),
            "không" | "chưa" | "chỉ" | "phải" | "được" | "có" | "mới" | "vẫn" | "cũng" | "đã" | "đều"
        );
        free && (word == "phải"
            || word == "được"
            || (word == "có" && matches!(next, "quyền" | "trách" | "nghĩa" | "thể")))
    };
    let places: Vec<usize> = (1..words.len()).filter(|at| is_modal(*at)).collect();
    let at = *places.get(salt % places.len().max(1))?;
    let mut list: Vec<&str> = words;
    list.insert(at, "không");
    Some(list.join(" "))
}

fn must_to_may(gold: &Gold, salt: usize) -> Option<String> {
    let text = &gold.sentence;
    if has(text, "không phải")
        || has(text, "bên có")
        || has(text, "thiết phải")
        || has(text, "phải chịu")
        || has(text, "phải được")
    {
        return None;
    }
    let to = ["có quyền", "được", "có thể"][salt % 3];
    ["có trách nhiệm", "có nghĩa vụ", "phải"].iter().find_map(|from| replace_once(text, from, to))
}

fn may_to_must(gold: &Gold, salt: usize) -> Option<String> {
    let text = &gold.sentence;
    if has(text, "không có quyền") || has(text, "bên có") || has(text, "không được") || has(text, "không thể")
    {
        return None;
    }
    let to = ["phải", "có nghĩa vụ"][salt % 2];
    ["có quyền", "được quyền", "được phép", "có thể", "người lao động được", "lao động nữ được"].iter().find_map(
        |from| {
            let kept = from.strip_suffix(" được").filter(|kept| kept.contains("lao động"));
            replace_once(text, from, &kept.map_or_else(|| to.to_owned(), |kept| format!("{kept} {to}")))
        },
    )
}

fn dropped_bound(gold: &Gold, _: usize) -> Option<String> {
    const FAR: [&str; 8] = [
        "ít nhất phải bằng",
        "ít nhất bằng",
        "không được quá",
        "tối thiểu",
        "ít nhất",
        "tối đa",
        "không quá",
        "không vượt quá",
    ];
    // These bound a number only right before it.
    const NEAR: [&str; 3] = ["chưa đủ", "dưới", "trên"];
    let lower = gold.sentence.to_lowercase();
    if lower.contains("tối đa không quá") {
        return None;
    }
    let bounds = |bound: &str, reach: usize| {
        let after = lower.find(&format!("{bound} ")).map(|at| &lower[at + bound.len()..]);
        after.is_some_and(|after| {
            after.split_whitespace().take(reach).any(|w| w.starts_with(|c: char| c.is_ascii_digit()))
        })
    };
    let far = FAR.into_iter().find(|bound| bounds(bound, 3));
    let bound = far.or_else(|| NEAR.into_iter().find(|bound| bounds(bound, 1)))?;
    // The place found must be the place taken out.
    let at = lower.find(&format!("{bound} "))?;
    let edge = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let kept = if bound.contains("bằng") { "bằng" } else { "" };
    edge.then(|| replace_once(&gold.sentence, bound, kept).map(|t| tidy(&t)))?
}

fn wrong_article(gold: &Gold, salt: usize) -> Option<String> {
    let number: usize = gold.article.parse().ok()?;
    let wrong = number + 1 + salt % 40;
    let document = gold.citation.split(&format!("Điều {} ", gold.article)).nth(1)?.split(" (").next()?;
    let body = lower_first(&gold.sentence);
    Some(match salt % 3 {
        0 => format!("Theo Điều {wrong} {document}, {body}"),
        1 => format!("Theo khoản 1 Điều {wrong} {document}, {body}"),
        _ => format!("{} theo Điều {wrong}", gold.sentence),
    })
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn invented(gold: &Gold, salt: usize) -> Option<String> {
    let body = lower_first(&gold.sentence);
    Some(match salt % 5 {
        0 => format!("Theo Luật Bảo vệ quyền nghỉ ngơi 2031, {body}"),
        1 => format!("Theo Nghị định số 917/2031/NĐ-CP, {body}"),
        2 => format!("{} và được thưởng thêm 77.000.000 đồng", gold.sentence),
        3 => format!("{} trong vòng 411 ngày", gold.sentence),
        _ => format!("Theo Bộ luật Thương thuyền, {body}"),
    })
}

fn wrong_term(gold: &Gold, salt: usize) -> Option<String> {
    let text = &gold.sentence;
    let whole = format!("{} {} {}", gold.title, gold.lead_in, gold.text).to_lowercase();
    for group in TERMS {
        let Some(term) = group.iter().find(|term| has(text, term)) else { continue };
        let others: Vec<&&str> = group.iter().filter(|other| !whole.contains(**other)).collect();
        if let Some(other) = others.get(salt % others.len().max(1)) {
            return replace_once(text, term, other);
        }
    }
    // A definition of something else.
    let (defined, rest) = text.split_once(" là ")?;
    let is_definition = gold.title.to_lowercase().contains("giải thích từ ngữ") && defined.split(' ').count() <= 8;
    let swapped =
        ["Người học nghề tự do", "Quan hệ lao động", "Quấy rối tình dục tại nơi làm việc", "Tập thể lao động"];
    let other = swapped.iter().find(|other| !whole.contains(&other.to_lowercase()))?;
    is_definition.then(|| format!("{other} là {rest}"))
}

fn dropped_exception(gold: &Gold, _: usize) -> Option<String> {
    let lower = gold.sentence.to_lowercase();
    let at = lower.find(", trừ ").or_else(|| lower.find(" trừ trường hợp "))?;
    if lower.len() != gold.sentence.len() {
        return None;
    }
    let rest = &gold.sentence[at + 2..];
    let after = rest.find([',', ';']).map_or("", |end| &rest[end..]);
    let cut = format!("{}{after}", &gold.sentence[..at]);
    (6 <= cut.split_whitespace().count()).then_some(cut)
}

/// Fewest words of a condition, and of what is left without it.
const CONDITION_WORDS_MIN: usize = 4;
const RULE_WORDS_MIN: usize = 6;

/// "B nếu A", "Trường hợp A thì B" and the like without A.
fn dropped_condition(gold: &Gold, _: usize) -> Option<String> {
    let text = &gold.sentence;
    let long = |part: &str, least: usize| least <= part.split_whitespace().count();
    // A rule that refers back to its condition is no rule without it.
    let refers = |rule: &str| [" đó", " này", " nêu trên", " ấy"].iter().any(|word| rule.contains(word));
    for start in ["Trường hợp ", "Trong trường hợp ", "Nếu ", "Khi "] {
        let Some((condition, rule)) = text.strip_prefix(start).and_then(|rest| rest.split_once(" thì ")) else {
            continue;
        };
        let whole = !condition.contains(" thì ") && !rule.contains(" nếu ") && !rule.contains(" khi ");
        let fits = long(condition, CONDITION_WORDS_MIN) && long(rule, RULE_WORDS_MIN) && whole && !refers(rule);
        return fits.then(|| capital(rule));
    }
    for middle in [" nếu ", " khi ", " trong trường hợp "] {
        let Some((rule, condition)) = text.split_once(middle) else { continue };
        let last = rule.split_whitespace().next_back().unwrap_or_default().to_lowercase();
        let is_time =
            ["trước", "sau", "từ", "đến", "ngay", "trong", "trừ", "kể", "chỉ", "hoặc", "và"].contains(&last.as_str());
        // What follows another sign may be another rule; an exception is a kind of its own.
        let is_last =
            !condition.contains([',', ';', ':']) && !condition.contains(" thì ") && !condition.contains(" trừ ");
        let fits = long(condition, CONDITION_WORDS_MIN) && long(rule, RULE_WORDS_MIN) && !rule.contains(" hoặc ");
        if is_time || !is_last || !fits || refers(condition) {
            continue;
        }
        return Some(rule.trim_end_matches(',').to_owned());
    }
    None
}
