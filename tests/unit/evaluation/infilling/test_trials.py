"""Items are tried once, executed as seldom as possible, and a cut run goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import FillRequest
from mendline.evaluation.infilling import trials as trials_module
from mendline.evaluation.infilling.asking import Method
from mendline.evaluation.infilling.items import Item
from mendline.evaluation.infilling.trial import Trial
from mendline.evaluation.infilling.trials import Arms, evaluate
from mendline.evaluation.running import Limits, Outcome, Verdict
from mendline.evaluation.trial_log import TrialLog, TrialLogError, read_log
from support.infilling_items import item

ABOUT = {"model": "m", "typed": True}
TUPLES: dict[str, object] = {**ABOUT, "names": ("a", "b")}
METHOD = Method(characters=6, step=2)
ITEMS = [item(number) for number in range(3)]


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Don't run programs: those with the right line in them pass."""
    programs: list[str] = []

    def run_program(program: str, limits: Limits) -> Outcome:
        programs.append(program)
        right = any(each.canonical_solution in program and each.test in program for each in ITEMS)
        return Outcome(Verdict.PASSED) if right else Outcome(Verdict.FAILED, "AssertionError")

    monkeypatch.setattr(trials_module, "run_program", run_program)
    return programs


def opened(path: Path | None = None) -> TrialLog[Trial]:
    return TrialLog(path, ABOUT, Trial, lambda trial: trial.task_id)


def right(request: Request) -> Answer | None:
    """Answer with the line that an item wants."""
    assert isinstance(request, FillRequest)
    return next((Answer.of(each.canonical_solution) for each in ITEMS if each.prompt == request.prefix), None)


async def tried(
    engine: FakeEngine, typing: FakeEngine | None, log: TrialLog[Trial], items: Sequence[Item] = tuple(ITEMS)
) -> tuple[tuple[Trial, ...], list[int]]:
    seen: list[int] = []
    arms = Arms(engine, typing)

    def observe(so_far: Sequence[Trial], of: int) -> None:
        assert of == len(items)
        seen.append(len(so_far))

    return await evaluate(items, arms, METHOD, log, limits=Limits(), observe=observe), seen


async def test_texts_that_agree_are_executed_once(executed: list[str]) -> None:
    trials, seen = await tried(FakeEngine(right), FakeEngine(right), opened())
    assert [trial.task_id for trial in trials] == [each.task_id for each in ITEMS]
    assert all(trial.recomputed.outcome.passed and trial.recomputed.exact for trial in trials)
    assert all(trial.typed is not None and trial.typed.outcome.passed for trial in trials)
    assert len(executed) == len(ITEMS)
    assert seen == [1, 2, 3]


async def test_texts_that_differ_are_executed_both(executed: list[str]) -> None:
    trials, _ = await tried(FakeEngine(right), FakeEngine(default="pass"), opened())
    assert len(executed) == 2 * len(ITEMS)
    assert not any(trial.typed is None or trial.typed.outcome.passed for trial in trials)


async def test_without_typing_there_is_one_request_an_item(executed: list[str]) -> None:
    engine = FakeEngine(right)
    trials, _ = await tried(engine, None, opened())
    assert [record.kind for record in engine.records] == ["fill"] * len(ITEMS)
    assert [trial.typed for trial in trials] == [None] * len(ITEMS)


async def test_a_run_that_was_cut_goes_on(executed: list[str], tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    dying = FakeEngine(right, errors={2: EngineDied("gone")})
    with pytest.raises(EngineDied):
        await tried(dying, FakeEngine(right), opened(path))
    with path.open("a") as file:
        file.write('{"task_id": "cut off')
    engine = FakeEngine(right)
    trials, seen = await tried(engine, FakeEngine(right), opened(path))
    assert [trial.task_id for trial in trials] == [each.task_id for each in ITEMS]
    assert (len(engine.records), seen) == (1, [3])
    again, seen = await tried(FakeEngine(), FakeEngine(), opened(path))
    assert (again, seen) == (trials, [])


def test_a_tuple_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "log"
    for _ in range(2):
        TrialLog(path, TUPLES, Trial, lambda trial: trial.task_id)
    assert path.read_text().count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello\n", "not a log of this command"),
        ("[1]\n", "not a log of this command"),
        ('{"model": "m"}\n', "not a log of this command"),
        ('{"model": "other", "typed": true}\n', "a run with model other, not m"),
        ('{"model": "m", "typed": true}\n{}\n', "log:2 is not a result"),
        ('{"model": "m", "typed": true}\nx\n', "log:2 is not a result"),
    ],
)
def test_logs_that_cannot_be_continued(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(content)
    with pytest.raises(TrialLogError, match=message):
        opened(path)
    assert path.read_text() == content


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(TrialLogError, match="cannot use the log"):
        opened(tmp_path / "no folder" / "log")


async def test_the_log_holds_all_of_a_trial(executed: list[str], tmp_path: Path) -> None:
    path = tmp_path / "log"
    (trial,), _ = await tried(FakeEngine(right), FakeEngine(right), opened(path), ITEMS[:1])
    assert trial.typed is not None
    assert trial.typed.typing is not None
    assert len(trial.typed.typing.steps) == 2
    read = opened(path).found(trial.task_id)
    assert read == trial
    assert attrs.asdict(trial)["recomputed"]["outcome"]["verdict"] is Verdict.PASSED


async def test_another_runs_log_is_read(executed: list[str], tmp_path: Path) -> None:
    path = tmp_path / "log"
    trials, _ = await tried(FakeEngine(right), None, opened(path))
    with path.open("a") as file:
        file.write('{"task_id": "cut off')
    assert read_log(path, Trial) == (ABOUT, trials)


@pytest.mark.parametrize(("content", "message"), [("", "not a log"), ("{}\nx\n", "log:2 is not a result")])
def test_what_is_no_log_of_another_run(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    with pytest.raises(TrialLogError, match="cannot read the log"):
        read_log(path, Trial)
    path.write_text(content)
    with pytest.raises(TrialLogError, match=message):
        read_log(path, Trial)
