//! The plugins of `evaluate`, declared once each.
//!
//! A plugin needs all rows before its columns are known, so the binder runs its input first and
//! binds on with the rows it made.

use super::Relation;
use super::batch::Batch;
use super::plan::{Expr, Node};
use crate::table::{ColumnBuilder, Field};
use crate::text::documentation;
use crate::value::by_name::ByName;
use crate::value::{Dynamic, Type, Value};
use rustc_hash::FxHashMap;

/// A plugin.
#[derive(Debug)]
pub struct Plugin {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Makes its rows; `pivot` is bound by the binder, which groups first.
    pub run: fn(&Relation, &[Expr], i64) -> Result<Relation, String>,
}

/// The entries.
pub static ENTRIES: &[Plugin] = &[
    Plugin {
        name: "pivot",
        about: documentation("One column for every value of a column, filled by an aggregate."),
        run: |relation, _, _| Ok(relation.clone()),
    },
    Plugin {
        name: "bag_unpack",
        about: documentation("One column for every key of a bag."),
        run: bag_unpack,
    },
    Plugin {
        name: "narrow",
        about: documentation("One row for every cell."),
        run: |relation, _, _| Ok(narrow(relation)),
    },
];

/// The entry of a name.
pub fn find(name: &str) -> Option<&'static Plugin> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// Functions of Kusto that are not in the catalogue, sorted: told apart from misspellings.
pub static KUSTO_FUNCTIONS: &[&str] = &[
    "around",
    "array_sort_asc_by",
    "assert",
    "base64_decode_toguid",
    "base64_encode_fromarray",
    "base64_encode_fromguid",
    "beta_cdf",
    "beta_inv",
    "beta_pdf",
    "bin_auto",
    "buildschema",
    "column_names_of",
    "convert_angle",
    "convert_energy",
    "convert_force",
    "convert_length",
    "convert_mass",
    "convert_speed",
    "convert_temperature",
    "convert_volume",
    "covariance",
    "covarianceif",
    "covariancep",
    "covariancepif",
    "datetime_list_timezones",
    "datetime_local_to_utc",
    "datetime_utc_to_local",
    "dcount_hll",
    "erf",
    "erfc",
    "estimate_data_size",
    "extract_json",
    "extractjson",
    "format_ipv4_mask",
    "gamma",
    "geo_angle",
    "geo_azimuth",
    "geo_distance_2points",
    "geo_point_in_circle",
    "geo_point_in_polygon",
    "geo_point_to_geohash",
    "geo_point_to_h3cell",
    "geo_point_to_s2cell",
    "gzip_compress_to_base64_string",
    "gzip_decompress_from_base64_string",
    "has_any_ipv4",
    "has_any_ipv4_prefix",
    "has_ipv4",
    "has_ipv4_prefix",
    "hash",
    "hash_combine",
    "hash_many",
    "hash_md5",
    "hash_sha1",
    "hash_sha256",
    "hash_xxhash64",
    "hll",
    "hll_if",
    "hll_merge",
    "indexof_regex",
    "ipv4_range_to_cidr_list",
    "ipv6_compare",
    "ipv6_is_in_any_range",
    "ipv6_is_in_range",
    "ipv6_is_match",
    "isascii",
    "isutf8",
    "jaccard_index",
    "loggamma",
    "merge_tdigest",
    "new_guid",
    "parse_command_line",
    "parse_ipv4_mask",
    "parse_ipv6",
    "parse_ipv6_mask",
    "parse_user_agent",
    "parse_xml",
    "percentile_array_tdigest",
    "percentile_tdigest",
    "percentiles_array",
    "percentiles_array_tdigest",
    "percentilesw",
    "percentilesw_array",
    "percentilew",
    "percentrank_tdigest",
    "punycode_from_string",
    "rand",
    "rank_tdigest",
    "row_rank",
    "series_abs",
    "series_acos",
    "series_add",
    "series_asin",
    "series_atan",
    "series_ceiling",
    "series_cos",
    "series_cosine_similarity",
    "series_decompose",
    "series_decompose_anomalies",
    "series_decompose_forecast",
    "series_divide",
    "series_dot_product",
    "series_equals",
    "series_exp",
    "series_fft",
    "series_fill_backward",
    "series_fill_const",
    "series_fill_forward",
    "series_fill_linear",
    "series_fir",
    "series_fit_2lines",
    "series_fit_2lines_dynamic",
    "series_fit_line",
    "series_fit_line_dynamic",
    "series_fit_poly",
    "series_floor",
    "series_greater",
    "series_greater_equals",
    "series_ifft",
    "series_iir",
    "series_less",
    "series_less_equals",
    "series_log",
    "series_magnitude",
    "series_moving_avg_fl",
    "series_multiply",
    "series_not_equals",
    "series_outliers",
    "series_pearson_correlation",
    "series_periods_detect",
    "series_periods_validate",
    "series_pow",
    "series_seasonal",
    "series_sign",
    "series_sin",
    "series_stats",
    "series_stats_dynamic",
    "series_subtract",
    "series_sum",
    "series_tan",
    "tdigest",
    "tdigest_merge",
    "url_encode_fl",
    "welch_test",
    "zlib_compress_to_base64_string",
    "zlib_decompress_from_base64_string",
];

