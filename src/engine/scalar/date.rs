//! Points in time and durations: calendar arithmetic, parts, texts.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "Datetime, timespan". Absent on purpose: time zones by name
//! (see `zone`).

use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::datetime::{
    self, DAY, HOUR, MINUTE, SECOND, days_in_month, from_date, in_range, parts,
};
use crate::value::{Type, Value};

const TIME: Parameter = Parameter::Is(Type::DateTime);
const SPAN: Parameter = Parameter::Is(Type::TimeSpan);
const LONG: Parameter = Parameter::Is(Type::Long);
const REAL: Parameter = Parameter::Is(Type::Real);
const TEXT: Parameter = Parameter::Is(Type::String);
const TO_TIME: Returns = Returns::Is(Type::DateTime);
const TO_INT: Returns = Returns::Is(Type::Int);

const fn part_function(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, &[TIME], TO_INT, about, example, row)
}

const fn border_function(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, &[TIME, LONG], TO_TIME, about, example, row).optional(1)
}

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "now",
        &[SPAN],
        TO_TIME,
        "The caller's clock, moved by a timespan.",
        ("now() > datetime(2000-01-01)", "True"),
        |c, a| shifted(c.now, a, 1),
    )
    .optional(1),
    Scalar::new(
        "ago",
        &[SPAN],
        TO_TIME,
        "The caller's clock minus a timespan.",
        ("ago(1d) < now()", "True"),
        |c, a| shifted(c.now, a, -1),
    ),
    border_function(
        "startofday",
        "The first tick of the day, some days away.",
        (
            "startofday(datetime(2017-01-01 10:10:17))",
            "2017-01-01T00:00:00.0000000Z",
        ),
        |_, a| border(a, Unit::Day, false),
    )
    .named(Naming::First),
    border_function(
        "startofweek",
        "The first tick of the week, which starts on Sunday.",
        (
            "startofweek(datetime(2017-01-05 10:10:17))",
            "2017-01-01T00:00:00.0000000Z",
        ),
        |_, a| border(a, Unit::Week, false),
    ),
    border_function(
        "startofmonth",
        "The first tick of the month.",
        (
            "startofmonth(datetime(2017-01-05))",
            "2017-01-01T00:00:00.0000000Z",
        ),
        |_, a| border(a, Unit::Month, false),
    ),
    border_function(
        "startofyear",
        "The first tick of the year.",
        (
            "startofyear(datetime(2017-05-05))",
            "2017-01-01T00:00:00.0000000Z",
        ),
        |_, a| border(a, Unit::Year, false),
    ),
    border_function(
        "endofday",
        "The last tick of the day.",
        (
            "endofday(datetime(2017-01-01 10:10:17))",
            "2017-01-01T23:59:59.9999999Z",
        ),
        |_, a| border(a, Unit::Day, true),
    ),
    border_function(
        "endofweek",
        "The last tick of the week, which ends on Saturday.",
        (
            "endofweek(datetime(2017-01-05))",
            "2017-01-07T23:59:59.9999999Z",
        ),
        |_, a| border(a, Unit::Week, true),
    ),
    border_function(
        "endofmonth",
        "The last tick of the month.",
        (
            "endofmonth(datetime(2020-02-05))",
            "2020-02-29T23:59:59.9999999Z",
        ),
        |_, a| border(a, Unit::Month, true),
    ),
    border_function(
        "endofyear",
        "The last tick of the year.",
        (
            "endofyear(datetime(2017-05-05))",
            "2017-12-31T23:59:59.9999999Z",
        ),
        |_, a| border(a, Unit::Year, true),
    ),
    Scalar::new(
        "dayofweek",
        &[TIME],
        Returns::Is(Type::TimeSpan),
        "Days since the last Sunday, as a timespan.",
        ("dayofweek(datetime(2015-12-14))", "1.00:00:00"),
        |_, a| with_time(a, span_since_sunday),
    ),
    part_function(
        "dayofmonth",
        "The day of the month.",
        ("dayofmonth(datetime(2015-12-14))", "14"),
        |_, a| part(a, |p| p.day),
    ),
    part_function(
        "dayofyear",
        "The day of the year.",
        ("dayofyear(datetime(2015-12-14))", "348"),
        |_, a| with_time(a, |ticks| Value::Int(day_of_year(ticks) as i32)),
    ),
    part_function(
        "hourofday",
        "The hour of the day.",
        ("hourofday(datetime(2015-12-14 18:54))", "18"),
        |_, a| part(a, |p| p.time / HOUR),
    ),
    part_function(
        "monthofyear",
        "The month.",
        ("monthofyear(datetime(2015-12-14))", "12"),
        |_, a| part(a, |p| p.month),
    )
    .also(&["getmonth"]),
    part_function(
        "getyear",
        "The year.",
        ("getyear(datetime(2015-12-14))", "2015"),
        |_, a| part(a, |p| p.year),
    ),
    Scalar::new(
        "week_of_year",
        &[TIME],
        Returns::Is(Type::Long),
        "The number of the ISO week.",
        ("week_of_year(datetime(2020-12-31))", "53"),
        |_, a| with_time(a, |ticks| Value::Long(iso_week(ticks))),
    )
    .also(&["weekofyear"]),
    Scalar::new(
        "datetime_part",
        &[TEXT, TIME],
        TO_INT,
        "One part of a point in time, by name.",
        ("datetime_part(\"day\", datetime(2015-12-14))", "14"),
        datetime_part,
    )
    .also(&["datepart"]),
    Scalar::new(
        "datetime_add",
        &[TEXT, LONG, TIME],
        TO_TIME,
        "A point in time some units away.",
        (
            "datetime_add(\"month\", 1, datetime(2020-01-31))",
            "2020-02-29T00:00:00.0000000Z",
        ),
        datetime_add,
    ),
    Scalar::new(
        "datetime_diff",
        &[TEXT, TIME, TIME],
        Returns::Is(Type::Long),
        "Borders of a unit crossed, from the third argument to the second.",
        (
            "datetime_diff(\"month\", datetime(2017-01-01), datetime(2017-12-30))",
            "-11",
        ),
        datetime_diff,
    ),
    Scalar::new(
        "make_datetime",
        &[LONG, LONG, LONG, LONG, LONG, REAL],
        TO_TIME,
        "A point in time from its parts.",
        (
            "make_datetime(2017, 10, 1, 12, 10)",
            "2017-10-01T12:10:00.0000000Z",
        ),
        |_, a| make_datetime(a),
    )
    .optional(3)
    .named(Naming::Only),
    Scalar::new(
        "make_timespan",
        &[LONG, LONG, LONG, REAL],
        Returns::Is(Type::TimeSpan),
        "A duration from days, hours, minutes and seconds; of three without days, of two also without seconds.",
        ("make_timespan(1, 12, 30, 55)", "1.12:30:55"),
        |_, a| make_timespan(a),
    )
    .optional(2)
    .named(Naming::Only),
    Scalar::new(
        "format_datetime",
        &[TIME, TEXT],
        Returns::Is(Type::String),
        "The text of a point in time by a pattern.",
        (
            "format_datetime(datetime(2015-12-14 02:03:04), \"yyyy-MM-dd h:m:s tt\")",
            "2015-12-14 2:3:4 AM",
        ),
        format_datetime,
    )
    .named(Naming::First),
    Scalar::new(
        "format_timespan",
        &[SPAN, TEXT],
        Returns::Is(Type::String),
        "The text of a duration by a pattern.",
        (
            "format_timespan(time(14.02:03:04), \"dd.hh:mm\")",
            "14.02:03",
        ),
        format_timespan,
    )
    .named(Naming::First),
    Scalar::new(
        "unixtime_seconds_todatetime",
        &[REAL],
        TO_TIME,
        "A point in time from seconds since 1970.",
        (
            "unixtime_seconds_todatetime(1546300800)",
            "2019-01-01T00:00:00.0000000Z",
        ),
        |_, a| unix(a, 1e7),
    ),
    Scalar::new(
        "unixtime_milliseconds_todatetime",
        &[REAL],
        TO_TIME,
        "A point in time from milliseconds since 1970.",
        (
            "unixtime_milliseconds_todatetime(1546300800000)",
            "2019-01-01T00:00:00.0000000Z",
        ),
        |_, a| unix(a, 1e4),
    ),
    Scalar::new(
        "unixtime_microseconds_todatetime",
        &[REAL],
        TO_TIME,
        "A point in time from microseconds since 1970.",
        (
            "unixtime_microseconds_todatetime(1546300800000000)",
            "2019-01-01T00:00:00.0000000Z",
        ),
        |_, a| unix(a, 10.0),
    ),
    Scalar::new(
        "unixtime_nanoseconds_todatetime",
        &[REAL],
        TO_TIME,
        "A point in time from nanoseconds since 1970.",
        (
            "unixtime_nanoseconds_todatetime(1546300800000000000)",
            "2019-01-01T00:00:00.0000000Z",
        ),
        |_, a| unix(a, 0.01),
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Ticks(i64),
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name.to_ascii_lowercase().as_str() {
        "year" => Unit::Year,
        "quarter" => Unit::Quarter,
        "month" => Unit::Month,
        "week" => Unit::Week,
        "day" => Unit::Day,
        "hour" => Unit::Ticks(HOUR),
        "minute" => Unit::Ticks(MINUTE),
        "second" => Unit::Ticks(SECOND),
        "millisecond" => Unit::Ticks(SECOND / 1000),
        "microsecond" => Unit::Ticks(10),
        _ => return None,
    })
}

