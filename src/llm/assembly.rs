//! One id at a time: its rows become calls.
//!
//! Input: the rows of one `CorrelationId`. Output: calls: duplicates left out, parts in their order,
//! problems marked. Invariants: the order of rows changes nothing; a text is taken as it is or not
//! at all. Rules: `reference/FORMATS.md` §2: number 0 has the counts and no text, requests come before
//! responses, a text over 32 KB is cut, parts of a request may share a number.

use super::arrangement::{self, Group, Order};
use super::call::{Call, Place, Problem, Side, Tokens};
use super::json_text::JsonText;
use super::log::{Cells, Log};
use super::shape;
use crate::value::{Dynamic, order};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash as _, Hasher as _};

/// Rows of one event in two exports may differ in time by what one of them cuts off.
const SAME_TIME_TICKS: u64 = 10_000_000;
/// Tokens that no call has.
const ABSURD_TOKENS: i64 = 10_000_000;
/// Rows of a call that are compared with each other one by one.
const FEW_ROWS: usize = 32;
/// Most texts of one number that are compared as JSON with each other.
const MAX_SPELLINGS: usize = 8;
/// The service logs 2 MB of a text at most: so many bytes, or so many UTF-16 units of two.
const LOGGED_BYTES: usize = 1_000_000;

/// The columns that decide.
#[derive(Debug)]
pub(super) struct Columns {
    numbers: Cells,
    times: Cells,
    pub(super) requests: Cells,
    pub(super) responses: Cells,
    tokens: [Cells; 3],
    models: Cells,
    deployments: Cells,
}

impl Columns {
    pub(super) fn of(log: &Log) -> Self {
        Self {
            numbers: log.cells("SequenceNumber"),
            times: log.cells("TimeGenerated"),
            requests: log.cells("RequestMessages"),
            responses: log.cells("ResponseMessages"),
            tokens: ["PromptTokens", "CompletionTokens", "TotalTokens"].map(|name| log.cells(name)),
            models: log.cells("ModelName"),
            deployments: log.cells("DeploymentName"),
        }
    }

    /// A text of the row, for those that have one.
    fn side(&self, is_request: bool) -> &Cells {
        if is_request {
            &self.requests
        } else {
            &self.responses
        }
    }
}

/// A row on its way into a call.
#[derive(Clone, Copy, Debug)]
struct Row {
    place: Place,
    number: Option<i32>,
    time: Option<i64>,
}

/// The rows of one id on their way into calls.
pub(super) struct Assembly<'r> {
    /// The columns of the log.
    pub(super) columns: &'r Columns,
    /// The log.
    pub(super) log: &'r Log,
    /// The gateway rows of the id, by time.
    pub(super) gateway: &'r [(u32, i64, Place)],
    /// The status codes of the gateway rows.
    pub(super) codes: &'r Cells,
    /// Whether the rows have an id at all.
    pub(super) has_id: bool,
}

/// Rows that say the same.
struct Same {
    row: Row,
    count: u32,
}

