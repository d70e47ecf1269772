/*!
A new table of places for a PDF whose own is wrong or gone: objects are found by their heads.
*/

use std::collections::BTreeMap;

/// Most objects of a file.
const OBJECTS_MAX: usize = 1_000_000;
/// Bytes before an `obj` in which its numbers stand.
const HEAD_BYTES_MAX: usize = 24;
/// Bytes of an object or trailer in which its keys are looked for.
const KEYS_BYTES_MAX: usize = 4_096;

/// The file with a table of all objects found behind it; `None` where there is no catalog.
pub fn with_new_places(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    let mut catalog = None;
    for at in occurrences(bytes, b"obj").take(OBJECTS_MAX) {
        let Some((number, start)) = object_head(bytes, at) else { continue };
        let body = &bytes[at..bytes.len().min(at + KEYS_BYTES_MAX)];
        let body = &body[..find(body, b"endobj").unwrap_or(body.len())];
        if find(body, b"/Type/Catalog").or_else(|| find(body, b"/Type /Catalog")).is_some() {
            catalog = Some(number);
        }
        // Of several versions of an object the last one counts.
        places.insert(number, start);
    }
    let root = catalog.map(|number| format!("{number} 0 R")).or_else(|| trailer_value(bytes, b"/Root"))?;
    let encrypt = trailer_value(bytes, b"/Encrypt").map(|value| format!("/Encrypt {value}")).unwrap_or_default();
    if encrypt.is_empty() && find(bytes, b"/Encrypt").is_some() {
        return None;
    }
    let mut file = bytes.to_vec();
    file.push(b'\n');
    let start = file.len();
    file.extend(b"xref\n");
    for (number, place) in &places {
        file.extend(format!("{number} 1\n{place:010} 00000 n \n").bytes());
    }
    let size = places.last_key_value()?.0 + 1;
    let trailer = format!("trailer\n<< /Size {size} /Root {root} {encrypt} >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(trailer.bytes());
    Some(file)
}

fn occurrences<'a>(bytes: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// Number of the object whose `obj` stands at `at`, and where its head begins.
fn object_head(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let from = at.saturating_sub(HEAD_BYTES_MAX);
    let head = bytes[from..at].trim_ascii_end();
    let generation = head.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let rest = &head[..head.len() - generation];
    let number_end = rest.trim_ascii_end();
    let digits = number_end.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if generation == 0 || digits == 0 || number_end.len() == rest.len() {
        return None;
    }
    let start = number_end.len() - digits;
    let number = std::str::from_utf8(&number_end[start..]).ok()?.parse().ok()?;
    (number < OBJECTS_MAX as u32 * 8).then_some((number, from + start))
}

/// The reference `N G R` behind a key of the last trailer that has it.
fn trailer_value(bytes: &[u8], key: &[u8]) -> Option<String> {
    let at = occurrences(bytes, key).last()?;
    let rest = &bytes[at + key.len()..bytes.len().min(at + key.len() + HEAD_BYTES_MAX)];
    let rest = String::from_utf8_lossy(rest);
    let mut words = rest.split_ascii_whitespace();
    let (number, generation) = (words.next()?, words.next()?);
    let is_reference = [number, generation].iter().all(|word| word.bytes().all(|b| b.is_ascii_digit()))
        && words.next().is_some_and(|word| word.starts_with('R'));
    is_reference.then(|| format!("{number} {generation} R"))
}
