//! Plugins that count who was there when: ids over a timeline, cut into windows.
//!
//! A window begins at a multiple of its length away from the start. Rows behind the end do not count.
//! Where the documentation leaves open what an empty window gives, it is refused.

use super::{Input, MAX_ROWS, Made, Plugin, Refusal, Rows, key_of, of_whole, refuse, whole, wrong};
use crate::table::Field;
use crate::text::documentation;
use crate::value::{Type, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// A plugin over ids and a timeline.
const fn activity(
    name: &'static str,
    parameters: &'static [&'static str],
    about: &'static str,
    example: (&'static str, &'static str),
    run: fn(&Input<'_>) -> Made,
) -> Plugin {
    Plugin {
        name,
        parameters,
        takes_table: false,
        needs_order: false,
        about: documentation(about),
        example: (documentation(example.0), documentation(example.1)),
        run,
    }
}

pub(super) const SLIDING_WINDOW_COUNTS: Plugin = activity(
    "sliding_window_counts",
    &[
        "IdColumn",
        "TimelineColumn",
        "Start",
        "End",
        "LookbackWindow",
        "Bin",
    ],
    "Rows and distinct ids in the window that ends with each bin.",
    (
        "datatable(id: long, t: long) [1, 1, 1, 2, 2, 3] | evaluate sliding_window_counts(id, t, 1, 3, 2, 1) | where t == 3 | project Dcount",
        "2",
    ),
    sliding_window_counts,
);

pub(super) const ACTIVE_USERS_COUNT: Plugin = activity(
    "active_users_count",
    &[
        "IdColumn",
        "TimelineColumn",
        "Start",
        "End",
        "LookbackWindow",
        "Period",
        "ActivePeriodsCount",
        "Bin",
    ],
    "Distinct ids of each bin that were there in enough periods before.",
    (
        "datatable(id: long, t: long) [1, 1, 1, 2, 2, 3] | evaluate active_users_count(id, t, 1, 3, 5, 1, 2, 10) | project dcount",
        "1",
    ),
    active_users_count,
);

pub(super) const ACTIVITY_COUNTS_METRICS: Plugin = activity(
    "activity_counts_metrics",
    &["IdColumn", "TimelineColumn", "Start", "End", "Window"],
    "Rows, distinct ids, new ones and all so far, for each window.",
    (
        "datatable(id: long, t: long) [1, 1, 1, 2, 2, 2] | evaluate activity_counts_metrics(id, t, 1, 2, 1) | where t == 2 | project new_dcount",
        "1",
    ),
    activity_counts_metrics,
);

pub(super) const ACTIVITY_METRICS: Plugin = activity(
    "activity_metrics",
    &[],
    "Distinct ids of each window, new ones, and how many of those before came back or left.",
    (
        "datatable(id: long, t: long) [1, 1, 2, 1, 2, 2] | evaluate activity_metrics(id, t, 1, 2, 1) | where t == 2 | project retention_rate",
        "0.5",
    ),
    activity_metrics,
);

pub(super) const ACTIVITY_ENGAGEMENT: Plugin = activity(
    "activity_engagement",
    &[],
    "Distinct ids of each window, those of the longer window that ends with it, and their ratio.",
    (
        "datatable(id: long, t: long) [1, 1, 2, 2] | evaluate activity_engagement(id, t, 1, 2, 1, 2) | where t == 2 | project activity_ratio",
        "0.5",
    ),
    activity_engagement,
);

/// A row: who, when, and its combination of the dimensions.
struct Seen {
    id: Option<u32>,
    at: i64,
    group: usize,
}

/// The rows of an input, and what their columns are.
struct Timeline {
    rows: Vec<Seen>,
    field: Field,
    dimensions: Vec<Field>,
    groups: Vec<Vec<Value>>,
}

fn timeline(input: &Input<'_>, dimensions_at: usize) -> Result<Timeline, Refusal> {
    let (id_at, time_at) = (input.column(0)?, input.column(1)?);
    let dimensions = input.columns_from(dimensions_at)?;
    let mut ids: FxHashMap<String, u32> = FxHashMap::default();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<Value>> = Vec::new();
    let mut rows = Vec::with_capacity(input.n_rows());
    for row in 0..input.n_rows() {
        let Some(at) = whole(&input.value(row, time_at)) else {
            continue;
        };
        let dims: Vec<Value> = dimensions.iter().map(|&at| input.value(row, at)).collect();
        let group = *places.entry(key_of(&dims)).or_insert_with(|| {
            groups.push(dims);
            groups.len() - 1
        });
        let id = input.value(row, id_at);
        let next = ids.len() as u32;
        let id = (!id.is_null()).then(|| *ids.entry(key_of(&[id])).or_insert(next));
        rows.push(Seen { id, at, group });
    }
    Ok(Timeline {
        rows,
        field: input.field(time_at),
        dimensions: dimensions.iter().map(|&at| input.field(at)).collect(),
        groups,
    })
}

/// The start of the window that a time lies in.
fn window_of(at: i64, start: i64, size: i64) -> i64 {
    let away = i128::from(at) - i128::from(start);
    (i128::from(start) + away.div_euclid(i128::from(size)) * i128::from(size)) as i64
}

fn positive(input: &Input<'_>, at: usize) -> Result<i64, Refusal> {
    if let Ok(Value::String(_)) = input.constant(at) {
        return refuse("calendar windows are not supported here; give a length: `7d`");
    }
    match input.whole(at)? {
        size if size > 0 => Ok(size),
        _ => wrong("a window must be longer than zero"),
    }
}

type Ids = FxHashSet<u32>;

/// Windows in order, each with what was counted in it by combination of the dimensions.
type Windows<T> = BTreeMap<(i64, usize), T>;

impl Timeline {
    /// The timeline, the dimensions, and columns of counts.
    fn result(&self, counts: &[(&str, Type)], are_dimensions_last: bool) -> Rows {
        let mut fields = vec![self.field.clone()];
        let counts = counts.iter().map(|(name, kind)| Field::new(name, *kind));
        if are_dimensions_last {
            fields.extend(counts);
            fields.extend(self.dimensions.iter().cloned());
        } else {
            fields.extend(self.dimensions.iter().cloned());
            fields.extend(counts);
        }
        Rows::new(fields)
    }

    fn dims(&self, group: usize) -> Vec<Value> {
        self.groups.get(group).cloned().unwrap_or_default()
    }

    /// The ids of every window from the start to the end.
    fn windows(&self, start: i64, end: i64, size: i64) -> Windows<Ids> {
        let mut windows: Windows<Ids> = BTreeMap::new();
        for row in self
            .rows
            .iter()
            .filter(|row| row.at >= start && row.at <= end)
        {
            let window = windows.entry((window_of(row.at, start, size), row.group));
            window.or_default().extend(row.id);
        }
        windows
    }

    /// Whether a combination of the dimensions has an empty window between others.
    fn has_gaps(&self, windows: &Windows<Ids>, size: i64) -> bool {
        let mut last: FxHashMap<usize, i64> = FxHashMap::default();
        windows.keys().any(|&(window, group)| {
            let before = last.insert(group, window);
            before.is_some_and(|before| window - before != size)
        })
    }
}

const NO_GAPS: &str =
    "a window without rows between others has no documented answer; fill it first";

fn sliding_window_counts(input: &Input<'_>) -> Made {
    let timeline = timeline(input, 6)?;
    let (start, end) = (input.whole(2)?, input.whole(3)?);
    let (lookback, bin) = (positive(input, 4)?, positive(input, 5)?);
    let mut counted: Windows<(i64, Ids)> = BTreeMap::new();
    let mut n_counted = 0_usize;
    for row in &timeline.rows {
        if row.at <= start.saturating_sub(lookback) || row.at > end {
            continue;
        }
        let first = window_of(row.at, start, bin);
        let last = first.saturating_add(lookback - bin).max(first).min(end);
        // The first bin that is not before the start.
        let mut at = if first < start { start } else { first };
        while at <= last {
            let (count, ids) = counted.entry((at, row.group)).or_default();
            *count += 1;
            ids.extend(row.id);
            n_counted += 1;
            if n_counted > MAX_ROWS {
                return refuse("the windows overlap too often; use a larger bin");
            }
            match at.checked_add(bin) {
                Some(next) => at = next,
                None => break,
            }
        }
    }
    let mut rows = timeline.result(&[("Count", Type::Long), ("Dcount", Type::Long)], false);
    for ((at, group), (count, ids)) in counted {
        let values = [Value::Long(count), Value::Long(ids.len() as i64)];
        let at = of_whole(at, timeline.field.kind);
        rows.push([at].into_iter().chain(timeline.dims(group)).chain(values));
    }
    Ok(rows.finish())
}

fn active_users_count(input: &Input<'_>) -> Made {
    let timeline = timeline(input, 8)?;
    let (start, end) = (input.whole(2)?, input.whole(3)?);
    let (lookback, period) = (positive(input, 4)?, positive(input, 5)?);
    let (n_periods, bin) = (input.whole(6)?, positive(input, 7)?);
    let mut times: FxHashMap<(usize, u32), Vec<i64>> = FxHashMap::default();
    for row in &timeline.rows {
        if let Some(id) = row.id {
            times.entry((row.group, id)).or_default().push(row.at);
        }
    }
    times.values_mut().for_each(|times| times.sort_unstable());
    let mut active: Windows<Ids> = BTreeMap::new();
    for row in timeline
        .rows
        .iter()
        .filter(|row| row.at >= start && row.at <= end)
    {
        let Some(id) = row.id else { continue };
        let seen = times
            .get(&(row.group, id))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let from = seen.partition_point(|&at| at <= row.at.saturating_sub(lookback));
        let to = seen.partition_point(|&at| at <= row.at);
        let mut periods: Vec<i64> = seen
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .map(|at| at.div_euclid(period))
            .collect();
        periods.dedup();
        if periods.len() as i64 >= n_periods {
            let window = active.entry((window_of(row.at, start, bin), row.group));
            window.or_default().insert(id);
        }
    }
    let mut rows = timeline.result(&[("dcount", Type::Long)], false);
    for ((at, group), ids) in active {
        let at = of_whole(at, timeline.field.kind);
        let count = Value::Long(ids.len() as i64);
        rows.push([at].into_iter().chain(timeline.dims(group)).chain([count]));
    }
    Ok(rows.finish())
}

fn activity_counts_metrics(input: &Input<'_>) -> Made {
    let timeline = timeline(input, 5)?;
    let (start, end, size) = (input.whole(2)?, input.whole(3)?, positive(input, 4)?);
    let windows = timeline.windows(start, end, size);
    let mut counts: Windows<i64> = BTreeMap::new();
    for row in timeline
        .rows
        .iter()
        .filter(|row| row.at >= start && row.at <= end)
    {
        *counts
            .entry((window_of(row.at, start, size), row.group))
            .or_default() += 1;
    }
    let names = ["count", "dcount", "new_dcount", "aggregated_dcount"];
    let mut rows = timeline.result(&names.map(|name| (name, Type::Long)), false);
    let mut so_far: FxHashMap<usize, Ids> = FxHashMap::default();
    for ((at, group), ids) in windows {
        let all = so_far.entry(group).or_default();
        let n_before = all.len();
        all.extend(&ids);
        let count = counts.get(&(at, group)).copied().unwrap_or(0);
        let numbers = [
            count,
            ids.len() as i64,
            (all.len() - n_before) as i64,
            all.len() as i64,
        ];
        let at = of_whole(at, timeline.field.kind);
        rows.push(
            [at].into_iter()
                .chain(timeline.dims(group))
                .chain(numbers.map(Value::Long)),
        );
    }
    Ok(rows.finish())
}

/// Start and end, which must be given here, and the place of what follows them.
fn start_and_end(input: &Input<'_>) -> Result<(i64, i64), Refusal> {
    let kind = |at: usize| input.arguments.get(at).and_then(|argument| argument.kind);
    let is_time = kind(1) == Some(Type::DateTime);
    if is_time && (kind(2) != Some(Type::DateTime) || kind(3) != Some(Type::DateTime)) {
        return refuse("without a start and an end the windows are not documented; give both");
    }
    Ok((input.whole(2)?, input.whole(3)?))
}

fn activity_metrics(input: &Input<'_>) -> Made {
    let (start, end) = start_and_end(input)?;
    let timeline = timeline(input, 5)?;
    let size = positive(input, 4)?;
    let windows = timeline.windows(start, end, size);
    if timeline.has_gaps(&windows, size) {
        return refuse(NO_GAPS);
    }
    let mut rows = timeline.result(
        &[
            ("dcount_values", Type::Long),
            ("dcount_newvalues", Type::Long),
            ("retention_rate", Type::Real),
            ("churn_rate", Type::Real),
        ],
        true,
    );
    for (&(at, group), ids) in &windows {
        let none = Ids::default();
        let before = windows.get(&(at - size, group)).unwrap_or(&none);
        let n_returned = ids.intersection(before).count();
        let rate = |count: usize| Value::Real(count as f64 / before.len() as f64);
        let values = [
            of_whole(at, timeline.field.kind),
            Value::Long(ids.len() as i64),
            Value::Long((ids.len() - n_returned) as i64),
            rate(n_returned),
            rate(before.len() - n_returned),
        ];
        rows.push(values.into_iter().chain(timeline.dims(group)));
    }
    Ok(rows.finish())
}

fn activity_engagement(input: &Input<'_>) -> Made {
    let (start, end) = start_and_end(input)?;
    let timeline = timeline(input, 6)?;
    let (inner, outer) = (positive(input, 4)?, positive(input, 5)?);
    if timeline.rows.iter().any(|row| row.at < start) {
        return refuse("rows before the start have no documented weight; filter them first");
    }
    let windows = timeline.windows(start, end, inner);
    if timeline.has_gaps(&windows, inner) {
        return refuse(NO_GAPS);
    }
    let mut rows = timeline.result(
        &[
            ("dcount_activities_inner", Type::Long),
            ("dcount_activities_outer", Type::Long),
            ("activity_ratio", Type::Real),
        ],
        true,
    );
    let n_inner = (outer / inner).max(1);
    if n_inner.saturating_mul(windows.len() as i64) > MAX_ROWS as i64 {
        return refuse("the windows overlap too often; use a larger inner window");
    }
    for (&(at, group), ids) in &windows {
        let mut all = Ids::default();
        for back in 0..n_inner {
            let window = windows.get(&(at.saturating_sub(back * inner), group));
            all.extend(window.into_iter().flatten());
        }
        let values = [
            of_whole(at, timeline.field.kind),
            Value::Long(ids.len() as i64),
            Value::Long(all.len() as i64),
            Value::Real(ids.len() as f64 / all.len() as f64),
        ];
        rows.push(values.into_iter().chain(timeline.dims(group)));
    }
    Ok(rows.finish())
}
