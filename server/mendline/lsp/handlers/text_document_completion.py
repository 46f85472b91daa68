"""`textDocument/completion`: the suggestion as a list item, for editors without inline completions."""

from __future__ import annotations

from lsprotocol import types

from mendline.features.completion import Trigger
from mendline.lsp import from_lsp, to_lsp
from mendline.lsp.abilities import Abilities
from mendline.lsp.session import Session
from mendline.lsp.suggesting import Request


async def handle(session: Session, params: types.CompletionParams) -> types.CompletionList:
    """Return an item a suggestion; the list is never complete, as more typing changes the suggestion."""
    snapshot = session.workspace.snapshot(params.text_document.uri)
    if snapshot is None:
        return types.CompletionList(is_incomplete=True, items=[])
    document, encoding = snapshot.document, session.encoding
    request = Request(
        types.TEXT_DOCUMENT_COMPLETION,
        snapshot,
        from_lsp.offset(document, params.position, encoding),
        # "Invoked" tells nothing: LSP has it for every identifier that is typed, too.
        Trigger.AUTOMATIC,
    )
    offers = await session.suggest(request)
    able = Abilities.of(session.client.capabilities)
    items = to_lsp.list_items(document, offers, encoding, snapshot.language_id, able)
    return types.CompletionList(is_incomplete=True, items=items)
