//! Metrics as the service and `az monitor metrics list` answer them: rows of `AzureMetrics`.
//!
//! Input: one metric, an object that holds its points in time series. Output: a row a point.
//!
//! ```text
//! metric := '{' "id", "name": name, "unit", "timeseries": [series*] '}'
//! series := '{' "metadatavalues": [{ "name": name, "value" }*], "data": [point*] '}'
//! point  := '{' "timeStamp", "average", "count", "maximum", "minimum", "total" '}'
//! name   := '{' "value", "localizedValue" '}'
//! ```
//!
//! Members come in any order: `az` sorts them, so that a metric says its unit, and a series its
//! dimensions, behind their points. Hence a metric is read when all of it is there. Invariants: a
//! point is a row or a reject, and so is a metric without points.

use super::value::{self, Stop, Why, members};
use crate::input::naming::{Context, column_of};
use crate::input::scan::Text;
use crate::input::sink::Sink;
use crate::schema;
use crate::table::TableBuilder;
use crate::value::{Dynamic, Type, dynamic};

/// The member that tells a metric from a record.
pub(super) const SERIES: &str = "timeseries";
const TABLE: &str = "AzureMetrics";
/// What stands between the id of a resource and the name of one of its metrics.
const METRIC_OF: &str = "/providers/microsoft.insights/metrics/";

/// What a metric says of all its points.
#[derive(Default)]
struct Metric {
    resource_id: String,
    name: String,
    unit: String,
    series: Option<(usize, usize)>,
}

/// Whether an array holds series of a metric, and not what a log calls so: by what it begins with.
pub(super) fn is_series(text: Text<'_>, inside: usize) -> Result<bool, Stop> {
    if text.byte(inside) != b'{' {
        return Ok(text.byte(inside) == b']');
    }
    let at = text.skip_blanks(inside + 1);
    match value::key(text, at) {
        Ok((end, _)) => Ok(matches!(
            text.between(at, end),
            b"\"data\"" | b"\"metadatavalues\""
        )),
        Err(Stop::Bad(_)) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// Reads the metric at a place; the place behind it. `grain` is the time from point to point.
pub(super) fn read(text: Text<'_>, at: usize, grain: &str, sink: &mut Sink) -> Result<usize, Stop> {
    let mut metric = Metric::default();
    let end = members(text, at, &mut |key, start, end| {
        let said = || parsed(text, start, end);
        match key {
            "id" => resource_of(&said().to_text()).clone_into(&mut metric.resource_id),
            "name" => metric.name = named(&said()),
            "unit" => metric.unit = said().to_text(),
            SERIES => metric.series = Some((start, end)),
            _ => {}
        }
        true
    })?;
    let mut n_points = 0;
    if let Some((start, end)) = metric.series {
        items(text, start, end, &mut |start, end| {
            n_points += series(text, start, end, grain, &metric, sink);
        });
    }
    if n_points == 0 {
        return Err(Stop::Bad(Why::NoPoints));
    }
    Ok(end)
}

/// Reads the points of a series; how many rows and rejects came of it.
fn series(
    text: Text<'_>,
    start: usize,
    end: usize,
    grain: &str,
    metric: &Metric,
    sink: &mut Sink,
) -> usize {
    let mut points = None;
    let mut dimensions = String::new();
    let read = members(text.until(end), start, &mut |key, start, end| {
        match key {
            "metadatavalues" => dimensions = bag_of(&parsed(text, start, end)),
            "data" => points = Some((start, end)),
            _ => {}
        }
        true
    });
    let Some((first, last)) = points.filter(|_| read.is_ok()) else {
        sink.reject(text, start, end, Why::Value.reason());
        return 1;
    };
    let at_table = sink.table(TABLE);
    let mut n_points = 0;
    items(text, first, last, &mut |start, end| {
        n_points += 1;
        let Some(table) = sink.tables.get_mut(at_table) else {
            return;
        };
        match point(text, start, end, table) {
            Ok(_) => {
                let constants = [
                    ("MetricName", metric.name.as_str()),
                    ("UnitName", &metric.unit),
                    ("TimeGrain", grain),
                    ("_ResourceId", &metric.resource_id),
                ];
                for (name, said) in constants.into_iter().filter(|(_, said)| !said.is_empty()) {
                    let column = table.column(name, Type::String, true);
                    table.text(column, said.as_bytes());
                }
                if !dimensions.is_empty() {
                    let column = table.column("Dimensions", Type::Dynamic, true);
                    table.json(column, dimensions.as_bytes());
                }
                table.end_row();
            }
            Err(stop) => {
                table.drop_row();
                let reason = match stop {
                    Stop::Bad(why) => why.reason(),
                    _ => Why::Record.reason(),
                };
                sink.reject(text, start, end, reason);
            }
        }
    });
    n_points
}

/// Stores the members of a point.
fn point(
    text: Text<'_>,
    start: usize,
    end: usize,
    table: &mut TableBuilder,
) -> Result<usize, Stop> {
    if text.byte(start) != b'{' {
        return Err(Stop::Bad(Why::Record));
    }
    let mut scratch = Vec::new();
    let mut stored = Ok(start);
    let read = members(text.until(end), start, &mut |key, start, _| {
        let named = column_of(schema::table(TABLE), false, Context::Root, key);
        let (kind, is_declared) = (named.kind.unwrap_or(Type::Dynamic), named.kind.is_some());
        let column = table.column(&named.name, kind, is_declared);
        stored = value::store_apart(text, start, table, column, &mut scratch);
        stored.is_ok()
    });
    stored.and(read)
}

/// Calls `see` with start and end of every item of an array; what does not read is one to its end.
fn items(text: Text<'_>, start: usize, end: usize, see: &mut dyn FnMut(usize, usize)) {
    let mut at = start + 1;
    loop {
        at = text.skip_blanks(at);
        if at + 1 >= end {
            return;
        }
        if text.byte(at) == b',' {
            at += 1;
            continue;
        }
        let next = value::value_end(text.until(end), at).unwrap_or(end - 1);
        see(at, next);
        at = next.max(at + 1);
    }
}

fn parsed(text: Text<'_>, start: usize, end: usize) -> Dynamic {
    let raw = std::str::from_utf8(text.between(start, end)).ok();
    raw.and_then(Dynamic::parse).unwrap_or_default()
}

/// A name, the same for all languages.
fn named(name: &Dynamic) -> String {
    let value = name.member("value");
    if value.is_null() { name } else { &value }.to_text()
}

/// `/subscriptions/…/service/shop` of the id of one of its metrics.
fn resource_of(id: &str) -> &str {
    let found = id.to_ascii_lowercase().find(METRIC_OF);
    found.and_then(|at| id.get(..at)).unwrap_or(id)
}

/// `{"Location":"West Europe"}` of the dimensions of a series; nothing where it has none.
fn bag_of(dimensions: &Dynamic) -> String {
    let mut bag = String::new();
    for dimension in dimensions.items().unwrap_or_default() {
        bag.push(if bag.is_empty() { '{' } else { ',' });
        dynamic::write_json_string(&named(&dimension.member("name")), &mut bag);
        bag.push(':');
        dynamic::write_json_string(&dimension.member("value").to_text(), &mut bag);
    }
    if !bag.is_empty() {
        bag.push('}');
    }
    bag
}
