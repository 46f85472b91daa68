"""All methods and commands in reading order: what the server answers to, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from attrs import frozen
from lsprotocol import types

from mendline.lsp import extensions
from mendline.lsp.handlers import (
    code_action_resolve,
    did_accept,
    did_change,
    did_change_configuration,
    did_change_watched_files,
    did_change_workspace_folders,
    did_close,
    did_focus,
    did_open,
    did_partially_accept,
    did_save,
    did_show,
    download_model,
    exit_,
    explain,
    explain_fix,
    figures,
    fix,
    initialize,
    initialized,
    notebook_did_change,
    notebook_did_close,
    notebook_did_open,
    restart_engine,
    shutdown,
    status,
    text_document_code_action,
    text_document_completion,
    text_document_diagnostic,
    text_document_inline_completion,
    work_done_progress_cancel,
)
from mendline.lsp.offering import FIX_ALL, QUICK_FIX


@frozen
class Handler:
    """One method: `run(session, params)`, a plain function where order matters, a coroutine function elsewhere."""

    method: str
    run: Callable[..., Any]
    options: Any = None


@frozen
class Command:
    """One command of `workspace/executeCommand`: `run(session, arguments)`."""

    name: str
    run: Callable[[Any, Sequence[Any]], Coroutine[Any, Any, Any]]


HANDLERS = (
    Handler(types.INITIALIZE, initialize.handle),
    Handler(types.INITIALIZED, initialized.handle),
    Handler(types.SHUTDOWN, shutdown.handle),
    Handler(types.EXIT, exit_.handle),
    Handler(types.TEXT_DOCUMENT_DID_OPEN, did_open.handle),
    Handler(types.TEXT_DOCUMENT_DID_CHANGE, did_change.handle),
    Handler(types.TEXT_DOCUMENT_DID_SAVE, did_save.handle, types.SaveOptions(include_text=False)),
    Handler(types.TEXT_DOCUMENT_DID_CLOSE, did_close.handle),
    Handler(extensions.DID_FOCUS, did_focus.handle),
    Handler(types.NOTEBOOK_DOCUMENT_DID_OPEN, notebook_did_open.handle),
    Handler(types.NOTEBOOK_DOCUMENT_DID_CHANGE, notebook_did_change.handle),
    Handler(types.NOTEBOOK_DOCUMENT_DID_CLOSE, notebook_did_close.handle),
    Handler(
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        text_document_inline_completion.handle,
        types.InlineCompletionOptions(),
    ),
    Handler(
        types.TEXT_DOCUMENT_COMPLETION,
        text_document_completion.handle,
        types.CompletionOptions(trigger_characters=[".", "(", "[", "{", ":", "=", ","]),
    ),
    Handler(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        text_document_diagnostic.handle,
        types.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=False, identifier="mendline-syntax"
        ),
    ),
    Handler(
        types.TEXT_DOCUMENT_CODE_ACTION,
        text_document_code_action.handle,
        # pygls doesn't infer the provider of resolutions from the handler below.
        types.CodeActionOptions(code_action_kinds=[QUICK_FIX, FIX_ALL], resolve_provider=True),
    ),
    Handler(types.CODE_ACTION_RESOLVE, code_action_resolve.handle),
    Handler(types.WORKSPACE_DID_CHANGE_CONFIGURATION, did_change_configuration.handle),
    Handler(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, did_change_watched_files.handle),
    Handler(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, did_change_workspace_folders.handle),
    Handler(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, work_done_progress_cancel.handle),
    Handler(extensions.STATUS, status.handle),
    Handler(extensions.EXPLAIN, explain.handle),
    Handler(extensions.EXPLAIN_FIX, explain_fix.handle),
    Handler(extensions.FIGURES, figures.handle),
    Handler(extensions.DID_SHOW, did_show.handle),
    Handler(extensions.DID_PARTIALLY_ACCEPT, did_partially_accept.handle),
)

COMMANDS = (
    Command(extensions.DID_ACCEPT_COMMAND, did_accept.run),
    Command(extensions.DOWNLOAD_COMMAND, download_model.run),
    Command(extensions.RESTART_COMMAND, restart_engine.run),
    Command(extensions.FIX_COMMAND, fix.run),
)

NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[types.NotebookDocumentFilterWithNotebook(notebook="*")]
)
