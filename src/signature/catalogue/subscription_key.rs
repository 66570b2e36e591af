//! Signatures of the family `subscription-key`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "auth.subscription-key-missing",
        family: "subscription-key",
        title: word("Subscription key not sent"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "SubscriptionKeyNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "authorization") and {said}"#,
            )
            .of(&["missing subscription key"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "SubscriptionKeyNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "authorization")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "authorization" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["missing subscription key"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "authorization" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["missing subscription key"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason =~ "SubscriptionKeyNotFound""#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "SubscriptionKeyNotFound" or {thrown})"#,
            )
            .of(&["missing subscription key"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["missing subscription key"]),
            likely(
                REQUESTS,
                5,
                r#"ResultCode == "401" and isnotempty(tostring(Properties["API Name"])) and isempty(tostring(Properties["Subscription Name"])) and SDKVersion startswith "apim:""#,
            ),
        ],
        meaning: word(
            "Built-in key check failed before any inbound policy ran: the API or product requires a subscription and no key was found in the configured header or query parameter. Response carries WWW-Authenticate: AzureApiManagementKey.",
        ),
        causes: words(&[
            "Client did not send Ocp-Apim-Subscription-Key / subscription-key",
            "Key sent under another name (api-key, x-api-key) than the one configured on the API",
            "API is not in any product, so the portal could not fill a key in",
            "Proxy/edge stripped the header",
            "Browser preflight (OPTIONS) reaching a key-protected API because cors is missing or too low",
        ]),
        fixes: words(&[
            "Send the key in the configured header, or rename the API's subscription header (Settings > Subscription) to the name the client uses (api-key for OpenAI SDKs)",
            "Add the API to a product or create an API-scoped subscription",
            "If the API is meant to be open, turn off Subscription required",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-subscriptions",
        ),
    },
    Signature {
        id: "auth.subscription-key-invalid",
        family: "subscription-key",
        title: word("Subscription key rejected (wrong, inactive, or not scoped to this API)"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "SubscriptionKeyInvalid" and (isempty(LastErrorSource) or LastErrorSource =~ "authorization") and {said}"#,
            )
            .of(&["invalid subscription key.", "reason: invalid subscription key"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "SubscriptionKeyInvalid" and (isempty(LastErrorSource) or LastErrorSource =~ "authorization")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "authorization" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["invalid subscription key.", "reason: invalid subscription key"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "authorization" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["invalid subscription key.", "reason: invalid subscription key"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "SubscriptionKeyInvalid""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "SubscriptionKeyInvalid" or {thrown})"#,
            )
            .of(&["invalid subscription key.", "reason: invalid subscription key"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["invalid subscription key.", "reason: invalid subscription key"]),
        ],
        meaning: word(
            "A key was sent but it is not an active key for any product/API scope that contains the called API. The gateway uses one reason for wrong, suspended/expired and wrong-scope keys.",
        ),
        causes: words(&[
            "Key belongs to another product or API scope",
            "Key from another environment/instance",
            "Subscription suspended, cancelled, expired or still submitted",
            "Key regenerated, or newly created and not yet propagated to the gateway",
            "Hard-coded header on the operation or in a policy overriding the caller's key",
            "Edge cache replaying an old 401 (seen with Front Door)",
        ]),
        fixes: words(&[
            "Look the key up under Subscriptions: check state and scope against ApiId/ProductId",
            "Add the API to the product, or issue a key scoped to the API",
            "For brand-new keys wait for propagation or re-save the subscription",
            "Purge the edge cache and never cache 401s",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-subscriptions",
        ),
    },
    Signature {
        id: "auth.subscription-not-found-legacy",
        family: "subscription-key",
        title: word("'Subscription not found' wording (seed article only)"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "SubscriptionNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "authorization") and {said}"#,
            )
            .of(&["reason: subscription not found"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "SubscriptionNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "authorization")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "authorization" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["reason: subscription not found"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "authorization" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (401, 403)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["reason: subscription not found"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "SubscriptionNotFound""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "SubscriptionNotFound" or {thrown})"#,
            )
            .of(&["reason: subscription not found"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("401", "403") and {body}"#,
            )
            .of(&["reason: subscription not found"]),
        ],
        meaning: word(
            "Wording claimed by the seed article for a product-scope miss. No public log, thread or document with this text was found; keep the rule as an alias only and treat it as a scope problem.",
        ),
        causes: words(&[
            "Key maps to a subscription whose product does not include the API (per the seed article)",
        ]),
        fixes: words(&["Handle as auth.subscription-key-invalid"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-subscriptions",
        ),
    },
];
