//! Points on the globe, which is a sphere: distances, directions, circles, polygons, geohashes.
//!
//! Input: longitudes and latitudes in degrees. What lies outside their range gives null. Absent on
//! purpose: unions, buffers, and the cells of S2 and H3.

use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value};
use std::f64::consts::{PI, TAU};
use std::rc::Rc;

const REAL: Parameter = Parameter::Is(Type::Real);
const TEXT: Parameter = Parameter::Is(Type::String);
const DYNAMIC: Parameter = Parameter::Is(Type::Dynamic);
const TO_REAL: Returns = Returns::Is(Type::Real);
const TO_BOOL: Returns = Returns::Is(Type::Bool);
const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);

/// The radius of the earth in meters, as the service has it.
const RADIUS: f64 = 6_371_010.0;
/// Longest geohash.
const MAX_GEOHASH: usize = 18;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "geo_distance_2points",
        &[REAL, REAL, REAL, REAL, Parameter::Is(Type::Bool)],
        TO_REAL,
        "Meters between two points, given longitude and latitude of each.",
        ("round(geo_distance_2points(0, 0, 0, 1))", "111195.0"),
        distance,
    )
    .optional(1),
    Scalar::new(
        "geo_azimuth",
        &[REAL, REAL, REAL, REAL],
        TO_REAL,
        "Angle from north, clockwise, of the way from one point to another.",
        ("round(degrees(geo_azimuth(0, 0, 1, 0)), 6)", "90.0"),
        |_, a| {
            let found = points(a).and_then(|points| azimuth(*points.first()?, *points.get(1)?));
            found.map_or(Value::Null, |angle| Value::Real(angle.rem_euclid(TAU)))
        },
    ),
    Scalar::new(
        "geo_angle",
        &[REAL, REAL, REAL, REAL, REAL, REAL],
        TO_REAL,
        "Angle at the second of three points, clockwise from the first to the third.",
        ("round(degrees(geo_angle(0, 1, 0, 0, 1, 0)), 6)", "90.0"),
        |_, a| angle(a).map_or(Value::Null, Value::Real),
    ),
    Scalar::new(
        "geo_point_in_circle",
        &[REAL, REAL, REAL, REAL, REAL],
        TO_BOOL,
        "Whether a point lies so many meters or less from another.",
        ("geo_point_in_circle(0, 1, 0, 0, 120000)", "True"),
        |_, a| {
            let radius = a
                .get(4)
                .and_then(Value::as_real)
                .filter(|radius| *radius > 0.0);
            match points(a).as_deref().zip(radius) {
                Some(([point, center], radius)) => {
                    Value::Bool(angle_between(*point, *center) * RADIUS <= radius)
                }
                _ => Value::Null,
            }
        },
    ),
    Scalar::new(
        "geo_point_in_polygon",
        &[REAL, REAL, DYNAMIC],
        TO_BOOL,
        "Whether a point lies in a polygon or one of several, as GeoJSON gives them.",
        (
            "geo_point_in_polygon(1, 1, dynamic({\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))",
            "True",
        ),
        |_, a| in_polygon(a).map_or(Value::Null, Value::Bool),
    ),
    Scalar::new(
        "geo_distance_point_to_line",
        &[REAL, REAL, DYNAMIC],
        TO_REAL,
        "Meters from a point to a line or the nearest of several, as GeoJSON gives them.",
        (
            "round(geo_distance_point_to_line(0, 1, dynamic({\"type\":\"LineString\",\"coordinates\":[[-5,0],[5,0]]})))",
            "111195.0",
        ),
        |_, a| distance_to(a, false),
    ),
    Scalar::new(
        "geo_distance_point_to_polygon",
        &[REAL, REAL, DYNAMIC],
        TO_REAL,
        "Meters from a point to a polygon or the nearest of several; none inside.",
        (
            "geo_distance_point_to_polygon(1, 1, dynamic({\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))",
            "0.0",
        ),
        |_, a| distance_to(a, true),
    ),
    Scalar::new(
        "geo_point_to_geohash",
        &[REAL, REAL, Parameter::Is(Type::Long)],
        Returns::Is(Type::String),
        "The geohash of a point, of 1 to 18 characters; 5 unless said otherwise.",
        ("geo_point_to_geohash(13.4, 52.5, 6)", "u33d8v"),
        |_, a| {
            let length = a.get(2).map_or(Some(5), Value::as_long);
            let length = length.and_then(|length| usize::try_from(length).ok());
            let length = length.filter(|length| (1..=MAX_GEOHASH).contains(length));
            let point = degrees(a, 0).zip(length);
            let found = point.map(|((lng, lat), length)| geohash(lng, lat, length));
            Value::string(&found.unwrap_or_default())
        },
    )
    .optional(1)
    .sees_nulls(),
    Scalar::new(
        "geo_geohash_to_central_point",
        &[TEXT],
        TO_DYNAMIC,
        "The point in the middle of a geohash, as GeoJSON.",
        (
            "geo_geohash_to_central_point(\"u\")",
            "{\"type\":\"Point\",\"coordinates\":[22.5,67.5]}",
        ),
        |_, a| {
            cell_of(a).map_or(Value::Null, |[west, south, east, north]| {
                let middle = coordinates(f64::midpoint(west, east), f64::midpoint(south, north));
                geo_json("Point", middle).into()
            })
        },
    ),
    Scalar::new(
        "geo_geohash_to_polygon",
        &[TEXT],
        TO_DYNAMIC,
        "The rectangle of a geohash, as GeoJSON.",
        (
            "geo_geohash_to_polygon(\"u\").coordinates[0][2]",
            "[45.0,90.0]",
        ),
        |_, a| {
            cell_of(a).map_or(Value::Null, |[west, south, east, north]| {
                let corners = [
                    (west, south),
                    (east, south),
                    (east, north),
                    (west, north),
                    (west, south),
                ];
                let corners = corners.map(|(lng, lat)| coordinates(lng, lat)).to_vec();
                geo_json("Polygon", Dynamic::array(vec![Dynamic::array(corners)])).into()
            })
        },
    ),
    Scalar::new(
        "geo_geohash_neighbors",
        &[TEXT],
        TO_DYNAMIC,
        "The geohashes around one.",
        ("array_length(geo_geohash_neighbors(\"u336x2\"))", "8"),
        |_, a| neighbors(a),
    ),
];

