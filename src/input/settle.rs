//! What only the end of a source tells: types of texts, the order of dates, reasons for care.
//!
//! Input: the tables as they were read. Output: finished tables. Invariants: a column of texts gets
//! another type only when every text of it is what that type prints (a whole number may stand for a
//! real), so nothing is lost; a column of dates gets an order only when one of its texts shows it or
//! the caller says it.

use super::sink::Sink;
use super::warning::Warning;
use crate::schema;
use crate::table::{Data, DateOrder, Dynamics, Strings, Table, TableBuilder, order_of, parse_date};
use crate::value::{Type, Value, datetime, number, timespan};

/// Most rows that the portal shows and exports, and that the query API returns.
const ROW_CAPS: [usize; 2] = [30_000, 500_000];
/// Bytes of a body that the gateway logs at most.
const MAX_BODY_BYTES: usize = 8_192;

/// Finished tables.
pub(super) struct Settled {
    pub(super) tables: Vec<Table>,
    /// Columns whose dates can be read in two ways: table, column.
    pub(super) text_dates: Vec<(usize, usize)>,
}

/// Finishes the tables of a source.
pub(super) fn settle(
    sink: &mut Sink,
    has_untyped_texts: bool,
    order: Option<DateOrder>,
) -> Settled {
    let mut tables = Vec::new();
    let mut text_dates = Vec::new();
    let builders = std::mem::take(&mut sink.tables);
    for builder in builders.into_iter().filter(|builder| builder.n_rows() > 0) {
        let dated = builder.dated_columns();
        let open = if has_untyped_texts {
            open_columns(&builder)
        } else {
            Vec::new()
        };
        let mut n_unfit = builder.n_unfit();
        let mut table = builder.finish();
        for column in dated {
            let Some(order) = order.or_else(|| order_of_column(&table, column)) else {
                sink.warn(
                    Warning::TextDates,
                    table
                        .fields()
                        .get(column)
                        .map_or("", |field| field.name.as_str()),
                );
                text_dates.push((tables.len(), column));
                continue;
            };
            n_unfit += read_dates(&mut table, column, order).unwrap_or(0);
        }
        for column in open {
            read_as_its_type(&mut table, column);
        }
        warn_of(&table, n_unfit, sink);
        tables.push(table);
    }
    Settled { tables, text_dates }
}

/// Reads a column of texts as dates of an order; the number of texts that are none.
fn read_dates(table: &mut Table, column: usize, order: DateOrder) -> Option<usize> {
    table.read_column(column, Type::DateTime, false, &|text| {
        parse_date(text, order).map(Value::DateTime)
    })
}

/// A table with a column of dates settled by the caller; `None` when the column holds no texts.
pub fn settle_dates(table: &Table, column: usize, order: DateOrder) -> Option<Table> {
    let mut table = table.clone();
    read_dates(&mut table, column, order)?;
    Some(table)
}

/// Columns of texts whose type nobody gave.
fn open_columns(builder: &TableBuilder) -> Vec<usize> {
    let dated = builder.dated_columns();
    (0..builder.n_columns())
        .filter(|column| !builder.is_declared(*column) && !dated.contains(column))
        .collect()
}

/// Calls `see` with every distinct text of a column (or every text, where they are not coded).
fn for_each_text(table: &Table, column: usize, see: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut scratch = String::new();
    if let Some(dictionary) = table.coded_dictionary(column) {
        return (1..dictionary.len() as u32).all(|code| see(dictionary.get(code)));
    }
    (0..table.n_segments()).all(|segment| {
        let Some(decoded) = table.decode(segment, column) else {
            return true;
        };
        match &decoded.data {
            Data::String(strings) | Data::Dynamic(Dynamics::Json(strings)) => (0..strings.len())
                .all(|row| {
                    let text = strings.get(row, &mut scratch);
                    text.is_empty() || see(text)
                }),
            _ => true,
        }
    })
}

/// The order that the texts of a column show; `None` when none does, or when they contradict.
fn order_of_column(table: &Table, column: usize) -> Option<DateOrder> {
    let (mut month_first, mut day_first) = (false, false);
    for_each_text(table, column, &mut |text| {
        match order_of(text) {
            Some(DateOrder::MonthFirst) => month_first = true,
            Some(DateOrder::DayFirst) => day_first = true,
            None => {}
        }
        true
    });
    match (month_first, day_first) {
        (true, false) => Some(DateOrder::MonthFirst),
        (false, true) => Some(DateOrder::DayFirst),
        _ => None,
    }
}