fn shifted(now: i64, arguments: &[Value], sign: i64) -> Value {
    let span = match arguments.first() {
        Some(Value::TimeSpan(span)) => *span,
        _ => 0,
    };
    now.checked_add(sign * span)
        .and_then(in_range)
        .map_or(Value::Null, Value::DateTime)
}

fn with_time(arguments: &[Value], f: impl Fn(i64) -> Value) -> Value {
    match arguments.first() {
        Some(Value::DateTime(ticks)) => f(*ticks),
        _ => Value::Null,
    }
}

fn part(arguments: &[Value], f: impl Fn(datetime::Parts) -> i64) -> Value {
    with_time(arguments, |ticks| Value::Int(f(parts(ticks)) as i32))
}

/// 0 is Sunday; 0001-01-01 was a Monday.
const fn day_of_week(ticks: i64) -> i64 {
    (ticks.div_euclid(DAY) + 1).rem_euclid(7)
}

/// Null in the last week of the calendar, which has no end.
fn span_since_sunday(ticks: i64) -> Value {
    let weekday = day_of_week(ticks);
    if ticks.div_euclid(DAY) + 7 - weekday > datetime::MAX / DAY {
        Value::Null
    } else {
        Value::TimeSpan(weekday * DAY)
    }
}

fn day_of_year(ticks: i64) -> i64 {
    let year_start = from_date(parts(ticks).year, 1, 1).unwrap_or(0);
    (ticks - year_start).div_euclid(DAY) + 1
}

