//! Rows as text: JSON, CSV and Markdown.
//!
//! Input: columns, the value of any cell, and what masks secrets in a text. Output: one text.
//! Invariants: JSON cells are those of the comparator (integers, ISO datetimes, dynamic as JSON);
//! no CSV cell is a formula for a spreadsheet; no Markdown cell ends its row or opens markup.

use crate::table::Field;
use crate::text::markdown::write_inline;
use crate::value::dynamic::write_json_string;
use crate::value::{Dynamic, Type, Value, number};

/// What replaces secrets in a text of a column, whose name may say that all of it is one; JSON stays
/// JSON.
pub type Mask<'m> = &'m dyn Fn(&str, &str) -> String;

/// From here on, a number may be that of a card.
const FIRST_LONG_NUMBER: u64 = 1_000_000_000_000;

/// Rows to write: columns, their number, and the value of a row and a column.
pub struct Rows<'r> {
    /// The columns.
    pub fields: &'r [Field],
    /// How many rows there are.
    pub n_rows: usize,
    /// The value of a row and a column.
    pub value: &'r dyn Fn(usize, usize) -> Value,
    /// What replaces secrets.
    pub mask: Mask<'r>,
}

impl Rows<'_> {
    /// `{"columns":[{"name","type"}],"rows":[[…]]}`
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"columns\":[");
        for (at, field) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str("{\"name\":");
            write_json_string(&field.name, &mut out);
            out.push_str(",\"type\":\"");
            out.push_str(field.kind.name());
            out.push_str("\"}");
        }
        out.push_str("],\"rows\":[");
        for row in 0..self.n_rows {
            out.push_str(if row > 0 { ",\n[" } else { "\n[" });
            for (column, field) in self.fields.iter().enumerate() {
                if column > 0 {
                    out.push(',');
                }
                self.write_json_cell(&field.name, &(self.value)(row, column), &mut out);
            }
            out.push(']');
        }
        out.push_str("\n]}");
        out
    }

    fn write_json_cell(&self, name: &str, value: &Value, out: &mut String) {
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(number) => out.push_str(&number.to_string()),
            Value::Long(number) => {
                let text = self.long_text(name, *number);
                match text.parse::<i64>() {
                    Ok(_) => out.push_str(&text),
                    Err(_) => write_json_string(&text, out),
                }
            }
            Value::Real(number) => match number::real_json(*number) {
                Some(text) => out.push_str(&text),
                None => write_json_string(real_name(*number), out),
            },
            Value::Dynamic(value) => out.push_str(&self.dynamic_json(name, value)),
            Value::Decimal(_)
            | Value::String(_)
            | Value::DateTime(_)
            | Value::TimeSpan(_)
            | Value::Guid(_) => {
                write_json_string(&(self.mask)(name, &value.to_text()), out);
            }
        }
    }

    /// Masked as a whole, since the name of a member can say that its value is secret; a mask leaves
    /// JSON what it is.
    fn dynamic_json(&self, name: &str, value: &Dynamic) -> String {
        match value {
            Dynamic::String(text) => {
                let mut out = String::new();
                write_json_string(&(self.mask)(name, text), &mut out);
                out
            }
            // The name of a column says nothing of all that is inside.
            _ => (self.mask)("", &value.to_json()),
        }
    }

    fn long_text(&self, name: &str, number: i64) -> String {
        let text = number.to_string();
        if number.unsigned_abs() < FIRST_LONG_NUMBER {
            return text;
        }
        (self.mask)(name, &text)
    }

    /// Comma-separated, CRLF, quoted where needed.
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        for (at, field) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            write_csv_cell(&field.name, true, &mut out);
        }
        out.push_str("\r\n");
        for row in 0..self.n_rows {
            for (column, field) in self.fields.iter().enumerate() {
                if column > 0 {
                    out.push(',');
                }
                let text = self.cell_text(&field.name, &(self.value)(row, column));
                write_csv_cell(
                    &text,
                    matches!(field.kind, Type::String | Type::Dynamic),
                    &mut out,
                );
            }
            out.push_str("\r\n");
        }
        out
    }

    /// A table of GitHub's Markdown.
    pub fn to_markdown(&self) -> String {
        let mut out = String::from("|");
        for field in self.fields {
            out.push(' ');
            write_inline(&field.name, &mut out);
            out.push_str(" |");
        }
        out.push_str("\n|");
        for field in self.fields {
            out.push_str(if field.kind.is_numeric() {
                "---:|"
            } else {
                "---|"
            });
        }
        out.push('\n');
        for row in 0..self.n_rows {
            out.push('|');
            for (column, field) in self.fields.iter().enumerate() {
                out.push(' ');
                let text = self.cell_text(&field.name, &(self.value)(row, column));
                write_inline(&text, &mut out);
                out.push_str(" |");
            }
            out.push('\n');
        }
        out
    }

    fn cell_text(&self, name: &str, value: &Value) -> String {
        match value {
            Value::Bool(value) => value.to_string(),
            Value::String(text) | Value::Dynamic(Dynamic::String(text)) => (self.mask)(name, text),
            Value::Dynamic(value) => self.dynamic_json(name, value),
            Value::Long(number) => self.long_text(name, *number),
            _ => value.to_text(),
        }
    }
}

