//! Lines and polynomials that fit a series best, by least squares; seasons of a given length.

use super::super::{Returns, Scalar};
use super::{ANY, DYNAMIC, Parameter, items, numbers, reals};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value, order};
use std::rc::Rc;

const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);
const LONG: Parameter = Parameter::Is(Type::Long);
const TEXT: Parameter = Parameter::Is(Type::String);
const REAL: Parameter = Parameter::Is(Type::Real);

/// Highest degree of a polynomial.
const MAX_DEGREE: usize = 32;
/// Fewest items of a period that the service looks for.
const MIN_PERIOD: usize = 4;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "series_fit_line",
        &[DYNAMIC],
        TO_DYNAMIC,
        "Columns for the line that fits a series best: quality, slope, variances, height, the line.",
        ("round(series_fit_line(dynamic([1, 2, 2])), 9)", "0.75"),
        |_, a| {
            let parts = line_of(a).map(|found| found.into_iter().map(|(_, part)| part).collect());
            parts.map_or(Value::Null, |parts| Dynamic::array(parts).into())
        },
    )
    .gives(&[
        ("rsquare", Type::Real),
        ("slope", Type::Real),
        ("variance", Type::Real),
        ("rvariance", Type::Real),
        ("interception", Type::Real),
        ("line_fit", Type::Dynamic),
    ]),
    Scalar::new(
        "series_fit_line_dynamic",
        &[DYNAMIC],
        TO_DYNAMIC,
        "A bag about the line that fits a series best.",
        ("series_fit_line_dynamic(dynamic([1, 2, 2])).slope", "0.5"),
        |_, a| {
            line_of(a).map_or(Value::Null, |found| {
                let members = found.into_iter().map(|(key, part)| (Rc::from(key), part));
                Dynamic::bag(members.collect()).into()
            })
        },
    ),
    Scalar::new(
        "series_fit_poly",
        &[DYNAMIC, ANY, LONG],
        TO_DYNAMIC,
        "Columns for the polynomial that fits a series best: quality, coefficients, variances, values.",
        ("round(series_fit_poly(dynamic([1, 2, 2])), 9)", "0.75"),
        fit_polynomial,
    )
    .optional(2)
    .gives(&[
        ("rsquare", Type::Real),
        ("coefficients", Type::Dynamic),
        ("variance", Type::Real),
        ("rvariance", Type::Real),
        ("poly_fit", Type::Dynamic),
    ]),
    Scalar::new(
        "series_seasonal",
        &[DYNAMIC, LONG],
        TO_DYNAMIC,
        "The medians of the items at the same places of a period.",
        ("series_seasonal(dynamic([1, 3, 2, 4, 3]), 2)", "[2.0,3.5,2.0,3.5,2.0]"),
        series_seasonal,
    )
    .optional(1),
    Scalar::new(
        "series_decompose",
        &[DYNAMIC, LONG, TEXT, LONG, REAL],
        TO_DYNAMIC,
        "Columns for the seasons of a series, its trend, both together and what is left.",
        (
            "series_decompose(dynamic([1, 2, 3, 4]), 0, \"linefit\")",
            "[1.0,2.0,3.0,4.0]",
        ),
        |c, a| {
            let n_points = a.get(3).and_then(Value::as_long).unwrap_or(0);
            decompose(c, a, a.get(1), a.get(2), n_points).map_or(Value::Null, Value::from)
        },
    )
    .optional(4)
    .gives(&[
        ("baseline", Type::Dynamic),
        ("seasonal", Type::Dynamic),
        ("trend", Type::Dynamic),
        ("residual", Type::Dynamic),
    ]),
    Scalar::new(
        "series_decompose_forecast",
        &[DYNAMIC, LONG, LONG, TEXT, REAL],
        TO_DYNAMIC,
        "What seasons and trend of a series foretell for its last points.",
        (
            "series_decompose_forecast(dynamic([1, 2, 3, 0]), 1, 0, \"linefit\")",
            "[1.0,2.0,3.0,4.0]",
        ),
        |c, a| {
            let n_points = a.get(1).and_then(Value::as_long).unwrap_or(0);
            let parts = decompose(c, a, a.get(2), a.get(3), n_points);
            parts.map_or(Value::Null, |parts| parts.item(0).into())
        },
    )
    .optional(3),
];

/// The mean of some numbers.
pub(super) fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// How a fit went: the share of the variance that it explains, the variance, and what it leaves.
fn quality(values: &[f64], fitted: &[f64]) -> [f64; 3] {
    let (mean, n_free) = (mean(values), (values.len() - 1).max(1) as f64);
    let all: f64 = values.iter().map(|y| (y - mean) * (y - mean)).sum();
    let left: f64 = values
        .iter()
        .zip(fitted)
        .map(|(y, f)| (y - f) * (y - f))
        .sum();
    [1.0 - left / all, all / n_free, left / n_free]
}

