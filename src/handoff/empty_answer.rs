//! Why a query returns nothing in a workspace: what to look at, one thing after the other.
//!
//! Input: `{query, service?, workspace?, now?}`. Output: steps, each with the query that settles it, what
//! it means when it says no, and the setting that would change that; the same as Markdown, and the query
//! that counts the rows behind each stage. Invariants: every query of a step is one that the workspace
//! runs, over the tables that the query names; what is doubted in the query has its place. Absent on
//! purpose: answers, which only the workspace has. The times that rows take are those of the
//! documentation of Azure Monitor (log data ingestion time, diagnostic settings).

pub mod doubt;

use super::request::Request;
use super::{Artefact, File, HandoffError, names};
use crate::kql::token::{self, TokenKind, written_name, written_string};
use crate::kql::tree::{Expr, Pipeline, Source, Statement};
use crate::kql::{parser, printer};
use crate::schema::{self, TableSchema, translation};
use crate::text::{Span, cut};
use crate::value::Dynamic;
use doubt::{Compared, Doubt, Reader, conditions, is_of_time};

/// Most stages, and most conditions, that are counted.
const MOST_STAGES: usize = 12;
const GATEWAY: &str = "ApiManagementGatewayLogs";
const SHARED: &str = "AzureDiagnostics";
/// Rows, and a condition on them.
const AND: &str = "$0\n| where $1";

/// What the answer to a step is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Whether its query has rows.
    Rows,
    /// Whether each row of its query counts more than none.
    Counts,
    /// Whoever knows the set-up.
    Known,
}

impl Answer {
    /// The name in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Counts => "counts",
            Self::Known => "known",
        }
    }
}

/// What a step says; `$0` and its kin stand for what [`Subject::steps`] knows.
#[derive(Debug)]
struct Words {
    id: &'static str,
    title: &'static str,
    text: &'static str,
    answer: Answer,
    /// Empty where no query settles it.
    kql: &'static str,
    if_no: &'static str,
    /// The setting that would change that: its artefact and the text of its request; empty for none.
    fix: (&'static str, &'static str),
}

