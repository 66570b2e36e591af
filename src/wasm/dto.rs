//! What crosses the boundary as objects. The declarations are in `pkg-config/npm/index.d.ts`; a test
//! of the package compiles real answers against them.

use super::json::Json;
use crate::handoff::back_test::{Firing, Series};
use crate::kql::outline::{Filter, Order, Outline};
use crate::kql::symbols::{self, Named};
use crate::kql::{complete, explain, printer};
use crate::schema::translation;
use crate::signature::conclude::GapFix;
use crate::signature::{metrics, triage};
use crate::table::Field;
use crate::text::{Span, Utf16};
use crate::value::{Dynamic, Type, datetime, number};
use crate::{dataset, diagnostic, engine, input};

/// Most combinations of values whose numbers leave.
const MOST_GROUPS: usize = 200;

/// `range`: UTF-16 code units of a text.
pub(super) fn range(json: &mut Json, text: &str, span: Span) {
    json.object("range", |json| offsets(json, text, span));
}

/// The members of a range.
pub(super) fn offsets(json: &mut Json, text: &str, span: Span) {
    let index = Utf16::new(text);
    json.put("start", &index.utf16(span.start))
        .put("end", &index.utf16(span.end));
}

pub(super) fn diagnostic(json: &mut Json, text: &str, diagnostic: &diagnostic::Diagnostic) {
    json.text("code", diagnostic.code)
        .text("severity", diagnostic.severity.name())
        .text("message", &diagnostic.message);
    if let Some(help) = &diagnostic.help {
        json.text("help", help);
    }
    range(json, text, diagnostic.span);
    if let Some(fix) = &diagnostic.fix {
        json.object("fix", |json| {
            json.text("title", &fix.title)
                .list("edits", &fix.edits, |json, edit| {
                    self::edit(json, text, edit);
                })
                .put("safe", &fix.safe);
        });
    }
}

pub(super) fn outline(json: &mut Json, outline: &Outline) {
    json.text("table", &outline.table)
        .list("filters", &outline.filters, |json, filter| {
            json.text("column", &filter.column)
                .text("operator", &filter.operator)
                .text("value", &filter.value);
        })
        .texts("measures", &outline.measures)
        .texts("groups", &outline.groups)
        .list("order", &outline.order, |json, order| {
            json.text("column", &order.column)
                .put("isAscending", &order.is_ascending);
        })
        .text("limit", &outline.limit)
        .text("chart", &outline.chart);
}

/// An outline that came back as JSON; members that are not there are empty.
pub(super) fn read_outline(text: &str) -> Option<Outline> {
    let value = Dynamic::parse(text).filter(|value| matches!(value, Dynamic::Bag(_)))?;
    let of = |value: &Dynamic, key: &str| value.member(key).to_text();
    let items = |key: &str| value.member(key).items().unwrap_or_default().to_vec();
    let texts = |key: &str| items(key).iter().map(Dynamic::to_text).collect();
    let filter = |filter: &Dynamic| Filter {
        column: of(filter, "column"),
        operator: of(filter, "operator"),
        value: of(filter, "value"),
    };
    let order = |order: &Dynamic| Order {
        column: of(order, "column"),
        is_ascending: order.member("isAscending") == Dynamic::Bool(true),
    };
    Some(Outline {
        table: of(&value, "table"),
        filters: items("filters").iter().map(filter).collect(),
        measures: texts("measures"),
        groups: texts("groups"),
        order: items("order").iter().map(order).collect(),
        limit: of(&value, "limit"),
        chart: of(&value, "chart"),
    })
}

pub(super) fn edit(json: &mut Json, text: &str, edit: &diagnostic::Edit) {
    range(json, text, edit.span);
    json.text("text", &edit.text);
}

/// What it is written like, where that is words, comes from the facade (`api.js`).
pub(super) fn completion(json: &mut Json, text: &str, one: &complete::Completion) {
    json.text("label", &one.label)
        .text("kind", one.kind.name())
        .text("detail", &one.detail)
        .text("insert", &one.insert);
    range(json, text, one.span);
}

pub(super) fn step(json: &mut Json, text: &str, step: &explain::Step) {
    json.text("text", &step.text).put("depth", &step.depth);
    range(json, text, step.span);
    json.texts("added", &step.added)
        .texts("dropped", &step.dropped);
    match step.n_columns {
        Some(n_columns) => json.put("columnCount", &n_columns),
        None => json.put("columnCount", &"null"),
    };
}

