//! Bytes of any export to typed columns.
//!
//! ```text
//! bytes ─▶ gzip ─▶ charset ─▶ sniff ─▶ one reader a shape ─▶ tables, rejects, warnings
//! ```
//!
//! Input: chunks of any size, cut anywhere. Output: a [`Read`]. Invariants: `records = rows +
//! rejects`; the working memory beside the columns is one piece of the source and the record that is
//! not complete yet; any bytes give rows, rejects or a typed error. What a shape is recognised by and
//! what writes it stands in the catalogue, [`sniff::FORMATS`]. Absent on purpose: what rows mean.

mod az_table;
mod charset;
mod delimited;
mod gateway_text;
mod header;
mod json;
mod naming;
mod scan;
mod settle;
mod sink;
pub mod sniff;
#[cfg(test)]
mod tests;
pub mod warning;

pub use settle::settle_dates;
pub use sink::{KEPT_TEXTS, Reject, Rejects};
pub use sniff::{FORMATS, Format};
pub use warning::Warning;

use crate::table::{DateOrder, Table};
use crate::text::gzip;
use charset::Charset;
use scan::{PADDING, Text};
use sink::Sink;

/// Most bytes of the source that are looked at in one step.
const PIECE_BYTES: usize = 1 << 20;
/// A piece smaller than this waits for more.
const MIN_PIECE_BYTES: usize = 64 << 10;
/// Compressed bytes that are unpacked in one step: they may become a thousand times as many.
const ZIPPED_BYTES: usize = 16 << 10;
/// Bytes of the next piece that are tried to complete a record: few at first, for all are copied.
const CARRY_BYTES: [usize; 2] = [4 << 10, 32 << 10];
/// A record longer than this is a reject.
const MAX_RECORD_BYTES: usize = 160 << 20;

/// Why a source cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// The stable code, `input-` and a word.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: &'static str,
}

impl InputError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, help: &'static str) -> Self {
        Self {
            code,
            message: message.into(),
            help,
        }
    }
}

impl std::fmt::Display for InputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for InputError {}

/// How a source is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The id of a format, where the caller knows better than the evidence.
    pub format: Option<String>,
    /// Which of two numbers of a date is the month, where the caller knows.
    pub date_order: Option<DateOrder>,
    /// Most bytes that tables may take.
    pub memory_limit_bytes: Option<usize>,
    /// Most bytes looked at in one step; small only in tests.
    pub(crate) piece_bytes: usize,
    pub(crate) min_piece_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: None,
            date_order: None,
            memory_limit_bytes: None,
            piece_bytes: PIECE_BYTES,
            min_piece_bytes: MIN_PIECE_BYTES,
        }
    }
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes pushed.
    pub bytes: u64,
    /// Rows so far.
    pub rows: u64,
    /// Rejects so far.
    pub rejects: u64,
    /// Bytes of tables on the heap.
    pub heap_bytes: usize,
}

/// What a source became.
#[derive(Debug)]
pub struct Read {
    /// The shape.
    pub format: &'static Format,
    /// The encoding of its characters, and whether it was compressed.
    pub encoding: String,
    /// What told the shape.
    pub evidence: Vec<String>,
    /// Its tables, those without rows left out.
    pub tables: Vec<Table>,
    /// What became no row.
    pub rejects: Rejects,
    /// Reasons for care: which, how often, first detail.
    pub warnings: Vec<(Warning, u64, String)>,
    /// Bytes of the source.
    pub bytes: u64,
    /// Columns that stay texts until the order of their dates is settled: table, column.
    pub text_dates: Vec<(usize, usize)>,
}

impl Read {
    /// Rows of all tables.
    pub fn n_rows(&self) -> u64 {
        self.tables.iter().map(|table| table.n_rows() as u64).sum()
    }

    /// Rows and rejects.
    pub fn n_records(&self) -> u64 {
        self.n_rows() + self.rejects.count()
    }
}

