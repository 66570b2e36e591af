//! Every shape by example, at every border, and arbitrary bytes.

use super::*;
use crate::value::{Type, datetime};
use std::fmt::Write as _;
use std::io::Write as _;

fn with_pieces(bytes: &[u8], chunk: usize, piece_bytes: usize) -> Result<Read, InputError> {
    let mut reader = Reader::told(
        bytes,
        Options {
            piece_bytes,
            min_piece_bytes: 1,
            ..Options::default()
        },
    );
    for piece in bytes.chunks(chunk.max(1)) {
        reader.push(piece)?;
    }
    reader.finish()
}

/// Everything a source became, as one text.
fn digest(read: &Result<Read, InputError>) -> String {
    let read = match read {
        Err(error) => return format!("{} {error}", error.code),
        Ok(read) => read,
    };
    let mut out = format!(
        "{} {} rows {} rejects {:?}\n",
        read.format.id,
        read.encoding,
        read.n_rows(),
        read.rejects.places
    );
    for reject in &read.rejects.samples {
        writeln!(out, "reject {reject:?}").unwrap();
    }
    for (warning, n_times, detail) in &read.warnings {
        writeln!(out, "warning {} {n_times} {detail}", warning.code()).unwrap();
    }
    for table in &read.tables {
        // A record that is cut off may make its columns early; their order says nothing.
        let mut columns: Vec<usize> = (0..table.fields().len()).collect();
        columns.sort_by_key(|&column| &table.fields()[column].name);
        writeln!(out, "table {}", table.name()).unwrap();
        for segment in 0..table.n_segments() {
            for &column in &columns {
                write!(out, "{:?} ", table.fields()[column]).unwrap();
                let values = table.decode(segment, column).unwrap();
                let texts: Vec<String> = (0..values.len())
                    .map(|row| values.value(row).to_text())
                    .collect();
                writeln!(out, "{texts:?}").unwrap();
            }
        }
    }
    out
}

/// The texts of a column of the only table.
fn column(read: &Read, name: &str) -> Vec<String> {
    column_of(&read.tables[0], name)
}

