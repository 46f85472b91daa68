"""What no good client does, and files no good editor makes. The server answers and lives on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.editor import server_environment
from support.raw_server import RawServer, inline_params, raw_server

PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS, NOT_INITIALIZED = -32700, -32600, -32601, -32602, -32002
ANSWER = {"answers": [{"prefix_ends_with": "return", "middle": " 1"}], "default": {"middle": ""}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with raw_server(server_environment(tmp_path_factory.mktemp("faults"), ANSWER)) as running:
        running.start()
        yield running


def framed(body: bytes, header: bytes = b"Content-Length: %d\r\n\r\n") -> bytes:
    return header % len(body) + body


def alive(server: RawServer) -> None:
    name = f"alive-{time.monotonic_ns()}"
    server.open(f"file:///{name}.py", "return")
    answer = server.request(name, "textDocument/inlineCompletion", inline_params(f"file:///{name}.py", 0, 6))
    assert [item["insertText"] for item in answer["result"]["items"]] == [" 1"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n",
        b"\r\n\r\n\n\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Content-Type: text\r\n\r\n",
        b"\x00\xff\xfe" * 50 + b"\n",
        b"x" * 300_000 + b"\n",
        b"Content-Length: 0\r\n\r\n",
    ],
    ids=lambda garbage: repr(garbage[:20]),
)
def test_a_malformed_header_is_skipped(server: RawServer, garbage: bytes) -> None:
    server.write(garbage)
    alive(server)


@pytest.mark.parametrize(
    "header", [b"content-length:%d\r\n\r\n", b"Content-Length: %d\n\n", b"X: y\r\nContent-Length: %d\r\n\r\n"]
)
def test_headers_may_be_written_in_other_ways(server: RawServer, header: bytes) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": "header", "method": "mendline/status"}).encode()
    server.write(framed(body, header))
    assert server.answer("header")["result"]["state"]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b"nul", b"{'a': 1}"], ids=lambda body: repr(body[:9])
)
def test_what_is_no_json_is_a_parse_error(server: RawServer, body: bytes) -> None:
    server.write(framed(body))
    assert server.answer(None)["error"]["code"] == PARSE_ERROR
    alive(server)


@pytest.mark.parametrize("message", [[], 3, None, "x", [{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]])
def test_what_is_no_message_is_an_invalid_request(server: RawServer, message: Any) -> None:
    server.write(framed(json.dumps(message).encode()))
    assert server.answer(None)["error"]["code"] == INVALID_REQUEST
    alive(server)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"jsonrpc": "2.0", "method": "no/such"}, NO_METHOD),
        ({"jsonrpc": "2.0", "method": "$/no/such", "params": {}}, NO_METHOD),
        ({"jsonrpc": "1.0", "method": "mendline/status"}, INVALID_REQUEST),
        ({"method": "mendline/status"}, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "method": "initialize", "params": {"capabilities": {}}}, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "method": "textDocument/inlineCompletion"}, INVALID_PARAMS),
        ({"jsonrpc": "2.0", "method": "textDocument/inlineCompletion", "params": []}, INVALID_PARAMS),
        ({"jsonrpc": "2.0", "method": "textDocument/inlineCompletion", "params": {"textDocument": 1}}, INVALID_PARAMS),
        (
            {"jsonrpc": "2.0", "method": "textDocument/inlineCompletion", "params": inline_params("file:///a", -1, 0)},
            INVALID_PARAMS,
        ),
        ({"jsonrpc": "2.0", "method": "textDocument/diagnostic", "params": {"textDocument": {}}}, INVALID_PARAMS),
        ({"jsonrpc": "2.0", "method": "workspace/executeCommand", "params": {"command": "none"}}, INVALID_PARAMS),
    ],
    ids=str,
)
def test_a_wrong_request_is_answered_with_an_error(server: RawServer, message: dict[str, Any], code: int) -> None:
    server.write(framed(json.dumps({**message, "id": "wrong"}).encode()))
    assert server.answer("wrong")["error"]["code"] == code
    alive(server)


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "no/such"},
        {"jsonrpc": "2.0", "method": "$/setTrace", "params": {"value": "verbose"}},
        {"jsonrpc": "2.0", "method": "$/no/such"},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 7}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest"},
        {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": "file:///x"}}},
        {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": None},
        {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": {"token": "none"}},
        {"jsonrpc": "2.0", "method": "workspace/didChangeConfiguration", "params": {"settings": 3}},
        {"jsonrpc": "2.0", "id": 99, "result": {"never": "asked"}},
        {"jsonrpc": "2.0", "id": 99, "error": {"code": 1, "message": "never asked"}},
        {"jsonrpc": "2.0"},
        {"jsonrpc": "2.0", "method": 5},
        {"jsonrpc": "2.0", "id": None, "method": "shutdown"},
        {"jsonrpc": "2.0", "id": {"a": 1}, "method": "shutdown"},
    ],
    ids=str,
)
def test_a_wrong_notification_or_answer_is_survived(server: RawServer, message: dict[str, Any]) -> None:
    server.write(framed(json.dumps(message).encode()))
    alive(server)


def test_before_initialize_requests_are_refused(tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path, ANSWER)) as fresh:
        fresh.open("file:///early.py", "return")
        assert fresh.request(1, "mendline/status")["error"]["code"] == NOT_INITIALIZED
        assert fresh.request(2, "shutdown")["error"]["code"] == NOT_INITIALIZED
        fresh.start()
        alive(fresh)


def test_a_line_of_two_megabytes(server: RawServer) -> None:
    line = "x = [" + "1234567, " * 230_000
    server.open("file:///long.py", line + "]\nreturn")
    start = time.monotonic()
    answer = server.request("long", "textDocument/inlineCompletion", inline_params("file:///long.py", 1, 6))
    assert [item["insertText"] for item in answer["result"]["items"]] == [" 1"]
    within = server.request("within", "textDocument/inlineCompletion", inline_params("file:///long.py", 0, 1_000_000))
    assert "result" in within
    span = {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 5}}
    change = {
        "textDocument": {"uri": "file:///long.py", "version": 2},
        "contentChanges": [{"range": span, "text": "0, "}],
    }
    server.send("textDocument/didChange", change)
    assert "result" in server.request("found", "textDocument/diagnostic", {"textDocument": {"uri": "file:///long.py"}})
    assert time.monotonic() - start < 10
    alive(server)


@pytest.mark.parametrize("text", ["\ud800 = 1\nreturn", "\x00\x00\nreturn", "\ufeffx\nreturn", "'\U0010ffff'\nreturn"])
def test_strange_characters(server: RawServer, text: str) -> None:
    server.open("file:///strange.py", text)
    answer = server.request("strange", "textDocument/inlineCompletion", inline_params("file:///strange.py", 1, 6))
    assert "result" in answer
    assert "result" in server.request("d", "textDocument/diagnostic", {"textDocument": {"uri": "file:///strange.py"}})
    alive(server)


@pytest.mark.parametrize(
    "uri", ["", "untitled:Untitled-1", "file://", "http://[", "git:/a.py?x#y", "file:///%FF.py", "\ud800"]
)
def test_strange_uris(server: RawServer, uri: str) -> None:
    server.open(uri, "return")
    answer = server.request("uri", "textDocument/inlineCompletion", inline_params(uri, 0, 6))
    assert [item["insertText"] for item in answer["result"]["items"]] == [" 1"]


def test_nothing_of_the_code_is_logged(server: RawServer) -> None:
    server.open("file:///secret.py", "hunter2 = 'return")
    server.request("secret", "textDocument/inlineCompletion", inline_params("file:///secret.py", 0, 17))
    item = {"uri": 3, "text": "hunter2", "languageId": "python", "version": 1}
    server.send("textDocument/didOpen", {"textDocument": item})
    alive(server)
    assert b"hunter2" not in server.errors
