//! What the words and symbols of the language are, and where a word can be a name.
//!
//! Input: the text of a token. Output: its [`Traits`] and, where it stands between operands, its
//! [`Infix`]. KQL knows few words that are never names: the lists hold what Microsoft's parser
//! refuses, found by asking it for each word in each place. Each token is looked up once, in a table
//! that the compiler makes of the lists. Absent on purpose: places, which the parser knows.

use crate::kql::tree::{BinaryOperator, ListOperator, TextOperator, TextRelation};

/// Words that are never a bare name.
const RESERVED: &[&str] = &[
    "3Dchart",
    "__contextual_datatable",
    "and",
    "anomalychart",
    "areachart",
    "asc",
    "assert-schema",
    "bagexpansion",
    "barchart",
    "between",
    "bin_legacy",
    "boolean",
    "cachingpolicy",
    "callout",
    "cancel",
    "card",
    "char",
    "columnchart",
    "containscs",
    "contains_cs",
    "cycles",
    "dataexport",
    "datascope",
    "decodeblocks",
    "desc",
    "dynamic",
    "encodingpolicy",
    "endswith",
    "endswith_cs",
    "execute-and-cache",
    "expandoutput",
    "extent_tags_retention",
    "external_data",
    "first",
    "flags",
    "float",
    "force_remote",
    "granny-asc",
    "granny-desc",
    "graph-mark-components",
    "graph-match",
    "graph-shortest-paths",
    "graph-to-table",
    "graph-where-edges",
    "graph-where-nodes",
    "harddelete",
    "hardretention",
    "has_all",
    "has_any",
    "has_cs",
    "hasprefix",
    "hasprefix_cs",
    "hassuffix",
    "hassuffix_cs",
    "hotcache",
    "in~",
    "int16",
    "int8",
    "isfuzzy",
    "journal",
    "ladderchart",
    "last",
    "like",
    "likecs",
    "linechart",
    "macro-expand",
    "make-graph",
    "make-series",
    "matches",
    "missing",
    "mv-apply",
    "mv-expand",
    "nooptimization",
    "notcontains",
    "notcontainscs",
    "notlike",
    "notlikecs",
    "or",
    "others",
    "parse-kv",
    "parse-where",
    "pathformat",
    "piechart",
    "pivotchart",
    "project",
    "project-away",
    "project-by-names",
    "project-keep",
    "project-rename",
    "project-reorder",
    "project-smart",
    "queries",
    "query_results",
    "relaxed",
    "restricted_view_access",
    "row_level_security",
    "rowstore",
    "rowstorepolicy",
    "rowstores",
    "scatterchart",
    "seal",
    "seals",
    "shards",
    "simple",
    "softdelete",
    "softretention",
    "stackedareachart",
    "startswith",
    "startswith_cs",
    "statistics",
    "string",
    "tablepurge",
    "timechart",
    "timeline",
    "timepivot",
    "treemap",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "ulong",
    "union",
    "uniqueid",
    "unrestrictedviewers",
    "views",
    "with_itemindex",
    "with_match_id",
    "with_step_name",
    "writeaheadlog",
    "int",
    "int32",
    "int64",
    "long",
    "real",
    "double",
    "decimal",
    "time",
    "timespan",
    "date",
    "datetime",
];

/// Words that can be given as a name (`title = 1`) but not used as one without brackets.
const DECLARED_ONLY: &[&str] = &[
    "accumulate",
    "as",
    "by",
    "contains",
    "datatable",
    "earliest",
    "externaldata",
    "find",
    "has",
    "in",
    "invoke",
    "latest",
    "materialize",
    "mdm",
    "of",
    "print",
    "sample",
    "sample-distinct",
    "search",
    "set",
    "sql",
    "title",
    "to",
    "top-hitters",
    "top-nested",
    "toscalar",
    "totable",
    "verbose",
    "viewers",
    "where",
];

/// Words that start an operator behind `|`.
pub(super) const OPERATORS: &[&str] = &[
    "as",
    "assert-schema",
    "consume",
    "count",
    "distinct",
    "evaluate",
    "execute-and-cache",
    "extend",
    "facet",
    "filter",
    "find",
    "fork",
    "getschema",
    "graph-mark-components",
    "graph-match",
    "graph-shortest-paths",
    "graph-to-table",
    "graph-where-edges",
    "graph-where-nodes",
    "invoke",
    "join",
    "limit",
    "lookup",
    "macro-expand",
    "make-graph",
    "make-series",
    "mv-apply",
    "mv-expand",
    "mvapply",
    "mvexpand",
    "order",
    "parse",
    "parse-kv",
    "parse-where",
    "partition",
    "print",
    "project",
    "project-away",
    "project-by-names",
    "project-keep",
    "project-rename",
    "project-reorder",
    "range",
    "reduce",
    "render",
    "sample",
    "sample-distinct",
    "scan",
    "search",
    "serialize",
    "sort",
    "summarize",
    "take",
    "top",
    "top-hitters",
    "top-nested",
    "union",
    "where",
];

