//! What a secret looks like: one entry a kind.

use crate::text::documentation;

/// One kind of secret.
#[derive(Debug)]
pub struct Rule {
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Where it is looked for.
    pub about: &'static str,
    /// Names whose values are secret, in lower case.
    pub names: &'static [Name],
    /// A text that holds one, and the secret in it.
    pub example: (&'static str, &'static str),
}

/// A name whose value is secret.
#[derive(Debug)]
pub struct Name {
    /// The name, in lower case.
    pub text: &'static str,
    /// Where it must stand, and how far its value goes.
    pub shape: Shape,
}

/// Where a name must stand, and how far its value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Anywhere: a header, a member, a parameter, a part of a connection string.
    Anywhere,
    /// Only as a parameter behind `=`, since the word is a common one.
    Parameter,
    /// A header whose value begins with a scheme, which stays.
    Credentials,
    /// A header whose value goes to the end of its line.
    Line,
}

const fn anywhere(text: &'static str) -> Name {
    Name {
        text,
        shape: Shape::Anywhere,
    }
}

const fn parameter(text: &'static str) -> Name {
    Name {
        text,
        shape: Shape::Parameter,
    }
}

/// Every rule.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "subscription-key",
        title: documentation("API Management subscription key"),
        about: documentation(
            "The header `Ocp-Apim-Subscription-Key` and the parameter `subscription-key`.",
        ),
        names: &[
            anywhere("ocp-apim-subscription-key"),
            anywhere("subscription-key"),
        ],
        example: (
            documentation("GET /orders?subscription-key=5d1c9e&top=5"),
            documentation("5d1c9e"),
        ),
    },
    Rule {
        id: "api-key",
        title: documentation("Key of an API, a model or a function"),
        about: documentation(
            "The headers and parameters `api-key`, `x-api-key`, `apikey` and `x-functions-key`.",
        ),
        names: &[
            anywhere("api-key"),
            anywhere("x-api-key"),
            anywhere("apikey"),
            anywhere("api_key"),
            anywhere("x-functions-key"),
        ],
        example: (
            documentation(r#"{"api-key":"0f7a","Accept":"*/*"}"#),
            documentation("0f7a"),
        ),
    },
    Rule {
        id: "authorization",
        title: documentation("Credentials of a request"),
        about: documentation(
            "What follows the scheme in `Authorization`, and what follows `Bearer` or `Basic` anywhere.",
        ),
        names: &[
            Name {
                text: "authorization",
                shape: Shape::Credentials,
            },
            Name {
                text: "proxy-authorization",
                shape: Shape::Credentials,
            },
        ],
        example: (
            documentation(r#"{"Authorization":["Bearer abc.def"]}"#),
            documentation("abc.def"),
        ),
    },
    Rule {
        id: "cookie",
        title: documentation("Cookies"),
        about: documentation("The headers `Cookie` and `Set-Cookie`."),
        names: &[
            Name {
                text: "cookie",
                shape: Shape::Line,
            },
            Name {
                text: "set-cookie",
                shape: Shape::Line,
            },
        ],
        example: (
            documentation("Cookie: session=4711; lang=en"),
            documentation("session=4711; lang=en"),
        ),
    },
    Rule {
        id: "jwt",
        title: documentation("JSON Web Token"),
        about: documentation(
            "Three parts in base64 joined by points, the first of which begins with `eyJ`.",
        ),
        names: &[],
        example: (
            documentation("token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl expired"),
            documentation("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl"),
        ),
    },
    Rule {
        id: "token",
        title: documentation("Token or password of a sign-in"),
        about: documentation(
            "`access_token`, `refresh_token`, `id_token`, `client_secret`, `client_assertion` and `password`.",
        ),
        names: &[
            anywhere("access_token"),
            anywhere("refresh_token"),
            anywhere("id_token"),
            anywhere("client_secret"),
            anywhere("client_assertion"),
            anywhere("password"),
        ],
        example: (
            documentation("grant_type=password&client_secret=s3&scope=x"),
            documentation("s3"),
        ),
    },
    Rule {
        id: "signature",
        title: documentation("Signature of a signed address"),
        about: documentation(
            "The parameter `sig` of shared access signatures and of callback addresses.",
        ),
        names: &[parameter("sig")],
        example: (
            documentation("https://a.example.net/c?sv=2024&sig=Zm9v%2Bw%3D&se=2026"),
            documentation("Zm9v%2Bw%3D"),
        ),
    },
    Rule {
        id: "url-key",
        title: documentation("Key in an address"),
        about: documentation("The parameters `code` (functions, sign-in) and `key`."),
        names: &[parameter("code"), parameter("key")],
        example: (
            documentation("https://f.example.net/api/run?code=a1b2=="),
            documentation("a1b2=="),
        ),
    },
    Rule {
        id: "connection-string",
        title: documentation("Key in a connection string"),
        about: documentation(
            "`SharedAccessKey`, `AccountKey`, `SharedSecretValue` and `SharedAccessSignature`.",
        ),
        names: &[
            anywhere("sharedaccesskey"),
            anywhere("accountkey"),
            anywhere("sharedsecretvalue"),
            anywhere("sharedaccesssignature"),
        ],
        example: (
            documentation(
                "Endpoint=sb://n.example.net/;SharedAccessKeyName=Send;SharedAccessKey=q/w+e=;EntityPath=p",
            ),
            documentation("q/w+e="),
        ),
    },
    Rule {
        id: "url-password",
        title: documentation("Password in an address"),
        about: documentation("What stands between the name of the user and `@` of an address."),
        names: &[],
        example: (
            documentation("amqps://user:pa55@queue.example.net/"),
            documentation("pa55"),
        ),
    },
    Rule {
        id: "model-key",
        title: documentation("Key of a model provider"),
        about: documentation(
            "Words that begin with `sk-` and go on for twenty characters or more.",
        ),
        names: &[],
        example: (
            documentation("key sk-abcdefghij0123456789 was refused"),
            documentation("sk-abcdefghij0123456789"),
        ),
    },
];

/// The rule and the shape of a name, in any case.
pub(super) fn named(word: &str) -> Option<(&'static Rule, Shape)> {
    RULES.iter().find_map(|rule| {
        Some((
            rule,
            rule.names
                .iter()
                .find(|name| name.text.eq_ignore_ascii_case(word))?
                .shape,
        ))
    })
}

/// The longest name.
pub(super) const MAX_NAME_BYTES: usize = 32;

/// The rule of an id.
pub(super) fn of(id: &str) -> &'static Rule {
    RULES
        .iter()
        .find(|rule| rule.id == id)
        .expect("invariant: ids of rules are literals of this folder")
}
