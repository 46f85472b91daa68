"""An Emacs in a terminal that is typed into, as a user would; its state is asked through its own server."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from support.listening import stop, until_listening

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "server" / "editors" / "emacs"
EMACS, CLIENT = shutil.which("emacs"), shutil.which("emacsclient")


class Emacs:
    """One running editor."""

    def __init__(self, terminal: int, socket: Path, environment: Mapping[str, str]) -> None:
        self._terminal = terminal
        self._socket = socket
        self._environment = dict(environment)

    def send(self, keys: str) -> None:
        """Type keys, as a terminal sends them."""
        os.write(self._terminal, keys.encode())

    def quit(self) -> None:
        """Press C-g as its command loop's next key.

        From the terminal the key would stop whatever runs at that moment, which may be the end of an earlier `lisp`.
        """
        assert self.lisp("(push ?\\C-g unread-command-events)")

    def command(self, name: str, *answers: str) -> None:
        """Run a command by its name, and answer what it asks."""
        self.send(f"\x1bx{name}\r" + "".join(f"{each}\r" for each in answers))

    def lisp(self, form: str) -> Any:
        """Evaluate a form in the buffer of the selected window and return its value, through JSON."""
        assert CLIENT is not None
        wrapped = f"(with-current-buffer (window-buffer (selected-window)) (json-encode {form}))"
        done = subprocess.run(
            [CLIENT, "--socket-name", self._socket, "--eval", wrapped],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(json.loads(done.stdout))

    def wait(self, form: str, *, seconds: float = 40) -> Any:
        """Poll a form until its value is true, and return that."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.lisp(form):
                return value
            time.sleep(0.05)
        messages = self.lisp('(with-current-buffer "*Messages*" (buffer-string))')
        raise AssertionError(f"waited {seconds} s for: {form}\nbuffer: {self.text()!r}\nmessages: {messages}")

    def wait_for_text(self, text: str) -> None:
        """Wait until the buffer has a text."""
        self.wait(f"(string= (buffer-string) {json.dumps(text, ensure_ascii=False)})")

    def text(self) -> str:
        """Return the buffer's text."""
        return str(self.lisp("(buffer-substring-no-properties (point-min) (point-max))"))


@contextmanager
def emacs(folder: Path, init: str, name: str, environment: Mapping[str, str]) -> Iterator[Emacs]:
    """Start Emacs with the text `init` as its configuration, and a file opened in it."""
    assert EMACS is not None
    socket, file = folder / "emacs.sock", folder / "init.el"
    serving = f"(require 'json) (require 'server) (setq server-name \"{socket}\") (server-start)"
    file.write_text(f"{init}\n{serving}\n")
    own = {"HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    environment = {**environment, **own}
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (40, 100))
    process = subprocess.Popen(
        [EMACS, "-t", os.ttyname(terminal), "-q", "--no-splash", "-l", file, name],
        cwd=folder,
        env=environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    threading.Thread(target=_drain, args=(controller,), daemon=True).start()
    try:
        until_listening(process, socket, 60, "Emacs")
        yield Emacs(controller, socket, environment)
    finally:
        stop(process)


def _drain(terminal: int) -> None:
    """Read what is drawn, or Emacs would wait for its terminal."""
    with suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.close(terminal)
