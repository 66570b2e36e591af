//! Texts in other codings: URLs, Base64, CSV, versions, sizes, hashes.

use super::math::round_to;
use super::text::{map_text, text_of};
use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::dynamic::Members;
use crate::value::{Dynamic, Type, Value, number};
use std::rc::Rc;

const TEXT: Parameter = Parameter::Is(Type::String);
const TO_TEXT: Returns = Returns::Is(Type::String);
const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "parse_url",
        &[TEXT],
        TO_DYNAMIC,
        "The parts of an absolute URL as a bag.",
        ("parse_url(\"https://h:1/p?a=b#f\").Path", "/p"),
        parse_url,
    )
    .also(&["parseurl"]),
    Scalar::new(
        "parse_urlquery",
        &[TEXT],
        TO_DYNAMIC,
        "The parameters of a URL's query as a bag.",
        (
            "parse_urlquery(\"a=1&b=2\")",
            "{\"Query Parameters\":{\"a\":\"1\",\"b\":\"2\"}}",
        ),
        |_, a| {
            text_of(a).map_or(Value::Null, |text| {
                single_member("Query Parameters", query_parameters(text)).into()
            })
        },
    )
    .also(&["parseurlquery"]),
    Scalar::new(
        "url_encode",
        &[TEXT],
        TO_TEXT,
        "The text as it may stand in a URL, blanks as `+`.",
        ("url_encode(\"a b&c\")", "a+b%26c"),
        |_, a| map_text(a, |text| url_encode(text, "+", "-_.!*()")),
    ),
    Scalar::new(
        "url_encode_component",
        &[TEXT],
        TO_TEXT,
        "The text as it may stand in a part of a URL.",
        ("url_encode_component(\"a b\")", "a%20b"),
        |_, a| map_text(a, |text| url_encode(text, "%20", "-_.~")),
    ),
    Scalar::new(
        "url_decode",
        &[TEXT],
        TO_TEXT,
        "The text that a URL writes with percent signs.",
        ("url_decode(\"a%20b\")", "a b"),
        |_, a| map_text(a, url_decode),
    ),
    Scalar::new(
        "base64_encode_tostring",
        &[TEXT],
        TO_TEXT,
        "The UTF-8 bytes of a text in Base64.",
        ("base64_encode_tostring(\"Kusto\")", "S3VzdG8="),
        |_, a| map_text(a, |text| base64_encode(text.as_bytes())),
    )
    .also(&["base64_encodestring"]),
    Scalar::new(
        "base64_decode_tostring",
        &[TEXT],
        TO_TEXT,
        "The text that Base64 holds; empty when it holds none.",
        ("base64_decode_tostring(\"S3VzdG8=\")", "Kusto"),
        |_, a| {
            map_text(a, |text| {
                base64_decode(text)
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .unwrap_or_default()
            })
        },
    )
    .also(&["base64_decodestring"]),
    Scalar::new(
        "base64_decode_toarray",
        &[TEXT],
        TO_DYNAMIC,
        "The bytes that Base64 holds.",
        ("base64_decode_toarray(\"S3U=\")", "[75,117]"),
        |_, a| {
            text_of(a)
                .and_then(base64_decode)
                .map_or(Value::Null, |bytes| {
                    Dynamic::array(
                        bytes
                            .into_iter()
                            .map(|byte| Dynamic::Long(i64::from(byte)))
                            .collect(),
                    )
                    .into()
                })
        },
    ),
    Scalar::new(
        "parse_csv",
        &[TEXT],
        TO_DYNAMIC,
        "The values of one line of CSV.",
        ("parse_csv('aa,\"b,c\"')", "[\"aa\",\"b,c\"]"),
        |_, a| text_of(a).map_or(Value::Null, |text| Dynamic::array(csv_values(text)).into()),
    )
    .named(Naming::First),
    Scalar::new(
        "parse_version",
        &[TEXT],
        Returns::Is(Type::Decimal),
        "A version of up to four numbers as one number that sorts.",
        (
            "parse_version(\"0.0.0.1\") < parse_version(\"0.0.1\")",
            "True",
        ),
        |_, a| parse_version(a),
    ),
    Scalar::new(
        "parse_path",
        &[TEXT],
        TO_DYNAMIC,
        "The parts of a file path as a bag.",
        ("parse_path(\"/tmp/a.txt\").Filename", "a.txt"),
        parse_path,
    ),
    Scalar::new(
        "format_bytes",
        &[Parameter::Number, Parameter::Is(Type::Long), TEXT],
        TO_TEXT,
        "A number of bytes with a unit.",
        ("format_bytes(1024)", "1 KB"),
        |_, a| format_bytes(a),
    )
    .optional(2)
    .named(Naming::First),
];

fn single_member(key: &str, value: Dynamic) -> Dynamic {
    Dynamic::bag(vec![(Rc::from(key), value)])
}

fn query_parameters(query: &str) -> Dynamic {
    let mut members = Members::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        members.push((Rc::from(key), Dynamic::string(value)));
    }
    Dynamic::bag(members)
}

