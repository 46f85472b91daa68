"""`codeAction/resolve`: look for the fix of the action that the user has chosen, and check it."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from mendline.lsp.repairing import Stale
from mendline.lsp.session import Session
from mendline.lsp.tickets import NoTicket


async def handle(session: Session, params: types.CodeAction) -> types.CodeAction:
    """Return the action with its edit."""
    session.idle_repair.stop()
    try:
        return await session.fixing.resolve(params)
    except NoTicket as error:
        raise JsonRpcInvalidParams(str(error)) from error
    except Stale as error:
        raise JsonRpcContentModified(str(error)) from error
