//! Links read: what query, whose logs, which time a link to the portal or to Azure Data Explorer has.
//!
//! Input: any text. Output: a [`DecodedLink`], or an error that says what the text is instead.
//! Invariants: what [`super::link`] writes comes back byte for byte; addresses that were coded twice
//! or more are read too; nothing unpacks to more than [`MOST_BYTES`].

use super::HandoffError;
use super::names::Cloud;
use crate::text::coding::{base64_decode, url_decode};
use crate::text::{cut, gzip};
use crate::value::Dynamic;

/// Longest query that is unpacked.
const MOST_BYTES: usize = 10_000_000;
/// Longest text that is looked at.
const MOST_LINK_BYTES: usize = 20_000_000;
/// How often an address may have been coded.
const MOST_CODINGS: u32 = 5;

/// Which kind of link it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The portal's share link, with the blade `Logs.ReactView`
    Logs,
    /// The portal's share link, with the blade `LogsBlade`
    LogsBlade,
    /// The portal's logs of the demo
    Demo,
    /// What Grafana and older portals write, with the blade `AnalyticsBlade`
    Analytics,
    /// The address of a cluster
    Cluster,
    /// The address of a cluster on the query page
    QueryPage,
}

impl Form {
    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::LogsBlade => "logsBlade",
            Self::Demo => "demo",
            Self::Analytics => "analytics",
            Self::Cluster => "cluster",
            Self::QueryPage => "queryPage",
        }
    }
}

/// What a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedLink {
    /// Which kind of link it is.
    pub form: Form,
    /// The cloud; `None` where the host does not tell.
    pub cloud: Option<Cloud>,
    /// The query.
    pub query: String,
    /// The ids of the resources whose logs they are.
    pub scope: Vec<String>,
    /// The host of the cluster, of Azure Data Explorer.
    pub cluster: Option<String>,
    /// The database, of Azure Data Explorer.
    pub database: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The time, as the link writes it: `P1D`, or two times parted by a slash.
    pub time_span: Option<String>,
    /// How often its parts were coded: 1 as usual, 2 as the portal does.
    pub codings: u32,
}

fn wrong(message: impl Into<String>, help: &str) -> HandoffError {
    HandoffError::new("link", "link", message, help)
}

const KNOWN: &str = "a link to logs of the portal, of Grafana, or to Azure Data Explorer";

