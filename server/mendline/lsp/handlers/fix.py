"""`mendline.fix`: what a code action promises, for editors that can't resolve one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from mendline.lsp.repairing import Stale
from mendline.lsp.session import Session
from mendline.lsp.tickets import NoTicket, Ticket


async def run(session: Session, arguments: Sequence[Any]) -> dict[str, Any]:
    """Look for the fix and have it applied; return what came of it."""
    session.idle_repair.stop()
    try:
        return await session.fixing.run(Ticket.of(arguments[0] if arguments else None))
    except NoTicket as error:
        raise JsonRpcInvalidParams(str(error)) from error
    except Stale as error:
        session.client.warn(str(error))
        raise JsonRpcContentModified(str(error)) from error
