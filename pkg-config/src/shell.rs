//! Running other programs: what is run is said, what fails says what to do next.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Says what comes next.
pub fn step(what: &str) {
    println!("▸ {what}");
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent()
        .map_or_else(|| here.clone(), Path::to_path_buf)
}

/// Where Cargo leaves what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A command that runs in the workspace, without the flags that an outer Cargo may have left.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET");
    command
}

/// Cargo itself.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end; a failure carries `next`, the sentence on what to do.
pub fn execute(command: &mut Command, next: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}: {next}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status}): {next}", name(command));
    }
    Ok(())
}

/// What a command prints, or `None` where it cannot be started or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
}

impl Count {
    /// Reads the sums that Cargo's and Node's test runners print.
    fn read_line(&mut self, line: &str) {
        if let Some(rest) = line.trim().strip_prefix("test result: ") {
            self.passed += number_before(rest, " passed");
            self.failed += number_before(rest, " failed");
        } else if let Some(rest) = line.trim().strip_prefix("ℹ pass ") {
            self.passed += rest.trim().parse().unwrap_or(0);
        } else if let Some(rest) = line.trim().strip_prefix("ℹ fail ") {
            self.failed += rest.trim().parse().unwrap_or(0);
        }
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let Some(end) = text.find(word) else { return 0 };
    let head = &text[..end];
    let start = head
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + 1);
    head[start..].parse().unwrap_or(0)
}

/// Runs tests: their output goes on to the terminal and their sums are returned. A run that ends
/// badly without having counted a failure counts as one.
pub fn run_tests(command: &mut Command) -> Result<Count> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let mut count = Count::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            count.read_line(&line);
        }
    }
    let status = child.wait()?;
    if !status.success() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// Whether a program can be found.
pub fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

fn name(command: &Command) -> String {
    let arguments: Vec<_> = command
        .get_args()
        .take(3)
        .map(|argument| argument.to_string_lossy())
        .collect();
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    format!("`{program} {}`", arguments.join(" "))
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn sums_of_both_test_runners_are_read() {
        let mut count = Count::default();
        for line in [
            "test result: ok. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
            "ℹ tests 9",
            "ℹ pass 7",
            "ℹ fail 2",
        ] {
            count.read_line(line);
        }
        assert_eq!(
            count,
            Count {
                passed: 19,
                failed: 5
            }
        );
    }
}
