//! Hashes: `hash` and its kin by xxHash64, and the digests MD5, SHA-1 and SHA-256.
//!
//! `hash` reads a text as its UTF-8 bytes, a whole number or a time as eight bytes, lowest first; a
//! digest reads the text that `tostring` gives. Absent on purpose: `hash_combine` and `hash_many`,
//! whose way to join hashes is not documented.

use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::{Type, Value};

const PRINTED: Parameter = Parameter::Printed;
const TO_TEXT: Returns = Returns::Is(Type::String);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "hash",
        &[Parameter::Any, Parameter::Is(Type::Long)],
        Returns::Is(Type::Long),
        "The xxHash64 of a value, or what remains of it after a division.",
        ("hash(\"\")", "-1205034819632174695"),
        hash,
    )
    .optional(1)
    .sees_nulls()
    .also(&["hash_xxhash64"]),
    Scalar::new(
        "hash_md5",
        &[PRINTED],
        TO_TEXT,
        "The MD5 digest of a value's text, in hex digits.",
        ("hash_md5(\"\")", "d41d8cd98f00b204e9800998ecf8427e"),
        |_, a| digest(a, md5),
    ),
    Scalar::new(
        "hash_sha1",
        &[PRINTED],
        TO_TEXT,
        "The SHA-1 digest of a value's text, in hex digits.",
        (
            "hash_sha1(\"abc\")",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
        ),
        |_, a| digest(a, sha1),
    ),
    Scalar::new(
        "hash_sha256",
        &[PRINTED],
        TO_TEXT,
        "The SHA-256 digest of a value's text, in hex digits.",
        (
            "hash_sha256(\"abc\")",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        |_, a| digest(a, sha256),
    ),
];

/// The hash of a value of a type whose bytes are known: a whole number has eight of them.
pub(in crate::engine) fn hash_of(value: &Value) -> Option<i64> {
    let hash = match value {
        Value::String(text) => xxhash64(text.as_bytes()),
        Value::Long(bits) | Value::DateTime(bits) | Value::TimeSpan(bits) => {
            xxhash64(&bits.to_le_bytes())
        }
        Value::Int(number) => xxhash64(&i64::from(*number).to_le_bytes()),
        Value::Real(number) => xxhash64(&number.to_le_bytes()),
        _ => return None,
    };
    Some(hash as i64)
}

fn hash(context: &Context, arguments: &[Value]) -> Value {
    let value = arguments
        .first()
        .filter(|value| !matches!(value, Value::Real(_)));
    let Some(hashed) = value.and_then(hash_of) else {
        return context
            .refuse("`hash` of this type or of null is not documented; hash its `tostring`");
    };
    match arguments.get(1) {
        None => Value::Long(hashed),
        Some(Value::Long(modulus)) if *modulus > 0 => {
            if hashed < 0 {
                return context.refuse(
                    "`hash` of a modulus is not documented for negative hashes; use `hash(x) % n`",
                );
            }
            Value::Long(hashed % modulus)
        }
        Some(_) => Value::Null,
    }
}

const PRIMES: [u64; 5] = [
    0x9E37_79B1_85EB_CA87,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
    0x85EB_CA77_C2B2_AE63,
    0x27D4_EB2F_1656_67C5,
];

const fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(PRIMES[1]))
        .rotate_left(31)
        .wrapping_mul(PRIMES[0])
}

