//! Queries that mean harm, or come out of a mishap: each gives an answer or a typed error, within
//! bounded time and memory, never a trap.
//!
//! Every query runs in a thread with a small stack, step by step, under a deadline.

#![expect(clippy::unwrap_used, reason = "a test")]

use kqlens::dataset::{self, language};
use kqlens::diagnostic::{Diagnostic, codes};
use kqlens::engine::{Job, Step};
use kqlens::kql::check::Target;
use kqlens::kql::{parser, printer};
use kqlens::schema::translation;
use kqlens::table::{NoTables, Tables};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The stack of a WebAssembly module is 1 MiB; frames without optimisation are several times larger.
const STACK_BYTES: usize = if cfg!(debug_assertions) {
    64 << 20
} else {
    1 << 20
};
/// Longest time for a query: what takes so long does not end. It is no measure, and far beyond what a
/// query needs without optimisation on a busy machine.
const DEADLINE: Duration = Duration::from_mins(10);
/// Longest time between two chances to cancel.
const LONGEST_STEP: Duration = Duration::from_mins(5);

/// How a query ended.
#[derive(Debug)]
enum End {
    Rows(usize, String),
    Wrong(Box<Diagnostic>),
}

fn run(query: &str) -> End {
    let query = query.to_owned();
    let shown: String = query.chars().take(60).collect();
    let work = move || {
        // What helps to write a query looks at every state of it, and ends as well.
        let tables: Rc<dyn Tables> = Rc::new(NoTables);
        let helps: [&dyn Fn(); 3] = [
            &|| {
                drop(dataset::check::check(
                    &query,
                    &NoTables,
                    Target::default(),
                    0,
                ));
            },
            &|| drop(language::explain(&query, &NoTables, 0)),
            &|| drop(language::complete(&query, query.len() as u32, &tables, 0)),
        ];
        for help in helps {
            let start = Instant::now();
            help();
            assert!(start.elapsed() < LONGEST_STEP, "{:?}", start.elapsed());
        }
        let start = Instant::now();
        let mut job = match Job::start(&query, Rc::new(NoTables), 0) {
            Ok(job) => job,
            Err(error) => return End::Wrong(error),
        };
        assert!(
            start.elapsed() < LONGEST_STEP,
            "binding took {:?}",
            start.elapsed()
        );
        loop {
            let step_start = Instant::now();
            match job.step() {
                Ok(Step::Pending(_)) => {}
                Ok(Step::Done) => break,
                Err(error) => return End::Wrong(error),
            }
            assert!(
                step_start.elapsed() < LONGEST_STEP,
                "a step took {:?}",
                step_start.elapsed()
            );
            assert!(start.elapsed() < DEADLINE, "it does not end");
        }
        match job.into_result() {
            Ok(finished) => End::Rows(
                finished.relation.n_rows(),
                finished
                    .relation
                    .value(0, 0)
                    .to_text()
                    .chars()
                    .take(40)
                    .collect(),
            ),
            Err(error) => End::Wrong(error),
        }
    };
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(work)
        .unwrap();
    let end = thread
        .join()
        .unwrap_or_else(|_| panic!("it panics: {shown}"));
    if let End::Wrong(error) = &end {
        assert!(
            error.code.starts_with("KQL")
                && !error.message.is_empty()
                && error.message.chars().count() <= 90,
            "{error:?}"
        );
    }
    end
}

fn refused(query: &str, code: &str) {
    match run(query) {
        End::Wrong(error) => assert_eq!(error.code, code, "{}", error.message),
        End::Rows(n_rows, _) => panic!(
            "{n_rows} rows: {}",
            query.chars().take(80).collect::<String>()
        ),
    }
}

fn answers(query: &str, first: &str) {
    match run(query) {
        End::Rows(_, cell) => assert_eq!(
            cell,
            first,
            "{}",
            query.chars().take(80).collect::<String>()
        ),
        End::Wrong(error) => panic!(
            "{} {}: {}",
            error.code,
            error.message,
            query.chars().take(80).collect::<String>()
        ),
    }
}

