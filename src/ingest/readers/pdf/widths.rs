/*!
Widths of letters in the form that `pdf-extract` reads.

A font lists widths as `first [w w w]` or as `first last w`; the crate (0.12) reads the second
form wrongly, so that words get the wrong places. It is rewritten as the first.
*/

use pdf_extract::{Document, Object};

/// Most letters of a font.
const LETTERS_MAX: i64 = 65_536;

/// Rewrites the widths of all fonts of a document.
pub fn rewrite(document: &mut Document) {
    let mut rewritten = Vec::new();
    for (id, object) in &document.objects {
        let Ok(widths) = object.as_dict().and_then(|font| font.get(b"W")) else { continue };
        let is_font = object.as_dict().is_ok_and(|font| font.get(b"CIDSystemInfo").is_ok() || font.has_type(b"Font"));
        if let Ok((_, Object::Array(widths))) = document.dereference(widths)
            && is_font
        {
            rewritten.push((*id, Object::Array(as_lists(document, widths))));
        }
    }
    for (id, widths) in rewritten {
        if let Some(Ok(font)) = document.objects.get_mut(&id).map(Object::as_dict_mut) {
            font.set("W", widths);
        }
    }
}

fn as_lists(document: &Document, widths: &[Object]) -> Vec<Object> {
    let value = |at: usize| widths.get(at).and_then(|object| document.dereference(object).ok()).map(|(_, object)| object);
    let mut lists = Vec::new();
    let mut letters = 0;
    let mut at = 0;
    while let Some(first) = value(at).and_then(|first| first.as_i64().ok()) {
        let (list, used) = match (value(at + 1), value(at + 2)) {
            (Some(Object::Array(list)), _) => (list.clone(), 2),
            (Some(last), Some(width)) => {
                let last = last.as_i64().unwrap_or(first).min(first.saturating_add(LETTERS_MAX));
                let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
                (vec![width.clone(); count], 3)
            }
            _ => break,
        };
        letters += list.len() as i64;
        let are_numbers = list.iter().all(|width| width.as_float().is_ok());
        if LETTERS_MAX < letters {
            break;
        }
        if are_numbers {
            lists.extend([Object::Integer(first), Object::Array(list)]);
        }
        at += used;
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_become_lists_and_the_rest_stays() {
        let number = Object::Integer;
        let list = |values: &[i64]| Object::Array(values.iter().copied().map(Object::Integer).collect());
        let document = Document::new();
        let widths = [number(3), list(&[500, 600]), number(7), number(9), number(250), number(20), list(&[1])];
        let expected = vec![number(3), list(&[500, 600]), number(7), list(&[250, 250, 250]), number(20), list(&[1])];
        assert_eq!(as_lists(&document, &widths), expected);
        assert_eq!(as_lists(&document, &widths[..4]), vec![number(3), list(&[500, 600])]);
        assert_eq!(as_lists(&document, &[number(0), number(i64::MAX), number(1)]), vec![]);
    }
}