impl Assembly<'_> {
    /// Adds the calls of the rows; the bytes that were read for them.
    pub(super) fn run(&self, places: &[Place], calls: &mut Vec<Call>) -> usize {
        let mut rows: Vec<Row> = places
            .iter()
            .map(|&place| Row {
                place,
                number: self
                    .columns
                    .numbers
                    .long(place)
                    .and_then(|number| i32::try_from(number).ok()),
                time: self.columns.times.long(place),
            })
            .collect();
        let key = |row: &Row| (row.number.unwrap_or(i32::MAX), row.time, row.place);
        if !rows.is_sorted_by_key(key) {
            order::sort_by_key(&mut rows, key);
        }
        let n_bytes = rows.iter().map(|row| self.n_bytes(row)).sum();
        let headers = self.distinct_headers(&rows);
        if headers.len() < 2 {
            calls.push(self.call(&rows, None));
            return n_bytes;
        }
        let are_apart = headers.windows(2).all(|pair| match pair {
            [one, other] => far(one.time, other.time),
            _ => true,
        });
        let n_calls = headers.len();
        let mut of_call: Vec<Vec<Row>> = vec![Vec::new(); n_calls];
        for row in rows {
            let near = |header: &Row| match (header.time, row.time) {
                (Some(one), Some(other)) => one.abs_diff(other),
                _ => u64::MAX,
            };
            // A header is its own; what cannot be told apart stays with the first.
            let nearest = if are_apart || self.is_header(&row) {
                (0..n_calls).min_by_key(|&at| {
                    headers.get(at).map(|header| {
                        (
                            self.is_header(&row) && !self.is_same_header(header, &row),
                            near(header),
                            at,
                        )
                    })
                })
            } else {
                None
            };
            if let Some(rows) = of_call.get_mut(nearest.unwrap_or(0)) {
                rows.push(row);
            }
        }
        let problem = if are_apart {
            Problem::IdRepeated
        } else {
            Problem::IdShared
        };
        calls.extend(
            of_call
                .into_iter()
                .map(|rows| self.call(&rows, Some(problem))),
        );
        n_bytes
    }

    fn n_bytes(&self, row: &Row) -> usize {
        self.text(row, true).len() + self.text(row, false).len()
    }

    fn text(&self, row: &Row, is_request: bool) -> &str {
        self.columns.side(is_request).text(row.place)
    }

    /// A row of number 0, or one without a number and without text.
    fn is_header(&self, row: &Row) -> bool {
        row.number == Some(0) || (row.number.is_none() && self.n_bytes(row) == 0)
    }

    /// Headers that are not the same one twice, by time.
    fn distinct_headers(&self, rows: &[Row]) -> Vec<Row> {
        let mut found: Vec<Row> = Vec::new();
        for row in rows.iter().filter(|row| self.is_header(row)) {
            if !found.iter().any(|other| self.is_same_header(other, row)) {
                found.push(*row);
            }
        }
        order::sort_by_key(&mut found, |row| (row.time, row.place));
        found
    }

    /// Whether two headers can be one: at one time, and where both have a value it is the same.
    fn is_same_header(&self, one: &Row, other: &Row) -> bool {
        let is_same_text = |cells: &Cells| {
            let (one, other) = (cells.text(one.place), cells.text(other.place));
            one.is_empty() || other.is_empty() || one == other
        };
        let is_same_count = |cells: &Cells| match (cells.long(one.place), cells.long(other.place)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        !far(one.time, other.time)
            && self.columns.tokens.iter().all(is_same_count)
            && is_same_text(&self.columns.models)
            && is_same_text(&self.columns.deployments)
    }

    /// One call of rows in the order of their numbers.
    fn call(&self, rows: &[Row], problem: Option<Problem>) -> Call {
        let whole = self.call_of_sources(rows, problem);
        let sources = self.sources(rows);
        if sources.len() < 2 || !self.is_in_conflict(&whole) {
            return whole;
        }
        // Exports that cut the same text into other parts: each is put together for itself.
        let mut alone: Vec<Call> = sources
            .iter()
            .map(|&source| {
                let rows: Vec<Row> = rows
                    .iter()
                    .filter(|row| self.log.part_of(row.place) == source)
                    .copied()
                    .collect();
                self.call_of_sources(&rows, problem)
            })
            .collect();
        order::sort_by_key(&mut alone, |call| {
            (call.problems.completeness(), call.header.is_none())
        });
        let mut alone = alone.into_iter();
        let Some(mut best) = alone.next() else {
            return whole;
        };
        let is_other = |other: Call| {
            other.problems.completeness() == best.problems.completeness()
                && [true, false].into_iter().any(|is_request| {
                    let side = |call: &Call| {
                        if is_request {
                            call.request.clone()
                        } else {
                            call.response.clone()
                        }
                    };
                    !self.reads_the_same(&side(&best), &side(&other), is_request)
                })
        };
        let is_another = alone.any(is_other);
        best.problems.add_if(is_another, Problem::SourcesDiffer);
        best.header = best.header.or(whole.header);
        best.tokens = whole.tokens;
        best.n_duplicates = rows.len() as u32 - best.n_rows;
        best
    }

    fn sources(&self, rows: &[Row]) -> Vec<u32> {
        let mut sources = Vec::new();
        for source in rows.iter().map(|row| self.log.part_of(row.place)) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        order::sort_by_key(&mut sources, |&source| source);
        sources
    }

    fn is_in_conflict(&self, call: &Call) -> bool {
        [
            Problem::RequestOrder,
            Problem::ResponseOrder,
            Problem::RequestCut,
            Problem::ResponseCut,
            Problem::BetweenUnknown,
        ]
        .into_iter()
        .any(|problem| call.problems.has(problem))
    }

    /// Whether two sides are one text, or one JSON document in two spellings.
    fn reads_the_same(&self, one: &Side, other: &Side, is_request: bool) -> bool {
        let cells = self.columns.side(is_request);
        let text =
            |side: &Side| -> String { side.parts.iter().map(|&place| cells.text(place)).collect() };
        let (text_of_one, text_of_other) = (text(one), text(other));
        let is_same_document =
            || match (Dynamic::parse(&text_of_one), Dynamic::parse(&text_of_other)) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            };
        one.is_ordered == other.is_ordered && (text_of_one == text_of_other || is_same_document())
    }

    fn call_of_sources(&self, rows: &[Row], problem: Option<Problem>) -> Call {
        let mut call = Call {
            first: rows.first().map_or((0, 0), |row| row.place),
            ..Call::default()
        };
        if let Some(problem) = problem {
            call.problems.add(problem);
        }
        call.problems.add_if(!self.has_id, Problem::IdMissing);
        let same = self.without_duplicates(rows);
        call.n_rows = same.len() as u32;
        call.n_duplicates = rows.len() as u32 - call.n_rows;
        self.count(rows, &mut call);
        call.gateway = self.gateway_row(call.time);
        self.arrange(&same, &mut call, true);
        self.arrange(&same, &mut call, false);
        self.judge(&same, &mut call);
        call
    }

    /// Each row once: rows of one number that say the same are one.
    fn without_duplicates(&self, rows: &[Row]) -> Vec<Same> {
        let mut distinct: Vec<Same> = Vec::with_capacity(rows.len());
        // Where each text was seen first, by its hash; in a small call rows are compared one by one.
        let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
        for row in rows {
            let (request, response) = (self.text(row, true), self.text(row, false));
            let is_header = self.is_header(row) && request.is_empty() && response.is_empty();
            let is_same = |same: &Same| {
                let other = &same.row;
                (is_header || row.number == other.number)
                    && self.text(other, true) == request
                    && self.text(other, false) == response
                    && is_header == (self.is_header(other) && self.n_bytes(other) == 0)
            };
            let found = if rows.len() <= FEW_ROWS {
                distinct.iter().position(is_same)
            } else {
                let mut hasher = FxHasher::default();
                (if is_header { None } else { row.number }, request, response).hash(&mut hasher);
                let at = *seen.entry(hasher.finish()).or_insert(distinct.len() as u32) as usize;
                // Of two texts with one hash the second is looked for.
                match distinct.get(at) {
                    Some(same) if !is_same(same) => distinct.iter().position(is_same),
                    found => found.map(|_| at),
                }
            };
            match found.and_then(|at| distinct.get_mut(at)) {
                Some(same) => same.count += 1,
                None => distinct.push(Same {
                    row: *row,
                    count: 1,
                }),
            }
        }
        self.merge_spellings(distinct)
    }

    /// JSON that two exports space or order in their own way is one text; the longest stays.
    fn merge_spellings(&self, mut distinct: Vec<Same>) -> Vec<Same> {
        let mut at = 0;
        while at < distinct.len() {
            let number = distinct.get(at).and_then(|same| same.row.number);
            let n_same = distinct
                .iter()
                .skip(at)
                .take_while(|same| same.row.number == number)
                .count();
            if (2..=MAX_SPELLINGS).contains(&n_same) {
                let mut group: Vec<Same> = distinct.drain(at..at + n_same).collect();
                order::sort_by(&mut group, |a, b| {
                    let text =
                        |same: &Same, is_request| self.text(&same.row, is_request).to_owned();
                    let by_text = |is_request| text(a, is_request).cmp(&text(b, is_request));
                    let by_size = self.n_bytes(&b.row).cmp(&self.n_bytes(&a.row));
                    by_size
                        .then_with(|| by_text(true))
                        .then_with(|| by_text(false))
                });
                let mut kept: Vec<(Same, Option<[Dynamic; 2]>)> = Vec::new();
                for same in group {
                    let value = self.document(&same.row);
                    let equal = kept
                        .iter_mut()
                        .find(|(_, other)| value.is_some() && *other == value);
                    match equal {
                        Some((first, _)) => first.count += same.count,
                        None => kept.push((same, value)),
                    }
                }
                let mut kept: Vec<Same> = kept.into_iter().map(|(same, _)| same).collect();
                order::sort_by_key(&mut kept, |same| (same.row.time, same.row.place));
                let n_kept = kept.len();
                distinct.splice(at..at, kept);
                at += n_kept;
            } else {
                at += n_same;
            }
        }
        distinct
    }

    /// The messages of a row, where each is a JSON document.
    fn document(&self, row: &Row) -> Option<[Dynamic; 2]> {
        // Most parts show at their ends that they are none.
        let may_be_one = |text: &str| {
            text.trim_start().starts_with(['[', '{']) && text.trim_end().ends_with([']', '}'])
        };
        let parse = |is_request| match self.text(row, is_request) {
            "" => Some(Dynamic::Null),
            text if !may_be_one(text) => None,
            text => Dynamic::parse(text)
                .filter(|value| matches!(value, Dynamic::Array(_) | Dynamic::Bag(_))),
        };
        let both = [parse(true)?, parse(false)?];
        (self.n_bytes(row) > 0).then_some(both)
    }

    /// Whether a text alone is a JSON document that nothing can follow.
    fn is_document(&self, row: &Row, is_request: bool) -> bool {
        let mut json = JsonText::new();
        json.read(self.text(row, is_request)) && json.is_whole() && !json.is_open_ended()
    }

    /// The header, the time and the counts.
    fn count(&self, rows: &[Row], call: &mut Call) {
        let counts = |row: &Row| {
            self.columns
                .tokens
                .each_ref()
                .map(|cells| cells.long(row.place))
        };
        let has_counts = |row: &&Row| counts(row).into_iter().flatten().any(|count| count != 0);
        let of_number = |row: &&Row| self.is_header(row);
        let header = rows
            .iter()
            .filter(of_number)
            .find(has_counts)
            .or_else(|| rows.iter().find(of_number))
            .or_else(|| rows.iter().find(has_counts));
        let first_time = rows.iter().filter_map(|row| row.time).min();
        call.time = header.and_then(|row| row.time).or(first_time);
        let Some(header) = header else {
            return;
        };
        call.header = Some(header.place);
        call.first = header.place;
        // Of two exports one may lack a column that the other has.
        let others = rows.iter().filter(of_number).chain([header]);
        let mut found = counts(header);
        for row in others {
            for (place, count) in found.iter_mut().zip(counts(row)) {
                *place = place.or(count);
            }
        }
        let is_absurd = |count: &i64| !(0..=ABSURD_TOKENS).contains(count);
        let [prompt, completion, total] = found;
        call.problems
            .add_if(found.iter().flatten().any(is_absurd), Problem::TokensAbsurd);
        call.problems
            .add_if(found.iter().all(Option::is_none), Problem::TokensMissing);
        if let (Some(prompt), Some(completion), Some(total)) = (prompt, completion, total) {
            call.problems.add_if(
                prompt.checked_add(completion) != Some(total),
                Problem::TokensDiffer,
            );
        }
        let [prompt, completion, total] =
            found.map(|count| count.filter(|count| !is_absurd(count)));
        call.tokens = Tokens {
            prompt,
            completion,
            total,
        };
    }

    /// The gateway row of the id: the nearest in time, of equally near ones the latest.
    fn gateway_row(&self, time: Option<i64>) -> Option<Place> {
        let distance = |row: &&(u32, i64, Place)| {
            (
                time.unwrap_or(row.1).abs_diff(row.1),
                std::cmp::Reverse(row.1),
            )
        };
        self.gateway.iter().min_by_key(distance).map(|row| row.2)
    }

    /// The parts of a side in their order.
    fn arrange(&self, same: &[Same], call: &mut Call, is_request: bool) {
        // Rows that come twice though others do not may be parts that repeat.
        let counts = || same.iter().map(|same| same.count);
        let is_doubled = counts().min() == counts().max();
        let with_text: Vec<&Same> = same
            .iter()
            .filter(|same| !self.text(&same.row, is_request).is_empty())
            .collect();
        let mut groups: Vec<Vec<&Same>> = Vec::new();
        for same in with_text {
            match groups.last_mut() {
                Some(group)
                    if group
                        .first()
                        .is_some_and(|first| first.row.number == same.row.number) =>
                {
                    group.push(same);
                }
                _ => groups.push(vec![same]),
            }
        }
        let as_they_came: Vec<Place> = groups.iter().flatten().map(|same| same.row.place).collect();
        let side = if groups.iter().all(|group| group.len() == 1) {
            let may_repeat = |same: &&Same| {
                same.count > 1
                    && (is_request || same.row.number.is_none())
                    && !self.is_document(&same.row, is_request)
            };
            let is_repeated = !is_doubled && groups.iter().flatten().any(may_repeat);
            call.problems.add_if(is_repeated, Problem::RepeatedPart);
            Side {
                parts: as_they_came,
                is_ordered: !is_repeated,
            }
        } else {
            self.arrange_shared(&groups, call, is_request, is_doubled)
                .map_or_else(
                    || Side {
                        parts: as_they_came,
                        is_ordered: false,
                    },
                    |parts| Side {
                        parts,
                        is_ordered: true,
                    },
                )
        };
        let place = if is_request {
            &mut call.request
        } else {
            &mut call.response
        };
        *place = side;
    }

    /// The order of parts that share a number, where it is told.
    fn arrange_shared(
        &self,
        groups: &[Vec<&Same>],
        call: &mut Call,
        is_request: bool,
        is_doubled: bool,
    ) -> Option<Vec<Place>> {
        let (unordered, cut) = if is_request {
            (Problem::RequestOrder, Problem::RequestCut)
        } else {
            (Problem::ResponseOrder, Problem::ResponseCut)
        };
        let texts = |of: &dyn Fn(&Same) -> u32| -> Vec<Group<'_>> {
            let group = |group: &Vec<&Same>| Group {
                texts: group
                    .iter()
                    .map(|same| (self.text(&same.row, is_request), of(same)))
                    .collect(),
            };
            groups.iter().map(group).collect()
        };
        call.problems.add(Problem::BetweenUnknown);
        match arrangement::find(&texts(&|_| 1)) {
            Order::One(order) => {
                let is_repeated = groups.iter().flatten().any(|same| same.count > 1);
                if is_repeated && !is_doubled {
                    let repeats = texts(&|same| same.count);
                    if arrangement::find(&repeats) != Order::None {
                        call.problems.add(Problem::RepeatedPart);
                        call.problems.add(unordered);
                        return None;
                    }
                }
                let place =
                    |&(group, text): &(usize, usize)| Some(groups.get(group)?.get(text)?.row.place);
                Some(order.iter().filter_map(place).collect())
            }
            Order::Several => {
                call.problems.add(unordered);
                None
            }
            Order::None => {
                let begins_as_json = |same: &&Same| {
                    self.text(&same.row, is_request)
                        .trim_start()
                        .starts_with(['[', '{'])
                };
                call.problems.add(unordered);
                call.problems
                    .add_if(groups.iter().flatten().any(begins_as_json), cut);
                None
            }
        }
    }

    /// What is wrong, or cannot be told.
    fn judge(&self, same: &[Same], call: &mut Call) {
        for is_request in [true, false] {
            self.judge_text(call, is_request);
        }
        if !self.has_id {
            return;
        }
        let has_text = |same: &&Same| self.n_bytes(&same.row) > 0;
        let numbers: Vec<i32> = same.iter().filter_map(|same| same.row.number).collect();
        call.problems.add_if(
            if numbers.is_empty() {
                call.header.is_none()
            } else {
                !numbers.contains(&0)
            },
            Problem::HeaderMissing,
        );
        let mut expected = 1;
        for &number in numbers.iter().filter(|&&number| number > 0) {
            if number > expected && call.missing_number.is_none() {
                call.missing_number = Some(expected);
            }
            expected = expected.max(number.saturating_add(1));
        }
        call.problems
            .add_if(call.missing_number.is_some(), Problem::PartMissing);
        let has_request = !call.request.parts.is_empty();
        let has_response = !call.response.parts.is_empty();
        if !same.iter().any(|same| has_text(&same)) {
            call.problems.add(Problem::MessagesUnknown);
        } else if !has_request {
            call.problems.add(Problem::RequestMissing);
        } else if !has_response {
            if call.tokens.completion.is_some_and(|count| count > 0) {
                call.problems.add(Problem::ResponseMissing);
            } else if !self.has_failed(call) {
                call.problems.add(Problem::ResponseUnknown);
            }
        }
    }

    /// Whether the gateway says that there was no answer.
    fn has_failed(&self, call: &Call) -> bool {
        let code = call.gateway.and_then(|place| self.codes.long(place));
        code.is_some_and(|code| code >= 400)
    }

    fn judge_text(&self, call: &mut Call, is_request: bool) {
        let side = if is_request {
            &call.request
        } else {
            &call.response
        };
        if side.parts.is_empty() || !side.is_ordered {
            return;
        }
        let cells = self.columns.side(is_request);
        let cut = if is_request {
            Problem::RequestCut
        } else {
            Problem::ResponseCut
        };
        let mut json = JsonText::new();
        let mut is_json = true;
        let (mut n_bytes, mut is_damaged) = (0, false);
        let mut last: Option<&str> = None;
        for &place in &side.parts {
            let text = cells.text(place);
            n_bytes += text.len();
            is_json = is_json && json.read(text);
            is_damaged |=
                last.is_some_and(|last| last.ends_with('\u{fffd}') || text.starts_with('\u{fffd}'));
            last = Some(text);
        }
        let first = side
            .parts
            .first()
            .map_or("", |&place| cells.text(place))
            .trim_start();
        let looks_like_json = first.starts_with(['[', '{']);
        let problems = &mut call.problems;
        problems.add_if(is_damaged, Problem::DamagedCharacter);
        if is_json && json.is_whole() {
            problems.add_if(json.is_open_ended(), Problem::EndUnknown);
        } else if looks_like_json {
            problems.add(cut);
            problems.add_if(is_json && n_bytes >= LOGGED_BYTES, Problem::Truncated);
        } else if shape::is_stream(first) {
            let end = last.unwrap_or_default().trim_end();
            let is_ended = end.ends_with("[DONE]")
                || end.contains("message_stop")
                || end.contains("response.completed");
            problems.add_if(!is_ended, Problem::EndUnknown);
        } else {
            problems.add(Problem::NotJson);
            problems.add(Problem::EndUnknown);
        }
    }
}

/// Whether two times cannot be one.
fn far(one: Option<i64>, other: Option<i64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.abs_diff(other) >= SAME_TIME_TICKS,
        _ => false,
    }
}
