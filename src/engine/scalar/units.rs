//! Units of angle, energy, force, length, mass, speed, temperature and volume.
//!
//! Only units whose size is settled by definition. Others, of which tables give different digits, are
//! refused. A name that is no unit gives null.

use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::{Type, Value};
use std::f64::consts::PI;

const REAL: Parameter = Parameter::Is(Type::Real);
const TEXT: Parameter = Parameter::Is(Type::String);

const fn conversion(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    let parameters = &[REAL, TEXT, TEXT];
    Scalar::new(
        name,
        parameters,
        Returns::Is(Type::Real),
        about,
        example,
        row,
    )
}

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    conversion(
        "convert_angle",
        "An angle in another unit.",
        ("convert_angle(90, 'Degree', 'Gradian')", "100.0"),
        |c, a| convert(c, a, &|name| size_in(name, ANGLES)),
    ),
    conversion(
        "convert_energy",
        "An energy in another unit.",
        ("convert_energy(1, 'KilowattHour', 'Joule')", "3600000.0"),
        |c, a| convert(c, a, &|name| size_in(name, ENERGIES)),
    ),
    conversion(
        "convert_force",
        "A force in another unit.",
        ("convert_force(5, 'Kilonewton', 'Newton')", "5000.0"),
        |c, a| convert(c, a, &|name| size_in(name, FORCES)),
    ),
    conversion(
        "convert_length",
        "A length in another unit.",
        ("convert_length(1, 'Inch', 'Millimeter')", "25.4"),
        |c, a| convert(c, a, &|name| size_in(name, LENGTHS)),
    ),
    conversion(
        "convert_mass",
        "A mass in another unit.",
        ("convert_mass(2, 'Tonne', 'Kilogram')", "2000.0"),
        |c, a| convert(c, a, &|name| size_in(name, MASSES)),
    ),
    conversion(
        "convert_speed",
        "A speed in another unit.",
        (
            "convert_speed(36, 'KilometerPerHour', 'MeterPerSecond')",
            "10.0",
        ),
        |c, a| convert(c, a, &speed),
    ),
    conversion(
        "convert_temperature",
        "A temperature in another unit.",
        (
            "convert_temperature(300, 'Kelvin', 'DegreeRankine')",
            "540.0",
        ),
        convert_temperature,
    ),
    conversion(
        "convert_volume",
        "A volume in another unit.",
        ("convert_volume(2, 'CubicMeter', 'Liter')", "2000.0"),
        |c, a| convert(c, a, &volume),
    ),
];

/// Units with their sizes, each a factor and a divisor, which are applied one after the other as the
/// service does; a factor of zero is that of a unit whose size is not settled.
type Units = &'static [(&'static str, f64, f64)];

