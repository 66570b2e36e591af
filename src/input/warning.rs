//! What a source says about how far its rows can be trusted: the declared list of codes.
//!
//! The triage turns some of them into *what cannot be concluded*.

/// A reason to read the rows of a source with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// Exactly as many rows as the portal or the query API returns at most.
    RowCap,
    /// The service says that the answer is not complete.
    PartialError,
    /// `ItemCount` above 1: one row stands for several requests.
    Sampled,
    /// Bodies as long as the gateway logs at most.
    CutBodies,
    /// Columns of clock times whose zone is a name or the browser's.
    AmbiguousClock,
    /// A column of dates that can be read in two ways; it stays text.
    TextDates,
    /// Rows of something other than API Management.
    NotApim,
    /// Values that did not fit their column's type; they are kept in `_Unfit`.
    UnfitValues,
    /// Rows with more or fewer fields than the header.
    RaggedRows,
    /// The source ends inside a record.
    CutFile,
    /// Bytes that are not UTF-8, read as Windows-1252.
    NotUtf8,
    /// More kinds of records than tables are made for.
    TooManyTables,
    /// The header was missing; columns have numbers.
    NoHeader,
    /// Two columns of the header have the same name.
    RepeatedHeader,
}

impl Warning {
    /// Every warning.
    pub const ALL: [Self; 14] = [
        Self::RowCap,
        Self::PartialError,
        Self::Sampled,
        Self::CutBodies,
        Self::AmbiguousClock,
        Self::TextDates,
        Self::NotApim,
        Self::UnfitValues,
        Self::RaggedRows,
        Self::CutFile,
        Self::NotUtf8,
        Self::TooManyTables,
        Self::NoHeader,
        Self::RepeatedHeader,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RowCap => "row-cap",
            Self::PartialError => "partial-error",
            Self::Sampled => "sampled",
            Self::CutBodies => "cut-bodies",
            Self::AmbiguousClock => "ambiguous-clock",
            Self::TextDates => "text-dates",
            Self::NotApim => "not-apim",
            Self::UnfitValues => "unfit-values",
            Self::RaggedRows => "ragged-rows",
            Self::CutFile => "cut-file",
            Self::NotUtf8 => "not-utf8",
            Self::TooManyTables => "too-many-tables",
            Self::NoHeader => "no-header",
            Self::RepeatedHeader => "repeated-header",
        }
    }

    /// One sentence, with how often and the first detail.
    pub fn message(self, n_times: u64, detail: &str) -> String {
        let sentence = match self {
            Self::RowCap => "The rows end exactly at a limit of the service, so more may exist",
            Self::PartialError => "The service returned only a part of the answer",
            Self::Sampled => {
                "The telemetry is sampled: rows stand for several items, see `ItemCount`"
            }
            Self::CutBodies => "Bodies are as long as the gateway logs at most, so they may be cut",
            Self::AmbiguousClock => "Times are of a local clock, kept as they stand",
            Self::TextDates => {
                "Dates can be read in two ways and stay text until `dateOrder` settles them"
            }
            Self::NotApim => "Records of something other than API Management",
            Self::UnfitValues => {
                "Values did not fit the type of their column and are kept in `_Unfit`"
            }
            Self::RaggedRows => "Rows have more or fewer fields than the header",
            Self::CutFile => "The source ends inside a record",
            Self::NotUtf8 => "Bytes that are not UTF-8 were read as Windows-1252",
            Self::TooManyTables => "Records of too many kinds went into one table",
            Self::NoHeader => "No header line, so columns are numbered",
            Self::RepeatedHeader => "The header names a column twice",
        };
        match (n_times, detail) {
            (0 | 1, "") => sentence.to_owned(),
            (0 | 1, detail) => format!("{sentence}: {detail}"),
            (n_times, "") => format!("{sentence} ({n_times} times)"),
            (n_times, detail) => format!("{sentence} ({n_times} times): {detail}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Warning;

    #[test]
    fn codes_are_unique_and_listed_in_order() {
        for pair in Warning::ALL.windows(2) {
            assert!(pair[0] < pair[1]);
        }
        let codes: std::collections::HashSet<&str> =
            Warning::ALL.iter().map(|warning| warning.code()).collect();
        assert_eq!(codes.len(), Warning::ALL.len());
    }
}
