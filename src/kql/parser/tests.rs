use super::*;
use crate::kql::printer;
use crate::kql::repair::{self, Known};
use crate::kql::translate::{ColumnMap, ColumnPair, translate};
use crate::kql::tree::{BinaryOperator, LetValue, Literal, Operator, Pipeline, Source, Statement};
use crate::value::Type;

fn errors(text: &str) -> Vec<String> {
    parse(text)
        .diagnostics
        .into_iter()
        .map(|d| d.message)
        .collect()
}

/// The text after all repairs, to a fixed point.
fn repaired(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let fixes: Vec<Fix> = parse(&text)
            .diagnostics
            .into_iter()
            .filter_map(|d| d.fix)
            .collect();
        let Some(fix) = fixes.first() else { break };
        for edit in fix.edits.iter().rev() {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
    }
    text
}

fn pipeline(text: &str) -> Pipeline {
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    match parsed.query.statements.into_iter().next_back() {
        Some(Statement::Expression(Expr::Pipe(pipeline))) => pipeline,
        other => panic!("no pipeline: {other:?}"),
    }
}

fn predicate(text: &str) -> Expr {
    match pipeline(&format!("T | where {text}"))
        .operators
        .into_iter()
        .next()
    {
        Some(Operator::Where { predicate, .. }) => *predicate,
        other => panic!("no where: {other:?}"),
    }
}

#[test]
fn chains_are_one_node_and_text_operators_bind_tightest() {
    let Expr::Logical {
        is_and: false,
        operands,
        ..
    } = predicate("a or b and c or d")
    else {
        panic!()
    };
    assert_eq!(operands.len(), 3);
    let Expr::Binary {
        operator: BinaryOperator::Add,
        left,
        ..
    } = predicate("a has 'x' + b * c")
    else {
        panic!()
    };
    assert!(matches!(
        *left,
        Expr::Binary {
            operator: BinaryOperator::Text(_),
            ..
        }
    ));
    let Expr::Binary {
        operator: BinaryOperator::Equal,
        right,
        ..
    } = predicate("a == b + c")
    else {
        panic!()
    };
    assert!(matches!(
        *right,
        Expr::Binary {
            operator: BinaryOperator::Add,
            ..
        }
    ));
}

