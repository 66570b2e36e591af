//! Findings about a text: what is wrong, where, and what would be right.
//!
//! Input: the stages that read a text (parser, binder, checks, engine). Output: [`Diagnostic`]s, in
//! byte spans. Invariants: a message has no "you", names things in backticks, is at most 90
//! characters long, and puts what came from a log last, cut at 40 characters. Absent on purpose:
//! rendering (the wasm boundary and the command do it) and UTF-16 (made at the boundary).

use crate::text::Span;
use std::borrow::Cow;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The text cannot be run.
    Error,
    /// It runs, and most likely does not mean what was meant.
    Warning,
    /// Worth knowing.
    Info,
    /// A matter of taste or speed.
    Hint,
}

impl Severity {
    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Hint => "hint",
        }
    }
}

/// One replacement in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a button would say.
    pub title: String,
    /// Edits that do not overlap, in the order of the text.
    pub edits: Vec<Edit>,
    /// Whether it keeps the meaning or only makes the likely one.
    pub safe: bool,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, `KQL` and four digits; each is declared once, in [`codes`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What would be right, or what to do instead.
    pub help: Option<String>,
    /// The one place.
    pub span: Span,
    /// A repair, where one is known.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error without help.
    pub fn error<'m>(code: &'static str, span: Span, message: impl Into<Cow<'m, str>>) -> Self {
        Self::new(code, span, message.into(), None)
    }

    /// One copy for all callers: what only goes wrong is small before it is fast.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(
        code: &'static str,
        span: Span,
        message: Cow<'_, str>,
        help: Option<Cow<'static, str>>,
    ) -> Self {
        let help = help.map(Cow::into_owned);
        Self {
            code,
            severity: Severity::Error,
            message: message.into_owned(),
            help,
            span,
            fix: None,
        }
    }

    /// The same finding with a sentence on what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same finding, whose repair is another name in its place.
    #[must_use]
    pub fn with_name(self, span: Span, name: &str) -> Self {
        self.with_help(format!("did the query mean `{name}`?"))
            .with_fix(Fix {
                title: format!("replace with `{name}`"),
                edits: vec![Edit {
                    span,
                    text: name.to_owned(),
                }],
                safe: false,
            })
    }

    /// The same finding with a repair.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// Every code, once. The hundreds tell the stage: 00 reading, 01 names, 02 types and arguments,
/// 03 not supported here, 04 running.
pub mod codes {
    /// A character or literal that no token starts with or that does not end.
    pub const TOKEN: &str = "KQL0001";
    /// The grammar expects something else here.
    pub const SYNTAX: &str = "KQL0002";
    /// Nested or chained deeper than the limit.
    pub const TOO_DEEP: &str = "KQL0003";
    /// The query holds no tabular expression.
    pub const EMPTY: &str = "KQL0004";
    /// No table or tabular name of this spelling.
    pub const UNKNOWN_TABLE: &str = "KQL0101";
    /// No column or scalar name of this spelling.
    pub const UNKNOWN_NAME: &str = "KQL0102";
    /// No function of this name.
    pub const UNKNOWN_FUNCTION: &str = "KQL0103";
    /// The name exists more than once.
    pub const AMBIGUOUS_NAME: &str = "KQL0104";
    /// Wrong number of arguments.
    pub const ARGUMENT_COUNT: &str = "KQL0201";
    /// An argument or operand of a type that does not fit.
    pub const TYPE: &str = "KQL0202";
    /// An equality of two types that are not compared.
    pub const NEVER_EQUAL: &str = "KQL0206";
    /// A constant was required.
    pub const NOT_CONSTANT: &str = "KQL0203";
    /// The operation needs a serialized (ordered) input.
    pub const NOT_SERIALIZED: &str = "KQL0204";
    /// A value of the text that cannot be what it should be (literal, parameter).
    pub const BAD_VALUE: &str = "KQL0205";
    /// KQL that this engine refuses, since it cannot answer exactly.
    pub const NOT_SUPPORTED: &str = "KQL0301";
    /// KQL that needs a service or a cluster.
    pub const NEEDS_SERVICE: &str = "KQL0302";
    /// A limit of rows, memory or time was reached.
    pub const LIMIT: &str = "KQL0401";
    /// The job was cancelled.
    pub const CANCELLED: &str = "KQL0402";
}
