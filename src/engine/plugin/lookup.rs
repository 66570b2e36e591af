//! `ipv4_lookup`, `ipv6_lookup`: rows joined with the networks that their addresses lie in.
//! `geo_polygon_lookup`, `geo_line_lookup`: with the shapes that their places lie in or near.

use super::{Argument, Given, Input, Made, Plugin, Refusal, Rows, refuse, wrong};
use crate::engine::Relation;
use crate::engine::scalar::geo::{Shape, degrees};
use crate::engine::scalar::network::{Network, parse_any, parse_ipv4};
use crate::table::Field;
use crate::text::documentation;
use crate::value::{Type, Value, order};
use std::rc::Rc;

pub(super) const IPV4_LOOKUP: Plugin = Plugin {
    name: "ipv4_lookup",
    parameters: &["LookupTable", "SourceIPv4Key", "IPv4LookupKey"],
    takes_table: true,
    needs_order: false,
    about: documentation(
        "The rows with those of a table whose IPv4 networks their addresses lie in.",
    ),
    example: (
        documentation(
            "print ip = '10.1.2.3' | evaluate ipv4_lookup((print net = '10.0.0.0/8', a = 'x'), ip, net) | project a",
        ),
        documentation("x"),
    ),
    run: |input| lookup(input, parse_ipv4, true),
};

pub(super) const IPV6_LOOKUP: Plugin = Plugin {
    name: "ipv6_lookup",
    parameters: &["LookupTable", "SourceIPv6Key", "IPv6LookupKey"],
    takes_table: true,
    needs_order: false,
    about: documentation(
        "The rows with those of a table whose IPv6 networks their addresses lie in.",
    ),
    example: (
        documentation(
            "print ip = 'fe80::1' | evaluate ipv6_lookup((print net = 'fe80::/10', a = 'x'), ip, net) | project a",
        ),
        documentation("x"),
    ),
    run: |input| lookup(input, parse_any, false),
};

/// A plugin that looks places up.
const fn of_places(
    name: &'static str,
    parameters: &'static [&'static str],
    about: &'static str,
    example: (&'static str, &'static str),
    run: fn(&Input<'_>) -> Made,
) -> Plugin {
    Plugin {
        name,
        parameters,
        takes_table: true,
        needs_order: false,
        about: documentation(about),
        example: (documentation(example.0), documentation(example.1)),
        run,
    }
}

pub(super) const GEO_POLYGON_LOOKUP: Plugin = of_places(
    "geo_polygon_lookup",
    &[
        "LookupTable",
        "LookupPolygonKey",
        "SourceLongitude",
        "SourceLatitude",
        "radius",
        "return_unmatched",
        "lookup_area_radius",
        "return_lookup_key",
    ],
    "The rows with those of a table whose polygons their places lie in, or so many meters away.",
    (
        "print x = 1, y = 1 | evaluate geo_polygon_lookup((print p = dynamic({'type':'Polygon','coordinates':[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), a = 'x'), p, x, y) | project a",
        "x",
    ),
    |input| geo_lookup(input, true),
);

pub(super) const GEO_LINE_LOOKUP: Plugin = of_places(
    "geo_line_lookup",
    &[
        "LookupTable",
        "LookupLineKey",
        "SourceLongitude",
        "SourceLatitude",
        "radius",
        "return_unmatched",
        "lookup_area_radius",
        "return_lookup_key",
    ],
    "The rows with those of a table whose lines are so many meters or less away.",
    (
        "print x = 1, y = 0.001 | evaluate geo_line_lookup((print p = dynamic({'type':'LineString','coordinates':[[0,0],[2,0]]}), a = 'x'), p, x, y, 200) | project a",
        "x",
    ),
    |input| geo_lookup(input, false),
);

fn geo_lookup(input: &Input<'_>, is_area: bool) -> Made {
    let table = table(input.arguments.first())?;
    // The key stands before or behind longitude and latitude; both orders are documented.
    let is_key = |at| place_of(&table, input.arguments.get(at)).is_ok();
    let (key, places) = if !is_key(1) && is_key(3) {
        (3, [1, 2])
    } else {
        (1, [2, 3])
    };
    let key = place_of(&table, input.arguments.get(key))?;
    let place = [input.column(places[0])?, input.column(places[1])?];
    let radius = input
        .optional(4)?
        .map(|radius| radius.as_real().unwrap_or(f64::NAN));
    let is_true = |at| Ok(matches!(input.optional(at)?, Some(Value::Bool(true))));
    let (returns_unmatched, returns_key) = (is_true(5)?, is_true(7)?);
    if !is_area && radius.is_none() {
        return wrong("`geo_line_lookup` requires a radius in meters");
    }
    if table.n_rows().saturating_mul(input.n_rows()) > super::MAX_ROWS {
        return refuse("the lookup would compare more than 16,777,216 pairs; filter first");
    }
    let shape = |row| match table.value(row, key) {
        Value::Dynamic(shape) => Shape::of(&shape, is_area),
        _ => None,
    };
    let shapes: Vec<Option<Shape>> = (0..table.n_rows()).map(shape).collect();
    let find = |row: usize| {
        let place = degrees(&input.values(row, &place), 0);
        let is_match = |shape: &Shape| match (place, radius) {
            (Some(place), Some(radius)) => shape.distance(place) <= radius,
            (Some(place), None) => shape.holds(place) == Some(true),
            (None, _) => false,
        };
        let found = shapes.iter().enumerate();
        let found = found.filter(|(_, shape)| shape.as_ref().is_some_and(is_match));
        found.map(|(row, _)| row).collect()
    };
    let is_kept = |at: &usize| returns_key || *at != key;
    let kept: Vec<usize> = (0..table.fields.len()).filter(is_kept).collect();
    Joined {
        table: &table,
        kept: &kept,
        is_source_first: true,
        returns_unmatched,
    }
    .rows(input, &find)
}

