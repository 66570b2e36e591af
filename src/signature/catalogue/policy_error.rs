//! Signatures of the family `policy-error`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "policy.expression-null",
        family: "policy-error",
        title: word("Policy expression hit a null"),
        severity: Severity::Error,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                16,
                r#"LastErrorReason =~ "ExpressionValueEvaluationFailure" and {said}"#,
            )
            .of(&["object reference not set to an instance of an object"]),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode == 500) and isempty(LastErrorReason) and {guessed}",
            )
            .of(&["object reference not set to an instance of an object"]),
            likely(
                EXCEPTIONS,
                10,
                r#"(ProblemId =~ "ExpressionValueEvaluationFailure" or {thrown})"#,
            )
            .of(&["object reference not set to an instance of an object"]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode =~ "500" and {body}"#,
            )
            .of(&["object reference not set to an instance of an object"]),
        ],
        meaning: word(
            "A policy expression dereferenced null (missing header, claim, variable, product or subscription).",
        ),
        causes: words(&[
            "context.Subscription/Product null when no key is used",
            "JObject member absent",
            "Body consumed earlier",
        ]),
        fixes: words(&[
            "Use ?. and GetValueOrDefault",
            "Read bodies with As<T>(preserveContent: true)",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-policy-expressions",
        ),
    },
    Signature {
        id: "policy.expression-type",
        family: "policy-error",
        title: word("Policy expression cast/format error"),
        severity: Severity::Error,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                16,
                r#"LastErrorReason =~ "ExpressionValueEvaluationFailure" and {said}"#,
            )
            .of(&[
                "unable to cast",
                "cannot be cast",
                "input string was not in a correct format",
                "was not recognized as a valid",
                "index was out of range",
                "the given key",
                "error reading jtoken",
                "unexpected character encountered",
                "property with the same name already exists",
            ]),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode == 500) and isempty(LastErrorReason) and {guessed}",
            )
            .of(&[
                "unable to cast",
                "cannot be cast",
                "input string was not in a correct format",
                "was not recognized as a valid",
                "index was out of range",
                "the given key",
                "error reading jtoken",
                "unexpected character encountered",
                "property with the same name already exists",
            ]),
            likely(
                EXCEPTIONS,
                10,
                r#"(ProblemId =~ "ExpressionValueEvaluationFailure" or {thrown})"#,
            )
            .of(&[
                "unable to cast",
                "cannot be cast",
                "input string was not in a correct format",
                "was not recognized as a valid",
                "index was out of range",
                "the given key",
                "error reading jtoken",
                "unexpected character encountered",
                "property with the same name already exists",
            ]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode =~ "500" and {body}"#,
            )
            .of(&[
                "unable to cast",
                "cannot be cast",
                "input string was not in a correct format",
                "was not recognized as a valid",
                "index was out of range",
                "the given key",
                "error reading jtoken",
                "unexpected character encountered",
                "property with the same name already exists",
            ]),
        ],
        meaning: word("Conversion, dictionary lookup or JSON parsing inside an expression threw."),
        causes: words(&[
            "Unexpected body type",
            "Duplicate JSON property built in the policy",
            "Non-numeric header",
        ]),
        fixes: words(&[
            "Guard with TryParse/ContainsKey and test the expression with real payloads",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-policy-expressions",
        ),
    },
    Signature {
        id: "policy.expression-failure",
        family: "policy-error",
        title: word("Policy expression failed"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                16,
                r#"LastErrorReason =~ "ExpressionValueEvaluationFailure" and {said}"#,
            )
            .of(&["expression evaluation failed"]),
            certain(
                GATEWAY,
                10,
                r#"LastErrorReason =~ "ExpressionValueEvaluationFailure""#,
            ),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode == 500) and isempty(LastErrorReason) and {guessed}",
            )
            .of(&["expression evaluation failed"]),
            likely(
                EXCEPTIONS,
                10,
                r#"(ProblemId =~ "ExpressionValueEvaluationFailure" or {thrown})"#,
            )
            .of(&["expression evaluation failed"]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode =~ "500" and {body}"#,
            )
            .of(&["expression evaluation failed"]),
        ],
        meaning: word(
            "A C# policy expression threw at run time. LastErrorSource names the policy, LastErrorSection/Scope where it sits. Text after 'Expression evaluation failed.' is the exception.",
        ),
        causes: words(&[
            "Logic or data error in the expression",
            "throw new Exception(...) used for flow control",
        ]),
        fixes: words(&[
            "Find the policy by LastErrorSource + LastErrorScope, reproduce with the tracer",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-policy-expressions",
        ),
    },
    Signature {
        id: "policy.jsonp",
        family: "policy-error",
        title: word("JSONP callback name invalid"),
        severity: Severity::Error,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                20,
                r#"LastErrorReason =~ "CallbackParameterInvalid" and (isempty(LastErrorSource) or LastErrorSource =~ "jsonp") and {said}"#,
            )
            .of(&["is not a valid javascript identifier"]),
            certain(
                GATEWAY,
                14,
                r#"LastErrorReason =~ "CallbackParameterInvalid" and (isempty(LastErrorSource) or LastErrorSource =~ "jsonp")"#,
            ),
            certain(
                GATEWAY,
                12,
                r#"LastErrorSource =~ "jsonp" and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["is not a valid javascript identifier"]),
            likely(
                GATEWAY,
                6,
                r#"LastErrorSource =~ "jsonp" and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode == 400) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["is not a valid javascript identifier"]),
            likely(
                GATEWAY,
                6,
                r#"LastErrorReason =~ "CallbackParameterInvalid""#,
            ),
            likely(
                EXCEPTIONS,
                10,
                r#"(ProblemId =~ "CallbackParameterInvalid" or {thrown})"#,
            )
            .of(&["is not a valid javascript identifier"]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&["is not a valid javascript identifier"]),
        ],
        meaning: word("Callback parameter contains illegal characters."),
        causes: words(&["Injection attempt or typo"]),
        fixes: words(&["Send a plain identifier"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/jsonp-policy"),
    },
    Signature {
        id: "policy.protocol-violation",
        family: "policy-error",
        title: word("Content length mismatch on forward/retry"),
        severity: Severity::Error,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                20,
                r#"LastErrorReason =~ "ProtocolViolation" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder")) and {said}"#,
            )
            .of(&["content length mismatch"]),
            certain(
                GATEWAY,
                14,
                r#"LastErrorReason =~ "ProtocolViolation" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder"))"#,
            ),
            certain(
                GATEWAY,
                12,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder") and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["content length mismatch"]),
            likely(
                GATEWAY,
                6,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder") and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode == 500) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["content length mismatch"]),
            likely(GATEWAY, 6, r#"LastErrorReason =~ "ProtocolViolation""#),
            likely(
                EXCEPTIONS,
                10,
                r#"(ProblemId =~ "ProtocolViolation" or {thrown})"#,
            )
            .of(&["content length mismatch"]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode =~ "500" and {body}"#,
            )
            .of(&["content length mismatch"]),
        ],
        meaning: word(
            "The forwarded body does not match Content-Length, typically because a retry re-sent a streamed body that had already been consumed.",
        ),
        causes: words(&[
            "retry around forward-request without buffer-request-body",
            "A policy changed the body but kept Content-Length",
        ]),
        fixes: words(&[
            "Set buffer-request-body=\"true\" on forward-request",
            "Remove or recompute Content-Length",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/forward-request-policy"),
    },
    Signature {
        id: "policy.send-request-timeout",
        family: "policy-error",
        title: word("send-request callout timed out"),
        severity: Severity::Error,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                20,
                r#"LastErrorReason =~ "Timeout" and (isempty(LastErrorSource) or LastErrorSource =~ "send-request") and {said}"#,
            )
            .of(&["timed out"]),
            certain(
                GATEWAY,
                14,
                r#"LastErrorReason =~ "Timeout" and (isempty(LastErrorSource) or LastErrorSource =~ "send-request")"#,
            ),
            certain(
                GATEWAY,
                12,
                r#"LastErrorSource =~ "send-request" and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["timed out"]),
            likely(
                GATEWAY,
                6,
                r#"LastErrorSource =~ "send-request" and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode in (500, 504)) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["timed out"]),
            likely(EXCEPTIONS, 10, r#"(ProblemId =~ "Timeout" or {thrown})"#).of(&["timed out"]),
            likely(REQUESTS, 10, r#"ResultCode in~ ("500", "504") and {body}"#).of(&["timed out"]),
        ],
        meaning: word("A callout inside the policy exceeded its timeout."),
        causes: words(&["Slow auth/lookup service"]),
        fixes: words(&["Set timeout and ignore-error, cache the result"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/send-request-policy"),
    },
    Signature {
        id: "policy.send-request-connect",
        family: "policy-error",
        title: word("send-request callout could not connect"),
        severity: Severity::Error,
        specificity: 12,
        clues: &[
            certain(
                GATEWAY,
                14,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("send-request", "send-one-way-request"))"#,
            ),
            likely(
                GATEWAY,
                6,
                r#"LastErrorSource in~ ("send-request", "send-one-way-request") and isempty(LastErrorReason)"#,
            ),
            likely(
                EXCEPTIONS,
                8,
                r#"ProblemId =~ "BackendConnectionFailure" or OuterMessage has_any ("BackendConnectionFailure")"#,
            ),
        ],
        meaning: word(
            "The policy's side call failed to connect, not the API backend. LastErrorMessage carries the same socket/TLS texts as backend failures.",
        ),
        causes: words(&[
            "Callout host blocked, wrong, or the gateway calling itself in internal VNet mode",
        ]),
        fixes: words(&["Diagnose as for backends; use ignore-error=true if optional"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/send-request-policy"),
    },
    Signature {
        id: "policy.credential-manager",
        family: "policy-error",
        title: word("get-authorization-context could not fetch a token"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[certain(
            GATEWAY,
            7,
            r#"LastErrorSource =~ "get-authorization-context" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
        )],
        meaning: word(
            "Credential manager returned an error (not found, unauthorized, consent or refresh failure).",
        ),
        causes: words(&[
            "Access policy missing for the managed identity",
            "Refresh token expired",
        ]),
        fixes: words(&[
            "Re-authorize the connection; add an access policy",
            "Use ignore-error and branch",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/get-authorization-context-policy",
        ),
    },
    Signature {
        id: "policy.cache",
        family: "policy-error",
        title: word("Cache policy failure"),
        severity: Severity::Warning,
        specificity: 4,
        clues: &[certain(
            GATEWAY,
            6,
            r#"LastErrorSource in~ ("cache-lookup", "cache-store", "cache-lookup-value", "cache-store-value", "cache-remove-value")"#,
        )],
        meaning: word(
            "Error raised by a caching policy; an unreachable external cache normally degrades to a miss rather than an error.",
        ),
        causes: words(&[
            "Redis unreachable or wrong connection string",
            "Value too large",
        ]),
        fixes: words(&["Check Redis connectivity; watch Cache/CacheTime"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-cache-external",
        ),
    },
    Signature {
        id: "policy.backend-entity",
        family: "policy-error",
        title: word("Backend entity referenced by policy not found"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[certain(
            GATEWAY,
            7,
            r#"LastErrorSource =~ "set-backend-service" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
        )],
        meaning: word("backend-id resolved at run time does not exist."),
        causes: words(&["Expression builds a backend name that was never deployed"]),
        fixes: words(&["Create the backend or fix the name"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/set-backend-service-policy",
        ),
    },
    Signature {
        id: "policy.eventhub-stream",
        family: "policy-error",
        title: word("log-to-eventhub / body logging conflicts with streaming"),
        severity: Severity::Error,
        specificity: 4,
        clues: &[certain(
            GATEWAY,
            6,
            r#"LastErrorSource =~ "log-to-eventhub""#,
        )],
        meaning: word(
            "Reading the response body in a policy forces buffering, which breaks server-sent events.",
        ),
        causes: words(&["log-to-eventhub or body logging on a streaming API"]),
        fixes: words(&["Skip it for stream=true"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/how-to-server-sent-events"),
    },
];
