//! Tokens: a query text cut into pieces that cover every byte.
//!
//! Input: any text. Output: [`Token`]s, spaces and comments included, and a diagnostic for each
//! character that starts no token and for each literal that does not end. Invariants: the spans
//! follow each other without gaps from the first byte to the last; reading never fails. Absent on
//! purpose: keywords (a word is an operator only by its place, which the parser knows) and the
//! values of date, span and GUID texts (`value` reads them).

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::character::complete::{char, digit1, hex_digit1, one_of, satisfy};
use nom::combinator::{fail, not, opt, peek, recognize, value, verify};
use nom::multi::many1_count;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::text::{Span, cut};
use crate::value::real;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks and line ends.
    Space,
    /// `// …` to the end of the line.
    Comment,
    /// `#connect …` and its kin: a line for the tool, not for the engine.
    Directive,
    /// A name or a word of the language; `mv-expand` and its kin are one word.
    Word,
    /// A whole number, decimal or hexadecimal.
    Long,
    /// A number with a fraction or an exponent.
    Real,
    /// A number with a unit of time: `1d`, `1.5h`, `10ms`.
    TimeSpan,
    /// A string literal of any of the six spellings.
    String,
    /// `datetime(…)`, `long(…)` and their kin with the text between the parentheses.
    Typed,
    /// A placeholder of a template: `{x}`, `{x:label}`, `${x}`, `{{x}}`, `#{x}#`.
    Placeholder,
    /// Punctuation and operators; `!has` and `in~` are one symbol.
    Symbol,
    /// A character that starts no token, or a string without its end.
    Unknown,
}

impl TokenKind {
    /// The name in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Space => "space",
            Self::Comment => "comment",
            Self::Directive => "directive",
            Self::Word => "word",
            Self::Long | Self::Real | Self::TimeSpan => "number",
            Self::String => "string",
            Self::Typed => "literal",
            Self::Placeholder => "placeholder",
            Self::Symbol => "symbol",
            Self::Unknown => "unknown",
        }
    }
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

impl Token {
    /// Whether the parser skips it.
    pub const fn is_trivia(self) -> bool {
        matches!(
            self.kind,
            TokenKind::Space | TokenKind::Comment | TokenKind::Directive
        )
    }
}

/// Words with a hyphen; anywhere else a hyphen is a minus.
const HYPHENATED: &[&str] = &[
    "assert-schema",
    "execute-and-cache",
    "granny-asc",
    "granny-desc",
    "graph-mark-components",
    "graph-match",
    "graph-shortest-paths",
    "graph-to-table",
    "graph-where-edges",
    "graph-where-nodes",
    "macro-expand",
    "make-graph",
    "make-series",
    "mv-apply",
    "mv-expand",
    "parse-kv",
    "parse-where",
    "partitioned-by",
    "project-away",
    "project-by-names",
    "project-keep",
    "project-rename",
    "project-reorder",
    "project-smart",
    "sample-distinct",
    "top-hitters",
    "top-nested",
];

/// Words that `!` negates, longest first where one begins another.
const NEGATABLE: &[&str] = &[
    "between",
    "contains_cs",
    "contains",
    "endswith_cs",
    "endswith",
    "hasprefix_cs",
    "hasprefix",
    "hassuffix_cs",
    "hassuffix",
    "has_cs",
    "has",
    "in~",
    "in",
    "startswith_cs",
    "startswith",
];

/// Type names that make a literal of what stands in the parentheses right behind them.
const TYPED: &[&str] = &[
    "bool", "date", "datetime", "decimal", "double", "guid", "int", "int32", "int64", "long",
    "real", "time", "timespan",
];

/// Most characters between the parentheses of a typed literal; the longest date has 64.
const LONGEST_TYPED: usize = 256;

