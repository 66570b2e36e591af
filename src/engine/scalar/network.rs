//! IPv4 and IPv6 addresses and networks, and the addresses that stand in a text.
//!
//! Every address is kept as one of IPv6: an IPv4 address as `::ffff:a.b.c.d`, its prefix 96 longer.

use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value};
use std::cmp::Ordering;

const ANY: Parameter = Parameter::Any;
const TEXT: Parameter = Parameter::Is(Type::String);
const LONG: Parameter = Parameter::Is(Type::Long);
const TO_BOOL: Returns = Returns::Is(Type::Bool);
const TO_LONG: Returns = Returns::Is(Type::Long);
const TO_TEXT: Returns = Returns::Is(Type::String);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "parse_ipv4",
        &[TEXT],
        TO_LONG,
        "The number of an IPv4 address; of a network, of its first address.",
        ("parse_ipv4(\"127.0.0.1\")", "2130706433"),
        |_, a| number_of(network(a, 0, parse_ipv4)),
    ),
    Scalar::new(
        "parse_ipv4_mask",
        &[TEXT, LONG],
        TO_LONG,
        "The number of an IPv4 address cut to a prefix.",
        ("parse_ipv4_mask(\"10.1.2.3\", 8)", "167772160"),
        |_, a| number_of(masked_ipv4(a)),
    ),
    Scalar::new(
        "parse_ipv6",
        &[TEXT],
        TO_TEXT,
        "The full text of an IPv6 or IPv4 address; empty when it is none.",
        (
            "parse_ipv6(\"fe80::1\")",
            "fe80:0000:0000:0000:0000:0000:0000:0001",
        ),
        |_, a| ipv6_text(network(a, 0, parse_any)),
    ),
    Scalar::new(
        "parse_ipv6_mask",
        &[TEXT, LONG],
        TO_TEXT,
        "The full text of an IPv6 or IPv4 address cut to a prefix of 128 bits.",
        (
            "parse_ipv6_mask(\"fe80::1\", 64)",
            "fe80:0000:0000:0000:0000:0000:0000:0000",
        ),
        |_, a| {
            let prefix = prefix_at(a, 1, 128);
            ipv6_text(
                network(a, 0, parse_any)
                    .zip(prefix)
                    .map(|(net, to)| net.cut(to)),
            )
        },
    ),
    Scalar::new(
        "format_ipv4",
        &[ANY, LONG],
        TO_TEXT,
        "An IPv4 address cut to a prefix.",
        ("format_ipv4(\"192.168.1.255\", 24)", "192.168.1.0"),
        |_, a| Value::string(&masked_ipv4(a).map_or_else(String::new, Network::ipv4_text)),
    )
    .optional(1),
    Scalar::new(
        "format_ipv4_mask",
        &[ANY, LONG],
        TO_TEXT,
        "An IPv4 address cut to a prefix, as a network.",
        ("format_ipv4_mask(\"192.168.1.255\", 24)", "192.168.1.0/24"),
        |_, a| {
            let text = masked_ipv4(a).map_or_else(String::new, |net| {
                format!("{}/{}", net.ipv4_text(), net.prefix - 96)
            });
            Value::string(&text)
        },
    )
    .optional(1),
    Scalar::new(
        "ipv4_netmask_suffix",
        &[TEXT],
        TO_LONG,
        "The length of a network's prefix.",
        ("ipv4_netmask_suffix(\"10.1.2.3/8\")", "8"),
        |_, a| {
            network(a, 0, parse_ipv4)
                .map_or(Value::Null, |net| Value::Long(i64::from(net.prefix) - 96))
        },
    ),
    Scalar::new(
        "ipv4_is_private",
        &[TEXT],
        TO_BOOL,
        "Whether an IPv4 address belongs to a private network.",
        ("ipv4_is_private(\"10.1.2.3\")", "True"),
        |_, a| is_private(a),
    ),
    Scalar::new(
        "ipv4_compare",
        &[TEXT, TEXT, LONG],
        TO_LONG,
        "-1, 0 or 1 as the first IPv4 address comes before, with or behind the second.",
        ("ipv4_compare(\"192.168.1.1\", \"192.168.1.255\")", "-1"),
        |c, a| compare(c, a, parse_ipv4).map_or(Value::Null, |found| Value::Long(found as i64)),
    )
    .optional(1),
    Scalar::new(
        "ipv6_compare",
        &[TEXT, TEXT, LONG],
        TO_LONG,
        "-1, 0 or 1 as the first IPv6 address comes before, with or behind the second.",
        ("ipv6_compare(\"fe80::2\", \"fe80::1\")", "1"),
        |c, a| compare(c, a, parse_any).map_or(Value::Null, |found| Value::Long(found as i64)),
    )
    .optional(1),
    Scalar::new(
        "ipv4_is_match",
        &[TEXT, TEXT, LONG],
        TO_BOOL,
        "Whether two IPv4 addresses are equal under the shortest prefix.",
        (
            "ipv4_is_match(\"192.168.1.1/24\", \"192.168.1.255\")",
            "True",
        ),
        |c, a| compare(c, a, parse_ipv4).map_or(Value::Null, |found| Value::Bool(found.is_eq())),
    )
    .optional(1),
    Scalar::new(
        "ipv6_is_match",
        &[TEXT, TEXT, LONG],
        TO_BOOL,
        "Whether two IPv6 or IPv4 addresses are equal under the shortest prefix.",
        ("ipv6_is_match(\"fe80::1/64\", \"fe80::2\")", "True"),
        |c, a| compare(c, a, parse_any).map_or(Value::Null, |found| Value::Bool(found.is_eq())),
    )
    .optional(1),
    Scalar::new(
        "ipv4_is_in_range",
        &[TEXT, TEXT],
        TO_BOOL,
        "Whether an IPv4 address lies in a network.",
        (
            "ipv4_is_in_range(\"192.168.1.6\", \"192.168.1.0/24\")",
            "True",
        ),
        |_, a| is_in_range(a, parse_ipv4),
    ),
    Scalar::new(
        "ipv6_is_in_range",
        &[TEXT, TEXT],
        TO_BOOL,
        "Whether an IPv6 address lies in a network.",
        ("ipv6_is_in_range(\"fe80::1\", \"fe80::/10\")", "True"),
        |_, a| is_in_range(a, parse_any),
    ),
    Scalar::new(
        "ipv4_is_in_any_range",
        &[TEXT, ANY],
        TO_BOOL,
        "Whether an IPv4 address lies in one of some networks.",
        (
            "ipv4_is_in_any_range(\"192.168.1.6\", \"10.0.0.0/8\", \"192.168.1.0/24\")",
            "True",
        ),
        |_, a| is_in_any(a, parse_ipv4),
    )
    .variadic(2),
    Scalar::new(
        "ipv6_is_in_any_range",
        &[TEXT, ANY],
        TO_BOOL,
        "Whether an IPv6 address lies in one of some networks.",
        (
            "ipv6_is_in_any_range(\"fe80::1\", dynamic([\"::/128\", \"fe80::/10\"]))",
            "True",
        ),
        |_, a| is_in_any(a, parse_any),
    )
    .variadic(2),
    Scalar::new(
        "ipv4_range_to_cidr_list",
        &[TEXT, TEXT],
        Returns::Is(Type::Dynamic),
        "The networks that cover the IPv4 addresses from one to another.",
        (
            "ipv4_range_to_cidr_list(\"10.0.0.0\", \"10.0.0.2\")",
            "[\"10.0.0.0/31\",\"10.0.0.2/32\"]",
        ),
        range_to_networks,
    ),
    Scalar::new(
        "has_ipv4",
        &[TEXT, TEXT],
        TO_BOOL,
        "Whether an IPv4 address stands in a text, between other characters than letters and digits.",
        ("has_ipv4(\"GET from 10.1.2.3:80\", \"10.1.2.3\")", "True"),
        |_, a| has_any(a, false),
    ),
    Scalar::new(
        "has_any_ipv4",
        &[TEXT, ANY],
        TO_BOOL,
        "Whether one of some IPv4 addresses stands in a text.",
        (
            "has_any_ipv4(\"GET from 10.1.2.3\", \"10.1.2.4\", \"10.1.2.3\")",
            "True",
        ),
        |_, a| has_any(a, false),
    )
    .variadic(2),
    Scalar::new(
        "has_ipv4_prefix",
        &[TEXT, TEXT],
        TO_BOOL,
        "Whether an IPv4 address that begins so stands in a text: `10.1.`, say.",
        ("has_ipv4_prefix(\"GET from 10.1.2.3\", \"10.1.\")", "True"),
        |_, a| has_any(a, true),
    ),
    Scalar::new(
        "has_any_ipv4_prefix",
        &[TEXT, ANY],
        TO_BOOL,
        "Whether an IPv4 address that begins in one of some ways stands in a text.",
        (
            "has_any_ipv4_prefix(\"GET from 10.1.2.3\", dynamic([\"10.2.\", \"10.1.\"]))",
            "True",
        ),
        |_, a| has_any(a, true),
    )
    .variadic(2),
];

