//! Links that open a query where its data is: the logs of the Azure portal, Azure Data Explorer.
//!
//! Input: a query, whose logs, how. Output: an address and what to know of it. Invariants: the same
//! request gives the same address; [`super::decode`] reads every one back byte for byte. Absent on
//! purpose: sending it anywhere.

use super::names::{self, Cloud};
use super::request::Request;
use super::{Artefact, File, HandoffError};
use crate::kql::token::{self, TokenKind};
use crate::text::coding::{base64_encode, url_encode};
use crate::text::{cut, gzip};
use crate::value::Dynamic;

/// From here on an address may be too long for what it passes through.
const LONG_CHARS: usize = 2000;

/// An address and what to know before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address.
    pub url: String,
    /// What to know.
    pub notes: Vec<String>,
}

/// What a link to the logs of the portal opens.
#[derive(Clone, Debug)]
pub struct PortalLink<'r> {
    /// The query.
    pub query: &'r str,
    /// The id of the workspace, the component or the service whose logs they are.
    pub resource: &'r str,
    /// The cloud.
    pub cloud: Cloud,
    /// The tenant; the one signed in to where there is none.
    pub tenant: Option<&'r str>,
    /// A duration, or two times parted by a slash; the portal's own where there is none.
    pub time_span: Option<&'r str>,
    /// Whether the query is packed, which makes long ones shorter.
    pub is_compressed: bool,
}

/// A link to the logs of the portal.
pub fn portal_link(request: &PortalLink<'_>) -> Result<Link, HandoffError> {
    let query = names::query("query", request.query)?;
    let resource = names::resource_id("resource", request.resource)?;
    let mut url = format!("https://{}/#", request.cloud.portal());
    if let Some(tenant) = request.tenant {
        url.push_str(&format!("@{}/", names::tenant("tenant", tenant)?));
    }
    url.push_str("blade/Microsoft_OperationsManagementSuite_Workspace/Logs.ReactView/resourceId/");
    url.push_str(&component(&resource.text));
    url.push_str("/source/LogsBlade.AnalyticsShareLinkToQuery/");
    url.push_str(&if request.is_compressed {
        format!("q/{}", component(&packed(query)))
    } else {
        format!("query/{}", component(query))
    });
    let mut notes = Vec::new();
    match request.time_span {
        Some(span) => {
            let span = names::time_span("timeSpan", span)?;
            url.push_str(&format!("/timespan/{}", component(&span)));
        }
        None if !sets_time(query) => notes.push(
            "Neither the link nor the query sets a time: the portal takes its own, mostly 24 hours."
                .to_owned(),
        ),
        None => {}
    }
    let kinds = [names::WORKSPACE, names::COMPONENT, names::SERVICE];
    if !kinds.contains(&resource.kind().as_str()) {
        let kind = cut(&resource.kind(), 60);
        notes.push(format!(
            "The logs of a `{kind}` hold only rows of that resource."
        ));
    }
    Ok(link(url, notes))
}

/// What a link to Azure Data Explorer opens.
#[derive(Clone, Debug)]
pub struct AdxLink<'r> {
    /// The query.
    pub query: &'r str,
    /// The cluster: `help`, `contoso.westeurope`, or its whole address.
    pub cluster: &'r str,
    /// The database.
    pub database: &'r str,
    /// The cloud; the address of a cluster says it too.
    pub cloud: Cloud,
    /// The tenant; the one signed in to where there is none.
    pub tenant: Option<&'r str>,
    /// Whether the query is packed, which makes long ones shorter.
    pub is_compressed: bool,
}

/// A link to the query page of Azure Data Explorer.
pub fn adx_link(request: &AdxLink<'_>) -> Result<Link, HandoffError> {
    let query = names::query("query", request.query)?;
    let host = cluster_host("cluster", request.cluster, request.cloud)?;
    let database = database("database", request.database)?;
    let text = if request.is_compressed {
        packed(query)
    } else {
        query.to_owned()
    };
    let mut url = format!(
        "https://{host}/{}?query={}",
        component(database),
        component(&text)
    );
    if let Some(tenant) = request.tenant {
        url.push_str(&format!("&tenant={}", names::tenant("tenant", tenant)?));
    }
    let mut notes = Vec::new();
    if query.trim_start().starts_with('.') {
        notes.push("A command is shown by the link, not run.".to_owned());
    }
    Ok(link(url, notes))
}