#[test]
fn words_are_operators_only_in_their_place() {
    for text in [
        "count | where count > kind and from == source",
        "T | summarize where = count() by kind, step",
        "T | project title = a.b, order, nulls, ['by']",
        "T | extend 90th_Percentile = 1, pack = 2 | sort by 90th_Percentile desc nulls last",
        "let view = 1; let let = 2; T | where view == let",
        "range range from 1 to 3 step 1 | where range > range(1, 2)[0]",
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
    assert_eq!(
        repaired("T | project-away title, b"),
        "T | project-away ['title'], b"
    );
    assert_eq!(repaired("T | extend true = 1"), "T | extend ['true'] = 1");
}

#[test]
fn every_operator_is_read() {
    for text in [
        "T | as hint.materialized=true X | consume | count as n",
        "T | distinct * | evaluate hint.distribution=single pivot(a, sum(b)) : (c:long, *)",
        "T | facet by a, b with (take 1 | count)",
        "find withsource=s in (T, U*) where a has 'x' project a, b:string, pack(*)",
        "T | fork (take 1 | count) x=(getschema)",
        "T | invoke f(a, 1)",
        "T | join kind=inner hint.strategy=shuffle (U | take 1) on a, $left.b == $right.c",
        "T | lookup kind=leftouter U on a",
        "macro-expand entity_group [cluster('a').database('b')] as X (X.T | take 1)",
        "T | make-series n=count() default=0, avg(x) on t from ago(1d) to now() step 1h by k",
        "T | make-series n=count() on t in range(a, b, 1h)",
        "T | mv-apply with_itemindex=i x=a to typeof(long) limit 3 on (top 1 by x | project x)",
        "T | mv-expand kind=array a, b=c to typeof(string) limit 10",
        "T | parse kind=regex flags=Ui a with * 'x' b:long * \"y\" ['c d'] *",
        "T | parse-where a with 'x' b | parse-kv b as (c:long, d:string) with (pair_delimiter=',')",
        "T | partition hint.strategy=native by a (top 1 by b) | partition by a { U | where x == a }",
        "print a = 1, 2 | project-away a*, *b | project-keep c | project-by-names dynamic(['d*'])",
        "T | project-rename a = b | project-reorder c asc, d* granny-desc, *",
        "T | reduce kind=source by a with threshold=0.1, characters='x'",
        "T | render timechart with (title='x', ycolumns=a, b, series=c)",
        "T | sample 5 | sample-distinct 3 of a",
        "T | scan with_match_id=m order by t partition by u declare (n:long=0) with (step s output=last: a > 1 => n = s.n + 1; step e optional: true;)",
        "T | mv-apply with_itemindex=i a to typeof(long) limit 3 id guid(74be27de-1e4e-49d9-b579-fe0b331d3642) on (take 1)",
        "search kind=case_sensitive in (T, U*) a:'x' and * has 'y'",
        "T | serialize n = row_number() | sort by a asc nulls first, b | top 3 by c desc",
        "T | summarize hint.shufflekey=k a = count(), (b, c) = arg_max(d, e) by bin(t, 1h), k",
        "T | top-hitters 3 of a by b | top-nested 2 of a with others='rest' by sum(b), top-nested of c by max(d)",
        "union kind=inner withsource=s isfuzzy=true T, U*, database('d').V*, (W | take 1)",
        "T | filter a in~ ('x') and b !between (1 .. 2) and c matches regex @'\\d' and d has_any (e | project f)",
        "T | make-graph a --> b with N on id | graph-match (x)-[e*1..3]->(y) where x.i == 1 project x.i",
        "T | make-graph a --> b with_node_id=n | graph-match cycles=none (x)<-[e]-()--(y)-->(z), (x)-[*0..m]-(w) project x, z.i",
        "T | make-graph a --> b with N on id, (M | take 1) on k partitioned-by p (graph-shortest-paths output=all (x)-[e*1..3]->(y) project e)",
        "G | graph-mark-components kind=weak with_component_id=c | graph-to-table nodes as n with_node_id=i, edges as e with_source_id=s with_target_id=t",
        "externaldata (a:long) [@'u', h'v'] with (format='csv', ignoreFirstRecord=true)",
        "let f = (a:long = 1, t:(x:long), u:(*)) { let b = a; t | where x == b }; f(1, T, U)",
        "let v = view () { T }; let w = materialize(v | take 1); w",
        "declare query_parameters(a:long = 1, b:dynamic = dynamic([1])); set notruncation; T",
        "declare pattern p = (a:string)[b:string] { ('x').['y'] = { T }; }; alias database d = cluster('c').database('d'); restrict access to (T); p('x').y",
        "T | where a.b.['c d'][0] == c['x'].d and -f(a.b) < $left.x",
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
}

#[test]
fn literals_have_their_values() {
    let literal = |text: &str| match pipeline(&format!("print {text} | take 1")).source.as_ref() {
        Source::Operator(Operator::Print { columns, .. }) => match columns.first() {
            Some(Expr::Literal(literal, _)) => literal.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(
        literal("'a' \"b\\n\" @'c''d'"),
        Literal::String("ab\nc'd".to_owned())
    );
    assert_eq!(literal("long(null)"), Literal::Long(None));
    assert_eq!(literal("int(0x10)"), Literal::Int(Some(16)));
    assert_eq!(literal("1.5h"), Literal::TimeSpan(Some(54_000_000_000)));
    assert_eq!(
        literal("datetime(0001-01-02)"),
        Literal::DateTime(Some(864_000_000_000))
    );
    assert_eq!(
        literal("datetime(1, 1, 2)"),
        Literal::DateTime(Some(864_000_000_000))
    );
    assert_eq!(
        literal("dynamic({'a': [1, -2.5, true, null, 1d, dynamic('x')]})"),
        Literal::Dynamic("{\"a\":[1,-2.5,true,null,\"1.00:00:00\",\"x\"]}".to_owned())
    );
    assert_eq!(
        parse("print datetime(soon)").diagnostics[0].code,
        codes::BAD_VALUE
    );
}

#[test]
fn functions_and_placeholders_share_braces() {
    let parsed =
        parse("let f = () {T}; f() | where a {TimeRange} and b == {x:label} | take {n} | {filter}");
    assert_eq!(parsed.diagnostics, []);
    let Some(Statement::Let {
        value: LetValue::Function(function),
        ..
    }) = parsed.query.statements.first()
    else {
        panic!()
    };
    assert_eq!(function.body.len(), 1);
}

#[test]
fn slips_of_other_languages_are_repaired() {
    for (wrong, right) in [
        ("T | where a = 1", "T | where a == 1"),
        (
            "T | where a == 1 && b == 2 || c",
            "T | where a == 1 and b == 2 or c",
        ),
        (
            "T | where a == 1 AND b Contains 'x'",
            "T | where a == 1 and b contains 'x'",
        ),
        (
            "T | where a not in (1, 2) and b not has 'x'",
            "T | where a !in (1, 2) and b !has 'x'",
        ),
        (
            "T | where a in dynamic([1])",
            "T | where a in (dynamic([1]))",
        ),
        ("T | where !isempty(a)", "T | where not(isempty(a))"),
        ("T where a == 1 take 5", "T | where a == 1 | take 5"),
        ("T | project a, b, | take 5", "T | project a, b | take 5"),
        ("T | summarize count(), by a", "T | summarize count() by a"),
        ("T | sort by a DESC", "T | sort by a desc"),
        (
            "T | Where a == 1 | sumarize count()",
            "T | where a == 1 | summarize count()",
        ),
        ("T | where a == \"C:\\dir\"", "T | where a == \"C:\\\\dir\""),
        ("T | where a == “x”", "T | where a == \"x\""),
        ("T;; U", "T; U"),
        ("T | where a in ['x', 'y']", "T | where a in ('x', 'y')"),
        (
            "T | where a is null and b.c is not empty",
            "T | where isnull(a) and isnotempty(b.c)",
        ),
        ("T | project a + 1 as b, c", "T | project b = a + 1, c"),
        (
            "T | summarize count() group by a",
            "T | summarize count() by a",
        ),
        (
            "T | sort a desc | top 3 b",
            "T | sort by a desc | top 3 by b",
        ),
        (
            "let a = 1\nlet b = T | where a\nb | take 1",
            "let a = 1;\nlet b = T | where a;\nb | take 1",
        ),
        ("T | where f(a b)", "T | where f(a, b)"),
        ("a = 5; T | where b == a", "let a = 5; T | where b == a"),
        (
            "T | where (a == 1 and (b == 2)\n| take 5",
            "T | where (a == 1 and (b == 2))\n| take 5",
        ),
        (
            "T | join (U | where x\n| take 5",
            "T | join (U | where x\n| take 5)",
        ),
        ("T | where a between (1, 2)", "T | where a between (1 .. 2)"),
    ] {
        assert_eq!(repaired(wrong), right, "{:?}", errors(wrong));
        assert_eq!(errors(right), [""; 0]);
    }
}

#[test]
fn problems_are_reported_once_and_in_their_place() {
    for (text, message) in [
        (
            "T | where a ==",
            "expected an expression, found the end of the query",
        ),
        ("T | where (a == 1 | take 5", "`(` is never closed"),
        ("T | where a == 1) | take 5", "`)` closes nothing"),
        ("T | | take 5", "expected an operator behind `|`, found `|`"),
        (
            "T | nonsense a, b | take 5",
            "no operator is called `nonsense`",
        ),
        (
            "T | where a < b < c",
            "`<` cannot follow another comparison",
        ),
        ("T | sort a", "`sort` requires `by`, found `a`"),
        ("take 1", "`1` is not expected here"),
        (
            "T | where a has 'x' or has 'y'",
            "`has` requires a value before it",
        ),
        (
            "| take 5",
            "a pipeline requires a table before its first `|`",
        ),
        (
            ".show tables",
            "a text that starts with `.` is a command, not a query",
        ),
        (
            "T | extend f(a b) | take 1",
            "expected `,` or `)`, found `b`",
        ),
    ] {
        assert_eq!(errors(text), [message], "{text}");
    }
    let two = errors("T | where a === b | take | project c");
    assert_eq!(two.len(), 2, "{two:?}");
    let inner = errors("T | join (U | where x y | take 1) on a | extend b = , c = 1 | take 1");
    assert_eq!(inner.len(), 2, "{inner:?}");
}

#[test]
fn every_message_is_short_and_polite() {
    for text in [
        "T | where",
        "let x",
        "T | join (",
        "T | parse a with",
        "T | scan",
        "T | render",
        "print dynamic(a)",
        "T | where a like",
        "datatable(a)[1]",
        "T | make-series",
    ] {
        for message in errors(text) {
            assert!(
                message.chars().count() <= 90 && !message.contains("you"),
                "{message}"
            );
        }
    }
}

/// Reads and drops the tree in half of the stack that WebAssembly has (debug frames are larger).
fn on_a_small_stack(text: String) -> Parsed {
    let read = move || {
        let parsed = parse(&text);
        drop(parsed.query.clone());
        parsed
    };
    let n_bytes = if cfg!(debug_assertions) {
        1 << 21
    } else {
        1 << 19
    };
    std::thread::Builder::new()
        .stack_size(n_bytes)
        .spawn(read)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn depth_has_a_limit_that_never_overflows() {
    let n = 1000;
    let nested = [
        format!("print {}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("print {}1{}", "f(".repeat(n), ")".repeat(n)),
        format!("print 1{}", " + 1".repeat(100_000)),
        format!("print a{}", ".b".repeat(n)),
        format!("print a{}", "[0]".repeat(n)),
        format!("print {}", "-(".repeat(n)),
        format!("print {}", "not ".repeat(n)),
        format!("print {}a", "!".repeat(n)),
        format!("print dynamic({}", "[".repeat(n)),
        format!("print dynamic({}", "{'a':".repeat(n)),
        format!("{}T{}", "T | join (".repeat(n), ")".repeat(n)),
        format!(
            "T | where {}",
            "a or (b and (c == (d < (e + (f * (g has (".repeat(n)
        ),
        format!("{}1", "let f = () { ".repeat(n)),
        format!("T {}", "| partition by a ( as x ".repeat(n)),
        format!("T {}", "| mv-apply a on ( where ( ".repeat(n)),
        format!("T | {}", "facet by a with ".repeat(n)),
        format!("T | where {}", "a in (b | where ".repeat(n)),
    ];
    for text in nested {
        let found = on_a_small_stack(text.clone()).diagnostics;
        assert!(
            found.iter().any(|d| d.code == codes::TOO_DEEP),
            "{} {:?}",
            &text[..40],
            found.first()
        );
    }
    for fine in [
        format!("{}T{}", "T | join (".repeat(60), ")".repeat(60)),
        format!("T | where {}1{}", "f(".repeat(80), ")".repeat(80)),
        format!("T | where {}", vec!["a == 1"; 5000].join(" or ")),
        format!("T {}", "| take 1 ".repeat(2000)),
        format!("print {}", vec!["1"; 10_000].join(", ")),
        format!("print {}1{}", "(".repeat(80), ")".repeat(80)),
        format!("print {}", vec!["a"; 150].join(" + ")),
        format!("print {}", vec!["a = f(b.c[0])"; 1000].join(", ")),
        format!("T | extend {}", vec!["(a, b) = f(-c)"; 1000].join(", ")),
    ] {
        assert_eq!(parse(&fine).diagnostics, [], "{}", &fine[..20]);
        let n_bytes = if cfg!(debug_assertions) {
            1 << 21
        } else {
            1 << 19
        };
        let work = move || {
            let known = Known {
                column: &|_, _| None,
                is_function: &|_| false,
                functions: &Vec::new,
            };
            let once = printer::format(&fine).expect("the text is fine");
            assert_eq!(printer::format(&once).as_ref(), Ok(&once));
            drop(repair::repairs(&parse(&fine).query, &known));
            let map = ColumnMap {
                table: "T",
                target: "U",
                filter: "",
                implied: &[],
                columns: &[],
            };
            assert!(translate(&fine, &[map]).is_ok());
        };
        std::thread::Builder::new()
            .stack_size(n_bytes)
            .spawn(work)
            .unwrap()
            .join()
            .unwrap();
    }
}

#[test]
fn any_token_soup_gives_a_tree() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let symbols = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        "|",
        "=",
        "==",
        ".",
        "..",
        ":",
        "*",
        "-",
        "!",
        "&&",
        "=>",
        "a",
        "b",
        "1",
        "1d",
        "\"x\"",
        "\"y",
        "{x}",
        "dynamic(",
        "datatable(",
        "typeof(",
        "let ",
        "by ",
        "on ",
        "with ",
        "to ",
        "in ",
        "and ",
        "not ",
        "datetime(1",
        "\n",
        "//c\n",
        "é",
        "@",
        "view",
        "step s:",
        "declare ",
    ];
    for _ in 0..6000 {
        let mut text = String::new();
        for _ in 0..next() % 40 {
            if next() % 4 == 0 {
                text.push_str(words::OPERATORS[next() % words::OPERATORS.len()]);
                text.push(' ');
            } else {
                text.push_str(symbols[next() % symbols.len()]);
            }
        }
        let known = Known {
            column: &|_, name| Some(name.to_uppercase()),
            is_function: &|name| ["dynamic", "ab"].contains(&name),
            functions: &|| vec!["dynamic", "ab"],
        };
        let found = repair::repairs(&parse(&text).query, &known);
        let fixes: Vec<Fix> = found.iter().filter_map(|d| d.fix.clone()).collect();
        drop(parse(&repair::apply(&text, &fixes)));
        if let Ok(once) = printer::format(&text) {
            assert_eq!(printer::format(&once).as_ref(), Ok(&once), "{text:?}");
        }
        let pair = |name, target| ColumnPair {
            name,
            kind: Type::Long,
            target,
            target_kind: Type::Real,
        };
        let pairs = [pair("b", "bb"), pair("x", "")];
        let map = ColumnMap {
            table: "a",
            target: "t",
            filter: "f",
            implied: &[],
            columns: &pairs,
        };
        if let Ok(moved) = translate(&text, &[map]) {
            assert!(parse(&moved).is_ok(), "{text:?} {moved:?}");
        }
        for d in parse(&text).diagnostics {
            assert!(
                d.span.start <= d.span.end && d.span.end as usize <= text.len(),
                "{text:?}"
            );
            for edit in d.fix.iter().flat_map(|fix| &fix.edits) {
                assert!(
                    text.get(edit.span.start as usize..edit.span.end as usize)
                        .is_some(),
                    "{text:?}"
                );
            }
        }
    }
}
