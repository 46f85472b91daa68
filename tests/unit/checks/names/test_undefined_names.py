from __future__ import annotations

import pytest

from mendline.checks.names import undefined_below, undefined_names
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Range
from support.cursor_text import snapshot_at


def undefined(language_id: str, marked: str, *known: str) -> tuple[str, ...]:
    """The names in `«…»`, the inserted text, that exist nowhere."""
    start, end = marked.index("«"), marked.index("»") - 1
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(marked.replace("«", "").replace("»", "")), language, 5000)
    assert tree is not None
    return undefined_names(tree, Range(start, end), known.__contains__)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("def f(a):\n    return «a + missing»\n", ("missing",)),
        ("def f(a):\n    «x = g(a)\n    return h(x, x)»\n", ("g", "h")),
        ("«print(len(undefined_one), key=sorted(other.name))»\n", ("undefined_one", "other")),
        # What another function calls its own.
        ("def f(items):\n    for item in items:\n        pass\n\ndef g():\n    return «item»\n", ("item",)),
        ("def f():\n    return [y for y in range(3)] + «y»\n", ("y",)),
        # A class's names are no names in its methods.
        ("class A:\n    limit = 1\n\n    def f(self):\n        return «limit»\n", ("limit",)),
        ("class A:\n    def f(self): pass\n\n    def g(self):\n        «f()»\n", ("f",)),
        ("class A:\n    @property\n    def f(self): pass\n    x = «f»\n", ()),
        ("class A:\n    limit = 1\n\n    def f(self, n=«limit»): pass\n", ()),
        # Only what was inserted is looked at.
        ("missing\nx = «1»\n", ()),
        ("x = f'{«missing»}'\n", ("missing",)),
        ("def f():\n    try:\n        pass\n    except «Missing as e:\n        raise»\n", ("Missing",)),
        ("x «+= 1»\n", ()),
        # What is bound further below only, where nothing comes back to the use.
        ("def f(n):\n    return «total»\n    total = n\n", ("total",)),
        ("def f(xs):\n    while xs:\n        if «best» > 1:\n            pass\n    best = 0\n", ("best",)),
        ("print(«later»)\nlater = 1\n", ("later",)),
        ("class A:\n    x = «y»\n    y = 1\n", ("y",)),
        ("def f():\n    «x += 1»\n", ("x",)),
    ],
)
def test_names_that_exist_nowhere(marked: str, expected: tuple[str, ...]) -> None:
    assert undefined("python", marked) == expected


@pytest.mark.parametrize(
    "marked",
    [
        "import os.path as p, sys\nfrom a import b as c, d\n«p, sys, c, d»\n",
        "import a.b.c\n«a»\n",
        "«import x\nx.y(z=1)»\n",
        "def f(a, b=1, *c, d: int, **e):\n    «return a, b, c, d, e»\n",
        "def f():\n    return «later»\n\nlater = 1\n",
        "def f(xs):\n    for x in xs:\n        if x:\n            print(«seen»)\n        seen = x\n",
        "def f():\n    for _ in []:\n        while «n»:\n            pass\n        n = 1\n",
        "def f():\n    try:\n        «cache»\n    except NameError:\n        cache = {}\n",
        "def f():\n    g = lambda: «later»\n    later = 1\n",
        "def f():\n    def g():\n        return «later»\n    later = 1\n",
        "class A:\n    x: «B»\n\nclass B: ...\n",
        "def f(x: «B») -> None: ...\n\nclass B: ...\n",
        "def f():\n    x = [«x» for x in []]\n",
        "x = 1\nclass A:\n    y = «x»\n    x = 2\n",
        "def outer():\n    x = 1\n    def inner():\n        nonlocal x\n        return «x»\n",
        "def init():\n    global state\n    state = 1\n\ndef f():\n    return «state»\n",
        "«[a for a in range(3) if a]»\n",
        "«{k: v for k, (v, *w) in {}.items() for u in w}»\n",
        "«lambda q, *r: (q, r)»\n",
        "if (n := len([])) > 1:\n    «n»\n",
        "def f():\n    print([m := 1])\n    return «m»\n",
        "with open('a') as f, open('b') as (g, h):\n    «f, g, h»\n",
        "with (open('a') as f, open('b') as g):\n    «f, g»\n",
        "for i, (j, *k) in []:\n    pass\n«i, j, k»\n",
        "try:\n    pass\nexcept (A1 if 0 else OSError) as e:\n    «e»\n",
        "match p:\n    case {'a': v, **rest} | [v, *rest]:\n        «v, rest»\n",
        "match p:\n    «case Point(x=0, y=yy) as q if yy:\n        print(q)»\n",
        "def f[T](x: T) -> T:\n    y: «T» = x\n",
        "class A[T]:\n    def f(self) -> «T»: ...\n",
        "type Pair[X] = tuple[X, X]\nx: «Pair»\n",
        "class A(B := object):\n    x = 1\n    y = «x»\n",
        "a = b = c = 1\n«a, b, c»\n",
        "x: int\n«x»\n",
        "a.b, c[0], (d, [e]) = 1, 2, (3, [4])\n«d, e»\n",
        "def f():\n    return «__file__, __name__, super, _('text'), Exception»\n",
        "@decorated\ndef f(): pass\n«f»\n",
        "if x:\n    import y\nelse:\n    y = None\n«y»\n",
        "«obj = object()\nobj.anything.at_all(and_this=1)»\n",
        # In doubt.
        "from somewhere import *\n«missing»\n",
        "exec('x = 1')\n«x»\n",
        "globals()['x'] = 1\n«x»\n",
        "x = foo(«missing bar baz»\n",
        "x = 1\n«missing ) ]»\n",
        "x = [\n«missing\n",
    ],
)
def test_python_names_that_exist_or_may(marked: str) -> None:
    assert undefined("python", marked if "»" in marked else f"{marked}»") == ()


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("import a from 'a';\nconst x = «a + missing»;\n", ("missing",)),
        ("import a from 'a';\nfunction f(p) { return «q.p(p)»; }\n", ("q",)),
        ("export const f = () => «({ a: missing, other })»;\n", ("missing", "other")),
        ("export function f() { const inner = 1; }\nconst y = «inner»;\n", ("inner",)),
        ("export const f = (x) => «{ const y = x; return y + z; }»;\n", ("z",)),
    ],
)
@pytest.mark.parametrize("language_id", ["javascript", "typescript"])
def test_javascript_names_that_exist_nowhere(language_id: str, marked: str, expected: tuple[str, ...]) -> None:
    assert undefined(language_id, marked) == expected


