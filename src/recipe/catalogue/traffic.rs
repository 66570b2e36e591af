//! How much traffic there is, whose it is and when it comes.

use super::{
    API, APP_DEPENDENCIES, APP_EXCEPTIONS, APP_METRICS, APP_REQUESTS, BASE, FROM, GATEWAY,
    LANGUAGE_MODEL, MCP, PERIOD, ROWS, TO, WEBSOCKET, long, rows, step,
};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "calls-per-gateway",
        title: "How many calls does each API Management service get?",
        about: "Requests by the resource that answered them, and when the first and the last came.",
        questions: &[1],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLogs
| where {when}
| summarize Requests = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated) by _ResourceId
| order by Requests desc, _ResourceId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "calls-per-operation",
        title: "How many calls does each API and operation get?",
        about: "Requests by API and operation. An empty operation is a request that matched none, an empty API one \
            that matched no API.",
        questions: &[2],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), LastSeen = max(TimeGenerated) by ApiId, OperationId
| order by Requests desc, ApiId asc, OperationId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "calls-per-consumer",
        title: "How many calls come from each product, subscription and user?",
        about: "Requests by who made them; `none` where the gateway knew no product, subscription or user.",
        questions: &[3],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count()
    by
    Product = iff(isempty(ProductId), "none", ProductId),
    Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId),
    User = iff(isempty(UserId), "none", UserId)
| order by Requests desc, Product asc, Subscription asc, User asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "requests-over-time",
        title: "How many requests come in, over time?",
        about: "Requests and failed requests per point in time. A point without requests has no row.",
        questions: &[4],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Failures = countif(ResponseCode >= 400 or ResponseCode == 0)
    by bin(TimeGenerated, {step})
| order by TimeGenerated asc
| render timechart",
        example: &[("period", "2h"), ("step", "15m")],
        ..BASE
    },
    Recipe {
        id: "daily-trend",
        title: "How do requests and latency develop from day to day?",
        about: "Requests and their average duration in milliseconds, a row a day (UTC).",
        questions: &[5],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), AverageMs = round(avg(TotalTime), 1) by TimeGenerated = startofday(TimeGenerated)
| order by TimeGenerated asc
| render timechart",
        example: &[("period", "30d")],
        ..BASE
    },
    Recipe {
        id: "busiest-hours",
        title: "Which hour of the day and which weekday is the busiest?",
        about: "Requests by weekday (0 is Sunday) and hour (UTC), and the average per such hour, since a period may \
            hold five Mondays and four Sundays.",
        questions: &[6],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Days = dcount(startofday(TimeGenerated))
    by Weekday = toint(dayofweek(TimeGenerated) / 1d), Hour = hourofday(TimeGenerated)
| extend PerHour = round(1.0 * Requests / Days, 1)
| order by PerHour desc, Weekday asc, Hour asc",
        example: &[("period", "14d")],
        ..BASE
    },
    Recipe {
        id: "hourly-load",
        title: "How high is the load at its peak, against the average hour?",
        about: "Requests per hour: the average, the 95th percentile, the peak and when it was. Hours without a request \
            are not counted.",
        questions: &[7],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count() by Hour = bin(TimeGenerated, 1h)
| summarize
    Hours = count(),
    Average = round(avg(Requests), 1),
    P95 = percentile(Requests, 95),
    (Peak, PeakHour) = arg_max(Requests, Hour)
| extend PeakToAverage = round(Peak / Average, 2)",
        example: &[("period", "14d")],
        ..BASE
    },
    Recipe {
        id: "top-callers",
        title: "Which addresses call the most, and how many APIs does each touch?",
        about: "Requests by address of the caller; behind a proxy it is the proxy's.",
        questions: &[8],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, ROWS],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize
    Requests = count(),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0),
    Apis = dcount(ApiId),
    LastSeen = max(TimeGenerated)
    by CallerIpAddress
| order by Requests desc, CallerIpAddress asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "calls-on-a-map",
        title: "Where in the world do calls come from?",
        about: "Requests by country and place of the caller's address. Only the workspace knows which address is \
            where: run it there.",
        questions: &[9],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Failures = countif(ResponseCode >= 400 or ResponseCode == 0) by CallerIpAddress
| extend Place = geo_info_from_ip_address(CallerIpAddress)
| summarize Requests = sum(Requests), Failures = sum(Failures), Callers = count()
    by
    Country = tostring(Place.country),
    City = tostring(Place.city),
    Latitude = todouble(Place.latitude),
    Longitude = todouble(Place.longitude)