fn column_of(table: &Table, name: &str) -> Vec<String> {
    let at = table
        .find(name)
        .unwrap_or_else(|| panic!("no column {name}: {:?}", table.fields()));
    let segments = (0..table.n_segments()).map(|segment| table.decode(segment, at).unwrap());
    segments
        .flat_map(|values| {
            (0..values.len())
                .map(|row| values.value(row).to_text())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn kind(read: &Read, name: &str) -> Type {
    let table = &read.tables[0];
    table.fields()[table.find(name).unwrap()].kind
}

fn ok(text: &str) -> Read {
    read(text.as_bytes(), Options::default()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.warnings
        .iter()
        .map(|(warning, ..)| warning.code())
        .collect()
}

const LINE: &str = r#"{"time":"2026-01-14T06:00:00.9299813Z","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A","category":"GatewayLogs","operationName":"Microsoft.ApiManagement/GatewayLogs","durationMs":391,"correlationId":"9fef4849-1b28-4eaa-ad34-f34e1728ba9d","isRequestSuccess":false,"location":"West Europe","properties":{"method":"GET","url":"https://x/\"é\u00e9\ud83d\ude80","responseCode":500,"backendResponseCode":null,"apiId":"orders","newField":"n","lastError":{"elapsed":3,"source":"forward-request","reason":"Timeout","message":"a\nb","path":"p","transportErrorCode":-1},"errors":[{"a":"]}"}]}}"#;

/// One text of every shape.
fn shapes() -> Vec<(&'static str, String)> {
    let record = r#"{"TimeGenerated":"2026-01-14T06:00:00Z","ApiId":"a, \"b\"","ResponseCode":200,"Type":"ApiManagementGatewayLogs"}"#;
    vec![
        ("json-lines", format!("{LINE}\n{LINE}\r\n\n{}\n", LINE.replace("GatewayLogs\"", "GatewayLlmLogs\""))),
        ("json-records", format!("{}\n{}\n", LINE.replace(",\"", ",\n  \"").replace('{', "{\n"), LINE.replace(":{", ": {\n"))),
        ("json-array", format!("[\n {record},\n {record}\n]")),
        ("az-json", r#"[{"ApiId":"x","ResponseCode":"200","IsRequestSuccess":"True","Errors":"[{'a': None}]","TableName":"PrimaryResult","TimeGenerated":"2026-01-14T06:00:00Z","BackendTime":"None"}]"#.to_owned()),
        ("records-envelope", format!("{{\"records\": [{LINE},{LINE}]}}\n{{\"records\":[{LINE}]}}")),
        ("query-response", r#"{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"ApiId","type":"string"},{"name":"ResponseCode","type":"int"},{"name":"Errors","type":"dynamic"},{"name":"x","type":"real"}],"rows":[["2026-01-14T06:00:00Z","a\n",200,"[1,{\"a\":2}]",null],[null,null,null,null,"NaN"],["2026-01-14T06:00:00Z","b",500,"",1.5,"more"]]}],"error":{"code":"PartialError","message":"There were some errors"}}"#.to_owned()),
        ("metrics-response", r#"{"cost":0,"interval":"PT1M","value":[{"id":"/subscriptions/s/providers/Microsoft.Insights/metrics/Capacity","name":{"value":"Capacity","localizedValue":"é"},"timeseries":[{"data":[{"average":41.5,"timeStamp":"2026-01-14T06:00:00Z"},{"average":null,"timeStamp":"2026-01-14T06:01:00Z"}],"metadatavalues":[{"name":{"value":"Location"},"value":"West \"x\""}]}],"unit":"Percent"}]}"#.to_owned()),
        ("kusto-v1", r#"{"Tables":[{"TableName":"Table_0","Columns":[{"ColumnName":"x","DataType":"Int64","ColumnType":"long"}],"Rows":[[1],[2]]},{"TableName":"Table_1","Columns":[{"ColumnName":"Value","DataType":"String"}],"Rows":[["{}"]]},{"TableName":"Table_2","Columns":[{"ColumnName":"Ordinal","DataType":"Int64"},{"ColumnName":"Kind","DataType":"String"},{"ColumnName":"Name","DataType":"String"},{"ColumnName":"Id","DataType":"String"},{"ColumnName":"PrettyName","DataType":"String"}],"Rows":[[0,"QueryResult","PrimaryResult","g",""],[1,"QueryProperties","@ExtendedProperties","g",""]]}]}"#.to_owned()),
        ("kusto-v2", r#"[{"FrameType":"DataSetHeader","IsProgressive":true},{"FrameType":"TableHeader","TableId":1,"TableKind":"PrimaryResult","TableName":"R","Columns":[{"ColumnName":"x","ColumnType":"long"}]},{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":1,"Rows":[[1],[2]]},{"FrameType":"TableFragment","TableFragmentType":"DataReplace","TableId":1,"Rows":[[7]]},{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":1,"Rows":[[8],{"OneApiErrors":[{"error":{"code":"E","message":"m"}}]}]},{"FrameType":"TableCompletion","TableId":1,"RowCount":2},{"FrameType":"DataSetCompletion","HasErrors":true}]"#.to_owned()),
        ("kqr", r#"{"query":"T","cluster":"c","database":"d","tables":[{"name":"T","columns":[{"name":"a","type":"string"}],"rows":[["x"]]}]}"#.to_owned()),
        ("portal-csv", "\u{feff}\"TimeGenerated [UTC]\",ApiId,ResponseCode,LastErrorMessage\n\"10/30/2025, 9:48:01.956 PM\",\"a\"\"b\",200,\"x,\ny\"\n\"1/2/2025, 9:48:01.956 AM\",,500,\n".to_owned()),
        ("csv", "ApiId,ResponseCode,TotalTime\r\na,200,1\r\na,404\r\na,200,1,extra\r\n".to_owned()),
        ("semicolon-csv", "ApiId;ResponseCode;x\na;200;\"1,5\"\na,b;500;2\n".to_owned()),
        ("tsv", "TimeGenerated\tApiId\tResponseCode\n2026-01-14T06:00:00Z\ta\t200\n".to_owned()),
        ("az-tsv", "a \"quoted\t200\tPrimaryResult\tNone\nb\t404\tPrimaryResult\t2026-01-14T06:00:00Z\n".to_owned()),
        ("powershell-csv", "#TYPE System.Management.Automation.PSCustomObject\r\n\"ApiId\",\"ResponseCode\"\r\n\"a\",\"200\"\r\n".to_owned()),
        ("az-table", "ApiId    Code\n-------  ------\na é      200\nb        None\nlonger than  5\n".to_owned()),
        ("gateway-text", format!("[Info] 2024-11-20T02:24:37.137 [GatewayLogs], isRequestSuccess: false, totalTime: 75005, lastError: {{\"source\":\"s\",\"reason\":\"Timeout\"}}, errors: [{{\"a\":1}}], correlationId: c\n[Warn] 2024-11-20T02:24:38.1 [ConfigSync], message: lost, again: 1\nat Some.Method()\n{LINE}\n")),
    ]
}

#[test]
fn every_shape_is_recognised_and_has_an_example() {
    let shapes = shapes();
    for (id, text) in &shapes {
        assert_eq!(ok(text).format.id, *id, "{text}");
    }
    for format in FORMATS {
        assert!(
            shapes.iter().any(|(id, _)| *id == format.id),
            "{}",
            format.id
        );
    }
}

#[test]
fn chunks_may_be_cut_anywhere() {
    for (id, text) in shapes() {
        let whole = digest(&read(text.as_bytes(), Options::default()));
        for chunk in [1, 2, 3, 5, 7, 11, 64, 1000] {
            assert_eq!(
                digest(&with_pieces(text.as_bytes(), chunk, chunk)),
                whole,
                "{id} in pieces of {chunk}"
            );
        }
        for at in 0..text.len() {
            let mut reader = Reader::told(
                text.as_bytes(),
                Options {
                    min_piece_bytes: 1,
                    ..Options::default()
                },
            );
            let (before, after) = text.as_bytes().split_at(at);
            reader.push(before).unwrap();
            reader.push(after).unwrap();
            assert_eq!(digest(&reader.finish()), whole, "{id} cut at {at}");
        }
    }
}

#[test]
fn raw_records_become_columns() {
    let read = ok(&format!("{LINE}\n"));
    for (name, value) in [
        ("TimeGenerated", "2026-01-14T06:00:00.9299813Z"),
        ("TotalTime", "391"),
        ("Region", "West Europe"),
        ("Url", "https://x/\"éé🚀"),
        ("LastErrorReason", "Timeout"),
        ("LastErrorMessage", "a\nb"),
        ("LastErrorPath", "p"),
        ("LastErrorTransportErrorCode", "-1"),
        ("BackendResponseCode", ""),
        ("NewField", "n"),
        ("Errors", r#"[{"a":"]}"}]"#),
    ] {
        assert_eq!(column(&read, name), [value], "{name}");
    }
    assert_eq!(read.tables[0].name(), "ApiManagementGatewayLogs");
    assert_eq!(kind(&read, "TotalTime"), Type::Long);
}

#[test]
fn blanks_may_stand_elsewhere_in_every_record() {
    let record = |at: usize, [a, b, c, d]: [&str; 4]| {
        format!(
            r#"{{{a}"time"{b}:{c}"2026-01-14T06:00:00Z"{d},{a}"category"{c}:{b}"GatewayLogs"{c},"n":{d}{at}{b},{d}"properties":{a}{{{c}"apiId":{b}"api-{at}"{c},"ok":{c}true{d}}}{b}}}"#
        )
    };
    let blanks = ["", " ", "  ", "\t", "   ", " \r "];
    let lines: Vec<String> = (0..400)
        .map(|at| {
            record(
                at,
                [1, 2, 5, 11].map(|prime| blanks[at / prime % blanks.len()]),
            )
        })
        .collect();
    for separator in ["\n", ",\n"] {
        let joined = lines.join(separator);
        let text = if separator == "\n" {
            joined
        } else {
            format!("[{joined}]")
        };
        let read = ok(&text);
        assert_eq!(
            (read.n_rows(), read.rejects.count()),
            (400, 0),
            "{:?}",
            read.rejects
        );
        let expected = |of: fn(usize) -> String| (0..400).map(of).collect::<Vec<_>>();
        assert_eq!(column(&read, "N"), expected(|at| at.to_string()));
        assert_eq!(column(&read, "ApiId"), expected(|at| format!("api-{at}")));
    }
}

#[test]
fn properties_may_be_texts() {
    let as_text = LINE.replace(
        "\"properties\":{\"method\":\"GET\"",
        "\"properties\":{\"method\":\"PUT\"",
    );
    let (head, _) = as_text.split_once("\"properties\":").unwrap();
    for properties in [
        r#""{\"method\":\"PUT\",\"responseCode\":201}""#,
        r#""{'method': 'PUT', 'responseCode': 201, 'apiId': None}""#,
    ] {
        let read = ok(&format!("{head}\"properties\":{properties}}}"));
        assert_eq!(
            (column(&read, "Method"), column(&read, "ResponseCode")),
            (vec!["PUT".to_owned()], vec!["201".to_owned()])
        );
    }
    let read = ok(&format!("{head}\"properties\":\"no object\"}}"));
    assert_eq!(column(&read, "Properties"), ["no object"]);
    let old = r#"{"Tenant":"t","DeploymentName":"d","time":"2017-01-01T00:00:00Z","resourceId":"/R/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A","category":"GatewayLogs","durationMs":5,"properties":"{\"ApiId\":\"a\",\"ServiceTime\":7,\"SubscriptionId\":\"s\",\"ResponseCode\":200}"}"#;
    let read = ok(old);
    assert_eq!(
        (column(&read, "ApiId"), column(&read, "BackendTime")),
        (vec!["a".to_owned()], vec!["7".to_owned()])
    );
}

#[test]
fn mixed_categories_become_several_tables() {
    let llm = LINE.replace("\"GatewayLogs\"", "\"GatewayLlmLogs\"");
    let other = LINE.replace("\"GatewayLogs\"", "\"WorkflowRuntime\"");
    let read = ok(&[LINE, &llm, LINE, &other, &llm].join("\n"));
    let names: Vec<(&str, usize)> = read
        .tables
        .iter()
        .map(|table| (table.name(), table.n_rows()))
        .collect();
    assert_eq!(
        names,
        [
            ("ApiManagementGatewayLogs", 2),
            ("ApiManagementGatewayLlmLog", 2),
            ("WorkflowRuntime", 1)
        ]
    );
    assert!(codes(&read).contains(&"not-apim"));
}

#[test]
fn query_responses() {
    let shapes = shapes();
    let text = |id: &str| &shapes.iter().find(|(known, _)| *known == id).unwrap().1;
    let read = ok(text("query-response"));
    assert_eq!(read.tables[0].name(), "ApiManagementGatewayLogs");
    assert_eq!(column(&read, "Errors"), [r#"[1,{"a":2}]"#, "", ""]);
    assert_eq!(column(&read, "x"), ["", "NaN", "1.5"]);
    assert_eq!(column(&read, "Column6"), ["", "", "more"]);
    assert_eq!(codes(&read), ["partial-error", "ragged-rows"]);
    let read = ok(text("kusto-v1"));
    assert_eq!(
        read.tables.iter().map(Table::name).collect::<Vec<_>>(),
        ["Table_0"]
    );
    assert_eq!(column(&read, "x"), ["1", "2"]);
    let read = ok(text("kusto-v2"));
    assert_eq!(column(&read, "x"), ["7", "8"]);
    assert_eq!(codes(&read), ["partial-error"]);
}

#[test]
fn azure_diagnostics_rows_are_gateway_rows() {
    let read = ok(
        "TimeGenerated,Category,ResourceProvider,responseCode_d,apiId_s,lastError_reason_s,DurationMs,isRequestSuccess_b,CallerIPAddress\n\
        2026-01-14T06:00:00Z,GatewayLogs,MICROSOFT.APIMANAGEMENT,200.0,a,Timeout,5,true,1.2.3.4\n\
        2026-01-14T06:00:00Z,GatewayLlmLogs,MICROSOFT.APIMANAGEMENT,,,,,,\n",
    );
    assert_eq!(read.tables.len(), 2);
    assert_eq!(column(&read, "ResponseCode"), ["200"]);
    assert_eq!(column(&read, "LastErrorReason"), ["Timeout"]);
    assert_eq!(
        (column(&read, "TotalTime"), column(&read, "CallerIpAddress")),
        (vec!["5".to_owned()], vec!["1.2.3.4".to_owned()])
    );
    assert_eq!(read.tables[1].name(), "ApiManagementGatewayLlmLog");
}

#[test]
fn classic_rows_get_their_workspace_names() {
    let read = ok(
        "timestamp,id,name,success,resultCode,duration,customDimensions,cloud_RoleName,itemType\n2026-01-14T06:00:00Z,1,GET /a,False,500,1.5,\"{\"\"a\"\":1}\",r,request\n",
    );
    assert_eq!(read.tables[0].name(), "AppRequests");
    assert_eq!(column(&read, "Success"), ["False"]);
    assert_eq!(
        (kind(&read, "Success"), kind(&read, "DurationMs")),
        (Type::Bool, Type::Real)
    );
    assert_eq!(column(&read, "Properties"), [r#"{"a":1}"#]);
}

#[test]
fn delimited_texts() {
    let shapes = shapes();
    let text = |id: &str| &shapes.iter().find(|(known, _)| *known == id).unwrap().1;
    let read = ok(text("portal-csv"));
    assert_eq!(read.encoding, "utf-8-bom");
    assert_eq!(
        column(&read, "TimeGenerated"),
        [
            "2025-10-30T21:48:01.9560000Z",
            "2025-01-02T09:48:01.9560000Z"
        ]
    );
    assert_eq!(column(&read, "ApiId"), ["a\"b", ""]);
    assert_eq!(column(&read, "LastErrorMessage"), ["x,\ny", ""]);
    let read = ok(text("csv"));
    assert_eq!(column(&read, "TotalTime"), ["1", "", "1"]);
    assert_eq!(column(&read, "Column4"), ["", "", "extra"]);
    assert_eq!(codes(&read), ["ragged-rows"]);
    let read = ok(text("semicolon-csv"));
    assert_eq!(column(&read, "ApiId"), ["a", "a,b"]);
    let read = ok(text("az-tsv"));
    assert_eq!(column(&read, "Column1"), ["a \"quoted", "b"]);
    assert_eq!(
        (kind(&read, "Column2"), kind(&read, "Column4")),
        (Type::Long, Type::DateTime)
    );
    let read = ok(text("az-table"));
    assert_eq!(column(&read, "ApiId"), ["a é", "b"]);
    assert_eq!(read.rejects.count(), 1);
    let read = ok(text("powershell-csv"));
    assert_eq!(read.tables[0].name(), "ApiManagementGatewayLogs");
}

#[test]
fn gateway_text() {
    let text = &shapes()
        .into_iter()
        .find(|(id, _)| *id == "gateway-text")
        .unwrap()
        .1;
    let read = ok(text);
    let names: Vec<(&str, usize)> = read
        .tables
        .iter()
        .map(|table| (table.name(), table.n_rows()))
        .collect();
    assert_eq!(
        names,
        [
            ("ApiManagementGatewayLogs", 2),
            ("SelfHostedGatewayEvents", 1)
        ]
    );
    assert_eq!(column(&read, "LastErrorReason"), ["Timeout", "Timeout"]);
    assert_eq!(column(&read, "TotalTime"), ["75005", "391"]);
    assert_eq!(read.rejects.count(), 1);
    assert_eq!(read.rejects.samples[0].line, 3);
}

#[test]
fn the_order_of_dates_shows_or_is_asked_for() {
    let csv = |first: &str, second: &str| {
        format!(
            "\"TimeGenerated [UTC]\",ApiId,ResponseCode\n\"{first}\",a,200\n\"{second}\",b,200\n"
        )
    };
    let read = ok(&csv("22/10/2025, 17:56:33.836", "04/05/2025, 07:00:00.000"));
    assert_eq!(
        column(&read, "TimeGenerated")[1],
        "2025-05-04T07:00:00.0000000Z"
    );
    let read = ok(&csv("04/05/2025, 07:00:00.000", "05/05/2025, 07:00:00.000"));
    assert_eq!(
        (codes(&read), kind(&read, "TimeGenerated")),
        (vec!["text-dates"], Type::String)
    );
    assert_eq!(
        column(&read, "TimeGenerated")[0],
        "04/05/2025, 07:00:00.000"
    );
    let settled = settle_dates(&read.tables[0], read.text_dates[0].1, DateOrder::DayFirst).unwrap();
    assert_eq!(
        column_of(&settled, "TimeGenerated")[0],
        "2025-05-04T07:00:00.0000000Z"
    );
    let told = Options {
        date_order: Some(DateOrder::MonthFirst),
        ..Options::default()
    };
    let read = super::read(
        csv("04/05/2025, 07:00:00.000", "13/13/2025").as_bytes(),
        told,
    )
    .unwrap();
    assert_eq!(
        column(&read, "TimeGenerated"),
        ["2025-04-05T07:00:00.0000000Z", ""]
    );
    assert_eq!(
        column(&read, "_Unfit")[1],
        r#"{"TimeGenerated":"13/13/2025"}"#
    );
    assert_eq!(codes(&read), ["unfit-values"]);
    let local = ok(
        "\"TimeGenerated [Local Time]\",ApiId,ResponseCode\n\"10/30/2025, 9:48:01.956 PM\",a,200\n",
    );
    assert_eq!(codes(&local), ["ambiguous-clock"]);
}

#[test]
fn values_that_do_not_fit_are_kept() {
    let read = ok(&LINE
        .replace("500,", "\"many\",")
        .replace("391", "123456789012345678901234567890"));
    assert_eq!(
        column(&read, "_Unfit"),
        [r#"{"TotalTime":"123456789012345678901234567890","ResponseCode":"many"}"#]
    );
    assert_eq!(codes(&read), ["unfit-values"]);
}

#[test]
fn unknown_columns_widen() {
    let read = ok(
        "[{\"a\":1,\"b\":true,\"c\":1,\"d\":\"x\"},{\"a\":1.5,\"b\":\"y\",\"c\":{\"z\":1},\"d\":[1]},{\"a\":9007199254740993,\"d\":5}]",
    );
    assert_eq!(
        (kind(&read, "a"), column(&read, "a")),
        (
            Type::Dynamic,
            vec![
                "1.0".to_owned(),
                "1.5".to_owned(),
                "9007199254740993".to_owned()
            ]
        )
    );
    assert_eq!(
        (kind(&read, "b"), column(&read, "b")),
        (
            Type::String,
            vec!["True".to_owned(), "y".to_owned(), String::new()]
        )
    );
    assert_eq!(
        (kind(&read, "c"), column(&read, "c")[1].as_str()),
        (Type::Dynamic, "{\"z\":1}")
    );
    assert_eq!(
        (kind(&read, "d"), column(&read, "d")),
        (
            Type::Dynamic,
            vec!["x".to_owned(), "[1]".to_owned(), "5".to_owned()]
        )
    );
}

#[test]
fn bad_records_are_rejects_and_the_rest_goes_on() {
    let cut = &LINE[..300];
    let read = ok(&format!(
        "{LINE}\n{cut}\n{LINE}\nnonsense\n{{\"a\":}}\n{LINE}"
    ));
    assert_eq!((read.n_rows(), read.rejects.count()), (3, 3));
    assert_eq!(
        read.rejects
            .samples
            .iter()
            .map(|reject| reject.line)
            .collect::<Vec<_>>(),
        [2, 4, 5]
    );
    assert_eq!(read.rejects.samples[0].offset as usize, LINE.len() + 1);
    assert_eq!(read.rejects.samples[1].text, "nonsense");
    let read = ok(&format!("{LINE}\n{cut}"));
    assert_eq!(
        (read.n_rows(), read.rejects.count(), codes(&read)),
        (1, 1, vec!["cut-file"])
    );
    let pretty = "{\n  \"a\": ,\n  \"b\": 1\n}\n{\n  \"a\": 2\n}\n";
    let read = ok(pretty);
    assert_eq!((read.n_rows(), read.rejects.count()), (1, 1));
    let read = ok("[{\"a\":1},5,{\"a\":},\"x\",[1],{\"a\":2}]");
    assert_eq!((read.n_rows(), read.rejects.count()), (2, 4));
    let read = ok(
        "{\"tables\":[{\"name\":\"T\",\"columns\":[{\"name\":\"a\",\"type\":\"long\"}],\"rows\":[[1],5,[2],[3",
    );
    assert_eq!((read.n_rows(), read.rejects.count()), (2, 2));
    let read = ok("ApiId,ResponseCode\na,200\n\"b,404\nc,500\n");
    assert_eq!((read.n_rows(), read.rejects.count()), (2, 1));
}

#[test]
fn pastes_of_two_formats() {
    let read = ok(&format!("ApiId,ResponseCode\na,200\n{LINE}\n"));
    assert_eq!((read.n_rows(), read.rejects.count()), (2, 0));
    let read = ok(&format!("{LINE}\n[{LINE}]\n{{\"records\":[{LINE}]}}"));
    assert_eq!((read.n_rows(), read.rejects.count()), (3, 0));
}

#[test]
fn hostile_sizes() {
    let deep = "[".repeat(10_000);
    assert_eq!(ok(&deep).rejects.count(), 1);
    let read = ok(&format!("{{\"a\":{deep}{}}}", "]".repeat(10_000)));
    assert_eq!(read.n_rows(), 1);
    let long = format!(
        "{{\"TimeGenerated\":\"2026-01-14T06:00:00Z\",\"ApiId\":\"{}\"}}\n",
        "x".repeat(5 << 20)
    );
    let read = ok(&long.repeat(3));
    assert_eq!(
        (read.n_rows(), column(&read, "ApiId")[2].len()),
        (3, 5 << 20)
    );
    let read = ok(&format!("ApiId,ResponseCode\n{}", "y".repeat(3 << 20)));
    assert_eq!(read.n_rows(), 1);
    let many: String = (0..200)
        .map(|at| LINE.replace("\"GatewayLogs\"", &format!("\"Kind{at}\"")) + "\n")
        .collect();
    let open = ok(&"{\"a\":[\n".repeat(100_000));
    assert_eq!(open.rejects.count(), 100_000);
    let read = ok(&many);
    assert_eq!(read.n_rows(), 200);
    assert!(codes(&read).contains(&"too-many-tables"));
    let keys = (0..3_000)
        .map(|at| format!("\"k{at}\":{at},"))
        .collect::<Vec<_>>()
        .concat();
    let read = ok(&format!("{{{keys}\"k1\":7}}"));
    assert_eq!(column(&read, "k1"), ["7"]);
    assert_eq!(read.tables[0].fields().len(), 3_000);
}

#[test]
fn gzip_and_encodings() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(format!("{LINE}\n").repeat(50).as_bytes())
        .unwrap();
    let member = encoder.finish().unwrap();
    let two = [member.clone(), member.clone()].concat();
    let read = super::read(&two, Options::default()).unwrap();
    assert_eq!(
        (read.n_rows(), read.encoding.as_str()),
        (100, "gzip, utf-8")
    );
    for chunk in [1, 7, 100] {
        assert_eq!(with_pieces(&two, chunk, 1 << 20).unwrap().n_rows(), 100);
    }
    let cut = super::read(&two[..two.len() - 5], Options::default()).unwrap();
    assert!(codes(&cut).contains(&"cut-file"));
    assert!(cut.n_rows() >= 50);
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(LINE.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let read = super::read(&utf16, Options::default()).unwrap();
    assert_eq!((read.n_rows(), read.encoding.as_str()), (1, "utf-16le"));
    assert_eq!(column(&read, "Url"), ["https://x/\"éé🚀"]);
}

#[test]
fn limits_and_overrides() {
    let limited = Options {
        memory_limit_bytes: Some(1000),
        ..Options::default()
    };
    assert_eq!(
        super::read(LINE.as_bytes(), limited).unwrap_err().code,
        "input-memory"
    );
    let unknown = Options {
        format: Some("docx".to_owned()),
        ..Options::default()
    };
    assert_eq!(
        super::read(LINE.as_bytes(), unknown).unwrap_err().code,
        "input-format"
    );
    let told = Options {
        format: Some("semicolon-csv".to_owned()),
        ..Options::default()
    };
    assert_eq!(
        super::read(b"a,b;c,d\n1;2", told).unwrap().tables[0].fields()[0].name,
        "a,b"
    );
    for magic in [
        &b"PAR1...."[..],
        b"Obj\x01....",
        b"PK\x03\x04....",
        b"\x89PNG....",
        b"\0\0\0\0\0\0\0\0\0",
    ] {
        assert!(super::read(magic, Options::default()).is_err());
    }
}

/// Segments, dictionaries, guids and plain texts give back what was read.
#[test]
fn many_rows_survive_their_encodings() {
    let n_rows = 150_000_u64;
    let mut text = String::new();
    let guid = |at: u64| {
        crate::value::guid::text(
            u128::from(at.wrapping_mul(0x9E37_79B9_7F4A_7C15)) << 64 | u128::from(at + 1),
        )
    };
    for at in 0..n_rows {
        let error = if at % 1000 == 7 {
            format!(
                ",\"LastErrorReason\":\"r{}\",\"LastErrorElapsed\":{at}",
                at % 3
            )
        } else {
            String::new()
        };
        writeln!(
            text,
            "{{\"TimeGenerated\":\"{}\",\"CorrelationId\":\"{}\",\"ApiId\":\"api{}\",\"Url\":\"/u/{at}\",\"ResponseCode\":{}{error}}}",
            datetime::text(datetime::UNIX_EPOCH + at as i64 * 12_345_678), guid(at), at % 300, 200 + at % 400,
        )
        .unwrap();
    }
    let read = ok(&text);
    let table = &read.tables[0];
    assert_eq!((table.n_rows(), table.n_segments()), (n_rows as usize, 3));
    let (urls, ids, apis) = (
        column(&read, "Url"),
        column(&read, "CorrelationId"),
        column(&read, "ApiId"),
    );
    let (codes, times) = (
        column(&read, "ResponseCode"),
        column(&read, "TimeGenerated"),
    );
    let (reasons, elapsed) = (
        column(&read, "LastErrorReason"),
        column(&read, "LastErrorElapsed"),
    );
    for at in 0..n_rows {
        let row = at as usize;
        assert_eq!(urls[row], format!("/u/{at}"));
        assert_eq!(ids[row], guid(at));
        assert_eq!(apis[row], format!("api{}", at % 300));
        assert_eq!(codes[row], (200 + at % 400).to_string());
        assert_eq!(
            times[row],
            datetime::text(datetime::UNIX_EPOCH + at as i64 * 12_345_678)
        );
        let has_error = at % 1000 == 7;
        assert_eq!(
            (reasons[row].as_str(), elapsed[row].as_str()),
            if has_error {
                (["r0", "r1", "r2"][(at % 3) as usize], at.to_string())
            } else {
                ("", String::new())
            }
            .as_strs()
        );
    }
    assert!(
        table.heap_bytes() / table.n_rows() < 80,
        "{}",
        table.heap_bytes() / table.n_rows()
    );
}

trait AsStrs {
    fn as_strs(&self) -> (&str, &str);
}

impl AsStrs for (&str, String) {
    fn as_strs(&self) -> (&str, &str) {
        (self.0, &self.1)
    }
}

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Arbitrary bytes, and good sources with bytes changed, give the same at every border and no panic.
#[test]
fn arbitrary_bytes() {
    let mut state = 0x9E37_79B9_7F4A_7C15;
    let shapes = shapes();
    let words: [&[u8]; 24] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\"",
        b"\\",
        b"\n",
        b"\r\n",
        b"\"records\":[",
        b"\"tables\":[",
        b"\"rows\":[",
        b"null",
        b"true",
        b"-1.5e3",
        b"\xFF",
        b"\0",
        b"\xC3",
        b"\\u",
        b"\"FrameType\":",
        b"\"category\":\"GatewayLogs\"",
        b"\t",
        b";",
    ];
    for round in 0..3_000 {
        let mut bytes = if round % 3 == 0 {
            (0..random(&mut state) % 60)
                .flat_map(|_| words[(random(&mut state) % 24) as usize].to_vec())
                .collect()
        } else {
            shapes[(random(&mut state) % shapes.len() as u64) as usize]
                .1
                .clone()
                .into_bytes()
        };
        for _ in 0..random(&mut state) % 6 {
            let at = (random(&mut state) % (bytes.len() as u64 + 1)) as usize;
            let word = words[(random(&mut state) % 24) as usize];
            match random(&mut state) % 3 {
                0 => drop(bytes.splice(at..at, word.iter().copied())),
                1 => bytes.truncate(at),
                _ => drop(bytes.splice(at..(at + 1).min(bytes.len()), word.iter().copied())),
            }
        }
        let whole = read(&bytes, Options::default());
        let Ok(read) = &whole else { continue };
        for &(_, offset, length) in &read.rejects.places {
            assert!(
                offset + length <= bytes.len() as u64 * 3,
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
        let chunk = 1 + (random(&mut state) % 40) as usize;
        let pieces = with_pieces(&bytes, chunk, 1 << 20);
        assert_eq!(
            digest(&pieces),
            digest(&whole),
            "chunk {chunk}: {:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn a_backslash_is_itself_in_delimited_text_and_an_escape_in_json() {
    let line = r#"{"TimeGenerated":"2026-03-03T10:00:01Z","Type":"ApiManagementGatewayLogs","ApiId":"orders","LastErrorMessage":"C:\new"}"#;
    let row = "2026-03-03T10:00:00Z,ApiManagementGatewayLogs,orders,\"C:\\new\"\n";
    let source = format!("TimeGenerated,Type,ApiId,LastErrorMessage\n{row}{row}{line}\n{row}");
    let read = with_pieces(source.as_bytes(), source.len(), 1 << 20).unwrap();
    let table = &read.tables[0];
    let column = table.find("LastErrorMessage").unwrap();
    let values = table.decode(0, column).unwrap();
    let texts: Vec<String> = (0..values.len())
        .map(|row| values.value(row).to_text())
        .collect();
    assert_eq!(texts, ["C:\\new", "C:\\new", "C:\new", "C:\\new"]);
}