/// Spreads grouped rows (kept columns, `$pivot`, `$value`) into one column a value.
pub fn spread(relation: &Relation, n_kept: usize, aggregate: &str) -> Relation {
    let value_kind = relation
        .fields
        .get(n_kept + 1)
        .map_or(Type::Long, |field| field.kind);
    let mut names: ByName<usize> = ByName::default();
    let mut rows: Vec<(Vec<Value>, FxHashMap<String, Value>)> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for row in 0..relation.n_rows() {
        let kept: Vec<Value> = (0..n_kept).map(|at| relation.value(row, at)).collect();
        let key = Dynamic::array(kept.iter().map(Value::to_dynamic).collect()).to_json();
        let at = *places.entry(key).or_insert_with(|| {
            rows.push((kept, FxHashMap::default()));
            rows.len() - 1
        });
        let name = relation.value(row, n_kept).to_text();
        let next = names.len();
        names.get_or_insert(&name, || next);
        if let Some((_, cells)) = rows.get_mut(at) {
            cells.insert(name, relation.value(row, n_kept + 1));
        }
    }
    let mut fields: Vec<Field> = relation.fields.iter().take(n_kept).cloned().collect();
    fields.extend(names.names().map(|name| Field::new(name, value_kind)));
    let empty = match aggregate {
        "count" | "countif" | "sum" | "sumif" | "dcount" | "dcountif" => match value_kind {
            Type::Real => Value::Real(0.0),
            Type::TimeSpan => Value::TimeSpan(0),
            _ => Value::Long(0),
        },
        _ => Value::missing(value_kind),
    };
    let mut builders: Vec<ColumnBuilder> = fields
        .iter()
        .map(|field| ColumnBuilder::new(field.kind))
        .collect();
    for (kept, cells) in &rows {
        let values = kept.iter().cloned().chain(
            names
                .names()
                .map(|name| cells.get(name).unwrap_or(&empty).clone()),
        );
        for (builder, value) in builders.iter_mut().zip(values) {
            builder.push(&value);
        }
    }
    let n_rows = rows.len();
    Relation {
        fields,
        batches: vec![Batch::of(
            builders.into_iter().map(ColumnBuilder::finish).collect(),
            n_rows,
        )],
    }
}

