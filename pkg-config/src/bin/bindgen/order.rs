//! The functions of a module in the order of their names, which is the order gzip likes.
//!
//! Input: a module with its name section. Output: the same module without names, where functions
//! of one part of the source, and copies of one generic function, stand side by side. gzip looks
//! back 32 KiB, a fortieth of the code: told in another order it does not see that they are alike.

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionSectionReader, KnownCustom, Name, Parser,
    Payload, TypeRef,
};

/// Writes the module anew, its functions in the order of their names.
pub fn by_name(module: &[u8]) -> Result<Vec<u8>> {
    let mut order = Order::of(module)?;
    let mut out = Module::new();
    order
        .parse_core_module(&mut out, Parser::new(0), module)
        .map_err(|error| anyhow!("the module cannot be written anew: {error}"))?;
    Ok(out.finish())
}

struct Order {
    n_imported: u32,
    /// Functions of the module in their new order, imports not counted.
    functions: Vec<u32>,
    /// Where each of them stands in it.
    places: Vec<u32>,
}

impl Order {
    fn of(module: &[u8]) -> Result<Self> {
        let (mut n_imported, mut sizes, mut names) = (0, Vec::new(), HashMap::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        n_imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        for subsection in section {
                            if let Name::Function(functions) = subsection? {
                                for function in functions {
                                    let function = function?;
                                    names.insert(function.index, sort_key(function.name));
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        let mut functions: Vec<u32> = (0..sizes.len() as u32).collect();
        functions.sort_by_key(|&at| (names.get(&(n_imported + at)), sizes[at as usize]));
        let mut places = vec![0; functions.len()];
        for (place, &at) in functions.iter().enumerate() {
            places[at as usize] = place as u32;
        }
        Ok(Self {
            n_imported,
            functions,
            places,
        })
    }
}

/// The path of a function without what marks an implementation, and without its hash.
fn sort_key(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
        .trim_start_matches(['<', '&'])
        .to_owned()
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(match function.checked_sub(self.n_imported) {
            Some(at) => self.n_imported + self.places[at as usize],
            None => function,
        })
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for &at in &self.functions {
            out.function(types[at as usize]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        out: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for at in self.functions.clone() {
            self.parse_function_body(out, bodies[at as usize].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        out: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        if section.name() == "name" {
            return Ok(());
        }
        utils::parse_custom_section(self, out, section)
    }
}