/// Units of time as they stand behind a number, and their 100 ns ticks.
const UNITS: &[(&str, f64)] = &[
    ("d", 864e9),
    ("day", 864e9),
    ("days", 864e9),
    ("h", 36e9),
    ("hr", 36e9),
    ("hrs", 36e9),
    ("hour", 36e9),
    ("hours", 36e9),
    ("m", 6e8),
    ("min", 6e8),
    ("minute", 6e8),
    ("minutes", 6e8),
    ("s", 1e7),
    ("sec", 1e7),
    ("second", 1e7),
    ("seconds", 1e7),
    ("ms", 1e4),
    ("milli", 1e4),
    ("millis", 1e4),
    ("millisecond", 1e4),
    ("milliseconds", 1e4),
    ("micro", 10.0),
    ("micros", 10.0),
    ("microsecond", 10.0),
    ("microseconds", 10.0),
    ("nano", 0.01),
    ("nanos", 0.01),
    ("nanosecond", 0.01),
    ("nanoseconds", 0.01),
    ("tick", 1.0),
    ("ticks", 1.0),
];

/// Cuts a text into tokens.
pub fn tokens(text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut found: Vec<Token> = Vec::with_capacity(text.len() / 3 + 4);
    let mut diagnostics = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let (kind, end) = match plain(text.as_bytes(), start) {
            Some(plain) => plain,
            None => {
                let rest = text.get(start..).unwrap_or("");
                let (kind, n_bytes) = first(rest, is_line_start(text, &found));
                (kind, start + n_bytes)
            }
        };
        let span = Span::new(start as u32, end as u32);
        match kind {
            TokenKind::Unknown => diagnostics.push(unknown(text, span)),
            TokenKind::String => bad_escapes(span.of(text), span, &mut diagnostics),
            _ => {}
        }
        found.push(Token { kind, span });
        start = end;
    }
    (found, diagnostics)
}

/// Whether nothing but blanks stands on the line before what follows the tokens.
fn is_line_start(text: &str, found: &[Token]) -> bool {
    match found {
        [] => true,
        [.., last] if last.kind == TokenKind::Space => {
            found.len() == 1 || last.span.of(text).contains('\n')
        }
        _ => false,
    }
}

/// The first token of a text, and its bytes.
fn first(rest: &str, is_line_start: bool) -> (TokenKind, usize) {
    let read = if is_line_start && rest.starts_with('#') {
        directive(rest).or_else(|_| token(rest))
    } else {
        token(rest)
    };
    match read {
        Ok((after, kind)) => (kind, rest.len() - after.len()),
        Err(_) => {
            let width = rest.chars().next().map_or(1, char::len_utf8);
            (TokenKind::Unknown, width)
        }
    }
}

/// What a byte may be, by its value: part of a name, of a number, blank, a symbol on its own.
const BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        if byte.is_ascii_digit() {
            bytes[at] |= DIGIT;
        }
        if continues_name(at as u8 as char) {
            bytes[at] |= NAME;
        }
        if matches!(byte, b' ' | b'\t'..=b'\r') {
            bytes[at] |= BLANK;
        }
        if matches!(
            byte,
            b'(' | b')'
                | b'['
                | b']'
                | b','
                | b';'
                | b'|'
                | b'+'
                | b'-'
                | b'*'
                | b'%'
                | b':'
                | b'}'
        ) {
            bytes[at] |= ALONE;
        }
        at += 1;
    }
    bytes
};
const NAME: u8 = 1;
const DIGIT: u8 = 2;
const BLANK: u8 = 4;
const ALONE: u8 = 8;

/// What a byte may be; a byte of a character beyond ASCII is nothing.
#[cfg_attr(not(debug_assertions), inline(always))]
fn class(bytes: &[u8], at: usize) -> u8 {
    match bytes.get(at) {
        Some(&byte) => BYTES[byte as usize],
        None => 0,
    }
}

/// The place behind the bytes of a class; none where a character beyond ASCII follows.
#[cfg_attr(not(debug_assertions), inline(always))]
fn behind(bytes: &[u8], mut at: usize, of: u8) -> Option<usize> {
    while class(bytes, at) & of != 0 {
        at += 1;
    }
    match bytes.get(at) {
        Some(byte) if !byte.is_ascii() => None,
        _ => Some(at),
    }
}

