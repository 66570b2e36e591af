//! What a log alert rule would have done with the rows that are loaded.
//!
//! Input: a [`LogRule`] and the tables. Output: [`Series`], the numbers that the rule would have seen,
//! and from them [`Series::firings`]: when it was raised and resolved, for any threshold. Two ways
//! lead to the numbers. A query that looks at each row by itself and keeps `TimeGenerated` runs once,
//! and its rows are put into windows; any other runs again for every evaluation, over the rows of its
//! windows. Invariants: evaluations lie on whole multiples of the frequency in UTC; a window ends with
//! the evaluation and does not hold that moment; rows count when they were generated. Absent on
//! purpose: the delay of ingestion, and the minute at which the service happens to evaluate.
//!
//! Sources of the rules: the reference of `scheduledQueryRules` (windows and periods), "Azure Monitor
//! alerts overview" (when an alert with a state is resolved).

use super::HandoffError;
use super::log_alert::{Aggregation, Condition, Dimension, LogRule};
use crate::diagnostic::Diagnostic;
use crate::engine::{Job, Relation, Step};
use crate::kql::parser;
use crate::kql::token::{self, TokenKind, written_name};
use crate::kql::tree::{Expr, Operator, Source, Statement};
use crate::kql::visit;
use crate::table::Tables;
use crate::text::cut;
use crate::value::{Type, Value, datetime, order};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Ticks of a minute.
const MINUTE: i64 = 600_000_000;
/// Most evaluations when the query runs once.
const MOST_EVALUATIONS: i64 = 50_000;
/// Most evaluations when it runs for each of them.
const MOST_RUNS: i64 = 3_000;
/// Most combinations of values that are watched.
const MOST_GROUPS: usize = 10_000;
const TIME: &str = "TimeGenerated";

/// Why a rule cannot be tested.
#[derive(Debug)]
pub enum BackTestError {
    /// The rule itself
    Rule(HandoffError),
    /// Its query
    Query(Box<Diagnostic>),
}

impl From<HandoffError> for BackTestError {
    fn from(error: HandoffError) -> Self {
        Self::Rule(error)
    }
}

impl From<Box<Diagnostic>> for BackTestError {
    fn from(error: Box<Diagnostic>) -> Self {
        Self::Query(error)
    }
}

/// What a rule saw of one combination of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The values of the dimensions.
    pub values: Vec<String>,
    /// The number of each window: of each evaluation those of its periods, the newest first.
    pub numbers: Vec<Option<f64>>,
}

/// What a rule saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// When it was evaluated, in ticks.
    pub evaluations: Vec<i64>,
    /// Windows of each evaluation.
    pub n_periods: usize,
    /// The combinations, in the order of their values; one without values where there is no dimension.
    pub groups: Vec<Group>,
    /// How often it is evaluated, in minutes.
    pub frequency_minutes: u32,
    /// Evaluations whose windows begin before the rows do.
    pub n_early: usize,
    /// Whether the query ran for each evaluation.
    pub is_rerun: bool,
}

/// An alert that was raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// The place of its group.
    pub group: usize,
    /// When it was raised, in ticks.
    pub fired: i64,
    /// When it was resolved; `None` when it was not, or has no state.
    pub resolved: Option<i64>,
    /// Evaluations that met the condition while it was raised.
    pub n_met: usize,
    /// The number of the newest window that was furthest from the threshold.
    pub peak: f64,
    /// Whether its actions rested.
    pub is_muted: bool,
}

/// How long a condition must not be met until an alert is resolved, in minutes.
pub const fn resolving_minutes(frequency_minutes: u32) -> u32 {
    match frequency_minutes {
        ..5 => 10,
        5..15 => 3 * frequency_minutes,
        15..660 => 2 * frequency_minutes,
        _ => frequency_minutes,
    }
}

