//! Repairs of names that queries found in the wild get wrong.
//!
//! Input: a query text and what names exist. Output: a finding with a [`Fix`] for each function
//! that is misspelt or has a newer name, and for each column in the spelling of blogs; and the text
//! with fixes applied. Invariants: a name that the query itself makes is never touched; all places
//! of one column change together, names that follow it (`max_TotalTime_d`) included. Absent on
//! purpose: the catalogue of columns and functions (the caller has it), grammar (`parser` repairs it).

use super::tree::{
    Expr, LetValue, Literal, Name, Operator, ParseStep, Pipeline, Query, Source, Statement,
};
use super::{names, visit};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::text::{Span, cut};
use crate::value::by_name::ByName;
use crate::value::order;
use rustc_hash::FxHashSet;

/// What names exist.
pub struct Known<'a> {
    /// The right spelling of a column of a table; none when it is right already or unknown.
    pub column: &'a dyn Fn(&str, &str) -> Option<String>,
    /// Whether a function, aggregate or plugin has this name.
    pub is_function: &'a dyn Fn(&str) -> bool,
    /// Every function, aggregate and plugin.
    pub functions: &'a dyn Fn() -> Vec<&'static str>,
}

/// Names that functions had, and have.
pub const RENAMED_FUNCTIONS: &[(&str, &str)] = &[
    ("any", "take_any"),
    ("anyif", "take_anyif"),
    ("argmax", "arg_max"),
    ("argmin", "arg_min"),
    ("array_strcat", "strcat_array"),
    ("arraylength", "array_length"),
    ("base64_decodestring", "base64_decode_tostring"),
    ("base64_encodestring", "base64_encode_tostring"),
    ("cnt", "count"),
    ("columnifexists", "column_ifexists"),
    ("datepart", "datetime_part"),
    ("extractall", "extract_all"),
    ("extractjson", "extract_json"),
    ("isnotnullorempty", "isnotempty"),
    ("make_string", "unicode_codepoints_to_string"),
    ("makelist", "make_list"),
    ("makeset", "make_set"),
    ("notempty", "isnotempty"),
    ("notnull", "isnotnull"),
    ("pack", "bag_pack"),
    ("pack_dictionary", "bag_pack"),
    ("parsejson", "parse_json"),
    ("parseurl", "parse_url"),
    ("parseurlquery", "parse_urlquery"),
    ("replace", "replace_regex"),
    ("to_utf8", "unicode_codepoints_from_string"),
    ("toobject", "todynamic"),
    ("totime", "totimespan"),
    ("weekofyear", "week_of_year"),
];

/// Columns that blogs print and no export has: the spelling, the resource-specific column, and the
/// column of `AzureDiagnostics`.
const BLOG_COLUMNS: &[(&str, &str, &str)] = &[
    ("ApiId_s", "ApiId", "apiId_s"),
    ("BackendId_s", "BackendId", "backendId_s"),
    (
        "BackendResponseCode_d",
        "BackendResponseCode",
        "backendResponseCode_d",
    ),
    ("BackendTime_d", "BackendTime", "backendTime_d"),
    ("BackendUrl_s", "BackendUrl", "backendUrl_s"),
    ("CallerIpAddress", "CallerIpAddress", "CallerIPAddress"),
    ("CallerIpAddress_s", "CallerIpAddress", "CallerIPAddress"),
    ("callerIpAddress_s", "CallerIpAddress", "CallerIPAddress"),
    ("CorrelationId_g", "CorrelationId", "CorrelationId"),
    ("correlationId_g", "CorrelationId", "CorrelationId"),
    ("ErrorReason_s", "LastErrorReason", "lastError_reason_s"),
    ("ErrorMessage", "LastErrorMessage", "lastError_message_s"),
    (
        "IsRequestSuccess_b",
        "IsRequestSuccess",
        "isRequestSuccess_b",
    ),
    ("LastError", "LastErrorReason", "lastError_reason_s"),
    (
        "LastErrorMessage_s",
        "LastErrorMessage",
        "lastError_message_s",
    ),
    (
        "lastErrorMessage_s",
        "LastErrorMessage",
        "lastError_message_s",
    ),
    ("LastErrorReason_s", "LastErrorReason", "lastError_reason_s"),
    ("lastErrorReason_s", "LastErrorReason", "lastError_reason_s"),
    (
        "LastErrorSection_s",
        "LastErrorSection",
        "lastError_section_s",
    ),
    ("LastErrorSource_s", "LastErrorSource", "lastError_source_s"),
    ("lastErrorSource_s", "LastErrorSource", "lastError_source_s"),
    ("Method_s", "Method", "method_s"),
    ("ModelId", "ModelName", ""),
    ("OperationId_s", "OperationId", "operationId_s"),
    ("OperationName_s", "OperationName", "OperationName"),
    ("ProductId_s", "ProductId", "productId_s"),
    ("PromptMessages", "RequestMessages", ""),
    ("Region_s", "Region", "location_s"),
    ("requestUrl_s", "Url", "url_s"),
    ("ResponseCode_d", "ResponseCode", "responseCode_d"),
    ("ResponseTime", "TotalTime", "DurationMs"),
    (
        "SubscriptionId_g",
        "ApimSubscriptionId",
        "apimSubscriptionId_s",
    ),
    ("Timestamp", "TimeGenerated", "TimeGenerated"),
    ("TotalTime_d", "TotalTime", "DurationMs"),
    ("totalTime_d", "TotalTime", "DurationMs"),
    ("Url_s", "Url", "url_s"),
    ("UserId_s", "UserId", "userId_s"),
];

