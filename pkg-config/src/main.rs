//! `cargo xtask`: builds, tests, measures and packages kqlens.
fn main() {}
