"""Places tried with a scripted engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import FillRequest
from mendline.evaluation.crossfile.indexes import Indexes
from mendline.evaluation.crossfile.sample import Place, draw_places
from mendline.evaluation.crossfile.trials import Asking, Trial, evaluate
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.trial_log import TrialLog
from mendline.features.completion import Trigger
from mendline.settings.model import Settings
from support.python_package import write_package


def places_in(folder: Path) -> tuple[Place, ...]:
    return draw_places([write_package(folder)], 3, 0)


async def tried(
    engine: FakeEngine,
    *places: Place,
    log: TrialLog[Trial] | None = None,
    trigger: Trigger = Trigger.AUTOMATIC,
) -> tuple[Trial, ...]:
    indexes = Indexes(places[0].package.parent / "indexes")
    asking = Asking(MeteredEngine(engine), await engine.info(), Settings(), trigger, indexes)
    try:
        return await evaluate(places, asking, log or new_log(), lambda _trials, _of: None)
    finally:
        indexes.close()


def new_log(path: Path | None = None) -> TrialLog[Trial]:
    return TrialLog(path, {}, Trial, lambda trial: trial.key)


async def test_the_model_sees_the_definition_one_way_and_not_the_other(tmp_path: Path) -> None:
    place = places_in(tmp_path)[0]

    def answer(request: Request) -> str:
        assert isinstance(request, FillRequest)
        # How the line begins is given: the next one needs what it defines.
        sees = any(place.call.callee in chunk.text for chunk in request.context)
        return place.line.removeprefix("shade =") + "\n" if sees else " 1\n"

    (trial,) = await tried(FakeEngine(answer), place)
    assert (trial.related.text, trial.related.exact, trial.related.similarity) == (place.line, True, 1.0)
    assert trial.related.calls
    assert trial.related.offered
    assert not trial.related.called
    assert 0 < trial.related.nearest < 1
    assert trial.related.related_tokens > 0
    assert (trial.without.text, trial.without.exact, trial.without.calls) == ("shade = 1", False, False)
    assert (trial.without.offered, trial.without.related_tokens) == (False, 0)
    assert trial.without.similarity < 1


async def test_the_prompt_is_computed_before_the_request(tmp_path: Path) -> None:
    engine = FakeEngine(default=" 1\n")
    await tried(engine, places_in(tmp_path)[0])
    assert [record.kind for record in engine.records] == ["warm", "fill", "warm", "fill"]
    prompts = [(record.request.context, record.request.prefix) for record in engine.records]  # type: ignore[union-attr]
    for (context, prefix), (asked_context, asked_prefix) in (prompts[:2], prompts[2:]):
        assert (asked_context, asked_prefix) == (context, prefix + "shade =")


async def test_silence_is_no_match_and_has_its_reason(tmp_path: Path) -> None:
    (trial,) = await tried(FakeEngine(default=""), places_in(tmp_path)[0])
    assert (trial.without.text, trial.without.similarity, trial.without.reasons) == ("", 0.0, ("empty",))


async def test_of_several_lines_the_first_is_compared(tmp_path: Path) -> None:
    place = places_in(tmp_path)[0]
    engine = FakeEngine(default=f"{place.line}\n    more = 2\n")
    (trial,) = await tried(engine, place, trigger=Trigger.INVOKED)
    assert trial.without.exact


async def test_what_the_log_has_is_not_asked_again(tmp_path: Path) -> None:
    first, second, _ = places_in(tmp_path)
    await tried(FakeEngine(default=" 1\n"), first, log=new_log(tmp_path / "log.jsonl"))
    engine = FakeEngine(default=" 1\n")
    trials = await tried(engine, first, second, log=new_log(tmp_path / "log.jsonl"))
    assert [trial.key for trial in trials] == [first.key, second.key]
    assert len(engine.records) == 4


async def test_a_failing_engine_ends_the_evaluation(tmp_path: Path) -> None:
    engine = FakeEngine(default=Answer.of("", error=EngineDied("gone")))
    with pytest.raises(EngineDied):
        await tried(engine, places_in(tmp_path)[0])
