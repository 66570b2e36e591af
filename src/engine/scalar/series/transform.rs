//! Fourier's transform of a series, there and back.
//!
//! Lengths that are powers of two: what the service does with others is not documented.

use super::super::{Returns, Scalar};
use super::{DYNAMIC, numbers, reals};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value};
use std::f64::consts::TAU;

const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);
const PARTS: &[(&str, Type)] = &[("real", Type::Dynamic), ("imag", Type::Dynamic)];

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "series_fft",
        &[DYNAMIC, DYNAMIC],
        TO_DYNAMIC,
        "Columns for the real and imaginary parts of the frequencies of a series.",
        ("series_fft(dynamic([1, 2, 3, 2]))", "[8.0,-2.0,0.0,-2.0]"),
        |c, a| transform(c, a, false),
    )
    .optional(1)
    .gives(PARTS),
    Scalar::new(
        "series_ifft",
        &[DYNAMIC, DYNAMIC],
        TO_DYNAMIC,
        "Columns for the real and imaginary parts of the series of some frequencies.",
        ("series_ifft(dynamic([8, -2, 0, -2]))", "[1.0,2.0,3.0,2.0]"),
        |c, a| transform(c, a, true),
    )
    .optional(1)
    .gives(PARTS),
];

fn transform(context: &Context, arguments: &[Value], is_inverse: bool) -> Value {
    let Some(mut real) = numbers(arguments, 0) else {
        return Value::Null;
    };
    let imaginary = match arguments.get(1) {
        None => Some(vec![0.0; real.len()]),
        Some(_) => numbers(arguments, 1),
    };
    let Some(mut imaginary) = imaginary.filter(|parts| parts.len() == real.len()) else {
        return Value::Null;
    };
    let length = real.len();
    if !length.is_power_of_two() {
        return context.refuse("a Fourier transform requires 2, 4, 8, 16, … items here");
    }
    // Places whose bits are turned around are swapped; then halves are joined to wholes.
    let n_bits = length.trailing_zeros();
    for at in 0..length {
        let turned = at.reverse_bits() >> (usize::BITS - n_bits).min(usize::BITS - 1);
        if n_bits > 0 && at < turned {
            real.swap(at, turned);
            imaginary.swap(at, turned);
        }
    }
    let sign = if is_inverse { 1.0 } else { -1.0 };
    let mut half = 1;
    while half < length {
        for at in 0..half {
            let (sine, cosine) = (sign * TAU * at as f64 / (2 * half) as f64).sin_cos();
            for low in (at..length).step_by(2 * half) {
                let high = low + half;
                let x = real[high] * cosine - imaginary[high] * sine;
                let y = real[high] * sine + imaginary[high] * cosine;
                (real[high], imaginary[high]) = (real[low] - x, imaginary[low] - y);
                (real[low], imaginary[low]) = (real[low] + x, imaginary[low] + y);
            }
        }
        half *= 2;
    }
    let scale = if is_inverse { 1.0 / length as f64 } else { 1.0 };
    let scaled = |parts: Vec<f64>| reals(parts.into_iter().map(|part| part * scale));
    Dynamic::array(vec![scaled(real), scaled(imaginary)]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_comes_back() {
        let context = Context::new(0);
        let values = [1.5, -2.0, 0.0, 7.0, 3.0, 3.0, -1.0, 0.25];
        let there = transform(&context, &[reals(values).into()], false);
        let Value::Dynamic(parts) = there else {
            panic!("no parts");
        };
        let back = transform(
            &context,
            &[parts.item(0).into(), parts.item(1).into()],
            true,
        );
        let Value::Dynamic(back) = back else {
            panic!("no series");
        };
        for (at, value) in values.iter().enumerate() {
            let found = super::super::number(&back.item(0).item(at as i64)).unwrap();
            assert!((found - value).abs() < 1e-12, "{found} is not {value}");
        }
        assert_eq!(
            transform(&context, &[reals([5.0]).into()], false).to_text(),
            "[[5.0],[0.0]]"
        );
        transform(&context, &[reals([1.0, 2.0, 3.0]).into()], false);
        assert!(context.take_refusal().is_some());
    }
}