/// Statements that each stand on the one before.
fn chain(n_names: usize, statement: impl Fn(usize) -> String) -> String {
    (1..n_names).map(statement).collect::<Vec<_>>().concat()
}

/// Either is fine, as long as it ends.
fn ends(query: &str) {
    run(query);
}

/// Bodies that run for every group, in each other.
#[test]
fn nested_bodies_end() {
    for (open, close) in [
        ("mv-apply a = x on (", ")"),
        ("partition hint.strategy=native by k (", ")"),
        ("partition by k (as t | ", ")"),
        ("partition by k { print k = 1, x = 1 | ", "}"),
        ("fork (", ")"),
        ("facet by k with (", ")"),
        ("join kind=inner (print k = 1, x = 2 | ", ") on k"),
        ("make-graph k --> x partitioned-by k (", ")"),
        ("invoke f() | ", ""),
    ] {
        for depth in [30, 90, 190] {
            ends(&format!(
                "let f = (T:(*)) {{ T }}; print k = 1, x = dynamic([1]) | {}count{}",
                open.repeat(depth),
                close.repeat(depth)
            ));
        }
    }
    answers(
        &format!(
            "print x = dynamic([1]) | {}count{}",
            "mv-apply a = x on (".repeat(50),
            ")".repeat(50)
        ),
        "[1]",
    );
    ends(&format!(
        "range x from 1 to 9 step 1 | serialize | extend y = {}x{}",
        "prev(row_cumsum(".repeat(90),
        "))".repeat(90)
    ));
    ends(&format!(
        "range x from 1 to 9 step 1 | scan with ({})",
        "step s: true;".repeat(10_000)
    ));
    let steps: String = (0..300)
        .map(|at| format!("step s{at}: x > {at};"))
        .collect::<Vec<_>>()
        .concat();
    ends(&format!(
        "range x from 1 to 999 step 1 | scan with ({steps})"
    ));
    let hops: String = (0..300)
        .map(|at| format!("-->(n{at})"))
        .collect::<Vec<_>>()
        .concat();
    ends(&format!(
        "range x from 1 to 999 step 1 | extend y = x + 1 | make-graph x --> y with_node_id=n
         | graph-match (a){hops} project a.n"
    ));
    ends(&format!(
        "range x from 1 to 999 step 1 | top-nested of x by count(){}",
        ", top-nested of x by count()".repeat(300)
    ));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("tostring(", ")"),
        ("[", "]"),
        ("not(", ")"),
        ("-", ""),
        ("dynamic([", "])"),
        ("iff(true, ", ", 1)"),
        ("toscalar(print a = ", ")"),
    ] {
        let query = format!("print x = {}1{}", open.repeat(5000), close.repeat(5000));
        match run(&query) {
            End::Wrong(_) => {}
            End::Rows(..) => panic!("{open}"),
        }
    }
    refused(
        &format!("print x = {}1{}", "(".repeat(5000), ")".repeat(5000)),
        codes::TOO_DEEP,
    );
    ends(&format!("{}print 1{}", "(".repeat(5000), ")".repeat(5000)));
    ends(&format!(
        "print x = dynamic({}1{})",
        "[".repeat(10_000),
        "]".repeat(10_000)
    ));
    ends(&format!(
        "print x = parse_json('{}1{}')",
        "[".repeat(10_000),
        "]".repeat(10_000)
    ));
    ends(&format!("print x = a{}", ".b".repeat(100_000)));
    ends(&format!("print x = a{}", "[0]".repeat(100_000)));
    ends(&"(".repeat(200_000));
    ends(&"print ((((((".repeat(10_000));
    ends(&format!("T | where {}", "x in ((T | where ".repeat(2000)));
    ends(&format!(
        "{}print 1{}",
        "union (".repeat(3000),
        ")".repeat(3000)
    ));
    ends(&format!("print 1 {}", "| join (print 1 ".repeat(3000)));
    ends(&format!(
        "let f = () {{ {} 1 {} }}; print f()",
        "let g = () {".repeat(3000),
        "}; g()".repeat(3000)
    ));
}

