"""Programs with seeded errors: what they are, and how a repair of them is judged."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mendline.engine.fake import FakeEngine
from mendline.evaluation.repair import seeded
from mendline.evaluation.repair.seeded import SeedSetup, SeedTrial, evaluate_seeds
from mendline.evaluation.repair.seeds import Seed, read_seeds
from mendline.evaluation.repair.summary import summarise_seeds
from mendline.evaluation.trial_log import TrialLog
from mendline.features.repair import Budget, Options
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from support.scripted_check import ScriptedCheck, words_not_allowed

_SEED = Seed("python/a.py", "wrong name", "python", "a.py", "total = 1\nprint(total)\n", "total = 1\nprint(totl)\n", 1)


async def tried(
    monkeypatch: pytest.MonkeyPatch, check: ScriptedCheck, *, engine: FakeEngine | None = None, log: Path | None = None
) -> SeedTrial:
    monkeypatch.setattr(seeded, "checks_for", lambda *_: (check,))
    setup = SeedSetup(engine, None, Budget(rounds=1), Options(candidates=0))
    opened = TrialLog(log, {"about": "this"}, SeedTrial, lambda trial: trial.name)
    (trial,) = await evaluate_seeds([_SEED], setup, opened, lambda trials, of: None)
    return trial


def test_there_are_enough_of_them_and_each_differs_in_one_place() -> None:
    seeds = read_seeds()
    assert len(seeds) >= 60
    assert set(Counter(seed.language for seed in seeds)) == {"python", "typescript", "rust", "c", "java"}
    assert min(Counter(seed.language for seed in seeds).values()) >= 12
    assert len({seed.name for seed in seeds}) == len(seeds)
    for seed in seeds:
        assert seed.right != seed.wrong
        assert not set("⟦¦⟧") & set(seed.right + seed.wrong), seed.name


@pytest.mark.parametrize("seed", read_seeds(), ids=lambda seed: seed.name)
def test_the_right_programs_parse(seed: Seed) -> None:
    language = language_of(seed.language, seed.path)
    assert language is not None
    tree = Tree.parse(Document.of(seed.right), language)
    assert tree is not None
    assert not tree.root.has_error


async def test_an_instant_repair_is_verified_and_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = await tried(monkeypatch, ScriptedCheck(words_not_allowed("totl")))
    assert (trial.diagnosed_by, trial.verified, trial.holds, trial.exact) == ("scripted", True, True, True)
    assert trial.origin == "similar name"


async def test_a_program_whose_error_no_tool_reports_is_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = await tried(monkeypatch, ScriptedCheck(words_not_allowed("other")))
    assert not trial.diagnosed_by
    figures = summarise_seeds([trial])
    assert figures["undiagnosed"] == ["python/a.py"]
    assert figures["all"]["verified"] == {"count": 0, "of": 0}


def test_seconds_are_told_by_who_proposed_the_fix() -> None:
    def fixed(origin: str, seconds: float) -> SeedTrial:
        return SeedTrial("a", "b", "c", diagnosed_by="d", verified=True, holds=True, origin=origin, seconds=seconds)

    trials = [fixed("model", 4.0), fixed("model", 2.0), fixed("model", 9.0), fixed("import", 0.1)]
    figures = summarise_seeds([*trials, SeedTrial("a", "b", "c", diagnosed_by="d", origin="model", seconds=60.0)])
    assert figures["all"]["seconds_by_origin"] == {"import": 0.1, "model": 4.0}
    assert figures["all"]["seconds"] == 3.0


async def test_a_check_that_says_something_else_the_second_time_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    check = ScriptedCheck(words_not_allowed("totl"))
    find = check.find

    def unsteady(subject: object) -> list[object]:
        # The last look at the fixed program, from nothing, finds what the repair's own look did not.
        fixed = [each for each in check.subjects if "print(total)" in each.text]
        return words_not_allowed("print")(subject) if len(fixed) > 1 else find(subject)  # type: ignore[arg-type,return-value]

    check.find = unsteady  # type: ignore[assignment]
    trial = await tried(monkeypatch, check)
    assert (trial.verified, trial.holds) == (True, False)


async def test_a_log_is_gone_on_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    first = await tried(monkeypatch, ScriptedCheck(words_not_allowed("totl")), log=log)
    check = ScriptedCheck(words_not_allowed("totl"))
    assert await tried(monkeypatch, check, log=log) == first
    assert not check.subjects
