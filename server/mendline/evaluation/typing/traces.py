"""What a person did in an editor, and the texts around the cursor that come of it."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from mendline.settings.errors import MendlineError


class TraceError(MendlineError):
    """A trace that can't be replayed: it can't be read, or it does something its document has no place for."""


class Kind(enum.Enum):
    """What a state came of."""

    OPEN = "open"
    JUMP = "jump"
    TYPE = "type"
    DELETE = "delete"
    ACCEPT = "accept"

    @property
    def arrives(self) -> bool:
        """Whether the cursor came to a new place; the others are keystrokes."""
        return self in (Kind.OPEN, Kind.JUMP)


@frozen
class Open:
    """Open a document.

    Attributes:
        text: the whole of it.
        offset: where the cursor is, in code points.
        pause: seconds before that.
    """

    text: str
    offset: int
    pause: float = 0.0


@frozen
class Jump:
    """Move the cursor elsewhere in the document. See `Open` for the attributes."""

    offset: int
    pause: float = 0.0


@frozen
class Type:
    """Type characters, `pause` seconds before each."""

    text: str
    pause: float = 0.0


@frozen
class Delete:
    """Delete characters before the cursor, one at a time, `pause` seconds before each."""

    count: int
    pause: float = 0.0


@frozen
class Accept:
    """Accept a suggestion, which puts its whole text at the cursor.

    The text is part of the trace, so that all that replay it have the same text at each keystroke, whatever they
    suggest themselves.
    """

    text: str
    pause: float = 0.0


Action = Open | Jump | Type | Delete | Accept


@frozen
class State:
    """What is around the cursor after one keystroke or jump.

    Attributes:
        prefix: the text before the cursor, as much of it as the model shall see.
        suffix: the text after it, likewise.
        kind: what was done.
        pause: seconds since what was done before.
        above: the document's text before `prefix`.
        below: the document's text after `suffix`.
    """

    prefix: str
    suffix: str
    kind: Kind
    pause: float
    above: str = ""
    below: str = ""

    @property
    def text(self) -> str:
        """The document's text."""
        return self.above + self.prefix + self.suffix + self.below


def states(actions: Sequence[Action]) -> Iterator[State]:
    """Play actions on their documents; one state a keystroke.

    Raises:
        TraceError: there is no document yet, or a place is not in it. The message counts actions from 1.
    """
    now: State | None = None
    for number, action in enumerate(actions, 1):
        try:
            played = play(action, now)
        except TraceError as error:
            raise TraceError(f"action {number}: {error}") from None
        yield from played
        now = played[-1]


def play(action: Action, now: State | None) -> list[State]:
    """Play one action on what came of those before it (None where it is the first); return at least one state.

    Raises:
        TraceError: there is no document yet, the place is not in it, or nothing is typed or deleted.
    """
    if isinstance(action, Open):
        return [_placed(action.text, action.offset, Kind.OPEN, action.pause)]
    if now is None:
        raise TraceError("no document is open")
    if isinstance(action, Jump):
        return [_placed(now.text, action.offset, Kind.JUMP, action.pause)]
    if isinstance(action, Accept):
        return [evolve(now, prefix=now.prefix + action.text, kind=Kind.ACCEPT, pause=action.pause)]
    if isinstance(action, Type):
        prefixes = [now.prefix + action.text[:typed] for typed in range(1, len(action.text) + 1)]
        kind = Kind.TYPE
    elif action.count > len(now.prefix):
        raise TraceError(f"there are {len(now.prefix)} characters to delete, not {action.count}")
    else:
        prefixes = [now.prefix[:-deleted] for deleted in range(1, action.count + 1)]
        kind = Kind.DELETE
    if not prefixes:
        raise TraceError("nothing is typed or deleted")
    return [evolve(now, prefix=prefix, kind=kind, pause=action.pause) for prefix in prefixes]


def _placed(text: str, offset: int, kind: Kind, pause: float) -> State:
    if not 0 <= offset <= len(text):
        raise TraceError(f"offset {offset} is not in a text of {len(text)} characters")
    return State(text[:offset], text[offset:], kind, pause)


def visits(played: Sequence[State]) -> list[list[State]]:
    """Cut states where the cursor came to a new place; each part but perhaps the first begins with such a state."""
    parts: list[list[State]] = []
    for state in played:
        if state.kind.arrives or not parts:
            parts.append([])
        parts[-1].append(state)
    return parts
