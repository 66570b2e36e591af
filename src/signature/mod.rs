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
mod conclude;
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
    /// The condition.
    pub kql: &'static str,
}

const fn certain(table: &'static str, weight: u32, kql: &'static str) -> Clue {
    Clue {
        table,
        certainty: Certainty::Certain,
        weight,
        kql,
    }
}

const fn likely(table: &'static str, weight: u32, kql: &'static str) -> Clue {
    Clue {
        table,
        certainty: Certainty::Likely,
        weight,
        kql,
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
