"""`shutdown`, `exit`, and every other way a server's life ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.editor import records, server_environment
from support.raw_server import RawServer, inline_params, raw_server

MOST_SECONDS = 6.0
"""Bounded by two seconds in the server; the rest is a busy machine."""


def in_flight(server: RawServer, record: Path) -> None:
    """Bring a suggestion on its way that never comes."""
    server.open("file:///a.py", "return")
    server.send("textDocument/inlineCompletion", inline_params("file:///a.py", 0, 6), id="never")
    end = time.monotonic() + 20
    while not records(record):
        assert time.monotonic() < end
        time.sleep(0.01)


def script(folder: Path) -> dict[str, object]:
    return {
        "answers": [{"prefix_ends_with": "return", "hold": str(folder / "never")}],
        "record": str(folder / "record"),
    }


@pytest.mark.parametrize(
    ("ending", "status", "busy"),
    [
        (("shutdown", "exit"), 0, False),
        (("shutdown", "exit"), 0, True),
        (("exit",), 1, True),
        (("shutdown", "close"), 0, False),
        (("close",), 1, True),
    ],
)
def test_the_process_ends_with_the_right_status(
    tmp_path: Path, ending: tuple[str, ...], status: int, *, busy: bool
) -> None:
    with raw_server(server_environment(tmp_path, script(tmp_path))) as server:
        server.start()
        if busy:
            in_flight(server, tmp_path / "record")
        start = time.monotonic()
        for step in ending:
            if step == "shutdown":
                assert server.request("last", "shutdown")["result"] is None
            elif step == "exit":
                server.send("exit")
            else:
                server.close_input()
        assert server.ended() == status
        assert time.monotonic() - start < MOST_SECONDS
        assert b"Traceback" not in server.errors


def test_after_shutdown_requests_are_refused(tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path)) as server:
        server.start()
        server.request(1, "shutdown")
        assert server.request(2, "mendline/status")["error"]["code"] == -32600
        server.send("exit")
        assert server.ended() == 0


def test_the_server_goes_when_the_editors_process_is_gone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as parent, raw_server(server_environment(tmp_path)) as server:
        server.start(processId=parent.pid)
        assert "result" in server.request(1, "mendline/status")
        parent.kill()
        parent.wait()
        assert server.ended() == 1


def test_an_editor_that_reads_nothing_more_is_gone(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    environment = server_environment(tmp_path)
    command = [sys.executable, "-m", "mendline", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=writing, env=environment) as process:
        os.close(writing)
        os.close(reading)
        assert process.stdin is not None
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": null}}'
        process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        process.stdin.flush()
        assert process.wait(20) == 1


def test_exit_before_initialize(tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path)) as server:
        server.send("exit")
        assert server.ended() == 1


def test_an_editor_need_not_wait_for_the_answer_before_it_says_exit(tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path)) as server:
        server.start()
        server.send("shutdown", id="last")
        server.send("exit")
        assert server.ended() == 0
