//! A query pack: queries that every workspace of a tenant can show.
//!
//! Input: `{name, location?, queries: [{title, query, key?, about?, labels?}]}`. Output: a template.
//! Invariant: a query keeps its id, which is a GUID, as long as its key and the pack's name stay, so
//! that deploying again changes it and makes no second one.

use super::arm::{Parameter, Resource, Template, parameter, texts};
use super::json::{Json, Members, object};
use super::question::{self, Question};
use super::request::Request;
use super::{Artefact, HandoffError, arm, names};
use crate::value::Dynamic;

const API_VERSION: &str = "2019-09-01";
/// What the queries are about: the portal offers them there.
const RESOURCE_TYPE: &str = names::SERVICE;
/// Resources that one template may hold.
const MOST_QUERIES: usize = 799;

/// A template of a query pack.
pub fn query_pack(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(request, &["name", "location", "queries"])?;
    let name = request.text("name")?.unwrap_or("apim-queries");
    names::resource_name(&request.field("name"), name, 1..=80, "-_.")?;
    let location = request.region("location")?;
    let queries = Question::list(&request, "queries")?;
    if queries.len() > MOST_QUERIES {
        let help = format!("up to {MOST_QUERIES} queries, which is what a template holds");
        return Err(request.wrong("queries", "there are too many queries", &help));
    }
    let mut resources = vec![Resource::new(
        "pack",
        "Microsoft.OperationalInsights/queryPacks",
        API_VERSION,
        parameter("packName"),
        [
            ("location", parameter("location")),
            ("properties", Json::Object(Vec::new())),
        ],
    )];
    for (at, query) in queries.iter().enumerate() {
        let name = question::id(&[name, &query.key]);
        let kind = "Microsoft.OperationalInsights/queryPacks/queries";
        let body = [("properties", properties(query))];
        let symbol = format!("query{}", at + 1);
        resources.push(Resource::new(symbol, kind, API_VERSION, name, body).child_of("pack"));
    }
    let template = Template {
        parameters: vec![
            Parameter::string("packName", "The name of the query pack.").or(name),
            Parameter::location().or_known(location.as_deref()),
        ],
        resources,
        outputs: Vec::new(),
    };
    let mut artefact = Artefact::of_template("query-pack", &template);
    artefact
        .notes
        .push("A workspace shows the queries of up to 5 packs that are selected there.".to_owned());
    Ok(artefact)
}

fn properties(query: &Question) -> arm::Value {
    let mut members: Members<arm::Expression> =
        vec![("displayName".to_owned(), query.title.as_str().into())];
    if !query.about.is_empty() {
        members.push(("description".to_owned(), query.about.as_str().into()));
    }
    members.push(("body".to_owned(), query.query.as_str().into()));
    let related = object([("resourceTypes", texts(&[RESOURCE_TYPE]))]);
    members.push(("related".to_owned(), related));
    if !query.labels.is_empty() {
        let tags = object([("labels", texts(&query.labels))]);
        members.push(("tags".to_owned(), tags));
    }
    Json::Object(members)
}
