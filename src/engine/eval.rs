//! Evaluation of bound expressions over batches.
//!
//! Input: an [`Expr`] and a [`Batch`]. Output: a [`Vector`], one value a row or one for all.
//! A call runs by the fastest way that fits: the entry's own loop over vectors; once per distinct
//! text when its only column is dictionary-coded; else row by row. All three give the same answer.

use super::Outcome;
use super::batch::Batch;
use super::plan::{Call, Expr, Node};
use super::scalar::NullRule;
use super::scalar::operators::{FoldFinder, Members};
use crate::diagnostic::{Diagnostic, codes};
use crate::table::{Bitmap, Column, ColumnBuilder, Data, Dictionary, Dynamics, Strings};
use crate::value::{Dynamic, Type, Value};
use regex_lite::Regex;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// What an expression gives for a batch.
#[derive(Clone, Debug)]
pub enum Vector {
    /// The same value in every row.
    Constant(Value, Type),
    /// One value a row.
    Column(Rc<Column>),
}

impl Vector {
    /// A new column.
    pub fn column(column: Column) -> Self {
        Self::Column(Rc::new(column))
    }

    /// The type.
    pub fn kind(&self) -> Type {
        match self {
            Self::Constant(_, kind) => *kind,
            Self::Column(column) => column.kind,
        }
    }

    /// The value of a row.
    pub fn value(&self, row: usize) -> Value {
        match self {
            Self::Constant(value, _) => value.clone(),
            Self::Column(column) => column.value(row),
        }
    }

    /// As a column of `n_rows`.
    pub fn into_column(self, n_rows: usize) -> Rc<Column> {
        match self {
            Self::Constant(value, kind) => Rc::new(constant_column(&value, kind, n_rows)),
            Self::Column(column) => column,
        }
    }
}

/// A column that holds one value in every row.
pub fn constant_column(value: &Value, kind: Type, n_rows: usize) -> Column {
    if kind == Type::String {
        return Column::strings(Strings::repeat(value.as_str().unwrap_or(""), n_rows));
    }
    if kind == Type::Dynamic {
        return Column::new(
            kind,
            Data::Dynamic(Dynamics::Values(vec![value.to_dynamic(); n_rows])),
        );
    }
    let mut one = ColumnBuilder::new(kind);
    one.push(value);
    one.finish().gather(&vec![0; n_rows])
}

/// Answers of a call for the texts of a dictionary.
#[derive(Debug, Default)]
pub struct Memo {
    /// For every text.
    all: OfDictionary<Rc<Column>>,
    /// For those that were asked about.
    some: OfDictionary<Vec<Option<bool>>>,
    /// The constants of a list, made ready.
    members: OnceCell<Members>,
}

/// Answers and the dictionary that they are about.
type OfDictionary<T> = RefCell<Option<(Rc<Dictionary>, T)>>;

impl Memo {
    /// The answers for some texts, each asked once.
    fn tests(
        &self,
        codes: &[u32],
        dictionary: &Rc<Dictionary>,
        test: impl Fn(&str) -> bool,
    ) -> Vec<bool> {
        let mut known = self.some.borrow_mut();
        let (_, answers) = match known.take() {
            Some((of, answers)) if Rc::ptr_eq(&of, dictionary) => known.insert((of, answers)),
            _ => known.insert((Rc::clone(dictionary), vec![None; dictionary.len()])),
        };
        // Fewer texts than rows, and often the same answer for all of them.
        if dictionary.len() <= codes.len() {
            for (code, place) in answers.iter_mut().enumerate() {
                place.get_or_insert_with(|| test(dictionary.get(code as u32)));
            }
            if let Some(&Some(first)) = answers.first()
                && answers.iter().all(|answer| *answer == Some(first))
            {
                return vec![first; codes.len()];
            }
        }
        let mut answer = |&code: &u32| match answers.get_mut(code as usize) {
            Some(place) => *place.get_or_insert_with(|| test(dictionary.get(code))),
            None => test(""),
        };
        codes.iter().map(&mut answer).collect()
    }
}

