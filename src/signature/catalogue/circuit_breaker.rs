//! Signatures of the family `circuit-breaker`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "cb.single-backend-open",
        family: "circuit-breaker",
        title: word("Circuit breaker open on a backend"),
        severity: Severity::Error,
        specificity: 12,
        clues: &[
            certain(
                GATEWAY,
                16,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder") and ResponseCode == 503 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and LastErrorReason !in ("BackendConnectionFailure", "Timeout", "ClientConnectionFailure", "OperationNotFound") and {said}"#,
            )
            .of(&["circuit"]),
            certain(
                GATEWAY,
                10,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder") and ResponseCode == 503 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and LastErrorReason !in ("BackendConnectionFailure", "Timeout", "ClientConnectionFailure", "OperationNotFound")"#,
            ),
            likely(
                GATEWAY,
                12,
                r#"ResponseCode == 503 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and LastErrorReason !in ("BackendConnectionFailure", "Timeout", "ClientConnectionFailure", "OperationNotFound") and {guessed}"#,
            )
            .of(&["circuit"]),
            likely(EXCEPTIONS, 14, "({thrown})").of(&["circuit"]),
            likely(REQUESTS, 14, r#"ResultCode =~ "503" and {body}"#).of(&["circuit"]),
        ],
        meaning: word(
            "The breaker rule on the backend entity tripped; for tripDuration the gateway answers 503 without calling it. Breaker state is per gateway instance and approximate. Not available on Consumption; one rule per backend.",
        ),
        causes: words(&[
            "Failures in statusCodeRanges/errorReasons exceeded the count or percentage in the interval",
            "Threshold too tight, 429 included in the range",
            "acceptRetryAfter honouring a long Retry-After from the backend",
        ]),
        fixes: words(&[
            "Look 10 minutes earlier for the 4xx/5xx that tripped it",
            "Tune count/interval/tripDuration; set acceptRetryAfter deliberately",
            "Subscribe to Event Grid Microsoft.ApiManagement.CircuitBreaker.Opened/Closed for certainty",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/backends"),
    },
    Signature {
        id: "cb.pool-exhausted",
        family: "circuit-breaker",
        title: word("Every backend in the pool is unavailable"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[
            likely(
                GATEWAY,
                9,
                "ResponseCode == 503 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {answered}",
            )
            .of(&["backend pool", "temporarily unavailable", "no healthy"]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&["backend pool", "temporarily unavailable", "no healthy"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "503" and {body}"#,
            )
            .of(&["backend pool", "temporarily unavailable", "no healthy"]),
        ],
        meaning: word(
            "All pool members have an open breaker, so APIM answers 503 itself. Older gateways used the status reason 'Backend pool ... is temporarily unavailable'; Microsoft changed that text (issue of Jan 2026), so new logs may show only 'Service Unavailable'. on-error does run.",
        ),
        causes: words(&[
            "Shared quota exhausted on every Azure OpenAI member",
            "Breaker counts 429 with a small threshold",
            "Pool too small for the burst",
        ]),
        fixes: words(&[
            "Retry on 429 OR 503 (members-1 times) without testing the reason text",
            "Add members/priorities; spread quota",
            "Map 503 to 429 with Retry-After in on-error for LLM clients",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/backends"),
    },
    Signature {
        id: "cb.gateway-503",
        family: "circuit-breaker",
        title: word("Gateway-generated 503 with no backend call"),
        severity: Severity::Error,
        specificity: 4,
        clues: &[likely(
            GATEWAY,
            4,
            "ResponseCode == 503 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody)",
        )],
        meaning: word(
            "503 produced by the gateway. Circuit breaker or exhausted pool is the usual source when a backend entity with a breaker is in use; a return-response policy is the alternative.",
        ),
        causes: words(&["Open breaker / exhausted pool", "Maintenance policy"]),
        fixes: words(&[
            "Check whether BackendId has a circuitBreaker rule; otherwise search policies for 503",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/backends"),
    },
    Signature {
        id: "cb.exhausted-after-retry",
        family: "circuit-breaker",
        title: word("503 after retries; last reached backend had failed"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[likely(
            GATEWAY,
            9,
            "ResponseCode == 503 and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and isempty(LastErrorReason) and BackendResponseCode != ResponseCode and BackendResponseCode in (408, 429, 499, 500, 502, 503, 504)",
        )],
        meaning: word(
            "A retry loop used up the pool: BackendResponseCode holds the last attempt that reached a backend (429/5xx) while the caller got 503. 'Empty backend code' is therefore not a complete test for breaker trips.",
        ),
        causes: words(&["Pool exhausted during retry", "on-error normalising to 503"]),
        fixes: words(&[
            "Log each attempt with trace; alert on ResponseCode 503 with BackendResponseCode in (429,500,502,503,504)",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/backends"),
    },
    Signature {
        id: "cb.selfhosted-pool-bug",
        family: "circuit-breaker",
        title: word("Self-hosted gateway fails on load-balanced pool"),
        severity: Severity::Error,
        specificity: 8,
        clues: &[
            likely(
                GATEWAY,
                8,
                "ResponseCode == 500 and {answered}",
            )
            .of(&["transporterror: -131073"]),
            likely(EXCEPTIONS, 10, "({thrown})").of(&["transporterror: -131073"]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode =~ "500" and {body}"#,
            )
            .of(&["transporterror: -131073"]),
        ],
        meaning: word(
            "Early self-hosted images threw inside the pipeline when a pool backend was used.",
        ),
        causes: words(&["Gateway image older than pool support"]),
        fixes: words(&["Upgrade the container image"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/backends"),
    },
];
