//! Signatures of the family `backend-connect`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "connect.timeout",
        family: "backend-connect",
        title: word("TCP connect to backend timed out"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "did not properly respond after a period of time",
                "connected host has failed to respond",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "did not properly respond after a period of time",
                "connected host has failed to respond",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "did not properly respond after a period of time",
                "connected host has failed to respond",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "did not properly respond after a period of time",
                "connected host has failed to respond",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "did not properly respond after a period of time",
                "connected host has failed to respond",
            ]),
        ],
        meaning: word(
            "No SYN-ACK from the backend address. BackendTime sits near 21 s (the default TCP connect timeout) and takes almost all of TotalTime. IP:port is in the message.",
        ),
        causes: words(&[
            "Firewall/NSG/UDR drops the traffic",
            "Backend down or wrong port",
            "SNAT exhaustion when intermittent and load-related",
            "Internal-VNet APIM calling its own gateway address",
        ]),
        fixes: words(&[
            "Check route and firewall for the IP:port in the message",
            "If intermittent, see connect.snat-exhaustion",
            "If the target is APIM itself, see connect.self-loop",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/troubleshoot-response-timeout-and-errors",
        ),
    },
    Signature {
        id: "connect.refused",
        family: "backend-connect",
        title: word("Backend refused the connection"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["actively refused", "connection refused"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["actively refused", "connection refused"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["actively refused", "connection refused"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["actively refused", "connection refused"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["actively refused", "connection refused"]),
        ],
        meaning: word(
            "Host answered with RST: nothing listens on that port, or a firewall rejects.",
        ),
        causes: words(&[
            "Service stopped or wrong port",
            "Container/pod not ready",
            "Private endpoint in front of a stopped app",
        ]),
        fixes: words(&["Start the service or correct the port"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "connect.unreachable",
        family: "backend-connect",
        title: word("Backend network unreachable"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "network is unreachable",
                "no route to host",
                "network unreachable",
                "host is unreachable",
                "forbidden by its access permissions",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "network is unreachable",
                "no route to host",
                "network unreachable",
                "host is unreachable",
                "forbidden by its access permissions",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "network is unreachable",
                "no route to host",
                "network unreachable",
                "host is unreachable",
                "forbidden by its access permissions",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "network is unreachable",
                "no route to host",
                "network unreachable",
                "host is unreachable",
                "forbidden by its access permissions",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "network is unreachable",
                "no route to host",
                "network unreachable",
                "host is unreachable",
                "forbidden by its access permissions",
            ]),
        ],
        meaning: word("No usable route, or the platform denied the socket."),
        causes: words(&[
            "UDR/peering missing",
            "Egress restricted (workspace gateway, outbound VNet integration)",
        ]),
        fixes: words(&["Fix routes/peering; check v2 outbound VNet integration"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "connect.generic",
        family: "backend-connect",
        title: word("Unable to connect to the remote server"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["unable to connect to the remote server"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["unable to connect to the remote server"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["unable to connect to the remote server"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["unable to connect to the remote server"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["unable to connect to the remote server"]),
        ],
        meaning: word(
            "Classic wrapper for any connect failure. Microsoft support lists: gateway capacity, SNAT, blocked path, backend down, latency.",
        ),
        causes: words(&["See connect.timeout, connect.refused, connect.snat-exhaustion, dns.*"]),
        fixes: words(&[
            "Check BackendTime: ~21 s means TCP timeout; a few ms means refused",
            "Check Capacity metric and SNAT",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/troubleshoot-response-timeout-and-errors",
        ),
    },
    Signature {
        id: "connect.snat-exhaustion",
        family: "backend-connect",
        title: word("Outbound (SNAT) ports exhausted"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "only one usage of each socket address",
                "cannot assign requested address",
                "eaddrnotavail",
                "insufficient buffer space",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "only one usage of each socket address",
                "cannot assign requested address",
                "eaddrnotavail",
                "insufficient buffer space",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "only one usage of each socket address",
                "cannot assign requested address",
                "eaddrnotavail",
                "insufficient buffer space",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "only one usage of each socket address",
                "cannot assign requested address",
                "eaddrnotavail",
                "insufficient buffer space",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "only one usage of each socket address",
                "cannot assign requested address",
                "eaddrnotavail",
                "insufficient buffer space",
            ]),
        ],
        meaning: word(
            "Too many outbound flows from one gateway unit to the same public IP:port. Usually appears only as intermittent BackendConnectionFailure/timeouts under load; Azure frees a port about 4 minutes after close.",
        ),
        causes: words(&[
            "High call rate to one public endpoint",
            "Short-lived connections, retries",
            "One APIM unit",
        ]),
        fixes: words(&[
            "Private/service endpoint or same-VNet backend",
            "Add units, spread over several backend IPs, or route through Azure Firewall/NAT gateway",
            "Cache or rate-limit",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/troubleshoot-response-timeout-and-errors",
        ),
    },
    Signature {
        id: "connect.self-loop",
        family: "backend-connect",
        title: word("Gateway calling itself in internal VNet mode"),
        severity: Severity::Error,
        specificity: 22,
        clues: &[
            certain(
                GATEWAY,
                24,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said} and isnotempty(BackendUrl) and tostring(parse_url(BackendUrl).Host) == tostring(parse_url(Url).Host)"#,
            )
            .of(&[
                "unable to connect to the remote server",
                "did not properly respond after a period of time",
            ]),
            certain(
                GATEWAY,
                16,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said} and isnotempty(BackendUrl) and tostring(parse_url(BackendUrl).Host) == tostring(parse_url(Url).Host)"#,
            )
            .of(&[
                "unable to connect to the remote server",
                "did not properly respond after a period of time",
            ]),
            likely(
                GATEWAY,
                12,
                "(isnull(ResponseCode) or ResponseCode == 500) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed} and isnotempty(BackendUrl) and tostring(parse_url(BackendUrl).Host) == tostring(parse_url(Url).Host)",
            )
            .of(&[
                "unable to connect to the remote server",
                "did not properly respond after a period of time",
            ]),
            likely(
                EXCEPTIONS,
                14,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "unable to connect to the remote server",
                "did not properly respond after a period of time",
            ]),
            likely(
                REQUESTS,
                14,
                r#"ResultCode =~ "500" and {body}"#,
            )
            .of(&[
                "unable to connect to the remote server",
                "did not properly respond after a period of time",
            ]),
        ],
        meaning: word(
            "Developer/Premium in internal mode cannot reach its own load-balanced gateway IP; the loop fails after ~21 s.",
        ),
        causes: words(&["backend or send-request URL equals the gateway host or its private IP"]),
        fixes: words(&[
            "Call 127.0.0.1 with the gateway Host header (and skip name validation) or route through another hop; documented workaround in the blog",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/backends"),
    },
    Signature {
        id: "backend.connection-failure",
        family: "backend-connect",
        title: word("Backend connection failure (unclassified message)"),
        severity: Severity::Error,
        specificity: 13,
        clues: &[
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request"))"#,
            ),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason =~ "BackendConnectionFailure""#,
            ),
            likely(
                EXCEPTIONS,
                9,
                r#"ProblemId =~ "BackendConnectionFailure" or OuterMessage has_any ("BackendConnectionFailure")"#,
            ),
        ],
        meaning: word(
            "The gateway could not establish, or lost, its connection to the backend. LastErrorMessage holds the transport text.",
        ),
        causes: words(&["See tls.*, dns.*, connect.*, transport.*"]),
        fixes: words(&[
            "Classify by message; if intermittent under load consider SNAT and capacity",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/troubleshoot-response-timeout-and-errors",
        ),
    },
    Signature {
        id: "edge.apim-502",
        family: "backend-connect",
        title: word("APIM-generated 502/504 (no backend status)"),
        severity: Severity::Error,
        specificity: 4,
        clues: &[likely(
            GATEWAY,
            4,
            "ResponseCode in (502, 504) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody)",
        )],
        meaning: word(
            "Gateway or an on-error policy produced the code; without LastError look at policies or the edge.",
        ),
        causes: words(&["on-error mapping", "Edge-generated"]),
        fixes: words(&["Check on-error; compare with edge logs"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
