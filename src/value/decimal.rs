//! `decimal`: exact decimal numbers of up to 34 digits.
//!
//! A number is `mantissa / 10^scale`. A quotient is rounded to 34 digits; a sum or product that needs
//! more of them gives `None`, and the engine refuses it.

use super::real;
use std::cmp::Ordering;
use std::fmt;

/// Most digits of a mantissa.
const MAX_DIGITS: u32 = 34;
/// Most digits behind the point.
const MAX_SCALE: u32 = 72;

/// A decimal number.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    /// A whole number.
    pub const fn from_long(number: i64) -> Self {
        Self {
            mantissa: number as i128,
            scale: 0,
        }
    }

    /// `mantissa / 10^scale`, when it fits.
    pub fn new(mantissa: i128, scale: u32) -> Option<Self> {
        (scale <= MAX_SCALE && mantissa.unsigned_abs() < 10_u128.pow(MAX_DIGITS))
            .then_some(Self { mantissa, scale })
    }

    /// Reads `-12.50`, also with an exponent.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (is_negative, digits) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, digits.strip_prefix('+').unwrap_or(digits)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.len() + fraction.len() == 0 || whole.len() + fraction.len() > 38 {
            return None;
        }
        let joined = format!("{whole}{fraction}");
        if !joined.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut mantissa: i128 = joined.parse().ok()?;
        let mut scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        while scale < 0 {
            mantissa = mantissa.checked_mul(10)?;
            scale += 1;
        }
        Self::new(
            if is_negative { -mantissa } else { mantissa },
            u32::try_from(scale).ok()?,
        )
    }

    /// The nearest real.
    pub fn to_real(self) -> f64 {
        real::read(&self.to_string()).unwrap_or(f64::NAN)
    }

    /// The whole part, when it fits a long.
    pub fn to_long(self) -> Option<i64> {
        // A power that does not fit leaves nothing before the point.
        let divisor = 10_i128.checked_pow(self.scale).unwrap_or(i128::MAX);
        i64::try_from(self.mantissa / divisor).ok()
    }

    /// Both mantissas at the larger scale.
    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let left = self
            .mantissa
            .checked_mul(10_i128.checked_pow(scale - self.scale)?)?;
        let right = other
            .mantissa
            .checked_mul(10_i128.checked_pow(scale - other.scale)?)?;
        Some((left, right, scale))
    }

    /// `self + other`
    pub fn plus(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Self::new(left.checked_add(right)?, scale)
    }

    /// `self - other`
    pub fn subtract(self, other: Self) -> Option<Self> {
        self.plus(Self {
            mantissa: -other.mantissa,
            scale: other.scale,
        })
    }

    /// `self * other`
    pub fn multiply(self, other: Self) -> Option<Self> {
        Self::new(
            self.mantissa.checked_mul(other.mantissa)?,
            self.scale + other.scale,
        )
    }

    /// `self / other`, rounded to 34 digits, half to even; none by zero or beyond the digits.
    pub fn divide(self, other: Self) -> Option<Self> {
        let (dividend, divisor) = (self.mantissa, other.mantissa);
        let mut quotient = dividend.checked_div(divisor)?;
        let mut rest = dividend % divisor;
        let mut scale = i64::from(self.scale) - i64::from(other.scale);
        let is_short = |quotient: i128| quotient.unsigned_abs() < 10_u128.pow(MAX_DIGITS - 1);
        while scale < 0 || rest != 0 && is_short(quotient) {
            quotient = quotient.checked_mul(10)? + rest * 10 / divisor;
            rest = rest * 10 % divisor;
            scale += 1;
        }
        let twice = (rest * 2).unsigned_abs();
        let is_even = quotient % 2 == 0;
        if twice > divisor.unsigned_abs() || twice == divisor.unsigned_abs() && !is_even {
            quotient += if (dividend < 0) == (divisor < 0) {
                1
            } else {
                -1
            };
        }
        Self::new(quotient, u32::try_from(scale).ok()?)
    }

    /// What remains of a division of numbers that are not negative.
    pub fn remainder(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        if left < 0 || right < 0 {
            return None;
        }
        Self::new(left.checked_rem(right)?, scale)
    }

    /// `-self`
    #[must_use]
    pub const fn negate(self) -> Self {
        Self {
            mantissa: -self.mantissa,
            scale: self.scale,
        }
    }

    /// Digits without trailing zeros, for hashing: equal numbers have equal ones.
    pub const fn normal(self) -> (i128, u32) {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        (mantissa, scale)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.aligned(*other) {
            Some((left, right, _)) => left.cmp(&right),
            // The scales lie so far apart that the one that does not fit is the larger.
            None => self.to_real().total_cmp(&other.to_real()),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!(
            "{:0>width$}",
            self.mantissa.unsigned_abs(),
            width = scale + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        if scale == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_arithmetic() {
        let number = |text| Decimal::parse(text).unwrap();
        assert_eq!(number("-0.05").to_string(), "-0.05");
        assert_eq!(number("1.5e3").to_string(), "1500");
        assert_eq!(number("0.1").plus(number("0.2")), Some(number("0.30")));
        assert_eq!(
            number("1")
                .divide(number("8"))
                .map(|n| n.to_string())
                .as_deref(),
            Some("0.125")
        );
        let third = number("1").divide(number("3")).unwrap();
        assert_eq!(third.to_string(), format!("0.{}", "3".repeat(34)));
        let two_thirds = number("-0.002").divide(number("3")).unwrap();
        assert_eq!(two_thirds.to_string(), format!("-0.000{}7", "6".repeat(33)));
        assert_eq!(number("1e30").divide(number("1e-3")), Some(number("1e33")));
        assert_eq!(number("7.5").remainder(number("2")), Some(number("1.5")));
        assert_eq!(number("7.5").remainder(number("0")), None);
        assert_eq!(number("1").divide(number("0")), None);
        assert!(number("1.10") > number("1.09"));
    }
}
