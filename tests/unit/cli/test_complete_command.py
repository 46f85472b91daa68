from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mendline import app
from mendline.cli import main
from mendline.engine.errors import EngineDied, ModelMissing
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import EngineInfo

Run = Callable[..., int]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    """The engine that the command opens; and no settings but the defaults."""
    fake = FakeEngine(default="1\n")
    monkeypatch.setattr(app, "open_engine", lambda settings: fake)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return fake


def answer(engine: FakeEngine, given: str | Answer) -> None:
    engine._default = given


def test_prints_the_suggestion_and_nothing_else_on_stdout(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("def f(x):\n    return \n")
    answer(engine, "x + 1\n\n\ndef g():\n")
    assert main(["complete", f"{file}:2:12"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "x + 1\n"
    assert "parses" in captured.err
    assert "fake" in captured.err
    assert engine.closed


def test_json_tells_all(engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.py"
    file.write_text("print()\n")
    answer(engine, '"é").close()\n')
    assert main(["complete", f"{file}:1:7", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["text"] == '"é").close()'
    assert told["range"] == {"start": {"line": 1, "column": 7}, "end": {"line": 1, "column": 8}}
    assert told["parsed"] is True
    assert told["checks"] == ["parses"]
    assert told["model"] == "fake"
    assert told["confidence"] == pytest.approx(0.9048, abs=1e-4)
    assert told["seconds"] >= told["firstTokenSeconds"] >= 0
    assert [part["name"] for part in told["prompt"]] == ["prefix", "suffix"]
    assert told["reasons"] == []


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_nothing_to_offer_is_status_1_with_the_reason(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    answer(engine, "\n")
    assert main(["complete", f"{file}:1:6", *flags]) == 1
    captured = capsys.readouterr()
    assert "nothing to offer" in captured.err
    assert "(empty)" in captured.err
    if flags:
        told = json.loads(captured.out)
        assert told["text"] is None
        assert told["reasons"][0]["reason"] == "empty"
    else:
        assert captured.out == ""


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("a.py", "is not FILE:LINE:COLUMN"),
        ("a.py:1", "is not FILE:LINE:COLUMN"),
        ("a.py:x:1", "is not FILE:LINE:COLUMN"),
        ("a.py:0:1", "lines are 1 to 3"),
        ("a.py:4:1", "lines are 1 to 3"),
        ("a.py:1:0", "columns are 1 to 6"),
        ("a.py:1:7", "columns are 1 to 6"),
        ("a.py:3:2", "columns are 1 to 1"),
        ("missing.py:1:1", "there is no file missing.py"),
        (".:1:1", "is a folder"),
    ],
)
def test_a_place_that_is_none_is_one_clear_line(
    engine: FakeEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text("x = 1\ny = 2\n")
    assert main(["complete", place]) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert engine.requests == ()


@pytest.mark.parametrize("place", ["1:1", "1:6", "2:6", "3:1"])
def test_every_place_in_the_file_is_one(engine: FakeEngine, tmp_path: Path, place: str) -> None:
    file = tmp_path / "with:colon.py"
    file.write_text("x = 1\ny = 2\n")
    answer(engine, "z")
    assert main(["complete", f"{file}:{place}"]) in {0, 1}


@pytest.mark.parametrize(
    "error",
    [
        ModelMissing("the model m is not on this machine; `mendline models pull m` gets it", model="m"),
        EngineDied("the engine died"),
    ],
)
def test_an_engine_that_fails_is_status_2_with_its_words(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = ")
    engine._errors = {0: error}  # type: ignore[dict-item]
    assert main(["complete", f"{file}:1:5"]) == 2
    assert capsys.readouterr().err == f"mendline: {error}\n"
    assert engine.closed


@pytest.mark.parametrize(
    ("raw", "prefix", "note"),
    [
        (b"x = \n", "x = ", ""),
        (b"\xef\xbb\xbfx = \n", "x = ", ""),
        (b"x = \xff\n", "x = ", "is not UTF-8 throughout"),
        (b"x = \r\ny\r\n", "x = ", ""),
    ],
)
def test_reads_what_is_on_disk(
    engine: FakeEngine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    raw: bytes,
    prefix: str,
    note: str,
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(raw)
    main(["complete", f"{file}:1:5"])
    assert engine.requests[0].prefix == prefix  # type: ignore[union-attr]
    assert note in capsys.readouterr().err


def test_takes_an_unsaved_buffer_from_stdin(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"y = \n"), encoding="utf-8"))
    assert main(["complete", f"{tmp_path / 'new.py'}:1:5", "--stdin"]) == 0
    assert capsys.readouterr().out == "1\n"


@pytest.mark.parametrize(
    ("name", "flags", "checks"),
    [
        ("a.py", (), ["parses"]),
        ("a.unknown", (), ["unparsed: no grammar for plaintext"]),
        ("a.unknown", ("--language", "python"), ["parses"]),
        ("a.py", ("--language", "cobol"), None),
    ],
)
def test_the_language_is_the_files_or_the_one_named(
    engine: FakeEngine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    flags: tuple[str, ...],
    checks: list[str] | None,
) -> None:
    file = tmp_path / name
    file.write_text("x = \n")
    assert main(["complete", f"{file}:1:5", "--json", *flags]) == 0
    told = json.loads(capsys.readouterr().out)
    if checks is not None:
        assert told["checks"] == checks


def test_asks_for_a_block_unless_told_to_keep_to_the_line(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    answer(engine, "y = 2\nz = 3\n")
    assert main(["complete", f"{file}:2:1"]) == 0
    assert capsys.readouterr().out == "y = 2\nz = 3\n"
    assert main(["complete", f"{file}:2:1", "--line"]) == 0
    assert capsys.readouterr().out == "y = 2\n"


def test_the_repositorys_settings_count_and_off_does_not(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One who types the command wants an answer, even with suggestions switched off in the editor."""
    (tmp_path / ".mendline.toml").write_text('[completion]\nenabled = false\n[privacy]\nexclude = ["*.ts"]\n')
    (tmp_path / "a.py").write_text("x = ")
    (tmp_path / "a.ts").write_text("x = ")
    assert main(["complete", f"{tmp_path / 'a.py'}:1:5"]) == 0
    assert main(["complete", f"{tmp_path / 'a.ts'}:1:5"]) == 1
    assert "(excluded)" in capsys.readouterr().err


def test_ctrl_c_is_quiet(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = ")

    async def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "info", interrupted)
    assert main(["complete", f"{file}:1:5"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "names"), [((), ["prefix", "suffix"]), (("--whole",), ["imports", "ownImports", "prefix", "suffix"])]
)
def test_whole_shows_the_model_related_code_too(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], names: list[str]
) -> None:
    engine._info = EngineInfo(model="fake", context_tokens=8192, can_splice=True)
    (tmp_path / "lib.py").write_text("def read(path): ...\n")
    file = tmp_path / "a.py"
    file.write_text("from lib import read\n" + "x = 1\n" * 2000)
    assert main(["complete", f"{file}:900:6", "--json", *flags]) == 0
    told = json.loads(capsys.readouterr().out)["prompt"]
    assert [part["name"] for part in told] == names
    assert (sum(part["tokens"] for part in told) > 600) is bool(flags)
    assert [record.kind for record in engine.records] == (["warm", "fill"] if flags else ["fill"])


def test_settings_leave_sources_out(engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lib.py").write_text("def read(path): ...\n")
    (tmp_path / ".mendline.toml").write_text('context.omit = ["imports"]\n')
    (tmp_path / "a.py").write_text("from lib import read\nx = ")
    assert main(["complete", f"{tmp_path / 'a.py'}:2:5", "--json", "--whole"]) == 0
    assert [part["name"] for part in json.loads(capsys.readouterr().out)["prompt"]] == ["prefix", "suffix"]


@pytest.mark.parametrize(("trusted", "shown"), [(True, "x + x"), (False, "x + 1")])
def test_examples_in_the_docstring_are_run_where_the_user_trusts_the_folder(
    trusted: bool, shown: str, engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    file = folder / "a.py"
    file.write_text('def twice(x):\n    """twice(2) == 4 and twice("a") == "aa"."""\n    return \n')
    if trusted:
        assert main(["trust", str(folder)]) == 0
        capsys.readouterr()
    answer(engine, Answer.of("x + 1", "x * x", "x + x"))
    assert main(["complete", f"{file}:3:12"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{shown}\n"
    assert ("2 examples in the docstring hold" in captured.err) == trusted