type Vector = [f64; 3];

/// Longitude and latitude of two arguments, in degrees.
pub(in crate::engine) fn degrees(arguments: &[Value], at: usize) -> Option<(f64, f64)> {
    let number = |at: usize| arguments.get(at).and_then(Value::as_real);
    let (lng, lat) = (number(at)?, number(at + 1)?);
    ((-180.0..=180.0).contains(&lng) && (-90.0..=90.0).contains(&lat)).then_some((lng, lat))
}

/// A point as a vector of length one.
fn vector((lng, lat): (f64, f64)) -> Vector {
    let (lng, lat) = (lng.to_radians(), lat.to_radians());
    [lat.cos() * lng.cos(), lat.cos() * lng.sin(), lat.sin()]
}

/// The points that the arguments give two by two.
fn points(arguments: &[Value]) -> Option<Vec<Vector>> {
    let starts = (0..arguments.len() / 2).map(|at| 2 * at);
    starts
        .map(|at| degrees(arguments, at).map(vector))
        .collect()
}

fn dot(a: Vector, b: Vector) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn cross([a1, a2, a3]: Vector, [b1, b2, b3]: Vector) -> Vector {
    [a2 * b3 - a3 * b2, a3 * b1 - a1 * b3, a1 * b2 - a2 * b1]
}

fn angle_between(a: Vector, b: Vector) -> f64 {
    let sideways = cross(a, b);
    dot(sideways, sideways).sqrt().atan2(dot(a, b))
}

