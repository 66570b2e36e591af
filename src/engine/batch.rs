//! Batches: up to 64 Ki rows on their way through the operators.
//!
//! Invariant: a column of a batch is made when someone reads it and not before, and once. So a
//! `where` that drops nearly everything never touches the other columns, and a result of a million
//! rows that nobody scrolls through costs only its row numbers.

use super::plan::Expr;
use crate::table::{Column, Data, Make, Origin, Part, Table};
use crate::value::{Type, Value};
use std::cell::OnceCell;
use std::rc::Rc;

/// A row that is not there: the other side of an outer join.
pub const NO_ROW: u32 = u32::MAX;

/// Numbers of rows, shared by the columns of a batch.
type RowList = Rc<Vec<u32>>;

/// Rows of a relation, column by column.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The columns.
    pub columns: Vec<Lazy>,
    /// Number of rows, also when there are no columns.
    pub n_rows: usize,
}

/// A column that is made when it is first read.
#[derive(Clone, Debug)]
pub struct Lazy(Rc<Deferred>);

#[derive(Debug)]
struct Deferred {
    made: OnceCell<Rc<Column>>,
    recipe: Recipe,
}

#[derive(Debug)]
enum Recipe {
    Made,
    Stored {
        table: Rc<Table>,
        segment: usize,
        column: usize,
        kind: Type,
    },
    MadeBy {
        maker: Rc<dyn Make>,
        segment: usize,
        column: usize,
    },
    Constant {
        value: Value,
        kind: Type,
        n_rows: usize,
    },
    Rows {
        of: Lazy,
        rows: Rc<Vec<u32>>,
    },
    OuterRows {
        of: Lazy,
        rows: Rc<Vec<u32>>,
    },
    Scattered {
        of: Rc<Vec<Batch>>,
        column: usize,
        places: Rc<Vec<(u32, u32)>>,
        kind: Type,
    },
}

impl Lazy {
    /// A column that is there already.
    pub fn made(column: Rc<Column>) -> Self {
        let cell = OnceCell::new();
        let _ = cell.set(column);
        Self(Rc::new(Deferred {
            made: cell,
            recipe: Recipe::Made,
        }))
    }

    /// A new column.
    pub fn column(column: Column) -> Self {
        Self::made(Rc::new(column))
    }

    /// The same value in every row.
    pub fn constant(value: Value, kind: Type, n_rows: usize) -> Self {
        Self::deferred(Recipe::Constant {
            value,
            kind,
            n_rows,
        })
    }

