//! Rows that are handed on: an answer, or a table of which only the columns are asked.
//!
//! Input: `{columns: [{name, type}], rows?: [[cell, …], …]}`, as an answer is written as JSON. Output:
//! fields and cells. Invariants: every row has a cell for each column; what a cell holds is what the
//! caller gave, so secrets were replaced before, or not. Absent on purpose: a copy of the rows.

use super::HandoffError;
use super::request::Request;
use crate::kql::token::{written_name, written_string};
use crate::value::dynamic::write_json_string;
use crate::value::{Dynamic, Field, Type, datetime, guid, timespan};

/// Columns and rows.
pub struct Answer<'d> {
    /// The columns.
    pub fields: Vec<Field>,
    /// The cells of each row.
    pub rows: Vec<&'d [Dynamic]>,
}

impl<'d> Answer<'d> {
    /// Reads the field of a request, which must be there.
    pub fn read(request: &Request<'d>, name: &str) -> Result<Self, HandoffError> {
        let object = request.object(name, &["columns", "rows"])?;
        let object = object.ok_or_else(|| {
            request.wrong(
                name,
                "this field is missing",
                "columns and rows of an answer",
            )
        })?;
        let mut fields = Vec::new();
        for column in object.list("columns", &["name", "type"])? {
            let kind = column.required("type")?;
            let kind = Type::from_name(kind).ok_or_else(|| {
                let message = format!("`{}` is no type", crate::text::cut(kind, 40));
                column.wrong("type", &message, "a type of KQL, as string or datetime")
            })?;
            fields.push(Field::new(column.required("name")?, kind));
        }
        if fields.is_empty() {
            return Err(object.wrong("columns", "there is no column", "columns with types"));
        }
        let rows: Result<Vec<&[Dynamic]>, HandoffError> = object
            .any("rows")
            .map_or(&[][..], |rows| rows.items().unwrap_or(&[]))
            .iter()
            .enumerate()
            .map(|(at, row)| match row.items() {
                Some(cells) if cells.len() == fields.len() => Ok(cells),
                _ => {
                    let help = format!("a list of {} cells", fields.len());
                    Err(object.wrong(&format!("rows[{at}]"), "this is no such row", &help))
                }
            })
            .collect();
        if object
            .any("rows")
            .is_some_and(|rows| rows.items().is_none())
        {
            return Err(object.wrong("rows", "this is no list", "a list of rows"));
        }
        Ok(Self {
            fields,
            rows: rows?,
        })
    }

    /// `(A: string, ['b c']: long)`, as `datatable` and `externaldata` take it.
    pub fn signature(&self) -> String {
        let fields = self.fields.iter();
        let columns = fields.map(|field| {
            let name = written_name(&field.name);
            format!("{name}: {}", field.kind.name())
        });
        format!("({})", columns.collect::<Vec<_>>().join(", "))
    }

    /// The rows as `datatable`.
    pub fn datatable(&self) -> String {
        let row = |cells: &&[Dynamic]| {
            let cells = self.fields.iter().zip(cells.iter());
            let literals = cells.map(|(field, cell)| literal(field.kind, cell));
            format!("    {}", literals.collect::<Vec<_>>().join(", "))
        };
        let rows: Vec<String> = self.rows.iter().map(row).collect();
        format!("datatable{}\n[\n{}\n]", self.signature(), rows.join(",\n"))
    }

    /// The rows as lines of CSV.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        for cells in &self.rows {
            for (at, cell) in cells.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                let text = cell.to_text();
                if text.contains(['"', ',', '\r', '\n']) || text.trim() != text {
                    out.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
                } else {
                    out.push_str(&text);
                }
            }
            out.push('\n');
        }
        out
    }
}

/// A cell as a literal of KQL; what is not of its type, as a mask may leave it, is null.
fn literal(kind: Type, cell: &Dynamic) -> String {
    let text = cell.to_text();
    let of = |is_right: bool| {
        if is_right && !cell.is_null() {
            format!("{}({text})", kind.name())
        } else {
            format!("{}(null)", kind.name())
        }
    };
    match kind {
        Type::String => written_string(&text),
        Type::Bool => of(matches!(cell, Dynamic::Bool(_))),
        Type::Int => of(text.parse::<i32>().is_ok()),
        Type::Long => of(text.parse::<i64>().is_ok()),
        Type::Real => match text.as_str() {
            "NaN" => "real(nan)".to_owned(),
            "Infinity" => "real(+inf)".to_owned(),
            "-Infinity" => "real(-inf)".to_owned(),
            _ => of(text.parse::<f64>().is_ok_and(f64::is_finite)),
        },
        Type::Decimal => of(text.parse::<f64>().is_ok_and(f64::is_finite)),
        Type::DateTime => of(datetime::parse(&text).is_some()),
        Type::TimeSpan => of(timespan::parse(&text).is_some()),
        Type::Guid => of(guid::parse(&text).is_some()),
        Type::Dynamic => match cell {
            Dynamic::Null => "dynamic(null)".to_owned(),
            Dynamic::String(text) => {
                let mut out = String::from("dynamic(");
                write_json_string(text, &mut out);
                out.push(')');
                out
            }
            _ => format!("dynamic({})", cell.to_json()),
        },
    }
}