/// Words that start an operator which needs no input.
const SOURCES: &[&str] = &[
    "evaluate",
    "find",
    "graph-mark-components",
    "graph-match",
    "graph-shortest-paths",
    "graph-to-table",
    "macro-expand",
    "print",
    "range",
    "search",
    "union",
];

/// Words that read what stands behind them in a way of their own.
const FORMS: &[&str] = &[
    "__contextual_datatable",
    "datatable",
    "dynamic",
    "entity_group",
    "external_data",
    "externaldata",
    "inline_external_table",
    "not",
    "typeof",
];

/// Words that name options, and names in expressions alone.
const KINDS: &[&str] = &["kind", "with_source", "withsource"];

/// Truth values.
const TRUTHS: &[&str] = &["FALSE", "False", "TRUE", "True", "false", "true"];

/// Tables as values: functions, though their names are reserved.
const TABLE_FUNCTIONS: &[&str] = &["materialize", "toscalar", "totable"];

/// Symbols that end an operator or a statement.
const BOUNDARIES: &[&str] = &["|", ";", ")", "]", "}"];

/// What is true of a word or symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits(u16);

impl Traits {
    pub(super) const NONE: Self = Self(0);
    pub(super) const RESERVED: Self = Self(1);
    pub(super) const DECLARED_ONLY: Self = Self(1 << 1);
    pub(super) const OPERATOR: Self = Self(1 << 2);
    pub(super) const SOURCE: Self = Self(1 << 3);
    pub(super) const FORM: Self = Self(1 << 4);
    pub(super) const KIND: Self = Self(1 << 5);
    pub(super) const TRUTH: Self = Self(1 << 6);
    pub(super) const TABLE_FUNCTION: Self = Self(1 << 7);
    pub(super) const BOUNDARY: Self = Self(1 << 8);
    /// A word that is in no list: a name.
    pub(super) const UNKNOWN: Self = Self(1 << 9);

    /// Whether any of these holds.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) const fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the word is never a bare name where one is declared: a keyword, or a truth value.
    pub(super) const fn is_no_name(self) -> bool {
        self.any(Self::RESERVED.and(Self::TRUTH))
    }

    /// Whether the word cannot stand for a value without brackets.
    pub(super) const fn is_no_value(self) -> bool {
        self.any(Self::RESERVED.and(Self::DECLARED_ONLY))
    }

    /// Whether the word, followed by `(`, can be a function.
    pub(super) const fn is_callable(self) -> bool {
        self.any(Self::TABLE_FUNCTION) || !(self.is_no_value() || self.is_kind())
    }

    /// Whether the word is a name in expressions but not in lists of name patterns.
    pub(super) const fn is_kind(self) -> bool {
        self.any(Self::KIND)
    }
}

/// What stands between two operands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Infix {
    Or,
    And,
    Binary(BinaryOperator),
    List(ListOperator),
    Between { is_negated: bool },
}

pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;
pub(super) const EQUALITY: u8 = 3;
pub(super) const RELATION: u8 = 4;
pub(super) const SUM: u8 = 5;
pub(super) const PRODUCT: u8 = 6;
pub(super) const TEXT: u8 = 7;

/// An operator that compares texts.
const fn text(relation: TextRelation, is_case_sensitive: bool, is_negated: bool) -> Infix {
    Infix::Binary(BinaryOperator::Text(TextOperator {
        relation,
        is_case_sensitive,
        is_negated,
    }))
}

