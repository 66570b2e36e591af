//! Operators over small tables: each query and the answer that the service gives, or why it is refused.
//!
//! Facts: the documentation of the operators and answers recorded from the engine. Rows stand one
//! a line, cells apart by a bar; an error is its code.

mod answers;

use kqlens::engine::{Job, Relation, Step};
use kqlens::table::NoTables;
use std::rc::Rc;

/// Edges and nodes of a small railway.
const RAILWAY: &str = "let connections = datatable(start:string, goal:string, line:string) [
    'Central', 'North', 'red', 'North', 'Central', 'red', 'Central', 'South', 'red',
    'South', 'Central', 'red', 'South', 'Mill', 'red', 'Mill', 'South', 'red',
    'Mill', 'West', 'red', 'West', 'Mill', 'red', 'Central', 'East', 'blue',
    'East', 'Central', 'blue', 'Central', 'West', 'blue', 'West', 'Central', 'blue'];
let stations = datatable(station:string, wifi:bool) ['Central', true, 'North', false,
    'South', false, 'Mill', true, 'West', true, 'East', false];
connections | make-graph start --> goal with stations on station ";
/// Who reports to whom.
const STAFF: &str =
    "let people = datatable(name:string, age:long) ['Ann', 32, 'Bob', 31, 'Eve', 27];
let reports = datatable(who:string, boss:string) ['Bob', 'Ann', 'Eve', 'Bob', 'Joe', 'Ann'];
reports | make-graph who --> boss with people on name ";

fn shown(relation: &Relation) -> String {
    let names = relation.fields.iter().map(|field| field.name.as_str());
    let names = names.collect::<Vec<_>>().join("|");
    let rows = answers::rows(relation);
    std::iter::once(names)
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

fn answer(query: &str) -> String {
    answers::answer(query, shown)
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    answers::check(cases, shown);
}

#[test]
fn window_functions_stand_in_each_other() {
    check(&[
        (
            "range x from 1 to 4 step 1 | extend s = row_cumsum(iff(isnull(prev(x)), 10, x - prev(x)))",
            "x|s\n1|10\n2|11\n3|12\n4|13",
        ),
        (
            "range x from 1 to 3 step 1 | project a = prev(row_number()), b = next(prev(x, 1, 0), 1, 9)",
            "a|b\nnull|1\n1|2\n2|9",
        ),
        (
            "range x from 1 to 3 step 1 | where prev(row_number(10)) + row_number() > 12",
            "x\n3",
        ),
        (
            "datatable(g:string, t:datetime) ['a', datetime(2024-04-11 10:00), 'a', datetime(2024-04-11 10:04),
             'a', datetime(2024-04-11 10:08), 'a', datetime(2024-04-11 11:00), 'b', datetime(2024-04-11 11:01),
             'b', datetime(null), 'b', datetime(2024-04-11 11:02)]
             | sort by g asc | extend s = row_window_session(t, 1h, 5m, g != prev(g)) | summarize n = count() by s",
            "s|n\n2024-04-11T10:00:00.0000000Z|3\n2024-04-11T11:00:00.0000000Z|1\n\
             2024-04-11T11:01:00.0000000Z|1\nnull|1\n2024-04-11T11:02:00.0000000Z|1",
        ),
        ("datatable(x:long) [1] | extend y = row_number()", "KQL0204"),
    ]);
}

#[test]
fn mv_apply_runs_its_body_for_every_row() {
    check(&[
        (
            "datatable(id:int, x:dynamic) [1, dynamic([3, 1, 2]), 2, dynamic([]), 3, dynamic(null)]
             | mv-apply x to typeof(long) on (summarize s = sum(x), n = count())",
            "id|s|n\n1|6|3\n3|0|1",
        ),
        (
            "datatable(id:int, x:dynamic) [1, dynamic([5, 1, 3]), 2, dynamic([4, 10])]
             | mv-apply with_itemindex=i y=x to typeof(long) limit 2 on (top 1 by y)",
            "id|x|y|i\n1|[5,1,3]|5|0\n2|[4,10]|10|1",
        ),
        (
            "datatable(id:int, x:dynamic, y:dynamic) [1, dynamic(['a', 'b']), dynamic([10])]
             | mv-apply x, y to typeof(long) on (where isnull(y) | project z = x)",
            "id|z\n1|\"b\"",
        ),
        (
            "print x = dynamic([[1, 2], [3]]) | mv-apply y = x on
             (mv-apply z = y to typeof(long) on (summarize m = max(z)) | summarize l = make_list(m))",
            "x|l\n[[1,2],[3]]|[2,3]",
        ),
        (
            "print a = 1, x = dynamic([1, 2]) | mv-apply v = x to typeof(long) on
             (join kind=inner (range v from 2 to 3 step 1 | extend w = v * 10) on v | project a = w)",
            "a|x\n20|[1,2]",
        ),
        (
            "datatable(x:dynamic) [] | mv-apply x on (count)",
            "Count",
        ),
        (
            "print x = dynamic([1]) | mv-apply x on (as Part | where 1 == toscalar(Part | count))",
            "KQL0301",
        ),
        ("print x = 1 | mv-apply x on (count)", "KQL0202"),
    ]);
}