/// The week that holds the Thursday of this week, counted in that Thursday's year.
fn iso_week(ticks: i64) -> i64 {
    let day = ticks.div_euclid(DAY);
    let monday_based = day.rem_euclid(7);
    let thursday = (day - monday_based + 3) * DAY;
    (day_of_year(thursday) - 1) / 7 + 1
}

/// Months added; the day stays or becomes the last of its month.
fn add_months(ticks: i64, months: i64) -> Option<i64> {
    let at = parts(ticks);
    let index = (at.year * 12 + at.month - 1).checked_add(months)?;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    if !(1..=9999).contains(&year) {
        return None;
    }
    from_date(year, month, at.day.min(days_in_month(year, month))).map(|date| date + at.time)
}

fn add_units(ticks: i64, unit: Unit, count: i64) -> Option<i64> {
    match unit {
        Unit::Year => add_months(ticks, count.checked_mul(12)?),
        Unit::Quarter => add_months(ticks, count.checked_mul(3)?),
        Unit::Month => add_months(ticks, count),
        Unit::Week => in_range(ticks.checked_add(count.checked_mul(7 * DAY)?)?),
        Unit::Day => in_range(ticks.checked_add(count.checked_mul(DAY)?)?),
        Unit::Ticks(size) => in_range(ticks.checked_add(count.checked_mul(size)?)?),
    }
}

fn start_of(ticks: i64, unit: Unit) -> Option<i64> {
    let at = parts(ticks);
    match unit {
        Unit::Year => from_date(at.year, 1, 1),
        Unit::Quarter => from_date(at.year, (at.month - 1) / 3 * 3 + 1, 1),
        Unit::Month => from_date(at.year, at.month, 1),
        Unit::Week => in_range(ticks - at.time - day_of_week(ticks) * DAY),
        Unit::Day => Some(ticks - at.time),
        Unit::Ticks(size) => Some(ticks - ticks.rem_euclid(size)),
    }
}

fn border(arguments: &[Value], unit: Unit, is_end: bool) -> Value {
    let offset = arguments.get(1).and_then(Value::as_long).unwrap_or(0);
    with_time(arguments, |ticks| {
        let start = start_of(ticks, unit).and_then(|start| add_units(start, unit, offset));
        let Some(start) = start else {
            return Value::Null;
        };
        if !is_end {
            return Value::DateTime(start);
        }
        // The end of year 9999 has no next start.
        add_units(start, unit, 1).map_or(Value::DateTime(datetime::MAX), |next| {
            Value::DateTime(next - 1)
        })
    })
}

