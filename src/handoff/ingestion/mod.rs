//! Rows on their way into a workspace by the Logs Ingestion API: table, rule, requests, clients.
//!
//! Input: `{name, answer: {columns, rows?}, workspace, …}`. Output: a template (table, data collection
//! rule, endpoint where one is wanted, the role), the bodies of the calls, the request and a client of
//! it in each language, and the query that runs the transformation here. Invariants: no call is too
//! large; what the service would cut, rename, refuse or date anew is told before; no secret is
//! written: clients take it from their environment. Absent on purpose: sending.

pub mod calls;
mod clients;
pub mod columns;

use super::answer::Answer;
use super::arm::{self, Expression, Output, Parameter, Resource, Template, id, parameter};
use super::json::{Json, list, object};
use super::names::Cloud;
use super::request::Request;
use super::saved_search::{workspace_name, workspace_resource};
use super::{Artefact, File, HandoffError, names};
use crate::diagnostic::Severity;
use crate::engine::bind;
use crate::kql::check::{self, Target};
use crate::kql::parser;
use crate::kql::token::written_name;
use crate::schema;
use crate::text::cut;
use crate::value::dynamic::write_json_string;
use crate::value::{Dynamic, Field, Type, datetime};
use columns::Column;

const API_VERSION: &str = "2023-01-01";
const RULE_VERSION: &str = "2023-03-11";
/// Monitoring Metrics Publisher.
const ROLE: &str = "3913510d-42f4-4e42-8a64-420c390055eb";
/// Longest value of a field; the service cuts what is longer.
const MOST_FIELD_BYTES: usize = 64 << 10;
/// Rows whose time is older, or later, are dated anew.
const OLDEST_TICKS: i64 = 2 * datetime::DAY;
const LATEST_TICKS: i64 = datetime::DAY;
const MOST_COLUMNS: usize = 500;
const TIME: &str = "TimeGenerated";

const FIELDS: &[&str] = &[
    "name",
    "answer",
    "query",
    "workspace",
    "workspaceLocation",
    "location",
    "through",
    "endpointLocation",
    "endpoint",
    "rule",
    "cloud",
    "timeColumn",
    "transformKql",
    "now",
];

/// What is sent where.
struct Plan {
    /// The name of the table.
    table: String,
    /// The name of the stream that takes the rows.
    stream: String,
    columns: Vec<Column>,
    transform: String,
    /// The columns behind the transformation.
    target: Vec<Field>,
}

/// Table, rule, requests and clients for rows.
pub fn logs_ingestion(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(request, FIELDS)?;
    let table = table_name(request.required("name")?)?;
    let answer = Answer::read(&request, "answer")?;
    let (columns, mut notes) = columns::columns(&answer.fields);
    let transform = transform(&request, &columns)?;
    let target = target(&transform, &columns, &mut notes)?;
    let plan = Plan {
        stream: format!("Custom-Json-{table}"),
        table,
        columns,
        transform,
        target,
    };
    let has_endpoint = request.choice("through", &["direct", "endpoint"])? == "endpoint";
    let template = template(&request, &plan, has_endpoint)?;
    let mut artefact = Artefact::of_template("logs-ingestion", &template);
    let cloud = request.cloud("cloud")?;
    let (address, rule) = place(&request)?;
    artefact
        .files
        .extend(clients::files(&plan, cloud, &address, &rule));
    artefact.files.push(File::new(
        "http",
        "request.http",
        http(&plan, cloud, &address, &rule),
    ));
    if let Some(query) = request.text("query")? {
        artefact.files.push(File::new(
            "preview",
            "transformation.kql",
            preview(&plan, query),
        ));
    }
    let bodies = bodies(&request, &plan, &answer, &mut notes)?;
    artefact.files.extend(bodies);
    notes.push(format!(
        "Deploy it in the resource group of the workspace{}; the sender needs the role Monitoring Metrics Publisher on the rule, which takes up to half an hour.",
        match request.text("workspace")? {
            Some(text) if text.contains('/') => {
                let id = names::resource_id_of("workspace", text, &[names::WORKSPACE])?;
                format!(", `{}`", id.group)
            }
            _ => String::new(),
        }
    ));
    artefact.notes = notes;
    Ok(artefact)
}