impl Clone for Memo {
    /// A copy of an expression starts without answers.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// What functions may ask for while they run, and where they put a refusal.
pub struct Context {
    /// The caller's clock: ticks.
    pub now: i64,
    /// Most rows of a batch that a scan gives.
    pub batch_rows: usize,
    /// The caller's stop watch in milliseconds, where stages are to be timed.
    pub watch: Option<fn() -> f64>,
    rows_scanned: Cell<u64>,
    regexes: RefCell<FxHashMap<Rc<str>, Compiled>>,
    refusal: RefCell<Option<(&'static str, String)>>,
}

/// A compiled pattern, or why there is none.
type Compiled = Result<Rc<Regex>, String>;

/// Most compiled patterns that are kept.
const MAX_REGEXES: usize = 64;
/// Longest text that a function may give, in bytes.
const MAX_TEXT_BYTES: usize = 64 << 20;
/// Most values inside a `dynamic` that a function may put together.
const MAX_PARTS: usize = 1 << 22;
/// Functions whose answer holds their arguments, several times or together: parts are shared, so a
/// short query can name more of them than there are atoms.
const COMBINING: &[&str] = &[
    "array_concat",
    "bag_merge",
    "bag_pack",
    "bag_set_key",
    "pack",
    "pack_array",
    "pack_dictionary",
    "repeat",
    "set_union",
    "zip",
];
/// Tests that only a text that holds the other can pass.
const HOLDING: &[&str] = &["contains", "contains_cs", "has", "has_cs"];
/// Most bytes of text that a function may give for the rows of a batch.
const MAX_COLUMN_BYTES: usize = 1 << 30;
/// Longest pattern that is compiled, in bytes.
const MAX_PATTERN_BYTES: usize = 4096;

impl Context {
    /// A context with a clock.
    pub fn new(now: i64) -> Self {
        Self {
            now,
            batch_rows: crate::table::SEGMENT_ROWS,
            watch: None,
            rows_scanned: Cell::new(0),
            regexes: RefCell::default(),
            refusal: RefCell::default(),
        }
    }

    /// Counts rows that were read.
    pub fn scanned(&self, n_rows: usize) {
        self.rows_scanned
            .set(self.rows_scanned.get() + n_rows as u64);
    }

    /// Rows that were read so far.
    pub fn rows_scanned(&self) -> u64 {
        self.rows_scanned.get()
    }

    /// Says that an exact answer cannot be given; the first reason is kept.
    pub fn refuse(&self, reason: impl Into<Cow<'static, str>>) -> Value {
        self.keep_refusal(codes::NOT_SUPPORTED, reason.into())
    }

    /// As [`Context::refuse`], under another code.
    pub fn refuse_as(&self, code: &'static str, reason: impl Into<Cow<'static, str>>) -> Value {
        self.keep_refusal(code, reason.into())
    }

    /// One copy for all callers.
    #[cold]
    #[inline(never)]
    fn keep_refusal(&self, code: &'static str, reason: Cow<'static, str>) -> Value {
        self.refusal
            .borrow_mut()
            .get_or_insert_with(|| (code, reason.into_owned()));
        Value::Null
    }

    /// Takes the refusal, if there was one.
    pub fn take_refusal(&self) -> Option<(&'static str, String)> {
        self.refusal.borrow_mut().take()
    }

