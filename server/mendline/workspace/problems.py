"""Syntax errors of open documents."""

from __future__ import annotations

from mendline.syntax.problems import Problem, problems
from mendline.syntax.tree import EDIT_BUDGET_MS, Tree
from mendline.text.document import Document
from mendline.workspace.notebooks import is_foreign, without_magics
from mendline.workspace.store import Snapshot


def problems_in(snapshot: Snapshot, limit: int) -> tuple[Problem, ...]:
    """The first `limit` syntax errors of a document in order; none where its language has no grammar.

    In a notebook's Python cell, commands to the notebook are no errors, and a cell in another language has none.
    """
    tree = snapshot.tree
    if tree is not None and snapshot.is_cell and tree.language.id == "python" and tree.root.has_error:
        text = snapshot.document.text
        tree = (
            None if is_foreign(text) else Tree.parse(Document.of(without_magics(text)), tree.language, EDIT_BUDGET_MS)
        )
    return () if tree is None else problems(tree, limit)