/// The bits that say that an address is one of IPv4.
const MAPPED: u128 = 0xffff_0000_0000;

/// An address and how many of its bits are those of its network.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Network {
    address: u128,
    prefix: u32,
}

impl Network {
    const fn of_ipv4(address: u32, prefix: u32) -> Self {
        Self {
            address: MAPPED | address as u128,
            prefix: prefix + 96,
        }
    }

    fn mask(prefix: u32) -> u128 {
        u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
    }

    fn first(self) -> u128 {
        self.address & Self::mask(self.prefix)
    }

    /// The length of the prefix and the first address.
    pub(in crate::engine) fn parts(self) -> (u32, u128) {
        (self.prefix, self.first())
    }

    /// The network of at most so many bits.
    pub(in crate::engine) fn cut(self, prefix: u32) -> Self {
        Self {
            prefix: self.prefix.min(prefix),
            ..self
        }
    }

    /// Whether another network lies inside.
    fn contains(self, other: Self) -> bool {
        other.prefix >= self.prefix && other.address & Self::mask(self.prefix) == self.first()
    }

    fn ipv4_text(self) -> String {
        let [a, b, c, d] = (self.first() as u32).to_be_bytes();
        format!("{a}.{b}.{c}.{d}")
    }
}

/// Splits `address/prefix`.
fn split_prefix(text: &str, n_bits: u32) -> Option<(&str, u32)> {
    match text.trim().split_once('/') {
        Some((address, prefix)) => {
            let prefix = prefix.parse().ok().filter(|prefix| *prefix <= n_bits)?;
            Some((address, prefix))
        }
        None => Some((text.trim(), n_bits)),
    }
}

