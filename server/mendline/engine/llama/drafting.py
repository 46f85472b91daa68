"""Speculative decoding without a draft model: guesses copied from the text so far, and how many of them pay.

Repairs and edits mostly copy. A guess continues the place in prompt or output that agrees with the newest tokens
(prompt lookup decoding: Saxena 2023, https://github.com/apoorvumang/prompt-lookup-decoding), and the model checks all
guessed tokens in one decode call. That call costs more than a step, on a CPU much more, so the number of guesses is
chosen from what calls of each size were seen to cost and from how often guesses like these were right.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable

from attrs import define, field

from mendline.engine.llama.batch_costs import BatchCosts

__all__ = ["BatchCosts", "DraftPolicy", "NgramDraft"]

LONGEST = 63
"""The most tokens guessed at once; with the token chosen last a call of 64, the largest whose cost is known."""

_NGRAMS = (8, 5, 3)
_SHORTEST = 2
_WEIGHED = 8
_NEAR_BEHIND, _NEAR_AHEAD = 16, 96
_NEAR_BONUS = 4
_NEAR_CANDIDATES = 8

# What follows was chosen by replaying rewrites of twelve functions (greedy texts of the default model) and texts
# without copies, with calls as costly as measured on two cores and with curves 0.6 and 1.3 times as steep.
_RUNS = (1, 3, 5, 8, 16)
_PRIOR_TRIALS = 4.0
_FADED_BY_DRAFT = 0.97
_FADED_BY_REFUSAL = 0.99
_SLOWEST, _FASTEST = 1.25, 2.0  # tokens in the time of a single step: between these the pace of late is believed
_START = 1.4
_START_STEPS = 40.0
_FADED_BY_CALL = 0.99


class NgramDraft:
    """Knows a text's tokens and guesses the next ones by what followed the same tokens before.

    It follows one place in the text as long as that place agrees with what is appended. When they part, a place that
    agrees again is sought: the longest match of 8, 5 or 3 tokens, the latest of its kind; near the place where they
    parted two tokens are enough and count for more, because an edit goes on copying where it left off.
    """

    def __init__(self, tokens: Iterable[int] = ()) -> None:
        """Begin with the prompt's tokens."""
        self._tokens: list[int] = []
        self._latest: dict[tuple[int, ...], int] = {}
        self._pairs: dict[tuple[int, int], list[int]] = {}
        self._source: int | None = None
        self._parted: int | None = None
        self._agreed = 0
        for token in tokens:
            self._append(token)
        self._seek()

    @property
    def match_length(self) -> int:
        """How many of the newest tokens agree with the place that is followed; 0 when there is none."""
        return self._agreed

    def extend(self, tokens: Iterable[int]) -> None:
        """Append tokens of the output. Takes constant time for each."""
        for token in tokens:
            source = self._source
            self._append(token)
            if source is not None and self._tokens[source] == token:
                self._source = source + 1
                self._agreed += 1
                continue
            if source is not None:
                self._parted = source
            self._seek()

    def propose(self, most: int) -> list[int]:
        """Return up to `most` tokens that may come next, none when no place agrees.

        Where the place followed reaches the text's end, the guess goes on with itself: a loop is guessed as a loop.
        """
        if self._source is None or most < 1:
            return []
        draft = self._tokens[self._source : self._source + most]
        period = len(self._tokens) - self._source
        while len(draft) < most:
            draft.append(draft[len(draft) - period])
        return draft

    def _append(self, token: int) -> None:
        tokens = self._tokens
        place = len(tokens)
        for size in _NGRAMS:
            if place >= size:
                self._latest[tuple(tokens[place - size :])] = place
        if place >= _SHORTEST:
            self._pairs.setdefault((tokens[-2], tokens[-1]), []).append(place)
        tokens.append(token)

    def _seek(self) -> None:
        """Follow the best place there is."""
        best: tuple[int, int, int] | None = None
        for place in self._candidates():
            agreed = self._agreement(place)
            score = min(agreed, _WEIGHED) + _NEAR_BONUS * self._is_near(place)
            if best is None or score > best[0]:
                best = score, agreed, place
        if best is None:
            self._source, self._agreed = None, 0
        else:
            _, self._agreed, self._source = best

    def _candidates(self) -> Iterable[int]:
        """Return places whose token may come next: near where the copy was left, nearest first, then anywhere."""
        end = len(self._tokens)
        if (parted := self._parted) is not None and end >= _SHORTEST:
            places = self._pairs.get((self._tokens[-2], self._tokens[-1]), [])
            first = bisect.bisect_left(places, parted - _NEAR_BEHIND)
            near = [place for place in places[first : first + _NEAR_CANDIDATES] if self._is_near(place)]
            yield from sorted(near, key=lambda place: abs(place - parted))
        for size in _NGRAMS:
            if end >= size and (found := self._latest.get(tuple(self._tokens[-size:]))) is not None:
                yield found

    def _is_near(self, place: int) -> bool:
        return self._parted is not None and -_NEAR_BEHIND <= place - self._parted <= _NEAR_AHEAD

    def _agreement(self, place: int) -> int:
        """Return how many tokens before a place are the newest ones, counted up to `LONGEST`."""
        tokens = self._tokens
        most = min(place, LONGEST)
        backwards = zip(reversed(tokens[place - most : place]), reversed(tokens[-most:]), strict=True)
        return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], backwards)) if most else 0