/// Up to eight bytes as a number, lowest first.
fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The xxHash64 of some bytes, with the seed 0.
pub(in crate::engine) fn xxhash64(bytes: &[u8]) -> u64 {
    let [p1, p2, p3, p4, p5] = PRIMES;
    let mut stripes = bytes.chunks_exact(32);
    let mut hash = p5;
    if bytes.len() >= 32 {
        let mut lanes = [p1.wrapping_add(p2), p2, 0, p1.wrapping_neg()];
        for stripe in &mut stripes {
            for (lane, part) in lanes.iter_mut().zip(stripe.chunks_exact(8)) {
                *lane = round(*lane, word(part));
            }
        }
        let turned = lanes.iter().zip([1, 7, 12, 18]);
        hash = turned.fold(0, |sum: u64, (lane, by)| {
            sum.wrapping_add(lane.rotate_left(by))
        });
        for lane in lanes {
            hash = (hash ^ round(0, lane)).wrapping_mul(p1).wrapping_add(p4);
        }
    }
    hash = hash.wrapping_add(bytes.len() as u64);
    let mut words = stripes.remainder().chunks_exact(8);
    for part in &mut words {
        hash = (hash ^ round(0, word(part)))
            .rotate_left(27)
            .wrapping_mul(p1)
            .wrapping_add(p4);
    }
    let mut rest = words.remainder();
    if let Some((half, tail)) = rest.split_at_checked(4) {
        hash = (hash ^ word(half).wrapping_mul(p1))
            .rotate_left(23)
            .wrapping_mul(p2)
            .wrapping_add(p3);
        rest = tail;
    }
    for &byte in rest {
        hash = (hash ^ u64::from(byte).wrapping_mul(p5))
            .rotate_left(11)
            .wrapping_mul(p1);
    }
    for (shift, factor) in [(33, p2), (29, p3), (32, 1)] {
        hash = (hash ^ hash >> shift).wrapping_mul(factor);
    }
    hash
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn digest(arguments: &[Value], algorithm: fn(&[u8]) -> Vec<u8>) -> Value {
    let text = arguments.first().map_or_else(String::new, Value::to_text);
    Value::string(&hex(&algorithm(text.as_bytes())))
}

/// Calls `take` with every block of sixteen words: the bytes, a bit that is set, and the length.
fn for_each_block(bytes: &[u8], is_big_endian: bool, mut take: impl FnMut(&[u32; 16])) {
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize((bytes.len() + 9).next_multiple_of(64) - 8, 0);
    let n_bits = (bytes.len() as u64).wrapping_mul(8);
    padded.extend(if is_big_endian {
        n_bits.to_be_bytes()
    } else {
        n_bits.to_le_bytes()
    });
    for block in padded.chunks_exact(64) {
        let mut words = [0; 16];
        for (place, part) in words.iter_mut().zip(block.chunks_exact(4)) {
            let lowest_first = word(part) as u32;
            *place = if is_big_endian {
                lowest_first.swap_bytes()
            } else {
                lowest_first
            };
        }
        take(&words);
    }
}

fn md5(bytes: &[u8]) -> Vec<u8> {
    const TURNS: [[u32; 4]; 4] = [
        [7, 12, 17, 22],
        [5, 9, 14, 20],
        [4, 11, 16, 23],
        [6, 10, 15, 21],
    ];
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for_each_block(bytes, false, |words| {
        let [mut a, mut b, mut c, mut d] = state;
        for at in 0..64_usize {
            let (mixed, from) = match at / 16 {
                0 => (b & c | !b & d, at),
                1 => (d & b | !d & c, 5 * at + 1),
                2 => (b ^ c ^ d, 3 * at + 5),
                _ => (c ^ (b | !d), 7 * at),
            };
            // The constant of a step is the sine of its number, 32 bits of it.
            let constant = (((at + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
            let sum = a
                .wrapping_add(mixed)
                .wrapping_add(constant)
                .wrapping_add(words[from % 16]);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(TURNS[at / 16][at % 4]));
        }
        for (place, value) in state.iter_mut().zip([a, b, c, d]) {
            *place = place.wrapping_add(value);
        }
    });
    state.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The SHA-1 of bytes.
pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    let mut state = [
        0x6745_2301_u32,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    for_each_block(bytes, true, |words| {
        let mut schedule = [0; 80];
        schedule[..16].copy_from_slice(words);
        for at in 16..80 {
            schedule[at] =
                (schedule[at - 3] ^ schedule[at - 8] ^ schedule[at - 14] ^ schedule[at - 16])
                    .rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, &word) in schedule.iter().enumerate() {
            let (mixed, constant) = match at / 20 {
                0 => (b & c | !b & d, 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let sum = a
                .rotate_left(5)
                .wrapping_add(mixed)
                .wrapping_add(e)
                .wrapping_add(constant)
                .wrapping_add(word);
            (a, b, c, d, e) = (sum, a, b.rotate_left(30), c, d);
        }
        for (place, value) in state.iter_mut().zip([a, b, c, d, e]) {
            *place = place.wrapping_add(value);
        }
    });
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// 32 bits of the fraction of a root of each of the first primes.
fn roots<const N: usize>(exponent: f64) -> [u32; N] {
    let mut found = [0; N];
    let is_prime = |number: &u32| (2..*number).all(|divisor| !number.is_multiple_of(divisor));
    for (place, prime) in found.iter_mut().zip((2..).filter(is_prime)) {
        *place = (f64::from(prime).powf(exponent).fract() * 4_294_967_296.0) as u32;
    }
    found
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    let constants: [u32; 64] = roots(1.0 / 3.0);
    let mut state: [u32; 8] = roots(0.5);
    for_each_block(bytes, true, |words| {
        let mut schedule = [0_u32; 64];
        schedule[..16].copy_from_slice(words);
        for at in 16..64 {
            let (near, far) = (schedule[at - 2], schedule[at - 15]);
            schedule[at] = schedule[at - 16]
                .wrapping_add(far.rotate_right(7) ^ far.rotate_right(18) ^ far >> 3)
                .wrapping_add(schedule[at - 7])
                .wrapping_add(near.rotate_right(17) ^ near.rotate_right(19) ^ near >> 10);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (constant, word) in constants.iter().zip(schedule) {
            let first = h
                .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
                .wrapping_add(e & f ^ !e & g)
                .wrapping_add(*constant)
                .wrapping_add(word);
            let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
                .wrapping_add(a & b ^ a & c ^ b & c);
            (h, g, f, e) = (g, f, e, d.wrapping_add(first));
            (d, c, b, a) = (c, b, a, first.wrapping_add(second));
        }
        for (place, value) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *place = place.wrapping_add(value);
        }
    });
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_every_length_of_tail() {
        // Values of the reference implementation, seed 0.
        assert_eq!(xxhash64(b""), 0xef46_db37_51d8_e999);
        assert_eq!(xxhash64(b"a"), 0xd24e_c4f1_a98c_6e5b);
        assert_eq!(xxhash64(b"abc"), 0x44bc_2cf5_ad77_0999);
        let all: Vec<u8> = (0..=100).collect();
        assert_eq!(xxhash64(&all), 0xe990_3849_5f85_381e);
    }

    #[test]
    fn digests_of_texts_longer_than_a_block() {
        let text = "a".repeat(119);
        assert_eq!(
            hex(&md5(text.as_bytes())),
            "8a7bd0732ed6a28ce75f6dabc90e1613"
        );
        assert_eq!(
            hex(&sha1(text.as_bytes())),
            "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"
        );
        assert_eq!(
            hex(&sha256(text.as_bytes())),
            "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"
        );
    }
}
