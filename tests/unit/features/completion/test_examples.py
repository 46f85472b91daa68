"""What a user asked for is tried on the examples in the docstring around it, and the search goes on where they fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import define, field

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.verifiers.doctest import DOCTEST
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import ChatRequest, FillRequest, Token
from mendline.features.completion import Outcome, SelectedCompletion, Trigger, complete
from mendline.settings.model import CompletionSettings, Settings
from mendline.text.document import Range
from support.cursor_text import snapshot_at

DRAWN = 'def twice(x):\n    """Double.\n\n    >>> twice(2)\n    4\n    """\n    return ˇ\n'
INVOKED = Trigger.INVOKED
AS_WRITTEN = ("small_changes",)


@define
class Runs:
    """Counts examples as failing by the first word on the candidate's line that it knows. Implements `RunsExamples`.

    Where it knows none, `otherwise` fail; none in a text that has `holding` in it.
    """

    failed: dict[str, int]
    statuses: dict[str, Status] = field(factory=dict)
    otherwise: int = 0
    holding: str = "\0"
    asked: list[tuple[str, tuple[str, ...]]] = field(factory=list)

    async def __call__(self, text: str, symbols: tuple[str, ...], seconds: float) -> Report:
        line = next(each.strip() for each in text.splitlines() if "return" in each)
        self.asked.append((line, symbols))
        status = next((each for word, each in self.statuses.items() if word in line), Status.RAN)
        if status is not Status.RAN:
            return Report("doctest", status, note="because")
        failed = next((count for word, count in self.failed.items() if word in line), self.otherwise)
        failed = 0 if self.holding in text else failed
        return Report("doctest", Status.RAN, tests_passed=3 - failed, tests_failed=failed)


async def outcome_of(
    drawn: str,
    runs: Runs,
    *answers: Answer,
    trigger: Trigger = INVOKED,
    omit: tuple[str, ...] = AS_WRITTEN,
    **settings: object,
) -> tuple[Outcome, FakeEngine]:
    scripted = iter(answers)
    snapshot, offset = snapshot_at(drawn)
    engine = FakeEngine(lambda _: next(scripted))
    chosen = Settings(completion=CompletionSettings(**{"show_threshold": 0.0, **settings}))  # type: ignore[arg-type]
    return await complete(snapshot, offset, trigger, engine, chosen, examples=runs, omit=omit), engine


async def test_one_that_holds_ends_the_search() -> None:
    runs = Runs({})
    outcome, engine = await outcome_of(DRAWN, runs, Answer.of("x * 2"))
    assert outcome.suggestions[0].checks == ("parses", "3 examples in the docstring hold")
    assert (outcome.steps[-1].name, outcome.steps[-1].detail) == ("examples", "3 examples in the docstring hold")
    assert runs.asked == [("return x * 2", ("twice",))]
    assert len(engine.requests) == 1


async def test_where_they_fail_others_are_drawn_until_they_hold() -> None:
    runs = Runs({"x + 1": 2, "x - 1": 3, "x ** 3": 1})
    outcome, engine = await outcome_of(
        DRAWN, runs, Answer.of("x + 1"), Answer.of("x - 1", "x + 1", "x ** 3"), Answer.of("x - 1", "x + x", "x ** 9")
    )
    first, *others = (each.text for each in outcome.suggestions)
    assert first == "x + x"
    # What was not tried, since that one holds, is no worse than what fails; then those with which the fewest fail.
    assert others == ["x ** 9", "x ** 3", "x + 1", "x - 1"]
    assert [line for line, _ in runs.asked] == [f"return {each}" for each in ("x + 1", "x - 1", "x ** 3", "x + x")]
    assert outcome.suggestions[-1].checks[-1] == "3 of 3 examples in the docstring fail"
    _, *drawn = engine.requests
    assert all(isinstance(each, FillRequest) and each.sampling.n == 3 for each in drawn)
    assert len({(each.sampling.seed, each.sampling.temperature) for each in drawn}) == 2


async def test_where_they_hold_with_none_the_best_is_shown_after_so_many_turns() -> None:
    runs = Runs({"x - 0": 9, "x - 1": 8, "x - 2": 7, "x - 3": 6, "x - 4": 5, "x - 5": 4})
    answers = [Answer.of("x - 0"), *(Answer.of(f"x - {turn}", "x - 0") for turn in range(1, 9))]
    outcome, engine = await outcome_of(DRAWN, runs, *answers)
    assert outcome.suggestions[0].text == "x - 5"
    assert len(engine.requests) == 6


async def test_drawing_that_brings_nothing_better_ends_sooner_and_the_first_text_stays_the_first() -> None:
    runs = Runs({"x": 2})
    answers = [Answer.of("x + 1"), *(Answer.of(f"x - {turn}", "x", logprob=-0.01) for turn in range(9))]
    outcome, engine = await outcome_of(DRAWN, runs, *answers)
    assert outcome.suggestions[0].text == "x + 1"
    assert len(engine.requests) == 4


@pytest.mark.parametrize(
    ("written", "holds", "shown"),
    [
        ("x + 1", "x - 1", "x - 1"),
        ("x + 1", "x + 2", "x + 2"),
        ("x + 1", "return x\n", "x"),
        ("max(x, 0)", "min(x, 0)", "min(x, 0)"),
    ],
)
async def test_where_they_fail_with_what_is_drawn_small_changes_to_the_best_are_tried(
    written: str, holds: str, shown: str
) -> None:
    runs = Runs({}, otherwise=2, holding=holds)
    wrong = Answer.of(written)
    outcome, engine = await outcome_of(DRAWN, runs, wrong, wrong, omit=())
    first, *others = outcome.suggestions
    assert first.text == shown
    assert first.checks == ("parses", "changed in one place", "3 examples in the docstring hold")
    assert [each.text for each in others] == [written]
    assert [each.name for each in outcome.steps][-2:] == ["small_changes", "examples"]
    assert outcome.raw == written
    assert len(engine.requests) == 2


async def test_small_changes_stay_within_what_was_suggested_and_begin_where_the_model_was_not_sure() -> None:
    drawn = 'def twice(x):\n    """Double.\n\n    >>> twice(2)\n    4\n    """\n    return 1 < 5 and ˇ < 7\n'
    runs = Runs({}, otherwise=2)
    sure, unsure = Token("x + 2 ", -0.01), Token("- 3", -1.0)
    written = Answer((sure, unsure))
    await outcome_of(drawn, runs, *[written] * 9, omit=())
    tried = [line for line, _ in runs.asked[1:]]
    assert len(tried) > 4
    assert tried[:3] == [f"return 1 < 5 and x + 2 {each} < 7" for each in ("+ 3", "- 4", "- 2")]
    assert all(line.startswith("return 1 < 5 and ") and line.endswith(" < 7") for line in tried)


async def test_small_changes_that_help_a_little_are_shown_behind_nothing_better_and_the_rest_is_forgotten() -> None:
    runs = Runs({"x - 1": 1}, otherwise=2)
    outcome, _ = await outcome_of(DRAWN, runs, *[Answer.of("x + 1")] * 9, omit=())
    assert [each.text for each in outcome.suggestions] == ["x - 1", "x + 1"]
    assert outcome.suggestions[0].checks[-1] == "1 of 3 examples in the docstring fail"


async def test_a_block_is_asked_for_in_words_after_the_first_turn() -> None:
    drawn = DRAWN.replace("    return ˇ\n", "    ˇ\n")
    runs = Runs({"x + 1": 1})
    wrong = Answer.of("return x + 1\n")
    outcome, engine = await outcome_of(drawn, runs, wrong, wrong, Answer.of("    return x + x\n"))
    assert [type(each) for each in engine.requests] == [FillRequest, FillRequest, ChatRequest]
    assert outcome.suggestions[0].text == "return x + x"


@pytest.mark.parametrize("status", [Status.UNTRUSTED, Status.MISSING, Status.BROKEN, Status.TIMED_OUT])
async def test_what_can_not_be_run_says_nothing_of_any_candidate(status: Status) -> None:
    runs = Runs({}, {"x + 1": status})
    outcome, engine = await outcome_of(DRAWN, runs, Answer.of("x + 1"))
    assert outcome.suggestions[0].checks == ("parses",)
    assert (len(runs.asked), len(engine.requests)) == (1, 1)


async def test_what_does_not_parse_can_not_be_tried_and_is_no_better_than_what_fails() -> None:
    drawn = 'def twice(x):\n    """Double.\n\n    >>> twice(2)\n    4\n    """\n    if x:\nˇ\n    return x\n'
    runs = Runs({"x - x": 2}, {"x + x": Status.BROKEN})
    broken, failing, holding = (
        Answer.of(each) for each in ("    return x + x", "        return x - x", "        return 2 * x")
    )
    outcome, engine = await outcome_of(drawn, runs, broken, failing, holding, failing, instructed="never")
    assert [each.text.strip() for each in outcome.suggestions] == ["return 2 * x", "return x - x", "return x + x"]
    assert len(engine.requests) == 3


async def test_one_that_never_ends_is_wrong_where_another_one_ended() -> None:
    runs = Runs({"x + 1": 3}, {"x + 2": Status.TIMED_OUT})
    outcome, _ = await outcome_of(DRAWN, runs, Answer.of("x + 1"), Answer.of("x + 2", "x + 3"))
    assert [each.text for each in outcome.suggestions] == ["x + 3", "x + 1", "x + 2"]
    assert outcome.suggestions[-1].checks[-1] == "the examples in the docstring did not come to an end"


@pytest.mark.parametrize(
    ("drawn", "symbols"),
    [
        ('def f(x):\n    """f(1) == 2"""\n    return ˇ\n', ("f",)),
        ('class A:\n    """\n    >>> A().f()\n    1\n    """\n    def f(self):\n        return ˇ\n', ("A",)),
        ('def f():\n    """\n    >>> f()\n    """\n    def g():\n        """None."""\n        return ˇ\n', ("f",)),
        ('def f(x):\n    """Nothing: g(1) == 2."""\n    return ˇ\n', ()),
        ('def f(x: int, y=2):\n    """\n    Input: x = 1\n    Output: 2\n    """\n    return ˇ\n', ("f",)),
        ('def f(x: int, y):\n    """\n    Input: x = 1\n    Output: 2\n    """\n    return ˇ\n', ()),
        ('class A:\n    """Input: 1, Output: 2"""\n    def f(x):\n        return ˇ\n', ()),
        ('def f(x):\n    """\n    >>> f(1)\n    """\n\ndef g():\n    return ˇ\n', ()),
        ('def f(x):\n    x = ">>> f(1)"\n    return ˇ\n', ()),
        ("return ˇ\n", ()),
    ],
)
async def test_whose_examples_count(drawn: str, symbols: tuple[str, ...]) -> None:
    runs = Runs({})
    await outcome_of(drawn, runs, Answer.of("None"))
    assert [each for _, each in runs.asked] == ([symbols] if symbols else [])


@pytest.mark.parametrize(
    ("trigger", "omit", "settings"),
    [
        (Trigger.AUTOMATIC, (), {}),
        (INVOKED, ("examples",), {}),
        (INVOKED, (), {"examples": False}),
    ],
)
async def test_nothing_is_run_where_nobody_wants_it(
    trigger: Trigger, omit: tuple[str, ...], settings: dict[str, object]
) -> None:
    runs = Runs({})
    outcome, _ = await outcome_of(DRAWN, runs, Answer.of("x"), trigger=trigger, omit=omit, **settings)
    assert (outcome.suggestions[0].checks, runs.asked) == (("parses",), [])


async def test_nothing_is_run_over_the_popups_item() -> None:
    runs = Runs({})
    snapshot, offset = snapshot_at(DRAWN)
    item = SelectedCompletion(Range(offset, offset), "xx")
    await complete(snapshot, offset, INVOKED, FakeEngine(default=" + 1"), Settings(), selected=item, examples=runs)
    assert runs.asked == []


async def test_a_text_that_holds_is_shown_however_unsure_the_model_is() -> None:
    outcome, _ = await outcome_of(DRAWN, Runs({}), Answer.of("x", logprob=-3.0), show_threshold=0.9)
    assert outcome.suggestions


async def test_in_the_sandbox(tmp_path: Path) -> None:
    async def run(text: str, symbols: tuple[str, ...], seconds: float) -> Report:
        return await DOCTEST.run(Subject(Project(tmp_path, True), "a.py", "python", {"a.py": text}, symbols), 60)

    scripted = iter([Answer.of("x + 1"), Answer.of("x ** 3", "undefined", "x * 2")])
    snapshot, offset = snapshot_at(DRAWN)
    engine = FakeEngine(lambda _: next(scripted))
    outcome = await complete(snapshot, offset, INVOKED, engine, Settings(), examples=run)
    assert outcome.suggestions[0].text == "x * 2"
    assert outcome.suggestions[0].checks == ("parses", "the example in the docstring holds")