type Parse = fn(&str) -> Option<Network>;

fn table(argument: Option<&Argument>) -> Result<Rc<Relation>, Refusal> {
    match argument.map(|argument| &argument.given) {
        Some(Given::Table(relation)) => Ok(Rc::clone(relation)),
        _ => wrong("the first argument of a lookup must be a table"),
    }
}

/// The column of a table that an argument names.
fn place_of(table: &Relation, argument: Option<&Argument>) -> Result<usize, Refusal> {
    let name = argument.map_or("", |argument| argument.column.as_str());
    let place = table.fields.iter().position(|field| field.name == name);
    place.map_or_else(
        || wrong("the key of the table must be one of its columns"),
        Ok,
    )
}

fn network_at(relation: &Relation, row: usize, column: usize, parse: Parse) -> Option<Network> {
    relation.value(row, column).as_str().and_then(parse)
}

fn lookup(input: &Input<'_>, parse: Parse, is_source_first: bool) -> Made {
    let table = table(input.arguments.first())?;
    let source_key = input.column(1)?;
    let table_key = place_of(&table, input.arguments.get(2))?;
    // Further keys stand between these and the flag.
    let mut extra = Vec::new();
    let mut returns_unmatched = false;
    for (at, argument) in input.arguments.iter().enumerate().skip(3) {
        match &argument.given {
            Given::Constant(Value::Bool(flag)) => returns_unmatched = *flag,
            Given::Nothing => {}
            _ => extra.push((input.column(at)?, place_of(&table, Some(argument))?)),
        }
    }
    // The rows of the table by the length of the prefix and the first address.
    let mut networks: Vec<(u32, u128, usize)> = (0..table.n_rows())
        .filter_map(|row| {
            let (prefix, first) = network_at(&table, row, table_key, parse)?.parts();
            Some((prefix, first, row))
        })
        .collect();
    order::sort_by(&mut networks, Ord::cmp);
    let mut prefixes: Vec<u32> = networks.iter().map(|(prefix, ..)| *prefix).collect();
    prefixes.dedup();
    let kept: Vec<usize> = (0..table.fields.len())
        .filter(|at| !extra.iter().any(|(_, place)| place == at))
        .collect();
    let find = |row: usize| {
        let mut found: Vec<usize> = Vec::new();
        if let Some(address) = network_at(input.relation, row, source_key, parse) {
            for &prefix in prefixes
                .iter()
                .filter(|prefix| **prefix <= address.parts().0)
            {
                let key = (prefix, address.cut(prefix).parts().1);
                let from = networks.partition_point(|&(prefix, first, _)| (prefix, first) < key);
                let same = networks.iter().skip(from);
                let same = same.take_while(|&&(prefix, first, _)| (prefix, first) == key);
                found.extend(same.map(|&(.., row)| row));
            }
        }
        found.retain(|&other| {
            extra.iter().all(|(source, place)| {
                input.value(row, *source).to_text() == table.value(other, *place).to_text()
            })
        });
        order::sort_by(&mut found, Ord::cmp);
        found
    };
    Joined {
        table: &table,
        kept: &kept,
        is_source_first,
        returns_unmatched,
    }
    .rows(input, &find)
}

/// How rows are joined with those of a table.
struct Joined<'t> {
    table: &'t Relation,
    /// The columns of the table that are given.
    kept: &'t [usize],
    is_source_first: bool,
    returns_unmatched: bool,
}

impl Joined<'_> {
    /// The rows, each with those rows of the table that are found for it.
    fn rows(&self, input: &Input<'_>, find: &dyn Fn(usize) -> Vec<usize>) -> Made {
        let table = self.table;
        let table_fields = self.kept.iter();
        let table_fields = table_fields.filter_map(|&at| table.fields.get(at).cloned());
        let (mut fields, behind): (Vec<Field>, Vec<Field>) = if self.is_source_first {
            (input.fields().to_vec(), table_fields.collect())
        } else {
            (table_fields.collect(), input.fields().to_vec())
        };
        for field in behind {
            let is_taken = |name: &str| fields.iter().any(|known| known.name == name);
            let mut name = field.name.clone();
            let mut number = 1_u32;
            while is_taken(&name) {
                name = format!("{}{number}", field.name);
                number += 1;
            }
            fields.push(Field::new(&name, field.kind));
        }
        let mut rows = Rows::new(fields);
        for row in 0..input.n_rows() {
            let found = find(row);
            let matches: Vec<Option<usize>> = if found.is_empty() && self.returns_unmatched {
                vec![None]
            } else {
                found.into_iter().map(Some).collect()
            };
            for found in matches {
                let source = (0..input.n_fields).map(|at| input.value(row, at));
                let of_table = self.kept.iter().map(|&at| match found {
                    Some(found) => table.value(found, at),
                    None => Value::missing(table.fields.get(at).map_or(Type::Dynamic, |f| f.kind)),
                });
                let values: Vec<Value> = if self.is_source_first {
                    source.chain(of_table).collect()
                } else {
                    of_table.chain(source).collect()
                };
                rows.push(&values);
            }
            if rows.n_made > super::MAX_ROWS {
                return refuse("the lookup would make more than 16,777,216 rows");
            }
        }
        Ok(rows.finish())
    }
}
