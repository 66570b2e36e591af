//! Log search alert rules: `Microsoft.Insights/scheduledQueryRules`.
//!
//! Input: `{name, query, scope?, displayName?, description?, severity?, frequencyMinutes?,
//! windowMinutes?, rangeMinutes?, aggregation?, measure?, dimensions?, operator?, threshold?, periods?,
//! failingPeriods?, stateful?, muteMinutes?, actionGroups?}`, read as a [`LogRule`]. Output: its template in both languages. Invariants: frequencies, windows,
//! periods and names are those that the service takes. What the rule would have done is for
//! [`super::back_test`]. Absent on purpose: dynamic thresholds, which are learned from history.

use super::action_group;
use super::arm::{Parameter, Resource, Template, Value, parameter, texts};
use super::json::{Json, object};
use super::request::Request;
use super::{Artefact, HandoffError, names};
use crate::text::cut;
use crate::value::Dynamic;

/// How the rows of a window become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aggregation {
    /// The number of rows
    #[default]
    Count,
    /// The sum of a column
    Total,
    /// The mean of a column
    Average,
    /// The least of a column
    Minimum,
    /// The greatest of a column
    Maximum,
}

impl Aggregation {
    /// Every aggregation, the usual one first.
    pub const ALL: [Self; 5] = [
        Self::Count,
        Self::Total,
        Self::Average,
        Self::Minimum,
        Self::Maximum,
    ];

    /// As the service spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Total => "Total",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
        }
    }
}

/// How the number is compared with the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equals,
    /// `>`
    #[default]
    GreaterThan,
    /// `>=`
    GreaterThanOrEqual,
    /// `<`
    LessThan,
    /// `<=`
    LessThanOrEqual,
}

impl Comparison {
    /// Every comparison, the usual one first.
    pub const ALL: [Self; 5] = [
        Self::GreaterThan,
        Self::Equals,
        Self::GreaterThanOrEqual,
        Self::LessThan,
        Self::LessThanOrEqual,
    ];

    /// As the service spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equals => "Equals",
            Self::GreaterThan => "GreaterThan",
            Self::GreaterThanOrEqual => "GreaterThanOrEqual",
            Self::LessThan => "LessThan",
            Self::LessThanOrEqual => "LessThanOrEqual",
        }
    }

    /// Whether a value meets it.
    #[expect(clippy::float_cmp, reason = "the rule compares exactly")]
    pub fn is_met(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Equals => value == threshold,
            Self::GreaterThan => value > threshold,
            Self::GreaterThanOrEqual => value >= threshold,
            Self::LessThan => value < threshold,
            Self::LessThanOrEqual => value <= threshold,
        }
    }
}

/// A column whose values are watched each for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dimension {
    /// The column.
    pub name: String,
    /// Whether the values are left out instead of watched.
    pub is_excluded: bool,
    /// The values; `*` is all of them.
    pub values: Vec<String>,
}

impl Dimension {
    /// Whether a value is watched.
    pub fn watches(&self, value: &str) -> bool {
        let is_named = self.values.iter().any(|name| name == "*" || name == value);
        is_named != self.is_excluded
    }
}

/// When the numbers of the windows raise an alert.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// How a number is compared.
    pub comparison: Comparison,
    /// With what.
    pub threshold: f64,
    /// Windows that are looked at, from the newest back.
    pub n_periods: u32,
    /// How many of them must meet the threshold.
    pub n_failing: u32,
}

/// A log search alert rule.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRule {
    /// The name of the resource.
    pub name: String,
    /// What people read; the name where it is empty.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// 0 critical, 1 error, 2 warning, 3 informational, 4 verbose.
    pub severity: u32,
    /// The id of the workspace, the component or the service that is asked.
    pub scope: Option<String>,
    /// The query.
    pub query: String,
    /// How often it is evaluated.
    pub frequency_minutes: u32,
    /// How much time one number is made of.
    pub window_minutes: u32,
    /// The time the query sees, where it is not the windows alone.
    pub range_minutes: Option<u32>,
    /// How rows become a number.
    pub aggregation: Aggregation,
    /// The column of the number; none for a count.
    pub measure: Option<String>,
    /// Columns whose values are watched each for itself.
    pub dimensions: Vec<Dimension>,
    /// When it is raised.
    pub condition: Condition,
    /// Whether an alert that was raised stays until it is resolved.
    pub is_stateful: bool,
    /// How long actions rest after they were done; of rules without a state.
    pub mute_minutes: Option<u32>,
    /// The ids of the action groups.
    pub action_groups: Vec<String>,
}

