"""What other sources report of a document, as far as code action requests tell; they are the only ones that do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from attrs import define, field, frozen

from mendline.checks.finding import Finding, Severity
from mendline.syntax.problems import Problem
from mendline.text.document import Document, Range
from mendline.workspace.store import Snapshot


@frozen
class Told:
    """A finding of another source, and what that says of related places."""

    finding: Finding
    notes: tuple[str, ...] = ()


@define
class _Known:
    """What is known of one document.

    Attributes:
        document: the text that `told` is about.
        silent: own problems that another source reports too, by message and the text of their line. So what is
            silent stays so while other lines change.
    """

    document: Document
    told: dict[Finding, Told] = field(factory=dict)
    silent: set[tuple[str, str]] = field(factory=set)


@define
class Elsewhere:
    """Remembers for each document what other sources report, and which of Mendline's problems that makes silent."""

    _known: dict[str, _Known] = field(factory=dict, init=False)

    def note(self, snapshot: Snapshot, asked: Range, told: Sequence[Told], own: Iterable[Problem]) -> bool:
        """Take what a request for a range tells; return whether other own problems are silent now.

        Args:
            snapshot: the document.
            asked: the request's range: of what touches it, the request tells all that is reported.
            told: what other sources report.
            own: Mendline's own problems.
        """
        document = snapshot.document
        known = self._known.setdefault(unquote(snapshot.uri), _Known(document))
        if known.document is not document:
            known.document, known.told = document, {}
        known.told.update((each.finding, each) for each in told)
        before = set(known.silent)
        errors = [each.finding for each in told if each.finding.severity is Severity.ERROR]
        for problem in own:
            first, last = document.line_at(problem.range.start), document.line_at(problem.range.end)
            if any(each.start.line <= last and first <= each.end.line for each in errors):
                known.silent.add(_key(document, problem))
            elif problem.range.start <= asked.end and asked.start <= problem.range.end:
                known.silent.discard(_key(document, problem))
        return known.silent != before

    def is_silent(self, snapshot: Snapshot, problem: Problem) -> bool:
        """Whether another source reports an own problem too."""
        known = self._known.get(unquote(snapshot.uri))
        return known is not None and _key(snapshot.document, problem) in known.silent

    def told(self, snapshot: Snapshot) -> tuple[Told, ...]:
        """All that other sources have reported of this very text."""
        known = self._known.get(unquote(snapshot.uri))
        return tuple(known.told.values()) if known is not None and known.document is snapshot.document else ()

    def closed(self, uri: str) -> None:
        """Forget a document."""
        self._known.pop(unquote(uri), None)


def _key(document: Document, problem: Problem) -> tuple[str, str]:
    return problem.message, document.line_text(document.line_at(problem.range.start))
