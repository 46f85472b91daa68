"""The way of a request for a suggestion through the server: look what is there, wait, ask, keep what was made."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import attrs
from attrs import define, field, frozen

from mendline.features.completion import (
    Asked,
    Made,
    Outcome,
    RejectReason,
    SelectedCompletion,
    Source,
    Trigger,
    accepted,
    silence,
)
from mendline.lsp.ahead import Ahead, Expected
from mendline.lsp.asking import Asking
from mendline.lsp.debounce import Debounce
from mendline.lsp.latest import LatestWins
from mendline.lsp.offers import Answer, Offer, Offers
from mendline.lsp.related import RelatedCode
from mendline.lsp.underway import Underway, Work
from mendline.settings.model import Settings
from mendline.telemetry.counters import Counters
from mendline.workspace.store import Snapshot, Workspace

logger = logging.getLogger(__name__)

_KEPT = 64
_LINE_CHARACTERS = 200


@frozen
class Request:
    """What an editor asks.

    Attributes:
        method: the protocol's method; requests of different methods don't end each other.
        offset: the cursor, in code points.
    """

    method: str
    snapshot: Snapshot
    offset: int
    trigger: Trigger
    selected: SelectedCompletion | None = None


@frozen
class Explained:
    """The last finished request of a document, its outcome, and the seconds it waited in case more was typed."""

    request: Request
    outcome: Outcome
    waited: float


@define
class Suggesting:
    """Answers requests for suggestions, one at a time for each document."""

    _workspace: Workspace
    _asking: Asking
    _related: RelatedCode
    _counters: Counters
    _sleep: Callable[[float], Awaitable[None]]
    _clock: Callable[[], float]
    _debounce: Debounce = field(factory=Debounce, init=False)
    _latest: LatestWins = field(factory=LatestWins, init=False)
    _explained: OrderedDict[str, Explained] = field(factory=OrderedDict, init=False)
    _offers: Offers = field(factory=Offers, init=False)
    _underway: Underway = field(init=False)
    _ahead: Ahead = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._underway = Underway(self._asking.now)
        self._ahead = Ahead(self._asking.ahead)

    async def suggest(self, request: Request, settings: Settings) -> tuple[Offer, ...]:
        """Return what may be shown; nothing is no error. A newer request for the document empties this one."""
        related = self._related.latest(request.snapshot.uri)
        asked = Asked(request.snapshot, request.offset, request.trigger, settings, request.selected, related)
        key = (request.method, request.snapshot.uri)
        # Before the older request gives up what it waits for.
        work = self._underway.claim(asked)
        try:
            answer = await self._latest.run(key, self._answer(asked, work))
        finally:
            if work is not None:
                self._underway.release(work)
        if answer is None:
            self._reject(RejectReason.SUPERSEDED)
            return ()
        outcome = answer.outcome
        self._keep(request, answer)
        milliseconds = 1000 * outcome.timings.total
        logger.info(
            "%s: %d offered in %.0f ms (%s)", request.method, len(answer.offers), milliseconds, outcome.source.value
        )
        for rejection in outcome.reasons:
            self._reject(rejection.reason)
        current = self._workspace.snapshot(request.snapshot.uri)
        if answer.offers and (current is None or current.document is not request.snapshot.document):
            self._reject(RejectReason.STALE)
            return ()
        self._count(answer)
        return answer.offers

    def explain(self, uri: str) -> Explained | None:
        """Return the last finished request of a document, None when there was none."""
        return self._explained.get(uri)

    def edited(self, snapshot: Snapshot) -> None:
        """Note that a document's text changed under the user's hands."""
        self._debounce.typed(self._clock())
        self._offers.changed(snapshot.uri)
        self._ahead.edited(snapshot)

    def closed(self, uri: str) -> None:
        """Note that a document was closed."""
        self._offers.closed(uri)
        self._ahead.drop()

    def forget(self) -> None:
        """Forget what was made: another engine may answer otherwise."""
        self._offers.forget()
        self._ahead.drop()

    def offered(self, offer_id: object) -> Made | None:
        """Return what an id stands for; None for what is not known, or not any more."""
        return self._offers.made(offer_id)

    def show(self, offer_id: object) -> bool:
        """Note that an offer is on the screen; tell whether that is news: however much of it is typed, it is one."""
        news = self._offers.show(offer_id)
        if news:
            self._counters.add("completion.shown")
        return news

    def accept(self, offer_id: object, settings: Settings) -> Made | None:
        """Note that an offer was accepted, and ask ahead for what comes after it; return what it was."""
        self._counters.add("completion.accepted")
        made = self._offers.accept(offer_id)
        if made is not None:
            uri = made.asked.snapshot.uri
            expected = Expected(uri, made.result, made.cursor, settings, self._related.latest(uri))
            self._ahead.expect(expected, self._workspace.snapshot(uri))
        return made

    def left(self, made: Made) -> int:
        """Return by how many characters a document grows with what was left of an offer when it was served last."""
        return self._offers.left(made)

    def after(self, uri: str) -> tuple[Snapshot, int] | None:
        """Return a document as it will be if the user accepts what was offered last, and the cursor there.

        None when nothing was, or the document is another one by now.
        """
        explained, current = self._explained.get(uri), self._workspace.snapshot(uri)
        if explained is None or current is None or not explained.outcome.suggestions:
            return None
        if explained.request.snapshot.document is not current.document:
            return None
        return accepted(current, explained.outcome.suggestions[0])

    async def _answer(self, asked: Asked, work: Work | None) -> Answer:
        started = self._clock()
        rejection = silence(asked.snapshot, asked.offset, asked.trigger, asked.settings)
        if rejection is not None:
            self._ahead.drop()
            return Answer(Outcome(reasons=(rejection,)))
        answer = self._offers.again(asked)
        if answer is None:
            answer = await self._begun_ahead(asked) or await self._continued(asked, work)
        else:
            self._ahead.drop()
        if answer is None:
            waited = await self._wait(asked)
            return attrs.evolve(self._offers.new(asked, await self._ask(asked)), waited=waited)
        total = attrs.evolve(answer.outcome.timings, total=self._clock() - started)
        return attrs.evolve(answer, outcome=attrs.evolve(answer.outcome, timings=total))

    async def _begun_ahead(self, asked: Asked) -> Answer | None:
        outcome = await self._ahead.outcome(asked)
        return None if outcome is None else self._offers.new(asked, attrs.evolve(outcome, source=Source.AHEAD))

    async def _continued(self, asked: Asked, work: Work | None) -> Answer | None:
        outcome = None if work is None else await self._underway.outcome(work)
        if work is None or outcome is None:
            return None
        begun = self._offers.new(work.asked, attrs.evolve(outcome, source=Source.UNDERWAY))
        if work.asked.is_same_place(asked):
            return begun
        answer = self._offers.again(asked)
        return answer and attrs.evolve(
            answer, fresh=begun.fresh, outcome=attrs.evolve(answer.outcome, source=Source.UNDERWAY)
        )

    async def _wait(self, asked: Asked) -> float:
        before = asked.text[max(0, asked.offset - _LINE_CHARACTERS) : asked.offset]
        if delay := self._debounce.delay(asked.trigger, asked.settings.completion, before, self._clock()):
            await self._sleep(delay)
        return delay

    async def _ask(self, asked: Asked) -> Outcome:
        outcome = await self._underway.ask(asked)
        if outcome.timings.first_token is not None:
            self._debounce.observe(outcome.timings.total)
        return outcome

    def _count(self, answer: Answer) -> None:
        self._counters.add("completion.offered", answer.fresh)
        if answer.outcome.source is not Source.MODEL:
            self._counters.add(f"completion.{answer.outcome.source.value}")
        if answer.kept:
            self._counters.add("completion.kept")

    def _keep(self, request: Request, answer: Answer) -> None:
        self._explained[request.snapshot.uri] = Explained(request, answer.outcome, answer.waited)
        self._explained.move_to_end(request.snapshot.uri)
        while len(self._explained) > _KEPT:
            self._explained.popitem(last=False)

    def _reject(self, reason: RejectReason) -> None:
        self._counters.add(f"completion.rejected.{reason.value}")
        logger.info("no suggestion: %s", reason.value)
