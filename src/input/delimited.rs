//! Delimited texts: CSV of the portal, of Excel, of PowerShell and of tools; TSV with and without a
//! header.
//!
//! Input: a [`Text`]. Output: rows under a header. Fields may be quoted, quotes inside are doubled,
//! a quoted field may hold newlines. Invariants: rows may be longer or shorter than the header,
//! nothing of them is lost; a field that equals the one before it in its column is compared and not
//! searched. A line that is a JSON record is read as one: pastes mix formats.

use super::header::Header;
use super::json::Json;
use super::scan::{Text, byte_from, copy_until, field_end, make_room, n_repeats, short_number};
use super::sink::{OTHER_RECORDS, Sink};
use super::warning::Warning;
use crate::table::TableBuilder;
use crate::value::Type;

/// How a delimited text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// `,`, tab, `;` or `|`.
    pub(crate) delimiter: u8,
    /// Whether the first line names the columns.
    pub(crate) has_header: bool,
    /// Whether fields may be quoted.
    pub(crate) has_quotes: bool,
    /// Whether `None` means null, as Python prints it.
    pub(crate) is_python: bool,
}

/// Reads a delimited text.
#[derive(Debug)]
pub(crate) struct Delimited {
    dialect: Dialect,
    header: Option<Header>,
    json: Json,
    scratch: Vec<u8>,
}

/// Why a row was not read.
enum Stop {
    Cut,
    OtherTable(Vec<u8>),
}

impl Delimited {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            header: None,
            json: Json::default(),
            scratch: Vec::new(),
        }
    }

    /// Reads whole rows; the place behind the last.
    pub(crate) fn read(&mut self, text: Text<'_>, sink: &mut Sink) -> usize {
        let mut at = 0;
        if self.header.is_none() {
            let Some(place) = self.read_header(text, sink) else {
                return if text.is_last { text.end } else { 0 };
            };
            at = place;
        }
        while at < text.end {
            match text.byte(at) {
                b'\n' | b'\r' => {
                    at += 1;
                    continue;
                }
                b'{' if text.byte(at + 1) == b'"' => match self.read_json_line(text, at, sink) {
                    Some(place) => {
                        at = place;
                        continue;
                    }
                    None => return at,
                },
                _ => {}
            }
            match self.read_row(text, at, sink) {
                Ok(place) => at = place,
                Err(Stop::OtherTable(route)) => {
                    if let Some(header) = &mut self.header {
                        header.choose(&route, sink);
                    }
                }
                Err(Stop::Cut) if !text.is_last => return at,
                Err(Stop::Cut) => {
                    let end = text.line_end(at).unwrap_or(text.end);
                    sink.warn(Warning::CutFile, "");
                    sink.reject(text, at, end, "a quote is opened and never closed");
                    at = end + 1;
                }
            }
        }
        at.min(text.end)
    }

    /// Settles what only the end tells.
    pub(crate) fn finish(&mut self, sink: &mut Sink) {
        if let Some(header) = &mut self.header
            && header.kinds_of_rows.is_empty()
        {
            header.choose(b"", sink);
        }
        self.json.finish(sink);
    }

    fn read_json_line(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Option<usize> {
        let end = text.line_end(at)?;
        let line = Text {
            is_last: true,
            ..text.until(end)
        };
        // A backslash is itself in delimited text and begins an escape in JSON.
        sink.tables
            .iter_mut()
            .for_each(TableBuilder::change_spelling);
        self.json.read(line, at, sink);
        Some(end)
    }

    /// The header line, or numbered columns where there is none.
    fn read_header(&mut self, text: Text<'_>, sink: &mut Sink) -> Option<usize> {
        let mut at = text.skip_blanks(0);
        while text.from(at).starts_with(b"#TYPE ") || text.from(at).starts_with(b"sep=") {
            at = text.skip_blanks(text.line_end(at)?);
        }
        let (fields, end) = split_line(text, at, self.dialect)?;
        let n_fields = fields.len();
        if self.dialect.has_header {
            self.header = Some(Header::new(
                fields,
                vec![None; n_fields],
                OTHER_RECORDS,
                true,
            ));
            return Some(end);
        }
        sink.warn(Warning::NoHeader, "");
        let names = (1..=n_fields)
            .map(|number| format!("Column{number}"))
            .collect();
        self.header = Some(Header::new(
            names,
            vec![None; n_fields],
            OTHER_RECORDS,
            true,
        ));
        Some(at)
    }

    fn read_row(&mut self, text: Text<'_>, start: usize, sink: &mut Sink) -> Result<usize, Stop> {
        let Self {
            dialect,
            header: Some(header),
            scratch,
            ..
        } = self
        else {
            return Err(Stop::Cut);
        };
        let Some(rows) = header.kinds_of_rows.get(header.current) else {
            return Err(Stop::OtherTable(
                route_cell(text, start, *dialect, header.route_at).ok_or(Stop::Cut)?,
            ));
        };
        let Some(table) = sink.tables.get_mut(rows.table) else {
            return Err(Stop::Cut);
        };
        let route_at = header.route_at.unwrap_or(usize::MAX);
        let mut at = start;
        let mut position = 0;
        let read = loop {
            let byte = text.byte(at);
            if byte == dialect.delimiter {
                if position == route_at && !rows.route.is_empty() {
                    break Err(Stop::OtherTable(Vec::new()));
                }
                // Fields without a value come in runs.
                let n_empty = n_repeats(text.bytes, at, byte);
                let n_empty = n_empty.min(route_at.wrapping_sub(position)).max(1);
                at += n_empty;
                position += n_empty;
                continue;
            }
            if byte == b'\n' || byte == b'\r' {
                break Ok(at);
            }
            if at >= text.end {
                break if text.is_last {
                    Ok(text.end)
                } else {
                    Err(Stop::Cut)
                };
            }
            let column = match rows.columns.get(position) {
                Some(&column) => column,
                None => header.extra_column(table, position),
            };
            if position == route_at {
                match field(text, at, *dialect) {
                    Some((raw, _)) if unquoted(raw) != rows.route => {
                        break Err(Stop::OtherTable(unquoted(raw).to_vec()));
                    }
                    Some(_) => {}
                    None => break Err(Stop::Cut),
                }
            }
            let end = if byte == b'"' && dialect.has_quotes {
                store_quoted(text, at, dialect.delimiter, table, column, scratch)
            } else {
                store_bare(text, at, *dialect, table, column)
            };
            let Some(end) = end else { break Err(Stop::Cut) };
            at = end;
            if at >= text.end {
                break if text.is_last {
                    Ok(text.end)
                } else {
                    Err(Stop::Cut)
                };
            }
            if text.byte(at) != dialect.delimiter {
                break Ok(at);
            }
            at += 1;
            position += 1;
        };
        match read {
            Ok(end) => {
                table.end_row();
                if position + 1 != header.len() {
                    sink.warn(Warning::RaggedRows, "");
                }
                Ok(end)
            }
            Err(stop) => {
                table.drop_row();
                Err(stop)
            }
        }
    }
}

