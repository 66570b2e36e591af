//! Records: JSON objects straight into columns.
//!
//! Input: an object in a [`Text`]. Output: a row of the table it belongs to. What makes it fast: each
//! key remembers which keys followed it and the two before it, so that the next key is compared and
//! not searched; a value that equals the one before it in its column is compared and not searched
//! either. What makes it
//! right: the first record of a kind is surveyed, its routing value (`Type`, `category`, …) is
//! remembered, and a record with another value is read again under its own plan.

use super::value::{self, Stop, Why, members};
use super::{metrics, python};
use crate::input::naming::{Clock, Context, Named, column_of, recognise, table_name};
use crate::input::scan::{PADDING, Text};
use crate::input::sink::{OTHER_RECORDS, Sink};
use crate::input::warning::Warning;
use crate::schema::{self, TableSchema};
use crate::table::{TableBuilder, Window};
use crate::value::Type;
use rustc_hash::{FxHashMap, FxHashSet};

/// What to do with the value of a key.
#[derive(Clone, Copy, Debug)]
enum Action {
    /// Store it.
    Column(usize),
    /// Store it; it says which table the record belongs to.
    Route(usize),
    /// Go into the object.
    Enter(Context),
    /// A text of `az`: `None` is null.
    Quoted(usize),
    /// A name as the activity log has it, `{value, localizedValue}`: the column of the one, and that of
    /// the other where the table has it.
    Localized(usize, Option<usize>),
    /// There is no value, the object ends.
    End,
}

/// A key in its context, behind two other keys.
#[derive(Debug)]
struct Node {
    /// The key as it stands in the source, with all that stands between the value before it and its
    /// own: comma or brace, blanks, quotes, colon.
    key: Window,
    action: Action,
    /// The keys that followed, the likeliest first; its own number where there are no more.
    next: [u32; 4],
    /// The first node of the same key and spelling.
    spelling: u32,
    /// The spelling of the key before it.
    before: u32,
}

/// Nodes that are remembered; a hostile source may have new ones in every record.
const MAX_NODES: usize = 4_096;
/// A spelling longer than this is not remembered.
const MAX_KEY_BYTES: usize = 1_024;

/// How the records of one kind are read.
#[derive(Debug)]
struct Plan {
    nodes: Vec<Node>,
    /// First nodes by context and spelling: that of the key alone, and that of a node.
    by_key: FxHashMap<(Context, Box<[u8]>), u32>,
    /// Nodes by their spelling behind those of the two keys before.
    by_path: FxHashMap<[u32; 3], u32>,
    /// Columns that a key stores into.
    columns: FxHashSet<usize>,
    /// Keys so far, the contexts counted: a number for one whose column another key has.
    n_keys: usize,
    schema: Option<&'static TableSchema>,
    table: usize,
    is_raw: bool,
    is_az: bool,
    /// The key whose value says what the record is, and that value as it stands in the source.
    route: Option<(Box<str>, Vec<u8>)>,
    has_seen_route: bool,
}

/// Reads records, whatever tables they belong to.
#[derive(Debug, Default)]
pub(crate) struct Records {
    plans: Vec<Plan>,
    current: usize,
    scratch: Vec<u8>,
    /// Whether some records hold texts whatever the type of the value.
    pub(crate) has_texts: bool,
}

/// Keys that hold the records of an envelope.
const HOLDERS: [&str; 10] = [
    "records",
    "Records",
    "tables",
    "Tables",
    "rows",
    "Rows",
    "value",
    "Results",
    "results",
    metrics::SERIES,
];

impl Records {
    /// Reads the record at a place; the place behind it.
    pub(crate) fn read(
        &mut self,
        text: Text<'_>,
        at: usize,
        sink: &mut Sink,
    ) -> Result<usize, Stop> {
        if self.plans.is_empty() {
            self.current = self.plan_for(text, at, sink)?;
        }
        match self.try_read(text, at, sink) {
            Err(Stop::OtherTable) => {
                self.current = self.plan_for(text, at, sink)?;
                match self.try_read(text, at, sink) {
                    Err(Stop::OtherTable) => Err(Stop::Bad(Why::Twice)),
                    read => read,
                }
            }
            read => read,
        }
    }