/// `bag_unpack(column [, prefix])`
fn bag_unpack(relation: &Relation, arguments: &[Expr], _: i64) -> Result<Relation, String> {
    let Some(Node::Column(bag_at)) = arguments.first().map(|argument| argument.node.clone()) else {
        return Err("`bag_unpack` requires a column of type `dynamic`".to_owned());
    };
    if arguments.len() > 2 {
        return Err(
            "`bag_unpack` with conflict or ignore options is not supported here".to_owned(),
        );
    }
    let prefix = arguments
        .get(1)
        .and_then(Expr::as_constant)
        .map(Value::to_text)
        .unwrap_or_default();
    let mut kinds: ByName<Option<Type>> = ByName::default();
    let n_rows = relation.n_rows();
    let bags: Vec<Value> = (0..n_rows).map(|row| relation.value(row, bag_at)).collect();
    for bag in &bags {
        let Value::Dynamic(Dynamic::Bag(members)) = bag else {
            continue;
        };
        for (key, value) in members.iter() {
            let found = value.scalar_type().unwrap_or(Type::Dynamic);
            let kind = kinds.get_or_insert(&format!("{prefix}{key}"), || None);
            *kind = match (*kind, value.is_null()) {
                (known, true) => known,
                (None, false) => Some(found),
                (Some(known), false) if known == found => Some(known),
                (Some(Type::Long), false) if found == Type::Real => Some(Type::Real),
                (Some(Type::Real), false) if found == Type::Long => Some(Type::Real),
                (Some(_), false) => Some(Type::Dynamic),
            };
        }
    }
    let mut fields: Vec<Field> = relation
        .fields
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != bag_at)
        .map(|(_, field)| field.clone())
        .collect();
    let n_kept = fields.len();
    for (name, kind) in kinds.iter() {
        let is_own_name = relation
            .fields
            .get(bag_at)
            .is_some_and(|field| field.name == *name);
        if is_own_name || fields.iter().take(n_kept).any(|field| field.name == *name) {
            return Err(
                "a key of the bag is the name of a column; give `bag_unpack` a prefix".to_owned(),
            );
        }
        fields.push(Field::new(name, kind.unwrap_or(Type::String)));
    }
    let mut builders: Vec<ColumnBuilder> = fields
        .iter()
        .map(|field| ColumnBuilder::new(field.kind))
        .collect();
    for (row, bag) in bags.iter().enumerate() {
        let kept = (0..relation.fields.len())
            .filter(|at| *at != bag_at)
            .map(|at| relation.value(row, at));
        let member = |name: &String| match bag {
            Value::Dynamic(bag) => bag.member(name.strip_prefix(&prefix).unwrap_or(name)),
            _ => Dynamic::Null,
        };
        let unpacked = kinds.iter().map(|(name, kind)| {
            let value = member(name);
            if kind.is_some_and(|kind| kind == Type::Dynamic) {
                Value::from(value)
            } else {
                value.to_scalar()
            }
        });
        for (builder, value) in builders.iter_mut().zip(kept.chain(unpacked)) {
            builder.push(&value);
        }
    }
    Ok(Relation {
        fields,
        batches: vec![Batch::of(
            builders.into_iter().map(ColumnBuilder::finish).collect(),
            n_rows,
        )],
    })
}

/// `narrow()`: row number, column name and text of every cell.
fn narrow(relation: &Relation) -> Relation {
    let fields = vec![
        Field::new("Row", Type::Long),
        Field::new("Column", Type::String),
        Field::new("Value", Type::String),
    ];
    let mut builders: Vec<ColumnBuilder> = fields
        .iter()
        .map(|field| ColumnBuilder::new(field.kind))
        .collect();
    let n_rows = relation.n_rows() * relation.fields.len();
    for row in 0..relation.n_rows() {
        for (at, field) in relation.fields.iter().enumerate() {
            let values = [
                Value::Long(row as i64),
                Value::string(&field.name),
                Value::string(&relation.value(row, at).to_text()),
            ];
            for (builder, value) in builders.iter_mut().zip(&values) {
                builder.push(value);
            }
        }
    }
    Relation {
        fields,
        batches: vec![Batch::of(
            builders.into_iter().map(ColumnBuilder::finish).collect(),
            n_rows,
        )],
    }
}
