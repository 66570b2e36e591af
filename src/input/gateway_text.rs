//! Lines that a self-hosted gateway writes to its standard output.
//!
//! Input: lines such as
//! `[Info] 2024-11-20T02:24:37.137 [GatewayLogs], isRequestSuccess: false, totalTime: 75005, lastError: {…}, correlationId: …`.
//! Output: rows; those of `GatewayLogs` are gateway rows, others keep the event's name in a table of
//! their own. JSON lines in between are read as records. Absent on purpose: texts that go on over
//! several lines; such lines are rejects.

use super::json::Json;
use super::naming::{Context, column_of};
use super::scan::{PADDING, Text};
use super::sink::Sink;
use crate::schema;
use crate::table::TableBuilder;
use crate::value::Type;
use nom::bytes::complete::{is_not, tag, take_until, take_while1};
use nom::character::complete::{char, space0, space1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

/// The table of events that are not requests.
const EVENTS: &str = "SelfHostedGatewayEvents";

/// Reads lines of a self-hosted gateway.
#[derive(Debug, Default)]
pub(crate) struct GatewayText {
    json: Json,
}

/// The head of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head<'t> {
    level: &'t str,
    time: &'t str,
    event: &'t str,
}

/// Reads `[Info] 2024-11-20T02:24:37.137 [GatewayLogs]`, with whatever a collector puts before it.
pub(crate) fn head(line: &str) -> IResult<&str, Head<'_>, ()> {
    let level = delimited(
        char('['),
        take_while1(|c: char| c.is_ascii_alphabetic()),
        char(']'),
    );
    let time =
        take_while1(|c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | 'T' | '.' | 'Z' | '+'));
    let event = delimited(char('['), is_not("]"), char(']'));
    let (line, _) = opt(take_until_level).parse(line)?;
    let (line, (level, time)) =
        (terminated(level, space1), terminated(time, space0)).parse(line)?;
    let (line, event) = opt(event).parse(line)?;
    let (line, _) = opt(preceded(opt(char(',')), space0)).parse(line)?;
    Ok((
        line,
        Head {
            level,
            time,
            event: event.unwrap_or(""),
        },
    ))
}

/// How the levels begin.
pub(crate) const LEVELS: [&str; 6] = ["[Info", "[Warn", "[Error", "[Debug", "[Trace", "[Critical"];

fn take_until_level(line: &str) -> IResult<&str, &str, ()> {
    let at = LEVELS
        .iter()
        .filter_map(|level| line.find(level))
        .min()
        .filter(|&at| at <= 80);
    at.and_then(|at| line.split_at_checked(at))
        .map(|(before, rest)| (rest, before))
        .ok_or(nom::Err::Error(()))
}

/// Reads `key: value`, where the value is JSON or goes on to the next `, key:`.
fn pair(text: &str) -> IResult<&str, (&str, &str), ()> {
    let (text, key) = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_').parse(text)?;
    let (text, _) = (tag(":"), space0).parse(text)?;
    let (rest, value) = if text.starts_with(['{', '[']) {
        json_value(text)
    } else {
        bare_value(text)
    }?;
    let (rest, _) = opt((char(','), space0)).parse(rest)?;
    Ok((rest, (key, value)))
}

fn json_value(text: &str) -> IResult<&str, &str, ()> {
    let mut padded = text.as_bytes().to_vec();
    padded.extend([0; PADDING]);
    let piece = Text {
        bytes: &padded,
        end: text.len(),
        is_last: true,
    };
    let end = super::json::container_end(piece, 0).map_err(|_| nom::Err::Error(()))?;
    text.split_at_checked(end)
        .map(|(value, rest)| (rest, value))
        .ok_or(nom::Err::Error(()))
}

fn bare_value(text: &str) -> IResult<&str, &str, ()> {
    let mut from = 0;
    loop {
        let Ok((_, before)) = take_until::<_, _, ()>(", ").parse(text.get(from..).unwrap_or(""))
        else {
            break;
        };
        let at = from + before.len();
        let next = text.get(at + 2..).unwrap_or("");
        let n_key = next
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        if n_key > 0
            && next
                .as_bytes()
                .get(n_key..n_key + 2)
                .is_some_and(|colon| colon == b": ")
        {
            return text
                .split_at_checked(at)
                .map(|(value, rest)| (rest, value))
                .ok_or(nom::Err::Error(()));
        }
        from = at + 2;
    }
    Ok(("", text))
}

