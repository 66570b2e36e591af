//! Who is told when an alert is raised: `Microsoft.Insights/actionGroups`.
//!
//! Input: `{name, shortName?, emails?, webhooks?, logicApps?}`. Output: a template. Invariants: names of
//! receivers differ; addresses are those of mail and of the web, with `https`; the callback of a logic
//! app, which holds a signature, is asked for at deployment and never written. Absent on purpose:
//! telephones, which need the codes of countries.

use super::arm::{Expression, Parameter, Resource, Template, Value, parameter};
use super::json::{Json, object};
use super::log_alert::rule_name;
use super::request::Request;
use super::{Artefact, HandoffError, names};
use crate::text::cut;
use crate::value::Dynamic;

/// Longest short name that the service takes.
const SHORT_CHARS: usize = 12;
/// Parameters of the callbacks of logic apps, which is how many there may be.
const CALLBACKS: [&str; 5] = [
    "callbackUrl1",
    "callbackUrl2",
    "callbackUrl3",
    "callbackUrl4",
    "callbackUrl5",
];

/// The ids of action groups of a request.
pub(super) fn ids(request: &Request<'_>) -> Result<Vec<String>, HandoffError> {
    let ids = request.texts("actionGroups")?.into_iter().enumerate();
    let checked = ids.map(|(at, id)| {
        let field = request.field(&format!("actionGroups[{at}]"));
        let id = names::resource_id_of(&field, id, &["microsoft.insights/actiongroups"])?;
        Ok(id.text)
    });
    checked.collect()
}

/// The groups as rules of metrics and of activities name them.
pub(super) fn action_group_ids(ids: &[String]) -> Value {
    let groups = ids.iter().map(|id| object([("actionGroupId", id.into())]));
    Json::List(groups.collect())
}

/// What to know of a rule without groups.
pub(super) fn note(ids: &[String]) -> Option<String> {
    ids.is_empty().then(|| {
        "The rule names no action group: it is seen in the portal and tells nobody.".to_owned()
    })
}

fn is_email(text: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>(),;\"".contains(c);
    match text.split_once('@') {
        Some((user, host)) => {
            !user.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && text.chars().all(is_plain)
        }
        None => false,
    }
}

fn is_web(text: &str) -> bool {
    let host = text.strip_prefix("https://").unwrap_or_default();
    !host.is_empty() && !host.starts_with('/') && !text.contains(char::is_whitespace)
}

/// A template of an action group.
pub fn action_group(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let fields = ["name", "shortName", "emails", "webhooks", "logicApps"];
    let request = Request::new(request, &fields)?;
    let name = request.required("name")?;
    rule_name("name", name)?;
    let short: String = match request.text("shortName")? {
        Some(short) => short.to_owned(),
        None => {
            let first: String = name.chars().take(SHORT_CHARS).collect();
            first.trim_end().to_owned()
        }
    };
    names::title("shortName", &short, SHORT_CHARS)?;
    let receiver = |name: String, key: &str, value: Value| {
        object([
            ("name", name.into()),
            (key, value),
            ("useCommonAlertSchema", true.into()),
        ])
    };
    let listed = |field: &str, what: &str, is_good: fn(&str) -> bool, help: &str| {
        let texts = request.texts(field)?;
        let bad = texts.iter().position(|text| !is_good(text));
        if let Some(at) = bad {
            let shown = cut(texts.get(at).copied().unwrap_or_default(), 40);
            let message = format!("`{shown}` is no {what}");
            return Err(request.wrong(&format!("{field}[{at}]"), &message, help));
        }
        Ok(texts)
    };
    let emails = listed(
        "emails",
        "address of mail",
        is_email,
        "an address as on-call@contoso.com",
    )?;
    let webhooks = listed(
        "webhooks",
        "address of the web",
        is_web,
        "an address that begins with https://",
    )?;
    let apps = request.texts("logicApps")?;
    if apps.len() > CALLBACKS.len() {
        let help = format!("up to {}", CALLBACKS.len());
        return Err(request.wrong("logicApps", "these are too many logic apps", &help));
    }
    for (at, app) in apps.iter().enumerate() {
        let field = request.field(&format!("logicApps[{at}]"));
        names::resource_id_of(&field, app, &["microsoft.logic/workflows"])?;
    }
    if emails.is_empty() && webhooks.is_empty() && apps.is_empty() {
        let help = "an address of mail, a webhook or a logic app";
        return Err(request.wrong("emails", "the group tells nobody", help));
    }
    let numbered = |what: &str, at: usize| format!("{what} {}", at + 1);
    let mails = emails.iter().enumerate();
    let mails =
        mails.map(|(at, mail)| receiver(numbered("mail", at), "emailAddress", (*mail).into()));
    let hooks = webhooks.iter().enumerate();
    let hooks =
        hooks.map(|(at, hook)| receiver(numbered("webhook", at), "serviceUri", (*hook).into()));
    let flows = apps
        .iter()
        .enumerate()
        .zip(CALLBACKS)
        .map(|((at, app), callback)| {
            object([
                ("name", numbered("logic app", at).into()),
                ("resourceId", (*app).into()),
                ("callbackUrl", Expression::Parameter(callback).into()),
                ("useCommonAlertSchema", true.into()),
            ])
        });
    let properties = object([
        ("groupShortName", short.into()),
        ("enabled", true.into()),
        ("emailReceivers", Json::List(mails.collect())),
        ("webhookReceivers", Json::List(hooks.collect())),
        ("logicAppReceivers", Json::List(flows.collect())),
    ]);
    let callbacks = CALLBACKS
        .into_iter()
        .take(apps.len())
        .map(|name| Parameter {
            is_secret: true,
            ..Parameter::string(
                name,
                "The address at which the logic app listens, with its signature.",
            )
        });
    let template = Template {
        parameters: callbacks
            .chain([Parameter::string("actionGroupName", "The name of the group.").or(name)])
            .collect(),
        resources: vec![Resource::new(
            "group",
            "Microsoft.Insights/actionGroups",
            "2023-01-01",
            parameter("actionGroupName"),
            [("location", "global".into()), ("properties", properties)],
        )],
        ..Template::default()
    };
    Ok(Artefact::of_template("action-group", &template))
}
