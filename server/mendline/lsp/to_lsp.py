"""From Mendline's types to the protocol's: conversion only, no decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from lsprotocol import types

from mendline.checks.check import Report
from mendline.features import repair as repairs
from mendline.features.completion import Outcome, Suggestion
from mendline.lsp.abilities import Abilities
from mendline.lsp.extensions import DID_ACCEPT_COMMAND
from mendline.lsp.indentation import as_snippet, without_base
from mendline.lsp.offers import Offer
from mendline.syntax.problems import Problem
from mendline.telemetry.acceptance import Days, Figures
from mendline.text.document import Document, Edit, Range
from mendline.text.edits import narrowed
from mendline.text.positions import PositionEncoding
from mendline.workspace.store import Snapshot

SOURCE = "mendline"
_LABEL_CHARACTERS = 60
_WORD_BEFORE = re.compile(r"\w*\Z")


def span(document: Document, range_: Range, encoding: PositionEncoding) -> types.Range:
    """Return a stretch of a document in positions."""
    start = types.Position(*document.position_at(range_.start, encoding))
    end = start if range_.end == range_.start else types.Position(*document.position_at(range_.end, encoding))
    return types.Range(start, end)


def accept_command(suggestion_id: str) -> types.Command:
    """Return the command an editor runs when a suggestion was taken."""
    return types.Command("Suggestion accepted", DID_ACCEPT_COMMAND, arguments=[suggestion_id])


def inline_item(
    document: Document, suggestion: Suggestion, suggestion_id: str, encoding: PositionEncoding
) -> types.InlineCompletionItem:
    """Return an inline completion item; it always has a range."""
    return types.InlineCompletionItem(
        insert_text=suggestion.text,
        range=span(document, suggestion.range, encoding),
        command=accept_command(suggestion_id),
    )


def list_items(
    document: Document, offers: Sequence[Offer], encoding: PositionEncoding, language_id: str, able: Abilities
) -> list[types.CompletionItem]:
    """Return items for a completion list. Several keep their order, where the first one's label puts them.

    Without those that an editor would indent in another way than they are meant.
    """
    made = (list_item(document, each.suggestion, each.id, encoding, language_id, able=able) for each in offers)
    items = [item for item in made if item is not None]
    if len(items) <= 1:
        return items
    return [attrs.evolve(item, sort_text=f"{items[0].label} {rank:02}") for rank, item in enumerate(items)]


def list_item(
    document: Document,
    suggestion: Suggestion,
    suggestion_id: str,
    encoding: PositionEncoding,
    language_id: str,
    *,
    able: Abilities,
) -> types.CompletionItem | None:
    """Return an item for a completion list, None where the editor can't insert the text as it is meant.

    Its edit begins at the start of the word before the cursor, and its filter text with that word: editors drop items
    that don't begin with what was typed.
    """
    start = suggestion.range.start
    line = document.text[document.line_start(document.line_at(start)) : start]
    found = _WORD_BEFORE.search(line)
    word = found[0] if found else ""
    text = word + suggestion.text
    first_line = text.strip().splitlines()[0] if text.strip() else text
    fence = "`" * (3 + max((len(run) for run in re.findall(r"`{3,}", suggestion.text)), default=0))
    inserted = _inserted(text, line, able)
    if inserted is None:
        return None
    new_text, text_format, mode = inserted
    shown = types.MarkupContent(types.MarkupKind.Markdown, f"{fence}{language_id}\n{text}\n{fence}")
    return types.CompletionItem(
        label=first_line if len(first_line) <= _LABEL_CHARACTERS else first_line[: _LABEL_CHARACTERS - 1] + "…",
        kind=types.CompletionItemKind.Text,
        detail="Mendline",
        documentation=shown if able.markdown else text,
        filter_text=text.splitlines()[0] if text else text,
        insert_text_format=text_format,
        insert_text_mode=mode,
        text_edit=types.TextEdit(span(document, Range(start - len(word), suggestion.range.end), encoding), new_text),
        command=accept_command(suggestion_id),
    )


def _inserted(
    text: str, before: str, able: Abilities
) -> tuple[str, types.InsertTextFormat, types.InsertTextMode | None] | None:
    """Return what an editor is to insert, so that the text stands there, and how; None where it can't be had."""
    plain = types.InsertTextFormat.PlainText
    if not able.indents:
        # The lines are indented already; an editor's default may be to indent them once more.
        return text, plain, types.InsertTextMode.AsIs if able.as_is else None
    mode = types.InsertTextMode.AdjustIndentation if able.adjusts else None
    relative = without_base(text, before)
    if relative is None:
        return None
    if not able.snippets or len(relative.splitlines()) == 1:
        return relative, plain, mode
    # Sublime Text inserts plain text as if it were typed: each line is indented like the one above it, and then by what
    # stands in the text. Only a snippet's lines are all indented like the first one.
    return as_snippet(relative), types.InsertTextFormat.Snippet, mode


