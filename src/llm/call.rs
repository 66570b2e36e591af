//! A call to a language model: which rows of the log it is made of, and what is wrong with them.

use super::log::{Cells, Log};
use crate::text::documentation;

/// A row: which batch of its view, and which row of that.
pub type Place = (u32, u32);

/// What the rows of a call show of its being whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// Nothing is missing.
    #[default]
    Complete,
    /// Nothing in the rows shows whether something is missing.
    CannotTell,
    /// Something is missing.
    Incomplete,
}

impl Completeness {
    /// As columns and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CannotTell => "cannotTell",
            Self::Incomplete => "incomplete",
        }
    }
}

macro_rules! problems {
    ($($(#[doc = $about:literal])* $name:ident = $code:literal, $weight:ident, $words:literal;)*) => {
        /// What is wrong with a call, or cannot be told of it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Problem {
            $($(#[doc = $about])* $name,)*
        }

        impl Problem {
            /// Every problem.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code, in kebab case.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it says of the call's being whole.
            pub const fn weight(self) -> Completeness {
                match self {
                    $(Self::$name => Completeness::$weight,)*
                }
            }

            /// One sentence for people.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$name => documentation($words),)*
                }
            }
        }
    };
}

problems! {
    /// No row of number 0.
    HeaderMissing = "header-missing", Incomplete,
        "The row with the token counts (SequenceNumber 0) is missing.";
    /// A response and no request.
    RequestMissing = "request-missing", Incomplete,
        "There is no row with the request: prompts are not logged, or the row is missing.";
    /// Completion tokens and no response.
    ResponseMissing = "response-missing", Incomplete,
        "Tokens were completed but there is no row with the response: completions are not logged, or the row is missing.";
    /// A request and no response, and nothing says whether there was one.
    ResponseUnknown = "response-unknown", CannotTell,
        "There is no row with a response, and nothing in the rows shows whether there was one.";
    /// A header alone.
    MessagesUnknown = "messages-unknown", CannotTell,
        "There are no rows with messages: logging of messages is off, or the rows are missing.";
    /// A number between others is absent.
    PartMissing = "part-missing", Incomplete,
        "A SequenceNumber between the first and the last is missing.";
    /// No order of the request is whole JSON, or several are.
    RequestOrder = "request-order", CannotTell,
        "Parts of the request share a SequenceNumber and their order cannot be told; they are shown as they came.";
    /// As above, of the response.
    ResponseOrder = "response-order", CannotTell,
        "Parts of the response share a SequenceNumber and their order cannot be told; they are shown as they came.";
    /// The request is JSON that is not whole.
    RequestCut = "request-cut", Incomplete,
        "The request is not whole: its JSON begins or ends in the middle.";
    /// The response is JSON that is not whole.
    ResponseCut = "response-cut", Incomplete,
        "The response is not whole: its JSON begins or ends in the middle.";
    /// As long as the service logs at most.
    Truncated = "truncated", Incomplete,
        "A text ends where the service stops logging: 2 MB of a request or of a response.";
    /// A text that is not JSON shows no end.
    EndUnknown = "end-unknown", CannotTell,
        "A text is not JSON, so its rows do not show whether its end is there.";
    /// Parts with one number: none between them can be missed.
    BetweenUnknown = "between-unknown", CannotTell,
        "Parts share a SequenceNumber, so the rows do not show whether one between them is missing.";
    /// Equal rows that could be one row twice or two parts.
    RepeatedPart = "repeated-part", CannotTell,
        "Equal rows can be one row exported twice or a part that repeats.";
    /// Two exports cut the same text into different parts that do not agree.
    SourcesDiffer = "sources-differ", CannotTell,
        "Two sources hold different texts of this call; the more complete one is shown.";
    /// A text that is no JSON where JSON is usual.
    NotJson = "not-json", Complete,
        "A message is not JSON and is shown as text.";
    /// A character that did not survive a cut.
    DamagedCharacter = "damaged-character", CannotTell,
        "A character at a cut did not survive; U+FFFD stands in its place.";
    /// Rows without `CorrelationId`.
    IdMissing = "id-missing", CannotTell,
        "The row has no CorrelationId, so the other rows of its call cannot be found.";
    /// Two calls share an id.
    IdRepeated = "id-repeated", Complete,
        "Another call has the same CorrelationId; rows belong to the call that is nearest in time.";
    /// As above, at the same time.
    IdShared = "id-shared", CannotTell,
        "Calls with this CorrelationId lie at the same time: which message is whose cannot be told.";
    /// Prompt and completion do not add up.
    TokensDiffer = "tokens-differ", Complete,
        "Prompt and completion tokens do not add up to the total.";
    /// Counts that cannot be.
    TokensAbsurd = "tokens-absurd", Complete,
        "A token count is negative or above 10,000,000; it is left out of sums.";
    /// A header without counts.
    TokensMissing = "tokens-missing", Complete,
        "The row with the token counts has none.";
}

/// A set of problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Problems(u32);

impl Problems {
    /// Adds one.
    pub fn add(&mut self, problem: Problem) {
        self.0 |= 1 << problem as u32;
    }

    /// Adds one where it is so.
    pub fn add_if(&mut self, is_so: bool, problem: Problem) {
        if is_so {
            self.add(problem);
        }
    }

    /// Whether it holds one.
    pub const fn has(self, problem: Problem) -> bool {
        self.0 >> problem as u32 & 1 == 1
    }

    /// Those it holds, in the order of the catalogue.
    pub fn iter(self) -> impl Iterator<Item = Problem> {
        Problem::ALL
            .iter()
            .copied()
            .filter(move |&problem| self.has(problem))
    }

    /// What they say together of the call's being whole.
    pub fn completeness(self) -> Completeness {
        self.iter().map(Problem::weight).max().unwrap_or_default()
    }
}

/// The request or the response of a call.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The rows of its parts: in the order of the text where that is told, else as they came.
    pub parts: Vec<Place>,
    /// Whether the order is told.
    pub is_ordered: bool,
}