/// `NAME_CL`, from the name with or without its ending.
fn table_name(text: &str) -> Result<String, HandoffError> {
    let bare = text.strip_suffix("_CL").unwrap_or(text);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if (1..=60).contains(&bare.len())
        && bare.chars().all(is_word)
        && bare.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        return Ok(format!("{bare}_CL"));
    }
    Err(HandoffError::new(
        "table",
        "name",
        format!("`{}` is no name of a table", cut(text, 40)),
        "1 to 60 letters, digits and underscores, a letter first; `_CL` is added",
    ))
}

/// The transformation that is asked for, or the one that gives every row its time.
fn transform(request: &Request<'_>, columns: &[Column]) -> Result<String, HandoffError> {
    let time = match request.text("timeColumn")? {
        None => columns
            .iter()
            .find(|one| one.name == TIME && one.kind == Type::DateTime)
            .or_else(|| columns.iter().find(|one| one.kind == Type::DateTime)),
        Some(name) => {
            let found = columns
                .iter()
                .find(|one| one.source == name || one.name == name);
            match found {
                Some(column) if column.kind == Type::DateTime => Some(column),
                _ => {
                    let message = format!("`{}` is no column of time", cut(name, 40));
                    return Err(request.wrong("timeColumn", &message, "a column of type datetime"));
                }
            }
        }
    };
    if let Some(text) = request.text("transformKql")? {
        return Ok(names::query("transformKql", text)?.trim().to_owned());
    }
    Ok(match time {
        Some(column) if column.name == TIME => "source".to_owned(),
        Some(column) => format!("source\n| extend {TIME} = {}", written_name(&column.name)),
        None => format!("source\n| extend {TIME} = now()"),
    })
}

/// The columns behind the transformation, which is checked.
fn target(
    transform: &str,
    columns: &[Column],
    notes: &mut Vec<String>,
) -> Result<Vec<Field>, HandoffError> {
    let wrong =
        |message: &str, help: &str| HandoffError::new("transform", "transformKql", message, help);
    let mut source = String::from("{\"source\": [");
    for (at, column) in columns.iter().enumerate() {
        source.push_str(if at > 0 { ", [" } else { "[" });
        write_json_string(&column.name, &mut source);
        source.push_str(&format!(", \"{}\"]", column.kind.name()));
    }
    source.push_str("]}");
    let views = schema::declared(&source).map_err(|reason| wrong(&reason, ""))?;
    let parsed = parser::parse(transform);
    let analysis = bind::analyse(transform, &parsed.query, &views, 0);
    let found = check::check(
        transform,
        &parsed.query,
        &analysis,
        Target::DcrTransformation,
    );
    let all = parsed
        .diagnostics
        .iter()
        .chain(&analysis.diagnostics)
        .chain(&found);
    for finding in all {
        match finding.severity {
            Severity::Error => {
                let place = cut(finding.span.of(transform), 20);
                let help = finding
                    .help
                    .as_deref()
                    .unwrap_or("KQL over the table `source`");
                return Err(wrong(&format!("{} (at `{place}`)", finding.message), help));
            }
            // What only the engine here cannot run is of no matter there.
            Severity::Warning => notes.push(format!("The transformation: {}.", finding.message)),
            _ => {}
        }
    }
    let last = analysis.stages.iter().max_by_key(|stage| stage.span.end);
    let output = last.map(|stage| stage.output.clone()).unwrap_or_default();
    if output.is_open {
        return Err(wrong(
            "its columns cannot be told",
            "columns that do not depend on the rows",
        ));
    }
    let help = "`| extend TimeGenerated = …` with a datetime";
    match output.find(TIME) {
        Some(field) if field.kind == Type::DateTime => {}
        Some(_) => return Err(wrong("`TimeGenerated` is no datetime", help)),
        None => return Err(wrong("`TimeGenerated` is missing", help)),
    }
    let unknown = output
        .fields
        .iter()
        .find(|field| columns::table_type(field.kind).is_none());
    if let Some(field) = unknown {
        let message = format!(
            "`{}` is a {}, which tables do not have",
            field.name,
            field.kind.name()
        );
        return Err(wrong(&message, "`tostring()` of it"));
    }
    if output.fields.len() > MOST_COLUMNS {
        return Err(wrong(
            "a table has up to 500 columns",
            "`| project` of those that are wanted",
        ));
    }
    Ok(output.fields.to_vec())
}

