//! Loaded tables under every name their users know.
//!
//! Input: tables, named as the catalogue names them. Output: [`Tables`] for the engine. Invariants:
//! a table of the catalogue has all its documented columns whether or not the export had them; the
//! same rows answer to every name; dates that are still texts stay texts in every view.

use super::{ColumnSchema, TABLES, TableSchema};
use crate::table::{Field, Origin, Part, Table, Tables, View};
use crate::value::by_name::ByName;
use crate::value::{Dynamic, Type, Value};
use std::rc::Rc;

/// Columns of `AzureDiagnostics` that other resources fill, such as Azure OpenAI.
const OTHER_RESOURCES: &[&str] = &["properties_s", "ResultSignature", "ResultDescription"];

/// The views of a set of tables; a clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Views {
    views: Rc<ByName<Rc<View>>>,
}

impl Tables for Views {
    fn find(&self, name: &str) -> Option<Rc<View>> {
        self.views.get(name).map(Rc::clone)
    }

    fn names(&self) -> Vec<String> {
        self.views.names().cloned().collect()
    }
}

/// Every table of the catalogue, loaded or not, and every other loaded table under its own name.
pub fn views(tables: &[Rc<Table>]) -> Views {
    let mut views = ByName::default();
    let mut add = |view: View| {
        views.insert(view.name.clone(), Rc::new(view));
    };
    let of_schema = |schema: &TableSchema| -> Vec<Rc<Table>> {
        tables
            .iter()
            .filter(|table| table.name() == schema.name)
            .map(Rc::clone)
            .collect()
    };
    for schema in TABLES {
        let parts = of_schema(schema);
        add(resource_specific(schema, &parts));
        if let Some((classic, _)) = schema.classic {
            add(classic_view(schema, classic, &parts));
        }
    }
    let logs: Vec<(&TableSchema, Vec<Rc<Table>>)> = TABLES
        .iter()
        .filter(|schema| schema.is_resource_log())
        .map(|&schema| (schema, of_schema(schema)))
        .collect();
    let of_other_services: Vec<Rc<Table>> = tables
        .iter()
        .filter(|table| is_of_another_service(table))
        .map(Rc::clone)
        .collect();
    add(azure_diagnostics(&logs, &of_other_services));
    let mut others: ByName<Vec<Rc<Table>>> = ByName::default();
    let has_other_name = |table: &&Rc<Table>| {
        TABLES.iter().all(|schema| schema.name != table.name())
            && !(table.name() == "AzureDiagnostics" && is_of_another_service(table))
    };
    for table in tables.iter().filter(has_other_name) {
        others
            .get_or_insert(table.name(), Vec::new)
            .push(Rc::clone(table));
    }
    for (name, parts) in others {
        add(merged(&name, &parts));
    }
    Views {
        views: Rc::new(views),
    }
}

/// Tables without rows that a caller declares: JSON as `{table: [[column, type], …], …}`.
pub fn declared(schema: &str) -> Result<Views, String> {
    const SHAPE: &str = "a schema is `{table: [[column, type], …], …}` with types of KQL";
    let parsed = Dynamic::parse(schema);
    let Some(Dynamic::Bag(tables)) = &parsed else {
        return Err(SHAPE.to_owned());
    };
    let mut views = ByName::default();
    for (name, columns) in tables.iter() {
        let mut fields = Vec::new();
        for column in columns.items().ok_or(SHAPE)? {
            let [name, kind] = column.items().ok_or(SHAPE)? else {
                return Err(SHAPE.to_owned());
            };
            let kind = Type::from_name(&kind.to_text()).ok_or(SHAPE)?;
            fields.push(Field::new(&name.to_text(), kind));
        }
        let view = View {
            name: name.to_string(),
            fields,
            parts: Vec::new(),
        };
        views.insert(name.to_string(), Rc::new(view));
    }
    Ok(Views {
        views: Rc::new(views),
    })
}

/// The columns of a view while they are collected.
struct Draft<'t> {
    fields: Vec<Field>,
    parts: Vec<(&'t Rc<Table>, Vec<Origin>)>,
}

impl<'t> Draft<'t> {
    fn new(tables: impl Iterator<Item = &'t Rc<Table>>) -> Self {
        Self {
            fields: Vec::new(),
            parts: tables.map(|table| (table, Vec::new())).collect(),
        }
    }

