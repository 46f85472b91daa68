"""A real Emacs with the documented set-ups of Eglot and lsp-mode: ghost text, accepting, fixes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.emacs import CLIENT, EMACS, PLUGIN, Emacs, emacs

_INSTALL = "on Debian: apt-get install emacs-nox elpa-eglot elpa-lsp-mode"


def _has(library: str) -> bool:
    assert EMACS is not None
    asked = [EMACS, "-q", "--batch", "--eval", f'(kill-emacs (if (locate-library "{library}") 0 1))']
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


if EMACS is None or CLIENT is None:
    pytest.skip(f"no Emacs on this machine; {_INSTALL}", allow_module_level=True)

pytestmark = [pytest.mark.editor, pytest.mark.timeout(180)]

_COMMON = """
(package-initialize)
(setq make-backup-files nil auto-save-default nil create-lockfiles nil inhibit-startup-screen t
      server-raise-frame nil)
(fset 'yes-or-no-p #'y-or-n-p)
(add-to-list 'load-path {plugin})
(require 'mendline)
"""

_EGLOT = """
(require 'eglot)
(add-to-list 'eglot-server-programs '(python-mode . ({command})))
(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'eglot-managed-mode-hook #'mendline-mode)
(setq eglot-confirm-server-initiated-edits nil)
"""

_LSP = """
(require 'lsp-mode)
(setq lsp-auto-guess-root t lsp-enable-file-watchers nil lsp-headerline-breadcrumb-enable nil)
(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection '({command}))
  :activation-fn (lambda (_file _mode) t)
  :server-id 'mendline
  :add-on? t
  :priority -2))
(add-to-list 'lsp-language-id-configuration '(python-mode . "python"))
(add-hook 'python-mode-hook #'lsp)
(add-hook 'lsp-after-open-hook #'mendline-mode)
"""
_CLIENTS = {"eglot": _EGLOT, "lsp-mode": _LSP}

CONNECTED = "(and (mendline--connection) t)"
GHOST = "(mendline--visible)"
GONE = "(not mendline--ghost)"


@contextmanager
def editing(
    client: str, folder: Path, text: str, answers: list[dict[str, Any]], **more: str
) -> Iterator[tuple[Emacs, Mapping[str, str]]]:
    """Open `sum.py`, with point at its end, in an Emacs whose Mendline answers from a script."""
    if not _has(client):
        pytest.skip(f"Emacs has no {client}; {_INSTALL}")
    script = folder / "script.json"
    script.write_text(json.dumps({"answers": answers, "default": {"middle": ""}, **more}))
    (folder / "sum.py").write_text(text)
    settings = folder / "config.toml"
    settings.write_text("[completion]\ndebounceMs = 0\n[context]\nindex = false\n")
    environment = {
        **os.environ,
        "MENDLINE_FAKE_ENGINE": str(script),
        "MENDLINE_CONFIG": str(settings),
        "MENDLINE_STATE_DIR": str(folder / "state"),
    }
    command = " ".join(json.dumps(each) for each in (sys.executable, "-P", "-m", "mendline", "serve"))
    init = _COMMON.format(plugin=json.dumps(str(PLUGIN))) + _CLIENTS[client].format(command=command)
    with emacs(folder, init, "sum.py", environment) as editor:
        editor.wait(CONNECTED)
        editor.send("\x1b>")  # M->
        yield editor, environment


@pytest.mark.parametrize("client", _CLIENTS)
def test_ghost_text_is_drawn_and_tab_inserts_it(client: str, tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "def add(a, b):\n    return", "middle": " a + b"}]
    with editing(client, tmp_path, "def add(a, b):\n    ", answers) as (editor, _):
        editor.send("return")
        assert editor.wait(GHOST) == " a + b"
        assert editor.text() == "def add(a, b):\n    return"
        editor.send("\t")
        editor.wait_for_text("def add(a, b):\n    return a + b")
        assert editor.lisp(GONE)


@pytest.mark.parametrize("client", _CLIENTS)
def test_the_fix_of_a_syntax_error_clears_it(client: str, tmp_path: Path) -> None:
    reported = {
        "eglot": "(length (flymake-diagnostics))",
        "lsp-mode": "(hash-table-count (lsp-diagnostics))",
    }[client]
    with editing(client, tmp_path, "print((1, 2)\n", []) as (editor, _):
        editor.wait(f"(= {reported} 1)")
        editor.send("\x1b<")  # M-<
        if client == "eglot":
            editor.command("eglot-code-actions", "")
        else:
            editor.command("lsp-execute-code-action")
        editor.wait_for_text("print((1, 2))\n")
        editor.wait(f"(= {reported} 0)")


_LISTEN = """
(progn
  (setq my-parts nil my-run nil)
  (advice-add 'jsonrpc-notify :before
              (lambda (_connection method params)
                (when (eq method :mendline/didPartiallyAccept)
                  (push (vector (plist-get (plist-get params :item) :insertText) (plist-get params :acceptedLength))
                        my-parts))))
  (advice-add 'jsonrpc-async-request :before
              (lambda (_connection method params &rest _)
                (when (eq method :workspace/executeCommand)
                  (push (plist-get params :command) my-run))))
  t)
"""
"""Notes what Emacs tells the server."""


def test_a_word_or_a_line_of_a_suggestion_can_be_taken(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "def add(a, b):\n    ", "middle": "größe = '🎈' + a\n    return total\n"}]
    with editing("eglot", tmp_path, "def add(a, b):\n", answers) as (editor, _):
        assert editor.lisp(_LISTEN)
        editor.send("    ")
        assert editor.wait(GHOST) == "größe = '🎈' + a\n    return total"
        editor.send("\x1b[1;3C")  # M-<right>
        editor.wait_for_text("def add(a, b):\n    größe")
        assert editor.wait(GHOST) == " = '🎈' + a\n    return total"
        editor.send("\x1b[1;7C")  # C-M-<right>
        editor.wait_for_text("def add(a, b):\n    größe = '🎈' + a")
        assert editor.wait(GHOST) == "\n    return total"
        editor.send("\t")
        editor.wait_for_text("def add(a, b):\n    größe = '🎈' + a\n    return total")
        assert editor.wait("my-run") == ["mendline.didAccept"]
        word, line = reversed(editor.lisp("my-parts"))
    # In UTF-16 units of the item's text; the second item may be what is left of the first.
    assert _beginning(*word) == "größe"
    assert _beginning(*line).endswith(" = '🎈' + a")


def _beginning(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le")


def test_typing_what_it_says_keeps_it_and_another_key_takes_it_away(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "total =", "middle": " first + second"}]
    with editing("eglot", tmp_path, "", answers) as (editor, _):
        editor.send("total =")
        assert editor.wait(GHOST) == " first + second"
        # The rest is there in the same command that typed.
        editor.lisp("(add-hook 'post-command-hook (lambda () (setq my-ghost (mendline--visible))) 90 t)")
        editor.send(" f")
        editor.wait_for_text("total = f")
        assert editor.wait("(bound-and-true-p my-ghost)") == "irst + second"
        editor.send("\x02")  # C-b
        editor.wait(GONE)
        assert editor.text() == "total = f"


def test_c_g_takes_it_away_and_tab_is_then_a_tab(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "x =", "middle": " 1"}]
    with editing("eglot", tmp_path, "if y:\n", answers) as (editor, _):
        editor.send("x =")
        assert editor.wait(GHOST) == " 1"
        editor.quit()
        editor.wait(GONE)
        editor.send("\t")
        editor.wait_for_text("if y:\n    x =")


def test_no_suggestion_over_a_completion_in_progress(tmp_path: Path) -> None:
    answers = [{"prefix_ends_with": "x =", "middle": " 1"}]
    with editing("eglot", tmp_path, "", answers) as (editor, _):
        editor.send("x =")
        editor.wait(GHOST)
        begun = "(let ((completion-in-region-mode-predicate (function always))) (completion-in-region-mode 1))"
        assert editor.lisp(f"(progn {begun} (and completion-in-region-mode {GONE}))")


def test_the_file_compiles_without_warnings(tmp_path: Path) -> None:
    assert EMACS is not None
    copy = tmp_path / "mendline.el"
    copy.write_bytes((PLUGIN / "mendline.el").read_bytes())
    strict = "(setq byte-compile-error-on-warn t)"
    done = subprocess.run(
        [EMACS, "-Q", "--batch", "--eval", strict, "-f", "batch-byte-compile", copy], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    checked = subprocess.run(
        [EMACS, "-Q", "--batch", "--eval", f'(progn (require (quote checkdoc)) (checkdoc-file "{copy}"))'],
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr.decode().strip()) == (0, "")