/// A field without quotes; the place behind it.
#[inline(always)]
fn store_bare(
    text: Text<'_>,
    at: usize,
    dialect: Dialect,
    table: &mut TableBuilder,
    column: usize,
) -> Option<usize> {
    let (row, writer) = table.writer(column)?;
    let rest = text.from(at);
    if let Some(n_bytes) = writer.put_repeated(row, rest, false) {
        return Some(at + n_bytes);
    }
    if matches!(writer.kind(), Type::Int | Type::Long)
        && let Some((long, end)) = short_number(text, at)
        && is_end(text.byte(end), dialect.delimiter)
        && writer.put_long(row, long)
    {
        return Some(end);
    }
    let n_bytes = field_end(rest, dialect.delimiter, 0);
    let end = at + n_bytes;
    let may_be_null = n_bytes == 4 && matches!(text.byte(at), b'n' | b'N');
    if end >= text.end || may_be_null || dialect.delimiter == b';' {
        return store_odd_bare(text, at, dialect, table, column);
    }
    if !writer.put_first(row, rest, n_bytes) {
        table.text_elsewhere(column, text.between(at, end));
    }
    Some(end)
}

/// A field that may end with the source, mean null, or hold a number with a decimal comma.
#[inline(never)]
fn store_odd_bare(
    text: Text<'_>,
    at: usize,
    dialect: Dialect,
    table: &mut TableBuilder,
    column: usize,
) -> Option<usize> {
    let end = bare_end(text, at, dialect.delimiter)?;
    let raw = text.between(at, end);
    if raw == b"null" || (dialect.is_python && raw == b"None") {
        return Some(end);
    }
    let (row, writer) = table.writer(column)?;
    if dialect.delimiter == b';' && writer.kind().is_numeric() && raw.contains(&b',') {
        let pointed: Vec<u8> = raw
            .iter()
            .map(|&byte| if byte == b',' { b'.' } else { byte })
            .collect();
        table.text(column, &pointed);
    } else if !writer.put_first(row, text.from(at), raw.len()) {
        table.text_elsewhere(column, raw);
    }
    Some(end)
}

/// Whether a byte ends a field.
#[inline(always)]
const fn is_end(byte: u8, delimiter: u8) -> bool {
    byte == delimiter || byte == b'\n' || byte == b'\r'
}

/// Where a field without quotes ends; `None` when the piece ends first.
#[inline(never)]
fn bare_end(text: Text<'_>, at: usize, delimiter: u8) -> Option<usize> {
    let end = field_end(text.bytes, delimiter, at);
    if end < text.end {
        Some(end)
    } else {
        text.is_last.then_some(text.end)
    }
}