/// The angle from north of the way to another point; none to the same or the opposite one.
fn azimuth(from: Vector, to: Vector) -> Option<f64> {
    let sideways = cross(from, to);
    if dot(sideways, sideways) < 1e-30 {
        return None;
    }
    let east = cross([0.0, 0.0, 1.0], from);
    let north = cross(from, east);
    Some(dot(to, east).atan2(dot(to, north)))
}

fn distance(context: &Context, arguments: &[Value]) -> Value {
    if matches!(arguments.get(4), Some(Value::Bool(true))) {
        return context.refuse("distances on the spheroid are not computed here; leave `true` out");
    }
    match points(arguments).as_deref() {
        Some([from, to]) => Value::Real(angle_between(*from, *to) * RADIUS),
        _ => Value::Null,
    }
}

fn angle(arguments: &[Value]) -> Option<f64> {
    match points(arguments)?.as_slice() {
        [first, middle, last] => {
            let turned = azimuth(*middle, *last)? - azimuth(*middle, *first)?;
            Some(turned.rem_euclid(TAU))
        }
        _ => None,
    }
}

/// The places of a list of `GeoJSON`.
fn places(value: &Dynamic) -> Option<Vec<Vector>> {
    let place = |item: &Dynamic| {
        let numbers: Vec<Value> = item.items()?.iter().map(Dynamic::to_scalar).collect();
        degrees(&numbers, 0).map(vector)
    };
    value.items()?.iter().map(place).collect()
}

/// The corners of a ring: at least four places that differ, the last one that of the first.
fn ring(value: &Dynamic) -> Option<Vec<Vector>> {
    let items = value.items()?;
    let differ = items.windows(2).all(|pair| pair.first() != pair.last());
    if items.len() < 4 || items.first() != items.last() || !differ {
        return None;
    }
    places(value)
}

/// Lines, or polygons, each with its rings.
#[derive(Debug)]
pub(in crate::engine) struct Shape {
    parts: Vec<Vec<Vec<Vector>>>,
    is_area: bool,
}

impl Shape {
    /// The lines or polygons of a value of `GeoJSON`; none of another kind.
    pub(in crate::engine) fn of(value: &Dynamic, is_area: bool) -> Option<Self> {
        let inner = value.member("coordinates");
        let line = |line: &Dynamic| Some(places(line)?).filter(|line| line.len() > 1);
        let part = |rings: &[Dynamic]| -> Option<Vec<Vec<Vector>>> {
            let rings: Option<Vec<Vec<Vector>>> = rings.iter().map(ring).collect();
            rings.filter(|rings| !rings.is_empty())
        };
        let kind = value.member("type").to_text();
        let parts = match (kind.as_str(), is_area) {
            ("LineString", false) => vec![vec![line(&inner)?]],
            ("MultiLineString", false) => {
                vec![inner.items()?.iter().map(line).collect::<Option<_>>()?]
            }
            ("Polygon", true) => vec![part(inner.items()?)?],
            ("MultiPolygon", true) => {
                let parts = inner.items()?.iter();
                let parts = parts.map(|rings| polygon_of(rings).and_then(part));
                parts.collect::<Option<_>>()?
            }
            _ => return None,
        };
        Some(Self { parts, is_area })
    }

    /// Whether a point, by longitude and latitude, lies in a polygon.
    pub(in crate::engine) fn holds(&self, place: (f64, f64)) -> Option<bool> {
        let point = vector(place);
        let mut is_found = false;
        for polygon in &self.parts {
            let mut is_in = false;
            for (at, corners) in polygon.iter().enumerate() {
                let is_here = is_inside(point, corners)?;
                is_in = if at == 0 { is_here } else { is_in && !is_here };
            }
            is_found |= is_in;
        }
        Some(is_found)
    }

    /// Meters from a point to the nearest edge; none in a polygon.
    pub(in crate::engine) fn distance(&self, place: (f64, f64)) -> f64 {
        if self.is_area && self.holds(place) != Some(false) {
            return 0.0;
        }
        let point = vector(place);
        let lines = self.parts.iter().flatten();
        let edges = lines.flat_map(|line| line.windows(2));
        let angles = edges.filter_map(|edge| match edge {
            &[from, to] => Some(angle_to_edge(point, from, to)),
            _ => None,
        });
        angles.fold(f64::INFINITY, f64::min) * RADIUS
    }
}