impl Series {
    /// The alerts that a condition would have raised, in the order of their times. Of its periods no
    /// more count than the series has.
    pub fn firings(
        &self,
        condition: Condition,
        is_stateful: bool,
        mute_minutes: u32,
    ) -> Vec<Firing> {
        let mut firings = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            self.firings_of(
                at,
                group,
                condition,
                is_stateful,
                mute_minutes,
                &mut firings,
            );
        }
        order::sort_by_key(&mut firings, |firing| (firing.fired, firing.group));
        firings
    }

    fn firings_of(
        &self,
        at: usize,
        group: &Group,
        condition: Condition,
        is_stateful: bool,
        mute_minutes: u32,
        out: &mut Vec<Firing>,
    ) {
        let Condition {
            comparison,
            threshold,
            ..
        } = condition;
        let resolving = i64::from(resolving_minutes(self.frequency_minutes)) * MINUTE;
        let mut open: Option<Firing> = None;
        let mut unmet_since: Option<i64> = None;
        let mut quiet_until = i64::MIN;
        let windows = group.numbers.chunks(self.n_periods.max(1));
        for (&time, numbers) in self.evaluations.iter().zip(windows) {
            let numbers = numbers.iter().take(condition.n_periods as usize);
            let mut met = numbers
                .flatten()
                .filter(|&&number| comparison.is_met(number, threshold));
            let first_met = met.next().copied();
            let n_met = usize::from(first_met.is_some()) + met.count();
            if n_met >= condition.n_failing as usize
                && let Some(number) = first_met
            {
                unmet_since = None;
                if let Some(firing) = &mut open {
                    firing.n_met += 1;
                    if (number - threshold).abs() > (firing.peak - threshold).abs() {
                        firing.peak = number;
                    }
                    continue;
                }
                let is_muted = time < quiet_until;
                let firing = Firing {
                    group: at,
                    fired: time,
                    resolved: None,
                    n_met: 1,
                    peak: number,
                    is_muted,
                };
                if is_stateful {
                    open = Some(firing);
                } else {
                    if !is_muted {
                        quiet_until = time + i64::from(mute_minutes) * MINUTE;
                    }
                    out.push(firing);
                }
                continue;
            }
            let since = *unmet_since.get_or_insert(time);
            if time - since >= resolving
                && let Some(mut firing) = open.take()
            {
                firing.resolved = Some(time);
                out.push(firing);
            }
        }
        out.extend(open);
    }
}

/// A test on its way.
pub struct BackTest {
    rule: LogRule,
    tables: Rc<dyn Tables>,
    evaluations: Vec<i64>,
    from: i64,
    is_rerun: bool,
    state: State,
    /// Evaluations that are counted.
    n_done: usize,
    groups: BTreeMap<Vec<String>, Vec<Option<f64>>>,
}

enum State {
    /// One run over all rows.
    Once(Box<Job>),
    /// The rows of it, in slots.
    Slots(Slots),
    /// A run for each evaluation; the names of the tables that the query sees a part of.
    Each(Vec<String>, Option<Box<Job>>),
    Done,
}

impl BackTest {
    /// Begins a test over the time between two ticks, or over that of the tables that the query reads.
    pub fn start(
        rule: LogRule,
        tables: Rc<dyn Tables>,
        range: Option<(i64, i64)>,
    ) -> Result<Self, BackTestError> {
        super::names::query("query", &rule.query)?;
        rule.check_evaluation()?;
        let wrong = |field: &str, message: &str, help: &str| {
            BackTestError::Rule(HandoffError::new("back-test", field, message, help))
        };
        if rule.range_minutes.is_some() {
            let message = "how the service puts a longer range into windows is documented nowhere";
            return Err(wrong("rangeMinutes", message, "test the rule without it"));
        }
        let names = tables_of(&rule.query, tables.as_ref());
        if names.is_empty() {
            let message = "the query reads no table that is loaded and has TimeGenerated";
            return Err(wrong("query", message, "load the rows that it reads"));
        }
        let range = match range {
            Some(range) => Some(range),
            None => time_of(&names, &tables)?,
        };
        let (from, to) = range.ok_or_else(|| {
            let message = "no row of the tables that the query reads has a time";
            wrong("query", message, "load rows with TimeGenerated")
        })?;
        let is_once = looks_at_rows(&rule.query, tables.as_ref());
        let step = i64::from(rule.frequency_minutes) * MINUTE;
        let first = from.div_euclid(step) + 1;
        let last = to.div_euclid(step) + 1;
        let most = if is_once { MOST_EVALUATIONS } else { MOST_RUNS };
        if last - first + 1 > most {
            let n = last - first + 1;
            let message = format!("{n} evaluations are more than {most}");
            let help = "a lower frequency, or a shorter time";
            return Err(wrong("frequencyMinutes", &message, help));
        }
        let job = Job::start(&rule.query, Rc::clone(&tables), to)?;
        let state = if is_once {
            State::Once(Box::new(job))
        } else {
            State::Each(names, None)
        };
        Ok(Self {
            rule,
            tables,
            evaluations: (first..=last).map(|at| at * step).collect(),
            from,
            is_rerun: !is_once,
            state,
            n_done: 0,
            groups: BTreeMap::new(),
        })
    }

