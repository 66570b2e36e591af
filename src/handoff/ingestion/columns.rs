//! The columns of rows that are sent: names and types that a stream takes.
//!
//! Input: the columns of an answer. Output: a name, a type and how a cell is written for each, and
//! what was changed. Invariants: names differ, are those that tables take, and stay where they can;
//! what a stream has no type for is sent as a text. Absent on purpose: the transformation.

use crate::value::dynamic::write_json_string;
use crate::value::{Dynamic, Field, Type};

/// Names that tables keep for themselves.
const RESERVED: &[&str] = &[
    "_ResourceId",
    "_SubscriptionId",
    "id",
    "TenantId",
    "Title",
    "Type",
    "UniqueId",
];
const MOST_CHARS: usize = 45;

/// A column as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What the answer calls it.
    pub source: String,
    /// What the stream calls it.
    pub name: String,
    /// Its type in the answer.
    pub source_kind: Type,
    /// Its type in the stream.
    pub kind: Type,
}

/// The columns of an answer as a stream takes them, and what was changed.
pub fn columns(fields: &[Field]) -> (Vec<Column>, Vec<String>) {
    let mut columns: Vec<Column> = Vec::new();
    let mut notes = Vec::new();
    for field in fields {
        let mut name = valid(&field.name);
        let is_taken = |name: &str| {
            columns
                .iter()
                .any(|one| one.name.eq_ignore_ascii_case(name))
                || (name != field.name
                    && fields.iter().any(|one| one.name.eq_ignore_ascii_case(name)))
        };
        let mut number = 2;
        while is_taken(&name) {
            let cut: String = valid(&field.name).chars().take(MOST_CHARS - 6).collect();
            name = format!("{cut}_{number}");
            number += 1;
        }
        if name != field.name {
            let is_reserved = RESERVED
                .iter()
                .any(|word| word.eq_ignore_ascii_case(&field.name));
            let why = if is_reserved {
                "is reserved"
            } else {
                "is no name of a column"
            };
            let shown = crate::text::cut(&field.name, 60);
            notes.push(format!("`{shown}` {why}: it is sent as `{name}`."));
        }
        let kind = stream_kind(field.kind);
        if kind != field.kind {
            let from = field.kind.name();
            notes.push(format!(
                "Streams know no {from}: `{name}` is sent as a string."
            ));
        }
        columns.push(Column {
            source: field.name.clone(),
            name,
            source_kind: field.kind,
            kind,
        });
    }
    (columns, notes)
}

/// A name that a table takes: letters, digits and underscores, a letter first.
fn valid(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut valid: String = name
        .chars()
        .map(|c| if is_word(c) { c } else { '_' })
        .collect();
    if !valid.starts_with(|c: char| c.is_ascii_alphabetic()) {
        valid = format!("c{}{valid}", if valid.starts_with('_') { "" } else { "_" });
    }
    if RESERVED
        .iter()
        .any(|word| word.eq_ignore_ascii_case(&valid))
    {
        valid.push('_');
    }
    valid.truncate(MOST_CHARS);
    valid
}

const fn stream_kind(kind: Type) -> Type {
    match kind {
        Type::Guid | Type::Decimal | Type::TimeSpan => Type::String,
        other => other,
    }
}

/// What a stream calls a type; `None` of one that it does not know.
pub const fn stream_type(kind: Type) -> Option<&'static str> {
    Some(match kind {
        Type::Bool => "boolean",
        Type::Int => "int",
        Type::Long => "long",
        Type::Real => "real",
        Type::String => "string",
        Type::DateTime => "datetime",
        Type::Dynamic => "dynamic",
        Type::Guid | Type::Decimal | Type::TimeSpan => return None,
    })
}

/// What a table calls a type; `None` of one that it does not know.
pub const fn table_type(kind: Type) -> Option<&'static str> {
    match kind {
        Type::DateTime => Some("dateTime"),
        Type::Guid => Some("guid"),
        other => stream_type(other),
    }
}

impl Column {
    /// Writes a cell as JSON; false where it is not of its type, as a mask may leave it.
    pub fn write(&self, cell: &Dynamic, out: &mut String) -> bool {
        let text = || cell.to_text();
        match (self.kind, cell) {
            (Type::String, _) => write_json_string(&text(), out),
            (Type::DateTime, Dynamic::String(text)) => write_json_string(text, out),
            (Type::Dynamic, _) => out.push_str(&cell.to_json()),
            (Type::Bool, Dynamic::Bool(_))
            | (Type::Real, Dynamic::Real(_) | Dynamic::Long(_))
            | (Type::Int | Type::Long, Dynamic::Long(_)) => out.push_str(&cell.to_json()),
            // Beyond what a number of JavaScript holds, it came as a text.
            (Type::Long, Dynamic::String(text)) if text.parse::<i64>().is_ok() => {
                out.push_str(text);
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_tables() {
        let fields: Vec<Field> = [
            "Type",
            "type_",
            "a b",
            "a_b",
            "1st",
            "_ResourceId",
            "Größe",
            "TimeGenerated",
            "",
            "A_very_long_name_of_a_column_that_no_table_would_take_as_it_is",
            "A_very_long_name_of_a_column_that_no_table_would_take_either",
        ]
        .iter()
        .map(|name| Field::new(name, Type::Guid))
        .collect();
        let (columns, notes) = columns(&fields);
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Type__2",
                "type_",
                "a_b_2",
                "a_b",
                "c_1st",
                "c_ResourceId",
                "Gr__e",
                "TimeGenerated",
                "c_",
                "A_very_long_name_of_a_column_that_no_table_wo",
                "A_very_long_name_of_a_column_that_no_ta_2",
            ]
        );
        assert!(names.iter().all(|name| name.len() <= MOST_CHARS));
        assert_eq!(notes.len(), 8 + 11);
        assert!(columns.iter().all(|column| column.kind == Type::String));
    }
}
