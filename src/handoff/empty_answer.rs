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
use crate::dataset::language::{Dialect, translate};
use crate::kql::token::{self, TokenKind, written_name, written_string};
use crate::kql::tree::{Expr, Pipeline, Source, Statement};
use crate::kql::{parser, printer};
use crate::schema::{self, TableSchema};
use crate::signature::conclude::GapFix;
use crate::text::{Span, cut};
use crate::value::{Dynamic, datetime};
use doubt::{Compared, Doubt, Reader, Topic, conditions, is_of_time};

/// Most stages, and most conditions, that are counted.
const MOST_STAGES: usize = 12;
const GATEWAY: &str = "ApiManagementGatewayLogs";
const SHARED: &str = "AzureDiagnostics";

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
    pub if_no: String,
    /// A query to go on with then, with what it is.
    pub then: Option<(&'static str, String)>,
    /// The setting that would change that.
    pub fix: Option<GapFix>,
    /// What the query itself shows.
    pub doubts: Vec<Doubt>,
}

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
    let now = match request.text("now")? {
        None => None,
        Some(text) => Some(datetime::parse(text).ok_or_else(|| {
            request.wrong("now", "this is no time", "a time as 2026-01-31T12:00:00Z")
        })?),
    };
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
    let stages = stage_counts(&subject);
    let mut steps = subject.steps(stages.as_deref());
    for step in &mut steps {
        let topic = match step.id {
            "time" => Topic::Time,
            "names" => Topic::Names,
            "stages" => Topic::Stages,
            _ => continue,
        };
        let of_topic = doubts.iter().filter(|doubt| doubt.topic == topic);
        step.doubts = of_topic.cloned().collect();
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
        let words: Vec<&str> = span.of(query).split_whitespace().collect();
        counted.push((text.to_owned(), cut(&words.join(" "), 60)));
    }
    // What is drawn has no rows of its own.
    counted.retain(|(_, stage)| !stage.starts_with("render"));
    Some(counts(subject.before, "Stage", &counted))
}

