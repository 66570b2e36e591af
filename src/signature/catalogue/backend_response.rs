//! Signatures of the family `backend-response`.

use crate::signature::tables::{DEPENDENCIES, GATEWAY};
use crate::signature::{Severity, Signature, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "backend.500",
        family: "backend-response",
        title: word("Backend returned 500"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 500 and (BackendResponseCode == 500 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 500 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "500""#,
            ),
        ],
        meaning: word("The backend itself answered 500 and APIM relayed it; LastError is empty."),
        causes: words(&["Unhandled exception or bad input in the backend"]),
        fixes: words(&["Use CorrelationId/operation time to find it in the backend's logs"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.502",
        family: "backend-response",
        title: word("Backend (or a proxy in front of it) returned 502"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 502 and (BackendResponseCode == 502 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 502 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "502""#,
            ),
        ],
        meaning: word("Relayed 502: something behind APIM is itself a gateway."),
        causes: words(&["App Gateway/ingress/App Service front end lost its upstream"]),
        fixes: words(&["Look at the proxy between APIM and the app"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.503",
        family: "backend-response",
        title: word("Backend returned 503"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 503 and (BackendResponseCode == 503 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 503 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "503""#,
            ),
        ],
        meaning: word(
            "Relayed 503: the backend is overloaded, stopped or restarting. Not a circuit breaker, because BackendResponseCode is present.",
        ),
        causes: words(&["App stopped, cold start, autoscale, maintenance"]),
        fixes: words(&["Check backend availability; honour Retry-After"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.504",
        family: "backend-response",
        title: word("Backend (or its proxy) returned 504"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 504 and (BackendResponseCode == 504 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 504 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "504""#,
            ),
        ],
        meaning: word("Relayed 504: an upstream hop of the backend timed out."),
        causes: words(&["Slow dependency behind the backend's proxy"]),
        fixes: words(&["Fix the slow hop; compare BackendTime with that hop's timeout"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.5xx",
        family: "backend-response",
        title: word("Backend returned another 5xx"),
        severity: Severity::Error,
        specificity: 3,
        clues: &[
            likely(
                GATEWAY,
                3,
                r#"ResponseCode between (500 .. 599) and (BackendResponseCode >= 500 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 500 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                3,
                r#"Success == false and ResultCode startswith "5""#,
            ),
        ],
        meaning: word("Relayed server error."),
        causes: words(&["Backend fault"]),
        fixes: words(&["Backend logs"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.429",
        family: "backend-response",
        title: word("Backend throttled the call (429)"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 429 and (BackendResponseCode == 429 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 429 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "429""#,
            ),
        ],
        meaning: word("The backend, not APIM, answered 429."),
        causes: words(&["Backend quota"]),
        fixes: words(&["Honour Retry-After; spread load; add a backend pool"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.401",
        family: "backend-response",
        title: word("Backend rejected APIM's credentials (401)"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 401 and (BackendResponseCode == 401 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 401 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "401""#,
            ),
        ],
        meaning: word("APIM admitted the caller; the backend refused the forwarded credentials."),
        causes: words(&[
            "authorization header replaced or missing",
            "Managed identity token for the wrong audience",
            "Function key missing",
        ]),
        fixes: words(&[
            "Compare the audience/role expected by the backend; see policy.managed-identity",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/authentication-managed-identity-policy",
        ),
    },
    Signature {
        id: "backend.403",
        family: "backend-response",
        title: word("Backend denied access (403)"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 403 and (BackendResponseCode == 403 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 403 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "403""#,
            ),
        ],
        meaning: word("Backend network rule or RBAC refused the call."),
        causes: words(&[
            "App Service access restrictions/private endpoint ('Ip Forbidden')",
            "Storage/Key Vault/AOAI firewall",
            "Missing role",
        ]),
        fixes: words(&[
            "Allow APIM outbound IPs or use a private endpoint",
            "Assign the role to the managed identity",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.404",
        family: "backend-response",
        title: word("Backend returned 404"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[
            likely(
                GATEWAY,
                5,
                r#"ResponseCode == 404 and (BackendResponseCode == 404 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 404 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                5,
                r#"Success == false and ResultCode == "404""#,
            ),
        ],
        meaning: word("The operation exists in APIM but the backend path does not."),
        causes: words(&[
            "rewrite-uri or service URL wrong (missing/duplicate base path)",
            "SOAPAction/URL rewrite wrong",
        ]),
        fixes: words(&["Compare BackendUrl with the backend's real route"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.4xx",
        family: "backend-response",
        title: word("Backend rejected the request (other 4xx)"),
        severity: Severity::Warning,
        specificity: 3,
        clues: &[
            likely(
                GATEWAY,
                3,
                r#"ResponseCode between (400 .. 499) and (BackendResponseCode >= 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 400 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)"#,
            ),
            likely(
                DEPENDENCIES,
                3,
                r#"Success == false and ResultCode startswith "4""#,
            ),
        ],
        meaning: word("Relayed client error from the backend."),
        causes: words(&["Bad request per the backend's rules"]),
        fixes: words(&["Read BackendResponseBody if body logging is on"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/monitor-api-management"),
    },
    Signature {
        id: "backend.status-changed",
        family: "backend-response",
        title: word("Backend and caller saw different codes"),
        severity: Severity::Warning,
        specificity: 5,
        clues: &[likely(
            GATEWAY,
            6,
            "ResponseCode between (400 .. 599) and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and BackendResponseCode != ResponseCode and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)",
        )],
        meaning: word(
            "A policy rewrote the backend's status, or a retry ended differently from the last recorded attempt.",
        ),
        causes: words(&[
            "set-status/return-response in outbound or on-error",
            "retry loop: BackendResponseCode is from the last attempt that reached a backend",
        ]),
        fixes: words(&["Review outbound/on-error; add trace records per attempt"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/set-status-policy"),
    },
];
