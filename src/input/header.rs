//! Rows under a header: positions become columns, and a routing cell may choose the table.
//!
//! Input: the names (and types, where the source gives them) of the columns of a source. Output: for
//! each kind of row a list of columns. Used by query responses, Kusto results and delimited texts.

use super::naming::{Clock, Context, column_of, label, recognise, table_name};
use super::sink::Sink;
use super::warning::Warning;
use crate::schema::{self, TableSchema};
use crate::table::{SEGMENT_ROWS, TableBuilder};
use crate::value::Type;
use rustc_hash::FxHashSet;

/// A header and the kinds of rows seen under it.
#[derive(Debug)]
pub(crate) struct Header {
    names: Vec<String>,
    kinds: Vec<Option<Type>>,
    /// What rows are called that say nothing about themselves.
    fallback: String,
    /// Whether cells of columns without a type are texts whose type shows in the end.
    is_untyped: bool,
    /// The position of the cell that says what a row is.
    pub(crate) route_at: Option<usize>,
    pub(crate) kinds_of_rows: Vec<Rows>,
    pub(crate) current: usize,
}

/// One kind of rows.
#[derive(Debug)]
pub(crate) struct Rows {
    /// What the routing cell holds.
    pub(crate) route: Vec<u8>,
    pub(crate) table: usize,
    /// The column of each position.
    pub(crate) columns: Vec<usize>,
}

impl Header {
    /// A header of these names and types.
    pub(crate) fn new(
        names: Vec<String>,
        kinds: Vec<Option<Type>>,
        fallback: &str,
        is_untyped: bool,
    ) -> Self {
        let plain: Vec<&str> = names.iter().map(|name| label(name).name).collect();
        let at = |wanted: &str| plain.iter().position(|name| *name == wanted);
        let is_log = plain.iter().any(|name| {
            matches!(
                *name,
                "TimeGenerated" | "timestamp" | "time" | "CorrelationId" | "_ResourceId"
            )
        });
        let is_diagnostics = schema::is_azure_diagnostics(plain.iter().copied());
        let route_at = match (at("Type"), at("Category"), at("itemType")) {
            (_, Some(category), _) if is_diagnostics => Some(category),
            (Some(kind), _, _) if is_log => Some(kind),
            (_, Some(category), _) if is_log => Some(category),
            (_, _, item) => item,
        };
        let fallback = fallback.to_owned();
        Self {
            names,
            kinds,
            fallback,
            is_untyped,
            route_at,
            kinds_of_rows: Vec::new(),
            current: 0,
        }
    }

    /// Number of columns.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The names, labels included.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Chooses the kind of rows whose routing cell holds `route`, made when it is new.
    pub(crate) fn choose(&mut self, route: &[u8], sink: &mut Sink) {
        if let Some(found) = self
            .kinds_of_rows
            .iter()
            .position(|rows| rows.route == route)
        {
            self.current = found;
            return;
        }
        let routed = String::from_utf8_lossy(route);
        let routed = if routed == "null" {
            ""
        } else {
            routed.trim_matches('"')
        };
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let by_route = schema::table(routed).filter(|_| !routed.is_empty());
        let schema = by_route.or_else(|| {
            if routed.is_empty() || routed == "AzureDiagnostics" {
                recognise(&names)
            } else {
                None
            }
        });
        let table = match schema {
            Some(schema) => schema.name.to_owned(),
            None if routed.is_empty() => self.fallback.clone(),
            None => table_name(routed),
        };
        let table = sink.table(&table);
        let columns = self.columns(schema, table, sink);
        self.kinds_of_rows.push(Rows {
            route: route.to_vec(),
            table,
            columns,
        });
        self.current = self.kinds_of_rows.len() - 1;
    }

    fn columns(
        &self,
        schema: Option<&'static TableSchema>,
        table: usize,
        sink: &mut Sink,
    ) -> Vec<usize> {
        let mut columns: Vec<usize> = Vec::with_capacity(self.names.len());
        let mut taken = FxHashSet::default();
        let (mut has_local_clock, mut is_repeated) = (false, false);
        for (at, header) in self.names.iter().enumerate() {
            let named = column_of(schema, false, Context::Root, header);
            has_local_clock |= named.clock == Clock::Local;
            let Some(builder) = sink.tables.get_mut(table) else {
                break;
            };
            let given = self.kinds.get(at).copied().flatten();
            let kind = match (schema.is_some(), named.kind, given) {
                (true, Some(known), _) => Some(known),
                (_, known, given) => given.or(known),
            };
            let own_name = if named.name.is_empty() {
                format!("Column{}", at + 1)
            } else {
                named.name
            };
            let is_taken = |name: &str| {
                builder
                    .find(name)
                    .is_some_and(|column| taken.contains(&column))
            };
            // Two spellings of one column: the second keeps its own, or gets a number.
            let mut name = if is_taken(&own_name) {
                label(header).name.to_owned()
            } else {
                own_name.clone()
            };
            if is_taken(&name) {
                name = format!("{own_name}_{}", at + 1);
                is_repeated = true;
            }
            let undecided = if self.is_untyped {
                Type::String
            } else {
                Type::Dynamic
            };
            let column = builder.column(&name, kind.unwrap_or(undecided), kind.is_some());
            taken.insert(column);
            columns.push(column);
        }
        if has_local_clock {
            sink.warn(Warning::AmbiguousClock, "");
        }
        if is_repeated {
            sink.warn(Warning::RepeatedHeader, "");
        }
        columns
    }

    /// The column for a cell beyond the header.
    pub(crate) fn extra_column(&self, table: &mut TableBuilder, position: usize) -> usize {
        let kind = if self.is_untyped {
            Type::String
        } else {
            Type::Dynamic
        };
        table.column(
            &format!("Column{}", position.min(SEGMENT_ROWS) + 1),
            kind,
            false,
        )
    }
}