/// The tokens that most of every text is made of, told byte by byte, with where they end; what is
/// not plain is read by the grammar, which gives the same for what is.
fn plain(bytes: &[u8], start: usize) -> Option<(TokenKind, usize)> {
    let first = *bytes.get(start)?;
    let next = bytes.get(start + 1).copied().unwrap_or(0);
    let class = BYTES[first as usize];
    if class & BLANK != 0 {
        return Some((TokenKind::Space, behind(bytes, start, BLANK)?));
    }
    if class & ALONE != 0 {
        return Some((TokenKind::Symbol, start + 1));
    }
    if class & DIGIT != 0 {
        let end = behind(bytes, start, DIGIT)?;
        let is_whole = bytes.get(end) != Some(&b'.') && self::class(bytes, end) & NAME == 0;
        return is_whole.then_some((TokenKind::Long, end));
    }
    if class & NAME != 0 && first != b'$' {
        let end = behind(bytes, start, NAME)?;
        // `mv-expand`, `in~`, `h"…"`, `long(…)`
        let is_plain = match bytes.get(end) {
            Some(b'-' | b'~' | b'"' | b'\'' | b'@' | b'`') => false,
            Some(b'(') => !may_be_typed(first, end - start),
            _ => true,
        };
        return is_plain.then_some((TokenKind::Word, end));
    }
    match first {
        b'"' | b'\'' => {
            let mut ends = bytes.get(start + 1..)?.iter();
            let stop = |byte: &u8| *byte == first || matches!(byte, b'\\' | b'\n' | b'\r');
            let end = start + 1 + ends.position(stop)?;
            (bytes.get(end) == Some(&first)).then_some((TokenKind::String, end + 1))
        }
        b'/' if next == b'/' => {
            let line = bytes.get(start..)?;
            let end = memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len());
            Some((TokenKind::Comment, start + end))
        }
        b'/' => Some((TokenKind::Symbol, start + 1)),
        b'=' | b'<' | b'>' | b'.' => {
            let is_pair = match first {
                b'=' => matches!(next, b'>' | b'=' | b'~'),
                b'<' => matches!(next, b'>' | b'='),
                b'>' => next == b'=',
                _ => next == b'.',
            };
            Some((TokenKind::Symbol, start + 1 + usize::from(is_pair)))
        }
        _ => None,
    }
}

/// Whether a name that `(` follows may be of a type: its first letter and its length tell most apart.
const fn may_be_typed(first: u8, n_bytes: usize) -> bool {
    matches!(first, b'b' | b'd' | b'g' | b'i' | b'l' | b'r' | b't') && 3 <= n_bytes && n_bytes <= 8
}

fn unknown(text: &str, span: Span) -> Diagnostic {
    let piece = span.of(text);
    match piece.trim_start_matches(['h', 'H', '@']).chars().next() {
        Some(quote @ ('"' | '\'')) => {
            Diagnostic::error(codes::TOKEN, span, "the string has no end on its line").with_help(
                format!("close it with `{quote}`, or use ``` for a text of several lines"),
            )
        }
        Some('`' | '~') => {
            Diagnostic::error(codes::TOKEN, span, "the text of several lines has no end")
        }
        Some(open @ ('“' | '”' | '‘' | '’')) => {
            let straight = if matches!(open, '“' | '”') {
                "\""
            } else {
                "'"
            };
            let width = open.len_utf8() as u32;
            let quote = |start| Edit {
                span: Span::new(start, start + width),
                text: straight.to_owned(),
            };
            let mut edits = vec![quote(span.start)];
            if piece.len() > open.len_utf8() {
                edits.push(quote(span.end - width));
            }
            Diagnostic::error(
                codes::TOKEN,
                span,
                "typographic quotes do not delimit a string",
            )
            .with_help("use straight quotes")
            .with_fix(Fix {
                title: "Use straight quotes".to_owned(),
                edits,
                safe: true,
            })
        }
        Some('\\') if escaped_quotes(text, span.start).next() == Some(span.start) => {
            let edits = escaped_quotes(text, span.start).map(|start| Edit {
                span: Span::new(start, start + 1),
                text: String::new(),
            });
            let message = "the quotes are escaped, as in a text inside another program";
            Diagnostic::error(codes::TOKEN, span, message)
                .with_help("write them without the backslash")
                .with_fix(Fix {
                    title: "Remove the backslashes".to_owned(),
                    edits: edits.collect(),
                    safe: false,
                })
        }
        _ => Diagnostic::error(
            codes::TOKEN,
            span,
            format!("no token starts with `{}`", cut(piece, 40)),
        ),
    }
}

