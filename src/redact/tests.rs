use super::*;
use crate::value::dynamic::Dynamic;
use std::collections::BTreeSet;

const KEY: [u64; 2] = [7, 11];

fn redacted(text: &str) -> String {
    apply(
        text,
        &Options {
            key: KEY,
            ..Options::default()
        },
    )
}

fn secrets(text: &str) -> Vec<&str> {
    find(text).iter().map(|found| found.span.of(text)).collect()
}

/// Pieces of the texts that properties are tried on.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn pick<'p>(&mut self, pieces: &[&'p str]) -> &'p str {
        pieces[self.below(pieces.len())]
    }
}

#[test]
fn rules_find_their_examples() {
    let mut ids = BTreeSet::new();
    for rule in rules() {
        assert!(
            ids.insert(rule.id) && rule.about.ends_with('.'),
            "{}",
            rule.id
        );
        assert!(
            rule.names
                .iter()
                .all(|name| name.text == name.text.to_lowercase()
                    && name.text.len() <= rule::MAX_NAME_BYTES)
        );
        let (text, secret) = rule.example;
        let found = find(text);
        assert_eq!(secrets(text), [secret], "{}", rule.id);
        assert_eq!(found[0].rule.id, rule.id);
    }
}

#[test]
fn names_are_found_in_every_dress() {
    for text in [
        "Ocp-Apim-Subscription-Key: S3CRET",
        "OCP-APIM-SUBSCRIPTION-KEY=S3CRET",
        r#"{"Ocp-Apim-Subscription-Key":"S3CRET","a":1}"#,
        r#"{"Ocp-Apim-Subscription-Key" : [ "S3CRET" ]}"#,
        r#"{"RequestHeaders":"{\"Ocp-Apim-Subscription-Key\":\"S3CRET\"}"}"#,
        r#""{\\\"api-key\\\": \\\"S3CRET\\\"}""#,
        r#"x,"{""api-key"":""S3CRET""}",y"#,
        r#"{"name":"api-key","value":"S3CRET"}"#,
        r#"{\"name\": \"Authorization\", \"value\": \"Bearer S3CRET\"}"#,
        "| api-key | S3CRET |",
        "`api-key`: `S3CRET`",
        "headers['api-key'] = 'S3CRET'",
        "curl --api-key=S3CRET --verbose",
        "https://x.example.net/a?subscription-key=S3CRET",
        "https://x.example.net/a?b=1&SUBSCRIPTION-KEY=S3CRET#top",
        r#"{"Url":"https://x.example.net/a?b=1\u0026sig=S3CRET\u0026c=2"}"#,
        "[link](https://x.example.net/a?sig=S3CRET)",
        "<a href='https://x.example.net/a?a=1&amp;code=S3CRET'>",
        "https://x.example.net/?next=https%3A%2F%2Fy%2F%3Fa%3D1%26sig%3DS3CRET%26b%3D2",
        r#"{"body":"code=S3CRET&grant_type=authorization_code"}"#,
        r#"{"body":"GET / HTTP/1.1\r\nAuthorization: Bearer S3CRET\r\nHost: x"}"#,
        "Authorization: Basic S3CRET",
        "AccountName=a;AccountKey=S3CRET;EndpointSuffix=x",
        "https://user:S3CRET@x.example.net/",
    ] {
        assert_eq!(secrets(text), ["S3CRET"], "{text}");
    }
}

