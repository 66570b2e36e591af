//! The syntax tree of KQL: what the parser makes and the printer, the checks and the binder read.
//!
//! Invariants: every node has the span of its text; a part that could not be read is a node
//! ([`Operator::Broken`], [`Expr::Missing`]) so that the rest keeps its place; nesting is at most
//! [`MAX_DEPTH`], chains of `and`/`or` are one node. Absent on purpose: types, columns, meaning.

use crate::text::Span;

/// Deepest nesting of expressions and pipelines that the parser accepts.
pub const MAX_DEPTH: u32 = 200;

/// A whole query text: statements in order; the last tabular one is the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The statements.
    pub statements: Vec<Statement>,
}

/// A name as written, and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name without brackets and quotes.
    pub text: String,
    /// Where it stands, brackets included.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `let name = value;`
    Let {
        /// What is named.
        name: Name,
        /// What it is.
        value: LetValue,
        /// All of it.
        span: Span,
    },
    /// `set name [= value];`
    Set {
        /// The option.
        name: Name,
        /// Its value.
        value: Option<Expr>,
        /// All of it.
        span: Span,
    },
    /// `declare query_parameters(a:type = default, …);`
    DeclareParameters {
        /// The parameters.
        parameters: Vec<Parameter>,
        /// All of it.
        span: Span,
    },
    /// `declare pattern …`, `alias database …`, `restrict access to …`: read, kept, never run.
    Other {
        /// The keyword it starts with.
        keyword: &'static str,
        /// All of it.
        span: Span,
    },
    /// A tabular (or, inside functions, scalar) expression.
    Expression(Expr),
}

/// The right side of a `let`.
#[derive(Clone, Debug, PartialEq)]
pub enum LetValue {
    /// A scalar or tabular expression; `materialize(…)` and `view () { … }` included as expressions.
    Expr(Expr),
    /// `(a:type, t:(c:type)) { body }`
    Function(Function),
}

/// A user function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Whether it stands behind the word `view`.
    pub is_view: bool,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The statements of the body; the last is the value.
    pub body: Vec<Statement>,
    /// All of it.
    pub span: Span,
}

/// A declared parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub kind: ParameterKind,
    /// Its default.
    pub default: Option<Expr>,
}

/// What a parameter takes.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterKind {
    /// A scalar of the named type.
    Scalar(Name),
    /// A table with these columns; empty with `any_columns` for `(*)`.
    Table {
        /// The columns asked for.
        columns: Vec<ColumnDeclaration>,
        /// Whether `*` stands in the list.
        any_columns: bool,
    },
}

/// `name:type`
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDeclaration {
    /// The column.
    pub name: Name,
    /// The type as written (`string`, `long`, `date`, …).
    pub type_name: Name,
}

