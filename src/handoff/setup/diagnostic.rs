//! Diagnostic entities: what API Management sends to Application Insights and to Azure Monitor.
//!
//! Input: `{entity, service?, apimWorkspace?, api?, logger?, sampling?, alwaysLogErrors?, verbosity?,
//! correlation?, headers?, payloadBytes?, metrics?, clientIp?, operationName?, llm?}`. Output: a
//! template. Invariants: what only one of the two entities knows is refused of the other. Absent on
//! purpose: masking of headers and parameters, which hides what a triage needs.

use super::place::{API_VERSION, Place, entity_name};
use super::put;
use crate::handoff::arm::{Resource, Template, Value, id, texts};
use crate::handoff::json::{Json, Members, object};
use crate::handoff::log_alert::number;
use crate::handoff::request::Request;
use crate::handoff::{Artefact, HandoffError};
use crate::value::Dynamic;

/// The version that knows the messages of language models.
const LLM_API_VERSION: &str = "2024-06-01-preview";
/// Most bytes of a body that are logged.
pub(super) const MOST_PAYLOAD_BYTES: i64 = 8192;
/// The bytes of a message that are logged in one entry.
const ENTRY_BYTES: i64 = 32_768;
/// Most bytes of a message that can be asked for.
const MOST_MESSAGE_BYTES: i64 = 262_144;

