//! What a secret looks like: one entry a kind.

use crate::text::documentation;

/// One kind of secret.
#[derive(Debug)]
pub struct Rule {
    /// Which it is.
    pub kind: Kind,
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Where it is looked for.
    pub about: &'static str,
    /// Names whose values are secret.
    pub names: &'static [Name],
    /// A text that holds one, and the secret in it.
    pub example: (&'static str, &'static str),
}

/// The rules by name, in the order of [`RULES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the entries of the catalogue say it")]
pub enum Kind {
    SubscriptionKey,
    ApiKey,
    Authorization,
    Cookie,
    Jwt,
    Token,
    Signature,
    UrlKey,
    ConnectionString,
    UrlPassword,
    ModelKey,
    ProviderKey,
    PrivateKey,
    Email,
    IpAddress,
    Phone,
    Card,
}

impl Kind {
    /// The entry of the catalogue.
    pub(super) fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }
}

/// A name whose value is secret.
#[derive(Debug)]
pub struct Name {
    /// The name, in lower case, without dashes and low lines.
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
    /// Only where the value looks like a key, since the word is a common one.
    Key,
    /// Only where the value is no plain word, since the word is a common one.
    Mixed,
    /// Only where the value is a number of so many digits or more.
    Number(u8),
}

impl Shape {
    /// Whether the value decides, too.
    pub(super) const fn is_weak(self) -> bool {
        matches!(self, Self::Key | Self::Mixed | Self::Number(_))
    }
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

const fn key(text: &'static str) -> Name {
    Name {
        text,
        shape: Shape::Key,
    }
}

const fn number(text: &'static str, n_digits: u8) -> Name {
    Name {
        text,
        shape: Shape::Number(n_digits),
    }
}

/// Every rule.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::SubscriptionKey,
        id: "subscription-key",
        title: documentation("API Management subscription key"),
        about: documentation(
            "The header `Ocp-Apim-Subscription-Key`, the parameter `subscription-key`, and names that end so.",
        ),
        names: &[anywhere("subscriptionkey")],
        example: (
            documentation("GET /orders?subscription-key=5d1c9e&top=5"),
            documentation("5d1c9e"),
        ),
    },
    Rule {
        kind: Kind::ApiKey,
        id: "api-key",
        title: documentation("Key of an API, a model or a function"),
        about: documentation(
            "Headers, members and parameters whose name ends with `api-key`, `function-key`, `access-key`, `secret-key` and the like; with `key` where the value looks like one: twenty letters and digits or more, no GUID.",
        ),
        names: &[
            anywhere("apikey"),
            anywhere("functionkey"),
            anywhere("functionskey"),
            anywhere("masterkey"),
            anywhere("openaikey"),
            anywhere("accesskey"),
            anywhere("secretkey"),
            anywhere("storagekey"),
            anywhere("signingkey"),
            key("key"),
            key("credential"),
        ],
        example: (
            documentation(r#"{"api-key":"0f7a","Accept":"*/*"}"#),
            documentation("0f7a"),
        ),
    },
    Rule {
        kind: Kind::Authorization,
        id: "authorization",
        title: documentation("Credentials of a request"),
        about: documentation(
            "What follows the scheme in `Authorization`, and what follows `Bearer` or `Basic` anywhere.",
        ),
        names: &[Name {
            text: "authorization",
            shape: Shape::Credentials,
        }],
        example: (
            documentation(r#"{"Authorization":["Bearer abc.def"]}"#),
            documentation("abc.def"),
        ),
    },
    Rule {
        kind: Kind::Cookie,
        id: "cookie",
        title: documentation("Cookies"),
        about: documentation("The headers `Cookie` and `Set-Cookie`."),
        names: &[Name {
            text: "cookie",
            shape: Shape::Line,
        }],
        example: (
            documentation("Cookie: session=4711; lang=en"),
            documentation("session=4711; lang=en"),
        ),
    },
    Rule {
        kind: Kind::Jwt,
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
        kind: Kind::Token,
        id: "token",
        title: documentation("Token or password of a sign-in"),
        about: documentation(
            "Names that end with `access_token`, `client_secret`, `password` and the like; with `token` where the value looks like a key, with `secret` where it is six characters with a digit or more. So do sentences (`password is …`), elements of XML and values of policies.",
        ),
        names: &[
            anywhere("accesstoken"),
            anywhere("refreshtoken"),
            anywhere("idtoken"),
            anywhere("apitoken"),
            anywhere("authtoken"),
            anywhere("sessiontoken"),
            anywhere("securitytoken"),
            anywhere("sastoken"),
            anywhere("bottoken"),
            anywhere("clientprincipal"),
            anywhere("clientsecret"),
            anywhere("appsecret"),
            anywhere("sharedsecret"),
            anywhere("clientassertion"),
            anywhere("codeverifier"),
            anywhere("password"),
            anywhere("passwd"),
            anywhere("passphrase"),
            anywhere("pwd"),
            key("token"),
            Name {
                text: "secret",
                shape: Shape::Mixed,
            },
        ],
        example: (
            documentation("grant_type=password&client_secret=s3&scope=x"),
            documentation("s3"),
        ),
    },
    Rule {
        kind: Kind::Signature,
        id: "signature",
        title: documentation("Signature of a signed address"),
        about: documentation(
            "The parameter `sig` of shared access signatures and of callback addresses, and its like of other clouds.",
        ),
        names: &[
            parameter("sig"),
            parameter("xamzsignature"),
            parameter("xgoogsignature"),
        ],
        example: (
            documentation("https://a.example.net/c?sv=2024&sig=Zm9v%2Bw%3D&se=2026"),
            documentation("Zm9v%2Bw%3D"),
        ),
    },
    Rule {
        kind: Kind::UrlKey,
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
        kind: Kind::ConnectionString,
        id: "connection-string",
        title: documentation("Key in a connection string"),
        about: documentation(
            "`SharedAccessKey`, `AccountKey`, `SharedSecretValue`, `SharedAccessSignature`, `InstrumentationKey`; passwords in them are tokens.",
        ),
        names: &[
            anywhere("sharedaccesskey"),
            anywhere("accountkey"),
            anywhere("sharedsecretvalue"),
            anywhere("sharedaccesssignature"),
            anywhere("instrumentationkey"),
        ],
        example: (
            documentation(
                "Endpoint=sb://n.example.net/;SharedAccessKeyName=Send;SharedAccessKey=q/w+e=;EntityPath=p",
            ),
            documentation("q/w+e="),
        ),
    },
    Rule {
        kind: Kind::UrlPassword,
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
        kind: Kind::ModelKey,
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
    Rule {
        kind: Kind::ProviderKey,
        id: "provider-key",
        title: documentation("Key of a cloud or of a service"),
        about: documentation(
            "Words that begin as keys of AWS (`AKIA`), GitHub (`ghp_`), Slack (`xox`), Google (`AIza`) and others do, and keys of Azure with its mark `JQQJ99` inside or `8Q~` in front.",
        ),
        names: &[],
        example: (
            documentation("aws configure set id AKIAIOSFODNN7EXAMPLE --profile x"),
            documentation("AKIAIOSFODNN7EXAMPLE"),
        ),
    },
    Rule {
        kind: Kind::PrivateKey,
        id: "private-key",
        title: documentation("Private key"),
        about: documentation(
            "From `-----BEGIN … PRIVATE KEY-----` to its end, or as far as it was not cut.",
        ),
        names: &[],
        example: (
            documentation("pem -----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----."),
            documentation("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----"),
        ),
    },
    Rule {
        kind: Kind::Email,
        id: "email",
        title: documentation("E-mail address"),
        about: documentation(
            "`name@host.ending`, also with `%40`; packages with versions (`name@1.2.3`) and sizes of pictures (`@2x.png`) are none.",
        ),
        names: &[],
        example: (
            documentation("mail to jo.doe+logs@example.com, please"),
            documentation("jo.doe+logs@example.com"),
        ),
    },
    Rule {
        kind: Kind::IpAddress,
        id: "ip-address",
        title: documentation("IP address"),
        about: documentation(
            "IPv4 and IPv6; a port, a zone and the length of a prefix stay. Loopback, masks, `0.…` and `….0.0.0` stay, and so does what a version is written like: behind a name and a slash (`Chrome/120.0.0.0`), behind `version`, `build` and the like, in single digits (`1.2.3.4`) unless a name as `ip`, `address`, `for` or `host`, `://` or a port tells.",
        ),
        names: &[],
        example: (
            documentation("X-Forwarded-For: 203.0.113.7:51234"),
            documentation("203.0.113.7"),
        ),
    },
    Rule {
        kind: Kind::Phone,
        id: "phone",
        title: documentation("Phone number"),
        about: documentation(
            "With `+` and country code (8 to 15 digits, 9 where nothing parts them), as `(212) 555-0123`, or behind a name as `phone` and `tel`; other numbers stay, since nothing tells them apart.",
        ),
        names: &[
            number("phone", 5),
            number("phonenumber", 5),
            number("telephone", 5),
            number("mobile", 5),
            number("mobilenumber", 5),
            number("msisdn", 5),
            number("tel", 5),
        ],
        example: (
            documentation("call +49 30 1234567 at once"),
            documentation("+49 30 1234567"),
        ),
    },
    Rule {
        kind: Kind::Card,
        id: "card",
        title: documentation("Payment card number"),
        about: documentation(
            "13 to 19 digits, in one piece or in the groups of cards, that begin as cards do and whose check digit is right; or behind a name as `cardNumber` and `cvv`.",
        ),
        names: &[
            number("cardnumber", 4),
            number("creditcard", 4),
            number("debitcard", 4),
            number("cvv", 3),
            number("cvc", 3),
        ],
        example: (
            documentation("paid with 4111 1111 1111 1111 (visa)"),
            documentation("4111 1111 1111 1111"),
        ),
    },
];

/// The longest word that is looked up.
pub(super) const MAX_NAME_BYTES: usize = 64;

/// From so many letters on, a name is known wherever a word ends with it.
const LONG_NAME: usize = 8;

/// Which last two letters names have: a bit for the last but one in the number of the last.
static ENDINGS: [u32; 32] = endings();

const fn endings() -> [u32; 32] {
    let mut endings = [0; 32];
    let mut rule = 0;
    while rule < RULES.len() {
        let names = RULES[rule].names;
        let mut name = 0;
        while name < names.len() {
            let bytes = names[name].text.as_bytes();
            let n_bytes = bytes.len();
            endings[(bytes[n_bytes - 1] & 31) as usize] |= 1 << (bytes[n_bytes - 2] & 31);
            name += 1;
        }
        rule += 1;
    }
    endings
}

/// The rules and shapes of a word that is a name, or ends with one: `OPENAI_API_KEY`, `openAiApiKey`.
/// First the longest name that says enough, then one whose value decides.
pub(super) fn named(word: &[u8]) -> [Option<(Kind, Shape)>; 2] {
    let mut named = [None; 2];
    let [.., second, last] = word else {
        return named;
    };
    if ENDINGS[usize::from(last & 31)] >> (second & 31) & 1 == 0 || word.len() > MAX_NAME_BYTES {
        return named;
    }
    let mut n_bytes = [0; 2];
    for rule in RULES {
        for name in rule.names {
            let place = usize::from(name.shape.is_weak());
            if name.text.len() > n_bytes[place] && is_named(word, name) {
                n_bytes[place] = name.text.len();
                named[place] = Some((rule.kind, name.shape));
            }
        }
    }
    named
}

/// Whether a word in any case is a name, or ends with one where a new word of it begins.
fn is_named(word: &[u8], name: &Name) -> bool {
    let is_separator = |byte: u8| byte == b'-' || byte == b'_';
    let mut start = word.len();
    for &letter in name.text.as_bytes().iter().rev() {
        let mut byte = b'-';
        while is_separator(byte) {
            let Some(&before) = start.checked_sub(1).and_then(|at| word.get(at)) else {
                return false;
            };
            byte = before;
            start -= 1;
        }
        if byte.to_ascii_lowercase() != letter {
            return false;
        }
    }
    let Some((&first, &before)) = word.get(start).zip(word.get(start.wrapping_sub(1))) else {
        return true;
    };
    name.shape != Shape::Parameter
        && (name.text.len() >= LONG_NAME
            || is_separator(before)
            || (first.is_ascii_uppercase() && !before.is_ascii_uppercase()))
}
