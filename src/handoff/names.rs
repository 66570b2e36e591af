//! Names of Azure: resource ids, tenants, regions, clouds, durations; checked where they come in.
//!
//! Input: a field's name and what stands in it. Output: the name in parts, or an error at that field
//! with what would be right. Invariants: what passes has the shape that Azure asks for; nothing looks
//! up whether it exists. Absent on purpose: lists of regions, which grow.

use super::HandoffError;
use crate::text::cut;
use crate::value::{datetime, guid, timespan};

/// Characters of a wrong text that an error shows.
const SHOWN_CHARS: usize = 40;

/// An id of a resource: `/subscriptions/…/resourceGroups/…/providers/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceId {
    /// The whole id, without blanks around it and without a slash at its end.
    pub text: String,
    /// The subscription, a GUID.
    pub subscription: String,
    /// The resource group.
    pub group: String,
    /// The provider: `Microsoft.ApiManagement`.
    pub provider: String,
    /// The types, the outermost first: `service`, `apis`.
    pub types: Vec<String>,
    /// A name for each of the types.
    pub names: Vec<String>,
}

impl ResourceId {
    /// The name of the resource itself.
    pub fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// The whole type, in small letters: `microsoft.apimanagement/service`.
    pub fn kind(&self) -> String {
        format!("{}/{}", self.provider, self.types.join("/")).to_lowercase()
    }
}

/// The type of workspaces.
pub const WORKSPACE: &str = "microsoft.operationalinsights/workspaces";
/// The type of components of Application Insights.
pub const COMPONENT: &str = "microsoft.insights/components";
/// The type of services of API Management.
pub const SERVICE: &str = "microsoft.apimanagement/service";

fn wrong(code: &'static str, field: &str, message: String, help: &str) -> HandoffError {
    HandoffError::new(code, field, message, help)
}

const ID_FORM: &str = "/subscriptions/GUID/resourceGroups/NAME/providers/TYPE/NAME";

/// Reads the id of a resource.
pub fn resource_id(field: &str, text: &str) -> Result<ResourceId, HandoffError> {
    const CODE: &str = "resource-id";
    let no_id = |what: String| wrong(CODE, field, what, &format!("an id is {ID_FORM}"));
    let text = text.trim();
    let text = text.strip_suffix('/').unwrap_or(text);
    if text.contains("://") {
        return Err(no_id("this is an address, not an id".to_owned()));
    }
    let Some(rest) = text.strip_prefix('/') else {
        let shown = cut(text, SHOWN_CHARS);
        return Err(no_id(format!("an id begins with `/`, not with `{shown}`")));
    };
    let parts: Vec<&str> = rest.split('/').collect();
    if let Some(at) = parts.iter().position(|part| part.is_empty()) {
        return Err(no_id(format!("part {} of the id is empty", at + 1)));
    }
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    for (at, word) in [
        (0, "subscriptions"),
        (2, "resourceGroups"),
        (4, "providers"),
    ] {
        if !part(at).eq_ignore_ascii_case(word) {
            return Err(no_id(match part(at) {
                "" => format!("the id ends before `{word}`"),
                other => {
                    let shown = cut(other, SHOWN_CHARS);
                    format!("`{word}` is expected where the id has `{shown}`")
                }
            }));
        }
    }
    if part(1).len() != 36 || guid::parse(part(1)).is_none() {
        return Err(wrong(
            CODE,
            field,
            format!(
                "the subscription `{}` is no GUID",
                cut(part(1), SHOWN_CHARS)
            ),
            "a subscription is 8-4-4-4-12 hexadecimal digits",
        ));
    }
    resource_group(field, part(3))?;
    let is_provider = |c: char| c.is_ascii_alphanumeric() || c == '.';
    if !part(5).contains('.') || !part(5).chars().all(is_provider) {
        return Err(no_id(match part(5) {
            "" => "the id ends before the provider".to_owned(),
            other => format!("`{}` is no provider", cut(other, SHOWN_CHARS)),
        }));
    }
    let pairs = parts.get(6..).unwrap_or_default();
    if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
        return Err(no_id(match pairs.last() {
            None => "the id ends before the type of the resource".to_owned(),
            Some(last) => format!("the type `{}` has no name", cut(last, SHOWN_CHARS)),
        }));
    }
    let every_second = |from: usize| {
        let parts = pairs.iter().skip(from).step_by(2);
        parts.map(|&part| part.to_owned()).collect::<Vec<_>>()
    };
    let (types, names) = (every_second(0), every_second(1));
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        let shown = cut(name, SHOWN_CHARS);
        return Err(no_id(format!("`{shown}` is no name of a resource")));
    }
    Ok(ResourceId {
        text: text.to_owned(),
        subscription: part(1).to_lowercase(),
        group: part(3).to_owned(),
        provider: part(5).to_owned(),
        types,
        names,
    })
}

