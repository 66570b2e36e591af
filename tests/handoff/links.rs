//! Every query through every form of link and back, byte for byte.

use crate::{outside, queries};
use kqlens::handoff::decode::{Form, decode_link};
use kqlens::handoff::link::{AdxLink, PortalLink, adx_link, portal_link};
use kqlens::handoff::names::Cloud;
use kqlens::text::coding::url_encode;
use kqlens::value::Dynamic;
use std::io::Read;

const RESOURCE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg (x)/providers/Microsoft.ApiManagement/service/contoso";

fn encoded(text: &str) -> String {
    url_encode(text, "-_.~", |byte| format!("%{byte:02X}"))
}

/// The addresses of a query, each with its form and whether it names the resource.
fn links(query: &str) -> Vec<(Form, Cloud, String)> {
    let mut links = Vec::new();
    for (is_compressed, cloud) in [(true, Cloud::Public), (false, Cloud::China)] {
        let portal = portal_link(&PortalLink {
            query,
            resource: &RESOURCE.replace(" (x)", ""),
            cloud,
            tenant: Some("contoso.onmicrosoft.com"),
            time_span: Some("P1D"),
            is_compressed,
        });
        let url = portal.unwrap().url;
        // As the portal's own links are: coded twice.
        let (start, fragment) = url.split_once('#').unwrap();
        links.push((
            Form::Logs,
            cloud,
            format!("{start}#{}", fragment.replace('%', "%25")),
        ));
        links.push((
            Form::LogsBlade,
            cloud,
            url.replace(
                "Microsoft_OperationsManagementSuite_Workspace/Logs.ReactView",
                "Microsoft_Azure_Monitoring_Logs/LogsBlade",
            ),
        ));
        if is_compressed {
            let packed = url
                .split("/q/")
                .nth(1)
                .unwrap()
                .split("/timespan/")
                .next()
                .unwrap();
            let scope = format!("{{\"resources\":[{{\"resourceId\":\"{RESOURCE}\"}}]}}");
            links.push((
                Form::Analytics,
                cloud,
                format!(
                    "https://portal.azure.com/#blade/Microsoft_OperationsManagementSuite_Workspace/AnalyticsBlade/initiator/AnalyticsShareLinkToQuery/isQueryEditorVisible/true/scope/{}/query/{packed}/isQueryBase64Compressed/true/timespanInIsoFormat/P1D",
                    encoded(&scope)
                ),
            ));
        }
        links.push((Form::Logs, cloud, url));
        let adx = adx_link(&AdxLink {
            query,
            cluster: "help",
            database: "My samples",
            cloud,
            tenant: None,
            is_compressed,
        });
        let url = adx.unwrap().url;
        links.push((
            Form::QueryPage,
            cloud,
            url.replace(
                &format!("https://help.{}/", cloud.kusto()),
                &format!(
                    "https://dataexplorer.{}/clusters/help/databases/",
                    cloud.portal().strip_prefix("portal.").unwrap()
                ),
            ),
        ));
        links.push((Form::Cluster, cloud, url));
    }
    links
}

fn comes_back(query: &str) {
    for (form, cloud, url) in links(query) {
        let link = decode_link(&url).unwrap_or_else(|error| panic!("{url}: {error:?}"));
        assert_eq!(link.query, query, "{url}");
        assert_eq!((link.form, link.cloud), (form, Some(cloud)), "{url}");
        match form {
            Form::Cluster | Form::QueryPage => {
                assert_eq!(link.database.as_deref(), Some("My samples"), "{url}");
            }
            _ => {
                assert!(link.scope[0].ends_with("/Microsoft.ApiManagement/service/contoso"));
                assert_eq!(link.time_span.as_deref(), Some("P1D"), "{url}");
            }
        }
    }
}

#[test]
fn generated_queries_come_back() {
    for query in queries(1000) {
        comes_back(&query);
    }
    comes_back(&"T | extend x = '0123456789abcdef'\n".repeat(50_000));
}

#[test]
fn published_queries_come_back() {
    let Some(path) = outside::path("corpus/dev.jsonl.gz") else {
        println!("skipped: the corpus is not here");
        return outside::note("handoff-links", 0, 1);
    };
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    let mut n_queries = 0;
    for line in text.lines() {
        let record = Dynamic::parse(line).unwrap();
        if matches!(
            record.member("domain").to_text().as_str(),
            "apim" | "ai-gateway"
        ) {
            comes_back(&record.member("query").to_text());
            n_queries += 1;
        }
    }
    println!("{n_queries} published queries came back through every form");
    outside::note("handoff-links", n_queries, 0);
    assert!(n_queries > 100);
}

#[test]
fn any_text_gives_a_link_or_an_error() {
    for query in queries(6) {
        for (_, _, url) in links(&query) {
            // Cut, and changed, at every place of the first part and at some of the rest.
            for (n, (at, _)) in url.char_indices().enumerate() {
                if n < 300 || n.is_multiple_of(7) {
                    let cut = &url[..at];
                    let changed = format!("{cut}%{}", &url[at..]);
                    for text in [cut, &changed] {
                        if let Err(error) = decode_link(text) {
                            assert_eq!(
                                error.code,
                                if error.field == "link" && error.code != "cluster" {
                                    "link"
                                } else {
                                    "cluster"
                                }
                            );
                            assert!(error.message.chars().count() <= 90, "{error:?}");
                        }
                    }
                }
            }
        }
    }
}
