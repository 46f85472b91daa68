"""Real engine processes with a scripted fake, in a state folder of the test's own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from attrs import frozen

from mendline.engine.host.contact import is_alive
from mendline.engine.host.inspection import stop_all
from mendline.engine.host.launch import Launch, Limits
from mendline.engine.host.registry import HostRecord, Registry
from mendline.engine.shared import SharedEngine
from support.engine_host import SERVER_ROOT, recorded, write_script

QUICK = Limits(start_seconds=30, answer_seconds=1, hung_seconds=1, poll_seconds=0.05, loading_seconds=0.05)


@frozen
class Processes:
    """Where a test's processes live.

    Attributes:
        directory: for scripts, records of requests and files that hold an engine.
    """

    directory: Path

    @classmethod
    def under(cls, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
        """Make it so that every engine process started from here on is one of these."""
        monkeypatch.setenv("PYTHONPATH", SERVER_ROOT)
        monkeypatch.setenv("MENDLINE_STATE_DIR", str(directory / "state"))
        return cls(directory)

    @property
    def registry(self) -> Registry:
        """The folder of the processes' records."""
        return Registry.open(self.directory / "state")

    @property
    def gate(self) -> Path:
        """The file that lets held requests go on."""
        return self.directory / "gate"

    def launch(self, name: str = "script", **script: object) -> Launch:
        """Write a script, unless its file is there already, and return how to start its engine."""
        path = self.directory / f"{name}.json"
        if not path.exists():
            write_script(path, record=str(self.directory / f"{name}.requests"), **script)
        return Launch("fake", path, fake=True)

    def shared(self, launch: Launch, limits: Limits = QUICK) -> SharedEngine:
        """Return an engine as an editor's server would have it."""
        return SharedEngine(launch, registry_directory=self.directory / "state", limits=limits)

    def record(self, launch: Launch) -> HostRecord:
        """Return the record of the process that runs."""
        record = self.registry.read(launch.key)
        assert record is not None
        assert is_alive(record)
        return record

    def started(self, name: str = "script") -> list[int]:
        """Return the process of each request that has begun."""
        return [line["pid"] for line in recorded(self.directory / f"{name}.requests") if line["event"] == "start"]

    def stop(self) -> None:
        """End all of them."""
        asyncio.run(stop_all(self.registry))
