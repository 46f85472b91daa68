"""From a place in a document to suggestions that may be shown: the whole way, in order.

snapshot -> place -> prompt -> tokens -> candidate -> filters -> gate -> outcome. Nothing here keeps state; what
the engine has in its cache is noted in what the caller gives for it. And nothing here can fail for a reason that lies
in the user's text: whatever happens becomes an `Outcome` with its reason. Cancellation passes through, and the engine's
stream is closed before it does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

import attrs
from attrs import define, field

from mendline.context.related import NOTHING, Related
from mendline.context.sources import SOURCES
from mendline.engine.errors import EngineError, ModelMissing
from mendline.engine.protocol import Engine, EngineInfo, FinishReason
from mendline.features.completion.confidence import confidence
from mendline.features.completion.filters import FILTERS, Candidate
from mendline.features.completion.gate import Passed, accepts, judge
from mendline.features.completion.outcome import (
    Outcome,
    Rejection,
    RejectReason,
    SelectedCompletion,
    Step,
    Suggestion,
    Timings,
    Trigger,
)
from mendline.features.completion.place import Place
from mendline.features.completion.prefilled import Prefilled
from mendline.features.completion.prompt import choose_prompt
from mendline.features.completion.shape import shape
from mendline.features.completion.silence import silence
from mendline.features.completion.stopping import Stopper
from mendline.features.completion.streaming import Generation, generate
from mendline.settings.model import Settings
from mendline.text.document import Range
from mendline.workspace.store import Snapshot

Clock = Callable[[], float]

OMITTABLE: tuple[str, ...] = (*(source.name for source in SOURCES), *(keep.__name__ for keep in FILTERS))
"""What `complete` can do without, in the order in which it comes."""


async def complete(
    snapshot: Snapshot,
    offset: int,
    trigger: Trigger,
    engine: Engine,
    settings: Settings,
    *,
    selected: SelectedCompletion | None = None,
    info: EngineInfo | None = None,
    prefilled: Prefilled | None = None,
    related: Related = NOTHING,
    omit: Collection[str] = (),
    clock: Clock = time.monotonic,
) -> Outcome:
    """Suggest text for a cursor.

    Args:
        snapshot: the document.
        offset: the cursor, in code points of the document's text; moved into the text when outside.
        trigger: whether the user asked.
        engine: the model.
        settings: `completion.*` and `privacy.*` count here.
        selected: the item selected in the editor's popup; its range must hold the cursor.
        info: what runs the model, where that is known; a faster machine is shown more of the file.
        prefilled: what the engine has in its cache, and is added to; without it, nothing is assumed to be there.
        related: code of other files that belongs to the place (`context.related.gather`).
        omit: parts of the pipeline that are left out, of those in `OMITTABLE`: an evaluation shows what each is worth.
        clock: seconds, for the timings.

    Returns:
        The outcome. Errors of the engine are in it; only cancellation comes out as an exception.
    """
    started = clock()
    rejection = silence(snapshot, offset, trigger, settings) or _selection_problem(snapshot, offset, selected)
    if rejection is not None:
        return Outcome(reasons=(rejection,), timings=Timings(total=clock() - started))
    run = _Run(Place.of(snapshot, offset, selected), trigger, settings, clock, started, related, omit)
    outcome = await run.outcome(engine, info, Prefilled() if prefilled is None else prefilled)
    return attrs.evolve(outcome, timings=attrs.evolve(outcome.timings, total=clock() - started))


def _selection_problem(snapshot: Snapshot, offset: int, selected: SelectedCompletion | None) -> Rejection | None:
    if selected is None or selected.range.start <= offset <= selected.range.end <= len(snapshot.document.text):
        return None
    return Rejection(RejectReason.SELECTED_CONFLICT, "the selected item's range does not hold the cursor")


@define
class _Run:
    """One request on its way."""

    place: Place
    trigger: Trigger
    settings: Settings
    clock: Clock
    started: float
    related: Related
    omit: Collection[str]
    steps: list[Step] = field(factory=list)

    async def outcome(self, engine: Engine, info: EngineInfo | None, prefilled: Prefilled) -> Outcome:
        place, wanted = self.place, self.settings.completion
        # The tree belongs to the user's document; with an item inserted it does not fit, and the lines decide alone.
        tree = place.snapshot.tree if place.selected is None else None
        span = shape(place.site, self.trigger, wanted.multiline, tree, place.offset)
        stopper = Stopper(place.site, span, lambda text: accepts(place, text))
        prompt = choose_prompt(place, self.settings, info, prefilled, related=self.related, omit=self.omit)
        so_far = Outcome(shape=f"{span.span.value}: {span.why}", sections=prompt.sections)
        try:
            generation = await generate(
                engine.fill(prompt.request), stopper.end, limit=wanted.timeout_ms / 1000, clock=self.clock
            )
        except EngineError as error:
            missing = isinstance(error, ModelMissing)
            reason = RejectReason.MODEL_MISSING if missing else RejectReason.ENGINE_FAILED
            return attrs.evolve(so_far, reasons=(Rejection(reason, str(error)),), error=error)
        if generation.first_token is not None:
            prefilled.add(prompt.request)
        result, gate_seconds = self._result(generation, stopper)
        waited = self.clock() - self.started - generation.seconds - (gate_seconds or 0.0)
        return attrs.evolve(
            so_far,
            suggestions=(result,) if isinstance(result, Suggestion) else (),
            reasons=(result,) if isinstance(result, Rejection) else (),
            raw=generation.raw,
            steps=tuple(self.steps),
            tokens=len(generation.tokens),
            timings=_timings(generation, max(0.0, waited), gate_seconds),
            usage=generation.usage,
        )

    def _result(self, generation: Generation, stopper: Stopper) -> tuple[Suggestion | Rejection, float | None]:
        candidate = self._filtered(_candidate(generation, stopper))
        if isinstance(candidate, Rejection):
            if generation.timed_out and candidate.reason is RejectReason.EMPTY:
                limit = self.settings.completion.timeout_ms
                return Rejection(RejectReason.TIMEOUT, f"nothing was complete after {limit} ms"), None
            return candidate, None
        before = self.clock()
        passed = judge(self.place, candidate)
        gate_seconds = self.clock() - before
        self._note("parse_gate", len(candidate.text), passed)
        if isinstance(passed, Rejection):
            return passed, gate_seconds
        sure = confidence(generation.tokens, passed.kept)
        threshold = self.settings.completion.show_threshold
        if sure is not None and sure < threshold:
            detail = f"{sure:.2f} is below completion.showThreshold, {threshold:.2f}"
            return Rejection(RejectReason.LOW_CONFIDENCE, detail), gate_seconds
        suggestion = Suggestion(
            text=passed.edit.text,
            range=Range(passed.edit.start, passed.edit.end),
            confidence=sure,
            parsed=passed.parsed,
            checks=passed.checks,
            finish=generation.finish,
        )
        return suggestion, gate_seconds

    def _filtered(self, candidate: Candidate) -> Candidate | Rejection:
        for keep in FILTERS:
            if keep.__name__ in self.omit:
                continue
            result = keep(candidate, self.place.site)
            if result != candidate:
                self._note(keep.__name__, len(candidate.text), result)
            if isinstance(result, Rejection):
                return result
            candidate = result
        return candidate

    def _note(self, name: str, before: int, result: Candidate | Passed | Rejection) -> None:
        match result:
            case Rejection():
                self.steps.append(Step(name, before, 0, result.detail))
            case Candidate():
                self.steps.append(Step(name, before, len(result.text)))
            case Passed():
                self.steps.append(Step(name, before, len(result.edit.text)))


def _candidate(generation: Generation, stopper: Stopper) -> Candidate:
    """The part of the text that the stopping rule lets stand."""
    text = generation.raw
    if generation.end is not None:
        return Candidate.of(text[: generation.end])
    limited = generation.timed_out or generation.finish in (FinishReason.LENGTH, FinishReason.CANCELLED)
    if not limited:
        # The model came to its own end. A last line break may have decided what the rule had to wait for.
        end = stopper.end(text + "\n")
        return Candidate.of(text if end is None else text[:end])
    kept = stopper.whole_part(text, complete_line=not generation.timed_out)
    return Candidate.of(kept, cut_off=kept == text)


def _timings(generation: Generation, waited: float, gate: float | None) -> Timings:
    first = generation.first_token
    return Timings(
        first_token=None if first is None else waited + first,
        generated=waited + generation.seconds,
        gate=gate,
    )
