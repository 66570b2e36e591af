//! `cargo xtask package`: the npm package, ready to publish, in `target/npm/kqlens/`.
//!
//! Input: the engine and the hand-written sources of `pkg-config/npm`. The page, the tests and the
//! benchmark use this folder and nothing else, so what is tested is what is published.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell::{cargo, command, execute, output, root, step, target};
use crate::toolchain::{WASM, node_modules};
use crate::{engine, ledger};

/// Files of `pkg-config/npm` that go to `dist` as they are.
const SOURCES: &[&str] = &[
    "api.js",
    "client.js",
    "index.js",
    "node.js",
    "serve.js",
    "index.d.ts",
    "client.d.ts",
    "worker.d.ts",
];

/// Builds the package and prints what weighs what. What is over its budget is said here and fails
/// `cargo xtask test`.
pub fn run() -> Result<()> {
    let package = build()?;
    let sizes = sizes(&package)?;
    println!("{:<20} {:>10} {:>10}", "file", "bytes", "gzip");
    for (name, bytes, gzip) in &sizes {
        println!("{name:<20} {bytes:>10} {gzip:>10}");
    }
    print_ledger()?;
    if let Err(error) = keep_package_budget(&package) {
        eprintln!("warning: {error:#}");
    }
    println!("ready to publish: {}", package.display());
    Ok(())
}

/// Builds the package and returns its folder.
pub fn build() -> Result<PathBuf> {
    let engine = engine::build()?;
    let www = root().join("www");
    node_modules(&www)?;
    step("assembling the npm package");
    let package = root().join("target/npm/kqlens");
    let sources = root().join("pkg-config/npm");
    let dist = package.join("dist");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&dist)?;
    fs::create_dir_all(package.join("bin"))?;
    for file in ["engine.js", "engine_bg.wasm"] {
        copy(&engine.join(file), &dist.join(file))?;
    }
    for file in SOURCES {
        copy(&sources.join(file), &dist.join(file))?;
    }
    fs::write(dist.join("catalogues.js"), catalogues()?)?;
    for file in [
        "handoff.js",
        "kqlens.js",
        "language.js",
        "llm.js",
        "sarif.js",
    ] {
        copy(
            &sources.join("bin").join(file),
            &package.join("bin").join(file),
        )?;
    }
    for file in ["README.md", "LICENSE", "CHANGELOG.md"] {
        copy(&root().join(file), &package.join(file))?;
    }
    let version = crate_version()?;
    let manifest = fs::read_to_string(sources.join("package.json"))?;
    fs::write(
        package.join("package.json"),
        manifest.replace("\"0.0.0\"", &format!("\"{version}\"")),
    )?;
    run_bundle(&sources, &dist)?;
    Ok(package)
}

/// What the module does without: an asset beside it.
fn catalogues() -> Result<String> {
    output(cargo().args([
        "run",
        "--quiet",
        "--package",
        "kqlens",
        "--example",
        "catalogues",
    ]))
    .context("`cargo run --example catalogues` failed")
}

/// The entries that hold the module inside: `inline.js` and the one-file worker.
fn run_bundle(sources: &Path, dist: &Path) -> Result<()> {
    execute(
        command("node")
            .arg(sources.join("bundle.mjs"))
            .arg(dist)
            .arg(root().join("www")),
        "the message stands above",
    )
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The version of the crate, which is the version of the package.
fn crate_version() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    manifest
        .lines()
        .find_map(|line| {
            line.strip_prefix("version = \"")?
                .strip_suffix('"')
                .map(str::to_owned)
        })
        .context("Cargo.toml has no version")
}

/// Names, bytes and gzipped bytes of what is in `dist`.
fn sizes(package: &Path) -> Result<Vec<(String, usize, usize)>> {
    let mut files: Vec<_> = fs::read_dir(package.join("dist"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut sizes = Vec::new();
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (bytes, gzip) = engine::size(&file)?;
        sizes.push((name, bytes, gzip));
    }
    Ok(sizes)
}

/// Holds the files of the package to the budget.
pub fn keep_package_budget(package: &Path) -> Result<()> {
    let gzipped: Vec<_> = sizes(package)?
        .into_iter()
        .map(|(name, _, gzip)| (name, gzip))
        .collect();
    keep_budget(&gzipped)
}

/// What weighs what, before gzip; the small change is summed.
fn print_ledger() -> Result<()> {
    let module = fs::read(target().join(WASM).join("release/kqlens.wasm"))?;
    println!("{:<32} {:>10}", "code of", "bytes");
    let (large, small): (Vec<_>, Vec<_>) = ledger::weigh(&module)?
        .into_iter()
        .partition(|(_, bytes)| *bytes >= 2000);
    let rest: usize = small.iter().map(|(_, bytes)| bytes).sum();
    for (part, bytes) in large
        .into_iter()
        .chain([("smaller parts".to_owned(), rest)])
    {
        println!("{part:<32} {bytes:>10}");
    }
    Ok(())
}

/// Compares gzip sizes with `tests/budget.txt`: lines of a name and the most bytes it may have.
pub fn keep_budget(sizes: &[(String, usize)]) -> Result<()> {
    let budget = fs::read_to_string(root().join("tests/budget.txt"))
        .context("tests/budget.txt is missing")?;
    for line in budget.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let (Some(name), Some(limit)) = (
            words.next(),
            words.next().and_then(|word| word.parse::<usize>().ok()),
        ) else {
            continue;
        };
        if let Some((_, gzip)) = sizes.iter().find(|(file, _)| file == name)
            && *gzip > limit
        {
            bail!("{name} has {gzip} bytes gzipped, over its budget of {limit} (tests/budget.txt)");
        }
    }
    Ok(())
}

/// Packs the folder as npm would publish it; returns the tarball.
pub fn tarball(package: &Path) -> Result<PathBuf> {
    let out = root().join("target/npm");
    let name = output(
        command("npm")
            .current_dir(package)
            .args(["pack", "--silent", "--pack-destination"])
            .arg(&out),
    )
    .context("`npm pack` failed in target/npm/kqlens")?;
    Ok(out.join(name.trim().lines().last().unwrap_or_default()))
}
