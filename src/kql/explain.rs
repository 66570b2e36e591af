//! A query in plain sentences, one a stage.
//!
//! Input: a tree and its analysis. Output: [`Step`]s in the order in which the rows go: what each
//! operator does, where it stands, which columns it adds and drops. Invariants: the same query gives
//! the same sentences; a sentence names columns and values as the query writes them. Absent on
//! purpose: row counts (the caller has those of its last run), and why somebody wrote it so.

use super::analysis::{Analysis, Columns};
use super::check::subject::value_of;
use super::tree::{
    BinaryOperator, ExpandItem, Expr, LetValue, ListOperator, Name, Operator, Ordered, ParseStep,
    Pipeline, Query, Source, Statement, TextRelation, UnaryOperator, property,
};
use crate::text::{Span, cut};

/// Most characters of an expression that is quoted as written.
const MAX_QUOTED: usize = 80;

/// What one stage does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stage in the text.
    pub span: Span,
    /// How deep it stands in other stages: 0 for the query itself.
    pub depth: usize,
    /// The sentence.
    pub text: String,
    /// Columns that are there behind it and were not before.
    pub added: Vec<String>,
    /// Columns that were there before it and are not behind it.
    pub dropped: Vec<String>,
    /// How many columns there are behind it, where that is known.
    pub n_columns: Option<usize>,
}

/// Explains a query.
pub fn explain(text: &str, query: &Query, analysis: &Analysis) -> Vec<Step> {
    let mut explainer = Explainer {
        text,
        analysis,
        steps: Vec::new(),
    };
    for statement in &query.statements {
        explainer.statement(statement, 0);
    }
    explainer.steps
}

struct Explainer<'e> {
    text: &'e str,
    analysis: &'e Analysis,
    steps: Vec<Step>,
}

