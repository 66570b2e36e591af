//! Rows that several sources have: exports that overlap, or a file that was loaded twice.
//!
//! Input: a table, and the tables of its name that came before it. Output: the table without the rows
//! that those have already. A row that is there m times before and n times here is shown max(m, n)
//! times, so what repeats within one source stays. Invariants: two rows are one only where all their
//! values are equal, an absent column being one of nulls; hashes find candidates, the values decide.
//! Absent on purpose: rows that are almost equal, such as those of two exports with other columns.

use crate::table::{Column, Data, Dynamics, Strings, Table};
use rustc_hash::FxHasher;
use std::collections::BTreeSet;
use std::hash::Hasher as _;
use std::rc::Rc;

/// Where a row is, in a list of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    table: u32,
    segment: u32,
    row: u32,
}

/// How a dynamic null is spelled that is not left out.
const NULL: &str = "null";

/// A row of the table, and its twin before it.
type Pair = (Place, Place);

/// The table without the rows that the earlier ones have; `None` when it has none of theirs.
pub(super) fn without_known(table: &Rc<Table>, earlier: &[Rc<Table>]) -> Option<Table> {
    let own = std::slice::from_ref(table);
    let range = shared_range(own, earlier)?;
    let known = keys(earlier, range);
    if known.is_empty() {
        return None;
    }
    let mut pairs = candidates(&keys(own, range), &known);
    keep_equal(&mut pairs, table, earlier);
    if pairs.is_empty() {
        return None;
    }
    let mut is_known: Vec<Vec<bool>> = (0..table.n_segments())
        .map(|segment| vec![false; table.segment_rows(segment)])
        .collect();
    for (place, _) in pairs {
        let of_segment = is_known.get_mut(place.segment as usize);
        if let Some(known) = of_segment.and_then(|rows| rows.get_mut(place.row as usize)) {
            *known = true;
        }
    }
    let shown = |is_known: &Vec<bool>| {
        let places = || (0..).zip(is_known).filter(|&(_, &is_known)| !is_known);
        let has_known = is_known.contains(&true);
        has_known.then(|| places().map(|(row, _)| row).collect())
    };
    Some(table.showing(is_known.iter().map(shown).collect()))
}

/// The times in which rows of both can be, in ticks; `None` when there are none.
fn shared_range(own: &[Rc<Table>], earlier: &[Rc<Table>]) -> Option<(i64, i64)> {
    let all = (i64::MIN, i64::MAX);
    let (own, earlier) = (
        super::time_range(own).unwrap_or(all),
        super::time_range(earlier).unwrap_or(all),
    );
    let (from, to) = (own.0.max(earlier.0), own.1.min(earlier.1));
    (from <= to).then_some((from, to))
}

/// A hash and the place of each row in a range of times, in order.
fn keys(tables: &[Rc<Table>], (from, to): (i64, i64)) -> Vec<(u64, Place)> {
    let mut keys = Vec::new();
    for (at, table) in (0..).zip(tables) {
        let time = table.find("TimeGenerated");
        for segment in 0..table.n_segments() {
            let times = time.and_then(|column| table.decode(segment, column));
            let is_in = |row: usize| match times.as_deref() {
                Some(times) if !times.is_null(row) => match &times.data {
                    Data::Long(ticks) => ticks.get(row).is_none_or(|t| (from..=to).contains(t)),
                    _ => true,
                },
                _ => true,
            };
            let rows: Vec<u32> = (0..table.segment_rows(segment) as u32)
                .filter(|&row| is_in(row as usize))
                .collect();
            if rows.is_empty() {
                continue;
            }
            let mut hashes = vec![0; rows.len()];
            for (column, field) in table.fields().iter().enumerate() {
                if let Some(values) = table.decode(segment, column) {
                    add_hashes(&values, hash(field.name.as_bytes()), &rows, &mut hashes);
                }
            }
            let place = |row| Place {
                table: at,
                segment: segment as u32,
                row,
            };
            keys.extend(hashes.into_iter().zip(rows.into_iter().map(place)));
        }
    }
    keys.sort_unstable();
    keys
}