/// Reads the id of a resource of one of some types.
pub fn resource_id_of(field: &str, text: &str, kinds: &[&str]) -> Result<ResourceId, HandoffError> {
    let id = resource_id(field, text)?;
    let kind = id.kind();
    if kinds.contains(&kind.as_str()) {
        return Ok(id);
    }
    Err(wrong(
        "resource-type",
        field,
        format!("the id is of a `{}`", cut(&kind, SHOWN_CHARS)),
        &format!("the id is expected of {}", kinds.join(" or ")),
    ))
}

fn is_name(text: &str) -> bool {
    text.len() <= 260
        && !text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || "<>%&:\\?/{}*\"'`#".contains(c))
}

/// Checks the name of a resource group.
pub fn resource_group(field: &str, text: &str) -> Result<(), HandoffError> {
    let is_character = |c: char| c.is_alphanumeric() || "-_.()".contains(c);
    let n_chars = text.chars().count();
    if (1..=90).contains(&n_chars) && text.chars().all(is_character) && !text.ends_with('.') {
        return Ok(());
    }
    Err(wrong(
        "resource-group",
        field,
        format!("`{}` is no resource group", cut(text, SHOWN_CHARS)),
        "up to 90 letters, digits and -_.() that do not end with a full stop",
    ))
}

/// Reads a tenant: a GUID or a domain; in small letters.
pub fn tenant(field: &str, text: &str) -> Result<String, HandoffError> {
    let text = text.trim();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_domain = text.contains('.') && text.len() <= 253 && text.split('.').all(is_label);
    if is_domain || (text.len() == 36 && guid::parse(text).is_some()) {
        return Ok(text.to_lowercase());
    }
    Err(wrong(
        "tenant",
        field,
        format!("`{}` is no tenant", cut(text, SHOWN_CHARS)),
        "a tenant is a GUID or a domain as contoso.onmicrosoft.com",
    ))
}

/// Checks a region: `westeurope`.
pub fn region(field: &str, text: &str) -> Result<String, HandoffError> {
    let text = text.trim();
    let is_character = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if (4..=40).contains(&text.len())
        && text.bytes().all(is_character)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
    {
        return Ok(text.to_owned());
    }
    let small = text.to_lowercase().replace([' ', '-', '_'], "");
    let help =
        if small != text && (4..=40).contains(&small.len()) && small.bytes().all(is_character) {
            format!("`{small}` is how a region is written")
        } else {
            "a region is small letters and digits, as westeurope".to_owned()
        };
    let message = format!("`{}` is no region", cut(text, SHOWN_CHARS));
    Err(wrong("region", field, message, &help))
}

/// Checks the name of a resource: its length and its characters.
pub fn resource_name(
    field: &str,
    text: &str,
    lengths: std::ops::RangeInclusive<usize>,
    marks: &str,
) -> Result<(), HandoffError> {
    let n_chars = text.chars().count();
    let is_character = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    let message = if let Some(other) = text.chars().find(|&c| !is_character(c)) {
        format!("the name has `{}`", other.escape_debug())
    } else if !lengths.contains(&n_chars) {
        format!("the name has {n_chars} characters")
    } else if text.starts_with(['-', '.', '_']) || text.ends_with(['-', '.']) {
        format!("`{}` has a mark at its end", cut(text, SHOWN_CHARS))
    } else {
        return Ok(());
    };
    let (from, to) = (lengths.start(), lengths.end());
    let marks = if marks.is_empty() {
        String::new()
    } else {
        format!(" and {marks}")
    };
    let help = format!("{from} to {to} letters, digits{marks}");
    Err(wrong("name", field, message, &help))
}

