//! Texts of `int`, `long` and `real`.
//!
//! Reals print as .NET does: shortest digits, an exponent from 1E+15 up and below 0.0001.

use super::real;

/// The text of a real.
pub fn real_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "inf".to_owned()
        } else {
            "-inf".to_owned()
        };
    }
    let (mut text, digits, exponent) = parts(number);
    if (-4..15).contains(&exponent) {
        write_plain(&mut text, &digits, exponent);
    } else {
        write_mantissa(&mut text, &digits);
        text.push_str(if exponent < 0 { "E-" } else { "E+" });
        text.push_str(&format!("{:02}", exponent.unsigned_abs()));
    }
    text
}

/// The text of a real as the service's `tostring` writes it; known of those that
/// [`has_known_text`] admits.
pub fn service_text(number: f64) -> String {
    if !number.is_finite() || number == 0.0 {
        return real_text(number);
    }
    let (digits, exponent) = real::service_digits(number.abs());
    if !(-4..15).contains(&exponent) {
        return real_text(number);
    }
    let mut text = if number < 0.0 { "-" } else { "" }.to_owned();
    write_plain(&mut text, &digits, exponent);
    text
}

/// Whether it is known how the service writes a real: without an exponent, that is.
pub fn has_known_text(number: f64) -> bool {
    !number.is_finite() || number == 0.0 || (1e-4..1e15).contains(&number.abs())
}

/// The text of a real without an exponent, where it is finite.
pub fn plain_text(number: f64) -> String {
    if !number.is_finite() {
        return real_text(number);
    }
    let (mut text, digits, exponent) = parts(number);
    write_plain(&mut text, &digits, exponent);
    text
}

/// The sign of a finite real, its digits, and the power of ten of the first of them.
fn parts(number: f64) -> (String, String, i32) {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (digits, exponent) = if number == 0.0 {
        ("0".to_owned(), 0)
    } else {
        real::shortest(number.abs())
    };
    (sign.to_owned(), digits, exponent)
}

/// Writes digits with a point where it belongs, and at least one digit behind it.
fn write_plain(text: &mut String, digits: &str, exponent: i32) {
    if exponent < 0 {
        text.push_str("0.");
        text.push_str(&"0".repeat(exponent.unsigned_abs() as usize - 1));
        text.push_str(digits);
        return;
    }
    let n_whole = exponent as usize + 1;
    let (whole, fraction) = digits.split_at_checked(n_whole).unwrap_or((digits, ""));
    text.push_str(whole);
    text.push_str(&"0".repeat(n_whole - whole.len()));
    text.push('.');
    text.push_str(if fraction.is_empty() { "0" } else { fraction });
}

/// Writes digits with a point behind the first.
fn write_mantissa(text: &mut String, digits: &str) {
    let (first, rest) = digits.split_at(1);
    text.push_str(first);
    if !rest.is_empty() {
        text.push('.');
        text.push_str(rest);
    }
}

/// A JSON number that reads back as the same real; `None` for NaN and the infinities.
pub fn real_json(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let (mut text, digits, exponent) = parts(number);
    if (-4..16).contains(&exponent) {
        write_plain(&mut text, &digits, exponent);
    } else {
        write_mantissa(&mut text, &digits);
        text.push('e');
        text.push_str(&exponent.to_string());
    }
    Some(text)
}

/// Reads a whole number: decimal digits with a sign, or `0x` and hex digits.
pub fn parse_long(text: &str) -> Option<i64> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(hex) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        let bits = u64::from_str_radix(hex, 16).ok()?;
        return (!is_negative).then_some(bits as i64);
    }
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let magnitude: i128 = digits.parse().ok()?;
    i64::try_from(if is_negative { -magnitude } else { magnitude }).ok()
}

/// Reads a real: digits, point, exponent, `nan`, `inf`, `+inf`, `-inf`.
pub fn parse_real(text: &str) -> Option<f64> {
    let text = text.trim();
    match text {
        "nan" | "NaN" => return Some(f64::NAN),
        "inf" | "Inf" | "+inf" | "+Inf" | "infinity" | "Infinity" | "+Infinity" | "+infinity" => {
            return Some(f64::INFINITY);
        }
        "-inf" | "-Inf" | "-infinity" | "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    real::read(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_print_like_dotnet() {
        for (number, text) in [
            (1.0, "1.0"),
            (1e15, "1E+15"),
            (123_456_789_012_345.0, "123456789012345.0"),
            (0.000_01, "1E-05"),
            (0.0001, "0.0001"),
            (-0.0, "-0.0"),
            (9_223_372_036_854_775_807.0, "9.223372036854776E+18"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(real_text(number), text);
        }
    }

    #[test]
    fn reals_print_like_the_service() {
        for (number, text) in [
            (0.1 + 0.2, "0.30000000000000007"),
            (-0.1 - 0.2, "-0.30000000000000007"),
            (0.1, "0.1"),
            (1234.5, "1234.5"),
            (-0.0, "-0.0"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(service_text(number), text);
            assert!(has_known_text(number));
        }
        assert!(!has_known_text(1e15) && !has_known_text(-9.9e-5));
    }

    #[test]
    fn reals_of_json_read_back() {
        for (number, text) in [
            (1.0, "1.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e16"),
            (1.5e-5, "1.5e-5"),
            (0.000_12, "0.00012"),
            (-0.0, "-0.0"),
            (-12.5, "-12.5"),
        ] {
            assert_eq!(real_json(number).as_deref(), Some(text));
        }
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(parse_long("0x1F"), Some(31));
        assert_eq!(parse_long("-9223372036854775808"), Some(i64::MIN));
        for wrong in ["", "1.5", "1e3", "9223372036854775808", "-", "--1", "1 2"] {
            assert_eq!(parse_long(wrong), None, "{wrong}");
        }
    }
}
