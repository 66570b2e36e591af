//! `guid`: 128-bit identifiers and their texts.

/// The text with dashes, in lower case.
pub fn text(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or("");
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

/// Reads 32 hex digits, with or without dashes at their places and braces or parentheses around.
pub fn parse(text: &str) -> Option<u128> {
    let text = text.trim();
    let text = text
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .or_else(|| {
            text.strip_prefix('(')
                .and_then(|inner| inner.strip_suffix(')'))
        })
        .unwrap_or(text);
    let bytes = text.as_bytes();
    let is_dashed = bytes.len() == 36;
    if !is_dashed && bytes.len() != 32 {
        return None;
    }
    let mut bits = 0_u128;
    for (at, &byte) in bytes.iter().enumerate() {
        if is_dashed && matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        bits = bits << 4 | u128::from(char::from(byte).to_digit(16)?);
    }
    Some(bits)
}

/// Reads exactly the text that [`text`] writes: lower case, dashes, nothing around.
#[inline]
pub fn parse_canonical(text: &[u8]) -> Option<u128> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if text[8] != b'-' || text[13] != b'-' || text[18] != b'-' || text[23] != b'-' {
        return None;
    }
    let (a, b) = (hex_word(text, 0, 4), hex_word(text, 9, 14));
    let (c, d) = (hex_word(text, 19, 24), hex_word(text, 28, 32));
    let (high, low) = (a? << 32 | b?, c? << 32 | d?);
    Some(u128::from(high) << 64 | u128::from(low))
}

/// Twice four lower-case hex digits, computed side by side.
#[inline(always)]
fn hex_word(text: &[u8; 36], at: usize, next: usize) -> Option<u64> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let four = |at: usize| {
        text.get(at..)?
            .first_chunk()
            .map(|four| u32::from_le_bytes(*four))
    };
    let digits = u64::from(four(at)?) | u64::from(four(next)?) << 32;
    let nibbles = (digits & (ONES * 0x0F)).wrapping_add(((digits >> 6) & ONES).wrapping_mul(9));
    let is_letter = (nibbles.wrapping_add(ONES * 6) >> 4) & ONES;
    let spelled = nibbles
        .wrapping_add(ONES * 0x30)
        .wrapping_add(is_letter.wrapping_mul(0x27));
    if nibbles & (ONES * 0xF0) != 0 || spelled != digits {
        return None;
    }
    let pairs = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs << 8 | pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    Some((quads << 16 | quads >> 32) & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_texts_only() {
        let spelling = "74be27de-1e4e-49d9-b579-fe0b331d3642";
        assert_eq!(parse_canonical(spelling.as_bytes()), parse(spelling));
        for at in 0..36 {
            for wrong in [b'A', b'g', b'o', b'/', b':', b'`', 0, 0xFF, b'@', b'G'] {
                let mut bytes = spelling.as_bytes().to_vec();
                bytes[at] = wrong;
                assert_eq!(parse_canonical(&bytes), None, "{at} {wrong}");
            }
        }
    }

    #[test]
    fn texts_go_there_and_back() {
        let spelling = "74be27de-1e4e-49d9-b579-fe0b331d3642";
        assert_eq!(parse(spelling).map(text).as_deref(), Some(spelling));
        assert_eq!(
            parse("{74BE27DE1E4E49D9B579FE0B331D3642}")
                .map(text)
                .as_deref(),
            Some(spelling)
        );
        assert_eq!(parse("74be27de-1e4e-49d9-b579-fe0b331d364"), None);
        assert_eq!(parse("74be27de-1e4e-49d9-b579-fe0b331d364g"), None);
    }
}
