//! Plugins that count who was there when: ids over a timeline, cut into windows.
//!
//! A window begins at a multiple of its length away from the start. Rows behind the end do not count.
//! Where the documentation leaves open what an empty window gives, it is refused.

use super::{
    Groups, Input, MAX_ROWS, Made, Plugin, Refusal, Rows, Triple, of_whole, refuse, sort_unique,
    whole, wrong,
};
use crate::table::Field;
use crate::text::documentation;
use crate::value::{Type, Value, order};
use std::ops::RangeInclusive;

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

/// The rows of an input, and what their columns are.
struct Timeline {
    /// Time, combination of the dimensions, id (-1 where there is none).
    rows: Vec<Triple>,
    field: Field,
    dimensions: Vec<Field>,
    groups: Groups,
}

fn timeline(input: &Input<'_>, dimensions_at: usize) -> Result<Timeline, Refusal> {
    let (id_at, time_at) = (input.column(0)?, input.column(1)?);
    let dimensions = input.columns_from(dimensions_at)?;
    let (mut ids, mut groups) = (Groups::default(), Groups::default());
    let mut rows = Vec::with_capacity(input.n_rows());
    for row in 0..input.n_rows() {
        let Some(at) = whole(&input.value(row, time_at)) else {
            continue;
        };
        let group = groups.place_of(input.values(row, &dimensions));
        let id = match input.value(row, id_at) {
            id if id.is_null() => -1,
            id => ids.place_of(vec![id]) as i64,
        };
        rows.push([at, group as i64, id]);
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

/// What is in a window, for a combination of the dimensions.
struct Window {
    start: i64,
    group: i64,
    n_rows: i64,
    /// The ids, in order and once each.
    ids: Vec<i64>,
}

/// Windows in the order of their starts.
struct Windows(Vec<Window>);

impl Windows {
    /// Windows of triples: start, combination of the dimensions, id.
    fn of(mut seen: Vec<Triple>) -> Self {
        order::sort_by(&mut seen, Triple::cmp);
        let mut windows: Vec<Window> = Vec::new();
        for [start, group, id] in seen {
            let is_next = |last: &Window| (last.start, last.group) != (start, group);
            if windows.last().is_none_or(is_next) {
                windows.push(Window {
                    start,
                    group,
                    n_rows: 0,
                    ids: Vec::new(),
                });
            }
            if let Some(last) = windows.last_mut() {
                last.n_rows += 1;
                if id >= 0 && last.ids.last() != Some(&id) {
                    last.ids.push(id);
                }
            }
        }
        Self(windows)
    }

    fn get(&self, start: i64, group: i64) -> Option<&Window> {
        let key = |window: &Window| (window.start, window.group);
        let at = self.0.partition_point(|other| key(other) < (start, group));
        self.0.get(at).filter(|other| key(other) == (start, group))
    }

    /// Some windows, the last of which begins at a time, as one.
    fn together(&self, start: i64, group: i64, size: i64, n_windows: i64) -> Window {
        let mut n_rows = 0;
        let mut ids: Vec<Triple> = Vec::new();
        for back in 0..n_windows {
            let window = self.get(start.saturating_sub(back.saturating_mul(size)), group);
            n_rows += window.map_or(0, |window| window.n_rows);
            ids.extend(
                window
                    .iter()
                    .flat_map(|window| &window.ids)
                    .map(|&id| [id, 0, 0]),
            );
        }
        sort_unique(&mut ids);
        Window {
            start,
            group,
            n_rows,
            ids: ids.iter().map(|[id, ..]| *id).collect(),
        }
    }

    /// Whether a combination of the dimensions has an empty window between others.
    fn have_gaps(&self, timeline: &Timeline, size: i64) -> bool {
        let mut last: Vec<Option<i64>> = vec![None; timeline.groups.lists.len()];
        self.0.iter().any(|window| {
            let last = last.get_mut(window.group as usize);
            let before = last.and_then(|last| last.replace(window.start));
            before.is_some_and(|before| window.start.saturating_sub(before) != size)
        })
    }
}

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

    /// A row of the result.
    fn push(&self, rows: &mut Rows, window: &Window, counts: &[Value], are_dimensions_last: bool) {
        let start = [of_whole(window.start, self.field.kind)];
        let dimensions = self.groups.list(window.group as usize);
        if are_dimensions_last {
            rows.push(&[&start, counts, dimensions].concat());
        } else {
            rows.push(&[&start, dimensions, counts].concat());
        }
    }

    /// The windows that rows of a range lie in.
    fn windows(&self, start: i64, size: i64, range: RangeInclusive<i64>) -> Windows {
        let rows = self.rows.iter().filter(|[at, ..]| range.contains(at));
        let seen = rows.map(|&[at, group, id]| [window_of(at, start, size), group, id]);
        Windows::of(seen.collect())
    }
}

const NO_GAPS: &str =
    "a window without rows between others has no documented answer; fill it first";

const OVERLAP: &str = "the windows overlap too often; use a larger bin";

fn sliding_window_counts(input: &Input<'_>) -> Made {
    let timeline = timeline(input, 6)?;
    let (start, end) = (input.whole(2)?, input.whole(3)?);
    let (lookback, bin) = (positive(input, 4)?, positive(input, 5)?);
    let from = start.saturating_sub(lookback).saturating_add(1);
    let bins = timeline.windows(start, bin, from..=end);
    let n_bins = (lookback / bin).max(1);
    // The bins with rows in their window.
    let mut given: Vec<Triple> = Vec::new();
    for window in &bins.0 {
        for ahead in 0..n_bins {
            let at = ahead
                .checked_mul(bin)
                .and_then(|by| window.start.checked_add(by));
            match at {
                Some(at) if at <= end && at >= start => given.push([at, window.group, 0]),
                Some(at) if at < start => {}
                _ => break,
            }
            if given.len() > MAX_ROWS / 8 {
                return refuse(OVERLAP);
            }
        }
    }
    sort_unique(&mut given);
    let mut rows = timeline.result(&[("Count", Type::Long), ("Dcount", Type::Long)], false);
    let mut n_counted = 0;
    for [at, group, _] in given {
        let window = bins.together(at, group, bin, n_bins);
        n_counted += window.ids.len();
        if n_counted > MAX_ROWS {
            return refuse(OVERLAP);
        }
        let counts = [window.n_rows, window.ids.len() as i64].map(Value::Long);
        timeline.push(&mut rows, &window, &counts, false);
    }
    Ok(rows.finish())
}

fn active_users_count(input: &Input<'_>) -> Made {
    let timeline = timeline(input, 8)?;
    let (start, end) = (input.whole(2)?, input.whole(3)?);
    let (lookback, period) = (positive(input, 4)?, positive(input, 5)?);
    let (n_periods, bin) = (input.whole(6)?, positive(input, 7)?);
    let mut visits: Vec<Triple> = (timeline.rows.iter())
        .filter(|[.., id]| *id >= 0)
        .map(|&[at, group, id]| [group, id, at])
        .collect();
    sort_unique(&mut visits);
    let mut active: Vec<Triple> = Vec::new();
    for visits in visits.chunk_by(|left, right| left[..2] == right[..2]) {
        let times = || visits.iter().map(|&[.., at]| at);
        // How many periods there were up to each visit.
        let mut number = 0;
        let mut last = None;
        let numbers = times().map(|at| {
            let now = Some(at.div_euclid(period));
            number += i64::from(now != last);
            last = now;
            number
        });
        let numbers: Vec<i64> = numbers.collect();
        let mut first = 0;
        for (&[group, id, at], number) in visits.iter().zip(&numbers) {
            let after = at.saturating_sub(lookback);
            while visits.get(first).is_some_and(|&[.., other]| other <= after) {
                first += 1;
            }
            let n_active = numbers.get(first).map_or(0, |before| number - before + 1);
            if (start..=end).contains(&at) && n_active >= n_periods {
                active.push([window_of(at, start, bin), group, id]);
            }
        }
    }
    let mut rows = timeline.result(&[("dcount", Type::Long)], false);
    for window in Windows::of(active).0 {
        let count = Value::Long(window.ids.len() as i64);
        timeline.push(&mut rows, &window, &[count], false);
    }
    Ok(rows.finish())
}

fn activity_counts_metrics(input: &Input<'_>) -> Made {
    let timeline = timeline(input, 5)?;
    let (start, end, size) = (input.whole(2)?, input.whole(3)?, positive(input, 4)?);
    let windows = timeline.windows(start, size, start..=end);
    // The windows again, with the ids that are there for the first time.
    let ids = |window: &Window| -> Vec<Triple> {
        let ids = window.ids.iter();
        ids.map(|&id| [window.group, id, window.start]).collect()
    };
    let mut firsts: Vec<Triple> = windows.0.iter().flat_map(ids).collect();
    sort_unique(&mut firsts);
    firsts.dedup_by_key(|[group, id, _]| (*group, *id));
    let firsts = firsts.iter().map(|&[group, id, at]| [at, group, id]);
    let firsts = Windows::of(firsts.collect());
    let names = ["count", "dcount", "new_dcount", "aggregated_dcount"];
    let mut rows = timeline.result(&names.map(|name| (name, Type::Long)), false);
    let mut so_far: Vec<i64> = vec![0; timeline.groups.lists.len()];
    for window in &windows.0 {
        let new = firsts.get(window.start, window.group);
        let n_new = new.map_or(0, |new| new.ids.len() as i64);
        let mut n_all = 0;
        if let Some(so_far) = so_far.get_mut(window.group as usize) {
            *so_far += n_new;
            n_all = *so_far;
        }
        let counts = [window.n_rows, window.ids.len() as i64, n_new, n_all];
        timeline.push(&mut rows, window, &counts.map(Value::Long), false);
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
    let windows = timeline.windows(start, size, start..=end);
    if windows.have_gaps(&timeline, size) {
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
    for window in &windows.0 {
        let before = windows.get(window.start.saturating_sub(size), window.group);
        let before = before.map_or(&[][..], |before| &before.ids);
        let is_back = |id: &&i64| before.binary_search(id).is_ok();
        let n_returned = window.ids.iter().filter(is_back).count();
        let rate = |count: usize| Value::Real(count as f64 / before.len() as f64);
        let counts = [
            Value::Long(window.ids.len() as i64),
            Value::Long((window.ids.len() - n_returned) as i64),
            rate(n_returned),
            rate(before.len() - n_returned),
        ];
        timeline.push(&mut rows, window, &counts, true);
    }
    Ok(rows.finish())
}

fn activity_engagement(input: &Input<'_>) -> Made {
    let (start, end) = start_and_end(input)?;
    let timeline = timeline(input, 6)?;
    let (inner, outer) = (positive(input, 4)?, positive(input, 5)?);
    if timeline.rows.iter().any(|[at, ..]| *at < start) {
        return refuse("rows before the start have no documented weight; filter them first");
    }
    let windows = timeline.windows(start, inner, start..=end);
    if windows.have_gaps(&timeline, inner) {
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
    if n_inner.saturating_mul(windows.0.len() as i64) > MAX_ROWS as i64 {
        return refuse(OVERLAP);
    }
    for window in &windows.0 {
        let (n_ids, n_all) = (
            window.ids.len(),
            windows
                .together(window.start, window.group, inner, n_inner)
                .ids
                .len(),
        );
        let counts = [
            Value::Long(n_ids as i64),
            Value::Long(n_all as i64),
            Value::Real(n_ids as f64 / n_all as f64),
        ];
        timeline.push(&mut rows, window, &counts, true);
    }
    Ok(rows.finish())
}