#[test]
fn partition_runs_its_body_for_every_key() {
    check(&[
        (
            "range x from 1 to 5 step 1 | extend k = x % 2 | partition hint.strategy=native by k (top 1 by x | project x)",
            "x\n5\n4",
        ),
        (
            "range x from 1 to 4 step 1 | extend k = x % 2
             | partition by k (as Part | extend share = x * 1.0 / toscalar(Part | summarize sum(x)) | where x > 2)",
            "x|k|share\n3|1|0.75\n4|0|0.6666666666666666",
        ),
        (
            "range x from 1 to 2 step 1 | partition by x { range y from 1 to toscalar(x) step 1 | extend k = toscalar(x) }",
            "y|k\n1|1\n1|2\n2|2",
        ),
        ("range x from 1 to 65 step 1 | partition by x (count)", "KQL0401"),
        (
            "range x from 1 to 65 step 1 | partition hint.strategy=shuffle by x (count) | count",
            "Count\n65",
        ),
        (
            "datatable(k:string, v:long) [] | partition by k (summarize sum(v) by k)",
            "k|sum_v",
        ),
        ("range x from 1 to 2 step 1 | partition hint.strategy=other by x (count)", "KQL0205"),
    ]);
}

#[test]
fn scan_is_a_state_machine() {
    let events =
        "datatable(t:timespan, e:string) [0m, 'A', 1m, 'Start', 2m, 'B', 3m, 'D', 4m, 'Stop',
        6m, 'C', 8m, 'Start', 11m, 'E', 12m, 'Stop'] | sort by t asc ";
    let sessions =
        "datatable(t:timespan, e:string) [0m, 'A', 1m, 'A', 32m, 'B', 36m, 'C', 75m, 'A']
        | sort by t asc ";
    check(&[
        (
            &format!(
                "{events} | scan with_match_id=id with (step s1: e == 'Start';
                 step s2: e != 'Start' and e != 'Stop' and t - s1.t <= 5m;
                 step s3: e == 'Stop' and t - s1.t <= 5m;) | project e, id"
            ),
            "e|id\nStart|0\nB|0\nD|0\nStop|0\nStart|1\nE|1\nStop|1",
        ),
        (
            &format!(
                "{sessions} | scan with_match_id=id declare (began:timespan) with (
                 step inside: true => began = iff(isnull(inside.began), t, inside.began);
                 step end output=none: t - inside.began > 30m;) | project began, id"
            ),
            "began|id\n00:00:00|0\n00:00:00|0\n00:32:00|1\n00:32:00|1\n01:15:00|2",
        ),
        (
            "range x from 1 to 5 step 1 | scan declare (sum:long=0, bare:long=7) with
             (step s: true => sum = x + s.sum, bare = bare + 1;)",
            "x|sum|bare\n1|1|8\n2|3|8\n3|6|8\n4|10|8\n5|15|8",
        ),
        (
            "range x from 1 to 7 step 1 | scan with (step a output=last: x % 3 != 0; step b: x % 3 == 0;)",
            "x\n2\n3\n5\n6\n7",
        ),
        (
            "datatable(a:long, k:string) [3, 'x', 1, 'y', 2, 'x']
             | scan order by a asc partition by k declare (n:long=5) with (step s: true => n = s.n + a;)",
            "a|k|n\n1|y|6\n2|x|7\n3|x|10",
        ),
        (
            "datatable(v:long) [1, long(null), 3] | serialize | scan with (step s: true => v = coalesce(v, s.v);)",
            "v\n1\n1\n3",
        ),
        ("datatable(x:long) [] | serialize | scan declare (y:long) with (step s: true;)", "x|y"),
        ("datatable(x:long) [1] | scan with (step s: true;)", "KQL0204"),
        ("range x from 1 to 2 step 1 | scan with (step s: true => y = 1;)", "KQL0102"),
        ("range x from 1 to 2 step 1 | scan with (step s: true; step s: true;)", "KQL0104"),
    ]);
}