#[test]
fn long_chains_end() {
    answers(
        &format!("print x = 1 == 1{}", " and 1 == 1".repeat(40_000)),
        "True",
    );
    answers(
        &format!("print x = 1 == 2{}", " or 1 == 2".repeat(40_000)),
        "False",
    );
    refused(
        &format!("print x = 1 == 1{}", " and 1 == 1".repeat(100_000)),
        codes::TOO_DEEP,
    );
    ends(&format!("print x = 1{}", " + 1".repeat(100_000)));
    ends(&format!("print x = 1{}", " * 1 - 1".repeat(50_000)));
    ends(&format!("print x = {}1", "1 == ".repeat(100_000)));
    ends(&format!("print x = 1 in ({}1)", "2, ".repeat(100_000)));
    ends(&format!("print x = strcat({}'a')", "'b', ".repeat(100_000)));
    ends(&format!(
        "print x = case({}0)",
        "1 == 2, 1, ".repeat(50_000)
    ));
    ends(&format!("print {}x = 1", "1, ".repeat(50_000)));
    ends(&format!("union {}(print 1)", "(print 1), ".repeat(20_000)));
    ends(&format!("{}print 1", "let a = 1;".repeat(50_000)));
    ends(&format!("datatable(a:long)[{}1]", "1, ".repeat(200_000)));
    ends(&";".repeat(100_000));
    ends(&format!("print x = '{}'", "a".repeat(50 << 20)));
    ends(&"| ".repeat(100_000));
}

#[test]
fn pipelines_of_many_operators_are_refused() {
    for operator in [
        "| where a > 0 ",
        "| extend a = a + 1 ",
        "| take 5 ",
        "| order by a asc ",
        "| summarize a = max(a) ",
        "| mv-expand a = dynamic([1]) to typeof(long) ",
        "| project a ",
        "| as b | project a ",
    ] {
        let query = |n_operators: usize| format!("print a = 1 {}", operator.repeat(n_operators));
        match run(&query(140)) {
            End::Rows(n_rows, _) => assert!(n_rows <= 1),
            End::Wrong(error) => panic!("{operator}: {} {}", error.code, error.message),
        }
        for n_operators in [400, 900, 2000] {
            refused(&query(n_operators), codes::TOO_DEEP);
        }
    }
    refused(
        &format!("print a = 1 {}", "| where a > 0 ".repeat(100_000)),
        codes::TOO_DEEP,
    );
    // The same depth by way of names.
    for n_names in [150, 450, 5000] {
        let lets = chain(n_names, |at| {
            format!("let t{at} = t{} | where a > 0;", at - 1)
        });
        refused(
            &format!("let t0 = print a = 1; {lets} t{}", n_names - 1),
            codes::TOO_DEEP,
        );
        let lets = chain(n_names, |at| {
            format!("let f{at} = () {{ f{}() + 1 }};", at - 1)
        });
        ends(&format!(
            "let f0 = () {{ 1 }}; {lets} print f{}()",
            n_names - 1
        ));
        let lets = chain(n_names, |at| format!("let f{at} = () {{ f{}() }};", at - 1));
        ends(&format!(
            "let f0 = () {{ print 1 }}; {lets} f{}()",
            n_names - 1
        ));
        let lets = chain(n_names, |at| {
            format!("let m{at} = materialize(m{});", at - 1)
        });
        ends(&format!("let m0 = print 1; {lets} m{}", n_names - 1));
    }
}