impl Default for LogRule {
    fn default() -> Self {
        Self {
            name: String::new(),
            display_name: String::new(),
            description: String::new(),
            severity: 2,
            scope: None,
            query: String::new(),
            frequency_minutes: 5,
            window_minutes: 5,
            range_minutes: None,
            aggregation: Aggregation::Count,
            measure: None,
            dimensions: Vec::new(),
            condition: Condition {
                comparison: Comparison::GreaterThan,
                threshold: 0.0,
                n_periods: 1,
                n_failing: 1,
            },
            is_stateful: true,
            mute_minutes: None,
            action_groups: Vec::new(),
        }
    }
}

const FIELDS: &[&str] = &[
    "name",
    "displayName",
    "description",
    "severity",
    "scope",
    "query",
    "frequencyMinutes",
    "windowMinutes",
    "rangeMinutes",
    "aggregation",
    "measure",
    "dimensions",
    "operator",
    "threshold",
    "periods",
    "failingPeriods",
    "stateful",
    "muteMinutes",
    "actionGroups",
];

/// How often a rule may be evaluated, in minutes.
pub const FREQUENCIES: [u32; 14] = [1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 720, 1440];
/// The longest window, and the longest time that all windows of a rule reach back.
pub const MOST_MINUTES: u32 = 2880;
/// Most windows that a rule looks at.
pub const MOST_PERIODS: u32 = 6;
/// Most columns whose values are watched each for itself.
const MOST_DIMENSIONS: usize = 6;
/// The largest rule, as the service counts it.
const MOST_BYTES: usize = 64 * 1024;

impl LogRule {
    /// Reads a rule as a request has it.
    pub fn read(request: &Dynamic) -> Result<Self, HandoffError> {
        let request = Request::new(request, FIELDS)?;
        let base = Self::default();
        let known = |name: &str| {
            let number = request.integer(name)?.map(u32::try_from).transpose();
            number.map_err(|_| {
                request.wrong(name, "the number is out of range", "a small whole number")
            })
        };
        let whole = |name: &str, default: u32| Ok(known(name)?.unwrap_or(default));
        let text = |name: &str| Ok(request.text(name)?.unwrap_or_default().to_owned());
        let dimensions = request.list("dimensions", &["name", "operator", "values"])?;
        let dimension = |item: &Request<'_>| {
            let values = item.texts("values")?.into_iter().map(str::to_owned);
            let values: Vec<String> = values.collect();
            Ok(Dimension {
                name: item.required("name")?.to_owned(),
                is_excluded: item.choice("operator", &["Include", "Exclude"])? == "Exclude",
                values: if item.any("values").is_none() {
                    vec!["*".to_owned()]
                } else {
                    values
                },
            })
        };
        Ok(Self {
            name: text("name")?,
            display_name: text("displayName")?,
            description: text("description")?,
            severity: severity(&request)?,
            scope: request.text("scope")?.map(str::to_owned),
            query: request.required("query")?.to_owned(),
            frequency_minutes: whole("frequencyMinutes", base.frequency_minutes)?,
            window_minutes: whole("windowMinutes", base.window_minutes)?,
            range_minutes: known("rangeMinutes")?,
            aggregation: request.one_of("aggregation", &Aggregation::ALL, Aggregation::name)?,
            measure: request.text("measure")?.map(str::to_owned),
            dimensions: dimensions.iter().map(dimension).collect::<Result<_, _>>()?,
            condition: Condition {
                comparison: request.one_of("operator", &Comparison::ALL, Comparison::name)?,
                threshold: request
                    .number("threshold")?
                    .unwrap_or(base.condition.threshold),
                n_periods: whole("periods", base.condition.n_periods)?,
                n_failing: whole("failingPeriods", base.condition.n_failing)?,
            },
            is_stateful: request.flag("stateful", request.any("muteMinutes").is_none())?,
            mute_minutes: known("muteMinutes")?,
            action_groups: action_group::ids(&request)?,
        })
    }
}

/// Minutes as ISO 8601 writes them: `PT5M`, `PT2H`, `P1D`.
pub(super) fn duration(minutes: u32) -> String {
    match minutes {
        whole if whole.is_multiple_of(1440) && whole > 0 => format!("P{}D", whole / 1440),
        whole if whole.is_multiple_of(60) && whole > 0 => format!("PT{}H", whole / 60),
        _ => format!("PT{minutes}M"),
    }
}

fn wrong(field: &str, message: impl Into<String>, help: impl Into<String>) -> HandoffError {
    HandoffError::new("alert-rule", field, message, help)
}

