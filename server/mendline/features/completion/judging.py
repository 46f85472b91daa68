"""From what an engine wrote to what may be shown: the ways to read it, the filters, the gate; the best one counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

import attrs
from attrs import define, field, frozen

from mendline.checks.bracket_repair import MENDED
from mendline.checks.names import undefined_below, undefined_names
from mendline.context.window import unified_breaks
from mendline.engine.protocol import FinishReason
from mendline.features.completion.confidence import confidence
from mendline.features.completion.filters import FILTERS, Candidate, Filter
from mendline.features.completion.filters.following_lines import cut_following_lines
from mendline.features.completion.filters.lines_below import cut_lines_below
from mendline.features.completion.gate import Passed, judge, judge_edit
from mendline.features.completion.outcome import Rejection, RejectReason, Step, Suggestion
from mendline.features.completion.place import Place
from mendline.features.completion.stopping import Stopper
from mendline.features.completion.streaming import Generation
from mendline.syntax.tree import Tree
from mendline.text.document import Edit, Range

NAMES = "undefined_names"
"""What leaving out the search for undefined names is called."""

_UNDEFINED_FACTOR = 0.5
"""What is left of a suggestion's confidence where a name in it exists nowhere. More of them are no worse: code that
lacks its imports lacks several."""

_REPEATING: tuple[Filter, ...] = (cut_lines_below, cut_following_lines)
"""The filters whose judgement what the gate changes may undo."""

_ENOUGH_SECONDS = 0.3
"""Of judging for one request: what is judged then has to do. A bad text in a file of 10,000 lines takes half of it."""


def nowhere(_name: str) -> bool:
    """Know no name."""
    return False


@frozen
class Verdict:
    """What became of a generation.

    Attributes:
        result: what may be shown of it, or why nothing may.
        broken: how much is broken in the document with it (`checks.parse_gate`).
        cut: whether the gate let only a part of it through, or made its brackets match.
        undefined: bare names in it that exist nowhere (`checks.names`).
        needed: bare names that the rest of the function uses, and that still exist nowhere with it.
        steps: what filters and gate did.
        gate_seconds: time in the gate; None when it was not reached.
        generation: what was judged.
        failed: how many examples in the docstring around it fail with it; None where none were run.
        tree: the tree of the document with it; None where nothing is shown, or that could not be judged.
    """

    result: Suggestion | Rejection
    broken: int = 0
    cut: bool = False
    undefined: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    gate_seconds: float | None = None
    generation: Generation | None = field(default=None, eq=False, repr=False)
    failed: int | None = None
    tree: Tree | None = field(default=None, eq=False, repr=False)

    @property
    def holds(self) -> bool:
        """Whether all examples in the docstring around it hold with it, as far as there are any and they were run."""
        return self.failed == 0

    @property
    def refused(self) -> bool:
        """Whether nothing of it may be shown."""
        return isinstance(self.result, Rejection)

    @property
    def sound(self) -> bool:
        """Whether it can be shown whole, nothing is broken then, and every name in and below it exists."""
        return not (self.refused or self.cut or self.broken or self.undefined or self.needed)


@define
class Judge:
    """Judges what is generated for one place.

    Attributes:
        place: the cursor.
        clock: seconds.
        knows: whether a name is defined somewhere else than in the document.
        omit: names of filters and checks that are left out (`evaluation` measures what each is worth).
        whole: whether the text should make the function whole: who asks in its middle wants what the rest needs.
    """

    place: Place
    clock: Callable[[], float]
    knows: Callable[[str], bool] = nowhere
    omit: Collection[str] = ()
    whole: bool = False
    _spent: float = field(default=0.0, init=False)

    @property
    def tired(self) -> bool:
        """Whether judging took so long that nothing more should be judged where there is something to show."""
        return self._spent >= _ENOUGH_SECONDS

    def rested(self) -> Judge:
        """Return one for the same place that has all its time."""
        return attrs.evolve(self)

    def needed(self) -> tuple[str, ...]:
        """Return the bare names that the rest of the function uses, and that exist nowhere as the document is."""
        tree = self.place.snapshot.tree
        if tree is None or NAMES in self.omit:
            return ()
        return undefined_below(tree, self.place.offset, self._known)

    def verdict(self, generation: Generation, stopper: Stopper) -> Verdict:
        """Judge the ways to read a generation, in order; the first sound one wins, else the least broken one."""
        best: Verdict | None = None
        for place, candidate in _readings(self.place, generation, stopper):
            before = self.clock()
            verdict = self._judged(place, candidate, generation)
            self._spent += self.clock() - before
            # Of several that are refused, the last one's reason is told: it is the one that asks least.
            both_refused = best is not None and best.refused and verdict.refused
            if best is None or both_refused or _rank(verdict) < _rank(best):
                best = verdict
            if best.sound or (self.tired and not best.refused):
                break
        assert best is not None
        return attrs.evolve(best, generation=generation)

    def variant(self, verdict: Verdict, edit: Edit, step: str, said: str) -> Verdict | None:
        """Return the verdict on another text in the place of a suggestion's; None where more is wrong with it.

        Args:
            verdict: on the suggestion.
            edit: what puts the other text there.
            step: what made the other text.
            said: what tells the two apart, for the user.
        """
        passed = judge_edit(self.place, edit)
        if isinstance(passed, Rejection) or not isinstance(verdict.result, Suggestion):
            return None
        undefined = self._undefined(passed)
        if passed.broken > verdict.broken or len(undefined) > len(verdict.undefined):
            return None
        result = attrs.evolve(verdict.result, text=edit.text, checks=(*passed.checks, said))
        return attrs.evolve(
            verdict,
            result=result,
            broken=passed.broken,
            undefined=undefined,
            needed=self._needed(passed),
            steps=(*verdict.steps, Step(step, len(verdict.result.text), len(edit.text), said)),
            failed=None,
            tree=passed.tree,
        )

    def _judged(self, place: Place, candidate: Candidate, generation: Generation) -> Verdict:
        steps: list[Step] = []
        filtered = self._filtered(place, candidate, steps)
        if isinstance(filtered, Rejection):
            return Verdict(filtered, steps=tuple(steps))
        before = self.clock()
        passed = judge(place, filtered)
        if isinstance(passed, Passed) and _is_changed(passed):
            passed = self._unless_repeating(place, filtered, passed, steps)
        seconds = self.clock() - before
        if isinstance(passed, Rejection):
            steps.append(Step("parse_gate", len(filtered.text), 0, passed.detail))
            return Verdict(passed, steps=tuple(steps), gate_seconds=seconds)
        steps.append(Step("parse_gate", len(filtered.text), len(passed.edit.text)))
        undefined = self._undefined(passed)
        if undefined:
            steps.append(Step(NAMES, len(passed.edit.text), len(passed.edit.text), f"{len(undefined)} exist nowhere"))
        suggestion = _suggestion(passed, generation, _UNDEFINED_FACTOR if undefined else 1.0)
        return Verdict(
            suggestion,
            passed.broken,
            _is_changed(passed),
            undefined,
            self._needed(passed),
            tuple(steps),
            seconds,
            tree=passed.tree,
        )

    def _undefined(self, passed: Passed) -> tuple[str, ...]:
        if passed.tree is None or NAMES in self.omit:
            return ()
        start = passed.edit.start
        return undefined_names(passed.tree, Range(start, start + len(passed.edit.text)), self._known)

    def _needed(self, passed: Passed) -> tuple[str, ...]:
        if passed.tree is None or not self.whole or NAMES in self.omit:
            return ()
        return undefined_below(passed.tree, passed.edit.start + len(passed.edit.text), self._known)

    def _known(self, name: str) -> bool:
        """Whether a name may be defined outside of the document; a notebook's cells share theirs."""
        return self.knows(name) or any(
            "import *" in cell or re.search(rf"\b{re.escape(name)}\b", cell) is not None
            for cell in self.place.snapshot.cells_before
        )

    def _filtered(
        self, place: Place, candidate: Candidate, steps: list[Step], filters: tuple[Filter, ...] = FILTERS
    ) -> Candidate | Rejection:
        for keep in filters:
            if keep.__name__ in self.omit:
                continue
            result = keep(candidate, place.site)
            if isinstance(result, Rejection):
                steps.append(Step(keep.__name__, len(candidate.text), 0, result.detail))
                return result
            if result != candidate:
                steps.append(Step(keep.__name__, len(candidate.text), len(result.text)))
            candidate = result
        return candidate

    def _unless_repeating(
        self, place: Place, filtered: Candidate, passed: Passed, steps: list[Step]
    ) -> Passed | Rejection:
        """What the gate cut or mended may end with lines that follow, which no filter could tell: without them then."""
        text = unified_breaks(passed.edit.text.removeprefix(place.fixed)).removesuffix("\n" + place.site.before)
        changed = attrs.evolve(filtered, text=text, kept=min(passed.kept, len(text)), cut_off=False)
        kept = self._filtered(place, changed, steps, _REPEATING)
        if isinstance(kept, Rejection) or kept == changed:
            return kept if isinstance(kept, Rejection) else passed
        again = judge(place, kept)
        if isinstance(again, Passed) and _is_changed(again):
            return Rejection(RejectReason.REPEATS_SUFFIX, "what parses of it repeats the line that follows")
        return again if isinstance(again, Rejection) else attrs.evolve(again, cut=True)


