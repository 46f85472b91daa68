"""The language server of one editor: pygls's server with Mendline's session and handlers in it."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from mendline import __version__
from mendline.lsp.client import Client
from mendline.lsp.protocol import Protocol, converter
from mendline.lsp.registry import COMMANDS, HANDLERS, NOTEBOOKS, Command
from mendline.lsp.services import Services
from mendline.lsp.session import Session

logger = logging.getLogger(__name__)


def build_server(services: Services) -> Server:
    """Make a server that is ready to be run by `mendline.lsp.stdio`."""
    server = Server()
    session = Session(services, Client(server), server.stop)
    server.session = session
    for handler in HANDLERS:
        server.feature(handler.method, handler.options)(functools.partial(handler.run, session))
    for command in COMMANDS:
        server.command(command.name)(_bound(command, session))
    return server


class Server(LanguageServer):
    """One connection: bytes in by `receive`, bytes out through the writer, an end by `stop`."""

    protocol: Protocol
    session: Session

    def __init__(self) -> None:
        super().__init__(
            "mendline",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=NOTEBOOKS,
            protocol_cls=Protocol,
            converter_factory=converter,
            max_workers=1,
        )
        self.stopped = asyncio.Event()

    @property
    def exit_status(self) -> int:
        """0 when the editor said `shutdown` before the end, 1 otherwise (LSP 3.17, `exit`)."""
        return 0 if self.protocol.shut_down else 1

    def attach(self, writer: Any) -> None:
        """Say where messages to the editor go."""
        self.protocol.set_writer(writer)

    def receive(self, body: bytes) -> None:
        """Handle one message from the editor."""
        self.protocol.receive(body)

    def stop(self) -> None:
        """End the connection; whoever runs the server then ends it."""
        self.stopped.set()

    async def aclose(self) -> None:
        """Cancel what is under way and let go of the engine."""
        await self.session.aclose()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong in a handler; a popup would help nobody. The error's text may hold code."""
        logger.error("%s in a handler (%s)", type(error).__name__, getattr(source, "__name__", source))
        logger.debug("details", exc_info=error)


def _bound(command: Command, session: Session) -> Callable[..., Any]:
    async def run(*arguments: Any) -> Any:
        return await command.run(session, arguments)

    return run