#[test]
fn top_nested_goes_down_level_by_level() {
    let rows = "datatable(c:string, s:string, v:long) ['a', 'x', 10, 'a', 'y', 20, 'b', 'x', 30, 'b', 'z', 5,
        'c', 'w', 100, 'd', 'x', 2] ";
    check(&[
        (
            &format!("{rows} | top-nested 2 of c by sum(v), top-nested 1 of s by m = max(v)"),
            "c|aggregated_c|s|m\nc|100|w|100\nb|35|x|30",
        ),
        (
            &format!(
                "{rows} | top-nested 2 of c with others='rest' by sum(v), top-nested 1 of s by max(v),
                 top-nested 1 of v with others=-1 by count()"
            ),
            "c|aggregated_c|s|aggregated_s|v|aggregated_v\nc|100|w|100|100|1\nb|35|x|30|30|1\nrest|32||null|-1|3",
        ),
        (
            &format!("{rows} | top-nested 1 of c by sum(v) / count() asc, top-nested of s by Ignore=max(1)"),
            "c|aggregated_c|s|Ignore\nd|2|x|1",
        ),
        ("datatable(c:string) [] | top-nested 2 of c with others='r' by count()", "c|aggregated_c"),
        ("print c = 1 | top-nested 2 of c by c", "KQL0102"),
        (
            "datatable(g:string, v:long) ['a', 1, 'a', 2, 'b', 3, 'c', 9] | top-hitters 2 of g by v",
            "g|approximate_sum_v\nc|9\nb|3",
        ),
        (
            "datatable(g:string) ['a', 'b', 'a'] | top-hitters 5 of g",
            "g|approximate_count_g\na|2\nb|1",
        ),
    ]);
}

#[test]
fn columns_are_projected_by_names_and_patterns() {
    let row = "datatable(a:long, b:long, ab:long) [1, 2, 3] ";
    check(&[
        (
            &format!("{row} | project-by-names 'b', dynamic(['a*', 'zz']), 'b'"),
            "b|a|ab\n2|1|3",
        ),
        (&format!("{row} | project-by-names 'zz'"), "\n"),
        (&format!("{row} | project-by-names 5"), "KQL0202"),
        (&format!("{row} | project-by-names tostring(a)"), "KQL0102"),
    ]);
}

#[test]
fn columns_without_a_name_are_numbered() {
    let row = "datatable(a:long, b:long) [1, 2] ";
    check(&[
        (
            &format!("{row} | summarize sum(a) * 2, round(avg(a), 1), max(b) - 1 by b + 1, a"),
            "Column1|a|Column2|avg_a|Column3\n3|1|2|1.0|1",
        ),
        (&format!("{row} | distinct a, b + 1"), "a|Column1\n1|3"),
        (
            &format!("{row} | project strlen('xy'), a + b"),
            "strlen_|Column1\n2|3",
        ),
        (
            "datatable(b10:long, a:long, b2:long, b1:long) [1, 2, 3, 4] | project-reorder b* granny-asc",
            "b1|b2|b10|a\n4|3|1|2",
        ),
        (&format!("{row} | project-away zz"), "KQL0102"),
        (&format!("{row} | project-away zz*, b"), "a\n1"),
        (&format!("{row} | project *"), "KQL0002"),
    ]);
}

#[test]
fn functions_take_tables_and_values() {
    let table = "datatable(a:long, c:long) [1, 2] ";
    check(&[
        (
            &format!(
                "let f = (T:(a:long), U:(*), n:long=5) {{ T | join kind=inner U on a | extend n }}; {table} | invoke f((print a = 1))"
            ),
            "a|c|a1|n\n1|2|1|5",
        ),
        (
            &format!("let f = (T:(*), n:long=5) {{ T | extend n }}; f({table}, n=7)"),
            "a|c|n\n1|2|7",
        ),
        (
            &format!("let f = (T:(a:int)) {{ T }}; {table} | invoke f()"),
            "KQL0202",
        ),
        (
            &format!("let f = (T:(b:long)) {{ T }}; f({table})"),
            "KQL0202",
        ),
        ("let f = (n:long, T:(*)) { T }; print 1", "KQL0002"),
        ("print 1 | invoke f()", "KQL0103"),
    ]);
}

