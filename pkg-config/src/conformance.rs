//! `cargo xtask conformance`: the recorded KQL cases against the engine.
//!
//! The example `conformance` answers the cases natively, `compare.py` of the suite judges, and
//! `tests/conformance/floors.txt` (lines of a trust and its fewest passes) may only go up.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::package;
use crate::shell::{cargo, command, execute, output, root, step, target};
use crate::toolchain::{node, wasm_target};

/// Runs the cases of a file and compares.
pub fn run(options: &[String]) -> Result<()> {
    let cases = match options {
        [] => suites().join("kql/dev.jsonl"),
        [file] if !file.starts_with("--") => PathBuf::from(file),
        _ => bail!("`conformance` takes one file: see `cargo xtask --help`"),
    };
    if !cases.is_file() {
        bail!(
            "{} is missing: set KQLENS_SUITES to the folder of the suites",
            cases.display()
        );
    }
    let folder = target().join("conformance");
    fs::create_dir_all(&folder)?;
    let results = folder.join("results.jsonl");
    step("running the cases");
    run_cases(&cases, &results)?;
    step("comparing");
    let compare = cases.with_file_name("compare.py");
    let verdicts = folder.join("verdicts.json");
    let judge = |cases: &Path| {
        let mut run = command("python3");
        run.arg(&compare).arg(cases).arg(&results);
        output(run.arg("--json").arg(&verdicts)).with_context(|| {
            format!(
                "{} cannot be run: install python3; the answers are in {}",
                compare.display(),
                results.display()
            )
        })
    };
    let mut report = judge(&cases)?;
    let n_wrong = wrong_answers(&fs::read_to_string(&verdicts)?);
    report += &format!("WRONG {n_wrong}\n");
    if options.is_empty() {
        let without = folder.join("without_geo.jsonl");
        fs::write(&without, without_geo(&fs::read_to_string(&cases)?))?;
        let judged = judge(&without)?;
        let total = judged.lines().find_map(|line| line.strip_prefix("TOTAL"));
        report += &format!("WITHOUT geo_* {}\n", total.unwrap_or_default().trim());
        report += &errors(&folder)?;
        report += &in_wasm(&[
            (cases, results.clone()),
            (
                suites().join("kql/errors_dev.jsonl"),
                folder.join("errors.jsonl"),
            ),
        ])?;
    }
    print!("{report}");
    for message in refusals(&fs::read_to_string(&results)?) {
        if !is_listed(&message)? {
            bail!("`tests/conformance/REFUSED.md` does not list this refusal: {message}");
        }
    }
    if n_wrong > 0 {
        bail!("{n_wrong} answers are wrong: what cannot be answered exactly is refused");
    }
    if options.is_empty() {
        keep_floors(&report, "floors.txt")?;
    }
    Ok(())
}

/// What the engine said where it refused a case by name.
fn refusals(results: &str) -> Vec<String> {
    let lines = results.lines();
    lines
        .filter_map(|line| line.split_once("\"error\":\"KQL03"))
        .map(|(_, rest)| {
            rest.get(3..)
                .unwrap_or(rest)
                .trim_end_matches("\"}")
                .to_owned()
        })
        .collect()
}

/// Whether the list of refusals names what a message is about: its first name, or its first words.
fn is_listed(message: &str) -> Result<bool> {
    let path = root().join("tests/conformance/REFUSED.md");
    let list =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let name = message.split('`').nth(1);
    let words: Vec<&str> = message.split(' ').take(5).collect();
    Ok(match name {
        Some(name) if name.starts_with("geo_") => list.contains("`geo_…`"),
        Some(name) => list.contains(&format!("`{name}`")),
        None => list.contains(&words.join(" ")),
    })
}

/// Answers that differ from the recorded one; a refusal is no answer.
fn wrong_answers(verdicts: &str) -> usize {
    let failed = verdicts.split("\"pass\": false").skip(1);
    let is_refusal = |rest: &&str| {
        let reason = rest.trim_start_matches([',', ' ', '\n']);
        let reason = reason.strip_prefix("\"why\": \"").unwrap_or(reason);
        reason.starts_with("engine error")
    };
    failed.filter(|rest| !is_refusal(rest)).count()
}

/// The cases that use no function of geography, which are refused on purpose.
fn without_geo(cases: &str) -> String {
    let lines = cases.lines().filter(|line| !line.contains("geo_"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Queries that the service refuses: an error of reading, names or types is right, a feature that is
/// missing here counts apart.
fn errors(folder: &Path) -> Result<String> {
    let results = folder.join("errors.jsonl");
    run_cases(&suites().join("kql/errors_dev.jsonl"), &results)?;
    let results = fs::read_to_string(results)?;
    let n_all = results.lines().count();
    let has = |line: &&str, code: &str| line.contains(&format!("\"error\":\"{code}"));
    let n_errors = results.lines().filter(|line| has(line, "KQL")).count();
    let n_missing = results.lines().filter(|line| has(line, "KQL03")).count();
    Ok(format!(
        "ERRORS refused {} / {n_all}\nERRORS unsupported {n_missing} / {n_all}\n",
        n_errors - n_missing
    ))
}

/// The same cases in the packed module under Node give the same answers.
fn in_wasm(runs: &[(PathBuf, PathBuf)]) -> Result<String> {
    wasm_target()?;
    node()?;
    let package = package::build()?;
    step("running the cases in wasm");
    let mut report = String::new();
    for (cases, results) in runs {
        let script = root().join("tests/conformance/node.mjs");
        let mut run = command("node");
        run.arg(script).arg(&package).arg(cases).arg(results);
        report += &output(&mut run).context("tests/conformance/node.mjs failed: run it alone")?;
    }
    Ok(report)
}

/// The recorded cases of the suites, where they are and need be: how many there are, once they keep the
/// floors.
pub fn recorded() -> Result<Option<usize>> {
    let cases = suites().join("kql/dev.jsonl");
    if !cases.is_file() && std::env::var_os("KQLENS_SUITES").is_none() {
        return Ok(None);
    }
    run(&[])?;
    Ok(Some(fs::read_to_string(cases)?.lines().count()))
}

/// Where the outside suites are.
pub fn suites() -> PathBuf {
    let named = std::env::var_os("KQLENS_SUITES")
        .map_or_else(|| PathBuf::from("../shared/suites"), PathBuf::from);
    root().join(named)
}

fn run_cases(cases: &Path, results: &Path) -> Result<()> {
    execute(
        cargo()
            .args([
                "run",
                "--quiet",
                "--profile",
                "fast",
                "--package",
                "kqlens",
                "--example",
                "conformance",
                "--",
            ])
            .arg(cases)
            .stdout(fs::File::create(results)?),
        "the message stands above",
    )
}

/// Lines of the report end in `NAME PASSED / ALL`; each floor names one of them.
pub fn keep_floors(report: &str, file: &str) -> Result<()> {
    let path = root().join("tests/conformance").join(file);
    let floors =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    for floor in floors.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, fewest)) = floor.rsplit_once(char::is_whitespace) else {
            continue;
        };
        let fewest: u64 = fewest
            .parse()
            .with_context(|| format!("{file}: `{fewest}` is not a number"))?;
        let passed = report
            .lines()
            .find_map(|line| {
                line.strip_prefix(name.trim())?
                    .split('/')
                    .next()?
                    .trim()
                    .parse::<u64>()
                    .ok()
            })
            .with_context(|| format!("the report has no line `{}`", name.trim()))?;
        if passed < fewest {
            bail!("{}: {passed} pass, the floor is {fewest}", name.trim());
        }
    }
    Ok(())
}
