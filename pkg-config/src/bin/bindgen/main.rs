//! `bindgen WASM OUT`: makes the JavaScript side of the engine.
//!
//! Input: the module as Cargo built it. Output: `engine.js`, `engine_bg.wasm`, `engine.d.ts` in OUT.
//! The target is `web`, which runs in Node through `initSync` too, and the glue can be reset to a
//! fresh instance after a trap.

mod likeness;
mod order;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let wasm = arguments.next().context("usage: bindgen WASM OUT")?;
    let out = PathBuf::from(arguments.next().context("usage: bindgen WASM OUT")?);
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("engine")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(false)
        .reset_state_function(true)
        .demangle(false)
        .remove_producers_section(true);
    bindgen.generate(&out)?;
    let module = out.join("engine_bg.wasm");
    fs::write(&module, order::arrange(&fs::read(&module)?)?)?;
    Ok(())
}