#[test]
fn search_and_find_look_in_every_column() {
    let tables = "let A = view () { datatable(id:string, l:string, t:string, v:string) ['a', 'Error', 'T1', 'v1', 'b', 'Info', 'T2', 'v1'] };
        let B = view () { datatable(id:string, l:string, t:string, e:string) ['a', 'Error', 'U1', 'e1'] }; ";
    check(&[
        (
            &format!("{tables} search in (A, B) 'u1' | project $table, t"),
            "$table|t\nB|U1",
        ),
        (
            &format!("{tables} search in (A, B) 'u1' | project t"),
            "t\nU1",
        ),
        (
            &format!("{tables} search in (*) v == 'v1' and not('T1') | project-away l"),
            "$table|id|t|v|e\nA|b|T2|v1|",
        ),
        (
            &format!("{tables} A | search t:'t*' and kind:'x'"),
            "KQL0102",
        ),
        (
            &format!("{tables} A | search t:'t*' or 'b' | project t"),
            "t\nT1\nT2",
        ),
        (
            &format!("{tables} A | search kind=case_sensitive t contains 't' | project t"),
            "t",
        ),
        (&format!("{tables} A | search 'e*r' | project t"), "t\nT1"),
        (
            &format!("{tables} A | where * has 'info' | project t"),
            "t\nT2",
        ),
        (&format!("{tables} A | search in (B) 'x'"), "KQL0002"),
        (
            &format!(
                "{tables} find in (A, B) where id == 'a' and l == 'Error' project t, v, e, pack_all()"
            ),
            "source_|t|v|e|pack_\nA|T1|v1||{\"id\":\"a\",\"l\":\"Error\"}\nB|U1||e1|{\"id\":\"a\",\"l\":\"Error\"}",
        ),
        (
            &format!(
                "{tables} find withsource=s in (A, B) where v == 'v1' or e == 'e1' project id:string, v"
            ),
            "s|id|v\nA|a|v1\nA|b|v1\nB|a|",
        ),
        (
            &format!("{tables} find in (A, B) where id == 'a'"),
            "source_|id|l|t|pack_\nA|a|Error|T1|{\"v\":\"v1\"}\nB|a|Error|U1|{\"e\":\"e1\"}",
        ),
        (
            &format!("{tables} find in (A, B) where v == 'v1' | count"),
            "Count\n2",
        ),
        (&format!("{tables} find in (A) where zz == 1"), "KQL0102"),
        (
            &format!("{tables} union withsource=s A, B* | summarize count() by s"),
            "s|count_\nA|2\nB|1",
        ),
        ("find where a == 1", "KQL0101"),
    ]);
}