    /// Does a bounded piece of work; `true` when there is no more.
    pub fn step(&mut self) -> Result<bool, BackTestError> {
        match &mut self.state {
            State::Once(job) => {
                if let Step::Done = job.step()? {
                    let State::Once(job) = std::mem::replace(&mut self.state, State::Done) else {
                        return Ok(true);
                    };
                    let relation = job.into_result()?.relation;
                    self.state = State::Slots(Slots::of(&self.rule, &relation)?);
                }
            }
            State::Slots(slots) => {
                let Some(&end) = self.evaluations.get(self.n_done) else {
                    self.state = State::Done;
                    return Ok(true);
                };
                let rule = &self.rule;
                for (values, cells) in &slots.groups {
                    let numbers = ends(rule, end).map(|end| slots.number(rule, cells, end));
                    let numbers: Vec<Option<f64>> = numbers.collect();
                    let known = self.groups.entry(values.clone()).or_default();
                    known.extend(numbers);
                }
                self.n_done += 1;
            }
            State::Each(names, job) => {
                let Some(&end) = self.evaluations.get(self.n_done) else {
                    self.state = State::Done;
                    return Ok(true);
                };
                let Some(running) = job else {
                    let text = narrowed(&self.rule, names, end);
                    *job = Some(Box::new(Job::start(&text, Rc::clone(&self.tables), end)?));
                    return Ok(false);
                };
                if let Step::Done = running.step()?
                    && let Some(done) = job.take()
                {
                    let relation = done.into_result()?.relation;
                    self.take(&relation, end)?;
                    self.n_done += 1;
                }
            }
            State::Done => return Ok(true),
        }
        Ok(false)
    }

    /// Evaluations that are counted, and all of them.
    pub const fn progress(&self) -> (usize, usize) {
        (self.n_done, self.evaluations.len())
    }

    /// What the rule saw, when the test is done.
    pub fn series(&self) -> Series {
        let n_periods = self.rule.condition.n_periods as usize;
        let back = i64::from(self.rule.window_minutes * self.rule.condition.n_periods) * MINUTE;
        let n_all = self.evaluations.len() * n_periods;
        let groups = self.groups.iter().map(|(values, numbers)| {
            let mut numbers = numbers.clone();
            numbers.resize(n_all, None);
            Group {
                values: values.clone(),
                numbers,
            }
        });
        Series {
            evaluations: self.evaluations.clone(),
            n_periods,
            groups: groups.collect(),
            frequency_minutes: self.rule.frequency_minutes,
            n_early: self
                .evaluations
                .iter()
                .filter(|&&end| end - back < self.from)
                .count(),
            is_rerun: self.is_rerun,
        }
    }

    /// Runs to the end.
    pub fn run(mut self) -> Result<Series, BackTestError> {
        while !self.step()? {}
        Ok(self.series())
    }