@define
class _Tally:
    """How often guesses behind a run of one length went wrong; faded, so that it is about the recent past."""

    trials: float = 0.0
    wrong: float = 0.0

    def fade(self, factor: float) -> None:
        self.trials *= factor
        self.wrong *= factor


@define
class DraftPolicy:
    """How many tokens to guess.

    The chance that a guess is wrong depends on how many tokens agreed before it. Before anything is known it follows
    Laplace's rule of succession: 1 in m + 2 after m that agreed. What is seen then weighs more and more. Where guesses
    keep going wrong they stop by themselves; each refusal makes the past count a little less, so that now and then one
    is tried.

    The number chosen promises the most tokens above what the time of its call brings at the pace of late: while drafts
    bring two tokens in the time of one, a draft that would only break even is time lost (the rule of renewal-reward
    processes, where the long-run rate is the price of time).
    """

    _costs: BatchCosts
    _tallies: dict[int, _Tally] = field(factory=lambda: {run: _Tally() for run in _RUNS}, init=False)
    _asked: int = field(default=0, init=False)
    _tokens: float = field(default=_START * _START_STEPS, init=False)
    _steps: float = field(default=_START_STEPS, init=False)

    def length(self, match_length: int, most: int) -> int:
        """Return how many tokens to guess.

        Args:
            match_length: of the draft's source; see `NgramDraft.match_length`.
            most: the most that may be returned; `LONGEST` is another bound.
        """
        self._asked = match_length
        chosen = self._chosen(match_length, min(most, LONGEST)) if match_length > 0 else 0
        if chosen == 0:
            self._passed(tokens=1, steps=1.0)
            if match_length > 0:
                self._tallies[_run(match_length)].fade(_FADED_BY_REFUSAL)
        return chosen

    def observe(self, drafted: int, accepted: int, match_length: int | None = None) -> None:
        """Learn how a draft went.

        Args:
            drafted: tokens guessed.
            accepted: how many of them, from the first, were right.
            match_length: what `length` was asked with; None takes its last call, which is right where one text is
                decoded at a time.
        """
        start = self._asked if match_length is None else match_length
        outcomes = [False] * accepted + [True] * (drafted > accepted)
        for run in {_run(start + at) for at in range(len(outcomes))}:
            self._tallies[run].fade(_FADED_BY_DRAFT)
        for at, wrong in enumerate(outcomes):
            tally = self._tallies[_run(start + at)]
            tally.trials += 1
            tally.wrong += wrong
        self._passed(tokens=accepted + 1, steps=self._costs.seconds(1 + drafted) / self._costs.seconds(1))

    def _chosen(self, match_length: int, most: int) -> int:
        pace = min(max(self._tokens / self._steps, _SLOWEST), _FASTEST)
        step = self._costs.seconds(1)
        best, best_gain = 0, 1 - pace
        expected, survival = 1.0, 1.0
        for length in range(1, most + 1):
            survival *= 1 - self._wrong(match_length + length - 1)
            expected += survival
            gain = expected - pace * self._costs.seconds(1 + length) / step
            if gain > best_gain:
                best, best_gain = length, gain
        return best

    def _passed(self, *, tokens: int, steps: float) -> None:
        """Count tokens that a call brought and its time, in units of a single step's."""
        self._tokens = _FADED_BY_CALL * self._tokens + tokens
        self._steps = _FADED_BY_CALL * self._steps + steps

    def _wrong(self, match_length: int) -> float:
        tally = self._tallies[_run(match_length)]
        prior = 1 / (match_length + 2)
        return (prior * _PRIOR_TRIALS + tally.wrong) / (_PRIOR_TRIALS + tally.trials)


def _run(match_length: int) -> int:
    """Return the class of run lengths that a length is counted in."""
    return _RUNS[max(bisect.bisect_right(_RUNS, match_length) - 1, 0)]
