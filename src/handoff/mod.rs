//! Ways out: what kqlens found, in the form in which it is taken elsewhere.
//!
//! Input: answers and queries. Output: text. Invariants: log text is hostile, so it is never a
//! formula for a spreadsheet and never markup; secrets leave only when the caller says so; the same
//! request gives the same bytes. Absent on purpose: any call to a service.

pub mod action_group;
pub mod adx_table;
pub mod answer;
pub mod arm;
pub mod back_test;
pub mod dashboard;
pub mod decode;
pub mod empty_answer;
pub mod ingestion;
pub mod json;
pub mod link;
pub mod log_alert;
pub mod metric_alert;
pub mod names;
pub mod query_pack;
pub mod question;
pub mod request;
pub mod rows;
pub mod saved_search;
pub mod setup;
pub mod workbook;

use std::ops::Deref;

use crate::kql::names::nearest;
use crate::text::cut;
use crate::value::Dynamic;

/// What makes an artefact of a request, an object of JSON.
pub type Maker = fn(&Dynamic) -> Result<Artefact, HandoffError>;

/// Every artefact, by its name in the public API.
pub const MAKERS: &[(&str, Maker)] = &[
    ("portalLink", link::portal),
    ("adxLink", link::adx),
    ("queryPack", query_pack::query_pack),
    ("savedSearch", saved_search::saved_search),
    ("workbook", workbook::workbook),
    ("dashboardPart", dashboard::dashboard_part),
    ("adxTable", adx_table::adx_table),
    ("logsIngestion", ingestion::logs_ingestion),
    ("appInsightsLogger", setup::logger::app_insights_logger),
    ("diagnostic", setup::diagnostic::diagnostic),
    (
        "diagnosticSetting",
        setup::diagnostic_setting::diagnostic_setting,
    ),
    (
        "tokenMetricPolicy",
        setup::token_metric::token_metric_policy,
    ),
    ("alertRule", log_alert::alert_rule),
    ("metricAlert", metric_alert::metric_alert),
    ("activityAlert", metric_alert::activity_alert),
    ("actionGroup", action_group::action_group),
    ("emptyAnswer", empty_answer::empty_answer),
];

/// Makes an artefact by its name.
pub fn make(name: &str, request: &Dynamic) -> Result<Artefact, HandoffError> {
    if let Some((_, maker)) = MAKERS.iter().find(|(known, _)| *known == name) {
        return maker(request);
    }
    let names = MAKERS.iter().map(|(known, _)| *known);
    let help = match nearest(name, names) {
        Some(near) => format!("the artefact nearest to it is `{near}`"),
        None => "one of the names of `handoff`".to_owned(),
    };
    let message = format!("there is no artefact `{}`", cut(name, 40));
    Err(HandoffError::new("artefact", "artefact", message, help))
}

/// A way on, as texts to copy or to save.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artefact {
    /// The texts, the one most wanted first.
    pub files: Vec<File>,
    /// What to know before it is used.
    pub notes: Vec<String>,
}

/// A text under the name that it would have as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is: `arm`, `bicep`, `json`, `kql`, `curl`, …
    pub format: &'static str,
    /// The name, with its ending.
    pub name: String,
    /// The text.
    pub text: String,
}

impl File {
    /// A text and what it is.
    pub fn new(format: &'static str, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            format,
            name: name.into(),
            text: text.into(),
        }
    }
}

impl Artefact {
    /// A template in both of its languages, as `NAME.json` and `NAME.bicep`.
    pub fn of_template(name: &str, template: &arm::Template) -> Self {
        Self {
            files: vec![
                File::new("bicep", format!("{name}.bicep"), template.bicep()),
                File::new("arm", format!("{name}.json"), template.arm()),
            ],
            notes: Vec::new(),
        }
    }

    /// The text of a format.
    pub fn text(&self, format: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.format == format)?;
        Some(&file.text)
    }
}

/// Why an artefact cannot be made, told at the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffError(Box<Fault>);

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which failure, as `resource-id`.
    pub code: &'static str,
    /// The field of the request.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// Most characters of the words of an error, before `…`.
const MOST_CHARS: usize = 89;

impl Deref for HandoffError {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl HandoffError {
    /// A failure at a field.
    pub fn new(
        code: &'static str,
        field: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::of(code, field.into(), &message.into(), &help.into())
    }

    /// One copy for texts of all kinds; what stands last in them, as names or lists, is cut.
    #[cold]
    #[inline(never)]
    fn of(code: &'static str, field: String, message: &str, help: &str) -> Self {
        Self(Box::new(Fault {
            code,
            field,
            message: cut(message, MOST_CHARS),
            help: cut(help, MOST_CHARS),
        }))
    }
}