impl GatewayText {
    /// Reads whole lines; the place behind the last.
    pub(crate) fn read(&mut self, text: Text<'_>, sink: &mut Sink) -> usize {
        let mut at = 0;
        while at < text.end {
            let Some(end) = text.line_end(at) else {
                return at;
            };
            let raw = text.between(at, end);
            if raw.first() == Some(&b'{') {
                self.json.read(
                    Text {
                        is_last: true,
                        ..text.until(end)
                    },
                    at,
                    sink,
                );
            } else if !raw.trim_ascii().is_empty() && !read_line(raw, sink) {
                sink.reject(
                    text,
                    at,
                    end,
                    "a line of a self-hosted gateway is expected here",
                );
            }
            at = end + 1;
        }
        at.min(text.end)
    }

    /// Settles what only the end tells.
    pub(crate) fn finish(&mut self, sink: &mut Sink) {
        self.json.finish(sink);
    }
}

fn read_line(raw: &[u8], sink: &mut Sink) -> bool {
    let Ok(line) = std::str::from_utf8(raw) else {
        return false;
    };
    let Ok((mut rest, Head { level, time, event })) = head(line.trim_end()) else {
        return false;
    };
    let schema = schema::table(event);
    let at = sink.table(schema.map_or(EVENTS, |schema| schema.name));
    let Some(table) = sink.tables.get_mut(at) else {
        return false;
    };
    let put = |table: &mut TableBuilder, name: &str, kind: Option<Type>, value: &str| {
        let column = table.column(name, kind.unwrap_or(Type::String), kind.is_some());
        table.text(column, value.as_bytes());
    };
    put(
        table,
        "TimeGenerated",
        Some(Type::DateTime),
        &format!("{}Z", time.trim_end_matches('Z')),
    );
    put(
        table,
        if schema.is_some() {
            "Category"
        } else {
            "Event"
        },
        Some(Type::String),
        event,
    );
    put(table, "LogLevel", Some(Type::String), level);
    while !rest.is_empty() {
        let Ok((after, (key, value))) = pair(rest) else {
            put(table, "Message", Some(Type::String), rest);
            break;
        };
        rest = after;
        if key.eq_ignore_ascii_case("lastError") && value.starts_with('{') {
            put_members(table, schema, value);
            continue;
        }
        let named = column_of(schema, schema.is_some(), Context::Root, key);
        let column = table.column(
            &named.name,
            named.kind.unwrap_or(Type::String),
            named.kind.is_some(),
        );
        if value != "null" {
            table.text(column, value.as_bytes());
        }
    }
    table.end_row();
    true
}

/// The members of the last error, each in its column.
fn put_members(table: &mut TableBuilder, schema: Option<&'static schema::TableSchema>, json: &str) {
    let Some(error) = crate::value::Dynamic::parse(json) else {
        let column = table.column("LastError", Type::Dynamic, true);
        return table.text(column, json.as_bytes());
    };
    for (key, value) in error.members().unwrap_or_default() {
        let named = column_of(schema, true, Context::LastError, key);
        let column = table.column(
            &named.name,
            named.kind.unwrap_or(Type::String),
            named.kind.is_some(),
        );
        if !value.is_null() {
            table.text(column, value.to_text().as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_pairs() {
        let line = "[Info] 2024-11-20T02:24:37.137 [GatewayLogs], isRequestSuccess: false, url: https://a/b?c=1, d, lastError: {\"a\":\"x, y: z\"}, id: 7";
        let (rest, head) = head(line).unwrap();
        assert_eq!(
            head,
            Head {
                level: "Info",
                time: "2024-11-20T02:24:37.137",
                event: "GatewayLogs"
            }
        );
        let (rest, first) = pair(rest).unwrap();
        assert_eq!(first, ("isRequestSuccess", "false"));
        let (rest, second) = pair(rest).unwrap();
        assert_eq!(second, ("url", "https://a/b?c=1, d"));
        let (rest, third) = pair(rest).unwrap();
        assert_eq!(third, ("lastError", "{\"a\":\"x, y: z\"}"));
        assert_eq!(pair(rest).unwrap(), ("", ("id", "7")));
    }
}
