"""Positions tried with a scripted engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.evaluation.files.code import CodeFile
from mendline.evaluation.files.holes import Kind
from mendline.evaluation.files.sample import Position
from mendline.evaluation.files.trials import Asking, Trial, evaluate
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.soundness import Soundness
from mendline.evaluation.trial_log import TrialLog
from mendline.features.completion import Trigger
from mendline.text.document import Edit, Range

TEXT = "total = add(first, second)\nprint(total)\n"


def position(deleted: str = "add(first, second)", **changes: object) -> Position:
    start = TEXT.index(deleted)
    file = CodeFile(Path("/code/m.py"), "code/m.py", "python")
    made = Position(file, TEXT, Kind.LINE, Range(start, start + len(deleted)), Trigger.INVOKED)
    return attrs.evolve(made, **changes)


async def tried(
    answer: str | Callable[[Request], Answer | str | None], *positions: Position, log: TrialLog[Trial] | None = None
) -> tuple[Trial, ...]:
    engine = FakeEngine(default=answer) if isinstance(answer, str) else FakeEngine(answer)
    asking = Asking(MeteredEngine(engine), await engine.info())
    return await evaluate(positions, asking, log or new_log(), lambda _trials, _of: None)


def new_log(path: Path | None = None) -> TrialLog[Trial]:
    return TrialLog(path, {}, Trial, lambda trial: trial.key)


async def test_a_suggestion_that_is_what_was_deleted() -> None:
    (trial,) = await tried("add(first, second)\n", position())
    assert trial.shown is not None
    assert trial.shown.edit == Edit(8, 8, "add(first, second)")
    assert (trial.shown.exact, trial.shown.similarity, trial.shown.repeats) == (True, 1.0, False)
    assert trial.shown.judged
    assert (trial.original, trial.before, trial.shown.after) == (
        Soundness(0, True),
        Soundness(trial.before.errors, False),
        Soundness(0, True),
    )
    assert not trial.is_broken
    assert trial.raw.startswith("add(first, second)")
    assert 0 < trial.engine_seconds < trial.seconds


async def test_another_suggestion_is_compared_with_what_was_deleted() -> None:
    (trial,) = await tried("add(first, third)\n", position())
    assert trial.shown is not None
    assert not trial.shown.exact
    assert 0.5 < trial.shown.similarity < 1


async def test_silence_has_its_reason() -> None:
    (trial,) = await tried("", position())
    assert (trial.shown, trial.reasons, trial.is_broken) == (None, ("empty",), False)


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        (Soundness(0, True), Soundness(1, False), True),
        (Soundness(1, False), Soundness(1, False), False),
    ],
)
async def test_a_trial_is_broken_when_its_suggestion_adds_an_error(
    before: Soundness, after: Soundness, broken: bool
) -> None:
    (trial,) = await tried("add(first, second)\n", position())
    assert trial.shown is not None
    changed = attrs.evolve(trial, before=before, shown=attrs.evolve(trial.shown, after=after))
    assert changed.is_broken is broken
    assert not attrs.evolve(changed, shown=None).is_broken


async def test_what_the_log_has_is_not_asked_again(tmp_path: Path) -> None:
    first, second = position(), position("second", kind=Kind.BRACKETS)
    asked: list[str] = []

    def answer(request: Request) -> str:
        asked.append(getattr(request, "prefix", ""))
        return "second"

    told: list[tuple[int, int]] = []
    engine = FakeEngine(answer)
    asking = Asking(MeteredEngine(engine), await engine.info())
    await evaluate([first], asking, new_log(tmp_path / "log.jsonl"), lambda _trials, _of: None)
    trials = await evaluate(
        [first, second], asking, new_log(tmp_path / "log.jsonl"), lambda trials, of: told.append((len(trials), of))
    )
    assert [trial.key for trial in trials] == [first.key, second.key]
    # Each place twice: the name exists nowhere, so more candidates are drawn.
    assert len(asked) == 4
    assert told == [(1, 2), (2, 2)]


async def test_a_failing_engine_ends_the_evaluation() -> None:
    with pytest.raises(EngineDied):
        await tried(lambda _request: Answer.of("", error=EngineDied("gone")), position())
