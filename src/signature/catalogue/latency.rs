//! Signatures of the family `latency`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "latency.backend",
        family: "latency",
        title: word("Slow: backend dominates"),
        severity: Severity::Warning,
        specificity: 7,
        clues: &[likely(
            GATEWAY,
            8,
            "ResponseCode between (200 .. 399) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and TotalTime >= 3000 and BackendTime >= 0.7 * TotalTime",
        )],
        meaning: word("BackendTime (connect+send+receive) takes most of TotalTime."),
        causes: words(&[
            "Slow backend, cold start, long LLM generation, retries (BackendTime is summed)",
        ]),
        fixes: words(&["Profile the backend; cache; stream"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaylogs",
        ),
    },
    Signature {
        id: "latency.client",
        family: "latency",
        title: word("Slow: client transfer dominates"),
        severity: Severity::Warning,
        specificity: 7,
        clues: &[likely(
            GATEWAY,
            8,
            "ResponseCode between (200 .. 399) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and TotalTime >= 3000 and ClientTime >= 0.5 * TotalTime",
        )],
        meaning: word(
            "ClientTime (reading the request / writing the response) takes most of TotalTime.",
        ),
        causes: words(&["Slow uplink/downlink, large payload, client reading slowly"]),
        fixes: words(&["Compress, page, move closer to the caller"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaylogs",
        ),
    },
    Signature {
        id: "latency.gateway",
        family: "latency",
        title: word("Slow: policies or gateway dominate"),
        severity: Severity::Warning,
        specificity: 7,
        clues: &[likely(
            GATEWAY,
            8,
            "ResponseCode between (200 .. 399) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and TotalTime >= 3000 and TotalTime - coalesce(BackendTime, 0) - coalesce(ClientTime, 0) - coalesce(CacheTime, 0) >= 0.5 * TotalTime",
        )],
        meaning: word(
            "TotalTime minus BackendTime, ClientTime and CacheTime is large: policy code, send-request callouts, content safety/semantic cache calls, or an overloaded gateway.",
        ),
        causes: words(&[
            "send-request to a slow service",
            "Large-schema validation",
            "retry waits",
            "Gateway capacity",
        ]),
        fixes: words(&["Trace once; check Capacity metric; cache callouts"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaylogs",
        ),
    },
];
