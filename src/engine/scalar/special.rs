//! Special functions: gamma, error and beta functions, and the test that needs them.
//!
//! Answers are right to about 14 digits; `gamma` of a whole number is exact while a real holds it.

use super::{Naming, Parameter, Returns, Scalar};
use crate::value::{Type, Value};
use std::f64::consts::PI;

const REAL: Parameter = Parameter::Is(Type::Real);
const TO_REAL: Returns = Returns::Is(Type::Real);

/// Largest parameter of a beta distribution.
const MAX_SHAPE: f64 = 10_000.0;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "gamma",
        &[REAL],
        TO_REAL,
        "The gamma function.",
        ("gamma(5)", "24.0"),
        |_, a| reals(a, |x| gamma(x[0])),
    )
    .named(Naming::First),
    Scalar::new(
        "loggamma",
        &[REAL],
        TO_REAL,
        "The natural logarithm of the absolute gamma function.",
        ("round(loggamma(5), 9)", "3.17805383"),
        |_, a| reals(a, |x| log_gamma(x[0])),
    )
    .named(Naming::First),
    Scalar::new(
        "erf",
        &[REAL],
        TO_REAL,
        "The error function.",
        ("round(erf(1), 9)", "0.842700793"),
        |_, a| reals(a, |x| 1.0 - erfc(x[0])),
    )
    .named(Naming::First),
    Scalar::new(
        "erfc",
        &[REAL],
        TO_REAL,
        "One less the error function.",
        ("round(erfc(1), 9)", "0.157299207"),
        |_, a| reals(a, |x| erfc(x[0])),
    )
    .named(Naming::First),
    Scalar::new(
        "beta_cdf",
        &[REAL, REAL, REAL],
        TO_REAL,
        "How likely a beta distribution gives at most a value.",
        ("round(beta_cdf(0.25, 1, 2), 9)", "0.4375"),
        |_, a| reals(a, |x| beta_cdf(x[0], x[1], x[2])),
    ),
    Scalar::new(
        "beta_pdf",
        &[REAL, REAL, REAL],
        TO_REAL,
        "The density of a beta distribution at a value.",
        ("round(beta_pdf(0.25, 1, 2), 9)", "1.5"),
        |_, a| reals(a, |x| beta_pdf(x[0], x[1], x[2])),
    ),
    Scalar::new(
        "beta_inv",
        &[REAL, REAL, REAL],
        TO_REAL,
        "The value that a beta distribution stays below so likely.",
        ("round(beta_inv(0.4375, 1, 2), 9)", "0.25"),
        |_, a| match reals(a, |x| beta_inverse(x[0], x[1], x[2])) {
            Value::Real(_)
                if !a
                    .first()
                    .and_then(Value::as_real)
                    .is_some_and(|p| p > 0.0 && p <= 1.0) =>
            {
                Value::Null
            }
            found => found,
        },
    ),
    Scalar::new(
        "welch_test",
        &[REAL, REAL, REAL, REAL, REAL, REAL],
        TO_REAL,
        "How likely two samples of one mean differ so: mean, variance and count of each.",
        ("round(welch_test(20.0, 4, 9, 22.0, 4, 9), 6)", "0.049865"),
        |_, a| reals(a, welch_test),
    ),
];

/// Calls a function with the numbers of the arguments.
fn reals(arguments: &[Value], f: impl Fn(&[f64]) -> f64) -> Value {
    let numbers: Option<Vec<f64>> = arguments.iter().map(Value::as_real).collect();
    numbers.map_or(Value::Null, |numbers| Value::Real(f(&numbers)))
}

/// Lanczos' coefficients for g = 7.
const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

fn log_gamma(x: f64) -> f64 {
    if x < 0.5 {
        // The function mirrored at one half.
        return (PI / (PI * x).sin().abs()).ln() - log_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let shifted = x + 7.5;
    let terms = LANCZOS.iter().zip(0..).skip(1);
    let sum = terms.fold(LANCZOS[0], |sum, (term, at)| {
        sum + term / (x + f64::from(at))
    });
    0.5 * (2.0 * PI).ln() + (x + 0.5) * shifted.ln() - shifted + sum.ln()
}

fn gamma(x: f64) -> f64 {
    if x.fract() == 0.0 && (1.0..=171.0).contains(&x) {
        return (1..x as u32).map(f64::from).product();
    }
    if x < 0.5 {
        return if x.fract() == 0.0 && x != 0.0 {
            f64::NAN
        } else {
            PI / ((PI * x).sin() * gamma(1.0 - x))
        };
    }
    log_gamma(x).exp()
}

fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    let square = x * x;
    let factor = (-square).exp() * x / PI.sqrt();
    if x < 2.0 {
        let (mut term, mut sum) = (2.0, 2.0);
        for at in 1..100 {
            term *= square / (f64::from(at) + 0.5);
            sum += term;
        }
        return 1.0 - factor * sum;
    }
    // A continued fraction, from its far end.
    let tail = (1..120).rev().fold(0.0, |tail, at| {
        f64::from(at) / 2.0 / (if at % 2 == 1 { 1.0 } else { square } + tail)
    });
    if square.is_infinite() {
        0.0
    } else {
        factor / (square + tail)
    }
}

