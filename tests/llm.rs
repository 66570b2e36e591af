//! Calls to language models: whatever the cuts, the order of rows and the duplicates, a conversation
//! comes back byte for byte or is marked; what is missing is marked and nothing is invented.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod dice;

use dice::Dice;
use kqlens::dataset::{AddOptions, Dataset};
use kqlens::engine::Job;
use kqlens::llm::{Call, Calls, Completeness, Problem};
use kqlens::value::dynamic::write_json_string;
use std::collections::BTreeSet;
use std::rc::Rc;

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

/// Seconds behind a moment, as the log writes them.
fn time_text(seconds: i64) -> String {
    kqlens::value::datetime::text(638_000_000_000_000_000 + seconds * 10_000_000)
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
        let time = time_text(row.time);
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
        for (name, text) in [
            ("requestMessages", &row.request),
            ("responseMessages", &row.response),
        ] {
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

/// The ids of the calls, in their order.
fn ids(dataset: &Dataset) -> Vec<String> {
    let query = "LlmCalls | project CorrelationId";
    let job = Job::start(query, Rc::new(dataset.views()), 0).unwrap();
    let ids = job.run().unwrap().relation;
    (0..ids.n_rows())
        .map(|row| ids.value(row, 0).to_text())
        .collect()
}

fn codes(call: &Call) -> Vec<&'static str> {
    call.problems.iter().map(Problem::code).collect()
}

/// The tokens of all calls.
fn total(calls: &Calls) -> i64 {
    calls
        .calls
        .iter()
        .filter_map(|call| call.tokens.total)
        .sum()
}

fn all_have(calls: &Calls, problem: Problem) -> bool {
    calls.calls.iter().all(|call| call.problems.has(problem))
}

/// A conversation and how the service cut it.
struct Conversation {
    rows: Vec<Row>,
    request: String,
    response: String,
}

const WORDS: &[&str] = &[
    "order",
    "\"quoted\"",
    "back\\slash",
    "caf\u{e9}",
    "line\nbreak",
    "\u{1f600}",
    "{\"a\":[1]}",
    "[]",
    "\u{202e}",
    "aaaa",
    "<b>bold</b>",
    "javascript:alert(1)",
    ",",
    "}",
    "\t",
    "\u{1}",
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
        messages.push(format!(
            "{{\"role\":\"{role}\",\"content\":{}}}",
            text(dice, escapes)
        ));
    }
    let request = format!("[{}]", messages.join(","));
    let response = match dice.below(4) {
        0 => format!("plain {id} {}", text(dice, false).trim_matches('"')),
        _ => format!(
            "{{\"role\":\"assistant\",\"content\":{}}}",
            text(dice, escapes)
        ),
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
    rows.extend(
        cut(dice, &request, n_parts)
            .into_iter()
            .map(|request| Row { request, ..row(1) }),
    );
    let n_parts = 1 + dice.below(6);
    rows.extend(
        cut(dice, &response, n_parts)
            .into_iter()
            .zip(2..)
            .map(|(response, number)| Row {
                response,
                ..row(number)
            }),
    );
    Conversation {
        rows,
        request,
        response,
    }
}

#[test]
fn any_conversation_comes_back_or_is_marked() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let conversations: Vec<Conversation> =
        (0..4_000).map(|id| conversation(&mut dice, id)).collect();
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
    let ids = ids(&dataset);
    let (mut n_unordered, mut n_shared) = (0, 0);
    for (call, id) in calls.calls.iter().zip(&ids) {
        let at = usize::from_str_radix(&id[24..], 16).unwrap();
        let expected = &conversations[at];
        let n_rows = expected.rows.len() as u32;
        n_shared += usize::from(expected.rows.iter().filter(|row| row.number == 1).count() > 1);
        assert!(call.n_rows <= n_rows, "{id}");
        assert_eq!(
            calls.response(call).as_ref(),
            Some(&expected.response),
            "{id}"
        );
        match calls.request(call) {
            Some(request) => assert_eq!(request, expected.request, "{id}"),
            None => {
                n_unordered += 1;
                assert!(
                    call.problems.has(Problem::RequestOrder)
                        || call.problems.has(Problem::RepeatedPart)
                );
                let n_parts = expected.rows.iter().filter(|row| row.number == 1).count();
                assert!(
                    n_parts > 1,
                    "only parts that share a number are not told: {id}"
                );
            }
        }
        assert_ne!(
            call.problems.completeness(),
            Completeness::Incomplete,
            "{id} {:?}",
            codes(call)
        );
        assert_eq!(call.tokens.total, Some(15));
    }
    let share = 100.0 * f64::from(n_unordered) / conversations.len() as f64;
    println!(
        "order cannot be told: {n_unordered} of {} calls ({share:.2} %), {n_shared} share a number",
        conversations.len()
    );
    assert!(share < 3.0, "{share}");
}