#[test]
fn values_are_whole() {
    for (text, secret) in [
        (
            r#"{"Authorization":"SharedAccessSignature sr=x&sig=y&se=1"}"#,
            "sr=x&sig=y&se=1",
        ),
        (
            r#"{"Authorization":"HMAC-SHA256 SignedHeaders=host&Signature=y"}"#,
            "SignedHeaders=host&Signature=y",
        ),
        (r#"{"api-key":"a b, c; d"}"#, "a b, c; d"),
        (r#"{"api-key":"a\"b"}"#, r#"a\"b"#),
        (r#"{"api-key":"a\\"}"#, r"a\\"),
        (r#"{"b":"{\"api-key\":\"a\\\"b\"}"}"#, r#"a\\\"b"#),
        (r#"{"c":"x;AccountKey=q\u002Bw\/e=;y"}"#, r"q\u002Bw\/e="),
        ("Bearer abcdefgh12345678.x-y_z~", "abcdefgh12345678.x-y_z~"),
        (r#"{"api-key":123}"#, "123"),
    ] {
        assert_eq!(secrets(text), [secret], "{text}");
    }
    assert_eq!(secrets(r#"{"Cookie":["a=1","b=2"]}"#), ["a=1", "b=2"]);
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "Access denied due to missing subscription key. Make sure to include subscription key.",
        "Header Ocp-Apim-Subscription-Key was not found in the request. Access denied.",
        "Bearer token was not found",
        "Basic authentication required",
        "responseCode=500&statuscode=1",
        r#"{"code":"429","key":"a"}"#,
        r#"{"api-key":null,"api-key":"","api-key":"***","api-key":"xxxx"}"#,
        "| where RequestHeaders['api-key'] == 'x'",
        "https://x.example.net/{subscription-key}?subscription-key={key}",
        "https://x.example.net:8080/a@b",
        "eyJub3QiOjF9",
        "design.sig=5",
        "",
    ] {
        assert_eq!(secrets(text), [""; 0], "{text}");
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn equal_secrets_have_equal_pseudonyms() {
    let one = redacted("?sig=a%2Bb");
    let two = redacted(r"?sig=a\u002Bb");
    let name = pseudonym::of("a+b", KEY);
    assert_eq!((one, two), (format!("?sig={name}"), format!("?sig={name}")));
    assert_ne!(apply("?sig=a", &Options::default()), redacted("?sig=a"));
    let keep = Options {
        key: KEY,
        keep: vec!["signature".to_owned()],
    };
    assert_eq!(
        apply("?sig=a&code=b", &keep),
        format!("?sig=a&code={}", pseudonym::of("b", KEY))
    );
}

const SECRETS: [&str; 6] = [
    "S3CRET",
    "p+w/d==",
    "a%2Bb%3D",
    "0123456789abcdef0123456789abcdef",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2ln",
    "x~1-2_3.4",
];

/// Text as it comes: names, secrets and separators in any order.
fn soup(random: &mut Random) -> String {
    let pieces = [
        "api-key",
        "Authorization",
        "Bearer ",
        "Basic ",
        "sig",
        "code=",
        "key",
        "cookie",
        ": ",
        ":",
        "=",
        "%3D",
        "&",
        "?",
        "\\u0026",
        "\"",
        "\\\"",
        "\\\\\\\"",
        "\"\"",
        "'",
        "`",
        "{",
        "}",
        "[",
        "]",
        ",",
        "|",
        "\\",
        "\\n",
        "\n",
        " ",
        "é",
        "😀",
        "eyJ",
        "eyJhbGciOi.",
        "sk-",
        "://",
        "@",
        "name",
        "value",
        "hidden-",
        "0123456789",
        "%",
        "%2",
        "\\u00",
        "***",
        "null",
        ";",
    ];
    (0..random.below(40))
        .map(|_| {
            if random.below(6) == 0 {
                random.pick(&SECRETS)
            } else {
                random.pick(&pieces)
            }
        })
        .collect()
}

#[test]
fn any_text_has_places_in_order_and_is_redacted_once() {
    let mut random = Random(0x5eed);
    for _ in 0..40_000 {
        let text = soup(&mut random);
        let mut end = 0;
        for found in find(&text) {
            assert!(
                found.span.start >= end && found.span.end > found.span.start,
                "{text:?}"
            );
            assert!(
                text.get(found.span.start as usize..found.span.end as usize)
                    .is_some(),
                "{text:?}"
            );
            end = found.span.end;
        }
        let once = redacted(&text);
        assert_eq!(redacted(&once), once, "{text:?}");
    }
}

/// A JSON value as exports have them, with secrets at places that rules know.
fn json(random: &mut Random, depth: usize, n_secrets: &mut usize) -> Dynamic {
    let plain = [
        "a",
        "",
        "é\"\\/\n",
        "10",
        "https://x.example.net/?a=1&b=2",
        "Bearer",
        "key: value",
        "\u{1}",
    ];
    match random.below(if depth == 0 { 3 } else { 7 }) {
        0 => Dynamic::Long(random.below(999) as i64),
        1 => Dynamic::string(random.pick(&plain)),
        2 => {
            *n_secrets += 1;
            let secret = random.pick(&SECRETS);
            Dynamic::string(&match random.below(4) {
                0 => format!("https://x.example.net/a?b=1&sig={secret}&c=2"),
                1 => format!("Endpoint=x;SharedAccessKey={secret};EntityPath=y"),
                2 => format!("subscription-key={secret}"),
                _ => format!("X: 1\r\nAuthorization: Bearer {secret}\r\n"),
            })
        }
        // JSON inside JSON.
        3 => Dynamic::string(&json(random, depth - 1, n_secrets).to_json()),
        4 => Dynamic::array(
            (0..random.below(4))
                .map(|_| json(random, depth - 1, n_secrets))
                .collect(),
        ),
        _ => {
            let members = (0..random.below(5)).map(|_| {
                let name = random.pick(&[
                    "Ocp-Apim-Subscription-Key",
                    "api-key",
                    "Authorization",
                    "Accept",
                    "key",
                    "a\"b",
                ]);
                let is_secret = matches!(
                    name,
                    "Ocp-Apim-Subscription-Key" | "api-key" | "Authorization"
                );
                let value = if is_secret {
                    *n_secrets += 1;
                    let secret = Dynamic::string(random.pick(&SECRETS));
                    if random.below(3) == 0 {
                        Dynamic::array(vec![secret])
                    } else {
                        secret
                    }
                } else {
                    json(random, depth - 1, n_secrets)
                };
                (name.into(), value)
            });
            Dynamic::bag(members.collect())
        }
    }
}

#[test]
fn json_stays_json_and_loses_its_secrets() {
    let mut random = Random(0xcafe);
    let (mut n_texts, mut n_secrets) = (0, 0);
    for _ in 0..4_000 {
        let value = json(&mut random, 4, &mut n_secrets);
        let text = value.to_json();
        let after = redacted(&text);
        let read = Dynamic::parse(&after).unwrap_or_else(|| panic!("{text}\n{after}"));
        assert_eq!(shape(&read), shape(&value), "{text}\n{after}");
        for secret in SECRETS {
            assert!(!after.contains(secret), "{secret}: {text}\n{after}");
        }
        n_texts += 1;
    }
    assert!(n_secrets > n_texts, "{n_secrets}");
}

/// What stays of a JSON text when its strings are taken away.
fn shape(value: &Dynamic) -> String {
    match value {
        Dynamic::Array(_) => {
            let items = value.items().unwrap_or_default().iter().map(shape);
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        Dynamic::Bag(_) => {
            let members = value.members().unwrap_or_default().iter();
            format!(
                "{{{}}}",
                members
                    .map(|(name, value)| format!("{name}:{}", shape(value)))
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }
        Dynamic::String(_) => "s".to_owned(),
        other => other.to_json(),
    }
}

#[test]
fn addresses_stay_addresses() {
    let mut random = Random(0xbeef);
    for _ in 0..4_000 {
        let mut address = String::from("https://x.example.net/a/b");
        let mut names = Vec::new();
        for at in 0..random.below(6) {
            let name = random.pick(&[
                "subscription-key",
                "sig",
                "code",
                "key",
                "api-version",
                "access_token",
                "q",
            ]);
            address += &format!(
                "{}{name}={}",
                if at == 0 { '?' } else { '&' },
                random.pick(&SECRETS)
            );
            names.push(name);
        }
        let after = redacted(&address);
        let parts = |address: &str| -> Vec<String> {
            address
                .split(['?', '&'])
                .map(|part| part.split('=').next().unwrap_or_default().to_owned())
                .collect()
        };
        assert_eq!(parts(&after), parts(&address), "{after}");
        let is_address = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?&=%+".contains(&byte);
        assert!(after.bytes().all(is_address), "{after}");
        let n_named = names
            .iter()
            .filter(|name| !matches!(**name, "q" | "api-version"))
            .count();
        assert!(
            after.matches("hidden-").count() >= n_named,
            "{address}\n{after}"
        );
    }
}

#[test]
fn long_texts_take_linear_time() {
    for piece in [
        "api-key:\"",
        "Bearer ",
        "eyJ.",
        "eyJaaaaaaaa.",
        "\\",
        "\\\"",
        "://a:",
        "Authorization: a ",
        "\"api-key\":[\"",
        "%26sig%3D",
        "sk-",
        "{\"name\":\"api-key\",",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let start = std::time::Instant::now();
        assert!(!redacted(&text).is_empty());
        assert!(start.elapsed().as_secs() < 10, "{piece}");
    }
}