    /// The compiled pattern for a text; `None` (and a refusal) when it cannot be run exactly.
    pub fn regex(&self, pattern: &str, text: &str) -> Option<Rc<Regex>> {
        if !text.is_ascii() && reads_differently(pattern, text) {
            self.refuse("this regular expression over letters or digits outside ASCII is not supported here");
            return None;
        }
        let mut regexes = self.regexes.borrow_mut();
        if regexes.len() >= MAX_REGEXES && !regexes.contains_key(pattern) {
            regexes.clear();
        }
        let compiled = regexes
            .entry(Rc::from(pattern))
            .or_insert_with(|| compile(pattern));
        match compiled {
            Ok(regex) => Some(Rc::clone(regex)),
            Err(reason) => {
                let reason = reason.clone();
                drop(regexes);
                self.refuse_as(codes::BAD_VALUE, reason);
                None
            }
        }
    }
}

/// Whether a class of the pattern covers characters outside ASCII that the text holds: the service
/// knows Unicode classes, the compiler here those of ASCII.
fn reads_differently(pattern: &str, text: &str) -> bool {
    let has = |class: &[&str]| class.iter().any(|name| pattern.contains(name));
    let holds = |test: fn(char) -> bool| {
        text.chars()
            .any(|character| !character.is_ascii() && test(character))
    };
    (has(&["\\d", "\\D"]) && holds(char::is_numeric))
        || (has(&["\\w", "\\W", "\\b", "\\B"]) && holds(char::is_alphanumeric))
        || (has(&["\\s", "\\S"]) && holds(char::is_whitespace))
        || (pattern.contains("(?i") && holds(char::is_alphabetic))
}

/// Compiles a pattern of RE2's syntax; what the compiler reads differently from RE2 is refused.
pub(crate) fn compile(pattern: &str) -> Result<Rc<Regex>, String> {
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(format!(
            "a regular expression is limited to {MAX_PATTERN_BYTES} bytes here"
        ));
    }
    if pattern.contains("\\p") || pattern.contains("\\P") {
        return Err(
            "Unicode classes such as `\\p{L}` are not supported in regular expressions here"
                .to_owned(),
        );
    }
    if !pattern.is_ascii() && pattern.contains("(?i") {
        return Err("`(?i)` over letters outside ASCII is not supported here".to_owned());
    }
    regex_lite::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map(Rc::new)
        .map_err(|_| {
            format!(
                "this is not a regular expression: {}",
                crate::text::cut(pattern, 40)
            )
        })
}

/// Evaluates an expression.
pub fn evaluate(expr: &Expr, batch: &Batch, context: &Context) -> Outcome<Vector> {
    match &expr.node {
        Node::Constant(value) => Ok(Vector::Constant(value.clone(), expr.kind)),
        Node::Column(at) => Ok(
            match batch.columns.get(*at).and_then(|lazy| lazy.as_constant()) {
                Some(value) => Vector::Constant(value.clone(), expr.kind),
                None => Vector::Column(batch.column(*at)),
            },
        ),
        Node::Call(call) if matches!(call.function.name, "and" | "or") => {
            chain(call, batch, context)
        }
        Node::Call(call) => {
            if call.function.name == "in"
                && let Some(answer) = members(call, batch, context)?
            {
                return Ok(answer);
            }
            let arguments = call
                .arguments
                .iter()
                .map(|argument| evaluate(argument, batch, context));
            let arguments = arguments.collect::<Outcome<Vec<_>>>()?;
            let answer = apply(call, expr.kind, &arguments, batch.n_rows, context);
            match context.take_refusal() {
                Some((code, reason)) => Err(Box::new(Diagnostic::error(code, expr.span, reason))),
                None => Ok(answer),
            }
        }
    }
}

/// `in` a list of constants, which is made ready once; none for what is compared value by value.
fn members(call: &Call, batch: &Batch, context: &Context) -> Outcome<Option<Vector>> {
    let Some((left, list)) = call.arguments.split_first() else {
        return Ok(None);
    };
    let Vector::Column(column) = evaluate(left, batch, context)? else {
        return Ok(None);
    };
    if !list.iter().all(|item| item.as_constant().is_some()) {
        return Ok(None);
    }
    let values = list.iter().filter_map(Expr::as_constant);
    let members = call.memo.members.get_or_init(|| Members::of(values));
    if let Data::String(Strings::Coded { codes, dictionary }) = &column.data {
        let test = members.has_text();
        return Ok(test.map(|test| truths(call.memo.tests(codes, dictionary, test))));
    }
    Ok(members.among(&column, batch.n_rows).map(truths))
}

/// `and` and `or`: each operand is asked only about the rows that the ones before did not settle.
fn chain(call: &Call, batch: &Batch, context: &Context) -> Outcome<Vector> {
    let deciding = call.function.name == "or";
    let mut answers: Vec<bool> = vec![!deciding; batch.n_rows];
    let mut nulls = Bitmap::new(batch.n_rows);
    let mut open: Option<Rc<Vec<u32>>> = None;
    for operand in &call.arguments {
        let narrowed = open.as_ref().map(|rows| batch.rows_for(operand, rows));
        let rest = narrowed.as_ref().unwrap_or(batch);
        let truth = evaluate(operand, rest, context)?;
        let row_of = |at: usize| {
            open.as_ref().map_or(at, |rows| {
                rows.get(at).map_or(usize::MAX, |&row| row as usize)
            })
        };
        let mut settled = 0;
        match &truth {
            Vector::Constant(Value::Bool(value), _) if *value != deciding => continue,
            Vector::Constant(Value::Bool(_), _) if open.is_none() => {
                return Ok(Vector::Constant(Value::Bool(deciding), Type::Bool));
            }
            Vector::Constant(value, _) => {
                for at in 0..rest.n_rows {
                    if value.is_null() {
                        nulls.set(row_of(at));
                    } else if let Some(answer) = answers.get_mut(row_of(at)) {
                        *answer = deciding;
                        settled += 1;
                    }
                }
            }
            Vector::Column(column) => {
                let Data::Bool(values) = &column.data else {
                    continue;
                };
                if column.nulls.is_none() && !values.contains(&deciding) {
                    continue;
                }
                for (at, &value) in values.iter().enumerate() {
                    if column.nulls.as_ref().is_some_and(|nulls| nulls.get(at)) {
                        nulls.set(row_of(at));
                    } else if value == deciding
                        && let Some(answer) = answers.get_mut(row_of(at))
                    {
                        *answer = deciding;
                        settled += 1;
                    }
                }
            }
        }
        if settled == rest.n_rows {
            break;
        }
        // Gathering the open rows pays when many are settled.
        if settled * 4 > rest.n_rows {
            let rows: Vec<u32> = (0..batch.n_rows as u32)
                .filter(|&row| answers.get(row as usize) == Some(&!deciding))
                .collect();
            open = Some(Rc::new(rows));
        }
    }
    // A settled place is not null, whatever another operand was.
    let mut unsettled = Bitmap::new(batch.n_rows);
    if !nulls.is_empty() {
        for (row, &answer) in answers.iter().enumerate() {
            if answer != deciding && nulls.get(row) {
                unsettled.set(row);
            }
        }
    }
    Ok(Vector::column(Column::with_nulls(
        Type::Bool,
        Data::Bool(answers),
        unsettled,
    )))
}

/// Applies a function to its evaluated arguments.
fn apply(
    call: &Call,
    kind: Type,
    arguments: &[Vector],
    n_rows: usize,
    context: &Context,
) -> Vector {
    let function = call.function;
    if n_rows > 0
        && arguments
            .iter()
            .all(|argument| matches!(argument, Vector::Constant(..)))
    {
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value(0)).collect();
        return Vector::Constant(typed(call_row(call, context, &values), kind), kind);
    }
    if let Some(vectorized) = function.vector
        && let Some(answer) = vectorized(context, arguments, n_rows)
    {
        return answer;
    }
    if let (
        Some(test),
        [
            Vector::Column(column),
            Vector::Constant(Value::String(wanted), _),
        ],
    ) = (function.text_test, arguments)
        && let Data::String(strings) = &column.data
    {
        let is_holding = HOLDING.contains(&function.name);
        let finder = FoldFinder::new(wanted).filter(|_| is_holding);
        let test = |text: &str| {
            let finder = finder.as_ref();
            finder.is_none_or(|finder| finder.find(text.as_bytes(), 0).is_some())
                && test(text, wanted)
        };
        let values = match (strings, &finder) {
            (Strings::Coded { codes, dictionary }, _) => call.memo.tests(codes, dictionary, test),
            (Strings::Plain { text, offsets }, Some(finder)) => {
                rows_that_hold(text, offsets, finder, test)
            }
            _ => {
                let mut scratch = String::new();
                let rows = 0..n_rows;
                rows.map(|row| test(strings.get(row, &mut scratch)))
                    .collect()
            }
        };
        return truths(values);
    }
    if let Some(answer) = apply_to_dictionary(call, kind, arguments, n_rows, context) {
        return answer;
    }
    let mut builder = ColumnBuilder::new(kind);
    let mut values = vec![Value::Null; arguments.len()];
    let mut n_bytes = 0;
    for row in 0..n_rows {
        for (value, argument) in values.iter_mut().zip(arguments) {
            if let Vector::Column(column) = argument {
                *value = column.value(row);
            } else if row == 0 {
                *value = argument.value(0);
            }
        }
        let value = typed(call_row(call, context, &values), kind);
        n_bytes += value.as_str().map_or(0, str::len);
        if n_bytes > MAX_COLUMN_BYTES {
            context.refuse_as(
                codes::LIMIT,
                "the texts of some rows would take more than 1 GB",
            );
            break;
        }
        builder.push(&value);
    }
    Vector::column(builder.finish())
}

