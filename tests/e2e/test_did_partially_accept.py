"""`mendline/didPartiallyAccept`: counted with its length, and kept when the session ends."""

from __future__ import annotations

from pathlib import Path

from mendline.telemetry import ledger
from support.editor import editing


async def test_what_was_taken_is_counted(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        for length in (3, 4, 0, -5, "many", None):
            editor.notify("mendline/didPartiallyAccept", {"item": {}, "acceptedLength": length})
        editor.notify("mendline/didPartiallyAccept")
    assert ledger.read(tmp_path / "state" / "telemetry" / ledger.FILE) == {
        "completion.partially-accepted": 7,
        "completion.partially-accepted-characters": 7,
    }
