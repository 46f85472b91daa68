"""Documents with something wrong in them, as an editor's server reports it, and what fixes make of them."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from mendline.text.document import Document, Edit
from mendline.text.positions import PositionEncoding

SHAPES = """import math


def area(radius):
    return math.pi * radius * radius


def ring(outer, inner):
    return area(outer) - are(inner)
"""
"""The last line has an undefined name, which is nearly right."""

SHAPES_MENDED = SHAPES.replace("are(inner)", "area(inner)")


def undefined(text: str, name: str, source: str = "Ruff", code: str | None = "F821") -> types.Diagnostic:
    """What a linter says of a name's first use as a word."""
    for number, line in enumerate(text.split("\n")):
        at = line.find(f"{name}(")
        if at >= 0:
            where = span(number, at, number, at + len(name))
            error = types.DiagnosticSeverity.Error
            return types.Diagnostic(where, f"Undefined name `{name}`", error, code, source=source)
    raise AssertionError(f"there is no call of {name}")


def span(line: int, character: int, end_line: int, end_character: int) -> types.Range:
    return types.Range(types.Position(line, character), types.Position(end_line, end_character))


def changed(text: str, edit: types.WorkspaceEdit | None) -> str:
    """A text with the edits of one document."""
    assert edit is not None
    if edit.document_changes:
        (only,) = edit.document_changes
        assert isinstance(only, types.TextDocumentEdit)
        return with_edits(text, only.edits)  # type: ignore[arg-type]
    assert edit.changes
    (edits,) = edit.changes.values()
    return with_edits(text, edits)


def with_edits(text: str, edits: Iterable[types.TextEdit]) -> str:
    document = Document.of(text)
    utf16 = PositionEncoding.UTF16
    done = document
    places = [
        Edit(
            document.offset_at(each.range.start.line, each.range.start.character, utf16),
            document.offset_at(each.range.end.line, each.range.end.character, utf16),
            each.new_text,
        )
        for each in edits
    ]
    for each in sorted(places, key=lambda edit: edit.start, reverse=True):
        done = done.apply(each)
    return done.text