impl LogRule {
    /// Checks all that does not need the data.
    pub fn check(&self) -> Result<(), HandoffError> {
        rule_name("name", &self.name)?;
        names::query("query", &self.query)?;
        self.check_evaluation()?;
        if let Some(scope) = &self.scope {
            let kinds = [names::WORKSPACE, names::COMPONENT, names::SERVICE];
            names::resource_id_of("scope", scope, &kinds)?;
        }
        if self.is_stateful && self.mute_minutes.is_some() {
            let message = "a rule with a state raises each alert once; there is nothing to mute";
            return Err(wrong(
                "muteMinutes",
                message,
                "leave it out, or set stateful to false",
            ));
        }
        Ok(())
    }

    /// Checks what decides when it is raised.
    pub fn check_evaluation(&self) -> Result<(), HandoffError> {
        let minutes = |field: &str, value: u32, most: u32| {
            let is_known = FREQUENCIES.contains(&value) || value == MOST_MINUTES;
            if is_known && value <= most {
                return Ok(());
            }
            let known = FREQUENCIES.iter().map(u32::to_string);
            let known = known.collect::<Vec<_>>().join(", ");
            let help = if most > 1440 {
                format!("{known} or {MOST_MINUTES}")
            } else {
                known
            };
            Err(wrong(
                field,
                format!("{value} minutes are not possible"),
                help,
            ))
        };
        minutes("frequencyMinutes", self.frequency_minutes, 1440)?;
        minutes("windowMinutes", self.window_minutes, MOST_MINUTES)?;
        if let Some(range) = self.range_minutes {
            minutes("rangeMinutes", range, MOST_MINUTES)?;
            if range < self.window_minutes {
                let message = "the query sees less time than a window has";
                return Err(wrong(
                    "rangeMinutes",
                    message,
                    "a range is as long as a window or longer",
                ));
            }
        }
        let Condition {
            n_periods,
            n_failing,
            threshold,
            ..
        } = self.condition;
        if !(1..=MOST_PERIODS).contains(&n_periods) {
            let message = format!("{n_periods} periods are not possible");
            return Err(wrong("periods", message, format!("1 to {MOST_PERIODS}")));
        }
        if !(1..=n_periods).contains(&n_failing) {
            let message = format!("{n_failing} of {n_periods} periods cannot fail");
            return Err(wrong(
                "failingPeriods",
                message,
                "1 to the number of periods",
            ));
        }
        if self.window_minutes * n_periods > MOST_MINUTES {
            let message = "the windows reach back more than two days";
            return Err(wrong(
                "periods",
                message,
                "fewer periods, or a shorter window",
            ));
        }
        if !threshold.is_finite() {
            return Err(wrong(
                "threshold",
                "the threshold is no number",
                "a number as 10 or 0.5",
            ));
        }
        match (self.aggregation, &self.measure) {
            (Aggregation::Count, Some(_)) => {
                let help = "leave measure out, or take Total, Average, Minimum or Maximum";
                return Err(wrong("measure", "a count has no column", help));
            }
            (Aggregation::Count, None) => {}
            (other, None) => {
                let message = format!("{} of which column is not said", other.name());
                return Err(wrong("measure", message, "the name of a column of numbers"));
            }
            (_, Some(column)) => names::title("measure", column, 260)?,
        }
        if self.dimensions.len() > MOST_DIMENSIONS {
            let message = format!("{} dimensions are too many", self.dimensions.len());
            return Err(wrong(
                "dimensions",
                message,
                format!("up to {MOST_DIMENSIONS}"),
            ));
        }
        for (at, dimension) in self.dimensions.iter().enumerate() {
            let field = format!("dimensions[{at}]");
            names::title(&format!("{field}.name"), &dimension.name, 260)?;
            if dimension.values.is_empty() {
                let message = "the dimension has no values";
                return Err(wrong(
                    &format!("{field}.values"),
                    message,
                    "`*` stands for all values",
                ));
            }
        }
        Ok(())
    }
}

/// The severity of a request.
pub(super) fn severity(request: &Request<'_>) -> Result<u32, HandoffError> {
    match request.integer("severity")? {
        None => Ok(LogRule::default().severity),
        Some(number @ 0..=4) => Ok(number as u32),
        Some(other) => {
            let message = format!("{other} is no severity");
            Err(request.wrong("severity", &message, "0 is critical, 4 is verbose"))
        }
    }
}

