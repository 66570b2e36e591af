//! Alert rules on the metrics of a service of API Management: `Microsoft.Insights/metricAlerts`.
//!
//! Input: `{name, service?, description?, severity?, metric?, dimensions?, aggregation?, operator?,
//! threshold?, frequencyMinutes?, windowMinutes?, stateful?, actionGroups?}`. Output: a template.
//! Invariants: metrics, their aggregations and their dimensions are those that the service has; the
//! five metrics that were retired are not offered. Absent on purpose: dynamic thresholds, which are
//! learned from history.

use super::action_group::{self, action_group_ids};
use super::arm::{Parameter, Resource, Template, Value, parameter, texts};
use super::json::{Json, object};
use super::log_alert::{self, Comparison, duration, rule_name};
use super::request::Request;
use super::{Artefact, HandoffError, names};
use crate::text::cut;
use crate::value::Dynamic;

/// A metric: its name, its aggregations with the usual one first, its dimensions.
struct Metric {
    name: &'static str,
    aggregations: &'static [&'static str],
    dimensions: &'static [&'static str],
}

const OF_REQUESTS: &[&str] = &[
    "Location",
    "Hostname",
    "LastErrorReason",
    "BackendResponseCode",
    "GatewayResponseCode",
    "BackendResponseCodeCategory",
    "GatewayResponseCodeCategory",
];
const OF_TIMES: &[&str] = &["Location", "Hostname"];
const OF_LOAD: &[&str] = &["Location"];

/// The metrics of a service, as the list of Azure Monitor has them.
const METRICS: &[Metric] = &[
    Metric {
        name: "Requests",
        aggregations: &["Total", "Maximum", "Minimum"],
        dimensions: OF_REQUESTS,
    },
    Metric {
        name: "Duration",
        aggregations: &["Average", "Maximum", "Minimum"],
        dimensions: OF_TIMES,
    },
    Metric {
        name: "BackendDuration",
        aggregations: &["Average", "Maximum", "Minimum"],
        dimensions: OF_TIMES,
    },
    Metric {
        name: "Capacity",
        aggregations: &["Average", "Maximum"],
        dimensions: OF_LOAD,
    },
];

const FREQUENCIES: &[i64] = &[1, 5, 15, 30, 60];
const WINDOWS: &[i64] = &[1, 5, 15, 30, 60, 360, 720, 1440];

const FIELDS: &[&str] = &[
    "name",
    "service",
    "description",
    "severity",
    "metric",
    "dimensions",
    "aggregation",
    "operator",
    "threshold",
    "frequencyMinutes",
    "windowMinutes",
    "stateful",
    "actionGroups",
];

/// One of some numbers of minutes.
fn minutes(
    request: &Request<'_>,
    name: &str,
    default: i64,
    known: &[i64],
) -> Result<u32, HandoffError> {
    let given = request.integer(name)?.unwrap_or(default);
    if known.contains(&given) {
        return Ok(given as u32);
    }
    let known: Vec<String> = known.iter().map(i64::to_string).collect();
    let message = format!("{given} minutes are not possible");
    Err(request.wrong(name, &message, &known.join(", ")))
}

/// A template of a metric alert rule.
pub fn metric_alert(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(request, FIELDS)?;
    let name = request.required("name")?;
    rule_name("name", name)?;
    let service = service_of(&request)?;
    let severity = log_alert::severity(&request)?;
    let known: Vec<&'static str> = METRICS.iter().map(|metric| metric.name).collect();
    let chosen = request.choice("metric", &known)?;
    let Some(metric) = METRICS.iter().find(|metric| metric.name == chosen) else {
        return Err(request.wrong("metric", "there is no such metric", &known.join(", ")));
    };
    let dimensions = request.list("dimensions", &["name", "operator", "values"])?;
    let dimension = |item: &Request<'_>| -> Result<Value, HandoffError> {
        let name = item.required("name")?;
        if !metric.dimensions.contains(&name) {
            let shown = cut(name, 40);
            let message = format!("`{chosen}` has no dimension `{shown}`");
            return Err(item.wrong("name", &message, &metric.dimensions.join(", ")));
        }
        let values = item.texts("values")?;
        let values = if values.is_empty() { vec!["*"] } else { values };
        Ok(object([
            ("name", name.into()),
            (
                "operator",
                item.choice("operator", &["Include", "Exclude"])?.into(),
            ),
            ("values", texts(&values)),
        ]))
    };
    let dimensions: Vec<Value> = dimensions.iter().map(dimension).collect::<Result<_, _>>()?;
    let comparison = request.one_of("operator", &Comparison::ALL, Comparison::name)?;
    let threshold = request.number("threshold")?.unwrap_or(0.0);
    if !threshold.is_finite() {
        return Err(request.wrong("threshold", "the threshold is no number", "a number as 10"));
    }
    let frequency = minutes(&request, "frequencyMinutes", 5, FREQUENCIES)?;
    let window = minutes(&request, "windowMinutes", 15, WINDOWS)?;
    if window < frequency {
        let message = "the window is shorter than the time between two evaluations";
        let help = "a window as long as the frequency, or longer";
        return Err(request.wrong("windowMinutes", message, help));
    }
    let groups = action_group::ids(&request)?;
    let criterion = object([
        ("criterionType", "StaticThresholdCriterion".into()),
        ("name", chosen.into()),
        ("metricNamespace", "Microsoft.ApiManagement/service".into()),
        ("metricName", chosen.into()),
        ("dimensions", Json::List(dimensions)),
        ("operator", comparison.name().into()),
        ("threshold", log_alert::number(threshold)),
        (
            "timeAggregation",
            request.choice("aggregation", metric.aggregations)?.into(),
        ),
    ]);
    let properties = object([
        (
            "description",
            request.text("description")?.unwrap_or_default().into(),
        ),
        ("severity", Json::Integer(severity.into())),
        ("enabled", true.into()),
        ("scopes", Json::List(vec![parameter("serviceId")])),
        ("evaluationFrequency", duration(frequency).into()),
        ("windowSize", duration(window).into()),
        (
            "criteria",
            object([
                (
                    "odata.type",
                    "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria".into(),
                ),
                ("allOf", Json::List(vec![criterion])),
            ]),
        ),
        ("autoMitigate", request.flag("stateful", true)?.into()),
        ("actions", action_group_ids(&groups)),
    ]);
    let resource = Resource::new(
        "rule",
        "Microsoft.Insights/metricAlerts",
        "2018-03-01",
        name,
        [("location", "global".into()), ("properties", properties)],
    );
    let mut artefact = of_service("metric-alert", resource, service.as_deref(), &groups);
    if chosen == "Capacity" {
        artefact.notes.push(
            "Services of the v2 tiers have metrics of processor and memory in the place of Capacity."
                .to_owned(),
        );
    }
    Ok(artefact)
}