const ANGLES: Units = &[
    ("Degree", 1.0, 1.0),
    ("Radian", 180.0, PI),
    ("Gradian", 0.9, 1.0),
    ("Arcminute", 1.0, 60.0),
    ("Arcsecond", 1.0, 3600.0),
    ("NatoMil", 9.0, 160.0),
    ("Revolution", 360.0, 1.0),
    ("Tilt", 0.0, 1.0),
];
const ENERGIES: Units = &[
    ("Joule", 1.0, 1.0),
    ("Calorie", 4.184, 1.0),
    ("Erg", 1.0, 1e7),
    ("WattHour", 3600.0, 1.0),
    ("WattDay", 86_400.0, 1.0),
    ("BritishThermalUnit", 1_055.055_852_62, 1.0),
    ("ThermEc", 105_505_585.262, 1.0),
    ("ThermUs", 105_480_400.0, 1.0),
    ("ThermImperial", 105_505_585.257_348, 1.0),
    ("ElectronVolt", 0.0, 1.0),
    ("FootPound", 0.0, 1.0),
    ("HorsepowerHour", 0.0, 1.0),
];
const FORCES: Units = &[
    ("Newton", 1.0, 1.0),
    ("Dyn", 1.0, 1e5),
    ("PoundForce", 4.448_221_615_260_5, 1.0),
    ("OunceForce", 4.448_221_615_260_5, 16.0),
    ("ShortTonForce", 8_896.443_230_521, 1.0),
    ("KilogramForce", 0.0, 1.0),
    ("KiloPond", 0.0, 1.0),
    ("Poundal", 0.0, 1.0),
    ("TonneForce", 0.0, 1.0),
];
const LENGTHS: Units = &[
    ("Meter", 1.0, 1.0),
    ("Angstrom", 1.0, 1e10),
    ("AstronomicalUnit", 149_597_870_700.0, 1.0),
    ("Chain", 20.1168, 1.0),
    ("DataMile", 1828.8, 1.0),
    ("DtpPoint", 0.0254, 72.0),
    ("Fathom", 1.8288, 1.0),
    ("Foot", 0.3048, 1.0),
    ("Hand", 0.1016, 1.0),
    ("Inch", 0.0254, 1.0),
    ("Mil", 2.54e-5, 1.0),
    ("NauticalMile", 1852.0, 1.0),
    ("Shackle", 27.432, 1.0),
    ("UsSurveyFoot", 1200.0, 3937.0),
    ("Yard", 0.9144, 1.0),
    ("DtpPica", 0.0, 1.0),
    ("LightYear", 0.0, 1.0),
    ("Mile", 0.0, 1.0),
    ("Parsec", 0.0, 1.0),
    ("PrinterPica", 0.0, 1.0),
    ("PrinterPoint", 0.0, 1.0),
    ("SolarRadius", 0.0, 1.0),
    ("Twip", 0.0, 1.0),
];
const MASSES: Units = &[
    ("Gram", 1.0, 1e3),
    ("Tonne", 1000.0, 1.0),
    ("Pound", 0.453_592_37, 1.0),
    ("Stone", 6.350_293_18, 1.0),
    ("Grain", 6.479_891e-5, 1.0),
    ("LongTon", 1_016.046_908_8, 1.0),
    ("ShortTon", 907.184_74, 1.0),
    ("LongHundredweight", 50.802_345_44, 1.0),
    ("ShortHundredweight", 45.359_237, 1.0),
    ("EarthMass", 0.0, 1.0),
    ("Ounce", 0.0, 1.0),
    ("Slug", 0.0, 1.0),
    ("SolarMass", 0.0, 1.0),
];
const VOLUMES: Units = &[
    ("Liter", 1.0, 1e3),
    ("AcreFoot", 1.0, 0.000_810_714),
    ("AuTablespoon", 2e-5, 1.0),
    ("UkTablespoon", 1.5e-5, 1.0),
    ("MetricCup", 2.5e-4, 1.0),
    ("MetricTeaspoon", 5e-6, 1.0),
    ("BoardFoot", 0.0, 1.0),
    ("UsGallon", 0.0, 1.0),
    ("ImperialBeerBarrel", 0.0, 1.0),
    ("ImperialGallon", 0.0, 1.0),
    ("ImperialOunce", 0.0, 1.0),
    ("ImperialPint", 0.0, 1.0),
    ("OilBarrel", 0.0, 1.0),
    ("UsBeerBarrel", 0.0, 1.0),
    ("UsCustomaryCup", 0.0, 1.0),
    ("UsLegalCup", 0.0, 1.0),
    ("UsOunce", 0.0, 1.0),
    ("UsPint", 0.0, 1.0),
    ("UsQuart", 0.0, 1.0),
    ("UsTablespoon", 0.0, 1.0),
    ("UsTeaspoon", 0.0, 1.0),
];
const PREFIXES: &[(&str, f64)] = &[
    ("Nano", 1e-9),
    ("Micro", 1e-6),
    ("Milli", 1e-3),
    ("Centi", 1e-2),
    ("Deci", 1e-1),
    ("Deca", 1e1),
    ("Hecto", 1e2),
    ("Kilo", 1e3),
    ("Mega", 1e6),
    ("Giga", 1e9),
    ("Tera", 1e12),
];

/// The size of a unit: what is multiplied with it, divided by, and multiplied with for its prefix.
type Size = [f64; 3];

const UNSETTLED: Size = [0.0, 1.0, 1.0];

/// The size of a unit, also behind a prefix.
fn size_in(name: &str, units: Units) -> Option<Size> {
    let exact = units.iter().find(|(unit, ..)| *unit == name);
    if let Some((_, factor, divisor)) = exact {
        return Some([*factor, *divisor, 1.0]);
    }
    let (prefix, scale) = prefix_of(name)?;
    let unit = name.get(prefix.len()..)?;
    let found = units
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(unit));
    found
        .filter(|_| unit.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(|(_, factor, divisor)| [*factor, *divisor, scale])
}

fn prefix_of(name: &str) -> Option<(&'static str, f64)> {
    let mut prefixes = PREFIXES.iter();
    prefixes
        .find(|(prefix, _)| name.starts_with(prefix))
        .copied()
}

fn speed(name: &str) -> Option<Size> {
    match name {
        "MilePerHour" => return Some([0.447_04, 1.0, 1.0]),
        "Knot" => return Some(UNSETTLED),
        _ => {}
    }
    let (length, time) = name.split_once("Per")?;
    let is_small = matches!(length, "Decimeter" | "Micrometer" | "Nanometer");
    let seconds = match time {
        "Second" => 1.0,
        "Minute" => 60.0,
        "Hour" if !is_small => 3600.0,
        _ => return None,
    };
    let [factor, divisor, scale] = size_in(length, LENGTHS)?;
    Some([factor, divisor * seconds, scale])
}

