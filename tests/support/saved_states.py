"""A folder of saved prompt states, and a stand-in for the context that writes and reads them."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path

from attrs import define, field

from mendline.engine.llama.kv.saved import SavedState, SavedStates

BYTES_PER_TOKEN = 10
PLENTY = 1 << 20


@define
class WrittenFiles:
    """Stands for a context: a state is its tokens, `BYTES_PER_TOKEN` bytes each."""

    sequences: dict[int, list[int]] = field(factory=dict)
    refuses: bool = False
    fails: str = ""
    saves: int = 0

    def save_state(self, path: Path, sequence: int, tokens: Sequence[int]) -> int:
        self.saves += 1
        if self.fails == "raises":
            raise OSError(errno.ENOSPC, "No space left on device")
        content = b"".join(token.to_bytes(BYTES_PER_TOKEN, "little") for token in tokens)
        path.write_bytes(content[: len(content) // 2] if self.fails == "is cut off" else content)
        return 0 if self.fails == "says so" else len(content)

    def load_state(self, path: Path, sequence: int, capacity: int) -> list[int] | None:
        content = path.read_bytes()
        tokens = [
            int.from_bytes(content[at : at + BYTES_PER_TOKEN], "little")
            for at in range(0, len(content), BYTES_PER_TOKEN)
        ]
        if self.refuses or len(tokens) > capacity:
            return None
        self.sequences[sequence] = tokens
        return tokens


@define
class Disk:
    """One folder, and the starts of an engine on it."""

    folder: Path
    files: WrittenFiles = field(factory=WrittenFiles)

    def start(self, *, identity: str = "a model", limit: int = PLENTY) -> SavedStates:
        return SavedStates(self.folder, identity, limit, self.files)

    def names(self) -> list[str]:
        return sorted(os.listdir(self.folder))

    def file(self, ending: str) -> Path:
        (path,) = self.folder.glob(f"*{ending}")
        return path

    def tokens(self) -> set[tuple[int, ...]]:
        return {tuple(json.loads(path.read_bytes())["tokens"]) for path in self.folder.glob("*.json")}


def saved(states: SavedStates, tokens: Sequence[int]) -> SavedState:
    state = states.save(tokens, 0)
    assert state is not None
    return state