/// A column of truth values; a constant when all are the same.
fn truths(values: Vec<bool>) -> Vector {
    match values.first() {
        Some(&first) if values.iter().all(|&value| value == first) => {
            Vector::Constant(Value::Bool(first), Type::Bool)
        }
        _ => Vector::column(Column::new(Type::Bool, Data::Bool(values))),
    }
}

/// Texts that pass a test which only a text can pass that holds what is looked for: one search over
/// all of them finds those to be tested.
fn rows_that_hold(
    texts: &str,
    offsets: &[u32],
    finder: &FoldFinder<'_>,
    test: impl Fn(&str) -> bool,
) -> Vec<bool> {
    let mut values = vec![false; offsets.len().saturating_sub(1)];
    let (mut row, mut from) = (0, 0);
    while let Some(at) = finder.find(texts.as_bytes(), from) {
        let ends = offsets.get(row + 1..).unwrap_or_default();
        row += ends.partition_point(|&end| end as usize <= at);
        let (Some(&start), Some(&end)) = (offsets.get(row), offsets.get(row + 1)) else {
            break;
        };
        let (start, end) = (start as usize, end as usize);
        if let (Some(value), Some(text)) = (values.get_mut(row), texts.get(start..end)) {
            *value = test(text);
        }
        from = end;
    }
    values
}

