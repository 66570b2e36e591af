//! `cargo xtask corpus`: real queries against the verdicts of Microsoft's own parser and binder.
//!
//! The example `corpus` reads, formats, checks and runs them natively; `oracle/corpus.mjs` lets
//! Microsoft's service read the formatted texts and say which queries are valid.
//! `tests/conformance/corpus_floors.txt` may only go up.

use anyhow::{Context as _, Result, bail};

use crate::conformance::{keep_floors, suites};
use crate::shell::{cargo, command, output, root, step, target};
use crate::toolchain::{node, node_modules};

/// Runs the queries and keeps the floors; how many verdicts were compared.
pub fn run(options: &[String]) -> Result<usize> {
    if let Some(unknown) = options.iter().find(|option| *option != "--verbose") {
        bail!("unknown option `{unknown}`: see `cargo xtask --help`");
    }
    let folder = suites().join("corpus");
    if !folder.is_dir() {
        bail!(
            "{} is missing: set KQLENS_SUITES to the folder of the suites",
            folder.display()
        );
    }
    node()?;
    let oracle = root().join("pkg-config/oracle");
    node_modules(&oracle)?;
    let out = target().join("corpus");
    let samples = out.join("samples");
    let run = |command: &mut std::process::Command, what: &str| {
        output(command).with_context(|| format!("{what} failed: run it alone to see why"))
    };
    run(
        command("node")
            .arg(oracle.join("samples.mjs"))
            .arg(&samples),
        "oracle/samples.mjs",
    )?;
    step("reading, formatting, checking and running the queries");
    let ours = run(
        cargo()
            .args(["run", "--quiet", "--profile", "fast", "--package", "kqlens"])
            .args(["--example", "corpus", "--"])
            .args([&folder, &samples, &out])
            .args(options),
        "the example `corpus`",
    )?;
    step("asking Microsoft's service");
    let theirs = run(
        command("node").arg(oracle.join("corpus.mjs")).arg(&out),
        "oracle/corpus.mjs",
    )?;
    let report = ours + &theirs;
    print!("{report}");
    keep_floors(&report, "corpus_floors.txt")?;
    let verdicts = report.lines().filter(|line| line.starts_with("VERDICT"));
    let counts = verdicts.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok());
    Ok(counts.sum())
}
