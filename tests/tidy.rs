//! The rules of the house, kept by a test: who may know whom, what code may not hold, what is
//! declared and used, one version everywhere.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder of `src` and the folders that it may name, besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("value", &[]),
    ("diagnostic", &["text"]),
    ("table", &["value"]),
    ("kql", &["text", "diagnostic", "value"]),
    ("schema", &["diagnostic", "value", "table", "kql"]),
    ("input", &["text", "value", "table", "schema"]),
    ("engine", &["text", "diagnostic", "value", "table", "kql"]),
    (
        "llm",
        &[
            "text",
            "diagnostic",
            "value",
            "table",
            "schema",
            "kql",
            "engine",
        ],
    ),
    (
        "dataset",
        &[
            "text",
            "diagnostic",
            "value",
            "table",
            "schema",
            "input",
            "kql",
            "engine",
            "llm",
        ],
    ),
    ("redact", &["text"]),
    ("recipe", &["text", "diagnostic", "value", "schema", "kql"]),
    (
        "signature",
        &[
            "text",
            "diagnostic",
            "value",
            "table",
            "schema",
            "kql",
            "engine",
            "dataset",
        ],
    ),
    (
        "handoff",
        &[
            "text",
            "diagnostic",
            "value",
            "table",
            "schema",
            "kql",
            "engine",
            "recipe",
        ],
    ),
];

/// The one folder that may name JavaScript, and everything else.
const BOUNDARY: &str = "wasm";
const JAVASCRIPT: &[&str] = &["wasm_bindgen", "js_sys", "web_sys"];

/// A source file without its tests.
struct Source {
    path: PathBuf,
    /// The folder in `src`; empty for `lib.rs`.
    folder: String,
    code: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with one of the endings, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(
                name.as_str(),
                "target" | "node_modules" | "dist" | ".git" | "engine_out"
            ) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text without what is there for tests alone, and without comments.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(indent) = line.strip_suffix("#[cfg(test)]") {
            match lines.peek() {
                // `mod tests;`: the file of tests is left out by its name.
                Some(next) if next.ends_with(';') => {
                    lines.next();
                    continue;
                }
                _ => {
                    for line in lines.by_ref() {
                        if line.strip_prefix(indent) == Some("}") {
                            break;
                        }
                    }
                    continue;
                }
            }
        }
        if !line.trim_start().starts_with("//") {
            code += line;
        }
        code.push('\n');
    }
    code
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let is_test = |path: &Path| path.file_name().is_some_and(|name| name == "tests.rs");
    let sources = files(&src, &[".rs"])
        .into_iter()
        .filter(|path| !is_test(path))
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap();
            let folder = if inside.components().count() > 1 {
                inside.iter().next().unwrap().to_string_lossy().into_owned()
            } else {
                String::new()
            };
            Source {
                folder,
                code: code(&fs::read_to_string(&path).unwrap()),
                path,
            }
        });
    sources.collect()
}

/// The folders that a piece of code names behind `crate::`, lists in braces included.
fn named_folders(code: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut found = BTreeSet::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut is_start = true;
            for (at, character) in list.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => is_start = true,
                    c if c.is_whitespace() => {}
                    _ if is_start => {
                        found.insert(word(&list[at..]));
                        is_start = false;
                    }
                    _ => {}
                }
            }
        } else {
            found.insert(word(rest));
        }
    }
    found
}

#[test]
fn the_scanner_sees_what_it_must() {
    let text = "use crate::{a::{b, c}, d};\nfn f() { crate::e::g() }\n// crate::h\n#[cfg(test)]\nmod tests {\n    use crate::i;\n}\nuse crate::j;\n";
    let found: Vec<String> = named_folders(&code(text)).into_iter().collect();
    assert_eq!(found, ["a", "d", "e", "j"]);
    assert!(sources().len() > 50);
}

#[test]
fn folders_know_only_those_below_them() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.folder.is_empty() || source.folder == BOUNDARY {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == source.folder) else {
            wrong.push(format!(
                "{}: the layers do not know this folder",
                source.path.display()
            ));
            continue;
        };
        for name in named_folders(&source.code) {
            if name != source.folder && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} names `{name}`", source.path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_the_boundary_names_javascript() {
    for source in sources().iter().filter(|source| source.folder != BOUNDARY) {
        for name in JAVASCRIPT {
            assert!(
                !source.code.contains(name),
                "{} names {name}",
                source.path.display()
            );
        }
    }
}

