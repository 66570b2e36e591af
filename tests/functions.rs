//! Functions, aggregates and plugins over nothing, nulls, NaN and extremes.
//!
//! Examples stand with the entries of the catalogues; here is what they leave out. Facts: the
//! documentation of the functions and answers recorded from the engine. An error is its code.

mod answers;

use kqlens::engine::{Job, Relation};
use kqlens::table::NoTables;
use kqlens::value::datetime;
use std::rc::Rc;

fn shown(relation: &Relation) -> String {
    answers::rows(relation).join("\n")
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    answers::check(cases, shown);
}

#[test]
fn series_of_nothing_and_of_what_is_no_number() {
    check(&[
        (
            "print series_add(dynamic([1,null,'a']), dynamic([1,2,3,4]))",
            "[2,null,null,null]",
        ),
        (
            "print series_greater(dynamic([1,2,null]), dynamic([0,3,1])), series_magnitude(dynamic([3,4]))",
            "[true,false,null]|5.0",
        ),
        (
            "print series_fill_linear(dynamic([null,1,null,3,null])), series_fill_const(dynamic([]), 1)",
            "[1,1,2,3,3]|[]",
        ),
        (
            "print series_fill_forward(dynamic([null,1,null])), series_fill_backward(dynamic([null,1,null]))",
            "[null,1,1]|[1,1,null]",
        ),
        ("print series_fir(dynamic([]), dynamic([1]))", "[]"),
        ("print series_fft(dynamic([1,2,3]))", "KQL0301"),
        ("print series_fit_2lines(dynamic([1,2,3]))", "KQL0301"),
    ]);
}

#[test]
fn arrays_at_their_ends() {
    check(&[
        (
            "print array_slice(dynamic([1,2,3]), -9223372036854775807, 9223372036854775807)",
            "[1,2,3]",
        ),
        (
            "print array_shift_left(dynamic([1,2]), 9223372036854775807), array_shift_right(dynamic([1,2]), -9223372036854775807 - 1)",
            "[null,null]|[null,null]",
        ),
        (
            "print array_rotate_left(dynamic([]), 5), array_concat(dynamic([]), dynamic([1]))",
            "[]|[1]",
        ),
        (
            "print array_split(dynamic([1,2,3]), dynamic([-1])), array_split(dynamic([1]), 9)",
            "[[1,2],[3]]|[[1],[]]",
        ),
        (
            "print array_sort_asc(dynamic([3,null,1,'b','a'])), array_sort_desc(dynamic([1,2,3]), dynamic(['x','y','z']))",
            "[1,3,\"a\",\"b\",null]|[3,2,1]|[\"z\",\"y\",\"x\"]",
        ),
        (
            "print range(1, 0), repeat(1, 0), range(1.0, 2.0, 0.5)",
            "[]|[]|[1.0,1.5,2.0]",
        ),
        (
            "print repeat('x', -2), array_shift_left(dynamic(['k','l']), 1), array_shift_right(dynamic(['k']), 1, 'm')",
            "null|[\"l\",\"\"]|[\"m\"]",
        ),
        ("print array_shift_left(dynamic(['k', 7]), 1)", "KQL0301"),
        (
            "print treepath(dynamic({'q':[3, {'r':4}, {'s':[5]}]}))",
            "[\"['q']\",\"['q'][0]\",\"['q'][0]['r']\",\"['q'][0]['s']\",\"['q'][0]['s'][0]\"]",
        ),
        ("print acos(1.5)", "KQL0301"),
        ("print series_asin(dynamic([0, 3]))", "KQL0301"),
        ("print series_log(dynamic([1, -2]))", "KQL0301"),
        ("print beta_inv(1, 3, 4)", "1.0"),
        ("print ipv6_compare('10.1.2.3', '10.9.2.3', 16)", "KQL0301"),
        ("print ipv6_compare('10.1.2.3', '10.1.9.9', 16)", "0"),
        ("print range(1, 9223372036854775807)", "KQL0301"),
        ("print range(1e308, 1e308, -1)", "KQL0301"),
        ("range x from 1e308 to 1e308 step -1.0 | count", "KQL0401"),
    ]);
}