/// A query that counts the rows of each query, under its name.
fn counts(before: &str, what: &str, counted: &[(String, String)]) -> String {
    let branches = counted.iter().enumerate().map(|(at, (text, name))| {
        let name = written_string(name);
        format!("    ({text}\n    | summarize Rows = count()\n    | extend Step = {at}, {what} = {name})")
    });
    let branches = branches.collect::<Vec<_>>().join(",\n");
    let text =
        format!("{before}union\n{branches}\n| project Step, Rows, {what}\n| order by Step asc");
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

    /// The rows of some time, without those of other categories.
    fn recent(&self, time: &str) -> String {
        let table = &self.table;
        let of_category = match self.category {
            Some(category) if table == SHARED => {
                format!("\n| where Category == {}", written_string(category))
            }
            _ => String::new(),
        };
        format!("{table}\n| where TimeGenerated > ago({time}){of_category}")
    }

    /// The setting that would change a thing, for the service and the workspace that are known.
    fn fix(&self, artefact: &'static str, request: &str) -> Option<GapFix> {
        let mut members = Dynamic::parse(request)?.members()?.to_vec();
        let workspace = self.workspace.filter(|_| artefact == "diagnosticSetting");
        for (name, place) in [("service", self.service), ("workspace", workspace)] {
            members.extend(place.map(|text| (name.into(), Dynamic::string(text))));
        }
        Some(GapFix {
            artefact,
            request: Dynamic::bag(members),
        })
    }

    /// The setting that sends the rows of the table.
    fn routed(&self) -> Option<GapFix> {
        if let Some(category) = self.category {
            let request = format!(
                "{{\"categories\":[{}]}}",
                Dynamic::string(category).to_json()
            );
            return self.fix("diagnosticSetting", &request);
        }
        let schema = self.schema?;
        if schema.classic.is_some() {
            let request = r#"{"entity":"applicationinsights","sampling":100}"#;
            return self.fix("diagnostic", request);
        }
        let is_metrics = schema.name == "AzureMetrics";
        is_metrics.then(|| self.fix("diagnosticSetting", r#"{"metrics":true}"#))?
    }

    fn steps(&self, stages: Option<&str>) -> Vec<Step> {
        let mut steps = vec![self.routing()];
        steps.extend(self.mode());
        steps.extend([self.workspace(), network(), self.time(), self.delay()]);
        steps.extend(self.sampling());
        steps.extend(self.names());
        steps.extend(stages.map(|kql| {
            Step {
            kql: Some(kql.to_owned()),
            ..step("stages", "The stages", "How many rows are left behind each stage.".to_owned(), Answer::Counts, "The first stage behind which no row is left is the one to look at: take it out, or make it let more through.")
            }
        }));
        steps
    }

    fn routing(&self) -> Step {
        let (text, kql, if_no) = match self.category {
            Some(category) => {
                let quoted = written_string(category);
                let own = schema::table(category).map_or(GATEWAY, |table| table.name);
                (
                    format!("Does the workspace have rows of `{category}`, in whichever table?"),
                    format!(
                        "union withsource=Table isfuzzy=true {own}, ({SHARED} | where Category == {quoted})\n\
                         | where TimeGenerated > ago(7d)\n| summarize Rows = count(), Last = max(TimeGenerated) by Table"
                    ),
                    format!(
                        "The category `{category}` is not routed to this workspace, or no call was made. A new setting \
                         sends its first rows within 90 minutes; the table is made with them, and is an unknown name until then."
                    ),
                )
            }
            None => (
                format!("Does the workspace have rows of `{}`?", self.table),
                format!(
                    "{}\n| summarize Rows = count(), Last = max(TimeGenerated)\n| where Rows > 0",
                    self.recent("7d")
                ),
                "Nothing is sent to this table, or no call was made: look at the logger and the diagnostic, or the setting, that sends it.".to_owned(),
            ),
        };
        Step {
            kql: Some(kql),
            fix: self.routed(),
            ..step("category", "The rows are sent", text, Answer::Rows, &if_no)
        }
    }

    /// Which of both tables a category is in; others have one.
    fn mode(&self) -> Option<Step> {
        let category = self.category?;
        let is_shared = self.table == SHARED;
        let (to, title, if_no) = if is_shared {
            (
                Dialect::ResourceSpecific,
                "The query over the table of the category",
                "The setting sends to a table of its own: the query is to be asked of that.",
            )
        } else {
            (
                Dialect::AzureDiagnostics,
                "The query over AzureDiagnostics",
                "The setting sends to AzureDiagnostics: the query is to be asked of that, or the setting is to have a table for each category.",
            )
        };
        let request = format!(
            "{{\"categories\":[{}],\"dedicated\":{}}}",
            Dynamic::string(category).to_json(),
            !is_shared
        );
        Some(Step {
            kql: Some(format!(
                "{}\n| summarize Rows = count(), Last = max(TimeGenerated)\n| where Rows > 0",
                self.recent("7d")
            )),
            then: translate(self.query, to)
                .ok()
                .filter(|text| text.trim() != self.query.trim())
                .map(|text| (title, text)),
            fix: self.fix("diagnosticSetting", &request),
            ..step(
                "mode",
                "The table they are in",
                format!("Are they in `{}`, which the query asks?", self.table),
                Answer::Rows,
                if_no,
            )
        })
    }

    fn workspace(&self) -> Step {
        let id = match self.schema {
            Some(schema) if schema.classic.is_some() => "its component",
            _ => "the service",
        };
        let name = self
            .service
            .filter(|_| id == "the service")
            .and_then(|service| service.rsplit('/').next());
        let of_service = name.map_or_else(String::new, |name| {
            format!(
                "\n| where _ResourceId endswith {}",
                written_string(&format!("/service/{name}"))
            )
        });
        Step {
            kql: Some(format!(
                "{}{of_service}\n| summarize Rows = count(), Last = max(TimeGenerated) by _ResourceId",
                self.recent("7d")
            )),
            fix: self.category.and_then(|_| self.routed()),
            ..step(
                "workspace",
                "The workspace",
                format!("Is {id} among the resources that write to this workspace?"),
                Answer::Rows,
                "What it writes goes to another workspace: its setting says which one, and the query is to be asked there.",
            )
        }
    }

    /// The conditions that the query begins with, those of time or the others, with the text before them.
    fn asked(&self, of_time: bool) -> Vec<&'q str> {
        let all = self.pipeline.map(conditions).unwrap_or_default();
        all.into_iter()
            .filter(|condition| is_of_time(condition) == of_time)
            .take(MOST_STAGES)
            .map(|condition| condition.span().of(self.query))
            .collect()
    }

    fn time(&self) -> Step {
        let times = self.asked(true);
        let (rows, words) = match self.source() {
            Some(source) if !times.is_empty() => (
                format!(
                    "{}{source}\n| where {}",
                    self.before,
                    times.join("\n| where ")
                ),
                "The time span of a link, of a workbook or of the API holds beside the conditions of the query.",
            ),
            _ => (
                self.recent("1d"),
                "The query names no time, so that of the portal holds, which is 24 hours unless it is chosen.",
            ),
        };
        Step {
            kql: Some(format!(
                "{rows}\n| summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated)\n| where Rows > 0"
            )),
            ..step(
                "time",
                "The time",
                format!("Are there rows in the time that is asked for? {words}"),
                Answer::Rows,
                "There is nothing in this time: ask for more of it, and mind that times are UTC.",
            )
        }
    }

    fn delay(&self) -> Step {
        Step {
            kql: Some(format!(
                "{}\n| summarize Rows = count(), Last = max(TimeGenerated), Half = percentile(ingestion_time() - TimeGenerated, 50)\n| where Last > ago(15m)",
                self.recent("1d")
            )),
            ..step(
                "delay",
                "The delay",
                "Is the newest row younger than 15 minutes? On average a row can be asked for 20 seconds to 3 minutes after its call.".to_owned(),
                Answer::Rows,
                "Rows come late, or no call was made since: ask again later, or for a time that ended earlier.",
            )
        }
    }

    fn sampling(&self) -> Option<Step> {
        let is_insights = self.schema.is_some_and(|schema| schema.classic.is_some());
        if !is_insights && self.category != Some("GatewayLogs") {
            return None;
        }
        let entity = if is_insights {
            "applicationinsights"
        } else {
            "azuremonitor"
        };
        let has_count = self
            .schema
            .is_some_and(|schema| schema.column("ItemCount").is_some());
        let request =
            format!("{{\"entity\":\"{entity}\",\"sampling\":100,\"alwaysLogErrors\":true}}");
        Some(Step {
            kql: has_count.then(|| {
                format!(
                    "{}\n| summarize Rows = count(), Stand = sum(ItemCount)\n| where Rows == Stand",
                    self.recent("1d")
                )
            }),
            fix: self.fix("diagnostic", &request),
            ..step(
                "sampling",
                "Sampling",
                format!(
                    "Is every call kept? The diagnostic `{entity}` of all APIs or of one may keep a part of them."
                ),
                if has_count {
                    Answer::Rows
                } else {
                    Answer::Known
                },
                "The call that is looked for may not have been kept: log all calls, or at least all that fail.",
            )
        })
    }

    /// Each condition for itself, where there are any.
    fn names(&self) -> Option<Step> {
        let conditions = self.asked(false);
        let source = self.source()?;
        if conditions.is_empty() {
            return None;
        }
        let mut rows = self.asked(true);
        if rows.is_empty() && source == self.table {
            rows.push("TimeGenerated > ago(7d)");
        }
        let rows = rows.iter().fold(source.to_owned(), |rows, time| {
            format!("{rows}\n| where {time}")
        });
        let counted: Vec<(String, String)> = conditions
            .iter()
            .map(|condition| {
                let words: Vec<&str> = condition.split_whitespace().collect();
                (
                    format!("{rows}\n| where {condition}"),
                    cut(&words.join(" "), 60),
                )
            })
            .collect();
        Some(Step {
            kql: Some(counts(self.before, "Condition", &counted)),
            ..step(
                "names",
                "Names and spelling",
                "Does each condition, by itself, find rows?".to_owned(),
                Answer::Counts,
                "No row meets the condition that counts none: `==` and `in` see case, `=~` and `in~` do not; `has` wants whole words; blanks count.",
            )
        })
    }
}

fn step(id: &'static str, title: &'static str, text: String, answer: Answer, if_no: &str) -> Step {
    Step {
        id,
        title,
        text,
        answer,
        kql: None,
        if_no: if_no.to_owned(),
        then: None,
        fix: None,
        doubts: Vec::new(),
    }
}

fn network() -> Step {
    step(
        "network",
        "The network",
        "Is the query asked from where the workspace may be asked? A private link scope in the mode *private only* lets \
         its networks reach the resources of the scope alone."
            .to_owned(),
        Answer::Known,
        "The workspace, and a component with its workspace, are to be in the scope, both to take rows and to be asked; \
         or it is asked from a network of the scope.",
    )
}

fn fenced(kql: &str) -> String {
    format!("\n```kusto\n{}\n```\n", kql.trim_end())
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
            out.push_str(&format!(
                "\n## {}. {}\n\n{}\n",
                at + 1,
                step.title,
                step.text
            ));
            for doubt in &step.doubts {
                let Doubt {
                    span,
                    message,
                    help,
                    ..
                } = doubt;
                let words: Vec<&str> = span.of(&self.query).split_whitespace().collect();
                // A mark of code would end it.
                let place = cut(&words.join(" "), 60).replace('`', "'");
                out.push_str(&format!("\n- `{place}`: {message}"));
                if !help.is_empty() {
                    out.push_str(&format!(" ({help})"));
                }
            }
            if !step.doubts.is_empty() {
                out.push('\n');
            }
            out.extend(step.kql.as_deref().map(fenced));
            out.push_str(&format!("\nIf not: {}\n", step.if_no));
            if let Some((title, kql)) = &step.then {
                out.push_str(&format!("\n{title}:\n{}", fenced(kql)));
            }
            if let Some(GapFix { artefact, request }) = &step.fix {
                out.push_str(&format!(
                    "\nThe setting: `{artefact}` of `{}`\n",
                    request.to_json()
                ));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