#[test]
fn nothing_unfinished_and_nothing_that_can_panic_by_intent() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (at, line) in source.code.lines().enumerate() {
            let mut say =
                |what: &str| wrong.push(format!("{}:{} {what}", source.path.display(), at + 1));
            for word in [
                "todo!",
                "unimplemented!",
                "dbg!",
                "#[ignore",
                ".unwrap()",
                "panic!(",
                "unreachable!(",
                "println!(",
                "#[allow(",
            ] {
                if line.contains(word) {
                    say(word);
                }
            }
            // The parser's own `expect` takes two arguments.
            let mut calls = line
                .split(".expect(")
                .skip(1)
                .filter(|rest| !rest.contains("\", "));
            if calls.any(|rest| !rest.starts_with("\"invariant: ")) {
                say("expect without an invariant");
            }
        }
    }
    // Assembled here, so that this file does not hold the word itself.
    let ignored = ["#[", "ignore"].concat();
    for path in files(&root().join("tests"), &[".rs"])
        .into_iter()
        .chain(files(&root().join("src"), &["tests.rs"]))
    {
        if fs::read_to_string(&path)
            .unwrap()
            .lines()
            .any(|line| line.trim_start().starts_with(&ignored))
        {
            wrong.push(format!("{}: a test that is not run", path.display()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_file_is_declared() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), &["mod.rs", "lib.rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        let folder = path.parent().unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap().path();
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            let is_module = if entry.is_dir() {
                true
            } else {
                entry.extension().is_some_and(|ending| ending == "rs")
            };
            if !is_module || matches!(name.as_str(), "mod" | "lib") {
                continue;
            }
            let is_declared = text.lines().any(|line| {
                let line = line.trim();
                line.ends_with(&format!("mod {name};")) || line.starts_with(&format!("mod {name} "))
            });
            if !is_declared {
                wrong.push(entry.display().to_string());
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in files(&root().join("src"), &[".rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        let is_tests = path.file_name().is_some_and(|name| name == "tests.rs");
        assert!(is_tests || text.starts_with("//!"), "{}", path.display());
    }
}

#[test]
fn every_code_is_used() {
    let text = fs::read_to_string(root().join("src/diagnostic/mod.rs")).unwrap();
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("pub const ")?
                .split_once(": &str")
                .map(|(name, _)| name)
        })
        .collect();
    assert!(names.len() > 15, "{names:?}");
    let sources = sources();
    for name in names {
        let used = |source: &Source| {
            source.folder != "diagnostic" && source.code.contains(&format!("codes::{name}"))
        };
        assert!(sources.iter().any(used), "codes::{name} is never used");
    }
}

#[test]
fn lines_end_where_their_text_ends() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "examples", "pkg-config", "www"] {
        for path in files(
            &root().join(folder),
            &[".rs", ".toml", ".ts", ".mjs", ".js", ".css", ".html", ".md"],
        ) {
            let text = fs::read_to_string(&path).unwrap();
            for (at, line) in text.lines().enumerate() {
                if line.ends_with([' ', '\t', '\r']) || line.starts_with('\t') {
                    wrong.push(format!("{}:{}", path.display(), at + 1));
                }
            }
            if !text.is_empty() && !text.ends_with('\n') {
                wrong.push(format!("{}: no line end at the end", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn there_is_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    let manifests = files(&root().join("pkg-config"), &["Cargo.toml", "package.json"])
        .into_iter()
        .chain(files(&root().join("www"), &["package.json"]));
    for path in manifests {
        let text = fs::read_to_string(&path).unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("version = ") || line.starts_with("  \"version\":"))
            .unwrap_or_default();
        // `0.0.0` stands where packing writes the version of the crate.
        let is_right = line.contains(&format!("\"{version}\"")) || line.contains("\"0.0.0\"");
        assert!(is_right, "{}: {line}", path.display());
    }
    let changes = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(
        changes.contains(&format!("## {version}")),
        "CHANGELOG.md has no entry for {version}"
    );
}