#[test]
fn units_and_dates_in_their_spellings() {
    check(&[
        (
            "print convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour'), convert_volume(1, 'CubicDecimeter', 'Liter')",
            "432000.0|1.0",
        ),
        ("print convert_length(1, 'meter', 'Foot')", "null"),
        ("print convert_length(1, 'Meter', 'Parsec')", "KQL0301"),
        (
            "print datetime(2017 - 08 - 01), todatetime('2017 -08-01 10:00')",
            "2017-08-01T00:00:00.0000000Z|2017-08-01T10:00:00.0000000Z",
        ),
        (
            "print decimal(1) / decimal(3)",
            "0.3333333333333333333333333333333333",
        ),
    ]);
}

#[test]
fn aggregates_of_no_rows() {
    check(&[
        (
            "datatable(x:real, w:long) [] | summarize count(), sum(x), min(x), percentile(x, 50), make_list(x), make_bag(bag_pack('a', x)), dcount(x), dcount_hll(hll(x))",
            "0|0.0|null|null|[]|{}|0|0",
        ),
        (
            "datatable(x:real, w:long) [] | summarize percentile_tdigest(tdigest(x), 50), percentilew(x, w, 50), take_any(x), count_distinct(x)",
            "null|null|null|0",
        ),
        ("datatable(x:long, g:string) [] | summarize max(x) by g", ""),
    ]);
}

#[test]
fn aggregates_of_nulls_and_extremes() {
    check(&[
        (
            "datatable(x:real, w:long) [real(nan), 1, real(null), 2, real(+inf), 3, 2.5, long(null)]
             | summarize percentilew(x, w, 50), make_list_with_nulls(x), count(), dcount(x)",
            "inf|[\"NaN\",null,\"Infinity\",2.5]|4|3",
        ),
        (
            "datatable(x:long, w:real) [1, 1e308, 2, 1e308] | summarize percentilew(x, w, 50)",
            "1",
        ),
        (
            "datatable(x:long) [long(null), 9223372036854775807, 1] | summarize binary_all_and(x), min(x), count_distinct(x), percentile(x, 100)",
            "1|1|2|9223372036854775807",
        ),
    ]);
}

#[test]
fn old_names_name_their_columns_as_they_did() {
    let names = |query: &str| {
        let now = datetime::parse("2026-01-01").unwrap();
        let finished = Job::start(query, Rc::new(NoTables), now).and_then(Job::run);
        let fields = finished.unwrap().relation.fields;
        let names: Vec<String> = fields.into_iter().map(|field| field.name).collect();
        names.join(" ")
    };
    assert_eq!(
        names("print a = 1, b = 2 | summarize argmax(a, *), argmin(a + 1, b), cnt()"),
        "max_a max_a_b min_ min__b cnt_"
    );
    assert_eq!(
        names("print a = 1, b = dynamic({}) | summarize make_dictionary(b), any(a), makeset(a)"),
        "dictionary_b any_a set_a"
    );
    assert_eq!(
        names("print a = '' | project gettype(a), toguid(a), tolower(a)"),
        "type_a a Column1"
    );
}

#[test]
fn plugins_of_no_rows() {
    check(&[
        (
            "datatable(d:dynamic, x:long) [] | evaluate bag_unpack(d)",
            "",
        ),
        ("datatable(x:long) [] | evaluate narrow()", ""),
        (
            "datatable(i:long, t:long) [] | evaluate sliding_window_counts(i, t, 1, 3, 2, 1)",
            "",
        ),
        (
            "datatable(i:long, t:long) [] | evaluate rolling_percentile(i, 50, t, 1, 3)",
            "",
        ),
        (
            "datatable(t:long, s:string) [] | evaluate sequence_detect(t, 5, 5, a = s == 'a', b = s == 'b')",
            "",
        ),
        (
            "datatable(a:string, b:long) [] | evaluate pivot(a, sum(b))",
            "",
        ),
        (
            "datatable(k:string, r:string, v:decimal) ['p', 'x', 3, 'q', 'y', 4] | evaluate pivot(k, sum(v), r) | where r == 'x' | project p, q",
            "3|0",
        ),
        (
            "datatable(k:string, r:string, v:long) ['p', 'x', 3, 'q', 'y', 4] | evaluate pivot(k, avg(v), r)",
            "KQL0301",
        ),
    ]);
}

