//! `ipv4_lookup`, `ipv6_lookup`: rows joined with the networks that their addresses lie in.

use super::{Argument, Given, Input, Made, Plugin, Refusal, Rows, refuse, wrong};
use crate::engine::Relation;
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

type Parse = fn(&str) -> Option<Network>;

fn table(argument: Option<&Argument>) -> Result<Rc<Relation>, Refusal> {
    match argument.map(|argument| &argument.given) {
        Some(Given::Table(relation)) => Ok(Rc::clone(relation)),
        _ => wrong("the first argument of a lookup must be a table"),
    }
}

fn network_at(relation: &Relation, row: usize, column: usize, parse: Parse) -> Option<Network> {
    relation.value(row, column).as_str().and_then(parse)
}

fn lookup(input: &Input<'_>, parse: Parse, is_source_first: bool) -> Made {
    let table = table(input.arguments.first())?;
    let source_key = input.column(1)?;
    let place_of = |argument: Option<&Argument>| {
        let name = argument.map_or("", |argument| argument.column.as_str());
        let place = table.fields.iter().position(|field| field.name == name);
        place.map_or_else(
            || wrong("the key of the table must be one of its columns"),
            Ok,
        )
    };
    let table_key = place_of(input.arguments.get(2))?;
    // Further keys stand between these and the flag.
    let mut extra = Vec::new();
    let mut returns_unmatched = false;
    for (at, argument) in input.arguments.iter().enumerate().skip(3) {
        match &argument.given {
            Given::Constant(Value::Bool(flag)) => returns_unmatched = *flag,
            Given::Nothing => {}
            _ => extra.push((input.column(at)?, place_of(Some(argument))?)),
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
    let table_fields = kept.iter().filter_map(|&at| table.fields.get(at).cloned());
    let (mut fields, behind): (Vec<Field>, Vec<Field>) = if is_source_first {
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
        let matches: Vec<Option<usize>> = if found.is_empty() && returns_unmatched {
            vec![None]
        } else {
            found.into_iter().map(Some).collect()
        };
        for found in matches {
            let source = (0..input.n_fields).map(|at| input.value(row, at));
            let of_table = kept.iter().map(|&at| match found {
                Some(found) => table.value(found, at),
                None => Value::missing(table.fields.get(at).map_or(Type::Dynamic, |f| f.kind)),
            });
            let values: Vec<Value> = if is_source_first {
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
