"""Where running engine processes are found: a folder that only the user can write to.

For each model there is `<key>.json`, the record a running process leaves, `<key>.start.lock`, held by whoever is
starting one, `<key>.alive.lock`, held by the process itself for life (the kernel lets go of it however the process
ends), and `<key>.log`. The key is made of the model file's real path, the protocol version and the machine's name: a
Mendline that speaks another version of the protocol, or another machine that shares the home folder, neither finds
nor disturbs this one; the one nobody needs any more ends by itself when idle.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import filelock
import platformdirs
from attrs import field, frozen

from mendline.engine.errors import EngineUnavailable

PROTOCOL = 2
"""Version of what goes over the wire and of the record; raised when an older side could not cope."""

DIRECTORY_VARIABLE = "MENDLINE_STATE_DIR"


@frozen
class HostRecord:
    """What a running process leaves for others.

    Attributes:
        token: the bearer token; not shown in `repr`.
        model: the model's name.
        model_path: its file.
        version: Mendline's version.
        started: Unix time at which the process began to listen.
        created: the process's creation time in psutil's terms; with `pid` it identifies the process for good.
        options: the options it was started with, to tell a user when others were wanted.
    """

    pid: int
    port: int
    token: str = field(repr=False)
    model: str
    model_path: str
    version: str
    started: float
    created: float
    options: Mapping[str, Any] = field(factory=dict)
    protocol: int = PROTOCOL

    @property
    def url(self) -> str:
        """Base address of the process."""
        return f"http://127.0.0.1:{self.port}"


@frozen
class Registry:
    """The folder of records.

    Attributes:
        directory: created with mode 0700 when missing.
    """

    directory: Path

    @classmethod
    def open(cls, directory: Path | None = None) -> Registry:
        """Open `directory`, by default `MENDLINE_STATE_DIR` or the platform's folder for state.

        Raises:
            EngineUnavailable: it cannot be made, or someone else could write to it.
        """
        moved = os.environ.get(DIRECTORY_VARIABLE)
        path = directory or (Path(moved) if moved else platformdirs.user_state_path("mendline") / "engine")
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = path.stat()
        except OSError as error:
            raise EngineUnavailable(
                f"The folder {path} cannot be used ({error.strerror}); set {DIRECTORY_VARIABLE} to one that can."
            ) from None
        foreign = hasattr(os, "getuid") and status.st_uid != os.getuid()
        shared = os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o022
        if foreign or shared:
            who = "belongs to another user" if foreign else "is writable by others"
            raise EngineUnavailable(
                f"The folder {path} {who}, so a foreign engine could pose as yours; "
                f"run `chmod 700` on it or set {DIRECTORY_VARIABLE} to a folder of your own."
            )
        return cls(path.resolve())

    def read(self, key: str) -> HostRecord | None:
        """Return the record under `key`; None when there is none or it cannot be understood."""
        try:
            fields = json.loads(self._record_path(key).read_bytes())
            record = HostRecord(**fields)
        except (OSError, ValueError, TypeError):
            return None
        numbers = all(type(fields[name]) in {int, float} for name in ("pid", "port", "created", "started"))
        texts = all(type(fields[name]) is str for name in ("token", "model", "model_path", "version"))
        return record if numbers and texts and record.protocol == PROTOCOL else None

    def write(self, key: str, record: HostRecord) -> None:
        """Put `record` in place atomically, readable by the user only."""
        # mkstemp makes the file with mode 0600.
        handle, name = tempfile.mkstemp(dir=self.directory, prefix=f"{key}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(attrs.asdict(record), file)
            os.replace(name, self._record_path(key))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def remove(self, key: str, record: HostRecord) -> None:
        """Remove `record`, unless another process has replaced it by its own."""
        if self.read(key) == record:
            self._record_path(key).unlink(missing_ok=True)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all records, in order."""
        return tuple(sorted(path.stem for path in self.directory.glob("*.json")))

    def start_lock(self, key: str) -> filelock.FileLock:
        """Return the lock that whoever starts a process holds meanwhile."""
        return filelock.FileLock(self.directory / f"{key}.start.lock", mode=0o600)

    def alive_lock(self, key: str) -> filelock.FileLock:
        """Return the lock that the process holds for life."""
        return filelock.FileLock(self.directory / f"{key}.alive.lock", mode=0o600)

    def log_path(self, key: str) -> Path:
        """Return where the process's standard error goes."""
        return self.directory / f"{key}.log"

    def _record_path(self, key: str) -> Path:
        return self.directory / f"{key}.json"


def key_for(model_path: Path) -> str:
    """Return the key of the process that serves the file at `model_path`."""
    identity = f"{platform.node()}\0{PROTOCOL}\0{model_path.resolve()}"
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:16]