/// Runs the function for one row.
pub(super) fn call_row(call: &Call, context: &Context, values: &[Value]) -> Value {
    if call.function.nulls == NullRule::Sticky && values.iter().any(Value::is_null) {
        return Value::Null;
    }
    let value = (call.function.row)(context, values);
    match &value {
        Value::String(text) if text.len() > MAX_TEXT_BYTES => {
            context.refuse_as(codes::LIMIT, "the text would be longer than 64 MB")
        }
        Value::Dynamic(parts)
            if COMBINING.contains(&call.function.name) && n_parts(parts, MAX_PARTS) > MAX_PARTS =>
        {
            context.refuse_as(
                codes::LIMIT,
                "the value would have more than 4,194,304 parts",
            )
        }
        _ => value,
    }
}

/// Evaluates an expression for a single row whose values are asked for one by one.
pub(super) fn evaluate_row(
    expr: &Expr,
    column: &dyn Fn(usize) -> Value,
    context: &Context,
) -> Outcome<Value> {
    match &expr.node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Column(at) => Ok(column(*at)),
        Node::Call(call) => {
            let mut values = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                values.push(evaluate_row(argument, column, context)?);
            }
            let value = typed(call_row(call, context, &values), expr.kind);
            match context.take_refusal() {
                Some((code, reason)) => Err(Box::new(Diagnostic::error(code, expr.span, reason))),
                None => Ok(value),
            }
        }
    }
}

/// Number of values inside one, counted until there are too many.
fn n_parts(value: &Dynamic, most: usize) -> usize {
    let mut n_found = 1;
    let items = value.items().unwrap_or_default().iter();
    for part in items.chain(
        value
            .members()
            .unwrap_or_default()
            .iter()
            .map(|(_, member)| member),
    ) {
        if n_found > most {
            break;
        }
        n_found += n_parts(part, most - n_found);
    }
    n_found
}

/// A null of a string is the empty text.
fn typed(value: Value, kind: Type) -> Value {
    match (value, kind) {
        (Value::Null, Type::String) => Value::string(""),
        (Value::Int(number), Type::Long) => Value::Long(i64::from(number)),
        (value, _) => value,
    }
}

/// Runs the function once per distinct text when its only column is dictionary-coded.
fn apply_to_dictionary(
    call: &Call,
    kind: Type,
    arguments: &[Vector],
    n_rows: usize,
    context: &Context,
) -> Option<Vector> {
    let mut coded = None;
    for (at, argument) in arguments.iter().enumerate() {
        match argument {
            Vector::Constant(..) => {}
            Vector::Column(column) => match (&column.data, coded) {
                (
                    Data::String(Strings::Coded { codes, dictionary })
                    | Data::Dynamic(Dynamics::Json(Strings::Coded { codes, dictionary })),
                    None,
                ) => coded = Some((at, codes, dictionary, column.kind)),
                _ => return None,
            },
        }
    }
    let (at, codes, dictionary, input_kind) = coded?;
    let known = call
        .memo
        .all
        .borrow()
        .as_ref()
        .filter(|(of, _)| Rc::ptr_eq(of, dictionary))
        .map(|(_, answers)| Rc::clone(answers));
    let answers = match known {
        Some(answers) => answers,
        None => {
            if dictionary.len() > n_rows.saturating_mul(4) {
                return None;
            }
            let mut values: Vec<Value> = arguments
                .iter()
                .map(|argument| match argument {
                    Vector::Constant(value, _) => value.clone(),
                    Vector::Column(_) => Value::Null,
                })
                .collect();
            let mut builder = ColumnBuilder::new(kind);
            for code in 0..dictionary.len() as u32 {
                if let Some(value) = values.get_mut(at) {
                    *value = if input_kind == Type::Dynamic {
                        crate::table::column::dynamic_of(dictionary.get(code)).into()
                    } else {
                        Value::String(dictionary.shared(code))
                    };
                }
                builder.push(&typed(call_row(call, context, &values), kind));
            }
            let answers = Rc::new(coded_texts(builder.finish()));
            *call.memo.all.borrow_mut() = Some((Rc::clone(dictionary), Rc::clone(&answers)));
            answers
        }
    };
    if let (Data::Bool(truths), None) = (&answers.data, &answers.nulls)
        && let Some(&first) = truths.first()
        && truths.iter().all(|&truth| truth == first)
    {
        return Some(Vector::Constant(Value::Bool(first), Type::Bool));
    }
    Some(Vector::column(answers.gather(codes)))
}

