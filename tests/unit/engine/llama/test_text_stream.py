from __future__ import annotations

import pytest

from mendline.engine.llama.decoding import TextStream


def run(pieces: list[bytes], stop: tuple[str, ...] = ()) -> tuple[list[str], str, bool]:
    """Return what was shown at each piece, what came at the end, and whether a stop text ended it."""
    stream = TextStream(stop)
    shown = [stream.feed(piece)[1] for piece in pieces]
    return shown, stream.finish(), stream.stopped


@pytest.mark.parametrize(
    ("pieces", "stop", "expected"),
    [
        pytest.param([b"ab", b"c"], (), (["ab", "c"], "", False), id="plain"),
        pytest.param([b"ab", b"\ncd"], ("\n",), (["ab", ""], "", True), id="stop ends the text before it"),
        pytest.param([b"a\n", b"\nb"], ("\n\n",), (["a", ""], "", True), id="stop across tokens"),
        pytest.param([b"a\n", b"b"], ("\n\n",), (["a", "\nb"], "", False), id="held back, then let go"),
        pytest.param([b"a\n"], ("\n\n",), (["a"], "\n", False), id="held back until the end"),
        pytest.param([b"xaab", b"y"], ("aaab", "ab"), (["xa", ""], "", True), id="the first stop counts"),
        pytest.param([b"aa", b"aab"], ("aaab",), (["", "a"], "", True), id="a stop that overlaps itself"),
        pytest.param([b"ab", b"c"], ("abc", "b"), (["a", ""], "", True), id="a stop inside another's beginning"),
        pytest.param([b"ab"], ("",), (["ab"], "", False), id="an empty stop is none"),
        pytest.param([b"a", b"more"], ("a",), (["", ""], "", True), id="nothing after a stop"),
        pytest.param([b"\xe2\x82", b"\xac!"], (), (["", "€!"], "", False), id="a character across tokens"),
        pytest.param([b"\xf0\x9f", b"\x98", b"\x80"], (), (["", "", "😀"], "", False), id="an emoji in three"),
        pytest.param([b"a\xe2\x82"], (), (["a"], "", False), id="an incomplete character is dropped"),
        pytest.param([b"\xff\xffa"], (), (["\ufffd\ufffda"], "", False), id="bytes that are no text"),
        pytest.param([b"\xe2\x82", b"a"], (), (["", "\ufffda"], "", False), id="a character broken off"),
        pytest.param([b"x\xe2", b"\x82\xac"], ("€",), (["x", ""], "", True), id="a stop across bytes"),
    ],
)
def test_stream(pieces: list[bytes], stop: tuple[str, ...], expected: tuple[list[str], str, bool]) -> None:
    assert run(pieces, stop) == expected


def test_a_token_tells_the_text_it_completes() -> None:
    stream = TextStream(("stop",))
    assert [stream.feed(piece)[0] for piece in (b"\xe2\x82", b"\xac", b"sto")] == ["", "€", "sto"]
