//! Conversations from parts: whatever the cut, the order of the rows and the exports, the recipes give
//! the text back, or say that its order cannot be told.

use super::{answer, run, shown, tables};
use kqlens::table::Tables;
use kqlens::value::{Dynamic, dynamic};
use std::rc::Rc;

/// A log row of a call at a time of day; `rest` are further members.
fn row(call: &str, time: &str, number: u32, rest: &str) -> String {
    format!(
        "{{\"TimeGenerated\":\"2026-04-20T14:{time}Z\",\"CorrelationId\":\"{call}\",\"SequenceNumber\":{number},{rest}}}"
    )
}

/// Row 0 of a call.
fn header(call: &str) -> String {
    row(
        call,
        "00:00",
        0,
        r#""ModelName":"m","DeploymentName":"d","PromptTokens":5,"CompletionTokens":2,"TotalTokens":7"#,
    )
}

/// A row with a part of a text, as the log has it: the part as a JSON string.
fn part(call: &str, number: u32, column: &str, text: &str) -> String {
    let mut rest = format!("\"{column}\":");
    dynamic::write_json_string(text, &mut rest);
    row(call, "00:00", number, &rest)
}

/// Numbers without order, the same in every run.
struct Shuffle(u64);

impl Shuffle {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn mix<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    /// A text in so many parts, cut anywhere between characters, but so that no part is JSON by
    /// itself: a dynamic column would hold what it means, not how it is written.
    fn cut<'t>(&mut self, text: &'t str, n_parts: usize) -> Vec<&'t str> {
        loop {
            let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(1).collect();
            self.mix(&mut places);
            places.truncate(n_parts - 1);
            places.sort_unstable();
            let ends = places.iter().copied().chain([text.len()]);
            let starts = [0].into_iter().chain(places.iter().copied());
            let parts: Vec<&str> = starts
                .zip(ends)
                .map(|(start, end)| &text[start..end])
                .collect();
            if n_parts == 1 || parts.iter().all(|part| Dynamic::parse(part).is_none()) {
                return parts;
            }
        }
    }
}

const REQUEST: &str = r#"[{"role":"system","content":"be \"brief\"\n\u00e9"},{"role":"user","content":[{"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"data:x"}},{"type":"text","text":"two \\ \ud83d\ude00"}]},{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":[]}]"#;
const RESPONSE: &str = r#"{"role":"assistant","content":"caf\u00e9 {[\"yes\"]}"}"#;

/// What is compared with `LlmCalls`.
const COLUMNS: [&str; 9] = [
    "CorrelationId",
    "PromptTokens",
    "CompletionTokens",
    "TotalTokens",
    "Note",
    "Request",
    "Response",
    "Input",
    "Output",
];

/// What `LlmCalls` has of the calls, as the recipe answers: texts that came whole as they print.
fn calls(tables: &Rc<dyn Tables>) -> Vec<String> {
    let text = r#"LlmCalls
| extend
    Request = iff(RequestParts == 1, tostring(parse_json(Request)), Request),
    Response = iff(ResponseParts == 1, tostring(parse_json(Response)), Response),
    Note = iff(Problems has "-order", "order cannot be told", "")
| order by CorrelationId asc
| project
    strcat_array(
        pack_array(
            CorrelationId, PromptTokens, CompletionTokens, TotalTokens, Note, Request, Response, Prompt, Completion
        ),
        "|"
    )"#;
    let relation = run(text, tables).unwrap_or_else(|error| panic!("{}", shown(&error, text)));
    (0..relation.n_rows())
        .map(|row| super::cell(&relation.value(row, 0)))
        .collect()
}

