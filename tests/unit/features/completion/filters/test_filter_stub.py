from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.stub import drop_stub
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at


def filtered(text: str, drawn: str = "def f():\n    ˇ\n", language_id: str = "python") -> Candidate | Rejection:
    snapshot, offset = snapshot_at(drawn, language_id)
    comment = snapshot.language.line_comment if snapshot.language else None
    return drop_stub(Candidate.of(text), Site.of(snapshot.document, offset, language_id, comment))


@pytest.mark.parametrize(
    ("text", "language_id"),
    [
        ("# Your code here\n    pass", "python"),
        ("# TODO: implement this\n    return None", "python"),
        ("# TODO\n    raise NotImplementedError()", "python"),
        ("# Write your code here", "python"),
        ("// Add your implementation here\n  return 0;\n}", "typescript"),
        ("// TODO\n  throw new Error('not there yet');", "javascript"),
        ("// todo\n    unimplemented!()", "rust"),
    ],
)
def test_a_promise_of_code_goes(text: str, language_id: str) -> None:
    result = filtered(text, language_id=language_id)
    assert isinstance(result, Rejection)
    assert result.reason is RejectReason.EMPTY


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("pass", "def f():\n    ˇ\n"),
        ("raise NotImplementedError", "def f():\n    ˇ\n"),
        ("# TODO: sort\n    return sorted(xs)", "def f():\n    ˇ\n"),
        ("# the empty list\n    return []", "def f():\n    ˇ\n"),
        # The user is writing the comment.
        ("implement this", "def f():\n    # TODO ˇ\n"),
    ],
)
def test_code_and_what_may_be_meant_stays(text: str, drawn: str) -> None:
    assert filtered(text, drawn) == Candidate.of(text)
