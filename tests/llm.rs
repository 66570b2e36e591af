//! Calls to language models: whatever the cuts, the order of rows and the duplicates, a conversation
//! comes back byte for byte or is marked; what is missing is marked and nothing is invented.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use kqlens::dataset::{AddOptions, Dataset};
use kqlens::engine::Job;
use kqlens::llm::{Call, Calls, Completeness, Problem};
use kqlens::value::dynamic::write_json_string;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Numbers without a clock: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn one<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// A row of the log.
#[derive(Clone, Debug, Default)]
struct Row {
    time: i64,
    id: String,
    number: i64,
    tokens: Option<[i64; 3]>,
    request: String,
    response: String,
}

/// JSON lines as the storage account gets them.
fn lines(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let quoted = |text: &str| {
            let mut out = String::new();
            write_json_string(text, &mut out);
            out
        };
        let time = kqlens::value::datetime::text(638_000_000_000_000_000 + row.time * 10_000_000);
        out += &format!(
            r#"{{"time":"{time}","category":"GatewayLlmLogs","operationName":"Microsoft.ApiManagement/GatewayLlmLogs","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A","correlationId":{},"properties":{{"sequenceNumber":{}"#,
            quoted(&row.id),
            row.number
        );
        if let Some([prompt, completion, total]) = row.tokens {
            out += &format!(
                r#","modelName":"m","deploymentName":"d","promptTokens":{prompt},"completionTokens":{completion},"totalTokens":{total}"#
            );
        }
        for (name, text) in [("requestMessages", &row.request), ("responseMessages", &row.response)] {
            if !text.is_empty() {
                out += &format!(r#","{name}":{}"#, quoted(text));
            }
        }
        out += "}}\n";
    }
    out
}

fn loaded(sources: &[&[Row]]) -> Dataset {
    let mut dataset = Dataset::new();
    for rows in sources {
        let mut writer = dataset.open(AddOptions::default());
        writer.push(lines(rows).as_bytes()).unwrap();
        let report = writer.finish(&mut dataset).unwrap();
        assert_eq!(report.rows as usize, rows.len());
    }
    dataset
}

fn calls(rows: &[Row]) -> Rc<Calls> {
    loaded(&[rows]).views().calls()
}

fn codes(call: &Call) -> Vec<&'static str> {
    call.problems.iter().map(Problem::code).collect()
}

/// A conversation and how the service cut it.
struct Conversation {
    rows: Vec<Row>,
    request: String,
    response: String,
}

const WORDS: &[&str] = &[
    "order", "\"quoted\"", "back\\slash", "caf\u{e9}", "line\nbreak", "\u{1f600}", "{\"a\":[1]}", "[]", "\u{202e}", "aaaa",
    "<b>bold</b>", "javascript:alert(1)", ",", "}", "\t", "\u{1}",
];

fn text(dice: &mut Dice, escapes: bool) -> String {
    let mut out = String::from("\"");
    for _ in 0..dice.below(12) {
        let mut quoted = String::new();
        write_json_string(dice.one::<&str>(WORDS), &mut quoted);
        for character in quoted[1..quoted.len() - 1].chars() {
            if escapes && !character.is_ascii() {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    out += &format!("\\u{unit:04x}");
                }
            } else {
                out.push(character);
            }
        }
    }
    out.push('"');
    out
}

/// Cuts between characters, as many as asked for.
fn cut(dice: &mut Dice, text: &str, n_parts: usize) -> Vec<String> {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(1).collect();
    let mut at: BTreeSet<usize> = BTreeSet::new();
    for _ in 1..n_parts {
        if !places.is_empty() {
            at.insert(*dice.one(&places));
        }
    }
    let mut from = 0;
    let mut parts = Vec::new();
    for to in at.into_iter().chain([text.len()]) {
        parts.push(text[from..to].to_owned());
        from = to;
    }
    parts
}

fn conversation(dice: &mut Dice, id: usize) -> Conversation {
    let escapes = dice.below(2) == 0;
    let mut messages = Vec::new();
    for at in 0..=dice.below(4) {
        let role = if at % 2 == 0 { "user" } else { "assistant" };
        messages.push(format!("{{\"role\":\"{role}\",\"content\":{}}}", text(dice, escapes)));
    }
    let request = format!("[{}]", messages.join(","));
    let response = match dice.below(4) {
        0 => format!("plain {id} {}", text(dice, false).trim_matches('"')),
        _ => format!("{{\"role\":\"assistant\",\"content\":{}}}", text(dice, escapes)),
    };
    let id = format!("00000000-0000-4000-8000-{id:012x}");
    let time = dice.below(3600) as i64;
    let row = |number: i64| Row {
        time,
        id: id.clone(),
        number,
        ..Row::default()
    };
    let mut rows = vec![Row {
        tokens: Some([10, 5, 15]),
        ..row(0)
    }];
    // Half of all requests fit one row; of the others the number does not tell the order.
    let n_parts = [1, 1, 1, 1, 2, 2, 2, 3][dice.below(8)];
    rows.extend(cut(dice, &request, n_parts).into_iter().map(|request| Row { request, ..row(1) }));
    let n_parts = 1 + dice.below(6);
    rows.extend(cut(dice, &response, n_parts).into_iter().zip(2..).map(|(response, number)| Row {
        response,
        ..row(number)
    }));
    Conversation {
        rows,
        request,
        response,
    }
}

