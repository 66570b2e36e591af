//! A workbook: texts, a time range, queries with their charts.
//!
//! Input: `{title, panels: [{title, query, about?}], …}`, or `{ready: "whatBreaks", …}`. Output: a
//! template of the workbook (or of a workbook template for the gallery), and the workbook's own JSON,
//! which its advanced editor takes. Invariants: every query runs in the time range chosen on top; a
//! query with `render` is drawn as that says. Absent on purpose: metrics, links, tabs.

use super::arm::{Parameter, Resource, Template, parameter};
use super::json::{Json, Members, list, object};
use super::question::{self, Question};
use super::request::Request;
use super::{Artefact, File, HandoffError, names};
use crate::value::Dynamic;

const SCHEMA: &str =
    "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json";
const WORKSPACES: &str = "microsoft.operationalinsights/workspaces";
/// The time ranges to choose from, in hours.
const RANGES_HOURS: &[i64] = &[1, 4, 12, 24, 48, 72, 168, 336, 720];
const DEFAULT_RANGE_HOURS: i64 = 24;
const HOUR_MS: i64 = 3_600_000;

/// What the source of a workbook is that belongs to no resource.
const NO_SOURCE: &str = "Azure Monitor";

/// A template of a workbook.
pub fn workbook(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "title",
            "about",
            "ready",
            "panels",
            "workspace",
            "location",
            "category",
            "as",
        ],
    )?;
    let is_ready = match (request.any("ready"), request.any("panels")) {
        (Some(_), Some(_)) => {
            let message = "a ready workbook has its own panels";
            return Err(request.wrong("panels", message, "either `ready` or `panels`"));
        }
        (ready, _) => ready.is_some(),
    };
    let (title, about, panels) = if is_ready {
        request.choice("ready", &["whatBreaks"])?;
        (READY_TITLE, READY_ABOUT, what_breaks())
    } else {
        (
            request.required("title")?,
            "",
            Question::list(&request, "panels")?,
        )
    };
    let title = request.text("title")?.unwrap_or(title);
    names::title("title", title, 200)?;
    let about = request.text("about")?.unwrap_or(about);
    let source = match request.text("workspace")? {
        None => None,
        Some(id) => Some(names::resource_id_of("workspace", id, &[names::WORKSPACE])?.text),
    };
    let category = request.text("category")?.unwrap_or("workbook");
    names::title("category", category, 100)?;
    let kind = request.choice("as", &["workbook", "template"])?;
    let content = content(title, about, &panels, source.as_deref());
    let location = Parameter::location().or_known(request.region("location")?.as_deref());
    let resource = if kind == "template" {
        of_template(title, category, &content)
    } else {
        of_workbook(title, about, category, source.as_deref(), &content)
    };
    let template = Template {
        parameters: vec![location],
        resources: vec![resource],
        outputs: Vec::new(),
    };
    let mut artefact = Artefact::of_template(
        if kind == "template" {
            "workbook-template"
        } else {
            "workbook"
        },
        &template,
    );
    let text = content.pretty() + "\n";
    artefact
        .files
        .push(File::new("workbook", "workbook.workbook", text));
    if source.is_none() {
        artefact
            .notes
            .push("No workspace is named: the workbook asks for one when it is opened.".to_owned());
    }
    Ok(artefact)
}

fn of_workbook(
    title: &str,
    about: &str,
    category: &str,
    source: Option<&str>,
    content: &Json,
) -> Resource {
    // The service compares sources in small letters.
    let source = source.map_or_else(|| NO_SOURCE.to_owned(), str::to_lowercase);
    let name = question::id(&["workbook", &source, title]);
    let mut properties: Members<_> = vec![
        ("displayName".to_owned(), title.into()),
        ("serializedData".to_owned(), content.compact().into()),
        ("version".to_owned(), "1.0".into()),
        ("category".to_owned(), category.into()),
        ("sourceId".to_owned(), source.into()),
    ];
    if !about.is_empty() {
        properties.push(("description".to_owned(), about.into()));
    }
    Resource::new(
        "workbook",
        "Microsoft.Insights/workbooks",
        "2022-04-01",
        name,
        [
            ("location", parameter("location")),
            ("tags", object([("hidden-title", title.into())])),
            ("kind", "shared".into()),
            ("properties", Json::Object(properties)),
        ],
    )
}