/// The host of a cluster, from its name, its host or its address.
pub(super) fn cluster_host(field: &str, text: &str, cloud: Cloud) -> Result<String, HandoffError> {
    let text = text.trim();
    let bare = text.strip_prefix("https://").unwrap_or(text);
    let bare = bare.strip_suffix('/').unwrap_or(bare).to_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let labels = bare.split('.').count();
    if !bare.split('.').all(is_label) || bare.len() > 253 {
        return Err(HandoffError::new(
            "cluster",
            field,
            format!("`{}` is no cluster", cut(text, 40)),
            "a cluster is a name, a name and a region, or its address with https",
        ));
    }
    // A name alone, or a name and its region.
    Ok(if labels <= 2 {
        format!("{bare}.{}", cloud.kusto())
    } else {
        bare
    })
}

/// Checks the name of a database.
pub(super) fn database<'t>(field: &str, text: &'t str) -> Result<&'t str, HandoffError> {
    let text = text.trim();
    let is_character = |c: char| c.is_alphanumeric() || "-_. ()".contains(c);
    let n_chars = text.chars().count();
    if (1..=260).contains(&n_chars) && text.chars().all(is_character) && text != "." && text != ".."
    {
        return Ok(text);
    }
    Err(HandoffError::new(
        "database",
        field,
        format!("`{}` is no database", cut(text, 40)),
        "1 to 260 letters, digits, blanks, dots, hyphens, underscores",
    ))
}

fn link(url: String, mut notes: Vec<String>) -> Link {
    let n_chars = url.chars().count();
    if n_chars > LONG_CHARS {
        notes.push(format!(
            "The link has {n_chars} characters; above {LONG_CHARS} mail, chats and browsers may cut it: copy the query beside it."
        ));
    }
    Link { url, notes }
}

/// A link to the logs of the portal, for a request of JSON.
pub fn portal(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "query",
            "resource",
            "cloud",
            "tenant",
            "timeSpan",
            "compressed",
        ],
    )?;
    let link = portal_link(&PortalLink {
        query: request.required("query")?,
        resource: request.required("resource")?,
        cloud: request.cloud("cloud")?,
        tenant: request.text("tenant")?,
        time_span: request.text("timeSpan")?,
        is_compressed: request.flag("compressed", true)?,
    })?;
    Ok(artefact(link))
}

/// A link to Azure Data Explorer, for a request of JSON.
pub fn adx(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "query",
            "cluster",
            "database",
            "cloud",
            "tenant",
            "compressed",
        ],
    )?;
    let link = adx_link(&AdxLink {
        query: request.required("query")?,
        cluster: request.required("cluster")?,
        database: request.required("database")?,
        cloud: request.cloud("cloud")?,
        tenant: request.text("tenant")?,
        is_compressed: request.flag("compressed", true)?,
    })?;
    Ok(artefact(link))
}

fn artefact(link: Link) -> Artefact {
    Artefact {
        files: vec![File::new("url", "link.txt", link.url)],
        notes: link.notes,
    }
}

/// Whether a query names a time itself.
fn sets_time(query: &str) -> bool {
    let (tokens, _) = token::tokens(query);
    tokens.iter().any(|token| {
        token.kind == TokenKind::Word
            && matches!(token.span.of(query), "TimeGenerated" | "timestamp" | "ago")
    })
}

/// `encodeURIComponent`, with the marks that the portal would take for its own written as bytes too.
fn component(text: &str) -> String {
    url_encode(text, "-_.~", |byte| format!("%{byte:02X}"))
}

