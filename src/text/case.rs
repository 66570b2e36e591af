//! Upper and lower case, one character for one.
//!
//! Input: a character. Output: its counterpart, or itself where there is none of one character.
//! Invariant: what the Unicode tables of the standard library say, which a test compares; they weigh
//! 10 kB in the module, runs of neighbours a tenth of that. Absent on purpose: counterparts of
//! several characters and those that depend on what stands beside (ordinal comparison has neither).

/// The first upper-case letter, the number of letters, the step from one to the next, and how far
/// away their lower-case counterparts are.
type Run = (u32, u32, u32, i32);

/// The lower-case counterpart of a character.
pub fn lower(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    counterpart(character, PAIRS, 0)
        .or_else(|| counterpart(character, LOWER_ONLY, 0))
        .unwrap_or(character)
}

/// The upper-case counterpart of a character; no other than an ASCII letter has one in ASCII.
pub fn upper(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    counterpart(character, PAIRS, 1)
        .or_else(|| counterpart(character, UPPER_ONLY, 0))
        .unwrap_or(character)
}

/// Looks a character up among the letters of the runs, or `side` 1: among their counterparts.
fn counterpart(character: char, runs: &[Run], side: i32) -> Option<char> {
    runs.iter().find_map(|&(first, n_letters, step, distance)| {
        let first = first.wrapping_add_signed(distance * side);
        let offset = (character as u32).wrapping_sub(first);
        (offset < n_letters * step && offset.is_multiple_of(step))
            .then(|| (character as u32).wrapping_add_signed(distance * (1 - 2 * side)))
            .and_then(char::from_u32)
    })
}

/// Letters and counterparts that lead to each other.
#[rustfmt::skip]
static PAIRS: &[Run] = &[
    (0xc0, 23, 1, 32), (0xd8, 7, 1, 32), (0x100, 24, 2, 1), (0x132, 3, 2, 1), (0x139, 8, 2, 1),
    (0x14a, 23, 2, 1), (0x178, 1, 1, -121), (0x179, 3, 2, 1), (0x181, 1, 1, 210), (0x182, 2, 2, 1),
    (0x186, 1, 1, 206), (0x187, 1, 1, 1), (0x189, 2, 1, 205), (0x18b, 1, 1, 1), (0x18e, 1, 1, 79),
    (0x18f, 1, 1, 202), (0x190, 1, 1, 203), (0x191, 1, 1, 1), (0x193, 1, 1, 205),
    (0x194, 1, 1, 207), (0x196, 1, 1, 211), (0x197, 1, 1, 209), (0x198, 1, 1, 1),
    (0x19c, 1, 1, 211), (0x19d, 1, 1, 213), (0x19f, 1, 1, 214), (0x1a0, 3, 2, 1),
    (0x1a6, 1, 1, 218), (0x1a7, 1, 1, 1), (0x1a9, 1, 1, 218), (0x1ac, 1, 1, 1), (0x1ae, 1, 1, 218),
    (0x1af, 1, 1, 1), (0x1b1, 2, 1, 217), (0x1b3, 2, 2, 1), (0x1b7, 1, 1, 219), (0x1b8, 1, 1, 1),
    (0x1bc, 1, 1, 1), (0x1c4, 1, 1, 2), (0x1c7, 1, 1, 2), (0x1ca, 1, 1, 2), (0x1cd, 8, 2, 1),
    (0x1de, 9, 2, 1), (0x1f1, 1, 1, 2), (0x1f4, 1, 1, 1), (0x1f6, 1, 1, -97), (0x1f7, 1, 1, -56),
    (0x1f8, 20, 2, 1), (0x220, 1, 1, -130), (0x222, 9, 2, 1), (0x23a, 1, 1, 10795),
    (0x23b, 1, 1, 1), (0x23d, 1, 1, -163), (0x23e, 1, 1, 10792), (0x241, 1, 1, 1),
    (0x243, 1, 1, -195), (0x244, 1, 1, 69), (0x245, 1, 1, 71), (0x246, 5, 2, 1), (0x370, 2, 2, 1),
    (0x376, 1, 1, 1), (0x37f, 1, 1, 116), (0x386, 1, 1, 38), (0x388, 3, 1, 37), (0x38c, 1, 1, 64),
    (0x38e, 2, 1, 63), (0x391, 17, 1, 32), (0x3a3, 9, 1, 32), (0x3cf, 1, 1, 8), (0x3d8, 12, 2, 1),
    (0x3f7, 1, 1, 1), (0x3f9, 1, 1, -7), (0x3fa, 1, 1, 1), (0x3fd, 3, 1, -130), (0x400, 16, 1, 80),
    (0x410, 32, 1, 32), (0x460, 17, 2, 1), (0x48a, 27, 2, 1), (0x4c0, 1, 1, 15), (0x4c1, 7, 2, 1),
    (0x4d0, 48, 2, 1), (0x531, 38, 1, 48), (0x10a0, 38, 1, 7264), (0x10c7, 1, 1, 7264),
    (0x10cd, 1, 1, 7264), (0x13a0, 80, 1, 38864), (0x13f0, 6, 1, 8), (0x1c89, 1, 1, 1),
    (0x1c90, 43, 1, -3008), (0x1cbd, 3, 1, -3008), (0x1e00, 75, 2, 1), (0x1ea0, 48, 2, 1),
    (0x1f08, 8, 1, -8), (0x1f18, 6, 1, -8), (0x1f28, 8, 1, -8), (0x1f38, 8, 1, -8),
    (0x1f48, 6, 1, -8), (0x1f59, 4, 2, -8), (0x1f68, 8, 1, -8), (0x1fb8, 2, 1, -8),
    (0x1fba, 2, 1, -74), (0x1fc8, 4, 1, -86), (0x1fd8, 2, 1, -8), (0x1fda, 2, 1, -100),
    (0x1fe8, 2, 1, -8), (0x1fea, 2, 1, -112), (0x1fec, 1, 1, -7), (0x1ff8, 2, 1, -128),
    (0x1ffa, 2, 1, -126), (0x2132, 1, 1, 28), (0x2160, 16, 1, 16), (0x2183, 1, 1, 1),
    (0x24b6, 26, 1, 26), (0x2c00, 48, 1, 48), (0x2c60, 1, 1, 1), (0x2c62, 1, 1, -10743),
    (0x2c63, 1, 1, -3814), (0x2c64, 1, 1, -10727), (0x2c67, 3, 2, 1), (0x2c6d, 1, 1, -10780),
    (0x2c6e, 1, 1, -10749), (0x2c6f, 1, 1, -10783), (0x2c70, 1, 1, -10782), (0x2c72, 1, 1, 1),
    (0x2c75, 1, 1, 1), (0x2c7e, 2, 1, -10815), (0x2c80, 50, 2, 1), (0x2ceb, 2, 2, 1),
    (0x2cf2, 1, 1, 1), (0xa640, 23, 2, 1), (0xa680, 14, 2, 1), (0xa722, 7, 2, 1),
    (0xa732, 31, 2, 1), (0xa779, 2, 2, 1), (0xa77d, 1, 1, -35332), (0xa77e, 5, 2, 1),
    (0xa78b, 1, 1, 1), (0xa78d, 1, 1, -42280), (0xa790, 2, 2, 1), (0xa796, 10, 2, 1),
    (0xa7aa, 1, 1, -42308), (0xa7ab, 1, 1, -42319), (0xa7ac, 1, 1, -42315), (0xa7ad, 1, 1, -42305),
    (0xa7ae, 1, 1, -42308), (0xa7b0, 1, 1, -42258), (0xa7b1, 1, 1, -42282), (0xa7b2, 1, 1, -42261),
    (0xa7b3, 1, 1, 928), (0xa7b4, 8, 2, 1), (0xa7c4, 1, 1, -48), (0xa7c5, 1, 1, -42307),
    (0xa7c6, 1, 1, -35384), (0xa7c7, 2, 2, 1), (0xa7cb, 1, 1, -42343), (0xa7cc, 8, 2, 1),
    (0xa7dc, 1, 1, -42561), (0xa7f5, 1, 1, 1), (0xff21, 26, 1, 32), (0x10400, 40, 1, 40),
    (0x104b0, 36, 1, 40), (0x10570, 11, 1, 39), (0x1057c, 15, 1, 39), (0x1058c, 7, 1, 39),
    (0x10594, 2, 1, 39), (0x10c80, 51, 1, 64), (0x10d50, 22, 1, 32), (0x118a0, 32, 1, 32),
    (0x16e40, 32, 1, 32), (0x16ea0, 25, 1, 27), (0x1e900, 34, 1, 34),
];

