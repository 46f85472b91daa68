"""A problem in, a checked fix out: the whole, with a scripted model and scripted checks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from mendline.checks.check import Kind, Project, Status, Subject
from mendline.checks.finding import Finding, Point
from mendline.checks.verifiers.python_compile import PythonCompile
from mendline.checks.verifiers.syntax import Syntax
from mendline.engine import errors
from mendline.engine.fake import Answer, FakeEngine, Gate
from mendline.engine.protocol import ChatRequest
from mendline.features.repair import Budget, Options, Problem, Repair, markdown, offered, repair
from mendline.features.repair.candidate import applied
from mendline.text.document import Document
from support.fixed_index import FixedIndex, defined
from support.scripted_check import ScriptedCheck, words_not_allowed

_TEXT = """import math


def area(radius):
    result = wrong(radius)
    return result
"""
_RIGHT = "result = math.pi * radius**2\n```\nThat mends it."
_WORSE = "result = worse(radius)\n```"
_BROKEN = "result = (radius\n```"


def problem(text: str = _TEXT, word: str = "wrong", language: str = "python") -> Problem:
    document = Document.of(text)
    found = words_not_allowed(word)(_subject(text))
    return Problem.of(document, language, "area.py", found[0], Project(Path("/nowhere")))


def _subject(text: str) -> object:
    class Subject:
        path = "area.py"

    subject = Subject()
    subject.text = text  # type: ignore[attr-defined]
    return subject


def lint(*words: str) -> ScriptedCheck:
    return ScriptedCheck(words_not_allowed(*(words or ("wrong", "worse"))))


_ONE = Options(candidates=0, instant=False)


async def test_a_fix_is_verified_where_a_check_saw_the_problem_before_and_does_not_any_more() -> None:
    asked = problem()
    found = await repair(asked, FakeEngine(default=_RIGHT), [lint()], Budget(rounds=1), options=_ONE)
    assert found.verified
    assert found.title == "Fix: undefined name `wrong` (parses, scripted passes)"
    assert applied(asked.document, found.edits).text == _TEXT.replace("wrong(radius)", "math.pi * radius**2")
    assert "-    result = wrong(radius)\n+    result = math.pi * radius**2\n" in found.explanation.diff


@pytest.mark.parametrize(
    ("checks", "language", "title"),
    [
        ([], "python", "(unverified: no checker for Python)"),
        ([], "lua", "(unverified: no checker for Lua)"),
        ([ScriptedCheck(words_not_allowed("other"))], "python", "(unverified: no checker here reports the problem)"),
        (
            [ScriptedCheck(words_not_allowed("wrong"), "ruff", status=Status.MISSING)],
            "python",
            "(unverified: ruff is missing)",
        ),
        (
            [ScriptedCheck(words_not_allowed("wrong"), "pytest", Kind.TESTS, status=Status.UNTRUSTED)],
            "python",
            "(unverified: pytest needs a trusted workspace)",
        ),
    ],
)
async def test_a_fix_that_nobody_could_judge_says_so(checks: list[ScriptedCheck], language: str, title: str) -> None:
    text = _TEXT if language == "python" else "local result = wrong(radius)\n"
    asked = problem(text, language=language)
    answer = _RIGHT if language == "python" else "local result = right(radius)\n```"
    found = await repair(asked, FakeEngine(default=answer), checks, Budget(rounds=1), options=_ONE)
    assert found.found
    assert not found.verified
    assert found.title.endswith(title)


@pytest.mark.parametrize("answer", [_WORSE, _BROKEN, "result = wrong(radius)\n```", "```", "result = wrong(1)  # noqa"])
async def test_nothing_is_offered_that_is_no_better(answer: str) -> None:
    asked = problem()
    # `worse` is as bad: the problem is gone and another one is there, which a second check has to say.
    other = ScriptedCheck(words_not_allowed("wrong", "worse"), "other")
    found = await repair(asked, FakeEngine(default=answer), [lint(), other], Budget(rounds=2), options=_ONE)
    assert not found.verified
    if answer != _WORSE:
        assert not found.edits
        assert found.title == "No fix found: undefined name `wrong`"


async def test_what_the_checks_said_is_in_the_next_rounds_prompt_and_nothing_is_tried_twice() -> None:
    engine = FakeEngine([("never", "")], default=_WORSE)
    check = lint()
    found = await repair(problem(), engine, [check], Budget(rounds=3), options=_ONE)
    prompts = [each.messages[1].content for each in engine.requests if isinstance(each, ChatRequest)]
    assert len(prompts) == 3
    assert "This was tried" not in prompts[0]
    assert "This was tried and is wrong" in prompts[1]
    assert "Error in the line `result = worse(radius)`: undefined name `worse`" in prompts[1]
    assert len({subject.text for subject in check.subjects}) == len(check.subjects)
    assert not found.verified


async def test_an_import_goes_to_the_files_beginning() -> None:
    text = _TEXT.replace("import math\n", "import os\n").replace("wrong(radius)", "math.pi * radius")
    asked = problem(text, "math")
    engine = FakeEngine(default="import math\nresult = math.pi * radius\n```")
    check = ScriptedCheck(lambda subject: [] if "import math" in subject.text else words_not_allowed("math")(subject))
    found = await repair(asked, engine, [check], Budget(rounds=1), options=_ONE)
    assert found.verified
    assert applied(asked.document, found.edits).text == text.replace("import os\n", "import math\nimport os\n")


async def test_an_instant_proposal_that_is_right_asks_no_model() -> None:
    text = _TEXT.replace("return result", "return reslt").replace("wrong(radius)", "2 * radius")
    engine = FakeEngine()
    found = await repair(problem(text, "reslt"), engine, [lint("reslt")], Budget())
    assert found.verified
    assert found.origin == "similar name"
    assert not engine.requests


async def test_an_engine_that_fails_leaves_what_was_found_without_it() -> None:
    engine = FakeEngine(errors={0: errors.EngineDied("the engine died")})
    found = await repair(problem(), engine, [lint()], Budget(rounds=2))
    assert not found.found
    assert "the engine died" in found.explanation.trouble
    assert "the engine died" in markdown(found)


async def test_cancelling_ends_the_models_work() -> None:
    gate = Gate()
    engine = FakeEngine(default=_RIGHT, prefill_gate=gate)
    task = asyncio.create_task(repair(problem(), engine, [lint()], Budget(), options=_ONE))
    await gate.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.records[0].cancelled


async def _asked_meanwhile(engine: FakeEngine, held: Gate, gate: Gate, **more: Any) -> asyncio.Task[Repair]:
    """A repair whose model is asked while a check still looks at the file as it is."""
    check, options = lint(), Options(candidates=0)
    check.hold = held
    task = asyncio.create_task(repair(problem(), engine, [check], Budget(seconds=60), options=options, **more))
    await gate.reached.wait()
    await held.reached.wait()
    return task


async def test_the_model_answers_while_the_checks_look_at_the_file_as_it_is() -> None:
    gate, held = Gate(), Gate()
    engine = FakeEngine(default=_RIGHT, prefill_gate=gate)
    task = await _asked_meanwhile(engine, held, gate)
    gate.open()
    await engine.records[0].ended.wait()
    held.open()
    found = await task
    assert found.verified
    assert len(engine.requests) == 1
    assert found.explanation.tokens > 0


async def test_cancelling_while_the_checks_look_at_the_file_ends_the_models_work() -> None:
    gate, held = Gate(), Gate()
    engine = FakeEngine(default=_RIGHT, prefill_gate=gate)
    task = await _asked_meanwhile(engine, held, gate)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.records[0].cancelled


@pytest.mark.parametrize("answered", [True, False])
async def test_where_the_checks_take_all_the_time_the_models_work_ends_and_what_it_cost_is_told(answered: bool) -> None:
    gate, held, now = Gate(), Gate(), [0.0]
    engine = FakeEngine(default=_RIGHT, prefill_gate=gate)
    task = await _asked_meanwhile(engine, held, gate, clock=lambda: now[0])
    if answered:
        gate.open()
        await engine.records[0].ended.wait()
    now[0] = 100.0
    held.open()
    found = await task
    assert (found.found, found.explanation.ending) == (False, "out of time")
    assert engine.records[0].outcome == ("finished" if answered else "cancelled")
    assert (found.explanation.tokens > 0) is answered


async def test_an_engine_that_fails_ahead_leaves_the_checks_word() -> None:
    engine = FakeEngine(errors={0: errors.EngineDied("the engine died")})
    found = await repair(problem(), engine, [lint()], Budget(rounds=1), options=_ONE)
    assert "the engine died" in found.explanation.trouble
    assert [each.check for each in found.explanation.before] == ["scripted"]


async def test_time_ends_a_check_that_hangs() -> None:
    held = asyncio.Event()
    check = lint()
    asked = problem()
    engine = FakeEngine(default=_RIGHT)

    def find(subject: object) -> list[Finding]:
        check.hold = held
        return words_not_allowed("wrong")(subject)  # type: ignore[arg-type]

    check.find = find
    found = await repair(asked, engine, [check], Budget(seconds=0.2, rounds=1), options=_ONE)
    assert not found.found
    assert found.explanation.ending == "out of time"


@pytest.mark.parametrize("budget", [Budget(seconds=0), Budget(tokens=0), Budget(rounds=0)])
async def test_a_budget_of_nothing_asks_nobody(budget: Budget) -> None:
    engine = FakeEngine(default=_RIGHT)
    told: list[float] = []
    found = await repair(problem(), engine, [lint()], budget, progress=lambda words, part: told.append(part))
    assert not found.found
    assert not engine.requests
    assert all(0 <= part <= 1 for part in told)


async def test_progress_is_told_in_words_and_grows() -> None:
    told: list[tuple[str, float]] = []
    options = Options(candidates=0, instant=False)
    engine = FakeEngine(default=_WORSE)
    await repair(
        problem(), engine, [lint()], Budget(rounds=2), options=options, progress=lambda *each: told.append(each)
    )
    assert told[0] == ("checking the file as it is", 0.0)
    assert told[-1][0] == "round 2: 2 tried"
    parts = [part for _, part in told]
    assert parts == sorted(parts)


async def test_secrets_are_masked_in_prompts_and_stand_in_the_fix() -> None:
    secret = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
    text = f'def connect():\n    open_it(wrong, "{secret}")\n'
    asked = problem(text)
    masked = asked.document.masked(0).text
    assert secret not in masked
    copied = masked.split("\n")[1].strip().replace("wrong", "right")
    engine = FakeEngine(default=f"{copied}\n```")
    found = await repair(asked, engine, [lint()], Budget(rounds=1), options=_ONE)
    assert all(secret not in message.content for each in engine.requests for message in each.messages)  # type: ignore[union-attr]
    assert applied(asked.document, found.edits).text == text.replace("wrong", "right")


async def test_several_are_drawn_from_the_same_prompt_and_the_best_counts() -> None:
    engine = FakeEngine(lambda _: Answer.of(_WORSE, _BROKEN, _RIGHT))
    found = await repair(problem(), engine, [lint()], Budget(rounds=1), options=Options(candidates=3, instant=False))
    first, drawn = engine.requests
    assert isinstance(first, ChatRequest)
    assert isinstance(drawn, ChatRequest)
    assert first.messages == drawn.messages
    assert (first.sampling.n, first.sampling.temperature) == (1, 0.0)
    assert drawn.sampling.n == 3
    assert drawn.sampling.temperature > 0
    assert found.verified
    assert [each.fate for each in found.explanation.attempts] == [
        "not better", "repeated", "adds a syntax error", "solved"
    ]  # fmt: skip


def test_what_could_be_tried_is_said_at_once() -> None:
    assert offered(problem().finding) == "Fix with Mendline: undefined name `wrong`"


_UNCLOSED = """import math