    /// Takes the answer of the query at an evaluation.
    fn take(&mut self, relation: &Relation, end: i64) -> Result<(), BackTestError> {
        let rule = &self.rule;
        let columns = Columns::of(rule, relation)?;
        let n_periods = rule.condition.n_periods as usize;
        if columns.time.is_none() && n_periods > 1 {
            let message = "several periods need the answer's rows to have TimeGenerated";
            let help = "one period, or `by bin(TimeGenerated, …)` in the query";
            return Err(HandoffError::new("back-test", "periods", message, help).into());
        }
        let window = i64::from(rule.window_minutes) * MINUTE;
        let mut groups: BTreeMap<Vec<String>, Vec<Cell>> = BTreeMap::new();
        if rule.dimensions.is_empty() {
            groups.insert(Vec::new(), vec![Cell::default(); n_periods]);
        }
        columns.each(rule, relation, &mut |values, time, number| {
            // The only window holds every row, whatever its time.
            let period = match time {
                _ if n_periods == 1 => 0,
                Some(time) => (end - 1 - time).div_euclid(window),
                None => return,
            };
            let cells = groups
                .entry(values)
                .or_insert_with(|| vec![Cell::default(); n_periods]);
            if let Some(cell) = usize::try_from(period)
                .ok()
                .and_then(|at| cells.get_mut(at))
            {
                cell.add(number);
            }
        });
        let n_known = self.n_done * n_periods;
        for (values, cells) in groups {
            let known = self.groups.entry(values).or_default();
            known.resize(n_known, None);
            known.extend(cells.iter().map(|cell| cell.number(rule)));
        }
        bounded(self.groups.len())
    }
}

/// Refuses more combinations of values than are watched.
fn bounded(n_groups: usize) -> Result<(), BackTestError> {
    if n_groups <= MOST_GROUPS {
        return Ok(());
    }
    let message = format!("the dimensions have more than {MOST_GROUPS} combinations of values");
    let help = "fewer dimensions, or named values";
    Err(HandoffError::new("back-test", "dimensions", message, help).into())
}

/// The ends of the windows of an evaluation, the newest first.
fn ends(rule: &LogRule, end: i64) -> impl Iterator<Item = i64> {
    let window = i64::from(rule.window_minutes) * MINUTE;
    (0..i64::from(rule.condition.n_periods)).map(move |period| end - period * window)
}

/// The rows of one window of one group.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    n_rows: u64,
    n_numbers: u64,
    sum: f64,
    least: f64,
    most: f64,
}

impl Cell {
    /// Takes a row; a null has no number.
    fn add(&mut self, number: Option<f64>) {
        self.n_rows += 1;
        if let Some(number) = number {
            self.merge(&Self {
                n_rows: 0,
                n_numbers: 1,
                sum: number,
                least: number,
                most: number,
            });
        }
    }

    fn merge(&mut self, other: &Self) {
        if self.n_numbers == 0 {
            (self.least, self.most) = (other.least, other.most);
        } else if other.n_numbers > 0 {
            (self.least, self.most) = (self.least.min(other.least), self.most.max(other.most));
        }
        self.n_rows += other.n_rows;
        self.n_numbers += other.n_numbers;
        self.sum += other.sum;
    }

    /// The number that is compared. Nothing is no number but for a count that watches no dimension.
    fn number(&self, rule: &LogRule) -> Option<f64> {
        let is_counted = self.n_rows > 0 || rule.dimensions.is_empty();
        match rule.aggregation {
            Aggregation::Count => is_counted.then_some(self.n_rows as f64),
            _ if self.n_numbers == 0 => None,
            Aggregation::Total => Some(self.sum),
            Aggregation::Average => Some(self.sum / self.n_numbers as f64),
            Aggregation::Minimum => Some(self.least),
            Aggregation::Maximum => Some(self.most),
        }
    }
}

/// Rows in slots of time, of which every window is made of whole ones.
struct Slots {
    ticks: i64,
    groups: BTreeMap<Vec<String>, BTreeMap<i64, Cell>>,
}

