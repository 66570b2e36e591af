//! Functions of Kusto that are refused by name, with what to do instead.
//!
//! Told apart from misspellings. What needs a service stands in the binder.

/// Why functions are refused.
#[derive(Debug)]
pub struct Refused {
    /// Their names.
    pub names: &'static [&'static str],
    /// What to do instead.
    pub instead: &'static str,
}

/// All groups.
pub static GROUPS: &[Refused] = &[
    Refused {
        names: &["hash_combine", "hash_many"],
        instead: "how the service joins hashes is not documented; hash `strcat(a, \"|\", b)`",
    },
    Refused {
        names: &["series_fit_2lines", "series_fit_2lines_dynamic"],
        instead: "which splits it tries is not documented; fit parts with `series_fit_line`",
    },
    Refused {
        names: &[
            "series_decompose_anomalies",
            "series_outliers",
            "series_periods_detect",
            "series_periods_validate",
        ],
        instead: "its scores are not documented; compare with `series_stats` or `percentile`",
    },
    Refused {
        names: &["parse_user_agent"],
        instead: "its rules are not documented; use `extract`",
    },
    Refused {
        names: &["parse_xml"],
        instead: "which texts it turns into numbers is not documented; use `extract`",
    },
    Refused {
        names: &["datetime_list_timezones"],
        instead: "the list is the service's; `datetime_utc_to_local` names what it does not know",
    },
    Refused {
        names: &["estimate_data_size"],
        instead: "sizes are those of the service's storage; use `string_size(tostring(x))`",
    },
    Refused {
        names: &["row_id", "rowstore_ordinal_range", "current_node_id"],
        instead: "an export has neither nodes nor row stores; use `row_number`",
    },
    Refused {
        names: &["passthrough"],
        instead: "it is part of the service's own plans; use the column",
    },
];

/// What to do instead of a function that is refused.
pub fn instead_of(name: &str) -> Option<&'static str> {
    if name.starts_with("geo_") {
        return Some("geometry on the globe is not computed here; run it in the cluster");
    }
    if name.ends_with("_fl") {
        return Some("define functions of the library with `let`");
    }
    if name.starts_with("__") {
        return Some("it is part of the service's own plans");
    }
    let group = GROUPS.iter().find(|group| group.names.contains(&name));
    group.map(|group| group.instead)
}