/// Finds names that are known to be wrong, each with its repair.
pub fn repairs(query: &Query, known: &Known<'_>) -> Vec<Diagnostic> {
    let mut finder = Finder {
        known,
        own: FxHashSet::default(),
        columns: ByName::default(),
        names: Vec::new(),
        found: Vec::new(),
    };
    for statement in &query.statements {
        finder.statement(statement);
    }
    finder.columns();
    order::sort_by_key(&mut finder.found, |finding| finding.span);
    finder.found
}

/// The text with fixes applied; of edits that overlap, the first stays.
pub fn apply(text: &str, fixes: &[Fix]) -> String {
    let edits: Vec<Edit> = fixes
        .iter()
        .flat_map(|fix| fix.edits.iter().cloned())
        .collect();
    apply_edits(text, &edits)
}

/// The text with edits applied; of edits that overlap, the first stays.
pub fn apply_edits(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    order::sort_by_key(&mut sorted, |edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for edit in sorted {
        let Some(before) = text.get(end..edit.span.start as usize) else {
            continue;
        };
        if text
            .get(edit.span.start as usize..edit.span.end as usize)
            .is_none()
        {
            continue;
        }
        out.push_str(before);
        out.push_str(&edit.text);
        end = edit.span.end as usize;
    }
    out.push_str(text.get(end..).unwrap_or(""));
    out
}

struct Finder<'a> {
    known: &'a Known<'a>,
    /// Names that the query makes itself.
    own: FxHashSet<String>,
    /// Wrong column names and their right spelling.
    columns: ByName<String>,
    /// Every name in the place of a value, with the table that its pipeline reads.
    names: Vec<(Name, Option<String>)>,
    found: Vec<Diagnostic>,
}

