//! Cases of other people: where they are, and how many of them were run.
//!
//! They stay where they are: `KQLENS_SUITES`, else `../shared/suites`. Without them the tests that read
//! them pass and say so; when the variable is set, a missing one fails.

use std::path::{Path, PathBuf};

/// A file or folder of the suites; `None` when it is not there and need not be.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("KQLENS_SUITES").map(PathBuf::from);
    let is_required = named.is_some();
    let suites =
        named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/suites"));
    let path = suites.join(name);
    assert!(
        path.exists() || !is_required,
        "KQLENS_SUITES is set and {} is missing",
        path.display()
    );
    path.exists().then_some(path)
}

/// Leaves how many cases were run for `cargo xtask test` to print.
pub(crate) fn note(name: &str, n_run: usize, n_skipped: usize) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("outside-{name}.txt"));
    std::fs::write(path, format!("{name} {n_run} {n_skipped}\n"))
        .expect("Cargo's folder for tests can be written");
}