fn template(
    request: &Request<'_>,
    plan: &Plan,
    has_endpoint: bool,
) -> Result<Template, HandoffError> {
    let location = request.region("location")?;
    for (field, what) in [
        ("workspaceLocation", "workspace"),
        ("endpointLocation", "endpoint"),
    ] {
        if let (Some(other), Some(location)) = (request.region(field)?, &location)
            && other != *location
        {
            let message = format!("the {what} is in `{other}`, the rule in `{location}`");
            return Err(HandoffError::new(
                "region",
                request.field(field),
                message,
                "workspace, rule and endpoint in one region",
            ));
        }
    }
    let workspace = workspace_name(request)?;
    let mut parameters = vec![
        Parameter::string("workspaceName", "The name of the workspace.")
            .or_known(workspace.as_deref()),
        Parameter::location().or_known(location.as_deref()),
        Parameter::string("principalId", "The object id of the identity that sends."),
    ];
    parameters.push(
        Parameter::string("ruleName", "The name of the rule.").or(format!("dcr-{}", plan.table)),
    );
    let mut resources = vec![workspace_resource(), table(plan)];
    if has_endpoint {
        parameters.push(
            Parameter::string("endpointName", "The name of the endpoint.")
                .or(format!("dce-{}", plan.table.replace('_', "-"))),
        );
        resources.push(Resource::new(
            "endpoint",
            "Microsoft.Insights/dataCollectionEndpoints",
            RULE_VERSION,
            parameter("endpointName"),
            [
                ("location", parameter("location")),
                (
                    "properties",
                    object([(
                        "networkAcls",
                        object([("publicNetworkAccess", "Enabled".into())]),
                    )]),
                ),
            ],
        ));
    }
    resources.push(rule(plan, has_endpoint));
    resources.push(role());
    let endpoint = if has_endpoint {
        Expression::Property("endpoint", "logsIngestion.endpoint")
    } else {
        Expression::Property("rule", "endpoints.logsIngestion")
    };
    let output = |name, value: Expression| Output {
        name,
        kind: "string",
        value: value.into(),
    };
    Ok(Template {
        parameters,
        resources,
        outputs: vec![
            output("ingestionEndpoint", endpoint),
            output("ruleId", Expression::Property("rule", "immutableId")),
        ],
    })
}