fn datetime_add(context: &Context, arguments: &[Value]) -> Value {
    let [
        Value::String(name),
        Value::Long(count),
        Value::DateTime(ticks),
    ] = arguments
    else {
        return Value::Null;
    };
    if name.eq_ignore_ascii_case("nanosecond") {
        return ticks
            .checked_add(count / 100)
            .and_then(in_range)
            .map_or(Value::Null, Value::DateTime);
    }
    match unit(name) {
        Some(unit) => add_units(*ticks, unit, *count).map_or(Value::Null, Value::DateTime),
        None => context.refuse(format!(
            "this is no unit of time: {}",
            crate::text::cut(name, 40)
        )),
    }
}

fn datetime_diff(context: &Context, arguments: &[Value]) -> Value {
    let [
        Value::String(name),
        Value::DateTime(first),
        Value::DateTime(second),
    ] = arguments
    else {
        return Value::Null;
    };
    let count = |ticks: i64, unit: Unit| {
        let at = parts(ticks);
        match unit {
            Unit::Year => at.year,
            Unit::Quarter => at.year * 4 + (at.month - 1) / 3,
            Unit::Month => at.year * 12 + at.month - 1,
            Unit::Week => (ticks.div_euclid(DAY) + 1).div_euclid(7),
            Unit::Day => ticks.div_euclid(DAY),
            Unit::Ticks(size) => ticks.div_euclid(size),
        }
    };
    if name.eq_ignore_ascii_case("nanosecond") {
        return first
            .checked_sub(*second)
            .and_then(|ticks| ticks.checked_mul(100))
            .map_or(Value::Null, Value::Long);
    }
    match unit(name) {
        Some(unit) => Value::Long(count(*first, unit) - count(*second, unit)),
        None => context.refuse(format!(
            "this is no unit of time: {}",
            crate::text::cut(name, 40)
        )),
    }
}

fn datetime_part(context: &Context, arguments: &[Value]) -> Value {
    let [Value::String(name), Value::DateTime(ticks)] = arguments else {
        return Value::Null;
    };
    let at = parts(*ticks);
    let fraction = at.time % SECOND;
    let number = match name.to_ascii_lowercase().as_str() {
        "year" => at.year,
        "quarter" => (at.month - 1) / 3 + 1,
        "month" => at.month,
        "week_of_year" | "weekofyear" => iso_week(*ticks),
        "day" => at.day,
        "dayofyear" => day_of_year(*ticks),
        "hour" => at.time / HOUR,
        "minute" => at.time / MINUTE % 60,
        "second" => at.time / SECOND % 60,
        "millisecond" => fraction / 10_000,
        "microsecond" => fraction / 10,
        "nanosecond" => fraction * 100,
        _ => {
            return context.refuse(format!(
                "this is no part of a datetime: {}",
                crate::text::cut(name, 40)
            ));
        }
    };
    Value::Int(number as i32)
}

fn make_datetime(arguments: &[Value]) -> Value {
    let whole = |at: usize| arguments.get(at).and_then(Value::as_long).unwrap_or(0);
    let second = arguments.get(5).and_then(Value::as_real).unwrap_or(0.0);
    let (hour, minute) = (whole(3), whole(4));
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0.0..60.0).contains(&second) {
        return Value::Null;
    }
    let time = hour * HOUR + minute * MINUTE + (second * SECOND as f64).round() as i64;
    from_date(whole(0), whole(1), whole(2))
        .and_then(|date| in_range(date + time))
        .map_or(Value::Null, Value::DateTime)
}

fn make_timespan(arguments: &[Value]) -> Value {
    let whole = |at: usize| arguments.get(at).and_then(Value::as_long).unwrap_or(0);
    let (days, hours, minutes) = if arguments.len() == 4 {
        (whole(0), whole(1), whole(2))
    } else {
        (0, whole(0), whole(1))
    };
    let last = arguments.last().filter(|_| arguments.len() > 2);
    let seconds = last.and_then(Value::as_real).unwrap_or(0.0);
    if !(0..24).contains(&hours)
        || !(0..60).contains(&minutes)
        || !(0.0..60.0).contains(&seconds)
        || !(0..10_000_000).contains(&days)
    {
        return Value::Null;
    }
    Value::TimeSpan(
        days * DAY + hours * HOUR + minutes * MINUTE + (seconds * SECOND as f64).round() as i64,
    )
}

