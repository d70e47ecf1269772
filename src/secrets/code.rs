/*!
Invite codes: short enough to be typed on a phone, too many to be guessed.

Sixteen signs of an alphabet of 32 without look-alikes (no I, L, O, U), in groups of four.
What is typed for a look-alike is read as the sign meant.
*/

use super::random;
use crate::error::{Error, Result};

/// Random bits of a code.
pub const CODE_RANDOM_BITS: usize = 80;

/// Signs of a code; each carries five bits.
const CODE_CHARS: usize = CODE_RANDOM_BITS / 5;
/// Signs between two hyphens.
const GROUP_CHARS: usize = 4;
/// Longest text looked at, in characters: a code with spaces between all signs is shorter.
const TYPED_CHARS_MAX: usize = 64;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An invite code. Never printed but by [`Code::shown`].
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A new one.
    ///
    /// # Errors
    /// `Internal` when the system gives no random bytes.
    pub fn random() -> Result<Self> {
        let bytes = random::<{ CODE_RANDOM_BITS / 8 }>()?;
        let bits = bytes.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        let signs = (0..CODE_CHARS).map(|at| {
            let five = usize::try_from((bits >> (5 * at)) & 31).unwrap_or_default();
            char::from(ALPHABET[five])
        });
        Ok(Self(signs.collect()))
    }

    /// A code as somebody typed it: any case, any spaces and hyphens.
    ///
    /// # Errors
    /// `Invalid` naming `code` when it is none.
    pub fn parse(typed: &str) -> Result<Self> {
        let wrong = || Error::invalid("code", "mã kích hoạt gồm 16 chữ và số, ví dụ ABCD-1234-EFGH-5678");
        if TYPED_CHARS_MAX < typed.chars().count() {
            return Err(wrong());
        }
        let mut signs = String::with_capacity(CODE_CHARS);
        for typed in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.' | '_')) {
            let meant = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                'U' => 'V',
                sign => sign,
            };
            if !u8::try_from(meant).is_ok_and(|sign| ALPHABET.contains(&sign)) {
                return Err(wrong());
            }
            signs.push(meant);
        }
        if signs.len() == CODE_CHARS { Ok(Self(signs)) } else { Err(wrong()) }
    }

    /// What is hashed.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The code for its owner, `ABCD-1234-EFGH-5678`.
    pub fn shown(&self) -> String {
        let signs: Vec<char> = self.0.chars().collect();
        signs.chunks(GROUP_CHARS).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        let code = Code::random().unwrap();
        assert_eq!(code.shown().len(), 19);
        for typed in
            [code.shown(), code.shown().to_lowercase(), code.shown().replace('-', " "), code.expose().to_owned()]
        {
            assert_eq!(Code::parse(&typed).unwrap(), code, "{typed}");
        }
        let look_alike = code.shown().replace('0', "o").replace('1', "l");
        assert_eq!(Code::parse(&look_alike).unwrap(), code);
        for bad in ["", "ABCD", &format!("{}A", code.expose()), "ABCD-1234-EFGH-567?", &"A ".repeat(99)] {
            assert!(Code::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_bit_of_a_code_varies() {
        let codes: Vec<Code> = (0..2_000).map(|_| Code::random().unwrap()).collect();
        for place in 0..CODE_CHARS {
            let signs: HashSet<char> = codes.iter().map(|code| code.0.chars().nth(place).unwrap()).collect();
            assert_eq!(signs.len(), 32, "place {place}");
        }
    }
}