/// An expression, scalar or tabular; KQL tells the two apart only by meaning.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal.
    Literal(Literal, Span),
    /// A bare or bracketed name: a column, a `let`, a table, a parameter. Between the tables of
    /// `union`, `find` and `search` it may hold wildcards (`T*`, `*`).
    Name(Name),
    /// `*` as an argument (`count(*)`, `arg_max(x, *)`, `project *`-like lists).
    Star(Span),
    /// `f(args)`; also `entity_group [a, b]`, `table("T")`, `materialize(…)`, `toscalar(…)`, `datetime_add(…)`.
    Call {
        /// The function.
        function: Name,
        /// The arguments; a named one is [`Expr::Assign`].
        arguments: Vec<Expr>,
        /// All of it.
        span: Span,
    },
    /// `a.b`: a member of a dynamic, or `cluster("c").database("d").table`.
    Member {
        /// The left side.
        object: Box<Expr>,
        /// The right side: a name or a call.
        member: Box<Expr>,
        /// All of it.
        span: Span,
    },
    /// `a[i]`
    Index {
        /// The left side.
        object: Box<Expr>,
        /// What stands in the brackets.
        index: Box<Expr>,
        /// All of it.
        span: Span,
    },
    /// `-a` or `+a`
    Unary {
        /// The sign.
        operator: UnaryOperator,
        /// The operand.
        operand: Box<Expr>,
        /// All of it.
        span: Span,
    },
    /// `a + b`, `a has b`, `a =~ b`, …; all but `and`, `or`, `in`, `between`.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// Where the operator itself stands.
        operator_span: Span,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
        /// All of it.
        span: Span,
    },
    /// `a and b and c` or `a or b or c`: one node for the whole chain.
    Logical {
        /// `true` for `and`, `false` for `or`.
        is_and: bool,
        /// Two or more operands.
        operands: Vec<Expr>,
        /// All of it.
        span: Span,
    },
    /// `a in (b, c)`, `a has_any (b, c)` and their kin; a single element may be tabular.
    InList {
        /// Which.
        operator: ListOperator,
        /// Where the operator itself stands.
        operator_span: Span,
        /// Left operand.
        left: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// All of it.
        span: Span,
    },
    /// `a between (b .. c)`
    Between {
        /// Whether `!between` stands there.
        is_negated: bool,
        /// Left operand.
        left: Box<Expr>,
        /// Lower end, included.
        low: Box<Expr>,
        /// Upper end, included.
        high: Box<Expr>,
        /// All of it.
        span: Span,
    },
    /// `name = value` in a list: a named column or a named argument.
    Assign {
        /// One name, or several for `(a, b) = f()`.
        names: Vec<Name>,
        /// Whether the names stand in parentheses.
        is_tuple: bool,
        /// The value.
        value: Box<Expr>,
        /// All of it.
        span: Span,
    },
    /// `(a)`, kept so that printing is faithful.
    Paren(Box<Expr>, Span),
    /// `source | operator | operator`
    Pipe(Pipeline),
    /// `datatable (a:long) [1, 2]`
    Datatable {
        /// The columns.
        columns: Vec<ColumnDeclaration>,
        /// The values, row by row.
        values: Vec<Expr>,
        /// All of it.
        span: Span,
    },
    /// `externaldata (a:long) [@"url"] with (…)`; `inline_external_table(…) …` with its columns alone.
    ExternalData {
        /// The columns.
        columns: Vec<ColumnDeclaration>,
        /// The addresses.
        sources: Vec<Expr>,
        /// The options.
        properties: Vec<Property>,
        /// All of it.
        span: Span,
    },
    /// A placeholder of a template, with what it is grown together with (`{n}d`, `a {TimeRange}`):
    /// `{TimeRange}`, `{x:label}`, `${x}`, `{{x}}`, `#{x}#`.
    Placeholder {
        /// As written.
        text: String,
        /// Where.
        span: Span,
    },
    /// `typeof(long)` and `typeof(a:long, b:string)`; also a typed column of `find … project a:long`.
    TypeOf {
        /// The columns of a row type; a bare type has an empty name, `*` an empty type.
        columns: Vec<ColumnDeclaration>,
        /// All of it.
        span: Span,
    },
    /// What the parser expected and did not find.
    Missing(Span),
}

/// A pipeline: a source and what is done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// The source; [`Source::Operator`] when it starts with an operator (`print`, `range`, `union`, `search`, `find`).
    pub source: Box<Source>,
    /// The operators in order.
    pub operators: Vec<Operator>,
    /// All of it.
    pub span: Span,
}

/// What a pipeline starts with.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A table name, a call, a datatable, a pipeline in parentheses.
    Expr(Expr),
    /// An operator that needs no input.
    Operator(Operator),
}

/// `name = value` behind `with (…)`, or `kind=inner` and `hint.x=y` behind an operator's name. A list
/// of values (`ycolumns=a, b`) is one property each, and `render … by a` one called `by`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The name; dotted ones (`hint.strategy`) as one.
    pub name: Name,
    /// The value.
    pub value: Expr,
}

/// The value of `name=value` behind an operator.
pub fn property<'p>(properties: &'p [Property], name: &str) -> Option<&'p Expr> {
    let mut found = properties.iter().filter(|one| one.name.text == name);
    found.next().map(|one| &one.value)
}

/// One column of `sort by`, `top by`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// What is ordered by.
    pub value: Expr,
    /// `asc` (true) or `desc` (false) where written.
    pub ascending: Option<bool>,
    /// `nulls first` (true) or `nulls last` (false) where written.
    pub nulls_first: Option<bool>,
}

/// What `mv-expand` and `mv-apply` take: `name = value to typeof(type)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpandItem {
    /// The value, an [`Expr::Assign`] when named.
    pub value: Expr,
    /// The type behind `to typeof(…)`.
    pub to_type: Option<Name>,
}

