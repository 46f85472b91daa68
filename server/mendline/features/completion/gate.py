"""The last word on a candidate: applied to the user's document, does it still parse as well as before?"""

from __future__ import annotations

import attrs
from attrs import field, frozen

from mendline.checks.bracket_repair import MENDED, repair_brackets
from mendline.checks.parse_gate import OUT_OF_TIME, GateResult, check
from mendline.context.window import unified_breaks
from mendline.features.completion.filters import Candidate
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.place import Place
from mendline.syntax.tree import Tree
from mendline.text.document import Edit

# For one check. An incremental parse takes a millisecond or two; more than this and the suggestion would come late.
_BUDGET_MS = 100


@frozen
class Passed:
    """A candidate that may be shown.

    Attributes:
        edit: what it does to the user's document.
        kept: how many characters of the model's text it rests on.
        parsed: whether it was parsed; None when that could not be judged.
        checks: what was checked, each as a short phrase.
        broken: how much is broken in the document with it, as `checks.parse_gate` counts, earlier trouble included.
        cut: whether it is only the part of a candidate that parses.
        tree: the tree of the document with it; None where that could not be judged.
    """

    edit: Edit
    kept: int
    parsed: bool | None
    checks: tuple[str, ...]
    broken: int = 0
    cut: bool = False
    tree: Tree | None = field(default=None, eq=False, repr=False)


def accepts(place: Place, text: str) -> bool:
    """Whether `text` at the cursor is fine as it is; true as well where that cannot be judged."""
    edit = place.edit(text)
    result = _checked(place, edit)
    return result.parsed is None or result.text == edit.text


def judge(place: Place, candidate: Candidate) -> Passed | Rejection:
    """Let a candidate through, cut it to its longest part that parses, or reject it."""
    if place.selected is not None and candidate.replaces:
        return Rejection(RejectReason.SELECTED_CONFLICT, "it would replace text outside of the selected item's range")
    edit = _whole_edit(place, candidate.text, candidate.replaces)
    result = _checked(place, edit)
    if result.reason == OUT_OF_TIME:
        return Rejection(RejectReason.DOES_NOT_PARSE, "there was no time to see whether it parses")
    kept = candidate.kept
    mended = _mended(place, candidate, edit) if result.cut or result.parsed is False else None
    if mended is not None and (result.parsed is False or mended.broken <= result.broken):
        kept = min(kept, len(_added(place, mended.text)))
        edit, result = Edit(edit.start, edit.end, mended.text), mended
    if result.cut and result.text:
        # The edit has the document's line breaks already, and would get them a second time.
        shorter = unified_breaks(_added(place, result.text)).rstrip()
        kept = min(kept, len(shorter))
        edit = _whole_edit(place, shorter, candidate.replaces)
        if place.site.above:
            # Its line break went with the rest and came back: that is another text than the one that was checked.
            again = _checked(place, edit, whole_only=True)
            if not again.parsed:
                return Rejection(RejectReason.DOES_NOT_PARSE, "no part of it parses on lines of its own")
            result = attrs.evolve(again, cut=True)
    if not result.text or not _added(place, edit.text).strip():
        return Rejection(RejectReason.DOES_NOT_PARSE, result.reason or "it would add a syntax error")
    if place.snapshot.document.text[edit.start : edit.end] == edit.text:
        return Rejection(RejectReason.REPEATS_SUFFIX, "it would change nothing")
    return Passed(
        edit=edit,
        kept=kept,
        parsed=result.parsed,
        checks=_phrases(place, result),
        broken=result.broken,
        cut=result.cut,
        tree=result.tree,
    )


def judge_edit(place: Place, edit: Edit) -> Passed | Rejection:
    """Let an edit through as it is, or reject it."""
    result = _checked(place, edit, whole_only=True)
    if not result.parsed:
        return Rejection(RejectReason.DOES_NOT_PARSE, result.reason or "")
    return Passed(edit, 0, result.parsed, _phrases(place, result), result.broken, tree=result.tree)


def _checked(place: Place, edit: Edit, *, whole_only: bool = False) -> GateResult:
    return check(place.snapshot.tree, place.snapshot.document, edit, _BUDGET_MS, whole_only=whole_only)


def _mended(place: Place, candidate: Candidate, edit: Edit) -> GateResult | None:
    """The candidate with its brackets made to match, where that is all that was wrong with it."""
    if place.site.above:
        return None
    snapshot = place.snapshot
    result = repair_brackets(snapshot.tree, snapshot.document, edit, add=not candidate.cut_off)
    return result if result is not None and _added(place, result.text).strip() else None


def _whole_edit(place: Place, text: str, replaces: int) -> Edit:
    if place.site.above:
        # Lines of their own above the cursor's line, which keeps the white space it had.
        text = text + "\n" + place.site.before
    return place.edit(text, replaces)


def _added(place: Place, text: str) -> str:
    """What an edit's text adds to the selected item's."""
    return text[len(place.fixed) :] if text.startswith(place.fixed) else ""


def _phrases(place: Place, result: GateResult) -> tuple[str, ...]:
    if result.parsed is None:
        language = place.snapshot.language
        return (f"unparsed: no grammar for {language.name if language else place.snapshot.language_id or 'it'}",)
    if result.reason == MENDED:
        return ("parses", MENDED)
    return ("parses", "cut to the part that parses") if result.cut else ("parses",)
