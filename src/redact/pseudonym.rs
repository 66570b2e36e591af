//! Names for secrets: equal ones for equal secrets, and no way back.
//!
//! Input: a secret and the key of a session. Output: `hidden-` and ten hexadecimal digits, which
//! stand unquoted in an address, in JSON text, in a CSV cell and in Markdown. SipHash-2-4, of which
//! 40 of 64 bits are kept: without the key nothing can be tried out, and with it many texts fit.

/// What every pseudonym begins with; its first letter makes no escape behind a backslash.
pub(super) const PREFIX: &str = "hidden-";
/// Number of digits.
const N_DIGITS: usize = 10;
/// Number of bytes.
pub(super) const N_BYTES: usize = PREFIX.len() + N_DIGITS;

/// The pseudonym of a secret.
pub(super) fn of(secret: &[u8], key: [u64; 2]) -> String {
    format!("{PREFIX}{:010x}", sip_hash(secret, key) >> 24)
}

/// Whether a text is a pseudonym.
pub(super) fn is_one(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|digits| {
        digits.len() == N_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether a text begins with a pseudonym.
pub(super) fn begins(text: &[u8]) -> bool {
    let digits = text.strip_prefix(PREFIX.as_bytes());
    let digits = digits.and_then(|digits| digits.get(..N_DIGITS));
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a text holds a pseudonym.
pub(super) fn is_in(text: &str) -> bool {
    places(text).next().is_some()
}

/// Whether pseudonyms are all there is in a text, besides what is no letter and no digit.
pub(super) fn is_all(text: &str) -> bool {
    let (mut end, mut is_all) = (0, false);
    let is_bare = |piece: Option<&str>| !piece.unwrap_or_default().contains(char::is_alphanumeric);
    for (start, behind) in places(text) {
        if !is_bare(text.get(end..start)) {
            return false;
        }
        (end, is_all) = (behind, true);
    }
    is_all && is_bare(text.get(end..))
}

/// Where pseudonyms begin and end.
pub(super) fn places(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let starts = text.match_indices(PREFIX).map(|(at, _)| at);
    starts
        .map(|start| (start, start + N_BYTES))
        .filter(|&(start, end)| text.get(start..end).is_some_and(is_one))
}

/// SipHash-2-4 of a text.
fn sip_hash(bytes: &[u8], [k0, k1]: [u64; 2]) -> u64 {
    let mut state = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let words = bytes.chunks_exact(8);
    let last = words
        .remainder()
        .iter()
        .rev()
        .fold(bytes.len() as u64 & 0xFF, |word, &byte| {
            word << 8 | u64::from(byte)
        });
    let n_last = words.remainder().len();
    // The length stands in the topmost byte of the last word.
    let last = (last & !(u64::MAX << (8 * n_last))) | (bytes.len() as u64) << 56;
    let words = words.map(|word| {
        word.iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u64::from(byte))
    });
    for word in words.chain([last]) {
        state[3] ^= word;
        round(&mut state);
        round(&mut state);
        state[0] ^= word;
    }
    state[2] ^= 0xFF;
    for _ in 0..4 {
        round(&mut state);
    }
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vectors of the authors of `SipHash`: key 00..0f, texts of 0, 1, 8 and 15 bytes.
    #[test]
    fn the_hash_is_siphash() {
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        let bytes: Vec<u8> = (0..15).collect();
        for (n_bytes, hash) in [
            (0, 0x726f_db47_dd0e_0e31_u64),
            (1, 0x74f8_39c5_93dc_67fd),
            (8, 0x93f5_f579_9a93_2462),
            (15, 0xa129_ca61_49be_45e5),
        ] {
            assert_eq!(sip_hash(&bytes[..n_bytes], key), hash, "{n_bytes}");
        }
    }

    #[test]
    fn pseudonyms_are_known_again() {
        assert!(is_one(&of(b"a", [1, 2])) && of(b"a", [1, 2]) != of(b"a", [1, 3]));
        assert!(!is_one("hidden-0123") && !is_one("hidden-0123456789a") && !is_one("0123456789"));
    }
}
