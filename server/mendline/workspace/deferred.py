"""Syntax trees that wait: a keystroke notes its edit, and who needs the tree parses it."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from mendline.syntax.tree import OutdatedTree, Tree
from mendline.text.document import Document, Edit

Parse = Callable[[Document, OutdatedTree | None], Tree | None]


@define(eq=False)
class DeferredTree:
    """The tree of one version of a document: parsed when it is first asked for, and at most once.

    Attributes:
        document: the version.
    """

    document: Document
    _outdated: OutdatedTree | None = field(repr=False)
    _parse: Parse | None = field(repr=False)
    _tree: Tree | None = field(default=None, init=False, repr=False)

    def get(self) -> Tree | None:
        """Return the tree; None when it could not be made, which stays so for this object."""
        if self._parse is not None:
            parse, self._parse = self._parse, None
            self._tree = parse(self.document, self._outdated)
            if self._tree is not None:
                self._outdated = None
        return self._tree

    @property
    def failed(self) -> bool:
        """Whether it was asked for and could not be made."""
        return self._parse is None and self._tree is None

    def edited(self, edit: Edit, document: Document, parse: Parse) -> DeferredTree:
        """Return the tree of `document`, which is this one's after `edit`, to be parsed by `parse`; parses nothing."""
        if self._tree is not None:
            outdated: OutdatedTree | None = self._tree.outdated(edit, document)
        else:
            outdated = self._outdated and self._outdated.edited(edit, document)
        return DeferredTree(document, outdated, parse)

    def again(self, parse: Parse) -> DeferredTree:
        """Return the same with another try."""
        return DeferredTree(self.document, self._outdated, parse)