/// A tabular operator. The fields are the words of the syntax that stands above each.
#[expect(
    missing_docs,
    reason = "the syntax line above each variant names its fields"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Operator {
    /// `as [hint.materialized=true] Name`
    As {
        properties: Vec<Property>,
        name: Name,
        span: Span,
    },
    /// `consume`
    Consume {
        properties: Vec<Property>,
        span: Span,
    },
    /// `count [as Name]`
    Count { name: Option<Name>, span: Span },
    /// `distinct a, b` or `distinct *`
    Distinct {
        properties: Vec<Property>,
        columns: Vec<Expr>,
        span: Span,
    },
    /// `evaluate [hint…] plugin(args) [: schema]`; a `*` in the schema has that name and no type
    Evaluate {
        properties: Vec<Property>,
        plugin: Name,
        arguments: Vec<Expr>,
        schema: Option<Vec<ColumnDeclaration>>,
        span: Span,
    },
    /// `extend a = b, …`
    Extend { columns: Vec<Expr>, span: Span },
    /// `facet by a, b [with (pipeline)]`
    Facet {
        columns: Vec<Expr>,
        with: Option<Vec<Operator>>,
        span: Span,
    },
    /// `find [withsource=n] [in (tables)] where predicate [project …]`
    Find {
        properties: Vec<Property>,
        tables: Vec<Expr>,
        predicate: Box<Expr>,
        project: Vec<Expr>,
        project_smart: bool,
        span: Span,
    },
    /// `fork (pipeline) name=(pipeline)`
    Fork {
        branches: Vec<(Option<Name>, Vec<Operator>)>,
        span: Span,
    },
    /// `getschema`
    GetSchema { span: Span },
    /// `invoke f(args)`
    Invoke {
        function: Name,
        arguments: Vec<Expr>,
        span: Span,
    },
    /// `join kind=inner (right) on a, $left.b == $right.c`
    Join {
        properties: Vec<Property>,
        right: Box<Expr>,
        on: Vec<Expr>,
        span: Span,
    },
    /// `lookup kind=leftouter (right) on a`
    Lookup {
        properties: Vec<Property>,
        right: Box<Expr>,
        on: Vec<Expr>,
        span: Span,
    },
    /// `macro-expand …`
    MacroExpand { span: Span },
    /// `make-series a = f() default=0, … on axis [from x] [to y] step z by …`; also `in range(a, b, c)`
    MakeSeries {
        properties: Vec<Property>,
        aggregates: Vec<SeriesAggregate>,
        axis: Box<Expr>,
        from: Option<Box<Expr>>,
        to: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
        in_range: Option<[Box<Expr>; 3]>,
        by: Vec<Expr>,
        span: Span,
    },
    /// `mv-apply [with_itemindex=i] items [limit n] [id x] on (pipeline)`
    MvApply {
        properties: Vec<Property>,
        items: Vec<ExpandItem>,
        limit: Option<Box<Expr>>,
        id: Option<Box<Expr>>,
        on: Vec<Operator>,
        span: Span,
    },
    /// `mv-expand [kind=array] [with_itemindex=i] items [limit n]`
    MvExpand {
        properties: Vec<Property>,
        items: Vec<ExpandItem>,
        limit: Option<Box<Expr>>,
        is_legacy: bool,
        span: Span,
    },
    /// `parse [kind=simple] [flags=…] expr with * "a" b:long *`; `parse-where` likewise
    Parse {
        is_where: bool,
        properties: Vec<Property>,
        value: Box<Expr>,
        pattern: Vec<ParseStep>,
        span: Span,
    },
    /// `parse-kv expr as (a:string) with (pair_delimiter=',', …)`
    ParseKv {
        value: Box<Expr>,
        columns: Vec<ColumnDeclaration>,
        properties: Vec<Property>,
        span: Span,
    },
    /// `partition [hint.strategy=…] by column (pipeline)` or `{ pipeline }`
    Partition {
        properties: Vec<Property>,
        column: Box<Expr>,
        body: Vec<Operator>,
        is_braced: bool,
        body_source: Option<Box<Expr>>,
        span: Span,
    },
    /// `print a, b = c`
    Print { columns: Vec<Expr>, span: Span },
    /// `project a, b = c`
    Project { columns: Vec<Expr>, span: Span },
    /// `project-away a, b*`
    ProjectAway {
        columns: Vec<NamePattern>,
        span: Span,
    },
    /// `project-keep a, b*`
    ProjectKeep {
        columns: Vec<NamePattern>,
        span: Span,
    },
    /// `project-by-names …`
    ProjectByNames { columns: Vec<Expr>, span: Span },
    /// `project-rename new = old`
    ProjectRename { columns: Vec<Expr>, span: Span },
    /// `project-reorder a, b* asc`
    ProjectReorder {
        columns: Vec<(NamePattern, Option<String>)>,
        span: Span,
    },
    /// `range x from a to b step c`
    Range {
        column: Name,
        from: Box<Expr>,
        to: Box<Expr>,
        step: Box<Expr>,
        span: Span,
    },
    /// `reduce [kind=source] by expr [with …]`
    Reduce {
        properties: Vec<Property>,
        by: Box<Expr>,
        with: Vec<Property>,
        span: Span,
    },
    /// `render kind [with (…)]`
    Render {
        chart: Name,
        properties: Vec<Property>,
        span: Span,
    },
    /// `sample n`
    Sample { count: Box<Expr>, span: Span },
    /// `sample-distinct n of column`
    SampleDistinct {
        count: Box<Expr>,
        of: Box<Expr>,
        span: Span,
    },
    /// `scan [with_match_id=m] [order by …] [partition by …] [declare (…)] with (step s [output=all]: condition => a = b; …)`
    Scan {
        properties: Vec<Property>,
        order_by: Vec<Ordered>,
        partition_by: Vec<Expr>,
        declare: Vec<Parameter>,
        steps: Vec<ScanStep>,
        span: Span,
    },
    /// `search [kind=…] [in (tables)] predicate`
    Search {
        properties: Vec<Property>,
        tables: Vec<Expr>,
        predicate: Box<Expr>,
        span: Span,
    },
    /// `serialize [a = b]`
    Serialize { columns: Vec<Expr>, span: Span },
    /// `sort by …` / `order by …`
    Sort {
        properties: Vec<Property>,
        by: Vec<Ordered>,
        span: Span,
    },
    /// `summarize aggregates by groups`; `is_by` tells `by` with nothing behind it from no `by`
    Summarize {
        properties: Vec<Property>,
        aggregates: Vec<Expr>,
        by: Vec<Expr>,
        span: Span,
    },
    /// `take n` / `limit n`
    Take { count: Box<Expr>, span: Span },
    /// `top n by a desc, b`
    Top {
        properties: Vec<Property>,
        count: Box<Expr>,
        by: Vec<Ordered>,
        span: Span,
    },
    /// `top-hitters n of a [by b]`
    TopHitters {
        count: Box<Expr>,
        of: Box<Expr>,
        by: Option<Box<Expr>>,
        span: Span,
    },
    /// `top-nested n of a [with others = x] by agg, …`
    TopNested {
        clauses: Vec<TopNestedClause>,
        span: Span,
    },
    /// `union [kind=outer] [withsource=n] [isfuzzy=true] tables`
    Union {
        properties: Vec<Property>,
        tables: Vec<Expr>,
        span: Span,
    },
    /// `where predicate` / `filter predicate`
    Where {
        properties: Vec<Property>,
        predicate: Box<Expr>,
        span: Span,
    },
    /// `make-graph a --> b` or `make-graph a -- b`, then `[with_node_id=x] [with nodes on id, …] [partitioned-by p (pipeline)]`
    MakeGraph {
        source: Name,
        target: Name,
        is_directed: bool,
        node_id: Option<Name>,
        nodes: Vec<(Expr, Name)>,
        partition: Option<(Name, Vec<Operator>)>,
        span: Span,
    },
    /// `graph-match [cycles=all] (a)-[b*1..3]->(c), … where condition project x, …`;
    /// `graph-shortest-paths [output=any] …` likewise
    GraphMatch {
        is_shortest: bool,
        properties: Vec<Property>,
        paths: Vec<GraphPath>,
        predicate: Option<Box<Expr>>,
        project: Vec<Expr>,
        span: Span,
    },
    /// `graph-to-table nodes [as n] [with_node_id=x], edges [with_source_id=x]`
    GraphToTable {
        outputs: Vec<GraphOutput>,
        span: Span,
    },
    /// `graph-mark-components [kind=weak] [with_component_id=x]`
    GraphMarkComponents {
        properties: Vec<Property>,
        span: Span,
    },
    /// `graph-where-nodes …`, `graph-where-edges …`: read as a whole, never run
    Graph { keyword: String, span: Span },
    /// `assert-schema`, `execute-and-cache` and other words of the grammar nobody documents; a placeholder of a template behind `|`
    Undocumented { keyword: String, span: Span },
    /// An operator that could not be read; the span reaches to the next `|`.
    Broken { span: Span },
}