    fn try_read(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Result<usize, Stop> {
        let Some(plan) = self.plans.get_mut(self.current) else {
            return Err(Stop::OtherTable);
        };
        let at_table = plan.table;
        let Some(table) = sink.tables.get_mut(at_table) else {
            return Err(Stop::OtherTable);
        };
        plan.has_seen_route = plan.route.is_none();
        let mut reader = ObjectReader {
            plan,
            scratch: &mut self.scratch,
            clock: Clock::Unsaid,
        };
        let read = reader.object(text, at, table, Context::Root);
        let clock = reader.clock;
        // Keys with labels come from a portal CSV that a tool turned into JSON, texts and all.
        self.has_texts |= clock != Clock::Unsaid;
        let read = if read.is_ok() && !plan.has_seen_route {
            Err(Stop::OtherTable)
        } else {
            read
        };
        match read {
            Ok(_) => table.end_row(),
            Err(_) => table.drop_row(),
        }
        if clock == Clock::Local {
            sink.warn(Warning::AmbiguousClock, "");
        }
        read
    }

    /// The plan of a record, found by its survey.
    fn plan_for(&mut self, text: Text<'_>, at: usize, sink: &mut Sink) -> Result<usize, Stop> {
        let survey = Survey::of(text, at)?;
        let found = self.plans.iter().position(|plan| {
            plan.route == survey.route
                && plan.is_raw == survey.is_raw
                && match &plan.route {
                    Some(_) => true,
                    None => {
                        plan.schema.map(|schema| schema.name)
                            == survey.schema.map(|schema| schema.name)
                    }
                }
        });
        if let Some(found) = found {
            return Ok(found);
        }
        self.has_texts |= survey.is_az;
        let table = sink.table(&survey.table);
        self.plans.push(Plan::new(survey, table));
        Ok(self.plans.len() - 1)
    }
}

/// What the first record of a kind says about it.
struct Survey {
    table: String,
    schema: Option<&'static TableSchema>,
    route: Option<(Box<str>, Vec<u8>)>,
    is_raw: bool,
    is_az: bool,
}

impl Survey {
    fn of(text: Text<'_>, start: usize) -> Result<Self, Stop> {
        let mut keys: Vec<String> = Vec::new();
        let mut marks: FxHashMap<&'static str, Vec<u8>> = FxHashMap::default();
        let mut inner: Vec<String> = Vec::new();
        let mut has_only_texts = true;
        let mut at = text.skip_blanks(start + 1);
        while text.byte(at) != b'}' {
            let (key_end, place) = value::key(text, at)?;
            let key = value::string_text(text.between(at, key_end));
            is_record(text, &key, place, &keys)?;
            let end = value::value_end(text, place)?;
            let raw = text.between(place, end);
            has_only_texts &= raw.first() == Some(&b'"');
            for mark in [
                "Type",
                "Category",
                "category",
                "itemType",
                "TableName",
                "time",
                "resourceId",
                "properties",
                "metricName",
            ] {
                if key == mark {
                    marks.insert(mark, raw.to_vec());
                }
            }
            if key == "properties" && raw.first() == Some(&b'{') {
                members(text.until(end), place, &mut |key, _, _| {
                    inner.push(key.to_owned());
                    inner.len() < 100
                })?;
            }
            keys.push(key);
            at = text.skip_blanks(end);
            match text.byte(at) {
                _ if at >= text.end => return Err(Stop::Cut),
                b',' => at = text.skip_blanks(at + 1),
                b'}' => break,
                _ => return Err(Stop::Bad(Why::Comma)),
            }
        }
        if at >= text.end {
            return Err(Stop::Cut);
        }
        let is_az = has_only_texts && marks.contains_key("TableName");
        let is_raw = marks.contains_key("properties")
            && ["time", "category", "resourceId"]
                .iter()
                .any(|mark| marks.contains_key(mark))
            || (marks.contains_key("time")
                && (marks.contains_key("category") || marks.contains_key("resourceId")));
        let text_of = |mark: &str| {
            marks
                .get(mark)
                .filter(|raw| raw.len() > 2 && raw.first() == Some(&b'"'))
                .map(|raw| value::string_text(raw))
        };
        let is_log = is_raw
            || keys.iter().any(|key| {
                key.starts_with("TimeGenerated") || key == "timestamp" || key == "CorrelationId"
            });
        let route_key = ["Type", "category", "Category", "itemType"]
            .into_iter()
            .find(|mark| match (*mark, text_of(mark)) {
                (_, None) => false,
                ("Type", Some(name)) => {
                    name != "AzureDiagnostics" && (is_log || schema::table(&name).is_some())
                }
                ("itemType", Some(item)) => schema::table(&item).is_some(),
                (_, Some(category)) => is_log || schema::table(&category).is_some(),
            });
        let routed = route_key.and_then(text_of);
        let names: Vec<&str> = keys.iter().chain(&inner).map(String::as_str).collect();
        let schema = match &routed {
            Some(name) => schema::table(name),
            None => recognise(&names),
        };
        let table = match (schema, &routed) {
            (Some(schema), _) => schema.name.to_owned(),
            (None, Some(name)) => table_name(name),
            (None, None) if marks.contains_key("metricName") => "AzureMetrics".to_owned(),
            (None, None) => text_of("TableName")
                .map_or_else(|| OTHER_RECORDS.to_owned(), |name| table_name(&name)),
        };
        let route = route_key.and_then(|key| Some((Box::from(key), marks.get(key)?.clone())));
        Ok(Self {
            table,
            schema,
            route,
            is_raw,
            is_az,
        })
    }
}

/// Stops where a member makes its object an envelope of records, or a metric, and not a record.
fn is_record(text: Text<'_>, key: &str, place: usize, before: &[String]) -> Result<(), Stop> {
    if key == "FrameType" {
        return Err(Stop::Envelope);
    }
    if !HOLDERS.contains(&key) || text.byte(place) != b'[' {
        return Ok(());
    }
    let inside = text.skip_blanks(place + 1);
    if inside >= text.end {
        return Err(Stop::Cut);
    }
    if key == metrics::SERIES {
        let is_metric = metrics::is_series(text, inside)?;
        return if is_metric { Err(Stop::Metric) } else { Ok(()) };
    }
    let holds_records = match key {
        "rows" | "Rows" => before
            .iter()
            .any(|key| matches!(key.as_str(), "columns" | "Columns" | "columnDescriptors")),
        "value" | "Results" | "results" => text.byte(inside) == b'{',
        _ => matches!(text.byte(inside), b'{' | b']'),
    };
    if holds_records {
        Err(Stop::Envelope)
    } else {
        Ok(())
    }
}

impl Plan {
    fn new(survey: Survey, table: usize) -> Self {
        let Survey {
            schema,
            route,
            is_raw,
            is_az,
            ..
        } = survey;
        let first = |context: &Context| Node {
            key: Window::of(b"\xFF"),
            action: Action::Enter(*context),
            next: [*context as u32; 4],
            spelling: *context as u32,
            before: *context as u32,
        };
        Self {
            nodes: Context::ALL.iter().map(first).collect(),
            by_key: FxHashMap::default(),
            by_path: FxHashMap::default(),
            columns: FxHashSet::default(),
            n_keys: Context::ALL.len(),
            schema,
            table,
            is_raw,
            is_az,
            route,
            has_seen_route: false,
        }
    }