fn ipv4_bits(address: &str) -> Option<u32> {
    let mut bits = 0;
    let mut n_parts = 0;
    for part in address.split('.') {
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        bits = bits << 8 | u32::from(part.parse::<u8>().ok()?);
        n_parts += 1;
    }
    (n_parts == 4).then_some(bits)
}

/// Reads an IPv4 address or network.
pub(in crate::engine) fn parse_ipv4(text: &str) -> Option<Network> {
    let (address, prefix) = split_prefix(text, 32)?;
    Some(Network::of_ipv4(ipv4_bits(address)?, prefix))
}

/// Reads an IPv6 or IPv4 address or network; `::a.b.c.d` is one of IPv4.
pub(in crate::engine) fn parse_any(text: &str) -> Option<Network> {
    let text = text.trim();
    if let Some(network) = parse_ipv4(text.strip_prefix("::").unwrap_or(text)) {
        return Some(network);
    }
    let (address, prefix) = split_prefix(text, 128)?;
    // Groups before and behind `::`, which stands for as many zeros as are missing.
    let (head, tail) = match address.split_once("::") {
        Some((head, tail)) => (head, Some(tail)),
        None => (address, None),
    };
    let groups = |part: &str| -> Option<Vec<u16>> {
        let mut groups = Vec::new();
        for group in part.split(':').filter(|_| !part.is_empty()) {
            if let Some(bits) = ipv4_bits(group) {
                groups.extend([(bits >> 16) as u16, bits as u16]);
            } else if group.len() <= 4 && group.bytes().all(|b| b.is_ascii_hexdigit()) {
                groups.push(u16::from_str_radix(group, 16).ok()?);
            } else {
                return None;
            }
        }
        Some(groups)
    };
    let (head, tail) = (groups(head)?, tail.map(groups));
    let all = match tail {
        None => head,
        Some(tail) => {
            let tail = tail?;
            let n_zeros = 7_usize.checked_sub(head.len() + tail.len())? + 1;
            [head, vec![0; n_zeros], tail].concat()
        }
    };
    (all.len() == 8).then(|| Network {
        address: all
            .iter()
            .fold(0, |bits, &group| bits << 16 | u128::from(group)),
        prefix,
    })
}

