"""Python's import statements."""

from __future__ import annotations

from typing import Final

import tree_sitter

from mendline.syntax.imports.model import Import, Imported
from mendline.syntax.tree import Tree

# Where imports stand besides the top: `if TYPE_CHECKING:`, `try: … except ImportError:`.
ENTERED: Final = frozenset({
    "module", "block", "if_statement", "elif_clause", "else_clause", "try_statement", "except_clause", "with_statement",
})  # fmt: skip


def read(tree: Tree, node: tree_sitter.Node) -> tuple[Import, ...]:
    """Read one statement; empty where it imports nothing."""
    if node.type == "import_statement":
        range_ = tree.range_of(node)
        modules = node.children_by_field_name("name")
        return tuple(Import(_text(each, inner="name"), (_module(each),), range_) for each in modules)
    if node.type == "import_from_statement":
        names = tuple(_name(each) for each in node.children_by_field_name("name"))
        if not names and any(child.type == "wildcard_import" for child in node.named_children):
            names = (Imported("*", "*"),)
        return (Import(_text(node.child_by_field_name("module_name")), names, tree.range_of(node)),)
    return ()


def _module(node: tree_sitter.Node) -> Imported:
    dotted, alias = _text(node, inner="name"), node.child_by_field_name("alias")
    return Imported("", _text(alias) if alias is not None else dotted)


def _name(node: tree_sitter.Node) -> Imported:
    name, alias = _text(node, inner="name"), node.child_by_field_name("alias")
    return Imported(name, _text(alias) if alias is not None else name)


def _text(node: tree_sitter.Node | None, inner: str = "") -> str:
    """A node's text; for an aliased import that of its field `inner`."""
    if node is not None and inner and node.type == "aliased_import":
        node = node.child_by_field_name(inner)
    text = node.text if node is not None else None
    return "".join(text.decode("utf-8", "replace").split()) if text else ""
