//! Whether bytes are UTF-8, told sixteen at a time, and texts made of bytes that are.
//!
//! Input: bytes. Output: yes or no, or a `String`. The rule is that of the standard library, which
//! looks at the characters of other languages one by one; here each pair of neighbours is looked up
//! by three of its half bytes, and what the three tables agree on is an error. This is the one module
//! with unsafe code: a text is not looked at again after it was found to be one.

use super::lanes::{Lanes, N_LANES, first_far_marked};

// What can be wrong with two bytes, one bit each; two of those that begin alike share a bit.
/// A character ends too early: `11______` and then no `10______`.
const TOO_SHORT: u8 = 1 << 0;
/// A character goes on after its end: `0_______ 10______`.
const TOO_LONG: u8 = 1 << 1;
/// `11100000 100_____` spells what takes fewer bytes.
const OVERLONG_3: u8 = 1 << 2;
/// `11110100 1001____` and more lies behind the last character.
const TOO_LARGE: u8 = 1 << 3;
/// `11101101 101_____` is half of a pair of UTF-16.
const SURROGATE: u8 = 1 << 4;
/// `1100000_ 10______` spells what takes one byte.
const OVERLONG_2: u8 = 1 << 5;
/// `11110101 1000____` and more lies behind the last character, too.
const TOO_LARGE_1000: u8 = 1 << 6;
/// `11110000 1000____` spells what takes fewer bytes.
const OVERLONG_4: u8 = 1 << 6;
/// `10______ 10______` is wrong but as the end of three or four bytes.
const TWO_MORE: u8 = 1 << 7;
/// What the low half of the first byte says nothing about.
const ANY: u8 = TOO_SHORT | TOO_LONG | TWO_MORE;
const LARGE: u8 = ANY | TOO_LARGE | TOO_LARGE_1000;

/// By the high half of the first byte.
const FIRST_HIGH: [u8; N_LANES] = [
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TWO_MORE,
    TWO_MORE,
    TWO_MORE,
    TWO_MORE,
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
];

/// By its low half.
const FIRST_LOW: [u8; N_LANES] = [
    ANY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4,
    ANY | OVERLONG_2,
    ANY,
    ANY,
    ANY | TOO_LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE | SURROGATE,
    LARGE,
    LARGE,
];

/// By the high half of the second byte.
const SECOND_HIGH: [u8; N_LANES] = {
    const MORE: u8 = TOO_LONG | OVERLONG_2 | TWO_MORE;
    let mut table = [TOO_SHORT; N_LANES];
    table[0x8] = MORE | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4;
    table[0x9] = MORE | OVERLONG_3 | TOO_LARGE;
    table[0xA] = MORE | SURROGATE | TOO_LARGE;
    table[0xB] = MORE | SURROGATE | TOO_LARGE;
    table
};

/// Marks what is wrong with sixteen bytes behind sixteen others.
#[inline(always)]
fn errors(bytes: Lanes, before: Lanes) -> Lanes {
    let [first, second, third] = bytes.behind(before);
    let wrong = Lanes::of(&FIRST_HIGH)
        .look_up(first.high_halves())
        .and(Lanes::of(&FIRST_LOW).look_up(first.low_halves()))
        .and(Lanes::of(&SECOND_HIGH).look_up(bytes.high_halves()));
    // Two that go on are right where a character of three or four bytes began before, and only there.
    let begins = second
        .less(Lanes::splat(0xE0 - 0x80))
        .or(third.less(Lanes::splat(0xF0 - 0x80)));
    wrong.xor(begins.and(Lanes::splat(0x80)))
}

/// Behind more ASCII than so many blocks the rest may be ASCII as well.
const ASCII_BLOCKS: usize = 8;

/// How many bytes come before the first that is no ASCII.
#[inline(never)]
pub(crate) fn ascii_bytes(bytes: &[u8]) -> usize {
    first_far_marked(bytes, 0, |lanes| lanes)
}