/// Checks a text that people read: not empty, and not too long.
pub fn title(field: &str, text: &str, most_chars: usize) -> Result<(), HandoffError> {
    let n_chars = text.chars().count();
    let message = if text.trim().is_empty() {
        "the text is empty".to_owned()
    } else if n_chars > most_chars {
        format!("the text has {n_chars} characters")
    } else {
        return Ok(());
    };
    let help = format!("a text of 1 to {most_chars} characters");
    Err(wrong("text", field, message, &help))
}

/// Checks that there is a query.
pub fn query<'t>(field: &str, text: &'t str) -> Result<&'t str, HandoffError> {
    if text.trim().is_empty() {
        let message = "there is no query".to_owned();
        return Err(wrong("query", field, message, "a query is KQL"));
    }
    Ok(text)
}

/// A cloud of Azure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The public one
    #[default]
    Public,
    /// The one of the US government
    UsGovernment,
    /// The one in China
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 3] = [Self::Public, Self::UsGovernment, Self::China];

    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGovernment => "usGovernment",
            Self::China => "china",
        }
    }

    /// The host of the portal.
    pub const fn portal(self) -> &'static str {
        match self {
            Self::Public => "portal.azure.com",
            Self::UsGovernment => "portal.azure.us",
            Self::China => "portal.azure.cn",
        }
    }

    /// What the hosts of clusters of Azure Data Explorer end with.
    pub const fn kusto(self) -> &'static str {
        match self {
            Self::Public => "kusto.windows.net",
            Self::UsGovernment => "kusto.usgovcloudapi.net",
            Self::China => "kusto.chinacloudapi.cn",
        }
    }

    /// Whom a token for Azure Monitor is for.
    pub const fn monitor(self) -> &'static str {
        match self {
            Self::Public => "https://monitor.azure.com",
            Self::UsGovernment => "https://monitor.azure.us",
            Self::China => "https://monitor.azure.cn",
        }
    }

    /// Where resources are managed.
    pub const fn management(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com",
            Self::UsGovernment => "https://management.usgovcloudapi.net",
            Self::China => "https://management.chinacloudapi.cn",
        }
    }

    /// Where tokens come from.
    pub const fn login(self) -> &'static str {
        match self {
            Self::Public => "https://login.microsoftonline.com",
            Self::UsGovernment => "https://login.microsoftonline.us",
            Self::China => "https://login.partner.microsoftonline.cn",
        }
    }
}

/// Reads the name of a cloud.
pub fn cloud(field: &str, text: &str) -> Result<Cloud, HandoffError> {
    let found = Cloud::ALL.into_iter().find(|cloud| cloud.name() == text);
    found.ok_or_else(|| {
        let message = format!("`{}` is no cloud", cut(text, SHOWN_CHARS));
        let names = Cloud::ALL.map(Cloud::name).join(", ");
        wrong(
            "cloud",
            field,
            message,
            &format!("a cloud is one of {names}"),
        )
    })
}

const DURATION_FORM: &str = "a duration is `PT15M`, `P1D`, `15m`, `1d` or `01:30:00`";

/// Reads a duration, as ISO 8601 or as KQL, in ticks.
pub fn duration(field: &str, text: &str) -> Result<i64, HandoffError> {
    let text = text.trim();
    let ticks = parse_iso_duration(text).or_else(|| timespan::parse(text));
    ticks.filter(|&ticks| ticks > 0).ok_or_else(|| {
        let message = format!("`{}` is no duration", cut(text, SHOWN_CHARS));
        wrong("duration", field, message, DURATION_FORM)
    })
}

