//! Streams of server-sent events that were logged as they went by: deltas put together.

use super::content::tool_call;
use super::{Message, Part, PartKind, of_value, text_of};
use crate::value::Dynamic;

/// The messages that the events of a stream make; none where no event is known.
pub(super) fn messages(text: &str) -> Vec<Message> {
    let mut found = Deltas::default();
    for line in text.lines() {
        let Some(data) = line.trim_start().strip_prefix("data:") else {
            continue;
        };
        if let Some(event) = Dynamic::parse(data.trim()) {
            found.take(&event);
        }
    }
    found.whole.unwrap_or(found.messages)
}

#[derive(Default)]
struct Deltas {
    messages: Vec<Message>,
    /// The answer that a last event holds in full.
    whole: Option<Vec<Message>>,
}

impl Deltas {
    fn take(&mut self, event: &Dynamic) {
        let kind = event.member("type").to_text();
        match kind.as_str() {
            "response.completed" | "response.incomplete" => {
                self.whole =
                    of_value(&event.member("response"), false).map(|reading| reading.messages);
            }
            "response.output_text.delta" => self.add(0, PartKind::Text, &event.member("delta")),
            "content_block_start" => {
                let block = event.member("content_block");
                if block.member("type").to_text() == "tool_use" {
                    let call =
                        tool_call(&block.member("id"), &block.member("name"), &Dynamic::Null);
                    self.message(0).parts.push(call);
                }
            }
            "content_block_delta" => {
                let delta = event.member("delta");
                match delta.member("type").to_text().as_str() {
                    "input_json_delta" => self.go_on(0, &delta.member("partial_json")),
                    "thinking_delta" => self.add(0, PartKind::Reasoning, &delta.member("thinking")),
                    _ => self.add(0, PartKind::Text, &delta.member("text")),
                }
            }
            "message_delta" => {
                self.message(0).finish_reason =
                    text_of(&event.member("delta").member("stop_reason"));
            }
            _ => {
                for choice in event.member("choices").items().unwrap_or_default() {
                    self.take_choice(choice);
                }
            }
        }
    }

    fn take_choice(&mut self, choice: &Dynamic) {
        let at = match choice.member("index") {
            Dynamic::Long(index) => usize::try_from(index).unwrap_or(0),
            _ => 0,
        };
        let delta = choice.member("delta");
        if let Some(reason) = text_of(&choice.member("finish_reason")) {
            self.message(at).finish_reason = Some(reason);
        }
        if let Some(role) = text_of(&delta.member("role")) {
            self.message(at).role = role;
        }
        self.add(at, PartKind::Reasoning, &delta.member("reasoning_content"));
        self.add(at, PartKind::Text, &delta.member("content"));
        self.add(at, PartKind::Text, &choice.member("text"));
        self.add(at, PartKind::Refusal, &delta.member("refusal"));
        for call in delta.member("tool_calls").items().unwrap_or_default() {
            let function = call.member("function");
            if text_of(&call.member("id")).is_some() {
                let part = tool_call(
                    &call.member("id"),
                    &function.member("name"),
                    &function.member("arguments"),
                );
                self.message(at).parts.push(part);
            } else {
                self.go_on(at, &function.member("arguments"));
            }
        }
    }

    /// The message of a choice; choices are numbered from 0 without gaps.
    fn message(&mut self, at: usize) -> &mut Message {
        let at = at.min(self.messages.len());
        if at == self.messages.len() {
            self.messages.push(Message::of("assistant", Vec::new()));
        }
        let last = self.messages.len() - 1;
        self.messages
            .get_mut(at.min(last))
            .expect("invariant: a message was pushed")
    }

    fn add(&mut self, at: usize, kind: PartKind, delta: &Dynamic) {
        let Some(text) = text_of(delta) else {
            return;
        };
        let message = self.message(at);
        match message.parts.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(&text),
            _ => message.parts.push(Part::of(kind, text)),
        }
    }

    /// More of the arguments of the tool that is being called.
    fn go_on(&mut self, at: usize, delta: &Dynamic) {
        let Some(text) = text_of(delta) else {
            return;
        };
        if let Some(last) = self.message(at).parts.last_mut() {
            last.text.push_str(&text);
        }
    }
}
