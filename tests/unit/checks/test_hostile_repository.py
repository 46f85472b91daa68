"""A hostile repository: untrusted, nothing of it is started; trusted, nothing of what it tries succeeds."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mendline.checks.catalogue import checks_for, run_checks
from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.overlay import Overlay
from mendline.checks.process import Command, Finished, run_process
from mendline.checks.sandbox import confining
from mendline.checks.sandbox.commands import confine, exceeded
from mendline.checks.sandbox.confining import LABELS, works
from mendline.checks.sandbox.launcher import order
from mendline.checks.sandbox.limits import Limits
from mendline.checks.verifiers.cargo import CargoCheck
from mendline.checks.verifiers.pytest import PYTEST
from mendline.lsp.configuration import Configuration
from mendline.settings.loading import load
from mendline.settings.model import Settings
from support.hostile import HARMLESS, SECRET, Hostile, hostile
from support.installed import needs

WALLS = [order.BUBBLEWRAP, order.LANDLOCK]
WAYS = [*WALLS, order.PLAIN]
REAL_HOME = Path.home()
LIMITS = Limits(wall_seconds=30, tasks=64, file_bytes=2**20, disk_bytes=2**28)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    with hostile(tmp_path) as planted:
        monkeypatch.setenv("HOME", str(planted.home))
        monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
        monkeypatch.chdir(planted.root)
        yield planted


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    way = str(request.param)
    if not works(way):
        pytest.skip(f"no {LABELS[way]} here")
    monkeypatch.setattr(confining, "best_way", lambda: way)
    return way


in_each_way = pytest.mark.parametrize("way", WAYS, indirect=True)
within_walls = pytest.mark.parametrize("way", WALLS, indirect=True)


def subject(planted: Hostile, path: str, language: str, *, trusted: bool) -> Subject:
    text = (planted.root / path).read_text()
    return Subject(Project(planted.root, trusted), path, language, {path: text})


@pytest.mark.parametrize(
    ("path", "language"), [("cart.py", "python"), ("cart.js", "javascript"), ("src/lib.rs", "rust")]
)
async def test_untrusted_nothing_of_it_is_started(
    path: str, language: str, planted: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = (".", ".venv/bin", str(planted.root / ".venv" / "bin"), str(planted.root / "node_modules" / ".bin"))
    monkeypatch.setenv("PATH", os.pathsep.join([*hers, os.environ["PATH"]]))
    asked = subject(planted, path, language, trusted=False)
    checks = checks_for(language, asked.project, Settings())
    reports = await run_checks(checks, asked, 60)
    assert planted.damage() == []
    for check, report in zip(checks, reports, strict=True):
        assert SECRET not in str(report)
        assert not check.executes or report.status is Status.UNTRUSTED
        assert report.confinement == ""


def test_it_can_not_make_itself_trusted(planted: Hostile) -> None:
    warned: list[str] = []
    configuration = Configuration(load, warned.append)
    configuration.folders = (planted.root,)
    configuration.initialize({})
    settings = configuration.reload()
    assert not configuration.trusts(planted.root)
    assert settings.engine.url == ""
    assert any("trusted" in each for each in warned)


async def pytest_report(planted: Hostile, monkeypatch: pytest.MonkeyPatch) -> Report:
    # The interpreter of the project's own is a program of hers; here is a real one in its place.
    shutil.rmtree(planted.root / ".venv")
    overlay = Overlay()
    monkeypatch.setattr("mendline.checks.testing.OVERLAY", overlay)
    try:
        report = await PYTEST.run(subject(planted, "cart.py", "python", trusted=True), 100)
        assert overlay._scratch is not None
        assert not holds_secret(overlay._scratch.folder)
    finally:
        overlay.close()
    return report


def holds_secret(folder: Path) -> bool:
    files = [each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()]
    return any(SECRET in file.read_text(errors="replace") for file in files)


@within_walls
async def test_tests_of_it_reach_nothing(way: str, planted: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    report = await pytest_report(planted, monkeypatch)
    assert planted.damage() == []
    assert report.confinement == LABELS[way]
    assert (report.status, report.tests_passed, report.findings) == (Status.RAN, 1, ())


async def run(planted: Hostile, *argv: str, limits: Limits = LIMITS) -> Finished:
    """Run something of hers, in a copy, as a check would."""
    scratch = planted.root.parent / "scratch"
    shutil.copytree(planted.root, scratch / "files", dirs_exist_ok=True)
    command = confine(Command(argv, scratch / "files", environment={}), writable=scratch, limits=limits)
    return await run_process(command, 60, most_bytes=2**20)


@within_walls
async def test_its_setup_reaches_nothing(way: str, planted: Hostile) -> None:
    finished = await run(planted, sys.executable, "setup.py", "reach")
    assert planted.damage() == []
    assert (finished.stdout, finished.status) == (b"\n", 0), way


@within_walls
async def test_its_eslint_configuration_reaches_nothing(way: str, planted: Hostile) -> None:
    node = shutil.which("node", path=os.environ["PATH"])
    if node is None:
        pytest.skip("no node here")
    finished = await run(planted, node, "eslint.config.js")
    assert planted.damage() == []
    assert json.loads(finished.stdout) == [], (finished, way)


@needs("cargo")
@within_walls
async def test_its_build_script_reaches_nothing(way: str, planted: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    # The toolchain is at home in a real home folder.
    for name in ("CARGO_HOME", "RUSTUP_HOME"):
        if name not in os.environ:
            monkeypatch.setenv(name, str(REAL_HOME / f".{name.split('_')[0].lower()}"))
    overlay = Overlay()
    monkeypatch.setattr("mendline.checks.verifiers.cargo.OVERLAY", overlay)
    try:
        report = await CargoCheck().run(subject(planted, "src/lib.rs", "rust", trusted=True), 100)
    finally:
        overlay.close()
    assert planted.damage() == []
    assert (report.status, report.note, report.confinement) == (Status.RAN, "", LABELS[way])


@in_each_way
async def test_it_can_not_fork_without_end(way: str, planted: Hostile) -> None:
    finished = await run(planted, sys.executable, "setup.py", "fork")
    # Who isn't root has a bound of the system's, too.
    assert exceeded(finished) == "it started too many processes" or (os.getuid() and finished.status == 0)
    assert _alive(planted) == []


@in_each_way
async def test_nothing_of_it_stays(way: str, planted: Hostile) -> None:
    finished = await run(planted, sys.executable, "setup.py", "stay")
    assert finished.status == 0
    assert _alive(planted) == []


@in_each_way
async def test_it_can_not_shout_without_end(way: str, planted: Hostile) -> None:
    finished = await run(planted, sys.executable, "setup.py", "shout")
    assert finished.truncated
    assert _alive(planted) == []


@pytest.mark.parametrize("way", [order.PLAIN], indirect=True)
async def test_where_there_are_only_limits_the_label_says_so(way: str, planted: Hostile) -> None:
    finished = await run(planted, sys.executable, "setup.py", "reach", *HARMLESS)
    # Where nothing keeps it in, all of it succeeds: so it is no fault of the repository's that it fails within walls.
    assert finished.stdout.decode().splitlines() == list(HARMLESS)
    assert len(planted.damage()) == 5
    program = "import os; os.truncate(os.open('big', os.O_CREAT | os.O_RDWR), 2**40)"
    finished = await run(planted, sys.executable, "-c", program)
    assert "File too large" in finished.stderr.decode()


@in_each_way
async def test_each_report_says_by_what_it_was_confined(way: str, planted: Hostile) -> None:
    command = confine(Command((sys.executable,), planted.root), writable=planted.root)
    assert command.confinement == LABELS[way]


def _alive(planted: Hostile) -> list[psutil.Process]:
    """Return processes that still run something of hers."""
    found = [each for each in psutil.process_iter() if "setup.py" in " ".join(_command(each))]
    return [each for each in found if str(planted.root.parent) in _folder(each)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _folder(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""
