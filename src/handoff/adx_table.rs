//! A table of Azure Data Explorer: the way on when a file outgrows the browser.
//!
//! Input: `{name, answer: {columns, rows?}, source?}`. Output: the commands that make the table, its
//! mappings and fill it; the rows as `.ingest inline` and as `datatable()` where they are few; the
//! file as `externaldata`. Invariants: any name of a table or a column is quoted as KQL wants it; a
//! key in an address is one that the caller gave, and is hidden from the service's own logs.

use super::answer::Answer;
use super::json::{Json, list, object};
use super::request::Request;
use super::{Artefact, File, HandoffError};
use crate::kql::token::{written_name, written_string};
use crate::text::cut;
use crate::value::{Dynamic, Field};

/// Rows and bytes up to which they stand in a command or a query themselves.
const MOST_INLINE_ROWS: usize = 5000;
const MOST_INLINE_BYTES: usize = 1_000_000;

/// Stands where the address of the file is not told.
const PLACE: &str = "https://ACCOUNT.blob.core.windows.net/CONTAINER/FILE.json";

/// The commands for a table.
pub fn adx_table(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(request, &["name", "answer", "source", "format"])?;
    let name = request.required("name")?;
    let is_character = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
    if name.trim() != name
        || name.is_empty()
        || !name.chars().all(is_character)
        || name.len() > 1024
    {
        let message = format!("`{}` is no name of a table", cut(name, 40));
        let help = "letters, digits, underscores, hyphens, dots and blanks within";
        return Err(HandoffError::new("name", "name", message, help));
    }
    let answer = Answer::read(&request, "answer")?;
    let source = request.text("source")?;
    if let Some(source) = source
        && (!source.starts_with("https://") || source.contains(char::is_whitespace))
    {
        return Err(request.wrong("source", "this is no address of a file", PLACE));
    }
    let format = match request.text("format")? {
        None => format_of(source.unwrap_or(PLACE)),
        Some(_) => request.choice("format", &["multijson", "json", "csv"])?,
    };
    let table = written_name(name);
    let mapping = format!("{name}_{}", if format == "csv" { "csv" } else { "json" });
    let address = hidden_string(source.unwrap_or(PLACE));
    let mut files = vec![
        File::new("table", "table.kql", create(&table, name, &answer.fields)),
        File::new(
            "ingest",
            "ingest.kql",
            format!(
                ".ingest into table {table} (\n    {address}\n) with (format={}, ingestionMappingReference={})\n",
                written_string(format),
                written_string(&mapping)
            ),
        ),
        File::new(
            "externaldata",
            "externaldata.kql",
            format!(
                "externaldata {}\n[\n    {address}\n]\nwith (format={}{})\n",
                answer.signature(),
                written_string(format),
                // Without a mapping the names of members are those of the columns.
                if format == "csv" {
                    ", ignoreFirstRecord=true"
                } else {
                    ""
                }
            ),
        ),
    ];
    let mut notes = Vec::new();
    if source.is_none() {
        notes.push(format!(
            "{PLACE} stands where the address of the file goes."
        ));
    }
    if !answer.rows.is_empty() {
        let csv = answer.csv();
        if answer.rows.len() > MOST_INLINE_ROWS || csv.len() > MOST_INLINE_BYTES {
            notes.push(format!(
                "{} rows are too many for a command: put them into a file, and ingest that.",
                answer.rows.len()
            ));
        } else {
            let inline =
                format!(".ingest inline into table {table} with (format=\"csv\") <|\n{csv}");
            files.push(File::new("inline", "inline.kql", inline));
            let rows = answer.datatable() + "\n";
            files.push(File::new("datatable", "datatable.kql", rows));
        }
    }
    Ok(Artefact { files, notes })
}

fn format_of(address: &str) -> &'static str {
    let path = address.split('?').next().unwrap_or_default();
    let mut endings = path.rsplit('.');
    let last = endings.next().unwrap_or_default();
    let ending = if last.eq_ignore_ascii_case("gz") {
        endings.next().unwrap_or_default()
    } else {
        last
    };
    if ending.eq_ignore_ascii_case("csv") {
        "csv"
    } else {
        "multijson"
    }
}

/// A text that the service does not write into its own logs.
fn hidden_string(text: &str) -> String {
    format!("h{}", written_string(text))
}

fn create(table: &str, name: &str, fields: &[Field]) -> String {
    let columns = fields.iter().map(|field| {
        let column = written_name(&field.name);
        format!("    {column}: {}", field.kind.name())
    });
    let columns: Vec<String> = columns.collect();
    let json = mapping(fields, |field, _| ("Path", path(&field.name)));
    let csv = mapping(fields, |_, at| ("Ordinal", at.to_string()));
    let mapping = |kind: &str, text: &str| {
        let mapping = written_string(&format!("{name}_{kind}"));
        // In three backticks nothing of the mapping needs another escape.
        format!(
            ".create-or-alter table {table} ingestion {kind} mapping {mapping}\n```\n{text}\n```\n"
        )
    };
    format!(
        ".create table {table} (\n{}\n)\n\n{}\n{}",
        columns.join(",\n"),
        mapping("json", &json),
        mapping("csv", &csv)
    )
}

fn mapping(fields: &[Field], place: impl Fn(&Field, usize) -> (&'static str, String)) -> String {
    let columns = fields.iter().enumerate().map(|(at, field)| {
        let (key, value) = place(field, at);
        let properties: Json = object([(key, value.into())]);
        object([
            ("column", field.name.as_str().into()),
            ("Properties", properties),
        ])
    });
    let lines: Vec<String> = columns
        .map(|one: Json| format!("  {}", one.compact()))
        .collect();
    if lines.is_empty() {
        return list::<std::convert::Infallible, &str>([]).compact();
    }
    format!("[\n{}\n]", lines.join(",\n"))
}

/// The path of a member.
fn path(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("$.{name}")
    } else {
        format!("$['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}
