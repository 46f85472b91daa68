"""Framing: whatever way the bytes come in, the messages come out."""

from __future__ import annotations

import io

import pytest

from mendline.lsp.stdio import Writer, bodies

MESSAGE = b"Content-Length: 2\r\n\r\n{}"


def split(data: bytes, size: int) -> list[bytes]:
    stream = io.BytesIO(data)
    return list(bodies(lambda: stream.read(size)))


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (MESSAGE, [b"{}"]),
        (MESSAGE * 3, [b"{}"] * 3),
        (b"Content-Length: 4\r\nContent-Type: x; charset=utf-8\r\n\r\n\r\n\r\n" + MESSAGE, [b"\r\n\r\n", b"{}"]),
        (b"CONTENT-LENGTH:2\n\n{}", [b"{}"]),
        (b"noise\nmore noise\r\n\r\n" + MESSAGE, [b"{}"]),
        (b"noise" + MESSAGE, [b"{}"]),
        (b"Content-Length: x\r\n\r\n" + MESSAGE, [b"{}"]),
        (b"Content-Length: 999999999999\r\n\r\n" + MESSAGE, [b"{}"]),
        (b"Content-Length: 0\r\n\r\n" + MESSAGE, [b"", b"{}"]),
        (b"Content-Length: 10\r\n\r\n{}", []),
        (b"Content-Length: 2\r\n", []),
    ],
    ids=repr,
)
def test_bodies(data: bytes, expected: list[bytes], size: int) -> None:
    assert split(data, size) == expected


def test_a_flood_without_line_breaks_is_dropped() -> None:
    assert split(b"x" * 1_000_000 + b"\n" + MESSAGE, 10_000) == [b"{}"]


def test_an_editor_that_is_gone_ends_the_server() -> None:
    class Broken(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    lost: list[bool] = []
    Writer(Broken(), lambda: lost.append(True)).write(b"x")
    assert lost == [True]