impl Slots {
    fn of(rule: &LogRule, relation: &Relation) -> Result<Self, BackTestError> {
        let columns = Columns::of(rule, relation)?;
        let ticks = i64::from(common(rule.frequency_minutes, rule.window_minutes)) * MINUTE;
        let mut groups: FxHashMap<Vec<String>, BTreeMap<i64, Cell>> = FxHashMap::default();
        if rule.dimensions.is_empty() {
            groups.entry(Vec::new()).or_default();
        }
        columns.each(rule, relation, &mut |values, time, number| {
            if let Some(time) = time {
                let cells = groups.entry(values).or_default();
                cells.entry(time.div_euclid(ticks)).or_default().add(number);
            }
        });
        bounded(groups.len())?;
        Ok(Self {
            ticks,
            groups: groups.into_iter().collect(),
        })
    }

    fn number(&self, rule: &LogRule, cells: &BTreeMap<i64, Cell>, end: i64) -> Option<f64> {
        let window = i64::from(rule.window_minutes) * MINUTE;
        let slots = (end - window).div_euclid(self.ticks)..end.div_euclid(self.ticks);
        let mut all = Cell::default();
        for (_, cell) in cells.range(slots) {
            all.merge(cell);
        }
        all.number(rule)
    }
}

/// The greatest number of minutes of which both are multiples.
const fn common(mut a: u32, mut b: u32) -> u32 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Where the columns of a rule are in an answer.
struct Columns {
    time: Option<usize>,
    measure: Option<usize>,
    dimensions: Vec<usize>,
}

impl Columns {
    fn of(rule: &LogRule, relation: &Relation) -> Result<Self, BackTestError> {
        let find = |name: &str| relation.fields.iter().position(|field| field.name == name);
        let missing = |field: String, name: &str| {
            let message = format!("the answer has no column `{}`", cut(name, 40));
            HandoffError::new("back-test", field, message, "a column that the query gives")
        };
        let time = find(TIME).filter(|&at| {
            let field = relation.fields.get(at);
            field.is_some_and(|field| field.kind == Type::DateTime)
        });
        let measure = rule.measure.as_deref().map(|name| {
            let at = find(name).ok_or_else(|| missing("measure".to_owned(), name))?;
            let kind = relation.fields.get(at).map(|field| field.kind);
            let is_number = matches!(
                kind,
                Some(Type::Int | Type::Long | Type::Real | Type::Decimal)
            );
            if is_number {
                return Ok(at);
            }
            let message = format!("`{}` is no column of numbers", cut(name, 40));
            let help = "a column of type int, long, real or decimal";
            Err(HandoffError::new("back-test", "measure", message, help))
        });
        let dimension = |(at, dimension): (usize, &Dimension)| {
            let field = format!("dimensions[{at}].name");
            find(&dimension.name).ok_or_else(|| missing(field, &dimension.name))
        };
        let dimensions = rule.dimensions.iter().enumerate().map(dimension);
        Ok(Self {
            time,
            measure: measure.transpose()?,
            dimensions: dimensions.collect::<Result<_, _>>()?,
        })
    }

    /// Calls with the values, the time and the number of each row that is watched.
    fn each(
        &self,
        rule: &LogRule,
        relation: &Relation,
        see: &mut dyn FnMut(Vec<String>, Option<i64>, Option<f64>),
    ) {
        for batch in &relation.batches {
            for row in 0..batch.n_rows {
                let value = |column: usize| batch.value(column, row);
                let values = self.dimensions.iter().map(|&at| value(at).to_text());
                let values: Vec<String> = values.collect();
                let watched = rule.dimensions.iter().zip(&values);
                if !watched
                    .into_iter()
                    .all(|(dimension, value)| dimension.watches(value))
                {
                    continue;
                }
                let time = self.time.and_then(|at| match value(at) {
                    Value::DateTime(ticks) => Some(ticks),
                    _ => None,
                });
                let number = self.measure.and_then(|at| match value(at) {
                    decimal @ Value::Decimal(_) => decimal.to_text().parse().ok(),
                    number => number.as_real(),
                });
                see(values, time, number);
            }
        }
    }
}