    fn deferred(recipe: Recipe) -> Self {
        Self(Rc::new(Deferred {
            made: OnceCell::new(),
            recipe,
        }))
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn rows(&self, rows: &Rc<Vec<u32>>) -> Self {
        if let Recipe::Constant { value, kind, .. } = &self.0.recipe {
            return Self::constant(value.clone(), *kind, rows.len());
        }
        Self::deferred(Recipe::Rows {
            of: self.clone(),
            rows: Rc::clone(rows),
        })
    }

    /// As [`Lazy::rows`], and past steps that were not made: rows of rows are rows. The lists that were
    /// put together so are kept in `known`, since the columns of a batch share them.
    fn rows_through(&self, rows: &Rc<Vec<u32>>, known: &mut Vec<(RowList, RowList)>) -> Self {
        let Recipe::Rows { of, rows: before } = &self.0.recipe else {
            return self.rows(rows);
        };
        if self.0.made.get().is_some() {
            return self.rows(rows);
        }
        let found = known
            .iter()
            .find(|(first, _)| Rc::ptr_eq(first, before))
            .map(|(_, both)| Rc::clone(both));
        let both = found.unwrap_or_else(|| {
            let both: Vec<u32> = rows
                .iter()
                .map(|&row| before.get(row as usize).copied().unwrap_or(NO_ROW))
                .collect();
            let both = Rc::new(both);
            known.push((Rc::clone(before), Rc::clone(&both)));
            both
        });
        of.rows(&both)
    }

    /// The rows named; [`NO_ROW`] gives null or the empty text.
    #[must_use]
    pub fn outer_rows(&self, rows: &Rc<Vec<u32>>) -> Self {
        Self::deferred(Recipe::OuterRows {
            of: self.clone(),
            rows: Rc::clone(rows),
        })
    }

    /// Rows out of several batches, as pairs of batch and row.
    pub fn scattered(
        of: &Rc<Vec<Batch>>,
        column: usize,
        places: &Rc<Vec<(u32, u32)>>,
        kind: Type,
    ) -> Self {
        Self::deferred(Recipe::Scattered {
            of: Rc::clone(of),
            column,
            places: Rc::clone(places),
            kind,
        })
    }

    /// The column.
    pub fn get(&self) -> Rc<Column> {
        Rc::clone(self.0.made.get_or_init(|| match &self.0.recipe {
            Recipe::Made => Rc::new(super::eval::constant_column(&Value::Null, Type::Dynamic, 0)),
            Recipe::Stored {
                table,
                segment,
                column,
                kind,
            } => {
                let found = table.decode(*segment, *column);
                match found {
                    Some(column) if column.kind == *kind => column,
                    Some(column) => Rc::new(super::scalar::convert::cast_column(&column, *kind)),
                    None => {
                        let n_rows = table.segment_rows(*segment);
                        Rc::new(super::eval::constant_column(
                            &Value::missing(*kind),
                            *kind,
                            n_rows,
                        ))
                    }
                }
            }
            Recipe::MadeBy {
                maker,
                segment,
                column,
            } => maker.make(*segment, *column, None),
            Recipe::Constant {
                value,
                kind,
                n_rows,
            } => Rc::new(super::eval::constant_column(value, *kind, *n_rows)),
            Recipe::Rows { of, rows } => match (&of.0.recipe, of.0.made.get()) {
                // What is not kept is made for the rows that are read, and for no others.
                (
                    Recipe::MadeBy {
                        maker,
                        segment,
                        column,
                    },
                    None,
                ) => maker.make(*segment, *column, Some(rows)),
                _ => Rc::new(of.get().gather(rows)),
            },
            Recipe::OuterRows { of, rows } => Rc::new(gather_outer(&of.get(), rows)),
            Recipe::Scattered {
                of,
                column,
                places,
                kind,
            } => Rc::new(gather_scattered(of, *column, places, *kind)),
        }))
    }

    /// The one value of every row, when that is known without making the column.
    pub fn as_constant(&self) -> Option<&Value> {
        match &self.0.recipe {
            Recipe::Constant { value, .. } => Some(value),
            _ => None,
        }
    }
}

fn gather_outer(column: &Column, rows: &[u32]) -> Column {
    let mut out = column.gather(rows);
    if !matches!(out.data, Data::String(_) | Data::Dynamic(_)) {
        let mut nulls = out
            .nulls
            .take()
            .unwrap_or_else(|| crate::table::Bitmap::new(rows.len()));
        for (at, &row) in rows.iter().enumerate() {
            if row == NO_ROW {
                nulls.set(at);
            }
        }
        out.nulls = Some(nulls).filter(|nulls| !nulls.is_empty());
    }
    out
}

fn gather_scattered(of: &[Batch], column: usize, places: &[(u32, u32)], kind: Type) -> Column {
    let columns: Vec<Option<Rc<Column>>> = of
        .iter()
        .map(|batch| batch.columns.get(column).map(Lazy::get))
        .collect();
    let has_missing = places.iter().any(|&(_, row)| row == NO_ROW);
    if let ([Some(only)], false) = (columns.as_slice(), has_missing) {
        let rows: Vec<u32> = places.iter().map(|&(_, row)| row).collect();
        return only.gather(&rows);
    }
    gather_many(&columns, places, kind)
}

/// Gathers rows of several columns of one type into one.
fn gather_many(columns: &[Option<Rc<Column>>], places: &[(u32, u32)], kind: Type) -> Column {
    use crate::table::{Bitmap, Strings};
    let at = |place: &(u32, u32)| {
        columns
            .get(place.0 as usize)
            .and_then(Option::as_ref)
            .map(|column| (column, place.1 as usize))
    };
    // Codes of one shared dictionary stay codes.
    if kind == Type::String {
        let mut shared: Option<&Rc<crate::table::Dictionary>> = None;
        let is_shared = columns.iter().flatten().all(|column| match &column.data {
            Data::String(Strings::Coded { dictionary, .. }) => {
                shared.is_none_or(|first| Rc::ptr_eq(first, dictionary)) && {
                    shared = Some(dictionary);
                    true
                }
            }
            _ => false,
        });
        if let (true, Some(dictionary)) = (is_shared, shared) {
            let codes = places.iter().map(|place| {
                match at(place).map(|(column, row)| (&column.data, row)) {
                    Some((Data::String(Strings::Coded { codes, .. }), row)) => {
                        codes.get(row).copied().unwrap_or(0)
                    }
                    _ => 0,
                }
            });
            return Column::strings(Strings::Coded {
                codes: codes.collect(),
                dictionary: Rc::clone(dictionary),
            });
        }
        let (mut text, mut offsets, mut scratch) = (String::new(), vec![0], String::new());
        for place in places {
            if let Some((column, row)) = at(place)
                && let Data::String(strings) = &column.data
            {
                text.push_str(strings.get(row, &mut scratch));
            }
            offsets.push(text.len() as u32);
        }
        return Column::strings(Strings::Plain {
            text: Rc::new(text),
            offsets,
        });
    }
    macro_rules! numbers {
        ($variant:ident, $default:expr) => {{
            let mut nulls = Bitmap::new(places.len());
            let mut values = Vec::with_capacity(places.len());
            for (index, place) in places.iter().enumerate() {
                let found = at(place).and_then(|(column, row)| match &column.data {
                    Data::$variant(values) if !column.is_null(row) => values.get(row).copied(),
                    _ => None,
                });
                if found.is_none() {
                    nulls.set(index);
                }
                values.push(found.unwrap_or($default));
            }
            Column::with_nulls(kind, Data::$variant(values), nulls)
        }};
    }
    match kind {
        Type::Bool => numbers!(Bool, false),
        Type::Int => numbers!(Int, 0),
        Type::Long | Type::DateTime | Type::TimeSpan => numbers!(Long, 0),
        Type::Real => numbers!(Real, 0.0),
        Type::Guid => numbers!(Guid, 0),
        Type::Decimal | Type::String | Type::Dynamic => {
            let mut builder = crate::table::ColumnBuilder::new(kind);
            for place in places {
                builder.push(
                    &at(place)
                        .map(|(column, row)| column.value(row))
                        .unwrap_or_default(),
                );
            }
            builder.finish()
        }
    }
}

impl Batch {
    /// A batch of columns that are there.
    pub fn of(columns: Vec<Column>, n_rows: usize) -> Self {
        Self {
            columns: columns.into_iter().map(Lazy::column).collect(),
            n_rows,
        }
    }