    /// Adds a column; `origin` answers for each part.
    fn add(&mut self, name: &str, kind: Type, origin: impl Fn(usize, &Table) -> Origin) {
        let mut kind = kind;
        for (at, (table, origins)) in self.parts.iter_mut().enumerate() {
            let found = origin(at, table);
            // Dates that can be read in two ways are texts until someone settles them.
            if let Origin::Column(column) = found
                && kind == Type::DateTime
                && table
                    .fields()
                    .get(column)
                    .is_some_and(|field| field.kind == Type::String)
            {
                kind = Type::String;
            }
            origins.push(found);
        }
        self.fields.push(Field::new(name, kind));
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    fn finish(self, name: &str) -> View {
        let parts = self
            .parts
            .into_iter()
            .map(|(table, origins)| Part {
                table: Rc::clone(table),
                origins,
            })
            .collect();
        View {
            name: name.to_owned(),
            fields: self.fields,
            parts,
        }
    }
}

fn column_of(table: &Table, name: &str) -> Origin {
    table.find(name).map_or(Origin::Missing, Origin::Column)
}

/// A column of the catalogue, or what the table says by being that table.
fn known_column(schema: &TableSchema, table: &Table, column: &ColumnSchema) -> Origin {
    match (table.find(column.name), column.name) {
        (Some(at), _) => Origin::Column(at),
        (None, "Type") => Origin::Constant(Value::string(schema.name)),
        (None, "Category") => schema.categories.first().map_or(Origin::Missing, |name| {
            Origin::Constant(Value::string(name))
        }),
        (None, _) => Origin::Missing,
    }
}

fn is_shown(column: &ColumnSchema, tables: &[Rc<Table>]) -> bool {
    column.is_documented || tables.iter().any(|table| table.find(column.name).is_some())
}

/// Columns of the tables that the catalogue does not know, each once, in the order of first sight.
fn unknown_columns(schema: &TableSchema, tables: &[Rc<Table>]) -> Vec<Field> {
    let mut unknown: Vec<Field> = Vec::new();
    for field in tables.iter().flat_map(|table| table.fields()) {
        if schema
            .columns
            .iter()
            .any(|column| column.name == field.name)
        {
            continue;
        }
        match unknown.iter_mut().find(|known| known.name == field.name) {
            Some(known) => known.kind = wider(known.kind, field.kind),
            None => unknown.push(field.clone()),
        }
    }
    unknown
}

/// The type that holds values of both.
fn wider(a: Type, b: Type) -> Type {
    match (a, b) {
        _ if a == b => a,
        (Type::Int | Type::Long, Type::Int | Type::Long) => Type::Long,
        (Type::Int | Type::Long | Type::Real, Type::Int | Type::Long | Type::Real) => Type::Real,
        (Type::Dynamic, _) | (_, Type::Dynamic) => Type::Dynamic,
        _ => Type::String,
    }
}

fn resource_specific(schema: &TableSchema, tables: &[Rc<Table>]) -> View {
    let mut draft = Draft::new(tables.iter());
    for column in schema
        .columns
        .iter()
        .filter(|column| is_shown(column, tables))
    {
        draft.add(column.name, column.kind, |_, table| {
            known_column(schema, table, column)
        });
    }
    for field in unknown_columns(schema, tables) {
        draft.add(&field.name, field.kind, |_, table| {
            column_of(table, &field.name)
        });
    }
    draft.finish(schema.name)
}

fn classic_view(schema: &TableSchema, classic: &str, tables: &[Rc<Table>]) -> View {
    let mut draft = Draft::new(tables.iter());
    let item = schema.classic.map_or("", |(_, item)| item);
    for column in schema
        .columns
        .iter()
        .filter(|column| !column.classic.is_empty())
    {
        draft.add(
            column.classic,
            column.classic_kind,
            |_, table| match column.classic {
                "itemType" => Origin::Constant(Value::string(item)),
                // What a measurement sums up to is its value; workspaces keep the sum alone.
                "value" if table.find("Value").is_none() => column_of(table, "Sum"),
                _ => column_of(table, column.name),
            },
        );
    }
    for field in unknown_columns(schema, tables) {
        if !draft.has(&field.name) {
            draft.add(&field.name, field.kind, |_, table| {
                column_of(table, &field.name)
            });
        }
    }
    draft.finish(classic)
}

/// The type that the ending of an `AzureDiagnostics` name says, or the column's own.
fn diagnostics_kind(name: &str, own: Type) -> Type {
    match name.rsplit_once('_') {
        Some((_, "d")) => Type::Real,
        Some((_, "s" | "g")) => Type::String,
        Some((_, "b")) => Type::Bool,
        Some((_, "t")) => Type::DateTime,
        _ => own,
    }
}

const fn ending(kind: Type) -> &'static str {
    match kind {
        Type::Bool => "_b",
        Type::Int | Type::Long | Type::Real | Type::Decimal => "_d",
        Type::DateTime => "_t",
        Type::Guid => "_g",
        Type::String | Type::TimeSpan | Type::Dynamic => "_s",
    }
}

