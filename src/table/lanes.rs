//! Sixteen bytes side by side: the one thing that every search and comparison of the readers is
//! made of.
//!
//! Input: bytes. Output: one bit a byte. Where WebAssembly has vectors they are used, elsewhere two
//! words do the same.

/// Bytes that are looked at side by side.
pub(crate) const N_LANES: usize = 16;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::Lanes;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use words::Lanes;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        u8x16_bitmask, u8x16_eq, u8x16_shr, u8x16_shuffle, u8x16_splat, u8x16_sub_sat,
        u8x16_swizzle, u64x2, v128, v128_and, v128_any_true, v128_or, v128_xor,
    };

    /// Sixteen bytes.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Lanes(v128);

    impl Lanes {
        /// The same byte sixteen times.
        #[inline(always)]
        pub(crate) fn splat(byte: u8) -> Self {
            Self(u8x16_splat(byte))
        }

        /// Sixteen bytes of memory; one load, though it is not said so.
        #[inline(always)]
        pub(crate) fn of(bytes: &[u8; 16]) -> Self {
            let both = u128::from_le_bytes(*bytes);
            Self(u64x2(both as u64, (both >> 64) as u64))
        }

        /// All bits of the bytes that are equal in both, none of the others.
        #[inline(always)]
        pub(crate) fn equal(self, other: Self) -> Self {
            Self(u8x16_eq(self.0, other.0))
        }

        /// The bits of both.
        #[inline(always)]
        pub(crate) fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        /// The bits that both have.
        #[inline(always)]
        pub(crate) fn and(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }

        /// The bits that one has and the other has not.
        #[inline(always)]
        pub(crate) fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        /// Each byte less that of the other, 0 where there is not enough.
        #[inline(always)]
        pub(crate) fn less(self, other: Self) -> Self {
            Self(u8x16_sub_sat(self.0, other.0))
        }

        /// The high four bits of each byte.
        #[inline(always)]
        pub(crate) fn high_halves(self) -> Self {
            Self(u8x16_shr(self.0, 4))
        }

        /// The low four bits of each byte.
        #[inline(always)]
        pub(crate) fn low_halves(self) -> Self {
            Self(v128_and(self.0, u8x16_splat(0x0F)))
        }

        /// For each byte of `places`, all below 16, the byte at that place.
        #[inline(always)]
        pub(crate) fn look_up(self, places: Self) -> Self {
            Self(u8x16_swizzle(self.0, places.0))
        }

        /// For each byte the one, the second and the third before it; `before` comes before all.
        #[inline(always)]
        #[rustfmt::skip]
        pub(crate) fn behind(self, before: Self) -> [Self; 3] {
            let (a, b) = (before.0, self.0);
            [
                Self(u8x16_shuffle::<15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30>(a, b)),
                Self(u8x16_shuffle::<14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29>(a, b)),
                Self(u8x16_shuffle::<13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28>(a, b)),
            ]
        }

        /// Whether no bit is set.
        #[inline(always)]
        pub(crate) fn is_zero(self) -> bool {
            !v128_any_true(self.0)
        }

        /// The highest bit of each byte, that of the first in the lowest place.
        #[inline(always)]
        pub(crate) fn bits(self) -> u32 {
            u32::from(u8x16_bitmask(self.0))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod words {
    use super::N_LANES;

    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES << 7;

    /// Sixteen bytes.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Lanes(u64, u64);

    /// All bits of each byte that is zero.
    #[inline(always)]
    const fn zeros(word: u64) -> u64 {
        let is_other = ((word & !HIGHS).wrapping_add(!HIGHS) | word) & HIGHS;
        ((is_other ^ HIGHS) >> 7) * 0xFF
    }

    impl Lanes {
        /// The same byte sixteen times.
        #[inline(always)]
        pub(crate) const fn splat(byte: u8) -> Self {
            Self(ONES * byte as u64, ONES * byte as u64)
        }

        /// Sixteen bytes of memory.
        #[inline(always)]
        pub(crate) const fn of(bytes: &[u8; 16]) -> Self {
            let both = u128::from_le_bytes(*bytes);
            Self(both as u64, (both >> 64) as u64)
        }

        /// All bits of the bytes that are equal in both, none of the others.
        #[inline(always)]
        pub(crate) const fn equal(self, other: Self) -> Self {
            Self(zeros(self.0 ^ other.0), zeros(self.1 ^ other.1))
        }

        /// The bits of both.
        #[inline(always)]
        pub(crate) const fn or(self, other: Self) -> Self {
            Self(self.0 | other.0, self.1 | other.1)
        }

        /// The bits that both have.
        #[inline(always)]
        pub(crate) const fn and(self, other: Self) -> Self {
            Self(self.0 & other.0, self.1 & other.1)
        }

        /// The bits that one has and the other has not.
        #[inline(always)]
        pub(crate) const fn xor(self, other: Self) -> Self {
            Self(self.0 ^ other.0, self.1 ^ other.1)
        }

        /// Each byte less that of the other, 0 where there is not enough.
        pub(crate) fn less(self, other: Self) -> Self {
            let other = other.bytes();
            self.each(|at, byte| byte.saturating_sub(other[at]))
        }

        /// The high four bits of each byte.
        #[inline(always)]
        pub(crate) const fn high_halves(self) -> Self {
            const LOW: u64 = ONES * 0x0F;
            Self(self.0 >> 4 & LOW, self.1 >> 4 & LOW)
        }

        /// The low four bits of each byte.
        #[inline(always)]
        pub(crate) const fn low_halves(self) -> Self {
            const LOW: u64 = ONES * 0x0F;
            Self(self.0 & LOW, self.1 & LOW)
        }

        /// For each byte of `places`, all below 16, the byte at that place.
        pub(crate) fn look_up(self, places: Self) -> Self {
            let bytes = self.bytes();
            places.each(|_, place| bytes[place as usize % N_LANES])
        }

        /// For each byte the one, the second and the third before it; `before` comes before all.
        pub(crate) const fn behind(self, before: Self) -> [Self; 3] {
            const fn shifted(low: u64, middle: u64, high: u64, n_bits: u32) -> Lanes {
                let carried = 64 - n_bits;
                Lanes(
                    middle << n_bits | low >> carried,
                    high << n_bits | middle >> carried,
                )
            }
            let (low, middle, high) = (before.1, self.0, self.1);
            [
                shifted(low, middle, high, 8),
                shifted(low, middle, high, 16),
                shifted(low, middle, high, 24),
            ]
        }

        /// Whether no bit is set.
        #[inline(always)]
        pub(crate) const fn is_zero(self) -> bool {
            self.0 | self.1 == 0
        }

        const fn bytes(self) -> [u8; N_LANES] {
            ((self.1 as u128) << 64 | self.0 as u128).to_le_bytes()
        }

        fn each(self, of: impl Fn(usize, u8) -> u8) -> Self {
            let bytes = self.bytes();
            Self::of(&std::array::from_fn(|at| of(at, bytes[at])))
        }

        /// The highest bit of each byte, that of the first in the lowest place.
        #[inline(always)]
        pub(crate) const fn bits(self) -> u32 {
            const fn of_word(word: u64) -> u32 {
                (((word & HIGHS) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
            }
            of_word(self.0) | of_word(self.1) << 8
        }
    }
}

/// The first place at or after `at` whose byte is marked; the length of the bytes when there is none.
#[inline(always)]
pub(crate) fn first_marked(bytes: &[u8], mut at: usize, mark: impl Fn(Lanes) -> Lanes) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let bits = mark(Lanes::of(chunk)).bits();
        if bits != 0 {
            return at + bits.trailing_zeros() as usize;
        }
        at += N_LANES;
    }
    let mut last = [0; N_LANES];
    last.iter_mut()
        .zip(bytes.get(at..).unwrap_or_default())
        .for_each(|(place, &byte)| *place = byte);
    let bits = mark(Lanes::of(&last)).bits();
    (at + bits.trailing_zeros() as usize).min(bytes.len())
}

/// Bytes that are passed at once where the next mark is far away.
const STRIDE_BYTES: usize = 4 * N_LANES;

/// The same where the next mark is far away.
#[inline(always)]
pub(crate) fn first_far_marked(
    bytes: &[u8],
    mut at: usize,
    mark: impl Fn(Lanes) -> Lanes,
) -> usize {
    while let Some(stride) = bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk::<STRIDE_BYTES>)
    {
        let [a, b, c, d] = stride.as_chunks().0 else {
            break;
        };
        let (a, b) = (mark(Lanes::of(a)), mark(Lanes::of(b)));
        let (c, d) = (mark(Lanes::of(c)), mark(Lanes::of(d)));
        if a.or(b).or(c.or(d)).bits() != 0 {
            break;
        }
        at += STRIDE_BYTES;
    }
    first_marked(bytes, at, mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    // The branch of the vectors is there in WebAssembly alone.
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_byte_has_its_bit() {
        let bytes: [u8; N_LANES] = std::array::from_fn(|at| at as u8 * 17);
        for (at, &byte) in bytes.iter().enumerate() {
            let found = Lanes::of(&bytes).equal(Lanes::splat(byte));
            assert_eq!(found.bits(), 1 << at);
            assert_eq!(found.or(Lanes::splat(0)).bits(), 1 << at);
        }
        assert_eq!(Lanes::of(&bytes).bits(), 0xFF00);
        assert_eq!(
            Lanes::of(&[7; N_LANES]).equal(Lanes::splat(7)).bits(),
            0xFFFF
        );
        assert_eq!(Lanes::of(&[8; N_LANES]).equal(Lanes::splat(7)).bits(), 0);
        assert_eq!(Lanes::of(&[0x80; N_LANES]).equal(Lanes::splat(0)).bits(), 0);
    }
}
