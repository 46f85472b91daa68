"""`mendline/explain`: why the last request of a document ended as it did."""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from mendline.lsp import to_lsp
from mendline.lsp.extensions import field
from mendline.lsp.session import Session


def handle(session: Session, params: object) -> dict[str, Any] | None:
    """Return what was seen, generated, changed and refused; None when nothing was asked for yet."""
    uri = field(params, "textDocument", "uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("expected {textDocument: {uri}}")
    explained = session.suggesting.explain(uri)
    if explained is None:
        return None
    request = explained.request
    line, character = request.snapshot.document.position_at(request.offset, session.encoding)
    return {
        "uri": uri,
        "version": request.snapshot.version,
        "position": {"line": line, "character": character},
        "trigger": request.trigger.value,
        **to_lsp.explanation(request.snapshot.document, explained.outcome, explained.waited),
    }
