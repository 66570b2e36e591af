//! Local times of time zones.
//!
//! The zones whose rule has not changed since 2008: those of fixed offset, and those that follow the
//! rules of the European Union, of the United States and Canada, of southern Australia and of New
//! Zealand. Earlier times, other zones, and local times that a change of the clock makes double or
//! leaves out are refused. Absent on purpose: the whole zone database, which weighs more than the
//! engine.

use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::datetime::{DAY, HOUR, MINUTE, days_in_month, from_date, in_range, parts};
use crate::value::{Type, Value};

const TIME: Parameter = Parameter::Is(Type::DateTime);
const TEXT: Parameter = Parameter::Is(Type::String);
const TO_TIME: Returns = Returns::Is(Type::DateTime);

/// The first year whose changes of the clock follow the rules here.
const FIRST_YEAR: i64 = 2008;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "datetime_utc_to_local",
        &[TIME, TEXT],
        TO_TIME,
        "The local time of a time zone, from 2008 on.",
        (
            "datetime_utc_to_local(datetime(2026-07-01 12:00), 'Europe/Berlin')",
            "2026-07-01T14:00:00.0000000Z",
        ),
        |c, a| convert(c, a, |zone, utc| Some(utc + zone.offset(utc)?)),
    ),
    Scalar::new(
        "datetime_local_to_utc",
        &[TIME, TEXT],
        TO_TIME,
        "The point in time of a local time of a time zone, from 2008 on.",
        (
            "datetime_local_to_utc(datetime(2026-07-01 14:00), 'Europe/Berlin')",
            "2026-07-01T12:00:00.0000000Z",
        ),
        |c, a| convert(c, a, Zone::utc_of),
    ),
];

/// When the clock is an hour ahead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Never,
    /// From the last Sunday of March to that of October, at 1:00 UTC.
    Europe,
    /// From the second Sunday of March to the first of November, at 2:00 local time.
    America,
    /// From the first Sunday of October to that of April, at 2:00 standard time.
    Australia,
    /// From the last Sunday of September to the first of April, at 2:00 standard time.
    NewZealand,
}

/// Zones by rule and offset in minutes.
const ZONES: &[(Rule, i64, &str)] = &[
    (
        Rule::Never,
        0,
        "UTC GMT Zulu Etc/UTC Etc/GMT Etc/Zulu Africa/Accra Africa/Abidjan Atlantic/Reykjavik",
    ),
    (Rule::Never, 60, "Africa/Lagos"),
    (
        Rule::Never,
        120,
        "Africa/Johannesburg Africa/Harare Africa/Maputo",
    ),
    (
        Rule::Never,
        180,
        "Africa/Nairobi Asia/Riyadh Asia/Kuwait Asia/Qatar",
    ),
    (Rule::Never, 240, "Asia/Dubai Asia/Muscat"),
    (Rule::Never, 270, "Asia/Kabul"),
    (Rule::Never, 300, "Asia/Tashkent"),
    (Rule::Never, 330, "Asia/Kolkata Asia/Calcutta Asia/Colombo"),
    (Rule::Never, 345, "Asia/Kathmandu"),
    (
        Rule::Never,
        420,
        "Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Saigon",
    ),
    (
        Rule::Never,
        480,
        "Asia/Shanghai Asia/Hong_Kong Asia/Singapore Asia/Taipei Asia/Manila Asia/Kuala_Lumpur Asia/Macau PRC Hongkong Singapore",
    ),
    (Rule::Never, 540, "Asia/Tokyo Asia/Seoul Japan"),
    (Rule::Never, 570, "Australia/Darwin"),
    (Rule::Never, 600, "Australia/Brisbane Pacific/Guam"),
    (Rule::Never, -240, "America/Puerto_Rico"),
    (
        Rule::Never,
        -300,
        "America/Bogota America/Lima America/Panama America/Jamaica",
    ),
    (
        Rule::Never,
        -360,
        "America/Costa_Rica America/Guatemala America/El_Salvador America/Regina",
    ),
    (Rule::Never, -420, "America/Phoenix US/Arizona"),
    (Rule::Never, -600, "Pacific/Honolulu US/Hawaii HST"),
    (
        Rule::Europe,
        0,
        "Europe/London Europe/Dublin Europe/Lisbon Atlantic/Canary WET GB",
    ),
    (
        Rule::Europe,
        60,
        "Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels Europe/Vienna Europe/Zurich Europe/Stockholm Europe/Oslo Europe/Copenhagen Europe/Prague Europe/Warsaw Europe/Budapest Europe/Belgrade Europe/Zagreb Europe/Ljubljana Europe/Bratislava Europe/Luxembourg Europe/Monaco Europe/Malta CET MET",
    ),
    (
        Rule::Europe,
        120,
        "Europe/Athens Europe/Helsinki Europe/Bucharest Europe/Sofia Europe/Vilnius Europe/Riga Europe/Tallinn Europe/Kiev Europe/Kyiv Asia/Nicosia EET",
    ),
    (
        Rule::America,
        -240,
        "America/Halifax Canada/Atlantic Atlantic/Bermuda",
    ),
    (
        Rule::America,
        -300,
        "America/New_York US/Eastern America/Toronto Canada/Eastern America/Detroit EST5EDT",
    ),
    (
        Rule::America,
        -360,
        "America/Chicago US/Central America/Winnipeg Canada/Central CST6CDT",
    ),
    (
        Rule::America,
        -420,
        "America/Denver US/Mountain America/Edmonton Canada/Mountain America/Boise MST7MDT",
    ),
    (
        Rule::America,
        -480,
        "America/Los_Angeles US/Pacific America/Vancouver Canada/Pacific PST8PDT",
    ),
    (Rule::America, -540, "America/Anchorage US/Alaska"),
    (Rule::Australia, 570, "Australia/Adelaide"),
    (
        Rule::Australia,
        600,
        "Australia/Sydney Australia/Melbourne Australia/Canberra Australia/Hobart Australia/ACT Australia/NSW Australia/Victoria",
    ),
    (Rule::NewZealand, 720, "Pacific/Auckland NZ"),
];