def diagnostic(document: Document, problem: Problem, encoding: PositionEncoding) -> types.Diagnostic:
    """Return a syntax problem as an error."""
    return types.Diagnostic(
        range=span(document, problem.range, encoding),
        message=problem.message,
        severity=types.DiagnosticSeverity.Error,
        source=SOURCE,
        code="syntax",
    )


def explanation(document: Document, outcome: Outcome, waited: float) -> dict[str, Any]:
    """Return what is known of how an outcome came about, as `mendline/explain` sends it.

    Args:
        document: what it is for.
        outcome: what came.
        waited: seconds before the model was asked.
    """
    usage = outcome.usage
    return {
        "lines": document.line_count,
        "source": outcome.source.value,
        "shape": outcome.shape,
        "sections": [attrs.asdict(section) for section in outcome.sections],
        "raw": outcome.raw,
        "candidates": [
            {
                "text": each.text,
                "confidence": each.confidence,
                "parsed": each.parsed,
                "checks": list(each.checks),
                "finish": each.finish.value if each.finish else None,
            }
            for each in outcome.suggestions
        ],
        "steps": [attrs.asdict(step) for step in outcome.steps],
        "reasons": [{"reason": each.reason.value, "detail": each.detail} for each in outcome.reasons],
        "tokens": outcome.tokens,
        "timings": {"waited": waited, **attrs.asdict(outcome.timings)},
        "usage": attrs.asdict(usage) if usage else None,
    }


def text_edits(document: Document, edits: Iterable[Edit], encoding: PositionEncoding) -> list[types.TextEdit]:
    """Return edits of a document, each without what it leaves as it is."""
    return [
        types.TextEdit(span(document, Range(each.start, each.end), encoding), each.text)
        for each in narrowed(document.text, edits)
    ]


def workspace_edit(
    snapshot: Snapshot, edits: Iterable[Edit], encoding: PositionEncoding, *, versioned: bool
) -> types.WorkspaceEdit:
    """Return edits of one document as one step; `versioned` where the editor then refuses them for another version."""
    changed = text_edits(snapshot.document, edits, encoding)
    if not versioned:
        return types.WorkspaceEdit(changes={snapshot.uri: changed})
    identifier = types.OptionalVersionedTextDocumentIdentifier(snapshot.uri, snapshot.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changed)])


def fix(
    snapshot: Snapshot,
    repair: repairs.Repair,
    diagnostics: Sequence[types.Diagnostic] | None,
    encoding: PositionEncoding,
    able: Abilities,
) -> types.CodeAction:
    """Return a fix that was found, ready to be applied."""
    by_model = repair.origin == repairs.MODEL
    return types.CodeAction(
        title=repair.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=diagnostics,
        is_preferred=True if repair.verified and able.preferred else None,
        edit=workspace_edit(snapshot, repair.edits, encoding, versioned=able.versioned),
        tags=[types.CodeActionTag.LlmGenerated] if by_model and able.tags else None,
    )


def fix_explanation(snapshot: Snapshot, repair: repairs.Repair) -> dict[str, Any]:
    """Return why a fix is what it is, as `mendline/explainFix` sends it."""
    about = repair.explanation
    finding = about.finding
    return {
        "uri": snapshot.uri,
        "version": snapshot.version,
        "title": repair.title,
        "found": repair.found,
        "verified": repair.verified,
        "origin": repair.origin,
        "problem": {
            "message": finding.message,
            "source": finding.source,
            "code": finding.code,
            "line": finding.start.line,
        },
        "before": [_report(each) for each in about.before],
        "after": [_report(each) for each in about.after],
        "attempts": [attrs.asdict(each) for each in about.attempts],
        "diff": about.diff,
        "ending": about.ending,
        "rounds": about.rounds,
        "tokens": about.tokens,
        "seconds": about.seconds,
        "trouble": about.trouble,
        "markdown": repairs.markdown(repair),
    }


def figures(days: Days) -> dict[str, Any]:
    """Convert what became of suggestions, the latest day first."""
    return {
        "days": [
            {"day": day, "languages": [_figures(language, each) for language, each in sorted(languages.items())]}
            for day, languages in sorted(days.items(), reverse=True)
        ]
    }


def _figures(language: str, figures: Figures) -> dict[str, Any]:
    return {
        "language": language,
        "shown": figures.shown,
        "accepted": figures.accepted,
        "partiallyAccepted": figures.partially_accepted,
        "followed": figures.followed,
        "kept": figures.kept,
        "characters": figures.characters,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "check": report.check,
        "status": report.status.value,
        "findings": [each.message for each in report.findings],
        "testsPassed": report.tests_passed,
        "testsFailed": report.tests_failed,
        "note": report.note,
        "confinement": report.confinement,
        "seconds": report.seconds,
    }