#[test]
fn a_missing_part_is_marked_or_cannot_be_told() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut rows = Vec::new();
    let mut expected = Vec::new();
    for id in 0..3_000 {
        let mut conversation = conversation(&mut dice, id);
        let missing = conversation
            .rows
            .remove(dice.below(conversation.rows.len()));
        if conversation.rows.is_empty() {
            continue;
        }
        rows.extend(conversation.rows.clone());
        expected.push((conversation, missing));
    }
    dice.shuffle(&mut rows);
    let calls = calls(&rows);
    let ids = ids(&loaded(&[&rows]));
    let mut by_id: Vec<(&String, &Call)> = ids.iter().zip(&calls.calls).collect();
    by_id.sort_by_key(|(id, _)| *id);
    let mut n_incomplete = 0;
    for ((conversation, missing), (id, call)) in expected.iter().zip(&by_id) {
        assert_eq!(&missing.id, *id);
        let completeness = call.problems.completeness();
        assert_ne!(
            completeness,
            Completeness::Complete,
            "{missing:?} {conversation:?}",
            conversation = conversation.rows
        );
        n_incomplete += usize::from(completeness == Completeness::Incomplete);
        // What is shown is what the rows hold.
        let all: String = conversation
            .rows
            .iter()
            .map(|row| row.request.as_str())
            .collect();
        let shown: usize = calls.texts(&call.request, true).map(str::len).sum();
        assert_eq!(shown, all.len());
    }
    println!("marked incomplete: {n_incomplete} of {}", expected.len());
    assert!(n_incomplete * 2 > expected.len());
}

const ID: &str = "00000000-0000-4000-8000-00000000c0de";
const REQUEST: &str = r#"[{"role":"user","content":"Where is order 7?"}]"#;
const RESPONSE: &str = r#"{"role":"assistant","content":"On its way."}"#;

fn header(time: i64, tokens: [i64; 3]) -> Row {
    Row {
        time,
        id: ID.to_owned(),
        tokens: Some(tokens),
        ..Row::default()
    }
}

fn request(time: i64, text: &str) -> Row {
    Row {
        time,
        id: ID.to_owned(),
        number: 1,
        request: text.to_owned(),
        ..Row::default()
    }
}

fn response(time: i64, number: i64, text: &str) -> Row {
    Row {
        time,
        id: ID.to_owned(),
        number,
        response: text.to_owned(),
        ..Row::default()
    }
}

/// The codes of the only call of these rows.
fn problems(rows: &[Row]) -> Vec<&'static str> {
    let calls = calls(rows);
    assert_eq!(calls.calls.len(), 1);
    codes(&calls.calls[0])
}

#[test]
fn a_whole_call_has_no_problem() {
    let rows = [
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        response(0, 2, RESPONSE),
    ];
    let calls = calls(&rows);
    let call = &calls.calls[0];
    assert_eq!(codes(call), Vec::<&str>::new());
    assert_eq!(call.problems.completeness(), Completeness::Complete);
    assert_eq!(
        (calls.request(call).unwrap(), calls.response(call).unwrap()),
        (REQUEST.to_owned(), RESPONSE.to_owned())
    );
}