pub(super) fn hover(json: &mut Json, text: &str, hover: &symbols::Hover) {
    range(json, text, hover.span);
    let typed = |json: &mut Json, name: &str, kind: Type| {
        json.text("name", name).text("type", kind.name());
    };
    match &hover.what {
        Named::Column(name, kind) => {
            json.text("kind", "column");
            typed(json, name, *kind);
        }
        Named::Table(name, columns) => {
            json.text("kind", "table").text("name", name).list(
                "columns",
                columns,
                |json, (name, kind)| typed(json, name, *kind),
            );
        }
        Named::Declared(name, line) => {
            json.text("kind", "name")
                .text("name", name)
                .text("declaration", line);
        }
        Named::Operator(entry) => {
            json.text("kind", "operator").text("name", entry.name);
        }
        Named::Call(name) => {
            json.text("kind", "function").text("name", name);
        }
    }
}

pub(super) fn read_progress(json: &mut Json, progress: &input::Progress) {
    json.put("bytes", &progress.bytes)
        .put("rows", &progress.rows)
        .put("rejects", &progress.rejects);
}

pub(super) fn source_report(json: &mut Json, report: &dataset::SourceReport) {
    json.put("id", &report.id)
        .text("name", &report.name)
        .text("format", report.format)
        .text("encoding", &report.encoding)
        .texts("evidence", &report.evidence)
        .list("tables", &report.tables, |json, (name, rows)| {
            json.text("name", name).put("rows", rows);
        })
        .put("records", &report.records)
        .put("rows", &report.rows)
        .put("duplicates", &report.duplicates)
        .object("rejects", |json| {
            json.put("count", &report.reject_count).list(
                "samples",
                &report.reject_samples,
                |json, reject| {
                    json.put("line", &reject.line)
                        .put("offset", &reject.offset)
                        .text("reason", reject.reason)
                        .text("text", &reject.text);
                },
            );
        });
    match report.time_range_text() {
        Some((from, to)) => json.object("timeRange", |json| {
            json.text("from", &from).text("to", &to);
        }),
        None => json.put("timeRange", &"null"),
    };
    json.list("warnings", &report.warnings, |json, warning| {
        json.text("code", warning.code)
            .text("message", &warning.message);
    });
}

/// A table by its name; its columns are those of all its sources.
pub(super) fn table(json: &mut Json, dataset: &dataset::Dataset, info: &dataset::TableInfo) {
    let parts = dataset.all_tables();
    let mut columns: Vec<&Field> = Vec::new();
    for field in parts
        .iter()
        .filter(|table| table.name() == info.name)
        .flat_map(|table| table.fields())
    {
        if !columns.iter().any(|column| column.name == field.name) {
            columns.push(field);
        }
    }
    json.text("name", &info.name)
        .put("rows", &info.rows)
        .list("columns", columns, column);
}

fn column(json: &mut Json, field: &Field) {
    json.text("name", &field.name)
        .text("type", field.kind.name());
}

pub(super) fn job_progress(json: &mut Json, is_done: bool, rows_done: u64, rows_total: u64) {
    json.put("done", &is_done)
        .put("rowsDone", &rows_done)
        .put("rowsTotal", &rows_total);
}

/// What is known about an answer without its rows.
pub(super) fn description(json: &mut Json, query: &str, finished: &engine::job::Finished) {
    json.list("columns", &finished.relation.fields, column)
        .put("rowCount", &finished.relation.n_rows());
    if let Some(render) = &finished.render {
        json.object("render", |json| {
            json.text("kind", &render.chart)
                .object("properties", |json| {
                    for (name, value) in &render.properties {
                        json.text(name, value);
                    }
                });
        });
    }
    let note = "there are more rows than were asked for; the rest was left out";
    let notes = if finished.is_cut { &[note][..] } else { &[] };
    json.list("stages", &finished.stages, |json, one| {
        stage(json, query, one);
    })
    .texts("notes", notes);
    let names: Vec<&str> = finished
        .further
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    json.texts("further", &names);
}

pub(super) fn stage(json: &mut Json, query: &str, stage: &engine::Stage) {
    json.text("text", stage.span.of(query));
    range(json, query, stage.span);
    json.put("rowsIn", &stage.rows_in)
        .put("rowsOut", &stage.rows_out)
        .texts("added", &stage.added)
        .texts("dropped", &stage.dropped)
        .put("elapsedMs", &number::plain_text(stage.elapsed_ms));
}

/// A place of a secret; its title comes from the facade (`api.js`).
pub(super) fn secret(json: &mut Json, (start, end, rule): &(usize, usize, &str)) {
    json.put("start", start).put("end", end).text("rule", rule);
}

