//! Diagnostic settings: which categories of a service go to which workspace, in which tables.
//!
//! Input: `{name?, service?, workspace?, storage?, categories?, dedicated?, metrics?}`. Output: a
//! template and the command of `az`. Invariant: there is a category and a destination. Absent on
//! purpose: groups of categories, which hide what arrives, and retention, which storage has itself.

use super::place::{API_VERSION, MARKS, Place};
use super::put;
use crate::handoff::arm::{Parameter, Resource, Template, Value, parameter};
use crate::handoff::json::{Json, Members, object};
use crate::handoff::request::Request;
use crate::handoff::{Artefact, File, HandoffError, names};
use crate::kql::names::nearest;
use crate::text::cut;
use crate::value::Dynamic;

/// Every category of API Management.
pub(super) const CATEGORIES: [&str; 5] = [
    "GatewayLogs",
    "GatewayLlmLogs",
    "GatewayMCPLogs",
    "WebSocketConnectionLogs",
    "DeveloperPortalAuditLogs",
];

/// A diagnostic setting of a service.
pub fn diagnostic_setting(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "name",
            "service",
            "workspace",
            "storage",
            "categories",
            "dedicated",
            "metrics",
        ],
    )?;
    let place = Place::read(&request)?;
    let name = request.text("name")?.unwrap_or("kqlens");
    names::resource_name("name", name, 1..=260, MARKS)?;
    let categories = categories(&request)?;
    let workspace = id_of(&request, "workspace", names::WORKSPACE)?;
    let storage = id_of(&request, "storage", "microsoft.storage/storageaccounts")?;
    // Without any destination the workspace is asked for.
    let to_workspace = workspace.is_some() || storage.is_none();
    let is_dedicated = request.flag("dedicated", true)?;
    let with_metrics = request.flag("metrics", false)?;

    let mut parameters = vec![place.parameter()];
    let mut properties: Members<_> = Vec::new();
    if to_workspace {
        parameters.push(
            Parameter::string("workspaceId", "The id of the Log Analytics workspace.")
                .or_known(workspace),
        );
        put(&mut properties, "workspaceId", parameter("workspaceId"));
    }
    if let Some(storage) = storage {
        put(&mut properties, "storageAccountId", storage.into());
    }
    if to_workspace && is_dedicated {
        put(
            &mut properties,
            "logAnalyticsDestinationType",
            "Dedicated".into(),
        );
    }
    let enabled = |category: &&str| {
        object([
            ("category", Value::from(*category)),
            ("enabled", true.into()),
        ])
    };
    let logs = Json::List(categories.iter().map(enabled).collect());
    let metrics = Json::List(
        with_metrics
            .then(|| enabled(&"AllMetrics"))
            .into_iter()
            .collect(),
    );
    put(&mut properties, "logs", logs.clone());
    if with_metrics {
        put(&mut properties, "metrics", metrics.clone());
    }
    let (mut resources, service) = place.above(API_VERSION);
    resources.push(
        Resource::new(
            "setting",
            "Microsoft.Insights/diagnosticSettings",
            "2021-05-01-preview",
            name,
            [("properties", Json::Object(properties))],
        )
        .extending(service),
    );
    let template = Template {
        parameters,
        resources,
        outputs: Vec::new(),
    };
    let mut artefact = Artefact::of_template("diagnostic-setting", &template);
    let mut command = vec![
        "az monitor diagnostic-settings create".to_owned(),
        format!("--name '{name}'"),
        format!("--resource {}", word(place.id(), "SERVICE_ID")),
    ];
    if to_workspace {
        command.push(format!("--workspace {}", word(workspace, "WORKSPACE_ID")));
    }
    if let Some(storage) = storage {
        command.push(format!("--storage-account '{storage}'"));
    }
    if to_workspace && is_dedicated {
        command.push("--export-to-resource-specific true".to_owned());
    }
    command.push(format!("--logs '{}'", super::plain(&logs).compact()));
    if with_metrics {
        command.push(format!("--metrics '{}'", super::plain(&metrics).compact()));
    }
    let command = command.join(" \\\n  ") + "\n";
    artefact
        .files
        .push(File::new("az", "diagnostic-setting.sh", command));
    if to_workspace && !is_dedicated {
        let note =
            "All categories share the table AzureDiagnostics, which has 500 columns at most.";
        artefact.notes.push(note.to_owned());
    }
    if categories.contains(&"GatewayLlmLogs") {
        let note = "LLM rows come of APIs whose diagnostic `azuremonitor` logs LLM messages.";
        artefact.notes.push(note.to_owned());
    }
    Ok(artefact)
}

/// A word of the shell: an id, which has no quotes, or the variable that holds it.
fn word(id: Option<&str>, variable: &str) -> String {
    id.map_or_else(|| format!("\"${variable}\""), |id| format!("'{id}'"))
}

fn id_of<'r>(
    request: &Request<'r>,
    field: &str,
    kind: &str,
) -> Result<Option<&'r str>, HandoffError> {
    let text = request.text(field)?.map(str::trim);
    if let Some(text) = text {
        names::resource_id_of(field, text, &[kind])?;
    }
    Ok(text)
}

fn categories<'r>(request: &Request<'r>) -> Result<Vec<&'r str>, HandoffError> {
    let asked = request.texts("categories")?;
    if asked.is_empty() {
        return Ok(vec!["GatewayLogs"]);
    }
    for (at, category) in asked.iter().enumerate() {
        let field = format!("categories[{at}]");
        if asked.iter().take(at).any(|other| other == category) {
            return Err(request.wrong(&field, "the category is there twice", "each once"));
        }
        if !CATEGORIES.contains(category) {
            let message = format!("there is no category `{}`", cut(category, 40));
            let help = match nearest(category, CATEGORIES) {
                Some(near) => format!("the category nearest to it is `{near}`"),
                None => format!("one of {}", CATEGORIES.join(", ")),
            };
            return Err(request.wrong(&field, &message, &help));
        }
    }
    Ok(asked)
}