/// Whether a table that the catalogue does not know holds rows of `AzureDiagnostics`: no other table
/// says of which provider and of which category its rows are.
fn is_of_another_service(table: &Table) -> bool {
    TABLES.iter().all(|schema| schema.name != table.name())
        && ["ResourceProvider", "Category"]
            .iter()
            .all(|column| table.find(column).is_some())
}

fn azure_diagnostics(logs: &[(&TableSchema, Vec<Rc<Table>>)], others: &[Rc<Table>]) -> View {
    let schema_of_part: Vec<&TableSchema> = logs
        .iter()
        .flat_map(|(schema, tables)| std::iter::repeat_n(*schema, tables.len()))
        .collect();
    let parts = logs.iter().flat_map(|(_, tables)| tables).chain(others);
    let mut draft = Draft::new(parts);
    for (schema, tables) in logs {
        for column in schema
            .columns
            .iter()
            .filter(|column| !column.azure_diagnostics.is_empty())
        {
            let name = column.azure_diagnostics;
            if draft.has(name) || !is_shown(column, tables) {
                continue;
            }
            draft.add(name, diagnostics_kind(name, column.kind), |at, table| {
                let Some(schema) = schema_of_part.get(at) else {
                    return column_of(table, name);
                };
                match schema
                    .columns
                    .iter()
                    .find(|column| column.azure_diagnostics == name)
                {
                    _ if name == "Type" => Origin::Constant(Value::string("AzureDiagnostics")),
                    Some(column) => known_column(schema, table, column),
                    None => Origin::Missing,
                }
            });
        }
    }
    // What API Management's rows leave out; rows of other services say it themselves.
    let mut add_own = |name: &str, own: &dyn Fn(&Table) -> Origin| {
        draft.add(name, Type::String, |at, table| {
            if at < schema_of_part.len() {
                own(table)
            } else {
                column_of(table, name)
            }
        });
    };
    add_own("ResourceId", &|table| column_of(table, "_ResourceId"));
    add_own("ResourceProvider", &|_| {
        Origin::Constant(Value::string("MICROSOFT.APIMANAGEMENT"))
    });
    add_own("ResourceType", &|_| {
        Origin::Constant(Value::string("SERVICE"))
    });
    for (name, member) in [
        ("Resource", "SERVICE"),
        ("ResourceGroup", "RESOURCEGROUPS"),
        ("SubscriptionId", "SUBSCRIPTIONS"),
    ] {
        add_own(name, &|table| resource_member(table, member));
    }
    for field in others.iter().flat_map(|table| table.fields()) {
        if !draft.has(&field.name) {
            draft.add(&field.name, field.kind, |_, table| {
                column_of(table, &field.name)
            });
        }
    }
    for name in OTHER_RESOURCES {
        draft.add(name, Type::String, |_, table| column_of(table, name));
    }
    for (schema, tables) in logs {
        for field in unknown_columns(schema, tables) {
            let name = format!("{}{}", camel(&field.name), ending(field.kind));
            if !draft.has(&name) {
                draft.add(&name, diagnostics_kind(&name, field.kind), |_, table| {
                    column_of(table, &field.name)
                });
            }
        }
    }
    draft.finish("AzureDiagnostics")
}

/// What stands behind a word of the resource id, when all rows have the same id.
fn resource_member(table: &Table, word: &str) -> Origin {
    let Some(id) = table
        .find("_ResourceId")
        .and_then(|column| table.only_text(column))
    else {
        return Origin::Missing;
    };
    let mut members = id.split('/');
    let found = members
        .by_ref()
        .any(|member| member.eq_ignore_ascii_case(word));
    match members.next() {
        Some(name) if found => Origin::Constant(Value::string(name)),
        _ => Origin::Missing,
    }
}

fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(first.to_ascii_lowercase())
            .chain(letters)
            .collect()
    })
}