/// A zone: its rule and its offset, in ticks.
#[derive(Clone, Copy)]
struct Zone {
    rule: Rule,
    standard: i64,
}

/// The start of a Sunday of a month: the one that comes after so many, or the last one.
fn sunday(year: i64, month: i64, n_before: Option<i64>) -> Option<i64> {
    let earliest = match n_before {
        Some(n_before) => 1 + 7 * n_before,
        None => days_in_month(year, month) - 6,
    };
    let day = from_date(year, month, earliest)?;
    // The first day of all was a Monday.
    let n_days = (6 - day / DAY % 7).rem_euclid(7);
    Some(day + n_days * DAY)
}

impl Zone {
    fn find(name: &str) -> Option<Self> {
        let is_it = |names: &str| names.split(' ').any(|known| known == name);
        if let Some((rule, minutes, _)) = ZONES.iter().find(|(_, _, names)| is_it(names)) {
            return Some(Self {
                rule: *rule,
                standard: minutes * MINUTE,
            });
        }
        // The sign of these names is turned around.
        let hours: i64 = name.strip_prefix("Etc/GMT")?.parse().ok()?;
        (-14..=12).contains(&hours).then_some(Self {
            rule: Rule::Never,
            standard: -hours * HOUR,
        })
    }

    /// How far the local clock is ahead of UTC.
    fn offset(self, utc: i64) -> Option<i64> {
        if self.rule == Rule::Never {
            return Some(self.standard);
        }
        let year = parts(utc + self.standard).year;
        let (start, end) = match self.rule {
            Rule::Europe => (
                sunday(year, 3, None)? + HOUR,
                sunday(year, 10, None)? + HOUR,
            ),
            Rule::America => (
                sunday(year, 3, Some(1))? + 2 * HOUR - self.standard,
                sunday(year, 11, Some(0))? + HOUR - self.standard,
            ),
            Rule::Australia => (
                sunday(year, 10, Some(0))? + 2 * HOUR - self.standard,
                sunday(year, 4, Some(0))? + 2 * HOUR - self.standard,
            ),
            Rule::NewZealand => (
                sunday(year, 9, None)? + 2 * HOUR - self.standard,
                sunday(year, 4, Some(0))? + 2 * HOUR - self.standard,
            ),
            Rule::Never => return None,
        };
        let is_ahead = if start < end {
            (start..end).contains(&utc)
        } else {
            !(end..start).contains(&utc)
        };
        Some(self.standard + if is_ahead { HOUR } else { 0 })
    }

