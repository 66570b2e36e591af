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
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128, v128_or};

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

        /// The highest bit of each byte, that of the first in the lowest place.
        #[inline(always)]
        pub(crate) fn bits(self) -> u32 {
            u32::from(u8x16_bitmask(self.0))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod words {
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

#[cfg(test)]
mod tests {
    use super::*;

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
