from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.text import lines
from mendline.text.document import Document
from mendline.text.edits import edit_between
from mendline.text.positions import PositionEncoding
from support.texts import edits, texts


def split(text: str) -> list[str]:
    """Lines without their breaks, the slow and obvious way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@pytest.mark.parametrize("lines_per_block", [1, 2, 256])
@settings(max_examples=150, deadline=None)
@given(data=st.data(), text=texts)
def test_edits_give_the_text_and_the_lines_of_a_fresh_document(data: st.DataObject, text: str, lines_per_block: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_LINES_PER_BLOCK", lines_per_block)
        document = Document.of(text)
        for _ in range(data.draw(st.integers(1, 6))):
            edit = data.draw(edits(document))
            text = text[: edit.start] + edit.text + text[edit.end :]
            document = document.apply(edit)
        fresh = Document.of(text)
        assert document.text == text
        assert [document.line_text(line) for line in range(document.line_count)] == split(text)
        assert document.line_texts(-1, document.line_count + 1) == split(text)
        assert document.line_texts(1, 3) == split(text)[1:3]
        for line in range(fresh.line_count):
            assert (document.line_start(line), document.line_end(line)) == (
                fresh.line_start(line),
                fresh.line_end(line),
            )
        for offset in range(len(text) + 1):
            assert document.line_at(offset) == fresh.line_at(offset)
            byte = len(text[:offset].encode("utf-8", "surrogatepass"))
            assert document.byte_offset(offset) == byte
            assert document.offset_of_byte(byte) == offset


@pytest.mark.parametrize("encoding", PositionEncoding)
@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_offsets_survive_the_way_through_positions(text: str, encoding: PositionEncoding):
    document = Document.of(text)
    for offset in range(len(text) + 1):
        line, character = document.position_at(offset, encoding)
        within_break = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
        assert document.offset_at(line, character, encoding) == (offset - 1 if within_break else offset)


@pytest.mark.parametrize("encoding", PositionEncoding)
@settings(max_examples=150, deadline=None)
@given(text=texts, line=st.integers(0, 50), character=st.integers(0, 80))
def test_any_position_lands_on_the_character_that_holds_it(
    text: str, line: int, character: int, encoding: PositionEncoding
):
    document = Document.of(text)
    offset = document.offset_at(line, character, encoding)
    if line >= document.line_count:
        assert offset == len(text)
        return
    back_line, back_character = document.position_at(offset, encoding)
    assert back_line == line
    assert back_character <= character
    if offset < document.line_end(line):
        assert back_character + encoding.width(text[offset]) > character


@settings(max_examples=200, deadline=None)
@given(old=texts, new=texts)
def test_the_edit_between_two_texts_leads_from_one_to_the_other(old: str, new: str):
    edit = edit_between(old, new)
    assert Document.of(old).apply(edit) == Document.of(new)
    # Nothing at either end of the replaced stretch could have been left as it was.
    gone = old[edit.start : edit.end]
    assert not gone or not edit.text or (gone[0] != edit.text[0] and gone[-1] != edit.text[-1])
