r"""Traces read from a file of JSON lines, one action a line.

    {"open": "def add(a, b):\n    return \n", "at": [1, 11]}
    {"type": "a +", "pause": 0.18}
    {"delete": 1, "pause": 0.4}
    {"accept": "+ b", "pause": 0.9}
    {"jump": [0, 4], "pause": 2}

A place is [line, column], both from 0, columns in code points; lines end with a line feed. `pause` is in seconds,
before each character that is typed or deleted; it may be left out. Empty lines are passed over. The first action
opens a document; later ones may open others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mendline.evaluation.typing.traces import Accept, Action, Delete, Jump, Open, State, TraceError, Type, play

_LONGEST_PAUSE = 3600.0


def read_trace(path: Path) -> tuple[Action, ...]:
    """Read a trace and check that it can be played.

    Raises:
        TraceError: it can't be read or played; the message names file and line.
    """
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise TraceError(f"{path} is not a text file of JSON lines") from None
    except OSError as error:
        raise TraceError(f"cannot read {path}: {error.strerror or error}") from None
    actions: list[Action] = []
    now: State | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            actions.append(_action(json.loads(line), now))
            now = play(actions[-1], now)[-1]
        except json.JSONDecodeError as error:
            raise TraceError(f"{path}:{number}: not JSON: {error.msg}") from None
        except TraceError as error:
            raise TraceError(f"{path}:{number}: {error}") from None
    if all(isinstance(action, Open | Jump) for action in actions):
        raise TraceError(f"{path} has no keystrokes")
    return tuple(actions)


def _action(read: object, now: State | None) -> Action:
    if not isinstance(read, Mapping):
        raise TraceError("not a JSON object")
    names = [name for name in _MAKERS if name in read]
    if len(names) != 1:
        raise TraceError(f"an action has one of {', '.join(_MAKERS)}, not {', '.join(names) or 'none of them'}")
    name = names[0]
    foreign = sorted(str(each) for each in read.keys() - {name, "pause", *(("at",) if name == "open" else ())})
    if foreign:
        raise TraceError(f"{foreign[0]!r} is not a part of an action that has {name!r}")
    return _MAKERS[name](read, _pause(read), now)


def _open(read: Mapping[str, Any], pause: float, _now: State | None) -> Action:
    text = _text(read, "open")
    return Open(text, _offset(read.get("at"), "at", text), pause)


def _jump(read: Mapping[str, Any], pause: float, now: State | None) -> Action:
    if now is None:
        raise TraceError("no document is open")
    return Jump(_offset(read["jump"], "jump", now.text), pause)


def _type(read: Mapping[str, Any], pause: float, _now: State | None) -> Action:
    return Type(_text(read, "type", least=1), pause)


def _accept(read: Mapping[str, Any], pause: float, _now: State | None) -> Action:
    return Accept(_text(read, "accept", least=1), pause)


def _delete(read: Mapping[str, Any], pause: float, _now: State | None) -> Action:
    count = read["delete"]
    if not _is_count(count) or not count:
        raise TraceError("'delete' is not a number of characters")
    return Delete(int(count), pause)


_MAKERS: dict[str, Callable[[Mapping[str, Any], float, State | None], Action]] = {
    "open": _open,
    "jump": _jump,
    "type": _type,
    "delete": _delete,
    "accept": _accept,
}


def _text(read: Mapping[str, Any], name: str, least: int = 0) -> str:
    text = read[name]
    if not isinstance(text, str) or len(text) < least:
        raise TraceError(f"{name!r} is not a text" + (" with something in it" if least else ""))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _pause(read: Mapping[str, Any]) -> float:
    pause = read.get("pause", 0)
    if isinstance(pause, bool) or not isinstance(pause, int | float) or not 0 <= pause <= _LONGEST_PAUSE:
        raise TraceError(f"'pause' is not a number of seconds from 0 to {_LONGEST_PAUSE:.0f}")
    return float(pause)


def _offset(place: object, name: str, text: str) -> int:
    if not (isinstance(place, list) and len(place) == 2 and all(_is_count(each) for each in place)):
        raise TraceError(f"{name!r} is not a place [line, column], both counted from 0")
    line, column = int(place[0]), int(place[1])
    lines = text.split("\n")
    if line >= len(lines) or column > len(lines[line]):
        raise TraceError(f"there is no place [{line}, {column}] in the document")
    return sum(len(each) + 1 for each in lines[:line]) + column


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
