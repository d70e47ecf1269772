/*! Bytes as lower-case hexadecimal: for hashes in addresses, manifests and statements. */

/// The bytes, two signs each.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_two_signs() {
        assert_eq!(hex(&[]), "");
        assert_eq!(hex(&[0, 1, 0x10, 0xab, 0xff]), "000110abff");
    }
}
