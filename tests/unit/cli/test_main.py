"""The command line as a whole: exit statuses, one-line errors, quick help."""

import subprocess
import sys

import pytest

from mendline.cli import COMMANDS, main, mendline
from mendline.engine.errors import EngineUnavailable


def test_every_command_of_the_table_exists_and_has_help() -> None:
    for name in COMMANDS:
        command = mendline.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.help


def test_help_lists_all_commands_without_loading_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


def test_help_imports_neither_protocol_nor_model() -> None:
    code = (
        "import sys; from mendline.cli import main; main(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('pygls', 'llama_cpp', 'aiohttp')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "No such command"),
        (["--nonsense"], "No such option"),
        (["complete"], "Missing argument"),
        (["models", "pull", "qwen2.5-coder-1.5b-instrct"], "qwen2.5-coder-1.5b-instruct"),
    ],
)
def test_usage_errors_are_status_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_an_error_of_ours_is_one_line_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise EngineUnavailable("No engine; start one.")

    monkeypatch.setattr(mendline, "main", fail)
    assert main([]) == 2
    assert capsys.readouterr().err == "mendline: No engine; start one.\n"


def test_an_interrupt_is_status_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mendline, "main", interrupt)
    assert main([]) == 130
    assert "Traceback" not in capsys.readouterr().err
