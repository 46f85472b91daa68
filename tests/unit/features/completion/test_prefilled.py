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


A, B, C = (ContextChunk(f"{name}.py", name * 300) for name in "abc")


@pytest.mark.parametrize(
    ("context", "missing"),
    [
        ((A, B), 0),
        ((), 140),
        # A new piece, and the seam of the text behind it.
        ((A, B, C), 100 + 8),
        ((A,), 8),
        # Each that is moved has a seam.
        ((B, A), 8 + 8 + 8),
        ((C, A, B), 100 + 8 + 8 + 8),
        ((A, A, B), 100 + 8 + 8),
    ],
)
def test_what_changed_related_code_would_compute(context: tuple[ContextChunk, ...], missing: int) -> None:
    prefilled = Prefilled()
    prefilled.add(FillRequest(HEAD, TAIL, "x.py", (A, B)))
    assert prefilled.missing(FillRequest(HEAD, TAIL, "x.py", context)) == missing


def test_what_was_computed_before_a_files_text_is_known() -> None:
    prefilled = Prefilled()
    prefilled.add(FillRequest(HEAD, "", "x.py", (A,)))
    prefilled.add(FillRequest(TAIL * 9, "", "x.py", (B,)))
    prefilled.add(FillRequest(MORE * 90, "", "y.py", (C,)))
    prefilled.add(FillRequest(MORE * 90, "", "short/z.py"))
    assert prefilled.contexts({"x.py"}) == ((B,), (A,))
    assert prefilled.contexts({"z.py", "short/z.py"}) == ((),)
    assert prefilled.contexts({"elsewhere.py"}) == ()