/// Slope and height of the line through numbers at 0, 1, 2 and so on.
fn line(values: &[f64]) -> (f64, f64) {
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let mean = mean(values);
    let (mut both, mut squares) = (0.0, 0.0);
    for (at, y) in values.iter().enumerate() {
        let x = at as f64 - middle;
        both += x * (y - mean);
        squares += x * x;
    }
    let slope = if squares == 0.0 { 0.0 } else { both / squares };
    (slope, mean - slope * middle)
}

fn line_of(arguments: &[Value]) -> Option<Vec<(&'static str, Dynamic)>> {
    let values = numbers(arguments, 0).filter(|values| !values.is_empty())?;
    let (slope, height) = line(&values);
    let fitted: Vec<f64> = (0..values.len())
        .map(|at| height + slope * at as f64)
        .collect();
    let [explained, variance, left] = quality(&values, &fitted);
    Some(vec![
        ("rsquare", Dynamic::Real(explained)),
        ("slope", Dynamic::Real(slope)),
        ("variance", Dynamic::Real(variance)),
        ("rvariance", Dynamic::Real(left)),
        ("interception", Dynamic::Real(height)),
        ("line_fit", reals(fitted)),
    ])
}

fn fit_polynomial(context: &Context, arguments: &[Value]) -> Value {
    let Some(values) = numbers(arguments, 0) else {
        return Value::Null;
    };
    // The degree may stand where the places of the items are left out.
    let (places, degree) = match arguments.get(1) {
        Some(Value::Dynamic(_)) => (numbers(arguments, 1), arguments.get(2)),
        degree => {
            let counted = (1..=values.len()).map(|at| at as f64).collect();
            (Some(counted), degree)
        }
    };
    let degree = degree
        .map_or(Some(1), Value::as_long)
        .and_then(|d| usize::try_from(d).ok());
    let (Some(places), Some(degree)) = (places, degree) else {
        return Value::Null;
    };
    if places.len() != values.len() || values.len() <= degree || degree > MAX_DEGREE {
        return context
            .refuse("`series_fit_poly` requires as many places as items, more than the degree");
    }
    // Columns of powers, each made square to those before it.
    let n_powers = degree + 1;
    let mut square: Vec<Vec<f64>> = Vec::new();
    // For every power: its share of those before it, and its length without them.
    let mut over: Vec<Vec<f64>> = Vec::new();
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
    let mut power = vec![1.0; values.len()];
    for _ in 0..n_powers {
        let mut column = power.clone();
        let mut parts = vec![0.0; square.len()];
        // Twice is enough to take away what rounding left.
        for _ in 0..2 {
            for (part, other) in parts.iter_mut().zip(&square) {
                let share = dot(other, &column);
                *part += share;
                column
                    .iter_mut()
                    .zip(other)
                    .for_each(|(x, y)| *x -= share * y);
            }
        }
        let length = dot(&column, &column).sqrt();
        parts.push(length);
        over.push(parts);
        if length == 0.0 || !length.is_finite() {
            return context.refuse("`series_fit_poly` requires places that differ");
        }
        for x in &mut column {
            *x /= length;
        }
        square.push(column);
        power
            .iter_mut()
            .zip(&places)
            .for_each(|(x, place)| *x *= place);
    }
    let shares: Vec<f64> = square.iter().map(|column| dot(column, &values)).collect();
    let mut coefficients = vec![0.0; n_powers];
    for at in (0..n_powers).rev() {
        let later = over.iter().zip(&coefficients).skip(at + 1);
        let known: f64 = later.map(|(parts, c)| parts[at] * c).sum();
        coefficients[at] = (shares[at] - known) / over[at][at];
    }
    let value_at = |x: &f64| coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c);
    let fitted: Vec<f64> = places.iter().map(value_at).collect();
    let [explained, variance, left] = quality(&values, &fitted);
    Dynamic::array(vec![
        Dynamic::Real(explained),
        reals(coefficients.iter().rev().copied()),
        Dynamic::Real(variance),
        Dynamic::Real(left),
        reals(fitted),
    ])
    .into()
}

fn median(values: &mut [f64]) -> f64 {
    order::sort_by(values, f64::total_cmp);
    let middle = values.len() / 2;
    let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
    if values.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    }
}

/// The medians of the first `n_seen` numbers by their place in a period, over `n_items`.
fn seasons(values: &[f64], period: usize, n_seen: usize) -> Vec<f64> {
    if period == 0 {
        return vec![0.0; values.len()];
    }
    let seen = values.get(..n_seen).unwrap_or(values);
    let of_phase = |phase: usize| {
        let mut same: Vec<f64> = seen.iter().skip(phase).step_by(period).copied().collect();
        median(&mut same)
    };
    let medians: Vec<f64> = (0..period.min(values.len())).map(of_phase).collect();
    medians.iter().cycle().take(values.len()).copied().collect()
}

