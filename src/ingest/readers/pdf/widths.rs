/*!
Widths of letters in the form that `pdf-extract` reads.

A font lists widths as `first [w w w]` or as `first last w`; the crate (0.12) reads the second
form wrongly, so that words get the wrong places. It is rewritten as the first.
*/

use pdf_extract::{Document, Object};

/// Most letters of a font.
const LETTERS_MAX: i64 = 65_536;

/// Deepest nesting of values searched for fonts.
const DEPTH_MAX: usize = 6;

/// Rewrites the widths of all fonts of a document.
pub fn rewrite(document: &mut Document) {
    let ids: Vec<_> = document.objects.keys().copied().collect();
    for id in ids {
        let Some(object) = document.objects.get_mut(&id) else { continue };
        // Taken out while it is changed; what it refers to is looked up in the rest.
        let mut object = std::mem::replace(object, Object::Null);
        visit(document, &mut object, 0);
        document.objects.insert(id, object);
    }
}

/// Fonts stand as objects of their own or within the list of the font that uses them.
fn visit(document: &Document, object: &mut Object, depth: usize) {
    if DEPTH_MAX < depth {
        return;
    }
    match object {
        Object::Array(items) => items.iter_mut().for_each(|item| visit(document, item, depth + 1)),
        Object::Dictionary(entries) => {
            let widths = match entries.get(b"W").and_then(|widths| document.dereference(widths)) {
                Ok((_, Object::Array(widths))) if entries.get(b"CIDSystemInfo").is_ok() => {
                    Some(as_lists(document, widths))
                }
                _ => None,
            };
            if let Some(widths) = widths {
                entries.set("W", Object::Array(widths));
            }
            entries.iter_mut().for_each(|(_, value)| visit(document, value, depth + 1));
        }
        _ => {}
    }
}

fn as_lists(document: &Document, widths: &[Object]) -> Vec<Object> {
    let value =
        |at: usize| widths.get(at).and_then(|object| document.dereference(object).ok()).map(|(_, object)| object);
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

    #[test]
    fn fonts_are_found_within_fonts() {
        let range = Object::Array(vec![Object::Integer(7), Object::Integer(8), Object::Integer(250)]);
        let mut inner = pdf_extract::Dictionary::new();
        inner.set("CIDSystemInfo", Object::Null);
        inner.set("W", range);
        let mut outer = pdf_extract::Dictionary::new();
        outer.set("DescendantFonts", Object::Array(vec![Object::Dictionary(inner)]));
        let mut document = Document::new();
        let id = document.add_object(outer);
        rewrite(&mut document);
        let text = format!("{:?}", document.objects[&id]);
        assert_eq!(text.matches("250").count(), 2, "{text}");
    }
}
