//! Signatures of the family `websocket`.

use crate::signature::tables::{GATEWAY, WEBSOCKET};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ws.handshake",
        family: "websocket",
        title: word("WebSocket handshake failed"),
        severity: Severity::Error,
        specificity: 3,
        clues: &[likely(
            GATEWAY,
            4,
            r#"(isnull(ResponseCode) or (ResponseCode == 200 or ResponseCode between (400 .. 599))) and isempty(LastErrorReason) and OperationId =~ "onHandshake""#,
        )],
        meaning: word("The onHandshake operation did not end in 101."),
        causes: words(&[
            "Key/token not sent (browsers cannot set headers: use query)",
            "Backend refused upgrade; wrong scheme wss/ws",
            "Edge without WebSocket support",
        ]),
        fixes: words(&["Check policy on onHandshake; backend must answer 101"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/websocket-api"),
    },
    Signature {
        id: "ws.connection",
        family: "websocket",
        title: word("WebSocket connection event error"),
        severity: Severity::Error,
        specificity: 3,
        clues: &[certain(WEBSOCKET, 20, "isnotempty(Error)")],
        meaning: word("ApiManagementWebSocketConnectionLogs row with Error."),
        causes: words(&["Peer reset, idle timeout, message too large"]),
        fixes: words(&["Group by Source/Destination to see which side failed"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementwebsocketconnectionlogs",
        ),
    },
];
