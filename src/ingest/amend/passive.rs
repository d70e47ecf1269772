/*!
Instructions with their verb behind: `Điều 51 được sửa đổi, bổ sung như sau:`, `Khoản 2 Điều 5
của Luật A được bãi bỏ`, `Cụm từ “x” tại Điều 3 được thay thế bằng cụm từ “y”`.

They are turned round and read like the others. A sentence that tells what was amended, or
what someone else amends, stays as it is.
*/

use super::words::outside_quotes;

/// Verbs as they stand behind, with the word for "is"; longest first.
const VERBS: [(&str, &str); 8] = [
    (" được sửa đổi, bổ sung", "sửa đổi, bổ sung"),
    (" được sửa đổi và bổ sung", "sửa đổi, bổ sung"),
    (" được sửa đổi", "sửa đổi"),
    (" được bổ sung", "bổ sung"),
    (" được thay thế", "thay thế"),
    (" được thay", "thay"),
    (" được bãi bỏ", "bãi bỏ"),
    (" bị bãi bỏ", "bãi bỏ"),
];

/// What such an instruction begins with.
const SUBJECTS: [&str; 13] = [
    "điểm ",
    "khoản ",
    "điều ",
    "các điểm ",
    "các khoản ",
    "các điều ",
    "tên ",
    "mục ",
    "chương ",
    "phụ lục ",
    "cụm từ “",
    "các cụm từ “",
    "từ “",
];

/// What may follow the verb of an order; anything else tells of another document.
const FOLLOWS: [&str; 7] = ["như sau", "bằng ", "thành ", "vào ", "kể từ ngày", "sau ", "trước "];

/// The instruction with its verb in front; none where the text is none of this kind.
pub(super) fn turned(directive: &str) -> Option<String> {
    let masked = outside_quotes(directive).to_lowercase();
    if masked.len() != directive.len() {
        return None;
    }
    let head: String = directive.chars().take(20).collect::<String>().to_lowercase();
    if !SUBJECTS.iter().any(|subject| head.starts_with(subject)) {
        return None;
    }
    let (at, end, verb) = VERBS
        .iter()
        .flat_map(|(phrase, verb)| masked.match_indices(phrase).map(move |(at, _)| (at, at + phrase.len(), *verb)))
        .filter(|(at, end, _)| !masked[..*at].ends_with(" đã") && is_order(&masked[*end..]))
        .min_by_key(|(at, end, _)| (*at, std::cmp::Reverse(*end)))?;
    // Only one sentence is turned round.
    if masked[..at].contains(". ") {
        return None;
    }
    Some(format!("{verb} {}{}", &directive[..at], &directive[end..]))
}

fn is_order(behind: &str) -> bool {
    let rest = behind.trim_start();
    rest.trim_matches(['.', ';', ':', '/']).is_empty() || FOLLOWS.iter().any(|word| rest.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::turned;

    #[test]
    fn the_verb_comes_to_the_front() {
        let turned = |text| turned(text).unwrap_or_default();
        assert_eq!(turned("Điều 51 được sửa đổi, bổ sung như sau:"), "sửa đổi, bổ sung Điều 51 như sau:");
        assert_eq!(
            turned(
                "Khoản 2 Điều 5 của Luật A số 1/2001/QH10 đã được sửa đổi, bổ sung theo Luật số 2/2003/QH11 được bãi bỏ."
            ),
            "bãi bỏ Khoản 2 Điều 5 của Luật A số 1/2001/QH10 đã được sửa đổi, bổ sung theo Luật số 2/2003/QH11."
        );
        assert_eq!(
            turned("Cụm từ “được bổ sung” tại Điều 3 được thay thế bằng cụm từ “B”."),
            "thay thế Cụm từ “được bổ sung” tại Điều 3 bằng cụm từ “B”."
        );
    }

    #[test]
    fn what_is_told_of_others_is_no_order() {
        for text in [
            "Điều 5 của Luật A được sửa đổi theo quy định của Luật B.",
            "Điều 5 đã được sửa đổi, bổ sung.",
            "Người lao động được bổ sung như sau:",
            "Điều 5 quy định về phép. Phép được thay thế bằng thẻ.",
        ] {
            assert_eq!(turned(text), None, "{text}");
        }
    }
}
