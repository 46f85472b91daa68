"""Each hole is answered by the controls and by every arm; a cut run goes on."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import EngineInfo, FillRequest
from mendline.evaluation.fim.asking import Pipeline
from mendline.evaluation.fim.holes import Hole, read_holes
from mendline.evaluation.fim.trials import Asked, Trial, evaluate
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.remembering import RememberingEngine
from mendline.evaluation.running import Limits
from mendline.evaluation.trial_log import TrialLog
from mendline.features.completion import Trigger
from mendline.settings.model import CompletionSettings, Settings
from support.fim_items import infilling, rambling, safim, write_lines

WHOLE = {"pipeline": frozenset[str]()}
INFO = EngineInfo("fake", context_tokens=4096)


@pytest.fixture
def holes(tmp_path: Path) -> tuple[Hole, ...]:
    lines = read_holes(write_lines(tmp_path / "lines.jsonl", infilling()), "lines")
    return (*lines, *read_holes(write_lines(tmp_path / "block.jsonl", safim()), "block"))


async def tried(
    holes: Sequence[Hole],
    engine: FakeEngine,
    *,
    arms: dict[str, frozenset[str]] = WHOLE,
    settings: Settings | None = None,
    log: Path | None = None,
) -> tuple[tuple[Trial, ...], list[int]]:
    remembering = RememberingEngine(engine)
    metered = MeteredEngine(remembering)
    seen: list[int] = []

    def observe(trials: Sequence[Trial], of: int) -> None:
        assert of == len(holes)
        seen.append(len(trials))

    opened = TrialLog(log, {"about": "this"}, Trial, lambda trial: trial.name)
    with tempfile.TemporaryDirectory() as root:
        pipeline = Pipeline(metered, remembering, INFO, settings or Settings(), Trigger.INVOKED, Path(root))
        return await evaluate(holes, Asked(metered, pipeline, arms, Limits()), opened, observe), seen


async def test_the_controls_take_the_text_as_it_is_and_the_pipeline_does_not(holes: tuple[Hole, ...]) -> None:
    (line, block), _ = await tried(holes, FakeEngine(rambling))
    assert line.raw.text == "    return value + 0\n\n\ndef more():\n    return\n"
    assert line.first_line.text == "    return value + 0\n"
    assert line.first_line.outcome.passed
    suggested = line.arms["pipeline"]
    assert (suggested.attempt.text, suggested.attempt.outcome.passed) == ("    return value + 0\n", True)
    assert (suggested.offered, suggested.any_passed) == (1, True)
    assert (block.raw.text, block.raw.outcome.error) == ("n + 0)\nprint(n", "WrongOutput")
    assert (block.first_line.text, block.first_line.breaks) == ("n + 0)", True)
    assert (block.arms["pipeline"].attempt.text, block.arms["pipeline"].attempt.exact) == ("n + 0", True)


async def test_the_raw_text_is_asked_for_with_the_whole_program_and_first(holes: tuple[Hole, ...]) -> None:
    engine = FakeEngine(rambling)
    (trial, _), _ = await tried(holes, engine)
    first = engine.requests[0]
    assert isinstance(first, FillRequest)
    assert (first.prefix, first.suffix, first.context) == (holes[0].prompt, holes[0].suffix, ())
    assert (first.sampling.max_tokens, first.sampling.temperature, first.sampling.stop) == (192, 0.0, ())
    assert [record.kind for record in engine.records] == ["fill", "warm", "fill"] * 2
    answer = trial.arms["pipeline"].answer
    assert answer.own_seconds is not None
    assert 0 <= answer.own_seconds <= answer.seconds


async def test_an_empty_hole_is_judged_when_nothing_is_shown(holes: tuple[Hole, ...]) -> None:
    off = Settings(completion=CompletionSettings(enabled=False))
    (line, _), _ = await tried(holes, FakeEngine(rambling), settings=off)
    suggested = line.arms["pipeline"]
    assert (suggested.offered, suggested.answer.edits, suggested.answer.reasons) == (0, (), ("disabled",))
    assert (suggested.attempt.text, suggested.attempt.outcome.passed, suggested.any_passed) == ("", False, False)


async def test_an_arm_leaves_out_what_it_is_told_to(holes: tuple[Hole, ...]) -> None:
    engine = FakeEngine(default=Answer.of("n, '<|endoftext|>'"))
    arms = WHOLE | {"without it": frozenset({"cut_special_tokens"})}
    (trial,), _ = await tried(holes[1:], engine, arms=arms)
    assert trial.arms["without it"].attempt.text == "n, '<|endoftext|>'"
    assert "endoftext" not in trial.arms["pipeline"].attempt.text


async def test_an_engine_that_fails_ends_the_run(holes: tuple[Hole, ...], tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with pytest.raises(EngineDied):
        # The raw text, the prompt, and the suggestion of the first hole; then the raw text of the second.
        await tried(holes, FakeEngine(rambling, errors={3: EngineDied("gone")}), log=log)
    engine = FakeEngine(rambling)
    trials, seen = await tried(holes, engine, log=log)
    assert (len(engine.records), seen) == (3, [1, 2])
    again, _ = await tried(holes, FakeEngine(errors={0: EngineDied("gone")}), log=log)
    assert again == trials
