//! Finds secrets in one pass.
//!
//! Input: any text: an address, headers as JSON (also as JSON inside JSON, or in a CSV cell), header
//! lines, bodies, connection strings. Output: the places of secrets, in order, apart from each other.
//! Invariants: the time is linear in the length of the text; a place never holds the quotes or the
//! separators around a value.

use super::rule::{self, MAX_NAME_BYTES, Rule, Shape};
use super::{Found, pseudonym};
use crate::text::Span;

/// Bytes that end a value without quotes.
fn ends_bare(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b'&' | b'#'
                | b'"'
                | b'\''
                | b'<'
                | b'>'
                | b'`'
                | b'|'
                | b','
                | b';'
                | b'('
                | b')'
                | b'['
                | b']'
                | b'{'
                | b'}'
        )
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Whether a byte can stand in a token behind `Bearer`.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

/// Whether a word in front of credentials says of what kind they are.
fn is_scheme(word: &str) -> bool {
    let has_digits_by_name = word.contains("HMAC");
    word.len() <= 24
        && word.bytes().all(|byte| {
            byte.is_ascii_alphabetic()
                || byte == b'-'
                || (has_digits_by_name && byte.is_ascii_digit())
        })
        && !pseudonym::is_one(word)
}

/// Every secret of a text.
pub(super) fn scan(text: &str) -> Vec<Found> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        found: Vec::new(),
    };
    let mut at = 0;
    while at < scanner.bytes.len() {
        at = scanner.next(at);
    }
    scanner.found
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    found: Vec<Found>,
}

