"""Imports of JavaScript and TypeScript: `import`, `export` with names, and `require` at a declaration."""

from __future__ import annotations

from typing import Final

import tree_sitter

from mendline.syntax.imports.model import Import, Imported
from mendline.syntax.tree import Tree

ENTERED: Final = frozenset({"program"})

_DECLARATIONS: Final = frozenset({"lexical_declaration", "variable_declaration"})


def read(tree: Tree, node: tree_sitter.Node) -> tuple[Import, ...]:
    """Read one statement; empty where it imports nothing."""
    if node.type == "import_statement":
        return (Import(_source(node), _clause(node), tree.range_of(node)),)
    if node.type == "export_statement":
        names = _exports(node)
        return (Import(_source(node), names, tree.range_of(node), reexports=True),) if names else ()
    if node.type in _DECLARATIONS:
        required = (_required(tree, child) for child in node.named_children)
        return tuple(each for each in required if each is not None)
    return ()


def _clause(node: tree_sitter.Node) -> tuple[Imported, ...]:
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    names: list[Imported] = []
    for child in clause.named_children if clause is not None else ():
        match child.type:
            case "identifier":
                names.append(Imported("default", _text(child)))
            case "namespace_import":
                names.append(Imported("", _text(child.named_children[0]) if child.named_children else ""))
            case "named_imports":
                names += [_specified(each) for each in child.named_children if each.type == "import_specifier"]
    return tuple(names)


def _exports(node: tree_sitter.Node) -> tuple[Imported, ...]:
    for child in node.named_children:
        if child.type == "export_clause":
            return tuple(_specified(each) for each in child.named_children if each.type == "export_specifier")
        if child.type == "namespace_export":
            return (Imported("", _text(child.named_children[0])),) if child.named_children else ()
    value = node.child_by_field_name("value")
    if value is not None and value.type == "identifier":
        return (Imported(_text(value), "default"),)
    return (Imported("*", "*"),) if node.child_by_field_name("source") is not None else ()


def _specified(node: tree_sitter.Node) -> Imported:
    name, alias = _text(node.child_by_field_name("name")), node.child_by_field_name("alias")
    return Imported(name, _text(alias) if alias is not None else name)


def _required(tree: Tree, node: tree_sitter.Node) -> Import | None:
    """Read `x = require("y")` or `{a, b: c} = require("y")`."""
    call, target = node.child_by_field_name("value"), node.child_by_field_name("name")
    if call is None or target is None or call.type != "call_expression":
        return None
    arguments = call.child_by_field_name("arguments")
    if _text(call.child_by_field_name("function")) != "require" or arguments is None:
        return None
    path = next((_string(each) for each in arguments.named_children if each.type == "string"), "")
    if not path:
        return None
    if target.type == "identifier":
        return Import(path, (Imported("", _text(target)),), tree.range_of(node))
    names: list[Imported] = []
    for child in target.named_children:
        if child.type == "shorthand_property_identifier_pattern":
            names.append(Imported(_text(child), _text(child)))
        elif child.type == "pair_pattern":
            names.append(Imported(_text(child.child_by_field_name("key")), _text(child.child_by_field_name("value"))))
    return Import(path, tuple(names), tree.range_of(node))


def _source(node: tree_sitter.Node) -> str:
    source = node.child_by_field_name("source")
    return _string(source) if source is not None else ""


def _string(node: tree_sitter.Node) -> str:
    return _text(node)[1:-1]


def _text(node: tree_sitter.Node | None) -> str:
    text = node.text if node is not None else None
    return text.decode("utf-8", "replace") if text else ""
