//! `cargo xtask screenshots`: every view of the page, light and dark, wide and narrow, for eyes to
//! look at, in `target/screenshots`.

use anyhow::Result;

use crate::package;
use crate::serve;
use crate::shell::{command, execute, root, step};
use crate::toolchain::{browser, node_modules};

/// Builds the page and writes the pictures.
pub fn run() -> Result<()> {
    let browser = browser()?;
    package::build()?;
    node_modules(&root().join("www"))?;
    serve::build_page()?;
    step("taking screenshots");
    execute(
        command("node")
            .arg("tests/browser/screenshots.mjs")
            .arg(root().join("target/screenshots"))
            .env("CHROMIUM", browser.chromium),
        "the message stands above",
    )
}
