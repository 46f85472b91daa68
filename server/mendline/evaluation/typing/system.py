"""What answers keystrokes: the face that all systems under measurement show."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from attrs import frozen

from mendline.evaluation.typing.traces import State

ENGINE = "mendline"
WHOLE_PATH = "mendline, whole path"
SAME_CONTEXT = "llama-server, same context"
RECOMMENDED = "llama-server, recommended"
"""Names of the systems that can be measured."""

END_OF_LINE = "\n"
"""Where a single-line suggestion ends."""


@frozen
class Cost:
    """What an answer cost, as far as the system tells; None where it doesn't.

    Attributes:
        prompt_tokens: tokens of the prompt that the model saw.
        computed_tokens: how many of them were computed for this answer.
        step_seconds: time of a decode step, if there were enough of them to tell.
    """

    prompt_tokens: int | None = None
    computed_tokens: int | None = None
    step_seconds: float | None = None


@frozen
class Piece:
    """A part of an answer as it arrives.

    Attributes:
        text: what is appended.
        token: whether the model has written something, be it a token without text.
        cost: with the last piece.
    """

    text: str = ""
    token: bool = False
    cost: Cost | None = None


class System(Protocol):
    """Something that suggests the rest of a line. One request at a time."""

    @property
    def name(self) -> str:
        """What it is called in tables."""
        ...

    @property
    def streams(self) -> bool:
        """Whether an answer's first token can be told from its end."""
        ...

    @property
    def about(self) -> Mapping[str, Any]:
        """What it is and how it was set up, ready for JSON and without paths."""
        ...

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that do its work."""
        ...

    def suggest(self, state: State) -> AsyncGenerator[Piece, None]:
        """Ask for the rest of the line; closing the iterator cancels that.

        Raises:
            MendlineError: it can't answer.
        """
        ...

    async def arrive(self, state: State) -> Cost:
        """Prepare for the first keystroke at a place that the cursor has come to. Raises as `suggest` does."""
        ...

    def rest(self) -> None:
        """Do nothing until `wake`, while others are measured."""
        ...

    def wake(self) -> None:
        """Go on."""
        ...


LEAST_STEPS = 4
"""Decode steps of an answer from which a step's time is taken."""


def step_seconds(seconds: float, tokens: int) -> float | None:
    """Return a decode step's time; the first token is none, it comes out of the prompt's last step."""
    steps = tokens - 1
    return seconds / steps if steps >= LEAST_STEPS else None