/// The counts of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens of the request.
    pub prompt: Option<i64>,
    /// Tokens of the response.
    pub completion: Option<i64>,
    /// Both, as logged.
    pub total: Option<i64>,
}

/// A call.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Ticks; of the header, else of the first row.
    pub time: Option<i64>,
    /// The row that says who it is: the header, else the first.
    pub first: Place,
    /// The row with the counts.
    pub header: Option<Place>,
    /// The counts that can be.
    pub tokens: Tokens,
    /// What was asked.
    pub request: Side,
    /// What was answered.
    pub response: Side,
    /// The gateway row with the same id, in the batches of the gateway log.
    pub gateway: Option<Place>,
    /// Rows, without duplicates.
    pub n_rows: u32,
    /// Rows that were there before.
    pub n_duplicates: u32,
    /// The first number that is missing.
    pub missing_number: Option<i32>,
    /// What is wrong.
    pub problems: Problems,
}

/// The calls of a log, and the rows that they are made of.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The calls by time, then in the order in which they came.
    pub calls: Vec<Call>,
    /// The rows of the language models.
    pub log: Log,
    /// The gateway rows.
    pub gateway: Log,
    /// Rows of the log.
    pub n_rows: u64,
    /// Ticks of the first and the last row of both tables; none where no row has a time.
    pub period: Option<(i64, i64)>,
    pub(super) requests: Cells,
    pub(super) responses: Cells,
}

impl Calls {
    /// The texts of a side, one behind the other the text that was cut.
    pub fn texts<'c>(&'c self, side: &'c Side, is_request: bool) -> impl Iterator<Item = &'c str> {
        let cells = if is_request {
            &self.requests
        } else {
            &self.responses
        };
        side.parts.iter().map(|&place| cells.text(place))
    }

    /// The text of the request, byte for byte; `None` where there is none or its order is not told.
    pub fn request(&self, call: &Call) -> Option<String> {
        self.joined(&call.request, true)
    }

    /// As [`Calls::request`], of the response.
    pub fn response(&self, call: &Call) -> Option<String> {
        self.joined(&call.response, false)
    }

    fn joined(&self, side: &Side, is_request: bool) -> Option<String> {
        (side.is_ordered && !side.parts.is_empty()).then(|| self.texts(side, is_request).collect())
    }
}
