//! Tables that `az … -o table` prints: names, a line of dashes, columns padded with blanks.
//!
//! Input: a [`Text`]. Output: rows. The dashes say where columns begin; positions count characters,
//! not bytes. Absent on purpose: values that go on over several lines; such lines are rejects.

use super::header::Header;
use super::scan::Text;
use super::sink::{OTHER_RECORDS, Sink};
use super::warning::Warning;

/// Reads the output of `az … -o table`.
#[derive(Debug, Default)]
pub(crate) struct AzTable {
    names: Option<String>,
    /// First character of each column.
    starts: Vec<usize>,
    header: Option<Header>,
}

/// Whether a line consists of runs of dashes.
pub(crate) fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    !line.is_empty() && line.starts_with("--") && line.chars().all(|c| c == '-' || c == ' ')
}

/// First characters of the runs of dashes.
fn run_starts(rule: &str) -> Vec<usize> {
    let characters: Vec<char> = rule.trim_end().chars().collect();
    let is_start = |at: &usize| {
        characters.get(*at) == Some(&'-') && (*at == 0 || characters.get(*at - 1) != Some(&'-'))
    };
    (0..characters.len()).filter(is_start).collect()
}

fn cut<'l>(line: &'l str, starts: &[usize]) -> Vec<&'l str> {
    let place = |start: usize| {
        line.char_indices()
            .nth(start)
            .map_or(line.len(), |(at, _)| at)
    };
    let places: Vec<usize> = starts
        .iter()
        .map(|&start| place(start))
        .chain([line.len()])
        .collect();
    places
        .windows(2)
        .map(|ends| line.get(ends[0]..ends[1]).unwrap_or("").trim())
        .collect()
}

/// `az monitor metrics list -o table` calls the metric just `Name`.
fn name_metrics(names: &mut [String]) {
    let [time, name, value, ..] = names else {
        return;
    };
    let is_value = ["Average", "Count", "Maximum", "Minimum", "Total"].contains(&value.as_str());
    if time == "Timestamp" && name == "Name" && is_value {
        "MetricName".clone_into(name);
    }
}

impl AzTable {
    /// Reads whole lines; the place behind the last.
    pub(crate) fn read(&mut self, text: Text<'_>, sink: &mut Sink) -> usize {
        let mut at = 0;
        while at < text.end {
            let Some(end) = text.line_end(at) else {
                return at;
            };
            let line = String::from_utf8_lossy(text.between(at, end)).into_owned();
            let line = line.trim_end();
            match (&self.names, &mut self.header) {
                _ if line.is_empty() => {}
                (None, _) => self.names = Some(line.to_owned()),
                (Some(names), None) => {
                    self.starts = run_starts(line);
                    let mut names: Vec<String> = cut(names, &self.starts)
                        .into_iter()
                        .map(str::to_owned)
                        .collect();
                    name_metrics(&mut names);
                    let kinds = vec![None; names.len()];
                    let mut header = Header::new(names, kinds, OTHER_RECORDS, true);
                    header.route_at = None;
                    header.choose(b"", sink);
                    self.header = Some(header);
                }
                (Some(_), Some(header)) => {
                    if !store_line(line, &self.starts, header, sink) {
                        sink.reject(
                            text,
                            at,
                            end,
                            "a line with a value in each column is expected here",
                        );
                    }
                }
            }
            at = end + 1;
        }
        at.min(text.end)
    }
}

/// Stores one line; `false` when text crosses the border of a column.
fn store_line(line: &str, starts: &[usize], header: &Header, sink: &mut Sink) -> bool {
    let characters: Vec<char> = line.chars().collect();
    let crosses = starts
        .iter()
        .skip(1)
        .any(|&start| characters.get(start - 1).is_some_and(|c| *c != ' '));
    if crosses {
        return false;
    }
    let Some(rows) = header.kinds_of_rows.get(header.current) else {
        return false;
    };
    let cells = cut(line, starts);
    let Some(table) = sink.tables.get_mut(rows.table) else {
        return false;
    };
    for (cell, &column) in cells.iter().zip(&rows.columns) {
        if *cell != "None" {
            table.text(column, cell.as_bytes());
        }
    }
    table.end_row();
    if cells.len() != header.len() {
        sink.warn(Warning::RaggedRows, "");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_say_where_columns_begin() {
        assert!(is_rule("-----  ---  ----------"));
        assert!(!is_rule("a--"));
        let starts = run_starts("-----  ---  ----------");
        assert_eq!(starts, [0, 7, 12]);
        assert_eq!(cut("é      b    c d", &starts), ["é", "b", "c d"]);
    }
}
