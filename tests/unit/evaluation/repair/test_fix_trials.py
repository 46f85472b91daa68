"""HumanEvalFix in three arms: what each sees, what it costs, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import ChatRequest, EngineInfo
from mendline.evaluation.json_lines import ItemsError
from mendline.evaluation.remembering import RememberingEngine
from mendline.evaluation.repair.arms import LOOP, ONE_SHOT, RESAMPLING, Setup
from mendline.evaluation.repair.failure import Failure
from mendline.evaluation.repair.judges import JUDGES
from mendline.evaluation.repair.python_tests import failures
from mendline.evaluation.repair.summary import summarise
from mendline.evaluation.repair.tasks import Task, draw, read_tasks, visible_asserts
from mendline.evaluation.repair.trials import Trial, evaluate
from mendline.evaluation.running import Limits
from mendline.evaluation.trial_log import TrialLog
from mendline.features.repair import Budget
from support.fim_items import write_lines
from support.fix_tasks import fix_task

_WRONG = "def add_7(value):\n    return value * 7\n```"
_RIGHT = "def add_7(value):\n    return value + 7\n```"
# Right for what can be seen (1 and 2), wrong for the rest.
_OVERFITTED = "def add_7(value):\n    return {1: 8, 2: 9}.get(value, 0)\n```"


def tasks(tmp_path: Path, *items: dict[str, Any]) -> tuple[Task, ...]:
    return read_tasks(write_lines(tmp_path / "python.jsonl.gz", *items))


async def tried(
    tmp_path: Path, answers: Callable[[Request], Answer | str | None], *, accuse: bool = False, log: Path | None = None
) -> tuple[Trial, FakeEngine]:
    engine = FakeEngine(answers)
    info = EngineInfo("fake", context_tokens=4096)
    setup = Setup(RememberingEngine(engine), info, tmp_path, Budget(rounds=2), candidates=2)
    opened = TrialLog(log, {"about": "this"}, Trial, lambda trial: trial.name)
    seen: list[int] = []

    def observe(trials: Sequence[Trial], of: int) -> None:
        seen.append(of)

    trials = await evaluate(tasks(tmp_path, fix_task(7)), setup, opened, observe, accuse=accuse)
    assert seen == [1]
    return trials[0], engine


def _fed_back(request: Request) -> bool:
    return isinstance(request, ChatRequest) and "This was tried" in request.messages[1].content


async def test_the_loop_learns_from_what_failed_and_resampling_never_hears_of_it(tmp_path: Path) -> None:
    trial, engine = await tried(tmp_path, lambda request: _RIGHT if _fed_back(request) else _WRONG)
    assert {name: arm.passed for name, arm in trial.arms.items()} == {ONE_SHOT: False, RESAMPLING: False, LOOP: True}
    assert trial.arms[LOOP].verified
    assert not trial.arms[ONE_SHOT].verified
    assert trial.arms[RESAMPLING].tokens >= trial.arms[LOOP].tokens
    chats = [each for each in engine.requests if isinstance(each, ChatRequest)]
    asked = chats[0].messages[1].content
    assert "`assert add_7(1) == 8` fails: it is -6" in asked
    assert "assert add_7(2) == 9" in asked
    assert "add_7(3)" not in asked + chats[-1].messages[1].content


async def test_arms_that_begin_with_the_same_question_get_the_same_answer_once(tmp_path: Path) -> None:
    trial, engine = await tried(tmp_path, lambda _: _RIGHT)
    assert all(arm.passed for arm in trial.arms.values())
    assert len(engine.requests) == 1
    assert len({arm.tokens for arm in trial.arms.values()}) == 1


async def test_a_repair_that_fits_what_can_be_seen_only_is_counted_as_verified_but_wrong(tmp_path: Path) -> None:
    trial, _ = await tried(tmp_path, lambda _: _OVERFITTED)
    arm = trial.arms[LOOP]
    assert (arm.verified, arm.passed, arm.visible_failed) == (True, False, 0)
    figures = summarise([trial])["python"]["arms"][LOOP]
    assert figures["verified_but_wrong"]["count"] == 1
    assert figures["verified_but_visible_fails"] == 0


async def test_a_right_program_that_is_made_worse_is_not_called_verified(tmp_path: Path) -> None:
    trial, _ = await tried(tmp_path, lambda request: _WRONG, accuse=True)
    assert trial.right is not None
    assert not trial.right.verified
    # What breaks a visible assert is never offered.
    assert (trial.right.changed, trial.right.passed) == (False, True)
    trial, _ = await tried(tmp_path, lambda _: _OVERFITTED, accuse=True)
    assert trial.right is not None
    assert (trial.right.changed, trial.right.passed, trial.right.verified) == (True, False, False)
    assert summarise([trial])["python"]["right"]["worse_and_verified"] == 0


async def test_a_log_is_gone_on_with(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    first, _ = await tried(tmp_path, lambda _: _RIGHT, log=log)
    again, engine = await tried(tmp_path, lambda _: _WRONG, log=log)
    assert first == again
    assert not engine.requests


def test_asserts_are_tried_one_by_one_and_say_what_came_instead() -> None:
    program = "def f(x):\n    print('noise')\n    return [1][x]\n"
    asserts = (
        "assert f(0) == 1",
        "assert f(0) == 2",
        "assert f(5) == 1",
        "assert abs(f(0) - 3) < 1",
        "assert f(0) in (1,)",
    )
    assert failures(program, asserts, Limits()) == (
        Failure(1, "it is 1"),
        Failure(2, "it raises IndexError: list index out of range"),
        Failure(3, "it is 2"),
    )


@pytest.mark.parametrize(
    ("program", "instead"),
    [
        ("def f(:\n", "the program ends with SyntaxError"),
        ("def f(x):\n    while True:\n        pass\n", "it takes too long"),
        ("import os\ndef f(x):\n    os._exit(0)\n", "the program ends with "),
    ],
)
def test_programs_that_do_not_come_to_their_end(program: str, instead: str) -> None:
    found = failures(program, ("assert f(1)",), Limits(cpu_seconds=1))
    assert [each.instead.startswith(instead) for each in found] == [True]


@pytest.mark.parametrize(
    ("test", "visible"),
    [
        ("def check(f):\n    assert f(1)\n    assert f(2)\n    assert f(3)\n", ("assert f(1)", "assert f(2)")),
        ("def check(f):\n    assert True, 'x'\n    assert f(1)\n    assert f(2)\n", ("assert f(1)",)),
        ("def check(f):\n    for x in range(9):\n        assert f(x)\n", ("assert f(0)",)),
        ("def check(f):\n    assert f(1)\n", ("assert f(0)",)),
        ("not python (", ("assert f(0)",)),
    ],
)
def test_half_of_the_asserts_can_be_seen(test: str, visible: tuple[str, ...]) -> None:
    assert visible_asserts(JUDGES["Python"], test, "def check(f):\n    assert f(0)\n") == visible


def test_tasks_are_read_and_drawn(tmp_path: Path) -> None:
    found = tasks(tmp_path, *(fix_task(number) for number in range(1, 9)))
    assert found[0].before == "def add_1(value):\n    return value - 1\n"
    assert found[0].right == "def add_1(value):\n    return value + 1\n"
    assert len(draw(found, 3, 0)) == 3
    assert draw(found, 3, 0) == draw(found, 3, 0)
    assert draw(found, None, 0) == found


def test_tasks_in_a_language_that_cannot_be_judged_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ItemsError, match="tasks in Ada can't be judged here"):
        tasks(tmp_path, fix_task(1, task_id="Ada/1"))
    with pytest.raises(ItemsError, match="has no tasks"):
        tasks(tmp_path)