pub(super) fn triage_report(
    json: &mut Json,
    report: &triage::Report,
    sources: &[dataset::SourceReport],
) {
    json.list("sources", sources, source_report)
        .object("totals", |json| {
            json.put("requests", &report.n_requests)
                .put("failed", &report.n_failures);
            time(json, "from", report.from);
            time(json, "to", report.to);
        })
        .object("metrics", |json| {
            json.object("workbook", |json| classes(json, &report.workbook))
                .object("documented2017", |json| {
                    classes(json, &report.documented_2017);
                });
        })
        .list("findings", &report.findings, finding)
        .object("unclassified", |json| {
            json.put("count", &report.n_unclassified)
                .text("kql", &report.unclassified_kql);
        })
        .list("cannotConclude", &report.cannot_conclude, |json, gap| {
            json.text("code", gap.code).text("message", &gap.message);
            if let Some(GapFix { artefact, request }) = &gap.fix {
                fix(json, artefact, request);
            }
        });
}

/// The setting that closes a gap.
pub(super) fn fix(json: &mut Json, artefact: &str, request: &Dynamic) {
    json.object("fix", |json| {
        json.text("artefact", artefact)
            .put("request", &request.to_json());
    });
}

fn time(json: &mut Json, name: &str, ticks: Option<i64>) {
    json.text_or_null(name, ticks.map(datetime::text).as_deref());
}

fn classes(json: &mut Json, classes: &metrics::Classes) {
    json.put("successful", &classes.successful)
        .put("failed", &classes.failed)
        .put("unauthorized", &classes.unauthorized)
        .put("other", &classes.other);
}

/// Without the words of its signature, which the facade adds (`api.js`).
fn finding(json: &mut Json, finding: &triage::Finding) {
    let signature = finding.signature;
    json.text("signature", signature.id)
        .text("family", signature.family)
        .text("certainty", finding.certainty.name())
        .text("severity", signature.severity.name())
        .text("table", finding.table)
        .put("count", &finding.count)
        .put(
            "share",
            &number::real_json(finding.share).unwrap_or_default(),
        );
    time(json, "first", finding.first);
    time(json, "last", finding.last);
    values(json, "evidence", &finding.evidence);
    shares(json, "apis", &finding.apis);
    shares(json, "backends", &finding.backends);
    shares(json, "callers", &finding.callers);
    shares(json, "operations", &finding.operations);
    json.object("kql", |json| {
        // Null where the shared table cannot say the same.
        let shared = translation::to_azure_diagnostics(&finding.kql)
            .ok()
            .map(in_one_style);
        json.text("resourceSpecific", &finding.kql)
            .text_or_null("azureDiagnostics", shared.as_deref());
    });
    values(json, "sample", &finding.sample);
}

fn values(json: &mut Json, name: &str, values: &[(String, String)]) {
    json.list(name, values, |json, (column, value)| {
        json.text("column", column).text("value", value);
    });
}

fn shares(json: &mut Json, name: &str, shares: &[triage::Share]) {
    json.list(name, shares, |json, share| {
        json.text("value", &share.value).put("count", &share.count);
    });
}

/// The query as the printer lays it out, which is how people read it.
fn in_one_style(kql: String) -> String {
    printer::format(&kql).unwrap_or(kql)
}

/// What a rule saw: of each evaluation the number of its newest window.
pub(super) fn back_test_series(json: &mut Json, series: &Series) {
    let times: Vec<String> = series
        .evaluations
        .iter()
        .map(|&ticks| datetime::text(ticks))
        .collect();
    json.texts("evaluations", &times)
        .put("earlyEvaluations", &series.n_early)
        .put("rerun", &series.is_rerun)
        .put("groupCount", &series.groups.len())
        .list(
            "groups",
            series.groups.iter().take(MOST_GROUPS),
            |json, group| {
                let newest = group.numbers.iter().step_by(series.n_periods.max(1));
                let numbers: Vec<String> = newest
                    .map(|number| match number {
                        Some(number) if number.is_finite() => number.to_string(),
                        _ => "null".to_owned(),
                    })
                    .collect();
                json.texts("values", &group.values)
                    .put("numbers", &format!("[{}]", numbers.join(",")));
            },
        );
}

/// An alert that would have been raised.
pub(super) fn firing(json: &mut Json, series: &Series, firing: &Firing) {
    let values = series.groups.get(firing.group).map(|group| &group.values);
    json.put("group", &firing.group)
        .texts("values", values.map_or(&[], Vec::as_slice))
        .text("fired", &datetime::text(firing.fired))
        .text_or_null("resolved", firing.resolved.map(datetime::text).as_deref())
        .put("evaluationsMet", &firing.n_met)
        .put(
            "peak",
            &number::real_json(firing.peak).unwrap_or_else(|| "null".to_owned()),
        )
        .put("muted", &firing.is_muted);
}
