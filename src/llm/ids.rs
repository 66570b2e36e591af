//! Whose a row is: small numbers for the texts in `CorrelationId`.
//!
//! Input: a column of texts. Output: a number for each row, equal ones for equal texts. Invariants: a
//! row without a text has a number of its own; a guid is the same whether it is stored as one or as a
//! text. Absent on purpose: what an id stands for.

use crate::table::Strings;
use crate::value::guid;
use rustc_hash::FxHashMap;

/// Whose rows are whose: ids of calls by `CorrelationId`.
#[derive(Debug, Default)]
pub(super) struct Ids {
    by_guid: FxHashMap<u128, u32>,
    by_text: FxHashMap<Box<str>, u32>,
    /// Those of rows that have none, in order.
    unnamed: Vec<u32>,
    n_given: u32,
}

impl Ids {
    /// How many there are; they are numbered from 0.
    pub(super) const fn len(&self) -> u32 {
        self.n_given
    }

    /// Whether an id stands for a row that has none.
    pub(super) fn is_unnamed(&self, id: u32) -> bool {
        self.unnamed.binary_search(&id).is_ok()
    }

    /// The id of a guid.
    pub(super) fn of_guid(&mut self, word: u128) -> u32 {
        let next = self.n_given;
        let id = *self.by_guid.entry(word).or_insert(next);
        self.n_given = self.n_given.max(id + 1);
        id
    }

    /// The id of a text; every row without one is for itself.
    pub(super) fn of_text(&mut self, text: &str) -> u32 {
        if let Some(word) = guid::parse_canonical(text.as_bytes()) {
            return self.of_guid(word);
        }
        let next = self.n_given;
        if text.is_empty() {
            self.unnamed.push(next);
            self.n_given += 1;
            return next;
        }
        if let Some(&id) = self.by_text.get(text) {
            return id;
        }
        self.by_text.insert(text.into(), next);
        self.n_given += 1;
        next
    }

    /// The id of a guid, if it has one.
    pub(super) fn find_guid(&self, word: u128) -> Option<u32> {
        self.by_guid.get(&word).copied()
    }

    /// The id of a text, if it has one.
    pub(super) fn find_text(&self, text: &str) -> Option<u32> {
        match guid::parse_canonical(text.as_bytes()) {
            Some(word) => self.find_guid(word),
            None => self.by_text.get(text).copied(),
        }
    }
}

/// What `of` says of each text of a column; texts in a dictionary are asked about once.
pub(super) fn each_id(
    texts: &Strings,
    mut of: impl FnMut(Result<u128, &str>) -> Option<u32>,
) -> Vec<Option<u32>> {
    match texts {
        Strings::Guids(words) => words.iter().map(|&word| of(Ok(word))).collect(),
        Strings::Plain { .. } => (0..texts.len())
            .map(|row| of(Err(texts.stored(row).unwrap_or_default())))
            .collect(),
        Strings::Coded { codes, dictionary } => {
            let mut known: Vec<Option<Option<u32>>> = vec![None; dictionary.len()];
            let of_code = |&code: &u32| {
                let text = dictionary.get(code);
                match known.get_mut(code as usize) {
                    // The empty text is no id, and not the same one twice.
                    Some(known) if !text.is_empty() => *known.get_or_insert_with(|| of(Err(text))),
                    _ => of(Err("")),
                }
            };
            codes.iter().map(of_code).collect()
        }
    }
}
