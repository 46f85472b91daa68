"""Lines asked for twice: with what other files of the package offer, and without it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from mendline.context.files import SourceFiles
from mendline.context.refusing import refusing
from mendline.context.related import NOTHING, Related, gather
from mendline.context.surroundings import Surroundings
from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.evaluation.crossfile.indexes import Indexes
from mendline.evaluation.crossfile.sample import Place
from mendline.evaluation.documents import snapshot_of
from mendline.evaluation.filled import Filled
from mendline.evaluation.likeness import edit_similarity, is_exact
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.patience import patient
from mendline.evaluation.trial_log import TrialLog
from mendline.features.completion import Outcome, Prefilled, Trigger, complete, unwarmed, warm
from mendline.settings.model import Settings
from mendline.text.document import Edit
from mendline.workspace.store import Snapshot


@frozen
class Line:
    """What was suggested in the place of a line.

    Attributes:
        text: the first line of it that is not blank; empty where nothing was shown.
        exact: whether that is what stood there.
        similarity: its edit similarity (`likeness`) with that.
        calls: whether the name of what is to be called is in it.
        offered: whether that name was in what the model saw of other files.
        called: whether a call of it was in what the model saw besides the text around the cursor.
        nearest: the edit similarity of what stood there with the line most like it in that.
        related_tokens: about how many tokens of the prompt were of other files.
        reasons: why something was not shown; `RejectReason` values.
        seconds: from the request to the outcome.
    """

    text: str
    exact: bool
    similarity: float
    calls: bool
    offered: bool
    called: bool
    nearest: float
    related_tokens: int
    reasons: tuple[str, ...]
    seconds: float


@frozen
class Trial:
    """What came of a place.

    Attributes:
        key: the place's.
        without: the suggestion from the file alone.
        related: the suggestion with code of other files.
    """

    key: str
    without: Line
    related: Line


@define
class Asking:
    """Where suggestions come from: the pipeline, as the language server calls it.

    Attributes:
        engine: runs the model.
        info: what it says of itself.
        settings: a user's, but for the limit in time.
        trigger: how suggestions are asked for.
        indexes: what is known of the packages.
    """

    engine: MeteredEngine
    info: EngineInfo
    settings: Settings = field(converter=patient)
    trigger: Trigger
    indexes: Indexes
    _files: SourceFiles = field(factory=SourceFiles, init=False)

    async def line(self, place: Place, *, related: bool) -> Line:
        """Ask at a place, after the whole prompt was computed, as it is after a moment's rest in an editor."""
        snapshot, offset = snapshot_of(place.document, place.file.path, place.file.grammar), place.call.line.start
        found = await self._related(snapshot, place) if related else NOTHING
        prefilled = Prefilled()
        # The whole prompt comes last, and with it in the cache the first is not used.
        requests = unwarmed(snapshot, offset, self.settings, self.info, prefilled, related=found)[-1:]
        await warm(requests, self.engine, prefilled)
        outcome = await complete(
            snapshot,
            offset,
            self.trigger,
            self.engine,
            self.settings,
            info=self.info,
            prefilled=prefilled,
            related=found,
            clock=time.perf_counter,
        )
        if outcome.error is not None:
            raise outcome.error
        own = place.file.path.relative_to(place.package).as_posix()
        return _judged(place, outcome, _Sight.of(place, requests, own))

    async def _related(self, snapshot: Snapshot, place: Place) -> Related:
        refused = refusing((place.package,), self.settings.privacy.exclude)
        surroundings = Surroundings(
            folders=(place.package,),
            indexes=((place.package, await asyncio.to_thread(self.indexes.of, place.package)),),
            files=self._files,
            refused=refused,
        )
        omit = frozenset(self.settings.context.omit)
        return await asyncio.to_thread(gather, snapshot, place.call.line.start, surroundings, omit)


Observer = Callable[[Sequence[Trial], int], None]
"""Is given all trials so far, the new one last, and how many there will be."""


async def evaluate(
    places: Sequence[Place], asking: Asking, log: TrialLog[Trial], observe: Observer
) -> tuple[Trial, ...]:
    """Try each place that the log doesn't have yet.

    Args:
        places: what to try, in this order.
        asking: where suggestions come from.
        log: where results are found and put.
        observe: is told of every trial, also of those the log has.

    Returns:
        The trials of all places, in their order.

    Raises:
        MendlineError: the engine or the log failed.
    """
    trials: list[Trial] = []
    for place in places:
        trial = log.found(place.key)
        if trial is None:
            without = await asking.line(place, related=False)
            trial = Trial(place.key, without, await asking.line(place, related=True))
            log.add(trial)
        trials.append(trial)
        observe(trials, len(places))
    return tuple(trials)


@frozen
class _Sight:
    """What the model saw besides the text around the cursor; the attributes are those of `Line`."""

    offered: bool
    called: bool
    nearest: float

    @classmethod
    def of(cls, place: Place, requests: Sequence[FillRequest], own: str) -> _Sight:
        chunks = [chunk for request in requests for chunk in request.context]
        # Its own imports, shown once more, name the callee as well, and tell nothing of it.
        others = "\n".join(chunk.text for chunk in chunks if chunk.path != own)
        lines = [line.strip() for chunk in chunks for line in chunk.text.split("\n")]
        name = re.escape(place.call.callee)
        call = re.compile(rf"(?<!def )(?<!class )\b{name}\(")
        return cls(
            offered=re.search(rf"\b{name}\b", others) is not None,
            called=any(call.search(line) for line in lines),
            nearest=round(max((edit_similarity(line, place.line) for line in lines), default=0.0), 4),
        )


def _judged(place: Place, outcome: Outcome, sight: _Sight) -> Line:
    text = ""
    if outcome.suggestions:
        first = outcome.suggestions[0]
        filled = Filled(place.text, place.call.line, Edit(first.range.start, first.range.end, first.text))
        text = filled.text.strip().partition("\n")[0].rstrip()
    return Line(
        text=text,
        exact=is_exact(text, place.line),
        similarity=round(edit_similarity(text, place.line), 4),
        calls=place.call.callee in text,
        offered=sight.offered,
        called=sight.called,
        nearest=sight.nearest,
        related_tokens=sum(section.tokens for section in outcome.sections if section.path),
        reasons=tuple(rejection.reason.value for rejection in outcome.reasons),
        seconds=outcome.timings.total,
    )