fn volume(name: &str) -> Option<Size> {
    match name.strip_prefix("Cubic") {
        // Of these tables give fewer digits than the lengths have.
        Some("Foot" | "Inch" | "Mile" | "Yard") => Some(UNSETTLED),
        Some("Meter") => Some([1.0; 3]),
        Some(length) if length.ends_with("meter") => {
            let (_, scale) = prefix_of(length)?;
            let cube = |side: f64| (side * side * side).max(1.0);
            Some([cube(scale), cube((1.0 / scale).round()), 1.0])
        }
        _ if name.to_ascii_lowercase().contains("cubicfoot") => Some(UNSETTLED),
        _ if name.ends_with("cubicMeter") => Some([1.0, 1.0, prefix_of(name)?.1]),
        _ if name.ends_with("usGallon") || name.ends_with("imperialGallon") => Some(UNSETTLED),
        _ => size_in(name, VOLUMES),
    }
}

/// Degrees of a temperature in one kelvin, and its zero in kelvins.
fn degrees(name: &str) -> Option<(f64, f64)> {
    Some(match name {
        "Kelvin" => (1.0, 0.0),
        "DegreeCelsius" => (1.0, 273.15),
        "MillidegreeCelsius" => (1000.0, 273.15),
        "DegreeDelisle" => (-1.5, 373.15),
        "DegreeFahrenheit" => (1.8, 459.67 / 1.8),
        "DegreeNewton" => (0.33, 273.15),
        "DegreeRankine" => (1.8, 0.0),
        "DegreeReaumur" => (0.8, 273.15),
        "DegreeRoemer" => (0.525, 273.15 - 7.5 / 0.525),
        "SolarTemperature" => (0.0, 0.0),
        _ => return None,
    })
}

fn convert_temperature(context: &Context, arguments: &[Value]) -> Value {
    let [Value::Real(number), Value::String(from), Value::String(to)] = arguments else {
        return Value::Null;
    };
    match (degrees(from), degrees(to)) {
        (Some((0.0, _)), Some(_)) | (Some(_), Some((0.0, _))) => {
            context.refuse("the service's size of this unit is not documented; multiply by yours")
        }
        (Some(_), Some(_)) if from == to => Value::Real(*number),
        (Some((from, from_zero)), Some((to, to_zero))) => {
            Value::Real((number / from + from_zero - to_zero) * to)
        }
        _ => Value::Null,
    }
}

fn convert(context: &Context, arguments: &[Value], size: &dyn Fn(&str) -> Option<Size>) -> Value {
    let [Value::Real(number), Value::String(from), Value::String(to)] = arguments else {
        return Value::Null;
    };
    match (size(from), size(to)) {
        (Some([0.0, ..]), Some(_)) | (Some(_), Some([0.0, ..])) => {
            context.refuse("the service's size of this unit is not documented; multiply by yours")
        }
        (Some(_), Some(_)) if from == to => Value::Real(*number),
        (Some(from), Some(to)) => {
            let base = number * from[0] / from[1] * from[2];
            Value::Real(base * to[1] / to[0] / to[2])
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_meet_at_known_points() {
        for (from, value, to, expected) in [
            ("DegreeCelsius", 100.0, "DegreeFahrenheit", 212.0),
            ("DegreeFahrenheit", -40.0, "DegreeCelsius", -40.0),
            ("DegreeCelsius", 100.0, "DegreeDelisle", 0.0),
            ("DegreeDelisle", 150.0, "DegreeReaumur", 0.0),
            ("DegreeReaumur", 80.0, "DegreeNewton", 33.0),
            ("DegreeCelsius", 0.0, "DegreeRoemer", 7.5),
            ("MillidegreeCelsius", 2000.0, "Kelvin", 275.15),
        ] {
            let arguments = [
                Value::Real(value),
                Value::String(from.into()),
                Value::String(to.into()),
            ];
            let answer = convert_temperature(&Context::new(0), &arguments);
            let degrees = answer.as_real().unwrap();
            assert!((degrees - expected).abs() < 1e-9, "{from} {to} {degrees}");
        }
    }

    #[test]
    fn prefixes_stand_before_units() {
        assert_eq!(size_in("Kilometer", LENGTHS), Some([1.0, 1.0, 1000.0]));
        assert_eq!(size_in("Microinch", LENGTHS), Some([0.0254, 1.0, 1e-6]));
        assert_eq!(size_in("KiloMeter", LENGTHS), None);
        assert_eq!(size_in("Kilo", LENGTHS), None);
        assert_eq!(size_in("", LENGTHS), None);
        assert_eq!(volume("CubicCentimeter"), Some([1.0, 1e6, 1.0]));
        assert_eq!(volume("CubicKilometer"), Some([1e9, 1.0, 1.0]));
        assert_eq!(volume("HectocubicMeter"), Some([1.0, 1.0, 100.0]));
        assert_eq!(volume("CubicFoot"), Some(UNSETTLED));
        assert_eq!(speed("NanometerPerHour"), None);
        assert_eq!(speed("FootPerMinute"), Some([0.3048, 60.0, 1.0]));
    }
}