/// Reads a column of texts as the narrowest type that all its texts are spelled as.
fn read_as_its_type(table: &mut Table, column: usize) {
    if table
        .fields()
        .get(column)
        .is_none_or(|field| field.kind != Type::String)
    {
        return;
    }
    let mut n_texts = 0_usize;
    let mut fitting: Vec<Spelling> = SPELLINGS.to_vec();
    for_each_text(table, column, &mut |text| {
        n_texts += 1;
        fitting.retain(|(_, read)| read(text).is_some());
        !fitting.is_empty()
    });
    if let Some(&(kind, read)) = fitting.first().filter(|_| n_texts > 0) {
        table.read_column(column, kind, true, &|text| read(text));
    }
}

/// A type and how its texts are read, none that it would print in another way.
type Spelling = (Type, fn(&str) -> Option<Value>);

const SPELLINGS: &[Spelling] = &[
    (Type::Long, |text| {
        number::parse_long(text)
            .filter(|long| long.to_string() == text)
            .map(Value::Long)
    }),
    (Type::Real, |text| {
        let real = number::parse_real(text).filter(|real| real.is_finite())?;
        let whole = text
            .parse::<i32>()
            .is_ok_and(|whole| whole.to_string() == text);
        (whole || number::real_text(real) == text).then_some(Value::Real(real))
    }),
    (Type::Bool, |text| match text {
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }),
    (Type::TimeSpan, |text| {
        let ticks = text.contains(':').then(|| timespan::parse(text))??;
        (timespan::text(ticks) == text).then_some(Value::TimeSpan(ticks))
    }),
    (Type::DateTime, |text| {
        is_iso(text)
            .then(|| datetime::parse(text))?
            .map(Value::DateTime)
    }),
];

/// Whether a text is a full ISO 8601 time that the type prints again, but for zeros at its end.
fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_shape = bytes.len() >= 19
        && bytes.iter().take(4).all(u8::is_ascii_digit)
        && bytes.get(4) == Some(&b'-')
        && matches!(bytes.get(10), Some(b'T' | b' '))
        && bytes.get(13) == Some(&b':');
    let fraction = text
        .rsplit_once('.')
        .map_or("", |(_, fraction)| fraction.trim_end_matches('Z'));
    has_shape
        && fraction.len() <= 7
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && !text.contains('+')
}

/// Notes what a finished table says about how far it can be trusted.
fn warn_of(table: &Table, n_unfit: usize, sink: &mut Sink) {
    if n_unfit > 0 {
        sink.warn_times(Warning::UnfitValues, table.name(), n_unfit as u64);
    }
    if ROW_CAPS.contains(&table.n_rows()) {
        sink.warn(Warning::RowCap, &format!("{} rows", table.n_rows()));
    }
    let n_sampled = count(table, "ItemCount", |column, row| {
        column.value(row).as_long().is_some_and(|count| count > 1)
    });
    if n_sampled > 0 && table.name() != "AppMetrics" {
        sink.warn_times(Warning::Sampled, table.name(), n_sampled);
    }
    let bodies = [
        "RequestBody",
        "ResponseBody",
        "BackendRequestBody",
        "BackendResponseBody",
    ];
    let n_cut: u64 = bodies
        .iter()
        .map(|name| count_long_texts(table, name))
        .sum();
    if n_cut > 0 && table.name() == "ApiManagementGatewayLogs" {
        sink.warn_times(Warning::CutBodies, "", n_cut);
    }
    let is_log = table.find("_ResourceId").is_some()
        || (table.find("TimeGenerated").is_some()
            && table.find("Category").or(table.find("Type")).is_some());
    if is_log
        && schema::TABLES
            .iter()
            .all(|known| known.name != table.name())
    {
        sink.warn(Warning::NotApim, table.name());
    }
}

fn count(table: &Table, name: &str, test: impl Fn(&crate::table::Column, usize) -> bool) -> u64 {
    let Some(column) = table.find(name) else {
        return 0;
    };
    let in_segment = |segment| {
        table.decode(segment, column).map_or(0, |decoded| {
            (0..decoded.len())
                .filter(|&row| test(&decoded, row))
                .count()
        })
    };
    (0..table.n_segments()).map(in_segment).sum::<usize>() as u64
}

fn count_long_texts(table: &Table, name: &str) -> u64 {
    count(table, name, |column, row| match &column.data {
        Data::String(Strings::Plain { offsets, .. }) => {
            let length = offsets
                .get(row + 1)
                .zip(offsets.get(row))
                .map_or(0, |(end, start)| end - start);
            length as usize >= MAX_BODY_BYTES
        }
        Data::String(Strings::Coded { codes, dictionary }) => codes
            .get(row)
            .is_some_and(|&code| dictionary.get(code).len() >= MAX_BODY_BYTES),
        _ => false,
    })
}
