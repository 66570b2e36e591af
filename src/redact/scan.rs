//! Finds secrets in one pass.
//!
//! Input: any text: an address, headers as JSON (also as JSON inside JSON, or in a CSV cell), header
//! lines, bodies, connection strings, messages. Output: the places of secrets, in order, apart from
//! each other. Invariants: the time is linear in the length of the text; a place never holds the
//! quotes or the separators around a value.

use super::item::{self, Quote, is_quote};
use super::reader::{DIGIT, ENDS_BARE, FOLLOWS, MAIL, Reader, SIGN, START, TOKEN, WORD, is};
use super::rule::{self, Kind, Shape};
use super::{Found, pseudonym, shape};
use crate::text::Span;

/// How far a value is looked at that may be none.
const MAX_WEAK_BYTES: usize = 512;

/// How long a value is that is no plain word.
const MIN_MIXED_BYTES: usize = 6;

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

/// Every secret of a text but those of rules that are kept, which are bits by the number of the rule.
pub(super) fn scan(text: &str, kept: u32) -> Vec<Found<'static>> {
    let mut scanner = Scanner {
        reader: Reader::new(text),
        kept,
        found: Vec::new(),
        mail: 0,
        escaped: (0, 0),
        foreseen: Vec::new(),
        next: usize::MAX,
        tag: 0,
    };
    scanner.run();
    scanner.found
}

/// Whether there is something secret in a value: no mask, no pseudonym, no word for nothing.
pub(super) fn is_secret(value: &str) -> bool {
    let mut bytes = value.bytes();
    let is_mask = bytes.next().is_none_or(|first| {
        (!first.is_ascii_alphanumeric() || value.len() > 3) && bytes.all(|byte| byte == first)
    });
    !is_mask
        && !pseudonym::is_all(value)
        && !matches!(value, "null" | "true" | "false" | "None" | "undefined")
}

