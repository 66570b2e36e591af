//! The recipes, one file a family, and the parameters that many of them share.
//!
//! Which texts a failure logs: `reference/FAILURES.md` of the project's shared material.

mod access;
mod backend_tls;
mod circuit_breaker;
mod language_model;
mod request;

use super::{Default, Kind, Parameter, Recipe};
use crate::text::documentation;

/// Every recipe.
pub(super) const RECIPES: &[Recipe] = &[
    request::TRIAGE,
    request::FAILURES_BY_COLUMN,
    request::REQUESTS,
    request::ONE_REQUEST,
    backend_tls::REJECTED_CERTIFICATES,
    backend_tls::CONNECT_TIMEOUTS,
    backend_tls::BROKEN_HANDSHAKES,
    access::REASONS_OF_401,
    access::KEYS_OUT_OF_SCOPE,
    circuit_breaker::TRIPS,
    circuit_breaker::RUN_UP_TO_A_TRIP,
    language_model::CONVERSATIONS,
    language_model::TOKENS_BY_SUBSCRIPTION,
];

/// Table names as [`Recipe::tables`] takes them.
const GATEWAY: &str = "ApiManagementGatewayLogs";
const LANGUAGE_MODEL: &str = "ApiManagementGatewayLlmLog";

const PERIOD: Parameter = Parameter {
    name: "period",
    kind: Kind::TimeSpan,
    default: Default::LeftOut,
    about: documentation(
        "How far back from the present; without it the time range of the query editor counts.",
    ),
};

const FROM: Parameter = Parameter {
    name: "from",
    kind: Kind::DateTime,
    default: Default::LeftOut,
    about: documentation("Only requests at this time or later."),
};

const TO: Parameter = Parameter {
    name: "to",
    kind: Kind::DateTime,
    default: Default::LeftOut,
    about: documentation("Only requests before this time."),
};

const API: Parameter = Parameter {
    name: "api",
    kind: Kind::String,
    default: Default::LeftOut,
    about: documentation("Only requests to the API of this id."),
};

const ROWS: Parameter = Parameter {
    name: "rows",
    kind: Kind::Long,
    default: Default::Value("100"),
    about: documentation("How many rows at most."),
};