/// Where backslashes stand before quotes, from a place on.
fn escaped_quotes(text: &str, from: u32) -> impl Iterator<Item = u32> {
    let rest = text.get(from as usize..).unwrap_or_default();
    let found = rest.match_indices("\\\"");
    found.map(move |(at, _)| from + at as u32)
}

/// One token. Its first character tells which parsers to try; the order among these counts.
fn token(input: &str) -> IResult<&str, TokenKind> {
    let space = || value(TokenKind::Space, blanks);
    let comment = || {
        let line = pair(tag("//"), take_while(|c| c != '\n' && c != '\r'));
        value(TokenKind::Comment, line)
    };
    let placeholder = || value(TokenKind::Placeholder, placeholder);
    let typed = || value(TokenKind::Typed, typed);
    let word = || value(TokenKind::Word, word);
    let symbol = || value(TokenKind::Symbol, symbol);
    match input.bytes().next().unwrap_or(0) {
        b' ' | b'\t' | b'\r' | b'\n' => space().parse(input),
        b'"' | b'\'' | b'@' | b'`' | b'~' => string(input),
        b'h' | b'H' => alt((string, word())).parse(input),
        b'a'..=b'z' => alt((typed(), word())).parse(input),
        b'A'..=b'Z' | b'_' => word().parse(input),
        b'0'..=b'9' => alt((number, word())).parse(input),
        b'$' | b'{' | b'#' => alt((placeholder(), word(), symbol())).parse(input),
        b'/' => alt((comment(), symbol())).parse(input),
        0..=b'\x7F' => alt((space(), symbol())).parse(input),
        _ => alt((space(), string, word())).parse(input),
    }
}

fn directive(input: &str) -> IResult<&str, TokenKind> {
    let line = (
        char('#'),
        satisfy(|c| c.is_ascii_alphabetic()),
        take_while(|c| c != '\n' && c != '\r'),
    );
    value(TokenKind::Directive, line).parse(input)
}

/// White space, and the characters without width that copied texts carry.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}')
}

const fn continues_name(c: char) -> bool {
    c == '_' || c == '$' || (c.is_ascii() && c.is_ascii_alphanumeric())
}

fn is_name_part(c: char) -> bool {
    continues_name(c) || (!c.is_ascii() && c.is_alphanumeric())
}

fn word(input: &str) -> IResult<&str, &str> {
    let (rest, name) = name(input)?;
    if rest.starts_with('-')
        && let Some(found) = HYPHENATED.iter().find(|name| starts_with_word(input, name))
    {
        return tag(*found).parse(input);
    }
    if name == "in" && rest.starts_with('~') {
        return tag("in~").parse(input);
    }
    Ok((rest, name))
}

/// The characters of a name.
fn name(input: &str) -> IResult<&str, &str> {
    let is_part = |byte| continues_name(char::from(byte));
    run(input, is_part, is_name_part)
}

fn blanks(input: &str) -> IResult<&str, &str> {
    let is_blank_byte = |byte| matches!(byte, b' ' | b'\t'..=b'\r');
    run(input, is_blank_byte, is_blank)
}

/// Characters of a kind, at least one; nearly always ASCII, which is told byte by byte.
fn run(
    input: &str,
    is_byte: impl Fn(u8) -> bool,
    is_character: fn(char) -> bool,
) -> IResult<&str, &str> {
    let n_ascii = input
        .bytes()
        .position(|byte| !byte.is_ascii() || !is_byte(byte))
        .unwrap_or(input.len());
    if n_ascii > 0 && input.as_bytes().get(n_ascii).is_none_or(u8::is_ascii) {
        let (found, rest) = input.split_at(n_ascii);
        return Ok((rest, found));
    }
    take_while1(is_character).parse(input)
}

/// The text before any of some ASCII characters; at least one character.
fn before(stops: [u8; 4]) -> impl Fn(&str) -> IResult<&str, &str> {
    move |input| match input.bytes().position(|byte| stops.contains(&byte)) {
        Some(0) => fail().parse(input),
        None if input.is_empty() => fail().parse(input),
        end => {
            let (text, rest) = input.split_at(end.unwrap_or(input.len()));
            Ok((rest, text))
        }
    }
}

