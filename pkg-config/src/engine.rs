//! The module and its glue: `target/engine/{engine.js, engine_bg.wasm, engine.d.ts}`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::shell::{cargo, execute, root, step, target};
use crate::toolchain::{WASM, wasm_target};

/// Compiler flags of the module: SIMD is three times as fast on text, and a stack of 4 MiB leaves
/// room for nested queries. Functions are inlined when that is smaller than the call, or when they
/// ask for it with `inline(always)`, as the readers and the loops over rows do. Without strength
/// reduction of loops (`lsr`) they need fewer variables.
pub const RUSTFLAGS: &str = concat!(
    "-Ctarget-feature=+simd128",
    "\x1f-Clink-arg=-zstack-size=4194304",
    "\x1f-Cllvm-args=-inline-threshold=5",
    "\x1f-Cllvm-args=-inlinehint-threshold=5",
    "\x1f-Cllvm-args=-disable-lsr",
);

/// Builds the module and returns the folder that holds it.
pub fn build() -> Result<PathBuf> {
    wasm_target()?;
    step("building the engine (wasm, release)");
    execute(
        // Beside an `rlib`, link-time optimisation would have to keep every function callable.
        cargo().env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS).args([
            "rustc",
            "--quiet",
            "--package",
            "kqlens",
            "--lib",
            "--crate-type=cdylib",
            "--release",
            "--target",
            WASM,
        ]),
        "the compiler's message stands above",
    )?;
    let wasm = target().join(WASM).join("release/kqlens.wasm");
    let out = root().join("target/engine");
    let bindgen = root().join("pkg-config/src/bin/bindgen");
    let sources = [
        wasm.clone(),
        bindgen.join("main.rs"),
        bindgen.join("order.rs"),
    ];
    let made = out.join("engine_bg.wasm");
    if sources.iter().all(|source| is_newer(&made, source)) {
        return Ok(out);
    }
    step("making its JavaScript (wasm-bindgen)");
    execute(
        cargo()
            .args([
                "run",
                "--quiet",
                "--package",
                "pack",
                "--features",
                "bindgen",
                "--bin",
                "bindgen",
                "--",
            ])
            .arg(&wasm)
            .arg(&out),
        "the message stands above",
    )?;
    Ok(out)
}

fn is_newer(made: &Path, source: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    time(made).is_some_and(|made| time(source).is_some_and(|source| made > source))
}

/// How many bytes a file has, as it is and gzipped.
pub fn size(file: &Path) -> Result<(usize, usize)> {
    use std::io::Write as _;
    let bytes = fs::read(file).with_context(|| format!("{} is missing", file.display()))?;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&bytes)?;
    Ok((bytes.len(), encoder.finish()?.len()))
}
