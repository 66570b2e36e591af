//! `cargo xtask …`: builds, tests, measures and packages kqlens.
//!
//! Every command sets up what it needs by itself: the Rust target, the npm packages of the
//! committed lock files, and for the tests a Chromium. One file per command; `engine` builds the
//! module, `package` the npm package that the page, the tests and the benchmark all use.

mod bench;
mod check;
mod conformance;
mod corpus;
mod engine;
mod ledger;
mod package;
mod recipes;
mod screenshots;
mod serve;
mod shell;
mod test;
mod toolchain;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND [OPTIONS]

  serve         build all and serve the page; prints its address
                  --port N   port, 4173 if not given
                  --dev      serve the sources, reloaded as they change
  test          formatting, lints, and every test: Rust, wasm in Node and in
                Chromium, the package, the page
  package       leave the npm package in target/npm/kqlens, ready to publish
  conformance   run the KQL cases and compare with the recorded answers
                  FILE       cases, ../shared/suites/kql/dev.jsonl if not given
  corpus        read, format, check and run real queries, and compare with the
                verdicts of Microsoft's parser and binder
                  --verbose  name what differs
  recipes       run every recipe in both dialects, and let Microsoft's binder
                check the texts
  bench         measure reading and queries against the peers, side by side
                  --mb N     size of the reading test, 100 if not given
                  --rows N   rows of the query test, 1000000 if not given
                  --llm      calls to language models alone, against plain
                             JavaScript
                  page       the page in Chromium alone: reading and scrolling
                  --language reading and checking queries alone, against
                             Microsoft's language service
  screenshots   every view of the page, light and dark, 1280 and 400 pixels
                wide, in target/screenshots
  check         formatting and lints alone
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, options) = arguments
        .split_first()
        .map_or(("--help", &[][..]), |(name, rest)| (name.as_str(), rest));
    if name == "--help"
        || name == "-h"
        || options
            .iter()
            .any(|option| option == "--help" || option == "-h")
    {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let result = match name {
        "serve" => serve::run(options),
        "test" => test::run(options),
        "package" => no_options(options).and_then(|()| package::run()),
        "conformance" => conformance::run(options),
        "corpus" => corpus::run(options).map(|_| ()),
        "recipes" => no_options(options).and_then(|()| recipes::run()),
        "bench" => bench::run(options),
        "screenshots" => no_options(options).and_then(|()| screenshots::run()),
        "check" => no_options(options).and_then(|()| check::run()),
        unknown => Err(anyhow::anyhow!(
            "no command `{unknown}`: see `cargo xtask --help`"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn no_options(options: &[String]) -> anyhow::Result<()> {
    match options {
        [] => Ok(()),
        [first, ..] => Err(anyhow::anyhow!(
            "unknown option `{first}`: see `cargo xtask --help`"
        )),
    }
}
