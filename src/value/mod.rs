//! The KQL scalar types: values, their texts, and the conversions between them.
//!
//! Input: texts of logs and queries. Output: [`Value`]s, and their texts as the real engine prints
//! them. Invariants: a `string` is never null (its null is the empty text); `datetime` and `timespan`
//! are 100 ns ticks, a `datetime` counts from 0001-01-01; conversions follow
//! `reference/KQL-SEMANTICS.md`. Absent on purpose: columns (see `table`) and names.

pub mod by_name;
pub mod datetime;
pub mod decimal;
pub mod dynamic;
pub mod guid;
pub mod number;
pub mod order;
pub mod path;
pub mod real;
pub mod timespan;

use std::rc::Rc;

pub use decimal::Decimal;
pub use dynamic::Dynamic;

/// Name and type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The type.
    pub kind: Type,
}

impl Field {
    /// A field.
    pub fn new(name: &str, kind: Type) -> Self {
        Self {
            name: name.to_owned(),
            kind,
        }
    }
}

/// A KQL scalar type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Logical values.
    Bool,
    /// 32-bit integers.
    Int,
    /// 64-bit integers.
    Long,
    /// 64-bit floating point.
    Real,
    /// Decimal numbers of up to 34 digits.
    Decimal,
    /// Texts.
    String,
    /// Points in time, always UTC.
    DateTime,
    /// Durations.
    TimeSpan,
    /// 128-bit identifiers.
    Guid,
    /// JSON-like values.
    Dynamic,
}

impl Type {
    /// All types, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Bool,
        Self::Int,
        Self::Long,
        Self::Real,
        Self::Decimal,
        Self::String,
        Self::DateTime,
        Self::TimeSpan,
        Self::Guid,
        Self::Dynamic,
    ];

    /// The name KQL prints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::Decimal => "decimal",
            Self::String => "string",
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::Guid => "guid",
            Self::Dynamic => "dynamic",
        }
    }

    /// The .NET name that Kusto's v1 responses and `getschema` print.
    pub const fn dotnet_name(self) -> &'static str {
        match self {
            Self::Bool => "System.SByte",
            Self::Int => "System.Int32",
            Self::Long => "System.Int64",
            Self::Real => "System.Double",
            Self::Decimal => "System.Data.SqlTypes.SqlDecimal",
            Self::String => "System.String",
            Self::DateTime => "System.DateTime",
            Self::TimeSpan => "System.TimeSpan",
            Self::Guid => "System.Guid",
            Self::Dynamic => "System.Object",
        }
    }

    /// The type of a name or alias, as declarations, casts and query responses write it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" | "SByte" | "Boolean" | "System.SByte" | "System.Boolean" => {
                Self::Bool
            }
            "int" | "int32" | "Int32" | "int16" | "uint16" | "int8" | "uint8" | "uint32"
            | "System.Int32" => Self::Int,
            "long" | "int64" | "Int64" | "ulong" | "uint64" | "System.Int64" => Self::Long,
            "real" | "double" | "float" | "Double" | "System.Double" => Self::Real,
            "decimal" | "SqlDecimal" | "System.Data.SqlTypes.SqlDecimal" | "Decimal" => {
                Self::Decimal
            }
            "string" | "String" | "System.String" => Self::String,
            "datetime" | "date" | "DateTime" | "System.DateTime" => Self::DateTime,
            "timespan" | "time" | "TimeSpan" | "System.TimeSpan" => Self::TimeSpan,
            "guid" | "uuid" | "uniqueid" | "Guid" | "System.Guid" => Self::Guid,
            "dynamic" | "Object" | "System.Object" => Self::Dynamic,
            _ => return None,
        })
    }

    /// Whether it is `int`, `long`, `real` or `decimal`.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Real | Self::Decimal)
    }

    /// Whether it is `int` or `long`.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Int | Self::Long)
    }
}

/// One scalar value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// The null of any type but `string`.
    #[default]
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `real`
    Real(f64),
    /// `decimal`
    Decimal(Decimal),
    /// `string`
    String(Rc<str>),
    /// `datetime`: ticks since 0001-01-01
    DateTime(i64),
    /// `timespan`: ticks
    TimeSpan(i64),
    /// `guid`
    Guid(u128),
    /// `dynamic`, never [`Dynamic::Null`] (that is [`Value::Null`])
    Dynamic(Dynamic),
}

impl Value {
    /// A text value.
    pub fn string(text: &str) -> Self {
        Self::String(Rc::from(text))
    }

    /// Whether it is null (the empty string is not).
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What a missing cell of the type holds: the empty text or null.
    pub fn missing(kind: Type) -> Self {
        if kind == Type::String {
            Self::string("")
        } else {
            Self::Null
        }
    }

    /// The type of a value that is not null.
    pub const fn kind(&self) -> Option<Type> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Long(_) => Type::Long,
            Self::Real(_) => Type::Real,
            Self::Decimal(_) => Type::Decimal,
            Self::String(_) => Type::String,
            Self::DateTime(_) => Type::DateTime,
            Self::TimeSpan(_) => Type::TimeSpan,
            Self::Guid(_) => Type::Guid,
            Self::Dynamic(_) => Type::Dynamic,
        })
    }

    /// The text that `tostring` gives; empty for null.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Long(number) => number.to_string(),
            Self::Real(number) => number::service_text(*number),
            Self::Decimal(number) => number.to_string(),
            Self::String(text) => text.as_ref().to_owned(),
            Self::DateTime(ticks) => datetime::text(*ticks),
            Self::TimeSpan(ticks) => timespan::text(*ticks),
            Self::Guid(bits) => guid::text(*bits),
            Self::Dynamic(value) => value.to_text(),
        }
    }

    /// The value as a number of its own width, for functions that compute in `real`.
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(f64::from(*number)),
            Self::Long(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Decimal(number) => Some(number.to_real()),
            _ => None,
        }
    }

    /// The value as a whole number.
    pub const fn as_long(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number as i64),
            Self::Long(number) => Some(*number),
            _ => None,
        }
    }

    /// The text of a `string` value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a member of a `dynamic`.
    pub fn to_dynamic(&self) -> Dynamic {
        match self {
            Self::Null => Dynamic::Null,
            Self::Bool(value) => Dynamic::Bool(*value),
            Self::Int(number) => Dynamic::Long(i64::from(*number)),
            Self::Long(number) => Dynamic::Long(*number),
            Self::Real(number) => Dynamic::Real(*number),
            Self::Decimal(number) => Dynamic::string(&number.to_string()),
            Self::String(text) => Dynamic::String(Rc::clone(text)),
            Self::DateTime(ticks) => Dynamic::DateTime(*ticks),
            Self::TimeSpan(ticks) => Dynamic::TimeSpan(*ticks),
            Self::Guid(bits) => Dynamic::Guid(*bits),
            Self::Dynamic(value) => value.clone(),
        }
    }
}

impl From<Dynamic> for Value {
    fn from(value: Dynamic) -> Self {
        if value.is_null() {
            Self::Null
        } else {
            Self::Dynamic(value)
        }
    }
}
