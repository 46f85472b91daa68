"""What is measured: an engine, a language server, a llama-server; here with stand-ins for all three."""

from __future__ import annotations

import json
import os
import stat
import sys
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import EngineInfo
from mendline.evaluation.stdio_client import stdio_server
from mendline.evaluation.typing.engine_alone import EngineAlone
from mendline.evaluation.typing.llama_server import LlamaServerError, Setup, llama_server, with_same_context
from mendline.evaluation.typing.system import Cost, System, step_seconds
from mendline.evaluation.typing.traces import Kind, State
from mendline.evaluation.typing.whole_path import WholePath

STATE = State("def add(a, b):\n    return ", "\n", Kind.OPEN, 0.0)

SERVER = """#!{python}
import http.server, json, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if asked["input_prefix"] == "refuse":
            self.send_response(501)
            self.end_headers()
            self.wfile.write(b"no markers")
            return
        events = [
            {{"content": asked["input_prefix"][-2:], "tokens": [7], "stop": False}},
            {{"content": "", "tokens": [8], "stop": False}},
            {{"content": "", "tokens": [], "stop": True, "tokens_evaluated": 12,
              "timings": {{"prompt_n": 3, "predicted_ms": 500.0, "predicted_n": asked["n_predict"]}}}},
        ]
        if asked["input_prefix"] == "fail":
            events[1] = {{"error": "out of cells"}}
        self.send_response(200)
        self.end_headers()
        for event in events:
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\\n\\n")

    def log_message(self, *_):
        pass

http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
"""


async def asked(system: System, state: State = STATE) -> tuple[str, list[bool], Cost | None]:
    async with aclosing(system.suggest(state)) as stream:
        pieces = [piece async for piece in stream]
    return "".join(piece.text for piece in pieces), [piece.token for piece in pieces], pieces[-1].cost


def program(folder: Path, text: str) -> Path:
    path = folder / "llama-server"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def setup(binary: Path) -> Setup:
    return Setup("it", binary, Path("model.gguf"), ("-b", "512"), 6)


@pytest.mark.parametrize(("tokens", "seconds"), [(1, None), (4, None), (5, 0.25), (11, 0.1)])
def test_a_step(tokens: int, seconds: float | None) -> None:
    assert step_seconds(1.0, tokens) == seconds


async def test_an_engine() -> None:
    engine = FakeEngine(default="a + b\nprint()")
    system = EngineAlone(engine, await engine.info(), max_tokens=24)
    text, tokens, cost = await asked(system)
    assert text == "a + b"
    assert tokens[0]
    assert cost is not None
    assert cost.computed_tokens == cost.prompt_tokens
    again = await system.arrive(STATE)
    assert again.computed_tokens == 0
    assert system.pids == (os.getpid(),)
    assert system.about["threads"] == system.info.threads


async def test_a_language_server(tmp_path: Path) -> None:
    script = tmp_path / "engine.json"
    script.write_text(json.dumps({"default": {"middle": "a + b"}}))
    environment = {
        "MENDLINE_FAKE_ENGINE": str(script),
        "MENDLINE_CONFIG": str(tmp_path / "none.toml"),
        "MENDLINE_STATE_DIR": str(tmp_path),
    }
    with stdio_server(environment, {"completion": {"debounceMs": 0}}) as server:
        system = WholePath(EngineInfo("fake"), server, (server.pid,))
        assert await asked(system) == ("a + b", [False], Cost())
        typed = State("def add(a, b):\n    return a", "\n", Kind.TYPE, 0.1)
        assert (await asked(system, typed))[2] == Cost()
        assert await system.arrive(State("", typed.text, Kind.JUMP, 1.0)) == Cost()
        assert (await asked(system, STATE))[0] == "a + b"
        system.rest()
        system.wake()
        assert (await asked(system, typed))[2] == Cost()


async def test_a_llama_server(tmp_path: Path) -> None:
    binary = program(tmp_path, SERVER.format(python=sys.executable))
    async with llama_server(setup(binary)) as system:
        assert await asked(system) == ("n ", [True, True, False], Cost(12, 3, 0.1))
        assert await system.arrive(STATE) == Cost(12, 3, None)
        assert system.about["arguments"] == "-b 512"
        with pytest.raises(LlamaServerError, match="refused: no markers"):
            await asked(system, State("refuse", "", Kind.TYPE, 0.0))
        with pytest.raises(LlamaServerError, match="failed: out of cells"):
            await asked(system, State("fail", "", Kind.TYPE, 0.0))
        (pid,) = system.pids
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#!/bin/sh\necho bad model >&2\nexit 3\n", r"does not start \(exit status 3\): bad model"),
        ("#!/bin/sh\nexit 4\n", r"\(exit status 4\): it said nothing"),
        ("#!/no/such/program\n", r"can't be run: No such file"),
    ],
)
async def test_a_llama_server_that_does_not_start(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LlamaServerError, match=message):
        async with llama_server(setup(program(tmp_path, text))):
            pass


@pytest.mark.parametrize(("tokens", "batch"), [(512, 1024), (600, 2048), (4096, 8192)])
def test_the_batch_holds_a_suffix_of_half_the_prompt(tokens: int, batch: int) -> None:
    arguments = with_same_context(tokens)
    assert arguments[arguments.index("-b") + 1] == str(batch)