#[test]
fn any_conversation_comes_back_or_is_marked() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let conversations: Vec<Conversation> = (0..4_000).map(|id| conversation(&mut dice, id)).collect();
    let mut rows = Vec::new();
    for conversation in &conversations {
        for row in &conversation.rows {
            let n_times = 1 + dice.below(8) / 7;
            rows.extend(std::iter::repeat_n(row.clone(), n_times));
        }
    }
    dice.shuffle(&mut rows);
    let dataset = loaded(&[&rows]);
    let calls = dataset.views().calls();
    assert_eq!(calls.calls.len(), conversations.len());
    let mut ids: Vec<String> = Vec::new();
    let result = Job::start("LlmCalls | project CorrelationId", Rc::new(dataset.views()), 0).unwrap().run().unwrap();
    for row in 0..result.relation.n_rows() {
        ids.push(result.relation.value(row, 0).to_text());
    }
    let (mut n_unordered, mut n_shared) = (0, 0);
    for (call, id) in calls.calls.iter().zip(&ids) {
        let at = usize::from_str_radix(&id[24..], 16).unwrap();
        let expected = &conversations[at];
        let n_rows = expected.rows.len() as u32;
        n_shared += usize::from(expected.rows.iter().filter(|row| row.number == 1).count() > 1);
        assert!(call.n_rows <= n_rows, "{id}");
        assert_eq!(calls.response(call).as_ref(), Some(&expected.response), "{id}");
        match calls.request(call) {
            Some(request) => assert_eq!(request, expected.request, "{id}"),
            None => {
                n_unordered += 1;
                assert!(call.problems.has(Problem::RequestOrder) || call.problems.has(Problem::RepeatedPart));
                let n_parts = expected.rows.iter().filter(|row| row.number == 1).count();
                assert!(n_parts > 1, "only parts that share a number are not told: {id}");
            }
        }
        assert_ne!(call.problems.completeness(), Completeness::Incomplete, "{id} {:?}", codes(call));
        assert_eq!(call.tokens.total, Some(15));
    }
    let share = 100.0 * n_unordered as f64 / conversations.len() as f64;
    println!("order cannot be told: {n_unordered} of {} calls ({share:.2} %), {n_shared} share a number", conversations.len());
    assert!(share < 3.0, "{share}");
}

#[test]
fn a_missing_part_is_marked_or_cannot_be_told() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut rows = Vec::new();
    let mut expected = Vec::new();
    for id in 0..3_000 {
        let mut conversation = conversation(&mut dice, id);
        let missing = conversation.rows.remove(dice.below(conversation.rows.len()));
        if conversation.rows.is_empty() {
            continue;
        }
        rows.extend(conversation.rows.clone());
        expected.push((conversation, missing));
    }
    dice.shuffle(&mut rows);
    let calls = calls(&rows);
    let mut by_id: Vec<(String, &Call)> = Vec::new();
    let dataset = loaded(&[&rows]);
    let result = Job::start("LlmCalls | project CorrelationId", Rc::new(dataset.views()), 0).unwrap().run().unwrap();
    for (row, call) in calls.calls.iter().enumerate() {
        by_id.push((result.relation.value(row, 0).to_text(), call));
    }
    by_id.sort_by(|a, b| a.0.cmp(&b.0));
    let mut n_incomplete = 0;
    for ((conversation, missing), (id, call)) in expected.iter().zip(&by_id) {
        assert_eq!(&missing.id, id);
        let completeness = call.problems.completeness();
        assert_ne!(completeness, Completeness::Complete, "{missing:?} {conversation:?}", conversation = conversation.rows);
        n_incomplete += usize::from(completeness == Completeness::Incomplete);
        // What is shown is what the rows hold.
        let all: String = conversation.rows.iter().map(|row| row.request.as_str()).collect();
        let shown: usize = calls.texts(&call.request, true).map(str::len).sum();
        assert_eq!(shown, all.len());
    }
    println!("marked incomplete: {n_incomplete} of {}", expected.len());
    assert!(n_incomplete * 2 > expected.len());
}