/// One aggregate of `make-series`.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesAggregate {
    /// The aggregate, an [`Expr::Assign`] when named.
    pub value: Expr,
    /// What stands behind `default=`.
    pub default: Option<Expr>,
}

/// One piece of a `parse` pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum ParseStep {
    /// `*`
    Star(Span),
    /// A text that must stand there (a regular expression for `kind=regex`).
    Text(String, Span),
    /// `name` or `name:type`
    Column {
        /// The new column.
        name: Name,
        /// Its type; `string` when absent.
        type_name: Option<Name>,
    },
}

/// A path of a graph pattern: nodes, and an edge between every two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphPath {
    /// The first node; `()` has no name.
    pub start: Option<Name>,
    /// Edges, each with the node it leads to.
    pub hops: Vec<(GraphEdge, Option<Name>)>,
    /// All of it.
    pub span: Span,
}

/// An edge of a graph pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphEdge {
    /// Its name.
    pub name: Option<Name>,
    /// Which way it goes.
    pub direction: GraphDirection,
    /// Fewest and most edges one behind the other, of `*1..3`.
    pub range: Option<(Expr, Expr)>,
}

/// Which way an edge of a graph pattern goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphDirection {
    /// `-->`
    Forward,
    /// `<--`
    Backward,
    /// `--`
    Any,
}

