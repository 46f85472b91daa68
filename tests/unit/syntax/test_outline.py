"""Definitions of a file, language by language: what they are, where they are, how they are called and documented."""

from __future__ import annotations

import inspect
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.syntax import outline as outlining
from mendline.syntax.languages import LANGUAGES, language_of
from mendline.syntax.outline import Symbol, outline
from mendline.syntax.queries import query_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document


def outlined(language_id: str, source: str) -> tuple[Symbol, ...]:
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(source), language, 5000)
    assert tree is not None
    return outline(tree, 5000)


def shown(language_id: str, source: str) -> list[str]:
    """Each symbol as `kind container.name | signature | doc`, without the parts that are empty."""
    lines = []
    for symbol in outlined(language_id, source):
        name = f"{symbol.container}.{symbol.name}" if symbol.container else symbol.name
        parts = (f"{symbol.kind} {name}", symbol.signature.replace("\n", "⏎"), symbol.doc)
        lines.append(" | ".join(part for part in parts if part))
    return lines


TABLE = [
    (
        "python",
        '''
        import os
        # How many.
        LIMIT = 3
        limit: int = 4
        type Pair[T] = tuple[T, T]
        if os.name == "nt":
            def only_here(): ...
        @dataclass(frozen=True)
        @app.register("ride")
        class Ride(Base, metaclass=Meta):
            """A ride.

            More of it.
            """
            start: int = 0
            @property
            @log_calls
            def length(self) -> float:
                "In km."
                far = 2
                def inner(x): return x
                return far
        async def go(
            first: int,  # the first
            *rest: str,
        ) -> None: pass
        ''',
        [
            "constant LIMIT | LIMIT = 3 | How many.",
            "variable limit | limit: int = 4",
            "type Pair | type Pair[T] = tuple[T, T]",
            "function only_here | def only_here():",
            "class Ride | @dataclass(frozen=True)⏎class Ride(Base, metaclass=Meta): | A ride.",
            "variable Ride.start | start: int = 0",
            "method Ride.length | @property⏎def length(self) -> float: | In km.",
            "function Ride.length.inner | def inner(x):",
            "function go | async def go(first: int, *rest: str) -> None:",
        ],
    ),
    (
        "javascript",
        """
        /**
         * A ride.
         * @param a
         */
        export default class Ride extends Base {
          static count = 1;
          go = (a) => a;
          constructor(a) { super(); const no = 1; }
          get length() { return 1 }
        }
        // Sums.
        export const sum = async (a, b) => a + b;
        const LIMIT = 3, other = 4;
        let open;
        function* each() {}
        exports.out = function (a) {};
        Ride.prototype.stop = function () {};
        const table = { run() {}, key: () => 2 };
        """,
        [
            "class Ride | export default class Ride extends Base | A ride.",
            "variable Ride.count | static count = 1",
            "method Ride.go | go = (a) =>",
            "method Ride.constructor | constructor(a)",
            "method Ride.length | get length()",
            "function sum | export const sum = async (a, b) => | Sums.",
            "constant LIMIT | const LIMIT = 3, other = 4",
            "constant other | const LIMIT = 3, other = 4",
            "variable open | let open",
            "function each | function* each()",
            "function out | exports.out = function (a)",
            "method Ride.stop | Ride.prototype.stop = function ()",
            "constant table | const table = { run() {}, key: () => 2 }",
            "method table.run | run()",
            "method table.key | key: () =>",
        ],
    ),
    (
        "javascriptreact",
        "export function App({ name }) { return <b>{name}</b>; }",
        ["function App | export function App({ name })"],
    ),
    (
        "typescript",
        """
        export interface Point<T> extends Base { name: string; go(a: number): void }
        type Kind = 'a' | 'b';
        export enum Level { Low, High = 2 }
        /** Abstract. */
        export abstract class Shape {
          private x: number = 1; abstract area(): number; n(a?: number): string { return '' }
        }
        declare function declared(a: string): void;
        declare const VERSION: string;
        namespace Names { export const key = 1 }
        export const identity = <T>(a: T): T => a;
        """,
        [
            "interface Point | export interface Point<T> extends Base",
            "variable Point.name | name: string",
            "method Point.go | go(a: number): void",
            "type Kind | type Kind = 'a' | 'b'",
            "enum Level | export enum Level",
            "constant Level.Low | Low",
            "constant Level.High | High = 2",
            "class Shape | export abstract class Shape | Abstract.",
            "variable Shape.x | private x: number = 1",
            "method Shape.area | abstract area(): number",
            "method Shape.n | n(a?: number): string",
            "function declared | function declared(a: string): void",
            "constant VERSION | declare const VERSION: string",
            "module Names | namespace Names",
            "constant Names.key | export const key = 1",
            "function identity | export const identity = <T>(a: T): T =>",
        ],
    ),
    (
        "typescriptreact",
        "export const App: FC<Props> = ({ name }: Props) => <b>{name}</b>;",
        ["function App | export const App: FC<Props> = ({ name }: Props) =>"],
    ),
    (
        "rust",
        """
        /// A ride.
        #[derive(Debug)]
        pub struct Ride<T> { pub start: T }
        enum Level { Low, High(u8) }
        pub trait Go { fn go(&self); }
        impl<T> Go for Ride<T> where T: Copy { fn go(&self) {} }
        const LIMIT: u8 = 1;
        type Alias = Ride<u8>;
        macro_rules! shout { () => {} }
        mod inner { pub fn f() { let x = 1; } }
        """,
        [
            "class Ride | pub struct Ride<T> | A ride.",
            "variable Ride.start | pub start: T",
            "enum Level | enum Level",
            "constant Level.Low | Low",
            "constant Level.High | High(u8)",
            "interface Go | pub trait Go",
            "method Go.go | fn go(&self)",
            "method Ride.go | fn go(&self)",
            "constant LIMIT | const LIMIT: u8 = 1",
            "type Alias | type Alias = Ride<u8>",
            "function shout | macro_rules! shout { () => {} }",
            "module inner | mod inner",
            "function inner.f | pub fn f()",
        ],
    ),
    (
        "go",
        """
        package rides
        const Limit = 1
        const (
            Low = iota
            High
        )
        var open, shut = 1, 2
        // Ride is one.
        type Ride struct { Start int; a, b string }
        type Goer interface { Go(a int) error }
        type Visit func(int)
        func New(a int) (*Ride, error) { return nil, nil }
        func (r *Ride[T]) Length() int { return 1 }
        """,
        [
            "constant Limit | const Limit = 1",
            "constant Low | Low = iota",
            "constant High | High",
            "variable open | var open, shut = 1, 2",
            "variable shut | var open, shut = 1, 2",
            "class Ride | type Ride struct | Ride is one.",
            "variable Ride.Start | Start int",
            "variable Ride.a | a, b string",
            "variable Ride.b | a, b string",
            "interface Goer | type Goer interface",
            "method Goer.Go | Go(a int) error",
            "type Visit | type Visit func(int)",
            "function New | func New(a int) (*Ride, error)",
            "method Ride.Length | func (r *Ride[T]) Length() int",
        ],
    ),
    (
        "c",
        """
        #define MAX(a) ((a) + 1)
        #define LIMIT 3
        struct ride { int start; char *name; };
        typedef struct { int x; } point;
        typedef struct node { int y; } node;
        typedef int (*visit)(int);
        enum level { LOW, HIGH = 2 };
        /* Goes. */
        static int go(int a, char *b) { int here = 1; return here; }
        char *name_of(struct ride *ride);
        static const char *const names[] = {"a"};
        """,
        [
            "function MAX | #define MAX(a) ((a) + 1)",
            "constant LIMIT | #define LIMIT 3",
            "class ride | struct ride",
            "variable ride.start | int start",
            "variable ride.name | char *name",
            "class point | typedef struct point",
            "variable point.x | int x",
            "class node | typedef struct node",
            "variable node.y | int y",
            "type visit | typedef int (*visit)(int)",
            "enum level | enum level",
            "constant level.LOW | LOW",
            "constant level.HIGH | HIGH = 2",
            "function go | static int go(int a, char *b) | Goes.",
            "function name_of | char *name_of(struct ride *ride)",
            'variable names | static const char *const names[] = {"a"}',
        ],
    ),
    (
        "cpp",
        """
        namespace rides::deep {
        class Ride : public Base {
         public:
          Ride(int a);
          int length() const { return 1; }
          virtual void go() = 0;
          static int count;
        };
        template <typename T> T larger(T a, T b) { return a; }
        enum class Level : int { Low };
        using Alias = int;
        }
        void rides::deep::Ride::go() {}
        """,
        [
            "module rides.deep | namespace rides::deep",
            "class rides.deep.Ride | class Ride : public Base",
            "method rides.deep.Ride.Ride | Ride(int a)",
            "method rides.deep.Ride.length | int length() const",
            "method rides.deep.Ride.go | virtual void go() = 0",
            "variable rides.deep.Ride.count | static int count",
            "function rides.deep.larger | template <typename T> T larger(T a, T b)",
            "enum rides.deep.Level | enum class Level : int",
            "constant rides.deep.Level.Low | Low",
            "type rides.deep.Alias | using Alias = int",
            "method rides.deep.Ride.go | void rides::deep::Ride::go()",
        ],
    ),
    (
        "java",
        """
        package rides;
        /**
         * A ride.
         */
        public abstract class Ride<T> extends Base implements Go {
          private static final int LIMIT = 1;
          Ride(int a) {}
          @Override public int length(int a) throws Lost { int no = 1; return no; }
          enum Level { LOW, HIGH }
          interface Inner { void go(); }
          record Pair(int a) {}
        }
        """,
        [
            "class Ride | public abstract class Ride<T> extends Base implements Go | A ride.",
            "constant Ride.LIMIT | private static final int LIMIT = 1",
            "method Ride.Ride | Ride(int a)",
            "method Ride.length | @Override public int length(int a) throws Lost",
            "enum Ride.Level | enum Level",
            "constant Ride.Level.LOW | LOW",
            "constant Ride.Level.HIGH | HIGH",
            "interface Ride.Inner | interface Inner",
            "method Ride.Inner.go | void go()",
            "class Ride.Pair | record Pair(int a)",
        ],
    ),
    (
        "csharp",
        """
        namespace Rides.Deep {
          /// <summary>
          /// A ride.
          /// </summary>
          public abstract class Ride<T> : Base {
            private const int Limit = 1;
            public string Name { get; set; }
            public Ride(int a) : base(a) {}
            public static async Task<int> Go(int a) { return 1; }
            int Short() => 1;
            public delegate void Visit(int a);
          }
          interface IGo { void Go(); }
          enum Level { Low, High = 1 }
          record Pair(int A);
        }
        """,
        [
            "module Rides.Deep | namespace Rides.Deep",
            "class Rides.Deep.Ride | public abstract class Ride<T> : Base | A ride.",
            "variable Rides.Deep.Ride.Limit | private const int Limit = 1",
            "variable Rides.Deep.Ride.Name | public string Name",
            "method Rides.Deep.Ride.Ride | public Ride(int a) : base(a)",
            "method Rides.Deep.Ride.Go | public static async Task<int> Go(int a)",
            "method Rides.Deep.Ride.Short | int Short()",
            "type Rides.Deep.Ride.Visit | public delegate void Visit(int a)",
            "interface Rides.Deep.IGo | interface IGo",
            "method Rides.Deep.IGo.Go | void Go()",
            "enum Rides.Deep.Level | enum Level",
            "constant Rides.Deep.Level.Low | Low",
            "constant Rides.Deep.Level.High | High = 1",
            "class Rides.Deep.Pair | record Pair(int A)",
        ],
    ),
    (
        "ruby",
        """
        module Rides
          # A ride.
          class Ride < Base
            LIMIT = 1
            attr_reader :start, :name
            def go(a, b: 1)
              here = 1
            end
            def self.all; end
            def open? = true
          end
        end
        def Rides.make(a); end
        """,
        [
            "module Rides | module Rides",
            "class Rides.Ride | class Ride < Base | A ride.",
            "constant Rides.Ride.LIMIT | LIMIT = 1",
            "variable Rides.Ride.start | attr_reader :start, :name",
            "variable Rides.Ride.name | attr_reader :start, :name",
            "method Rides.Ride.go | def go(a, b: 1)",
            "method Rides.Ride.all | def self.all",
            "method Rides.Ride.open? | def open?",
            "method Rides.make | def Rides.make(a)",
        ],
    ),
    (
        "php",
        r"""
        <?php
        namespace Rides\Deep;
        /** A ride. */
        abstract class Ride extends Base implements Go {
          const LIMIT = 1;
          public static ?int $count = 1;
          public function go(int $a): string { return ''; }
          abstract function stop();
        }
        trait Loud { function shout() {} }
        enum Level: string { case Low = 'l'; }
        function make($a) {}
        """,
        [
            r"module Rides.Deep | namespace Rides\Deep",
            "class Ride | abstract class Ride extends Base implements Go | A ride.",
            "constant Ride.LIMIT | const LIMIT = 1",
            "variable Ride.count | public static ?int $count = 1",
            "method Ride.go | public function go(int $a): string",
            "method Ride.stop | abstract function stop()",
            "class Loud | trait Loud",
            "method Loud.shout | function shout()",
            "enum Level | enum Level: string",
            "constant Level.Low | case Low = 'l'",
            "function make | function make($a)",
        ],
    ),
    (
        "kotlin",
        """
        /** A ride. */
        data class Ride<T>(val start: Int, other: Int) : Base(), Go {
          val length: Int = 1
          fun go(a: Int): String { val here = 1; return "" }
          fun short() = 1
          companion object {
            const val LIMIT = 1
          }
        }
        interface Go {
          fun go()
        }
        enum class Level {
          LOW, HIGH;
        }
        object Single { }
        fun <T> List<T>.second(): T = this[1]
        typealias Alias = Int
        """,
        [
            "class Ride | data class Ride<T>(val start: Int, other: Int) : Base(), Go | A ride.",
            "variable Ride.start | val start: Int",
            "variable Ride.length | val length: Int = 1",
            "method Ride.go | fun go(a: Int): String",
            "method Ride.short | fun short()",
            "constant Ride.LIMIT | const val LIMIT = 1",
            "interface Go | interface Go",
            "method Go.go | fun go()",
            "enum Level | enum class Level",
            "constant Level.LOW | LOW",
            "constant Level.HIGH | HIGH",
            "module Single | object Single",
            "function second | fun <T> List<T>.second(): T",
            "type Alias | typealias Alias = Int",
        ],
    ),
    (
        "lua",
        """
        local Ride = {}
        -- Goes.
        function Ride.go(a, b) return a end
        function Ride:stop() end
        local function here(a) end
        local later = function(a) return a end
        Ride.key = 3
        local table = { run = function() end }
        """,
        [
            "variable Ride | local Ride = {}",
            "method Ride.go | function Ride.go(a, b) | Goes.",
            "method Ride.stop | function Ride:stop()",
            "function here | local function here(a)",
            "function later | local later = function(a)",
            "variable Ride.key | Ride.key = 3",
            "variable table | local table = { run = function() end }",
            "method table.run | run = function()",
        ],
    ),
    (
        "shellscript",
        """
        #!/bin/bash
        # Goes.
        go() {
          local here=1
        }
        function stop { echo 1; }
        LIMIT=1
        export name=2
        """,
        [
            "function go | go() | Goes.",
            "function stop | function stop",
            "constant LIMIT | LIMIT=1",
            "variable name | export name=2",
        ],
    ),
]


