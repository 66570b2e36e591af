//! Parts of a portal dashboard: queries pinned as charts or tables.
//!
//! Input: `{title, workspace, panels: [{title, query, about?}], timeSpan?, location?, text?}`. Output:
//! a template of a dashboard, and the parts alone, for one that is there. Invariants: parts do not
//! overlap; what a chart's axes are follows from the columns of its answer, and an answer whose
//! columns are not known is a table.

use super::arm::{self, Parameter, Resource, Template, parameter};
use super::json::{Json, list, object};
use super::question::{self, Question};
use super::request::Request;
use super::{Artefact, File, HandoffError, names};
use crate::kql::analysis::Columns;
use crate::value::{Dynamic, Type};

const LOGS_PART: &str =
    "Extension/Microsoft_OperationsManagementSuite_Workspace/PartType/LogsDashboardPart";
const TEXT_PART: &str = "Extension/HubsExtension/PartType/MarkdownPart";
const WIDTH: i64 = 6;
const HEIGHT: i64 = 4;
const TEXT_HEIGHT: i64 = 2;

/// A template of a dashboard with its parts.
pub fn dashboard_part(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "title",
            "name",
            "workspace",
            "panels",
            "timeSpan",
            "location",
            "text",
        ],
    )?;
    let title = request.required("title")?;
    names::title("title", title, 160)?;
    let name = match request.text("name")? {
        Some(name) => {
            names::resource_name("name", name, 3..=160, "-")?;
            name.to_owned()
        }
        // A name has at least three characters.
        None => match question::kebab(title) {
            name if name.len() < 3 => format!("dashboard-{name}"),
            name => name,
        },
    };
    let scope = names::resource_id_of(
        "workspace",
        request.required("workspace")?,
        &[names::WORKSPACE, names::COMPONENT, names::SERVICE],
    )?;
    let time_span = match request.text("timeSpan")? {
        Some(text) => names::time_span("timeSpan", text)?,
        None => "P1D".to_owned(),
    };
    let panels = Question::list(&request, "panels")?;
    let mut notes = Vec::new();
    let mut parts = Vec::new();
    let mut top = 0;
    if let Some(text) = request.text("text")? {
        parts.push(text_part(title, text));
        top = TEXT_HEIGHT;
    }
    for (at, panel) in panels.iter().enumerate() {
        let at = at as i64;
        let place = (at % 2 * WIDTH, top + at / 2 * HEIGHT);
        let (part, note) = logs_part(panel, &scope.text, scope.name(), &time_span, place);
        parts.push(part);
        notes.extend(note);
    }
    let location = Parameter::location().or_known(request.region("location")?.as_deref());
    let parts = Json::List(parts);
    let lens = object([
        ("order", Json::Integer(0)),
        ("parts", parts.clone().widen()),
    ]);
    let template = Template {
        parameters: vec![location],
        resources: vec![Resource::new(
            "dashboard",
            "Microsoft.Portal/dashboards",
            "2022-12-01-preview",
            name,
            [
                ("location", parameter("location")),
                ("tags", object([("hidden-title", title.into())])),
                (
                    "properties",
                    object([("lenses", arm::Value::List(vec![lens]))]),
                ),
            ],
        )],
        outputs: Vec::new(),
    };
    let mut artefact = Artefact::of_template("dashboard", &template);
    let text = parts.pretty() + "\n";
    artefact.files.push(File::new("parts", "parts.json", text));
    artefact.notes = notes;
    Ok(artefact)
}

fn position((x, y): (i64, i64), width: i64, height: i64) -> Json {
    object([
        ("x", Json::Integer(x)),
        ("y", Json::Integer(y)),
        ("colSpan", Json::Integer(width)),
        ("rowSpan", Json::Integer(height)),
    ])
}

fn text_part(title: &str, text: &str) -> Json {
    let settings = object([
        ("content", text.into()),
        ("title", title.into()),
        ("subtitle", "".into()),
        ("markdownSource", Json::Integer(1)),
    ]);
    object([
        ("position", position((0, 0), 2 * WIDTH, TEXT_HEIGHT)),
        (
            "metadata",
            object([
                ("inputs", Json::List(Vec::new())),
                ("type", TEXT_PART.into()),
                (
                    "settings",
                    object([("content", object([("settings", settings)]))]),
                ),
            ]),
        ),
    ])
}