#[test]
fn what_is_missing_is_named() {
    let (h, q, r) = (
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        response(0, 2, RESPONSE),
    );
    let cut = |text: &str| text[..text.len() - 3].to_owned();
    for (rows, expected) in [
        (vec![q.clone(), r.clone()], vec!["header-missing"]),
        (
            vec![h.clone(), r.clone()],
            vec!["request-missing", "part-missing"],
        ),
        (vec![h.clone(), q.clone()], vec!["response-missing"]),
        (vec![h.clone()], vec!["messages-unknown"]),
        (
            vec![header(0, [3, 0, 3]), q.clone()],
            vec!["response-unknown"],
        ),
        (
            vec![h.clone(), q.clone(), response(0, 3, RESPONSE)],
            vec!["part-missing"],
        ),
        (
            vec![h.clone(), q.clone(), response(0, 2, &cut(RESPONSE))],
            vec!["response-cut"],
        ),
        (
            vec![h.clone(), request(0, &cut(REQUEST)), r.clone()],
            vec!["request-cut"],
        ),
        (
            vec![h.clone(), q.clone(), response(0, 2, "plain text")],
            vec!["end-unknown", "not-json"],
        ),
        (
            vec![
                h.clone(),
                q.clone(),
                response(0, 2, "data: {}\n\ndata: [DONE]"),
            ],
            vec![],
        ),
        (
            vec![h.clone(), q.clone(), response(0, 2, "data: {}\n\n")],
            vec!["end-unknown"],
        ),
    ] {
        let mut found = problems(&rows);
        let mut expected = expected;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{rows:?}");
    }
}

#[test]
fn parts_of_one_number_are_put_in_the_only_order_that_is_json() {
    let (one, rest) = REQUEST.split_at(20);
    let (two, three) = rest.split_at(9);
    let rows = [
        header(0, [3, 4, 7]),
        request(0, three),
        request(0, one),
        request(0, two),
        response(0, 2, RESPONSE),
    ];
    let calls = calls(&rows);
    let call = &calls.calls[0];
    assert_eq!(calls.request(call).as_deref(), Some(REQUEST));
    assert_eq!(codes(call), ["between-unknown"]);
    let rows = [
        header(0, [3, 4, 7]),
        request(0, "[\"a"),
        request(0, "b"),
        request(0, "c"),
        request(0, "\"]"),
    ];
    let calls = self::calls(&rows);
    let call = &calls.calls[0];
    assert_eq!(calls.request(call), None);
    assert!(call.problems.has(Problem::RequestOrder));
    assert_eq!(
        calls.texts(&call.request, true).collect::<Vec<_>>(),
        ["[\"a", "b", "c", "\"]"],
        "as they came"
    );
}

#[test]
fn two_calls_with_one_id_are_told_apart_by_time() {
    let rows = [
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        response(1, 2, RESPONSE),
        header(600, [5, 6, 11]),
        request(600, "[]"),
        response(601, 2, "{}"),
    ];
    let calls = calls(&rows);
    let told: Vec<_> = calls
        .calls
        .iter()
        .map(|call| {
            (
                call.tokens.total,
                calls.request(call).unwrap(),
                calls.response(call).unwrap(),
                codes(call),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                Some(7),
                REQUEST.to_owned(),
                RESPONSE.to_owned(),
                vec!["id-repeated"]
            ),
            (
                Some(11),
                "[]".to_owned(),
                "{}".to_owned(),
                vec!["id-repeated"]
            ),
        ]
    );
    // At one time no message can be given to one of them; the tokens of both count.
    let rows = [
        header(0, [3, 4, 7]),
        header(0, [5, 6, 11]),
        request(0, REQUEST),
        response(0, 2, RESPONSE),
    ];
    let calls = self::calls(&rows);
    assert_eq!(total(&calls), 18);
    assert!(all_have(&calls, Problem::IdShared));
}

#[test]
fn rows_without_an_id_are_kept_each_for_itself() {
    let mut rows = [
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        header(1, [1, 1, 2]),
    ];
    for row in &mut rows {
        row.id.clear();
    }
    let calls = calls(&rows);
    assert_eq!(calls.calls.len(), 3);
    assert_eq!(total(&calls), 9);
    assert!(all_have(&calls, Problem::IdMissing));
    assert_eq!(
        calls
            .calls
            .iter()
            .filter_map(|call| calls.request(call))
            .count(),
        1
    );
}

