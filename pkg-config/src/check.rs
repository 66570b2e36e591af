//! `cargo xtask check`: formatting and lints, natively and for wasm.

use anyhow::Result;

use crate::shell::{cargo, execute, step};
use crate::toolchain::{WASM, rust_component, wasm_target};

/// Runs the checks; the first that fails ends it.
pub fn run() -> Result<()> {
    wasm_target()?;
    rust_component("rustfmt", "fmt")?;
    rust_component("clippy", "clippy")?;
    step("formatting");
    run_cargo(&["fmt", "--all", "--check"], "run `cargo fmt --all`")?;
    step("lints");
    let next = "the findings stand above";
    run_cargo(
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        next,
    )?;
    step("lints of the wasm boundary");
    run_cargo(
        &[
            "clippy",
            "--quiet",
            "--package",
            "kqlens",
            "--lib",
            "--test",
            "wasm",
            "--target",
            WASM,
            "--",
            "-D",
            "warnings",
        ],
        next,
    )
}

fn run_cargo(arguments: &[&str], next: &str) -> Result<()> {
    execute(cargo().args(arguments), next)
}