/// An artefact of `handoff` and the request of it.
pub type Fix = (&'static str, Dynamic);

/// One thing to look at.
#[derive(Clone, Debug)]
pub struct Step {
    /// What names it.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What is looked at.
    pub text: String,
    /// What its answer is read from.
    pub answer: Answer,
    /// The query that settles it.
    pub kql: Option<String>,
    /// What it means when it says no.
    pub if_no: &'static str,
    /// A query to go on with then, with what it is.
    pub then: Option<(&'static str, String)>,
    /// The setting that would change that: its artefact and the request of it.
    pub fix: Option<Fix>,
    /// What the query itself shows.
    pub doubts: Vec<Doubt>,
}

/// How many rows of a category there are, in whichever table.
const CATEGORY: Words = Words {
    id: "category",
    title: "The rows are sent",
    text: "Does the workspace have rows of `$1`, in whichever table?",
    answer: Answer::Rows,
    kql: "union withsource=Table isfuzzy=true $2, (AzureDiagnostics | where Category == \"$1\")
| where TimeGenerated > ago(7d)
| summarize Rows = count(), Last = max(TimeGenerated) by Table",
    if_no: "The category is not routed to this workspace, or no call was made. A new setting sends its first rows within \
            90 minutes; the table is made with them, and is an unknown name until then.",
    fix: ("diagnosticSetting", r#"{"categories":["$1"]$9}"#),
};

/// The same of a table that is none of a category.
const SENT: Words = Words {
    text: "Does the workspace have rows of `$0`?",
    kql: RECENT,
    if_no: "Nothing is sent to this table, or no call was made: look at what sends it, a logger and its diagnostic, or a setting.",
    fix: ("", ""),
    ..CATEGORY
};
const SENT_INSIGHTS: Words = Words {
    fix: (
        "diagnostic",
        r#"{"entity":"applicationinsights","sampling":100$8}"#,
    ),
    ..SENT
};
const SENT_METRICS: Words = Words {
    fix: ("diagnosticSetting", r#"{"metrics":true$9}"#),
    ..SENT
};
const RECENT: &str = "$0
| where TimeGenerated > ago(7d)$3
| summarize Rows = count(), Last = max(TimeGenerated)
| where Rows > 0";

const MODE: Words = Words {
    id: "mode",
    title: "The table they are in",
    text: "Are they in `$0`, which the query asks?",
    kql: RECENT,
    if_no: "The rows are in the other table: ask that one, or have the setting use a table for each category.",
    fix: (
        "diagnosticSetting",
        r#"{"categories":["$1"],"dedicated":true$9}"#,
    ),
    ..CATEGORY
};

/// The same where the query asks the shared table.
const MODE_SHARED: Words = Words {
    fix: (
        "diagnosticSetting",
        r#"{"categories":["$1"],"dedicated":false$9}"#,
    ),
    ..MODE
};

const WORKSPACE: Words = Words {
    id: "workspace",
    title: "The workspace",
    text: "Is the service, or its component, among the resources that write to this workspace?",
    kql: "$0
| where TimeGenerated > ago(7d)$3$4
| summarize Rows = count(), Last = max(TimeGenerated) by _ResourceId",
    if_no: "It writes to another workspace, which its setting names: ask the query there.",
    ..CATEGORY
};

/// Where no service is known, its id is looked for among all.
const RESOURCES: Words = Words {
    answer: Answer::Known,
    ..WORKSPACE
};

const NETWORK: Words = Words {
    id: "network",
    title: "The network",
    text: "Is the query asked from a network that may? In the mode PrivateOnly, a private link scope lets its networks reach \
           the resources of the scope alone.",
    answer: Answer::Known,
    kql: "",
    if_no: "Put the workspace, and a component with its workspace, into the scope, for ingestion and for queries, or ask from \
            a network of the scope.",
    fix: ("", ""),
};

const TIME: Words = Words {
    id: "time",
    title: "The time",
    text: "Are there rows in the time that the query asks for? A time span of a link, a workbook or the API holds as well.",
    kql: "$5
| summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated)
| where Rows > 0",
    if_no: "There is nothing in this time: ask for more of it, and mind that times are UTC.",
    fix: ("", ""),
    ..CATEGORY
};

/// Where the query names no time.
const DAY: Words = Words {
    text: "Are there rows in the time that the portal asks for? The query names none, so the portal's range holds: 24 hours \
           unless another is chosen.",
    ..TIME
};

const DELAY: Words = Words {
    id: "delay",
    title: "The delay",
    text: "Is the newest row younger than 15 minutes? On average a row can be queried 20 seconds to 3 minutes after its call.",
    kql: "$0
| where TimeGenerated > ago(1d)$3
| summarize Rows = count(), Last = max(TimeGenerated), Half = percentile(ingestion_time() - TimeGenerated, 50)
| where Last > ago(15m)",
    if_no: "Rows come late, or no call was made since: ask again later, or for a time that ended earlier.",
    fix: ("", ""),
    ..CATEGORY
};

/// Rows of Application Insights say for how many they stand.
const SAMPLED: Words = Words {
    id: "sampling",
    title: "Sampling",
    text: "Is every call kept? The diagnostic of all APIs, or of one, may keep a part of them.",
    kql: "$0
| where TimeGenerated > ago(1d)
| summarize Rows = count(), Stand = sum(ItemCount)
| where Rows == Stand",
    if_no: "The call that is looked for may not have been kept: log all calls, or at least all that fail.",
    fix: (
        "diagnostic",
        r#"{"entity":"applicationinsights","sampling":100,"alwaysLogErrors":true$8}"#,
    ),
    ..CATEGORY
};
const SAMPLING: Words = Words {
    answer: Answer::Known,
    kql: "",
    fix: (
        "diagnostic",
        r#"{"entity":"azuremonitor","sampling":100,"alwaysLogErrors":true$8}"#,
    ),
    ..SAMPLED
};

const NAMES: Words = Words {
    id: "names",
    title: "Names and spelling",
    text: "Does each condition, by itself, find rows?",
    answer: Answer::Counts,
    kql: "$6",
    if_no: "No row meets the condition that counts none. `==` and `in` tell case apart, `=~` and `in~` do not; `has` wants whole \
            words; blanks count.",
    fix: ("", ""),
};

const STAGES: Words = Words {
    id: "stages",
    title: "The stages",
    text: "Is any row left behind each stage?",
    kql: "$7",
    if_no: "The first stage that leaves no row is the one to look at: take it out, or let it pass more.",
    ..NAMES
};

/// The steps of a query.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The table that the query asks.
    pub table: String,
    /// The steps, in the order in which they are taken.
    pub steps: Vec<Step>,
    /// Texts that columns are compared with.
    pub compared: Vec<Compared>,
    /// The query.
    pub query: String,
    stages: Option<String>,
}

/// A check list for a query.
pub fn empty_answer(request: &Dynamic) -> Result<Artefact, HandoffError> {
    Ok(guide(request)?.artefact())
}

/// What a query is about.
struct Subject<'q> {
    query: &'q str,
    /// The text before the last statement.
    before: &'q str,
    pipeline: Option<&'q Pipeline>,
    /// As it is written in a query.
    table: String,
    schema: Option<&'static TableSchema>,
    /// Of a log that API Management writes.
    category: Option<&'static str>,
    service: Option<&'q str>,
    workspace: Option<&'q str>,
}

/// The steps for a query.
pub fn guide(request: &Dynamic) -> Result<Guide, HandoffError> {
    let request = Request::new(request, &["query", "service", "workspace", "now"])?;
    let query = names::query("query", request.required("query")?)?;
    let now = request.time("now")?;
    let parsed = parser::parse(query);
    let pipeline = match parsed.query.statements.last() {
        Some(Statement::Expression(Expr::Pipe(pipeline))) => Some(pipeline),
        _ => None,
    };
    let (table, schema, category) = table_of(query, parsed.query.statements.last());
    let subject = Subject {
        query,
        before: pipeline.map_or("", |pipeline| {
            query
                .get(..pipeline.span.start as usize)
                .unwrap_or_default()
        }),
        pipeline,
        table,
        schema,
        category,
        service: request.text("service")?,
        workspace: request.text("workspace")?,
    };
    let (doubts, compared) = Reader::new(query, &parsed.query, now).doubts(&subject.table);
    let is_time_doubted = doubts.iter().any(|doubt| doubt.step == "time");
    let stages = stage_counts(&subject);
    let mut steps = subject.steps(stages.as_deref(), is_time_doubted);
    for doubt in doubts {
        if let Some(step) = steps.iter_mut().find(|step| step.id == doubt.step) {
            step.doubts.push(doubt);
        }
    }
    Ok(Guide {
        table: subject.table,
        steps,
        compared,
        query: query.to_owned(),
        stages,
    })
}

/// The table that a query names first: one that is known, the shared one, or that of its last statement;
/// the gateway's where it names none.
fn table_of(
    query: &str,
    last: Option<&Statement>,
) -> (String, Option<&'static TableSchema>, Option<&'static str>) {
    let (tokens, _) = token::tokens(query);
    let first_category = |table: &TableSchema| table.categories.first().copied();
    for token in &tokens {
        let word = token.span.of(query);
        if token.kind == TokenKind::Word && word == SHARED {
            let mut strings = tokens
                .iter()
                .filter(|token| token.kind == TokenKind::String)
                .map(|token| token::string_value(token.span.of(query)));
            let schema = strings.find_map(|text| {
                let found = schema::table(&text)?;
                found.is_resource_log().then_some(found)
            });
            let category = schema
                .or_else(|| schema::table(GATEWAY))
                .and_then(first_category);
            return (SHARED.to_owned(), None, category);
        }
        let known = schema::TABLES.iter().find(|table| table.name == word);
        if let (TokenKind::Word, Some(table)) = (token.kind, known) {
            return (table.name.to_owned(), Some(table), first_category(table));
        }
    }
    let source = match last {
        Some(Statement::Expression(Expr::Pipe(pipeline))) => match pipeline.source.as_ref() {
            Source::Expr(source) => Some(source),
            Source::Operator(_) => None,
        },
        Some(Statement::Expression(expression)) => Some(expression),
        _ => None,
    };
    match source {
        Some(Expr::Name(name)) => (written_name(&name.text), None, None),
        _ => {
            let gateway = schema::table(GATEWAY);
            (
                GATEWAY.to_owned(),
                gateway,
                gateway.and_then(first_category),
            )
        }
    }
}

/// A query that counts the rows behind each stage; `None` when the query has no stages to count.
fn stage_counts(subject: &Subject<'_>) -> Option<String> {
    let (query, pipeline) = (subject.query, subject.pipeline?);
    let start = pipeline.span.start as usize;
    let source = subject.source()?;
    let mut counted = vec![(source.to_owned(), "the table".to_owned())];
    for operator in pipeline.operators.iter().take(MOST_STAGES) {
        let span = operator.span();
        let text = query.get(start..span.end as usize)?;
        counted.push((text.to_owned(), shown(span.of(query))));
    }
    // What is drawn has no rows of its own.
    counted.retain(|(_, stage)| !stage.starts_with("render"));
    Some(counts(subject.before, "Stage", &counted))
}

/// A query that counts the rows of each query, under its name.
fn counts(before: &str, what: &str, counted: &[(String, String)]) -> String {
    let mut branches = String::new();
    for (at, (text, name)) in counted.iter().enumerate() {
        let comma = if at > 0 { ",\n" } else { "" };
        branches += &filled(
            "$0    ($1\n    | summarize Rows = count()\n    | extend Step = $2, $3 = $4)",
            &[comma, text, &at.to_string(), what, &written_string(name)],
        );
    }
    let text = filled(
        "$0union\n$1\n| project Step, Rows, $2\n| order by Step asc",
        &[before, &branches, what],
    );
    printer::format(&text).unwrap_or(text).trim_end().to_owned()
}

impl<'q> Subject<'q> {
    /// The text of the rows that the query begins with.
    fn source(&self) -> Option<&'q str> {
        let pipeline = self.pipeline?;
        let end = pipeline.operators.first()?.span().start;
        let source = Span::new(pipeline.span.start, end).of(self.query);
        Some(source.trim_end().trim_end_matches('|').trim_end())
    }

    /// The conditions that the query begins with, those of time or the others.
    fn asked(&self, of_time: bool) -> Vec<&'q str> {
        let all = self.pipeline.map(conditions).unwrap_or_default();
        all.into_iter()
            .filter(|condition| is_of_time(condition) == of_time)
            .take(MOST_STAGES)
            .map(|condition| condition.span().of(self.query))
            .collect()
    }

    /// A query that counts the rows of each condition for itself, where there are any.
    fn condition_counts(&self, is_time_doubted: bool) -> Option<String> {
        let (source, conditions) = (self.source()?, self.asked(false));
        let mut times = self.asked(true);
        if source == self.table && (times.is_empty() || is_time_doubted) {
            times = vec!["TimeGenerated > ago(7d)"];
        }
        let mut rows = source.to_owned();
        for time in times {
            rows = filled(AND, &[&rows, time]);
        }
        let counted: Vec<(String, String)> = conditions
            .iter()
            .map(|condition| (filled(AND, &[&rows, condition]), shown(condition)))
            .collect();
        (!counted.is_empty()).then(|| counts(self.before, "Condition", &counted))
    }

    fn steps(&self, stages: Option<&str>, is_time_doubted: bool) -> Vec<Step> {
        let times = self.asked(true);
        let is_shared = self.table == SHARED;
        let category = self.category.unwrap_or_default();
        let of_category = filled("\n| where Category == \"$0\"", &[category]);
        let service = self.service.and_then(|service| service.rsplit('/').next());
        let of_service = service.map_or_else(String::new, |name| {
            let name = written_string(&filled("/service/$0", &[name]));
            filled("\n| where _ResourceId endswith $0", &[&name])
        });
        let in_time = match self.source() {
            Some(source) if !times.is_empty() => {
                let times = times.join("\n| where ");
                filled("$0$1\n| where $2", &[self.before, source, &times])
            }
            _ => filled("$0\n| where TimeGenerated > ago(1d)", &[&self.table]),
        };
        let conditions = self.condition_counts(is_time_doubted);
        let place = |name: &str, text: Option<&str>| match text {
            Some(text) => filled(",\"$0\":$1", &[name, &Dynamic::string(text).to_json()]),
            None => String::new(),
        };
        let in_service = place("service", self.service);
        let in_both = in_service.clone() + &place("workspace", self.workspace);
        let values = [
            self.table.as_str(),
            category,
            schema::table(category).map_or(GATEWAY, |table| table.name),
            if is_shared { &of_category } else { "" },
            // The resources of Application Insights are components.
            if self.is_insights() { "" } else { &of_service },
            &in_time,
            conditions.as_deref().unwrap_or_default(),
            stages.unwrap_or_default(),
            &in_service,
            &in_both,
        ];
        let has_category = self.category.is_some();
        let first = if has_category {
            &CATEGORY
        } else if self.is_insights() {
            &SENT_INSIGHTS
        } else if self.table == "AzureMetrics" {
            &SENT_METRICS
        } else {
            &SENT
        };
        let is_one = !values[4].is_empty();
        let of_gateway = self.category == Some("GatewayLogs");
        let chosen = [
            Some(first),
            has_category.then_some(if is_shared { &MODE_SHARED } else { &MODE }),
            Some(if is_one { &WORKSPACE } else { &RESOURCES }),
            Some(&NETWORK),
            Some(if times.is_empty() { &DAY } else { &TIME }),
            Some(&DELAY),
            self.is_insights().then_some(&SAMPLED),
            of_gateway.then_some(&SAMPLING),
            conditions.is_some().then_some(&NAMES),
            stages.is_some().then_some(&STAGES),
        ];
        let steps = chosen.into_iter().flatten();
        let mut steps: Vec<Step> = steps.map(|words| step(words, &values)).collect();
        if let Some(mode) = steps.get_mut(1).filter(|step| step.id == MODE.id) {
            mode.then = self.translated();
        }
        steps
    }

    /// Whether the table is one of Application Insights.
    fn is_insights(&self) -> bool {
        self.schema.is_some_and(|schema| schema.classic.is_some())
    }

    /// The query over the other table of its category.
    fn translated(&self) -> Option<(&'static str, String)> {
        let (text, title) = if self.table == SHARED {
            let text = translation::to_resource_specific(self.query).ok()?;
            (text, "The query over the table of the category")
        } else {
            let text = translation::to_azure_diagnostics(self.query).ok()?;
            (text, "The query over AzureDiagnostics")
        };
        (text.trim() != self.query.trim()).then_some((title, text))
    }
}

