"""What an editor can do with code actions, edits and completion lists; older ones get what they know."""

from __future__ import annotations

from attrs import frozen
from lsprotocol import types


@frozen
class Abilities:
    """What an editor told in `initialize`.

    Attributes:
        literals: it takes actions; otherwise only commands.
        resolves: it asks for an action's edit when the user chooses it.
        tags: it shows that an action's text comes from a model.
        disabled: it shows actions that can't be applied, with the reason.
        preferred: it knows preferred actions.
        versioned: it takes edits that name the version of the document that they are for.
        applies: it can be asked to apply an edit.
        progress: it shows progress.
        refreshes: it can be told to ask for diagnostics anew.
        markdown: it shows Markdown beside an item of its completion list.
        as_is: it can be told not to indent an item's lines.
        indents: it can't be told that, and indents all but an item's first line as the line is that it is inserted in.
        adjusts: it can be told that it does.
        snippets: it takes an item's text as a snippet.
    """

    literals: bool = False
    resolves: bool = False
    tags: bool = False
    disabled: bool = False
    preferred: bool = False
    versioned: bool = False
    applies: bool = False
    progress: bool = False
    refreshes: bool = False
    markdown: bool = False
    as_is: bool = False
    indents: bool = False
    adjusts: bool = False
    snippets: bool = False

    @property
    def waits(self) -> bool:
        """Whether an action's edit can follow when the user has chosen it; else it has to come with the action."""
        return self.applies or (self.literals and self.resolves)

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Abilities:
        """Read them."""
        action = (capabilities.text_document and capabilities.text_document.code_action) or (
            types.CodeActionClientCapabilities()
        )
        workspace = capabilities.workspace or types.WorkspaceClientCapabilities()
        listed = (capabilities.text_document and capabilities.text_document.completion) or (
            types.CompletionClientCapabilities()
        )
        item = listed.completion_item or types.ClientCompletionItemOptions()
        modes = item.insert_text_mode_support.value_set if item.insert_text_mode_support else ()
        as_is, adjusts = types.InsertTextMode.AsIs in modes, types.InsertTextMode.AdjustIndentation in modes
        resolve, tags = action.resolve_support, action.tag_support
        return cls(
            literals=action.code_action_literal_support is not None,
            resolves=bool(action.data_support and resolve and "edit" in resolve.properties),
            tags=bool(tags and types.CodeActionTag.LlmGenerated in tags.value_set),
            disabled=bool(action.disabled_support),
            preferred=bool(action.is_preferred_support),
            versioned=bool(workspace.workspace_edit and workspace.workspace_edit.document_changes),
            applies=bool(workspace.apply_edit),
            progress=bool(capabilities.window and capabilities.window.work_done_progress),
            refreshes=bool(workspace.diagnostics and workspace.diagnostics.refresh_support),
            markdown=types.MarkupKind.Markdown in (item.documentation_format or ()),
            as_is=as_is,
            indents=not as_is and (adjusts or listed.insert_text_mode == types.InsertTextMode.AdjustIndentation),
            adjusts=adjusts,
            snippets=bool(item.snippet_support),
        )
