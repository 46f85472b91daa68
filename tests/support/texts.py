"""Texts and edits with everything in them that has ever shifted somebody's positions."""

from __future__ import annotations

from hypothesis import strategies as st

from mendline.text.document import Document, Edit

PIECES = (
    "\r",
    "\n",
    "\r\n",
    "\x0c",
    "\u2028",
    "\x85",
    "\0",
    "😀",
    "é",
    "e\u0301",
    "\u4f60",
    "\ud800",
    "\udc00",
    "a",
    " ",
    "word",
)

texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@st.composite
def edits(draw: st.DrawFn, document: Document, inserted: st.SearchStrategy[str] = texts) -> Edit:
    size = len(document.text)
    start = draw(st.integers(0, size))
    return Edit(start, min(size, start + draw(st.integers(0, 12))), draw(inserted))