fn of_template(title: &str, category: &str, content: &Json) -> Resource {
    let gallery = object([
        ("name", title.into()),
        ("category", category.into()),
        ("order", Json::Integer(100)),
        ("type", "workbook".into()),
        ("resourceType", NO_SOURCE.into()),
    ]);
    let properties = object([
        ("priority", Json::Integer(1)),
        ("galleries", Json::List(vec![gallery])),
        ("templateData", content.clone().widen()),
    ]);
    Resource::new(
        "workbookTemplate",
        "Microsoft.Insights/workbooktemplates",
        "2019-10-17-preview",
        question::kebab(title),
        [
            ("location", parameter("location")),
            ("properties", properties),
        ],
    )
}

/// The workbook's own JSON.
fn content(title: &str, about: &str, panels: &[Question], source: Option<&str>) -> Json {
    let mut items = Vec::new();
    let heading = if about.is_empty() {
        format!("## {title}")
    } else {
        format!("## {title}\n{about}")
    };
    items.push(text_item(items.len(), &heading));
    let mut parameters = vec![time_range(title)];
    if source.is_none() {
        parameters.push(workspace_picker(title));
    }
    let name = format!("parameters - {}", items.len());
    items.push(item(
        9,
        object([
            ("version", "KqlParameterItem/1.0".into()),
            ("parameters", Json::List(parameters)),
            ("style", "pills".into()),
            ("queryType", Json::Integer(0)),
            ("resourceType", WORKSPACES.into()),
        ]),
        name,
    ));
    for panel in panels {
        if !panel.about.is_empty() {
            items.push(text_item(items.len(), &panel.about));
        }
        items.push(query_item(items.len(), panel, source));
    }
    let fallback = source.unwrap_or(NO_SOURCE);
    object([
        ("version", "Notebook/1.0".into()),
        ("items", Json::List(items)),
        ("isLocked", Json::Bool(false)),
        ("fallbackResourceIds", list([fallback])),
        ("$schema", SCHEMA.into()),
    ])
}

fn item(kind: i64, content: Json, name: String) -> Json {
    object([
        ("type", Json::Integer(kind)),
        ("content", content),
        ("name", name.into()),
    ])
}

fn text_item(at: usize, text: &str) -> Json {
    item(1, object([("json", text.into())]), format!("text - {at}"))
}

fn query_item(at: usize, panel: &Question, source: Option<&str>) -> Json {
    let mut members: Members = vec![
        ("version".to_owned(), "KqlItem/1.0".into()),
        ("query".to_owned(), panel.query.as_str().into()),
        ("size".to_owned(), Json::Integer(0)),
        ("title".to_owned(), panel.title.as_str().into()),
        (
            "timeContext".to_owned(),
            object([("durationMs", Json::Integer(0))]),
        ),
        ("timeContextFromParameter".to_owned(), "TimeRange".into()),
        ("queryType".to_owned(), Json::Integer(0)),
        ("resourceType".to_owned(), WORKSPACES.into()),
        (
            "crossComponentResources".to_owned(),
            list([source.unwrap_or("{Workspace}")]),
        ),
    ];
    // Where the query renders, it says how it is drawn.
    if panel.chart().is_none() {
        members.push(("visualization".to_owned(), "table".into()));
    }
    item(3, Json::Object(members), format!("query - {at}"))
}

