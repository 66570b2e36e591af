//! `guid`: 128-bit identifiers and their texts.

/// The text with dashes, in lower case.
pub fn text(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or("");
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// Reads 32 hex digits, with or without dashes at their places and braces or parentheses around.
pub fn parse(text: &str) -> Option<u128> {
    let text = text.trim();
    let text = text
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .or_else(|| text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_there_and_back() {
        let spelling = "74be27de-1e4e-49d9-b579-fe0b331d3642";
        assert_eq!(parse(spelling).map(text).as_deref(), Some(spelling));
        assert_eq!(parse("{74BE27DE1E4E49D9B579FE0B331D3642}").map(text).as_deref(), Some(spelling));
        assert_eq!(parse("74be27de-1e4e-49d9-b579-fe0b331d364"), None);
        assert_eq!(parse("74be27de-1e4e-49d9-b579-fe0b331d364g"), None);
    }
}