/// `P[nW][nD][T[nH][nM][nS]]` with whole numbers; years and months have no one length.
fn parse_iso_duration(text: &str) -> Option<i64> {
    const DATE: &[(char, i64)] = &[('W', 7 * datetime::DAY), ('D', datetime::DAY)];
    const TIME: &[(char, i64)] = &[
        ('H', datetime::HOUR),
        ('M', datetime::MINUTE),
        ('S', datetime::SECOND),
    ];
    let text = text.to_ascii_uppercase();
    let rest = text.strip_prefix('P')?;
    let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
    if rest.ends_with('T') || rest.is_empty() {
        return None;
    }
    let mut sum = 0_i64;
    for (mut part, mut units) in [(date, DATE), (time, TIME)] {
        while !part.is_empty() {
            let end = part.find(|c: char| !c.is_ascii_digit())?;
            let number: i64 = part.get(..end)?.parse().ok()?;
            let letter = part.get(end..)?.chars().next()?;
            let at = units.iter().position(|(unit, _)| *unit == letter)?;
            let (_, ticks) = units.get(at)?;
            sum = sum.checked_add(number.checked_mul(*ticks)?)?;
            units = units.get(at + 1..)?;
            part = part.get(end + 1..)?;
        }
    }
    Some(sum)
}

/// A duration as ISO 8601 writes it, in whole seconds.
pub fn iso_duration(ticks: i64) -> String {
    let seconds = ticks / datetime::SECOND;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let mut out = String::from("P");
    let mut write = |number: i64, letter: char| {
        if number > 0 {
            out.push_str(&format!("{number}{letter}"));
        }
    };
    write(days, 'D');
    if rest > 0 || days == 0 {
        out.push('T');
        let parts = [(rest / 3600, 'H'), (rest / 60 % 60, 'M'), (rest % 60, 'S')];
        for (number, letter) in parts {
            if number > 0 || (seconds == 0 && letter == 'S') {
                out.push_str(&format!("{number}{letter}"));
            }
        }
    }
    out
}

