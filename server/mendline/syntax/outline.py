"""What a file defines: names, kinds, signatures and documentation, found by the language's `outline` query.

In a query, a capture that is called as a kind is the definition; `@name` and `@body` are parts of it. `@outer` is what
the definition stands in and is shown with (decorators, `export`, `template<…>`), `@within` names a container that is
written elsewhere than around it, `@scope` is a container that is no definition itself. Of several patterns that find
the same definition the first one counts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import Final, Literal, get_args

import tree_sitter
from attrs import field, frozen

from mendline.syntax.doc_comments import doc_of
from mendline.syntax.queries import query_of
from mendline.syntax.signatures import signature_of
from mendline.syntax.tree import Tree
from mendline.text.document import Range

Kind = Literal["function", "method", "class", "interface", "type", "enum", "constant", "variable", "module"]

BUDGET_MS: Final = 200.0
SYMBOL_LIMIT: Final = 5_000

_SLICE_BYTES: Final = 64 * 1024

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_SCOPE: Final[Literal["scope"]] = "scope"
_CAPTURES: Final[tuple[Kind | Literal["scope"], ...]] = (*_KINDS, _SCOPE)
_VALUES: Final = ("constant", "variable")
_METHODS_LIVE_IN: Final = ("class", "interface", "enum", "type", "constant", "variable", _SCOPE)
_SHOUTED: Final = re.compile(r"[A-Z][A-Z0-9_]+")
_TYPE_ARGUMENTS: Final = re.compile(r"<[^<>]*>")
_QUALIFIED: Final = re.compile(r"[\w$]+(?:(?:::|[.:\\])~?[\w$]+)+")
_SEPARATOR: Final = re.compile(r"::|[.:\\]")


@frozen
class Symbol:
    """One definition.

    Attributes:
        container: dotted names of what it is defined in; empty at the top of a file.
        signature: its source without the body, on one line but for decorators; at most 400 characters.
        doc: first line of its documentation; empty without any.
        range: all of it, decorators included, in code points.
        body: what the signature leaves out; None where there is none.
    """

    name: str
    kind: Kind
    container: str
    signature: str
    doc: str
    range: Range
    body: Range | None


def outline(tree: Tree, budget_ms: float = BUDGET_MS) -> tuple[Symbol, ...]:
    """What a file defines, in source order, each container before what is in it.

    Within functions only what has a body of its own counts: their variables are nobody else's business. Bounded: the
    search ends after `budget_ms` with what was found by then; at most `SYMBOL_LIMIT` symbols.
    """
    found = sorted(_found(tree, budget_ms), key=lambda each: (each.whole.start, -each.whole.end))
    symbols: list[Symbol] = []
    around: list[_Container] = []
    for each in found:
        while around and not around[-1].holds(each.whole):
            around.pop()
        parent = around[-1] if around else None
        names = parent.names if parent else ()
        kind = _kind(each, parent)
        local = parent is not None and parent.within_function
        if local and (each.body is None or kind in _VALUES):
            continue
        if parent is not None and each.body is not None and parent.body == each.body.start:
            continue  # `typedef struct a { … } a`
        container = (*names, *each.within)
        if kind != _SCOPE:
            symbols.append(_symbol(tree, each, kind, container))
            if len(symbols) == SYMBOL_LIMIT:
                break
        inside = local or kind in ("function", "method")
        body = None if each.body is None else each.body.start
        around.append(_Container(each.whole, body, (*container, each.name), kind, inside))
    return tuple(symbols)


@frozen
class _Found:
    """A match of the query, its names taken apart."""

    kind: Kind | Literal["scope"]
    name: str
    name_at: int
    within: tuple[str, ...]
    node: tree_sitter.Node
    whole: Range
    body: Range | None
    body_node: tree_sitter.Node | None = field(repr=False)


@frozen
class _Container:
    whole: Range
    body: int | None
    names: tuple[str, ...]
    kind: Kind | Literal["scope"]
    within_function: bool

    def holds(self, other: Range) -> bool:
        return self.whole.start <= other.start and other.end <= self.whole.end and self.whole != other


def _found(tree: Tree, budget_ms: float) -> Iterator[_Found]:
    seen: set[tuple[int, int, int]] = set()
    for captures in _matches(tree, budget_ms):
        kind = next((each for each in _CAPTURES if each in captures), None)
        if kind is None or "name" not in captures:
            continue
        node, name_node = captures[kind][0], captures["name"][0]
        key = (node.start_byte, node.end_byte, name_node.start_byte)
        if key in seen:
            continue
        seen.add(key)
        *within, name = _names(tree.text_of(name_node).lstrip(":"))
        if "within" in captures:
            within = [*_names(tree.text_of(captures["within"][0])), *within]
        body = captures["body"][0] if "body" in captures else None
        outer = captures["outer"][0] if "outer" in captures else node
        # A body may be marked by its opening bracket alone.
        body_range = Range(tree.char_offset(body.start_byte), tree.char_offset(node.end_byte)) if body else None
        name_at = tree.char_offset(name_node.start_byte)
        yield _Found(kind, name, name_at, tuple(within), node, tree.range_of(outer), body_range, body)


def _matches(tree: Tree, budget_ms: float) -> Sequence[dict[str, list[tree_sitter.Node]]]:
    """The matches found in time, those of earlier patterns first, and with their optional parts before those without.

    Searched slice by slice, as the binding's progress callback for queries crashes (0.26.1); a match across slices may
    be found in each.
    """
    query = query_of(tree.language, "outline")
    if query is None:
        return ()
    deadline = time.perf_counter() + budget_ms / 1000
    cursor = tree_sitter.QueryCursor(query)
    matches: list[tuple[int, dict[str, list[tree_sitter.Node]]]] = []
    for start in range(0, max(tree.root.end_byte, 1), _SLICE_BYTES):
        if time.perf_counter() > deadline:
            break
        cursor.set_byte_range(start, start + _SLICE_BYTES)
        matches += cursor.matches(tree.root)
    return [captures for _, captures in sorted(matches, key=lambda match: (match[0], "body" not in match[1]))]


def _names(text: str) -> list[str]:
    """Take a name such as `a::B<T>::c` apart."""
    plain = _TYPE_ARGUMENTS.sub("", text) if "<" in text and "operator" not in text else text
    return _SEPARATOR.split(plain) if _QUALIFIED.fullmatch(plain) else [" ".join(plain.split())]


def _kind(found: _Found, parent: _Container | None) -> Kind | Literal["scope"]:
    if found.kind == "function" and parent and parent.kind in _METHODS_LIVE_IN:
        return "method"
    if found.kind == "function" and found.within and not (parent and parent.within_function):
        return "method"
    if found.kind == "variable" and _SHOUTED.fullmatch(found.name):
        return "constant"
    return found.kind


def _symbol(tree: Tree, found: _Found, kind: Kind, container: tuple[str, ...]) -> Symbol:
    signature = signature_of(tree, found.whole, found.node, found.body, short=kind in _VALUES)
    # `typedef struct { … } name`
    if found.body is not None and found.name_at > found.body.start and not signature.endswith(found.name):
        signature = f"{signature} {found.name}"
    doc = doc_of(tree, found.whole.start, found.body_node)
    return Symbol(found.name, kind, ".".join(container), signature, doc, found.whole, found.body)
