"""The suggestions made of late, so that none is computed twice: typed through, come back to, asked for again."""

from __future__ import annotations

from collections import OrderedDict

from attrs import define, field, frozen

from mendline.features.completion.asked import Asked
from mendline.features.completion.filters.deleted import brings_back
from mendline.features.completion.outcome import Outcome, Suggestion
from mendline.features.completion.typethrough import remainder

_MOST = 48
_MOST_CHARACTERS = 24_000_000


@frozen
class Made:
    """A suggestion and how it came about.

    Attributes:
        number: tells it from all others of the session; what is left of a suggestion keeps its number.
        asked: the request it was made for.
        outcome: that request's outcome.
        suggestion: the suggestion as it was made.
    """

    number: int
    asked: Asked
    outcome: Outcome
    suggestion: Suggestion

    @property
    def result(self) -> str:
        """The whole text that accepting it leads to."""
        text, range_ = self.asked.text, self.suggestion.range
        return f"{text[: range_.start]}{self.suggestion.text}{text[range_.end :]}"

    @property
    def cursor(self) -> int:
        """Behind the suggestion in `result`, in code points."""
        return self.suggestion.range.start + len(self.suggestion.text)

    def remainder(self, asked: Asked) -> Suggestion | None:
        """Return what is left of it at another place (`typethrough.remainder`), unless that was just deleted there."""
        left = remainder(self.asked, self.suggestion, asked)
        if left is None or asked.selected is not None:
            return left
        return None if brings_back(left.text, asked.snapshot.deleted_at(asked.offset)) else left


@frozen
class Found:
    """A suggestion that serves a request again, whole or in part."""

    made: Made
    suggestion: Suggestion


@define
class Recent:
    """Suggestions by the whole text of their document, the place in it, the popup's item, and the settings.

    Nothing shorter than the whole text would do: the gate judged whole documents. When another document changes, which
    the model may have seen, all suggestions outside of it are forgotten (`changed`). Related code that was gathered
    meanwhile is worth another question at a place the user has not left; who comes back by undo sees what was there.

    Attributes:
        most: how many requests are kept.
        most_characters: how many code points their documents may have together. The latest is kept in any case.
    """

    most: int = _MOST
    most_characters: int = _MOST_CHARACTERS
    _requests: OrderedDict[int, tuple[Made, ...]] = field(factory=OrderedDict, init=False)
    _left: set[int] = field(factory=set, init=False)
    _characters: int = field(default=0, init=False)
    _next: int = field(default=1, init=False)

    def add(self, asked: Asked, outcome: Outcome) -> tuple[Made, ...]:
        """Keep an outcome's suggestions, in their order."""
        if not outcome.suggestions:
            return ()
        made = tuple(Made(self._next + at, asked, outcome, each) for at, each in enumerate(outcome.suggestions))
        self._next += len(made)
        self._requests[made[0].number] = made
        self._characters += len(asked.text)
        while len(self._requests) > 1 and (len(self._requests) > self.most or self._characters > self.most_characters):
            self._forget(next(iter(self._requests)))
        return made

    def find(self, asked: Asked) -> tuple[Found, ...]:
        """Return what serves a request: of the latest request that has anything for it, the best first."""
        for first, made in reversed(self._requests.items()):
            if not made[0].asked.answers_to(asked) or self._asks_more(first, made[0].asked, asked):
                continue
            found = tuple(Found(each, left) for each in made if (left := each.remainder(asked)) is not None)
            if found:
                self._requests.move_to_end(first)
                return found
        return ()

    def get(self, number: int) -> Made | None:
        """Return a suggestion by its number, None when it is forgotten."""
        return next((each for made in self._requests.values() for each in made if each.number == number), None)

    def changed(self, uri: str) -> None:
        """Forget what was made in other documents than this one: the model would see the change."""
        for first, made in list(self._requests.items()):
            if made[0].asked.snapshot.uri != uri:
                self._forget(first)
        self._left.update(self._requests)

    def closed(self, uri: str) -> None:
        """Forget what was made in a document."""
        for first, made in list(self._requests.items()):
            if made[0].asked.snapshot.uri == uri:
                self._forget(first)

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        self._requests.clear()
        self._left.clear()
        self._characters = 0

    def _asks_more(self, first: int, before: Asked, now: Asked) -> bool:
        return first not in self._left and before.related != now.related and before.is_same_place(now)

    def _forget(self, first: int) -> None:
        self._left.discard(first)
        self._characters -= len(self._requests.pop(first)[0].asked.text)