struct Scanner<'t> {
    reader: Reader<'t>,
    kept: u32,
    found: Vec<Found<'static>>,
    /// Where the bytes begin that may stand before the `@` of an e-mail address.
    mail: usize,
    /// The end of the last escape, and what it stands for.
    escaped: (usize, u8),
    /// Secrets that stand further on, with what may hold others before them.
    foreseen: Vec<(usize, usize, Kind)>,
    /// Where the first of them begins.
    next: usize,
    /// The next `<`, where it was looked for.
    tag: usize,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(&byte) = self.reader.bytes.get(at) {
            if at >= self.next {
                at = self.foreseen_at(at);
            } else if is(byte, START) {
                let end = self.reader.skip(at + 1, WORD);
                at = match self.word(at, end) {
                    Some(behind) => {
                        self.mail = behind;
                        behind
                    }
                    None => end,
                };
            } else if is(byte, SIGN) {
                at = self.sign(at, byte);
            } else {
                at += 1;
                if !is(byte, MAIL) {
                    self.mail = at;
                }
            }
        }
    }

    /// Keeps in mind that a secret stands further on.
    fn foresee(&mut self, kind: Kind, start: usize, end: usize) {
        let one = (start, end, kind);
        if !self.foreseen.contains(&one) {
            self.foreseen.push(one);
            self.next = self.next.min(start);
        }
    }

    /// Takes a secret that was foreseen here; gives the next place to look at.
    fn foreseen_at(&mut self, at: usize) -> usize {
        let here = self
            .foreseen
            .iter()
            .copied()
            .find(|&(start, _, _)| start == at);
        self.foreseen.retain(|&(start, _, _)| start > at);
        self.next = self
            .foreseen
            .iter()
            .map(|&(start, _, _)| start)
            .min()
            .unwrap_or(usize::MAX);
        let Some((start, end, kind)) = here else {
            return at;
        };
        // A password that is kept is no name of an e-mail address.
        self.mail = end;
        self.push(kind, start, end).unwrap_or(at)
    }

    fn byte(&self, at: usize) -> u8 {
        self.reader.byte(at)
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.reader.rest(at)
    }

    fn text(&self, start: usize, end: usize) -> Option<&str> {
        self.reader.text.get(start..end)
    }

    fn keeps(&self, kind: Kind) -> bool {
        self.kept >> kind as u32 & 1 == 1
    }

    /// The character before a place, be it escaped or not.
    fn before(&self, at: usize) -> u8 {
        match self.escaped {
            (end, byte) if end == at => byte,
            _ => at.checked_sub(1).map_or(0, |at| self.byte(at)),
        }
    }

    /// What a byte beside words begins; gives the next place to look at.
    fn sign(&mut self, at: usize, byte: u8) -> usize {
        let (unit, n_bytes) = self.reader.unit(at);
        let behind = at + n_bytes;
        let found = match unit {
            b'@' => self.mail(at, behind),
            b'+' if !is(self.before(at), WORD) => shape::phone(self.reader, behind, byte != b'+')
                .and_then(|end| self.push(Kind::Phone, at, end)),
            b'(' if byte == b'(' => shape::bracketed_phone(self.reader, at)
                .and_then(|end| self.push(Kind::Phone, at, end)),
            b'-' if byte == b'-' => shape::private_key(self.reader, at)
                .and_then(|end| self.push(Kind::PrivateKey, at, end)),
            b'~' if byte == b'~' => shape::entra_secret(self.reader, at)
                .filter(|&(start, _)| start >= self.mail.max(self.escaped.0))
                .and_then(|(start, end)| self.push(Kind::ProviderKey, start, end)),
            b':' => {
                let slashes: [&[u8]; 2] = [b"://", b":\\/\\/"];
                let slashes = slashes
                    .iter()
                    .find(|slashes| self.rest(at).starts_with(slashes));
                if let Some(slashes) = slashes {
                    self.foresee_password(at + slashes.len());
                }
                None
            }
            _ => None,
        };
        if let Some(end) = found {
            self.mail = end;
            return end;
        }
        if byte != unit || byte == b'\\' {
            self.escaped = (behind, unit);
        }
        if !is(unit, MAIL) {
            self.mail = behind;
        }
        behind
    }

    /// A word, which may be a secret, a scheme or the name of a secret; gives the place behind it.
    fn word(&mut self, at: usize, end: usize) -> Option<usize> {
        let (first, n_bytes) = (self.byte(at), end - at);
        if (is(first, DIGIT) || n_bytes == 4)
            && let Some(end) = self.number(at, end)
        {
            return Some(end);
        }
        if first == b'e'
            && self.rest(at).starts_with(b"eyJ")
            && let Some(end) = self.token(at)
            && !self.has_pseudonym(at, end)
        {
            return self.push(Kind::Jwt, at, end);
        }
        if n_bytes >= shape::MIN_KEY_BYTES
            && let Some(kind) = self.key(at, end)
            && !self.has_pseudonym(at, end)
        {
            return self.push(kind, at, end);
        }
        if first | 32 == b'b' && (n_bytes == 5 || n_bytes == 6) {
            let word = self.text(at, end)?;
            let is_basic = word.eq_ignore_ascii_case("basic");
            if is_basic || word.eq_ignore_ascii_case("bearer") {
                return self.scheme(end, is_basic);
            }
        }
        let mut behind = end;
        while matches!(self.byte(behind), b' ' | b'\t') {
            behind += 1;
        }
        let follows = match self.byte(behind) {
            // `password is …`, `phone 030 …`
            b'i' | b'0' => behind > end,
            byte => is(byte, FOLLOWS),
        };
        if !follows {
            return None;
        }
        let names = rule::named(self.reader.piece(at, end));
        names.into_iter().flatten().find_map(|(kind, shape)| {
            let is_here =
                !self.keeps(kind) && (shape != Shape::Parameter || self.begins_parameter(at));
            is_here.then(|| self.value(kind, shape, at, end))?
        })
    }

    /// Whether a part of what looks like a secret was redacted.
    fn has_pseudonym(&self, start: usize, end: usize) -> bool {
        self.text(start, end).is_none_or(pseudonym::is_in)
    }

    /// The rule of a word that is a key by its shape.
    fn key(&self, at: usize, end: usize) -> Option<Kind> {
        let word = self.reader.piece(at, end);
        if word.len() >= 23 && word.starts_with(b"sk-") {
            return Some(Kind::ModelKey);
        }
        shape::is_provider_key(word).then_some(Kind::ProviderKey)
    }

    /// An address or the number of a card that begins with this word.
    fn number(&mut self, at: usize, end: usize) -> Option<usize> {
        let reader = self.reader;
        let before = self.before(at);
        if end - at == 4
            && matches!(self.byte(end), b':' | b'%')
            && !matches!(before, b':' | b'.')
            && let Some(end) = shape::ipv6(reader, at)
        {
            return self.push(Kind::IpAddress, at, end);
        }
        let n_digits = reader.skip(at, DIGIT) - at;
        match n_digits {
            1..=3 if self.byte(at + n_digits) == b'.' => {
                let (end, is_short) = shape::ipv4(reader, at)?;
                let found = self.found.last().map_or(0, |found| found.span.end as usize);
                let is_address = match before {
                    b'.' | b'$' => false,
                    // A range of addresses.
                    b'-' => found + 1 == at,
                    _ => shape::is_address(reader, (at, end), is_short, found),
                };
                is_address.then(|| self.push(Kind::IpAddress, at, end))?
            }
            4 | 13..=19 if !matches!(before, b'.' | b'-' | b'+' | b'$') => {
                let end = shape::card(reader, at)?;
                let is_bare = reader.skip(at, DIGIT) == end;
                let quote = if is_bare {
                    item::quotes(reader, at, end)?
                } else {
                    String::new()
                };
                let n_found = self.found.len();
                let behind = self.push(Kind::Card, at, end);
                if let Some(found) = self.found.get_mut(n_found) {
                    found.quote = quote;
                }
                behind
            }
            _ => None,
        }
    }

    /// An e-mail address whose `@` stands from `at` to `behind`.
    fn mail(&mut self, at: usize, behind: usize) -> Option<usize> {
        let mut start = self.mail;
        while start < at && (!is(self.byte(start), MAIL) || b"-.+~'".contains(&self.byte(start))) {
            start += 1;
        }
        // Quotes and dashes of print end what stands before a name.
        let name = self.text(start, at)?;
        let signs = name.char_indices().rev();
        let mut signs = signs.filter(|(_, c)| !c.is_ascii() && !c.is_alphanumeric());
        start += signs.next().map_or(0, |(at, sign)| at + sign.len_utf8());
        let end = shape::mail_host(self.reader, behind)?;
        if start == at || self.has_pseudonym(start, end) {
            return None;
        }
        self.push(Kind::Email, start, end)
    }

    /// The end of a JSON Web Token.
    fn token(&self, at: usize) -> Option<usize> {
        let part = |from: usize| self.reader.skip(from, WORD);
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
        let end = self.reader.skip(start, TOKEN);
        let token = self.text(start, end)?;
        // Prose has words behind these: `Basic authentication`, `Bearer token was not found`.
        let has_digit = token.bytes().any(|byte| byte.is_ascii_digit());
        let has_padding = token.ends_with('=');
        let is_mixed = token.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
            && token.bytes().any(|byte| byte.is_ascii_lowercase());
        let is_secret = token.len() >= 8
            && !token.contains(pseudonym::PREFIX)
            && (has_digit || has_padding || is_mixed || (!is_basic && token.len() >= 24));
        if is_secret {
            self.push(Kind::Authorization, start, end)
        } else {
            None
        }
    }

    /// Whether the name at a place is that of a parameter.
    fn begins_parameter(&self, at: usize) -> bool {
        let before = self.reader.piece(0, at);
        let escapes: [&[u8]; 5] = [b"%26", b"%3F", b"%3f", b"%3B", b"\\u0026"];
        match before.last() {
            None => true,
            Some(byte) => {
                matches!(byte, b'?' | b'&' | b';' | b'"' | b'\'')
                    || escapes.iter().any(|escape| before.ends_with(escape))
            }
        }
    }

    /// Keeps in mind where the password stands of an address whose authority begins here: what stands
    /// before it may hold secrets, too.
    fn foresee_password(&mut self, at: usize) {
        let authority = self
            .rest(at)
            .iter()
            .take_while(|&&byte| !is(byte, ENDS_BARE) && !matches!(byte, b'/' | b'\\' | b'?'))
            .count();
        let bytes = self.reader.piece(at, at + authority);
        let Some((colon, sign)) = memchr::memchr(b':', bytes).zip(memchr::memrchr(b'@', bytes))
        else {
            return;
        };
        if colon < sign && !self.has_pseudonym(at, at + sign) {
            self.foresee(Kind::UrlPassword, at + colon + 1, at + sign);
        }
    }

    /// The value behind a name; gives the place behind it.
    fn value(&mut self, kind: Kind, shape: Shape, start: usize, end: usize) -> Option<usize> {
        let mut at = end;
        let name_quote = self.quote(at, None);
        if let Some(quote) = name_quote {
            at += quote.len();
            // `headers['api-key'] = …`
            at += usize::from(self.byte(at) == b']');
        }
        let is_quoted = name_quote.is_some();
        at = self.space(at, is_quoted);
        let mut value = Value {
            kind,
            shape,
            name_quote,
            is_part: self.byte(at) == b'=' && self.begins_part(start),
            is_said: false,
        };
        let separator = match self.separator(at, name_quote) {
            Some(separator) => separator,
            None => match self.word_between(at, shape) {
                Some((n_bytes, shape)) => {
                    (value.shape, value.is_said) = (shape, true);
                    n_bytes
                }
                None => {
                    let (start, end) = self.element(start, at, is_quoted)?;
                    let is_weak = shape == Shape::Parameter
                        || self.is_weak(&value, start, end)
                        || self.has_pseudonym(start, end);
                    if !is_weak {
                        self.foresee(kind, self.behind_scheme(&value, start, end), end);
                    }
                    return None;
                }
            },
        };
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
                    if name_quote.is_none() && self.is_empty(start, quote) {
                        return last;
                    }
                    let near = self.quoted_end(start, quote, value.near());
                    if self.is_weak(&value, start, near) {
                        return last;
                    }
                    let end = self.quoted_end(start, quote, usize::MAX);
                    self.push(kind, self.behind_scheme(&value, start, end), end);
                    // The quote of a text around it ends a value, too, and is none of its own.
                    end + self.quote(end, Some(quote)).map_or(0, Quote::len)
                }
                None => match self.printed(at) {
                    Some((start, end)) if !self.is_weak(&value, start, end) => {
                        self.push(value.kind, start, end)?
                    }
                    _ => self.bare(&value, at)?,
                },
            };
            last = Some(end);
            let comma = self.space(end, true);
            if !is_list || self.byte(comma) != b',' {
                return last;
            }
            at = self.space(comma + 1, true);
        }
    }

    /// A value in quotes of print, which text editors and models put around words.
    fn printed(&self, at: usize) -> Option<(usize, usize)> {
        let open = self.reader.char(at).filter(|c| !c.is_ascii())?;
        let close = match open {
            '\u{201c}' => '\u{201d}',
            '\u{201e}' => '\u{201c}',
            '\u{2018}' => '\u{2019}',
            '\u{ab}' => '\u{bb}',
            _ => return None,
        };
        let start = at + open.len_utf8();
        let value = self.reader.text.get(start..)?;
        let mut ends = value.char_indices().take(MAX_WEAK_BYTES);
        let (n_bytes, last) = ends.find(|(_, c)| *c == close || matches!(c, '\n' | '"' | '\\'))?;
        (last == close).then_some((start, start + n_bytes))
    }

    /// Whether a quote before `start` opens no value, but closes the text that the name stands in, or
    /// an empty one.
    fn is_empty(&self, start: usize, quote: Quote) -> bool {
        let behind = self.byte(self.space(start, true));
        matches!(behind, 0 | b',' | b'}' | b']' | b')' | b':' | b';' | b'&')
            || (quote.is_doubled && self.byte(start).is_ascii_whitespace())
    }

    /// Whether a name stands behind `;` in a connection string, whose values may hold what ends others.
    fn begins_part(&self, start: usize) -> bool {
        let before = self.reader.piece(start.saturating_sub(8), start);
        let n_spaces = before
            .iter()
            .rev()
            .take_while(|&&byte| byte == b' ')
            .count();
        let before = before.split_at(before.len() - n_spaces).0;
        before.ends_with(b";") && !before.ends_with(b"&amp;")
    }

    /// Whether a name alone says nothing of this value, which does not look like a secret.
    fn is_weak(&self, value: &Value, start: usize, end: usize) -> bool {
        let bytes = self.reader.piece(start, end);
        match value.shape {
            Shape::Key => {
                !shape::is_random(bytes)
                    || bytes.iter().any(|&byte| !is(byte, TOKEN) && byte != b'%')
                    || self.has_pseudonym(start, end)
            }
            Shape::Mixed => {
                bytes.len() < MIN_MIXED_BYTES
                    || !bytes.iter().any(u8::is_ascii_digit)
                    || self.has_pseudonym(start, end)
            }
            Shape::Number(n_digits) => !shape::is_number(bytes, n_digits),
            _ => false,
        }
    }

    /// The quotes at a place, like those of the name where it has some.
    fn quote(&self, at: usize, like: Option<Quote>) -> Option<Quote> {
        let n_backslashes = self.reader.run(at, b'\\');
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
                b'\\' if is_quoted => match self.reader.escape(at) {
                    Some((b'\n' | b'\r' | b'\t', n_bytes)) => at += n_bytes,
                    _ => return at,
                },
                _ => return at,
            }
        }
    }

    /// Where the text of an element stands whose name this is, as in `<password>…<`, or the value
    /// that a policy gives it: `name="api-key" …><value>…<`.
    fn element(&mut self, start: usize, at: usize, is_quoted: bool) -> Option<(usize, usize)> {
        const VALUE: &[u8] = b"<value>";
        let open = if is_quoted {
            // Looked for once, however many names stand before it.
            if self.tag < at {
                let rest = self.reader.rest(at);
                self.tag = memchr::memchr(b'<', rest)
                    .map_or(self.reader.bytes.len(), |n_bytes| at + n_bytes);
            }
            let is_value = self.reader.rest(self.tag).starts_with(VALUE);
            is_value.then_some(self.tag + VALUE.len())?
        } else {
            let is_tag = self.byte(at) == b'>' && self.before(start) == b'<';
            is_tag.then_some(at + 1)?
        };
        let n_bytes = memchr::memchr(b'<', self.reader.piece(open, open + MAX_WEAK_BYTES))?;
        Some((open, open + n_bytes))
    }

    /// The length of what stands between a name and its value in prose and in code, where the value
    /// has to look secret: `password is …`, `phone 030 …`, `Credential("…")`.
    fn word_between(&self, at: usize, shape: Shape) -> Option<(usize, Shape)> {
        let rest = self.rest(at);
        let is_phone = matches!(shape, Shape::Number(_)) && matches!(self.byte(at), b'0' | b'(');
        let n_bytes = match rest {
            _ if is_phone => 0,
            [b'i', b's', b' ' | b':', ..] => 2 + usize::from(rest.get(2) == Some(&b':')),
            [b'(', quote, ..] if is_quote(*quote) || *quote == b'\\' => 1,
            _ => return None,
        };
        let shape = match shape {
            Shape::Anywhere => Shape::Mixed,
            Shape::Key | Shape::Mixed => shape,
            Shape::Number(n_digits) => Shape::Number(n_digits.max(7)),
            Shape::Parameter | Shape::Credentials | Shape::Line => return None,
        };
        Some((n_bytes, shape))
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
                if !self.reader.piece(start, end).eq_ignore_ascii_case(b"value") {
                    return None;
                }
                let colon = self.space(end + self.quote(end, Some(quote)).map(Quote::len)?, true);
                (self.byte(colon) == b':').then_some(colon + 1 - at)
            }
            _ => None,
        }
    }

    /// Where a quoted text ends: at its quote, at the end of the line, with the text, or with so many
    /// bytes.
    fn quoted_end(&self, start: usize, quote: Quote, n_bytes: usize) -> usize {
        let mut at = start;
        let limit = start.saturating_add(n_bytes);
        while let Some(&byte) = self.reader.bytes.get(at) {
            if byte == b'\n' || byte == b'\r' || at >= limit {
                return at;
            }
            let n_backslashes = self.reader.run(at, b'\\');
            at += n_backslashes;
            if self.byte(at) == quote.byte {
                // More backslashes than the opening quote has make a quote inside the text.
                let own = quote.n_backslashes;
                if n_backslashes <= own || n_backslashes % (2 * (own + 1)) == own {
                    return at - n_backslashes.min(own);
                }
            }
            // An apostrophe may open no value: the text around it ends first.
            let is_around = self.byte(at) == b'"' && quote.byte != b'"';
            if is_around && self.ends_text(at) {
                return at - n_backslashes;
            }
            at += usize::from(n_backslashes == 0 || is_quote(self.byte(at)));
        }
        self.reader.bytes.len()
    }

    /// Whether a quote ends a text of JSON or a cell of CSV, by what stands behind it.
    fn ends_text(&self, at: usize) -> bool {
        let behind = at + self.reader.run(at, b'"');
        matches!(
            self.byte(behind),
            0 | b',' | b'}' | b']' | b':' | b'\n' | b'\r'
        )
    }

    /// A value without quotes; gives the place behind it.
    fn bare(&mut self, value: &Value, at: usize) -> Option<usize> {
        let near = self.bare_end(value, at, value.near());
        let is_redacted = value.shape.is_weak() && pseudonym::begins(self.rest(near));
        if is_redacted || self.is_weak(value, at, near) {
            return None;
        }
        let end = self.bare_end(value, at, usize::MAX);
        if value.shape == Shape::Credentials {
            let credentials = self.space(end, false);
            let scheme = self.text(at, end)?;
            if credentials > end && !is(self.byte(credentials), ENDS_BARE) && is_scheme(scheme) {
                // These have parts, with blanks between them.
                let has_parts = scheme.contains("HMAC") || scheme.eq_ignore_ascii_case("digest");
                let value = Value {
                    shape: if has_parts {
                        Shape::Line
                    } else {
                        Shape::Anywhere
                    },
                    name_quote: None,
                    ..*value
                };
                return self.bare(&value, credentials);
            }
            if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("basic") {
                return None;
            }
        }
        let n_found = self.found.len();
        self.push(value.kind, at, end);
        let is_number = item::is_number(self.reader.piece(at, end));
        if let (Some(found), Some(quote), true) =
            (self.found.get_mut(n_found), value.name_quote, is_number)
        {
            // What stands in the place of a number needs quotes to be JSON.
            found.quote = quote.text();
        }
        Some(end)
    }

    fn bare_end(&self, value: &Value, at: usize, n_bytes: usize) -> usize {
        let reader = self.reader;
        if let Shape::Number(_) = value.shape {
            let n_bytes = self
                .rest(at)
                .iter()
                .take(MAX_WEAK_BYTES)
                .take_while(|&&byte| shape::is_in_number(byte))
                .count();
            let number = reader.piece(at, at + n_bytes);
            let n_behind = number
                .iter()
                .rev()
                .take_while(|byte| !byte.is_ascii_digit())
                .count();
            return at + n_bytes - n_behind;
        }
        let before = reader.piece(0, at);
        let is_encoded = before.ends_with(b"%3D") || before.ends_with(b"%3d");
        let limit = at.saturating_add(n_bytes);
        let ends = |byte: u8| match value.shape {
            Shape::Line => matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'|'),
            _ if value.is_part => byte <= b' ' || byte == b';' || is_quote(byte),
            _ => is(byte, ENDS_BARE),
        };
        if value.shape != Shape::Line && pseudonym::begins(reader.rest(at)) {
            return at + pseudonym::N_BYTES;
        }
        if value.is_part && self.byte(at) == b'{' {
            // As ODBC writes what holds a semicolon.
            let close = memchr::memchr(b'}', reader.piece(at, at + MAX_WEAK_BYTES));
            if let Some(n_bytes) = close {
                return at + n_bytes + 1;
            }
        }
        let mut end = at;
        while let Some(&byte) = reader.bytes.get(end) {
            let is_over = match byte {
                b'%' => is_encoded && reader.rest(end).starts_with(b"%26"),
                // What was redacted is nothing to be redacted with what stands before it.
                b'h' => end > at && pseudonym::begins(reader.rest(end)),
                _ => ends(byte),
            };
            if end >= limit || (is_over && (value.shape != Shape::Line || ends(byte))) {
                break;
            }
            end += match byte {
                b'\\' => match reader.escape(end) {
                    // A character in hexadecimal digits, or `\/`.
                    Some((unit, n_bytes))
                        if reader.byte((end + n_bytes).saturating_sub(5)) == b'u'
                            && !is(unit, ENDS_BARE) =>
                    {
                        n_bytes
                    }
                    Some((b'\\', 1)) if reader.byte(end + 1) == b'/' => 2,
                    _ => break,
                },
                _ => 1,
            };
        }
        if value.is_said && !pseudonym::begins(reader.rest(end)) {
            while end > at && b".!?".contains(&self.byte(end - 1)) {
                end -= 1;
            }
        }
        end
    }

    /// Where credentials begin in a value, of which a scheme in front stays.
    fn behind_scheme(&self, value: &Value, start: usize, end: usize) -> usize {
        if value.shape == Shape::Credentials
            && let Some(text) = self.text(start, end)
            && let Some((scheme, rest)) = text.split_once(' ')
            && !rest.is_empty()
            && is_scheme(scheme)
        {
            return end - rest.trim_start().len();
        }
        start
    }

    /// Keeps a place, unless there is nothing secret in it; gives the place behind it. None where the
    /// rule is kept, so that what is inside is looked at by others.
    fn push(&mut self, kind: Kind, start: usize, end: usize) -> Option<usize> {
        if self.keeps(kind) {
            return None;
        }
        if !is_secret(self.text(start, end)?) {
            return Some(end);
        }
        self.found.push(Found {
            span: Span::new(start as u32, end as u32),
            rule: kind.rule().id,
            kind: Some(kind),
            quote: String::new(),
        });
        Some(end)
    }
}

/// A value behind a name.
struct Value {
    kind: Kind,
    shape: Shape,
    name_quote: Option<Quote>,
    /// Whether it is a part of a connection string.
    is_part: bool,
    /// Whether it stands in a sentence, whose end is none of it.
    is_said: bool,
}

impl Value {
    /// How much of it is looked at to tell whether it is secret.
    const fn near(&self) -> usize {
        if self.shape.is_weak() {
            MAX_WEAK_BYTES
        } else {
            usize::MAX
        }
    }
}