def _is_changed(passed: Passed) -> bool:
    return passed.cut or MENDED in passed.checks


def _rank(verdict: Verdict) -> tuple[bool, int, int, bool, int]:
    # What wasn't tried is better than what fails, and worse than what holds; what is broken could not be tried.
    wrong = 1 if verdict.failed is None else verdict.failed and 1 + verdict.failed
    nowhere_defined = len(verdict.undefined) + len(verdict.needed)
    return verdict.refused, verdict.broken, wrong, verdict.cut, nowhere_defined


def _readings(place: Place, generation: Generation, stopper: Stopper) -> Iterator[tuple[Place, Candidate]]:
    """The candidates that a generation may mean, each with the place it goes to.

    Before a line of code, at its start, the text may be lines of their own above it, or (where the model ended it in
    the middle of a line) the beginning of that very line. And before code on the cursor's line a text that the model
    ended itself may mean just what it says, or repeat some of what follows.
    """
    text = generation.raw
    ended = generation.end is None and generation.finish is FinishReason.STOP
    if ended and place.site.above and not text.endswith("\n"):
        yield place.joined, Candidate.of(text, ended=True)
    candidate = _candidate(generation, stopper)
    # Without a tree nobody could tell the two apart.
    if candidate.ended and place.site.rest.strip() and place.snapshot.tree is not None:
        yield place, candidate
    yield place, attrs.evolve(candidate, ended=False)


