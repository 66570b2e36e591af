//! Rules of the caller's own: a regular expression or a list of words.
//!
//! Input: an id with a pattern or words; a text with what the rules of the house found in it. Output:
//! a rule, or why there is none, with its place; the places of all rules. Invariants: the time is
//! linear in the text, since a pattern sees a window of it at a time; what is hidden holds whole
//! escapes, no pseudonym, and no quote, so that JSON stays JSON. Absent on purpose: escapes in patterns.

use regex_lite::Regex;

use super::reader::Reader;
use super::{Found, item, pseudonym};
use crate::text::{Span, cut};

/// The longest pattern.
const MAX_PATTERN_BYTES: usize = 1000;
/// The most memory a pattern may take.
const MAX_PROGRAM_BYTES: usize = 1 << 16;
/// The most bytes that the words of a rule have together.
const MAX_WORDS_BYTES: usize = 1 << 16;
/// How much of the text a pattern sees at a time; it finds what is half as long for certain.
const WINDOW_BYTES: usize = 2048;
/// How much of it where matches are many and short.
const NEAR_BYTES: usize = 128;
/// How long an escape may be.
const MAX_ESCAPE_BYTES: usize = 24;

/// A rule of the caller's own.
#[derive(Clone, Debug)]
pub struct OwnRule {
    /// Its id, as places and `keep` name it.
    pub id: String,
    finds: Finds,
}

#[derive(Clone, Debug)]
enum Finds {
    Pattern(Regex),
    Words(Words),
}

/// Words by their first byte in lower case.
#[derive(Clone, Debug)]
struct Words(Vec<Vec<String>>);

/// Why there is no such rule.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: &'static str,
    /// Where in the pattern.
    pub span: Span,
}

impl OwnRule {
    /// What a regular expression matches; where it has a group, what its first group matches.
    pub fn of_pattern(id: &str, pattern: &str) -> Result<Self, Refused> {
        if let Some((span, what, help)) = fault(pattern) {
            return Err(refused(id, what, help, span));
        }
        let whole = Span::new(0, pattern.len() as u32);
        let regex = regex_lite::RegexBuilder::new(pattern)
            .size_limit(MAX_PROGRAM_BYTES)
            .build()
            .map_err(|error| {
                refused(
                    id,
                    &error.to_string(),
                    "see the syntax of RE2, without `\\p`",
                    whole,
                )
            })?;
        if regex.is_match("") {
            return Err(refused(
                id,
                "the pattern matches the empty text",
                "require a character, as with `+` in the place of `*`",
                whole,
            ));
        }
        Ok(Self {
            id: id.to_owned(),
            finds: Finds::Pattern(regex),
        })
    }

    /// Words, in any case, where no letter or digit stands beside them.
    pub fn of_words(id: &str, words: &[&str]) -> Result<Self, Refused> {
        let none = Span::default();
        if words.iter().any(|word| word.trim().is_empty()) || words.is_empty() {
            return Err(refused(
                id,
                "a word is empty",
                "name one word or more, each with a letter",
                none,
            ));
        }
        if words.iter().map(|word| word.len()).sum::<usize>() > MAX_WORDS_BYTES {
            return Err(refused(
                id,
                "the words are longer than 64 kB together",
                "divide them, or name fewer",
                none,
            ));
        }
        let mut by_first = vec![Vec::new(); 256];
        for word in words {
            let first = word.bytes().next().unwrap_or(0).to_ascii_lowercase();
            if let Some(place) = by_first.get_mut(usize::from(first)) {
                place.push((*word).to_owned());
            }
        }
        Ok(Self {
            id: id.to_owned(),
            finds: Finds::Words(Words(by_first)),
        })
    }
}

fn refused(id: &str, what: &str, help: &'static str, span: Span) -> Refused {
    Refused {
        message: format!("{what}, in the rule `{}`", cut(id, 40)),
        help,
        span,
    }
}