#[test]
fn what_doubles_is_bounded() {
    let doubled = |first: &str, next: &str| {
        let lets = chain(60, |at| {
            format!(
                "let a{at} = {};",
                next.replace('#', &format!("a{}", at - 1))
            )
        });
        format!("let a0 = {first}; {lets}")
    };
    refused(
        &(doubled("print x = 1", "union #, #") + "a59 | count"),
        codes::TOO_DEEP,
    );
    refused(
        &(doubled("print x = 1", "# | join kind=inner # on x") + "a59 | count"),
        codes::TOO_DEEP,
    );
    refused(
        &(doubled("() { 1 }", "() { #() + #() }") + "print a59()"),
        codes::TOO_DEEP,
    );
    refused(
        &(doubled("'ab'", "strcat(#, #)") + "print strlen(a59)"),
        codes::LIMIT,
    );
    refused(
        &(doubled("dynamic([1, 2])", "array_concat(#, #)") + "print array_length(a59)"),
        codes::LIMIT,
    );
    ends(&(doubled("dynamic([1])", "pack_array(#, #)") + "print tostring(a59)"));
    ends(&(doubled("dynamic([1])", "pack_array(#, #)") + "print a59 == a58"));
    ends(
        &(doubled(
            "'ab'",
            "replace_string(#, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
        ) + "print strlen(a59)"),
    );
    refused(
        &format!(
            "print a = 'ab' {} | project strlen(a)",
            "| extend a = strcat(a, a) ".repeat(60)
        ),
        codes::LIMIT,
    );
    refused(
        &format!(
            "range x from 1 to 100000 step 1 | extend a = tostring(x) {} | summarize max(strlen(a))",
            "| extend a = strcat(a, a) ".repeat(30)
        ),
        codes::LIMIT,
    );
}

#[test]
fn what_is_huge_is_refused_or_ends() {
    refused(
        "range x from 1 to 1000000000000 step 1 | count",
        codes::LIMIT,
    );
    refused("range x from 1 to 1e18 step 0.5", codes::LIMIT);
    refused(
        "range t from datetime(2000-01-01) to datetime(2020-01-01) step 1tick | count",
        codes::LIMIT,
    );
    ends("range x from 1 to 10 step 0");
    ends("range x from 1 to 10 step -1");
    ends("range x from 9223372036854775800 to 9223372036854775807 step 5");
    ends("range x from real(nan) to 5 step 1");
    ends("print x = range(1, 1000000000000, 1)");
    answers(
        "print array_length(set_difference(range(0, 300000), set_union(range(0.0, 299990.0), range(5, 9))))",
        "10",
    );
    answers(
        "print array_length(set_intersect(range(0, 300000), range(300000, 0, -1))), 1",
        "300001",
    );
    answers(
        "print set_equals(range(0, 300000), range(300000, 0, -1))",
        "True",
    );
    answers(
        "range x from 1 to 3 step 1 | extend a = range(1, 1000000) | mv-expand a | count",
        "3000000",
    );
    refused(
        "range x from 1 to 100000 step 1 | extend a = range(1, 1000000) | mv-expand a",
        codes::LIMIT,
    );
    answers(
        "print a = repeat(1, 1000000) | mv-expand a | count",
        "1000000",
    );
    ends("print a = repeat(1, 1000000000000)");
    ends("print a = strrep('0123456789', 1000000000)");
    ends("print a = repeat(repeat(repeat(1, 10000), 10000), 10000) | project strlen(tostring(a))");
    ends(
        "range x from 1 to 3000 step 1 | extend k = 1 | join kind=inner (range y from 1 to 3000 step 1 | extend k = 1) on k | count",
    );
    refused(
        "range x from 1 to 30000 step 1 | extend k = 1 | join kind=inner (range y from 1 to 30000 step 1 | extend k = 1) on k | project x, y",
        codes::LIMIT,
    );
    ends(
        "range x from 1 to 1000000 step 1 | make-series n = count() on x from 0 to 1000000000000 step 1",
    );
    answers(
        "range x from 1 to 100 step 1 | make-series n = count() on x from -9223372036854775807 to 9223372036854775807 step 9223372036854775807 | project n",
        "[0,100]",
    );
    ends("range x from 1 to 300000 step 1 | summarize make_list(x), make_set(x)");
    ends("range x from 1 to 200000 step 1 | evaluate pivot(x)");
    ends("range x from 1 to 200000 step 1 | top-nested 5 of x by count()");
    ends("print a = tostring(repeat('0123456789', 1000000))");
}