const NO_DETECTION: &str = "the service's detection of periods is not documented; give the period";

fn series_seasonal(context: &Context, arguments: &[Value]) -> Value {
    let Some(values) = numbers(arguments, 0) else {
        return items(arguments, 0).map_or(Value::Null, |_| {
            context.refuse("a series of numbers alone is required; fill it before")
        });
    };
    let period = arguments.get(1).and_then(Value::as_long).unwrap_or(-1);
    let period = match usize::try_from(period) {
        Ok(period) if period > 0 => period,
        // A series that is too short for any period has none.
        _ if values.len() < 2 * MIN_PERIOD => 0,
        _ => return context.refuse(NO_DETECTION),
    };
    reals(seasons(&values, period, values.len())).into()
}

/// Baseline, seasons, trend and rest; the last `n_points` are not looked at.
fn decompose(
    context: &Context,
    arguments: &[Value],
    seasonality: Option<&Value>,
    trend: Option<&Value>,
    n_points: i64,
) -> Option<Dynamic> {
    let values = numbers(arguments, 0).filter(|values| !values.is_empty());
    let n_points = usize::try_from(n_points).ok();
    let (Some(values), Some(n_points)) = (values, n_points) else {
        context.refuse("a series of numbers alone is required; fill it before");
        return None;
    };
    let n_seen = values.len().saturating_sub(n_points);
    let period = seasonality.and_then(Value::as_long).unwrap_or(-1);
    let Ok(period) = usize::try_from(period) else {
        context.refuse(NO_DETECTION);
        return None;
    };
    if n_seen <= period {
        context.refuse("a period requires more points than it has");
        return None;
    }
    let seasonal = seasons(&values, period, n_seen);
    let deseasoned: Vec<f64> = values.iter().zip(&seasonal).map(|(y, s)| y - s).collect();
    let deseasoned = deseasoned.get(..n_seen).unwrap_or(&deseasoned);
    let (slope, height) = match trend.and_then(Value::as_str).unwrap_or("avg") {
        "avg" => (0.0, mean(deseasoned)),
        "linefit" => line(deseasoned),
        "none" => (0.0, 0.0),
        _ => {
            context.refuse("the trend is \"avg\", \"linefit\" or \"none\"");
            return None;
        }
    };
    let trend: Vec<f64> = (0..values.len())
        .map(|at| height + slope * at as f64)
        .collect();
    let baseline: Vec<f64> = seasonal.iter().zip(&trend).map(|(s, t)| s + t).collect();
    let residual = values.iter().zip(&baseline).map(|(y, b)| y - b);
    let residual = reals(residual);
    Some(Dynamic::array(vec![
        reals(baseline),
        reals(seasonal),
        reals(trend),
        residual,
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        Value::Dynamic(Dynamic::parse(text).unwrap())
    }

    #[test]
    fn a_parabola_is_found_again() {
        let values = reals((1..=9).map(|x| f64::from(x * x) * 2.0 - f64::from(x) + 3.0));
        let arguments = [values.into(), Value::Long(2)];
        let Value::Dynamic(found) = fit_polynomial(&Context::new(0), &arguments) else {
            panic!("no fit");
        };
        let coefficients = found.item(1);
        for (found, wanted) in coefficients.items().unwrap().iter().zip([2.0, -1.0, 3.0]) {
            assert!((super::super::number(found).unwrap() - wanted).abs() < 1e-9);
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_null_or_refused() {
        let context = Context::new(0);
        assert!(line_of(&[json("[]")]).is_none());
        assert!(line_of(&[json("[1,null]")]).is_none());
        assert!(line_of(&[json("[5]")]).is_some());
        fit_polynomial(&context, &[json("[1,2]"), Value::Long(2)]);
        assert!(context.take_refusal().is_some());
        series_seasonal(&context, &[json("[1,2,1,2,1,2,1,2]")]);
        assert!(context.take_refusal().is_some());
    }

    #[test]
    fn seasons_and_trend_together_are_the_baseline() {
        let context = Context::new(0);
        let arguments = [json("[1,5,2,6,3,7]"), Value::Long(2)];
        let parts = decompose(&context, &arguments, arguments.get(1), None, 0).unwrap();
        assert_eq!(parts.item(1).to_json(), "[2.0,6.0,2.0,6.0,2.0,6.0]");
        assert_eq!(parts.item(3).to_json(), "[-1.0,-1.0,0.0,0.0,1.0,1.0]");
    }
}
