"""An editor's process in a test: waiting for the socket that it opens, and ending it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path


def until_listening(process: subprocess.Popen[bytes], socket: Path, seconds: float, name: str) -> None:
    """Wait until a process has opened its socket."""
    end = time.monotonic() + seconds
    while not socket.exists():
        assert process.poll() is None, f"{name} ended at once"
        assert time.monotonic() < end, f"{name} did not open its socket"
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, the hard way if it doesn't listen."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