#[test]
fn regular_expressions_do_not_run_away() {
    let text = format!("strcat(strrep('aaaaaaaaaaaaaaaa', {}), 'b')", 1000);
    for pattern in [
        "(a+)+$",
        "(a|aa)+$",
        "(a*)*$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*)(.*)(.*)(.*)(.*)[^a-b]$",
        "(?:a?){200}a{200}c",
        "(a{1,50}){1,50}c",
        "a.*b.*c.*d.*e",
    ] {
        ends(&format!(
            "print t = {text} | where t matches regex '{pattern}' | count"
        ));
        ends(&format!(
            "print t = {text} | project extract('{pattern}', 0, t), countof(t, '{pattern}', 'regex'), replace_regex(t, '{pattern}', '')"
        ));
    }
    for pattern in [
        "(a{1000}){1000}".to_owned(),
        "((((((a{100}){100}){100}){100}){100}){100})".to_owned(),
        "(".repeat(2000) + "a" + &")".repeat(2000),
        "(".repeat(2000),
        "[".repeat(2000),
        "a|".repeat(2000),
        "x*".repeat(2000),
        "(?:".repeat(1000) + "a" + &")*".repeat(1000),
        "\\\\".repeat(2000),
        "a{99999999999}".to_owned(),
        "a".repeat(1 << 20),
    ] {
        ends(&format!(
            "print t = {text} | where t matches regex '{pattern}' | count"
        ));
    }
    // Many rows, many patterns.
    ends(
        "range x from 1 to 20000 step 1 | where 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa' matches regex strcat('(a+)+', tostring(x)) | count",
    );
}

#[test]
fn texts_that_are_no_queries_end() {
    for text in [
        "",
        " ",
        "\0",
        "\u{feff}",
        "\u{2028}",
        "\u{d7ff}\u{e000}",
        "print '\u{0}'",
        "print \"\\ud800\"",
        "print 'a",
        "print @'",
        "```",
        "//",
        "print 99999999999999999999999",
        "print -9223372036854775808",
        "print 1e999",
        "print datetime(99999-01-01)",
        "print 1d * 1e300",
        "print 9223372036854775807 + 1",
        "print -9223372036854775807 - 10",
        "print -9223372036854775808 / -1",
        "print 1 / 0, 1 % 0, 1.0 / 0",
        "print bin(5, 0), bin(datetime(2020-01-01), 0s)",
        "print totimespan(9223372036854775807) * 5",
        "print datetime(9999-12-31) + 9999d",
        "print substring('é', 1, 1), substring('a', -5, 99999999999)",
        "print split('a', '')[99999999999]",
        "print dynamic([1])[-9223372036854775808]",
        "print array_slice(dynamic([1,2]), -9223372036854775808, 9223372036854775807)",
        "print binary_shift_left(1, 99999), binary_shift_right(1, -1)",
        "print round(1.5, 99999), round(1e308, -400)",
        "print strlen(strcat('\u{10ffff}', 'é'))",
        "print format_datetime(now(), 'yyyyyyyyyyyyyyyyyyyyyyy')",
        "print parse_url('http://[::1'), parse_ipv4('999.1.1.1')",
        "print base64_decode_tostring('////')",
        "print pow(10, 400), sqrt(-1), log(0), exp(9999)",
        "print datetime_add('month', 9223372036854775807, now())",
        "print datetime_diff('day', datetime(0001-01-01), datetime(9999-12-31))",
        "print percentile(1, 200)",
        "print decimal(1e30) * decimal(1e30)",
    ] {
        ends(text);
    }
}

/// The next of a sequence without a pattern.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