| order by Requests desc, Country asc, City asc",
        example: &[("period", "1d")],
        needs_service: Some("geo_info_from_ip_address"),
    },
    Recipe {
        id: "bandwidth-over-time",
        title: "How much bandwidth is used, over time?",
        about: "Megabytes of requests and of responses per point in time, between callers and the gateway.",
        questions: &[10],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("1h")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize RequestMB = round(sum(RequestSize) / 1e6, 3), ResponseMB = round(sum(ResponseSize) / 1e6, 3)
    by bin(TimeGenerated, {step})
| order by TimeGenerated asc
| render areachart",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "bandwidth-per-api",
        title: "Which APIs use the most bandwidth?",
        about: "Megabytes of requests and of responses by API.",
        questions: &[10],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLogs
| where {when}
| summarize Requests = count(), RequestBytes = sum(RequestSize), ResponseBytes = sum(ResponseSize) by ApiId
| extend TotalMB = round((RequestBytes + ResponseBytes) / 1e6, 3)
| order by TotalMB desc, ApiId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "message-sizes",
        title: "How large are requests and responses?",
        about: "Average, median and 90th percentile of the sizes in bytes, by API.",
        questions: &[11],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize
    Requests = count(),
    AverageRequest = round(avg(RequestSize), 0),
    (MedianRequest, P90Request) = percentiles(RequestSize, 50, 90),
    AverageResponse = round(avg(ResponseSize), 0),
    (MedianResponse, P90Response) = percentiles(ResponseSize, 50, 90)
    by ApiId
| order by AverageResponse desc, ApiId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "operations-per-subscription",
        title: "Which methods and operations does each subscription use?",
        about: "Requests by subscription, method and operation; requests without a subscription are left out.",
        questions: &[13],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(ApimSubscriptionId)
| summarize Requests = count(), LastSeen = max(TimeGenerated) by ApimSubscriptionId, Method, ApiId, OperationId
| order by ApimSubscriptionId asc, Requests desc, Method asc, ApiId asc, OperationId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "what-data-is-there",
        title: "Which logs have data at all?",
        about: "Rows, first and last time of every log that API Management and its telemetry fill. A log that is missing \
            is not exported, or nothing happened.",
        questions: &[14],
        tables: &[
            GATEWAY,
            LANGUAGE_MODEL,
            MCP,
            WEBSOCKET,
            APP_REQUESTS,
            APP_DEPENDENCIES,
            APP_EXCEPTIONS,
            APP_METRICS,
        ],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"union isfuzzy=true
    (ApiManagementGatewayLogs | project TimeGenerated, Log = "gateway"),
    (ApiManagementGatewayLlmLog | project TimeGenerated, Log = "language models"),
    (ApiManagementGatewayMCPLog | project TimeGenerated, Log = "MCP"),
    (ApiManagementWebSocketConnectionLogs | project TimeGenerated, Log = "WebSocket"),
    (AppRequests | project TimeGenerated, Log = "requests"),
    (AppDependencies | project TimeGenerated, Log = "dependencies"),
    (AppExceptions | project TimeGenerated, Log = "exceptions"),
    (AppMetrics | project TimeGenerated, Log = "custom metrics")
| where {when}
| summarize Rows = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated) by Log
| order by Log asc"#,
        example: &[("period", "30d")],
        ..BASE
    },
    Recipe {
        id: "calls-per-url-prefix",
        title: "How many calls go to each workspace and URL prefix?",
        about: "Requests by workspace of API Management and the first members of the URL's path.",
        questions: &[15],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            long(
                "members",
                "1",
                "How many members of the path make the prefix.",
            ),
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| extend Path = trim_start("/", tostring(parse_url(Url).Path))
| extend Prefix = strcat("/", strcat_array(array_slice(split(Path, "/"), 0, {members} - 1), "/"))
| summarize Requests = count(), Failures = countif(ResponseCode >= 400 or ResponseCode == 0)
    by Workspace = iff(isempty(WorkspaceId), "none", WorkspaceId), Prefix
| order by Requests desc, Workspace asc, Prefix asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "traffic-share",
        title: "Which share of the traffic is whose?",
        about: "Requests by subscription and their share of all requests in percent.",
        questions: &[16],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, rows("20")],
        kql: r#"let requests = materialize(
    ApiManagementGatewayLogs
    | where {when}
    | where ApiId == {api}
    | project Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
);
let total = toscalar(requests | count);
requests
| summarize Requests = count() by Subscription
| extend Percent = round(100.0 * Requests / total, 2)
| order by Requests desc, Subscription asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
];
