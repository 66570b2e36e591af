//! Signatures of the family `mcp`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, MCP};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "mcp.client-abort-body-logging",
        family: "mcp",
        title: word("MCP session drops: client connection closed in outbound"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                12,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (Url endswith "/mcp" or Url endswith "/sse" or Url contains "/mcp/" or Url contains "/mcp?" or Url contains "/sse?")"#,
            ),
            likely(
                EXCEPTIONS,
                10,
                r#"ProblemId =~ "ClientConnectionFailure" or OuterMessage has_any ("ClientConnectionFailure")"#,
            ),
        ],
        meaning: word(
            "MCP over SSE/streamable HTTP breaks when response payload logging buffers the stream; the log shows ClientConnectionFailure, section outbound.",
        ),
        causes: words(&[
            "Application Insights/Azure Monitor frontend response body bytes > 0",
            "Policies reading the response body",
        ]),
        fixes: words(&[
            "Set frontend response payload bytes to 0 at All APIs scope",
            "Keep policies out of the response body",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-mcp-servers"),
    },
    Signature {
        id: "mcp.operation-not-found",
        family: "mcp",
        title: word("MCP endpoint path not found"),
        severity: Severity::Error,
        specificity: 18,
        clues: &[
            certain(
                GATEWAY,
                18,
                r#"LastErrorReason =~ "OperationNotFound" and ResponseCode == 404 and (isempty(LastErrorSource) or LastErrorSource =~ "configuration") and (Url endswith "/mcp" or Url endswith "/sse" or Url contains "/mcp/" or Url contains "/mcp?" or Url contains "/sse?")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorSource =~ "configuration" and ResponseCode == 404 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and (Url endswith "/mcp" or Url endswith "/sse" or Url contains "/mcp/" or Url contains "/mcp?" or Url contains "/sse?")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorReason =~ "OperationNotFound" and ResponseCode == 404 and (Url endswith "/mcp" or Url endswith "/sse" or Url contains "/mcp/" or Url contains "/mcp?" or Url contains "/sse?")"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"ProblemId =~ "OperationNotFound" or OuterMessage has_any ("OperationNotFound")"#,
            ),
        ],
        meaning: word("The MCP URL does not match the published server path."),
        causes: words(&[
            "Base path/suffix included twice or omitted",
            "Server created seconds ago",
        ]),
        fixes: words(&["Copy the Server URL from the portal (…/<base>/mcp)"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/export-rest-mcp-server"),
    },
    Signature {
        id: "mcp.tool-401",
        family: "mcp",
        title: word("Tool call fails with 401 although listing works"),
        severity: Severity::Error,
        specificity: 3,
        clues: &[likely(
            GATEWAY,
            5,
            r#"(isnull(ResponseCode) or ResponseCode == 401) and (Url endswith "/mcp" or Url endswith "/sse" or Url contains "/mcp/" or Url contains "/mcp?" or Url contains "/sse?")"#,
        )],
        meaning: word(
            "Headers are not passed from the MCP server to the underlying API when a tool is invoked, so API-level token or key checks fail.",
        ),
        causes: words(&[
            "validate-azure-ad-token/validate-jwt or subscription requirement on the API instead of the MCP server",
        ]),
        fixes: words(&[
            "Move auth policies to the MCP server scope and forward Authorization explicitly",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/secure-mcp-servers"),
    },
    Signature {
        id: "mcp.bad-request",
        family: "mcp",
        title: word("MCP request rejected with 400"),
        severity: Severity::Error,
        specificity: 3,
        clues: &[likely(
            GATEWAY,
            5,
            r#"(isnull(ResponseCode) or ResponseCode == 400) and (Url endswith "/mcp" or Url endswith "/sse" or Url contains "/mcp/" or Url contains "/mcp?" or Url contains "/sse?")"#,
        )],
        meaning: word(
            "Unsupported MCP method or transport/headers (Accept must allow application/json and text/event-stream).",
        ),
        causes: words(&[
            "Client calls prompts/resources not supported",
            "Wrong Accept or protocol version",
        ]),
        fixes: words(&["Limit the client to tools; send both Accept types"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-mcp-servers"),
    },
    Signature {
        id: "mcp.log-error",
        family: "mcp",
        title: word("MCP log reports an error"),
        severity: Severity::Error,
        specificity: 3,
        clues: &[certain(
            MCP,
            20,
            "isnotempty(Error) or isnotempty(ErrorType)",
        )],
        meaning: word("ApiManagementGatewayMCPLog row with Error/ErrorType set."),
        causes: words(&["Tool failure, auth failure, protocol error"]),
        fixes: words(&["Join with GatewayLogs on CorrelationId for the HTTP-level cause"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaymcplog",
        ),
    },
];
