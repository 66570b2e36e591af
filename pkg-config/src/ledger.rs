//! What weighs what in the module: bytes of code by part of the crate.
//!
//! Input: the module as Cargo built it, its function names still inside. Output: parts and their
//! bytes, heaviest first. Only the sections that say so are read: imports, code, names.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

/// Reads the module and sums the bytes of its functions.
pub fn weigh(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut sections = Reader {
        bytes: module,
        at: 8,
    };
    let (mut n_imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    while sections.at < module.len() {
        let kind = sections.byte()?;
        let length = sections.number()?;
        let body = sections.take(length)?;
        let mut section = Reader { bytes: body, at: 0 };
        match kind {
            2 => n_imported = imported_functions(&mut section)?,
            10 => {
                for _ in 0..section.number()? {
                    let size = section.number()?;
                    section.take(size)?;
                    sizes.push(size);
                }
            }
            0 if section.text()? == "name" => names = function_names(&mut section)?,
            _ => {}
        }
    }
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for (index, size) in sizes.into_iter().enumerate() {
        let name = names.get(&(n_imported + index)).map_or("", String::as_str);
        *parts.entry(part_of(name)).or_default() += size;
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(parts)
}

/// `kqlens::kql` for a function of this crate, the crate's name for one of another.
fn part_of(mangled: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(mangled));
    let own = name
        .find("kqlens::")
        .or_else(|| name.find("kqlens.."))
        .map(|at| &name[at + 8..]);
    if let Some(own) = own {
        let module: String = own
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect();
        return format!("kqlens::{module}");
    }
    let name = name.trim_start_matches(['<', '&', '_']);
    let head: String = name
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    if head.is_empty() {
        "other".to_owned()
    } else {
        head
    }
}

fn imported_functions(section: &mut Reader<'_>) -> Result<usize> {
    let mut n_functions = 0;
    for _ in 0..section.number()? {
        section.text()?;
        section.text()?;
        match section.byte()? {
            0 => {
                section.number()?;
                n_functions += 1;
            }
            // Of a module of wasm-bindgen only functions are imported; anything else ends the count.
            _ => break,
        }
    }
    Ok(n_functions)
}

fn function_names(section: &mut Reader<'_>) -> Result<BTreeMap<usize, String>> {
    let mut names = BTreeMap::new();
    while section.at < section.bytes.len() {
        let kind = section.byte()?;
        let length = section.number()?;
        let mut body = Reader {
            bytes: section.take(length)?,
            at: 0,
        };
        if kind == 1 {
            for _ in 0..body.number()? {
                let index = body.number()?;
                names.insert(index, body.text()?.to_owned());
            }
        }
    }
    Ok(names)
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Result<u8> {
        let byte = self
            .bytes
            .get(self.at)
            .context("the module ends too early")?;
        self.at += 1;
        Ok(*byte)
    }

    /// An unsigned LEB128.
    fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0_usize, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
            anyhow::ensure!(shift < 35, "a number of the module is too long");
        }
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8]> {
        let bytes = self
            .bytes
            .get(self.at..self.at + length)
            .context("the module ends too early")?;
        self.at += length;
        Ok(bytes)
    }

    fn text(&mut self) -> Result<&'b str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).context("a name of the module is not text")
    }
}

#[cfg(test)]
mod tests {
    use super::{part_of, weigh};

    #[test]
    fn functions_are_counted_to_the_part_they_are_of() {
        assert_eq!(
            part_of("_ZN6kqlens3kql5token5token17h9a6859c894527306E"),
            "kqlens::kql"
        );
        assert_eq!(
            part_of(
                "_ZN4core3ptr48drop_in_place$LT$kqlens..kql..tree..Operator$GT$17h98822ef840a27339E"
            ),
            "kqlens::kql"
        );
        assert_eq!(part_of("_ZN5alloc3str17hd70e9cd723fdb342E"), "alloc");
        assert_eq!(part_of(""), "other");
    }

    #[test]
    fn a_cut_module_is_an_error() {
        assert!(weigh(&[0, 97, 115, 109, 1, 0, 0, 0, 10, 9]).is_err());
    }
}
