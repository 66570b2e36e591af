//! `buildschema`: the types that values of `dynamic` have.

use super::{Aggregate, Naming, Signature, State};
use crate::engine::eval::{Context, Vector};
use crate::table::{Column, ColumnBuilder};
use crate::value::dynamic::Members;
use crate::value::{Dynamic, Type, Value};
use std::rc::Rc;

/// The key that stands for the items of an array.
const INDEXER: &str = "`indexer`";
/// Most keys and types that a schema holds.
const MAX_PARTS: usize = 1 << 16;

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[Aggregate::new(
    "buildschema",
    schema_type,
    "The smallest schema that fits all values of a `dynamic`.",
    ("buildschema(bag_pack(\"a\", x))", "{\"a\":\"long\"}"),
    |_| Box::new(Schemas { groups: vec![] }),
)
.named(Naming::Prefixed("schema"))];

fn schema_type(kinds: &[Type]) -> Signature {
    match kinds.first() {
        Some(Type::Dynamic) => Ok((vec![], Type::Dynamic)),
        _ => Err("a schema requires values of type `dynamic`".to_owned()),
    }
}

/// The types seen at a place: names of plain ones, and what bags and arrays hold.
#[derive(Clone, Default)]
struct Schema {
    plain: Vec<&'static str>,
    /// How many plain types came before the first bag or array.
    container_at: Option<usize>,
    members: Vec<(Rc<str>, Schema)>,
}

impl Schema {
    /// Takes the type of a value; false when the schema grows too large or a value has no type.
    fn take(&mut self, value: &Dynamic, n_left: &mut usize) -> bool {
        let plain = match value {
            Dynamic::Bool(_) => "bool",
            Dynamic::Long(_) => "long",
            Dynamic::Real(_) => "double",
            Dynamic::String(_) => "string",
            Dynamic::DateTime(_) => "datetime",
            Dynamic::TimeSpan(_) => "timespan",
            Dynamic::Guid(_) => "guid",
            Dynamic::Null => return false,
            Dynamic::Array(items) => {
                let at = self.plain.len();
                self.container_at.get_or_insert(at);
                return !items.is_empty()
                    && items.iter().all(|item| match self.member(INDEXER, n_left) {
                        Some(schema) => schema.take(item, n_left),
                        None => false,
                    });
            }
            Dynamic::Bag(members) => {
                let at = self.plain.len();
                self.container_at.get_or_insert(at);
                return members
                    .iter()
                    .all(|(key, value)| match self.member(key, n_left) {
                        Some(schema) => schema.take(value, n_left),
                        None => false,
                    });
            }
        };
        if !self.plain.contains(&plain) {
            self.plain.push(plain);
        }
        true
    }

    fn member(&mut self, key: &str, n_left: &mut usize) -> Option<&mut Schema> {
        let at = match self
            .members
            .iter()
            .position(|(name, _)| name.as_ref() == key)
        {
            Some(at) => at,
            None => {
                *n_left = n_left.checked_sub(1)?;
                self.members.push((Rc::from(key), Schema::default()));
                self.members.len() - 1
            }
        };
        self.members.get_mut(at).map(|(_, schema)| schema)
    }

    fn to_dynamic(&self) -> Dynamic {
        let mut types: Vec<Dynamic> = self
            .plain
            .iter()
            .map(|name| Dynamic::string(name))
            .collect();
        if let Some(at) = self.container_at {
            let members = self.members.iter();
            let members: Members = members
                .map(|(key, schema)| (Rc::clone(key), schema.to_dynamic()))
                .collect();
            types.insert(at.min(types.len()), Dynamic::bag(members));
        }
        if types.len() == 1 {
            types.pop().unwrap_or_default()
        } else {
            Dynamic::array(types)
        }
    }
}

struct Schemas {
    groups: Vec<Option<Schema>>,
}

impl State for Schemas {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], context: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.groups.resize(n_groups, None);
        let mut n_left = MAX_PARTS;
        for (row, &group) in groups.iter().enumerate() {
            let (Some(schema), Value::Dynamic(value)) =
                (self.groups.get_mut(group as usize), argument.value(row))
            else {
                continue;
            };
            if !schema.get_or_insert_default().take(&value, &mut n_left) {
                context.refuse("`buildschema` of nulls or empty arrays inside is not documented");
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.groups.resize(n_groups, None);
        let mut builder = ColumnBuilder::new(Type::Dynamic);
        for schema in self.groups.drain(..) {
            builder.push(&schema.map_or(Value::Null, |schema| schema.to_dynamic().into()));
        }
        vec![builder.finish()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema_of(texts: &[&str]) -> Option<String> {
        let mut schema = Schema::default();
        let mut n_left = 8;
        let mut take = |text: &&str| schema.take(&Dynamic::parse(text).unwrap(), &mut n_left);
        texts
            .iter()
            .all(&mut take)
            .then(|| schema.to_dynamic().to_json())
    }

    #[test]
    fn types_of_one_place_stand_together() {
        let schema = schema_of(&[r#"{"a":1,"b":[true,1.5]}"#, r#"{"a":"x","b":{"c":2}}"#]);
        assert_eq!(
            schema.as_deref(),
            Some(r#"{"a":["long","string"],"b":{"`indexer`":["bool","double"],"c":"long"}}"#)
        );
        assert_eq!(schema_of(&["1", "{}"]).as_deref(), Some(r#"["long",{}]"#));
    }

    #[test]
    fn what_has_no_type_or_too_many_keys_is_refused() {
        assert_eq!(schema_of(&["[]"]), None);
        assert_eq!(schema_of(&[r#"{"a":null}"#]), None);
        let many: Vec<String> = (0..9).map(|at| format!("\"k{at}\":1")).collect();
        assert_eq!(schema_of(&[&format!("{{{}}}", many.join(","))]), None);
    }
}