/// Whether `input` starts with `name` and nothing continues it.
fn starts_with_word(input: &str, name: &str) -> bool {
    input
        .strip_prefix(name)
        .is_some_and(|rest| !rest.starts_with(is_name_part))
}

fn typed(input: &str) -> IResult<&str, &str> {
    let name = verify(name, |name: &str| TYPED.contains(&name));
    let inside = take_while_m_n(0, LONGEST_TYPED, |c| c != ')' && c != '\n');
    recognize((name, char('('), inside, char(')'))).parse(input)
}

fn placeholder(input: &str) -> IResult<&str, &str> {
    let name = || {
        (
            satisfy(|c| c == '_' || c == '$' || c.is_alphabetic()),
            take_while(is_name_part),
        )
    };
    let part = || preceded(one_of(":."), take_while1(is_name_part));
    let inner = || recognize((name(), opt(many1_count(part()))));
    let blank = || take_while(|c| c == ' ');
    alt((
        recognize((tag("{{"), blank(), inner(), blank(), tag("}}"))),
        recognize((char('{'), inner(), char('}'))),
        recognize((tag("${"), inner(), char('}'))),
        recognize((tag("#{"), inner(), tag("}#"))),
    ))
    .parse(input)
}

fn number(input: &str) -> IResult<&str, TokenKind> {
    let end = || not(satisfy(is_name_part));
    let unit = || {
        verify(
            take_while1(|c: char| c.is_ascii_alphabetic()),
            |unit: &str| UNITS.iter().any(|(name, _)| *name == unit),
        )
    };
    let fraction = || {
        (
            char('.'),
            not(char('.')),
            take_while(|c: char| c.is_ascii_digit()),
        )
    };
    let exponent = || (one_of("eE"), opt(one_of("+-")), digit1);
    alt((
        value(TokenKind::Long, (tag("0"), one_of("xX"), hex_digit1, end())),
        value(
            TokenKind::TimeSpan,
            (digit1, opt(fraction()), unit(), end()),
        ),
        value(
            TokenKind::Real,
            (digit1, fraction(), opt(exponent()), end()),
        ),
        value(TokenKind::Real, (digit1, exponent(), end())),
        value(TokenKind::Long, (digit1, end())),
        // A fraction in front of a letter that is no unit: the number ends before the letter.
        value(TokenKind::Real, (digit1, char('.'), digit1)),
    ))
    .parse(input)
}

fn string(input: &str) -> IResult<&str, TokenKind> {
    let hidden = || opt(one_of("hH"));
    let quoted = |quote: char| {
        let plain = before([quote as u8, b'\\', b'\n', b'\r']);
        let escape = pair(char('\\'), satisfy(|c| c != '\n' && c != '\r'));
        let piece = alt((value((), plain), value((), escape)));
        recognize(delimited(char(quote), opt(many1_count(piece)), char(quote)))
    };
    let verbatim = |quote: char, doubled: &'static str| {
        let plain = before([quote as u8, quote as u8, b'\n', b'\r']);
        let piece = alt((value((), plain), value((), tag(doubled))));
        recognize((char('@'), char(quote), opt(many1_count(piece)), char(quote)))
    };
    let several_lines = |fence: &'static str| {
        move |input| {
            let (rest, _) = tag(fence).parse(input)?;
            let (rest, _) = nom::bytes::complete::take_until(fence).parse(rest)?;
            tag(fence).parse(rest)
        }
    };
    let ended = alt((
        quoted('"'),
        quoted('\''),
        verbatim('"', "\"\""),
        verbatim('\'', "''"),
        several_lines("```"),
        several_lines("~~~"),
    ));
    let fence_start = recognize((alt((tag("```"), tag("~~~"))), take_while(|_| true)));
    let quote_start = recognize((
        opt(char('@')),
        one_of("\"'"),
        take_while(|c| c != '\n' && c != '\r'),
    ));
    let typographic = |open: &'static str, close: &'static str| {
        recognize((
            one_of(open),
            take_while(move |c| c != '\n' && !close.contains(c)),
            one_of(close),
        ))
    };
    let endless = alt((
        fence_start,
        quote_start,
        typographic("“”", "“”"),
        typographic("‘’", "‘’"),
    ));
    alt((
        value(TokenKind::String, (hidden(), ended)),
        value(
            TokenKind::Unknown,
            (hidden(), peek(one_of("@\"'`~“”‘’")), endless),
        ),
    ))
    .parse(input)
}

