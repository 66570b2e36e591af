//! Which shape a source has, and what says so.
//!
//! Input: the first bytes. Output: a [`Format`] of the catalogue with evidence, or an error that says
//! what to export instead. The first match wins, in the order of `reference/FORMATS.md` §7; the caller
//! may override it.

use super::delimited::{Dialect, is_header, split_line};
use super::scan::{PADDING, Text};
use super::{InputError, az_table, gateway_text};
use crate::text::documentation;

/// One shape of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    /// The stable id.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What writes it.
    pub about: &'static str,
}

macro_rules! formats {
    ($($name:ident $id:literal $title:literal $about:literal;)*) => {
        $(#[doc = $title]
        pub(crate) const $name: Format = Format {
            id: $id,
            title: documentation($title),
            about: documentation($about),
        };)*
        /// Every shape that can be read.
        pub const FORMATS: &[&Format] = &[$(&$name),*];
    };
}

formats! {
    JSON_LINES "json-lines" "JSON lines" "Storage account (`PT1H.json`), data export of a workspace";
    JSON_RECORDS "json-records" "JSON records" "one record, or several in a row, pretty or compact";
    JSON_ARRAY "json-array" "JSON array" "an array of records, as tools and scripts write it";
    AZ_JSON "az-json" "az query as JSON" "`az monitor log-analytics query -o json`: every value is a text";
    RECORDS_ENVELOPE "records-envelope" "records envelope" "Event Hub messages: `{\"records\":[…]}`";
    QUERY_RESPONSE "query-response" "query response" "Log Analytics and Application Insights REST: `{\"tables\":[…]}`";
    METRICS_RESPONSE "metrics-response" "metrics response" "`az monitor metrics list` and the REST API behind it: points in time series";
    KUSTO_V1 "kusto-v1" "Kusto response v1" "Kusto REST v1: `{\"Tables\":[…]}`";
    KUSTO_V2 "kusto-v2" "Kusto response v2" "Kusto REST v2: an array of frames";
    KQR "kqr" "Kusto result file" "`.kqr` files of editors";
    PORTAL_CSV "portal-csv" "portal CSV" "export of the Logs blade of the portal";
    CSV "csv" "CSV" "comma-separated values of any tool";
    SEMICOLON_CSV "semicolon-csv" "semicolon CSV" "Excel in a locale with decimal commas";
    TSV "tsv" "TSV" "rows copied from a grid, tab-separated";
    AZ_TSV "az-tsv" "az query as TSV" "`az … -o tsv`: no header, no quotes";
    POWERSHELL_CSV "powershell-csv" "PowerShell CSV" "`Export-Csv` of Windows PowerShell, with `#TYPE`";
    AZ_TABLE "az-table" "az query as table" "`az … -o table`: columns padded with blanks";
    GATEWAY_TEXT "gateway-text" "gateway text" "standard output of a self-hosted gateway";
}

/// The format of an id.
pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.id == id)
}

/// What was found out about a source.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) format: &'static Format,
    pub(crate) evidence: Vec<String>,
    pub(crate) dialect: Option<Dialect>,
}

/// What the first bytes of a file that is no text say.
pub(crate) fn refuse_binary(bytes: &[u8]) -> Result<(), InputError> {
    const MAGIC: [(&[u8], &str, &str, &str); 16] = [
        (
            b"Obj\x01",
            "input-avro",
            "an Avro file",
            "export JSON lines, or the events' bodies as text",
        ),
        (
            b"PAR1",
            "input-parquet",
            "a Parquet file",
            "export CSV or JSON, or run the query in the portal and export that",
        ),
        (
            b"PK\x03\x04",
            "input-zip",
            "a zip or xlsx file",
            "unpack it, or save the sheet as CSV UTF-8",
        ),
        (
            b"PK\x05\x06",
            "input-zip",
            "an empty zip file",
            "unpack it, or save the sheet as CSV UTF-8",
        ),
        (
            b"\xD0\xCF\x11\xE0",
            "input-xls",
            "an old Office file",
            "save the sheet as CSV UTF-8",
        ),
        (
            b"\x89PNG",
            "input-picture",
            "a picture",
            "export the rows as CSV or JSON",
        ),
        (
            b"\xFF\xD8\xFF",
            "input-picture",
            "a picture",
            "export the rows as CSV or JSON",
        ),
        (
            b"GIF8",
            "input-picture",
            "a picture",
            "export the rows as CSV or JSON",
        ),
        (
            b"RIFF",
            "input-picture",
            "a media file",
            "export the rows as CSV or JSON",
        ),
        (
            b"BM\x00\x00",
            "input-picture",
            "a picture",
            "export the rows as CSV or JSON",
        ),
        (
            b"%PDF",
            "input-document",
            "a PDF",
            "export the rows as CSV or JSON",
        ),
        (
            b"{\\rtf",
            "input-document",
            "a rich text document",
            "save it as plain text",
        ),
        (
            b"BZh",
            "input-compressed",
            "a bzip2 file",
            "unpack it; gzip can be read as it is",
        ),
        (
            b"7z\xBC\xAF",
            "input-compressed",
            "a 7z file",
            "unpack it; gzip can be read as it is",
        ),
        (
            b"\x28\xB5\x2F\xFD",
            "input-compressed",
            "a zstd file",
            "unpack it; gzip can be read as it is",
        ),
        (
            b"\xFD7zXZ",
            "input-compressed",
            "an xz file",
            "unpack it; gzip can be read as it is",
        ),
    ];
    match MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        Some((_, code, what, instead)) => Err(InputError::new(
            code,
            format!("The source is {what}"),
            instead,
        )),
        None => Ok(()),
    }
}

