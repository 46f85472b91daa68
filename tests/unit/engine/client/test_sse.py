from __future__ import annotations

import pytest

from mendline.engine.client.sse import MAX_EVENT_BYTES, EventParser

TABLE = [
    (b"data: a\n\n", ["a"]),
    (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    (b"data:a\n\n", ["a"]),
    (b"data:  a\n\n", [" a"]),
    (b"data: a\ndata: b\n\n", ["a\nb"]),
    (b": keep-alive\n\n: again\n\ndata: a\n\n", ["a"]),
    (b"event: message\nid: 3\nretry: 10\ndata: a\n\n", ["a"]),
    (b"\n\n\n", []),
    (b"data\n\n", [""]),
    ("data: für ☃ 😀\u2028x\x0c\n\n".encode(), ["für ☃ 😀\u2028x\x0c"]),
    (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    (b"data: unfinished", ["unfinished"]),
    (b"data: a\r\n\r\ndata: unfinished\r", ["a", "unfinished"]),
    (b"data: \xff\n\n", ["\ufffd"]),
]


@pytest.mark.parametrize(("stream", "events"), TABLE)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_events_whatever_the_pieces(stream: bytes, events: list[str], size: int) -> None:
    parser = EventParser()
    got: list[str] = []
    for start in range(0, len(stream), size):
        got += parser.feed(stream[start : start + size])
    assert got + parser.end() == events


def test_an_event_is_there_as_soon_as_it_is_whole() -> None:
    parser = EventParser()
    assert parser.feed(b"data: a\n") == []
    assert parser.feed(b"\n") == ["a"]


@pytest.mark.parametrize("line", [b"x" * 1_000_000, b"data: " + b"x" * 1_000_000 + b"\n"])
def test_a_stream_without_end_is_given_up(line: bytes) -> None:
    parser = EventParser()
    for _ in range(MAX_EVENT_BYTES // len(line)):
        parser.feed(line)
    with pytest.raises(ValueError, match="too long"):
        parser.feed(line)
