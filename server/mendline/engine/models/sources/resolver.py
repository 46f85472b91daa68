"""Name resolution that can be given up.

The system's resolver blocks, for half a minute and more where a name server is out of reach, and asyncio's thread
pool is waited for when a loop ends. A daemon thread isn't.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult


class ImpatientResolver(AbstractResolver):
    """Asks the system's resolver; whoever waits may stop waiting."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return a host's addresses; raises OSError when it has none."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Any]] = loop.create_future()

        def settle(found: list[Any] | OSError) -> None:
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def ask() -> None:
            found: list[Any] | OSError
            try:
                found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
            except OSError as error:
                found = error
            with contextlib.suppress(RuntimeError):  # nobody waits any more and the loop is closed
                loop.call_soon_threadsafe(settle, found)

        threading.Thread(target=ask, name="hub-resolver", daemon=True).start()
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=address[1],
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, protocol, _, address in await answer
        ]

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""