impl Finder<'_> {
    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Let { name, value, .. } => {
                self.own.insert(name.text.clone());
                match value {
                    LetValue::Expr(value) => self.expression(value, None),
                    LetValue::Function(function) => {
                        self.own.extend(
                            function
                                .parameters
                                .iter()
                                .map(|parameter| parameter.name.text.clone()),
                        );
                        for statement in &function.body {
                            self.statement(statement);
                        }
                    }
                }
            }
            Statement::DeclareParameters { parameters, .. } => {
                self.own.extend(
                    parameters
                        .iter()
                        .map(|parameter| parameter.name.text.clone()),
                );
            }
            Statement::Expression(expression) => self.expression(expression, None),
            Statement::Set { .. } | Statement::Other { .. } => {}
        }
    }

    /// Walks an expression; `table` is what its pipeline reads.
    fn expression(&mut self, expression: &Expr, table: Option<&str>) {
        match expression {
            Expr::Pipe(pipeline) => self.pipeline(pipeline, table),
            Expr::Name(name) => self.names.push((name.clone(), table.map(str::to_owned))),
            Expr::Member { object, .. } => self.expression(object, table),
            Expr::Assign { names, value, .. } => {
                self.own.extend(names.iter().map(|name| name.text.clone()));
                self.expression(value, table);
            }
            Expr::Call {
                function,
                arguments,
                ..
            } => {
                self.function(function);
                for argument in arguments {
                    self.expression(argument, table);
                }
            }
            other => visit::children(other, &mut |child| self.expression(child, table)),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, outer: Option<&str>) {
        let own_table = table_of(pipeline.source.as_ref());
        let table = own_table.as_deref().or(outer);
        match pipeline.source.as_ref() {
            Source::Expr(Expr::Name(_)) => {}
            Source::Expr(source) => self.expression(source, table),
            Source::Operator(operator) => self.operator(operator, table),
        }
        for operator in &pipeline.operators {
            self.operator(operator, table);
        }
    }

    fn operator(&mut self, operator: &Operator, table: Option<&str>) {
        match operator {
            Operator::ProjectAway { columns, .. } | Operator::ProjectKeep { columns, .. } => {
                for column in columns.iter().filter(|column| !column.has_wildcard) {
                    self.names
                        .push((column.name.clone(), table.map(str::to_owned)));
                }
            }
            Operator::ProjectReorder { columns, .. } => {
                for (column, _) in columns.iter().filter(|(column, _)| !column.has_wildcard) {
                    self.names
                        .push((column.name.clone(), table.map(str::to_owned)));
                }
            }
            Operator::Parse { pattern, .. } => {
                for step in pattern {
                    if let ParseStep::Column { name, .. } = step {
                        self.own.insert(name.text.clone());
                    }
                }
            }
            Operator::ParseKv { columns, .. } => {
                self.own
                    .extend(columns.iter().map(|column| column.name.text.clone()));
            }
            Operator::Range { column, .. } => {
                self.own.insert(column.text.clone());
            }
            _ => {}
        }
        visit::operator_children(operator, &mut |part| match part {
            visit::Part::Value(value) => self.expression(value, table),
            visit::Part::Table(Expr::Name(_)) => {}
            visit::Part::Table(value) => self.expression(value, None),
            visit::Part::Operator(operator) => self.operator(operator, table),
        });
    }

    fn function(&mut self, function: &Name) {
        if self.own.contains(&function.text) {
            return;
        }
        if (self.known.is_function)(&function.text) {
            return;
        }
        let renamed = RENAMED_FUNCTIONS
            .iter()
            .find(|(old, _)| *old == function.text)
            .map(|(_, right)| *right);
        if let Some(right) =
            renamed.or_else(|| names::nearest(&function.text, (self.known.functions)()))
        {
            let message = format!("no function is called `{}`", cut(&function.text, 40));
            let edits = vec![Edit {
                span: function.span,
                text: right.to_owned(),
            }];
            self.push(
                codes::UNKNOWN_FUNCTION,
                function.span,
                message,
                right,
                edits,
            );
        }
    }

    fn push(
        &mut self,
        code: &'static str,
        span: Span,
        message: String,
        right: &str,
        edits: Vec<Edit>,
    ) {
        self.found.push(
            Diagnostic::error(code, span, message)
                .with_help(format!("write `{right}`"))
                .with_fix(Fix {
                    title: format!("Write `{right}`"),
                    edits,
                    safe: true,
                }),
        );
    }

    /// Reports the wrong columns among the names, once the query's own names are known.
    fn columns(&mut self) {
        let names = std::mem::take(&mut self.names);
        for (name, table) in &names {
            if self.own.contains(&name.text) {
                continue;
            }
            let right = table
                .as_deref()
                .and_then(|table| self.right_column(table, &name.text));
            if let Some(right) = right.filter(|right| *right != name.text) {
                self.columns.insert(name.text.clone(), right);
            }
        }
        for (name, _) in &names {
            if self.own.contains(&name.text) {
                continue;
            }
            let right = self
                .columns
                .get(&name.text)
                .cloned()
                .or_else(|| self.derived(&name.text));
            if let Some(right) = right {
                let message = format!("no column is called `{}`", cut(&name.text, 40));
                let text = if name.span.end - name.span.start == name.text.len() as u32 {
                    right.clone()
                } else {
                    format!("['{right}']")
                };
                let edits = vec![Edit {
                    span: name.span,
                    text,
                }];
                self.push(codes::UNKNOWN_NAME, name.span, message, &right, edits);
            }
        }
    }

    /// `max_TotalTime_d`: the name of an aggregate over a wrong column.
    fn derived(&self, name: &str) -> Option<String> {
        self.columns.iter().find_map(|(wrong, right)| {
            let prefix = name.strip_suffix(wrong.as_str())?;
            prefix
                .strip_suffix('_')
                .filter(|prefix| !prefix.is_empty())?;
            Some(format!("{prefix}{right}"))
        })
    }

    fn right_column(&self, table: &str, name: &str) -> Option<String> {
        if let Some(right) = (self.known.column)(table, name).filter(|right| right != name) {
            return Some(right);
        }
        let (_, specific, diagnostics) =
            BLOG_COLUMNS.iter().find(|(wrong, _, _)| *wrong == name)?;
        match table {
            "AzureDiagnostics" => Some((*diagnostics).to_owned()),
            "ApiManagementGatewayLogs" | "ApiManagementGatewayLlmLog" => {
                Some((*specific).to_owned())
            }
            _ => None,
        }
        .filter(|right| right != name)
    }
}

