"""Looking for a better text than the first one, as long as there is reason and time to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Final

from attrs import frozen

from mendline.engine.errors import EngineError
from mendline.engine.protocol import Engine, EngineInfo, FillRequest
from mendline.features.completion.beginning import BEGINNING, beginning
from mendline.features.completion.candidates import MORE, is_sure, sampled, wanted_candidates
from mendline.features.completion.examples import QUICK_SECONDS, Examples
from mendline.features.completion.instructed import Instructed, instructed
from mendline.features.completion.judging import Judge, Verdict, ranked
from mendline.features.completion.outcome import Trigger
from mendline.features.completion.place import Place
from mendline.features.completion.shape import Shape
from mendline.features.completion.small_changes import SMALL_CHANGES, small_changes
from mendline.features.completion.stopping import Stopper
from mendline.features.completion.streaming import Generation, generate
from mendline.settings.model import Settings

INSTRUCTED, CANDIDATES = "instructed", "candidates"
"""What leaving out these is called."""

_MOST_TURNS: Final = 5
"""How often candidates are drawn where the examples hold with none."""

_MOST_FRUITLESS: Final = 2
"""How often that may bring nothing better, in turn: the examples may be wrong, or the function half written."""


@frozen
class Search:
    """A search at one place.

    Attributes:
        place: the cursor.
        span: how far a text may reach.
        trigger: whether the user asked; otherwise the first text is all there is.
        settings: `completion.*` counts.
        engine: the model.
        info: what runs it, where that is known.
        request: what the first text was asked by.
        judge: judges texts.
        stopper: makes the rule that ends one text.
        examples: tries texts; None where none should be run.
        left: tells how many seconds there are.
        omit: what is left out.
    """

    place: Place
    span: Shape
    trigger: Trigger
    settings: Settings
    engine: Engine
    info: EngineInfo | None
    request: FillRequest
    judge: Judge
    stopper: Callable[[], Stopper]
    examples: Examples | None
    left: Callable[[], float]
    omit: Collection[str]

    async def verdicts(self, first: Generation, verdict: Verdict) -> tuple[Verdict, ...]:
        """Return what may be shown or not, the best first.

        Where the first text leaves names undefined that the code below needs, another is begun with the first of them.
        Where examples fail with the first text, others are drawn until they hold with one: that is seen at once, and
        the prompt is in the cache. After each turn that brought a better text, small changes to it are tried. Asking in
        words comes after the first of these turns, as it costs more than one.

        Args:
            first: the first text.
            verdict: what checks say of it.
        """
        if self.trigger is not Trigger.INVOKED:
            return (verdict,)
        found: tuple[Verdict, ...] = (await self._tried(verdict),)
        turns = 0
        found = await self._begun(found)
        if found[0].failed:
            found, turns = await self._changed(await self._more(found, first, MORE, turns)), 1
        if not is_sure(found[0]) and INSTRUCTED not in self.omit:
            asked = instructed(self.place, self.span, self.request, self.settings, self.info, needed=found[0].needed)
            if asked is not None and asked.seconds(first) < self.left():
                found = ranked((*found, *await self._in_words(asked)))
        if not turns and (wanted := wanted_candidates(self.settings, self.info, found[0])):
            found, turns = await self._more(found, first, wanted, turns), 1
        fruitless = 0
        while found[0].failed and turns < _MOST_TURNS and fruitless < _MOST_FRUITLESS and self.left() > 0:
            before = found[0]
            found, turns = await self._more(found, first, MORE, turns), turns + 1
            fruitless = fruitless + 1 if found[0].failed == before.failed else 0
            if not fruitless:
                found = await self._changed(found)
        return found

    async def _begun(self, found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """Try the text that is begun with what the first one leaves undefined."""
        begun = None if BEGINNING in self.omit else beginning(self.place, self.span, found[0].needed)
        left = self.left()
        if begun is None or left <= 0:
            return found
        stopper = self.stopper()
        try:
            (rest,) = await generate(
                self.engine.fill(begun.request(self.request)),
                [begun.end(stopper.end)],
                limit=left,
                clock=self.judge.clock,
            )
        except EngineError:
            return found
        verdict = self.judge.verdict(begun.whole(rest), stopper)
        return ranked((*found, await self._tried(verdict))) if begun.led_to(verdict) else found

    async def _tried(self, verdict: Verdict) -> Verdict:
        return verdict if self.examples is None else await self.examples.tried(verdict, self.left())

    async def _more(self, found: tuple[Verdict, ...], first: Generation, count: int, turn: int) -> tuple[Verdict, ...]:
        """Draw some candidates, try the likeliest ones until examples hold with one, and put all in order."""
        if CANDIDATES in self.omit:
            return found
        drawn = await self._judged(sampled(self.request, count, first, turn))
        best = found[0]
        tried: list[Verdict] = []
        for verdict in ranked(drawn):
            tried.append(verdict if best.holds else await self._tried(verdict))
            best = ranked((best, tried[-1]))[0]
        return ranked((*found, *tried))

    async def _changed(self, found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """Try small changes to the best text until examples hold with one; those that are no better are forgotten."""
        best = found[0]
        if not best.failed or self.examples is None or SMALL_CHANGES in self.omit:
            return found
        better: list[Verdict] = []
        for verdict in small_changes(self.judge, best):
            left = self.left()
            if left <= 0 or (better and better[-1].holds):
                break
            tried = await self.examples.tried(verdict, left, QUICK_SECONDS)
            if tried.failed is not None and tried.failed < best.failed:
                better.append(tried)
        return ranked((*found, *better))

    async def _judged(self, request: FillRequest) -> tuple[Verdict, ...]:
        """Return what the candidates of a request come to. That there are none spoils nothing."""
        left = self.left()
        if left <= 0:
            return ()
        stoppers = [self.stopper() for _ in range(request.sampling.n)]
        try:
            generations = await generate(
                self.engine.fill(request), [stopper.end for stopper in stoppers], limit=left, clock=self.judge.clock
            )
        except EngineError:
            return ()
        judge = self.judge.rested()
        verdicts: list[Verdict] = []
        for generation, stopper in zip(generations, stoppers, strict=True):
            if generation.raw and not (judge.tired and verdicts):
                # To judge one may take a tenth of a second: what the editor sends meanwhile comes first.
                await asyncio.sleep(0)
                verdicts.append(judge.verdict(generation, stopper))
        return tuple(verdicts)

    async def _in_words(self, asked: Instructed) -> tuple[Verdict, ...]:
        """Return what the answer to a request in words comes to. That there is none spoils nothing."""
        stopper = self.stopper()
        ends = [asked.end(stopper.end)]
        try:
            (answer,) = await generate(self.engine.chat(asked.request), ends, limit=self.left(), clock=self.judge.clock)
        except EngineError:
            return ()
        reading = asked.reading(answer)
        return () if reading is None else (await self._tried(self.judge.verdict(reading, stopper)),)
