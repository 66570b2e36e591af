//! Texts in texts: Base64, and the percent signs of URLs.
//!
//! Input: bytes or a text. Output: the other. Invariant: any text can be decoded or is refused; a
//! percent sign that begins no byte stands for itself.

/// A text as it may stand in a URL: letters, digits and `kept` as they are, else what `other` writes.
pub fn url_encode(text: &str, kept: &str, other: impl Fn(u8) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || kept.contains(character) {
            out.push(character);
        } else {
            out.push_str(&other(byte));
        }
    }
    out
}

/// The bytes that a URL writes with percent signs; `plus_is` stands where it writes a plus.
pub fn url_decode(text: &str, plus_is: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'+' {
            out.push(plus_is);
            continue;
        }
        let mut ahead = bytes.clone();
        let hex = (ahead.next(), ahead.next());
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(hex.0), digit(hex.1)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    out
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes in Base64.
pub fn base64_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            if place <= chunk.len() {
                let index = (bits >> (18 - 6 * place)) & 63;
                out.push(
                    BASE64
                        .get(index as usize)
                        .map_or('=', |&byte| char::from(byte)),
                );
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// The bytes that Base64 holds; `None` when it is not Base64.
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut out, mut bits, mut n_bits) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for byte in digits.bytes() {
        let value = BASE64.iter().position(|&digit| digit == byte)? as u32;
        bits = bits << 6 | value;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push((bits >> n_bits & 0xff) as u8);
        }
    }
    Some(out)
}