/// Any cut and any order of the rows, some of them twice: the texts come back byte for byte.
#[test]
fn texts_come_back_whatever_the_cut() {
    let mut shuffle = Shuffle(1);
    let mut rows = Vec::new();
    let mut expected = Vec::new();
    for call in 0..300 {
        let name = format!("call-{call:03}");
        let mut of_call = vec![header(&name)];
        let (n_asked, n_answered) = (1 + call % 3, 1 + call % 5);
        for text in shuffle.cut(REQUEST, n_asked) {
            of_call.push(part(&name, 1, "RequestMessages", text));
        }
        for (number, text) in (2..).zip(shuffle.cut(RESPONSE, n_answered)) {
            of_call.push(part(&name, number, "ResponseMessages", text));
        }
        let again = shuffle.below(of_call.len());
        of_call.extend_from_within(again..);
        rows.extend(of_call);
        // What is whole is a dynamic value, and prints its escapes as characters.
        let printed = |text: &str, n_parts: usize| {
            if n_parts > 1 {
                return text.to_owned();
            }
            Dynamic::parse(text).unwrap().to_json()
        };
        expected.push(format!(
            "{name}|5|2|7||{}|{}|be \"brief\"\né\none\ntwo \\ 😀|café {{[\"yes\"]}}",
            printed(REQUEST, n_asked),
            printed(RESPONSE, n_answered)
        ));
    }
    shuffle.mix(&mut rows);
    let tables = tables(&rows);
    let answers = answer("conversations", &[("rows", "10000")], &tables, &COLUMNS);
    assert_eq!(answers.len(), expected.len());
    let calls = calls(&tables);
    assert_eq!(calls.len(), expected.len());
    let mut n_doubted = 0;
    for ((is, should), call) in answers.iter().zip(&expected).zip(&calls) {
        assert_eq!(is, should);
        // A row that comes twice may be two equal parts, and then make sense elsewhere.
        if call.contains("|order cannot be told|") {
            n_doubted += 1;
        } else {
            assert_eq!(is, call);
        }
    }
    assert!(n_doubted < 9, "{n_doubted}");
    assert_eq!(
        answer("incomplete-conversations", &[], &tables, &["CorrelationId"]),
        Vec::<String>::new()
    );
}