fn logs_part(
    panel: &Question,
    scope: &str,
    scope_name: &str,
    time_span: &str,
    place: (i64, i64),
) -> (Json, Option<String>) {
    let specific = panel.chart().and_then(specific_chart);
    let axes = specific.and_then(|_| dimensions(&panel.columns()));
    let note = match (specific, &axes) {
        (Some(_), None) => Some(format!(
            "`{}` is a table: the columns of its answer are not known, so a chart has no axes.",
            panel.key
        )),
        _ => None,
    };
    let is_chart = axes.is_some();
    let chart = specific.filter(|_| is_chart);
    let input = |name: &str, value: Option<Json>| {
        let mut members = vec![("name".to_owned(), name.into())];
        if let Some(value) = value {
            members.push(("value".to_owned(), value));
        }
        members.push(("isOptional".to_owned(), Json::Bool(true)));
        Json::Object(members)
    };
    let control = if is_chart {
        "FrameControlChart"
    } else {
        "AnalyticsGrid"
    };
    let legend = object([
        ("isEnabled", Json::Bool(true)),
        ("position", "Bottom".into()),
    ]);
    let inputs = vec![
        input("resourceTypeMode", None),
        input("ComponentId", None),
        input("Scope", Some(object([("resourceIds", list([scope]))]))),
        input(
            "PartId",
            Some(question::id(&["part", scope, &panel.key]).into()),
        ),
        input("Version", Some("2.0".into())),
        input("TimeRange", Some(time_span.into())),
        input("DashboardId", None),
        input("DraftRequestParameters", None),
        input("Query", Some(panel.query.as_str().into())),
        input("ControlType", Some(control.into())),
        input("SpecificChart", chart.map(Into::into)),
        input("PartTitle", Some(panel.title.as_str().into())),
        input("PartSubTitle", Some(scope_name.into())),
        input("Dimensions", axes),
        input("LegendOptions", is_chart.then_some(legend)),
        input("IsQueryContainTimeRange", Some(Json::Bool(false))),
    ];
    let part = object([
        ("position", position(place, WIDTH, HEIGHT)),
        (
            "metadata",
            object([
                ("inputs", Json::List(inputs)),
                ("type", LOGS_PART.into()),
                ("settings", Json::Object(Vec::new())),
            ]),
        ),
    ]);
    (part, note)
}

/// What a dashboard calls a chart; `None` of what it does not draw.
fn specific_chart(render: &str) -> Option<&'static str> {
    Some(match render {
        "timechart" | "linechart" | "anomalychart" => "Line",
        "columnchart" | "barchart" => "StackedColumn",
        "areachart" | "stackedareachart" => "StackedArea",
        "piechart" => "Pie",
        _ => return None,
    })
}

/// The axes: time or else the first text, all numbers, and the texts that part them.
fn dimensions(columns: &Columns) -> Option<Json> {
    let of = |kinds: &[Type]| {
        let fields = columns.fields.iter();
        let fields = fields.filter(|field| kinds.contains(&field.kind));
        let named = fields.map(|field| {
            let kind = field.kind.name();
            object([("name", field.name.as_str().into()), ("type", kind.into())])
        });
        named.collect::<Vec<Json>>()
    };
    let numbers = of(&[Type::Int, Type::Long, Type::Real, Type::Decimal]);
    let mut texts = of(&[Type::String, Type::Guid, Type::Bool]);
    let x = match of(&[Type::DateTime]).into_iter().next() {
        Some(time) => time,
        None if texts.is_empty() => return None,
        None => texts.remove(0),
    };
    if columns.is_open || numbers.is_empty() {
        return None;
    }
    Some(object([
        ("xAxis", x),
        ("yAxis", Json::List(numbers)),
        ("splitBy", Json::List(texts)),
        ("aggregation", "Sum".into()),
    ]))
}
