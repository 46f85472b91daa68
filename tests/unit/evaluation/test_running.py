"""Programs are executed in a process of their own, and how they end is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mendline.checks.sandbox.confining import works
from mendline.checks.sandbox.launcher.order import LANDLOCK
from mendline.evaluation import running
from mendline.evaluation.running import (
    WRONG_OUTPUT,
    Case,
    Limits,
    Outcome,
    RunningError,
    Verdict,
    confinement,
    run_case,
    run_program,
)

PASSED = Outcome(Verdict.PASSED)


def failed(error: str) -> Outcome:
    return Outcome(Verdict.FAILED, error)


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("assert 1 + 1 == 2", PASSED),
        ("", PASSED),
        ("x = 'é\\u2028'\nassert len(x) == 2", PASSED),
        ("import math, json, typing", PASSED),
        ("import threading\nthreading.Event", PASSED),
        ("print('x' * 10_000_000)\nimport sys; sys.stderr.write('x')", PASSED),
        ("assert __name__ == '__main__'", PASSED),
        ("assert False", failed("AssertionError")),
        ("raise ValueError('passed')", failed("ValueError")),
        ("def f(:", failed("SyntaxError")),
        ("if 1:\nx", failed("IndentationError")),
        ("x = '\\ud800'\nprint(x.encode())", failed("UnicodeEncodeError")),
        ("def f(): return f()\nf()", failed("RecursionError")),
        ("import sys; sys.exit()", failed("SystemExit")),
        ("import os; os._exit(0)", failed("exit")),
        ("import os; os.kill(os.getpid(), 11)", failed("SIGSEGV")),
        ("raise KeyboardInterrupt", failed("KeyboardInterrupt")),
        ("assert input()", failed("EOFError")),
        ("import mendline", failed("ModuleNotFoundError")),
        ("import attrs", failed("ModuleNotFoundError")),
        ("x = bytearray(2**31)", failed("MemoryError")),
        ("open('big', 'wb').write(b'x' * 2**21)", failed("OSError")),
        ("import os; assert os.listdir('.') == []", PASSED),
        ("import os; assert not {'HOME', 'SECRET', 'PYTHONPATH'} & set(os.environ)", PASSED),
    ],
)
def test_how_a_program_ends(program: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    monkeypatch.setenv("PYTHONPATH", str(Path(running.__file__).parents[2]))
    assert run_program(program) == outcome


SUM = Case("1 2\n3\n", ("3 Yes\n3", "6"))


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("print(sum(map(int, open(0).read().split())))", PASSED),
        ("print(sum(map(int, input().split())), 'YES', int(input()))", PASSED),
        ("import sys\nfor _ in sys.stdin: pass\nprint(6)\nsys.exit()", PASSED),
        ("print(6, end='   \\n\\n')\nexit(0)", PASSED),
        ("import atexit\natexit.register(lambda: print(6))", PASSED),
        ("import os; os.write(1, b'6'); os._exit(0)", PASSED),
        ("if __name__ == '__main__': print(6)", PASSED),
        ("import sys; print('x', file=sys.stderr); print(6); assert len(sys.argv) == 1", PASSED),
        ("print(7)", failed(WRONG_OUTPUT)),
        ("print(6, 6)", failed(WRONG_OUTPUT)),
        ("", failed(WRONG_OUTPUT)),
        ("import os; os.write(1, b'\\xff')", failed(WRONG_OUTPUT)),
        ("print(6)\nexit(1)", failed("exit")),
        ("print(6); 1 / 0", failed("ZeroDivisionError")),
        ("print(6)\ndef f(:", failed("SyntaxError")),
        ("input(); input(); input()", failed("EOFError")),
        ("print('x' * 2**21)", failed("OSError")),
        ("import os; print(6, flush=True); os.kill(os.getpid(), 11)", failed("SIGSEGV")),
    ],
)
def test_how_a_program_with_input_ends(program: str, outcome: Outcome) -> None:
    assert run_case(program, SUM) == outcome


def test_a_program_with_input_is_stopped_for_time() -> None:
    assert run_case("print(6, flush=True)\nwhile True: pass", SUM, Limits(cpu_seconds=1)) == Outcome(Verdict.TIMED_OUT)


@pytest.mark.parametrize(
    ("program", "limits"),
    [
        ("while True: pass", Limits(cpu_seconds=1)),
        ("10**10**9", Limits(cpu_seconds=1)),
        ("import time; time.sleep(600)", Limits(wall_seconds=1)),
    ],
)
def test_a_program_without_end_is_stopped(program: str, limits: Limits) -> None:
    assert run_program(program, limits) == Outcome(Verdict.TIMED_OUT)


def test_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run_program("import os\nos.mkdir('a')\nopen('a/b', 'w').close()").passed
    assert list(tmp_path.iterdir()) == []


def test_a_process_it_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # For all but root none can even be started.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run_program("import os, time\nif os.fork() == 0: time.sleep(600)", Limits(wall_seconds=2))
    _, alive = psutil.wait_procs([each for each in psutil.process_iter() if _is_in(each, tmp_path)], timeout=10)
    assert not alive


def _is_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd().startswith(str(folder))
    except psutil.Error:
        return False


def test_a_python_that_does_not_start_is_an_error_not_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_CHILD", Path("/nonexistent/confined.py"))
    with pytest.raises(RunningError, match="cannot run programs"):
        run_program("pass")


def _bwrap(folder: Path, script: str) -> None:
    folder.mkdir()
    path = folder / "bwrap"
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(0o700)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (None, "else"),
        ("raise SystemExit('No permissions to create new namespace')", "else"),
        ("", "bubblewrap"),
    ],
)
def test_confinement_says_what_works(
    script: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if told == "else":
        told = "Landlock and seccomp" if works(LANDLOCK) else "resource limits"
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    if script is not None:
        _bwrap(tmp_path / "bin", script)
    confinement.cache_clear()
    try:
        assert confinement() == told
    finally:
        confinement.cache_clear()


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("assert 1", PASSED),
        ("open('here', 'w').write('x')", PASSED),
        ("open('/etc/mendline-test', 'w')", failed("OSError")),
        ("import socket; socket.create_connection(('127.0.0.1', 9), 1)", failed("OSError")),
        ("while True: pass", Outcome(Verdict.TIMED_OUT)),
    ],
)
def test_bubblewrap_where_there_is_one(program: str, outcome: Outcome) -> None:
    if confinement() != "bubblewrap":
        pytest.skip("no bubblewrap that works here")
    ended = run_program(program, Limits(cpu_seconds=1, wall_seconds=10))
    assert ended.verdict is outcome.verdict


@pytest.fixture
def without_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not works(LANDLOCK):
        pytest.skip("no Landlock here")
    monkeypatch.setenv("PATH", "/nonexistent")
    confinement.cache_clear()
    yield
    confinement.cache_clear()


@pytest.mark.usefixtures("without_bubblewrap")
@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("import json, ctypes, zoneinfo, multiprocessing", PASSED),
        ("open('here', 'w').write('x'); import os; os.rename('here', 'there')", PASSED),
        ("import mendline", failed("ModuleNotFoundError")),
        ("import sys; assert not any(name.startswith('mendline') for name in sys.modules)", PASSED),
        ("import sys; assert not any('mendline' in path for path in sys.path)", PASSED),
        ("import os; os.listdir(os.path.expanduser('~root'))", failed("PermissionError")),
        ("import os; os.listdir('/home')", failed("PermissionError")),
        ("open('/etc/shadow')", failed("PermissionError")),
        ("open('/etc/mendline-test', 'w')", failed("PermissionError")),
        ("open('/tmp/mendline-test', 'w')", failed("PermissionError")),
        ("import os; os.truncate('/etc/hosts', 0)", failed("PermissionError")),
        ("import socket; socket.create_connection(('127.0.0.1', 9), 1)", failed("PermissionError")),
        ("import os; os.kill(os.getppid(), 0)", failed("PermissionError")),
        ("x = bytearray(2**31)", failed("MemoryError")),
        ("while True: pass", Outcome(Verdict.TIMED_OUT)),
    ],
)
def test_landlock_where_there_is_no_bubblewrap(program: str, outcome: Outcome) -> None:
    assert run_program(program, Limits(cpu_seconds=1, wall_seconds=20)) == outcome


@pytest.mark.usefixtures("without_bubblewrap")
def test_a_program_with_input_within_landlock() -> None:
    assert run_case("print(sum(map(int, open(0).read().split())))", SUM) == PASSED