#[test]
fn texts_are_parsed_into_columns() {
    check(&[
        (
            "print s = 'src=10.1 bytes=125 failure=\"sent \\\\\"bye\\\\\"\" \"at time\"=2021-01-01'
             | parse-kv s as (['at time']:datetime, src:string, bytes:long, failure:string)
               with (pair_delimiter=' ', kv_delimiter='=', quote='\"', escape='\\\\') | project-away s",
            "at time|src|bytes|failure\n2021-01-01T00:00:00.0000000Z|10.1|125|sent \"bye\"",
        ),
        (
            "print s = 'name=John Doe phone=555 5555 city=New York'
             | parse-kv s as (name:string, phone:string, city:string)
               with (pair_delimiter=' ', kv_delimiter='=', greedy=true) | project-away s",
            "name|phone|city\nJohn Doe|555 5555|New York",
        ),
        (
            "print s = \"10:34 [INFO] Id:458, Machine:Node1, Text: 'it \\\\' is'\"
             | parse-kv s as (Text:string, Id:long, Machine:string) with (quote=\"'\", escape='\\\\') | project-away s",
            "Text|Id|Machine\nit ' is|458|Node1",
        ),
        (
            "print s = 'a b: 1; c: 2' | parse-kv s as (['a b']:long, c:long, d:string) with (regex=@'([\\w ]+):\\s*(\\w+)') | project-away s",
            "a b|c|d\n1|2|",
        ),
        ("print s = '' | parse-kv s as (a:string) with (regex='a(b)')", "KQL0205"),
        ("print s = '' | parse-kv s as (a:string) with (pair_delimiter=';')", "KQL0205"),
        (
            "datatable(s:string) ['a1b2', 'x'] | parse kind=regex s with '[a-z]' n:int '[a-z]' m:int | project n, m",
            "n|m\n1|2\nnull|null",
        ),
        (
            "datatable(s:string) ['a1b2', 'x'] | parse-where kind=regex flags=Ui s with * '([A-Z])' n:int * | project n",
            "n\n1",
        ),
        ("print s = 'a' | parse s with a:long b:long", "KQL0002"),
        ("print s = 'a' | parse kind=regex s with '(' a", "KQL0205"),
    ]);
}

#[test]
fn graphs_are_matched_by_patterns() {
    check(&[
        (
            &format!(
                "{RAILWAY} | graph-match (a)-[c*1..5]->(b) where a.station == 'Mill' and b.station == 'North'
                 project by = strcat_array(map(inner_nodes(c), station), '>')"
            ),
            "by\nSouth>Central\nSouth>Central>East>Central\nSouth>Central>West>Central\nSouth>Mill>West>Central\n\
             West>Mill>South>Central\nWest>Central\nWest>Central>South>Central\nWest>Central>East>Central",
        ),
        (
            &format!(
                "{RAILWAY} | graph-match cycles=none (a)-[c*2..5]->(b)
                 where a.station == 'Mill' and b.station == 'North' and any(inner_nodes(c), wifi) and all(c, line == 'red')
                 project a.station, map(c, goal), b.wifi"
            ),
            "a_station|Column1|b_wifi\nMill|[\"South\",\"Central\",\"North\"]|False",
        ),
        (
            &format!(
                "{RAILWAY} | graph-shortest-paths output=all (a)-[c*1..5]->(b)
                 where a.station == 'Mill' and b.station == 'North' project map(c, strcat(goal, ' ', line))"
            ),
            "Column1\n[\"South red\",\"Central red\",\"North red\"]\n[\"West red\",\"Central blue\",\"North red\"]",
        ),
        (
            &format!(
                "{RAILWAY} | graph-shortest-paths (a)-[c*1..9]->(b)
                 where a.station == 'Mill' and b.station == 'North' and any(c, line == 'blue') project map(c, goal)"
            ),
            "Column1\n[\"West\",\"Central\",\"North\"]",
        ),
        (
            &format!("{STAFF} | graph-match (a)<-[r]-(b) where node_degree_in(a) == 2 project a.name, b.name, node_degree_out(b), r"),
            "a_name|b_name|Column1|r\nAnn|Bob|1|{\"who\":\"Bob\",\"boss\":\"Ann\"}\nAnn|Joe|1|{\"who\":\"Joe\",\"boss\":\"Ann\"}",
        ),
        (
            &format!("{STAFF} | graph-match (a)-->(b), (b)-[r*0..1]->(c) where a.age < 30 project c.name, r.boss"),
            "c_name|r_boss\nBob|[]\nAnn|[\"Ann\"]",
        ),
        (&format!("{STAFF} | graph-to-table nodes with_node_id=n"), "n|name|age\n-2968686957054320093|Ann|32\n-7133945255344544237|Bob|31\n4363395278938690453|Eve|27\n2187322603520676647|Joe|null"),
        (
            &format!("{STAFF} | graph-to-table edges with_source_id=s with_target_id=t"),
            "s|t|who|boss\n-7133945255344544237|-2968686957054320093|Bob|Ann\n4363395278938690453|-7133945255344544237|Eve|Bob\n2187322603520676647|-2968686957054320093|Joe|Ann",
        ),
        (
            "datatable(a:long, b:long) [1, 2, 2, 3, 3, 1, 3, 4, 5, 6] | make-graph a --> b with_node_id=n
             | graph-mark-components kind=strong with_component_id=k | graph-mark-components | graph-to-table nodes",
            "n|k|ComponentId\n1|0|0\n2|0|0\n3|0|0\n4|1|0\n5|2|1\n6|3|1",
        ),
        (
            "datatable(a:long, b:long, k:string) [1, 2, 'x', 2, 3, 'y', 2, 4, 'x'] | make-graph a --> b with_node_id=n
             partitioned-by k (graph-match (p)-[e*2..2]->(q) project p.n, map(e, k))",
            "p_n|Column1\n1|[\"x\",\"x\"]",
        ),
        ("datatable(a:long, b:long) [] | make-graph a --> b with_node_id=n | graph-match (x) project x.n", "x_n"),
        ("datatable(a:long, b:string) [] | make-graph a --> b | graph-match (x) project x", "KQL0202"),
        ("datatable(a:long, b:long) [] | make-graph a --> b", "KQL0202"),
        ("datatable(a:long, b:long) [] | make-graph a --> b | count", "KQL0202"),
        ("datatable(a:long, b:long) [] | graph-match (a) project a.n", "KQL0202"),
        ("datatable(a:long, b:long) [] | make-graph a --> b | graph-match (x)-[x]-(y) project y", "KQL0104"),
        ("datatable(a:long, b:long) [] | make-graph a --> b | graph-match (x)-[e]-(y) where a == 1 project e", "KQL0102"),
    ]);
}

#[test]
fn several_tables_are_one_answer() {
    let tables = |query: &str| {
        let finished = Job::start(query, Rc::new(NoTables), 0)
            .unwrap()
            .run()
            .unwrap();
        let further = finished.further.iter();
        let further = further.map(|table| format!("{}: {}", table.name, shown(&table.relation)));
        (shown(&finished.relation), further.collect::<Vec<_>>())
    };
    assert_eq!(
        tables("range x from 1 to 4 step 1 | fork (where x > 3) (count) big=(where x > 2 | count)"),
        (
            "x\n4".to_owned(),
            vec!["Results_2: Count\n4".to_owned(), "big: Count\n2".to_owned()]
        )
    );
    assert_eq!(
        tables(
            "range x from 1 to 3 step 1 | extend k = x % 2 | facet by k with (take 1 | project x)"
        ),
        (
            "x\n1".to_owned(),
            vec!["Facet: k|count_k\n1|2\n0|1".to_owned()]
        )
    );
    assert_eq!(
        tables(
            "datatable(a:long, b:long) [1, 2] | make-graph a --> b with_node_id=n | graph-to-table nodes as N, edges"
        ),
        ("n\n1\n2".to_owned(), vec!["edges: a|b\n1|2".to_owned()])
    );
    check(&[
        ("print x = 1 | fork (count) | count", "KQL0002"),
        ("let y = print x = 1 | fork (count); y", "KQL0301"),
    ]);
}

#[test]
fn samples_are_drawn_alike_at_every_run() {
    let query = "range x from 1 to 100000 step 1 | sample 1000";
    assert_eq!(answer(query), answer(query));
    check(&[
        ("range x from 1 to 3 step 1 | sample 9", "x\n1\n2\n3"),
        (
            "range x from 1 to 9 step 1 | extend k = x % 2 | sample-distinct 5 of k | count",
            "Count\n2",
        ),
        ("range x from 1 to 9 step 1 | sample 0", "x"),
        // Every row is as likely as any other: the mean of a thousand is near that of all.
        (
            &format!("{query} | summarize avg(x) | project avg_x between (47000 .. 53000)"),
            "Column1\nTrue",
        ),
    ]);
}

#[test]
fn long_work_comes_back_between_steps() {
    let clique = "range x from 1 to 200 step 1 | extend k = 1 | join kind=inner (range y from 1 to 200 step 1 | extend k = 1) on k
        | make-graph x --> y with_node_id=n | graph-match cycles=all (a)-[e*1..50]->(b) where a.n == b.n + 1000 project a.n";
    let mut job = Job::start(clique, Rc::new(NoTables), 0).unwrap();
    // There are more walks than could ever be tried: the job is left where it is.
    for _ in 0..200 {
        assert!(matches!(job.step().unwrap(), Step::Pending(_)));
    }
    check(&[
        (
            "range x from 1 to 20000 step 1 | extend a = dynamic([1, 2]) | mv-apply a to typeof(long) on (summarize s = sum(a)) | summarize sum(s)",
            "sum_s\n60000",
        ),
        (
            "range x from 1 to 100000 step 1 | scan declare (s:long=0) with (step a: true => s = a.s + x;) | summarize max(s)",
            "max_s\n5000050000",
        ),
        (
            "range x from 1 to 3000000 step 1 | make-graph x --> x | graph-match (a) project 1",
            "KQL0401",
        ),
    ]);
}

#[test]
fn items_are_cast_and_not_read() {
    check(&[
        (
            "print a = dynamic([4, 5.0, 'k', null]) | mv-expand a to typeof(long)",
            "a\n4\n5\nnull\nnull",
        ),
        (
            "print a = dynamic([4, 'k', false]) | mv-expand a to typeof(string)",
            "a\n4\nk\nfalse",
        ),
        (
            "print a = dynamic(['4']) | mv-expand a to typeof(long)",
            "KQL0301",
        ),
        (
            "print a = dynamic([4.5]) | mv-apply a to typeof(int) on (count)",
            "KQL0301",
        ),
    ]);
}