fn unix(arguments: &[Value], ticks_per_unit: f64) -> Value {
    let Some(count) = arguments.first().and_then(Value::as_real) else {
        return Value::Null;
    };
    let ticks = count * ticks_per_unit;
    if !ticks.is_finite() || ticks.abs() > 9e18 {
        return Value::Null;
    }
    in_range(datetime::UNIX_EPOCH + ticks.trunc() as i64).map_or(Value::Null, Value::DateTime)
}

/// Runs of one letter in a pattern, and what stands between.
fn pattern_runs(pattern: &str) -> Vec<(char, usize)> {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for character in pattern.chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == character && character.is_ascii_alphabetic() => {
                *count += 1;
            }
            _ => runs.push((character, 1)),
        }
    }
    runs
}

const SEPARATORS: &str = " /-:,.[]_";

/// Digits of the fraction of a second; `F` leaves out zeros at the end.
fn fraction_digits(fraction: i64, count: usize, is_short: bool) -> String {
    let digits = format!("{fraction:07}");
    let digits = digits.get(..count.min(7)).unwrap_or("");
    if is_short {
        digits.trim_end_matches('0').to_owned()
    } else {
        digits.to_owned()
    }
}

fn format_datetime(context: &Context, arguments: &[Value]) -> Value {
    let [Value::DateTime(ticks), Value::String(pattern)] = arguments else {
        return Value::Null;
    };
    let at = parts(*ticks);
    let (hour, minute, second) = (at.time / HOUR, at.time / MINUTE % 60, at.time / SECOND % 60);
    let padded = |number: i64, count: usize| {
        if count >= 2 {
            format!("{number:02}")
        } else {
            number.to_string()
        }
    };
    let mut out = String::new();
    for (letter, n_letters) in pattern_runs(pattern) {
        let mut n_left = n_letters;
        while n_left > 0 {
            // A long run is read as several of the longest form.
            let count = match letter {
                'y' if n_left >= 4 => 4,
                'y' | 'M' | 'd' | 'H' | 'h' | 'm' | 's' | 't' => n_left.min(2),
                'f' | 'F' => n_left.min(7),
                _ => n_left,
            };
            n_left -= count;
            match letter {
                'y' if count == 4 => out.push_str(&format!("{:04}", at.year)),
                'y' => out.push_str(&padded(at.year % 100, count)),
                'M' => out.push_str(&padded(at.month, count)),
                'd' => out.push_str(&padded(at.day, count)),
                'H' => out.push_str(&padded(hour, count)),
                'h' => out.push_str(&padded((hour + 11) % 12 + 1, count)),
                'm' => out.push_str(&padded(minute, count)),
                's' => out.push_str(&padded(second, count)),
                'f' | 'F' => {
                    out.push_str(&fraction_digits(at.time % SECOND, count, letter == 'F'));
                }
                't' => out.push_str(
                    ["AM", "PM"][usize::from(hour >= 12)]
                        .get(..count)
                        .unwrap_or(""),
                ),
                separator if SEPARATORS.contains(separator) => {
                    (0..count).for_each(|_| out.push(separator));
                }
                _ => {
                    return context.refuse(format!(
                        "this pattern of `format_datetime` is not supported: {}",
                        crate::text::cut(pattern, 30)
                    ));
                }
            }
        }
    }
    Value::string(&out)
}

fn format_timespan(context: &Context, arguments: &[Value]) -> Value {
    let [Value::TimeSpan(ticks), Value::String(pattern)] = arguments else {
        return Value::Null;
    };
    let size = ticks.unsigned_abs() as i64;
    let (days, hour, minute, second) = (
        size / DAY,
        size / HOUR % 24,
        size / MINUTE % 60,
        size / SECOND % 60,
    );
    let mut out = String::new();
    if *ticks < 0 {
        out.push('-');
    }
    for (letter, count) in pattern_runs(pattern) {
        match (letter, count) {
            ('d', 1..=8) => out.push_str(&format!("{days:0count$}")),
            ('H' | 'h', 1 | 2) => out.push_str(&format!("{hour:0count$}")),
            ('m', 1 | 2) => out.push_str(&format!("{minute:0count$}")),
            ('s', 1 | 2) => out.push_str(&format!("{second:0count$}")),
            ('f' | 'F', 1..=7) => {
                out.push_str(&fraction_digits(size % SECOND, count, letter == 'F'));
            }
            (separator, _) if SEPARATORS.contains(separator) => {
                (0..count).for_each(|_| out.push(separator));
            }
            _ => {
                return context.refuse(format!(
                    "this pattern of `format_timespan` is not supported: {}",
                    crate::text::cut(pattern, 30)
                ));
            }
        }
    }
    Value::string(&out)
}