/// Bytes that the shape is told from.
pub(crate) const SNIFF_BYTES: usize = 64 << 10;

/// Tells the shape from the first decoded bytes.
pub(crate) fn sniff(start: &[u8], is_whole: bool) -> Result<Found, InputError> {
    let n_controls = start
        .iter()
        .filter(|&&byte| byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1B | 0x0C | 8))
        .count();
    if n_controls * 10 > start.len() {
        return Err(InputError::new(
            "input-binary",
            "The source is not a text",
            "export the rows as CSV or JSON",
        ));
    }
    let mut padded = start.to_vec();
    padded.extend([0; PADDING]);
    let text = Text {
        bytes: &padded,
        end: start.len(),
        is_last: true,
    };
    let first = text.skip_blanks(0);
    if first >= text.end {
        return Err(InputError::new(
            "input-empty",
            "The source holds no characters but blanks",
            "export at least one row",
        ));
    }
    let line_end = text.line_end(first).unwrap_or(text.end);
    let line = String::from_utf8_lossy(text.between(first, line_end)).into_owned();
    if gateway_text::head(&line).is_ok()
        && gateway_text::LEVELS
            .iter()
            .any(|level| line.contains(level))
    {
        return Ok(found(
            &GATEWAY_TEXT,
            ["a level in brackets, a time and an event begin the line"],
        ));
    }
    match text.byte(first) {
        b'{' => return Ok(found_json_object(text, first, line_end)),
        b'[' => return Ok(found_json_array(text, first)),
        _ => {}
    }
    let second = String::from_utf8_lossy(text.between(
        line_end + 1,
        text.line_end(line_end + 1).unwrap_or(text.end),
    ))
    .into_owned();
    if az_table::is_rule(&second) {
        return Ok(found(
            &AZ_TABLE,
            ["dashes underline the names of the columns"],
        ));
    }
    found_delimited(text, first, &line, is_whole)
}

fn found<const N: usize>(format: &'static Format, evidence: [&str; N]) -> Found {
    Found {
        format,
        evidence: evidence.map(str::to_owned).to_vec(),
        dialect: None,
    }
}

/// Whether a word stands in the first bytes.
fn has(text: Text<'_>, word: &str) -> bool {
    memchr::memmem::find(text.between(0, text.end), word.as_bytes()).is_some()
}

/// The key that an object begins with.
fn first_key(text: Text<'_>, brace: usize) -> &[u8] {
    let at = text.skip_blanks(brace + 1);
    let end = super::scan::quote_or_backslash(text.bytes, at + 1);
    text.between(at + 1, end.min(text.end))
}

fn found_json_object(text: Text<'_>, first: usize, line_end: usize) -> Found {
    match first_key(text, first) {
        b"records" | b"Records" => return found(&RECORDS_ENVELOPE, ["the first key is `records`"]),
        b"Tables" => return found(&KUSTO_V1, ["the first key is `Tables`"]),
        b"tables" => return found(&QUERY_RESPONSE, ["the first key is `tables`"]),
        _ if has_metrics(text) => return found_metrics(),
        _ if has(text, "\"tables\"") && has(text, "\"cluster\"") && has(text, "\"database\"") => {
            return found(&KQR, ["the keys are those of a Kusto result file"]);
        }
        b"error" | b"statistics" | b"render" if has(text, "\"tables\"") => {
            return found(&QUERY_RESPONSE, ["a key is `tables`"]);
        }
        _ => {}
    }
    let closes = |back: usize| text.byte(line_end.saturating_sub(back)) == b'}';
    let is_one_line = closes(1) || closes(2) || line_end >= text.end;
    if !is_one_line {
        return found(&JSON_RECORDS, ["a brace opens a record that spans lines"]);
    }
    let what = if has(text, "\"resourceId\"") && has(text, "\"category\"") {
        "keys are those of a resource log"
    } else if has(text, "\"TimeGenerated\"") && has(text, "\"Type\"") {
        "keys are those of a data export"
    } else {
        "each line is an object"
    };
    found(&JSON_LINES, ["a record in braces fills the line", what])
}

