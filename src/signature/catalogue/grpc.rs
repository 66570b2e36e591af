//! Signatures of the family `grpc`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[Signature {
    id: "grpc.failure",
    family: "grpc",
    title: word("gRPC call failed"),
    severity: Severity::Warning,
    specificity: 6,
    clues: &[likely(
        GATEWAY,
        7,
        "(isnull(ResponseCode) or ResponseCode between (200 .. 599)) and {answered}",
    )
    .of(&["grpc-status", "application/grpc"])],
    meaning: word(
        "gRPC status travels in trailers, so HTTP 200 may hide a failure; gRPC APIs need HTTP/2 end to end (self-hosted gateway).",
    ),
    causes: words(&["HTTP/1.1 hop; backend without h2"]),
    fixes: words(&["Enable HTTP/2 and check trailers"]),
    doc_url: word("https://learn.microsoft.com/azure/api-management/grpc-api"),
}];