def area(radius):
    return math.pi * zebra(radius)


def twice(radius):
    return 2 * area(radius
"""


def _parsed(subject: object) -> list[Finding]:
    try:
        compile(subject.text, "area.py", "exec")  # type: ignore[attr-defined]
    except SyntaxError as error:
        at = Point((error.lineno or 1) - 1, (error.offset or 1) - 1)
        return [Finding("area.py", at, at, str(error.msg), source="own")]
    return []


@pytest.mark.parametrize(("word", "verified"), [("zebra", True), ("area", False)])
async def test_what_a_syntax_error_has_hidden_is_not_the_fixs_doing_unless_it_touches_that(
    word: str, verified: bool
) -> None:
    def names(subject: object) -> list[Finding]:
        return [] if _parsed(subject) else words_not_allowed(word)(subject)[:1]  # type: ignore[arg-type]

    finding = _parsed(type("Subject", (), {"text": _UNCLOSED}))[0]
    asked = Problem.of(Document.of(_UNCLOSED), "python", "area.py", finding, Project(Path("/nowhere")))
    checks = [ScriptedCheck(_parsed, "own", Kind.SYNTAX), ScriptedCheck(names, "names")]
    found = await repair(asked, None, checks, Budget(rounds=1))
    assert found.found
    assert found.verified is verified


_TWO_ERRORS = """def pop(items):
    if not items:
        raise IndexError("empty"
    return items.pop()


def peek(items):
    return (items[-1]
"""


async def test_the_next_error_of_a_parser_that_tells_one_at_a_time_is_not_new() -> None:
    finding = _parsed(type("Subject", (), {"text": _TWO_ERRORS}))[0]
    asked = Problem.of(Document.of(_TWO_ERRORS), "python", "area.py", finding, Project(Path("/nowhere")))
    found = await repair(asked, None, [ScriptedCheck(_parsed, "own", Kind.SYNTAX)], Budget(rounds=1))
    assert found.verified
    assert applied(asked.document, found.edits).text == _TWO_ERRORS.replace('"empty"', '"empty")')


def _whole(text: str) -> Subject:
    return Subject(Project(Path("/")), "area.py", "python", {"area.py": text})


_HIDING = """def area(radius):
    return radius


def twice(radius):
    return area(radius, zebra(2
"""


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("return area(radius, zebra(2))", "Fix: {} (parses, 1 problem left that it had hidden)"),
        ("return area(radius, zebra(2, radius))", "Fix: {} (parses, 1 problem left that it had hidden)"),
        ("return area(radius, zebra(2)", ""),  # it still doesn't parse
        ("return area(radius, 2)", "Fix: {} (parses, names passes)"),
        ("return area(zebra, zebra(2))", ""),  # a word is gone, and another one has come
        ("return area(zebra(2))", ""),  # a word is gone
        ("return zebra(area(radius, zebra(2)))", ""),  # the name has come once more
        ("return area('radius, zebra(2))", ""),  # another syntax error
        ("return area('radius', zebra(2))", ""),  # what is a string has changed before it
        ("return area(radius, zebra('2'))", "Fix: {} (parses, 1 problem left that it had hidden)"),
        ("if radius:\n        return area(radius, zebra(2))", ""),  # the line has moved to another block
    ],
)
async def test_what_the_error_has_hidden_in_its_own_lines_may_stay_unless_the_fix_may_have_made_it(
    answer: str, title: str
) -> None:
    def names(subject: object) -> list[Finding]:
        return [] if _parsed(subject) else words_not_allowed("zebra")(subject)  # type: ignore[arg-type]

    finding = _parsed(type("Subject", (), {"text": _HIDING}))[0]
    asked = Problem.of(Document.of(_HIDING), "python", "area.py", finding, Project(Path("/nowhere")))
    checks = [ScriptedCheck(_parsed, "own", Kind.SYNTAX), ScriptedCheck(names, "names")]
    found = await repair(
        asked, FakeEngine(default=f"def twice(radius):\n    {answer}\n```"), checks, Budget(rounds=1), options=_ONE
    )
    assert (found.title if found.found else "") == title.format(finding.message)
    assert found.verified is bool(title)


_MISPLACED = """def best(values):
    for value in values:
        if value:
            print(value)
      return values


def other():
    return zebra
"""


def _names_in_place(subject: object) -> list[Finding]:
    """What only a type checker sees, and tells of the definition's first line: its end is reached."""
    if _parsed(subject):
        return []
    text = subject.text  # type: ignore[attr-defined]
    at = Point(0, 0)
    ends = (
        []
        if "\n    return values" in text
        else [Finding("area.py", at, at, "returns 'None', not 'int'", source="types")]
    )
    return [*ends, *words_not_allowed("zebra")(subject)]  # type: ignore[arg-type]


async def test_an_error_of_a_block_in_which_a_line_has_moved_was_not_hidden() -> None:
    finding = _parsed(type("Subject", (), {"text": _MISPLACED}))[0]
    asked = Problem.of(Document.of(_MISPLACED), "python", "area.py", finding, Project(Path("/nowhere")))
    checks = [ScriptedCheck(_parsed, "own", Kind.SYNTAX), ScriptedCheck(_names_in_place, "types", Kind.TYPES)]
    found = await repair(asked, None, checks, Budget(rounds=1))
    # What is told of the other function was hidden all the same.
    assert found.verified
    assert applied(asked.document, found.edits).text == _MISPLACED.replace("      return values", "    return values")


_COMMAS = "x = foo(1 2) + [3 4]\n"
_LEAVES = "unverified: leaves another syntax error in these lines"


@pytest.mark.parametrize(
    ("answer", "one_at_a_time", "all_at_once"),
    [
        ("x = foo(1, 2) + [3, 4]", "parses", "parses"),
        # Who tells all of them has told the other one before.
        ("x = foo(1, 2) + [3 4]", _LEAVES, "leaves other syntax errors"),
        ("x = foo(1) + [3 4]", "", ""),  # a word is gone
        ("x = foo(1 2) + [3, 4]", "", ""),  # it is the other one that is mended
        ("x = foo(1, 2) + [3 5 4]", "", ""),
    ],
)
async def test_another_syntax_error_in_its_line_may_stay(answer: str, one_at_a_time: str, all_at_once: str) -> None:
    for check, expected in ((PythonCompile(), one_at_a_time), (Syntax(), all_at_once)):
        told = (await check.run(_whole(_COMMAS), 60)).findings[0]
        asked = Problem.of(Document.of(_COMMAS), "python", "area.py", told, Project(Path("/")))
        found = await repair(asked, FakeEngine(default=f"{answer}\n```"), [check], Budget(rounds=1), options=_ONE)
        assert (found.title.rpartition(" (")[2].removesuffix(")") if found.found else "") == expected
        assert found.verified is (bool(expected) and expected != _LEAVES)


async def test_the_file_keeps_its_last_line_break() -> None:
    text = _TEXT.replace("wrong(radius)", "2 * radius").replace("return result", "print(wrong")
    asked = problem(text)
    engine = FakeEngine(default="    result = 2 * radius\n    print(result)\n```")
    found = await repair(asked, engine, [lint()], Budget(rounds=1), options=_ONE)
    assert applied(asked.document, found.edits).text.endswith("print(result)\n")


async def test_all_candidates_are_tested_by_what_is_chosen_for_the_place_of_the_problem() -> None:
    check = lint()
    text = f"{_TEXT}\n\ndef ring(outer):\n    return area(outer)\n"
    renamed = "result = right(radius)\n    return result\n\n\ndef other():\n    return 1\n```"
    await repair(problem(text), FakeEngine(default=renamed), [check], Budget(rounds=1), options=_ONE)
    assert len(check.subjects) == 2
    assert {subject.symbols for subject in check.subjects} == {("area", "ring")}


@pytest.mark.parametrize(("text", "symbols"), [("x = (wrong(:\n", ("made", "Basket")), ("wrong()\n", ())])
async def test_where_an_error_hides_a_definition_the_index_may_know_it(text: str, symbols: tuple[str, ...]) -> None:
    check = lint()
    asked = evolve(problem(text), index=FixedIndex([defined("made", "area.py", container="Basket")]))
    await repair(asked, None, [check], Budget(rounds=1), options=_ONE)
    assert {subject.symbols for subject in check.subjects} == {symbols}