/// A table that `graph-to-table` gives.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphOutput {
    /// `nodes`, else `edges`.
    pub is_nodes: bool,
    /// The name behind `as`.
    pub name: Option<Name>,
    /// `with_node_id=x` and its kin.
    pub properties: Vec<Property>,
}

/// A name with `*` in it, or a whole name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    /// The name; `*` stands for any text.
    pub name: Name,
    /// Whether a `*` is a wildcard (and not part of a bracketed name).
    pub has_wildcard: bool,
}

/// One step of `scan`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanStep {
    /// Its name.
    pub name: Name,
    /// Whether `optional` stands before the colon.
    pub is_optional: bool,
    /// `all`, `last`, `none` behind `output=`.
    pub output: Option<Name>,
    /// The condition.
    pub condition: Expr,
    /// The assignments behind `=>`.
    pub assignments: Vec<Expr>,
}

/// One level of `top-nested`.
#[derive(Clone, Debug, PartialEq)]
pub struct TopNestedClause {
    /// How many; all when absent.
    pub count: Option<Expr>,
    /// Of which column.
    pub of: Expr,
    /// `with others = value`
    pub others: Option<Expr>,
    /// The aggregate.
    pub by: Ordered,
}

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// Binary operators with a single right operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `==`
    Equal,
    /// `!=` and `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `=~`
    EqualIgnoreCase,
    /// `!~`
    NotEqualIgnoreCase,
    /// A string operator such as `has` or `!startswith_cs`.
    Text(TextOperator),
    /// `matches regex`
    MatchesRegex,
}

/// `has`, `contains` and their kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextOperator {
    /// What is compared.
    pub relation: TextRelation,
    /// Whether `_cs` stands behind it.
    pub is_case_sensitive: bool,
    /// Whether `!` stands before it.
    pub is_negated: bool,
}

/// What a string operator looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextRelation {
    /// A substring.
    Contains,
    /// A whole term.
    Has,
    /// The start of a term.
    HasPrefix,
    /// The end of a term.
    HasSuffix,
    /// The start of the text.
    StartsWith,
    /// The end of the text.
    EndsWith,
    /// A substring, the deprecated `like`/`contains`-like operators are read as this with wildcards.
    Like,
}

