"""Answers as models write them, and the lines that they mean."""

from __future__ import annotations

import pytest

from mendline.features.repair.answer import Reading, readings

_BEFORE = "import os\n\ndef f(x):\n    a = 1\n"
_REGION = "    return y"
_AFTER = "\n\nf(1)\n"


def first(answer: str, region: str = _REGION, before: str = _BEFORE, after: str = _AFTER) -> Reading | None:
    return next(iter(readings(answer, region, before, after, "python")), None)


@pytest.mark.parametrize(
    ("answer", "region"),
    [
        ("    return x", "    return x"),
        ("    return x\n```\nThis works because x exists.", "    return x"),
        ("    \n    return x\n", "    return x"),
        ("    ```python\n    return x\n```", "    return x"),
        ("    return x\n\n\n", "    return x"),
        # The indentation was begun and is written again, or is left out behind the first line.
        ("        return x", "    return x"),
        ("        if x:\n        return x", "    if x:\n        return x"),
        ("     if x:\n        return x", "    if x:\n        return x"),
        ("   if x:\n        return x", "    if x:\n        return x"),
        ("    a = 1\n    return x", "    return x"),
        ("    def f(x):\n    a = 1\n    return x", "    return x"),
        ("    return x\n\n\nf(1)", "    return x"),
        ("    b = 2\n    return x", "    b = 2\n    return x"),
    ],
)
def test_the_likeliest_reading(answer: str, region: str) -> None:
    assert first(answer) == Reading(region)


def test_import_lines_that_the_file_lacks_are_taken_out() -> None:
    assert first("    import re\n    import os\n\n    return re.x") == Reading("    return re.x", ("import re",))


def test_imports_stay_where_the_lines_have_some() -> None:
    found = first("import re\nx = re", region="import os\nx = re", before="# a\n", after="")
    assert found == Reading("import re\nx = re")


@pytest.mark.parametrize("answer", ["", "    ", "    ```\n```", "\n\n"])
def test_nothing_is_read_where_there_is_no_code(answer: str) -> None:
    assert readings(answer, _REGION, _BEFORE, _AFTER, "python") == ()


def test_what_may_be_copied_or_meant_is_read_both_ways() -> None:
    found = readings("    a = 1\n    return x", _REGION, _BEFORE, _AFTER, "python")
    assert [each.region for each in found] == ["    return x", "    a = 1\n    return x"]


def test_line_breaks_are_the_documents() -> None:
    found = first("    a\n    b", region="    c\r\n    d", before="x\r\n", after="\r\ny\r\n")
    assert found == Reading("    a\r\n    b")
