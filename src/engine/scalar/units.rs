//! Units of angle, energy, force, length, mass, speed and volume.
//!
//! Only units whose size is settled by definition. Others, of which tables give different digits, are
//! refused, and so is `convert_temperature`: the answers that its documentation shows are no
//! temperatures. A name that is no unit gives null.

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
        "convert_volume",
        "A volume in another unit.",
        ("convert_volume(2, 'CubicMeter', 'Liter')", "2000.0"),
        |c, a| convert(c, a, &volume),
    ),
];

/// Units with their sizes; a size of zero is one that is not settled.
type Units = &'static [(&'static str, f64)];

const ANGLES: Units = &[
    ("Degree", 1.0),
    ("Radian", 180.0 / PI),
    ("Gradian", 0.9),
    ("Arcminute", 1.0 / 60.0),
    ("Arcsecond", 1.0 / 3600.0),
    ("NatoMil", 360.0 / 6400.0),
    ("Revolution", 360.0),
    ("Tilt", 0.0),
];
const ENERGIES: Units = &[
    ("Joule", 1.0),
    ("Calorie", 4.184),
    ("Erg", 1e-7),
    ("WattHour", 3600.0),
    ("WattDay", 86_400.0),
    ("BritishThermalUnit", 1_055.055_852_62),
    ("ThermEc", 105_505_585.262),
    ("ThermUs", 105_480_400.0),
    ("ThermImperial", 105_505_585.257_348),
    ("ElectronVolt", 0.0),
    ("FootPound", 0.0),
    ("HorsepowerHour", 0.0),
];
const FORCES: Units = &[
    ("Newton", 1.0),
    ("Dyn", 1e-5),
    ("PoundForce", 4.448_221_615_260_5),
    ("OunceForce", 4.448_221_615_260_5 / 16.0),
    ("ShortTonForce", 8_896.443_230_521),
    ("KilogramForce", 0.0),
    ("KiloPond", 0.0),
    ("Poundal", 0.0),
    ("TonneForce", 0.0),
];
const LENGTHS: Units = &[
    ("Meter", 1.0),
    ("Angstrom", 1e-10),
    ("AstronomicalUnit", 149_597_870_700.0),
    ("Chain", 20.1168),
    ("DataMile", 1828.8),
    ("DtpPoint", 0.0254 / 72.0),
    ("Fathom", 1.8288),
    ("Foot", 0.3048),
    ("Hand", 0.1016),
    ("Inch", 0.0254),
    ("Mil", 2.54e-5),
    ("NauticalMile", 1852.0),
    ("Shackle", 27.432),
    ("UsSurveyFoot", 1200.0 / 3937.0),
    ("Yard", 0.9144),
    ("DtpPica", 0.0),
    ("LightYear", 0.0),
    ("Mile", 0.0),
    ("Parsec", 0.0),
    ("PrinterPica", 0.0),
    ("PrinterPoint", 0.0),
    ("SolarRadius", 0.0),
    ("Twip", 0.0),
];
const MASSES: Units = &[
    ("Gram", 0.001),
    ("Tonne", 1000.0),
    ("Pound", 0.453_592_37),
    ("Stone", 6.350_293_18),
    ("Grain", 6.479_891e-5),
    ("LongTon", 1_016.046_908_8),
    ("ShortTon", 907.184_74),
    ("LongHundredweight", 50.802_345_44),
    ("ShortHundredweight", 45.359_237),
    ("EarthMass", 0.0),
    ("Ounce", 0.0),
    ("Slug", 0.0),
    ("SolarMass", 0.0),
];
const VOLUMES: Units = &[
    ("Liter", 0.001),
    ("AcreFoot", 1.0 / 0.000_810_714),
    ("AuTablespoon", 2e-5),
    ("UkTablespoon", 1.5e-5),
    ("MetricCup", 2.5e-4),
    ("MetricTeaspoon", 5e-6),
    ("BoardFoot", 0.0),
    ("UsGallon", 0.0),
    ("ImperialBeerBarrel", 0.0),
    ("ImperialGallon", 0.0),
    ("ImperialOunce", 0.0),
    ("ImperialPint", 0.0),
    ("OilBarrel", 0.0),
    ("UsBeerBarrel", 0.0),
    ("UsCustomaryCup", 0.0),
    ("UsLegalCup", 0.0),
    ("UsOunce", 0.0),
    ("UsPint", 0.0),
    ("UsQuart", 0.0),
    ("UsTablespoon", 0.0),
    ("UsTeaspoon", 0.0),
];
const PREFIXES: Units = &[
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

/// The size of a unit, also behind a prefix.
fn size_in(name: &str, units: Units) -> Option<f64> {
    let find = |wanted: &str| {
        let found = units
            .iter()
            .find(|(unit, _)| unit.eq_ignore_ascii_case(wanted));
        found.map(|(_, size)| *size)
    };
    units
        .iter()
        .find(|(unit, _)| *unit == name)
        .map(|(_, size)| *size)
        .or_else(|| {
            let (prefix, scale) = PREFIXES
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix))?;
            let unit = name.get(prefix.len()..)?;
            find(unit)
                .filter(|_| unit.starts_with(|c: char| c.is_ascii_lowercase()))
                .map(|size| size * scale)
        })
}

fn speed(name: &str) -> Option<f64> {
    match name {
        "MilePerHour" => return Some(0.447_04),
        "Knot" => return Some(0.0),
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
    size_in(length, LENGTHS).map(|length| length / seconds)
}

fn volume(name: &str) -> Option<f64> {
    match name.strip_prefix("Cubic") {
        // Of these tables give fewer digits than the lengths have.
        Some("Foot" | "Inch" | "Mile" | "Yard") => Some(0.0),
        Some(length) if length.to_ascii_lowercase().ends_with("meter") => {
            size_in(length, LENGTHS).map(|length| length * length * length)
        }
        _ if name.to_ascii_lowercase().contains("cubicfoot") => Some(0.0),
        _ if name.ends_with("cubicMeter") => {
            let scale = PREFIXES
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix))?;
            Some(scale.1)
        }
        _ if name.ends_with("usGallon") || name.ends_with("imperialGallon") => Some(0.0),
        _ => size_in(name, VOLUMES),
    }
}

fn convert(context: &Context, arguments: &[Value], size: &dyn Fn(&str) -> Option<f64>) -> Value {
    let [Value::Real(number), Value::String(from), Value::String(to)] = arguments else {
        return Value::Null;
    };
    match (size(from), size(to)) {
        (Some(from), Some(to)) if from == 0.0 || to == 0.0 => {
            context.refuse("the service's size of this unit is not documented; multiply by yours")
        }
        (Some(from), Some(to)) => Value::Real(number * from / to),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_stand_before_units() {
        assert_eq!(size_in("Kilometer", LENGTHS), Some(1000.0));
        assert_eq!(size_in("Microinch", LENGTHS), Some(0.0254 * 1e-6));
        assert_eq!(size_in("KiloMeter", LENGTHS), None);
        assert_eq!(size_in("Kilo", LENGTHS), None);
        assert_eq!(size_in("", LENGTHS), None);
        assert_eq!(
            volume("CubicCentimeter").map(|v| (v * 1e6).round()),
            Some(1.0)
        );
        assert_eq!(volume("HectocubicMeter"), Some(100.0));
        assert_eq!(volume("CubicFoot"), Some(0.0));
        assert_eq!(speed("NanometerPerHour"), None);
        assert_eq!(speed("FootPerMinute"), Some(0.3048 / 60.0));
    }
}
