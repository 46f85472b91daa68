"""`mendline/explainFix`: why the last fix of a document is what it is."""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from mendline.lsp import to_lsp
from mendline.lsp.extensions import field
from mendline.lsp.session import Session


def handle(session: Session, params: object) -> dict[str, Any] | None:
    """Return the problem, what was tried, what each check said, the diff; None when nothing was looked for."""
    uri = field(params, "textDocument", "uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("expected {textDocument: {uri}}")
    last = session.repairing.last(uri)
    return None if last is None else to_lsp.fix_explanation(last.snapshot, last.repair)
