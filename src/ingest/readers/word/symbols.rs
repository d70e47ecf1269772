/*!
Characters of symbol fonts, which say nothing by their code alone.
*/

/// What stands for a box of a form in Wingdings and its kin.
const BOX: char = '□';

/// The character a symbol font shows for a code, private-use codes (U+F0xx) included.
pub fn symbol(font: &str, code: u32) -> Option<char> {
    let code = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let font = font.to_ascii_lowercase();
    if font.starts_with("symbol") {
        return greek_and_mathematical(code);
    }
    if font.starts_with("wingdings") || font.starts_with("webdings") {
        return Some(match code {
            0xFC | 0x50 => '✓',
            0xFE | 0x52 | 0x53 | 0x54 | 0x78 => '☒',
            0xE0 | 0xE8 | 0xF0 => '→',
            0x76 | 0x77 | 0x6C | 0x9F | 0xA7 | 0xD8 => '•',
            _ => BOX,
        });
    }
    private(code).or_else(|| char::from_u32(code))
}

/// What a private-use character most likely shows when its font is not known.
pub fn private_use(c: char) -> Option<char> {
    match u32::from(c) {
        code @ 0xF020..=0xF0FF => private(code - 0xF000),
        _ => None,
    }
}

fn private(code: u32) -> Option<char> {
    match code {
        0x20..=0x7E => char::from_u32(code),
        0xA3..=0xD7 => greek_and_mathematical(code),
        0xFC => Some('✓'),
        _ => Some(BOX),
    }
}

fn greek_and_mathematical(code: u32) -> Option<char> {
    const GREEK: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const GREEK_SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    Some(match code {
        0x41..=0x5A => GREEK.chars().nth((code - 0x41) as usize)?,
        0x61..=0x7A => GREEK_SMALL.chars().nth((code - 0x61) as usize)?,
        0x2D => '−',
        0x20..=0x7E => char::from_u32(code)?,
        0xA3 => '≤',
        0xA5 => '∞',
        0xAB => '↔',
        0xAC => '←',
        0xAD => '↑',
        0xAE => '→',
        0xAF => '↓',
        0xB0 => '°',
        0xB1 => '±',
        0xB3 => '≥',
        0xB4 => '×',
        0xB7 => '•',
        0xB8 => '÷',
        0xB9 => '≠',
        0xBB => '≈',
        0xBC => '…',
        0xC6 => '∅',
        0xCE => '∈',
        0xD7 => '⋅',
        0xE5 => '∑',
        0xF2 => '∫',
        0xDE => '⇒',
        0xDB => '⇔',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_become_what_they_show() {
        assert_eq!(symbol("Symbol", 0xF0A3), Some('≤'));
        assert_eq!(symbol("Symbol", 0x61), Some('α'));
        assert_eq!(symbol("Wingdings", 0xF0A8), Some('□'));
        assert_eq!(symbol("Wingdings 2", 0xF052), Some('☒'));
        assert_eq!(private_use('\u{F0B3}'), Some('≥'));
        assert_eq!(private_use('a'), None);
    }
}
