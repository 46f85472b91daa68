from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.special_tokens import cut_special_tokens
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

EMPTY = RejectReason.EMPTY


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("x = ˇ", "1", "1"),
        ("x = ˇ", "1<|fim_middle|>2", "1"),
        ("x = ˇ", "1<|endoftext|>", "1"),
        ("x = ˇ", "1<｜fim▁end｜>", "1"),
        ("x = ˇ", "1<fim_prefix>", "1"),
        ("x = ˇ", "1 <EOT>", "1 "),
        ("x = ˇ", "1</s>", "1"),
        ("x = ˇ", "<|im_end|>\nfoo", EMPTY),
        # No control tokens: comparisons, generics, tags, or/and of bit masks.
        ("x = ˇ", "a <b> c", "a <b> c"),
        ("x = ˇ", "f<|a|b|>()", "f<|a|b|>()"),
        ("x = ˇ", "<s>text</s> more", "<s>text</s> more"),
        # A file about such texts may have them.
        ('EOT = "<|endoftext|>"\nassert EOT == ˇ', '"<|endoftext|>"', '"<|endoftext|>"'),
    ],
)
def test_cuts_at_control_tokens(drawn: str, text: str, expected: str | RejectReason) -> None:
    snapshot, offset = snapshot_at(drawn)
    result = cut_special_tokens(Candidate.of(text), Site.of(snapshot.document, offset, "python", "#"))
    assert (result.reason if isinstance(result, Rejection) else result.text) == expected
