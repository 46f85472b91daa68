"""Which checks there are for a text that is in no file: a document that was never saved, a notebook's cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mendline.checks.check import Check

_OF_TEXTS: Final = frozenset(
    {"syntax", "compile", "ruff", "shellcheck", "node --check", "compiler", "ty", "tsc", "rustc", "javac", "pyright"}
)


def without_file(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Those of some checks that have something to say of a text alone; the others look at what a file is part of."""
    return tuple(check for check in checks if check.name in _OF_TEXTS)
