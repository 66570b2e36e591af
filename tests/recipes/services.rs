//! MCP messages and `WebSocket` connections beside their gateway rows.

use super::{answer, tables};

/// A row of a log at a time of day; `rest` are further members.
fn row(category: &str, id: &str, time: &str, rest: &str) -> String {
    format!(
        "{{\"TimeGenerated\":\"2026-04-20T14:{time}Z\",\"CorrelationId\":\"{id}\",\"Category\":\"{category}\",\"_ResourceId\":\"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A\",{rest}}}"
    )
}

#[test]
fn connections_have_an_end_a_time_and_a_gateway_row() {
    let gateway = |id: &str, api: &str| {
        row(
            "GatewayLogs",
            id,
            "00:00",
            &format!(
                "\"ApiId\":\"{api}\",\"OperationId\":\"onHandshake\",\"ResponseCode\":101,\"Url\":\"wss://x\",\"TotalTime\":7"
            ),
        )
    };
    let event = |id: &str, time: &str, name: &str, rest: &str| {
        let rest = format!(
            "\"EventName\":\"{name}\",\"Source\":\"Client\",\"Destination\":\"Gateway\"{rest}"
        );
        row("WebSocketConnectionLogs", id, time, &rest)
    };
    let rows = [
        gateway("a", "chat"),
        // The row of a handshake that two exports hold.
        gateway("a", "chat"),
        gateway("b", "chat"),
        gateway("d", "feed"),
        event("a", "00:10", "ConnectionClosed", ""),
        event("a", "00:00", "ConnectionInitiated", ""),
        event("b", "00:00", "ConnectionInitiated", ""),
        event("b", "00:03", "MessageTooLarge", ",\"Error\":\"too large\""),
        event("c", "00:00", "ConnectionInitiated", ""),
        event("d", "00:00", "ConnectionInitiated", ""),
        event("d", "01:00", "connection terminated", ""),
    ];
    let tables = tables(&rows);
    let columns = [
        "CorrelationId",
        "End",
        "Duration",
        "ClosedBy",
        "Events",
        "EventNames",
        "Error",
        "ApiId",
        "ResponseCode",
    ];
    assert_eq!(
        answer("websocket-connections", &[], &tables, &columns),
        [
            "a|closed|00:00:10|Client|2|ConnectionInitiated, ConnectionClosed||chat|101",
            "b|failed|00:00:03||2|ConnectionInitiated, MessageTooLarge|too large|chat|101",
            "c||||1|ConnectionInitiated|||",
            "d|closed|00:01:00|Client|2|ConnectionInitiated, connection terminated||feed|101",
        ]
    );
    let columns = [
        "ApiId",
        "Connections",
        "Closed",
        "Failed",
        "WithoutEnd",
        "AverageSeconds",
        "LongestSeconds",
    ];
    assert_eq!(
        answer("websocket-durations", &[], &tables, &columns),
        ["chat|2|1|1|0|10|10", "feed|1|1|0|0|60|60", "|1|0|0|1|NaN|"]
    );
}

#[test]
fn messages_count_once_whatever_the_gateway_log_holds() {
    let gateway = |id: &str, code: u16, time_ms: u32| {
        row(
            "GatewayLogs",
            id,
            "00:00",
            &format!(
                "\"ApiId\":\"tools\",\"ResponseCode\":{code},\"Url\":\"https://x/mcp\",\"TotalTime\":{time_ms},\"CallerIpAddress\":\"10.0.0.1\""
            ),
        )
    };
    let message = |id: &str, time: &str, rest: &str| {
        let rest = format!(
            "\"ServerName\":\"s\",\"ClientName\":\"c\",\"ClientVersion\":\"1\",\"SessionId\":\"x\",{rest}"
        );
        row("GatewayMCPLogs", id, time, &rest)
    };
    let rows = [
        gateway("a", 200, 10),
        gateway("a", 200, 10),
        gateway("b", 401, 30),
        message("a", "00:00", "\"Method\":\"tools/call\",\"ToolName\":\"t\""),
        message("b", "00:01", "\"Method\":\"tools/call\",\"ToolName\":\"t\""),
        message(
            "c",
            "00:09",
            "\"Method\":\"tools/list\",\"Error\":\"no\",\"ErrorType\":\"E\"",
        ),
    ];
    let tables = tables(&rows);
    let check = |id: &str, columns: &[&str], expected: &[&str]| {
        assert_eq!(answer(id, &[], &tables, columns), expected, "{id}");
    };
    check(
        "mcp-usage",
        &["ToolName", "Calls", "Sessions", "Errors", "AverageMs"],
        &["t|2|1|0|20", "|1|1|1|NaN"],
    );
    check(
        "mcp-errors",
        &["ToolName", "Calls", "Errors", "ErrorPercent"],
        &["t|2|1|50"],
    );
    check(
        "mcp-failures",
        &["CorrelationId", "ErrorType", "ResponseCode", "ApiId"],
        &["b||401|tools", "c|E||"],
    );
    check(
        "mcp-clients",
        &["ClientName", "Messages", "ToolCalls", "Errors", "Addresses"],
        &["c|3|2|1|1"],
    );
    check(
        "mcp-sessions",
        &[
            "SessionId",
            "Duration",
            "Messages",
            "Tools",
            "Errors",
            "GatewayMs",
        ],
        &["x|00:00:09|3|t|2|40"],
    );
}
