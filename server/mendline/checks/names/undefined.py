"""Finds names in an inserted text that nothing defines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import tree_sitter

from mendline.checks.names.ecmascript import ECMASCRIPT
from mendline.checks.names.python import PYTHON
from mendline.checks.names.rules import Rules
from mendline.checks.names.scopes import VISIT_LIMIT, Scopes, TooMuch
from mendline.syntax.tree import Tree
from mendline.text.document import Range

_RULES: Final[Mapping[str, Rules]] = {
    "python": PYTHON,
    "javascript": ECMASCRIPT,
    "javascriptreact": ECMASCRIPT,
    "typescript": ECMASCRIPT,
    "typescriptreact": ECMASCRIPT,
}


def undefined_names(tree: Tree, inserted: Range, knows: Callable[[str], bool] = lambda name: False) -> tuple[str, ...]:
    """Return the bare names in an inserted text that exist nowhere: a reason to trust it less.

    A name exists if a scope around its use binds it; if the language has it; or if `knows` says so. In Python, a
    binding in the use's own scope counts if it comes before the use, or a loop or `try` holds them both.
    Attributes, arguments' names and types of TypeScript are not looked at. In doubt a name exists: in files that
    import all names of another or make names at run time, around syntax errors, in scripts without imports that
    share names with others, and in files that are too large to be searched.

    Args:
        tree: the tree of the document with the text in it.
        inserted: where the text is, in code points.
        knows: whether a name is defined somewhere else: in the workspace's index, in a notebook's other cells.

    Returns:
        The names in order, each once. None for languages other than Python, JavaScript and TypeScript.
    """
    rules = _RULES.get(tree.language.id)
    if rules is None or inserted.start >= inserted.end or rules.doubtful(tree.document.text):
        return ()
    scopes = Scopes(rules)
    missing: dict[str, None] = {}
    try:
        for use in _uses(tree, inserted, rules):
            name = (use.text or b"").decode(errors="replace")
            if name and name not in missing and not rules.builtins(name) and not scopes.sees(use, name):
                missing[name] = None
    except TooMuch:
        return ()
    return tuple(name for name in missing if not knows(name))


def undefined_below(tree: Tree, offset: int, knows: Callable[[str], bool] = lambda name: False) -> tuple[str, ...]:
    """Return the bare names that the rest of the function around an offset uses, and that exist nowhere.

    A text that goes before that rest may have to define them. The function is the outermost one: a text may end the
    one it begins in.

    Args:
        tree: the tree of the document with the text in it.
        offset: the text's end, in code points.
        knows: whether a name is defined somewhere else.

    Returns:
        As `undefined_names`; none outside of functions.
    """
    rules = _RULES.get(tree.language.id)
    if rules is None:
        return ()
    byte = tree.byte_offset(offset)
    node = tree.root.descendant_for_byte_range(byte, byte)
    function: tree_sitter.Node | None = None
    while node is not None:
        if node.type in rules.functions and node.start_byte < byte < node.end_byte:
            function = node
        node = node.parent
    if function is None:
        return ()
    return undefined_names(tree, Range(offset, tree.char_offset(function.end_byte)), knows)


def _uses(tree: Tree, inserted: Range, rules: Rules) -> Iterator[tree_sitter.Node]:
    """The identifiers that the inserted text wrote, and that ask for a name; none around a syntax error."""
    start, end = tree.byte_offset(inserted.start), tree.byte_offset(inserted.end)
    top = tree.root.descendant_for_byte_range(start, end) or tree.root
    if _is_broken_around(top):
        return
    pending = [top]
    visits = 0
    while pending:
        node = pending.pop()
        visits += 1
        if visits > VISIT_LIMIT:
            raise TooMuch
        if node.end_byte <= start or node.start_byte >= end or node.is_error or node.is_missing:
            continue
        if node.type in rules.uses and rules.is_use(node):
            yield node
        pending.extend(reversed(node.named_children))


def _is_broken_around(top: tree_sitter.Node) -> bool:
    """Whether a syntax error holds the text, lies in it or beside it in its statement."""
    if top.has_error or (top.parent is not None and top.parent.parent is not None and top.parent.has_error):
        return True
    node = top.parent
    while node is not None:
        if node.is_error:
            return True
        node = node.parent
    return False
