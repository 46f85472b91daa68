"""tree-sitter queries: data files, one folder a language (`<language>/outline.scm`), compiled when first asked for."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import tree_sitter

from mendline.syntax.grammars import grammar_of
from mendline.syntax.languages import Language

# Languages whose queries are not, or not only, in the folder of their own name; earlier patterns win.
_FOLDERS: Final = {
    "javascript": ("ecmascript", "javascript"),
    "javascriptreact": ("ecmascript", "javascript"),
    "typescript": ("ecmascript", "typescript"),
    "typescriptreact": ("ecmascript", "typescript"),
}


@cache
def query_of(language: Language, name: str) -> tree_sitter.Query | None:
    """A language's query, or None where it has none, or no grammar.

    Raises:
        tree_sitter.QueryError: the query does not fit the grammar.
    """
    grammar = grammar_of(language)
    sources = [file.read_text("utf-8") for file in _files(language, name)]
    return tree_sitter.Query(grammar, "\n".join(sources)) if grammar is not None and sources else None


def has_query(language: Language, name: str) -> bool:
    """Whether a language has a query; loads no grammar."""
    return bool(_files(language, name))


def _files(language: Language, name: str) -> list[Traversable]:
    root = resources.files(__package__)
    files = [root / folder / f"{name}.scm" for folder in _FOLDERS.get(language.id, (language.id,))]
    return [file for file in files if file.is_file()]