#[test]
fn counts_that_cannot_be_are_left_out_and_told() {
    let with = |tokens| {
        let calls = calls(&[
            header(0, tokens),
            request(0, REQUEST),
            response(0, 2, RESPONSE),
        ]);
        (calls.calls[0].tokens, codes(&calls.calls[0]))
    };
    assert_eq!(with([3, 4, 8]).1, ["tokens-differ"]);
    assert_eq!(with([3, 4, 8]).0.total, Some(8));
    let (tokens, codes) = with([-1, 4, 3]);
    assert_eq!(
        (tokens.prompt, tokens.completion, tokens.total),
        (None, Some(4), Some(3))
    );
    assert_eq!(codes, ["tokens-absurd"]);
    let (tokens, codes) = with([1, 2_000_000_000, 2_000_000_001]);
    assert_eq!(
        (tokens.prompt, tokens.completion, tokens.total),
        (Some(1), None, None)
    );
    assert_eq!(codes, ["tokens-absurd"]);
}

#[test]
fn two_hundred_thousand_parts_are_one_call() {
    let n_parts = 200_000;
    let text = format!("[\"{}\"]", "x".repeat(n_parts * 3));
    let size = text.len().div_ceil(n_parts);
    let parts: Vec<&str> = (0..text.len())
        .step_by(size)
        .map(|at| &text[at..(at + size).min(text.len())])
        .collect();
    let mut rows = vec![header(0, [3, 4, 7]), request(0, REQUEST)];
    rows.extend(
        parts
            .iter()
            .zip(2..)
            .map(|(part, number)| response(0, number, part)),
    );
    rows.reverse();
    let all = calls(&rows);
    assert_eq!(all.calls.len(), 1);
    assert_eq!(all.response(&all.calls[0]), Some(text));
    // All of one number: the search ends, and says that it cannot tell.
    let mut rows = vec![header(0, [3, 4, 7])];
    rows.extend((0..n_parts).map(|part| request(0, &format!("part {part}"))));
    let all = calls(&rows);
    assert!(all.calls[0].problems.has(Problem::RequestOrder));
    assert_eq!(all.texts(&all.calls[0].request, true).count(), n_parts);
}

#[test]
fn a_text_that_ends_at_the_limit_of_the_service_is_told_so() {
    let text = format!("[{{\"role\":\"user\",\"content\":\"{}", "x".repeat(2 << 20));
    let found = problems(&[
        header(0, [3, 0, 3]),
        request(0, &text),
        response(0, 2, RESPONSE),
    ]);
    assert_eq!(found, ["request-cut", "truncated"]);
}

#[test]
fn a_character_that_a_cut_destroyed_is_told() {
    let found = problems(&[
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        response(0, 2, "{\"role\":\"assistant\",\"content\":\"a\u{fffd}"),
        response(0, 3, "\u{fffd}b\"}"),
    ]);
    assert_eq!(found, ["damaged-character"]);
}

#[test]
fn exports_that_space_and_cut_in_their_own_way_are_one_call() {
    let spaced = "[ {\"role\": \"user\", \"content\": \"Where is order 7?\"} ]";
    let one = [
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        response(0, 2, RESPONSE),
    ];
    let two = [
        header(0, [3, 4, 7]),
        request(0, spaced),
        response(0, 2, &RESPONSE[..10]),
        response(0, 3, &RESPONSE[10..]),
    ];
    for sources in [[&one[..], &two[..]], [&two[..], &one[..]]] {
        let dataset = loaded(&sources);
        let calls = dataset.views().calls();
        assert_eq!(calls.calls.len(), 1);
        let call = &calls.calls[0];
        assert_eq!(call.tokens.total, Some(7));
        assert_eq!(calls.response(call).as_deref(), Some(RESPONSE));
        assert!(
            calls
                .request(call)
                .is_some_and(|text| text == spaced || text == REQUEST)
        );
        assert_eq!(
            call.problems.completeness(),
            Completeness::Complete,
            "{:?}",
            codes(call)
        );
    }
    // Half of the rows in each of two exports.
    let dataset = loaded(&[&one[..2], &one[2..]]);
    let calls = dataset.views().calls();
    assert_eq!(codes(&calls.calls[0]), Vec::<&str>::new());
}

