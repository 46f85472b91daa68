"""Prompt states on disk: what was computed before the engine ended need not be computed again after its start.

A state is one sequence of the KV cache as llama.cpp writes it, with a label that says what it was made from. Code text
can be read back from it (its tokens are in it), so nothing is stored unless the user asked for that.

Nothing here raises for the disk's sake. A state is a cache: one that is damaged, foreign or refused is removed and
the prompt computed. A damaged file is never given to llama.cpp, which may end the process over it.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from attrs import frozen

from mendline.engine.llama.kv.state_folder import StateFolder

_log = logging.getLogger("mendline.engine.llama")

LEAST_TOKENS = 256
"""Fewer are computed in a moment; their files would only push out longer ones."""
READ_BYTES_PER_SECOND = 200e6
"""Assumed: reading a file that is no longer in memory from a plain SSD, checking it, copying it into the cache."""
GAIN = 2
"""Reading has to be so many times faster than computing: its rate is a guess, and writing costs something, too."""
_FORMAT = 1

Tokens = npt.NDArray[np.int32]


class StateFiles(Protocol):
    """The part of `model.Context` that writes and reads a sequence; see there."""

    def save_state(self, path: Path, sequence: int, tokens: Sequence[int]) -> int:
        """Write a sequence's cells to a file; return its bytes, 0 when that failed."""
        ...

    def load_state(self, path: Path, sequence: int, capacity: int) -> list[int] | None:
        """Read a file into an empty sequence and return its tokens, at most `capacity`; None when that failed."""
        ...


@frozen(eq=False)
class SavedState:
    """A state on disk.

    Attributes:
        name: of its files.
        tokens: what its cells were computed from, shape (tokens,); read-only.
        bytes: size of the state's file.
        checksum: CRC-32 of the tokens and, behind them, of the state's file.
    """

    name: str
    tokens: Tokens
    bytes: int
    checksum: int

    def shared(self, prompt: Sequence[int]) -> int:
        """Return how many tokens it has in common with the start of a prompt."""
        return _shared(self.tokens, _array(prompt))