const WORDS: &[&str] = &[
    "T",
    "x",
    "y",
    "a",
    "s",
    "d",
    "t",
    "|",
    "|",
    "|",
    "where",
    "extend",
    "project",
    "summarize",
    "by",
    "order by",
    "top",
    "take",
    "join",
    "union",
    "mv-expand",
    "parse",
    "with",
    "distinct",
    "count",
    "make-series",
    "on",
    "from",
    "to",
    "step",
    "default",
    "render",
    "let",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "and",
    "or",
    "in",
    "has",
    "contains",
    "matches regex",
    "between",
    "..",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    ";",
    ":",
    ".",
    "1",
    "0",
    "-1",
    "9223372036854775807",
    "1.5",
    "1e308",
    "1h",
    "1tick",
    "'a'",
    "''",
    "'[1,2]'",
    "'('",
    "null",
    "dynamic([1,[2]])",
    "dynamic({'a':1})",
    "datetime(2020-01-01)",
    "datetime(null)",
    "long(null)",
    "real(nan)",
    "true",
    "count()",
    "sum(x)",
    "max(t)",
    "avg(y)",
    "make_list(s)",
    "dcount(s)",
    "percentile(x, 50)",
    "arg_max(x, *)",
    "take_any(s)",
    "bin(x, 0)",
    "bin(t, 1d)",
    "iff(",
    "case(",
    "tostring(",
    "tolong(",
    "todatetime(",
    "parse_json(",
    "split(",
    "substring(",
    "strcat(",
    "extract(",
    "array_length(",
    "prev(",
    "next(",
    "row_number()",
    "ago(",
    "datetime_add('year',",
    "make_datetime(",
    "range(",
    "pack_array(",
    "bag_keys(",
    "format_timespan(",
    "toscalar(",
    "materialize(",
    "datatable(a:long)[1,2]",
    "range x from 1 to 5 step 1",
    "print",
    "serialize",
    "sample-distinct",
    "evaluate pivot(s)",
    "evaluate bag_unpack(d)",
    "mv-apply",
    "lookup",
    "kind=leftouter",
    "asc",
    "desc",
    "nulls first",
    "isfuzzy=true",
    "limit",
    "project-away",
    "project-rename",
    "getschema",
    "as",
    "invoke",
    "scan",
    "partition by",
    "search 'a'",
    "find",
    "*",
    "$left",
    "é",
    "'",
    "\"",
    "//",
];

/// A value: a literal, or a call or an operator over values.
fn value(random: &mut Random, depth: usize, values: &[&str], functions: &[&str]) -> String {
    if depth == 0 || random.below(3) == 0 {
        return values[random.below(values.len())].to_owned();
    }
    if random.below(3) == 0 {
        let operators = [
            "+",
            "-",
            "*",
            "/",
            "%",
            "==",
            "<",
            "and",
            "has",
            "in",
            "contains",
            "matches regex",
            "=~",
        ];
        let operator = operators[random.below(operators.len())];
        let (left, right) = (
            value(random, depth - 1, values, functions),
            value(random, depth - 1, values, functions),
        );
        return if operator == "in" {
            format!("({left} in ({right}))")
        } else {
            format!("({left} {operator} {right})")
        };
    }
    let name = functions[random.below(functions.len())];
    let arguments: Vec<String> = (0..=random.below(3))
        .map(|_| value(random, depth - 1, values, functions))
        .collect();
    format!("{name}({})", arguments.join(", "))
}