fn time_range(title: &str) -> Json {
    let range = |hours: i64| object([("durationMs", Json::Integer(hours * HOUR_MS))]);
    let ranges = RANGES_HOURS.iter().map(|&hours| range(hours));
    object([
        ("id", question::id(&["workbook", title, "TimeRange"]).into()),
        ("version", "KqlParameterItem/1.0".into()),
        ("name", "TimeRange".into()),
        ("label", "Time range".into()),
        ("type", Json::Integer(4)),
        ("isRequired", Json::Bool(true)),
        ("value", range(DEFAULT_RANGE_HOURS)),
        (
            "typeSettings",
            object([
                ("selectableValues", Json::List(ranges.collect())),
                ("allowCustom", Json::Bool(true)),
            ]),
        ),
    ])
}

fn workspace_picker(title: &str) -> Json {
    object([
        ("id", question::id(&["workbook", title, "Workspace"]).into()),
        ("version", "KqlParameterItem/1.0".into()),
        ("name", "Workspace".into()),
        ("label", "Workspace".into()),
        ("type", Json::Integer(5)),
        ("isRequired", Json::Bool(true)),
        (
            "query",
            format!("where type =~ '{WORKSPACES}'\n| project id").into(),
        ),
        ("crossComponentResources", list(["value::all"])),
        ("queryType", Json::Integer(1)),
        ("resourceType", "microsoft.resourcegraph/resources".into()),
        (
            "typeSettings",
            object([("additionalResourceOptions", list(["value::1"]))]),
        ),
    ])
}

const READY_TITLE: &str = "API Management: what breaks";
const READY_ABOUT: &str =
    "Requests by outcome, and which APIs, backends and reasons the failures are of.";

/// The classes of requests, as the metrics of the service count them.
const OUTCOME: &str = r#"| extend Outcome = case(
    isnull(ResponseCode), "Other",
    ResponseCode < 400, "Successful",
    ResponseCode in (401, 403, 429), "Unauthorized",
    ResponseCode == 400 or ResponseCode between (500 .. 599), "Failed",
    "Other")"#;

/// The panels of the page that tells what breaks.
pub fn what_breaks() -> Vec<Question> {
    let panel = |key: &str, title: &str, query: String| Question {
        key: key.to_owned(),
        title: title.to_owned(),
        about: String::new(),
        query: format!("ApiManagementGatewayLogs\n{query}"),
        labels: Vec::new(),
    };
    let ranking = |by: &str, duration: &str, order: &str| {
        format!(
            "| where isnotempty({by})\n| summarize Requests = count(), Failures = countif(ResponseCode >= 400), P95 = percentile({duration}, 95) by {by}\n| order by {order} desc, {by} asc\n| take 10"
        )
    };
    vec![
        panel(
            "timeline",
            "Requests by outcome",
            format!(
                "{OUTCOME}\n| summarize Requests = count() by bin(TimeGenerated, {{TimeRange:grain}}), Outcome\n| render timechart"
            ),
        ),
        panel(
            "classes",
            "Metric classes",
            format!("{OUTCOME}\n| summarize Requests = count() by Outcome\n| render piechart"),
        ),
        panel(
            "reasons",
            "Failures by reason",
            "| where ResponseCode >= 400\n| summarize Failures = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by ResponseCode, LastErrorSource, LastErrorReason\n| order by Failures desc".to_owned(),
        ),
        panel("apis", "APIs by failures", ranking("ApiId", "TotalTime", "Failures")),
        panel("apis-by-latency", "APIs by latency", ranking("ApiId", "TotalTime", "P95")),
        panel("backends", "Backends by failures", ranking("BackendId", "BackendTime", "Failures")),
        panel(
            "backends-by-latency",
            "Backends by latency",
            ranking("BackendId", "BackendTime", "P95"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_panels_are_queries_of_known_columns() {
        for panel in what_breaks() {
            let query = panel.query.replace("{TimeRange:grain}", "5m");
            let found = question::columns(&query);
            assert!(!found.is_open && found.fields.len() > 1, "{}", panel.key);
            assert!(crate::kql::parser::parse(&query).is_ok(), "{}", panel.key);
        }
    }
}