    /// A segment of a part of a view.
    pub fn of_segment(part: &Part, kinds: &[Type], segment: usize) -> Self {
        let n_rows = part.table.segment_rows(segment);
        let columns = part
            .origins
            .iter()
            .zip(kinds)
            .map(|(origin, &kind)| match origin {
                Origin::Column(column) => Lazy::deferred(Recipe::Stored {
                    table: Rc::clone(&part.table),
                    segment,
                    column: *column,
                    kind,
                }),
                Origin::Constant(value) => Lazy::constant(value.clone(), kind, n_rows),
                Origin::Made(maker, column) => Lazy::deferred(Recipe::MadeBy {
                    maker: Rc::clone(maker),
                    segment,
                    column: *column,
                }),
                Origin::Missing => Lazy::constant(Value::missing(kind), kind, n_rows),
            });
        Self {
            columns: columns.collect(),
            n_rows,
        }
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn rows(&self, rows: Vec<u32>) -> Self {
        let n_rows = rows.len();
        let rows = Rc::new(rows);
        let mut known = Vec::new();
        Self {
            columns: self
                .columns
                .iter()
                .map(|column| column.rows_through(&rows, &mut known))
                .collect(),
            n_rows,
        }
    }

    /// As [`Batch::rows`] for someone who reads only the columns of an expression; the others are not
    /// narrowed.
    #[must_use]
    pub fn rows_for(&self, expr: &Expr, rows: &Rc<Vec<u32>>) -> Self {
        let (mut columns, mut known) = (self.columns.clone(), Vec::new());
        expr.for_each_column(&mut |at| {
            if let (Some(place), Some(column)) = (columns.get_mut(at), self.columns.get(at)) {
                *place = column.rows_through(rows, &mut known);
            }
        });
        Self {
            columns,
            n_rows: rows.len(),
        }
    }

    /// The rows named, with columns behind theirs that the caller puts in.
    #[must_use]
    pub fn widened(&self, rows: Vec<u32>, n_columns: usize) -> Self {
        let mut batch = self.rows(rows);
        let n_rows = batch.n_rows;
        batch.columns.resize_with(n_columns, || {
            Lazy::constant(Value::Null, Type::Dynamic, n_rows)
        });
        batch
    }

    /// The first rows.
    #[must_use]
    pub fn head(&self, n_rows: usize) -> Self {
        if n_rows >= self.n_rows {
            self.clone()
        } else {
            self.rows((0..n_rows as u32).collect())
        }
    }

    /// The column at a place; an empty one when there is none, which the binder never lets happen.
    pub fn column(&self, at: usize) -> Rc<Column> {
        self.columns.get(at).map_or_else(
            || {
                Rc::new(super::eval::constant_column(
                    &Value::Null,
                    Type::Dynamic,
                    self.n_rows,
                ))
            },
            Lazy::get,
        )
    }

    /// The value of a cell.
    pub fn value(&self, column: usize, row: usize) -> Value {
        self.column(column).value(row)
    }
}