#[test]
fn plugins_of_nulls_and_limits() {
    check(&[
        // An id that is missing counts as a row, not as an id; a missing time does not count.
        (
            "datatable(i:long, t:long) [long(null), 1, 5, 1, 5, long(null)] | evaluate activity_counts_metrics(i, t, 1, 1, 1)",
            "1|2|1|1|1",
        ),
        (
            "datatable(i:long, t:long) [1, 1, 1, 4] | evaluate activity_metrics(i, t, 1, 9, 1)",
            "KQL0301",
        ),
        (
            "datatable(i:long, t:long) [1, 1] | evaluate sliding_window_counts(i, t, 1, 9223372036854775807, 9223372036854775807, 1)",
            "KQL0301",
        ),
        (
            "datatable(i:long, t:long) [1, 1, 1, 2, 1, 9] | evaluate active_users_count(i, t, 1, 9, 2, 1, 2, 1)",
            "2|1",
        ),
        (
            "datatable(a:string) ['1.2.3.4', 'x', ''] | evaluate ipv4_lookup(datatable(n:string, v:long) ['1.2.0.0/16', 1, '1.2.3.0/24', 2, 'x', 3], a, n, true)",
            "1.2.3.4|1.2.0.0/16|1\n1.2.3.4|1.2.3.0/24|2\nx||null\n||null",
        ),
        (
            "datatable(d:dynamic, x:long) [dynamic({'x': 2}), 1] | evaluate bag_unpack(d, columnsConflict = 'keep_source')",
            "1",
        ),
        (
            "datatable(d:dynamic, x:long) [dynamic({'x': 2}), 1] | evaluate bag_unpack(d)",
            "KQL0205",
        ),
        // The star stands for columns of the source, not for further keys.
        (
            "datatable(d:dynamic, n:long) [dynamic({'a': 1, 'b': 'x'}), 1, dynamic(null), 2] | evaluate bag_unpack(d) : (a: real, *)",
            "1.0|1\nnull|2",
        ),
        (
            "range x from 1 to 9000 step 1 | evaluate pivot(x, count())",
            "KQL0301",
        ),
    ]);
}

#[test]
fn places_are_looked_up_in_shapes() {
    let square = "(print name = 'square', shape = dynamic({'type':'Polygon','coordinates':[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))";
    let line =
        "(print name = 'line', shape = dynamic({'type':'LineString','coordinates':[[0,0],[2,0]]}))";
    let points =
        "datatable(x:real, y:real) [1, 1, 2.001, 1, 50, 50, real(null), 0, 1, -0.001, 200, 0] ";
    check(&[
        (
            &format!("{points}| evaluate geo_polygon_lookup({square}, shape, x, y)"),
            "1.0|1.0|square",
        ),
        (
            &format!("{points}| evaluate geo_polygon_lookup({square}, x, y, shape, radius = 120)"),
            "1.0|1.0|square\n2.001|1.0|square\n1.0|-0.001|square",
        ),
        (
            &format!(
                "{points}| evaluate geo_line_lookup({line}, shape, x, y, 120, return_unmatched = true) | where isempty(name) | count"
            ),
            "5",
        ),
        (
            &format!("{points}| evaluate geo_line_lookup({line}, shape, x, y)"),
            "KQL0205",
        ),
        (
            &format!("{points}| evaluate geo_line_lookup({square}, shape, x, y, 120)"),
            "",
        ),
        (
            &format!("{points}| evaluate geo_polygon_lookup({square}, nothing, x, y)"),
            "KQL0205",
        ),
    ]);
}

#[test]
fn preview_gives_rows_and_their_number() {
    let now = datetime::parse("2026-01-01").unwrap();
    let query = "range x from 7 to 9 step 1 | evaluate preview(2)";
    let finished = Job::start(query, Rc::new(NoTables), now).and_then(Job::run);
    let finished = finished.unwrap();
    let further: Vec<String> = (finished.further.iter())
        .map(|table| shown(&table.relation))
        .collect();
    assert_eq!(shown(&finished.relation), "7\n8");
    assert_eq!(further, ["3"]);
    check(&[
        (&format!("{query} | count"), "KQL0002"),
        ("print a = 1 | evaluate preview(-1)", ""),
    ]);
}
