"""pygls's protocol, with what it leaves open closed: every request gets an answer, whatever was sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator
from typing import Any

from cattrs import Converter
from lsprotocol import converters, types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    lsp_method,
)

from mendline.lsp.fitting import fit

logger = logging.getLogger(__name__)

OWN = (
    types.EXIT,
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)
"""What pygls would do by itself and Mendline does instead: pygls keeps no documents here at all."""

_MISSING = object()


class Protocol(LanguageServerProtocol):
    """The JSON-RPC side of one connection."""

    def _register_builtin_features(self) -> None:
        super()._register_builtin_features()  # type: ignore[no-untyped-call]  # pygls has no annotation there
        for method in OWN:
            del self.fm.builtin_features[method]

    @property
    def shut_down(self) -> bool:
        """Whether the editor has asked for the end."""
        return self._shutdown

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer with what the editor can take."""
        result = yield from super().lsp_initialize(params)
        fit(result.capabilities, params.capabilities)
        return result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Count as shut down at once, though the handler takes a moment: an editor may not wait for the answer."""
        self._shutdown = True
        yield from super().lsp_shutdown(*args)

    def receive(self, body: bytes) -> None:
        """Handle one message as it came. Never raises; a request that cannot be handled is answered with an error."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            logger.warning("a message of %d bytes is no JSON", len(body))
            self._fail(None, JsonRpcParseError())
            return
        if not isinstance(message, dict):
            self._fail(None, JsonRpcInvalidRequest("a message must be an object; batches are no part of LSP"))
            return
        request_id, method = message.get("id", _MISSING), message.get("method")
        is_request = isinstance(method, str) and request_id is not _MISSING
        try:
            self._check(message, is_request=is_request)
            self.handle_message(self.structure_message(message))
        except JsonRpcException as error:
            logger.warning("%s cannot be handled: %s", _shown(method), type(error).__name__)
            if is_request:
                self._fail(request_id, error)

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        # An editor can't know that the answer is on its way already. pygls warns of that in everybody's log.
        if msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)

    def _handle_request(self, msg_id: int | str, method_name: str, params: Any) -> None:
        # Kate asks for symbols after each change, whatever was offered. pygls warns of that in everybody's log.
        if method_name in self.fm.builtin_features or method_name in self.fm.features:
            super()._handle_request(msg_id, method_name, params)
            return
        logger.info("%s was never offered", _shown(method_name))
        self._fail(msg_id, JsonRpcMethodNotFound.of(method_name))

    def _check(self, message: dict[str, Any], *, is_request: bool) -> None:
        method = message.get("method")
        if message.get("jsonrpc") != self.VERSION:
            raise JsonRpcInvalidRequest('a message needs "jsonrpc": "2.0"')
        if method is not None and not isinstance(method, str):
            raise JsonRpcInvalidRequest("a method is a text")
        if not is_request:
            if self._workspace is None and method not in (None, types.EXIT):
                raise JsonRpcServerNotInitialized()
            return
        if not isinstance(message["id"], str | int):
            raise JsonRpcInvalidRequest("an id is a text or a whole number")
        if self._shutdown:
            raise JsonRpcInvalidRequest("the server was shut down")
        if (self._workspace is None) is not (method == types.INITIALIZE):
            raise (
                JsonRpcServerNotInitialized()
                if self._workspace is None
                else JsonRpcInvalidRequest("the server is initialized already")
            )

    def _fail(self, request_id: Any, error: JsonRpcException) -> None:
        known = request_id if isinstance(request_id, str | int) else None
        self._send_data(types.ResponseErrorMessage(id=known, error=error.to_response_error(), jsonrpc=self.VERSION))


def converter() -> Converter:
    """Build lsprotocol's converter, with custom messages left as plain values and tolerance for old clients."""
    made = converters.get_converter()
    made.register_structure_hook(JsonRPCRequestMessage, _plain("id", "method", "params"))
    made.register_structure_hook(JsonRPCNotification, _plain("method", "params"))
    made.register_structure_hook(JsonRPCResponseMessage, _plain("id", "result"))
    made.register_structure_hook(types.InlineCompletionTriggerKind, _trigger_kind)
    workspace = made.get_structure_hook(types.WorkspaceClientCapabilities)
    made.register_structure_hook(
        types.WorkspaceClientCapabilities, lambda value, cls: workspace(_well_spelled(value), cls)
    )
    return made


def _plain(*names: str) -> Callable[[Any, type], Any]:
    def build(value: Any, cls: type) -> Any:
        return cls(jsonrpc=value["jsonrpc"], **{name: value.get(name) for name in names})

    return build


def _trigger_kind(value: Any, _: type) -> types.InlineCompletionTriggerKind:
    # vscode-languageclient 9 sends VS Code's own numbers, in which 0 is "the user asks".
    return types.InlineCompletionTriggerKind(value or types.InlineCompletionTriggerKind.Invoked)


def _well_spelled(workspace: Any) -> Any:
    # Helix and Zed say `workspace.diagnostic`, as in the request's name; LSP 3.17 has `workspace.diagnostics`.
    if isinstance(workspace, dict) and "diagnostics" not in workspace and "diagnostic" in workspace:
        return {**workspace, "diagnostics": workspace["diagnostic"]}
    return workspace


def _shown(method: object) -> str:
    return method if isinstance(method, str) and len(method) < 80 else "a message"
