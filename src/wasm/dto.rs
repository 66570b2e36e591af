//! What crosses the boundary as objects. The declarations are in `pkg-config/npm/index.d.ts`; a test
//! of the package compiles real answers against them.

use serde::Serialize;
use wasm_bindgen::JsValue;

use super::Failure;
use crate::kql::printer;
use crate::schema::translation;
use crate::signature::{metrics, triage};
use crate::table::Field;
use crate::text::{LineIndex, Span};
use crate::value::by_name::ByName;
use crate::value::datetime;
use crate::{dataset, diagnostic, engine, input, recipe, redact};

/// Becomes a JavaScript value.
pub(super) trait ToJs {
    /// The value; maps are objects, what is `None` is null.
    fn to_js(&self) -> Result<JsValue, JsValue>;
}

impl<T: Serialize + ?Sized> ToJs for T {
    fn to_js(&self) -> Result<JsValue, JsValue> {
        let serializer = serde_wasm_bindgen::Serializer::new()
            .serialize_maps_as_objects(true)
            .serialize_missing_as_null(true);
        self.serialize(&serializer)
            .map_err(|error| Failure::new("internal", error.to_string()).into())
    }
}

/// UTF-16 code units of a text.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Range {
    start: u32,
    end: u32,
}

impl Range {
    pub(super) fn new(text: &str, span: Span) -> Self {
        let index = LineIndex::new(text);
        Self {
            start: index.utf16(span.start),
            end: index.utf16(span.end),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Parse {
    diagnostics: Vec<Diagnostic>,
}

impl Parse {
    pub(super) fn new(text: &str, diagnostics: &[diagnostic::Diagnostic]) -> Self {
        Self {
            diagnostics: diagnostics
                .iter()
                .map(|diagnostic| Diagnostic::new(text, diagnostic))
                .collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Diagnostic {
    code: &'static str,
    severity: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    range: Range,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

#[derive(Serialize)]
struct Fix {
    title: String,
    edits: Vec<Edit>,
    safe: bool,
}

#[derive(Serialize)]
struct Edit {
    range: Range,
    text: String,
}

impl Diagnostic {
    fn new(text: &str, diagnostic: &diagnostic::Diagnostic) -> Self {
        let fix = diagnostic.fix.as_ref().map(|fix| Fix {
            title: fix.title.clone(),
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit {
                    range: Range::new(text, edit.span),
                    text: edit.text.clone(),
                })
                .collect(),
            safe: fix.safe,
        });
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity.name(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            range: Range::new(text, diagnostic.span),
            fix,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ReadProgress {
    bytes: f64,
    rows: f64,
    rejects: f64,
}

impl From<input::Progress> for ReadProgress {
    fn from(progress: input::Progress) -> Self {
        Self {
            bytes: progress.bytes as f64,
            rows: progress.rows as f64,
            rejects: progress.rejects as f64,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SourceReport {
    id: u32,
    name: String,
    format: &'static str,
    encoding: String,
    evidence: Vec<String>,
    tables: Vec<TableRows>,
    records: f64,
    rows: f64,
    rejects: Rejects,
    time_range: Option<TimeRange>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct TableRows {
    name: String,
    rows: f64,
}

#[derive(Serialize)]
struct Rejects {
    count: f64,
    samples: Vec<Reject>,
}

#[derive(Serialize)]
struct Reject {
    line: f64,
    offset: f64,
    reason: &'static str,
    text: String,
}

#[derive(Serialize)]
struct TimeRange {
    from: String,
    to: String,
}

#[derive(Serialize)]
pub(super) struct Warning {
    code: String,
    message: String,
}

impl From<&dataset::SourceReport> for SourceReport {
    fn from(report: &dataset::SourceReport) -> Self {
        let samples = report.reject_samples.iter().map(|reject| Reject {
            line: reject.line as f64,
            offset: reject.offset as f64,
            reason: reject.reason,
            text: reject.text.clone(),
        });
        let warnings = report.warnings.iter().map(|warning| Warning {
            code: warning.code.to_owned(),
            message: warning.message.clone(),
        });
        Self {
            id: report.id,
            name: report.name.clone(),
            format: report.format,
            encoding: report.encoding.clone(),
            evidence: report.evidence.clone(),
            tables: report
                .tables
                .iter()
                .map(|(name, rows)| TableRows {
                    name: name.clone(),
                    rows: *rows as f64,
                })
                .collect(),
            records: report.records as f64,
            rows: report.rows as f64,
            rejects: Rejects {
                count: report.reject_count as f64,
                samples: samples.collect(),
            },
            time_range: report
                .time_range_text()
                .map(|(from, to)| TimeRange { from, to }),
            warnings: warnings.collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct TableInfo {
    name: String,
    rows: f64,
    columns: Vec<Column>,
}

#[derive(Serialize)]
pub(super) struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl From<&Field> for Column {
    fn from(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            kind: field.kind.name(),
        }
    }
}

/// The tables by name; the columns of one are those of all its sources.
pub(super) fn tables(dataset: &dataset::Dataset) -> Vec<TableInfo> {
    let parts = dataset.all_tables();
    let infos = dataset.tables().into_iter().map(|info| {
        let mut columns: Vec<Column> = Vec::new();
        for field in parts
            .iter()
            .filter(|table| table.name() == info.name)
            .flat_map(|table| table.fields())
        {
            if !columns.iter().any(|column| column.name == field.name) {
                columns.push(Column::from(field));
            }
        }
        TableInfo {
            name: info.name,
            rows: info.rows as f64,
            columns,
        }
    });
    infos.collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JobProgress {
    done: bool,
    rows_done: f64,
    rows_total: f64,
}

impl JobProgress {
    pub(super) fn new(done: bool, rows_done: u64, rows_total: u64) -> Self {
        Self {
            done,
            rows_done: rows_done as f64,
            rows_total: rows_total as f64,
        }
    }
}

/// What is known about an answer without its rows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description {
    columns: Vec<Column>,
    row_count: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    render: Option<Render>,
    stages: Vec<Stage>,
    notes: Vec<String>,
}

/// An object of texts.
#[derive(Default)]
pub(super) struct Texts(pub(super) ByName<String>);

impl Serialize for Texts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter())
    }
}

impl<'de> serde::Deserialize<'de> for Texts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> serde::de::Visitor<'de> for Members {
            type Value = Texts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut members: A,
            ) -> Result<Texts, A::Error> {
                let mut texts = ByName::default();
                while let Some((name, text)) = members.next_entry::<String, String>()? {
                    texts.insert(name, text);
                }
                Ok(Texts(texts))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[derive(Serialize)]
struct Render {
    kind: String,
    properties: Texts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    text: String,
    range: Range,
    rows_in: f64,
    rows_out: f64,
}

impl Description {
    pub(super) fn new(query: &str, finished: &engine::job::Finished) -> Self {
        let stages = finished.stages.iter().map(|stage| Stage {
            text: stage.span.of(query).to_owned(),
            range: Range::new(query, stage.span),
            rows_in: stage.rows_in as f64,
            rows_out: stage.rows_out as f64,
        });
        let render = finished.render.as_ref().map(|render| Render {
            kind: render.chart.clone(),
            properties: Texts(render.properties.iter().cloned().collect()),
        });
        let notes = finished
            .is_cut
            .then(|| "there are more rows than were asked for; the rest was left out".to_owned());
        Self {
            columns: finished.relation.fields.iter().map(Column::from).collect(),
            row_count: finished.relation.n_rows() as f64,
            render,
            stages: stages.collect(),
            notes: notes.into_iter().collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Secret {
    range: Range,
    rule: &'static str,
}

impl Secret {
    pub(super) fn new(text: &str, found: &redact::Found) -> Self {
        Self {
            range: Range::new(text, found.span),
            rule: found.rule.id,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TriageReport {
    sources: Vec<SourceReport>,
    totals: Totals,
    metrics: Metrics,
    findings: Vec<Finding>,
    unclassified: Unclassified,
    cannot_conclude: Vec<Warning>,
}

#[derive(Serialize)]
struct Totals {
    requests: f64,
    failed: f64,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct Metrics {
    workbook: Classes,
    documented2017: Classes,
}

#[derive(Serialize)]
struct Classes {
    successful: f64,
    failed: f64,
    unauthorized: f64,
    other: f64,
}

#[derive(Serialize)]
struct Unclassified {
    count: f64,
    kql: String,
}

/// Without the words of its signature, which the facade adds (`api.js`).
#[derive(Serialize)]
struct Finding {
    signature: &'static str,
    family: &'static str,
    title: &'static str,
    certainty: &'static str,
    severity: &'static str,
    table: &'static str,
    count: f64,
    share: f64,
    first: Option<String>,
    last: Option<String>,
    evidence: Vec<ColumnValue>,
    apis: Vec<Share>,
    backends: Vec<Share>,
    callers: Vec<Share>,
    operations: Vec<Share>,
    kql: Dialects,
    sample: Vec<ColumnValue>,
}

#[derive(Serialize)]
struct ColumnValue {
    column: String,
    value: String,
}

#[derive(Serialize)]
struct Share {
    value: String,
    count: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dialects {
    resource_specific: String,
    /// Null where the shared table cannot say the same.
    azure_diagnostics: Option<String>,
}

impl From<metrics::Classes> for Classes {
    fn from(classes: metrics::Classes) -> Self {
        Self {
            successful: classes.successful as f64,
            failed: classes.failed as f64,
            unauthorized: classes.unauthorized as f64,
            other: classes.other as f64,
        }
    }
}

impl From<&triage::Finding> for Finding {
    fn from(finding: &triage::Finding) -> Self {
        let signature = finding.signature;
        let time = |ticks: Option<i64>| ticks.map(datetime::text);
        let shares = |shares: &[triage::Share]| -> Vec<Share> {
            shares
                .iter()
                .map(|share| Share {
                    value: share.value.clone(),
                    count: share.count as f64,
                })
                .collect()
        };
        let values = |values: &[(String, String)]| -> Vec<ColumnValue> {
            values
                .iter()
                .map(|(column, value)| ColumnValue {
                    column: column.clone(),
                    value: value.clone(),
                })
                .collect()
        };
        Self {
            signature: signature.id,
            family: signature.family,
            title: signature.title,
            certainty: finding.certainty.name(),
            severity: signature.severity.name(),
            table: finding.table,
            count: finding.count as f64,
            share: finding.share,
            first: time(finding.first),
            last: time(finding.last),
            evidence: values(&finding.evidence),
            apis: shares(&finding.apis),
            backends: shares(&finding.backends),
            callers: shares(&finding.callers),
            operations: shares(&finding.operations),
            kql: Dialects {
                resource_specific: finding.kql.clone(),
                azure_diagnostics: translation::to_azure_diagnostics(&finding.kql)
                    .ok()
                    .map(in_one_style),
            },
            sample: values(&finding.sample),
        }
    }
}

/// The query as the printer lays it out, which is how people read it.
fn in_one_style(kql: String) -> String {
    printer::format(&kql).unwrap_or(kql)
}

impl TriageReport {
    pub(super) fn new(report: &triage::Report, sources: &[dataset::SourceReport]) -> Self {
        let gaps = report.cannot_conclude.iter();
        Self {
            sources: sources.iter().map(SourceReport::from).collect(),
            totals: Totals {
                requests: report.n_requests as f64,
                failed: report.n_failures as f64,
                from: report.from.map(datetime::text),
                to: report.to.map(datetime::text),
            },
            metrics: Metrics {
                workbook: report.workbook.into(),
                documented2017: report.documented_2017.into(),
            },
            findings: report.findings.iter().map(Finding::from).collect(),
            unclassified: Unclassified {
                count: report.n_unclassified as f64,
                kql: report.unclassified_kql.clone(),
            },
            cannot_conclude: gaps
                .map(|gap| Warning {
                    code: gap.code.to_owned(),
                    message: gap.message.clone(),
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Recipe {
    id: &'static str,
    title: &'static str,
    about: &'static str,
    tables: &'static [&'static str],
    columns: Vec<&'static str>,
    parameters: Vec<Parameter>,
    example: Texts,
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    about: &'static str,
    kind: &'static str,
    required: bool,
    default: Option<&'static str>,
}

impl From<&recipe::Recipe> for Recipe {
    fn from(recipe: &recipe::Recipe) -> Self {
        let parameters = recipe.parameters.iter().map(|parameter| Parameter {
            name: parameter.name,
            about: parameter.about,
            kind: parameter.kind.name(),
            required: parameter.default == recipe::Default::Required,
            default: match parameter.default {
                recipe::Default::Value(text) => Some(text),
                recipe::Default::Required | recipe::Default::LeftOut => None,
            },
        });
        Self {
            id: recipe.id,
            title: recipe.title,
            about: recipe.about,
            tables: recipe.tables,
            columns: recipe.columns(),
            parameters: parameters.collect(),
            example: Texts(
                recipe
                    .example
                    .iter()
                    .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
            ),
        }
    }
}
