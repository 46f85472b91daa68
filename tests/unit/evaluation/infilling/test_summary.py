"""Figures from trials."""

from __future__ import annotations

import attrs
import pytest

from mendline.engine.protocol import FinishReason, Usage
from mendline.evaluation.infilling.asking import Typing
from mendline.evaluation.infilling.summary import summarise
from mendline.evaluation.infilling.trial import Attempt, Trial
from mendline.evaluation.running import Outcome, Verdict
from mendline.evaluation.timed import Timed

OUTCOMES = {
    "+": Outcome(Verdict.PASSED),
    "-": Outcome(Verdict.FAILED, "AssertionError"),
    "s": Outcome(Verdict.FAILED, "SyntaxError"),
    "t": Outcome(Verdict.TIMED_OUT),
}


def answer(text: str, computed: int, approximate: int = 0) -> Timed:
    usage = Usage(prompt_tokens=100, cached_tokens=100 - computed, completion_tokens=8, approximate_tokens=approximate)
    return Timed((text,), FinishReason.STOP, usage, 0.25, 0.5)


def attempt(mark: str, typing: Typing | None = None) -> Attempt:
    return Attempt(answer(mark, 6 if typing else 90, 40 if typing else 0), OUTCOMES[mark], mark == "+", typing)


def trials(recomputed: str, typed: str) -> list[Trial]:
    opening = Usage(prompt_tokens=96, cached_tokens=6, approximate_tokens=2)
    typing = Typing(opening, (answer("", 5, 38), answer("", 7, 40)))
    return [
        Trial(str(number), attempt(left), attempt(right, typing))
        for number, (left, right) in enumerate(zip(recomputed, typed, strict=True))
    ]


def test_one_arm() -> None:
    figures = summarise([Trial(mark, attempt(mark)) for mark in "++-st"])
    assert set(figures) == {"items", "recomputed"}
    assert figures["items"] == 5
    arm = figures["recomputed"]
    assert (arm["passed"], arm["pass_at_1"], arm["exact_match"]) == (2, 0.4, 0.4)
    assert (arm["timed_out"], arm["did_not_parse"]) == (1, 1)
    assert (arm["prompt_tokens"], arm["computed_tokens"], arm["completion_tokens"]) == (100, 90, 8)
    assert (arm["first_token"]["p50"], arm["whole"]["max"]) == (250, 500)


@pytest.mark.parametrize(
    ("recomputed", "typed", "counts", "difference", "error", "identical"),
    [
        ("++--", "++--", (2, 0, 0, 2), 0.0, 0.0, 1.0),
        ("++--", "+-+-", (1, 1, 1, 1), 0.0, 35.36, 0.5),
        ("++++", "+++-", (3, 1, 0, 0), -25.0, 21.65, 0.75),
        ("---s", "-+ts", (0, 0, 1, 3), 25.0, 21.65, 0.5),
    ],
)
def test_the_arms_are_compared_item_by_item(
    recomputed: str, typed: str, counts: tuple[int, ...], difference: float, error: float, identical: float
) -> None:
    paired = summarise(trials(recomputed, typed))["paired"]
    assert tuple(paired[name] for name in ("both", "only_recomputed", "only_typed", "neither")) == counts
    assert (paired["difference_points"], paired["standard_error_points"]) == (difference, error)
    assert paired["identical_texts"] == identical


def test_items_that_were_spliced_are_also_summed_up_alone() -> None:
    spliced, plain = trials("+-", "-+")
    assert plain.typed is not None
    plain = attrs.evolve(plain, typed=attrs.evolve(plain.typed, answer=answer("+", 6, approximate=0)))
    figures = summarise([spliced, plain])
    assert (figures["paired"]["items"], figures["paired"]["difference_points"]) == (2, 0.0)
    assert (figures["paired_spliced"]["items"], figures["paired_spliced"]["difference_points"]) == (1, -100.0)
    assert "paired_spliced" not in summarise([plain])


def test_what_typing_cost() -> None:
    figures = summarise(trials("+", "+"))
    assert (figures["typed"]["computed_tokens"], figures["typed"]["approximate_tokens"]) == (6, 40)
    typing = figures["typing"]
    assert (typing["opening_computed_tokens"], typing["opening_approximate_tokens"], typing["steps"]) == (90, 2, 2)
    assert (typing["step"]["computed_tokens"], typing["step"]["approximate_tokens"]) == (6, 39)
    assert typing["step"]["first_token"]["p50"] == 250
