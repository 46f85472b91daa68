"""An editor in a test: a pytest-lsp client with a `mendline serve` of its own that answers from a script."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define, field
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import register_lsp_features

from mendline.lsp import extensions
from mendline.lsp.protocol import converter

COMMAND = [sys.executable, "-P", "-m", "mendline", "serve"]

_QUIET = {"completion": {"debounceMs": 0}, "context": {"index": False}}

INVOKED = types.InlineCompletionTriggerKind.Invoked
AUTOMATIC = types.InlineCompletionTriggerKind.Automatic

ACTIONS = types.CodeActionClientCapabilities(
    code_action_literal_support=types.ClientCodeActionLiteralOptions(types.ClientCodeActionKindOptions([""])),
    is_preferred_support=True,
    disabled_support=True,
    data_support=True,
    resolve_support=types.ClientCodeActionResolveOptions(["edit"]),
    tag_support=types.CodeActionTagOptions([types.CodeActionTag.LlmGenerated]),
)
"""All that an editor can do with code actions."""


def capabilities(
    *,
    inline: bool = True,
    pull: bool = True,
    configuration: bool = True,
    progress: bool = True,
    watching: bool = True,
    status: bool = True,
    notebooks: bool = True,
    actions: types.CodeActionClientCapabilities | None = ACTIONS,
    versioned: bool = True,
    encodings: Sequence[str] | None = None,
) -> types.ClientCapabilities:
    """An editor that can do everything Mendline uses, less what is switched off."""
    registered = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True, relative_pattern_support=True)
    sync = types.NotebookDocumentSyncClientCapabilities()
    return types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            inline_completion=types.InlineCompletionClientCapabilities() if inline else None,
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
            completion=types.CompletionClientCapabilities(
                completion_item=types.ClientCompletionItemOptions(
                    documentation_format=[types.MarkupKind.Markdown],
                    preselect_support=True,
                    snippet_support=True,
                    insert_text_mode_support=types.ClientCompletionItemInsertTextModeOptions(
                        [types.InsertTextMode.AsIs]
                    ),
                )
            ),
            code_action=actions,
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
        ),
        workspace=types.WorkspaceClientCapabilities(
            configuration=configuration,
            did_change_watched_files=registered if watching else None,
            apply_edit=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=versioned),
        ),
        window=types.WindowClientCapabilities(
            work_done_progress=progress, show_message=types.ShowMessageRequestClientCapabilities()
        ),
        general=types.GeneralClientCapabilities(
            position_encodings=None if encodings is None else [types.PositionEncodingKind(each) for each in encodings]
        ),
        notebook_document=types.NotebookDocumentClientCapabilities(sync) if notebooks else None,
        experimental={"mendline": {"status": True}} if status else None,
    )


@define
class Editor:
    """One editor with one server.

    Attributes:
        statuses: payloads of `mendline/status`, in order.
        asked: questions of `window/showMessageRequest`, in order.
        registrations: what the server registered after `initialize`.
        answer: the title that is chosen when the server asks; None dismisses.
    """

    client: LanguageClient
    folder: Path
    initialized: types.InitializeResult
    statuses: list[dict[str, Any]] = field(factory=list)
    asked: list[str] = field(factory=list)
    registrations: list[types.Registration] = field(factory=list)
    answer: str | None = None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server's process."""
        assert self.client._server is not None
        return self.client._server

    def uri(self, name: str) -> str:
        """The URI of a file in the workspace."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "python", version: int = 1) -> str:
        """Open a document that is not on the disk; return its URI."""
        item = types.TextDocumentItem(self.uri(name), language, version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return item.uri

    def change(self, uri: str, version: int, *changes: tuple[tuple[int, int], tuple[int, int], str] | str) -> None:
        """Change a document: (start, end, text) each, or the whole text."""
        events: list[types.TextDocumentContentChangeEvent] = [
            types.TextDocumentContentChangeWholeDocument(change)
            if isinstance(change, str)
            else types.TextDocumentContentChangePartial(
                types.Range(types.Position(*change[0]), types.Position(*change[1])), change[2]
            )
            for change in changes
        ]
        document = types.VersionedTextDocumentIdentifier(version, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, events))

    async def inline(
        self,
        uri: str,
        line: int,
        character: int,
        kind: types.InlineCompletionTriggerKind = INVOKED,
        selected: types.SelectedCompletionInfo | None = None,
    ) -> list[types.InlineCompletionItem]:
        """Ask for inline completions and wait for them."""
        return await self.inlining(uri, line, character, kind, selected)

    def inlining(
        self,
        uri: str,
        line: int,
        character: int,
        kind: types.InlineCompletionTriggerKind = INVOKED,
        selected: types.SelectedCompletionInfo | None = None,
    ) -> Awaitable[list[types.InlineCompletionItem]]:
        """Ask for inline completions; the request is on its way when this returns."""
        params = types.InlineCompletionParams(
            types.InlineCompletionContext(kind, selected),
            types.TextDocumentIdentifier(uri),
            types.Position(line, character),
        )
        sent = self.client.protocol.send_request(types.TEXT_DOCUMENT_INLINE_COMPLETION, params)

        async def items() -> list[types.InlineCompletionItem]:
            result = await within(asyncio.wrap_future(sent))
            assert isinstance(result, types.InlineCompletionList)
            return list(result.items)

        return asyncio.ensure_future(items())

    async def diagnose(self, uri: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
        """Pull a document's diagnostics."""
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), previous_result_id=previous)
        report: types.DocumentDiagnosticReport = await within(self.client.text_document_diagnostic_async(params))
        return report

    async def actions(
        self,
        uri: str,
        at: types.Range,
        diagnostics: Sequence[types.Diagnostic] = (),
        only: Sequence[str] | None = None,
        trigger: types.CodeActionTriggerKind = types.CodeActionTriggerKind.Invoked,
    ) -> list[Any]:
        """Ask for code actions."""
        context = types.CodeActionContext(list(diagnostics), only, trigger)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), at, context)
        return list(await within(self.client.text_document_code_action_async(params)) or ())

    async def plain_actions(self, uri: str, diagnostics: Sequence[types.Diagnostic]) -> list[dict[str, Any]]:
        """Ask for code actions; the answer as it came, since the library takes actions with commands for commands."""
        context = types.CodeActionContext(list(diagnostics))
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), diagnostics[0].range, context)
        protocol = self.client.protocol
        plain = protocol._converter.unstructure(params)
        return await raw_request(self, types.TEXT_DOCUMENT_CODE_ACTION, plain, as_it_came=True) or []

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Have a code action resolved."""
        resolved: types.CodeAction = await within(self.client.code_action_resolve_async(action))
        return resolved

    async def text_of_prompt(self, uri: str) -> str:
        """What the server explains of the last request."""
        return json.dumps(await self.ask(extensions.EXPLAIN, {"textDocument": {"uri": uri}}))

    async def ask(self, method: str, params: object = None) -> Any:
        """Send a request that the protocol's library does not know."""
        return await within(asyncio.wrap_future(self.client.protocol.send_request(method, params)))

    async def run(self, command: str, *arguments: Any) -> Any:
        """Run a command."""
        params = types.ExecuteCommandParams(command, arguments=list(arguments))
        return await within(self.client.workspace_execute_command_async(params))

    def notify(self, method: str, params: object = None) -> None:
        """Send a notification that the protocol's library does not know."""
        self.client.protocol.notify(method, params)

    async def status(self, state: str) -> dict[str, Any]:
        """Wait until a status with this state was sent."""
        found: dict[str, Any] = await until(
            lambda: next((each for each in self.statuses if each["state"] == state), None)
        )
        return found