fn parse_url(_: &Context, arguments: &[Value]) -> Value {
    let Some(url) = text_of(arguments) else {
        return Value::Null;
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return Value::Null;
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (login, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (host, port) = match host_port.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
        _ => (host_port, ""),
    };
    let text = |key: &str, value: &str| (Rc::from(key), Dynamic::string(value));
    Dynamic::bag(vec![
        text("Scheme", scheme),
        text("Host", host),
        text("Port", port),
        text("Path", path),
        text("Username", user),
        text("Password", password),
        (Rc::from("Query Parameters"), query_parameters(query)),
        text("Fragment", fragment),
    ])
    .into()
}

fn url_encode(text: &str, blank: &str, kept: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte == b' ' {
            out.push_str(blank);
        } else if byte.is_ascii_alphanumeric() || kept.contains(character) {
            out.push(character);
        } else {
            out.push_str(&format!("%{byte:02x}"));
        }
    }
    out
}

fn url_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'+' {
            out.push(b' ');
            continue;
        }
        let mut ahead = bytes.clone();
        let hex = (ahead.next(), ahead.next());
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(hex.0), digit(hex.1)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            if place <= chunk.len() {
                let index = (bits >> (18 - 6 * place)) & 63;
                out.push(
                    BASE64
                        .get(index as usize)
                        .map_or('=', |&byte| char::from(byte)),
                );
            } else {
                out.push('=');
            }
        }
    }
    out
}

fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut out, mut bits, mut n_bits) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for byte in digits.bytes() {
        let value = BASE64.iter().position(|&digit| digit == byte)? as u32;
        bits = bits << 6 | value;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push((bits >> n_bits & 0xff) as u8);
        }
    }
    Some(out)
}

fn csv_values(line: &str) -> Vec<Dynamic> {
    let mut values = Vec::new();
    let mut value = String::new();
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                value.push('"');
            }
            '"' => is_quoted = !is_quoted,
            '\r' | '\n' if !is_quoted => break,
            ',' if !is_quoted => values.push(Dynamic::string(&std::mem::take(&mut value))),
            other => value.push(other),
        }
    }
    values.push(Dynamic::string(&value));
    values
}

/// Each part takes eight decimal digits.
fn parse_version(arguments: &[Value]) -> Value {
    let Some(text) = text_of(arguments) else {
        return Value::Null;
    };
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 4 {
        return Value::Null;
    }
    let mut packed = 0_i128;
    for at in 0..4 {
        let part = match parts.get(at) {
            Some(part) => match number::parse_long(part) {
                Some(part) if (0..100_000_000).contains(&part) => part,
                _ => return Value::Null,
            },
            None => 0,
        };
        packed = packed * 100_000_000 + i128::from(part);
    }
    crate::value::Decimal::new(packed, 0).map_or(Value::Null, Value::Decimal)
}

fn parse_path(context: &Context, arguments: &[Value]) -> Value {
    let Some(path) = text_of(arguments) else {
        return Value::Null;
    };
    let (scheme, rest) = match path.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("", path),
    };
    if rest.matches(':').count() > 1 || (rest.contains(':') && rest.find(':') != Some(1)) {
        return context
            .refuse("`parse_path` of a path with an alternate stream is not supported here");
    }
    let (root, inner) = match rest.find(['/', '\\']) {
        Some(at) => rest.split_at(at),
        None => ("", rest),
    };
    let root = if root.is_empty() {
        inner
            .get(..usize::from(inner.starts_with('/')))
            .unwrap_or("")
    } else {
        root
    };
    let (directory, file) = rest.rfind(['/', '\\']).map_or(("", rest), |at| {
        (
            rest.get(..at).unwrap_or(""),
            rest.get(at + 1..).unwrap_or(""),
        )
    });
    let directory_name = directory
        .rfind(['/', '\\'])
        .map_or(directory, |at| directory.get(at + 1..).unwrap_or(""));
    let extension = file
        .rfind('.')
        .map_or("", |at| file.get(at + 1..).unwrap_or(""));
    let text = |key: &str, value: &str| (Rc::from(key), Dynamic::string(value));
    Dynamic::bag(vec![
        text("Scheme", scheme),
        text("RootPath", root.trim_matches(['/', '\\'])),
        text("DirectoryPath", directory),
        text("DirectoryName", directory_name),
        text("Filename", file),
        text("Extension", extension),
        text("AlternateDataStreamName", ""),
    ])
    .into()
}

fn format_bytes(arguments: &[Value]) -> Value {
    const UNITS: [&str; 7] = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"];
    let Some(size) = arguments.first().and_then(Value::as_real) else {
        return Value::Null;
    };
    let places = arguments
        .get(1)
        .and_then(Value::as_long)
        .unwrap_or(0)
        .clamp(0, 15) as i32;
    let wanted = arguments.get(2).and_then(Value::as_str);
    let mut scaled = size;
    let mut unit = 0;
    while unit + 1 < UNITS.len()
        && wanted.map_or(scaled.abs() >= 1024.0, |wanted| {
            UNITS.get(unit).is_some_and(|name| *name != wanted)
        })
    {
        scaled /= 1024.0;
        unit += 1;
    }
    let text = number::plain_text(round_to(scaled, places));
    let text = text.strip_suffix(".0").unwrap_or(&text);
    Value::string(&format!("{text} {}", UNITS.get(unit).unwrap_or(&"")))
}
