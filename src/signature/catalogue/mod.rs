//! The catalogue of failures, one file a family.
//!
//! Facts: `reference/FAILURES.md` of the project's shared material. What a clue weighs says how much it
//! tells: 8 for the reason, 4 for the source, 6 for the message, 1 to 3 for every other condition.

use super::Signature;

mod access_restriction;
mod ai_auth;
mod ai_backend;
mod ai_cache;
mod ai_finish;
mod ai_gateway_limit;
mod ai_request;
mod ai_safety;
mod ai_telemetry;
mod backend_connect;
mod backend_dns;
mod backend_response;
mod backend_timeout;
mod backend_tls;
mod backend_transport;
mod circuit_breaker;
mod client_certificate;
mod client_disconnect;
mod edge;
mod graphql;
mod grpc;
mod informational;
mod latency;
mod managed_identity;
mod mcp;
mod policy_error;
mod policy_response;
mod routing;
mod self_hosted;
mod subscription_key;
mod throttling;
mod token_auth;
mod unclassified;
mod validation;
mod websocket;

/// Every family, in the order in which ties are settled.
pub static FAMILIES: &[&[Signature]] = &[
    routing::ENTRIES,
    subscription_key::ENTRIES,
    token_auth::ENTRIES,
    client_certificate::ENTRIES,
    access_restriction::ENTRIES,
    throttling::ENTRIES,
    validation::ENTRIES,
    graphql::ENTRIES,
    policy_error::ENTRIES,
    policy_response::ENTRIES,
    managed_identity::ENTRIES,
    backend_tls::ENTRIES,
    backend_dns::ENTRIES,
    backend_connect::ENTRIES,
    backend_transport::ENTRIES,
    backend_timeout::ENTRIES,
    backend_response::ENTRIES,
    circuit_breaker::ENTRIES,
    client_disconnect::ENTRIES,
    latency::ENTRIES,
    edge::ENTRIES,
    ai_gateway_limit::ENTRIES,
    ai_backend::ENTRIES,
    ai_finish::ENTRIES,
    ai_safety::ENTRIES,
    ai_request::ENTRIES,
    ai_auth::ENTRIES,
    ai_cache::ENTRIES,
    ai_telemetry::ENTRIES,
    mcp::ENTRIES,
    websocket::ENTRIES,
    grpc::ENTRIES,
    self_hosted::ENTRIES,
    informational::ENTRIES,
    unclassified::ENTRIES,
];
