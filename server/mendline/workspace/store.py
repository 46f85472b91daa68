"""The one mutable store of open documents. Who reads it gets frozen snapshots; who writes it is the text sync.

Calls must come from one thread, in the order in which the editor made its changes.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Sequence
from urllib.parse import unquote

import attrs
from attrs import define, field, frozen

from mendline.syntax.languages import Language, language_of
from mendline.syntax.tree import OutdatedTree, Tree
from mendline.text.document import Document, Edit
from mendline.text.edits import edit_between
from mendline.text.positions import PositionEncoding
from mendline.workspace.deferred import DeferredTree
from mendline.workspace.history import Deletion, EditHistory, RecentEdit
from mendline.workspace.notebooks import Cell, Notebook

logger = logging.getLogger(__name__)


@frozen
class Snapshot:
    """One document at one moment; nothing that happens later changes it.

    Attributes:
        path: the file's path, for a notebook cell the notebook's; None for what is in no file.
        language: None for a language Mendline does not know.
        version: the editor's number for this state, if it gave one.
        is_cell: whether it is a cell of a notebook.
        cells_before: for a notebook cell, the texts of the earlier code cells in its language, in order.
        deletion: what the last edit, or the last ones, took out of the document; None where they did something else.
    """

    uri: str
    path: str | None
    language_id: str
    language: Language | None
    version: int | None
    document: Document
    _tree: DeferredTree | Tree | None
    cells_before: tuple[str, ...] = ()
    deletion: Deletion | None = None
    is_cell: bool = False

    def deleted_at(self, offset: int) -> str:
        """The text that was just deleted where `offset` is now, in code points; empty where that is not so."""
        return self.deletion.text if self.deletion is not None and self.deletion.offset == offset else ""

    @property
    def tree(self) -> Tree | None:
        """The document's tree, parsed now if it was not before.

        None when the language has no grammar, or parsing took too long.
        """
        return self._tree.get() if isinstance(self._tree, DeferredTree) else self._tree


@frozen
class Change:
    """One change in the editor's words: replace what lies between two positions by `text`.

    Attributes:
        start, end: (line, character) in the workspace's encoding; None for the whole document.
    """

    text: str
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


@frozen
class ParseLimits:
    """How long parsing may hold up the editor's messages.

    Attributes:
        fresh_ms: for a document that has no tree yet.
        change_ms: for bringing a tree up to date.
        retry_seconds: how long a document that took too long stays without a tree.
    """

    fresh_ms: float = 500
    change_ms: float = 100
    retry_seconds: float = 2


@define
class _Open:
    """A document's state.

    Attributes:
        tree: the snapshot's.
        retry_at: no parsing before this time.
    """

    snapshot: Snapshot
    tree: DeferredTree | None = None
    retry_at: float = 0.0
    notebook: Notebook | None = None


@define
class Workspace:
    """Open documents and notebooks by URI. URIs that differ in percent-encoding only are the same.

    Attributes:
        encoding: what the characters of positions count; agreed with the editor before anything is opened.
    """

    encoding: PositionEncoding = PositionEncoding.UTF16
    limits: ParseLimits = field(factory=ParseLimits)
    clock: Callable[[], float] = time.monotonic
    _documents: dict[str, _Open] = field(factory=dict, init=False)
    _notebooks: dict[str, Notebook] = field(factory=dict, init=False)
    _history: EditHistory = field(factory=EditHistory, init=False)

    def snapshot(self, uri: str) -> Snapshot | None:
        """Return the document as it is now, or None when it is not open."""
        opened = self._documents.get(_key(uri))
        if opened is None:
            return None
        if opened.tree is not None and opened.tree.failed and self.clock() >= opened.retry_at:
            self._set_tree(opened, opened.tree.again(functools.partial(self._parse, opened)))
        if opened.notebook is None:
            return opened.snapshot
        language_id = opened.snapshot.language_id
        before = (self._documents.get(key) for key in opened.notebook.code_before(_key(uri)))
        texts = (each.snapshot for each in before if each is not None)
        cells = tuple(each.document.text for each in texts if each.language_id == language_id)
        return attrs.evolve(opened.snapshot, cells_before=cells, is_cell=True)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The open documents, the one opened, changed or visited last first. Cells of notebooks are none."""
        return tuple(opened.snapshot for opened in reversed(self._documents.values()) if opened.notebook is None)

    def others(self, uri: str) -> list[Snapshot]:
        """The open documents but one, in the same order."""
        return [each for each in self.snapshots() if each.uri != uri]

    def recent_edits(self) -> tuple[RecentEdit, ...]:
        """The last changes of all documents, the newest first; a few, and each of a few lines."""
        return self._history.recent()

    def visit(self, uri: str) -> None:
        """Note that the user is at a document; one that is not open is no error."""
        if (opened := self._documents.pop(_key(uri), None)) is not None:
            self._documents[_key(uri)] = opened

    def open(self, uri: str, language_id: str, version: int | None, text: str, path: str | None = None) -> None:
        """Take a document over from the editor and parse it; one that was open already is replaced."""
        document = Document.of(text)
        language = language_of(language_id, path or "")
        opened = _Open(Snapshot(uri, path, language_id, language, version, document, None))
        self._documents.pop(_key(uri), None)
        self._documents[_key(uri)] = opened
        if language is not None:
            self._set_tree(opened, DeferredTree(document, None, functools.partial(self._parse, opened)))
            self.parse(uri)

    def change(self, uri: str, version: int | None, changes: Sequence[Change]) -> bool:
        """Apply changes, each to the result of those before it; False when the document is not open.

        Nothing is parsed: the tree is told of the edit, and parsed by `parse`, or when a snapshot's is asked for.
        Positions outside of the document are moved into it: the editor is right about its text, and going on with
        what is most likely meant beats losing step for good.
        """
        opened = self._documents.get(_key(uri))
        if opened is None:
            logger.warning("change of a document that is not open")
            return False
        self.visit(uri)
        before = opened.snapshot
        if version is not None and before.version is not None and version < before.version:
            logger.warning("document version goes back from %d to %d", before.version, version)
        document, edit = before.document, None
        for change in changes:
            edit = self._edit(document, change)
            after = document.apply(edit)
            self._history.note(before.uri, before.path, document, edit, after)
            document = after
        if edit is None:
            opened.snapshot = attrs.evolve(before, version=version)
            return True
        deletion = self._history.deletion(document)
        opened.snapshot = attrs.evolve(before, version=version, document=document, tree=None, deletion=deletion)
        if opened.tree is not None:
            whole = edit if len(changes) == 1 else edit_between(before.document.text, document.text)
            self._set_tree(opened, opened.tree.edited(whole, document, functools.partial(self._parse, opened)))
        return True

    def parse(self, uri: str) -> None:
        """Bring a document's tree up to date, so that who asks for it next need not wait."""
        opened = self._documents.get(_key(uri))
        if opened is not None and opened.tree is not None:
            opened.tree.get()

    def close(self, uri: str) -> None:
        """Forget a document; one that is not open is no error."""
        self._documents.pop(_key(uri), None)

    def open_notebook(self, uri: str, path: str | None, cells: Sequence[Cell]) -> None:
        """Note a notebook's cells; their documents are opened by `open` before or after."""
        notebook = Notebook(path, [_keyed(cell) for cell in cells])
        self._notebooks[_key(uri)] = notebook
        self._adopt(notebook)

    def splice_cells(self, uri: str, start: int, deleted: int, cells: Sequence[Cell]) -> bool:
        """Replace a run of a notebook's cells; False when the notebook is not open."""
        notebook = self._notebooks.get(_key(uri))
        if notebook is None:
            logger.warning("change of a notebook that is not open")
            return False
        notebook.splice(start, deleted, [_keyed(cell) for cell in cells])
        self._adopt(notebook)
        return True

    def open_cell(self, notebook_uri: str, uri: str, language_id: str, version: int | None, text: str) -> None:
        """Take a cell's document over; it gets the notebook's path."""
        notebook = self._notebooks.get(_key(notebook_uri))
        self.open(uri, language_id, version, text, notebook.path if notebook else None)
        self._documents[_key(uri)].notebook = notebook

    def retype_cell(self, notebook_uri: str, cell: Cell) -> None:
        """Note that a cell became code, or stopped being code."""
        if notebook := self._notebooks.get(_key(notebook_uri)):
            notebook.retype(_keyed(cell))

    def close_notebook(self, uri: str) -> None:
        """Forget a notebook and the documents of its cells."""
        notebook = self._notebooks.pop(_key(uri), None)
        for cell in notebook.cells if notebook else ():
            self._documents.pop(cell.uri, None)

    def _adopt(self, notebook: Notebook) -> None:
        for cell in notebook.cells:
            if opened := self._documents.get(cell.uri):
                opened.notebook = notebook

    def _edit(self, document: Document, change: Change) -> Edit:
        if change.start is None or change.end is None:
            return edit_between(document.text, change.text)
        start = document.offset_at(*change.start, self.encoding)
        end = document.offset_at(*change.end, self.encoding)
        return Edit(min(start, end), max(start, end), change.text)

    def _set_tree(self, opened: _Open, tree: DeferredTree) -> None:
        opened.tree = tree
        opened.snapshot = attrs.evolve(opened.snapshot, tree=tree)

    def _parse(self, opened: _Open, document: Document, outdated: OutdatedTree | None) -> Tree | None:
        """Make the tree of a version of the document, unless that took too long a moment ago."""
        language, now = opened.snapshot.language, self.clock()
        if language is None or now < opened.retry_at:
            return None
        if outdated is None:
            tree = Tree.parse(document, language, self.limits.fresh_ms)
        else:
            tree = outdated.parse(self.limits.change_ms)
        if tree is None:
            opened.retry_at = now + self.limits.retry_seconds
        return tree


def _key(uri: str) -> str:
    return unquote(uri)


def _keyed(cell: Cell) -> Cell:
    return attrs.evolve(cell, uri=_key(cell.uri))
