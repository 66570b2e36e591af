//! Reals and their decimal digits, exact both ways.
//!
//! Input: the text of a number, or a real. Output: the real nearest to it, or the fewest digits that
//! read back as it. Numbers of up to 15 digits, as logs hold them, take a multiplication or a
//! division; those of up to 19 digits 128 bits; all others exact arithmetic on decimal digits. The
//! standard library does the same with tables that weigh 20 kB in the module.

use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The powers of ten that a real holds exactly end here.
const MAX_EXACT_POWER: i32 = 22;
/// The powers of five that 64 bits hold end here.
const MAX_SHORT_POWER: i32 = 27;
/// Digits that 64 bits hold.
const MAX_SHORT_DIGITS: usize = 19;
/// No number half way between two reals has more digits.
const MAX_DIGITS: usize = 800;
/// The exponent of two of the smallest real.
const MIN_EXPONENT: i32 = -1074;
/// Bits of a mantissa.
const MANTISSA_BITS: i32 = 53;

/// Reads digits with a sign, a point and an exponent.
pub fn read(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, read_exponent(exponent)?),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let n_digits = whole.len() + fraction.len();
    let digits = whole.bytes().chain(fraction.bytes());
    if n_digits == 0 || !digits.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent.saturating_sub(i32::try_from(fraction.len()).ok()?);
    let number = if n_digits <= MAX_SHORT_DIGITS {
        let mantissa = digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        of_short(mantissa, exponent)
    } else {
        of_digits([whole, fraction].concat().trim_start_matches('0'), exponent)
    };
    Some(if text.starts_with('-') {
        -number
    } else {
        number
    })
}

fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // What is too large for 32 bits is far beyond what a real holds.
    let exponent = digits.parse().unwrap_or(i32::MAX / 2);
    Some(if text.starts_with('-') {
        -exponent
    } else {
        exponent
    })
}

/// The real nearest to `digits` times a power of ten; the first digit is not zero.
fn of_digits(digits: &str, exponent: i32) -> f64 {
    if digits.len() <= MAX_SHORT_DIGITS {
        return of_short(digits.parse().unwrap_or(0), exponent);
    }
    // Of what follows it matters only that it is there.
    match digits.split_at_checked(MAX_DIGITS) {
        Some((kept, dropped)) => of_long(
            &[kept, "1"].concat(),
            exponent.saturating_add(dropped.len() as i32 - 1),
        ),
        None => of_long(digits, exponent),
    }
}

fn of_short(mantissa: u64, exponent: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    if mantissa >> MANTISSA_BITS == 0 && exponent.abs() <= MAX_EXACT_POWER {
        // Both are exact, so that the one operation rounds once.
        return if exponent < 0 {
            mantissa as f64 / power_of_ten(-exponent)
        } else {
            mantissa as f64 * power_of_ten(exponent)
        };
    }
    if exponent.abs() > MAX_SHORT_POWER {
        return of_long(&mantissa.to_string(), exponent);
    }
    let power = 5_u128.pow(exponent.unsigned_abs());
    if exponent >= 0 {
        return nearest(u128::from(mantissa) * power, false, exponent);
    }
    let shift = u128::from(mantissa).leading_zeros();
    let shifted = u128::from(mantissa) << shift;
    nearest(
        shifted / power,
        shifted % power != 0,
        exponent - shift as i32,
    )
}

fn of_long(digits: &str, exponent: i32) -> f64 {
    // The number is less than ten to this power, and not less than a tenth of that.
    let magnitude = exponent.saturating_add(digits.len() as i32);
    if magnitude > 310 {
        return f64::INFINITY;
    }
    if magnitude < -325 {
        return 0.0;
    }
    // Times a power of two that makes it a whole number of 56 to 62 bits; a bit of ten is 3.3219.
    let shift = 60 - ((magnitude * 217_706) >> 16);
    let mut exact = Exact::of(digits, exponent);
    exact.scale(shift);
    let digits = exact.digits();
    let point = (digits.len() as i32 + exact.exponent).max(0) as usize;
    let (whole, rest) = digits.split_at_checked(point).unwrap_or((&digits, ""));
    let is_more = rest.bytes().any(|digit| digit != b'0');
    nearest(whole.parse().unwrap_or(0), is_more, -shift)
}

