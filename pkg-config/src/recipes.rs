//! `cargo xtask recipes`: every recipe runs in both dialects with equal answers, and Microsoft's binder
//! finds no error in either text.
//!
//! The tests of `tests/recipes` run them; the example `recipes` writes the texts and the columns of
//! all tables, from our own schema, and `oracle/bind.mjs` judges them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::shell::{Count, cargo, command, execute, find, output, root, run_tests, step, target};
use crate::toolchain::{node, node_modules};

/// Runs the recipes, then asks the binder.
pub fn run() -> Result<()> {
    step("running the recipes in both dialects");
    let count = run_tests(cargo().args([
        "test",
        "--quiet",
        "--package",
        "kqlens",
        "--test",
        "recipes",
    ]))?;
    if count.failed > 0 {
        bail!("the messages stand above");
    }
    bind()
}

/// The stage of `cargo xtask test`, whose Rust tests ran the recipes; without npm there is no binder.
pub fn stage() -> Result<Count> {
    if find("npm").is_none() {
        println!("npm is missing: Microsoft's binder is not asked");
        return Ok(Count::default());
    }
    bind()?;
    Ok(Count {
        passed: 1,
        failed: 0,
    })
}

/// Makes the texts of all recipes and the schema that they are for; the folder that holds them.
pub fn texts() -> Result<PathBuf> {
    let folder = target().join("recipes");
    execute(
        cargo()
            .args([
                "run",
                "--quiet",
                "--package",
                "kqlens",
                "--example",
                "recipes",
                "--",
            ])
            .arg(&folder),
        "the message stands above",
    )?;
    Ok(folder)
}

/// Lets Microsoft's binder check the texts.
fn bind() -> Result<()> {
    node()?;
    let oracle = root().join("pkg-config/oracle");
    node_modules(&oracle)?;
    step("asking Microsoft's binder about the recipes");
    let folder = texts()?;
    let texts = fs::File::open(folder.join("texts.jsonl"))?;
    let findings = output(
        command("node")
            .arg(oracle.join("bind.mjs"))
            .arg(folder.join("schema.json"))
            .stdin(texts),
    )
    .context("oracle/bind.mjs failed: run it alone to see why")?;
    let is_wrong =
        |line: &&str| line.contains("\"severity\":\"error\"") || line.contains("\"crash\":");
    let wrong: Vec<&str> = findings.lines().filter(is_wrong).collect();
    for line in &wrong {
        println!("{line}");
    }
    let n_texts = findings.lines().count();
    println!("{n_texts} texts of recipes, {} with an error", wrong.len());
    if n_texts == 0 || !wrong.is_empty() {
        bail!("the findings stand above");
    }
    Ok(())
}
