//! `cargo xtask conformance`: the recorded KQL cases against the engine.
//!
//! The example `conformance` answers the cases natively, `compare.py` of the suite judges, and
//! `tests/conformance/floors.txt` (lines of a trust and its fewest passes) may only go up.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell::{cargo, command, execute, output, root, step};

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
    let results = root().join("target/conformance/results.jsonl");
    if let Some(folder) = results.parent() {
        fs::create_dir_all(folder)?;
    }
    step("running the cases");
    run_cases(&cases, &results)?;
    step("comparing");
    let compare = cases.with_file_name("compare.py");
    let report =
        output(command("python3").arg(&compare).arg(&cases).arg(&results)).with_context(|| {
            format!(
                "{} cannot be run: install python3; the answers are in {}",
                compare.display(),
                results.display()
            )
        })?;
    print!("{report}");
    keep_floors(&report, "floors.txt")
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
