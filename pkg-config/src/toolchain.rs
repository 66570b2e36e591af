//! What the commands need on a machine: found, installed where that is possible, or asked for.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell::{command, execute, find, output, step};

/// The Rust target of the module.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node.js that can `require` an ES module without a flag.
const NODE: (u32, u32) = (20, 19);

/// Adds the wasm target where it is missing.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))
        .context("`rustc` cannot be run: install Rust from https://rustup.rs")?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM)
        .join("lib")
        .is_dir()
    {
        return Ok(());
    }
    step("adding the Rust target wasm32-unknown-unknown");
    execute(
        command("rustup").args(["target", "add", WASM]),
        "run `rustup target add wasm32-unknown-unknown`",
    )
}

/// Adds a component of the Rust toolchain where its command is missing.
pub fn rust_component(component: &str, probe: &str) -> Result<()> {
    if output(command("cargo").args([probe, "--version"])).is_some() {
        return Ok(());
    }
    step(&format!("adding the Rust component {component}"));
    execute(
        command("rustup").args(["component", "add", component]),
        "run `rustup component add` by hand",
    )
}

/// Says so where Node.js is missing or too old.
pub fn node() -> Result<()> {
    let next = "install Node.js 20.19 or later from https://nodejs.org";
    let version = output(command("node").arg("--version"))
        .with_context(|| format!("`node` cannot be run: {next}"))?;
    let mut parts = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    let found: (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < NODE {
        bail!("Node.js {} is too old: {next}", version.trim());
    }
    Ok(())
}

/// Installs what a folder's `package-lock.json` names, where that has not been done yet.
pub fn node_modules(folder: &Path) -> Result<()> {
    node()?;
    let wanted = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step(&format!(
        "npm ci in {}",
        folder.file_name().unwrap_or_default().to_string_lossy()
    ));
    execute(
        command("npm").current_dir(folder).args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]),
        "npm could not install; is the registry reachable?",
    )?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// A browser and its driver.
pub struct Browser {
    /// The executable of Chromium.
    pub chromium: PathBuf,
    /// The executable of chromedriver.
    pub driver: PathBuf,
}

/// Finds Chromium and its driver, installs them as root where there is apt, or says how to get them.
pub fn browser() -> Result<Browser> {
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    let is_root = output(command("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if is_root && find("apt-get").is_some() {
        step("installing chromium and chromium-driver with apt-get");
        let mut update = command("apt-get");
        execute(
            update.args(["update", "-qq"]),
            "apt-get cannot reach its mirror",
        )?;
        let mut install = command("apt-get");
        install.env("DEBIAN_FRONTEND", "noninteractive");
        execute(
            install.args([
                "install",
                "-y",
                "-qq",
                "--no-install-recommends",
                "chromium",
                "chromium-driver",
            ]),
            "install Chromium and chromedriver by hand",
        )?;
    }
    find_browser().context(
        "Chromium and chromedriver are needed for the browser tests: `apt-get install chromium chromium-driver`, \
         or set CHROMIUM and CHROMEDRIVER to their paths",
    )
}

fn find_browser() -> Option<Browser> {
    let named = |variable: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_file())
    };
    let chromium = named("CHROMIUM").or_else(|| {
        ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(find)
    })?;
    let driver = named("CHROMEDRIVER").or_else(|| find("chromedriver"))?;
    Some(Browser { chromium, driver })
}
