"""pip as a downloader: one wheel into a folder, with progress, cancellable, its failures told in one line."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from mendline.engine.models.progress import stop_if
from mendline.engine.models.sources.base import SourceFailed

_log = logging.getLogger("mendline.engine.pip")

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_POLL_SECONDS = 0.1
_KILL_AFTER_SECONDS = 2.0
_NO_SPACE = re.compile(
    r"No space left on device|Errno 28\b|Disk quota exceeded|not enough space on the disk", re.IGNORECASE
)
_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Failed to establish a new connection|Name or service not known"
    r"|Temporary failure in name resolution|ConnectTimeoutError|ReadTimeoutError|ProtocolError|Connection aborted"
    r"|Connection refused|Connection reset|ProxyError|Network is unreachable|IncompleteDownload|timed out"
    r"|Connection broken|connection-failed|connection-timeout|proxy-connection|incomplete-download"
    r"|Failed to connect to",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(
    r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError|ssl-verification-failed|ssl-missing", re.IGNORECASE
)
_NO_PIP = re.compile(r"No module named '?pip\b")
_NOT_FOUND = re.compile(r"No matching distribution found|Could not find a version")


class OutOfSpace(Exception):
    """The disk ran full while pip wrote to it."""


def download_wheel(
    package: str,
    version: str,
    folder: Path,
    *,
    name: str,
    on_fraction: Callable[[float], None],
    cancel: threading.Event,
) -> Path:
    """Download one wheel into `folder` and return its path.

    Nothing is installed or built. pip's cache is not used, since nobody needs the wheel twice.

    Args:
        package: the distribution's name.
        version: its exact version.
        folder: where it goes; pip's own temporary files go there too.
        name: what the wheel is called in messages.
        on_fraction: gets how much of it is here, 0 to 1.
        cancel: kills pip when set.

    Raises:
        SourceFailed: pip failed; says how in one clause.
        OutOfSpace: the disk is full.
        DownloadCancelled: `cancel` was set.
    """
    # -P: a file called pip.py in the current folder, which may be anybody's repository, must not be run.
    command = [
        *(sys.executable, "-P", "-m", "pip", "download", "--no-input", "--no-cache-dir", "--no-deps"),
        *("--only-binary=:all:", "--progress-bar=raw", "--retries=3", "--dest", str(folder)),
        f"{package}=={version}",
    ]
    _log.debug("running %s", " ".join(command))
    output: deque[str] = deque(maxlen=500)
    with _running(command, folder) as process:
        for line in _lines(process, cancel):
            if match := _PROGRESS.match(line):
                done, total = int(match[1]), int(match[2])
                if total:
                    on_fraction(min(1.0, done / total))
            elif line.strip():
                _log.debug("%s", line.rstrip())
                output.append(line)
        status = process.wait()
    wheels = sorted(folder.glob("*.whl"))
    if status == 0 and wheels:
        return wheels[0]
    stop_if(cancel)  # Ctrl-C in a terminal reaches pip too, which then ends by itself
    raise _failure(name, "".join(output), status)


@contextlib.contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run pip, and leave no process behind however the block ends."""
    temporary = folder / "tmp"
    temporary.mkdir()
    # What the user may have set for installations and would stop or misplace a mere download.
    environment = os.environ | {
        **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(temporary)),
        **dict.fromkeys(("PIP_REQUIRE_VIRTUALENV", "PIP_REQUIRE_HASHES", "PIP_QUIET"), "0"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONIOENCODING": "utf-8:replace",
    }
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_KILL_AFTER_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _lines(process: subprocess.Popen[str], cancel: threading.Event) -> Iterator[str]:
    """Yield pip's lines as they come, looking at `cancel` between them and while none comes."""
    assert process.stdout is not None
    stdout = process.stdout
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        with stdout:
            for line in stdout:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, name="pip-output", daemon=True).start()
    while True:
        stop_if(cancel)
        try:
            line = lines.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        yield line


def _failure(name: str, output: str, status: int) -> Exception:
    """Tell from pip's output what went wrong."""
    if _NO_SPACE.search(output):
        return OutOfSpace()
    if _NO_PIP.search(output):
        return SourceFailed(
            f"pip is missing from Mendline's Python, so {name} can't be had; `{sys.executable} -m ensurepip` adds it"
        )
    if _CERTIFICATE.search(output):
        return SourceFailed(f"the package index that was asked for {name} has a certificate that is not trusted")
    if _NO_NETWORK.search(output):
        return SourceFailed(f"the package index can't be reached for {name}")
    if _NOT_FOUND.search(output):
        return SourceFailed(f"the package index has no {name}")
    errors = [line.partition(":")[2].strip() for line in output.splitlines() if line.lower().startswith("error:")]
    said = next((error for error in reversed(errors) if error), f"exit status {status}")
    return SourceFailed(f"pip failed to download {name}: {said}")
