//! Where an entity of API Management stands: a service, a workspace of it, an API.
//!
//! Input: the fields `service` (name or id), `apimWorkspace`, `api` of a request. Output: parameters and
//! resources that are there, of which the entity is a child, and its address. Absent on purpose:
//! products and operations, which have no loggers and no diagnostics.

use crate::handoff::HandoffError;
use crate::handoff::arm::{Parameter, Resource, parameter};
use crate::handoff::names::{self, Cloud, ResourceId};
use crate::handoff::request::Request;

/// Names of entities have these marks beside letters and digits.
pub(super) const MARKS: &str = "-_.;=";
/// The version of the types of API Management in which workspaces are not a preview.
pub(super) const API_VERSION: &str = "2024-05-01";

/// A service, a workspace of it, or an API of one of them.
pub(super) struct Place<'r> {
    service: Option<String>,
    id: Option<ResourceId>,
    /// The workspace of the service.
    pub(super) workspace: Option<&'r str>,
    /// The API.
    pub(super) api: Option<&'r str>,
}

impl<'r> Place<'r> {
    /// Reads the fields of a request.
    pub(super) fn read(request: &Request<'r>) -> Result<Self, HandoffError> {
        let mut place = Self {
            service: None,
            id: None,
            workspace: entity_name(request, "apimWorkspace")?,
            api: entity_name(request, "api")?,
        };
        match request.text("service")? {
            Some(text) if text.contains('/') => {
                let id = names::resource_id_of("service", text, &[names::SERVICE])?;
                place.service = Some(id.name().to_owned());
                place.id = Some(id);
            }
            Some(text) => {
                names::resource_name("service", text, 1..=50, "-")?;
                place.service = Some(text.to_owned());
            }
            None => {}
        }
        Ok(place)
    }

    /// The id of the service, where it is known.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_ref().map(|id| id.text.as_str())
    }

    /// The parameter of the service.
    pub(super) fn parameter(&self) -> Parameter {
        Parameter::string("serviceName", "The name of the API Management service.")
            .or_known(self.service.as_deref())
    }

    /// The resources that the entity stands below, the service first, and the symbol of the last.
    pub(super) fn above(&self, api_version: &'static str) -> (Vec<Resource>, &'static str) {
        let kind = "Microsoft.ApiManagement/service";
        let name = parameter("serviceName");
        let mut above = vec![Resource::existing("service", kind, api_version, name)];
        let mut last = "service";
        if let Some(workspace) = self.workspace {
            let kind = "Microsoft.ApiManagement/service/workspaces";
            above
                .push(Resource::existing("workspace", kind, api_version, workspace).child_of(last));
            last = "workspace";
        }
        if let Some(api) = self.api {
            let kind = match self.workspace {
                Some(_) => "Microsoft.ApiManagement/service/workspaces/apis",
                None => "Microsoft.ApiManagement/service/apis",
            };
            above.push(Resource::existing("api", kind, api_version, api).child_of(last));
            last = "api";
        }
        (above, last)
    }

    /// Where the entity is put by the REST API; words in braces stand for what is not known.
    pub(super) fn address(&self, cloud: Cloud, entity: &str, api_version: &str) -> String {
        let mut path = match &self.id {
            Some(id) => id.text.clone(),
            None => format!(
                "/subscriptions/{{subscription}}/resourceGroups/{{group}}/providers/Microsoft.ApiManagement/service/{}",
                self.service.as_deref().unwrap_or("{service}")
            ),
        };
        for (kind, name) in [("workspaces", self.workspace), ("apis", self.api)] {
            if let Some(name) = name {
                path.push_str(&format!("/{kind}/{name}"));
            }
        }
        let host = cloud.management();
        format!("{host}{path}/{entity}?api-version={api_version}")
    }
}

/// The name of an entity of API Management.
pub(super) fn entity_name<'r>(
    request: &Request<'r>,
    field: &str,
) -> Result<Option<&'r str>, HandoffError> {
    let name = request.text(field)?;
    if let Some(name) = name {
        names::resource_name(field, name, 1..=256, MARKS)?;
    }
    Ok(name)
}
