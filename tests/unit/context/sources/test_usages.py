"""How other files call what this one imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.context.surroundings import Surroundings
from mendline.workspace.index.model import Passage
from support.cursor_text import snapshot_at
from support.fixed_index import FixedIndex
from support.packages import related, shown

DRAWN = """
--- lib.py
def send(message, retries=3): ...
def stop(): ...
class Queue: ...
LIMIT = 3
--- tools.py
def clean(text): ...
--- app.py
import os
import tools
from lib import LIMIT, Queue, send, stop

def notify(users):
    \"\"\"Tell all users.\"\"\"
    for user in users:
        message = compose(user)
        ˇ

def later():
    stop()
"""


def found(folder: Path, *passages: Passage, drawn: str = DRAWN, opened: str = "") -> list[str]:
    open_documents = (snapshot_at(f"{opened}ˇ", path=str(folder / "open.py"))[0],) if opened else ()
    surroundings = Surroundings(folders=(folder,), indexes=((folder, FixedIndex((), passages)),), open=open_documents)
    return shown(related(folder, drawn, surroundings), "usages")


def passage(text: str, path: str = "other.py", line: int = 1) -> Passage:
    return Passage(path, line, text, 1.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    sent = send(1, retries=2)\n    return sent", ["sent = send(1, retries=2)"]),
        ("queue = Queue()", ["queue = Queue()"]),
        ("def f():\n    send(\n        1,\n    )", ["send( / 1, / )"]),
        # A module's functions, by the module's name.
        ("text = tools.clean(text)", ["text = tools.clean(text)"]),
        ("print(tools)", []),
        # Definitions, imports, comments, mentions and parts of other names are no calls.
        ("def send(message):\n    pass", []),
        ("class Queue(Base):\n    pass", []),
        ("from lib import send", []),
        ("# send(1)", []),
        ("handler = send", []),
        ("resend(1)", []),
        ("send(\n" + "    1,\n" * 10 + ")", []),
        # What isn't imported, and what isn't the workspace's own.
        ("compose(1)\nos.getcwd()", []),
        # One that stands twice is shown once.
        ("send(1)\nx = 2\nsend(1)", ["send(1)"]),
    ],
)
def test_calls(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert found(tmp_path, passage(text)) == [f"other.py: {each}" for each in expected]


def test_what_is_not_used_yet_comes_first_then_what_stands_in_code_like_this(tmp_path: Path) -> None:
    calls = [
        passage("def close():\n    stop()", "a.py"),
        passage("def quit():\n    send(0)", "b.py"),
        passage(
            "def tell(users):\n    for user in users:\n        message = compose(user)\n        send(message)", "c.py"
        ),
    ]
    assert found(tmp_path, *calls) == ["c.py: send(message)", "b.py: send(0)", "a.py: stop()"]


def test_of_a_name_only_a_few_are_shown(tmp_path: Path) -> None:
    many = [passage(f"send({number})", f"f{number}.py") for number in range(9)]
    assert len(found(tmp_path, *many, passage("Queue()"))) == 4


@pytest.mark.parametrize(
    ("path", "expected"),
    [("other.js", []), ("tests/test_other.py", []), ("notes.txt", []), ("other.pyi", ["other.pyi: send(1)"])],
)
def test_other_languages_and_tests_tell_nothing(tmp_path: Path, path: str, expected: list[str]) -> None:
    assert found(tmp_path, passage("send(1)", path)) == expected


def test_open_documents_count_as_the_editor_has_them(tmp_path: Path) -> None:
    assert found(tmp_path, opened="send(unsaved)\n") == ["open.py: send(unsaved)"]


def test_the_file_itself_counts_where_the_model_does_not_see_it(tmp_path: Path) -> None:
    far = DRAWN + "    x = 1\n" * 60 + "    send(far_away)\n"
    assert found(tmp_path, drawn=far) == ["app.py: send(far_away)"]
    assert found(tmp_path, drawn=DRAWN + "    send(near)\n") == []


def test_typing_on_the_line_changes_nothing(tmp_path: Path) -> None:
    calls = [passage("send(1)"), passage("Queue()", "b.py")]
    typed = [found(tmp_path, *calls, drawn=DRAWN.replace("ˇ", f"{text}ˇ")) for text in ("", "send", "send(Queue(")]
    assert typed[0] == typed[1] == typed[2] != []


def test_without_an_index_there_is_nothing(tmp_path: Path) -> None:
    assert shown(related(tmp_path, DRAWN), "usages") == []