/// How a name or a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Quote {
    byte: u8,
    /// Backslashes before it.
    n_backslashes: usize,
    /// Whether it stands twice, as inside a CSV cell.
    is_doubled: bool,
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Looks at one place; gives the next one to look at.
    fn next(&mut self, at: usize) -> usize {
        let byte = self.byte(at);
        if let Some(n_bytes) = self.escape(at) {
            return at + n_bytes;
        }
        if byte == b':' && self.rest(at).starts_with(b"://") {
            return self.password(at + 3);
        }
        // A leading dash belongs to an option (`--api-key`), not to the name.
        if !is_word(byte) || byte == b'-' {
            return at + 1;
        }
        let end = at
            + self
                .rest(at)
                .iter()
                .take_while(|&&byte| is_word(byte))
                .count();
        self.word(at, end).unwrap_or(end)
    }

    /// The length of `%26`, `\u0026` or `\n`, which stand for a character that ends words.
    fn escape(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        match self.byte(at) {
            b'%' => rest
                .get(1..3)
                .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
                .map(|_| 3),
            b'\\' => {
                let n_backslashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
                match self.byte(at + n_backslashes) {
                    b'u' => {
                        let digits = rest.get(n_backslashes + 1..n_backslashes + 5)?;
                        digits
                            .iter()
                            .all(u8::is_ascii_hexdigit)
                            .then_some(n_backslashes + 5)
                    }
                    b'n' | b'r' | b't' => Some(n_backslashes + 1),
                    _ => Some(n_backslashes),
                }
            }
            _ => None,
        }
    }

    /// A word, which may be a secret, a scheme or the name of a secret; gives the place behind it.
    fn word(&mut self, at: usize, end: usize) -> Option<usize> {
        let word = self.text.get(at..end)?;
        if word.starts_with("eyJ")
            && let Some(end) = self.token(at)
        {
            return self.push("jwt", at, end);
        }
        if word.len() >= 23 && word.starts_with("sk-") {
            return self.push("model-key", at, end);
        }
        if word.len() > MAX_NAME_BYTES {
            return None;
        }
        let is_basic = word.eq_ignore_ascii_case("basic");
        if is_basic || word.eq_ignore_ascii_case("bearer") {
            return self.scheme(end, is_basic);
        }
        let (rule, shape) = rule::named(word)?;
        if shape == Shape::Parameter && !self.begins_parameter(at) {
            return None;
        }
        self.value(rule, shape, end)
    }

    /// The end of a JSON Web Token.
    fn token(&self, at: usize) -> Option<usize> {
        let part = |from: usize| {
            from + self
                .rest(from)
                .iter()
                .take_while(|&&byte| is_word(byte))
                .count()
        };
        let head = part(at);
        if head - at < 8 || self.byte(head) != b'.' {
            return None;
        }
        let body = part(head + 1);
        if body - head < 5 {
            return None;
        }
        Some(if self.byte(body) == b'.' {
            part(body + 1)
        } else {
            body
        })
    }

    /// `Bearer` or `Basic` with credentials behind, in whatever text.
    fn scheme(&mut self, end: usize, is_basic: bool) -> Option<usize> {
        let mut start = end;
        while self.byte(start) == b' ' {
            start += 1;
        }
        if self.rest(start).starts_with(b"%20") {
            start += 3;
        }
        if start == end {
            return None;
        }
        let end = start
            + self
                .rest(start)
                .iter()
                .take_while(|&&byte| is_token(byte))
                .count();
        let token = self.text.get(start..end)?;
        // Prose has words behind these: `Basic authentication`, `Bearer token was not found`.
        let has_digit = token.bytes().any(|byte| byte.is_ascii_digit());
        let has_padding = token.ends_with('=');
        let is_mixed = token.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
            && token.bytes().any(|byte| byte.is_ascii_lowercase());
        let is_secret = token.len() >= 8
            && !token.contains(pseudonym::PREFIX)
            && (has_digit || has_padding || is_mixed || (!is_basic && token.len() >= 24));
        if is_secret {
            self.push("authorization", start, end)
        } else {
            None
        }
    }

    /// Whether the name at a place is that of a parameter.
    fn begins_parameter(&self, at: usize) -> bool {
        let before = self.bytes.get(..at).unwrap_or_default();
        let escapes: [&[u8]; 5] = [b"%26", b"%3F", b"%3f", b"%3B", b"\\u0026"];
        match before.last() {
            None => true,
            Some(byte) => {
                matches!(byte, b'?' | b'&' | b';' | b'"' | b'\'')
                    || escapes.iter().any(|escape| before.ends_with(escape))
            }
        }
    }

    /// The password of an address whose authority begins here.
    fn password(&mut self, at: usize) -> usize {
        let authority = self
            .rest(at)
            .iter()
            .take_while(|&&byte| !ends_bare(byte) && !matches!(byte, b'/' | b'\\' | b'?'))
            .count();
        let bytes = self.bytes.get(at..at + authority).unwrap_or_default();
        if let (Some(colon), Some(sign)) =
            (memchr::memchr(b':', bytes), memchr::memrchr(b'@', bytes))
            && colon < sign
            && let Some(end) = self.push("url-password", at + colon + 1, at + sign)
        {
            return end;
        }
        at
    }

    /// The value behind a name; gives the place behind it.
    fn value(&mut self, rule: &'static Rule, shape: Shape, end: usize) -> Option<usize> {
        let mut at = end;
        let name_quote = self.quote(at, None);
        if let Some(quote) = name_quote {
            at += quote.len();
            // `headers['api-key'] = …`
            at += usize::from(self.byte(at) == b']');
        }
        let is_quoted = name_quote.is_some();
        at = self.space(at, is_quoted);
        let separator = self.separator(at, name_quote)?;
        if shape == Shape::Parameter && !matches!(self.byte(at), b'=' | b'%' | b'\\') {
            return None;
        }
        at = self.space(at + separator, is_quoted);
        let is_list = is_quoted && self.byte(at) == b'[';
        if is_list {
            at = self.space(at + 1, true);
        }
        let mut last = None;
        loop {
            let end = match self.quote(at, name_quote) {
                Some(quote) => {
                    let start = at + quote.len();
                    let end = self.quoted_end(start, quote);
                    self.credentials(rule, shape, start, end);
                    end + quote.len()
                }
                None => self.bare(rule, shape, at, name_quote)?,
            };
            last = Some(end).or(last);
            let comma = self.space(end, true);
            if !is_list || self.byte(comma) != b',' {
                return last;
            }
            at = self.space(comma + 1, true);
        }
    }

    /// The quotes at a place, like those of the name where it has some.
    fn quote(&self, at: usize, like: Option<Quote>) -> Option<Quote> {
        let n_backslashes = self
            .rest(at)
            .iter()
            .take_while(|&&byte| byte == b'\\')
            .count();
        let byte = self.byte(at + n_backslashes);
        if !is_quote(byte) {
            return None;
        }
        let is_twice = n_backslashes == 0 && byte == b'"' && self.byte(at + 1) == b'"';
        let quote = Quote {
            byte,
            n_backslashes,
            is_doubled: is_twice && like.is_none_or(|like| like.is_doubled),
        };
        // An empty text is no doubled quote: a name without quotes has a value with single ones.
        like.is_none_or(|like| like == quote).then_some(quote)
    }

    fn space(&self, at: usize, is_quoted: bool) -> usize {
        let mut at = at;
        loop {
            match self.byte(at) {
                b' ' | b'\t' => at += 1,
                b'\r' | b'\n' if is_quoted => at += 1,
                b'\\' if is_quoted => match self.escape(at) {
                    Some(n_bytes) if matches!(self.byte(at + n_bytes - 1), b'n' | b'r' | b't') => {
                        at += n_bytes;
                    }
                    _ => return at,
                },
                _ => return at,
            }
        }
    }

    /// The length of what stands between a name and its value.
    fn separator(&self, at: usize, name_quote: Option<Quote>) -> Option<usize> {
        let rest = self.rest(at);
        if rest.starts_with(b"%3D") || rest.starts_with(b"%3d") {
            return Some(3);
        }
        if rest.starts_with(b"\\u003d") || rest.starts_with(b"\\u003D") {
            return Some(6);
        }
        match self.byte(at) {
            // `==` and `=~` compare; they give no value.
            b'=' => (!matches!(self.byte(at + 1), b'=' | b'~')).then_some(1),
            b':' | b'|' => Some(1),
            // `{"name":"api-key","value":"…"}`
            b',' => {
                let quote = name_quote?;
                let name = self.space(at + 1, true);
                let start = name + self.quote(name, Some(quote)).map(Quote::len)?;
                let end = start + 5;
                if !self.bytes.get(start..end)?.eq_ignore_ascii_case(b"value") {
                    return None;
                }
                let colon = self.space(end + self.quote(end, Some(quote)).map(Quote::len)?, true);
                (self.byte(colon) == b':').then_some(colon + 1 - at)
            }
            _ => None,
        }
    }

    /// Where a quoted text ends: at its quote, at the end of the line, or with the text.
    fn quoted_end(&self, start: usize, quote: Quote) -> usize {
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            if byte == b'\n' || byte == b'\r' {
                return at;
            }
            let n_backslashes = self
                .rest(at)
                .iter()
                .take_while(|&&byte| byte == b'\\')
                .count();
            at += n_backslashes;
            if self.byte(at) == quote.byte {
                // More backslashes than the opening quote has make a quote inside the text.
                let own = quote.n_backslashes;
                if n_backslashes <= own || n_backslashes % (2 * (own + 1)) == own {
                    return at - n_backslashes.min(own);
                }
            }
            at += usize::from(n_backslashes == 0 || self.byte(at) == quote.byte);
        }
        self.bytes.len()
    }

    /// A value without quotes; gives the place behind it.
    fn bare(
        &mut self,
        rule: &'static Rule,
        shape: Shape,
        at: usize,
        name_quote: Option<Quote>,
    ) -> Option<usize> {
        let is_encoded = ["%3D", "%3d"].iter().any(|sign| {
            self.text
                .get(..at)
                .is_some_and(|before| before.ends_with(sign))
        });
        let mut end = at;
        while let Some(&byte) = self.bytes.get(end) {
            let is_end = match shape {
                Shape::Line => matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'|'),
                _ => ends_bare(byte) || (is_encoded && self.rest(end).starts_with(b"%26")),
            };
            if is_end {
                break;
            }
            if byte == b'\\' {
                match self.character(end) {
                    Some((character, n_bytes)) if !character.is_some_and(ends_bare) => {
                        end += n_bytes;
                    }
                    None if self.byte(end + 1) == b'/' => end += 2,
                    _ => break,
                }
                continue;
            }
            end += 1;
        }
        if shape == Shape::Credentials {
            let credentials = self.space(end, false);
            let scheme = self.text.get(at..end)?;
            if credentials > end && !ends_bare(self.byte(credentials)) && is_scheme(scheme) {
                return self.bare(rule, Shape::Anywhere, credentials, None);
            }
            if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("basic") {
                return None;
            }
        }
        let n_found = self.found.len();
        self.push(rule.id, at, end);
        let is_number = self.text.get(at..end).is_some_and(|text| {
            text.bytes().all(|byte| {
                byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E')
            })
        });
        if let (Some(found), Some(quote), true) =
            (self.found.get_mut(n_found), name_quote, is_number)
        {
            // What stands in the place of a number needs quotes to be JSON.
            found.quote = quote.text();
        }
        Some(end)
    }

    /// `\u002B`: the character, where it is one of ASCII, and the length of its escape.
    fn character(&self, at: usize) -> Option<(Option<u8>, usize)> {
        let n_bytes = self
            .escape(at)
            .filter(|&n_bytes| n_bytes >= 6 && self.byte(at + n_bytes - 5) == b'u')?;
        let digits = self.text.get(at + n_bytes - 4..at + n_bytes)?;
        Some((u8::from_str_radix(digits, 16).ok(), n_bytes))
    }

    /// A quoted value, of which a scheme in front stays.
    fn credentials(&mut self, rule: &'static Rule, shape: Shape, start: usize, end: usize) {
        let mut start = start;
        if shape == Shape::Credentials
            && let Some(text) = self.text.get(start..end)
            && let Some((scheme, rest)) = text.split_once(' ')
            && !rest.is_empty()
            && is_scheme(scheme)
        {
            start = end - rest.trim_start().len();
        }
        self.push(rule.id, start, end);
    }

    /// Keeps a place, unless there is nothing secret in it; gives the place behind it.
    fn push(&mut self, id: &str, start: usize, end: usize) -> Option<usize> {
        let text = self.text.get(start..end)?;
        let mut bytes = text.bytes();
        let is_mask = bytes.next().is_none_or(|first| {
            (!first.is_ascii_alphanumeric() || text.len() > 3) && bytes.all(|byte| byte == first)
        });
        if is_mask
            || pseudonym::is_one(text)
            || matches!(text, "null" | "true" | "false" | "None" | "undefined")
        {
            return Some(end);
        }
        self.found.push(Found {
            span: Span::new(start as u32, end as u32),
            rule: rule::of(id),
            quote: String::new(),
        });
        Some(end)
    }
}

impl Quote {
    const fn len(self) -> usize {
        self.n_backslashes + 1 + self.is_doubled as usize
    }

    fn text(self) -> String {
        let mut text = "\\".repeat(self.n_backslashes);
        text.push(char::from(self.byte));
        if self.is_doubled {
            text.push(char::from(self.byte));
        }
        text
    }
}