type Parse = fn(&str) -> Option<Network>;

fn network(arguments: &[Value], at: usize, parse: Parse) -> Option<Network> {
    arguments.get(at).and_then(Value::as_str).and_then(parse)
}

/// A prefix that an argument gives; all bits without one.
fn prefix_at(arguments: &[Value], at: usize, n_bits: u32) -> Option<u32> {
    match arguments.get(at) {
        None => Some(n_bits),
        Some(value) => u32::try_from(value.as_long()?)
            .ok()
            .filter(|prefix| *prefix <= n_bits),
    }
}

fn number_of(network: Option<Network>) -> Value {
    network.map_or(Value::Null, |net| {
        Value::Long(i64::from(net.first() as u32))
    })
}

fn ipv6_text(network: Option<Network>) -> Value {
    let text = network.map_or_else(String::new, |network| {
        let bits = network.first();
        let group = |at: u32| format!("{:04x}", bits >> (112 - 16 * at) & 0xffff);
        (0..8).map(group).collect::<Vec<_>>().join(":")
    });
    Value::string(&text)
}

/// The address or number of the first argument, cut to the prefix of the second.
fn masked_ipv4(arguments: &[Value]) -> Option<Network> {
    let address = match arguments.first()? {
        Value::String(text) => parse_ipv4(text)?,
        value => Network::of_ipv4(u32::try_from(value.as_long()?).ok()?, 32),
    };
    Some(address.cut(prefix_at(arguments, 1, 32)? + 96))
}

fn is_private(arguments: &[Value]) -> Value {
    let Some(address) = network(arguments, 0, parse_ipv4) else {
        return Value::Null;
    };
    let ranges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    let mut ranges = ranges.into_iter().filter_map(parse_ipv4);
    Value::Bool(ranges.any(|range| range.contains(address)))
}

fn is_in_range(arguments: &[Value], parse: Parse) -> Value {
    match (network(arguments, 0, parse), network(arguments, 1, parse)) {
        (Some(address), Some(range)) => Value::Bool(range.contains(address)),
        _ => Value::Null,
    }
}

/// The texts behind the first argument, also those in lists.
fn texts_of(arguments: &[Value]) -> impl Iterator<Item = String> {
    arguments
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
        })
}

fn is_in_any(arguments: &[Value], parse: Parse) -> Value {
    let Some(address) = network(arguments, 0, parse) else {
        return Value::Null;
    };
    let mut ranges = texts_of(arguments).filter_map(|text| parse(&text));
    Value::Bool(ranges.any(|range| range.contains(address)))
}

fn compare(context: &Context, arguments: &[Value], parse: Parse) -> Option<Ordering> {
    let (a, b) = (network(arguments, 0, parse)?, network(arguments, 1, parse)?);
    let is_ipv4 = std::ptr::fn_addr_eq(parse, parse_ipv4 as Parse);
    let given = if is_ipv4 {
        prefix_at(arguments, 2, 32)? + 96
    } else {
        prefix_at(arguments, 2, 128)?
    };
    let under = |prefix: u32| {
        let mask = Network::mask(prefix.min(a.prefix).min(b.prefix));
        (a.address & mask).cmp(&(b.address & mask))
    };
    let found = under(given);
    let are_mapped = [a, b].iter().all(|side| side.address >> 32 == 0xffff);
    if are_mapped && given <= 32 && under(given + 96) != found {
        context.refuse("a prefix up to 32 of two IPv4 addresses is not settled here; use `ipv4_…`");
        return None;
    }
    Some(found)
}

