"""What the server says to the editor of its own accord: one method each, and none that can fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from attrs import define
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mendline.lsp import extensions

if TYPE_CHECKING:
    from mendline.lsp.server import Server

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
"""How long an editor may take over a question that needs no user."""

NO_ANSWER = object()
"""Stands for an answer that did not come, or was an error. An editor's null is an answer, and something else."""


@define
class Client:
    """The editor."""

    _server: Server

    @property
    def capabilities(self) -> types.ClientCapabilities:
        """What it can do; known from `initialize` on."""
        return self._server.protocol.client_capabilities

    def status(self, payload: dict[str, Any]) -> None:
        """Send `mendline/status` to an editor that shows it."""
        if extensions.shows_status(self.capabilities):
            self._server.protocol.notify(extensions.STATUS, payload)

    def warn(self, message: str) -> None:
        """Show one line to the user."""
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def inform(self, message: str) -> None:
        """Show one line to the user that asks for nothing."""
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    def refresh_diagnostics(self) -> None:
        """Have the editor ask for diagnostics anew."""
        self._server.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    async def apply(self, edit: types.WorkspaceEdit, label: str) -> str:
        """Have an edit applied; return why it was not, or an empty text."""
        params = types.ApplyWorkspaceEditParams(edit, label)
        answer = await self._answer(self._server.protocol.send_request(types.WORKSPACE_APPLY_EDIT, params))
        if getattr(answer, "applied", False):
            return ""
        reason = getattr(answer, "failure_reason", None)
        return f"The editor did not apply the fix{f': {reason}' if reason else ''}."

    def publish(self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]) -> None:
        """Send all diagnostics of a document."""
        able = self.capabilities.text_document and self.capabilities.text_document.publish_diagnostics
        told = version if able and able.version_support else None
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics), told))

    def progress(self, token: str, value: Any) -> None:
        """Send a `WorkDoneProgressBegin`, `…Report` or `…End`."""
        self._server.protocol.notify(types.PROGRESS, types.ProgressParams(token, value))

    async def ask(self, message: str, *actions: str, otherwise: str) -> str | None:
        """Show a question with buttons; return the one the user chose, None for none.

        Args:
            message: the question.
            actions: what the buttons say.
            otherwise: what an editor shows that has no such questions.
        """
        if self.capabilities.window is not None and self.capabilities.window.show_message is not None:
            items = [types.MessageActionItem(action) for action in actions]
            params = types.ShowMessageRequestParams(types.MessageType.Info, message, items)
            asked = self._server.protocol.send_request(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
            chosen = await self._answer(asked, None, failed=NO_ANSWER)
            if chosen is not NO_ANSWER:
                return getattr(chosen, "title", None)
        self.inform(otherwise)
        return None

    async def configuration(self, section: str) -> object:
        """Ask for settings; None when the editor has none, `NO_ANSWER` when it does not say."""
        params = types.ConfigurationParams([types.ConfigurationItem(section=section)])
        future = self._server.protocol.send_request("workspace/configuration", params)
        answer = await self._answer(future, failed=NO_ANSWER)
        return answer[0] if isinstance(answer, list | tuple) and answer else NO_ANSWER

    async def create_progress(self, token: str) -> bool:
        """Ask for a progress bar; False when there will be none."""
        window = self.capabilities.window
        if window is None or not window.work_done_progress:
            return False
        params = types.WorkDoneProgressCreateParams(token)
        future = self._server.protocol.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        return await self._answer(future, failed=NO_ANSWER) is not NO_ANSWER

    async def register(self, registration: types.Registration) -> None:
        """Register a capability after `initialize`."""
        params = types.RegistrationParams([registration])
        await self._answer(self._server.protocol.send_request(types.CLIENT_REGISTER_CAPABILITY, params))

    async def _answer(self, future: Future[Any], seconds: float | None = ANSWER_SECONDS, *, failed: Any = None) -> Any:
        """Wait for the answer to a request; an error or none in time counts as `failed`."""
        # The shield keeps a cancelled handler from cancelling the future: pygls would then fail on the late answer.
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), seconds)
        except (JsonRpcException, TimeoutError) as error:
            logger.info("the editor did not answer: %s", type(error).__name__)
            return failed
