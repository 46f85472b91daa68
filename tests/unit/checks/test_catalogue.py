from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import define, field

from mendline.checks.catalogue import CHECKS, TOOLS, checks_for, run_checks
from mendline.checks.check import Kind, Project, Report, Status, Subject
from mendline.checks.results import Results
from mendline.settings.model import RepairSettings, Settings
from support.checked import plant, subject_of


@define(eq=False)
class Counted:
    """A check that counts how often it runs, and answers as it is told."""

    name: str = "counted"
    kind: Kind = Kind.LINT
    languages: frozenset[str] = frozenset()
    executes: bool = False
    standalone: bool = True
    status: Status = Status.RAN
    meanwhile: Callable[[], object] = lambda: None
    runs: int = field(default=0, repr=False)

    async def run(self, subject: Subject, seconds: float) -> Report:
        self.runs += 1
        self.meanwhile()
        return Report(self.name, self.status)


@pytest.fixture
def results() -> Results:
    ticks: Iterator[float] = iter(range(0, 10_000, 10))
    return Results(clock=lambda: next(ticks))


def test_the_cheapest_come_first(tmp_path: Path) -> None:
    order = list(Kind)
    for language in ("python", "typescript", "lua"):
        places = [order.index(check.kind) for check in checks_for(language, Project(tmp_path), Settings())]
        assert places == sorted(places)


@pytest.mark.parametrize(("language", "some"), [("python", {"syntax", "compile", "ruff"}), ("lua", {"syntax"})])
def test_checks_are_for_their_languages(language: str, some: set[str], tmp_path: Path) -> None:
    names = {check.name for check in checks_for(language, Project(tmp_path), Settings())}
    assert some <= names
    assert "ruff" not in names or language == "python"


def test_settings_choose(tmp_path: Path) -> None:
    settings = Settings(repair=RepairSettings(checks=("ruff", "tsc", "nonsense")))
    assert [check.name for check in checks_for("python", Project(tmp_path), settings)] == ["syntax", "ruff"]
    assert [check.name for check in checks_for("lua", Project(tmp_path), settings)] == ["syntax"]


def test_an_editors_own_name_of_a_language_is_understood(tmp_path: Path) -> None:
    assert checks_for("py", Project(tmp_path), Settings()) == checks_for("python", Project(tmp_path), Settings())


def test_names_are_told_apart() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_each_has_its_tools_named() -> None:
    assert {check.name for check in CHECKS} == TOOLS.keys()


async def test_reports_come_in_the_checks_order(tmp_path: Path, results: Results) -> None:
    checks = [Counted(name) for name in "cab"]
    reports = await run_checks(checks, subject_of(tmp_path, "a.py", "x", "python"), 5, remembered=results)
    assert [report.check for report in reports] == ["c", "a", "b"]


async def test_what_executes_needs_trust(tmp_path: Path, results: Results) -> None:
    check = Counted(executes=True)
    (report,) = await run_checks([check], subject_of(tmp_path, "a.py", "x", "python"), 5, remembered=results)
    assert (report.status, check.runs) == (Status.UNTRUSTED, 0)
    assert "trusted workspace" in report.note
    trusted = subject_of(tmp_path, "a.py", "x", "python", trusted=True)
    (report,) = await run_checks([check], trusted, 5, remembered=results)
    assert (report.status, check.runs) == (Status.RAN, 1)


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        (lambda root: None, 1),
        (lambda root: (root / "b.py").write_text("longer than before"), 2),
        (lambda root: (root / "new.toml").write_text(""), 2),
        (lambda root: (root / "b.py").unlink(), 2),
        # What is ignored is no part of the project.
        (lambda root: (root / "ignored.txt").write_text(""), 1),
    ],
    ids=["nothing", "changed", "added", "removed", "ignored"],
)
async def test_the_same_in_the_same_state_is_checked_once(
    change: Callable[[Path], object], runs: int, tmp_path: Path, results: Results
) -> None:
    (tmp_path / "b.py").write_text("b")
    (tmp_path / ".gitignore").write_text("ignored.txt\n")
    check = Counted()
    for text in ("x", "x", "y"):
        await run_checks([check], subject_of(tmp_path, "a.py", text, "python"), 5, remembered=results)
    assert check.runs == 2
    change(tmp_path)
    await run_checks([check], subject_of(tmp_path, "a.py", "y", "python"), 5, remembered=results)
    assert check.runs == 1 + runs


async def test_another_version_of_the_tool_is_asked_again(tmp_path: Path, results: Results) -> None:
    check = Counted("ruff")
    for program in ("one", "another", "another"):
        plant(tmp_path / ".venv/bin", "ruff", f"# {program}\n")
        await run_checks([check], subject_of(tmp_path, "a.py", "x", "python", trusted=True), 5, remembered=results)
    assert check.runs == 3  # it was written anew each time
    await run_checks([check], subject_of(tmp_path, "a.py", "x", "python", trusted=True), 5, remembered=results)
    assert check.runs == 3


async def test_another_unsaved_file_is_another_question(tmp_path: Path, results: Results) -> None:
    check = Counted()
    for other in ("1", "2", "1"):
        subject = subject_of(tmp_path, "a.py", "x", "python", others={"b.py": other})
        await run_checks([check], subject, 5, remembered=results)
    assert check.runs == 2


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.RAN])
async def test_only_what_ran_is_remembered(status: Status, tmp_path: Path, results: Results) -> None:
    check = Counted(status=status)
    for _ in range(2):
        await run_checks([check], subject_of(tmp_path, "a.py", "x", "python"), 5, remembered=results)
    assert check.runs == 2


async def test_no_more_run_at_once_than_there_are_cores(
    tmp_path: Path, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mendline.checks.catalogue._cores", lambda: 2)
    running = most = 0

    @define(eq=False)
    class Watched(Counted):
        async def run(self, subject: Subject, seconds: float) -> Report:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            return Report(self.name, Status.RAN)

    checks = [Watched(str(number)) for number in range(6)]
    await run_checks(checks, subject_of(tmp_path, "a.py", "x", "python"), 5, remembered=results)
    assert most == 2


async def test_cancelling_reaches_the_checks(tmp_path: Path, results: Results) -> None:
    started = asyncio.Event()
    ended = False

    @define(eq=False)
    class Endless(Counted):
        async def run(self, subject: Subject, seconds: float) -> Report:
            nonlocal ended
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended = True
            raise AssertionError

    subject = subject_of(tmp_path, "a.py", "x", "python")
    task = asyncio.create_task(run_checks([Endless()], subject, 5, remembered=results))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended
