//! Plugins that look at neighbouring rows or times: `rows_near`, `rolling_percentile`,
//! `sequence_detect`.

use super::{
    Groups, Input, MAX_ROWS, Made, Plugin, Rows, of_whole, refuse, sort_unique, whole, wrong,
};
use crate::engine::scalar::sketch;
use crate::table::Field;
use crate::text::documentation;
use crate::value::{Dynamic, Type, Value, order};

pub(super) const ROWS_NEAR: Plugin = Plugin {
    name: "rows_near",
    parameters: &["Condition", "NumRows", "RowsAfter"],
    takes_table: false,
    needs_order: true,
    about: documentation(
        "The rows at most so many before and behind those where a condition is true.",
    ),
    example: (
        documentation(
            "range x from 1 to 9 step 1 | evaluate rows_near(x == 5, 2, 1) | summarize sum(x)",
        ),
        documentation("18"),
    ),
    run: rows_near,
};

pub(super) const ROLLING_PERCENTILE: Plugin = Plugin {
    name: "rolling_percentile",
    parameters: &[
        "ValueColumn",
        "Percentile",
        "IndexColumn",
        "BinSize",
        "BinsPerWindow",
    ],
    takes_table: false,
    needs_order: false,
    about: documentation("A percentile of the values in the last bins, for every bin; exact here."),
    example: (
        documentation(
            "range x from 0 to 3 step 1 | evaluate rolling_percentile(x, 100, x, 1, 2) | summarize sum(rolling_2_percentile_x_100)",
        ),
        documentation("6"),
    ),
    run: rolling_percentile,
};

pub(super) const SEQUENCE_DETECT: Plugin = Plugin {
    name: "sequence_detect",
    parameters: &["TimelineColumn", "MaxSequenceStepWindow", "MaxSequenceSpan"],
    takes_table: false,
    needs_order: false,
    about: documentation("The times at which conditions became true one behind the other."),
    example: (
        documentation(
            "datatable(t: long, s: string) [1, 'a', 3, 'b', 9, 'b'] | evaluate sequence_detect(t, 5, 5, a = s == 'a', b = s == 'b') | project Duration",
        ),
        documentation("2"),
    ),
    run: sequence_detect,
};

fn rows_near(input: &Input<'_>) -> Made {
    let condition = input.column(0)?;
    if input.field(condition).kind != Type::Bool {
        return wrong("`rows_near` requires a condition");
    }
    let columns: Vec<usize> = (0..input.n_fields).collect();
    let before = input.whole(1)?.max(0) as usize;
    let behind = if input.is_given(2) {
        input.whole(2)?.max(0) as usize
    } else {
        before
    };
    let n_rows = input.n_rows();
    let mut rows = Rows::new(input.fields().to_vec());
    let mut next = 0;
    for row in 0..n_rows {
        if !matches!(input.value(row, condition), Value::Bool(true)) {
            continue;
        }
        let end = row.saturating_add(behind).min(n_rows.saturating_sub(1));
        for near in row.saturating_sub(before).max(next)..=end {
            rows.push(&input.values(near, &columns));
        }
        next = next.max(end + 1);
    }
    Ok(rows.finish())
}

fn rolling_percentile(input: &Input<'_>) -> Made {
    let values = input.column(0)?;
    let percentile = input.constant(1)?.as_real().unwrap_or(f64::NAN);
    let index = input.column(2)?;
    let (size, n_bins) = (input.whole(3)?, input.whole(4)?);
    let dimensions = input.columns_from(5)?;
    if size <= 0 || n_bins <= 0 || !(0.0..=100.0).contains(&percentile) {
        return wrong("`rolling_percentile` requires a size and a number of bins above zero");
    }
    // The bins and values of every combination of the dimensions.
    let mut groups = Groups::default();
    let mut cells: Vec<Vec<(i64, Dynamic)>> = Vec::new();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for row in 0..input.n_rows() {
        let Some(at) = whole(&input.value(row, index)) else {
            continue;
        };
        let bin = at.div_euclid(size);
        (first, last) = (first.min(bin), last.max(bin));
        let group = groups.place_of(input.values(row, &dimensions));
        cells.resize(groups.lists.len(), Vec::new());
        let value = input.value(row, values);
        if let Some(cells) = cells.get_mut(group)
            && !value.is_null()
        {
            cells.push((bin, value.to_dynamic()));
        }
    }
    for cells in &mut cells {
        order::sort_by_key(cells, |(bin, _)| *bin);
    }
    let n_steps = (i128::from(last) - i128::from(first) + 1).max(0);
    if n_steps * cells.len() as i128 > MAX_ROWS as i128 {
        return refuse("`rolling_percentile` would make more than 16,777,216 rows");
    }
    let (index, value) = (input.field(index), input.field(values));
    let kind = if value.kind == Type::Int {
        Type::Long
    } else {
        value.kind
    };
    let name = input.constant(1)?.to_text().replace('.', "_");
    let name = format!("rolling_{n_bins}_percentile_{}_{name}", value.name);
    let mut fields = vec![index.clone()];
    fields.extend(dimensions.iter().map(|&at| input.field(at)));
    fields.push(Field::new(&name, kind));
    let mut rows = Rows::new(fields);
    if n_steps == 0 {
        return Ok(rows.finish());
    }
    for bin in first..=last {
        for (dims, cells) in groups.lists.iter().zip(&cells) {
            let from = cells.partition_point(|(at, _)| *at <= bin.saturating_sub(n_bins));
            let to = cells.partition_point(|(at, _)| *at <= bin);
            let window = cells.get(from..to).unwrap_or_default();
            if window.is_empty() {
                continue;
            }
            let window = window.iter().map(|(_, value)| (value.clone(), 1)).collect();
            let found = sketch::at_rank(&sketch::combined(window), percentile).to_scalar();
            let start = of_whole(bin.saturating_mul(size), index.kind);
            rows.push(&[&[start], dims.as_slice(), &[found]].concat());
        }
    }
    Ok(rows.finish())
}

fn sequence_detect(input: &Input<'_>) -> Made {
    let timeline = input.column(0)?;
    let (max_step, max_span) = (input.whole(1)?, input.whole(2)?);
    let is_step = |at: &usize| {
        let argument = input.arguments.get(*at);
        argument.is_some_and(|argument| argument.kind == Some(Type::Bool))
    };
    let n_steps = (3..input.arguments.len()).take_while(is_step).count();
    let steps: Vec<usize> = (3..3 + n_steps)
        .map(|at| input.column(at))
        .collect::<Result<_, _>>()?;
    let dimensions = input.columns_from(3 + n_steps)?;
    let named = |at: usize| {
        input
            .arguments
            .get(3 + at)
            .and_then(|step| step.name.clone())
    };
    let names: Option<Vec<String>> = (0..n_steps).map(named).collect();
    let Some(names) = names.filter(|names| !names.is_empty()) else {
        return wrong("`sequence_detect` requires steps with names: `first = a == 1`");
    };
    let time = input.field(timeline);
    let span = match time.kind {
        Type::DateTime => Type::TimeSpan,
        kind => kind,
    };
    // Combination of the dimensions, step and time.
    let mut groups = Groups::default();
    let mut times = Vec::new();
    for row in 0..input.n_rows() {
        let Some(at) = whole(&input.value(row, timeline)) else {
            continue;
        };
        let group = groups.place_of(input.values(row, &dimensions));
        for (number, step) in steps.iter().enumerate() {
            if matches!(input.value(row, *step), Value::Bool(true)) {
                times.push([group as i64, number as i64, at]);
            }
        }
    }
    sort_unique(&mut times);
    let mut fields: Vec<Field> = dimensions.iter().map(|&at| input.field(at)).collect();
    let column = |name: &String| Field::new(&format!("{name}_{}", time.name), time.kind);
    fields.extend(names.iter().map(column));
    fields.push(Field::new("Duration", span));
    let mut rows = Rows::new(fields);
    for (group, dims) in groups.lists.iter().enumerate() {
        let times_of = |step: usize| -> Vec<i64> {
            let key = [group as i64, step as i64];
            let from = times.partition_point(|other| other[..2] < key[..]);
            let times = times.iter().skip(from);
            let times = times.take_while(|other| other[..2] == key[..]);
            times.map(|&[.., at]| at).collect()
        };
        // Sequences grow step by step; the longest way to a row is bounded.
        let mut sequences: Vec<Vec<i64>> = times_of(0).iter().map(|&at| vec![at]).collect();
        for next in (1..n_steps).map(times_of) {
            let mut longer = Vec::new();
            for sequence in &sequences {
                let (Some(&start), Some(&last)) = (sequence.first(), sequence.last()) else {
                    continue;
                };
                let from = next.partition_point(|&at| at < last);
                for &at in next.get(from..).unwrap_or_default() {
                    if at - last > max_step || at - start > max_span {
                        break;
                    }
                    if at == last {
                        return refuse(
                            "`sequence_detect` of steps at the same time is not documented",
                        );
                    }
                    longer.push([sequence.as_slice(), &[at]].concat());
                }
                if longer.len() > MAX_ROWS {
                    return refuse("`sequence_detect` would make more than 16,777,216 rows");
                }
            }
            sequences = longer;
        }
        for sequence in sequences {
            let length = sequence.last().unwrap_or(&0) - sequence.first().unwrap_or(&0);
            let mut row = dims.clone();
            row.extend(sequence.iter().map(|&at| of_whole(at, time.kind)));
            row.push(of_whole(length, span));
            rows.push(&row);
        }
    }
    Ok(rows.finish())
}
