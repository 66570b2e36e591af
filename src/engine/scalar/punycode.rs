//! Punycode: letters outside ASCII as letters of ASCII, for names of domains.
//!
//! RFC 3492 with its own parameters; labels keep their case. What cannot be written is empty.

use super::text::map_text;
use super::{Parameter, Returns, Scalar};
use crate::value::Type;

const TEXT: Parameter = Parameter::Is(Type::String);
const TO_TEXT: Returns = Returns::Is(Type::String);

/// Longest text that is coded, in characters: the time grows with its square.
const MAX_CHARACTERS: usize = 4096;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "punycode_from_string",
        &[TEXT],
        TO_TEXT,
        "The text in Punycode, without `xn--`.",
        ("punycode_from_string(\"bücher\")", "bcher-kva"),
        |_, a| map_text(a, |text| encode(text).unwrap_or_default()),
    ),
    Scalar::new(
        "punycode_to_string",
        &[TEXT],
        TO_TEXT,
        "The text that Punycode stands for; empty when it is none.",
        ("punycode_to_string(\"bcher-kva\")", "bücher"),
        |_, a| map_text(a, |text| decode(text).unwrap_or_default()),
    ),
    Scalar::new(
        "punycode_domain_to_string",
        &[TEXT],
        TO_TEXT,
        "The domain with labels outside ASCII in Punycode.",
        (
            "punycode_domain_to_string(\"www.bücher.example\")",
            "www.xn--bcher-kva.example",
        ),
        |_, a| {
            map_text(a, |text| {
                map_labels(text, |label| {
                    if label.is_ascii() {
                        Some(label.to_owned())
                    } else {
                        encode(label).map(|coded| format!("xn--{coded}"))
                    }
                })
            })
        },
    ),
    Scalar::new(
        "punycode_domain_from_string",
        &[TEXT],
        TO_TEXT,
        "The domain with its labels of Punycode read.",
        (
            "punycode_domain_from_string(\"www.xn--bcher-kva.example\")",
            "www.bücher.example",
        ),
        |_, a| {
            map_text(a, |text| {
                map_labels(text, |label| match label.strip_prefix("xn--") {
                    Some(coded) => decode(coded),
                    None => Some(label.to_owned()),
                })
            })
        },
    ),
];

fn map_labels(domain: &str, f: impl Fn(&str) -> Option<String>) -> String {
    // The full stop and its forms in East Asian texts.
    let labels = domain.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']);
    let labels: Option<Vec<String>> = labels.map(f).collect();
    labels.map_or_else(String::new, |labels| labels.join("."))
}

const BASE: u32 = 36;
const FIRST_CODE: u32 = 128;
const FIRST_BIAS: u32 = 72;

/// How many codes a digit at a place stands for less.
fn threshold(place: u32, bias: u32) -> u32 {
    place.saturating_sub(bias).clamp(1, 26)
}

fn adapted(delta: u32, n_points: u32, is_first: bool) -> u32 {
    let mut delta = delta / if is_first { 700 } else { 2 };
    delta += delta / n_points;
    let mut bias = 0;
    while delta > 455 {
        delta /= BASE - 1;
        bias += BASE;
    }
    bias + BASE * delta / (delta + 38)
}

fn encode(text: &str) -> Option<String> {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    if codes.len() > MAX_CHARACTERS {
        return None;
    }
    let mut out: String = text.chars().filter(char::is_ascii).collect();
    let n_basic = out.len() as u32;
    if n_basic > 0 {
        out.push('-');
    }
    let (mut code, mut delta, mut bias, mut n_done) = (FIRST_CODE, 0_u32, FIRST_BIAS, n_basic);
    while n_done < codes.len() as u32 {
        let next = codes.iter().copied().filter(|&found| found >= code).min()?;
        delta = delta.checked_add((next - code).checked_mul(n_done + 1)?)?;
        code = next;
        for &found in &codes {
            if found < code {
                delta = delta.checked_add(1)?;
            }
            if found != code {
                continue;
            }
            let mut left = delta;
            for place in (BASE..).step_by(BASE as usize) {
                let least = threshold(place, bias);
                if left < least {
                    out.push(char::from_digit(left, BASE).map(digit_letter)?);
                    break;
                }
                let digit = least + (left - least) % (BASE - least);
                out.push(char::from_digit(digit, BASE).map(digit_letter)?);
                left = (left - least) / (BASE - least);
            }
            bias = adapted(delta, n_done + 1, n_done == n_basic);
            delta = 0;
            n_done += 1;
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(out)
}

/// Punycode counts letters first: `a` is 0 and `0` is 26.
const fn digit_letter(usual: char) -> char {
    let at = match usual {
        '0'..='9' => usual as u8 - b'0',
        _ => usual as u8 - b'a' + 10,
    };
    if at < 26 {
        (b'a' + at) as char
    } else {
        (b'0' + at - 26) as char
    }
}

fn decode(text: &str) -> Option<String> {
    if !text.is_ascii() || text.len() > MAX_CHARACTERS {
        return None;
    }
    let (basic, coded) = text.rsplit_once('-').unwrap_or(("", text));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut code, mut at, mut bias) = (FIRST_CODE, 0_u32, FIRST_BIAS);
    let mut digits = coded.bytes().peekable();
    while digits.peek().is_some() {
        let before = at;
        let mut weight = 1_u32;
        for place in (BASE..).step_by(BASE as usize) {
            let digit = u32::from(match digits.next()? {
                letter @ b'a'..=b'z' => letter - b'a',
                letter @ b'A'..=b'Z' => letter - b'A',
                number @ b'0'..=b'9' => number - b'0' + 26,
                _ => return None,
            });
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let least = threshold(place, bias);
            if digit < least {
                break;
            }
            weight = weight.checked_mul(BASE - least)?;
        }
        let n_points = out.len() as u32 + 1;
        bias = adapted(at - before, n_points, before == 0);
        code = code.checked_add(at / n_points)?;
        at %= n_points;
        out.insert(at as usize, char::from_u32(code)?);
        at += 1;
    }
    Some(out.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_there_and_back() {
        for text in [
            "",
            "abc",
            "ü",
            "bücher",
            "日本語",
            "a-b-ü",
            "ß😀ß",
            "Ünïcödé",
        ] {
            let coded = encode(text).unwrap();
            assert!(coded.is_ascii(), "{coded}");
            if !text.is_ascii() {
                assert_eq!(decode(&coded).as_deref(), Some(text));
            }
        }
        assert_eq!(encode("日本語").as_deref(), Some("wgv71a119e"));
    }

    #[test]
    fn what_is_no_punycode_is_none() {
        for text in ["ü", "9", "!", "a-9999999999", "zzzzzzzzzzzz"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(encode(&"ü".repeat(MAX_CHARACTERS + 1)), None);
    }
}