/// Reads a link.
pub fn decode_link(text: &str) -> Result<DecodedLink, HandoffError> {
    let text = text.trim().trim_matches(['<', '>', '"']);
    if text.len() > MOST_LINK_BYTES {
        return Err(wrong("the text is longer than any link", KNOWN));
    }
    if text.contains(char::is_whitespace) {
        return Err(wrong("there are blanks within the text", KNOWN));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        let shown = cut(text, 40);
        return Err(wrong(format!("`{shown}` is no address"), KNOWN));
    };
    if !scheme.eq_ignore_ascii_case("https") {
        let shown = cut(scheme, 40);
        return Err(wrong(format!("`{shown}` is not https"), KNOWN));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.to_lowercase();
    let is_below = |domain: &str| {
        let above = host.strip_suffix(domain);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    };
    let of_portal = Cloud::ALL
        .into_iter()
        .find(|cloud| is_below(cloud.portal()));
    if let Some(cloud) = of_portal {
        return decode_portal(cloud, path);
    }
    let of_page = [
        ("dataexplorer.azure.com", Cloud::Public),
        ("dataexplorer.azure.us", Cloud::UsGovernment),
        ("dataexplorer.azure.cn", Cloud::China),
    ];
    if let Some((_, cloud)) = of_page.into_iter().find(|(domain, _)| is_below(domain)) {
        return decode_query_page(cloud, path);
    }
    let of_cluster = Cloud::ALL.into_iter().find(|cloud| is_below(cloud.kusto()));
    let is_other = [
        "kusto.fabric.microsoft.com",
        "kustomfa.windows.net",
        "kusto.data.microsoft.com",
    ]
    .into_iter()
    .any(is_below);
    if of_cluster.is_some() || is_other {
        return decode_cluster(of_cluster, &host, path);
    }
    let shown = cut(&host, 40);
    Err(wrong(
        format!("nothing is known of links to `{shown}`"),
        KNOWN,
    ))
}

// The portal

/// The names of parts of the portal's addresses, each followed by its value.
const KEYS: &[&str] = &[
    "resourceid",
    "source",
    "initiator",
    "q",
    "query",
    "timespan",
    "timespaninisoformat",
    "scope",
    "isqueryeditorvisible",
    "isquerybase64compressed",
    "limit",
    "prettify",
];

fn decode_portal(cloud: Cloud, path: &str) -> Result<DecodedLink, HandoffError> {
    let help = "the portal's *Share* gives a link to a query";
    let Some((_, fragment)) = path.split_once('#') else {
        return Err(wrong("the address has nothing behind `#`", help));
    };
    let mut segments = fragment.split('/').peekable();
    let mut tenant = None;
    if let Some(first) = segments.peek().and_then(|first| first.strip_prefix('@')) {
        tenant = Some(decoded(first, MOST_CODINGS).0).filter(|tenant| !tenant.is_empty());
        segments.next();
    }
    let kind = segments.next().unwrap_or_default().to_lowercase();
    let (extension, blade) = (segments.next(), segments.next().unwrap_or_default());
    if !matches!(kind.as_str(), "blade" | "view") || extension.is_none() {
        return Err(wrong("the address opens no logs", help));
    }
    let form = match blade.to_lowercase().as_str() {
        "logs.reactview" => Form::Logs,
        "logsblade" => Form::LogsBlade,
        "demologsblade" => Form::Demo,
        "analyticsblade" => Form::Analytics,
        other => {
            let shown = cut(other, 40);
            return Err(wrong(
                format!("the address opens `{shown}`, not logs"),
                help,
            ));
        }
    };
    let segments: Vec<&str> = segments.collect();
    let parts = parts(&segments);
    let part = |names: &[&str]| {
        let found = parts
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()));
        found.map(|(_, value)| value.as_str())
    };
    let (resource, mut codings) = decoded(part(&["resourceid"]).unwrap_or_default(), MOST_CODINGS);
    let mut scope: Vec<String> = Some(resource)
        .filter(|id| !id.is_empty())
        .into_iter()
        .collect();
    if let Some(text) = part(&["scope"]) {
        let (ids, n) = decoded_scope(text).ok_or_else(|| {
            wrong(
                "the scope of the link is no JSON that names resources",
                help,
            )
        })?;
        scope.extend(ids);
        codings = codings.max(n);
    }
    let is_flagged =
        part(&["isquerybase64compressed"]).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let mut of_packed = |text| {
        let (query, n) = unpacked(text)?;
        codings = codings.max(n);
        Ok(query)
    };
    let query = match (part(&["q"]), part(&["query"])) {
        (Some(text), _) => of_packed(text)?,
        (None, Some(text)) if is_flagged => of_packed(text)?,
        (None, Some(text)) => {
            codings = codings.max(1);
            plain(text, b'+', codings)?
        }
        (None, None) => return Err(wrong("the link holds no query", help)),
    };
    let time_span = part(&["timespan", "timespaninisoformat"])
        .map(|text| decoded(text, MOST_CODINGS).0)
        .filter(|text| !text.is_empty());
    Ok(DecodedLink {
        form,
        cloud: Some(cloud),
        query,
        scope,
        cluster: None,
        database: None,
        tenant,
        time_span,
        codings: codings.max(1),
    })
}

/// Names and values of segments. A value that was not coded has slashes of its own, up to the next name.
fn parts(segments: &[&str]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut is_value = false;
    for segment in segments {
        let name = segment.to_lowercase();
        match found.last_mut() {
            Some((_, value)) if is_value => {
                value.push_str(segment);
                is_value = false;
            }
            _ if KEYS.contains(&name.as_str()) => {
                found.push((name, String::new()));
                is_value = true;
            }
            Some((_, value)) => {
                value.push('/');
                value.push_str(segment);
            }
            None => {}
        }
    }
    found
}

fn decoded_scope(text: &str) -> Option<(Vec<String>, u32)> {
    let (text, codings) = decoded(text, MOST_CODINGS);
    let resources = Dynamic::parse(&text)?.member("resources");
    let ids = resources.items()?.iter();
    let ids = ids.map(|one| one.member("resourceId").to_text()).collect();
    Some((ids, codings))
}

