"""Trying a candidate on the examples in the docstring of the function that it goes into."""

from __future__ import annotations

from typing import Final, Protocol

import attrs
import tree_sitter
from attrs import define, field

from mendline.checks.check import Report, Status
from mendline.checks.docstring_examples import has_examples
from mendline.features.completion.judging import Verdict
from mendline.features.completion.outcome import Step, Suggestion
from mendline.features.completion.place import Place
from mendline.syntax.doc_comments import docstring_in
from mendline.syntax.tree import Tree
from mendline.text.document import Edit

EXAMPLES: Final = "examples"
"""What leaving out this is called."""

_LANGUAGE: Final = "python"
_DEFINITIONS: Final = frozenset({"function_definition", "class_definition"})
PATIENT_SECONDS: Final = 3.0
"""For one candidate. One that doesn't end by then is taken for wrong where another one did."""

QUICK_SECONDS: Final = 1.0
"""For one of many candidates that differ little from another one, which did end."""

_NEVER_ENDS: Final = 1_000


class RunsExamples(Protocol):
    """Whoever can run the examples of a document: in the sandbox, and only where the user trusts its project."""

    async def __call__(self, text: str, symbols: tuple[str, ...], seconds: float) -> Report:
        """Run those of some definitions.

        Args:
            text: the document with the candidate in it.
            symbols: the names of the definitions.
            seconds: how long it may take.
        """
        ...


@define
class Examples:
    """Tries candidates for one place, until it turns out that they can't be.

    Attributes:
        place: the cursor.
        run: runs the examples.
    """

    place: Place
    run: RunsExamples
    _can_not: bool = field(default=False, init=False)
    _tried: dict[str, tuple[int, int]] = field(factory=dict, init=False)

    async def tried(self, verdict: Verdict, seconds: float, patience: float = PATIENT_SECONDS) -> Verdict:
        """Return a verdict with what came of it; as it was where nothing is shown, or nothing could be run.

        Args:
            verdict: what checks say of the candidate.
            seconds: how long it may take.
            patience: in seconds, after how long one that doesn't end is taken for wrong, where another one did end.
        """
        suggestion = verdict.result
        if self._can_not or seconds <= 0 or not isinstance(suggestion, Suggestion):
            return verdict
        document = self.place.snapshot.document
        after = document.apply(Edit(suggestion.range.start, suggestion.range.end, suggestion.text))
        known = self._tried.get(after.text)
        if known is not None:
            return _noting(verdict, *known)
        symbols = _with_examples(verdict.tree, suggestion.range.start)
        if not symbols:
            self._can_not = True
            return verdict
        report = await self.run(after.text, symbols, min(seconds, patience))
        if report.status is Status.RAN:
            found = report.tests_failed, report.tests_passed + report.tests_failed
        elif report.status is Status.TIMED_OUT and self._tried and seconds >= patience:
            found = _NEVER_ENDS, 0
        else:
            # Of another candidate nothing else would come: no trust, no examples, an import that fails, a project that
            # takes too long to copy. Only of what doesn't parse that is no wonder.
            self._can_not = not verdict.broken
            return verdict
        self._tried[after.text] = found
        return _noting(verdict, *found)


def _with_examples(tree: Tree | None, offset: int) -> tuple[str, ...]:
    """The name of the innermost Python definition around an offset whose docstring has examples; empty without one."""
    if tree is None or tree.language.id != _LANGUAGE:
        return ()
    byte = tree.byte_offset(offset)
    node = tree.root.descendant_for_byte_range(byte, byte)
    while node is not None:
        if node.type in _DEFINITIONS and (name := _name_with_examples(tree, node)):
            return (name,)
        node = node.parent
    return ()


def _name_with_examples(tree: Tree, definition: tree_sitter.Node) -> str:
    name, body = definition.child_by_field_name("name"), definition.child_by_field_name("body")
    docstring = None if body is None else docstring_in(body)
    if name is None or docstring is None:
        return ""
    # Its first child and its last one are the quotes.
    start, end = tree.range_of(docstring.children[0]).end, tree.range_of(docstring.children[-1]).start
    called, parameters = tree.text_of(name), definition.child_by_field_name("parameters")
    takes = "" if parameters is None else tree.text_of(parameters)
    return called if has_examples(tree.document.text[start:end], called, takes) else ""


def _noting(verdict: Verdict, failed: int, ran: int) -> Verdict:
    suggestion = verdict.result
    assert isinstance(suggestion, Suggestion)
    if failed == _NEVER_ENDS:
        said = "the examples in the docstring did not come to an end"
    elif failed:
        said = f"{failed} of {ran} examples in the docstring fail"
    else:
        said = "the example in the docstring holds" if ran == 1 else f"{ran} examples in the docstring hold"
    length = len(suggestion.text)
    return attrs.evolve(
        verdict,
        result=attrs.evolve(suggestion, checks=(*suggestion.checks, said)),
        failed=failed,
        steps=(*verdict.steps, Step(EXAMPLES, length, length, said)),
    )
