//! Dates written as three numbers, where only the data says which is the month.
//!
//! Input: texts such as `10/30/2025, 9:48:01.956 PM` or `22/10/2025, 17:56:33.836`. Output: what a
//! text says about the order, and ticks once the order is known.

use crate::value::datetime;

/// Which of the first two numbers is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Month, day, year.
    MonthFirst,
    /// Day, month, year.
    DayFirst,
}

/// Whether a text starts like a date of three numbers with the year last.
pub(crate) fn is_numeric_date(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| split(text).is_some())
}

/// The three numbers and the rest.
fn split(text: &str) -> Option<(u32, u32, &str, &str)> {
    let text = text.trim();
    let number = |text: &str| -> Option<(u32, usize)> {
        let n = text.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 || n > 2 {
            None
        } else {
            Some((text.get(..n)?.parse().ok()?, n))
        }
    };
    let (first, n) = number(text)?;
    let separator = text
        .as_bytes()
        .get(n)
        .copied()
        .filter(|byte| matches!(byte, b'/' | b'.' | b'-'))?;
    let rest = text.get(n + 1..)?;
    let (second, n) = number(rest)?;
    (rest.as_bytes().get(n) == Some(&separator)).then_some(())?;
    let rest = rest.get(n + 1..)?;
    let n = rest.bytes().take_while(u8::is_ascii_digit).count();
    if n != 4 && n != 2 {
        return None;
    }
    Some((first, second, rest.get(..n)?, rest.get(n..)?))
}

/// What one text says about the order of its column; `None` when it could be either.
pub fn order_of(text: &str) -> Option<DateOrder> {
    let (first, second, _, clock) = split(text)?;
    let clock = clock.to_ascii_uppercase();
    if first > 12 {
        Some(DateOrder::DayFirst)
    } else if second > 12 || clock.contains("AM") || clock.contains("PM") {
        Some(DateOrder::MonthFirst)
    } else {
        None
    }
}

/// The ticks of a text, with numeric dates read in an order.
pub fn parse(text: &str, order: DateOrder) -> Option<i64> {
    let Some((first, second, year, clock)) = split(text) else {
        return datetime::parse(text);
    };
    let (month, day) = match order {
        DateOrder::MonthFirst => (first, second),
        DateOrder::DayFirst => (second, first),
    };
    let clock = clock.strip_prefix(',').unwrap_or(clock).trim_start();
    // Portal texts of some browsers put narrow no-break spaces before AM and PM.
    let clock = clock.replace(['\u{202f}', '\u{a0}'], " ");
    datetime::parse(format!("{month}/{day}/{year} {clock}").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_show_in_the_texts() {
        for (text, order) in [
            ("10/30/2025, 9:48:01.956 PM", Some(DateOrder::MonthFirst)),
            ("1/2/2025, 9:48:01.956 PM", Some(DateOrder::MonthFirst)),
            ("22/10/2025, 17:56:33.836", Some(DateOrder::DayFirst)),
            ("10/22/2025 17:56", Some(DateOrder::MonthFirst)),
            ("04/05/2022 07:54:00", None),
            ("22.10.2025, 17:56:33.836", Some(DateOrder::DayFirst)),
            ("2025-10-22T00:00:00Z", None),
        ] {
            assert_eq!(order_of(text), order, "{text}");
        }
    }

    #[test]
    fn the_order_decides() {
        let text = |ticks: Option<i64>| ticks.map(datetime::text).unwrap_or_default();
        assert_eq!(
            text(parse("04/05/2022 07:54:00", DateOrder::MonthFirst)),
            "2022-04-05T07:54:00.0000000Z"
        );
        assert_eq!(
            text(parse("04/05/2022 07:54:00", DateOrder::DayFirst)),
            "2022-05-04T07:54:00.0000000Z"
        );
        assert_eq!(
            text(parse("22.10.2025, 17:56:33.836", DateOrder::DayFirst)),
            "2025-10-22T17:56:33.8360000Z"
        );
        assert_eq!(
            parse("22/10/2025, 17:56:33.836", DateOrder::MonthFirst),
            None
        );
        assert_eq!(
            text(parse("11/4/2020 21:11", DateOrder::MonthFirst)),
            "2020-11-04T21:11:00.0000000Z"
        );
    }
}