/// Whether bytes are UTF-8.
pub(crate) fn is_utf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = rest.get(ascii_bytes(rest)..).unwrap_or_default();
        if rest.is_empty() {
            return true;
        }
        let (mut before, mut wrong) = (Lanes::splat(0), Lanes::splat(0));
        let (blocks, last) = rest.as_chunks();
        let (mut n_blocks, mut n_ascii) = (0, 0);
        for block in blocks {
            n_blocks += 1;
            let lanes = Lanes::of(block);
            if lanes.or(before).bits() != 0 {
                wrong = wrong.or(errors(lanes, before));
                n_ascii = 0;
            } else if n_ascii == ASCII_BLOCKS {
                break;
            } else {
                n_ascii += 1;
            }
            before = lanes;
        }
        if n_blocks == blocks.len() {
            let mut padded = [0; N_LANES];
            padded
                .iter_mut()
                .zip(last)
                .for_each(|(place, &byte)| *place = byte);
            wrong = wrong.or(errors(Lanes::of(&padded), before));
        }
        if !wrong.is_zero() {
            return false;
        }
        if n_blocks == blocks.len() {
            return true;
        }
        rest = rest.get(n_blocks * N_LANES..).unwrap_or_default();
    }
}

/// The text of bytes; what is no UTF-8 is replaced.
#[expect(
    unsafe_code,
    reason = "looking at long texts a second time is a quarter of reading them"
)]
pub(crate) fn text_of(bytes: Vec<u8>) -> String {
    if is_utf8(&bytes) {
        // SAFETY: the bytes are UTF-8, as was found just before.
        unsafe { String::from_utf8_unchecked(bytes) }
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    // The branch of the vectors is there in WebAssembly alone.
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn agree(bytes: &[u8]) {
        assert_eq!(
            is_utf8(bytes),
            std::str::from_utf8(bytes).is_ok(),
            "{bytes:x?}"
        );
    }

    /// All pairs of first bytes, and those third and fourth ones that stand for all.
    #[test]
    fn the_standard_library_agrees_on_every_start() {
        for pair in 0x80..=0xFFFF_u16 {
            let [b, a] = pair.to_be_bytes();
            for c in [b'a', 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC3, 0xF0] {
                for d in [b'a', 0x80] {
                    agree(&[a, b, c, d]);
                }
            }
        }
    }

    #[test]
    fn the_standard_library_agrees_at_every_border() {
        let text = "aé東🚀".repeat(12).into_bytes();
        for start in 0..12 {
            for end in start..text.len() {
                agree(&text[start..end]);
                let mut ascii_before = vec![b' '; 70 + start];
                ascii_before.extend(&text[..end]);
                ascii_before.extend([b'.'; 21]);
                agree(&ascii_before);
            }
        }
        for at in 0..text.len() {
            for wrong in [b'a', 0x80, 0xBF, 0xC0, 0xE0, 0xED, 0xF0, 0xF4, 0xFF] {
                let mut other = text.clone();
                other[at] = wrong;
                agree(&other);
            }
        }
    }

    #[test]
    fn the_standard_library_agrees_behind_any_ascii() {
        for n_ascii in 0..300 {
            let mut text =
                "é".to_owned() + &"a".repeat(n_ascii) + "東" + &"b".repeat(n_ascii / 2) + "🚀";
            text += &"c".repeat(n_ascii % 40);
            agree(text.as_bytes());
            for wrong in [n_ascii + 2, n_ascii + 3, n_ascii + 4, text.len() - 1] {
                let mut other = text.clone().into_bytes();
                other[wrong] = if other[wrong] < 0x80 { 0x80 } else { b'a' };
                agree(&other);
            }
        }
    }

    #[test]
    fn wrong_bytes_are_replaced() {
        assert_eq!(text_of("Zürich".into()), "Zürich");
        assert_eq!(text_of(b"a\xFFb".to_vec()), "a\u{FFFD}b");
    }
}