fn schema_columns(columns: impl Iterator<Item = (String, Option<&'static str>)>) -> arm::Value {
    list(columns.map(|(name, kind)| {
        object([
            ("name", name.into()),
            ("type", kind.unwrap_or("string").into()),
        ])
    }))
}

fn table(plan: &Plan) -> Resource {
    let fields = plan.target.iter();
    let columns =
        schema_columns(fields.map(|field| (field.name.clone(), columns::table_type(field.kind))));
    let schema = object([("name", plan.table.as_str().into()), ("columns", columns)]);
    Resource::new(
        "table",
        "Microsoft.OperationalInsights/workspaces/tables",
        "2023-09-01",
        plan.table.as_str(),
        [("properties", object([("schema", schema)]))],
    )
    .child_of("workspace")
}

fn rule(plan: &Plan, has_endpoint: bool) -> Resource {
    let columns = plan.columns.iter();
    let columns =
        schema_columns(columns.map(|one| (one.name.clone(), columns::stream_type(one.kind))));
    let destination = "workspace";
    let workspace = object([
        ("workspaceResourceId", id("workspace")),
        ("name", destination.into()),
    ]);
    let flow = object([
        ("streams", list([plan.stream.as_str()])),
        ("destinations", list([destination])),
        ("transformKql", plan.transform.as_str().into()),
        ("outputStream", format!("Custom-{}", plan.table).into()),
    ]);
    let mut properties = vec![
        (
            "streamDeclarations".to_owned(),
            object([(plan.stream.as_str(), object([("columns", columns)]))]),
        ),
        (
            "destinations".to_owned(),
            object([("logAnalytics", Json::List(vec![workspace]))]),
        ),
        ("dataFlows".to_owned(), Json::List(vec![flow])),
    ];
    if has_endpoint {
        properties.insert(0, ("dataCollectionEndpointId".to_owned(), id("endpoint")));
    }
    let mut resource = Resource::new(
        "rule",
        "Microsoft.Insights/dataCollectionRules",
        RULE_VERSION,
        parameter("ruleName"),
        [("location", parameter("location"))],
    )
    .after("table");
    if !has_endpoint {
        // The rule has an endpoint of its own.
        resource.body.push(("kind".to_owned(), "Direct".into()));
    }
    resource
        .body
        .push(("properties".to_owned(), Json::Object(properties)));
    resource
}

fn role() -> Resource {
    let name = Expression::Call(
        "guid",
        vec![id("rule"), parameter("principalId"), ROLE.into()],
    );
    let definition = Expression::Call(
        "subscriptionResourceId",
        vec![
            "Microsoft.Authorization/roleDefinitions".into(),
            ROLE.into(),
        ],
    );
    Resource::new(
        "role",
        "Microsoft.Authorization/roleAssignments",
        "2022-04-01",
        name,
        [(
            "properties",
            object([
                ("roleDefinitionId", definition.into()),
                ("principalId", parameter("principalId")),
                ("principalType", "ServicePrincipal".into()),
            ]),
        )],
    )
    .extending("rule")
}

/// The address and the id of the rule; what the deployment answers, where they are not known.
fn place(request: &Request<'_>) -> Result<(String, String), HandoffError> {
    let address = match request.text("endpoint")? {
        None => "https://ENDPOINT".to_owned(),
        Some(text) => {
            let text = text.trim().trim_end_matches('/');
            let host = text.strip_prefix("https://").unwrap_or_default();
            let is_host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
            if !host.contains('.') || !host.chars().all(is_host) {
                let message = format!("`{}` is no endpoint", cut(text, 40));
                let help = "as https://NAME.REGION.ingest.monitor.azure.com";
                return Err(HandoffError::new("endpoint", "endpoint", message, help));
            }
            text.to_owned()
        }
    };
    let rule = match request.text("rule")? {
        None => "dcr-ID".to_owned(),
        Some(text) => {
            let digits = text.strip_prefix("dcr-").unwrap_or_default();
            if digits.len() != 32 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                let message = format!("`{}` is no immutable id of a rule", cut(text, 40));
                let help = "`dcr-` and 32 hexadecimal digits";
                return Err(HandoffError::new("rule", "rule", message, help));
            }
            text.to_owned()
        }
    };
    Ok((address, rule))
}

/// What a token is asked for: the audience of the cloud.
fn scope(cloud: Cloud) -> String {
    format!("{}//.default", cloud.monitor())
}

fn http(plan: &Plan, cloud: Cloud, address: &str, rule: &str) -> String {
    let stream = &plan.stream;
    format!(
        "# The token is for {} (scope {}).\nPOST {address}/dataCollectionRules/{rule}/streams/{stream}?api-version={API_VERSION}\nAuthorization: Bearer TOKEN\nContent-Type: application/json\n\n< body-001.json\n",
        cloud.monitor(),
        scope(cloud)
    )
}

