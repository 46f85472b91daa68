"""What a completion request is, and what comes of it: values only."""

from __future__ import annotations

import enum

from attrs import field, frozen

from mendline.engine.errors import EngineError
from mendline.engine.protocol import FinishReason, Usage
from mendline.text.document import Range


class Trigger(enum.Enum):
    """Why a suggestion is asked for."""

    AUTOMATIC = "automatic"
    """The editor asks while the user types."""
    INVOKED = "invoked"
    """The user asks."""


@frozen
class SelectedCompletion:
    """The item that is selected in the editor's popup; a suggestion must go on from it.

    Attributes:
        range: what the item replaces, in code points of the snapshot's document.
        text: what it puts there.
    """

    range: Range
    text: str


class Source(enum.Enum):
    """Where an outcome's suggestions come from."""

    MODEL = "model"
    """Made for this request."""
    RECENT = "recent"
    """Made for the same place in the same document before."""
    TYPE_THROUGH = "type-through"
    """What is left of a suggestion of which the beginning was typed or taken over."""
    UNDERWAY = "underway"
    """Begun for a request before, and waited for: the same place, or the user typed what the model was writing."""
    AHEAD = "ahead"
    """Begun when the suggestion before it was accepted."""


class RejectReason(enum.Enum):
    """Why nothing, or not everything, was shown. The value is what counters and `--json` call it."""

    DISABLED = "disabled"
    """Suggestions are switched off."""
    EXCLUDED = "excluded"
    """The file is excluded by the user, or looks like one that holds secrets."""
    MID_WORD = "mid-word"
    """The cursor stands in a word and nobody asked."""
    MODEL_MISSING = "model-missing"
    """The model is not on this machine."""
    ENGINE_FAILED = "engine-failed"
    """The engine could not be reached, or gave an error."""
    TIMEOUT = "timeout"
    """Time ran out before there was anything good."""
    SUPERSEDED = "superseded"
    """A newer request came while this one ran."""
    STALE = "stale"
    """The document changed while this request ran."""
    EMPTY = "empty"
    """The model offered nothing, or white space only."""
    REPEATS_SUFFIX = "repeats-suffix"
    """The candidate says what already stands after the cursor."""
    REPETITIVE = "repetitive"
    """The candidate goes round in circles."""
    JUST_DELETED = "just-deleted"
    """The candidate is what the user has deleted at the cursor a moment ago."""
    COMMENTS_ONLY = "comments-only"
    """The candidate has comments in it and no code."""
    LICENCE_TEXT = "licence-text"
    """The candidate is the text of a licence."""
    MASKED_SECRET = "masked-secret"  # noqa: S105 (no password)
    """The candidate repeats the placeholder of a secret that was masked in the prompt."""
    DOES_NOT_PARSE = "does-not-parse"
    """Applied, the candidate would add a syntax error, however it is cut."""
    LOW_CONFIDENCE = "low-confidence"
    """The model's own probability is below `completion.showThreshold`."""
    SELECTED_CONFLICT = "selected-conflict"
    """The candidate cannot be shown as a continuation of the popup's selected item."""


@frozen
class Rejection:
    """One reason, with the particulars of this case as a sentence; no code text in it."""

    reason: RejectReason
    detail: str = ""


@frozen
class Suggestion:
    """What may be shown.

    Attributes:
        text: the text to put in place of `range`, with the document's own line breaks.
        range: what it replaces, in code points of the snapshot's document. The cursor lies in it.
        confidence: mean probability of its tokens, 0 to 1; None when the engine gives no probabilities.
        parsed: whether it was parsed together with the document; None when that could not be judged.
        checks: what was checked, each as a short phrase for the user.
        finish: why the engine ended, when it was not stopped because the text was complete.
    """

    text: str
    range: Range
    confidence: float | None = None
    parsed: bool | None = None
    checks: tuple[str, ...] = ()
    finish: FinishReason | None = None


@frozen
class Section:
    """A part of the prompt.

    Attributes:
        name: a context source's, "kept" for related code as an earlier prompt had it, "cell", "scope" for the
            headers of definitions that the prefix begins in, "prefix" or "suffix".
        path: where it is from; empty for the document itself.
        characters: its length in code points.
        tokens: an estimate of its tokens.
        text: the part itself, its secrets masked.
    """

    name: str
    path: str
    characters: int
    tokens: int
    text: str = field(default="", repr=False)


@frozen
class Step:
    """What one filter or check changed.

    Attributes:
        name: the filter's name.
        before, after: the candidate's length in code points.
        detail: the rejection's words when it ended there.
    """

    name: str
    before: int
    after: int
    detail: str = ""


@frozen
class Timings:
    """Where the time went, in seconds from the request's start; None for what did not happen.

    Attributes:
        first_token: until the first token came.
        generated: until the generation ended or was stopped.
        gate: spent in the parse gate.
        total: until the outcome was there.
    """

    first_token: float | None = None
    generated: float | None = None
    gate: float | None = None
    total: float = 0.0


@frozen
class Outcome:
    """Suggestions, or why there are none, and all that is needed to explain either.

    Attributes:
        suggestions: what may be shown, the best first.
        reasons: why something is not shown. Empty only when there is a suggestion.
        shape: "line" or "block", and why it was chosen; empty when the model was not asked.
        sections: what the model saw, in the prompt's order.
        raw: the model's text as it came, before any filter; of several, the one behind the best suggestion.
        steps: what each filter and the gate did with it, in order.
        tokens: how many tokens it has.
        usage: the engine's own figures; None when it was stopped before it told them.
        error: the engine's error behind `ENGINE_FAILED` or `MODEL_MISSING`.
        source: where the suggestions come from. Unless that is `MODEL`, the rest tells how they were made then; of
            the timings, `total` is this request's.
    """

    suggestions: tuple[Suggestion, ...] = ()
    reasons: tuple[Rejection, ...] = ()
    shape: str = ""
    sections: tuple[Section, ...] = ()
    raw: str = ""
    steps: tuple[Step, ...] = ()
    tokens: int = 0
    timings: Timings = field(factory=Timings)
    usage: Usage | None = None
    error: EngineError | None = None
    source: Source = Source.MODEL
