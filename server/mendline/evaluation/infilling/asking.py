"""What the model is asked for an item, and what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import attrs
from attrs import field, frozen

from mendline.engine.protocol import ContextChunk, Engine, FillRequest, Priority, Sampling, Usage
from mendline.evaluation.infilling.items import Item
from mendline.evaluation.timed import Timed, timed

_ONE_LINE_TOKENS = 96
_TOKENS = 192


Pieces = Sequence[ContextChunk]


@frozen
class Method:
    """How items are asked; results of different methods can't be compared.

    Decoding is greedy. The hole of a single-line item gets the first line of what the model writes; every other hole,
    and with `raw` every hole, gets all of it.

    Attributes:
        raw: don't cut single-line items.
        characters: how many characters before the hole are typed, where typing is simulated.
        step: how many of them come at once.
        related: how many pieces of other programs the model sees before the item's. Where typing is simulated, they
            come in another order when the item is opened, so that the cache moves them.
        pause_seconds: time between one step's answer and the next step (or the hole's request), in which an engine may
            do what it does when idle. Without a pause, nothing that a splice approximated is ever computed anew: that
            is the worst case.
    """

    raw: bool = False
    characters: int = field(default=24, validator=attrs.validators.ge(1))
    step: int = field(default=3, validator=attrs.validators.ge(1))
    pause_seconds: float = field(default=0.0, validator=attrs.validators.ge(0))
    related: int = field(default=0, validator=attrs.validators.ge(0))

    def request(self, item: Item, pieces: Pieces = ()) -> FillRequest:
        """Return the request for an item's hole, behind pieces of other programs."""
        sampling = Sampling(
            max_tokens=_ONE_LINE_TOKENS if item.one_line else _TOKENS,
            stop=("\n",) if self._cuts(item) else (),
        )
        return FillRequest(
            prefix=item.prompt,
            suffix=item.suffix,
            path=_path(item) if pieces else "",
            context=tuple(pieces),
            sampling=sampling,
        )

    def pieces(self, item: Item, items: Sequence[Item]) -> Pieces:
        """Return the pieces that an item gets: the whole programs of the next problems among `items`, by turns."""
        where = next((number for number, each in enumerate(items) if each.task_id == item.task_id), 0)
        others = {
            each.problem: ContextChunk(_path(each), each.prompt + each.canonical_solution + each.suffix)
            for each in reversed((*items[where:], *items[:where]))
            if each.problem != item.problem
        }
        return tuple(reversed(others.values()))[: self.related]

    def middle(self, item: Item, text: str) -> str:
        """Return what goes into the hole when the model wrote `text`."""
        return text.partition("\n")[0] + "\n" if self._cuts(item) else text

    def typing(self, item: Item, pieces: Pieces = ()) -> Iterator[FillRequest]:
        """Return the requests on the way to an item's hole: one where the typing begins, then one for each step.

        The hole's own request is not among them. All have the hole's suffix; each asks for one token. The first has
        the pieces in another order, the last of them first.
        """
        end = len(item.prompt)
        sampling = Sampling(max_tokens=1)
        begin = max(end - self.characters, 0)
        for place in range(begin, end, self.step):
            moved = (*pieces[-1:], *pieces[:-1]) if place == begin else tuple(pieces)
            yield attrs.evolve(self.request(item, moved), prefix=item.prompt[:place], sampling=sampling)

    def _cuts(self, item: Item) -> bool:
        return item.one_line and not self.raw


@frozen
class Typing:
    """What happened before the hole's request.

    Attributes:
        opening: the cost of computing the prompt where the typing begins.
        steps: the answer at each place on the way.
    """

    opening: Usage
    steps: tuple[Timed, ...]


async def type_towards(engine: Engine, item: Item, method: Method, pieces: Pieces = ()) -> Typing:
    """Open an item's program where the typing begins, then type up to just before the hole."""
    first, *steps = method.typing(item, pieces)
    opening = await engine.warm(attrs.evolve(first, priority=Priority.BACKGROUND))
    answers: list[Timed] = []
    for request in steps:
        await asyncio.sleep(method.pause_seconds)
        answers.append(await timed(engine.fill(request)))
    await asyncio.sleep(method.pause_seconds)
    return Typing(opening, tuple(answers))


def _path(item: Item) -> str:
    return f"{item.entry_point}.py"
