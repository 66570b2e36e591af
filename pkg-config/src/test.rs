//! `cargo xtask test`: everything that can fail, in one run, with one sum at its end.
//!
//! A stage that fails does not hide the next one. What the tests ran of the outside suites
//! (`KQLENS_SUITES`) they leave as `outside-*.txt` in Cargo's folder for tests, one line
//! `SUITE RUN SKIPPED` each; the sum of those is printed too.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::shell::{Count, cargo, command, execute, root, run_tests, step, target};
use crate::toolchain::{WASM, browser, node_modules};
use crate::{check, conformance, corpus, engine, package, recipes, serve};

/// Runs all stages, or those named.
pub fn run(options: &[String]) -> Result<()> {
    if let Some(unknown) = options
        .iter()
        .find(|option| !STAGES.iter().any(|(name, _)| name == option))
    {
        let names: Vec<_> = STAGES.iter().map(|(name, _)| *name).collect();
        bail!("no stage `{unknown}`: the stages are {}", names.join(", "));
    }
    forget_outside_counts()?;
    let mut sum = Count::default();
    let mut broken = Vec::new();
    for (name, stage) in STAGES {
        if !options.is_empty() && !options.iter().any(|option| option == name) {
            continue;
        }
        match stage() {
            Ok(count) => {
                sum.passed += count.passed;
                sum.failed += count.failed;
                if count.failed > 0 {
                    broken.push(*name);
                }
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                sum.failed += 1;
                broken.push(*name);
            }
        }
    }
    println!();
    print_outside_counts()?;
    if !broken.is_empty() {
        println!("failed stages: {}", broken.join(", "));
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if broken.is_empty() {
        Ok(())
    } else {
        bail!("the messages stand above")
    }
}

type Stage = fn() -> Result<Count>;

/// The stages, in the order in which they run.
const STAGES: &[(&str, Stage)] = &[
    ("check", stage_check),
    ("rust", stage_rust),
    ("recipes", recipes::stage),
    ("conformance", stage_conformance),
    ("corpus", stage_corpus),
    ("wasm-node", stage_wasm_node),
    ("wasm-browser", stage_wasm_browser),
    ("package", stage_package),
    ("page", stage_page),
];

fn stage_check() -> Result<Count> {
    check::run()?;
    Ok(Count {
        passed: 1,
        failed: 0,
    })
}

fn stage_rust() -> Result<Count> {
    step("Rust tests");
    run_tests(cargo().args(["test", "--workspace", "--quiet", "--no-fail-fast"]))
}

/// The recorded KQL cases keep their floors; without the suites there is nothing to run.
fn stage_conformance() -> Result<Count> {
    let n_cases = conformance::recorded()?;
    let (n_run, n_skipped) = (n_cases.unwrap_or(0), usize::from(n_cases.is_none()));
    note_outside("kql", n_run, n_skipped)?;
    Ok(Count {
        passed: u64::from(n_cases.is_some()),
        failed: 0,
    })
}

/// Leaves how many cases of a suite were run.
fn note_outside(suite: &str, n_run: usize, n_skipped: usize) -> Result<()> {
    let folder = target().join("tmp");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("outside-{suite}.txt"));
    fs::write(file, format!("{suite} {n_run} {n_skipped}\n"))?;
    Ok(())
}

/// Real queries keep their floors.
fn stage_corpus() -> Result<Count> {
    if !conformance::suites().join("corpus").is_dir() && std::env::var_os("KQLENS_SUITES").is_none()
    {
        note_outside("corpus", 0, 1)?;
        return Ok(Count::default());
    }
    let n_queries = corpus::run(&[])?;
    note_outside("corpus", n_queries, 0)?;
    Ok(Count {
        passed: 1,
        failed: 0,
    })
}

fn stage_wasm_node() -> Result<Count> {
    crate::toolchain::wasm_target()?;
    crate::toolchain::node()?;
    build_runner()?;
    step("wasm tests in Node");
    run_tests(&mut wasm_tests())
}

fn stage_wasm_browser() -> Result<Count> {
    let browser = browser()?;
    build_runner()?;
    step("wasm tests in headless Chromium");
    run_tests(
        wasm_tests()
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("CHROMEDRIVER", browser.driver),
    )
}

fn build_runner() -> Result<()> {
    step("building the runner of the wasm tests");
    execute(
        cargo().args([
            "build",
            "--quiet",
            "--package",
            "pack",
            "--features",
            "test-runner",
            "--bin",
            "wasm-test-runner",
        ]),
        "the compiler's message stands above",
    )
}

fn wasm_tests() -> std::process::Command {
    let mut command = cargo();
    command
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            target().join("debug/wasm-test-runner"),
        )
        .env("CARGO_ENCODED_RUSTFLAGS", engine::RUSTFLAGS)
        .args([
            "test",
            "--package",
            "kqlens",
            "--lib",
            "--test",
            "wasm",
            "--target",
            WASM,
        ]);
    command
}

fn stage_package() -> Result<Count> {
    let folder = package::build()?;
    let tarball = package::tarball(&folder)?;
    step("tests of the npm package");
    let mut count = run_tests(
        node_tests("tests/package")
            .env("KQLENS_TARBALL", tarball)
            .env("CHROMIUM", browser()?.chromium),
    )?;
    match package::keep_package_budget(&folder) {
        Ok(()) => count.passed += 1,
        Err(error) => {
            eprintln!("error: {error:#}");
            count.failed += 1;
        }
    }
    Ok(count)
}

fn stage_page() -> Result<Count> {
    let browser = browser()?;
    package::build()?;
    node_modules(&root().join("www"))?;
    step("types of the page");
    execute(
        command("node")
            .current_dir(root().join("www"))
            .args(["node_modules/typescript/bin/tsc", "--noEmit"]),
        "the findings stand above",
    )?;
    serve::build_page()?;
    step("tests of the page in headless Chromium");
    run_tests(node_tests("tests/browser").env("CHROMIUM", browser.chromium))
}

/// Node's test runner over the `*.test.mjs` of a folder.
fn node_tests(folder: &str) -> std::process::Command {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    let mut command = command("node");
    command
        .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(files);
    command
}

fn outside_counts() -> Result<Vec<PathBuf>> {
    let folder = target().join("tmp");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("outside-") && name.ends_with(".txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn forget_outside_counts() -> Result<()> {
    for file in outside_counts()? {
        fs::remove_file(file)?;
    }
    Ok(())
}

fn print_outside_counts() -> Result<()> {
    let (mut run, mut skipped) = (0_u64, 0_u64);
    for file in outside_counts()? {
        for line in fs::read_to_string(file)?.lines() {
            let mut words = line.split_whitespace();
            let suite = words.next().unwrap_or_default();
            let mut number = || {
                words
                    .next()
                    .and_then(|word| word.parse::<u64>().ok())
                    .unwrap_or(0)
            };
            let counts = (number(), number());
            println!(
                "outside cases, {suite}: {} run, {} skipped",
                counts.0, counts.1
            );
            run += counts.0;
            skipped += counts.1;
        }
    }
    let hint = if std::env::var_os("KQLENS_SUITES").is_some() {
        ""
    } else {
        " (KQLENS_SUITES is not set: a suite that is missing is skipped)"
    };
    println!("outside cases: {run} run, {skipped} skipped{hint}");
    Ok(())
}
