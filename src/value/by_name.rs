//! A small map from names to values, in the order of the names.
//!
//! Input: some hundred names at most (columns, tables, parameters). Output: what a sorted map would
//! give. Invariant: names are sorted and occur once. Absent on purpose: speed for many names; a
//! balanced tree weighs 5 kB in the module for every type of value.

/// A map from names to values, in the order of the names.
#[derive(Clone, Debug, PartialEq)]
pub struct ByName<V>(Vec<(String, V)>);

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> ByName<V> {
    /// Where a name is, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        let at = self.place(name).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Whether a name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// The value of a name, which is made where there is none.
    pub fn get_or_insert(&mut self, name: &str, value: impl FnOnce() -> V) -> &mut V {
        let at = self.place(name).unwrap_or_else(|at| {
            self.0.insert(at, (name.to_owned(), value()));
            at
        });
        &mut self.0[at].1
    }

    /// Gives a name a value, instead of the one that it has.
    pub fn insert(&mut self, name: String, value: V) {
        match self.place(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// Takes a name away; its value.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.place(name).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> Extend<(String, V)> for ByName<V> {
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, members: I) {
        members
            .into_iter()
            .for_each(|(name, value)| self.insert(name, value));
    }
}

impl<V> FromIterator<(String, V)> for ByName<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(members: I) -> Self {
        let mut map = Self::default();
        map.extend(members);
        map
    }
}

impl<V> IntoIterator for ByName<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        let mut map: ByName<u32> = ["b", "a", "c", "a"]
            .into_iter()
            .map(str::to_owned)
            .zip(0..)
            .collect();
        *map.get_or_insert("d", || 7) += 1;
        *map.get_or_insert("a", || 7) += 10;
        assert_eq!((map.remove("b"), map.remove("x")), (Some(0), None));
        assert_eq!(
            (map.get("a"), map.contains("b"), map.len()),
            (Some(&13), false, 3)
        );
        assert_eq!(
            map.into_iter()
                .map(|(name, value)| format!("{name}{value}"))
                .collect::<Vec<_>>(),
            ["a13", "c2", "d8"]
        );
    }
}
