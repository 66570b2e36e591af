//! Secrets in log text: found, and taken out before the text leaves.
//!
//! Input: a text. Output: where its secrets are, or the text without them. Invariants: one pass, no
//! backtracking, so a hostile text costs its length; what is replaced is the value alone, so that an
//! address, a header or a JSON text stays what it is. Absent on purpose: personal data.

use std::borrow::Cow;

use crate::text::Span;

/// A secret in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The value, without its name and its quotes.
    pub span: Span,
    /// The id of the rule that found it, see [`RULES`].
    pub rule: &'static str,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id, which stands in the place of the secret.
    pub id: &'static str,
    /// What it finds.
    pub about: &'static str,
    /// Names whose value is the secret, wherever they stand: headers, JSON keys, parameters.
    pub names: &'static [&'static str],
    /// Names that mean a secret in the query of an address only.
    pub parameters: &'static [&'static str],
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        id: "subscription-key",
        about: "Keys of API Management subscriptions",
        names: &[
            "ocp-apim-subscription-key",
            "subscription-key",
            "subscriptionkey",
        ],
        parameters: &[],
    },
    Rule {
        id: "api-key",
        about: "Keys of models, functions and other services",
        names: &[
            "api-key",
            "apikey",
            "api_key",
            "x-api-key",
            "x-functions-key",
            "client_secret",
            "clientsecret",
            "password",
        ],
        parameters: &["key", "code", "secret"],
    },
    Rule {
        id: "token",
        about: "Bearer tokens, JSON web tokens and other authorization headers",
        names: &[
            "authorization",
            "proxy-authorization",
            "access_token",
            "id_token",
            "refresh_token",
            "client_assertion",
        ],
        parameters: &["token"],
    },
    Rule {
        id: "cookie",
        about: "Cookies",
        names: &["cookie", "set-cookie"],
        parameters: &[],
    },
    Rule {
        id: "signature",
        about: "Signatures of shared access signatures",
        names: &["sharedaccesssignature"],
        parameters: &["sig"],
    },
];

/// How what stands in the place of a secret begins, after its bracket.
const REPLACED: &[u8] = b"redacted:";
const TOKEN: &str = "token";
/// A bearer word shorter than this is prose.
const MIN_BEARER_BYTES: usize = 8;
/// A dotted word that begins like a JSON web token is one from this length.
const MIN_JWT_BYTES: usize = 24;
/// No name is longer.
const MAX_NAME_BYTES: usize = 32;

/// Where the secrets of a text are, in order, none inside another.
pub fn find(text: &str) -> Vec<Secret> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let secret = match byte {
            b'=' | b':' => named(bytes, at),
            b'%' if is_escaped_equals(bytes, at) => named(bytes, at),
            b'B' | b'b' if is_word_start(bytes, at) => bearer(bytes, at),
            b'e' if is_word_start(bytes, at) => json_web_token(bytes, at),
            _ => None,
        };
        match secret {
            Some(secret) if secret.span.start < secret.span.end => {
                at = secret.span.end as usize;
                found.push(secret);
            }
            _ => at += 1,
        }
    }
    found
}

/// The text with every secret replaced by the id of its rule.
pub fn apply(text: &str) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for secret in secrets {
        out.push_str(Span::new(from, secret.span.start).of(text));
        out.push_str("[redacted:");
        out.push_str(secret.rule);
        out.push(']');
        from = secret.span.end;
    }
    out.push_str(Span::new(from, text.len() as u32).of(text));
    Cow::Owned(out)
}

fn at(bytes: &[u8], index: usize) -> u8 {
    bytes.get(index).copied().unwrap_or(0)
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=')
}

/// `%3D`: an address inside another one.
fn is_escaped_equals(bytes: &[u8], index: usize) -> bool {
    at(bytes, index + 1) == b'3' && at(bytes, index + 2).eq_ignore_ascii_case(&b'd')
}

fn is_word_start(bytes: &[u8], index: usize) -> bool {
    index == 0 || !is_name(at(bytes, index - 1))
}

/// The value after `name=`, `name:` or `"name":"`.
fn named(bytes: &[u8], separator: usize) -> Option<Secret> {
    let mut end = separator;
    while end > 0 && matches!(at(bytes, end - 1), b' ' | b'"' | b'\'' | b'\\') {
        end -= 1;
    }
    let mut start = end;
    while start > 0 && is_name(at(bytes, start - 1)) {
        start -= 1;
        if end - start > MAX_NAME_BYTES {
            return None;
        }
    }
    if start > 0 && at(bytes, start - 1) == b'%' {
        start = (start + 2).min(end);
    }
    let name = bytes.get(start..end)?;
    let is_parameter =
        at(bytes, separator) != b':' && start > 0 && is_parameter_start(bytes, start);
    let is_one_of = |names: &[&str]| {
        names
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    };
    let rule = RULES
        .iter()
        .find(|rule| is_one_of(rule.names) || (is_parameter && is_one_of(rule.parameters)))?;
    let after = separator + if at(bytes, separator) == b'%' { 3 } else { 1 };
    let span = value(bytes, after, rule.id == TOKEN || rule.id == "cookie");
    if bytes
        .get(span.start as usize..)
        .is_some_and(|rest| rest.starts_with(REPLACED))
    {
        return None;
    }
    Some(Secret {
        span,
        rule: rule.id,
    })
}

