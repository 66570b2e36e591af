//! Texts in other codings: URLs, Base64, CSV, versions, sizes, hashes.

use super::math::round_to;
use super::text::{map_text, text_of};
use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::text::coding::{self, base64_decode, base64_encode};
use crate::value::dynamic::Members;
use crate::value::{Dynamic, Type, Value, number};
use std::rc::Rc;

const TEXT: Parameter = Parameter::Is(Type::String);
const DYNAMIC: Parameter = Parameter::Is(Type::Dynamic);
const GUID: Parameter = Parameter::Is(Type::Guid);
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
        |_, a| {
            map_text(a, |text| {
                String::from_utf8_lossy(&coding::url_decode(text, b' ')).into_owned()
            })
        },
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
        "base64_encode_fromarray",
        &[DYNAMIC],
        TO_TEXT,
        "An array of bytes in Base64; empty when it is none.",
        ("base64_encode_fromarray(dynamic([75, 117]))", "S3U="),
        |_, a| Value::string(&bytes_of(a).map_or_else(String::new, |b| base64_encode(&b))),
    )
    .sees_nulls(),
    Scalar::new(
        "base64_encode_fromguid",
        &[GUID],
        TO_TEXT,
        "The bytes of a guid in Base64, as .NET orders them.",
        (
            "base64_encode_fromguid(guid(00112233-4455-6677-8899-aabbccddeeff))",
            "MyIRAFVEd2aImaq7zN3u/w==",
        ),
        |_, a| match a {
            [Value::Guid(bits)] => Value::string(&base64_encode(&guid_bytes(*bits))),
            _ => Value::string(""),
        },
    ),
    Scalar::new(
        "base64_decode_toguid",
        &[TEXT],
        Returns::Is(Type::Guid),
        "The guid whose bytes Base64 holds; null when it holds none.",
        (
            "base64_decode_toguid(\"MyIRAFVEd2aImaq7zN3u/w==\")",
            "00112233-4455-6677-8899-aabbccddeeff",
        ),
        |_, a| {
            let bytes = text_of(a).and_then(base64_decode);
            let guid = bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
            guid.map_or(Value::Null, |bytes| {
                let turned = guid_bytes(u128::from_be_bytes(bytes));
                Value::Guid(u128::from_be_bytes(turned))
            })
        },
    ),
    Scalar::new(
        "isascii",
        &[TEXT],
        Returns::Is(Type::Bool),
        "Whether every character is one of ASCII.",
        ("isascii(\"Kusto\")", "True"),
        |_, a| text_of(a).map_or(Value::Null, |text| Value::Bool(text.is_ascii())),
    ),
    Scalar::new(
        "isutf8",
        &[TEXT],
        Returns::Is(Type::Bool),
        "Whether a text is well formed, which every text is here.",
        ("isutf8(\"Kusto\")", "True"),
        |_, _| Value::Bool(true),
    ),
    Scalar::new(
        "parse_command_line",
        &[TEXT, TEXT],
        TO_DYNAMIC,
        "The arguments of a command line, as Windows splits it.",
        (
            "parse_command_line('run \"a b\" c', \"windows\")",
            "[\"run\",\"a b\",\"c\"]",
        ),
        parse_command_line,
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
        |_, a| parse_path(a),
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
    coding::url_encode(text, kept, |byte| match byte {
        b' ' => blank.to_owned(),
        _ => format!("%{byte:02x}"),
    })
}

fn bytes_of(arguments: &[Value]) -> Option<Vec<u8>> {
    let Some(Value::Dynamic(Dynamic::Array(items))) = arguments.first() else {
        return None;
    };
    let byte = |item: &Dynamic| match item {
        Dynamic::Long(number) => u8::try_from(*number).ok(),
        _ => None,
    };
    items.iter().map(byte).collect()
}

/// The bytes of a guid with its first three parts lowest first; of those, the guid.
fn guid_bytes(bits: u128) -> [u8; 16] {
    let mut bytes = bits.to_be_bytes();
    for part in [0..4, 4..6, 6..8] {
        bytes[part].reverse();
    }
    bytes
}

/// Backslashes count only before a quote: two make one, and an odd one takes the quote as it is.
fn parse_command_line(context: &Context, arguments: &[Value]) -> Value {
    let [Value::String(line), Value::String(kind)] = arguments else {
        return Value::Null;
    };
    if kind.as_ref() != "windows" {
        return context.refuse("`parse_command_line` knows only the type \"windows\"");
    }
    let is_blank = |character: char| matches!(character, ' ' | '\t');
    let mut words = Vec::new();
    // The name of the program has no escapes.
    let mut rest = match line.strip_prefix('"') {
        Some(quoted) => {
            let (name, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
            words.push(Dynamic::string(name));
            rest
        }
        None => {
            let (name, rest) = line.split_at(line.find(is_blank).unwrap_or(line.len()));
            words.push(Dynamic::string(name));
            rest
        }
    };
    loop {
        rest = rest.trim_start_matches(is_blank);
        if rest.is_empty() {
            return Dynamic::array(words).into();
        }
        let mut word = String::new();
        let (mut n_slashes, mut n_quotes) = (0_usize, 0);
        let mut characters = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => {
                    n_slashes += 1;
                    word.push('\\');
                }
                '"' => {
                    word.truncate(word.len() - n_slashes.div_ceil(2));
                    if n_slashes % 2 == 1 {
                        word.push('"');
                    } else {
                        n_quotes += 1;
                    }
                    n_slashes = 0;
                    // Of quotes in a row every third is one of the word.
                    while characters.next_if(|(_, next)| *next == '"').is_some() {
                        n_quotes += 1;
                        if n_quotes == 3 {
                            word.push('"');
                            n_quotes = 0;
                        }
                    }
                    n_quotes %= 2;
                }
                blank if is_blank(blank) && n_quotes == 0 => {
                    end = at;
                    break;
                }
                other => {
                    n_slashes = 0;
                    word.push(other);
                }
            }
        }
        words.push(Dynamic::string(&word));
        rest = rest.get(end..).unwrap_or("");
    }
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

fn parse_path(arguments: &[Value]) -> Value {
    let Some(path) = text_of(arguments) else {
        return Value::Null;
    };
    let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
    let is_slash = ['/', '\\'];
    let split = |text: &'_ str| -> (usize, usize) {
        let at = text.rfind(is_slash);
        (at.unwrap_or(0), at.map_or(0, |at| at + 1))
    };
    // A drive stands first, or behind the sign of a long path.
    let tail = rest.strip_prefix("\\\\?\\").unwrap_or(rest);
    let is_drive =
        tail.starts_with(|c: char| c.is_ascii_alphabetic()) && tail.get(1..2) == Some(":");
    let root = if is_drive {
        tail.get(..2).unwrap_or("")
    } else {
        ""
    };
    let (end, start) = split(rest);
    let (directory, file) = (
        rest.get(..end).unwrap_or(""),
        rest.get(start..).unwrap_or(""),
    );
    let (file, stream) = file.split_once(':').unwrap_or((file, ""));
    let directory_name = directory.get(split(directory).1..).unwrap_or("");
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let text = |key: &str, value: &str| (Rc::from(key), Dynamic::string(value));
    Dynamic::bag(vec![
        text("Scheme", scheme),
        text("RootPath", root),
        text("DirectoryPath", directory),
        text("DirectoryName", directory_name),
        text("Filename", file),
        text("Extension", extension),
        text("AlternateDataStreamName", stream),
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
