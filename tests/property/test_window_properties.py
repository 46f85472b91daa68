from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.context.budget import Budget
from mendline.context.window import window
from mendline.text.document import Document

LINES = st.lists(st.text("abc 写é😀", max_size=40), min_size=1, max_size=60)
SIZE = Budget(prefix=240, suffix=80, overhang=60)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), lines=LINES, typed=st.text("xy\n(写", min_size=1, max_size=1), lagging=st.booleans())
def test_a_typed_character_never_moves_the_windows_end(
    data: st.DataObject, lines: list[str], typed: str, lagging: bool
) -> None:
    text = "\n".join(lines)
    offset = data.draw(st.integers(0, len(text)))
    before = window(Document.of(text), offset, SIZE, lagging=lagging)
    after = window(Document.of(text[:offset] + typed + text[offset:]), offset + 1, SIZE, lagging=lagging)
    assert after.suffix == before.suffix
