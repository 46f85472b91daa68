"""Names in JavaScript and TypeScript. Types are left out: far more of them come from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import tree_sitter

from mendline.checks.names.ecmascript_globals import GLOBALS, PLATFORM
from mendline.checks.names.rules import Nodes, Rules, fields

_FUNCTIONS: Final = frozenset({
    "function_declaration", "function_expression", "function", "generator_function", "generator_function_declaration",
    "arrow_function", "method_definition", "class", "function_type", "constructor_type", "method_signature",
    "call_signature", "construct_signature", "abstract_method_signature", "function_signature",
})  # fmt: skip
_STATEMENTS: Final = frozenset({
    "statement_block", "if_statement", "else_clause", "for_statement", "for_in_statement", "while_statement",
    "do_statement", "try_statement", "catch_clause", "finally_clause", "switch_statement", "switch_body", "switch_case",
    "switch_default", "labeled_statement", "export_statement", "lexical_declaration", "variable_declaration",
    "ambient_declaration", "internal_module", "module", "expression_statement", "import_statement", "import_clause",
    "named_imports", "with_statement",
})  # fmt: skip
_DECLARATIONS: Final = frozenset({
    "function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration",
    "variable_declarator", "enum_declaration", "internal_module", "module", "function_signature",
})  # fmt: skip
# Places where an identifier asks for nothing, or for what can't be told here.
_NO_USE: Final = frozenset({
    "index_signature", "nested_identifier", "nested_type_identifier", "namespace_import", "import_specifier",
    "import_clause", "import_alias", "import_require_clause", "namespace_export", "meta_property", "jsx_namespace_name",
})  # fmt: skip
_NO_USE_ABOVE: Final = frozenset(
    {"import_statement", "ambient_declaration", "enum_body", "decorator", "with_statement"}
)
# Without one of these a file is a script, and its names may come from any other script on the page.
_MODULE: Final = re.compile(r"^[ \t]*(?:import\b|export\b)|\brequire\(|\bmodule\.exports\b", re.MULTILINE)


def _bound_by(node: tree_sitter.Node) -> Nodes:
    if node.type in _DECLARATIONS:
        yield from fields(node, "name")
    elif node.type == "for_in_statement":
        yield from fields(node, "left")
    elif node.type == "catch_clause":
        yield from fields(node, "parameter")
    elif node.type in ("import_clause", "namespace_import", "import_require_clause", "import_alias"):
        yield from (child for child in node.named_children if child.type in ("identifier", "namespace_import"))
    elif node.type == "import_specifier":
        yield from fields(node, "alias" if node.child_by_field_name("alias") else "name")


def _bound_in(scope: tree_sitter.Node) -> Nodes:
    yield from fields(scope, "parameters", "parameter")
    # A function or class in an expression may be called by its own name in itself.
    yield from fields(scope, "name")


def _nothing(_: tree_sitter.Node) -> Nodes:
    return iter(())


def _nothing_written(_: tree_sitter.Node) -> Iterator[str]:
    return iter(())


def _is_use(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None or parent.type in _NO_USE:
        return False
    if parent.type.startswith("jsx_") and (node.text or b"")[:1].islower() and parent.type != "jsx_expression":
        return False
    if parent.type == "unary_expression" and parent.children[0].type == "typeof":
        return False
    if parent.type == "export_specifier":
        clause = parent.parent.parent if parent.parent else None
        return node == parent.child_by_field_name("name") and not (clause and clause.child_by_field_name("source"))
    above: tree_sitter.Node | None = parent
    while above is not None:
        if above.type in _NO_USE_ABOVE or (above.type == "tuple_type"):
            return False
        above = above.parent
    return True


def _is_builtin(name: str) -> bool:
    return name in GLOBALS or PLATFORM.match(name) is not None


def _is_doubtful(text: str) -> bool:
    return "eval(" in text or "/* global" in text or "/*global" in text or _MODULE.search(text) is None


ECMASCRIPT: Final = Rules(
    uses=frozenset({"identifier", "shorthand_property_identifier"}),
    functions=_FUNCTIONS,
    classes=frozenset(),
    hiding=frozenset(),
    statements=_STATEMENTS,
    bound_by=_bound_by,
    bound_in=_bound_in,
    always_seen=_nothing,
    written=_nothing_written,
    is_use=_is_use,
    builtins=_is_builtin,
    doubtful=_is_doubtful,
)