/// Operators with a list on the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListOperator {
    /// `in`
    In,
    /// `!in`
    NotIn,
    /// `in~`
    InIgnoreCase,
    /// `!in~`
    NotInIgnoreCase,
    /// `has_any`
    HasAny,
    /// `has_all`
    HasAll,
}

/// A literal value as the tokens give it.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true`, `false`, `bool(true)`; `None` for `bool(null)`.
    Bool(Option<bool>),
    /// `int(1)`
    Int(Option<i32>),
    /// `1`, `long(1)`, `0x1F`
    Long(Option<i64>),
    /// `1.5`, `real(1)`, `1e3`, `real(nan)`
    Real(Option<f64>),
    /// `decimal(1.5)`, as text
    Decimal(Option<String>),
    /// `"a"`, `'a'`, `@"a"`, ```` ```a``` ````, `h"a"`: the value, escapes undone
    String(String),
    /// `datetime(…)`: 100 ns ticks since 0001-01-01
    DateTime(Option<i64>),
    /// `1d`, `timespan(…)`: 100 ns ticks
    TimeSpan(Option<i64>),
    /// `guid(…)`
    Guid(Option<[u8; 16]>),
    /// `dynamic(…)`: the JSON text, KQL literals inside written as their JSON
    Dynamic(String),
}

impl Expr {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span,
            Self::Pipe(pipeline) => pipeline.span,
            Self::Literal(_, span)
            | Self::Star(span)
            | Self::Paren(_, span)
            | Self::Missing(span)
            | Self::Call { span, .. }
            | Self::Member { span, .. }
            | Self::Index { span, .. }
            | Self::Unary { span, .. }
            | Self::Binary { span, .. }
            | Self::Logical { span, .. }
            | Self::InList { span, .. }
            | Self::Between { span, .. }
            | Self::Assign { span, .. }
            | Self::Datatable { span, .. }
            | Self::ExternalData { span, .. }
            | Self::Placeholder { span, .. }
            | Self::TypeOf { span, .. } => *span,
        }
    }
}

impl Statement {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Let { span, .. }
            | Self::Set { span, .. }
            | Self::DeclareParameters { span, .. }
            | Self::Other { span, .. } => *span,
            Self::Expression(expression) => expression.span(),
        }
    }
}

impl Operator {
    /// Where it stands, from its keyword on.
    pub const fn span(&self) -> Span {
        match self {
            Self::As { span, .. }
            | Self::Consume { span, .. }
            | Self::Count { span, .. }
            | Self::Distinct { span, .. }
            | Self::Evaluate { span, .. }
            | Self::Extend { span, .. }
            | Self::Facet { span, .. }
            | Self::Find { span, .. }
            | Self::Fork { span, .. }
            | Self::GetSchema { span, .. }
            | Self::Invoke { span, .. }
            | Self::Join { span, .. }
            | Self::Lookup { span, .. }
            | Self::MacroExpand { span, .. }
            | Self::MakeSeries { span, .. }
            | Self::MvApply { span, .. }
            | Self::MvExpand { span, .. }
            | Self::Parse { span, .. }
            | Self::ParseKv { span, .. }
            | Self::Partition { span, .. }
            | Self::Print { span, .. }
            | Self::Project { span, .. }
            | Self::ProjectAway { span, .. }
            | Self::ProjectKeep { span, .. }
            | Self::ProjectByNames { span, .. }
            | Self::ProjectRename { span, .. }
            | Self::ProjectReorder { span, .. }
            | Self::Range { span, .. }
            | Self::Reduce { span, .. }
            | Self::Render { span, .. }
            | Self::Sample { span, .. }
            | Self::SampleDistinct { span, .. }
            | Self::Scan { span, .. }
            | Self::Search { span, .. }
            | Self::Serialize { span, .. }
            | Self::Sort { span, .. }
            | Self::Summarize { span, .. }
            | Self::Take { span, .. }
            | Self::Top { span, .. }
            | Self::TopHitters { span, .. }
            | Self::TopNested { span, .. }
            | Self::Union { span, .. }
            | Self::Where { span, .. }
            | Self::MakeGraph { span, .. }
            | Self::GraphMatch { span, .. }
            | Self::GraphToTable { span, .. }
            | Self::GraphMarkComponents { span, .. }
            | Self::Graph { span, .. }
            | Self::Undocumented { span, .. }
            | Self::Broken { span, .. } => *span,
        }
    }
}