/// Bodies of the APIs that are called, and their texts.
#[test]
fn bodies_of_every_api_are_read() {
    let bodies = [
        (
            r#"{"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}"#,
            "a\nb",
        ),
        (
            r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"c","refusal":null},"finish_reason":"stop"}]}"#,
            "c",
        ),
        (
            r#"{"choices":[{"text":"d","finish_reason":"length"}]}"#,
            "d",
        ),
        (r#"{"input":"e","model":"m"}"#, "e"),
        (r#"{"input":["f","g"]}"#, "f\ng"),
        (r#"{"prompt":"h"}"#, "h"),
        (
            r#"[{"role":"assistant","content":null,"refusal":"no","tool_calls":[{"id":"1","function":{"name":"t","arguments":"{\"x\":1}"}}]}]"#,
            "no\n{\"x\":1}",
        ),
        (
            r#"{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"i"}]}]}"#,
            "i",
        ),
    ];
    let mut rows = Vec::new();
    for (at, (body, _)) in bodies.iter().enumerate() {
        let call = format!("{at}");
        rows.push(header(&call));
        rows.push(part(&call, 1, "RequestMessages", body));
        rows.push(part(&call, 2, "ResponseMessages", body));
    }
    let expected = bodies.iter().enumerate();
    let expected: Vec<String> = expected
        .map(|(at, (_, text))| format!("{at}|{text}|{text}"))
        .collect();
    let columns = ["CorrelationId", "Input", "Output"];
    assert_eq!(
        answer("conversations", &[], &tables(&rows), &columns),
        expected
    );
}

#[test]
fn what_has_no_order_is_not_guessed() {
    let asked = |call: &str, text: &str| part(call, 1, "RequestMessages", text);
    let rows = [
        // Both orders are JSON.
        header("both"),
        asked("both", r#"[" ]"#),
        asked("both", r#"["]"#),
        // No order is JSON: the end is not there.
        header("none"),
        asked("none", r#"[{"role":"user","#),
        asked("none", r#""content":"x"#),
        // More parts than are tried.
        header("four"),
        asked("four", "[1"),
        asked("four", ",2"),
        asked("four", ",3"),
        asked("four", "]"),
        // Numbers of which two are the same say less than all or none.
        header("some"),
        asked("some", "[1"),
        asked("some", ",2"),
        part("some", 2, "RequestMessages", "]"),
        // One order is JSON.
        header("one"),
        asked("one", r#"y"}]"#),
        asked("one", r#"[{"content":"x"#),
        header("answer"),
        asked("answer", "[1]"),
        part("answer", 2, "ResponseMessages", "a"),
        part("answer", 2, "ResponseMessages", "b"),
        header("plain"),
        asked("plain", "say so"),
        part("plain", 2, "ResponseMessages", "so"),
        part("plain", 3, "ResponseMessages", " it is"),
        header("twice"),
        header("twice").replace("14:00:00", "14:30:00"),
        asked("twice", "[1]"),
        asked("headless", "[]"),
    ];
    let tables = tables(&rows);
    let columns = [
        "CorrelationId",
        "TotalTokens",
        "Note",
        "Request",
        "Response",
        "Input",
        "Output",
    ];
    let unknown = "order cannot be told";
    assert_eq!(
        answer("conversations", &[], &tables, &columns),
        [
            format!("answer|7|{unknown}|[1]|||"),
            format!("both|7|{unknown}||||"),
            format!("four|7|{unknown}||||"),
            "headless|||[]|||".to_owned(),
            format!("none|7|{unknown}||||"),
            r#"one|7||[{"content":"xy"}]||xy|"#.to_owned(),
            "plain|7||say so|so it is|say so|so it is".to_owned(),
            format!("some|7|{unknown}||||"),
            "twice|7|several calls share this id|[1]|||".to_owned(),
        ]
    );
    let answers = answer("conversations", &[], &tables, &COLUMNS);
    let calls = calls(&tables);
    for told in answers.iter().filter(|line| line.contains("|7||")) {
        assert!(calls.contains(told), "{told}: {calls:#?}");
    }
}

#[test]
fn what_is_not_whole_is_listed() {
    let rows = [
        // Row 3 of 2 to 4 is gone.
        header("gap"),
        part("gap", 1, "RequestMessages", "[]"),
        part("gap", 2, "ResponseMessages", "{"),
        part("gap", 4, "ResponseMessages", "}"),
        header("late"),
        part("late", 1, "RequestMessages", r#"content":"x"}]"#),
        part("late", 2, "ResponseMessages", "{}"),
        header("early"),
        part("early", 1, "RequestMessages", "[]"),
        part("early", 2, "ResponseMessages", r#"[{"role":"#),
        header("absurd"),
        part("absurd", 1, "RequestMessages", "[]"),
        part("absurd", 2_147_483_647, "ResponseMessages", "{}"),
        header("bare"),
        part("headless", 1, "RequestMessages", "[]"),
        part("headless", 2, "ResponseMessages", "{}"),
        header("whole"),
        part("whole", 1, "RequestMessages", "[]"),
        part("whole", 2, "ResponseMessages", "a text"),
        // A call that was refused has no answer and lacks none.
        header("refused").replace("\"CompletionTokens\":2", "\"CompletionTokens\":0"),
        part("refused", 1, "RequestMessages", "[]"),
    ];
    let columns = [
        "CorrelationId",
        "MissingRows",
        "MissingNumbers",
        "RequestProblem",
        "ResponseProblem",
    ];
    assert_eq!(
        answer("incomplete-conversations", &[], &tables(&rows), &columns),
        [
            "absurd|2147483645|2, 3, 4, 5, 6, 7, 8, 9, 10, 11||",
            "bare|0||missing|missing",
            "early|0|||cut",
            "gap|1|3||",
            "headless|1|0||",
            "late|0||cut|",
        ]
    );
}
