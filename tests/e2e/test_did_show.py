"""`mendline/didShow`: counted, and kept when the session ends."""

from __future__ import annotations

from pathlib import Path

from mendline.telemetry import ledger
from support.editor import editing


async def test_what_was_shown_is_counted(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        editor.notify("mendline/didShow", {"item": {"insertText": " 1"}})
        editor.notify("mendline/didShow", {"item": None})
        editor.notify("mendline/didShow")
    assert ledger.read(tmp_path / "state" / "telemetry" / ledger.FILE) == {"completion.shown": 3}
