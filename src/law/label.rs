/*!
Labels of provisions and the ids made of them.

An id must survive every reload and fit into an address: lower case ASCII letters,
digits and hyphens. `đ` of a document number becomes `d`; in the label of a point or
article it becomes `dd`, so that it differs from `d`.
*/

use super::text::fold;

/// Letters in the order of lettered points in Vietnamese statutes.
pub const POINT_LETTERS: [char; 23] =
    ['a', 'b', 'c', 'd', 'đ', 'e', 'g', 'h', 'i', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'x', 'y'];

/// `45/2019/QH14` -> `45-2019-qh14`, `12/2022/NĐ-CP` -> `12-2022-nd-cp`.
pub fn document_slug(number_or_title: &str) -> String {
    hyphenate(&fold(number_or_title))
}

/// `35` -> `35`, `12a` -> `12a`, `đ` -> `dd`, `II` -> `ii`.
pub fn label_slug(label: &str) -> String {
    let lower = label.to_lowercase().replace('đ', "dd");
    hyphenate(&fold(&lower))
}

fn hyphenate(folded: &str) -> String {
    let mut slug = String::with_capacity(folded.len());
    for c in folded.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The number and the letters of a label like `12`, `12a`, `8đ`.
pub fn split_numbered(label: &str) -> Option<(u32, &str)> {
    let digits = label.bytes().take_while(u8::is_ascii_digit).count();
    let number = label[..digits].parse().ok()?;
    Some((number, &label[digits..]))
}

/// Position of a point's label in its list: `a` 0, `đ` 4, `a1` stays with `a`.
pub fn point_position(label: &str) -> Option<usize> {
    let first = label.chars().next()?;
    POINT_LETTERS.iter().position(|letter| *letter == first)
}

/// Value of a Roman numeral, upper or lower case.
pub fn roman(text: &str) -> Option<u32> {
    let mut total = 0u32;
    let mut last = u32::MAX;
    for c in text.chars() {
        let value = match c.to_ascii_uppercase() {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            _ => return None,
        };
        total += value;
        if last < value {
            total = total.checked_sub(2 * last)?;
        }
        last = value;
    }
    (0 < total).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        assert_eq!(document_slug("45/2019/QH14"), "45-2019-qh14");
        assert_eq!(document_slug("12/2022/NĐ-CP"), "12-2022-nd-cp");
        assert_eq!(document_slug("Hiến pháp 2013"), "hien-phap-2013");
        assert_eq!((label_slug("đ"), label_slug("d"), label_slug("12A")), ("dd".into(), "d".into(), "12a".into()));
    }

    #[test]
    fn romans() {
        for (text, value) in [("I", 1), ("IV", 4), ("IX", 9), ("XVII", 17), ("XL", 40), ("xix", 19)] {
            assert_eq!(roman(text), Some(value), "{text}");
        }
        assert_eq!(roman("A"), None);
        assert_eq!(roman(""), None);
    }

    #[test]
    fn points_count_in_vietnamese_order() {
        assert!(point_position("d") < point_position("đ"));
        assert!(point_position("đ") < point_position("e"));
        assert_eq!(point_position("f"), None);
        assert_eq!(split_numbered("12a"), Some((12, "a")));
        assert_eq!(split_numbered("a"), None);
    }
}
