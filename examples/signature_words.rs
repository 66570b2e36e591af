//! Writes the words of the signatures as `signatures.js`: what the facade adds to the findings of the
//! module, by the id of the signature.

#![expect(clippy::print_stdout, reason = "a command")]

use kqlens::signature::{self, Signature};
use kqlens::value::Dynamic;

fn text(text: &str) -> Dynamic {
    Dynamic::String(text.into())
}

fn texts(texts: &[&str]) -> Dynamic {
    Dynamic::array(texts.iter().map(|one| text(one)).collect())
}

fn words(signature: &Signature) -> Dynamic {
    Dynamic::bag(vec![
        ("meaning".into(), text(signature.meaning)),
        ("causes".into(), texts(signature.causes)),
        ("fixes".into(), texts(signature.fixes)),
        ("docs".into(), text(signature.doc_url)),
    ])
}

fn main() {
    let signatures = signature::catalogue()
        .map(|signature| (signature.id.into(), words(signature)))
        .collect();
    println!("// Written by `cargo xtask package` from src/signature/catalogue.");
    println!("export default {};", Dynamic::bag(signatures).to_json());
}
