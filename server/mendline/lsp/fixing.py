"""The work when a code action is chosen: a bar, the search, the edit, and a word where nothing was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from attrs import define, evolve, field
from lsprotocol import types

from mendline.features import repair as repairs
from mendline.lsp import to_lsp
from mendline.lsp.abilities import Abilities
from mendline.lsp.client import Client
from mendline.lsp.elsewhere import Elsewhere
from mendline.lsp.repairing import Repaired, Repairing
from mendline.lsp.tickets import Ticket
from mendline.lsp.working import Working
from mendline.text.edits import edits_between
from mendline.text.positions import PositionEncoding
from mendline.workspace.store import Snapshot

_TITLE = "Mendline: looking for a fix"
_TITLE_ALL = "Mendline: fixing all"


@define
class Fixing:
    """Does what code actions promise."""

    _repairing: Repairing
    _elsewhere: Elsewhere
    _working: Working
    _client: Client
    _encoding: Callable[[], PositionEncoding]
    _told: Ticket | None = field(default=None, init=False)

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Return an action with its edit; without one where there is no fix, and the user is told.

        Raises:
            NoTicket: the action is none of Mendline's.
            Stale: the document has changed.
        """
        if action.data is None:
            return action  # it came with its edit
        ticket, able = Ticket.of(action.data), Abilities.of(self._client.capabilities)
        if ticket.finding is None:
            snapshot, whole = await self._all(ticket)
            edit = self._edit_of(snapshot, whole, able)
            return evolve(action, edit=edit, data=None)
        found = await self._one(ticket)
        if found.repair.found:
            return to_lsp.fix(found.snapshot, found.repair, action.diagnostics, self._encoding(), able)
        reason = repairs.why_nothing(found.repair)
        self._tell_once(ticket, reason)
        disabled = types.CodeActionDisabled(reason) if able.disabled else None
        return evolve(action, title=found.repair.title, disabled=disabled, is_preferred=None, data=None)

    async def run(self, ticket: Ticket) -> dict[str, Any]:
        """Do the same for an editor that can't resolve actions: ask it to apply the edit.

        Returns:
            {ok, title, verified, message}: whether the document has the fix, and why not.

        Raises:
            Stale: the document has changed.
        """
        able = Abilities.of(self._client.capabilities)
        if ticket.finding is None:
            snapshot, whole = await self._all(ticket)
            edit, title, verified = self._edit_of(snapshot, whole, able), _TITLE_ALL, True
            reason = report_of(snapshot, whole)
        else:
            found = await self._one(ticket)
            repair, title, verified = found.repair, found.repair.title, found.repair.verified
            edits = to_lsp.workspace_edit(found.snapshot, repair.edits, self._encoding(), versioned=able.versioned)
            edit, reason = (edits, "") if repair.found else (None, repairs.why_nothing(repair))
            if edit is None:
                self._tell_once(ticket, reason)
        if edit is None:
            return {"ok": False, "title": title, "verified": False, "message": reason}
        refused = await self._client.apply(edit, title)
        if refused:
            self._client.warn(refused)
        return {"ok": not refused, "title": title, "verified": verified, "message": refused}

    async def look(self, ticket: Ticket) -> None:
        """Look for a fix that is then offered with its edit; where there is none, the user is told.

        Raises:
            Stale: the document has changed.
        """
        found = await self._one(ticket)
        if not found.repair.found:
            self._tell_once(ticket, repairs.why_nothing(found.repair))

    async def _one(self, ticket: Ticket) -> Repaired:
        return await self._working.run(
            _TITLE,
            lambda tell: self._repairing.repair(ticket, progress=tell),
            lambda found: found.repair.title,
        )

    async def _all(self, ticket: Ticket) -> tuple[Snapshot, repairs.Whole]:
        told = self._elsewhere.told(self._repairing.current(ticket))
        snapshot, whole = await self._working.run(
            _TITLE_ALL,
            lambda tell: self._repairing.repair_all(ticket, told, progress=tell),
            lambda done: report_of(*done),
        )
        self._client.inform(report_of(snapshot, whole))
        return snapshot, whole

    def _edit_of(self, snapshot: Snapshot, whole: repairs.Whole, able: Abilities) -> types.WorkspaceEdit | None:
        edits = edits_between(snapshot.document.text, whole.document.text)
        if not edits:
            return None
        return to_lsp.workspace_edit(snapshot, edits, self._encoding(), versioned=able.versioned)

    def _tell_once(self, ticket: Ticket, message: str) -> None:
        """Say that there is no fix. Editors may resolve an action twice, for a preview say."""
        if self._told != ticket:
            self._told = ticket
            self._client.inform(message)


def report_of(snapshot: Snapshot, whole: repairs.Whole) -> str:
    """Say what became of all problems of a file."""
    name, tried, fixed = PurePath(snapshot.path or snapshot.uri).name, len(whole.steps), len(whole.taken)
    if not tried:
        return f"Mendline found no problem in {name}."
    problems = f"{tried} problem{'s' if tried != 1 else ''}"
    if not fixed:
        return f"Mendline found no fix that passes the checks for {problems} in {name}."
    return f"Mendline fixed {fixed} of {problems} in {name}, all checked."
