from __future__ import annotations

import statistics
import time

import pytest

from mendline.text.document import Document, Edit, Range
from mendline.text.positions import PositionEncoding as Encoding

BREAKS = "one\ntwo\r\nthree\rfour\x0cstill four\u2028and still\n"


def test_lines_break_where_lsp_says_and_nowhere_else():
    document = Document.of(BREAKS)
    lines = [document.line_text(line) for line in range(document.line_count)]
    assert lines == ["one", "two", "three", "four\x0cstill four\u2028and still", ""]
    assert document.line_texts(0, 100) == lines
    assert document.line_texts(1, 3) == ["two", "three"]
    assert document.line_texts(4, 4) == document.line_texts(5, 9) == []


@pytest.mark.parametrize(
    ("before", "edit", "lines"),
    [
        ("a\r\nb", Edit(2, 2, "x"), ["a", "x", "b"]),
        ("a\r\nb", Edit(2, 3, ""), ["a", "b"]),
        ("a\r\nb", Edit(1, 2, ""), ["a", "b"]),
        ("a\rb", Edit(2, 2, "\n"), ["a", "b"]),
        ("a\nb", Edit(1, 1, "\r"), ["a", "b"]),
        ("a\nb", Edit(0, 3, ""), [""]),
        ("", Edit(0, 0, "\n"), ["", ""]),
        ("a\r", Edit(2, 2, "\nb"), ["a", "b"]),
    ],
)
def test_edits_split_and_join_breaks(before: str, edit: Edit, lines: list[str]):
    document = Document.of(before).apply(edit)
    assert [document.line_text(line) for line in range(document.line_count)] == lines


@pytest.mark.parametrize(
    ("line", "character", "encoding", "offset"),
    [
        (0, 0, Encoding.UTF16, 0),
        (0, 2, Encoding.UTF16, 1),
        (0, 3, Encoding.UTF16, 2),
        (0, 1, Encoding.UTF16, 0),
        (0, 4, Encoding.UTF8, 1),
        (0, 3, Encoding.UTF8, 0),
        (0, 6, Encoding.UTF8, 2),
        (0, 5, Encoding.UTF8, 1),
        (0, 1, Encoding.UTF32, 1),
        (0, 99, Encoding.UTF16, 3),
        (1, 0, Encoding.UTF16, 5),
        (1, 99, Encoding.UTF8, 6),
        (2, 0, Encoding.UTF16, 6),
        (99, 0, Encoding.UTF32, 6),
        (-1, 0, Encoding.UTF16, 0),
        (0, -1, Encoding.UTF16, 0),
    ],
)
def test_positions_clamp_as_lsp_says(line: int, character: int, encoding: Encoding, offset: int):
    assert Document.of("😀éx\r\nb").offset_at(line, character, encoding) == offset


@pytest.mark.parametrize(
    ("offset", "encoding", "position"),
    [
        (1, Encoding.UTF16, (0, 2)),
        (2, Encoding.UTF8, (0, 6)),
        (2, Encoding.UTF32, (0, 2)),
        (4, Encoding.UTF16, (0, 4)),
        (5, Encoding.UTF16, (1, 0)),
        (99, Encoding.UTF16, (1, 1)),
        (-5, Encoding.UTF16, (0, 0)),
    ],
)
def test_offsets_have_positions(offset: int, encoding: Encoding, position: tuple[int, int]):
    assert Document.of("😀éx\r\nb").position_at(offset, encoding) == position


def test_an_edit_leaves_the_document_it_was_applied_to():
    document = Document.of("a\nb")
    assert document.apply(Edit(1, 2, "")).text == "ab"
    assert (document.text, document.line_count) == ("a\nb", 2)


def test_documents_compare_by_text():
    assert Document.of("ab") == Document.of("b").apply(Edit(0, 0, "a"))


def test_an_edit_past_the_end_is_an_error():
    with pytest.raises(ValueError, match="ends at 3"):
        Document.of("ab").apply(Edit(0, 3, ""))


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-1, 0)])
def test_ranges_and_edits_are_ordered(start: int, end: int):
    with pytest.raises(ValueError, match="0 <= start <= end"):
        Range(start, end)
    with pytest.raises(ValueError, match="0 <= start <= end"):
        Edit(start, end, "")


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_an_edit_costs_little_in_a_long_file(break_: str):
    document = Document.of("".join(f"    value_{n} = compute(self.thing, {n}){break_}" for n in range(20_000)))
    times = []
    for line in range(0, 20_000, 100):
        edit = Edit(document.line_end(line), document.line_end(line), "x")
        begun = time.thread_time()
        document = document.apply(edit)
        times.append(time.thread_time() - begun)
    assert document.line_count == 20_001
    assert statistics.median(times) < 0.003  # 0.4 ms where this was written; a full index takes 5 ms and more.


def test_a_huge_line_is_no_trouble():
    document = Document.of("😀" + "x" * 2_000_000)
    assert document.position_at(2_000_001, Encoding.UTF16) == (0, 2_000_002)
    assert document.offset_at(0, 1_500_000, Encoding.UTF16) == 1_499_999
    assert document.offset_at(0, 1, Encoding.UTF16) == 0
