//! Cache, TLS and what callers speak.

use super::{API, BASE, FROM, GATEWAY, PERIOD, ROWS, TO, step};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "cache-over-time",
        title: "Does the cache answer, over time?",
        about: "Requests per point in time that the cache answered, that it could not, and that did not ask it.",
        questions: &[51],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize
    Hits = countif(Cache =~ "hit"),
    Misses = countif(Cache =~ "miss"),
    NotAsked = countif(Cache !in~ ("hit", "miss"))
    by bin(TimeGenerated, {step})
| order by TimeGenerated asc
| render timechart"#,
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "cache-hit-ratio",
        title: "How often does the cache answer, for each API?",
        about: "Requests that asked the cache by API, and how many of them it answered, in percent. APIs without a \
            cache are left out.",
        questions: &[51],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where Cache in~ ("hit", "miss")
| summarize Asked = count(), Hits = countif(Cache =~ "hit"), AverageCacheMs = round(avg(CacheTime), 1) by ApiId
| extend HitPercent = round(100.0 * Hits / Asked, 2)
| order by Asked desc, ApiId asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tls-versions",
        title: "Which TLS versions do callers use?",
        about: "Requests and callers by TLS version and resource.",
        questions: &[52],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(ClientTlsVersion)
| summarize Requests = count(), Callers = dcount(CallerIpAddress), LastSeen = max(TimeGenerated)
    by ClientTlsVersion, _ResourceId
| order by Requests desc, ClientTlsVersion asc, _ResourceId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "old-tls-callers",
        title: "Who still uses TLS 1.0 or 1.1?",
        about: "Callers with an old TLS version, their subscription and the APIs they call: whom to write before the \
            version is turned off.",
        questions: &[53],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ClientTlsVersion in ("1.0", "1.1", "Tls", "Tls10", "Tls11", "TLSv1.0", "TLSv1.1")
| summarize Requests = count(), Apis = make_set(ApiId), LastSeen = max(TimeGenerated)
    by CallerIpAddress, Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId), ClientTlsVersion
| extend Apis = strcat_array(array_sort_asc(Apis), ", ")
| order by Requests desc, CallerIpAddress asc, Subscription asc, ClientTlsVersion asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "client-protocols",
        title: "Which protocols do callers and backends speak?",
        about: "Requests by protocol of the caller and of the backend, and how long they took.",
        questions: &[54],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), AverageMs = round(avg(TotalTime), 1) by ClientProtocol, BackendProtocol
| order by Requests desc, ClientProtocol asc, BackendProtocol asc",
        example: &[("period", "1d")],
        ..BASE
    },
];