// Azure Data Explorer

fn decode_query_page(cloud: Cloud, path: &str) -> Result<DecodedLink, HandoffError> {
    let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let (mut cluster, mut database) = (None, None);
    while let Some(name) = segments.next() {
        let place = match name.to_lowercase().as_str() {
            "clusters" => &mut cluster,
            "databases" => &mut database,
            _ => continue,
        };
        *place = segments.next().map(|value| decoded(value, 1).0);
    }
    let Some(cluster) = cluster else {
        let help = "…/clusters/CLUSTER/databases/DATABASE?query=…";
        return Err(wrong("the address names no cluster", help));
    };
    let host = super::link::cluster_host("link", &cluster, cloud)?;
    let link = decode_parameters(Form::QueryPage, host, parameters)?;
    Ok(DecodedLink {
        cloud: Some(cloud),
        database,
        ..link
    })
}

fn decode_cluster(
    cloud: Option<Cloud>,
    host: &str,
    path: &str,
) -> Result<DecodedLink, HandoffError> {
    let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
    let database = decoded(path.trim_matches('/'), 1).0;
    let link = decode_parameters(Form::Cluster, host.to_owned(), parameters)?;
    Ok(DecodedLink {
        cloud,
        database: Some(database).filter(|name| !name.is_empty()),
        ..link
    })
}

fn decode_parameters(
    form: Form,
    host: String,
    parameters: &str,
) -> Result<DecodedLink, HandoffError> {
    let parameters = parameters.split('#').next().unwrap_or_default();
    let mut query = None;
    let mut tenant = None;
    let mut elsewhere = None;
    for pair in parameters.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name.to_lowercase().as_str() {
            "query" => query = Some(value),
            "tenant" => tenant = Some(decoded(value, 1).0),
            "querysrc" => elsewhere = Some(decoded(value, 1).0),
            _ => {}
        }
    }
    let query = match (query, elsewhere) {
        (Some(query), _) => query,
        (None, Some(address)) => {
            let shown = cut(&address, 40);
            let message = format!("the query is not in the link but at `{shown}`");
            return Err(wrong(message, "the text of the query, copied from there"));
        }
        (None, None) => {
            let help = "…/DATABASE?query=… has the query";
            return Err(wrong("the link holds no query", help));
        }
    };
    // A query of KQL is no Base64 of a packed text.
    let query = match unpacked(query) {
        Ok((query, _)) => query,
        Err(error) if looks_packed(query) => return Err(error),
        Err(_) => plain(query, b' ', 1)?,
    };
    Ok(DecodedLink {
        form,
        cloud: None,
        query,
        scope: Vec::new(),
        cluster: Some(host),
        database: None,
        tenant,
        time_span: None,
        codings: 1,
    })
}

// Values

/// A text without its percent signs, and how often it was coded; up to a number of times.
fn decoded(text: &str, most: u32) -> (String, u32) {
    let mut text = text.to_owned();
    for n in 0..most {
        if !text.contains('%') {
            return (text, n);
        }
        let bytes = url_decode(&text, b'+');
        let next = String::from_utf8_lossy(&bytes).into_owned();
        if next == text {
            return (text, n);
        }
        text = next;
    }
    (text, most)
}

/// A query that is not packed.
fn plain(text: &str, plus_is: u8, codings: u32) -> Result<String, HandoffError> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..codings {
        let text = String::from_utf8(bytes).map_err(|_| no_text())?;
        bytes = url_decode(&text, plus_is);
    }
    let query = String::from_utf8(bytes).map_err(|_| no_text())?;
    if query.trim().is_empty() {
        return Err(wrong(
            "the query of the link is empty",
            "a link with a query",
        ));
    }
    Ok(query)
}

fn no_text() -> HandoffError {
    wrong(
        "the query of the link is no UTF-8",
        "the link as it was copied",
    )
}

/// What every text packed by gzip begins with, in Base64.
fn looks_packed(text: &str) -> bool {
    text.starts_with("H4sI")
}

/// The first byte of a text packed by zlib, as queries that make links pack it.
const ZLIB: u8 = 0x78;

