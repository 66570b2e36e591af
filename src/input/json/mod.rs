//! JSON of every shape: the containers around records and rows.
//!
//! Input: a [`Text`]. Output: rows. The grammar is read with a stack of open containers, so that a
//! response of any size needs no more memory than its largest record:
//!
//! ```text
//! source   := (record | envelope | array)*          one in a row, one a line, pretty or compact
//! array    := '[' (record | envelope)* ']'
//! envelope := '{' … "records": array … '}'          Event Hub, Storage before 2018
//!           | '{' … "tables": [table*] … '}'        Log Analytics, Application Insights, Kusto v1, kqr
//! table    := '{' "name", "columns", "rows": [row*] '}'
//! frame    := '{' "FrameType", … '}'                Kusto v2
//! metric   := '{' "timeseries": […], … '}'          metrics of a resource, see [`metrics`]
//! ```
//!
//! Invariants: a record that does not read is a reject and the next one is found again, by its line
//! when records stand one a line, else by its brackets; what only describes the rows is not counted.

mod metrics;
mod python;
mod record;
mod value;
pub(crate) use value::container_end;

use super::header::Header;
use super::scan::Text;
use super::sink::{OTHER_RECORDS, Sink};
use super::warning::Warning;
use crate::table::{Column, TableBuilder, same};
use crate::value::{Dynamic, Type};
use record::Records;
use std::rc::Rc;
use value::{Stop, Why};

/// An open container.
#[derive(Debug)]
enum Open {
    /// `[` of records.
    Array,
    /// `{` of an envelope, a table or a frame.
    Envelope(Box<Envelope>),
    /// `[` of tables.
    Tables,
    /// `[` of rows, under a header; without one the rows are not kept.
    Rows(Option<Box<Header>>),
}

/// What the members of an envelope have said so far.
#[derive(Debug, Default)]
struct Envelope {
    name: String,
    columns: Vec<(String, Option<Type>)>,
    frame: String,
    table_kind: String,
    table_id: String,
    fragment: String,
    /// The time from point to point of metrics.
    interval: String,
    is_kusto_v1: bool,
    has_header: bool,
}

/// Reads JSON.
#[derive(Debug, Default)]
pub(crate) struct Json {
    stack: Vec<Open>,
    records: Records,
    /// Headers of progressive tables, by their id, while no fragment is open.
    progressive: rustc_hash::FxHashMap<String, Header>,
    /// Whether records have stood one a line so far.
    is_lines: bool,
    /// Whether a record was sought beyond its line and never ended: from then on each line is taken
    /// alone, or a hostile source would be searched to its end once a line.
    is_line_by_line: bool,
    /// Whether the record that did not read is at fault within its first line.
    is_bad_line: bool,
    scratch: Vec<u8>,
    /// What the last table of a v1 response says about the others: name, kind, better name.
    contents: Vec<(String, String, String)>,
    v1_tables: Vec<(String, usize)>,
}

impl Json {
    /// Reads whole records from a place on; the place behind the last.
    pub(crate) fn read(&mut self, text: Text<'_>, mut at: usize, sink: &mut Sink) -> usize {
        loop {
            at = Self::skip_separators(text, at);
            if at >= text.end {
                return text.end;
            }
            let step = match self.stack.last_mut() {
                None | Some(Open::Array) => self.item(text, at, sink),
                Some(Open::Tables) => self.table(text, at, sink),
                Some(Open::Envelope(_)) => self.member(text, at, sink),
                Some(Open::Rows(_)) => self.rows(text, at, sink),
            };
            match step {
                Ok(next) => at = next,
                Err(Stop::Cut) if !text.is_last => return at,
                Err(stop) => match self.recover(text, at, stop, sink) {
                    Some(next) => at = next,
                    None => return at,
                },
            }
        }
    }

    /// Whether rows hold texts whose types show in the end.
    pub(crate) const fn has_untyped_texts(&self) -> bool {
        self.records.has_texts
    }

