"""Scopes on a syntax tree: which names can be seen from a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import tree_sitter
from attrs import define, field

from mendline.checks.names.rules import Rules

# Visited nodes after which a file is too much to be judged between two keystrokes: some 20 ms.
VISIT_LIMIT: Final = 20_000
_MEMBERS: Final = frozenset({"attribute", "subscript", "member_expression", "subscript_expression", "call"})
_NAMES: Final = frozenset({
    "identifier", "type_identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier"
})  # fmt: skip


class TooMuch(Exception):
    """More nodes than there is time for."""


@define
class Scopes:
    """Looks names up in the scopes of one tree; what a scope binds is searched for once, when it is asked for.

    Raises:
        TooMuch: from every method, once the visit limit is reached.
    """

    rules: Rules
    visits: int = 0
    _bound: dict[int, dict[str, int]] = field(factory=dict)

    def sees(self, use: tree_sitter.Node, name: str) -> bool:
        """Whether `name` is bound in a scope around `use`.

        Where statements run in their order (`Rules.reach`), a name of the use's own scope has to be bound before it:
        above it, or anywhere in a loop that holds them both.
        """
        within_function = False
        reach = self.rules.reach(use)
        child, node = use, use.parent
        while node is not None:
            is_class = node.type in self.rules.classes
            if is_class and within_function:
                if name in self._names_in(self.rules.always_seen(node)):
                    return True
            elif is_class or node.type in self.rules.functions or node.parent is None:
                bound = self._in(node).get(name)
                if bound is not None and (reach is None or bound < reach):
                    return True
                # From a scope further out, the use may run at any time.
                reach = None
            # Defaults, annotations and decorators are looked up where the function is defined.
            if node.type in self.rules.hiding and child == node.child_by_field_name("body"):
                within_function = True
            child, node = node, node.parent
        return False

    def _in(self, scope: tree_sitter.Node) -> dict[str, int]:
        """The names that a scope binds, each with the byte at which it first does; -1 where it always has."""
        known = self._bound.get(scope.id)
        if known is None:
            known = self._bound[scope.id] = {}
            for name, start in self._search(scope):
                known[name] = min(start, known.get(name, start))
        return known

    def _search(self, scope: tree_sitter.Node) -> Iterator[tuple[str, int]]:
        rules = self.rules
        always = (*self._names_in(rules.bound_in(scope)), *self._names_in(rules.always_seen(scope)))
        for name in (*always, *rules.written(scope)):
            yield name, -1
        pending = list(scope.named_children)
        while pending:
            node = pending.pop()
            self._count()
            if node.type == "ERROR":
                # Whatever it was meant to be, it may bind any name in it.
                for name in self._names_in(iter((node,))):
                    yield name, -1
                continue
            for name in self._names_in(rules.bound_by(node)):
                yield name, node.start_byte
            if node.type in rules.statements:
                pending.extend(node.named_children)

    def _names_in(self, nodes: Iterator[tree_sitter.Node]) -> Iterator[str]:
        """The names in some patterns; what is an attribute or an element of something binds none."""
        pending = list(nodes)
        while pending:
            node = pending.pop()
            self._count()
            if node.type in _NAMES:
                if node.text is not None:
                    yield node.text.decode(errors="replace")
            elif node.type not in _MEMBERS:
                pending.extend(node.named_children)

    def _count(self) -> None:
        self.visits += 1
        if self.visits > VISIT_LIMIT:
            raise TooMuch
