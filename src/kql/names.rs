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
    let mut search = Search::new(name);
    let mut best = None;
    for candidate in candidates {
        if search.is_nearer(candidate) {
            best = Some(candidate);
        }
    }
    best
}

/// A name, and how near the next candidate must be to be the best.
struct Search {
    folded: Vec<char>,
    letters: u64,
    is_ascii: bool,
    /// Most edits to be nearer than what was found; none when nothing can be nearer.
    most: Option<usize>,
    other: Vec<char>,
    lines: [Vec<usize>; 3],
}

impl Search {
    fn new(name: &str) -> Self {
        let folded: Vec<char> = name.to_ascii_lowercase().chars().collect();
        let most = match folded.len() {
            0 | 1 => 0,
            2..=4 => 1,
            _ => MAX_EDITS,
        };
        Self {
            folded,
            letters: letters(name),
            is_ascii: name.is_ascii(),
            most: Some(most),
            other: Vec::new(),
            lines: Default::default(),
        }
    }

    /// Whether the candidate is nearer than those before it.
    fn is_nearer(&mut self, candidate: &str) -> bool {
        let Some(most) = self.most else {
            return false;
        };
        // An edit takes or brings at most one letter, so most candidates are told by their letters.
        let n_letters = |letters: u64| letters.count_ones() as usize;
        let of_other = letters(candidate);
        if self.is_ascii
            && candidate.is_ascii()
            && (candidate.len().abs_diff(self.folded.len()) > most
                || n_letters(self.letters & !of_other) > most
                || n_letters(of_other & !self.letters) > most)
        {
            return false;
        }
        self.other.clear();
        let lower = candidate.chars().map(|c| c.to_ascii_lowercase());
        self.other.extend(lower);
        match edits(&self.folded, &self.other, most, &mut self.lines) {
            Some(n_edits) => {
                self.most = n_edits.checked_sub(1);
                true
            }
            None => false,
        }
    }
}

/// One bit for each kind of character that occurs.
fn letters(name: &str) -> u64 {
    let mut letters = 0;
    for byte in name.bytes() {
        letters |= 1 << (byte.to_ascii_lowercase() & 63);
    }
    letters
}

/// Damerau-Levenshtein distance (neighbours swapped once), or none when it is more than `most`.
fn edits(
    left: &[char],
    right: &[char],
    most: usize,
    [before_last, last, line]: &mut [Vec<usize>; 3],
) -> Option<usize> {
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    before_last.clear();
    last.clear();
    last.extend(0..=right.len());
    for (row, a) in left.iter().enumerate() {
        line.clear();
        line.push(row + 1);
        for (column, b) in right.iter().enumerate() {
            let substituted = last[column] + usize::from(a != b);
            let mut least = substituted.min(last[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                least = least.min(before_last[column - 1] + 1);
            }
            line.push(least);
        }
        if line.iter().all(|&n| n > most) {
            return None;
        }
        std::mem::swap(before_last, last);
        std::mem::swap(last, line);
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
            nearest("Größe", ["Grösse", "Große", "größe"]),
            Some("größe")
        );
        assert_eq!(nearest("Grosse", ["Größe", "Grösse"]), Some("Grösse"));
        assert_eq!(
            nearest("strcat_aray", ["strcat", "strcat_array", "strcat_delim"]),
            Some("strcat_array")
        );
    }
}
