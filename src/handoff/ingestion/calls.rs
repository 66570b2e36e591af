//! Rows cut into calls of the Logs Ingestion API.
//!
//! Input: rows as JSON objects. Output: bodies, each a JSON array in UTF-8. Invariants: no body is
//! longer than a call may be, packed or not; put together they hold every row in order, but for
//! those that no call can hold, which are told.

/// Longest body. A call may have 1 MB, packed and unpacked; packing what cannot be packed adds less
/// than a thousandth.
pub const MOST_BYTES: usize = 998_000;

const BETWEEN: &str = ",\n";

/// What is sent.
#[derive(Debug, Default)]
pub struct Calls {
    /// The body of each call.
    pub bodies: Vec<String>,
    /// The rows that no call can hold: their numbers from 0, and their bytes.
    pub left_out: Vec<(usize, usize)>,
}

/// Cuts rows, each a JSON object, into calls.
pub fn cut(rows: impl IntoIterator<Item = String>) -> Calls {
    let mut calls = Calls::default();
    let mut body = String::new();
    for (number, row) in rows.into_iter().enumerate() {
        // The brackets.
        if row.len() + 2 > MOST_BYTES {
            calls.left_out.push((number, row.len()));
            continue;
        }
        if !body.is_empty() && body.len() + BETWEEN.len() + row.len() + 1 > MOST_BYTES {
            calls.bodies.push(std::mem::take(&mut body) + "]");
        }
        body.push_str(if body.is_empty() { "[" } else { BETWEEN });
        body.push_str(&row);
    }
    if !body.is_empty() {
        calls.bodies.push(body + "]");
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_full_and_never_too_full() {
        let row = |n_bytes: usize| "x".repeat(n_bytes);
        for (sizes, bodies, left_out) in [
            (vec![], 0, 0),
            (vec![1], 1, 0),
            (vec![MOST_BYTES - 2], 1, 0),
            (vec![MOST_BYTES - 1], 0, 1),
            (vec![MOST_BYTES - 6, 2], 1, 0),
            (vec![MOST_BYTES - 5, 2], 2, 0),
            (vec![3, MOST_BYTES, 3], 1, 1),
            (vec![400_000; 7], 4, 0),
        ] {
            let calls = cut(sizes.iter().map(|&size| row(size)));
            assert_eq!(
                (calls.bodies.len(), calls.left_out.len()),
                (bodies, left_out),
                "{sizes:?}"
            );
            assert!(calls.bodies.iter().all(|body| body.len() <= MOST_BYTES));
        }
    }
}
