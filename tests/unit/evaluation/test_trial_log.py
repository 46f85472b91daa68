from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from mendline.evaluation.trial_log import TrialLog, TrialLogError

ABOUT = {"model": "tiny", "settings": {"languages": ("python", "go"), "limit": 1}}


@frozen
class Trial:
    name: str
    values: tuple[int, ...]


def log(path: Path, about: dict[str, Any] = ABOUT) -> TrialLog[Trial]:
    return TrialLog(path, about, Trial, lambda trial: trial.name)


def test_a_log_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log(path).add(Trial("a", (1, 2)))
    again = log(path)
    again.add(Trial("b", ()))
    assert (again.found("a"), again.found("c")) == (Trial("a", (1, 2)), None)
    assert log(path).found("b") == Trial("b", ())


def test_a_last_line_that_was_cut_off_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log(path).add(Trial("a", (1,)))
    with path.open("a") as file:
        file.write('{"name": "b", "val')
    assert log(path).found("b") is None
    log(path).add(Trial("c", ()))
    assert log(path).found("c") == Trial("c", ())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no log\n", "is not a log of this command"),
        ('{"other": 1}\n', "is not a log of this command"),
        (
            '{"model": "big", "settings": {"languages": ["python", "go"], "limit": 1}}\n',
            "is the log of a run with model big, not tiny",
        ),
        (
            '{"model": "tiny", "settings": {"languages": ["python", "go"], "limit": 1}}\n{"name": 1}\n',
            "log.jsonl:2 is not a result",
        ),
    ],
)
def test_another_file_is_refused(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(content)
    with pytest.raises(TrialLogError, match=message):
        log(path)


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(TrialLogError, match="cannot use the log"):
        log(tmp_path / "missing" / "log.jsonl")