    /// The node of a key that the prediction missed, remembered as a follower of `previous`.
    #[cold]
    #[inline(never)]
    fn learn(
        &mut self,
        previous: u32,
        context: Context,
        token: &[u8],
        spelling: &[u8],
        first: u8,
        table: &mut TableBuilder,
    ) -> (u32, Clock) {
        let mut clock = Clock::Unsaid;
        let spelled = (context, Box::from(spelling));
        let alone = (context, Box::from(token));
        let is_long = spelling.len() > MAX_KEY_BYTES;
        let is_full = self.nodes.len() >= MAX_NODES;
        let same_key = self.by_key.get(&alone).copied();
        let same_spelling = match same_key {
            Some(_) if is_long || is_full => same_key,
            _ => self.by_key.get(&spelled).copied(),
        };
        let path = match self.nodes.get(previous as usize) {
            Some(node) => [node.before, node.spelling, same_spelling.unwrap_or(0)],
            None => [0; 3],
        };
        let known = self.by_path.get(&path).copied();
        let known = known.or(same_spelling.filter(|_| is_long || is_full));
        let id = known.unwrap_or_else(|| {
            let id = self.nodes.len() as u32;
            let same_key = same_key.and_then(|same| self.nodes.get(same as usize));
            let action = match same_key {
                Some(node) => node.action,
                None => {
                    let key = value::string_text(token);
                    let (action, found) = self.action(context, &key, first, table);
                    clock = found;
                    self.n_keys += 1;
                    action
                }
            };
            let [_, before, _] = path;
            let spelling_id = same_spelling.unwrap_or(id);
            self.nodes.push(Node {
                key: Window::of(if is_long { b"\xFF" } else { spelling }),
                action,
                next: [id; 4],
                spelling: spelling_id,
                before,
            });
            if !is_long {
                self.by_key.insert(spelled, spelling_id);
                self.by_path.insert([path[0], before, spelling_id], id);
            }
            self.by_key.entry(alone).or_insert(id);
            id
        });
        if let Some(node) = self.nodes.get_mut(previous as usize) {
            // A free place, else the last.
            let place = node.next.iter().position(|&next| next == previous);
            node.next[place.unwrap_or(3)] = id;
        }
        (id, clock)
    }