fn range_to_networks(context: &Context, arguments: &[Value]) -> Value {
    let (Some(start), Some(end)) = (
        network(arguments, 0, parse_ipv4),
        network(arguments, 1, parse_ipv4),
    ) else {
        return Value::Null;
    };
    let (mut start, end) = (
        u64::from(start.address as u32),
        u64::from(end.address as u32),
    );
    if start > end {
        return context.refuse("`ipv4_range_to_cidr_list` requires the first address first");
    }
    let mut networks = Vec::new();
    while start <= end {
        // As many addresses as the start allows and the end leaves.
        let aligned = start.trailing_zeros().min(32);
        let left = (end - start + 1).ilog2();
        let n_bits = aligned.min(left);
        let network = Network::of_ipv4(start as u32, 32 - n_bits);
        networks.push(Dynamic::string(&format!(
            "{}/{}",
            network.ipv4_text(),
            32 - n_bits
        )));
        start += 1 << n_bits;
    }
    Dynamic::array(networks).into()
}

/// The IPv4 addresses of a text that stand between other characters than letters and digits.
fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    let starts = text.char_indices().filter(move |(at, character)| {
        let before = text.get(..*at).and_then(|head| head.chars().next_back());
        character.is_ascii_digit() && !before.is_some_and(char::is_alphanumeric)
    });
    starts.filter_map(move |(at, _)| {
        let rest = text.get(at..)?;
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let run = rest.get(..length)?;
        // Four numbers, whatever follows the fourth.
        let end = run
            .match_indices('.')
            .nth(3)
            .map_or(run.len(), |(end, _)| end);
        let address = run.get(..end)?;
        let behind = rest.get(end..)?.chars().next();
        (ipv4_bits(address).is_some() && !behind.is_some_and(char::is_alphanumeric))
            .then_some(address)
    })
}

fn has_any(arguments: &[Value], is_prefix: bool) -> Value {
    let Some(text) = arguments.first().and_then(Value::as_str) else {
        return Value::Null;
    };
    let wanted: Vec<String> = texts_of(arguments).collect();
    let is_found = |wanted: &String| {
        let is_open = is_prefix
            && wanted.strip_suffix('.').is_some_and(|part| {
                let n_missing = 3_usize.saturating_sub(part.matches('.').count());
                n_missing > 0 && ipv4_bits(&[part, &".0".repeat(n_missing)].concat()).is_some()
            });
        if is_open {
            addresses_in(text).any(|address| address.starts_with(wanted.as_str()))
        } else {
            ipv4_bits(wanted).is_some() && addresses_in(text).any(|address| address == wanted)
        }
    };
    Value::Bool(wanted.iter().any(is_found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_no_address_are_none() {
        for text in [
            "",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "1.2.3.4/33",
            "1.2.3.x",
            "::g",
            ":::",
            "1:2",
            "1:2:3:4:5:6:7:8:9",
            "::1/129",
            "1::2::3",
            "12345::",
            "::1.2.3.256",
            "/",
        ] {
            assert!(parse_any(text).is_none(), "{text}");
        }
    }

    #[test]
    fn one_address_is_written_in_several_ways() {
        for (a, b) in [
            ("::ffff:c0a8:101", "192.168.1.1"),
            ("::192.168.1.1", "192.168.1.1"),
            ("0:0:0:0:0:ffff:192.168.1.1", "192.168.1.1"),
            ("FE80::1", "fe80:0:0:0:0:0:0:1"),
            ("1::", "1:0:0:0:0:0:0:0"),
        ] {
            let of = |text| parse_any(text).unwrap().address;
            assert_eq!(of(a), of(b), "{a}");
        }
        assert!(
            parse_any("::/0")
                .unwrap()
                .contains(parse_any("10.0.0.1").unwrap())
        );
    }

    #[test]
    fn addresses_stand_between_other_characters() {
        let found = |text| addresses_in(text).collect::<Vec<_>>();
        assert_eq!(
            found("a 10.0.0.1, [10.0.0.2]:80 1.2.3 10.0.0.3x"),
            ["10.0.0.1", "10.0.0.2"]
        );
        assert_eq!(found("é10.0.0.1 10.0.0.1é"), Vec::<&str>::new());
        assert_eq!(found("999.1.1.1"), Vec::<&str>::new());
    }
}
