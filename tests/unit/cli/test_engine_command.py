from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendline.engine.host.contact import is_alive
from mendline.engine.host.registry import HostRecord
from support.engine_processes import Processes

Run = subprocess.CompletedProcess[str]


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "no-config.toml"))
    made = Processes.under(tmp_path, monkeypatch)
    yield made
    made.gate.touch()
    made.stop()


def engine(*arguments: object) -> Run:
    command = [sys.executable, "-m", "mendline", "engine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def the_record(processes: Processes) -> HostRecord:
    (key,) = processes.registry.keys()
    record = processes.registry.read(key)
    assert record is not None
    return record


def test_start_status_stop(processes: Processes) -> None:
    launch = processes.launch()
    none = engine("status")
    assert (none.returncode, none.stdout) == (1, "")
    assert "No engine is running" in none.stderr

    started = engine("start", "--fake", launch.model_path)
    assert started.returncode == 0, started.stderr
    record = the_record(processes)
    assert started.stdout == f"fake is ready (fake, pid {record.pid}).\n"
    assert "starting the engine" in started.stderr

    again = engine("start", "--fake", launch.model_path)
    assert (again.returncode, the_record(processes)) == (0, record)
    assert "starting the engine" not in again.stdout

    shown = engine("status")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"fake: ready, pid {record.pid}, port {record.port}, ")
    as_json = engine("status", "--json")
    (row,) = json.loads(as_json.stdout)
    assert (row["pid"], row["state"], row["requestsServed"]) == (record.pid, "ready", 0)
    assert row["memoryBytes"] > 1_000_000
    for run in (started, again, shown, as_json):
        assert record.token not in run.stdout + run.stderr

    stopped = engine("stop")
    assert (stopped.returncode, stopped.stdout) == (0, f"Stopped the engine of fake (pid {record.pid}).\n")
    assert not is_alive(record)
    assert engine("status", "--json").stdout == "[]\n"
    assert engine("stop").returncode == 0


def test_stop_ends_a_process_that_hangs(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine("start", "--fake", processes.launch().model_path).returncode == 0
    record = the_record(processes)
    os.kill(record.pid, signal.SIGSTOP)
    row = json.loads(engine("status", "--json").stdout)[0]
    assert (row["state"], row["pid"]) == ("silent", record.pid)
    assert engine("stop").returncode == 0
    assert not is_alive(record)


def test_a_load_that_fails_is_one_line(processes: Processes) -> None:
    launch = processes.launch(load={"error": "ModelInvalid", "message": "The file is cut off."})
    started = engine("start", "--fake", launch.model_path)
    assert started.returncode == 2
    assert started.stderr.splitlines()[-1] == "mendline: The file is cut off."
    assert started.stdout == ""
    row = json.loads(engine("status", "--json").stdout)[0]
    assert (row["state"], row["message"]) == ("failed", "The file is cut off.")


@pytest.mark.parametrize("command", ["start", "run"])
def test_a_port_that_is_taken_is_one_line_and_status_2(command: str, processes: Processes) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = engine(command, "--fake", processes.launch().model_path, "--port", port)
    assert refused.returncode == 2
    line = refused.stderr.splitlines()[-1]
    assert line.startswith("mendline: ")
    assert f"Port {port} on 127.0.0.1 cannot be used" in line
    assert "Traceback" not in refused.stderr


def test_a_second_process_for_a_model_gives_way(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    launch = processes.launch()
    assert engine("start", "--fake", launch.model_path).returncode == 0
    record = the_record(processes)
    second = engine("run", "--fake", launch.model_path)
    assert second.returncode == 2
    assert "serves fake already" in second.stderr
    assert the_record(processes) == record


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "--fake", "/nowhere"),
        ("run", "--fake", __file__, "--gpu-layers", "some"),
        ("run", "--fake", __file__, "--micro-batch", "3"),
        ("run", "--fake", __file__, "--kv-type", "q4_0"),
        ("run", "--fake", __file__, "--flash-attention", "true"),
        ("run", "--fake", __file__, "--saved-state-mb", "-1"),
        ("start", "--model", "/nowhere.gguf"),
        ("start", "--model", "no-such-model"),
        ("start", "--port", "70000"),
    ],
)
def test_wrong_usage_is_status_2(arguments: tuple[str, ...], processes: Processes) -> None:
    refused = engine(*arguments)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


def test_a_folder_others_can_write_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "open"))
    refused = engine("status")
    assert refused.returncode == 2
    assert "writable by others" in refused.stderr
