"""Which code an evaluation ran: results of different code must not end up in one log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import mendline

# What a suggestion goes through. Commands, the protocol and the evaluations themselves leave it as it is.
_ROOMS = ("features", "context", "prompts", "checks", "engine", "workspace", "syntax", "text")
_ENDINGS = frozenset({".py", ".scm", ".jinja", ".toml"})


def code_version() -> str:
    """Return a short hash of the package's files that a suggestion depends on."""
    package = Path(mendline.__file__).parent
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted(each for each in (package / room).rglob("*") if each.suffix in _ENDINGS):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
