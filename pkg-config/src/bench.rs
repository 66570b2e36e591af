//! `cargo xtask bench`: reading and queries against the peers, side by side in one run, calls to
//! language models against plain JavaScript, and the language against Microsoft's service.
//!
//! Data and peers come from `../shared/bench`; both are made in `target/bench`. The measuring and
//! the reports are `tests/bench/run.mjs`, `llm.mjs` and `language.mjs`, over the npm package in Node,
//! as a user runs it. With `--llm` or `--language` one of the last two alone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::conformance::suites;
use crate::shell::{command, execute, root, step};
use crate::toolchain::{browser, node, node_modules};
use crate::{package, recipes, serve};

/// The peers that are measured, in the versions of `../shared/bench/peers/package.json`.
const PEERS: [&str; 2] = ["@duckdb/duckdb-wasm@1.32.0", "udsv@0.7.3"];

/// Makes what is missing, then measures.
pub fn run(options: &[String]) -> Result<()> {
    if let [only] = options
        && only == "--language"
    {
        return language(&package::build()?);
    }
    if let [only] = options
        && only == "--llm"
    {
        node()?;
        return llm(&package::build()?);
    }
    if let [only] = options
        && only == "page"
    {
        node()?;
        let folder = generated("read", "--mb", "100")?;
        let million = generated("query", "--rows", "1000000")?;
        package::build()?;
        return page(&folder, &million);
    }
    let (mut mb, mut rows) = ("100".to_owned(), "1000000".to_owned());
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().filter(|value| value.parse::<u64>().is_ok());
        match (option.as_str(), value) {
            ("--mb", Some(value)) => value.clone_into(&mut mb),
            ("--rows", Some(value)) => value.clone_into(&mut rows),
            _ => bail!("unknown option or value at `{option}`: see `cargo xtask --help`"),
        }
    }
    node()?;
    let shared = shared()?;
    let package = package::build()?;
    let bench = root().join("target/bench");
    let read = generated("read", "--mb", &mb)?;
    let query = generated("query", "--rows", &rows)?;
    let peers = bench.join("peers");
    if !peers.join("node_modules/@duckdb/duckdb-wasm").is_dir() {
        step("installing the peers");
        fs::create_dir_all(&peers)?;
        for entry in fs::read_dir(shared.join("peers"))? {
            let entry = entry?.path();
            if let Some(name) = entry
                .file_name()
                .filter(|_| entry.extension().is_some_and(|end| end == "mjs"))
            {
                fs::write(peers.join(name), fs::read(&entry)?)?;
            }
        }
        fs::write(
            peers.join("package.json"),
            "{\"private\":true,\"type\":\"module\"}",
        )?;
        execute(
            command("npm")
                .current_dir(&peers)
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                .args(PEERS),
            "npm could not install; is the registry reachable?",
        )?;
    }
    step("measuring");
    execute(
        command("node")
            .arg("tests/bench/run.mjs")
            .arg(&package)
            .arg(&peers)
            .arg(read)
            .arg(query),
        "the message stands above",
    )?;
    llm(&package)?;
    language(&package)
}

/// The folder of the benchmark: its generator and its peers.
fn shared() -> Result<PathBuf> {
    let near = root().join("../shared/bench");
    let shared = if near.is_dir() {
        near
    } else {
        root().join("../../shared/bench")
    };
    if !shared.is_dir() {
        bail!("../shared/bench is missing: it holds the generator and the peers");
    }
    Ok(shared)
}

/// A folder of generated logs, made where it is not there yet.
fn generated(name: &str, flag: &str, amount: &str) -> Result<PathBuf> {
    let out = root().join(format!("target/bench/{name}-{amount}"));
    if !out.join("done").is_file() {
        step(&format!(
            "generating {amount} {} of logs",
            flag.trim_start_matches('-')
        ));
        execute(
            command("node")
                .arg(shared()?.join("gen/gen.mjs"))
                .args([flag, amount, "--out"])
                .arg(&out),
            "the generator's message stands above",
        )?;
        fs::write(out.join("done"), "")?;
    }
    Ok(out)
}

/// The page in Chromium: a file to the verdict, a million rows under the wheel and under the brush.
fn page(folder: &Path, million: &Path) -> Result<()> {
    let browser = browser()?;
    node_modules(&root().join("www"))?;
    serve::build_page()?;
    step("measuring the page");
    execute(
        command("node")
            .arg("tests/bench/page.mjs")
            .args([folder, million])
            .env("CHROMIUM", browser.chromium),
        "the message stands above",
    )
}

/// Calls to language models put together, beside plain JavaScript; the log is made by the script.
fn llm(package: &Path) -> Result<()> {
    step("measuring calls to language models");
    execute(
        command("node")
            .arg("tests/bench/llm.mjs")
            .arg(package)
            .arg(root().join("target/bench"))
            .arg("100"),
        "the message stands above",
    )
}

/// Reading and checking queries beside Microsoft's language service.
fn language(package: &Path) -> Result<()> {
    node()?;
    let oracle = root().join("pkg-config/oracle");
    node_modules(&oracle)?;
    let corpus = suites().join("corpus/dev.jsonl.gz");
    if !corpus.is_file() {
        bail!(
            "{} is missing: set KQLENS_SUITES to the folder of the suites",
            corpus.display()
        );
    }
    let recipes = recipes::texts()?;
    step("measuring the language");
    execute(
        command("node")
            .arg("tests/bench/language.mjs")
            .arg(package)
            .arg(&oracle)
            .arg(&corpus)
            .arg(&recipes),
        "the message stands above",
    )
}