/// The operators between operands, with how tightly they bind.
const INFIXES: &[(&str, Infix, u8)] = {
    use BinaryOperator as B;
    use ListOperator as L;
    use TextRelation::{Contains, EndsWith, Has, HasPrefix, HasSuffix, Like, StartsWith};
    &[
        ("or", Infix::Or, OR),
        ("and", Infix::And, AND),
        ("==", Infix::Binary(B::Equal), EQUALITY),
        ("!=", Infix::Binary(B::NotEqual), EQUALITY),
        ("<>", Infix::Binary(B::NotEqual), EQUALITY),
        ("in", Infix::List(L::In), EQUALITY),
        ("!in", Infix::List(L::NotIn), EQUALITY),
        ("in~", Infix::List(L::InIgnoreCase), EQUALITY),
        ("!in~", Infix::List(L::NotInIgnoreCase), EQUALITY),
        ("has_any", Infix::List(L::HasAny), EQUALITY),
        ("has_all", Infix::List(L::HasAll), EQUALITY),
        ("between", Infix::Between { is_negated: false }, EQUALITY),
        ("!between", Infix::Between { is_negated: true }, EQUALITY),
        ("<", Infix::Binary(B::Less), RELATION),
        ("<=", Infix::Binary(B::LessOrEqual), RELATION),
        (">", Infix::Binary(B::Greater), RELATION),
        (">=", Infix::Binary(B::GreaterOrEqual), RELATION),
        ("+", Infix::Binary(B::Add), SUM),
        ("-", Infix::Binary(B::Subtract), SUM),
        ("*", Infix::Binary(B::Multiply), PRODUCT),
        ("/", Infix::Binary(B::Divide), PRODUCT),
        ("%", Infix::Binary(B::Modulo), PRODUCT),
        ("=~", Infix::Binary(B::EqualIgnoreCase), TEXT),
        ("!~", Infix::Binary(B::NotEqualIgnoreCase), TEXT),
        ("matches", Infix::Binary(B::MatchesRegex), TEXT),
        (":", text(Has, false, false), TEXT),
        ("has", text(Has, false, false), TEXT),
        ("!has", text(Has, false, true), TEXT),
        ("has_cs", text(Has, true, false), TEXT),
        ("!has_cs", text(Has, true, true), TEXT),
        ("hasprefix", text(HasPrefix, false, false), TEXT),
        ("!hasprefix", text(HasPrefix, false, true), TEXT),
        ("hasprefix_cs", text(HasPrefix, true, false), TEXT),
        ("!hasprefix_cs", text(HasPrefix, true, true), TEXT),
        ("hassuffix", text(HasSuffix, false, false), TEXT),
        ("!hassuffix", text(HasSuffix, false, true), TEXT),
        ("hassuffix_cs", text(HasSuffix, true, false), TEXT),
        ("!hassuffix_cs", text(HasSuffix, true, true), TEXT),
        ("contains", text(Contains, false, false), TEXT),
        ("!contains", text(Contains, false, true), TEXT),
        ("contains_cs", text(Contains, true, false), TEXT),
        ("!contains_cs", text(Contains, true, true), TEXT),
        ("containscs", text(Contains, true, false), TEXT),
        ("notcontains", text(Contains, false, true), TEXT),
        ("notcontainscs", text(Contains, true, true), TEXT),
        ("startswith", text(StartsWith, false, false), TEXT),
        ("!startswith", text(StartsWith, false, true), TEXT),
        ("startswith_cs", text(StartsWith, true, false), TEXT),
        ("!startswith_cs", text(StartsWith, true, true), TEXT),
        ("endswith", text(EndsWith, false, false), TEXT),
        ("!endswith", text(EndsWith, false, true), TEXT),
        ("endswith_cs", text(EndsWith, true, false), TEXT),
        ("!endswith_cs", text(EndsWith, true, true), TEXT),
        ("like", text(Like, false, false), TEXT),
        ("likecs", text(Like, true, false), TEXT),
        ("notlike", text(Like, false, true), TEXT),
        ("notlikecs", text(Like, true, true), TEXT),
    ]
};

/// A word or symbol of the language.
#[derive(Clone, Copy)]
pub(super) struct Word {
    text: &'static str,
    pub(super) traits: Traits,
    /// The place in [`INFIXES`] and one more; 0 for what stands between no operands.
    pub(super) infix: u8,
}

impl Word {
    /// What no list holds.
    const OTHER: Self = Self {
        text: "",
        traits: Traits::UNKNOWN,
        infix: 0,
    };
}

/// What is told apart of a text by one comparison of numbers: its length and its first seven bytes;
/// of a longer one the first three and the last four.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn tag(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let n = bytes.len();
    if n > LONGEST_EXACT {
        return (n as u64) << 56
            | byte(bytes, 0)
            | byte(bytes, 1) << 8
            | byte(bytes, 2) << 16
            | byte(bytes, n - 4) << 24
            | byte(bytes, n - 3) << 32
            | byte(bytes, n - 2) << 40
            | byte(bytes, n - 1) << 48;
    }
    (n as u64) << 56
        | byte(bytes, 0)
        | byte(bytes, 1) << 8
        | byte(bytes, 2) << 16
        | byte(bytes, 3) << 24
        | byte(bytes, 4) << 32
        | byte(bytes, 5) << 40
        | byte(bytes, 6) << 48
}

/// Most bytes of a text that its tag says all about.
pub(super) const LONGEST_EXACT: usize = 7;

#[cfg_attr(not(debug_assertions), inline(always))]
const fn byte(bytes: &[u8], at: usize) -> u64 {
    if at < bytes.len() {
        bytes[at] as u64
    } else {
        0
    }
}

