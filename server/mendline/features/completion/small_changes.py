"""Small changes to a text with which a docstring's examples fail: cheaper than another text of the model.

The model's slips are often one operator or number long. Where it was not sure of a token, changes come first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from mendline.features.completion.judging import Judge, Verdict
from mendline.features.completion.outcome import Suggestion
from mendline.features.completion.streaming import Generation
from mendline.syntax.mutations import mutations
from mendline.text.document import Edit, Range

SMALL_CHANGES: Final = "small_changes"
"""What these are called as a step, and where they are left out."""

_MOST: Final = 24
_SURE: Final = math.log(0.9)
_SAID: Final = "changed in one place"


def small_changes(judge: Judge, verdict: Verdict) -> Iterator[Verdict]:
    """Yield what checks say of a suggestion with one small change each, but for those with which more is wrong.

    Args:
        judge: judges them.
        verdict: on the suggestion.
    """
    suggestion, tree = verdict.result, verdict.tree
    if tree is None or not isinstance(suggestion, Suggestion):
        return
    start, document = suggestion.range.start, tree.document
    region = Range(start, start + len(suggestion.text))
    for change in mutations(tree, region, _doubtful(suggestion, verdict.generation), _MOST):
        if change.start < region.start or change.end > region.end:
            continue  # a statement that the suggestion only ends
        text = document.text[region.start : change.start] + change.text + document.text[change.end : region.end]
        if not text.strip():
            continue
        found = judge.variant(verdict, Edit(start, suggestion.range.end, text), SMALL_CHANGES, _SAID)
        if found is not None:
            yield found


def _doubtful(suggestion: Suggestion, generation: Generation | None) -> tuple[Range, ...]:
    """Where in the document with the suggestion the tokens stand that the model was not sure of."""
    bare = suggestion.text.strip()
    begins = -1 if generation is None else generation.raw.find(bare)
    if generation is None or begins < 0:
        return ()  # its indentation or its line breaks are the document's
    position = suggestion.range.start + suggestion.text.index(bare) - begins
    found: list[Range] = []
    for token in generation.tokens:
        if token.logprob < _SURE:
            found.append(Range(position, position + len(token.text)))
        position += len(token.text)
    return tuple(found)