fn symbol(input: &str) -> IResult<&str, &str> {
    if let Some(rest) = input.strip_prefix('!')
        && let Some(name) = NEGATABLE.iter().find(|name| starts_with_word(rest, name))
    {
        return nom::bytes::complete::take(1 + name.len()).parse(input);
    }
    let n_bytes = match input.as_bytes() {
        [b'=', b'>' | b'=' | b'~', ..]
        | [b'!', b'=' | b'~', ..]
        | [b'<', b'>' | b'=', ..]
        | [b'>', b'=', ..]
        | [b'.', b'.', ..]
        | [b'&', b'&', ..] => 2,
        [one, ..] if b"=<>+-*/%|,;:.()[]{}!".contains(one) => 1,
        _ => return fail().parse(input),
    };
    let (symbol, rest) = input.split_at(n_bytes);
    Ok((rest, symbol))
}

/// Reports each escape of a string literal that KQL does not know.
fn bad_escapes(piece: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let body = piece.trim_start_matches(['h', 'H']);
    if body.starts_with(['@', '`', '~']) {
        return;
    }
    if !piece.contains('\\') {
        return;
    }
    let mut characters = piece.char_indices();
    while let Some((at, c)) = characters.next() {
        if c != '\\' {
            continue;
        }
        let Some((next_at, escaped)) = characters.next() else {
            return;
        };
        let after = piece.get(next_at + escaped.len_utf8()..).unwrap_or("");
        let has_digits = |n: usize| {
            after.len() >= n && after.bytes().take(n).all(|byte| byte.is_ascii_hexdigit())
        };
        let is_known = match escaped {
            'x' => has_digits(2),
            'u' => has_digits(4),
            'U' => has_digits(8),
            '0'..='7' => true,
            _ => matches!(
                escaped,
                '\'' | '"' | '\\' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v'
            ),
        };
        if !is_known {
            let start = span.start + at as u32;
            let place = Span::new(start, start + 1 + escaped.len_utf8() as u32);
            let edits = vec![Edit {
                span: Span::new(start, start),
                text: "\\".to_owned(),
            }];
            let fix = Fix {
                title: "Double the backslash".to_owned(),
                edits,
                safe: true,
            };
            diagnostics.push(
                Diagnostic::error(
                    codes::TOKEN,
                    place,
                    format!("`\\{escaped}` is no escape of a string"),
                )
                .with_help("write `\\\\` for a backslash, or `@\"…\"` for a text without escapes")
                .with_fix(fix),
            );
        }
    }
}

/// The value of a string literal: quotes off, escapes undone.
pub fn string_value(literal: &str) -> String {
    // Nearly every text: quotes around what stands for itself.
    if let [first @ (b'"' | b'\''), inner @ .., last] = literal.as_bytes()
        && first == last
        && !inner.contains(&b'\\')
    {
        return literal.get(1..=inner.len()).unwrap_or("").to_owned();
    }
    let body = literal.trim_start_matches(['h', 'H']);
    for fence in ["```", "~~~"] {
        if let Some(inner) = body.strip_prefix(fence) {
            return inner.strip_suffix(fence).unwrap_or(inner).to_owned();
        }
    }
    if let Some(verbatim) = body.strip_prefix('@') {
        let Some(quote) = verbatim.chars().next() else {
            return String::new();
        };
        let doubled: String = [quote, quote].iter().collect();
        return without_quotes(verbatim).replace(&doubled, &quote.to_string());
    }
    unescaped(without_quotes(body))
}

fn without_quotes(quoted: &str) -> &str {
    let Some(quote) = quoted.chars().next() else {
        return "";
    };
    let inner = quoted.get(quote.len_utf8()..).unwrap_or("");
    let end = match quote {
        '“' => '”',
        '‘' => '’',
        _ => quote,
    };
    inner.strip_suffix(end).unwrap_or(inner)
}

