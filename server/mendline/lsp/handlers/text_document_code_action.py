"""`textDocument/codeAction`: which fixes could be looked for. Answers at once, from what the editor says."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from mendline.lsp.abilities import Abilities
from mendline.lsp.offering import Action
from mendline.lsp.session import Session


async def handle(session: Session, params: types.CodeActionParams) -> list[Action]:
    """Return the actions for a range.

    An editor that takes an edit only with its action waits while fixes are looked for, if its user has asked.
    """
    snapshot = session.workspace.snapshot(params.text_document.uri)
    if snapshot is None:
        return []
    able, encoding = Abilities.of(session.client.capabilities), session.encoding
    offered = session.offering.actions(snapshot, params, encoding, able)
    is_asked = params.context.trigger_kind is not types.CodeActionTriggerKind.Automatic
    if able.literals and not able.waits and is_asked and offered.unknown:
        session.idle_repair.stop()
        await session.fixing_now.look(offered.unknown)
        current = session.workspace.snapshot(snapshot.uri)
        if current is None or current.document is not snapshot.document:
            raise JsonRpcContentModified("The document has changed since fixes for it were asked for.")
        offered = session.offering.actions(snapshot, params, encoding, able)
    session.idle_repair.visit(snapshot, offered.unknown)
    return list(offered.actions)