@asynccontextmanager
async def editing(
    folder: Path,
    script: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
    *,
    can: types.ClientCapabilities | None = None,
    options: object = None,
    settings: Mapping[str, Any] | None = None,
    answer: str | None = None,
    **environment: str,
) -> AsyncIterator[Editor]:
    """Start an editor in a folder; end its server in the orderly way.

    Args:
        script: what the fake engine answers (`engine.fake.script`).
        options: initialization options; without any, no wait before a request, and no index.
        settings: what the editor says of the section `mendline`.
        answer: what the user says to questions.
    """
    factory = _factory(settings or {})
    config = ClientServerConfig(COMMAND, factory, server_environment(folder, script, **environment))
    client = await config.start()
    assert isinstance(client, LanguageClient)
    editor = Editor(client, folder, types.InitializeResult(types.ServerCapabilities()), answer=answer)
    _listen(client, editor)
    params = types.InitializeParams(
        capabilities=can or capabilities(),
        root_uri=folder.as_uri(),
        workspace_folders=[types.WorkspaceFolder(folder.as_uri(), "workspace")],
        initialization_options=_QUIET if options is None else options,
    )
    try:
        editor.initialized = await within(client.initialize_session(params))
        yield editor
        await within(client.shutdown_session())
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]  # pytest-lsp has no annotation there


def server_environment(
    folder: Path, script: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (), **environment: str
) -> dict[str, str]:
    """The environment of a server that answers from a script and knows nothing of this machine's user."""
    path = folder / "engine.json"
    path.write_text(json.dumps(script if isinstance(script, Mapping) else list(script)))
    own = {
        "MENDLINE_FAKE_ENGINE": str(path),
        "MENDLINE_CONFIG": str(folder / "user" / "config.toml"),
        "MENDLINE_MODELS_DIR": str(folder / "models"),
        "MENDLINE_STATE_DIR": str(folder / "state"),
    }
    return {**os.environ, **own, **environment}


async def within(work: Any, seconds: float = 20) -> Any:
    """Wait for something that must come."""
    return await asyncio.wait_for(work, seconds)


async def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until a condition gives something true, and return that."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)
    return value


def records(path: Path, *kinds: str) -> list[dict[str, Any]]:
    """What a fake engine has written of its requests so far; of those for text, unless other kinds are named."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [each for line in lines if (each := json.loads(line))["kind"] in (kinds or ("fill", "chat"))]


def _factory(settings: Mapping[str, Any]) -> Callable[[], LanguageClient]:
    def make() -> LanguageClient:
        client = LanguageClient(converter_factory=converter, configuration={"": {"mendline": dict(settings)}})
        register_lsp_features(client)
        return client

    return make


def _listen(client: LanguageClient, editor: Editor) -> None:
    def status(payload: dict[str, Any]) -> None:
        editor.statuses.append(payload)

    def question(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        editor.asked.append(params.message)
        return next((item for item in params.actions or () if item.title == editor.answer), None)

    def register(params: types.RegistrationParams) -> None:
        editor.registrations.extend(params.registrations)

    client.feature(extensions.STATUS)(status)
    client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)(question)
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(register)


async def raw_request(editor: Editor, method: str, params: object, *, as_it_came: bool = False) -> Any:
    """Send a request whose parameters are plain values, right or wrong; the result can be had as plain values, too."""
    protocol = editor.client.protocol
    number = f"raw-{time.monotonic_ns()}"
    future: Any = concurrent.futures.Future()
    protocol._request_futures[number] = future
    protocol._result_types[number] = protocol.get_result_type("mendline/plain" if as_it_came else method)
    protocol._send_data({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
    return await within(asyncio.wrap_future(future))