fn packed(query: &str) -> String {
    base64_encode(&gzip::pack(query.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const WORKSPACE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs";

    fn request(query: &str) -> PortalLink<'_> {
        PortalLink {
            query,
            resource: WORKSPACE,
            cloud: Cloud::Public,
            tenant: None,
            time_span: None,
            is_compressed: false,
        }
    }

    #[test]
    fn a_link_to_the_portal_has_its_parts_in_order() {
        let link = portal_link(&PortalLink {
            tenant: Some("Contoso.com"),
            time_span: Some("2026-01-01/2026-01-02"),
            cloud: Cloud::China,
            ..request("T | where a == 'x/y + ü'")
        });
        assert_eq!(
            link.unwrap().url,
            "https://portal.azure.cn/#@contoso.com/blade/Microsoft_OperationsManagementSuite_Workspace/Logs.ReactView/resourceId/%2Fsubscriptions%2F00000000-0000-0000-0000-000000000001%2FresourceGroups%2Frg%2Fproviders%2FMicrosoft.OperationalInsights%2Fworkspaces%2Flogs/source/LogsBlade.AnalyticsShareLinkToQuery/query/T%20%7C%20where%20a%20%3D%3D%20%27x%2Fy%20%2B%20%C3%BC%27/timespan/2026-01-01T00%3A00%3A00.0000000Z%2F2026-01-02T00%3A00%3A00.0000000Z"
        );
    }

    #[test]
    fn what_to_know_stands_beside_the_link() {
        let short = portal_link(&request("T | where TimeGenerated > ago(1h)")).unwrap();
        assert_eq!(short.notes, Vec::<String>::new());
        let long = "T | take 1 ".repeat(300);
        let notes = portal_link(&request(&long)).unwrap().notes;
        assert!(
            notes.len() == 2 && notes[1].contains("characters"),
            "{notes:?}"
        );
        let packed = portal_link(&PortalLink {
            is_compressed: true,
            ..request(&long)
        });
        assert_eq!(packed.unwrap().notes.len(), 1);
        let api = WORKSPACE.replace("workspaces", "clusters");
        let notes = portal_link(&PortalLink {
            resource: &api,
            ..request("T | where TimeGenerated > ago(1h)")
        });
        assert!(notes.unwrap().notes[0].contains("microsoft.operationalinsights/clusters"));
    }

    #[test]
    fn what_cannot_be_is_told_at_its_field() {
        let field = |request: PortalLink<'_>| portal_link(&request).unwrap_err().field.clone();
        assert_eq!(field(request(" ")), "query");
        assert_eq!(
            field(PortalLink {
                resource: "x",
                ..request("T")
            }),
            "resource"
        );
        assert_eq!(
            field(PortalLink {
                tenant: Some(""),
                ..request("T")
            }),
            "tenant"
        );
        assert_eq!(
            field(PortalLink {
                time_span: Some("1y"),
                ..request("T")
            }),
            "timeSpan"
        );
    }

    #[test]
    fn clusters_are_named_in_three_ways() {
        let url = |cluster: &str, cloud| {
            adx_link(&AdxLink {
                query: ".show tables",
                cluster,
                database: "My db",
                cloud,
                tenant: None,
                is_compressed: false,
            })
        };
        for (cluster, host) in [
            ("help", "help.kusto.windows.net"),
            ("Contoso.westeurope", "contoso.westeurope.kusto.windows.net"),
            (
                "https://a.b.kusto.usgovcloudapi.net/",
                "a.b.kusto.usgovcloudapi.net",
            ),
        ] {
            let link = url(cluster, Cloud::Public).unwrap();
            assert_eq!(
                link.url,
                format!("https://{host}/My%20db?query=.show%20tables")
            );
            assert_eq!(link.notes.len(), 1);
        }
        let link = url("help", Cloud::China).unwrap();
        assert!(link.url.starts_with("https://help.kusto.chinacloudapi.cn/"));
        for wrong in ["", "http://x", "a b", "a/b", "a..b", "help/x?"] {
            assert_eq!(url(wrong, Cloud::Public).unwrap_err().field, "cluster");
        }
    }
}
