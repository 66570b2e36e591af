//! What fails in API Management and AI gateways, and the triage that finds it.
//!
//! Input: loaded tables. Output: a [`triage::Report`]. A signature is a set of clues, each a KQL
//! condition over one table; a row belongs to the first signature whose clue is true, all certain
//! clues before any likely one, the more telling before the less. Invariants: a finding shows the
//! columns and values that decided; its KQL, run over the same rows, gives its count; what the rows
//! cannot tell is said. Absent on purpose: anything that only a person can judge (entries of the
//! facts that are advice).

pub mod catalogue;
mod classify;
mod collect;
pub mod conclude;
mod facts;
mod kinds;
pub mod metrics;
pub mod triage;

// Words that only people read: an asset beside the module, which `examples/catalogues.rs` writes.
use crate::text::{documentation as word, documented as words};

/// Table names that clues speak about.
pub mod tables {
    /// Gateway rows.
    pub const GATEWAY: &str = "ApiManagementGatewayLogs";
    /// Rows of calls to language models.
    pub const LLM: &str = "ApiManagementGatewayLlmLog";
    /// Rows of MCP servers.
    pub const MCP: &str = "ApiManagementGatewayMCPLog";
    /// Rows of WebSocket connections.
    pub const WEBSOCKET: &str = "ApiManagementWebSocketConnectionLogs";
    /// Requests in Application Insights.
    pub const REQUESTS: &str = "AppRequests";
    /// Calls to backends in Application Insights.
    pub const DEPENDENCIES: &str = "AppDependencies";
    /// Exceptions in Application Insights.
    pub const EXCEPTIONS: &str = "AppExceptions";
    /// All of them.
    pub const ALL: [&str; 7] = [
        GATEWAY,
        LLM,
        MCP,
        WEBSOCKET,
        REQUESTS,
        DEPENDENCIES,
        EXCEPTIONS,
    ];
}

/// How sure a clue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The row says so itself.
    Certain,
    /// The row fits, and other causes would fit too.
    Likely,
}

impl Certainty {
    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Calls fail.
    Error,
    /// Calls suffer, or will.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A condition that tells a failure.
#[derive(Debug)]
pub struct Clue {
    /// The table it speaks about.
    pub table: &'static str,
    /// How sure it is.
    pub certainty: Certainty,
    /// How much it tells; the larger is asked first.
    pub weight: u32,
    /// The condition; a word in braces stands for phrases in a row, see [`Clue::kql`].
    pub condition: &'static str,
    /// The phrases, as they stand between the quotes of KQL.
    pub phrases: &'static [&'static str],
}

impl Clue {
    /// The same clue, of rows that hold one of some phrases.
    const fn of(self, phrases: &'static [&'static str]) -> Self {
        Self { phrases, ..self }
    }

    /// The condition in KQL: where a word in braces stands, a phrase stands in one of some columns.
    pub fn kql(&self) -> String {
        let contains = |columns: &[&str]| {
            let phrases = self.phrases.iter();
            let parts: Vec<String> = phrases
                .flat_map(|phrase| columns.iter().map(move |column| (column, phrase)))
                .map(|(column, phrase)| format!("{column} contains \"{phrase}\""))
                .collect();
            parts.join(" or ")
        };
        let one = |column: &str| match self.phrases {
            [_] => contains(&[column]),
            _ => format!("({})", contains(&[column])),
        };
        // Some errors have their text in the list of all errors only.
        let errors = || {
            format!(
                "(isempty(LastErrorMessage) and isnotempty(LastErrorReason) and {})",
                one("Errors")
            )
        };
        let Some((before, (word, behind))) = self
            .condition
            .split_once('{')
            .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        else {
            return self.condition.to_owned();
        };
        let phrases = match word {
            // By the gateway, which tells its client, too.
            "said" => {
                let said = contains(&["LastErrorMessage", "ResponseBody"]);
                format!("(({said}) or {})", errors())
            }
            // By the backend, whose answer the gateway hands on.
            "answered" => {
                let answered =
                    contains(&["LastErrorMessage", "ResponseBody", "BackendResponseBody"]);
                format!("(({answered}) or {})", errors())
            }
            // By the gateway, unless there is an answer of the backend.
            "guessed" => format!(
                "({} or {} or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and {}))",
                one("LastErrorMessage"),
                errors(),
                one("ResponseBody")
            ),
            "thrown" => format!("({})", contains(&["OuterMessage", "InnermostMessage"])),
            "body" => one("tostring(Properties[\"Response-Body\"])"),
            _ => return self.condition.to_owned(),
        };
        format!("{before}{phrases}{behind}")
    }
}

const fn certain(table: &'static str, weight: u32, condition: &'static str) -> Clue {
    Clue {
        table,
        certainty: Certainty::Certain,
        weight,
        condition,
        phrases: &[],
    }
}

const fn likely(table: &'static str, weight: u32, condition: &'static str) -> Clue {
    Clue {
        table,
        certainty: Certainty::Likely,
        weight,
        condition,
        phrases: &[],
    }
}

/// A kind of failure.
#[derive(Debug)]
pub struct Signature {
    /// Its stable name, `family.kind`-like.
    pub id: &'static str,
    /// The family.
    pub family: &'static str,
    /// What happened, in a line; empty in the module.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Which of two that weigh the same is asked first: the larger.
    pub specificity: u32,
    /// What tells it.
    pub clues: &'static [Clue],
    /// What it means; this and what follows is empty in the module, too.
    pub meaning: &'static str,
    /// What causes it.
    pub causes: &'static [&'static str],
    /// What to do.
    pub fixes: &'static [&'static str],
    /// Where to read on.
    pub doc_url: &'static str,
}

/// Every signature, family by family.
pub fn catalogue() -> impl Iterator<Item = &'static Signature> {
    catalogue::FAMILIES.iter().flat_map(|family| family.iter())
}

/// The signature of an id.
pub fn find(id: &str) -> Option<&'static Signature> {
    catalogue().find(|signature| signature.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_stand_where_their_word_is() {
        let clue = likely(
            tables::EXCEPTIONS,
            1,
            "(ProblemId == 1 or {thrown}) and true",
        );
        assert_eq!(
            clue.of(&["a", "b"]).kql(),
            "(ProblemId == 1 or (OuterMessage contains \"a\" or InnermostMessage contains \"a\" \
             or OuterMessage contains \"b\" or InnermostMessage contains \"b\")) and true"
        );
        let body = "tostring(Properties[\"Response-Body\"])";
        assert_eq!(
            certain(tables::REQUESTS, 1, "{body}").of(&["a"]).kql(),
            format!("{body} contains \"a\"")
        );
        assert_eq!(
            certain(tables::GATEWAY, 1, "ResponseCode == 408").kql(),
            "ResponseCode == 408"
        );
    }

    #[test]
    fn every_word_is_known() {
        for clue in catalogue().flat_map(|signature| signature.clues) {
            let kql = clue.kql();
            assert_eq!(kql != clue.condition, !clue.phrases.is_empty(), "{kql}");
        }
    }
}
