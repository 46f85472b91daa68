"""Commands of checks, in the sandbox."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from mendline.checks.process import Command, run_process
from mendline.checks.sandbox.commands import confine, exceeded, is_late
from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.sandbox.limits import Limits

PYTHON = (sys.executable, "-I", "-S", "-c")


def confined(program: str, folder: Path, limits: Limits | None = None, **environment: str) -> Command:
    command = Command((*PYTHON, program), folder, b"told", environment)
    return confine(command, writable=folder, limits=limits)


async def test_it_runs_and_says_by_what_it_is_confined(tmp_path: Path) -> None:
    program = (
        "import os, sys; print(sys.stdin.read(), os.environ['KEPT'], os.path.expanduser('~'), 'USER' in os.environ)"
    )
    command = confined(program, tmp_path, KEPT="yes", HOME="/home/me", USER="me")
    finished = await run_process(command, 30)
    told, kept, home, user = finished.stdout.decode().split()
    assert (told, kept, user) == ("told", "yes", "False")
    assert home.startswith(str(tmp_path))
    assert command.confinement == LABELS[best_way()]
    assert exceeded(finished) == ""
    assert not is_late(finished)


@pytest.mark.parametrize(
    ("program", "limits", "why", "late"),
    [
        ("import time; time.sleep(60)", Limits(wall_seconds=0.2), "took too long", True),
        ("import time; x = b'x' * 2**26; time.sleep(60)", Limits(memory_bytes=2**25), "", False),
        (
            "import os, time; [os.fork() or time.sleep(60) for _ in range(9)]; time.sleep(60)",
            Limits(tasks=4),
            "too many processes",
            False,
        ),
    ],
)
async def test_why_it_was_ended(program: str, limits: Limits, why: str, late: bool, tmp_path: Path) -> None:
    finished = await run_process(confined(program, tmp_path, limits), 30)
    assert finished.status
    assert why in exceeded(finished)
    assert is_late(finished) is late


async def test_output_without_end_is_cut(tmp_path: Path) -> None:
    command = confined("while True: print('x' * 1000)", tmp_path)
    finished = await run_process(command, 30, most_bytes=100_000)
    assert finished.truncated
    assert len(finished.stdout) == 100_000


async def test_cancelling_ends_all_of_it(tmp_path: Path) -> None:
    program = """
import os, time
if os.fork() == 0:
    os.setsid()
    open("started", "w").close()
while True:
    open(f"alive-{os.getpid()}", "w").close()
    time.sleep(0.001)
"""
    task = asyncio.create_task(run_process(confined(program, tmp_path), 30))
    await asyncio.to_thread(wait_for, tmp_path / "started")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # Whoever still ran would make them anew.
    await asyncio.to_thread(remove_all, tmp_path)
    finished = await run_process(confined("", tmp_path), 30)
    assert finished.status == 0
    assert await asyncio.to_thread(lambda: list(tmp_path.glob("alive-*"))) == []


def wait_for(file: Path) -> None:
    while not file.exists():
        pass


def remove_all(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_file():
            each.unlink()