/// What is wrong with a pattern, where, and what would be right.
fn fault(pattern: &str) -> Option<(Span, &'static str, &'static str)> {
    let bytes = pattern.as_bytes();
    let at_of =
        |at: usize, n_bytes: usize| Span::new(at as u32, (at + n_bytes).min(bytes.len()) as u32);
    if bytes.len() > MAX_PATTERN_BYTES {
        return Some((
            at_of(MAX_PATTERN_BYTES, bytes.len()),
            "the pattern is longer than 1,000 bytes",
            "divide it into several rules, or give a list of words",
        ));
    }
    let mut groups = Vec::new();
    let mut class = None;
    let mut is_repeatable = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let mut n_bytes = 1;
        match (byte, class) {
            (b'\\', _) => {
                n_bytes = 2;
                match rest.get(1) {
                    None => {
                        return Some((
                            at_of(at, 1),
                            "a backslash at the end escapes nothing",
                            "write `\\\\` for a backslash",
                        ));
                    }
                    Some(b'p' | b'P') => {
                        return Some((
                            at_of(at, 2),
                            "classes of Unicode are not known here",
                            "name the characters, as `[A-Za-zÀ-ÿ]`",
                        ));
                    }
                    Some(b'1'..=b'9') => {
                        return Some((
                            at_of(at, 2),
                            "a pattern cannot refer to its groups here",
                            "write out what the group matches",
                        ));
                    }
                    _ => is_repeatable = true,
                }
            }
            // A bracket right behind the beginning is one of the class.
            (b']', Some(start))
                if at > start + 1 + usize::from(bytes.get(start + 1) == Some(&b'^')) =>
            {
                class = None;
            }
            (_, Some(_)) => {}
            (b'[', None) => {
                class = Some(at);
                is_repeatable = true;
            }
            (b'(', None) => {
                if let [b'(', b'?', b'=' | b'!', ..] | [b'(', b'?', b'<', b'=' | b'!', ..] = rest {
                    return Some((
                        at_of(at, 3),
                        "a pattern cannot look ahead or back here",
                        "put what is secret into a group: the first group is hidden",
                    ));
                }
                groups.push(at);
                is_repeatable = false;
                n_bytes += usize::from(rest.get(1) == Some(&b'?'));
            }
            (b')', None) => {
                if groups.pop().is_none() {
                    return Some((
                        at_of(at, 1),
                        "this bracket closes no group",
                        "write `\\)` for a bracket",
                    ));
                }
                is_repeatable = true;
            }
            (b'*' | b'+' | b'?' | b'{', None) if !is_repeatable => {
                return Some((
                    at_of(at, 1),
                    "there is nothing to repeat",
                    "put a backslash before a sign that stands for itself",
                ));
            }
            (b'|', None) => is_repeatable = false,
            _ => is_repeatable = true,
        }
        at += n_bytes;
    }
    match (class, groups.last()) {
        (Some(at), _) => Some((
            at_of(at, 1),
            "this class is not closed",
            "close it with `]`, or write `\\[` for a bracket",
        )),
        (None, Some(&at)) => Some((
            at_of(at, 1),
            "this group is not closed",
            "close it with `)`, or write `\\(` for a bracket",
        )),
        (None, None) => None,
    }
}

/// What was found, and what own rules find besides; what overlaps is one.
pub(super) fn added<'o>(
    text: &str,
    found: Vec<Found<'o>>,
    rules: impl Iterator<Item = &'o OwnRule>,
) -> Vec<Found<'o>> {
    let reader = Reader::new(text);
    let hidden: Vec<(usize, usize)> = pseudonym::places(text).collect();
    let mut found = found;
    for rule in rules {
        let mut all = Vec::new();
        let mut hide = |start: usize, end: usize| {
            let (start, end) = aligned(reader, start, end);
            // A pseudonym stays as it is, also for a pattern that matches a part of it.
            let next = hidden.partition_point(|&(_, end)| end <= start);
            let is_free = hidden.get(next).is_none_or(|&(start, _)| start >= end);
            let has_text = reader
                .piece(start, end)
                .iter()
                .any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
            let item = item::whole(reader, start, end).filter(|_| is_free && has_text);
            let Some((start, end, quote)) = item else {
                return;
            };
            all.push(Found {
                span: Span::new(start as u32, end as u32),
                rule: &rule.id,
                kind: None,
                quote,
            });
        };
        // A match over several texts or numbers of JSON hides each, and leaves what parts them.
        let mut keep = |start: usize, end: usize| {
            let bytes = reader.piece(start, end);
            let is_sign = |byte: &u8| b"\",:[]{}".contains(byte);
            let is_text = !bytes.iter().any(|byte| b"\"[]{}".contains(byte));
            let is_one = is_text && !bytes.split(is_sign).all(item::is_bare);
            let mut at = start;
            for piece in bytes.split(|byte| !is_one && is_sign(byte)) {
                hide(at, at + piece.len());
                at += piece.len() + 1;
            }
        };
        match &rule.finds {
            Finds::Pattern(regex) => {
                // What is hidden already is no part of a match, and no reason for one.
                let starts = std::iter::once(0).chain(hidden.iter().map(|&(_, end)| end));
                let ends = hidden.iter().map(|&(start, _)| start).chain([text.len()]);
                for (start, end) in starts.zip(ends) {
                    matches(regex, text.get(..end).unwrap_or_default(), start, &mut keep);
                }
            }
            Finds::Words(words) => words.places(reader, &mut keep),
        }
        found = merged(all, found);
    }
    found
}

