"""A language server of its own is asked as an editor asks, beside the engine that it uses."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest

from mendline.engine.host.launch import Launch
from mendline.evaluation.fim import control
from mendline.evaluation.fim import language_server as module
from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.fim.language_server import LanguageServerError, language_server
from mendline.features.completion import Trigger
from mendline.settings.model import Settings
from support.engine_host import SERVER_ROOT, recorded

HOLE = Hole("a/1", "a", "1", "s = '😀'; print(", ")\n", "s")
SILENT = Hole("a/2", "a", "2", "x = 1\n", "", "")


@pytest.fixture
def launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launch:
    script = tmp_path / "script.json"
    answers = [{"prefix_ends_with": "print(", "middle": "s)\nmore()"}, {"prefix_ends_with": "1\n", "middle": " "}]
    script.write_text(json.dumps({"answers": answers, "record": str(tmp_path / "record")}))
    monkeypatch.setenv("MENDLINE_FAKE_HOST", str(script))
    monkeypatch.setenv("PYTHONPATH", SERVER_ROOT)
    # Whether a prompt was computed ahead makes no difference to a script.
    monkeypatch.setattr(module, "_REST_SECONDS", 0.0)
    return Launch("fake", script, fake=True)


def runs(pid: int) -> bool:
    """Whether a process does anything; who has ended may wait to be noticed by its parent."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_suggestions_come_as_edits_and_silence_with_its_reason(launch: Launch, tmp_path: Path) -> None:
    async with language_server(launch, Settings(), Trigger.INVOKED) as (asked, engine):
        raw = await control.raw(engine, HOLE)
        answer = await asked.suggest(HOLE, frozenset())
        silent = await asked.suggest(SILENT, frozenset())
        with pytest.raises(ValueError, match="no switch"):
            await asked.suggest(HOLE, frozenset({"drop_blank"}))
    assert raw.texts == ("s)\nmore()",)
    assert [HOLE.filled(edit).result for edit in answer.edits] == ["s = '😀'; print(s)\n"]
    assert (answer.own_seconds, answer.reasons) == (None, ())
    assert answer.tokens
    assert answer.confidence
    assert answer.seconds > 0
    assert (silent.edits, silent.reasons) == ((), ("empty",))
    started = [line for line in recorded(tmp_path / "record") if line["event"] == "start"]
    # The first is the one that makes the server know its engine. Where nothing came, more candidates are drawn.
    assert [line["prefix_end"] for line in started if line["kind"] == "fill"] == [
        "first = ",
        "first = ",
        HOLE.prompt,
        HOLE.prompt,
        SILENT.prompt,
        SILENT.prompt,
    ]
    (pid,) = {line["pid"] for line in started}
    assert not runs(pid)


async def test_an_error_of_the_server_is_told(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_METHOD", "no/such/method")
    with pytest.raises(LanguageServerError, match="answered no/such/method with"):
        async with language_server(launch, Settings(), Trigger.AUTOMATIC):
            pass
