"""How the workspace calls what this file imports from it: in code like the cursor's first.

A signature tells what may be passed; a call tells what is, and what becomes of the outcome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from mendline.context.focus import Focus
from mendline.context.imported import Rank, imported
from mendline.context.kin import below, is_kin, is_test
from mendline.context.lines import likeness, opened_brackets, telling_words
from mendline.context.piece import Piece
from mendline.context.surroundings import Surroundings
from mendline.syntax.languages import language_of
from mendline.workspace.index.model import SymbolIndex

_MOST_NAMES = 40
_MOST_PASSAGES = 24
_MOST_OF_NAME = 3
_MOST_CALLS = 40
_MOST_LINES = 6
"""A call that goes on for longer is not shown."""
_LINES_ABOVE = 10
_LINES_OF_DOCUMENT = 2000
# The window shows what is nearer.
_OUT_OF_SIGHT_ABOVE = 100
_OUT_OF_SIGHT_BELOW = 40
_NOT_A_CALL = r"\b(?:def|class|function|fn|func)\s+{word}\b|^\s*(?:(?:import|from|export)\b|#|//|\*)"
_WORTH = {Rank.UNUSED: 0.3, Rank.NEAR: 0.15, Rank.ELSEWHERE: 0.05}
"""What a name's rank is worth beside the likeness of the code around the call."""


@frozen
class _Name:
    """What is looked for.

    Attributes:
        word: the identifier by which passages are found.
        call: matches in lines that call it.
        other: matches in lines that define or import it instead.
        rank: how likely it is to be written next.
    """

    word: str
    call: re.Pattern[str]
    other: re.Pattern[str]
    rank: Rank


@frozen
class _Passage:
    """Some lines of a file, the first one's number, from 1, and the path as the model reads it."""

    path: str
    line: int
    lines: list[str]
    text: str

    @classmethod
    def of(cls, path: str, line: int, lines: list[str]) -> _Passage:
        return cls(path, line, lines, "\n".join(lines))


@frozen
class _Call:
    """A statement with a call in it; a higher score is likelier to tell something."""

    score: float
    word: str
    piece: Piece


def usages(focus: Focus, surroundings: Surroundings) -> tuple[Piece, ...]:
    """Calls of what is imported from the workspace itself, the most telling first; at most three of a name."""
    found = surroundings.index_for(focus.path)
    names = _names(focus, surroundings) if found is not None else []
    if found is None or not names:
        return ()
    document, (root, index) = focus.snapshot.document, found
    line = document.line_at(focus.offset)
    above = [*focus.around.split("\n")[:2], *document.line_texts(max(0, line - _LINES_ABOVE), line)]
    words = telling_words(above)
    here = below(root, focus.path)
    edited = (*_out_of_sight(focus, surroundings), *_open(focus, surroundings, here))
    calls: list[_Call] = []
    for name in names:
        stored = _stored(name, words, focus, index, here)
        for passage in (*edited, *stored):
            calls += _calls(name, passage, words)
    calls.sort(key=lambda call: (-call.score, call.piece.path, call.piece.line))
    return tuple(_without_repeats(calls))


def _names(focus: Focus, surroundings: Surroundings) -> list[_Name]:
    """The functions, classes and modules that the file imports from its own workspace, the likeliest first."""
    names: dict[str, _Name] = {}
    for name, found in imported(focus, surroundings):
        if name.alias == "*" or not surroundings.is_own(found.file.path):
            continue
        if found.symbol is None:
            word = name.alias.rpartition(".")[2]
            call = rf"\b{re.escape(word)}\.[^\W\d]\w*\s*\("
        elif found.symbol.kind in ("function", "class"):
            word = found.symbol.name
            call = rf"\b{re.escape(word)}\s*\("
        else:
            continue
        rank = Rank.of(name.alias.partition(".")[0], focus.near, focus.elsewhere, otherwise=Rank.UNUSED)
        other = _NOT_A_CALL.format(word=re.escape(word))
        names.setdefault(word, _Name(word, re.compile(call), re.compile(other), rank))
    return sorted(names.values(), key=lambda each: each.rank)[:_MOST_NAMES]


def _out_of_sight(focus: Focus, surroundings: Surroundings) -> Iterator[_Passage]:
    """The parts of the file itself that the model doesn't see."""
    document = focus.snapshot.document
    line = document.line_at(focus.offset)
    path = surroundings.shown(focus.path) if focus.path is not None else ""
    before, behind = max(0, line - _OUT_OF_SIGHT_ABOVE), min(line + _OUT_OF_SIGHT_BELOW, document.line_count)
    for start, end in (
        (max(0, before - _LINES_OF_DOCUMENT), before),
        (behind, min(behind + _LINES_OF_DOCUMENT, document.line_count)),
    ):
        if start < end:
            yield _Passage.of(path, start + 1, document.line_texts(start, end))


def _open(focus: Focus, surroundings: Surroundings, here: str) -> Iterator[_Passage]:
    """Other documents as the editor has them; the index doesn't search these."""
    for snapshot in surroundings.open:
        path = Path(snapshot.path) if snapshot.path else None
        if path is None or snapshot.language is None or surroundings.refused(path) or not surroundings.is_own(path):
            continue
        if _tells(focus, here, surroundings.shown(path), snapshot.language.id):
            document = snapshot.document
            lines = document.line_texts(0, min(document.line_count, _LINES_OF_DOCUMENT))
            yield _Passage.of(surroundings.shown(path), 1, lines)


def _stored(name: _Name, words: frozenset[str], focus: Focus, index: SymbolIndex, here: str) -> Iterator[_Passage]:
    for each in index.using(name.word, sorted(words), limit=_MOST_PASSAGES, exclude=here):
        language = language_of("", each.path)
        if language is not None and _tells(focus, here, each.path, language.id):
            yield _Passage.of(each.path, each.line, each.text.split("\n"))


def _tells(focus: Focus, here: str, path: str, language_id: str) -> bool:
    return is_kin(focus.language_id, language_id) and (is_test(here) or not is_test(path))


def _calls(name: _Name, passage: _Passage, words: frozenset[str]) -> Iterator[_Call]:
    lines = passage.lines if name.word in passage.text else []
    for number, line in enumerate(lines):
        if not name.call.search(line) or name.other.search(line):
            continue
        statement = _statement(lines, number)
        if statement:
            above = [*lines[:1], *lines[max(0, number - _LINES_ABOVE) : number]]
            score = _WORTH[name.rank] + likeness(words, telling_words(above))
            piece = Piece(passage.path, _dedented(statement), passage.line + number, echo="\n".join(statement))
            yield _Call(score, name.word, piece)


def _statement(lines: list[str], number: int) -> list[str]:
    """The line and those after it until its brackets are closed; empty where that takes too long."""
    depth = 0
    for end in range(number, min(number + _MOST_LINES, len(lines))):
        depth += opened_brackets(lines[end])
        if depth <= 0:
            return [line.rstrip() for line in lines[number : end + 1]]
    return []


def _dedented(lines: list[str]) -> str:
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] if not line[:margin].strip() else line.lstrip() for line in lines)


def _without_repeats(calls: Iterable[_Call]) -> Iterator[Piece]:
    """Each statement once, and of a name only the first few."""
    seen: set[str] = set()
    of_name: Counter[str] = Counter()
    for call in calls:
        bare = "".join(call.piece.echo.split())
        if bare not in seen and of_name[call.word] < _MOST_OF_NAME and len(seen) < _MOST_CALLS:
            seen.add(bare)
            of_name[call.word] += 1
            yield call.piece
