"""Patterns as git reads them in an ignore file (git-scm.com/docs/gitignore), for one path at a time.

A pattern here never matches through a folder above the path: whether that is ignored is asked on the way down, and
what lies in an ignored folder can't be taken out again. pathspec lets `!a` take `a/b` out, so it isn't used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from attrs import define, field, frozen

_MOST_DEEP: Final = 4
"""How often `**` may stand in a pattern: with more than people write, matching could take for ever."""

_PIECES: Final = re.compile(r"\*+|\?|\[[!^]?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\\.|.", re.DOTALL)
_DEEP: Final = re.compile(r"(?P<literal>[^*?\[\\]*)\*{2,}")
_PLAIN: Final = re.compile(r"[^*?\[\\]*")
_NAMED_SETS: Final = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "digit": "0-9", "lower": "a-z", "upper": "A-Z", "xdigit": "0-9a-fA-F",
    "space": r"\s", "punct": r"!-\/:-@\[-`{-~",
}  # fmt: skip


@frozen
class Rule:
    """One pattern.

    Attributes:
        expression: matches a whole path.
        takes_out: whether it began with `!`.
        folders_only: whether it ended in a slash.
    """

    expression: re.Pattern[str]
    takes_out: bool
    folders_only: bool


@define
class Patterns:
    """The patterns of one folder. Of those that match, the last one decides.

    Most patterns are a name or an ending; these are looked up, the others tried one by one.
    """

    _rules: list[Rule] = field(factory=list)
    _names: dict[str, list[int]] = field(factory=dict)
    _endings: dict[str, list[int]] = field(factory=dict)
    _others: list[int] = field(factory=list)

    @classmethod
    def of(cls, lines: Iterable[str]) -> Patterns:
        """Read the lines of an ignore file; what is no pattern is passed over."""
        patterns = cls()
        for line in lines:
            patterns._add(line)
        return patterns

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._rules)

    def ignores(self, path: str, *, folder: bool) -> bool | None:
        """Say whether a path is ignored (True), taken out (False), or not spoken of.

        Args:
            path: from the folder of the patterns, with forward slashes, none at its end.
            folder: whether it is a folder.
        """
        name = path.rpartition("/")[2]
        candidates = [*self._names.get(name, ())]
        dot = name.find(".")
        while dot >= 0 and self._endings:
            candidates += self._endings.get(name[dot:], ())
            dot = name.find(".", dot + 1)
        best = max((each for each in candidates if folder or not self._rules[each].folders_only), default=-1)
        for number in reversed(self._others):
            if number < best:
                break
            rule = self._rules[number]
            if (folder or not rule.folders_only) and rule.expression.fullmatch(path):
                best = number
                break
        return None if best < 0 else not self._rules[best].takes_out

    def _add(self, line: str) -> None:
        body = _without_trailing_spaces(line)
        if not body or body.startswith("#"):
            return
        takes_out = body.startswith("!")
        body = body[1:] if takes_out else body
        folders_only = body.endswith("/") and not body.endswith("\\/")
        body = body.removesuffix("/") if folders_only else body
        if not body or sum(part.endswith("**") for part in body.split("/")) > _MOST_DEEP:
            return
        try:
            rule = Rule(re.compile(_expression(body), re.DOTALL), takes_out, folders_only)
        except re.error:
            return
        number = len(self._rules)
        self._rules.append(rule)
        if re.fullmatch(r"[\w.+~-]+", body):
            self._names.setdefault(body, []).append(number)
        elif re.fullmatch(r"\*\.[\w.+~-]+", body):
            self._endings.setdefault(body[1:], []).append(number)
        else:
            self._others.append(number)


def _without_trailing_spaces(line: str) -> str:
    line = line.rstrip("\r\n")
    bare = line.rstrip(" ")
    escaped = (len(bare) - len(bare.rstrip("\\"))) % 2
    return f"{bare} " if escaped and len(bare) < len(line) else bare


def _expression(body: str) -> str:
    """Translate a pattern; one with a slash in it is meant from its folder, others match a name anywhere."""
    parts = body.removeprefix("/").split("/")
    if "/" not in body:
        return "(?:.+/)?" + _name(parts[0])
    out: list[str] = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        deep = _DEEP.fullmatch(part)
        if deep and not deep["literal"]:
            # In the middle any number of folders, at the end anything below.
            out.append(".+" if last else "(?:.+/)?")
        elif deep and all(map(_PLAIN.fullmatch, parts[:number])):
            # Git compares a literal beginning apart, and then reads `**` as if it stood alone.
            out.append(re.escape(deep["literal"]) + (".*" if last else "(?:.*/)?"))
        else:
            out.append(_name(part) if last else f"{_name(part)}/")
    return "".join(out)


def _name(part: str) -> str:
    """Translate what stands between two slashes.

    What follows a star is looked for once, at the first place where it fits (an atomic group), but for the end.
    """
    chunks: list[str] = [""]
    for piece in _PIECES.findall(part):
        if piece[0] == "*":
            chunks.append("")
        else:
            chunks[-1] += _translated(piece)
    if len(chunks) == 1:
        return chunks[0]
    first, *middle, last = chunks
    return "".join([first, *(f"(?>[^/]*?{chunk})" for chunk in middle), "[^/]*", last])


def _translated(piece: str) -> str:
    if piece == "?":
        return "[^/]"
    if piece[0] == "[" and len(piece) > 2:
        return _character_set(piece[1:-1])
    return re.escape(piece[1:] if piece[0] == "\\" and len(piece) > 1 else piece)


def _character_set(inner: str) -> str:
    negated = inner[0] in "!^"
    inner = inner[1:] if negated else inner
    inner = re.sub(r"\[:(\w+):\]", lambda found: _NAMED_SETS.get(found[1], ""), inner)
    inner = re.sub(r"\\(?![sw/\[])", r"\\\\", inner) if re.search(r"\\$", inner) else inner
    inner = re.sub(r"(?<!\\)\[", r"\\[", inner)
    inner = rf"\]{inner[1:]}" if inner.startswith("]") else inner
    return f"(?!/)[{'^' if negated else ''}{inner}]"
