"""Files that never become part of a prompt: those the user excludes, and those that look like secrets.

Patterns are written as in `.gitignore`: `*` and `?` stop at a slash, `**` does not, `[a-z]` is a set, a trailing
slash means a folder and all in it, a pattern without a slash matches in any folder, a leading `!` takes files out
of an earlier pattern. A pattern with a slash in it is meant from the workspace's root; as a file may be open
without a workspace, it matches from any folder upwards of the file too.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

# Names under which credentials are kept by common tools. `.env.example` and its like are templates without values.
_SECRET_FILES = (
    ".env",
    ".env.*",
    "*.env",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    ".envrc",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.ppk",
    "*.gpg",
    "*.asc",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_*_sk",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".git-credentials",
    ".dockercfg",
    ".docker/config.json",
    ".aws/credentials",
    ".kube/config",
    ".ssh/",
    ".gnupg/",
    "secrets.json",
    "secrets.y*ml",
    "secrets.toml",
    "credentials.json",
    "service-account*.json",
    "*.tfstate",
    "*.tfvars",
)


def excluded_by(path: str | None, patterns: Sequence[str] = ()) -> str | None:
    """Return why the file may not be read into a prompt, as part of a sentence, or None when it may.

    Args:
        path: the file's path with either kind of slash; None for a document that has none.
        patterns: the user's `privacy.exclude`.
    """
    if not path:
        return None
    folded = path.replace("\\", "/")
    if pattern := _last_match(folded, tuple(patterns)):
        return f"privacy.exclude has {pattern!r}"
    if pattern := _last_match(folded.lower(), _SECRET_FILES):
        return f"files named {pattern!r} usually hold secrets"
    return None


def _last_match(path: str, patterns: tuple[str, ...]) -> str | None:
    """Apply the patterns in order; a later one overrules an earlier one."""
    found: str | None = None
    for pattern in patterns:
        expression = _compiled(pattern)
        if expression is not None and expression.search(path):
            found = None if pattern.lstrip().startswith("!") else pattern.strip()
    return found


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Translate one pattern; None for a comment or an empty one."""
    body = pattern.strip()
    if not body or body.startswith("#"):
        return None
    body = body.removeprefix("!")
    folder = body.endswith("/")
    body = body.strip("/")
    if not body:
        return None
    # Below a folder that matches, everything matches.
    tail = r"/.+$" if folder else r"(?:$|/.+$)"
    return re.compile(r"(?:^|/)" + _translated(body) + tail, re.DOTALL)


_PIECES = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)


def _translated(body: str) -> str:
    parts: list[str] = []
    for piece in _PIECES.findall(body):
        match piece:
            case "**/":
                parts.append("(?:[^/]+/)*")
            case "/**":
                parts.append("/.+")
            case "?":
                parts.append("[^/]")
            case _ if piece.startswith("*"):
                parts.append("[^/]*")
            case _ if piece.startswith("[") and len(piece) > 2:
                parts.append(_character_set(piece))
            case _:
                parts.append(re.escape(piece.removeprefix("\\") or piece))
    return "".join(parts)


def _character_set(piece: str) -> str:
    inner = piece[1:-1]
    negated = inner[:1] in ("!", "^")
    inner = inner[1:] if negated else inner
    inner = inner.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    expression = f"[{'^/' if negated else ''}{inner}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(piece)
    return expression
