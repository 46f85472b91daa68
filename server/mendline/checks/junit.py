"""Test results in JUnit's form, as far as tools agree on it: `testcase` elements, with what is wrong inside."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from attrs import frozen

from mendline.checks.asking import Unreadable
from mendline.workspace.reading import read_bytes

_MOST_BYTES: Final = 8 * 2**20
_BAD: Final = ("failure", "error")
_DECLARATIONS: Final = (b"<!DOCTYPE", b"<!ENTITY")


@frozen
class Case:
    """One test.

    Attributes:
        name: its own.
        group: what it is in, as the tool writes it.
        file: where it is; empty where the tool doesn't say.
        line: from 0; 0 where the tool doesn't say.
        failed, skipped: how it went; passed if neither.
        message: what is wrong, in short.
        details: the same at length, with a stack.
    """

    name: str
    group: str
    file: str
    line: int
    failed: bool
    skipped: bool
    message: str = ""
    details: str = ""

    @property
    def passed(self) -> bool:
        """Whether it ran and nothing is wrong."""
        return not self.failed and not self.skipped


def take(path: Path) -> bytes | None:
    """Return a report's bytes and remove it; None where there is none, or one too large to be read."""
    content = read_bytes(path, _MOST_BYTES)
    path.unlink(missing_ok=True)
    return content


def read(content: bytes) -> list[Case]:
    """Read a report.

    What ran in the sandbox may have written it: anything that declares entities is refused, since those can grow.

    Raises:
        Unreadable: it is no such report.
    """
    if any(declaration in content for declaration in _DECLARATIONS):
        raise Unreadable("its report declares entities")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without entities
    except ElementTree.ParseError as error:
        raise Unreadable(f"its report can't be read ({error})") from None
    return [_case(element) for element in root.iter("testcase")]


def _case(element: ElementTree.Element) -> Case:
    bad = next((each for each in element if each.tag in _BAD), None)
    line = element.get("line", "0")
    return Case(
        element.get("name", ""),
        element.get("classname", ""),
        element.get("file", ""),
        int(line) if line.isdecimal() else 0,
        failed=bad is not None,
        skipped=any(each.tag == "skipped" for each in element),
        message="" if bad is None else bad.get("message", ""),
        details="" if bad is None else "".join(bad.itertext()),
    )