def _candidate(generation: Generation, stopper: Stopper) -> Candidate:
    """The part of the text that the stopping rule lets stand."""
    text = generation.raw
    if generation.end is not None:
        return Candidate.of(text[: generation.end])
    limited = generation.timed_out or generation.finish in (FinishReason.LENGTH, FinishReason.CANCELLED)
    if not limited:
        # The model came to its own end. A last line break may have decided what the rule had to wait for.
        end = stopper.end(text + "\n")
        return Candidate.of(text, ended=True) if end is None or end >= len(text) else Candidate.of(text[:end])
    kept = stopper.whole_part(text, complete_line=not generation.timed_out)
    return Candidate.of(kept, cut_off=kept == text)


def _suggestion(passed: Passed, generation: Generation, trust: float) -> Suggestion:
    sure = confidence(generation.tokens, passed.kept)
    return Suggestion(
        text=passed.edit.text,
        range=Range(passed.edit.start, passed.edit.end),
        confidence=None if sure is None else sure * trust,
        parsed=passed.parsed,
        checks=passed.checks,
        finish=generation.finish,
    )


def below_threshold(suggestion: Suggestion, threshold: float) -> Rejection | None:
    """Return why a suggestion is not shown: the model isn't sure enough of it."""
    if suggestion.confidence is None or suggestion.confidence >= threshold:
        return None
    detail = f"{suggestion.confidence:.2f} is below completion.showThreshold, {threshold:.2f}"
    return Rejection(RejectReason.LOW_CONFIDENCE, detail)


def ranked(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Order by what the checks say, then by likelihood; of those with the same effect only the first stays.

    Where examples fail with them, likelihood counts no more: the one that came first stays the first of its kind.
    """
    seen: set[object] = set()
    different: list[Verdict] = []
    for verdict in sorted(verdicts, key=lambda each: (*_rank(each), -_likelihood(each))):
        result = verdict.result
        effect = (result.range, result.text) if isinstance(result, Suggestion) else result
        if effect not in seen:
            seen.add(effect)
            different.append(verdict)
    return tuple(different)


def _likelihood(verdict: Verdict) -> float:
    if verdict.failed or not isinstance(verdict.result, Suggestion):
        return 0.0
    return verdict.result.confidence or 0.0