/// `?`, `&`, or either of them escaped.
fn is_parameter_start(bytes: &[u8], start: usize) -> bool {
    let before = bytes
        .get(start.saturating_sub(3)..start)
        .unwrap_or_default();
    matches!(at(bytes, start - 1), b'?' | b'&' | b';')
        || before.eq_ignore_ascii_case(b"%3f")
        || before.eq_ignore_ascii_case(b"%26")
}

/// A value to its closing quote, or to what ends a parameter; a header's value may hold blanks.
fn value(bytes: &[u8], from: usize, may_hold_blanks: bool) -> Span {
    let mut start = from;
    while matches!(at(bytes, start), b' ' | b'\\' | b'[') {
        start += 1;
    }
    let quote = at(bytes, start);
    let is_quoted = matches!(quote, b'"' | b'\'');
    if is_quoted {
        start += 1;
    }
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        let is_end = if is_quoted {
            byte == quote || byte == b'\\'
        } else {
            matches!(
                byte,
                b'&' | b'"' | b'\'' | b'\\' | b'<' | b'>' | b'}' | b']' | b')' | b'\r' | b'\n'
            ) || (!may_hold_blanks && matches!(byte, b' ' | b'\t' | b',' | b';' | b'#'))
                || (may_hold_blanks && byte == b',')
        };
        if is_end {
            break;
        }
        end += 1;
    }
    Span::new(start as u32, end as u32)
}

/// `Bearer` and a token.
fn bearer(bytes: &[u8], index: usize) -> Option<Secret> {
    let word = bytes.get(index..index + 7)?;
    if !word.eq_ignore_ascii_case(b"bearer ") {
        return None;
    }
    let start = index + 7;
    let length = bytes
        .get(start..)?
        .iter()
        .take_while(|byte| is_token(**byte))
        .count();
    let span = Span::new(start as u32, (start + length) as u32);
    let token = bytes.get(start..start + length)?;
    // Words of prose have no digits; tokens nearly always do.
    let is_token = length >= MIN_BEARER_BYTES && token.iter().any(u8::is_ascii_digit);
    is_token.then_some(Secret { span, rule: TOKEN })
}

/// A word that begins with the base64 of `{"`.
fn json_web_token(bytes: &[u8], index: usize) -> Option<Secret> {
    let rest = bytes.get(index..)?;
    if !rest.starts_with(b"eyJ") {
        return None;
    }
    let length = rest
        .iter()
        .take_while(|byte| is_name(**byte) || **byte == b'.')
        .count();
    let has_parts = rest.iter().take(length).any(|byte| *byte == b'.');
    let span = Span::new(index as u32, (index + length) as u32);
    (length >= MIN_JWT_BYTES && has_parts).then_some(Secret { span, rule: TOKEN })
}

#[cfg(test)]
mod tests {
    use super::{apply, find};

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (text, expected) in [
            (
                "https://a.example/x?subscription-key=0a1b2c&page=2",
                "https://a.example/x?subscription-key=[redacted:subscription-key]&page=2",
            ),
            (
                r#"{"Ocp-Apim-Subscription-Key":"0a1b","Host":"a"}"#,
                r#"{"Ocp-Apim-Subscription-Key":"[redacted:subscription-key]","Host":"a"}"#,
            ),
            (
                r#"{\"api-key\":\"0a1b\",\"n\":1}"#,
                r#"{\"api-key\":\"[redacted:api-key]\",\"n\":1}"#,
            ),
            (
                "Authorization: Bearer abcdef123456.x, Accept: */*",
                "Authorization: [redacted:token], Accept: */*",
            ),
            (
                "sent Bearer abcdef123456 and failed",
                "sent Bearer [redacted:token] and failed",
            ),
            (
                "t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc end",
                "t [redacted:token] end",
            ),
            (
                "https://b.example/c?sv=1&sig=a%2Fb%3D&se=2",
                "https://b.example/c?sv=1&sig=[redacted:signature]&se=2",
            ),
            (
                "u=https%3A%2F%2Fa%3Fcode%3Dabc123",
                "u=https%3A%2F%2Fa%3Fcode%3D[redacted:api-key]",
            ),
        ] {
            assert_eq!(apply(text), expected);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "",
            r#"{"error":{"code":"429","message":"x"}}"#,
            "bearer of bad news",
            "Access denied due to missing subscription key. Make sure to include subscription key",
            "keyboard=1 monkey=2 signal=3",
            "time: 12:30:00 = x",
            "ApiManagementGatewayLogs | where ResponseCode == 429",
        ] {
            assert_eq!(apply(text), text);
        }
    }

    #[test]
    fn applied_twice_changes_nothing_more() {
        let once = apply("a?api-key=1&code=2 Bearer abcdefgh1234").into_owned();
        assert_eq!(apply(&once), once);
    }

    #[test]
    fn any_text_gives_spans_inside_it() {
        let pieces = [
            "Bearer ", "eyJ", "=", ":", "\"", "sig", "?", "é", "😀", "%3d", "api-key", "\\", " ",
        ];
        for round in 0..4096_usize {
            let text: String = (0..6)
                .map(|place| pieces[(round >> (place * 2)) % pieces.len()])
                .collect();
            for secret in find(&text) {
                assert!(
                    text.get(secret.span.start as usize..secret.span.end as usize)
                        .is_some(),
                    "{text}"
                );
            }
            apply(&text);
        }
    }
}