/// The regularised incomplete beta function.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let log_front = a * x.ln() + b * (1.0 - x).ln() - log_beta(a, b);
    // Lentz's way to run a continued fraction from its near end.
    let away = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut fraction, mut c, mut d) = (1.0, 1.0, 0.0);
    for at in 0..2000 {
        let m = f64::from(at / 2);
        let term = match at {
            0 => 1.0,
            _ if at % 2 == 0 => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        d = 1.0 / away(1.0 + term * d);
        c = away(1.0 + term / c);
        fraction *= c * d;
        if at > 0 && (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    log_front.exp() / a * (fraction - 1.0)
}

fn log_beta(a: f64, b: f64) -> f64 {
    log_gamma(a) + log_gamma(b) - log_gamma(a + b)
}

fn are_shapes(a: f64, b: f64) -> bool {
    a > 0.0 && b > 0.0 && a <= MAX_SHAPE && b <= MAX_SHAPE
}

fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if !are_shapes(a, b) || !(0.0..=1.0).contains(&x) {
        return f64::NAN;
    }
    incomplete_beta(x, a, b)
}

fn beta_pdf(x: f64, a: f64, b: f64) -> f64 {
    if !are_shapes(a, b) || !(0.0..=1.0).contains(&x) {
        return f64::NAN;
    }
    let power = |base: f64, exponent: f64| {
        if exponent == 0.0 {
            0.0
        } else {
            exponent * base.ln()
        }
    };
    (power(x, a - 1.0) + power(1.0 - x, b - 1.0) - log_beta(a, b)).exp()
}

fn beta_inverse(p: f64, a: f64, b: f64) -> f64 {
    if !are_shapes(a, b) {
        return f64::NAN;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if incomplete_beta(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn welch_test(x: &[f64]) -> f64 {
    let &[mean1, variance1, count1, mean2, variance2, count2] = x else {
        return f64::NAN;
    };
    let (share1, share2) = (variance1 / count1, variance2 / count2);
    let both = share1 + share2;
    let t = (mean1 - mean2) / both.sqrt();
    let freedom =
        both * both / (share1 * share1 / (count1 - 1.0) + share2 * share2 / (count2 - 1.0));
    if freedom.is_nan() {
        return f64::NAN;
    }
    incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(found: f64, wanted: f64) {
        assert!(
            (found - wanted).abs() <= 1e-12 * wanted.abs(),
            "{found} is not {wanted}"
        );
    }

    #[test]
    fn values_of_tables() {
        assert_near(gamma(0.5), PI.sqrt());
        assert_near(gamma(-1.5), 2.363_271_801_207_355);
        assert_near(log_gamma(100.0), 359.134_205_369_575_4);
        assert_near(erfc(0.5), 0.479_500_122_186_953_5);
        assert_near(erfc(3.0), 2.209_049_699_858_544_4e-5);
        assert_near(erfc(-3.0), 1.999_977_909_503_001_5);
        assert_near(incomplete_beta(0.3, 2.0, 5.0), 0.579_825);
        assert_near(beta_inverse(0.579_825, 2.0, 5.0), 0.3);
    }

    #[test]
    fn ends_and_nan() {
        assert_eq!(erfc(f64::INFINITY), 0.0);
        assert_eq!(erfc(f64::NEG_INFINITY), 2.0);
        assert!(erfc(f64::NAN).is_nan() && gamma(f64::NAN).is_nan() && gamma(-2.0).is_nan());
        assert!(gamma(0.0).is_infinite() && gamma(200.0).is_infinite());
        assert_eq!(beta_cdf(1.0, 2.0, 3.0), 1.0);
        assert!(beta_cdf(0.5, 0.0, 1.0).is_nan() && beta_pdf(1.5, 1.0, 1.0).is_nan());
    }
}