class SavedStates:
    """The saved states of one model, of one way to compute it.

    One process uses a folder at a time. Should two do so, the worst is that states are lost: a file is always whole,
    and one that was removed under the other's hands is computed again.
    """

    def __init__(self, folder: Path, identity: str, limit_bytes: int, files: StateFiles) -> None:
        """Take up what is in the folder; states of another identity, and what can't be understood, are removed.

        Args:
            folder: the model's own (`state_identity.model_folder`), made with mode 0700. Where it can't be used, or
                others could write to it, nothing is saved, and the log says so.
            identity: what the cells depend on (`state_identity.identity_of`).
            limit_bytes: what all states together may take. While one is written, they may take that one's size more.
            files: what writes and reads them.
        """
        self._identity = identity
        self._limit_bytes = limit_bytes
        self._files = files
        self._states: dict[str, SavedState] = {}  # the one used last is the last
        self._folder: StateFolder | None = None
        try:
            own = StateFolder.open(folder)
            own.tidy()
            for name in own.names():
                self._take_up(own, name)
            self._bound(own)
            self._folder = own
        except OSError as error:
            _log.warning("prompts are not saved in %s: %s", folder, _reason(error))

    @property
    def bytes(self) -> int:
        """Bytes that all states take on disk, without their labels."""
        return sum(state.bytes for state in self._states.values())

    def best(self, prompt: Sequence[int]) -> SavedState | None:
        """Return the state that has most tokens in common with a prompt's start; None where none has any.

        Of those that have equally many, it is the one used last. Reads nothing from disk.
        """
        wanted = _array(prompt)
        found, most = None, 0
        for state in self._states.values():
            shared = _shared(state.tokens, wanted)
            if shared and shared >= most:
                found, most = state, shared
        return found

    def restore(self, state: SavedState, sequence: int) -> list[int] | None:
        """Read a state into an empty sequence that has room for it.

        Returns:
            The tokens that are in the sequence now, all of the state's; None when it couldn't be read. It is removed
            then, and the sequence is as empty as `StateFiles.load_state` leaves it.
        """
        folder = self._folder
        if folder is None or state.name not in self._states:
            return None
        try:
            tokens = self._read(folder, state, sequence)
        except OSError as error:
            self._drop(folder, state, _reason(error))
            return None
        self._use(folder, state)
        return tokens

    def save(self, tokens: Sequence[int], sequence: int) -> SavedState | None:
        """Write a sequence to disk, unless a state that begins with its tokens is there already.

        States that it begins with are removed, then those used longest ago until all fit the limit.

        Args:
            tokens: what the sequence's cells were computed from, in order.
            sequence: no move of its cells may be pending: llama.cpp writes the positions they will have, but the keys
                as they are. Any `compute` after `shift` does the moves.

        Returns:
            The state that holds these tokens; None when it couldn't be written or is larger than the limit.
        """
        folder = self._folder
        wanted = _array(tokens)
        if folder is None or not len(wanted):
            return None
        for state in self._states.values():
            if _shared(state.tokens, wanted) == len(wanted):
                self._use(folder, state)
                return state
        try:
            saved = self._write(folder, wanted, sequence)
        except OSError as error:
            _log.warning("a prompt could not be saved in %s: %s", folder.path, _reason(error))
            return None
        if saved is None:
            return None
        for state in tuple(self._states.values()):
            if _shared(state.tokens, wanted) == len(state.tokens):
                self._drop(folder, state)
        self._states[saved.name] = saved
        self._bound(folder)
        return saved

    def forget(self) -> None:
        """Remove all states."""
        if self._folder is not None:
            for state in tuple(self._states.values()):
                self._drop(self._folder, state)

    def _read(self, folder: StateFolder, state: SavedState, sequence: int) -> list[int]:
        path = folder.state(state.name)
        if folder.checksum(path, zlib.crc32(state.tokens.tobytes())) != (state.bytes, state.checksum):
            raise OSError("it is damaged")
        tokens = self._files.load_state(path, sequence, len(state.tokens))
        if tokens is None:
            raise OSError("llama.cpp refuses it")
        return tokens

    def _take_up(self, folder: StateFolder, name: str) -> None:
        try:
            self._states[name] = self._read_label(folder, name)
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            _log.info("a saved prompt in %s is removed: %s", folder.path, _reason(error))
            _remove(folder, name)

    def _read_label(self, folder: StateFolder, name: str) -> SavedState:
        label = json.loads(folder.label(name))
        if label["format"] != _FORMAT or label["identity"] != self._identity:
            raise OSError("another model or other settings made it")
        state = SavedState(name, _array(label["tokens"]), label["bytes"], label["checksum"])
        if state.tokens.ndim != 1 or not len(state.tokens) or folder.size(name) != state.bytes:
            raise OSError("it is damaged")
        return state

    def _write(self, folder: StateFolder, tokens: Tokens, sequence: int) -> SavedState | None:
        name, partial = folder.begin()
        try:
            written = self._files.save_state(partial, sequence, tokens.tolist())
            size, checksum = folder.checksum(partial, zlib.crc32(tokens.tobytes()))
            # llama.cpp doesn't notice when the last bytes find no room on the disk.
            if not written or written != size:
                raise OSError("it was not written as a whole")
            if size > self._limit_bytes:
                _log.debug("a prompt of %d tokens is too large to be saved", len(tokens))
                return None
            label = {
                "format": _FORMAT,
                "identity": self._identity,
                "bytes": size,
                "checksum": checksum,
                "tokens": tokens.tolist(),
            }
            folder.commit(name, json.dumps(label).encode())
            saved = SavedState(name, tokens, size, checksum)
            name = ""
            return saved
        finally:
            if name:
                _remove(folder, name)

    def _use(self, folder: StateFolder, state: SavedState) -> None:
        self._states[state.name] = self._states.pop(state.name)
        try:
            folder.touch(state.name)
        except OSError as error:
            _log.debug("the use of a saved prompt could not be noted: %s", _reason(error))

    def _bound(self, folder: StateFolder) -> None:
        taken = self.bytes
        for state in tuple(self._states.values()):
            if taken <= self._limit_bytes:
                return
            self._drop(folder, state)
            taken -= state.bytes

    def _drop(self, folder: StateFolder, state: SavedState, reason: str | None = None) -> None:
        """Remove a state; with a reason, when that is unexpected."""
        if reason is not None:
            _log.warning("a saved prompt in %s is removed: %s", folder.path, reason)
        self._states.pop(state.name, None)
        _remove(folder, state.name)


def worth_saving(tokens: int, prefill_tokens_per_second: float, bytes_per_token: int) -> bool:
    """Whether reading so many tokens back would pay: see `worth_restoring`.

    Args:
        tokens: how many tokens the sequence has.
        prefill_tokens_per_second: how fast this model computes prompts here, measured.
        bytes_per_token: what a token takes in the KV cache.
    """
    return worth_restoring(tokens, tokens * bytes_per_token, prefill_tokens_per_second)


def worth_restoring(shared: int, size: int, prefill_tokens_per_second: float) -> bool:
    """Whether to read a state rather than to compute what it has in common with a prompt.

    It pays for `LEAST_TOKENS` or more, when reading the file at `READ_BYTES_PER_SECOND` takes at most 1/`GAIN` of the
    time that computing takes.

    Args:
        shared: how many tokens need not be computed then, beyond those that are in the cache anyway.
        size: bytes of the state's file, all of which are read.
        prefill_tokens_per_second: how fast this model computes prompts here, measured.
    """
    if shared < LEAST_TOKENS:
        return False
    return size / READ_BYTES_PER_SECOND * GAIN * prefill_tokens_per_second <= shared


def _array(tokens: Sequence[int]) -> Tokens:
    array = np.array(tokens, dtype=np.int32)
    array.flags.writeable = False
    return array


def _shared(left: Tokens, right: Tokens) -> int:
    most = min(len(left), len(right))
    different = left[:most] != right[:most]
    return int(different.argmax()) if different.any() else most


def _remove(folder: StateFolder, name: str) -> None:
    try:
        folder.remove(name)
    except OSError as error:
        _log.warning("a saved prompt in %s could not be removed: %s", folder.path, _reason(error))


def _reason(error: Exception) -> str:
    """Say what went wrong without anything of a file's content, which messages of parsers have in them."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else type(error).__name__
