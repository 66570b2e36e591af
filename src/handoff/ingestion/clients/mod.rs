//! Clients that send the bodies of a folder, one in each language, all with the same request.
//!
//! Input: the plan, the cloud, the address and the id of the rule. Output: files. Invariants: what is
//! put into a text is a checked name, so it ends no literal; secrets come from the environment of
//! whoever runs it. Absent on purpose: the client libraries of the service, which hide the request.

use super::{API_VERSION, Plan, scope};
use crate::handoff::File;
use crate::handoff::names::Cloud;

/// Formats, names and texts.
const CLIENTS: &[(&str, &str, &str)] = &[
    ("curl", "send.sh", include_str!("send.sh")),
    ("powershell", "send.ps1", include_str!("send.ps1")),
    ("javascript", "send.mjs", include_str!("send.mjs")),
    ("python", "send.py", include_str!("send.py")),
    ("dotnet", "Send.cs", include_str!("Send.cs")),
    ("java", "Send.java", include_str!("Send.java")),
    ("go", "send.go", include_str!("send.go")),
];

/// The clients with the names of the plan in place.
pub(super) fn files(plan: &Plan, cloud: Cloud, address: &str, rule: &str) -> Vec<File> {
    let scope = scope(cloud);
    let places = [
        ("@TABLE@", plan.table.as_str()),
        ("@STREAM@", &plan.stream),
        ("@VERSION@", API_VERSION),
        ("@LOGIN@", cloud.login()),
        ("@SCOPE@", &scope),
        ("@ENDPOINT@", address),
        ("@RULE@", rule),
    ];
    let files = CLIENTS.iter().map(|(format, name, text)| {
        let filled = |text: String, (place, value): &(&str, &str)| text.replace(place, value);
        let text = places.iter().fold((*text).to_owned(), filled);
        File::new(format, *name, text)
    });
    files.collect()
}