/// The reader of a shape.
#[derive(Debug)]
enum Shape {
    Json(Box<json::Json>),
    Delimited(Box<delimited::Delimited>),
    AzTable(az_table::AzTable),
    GatewayText(gateway_text::GatewayText),
}

impl Shape {
    fn read(&mut self, text: Text<'_>, sink: &mut Sink) -> usize {
        match self {
            Self::Json(reader) => reader.read(text, 0, sink),
            Self::Delimited(reader) => reader.read(text, sink),
            Self::AzTable(reader) => reader.read(text, sink),
            Self::GatewayText(reader) => reader.read(text, sink),
        }
    }
}

/// Whether the source is compressed.
enum Packing {
    /// Not enough bytes yet.
    Unknown(Vec<u8>),
    Plain,
    Gzip(Box<gzip::Unpacker>),
    /// What follows cannot be unpacked.
    Broken,
}

/// Reads one source.
pub struct Reader {
    options: Options,
    packing: Packing,
    is_packed: bool,
    charset: Charset,
    /// Decoded bytes that are not read yet.
    buffer: Vec<u8>,
    /// Reading is not tried again before the buffer holds this much.
    try_at: usize,
    shape: Option<(Shape, &'static Format, Vec<String>)>,
    sink: Sink,
    n_bytes: u64,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("n_bytes", &self.n_bytes)
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader of a new source.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            packing: Packing::Unknown(Vec::new()),
            is_packed: false,
            charset: Charset::default(),
            buffer: Vec::new(),
            try_at: sniff::SNIFF_BYTES,
            shape: None,
            sink: Sink::default(),
            n_bytes: 0,
        }
    }

    /// Reads the next bytes.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Progress, InputError> {
        self.n_bytes += chunk.len() as u64;
        self.unpack(chunk, false)?;
        Ok(self.progress())
    }

    /// How far reading has come.
    pub fn progress(&self) -> Progress {
        Progress {
            bytes: self.n_bytes,
            rows: self.sink.n_rows(),
            rejects: self.sink.rejects.count(),
            heap_bytes: self.sink.heap_bytes(),
        }
    }

    /// Reads what is left and settles what only the end tells.
    pub fn finish(mut self) -> Result<Read, InputError> {
        self.unpack(&[], true)?;
        self.decode(&[], true)?;
        let Some((mut shape, format, evidence)) = self.shape.take() else {
            return Err(InputError::new(
                "input-empty",
                "The source holds no characters but blanks",
                "export at least one row",
            ));
        };
        let has_untyped_texts = match &mut shape {
            Shape::Json(reader) => {
                reader.finish(&mut self.sink);
                reader.has_untyped_texts()
            }
            Shape::Delimited(reader) => {
                reader.finish(&mut self.sink);
                true
            }
            Shape::GatewayText(reader) => {
                reader.finish(&mut self.sink);
                true
            }
            Shape::AzTable(_) => true,
        };
        if self.charset.n_invalid > 0 {
            self.sink
                .warn_times(Warning::NotUtf8, "", self.charset.n_invalid);
        }
        let packed = if self.is_packed { "gzip, " } else { "" };
        let encoding = format!("{packed}{}", self.charset.encoding().name());
        let settled = settle::settle(&mut self.sink, has_untyped_texts, self.options.date_order);
        Ok(Read {
            format,
            encoding,
            evidence,
            tables: settled.tables,
            text_dates: settled.text_dates,
            warnings: self
                .sink
                .warnings()
                .map(|(warning, n_times, detail)| (warning, n_times, detail.to_owned()))
                .collect(),
            rejects: self.sink.rejects,
            bytes: self.n_bytes,
        })
    }

    /// A reader that knows the shape of a source before its first byte, for tests of borders.
    #[cfg(test)]
    fn told(whole: &[u8], options: Options) -> Self {
        let mut reader = Self::new(options);
        Charset::default().push(whole, true, &mut reader.buffer);
        drop(reader.choose_shape(true));
        reader.buffer.clear();
        reader.try_at = 1;
        reader
    }

    fn unpack(&mut self, chunk: &[u8], is_last: bool) -> Result<(), InputError> {
        if let Packing::Unknown(start) = &mut self.packing {
            start.extend_from_slice(chunk);
            if start.len() < 8 && !is_last {
                return Ok(());
            }
            let start = std::mem::take(start);
            sniff::refuse_binary(&start)?;
            self.is_packed = start.starts_with(&[0x1F, 0x8B]);
            self.packing = if self.is_packed {
                Packing::Gzip(Box::new(gzip::Unpacker::new()))
            } else {
                Packing::Plain
            };
            self.unpack(&start, false)?;
            return if is_last {
                self.unpack(&[], true)
            } else {
                Ok(())
            };
        }
        if matches!(self.packing, Packing::Plain) {
            return self.decode(chunk, false);
        }
        for zipped in chunk.chunks(ZIPPED_BYTES) {
            let Packing::Gzip(unpacker) = &mut self.packing else {
                return Ok(());
            };
            let mut unpacked = Vec::new();
            if unpacker.push(zipped, &mut unpacked).is_err() {
                self.packing = Packing::Broken;
                self.sink
                    .warn(Warning::CutFile, "the compressed data is damaged");
            }
            self.decode_unpacked(&unpacked)?;
        }
        if is_last
            && let Packing::Gzip(unpacker) = &self.packing
            && !unpacker.is_whole()
        {
            self.sink
                .warn(Warning::CutFile, "the compressed data ends early");
        }
        Ok(())
    }

    fn decode_unpacked(&mut self, unpacked: &[u8]) -> Result<(), InputError> {
        if self.charset.n_invalid == 0 && self.buffer.is_empty() && self.shape.is_none() {
            sniff::refuse_binary(unpacked)?;
        }
        self.decode(unpacked, false)
    }

    fn decode(&mut self, chunk: &[u8], is_last: bool) -> Result<(), InputError> {
        let mut rest = chunk;
        loop {
            let (piece, after) = rest.split_at(rest.len().min(self.options.piece_bytes));
            rest = after;
            let is_end = is_last && rest.is_empty();
            let piece = if is_end {
                piece
            } else {
                self.read_in_place(piece)?
            };
            self.charset.push(piece, is_end, &mut self.buffer);
            if is_end || self.buffer.len() >= self.try_at {
                self.read(is_end)?;
            }
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// Reads whole records where they stand, without a copy; what is left of the piece.
    fn read_in_place<'p>(&mut self, piece: &'p [u8]) -> Result<&'p [u8], InputError> {
        if self.shape.is_none() || piece.len() < self.options.min_piece_bytes {
            return Ok(piece);
        }
        let Some(n_plain) = self.charset.plain_bytes(piece) else {
            return Ok(piece);
        };
        let mut at = 0;
        let mut n_carried = self.buffer.len();
        if n_carried + n_plain < self.try_at {
            return Ok(piece);
        }
        if n_carried > 0 {
            // The record that the last piece cut off is completed in the buffer.
            let mut n_more = 0;
            for n_bytes in CARRY_BYTES {
                let wanted = n_plain.min(n_bytes);
                let more = piece.get(n_more..wanted).unwrap_or_default();
                self.buffer.extend_from_slice(more);
                n_more = wanted;
                let n_read = self.read_some(&[]);
                if n_read >= n_carried {
                    at = n_read - n_carried;
                    n_carried = 0;
                    break;
                }
                self.buffer.drain(..n_read);
                n_carried -= n_read;
            }
            if n_carried > 0 {
                self.try_at = self.buffer.len() * 2;
                return Ok(piece.get(n_more..).unwrap_or_default());
            }
            self.buffer.clear();
        }
        let text = piece.get(at..n_plain).unwrap_or_default();
        at += self.read_some(text);
        self.check_limit()?;
        // What is left begins a record that the piece cuts off: as much again must come.
        self.try_at =
            ((piece.len() - at) * 2).clamp(self.options.min_piece_bytes, MAX_RECORD_BYTES);
        Ok(piece.get(at..).unwrap_or_default())
    }

    /// Reads whole records of some bytes, or of the buffer when none are given; how many bytes.
    fn read_some(&mut self, bytes: &[u8]) -> usize {
        let Some((shape, ..)) = &mut self.shape else {
            return 0;
        };
        let bytes = if bytes.is_empty() {
            self.buffer.as_slice()
        } else {
            bytes
        };
        let text = Text {
            bytes,
            end: bytes.len(),
            is_last: false,
        };
        let n_read = shape.read(text, &mut self.sink).min(bytes.len());
        self.sink.advance(text, n_read);
        n_read
    }

    /// Reads the whole records of the buffer.
    fn read(&mut self, is_end: bool) -> Result<(), InputError> {
        if self.shape.is_none() {
            self.choose_shape(is_end)?;
        }
        loop {
            let end = self.buffer.len();
            let is_full = end >= MAX_RECORD_BYTES;
            self.buffer.extend([0; PADDING]);
            let Some((shape, ..)) = &mut self.shape else {
                return Ok(());
            };
            let text = Text {
                bytes: &self.buffer,
                end,
                is_last: is_end || is_full,
            };
            let n_read = shape.read(text, &mut self.sink).min(end);
            self.sink.advance(text, n_read);
            self.buffer.truncate(end);
            self.buffer.drain(..n_read);
            self.try_at = match (n_read, self.buffer.len()) {
                (0, n_left) => (n_left * 2).min(MAX_RECORD_BYTES),
                (_, n_left) => n_left + self.options.min_piece_bytes,
            };
            if !is_end || self.buffer.is_empty() || n_read == 0 {
                break;
            }
        }
        self.check_limit()
    }

    fn check_limit(&self) -> Result<(), InputError> {
        match self.options.memory_limit_bytes {
            Some(limit) if self.sink.heap_bytes() > limit => Err(InputError::new(
                "input-memory",
                format!("The rows take more than the limit of {} MB", limit >> 20),
                "load a part of the file, or run the query where the data is",
            )),
            _ => Ok(()),
        }
    }

    fn choose_shape(&mut self, is_end: bool) -> Result<(), InputError> {
        let start = self
            .buffer
            .get(..self.buffer.len().min(sniff::SNIFF_BYTES))
            .unwrap_or_default();
        let named = match &self.options.format {
            None => None,
            Some(id) => Some(sniff::format(id).ok_or_else(|| {
                InputError::new(
                    "input-format",
                    format!("No format has the id `{}`", crate::text::cut(id, 40)),
                    "use an id of the list of formats",
                )
            })?),
        };
        let found = match named {
            Some(format) => {
                let evidence = vec!["the format was given".to_owned()];
                sniff::Found {
                    format,
                    evidence,
                    dialect: sniff::dialect_of(format, start),
                }
            }
            None => sniff::sniff(start, is_end && start.len() == self.buffer.len())?,
        };
        let shape = match (found.dialect, found.format.id) {
            (Some(dialect), _) => Shape::Delimited(Box::new(delimited::Delimited::new(dialect))),
            (None, "az-table") => Shape::AzTable(az_table::AzTable::default()),
            (None, "gateway-text") => Shape::GatewayText(gateway_text::GatewayText::default()),
            _ => Shape::Json(Box::default()),
        };
        self.shape = Some((shape, found.format, found.evidence));
        Ok(())
    }
}

/// Reads a source that is at hand as a whole.
pub fn read(bytes: &[u8], options: Options) -> Result<Read, InputError> {
    let mut reader = Reader::new(options);
    reader.push(bytes)?;
    reader.finish()
}
