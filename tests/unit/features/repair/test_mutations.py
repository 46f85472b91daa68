"""Small changes where tests fail: what they are, in which order, and that they are tried only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Kind, Project, Subject
from mendline.checks.finding import Finding, Point
from mendline.engine.fake import FakeEngine
from mendline.features.repair import Budget, Options, Problem, repair
from mendline.features.repair.region import regions
from mendline.syntax.mutations import mutations
from mendline.text.document import Document, Range
from support.scripted_check import ScriptedCheck

_PROGRAM = "def f(a, b):\n    if a < 3:\n        return a + b\n    return max(a, b)\n"


def problem(text: str = _PROGRAM, language: str = "python") -> Problem:
    finding = Finding("a", Point(0, 0), Point(0, 0), "test_f fails", source="tests", code="test_f")
    return Problem.of(Document.of(text), language, "a", finding, Project(Path("/nowhere"), trusted=True))


def changed(text: str, language: str = "python", focus: tuple[Range, ...] = ()) -> list[str]:
    asked = problem(text, language)
    assert asked.tree is not None
    region = regions(asked)[0]
    found = mutations(asked.tree, Range(region.start, region.end), focus, 500)
    return [asked.document.apply(each).text for each in found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a < 3", "a <= 3"),
        ("a < 3", "a < 4"),
        ("a < 3", "a < 2"),
        ("a < 3", "b < 3"),
        ("a + b", "a - b"),
        ("a + b", "b"),
        ("a + b", "a + a"),
        ("max(a, b)", "min(a, b)"),
        ("max(a, b)", "max(b, a)"),
        ("    if a < 3:\n        return a + b\n", ""),
    ],
)
def test_one_thing_is_changed(old: str, new: str) -> None:
    assert _PROGRAM.replace(old, new) in changed(_PROGRAM)


def test_parameters_and_called_names_stay() -> None:
    found = changed(_PROGRAM)
    assert all(text.startswith("def f(a, b):\n") for text in found)
    assert len(found) == len(set(found))


def test_languages_with_braces() -> None:
    program = "int f(int a, int b) {\n    if (a < b && !b)\n        return a % 2;\n    return 0;\n}\n"
    found = changed(program, "c")
    for old, new in (("&&", "||"), ("!b", "b"), ("a % 2", "a / 2"), ("return 0", "return 1"), ("a < b", "a <= b")):
        assert program.replace(old, new) in found


def test_what_other_attempts_have_changed_comes_first() -> None:
    at = _PROGRAM.index("    return max")
    found = changed(_PROGRAM, focus=(Range(at, len(_PROGRAM)),))
    assert found[0].startswith("def f(a, b):\n    if a < 3:\n        return a + b\n")


async def test_tests_that_fail_decide_among_them_without_a_model() -> None:
    wanted = _PROGRAM.replace("a < 3", "a <= 3")
    check = ScriptedCheck(lambda subject: _failing(subject, wanted), "tests", Kind.TESTS)
    found = await repair(problem(), None, [check], Budget(rounds=1))
    assert found.verified
    assert found.origin == "small change"
    assert found.title == "Fix: test_f fails (parses, 1 test passes)"


async def test_they_are_tried_behind_the_models_first_choice_and_only_where_tests_fail() -> None:
    lint = ScriptedCheck(lambda subject: _failing(subject, "never"), "lint", Kind.LINT)
    engine = FakeEngine(default="def f(a, b):\n    return 0\n```")
    found = await repair(problem(), engine, [lint], Budget(rounds=1), options=Options(candidates=0))
    assert {each.origin for each in found.explanation.attempts} == {"model"}
    tests = ScriptedCheck(lambda subject: _failing(subject, "never"), "tests", Kind.TESTS)
    found = await repair(problem(), engine, [tests], Budget(rounds=1), options=Options(candidates=0, mutations=5))
    assert [each.origin for each in found.explanation.attempts].count("small change") == 5
    assert found.explanation.attempts[0].origin == "model"


async def test_later_rounds_change_what_has_mended_some_of_the_tests() -> None:
    wanted = _PROGRAM.replace("a < 3", "a <= 3").replace("max", "min")

    def run(subject: Subject) -> list[Finding]:
        missing = [name for name, part in (("test_f", "a <= 3"), ("test_g", "min")) if part not in subject.text]
        return [Finding("a", Point(0, 0), Point(0, 0), f"{name} fails", source="tests", code=name) for name in missing]

    check = ScriptedCheck(run, "tests", Kind.TESTS)
    engine = FakeEngine(default="nothing of use\n```")
    asked = problem()
    found = await repair(asked, engine, [check], Budget(rounds=2), options=Options(candidates=0))
    assert found.verified
    assert [asked.document.apply(edit).text for edit in found.edits] == [wanted]
    assert found.explanation.rounds == 2


@pytest.mark.parametrize(
    ("failing", "verified", "offered"),
    [
        ((), True, True),
        # One that failed before still does: better, and no proof.
        (("test_g",), False, True),
        # It mends two and breaks one: better, and no proof.
        (("test_h",), False, True),
        # It breaks as many as it mends.
        (("test_g", "test_h"), False, False),
    ],
)
async def test_a_repair_that_breaks_other_tests(failing: tuple[str, ...], verified: bool, offered: bool) -> None:
    def run(subject: Subject) -> list[Finding]:
        names = ("test_f", "test_g") if subject.text == _PROGRAM else failing
        return [Finding("a", Point(0, 0), Point(0, 0), f"{name} fails", source="tests", code=name) for name in names]

    engine = FakeEngine(default="def f(a, b):\n    return 0\n```")
    check = ScriptedCheck(run, "tests", Kind.TESTS)
    options = Options(candidates=0, instant=False, mutations=0)
    found = await repair(problem(), engine, [check], Budget(rounds=1), options=options)
    assert (found.verified, found.found) == (verified, offered)


def _failing(subject: Subject, wanted: str) -> list[Finding]:
    if subject.text == wanted:
        return []
    return [Finding("a", Point(0, 0), Point(0, 0), "test_f fails", source="tests", code="test_f")]
