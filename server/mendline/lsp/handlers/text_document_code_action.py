"""`textDocument/codeAction`: which fixes could be looked for. Answers at once, from what the editor says."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.abilities import Abilities
from mendline.lsp.offering import Action
from mendline.lsp.session import Session


def handle(session: Session, params: types.CodeActionParams) -> list[Action]:
    """Return the actions for a range."""
    snapshot = session.workspace.snapshot(params.text_document.uri)
    if snapshot is None:
        return []
    actions = session.offering.actions(snapshot, params, session.encoding, Abilities.of(session.client.capabilities))
    session.idle_repair.visit(snapshot, actions)
    return actions
