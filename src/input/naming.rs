//! From the names that a source uses to tables and columns.
//!
//! Input: keys or headers, and the values that say what a record is. Output: the table's name and,
//! for each spelling, the column. Invariants: a column of the catalogue gets its resource-specific
//! name and its declared type; any other keeps its own name. Labels such as `[UTC]` are no part of a
//! name.

use super::sink::OTHER_RECORDS;
use crate::schema::{self, TableSchema};
use crate::value::Type;

/// A header without its label, and what the label says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label<'n> {
    pub(crate) name: &'n str,
    pub(crate) clock: Clock,
}

/// Which clock a column of times was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The header does not say.
    Unsaid,
    /// `[UTC]`
    Utc,
    /// `[Local Time]` or a named zone.
    Local,
}

/// Takes the label off: `TimeGenerated [UTC]`, `Start [Local Time]`, `End [Pacific Time (…)]`.
pub(crate) fn label(header: &str) -> Label<'_> {
    let header = header.trim();
    let unlabelled = Label {
        name: header,
        clock: Clock::Unsaid,
    };
    let Some((name, zone)) = header
        .strip_suffix(']')
        .and_then(|head| head.rsplit_once(" ["))
    else {
        return unlabelled;
    };
    let clock = match zone {
        "UTC" => Clock::Utc,
        zone if zone.contains("Time") || zone.contains("UTC") || zone.contains("GMT") => {
            Clock::Local
        }
        _ => return unlabelled,
    };
    Label { name, clock }
}

/// A table's name out of a value of the log: letters, digits and `_`, not too long.
pub(crate) fn table_name(value: &str) -> String {
    let name: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(60)
        .collect();
    let name = name.trim_matches('_');
    match name.bytes().next() {
        None => OTHER_RECORDS.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("T_{name}"),
        Some(_) => name.to_owned(),
    }
}

/// The type that a name alone says, for columns the catalogue does not know.
pub(crate) fn kind_by_name(name: &str, clock: Clock) -> Option<Type> {
    if clock != Clock::Unsaid
        || matches!(name, "TimeGenerated" | "timestamp" | "Timestamp")
        || name.ends_with("_t")
    {
        return Some(Type::DateTime);
    }
    match name.rsplit_once('_') {
        Some((_, "d")) => Some(Type::Real),
        Some((_, "b")) => Some(Type::Bool),
        _ => None,
    }
}

/// Names of the envelope that all resource logs share, and what Log Analytics makes of them.
const ENVELOPE: &[(&str, &str)] = &[
    ("time", "TimeGenerated"),
    ("resourceId", "_ResourceId"),
    ("category", "Category"),
    ("operationName", "OperationName"),
    ("correlationId", "CorrelationId"),
    ("location", "Region"),
    ("callerIpAddress", "CallerIpAddress"),
    ("durationMs", "DurationMs"),
    ("level", "Level"),
    ("resultType", "ResultType"),
];

/// Where in a raw record a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    Root,
    Properties,
    LastError,
}

impl Context {
    pub(crate) const ALL: [Self; 3] = [Self::Root, Self::Properties, Self::LastError];

    const fn path(self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Properties => "properties.",
            Self::LastError => "properties.lastError.",
        }
    }
}

/// Name, type and declaredness of the column that a key means.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) kind: Option<Type>,
    pub(crate) clock: Clock,
}

/// The column of a key of a record, or of a header cell.
pub(crate) fn column_of(
    schema: Option<&TableSchema>,
    is_raw: bool,
    context: Context,
    key: &str,
) -> Named {
    let Label { name, clock } = label(key);
    let known = schema.and_then(|schema| {
        let at_path = if is_raw {
            schema.column_at(&format!("{}{name}", context.path()))
        } else {
            None
        };
        at_path.or_else(|| match context {
            Context::LastError => schema.column(&format!("LastError{name}")),
            _ => schema.column(name),
        })
    });
    if let Some(column) = known {
        return Named {
            name: column.name.to_owned(),
            kind: Some(column.kind),
            clock,
        };
    }
    let own_name = match (schema.is_some() && is_raw, context) {
        (true, Context::LastError) => format!("LastError{}", capitalised(name)),
        (true, _) => capitalised(name),
        (false, Context::Root) if is_raw => {
            let shared = ENVELOPE.iter().find(|(raw, _)| *raw == name);
            shared.map_or(name, |(_, shared)| shared).to_owned()
        }
        (false, _) => name.to_owned(),
    };
    let kind = kind_by_name(&own_name, clock);
    Named {
        name: own_name,
        kind,
        clock,
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(first.to_ascii_uppercase())
            .chain(letters)
            .collect()
    })
}

/// Names that an aggregation makes: such rows are answers about logs, not logs.
fn is_aggregate(name: &str) -> bool {
    const MAKERS: [&str; 14] = [
        "count_",
        "sum_",
        "avg_",
        "min_",
        "max_",
        "dcount_",
        "countif_",
        "percentile_",
        "stdev_",
        "arg_max_",
        "arg_min_",
        "make_",
        "percentiles_",
        "sumif_",
    ];
    MAKERS.iter().any(|maker| name.starts_with(maker))
}

/// Names beyond these say nothing more about the table.
const MAX_TELLING_NAMES: usize = 600;

/// The table that names alone speak of; rows that an aggregation made speak of none.
pub(crate) fn recognise(names: &[&str]) -> Option<&'static TableSchema> {
    let names: Vec<&str> = names
        .iter()
        .take(MAX_TELLING_NAMES)
        .map(|name| label(name).name)
        .collect();
    if names.iter().any(|name| is_aggregate(name)) {
        return None;
    }
    schema::recognise(&names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert_eq!(
            label("TimeGenerated [UTC]"),
            Label {
                name: "TimeGenerated",
                clock: Clock::Utc
            }
        );
        assert_eq!(
            label("TimeGenerated [Local Time]"),
            Label {
                name: "TimeGenerated",
                clock: Clock::Local
            }
        );
        let zoned = label("TimeGenerated [Pacific Time (US and Canada) Tijuana]");
        assert_eq!(
            zoned,
            Label {
                name: "TimeGenerated",
                clock: Clock::Local
            }
        );
        assert_eq!(label("items [3]").name, "items [3]");
    }

    #[test]
    fn names_of_tables_are_tame() {
        assert_eq!(table_name("FunctionAppLogs"), "FunctionAppLogs");
        assert_eq!(table_name("a b/c"), "a_b_c");
        assert_eq!(table_name("5xx"), "T_5xx");
        assert_eq!(table_name("<>"), "Records");
    }

    #[test]
    fn aggregates_are_not_logs() {
        assert!(recognise(&["ApiId", "count_"]).is_none());
        assert!(recognise(&["TimeGenerated [UTC]", "ApiId", "ResponseCode"]).is_some());
    }
}