fn step(words: &Words, values: &[&str]) -> Step {
    let (artefact, request) = words.fix;
    // A table of no category has no setting for it.
    let is_fixed = !(request.is_empty() || (request.contains("$1") && values.get(1) == Some(&"")));
    Step {
        id: words.id,
        title: words.title,
        text: filled(words.text, values),
        answer: words.answer,
        kql: (!words.kql.is_empty()).then(|| filled(words.kql, values)),
        if_no: words.if_no,
        then: None,
        fix: is_fixed.then(|| {
            let request = Dynamic::parse(&filled(request, values));
            (artefact, request.unwrap_or_default())
        }),
        doubts: Vec::new(),
    }
}

/// A text with values in the place of its holes; what a value says is no hole.
fn filled(text: &str, values: &[&str]) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hole, rest) = part.split_at_checked(1).unwrap_or_default();
        let value = hole.parse().ok().and_then(|at: usize| values.get(at));
        out.push_str(value.copied().unwrap_or_default());
        out.push_str(rest);
    }
    out
}

/// A part of a query as a word of a table.
fn shown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), 60)
}

fn fenced(kql: &str) -> String {
    filled("\n```kusto\n$0\n```\n", &[kql.trim_end()])
}

impl Guide {
    /// The steps as Markdown, and the query that counts the stages.
    pub fn artefact(&self) -> Artefact {
        let mut files = vec![File::new("markdown", "empty-answer.md", self.markdown())];
        let stages = self.stages.iter();
        files.extend(stages.map(|text| File::new("kql", "stages.kql", text)));
        Artefact {
            files,
            notes: Vec::new(),
        }
    }

    fn markdown(&self) -> String {
        let mut out = String::from(
            "# The query returns nothing\n\nOne step after the other; the first that says no is the reason.\n",
        );
        for (at, step) in self.steps.iter().enumerate() {
            let number = (at + 1).to_string();
            out += &filled("\n## $0. $1\n\n$2\n", &[&number, step.title, &step.text]);
            for doubt in &step.doubts {
                // A mark of code would end it.
                let place = shown(doubt.span.of(&self.query)).replace('`', "'");
                out += &filled("\n- `$0`: $1", &[&place, &doubt.message]);
                if !doubt.help.is_empty() {
                    out += &filled(" ($0)", &[&doubt.help]);
                }
            }
            if !step.doubts.is_empty() {
                out.push('\n');
            }
            out.extend(step.kql.as_deref().map(fenced));
            out += &filled("\nIf not: $0\n", &[step.if_no]);
            if let Some((title, kql)) = &step.then {
                out += &filled("\n$0:\n$1", &[title, &fenced(kql)]);
            }
            if let Some((artefact, request)) = &step.fix {
                let request = request.to_json();
                out += &filled("\nThe setting: `$0` of `$1`\n", &[artefact, &request]);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
