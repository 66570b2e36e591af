//! What is known of a query once its names have a meaning: errors, types, columns of each stage.
//!
//! Input: the notes of the binder, which alone knows tables. Output: what the checks, completion,
//! hover and the explanation read. Invariants: places are byte spans of the query; a stage's columns
//! are those in force before and behind it; what follows from something unknown is unknown and never
//! an error of its own. Absent on purpose: rows.

use crate::diagnostic::Diagnostic;
use crate::text::Span;
use crate::value::{Field, Type};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// A query and what its names mean.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What is wrong with names and types, in the order of the text; what only the engine of kqlens
    /// cannot run is of severity `Info`.
    pub diagnostics: Vec<Diagnostic>,
    /// Every operator that was bound, in the order of binding; an operator of a function's body
    /// stands there once for every call.
    pub stages: Vec<Stage>,
    /// Every name that was given a meaning.
    pub uses: Vec<Use>,
    /// The types of scalar expressions.
    pub types: FxHashMap<Span, Type>,
}

/// An operator and the columns around it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The operator's text.
    pub span: Span,
    /// The columns before it; none for a source.
    pub input: Columns,
    /// The columns behind it.
    pub output: Columns,
}

/// Columns in force.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Those that are known.
    pub fields: Rc<[Field]>,
    /// Whether there may be more: an unknown table, or columns that depend on the rows.
    pub is_open: bool,
}

impl Columns {
    /// The columns that others do not have.
    pub fn without(&self, others: &Self) -> Vec<&Field> {
        let others: FxHashSet<&str> = others.fields.iter().map(|one| one.name.as_str()).collect();
        let fields = self.fields.iter();
        fields
            .filter(|field| !others.contains(field.name.as_str()))
            .collect()
    }

    /// The column of a name.
    pub fn find(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A name in the text and what it means there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The name's place.
    pub span: Span,
    /// What it names.
    pub meaning: Meaning,
}

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A column of the rows in force.
    Column,
    /// A table of the database.
    Table,
    /// What `let`, `as` or a parameter declares at this place.
    Declared(Span),
}

impl Analysis {
    /// The type of the expression that has exactly this place.
    pub fn type_at(&self, span: Span) -> Option<Type> {
        self.types.get(&span).copied()
    }

    /// What the operator at this place has before and behind it.
    pub fn stage(&self, span: Span) -> Option<&Stage> {
        self.stages.iter().rev().find(|stage| stage.span == span)
    }
}