/// The angle between a point and the nearest place of an edge.
fn angle_to_edge(point: Vector, from: Vector, to: Vector) -> f64 {
    let sideways = cross(from, to);
    if dot(cross(sideways, from), point) > 0.0 && dot(cross(to, sideways), point) > 0.0 {
        (dot(point, sideways).abs() / dot(sideways, sideways).sqrt()).asin()
    } else {
        angle_between(point, from).min(angle_between(point, to))
    }
}

fn distance_to(arguments: &[Value], is_area: bool) -> Value {
    let shape = match arguments.get(2) {
        Some(Value::Dynamic(shape)) => Shape::of(shape, is_area),
        _ => None,
    };
    match degrees(arguments, 0).zip(shape) {
        Some((place, shape)) => Value::Real(shape.distance(place)),
        None => Value::Null,
    }
}

/// Whether a point lies on the side of a ring where its corners are.
fn is_inside(point: Vector, corners: &[Vector]) -> Option<bool> {
    let mut turned = 0.0;
    let mut middle = [0.0; 3];
    for edge in corners.windows(2) {
        let &[from, to] = edge else { continue };
        let (Some(start), Some(end)) = (azimuth(point, from), azimuth(point, to)) else {
            // The point is a corner: which polygon holds it is not defined.
            return None;
        };
        turned += (end - start + PI).rem_euclid(TAU) - PI;
        middle = [
            middle[0] + from[0],
            middle[1] + from[1],
            middle[2] + from[2],
        ];
    }
    // A ring turns around the points inside, and around those on the other side of the globe.
    Some(turned.abs() > PI && dot(point, middle) > 0.0)
}

/// The rings of a part; the service also takes a part that stands alone in a list.
fn polygon_of(part: &Dynamic) -> Option<&[Dynamic]> {
    let rings = part.items()?;
    match rings {
        [only] if matches!(only.item(0).item(0), Dynamic::Array(_)) => only.items(),
        _ => Some(rings),
    }
}

fn in_polygon(arguments: &[Value]) -> Option<bool> {
    let Some(Value::Dynamic(shape)) = arguments.get(2) else {
        return None;
    };
    Shape::of(shape, true)?.holds(degrees(arguments, 0)?)
}

fn coordinates(lng: f64, lat: f64) -> Dynamic {
    Dynamic::array(vec![Dynamic::Real(lng), Dynamic::Real(lat)])
}

fn geo_json(kind: &str, inner: Dynamic) -> Dynamic {
    Dynamic::bag(vec![
        (Rc::from("type"), Dynamic::string(kind)),
        (Rc::from("coordinates"), inner),
    ])
}

const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// Halves the range that a bit chooses.
fn halve(low: &mut f64, high: &mut f64, is_upper: bool) {
    let middle = f64::midpoint(*low, *high);
    *(if is_upper { low } else { high }) = middle;
}

fn geohash(lng: f64, lat: f64, length: usize) -> String {
    let (mut west, mut south, mut east, mut north) = (-180.0, -90.0, 180.0, 90.0);
    let mut text = String::with_capacity(length);
    let mut letter = 0_usize;
    for bit in 0..5 * length {
        let is_upper = if bit % 2 == 0 {
            let is_upper = lng >= f64::midpoint(west, east);
            halve(&mut west, &mut east, is_upper);
            is_upper
        } else {
            let is_upper = lat >= f64::midpoint(south, north);
            halve(&mut south, &mut north, is_upper);
            is_upper
        };
        letter = letter << 1 | usize::from(is_upper);
        if bit % 5 == 4 {
            text.push(
                LETTERS
                    .get(letter & 31)
                    .map_or('0', |&letter| char::from(letter)),
            );
            letter = 0;
        }
    }
    text
}