#[test]
fn azure_diagnostics_and_resource_logs_give_one_call() {
    let time = time_text(0);
    let csv = format!(
        "TimeGenerated,Category,CorrelationId,sequenceNumber_d,modelName_s,promptTokens_d,completionTokens_d,totalTokens_d,requestMessages_s,responseMessages_s\r\n\
         {time},GatewayLlmLogs,{ID},0,m,3,4,7,,\r\n\
         {time},GatewayLlmLogs,{ID},1,,,,,\"{}\",\r\n\
         {time},GatewayLlmLogs,{ID},2,,,,,,\"{}\"\r\n\
         {time},GatewayLlmLogs,{ID},3,,,,,,\"{}\"\r\n",
        REQUEST.replace('"', "\"\""),
        RESPONSE[..12].replace('"', "\"\""),
        RESPONSE[12..].replace('"', "\"\""),
    );
    let rows = [
        header(0, [3, 4, 7]),
        request(0, REQUEST),
        response(0, 2, RESPONSE),
    ];
    let mut dataset = loaded(&[&rows]);
    let mut writer = dataset.open(AddOptions::default());
    writer.push(csv.as_bytes()).unwrap();
    let report = writer.finish(&mut dataset).unwrap();
    assert_eq!(
        report.tables,
        [("ApiManagementGatewayLlmLog".to_owned(), 4)]
    );
    let calls = dataset.views().calls();
    assert_eq!(calls.calls.len(), 1);
    let call = &calls.calls[0];
    assert_eq!(
        (
            calls.request(call).as_deref(),
            calls.response(call).as_deref()
        ),
        (Some(REQUEST), Some(RESPONSE))
    );
    assert_eq!(call.tokens.total, Some(7));
}

#[test]
fn a_call_that_the_gateway_refused_has_no_answer_to_miss() {
    let mut dataset = loaded(&[&[header(0, [3, 0, 3]), request(0, REQUEST)]]);
    let mut writer = dataset.open(AddOptions::default());
    let row = format!(
        r#"{{"time":"2022-09-30T22:13:20Z","category":"GatewayLogs","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A","correlationId":"{ID}","properties":{{"responseCode":429,"apiId":"a"}}}}"#
    );
    writer.push(row.as_bytes()).unwrap();
    writer.finish(&mut dataset).unwrap();
    let calls = dataset.views().calls();
    assert_eq!(codes(&calls.calls[0]), Vec::<&str>::new());
    assert!(calls.calls[0].gateway.is_some());
}

#[test]
fn columns_of_some_calls_are_those_of_all() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let rows: Vec<Row> = (0..300)
        .flat_map(|id| conversation(&mut dice, id).rows)
        .collect();
    let dataset = loaded(&[&rows]);
    let answer = |query: &str| {
        let result = Job::start(query, Rc::new(dataset.views()), 0)
            .unwrap()
            .run()
            .unwrap();
        let cell = |row, column| result.relation.value(row, column).to_text();
        let n_columns = result.relation.fields.len();
        (0..result.relation.n_rows())
            .map(|row| (0..n_columns).map(|at| cell(row, at)).collect())
            .collect::<Vec<Vec<String>>>()
    };
    let all = answer("LlmCalls");
    let some = answer("LlmCalls | where Call % 7 == 3 | order by Call desc");
    let expected: Vec<_> = all
        .iter()
        .enumerate()
        .filter(|(at, _)| at % 7 == 3)
        .map(|(_, row)| row.clone())
        .rev()
        .collect();
    assert_eq!(some, expected);
    assert_eq!(
        answer("LlmCalls | where Call == 999999"),
        Vec::<Vec<String>>::new()
    );
}
