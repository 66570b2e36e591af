//! `datetime`: calendar arithmetic and texts.
//!
//! Source of the accepted texts: Kusto's page on the datetime type (ISO 8601, RFC 822, RFC 850,
//! sortable) and `reference/FORMATS.md` §4. Absent on purpose: time zones by name, except GMT and UTC.

/// Ticks of one second.
pub const SECOND: i64 = 10_000_000;
/// Ticks of one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Ticks of one hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Ticks of one day.
pub const DAY: i64 = 24 * HOUR;
/// The last tick of 9999-12-31.
pub const MAX: i64 = 3_155_378_975_999_999_999;
/// Ticks of 1970-01-01.
pub const UNIX_EPOCH: i64 = 621_355_968_000_000_000;

/// A point in time, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// 1 to 9999.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// Ticks since midnight.
    pub time: i64,
}

/// Days from 0001-01-01 to a date of the proleptic Gregorian calendar.
pub const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 306
}

/// Year, month and day of a number of days since 0001-01-01.
pub const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 306;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Whether February has 29 days.
pub const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month.
pub const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Ticks of a date, or `None` when there is no such day.
pub const fn from_date(year: i64, month: i64, day: i64) -> Option<i64> {
    if year < 1
        || year > 9999
        || month < 1
        || month > 12
        || day < 1
        || day > days_in_month(year, month)
    {
        return None;
    }
    Some(days_from_civil(year, month, day) * DAY)
}

/// Takes ticks apart.
pub const fn parts(ticks: i64) -> Parts {
    let (year, month, day) = civil_from_days(ticks.div_euclid(DAY));
    Parts {
        year,
        month,
        day,
        time: ticks.rem_euclid(DAY),
    }
}

/// Ticks if they lie in the years 1 to 9999, which is where a datetime lives.
pub const fn in_range(ticks: i64) -> Option<i64> {
    if ticks >= 0 && ticks <= MAX {
        Some(ticks)
    } else {
        None
    }
}

/// The text `2020-01-02T03:04:05.0000000Z`.
pub fn text(ticks: i64) -> String {
    let Parts {
        year,
        month,
        day,
        time,
    } = parts(ticks);
    let second = time / SECOND;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:07}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        time % SECOND
    )
}

/// Reads any of the accepted texts; `None` when it is none of them or no such day.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if bytes.len() < 6 || bytes.len() > 64 || !text.is_ascii() {
        return None;
    }
    if bytes.iter().take(4).all(u8::is_ascii_digit) {
        match bytes.get(4) {
            Some(b'-' | b'/') if !bytes.iter().take(10).any(|&byte| byte == b' ') => {
                return parse_year_first(text);
            }
            Some(b'-' | b'/' | b' ') => return parse_year_first(&joined(text)),
            _ => {}
        }
    }
    if bytes.first().is_some_and(u8::is_ascii_digit) && text.contains('/') {
        return parse_month_first(text);
    }
    parse_day_first_named_month(text)
}

/// `2014 - 05 - 25` without the blanks around the dashes of the date.
fn joined(text: &str) -> String {
    let parts: Vec<&str> = text.splitn(3, '-').map(str::trim).collect();
    parts.join("-")
}

/// `2014-05-25T08:20:03.123456Z` and its shorter kin.
fn parse_year_first(text: &str) -> Option<i64> {
    let mut scan = Scanner(text);
    let year = scan.digits(4, 4)?;
    let separator = scan.one_of("-/")?;
    let month = scan.digits(1, 2)?;
    let day = if scan.symbol(separator) {
        scan.digits(1, 2)?
    } else {
        1
    };
    let date = from_date(year, month, day)?;
    if scan.0.is_empty() {
        return Some(date);
    }
    if !scan.symbol('T') && !scan.symbol('t') {
        if !scan.0.starts_with(' ') {
            return scan
                .zone()
                .filter(|_| scan.0.is_empty())
                .and_then(|offset| in_range(date - offset));
        }
        scan.spaces();
    }
    scan.time_of_day_at(date)
}

/// `02/17/2016 14:30`, `2/17/2016, 2:30:00.000 PM`: month first, as the engine reads slashes.
fn parse_month_first(text: &str) -> Option<i64> {
    let mut scan = Scanner(text);
    let month = scan.digits(1, 2)?;
    scan.symbol('/').then_some(())?;
    let day = scan.digits(1, 2)?;
    scan.symbol('/').then_some(())?;
    let year = scan.year()?;
    let date = from_date(year, month, day)?;
    scan.symbol(',');
    scan.spaces();
    if scan.0.is_empty() {
        Some(date)
    } else {
        scan.time_of_day_at(date)
    }
}

