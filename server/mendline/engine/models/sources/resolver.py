"""Name resolution that can be given up.

The system's resolver blocks, for half a minute and more where a name server is out of reach, and asyncio's thread
pool is waited for when a loop ends. A daemon thread isn't.
"""

from __future__ import annotations

import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from mendline.engine.threads import in_daemon_thread


class ImpatientResolver(AbstractResolver):
    """Asks the system's resolver; whoever waits may stop waiting."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return a host's addresses; raises OSError when it has none."""
        try:
            found: list[Any] = await in_daemon_thread(
                lambda: socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM), "hub-resolver"
            )
        except UnicodeError as error:
            raise OSError(f"{host} can't be a host's name") from error
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=address[1],
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""