impl Explainer<'_> {
    fn say(&mut self, span: Span, depth: usize, text: impl Into<String>) {
        let stage = self.analysis.stage(span);
        let names = |of: &Columns, without: &Columns| -> Vec<String> {
            let fields = of.without(without).into_iter();
            fields.map(|field| field.name.clone()).collect()
        };
        // A source has no columns before it: those it brings are no news.
        let is_source = stage.is_none_or(|stage| stage.input.fields.is_empty());
        let (added, dropped) = match stage {
            Some(stage) if !is_source => (
                names(&stage.output, &stage.input),
                names(&stage.input, &stage.output),
            ),
            _ => (Vec::new(), Vec::new()),
        };
        self.steps.push(Step {
            span,
            depth,
            text: text.into(),
            added,
            dropped,
            n_columns: stage
                .filter(|stage| !stage.output.is_open)
                .map(|stage| stage.output.fields.len()),
        });
    }

    fn statement(&mut self, statement: &Statement, depth: usize) {
        match statement {
            Statement::Let { name, value, span } => match value {
                LetValue::Expr(value) => {
                    let is_table = matches!(value, Expr::Pipe(_) | Expr::Datatable { .. })
                        || matches!(value, Expr::Call { function, .. } if function.text == "materialize");
                    if is_table {
                        self.say(
                            name.span,
                            depth,
                            format!("Calls `{}` the rows that follow.", name.text),
                        );
                        self.table(value, depth + 1);
                    } else {
                        let value = self.quoted(value);
                        self.say(
                            *span,
                            depth,
                            format!("Calls `{}` the value {value}.", name.text),
                        );
                    }
                }
                LetValue::Function(function) => {
                    let parameters: Vec<String> = function
                        .parameters
                        .iter()
                        .map(|parameter| format!("`{}`", parameter.name.text))
                        .collect();
                    let of = if parameters.is_empty() {
                        String::new()
                    } else {
                        format!(" of {}", listed(&parameters))
                    };
                    self.say(
                        name.span,
                        depth,
                        format!("Makes a function `{}`{of}.", name.text),
                    );
                    for statement in &function.body {
                        self.statement(statement, depth + 1);
                    }
                }
            },
            Statement::Set { name, span, .. } => {
                self.say(*span, depth, format!("Sets the option `{}`.", name.text));
            }
            Statement::DeclareParameters { span, .. } => {
                self.say(*span, depth, "Declares values that the caller gives.");
            }
            Statement::Other { keyword, span } => {
                self.say(
                    *span,
                    depth,
                    format!("Declares a `{keyword}` of the cluster."),
                );
            }
            Statement::Expression(expression) => self.table(expression, depth),
        }
    }

    fn table(&mut self, expression: &Expr, depth: usize) {
        match expression {
            Expr::Paren(inner, _) => self.table(inner, depth),
            Expr::Pipe(pipeline) => self.pipeline(pipeline, depth),
            Expr::Call {
                function,
                arguments,
                ..
            } if function.text == "materialize" => {
                for argument in arguments {
                    self.table(argument, depth);
                }
            }
            other => {
                let sentence = self.source(other);
                self.say(other.span(), depth, sentence);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, depth: usize) {
        match pipeline.source.as_ref() {
            Source::Expr(source) => self.table(source, depth),
            Source::Operator(operator) => self.operator(operator, depth),
        }
        for operator in &pipeline.operators {
            self.operator(operator, depth);
        }
    }

    fn source(&self, expression: &Expr) -> String {
        match expression {
            Expr::Name(name) => format!("Takes the rows of `{}`.", cut(&name.text, 60)),
            Expr::Datatable {
                columns, values, ..
            } => {
                let n_rows = values.len().checked_div(columns.len()).unwrap_or(0);
                format!("Takes {n_rows} rows that the query holds itself.")
            }
            Expr::ExternalData { .. } => "Takes rows of a file outside.".to_owned(),
            other => format!("Takes the rows of {}.", self.quoted(other)),
        }
    }

    fn operator(&mut self, operator: &Operator, depth: usize) {
        let sentence = self.sentence(operator);
        self.say(operator.span(), depth, sentence);
        match operator {
            Operator::Join { right, .. } | Operator::Lookup { right, .. }
                if !matches!(right.as_ref(), Expr::Name(_)) =>
            {
                self.table(right, depth + 1);
            }
            Operator::Union { tables, .. } | Operator::Find { tables, .. } => {
                for table in tables {
                    if !matches!(table, Expr::Name(_)) {
                        self.table(table, depth + 1);
                    }
                }
            }
            Operator::MvApply { on: body, .. } | Operator::Partition { body, .. } => {
                for operator in body {
                    self.operator(operator, depth + 1);
                }
            }
            Operator::Fork { branches, .. } => {
                for operator in branches.iter().flat_map(|(_, operators)| operators) {
                    self.operator(operator, depth + 1);
                }
            }
            Operator::Facet {
                with: Some(body), ..
            } => {
                for operator in body {
                    self.operator(operator, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn sentence(&self, operator: &Operator) -> String {
        match operator {
            Operator::Where { predicate, .. } => {
                format!("Keeps rows where {}.", self.phrase(predicate))
            }
            Operator::Extend { columns, .. } => format!("Adds {}.", self.assigned(columns)),
            Operator::Serialize { columns, .. } if columns.is_empty() => {
                "Fixes the order of the rows.".to_owned()
            }
            Operator::Serialize { columns, .. } => {
                format!(
                    "Fixes the order of the rows and adds {}.",
                    self.assigned(columns)
                )
            }
            Operator::Project { columns, .. } => format!("Keeps only {}.", self.assigned(columns)),
            Operator::Print { columns, .. } => {
                format!("Makes one row of {}.", self.assigned(columns))
            }
            Operator::ProjectAway { columns, .. } => {
                let names = ticked(columns.iter().map(|one| &one.name));
                format!("Drops {}.", columns_named(&names))
            }
            Operator::ProjectKeep { columns, .. } => {
                let names = ticked(columns.iter().map(|one| &one.name));
                format!("Keeps only {}.", columns_named(&names))
            }
            Operator::ProjectByNames { columns, .. } => {
                format!(
                    "Keeps only the columns named by {}.",
                    self.all_quoted(columns)
                )
            }
            Operator::ProjectRename { columns, .. } => {
                let renamed: Vec<String> = columns.iter().map(|one| self.renamed(one)).collect();
                format!("Renames {}.", listed(&renamed))
            }
            Operator::ProjectReorder { columns, .. } => {
                let names = ticked(columns.iter().map(|(one, _)| &one.name));
                format!("Puts {} first.", columns_named(&names))
            }
            Operator::Summarize { aggregates, by, .. } => self.summarize(aggregates, by),
            Operator::Count { .. } => "Counts the rows.".to_owned(),
            Operator::Distinct { columns, .. } => {
                if matches!(columns.as_slice(), [Expr::Star(_)]) {
                    "Keeps each different row once.".to_owned()
                } else {
                    format!(
                        "Keeps each different combination of {} once.",
                        self.all_quoted(columns)
                    )
                }
            }
            Operator::Take { count, .. } => format!("Takes any {} rows.", self.bare(count)),
            Operator::Sample { count, .. } => format!("Takes {} rows at random.", self.bare(count)),
            Operator::SampleDistinct { count, of, .. } => {
                format!(
                    "Takes {} different values of {}.",
                    self.bare(count),
                    self.quoted(of)
                )
            }
            Operator::Sort { by, .. } => format!("Sorts by {}.", self.order(by)),
            Operator::Top { count, by, .. } => {
                format!(
                    "Keeps the first {} rows by {}.",
                    self.bare(count),
                    self.order(by)
                )
            }
            Operator::TopHitters { count, of, by, .. } => {
                let weight = by.as_ref().map_or("how often they occur".to_owned(), |by| {
                    format!("the sum of {}", self.quoted(by))
                });
                format!(
                    "Keeps the first {} values of {} by {weight}.",
                    self.bare(count),
                    self.quoted(of)
                )
            }
            Operator::TopNested { clauses, .. } => {
                let levels: Vec<String> = clauses
                    .iter()
                    .map(|clause| {
                        let count = clause
                            .count
                            .as_ref()
                            .map_or("all".to_owned(), |count| self.bare(count));
                        format!(
                            "{count} of {} by {}",
                            self.quoted(&clause.of),
                            self.quoted(&clause.by.value)
                        )
                    })
                    .collect();
                format!(
                    "Keeps the first values level by level: {}.",
                    levels.join(", then ")
                )
            }
            Operator::Join {
                properties,
                right,
                on,
                ..
            } => {
                let kind = property(properties, "kind").map(|kind| self.bare(kind));
                self.join(kind.as_deref().unwrap_or("innerunique"), right, on)
            }
            Operator::Lookup {
                properties,
                right,
                on,
                ..
            } => {
                let kind = property(properties, "kind").map(|kind| self.bare(kind));
                let keeps = match kind.as_deref() {
                    Some("inner") => "rows without a match are dropped",
                    _ => "rows without a match stay",
                };
                format!(
                    "Looks up columns of {} by {}; {keeps}.",
                    side(right),
                    self.keys(on)
                )
            }
            Operator::Union { tables, .. } => {
                let sides: Vec<String> = tables.iter().map(side).collect();
                format!("Puts the rows of {} together.", listed(&sides))
            }
            Operator::MvExpand { items, .. } => {
                format!("Makes a row of each element of {}.", self.items(items))
            }
            Operator::MvApply { items, .. } => {
                format!(
                    "For each row, takes the elements of {} as rows and:",
                    self.items(items)
                )
            }
            Operator::Parse {
                is_where,
                value,
                pattern,
                ..
            } => {
                let made: Vec<String> = pattern
                    .iter()
                    .filter_map(|step| match step {
                        ParseStep::Column { name, .. } => Some(format!("`{}`", name.text)),
                        _ => None,
                    })
                    .collect();
                let tail = if *is_where {
                    "; rows that do not fit are dropped"
                } else {
                    ""
                };
                format!(
                    "Cuts {} out of {}{tail}.",
                    listed(&made),
                    self.quoted(value)
                )
            }
            Operator::ParseKv { value, columns, .. } => {
                let made = ticked(columns.iter().map(|one| &one.name));
                format!(
                    "Reads {} from the pairs in {}.",
                    listed(&made),
                    self.quoted(value)
                )
            }
            Operator::MakeSeries {
                aggregates,
                axis,
                step,
                by,
                ..
            } => {
                let values: Vec<&Expr> = aggregates.iter().map(|one| &one.value).collect();
                let values: Vec<String> =
                    values.into_iter().map(|one| self.aggregate(one)).collect();
                let every = step
                    .as_ref()
                    .map_or(String::new(), |step| format!(" every {}", self.bare(step)));
                let per = if by.is_empty() {
                    String::new()
                } else {
                    format!(" for each {}", self.all_quoted(by))
                };
                format!(
                    "Makes a series of {} over {}{every}{per}.",
                    listed(&values),
                    self.quoted(axis)
                )
            }
            Operator::Range {
                column,
                from,
                to,
                step,
                ..
            } => format!(
                "Makes rows with `{}` from {} to {} in steps of {}.",
                column.text,
                self.bare(from),
                self.bare(to),
                self.bare(step)
            ),
            Operator::Render { chart, .. } => format!("Shows the answer as a {}.", chart.text),
            Operator::Evaluate {
                plugin, arguments, ..
            } => {
                format!(
                    "Runs the plugin `{}` with {}.",
                    plugin.text,
                    self.all_quoted(arguments)
                )
            }
            Operator::Invoke { function, .. } => {
                format!("Gives the rows to the function `{}`.", function.text)
            }
            Operator::As { name, .. } => format!("Calls the rows so far `{}`.", name.text),
            Operator::GetSchema { .. } => "Lists the columns and their types.".to_owned(),
            Operator::Consume { .. } => "Reads all rows and gives none.".to_owned(),
            Operator::Search { predicate, .. } => {
                format!("Keeps rows with {} in any column.", self.quoted(predicate))
            }
            Operator::Find { predicate, .. } => {
                format!(
                    "Finds rows where {} in several tables.",
                    self.phrase(predicate)
                )
            }
            Operator::Fork { .. } => "Gives the rows to several branches:".to_owned(),
            Operator::Facet { columns, .. } => {
                format!(
                    "Counts the values of {}, a table for each.",
                    self.all_quoted(columns)
                )
            }
            Operator::Partition { column, .. } => {
                format!("For each value of {}, alone:", self.quoted(column))
            }
            Operator::Scan { steps, .. } => {
                let names = ticked(steps.iter().map(|step| &step.name));
                format!(
                    "Follows the rows in order through the steps {}.",
                    listed(&names)
                )
            }
            Operator::Reduce { by, .. } => {
                format!("Groups texts of {} that look alike.", self.quoted(by))
            }
            Operator::MacroExpand { .. } => "Runs a query over several databases.".to_owned(),
            other => format!("Runs {}.", self.quoted_span(other.span())),
        }
    }

    fn summarize(&self, aggregates: &[Expr], by: &[Expr]) -> String {
        let values: Vec<String> = aggregates.iter().map(|one| self.aggregate(one)).collect();
        let groups: Vec<String> = by.iter().map(|one| self.group(one)).collect();
        match (values.is_empty(), groups.is_empty()) {
            (true, _) => format!(
                "Keeps each different combination of {} once.",
                listed(&groups)
            ),
            (false, true) => format!("Computes {} over all rows.", listed(&values)),
            (false, false) => format!(
                "For each {}, computes {}.",
                listed(&groups),
                listed(&values)
            ),
        }
    }

    /// A key of a group, with time bins in words.
    fn group(&self, key: &Expr) -> String {
        let value = value_of(key);
        if let Expr::Call {
            function,
            arguments,
            ..
        } = value
            && function.text == "bin"
            && let [of, size] = arguments.as_slice()
        {
            return format!("{} in steps of {}", self.quoted(of), self.bare(size));
        }
        self.quoted(value)
    }

    /// An aggregate in words, with its name.
    fn aggregate(&self, expression: &Expr) -> String {
        let value = value_of(expression);
        let words = match value {
            Expr::Call {
                function,
                arguments,
                ..
            } => self.aggregate_words(&function.text, arguments),
            _ => None,
        };
        let words = words.unwrap_or_else(|| self.quoted(value));
        match expression {
            Expr::Assign { names, .. } => {
                let names = ticked(names.iter());
                format!("{} ({words})", listed(&names))
            }
            _ => words,
        }
    }

    fn aggregate_words(&self, function: &str, arguments: &[Expr]) -> Option<String> {
        let of = |at: usize| arguments.get(at).map(|argument| self.quoted(argument));
        Some(match (function, arguments.len()) {
            ("count", 0) => "the number of rows".to_owned(),
            ("countif", 1) => format!(
                "the number of rows where {}",
                self.phrase(arguments.first()?)
            ),
            ("dcount" | "count_distinct", _) => format!("the number of different {}", of(0)?),
            ("sum", 1) => format!("the sum of {}", of(0)?),
            ("avg", 1) => format!("the average of {}", of(0)?),
            ("min", 1) => format!("the smallest {}", of(0)?),
            ("max", 1) => format!("the largest {}", of(0)?),
            ("percentile", 2) => {
                format!(
                    "the {}th percentile of {}",
                    self.bare(arguments.get(1)?),
                    of(0)?
                )
            }
            ("make_list", _) => format!("the list of {}", of(0)?),
            ("make_set", _) => format!("the different values of {}", of(0)?),
            ("take_any" | "any", 1) => format!("any {}", of(0)?),
            ("arg_max", _) => format!("the row with the largest {}", of(0)?),
            ("arg_min", _) => format!("the row with the smallest {}", of(0)?),
            _ => return None,
        })
    }

    fn join(&self, kind: &str, right: &Expr, on: &[Expr]) -> String {
        let keeps = match kind {
            "inner" => "keeps every pair of rows that match",
            "leftouter" => "keeps every left row, with what matches on the right",
            "rightouter" => "keeps every right row, with what matches on the left",
            "fullouter" => "keeps every row of both sides, paired where they match",
            "leftsemi" => "keeps left rows that have a match",
            "rightsemi" => "keeps right rows that have a match",
            "leftanti" | "anti" | "leftantisemi" => "keeps left rows that have no match",
            "rightanti" | "rightantisemi" => "keeps right rows that have no match",
            _ => "keeps one left row for each key, with every match on the right",
        };
        format!("Joins with {} by {}: {keeps}.", side(right), self.keys(on))
    }

    fn keys(&self, on: &[Expr]) -> String {
        self.all_quoted(on)
    }

    fn items(&self, items: &[ExpandItem]) -> String {
        let items: Vec<String> = items
            .iter()
            .map(|item| self.quoted(value_of(&item.value)))
            .collect();
        listed(&items)
    }

    fn order(&self, by: &[Ordered]) -> String {
        let keys: Vec<String> = by
            .iter()
            .map(|key| {
                let direction = match key.ascending {
                    Some(true) => "smallest first",
                    _ => "largest first",
                };
                format!("{}, {direction}", self.quoted(&key.value))
            })
            .collect();
        keys.join("; then ")
    }

    /// Columns of `extend` and `project`: names, with what is computed.
    fn assigned(&self, columns: &[Expr]) -> String {
        let columns: Vec<String> = columns
            .iter()
            .map(|column| match column {
                Expr::Assign { names, value, .. } => {
                    let names = ticked(names.iter());
                    match value.as_ref() {
                        Expr::Name(from) => format!("{} (was `{}`)", listed(&names), from.text),
                        value => format!("{} = {}", listed(&names), self.quoted(value)),
                    }
                }
                other => self.quoted(other),
            })
            .collect();
        listed(&columns)
    }

    fn renamed(&self, column: &Expr) -> String {
        match column {
            Expr::Assign { names, value, .. } => {
                let name = names.first().map_or("", |name| name.text.as_str());
                format!("{} to `{name}`", self.quoted(value))
            }
            other => self.quoted(other),
        }
    }

    /// A condition in words.
    fn phrase(&self, expression: &Expr) -> String {
        match expression {
            Expr::Paren(inner, _) => match inner.as_ref() {
                Expr::Logical { .. } => format!("({})", self.phrase(inner)),
                _ => self.phrase(inner),
            },
            Expr::Logical {
                is_and, operands, ..
            } => {
                let parts: Vec<String> = operands
                    .iter()
                    .map(|operand| self.phrase(operand))
                    .collect();
                parts.join(if *is_and { " and " } else { " or " })
            }
            Expr::Binary {
                operator,
                left,
                right,
                ..
            } => self.compared(*operator, left, right),
            Expr::InList {
                operator,
                left,
                list,
                ..
            } => {
                let words = match operator {
                    ListOperator::In => "is one of",
                    ListOperator::NotIn => "is none of",
                    ListOperator::InIgnoreCase => "is, in any case, one of",
                    ListOperator::NotInIgnoreCase => "is, in any case, none of",
                    ListOperator::HasAny => "has any of the words",
                    ListOperator::HasAll => "has all of the words",
                };
                let values: Vec<String> = list.iter().map(|value| self.bare(value)).collect();
                format!(
                    "{} {words} {}",
                    self.quoted(left),
                    cut(&values.join(", "), MAX_QUOTED)
                )
            }
            Expr::Between {
                is_negated,
                left,
                low,
                high,
                ..
            } => {
                let not = if *is_negated { "not " } else { "" };
                format!(
                    "{} is {not}between {} and {}",
                    self.quoted(left),
                    self.bare(low),
                    self.bare(high)
                )
            }
            Expr::Call {
                function,
                arguments,
                ..
            } => match (function.text.as_str(), arguments.as_slice()) {
                ("isempty", [of]) => format!("{} is empty", self.quoted(of)),
                ("isnotempty", [of]) => format!("{} is not empty", self.quoted(of)),
                ("isnull", [of]) => format!("{} is null", self.quoted(of)),
                ("isnotnull", [of]) => format!("{} is not null", self.quoted(of)),
                ("not", [of]) => format!("not ({})", self.phrase(of)),
                _ => self.quoted(expression),
            },
            Expr::Unary {
                operator: UnaryOperator::Plus,
                operand,
                ..
            } => self.phrase(operand),
            other => self.quoted(other),
        }
    }

    fn compared(&self, operator: BinaryOperator, left: &Expr, right: &Expr) -> String {
        if let Expr::Call {
            function,
            arguments,
            ..
        } = right
            && function.text == "ago"
            && let [span] = arguments.as_slice()
        {
            let words = match operator {
                BinaryOperator::Greater | BinaryOperator::GreaterOrEqual => Some("is in the last"),
                BinaryOperator::Less | BinaryOperator::LessOrEqual => Some("is before the last"),
                _ => None,
            };
            if let Some(words) = words {
                return format!("{} {words} {}", self.quoted(left), self.bare(span));
            }
        }
        let words = match operator {
            BinaryOperator::Equal => "is",
            BinaryOperator::NotEqual => "is not",
            BinaryOperator::Less => "is less than",
            BinaryOperator::LessOrEqual => "is at most",
            BinaryOperator::Greater => "is more than",
            BinaryOperator::GreaterOrEqual => "is at least",
            BinaryOperator::EqualIgnoreCase => "is, in any case,",
            BinaryOperator::NotEqualIgnoreCase => "is not, in any case,",
            BinaryOperator::MatchesRegex => "matches the pattern",
            BinaryOperator::Text(text) => match (text.relation, text.is_negated) {
                (TextRelation::Contains, false) => "contains",
                (TextRelation::Contains, true) => "does not contain",
                (TextRelation::Has, false) => "has the word",
                (TextRelation::Has, true) => "does not have the word",
                (TextRelation::HasPrefix, false) => "has a word that starts with",
                (TextRelation::HasPrefix, true) => "has no word that starts with",
                (TextRelation::HasSuffix, false) => "has a word that ends with",
                (TextRelation::HasSuffix, true) => "has no word that ends with",
                (TextRelation::StartsWith, false) => "starts with",
                (TextRelation::StartsWith, true) => "does not start with",
                (TextRelation::EndsWith, false) => "ends with",
                (TextRelation::EndsWith, true) => "does not end with",
                (TextRelation::Like, false) => "is like",
                (TextRelation::Like, true) => "is not like",
            },
            BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo => {
                let span = left.span().to(right.span());
                return self.quoted_span(span);
            }
        };
        format!("{} {words} {}", self.quoted(left), self.bare(right))
    }

    fn all_quoted(&self, expressions: &[Expr]) -> String {
        let quoted: Vec<String> = expressions.iter().map(|one| self.quoted(one)).collect();
        listed(&quoted)
    }

    /// An expression as written, in backticks.
    fn quoted(&self, expression: &Expr) -> String {
        self.quoted_span(expression.span())
    }

    fn quoted_span(&self, span: Span) -> String {
        format!("`{}`", self.written(span))
    }

    /// A value as written.
    fn bare(&self, expression: &Expr) -> String {
        self.written(expression.span())
    }

    /// The text of a place on one line.
    fn written(&self, span: Span) -> String {
        let words: Vec<&str> = span.of(self.text).split_whitespace().collect();
        cut(&words.join(" "), MAX_QUOTED)
    }
}

/// What a join reads: its table by name, or the rows below.
fn side(expression: &Expr) -> String {
    match expression {
        Expr::Paren(inner, _) => side(inner),
        Expr::Name(name) => format!("`{}`", cut(&name.text, 60)),
        Expr::Pipe(pipeline) => match pipeline.source.as_ref() {
            Source::Expr(Expr::Name(name)) => format!("`{}`", cut(&name.text, 60)),
            _ => "the rows below".to_owned(),
        },
        _ => "the rows below".to_owned(),
    }
}

/// Names in backticks.
fn ticked<'n>(names: impl Iterator<Item = &'n Name>) -> Vec<String> {
    names.map(|name| format!("`{}`", name.text)).collect()
}

/// `a, b and c`
fn listed(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// `the column a`, `the columns a and b`
fn columns_named(names: &[String]) -> String {
    let word = if names.len() == 1 {
        "column"
    } else {
        "columns"
    };
    format!("the {word} {}", listed(names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kql::parser;

    fn sentences(text: &str) -> Vec<String> {
        let parsed = parser::parse(text);
        let steps = explain(text, &parsed.query, &Analysis::default());
        steps.into_iter().map(|step| step.text).collect()
    }

    #[test]
    fn stages_are_sentences() {
        assert_eq!(
            sentences(
                "Logs | where TimeGenerated > ago(1h) and Code >= 500 and isnotempty(Reason)
                 | summarize Failures = count(), avg(TotalTime) by ApiId, bin(TimeGenerated, 5m)
                 | top 3 by Failures | project ApiId, n = Failures, Share = 1.0 * Failures / 7"
            ),
            [
                "Takes the rows of `Logs`.",
                "Keeps rows where `TimeGenerated` is in the last 1h and `Code` is at least 500 and `Reason` is not empty.",
                "For each `ApiId` and `TimeGenerated` in steps of 5m, computes `Failures` (the number of rows) and the average of `TotalTime`.",
                "Keeps the first 3 rows by `Failures`, largest first.",
                "Keeps only `ApiId`, `n` (was `Failures`) and `Share` = `1.0 * Failures / 7`.",
            ]
        );
    }

    #[test]
    fn what_stands_inside_stands_deeper() {
        let text =
            "let k = 3; let t = A | take k; t | join kind=leftanti (B | where x has 'y') on id";
        let parsed = parser::parse(text);
        let steps = explain(text, &parsed.query, &Analysis::default());
        let told: Vec<(usize, &str)> = steps
            .iter()
            .map(|step| (step.depth, step.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (0, "Calls `k` the value `3`."),
                (0, "Calls `t` the rows that follow."),
                (1, "Takes the rows of `A`."),
                (1, "Takes any k rows."),
                (0, "Takes the rows of `t`."),
                (
                    0,
                    "Joins with `B` by `id`: keeps left rows that have no match."
                ),
                (1, "Takes the rows of `B`."),
                (1, "Keeps rows where `x` has the word 'y'."),
            ]
        );
    }
}