/// Adds the hashes of the values that are there: the sum is the same in every order of columns.
fn add_hashes(column: &Column, name: u64, rows: &[u32], hashes: &mut [u64]) {
    let mut add = |of: &mut dyn FnMut(usize) -> Option<u64>| {
        for (sum, &row) in hashes.iter_mut().zip(rows) {
            if let Some(value) = of(row as usize) {
                let mixed = (name ^ value.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                *sum = sum.wrapping_add(mixed ^ mixed >> 32);
            }
        }
    };
    let mut scratch = String::new();
    match &column.data {
        Data::Long(values) => add(&mut |row| {
            let value = values.get(row).map(|&value| value as u64);
            value.filter(|_| !column.is_null(row))
        }),
        Data::String(Strings::Coded { codes, dictionary }) => {
            let mut known = vec![None; dictionary.len()];
            add(&mut |row| {
                let code = codes.get(row).copied().filter(|&code| code != 0)?;
                let place = known.get_mut(code as usize)?;
                *place.get_or_insert_with(|| text_hash(dictionary.get(code)))
            });
        }
        Data::String(strings) => add(&mut |row| text_hash(strings.get(row, &mut scratch))),
        Data::Dynamic(Dynamics::Json(strings)) => add(&mut |row| {
            let json = strings.get(row, &mut scratch);
            text_hash(json).filter(|_| json != NULL)
        }),
        _ => add(&mut |row| {
            let value = column.value(row);
            (!value.is_null()).then(|| hash(value.to_text().as_bytes()))
        }),
    }
}

/// The hash of a text; the empty one is as good as none.
fn text_hash(text: &str) -> Option<u64> {
    (!text.is_empty()).then(|| hash(text.as_bytes()))
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// The n-th row of a hash and the n-th before it of the same, in the order of segments.
fn candidates(own: &[(u64, Place)], earlier: &[(u64, Place)]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let (mut own, mut earlier) = (own.iter().peekable(), earlier.iter().peekable());
    while let (Some((hash, place)), Some((known, twin))) = (own.peek(), earlier.peek()) {
        if hash == known {
            pairs.push((*place, *twin));
        }
        let order = hash.cmp(known);
        if order.is_le() {
            own.next();
        }
        if order.is_ge() {
            earlier.next();
        }
    }
    pairs.sort_unstable_by_key(|&(own, twin)| (segments_of(&(own, twin)), own.row));
    pairs
}

const fn segments_of((own, twin): &Pair) -> (u32, u32, u32) {
    (own.segment, twin.table, twin.segment)
}

/// Keeps the pairs whose rows have the same values.
fn keep_equal(pairs: &mut Vec<Pair>, table: &Table, earlier: &[Rc<Table>]) {
    let tables = || std::iter::once(table).chain(earlier.iter().map(Rc::as_ref));
    let names: BTreeSet<&str> = tables()
        .flat_map(Table::fields)
        .map(|field| field.name.as_str())
        .collect();
    let decoded = |table: &Table, segment: u32, name: &str| {
        let column = table.find(name)?;
        table.decode(segment as usize, column)
    };
    let is_same_segment = |a: &Pair, b: &Pair| segments_of(a) == segments_of(b);
    for name in names {
        let mut equal = Vec::with_capacity(pairs.len());
        for run in pairs.chunk_by(is_same_segment) {
            let Some((own, twin)) = run.first() else {
                continue;
            };
            let Some(known) = earlier.get(twin.table as usize) else {
                continue;
            };
            let (a, b) = (
                decoded(table, own.segment, name),
                decoded(known, twin.segment, name),
            );
            equal.extend(run.iter().filter(|(own, twin)| {
                is_equal(
                    (a.as_deref(), own.row as usize),
                    (b.as_deref(), twin.row as usize),
                )
            }));
        }
        *pairs = equal;
    }
}

/// Whether two cells hold the same; no column holds nothing.
fn is_equal((a, row): (Option<&Column>, usize), (b, twin): (Option<&Column>, usize)) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        let one = a.map(|a| (a, row)).or(b.map(|b| (b, twin)));
        return one.is_none_or(|(column, row)| is_nothing(column, row));
    };
    let (mut left, mut right) = (String::new(), String::new());
    match (&a.data, &b.data) {
        (Data::String(a), Data::String(b)) => a.get(row, &mut left) == b.get(twin, &mut right),
        (Data::Real(values), Data::Real(others)) => {
            let bits = |value: Option<&f64>| value.map(|value| value.to_bits());
            a.is_null(row) == b.is_null(twin) && bits(values.get(row)) == bits(others.get(twin))
        }
        _ if is_nothing(a, row) => is_nothing(b, twin),
        _ if a.kind != b.kind || is_nothing(b, twin) => false,
        (Data::Dynamic(Dynamics::Json(a)), Data::Dynamic(Dynamics::Json(b))) => {
            a.get(row, &mut left) == b.get(twin, &mut right)
        }
        (Data::Long(values), Data::Long(others)) => values.get(row) == others.get(twin),
        _ => a.value(row).to_text() == b.value(twin).to_text(),
    }
}

fn is_nothing(column: &Column, row: usize) -> bool {
    match &column.data {
        Data::String(strings) => strings.get(row, &mut String::new()).is_empty(),
        Data::Dynamic(Dynamics::Json(strings)) => {
            matches!(strings.get(row, &mut String::new()), "" | NULL)
        }
        _ => column.is_null(row),
    }
}