/// Letters whose counterpart leads to another letter, or to none.
#[rustfmt::skip]
static LOWER_ONLY: &[Run] = &[
    (0x1c5, 1, 1, 1), (0x1c8, 1, 1, 1), (0x1cb, 1, 1, 1), (0x1f2, 1, 1, 1), (0x3f4, 1, 1, -60),
    (0x1e9e, 1, 1, -7615), (0x1f88, 8, 1, -8), (0x1f98, 8, 1, -8), (0x1fa8, 8, 1, -8),
    (0x1fbc, 1, 1, -9), (0x1fcc, 1, 1, -9), (0x1ffc, 1, 1, -9), (0x2126, 1, 1, -7517),
    (0x212a, 1, 1, -8383), (0x212b, 1, 1, -8262),
];

/// Lower-case letters, the other way round.
#[rustfmt::skip]
static UPPER_ONLY: &[Run] = &[
    (0xb5, 1, 1, 743), (0x1c5, 1, 1, -1), (0x1c8, 1, 1, -1), (0x1cb, 1, 1, -1), (0x1f2, 1, 1, -1),
    (0x345, 1, 1, 84), (0x3c2, 1, 1, -31), (0x3d0, 1, 1, -62), (0x3d1, 1, 1, -57),
    (0x3d5, 1, 1, -47), (0x3d6, 1, 1, -54), (0x3f0, 1, 1, -86), (0x3f1, 1, 1, -80),
    (0x3f5, 1, 1, -96), (0x1c80, 1, 1, -6254), (0x1c81, 1, 1, -6253), (0x1c82, 1, 1, -6244),
    (0x1c83, 2, 1, -6242), (0x1c85, 1, 1, -6243), (0x1c86, 1, 1, -6236), (0x1c87, 1, 1, -6181),
    (0x1c88, 1, 1, 35266), (0x1e9b, 1, 1, -59), (0x1fbe, 1, 1, -7205),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
        letters.next().filter(|_| letters.next().is_none())
    }

    #[test]
    fn counterparts_are_those_of_the_standard_library() {
        for character in '\0'..=char::MAX {
            assert_eq!(
                lower(character),
                single(character.to_lowercase()).unwrap_or(character)
            );
            let expected = single(character.to_uppercase())
                .filter(|upper| character.is_ascii() || !upper.is_ascii())
                .unwrap_or(character);
            assert_eq!(upper(character), expected);
        }
    }
}