/// The query that runs the transformation over the rows here.
fn preview(plan: &Plan, query: &str) -> String {
    let changed: Vec<String> = plan
        .columns
        .iter()
        .filter(|one| one.source_kind != one.kind)
        .map(|one| {
            let name = written_name(&one.source);
            format!("{name} = tostring({name})")
        })
        .collect();
    let renamed: Vec<String> = plan
        .columns
        .iter()
        .filter(|one| one.source != one.name)
        .map(|one| {
            format!(
                "{} = {}",
                written_name(&one.name),
                written_name(&one.source)
            )
        })
        .collect();
    let mut out = format!("let source = (\n{}\n", query.trim_end());
    for (operator, items) in [("extend", changed), ("project-rename", renamed)] {
        if !items.is_empty() {
            out.push_str(&format!("| {operator} {}\n", items.join(", ")));
        }
    }
    out + ");\n" + &plan.transform + "\n"
}

/// The bodies of the calls; tells what the service would cut or date anew, and what cannot be sent.
fn bodies(
    request: &Request<'_>,
    plan: &Plan,
    answer: &Answer<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<File>, HandoffError> {
    let now = request.time("now")?;
    let n_columns = plan.columns.len();
    let (mut long, mut odd) = (vec![0_usize; n_columns], vec![0_usize; n_columns]);
    let (mut n_old, mut n_late) = (0, 0);
    let time = plan.columns.iter().position(|one| one.name == TIME);
    let rows = answer.rows.iter().map(|cells| {
        let mut row = String::from("{");
        for (at, (column, cell)) in plan.columns.iter().zip(cells.iter()).enumerate() {
            if cell.is_null() {
                continue;
            }
            let before = row.len();
            row.push_str(if before > 1 { "," } else { "" });
            write_json_string(&column.name, &mut row);
            row.push(':');
            if !column.write(cell, &mut row) {
                row.truncate(before);
                odd[at] += 1;
            } else if is_long(column.kind, cell) {
                long[at] += 1;
            }
        }
        if let (Some(now), Some(Dynamic::String(text))) = (now, time.and_then(|at| cells.get(at)))
            && let Some(ticks) = datetime::parse(text)
        {
            n_old += usize::from(ticks < now - OLDEST_TICKS);
            n_late += usize::from(ticks > now + LATEST_TICKS);
        }
        row + "}"
    });
    let calls = calls::cut(rows);
    for (column, (n_long, n_odd)) in plan.columns.iter().zip(long.iter().zip(&odd)) {
        let name = &column.name;
        if *n_long > 0 {
            notes.push(format!(
                "Longer than 64 KB, so cut by the service: {} of `{name}`.",
                many(*n_long, "value")
            ));
        }
        if *n_odd > 0 {
            let kind = column.kind.name();
            let values = many(*n_odd, "value");
            notes.push(format!("Left out, since no {kind}: {values} of `{name}`."));
        }
    }
    if n_old + n_late > 0 {
        notes.push(format!(
            "The service puts its own time into `TimeGenerated` of {} older than 2 days and {} more than a day ahead: keep theirs in a column of another name too.",
            many(n_old, "row"),
            many(n_late, "row")
        ));
    }
    if let Some((first, n_bytes)) = calls.left_out.first() {
        notes.push(format!(
            "Left out, since larger than a call may be: {}; the first is row {} with {n_bytes} bytes.",
            many(calls.left_out.len(), "row"),
            first + 1
        ));
    }
    if !answer.rows.is_empty() {
        notes.push(format!(
            "{} in {}, each below 1 MB packed or not.",
            many(answer.rows.len() - calls.left_out.len(), "row"),
            many(calls.bodies.len(), "call")
        ));
    }
    let bodies = calls.bodies.into_iter().enumerate();
    Ok(bodies
        .map(|(at, text)| File::new("body", format!("body-{:03}.json", at + 1), text))
        .collect())
}

/// A number and its noun.
fn many(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn is_long(kind: Type, cell: &Dynamic) -> bool {
    match (kind, cell) {
        (Type::Dynamic, cell) => cell.to_json().len() > MOST_FIELD_BYTES,
        (_, Dynamic::String(text)) => text.len() > MOST_FIELD_BYTES,
        _ => false,
    }
}
