"""Recorded traces: what a good file says, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.evaluation.typing.recorded import read_trace
from mendline.evaluation.typing.traces import Accept, Delete, Jump, Open, TraceError, Type, states

OPENED = '{"open": "def f():\\n    \\n", "at": [1, 4]}\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "trace.jsonl"
    path.write_bytes(text.encode())
    return path


def test_each_kind_of_action(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        OPENED
        + '{"type": "re", "pause": 0.18}\n\n{"accept": "turn 1", "pause": 1}\n{"jump": [0, 5], "pause": 2.5}\n'
        + '{"delete": 1}\n',
    )
    trace = read_trace(path)
    assert trace == (
        Open("def f():\n    \n", 13),
        Type("re", 0.18),
        Accept("turn 1", 1.0),
        Jump(5, 2.5),
        Delete(1),
    )
    assert list(states(trace))[-1].text == "def ():\n    return 1\n"


def test_places_are_those_of_the_text_by_then_and_breaks_are_line_feeds(tmp_path: Path) -> None:
    path = written(tmp_path, '{"open": "a\\r\\nb", "at": [1, 1]}\n{"type": "\\nc"}\n{"jump": [2, 1]}\n')
    assert read_trace(path)[2] == Jump(5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"trace.jsonl:1: not JSON"),
        ("[]", r"trace.jsonl:1: not a JSON object"),
        ('{"type": "x"}', r":1: no document is open"),
        ('{"jump": [0, 0]}', r":1: no document is open"),
        ('{"open": "x"}', r":1: 'at' is not a place \[line, column\]"),
        ('{"open": "x", "at": [0, 2]}', r":1: there is no place \[0, 2\] in the document"),
        ('{"open": "x", "at": [true, 0]}', r":1: 'at' is not a place"),
        ('{"open": 1, "at": [0, 0]}', r":1: 'open' is not a text"),
        (OPENED + '{"type": ""}', r":2: 'type' is not a text with something in it"),
        (OPENED + '{"delete": 0}', r":2: 'delete' is not a number"),
        (OPENED + '{"delete": 99}', r":2: there are 13 characters to delete, not 99"),
        (OPENED + '{"type": "x", "pause": -1}', r":2: 'pause' is not a number of seconds"),
        (OPENED + '{"type": "x", "pause": NaN}', r":2: 'pause' is not a number of seconds"),
        (OPENED + '{"type": "x", "delete": 1}', r":2: an action has one of .*, not type, delete"),
        (OPENED + '{"scroll": 3}', r":2: an action has one of .*, not none of them"),
        (OPENED + '{"type": "x", "at": [0, 0]}', r":2: 'at' is not a part of an action that has 'type'"),
        (OPENED + '{"jump": [0, 0]}', r"trace.jsonl has no keystrokes"),
        ("", r"trace.jsonl has no keystrokes"),
    ],
)
def test_a_bad_line_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=message):
        read_trace(written(tmp_path, text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"cannot read .*none\.jsonl: No such file"):
        read_trace(tmp_path / "none.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(TraceError, match="is not a text file"):
        read_trace(tmp_path / "binary")