/// Reads a span of time of a link: a duration, or two times parted by a slash; as ISO 8601.
pub fn time_span(field: &str, text: &str) -> Result<String, HandoffError> {
    let Some((from, to)) = text.split_once('/') else {
        return duration(field, text).map(iso_duration);
    };
    let time = |text: &str| datetime::parse(text.trim());
    let message = match (time(from), time(to)) {
        (Some(from), Some(to)) if from < to => {
            return Ok(format!("{}/{}", datetime::text(from), datetime::text(to)));
        }
        (Some(_), Some(_)) => "the time span ends before it begins".to_owned(),
        (None, _) => format!("`{}` is no time", cut(from, SHOWN_CHARS)),
        (_, None) => format!("`{}` is no time", cut(to, SHOWN_CHARS)),
    };
    let help = "a time span is `P1D`, or FROM/TO with times as 2026-01-31T12:00:00Z";
    Err(wrong("time-span", field, message, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

    #[test]
    fn ids_come_apart() {
        let text = format!(
            "{SUBSCRIPTION}/resourceGroups/rg-apim/providers/Microsoft.ApiManagement/service/contoso/apis/orders/"
        );
        let id = resource_id("resource", &format!(" {text} ")).unwrap();
        assert_eq!(format!("{}/", id.text), text);
        assert_eq!((id.group.as_str(), id.name()), ("rg-apim", "orders"));
        assert_eq!(id.kind(), "microsoft.apimanagement/service/apis");
        assert_eq!(id.names, ["contoso", "orders"]);
    }

    #[test]
    fn wrong_ids_are_told_with_their_part() {
        let group = format!("{SUBSCRIPTION}/resourceGroups/rg");
        let cases = [
            ("", "an id begins with `/`, not with ``"),
            ("contoso", "an id begins with `/`, not with `contoso`"),
            (
                "https://portal.azure.com/#@x/resource/y",
                "this is an address, not an id",
            ),
            ("/", "an id begins with `/`, not with ``"),
            ("/subscriptions//x", "part 2 of the id is empty"),
            ("/subscriptions/1", "the id ends before `resourceGroups`"),
            (
                "/subscriptions/1/resourceGroups/rg/providers",
                "the subscription `1` is no GUID",
            ),
            (
                &format!("{SUBSCRIPTION}/groups/rg"),
                "`resourceGroups` is expected where the id has `groups`",
            ),
            (&group, "the id ends before `providers`"),
            (
                &format!("{SUBSCRIPTION}/resourceGroups/r g/providers/M.X/a/b"),
                "`r g` is no resource group",
            ),
            (
                &format!("{group}/providers"),
                "the id ends before the provider",
            ),
            (
                &format!("{group}/providers/Insights/a/b"),
                "`Insights` is no provider",
            ),
            (
                &format!("{group}/providers/Microsoft.Insights"),
                "the id ends before the type of the resource",
            ),
            (
                &format!("{group}/providers/Microsoft.Insights/components"),
                "the type `components` has no name",
            ),
            (
                &format!("{group}/providers/Microsoft.Insights/components/a?b"),
                "`a?b` is no name of a resource",
            ),
        ];
        for (text, message) in cases {
            let error = resource_id("resource", text).unwrap_err();
            assert_eq!(
                (error.field.as_str(), error.message.as_str()),
                ("resource", message)
            );
            assert!(
                error.message.len() <= 90 && error.help.len() <= 90,
                "{error:?}"
            );
        }
        let id = format!("{group}/providers/microsoft.insights/Components/ai");
        assert!(resource_id_of("scope", &id, &[COMPONENT]).is_ok());
        let error = resource_id_of("scope", &id, &[WORKSPACE, SERVICE]).unwrap_err();
        assert_eq!(error.code, "resource-type");
    }

    #[test]
    fn tenants_regions_and_names() {
        assert_eq!(
            tenant("t", "Contoso.onmicrosoft.com").unwrap(),
            "contoso.onmicrosoft.com"
        );
        assert!(tenant("t", "00000000-0000-0000-0000-000000000001").is_ok());
        for text in [
            "",
            "contoso",
            "a..b",
            "-a.b",
            "a b.c",
            "a/b.c",
            "{00000000-0000-0000-0000-000000000001}",
        ] {
            assert!(tenant("t", text).is_err(), "{text}");
        }
        assert_eq!(region("r", "westeurope").unwrap(), "westeurope");
        assert_eq!(
            region("r", "West Europe").unwrap_err().help,
            "`westeurope` is how a region is written"
        );
        assert!(region("r", "").is_err() && region("r", "eu?").is_err());
        assert!(resource_name("n", "log-1", 4..=63, "-").is_ok());
        for text in ["log", "-log", "log-", "lo_g1"] {
            assert!(resource_name("n", text, 4..=63, "-").is_err(), "{text}");
        }
        assert!(title("n", " ", 10).is_err() && title("n", "12345678901", 10).is_err());
        assert_eq!(cloud("c", "china").unwrap(), Cloud::China);
        assert!(cloud("c", "moon").is_err());
    }

    #[test]
    fn durations_and_spans() {
        for (text, iso) in [
            ("P1D", "P1D"),
            ("pt90m", "PT1H30M"),
            ("PT24H", "P1D"),
            ("15m", "PT15M"),
            ("1.5h", "PT1H30M"),
            ("01:00:30", "PT1H30S"),
            ("P1W", "P7D"),
            ("P1DT1S", "P1DT1S"),
        ] {
            assert_eq!(iso_duration(duration("d", text).unwrap()), iso, "{text}");
        }
        for text in [
            "", "P", "PT", "P1H", "PT1D", "P1Y", "P-1D", "PT1M1H", "-1d", "0d", "P1", "x",
        ] {
            assert!(duration("d", text).is_err(), "{text}");
        }
        assert_eq!(iso_duration(0), "PT0S");
        assert_eq!(
            time_span("t", "2026-01-01/2026-01-02T03:04:05Z").unwrap(),
            "2026-01-01T00:00:00.0000000Z/2026-01-02T03:04:05.0000000Z"
        );
        for text in ["2026-01-02/2026-01-01", "x/2026-01-01", "2026-01-01/x", "/"] {
            assert!(time_span("t", text).is_err(), "{text}");
        }
    }
}