    /// Settles what only the end tells: which tables of a v1 response hold the answer.
    pub(crate) fn finish(&mut self, sink: &mut Sink) {
        if !self.stack.is_empty() {
            sink.warn(Warning::CutFile, "");
        }
        for (name, kind, pretty) in std::mem::take(&mut self.contents) {
            let Some(&(_, table)) = self.v1_tables.iter().find(|(known, _)| *known == name) else {
                continue;
            };
            let Some(builder) = sink.tables.get_mut(table) else {
                continue;
            };
            if kind != "QueryResult" {
                builder.clear();
            } else if !pretty.is_empty() && builder.name() == name {
                builder.rename(&super::naming::table_name(&pretty));
            }
        }
    }

    fn skip_separators(text: Text<'_>, mut at: usize) -> usize {
        loop {
            at = text.skip_blanks(at);
            if text.byte(at) == b',' && at < text.end {
                at += 1;
            } else {
                return at;
            }
        }
    }

    /// A record, an envelope or an array; or the end of one.
    fn item(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Result<usize, Stop> {
        match text.byte(at) {
            b'{' => match self.record(text, at, sink) {
                Err(Stop::Envelope) => {
                    self.stack.push(Open::Envelope(Box::default()));
                    Ok(at + 1)
                }
                Err(Stop::Metric) => {
                    let grain = match self.stack.iter().rev().nth(1) {
                        Some(Open::Envelope(envelope)) => envelope.interval.as_str(),
                        _ => "",
                    };
                    metrics::read(text, at, grain, sink)
                }
                read => read,
            },
            b'[' if self.stack.is_empty() => {
                self.stack.push(Open::Array);
                Ok(at + 1)
            }
            b']' if !self.stack.is_empty() => {
                self.stack.pop();
                Ok(at + 1)
            }
            _ => Err(Stop::Bad(Why::Record)),
        }
    }

    /// A record; when records stand one a line, within its line.
    fn record(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Result<usize, Stop> {
        if !self.stack.is_empty() {
            return self.records.read(text, at, sink);
        }
        let Some(line_end) = text.line_end(at) else {
            if self.is_lines {
                return Err(Stop::Cut);
            }
            let read = self.records.read(text, at, sink);
            self.is_bad_line = matches!(read, Err(Stop::Bad(_)));
            self.is_lines = read.is_ok();
            return read;
        };
        let line = Text {
            is_last: text.is_last && line_end == text.end,
            ..text.until(line_end)
        };
        match self.records.read(line, at, sink) {
            Err(Stop::Cut) if line_end < text.end => {
                // Either the record goes on behind this line, or the line was cut.
                let starts_anew = text.byte(text.skip_blanks(line_end)) == b'{';
                if self.is_line_by_line || (self.is_lines && starts_anew) {
                    return Err(Stop::Bad(Why::CutLine));
                }
                let read = self.records.read(text, at, sink);
                self.is_line_by_line = text.is_last && matches!(read, Err(Stop::Cut));
                read
            }
            Ok(end) => {
                self.is_lines = true;
                Ok(end)
            }
            read => {
                self.is_bad_line = matches!(read, Err(Stop::Bad(_)));
                read
            }
        }
    }

    fn table(&mut self, text: Text<'_>, at: usize, _sink: &mut Sink) -> Result<usize, Stop> {
        match text.byte(at) {
            b'{' => {
                self.stack.push(Open::Envelope(Box::default()));
                Ok(at + 1)
            }
            b']' => {
                self.stack.pop();
                Ok(at + 1)
            }
            _ => Err(Stop::Bad(Why::Table)),
        }
    }

    /// A member of an envelope, or its end.
    fn member(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Result<usize, Stop> {
        if text.byte(at) == b'}' {
            if let Some(Open::Envelope(envelope)) = self.stack.pop() {
                self.close(&envelope, sink);
            }
            return Ok(at + 1);
        }
        let (key_end, place) = value::key(text, at)?;
        let key = value::string_text(text.between(at, key_end));
        let Some(Open::Envelope(envelope)) = self.stack.last_mut() else {
            return Err(Stop::Bad(Why::Key));
        };
        if text.byte(place) == b'[' {
            match key.as_str() {
                "records" | "Records" | "value" | "Results" | "results" => {
                    self.stack.push(Open::Array);
                    return Ok(place + 1);
                }
                "tables" | "Tables" => {
                    self.stack.push(Open::Tables);
                    return Ok(place + 1);
                }
                "rows" | "Rows" => {
                    let header = self.header(sink);
                    self.stack.push(Open::Rows(header));
                    return Ok(place + 1);
                }
                _ => {}
            }
        }
        let end = value::value_end(text, place)?;
        let raw = text.between(place, end);
        let as_text = || {
            if raw.first() == Some(&b'"') {
                value::string_text(raw)
            } else {
                String::from_utf8_lossy(raw).into_owned()
            }
        };
        match key.as_str() {
            "name" => envelope.name = as_text(),
            "TableName" => {
                envelope.name = as_text();
                envelope.is_kusto_v1 = envelope.frame.is_empty();
            }
            "FrameType" => {
                envelope.frame = as_text();
                envelope.is_kusto_v1 = false;
            }
            "TableKind" => envelope.table_kind = as_text(),
            "TableId" => envelope.table_id = as_text(),
            "TableFragmentType" => envelope.fragment = as_text(),
            "interval" => envelope.interval = as_text(),
            "columns" | "Columns" | "columnDescriptors" => {
                envelope.columns = columns_of(raw);
                envelope.has_header = true;
            }
            "error" | "OneApiErrors" if raw != b"null" => warn_partial(raw, sink),
            _ => {}
        }
        Ok(end)
    }

    /// The header of the rows to come in the open envelope.
    fn header(&mut self, sink: &mut Sink) -> Option<Box<Header>> {
        let Some(Open::Envelope(envelope)) = self.stack.last_mut() else {
            return None;
        };
        if envelope.frame == "TableFragment" {
            let header = self.progressive.remove(&envelope.table_id)?;
            if envelope.fragment == "DataReplace" {
                for rows in &header.kinds_of_rows {
                    if let Some(table) = sink.tables.get_mut(rows.table) {
                        table.clear();
                    }
                }
            }
            return Some(Box::new(header));
        }
        let is_answer = envelope.table_kind.is_empty() || envelope.table_kind == "PrimaryResult";
        is_answer.then(|| Box::new(envelope.new_header()))
    }

    /// The end of an envelope: a table header is kept for its fragments.
    fn close(&mut self, envelope: &Envelope, _sink: &mut Sink) {
        if envelope.frame == "TableHeader" && envelope.table_kind == "PrimaryResult" {
            self.progressive
                .insert(envelope.table_id.clone(), envelope.new_header());
        }
    }

    /// Rows of an open array of rows.
    fn rows(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Result<usize, Stop> {
        let Self { stack, scratch, .. } = self;
        let Some(Open::Rows(rows)) = stack.last_mut() else {
            return Err(Stop::Bad(Why::Row));
        };
        let Some(header) = rows else {
            return if text.byte(at) == b']' {
                stack.pop();
                Ok(at + 1)
            } else {
                value::value_end(text, at)
            };
        };
        match text.byte(at) {
            b'[' => {}
            b']' => {
                self.close_rows(sink);
                return Ok(at + 1);
            }
            b'{' => {
                let end = value::value_end(text, at)?;
                let raw = text.between(at, end);
                if memchr::memmem::find(raw, b"OneApiErrors").is_some()
                    || memchr::memmem::find(raw, b"\"error\"").is_some()
                {
                    warn_partial(raw, sink);
                    return Ok(end);
                }
                return Err(Stop::Bad(Why::Row));
            }
            _ => return Err(Stop::Bad(Why::Row)),
        }
        if header.kinds_of_rows.is_empty() && header.route_at.is_none() {
            header.choose(b"", sink);
        }
        match read_row(header, text, at, sink, scratch) {
            Err(Stop::OtherTable) => {
                let route = route_cell(text, at, header.route_at)?;
                header.choose(&route, sink);
                read_row(header, text, at, sink, scratch)
            }
            read => read,
        }
    }

    fn close_rows(&mut self, sink: &mut Sink) {
        let Some(Open::Rows(Some(mut header))) = self.stack.pop() else {
            return;
        };
        let Some(Open::Envelope(envelope)) = self.stack.last() else {
            return;
        };
        if header.kinds_of_rows.is_empty() {
            header.choose(b"", sink);
        }
        let Some(table) = header.kinds_of_rows.first().map(|rows| rows.table) else {
            return;
        };
        if envelope.is_kusto_v1 {
            if envelope.name == "TableOfContents" || is_contents(&header) {
                self.contents = read_contents(sink, table);
            } else {
                self.v1_tables.push((envelope.name.clone(), table));
            }
        }
        if envelope.frame == "TableFragment" {
            self.progressive.insert(envelope.table_id.clone(), *header);
        }
    }

    /// Rejects what could not be read and finds where the next record begins; `None` when the piece
    /// does not show it.
    fn recover(&mut self, text: Text<'_>, at: usize, stop: Stop, sink: &mut Sink) -> Option<usize> {
        let reason = match stop {
            Stop::Bad(why) => why.reason(),
            _ => "the source ends in the middle of the record",
        };
        let end = if self.stack.is_empty() {
            self.end_of_bad_record(text, at)?
        } else {
            end_of_bad_item(text, at)?
        };
        self.is_bad_line = false;
        if stop == Stop::Cut {
            sink.warn(Warning::CutFile, "");
        }
        sink.reject(text, at, end, reason);
        Some(end.max(at + 1))
    }

    /// At the top a bad record ends with its line, or with its brackets when it spans lines.
    fn end_of_bad_record(&mut self, text: Text<'_>, at: usize) -> Option<usize> {
        if self.is_bad_line || self.is_lines || self.is_line_by_line || text.byte(at) != b'{' {
            return text.line_end(at);
        }
        if let Ok(end) = value::value_end(text, at) {
            return Some(end);
        }
        if !text.is_last {
            return None;
        }
        self.is_line_by_line = true;
        // No end in sight: the next line that begins with a brace begins the next record.
        let rest = text.between(at + 1, text.end);
        Some(memchr::memmem::find(rest, b"\n{").map_or(text.end, |found| at + 1 + found))
    }
}

/// In a container a bad item ends with its brackets, or before the next comma or bracket.
fn end_of_bad_item(text: Text<'_>, at: usize) -> Option<usize> {
    let end = match text.byte(at) {
        b'{' | b'[' | b'"' => value::value_end(text, at).ok(),
        _ => {
            let rest = text.between(at + 1, text.end);
            let stop = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b'\n');
            rest.iter().position(stop).map(|found| at + 1 + found)
        }
    };
    end.or(text.is_last.then_some(text.end))
}

impl Envelope {
    fn new_header(&self) -> Header {
        let (names, kinds) = self.columns.iter().cloned().unzip();
        let fallback = if self.name.is_empty() {
            OTHER_RECORDS.to_owned()
        } else {
            super::naming::table_name(&self.name)
        };
        Header::new(names, kinds, &fallback, false)
    }
}

/// Names and types out of a list of columns.
fn columns_of(raw: &[u8]) -> Vec<(String, Option<Type>)> {
    let Some(parsed) = std::str::from_utf8(raw).ok().and_then(Dynamic::parse) else {
        return Vec::new();
    };
    let column = |item: &Dynamic| {
        let member = |names: &[&str]| {
            names
                .iter()
                .map(|name| item.member(name))
                .find(|value| !value.is_null())
                .map(|value| value.to_text())
        };
        match item {
            Dynamic::Bag(_) => {
                let kind = member(&["ColumnType", "type", "DataType", "columnType"]);
                (
                    member(&["ColumnName", "name", "columnName"]).unwrap_or_default(),
                    kind.and_then(|kind| Type::from_name(&kind)),
                )
            }
            other => (other.to_text(), None),
        }
    };
    parsed
        .items()
        .unwrap_or_default()
        .iter()
        .map(column)
        .collect()
}

fn warn_partial(raw: &[u8], sink: &mut Sink) {
    let parsed = std::str::from_utf8(raw)
        .ok()
        .and_then(Dynamic::parse)
        .unwrap_or_default();
    let mut detail = parsed;
    for _ in 0..4 {
        let inner = match &detail {
            Dynamic::Array(_) => detail.item(0),
            Dynamic::Bag(_) => {
                let members = ["OneApiErrors", "error"].map(|key| detail.member(key));
                members
                    .into_iter()
                    .find(|value| !value.is_null())
                    .unwrap_or_default()
            }
            _ => Dynamic::Null,
        };
        if inner.is_null() {
            break;
        }
        detail = inner;
    }
    let code = detail.member("code").to_text();
    let message = detail.member("message").to_text();
    sink.warn(
        Warning::PartialError,
        crate::text::cut(format!("{code} {message}").trim(), 200).as_str(),
    );
}

/// Reads one row under the header's current kind of rows.
fn read_row(
    header: &Header,
    text: Text<'_>,
    start: usize,
    sink: &mut Sink,
    scratch: &mut Vec<u8>,
) -> Result<usize, Stop> {
    let Some(rows) = header.kinds_of_rows.get(header.current) else {
        return Err(Stop::OtherTable);
    };
    let Some(table) = sink.tables.get_mut(rows.table) else {
        return Err(Stop::OtherTable);
    };
    let route_at = header.route_at.unwrap_or(usize::MAX);
    let mut at = start + 1;
    let mut position = 0;
    let read = loop {
        let byte = text.byte(at);
        if byte == b'n' && text.has(at, b"null,") && position != route_at {
            at += 5;
            position += 1;
            continue;
        }
        if byte <= b' ' || byte == b']' {
            at = text.skip_blanks(at);
            if text.byte(at) == b']' && at < text.end {
                break Ok(at + 1);
            }
        }
        if position == route_at {
            match value::value_end(text, at) {
                Ok(end) if !same(text.between(at, end), &rows.route) => {
                    break Err(Stop::OtherTable);
                }
                Ok(_) => {}
                Err(stop) => break Err(stop),
            }
        }
        let column = match rows.columns.get(position) {
            Some(&column) => column,
            None => header.extra_column(table, position),
        };
        match value::store(text, at, table, column, scratch) {
            Ok(end) => at = end,
            Err(stop) => break Err(stop),
        }
        position += 1;
        if text.byte(at) == b',' && at < text.end {
            at += 1;
            continue;
        }
        at = text.skip_blanks(at);
        match text.byte(at) {
            _ if at >= text.end => break Err(Stop::Cut),
            b',' => at += 1,
            b']' => break Ok(at + 1),
            _ => break Err(Stop::Bad(Why::RowComma)),
        }
    };
    if read.is_err() {
        table.drop_row();
        return read;
    }
    table.end_row();
    if position != header.len() && header.len() > 0 {
        sink.warn(Warning::RaggedRows, "");
    }
    read
}

/// The routing cell of a row, as it stands in the source.
fn route_cell(text: Text<'_>, start: usize, position: Option<usize>) -> Result<Vec<u8>, Stop> {
    let mut at = text.skip_blanks(start + 1);
    for _ in 0..position.unwrap_or(0) {
        if text.byte(at) == b']' {
            return Ok(Vec::new());
        }
        at = text.skip_blanks(value::value_end(text, at)?);
        if text.byte(at) == b',' {
            at = text.skip_blanks(at + 1);
        }
    }
    let end = value::value_end(text, at)?;
    Ok(text.between(at, end).to_vec())
}

/// Whether a header is that of the table of contents of a v1 response.
fn is_contents(header: &Header) -> bool {
    ["Ordinal", "Kind", "Name", "Id", "PrettyName"]
        .iter()
        .all(|name| header.names().iter().any(|known| known == name))
}

/// Reads the table of contents out of the rows it was stored in, and takes those back.
fn read_contents(sink: &mut Sink, table: usize) -> Vec<(String, String, String)> {
    let Some(builder) = sink.tables.get_mut(table) else {
        return Vec::new();
    };
    let finished = std::mem::replace(builder, TableBuilder::new(builder.name())).finish();
    let column = |name: &str| {
        finished
            .find(name)
            .and_then(|column| finished.decode(0, column))
    };
    let (kinds, ordinals, pretty) = (column("Kind"), column("Ordinal"), column("PrettyName"));
    (0..finished.segment_rows(0))
        .map(|row| {
            let cell = |column: &Option<Rc<Column>>| {
                column
                    .as_ref()
                    .map(|column| column.value(row).to_text())
                    .unwrap_or_default()
            };
            (
                format!("Table_{}", cell(&ordinals)),
                cell(&kinds),
                cell(&pretty),
            )
        })
        .collect()
}
