//! The functions of a module, and their variables, in the order that gzip likes.
//!
//! Input: a module with its name section. Output: the same module without custom sections. The
//! variables of a function are numbered by how often they are used, so that a few numbers are frequent
//! everywhere. Functions stand in the order of their names, so that those of one part of the source,
//! and copies of one generic function, are side by side; from there, each is moved behind those that
//! it is like: gzip looks back 32 KiB, a thirtieth of the code.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::convert::Infallible;

use crate::likeness;
use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, FunctionSection, Module, ValType};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, KnownCustom,
    MemArg, Name, Operator, Parser, Payload, TypeRef,
};

/// Writes the module anew, its functions and their variables in order.
pub fn arrange(module: &[u8]) -> Result<Vec<u8>> {
    let by_name = Order::of(module)?.write(module)?;
    // What is alike shows when the variables are numbered.
    let mut by_likeness = Order::of(&by_name)?;
    by_likeness.functions = likeness::order(&bodies(&by_name)?);
    by_likeness.places = inverse(&by_likeness.functions);
    by_likeness.write(&by_name)
}

fn bodies(module: &[u8]) -> Result<Vec<&[u8]>> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CodeSectionEntry(body) = payload? {
            bodies.push(body.as_bytes());
        }
    }
    Ok(bodies)
}

#[derive(Default)]
struct Order {
    n_imported: u32,
    /// How many parameters each function has, imports not counted.
    n_parameters: Vec<u32>,
    /// The functions in their new order.
    functions: Vec<u32>,
    /// Where each of them stands in it.
    places: Vec<u32>,
    /// Where the variables of the function stand that is being written.
    variables: Vec<u32>,
}

impl Order {
    fn of(module: &[u8]) -> Result<Self> {
        let mut order = Self::default();
        let (mut parameters, mut sizes, mut names) = (Vec::new(), Vec::new(), HashMap::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(types) => {
                    for kind in types.into_iter_err_on_gc_types() {
                        parameters.push(kind?.params().len() as u32);
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        order.n_imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(functions) => {
                    for kind in functions {
                        order.n_parameters.push(parameters[kind? as usize]);
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
        order.functions = (0..sizes.len() as u32).collect();
        let n_imported = order.n_imported;
        order
            .functions
            .sort_by_key(|&at| (names.get(&(n_imported + at)), sizes[at as usize]));
        order.places = inverse(&order.functions);
        Ok(order)
    }

    fn write(mut self, module: &[u8]) -> Result<Vec<u8>> {
        let mut out = Module::new();
        self.parse_core_module(&mut out, Parser::new(0), module)
            .map_err(|error| anyhow!("the module cannot be written anew: {error}"))?;
        Ok(out.finish())
    }
}

/// The path of a function without what marks an implementation, and without its hash.
fn sort_key(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
        .trim_start_matches(['<', '&'])
        .to_owned()
}

/// Where each of the numbers from zero on stands in an order of them.
fn inverse(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, &number) in order.iter().enumerate() {
        places[number as usize] = place as u32;
    }
    places
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(match function.checked_sub(self.n_imported) {
            Some(at) => self.n_imported + self.places[at as usize],
            None => function,
        })
    }

    /// How a place in memory is aligned is a hint that engines do not take: one is as good as any.
    fn mem_arg(&mut self, place: MemArg) -> Result<wasm_encoder::MemArg, Error<Infallible>> {
        utils::mem_arg(self, MemArg { align: 0, ..place })
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
            let body = bodies[at as usize].clone();
            let types = self.arrange_variables(self.n_parameters[at as usize], &body)?;
            let mut function = Function::new_with_locals_types(types);
            let mut operators = body.get_operators_reader()?;
            while !operators.eof() {
                function.instruction(&self.parse_instruction(&mut operators)?);
            }
            out.function(&function);
        }
        Ok(())
    }

    fn instruction<'a>(
        &mut self,
        operator: Operator<'a>,
    ) -> Result<wasm_encoder::Instruction<'a>, Error<Infallible>> {
        let place = |variable: u32| self.variables[variable as usize];
        let operator = match operator {
            Operator::LocalGet { local_index } => Operator::LocalGet {
                local_index: place(local_index),
            },
            Operator::LocalSet { local_index } => Operator::LocalSet {
                local_index: place(local_index),
            },
            Operator::LocalTee { local_index } => Operator::LocalTee {
                local_index: place(local_index),
            },
            other => other,
        };
        utils::instruction(self, operator)
    }

    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

impl Order {
    /// Numbers the variables of a function, parameters first, then type by type, the most frequent
    /// type first; returns the types.
    fn arrange_variables(
        &mut self,
        n_parameters: u32,
        body: &FunctionBody<'_>,
    ) -> Result<Vec<ValType>, Error<Infallible>> {
        let mut types = Vec::new();
        for locals in body.get_locals_reader()? {
            let (n_locals, kind) = locals?;
            types.resize(types.len() + n_locals as usize, kind);
        }
        let mut n_uses = vec![0; n_parameters as usize + types.len()];
        for operator in body.get_operators_reader()? {
            if let Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } = operator?
            {
                n_uses[local_index as usize] += 1;
            }
        }
        let kind = |variable: u32| types[(variable - n_parameters) as usize];
        let mut order: Vec<u32> = (0..n_uses.len() as u32).collect();
        order[n_parameters as usize..].sort_by_key(|&variable| {
            let kind = kind(variable);
            let n_uses = Reverse(n_uses[variable as usize]);
            (kind != wasmparser::ValType::I32, kind.to_string(), n_uses)
        });
        self.variables = inverse(&order);
        let types = order[n_parameters as usize..].iter();
        types
            .map(|&variable| self.val_type(kind(variable)))
            .collect()
    }
}
