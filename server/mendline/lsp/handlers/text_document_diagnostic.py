"""`textDocument/diagnostic`: syntax errors, when the editor asks."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp.diagnosing import result_id
from mendline.lsp.session import Session


async def handle(
    session: Session, params: types.DocumentDiagnosticParams
) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
    """Return the syntax errors of a document that no other source reports, or that they are the ones the editor has."""
    snapshot = session.workspace.snapshot(params.text_document.uri)
    items = session.diagnosing.diagnostics(snapshot, session.encoding) if snapshot else []
    identifier = result_id(items)
    if identifier == params.previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=identifier)
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=identifier)