@pytest.mark.parametrize(
    ("language_id", "marked"),
    [
        ("javascript", "import D, { E as F, G } from 'x';\nimport * as H from 'y';\n«D, F, G, H;»\n"),
        ("javascript", "export function f(a, { b, c: d, e = 1 }, [g], ...h) { «[a, b, d, e, g, h, arguments]» }\n"),
        ("javascript", "export default 1;\ntry {} catch (err) { «console.log(err)» }\n"),
        ("javascript", "export default 1;\nfor (const k of []) { «k» }\nfor (let i = 0; ; ) { «i» }\n"),
        ("javascript", "export default 1;\nouter: while (true) { «break outer;» }\n"),
        ("javascript", "export default 1;\nif (typeof «jQuery2» === 'undefined') {}\n"),
        ("javascript", "export default 1;\nconst C = class Own { m() { return «Own»; } };\n"),
        ("javascript", "export default 1;\n«later();»\nfunction later() {}\n"),
        ("javascript", "export { «a as b» } from 'x';\n"),
        ("javascript", "export default 1;\n«fetch(new URL(document.location)), process.env, HTMLElement»;\n"),
        ("javascriptreact", "import { A } from 'x';\nconst y = «<A.B c={A}><div id='d'>{A}</div></A.B>»;\n"),
        ("typescript", "import q = require('x');\nenum E { A = 1, B = «A | 2» }\n«q, E.A»;\n"),
        ("typescript", "export type F = «(a: number, ...r: string[]) => a is Foo»;\n"),
        ("typescript", "export interface I { «m(b: string): void; [k: string]: any» }\n"),
        ("typescript", "export abstract class C<T> {}\nconst c: «C<Missing> = new C()»;\n"),
        ("typescript", "namespace N { export const z = 1; }\nexport const y = «N.z as const»;\n"),
        ("typescript", "export function g(c?: string): asserts «c» is string {}\n"),
        # In doubt: a script without imports shares names with others.
        ("javascript", "const x = «missing»;\n"),
        ("javascript", "import a from 'a';\neval('var b');\n«b»;\n"),
        ("go", "package main\nfunc main() { «missing()» }\n"),
    ],
)  # fmt: skip
def test_names_that_exist_or_may(language_id: str, marked: str) -> None:
    pieces = marked.replace("«", "").split("»")
    starts = [part.index("«") for part in marked.split("»")[:-1]]
    for index, start in enumerate(starts):
        before, part, after = "".join(pieces[:index]), pieces[index], "".join(pieces[index + 1 :])
        assert undefined(language_id, f"{before}{part[:start]}«{part[start:]}»{after}") == ()


def test_what_is_known_elsewhere_exists() -> None:
    assert undefined("python", "x = «here + there»\n", "there") == ("here",)


def test_a_file_that_is_too_large_is_not_judged() -> None:
    lines = "".join(f"value_{number} = {number}\n" for number in range(20_000))
    assert undefined("python", f"{lines}x = «missing»\n") == ()


@pytest.mark.parametrize(
    ("language_id", "drawn", "expected"),
    [
        ("python", "def f(x):\n    y = xˇ\n    return result\n", ("result",)),
        ("python", "def f(x):\n    result = xˇ\n    return result + other(x)\n", ("other",)),
        # Until the outermost function ends: the text may end the one it begins in.
        ("python", "def f(x):\n    def g():\n        return xˇ\n    return top + len(g())\n", ("top",)),
        ("python", "class A:\n    def f(self):\n        passˇ\n        return low\n    x = high\n", ("low",)),
        # What stands above is none of its business, nor is what follows the function.
        ("python", "def f(x):\n    y = above\n    z = xˇ\n    return x\n\n\nprint(after)\n", ()),
        ("python", "x = 1ˇ\nprint(after)\n", ()),
        ("python", "from a import *\ndef f():\n    passˇ\n    return low\n", ()),
        ("python", "def f(x):\n    y = xˇ\n    return known\n", ()),
        ("python", "def f(x):\n    y = xˇ\n    return result +\n", ()),
        ("typescript", "import a from 'a';\nfunction f() {\n  a();ˇ\n  return total;\n}\n", ("total",)),
        ("typescript", "import a from 'a';\nfunction f() {\n  const total = 1;ˇ\n  return total;\n}\n", ()),
        ("rust", "fn f() -> u8 {\n    let a = 1;ˇ\n    total\n}\n", ()),
    ],
)
def test_what_the_rest_of_the_function_needs(language_id: str, drawn: str, expected: tuple[str, ...]) -> None:
    snapshot, offset = snapshot_at(drawn, language_id)
    assert snapshot.tree is not None
    assert undefined_below(snapshot.tree, offset, ("known",).__contains__) == expected