@pytest.mark.parametrize(("language_id", "source", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_definitions(language_id: str, source: str, expected: list[str]) -> None:
    assert shown(language_id, inspect.cleandoc("\n" + source)) == expected


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_every_query_fits_its_grammar(language) -> None:
    tested = language.id in {row[0] for row in TABLE}
    assert (query_of(language, "outline") is not None) is tested
    if not tested:
        assert outlined(language.id, "a") == ()


def test_ranges_count_code_points_and_hold_what_they_say() -> None:
    source = 'x = "🎉é"\n@property\ndef größe(self):\n    return "🎉"\n'
    function = outlined("python", source)[1]
    assert source[function.range.start : function.range.end] == '@property\ndef größe(self):\n    return "🎉"'
    assert function.body is not None
    assert source[function.body.start : function.body.end] == 'return "🎉"'


def test_signatures_have_an_end() -> None:
    arguments = ", ".join(f"argument_{number}: int" for number in range(1000))
    function, table = outlined("python", f"def f({arguments}): pass\nx = {list(range(1000))}\n")
    assert len(function.signature) == 400
    assert len(table.signature) == 160
    assert table.signature.endswith("...")


def test_a_comment_in_a_long_header_is_left_out() -> None:
    assert shown("typescript", "function f(\n  a: string, // one\n  /* two */ b: '//',\n) { }") == [
        "function f | function f(a: string, b: '//')"
    ]


@pytest.mark.parametrize(
    ("source", "doc"),
    [
        ("# one\n# two\nx = 1", "one"),
        ("# one\n\nx = 1", ""),
        ("y() # one\nx = 1", ""),
        ("# ----\n# two\nx = 1", "two"),
        ("#!/usr/bin/python\nx = 1", ""),
        ("def f():\n    '''\n\n    one\n    '''", "one"),
        ("def f():\n    r'one'", "one"),
        ("# one\ndef f(): pass", "one"),
        ("# noqa: E501\n# two\nx = 1", "two"),
        ("# type: ignore\nx = 1", ""),
    ],
)
def test_documentation(source: str, doc: str) -> None:
    assert outlined("python", source)[0].doc == doc


@pytest.mark.parametrize(
    "source",
    ["class A:\n    def f(self, ", "def f(:\n  return\nclass B: pass", "", "\0", "class \ud800: pass", "def é(a): é"],
)
def test_broken_source_is_no_error(source: str) -> None:
    outlined("python", source)


@pytest.mark.parametrize(
    ("language_id", "source"),
    [
        ("python", "[" * 20_000),
        ("javascript", "function f() {" * 5_000 + "}" * 5_000),
        ("c", "int f() {" + "{" * 20_000),
        ("python", "".join(f"{' ' * depth}class A{depth}:\n" for depth in range(500)) + " " * 500 + "pass"),
    ],
)
def test_depth_costs_no_stack(language_id: str, source: str) -> None:
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(source), language, 20_000)
    assert tree is not None
    outline(tree)


def test_number_of_symbols_and_time_are_bounded() -> None:
    source = "def f(a): pass\n" * (outlining.SYMBOL_LIMIT + 10)
    assert len(outlined("python", source)) == outlining.SYMBOL_LIMIT
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(Document.of(source * 3), language, 20_000)
    assert tree is not None
    assert outline(tree, -1) == ()


SNIPPETS = [textwrap.dedent(source) for language, source, _ in TABLE if language == "python"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*SNIPPETS[0].splitlines(), "class Q:", "    def q(self):", "é = 1"]), max_size=30))
def test_whatever_the_source_symbols_lie_within_it_and_nest(lines: list[str]) -> None:
    source = "\n".join(lines)
    symbols = outlined("python", source)
    assert [symbol.range.start for symbol in symbols] == sorted(symbol.range.start for symbol in symbols)
    for symbol in symbols:
        assert symbol.name in source[symbol.range.start : symbol.range.end]
        assert symbol.body is None or symbol.range.start <= symbol.body.start <= symbol.body.end <= symbol.range.end


def test_a_search_in_slices_finds_what_one_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    source = inspect.getsource(inspect)
    whole = outlined("python", source)
    monkeypatch.setattr(outlining, "_SLICE_BYTES", 700)
    assert outlined("python", source) == whole
    assert len(whole) > 100
