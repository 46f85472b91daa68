"""The file that keeps an evaluation's results as they come, so that a long run can be cut and continued."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import cattrs

from mendline.settings.errors import MendlineError

T = TypeVar("T")

_CONVERTER = cattrs.Converter()


class TrialLogError(MendlineError):
    """A log that can't be continued."""


class TrialLog(Generic[T]):
    """Keeps trials in memory, and in a file if there is one: JSON lines, the first says what they are results of.

    A last line that was cut off is dropped; its item is tried again.

    Args:
        path: the file, continued if it exists; None keeps nothing.
        about: what the results depend on (model, items, method); a file about something else is refused.
        kind: the attrs class of a trial.
        name_of: tells a trial's item.

    Raises:
        TrialLogError: the file can't be read or written, isn't a log, or is one of another run.
    """

    def __init__(self, path: Path | None, about: dict[str, Any], kind: type[T], name_of: Callable[[T], str]) -> None:
        self._path = path
        self._kind = kind
        self._name_of = name_of
        self._trials: dict[str, T] = {}
        if path is None:
            return
        try:
            whole = path.read_bytes() if path.exists() else b""
            kept = whole[: whole.rfind(b"\n") + 1]
            if not kept:
                path.write_text(json.dumps(about) + "\n", encoding="utf-8")
                return
            if len(kept) < len(whole):
                path.write_bytes(kept)
        except OSError as error:
            raise TrialLogError(f"cannot use the log {path}: {error.strerror or error}") from None
        # As it was written, where a tuple is a list.
        self._read(path, kept, json.loads(json.dumps(about)))

    def found(self, name: str) -> T | None:
        """Return an item's trial, if it was tried."""
        return self._trials.get(name)

    def add(self, trial: T) -> None:
        """Keep a trial.

        Raises:
            TrialLogError: the file can't be written.
        """
        self._trials[self._name_of(trial)] = trial
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(_CONVERTER.unstructure(trial)) + "\n")
        except OSError as error:
            raise TrialLogError(f"cannot write the log {self._path}: {error.strerror or error}") from None

    def _read(self, path: Path, kept: bytes, about: dict[str, Any]) -> None:
        header, rest = _taken_apart(path, kept)
        if header.keys() != about.keys():
            raise TrialLogError(f"{path} is not a log of this command: name a new file")
        for name, value in about.items():
            if header[name] != value:
                raise TrialLogError(f"{path} is the log of a run with {name} {header[name]}, not {value}")
        for trial in _trials(path, rest, self._kind):
            self._trials[self._name_of(trial)] = trial


def read_log(path: Path, kind: type[T]) -> tuple[dict[str, Any], tuple[T, ...]]:
    """Return what another run's log says its trials are results of, and the trials.

    Raises:
        TrialLogError: the file can't be read, or is no log of such trials.
    """
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise TrialLogError(f"cannot read the log {path}: {error.strerror or error}") from None
    header, rest = _taken_apart(path, whole[: whole.rfind(b"\n") + 1])
    return header, tuple(_trials(path, rest, kind))


def _taken_apart(path: Path, kept: bytes) -> tuple[dict[str, Any], list[str]]:
    first, *rest = kept.decode("utf-8", "replace").removesuffix("\n").split("\n")
    try:
        header = json.loads(first)
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict):
        raise TrialLogError(f"{path} is not a log of this command: name a new file")
    return header, rest


def _trials(path: Path, lines: Sequence[str], kind: type[T]) -> Iterator[T]:
    for number, line in enumerate(lines, 2):
        try:
            yield _CONVERTER.structure(json.loads(line), kind)
        except (ValueError, cattrs.BaseValidationError):
            raise TrialLogError(f"{path}:{number} is not a result of this command: remove the line") from None
