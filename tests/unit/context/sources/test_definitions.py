from __future__ import annotations

from pathlib import Path

import pytest

from mendline.context.surroundings import Surroundings
from mendline.workspace.index.model import Definition, Passage
from support.fixed_index import FixedIndex, defined
from support.packages import related, shown

DRAWN = """
--- app.py
import imported

def local(): ...

def handle(request):
    \"\"\"Answer a request.\"\"\"
    session: Session = open_session(request)
    check(session)
    check(session.token(), session.items())
    return local(imported, session.token)ˇ

def later():
    far_away()
"""


def found(folder: Path, index: FixedIndex, drawn: str = DRAWN) -> list[str]:
    surroundings = Surroundings(folders=(folder,), indexes=((folder, index),))
    return shown(related(folder, drawn, surroundings), "definitions")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([defined("open_session", "lib.py")], ["lib.py: def open_session(): ..."]),
        # The same file, other languages, and names that everything has tell nothing.
        ([defined("open_session", "app.py")], []),
        ([defined("open_session", "lib.rs", language_id="rust")], []),
        ([defined("open_session", f"{name}.py") for name in "abcd"], []),
        ([defined("far_away", "lib.py"), defined("local", "lib.py"), defined("imported", "lib.py")], []),
        # A method is wanted where something is called on a value, a function where it stands for itself.
        (
            [defined("token", "lib.py", container="Server", signature="def token(self):")],
            ["lib.py: class Server: / def token(self): ..."],
        ),
        ([defined("token", "lib.py")], []),
        ([defined("check", "lib.py", container="Server")], []),
        ([defined("Session", "lib.py", signature="class Session:")], ["lib.py: class Session: ..."]),
        # Variables, and methods that every value has.
        ([defined("session", "lib.py"), defined("request", "lib.py")], []),
        ([defined("items", "lib.py", container="Server")], []),
        ([defined("check", "tests/lib.py"), defined("check", "lib_test.py")], []),
        # More often near, more telling.
        (
            [defined("open_session", "a.py"), defined("check", "b.py")],
            ["b.py: def check(): ...", "a.py: def open_session(): ..."],
        ),
    ],
)
def test_definitions_of_names_near_the_cursor(tmp_path: Path, known: list[Definition], expected: list[str]) -> None:
    assert found(tmp_path, FixedIndex(known)) == expected


LONG = "x\n" * 20 + "session = open_session(request)\ncheck(session)\n" + "y\n" * 18


def test_passages_that_read_alike_come_after_them(tmp_path: Path) -> None:
    passages = [
        Passage("views.py", 3, "def answer(request):\n    return 1\n", 9.0),
        Passage("notes.txt", 1, "request", 8.0),
        Passage("long.py", 1, LONG, 7.0),
    ]
    index = FixedIndex([defined("open_session", "lib.py")], passages)
    assert found(tmp_path, index) == [
        "lib.py: def open_session(): ...",
        "views.py: def answer(request): / return 1",
        # Of a long one the part that reads most like the code around the cursor, with what follows.
        "long.py: x / x / session = open_session(request) / check(session) / " + " / ".join("y" * 6),
    ]
    assert {"handle", "Answer", "open_session"} <= set(index.words[0])
    assert "far_away" not in index.words[0]


def test_typing_on_the_line_asks_for_the_same(tmp_path: Path) -> None:
    index = FixedIndex()
    for typed in ("", " + more", " + more(other"):
        found(tmp_path, index, DRAWN.replace("ˇ", f"{typed}ˇ"))
    assert len(set(index.names)) == len(set(index.words)) == 1


def test_without_an_index_there_is_nothing(tmp_path: Path) -> None:
    assert shown(related(tmp_path, DRAWN), "definitions") == []
