//! The KQL scalar types and their texts.