/// Pieces that stand where they belong, so that most of the queries run.
fn likely_query(random: &mut Random) -> String {
    let values = [
        "x",
        "y",
        "s",
        "d",
        "t",
        "a",
        "1",
        "0",
        "-1",
        "9223372036854775807",
        "1.5",
        "1e308",
        "real(nan)",
        "'a'",
        "''",
        "'2020-01-01'",
        "long(null)",
        "datetime(9999-12-31)",
        "datetime(0001-01-01)",
        "1h",
        "-99999d",
        "dynamic([1,[2]])",
        "dynamic(null)",
        "true",
    ];
    let functions = [
        "tostring",
        "tolong",
        "toint",
        "toreal",
        "todecimal",
        "todatetime",
        "totimespan",
        "parse_json",
        "strlen",
        "toupper",
        "abs",
        "sqrt",
        "isnull",
        "isempty",
        "bin",
        "split",
        "substring",
        "strcat",
        "iff",
        "coalesce",
        "datetime_diff",
        "datetime_add",
        "format_datetime",
        "format_timespan",
        "array_length",
        "array_slice",
        "array_concat",
        "bag_keys",
        "parse_url",
        "extract",
        "replace_regex",
        "replace_string",
        "indexof",
        "countof",
        "min_of",
        "max_of",
        "round",
        "pow",
        "startofmonth",
        "dayofweek",
        "hash",
        "base64_encode_tostring",
        "make_timespan",
        "make_datetime",
        "pack_array",
        "zip",
        "range",
        "repeat",
        "strrep",
        "trim",
        "parse_csv",
        "set_union",
        "array_sort_asc",
        "binary_shift_left",
        "case",
        "not",
        "gettype",
        "unixtime_milliseconds_todatetime",
        "parse_version",
        "ipv4_is_in_range",
        "reverse",
        "translate",
        "array_index_of",
        "treepath",
        "todynamic",
    ];
    let mut query = String::from(
        "datatable(x:long, y:real, s:string, d:dynamic, t:datetime)[1, 1.5, 'a', dynamic([1,2]), datetime(2020-01-01), long(null), real(nan), '', dynamic({'k':'v'}), datetime(null), -9223372036854775807, 1e308, 'éa', dynamic(null), datetime(9999-12-31)] | extend a = x",
    );
    for _ in 0..=random.below(3) {
        let one = value(random, 3, &values, &functions);
        let aggregates = [
            "count()",
            "sum(x)",
            "avg(y)",
            "max(t)",
            "min(s)",
            "dcount(d)",
            "make_list(d)",
            "make_set(s)",
            "percentile(y, 50)",
            "arg_max(x, *)",
            "stdev(x)",
            "countif(x > 0)",
            "take_any(d)",
            "make_bag(d)",
            "sum(y)",
            "variance(y)",
        ];
        query += &match random.below(12) {
            0 => format!(" | where {one}"),
            1 | 2 => format!(" | extend a = {one}"),
            3 => format!(" | extend a = {one}, x = tolong(x) | order by a"),
            4 => format!(
                " | summarize r = {}, a = take_any(a), x = max(x), y = min(y), s = max(s), d = take_any(d), t = max(t) by g = {one}",
                aggregates[random.below(aggregates.len())]
            ),
            5 => " | mv-expand a = d".to_owned(),
            6 => format!(" | top 2 by {one}"),
            7 => format!(" | serialize | extend a = prev({one}), n = row_number()"),
            8 => " | join kind=leftouter (datatable(x:long, z:string)[1, 'q']) on x".to_owned(),
            9 => format!(
                " | make-series m = {} on t from datetime(2020-01-01) to datetime(2020-01-03) step 1d",
                aggregates[random.below(aggregates.len())]
            ),
            10 => " | parse s with * 'a' rest".to_owned(),
            _ => format!(" | distinct v = {one}"),
        };
    }
    query
}

#[test]
fn soup_of_words_never_panics() {
    let work = || {
        let mut random = Random(0x0bad_5eed);
        let (mut n_run, mut n_all) = (0, 0);
        let n_queries = if cfg!(debug_assertions) { 6000 } else { 60_000 };
        for number in 0..n_queries {
            let query = if number % 2 == 0 {
                (0..random.below(30))
                    .map(|_| WORDS[random.below(WORDS.len())])
                    .collect::<Vec<_>>()
                    .join(" ")
            } else {
                likely_query(&mut random)
            };
            n_all += 1;
            let parsed = parser::parse(&query);
            let _ = (
                printer::format(&query),
                translation::to_azure_diagnostics(&query),
            );
            if !parsed.is_ok() {
                continue;
            }
            let outcome = std::panic::catch_unwind(|| {
                Job::start(&query, Rc::new(NoTables), 0)
                    .and_then(|job| job.with_max_rows(1000).run())
                    .map(|finished| {
                        for row in 0..finished.relation.n_rows() {
                            for column in 0..finished.relation.fields.len() {
                                let _ = finished.relation.value(row, column).to_text();
                            }
                        }
                    })
            });
            match outcome.ok() {
                Some(Ok(())) => n_run += 1,
                Some(Err(error)) => assert!(
                    error.message.chars().count() <= 90 && !error.message.contains("you"),
                    "{}: {query}",
                    error.message
                ),
                None => panic!("it panics: {query}"),
            }
        }
        assert!(n_run * 20 > n_all, "{n_run} of {n_all} ran");
    };
    std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}
