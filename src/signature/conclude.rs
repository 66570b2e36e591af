//! What the rows cannot tell, and what is missing for it.
//!
//! Input: the tables, the warnings of their sources, the clock. Output: sentences with a stable code, and the
//! setting that closes the gap where one would.

use super::tables;
use crate::dataset::SourceReport;
use crate::engine::batch::Batch;
use crate::engine::eval::Context;
use crate::engine::predicate::Predicate;
use crate::engine::{Job, Outcome};
use crate::table::Tables;
use crate::value::{Dynamic, Value, datetime};
use std::rc::Rc;

/// One thing that cannot be concluded.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The stable code.
    pub code: &'static str,
    /// What cannot be told, and what would tell it.
    pub message: String,
    /// The setting that would change that, where one would.
    pub fix: Option<GapFix>,
}

/// A way on that closes a gap.
#[derive(Clone, Debug)]
pub struct GapFix {
    /// The artefact of `handoff`.
    pub artefact: &'static str,
    /// Its request, with what the rows know of it.
    pub request: Dynamic,
}

/// What closes a gap: its code and a part of its message, the artefact, its request, and whether it is
/// for one API, the one that the condition holds for most often.
pub const FIXES: &[(&str, &str, &str, &str, Option<&str>)] = &[
    (
        "sampled",
        "",
        "diagnostic",
        r#"{"entity":"applicationinsights","sampling":100}"#,
        None,
    ),
    (
        "no-bodies",
        "",
        "diagnostic",
        r#"{"entity":"azuremonitor","payloadBytes":8192}"#,
        Some("ResponseCode >= 500"),
    ),
    (
        "category-not-routed",
        "GatewayLlmLogs",
        "diagnosticSetting",
        r#"{"categories":["GatewayLogs","GatewayLlmLogs"]}"#,
        None,
    ),
    (
        "category-not-routed",
        "",
        "diagnosticSetting",
        r#"{"categories":["GatewayLogs"]}"#,
        None,
    ),
    (
        "llm-messages",
        "",
        "diagnostic",
        r#"{"entity":"azuremonitor","llm":{}}"#,
        Some(MODELS),
    ),
    (
        "verbosity",
        "",
        "diagnostic",
        r#"{"entity":"applicationinsights","verbosity":"verbose"}"#,
        None,
    ),
    (
        "no-last-error",
        "",
        "diagnosticSetting",
        r#"{"categories":["GatewayLogs"]}"#,
        None,
    ),
];

/// Warnings of sources that limit what the rows tell, with the sentence that says how.
const FROM_SOURCES: &[(&str, &str)] = &[
    (
        "row-cap",
        "The export ends at the row limit of the service: counts are lower bounds. Narrow the time or export from storage.",
    ),
    (
        "partial-error",
        "The service answered in part: counts are lower bounds. Run the query again over less time.",
    ),
    (
        "sampled",
        "Telemetry was sampled: one row stands for several calls, rare failures may be missing. Sum `ItemCount`, or set sampling to 100 %.",
    ),
    (
        "cut-bodies",
        "Bodies end at 8,192 bytes, the most that the gateway logs: what stands behind is unknown.",
    ),
    (
        "ambiguous-clock",
        "Times are in a local clock without offset: they may be hours off. Export with UTC as the display time zone.",
    ),
    (
        "text-dates",
        "Dates can be read day first or month first: the rows have no time until that is settled.",
    ),
    (
        "cut-file",
        "The source ends inside a record: later rows are missing.",
    ),
];

/// How long after the call a row may still arrive: the documented delay of ingestion, with room.
const INGESTION_DELAY_MINUTES: i64 = 15;

/// Gateway rows with bodies.
const BODIES: &str = "isnotempty(BackendResponseBody) or isnotempty(ResponseBody)";
/// Gateway rows of calls to language models.
const MODELS: &str = "Url contains \"/chat/completions\" or Url contains \"/openai/\"";
/// Rows that name their service.
const SERVICE: &str = "_ResourceId contains \"/providers/Microsoft.ApiManagement/service/\"";
/// Rows of self-hosted gateways.
const SELF_HOSTED: &str = "column_ifexists(\"IsSelfHosted\", false) == true";