const fn real_name(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// A spreadsheet takes a cell that begins with one of these for a formula; an apostrophe before it
/// makes it text. Numbers keep their sign.
fn write_csv_cell(text: &str, is_text: bool, out: &mut String) {
    let is_formula = is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if !is_formula && !text.contains(['"', ',', '\r', '\n']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    for character in text.chars() {
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(name: &str, text: &str) -> String {
        match name {
            "password" => "***".to_owned(),
            _ => text
                .replace("secret", "***")
                .replace("4111111111111111", "***"),
        }
    }

    fn written(values: &[(&str, Value)], format: &str) -> String {
        let fields: Vec<_> = values
            .iter()
            .map(|(name, value)| Field::new(name, value.kind().unwrap_or(Type::String)))
            .collect();
        let value = |_: usize, column: usize| values[column].1.clone();
        let rows = Rows {
            fields: &fields,
            n_rows: 1,
            value: &value,
            mask: &mask,
        };
        match format {
            "csv" => rows.to_csv(),
            "json" => rows.to_json(),
            _ => rows.to_markdown(),
        }
    }

    #[test]
    fn no_csv_cell_is_a_formula() {
        let cells = [
            ("a", Value::string("=1+1")),
            ("b", Value::Long(-5)),
            ("c", Value::string("x,\"y\"")),
            ("@d", Value::string("-")),
        ];
        assert_eq!(
            written(&cells, "csv"),
            "a,b,c,\"'@d\"\r\n\"'=1+1\",-5,\"x,\"\"y\"\"\",\"'-\"\r\n"
        );
    }

    #[test]
    fn no_markdown_cell_leaves_its_row() {
        let cells = [
            ("a|b", Value::string("<b>x</b>\n| `y`")),
            ("n", Value::Int(1)),
        ];
        assert_eq!(
            written(&cells, "markdown"),
            "| a\\|b | n |\n|---|---:|\n| \\<b\\>x\\</b\\> \\| \\`y\\` | 1 |\n"
        );
    }

    #[test]
    fn names_and_long_numbers_are_masked() {
        let cells = [
            ("password", Value::string("x")),
            ("n", Value::Long(4_111_111_111_111_111)),
            ("m", Value::Long(-5)),
        ];
        assert_eq!(written(&cells, "csv"), "password,n,m\r\n***,***,-5\r\n");
        assert!(written(&cells, "json").contains("[\"***\",\"***\",-5]"));
        assert!(written(&cells, "markdown").ends_with("| \\*\\*\\* | \\*\\*\\* | -5 |\n"));
    }

    #[test]
    fn json_masks_texts_and_stays_json() {
        let bag = Dynamic::bag(vec![("k".into(), Dynamic::string("a secret\""))]);
        let cells = [
            ("d", Value::Dynamic(bag)),
            ("r", Value::Real(f64::NAN)),
            ("s", Value::string("secret")),
            ("n", Value::Null),
        ];
        assert_eq!(
            written(&cells, "json"),
            "{\"columns\":[{\"name\":\"d\",\"type\":\"dynamic\"},{\"name\":\"r\",\"type\":\"real\"},{\"name\":\"s\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"string\"}],\"rows\":[\n[{\"k\":\"a ***\\\"\"},\"NaN\",\"***\",null]\n]}"
        );
    }
}
