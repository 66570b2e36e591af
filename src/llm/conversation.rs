//! One call as a conversation: what was asked, what was answered, the gateway row beside it.

use super::call::Calls;
use super::call::{Call, Place, Side};
use super::shape::{self, Reading};
use super::table::tokens_per_second;

/// The request or the response of a call, read.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    /// What it says.
    pub reading: Reading,
    /// The text, byte for byte; `None` where there is none or its order is not told.
    pub raw: Option<String>,
    /// The parts as they came, where their order is not told.
    pub parts: Vec<String>,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The columns of the row that says who the call is, those that have a value.
    pub header: Vec<(String, String)>,
    /// The columns of the gateway row, likewise.
    pub gateway: Vec<(String, String)>,
    /// What was asked.
    pub request: Spoken,
    /// What was answered.
    pub response: Spoken,
    /// Why the model stopped.
    pub finish_reason: Option<String>,
    /// Completion tokens a second.
    pub tokens_per_second: Option<f64>,
}

impl Conversation {
    /// The conversation of a call.
    pub fn of(calls: &Calls, call: &Call) -> Self {
        let response = spoken(calls, &call.response, false);
        let ms = |name: &str| {
            let place: Place = call.gateway?;
            calls.gateway.cells(name).long(place).map(|ms| ms as f64)
        };
        Self {
            header: calls.log.row(call.first),
            gateway: call
                .gateway
                .map(|place| calls.gateway.row(place))
                .unwrap_or_default(),
            request: spoken(calls, &call.request, true),
            finish_reason: response.reading.finish_reason().map(str::to_owned),
            tokens_per_second: tokens_per_second(call, ms("BackendTime"), ms("TotalTime")),
            response,
        }
    }

    /// What a gateway row with logged bodies says, for calls that the log of the models lacks; the
    /// gateway's side of a body is taken before the backend's. Bodies end after 8,192 bytes.
    pub fn of_bodies(calls: &Calls, correlation_id: &str) -> Option<Self> {
        let place = calls.gateway.find("CorrelationId", correlation_id)?;
        let gateway = calls.gateway.row(place);
        let body = |names: [&str; 2], is_request| {
            let find = |name| gateway.iter().find(|(column, _)| column == name);
            let raw = names
                .into_iter()
                .find_map(find)
                .map(|(_, text)| text.clone());
            Spoken {
                reading: raw
                    .as_deref()
                    .map_or_else(Reading::default, |text| shape::read(text, is_request)),
                raw,
                parts: Vec::new(),
            }
        };
        let response = body(["ResponseBody", "BackendResponseBody"], false);
        Some(Self {
            header: gateway.clone(),
            request: body(["RequestBody", "BackendRequestBody"], true),
            finish_reason: response.reading.finish_reason().map(str::to_owned),
            response,
            tokens_per_second: None,
            gateway,
        })
    }

    /// A column of the row that says who the call is.
    pub fn column(&self, name: &str) -> Option<&str> {
        let mut columns = self.header.iter();
        columns
            .find(|(column, _)| column == name)
            .map(|(_, value)| value.as_str())
    }
}

fn spoken(calls: &Calls, side: &Side, is_request: bool) -> Spoken {
    let texts = || calls.texts(side, is_request);
    if !side.is_ordered {
        return Spoken {
            parts: texts().map(str::to_owned).collect(),
            ..Spoken::default()
        };
    }
    let raw: String = texts().collect();
    Spoken {
        reading: shape::read(&raw, is_request),
        raw: (!raw.is_empty()).then_some(raw),
        parts: Vec::new(),
    }
}
