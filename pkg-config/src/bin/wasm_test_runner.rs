//! The test runner of wasm-bindgen, linked so that its version is the one in Cargo.lock.
//!
//! Cargo starts it as the runner of `cargo test --target wasm32-unknown-unknown`.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
