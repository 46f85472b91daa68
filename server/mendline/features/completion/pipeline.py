"""From a place in a document to suggestions that may be shown: the whole way, in order.

snapshot -> place -> prompt -> tokens -> candidates -> filters -> gate -> examples -> ranking -> outcome. Nothing here
keeps state; what the engine has in its cache is noted in what the caller gives for it. And nothing here can fail for a
reason that lies in the user's text: whatever happens becomes an `Outcome` with its reason. Cancellation passes through,
and the engine's stream is closed before it does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

import attrs
from attrs import define

from mendline.context.related import NOTHING, Related
from mendline.context.sources import SOURCES
from mendline.engine.errors import EngineError, ModelMissing
from mendline.engine.protocol import Engine, EngineInfo, FillRequest
from mendline.features.completion.beginning import BEGINNING, Beginning, beginning
from mendline.features.completion.enclosing import headers
from mendline.features.completion.examples import EXAMPLES, Examples, RunsExamples
from mendline.features.completion.filters import FILTERS
from mendline.features.completion.gate import accepts
from mendline.features.completion.judging import NAMES, Judge, Verdict, below_threshold, nowhere
from mendline.features.completion.outcome import (
    Outcome,
    Rejection,
    RejectReason,
    SelectedCompletion,
    Suggestion,
    Timings,
    Trigger,
)
from mendline.features.completion.place import Place
from mendline.features.completion.prefilled import Prefilled
from mendline.features.completion.prompt import choose_prompt
from mendline.features.completion.searching import CANDIDATES, INSTRUCTED, Search
from mendline.features.completion.shape import Shape, shape
from mendline.features.completion.silence import silence
from mendline.features.completion.small_changes import SMALL_CHANGES
from mendline.features.completion.stopping import Stopper
from mendline.features.completion.streaming import Generation, generate
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot

Clock = Callable[[], float]

OMITTABLE: tuple[str, ...] = (
    *(source.name for source in SOURCES),
    BEGINNING,
    INSTRUCTED,
    CANDIDATES,
    *(keep.__name__ for keep in FILTERS),
    NAMES,
    EXAMPLES,
    SMALL_CHANGES,
)
"""What `complete` can do without, in the order in which it comes: context sources, stages, filters."""


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
    knows: Callable[[str], bool] = nowhere,
    examples: RunsExamples | None = None,
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
        knows: whether a name is defined in another file of the workspace; asked of names that the document lacks.
        examples: runs the examples in the docstring around the cursor; for who asked himself.
        omit: parts of the pipeline that are left out, of those in `OMITTABLE`: an evaluation shows what each is worth.
        clock: seconds, for the timings.

    Returns:
        The outcome. Errors of the engine are in it; only cancellation comes out as an exception.
    """
    started = clock()
    rejection = silence(snapshot, offset, trigger, settings) or _selection_problem(snapshot, offset, selected)
    if rejection is not None:
        return Outcome(reasons=(rejection,), timings=Timings(total=clock() - started))
    run = _Run(Place.of(snapshot, offset, selected), trigger, settings, clock, started, related, knows, examples, omit)
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
    knows: Callable[[str], bool]
    examples: RunsExamples | None
    omit: Collection[str]

    async def outcome(self, engine: Engine, info: EngineInfo | None, prefilled: Prefilled) -> Outcome:
        place = self.place
        prompt = choose_prompt(place, self.settings, info, prefilled, related=self.related, omit=self.omit)
        span = self._span()
        so_far = Outcome(shape=f"{span.span.value}: {span.why}", sections=prompt.sections)
        judge = Judge(place, self.clock, self.knows, self.omit, whole=self.trigger is Trigger.INVOKED)
        try:
            first, verdict = await self._first(engine, prompt.request, span, judge)
        except EngineError as error:
            missing = isinstance(error, ModelMissing)
            reason = RejectReason.MODEL_MISSING if missing else RejectReason.ENGINE_FAILED
            return attrs.evolve(so_far, reasons=(Rejection(reason, str(error)),), error=error)
        if first.first_token is not None:
            prefilled.add(prompt.request)
        waited = self.clock() - self.started - first.seconds
        search = Search(
            place=place,
            span=span,
            trigger=self.trigger,
            settings=self.settings,
            engine=engine,
            info=info,
            request=prompt.request,
            judge=judge,
            stopper=lambda: self._stopper(span),
            examples=self._examples(),
            left=self._left,
            omit=self.omit,
        )
        verdicts = await search.verdicts(first, verdict)
        suggestions, reasons = self._shown(verdicts, first)
        told = verdicts[0].generation or first
        return attrs.evolve(
            so_far,
            suggestions=suggestions,
            reasons=() if suggestions else reasons,
            raw=told.raw,
            steps=verdicts[0].steps,
            tokens=len(told.tokens),
            timings=_timings(first, max(0.0, waited), verdict.gate_seconds),
            usage=first.usage,
        )

    def _span(self) -> Shape:
        place = self.place
        # The tree belongs to the user's document; with an item inserted it does not fit, and the lines decide alone.
        tree = place.snapshot.tree if place.selected is None else None
        around = headers(place.document, place.offset) if self.trigger is Trigger.INVOKED else ()
        wanted = self.settings.completion.multiline
        return shape(place.site, self.trigger, wanted, tree, place.offset, headers=around)

    async def _first(
        self, engine: Engine, request: FillRequest, span: Shape, judge: Judge
    ) -> tuple[Generation, Verdict]:
        """Ask for the first text and judge it.

        While the user types, that is one begun with a name that the code below needs, where there is such a name. Who
        asks gets what the model begins by itself first, and such a one only where that isn't sound (`searching`).
        """
        begun: Beginning | None = None
        if self.trigger is Trigger.AUTOMATIC and BEGINNING not in self.omit:
            begun = beginning(self.place, span, judge.needed())
        stopper = self._stopper(span)
        if begun is not None:
            stream = engine.fill(begun.request(request))
            (rest,) = await generate(stream, [begun.end(stopper.end)], limit=self._left(), clock=self.clock)
            verdict = attrs.evolve(judge, whole=True).verdict(begun.whole(rest), stopper)
            if begun.led_to(verdict):
                return begun.whole(rest), verdict
            stopper = self._stopper(span)
        (generation,) = await generate(engine.fill(request), [stopper.end], limit=self._left(), clock=self.clock)
        return generation, judge.verdict(generation, stopper)

    def _examples(self) -> Examples | None:
        place, wanted = self.place, self.settings.completion.examples and EXAMPLES not in self.omit
        if self.examples is None or not wanted or place.selected is not None or place.snapshot.is_cell:
            return None
        return Examples(place, self.examples)

    def _stopper(self, span: Shape) -> Stopper:
        return Stopper(self.place.site, span, lambda text: accepts(self.place, text))

    def _left(self) -> float:
        return self.settings.completion.timeout_ms / 1000 - (self.clock() - self.started)

    def _shown(
        self, verdicts: tuple[Verdict, ...], first: Generation
    ) -> tuple[tuple[Suggestion, ...], tuple[Rejection, ...]]:
        suggestions: list[Suggestion] = []
        reasons: list[Rejection] = []
        for verdict in verdicts:
            result = verdict.result
            if isinstance(result, Suggestion) and not verdict.holds:
                result = below_threshold(result, self.settings.completion.show_threshold) or result
            if isinstance(result, Suggestion):
                suggestions.append(result)
            elif first.timed_out and result.reason is RejectReason.EMPTY:
                limit = self.settings.completion.timeout_ms
                reasons.append(Rejection(RejectReason.TIMEOUT, f"nothing was complete after {limit} ms"))
            else:
                reasons.append(result)
        return tuple(suggestions), tuple(reasons[:1])


def _timings(generation: Generation, waited: float, gate: float | None) -> Timings:
    first = generation.first_token
    return Timings(
        first_token=None if first is None else waited + first,
        generated=waited + generation.seconds,
        gate=gate,
    )