/// The places of both lists in order; what overlaps is one.
fn merged<'o>(own: Vec<Found<'o>>, found: Vec<Found<'o>>) -> Vec<Found<'o>> {
    let mut apart: Vec<Found<'o>> = Vec::with_capacity(own.len() + found.len());
    let (mut own, mut found) = (own.into_iter().peekable(), found.into_iter().peekable());
    loop {
        let is_own = match (own.peek(), found.peek()) {
            (Some(one), Some(other)) => {
                let (one, other) = (one.span, other.span);
                one.start < other.start || (one.start == other.start && one.end >= other.end)
            }
            (one, _) => one.is_some(),
        };
        let Some(next) = (if is_own { own.next() } else { found.next() }) else {
            return apart;
        };
        match apart.last_mut() {
            Some(last) if next.span.start < last.span.end => {
                if next.span == last.span {
                    // The same secret has the same pseudonym, whoever finds it.
                    last.kind = last.kind.or(next.kind);
                } else if next.span.end > last.span.end {
                    last.span.end = next.span.end;
                    last.kind = None;
                    last.quote = String::new();
                }
            }
            _ => apart.push(next),
        }
    }
}

/// Where a pattern matches from a place on.
fn matches(regex: &Regex, text: &str, start: usize, keep: &mut dyn FnMut(usize, usize)) {
    let border = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let has_group = regex.captures_len() > 1;
    let (mut at, mut n_found) = (start, 0);
    while at < text.len() {
        // A pattern may look at all of its window for each of many short matches.
        let is_dense = n_found > 64 && at - start < 32 * n_found;
        let look = |n_bytes: usize| {
            let end = border(at + n_bytes);
            let window = text.get(..end).unwrap_or_default();
            let found = regex.find_at(window, at);
            // At the end of the window, more of the text may tell another end.
            let is_open = end < text.len() && found.is_none_or(|whole| whole.end() == end);
            (window, found, is_open)
        };
        let near = is_dense
            .then(|| look(NEAR_BYTES))
            .filter(|(_, _, is_open)| !is_open);
        let (window, found, is_open) = near.unwrap_or_else(|| look(WINDOW_BYTES));
        let whole = match found {
            Some(whole) if is_open && whole.start() > at => {
                at = whole.start();
                continue;
            }
            Some(whole) => whole,
            None if is_open => {
                at = border(at + WINDOW_BYTES / 2);
                continue;
            }
            None => return,
        };
        n_found += 1;
        let group = || regex.captures_at(window, whole.start())?.get(1);
        let hidden = if has_group {
            group().unwrap_or(whole)
        } else {
            whole
        };
        keep(hidden.start(), hidden.end());
        at = if whole.is_empty() {
            border(whole.end() + 1)
        } else {
            whole.end()
        };
    }
}

impl Words {
    /// Where words stand.
    fn places(&self, reader: Reader<'_>, keep: &mut dyn FnMut(usize, usize)) {
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let (mut at, mut escaped) = (0, 0);
        while at < reader.bytes.len() {
            if let Some((_, n_bytes)) = reader.escape(at) {
                at += n_bytes;
                escaped = at;
                continue;
            }
            let fitting = self.of(reader.byte(at)).iter().filter(|word| {
                let end = at + word.len();
                reader.piece(at, end).eq_ignore_ascii_case(word.as_bytes())
                    && (at == escaped
                        || !is_letter(reader.char_before(at))
                        || !is_letter(reader.char(at)))
                    && !(is_letter(reader.char_before(end)) && is_letter(reader.char(end)))
            });
            let n_bytes = fitting.map(String::len).max();
            if let Some(n_bytes) = n_bytes {
                keep(at, at + n_bytes);
            }
            at += n_bytes.unwrap_or(1);
        }
    }

    /// The words that begin with a byte, in any case.
    fn of(&self, first: u8) -> &[String] {
        let words = self.0.get(usize::from(first.to_ascii_lowercase()));
        words.map_or(&[], Vec::as_slice)
    }
}

/// A place without quotes, blanks and backslashes at its ends, and without halves of escapes.
fn aligned(reader: Reader<'_>, start: usize, end: usize) -> (usize, usize) {
    let is_edge = |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'\\');
    let (mut start, mut end) = (start, end);
    // The escape that a place lies in ends there.
    let over = |at: usize| {
        let first = at.saturating_sub(MAX_ESCAPE_BYTES);
        let escapes = (first..at).filter(|&start| matches!(reader.byte(start), b'%' | b'\\'));
        let ends = escapes.filter_map(|start| Some(start + reader.escape(start)?.1));
        ends.max().filter(|&end| end > at).unwrap_or(at)
    };
    start = over(start);
    while start < end && is_edge(reader.byte(start)) {
        start += 1;
    }
    start = over(start).max(start);
    while start < end && is_edge(reader.byte(end - 1)) {
        end -= 1;
    }
    (start, over(end))
}
