"""From the protocol's types to Mendline's: conversion only, no decisions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from mendline.checks.finding import Finding, Point, Severity
from mendline.features.completion import SelectedCompletion, Trigger
from mendline.lsp.extensions import field
from mendline.text.document import Document, Range
from mendline.text.positions import PositionEncoding
from mendline.workspace.notebooks import Cell
from mendline.workspace.store import Change

_MOST_MESSAGE = 1_000
_MOST_NOTES = 5
_MOST_NOTE = 300


def path(uri: str | None) -> str | None:
    """Return the path of a `file:` URI, None for others and for what is no URI."""
    try:
        return to_fs_path(uri) if uri else None
    except ValueError:
        return None


def is_untitled(uri: str) -> bool:
    """Whether a document is one that an editor hasn't saved in any file yet."""
    return uri.startswith("untitled:")


def folders(opened: Iterable[types.WorkspaceFolder]) -> tuple[Path, ...]:
    """Return the directories of workspace folders, without those that can be none."""
    return tuple(found for each in opened if (found := _folder(path(each.uri))))


def roots(params: types.InitializeParams) -> tuple[Path, ...]:
    """Return the directories of the workspace, as newer and older editors name them; the first one counts most."""
    if found := folders(params.workspace_folders or ()):
        return found
    root = _folder(path(params.root_uri)) or _folder(params.root_path)
    return (root,) if root else ()


def _folder(name: str | None) -> Path | None:
    # No file system can be asked for a name with a NUL in it.
    return Path(name) if name and "\0" not in name else None


def offset(document: Document, position: types.Position, encoding: PositionEncoding) -> int:
    """Return a position's offset; one outside of the document is moved into it."""
    return document.offset_at(position.line, position.character, encoding)


def change(event: types.TextDocumentContentChangeEvent) -> Change:
    """Return a content change."""
    if isinstance(event, types.TextDocumentContentChangeWholeDocument):
        return Change(event.text)
    start, end = event.range.start, event.range.end
    return Change(event.text, (start.line, start.character), (end.line, end.character))


def end_of(event: types.TextDocumentContentChangeEvent, document: Document, encoding: PositionEncoding) -> int | None:
    """Return where a change ends in the document it led to; None for a change of the whole document."""
    if isinstance(event, types.TextDocumentContentChangeWholeDocument):
        return None
    start = min(event.range.start, event.range.end, key=lambda each: (each.line, each.character))
    return offset(document, start, encoding) + len(event.text)


def focus(position: object, visible: object) -> types.Position | None:
    """Return the place of a `textDocument/didFocus`, from plain values, right or wrong; None where they tell none."""
    cursor = _position(position)
    top, bottom = _position(field(visible, "start")), _position(field(visible, "end"))
    if top is None or bottom is None or (cursor is not None and top.line <= cursor.line <= bottom.line):
        return cursor
    return types.Position((top.line + bottom.line) // 2, 0)


def _position(value: object) -> types.Position | None:
    line, character = field(value, "line"), field(value, "character")
    valid = isinstance(line, int) and isinstance(character, int) and line >= 0 and character >= 0
    return types.Position(line, character) if valid else None


def cell(value: types.NotebookCell) -> Cell:
    """Return a notebook cell."""
    return Cell(value.document, value.kind == types.NotebookCellKind.Code)


def trigger(kind: types.InlineCompletionTriggerKind) -> Trigger:
    """Return why inline completions are asked for."""
    return Trigger.INVOKED if kind == types.InlineCompletionTriggerKind.Invoked else Trigger.AUTOMATIC


def selected(
    info: types.SelectedCompletionInfo | None, document: Document, encoding: PositionEncoding
) -> SelectedCompletion | None:
    """Return the item selected in the editor's popup."""
    if info is None:
        return None
    start, end = (offset(document, position, encoding) for position in (info.range.start, info.range.end))
    return SelectedCompletion(Range(min(start, end), max(start, end)), info.text)


def offer_id(params: object) -> object:
    """Return the id in the command of the item that a notification names, whatever it is; None without any."""
    arguments = field(params, "item", "command", "arguments")
    return arguments[0] if isinstance(arguments, list | tuple) and arguments else None


def finding(diagnostic: types.Diagnostic, document: Document, encoding: PositionEncoding) -> Finding:
    """Return a diagnostic as a finding without a path; one without a severity is an error, a long message is cut."""
    start = _point(document, diagnostic.range.start, encoding)
    return Finding(
        path="",
        start=start,
        end=max(start, _point(document, diagnostic.range.end, encoding)),
        message=diagnostic.message[:_MOST_MESSAGE],
        severity=Severity(diagnostic.severity or Severity.ERROR),
        source=diagnostic.source or "",
        code="" if diagnostic.code is None else str(diagnostic.code),
    )


def notes(diagnostic: types.Diagnostic) -> tuple[str, ...]:
    """Return what a diagnostic says of related places, a sentence each; a few, and not long."""
    return tuple(each.message[:_MOST_NOTE] for each in (diagnostic.related_information or ())[:_MOST_NOTES])


def _point(document: Document, position: types.Position, encoding: PositionEncoding) -> Point:
    at = offset(document, position, encoding)
    line = document.line_at(at)
    return Point(line, at - document.line_start(line))
