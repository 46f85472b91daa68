"""Which files tell something of each other."""

from __future__ import annotations

import re
from pathlib import Path

_TEST = re.compile(r"(?:^|[/_.-])(?:tests?|specs?|conftest)(?:[/_.]|$)")
# Languages that use each other's definitions.
_FAMILIES = ({"javascript", "javascriptreact", "typescript", "typescriptreact"}, {"c", "cpp"})


def is_kin(one: str, other: str) -> bool:
    """Whether files of two languages, by their ids, use each other's definitions."""
    return one == other or any(one in family and other in family for family in _FAMILIES)


def is_test(path: str) -> bool:
    """Whether a file is one of tests, by its path."""
    return _TEST.search(path) is not None


def below(root: Path, path: Path | None) -> str:
    """A path as an index has it, from its workspace's root; empty for what lies elsewhere."""
    return path.relative_to(root).as_posix() if path is not None and path.is_relative_to(root) else ""