/// Puts the texts of a column into a dictionary so that gathering them copies codes only.
fn coded_texts(column: Column) -> Column {
    let Data::String(strings) = &column.data else {
        return column;
    };
    let (mut codes, mut texts, mut places) = (
        Vec::new(),
        Vec::<String>::new(),
        FxHashMap::<String, u32>::default(),
    );
    let mut scratch = String::new();
    for row in 0..strings.len() {
        let text = strings.get(row, &mut scratch);
        let code = if text.is_empty() {
            0
        } else if let Some(&code) = places.get(text) {
            code
        } else {
            texts.push(text.to_owned());
            let code = texts.len() as u32;
            places.insert(text.to_owned(), code);
            code
        };
        codes.push(code);
    }
    let dictionary = Rc::new(Dictionary::from_texts(texts.iter().map(String::as_str)));
    Column::strings(Strings::Coded { codes, dictionary })
}

/// The rows where a predicate is true; null counts as false.
pub fn true_rows(predicate: &Vector, n_rows: usize) -> Option<Vec<u32>> {
    match predicate {
        Vector::Constant(Value::Bool(true), _) => None,
        Vector::Constant(..) => Some(Vec::new()),
        Vector::Column(column) => {
            let Data::Bool(values) = &column.data else {
                return Some(Vec::new());
            };
            let mut rows = vec![0_u32; n_rows];
            let mut n_found = 0;
            match &column.nulls {
                None => {
                    for (row, &is_true) in values.iter().enumerate() {
                        if let Some(place) = rows.get_mut(n_found) {
                            *place = row as u32;
                        }
                        n_found += usize::from(is_true);
                    }
                }
                Some(nulls) => {
                    for (row, &is_true) in values.iter().enumerate() {
                        if is_true && !nulls.get(row) {
                            if let Some(place) = rows.get_mut(n_found) {
                                *place = row as u32;
                            }
                            n_found += 1;
                        }
                    }
                }
            }
            rows.truncate(n_found);
            if n_found == n_rows { None } else { Some(rows) }
        }
    }
}

/// The union of the null places of two vectors; a constant null makes every place null.
pub fn merged_nulls(arguments: &[&Vector], n_rows: usize) -> Option<Bitmap> {
    let mut merged: Option<Bitmap> = None;
    for argument in arguments {
        match argument {
            Vector::Constant(Value::Null, _) => return Some(Bitmap::full(n_rows)),
            Vector::Constant(..) => {}
            Vector::Column(column) => {
                if let Some(nulls) = &column.nulls {
                    match &mut merged {
                        Some(merged) => merged.merge(nulls),
                        None => merged = Some(nulls.clone()),
                    }
                }
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_searched_each_for_itself() {
        let texts = [
            "a/Open",
            "ai/",
            "",
            "x/openai/y",
            "OPENAI/",
            "/openai/",
            "é/OpenAI/é",
        ];
        let Strings::Plain { text, offsets } = Strings::plain(texts) else {
            panic!("plain texts are plain");
        };
        let finder = FoldFinder::new("/openai/").expect("it is ASCII");
        let found = rows_that_hold(&text, &offsets, &finder, |text| {
            text.to_ascii_lowercase().contains("/openai/")
        });
        assert_eq!(found, [false, false, false, true, false, true, true]);
    }
}