/// Checks the name of a rule.
pub(super) fn rule_name(field: &str, name: &str) -> Result<(), HandoffError> {
    if let Some(other) = name
        .chars()
        .find(|c| "#<>%&:?/{}*".contains(*c) || c.is_control())
    {
        let message = format!("the name has `{}`", other.escape_debug());
        return Err(wrong(field, message, "a name without #<>%&:?/{}*"));
    }
    names::title(field, name, 260)
}

/// A number as JSON has it: whole where it is.
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Json::Integer(value as i64)
    } else {
        Json::Real(value)
    }
}

/// A template of the rule of a request.
pub fn alert_rule(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let rule = LogRule::read(request)?;
    rule.check()?;
    let rule = &rule;
    let condition = rule.condition;
    let mut criterion = vec![
        ("query".to_owned(), Json::Text(rule.query.clone())),
        ("timeAggregation".to_owned(), rule.aggregation.name().into()),
    ];
    if let Some(measure) = &rule.measure {
        criterion.push(("metricMeasureColumn".to_owned(), measure.into()));
    }
    let dimension = |dimension: &Dimension| {
        object([
            ("name", Json::from(&dimension.name)),
            (
                "operator",
                if dimension.is_excluded {
                    "Exclude"
                } else {
                    "Include"
                }
                .into(),
            ),
            ("values", texts(&dimension.values)),
        ])
    };
    let dimensions = rule.dimensions.iter().map(dimension).collect();
    criterion.extend([
        ("dimensions".to_owned(), Json::List(dimensions)),
        ("operator".to_owned(), condition.comparison.name().into()),
        ("threshold".to_owned(), number(condition.threshold)),
        (
            "failingPeriods".to_owned(),
            object([
                (
                    "numberOfEvaluationPeriods",
                    Json::Integer(condition.n_periods.into()),
                ),
                (
                    "minFailingPeriodsToAlert",
                    Json::Integer(condition.n_failing.into()),
                ),
            ]),
        ),
    ]);
    let display_name = if rule.display_name.is_empty() {
        &rule.name
    } else {
        &rule.display_name
    };
    let mut properties = vec![
        ("displayName".to_owned(), Json::from(display_name)),
        ("severity".to_owned(), Json::Integer(rule.severity.into())),
        ("enabled".to_owned(), Json::Bool(true)),
        ("scopes".to_owned(), Json::List(vec![parameter("scopeId")])),
        (
            "evaluationFrequency".to_owned(),
            duration(rule.frequency_minutes).into(),
        ),
        (
            "windowSize".to_owned(),
            duration(rule.window_minutes).into(),
        ),
    ];
    if !rule.description.is_empty() {
        properties.insert(1, ("description".to_owned(), Json::from(&rule.description)));
    }
    if let Some(range) = rule.range_minutes {
        properties.push(("overrideQueryTimeRange".to_owned(), duration(range).into()));
    }
    properties.extend([
        (
            "criteria".to_owned(),
            object([("allOf", Json::List(vec![Json::Object(criterion)]))]),
        ),
        ("autoMitigate".to_owned(), Json::Bool(rule.is_stateful)),
    ]);
    if let Some(mute) = rule.mute_minutes {
        properties.push(("muteActionsDuration".to_owned(), duration(mute).into()));
    }
    properties.push((
        "actions".to_owned(),
        object([("actionGroups", parameter("actionGroupIds"))]),
    ));
    let template = Template {
        parameters: vec![
            Parameter::location(),
            Parameter::string(
                "scopeId",
                "The id of the workspace, the component or the service whose logs are watched.",
            )
            .or_known(rule.scope.as_deref()),
            Parameter {
                kind: "array",
                ..Parameter::string("actionGroupIds", "The ids of the action groups.")
                    .or(texts(&rule.action_groups))
            },
        ],
        resources: vec![Resource::new(
            "rule",
            "Microsoft.Insights/scheduledQueryRules",
            "2023-12-01",
            rule.name.as_str(),
            [
                ("location", parameter("location")),
                ("kind", "LogAlert".into()),
                ("properties", Json::Object(properties)),
            ],
        )],
        ..Template::default()
    };
    let mut artefact = Artefact::of_template("alert-rule", &template);
    if let Some(arm) = artefact.text("arm")
        && arm.len() > MOST_BYTES
    {
        let message = format!("the rule has {} bytes", arm.len());
        return Err(wrong("query", message, "a rule has 65,536 bytes at most"));
    }
    artefact
        .notes
        .extend(action_group::note(&rule.action_groups));
    if rule.scope.is_none() {
        let what = cut(&rule.name, 40);
        artefact
            .notes
            .push(format!("`scopeId` is asked for when `{what}` is deployed."));
    }
    Ok(artefact)
}