/// A field in quotes; the place behind it.
#[inline(never)]
fn store_quoted(
    text: Text<'_>,
    at: usize,
    delimiter: u8,
    table: &mut TableBuilder,
    column: usize,
    scratch: &mut Vec<u8>,
) -> Option<usize> {
    let (row, writer) = table.writer(column)?;
    let rest = text.from(at + 1);
    if let Some(n_bytes) = writer.put_repeated(row, rest, true) {
        let end = at + n_bytes + 2;
        if end < text.end && is_end(text.byte(end), delimiter) {
            return Some(end);
        }
    }
    let (end, has_doubled) = quote_end(text, at)?;
    let behind = behind_quote(text, end, delimiter)?;
    let inside = text.between(at + 1, end - 1);
    if has_doubled || behind > end {
        scratch.clear();
        undouble(inside, scratch);
        scratch.extend_from_slice(text.between(end, behind));
        table.text(column, scratch);
    } else if !writer.put_first(row, rest, inside.len()) {
        table.text_elsewhere(column, inside);
    }
    Some(behind)
}

/// Behind the closing quote comes a delimiter or the end of the line; what else stands there belongs
/// to the field.
fn behind_quote(text: Text<'_>, end: usize, delimiter: u8) -> Option<usize> {
    match text.byte(end) {
        _ if end >= text.end => text.is_last.then_some(text.end),
        byte if is_end(byte, delimiter) => Some(end),
        _ => bare_end(text, end, delimiter),
    }
}

/// The place behind the closing quote, and whether quotes are doubled inside.
fn quote_end(text: Text<'_>, at: usize) -> Option<(usize, bool)> {
    let mut place = at + 1;
    let mut has_doubled = false;
    loop {
        place = byte_from(text.bytes, b'"', place);
        if place >= text.end || (place + 1 == text.end && !text.is_last) {
            return None;
        }
        if text.byte(place + 1) != b'"' || place + 1 >= text.end {
            return Some((place + 1, has_doubled));
        }
        has_doubled = true;
        place += 2;
    }
}

fn undouble(inside: &[u8], out: &mut Vec<u8>) {
    let mut to = make_room(inside, out);
    let mut at = 0;
    loop {
        // A quote is copied, its double is passed.
        let n_plain = copy_until(inside, b'"', at, out, to);
        (at, to) = (at + n_plain, to + n_plain);
        let Some(place) = out.get_mut(to).filter(|_| at < inside.len()) else {
            break;
        };
        *place = b'"';
        at += if inside.get(at + 1) == Some(&b'"') {
            2
        } else {
            1
        };
        to += 1;
    }
    out.truncate(to);
}

/// One field as it stands in the source, quotes included, and the place behind it.
fn field(text: Text<'_>, at: usize, dialect: Dialect) -> Option<(&[u8], usize)> {
    if text.byte(at) == b'"' && dialect.has_quotes && at < text.end {
        let (end, _) = quote_end(text, at)?;
        let behind = behind_quote(text, end, dialect.delimiter)?;
        return Some((text.between(at, behind), behind));
    }
    let end = bare_end(text, at, dialect.delimiter)?;
    Some((text.between(at, end), end))
}

fn unquoted(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(b"\"")
        .and_then(|raw| raw.strip_suffix(b"\""))
        .unwrap_or(raw)
}

/// The fields of a line, and the place behind it.
pub(crate) fn split_line(
    text: Text<'_>,
    start: usize,
    dialect: Dialect,
) -> Option<(Vec<String>, usize)> {
    let mut fields = Vec::new();
    let mut at = start;
    loop {
        let (raw, end) = field(text, at, dialect)?;
        let mut inside = Vec::new();
        undouble(unquoted(raw), &mut inside);
        fields.push(String::from_utf8_lossy(&inside).into_owned());
        if text.byte(end) != dialect.delimiter || end >= text.end {
            return Some((fields, end));
        }
        at = end + 1;
    }
}

/// The cell of a row that says what the row is; empty when the row is too short.
fn route_cell(
    text: Text<'_>,
    start: usize,
    dialect: Dialect,
    position: Option<usize>,
) -> Option<Vec<u8>> {
    let Some(position) = position else {
        return Some(Vec::new());
    };
    let mut at = start;
    for _ in 0..position {
        let (_, end) = field(text, at, dialect)?;
        if text.byte(end) != dialect.delimiter || end >= text.end {
            return Some(Vec::new());
        }
        at = end + 1;
    }
    field(text, at, dialect).map(|(raw, _)| unquoted(raw).to_vec())
}

/// Whether the first fields of a text look like names of columns and not like values.
pub(crate) fn is_header(fields: &[String]) -> bool {
    let is_name = |field: &String| {
        let name = super::naming::label(field).name;
        let mut letters = name.chars();
        letters
            .next()
            .is_some_and(|first| first.is_alphabetic() || first == '_' || first == '#')
            && letters.all(|c| {
                c.is_alphanumeric()
                    || matches!(
                        c,
                        '_' | ' ' | '.' | '-' | '(' | ')' | '/' | '%' | '[' | ']' | '@' | '$'
                    )
            })
            && name.len() <= 128
            && !matches!(name, "null" | "None" | "True" | "False" | "true" | "false")
    };
    let n_names = fields.iter().filter(|field| is_name(field)).count();
    let unique: rustc_hash::FxHashSet<&str> = fields.iter().map(String::as_str).collect();
    n_names * 10 >= fields.len() * 9 && unique.len() * 10 >= fields.len() * 9
}