/// `Sat, 8 Nov 14 15:05:02 GMT`, `Saturday, 08-Nov-14 15:05 UTC`, `Nov 8 2014`.
fn parse_day_first_named_month(text: &str) -> Option<i64> {
    const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let mut scan = Scanner(text);
    if let Some(word) = scan.word() {
        let name = word.get(..3)?.to_ascii_lowercase();
        if DAYS.contains(&name.as_str()) {
            scan.symbol(',');
            scan.spaces();
        } else {
            let month = month_of(word)?;
            scan.spaces();
            let day = scan.digits(1, 2)?;
            scan.symbol(',');
            scan.spaces();
            let date = from_date(scan.digits(4, 4)?, month, day)?;
            scan.spaces();
            return if scan.0.is_empty() {
                Some(date)
            } else {
                scan.time_of_day_at(date)
            };
        }
    }
    let day = scan.digits(1, 2)?;
    scan.one_of(" -")?;
    let month = month_of(scan.word()?)?;
    scan.one_of(" -")?;
    let date = from_date(scan.year()?, month, day)?;
    scan.spaces();
    if scan.0.is_empty() {
        Some(date)
    } else {
        scan.time_of_day_at(date)
    }
}

fn month_of(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let at = MONTHS
        .iter()
        .position(|month| *month == word || (word.len() == 3 && month.starts_with(&word)))?;
    Some(at as i64 + 1)
}

/// A cursor over ASCII text.
struct Scanner<'t>(&'t str);

impl<'t> Scanner<'t> {
    fn spaces(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }

    fn symbol(&mut self, wanted: char) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn one_of(&mut self, wanted: &str) -> Option<char> {
        let first = self.0.chars().next().filter(|c| wanted.contains(*c))?;
        self.symbol(first);
        Some(first)
    }

    fn word(&mut self) -> Option<&'t str> {
        let end = self
            .0
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        (end > 0).then_some(word)
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let n = self
            .0
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if n < least {
            return None;
        }
        let (number, rest) = self.0.split_at(n);
        self.0 = rest;
        number.parse().ok()
    }

    /// Four digits, or two with .NET's pivot of 2049.
    fn year(&mut self) -> Option<i64> {
        let before = self.0.len();
        let year = self.digits(2, 4)?;
        match before - self.0.len() {
            4 => Some(year),
            2 => Some(if year <= 49 { 2000 + year } else { 1900 + year }),
            _ => None,
        }
    }

    /// `hh:mm[:ss[.f…]] [AM|PM] [zone]`, to the end of the text.
    fn time_of_day_at(&mut self, date: i64) -> Option<i64> {
        let mut hour = self.digits(1, 2)?;
        self.symbol(':').then_some(())?;
        let minute = self.digits(2, 2)?;
        let (mut second, mut fraction) = (0, 0);
        if self.symbol(':') {
            second = self.digits(2, 2)?;
            if self.symbol('.') || self.symbol(',') {
                let n = self.0.bytes().take_while(u8::is_ascii_digit).count();
                if n == 0 {
                    return None;
                }
                for place in 0..7 {
                    let digit = if place < n {
                        i64::from(self.0.as_bytes().get(place)? - b'0')
                    } else {
                        0
                    };
                    fraction = fraction * 10 + digit;
                }
                self.0 = self.0.get(n..)?;
            }
        }
        self.spaces();
        let upper = self.0.to_ascii_uppercase();
        if upper.starts_with("AM") || upper.starts_with("PM") {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if upper.starts_with('P') { 12 } else { 0 };
            self.0 = self.0.get(2..)?;
            self.spaces();
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let offset = if self.0.is_empty() { 0 } else { self.zone()? };
        if !self.0.is_empty() {
            return None;
        }
        in_range(date + hour * HOUR + minute * MINUTE + second * SECOND + fraction - offset)
    }

    /// `Z`, `GMT`, `UTC`, `+02:00`, `-0700`: ticks east of UTC.
    fn zone(&mut self) -> Option<i64> {
        let upper = self.0.to_ascii_uppercase();
        for name in ["GMT", "UTC", "Z"] {
            if upper.starts_with(name) {
                self.0 = self.0.get(name.len()..)?;
                return Some(0);
            }
        }
        let sign = if self.one_of("+-")? == '-' { -1 } else { 1 };
        let hours = self.digits(1, 2)?;
        self.symbol(':');
        let minutes = if self.0.is_empty() {
            0
        } else {
            self.digits(2, 2)?
        };
        (hours <= 14 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_goes_there_and_back() {
        for days in (0..3_652_059).step_by(97) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(from_date(1970, 1, 1), Some(UNIX_EPOCH));
    }

    #[test]
    fn accepted_texts() {
        let noon = text(from_date(2014, 11, 8).unwrap() + 15 * HOUR + 5 * MINUTE + 2 * SECOND);
        for spelling in [
            "2014-11-08T15:05:02Z",
            "2014-11-08 15:05:02",
            "2014 - 11 - 08 15:05:02",
            "2014-11-08T17:05:02+02:00",
            "Sat, 8 Nov 14 15:05:02 GMT",
            "8 Nov 14 15:05:02",
            "Saturday, 08-Nov-14 15:05:02 UTC",
            "11/08/2014 15:05:02",
            "11/8/2014, 3:05:02.000 PM",
        ] {
            assert_eq!(
                parse(spelling).map(text).as_deref(),
                Some(noon.as_str()),
                "{spelling}"
            );
        }
        for wrong in [
            "",
            "2014",
            "2014-13-01",
            "2014-02-30",
            "2014-11-08T25:00",
            "17:05",
            "2020-10-14T17:xx:xx.xx",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
