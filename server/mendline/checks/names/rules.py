"""What a language's grammar says about names, as data for `scopes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import tree_sitter
from attrs import frozen

Nodes = Iterator[tree_sitter.Node]


def anywhere(_use: tree_sitter.Node) -> None:
    """Let a name be bound anywhere in its scope: declarations are seen above themselves."""


@frozen
class Rules:
    """How names are bound and used.

    Attributes:
        uses: the types of the nodes that may use a name.
        functions: the types of the nodes that open a scope.
        classes: those whose names are seen in their own body only, not in functions in it.
        hiding: those whose bodies don't see the names of a class around them.
        statements: the types of the nodes that may hold statements, and are searched for bindings.
        bound_by: the nodes in which all names are bound, for a statement.
        bound_in: the same for what a scope binds for itself (parameters).
        always_seen: the same for what even a class shows to functions in it (type parameters).
        written: names that a scope's text binds in places that would take too long to search one by one.
        is_use: whether an identifier's place asks for a name that exists; false as well where that is not certain.
        builtins: whether a name exists everywhere.
        reach: the byte before which a name must be bound in the use's own scope to exist at the use; None where the
            order does not matter.
        doubtful: whether a text does something after which no name can be called undefined.
    """

    uses: frozenset[str]
    functions: frozenset[str]
    classes: frozenset[str]
    hiding: frozenset[str]
    statements: frozenset[str]
    bound_by: Callable[[tree_sitter.Node], Nodes]
    bound_in: Callable[[tree_sitter.Node], Nodes]
    always_seen: Callable[[tree_sitter.Node], Nodes]
    written: Callable[[tree_sitter.Node], Iterator[str]]
    is_use: Callable[[tree_sitter.Node], bool]
    builtins: Callable[[str], bool]
    doubtful: Callable[[str], bool]
    reach: Callable[[tree_sitter.Node], int | None] = anywhere


def fields(node: tree_sitter.Node, *names: str) -> Nodes:
    """The children of `node` under the given field names."""
    for name in names:
        yield from node.children_by_field_name(name)


def below(node: tree_sitter.Node, *types: str) -> Nodes:
    """The nodes of the given types below `node` that are not within one another, in no special order."""
    pending = list(node.named_children)
    while pending:
        found = pending.pop()
        if found.type in types:
            yield found
        else:
            pending.extend(found.named_children)
