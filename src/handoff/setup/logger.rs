//! Loggers of Application Insights.
//!
//! Input: `{name?, service?, apimWorkspace?, identity?, clientId?, connectionString?, resourceId?,
//! description?, cloud?}`. Output: a template, and the call of the REST API. Invariants: a
//! connection string that is not given is asked for as a secret; one that is an instrumentation key
//! alone is refused. Absent on purpose: loggers of Event Hubs, which nothing here reads.

use super::place::{API_VERSION, MARKS, Place};
use super::put;
use crate::handoff::arm::{Parameter, Resource, Template, Value, parameter};
use crate::handoff::json::{Json, Members, object};
use crate::handoff::request::Request;
use crate::handoff::{Artefact, File, HandoffError, names};
use crate::value::{Dynamic, guid};

/// What stands in a body where a connection string is not known.
const UNKNOWN: &str = "{connectionString}";

/// A logger of Application Insights.
pub fn app_insights_logger(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "name",
            "service",
            "apimWorkspace",
            "identity",
            "clientId",
            "connectionString",
            "resourceId",
            "description",
            "cloud",
        ],
    )?;
    let place = Place::read(&request)?;
    let name = request.text("name")?.unwrap_or("applicationinsights");
    names::resource_name("name", name, 1..=256, MARKS)?;
    let identity = request.choice("identity", &["systemAssigned", "userAssigned", "none"])?;
    let client = client_id(&request, identity)?;
    if place.workspace.is_some() && identity != "none" {
        let message = "loggers of a workspace have no managed identity";
        return Err(request.wrong("identity", message, "`none`: the connection string alone"));
    }
    let connection = request.text("connectionString")?;
    if let Some(text) = connection {
        connection_string(&request, text)?;
    }
    let component = request.text("resourceId")?;
    if let Some(id) = component {
        names::resource_id_of("resourceId", id, &[names::COMPONENT])?;
    }
    let description = request.text("description")?;
    if let Some(text) = description {
        names::title("description", text, 256)?;
    }
    let cloud = request.cloud("cloud")?;

    let properties = |connection: Value| {
        let mut credentials = Members::new();
        put(&mut credentials, "connectionString", connection);
        let mut members = Members::new();
        put(&mut members, "loggerType", "applicationInsights".into());
        if let Some(text) = description {
            put(&mut members, "description", text.into());
        }
        if let Some(id) = component {
            put(&mut members, "resourceId", id.into());
        }
        if let Some(client) = client {
            put(&mut credentials, "identityClientId", client.into());
        }
        put(&mut members, "credentials", Json::Object(credentials));
        Json::Object(members)
    };
    let (mut resources, above) = place.above(API_VERSION);
    let kind = match place.workspace {
        Some(_) => "Microsoft.ApiManagement/service/workspaces/loggers",
        None => "Microsoft.ApiManagement/service/loggers",
    };
    let body = [("properties", properties(parameter("connectionString")))];
    resources.push(Resource::new("logger", kind, API_VERSION, name, body).child_of(above));
    let template = Template {
        parameters: vec![
            place.parameter(),
            Parameter {
                is_secret: connection.is_none(),
                ..Parameter::string(
                    "connectionString",
                    "The connection string of the component.",
                )
                .or_known(connection)
            },
        ],
        resources,
        outputs: Vec::new(),
    };
    let mut artefact = Artefact::of_template("logger", &template);
    let body = object([(
        "properties",
        properties(connection.unwrap_or(UNKNOWN).into()),
    )]);
    let address = place.address(cloud, &format!("loggers/{name}"), API_VERSION);
    artefact.files.push(call(&address, &body));
    if identity != "none" {
        artefact.notes.push(
            "The identity needs the role Monitoring Metrics Publisher on the component.".to_owned(),
        );
    }
    Ok(artefact)
}

/// A call of the REST API that makes an entity.
pub(super) fn call(address: &str, body: &Value) -> File {
    let body = super::plain(body).pretty();
    let text = format!("PUT {address}\nContent-Type: application/json\n\n{body}\n");
    File::new("http", "request.http", text)
}

fn client_id<'r>(request: &Request<'r>, identity: &str) -> Result<Option<&'r str>, HandoffError> {
    let client = request.text("clientId")?;
    let help = "the client id of the user-assigned identity, a GUID";
    match (identity, client) {
        ("userAssigned", None) => {
            Err(request.wrong("clientId", "which identity is not said", help))
        }
        ("userAssigned", Some(id)) if id.len() != 36 || guid::parse(id).is_none() => {
            Err(request.wrong("clientId", "this is no client id", help))
        }
        ("userAssigned", client) => Ok(client),
        (_, Some(_)) => {
            let message = "this identity has no client id";
            Err(request.wrong("clientId", message, "`userAssigned` as the `identity`"))
        }
        ("systemAssigned", None) => Ok(Some("SystemAssigned")),
        (_, None) => Ok(None),
    }
}

fn connection_string(request: &Request<'_>, text: &str) -> Result<(), HandoffError> {
    let help = "as `InstrumentationKey=GUID;IngestionEndpoint=https://…`";
    let wrong = |message: &str| Err(request.wrong("connectionString", message, help));
    if guid::parse(text.trim()).is_some() {
        return wrong("this is an instrumentation key, not a connection string");
    }
    let has_key = text.split(';').any(|part| {
        let (name, value) = part.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("InstrumentationKey")
            && guid::parse(value.trim()).is_some()
    });
    if has_key {
        Ok(())
    } else {
        wrong("this is no connection string of a component")
    }
}