/// West, south, east and north of a geohash.
fn cell_of(arguments: &[Value]) -> Option<[f64; 4]> {
    let text = arguments.first().and_then(Value::as_str)?;
    if text.is_empty() || text.len() > MAX_GEOHASH {
        return None;
    }
    let (mut west, mut south, mut east, mut north) = (-180.0, -90.0, 180.0, 90.0);
    let mut is_lng = true;
    for letter in text.bytes() {
        let letter = LETTERS.iter().position(|&known| known == letter)?;
        for bit in (0..5).rev() {
            let is_upper = letter >> bit & 1 == 1;
            if is_lng {
                halve(&mut west, &mut east, is_upper);
            } else {
                halve(&mut south, &mut north, is_upper);
            }
            is_lng = !is_lng;
        }
    }
    Some([west, south, east, north])
}

fn neighbors(arguments: &[Value]) -> Value {
    let Some([west, south, east, north]) = cell_of(arguments) else {
        return Value::Null;
    };
    let length = arguments
        .first()
        .and_then(Value::as_str)
        .map_or(0, str::len);
    let (lng, lat) = (f64::midpoint(west, east), f64::midpoint(south, north));
    let mut found = Vec::new();
    for (right, up) in [
        (0, -1),
        (-1, -1),
        (-1, 0),
        (-1, 1),
        (0, 1),
        (1, 1),
        (1, 0),
        (1, -1),
    ] {
        let lat = lat + f64::from(up) * (north - south);
        // The date line is crossed, the poles are not.
        let lng = (lng + f64::from(right) * (east - west) + 180.0).rem_euclid(360.0) - 180.0;
        if (-90.0..=90.0).contains(&lat) {
            found.push(Dynamic::string(&geohash(lng, lat, length)));
        }
    }
    Dynamic::array(found).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(lng: f64, lat: f64, shape: &str) -> Option<bool> {
        let shape = Value::Dynamic(Dynamic::parse(shape).unwrap());
        in_polygon(&[Value::Real(lng), Value::Real(lat), shape])
    }

    #[test]
    fn polygons_have_holes_and_parts() {
        let shape = r#"{"type":"MultiPolygon","coordinates":[
            [[[0,0],[9,0],[9,9],[0,9],[0,0]],[[3,3],[3,6],[6,6],[6,3],[3,3]]],
            [[[170,-5],[-170,-5],[-170,5],[170,5],[170,-5]]]]}"#;
        assert_eq!(is_in(1.0, 1.0, shape), Some(true));
        assert_eq!(is_in(4.0, 4.0, shape), Some(false));
        assert_eq!(is_in(20.0, 1.0, shape), Some(false));
        assert_eq!(is_in(-175.0, 1.0, shape), Some(true));
        // The other side of the globe.
        assert_eq!(is_in(-179.0, -1.0, shape), Some(true));
        assert_eq!(is_in(-100.0, -1.0, shape), Some(false));
    }

    #[test]
    fn what_is_no_polygon_is_null() {
        for shape in [
            "{}",
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,100],[1,0],[0,0]]]}"#,
        ] {
            assert_eq!(is_in(0.5, 0.5, shape), None, "{shape}");
        }
        assert!(degrees(&[Value::Real(f64::NAN), Value::Real(0.0)], 0).is_none());
    }

    #[test]
    fn geohashes_go_there_and_back() {
        for (lng, lat) in [(0.0, 0.0), (-180.0, -90.0), (180.0, 90.0), (13.4, 52.5)] {
            for length in 1..=MAX_GEOHASH {
                let text = geohash(lng, lat, length);
                let [west, south, east, north] = cell_of(&[Value::string(&text)]).unwrap();
                assert!(
                    (west..=east).contains(&lng) && (south..=north).contains(&lat),
                    "{text}"
                );
            }
        }
        assert_eq!(cell_of(&[Value::string("a")]), None);
        assert_eq!(cell_of(&[Value::string("")]), None);
    }
}
