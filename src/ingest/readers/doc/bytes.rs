/*!
Little-endian numbers at places that may not be there.
*/

/// Bytes read at any place.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// `length` bytes from `at`.
    pub fn slice(self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.0.get(at..at.checked_add(length)?)
    }

    /// Everything from `at`.
    pub fn from(self, at: usize) -> Option<Self> {
        self.0.get(at..).map(Bytes)
    }

    /// One byte.
    pub fn byte(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    /// Two bytes.
    pub fn u16(self, at: usize) -> Option<u16> {
        self.slice(at, 2)?.try_into().ok().map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub fn u32(self, at: usize) -> Option<u32> {
        self.slice(at, 4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// Four bytes, signed.
    pub fn i32(self, at: usize) -> Option<i32> {
        self.slice(at, 4)?.try_into().ok().map(i32::from_le_bytes)
    }

    /// Two bytes as a length or place.
    pub fn size16(self, at: usize) -> Option<usize> {
        self.u16(at).map(usize::from)
    }

    /// Four bytes as a length or place.
    pub fn size32(self, at: usize) -> Option<usize> {
        usize::try_from(self.u32(at)?).ok()
    }

    /// `count` characters of UTF-16 from `at`.
    pub fn utf16(self, at: usize, count: usize) -> Option<String> {
        let units = self.slice(at, count.checked_mul(2)?)?.chunks_exact(2);
        Some(String::from_utf16_lossy(&units.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>()))
    }

    /// A table of places with data: `n + 1` places of four bytes, then `n` items of `item` bytes.
    pub fn places(self, item: usize) -> Vec<(usize, usize, &'a [u8])> {
        let count = self.0.len().saturating_sub(4) / (4 + item);
        (0..count)
            .map_while(|at| {
                let data = self.slice(4 * (count + 1) + at * item, item)?;
                Some((self.size32(4 * at)?, self.size32(4 * (at + 1))?, data))
            })
            .collect()
    }
}