/// Whether a metric with its points is among the first bytes.
fn has_metrics(text: Text<'_>) -> bool {
    has(text, "\"timeseries\"") && has(text, "\"timeStamp\"")
}

fn found_metrics() -> Found {
    found(
        &METRICS_RESPONSE,
        ["a metric has its points in `timeseries`"],
    )
}

fn found_json_array(text: Text<'_>, first: usize) -> Found {
    let brace = text.skip_blanks(first + 1);
    if first_key(text, brace) == b"FrameType"
        || (has(text, "\"FrameType\"") && has(text, "DataSetHeader"))
    {
        return found(&KUSTO_V2, ["the elements have a `FrameType`"]);
    }
    if has_metrics(text) {
        return found_metrics();
    }
    if has(text, "\"TableName\"") {
        return found(&AZ_JSON, ["the records have a `TableName` and texts only"]);
    }
    found(&JSON_ARRAY, ["a bracket opens an array of records"])
}

fn found_delimited(
    text: Text<'_>,
    first: usize,
    line: &str,
    is_whole: bool,
) -> Result<Found, InputError> {
    let is_powershell = line.starts_with("#TYPE ");
    let mut at = first;
    let mut says = None;
    if is_powershell || line.starts_with("sep=") {
        says = line
            .strip_prefix("sep=")
            .and_then(|rest| rest.bytes().next());
        at = text.skip_blanks(text.line_end(first).unwrap_or(text.end));
    }
    let (n_fields, delimiter) = [b'\t', b',', b';', b'|']
        .into_iter()
        .map(|delimiter| {
            let dialect = Dialect {
                delimiter,
                has_header: true,
                has_quotes: true,
                is_python: false,
            };
            (
                split_line(text, at, dialect).map_or(1, |(fields, _)| fields.len()),
                delimiter,
            )
        })
        .max_by_key(|&(n_fields, delimiter)| (n_fields, u8::MAX - delimiter))
        .unwrap_or((1, b','));
    let delimiter = says.unwrap_or(delimiter);
    let mut dialect = Dialect {
        delimiter,
        has_header: true,
        has_quotes: true,
        is_python: false,
    };
    let (fields, end) = split_line(text, at, dialect).unwrap_or_default();
    dialect.has_header = is_header(&fields);
    let knows_one = || {
        crate::input::naming::recognise(&fields.iter().map(String::as_str).collect::<Vec<_>>())
            .is_some()
    };
    let is_prose = n_fields < 2 || (!knows_one() && is_prose(line));
    if is_prose
        && !is_powershell
        && says.is_none()
        && !(dialect.has_header && knows_one())
        && !is_column(text, end, is_whole, &fields)
    {
        return Err(InputError::new(
            "input-unknown",
            "The source is no export that is known",
            "export CSV from the Logs blade, or JSON from the query API or the Storage account",
        ));
    }
    let n = format!(
        "{} columns between `{}`",
        fields.len(),
        char::from(delimiter).escape_default()
    );
    let zones = fields
        .iter()
        .filter(|field| super::naming::label(field).clock != super::naming::Clock::Unsaid)
        .count();
    let (format, more) = match delimiter {
        _ if is_powershell => (&POWERSHELL_CSV, "the first line says `#TYPE`".to_owned()),
        b'\t' if !dialect.has_header => {
            let is_python = has(text, "PrimaryResult") || has(text, "\tNone\t");
            dialect.is_python = is_python;
            dialect.has_quotes = !is_python;
            (
                if is_python { &AZ_TSV } else { &TSV },
                "the first line holds values".to_owned(),
            )
        }
        b'\t' => (&TSV, "the first line names columns".to_owned()),
        b';' => (&SEMICOLON_CSV, "the first line names columns".to_owned()),
        _ if zones > 0 => (&PORTAL_CSV, format!("{zones} headers name a time zone")),
        _ if dialect.has_header
            && ["TenantId", "TimeGenerated"]
                .iter()
                .all(|name| fields.iter().any(|field| field == name)) =>
        {
            (
                &PORTAL_CSV,
                "the header is that of a whole table".to_owned(),
            )
        }
        _ if dialect.has_header => (&CSV, "the first line names columns".to_owned()),
        _ => (&CSV, "the first line holds values".to_owned()),
    };
    Ok(Found {
        format,
        evidence: vec![n, more],
        dialect: Some(dialect),
    })
}

