use super::own::OwnRule;
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

fn named_secrets(text: &str) -> Vec<(String, &str)> {
    let options = Options::default();
    let found = find(text, &options);
    let named = found
        .iter()
        .map(|found| (found.rule.to_owned(), found.span.of(text)));
    named.collect()
}

fn secrets(text: &str) -> Vec<&str> {
    let named = named_secrets(text);
    named.into_iter().map(|(_, secret)| secret).collect()
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
            ids.insert(rule.id) && rule.about.ends_with('.') && rule.kind as usize + 1 == ids.len(),
            "{}",
            rule.id
        );
        assert!(rule.names.iter().all(
            |name| name.text.bytes().all(|byte| byte.is_ascii_lowercase()) && name.text.len() <= 24
        ));
        let (text, secret) = rule.example;
        assert_eq!(named_secrets(text), [(rule.id.to_owned(), secret)]);
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
        r#"{"a":"https:\/\/user:S3CRET@x.example.net\/"}"#,
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
    let name = pseudonym::of(b"a+b", KEY);
    assert_eq!((one, two), (format!("?sig={name}"), format!("?sig={name}")));
    assert_ne!(apply("?sig=a", &Options::default()), redacted("?sig=a"));
    let keep = Options {
        key: KEY,
        keep: vec!["signature".to_owned()],
        ..Options::default()
    };
    assert_eq!(
        apply("?sig=a&code=b", &keep),
        format!("?sig=a&code={}", pseudonym::of(b"b", KEY))
    );
}

