use super::*;
use crate::kql::tree::{BinaryOperator, Literal, Operator, Statement};

fn errors(text: &str) -> Vec<String> {
    parse(text).diagnostics.into_iter().map(|d| d.message).collect()
}

#[test]
fn smoke() {
    assert_eq!(errors("T | where a == 1 | project b = c"), [""; 0]);
}
