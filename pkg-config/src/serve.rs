//! `cargo xtask serve`: the page, built and served with its strict content security policy.

use anyhow::{Result, bail};

use crate::engine;
use crate::package;
use crate::shell::{command, execute, root, step};

/// Builds everything and serves it until interrupted.
pub fn run(options: &[String]) -> Result<()> {
    let mut port = "4173";
    let mut sources = false;
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        match option.as_str() {
            "--dev" => sources = true,
            "--port" => match rest.next().filter(|value| value.parse::<u16>().is_ok()) {
                Some(value) => port = value,
                None => bail!("`--port` requires a number"),
            },
            unknown => bail!("unknown option `{unknown}`: see `cargo xtask --help`"),
        }
    }
    package::build()?;
    let mode: &[&str] = if sources {
        &[]
    } else {
        build_page()?;
        &["preview"]
    };
    println!("\n  kqlens: http://localhost:{port}/\n");
    run_vite(mode, &["--port", port, "--strictPort"])
}

/// Builds the page into `www/dist` and holds its first script to the budget.
pub fn build_page() -> Result<()> {
    step("building the page");
    run_vite(&["build"], &["--logLevel", "warn"])?;
    let mut first_paint = 0;
    let page = std::fs::read_to_string(root().join("www/dist/index.html"))?;
    for part in page.split("\"./").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        if std::path::Path::new(name)
            .extension()
            .is_some_and(|end| end == "js")
        {
            first_paint += engine::size(&root().join("www/dist").join(name))?.1;
        }
    }
    println!("script before the first paint: {first_paint} bytes gzipped");
    package::keep_budget(&[("page-first-paint".to_owned(), first_paint)])
}

fn run_vite(mode: &[&str], options: &[&str]) -> Result<()> {
    execute(
        command("node")
            .current_dir(root().join("www"))
            .arg("node_modules/vite/bin/vite.js")
            .args(mode)
            .args(options),
        "the message of Vite stands above",
    )
}
