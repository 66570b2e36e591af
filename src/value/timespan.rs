//! `timespan`: durations in 100 ns ticks and their texts.

use super::datetime::{DAY, HOUR, MINUTE, SECOND};

/// The text `[-][d.]hh:mm:ss[.fffffff]`.
pub fn text(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let ticks = ticks.unsigned_abs();
    let days = ticks / DAY.unsigned_abs();
    let time = ticks % DAY.unsigned_abs();
    let second = time / SECOND.unsigned_abs();
    let fraction = time % SECOND.unsigned_abs();
    let days = if days > 0 {
        format!("{days}.")
    } else {
        String::new()
    };
    let clock = format!(
        "{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    if fraction > 0 {
        format!("{sign}{days}{clock}.{fraction:07}")
    } else {
        format!("{sign}{days}{clock}")
    }
}

/// Ticks of a unit as KQL writes it behind a number.
pub fn unit(name: &str) -> Option<i64> {
    Some(match name {
        "d" | "day" | "days" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "m" | "min" | "minute" | "minutes" => MINUTE,
        "s" | "sec" | "second" | "seconds" => SECOND,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => SECOND / 1000,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => 10,
        "tick" | "ticks" => 1,
        _ => return None,
    })
}

/// Reads `1d`, `1.5h`, `13:00`, `1.02:03:04.5`, `-00:00:01`, or a bare number of days.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let ticks = if text.contains(':') {
        parse_clock(text)?
    } else {
        parse_with_unit(text)?
    };
    Some(if is_negative { -ticks } else { ticks })
}

/// A number and a unit; without a unit, days.
fn parse_with_unit(text: &str) -> Option<i64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, name) = text.split_at(end);
    let ticks = if name.is_empty() {
        DAY
    } else {
        unit(name.trim())?
    };
    scaled(number, ticks)
}

/// A decimal number times a unit, to the nearest tick; exact, without floating point.
pub fn scaled(number: &str, unit_ticks: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut ticks = i128::from(whole) * i128::from(unit_ticks);
    if !fraction.is_empty() {
        let fraction = fraction.get(..fraction.len().min(18))?;
        let scale = 10_i128.checked_pow(fraction.len() as u32)?;
        let part = fraction.parse::<i128>().ok()? * i128::from(unit_ticks);
        ticks += (part + scale / 2) / scale;
    }
    i64::try_from(ticks).ok()
}

/// `[d.]hh:mm[:ss[.fffffff]]`
fn parse_clock(text: &str) -> Option<i64> {
    let mut fields = text.split(':');
    let (days, hours) = match fields.next()?.split_once('.') {
        Some((days, hours)) => (number(days, 8)?, number(hours, 2)?),
        None => (0, 0),
    };
    let hours = if text.split(':').next()?.contains('.') {
        hours
    } else {
        number(text.split(':').next()?, 2)?
    };
    let minutes = number(fields.next()?, 2)?;
    let (seconds, fraction) = match fields.next() {
        None => (0, 0),
        Some(field) => match field.split_once('.') {
            None => (number(field, 2)?, 0),
            Some((seconds, fraction)) => (
                number(seconds, 2)?,
                scaled(&format!("0.{}", digits(fraction)?), SECOND)?,
            ),
        },
    };
    if fields.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    days.checked_mul(DAY)?
        .checked_add(hours * HOUR + minutes * MINUTE + seconds * SECOND + fraction)
}

fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

fn number(text: &str, most_digits: usize) -> Option<i64> {
    let text = digits(text)?;
    if text.len() > most_digits {
        None
    } else {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_there_and_back() {
        for spelling in [
            "00:00:00",
            "1.02:03:04",
            "-00:00:01",
            "00:00:00.0000001",
            "365.00:00:00.5000000",
        ] {
            assert_eq!(parse(spelling).map(text).as_deref(), Some(spelling));
        }
        assert_eq!(parse("1.5h"), Some(HOUR + HOUR / 2));
        assert_eq!(parse("13:00"), Some(13 * HOUR));
        assert_eq!(parse("2"), Some(2 * DAY));
        for wrong in ["", "1us", "100ns", "1:2:3:4", "x", "24:00", ":"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
