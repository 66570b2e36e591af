//! Signatures of the family `throttling`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "throttle.rate-limit",
        family: "throttling",
        title: word("Call rate limit (rate-limit / rate-limit-by-key)"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "RateLimitExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("rate-limit", "rate-limit-by-key")) and {said}"#,
            )
            .of(&["rate limit is exceeded"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "RateLimitExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("rate-limit", "rate-limit-by-key"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("rate-limit", "rate-limit-by-key") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["rate limit is exceeded"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("rate-limit", "rate-limit-by-key") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 429) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["rate limit is exceeded"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "RateLimitExceeded""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "RateLimitExceeded" or {thrown})"#,
            )
            .of(&["rate limit is exceeded"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "429" and {body}"#,
            )
            .of(&["rate limit is exceeded"]),
        ],
        meaning: word(
            "An APIM policy counter is over its limit; the backend was not called. Retry-After says when the window frees up.",
        ),
        causes: words(&[
            "Burst or retry storm from one key",
            "Counter key too coarse (one NAT IP, one shared subscription)",
            "Limit set too low",
        ]),
        fixes: words(&[
            "Back off by Retry-After",
            "Re-key the counter (subscription, JWT claim)",
            "Raise calls/renewal-period, remembering counters are per gateway instance and approximate",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/rate-limit-by-key-policy"),
    },
    Signature {
        id: "throttle.quota-calls",
        family: "throttling",
        title: word("Call-volume quota used up"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "QuotaExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("quota", "quota-by-key")) and {said}"#,
            )
            .of(&["out of call volume quota"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "QuotaExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("quota", "quota-by-key"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("quota", "quota-by-key") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["out of call volume quota"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("quota", "quota-by-key") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 403) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["out of call volume quota"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "QuotaExceeded""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "QuotaExceeded" or {thrown})"#,
            )
            .of(&["out of call volume quota"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["out of call volume quota"]),
        ],
        meaning: word(
            "A long-window call quota is exhausted. APIM answers 403, which is easily misread as an authorization problem. The duration is hh:mm:ss or d.hh:mm:ss.",
        ),
        causes: words(&[
            "Plan limit reached",
            "Polling client",
            "Non-renewable quota",
        ]),
        fixes: words(&[
            "Wait for the replenish time, raise the quota, or move the consumer to another product",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/quota-policy"),
    },
    Signature {
        id: "throttle.quota-bandwidth",
        family: "throttling",
        title: word("Bandwidth quota used up"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "QuotaExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("quota", "quota-by-key")) and {said}"#,
            )
            .of(&["out of bandwidth quota"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("quota", "quota-by-key") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["out of bandwidth quota"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 403) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["out of bandwidth quota"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "QuotaExceeded" or {thrown})"#,
            )
            .of(&["out of bandwidth quota"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["out of bandwidth quota"]),
        ],
        meaning: word("The kilobyte quota for the period is exhausted."),
        causes: words(&["Large downloads"]),
        fixes: words(&["Raise bandwidth or trim responses"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/quota-policy"),
    },
    Signature {
        id: "throttle.concurrency",
        family: "throttling",
        title: word("Concurrency limit reached (limit-concurrency)"),
        severity: Severity::Error,
        specificity: 7,
        clues: &[certain(
            GATEWAY,
            7,
            r#"LastErrorSource =~ "limit-concurrency" and ResponseCode == 429 and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
        )],
        meaning: word(
            "More requests than max-count were inside the guarded block; the extra ones fail at once with 429 and no Retry-After promise.",
        ),
        causes: words(&["Slow backend holding slots", "max-count per unit too small"]),
        fixes: words(&["Raise max-count, shorten the backend call, or retry with jitter"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/limit-concurrency-policy"),
    },
];