/// The loaded tables with `TimeGenerated` that a query names.
fn tables_of(query: &str, tables: &dyn Tables) -> Vec<String> {
    let (tokens, _) = token::tokens(query);
    let said = |name: &str| {
        tokens.iter().any(|token| match token.kind {
            TokenKind::Word => token.span.of(query) == name,
            TokenKind::String => token::string_value(token.span.of(query)) == name,
            _ => false,
        })
    };
    let has_time = |name: &String| {
        let view = tables.find(name);
        view.is_some_and(|view| view.find(TIME).is_some())
    };
    let names = tables.names().into_iter();
    names.filter(|name| said(name)).filter(has_time).collect()
}

/// From the first to the last row of tables, in ticks.
fn time_of(
    names: &[String],
    tables: &Rc<dyn Tables>,
) -> Result<Option<(i64, i64)>, Box<Diagnostic>> {
    let rows = names.iter().map(|name| {
        format!(
            "({} | project {TIME} = todatetime({TIME}))",
            written_name(name)
        )
    });
    let text = format!(
        "union {}\n| summarize First = min({TIME}), Last = max({TIME})",
        rows.collect::<Vec<_>>().join(", ")
    );
    let relation = Job::start(&text, Rc::clone(tables), 0)?.run()?.relation;
    Ok(match (relation.value(0, 0), relation.value(0, 1)) {
        (Value::DateTime(first), Value::DateTime(last)) => Some((first, last)),
        _ => None,
    })
}

/// The query over the rows of the windows of an evaluation: the service narrows the tables so.
fn narrowed(rule: &LogRule, names: &[String], end: i64) -> String {
    let back = i64::from(rule.window_minutes * rule.condition.n_periods) * MINUTE;
    let mut text = String::new();
    for name in names {
        let (name, quoted) = (written_name(name), token::written_string(name));
        let (from, to) = (datetime::text(end - back), datetime::text(end));
        text.push_str(&format!(
            "let {name} = table({quoted}) | where {TIME} >= datetime({from}) and {TIME} < datetime({to});\n"
        ));
    }
    text + &rule.query
}

/// Whether a query decides about each row of one table by itself and leaves its time as it is: its
/// answer over a window is then a part of its answer over all rows.
fn looks_at_rows(query: &str, tables: &dyn Tables) -> bool {
    let parsed = parser::parse(query);
    let [Statement::Expression(expression)] = parsed.query.statements.as_slice() else {
        return false;
    };
    let (source, operators) = match expression {
        Expr::Name(name) => (name, [].as_slice()),
        Expr::Pipe(pipeline) => match pipeline.source.as_ref() {
            Source::Expr(Expr::Name(name)) => (name, pipeline.operators.as_slice()),
            _ => return false,
        },
        _ => return false,
    };
    let view = tables.find(&source.text);
    if view.is_none_or(|view| view.find(TIME).is_none()) {
        return false;
    }
    operators.iter().all(|operator| {
        let is_known = matches!(
            operator,
            Operator::Where { .. }
                | Operator::Extend { .. }
                | Operator::Project { .. }
                | Operator::ProjectAway { .. }
                | Operator::ProjectKeep { .. }
                | Operator::ProjectReorder { .. }
        );
        let mut is_plain = is_known;
        visit::operator_expressions(operator, &mut |value| is_plain &= is_of_row(value));
        is_plain
    })
}

/// Whether an expression is of one row alone, and gives no other time to it.
fn is_of_row(expression: &Expr) -> bool {
    let is_own = match expression {
        Expr::Call { function, .. } => !OF_MORE.contains(&function.text.as_str()),
        Expr::Assign { names, .. } => names.iter().all(|name| name.text != TIME),
        // A name in a list may be a table.
        Expr::InList { list, .. } => !list.iter().any(|item| matches!(item, Expr::Name(_))),
        Expr::Pipe(_) => false,
        _ => true,
    };
    let mut is_plain = is_own;
    visit::children(expression, &mut |part| is_plain &= is_of_row(part));
    is_plain
}

/// Functions that see more than their row, or the clock.
const OF_MORE: &[&str] = &[
    "ago",
    "materialize",
    "next",
    "now",
    "prev",
    "rand",
    "row_cumsum",
    "row_number",
    "row_rank_dense",
    "row_rank_min",
    "row_window_session",
    "table",
    "toscalar",
];
