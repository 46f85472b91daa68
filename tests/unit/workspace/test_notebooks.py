"""What in a Python cell is no Python: commands to the notebook, cells in other languages."""

from __future__ import annotations

import ast

import pytest

from mendline.workspace.notebooks import Cell, is_foreign, without_magics
from mendline.workspace.problems import problems_in
from mendline.workspace.store import Workspace

BOOK, URI = "file:///w/book.ipynb", "cell:a"


def problems(text: str, language: str = "python", *, in_cell: bool = True) -> list[str]:
    workspace = Workspace()
    if in_cell:
        workspace.open_notebook(BOOK, "/w/book.ipynb", [Cell(URI, is_code=True)])
        workspace.open_cell(BOOK, URI, language, 1, text)
    else:
        workspace.open(URI, language, 1, text)
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    found = problems_in(snapshot, 10)
    return [f"{snapshot.document.line_at(each.range.start)}: {each.message}" for each in found]


VALID = [
    "%time total = sum(range(10))\nprint(total)\n",
    "%matplotlib inline\n%cd ..\n",
    "!ls -l | grep '(' > \"a\n",
    "!!ls\n! pip install (\n",
    "%%time\ntotal = sum(range(10))\n",
    "%%timeit -n 10 (\nx = 1\n",
    '%%bash\nfor each in *; do echo "$each"; done\n',
    "\n%%html\n<b>(</b>\n",
    "?print\n??str.join\nstr.join?\nlen??\nstr.*find*?\nitems[0]?\n",
    "files = !ls -l (\nprint(files)\n",
    "took = %timeit -o (1 +\n",
    "a, b = !ls\n",
    "if True:\n    !ls (\n",
    "if True:\n    %cd ..\nelse:\n    x = 1\n",
    "for each in range(3):\n\t?each\n",
    "!pip install \\\n  one \\\n  two(\nx = 1\n",
    "%run script.py 'a\r\nx = 1\r\n",
    "!ls",
    "# %%bash isn't one here\nx = 1\n%who\n",
    'text = """\n!not (\n%neither {\n"""\n%who\n',
    "x = (10\n     %y)\n!ls (\n",
    "x = 10 \\\n  %y\n!ls (\n",
    "x = '(' # (\n%who\n",
]


@pytest.mark.parametrize("text", VALID)
def test_a_valid_cell_has_no_problem(text: str) -> None:
    assert problems(text) == []
    if not is_foreign(text):
        ast.parse(without_magics(text))


@pytest.mark.parametrize("text", VALID)
def test_lines_and_their_lengths_stay(text: str) -> None:
    lines = without_magics(text).splitlines(keepends=True)
    assert [len(each) for each in lines] == [len(each) for each in text.splitlines(keepends=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%time x = 1\nprint((1, 2)\n", ['1: unclosed "("']),
        ("!ls\nfor x in:\n", None),
        ("%%time\nx = = 1\n", ['1: unexpected "="']),
        ("x = (1\n%time y\n", ['0: unclosed "("']),
        ("x = 1 !\n", None),
        ("x = % 3\n", None),
    ],
)
def test_what_is_wrong_in_a_cell_stays_wrong(text: str, expected: list[str] | None) -> None:
    found = problems(text)
    assert found if expected is None else found == expected


@pytest.mark.parametrize("text", ["%time x = 1\n", "!ls\n", "%%bash\necho (\n", "?print\n"])
def test_in_a_file_it_is_an_error(text: str) -> None:
    assert problems(text, in_cell=False)


def test_in_another_languages_cell_it_is_an_error() -> None:
    assert problems("let x = 1\n?x\n", "javascript")


@pytest.mark.parametrize("text", ["x = 10 % 3\n", "y = (1,\n     %s\n", "print('%s' % x)\n", "assert x != 1\n"])
def test_python_stays_as_it_is(text: str) -> None:
    assert without_magics(text) == text
