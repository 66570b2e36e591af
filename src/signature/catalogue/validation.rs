//! Signatures of the family `validation`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "validate.body-schema",
        family: "validation",
        title: word("Request body does not match the schema"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&["body of the request does not conform"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 400) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["body of the request does not conform"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["body of the request does not conform"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&["body of the request does not conform"]),
        ],
        meaning: word(
            "validate-content (prevent) found a schema violation; the message ends with the JSON error and 'Line: n, Position: m'.",
        ),
        causes: words(&[
            "Client sent the wrong type/missing property",
            "Schema in APIM older than the backend's",
            "additionalProperties false",
        ]),
        fixes: words(&[
            "Fix the payload or re-import the schema",
            "Run the policy in detect mode first",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
    Signature {
        id: "validate.body-exception",
        family: "validation",
        title: word("Request body could not be parsed for validation"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&["body of the request cannot be validated"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 400) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["body of the request cannot be validated"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["body of the request cannot be validated"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&["body of the request cannot be validated"]),
        ],
        meaning: word("The body could not be read as the declared content type."),
        causes: words(&["Malformed JSON/XML", "Wrong charset or compressed body"]),
        fixes: words(&["Send well-formed content; check Content-Encoding"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
    Signature {
        id: "validate.body-size",
        family: "validation",
        title: word("Request body larger than max-size"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&["bytes long and it exceeds"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (400, 413)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["bytes long and it exceeds"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["bytes long and it exceeds"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("400", "413") and {body}"#,
            )
            .of(&["bytes long and it exceeds"]),
        ],
        meaning: word("validate-content max-size check."),
        causes: words(&["Large upload"]),
        fixes: words(&["Raise max-size or use direct upload"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
    Signature {
        id: "validate.content-type",
        family: "validation",
        title: word("Content type not in the API schema"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&["unspecified content type"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (400, 415)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["unspecified content type"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["unspecified content type"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("400", "415") and {body}"#,
            )
            .of(&["unspecified content type"]),
        ],
        meaning: word("unspecified-content-type-action=prevent."),
        causes: words(&["Missing Content-Type", "Vendor type not declared"]),
        fixes: words(&["Declare the type or map it with content-type-map"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
    Signature {
        id: "validate.schema-missing",
        family: "validation",
        title: word("API has no usable schema"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&[
                "schema does not exist",
                "schema does not specify definitions",
                "schema doesn't exist",
                "does not contain definition",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (400, 500)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "schema does not exist",
                "schema does not specify definitions",
                "schema doesn't exist",
                "does not contain definition",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "schema does not exist",
                "schema does not specify definitions",
                "schema doesn't exist",
                "does not contain definition",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("400", "500") and {body}"#,
            )
            .of(&[
                "schema does not exist",
                "schema does not specify definitions",
                "schema doesn't exist",
                "does not contain definition",
            ]),
        ],
        meaning: word(
            "The validation policy has nothing to validate against; callers only see an internal-error text.",
        ),
        causes: words(&[
            "API imported with management API before 2021-01-01-preview",
            "Schema larger than 4 MB",
        ]),
        fixes: words(&["Re-import the API; split the schema"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
    Signature {
        id: "validate.response",
        family: "validation",
        title: word("Response blocked by outbound validation"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and {said}"#,
            )
            .of(&[
                "body of the response does not conform",
                "body of the response cannot be validated",
                "response's body is",
                "the request could not be processed due to an internal error. contact the api owner",
                "unspecified header",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 502) and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "body of the response does not conform",
                "body of the response cannot be validated",
                "response's body is",
                "the request could not be processed due to an internal error. contact the api owner",
                "unspecified header",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "body of the response does not conform",
                "body of the response cannot be validated",
                "response's body is",
                "the request could not be processed due to an internal error. contact the api owner",
                "unspecified header",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "502" and {body}"#,
            )
            .of(&[
                "body of the response does not conform",
                "body of the response cannot be validated",
                "response's body is",
                "the request could not be processed due to an internal error. contact the api owner",
                "unspecified header",
            ]),
        ],
        meaning: word(
            "An outbound validation policy with action=prevent rejected a backend response. Caller gets 502 although the backend answered normally.",
        ),
        causes: words(&["Backend changed its contract", "Schema too strict"]),
        fixes: words(&["Switch to detect, fix the schema or the backend"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
    Signature {
        id: "validate.param-unspecified",
        family: "validation",
        title: word("Parameter not declared in the API"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&[
                "unspecified query parameter",
                "unspecified header",
                "unspecified path parameter",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 400) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "unspecified query parameter",
                "unspecified header",
                "unspecified path parameter",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "unspecified query parameter",
                "unspecified header",
                "unspecified path parameter",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&[
                "unspecified query parameter",
                "unspecified header",
                "unspecified path parameter",
            ]),
        ],
        meaning: word("unspecified-parameter-action=prevent."),
        causes: words(&[
            "Tracking query strings added by browsers/edge",
            "Undeclared headers",
        ]),
        fixes: words(&["Declare them or set ignore"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/validate-parameters-policy",
        ),
    },
    Signature {
        id: "validate.param-value",
        family: "validation",
        title: word("Parameter value breaks its definition"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&[
                "does not conform to the definition",
                "parsed according to the definition",
                "cannot contain multiple values for the",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 400) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "does not conform to the definition",
                "parsed according to the definition",
                "cannot contain multiple values for the",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "does not conform to the definition",
                "parsed according to the definition",
                "cannot contain multiple values for the",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&[
                "does not conform to the definition",
                "parsed according to the definition",
                "cannot contain multiple values for the",
            ]),
        ],
        meaning: word("A query/path/header value has the wrong type, format or multiplicity."),
        causes: words(&["Empty or repeated parameter", "Enum/format mismatch"]),
        fixes: words(&["Fix the client or the declared type"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/validate-parameters-policy",
        ),
    },
    Signature {
        id: "validate.status-code",
        family: "validation",
        title: word("Undeclared backend status code blocked"),
        severity: Severity::Error,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                16,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and isnotempty(LastErrorSource) and {said}"#,
            )
            .of(&["response status code"]),
            likely(
                GATEWAY,
                12,
                "(isnull(ResponseCode) or ResponseCode == 502) and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and isempty(LastErrorSource) and isnotempty(LastErrorSource) and {guessed}",
            )
            .of(&["response status code"]),
            likely(EXCEPTIONS, 14, "({thrown})").of(&["response status code"]),
            likely(REQUESTS, 14, r#"ResultCode =~ "502" and {body}"#).of(&["response status code"]),
        ],
        meaning: word("validate-status-code (prevent) saw a status the API does not declare."),
        causes: words(&["Backend returned an undocumented error"]),
        fixes: words(&["Declare the code or use detect"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/validate-status-code-policy",
        ),
    },
    Signature {
        id: "validate.generic",
        family: "validation",
        title: word("Content validation policy failed"),
        severity: Severity::Error,
        specificity: 12,
        clues: &[
            certain(
                GATEWAY,
                14,
                r#"LastErrorReason in~ ("Bad request", "BadRequest", "Response not allowed", "ValidationFailed") and (isempty(LastErrorSource) or LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code"))"#,
            ),
            likely(
                GATEWAY,
                6,
                r#"LastErrorSource in~ ("validate-content", "validate-parameters", "validate-headers", "validate-status-code") and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                6,
                r#"LastErrorReason in~ ("Bad request", "BadRequest", "Response not allowed", "ValidationFailed")"#,
            ),
            likely(
                EXCEPTIONS,
                8,
                r#"ProblemId in~ ("Bad request", "BadRequest", "Response not allowed", "ValidationFailed") or OuterMessage has_any ("Bad request", "BadRequest", "Response not allowed", "ValidationFailed")"#,
            ),
        ],
        meaning: word(
            "A content-validation policy with action=prevent stopped the request (400 inbound, 502 outbound). Details are in the policy's errors variable.",
        ),
        causes: words(&["See message"]),
        fixes: words(&["Log the errors-variable with a trace policy"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/validate-content-policy"),
    },
];
