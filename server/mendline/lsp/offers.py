"""What was offered to the editor, under which id, and what of it is on the screen."""

from __future__ import annotations

import attrs
from attrs import define, field, frozen

from mendline.features.completion import Asked, Made, Outcome, Recent, Source, Suggestion, gives_way

_MOST_DIGITS = 20
_MOST_LEFT = 256


@frozen
class Offer:
    """A suggestion and the id by which the editor tells what became of it; what is left of one keeps its id."""

    id: str
    suggestion: Suggestion


@frozen
class Answer:
    """An outcome and what the editor gets of it.

    Attributes:
        fresh: how many of the offers were made for this request.
        kept: whether what is on the screen stays there before them.
        waited: seconds before the model was asked, in case more was typed; they aren't in the outcome's timings.
    """

    outcome: Outcome
    offers: tuple[Offer, ...] = ()
    fresh: int = 0
    kept: bool = False
    waited: float = 0.0


@define
class Offers:
    """Remembers what was made of late, and for each document what is on the screen."""

    _recent: Recent = field(factory=Recent)
    _shown: dict[str, Made] = field(factory=dict, init=False)
    _left: dict[int, int] = field(factory=dict, init=False)

    def again(self, asked: Asked) -> Answer | None:
        """Return an answer from what was made before, None when there is nothing for this request."""
        found = self._recent.find(asked)
        if not found:
            return None
        source = Source.RECENT if found[0].made.asked.is_same_place(asked) else Source.TYPE_THROUGH
        outcome = attrs.evolve(found[0].made.outcome, source=source, reasons=(), error=None)
        return self._beside_shown(asked, outcome, tuple(_offer(each.made, each.suggestion) for each in found))

    def new(self, asked: Asked, outcome: Outcome) -> Answer:
        """Take over what was made for a request."""
        offers = tuple(_offer(each, each.suggestion) for each in self._recent.add(asked, outcome))
        return attrs.evolve(self._beside_shown(asked, outcome, offers), fresh=len(offers))

    def show(self, offer_id: object) -> bool:
        """Note what is on the screen; tell whether that is news. What is not known is."""
        made = self.made(offer_id)
        if made is None:
            return True
        before = self._shown.get(made.asked.snapshot.uri)
        self._shown[made.asked.snapshot.uri] = made
        return before is None or before.number != made.number

    def made(self, offer_id: object) -> Made | None:
        """Return what an id stands for, None for what is not known, or not any more."""
        if not isinstance(offer_id, str) or not offer_id.isdecimal() or len(offer_id) > _MOST_DIGITS:
            return None
        return self._recent.get(int(offer_id))

    def left(self, made: Made) -> int:
        """Return by how many characters a document grows with what was left of an offer when it was served last."""
        return self._left.get(made.number, 0)

    def accept(self, offer_id: object) -> Made | None:
        """Note that an offer is in the document now; return what it was, None when that is not known any more."""
        made = self.made(offer_id)
        if made is not None:
            self._shown.pop(made.asked.snapshot.uri, None)
        return made

    def changed(self, uri: str) -> None:
        """Note that a document's text changed."""
        self._recent.changed(uri)

    def closed(self, uri: str) -> None:
        """Forget what was made in a document."""
        self._recent.closed(uri)
        self._shown.pop(uri, None)

    def forget(self) -> None:
        """Forget everything; ids are not given twice."""
        self._recent.clear()
        self._shown.clear()

    def _beside_shown(self, asked: Asked, outcome: Outcome, offers: tuple[Offer, ...]) -> Answer:
        """Let what is on the screen stay there, before the others, unless the first of them takes its place."""
        made = self._shown.get(asked.snapshot.uri)
        left = made.remainder(asked) if made is not None and made.asked.settings == asked.settings else None
        kept = False
        if made is not None and left is not None and not (offers and gives_way(left, offers[0].suggestion)):
            stays = _offer(made, left)
            kept = stays not in offers[:1]
            others = (
                each for each in offers if (each.suggestion.text, each.suggestion.range) != (left.text, left.range)
            )
            offers = (stays, *others)
        for each in offers:
            number, range_ = int(each.id), each.suggestion.range
            self._left.pop(number, None)
            self._left[number] = len(each.suggestion.text) - (range_.end - range_.start)
        while len(self._left) > _MOST_LEFT:
            del self._left[next(iter(self._left))]
        suggestions = tuple(each.suggestion for each in offers)
        return Answer(attrs.evolve(outcome, suggestions=suggestions), offers, kept=kept)


def _offer(made: Made, suggestion: Suggestion) -> Offer:
    return Offer(str(made.number), suggestion)