/// Each text holds one secret of a rule, in every dress that texts put on.
#[test]
fn personal_data_is_found_in_every_dress() {
    for (rule, text, secret) in [
        ("email", "<jo@example.com>", "jo@example.com"),
        ("email", "mailto:jo@example.com?subject=x", "jo@example.com"),
        (
            "email",
            r#"{"to":"jo.o-doe@mail.example.co.uk"}"#,
            "jo.o-doe@mail.example.co.uk",
        ),
        (
            "email",
            r#"{"a":"{\"b\":\"to:\\njo@example.com\\n\"}"}"#,
            "jo@example.com",
        ),
        (
            "email",
            "?user=jo%2Bx%40example.com&a=1",
            "jo%2Bx%40example.com",
        ),
        ("email", r"jo\u0040example.com", r"jo\u0040example.com"),
        ("email", "an jörg@münchen.example.", "jörg@münchen.example"),
        (
            "email",
            "https://x.example.net/users/jo@example.com/mail",
            "jo@example.com",
        ),
        ("email", "jo@163.com, x", "jo@163.com"),
        ("ip-address", "203.0.113.7", "203.0.113.7"),
        ("ip-address", "(203.0.113.7).", "203.0.113.7"),
        ("ip-address", "http://203.0.113.7/x", "203.0.113.7"),
        ("email", "“jo@example.com”—x", "jo@example.com"),
        ("email", "«jörg@example.com»", "jörg@example.com"),
        ("ip-address", "?q=from+203.0.113.7+to+x", "203.0.113.7"),
        (
            "phone",
            "+49\u{a0}30\u{2011}1234567…",
            "+49\u{a0}30\u{2011}1234567",
        ),
        (
            "card",
            "“4111\u{a0}1111\u{a0}1111\u{a0}1111”",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
        ),
        ("token", "the password: “two words”, x", "two words"),
        (
            "api-key",
            "api key: ‘0123456789abcdef0123456789abcdef’",
            "0123456789abcdef0123456789abcdef",
        ),
        ("ip-address", "server 203.0.113.7", "203.0.113.7"),
        ("ip-address", "avoid driver=203.0.113.7", "203.0.113.7"),
        ("ip-address", r#"{"clientIp":"9.9.9.9"}"#, "9.9.9.9"),
        (
            "ip-address",
            "https://x.example.net/lookup/203.0.113.7",
            "203.0.113.7",
        ),
        ("ip-address", "?ip=203.0.113.7&x=1", "203.0.113.7"),
        (
            "ip-address",
            r#"{"CallerIpAddress":"203.0.113.7"}"#,
            "203.0.113.7",
        ),
        (
            "ip-address",
            r#"{"b":"{\"ip\":\"203.0.113.7\"}"}"#,
            "203.0.113.7",
        ),
        ("ip-address", "10.20.0.0/16 is ours", "10.20.0.0"),
        ("ip-address", "X-Forwarded-For: 9.9.9.9", "9.9.9.9"),
        ("ip-address", "dial tcp 1.1.1.1:443: refused", "1.1.1.1"),
        ("ip-address", "::ffff:203.0.113.7", "203.0.113.7"),
        ("ip-address", r"from\n203.0.113.7\n", "203.0.113.7"),
        ("ip-address", "2001:db8::1", "2001:db8::1"),
        ("ip-address", "[2001:db8::1]:443", "2001:db8::1"),
        (
            "ip-address",
            "fe80::1ff:fe23:4567:890a%eth0",
            "fe80::1ff:fe23:4567:890a",
        ),
        (
            "ip-address",
            "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
            "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        ),
        ("ip-address", "?ip=2001%3Adb8%3A%3A1&x", "2001%3Adb8%3A%3A1"),
        ("ip-address", "2001:db8::1: refused", "2001:db8::1"),
        (
            "phone",
            "Tel.: +49 (0)30 / 12 34 56",
            "+49 (0)30 / 12 34 56",
        ),
        ("phone", "phone (030) 1234567, x", "(030) 1234567"),
        ("phone", "tel 030-1234567.", "030-1234567"),
        ("phone", "Fax +1-212-555-0123x12", "+1-212-555-0123"),
        ("email", "to o'brien@example.com", "o'brien@example.com"),
        ("email", "'jo@example.com'", "jo@example.com"),
        ("phone", "tel:+493012345678", "+493012345678"),
        ("phone", "+1 (212) 555-0123.", "+1 (212) 555-0123"),
        ("phone", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("phone", "call (212) 555-0123 now", "(212) 555-0123"),
        (
            "phone",
            "?to=%2B49%2030%201234567&x",
            "%2B49%2030%201234567",
        ),
        ("phone", "?to=%2B49+30+1234567&x", "%2B49+30+1234567"),
        ("phone", r#"{"phone":"030 1234567"}"#, "030 1234567"),
        ("phone", r#"{"phoneNumber":301234567}"#, "301234567"),
        ("phone", "Mobile: 0151-23456789, x", "0151-23456789"),
        ("card", "4111111111111111", "4111111111111111"),
        (
            "card",
            "no 5500-0055-5555-5559, 12/28",
            "5500-0055-5555-5559",
        ),
        ("card", "3782 822463 10005", "3782 822463 10005"),
        ("card", "4222222222222", "4222222222222"),
        ("card", "?n=4111+1111+1111+1111&x", "4111+1111+1111+1111"),
        (
            "card",
            "?n=4111%201111%201111%201111&x",
            "4111%201111%201111%201111",
        ),
        ("card", r#"{"cvv":"123"}"#, "123"),
        (
            "card",
            r#"{"cardNumber":"1234 5678 9012 3456"}"#,
            "1234 5678 9012 3456",
        ),
    ] {
        assert_eq!(named_secrets(text), [(rule.to_owned(), secret)], "{text}");
    }
    let long = "0a".repeat(1000);
    for text in [
        format!("token={long}&x=1"),
        format!(r#"{{"secret":"{long}","x":1}}"#),
    ] {
        assert_eq!(secrets(&text), [long.as_str()]);
    }
    let text = "10.0.0.10-10.0.0.99, 10.0.0.7";
    assert_eq!(secrets(text), ["10.0.0.10", "10.0.0.99", "10.0.0.7"]);
}

#[test]
fn keys_are_found_by_shape_and_by_name() {
    let azure = format!("{}JQQJ99BKACYeBjFXJ3w3AAAAACOG{}", "x1".repeat(26), "Abcd");
    let (hex, base64) = (
        "0123456789abcdef0123456789abcdef",
        "Zm9vYmFyYmF6cXV4MDEyMw==",
    );
    for (rule, text, secret) in [
        (
            "provider-key",
            "id AKIAIOSFODNN7EXAMPLE, x",
            "AKIAIOSFODNN7EXAMPLE",
        ),
        (
            "provider-key",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        ),
        (
            "provider-key",
            "xoxb-123456789012-abcdefGHIJKL",
            "xoxb-123456789012-abcdefGHIJKL",
        ),
        ("provider-key", &format!("key {azure}."), &azure),
        (
            "provider-key",
            "is abc8Q~0123456789abcdefghijklmnopqrstuvwx.",
            "abc8Q~0123456789abcdefghijklmnopqrstuvwx",
        ),
        (
            "model-key",
            r#"{"content":"{\"c\":\"try sk-proj-0123456789abcdefghij\\n\"}"}"#,
            "sk-proj-0123456789abcdefghij",
        ),
        ("api-key", "AZURE_OPENAI_API_KEY=abc", "abc"),
        ("api-key", r#"{"openAiApiKey":"abc"}"#, "abc"),
        ("api-key", &format!("primaryKey={hex}"), hex),
        ("api-key", &format!(r#"{{"key":"{hex}"}}"#), hex),
        ("token", &format!("secret: {base64}"), base64),
        (
            "token",
            r#"{"secret":"00000000-1111-2222-3333-444444444444"}"#,
            "00000000-1111-2222-3333-444444444444",
        ),
        (
            "token",
            "X-MS-CLIENT-PRINCIPAL: eyJhdXRoIjoi",
            "eyJhdXRoIjoi",
        ),
        ("token", "my password is hunter2. It is long", "hunter2"),
        ("token", "the password is: 'two words 2'", "two words 2"),
        ("api-key", &format!("the key is {hex}!"), hex),
        (
            "api-key",
            &format!("new AzureKeyCredential(\"{hex}\")"),
            hex,
        ),
        ("token", "<password>two words</password>", "two words"),
        (
            "api-key",
            "<set-header name=\"api-key\" exists-action=\"override\"><value>a b</value></set-header>",
            "a b",
        ),
        (
            "authorization",
            "<set-header name=\"Authorization\"><value>Bearer a</value></set-header>",
            "a",
        ),
        (
            "authorization",
            "Authorization: AWS4-HMAC-SHA256 Credential=A/2026, SignedHeaders=host, Signature=fe5f80\r\nHost: x",
            "Credential=A/2026, SignedHeaders=host, Signature=fe5f80",
        ),
        (
            "token",
            "Server=x;User ID=u;Password={p;w};Encrypt=True",
            "{p;w}",
        ),
        ("token", "DB_PASSWORD=abc", "abc"),
        (
            "token",
            "Server=x;User ID=sa;Password=a,b(c)#&d;Encrypt=true",
            "a,b(c)#&d",
        ),
        ("token", "Server=x;Pwd='a;b';Encrypt=true", "a;b"),
        (
            "connection-string",
            "InstrumentationKey=00000000-1111-2222-3333-444444444444;X=y",
            "00000000-1111-2222-3333-444444444444",
        ),
        (
            "url-password",
            "mongodb+srv://u:p%40ss@c.example.net/db",
            "p%40ss",
        ),
        (
            "private-key",
            r#"{"pem":"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"}"#,
            r"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        ),
        (
            "private-key",
            "-----BEGIN EC PRIVATE KEY-----\nMIIE\n",
            "-----BEGIN EC PRIVATE KEY-----\nMIIE",
        ),
    ] {
        assert_eq!(named_secrets(text), [(rule.to_owned(), secret)], "{text}");
    }
}

/// Texts full of digits, names and signs in which nothing is secret.
#[test]
fn what_only_looks_personal_stays() {
    for text in [
        // Versions.
        "apim:0.49.24887.0",
        "1.2.3.4",
        "v1.20.3.40",
        "version 1.20.3.40",
        r#"{"serviceVersion":"10.20.30.40","app_ver":"11.20.30.40","apiversion":"12.20.30.40","sdkVer":"1.20.30.40"}"#,
        "System.Net.Http, Version=14.2.0.10, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0 Safari/537.36",
        r#""Not_A Brand";v="8.0.0.0", "Chromium";v="120.10.20.30", Chrome 120.0.0.0"#,
        "ua=Mozilla%2F5.0%20Chrome%2F120.0.0.10",
        "Azure.Core/12.30.40.50",
        "lib-11.20.33.44.jar 11.20.33.44-beta 11.20.33.44.5 11.20.33.44+0a1b2c3",
        "1.3.6.1.5.5.7.3.1 and 300.1.1.10 and 10.0.19045.3 and 010.20.30.40",
        "127.0.0.1:8080 0.0.0.0 255.255.255.0 ::1 ::",
        // Times, durations, dates.
        "2026-11-20T12:34:56.1234567Z 2026-11-20T12:34:56+05:30 00:00:01.2345678 1.02:03:04",
        "20/Nov/2026:12:34:56 +0000",
        "1700000000 1700000000000 1700000000000000 1700000000000000000 638000000000000000",
        "2024-10-21 2024-10-21-preview api-version=2024-10-21",
        "+2024-10-21 +2024-10-21 12:00:00 +2024-10-21T12:00:00Z",
        // Ids.
        "00000000-1111-2222-3333-444444444444 41111111-1111-1111-1111-111111111111",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-41111111111111114111111111111111-4111111111111111-01",
        "|4bf92f35.77b34da6_ 0HMVD9KJ:00000001 chatcmpl-9abCdEfGhIjKlMnOpQrStUv",
        "etag 0x8DC0123456789AB sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01 2a:1b:3c:4d:5e:6f",
        "std::vec::Vec dead::beef feed::face fade::b0 a::b 12:34:56",
        r#"{"idempotencyKey":"00000000-1111-2222-3333-444444444444","partitionKey":"orders-2024-10-21"}"#,
        // Counts and amounts.
        r#"{"prompt_tokens":1234567890,"completion_tokens":12,"total_tokens":1234567902}"#,
        r#"{"max_tokens":4096,"token":"Hello","logprob":-0.4111111111111111,"key":"name"}"#,
        "4111111111111112 1234567890123456 1234-5678-9012-3456 99 88 77 66 55",
        "12345678 +1234 +12 a+15551234567 1e+15551234567 x = +5 apples, +10 pears",
        "1.234.567.890,00 EUR 10.5 0.25 4111.1111.1111.1111",
        // Mail and phones that are none.
        "lodash@4.17.21 x@1.2.3-rc.final icon@2x.png @app.route(x) a @ b jo@localhost @(context.Request)",
        "mobile: yes, phone: none, tel: 12, (212) 55-0123, f(100) 555-0123",
        r#"{"Sec-CH-UA-Mobile":"?0","iPhone":15,"hotel":"1234567"}"#,
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----",
        "the secret: be kind, token: none, secret=value",
        "the password is wrong, the key is name, the token is 42, phone (see 1234567), phone 0 1",
        "<code>abc</code> <password></password> <key>name</key> password (see below)",
        "mobile 10 000 000 users, password is 12 characters long",
        "sk-learn ghp_ AKIA AKIAIOSFODNN7EXAMPLEX xoxb- abc8Q~short",
    ] {
        assert_eq!(secrets(text), [""; 0], "{text}");
    }
}

#[test]
fn one_value_has_one_pseudonym_however_it_is_written() {
    let pseudonyms = |text: &str| -> BTreeSet<String> {
        let redacted = redacted(text);
        pseudonym::places(&redacted)
            .map(|(start, end)| redacted[start..end].to_owned())
            .collect()
    };
    for (text, n_values) in [
        (
            "jo@example.com Jo@Example.com jo%40example.com ?a=jo%40example.com",
            1,
        ),
        (r"jo@example.com jo\u0040example.com", 1),
        (
            "203.0.113.7 203.0.113.7:443 http://203.0.113.7/ ::ffff:203.0.113.7",
            1,
        ),
        (
            "2001:db8::1 2001:DB8:0:0:0:0:0:1 [2001:0db8::1]:443 2001%3Adb8%3A%3A1",
            1,
        ),
        ("2001:db8::1 2001:db8:0:1:: 2001:db8::1:0", 3),
        ("+49 30 1234567, +49301234567, %2B49301234567", 1),
        (
            "4111111111111111, 4111 1111 1111 1111, 4111-1111-1111-1111",
            1,
        ),
        (r#"?sig=ab%2Fc {"sig": "x"}&sig=ab\u002Fc"#, 1),
        (
            r#"{"password":"jörg1"} ?password=j%C3%B6rg1 {"password":"j\u00f6rg1"}"#,
            1,
        ),
        (
            "Authorization: Bearer sk-abcdefghij0123456789; sk-abcdefghij0123456789",
            1,
        ),
    ] {
        assert_eq!(
            pseudonyms(text).len(),
            n_values,
            "{text}: {}",
            redacted(text)
        );
    }
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----";
    let once = Dynamic::string(pem).to_json();
    let twice = Dynamic::string(&once).to_json();
    assert_eq!(pseudonyms(&format!("{pem}; {once}; {twice}")).len(), 1);
}

#[test]
fn numbers_of_json_get_quotes() {
    let name = pseudonym::of(b"4111111111111111", KEY);
    for (text, quoted) in [
        (r#"{"n":4111111111111111}"#, r#"{"n":"N"}"#),
        (
            r#"{"n" : 4111111111111111 , "b":1}"#,
            r#"{"n" : "N" , "b":1}"#,
        ),
        (
            r#"{"n":[4111111111111111, 4111111111111111]}"#,
            r#"{"n":["N", "N"]}"#,
        ),
        (
            r#"{"n":[1, 2.5, 4111111111111111]}"#,
            r#"{"n":[1, 2.5, "N"]}"#,
        ),
        ("[4111111111111111]", r#"["N"]"#),
        (
            r#"{"b":"{\"n\":4111111111111111}"}"#,
            r#"{"b":"{\"n\":\"N\"}"}"#,
        ),
        (r#""{""n"":4111111111111111}""#, r#""{""n"":""N""}""#),
        (r#"{"n":"4111111111111111"}"#, r#"{"n":"N"}"#),
        (r#"{"n":"no 4111111111111111, x"}"#, r#"{"n":"no N, x"}"#),
        (r#"{"n":"no: 4111111111111111, x"}"#, r#"{"n":"no: N, x"}"#),
        ("a,4111111111111111,b", "a,N,b"),
        (r#"["a", 4111111111111111]"#, r#"["a", "N"]"#),
        (r#"["", 4111111111111111]"#, r#"["", "N"]"#),
        (r#"["\"", 4111111111111111]"#, r#"["\"", "N"]"#),
        (r#""[""a"",4111111111111111]""#, r#""[""a"",""N""]""#),
        ("[[1],[4111111111111111]]", r#"[[1],["N"]]"#),
        (
            r#"{"a":["x\"]"],"n":[[],4111111111111111]}"#,
            r#"{"a":["x\"]"],"n":[[],"N"]}"#,
        ),
        (
            r#"{"a":"in [[1], [4111111111111111]]"}"#,
            r#"{"a":"in [[1], [N]]"}"#,
        ),
        (
            r#"{"a":"[{\"b\":[1]},4111111111111111]"}"#,
            r#"{"a":"[{\"b\":[1]},\"N\"]"}"#,
        ),
    ] {
        assert_eq!(redacted(text), quoted.replace('N', &name), "{text}");
    }
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
        "jo",
        "@",
        "%40",
        "example.com",
        ".com",
        "203.0.113.7",
        ".",
        "2001:db8::1",
        "::",
        "+",
        "%2B",
        "49 30 1234567",
        "(212) 555-0123",
        "4111 1111 1111 1111",
        "4111111111111111",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "token",
        "phone",
        "AKIAIOSFODNN7EXAMPLE",
        "abc8Q~0123456789abcdefghijklmnopqrstuvwx",
        "Contoso",
        "C-123456",
        "/",
        "-",
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
    let house = Options {
        key: KEY,
        ..Options::default()
    };
    let own = Options {
        own: own_rules(),
        ..house.clone()
    };
    for turn in 0..60_000 {
        let text = soup(&mut random);
        let options = if turn % 3 == 0 { &own } else { &house };
        let mut end = 0;
        for found in find(&text, options) {
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
        let once = apply(&text, options);
        assert_eq!(apply(&once, options), once, "{text:?}");
    }
}

fn own_rules() -> Vec<OwnRule> {
    vec![
        OwnRule::of_pattern("customer", r"C-[0-9]{6}").unwrap(),
        OwnRule::of_pattern("number", r"order ([0-9]+)").unwrap(),
        OwnRule::of_words("names", &["Contoso", "Contoso Ltd", "jörg"]).unwrap(),
    ]
}

fn with_own(text: &str) -> Vec<(String, &str)> {
    let options = Options {
        own: own_rules(),
        ..Options::default()
    };
    let found = find(text, &options);
    let named = found
        .iter()
        .map(|found| (found.rule.to_owned(), found.span.of(text)));
    named.collect()
}

#[test]
fn own_rules_find_patterns_groups_and_words() {
    for (text, found) in [
        ("from C-123456.", &[("customer", "C-123456")][..]),
        ("order 17, order 18", &[("number", "17"), ("number", "18")]),
        (
            "“Contoso”—Contoso",
            &[("names", "Contoso"), ("names", "Contoso")],
        ),
        (
            "at contoso ltd, at CONTOSO",
            &[("names", "contoso ltd"), ("names", "CONTOSO")],
        ),
        ("Contosos, MyContoso, Contoso_x, Contosoß", &[]),
        (r#"{\"a\":\"\nContoso\n\"}"#, &[("names", "Contoso")]),
        ("?by=a%20Contoso%20b", &[("names", "Contoso")]),
        (
            "jörg an jörg@example.com",
            &[("names", "jörg"), ("email", "jörg@example.com")],
        ),
        // What overlaps is one.
        ("?sig=C-123456xyz", &[("signature", "C-123456xyz")]),
        (
            "to Contoso@example.com",
            &[("email", "Contoso@example.com")],
        ),
        ("hidden-0123456789 stays", &[]),
    ] {
        let found: Vec<(String, &str)> = found
            .iter()
            .map(|(rule, text)| ((*rule).to_owned(), *text))
            .collect();
        assert_eq!(with_own(text), found, "{text}");
    }
    let options = Options {
        key: KEY,
        keep: vec!["names".to_owned(), "email".to_owned()],
        own: own_rules(),
    };
    let text = "Contoso jo@example.com C-123456";
    let name = pseudonym::of(b"C-123456", KEY);
    assert_eq!(apply(text, &options), text.replace("C-123456", &name));
}

/// Secrets of every kind, in one conversation that is a text inside JSON inside JSON.
#[test]
fn no_planted_secret_is_left() {
    let azure = format!("{}JQQJ99BKACYeBjFXJ3w3AAAAACOGAbcd", "x1".repeat(26));
    let planted = [
        "sk-proj-AbCdEfGhIjKlMnOpQrSt0123",
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "5d1c9e5d1c9e5d1c9e5d1c9e5d1c9e00",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJl",
        "q8f7Lk20Zx.opaque-bearer_77",
        "dXNlcjpwYXNzd29yZDE=",
        "session=4711abcd",
        "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OQ==",
        "busKey0123/AbC+de=",
        "hunter2,(x)",
        "p4ssw0rd",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "xoxb-123456789012-abcdefGHIJKL",
        &azure,
        "Zm9vLXNpZ25hdHVyZQ%3D%3D",
        "maria.keller+x@customer.example",
        "192.0.2.77",
        "2001:db8:85a3::8a2e:370:7334",
        "+49 30 23125 014",
        "(212) 555-0143",
        "4111 1111 1111 1111",
        "5555555555554444",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    ];
    let said = [
        format!(
            "my key is {}, or {} in AZURE_OPENAI_KEY={}",
            planted[0], planted[14], planted[1]
        ),
        format!(
            "curl -H 'Ocp-Apim-Subscription-Key: {}' -H \"Authorization: Bearer {}\"",
            planted[2], planted[3]
        ),
        format!(
            "Authorization: Bearer {}\r\nProxy-Authorization: Basic {}\r\nCookie: {}\r\n",
            planted[4], planted[5], planted[6]
        ),
        format!(
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};X=y",
            planted[7]
        ),
        format!(
            "Endpoint=sb://n.example/;SharedAccessKeyName=k;SharedAccessKey={}",
            planted[8]
        ),
        format!(
            "Server=tcp:d.example,1433;User ID=sa;Password={};Encrypt=True",
            planted[9]
        ),
        format!(
            "amqps://user:{}@q.example.net/ and {} {} {}",
            planted[10], planted[11], planted[12], planted[13]
        ),
        format!("https://a.example.net/c?sv=2024&sig={}&se=1", planted[15]),
        format!(
            "mail {} from {}, or from [{}]:443",
            planted[16], planted[17], planted[18]
        ),
        format!(
            "call {} or {}; card {}, {}",
            planted[19], planted[20], planted[21], planted[22]
        ),
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            planted[23]
        ),
    ];
    let messages = said.iter().map(|text| {
        Dynamic::bag(vec![
            ("role".into(), Dynamic::string("user")),
            ("content".into(), Dynamic::string(text)),
        ])
    });
    let body = Dynamic::bag(vec![(
        "messages".into(),
        Dynamic::array(messages.collect()),
    )])
    .to_json();
    let row = Dynamic::bag(vec![("RequestMessages".into(), Dynamic::string(&body))]).to_json();
    let cell = format!("\"{}\"", row.replace('"', "\"\""));
    for text in [said.join("\n\n"), body, row, cell] {
        let after = redacted(&text);
        for secret in planted {
            assert!(!after.contains(secret), "{secret}: {after}");
        }
        assert!(after.matches("hidden-").count() >= planted.len(), "{after}");
        assert_eq!(
            Dynamic::parse(&after).is_some(),
            Dynamic::parse(&text).is_some()
        );
    }
}

#[test]
fn names_of_columns_tell_what_is_secret() {
    let options = Options {
        key: KEY,
        keep: vec!["cookie".to_owned()],
        ..Options::default()
    };
    for (name, value, is_hidden) in [
        ("ApiKey", "x y", true),
        ("Ocp_Apim_Subscription_Key", "abc", true),
        ("db_password", "", false),
        ("password", "***", false),
        ("Cookie", "a=1", false),
        ("code", "abc", false),
        ("key", "name", false),
        ("Url", "https://x.example.net/", false),
        ("Url", "jo@example.com", true),
    ] {
        let after = apply_to(name, value, &options);
        assert_eq!(pseudonym::is_one(&after), is_hidden, "{name}");
        assert!(is_hidden || after == value, "{name}");
        assert_eq!(apply_to(name, &after, &options), after);
    }
}

#[test]
fn users_of_addresses_are_looked_at() {
    let found = secrets(
        "ftp://jo@example.com:p@h.example.net/ https://ghp_0123456789abcdefghijABCDEFGHIJ012345:x-oauth@h.example.net",
    );
    assert_eq!(
        found,
        [
            "jo@example.com",
            "p",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "x-oauth"
        ]
    );
}

#[test]
fn what_stands_before_the_value_of_a_policy_is_looked_at() {
    let text =
        r#"<set-header name="api-key" by="jo@example.com" at="amqp://u:pw@h/"><value>a b</value>"#;
    assert_eq!(secrets(text), ["jo@example.com", "pw", "a b"]);
}

#[test]
fn what_is_kept_hides_nothing_else() {
    let options = Options {
        key: KEY,
        keep: vec!["cookie".to_owned(), "phone".to_owned()],
        ..Options::default()
    };
    let after = apply(
        "Cookie: a=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2ln; b=+49 30 1234567; c=jo@example.com",
        &options,
    );
    assert!(
        after.starts_with("Cookie: a=hidden-") && after.contains("+49 30 1234567"),
        "{after}"
    );
    assert_eq!(after.matches("hidden-").count(), 2, "{after}");
}

#[test]
fn own_rules_leave_json_and_addresses_whole() {
    let all = [
        "[0-9]+",
        "[a-z]+",
        r"\w",
        ".",
        "[^,]+",
        r"\\n?",
        "u00..",
        "\"[a-z]*",
        "e",
        ".+",
        "\"b.*",
        "[0-9,]+",
        "a\":.*1",
        "[0-9:, ]+",
    ];
    for pattern in all {
        let options = Options {
            key: KEY,
            own: vec![OwnRule::of_pattern("own", pattern).unwrap()],
            ..Options::default()
        };
        for text in ["a\nb", "1%202", "50% of %C3%BC"] {
            let after = apply(text, &options);
            assert_eq!(apply(&after, &options), after, "{pattern} {text}");
        }
        let text = r#"{"\u0061\n":["x\ty\u00e9\\n",12,true,-3.5e7,{"b":"\\\"9"},"a/1"],"2":null,"l":[1,2,3]}"#;
        let after = apply(text, &options);
        assert!(Dynamic::parse(&after).is_some(), "{pattern}: {after}");
    }
    let options = Options {
        key: KEY,
        own: vec![OwnRule::of_pattern("own", "[0-9]+").unwrap()],
        ..Options::default()
    };
    assert!(apply("a%20b%2012", &options).starts_with("a%20b%20hidden-"));
}

#[test]
fn bad_rules_are_refused_with_their_place() {
    for (pattern, place, word) in [
        ("a(b", "(", "group"),
        ("a)b", ")", "group"),
        ("a[b", "[", "class"),
        ("[]", "[", "class"),
        ("*a", "*", "repeat"),
        ("a|+", "+", "repeat"),
        ("a\\", "\\", "backslash"),
        (r"\p{L}+", r"\p", "Unicode"),
        (r"(a)\1", r"\1", "groups"),
        ("a(?=b)", "(?=", "look"),
        ("(?<!a)b", "(?<", "look"),
        ("a*", "a*", "empty"),
        ("(x{1000}){1000}", "(x{1000}){1000}", "size"),
        ("a{2,1}", "a{2,1}", ""),
    ] {
        let refused = OwnRule::of_pattern("mine", pattern)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(
            refused.span.of(pattern),
            place,
            "{pattern}: {}",
            refused.message
        );
        assert!(
            refused.message.contains(word) && refused.message.ends_with("in the rule `mine`"),
            "{}",
            refused.message
        );
        assert!(
            refused.message.len() <= 90 && !refused.help.is_empty(),
            "{}",
            refused.message
        );
    }
    let long = "a".repeat(1001);
    assert!(OwnRule::of_pattern("mine", &long).is_err());
    assert!(OwnRule::of_pattern("mine", &"(".repeat(900)).is_err());
    assert!(
        OwnRule::of_pattern("mine", &format!("{}a{}", "(".repeat(400), ")".repeat(400))).is_err()
    );
    for words in [&[][..], &["a", " "], &[&"a".repeat(70_000)]] {
        assert!(OwnRule::of_words("mine", words).is_err());
    }
    for pattern in [
        r"[\]\[]",
        "[]a]",
        "[^]a]",
        r"(?i)a\(",
        r"(?:a|b)+?c{2,3}",
        r"a\x41\d",
        "(?P<n>a)",
    ] {
        assert!(OwnRule::of_pattern("mine", pattern).is_ok(), "{pattern}");
    }
}

#[test]
fn hostile_patterns_take_linear_time() {
    let texts = [
        "a".repeat(40_000),
        "aB".repeat(30_000),
        "x=1;".repeat(15_000),
        "é".repeat(30_000),
    ];
    for pattern in [
        "(a+)+$",
        "(.*)*b",
        ".*[^A-Za-z]|[A-Z]",
        "(x+x+)+y",
        "(.*)(.*)(.*)(.*)[^a]",
        "(a|a|a|aa)+z",
        "[^z]*z|a",
        "(?:a?){30}a{30}",
    ] {
        let Ok(rule) = OwnRule::of_pattern("own", pattern) else {
            continue;
        };
        let options = Options {
            own: vec![rule],
            ..Options::default()
        };
        for text in &texts {
            let start = std::time::Instant::now();
            assert!(!apply(text, &options).is_empty());
            assert!(start.elapsed().as_secs() < 20, "{pattern}");
        }
    }
}

/// A pattern sees a window of the text; what crosses borders of windows is found all the same.
#[test]
fn windows_hide_no_match() {
    let rule = || vec![OwnRule::of_pattern("own", r"\bC-[0-9]{6}\b|begin.*?end$").unwrap()];
    let options = Options {
        key: KEY,
        own: rule(),
        ..Options::default()
    };
    for n in [0, 1, 1000, 1020, 2040, 2041, 2045, 2048, 4090, 5000] {
        for filler in ["x ", "é ", "-"] {
            let text = format!("{}C-123456 {}", filler.repeat(n), filler.repeat(n));
            assert!(!apply(&text, &options).contains("123456"), "{n} {filler}");
        }
        let text = format!("{}begin{}end", "x ".repeat(n), "y".repeat(n.min(1000)));
        assert!(!apply(&text, &options).contains("end"), "{n}");
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
        "[4111111111111111]",
        "to jo@example.com, 203.0.113.7 at +49 30 1234567",
        "Contoso, C-123456: order 17, 18",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
        "secret: 'abc12345",
        "password: ",
        "api-key: '",
        "token=\"",
        "\"api-key\": ",
        "password=\"\" user=\"x\"",
        "Cookie: a=1\nX: 'y",
        "don't say password: 'x, nor `pwd`: `y",
        "Authorization: ",
        "secret=\\",
        "pwd:\\\"",
        "+49 30 1234567\\",
    ];
    match random.below(if depth == 0 { 3 } else { 7 }) {
        0 => match random.below(4) {
            0 => Dynamic::Long(4_111_111_111_111_111),
            1 => Dynamic::Bool(true),
            2 => Dynamic::Real(-3.5e70),
            _ => Dynamic::Long(random.below(999) as i64),
        },
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
    let mut own = own_rules();
    own.extend(
        ["[0-9]+", "exam", "\"[a-z]*\"", ".*5"]
            .map(|pattern| OwnRule::of_pattern(pattern, pattern).unwrap()),
    );
    let with_own = Options {
        key: KEY,
        own,
        ..Options::default()
    };
    for _ in 0..6_000 {
        let value = json(&mut random, 4, &mut n_secrets);
        // A number alone is a cell, whose pseudonym has no quotes.
        if matches!(value, Dynamic::Long(_) | Dynamic::Real(_)) {
            continue;
        }
        let text = value.to_json();
        let after = redacted(&text);
        let read = Dynamic::parse(&after).unwrap_or_else(|| panic!("{text}\n{after}"));
        assert_eq!(shape(&read), shape(&value), "{text}\n{after}");
        for secret in SECRETS {
            assert!(!after.contains(secret), "{secret}: {text}\n{after}");
        }
        let after = apply(&text, &with_own);
        assert!(Dynamic::parse(&after).is_some(), "{text}\n{after}");
        assert_eq!(apply(&after, &with_own), after, "{text}");
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
        // What was found to be a number of a card is a text then.
        Dynamic::Long(4_111_111_111_111_111) => "s".to_owned(),
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
        "key=",
        "token='",
        "secret=\\\"",
        "phone: 1",
        "phone=\"1 ",
        "a@",
        "a.b@c.",
        "%40",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\"",
        "-----BEGIN ",
        "1.2.",
        "4111 ",
        "4111-",
        "2001:",
        "2001:db8::",
        "+1 ",
        "+1(",
        "abc8Q~",
        "a\t\t\t",
        "[1,",
        ",4111111111111111",
        "[4111111111111111,",
        "password=;",
        ";password=",
        "a:    ",
        "hidden-0123456789",
        "\\n",
        "\"api-key\" ://a:b@ ",
        "<password>",
        "password is ",
        "\"key\" <value>",
        "password: “",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let start = std::time::Instant::now();
        assert!(!redacted(&text).is_empty());
        assert!(start.elapsed().as_secs() < 10, "{piece}");
    }
}
