//! Signatures of the family `token-auth`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "jwt.not-present",
        family: "token-auth",
        title: word("JWT missing from the request"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason in~ ("TokenNotPresent", "TokenNotFound") and (isempty(LastErrorSource) or LastErrorSource =~ "validate-jwt") and {said}"#,
            )
            .of(&["jwt not present", "jwt not found in the request"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason in~ ("TokenNotPresent", "TokenNotFound") and (isempty(LastErrorSource) or LastErrorSource =~ "validate-jwt")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "validate-jwt" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["jwt not present", "jwt not found in the request"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "validate-jwt" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["jwt not present", "jwt not found in the request"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason in~ ("TokenNotPresent", "TokenNotFound")"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId in~ ("TokenNotPresent", "TokenNotFound") or {thrown})"#,
            )
            .of(&["jwt not present", "jwt not found in the request"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["jwt not present", "jwt not found in the request"]),
        ],
        meaning: word(
            "validate-jwt found no token in the configured header/query/cookie, or the header did not use the required scheme.",
        ),
        causes: words(&[
            "No Authorization header",
            "Header without 'Bearer '",
            "Token in a different header than header-name",
            "Edge or app stripped Authorization",
        ]),
        fixes: words(&[
            "Send 'Authorization: Bearer <token>'",
            "Align header-name/require-scheme",
            "Check that no earlier policy (authentication-managed-identity, set-header) replaced Authorization",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.malformed",
        family: "token-auth",
        title: word("Token is not a well-formed JWT"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason in~ ("JwtInvalid", "Invalid JWT") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["not well formed", "idx12741", "idx12709", "idx12729", "idx14100", "idx14120"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["not well formed", "idx12741", "idx12709", "idx12729", "idx14100", "idx14120"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["not well formed", "idx12741", "idx12709", "idx12729", "idx14100", "idx14120"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId in~ ("JwtInvalid", "Invalid JWT") or {thrown})"#,
            )
            .of(&["not well formed", "idx12741", "idx12709", "idx12729", "idx14100", "idx14120"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["not well formed", "idx12741", "idx12709", "idx12729", "idx14100", "idx14120"]),
        ],
        meaning: word("The value could not be read as a three-part JWT."),
        causes: words(&[
            "Opaque access token or id from another provider",
            "Truncated token, quotes or line breaks in the header",
            "API key sent as a bearer token",
        ]),
        fixes: words(&[
            "Log only the length and first/last characters and decode the token",
            "Request a token for the right resource so the provider issues a JWT",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.signature-invalid",
        family: "token-auth",
        title: word("Token signature does not verify"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason in~ ("TokenSignatureInvalid", "TokenInvalidSignature") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["idx10503", "idx10511", "idx10500", "idx10514", "signature validation failed"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason in~ ("TokenSignatureInvalid", "TokenInvalidSignature") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["idx10503", "idx10511", "idx10500", "idx10514", "signature validation failed"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["idx10503", "idx10511", "idx10500", "idx10514", "signature validation failed"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason in~ ("TokenSignatureInvalid", "TokenInvalidSignature")"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId in~ ("TokenSignatureInvalid", "TokenInvalidSignature") or {thrown})"#,
            )
            .of(&["idx10503", "idx10511", "idx10500", "idx10514", "signature validation failed"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["idx10503", "idx10511", "idx10500", "idx10514", "signature validation failed"]),
        ],
        meaning: word(
            "A candidate key was found but the signature check failed, or no usable key was configured.",
        ),
        causes: words(&[
            "Token issued by another tenant/authority",
            "Wrong symmetric key or certificate in the policy",
            "Token altered in transit",
            "Microsoft Graph tokens (nonce header) sent to your own API",
        ]),
        fixes: words(&[
            "Point openid-config at the issuer of this token",
            "Rotate the key in the policy/named value",
            "Request a token whose audience is your API, not Graph",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.signature-key-not-found",
        family: "token-auth",
        title: word("No signing key matches the token's kid"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "TokenSignatureKeyNotFound" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["idx10501", "unable to match key", "unable to match keys"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "TokenSignatureKeyNotFound" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["idx10501", "unable to match key", "unable to match keys"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["idx10501", "unable to match key", "unable to match keys"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason =~ "TokenSignatureKeyNotFound""#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "TokenSignatureKeyNotFound" or {thrown})"#,
            )
            .of(&["idx10501", "unable to match key", "unable to match keys"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["idx10501", "unable to match key", "unable to match keys"]),
        ],
        meaning: word(
            "The kid in the token header is not in the key set the gateway loaded from openid-config.",
        ),
        causes: words(&[
            "openid-config points at a different tenant, B2C user flow or version",
            "Provider rotated keys and the gateway still uses the cached set",
            "Custom signing key (app-specific appid keys)",
        ]),
        fixes: words(&[
            "Use the metadata URL of the exact issuer/user flow (?p=... for B2C, ?appid=... for app keys)",
            "Re-save the policy or wait for the metadata refresh",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.audience",
        family: "token-auth",
        title: word("Audience not accepted"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "TokenAudienceNotAllowed" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["idx10214", "idx10206", "idx10208", "audience validation failed"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "TokenAudienceNotAllowed" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["idx10214", "idx10206", "idx10208", "audience validation failed"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["idx10214", "idx10206", "idx10208", "audience validation failed"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason =~ "TokenAudienceNotAllowed""#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "TokenAudienceNotAllowed" or {thrown})"#,
            )
            .of(&["idx10214", "idx10206", "idx10208", "audience validation failed"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["idx10214", "idx10206", "idx10208", "audience validation failed"]),
        ],
        meaning: word("aud in the token is not in <audiences>."),
        causes: words(&[
            "v1 token uses api://<id> while v2 uses the bare client id",
            "Token requested for Graph or ARM",
            "Client used another app registration",
        ]),
        fixes: words(&[
            "List both api://<client-id> and <client-id>",
            "Request scope api://<client-id>/.default",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.issuer",
        family: "token-auth",
        title: word("Issuer not accepted"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "TokenIssuerNotAllowed" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["idx10205", "idx10211", "issuer validation failed"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "TokenIssuerNotAllowed" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["idx10205", "idx10211", "issuer validation failed"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["idx10205", "idx10211", "issuer validation failed"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "TokenIssuerNotAllowed""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "TokenIssuerNotAllowed" or {thrown})"#,
            )
            .of(&["idx10205", "idx10211", "issuer validation failed"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["idx10205", "idx10211", "issuer validation failed"]),
        ],
        meaning: word("iss in the token is not among the issuers from openid-config / <issuers>."),
        causes: words(&[
            "Mixed Entra token versions: sts.windows.net/<tenant>/ (v1) against login.microsoftonline.com/<tenant>/v2.0 (v2)",
            "Wrong tenant, or 'common' metadata with a single-tenant issuer check",
        ]),
        fixes: words(&[
            "Use the /v2.0/ metadata for v2 tokens, or set accessTokenAcceptedVersion=2 on the API registration",
            "Add the other issuer explicitly under <issuers>",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.expired",
        family: "token-auth",
        title: word("Token expired or outside its lifetime"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "TokenExpired" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&[
                "idx10223",
                "idx10225",
                "idx10222",
                "idx10230",
                "token is expired",
                "lifetime validation failed",
            ]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "TokenExpired" and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "idx10223",
                "idx10225",
                "idx10222",
                "idx10230",
                "token is expired",
                "lifetime validation failed",
            ]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "idx10223",
                "idx10225",
                "idx10222",
                "idx10230",
                "token is expired",
                "lifetime validation failed",
            ]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "TokenExpired""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "TokenExpired" or {thrown})"#,
            )
            .of(&[
                "idx10223",
                "idx10225",
                "idx10222",
                "idx10230",
                "token is expired",
                "lifetime validation failed",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&[
                "idx10223",
                "idx10225",
                "idx10222",
                "idx10230",
                "token is expired",
                "lifetime validation failed",
            ]),
        ],
        meaning: word("exp has passed, or nbf is in the future, beyond clock-skew."),
        causes: words(&[
            "Client caches tokens and does not refresh",
            "Clock drift",
            "Long queueing before the call",
        ]),
        fixes: words(&[
            "Refresh on expiry; set clock-skew to a small value",
            "Fix the client clock",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.claim-missing",
        family: "token-auth",
        title: word("Required claim missing"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason in~ ("TokenClaimNotFound", "TokenClaimNotPresent") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["missing the following claims"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason in~ ("TokenClaimNotFound", "TokenClaimNotPresent") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["missing the following claims"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (401, 403)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["missing the following claims"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason in~ ("TokenClaimNotFound", "TokenClaimNotPresent")"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId in~ ("TokenClaimNotFound", "TokenClaimNotPresent") or {thrown})"#,
            )
            .of(&["missing the following claims"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("401", "403") and {body}"#,
            )
            .of(&["missing the following claims"]),
        ],
        meaning: word("A claim listed in <required-claims> is absent."),
        causes: words(&[
            "App role not assigned or admin consent not given",
            "Delegated vs application token (scp vs roles)",
            "Groups overage: groups claim replaced by a link",
        ]),
        fixes: words(&[
            "Assign the app role / grant consent",
            "Check the claim that matches the token type",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.claim-mismatch",
        family: "token-auth",
        title: word("Required claim has another value"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason in~ ("TokenClaimValueNotAllowed", "TokenClaimValueMismatch") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token")) and {said}"#,
            )
            .of(&["claim value mismatch", "claim mismatched"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason in~ ("TokenClaimValueNotAllowed", "TokenClaimValueMismatch") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["claim value mismatch", "claim mismatched"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (401, 403)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["claim value mismatch", "claim mismatched"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason in~ ("TokenClaimValueNotAllowed", "TokenClaimValueMismatch")"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId in~ ("TokenClaimValueNotAllowed", "TokenClaimValueMismatch") or {thrown})"#,
            )
            .of(&["claim value mismatch", "claim mismatched"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("401", "403") and {body}"#,
            )
            .of(&["claim value mismatch", "claim mismatched"]),
        ],
        meaning: word(
            "A required claim is present but none of its values is accepted. Real text is 'Claim value mismatch: <claim>=<value>.'; the reference table documents other wording.",
        ),
        causes: words(&[
            "aud/appid/azp/roles differ from the policy",
            "An earlier authentication-managed-identity policy overwrote Authorization, so the gateway's own token is checked",
            "match='all' with multiple values",
        ]),
        fixes: words(&[
            "Decode the token and compare the named claim",
            "Move validate-jwt before policies that replace Authorization",
            "Use match='any' or a separator where intended",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.metadata-unavailable",
        family: "token-auth",
        title: word("Gateway cannot load the identity provider's metadata or keys"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&[
                "idx20803",
                "idx20804",
                "idx20807",
                "idx10803",
                "unable to obtain configuration from",
                "unable to retrieve document from",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (401, 500)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "idx20803",
                "idx20804",
                "idx20807",
                "idx10803",
                "unable to obtain configuration from",
                "unable to retrieve document from",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "idx20803",
                "idx20804",
                "idx20807",
                "idx10803",
                "unable to obtain configuration from",
                "unable to retrieve document from",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("401", "500") and {body}"#,
            )
            .of(&[
                "idx20803",
                "idx20804",
                "idx20807",
                "idx10803",
                "unable to obtain configuration from",
                "unable to retrieve document from",
            ]),
        ],
        meaning: word("openid-config could not be fetched, so no token can be validated."),
        causes: words(&[
            "Outbound path from the APIM subnet to login.microsoftonline.com (or the IdP) blocked by NSG/UDR/firewall/DNS",
            "Wrong metadata URL",
            "Private CA on the IdP",
        ]),
        fixes: words(&[
            "Allow outbound to the IdP (AzureActiveDirectory tag)",
            "Fix the URL; test it from the VNet",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "jwt.other",
        family: "token-auth",
        title: word("Other JWT validation failure"),
        severity: Severity::Error,
        specificity: 13,
        clues: &[
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason in~ ("JwtInvalid", "Invalid JWT", "ValidationFailed") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token"))"#,
            ),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("validate-jwt", "validate-azure-ad-token") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason in~ ("JwtInvalid", "Invalid JWT", "ValidationFailed")"#,
            ),
            likely(
                EXCEPTIONS,
                9,
                r#"ProblemId in~ ("JwtInvalid", "Invalid JWT", "ValidationFailed") or OuterMessage has_any ("JwtInvalid", "Invalid JWT", "ValidationFailed")"#,
            ),
        ],
        meaning: word(
            "Catch-all reason: the message is whatever the token library returned (look for an IDXnnnnn code).",
        ),
        causes: words(&[
            "Unsupported algorithm, encrypted token, missing exp, or library-specific check",
        ]),
        fixes: words(&["Read the IDX code in LastErrorMessage; trace once with the debug API"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
    Signature {
        id: "entra.validate-azure-ad-token",
        family: "token-auth",
        title: word("validate-azure-ad-token rejected the token"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[certain(
            GATEWAY,
            7,
            r#"LastErrorSource =~ "validate-azure-ad-token" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
        )],
        meaning: word(
            "Entra-specific validation failed (tenant, client application id, audience, claims or lifetime).",
        ),
        causes: words(&[
            "Token from another tenant",
            "Client application id not listed under client-application-ids",
            "v2.0 tokens: users report a generic 'ValidationFailed' when moving from validate-jwt with azp claims to client-application-ids",
            "On MCP servers: policy set at API level while tool calls do not forward Authorization",
        ]),
        fixes: words(&[
            "Compare tid, appid/azp and aud with the policy",
            "If only v2 tokens fail, fall back to validate-jwt",
            "For MCP put the policy on the MCP server",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/validate-azure-ad-token-policy",
        ),
    },
    Signature {
        id: "jwt.client-visible-generic",
        family: "token-auth",
        title: word("Generic 'Access token is missing or invalid' (policy's custom text)"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[
            certain(
                GATEWAY,
                9,
                "ResponseCode == 401 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {answered}",
            )
            .of(&["access token is missing or invalid"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["access token is missing or invalid"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "401" and {body}"#,
            )
            .of(&["access token is missing or invalid"]),
        ],
        meaning: word(
            "This sentence is the failed-validation-error-message from the policy template, so it only appears in the client body. The true reason is in LastErrorReason/LastErrorMessage.",
        ),
        causes: words(&["Any validate-jwt / validate-azure-ad-token failure"]),
        fixes: words(&["Look at LastErrorReason for the same CorrelationId"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-jwt-policy"),
    },
];
