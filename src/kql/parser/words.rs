//! Which words of the language can be names, and where.
//!
//! KQL knows few words that are never names. The lists hold what Microsoft's parser refuses, found
//! by asking it for each word in each place.

/// Words that are never a bare name.
const RESERVED: &[&str] = &[
    "3Dchart", "__contextual_datatable", "and", "anomalychart", "areachart", "asc", "assert-schema", "bagexpansion",
    "barchart", "between", "bin_legacy", "boolean", "cachingpolicy", "callout", "cancel", "card", "char",
    "columnchart", "containscs", "contains_cs", "cycles", "dataexport", "datascope", "decodeblocks", "desc",
    "dynamic", "encodingpolicy", "endswith", "endswith_cs", "execute-and-cache", "expandoutput",
    "extent_tags_retention", "external_data", "first", "flags", "float", "force_remote", "granny-asc",
    "granny-desc", "graph-mark-components", "graph-match", "graph-shortest-paths", "graph-to-table",
    "graph-where-edges", "graph-where-nodes", "harddelete", "hardretention", "has_all", "has_any", "has_cs",
    "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "hotcache", "in~", "int16", "int8", "isfuzzy",
    "journal", "ladderchart", "last", "like", "likecs", "linechart", "macro-expand", "make-graph", "make-series",
    "matches", "missing", "mv-apply", "mv-expand", "nooptimization", "notcontains", "notcontainscs", "notlike",
    "notlikecs", "or", "others", "parse-kv", "parse-where", "pathformat", "piechart", "pivotchart", "project",
    "project-away", "project-by-names", "project-keep", "project-rename", "project-reorder", "project-smart",
    "queries", "query_results", "relaxed", "restricted_view_access", "row_level_security", "rowstore",
    "rowstorepolicy", "rowstores", "scatterchart", "seal", "seals", "shards", "simple", "softdelete",
    "softretention", "stackedareachart", "startswith", "startswith_cs", "statistics", "string", "tablepurge",
    "timechart", "timeline", "timepivot", "treemap", "uint", "uint16", "uint32", "uint64", "uint8", "ulong",
    "union", "uniqueid", "unrestrictedviewers", "views", "with_itemindex", "with_match_id", "with_step_name",
    "writeaheadlog", "int", "int32", "int64", "long", "real", "double", "decimal", "time", "timespan", "date",
    "datetime",
];

/// Words that can be given as a name (`title = 1`) but not used as one without brackets.
const DECLARED_ONLY: &[&str] = &[
    "accumulate", "as", "by", "contains", "datatable", "earliest", "externaldata", "find", "has", "in", "invoke",
    "latest", "materialize", "mdm", "of", "print", "sample", "sample-distinct", "search", "set", "sql", "title",
    "to", "top-hitters", "top-nested", "toscalar", "totable", "verbose", "viewers", "where",
];

/// Words that start an operator behind `|`.
pub(super) const OPERATORS: &[&str] = &[
    "as", "assert-schema", "consume", "count", "distinct", "evaluate", "execute-and-cache", "extend", "facet",
    "filter", "find", "fork", "getschema", "graph-mark-components", "graph-match", "graph-shortest-paths",
    "graph-to-table", "graph-where-edges", "graph-where-nodes", "invoke", "join", "limit", "lookup",
    "macro-expand", "make-graph", "make-series", "mv-apply", "mv-expand", "mvapply", "mvexpand", "order",
    "parse", "parse-kv", "parse-where", "partition", "print", "project", "project-away", "project-by-names",
    "project-keep", "project-rename", "project-reorder", "range", "reduce", "render", "sample",
    "sample-distinct", "scan", "search", "serialize", "sort", "summarize", "take", "top", "top-hitters",
    "top-nested", "union", "where",
];

/// Whether the word is never a bare name.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether the word cannot stand for a value without brackets.
pub(super) fn is_no_value(word: &str) -> bool {
    is_reserved(word) || DECLARED_ONLY.contains(&word)
}

/// Whether the word, followed by `(`, can be a function.
pub(super) fn is_callable(word: &str) -> bool {
    matches!(word, "toscalar" | "totable" | "materialize") || !(is_no_value(word) || is_kind(word))
}

/// Words that are names in expressions but not in lists of name patterns.
pub(super) fn is_kind(word: &str) -> bool {
    matches!(word, "kind" | "withsource" | "with_source")
}