    /// The point in time of a local time, when there is just one.
    fn utc_of(self, local: i64) -> Option<i64> {
        let is_right = |utc: &i64| {
            self.offset(*utc)
                .is_some_and(|offset| utc + offset == local)
        };
        let mut fitting = [local - self.standard, local - self.standard - HOUR]
            .into_iter()
            .filter(is_right);
        let found = fitting.next()?;
        fitting.next().is_none().then_some(found)
    }
}

fn convert(context: &Context, arguments: &[Value], f: impl Fn(Zone, i64) -> Option<i64>) -> Value {
    let [Value::DateTime(ticks), Value::String(name)] = arguments else {
        return Value::Null;
    };
    let Some(zone) = Zone::find(name) else {
        return context.refuse(format!(
            "this time zone is not supported here; add the offset: {}",
            crate::text::cut(name, 40)
        ));
    };
    if zone.rule != Rule::Never && !(FIRST_YEAR..9999).contains(&parts(*ticks).year) {
        return context.refuse("local times before 2008 are not supported here; add the offset");
    }
    match f(zone, *ticks) {
        Some(ticks) => in_range(ticks).map_or(Value::Null, Value::DateTime),
        None => {
            context.refuse("a change of the clock makes this local time double or leaves it out")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::datetime::{parse, text};

    fn local(zone: &str, utc: &str) -> String {
        let utc = parse(utc).unwrap();
        text(utc + Zone::find(zone).unwrap().offset(utc).unwrap())[..16].to_owned()
    }

    #[test]
    fn clocks_change_when_the_rules_say() {
        for (zone, utc, wanted) in [
            ("Europe/Berlin", "2026-03-29T00:59:59", "2026-03-29T01:59"),
            ("Europe/Berlin", "2026-03-29T01:00:00", "2026-03-29T03:00"),
            ("Europe/Berlin", "2026-10-25T00:59:59", "2026-10-25T02:59"),
            ("Europe/Berlin", "2026-10-25T01:00:00", "2026-10-25T02:00"),
            ("Europe/London", "2021-03-28T01:00:00", "2021-03-28T02:00"),
            ("US/Pacific", "2026-03-08T09:59:59", "2026-03-08T01:59"),
            ("US/Pacific", "2026-03-08T10:00:00", "2026-03-08T03:00"),
            ("US/Pacific", "2026-11-01T08:59:59", "2026-11-01T01:59"),
            ("US/Pacific", "2026-11-01T09:00:00", "2026-11-01T01:00"),
            (
                "Australia/Sydney",
                "2026-04-04T15:59:59",
                "2026-04-05T02:59",
            ),
            (
                "Australia/Sydney",
                "2026-04-04T16:00:00",
                "2026-04-05T02:00",
            ),
            (
                "Australia/Sydney",
                "2026-10-03T16:00:00",
                "2026-10-04T03:00",
            ),
            (
                "Pacific/Auckland",
                "2025-09-27T14:00:00",
                "2025-09-28T03:00",
            ),
            (
                "Pacific/Auckland",
                "2025-12-31T12:00:00",
                "2026-01-01T01:00",
            ),
            ("Asia/Kolkata", "2026-07-01T00:00:00", "2026-07-01T05:30"),
            ("Etc/GMT+5", "2026-07-01T12:00:00", "2026-07-01T07:00"),
        ] {
            assert_eq!(local(zone, utc), wanted, "{zone} {utc}");
        }
    }

    #[test]
    fn local_times_that_are_double_or_left_out_have_no_answer() {
        let zone = Zone::find("Europe/Paris").unwrap();
        let utc_of = |local: &str| zone.utc_of(parse(local).unwrap());
        assert_eq!(utc_of("2026-03-29T02:30:00"), None);
        assert_eq!(utc_of("2026-10-25T02:30:00"), None);
        assert_eq!(utc_of("2026-07-01T02:00:00"), parse("2026-07-01T00:00:00"));
        assert!(Zone::find("Mars/Olympus").is_none());
        assert!(Zone::find("Etc/GMT+99").is_none());
    }
}