const N_SLOTS: usize = 1024;
const MAX_WORDS: usize = 255;

/// Where the search for a tag begins.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn slot(tag: u64) -> usize {
    (tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize
}

/// All words, and for each slot the place of its word and one more.
struct Table {
    words: [Word; MAX_WORDS],
    slots: [u8; N_SLOTS],
    n_words: usize,
}

impl Table {
    /// The word's place; it is put there when it is new.
    const fn place(&mut self, text: &'static str) -> usize {
        let mut at = slot(tag(text));
        loop {
            let found = self.slots[at] as usize;
            if found == 0 {
                self.words[self.n_words] = Word {
                    text,
                    traits: Traits::NONE,
                    infix: 0,
                };
                self.n_words += 1;
                self.slots[at] = self.n_words as u8;
                return self.n_words - 1;
            }
            if is_same(self.words[found - 1].text, text) {
                return found - 1;
            }
            at = (at + 1) % N_SLOTS;
        }
    }

    const fn list(&mut self, list: &[&'static str], traits: Traits) {
        let mut at = 0;
        while at < list.len() {
            let place = self.place(list[at]);
            self.words[place].traits = self.words[place].traits.and(traits);
            at += 1;
        }
    }
}

const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

static TABLE: Table = {
    let mut table = Table {
        words: [Word::OTHER; MAX_WORDS],
        slots: [0; N_SLOTS],
        n_words: 0,
    };
    table.list(RESERVED, Traits::RESERVED);
    table.list(DECLARED_ONLY, Traits::DECLARED_ONLY);
    table.list(OPERATORS, Traits::OPERATOR);
    table.list(SOURCES, Traits::SOURCE);
    table.list(FORMS, Traits::FORM);
    table.list(KINDS, Traits::KIND);
    table.list(TRUTHS, Traits::TRUTH);
    table.list(TABLE_FUNCTIONS, Traits::TABLE_FUNCTION);
    table.list(BOUNDARIES, Traits::BOUNDARY);
    let mut at = 0;
    while at < INFIXES.len() {
        let place = table.place(INFIXES[at].0);
        at += 1;
        table.words[place].infix = at as u8;
    }
    table
};

/// What a word or symbol is; `tag` is that of the text, which is asked for when the tag is not all.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn of_tag<'t>(tag: u64, text: impl Fn() -> &'t str) -> Word {
    let mut at = slot(tag);
    loop {
        let place = TABLE.slots.get(at).copied().unwrap_or(0) as usize;
        let Some(word) = place.checked_sub(1).and_then(|at| TABLE.words.get(at)) else {
            return Word::OTHER;
        };
        let n_bytes = word.text.len();
        let is_exact = n_bytes <= LONGEST_EXACT;
        if n_bytes as u64 == tag >> 56
            && self::tag(word.text) == tag
            && (is_exact || word.text == text())
        {
            return *word;
        }
        at = (at + 1) % N_SLOTS;
    }
}

/// What a word or symbol is.
pub(super) fn of(text: &str) -> Word {
    of_tag(tag(text), || text)
}

/// The operator between operands that a token is, with how tightly it binds.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn infix_at(place: u8) -> Option<(Infix, u8)> {
    let found = INFIXES.get((place as usize).checked_sub(1)?)?;
    Some((found.1, found.2))
}

/// The operator between operands that a text is, with how tightly it binds.
pub(super) fn infix(text: &str) -> Option<(Infix, u8)> {
    infix_at(of(text).infix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_word_is_found_with_all_its_traits() {
        for (list, traits) in [
            (RESERVED, Traits::RESERVED),
            (DECLARED_ONLY, Traits::DECLARED_ONLY),
            (OPERATORS, Traits::OPERATOR),
            (BOUNDARIES, Traits::BOUNDARY),
        ] {
            assert!(list.iter().all(|text| of(text).traits.any(traits)));
        }
        for (text, _, strength) in INFIXES {
            assert_eq!(
                infix(text).map(|(_, found)| found),
                Some(*strength),
                "{text}"
            );
        }
        let union = of("union").traits;
        assert!(union.is_no_name() && union.any(Traits::OPERATOR) && union.any(Traits::SOURCE));
        for other in ["TimeGenerated", "", "projectaway", "Union", "project-xway"] {
            assert!(of(other).traits.any(Traits::UNKNOWN), "{other}");
        }
    }

    #[test]
    fn tags_tell_short_texts_apart() {
        assert_eq!(tag("by"), u64::from_le_bytes(*b"by\0\0\0\0\0\x02"));
        assert_ne!(tag("project-away"), tag("project-keep"));
    }
}
