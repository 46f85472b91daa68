"""`notebookDocument/didChange`."""

from __future__ import annotations

from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.lsp.session import Session


def handle(session: Session, params: types.DidChangeNotebookDocumentParams) -> None:
    """Follow the order, the kinds and the texts of the cells."""
    uri, changes = params.notebook_document.uri, params.change.cells
    if changes is None:
        return
    if structure := changes.structure:
        array = structure.array
        cells = [from_lsp.cell(each) for each in array.cells or ()]
        for closed in structure.did_close or ():
            session.workspace.close(closed.uri)
            session.publisher.closed(closed.uri)
            session.warming.closed(closed.uri)
            session.related.closed(closed.uri)
            session.suggesting.closed(closed.uri)
        session.workspace.splice_cells(uri, array.start, array.delete_count, cells)
        for item in structure.did_open or ():
            session.workspace.open_cell(uri, item.uri, item.language_id, item.version, item.text)
            session.changed(item.uri)
    for data in changes.data or ():
        session.workspace.retype_cell(uri, from_lsp.cell(data))
    for text in changes.text_content or ():
        edits = [from_lsp.change(each) for each in text.changes]
        session.workspace.change(text.document.uri, text.document.version, edits)
        session.changed(text.document.uri)
        session.edited(text.document.uri, text.changes)