/// A packed query: however often it was coded, which is told, and with blanks where a plus was lost.
fn unpacked(text: &str) -> Result<(String, u32), HandoffError> {
    let help = "the link as it was copied, to its end";
    let (text, codings) = decoded(text, MOST_CODINGS);
    let text = text.replace([' ', '-'], "+").replace('_', "/");
    let whole = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    let packed =
        base64_decode(&whole).ok_or_else(|| wrong("the query of the link is no Base64", help))?;
    let bytes = match packed.first() {
        Some(&ZLIB) => gzip::inflate_all(&packed, MOST_BYTES),
        _ => gzip::unpack_all(&packed, MOST_BYTES),
    };
    let bytes = bytes.ok_or_else(|| wrong("the query of the link is cut or damaged", help))?;
    let query = String::from_utf8(bytes).map_err(|_| no_text())?;
    Ok((query, codings))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKED: &str = "H4sIAAAAAAAAA8vOLi0uyVcAABnPpbQHAAAA";

    fn read(text: &str) -> DecodedLink {
        decode_link(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn every_form_of_the_portal() {
        let id = "%2Fsubscriptions%2F1%2Fw";
        let tail = format!("resourceId/{id}/source/x/q/{PACKED}/timespan/P1D");
        for (blade, form) in [
            (
                "Microsoft_OperationsManagementSuite_Workspace/Logs.ReactView",
                Form::Logs,
            ),
            ("Microsoft_Azure_Monitoring_Logs/LogsBlade", Form::LogsBlade),
            ("Microsoft_Azure_Monitoring_Logs/DemoLogsBlade", Form::Demo),
        ] {
            for start in [
                "#@contoso.com/blade",
                "#blade",
                "#view",
                "?feature.x=1#@contoso.com/view",
            ] {
                let link = read(&format!("https://portal.azure.com/{start}/{blade}/{tail}"));
                assert_eq!((link.form, link.query.as_str()), (form, "kkusto "));
                assert_eq!(link.scope, ["/subscriptions/1/w"]);
                assert_eq!(link.time_span.as_deref(), Some("P1D"));
                assert_eq!(link.tenant.is_some(), start.contains('@'));
                assert_eq!((link.cloud, link.codings), (Some(Cloud::Public), 1));
            }
        }
    }

    #[test]
    fn grafana_names_its_scope_in_json() {
        let scope = "%7B%22resources%22%3A%5B%7B%22resourceId%22%3A%22%2Fsub%2F1%22%7D%2C%7B%22resourceId%22%3A%22%2Fsub%2F2%22%7D%5D%7D";
        let link = read(&format!(
            "https://ms.portal.azure.us/#blade/Microsoft_OperationsManagementSuite_Workspace/AnalyticsBlade/initiator/AnalyticsShareLinkToQuery/isQueryEditorVisible/true/scope/{scope}/query/{PACKED}/isQueryBase64Compressed/true/timespanInIsoFormat/P1D"
        ));
        assert_eq!(
            (link.form, link.query.as_str()),
            (Form::Analytics, "kkusto ")
        );
        assert_eq!(link.scope, ["/sub/1", "/sub/2"]);
        assert_eq!(link.cloud, Some(Cloud::UsGovernment));
    }

    #[test]
    fn coded_twice_and_not_at_all() {
        let start = "https://portal.azure.com/#blade/a/Logs.ReactView";
        let link = read(&format!(
            "{start}/resourceId/%252Fsubscriptions%252F1/q/H4sIAAAAAAAAA8vOLi0uyVcAABnPpbQHAAAA/timespan/2026-01-01%252F2026-01-02"
        ));
        assert_eq!(link.scope, ["/subscriptions/1"]);
        assert_eq!(link.time_span.as_deref(), Some("2026-01-01/2026-01-02"));
        assert_eq!(link.codings, 2);
        // As the portal does it: the query twice, the rest once; and as a query of KQL makes one.
        let link = read(&format!(
            "{start}/resourceId/%2Fa/q/eAEBBQD6%252F2t1c3RvBqACNw%253D%253D"
        ));
        assert_eq!((link.query.as_str(), link.codings), ("kusto", 2));
        let link = read(&format!(
            "{start}/resourceId/%252Fa/query/T%2520%257C%2520x%2525"
        ));
        assert_eq!(link.query, "T | x%");
        let link = read(&format!(
            "{start}/resourceId//subscriptions/1/source/x/query/T/x/limit/5"
        ));
        assert_eq!(
            (link.scope[0].as_str(), link.query.as_str()),
            ("/subscriptions/1", "T/x")
        );
        let link = read(&format!(
            "{start}/resourceId/%2Fa/query/query/timespan/PT1H"
        ));
        assert_eq!(
            (link.query.as_str(), link.time_span.as_deref()),
            ("query", Some("PT1H"))
        );
    }

    #[test]
    fn every_form_of_data_explorer() {
        for (url, form, database) in [
            (
                format!(
                    "https://dataexplorer.azure.com/clusters/help/databases/Samples?query={PACKED}"
                ),
                Form::QueryPage,
                Some("Samples"),
            ),
            (
                format!("https://help.kusto.windows.net/My%20db?web=0&query={PACKED}&tenant=x.com"),
                Form::Cluster,
                Some("My db"),
            ),
            (
                "https://help.kusto.windows.net/?query=kkusto+".to_owned(),
                Form::Cluster,
                None,
            ),
            (
                "https://HELP.kusto.windows.net?query=kkusto%20#x".to_owned(),
                Form::Cluster,
                None,
            ),
        ] {
            let link = read(&url);
            assert_eq!((link.form, link.query.as_str()), (form, "kkusto "), "{url}");
            assert_eq!(link.database.as_deref(), database);
            assert_eq!(link.cluster.as_deref(), Some("help.kusto.windows.net"));
        }
    }

    #[test]
    fn what_is_no_link_says_why() {
        for (text, message) in [
            ("", "`` is no address"),
            ("T | take 5", "there are blanks within the text"),
            ("http://portal.azure.com/", "`http` is not https"),
            (
                "https://example.com/x",
                "nothing is known of links to `example.com`",
            ),
            (
                "https://evilportal.azure.com.example/",
                "nothing is known of links to `evilportal.azure.com.example`",
            ),
            (
                "https://portal.azure.com/",
                "the address has nothing behind `#`",
            ),
            (
                "https://portal.azure.com/#home",
                "the address opens no logs",
            ),
            (
                "https://portal.azure.com/#blade/x/Overview",
                "the address opens `overview`, not logs",
            ),
            (
                "https://portal.azure.com/#blade/x/LogsBlade",
                "the link holds no query",
            ),
            (
                "https://portal.azure.com/#blade/x/LogsBlade/q/%%%",
                "the query of the link is no Base64",
            ),
            (
                "https://portal.azure.com/#blade/x/LogsBlade/q/H4sIAAAA",
                "the query of the link is cut or damaged",
            ),
            (
                "https://portal.azure.com/#blade/x/LogsBlade/query/%20",
                "the query of the link is empty",
            ),
            (
                "https://portal.azure.com/#blade/x/LogsBlade/query/%ff",
                "the query of the link is no UTF-8",
            ),
            (
                "https://portal.azure.com/#blade/x/LogsBlade/scope/x/q/y",
                "the scope of the link is no JSON that names resources",
            ),
            (
                "https://dataexplorer.azure.com/?query=x",
                "the address names no cluster",
            ),
            (
                "https://help.kusto.windows.net/x",
                "the link holds no query",
            ),
            (
                "https://help.kusto.windows.net/x?query=H4sIAAAA",
                "the query of the link is cut or damaged",
            ),
            (
                "https://help.kusto.windows.net/x?querysrc=https%3A%2F%2Fa.b",
                "the query is not in the link but at `https://a.b`",
            ),
        ] {
            let error = decode_link(text).unwrap_err();
            assert_eq!(error.message, message, "{text}");
        }
    }

    #[test]
    fn no_bomb_goes_off() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![b' '; MOST_BYTES + 1]).unwrap();
        let packed = crate::text::coding::base64_encode(&packer.finish().unwrap());
        let link = format!(
            "https://portal.azure.com/#blade/x/LogsBlade/q/{}",
            packed.replace('+', "%2B")
        );
        assert!(
            decode_link(&link)
                .unwrap_err()
                .message
                .contains("cut or damaged")
        );
    }
}
