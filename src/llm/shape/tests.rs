use super::*;

/// A reading as lines: shape, then role, finish reason and parts.
fn told(text: &str, is_request: bool) -> Vec<String> {
    let reading = read(text, is_request);
    let mut lines = vec![reading.shape.to_owned()];
    for message in &reading.messages {
        let reason = message.finish_reason.as_deref().unwrap_or("-");
        lines.push(format!("{} {reason}", message.role));
        for part in &message.parts {
            let id = part.id.as_deref().unwrap_or_default();
            let name = part.name.as_deref().unwrap_or_default();
            let size = part.size.map(|size| size.to_string()).unwrap_or_default();
            let mime = part.mime.as_deref().unwrap_or_default();
            let url = part.url.as_deref().unwrap_or_default();
            let about = [id, name, mime, &size, url]
                .into_iter()
                .filter(|word| !word.is_empty());
            let about: Vec<&str> = about.collect();
            lines.push(format!(
                "  {} [{}] {}",
                part.kind.name(),
                about.join(" "),
                part.text
            ));
        }
    }
    lines
}

macro_rules! shapes {
    ($($name:ident: $side:literal $text:literal => $lines:expr;)*) => {
        $(#[test]
        fn $name() {
            let lines: &[&str] = &$lines;
            assert_eq!(told($text, $side == "request"), lines);
        })*
    };
}

shapes! {
    messages_as_the_gateway_logs_them: "request"
        r#"[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"image_url","image_url":{"url":"https://img.example/1.png"}}]}]"#
        => ["chat", "system -", "  text [] Be brief.", "user -", "  text [] What is this?", "  image [image/png 8] ", "  image [https://img.example/1.png] "];
    one_message_as_the_response: "response"
        r#"{"role":"assistant","content":"A cat.","refusal":null}"#
        => ["chat", "assistant -", "  text [] A cat."];
    choices_with_tools: "response"
        r#"{"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]}}],"usage":{}}"#
        => ["chat", "assistant tool_calls", "  toolCall [c1 weather] {\"city\":\"Oslo\"}"];
    results_of_tools: "request"
        r#"{"model":"m","messages":[{"role":"tool","tool_call_id":"c1","content":"12 °C"},{"role":"user","content":"Thanks"}]}"#
        => ["chat", "tool -", "  toolResult [c1] 12 °C", "user -", "  text [] Thanks"];
    sound: "request"
        r#"[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]"#
        => ["chat", "user -", "  audio [audio/wav 3] "];
    completions: "response"
        r#"{"choices":[{"text":"Once upon","finish_reason":"length"}]}"#
        => ["completions", "assistant length", "  text [] Once upon"];
    prompts: "request" r#"{"prompt":["a","b"]}"# => ["completions", "user -", "  text [] a", "  text [] b"];
    responses_input: "request"
        r#"{"instructions":"Be kind.","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]},{"type":"function_call_output","call_id":"f1","output":"7"}]}"#
        => ["responses", "system -", "  text [] Be kind.", "user -", "  text [] Hi", "tool -", "  toolResult [f1] 7"];
    responses_output: "response"
        r#"{"status":"completed","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Easy."}]},{"type":"function_call","call_id":"f1","name":"add","arguments":"{}"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello"}]}]}"#
        => ["responses", "assistant -", "  reasoning [] Easy.", "assistant -", "  toolCall [f1 add] {}", "assistant completed", "  text [] Hello"];
    embeddings: "request" r#"{"input":["a","b"],"model":"e"}"# => ["embeddings", "user -", "  text [] a", "  text [] b"];
    vectors: "response"
        r#"{"object":"list","data":[{"embedding":[0.1,0.2,0.3]},{"embedding":"AAAAAAAAAAA="}]}"#
        => ["embeddings", "assistant -", "  embedding [3] ", "  embedding [2] "];
    anthropic_request: "request"
        r#"{"anthropic_version":"v","system":"S","messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}},{"type":"text","text":"?"}]},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"x":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"ok"}]}]}]}"#
        => ["anthropic", "system -", "  text [] S", "user -", "  image [image/jpeg 3] ", "  text [] ?", "assistant -", "  toolCall [t1 f] {\"x\":1}", "user -", "  toolResult [t1] ok"];
    anthropic_response: "response"
        r#"{"type":"message","role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Yes"}],"stop_reason":"end_turn"}"#
        => ["anthropic", "assistant end_turn", "  reasoning [] hm", "  text [] Yes"];
    converse_request: "request"
        r#"{"system":[{"text":"S"}],"messages":[{"role":"user","content":[{"text":"Hi"},{"toolResult":{"toolUseId":"t","content":[{"text":"9"}]}}]}]}"#
        => ["bedrock", "system -", "  text [] S", "user -", "  text [] Hi", "  toolResult [t] 9"];
    converse_response: "response"
        r#"{"output":{"message":{"role":"assistant","content":[{"text":"Yo"},{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]}},"stopReason":"tool_use"}"#
        => ["bedrock", "assistant tool_use", "  text [] Yo", "  toolCall [t f] {}"];
    errors: "response"
        r#"{"error":{"code":"content_filter","message":"Filtered."}}"#
        => ["error", "error content_filter", "  text [] Filtered."];
    a_stream_of_chat: "response"
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n"
        => ["stream", "assistant stop", "  text [] Hello"];
    a_stream_of_tools: "response"
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}}]}\n"
        => ["stream", "assistant -", "  toolCall [c f] {}"];
    a_stream_of_blocks: "response"
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n"
        => ["stream", "assistant end_turn", "  text [] Hi"];
    what_no_shape_knows: "response" r#"{"a":[1,2]}"# => ["json", "assistant -", "  other [] {\"a\":[1,2]}"];
    what_is_no_json: "request" "<b>hello</b>" => ["text", "user -", "  text [] <b>hello</b>"];
    a_text_in_json: "request" r#""hello""# => ["text", "user -", "  text [] hello"];
    nothing: "request" "" => [""];
}

#[test]
fn any_text_is_read() {
    for text in [
        "{",
        "[",
        "[[[",
        "data:",
        "data: {",
        "null",
        "0",
        "[null]",
        "[1]",
        r#"{"messages":7}"#,
        r#"{"choices":[1]}"#,
        r#"{"output":{}}"#,
        r#"{"error":null}"#,
    ] {
        for is_request in [true, false] {
            let reading = read(text, is_request);
            assert!(!reading.messages.is_empty(), "{text}");
        }
    }
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(read(&deep, true).shape, "text");
}