/// Whether a line reads like a sentence: words, and a blank behind every delimiter.
fn is_prose(line: &str) -> bool {
    let n_delimiters = line.matches([',', ';', '|']).count();
    let n_followed = [", ", "; ", "| "]
        .iter()
        .map(|pair| line.matches(pair).count())
        .sum::<usize>();
    !line.contains('\t')
        && n_delimiters == n_followed
        && line.split_whitespace().count() >= 3 * (n_delimiters + 1)
}

/// One column of values under a name, and not prose.
fn is_column(text: Text<'_>, end: usize, is_whole: bool, fields: &[String]) -> bool {
    let rest = String::from_utf8_lossy(text.between(end, text.end)).into_owned();
    let mut lines = rest
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .peekable();
    let is_name = fields
        .first()
        .is_some_and(|name| !name.contains(' ') && is_header(fields));
    is_whole && is_name && lines.peek().is_some() && lines.all(|line| line.split(' ').count() == 1)
}

/// The dialect of a format that the caller named.
pub(crate) fn dialect_of(format: &Format, start: &[u8]) -> Option<Dialect> {
    let mut padded = start.to_vec();
    padded.extend([0; PADDING]);
    let text = Text {
        bytes: &padded,
        end: start.len(),
        is_last: true,
    };
    let delimiter = match format.id {
        "portal-csv" | "csv" | "powershell-csv" => b',',
        "semicolon-csv" => b';',
        "tsv" | "az-tsv" => b'\t',
        _ => return None,
    };
    let is_az = format.id == "az-tsv";
    let mut dialect = Dialect {
        delimiter,
        has_header: !is_az,
        has_quotes: !is_az,
        is_python: is_az,
    };
    if format.id == "tsv" || format.id == "csv" {
        let (fields, _) = split_line(text, text.skip_blanks(0), dialect).unwrap_or_default();
        dialect.has_header = is_header(&fields);
    }
    Some(dialect)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> &'static str {
        sniff(text.as_bytes(), true).map_or_else(|error| error.code, |found| found.format.id)
    }

    #[test]
    fn shapes_are_told_apart() {
        for (text, wanted) in [
            (
                "{\"time\":\"x\",\"category\":\"GatewayLogs\",\"resourceId\":\"y\"}\n{\"time\":\"z\"}",
                "json-lines",
            ),
            ("{\n  \"time\": \"x\"\n}", "json-records"),
            ("[{\"ApiId\":\"x\"}]", "json-array"),
            (
                "[ { \"ApiId\": \"x\", \"TableName\": \"PrimaryResult\" } ]",
                "az-json",
            ),
            ("{\"records\":[]}", "records-envelope"),
            ("{ \"tables\" : [] }", "query-response"),
            (
                "{\"interval\":\"PT1M\",\"value\":[{\"timeseries\":[{\"data\":[{\"timeStamp\":\"x\"}]}]}]}",
                "metrics-response",
            ),
            (
                "[{\"timeseries\":[{\"data\":[{\"timeStamp\":\"x\"}]}]}]",
                "metrics-response",
            ),
            ("[{\"timeseries\":[1]}]", "json-array"),
            ("{\"Tables\":[]}", "kusto-v1"),
            ("[{\"FrameType\":\"DataSetHeader\"}]", "kusto-v2"),
            (
                "{\"query\":\"T\",\"cluster\":\"c\",\"database\":\"d\",\"tables\":[]}",
                "kqr",
            ),
            ("\"TimeGenerated [UTC]\",ApiId\nx,y", "portal-csv"),
            ("ApiId,ResponseCode\na,200", "csv"),
            ("ApiId;ResponseCode\na;200", "semicolon-csv"),
            ("ApiId\tResponseCode\na\t200", "tsv"),
            ("a\t200\tPrimaryResult\t2024-01-01", "az-tsv"),
            (
                "#TYPE System.Object\r\n\"ApiId\"\r\n\"x\"",
                "powershell-csv",
            ),
            ("ApiId    Code\n-------  ----\na        200", "az-table"),
            (
                "[Info] 2024-11-20T02:24:37.137 [GatewayLogs], url: x",
                "gateway-text",
            ),
            ("", "input-empty"),
            (" \n\t ", "input-empty"),
            (
                "Dear all, the gateway is broken.\nPlease help.",
                "input-unknown",
            ),
        ] {
            assert_eq!(id(text), wanted, "{text}");
        }
        assert_eq!(
            refuse_binary(b"PAR1xxxx").unwrap_err().code,
            "input-parquet"
        );
        assert_eq!(
            sniff(&[0, 1, 2, 3, 4, 5], true).unwrap_err().code,
            "input-binary"
        );
    }

    #[test]
    fn ids_are_unique() {
        let ids: std::collections::HashSet<&str> = FORMATS.iter().map(|format| format.id).collect();
        assert_eq!(ids.len(), FORMATS.len());
        assert_eq!(format("csv"), Some(&CSV));
    }
}
