//! IPv4 addresses.

use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value};

const TEXT: Parameter = Parameter::Is(Type::String);
const LONG: Parameter = Parameter::Is(Type::Long);
const BOOL: Returns = Returns::Is(Type::Bool);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "parse_ipv4",
        &[TEXT],
        Returns::Is(Type::Long),
        "The number of an IPv4 address; of a network, of its first address.",
        ("parse_ipv4(\"127.0.0.1\")", "2130706433"),
        |_, a| network(a, 0).map_or(Value::Null, |net| Value::Long(i64::from(net.first()))),
    ),
    Scalar::new(
        "ipv4_is_private",
        &[TEXT],
        BOOL,
        "Whether an IPv4 address belongs to a private network.",
        ("ipv4_is_private(\"10.1.2.3\")", "True"),
        |_, a| is_private(a),
    ),
    Scalar::new(
        "ipv4_is_in_range",
        &[TEXT, TEXT],
        BOOL,
        "Whether an IPv4 address lies in a network.",
        (
            "ipv4_is_in_range(\"192.168.1.6\", \"192.168.1.0/24\")",
            "True",
        ),
        |_, a| is_in_range(a),
    ),
    Scalar::new(
        "ipv4_is_in_any_range",
        &[TEXT, Parameter::Any],
        BOOL,
        "Whether an IPv4 address lies in one of some networks.",
        (
            "ipv4_is_in_any_range(\"192.168.1.6\", \"10.0.0.0/8\", \"192.168.1.0/24\")",
            "True",
        ),
        |_, a| is_in_any(a),
    )
    .variadic(2),
    Scalar::new(
        "ipv4_is_match",
        &[TEXT, TEXT, LONG],
        BOOL,
        "Whether two IPv4 addresses are equal under the shortest prefix.",
        (
            "ipv4_is_match(\"192.168.1.1/24\", \"192.168.1.255\")",
            "True",
        ),
        |_, a| compare(a).map_or(Value::Null, |order| Value::Bool(order == 0)),
    )
    .optional(1),
    Scalar::new(
        "ipv4_compare",
        &[TEXT, TEXT, LONG],
        Returns::Is(Type::Long),
        "-1, 0 or 1 as the first IPv4 address comes before, with or behind the second.",
        ("ipv4_compare(\"192.168.1.1\", \"192.168.1.255\")", "-1"),
        |_, a| compare(a).map_or(Value::Null, Value::Long),
    )
    .optional(1),
    Scalar::new(
        "ipv4_netmask_suffix",
        &[TEXT],
        Returns::Is(Type::Long),
        "The length of a network's prefix.",
        ("ipv4_netmask_suffix(\"10.1.2.3/8\")", "8"),
        |_, a| network(a, 0).map_or(Value::Null, |net| Value::Long(i64::from(net.prefix))),
    ),
    Scalar::new(
        "format_ipv4",
        &[Parameter::Any, LONG],
        Returns::Is(Type::String),
        "An IPv4 address cut to a prefix.",
        ("format_ipv4(\"192.168.1.255\", 24)", "192.168.1.0"),
        format_ipv4,
    )
    .optional(1),
];

struct Network {
    address: u32,
    prefix: u32,
}

impl Network {
    const fn mask(prefix: u32) -> u32 {
        if prefix == 0 {
            0
        } else {
            u32::MAX << (32 - prefix)
        }
    }

    const fn first(&self) -> u32 {
        self.address & Self::mask(self.prefix)
    }
}

fn parse(text: &str) -> Option<Network> {
    let (address, prefix) = match text.trim().split_once('/') {
        Some((address, prefix)) => (
            address,
            prefix.parse::<u32>().ok().filter(|prefix| *prefix <= 32)?,
        ),
        None => (text.trim(), 32),
    };
    let mut bits = 0_u32;
    let mut n_parts = 0;
    for part in address.split('.') {
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        bits = bits << 8 | u32::from(part.parse::<u8>().ok()?);
        n_parts += 1;
    }
    (n_parts == 4).then_some(Network {
        address: bits,
        prefix,
    })
}

fn network(arguments: &[Value], at: usize) -> Option<Network> {
    arguments.get(at).and_then(Value::as_str).and_then(parse)
}

fn contains(range: &Network, address: &Network) -> bool {
    address.prefix >= range.prefix && address.address & Network::mask(range.prefix) == range.first()
}

fn is_private(arguments: &[Value]) -> Value {
    let Some(address) = network(arguments, 0) else {
        return Value::Null;
    };
    let ranges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    Value::Bool(
        ranges
            .iter()
            .filter_map(|range| parse(range))
            .any(|range| contains(&range, &address)),
    )
}

fn is_in_range(arguments: &[Value]) -> Value {
    match (network(arguments, 0), network(arguments, 1)) {
        (Some(address), Some(range)) => Value::Bool(contains(&range, &address)),
        _ => Value::Null,
    }
}

fn is_in_any(arguments: &[Value]) -> Value {
    let Some(address) = network(arguments, 0) else {
        return Value::Null;
    };
    let texts = arguments
        .iter()
        .skip(1)
        .flat_map(|argument| match argument {
            Value::Dynamic(list) => list
                .items()
                .unwrap_or_default()
                .iter()
                .map(Dynamic::to_text)
                .collect(),
            other => vec![other.to_text()],
        });
    let mut ranges = texts.filter_map(|text| parse(&text));
    Value::Bool(ranges.any(|range| contains(&range, &address)))
}

fn compare(arguments: &[Value]) -> Option<i64> {
    let (a, b) = (network(arguments, 0)?, network(arguments, 1)?);
    let given = arguments.get(2).and_then(Value::as_long).unwrap_or(32);
    let prefix = u32::try_from(given)
        .ok()
        .filter(|prefix| *prefix <= 32)?
        .min(a.prefix)
        .min(b.prefix);
    let mask = Network::mask(prefix);
    Some((a.address & mask).cmp(&(b.address & mask)) as i64)
}

fn format_ipv4(_: &Context, arguments: &[Value]) -> Value {
    let address = match arguments.first() {
        Some(Value::String(text)) => parse(text),
        Some(value) => value
            .as_long()
            .and_then(|number| u32::try_from(number).ok())
            .map(|address| Network {
                address,
                prefix: 32,
            }),
        None => None,
    };
    let prefix = arguments.get(1).and_then(Value::as_long).unwrap_or(32);
    let (Some(address), Ok(prefix)) = (address, u32::try_from(prefix)) else {
        return Value::string("");
    };
    if prefix > 32 {
        return Value::string("");
    }
    let bits = address.first() & Network::mask(prefix);
    let [a, b, c, d] = bits.to_be_bytes();
    Value::string(&format!("{a}.{b}.{c}.{d}"))
}
