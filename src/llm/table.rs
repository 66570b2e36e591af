//! `LlmCalls`: the calls as a table that KQL queries.
//!
//! Input: [`Calls`]. Output: a view whose columns are made when a query reads them. Invariants: one
//! row a call, in the order of the calls; a segment holds no more text than a step may read.

use super::call::Calls;
use super::call::{Call, Place};
use super::log::NO_PLACE;
use super::shape::{self, Reading};
use crate::table::{Column, ColumnBuilder, Field, Make, Origin, Part, SEGMENT_ROWS, Table, View};
use crate::value::{Dynamic, Type, Value};
use std::rc::Rc;

/// The name in queries.
pub const NAME: &str = "LlmCalls";

/// Most text of the calls of a segment.
const SEGMENT_BYTES: usize = 16 << 20;

/// Where a column comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    /// The call itself.
    Call(fn(&Calls, usize, &Call) -> Value),
    /// The row of the log that says who it is, by the name of its column.
    Log(&'static str),
    /// The gateway row with its id.
    Gateway(&'static str),
    /// Both, by the call and two numbers of the gateway row.
    Speed,
}

struct CallColumn {
    name: &'static str,
    kind: Type,
    from: From,
}

const fn column(name: &'static str, kind: Type, from: From) -> CallColumn {
    CallColumn { name, kind, from }
}

const fn of_log(name: &'static str, kind: Type) -> CallColumn {
    column(name, kind, From::Log(name))
}

const fn of_gateway(name: &'static str, kind: Type) -> CallColumn {
    column(name, kind, From::Gateway(name))
}

/// Every column.
static COLUMNS: &[CallColumn] = &[
    column(
        "Call",
        Type::Long,
        From::Call(|_, at, _| Value::Long(at as i64)),
    ),
    column(
        "TimeGenerated",
        Type::DateTime,
        From::Call(|_, _, call| call.time.map_or(Value::Null, Value::DateTime)),
    ),
    of_log("CorrelationId", Type::String),
    of_log("ModelName", Type::String),
    of_log("DeploymentName", Type::String),
    of_log("ApiVersion", Type::String),
    of_log("IsStreamCompletion", Type::Bool),
    column(
        "PromptTokens",
        Type::Long,
        From::Call(|_, _, call| long(call.tokens.prompt)),
    ),
    column(
        "CompletionTokens",
        Type::Long,
        From::Call(|_, _, call| long(call.tokens.completion)),
    ),
    column(
        "TotalTokens",
        Type::Long,
        From::Call(|_, _, call| long(call.tokens.total)),
    ),
    column(
        "FinishReason",
        Type::String,
        From::Call(|calls, _, call| Value::string(&finish_reason(calls, call).unwrap_or_default())),
    ),
    column(
        "Completeness",
        Type::String,
        From::Call(|_, _, call| Value::string(call.problems.completeness().name())),
    ),
    column(
        "Problems",
        Type::Dynamic,
        From::Call(|_, _, call| {
            let codes = call
                .problems
                .iter()
                .map(|problem| Dynamic::string(problem.code()));
            Value::Dynamic(Dynamic::array(codes.collect()))
        }),
    ),
    column(
        "Rows",
        Type::Long,
        From::Call(|_, _, call| Value::Long(i64::from(call.n_rows))),
    ),
    column(
        "Duplicates",
        Type::Long,
        From::Call(|_, _, call| Value::Long(i64::from(call.n_duplicates))),
    ),
    column(
        "RequestParts",
        Type::Long,
        From::Call(|_, _, call| Value::Long(call.request.parts.len() as i64)),
    ),
    column(
        "ResponseParts",
        Type::Long,
        From::Call(|_, _, call| Value::Long(call.response.parts.len() as i64)),
    ),
    column(
        "Request",
        Type::String,
        From::Call(|calls, _, call| Value::string(&calls.request(call).unwrap_or_default())),
    ),
    column(
        "Response",
        Type::String,
        From::Call(|calls, _, call| Value::string(&calls.response(call).unwrap_or_default())),
    ),
    column(
        "Prompt",
        Type::String,
        From::Call(|calls, _, call| Value::string(&reading(calls, call, true).text())),
    ),
    column(
        "Completion",
        Type::String,
        From::Call(|calls, _, call| Value::string(&reading(calls, call, false).text())),
    ),
    column(
        "HasGatewayRow",
        Type::Bool,
        From::Call(|_, _, call| Value::Bool(call.gateway.is_some())),
    ),
    of_gateway("ApiId", Type::String),
    of_gateway("OperationId", Type::String),
    of_gateway("ProductId", Type::String),
    of_gateway("ApimSubscriptionId", Type::String),
    of_gateway("CallerIpAddress", Type::String),
    of_gateway("UserId", Type::String),
    of_gateway("ResponseCode", Type::Int),
    of_gateway("BackendResponseCode", Type::Int),
    of_gateway("BackendId", Type::String),
    of_gateway("TotalTime", Type::Long),
    of_gateway("BackendTime", Type::Long),
    of_gateway("Region", Type::String),
    of_gateway("Url", Type::String),
    column("TokensPerSecond", Type::Real, From::Speed),
];

fn long(count: Option<i64>) -> Value {
    count.map_or(Value::Null, Value::Long)
}

/// What the request or the response of a call says; nothing where its order is not told.
pub fn reading(calls: &Calls, call: &Call, is_request: bool) -> Reading {
    let text = if is_request {
        calls.request(call)
    } else {
        calls.response(call)
    };
    text.map_or_else(Reading::default, |text| shape::read(&text, is_request))
}

/// Why the model stopped, where the log has it.
pub fn finish_reason(calls: &Calls, call: &Call) -> Option<String> {
    // Most logs hold the message alone; only a text that has the word is worth reading.
    let is_told = |text: &str| {
        [
            "finish_reason",
            "stop_reason",
            "stopReason",
            "completionReason",
            "\"status\"",
            "\"error\"",
        ]
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    };
    let text = calls.response(call).filter(|text| is_told(text))?;
    shape::read(&text, false).finish_reason().map(str::to_owned)
}

/// Makes the columns of one segment.
#[derive(Debug)]
struct Maker {
    calls: Rc<Calls>,
    /// The first call of each segment, and the number of calls.
    starts: Vec<usize>,
}

impl Make for Maker {
    fn make(&self, segment: usize, column: usize, rows: Option<&[u32]>) -> Rc<Column> {
        let at = |segment: usize| self.starts.get(segment).copied().unwrap_or_default();
        let (start, end) = (at(segment), at(segment + 1));
        let numbers: Vec<usize> = match rows {
            Some(rows) => rows.iter().map(|&row| start + row as usize).collect(),
            None => (start..end).collect(),
        };
        let Some(column) = COLUMNS.get(column) else {
            return Rc::new(ColumnBuilder::new(Type::Dynamic).finish());
        };
        let call = |number: usize| self.calls.calls.get(number).filter(|_| number < end);
        let places = |of: fn(&Call) -> Option<Place>| {
            let place = |&number: &usize| call(number).and_then(of).unwrap_or(NO_PLACE);
            Rc::new(numbers.iter().map(place).collect::<Vec<Place>>())
        };
        let gateway = |name| {
            let places = places(|call| call.gateway);
            self.calls.gateway.gathered(name, &places)
        };
        let each = |value: &dyn Fn(usize, usize, &Call) -> Value| {
            let mut made = ColumnBuilder::new(column.kind);
            for (row, &number) in numbers.iter().enumerate() {
                let missing = || Value::missing(column.kind);
                made.push(&call(number).map_or_else(missing, |call| value(row, number, call)));
            }
            Rc::new(made.finish())
        };
        let made = match column.from {
            From::Log(name) => self
                .calls
                .log
                .gathered(name, &places(|call| Some(call.first))),
            From::Gateway(name) => gateway(name),
            From::Call(value) => Some(each(&|_, number, call| value(&self.calls, number, call))),
            From::Speed => {
                let (backend, total) = (gateway("BackendTime"), gateway("TotalTime"));
                Some(each(&|row, _, call| {
                    let of = |column: &Option<Rc<Column>>| column.as_ref()?.value(row).as_real();
                    let speed = tokens_per_second(call, of(&backend), of(&total));
                    speed.map_or(Value::Null, Value::Real)
                }))
            }
        };
        made.filter(|made| made.kind == column.kind)
            .unwrap_or_else(|| each(&|_, _, _| Value::missing(column.kind)))
    }
}

/// Completion tokens a second of the backend, else of the whole request; durations in ms.
pub fn tokens_per_second(
    call: &Call,
    backend_ms: Option<f64>,
    total_ms: Option<f64>,
) -> Option<f64> {
    let is_some_time = |ms: &f64| *ms > 0.0;
    let ms = backend_ms
        .filter(is_some_time)
        .or(total_ms.filter(is_some_time))?;
    let tokens = call.tokens.completion.filter(|&count| count > 0)?;
    Some(tokens as f64 * 1000.0 / ms)
}

/// The view of the calls.
pub fn view(calls: Rc<Calls>) -> View {
    let mut starts = vec![0];
    let (mut n_bytes, mut n_calls) = (0, 0);
    for (at, call) in calls.calls.iter().enumerate() {
        let bytes = |side, is_request| calls.texts(side, is_request).map(str::len).sum::<usize>();
        n_bytes += bytes(&call.request, true) + bytes(&call.response, false);
        n_calls += 1;
        if n_bytes >= SEGMENT_BYTES || n_calls == SEGMENT_ROWS {
            starts.push(at + 1);
            (n_bytes, n_calls) = (0, 0);
        }
    }
    if n_calls > 0 {
        starts.push(calls.calls.len());
    }
    let sizes: Vec<usize> = starts
        .windows(2)
        .map(|pair| {
            pair.last()
                .zip(pair.first())
                .map_or(0, |(end, start)| end - start)
        })
        .collect();
    let table = Rc::new(Table::hollow(NAME, &sizes));
    let maker: Rc<dyn Make> = Rc::new(Maker { calls, starts });
    View {
        name: NAME.to_owned(),
        fields: COLUMNS
            .iter()
            .map(|column| Field::new(column.name, column.kind))
            .collect(),
        parts: vec![Part {
            table,
            origins: (0..COLUMNS.len())
                .map(|at| Origin::Made(Rc::clone(&maker), at))
                .collect(),
        }],
    }
}
