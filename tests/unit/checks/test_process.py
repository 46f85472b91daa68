from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest
from attrs import evolve

from mendline.checks.process import Command, Finished, minimal_environment, run_process
from support.checked import UNTIL_KILLED, python


@pytest.mark.parametrize(
    ("program", "stdin", "expected"),
    [
        ("print('a')", b"", Finished(0, b"a\n")),
        ("import sys; sys.exit(3)", b"", Finished(3)),
        ("import sys; sys.stderr.write('b')", b"", Finished(0, b"", b"b")),
        ("import sys; sys.stdout.write(sys.stdin.read().upper())", b"text", Finished(0, b"TEXT")),
        ("import os; os.kill(os.getpid(), 11)", b"", Finished(-11)),
        # One that reads nothing of what is written to it.
        ("print('a')", b"x" * 2**20, Finished(0, b"a\n")),
    ],
)
async def test_what_comes_of_a_command(program: str, stdin: bytes, expected: Finished, tmp_path: Path) -> None:
    assert await run_process(python(program, tmp_path, stdin=stdin), 60) == expected


@pytest.mark.parametrize(
    "argv",
    [("/nowhere/tool",), (__file__,), ("a\0b",)],
    ids=["missing", "not executable", "no path"],
)
async def test_what_cannot_be_started_is_a_value(argv: tuple[str, ...], tmp_path: Path) -> None:
    finished = await run_process(Command(argv, tmp_path), 60)
    assert finished.status is None
    assert finished.stderr


async def test_a_folder_that_is_gone_is_a_value(tmp_path: Path) -> None:
    finished = await run_process(python("", tmp_path / "gone"), 60)
    assert finished.status is None


async def test_what_is_left_of_a_group_ends_with_the_command(tmp_path: Path) -> None:
    program = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", {UNTIL_KILLED!r}]).pid, flush=True)
"""
    finished = await run_process(python(program, tmp_path), 60)
    assert (finished.status, finished.timed_out) == (0, False)
    assert _has_ended(int(finished.stdout))


async def test_time_is_bounded(tmp_path: Path) -> None:
    finished = await run_process(python(UNTIL_KILLED, tmp_path), 0.1)
    assert (finished.timed_out, finished.status) == (True, -9)


async def test_output_is_bounded(tmp_path: Path) -> None:
    program = "import sys\nwhile True: sys.stdout.write('x' * 1000)"
    finished = await run_process(python(program, tmp_path), 60, most_bytes=5000)
    assert finished.truncated
    assert finished.stdout == b"x" * 5000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can bound the memory of a process that runs")
@pytest.mark.parametrize(("confinement", "bounded"), [("", True), ("bubblewrap", False)])
async def test_memory_is_bounded_where_no_sandbox_does(confinement: str, bounded: bool, tmp_path: Path) -> None:
    # What it reads is written after it was bounded.
    program = "import resource, sys; sys.stdin.read(); print(*resource.getrlimit(resource.RLIMIT_DATA))"
    finished = await run_process(evolve(python(program, tmp_path), confinement=confinement), 60)
    assert (finished.stdout.split() == [b"4294967296"] * 2) is bounded


async def test_cancelling_ends_the_whole_group(tmp_path: Path) -> None:
    ready = tmp_path / "pids"
    os.mkfifo(ready)
    program = f"""
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {UNTIL_KILLED!r}])
open(sys.argv[1], "w").write(f"{{os.getpid()}} {{child.pid}}")
child.wait()
"""
    task = asyncio.create_task(run_process(python(program, tmp_path, str(ready)), 60))
    pids = (await asyncio.to_thread(ready.read_text)).split()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [_has_ended(int(pid)) for pid in pids] == [True, True]


async def test_the_loop_goes_on_meanwhile(tmp_path: Path) -> None:
    ready = tmp_path / "go"
    os.mkfifo(ready)
    program = "import sys; sys.stdout.write(open(sys.argv[1]).read())"
    task = asyncio.create_task(run_process(python(program, tmp_path, str(ready)), 60))
    await asyncio.to_thread(ready.write_text, "went on")
    assert (await task).stdout == b"went on"


async def test_tools_see_no_keys_and_no_folder_that_depends_on_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PATH", f".:bin::{os.environ['PATH']}")
    finished = await run_process(python("import os; print(dict(os.environ))", tmp_path), 60)
    assert b"secret" not in finished.stdout
    folders = minimal_environment()["PATH"].split(os.pathsep)
    assert folders
    assert all(os.path.isabs(folder) for folder in folders)


def _has_ended(pid: int) -> bool:
    """Whether a process is gone; an orphan that was killed may still wait for init to reap it."""
    try:
        process = psutil.Process(pid)
        process.wait(10)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return process.status() == psutil.STATUS_ZOMBIE
    return True
