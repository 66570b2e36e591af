//! Checks: what is legal KQL and most likely not what was meant, or slow, or refused elsewhere.
//!
//! Input: a tree, its analysis, the place where it will run. Output: findings with a code, a reason
//! and, where one is safe enough to offer, a fix. One file a rule; each rule carries a query it finds
//! and one it does not, and both are run. A comment `// kqlens: allow KQL0701` keeps the rule quiet on
//! its line and the next; before the first statement, in the whole text. Absent on purpose: names and
//! types that do not exist, which are errors of the binder.

mod azure_target;
mod carried_columns;
mod compared_types;
mod contains_word;
mod count_of_value;
mod default_join;
mod deprecated_function;
mod dynamic_key;
mod has_part_of_word;
mod integer_division;
mod join_without_time;
mod late_filter;
mod llm_rows;
mod lowered_text;
mod member_of_text;
mod no_time_filter;
mod other_time;
mod regex_word;
mod sampled_rows;
mod search_everything;
mod sort_before_summarize;
pub mod subject;
mod suffixed_column;

use super::analysis::Analysis;
use super::token::{self, TokenKind};
use super::tree::Query;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::text::Span;
pub use subject::Subject;

/// Where a query will run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// A Log Analytics workspace, analytics logs.
    #[default]
    LogAnalytics,
    /// A table of the Basic plan.
    BasicLogs,
    /// A log search alert rule.
    LogAlert,
    /// The transformation of a data collection rule.
    DcrTransformation,
    /// Azure Data Explorer.
    DataExplorer,
}

impl Target {
    /// All of them, with the names of the public API.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::LogAnalytics, "logAnalytics"),
        (Self::BasicLogs, "basicLogs"),
        (Self::LogAlert, "logAlert"),
        (Self::DcrTransformation, "dcrTransformation"),
        (Self::DataExplorer, "dataExplorer"),
    ];

    /// The target of a name of the public API.
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(target, _)| *target)
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// The stable code: `KQL` and four digits; 05 types, 06 meaning, 07 cost, 08 where it runs.
    pub code: &'static str,
    /// The name, in kebab case.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Why it is worth a look.
    pub reason: &'static str,
    /// A query with the mistake.
    pub bad: &'static str,
    /// The query as it was meant.
    pub good: &'static str,
    /// The target that the example needs.
    pub target: Target,
    find: fn(&Subject<'_>, &mut Vec<Finding>),
}

/// What a rule found.
#[derive(Debug)]
pub struct Finding {
    span: Span,
    message: String,
    help: Option<&'static str>,
    fix: Option<Fix>,
    severity: Option<Severity>,
}

impl Finding {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
            fix: None,
            severity: None,
        }
    }

    fn help(self, help: &'static str) -> Self {
        Self {
            help: Some(help),
            ..self
        }
    }

    /// A repair that keeps the answer.
    fn safe_fix(self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.with_fix(title.into(), edits, true)
    }

    /// A repair that makes the likely meaning, and so may change the answer.
    fn likely_fix(self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.with_fix(title.into(), edits, false)
    }

    fn with_fix(self, title: String, edits: Vec<Edit>, safe: bool) -> Self {
        Self {
            fix: Some(Fix { title, edits, safe }),
            ..self
        }
    }
}

fn replace(span: Span, text: impl Into<String>) -> Edit {
    Edit {
        span,
        text: text.into(),
    }
}

fn insert(at: u32, text: impl Into<String>) -> Edit {
    replace(Span::new(at, at), text)
}

/// Every rule, by code.
pub const RULES: &[&Rule] = &[
    &compared_types::RULE,
    &integer_division::RULE,
    &dynamic_key::RULE,
    &member_of_text::RULE,
    &llm_rows::RULE,
    &has_part_of_word::RULE,
    &join_without_time::RULE,
    &default_join::RULE,
    &suffixed_column::RULE,
    &sampled_rows::RULE,
    &deprecated_function::RULE,
    &count_of_value::RULE,
    &other_time::RULE,
    &contains_word::RULE,
    &search_everything::RULE,
    &lowered_text::RULE,
    &regex_word::RULE,
    &late_filter::RULE,
    &no_time_filter::RULE,
    &sort_before_summarize::RULE,
    &carried_columns::RULE,
    &azure_target::RULE,
];

/// What the rules find in a query.
pub fn check(text: &str, query: &Query, analysis: &Analysis, target: Target) -> Vec<Diagnostic> {
    let subject = Subject::new(text, query, analysis, target);
    let mut diagnostics = Vec::new();
    let mut found = Vec::new();
    for rule in RULES {
        (rule.find)(&subject, &mut found);
        diagnostics.extend(found.drain(..).map(|finding| Diagnostic {
            code: rule.code,
            severity: finding.severity.unwrap_or(rule.severity),
            message: finding.message,
            help: finding.help.map(str::to_owned),
            span: finding.span,
            fix: finding.fix,
        }));
    }
    diagnostics
}

/// The mark of a comment that allows codes.
const ALLOW: &str = "kqlens: allow ";

/// Takes out the findings that a comment of the text allows.
pub fn without_allowed(text: &str, diagnostics: &mut Vec<Diagnostic>) {
    if !text.contains(ALLOW) {
        return;
    }
    let (tokens, _) = token::tokens(text);
    let first = tokens.iter().find(|token| !token.is_trivia());
    let first = first.map_or(u32::MAX, |token| token.span.start);
    let mut allowed: Vec<(Span, &str)> = Vec::new();
    for token in tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Comment)
    {
        let comment = token.span.of(text);
        let Some((_, codes)) = comment.split_once(ALLOW) else {
            continue;
        };
        let reach = if token.span.start < first {
            Span::new(0, text.len() as u32)
        } else {
            lines_around(text, token.span)
        };
        let words = codes.split(|c: char| !c.is_ascii_alphanumeric());
        allowed.extend(words.map(|code| (reach, code)));
    }
    diagnostics.retain(|finding| {
        allowed.iter().all(|(reach, code)| {
            *code != finding.code
                || finding.span.start < reach.start
                || finding.span.start >= reach.end
        })
    });
}

/// The line of a comment and the line below it.
fn lines_around(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let behind = text.get(comment.end as usize..).unwrap_or_default();
    let mut ends = behind.match_indices('\n').map(|(at, _)| at);
    let end = ends.nth(1).unwrap_or(behind.len());
    Span::new(start as u32, comment.end + end as u32)
}
