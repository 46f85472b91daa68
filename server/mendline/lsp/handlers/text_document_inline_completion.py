"""`textDocument/inlineCompletion`: ghost text."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp, to_lsp
from mendline.lsp.session import Session
from mendline.lsp.suggesting import Request


async def handle(session: Session, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """Return what may be shown at the cursor; an empty list is a good answer."""
    snapshot = session.workspace.snapshot(params.text_document.uri)
    if snapshot is None:
        return types.InlineCompletionList(items=[])
    document, encoding = snapshot.document, session.encoding
    request = Request(
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        snapshot,
        from_lsp.offset(document, params.position, encoding),
        from_lsp.trigger(params.context.trigger_kind),
        from_lsp.selected(params.context.selected_completion_info, document, encoding),
    )
    offers = await session.suggest(request)
    return types.InlineCompletionList(
        items=[to_lsp.inline_item(document, offer.suggestion, offer.id, encoding) for offer in offers]
    )
