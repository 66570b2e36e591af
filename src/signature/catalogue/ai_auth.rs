//! Signatures of the family `ai-auth`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.auth-key",
        family: "ai-auth",
        title: word("Azure OpenAI rejected the key or endpoint"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 401 and (BackendResponseCode == 401 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 401 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["invalid subscription key or wrong api endpoint"]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&["invalid subscription key or wrong api endpoint"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["invalid subscription key or wrong api endpoint"]),
        ],
        meaning: word(
            "Backend 401. Wording is close to APIM's own key error but adds 'or wrong API endpoint'; BackendResponseCode is 401 and LastError empty.",
        ),
        causes: words(&[
            "api-key from another resource/region or OpenAI.com key",
            "The caller's APIM key (sent as api-key) is forwarded to the backend unchanged",
            "Key rotated; local auth disabled",
        ]),
        fixes: words(&[
            "Remove the inbound api-key header and set the backend's, or use managed identity",
            "Check the backend host matches the key's resource",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-authenticate-authorize-ai-apis",
        ),
    },
    Signature {
        id: "ai.auth-rbac",
        family: "ai-auth",
        title: word("Managed identity lacks a data-plane role"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                9,
                "ResponseCode in (401, 403) and (BackendResponseCode >= 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "principal does not have access to api/operation",
                "lacks the required data action",
                "permissiondenied",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "principal does not have access to api/operation",
                "lacks the required data action",
                "permissiondenied",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("401", "403") and {body}"#,
            )
            .of(&[
                "principal does not have access to api/operation",
                "lacks the required data action",
                "permissiondenied",
            ]),
        ],
        meaning: word(
            "Token accepted, role missing. Azure OpenAI reports it as 401 PermissionDenied, not 403.",
        ),
        causes: words(&[
            "Cognitive Services OpenAI User not assigned to APIM's identity on that resource (or only on one pool member)",
            "Role assigned minutes ago; Foundry agents need Azure AI User",
        ]),
        fixes: words(&["Assign the role on every backend and wait for propagation"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/ai-services/openai/how-to/role-based-access-control",
        ),
    },
    Signature {
        id: "ai.auth-audience",
        family: "ai-auth",
        title: word("Azure OpenAI refused the bearer token"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                10,
                "ResponseCode == 401 and (BackendResponseCode == 401 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 401 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["audience is incorrect", "access token is missing, invalid"]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&["audience is incorrect", "access token is missing, invalid"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["audience is incorrect", "access token is missing, invalid"]),
        ],
        meaning: word("Bearer token missing, expired or for another audience."),
        causes: words(&[
            "authentication-managed-identity resource not https://cognitiveservices.azure.com",
            "Caller's own token forwarded",
        ]),
        fixes: words(&["Set the right resource; overwrite Authorization"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-authenticate-authorize-ai-apis",
        ),
    },
    Signature {
        id: "ai.auth-resource-id",
        family: "ai-auth",
        title: word("Azure OpenAI: 'Resource Id is badly formed'"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                10,
                "ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["resource id is badly formed", "request is badly formated"]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&["resource id is badly formed", "request is badly formated"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&["resource id is badly formed", "request is badly formated"]),
        ],
        meaning: word(
            "Token auth used against an endpoint without a custom subdomain / regional endpoint.",
        ),
        causes: words(&[
            "Resource has no custom domain",
            "Regional endpoint used with Entra token",
        ]),
        fixes: words(&["Use https://<name>.openai.azure.com with custom subdomain enabled"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-authenticate-authorize-ai-apis",
        ),
    },
    Signature {
        id: "ai.network-403",
        family: "ai-auth",
        title: word("Azure OpenAI network rules refused APIM"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                10,
                "ResponseCode == 403 and (BackendResponseCode == 403 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 403 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "public access is disabled",
                "virtual network/firewall rules",
                "private endpoint",
            ]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&[
                "public access is disabled",
                "virtual network/firewall rules",
                "private endpoint",
            ]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&[
                "public access is disabled",
                "virtual network/firewall rules",
                "private endpoint",
            ]),
        ],
        meaning: word("The AI resource's firewall refused the source."),
        causes: words(&["APIM egress IP not allowed; private endpoint DNS resolves to public IP"]),
        fixes: words(&["Allow the IP/VNet, or link the private DNS zone"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-authenticate-authorize-ai-apis",
        ),
    },
    Signature {
        id: "ai.sdk-key-header",
        family: "ai-auth",
        title: word("LLM SDK sends api-key, APIM expects Ocp-Apim-Subscription-Key"),
        severity: Severity::Error,
        specificity: 18,
        clues: &[
            certain(
                GATEWAY,
                18,
                r#"LastErrorReason =~ "SubscriptionKeyNotFound" and ResponseCode == 401 and (isempty(LastErrorSource) or LastErrorSource =~ "authorization") and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorSource =~ "authorization" and ResponseCode == 401 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorReason =~ "SubscriptionKeyNotFound" and ResponseCode == 401 and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"ProblemId =~ "SubscriptionKeyNotFound" or OuterMessage has_any ("SubscriptionKeyNotFound")"#,
            ),
        ],
        meaning: word(
            "OpenAI SDKs send the key as api-key (or Authorization: Bearer). With the default header name APIM sees no key.",
        ),
        causes: words(&["API subscription header name left at default"]),
        fixes: words(&[
            "Set the API's subscription header name to api-key",
            "Or pass Ocp-Apim-Subscription-Key via default_headers",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/azure-openai-api-from-specification",
        ),
    },
];