fn unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escaped) = rest.chars().next() else {
            break;
        };
        let after = &rest[escaped.len_utf8()..];
        let (from, n_digits, radix) = match escaped {
            'x' => (after, 2, 16),
            'u' => (after, 4, 16),
            'U' => (after, 8, 16),
            '0'..='7' => (
                rest,
                rest.bytes()
                    .take(3)
                    .take_while(|b| (b'0'..=b'7').contains(b))
                    .count(),
                8,
            ),
            _ => (after, 0, 0),
        };
        let coded = from
            .get(..n_digits)
            .filter(|digits| !digits.is_empty())
            .and_then(|digits| u32::from_str_radix(digits, radix).ok());
        if let Some(code) = coded {
            rest = &from[n_digits..];
            value.push(wide(code, &mut rest));
        } else {
            rest = after;
            match escaped {
                'a' => value.push('\u{7}'),
                'b' => value.push('\u{8}'),
                'f' => value.push('\u{c}'),
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'v' => value.push('\u{b}'),
                '\'' | '"' | '\\' => value.push(escaped),
                _ => {
                    value.push('\\');
                    value.push(escaped);
                }
            }
        }
    }
    value.push_str(rest);
    value
}

/// The character of a code; a UTF-16 pair is put together from two escapes.
fn wide(code: u32, rest: &mut &str) -> char {
    if (0xD800..0xDC00).contains(&code)
        && let Some(low) = rest
            .strip_prefix("\\u")
            .and_then(|digits| digits.get(..4))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        && (0xDC00..0xE000).contains(&low)
    {
        *rest = &rest[6..];
        return char::from_u32(0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00))
            .unwrap_or('\u{FFFD}');
    }
    char::from_u32(code).unwrap_or('\u{FFFD}')
}

/// A text as a literal in double quotes.
pub fn written_string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            plain => out.push(plain),
        }
    }
    out + "\""
}

