"""Which code actions there are for a place: told at once, from what the editor says is wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import define, frozen
from lsprotocol import types

from mendline.checks.finding import Finding
from mendline.features.repair.words import offered
from mendline.lsp import from_lsp, to_lsp
from mendline.lsp.abilities import Abilities
from mendline.lsp.diagnosing import Diagnosing, syntax_problems
from mendline.lsp.elsewhere import Elsewhere, Told
from mendline.lsp.extensions import FIX_COMMAND
from mendline.lsp.tickets import Ticket
from mendline.settings.model import Settings
from mendline.text.document import Range
from mendline.text.positions import PositionEncoding
from mendline.workspace.exclusion import excluded_by
from mendline.workspace.store import Snapshot

if TYPE_CHECKING:
    from mendline.features.repair import Repair

QUICK_FIX = types.CodeActionKind.QuickFix.value
FIX_ALL = "source.fixAll.mendline"

_MOST = 8
_FIX_ALL_TITLE = "Fix all with Mendline: every problem here whose fix passes the checks"

Action = types.CodeAction | types.Command


@frozen
class _Reported:
    """A problem, as the editor has it and as Mendline has it."""

    diagnostic: types.Diagnostic
    told: Told


@frozen
class Offered:
    """What there is for a place.

    Attributes:
        actions: what the editor can show.
        unknown: the problems there whose fixes nobody has looked for, as the text is now.
    """

    actions: tuple[Action, ...] = ()
    unknown: tuple[Ticket, ...] = ()


@define
class Offering:
    """Lists code actions. Nothing here asks the model or the disk."""

    _known: Callable[[Snapshot, Finding], Repair | None]
    _diagnosing: Diagnosing
    _elsewhere: Elsewhere
    _settings: Callable[[], Settings]
    _silenced: Callable[[], None]

    def actions(
        self, snapshot: Snapshot, params: types.CodeActionParams, encoding: PositionEncoding, able: Abilities
    ) -> Offered:
        """Return what could be offered; what was looked for already has its edit, and the evidence in its title.

        To an editor that takes an edit only with its action, nothing else is offered, and where it names problems of
        Mendline's own, only their fixes.
        """
        reported = self._reported(snapshot, params, encoding)
        if not able.waits:
            reported = _meant(reported, params.context.diagnostics)
        if not self.is_wanted(snapshot) or not (able.literals or able.applies):
            return Offered()
        found: list[Action] = []
        unknown: list[Ticket] = []
        if _is_asked_for(QUICK_FIX, params.context.only):
            for each in reported[:_MOST]:
                known = self._known(snapshot, each.told.finding)
                ticket = Ticket(snapshot.uri, snapshot.version, each.told.finding, each.told.notes)
                if known is None:
                    unknown.append(ticket)
                if known is not None and known.found and able.literals:
                    found.append(to_lsp.fix(snapshot, known, [each.diagnostic], encoding, able))
                elif able.waits:
                    title = offered(each.told.finding)
                    found.append(_chosen_later(title, QUICK_FIX, ticket, [each.diagnostic], able))
        if able.waits and self._offers_all(params.context, reported):
            found.append(_chosen_later(_FIX_ALL_TITLE, FIX_ALL, Ticket(snapshot.uri, snapshot.version), (), able))
        return Offered(tuple(found), tuple(unknown))

    def is_wanted(self, snapshot: Snapshot) -> bool:
        """Whether fixes are wanted in a document.

        In files, in what will be one, and in cells of notebooks: whatever else an editor shows can't be changed, as a
        rule. Not in those that the user excludes.
        """
        settings = self._settings()
        is_file = from_lsp.path(snapshot.uri) is not None
        if not settings.repair.enabled or not (is_file or snapshot.is_cell or from_lsp.is_untitled(snapshot.uri)):
            return False
        return excluded_by(snapshot.path, settings.privacy.exclude) is None

    def _reported(
        self, snapshot: Snapshot, params: types.CodeActionParams, encoding: PositionEncoding
    ) -> Sequence[_Reported]:
        """What other sources report at the place, and Mendline itself; the worst first."""
        document = snapshot.document
        others = [
            _Reported(each, Told(from_lsp.finding(each, document, encoding), from_lsp.notes(each)))
            for each in params.context.diagnostics
            if each.source != to_lsp.SOURCE
        ]
        start, end = (from_lsp.offset(document, each, encoding) for each in (params.range.start, params.range.end))
        asked = Range(min(start, end), max(start, end))
        if self._elsewhere.note(snapshot, asked, [each.told for each in others], syntax_problems(snapshot)):
            self._silenced()
        once: dict[Finding, _Reported] = {}
        for each in (*others, *self._own(snapshot, asked, encoding)):
            once.setdefault(each.told.finding, each)
        return sorted(once.values(), key=lambda each: each.told.finding.severity)

    def _own(self, snapshot: Snapshot, asked: Range, encoding: PositionEncoding) -> Iterator[_Reported]:
        document = snapshot.document
        first, last = document.line_at(asked.start), document.line_at(asked.end)
        for diagnostic in self._diagnosing.diagnostics(snapshot, encoding):
            finding = from_lsp.finding(diagnostic, document, encoding)
            if finding.start.line <= last and first <= finding.end.line:
                yield _Reported(diagnostic, Told(finding))

    def _offers_all(self, context: types.CodeActionContext, reported: Sequence[_Reported]) -> bool:
        """Whether fixing all is offered.

        An editor that fixes all on each save, by whatever server, must not wait for a model: there it has to be asked
        for by its own name.
        """
        if not context.only:
            return len(reported) > 1
        automatic = context.trigger_kind is types.CodeActionTriggerKind.Automatic
        return FIX_ALL in context.only if automatic else _is_asked_for(FIX_ALL, context.only)


def _meant(reported: Sequence[_Reported], named: Sequence[types.Diagnostic]) -> Sequence[_Reported]:
    """Leave out Mendline's own problems that weren't named, where others of them were.

    Kate's *Quick Fix* names the one problem it is for, and applies every fix that it gets for the whole document.
    """
    ranges = [each.range for each in named if each.source == to_lsp.SOURCE]
    meant = [each for each in reported if each.diagnostic.source != to_lsp.SOURCE or each.diagnostic.range in ranges]
    is_known = any(each.diagnostic.source == to_lsp.SOURCE for each in meant)
    return meant if is_known else reported


def _chosen_later(
    title: str, kind: str, ticket: Ticket, diagnostics: Sequence[types.Diagnostic], able: Abilities
) -> Action:
    """An action whose work is done when it is chosen: at its resolution, or as a command."""
    data = ticket.as_data()
    command = None if able.literals and able.resolves else types.Command(title, FIX_COMMAND, arguments=[data])
    if command is not None and not able.literals:
        return command
    tags = [types.CodeActionTag.LlmGenerated] if able.tags else None
    return types.CodeAction(
        title=title,
        kind=kind,
        diagnostics=list(diagnostics) or None,
        data=None if command else data,
        command=command,
        tags=tags,
    )


def _is_asked_for(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    if not only:
        return True
    return any(str(getattr(each, "value", each)) in ("", kind) or kind.startswith(f"{_text(each)}.") for each in only)


def _text(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
