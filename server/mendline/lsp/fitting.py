"""What the server says it can do, without what an editor can't take."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.abilities import Abilities


def fit(provided: types.ServerCapabilities, capabilities: types.ClientCapabilities) -> None:
    """Leave out of an answer to `initialize` what the editor that asked has no use for."""
    if _shows_inline(capabilities):
        # The list is for editors without ghost text.
        provided.completion_provider = None
    if isinstance(provided.code_action_provider, types.CodeActionOptions):
        provided.code_action_provider = _code_actions(provided.code_action_provider, Abilities.of(capabilities))


def _shows_inline(capabilities: types.ClientCapabilities) -> bool:
    """Tell whether an editor shows inline completions."""
    text = capabilities.text_document
    return text is not None and text.inline_completion is not None


def _code_actions(options: types.CodeActionOptions, able: Abilities) -> types.CodeActionOptions | bool | None:
    """What is told of code actions: options only where actions are known, not to editors of commands (LSP 3.17)."""
    if able.literals:
        return types.CodeActionOptions(
            code_action_kinds=options.code_action_kinds, resolve_provider=able.resolves or None
        )
    return able.applies or None