/// Everything that cannot be concluded; `last_row` is the time of the last gateway row.
pub(super) fn gaps(
    tables: &Rc<dyn Tables>,
    sources: &[SourceReport],
    last_row: Option<i64>,
    now: i64,
) -> Outcome<Vec<Gap>> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut add = |code: &'static str, message: String| {
        gaps.push(Gap {
            code,
            message,
            fix: None,
        });
    };
    for (code, sentence) in FROM_SOURCES {
        let names: Vec<&str> = sources
            .iter()
            .filter(|source| source.warnings.iter().any(|warning| warning.code == *code))
            .map(|source| source.name.as_str())
            .collect();
        if let Some(first) = names.first() {
            let others = if names.len() > 1 {
                format!(" and {} more", names.len() - 1)
            } else {
                String::new()
            };
            add(
                code,
                format!("{sentence} ({}{others})", crate::text::cut(first, 40)),
            );
        }
    }
    let n_rows = |name: &str| tables.find(name).map_or(0, |view| view.n_rows());
    let (n_gateway, n_llm) = (n_rows(tables::GATEWAY), n_rows(tables::LLM));
    if n_gateway > 0 {
        add("stopped-before-gateway", "Calls that were stopped before the gateway (TLS to the gateway, network rules, an edge in front) leave no row.".to_owned());
        if last_row
            .is_some_and(|last| (now - last).abs() < INGESTION_DELAY_MINUTES * datetime::MINUTE)
        {
            add(
                "ingestion-delay",
                format!(
                    "Rows arrive up to {INGESTION_DELAY_MINUTES} minutes late: the last minutes before the export may be incomplete."
                ),
            );
        }
        let [has_bodies, calls_models, is_self_hosted] =
            holds_for_any(tables, tables::GATEWAY, [BODIES, MODELS, SELF_HOSTED], now)?;
        if !has_bodies {
            add("no-bodies", "No bodies were logged: what a backend said in its answer is unknown. Set payload bytes above 0 in the diagnostics of the API.".to_owned());
        }
        if n_llm == 0 && calls_models {
            add("category-not-routed", "There are calls to language models but no rows of the category GatewayLlmLogs: tokens and messages are unknown. Route the category.".to_owned());
            add("llm-messages", "LLM rows come of APIs whose diagnostic `azuremonitor` logs LLM messages; whether it does is not in these rows. Switch LLM logging on.".to_owned());
        }
        if is_self_hosted || n_rows("SelfHostedGatewayEvents") > 0 {
            add("self-hosted", "A self-hosted gateway loses telemetry while it cannot reach Azure or its collector: calls may be missing.".to_owned());
        }
    } else if n_llm > 0 {
        add("category-not-routed", "There are LLM rows but no gateway rows: status, caller and latency of the calls are unknown. Route the category GatewayLogs.".to_owned());
    }
    if n_llm > 0 {
        let without_header = format!(
            "{} | summarize Headers = countif(SequenceNumber == 0), Messages = countif(SequenceNumber > 0) by CorrelationId | where Headers == 0 and Messages > 0 | count",
            tables::LLM
        );
        if let Some(count) = cell(tables, now, &without_header, 0)?
            .as_long()
            .filter(|count| *count > 0)
        {
            add(
                "missing-chunks",
                format!(
                    "{count} calls to language models have messages but no row with tokens: part of their rows is missing."
                ),
            );
        }
    }
    if n_rows("AppTraces") > 0 {
        let least = cell(tables, now, "AppTraces | summarize min(SeverityLevel)", 0)?;
        if least.as_long().is_some_and(|level| level > 0) {
            add("verbosity", "Traces below the set verbosity are not there: what a policy wrote at a lower level is unknown.".to_owned());
        }
    }
    if n_rows(tables::REQUESTS) > 0 && n_gateway == 0 {
        add("no-last-error", "Application Insights rows do not say which policy failed and why; gateway rows do. Route the category GatewayLogs.".to_owned());
    }
    for gap in &mut gaps {
        gap.fix = fix(tables, now, gap)?;
    }
    Ok(gaps)
}

/// What closes a gap, with the names that the rows have.
fn fix(tables: &Rc<dyn Tables>, now: i64, gap: &Gap) -> Outcome<Option<GapFix>> {
    let found = FIXES
        .iter()
        .find(|(code, part, ..)| *code == gap.code && gap.message.contains(part));
    let Some((_, _, artefact, request, of_api)) = found else {
        return Ok(None);
    };
    let request = Dynamic::parse(request).unwrap_or_default();
    let mut members = request.members().unwrap_or_default().to_vec();
    if tables
        .find(tables::GATEWAY)
        .is_some_and(|view| view.n_rows() > 0)
    {
        let service = most_often(tables, now, "_ResourceId", SERVICE)?;
        members.extend(service.map(|id| ("service".into(), Dynamic::string(&id))));
        if let Some(condition) = of_api {
            let api = most_often(tables, now, "ApiId", condition)?;
            members.extend(api.map(|name| ("api".into(), Dynamic::string(&name))));
        }
    }
    Ok(Some(GapFix {
        artefact,
        request: Dynamic::bag(members),
    }))
}

/// The text that a column of the gateway has most often where a condition holds, if it can be a name.
fn most_often(
    tables: &Rc<dyn Tables>,
    now: i64,
    column: &str,
    condition: &str,
) -> Outcome<Option<String>> {
    let kql = format!(
        "{} | where {condition} | summarize Count = count() by {column} | where {column} matches regex @\"^[-/A-Za-z0-9_.;=()]+$\" | order by Count desc, {column} asc | take 1",
        tables::GATEWAY
    );
    let text = cell(tables, now, &kql, 0)?.to_text();
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Whether each condition holds for a row of a table.
fn holds_for_any<const N: usize>(
    tables: &Rc<dyn Tables>,
    table: &str,
    conditions: [&str; N],
    now: i64,
) -> Outcome<[bool; N]> {
    let mut holds = [false; N];
    let Some(view) = tables.find(table) else {
        return Ok(holds);
    };
    let predicates = Predicate::bind_all(table, &conditions, tables, now)?;
    let (context, types) = (Context::new(now), view.types());
    for part in &view.parts {
        for segment in 0..part.table.n_segments() {
            if !holds.contains(&false) {
                return Ok(holds);
            }
            let batch = Batch::of_segment(part, &types, segment);
            for (holds, predicate) in holds.iter_mut().zip(&predicates) {
                let is_empty = |rows: Vec<u32>| rows.is_empty();
                *holds = *holds || !predicate.rows(&batch, &context)?.is_some_and(is_empty);
            }
        }
    }
    Ok(holds)
}

/// One cell of the first row of a query.
fn cell(tables: &Rc<dyn Tables>, now: i64, kql: &str, column: usize) -> Outcome<Value> {
    let finished = Job::start(kql, Rc::clone(tables), now)?.run()?;
    Ok(finished.relation.value(0, column))
}
