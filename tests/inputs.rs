//! Every file of the outside suite `inputs`, with figures worked out by reading each file.
//!
//! The suite is read in place: `KQLENS_SUITES`, or `../shared/suites` beside the repository. With the
//! variable set, a missing suite is a failure.

mod outside;

use kqlens::dataset::{AddOptions, Dataset, SourceReport};
use kqlens::table::{Table, Tables};
use kqlens::value::Type;
use std::rc::Rc;

/// What one file must become.
struct Expected {
    file: &'static str,
    format: &'static str,
    tables: &'static [(&'static str, usize)],
    rejects: u64,
    times: Option<(&'static str, &'static str)>,
    warnings: &'static [&'static str],
    /// Column, type, texts of the first rows.
    columns: &'static [(&'static str, Type, &'static [&'static str])],
}

const EXPECTED: &[Expected] = &[
    Expected {
        file: "05-notebook-az-log-analytics-model_usage.json",
        format: "json-records",
        tables: &[("Records", 1)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            ("cell_type", Type::String, &["code"]),
            ("execution_count", Type::Long, &["28"]),
            ("metadata", Type::Dynamic, &["{}"]),
        ],
    },
    Expected {
        file: "06b-la-rest-v1-getschema-response.json",
        format: "query-response",
        tables: &[("getschema", 31)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            ("ColumnName", Type::String, &["TenantId", "SourceSystem"]),
            ("ColumnOrdinal", Type::Int, &["0", "1", "2"]),
        ],
    },
    Expected {
        file: "07-docs-2020-gatewaylogs-record.json",
        format: "json-records",
        tables: &[("ApiManagementGatewayLogs", 1)],
        rejects: 0,
        times: None,
        warnings: &["unfit-values"],
        columns: &[
            ("TimeGenerated", Type::DateTime, &[""]),
            (
                "_Unfit",
                Type::Dynamic,
                &[r#"{"TimeGenerated":"2020-10-14T17:xx:xx.xx"}"#],
            ),
            ("ResponseCode", Type::Int, &["200"]),
            ("ResponseSize", Type::Int, &["41583"]),
            ("TotalTime", Type::Long, &["152"]),
            ("IsRequestSuccess", Type::Bool, &["True"]),
            ("ApiId", Type::String, &["demo-conference-api"]),
            ("Region", Type::String, &["East US"]),
        ],
    },
    Expected {
        file: "08-docs-2017-gatewaylogs-template.txt",
        format: "json-records",
        tables: &[],
        rejects: 1,
        times: None,
        warnings: &[],
        columns: &[],
    },
    Expected {
        file: "09-docs-eventhub-records-envelope.json",
        format: "records-envelope",
        tables: &[("WorkflowRuntime", 2)],
        rejects: 0,
        times: Some((
            "2019-07-15T18:00:22.6235064Z",
            "2019-07-15T18:01:15.7532989Z",
        )),
        warnings: &["not-apim"],
        columns: &[
            ("status", Type::String, &["Failed", "Running"]),
            ("code", Type::String, &["BadGateway", ""]),
            ("resource", Type::Dynamic, &[]),
        ],
    },
    Expected {
        file: "09b-docs-storage-PT1H-line.jsonl",
        format: "json-lines",
        tables: &[("NetworkSecurityGroupRuleCounter", 1)],
        rejects: 0,
        times: Some((
            "2016-07-01T00:00:37.2040000Z",
            "2016-07-01T00:00:37.2040000Z",
        )),
        warnings: &["not-apim"],
        columns: &[
            ("matchedConnections", Type::Long, &["1988"]),
            ("macAddress", Type::String, &["000123456789"]),
        ],
    },
    Expected {
        file: "10-portal-csv-2020-02-iso-null-literal.csv",
        format: "portal-csv",
        tables: &[("CommonSecurityLog", 3)],
        rejects: 0,
        times: Some((
            "2020-02-05T11:53:04.0270000Z",
            "2020-02-05T12:12:54.8470000Z",
        )),
        warnings: &["not-apim"],
        columns: &[
            ("RemotePort", Type::String, &["", "", ""]),
            ("DeviceVersion", Type::String, &["6.60"]),
            ("DestinationPort", Type::Long, &["8585"]),
            ("DeviceEventClassID", Type::Long, &["8369810971757056403"]),
        ],
    },
    Expected {
        file: "12-portal-csv-2020-11-utc-original-quotes.csv",
        format: "portal-csv",
        tables: &[("CommonSecurityLog", 5)],
        rejects: 0,
        times: Some((
            "2020-11-13T16:27:16.9330000Z",
            "2020-11-13T16:27:20.8520000Z",
        )),
        warnings: &["not-apim"],
        columns: &[
            ("DeviceVendor", Type::String, &["Akamai"]),
            ("DestinationPort", Type::Long, &["443"]),
        ],
    },
    Expected {
        file: "13-portal-csv-excel-resaved-TRUE-FALSE.csv",
        format: "portal-csv",
        tables: &[("AADUserInfov2_CL", 6)],
        rejects: 0,
        times: Some((
            "2021-06-04T16:00:37.3710000Z",
            "2021-06-04T16:00:37.3910000Z",
        )),
        warnings: &["not-apim"],
        columns: &[
            ("PSShowComputerName_b", Type::Bool, &["False", "False"]),
            (
                "LastDirSyncTime_t",
                Type::DateTime,
                &["", "2020-11-04T21:21:40.0000000Z"],
            ),
            (
                "ExtensionProperty_createdDateTime_s",
                Type::String,
                &["11/4/2020 21:11"],
            ),
        ],
    },
    Expected {
        file: "15-portal-csv-pacific-time-header-crlf.csv",
        format: "portal-csv",
        tables: &[("CommonSecurityLog", 5)],
        rejects: 0,
        times: Some((
            "2021-10-26T14:16:58.2980000Z",
            "2021-10-26T14:52:30.5810000Z",
        )),
        warnings: &["ambiguous-clock", "not-apim"],
        columns: &[
            (
                "TimeGenerated",
                Type::DateTime,
                &[
                    "2021-10-26T14:16:58.2980000Z",
                    "2021-10-26T14:52:30.5810000Z",
                ],
            ),
            (
                "Message",
                Type::String,
                &[
                    "\"rpz QNAME REDIRECT rewrite crl4.digicert.com. [A] via CAT_Streaming Media.crl4.digicert.com.\"",
                ],
            ),
            ("SourcePort", Type::Long, &["18544", "31206"]),
        ],
    },
    Expected {
        file: "20b-dynatrace-apim-record.json",
        format: "json-records",
        tables: &[("ApiManagementGatewayLogs", 1)],
        rejects: 0,
        times: Some((
            "2021-01-29T09:25:05.3511301Z",
            "2021-01-29T09:25:05.3511301Z",
        )),
        warnings: &[],
        columns: &[
            (
                "BackendId",
                Type::String,
                &["ApiApp_testms-weather-service"],
            ),
            (
                "CorrelationId",
                Type::String,
                &["bf0d72ed-e82f-4549-a642-223ebc40e5cc"],
            ),
            ("BackendTime", Type::Long, &["165"]),
            ("Level", Type::Long, &["4"]),
        ],
    },
    Expected {
        file: "21-dynatrace-functionapp-events-properties-string.json",
        format: "json-array",
        tables: &[("FunctionAppLogs", 5)],
        rejects: 0,
        // One of the times is `04/02/2021 07:45:00`, and nothing says which number is the month.
        times: None,
        warnings: &["text-dates", "not-apim"],
        columns: &[
            (
                "TimeGenerated",
                Type::String,
                &[
                    "2021-02-04T07:45:44.5864815Z",
                    "2021-02-04T07:45:44.5864815Z",
                ],
            ),
            (
                "functionName",
                Type::String,
                &["logs_ingest", "logs_ingest", "logs_ingest", "logs_ingest"],
            ),
            (
                "appName",
                Type::String,
                &["", "", "", "", "ik-log-forwarder-function"],
            ),
        ],
    },
    Expected {
        file: "27-docs-la-api-response.json",
        format: "query-response",
        tables: &[("PrimaryResult", 4)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            (
                "Category",
                Type::String,
                &["Administrative", "Recommendation", "Alert", "ServiceHealth"],
            ),
            ("count_", Type::Long, &["20839", "122", "64", "11"]),
        ],
    },
    Expected {
        file: "28-json-keys-with-Local-Time.json",
        format: "json-array",
        tables: &[("CiscoMerakiNativePoller_CL", 2)],
        rejects: 0,
        times: Some((
            "2022-05-16T12:02:01.0000000Z",
            "2022-05-16T17:18:44.2670000Z",
        )),
        warnings: &["ambiguous-clock", "not-apim"],
        columns: &[
            (
                "TimeGenerated",
                Type::DateTime,
                &["2022-05-16T17:18:44.2670000Z"],
            ),
            (
                "EventStartTime",
                Type::DateTime,
                &["2022-04-20T20:16:20.2130000Z"],
            ),
            ("EventCount", Type::Long, &["1"]),
        ],
    },
    Expected {
        file: "30-kusto-v2-deft.json",
        format: "kusto-v2",
        tables: &[("Deft", 11)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            ("rownumber", Type::Int, &["", "0", "1"]),
            ("xdouble", Type::Real, &["", "0.0", "1.0001"]),
            ("xbool", Type::Bool, &["", "False", "True"]),
            (
                "xdate",
                Type::DateTime,
                &[
                    "",
                    "2014-01-01T01:01:01.0000000Z",
                    "2015-01-01T01:01:01.0000001Z",
                ],
            ),
            (
                "xtime",
                Type::TimeSpan,
                &["", "00:00:00", "1.00:00:01.0010001"],
            ),
            (
                "xdynamicWithNulls",
                Type::Dynamic,
                &["", "", r#"{"rowId":1,"arr":[0,1]}"#],
            ),
        ],
    },
    Expected {
        file: "32-kusto-v2-progressive.json",
        format: "kusto-v2",
        tables: &[("PrimaryResult", 5)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            ("EpisodeId", Type::Int, &["2592", "4171", "4171"]),
            ("BeginLat", Type::Real, &["35.52", "", ""]),
        ],
    },
    Expected {
        file: "33-kusto-v2-partial-errors.json",
        format: "kusto-v2",
        tables: &[("PrimaryResult", 5)],
        rejects: 0,
        times: None,
        warnings: &["partial-error"],
        columns: &[("x", Type::Long, &["1", "2", "3", "4", "5"])],
    },
    Expected {
        file: "35-kusto-v1-mgmt.json",
        format: "kusto-v1",
        tables: &[("Table_0", 1)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[(
            "BuildTime",
            Type::DateTime,
            &["2018-04-29T08:05:54.0000000Z"],
        )],
    },
    Expected {
        file: "37-kusto-v2-dynamic.json",
        format: "kusto-v2",
        tables: &[("PrimaryResult", 1)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            ("print_0", Type::Dynamic, &["123"]),
            ("print_2", Type::Dynamic, &["test bad json"]),
            ("print_3", Type::Dynamic, &[""]),
            ("print_4", Type::Dynamic, &[r#"{"rowId":2,"arr":[0,2]}"#]),
            ("print_5", Type::Dynamic, &[r#"{"rowId":2,"arr":[0,2]}"#]),
        ],
    },
    Expected {
        file: "38-kusto-v2-nulls.json",
        format: "kusto-v2",
        tables: &[("PrimaryResultName", 1)],
        rejects: 0,
        times: None,
        warnings: &[],
        columns: &[
            ("Int", Type::Int, &[""]),
            ("Guid", Type::Guid, &[""]),
            ("Decimal", Type::Decimal, &[""]),
            ("Timespan", Type::TimeSpan, &[""]),
        ],
    },
    Expected {
        file: "41-kusto-v2-dataframe.json",
        format: "kusto-v2",
        tables: &[("temp", 8)],
        rejects: 0,
        times: None,
        // The year 0, decimals that are no numbers, and a last row of six cells.
        warnings: &["unfit-values", "ragged-rows"],
        columns: &[
            (
                "RecordTime",
                Type::DateTime,
                &[
                    "2021-12-22T11:43:00.0000000Z",
                    "",
                    "9999-12-31T23:59:59.0000000Z",
                    "1677-09-21T00:12:44.0000000Z",
                ],
            ),
            ("RecordReal", Type::Real, &["3.14159", "NaN", "inf", "-inf"]),
            (
                "RecordOffset",
                Type::TimeSpan,
                &[
                    "00:00:00",
                    "00:00:00",
                    "00:00:00",
                    "00:00:00",
                    "00:00:00",
                    "00:01:00",
                    "1.01:01:01",
                ],
            ),
            ("RecordLong", Type::Long, &["92233720368"]),
        ],
    },
    Expected {
        file: "43-kusto-ingest-dataset.tsv",
        format: "tsv",
        tables: &[("Records", 10)],
        rejects: 0,
        times: None,
        warnings: &["no-header"],
        columns: &[
            ("Column1", Type::Long, &["0", "1", "2"]),
            ("Column3", Type::Real, &["0.0", "1.0001"]),
            (
                "Column13",
                Type::DateTime,
                &["2014-01-01T01:01:01.0000000Z"],
            ),
            (
                "Column17",
                Type::TimeSpan,
                &["00:00:00", "00:00:01.0010001", "-00:00:02.0020002"],
            ),
            (
                "Column19",
                Type::String,
                &["", r#"{"rowId": 1, "arr": [0,1]}"#],
            ),
        ],
    },
    Expected {
        file: "46-la-api-style-introtokql-test.json",
        format: "query-response",
        tables: &[("PrimaryResult", 1)],
        rejects: 0,
        times: Some((
            "2015-06-30T00:00:00.0000000Z",
            "2015-06-30T00:00:00.0000000Z",
        )),
        warnings: &[],
        columns: &[
            ("Low", Type::Real, &["72.0"]),
            ("Rain", Type::Real, &["2.26"]),
            ("Location", Type::String, &["Houston"]),
        ],
    },
];

fn texts(table: &Table, column: usize) -> Vec<String> {
    let segments = (0..table.n_segments()).filter_map(|segment| table.decode(segment, column));
    segments
        .flat_map(|values| {
            (0..values.len())
                .map(|row| values.value(row).to_text())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn check(expected: &Expected, report: &SourceReport, tables: &[Rc<Table>]) {
    let file = expected.file;
    assert_eq!(report.format, expected.format, "{file}");
    let names: Vec<(&str, usize)> = report
        .tables
        .iter()
        .map(|(name, rows)| (name.as_str(), *rows))
        .collect();
    assert_eq!(names, expected.tables, "{file}");
    assert_eq!(report.reject_count, expected.rejects, "{file}");
    assert_eq!(report.records, report.rows + report.reject_count, "{file}");
    let times = report.time_range_text();
    assert_eq!(
        times
            .as_ref()
            .map(|(from, to)| (from.as_str(), to.as_str())),
        expected.times,
        "{file}"
    );
    let codes: Vec<&str> = report.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, expected.warnings, "{file}");
    for (name, kind, values) in expected.columns {
        let table = &tables[0];
        let column = table
            .find(name)
            .unwrap_or_else(|| panic!("{file}: no column {name}"));
        assert_eq!(table.fields()[column].kind, *kind, "{file} {name}");
        let texts = texts(table, column);
        assert_eq!(&texts[..values.len()], *values, "{file} {name}");
    }
}

#[test]
fn every_file_of_the_suite() {
    let Some(folder) = outside::path("inputs") else {
        return outside::note("inputs", 0, EXPECTED.len());
    };
    outside::note("inputs", EXPECTED.len(), 0);
    for expected in EXPECTED {
        let bytes = std::fs::read(folder.join(expected.file))
            .unwrap_or_else(|error| panic!("{}: {error}", expected.file));
        let mut dataset = Dataset::new();
        let report = dataset
            .add(&bytes, AddOptions::default())
            .unwrap_or_else(|error| panic!("{}: {error}", expected.file));
        check(expected, &report, &dataset.all_tables());
        for (name, rows) in expected.tables {
            assert_eq!(
                dataset.views().find(name).map(|view| view.n_rows()),
                Some(*rows),
                "{}",
                expected.file
            );
        }
    }
    let files = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let unknown: Vec<String> = files
        .filter(|name| {
            !name.ends_with(".source") && EXPECTED.iter().all(|known| known.file != name)
        })
        .collect();
    assert!(unknown.is_empty(), "no expected figures for {unknown:?}");
}

/// The same at every border: whole, byte by byte in small pieces, and cut at random places.
#[test]
fn every_file_in_chunks() {
    let Some(folder) = outside::path("inputs") else {
        return;
    };
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for expected in EXPECTED {
        let bytes = std::fs::read(folder.join(expected.file)).unwrap_or_default();
        for _ in 0..20 {
            let mut dataset = Dataset::new();
            let mut writer = dataset.open(AddOptions::default());
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let (chunk, after) =
                    rest.split_at(rest.len().min(1 + (state >> 33) as usize % 700));
                writer.push(chunk).unwrap();
                rest = after;
            }
            let report = writer.finish(&mut dataset).unwrap();
            check(expected, &report, &dataset.all_tables());
        }
    }
}

/// The activity log in its four forms: a table of a workspace, the portal's file, records of an export
/// and what the command of Azure prints.
#[test]
fn the_activity_log_is_one_table() {
    let portal = "Correlation id,Operation name,Status,Event category,Level,Time,Subscription,Event initiated by,Resource type,Resource group,Resource\n\
        c,Create or Update API Management service,Succeeded,Administrative,Informational,2026-03-03T07:58:11Z,s,dev@contoso.com,Microsoft.ApiManagement/service,apis,contoso\n";
    let workspace = "TimeGenerated [UTC],OperationNameValue,ActivityStatusValue,Caller,CallerIpAddress,CategoryValue,ResourceGroup,_ResourceId,CorrelationId\n\
        \"3/3/2026, 7:58:11.000 AM\",MICROSOFT.APIMANAGEMENT/SERVICE/WRITE,Success,dev@contoso.com,203.0.113.9,Administrative,apis,/subscriptions/x,c\n";
    let export = "{\"time\":\"2026-03-03T07:58:11Z\",\"resourceId\":\"/SUBSCRIPTIONS/X\",\"operationName\":\"MICROSOFT.APIMANAGEMENT/SERVICE/WRITE\",\
        \"category\":\"Administrative\",\"resultType\":\"Success\",\"callerIpAddress\":\"203.0.113.9\",\"correlationId\":\"c\",\"level\":\"Information\",\"properties\":{\"entity\":\"/x\"}}\n";
    let listed = "[{\"authorization\":{\"action\":\"write\"},\"caller\":\"dev@contoso.com\",\"category\":{\"localizedValue\":\"Administrative\",\"value\":\"Administrative\"},\
        \"correlationId\":\"c\",\"eventTimestamp\":\"2026-03-03T07:58:11Z\",\
        \"operationName\":{\"localizedValue\":\"Create or update the service\",\"value\":\"MICROSOFT.APIMANAGEMENT/SERVICE/WRITE\"},\"resourceGroupName\":\"apis\",\
        \"resourceType\":{\"localizedValue\":\"Microsoft.ApiManagement/service\",\"value\":\"Microsoft.ApiManagement/service\"},\
        \"status\":{\"localizedValue\":\"Succeeded\",\"value\":\"Succeeded\"},\"subStatus\":{\"localizedValue\":null,\"value\":\"\"},\"subscriptionId\":\"s\"}]";
    let mut dataset = Dataset::new();
    for text in [portal, workspace, export, listed] {
        let report = dataset.add(text.as_bytes(), AddOptions::default()).unwrap();
        assert_eq!(report.tables, [("AzureActivity".to_owned(), 1)], "{text}");
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    }
    let query = "AzureActivity | summarize Rows = count(), Operations = countif(isnotempty(OperationNameValue) or isnotempty(OperationName)) by TimeGenerated, CorrelationId";
    let job = kqlens::engine::Job::start(query, std::rc::Rc::new(dataset.views()), 0).unwrap();
    let answer = job.run().unwrap().relation;
    let cell = |column| answer.value(0, column).to_text();
    assert_eq!(answer.n_rows(), 1);
    assert_eq!([cell(2), cell(3)], ["4", "4"]);
    let query = "AzureActivity | where ResourceType has 'ApiManagement' and isnotempty(OperationNameValue) \
        | project OperationNameValue, OperationName, ActivityStatusValue, CategoryValue, ResourceType, Authorization";
    let job = kqlens::engine::Job::start(query, std::rc::Rc::new(dataset.views()), 0).unwrap();
    let answer = job.run().unwrap().relation;
    let cells: Vec<String> = (0..6)
        .map(|column| answer.value(0, column).to_text())
        .collect();
    let expected = [
        "MICROSOFT.APIMANAGEMENT/SERVICE/WRITE",
        "Create or update the service",
        "Succeeded",
        "Administrative",
        "Microsoft.ApiManagement/service",
        "{\"action\":\"write\"}",
    ];
    assert_eq!(cells, expected);
}

/// What the service answers on metrics, and what `az` makes of it: each point is a row, whatever the
/// order of what is said, and however the bytes are cut.
#[test]
fn metrics_are_rows() {
    let resource =
        "/subscriptions/s/resourceGroups/apis/providers/Microsoft.ApiManagement/service/contoso";
    let listed = format!(
        r#"{{
  "cost": 59, "interval": "PT1M", "namespace": "Microsoft.ApiManagement/service", "resourceregion": "westeurope",
  "timespan": "2026-03-03T07:00:00Z/2026-03-03T08:00:00Z",
  "value": [
    {{
      "displayDescription": "Utilization", "errorCode": "Success",
      "id": "{resource}/providers/Microsoft.Insights/metrics/Capacity",
      "name": {{ "localizedValue": "Kapazität", "value": "Capacity" }}, "resourceGroup": "apis",
      "timeseries": [{{ "data": [
        {{ "average": 41.5, "count": null, "maximum": 90, "minimum": null, "timeStamp": "2026-03-03T07:00:00Z", "total": null }},
        {{ "average": 1x }},
        {{ "average": 43, "maximum": 91.25, "timeStamp": "2026-03-03T07:01:00Z" }}
      ], "metadatavalues": [] }}],
      "type": "Microsoft.Insights/metrics", "unit": "Percent"
    }},
    {{
      "id": "{resource}/providers/Microsoft.Insights/metrics/Requests", "type": "Microsoft.Insights/metrics",
      "name": {{ "value": "Requests", "localizedValue": "Requests" }}, "unit": "Count",
      "timeseries": [
        {{ "metadatavalues": [{{ "name": {{ "value": "gatewayresponsecodecategory" }}, "value": "5xx" }}],
          "data": [{{ "timeStamp": "2026-03-03T07:00:00Z", "total": 12 }}] }}
      ]
    }},
    {{ "name": {{ "value": "Duration" }}, "unit": "MilliSeconds", "timeseries": [] }}
  ]
}}"#
    );
    let expected = [
        "Capacity,Percent,PT1M,41.5,90.0,,",
        "Capacity,Percent,PT1M,43.0,91.25,,",
        "Requests,Count,PT1M,,,12.0,{\"gatewayresponsecodecategory\":\"5xx\"}",
    ];
    let table = "Timestamp            Name      Average    Maximum\n-------------------  --------  ---------  ---------\n\
        2026-03-03 07:00:00  Capacity  41.5       90\n";
    let mut dataset = Dataset::new();
    let report = dataset
        .add(table.as_bytes(), AddOptions::default())
        .unwrap();
    assert_eq!(report.tables, [("AzureMetrics".to_owned(), 1)]);
    let query =
        "AzureMetrics | project strcat(TimeGenerated, ' ', MetricName, ' ', Average, ' ', Maximum)";
    let job = kqlens::engine::Job::start(query, std::rc::Rc::new(dataset.views()), 0).unwrap();
    let answer = job.run().unwrap().relation.value(0, 0).to_text();
    assert_eq!(answer, "2026-03-03T07:00:00.0000000Z Capacity 41.5 90.0");
    // What a log calls so is no metric.
    let own = "{\"a\":1,\"timeseries\":[1,2]}\n{\"a\":2,\"timeseries\":[{\"x\":1}]}\n";
    let report = dataset.add(own.as_bytes(), AddOptions::default()).unwrap();
    assert_eq!(report.tables, [("Records".to_owned(), 2)]);
    for step in [1, 7, 64, listed.len()] {
        let mut dataset = Dataset::new();
        let mut writer = dataset.open(AddOptions::default());
        for chunk in listed.as_bytes().chunks(step) {
            writer.push(chunk).unwrap();
        }
        let report = writer.finish(&mut dataset).unwrap();
        assert_eq!(report.tables, [("AzureMetrics".to_owned(), 3)]);
        // A point that is none, and a metric without points.
        assert_eq!(report.reject_count, 2);
        let query = format!(
            "AzureMetrics | where _ResourceId == '{resource}' | order by MetricName asc, TimeGenerated asc \
            | project Row = strcat_delim(',', MetricName, UnitName, TimeGrain, tostring(Average), tostring(Maximum), tostring(Total), tostring(Dimensions))"
        );
        let job = kqlens::engine::Job::start(&query, std::rc::Rc::new(dataset.views()), 0).unwrap();
        let answer = job.run().unwrap().relation;
        let rows: Vec<String> = (0..answer.n_rows())
            .map(|row| answer.value(row, 0).to_text())
            .collect();
        assert_eq!(rows, expected, "in pieces of {step}");
    }
}