    /// The columns of the two spellings that a name of the activity log has: the one that is the same
    /// in all languages, and the one that is read.
    fn localized<'n>(&self, name: &'n str) -> Option<(&'n str, Option<&'n str>)> {
        let schema = self
            .schema
            .filter(|schema| schema.name == "AzureActivity")?;
        let label = name.strip_suffix("Value").unwrap_or(name);
        let value = schema.column(&format!("{label}Value"));
        Some(value.map_or((name, None), |value| (value.name, Some(label))))
    }

    fn action(
        &mut self,
        context: Context,
        key: &str,
        first: u8,
        table: &mut TableBuilder,
    ) -> (Action, Clock) {
        if self.is_raw && context == Context::Root && key == "properties" {
            return (Action::Enter(Context::Properties), Clock::Unsaid);
        }
        let is_gateway = self
            .schema
            .is_some_and(|schema| schema.name == "ApiManagementGatewayLogs");
        if is_gateway
            && context != Context::LastError
            && key.eq_ignore_ascii_case("lastError")
            && matches!(first, b'{' | b'n')
        {
            return (Action::Enter(Context::LastError), Clock::Unsaid);
        }
        let Named {
            mut name,
            kind,
            clock,
        } = column_of(self.schema, self.is_raw, context, key);
        if table
            .find(&name)
            .is_some_and(|column| self.columns.contains(&column))
        {
            name = match context {
                Context::Root => format!("{name}_{}", self.n_keys),
                Context::Properties => format!("properties_{key}"),
                Context::LastError => format!("lastError_{key}"),
            };
        }
        if first == b'{'
            && kind == Some(Type::String)
            && context == Context::Root
            && let Some((value, label)) = self.localized(&name)
        {
            let value = table.column(value, Type::String, true);
            let label = label.map(|label| table.column(label, Type::String, true));
            self.columns.insert(value);
            self.columns.extend(label);
            return (Action::Localized(value, label), clock);
        }
        let by_value = match first {
            b'-' | b'0'..=b'9' => Type::Long,
            b't' | b'f' => Type::Bool,
            b'{' | b'[' => Type::Dynamic,
            _ => Type::String,
        };
        let column = table.column(&name, kind.unwrap_or(by_value), kind.is_some());
        self.columns.insert(column);
        let is_route = context == Context::Root
            && self
                .route
                .as_ref()
                .is_some_and(|(route, _)| route.as_ref() == key);
        let action = match (is_route, self.is_az) {
            (true, _) => Action::Route(column),
            (false, true) => Action::Quoted(column),
            (false, false) => Action::Column(column),
        };
        (action, clock)
    }
}

/// A key, when it is the one that stands at a place.
#[inline(always)]
fn foreseen<'p>(nodes: &'p [Node], text: Text<'_>, at: usize, id: u32) -> Option<&'p Node> {
    let node = nodes.get(id as usize)?;
    let is_it = node.key.stands_at(text.bytes, at) && at + node.key.n_bytes() < text.end;
    is_it.then_some(node)
}