/// Tables of one name that the catalogue does not know.
fn merged(name: &str, tables: &[Rc<Table>]) -> View {
    let mut draft = Draft::new(tables.iter());
    let mut fields: Vec<Field> = Vec::new();
    for field in tables.iter().flat_map(|table| table.fields()) {
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => known.kind = wider(known.kind, field.kind),
            None => fields.push(field.clone()),
        }
    }
    for field in fields {
        draft.add(&field.name, field.kind, |_, table| {
            column_of(table, &field.name)
        });
    }
    draft.finish(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;
    use crate::table::{Data, Strings};

    fn gateway_table() -> Rc<Table> {
        let fields = vec![
            Field::new("ResponseCode", Type::Int),
            Field::new("ApiId", Type::String),
            Field::new("Oddity", Type::String),
            Field::new("_ResourceId", Type::String),
        ];
        let columns = [
            Column::new(Type::Int, Data::Int(vec![200, 500])),
            Column::strings(Strings::plain(["a", "b"])),
            Column::strings(Strings::plain(["x", "y"])),
            Column::strings(Strings::repeat(
                "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/P/SERVICE/APIM-1",
                2,
            )),
        ];
        Rc::new(Table::from_columns(
            "ApiManagementGatewayLogs",
            &fields,
            &columns,
        ))
    }

    fn open_ai_table(name: &str) -> Rc<Table> {
        let names = ["ResourceProvider", "Category", "properties_s"];
        let fields = names.map(|name| Field::new(name, Type::String));
        let cells = ["MICROSOFT.COGNITIVESERVICES", "RequestResponse", "{}"];
        let columns = cells.map(|cell| Column::strings(Strings::repeat(cell, 1)));
        Rc::new(Table::from_columns(name, &fields, &columns))
    }

    #[test]
    fn rows_of_other_services_stand_in_azure_diagnostics_too() {
        for name in ["RequestResponse", "AzureDiagnostics"] {
            let views = views(&[gateway_table(), open_ai_table(name)]);
            let diagnostics = views.find("AzureDiagnostics").unwrap();
            assert_eq!(diagnostics.n_rows(), 3);
            let origins = |name: &str| {
                let mut fields = diagnostics.fields.iter();
                let at = fields.position(|field| field.name == name).unwrap();
                let parts = diagnostics.parts.iter();
                parts
                    .map(|part| part.origins[at].clone())
                    .collect::<Vec<_>>()
            };
            assert!(matches!(
                origins("ResourceProvider").as_slice(),
                [Origin::Constant(_), Origin::Column(0)]
            ));
            assert!(matches!(
                origins("properties_s").as_slice(),
                [Origin::Missing, Origin::Column(2)]
            ));
            assert!(matches!(
                origins("responseCode_d").as_slice(),
                [Origin::Column(0), Origin::Missing]
            ));
            assert_eq!(
                views.find("RequestResponse").is_some(),
                name == "RequestResponse"
            );
        }
    }

    #[test]
    fn a_gateway_row_answers_to_both_names() {
        let views = views(&[gateway_table()]);
        let view = views.find("ApiManagementGatewayLogs").unwrap();
        assert_eq!(view.n_rows(), 2);
        assert_eq!(
            view.fields
                .iter()
                .filter(|field| field.name == "LastErrorReason")
                .count(),
            1
        );
        assert!(view.fields.iter().any(|field| field.name == "Oddity"));
        let diagnostics = views.find("AzureDiagnostics").unwrap();
        let origin = |name: &str| {
            let at = diagnostics
                .fields
                .iter()
                .position(|field| field.name == name)
                .unwrap();
            (
                diagnostics.fields[at].kind,
                diagnostics.parts[0].origins[at].clone(),
            )
        };
        assert!(matches!(
            origin("responseCode_d"),
            (Type::Real, Origin::Column(0))
        ));
        assert!(
            matches!(origin("Category"), (Type::String, Origin::Constant(value)) if value.as_str() == Some("GatewayLogs"))
        );
        assert!(
            matches!(origin("Resource"), (_, Origin::Constant(value)) if value.as_str() == Some("APIM-1"))
        );
        assert!(matches!(
            origin("oddity_s"),
            (Type::String, Origin::Column(2))
        ));
    }

    #[test]
    fn names_without_rows_answer_too() {
        let views = views(&[]);
        for name in [
            "AzureDiagnostics",
            "requests",
            "AppMetrics",
            "customMetrics",
            "ApiManagementGatewayLlmLog",
        ] {
            assert_eq!(
                views.find(name).map(|view| view.n_rows()),
                Some(0),
                "{name}"
            );
        }
        assert!(views.find("requestS").is_none());
    }
}