/// The table that a pipeline reads in the end.
fn table_of(source: &Source) -> Option<String> {
    match source {
        Source::Expr(expression) => table_of_expression(expression),
        Source::Operator(Operator::Union { tables, .. }) => {
            tables.first().and_then(table_of_expression)
        }
        Source::Operator(_) => None,
    }
}

fn table_of_expression(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.text.clone()),
        Expr::Paren(inner, _) => table_of_expression(inner),
        Expr::Pipe(pipeline) => table_of(pipeline.source.as_ref()),
        Expr::Call {
            function,
            arguments,
            ..
        } => match (function.text.as_str(), arguments.as_slice()) {
            ("table", [Expr::Literal(Literal::String(name), _)]) => Some(name.clone()),
            ("materialize", [inner]) => table_of_expression(inner),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parser::parse;
    use super::*;

    fn repaired(text: &str) -> String {
        const FUNCTIONS: &[&str] = &[
            "strcat",
            "strcat_array",
            "make_list",
            "count",
            "max",
            "take_any",
            "bin",
            "f",
        ];
        let known = Known {
            column: &|table, name| {
                let columns = ["clientTime_d", "method_s"];
                let is_here = table == "AzureDiagnostics" && !columns.contains(&name);
                columns
                    .into_iter()
                    .find(|column| is_here && column.eq_ignore_ascii_case(name))
                    .map(str::to_owned)
            },
            is_function: &|name| FUNCTIONS.contains(&name),
            functions: &|| FUNCTIONS.to_vec(),
        };
        let found = repairs(&parse(text).query, &known);
        assert!(
            found.iter().all(|finding| finding.message.len() <= 90),
            "{found:?}"
        );
        let fixes: Vec<Fix> = found
            .into_iter()
            .filter_map(|finding| finding.fix)
            .collect();
        let right = apply(text, &fixes);
        assert_eq!(repairs(&parse(&right).query, &known), [], "{right}");
        right
    }

    #[test]
    fn functions_get_their_names() {
        for (wrong, right) in [
            (
                "T | summarize a = strcat_aray(makelist(b), 'x')",
                "T | summarize a = strcat_array(make_list(b), 'x')",
            ),
            (
                "T | summarize any(Url), b = any(c)",
                "T | summarize take_any(Url), b = take_any(c)",
            ),
            (
                "let g = (a:long) { a }; T | extend b = g(1)",
                "let g = (a:long) { a }; T | extend b = g(1)",
            ),
            (
                "T | where d.makelist(1) == 1",
                "T | where d.makelist(1) == 1",
            ),
        ] {
            assert_eq!(repaired(wrong), right);
        }
    }

    #[test]
    fn columns_get_the_names_of_their_table() {
        for (wrong, right) in [
            (
                "AzureDiagnostics | where ResponseCode_d == 401 | summarize count() by ErrorReason_s | order by count_ desc, ErrorReason_s",
                "AzureDiagnostics | where responseCode_d == 401 | summarize count() by lastError_reason_s | order by count_ desc, lastError_reason_s",
            ),
            (
                "ApiManagementGatewayLogs | project ResponseCode_d, Url_s, CorrelationId_g",
                "ApiManagementGatewayLogs | project ResponseCode, Url, CorrelationId",
            ),
            (
                "AzureDiagnostics | summarize max(TotalTime_d) by Method_s | where max_TotalTime_d > 1",
                "AzureDiagnostics | summarize max(DurationMs) by method_s | where max_DurationMs > 1",
            ),
            (
                "let t = materialize(AzureDiagnostics | where ClientTime_d > 1); t",
                "let t = materialize(AzureDiagnostics | where clientTime_d > 1); t",
            ),
            (
                "T | join (AzureDiagnostics | project-away ['Url_s']) on x",
                "T | join (AzureDiagnostics | project-away ['url_s']) on x",
            ),
            (
                "T | where ResponseCode_d == 1",
                "T | where ResponseCode_d == 1",
            ),
            (
                "AzureDiagnostics | extend Url_s = 1 | where Url_s == 2",
                "AzureDiagnostics | extend Url_s = 1 | where Url_s == 2",
            ),
        ] {
            assert_eq!(repaired(wrong), right);
        }
    }

    #[test]
    fn edits_that_overlap_are_left_out() {
        let edit = |start, end, text: &str| Edit {
            span: Span::new(start, end),
            text: text.to_owned(),
        };
        assert_eq!(
            apply_edits(
                "abcdef",
                &[
                    edit(2, 4, "X"),
                    edit(0, 1, ""),
                    edit(3, 5, "Y"),
                    edit(6, 6, "!")
                ]
            ),
            "bXef!"
        );
        assert_eq!(apply_edits("é", &[edit(1, 2, "x"), edit(9, 12, "y")]), "é");
    }
}