/// The real nearest to a whole number times a power of two; `is_more` where a fraction follows it,
/// which is so only of numbers that have more bits than a mantissa.
fn nearest(whole: u128, is_more: bool, exponent: i32) -> f64 {
    let n_bits = 128 - whole.leading_zeros() as i32;
    let n_dropped = (n_bits - MANTISSA_BITS).max(MIN_EXPONENT - exponent);
    if n_dropped <= 0 {
        return whole as f64 * power_of_two(exponent);
    }
    if n_dropped > n_bits {
        return 0.0;
    }
    let kept = whole.checked_shr(n_dropped as u32).unwrap_or(0);
    let half = 1 << (n_dropped - 1);
    let dropped = whole & (half - 1 + half);
    let is_up = dropped > half || dropped == half && (is_more || kept % 2 == 1);
    (kept + u128::from(is_up)) as f64 * power_of_two(exponent + n_dropped)
}

fn power_of_ten(exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

fn power_of_two(exponent: i32) -> f64 {
    match exponent {
        1024.. => f64::INFINITY,
        -1022.. => f64::from_bits(((exponent + 1023) as u64) << 52),
        _ => f64::from_bits(
            1_u64
                .checked_shl((exponent - MIN_EXPONENT) as u32)
                .unwrap_or(0),
        ),
    }
}

/// The fewest digits that read back as a number which is finite and more than zero, and the power of
/// ten of the first of them.
pub fn shortest(number: f64) -> (String, i32) {
    let mut scale = 1.0;
    for n_decimals in 0..=MAX_EXACT_POWER {
        let scaled = (number * scale).round();
        if scaled >= 1e15 {
            break;
        }
        if scaled / scale == number {
            let digits = (scaled as u64).to_string();
            let exponent = digits.len() as i32 - 1 - n_decimals;
            return (digits.trim_end_matches('0').to_owned(), exponent);
        }
        scale *= 10.0;
    }
    let bits = number.to_bits();
    let (mantissa, exponent) = match (bits >> 52) as i32 {
        0 => (bits, MIN_EXPONENT),
        biased => (bits & ((1 << 52) - 1) | 1 << 52, biased - 1075),
    };
    let mut exact = Exact::of(&mantissa.to_string(), 0);
    exact.scale(exponent);
    let all = exact.digits();
    let first = all.len() as i32 - 1 + exact.exponent;
    let all = all.trim_end_matches('0');
    let mut best = (all.to_owned(), first);
    for n_digits in (1..=17.min(all.len())).rev() {
        let (kept, rest) = all.split_at(n_digits);
        let kept: u64 = kept.parse().unwrap_or(0);
        let exponent = first + 1 - n_digits as i32;
        let is_up = rest.as_bytes().first().is_some_and(|&digit| digit >= b'5');
        // The nearer of both neighbours; the other one where reals lie closer on this side.
        let [near, far] = if is_up {
            [kept + 1, kept]
        } else {
            [kept, kept + 1]
        };
        let Some(found) = [near, far]
            .into_iter()
            .find(|&digits| of_short(digits, exponent) == number)
        else {
            break;
        };
        let digits = found.to_string();
        // 9.99 may have become 10.
        let first = exponent + digits.len() as i32 - 1;
        best = (digits.trim_end_matches('0').to_owned(), first);
    }
    best
}

/// Digits up to which the service writes the fewest.
const MAX_SHORTEST_DIGITS: usize = 15;

/// The digits that the service writes of a number which is finite and more than zero, and the power
/// of ten of the first of them.
///
/// Of most numbers these are the fewest that read back as it. Where more than 15 are needed, the
/// service takes the first digits of the upper border of what reads back (Grisu2), and turns the last
/// one down toward the number only when few of them stand behind the point of the scaled number.
pub fn service_digits(number: f64) -> (String, i32) {
    let (digits, exponent) = shortest(number);
    if digits.len() <= MAX_SHORTEST_DIGITS {
        return (digits, exponent);
    }
    let bits = number.to_bits();
    let (mantissa, exponent) = match (bits >> 52) as i32 {
        0 => (bits, MIN_EXPONENT),
        biased => (bits & ((1 << 52) - 1) | 1 << 52, biased - 1075),
    };
    let is_power = mantissa == 1 << 52;
    // The borders lie half way to the neighbours; all three get the exponent of the upper one.
    let upper = Scaled::of(2 * mantissa + 1, exponent - 1);
    let (lower, lower_exponent) = if is_power {
        (4 * mantissa - 1, exponent - 2)
    } else {
        (2 * mantissa - 1, exponent - 1)
    };
    let lower = Scaled {
        mantissa: lower << (lower_exponent - upper.exponent),
        exponent: upper.exponent,
    };
    let steps = f64::from(-61 - upper.exponent) * std::f64::consts::LOG10_2 + 347.0;
    let index = (steps.ceil() as i32 >> 3) + 1;
    let mut power = 348 - 8 * index;
    let scale = power_of_ten_scaled(-power);
    let middle = Scaled::of(mantissa, exponent).times(scale);
    let upper = upper.times(scale);
    let upper_mantissa = upper.mantissa - 1;
    let mut width = upper_mantissa - (lower.times(scale).mantissa + 1);
    let away = upper_mantissa - middle.mantissa;
    // Digits before the point, then behind it, until what is left lies inside the borders.
    let shift = (-upper.exponent) as u32;
    let one = 1_u64 << shift;
    let (mut whole, mut fraction) = (upper_mantissa >> shift, upper_mantissa & (one - 1));
    let mut digits: Vec<u8> = Vec::with_capacity(18);
    let put = |digit: u64, digits: &mut Vec<u8>| {
        if digit > 0 || !digits.is_empty() {
            digits.push(digit as u8);
        }
    };
    let mut n_left = whole.to_string().len() as u32;
    let mut is_done = false;
    while n_left > 0 && !is_done {
        n_left -= 1;
        let unit = 10_u64.pow(n_left);
        put(whole / unit, &mut digits);
        whole %= unit;
        let rest = (whole << shift) + fraction;
        if rest <= width {
            power += n_left as i32;
            turn_down(&mut digits, width, rest, unit << shift, away);
            is_done = true;
        }
    }
    let mut n_behind = 0;
    while !is_done {
        (fraction, width) = (fraction * 10, width.wrapping_mul(10));
        n_behind += 1;
        put(fraction >> shift, &mut digits);
        fraction &= one - 1;
        if fraction < width {
            power -= n_behind as i32;
            // The service's table of powers ends here, and it takes the number for its border.
            let away = if n_behind < 9 {
                away.wrapping_mul(10_u64.pow(n_behind))
            } else {
                0
            };
            turn_down(&mut digits, width, fraction, one, away);
            is_done = true;
        }
    }
    let first = power + digits.len() as i32 - 1;
    let text: String = digits
        .iter()
        .map(|digit| char::from(b'0' + digit))
        .collect();
    (text.trim_end_matches('0').to_owned(), first)
}

/// Makes the last digit smaller while that brings the digits nearer to the number.
fn turn_down(digits: &mut [u8], width: u64, mut rest: u64, unit: u64, away: u64) {
    let Some(last) = digits.last_mut() else {
        return;
    };
    while rest < away
        && width - rest >= unit
        && (rest + unit < away || away - rest > rest + unit - away)
        && *last > 0
    {
        *last -= 1;
        rest += unit;
    }
}

/// A number as 64 bits times a power of two, the highest bit set.
#[derive(Clone, Copy)]
struct Scaled {
    mantissa: u64,
    exponent: i32,
}

impl Scaled {
    fn of(mantissa: u64, exponent: i32) -> Self {
        let shift = mantissa.leading_zeros();
        Self {
            mantissa: mantissa << shift,
            exponent: exponent - shift as i32,
        }
    }

    /// The upper 64 bits of the product, rounded.
    fn times(self, other: Self) -> Self {
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        Self {
            mantissa: ((product + (1 << 63)) >> 64) as u64,
            exponent: self.exponent + other.exponent + 64,
        }
    }
}

/// A power of ten as 64 bits, rounded to nearest; each is computed once.
fn power_of_ten_scaled(power: i32) -> Scaled {
    thread_local! {
        static KNOWN: RefCell<FxHashMap<i32, Scaled>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| *known.entry(power).or_insert_with(|| compute_power(power)))
}

fn compute_power(power: i32) -> Scaled {
    // A bit of ten is 3.3219; one less than all bits, and one more when that was not enough.
    let mut exponent = ((power * 217_706) >> 16) - 62;
    loop {
        let mut exact = Exact::of("1", power);
        exact.scale(-exponent);
        let digits = exact.digits();
        let point = (digits.len() as i32 + exact.exponent).max(0) as usize;
        let (whole, rest) = digits.split_at_checked(point).unwrap_or((&digits, ""));
        let is_up = rest.as_bytes().first().is_some_and(|&digit| digit >= b'5');
        // A power that fits ends in zeros that its digits leave out.
        let zeros = "0".repeat(point.saturating_sub(digits.len()));
        let whole: u128 = format!("{whole}{zeros}").parse().unwrap_or(0);
        let mantissa = whole + u128::from(is_up);
        if mantissa >> 63 == 0 {
            exponent -= 1;
        } else if let Ok(mantissa) = u64::try_from(mantissa) {
            return Scaled { mantissa, exponent };
        } else {
            exponent += 1;
        }
    }
}

/// A number of any length: a whole number times a power of ten.
struct Exact {
    /// Nine digits each, the last ones first.
    limbs: Vec<u32>,
    exponent: i32,
}

const LIMB: u64 = 1_000_000_000;

impl Exact {
    fn of(digits: &str, exponent: i32) -> Self {
        let limbs = digits.as_bytes().rchunks(9).map(|limb| {
            limb.iter()
                .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
        });
        Self {
            limbs: limbs.collect(),
            exponent,
        }
    }

    /// Multiplies by a power of two; half is five tenths.
    fn scale(&mut self, mut power: i32) {
        while power > 0 {
            let step = power.min(29);
            self.multiply(1 << step);
            power -= step;
        }
        while power < 0 {
            let step = (-power).min(12);
            self.multiply(5_u64.pow(step as u32));
            self.exponent -= step;
            power += step;
        }
    }

    fn multiply(&mut self, factor: u64) {
        let mut carry = 0;
        for limb in &mut self.limbs {
            let product = u64::from(*limb) * factor + carry;
            *limb = (product % LIMB) as u32;
            carry = product / LIMB;
        }
        if carry > 0 {
            self.limbs.push(carry as u32);
        }
    }

    fn digits(&self) -> String {
        let mut digits = String::new();
        for limb in self.limbs.iter().rev() {
            digits.push_str(&format!("{limb:09}"));
        }
        digits.trim_start_matches('0').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of every size: those of logs, and bits at random.
    fn numbers() -> impl Iterator<Item = f64> {
        let mut state = 1_u64;
        (0..20_000).map(move |at| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let bits = state ^ (state >> 29);
            match at % 5 {
                0 => f64::from_bits(bits),
                1 => (bits >> 40) as f64 / 1000.0,
                2 => (bits >> 11) as f64 / (1_u64 << (bits % 60)) as f64,
                3 => f64::from_bits(bits & !((1 << 52) - 1)),
                _ => bits as f64,
            }
        })
    }

    #[test]
    fn reals_are_read_as_the_standard_library_reads_them() {
        for number in numbers().filter(|number| number.is_finite()) {
            for text in [
                format!("{number:e}"),
                format!("{number}"),
                format!("{number:.3}"),
                format!("{number:.25e}"),
                format!("{number:.800e}"),
            ] {
                assert_eq!(
                    read(&text).map(f64::to_bits),
                    text.parse().ok().map(f64::to_bits),
                    "{text}"
                );
                if number.abs() > 1e30 {
                    break;
                }
            }
        }
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1.e5",
            "e5",
            "1e",
            "1e+",
            "1e400",
            "-1e-400",
            "0e99999999999",
            "1e99999999999",
            "1e-99999999999",
            "1..2",
            "1 ",
            "--1",
            "2.2250738585072011e-308",
            "9007199254740993",
            "9007199254740992.99999999999999999999",
            "5e-324",
            "2e-324",
            "3e-324",
            "1.7976931348623159e308",
            "18446744073709551615e27",
            "18446744073709551615e-27",
        ] {
            assert_eq!(
                read(text).map(f64::to_bits),
                text.parse().ok().map(f64::to_bits),
                "{text}"
            );
        }
        let half = format!("9007199254740992.5{}1", "0".repeat(2000));
        assert_eq!(read(&half), half.parse().ok());
    }

    #[test]
    fn digits_of_the_service_read_back() {
        for (number, digits, exponent) in [
            (0.1 + 0.2, "30000000000000007", -1),
            (40.764_323_000_000_008, "40764323000000008", 1),
            (9.999_999_999_999_998, "9999999999999999", 0),
            (1.0 / 3.0, "3333333333333333", -1),
            (2.0 / 3.0, "6666666666666666", -1),
            (1e23, "1", 23),
            (f64::MAX, "17976931348623157", 308),
            (f64::MIN_POSITIVE, "22250738585072014", -308),
            (5e-324, "5", -324),
            (9_007_199_254_740_993.0, "9007199254740992", 15),
            (123_456_789.123_456_79, "12345678912345679", 8),
        ] {
            assert_eq!(
                service_digits(number),
                (digits.to_owned(), exponent),
                "{number}"
            );
        }
        for number in numbers().map(f64::abs) {
            if number.is_finite() && number != 0.0 {
                let (digits, exponent) = service_digits(number);
                let (first, rest) = digits.split_at(1);
                assert_eq!(format!("{first}.{rest}0e{exponent}").parse(), Ok(number));
            }
        }
    }

    #[test]
    fn reals_are_written_as_the_standard_library_writes_them() {
        for number in numbers().map(f64::abs) {
            if !number.is_finite() || number == 0.0 {
                continue;
            }
            let (digits, exponent) = shortest(number);
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            assert_eq!(
                format!("{first}{point}{rest}e{exponent}"),
                format!("{number:e}")
            );
        }
    }
}
