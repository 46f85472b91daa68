"""Related code as the model reads it: golden texts."""

from __future__ import annotations

import pytest

from mendline.context.assembly import assemble
from mendline.context.piece import Piece
from mendline.context.related import NOTHING, Related

READ = Piece("pkg/util.py", "def read(path): ...", 40, echo="def read(path):")
WRITE = Piece("pkg/util.py", "def write(path, data): ...", 10, echo="def write(path, data):")
STORE = Piece(
    "pkg/store.py", "class Store:\n    size: int\n    def get(self, key): ...\n    def put(self, key): ...", 0
)


def found(*pieces: Piece, source: str = "imports") -> Related:
    return Related("app.py", ((source, pieces),))


def drawn(related: Related, room: int = 2000, window: str = "", omit: tuple[str, ...] = ()) -> str:
    return "".join(
        f"--- {part.source} {part.chunk.path}\n{part.chunk.text}" for part in assemble(related, room, window, omit)
    )


def test_pieces_of_a_file_stand_together_in_its_order_whatever_their_rank() -> None:
    expected = """\
--- imports pkg/store.py
class Store:
    size: int
    def get(self, key): ...
    def put(self, key): ...
--- imports pkg/util.py
def write(path, data): ...
def read(path): ...
"""
    assert drawn(found(READ, STORE, WRITE)) == expected
    assert drawn(found(WRITE, READ, STORE)) == expected


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        ("", True),
        ("x = read(path)\n", True),
        ("def read(path):\n    return 1\n", False),
        ("    def read(\n        path,\n    ):\n", False),
        ("def read(path, more):\n", True),
    ],
)
def test_what_stands_in_the_window_is_left_out(window: str, shown: bool) -> None:
    assert bool(drawn(found(READ), window=window)) is shown


def test_short_texts_are_no_duplicates() -> None:
    assert drawn(found(Piece("a.py", "A = 1")), window="BA = 10\n") == "--- imports a.py\nA = 1\n"


def test_nothing_is_shown_twice() -> None:
    assert drawn(found(READ, READ)) == drawn(found(READ))


def test_the_best_that_fit_are_taken() -> None:
    assert drawn(found(WRITE, READ), room=60) == "--- imports pkg/util.py\ndef write(path, data): ...\n"
    assert drawn(found(WRITE, READ), room=20) == ""
    assert drawn(NOTHING) == ""


def test_one_long_piece_does_not_take_the_room_of_the_others() -> None:
    members = "".join(f"\n    def method_{number}(self): ..." for number in range(30))
    text = drawn(found(Piece("a.py", f"class A:{members}"), READ), room=400)
    assert "def read(path)" in text
    assert "class A:\n    def method_0(self): ...\n" in text


def test_a_cut_never_leaves_a_decorator_behind() -> None:
    piece = Piece("a.py", "class A:\n    x: int\n    @property\n    def long(self) -> int: ...")
    assert drawn(found(piece), room=50) == "--- imports a.py\nclass A:\n    x: int\n"


def test_never_more_than_the_room() -> None:
    pieces = tuple(Piece(f"{'é' * (number % 7)}.py", f"def f{number}(): ...", number) for number in range(40))
    for room in range(0, 600, 7):
        parts = assemble(found(*pieces), room, "")
        assert sum(len((part.chunk.path + part.chunk.text).encode()) for part in parts) <= room


def test_omitted_sources_are_left_out() -> None:
    assert drawn(found(READ), omit=("imports",)) == ""
