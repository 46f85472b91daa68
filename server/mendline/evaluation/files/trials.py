"""Positions tried: a suggestion asked for, applied, and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from mendline.engine.protocol import EngineInfo
from mendline.evaluation.documents import snapshot_of
from mendline.evaluation.files.sample import Position
from mendline.evaluation.filled import Filled
from mendline.evaluation.likeness import edit_similarity, is_exact
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.patience import patient
from mendline.evaluation.repeats import repeats_following
from mendline.evaluation.soundness import Soundness, soundness
from mendline.evaluation.trial_log import TrialLog
from mendline.features.completion import Outcome, Prefilled, complete
from mendline.settings.model import Settings
from mendline.text.document import Edit
from mendline.workspace.store import Snapshot


@frozen
class Shown:
    """A suggestion, applied.

    Attributes:
        edit: what it does to the document with the hole.
        after: how sound the document is then.
        exact: whether that is the file as it was, white space at the end of the deleted part left aside.
        similarity: the edit similarity (`likeness`) with what was deleted.
        repeats: whether it says again what follows the cursor (`repeats`).
        confidence: the pipeline's; None when the engine gives no probabilities.
        judged: whether the pipeline parsed it; False where it ran out of time, or has no grammar.
    """

    edit: Edit
    after: Soundness
    exact: bool
    similarity: float
    repeats: bool
    confidence: float | None
    judged: bool


@frozen
class Trial:
    """What came of a position.

    Attributes:
        key: the position's.
        original: how sound the file is.
        before: how sound the document with the hole is.
        shown: the first suggestion, if there was one.
        reasons: why something was not shown; `RejectReason` values.
        raw: the model's text as it came.
        tokens: how many tokens it has.
        seconds: from the request to the outcome.
        engine_seconds: the part of it in which the engine was waited for.
    """

    key: str
    original: Soundness
    before: Soundness
    shown: Shown | None
    reasons: tuple[str, ...]
    raw: str
    tokens: int
    seconds: float
    engine_seconds: float

    @property
    def is_broken(self) -> bool:
        """Whether a suggestion was shown that adds a parse error."""
        return self.shown is not None and self.shown.after.is_broken_from(self.before)


@define
class Asking:
    """Where suggestions come from: the pipeline, as the language server calls it.

    Attributes:
        engine: runs the model.
        info: what it says of itself.
        settings: a user's, but for the limit in time.
        prefilled: what is in the engine's cache. It is kept from position to position, as an editor's server keeps it.
        announce: is told of a position before it is asked at.
    """

    engine: MeteredEngine
    info: EngineInfo
    settings: Settings = field(factory=Settings, converter=patient)
    prefilled: Prefilled = field(factory=Prefilled)
    announce: Callable[[Position], None] | None = None

    async def suggest(self, snapshot: Snapshot, position: Position) -> Outcome:
        """Ask at a position."""
        if self.announce is not None:
            self.announce(position)
        return await complete(
            snapshot,
            position.hole.start,
            position.trigger,
            self.engine,
            self.settings,
            info=self.info,
            prefilled=self.prefilled,
            clock=time.perf_counter,
        )


Observer = Callable[[Sequence[Trial], int], None]
"""Is given all trials so far, the new one last, and how many there will be."""


async def evaluate(
    positions: Sequence[Position], asking: Asking, log: TrialLog[Trial], observe: Observer
) -> tuple[Trial, ...]:
    """Try each position that the log doesn't have yet.

    Args:
        positions: what to try, in this order.
        asking: where suggestions come from.
        log: where results are found and put.
        observe: is told of every trial, also of those the log has.

    Returns:
        The trials of all positions, in their order.

    Raises:
        MendlineError: the engine or the log failed. What was not even asked for says nothing about suggestions.
    """
    trials: list[Trial] = []
    for position in positions:
        trial = log.found(position.key)
        if trial is None:
            trial = await _try(position, asking)
            log.add(trial)
        trials.append(trial)
        observe(trials, len(positions))
    return tuple(trials)


async def _try(position: Position, asking: Asking) -> Trial:
    document = position.document
    snapshot = snapshot_of(document, position.file.path, position.file.grammar)
    waited = asking.engine.seconds
    outcome = await asking.suggest(snapshot, position)
    engine_seconds = asking.engine.seconds - waited
    if outcome.error is not None:
        raise outcome.error
    return Trial(
        key=position.key,
        original=soundness(position.text, position.file.grammar),
        before=soundness(document, position.file.grammar),
        shown=_shown(position, outcome),
        reasons=tuple(rejection.reason.value for rejection in outcome.reasons),
        raw=outcome.raw,
        tokens=outcome.tokens,
        seconds=outcome.timings.total,
        engine_seconds=engine_seconds,
    )


def _shown(position: Position, outcome: Outcome) -> Shown | None:
    if not outcome.suggestions:
        return None
    first = outcome.suggestions[0]
    filled = Filled(position.text, position.hole, Edit(first.range.start, first.range.end, first.text))
    document, edit = filled.document, filled.edit
    return Shown(
        edit=edit,
        after=soundness(filled.result, position.file.grammar),
        exact=is_exact(filled.text, filled.expected),
        similarity=round(edit_similarity(filled.text, filled.expected), 4),
        repeats=repeats_following(document[: edit.start], edit.text, document[edit.end :], filled.expected),
        confidence=first.confidence,
        judged=first.parsed is not None,
    )
