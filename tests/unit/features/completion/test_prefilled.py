from __future__ import annotations

import pytest

from mendline.engine.protocol import ContextChunk, FillRequest
from mendline.features.completion import Prefilled

# Three bytes count as one token.
HEAD, MORE, TAIL = "abc" * 100, "def" * 10, "ghi" * 40


@pytest.mark.parametrize(
    ("request_", "missing"),
    [
        (FillRequest(HEAD, TAIL), 0),
        (FillRequest(HEAD + MORE, TAIL), 10),
        (FillRequest(HEAD[:150], TAIL), 0),
        (FillRequest("x" + HEAD, TAIL), 141),
        # The cursor moves down: what was suffix becomes prefix.
        (FillRequest(HEAD + TAIL[:60], TAIL[60:]), 20),
        (FillRequest(HEAD, TAIL + MORE), 10),
        # More new text than the suffix has: that is not moved behind it.
        (FillRequest(HEAD + MORE * 5, TAIL), 90),
        (FillRequest(HEAD, TAIL, path="other.py"), 140),
        (FillRequest(HEAD, TAIL, context=(ContextChunk("a.py", MORE),)), 150),
        (FillRequest("", ""), 0),
    ],
)
def test_what_a_splice_would_compute(request_: FillRequest, missing: int) -> None:
    prefilled = Prefilled()
    prefilled.add(FillRequest(HEAD, TAIL))
    assert prefilled.missing(request_) == missing


def test_a_new_engine_has_nothing() -> None:
    prefilled = Prefilled()
    assert prefilled.missing(FillRequest(HEAD, TAIL)) == 140
    prefilled.add(FillRequest(HEAD, TAIL))
    prefilled.clear()
    assert prefilled.missing(FillRequest(HEAD, TAIL)) == 140


def test_typing_in_one_file_does_not_push_out_the_others() -> None:
    prefilled = Prefilled()
    prefilled.add(FillRequest("xyz" * 100))
    for typed in range(1, 30):
        prefilled.add(FillRequest(HEAD + "t" * typed, TAIL))
    assert prefilled.missing(FillRequest("xyz" * 100)) == 0
    assert prefilled.missing(FillRequest(HEAD + "t" * 29, TAIL)) == 0


def test_what_was_not_used_for_long_is_taken_for_lost() -> None:
    prefilled = Prefilled()
    for letter in "abcde":
        prefilled.add(FillRequest(letter * 300))
    assert [prefilled.missing(FillRequest(letter * 300)) for letter in "abcde"] == [100, 0, 0, 0, 0]