/// A rule on a service, which is asked for where it is not known.
fn of_service(file: &str, rule: Resource, service: Option<&str>, groups: &[String]) -> Artefact {
    let template = Template {
        parameters: vec![service_parameter(service)],
        resources: vec![rule],
        ..Template::default()
    };
    let mut artefact = Artefact::of_template(file, &template);
    artefact.notes.extend(action_group::note(groups));
    artefact
}

/// The id of the service, where it is given.
pub(super) fn service_of(request: &Request<'_>) -> Result<Option<String>, HandoffError> {
    let id = request.text("service")?.map(|text| {
        let id = names::resource_id_of(&request.field("service"), text, &[names::SERVICE])?;
        Ok(id.text)
    });
    id.transpose()
}

pub(super) fn service_parameter(known: Option<&str>) -> Parameter {
    Parameter::string("serviceId", "The id of the service of API Management.").or_known(known)
}

/// The alert rules on changes of a service: `Microsoft.Insights/activityLogAlerts`.
///
/// Input: `{name, service?, description?, operations?, statuses?, actionGroups?}`. Where no
/// operation is named every administrative one counts.
pub fn activity_alert(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let fields = [
        "name",
        "service",
        "description",
        "operations",
        "statuses",
        "actionGroups",
    ];
    let request = Request::new(request, &fields)?;
    let name = request.required("name")?;
    rule_name("name", name)?;
    let service = service_of(&request)?;
    let field = |name: &str, value: Value| object([("field", name.into()), ("equals", value)]);
    let mut all_of = vec![field("category", "Administrative".into())];
    for (field, known) in [("operations", "operationName"), ("statuses", "status")] {
        let values = request.texts(field)?;
        for (at, value) in values.iter().enumerate() {
            names::title(&format!("{field}[{at}]"), value, 200)?;
            if known == "operationName" && !value.contains('/') {
                let message = format!("`{}` is no operation", cut(value, 40));
                let help = "an operation is written as Microsoft.ApiManagement/service/write";
                return Err(request.wrong(&format!("{field}[{at}]"), &message, help));
            }
        }
        let mut any_of: Vec<Value> = values
            .into_iter()
            .map(|value| object([("field", known.into()), ("equals", value.into())]))
            .collect();
        match any_of.len() {
            0 => {}
            1 => all_of.append(&mut any_of),
            _ => all_of.push(object([("anyOf", Json::List(any_of))])),
        }
    }
    let groups = action_group::ids(&request)?;
    let properties = object([
        (
            "description",
            request.text("description")?.unwrap_or_default().into(),
        ),
        ("enabled", true.into()),
        ("scopes", Json::List(vec![parameter("serviceId")])),
        ("condition", object([("allOf", Json::List(all_of))])),
        (
            "actions",
            object([("actionGroups", action_group_ids(&groups))]),
        ),
    ]);
    let resource = Resource::new(
        "rule",
        "Microsoft.Insights/activityLogAlerts",
        "2020-10-01",
        name,
        [("location", "global".into()), ("properties", properties)],
    );
    Ok(of_service(
        "activity-alert",
        resource,
        service.as_deref(),
        &groups,
    ))
}
