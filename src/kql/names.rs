//! Names that are nearly right.
//!
//! Input: a name nobody knows and the names that exist. Output: the one most likely meant.
//! Invariant: the same input gives the same answer; ties go to the first candidate. Absent on
//! purpose: which spellings the dialects have (`schema` knows).

/// Most edits between a name and the one it is taken for.
const MAX_EDITS: usize = 2;

/// The candidate most like `name`: equal but for case, or at most two edits away.
///
/// A short name must be nearer: up to three letters must agree but for one, and a swap of two
/// neighbours counts as one edit.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded: Vec<char> = name.to_ascii_lowercase().chars().collect();
    let most = match folded.len() {
        0 | 1 => 0,
        2..=4 => 1,
        _ => MAX_EDITS,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.to_ascii_lowercase().chars().collect();
        let Some(n_edits) = edits(&folded, &other, most) else {
            continue;
        };
        if best.is_none_or(|(least, _)| n_edits < least) {
            best = Some((n_edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Damerau-Levenshtein distance (neighbours swapped once), or none when it is more than `most`.
fn edits(left: &[char], right: &[char], most: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut line = Vec::with_capacity(right.len() + 1);
        line.push(row + 1);
        for (column, b) in right.iter().enumerate() {
            let substituted = last[column] + usize::from(a != b);
            let mut least = substituted.min(last[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                least = least.min(before_last[column - 1] + 1);
            }
            line.push(least);
        }
        before_last = std::mem::replace(&mut last, line);
    }
    last.last().copied().filter(|&n| n <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins() {
        let names = ["ResponseCode", "BackendResponseCode", "ResponseSize", "Url"];
        assert_eq!(nearest("responsecode", names), Some("ResponseCode"));
        assert_eq!(nearest("ResponeCode", names), Some("ResponseCode"));
        assert_eq!(nearest("RepsonseCode", names), Some("ResponseCode"));
        assert_eq!(nearest("Ulr", names), Some("Url"));
        assert_eq!(nearest("Region", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(
            nearest("strcat_aray", ["strcat", "strcat_array", "strcat_delim"]),
            Some("strcat_array")
        );
    }
}
