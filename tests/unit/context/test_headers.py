from __future__ import annotations

import time

import pytest

from mendline.context.headers import definition_around, headers
from mendline.text.document import Document

PYTHON = """\
import os

@dataclass
class Store(Base):
    size: int

    # about it
    @property
    def get(
        self,
        key: str,
    ) -> bytes:
        if key:
            for one in self:
                ˇyield one
"""
TYPESCRIPT = """\
export class Store extends Base {
  private size = 1;

  async get(key: string): Promise<string> {
    if (key) {
      ˇreturn key;
"""


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (
            PYTHON,
            "@dataclass\nclass Store(Base):\n    @property\n"
            "    def get(\n        self,\n        key: str,\n    ) -> bytes:\n",
        ),
        (TYPESCRIPT, "export class Store extends Base {\n  async get(key: string): Promise<string> {\n"),
        ("class A:\n    x = 1\n\n\nˇy = 2\n", ""),
        ("class A:\n\n    x = 1\nˇ\n    y = 2\n", "class A:\n"),
        ("class A:\n    x = 1\nˇ\n\nb = 2\n", ""),
        ("impl Foo for Bar {\n    ˇfn f() {}\n", "impl Foo for Bar {\n"),
        ("func (s *Store) Get(key string) {\n\tˇreturn\n", "func (s *Store) Get(key string) {\n"),
        ("int get(const char *key) {\n  ˇreturn 1;\n", "int get(const char *key) {\n"),
        ("if x:\n    ˇy\n", ""),
        ("values = [\n    ˇ1,\n", ""),
        ("it('works', () => {\n  ˇf();\n", "it('works', () => {\n"),
        ("class A:\r\n    ˇx\r\n", "class A:\n"),
    ],
)
def test_the_definitions_around_a_line(drawn: str, expected: str) -> None:
    offset = drawn.index("ˇ")
    document = Document.of(drawn.replace("ˇ", ""))
    assert headers(document, document.line_start(document.line_at(offset)), 1000) == expected


def test_what_is_typed_below_changes_nothing() -> None:
    before, _, after = PYTHON.partition("ˇ")
    start = before.rindex("\n") + 1
    texts = {headers(Document.of(before + typed + after), start, 1000) for typed in ("", "(", '"""', "class B:\n", "}")}
    assert len(texts) == 1


def test_outer_headers_are_left_out_where_there_is_no_room() -> None:
    document = Document.of(TYPESCRIPT.replace("ˇ", ""))
    start = document.line_start(5)
    assert headers(document, start, 60) == "  async get(key: string): Promise<string> {\n"
    assert headers(document, start, 10) == ""


@pytest.mark.parametrize(
    "line", ["    x = 1\n", "x" * 100_000 + "\n", "    " + "(" * 5000 + "\n", "\n", "    a b c d " * 40]
)
def test_is_quick_whatever_stands_above(line: str) -> None:
    document = Document.of("class A:\n" + line * 20_000 if len(line) < 100 else line * 20)
    started = time.perf_counter()
    headers(document, len(document.text) - 1, 1000)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("def f():\n    a\n    ˇ\n    b\n\ndef g(): ...\n", (0, 4)),
        ("def f():\n    foo(ˇ\n    b\n\ndef g(): ...\n", (0, 3)),
        ("class A:\n    def f(self):\n        if a:\n            ˇb\n        c\n    def g(self): ...\n", (1, 4)),
        ("class A:\n    x = 1\n    ˇ\n", (0, 3)),
        ("x = 1\nˇ\n", None),
        ("if a:\n    ˇb\n", None),
        ("function f() {\n  ˇa();\n}\nb();\n", (0, 2)),
        ("@a\n@b\ndef f(\n    x,\n):\n    ˇa\n", (0, 6)),
        ("", None),
    ],
)
def test_the_definition_around_a_line(drawn: str, expected: tuple[int, int] | None) -> None:
    offset = drawn.find("ˇ")
    document = Document.of(drawn.replace("ˇ", ""))
    assert definition_around(document, document.line_at(max(offset, 0))) == expected
