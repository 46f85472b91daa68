"""Names in Python."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from typing import Final

import tree_sitter

from mendline.checks.names.rules import Nodes, Rules, below, fields

_COMPREHENSIONS: Final = frozenset({
    "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"
})  # fmt: skip
_STATEMENTS: Final = frozenset({
    "block", "expression_statement", "assignment", "if_statement", "elif_clause", "else_clause", "for_statement",
    "while_statement", "try_statement", "except_clause", "except_group_clause", "finally_clause", "with_statement",
    "match_statement", "case_clause", "decorated_definition",
})  # fmt: skip
_SCOPES: Final = _COMPREHENSIONS | {"function_definition", "class_definition", "lambda", "module"}
# What may catch that a name isn't there is as good as a loop: it is written for that.
_AGAIN: Final = frozenset({"for_statement", "while_statement", "try_statement"})
_IMPORTS: Final = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
# Modules' own names, those of notebooks, and those that only some versions have.
_OWN: Final = frozenset({
    "__annotations__", "__builtins__", "__cached__", "__class__", "__doc__", "__file__", "__loader__", "__module__",
    "__name__", "__package__", "__path__", "__qualname__", "__spec__", "_", "WindowsError", "display", "get_ipython",
    "reveal_locals", "reveal_type", "anext", "aiter", "EncodingWarning", "ExceptionGroup", "BaseExceptionGroup",
    "PythonFinalizationError",
})  # fmt: skip
# What makes names that no tree shows.
_DOUBTS: Final = ("import *", "exec(", "globals()", "__dict__.update", "execfile(", "._convert_(")
_PRINT: Final = re.compile(r"^[ \t]*(?:print|exec)[ \t]+[\"'\w]", re.MULTILINE)
_WALRUS: Final = re.compile(r"(\w+)[ \t]*:=")
_GLOBAL: Final = re.compile(r"^[ \t]*global[ \t]+(.+)$", re.MULTILINE)


def _bound_by(node: tree_sitter.Node) -> Nodes:
    match node.type:
        case "assignment" | "for_statement" | "type_alias_statement":
            yield from fields(node, "left")
        case "function_definition" | "class_definition":
            yield from fields(node, "name")
        case "import_statement" | "import_from_statement" | "future_import_statement":
            for name in fields(node, "name"):
                alias = name.child_by_field_name("alias")
                yield alias or name.named_children[0]
        case "with_statement" | "except_clause" | "except_group_clause":
            # Their bodies are statements of their own.
            for child in node.named_children:
                if child.type != "block":
                    yield from below(child, "as_pattern_target")
        case "global_statement" | "nonlocal_statement":
            yield node
        case "case_clause":
            yield from (child for child in node.named_children if child.type == "case_pattern")


def _bound_in(scope: tree_sitter.Node) -> Nodes:
    match scope.type:
        case "function_definition" | "lambda":
            yield from fields(scope, "parameters")
        case kind if kind in _COMPREHENSIONS:
            for clause in scope.named_children:
                if clause.type == "for_in_clause":
                    yield from fields(clause, "left")


def _always_seen(scope: tree_sitter.Node) -> Nodes:
    yield from fields(scope, "type_parameters")


def _written(scope: tree_sitter.Node) -> Iterator[str]:
    """Assignments in expressions, which the function around binds; and globals that functions assign."""
    text = (scope.text or b"").decode(errors="replace")
    if ":=" in text:
        yield from _WALRUS.findall(text)
    if scope.parent is None and "global " in text:
        for names in _GLOBAL.findall(text):
            yield from re.findall(r"\w+", names)


def _is_use(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    match parent.type:
        case "attribute":
            return parent.child_by_field_name("object") == node
        case "keyword_argument":
            return parent.child_by_field_name("value") == node
        case "function_definition" | "class_definition" if parent.child_by_field_name("name") == node:
            return False
        case "dotted_name" | "aliased_import" | "global_statement" | "nonlocal_statement" | "keyword_pattern":
            return False
        case _:
            return not any(above in _IMPORTS or above == "case_pattern" for above in _types_above(node))


def _types_above(node: tree_sitter.Node) -> list[str]:
    """The types of the nodes around, up to the statement."""
    types: list[str] = []
    above = node.parent
    while above is not None and above.type not in ("block", "module"):
        types.append(above.type)
        above = above.parent
    return types


def _reach(use: tree_sitter.Node) -> int | None:
    """Statements run from above to below, and those of a loop again; annotations may be looked at whenever."""
    reach = use.end_byte
    node = use.parent
    while node is not None and node.type not in _SCOPES:
        if node.type == "type":
            return None
        if node.type in _AGAIN:
            reach = node.end_byte
        node = node.parent
    return reach


def _is_builtin(name: str) -> bool:
    return hasattr(builtins, name) or name in _OWN


def _is_doubtful(text: str) -> bool:
    return any(sign in text for sign in _DOUBTS) or ("print " in text and _PRINT.search(text) is not None)


PYTHON: Final = Rules(
    uses=frozenset({"identifier"}),
    functions=frozenset({"function_definition", "lambda"}) | _COMPREHENSIONS,
    classes=frozenset({"class_definition"}),
    hiding=frozenset({"function_definition", "lambda"}),
    statements=_STATEMENTS,
    bound_by=_bound_by,
    bound_in=_bound_in,
    always_seen=_always_seen,
    written=_written,
    is_use=_is_use,
    builtins=_is_builtin,
    doubtful=_is_doubtful,
    reach=_reach,
)
