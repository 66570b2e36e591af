//! The recipes, one file a family, and the parameters that many of them share.
//!
//! How the texts are written: the time comes first (`| where {when}`), then what else drops rows; a
//! joined side has the same filter and hands over only the columns that are used; a call to a
//! language model counts once, by its row of `SequenceNumber` 0; shares are made of reals; the last
//! `order by` leaves no two rows without an order. A request failed when its code is 400 or higher,
//! or 0: a caller that went away. Which texts a failure logs: `reference/FAILURES.md` of the
//! project's shared material.

mod access;
mod app_insights;
mod audit;
mod availability;
mod backend;
mod backend_tls;
mod circuit_breaker;
mod cost;
mod failure;
mod latency;
mod model;
mod protocol;
mod request;
mod service;
mod token;
mod traffic;

use super::{Default, Family, Kind, Parameter, Recipe};
use crate::value::Type;

/// The families.
pub(super) const FAMILIES: &[Family] = &[
    Family {
        id: "requests",
        title: "Requests, one by one and at a glance",
        recipes: request::RECIPES,
    },
    Family {
        id: "traffic",
        title: "Traffic and volume",
        recipes: traffic::RECIPES,
    },
    Family {
        id: "failures",
        title: "Failures and their reasons",
        recipes: failure::RECIPES,
    },
    Family {
        id: "availability",
        title: "Availability and alerts",
        recipes: availability::RECIPES,
    },
    Family {
        id: "access",
        title: "Callers that are turned away",
        recipes: access::RECIPES,
    },
    Family {
        id: "latency",
        title: "Latency",
        recipes: latency::RECIPES,
    },
    Family {
        id: "protocol",
        title: "Cache, TLS and protocols",
        recipes: protocol::RECIPES,
    },
    Family {
        id: "backends",
        title: "Backends, retries and failover",
        recipes: backend::RECIPES,
    },
    Family {
        id: "backend-connections",
        title: "Connections to backends that never became one",
        recipes: backend_tls::RECIPES,
    },
    Family {
        id: "circuit-breakers",
        title: "Circuit breakers",
        recipes: circuit_breaker::RECIPES,
    },
    Family {
        id: "tokens",
        title: "Tokens of language models",
        recipes: token::RECIPES,
    },
    Family {
        id: "models",
        title: "Calls to language models",
        recipes: model::RECIPES,
    },
    Family {
        id: "cost",
        title: "Cost, quota and showback",
        recipes: cost::RECIPES,
    },
    Family {
        id: "audit",
        title: "Prompts, answers and audit",
        recipes: audit::RECIPES,
    },
    Family {
        id: "app-insights",
        title: "Application Insights",
        recipes: app_insights::RECIPES,
    },
    Family {
        id: "services",
        title: "MCP, WebSocket, Azure OpenAI, metrics and changes",
        recipes: service::RECIPES,
    },
];

/// What most entries share.
const BASE: Recipe = Recipe {
    id: "",
    title: "",
    about: "",
    questions: &[],
    tables: &[],
    parameters: &[],
    kql: "",
    example: &[],
    needs_service: None,
};

/// Table names as [`Recipe::tables`] takes them.
const GATEWAY: &str = "ApiManagementGatewayLogs";
const LANGUAGE_MODEL: &str = "ApiManagementGatewayLlmLog";
const MCP: &str = "ApiManagementGatewayMCPLog";
const WEBSOCKET: &str = "ApiManagementWebSocketConnectionLogs";
const APP_REQUESTS: &str = "AppRequests";
const APP_DEPENDENCIES: &str = "AppDependencies";
const APP_EXCEPTIONS: &str = "AppExceptions";
const APP_METRICS: &str = "AppMetrics";
const AZURE_METRICS: &str = "AzureMetrics";
const AZURE_ACTIVITY: &str = "AzureActivity";
const AZURE_DIAGNOSTICS: &str = "AzureDiagnostics";

const PERIOD: Parameter = Parameter {
    name: "period",
    kind: Kind::TimeSpan,
    default: Default::LeftOut,
    about: "How far back from the present; without it the time range of the query editor counts.",
};

const FROM: Parameter = Parameter {
    name: "from",
    kind: Kind::DateTime,
    default: Default::LeftOut,
    about: "Only rows at this time or later.",
};

const TO: Parameter = Parameter {
    name: "to",
    kind: Kind::DateTime,
    default: Default::LeftOut,
    about: "Only rows before this time.",
};

const API: Parameter = Parameter {
    name: "api",
    kind: Kind::String,
    default: Default::LeftOut,
    about: "Only requests to the API of this id.",
};

const ROWS: Parameter = rows("100");

/// How many rows an answer has at most.
const fn rows(default: &'static str) -> Parameter {
    Parameter {
        name: "rows",
        kind: Kind::Long,
        default: Default::Value(default),
        about: "How many rows at most.",
    }
}

/// The width of a row in time.
const fn step(default: &'static str) -> Parameter {
    Parameter {
        name: "step",
        kind: Kind::TimeSpan,
        default: Default::Value(default),
        about: "The width of a point in time.",
    }
}

/// A column to group by.
const fn column(default: &'static str) -> Parameter {
    Parameter {
        name: "column",
        kind: Kind::Column,
        default: Default::Value(default),
        about: "The column whose values are compared.",
    }
}

/// A whole number with a default.
const fn long(name: &'static str, default: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        kind: Kind::Long,
        default: Default::Value(default),
        about,
    }
}

/// A number with a default.
const fn real(name: &'static str, default: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        kind: Kind::Real,
        default: Default::Value(default),
        about,
    }
}

/// A text with a default.
const fn string(name: &'static str, default: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        kind: Kind::String,
        default: Default::Value(default),
        about,
    }
}

/// A duration with a default.
const fn timespan(name: &'static str, default: &'static str, about: &'static str) -> Parameter {
    Parameter {
        name,
        kind: Kind::TimeSpan,
        default: Default::Value(default),
        about,
    }
}

/// Rows of a small table of a name and a number, with a default.
const fn named_numbers(
    name: &'static str,
    default: &'static str,
    about: &'static str,
) -> Parameter {
    Parameter {
        name,
        kind: Kind::Rows(&[Type::String, Type::Real]),
        default: Default::Value(default),
        about,
    }
}