/// A name as a query spells it: bare where it can be, else in brackets.
pub fn written_name(name: &str) -> String {
    let is_bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_bare {
        name.to_owned()
    } else {
        format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}

/// The value of a whole number literal; none when it does not fit 64 bits.
pub fn long_value(literal: &str) -> Option<i64> {
    match literal
        .strip_prefix("0x")
        .or_else(|| literal.strip_prefix("0X"))
    {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(|bits| bits as i64),
        None => literal.parse().ok(),
    }
}

/// The ticks of a literal such as `1.5h`; none when they do not fit 64 bits.
pub fn timespan_value(literal: &str) -> Option<i64> {
    let at = literal.find(|c: char| c.is_ascii_alphabetic())?;
    let (digits, unit) = literal.split_at(at);
    let ticks = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    if ticks >= 1.0 && !digits.contains('.') {
        return digits.parse::<i64>().ok()?.checked_mul(ticks as i64);
    }
    let exact = real::read(digits)? * ticks;
    (exact.abs() < i64::MAX as f64).then_some(exact.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let (found, _) = tokens(text);
        found
            .iter()
            .filter(|t| t.kind != TokenKind::Space)
            .map(|t| (t.kind, t.span.of(text)))
            .collect()
    }

    fn one(text: &str) -> TokenKind {
        let found = kinds(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found[0].0
    }

    #[test]
    fn each_literal_is_one_token() {
        for text in [
            r#""a\"b""#,
            r"'a\'b'",
            r#"@"a\b""c""#,
            "@'it''s'",
            "```a\nb```",
            "~~~a\"b~~~",
            r#"h"a""#,
            "H'a'",
            r#"h@"a""#,
        ] {
            assert_eq!(one(text), TokenKind::String, "{text}");
        }
        for text in ["1d", "1.5h", "10ms", "1tick", "3microseconds", "2hrs"] {
            assert_eq!(one(text), TokenKind::TimeSpan, "{text}");
        }
        for text in ["1", "0x1F", "007"] {
            assert_eq!(one(text), TokenKind::Long, "{text}");
        }
        for text in ["1.5", "1.", "1e5", "1.5e-3"] {
            assert_eq!(one(text), TokenKind::Real, "{text}");
        }
        for text in [
            "datetime(2020-01-01 10:00)",
            "long(null)",
            "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)",
        ] {
            assert_eq!(one(text), TokenKind::Typed, "{text}");
        }
        for text in [
            "90th_Percentile",
            "1e",
            "1us",
            "_x",
            "$left",
            "mv-expand",
            "in~",
            "Größe",
        ] {
            assert_eq!(one(text), TokenKind::Word, "{text}");
        }
        for text in [
            "{TimeRange}",
            "{x:label}",
            "${x}",
            "{{x}}",
            "{{ x }}",
            "#{x}#",
            "${var.a}",
        ] {
            assert_eq!(one(text), TokenKind::Placeholder, "{text}");
        }
    }

    #[test]
    fn neighbours_are_told_apart() {
        use TokenKind::{Comment, Directive, Long, Symbol, Word};
        assert_eq!(kinds("1..5"), [(Long, "1"), (Symbol, ".."), (Long, "5")]);
        assert_eq!(kinds("a-b"), [(Word, "a"), (Symbol, "-"), (Word, "b")]);
        assert_eq!(
            kinds("a !has b"),
            [(Word, "a"), (Symbol, "!has"), (Word, "b")]
        );
        assert_eq!(kinds("!in~("), [(Symbol, "!in~"), (Symbol, "(")]);
        assert_eq!(
            kinds("a//b\n#c d\nT"),
            [
                (Word, "a"),
                (Comment, "//b"),
                (Directive, "#c d"),
                (Word, "T")
            ]
        );
    }

    #[test]
    fn values_of_strings() {
        for (literal, value) in [
            (r#""a\tb\\\"""#, "a\tb\\\""),
            (r#""\x41\u0042\103""#, "ABC"),
            (r#""\uD83D\uDE00""#, "😀"),
            (r#"@"a\b""c""#, r#"a\b"c"#),
            ("```a\nb```", "a\nb"),
            ("h'x'", "x"),
        ] {
            assert_eq!(string_value(literal), value, "{literal}");
        }
        assert_eq!(long_value("0x1F"), Some(31));
        assert_eq!(long_value("99999999999999999999"), None);
        assert_eq!(timespan_value("1.5h"), Some(54_000_000_000));
        assert_eq!(timespan_value("2ticks"), Some(2));
    }

    #[test]
    fn what_is_no_token_is_reported_once() {
        for (text, n) in [
            ("\"abc", 1),
            ("a ? b", 1),
            (r#""a\qb""#, 1),
            ("```a", 1),
            ("T | where a == “b”", 1),
            ("a ”", 1),
            ("@\"a", 1),
        ] {
            assert_eq!(tokens(text).1.len(), n, "{text}");
        }
    }

    #[test]
    fn spans_cover_any_text() {
        /// What is plain is what the grammar reads.
        fn is_of_grammar(text: &str, token: Token) -> bool {
            let rest = text.get(token.span.start as usize..).unwrap();
            let n_bytes = (token.span.end - token.span.start) as usize;
            token.kind == TokenKind::Directive || first(rest, false) == (token.kind, n_bytes)
        }
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let pieces = [
            "\"",
            "'",
            "\\",
            "`",
            "```",
            "~",
            "@",
            "h",
            "1",
            ".",
            "e",
            "0x",
            "d",
            "{",
            "}",
            "$",
            "#",
            "!",
            "in",
            "é",
            "\n",
            "\r",
            " ",
            "(",
            ")",
            "datetime",
            "long",
            "count",
            "=",
            "<",
            ">",
            "|",
            "_",
            "//",
            "-",
            "mv-expand",
            "😀",
            "\0",
        ];
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..next() % 24 {
                text.push_str(pieces[next() as usize % pieces.len()]);
            }
            let (found, _) = tokens(&text);
            let mut end = 0;
            for token in found {
                assert!(is_of_grammar(&text, token), "{text:?} {token:?}");
                assert_eq!(token.span.start, end, "{text:?}");
                assert!(
                    token.span.end > end && text.is_char_boundary(token.span.end as usize),
                    "{text:?}"
                );
                end = token.span.end;
            }
            assert_eq!(end as usize, text.len(), "{text:?}");
        }
    }
}
