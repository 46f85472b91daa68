"""Reports in JUnit's form."""

from __future__ import annotations

import pytest

from mendline.checks import junit
from mendline.checks.asking import Unreadable


def test_what_became_of_each() -> None:
    content = b"""<testsuites><testsuite><testcase classname="a.B" name="one" file="a.py" line="3"/>
    <testcase name="two"><failure message="1 != 2">deep
    down</failure><system-out>said</system-out></testcase>
    <testcase name="three" line="x"><skipped/></testcase>
    <testsuite><testcase name="four"><error message="boom"/><failure/></testcase></testsuite></testsuite>
    </testsuites>"""
    assert junit.read(content) == [
        junit.Case("one", "a.B", "a.py", 3, failed=False, skipped=False),
        junit.Case("two", "", "", 0, failed=True, skipped=False, message="1 != 2", details="deep\n    down"),
        junit.Case("three", "", "", 0, failed=False, skipped=True),
        junit.Case("four", "", "", 0, failed=True, skipped=False, message="boom"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1 passed",
        b"<testsuites>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuites>&a;</testsuites>',
        b"<!DOCTYPE testsuites><testsuites/>",
        b"\xff\xfe<testsuites/>",
    ],
)
def test_what_is_none(content: bytes) -> None:
    with pytest.raises(Unreadable):
        junit.read(content)
