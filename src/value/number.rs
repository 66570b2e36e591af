//! Texts of `int`, `long` and `real`.
//!
//! Reals print as .NET does: shortest digits, an exponent from 1E+15 up and below 0.0001.

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
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..15).contains(&exponent) {
        format!("{number:?}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}E{sign}{:02}", exponent.unsigned_abs())
    }
}

/// A JSON number that reads back as the same real; `None` for NaN and the infinities.
pub fn real_json(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number:?}");
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
    if !text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    text.parse().ok()
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
    fn whole_numbers() {
        assert_eq!(parse_long("0x1F"), Some(31));
        assert_eq!(parse_long("-9223372036854775808"), Some(i64::MIN));
        for wrong in ["", "1.5", "1e3", "9223372036854775808", "-", "--1", "1 2"] {
            assert_eq!(parse_long(wrong), None, "{wrong}");
        }
    }
}