/// Reads one object under a plan.
struct ObjectReader<'p> {
    plan: &'p mut Plan,
    scratch: &'p mut Vec<u8>,
    clock: Clock,
}

impl ObjectReader<'_> {
    /// Recurses once for `properties` and once for `lastError`, no deeper.
    fn object(
        &mut self,
        text: Text<'_>,
        start: usize,
        table: &mut TableBuilder,
        context: Context,
    ) -> Result<usize, Stop> {
        let mut at = start;
        let mut previous = context as u32;
        loop {
            // As long as keys come as foreseen.
            let nodes = self.plan.nodes.as_slice();
            let mut action = None;
            let mut next = nodes.get(previous as usize).map_or(0, |node| node.next[0]);
            while let Some(node) = foreseen(nodes, text, at, next) {
                at += node.key.n_bytes();
                (previous, next) = (next, node.next[0]);
                let Action::Column(column) = node.action else {
                    action = Some(node.action);
                    at = text.skip_blanks(at);
                    break;
                };
                at = value::store(text, at, table, column, self.scratch)?;
            }
            let action = match action {
                Some(action) => action,
                None if text.byte(at) == b'}' && at < text.end => return Ok(at + 1),
                None => {
                    let (id, action, place) = self.searched(text, at, previous, context, table)?;
                    (previous, at) = (id, place);
                    action
                }
            };
            at = match action {
                Action::Column(column) => self.store(text, at, table, column)?,
                Action::Enter(context) => self.enter(text, at, table, context)?,
                Action::Route(column) => self.route(text, at, table, column)?,
                Action::Quoted(column) => self.quoted(text, at, table, column)?,
                Action::Localized(value, label) => self.localized(text, at, table, value, label)?,
                Action::End => return Ok(at),
            };
        }
    }

    /// The key behind a place, or the end of the object.
    #[inline(never)]
    fn searched(
        &mut self,
        text: Text<'_>,
        start: usize,
        previous: u32,
        context: Context,
        table: &mut TableBuilder,
    ) -> Result<(u32, Action, usize), Stop> {
        let guesses = self.plan.nodes.get(previous as usize);
        let guesses = guesses.map_or([0; 4], |node| node.next);
        for (guess, &id) in guesses.iter().enumerate().skip(1) {
            if let Some(node) = foreseen(&self.plan.nodes, text, start, id) {
                let place = text.skip_blanks(start + node.key.n_bytes());
                let found = (id, node.action, place);
                if let Some(node) = self.plan.nodes.get_mut(previous as usize) {
                    node.next.swap(guess, guess - 1);
                }
                return Ok(found);
            }
        }
        let is_first = previous == context as u32;
        let mut at = text.skip_blanks(if is_first { start + 1 } else { start });
        match text.byte(at) {
            _ if at >= text.end => return Err(Stop::Cut),
            b'}' => return Ok((previous, Action::End, at + 1)),
            b',' if !is_first => at = text.skip_blanks(at + 1),
            _ if !is_first => return Err(Stop::Bad(Why::Comma)),
            _ => {}
        }
        let (end, place) = value::key(text, at)?;
        let token = text.between(at, end);
        let key = token.get(1..token.len() - 1).unwrap_or_default();
        if context == Context::Root
            && std::str::from_utf8(key)
                .is_ok_and(|key| key == "FrameType" || HOLDERS.contains(&key))
        {
            is_record(text, &value::string_text(token), place, &[])?;
        }
        let spelling = text.between(start, place);
        let (id, clock) =
            self.plan
                .learn(previous, context, token, spelling, text.byte(place), table);
        if clock == Clock::Local || self.clock == Clock::Unsaid {
            self.clock = clock;
        }
        let action = self
            .plan
            .nodes
            .get(id as usize)
            .map(|node| node.action)
            .ok_or(Stop::OtherTable)?;
        Ok((id, action, place))
    }

    fn store(
        &mut self,
        text: Text<'_>,
        at: usize,
        table: &mut TableBuilder,
        column: usize,
    ) -> Result<usize, Stop> {
        value::store_apart(text, at, table, column, self.scratch)
    }

    /// The value that says which table the record belongs to.
    fn route(
        &mut self,
        text: Text<'_>,
        at: usize,
        table: &mut TableBuilder,
        column: usize,
    ) -> Result<usize, Stop> {
        let Some((_, expected)) = &self.plan.route else {
            return Err(Stop::OtherTable);
        };
        let end = at + expected.len();
        if !text.from(at).starts_with(expected) || end >= text.end {
            value::value_end(text, at)?;
            return Err(Stop::OtherTable);
        }
        self.plan.has_seen_route = true;
        self.store(text, at, table, column)
    }

    /// A value that `az` printed through Python: everything is a text, and null is `None`.
    fn quoted(
        &mut self,
        text: Text<'_>,
        at: usize,
        table: &mut TableBuilder,
        column: usize,
    ) -> Result<usize, Stop> {
        if text.from(at).starts_with(b"\"None\"") {
            return Ok(at + 6);
        }
        let is_dynamic = table
            .writer(column)
            .is_some_and(|(_, writer)| writer.kind() == Type::Dynamic);
        if is_dynamic && matches!(text.byte(at + 1), b'{' | b'[') {
            let (end, _) = value::string_end(text, at)?;
            let raw = value::string_text(text.between(at, end));
            table.text(column, python::to_json(&raw).unwrap_or(raw).as_bytes());
            return Ok(end);
        }
        self.store(text, at, table, column)
    }

    /// A name in two spellings, each in its column; an object that says more stays as it is.
    fn localized(
        &mut self,
        text: Text<'_>,
        at: usize,
        table: &mut TableBuilder,
        value: usize,
        label: Option<usize>,
    ) -> Result<usize, Stop> {
        if text.byte(at) != b'{' {
            return self.store(text, at, table, value);
        }
        let (mut name, mut read, mut is_name) = ((at, at), (at, at), true);
        let end = members(text, at, &mut |key, start, end| {
            match key {
                "value" => name = (start, end),
                "localizedValue" => read = (start, end),
                _ => is_name = false,
            }
            true
        })?;
        let same = || text.between(name.0, name.1) == text.between(read.0, read.1);
        let has_read = read.0 > at;
        if !is_name || name.0 == at || (has_read && label.is_none() && !same()) {
            return self.store(text, at, table, value);
        }
        self.store(text, name.0, table, value)?;
        if let Some(label) = label.filter(|_| has_read) {
            self.store(text, read.0, table, label)?;
        }
        Ok(end)
    }

    /// An object whose members are columns: as an object, as a text of one, or as Python prints it.
    fn enter(
        &mut self,
        text: Text<'_>,
        at: usize,
        table: &mut TableBuilder,
        context: Context,
    ) -> Result<usize, Stop> {
        match text.byte(at) {
            b'{' => self.object(text, at, table, context),
            b'n' if text.from(at).starts_with(b"null") => Ok(at + 4),
            _ => {
                let end = value::value_end(text, at)?;
                self.enter_text(text.between(at, end), table, context);
                Ok(end)
            }
        }
    }

    #[cold]
    fn enter_text(&mut self, raw: &[u8], table: &mut TableBuilder, context: Context) {
        let own_name = if context == Context::LastError {
            "LastError"
        } else {
            "Properties"
        };
        if raw.first() != Some(&b'"') {
            let column = table.column(own_name, Type::Dynamic, true);
            return table.json(column, raw);
        }
        let inside = value::string_text(raw);
        let json = if inside.trim_start().starts_with('{') {
            python::to_json(&inside).unwrap_or(inside)
        } else {
            inside
        };
        let mut padded = json.into_bytes();
        let end = padded.len();
        padded.extend([0; PADDING]);
        let nested = Text {
            bytes: &padded,
            end,
            is_last: true,
        };
        let start = nested.skip_blanks(0);
        let is_read = nested.byte(start) == b'{'
            && self
                .object(nested, start, table, context)
                .is_ok_and(|at| nested.skip_blanks(at) == end);
        if !is_read && end > 0 {
            let column = table.column(own_name, Type::Dynamic, true);
            table.text(column, nested.between(0, end));
        }
    }
}