/// A diagnostic entity of all APIs or of one.
pub fn diagnostic(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "entity",
            "service",
            "apimWorkspace",
            "api",
            "logger",
            "sampling",
            "alwaysLogErrors",
            "verbosity",
            "correlation",
            "headers",
            "payloadBytes",
            "metrics",
            "clientIp",
            "operationName",
            "llm",
        ],
    )?;
    let place = Place::read(&request)?;
    let entity = request.choice("entity", &["applicationinsights", "azuremonitor"])?;
    let is_monitor = entity == "azuremonitor";
    let (others, other) = if is_monitor {
        (
            &["logger", "correlation", "metrics", "operationName"][..],
            "applicationinsights",
        )
    } else {
        (&["llm"][..], "azuremonitor")
    };
    if let Some(field) = others.iter().find(|field| request.any(field).is_some()) {
        let message = format!("`{entity}` does not have this");
        return Err(request.wrong(field, &message, &format!("`{other}` as the `entity`")));
    }
    let sampling = request.number("sampling")?.unwrap_or(100.0);
    if !(0.0..=100.0).contains(&sampling) {
        let message = format!("{sampling} is no percentage");
        return Err(request.wrong(
            "sampling",
            &message,
            "0 to 100, the part of calls that are kept",
        ));
    }
    let verbosity = request.choice("verbosity", &["information", "error", "verbose"])?;
    let headers = request.texts("headers")?;
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if let Some(at) = headers
        .iter()
        .position(|name| name.is_empty() || !name.chars().all(is_token))
    {
        let field = format!("headers[{at}]");
        return Err(request.wrong(&field, "this is no name of a header", "as User-Agent"));
    }
    let payload_bytes = bytes(&request, "payloadBytes", 0, MOST_PAYLOAD_BYTES)?;
    let llm = llm(&request)?;
    let api_version = if llm.is_some() {
        LLM_API_VERSION
    } else {
        API_VERSION
    };

    let (mut resources, last) = place.above(api_version);
    let scope = if place.workspace.is_some() {
        "workspace"
    } else {
        "service"
    };
    let logger_kind = match place.workspace {
        Some(_) => "Microsoft.ApiManagement/service/workspaces/loggers",
        None => "Microsoft.ApiManagement/service/loggers",
    };
    let logger = if is_monitor {
        let monitor = object([
            ("loggerType", "azureMonitor".into()),
            ("isBuffered", false.into()),
        ]);
        Resource::new(
            "logger",
            logger_kind,
            api_version,
            entity,
            [("properties", monitor)],
        )
    } else {
        let name = entity_name(&request, "logger")?.unwrap_or(entity);
        Resource::existing("logger", logger_kind, api_version, name)
    };
    resources.push(logger.child_of(scope));

    let mut properties = Members::new();
    if request.flag("alwaysLogErrors", true)? {
        put(&mut properties, "alwaysLog", "allErrors".into());
    }
    put(&mut properties, "loggerId", id("logger"));
    put(
        &mut properties,
        "logClientIp",
        request.flag("clientIp", true)?.into(),
    );
    put(&mut properties, "verbosity", verbosity.into());
    let fixed = [
        ("samplingType", "fixed".into()),
        ("percentage", number(sampling)),
    ];
    put(&mut properties, "sampling", object(fixed));
    if !is_monitor {
        let correlation = request.choice("correlation", &["W3C", "Legacy", "None"])?;
        let operation_name = request.choice("operationName", &["Name", "Url"])?;
        let metrics = request.flag("metrics", false)?;
        put(
            &mut properties,
            "httpCorrelationProtocol",
            correlation.into(),
        );
        put(
            &mut properties,
            "operationNameFormat",
            operation_name.into(),
        );
        put(&mut properties, "metrics", metrics.into());
    }
    let side = || {
        let message = object([
            ("headers", texts(&headers)),
            ("body", object([("bytes", payload_bytes.into())])),
        ]);
        object([("request", message.clone()), ("response", message)])
    };
    put(&mut properties, "frontend", side());
    put(&mut properties, "backend", side());
    if let Some(llm) = llm {
        put(&mut properties, "largeLanguageModel", llm);
    }
    let kind = match (place.workspace, place.api) {
        (None, None) => "Microsoft.ApiManagement/service/diagnostics",
        (None, Some(_)) => "Microsoft.ApiManagement/service/apis/diagnostics",
        (Some(_), None) => "Microsoft.ApiManagement/service/workspaces/diagnostics",
        (Some(_), Some(_)) => "Microsoft.ApiManagement/service/workspaces/apis/diagnostics",
    };
    let body = [("properties", Json::Object(properties))];
    resources.push(Resource::new("diagnostic", kind, api_version, entity, body).child_of(last));
    let template = Template {
        parameters: vec![place.parameter()],
        resources,
        outputs: Vec::new(),
    };
    let mut artefact = Artefact::of_template("diagnostic", &template);
    let notes = &mut artefact.notes;
    if place.api.is_some() {
        notes.push("For this API it stands in the place of the diagnostic of all APIs.".to_owned());
    }
    if payload_bytes > 0 {
        notes.push("Logged bodies cost throughput, and hold what callers send.".to_owned());
    }
    if is_monitor {
        notes.push("Rows arrive where a diagnostic setting routes its categories.".to_owned());
    }
    Ok(artefact)
}

/// A number of bytes within its bounds.
fn bytes(request: &Request<'_>, field: &str, default: i64, most: i64) -> Result<i64, HandoffError> {
    let value = request.integer(field)?.unwrap_or(default);
    if (0..=most).contains(&value) {
        return Ok(value);
    }
    let message = format!("{value} bytes are not possible");
    Err(request.wrong(field, &message, &format!("0 to {most}")))
}

/// Which messages of language models are logged: an object, `{}` for all of one entry.
fn llm(request: &Request<'_>) -> Result<Option<Value>, HandoffError> {
    let Some(llm) = request.object("llm", &["requestBytes", "responseBytes"])? else {
        return Ok(None);
    };
    let mut members = Members::new();
    put(&mut members, "logs", "enabled".into());
    for (key, field) in [("requests", "requestBytes"), ("responses", "responseBytes")] {
        let most = bytes(&llm, field, ENTRY_BYTES, MOST_MESSAGE_BYTES)?;
        // Tokens are logged without messages.
        if most > 0 {
            let all = [("messages", "all".into()), ("maxSizeInBytes", most.into())];
            put(&mut members, key, object(all));
        }
    }
    Ok(Some(Json::Object(members)))
}
