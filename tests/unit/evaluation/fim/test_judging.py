"""What an edit makes of a program, and how good that is. Programs are really run."""

from __future__ import annotations

import pytest

from mendline.evaluation.fim import judging as module
from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.fim.judging import Attempt, Judge
from mendline.evaluation.running import Case, Limits, Outcome
from mendline.text.document import Edit

CASES = (Case("1\n", ("2",)), Case("5\n", ("6", "six")))
HOLE = Hole("a/1", "a", "1", "n = int(input())\nprint(", ")\n", "n + 1", cases=CASES)
AT = len(HOLE.prompt)
ASSERTS = Hole("a/2", "a", "2", "def f(n):\n", "    return n\n", "    n += 1\n", check="\nassert f(1) == 2\n")


def attempt(hole: Hole, edit: Edit) -> Attempt:
    return Judge(hole, Limits()).attempt(edit)


def at(hole: Hole, text: str) -> Edit:
    return Edit(len(hole.prompt), len(hole.prompt), text)


@pytest.mark.parametrize(
    ("edit", "text", "expected"),
    [
        (Edit(AT, AT, "n + 2"), "n + 2", "n + 1"),
        (Edit(AT, AT + 1, "n + 2)"), "n + 2)", "n + 1)"),
        (Edit(AT - 1, AT, "(n"), "(n", "(n + 1"),
        (Edit(AT - 6, AT + 1, "print(n)"), "print(n)", "print(n + 1)"),
    ],
)
def test_what_is_compared(edit: Edit, text: str, expected: str) -> None:
    filled = HOLE.filled(edit)
    assert (filled.text, filled.expected) == (text, expected)


@pytest.mark.parametrize(
    ("hole", "text", "error", "exact", "parses", "breaks"),
    [
        (HOLE, "n + 1", "", True, True, False),
        (HOLE, "1 + n", "", False, True, False),
        (HOLE, "2", "WrongOutput", False, True, False),
        (HOLE, "n + ", "SyntaxError", False, False, True),
        (HOLE, "", "WrongOutput", False, True, False),
        (ASSERTS, "    n += 1", "SyntaxError", True, False, True),
        (ASSERTS, "    n += 1\n", "", True, True, False),
        (ASSERTS, "    n += 2\n", "AssertionError", False, True, False),
        (ASSERTS, "", "AssertionError", False, True, False),
    ],
)
def test_an_edit_is_judged(hole: Hole, text: str, error: str, exact: bool, parses: bool, breaks: bool) -> None:
    found = attempt(hole, at(hole, text))
    assert found.outcome.error == error
    assert found.outcome.passed is not bool(error)
    assert (found.text, found.exact, found.parses, found.breaks) == (text, exact, parses, breaks)
    assert (found.similarity == 1) is exact


def test_a_broken_document_may_stay_broken() -> None:
    hole = Hole("a/1", "a", "1", "x = (", "\ny = ]\n", "1)")
    found = attempt(hole, at(hole, "2)"))
    assert (found.parses, found.breaks) == (False, False)


def test_repetition_is_seen() -> None:
    assert attempt(ASSERTS, at(ASSERTS, "    n += 1\n    return n\n")).repeats
    assert not attempt(ASSERTS, at(ASSERTS, "    n += 1\n")).repeats


@pytest.mark.parametrize(("text", "passed"), [("n + 1", True), (" n + 1\n", True), ("n+1", False), ("", False)])
def test_without_tests_only_the_solution_is_right(text: str, passed: bool) -> None:
    hole = Hole("a/1", "a", "1", HOLE.prompt, HOLE.suffix, "n + 1")
    assert attempt(hole, at(hole, text)).outcome.passed is passed


def test_all_cases_have_to_pass_and_equal_programs_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[tuple[str, str]] = []
    run_case = module.run_case

    def counted(program: str, case: Case, limits: Limits) -> Outcome:
        runs.append((program, case.input))
        return run_case(program, case, limits)

    monkeypatch.setattr(module, "run_case", counted)
    judge = Judge(HOLE, Limits())
    assert judge.attempt(at(HOLE, "n + 1")).outcome.passed
    assert judge.attempt(Edit(AT, AT + 1, "n + 1)")).outcome.passed
    assert [given for _, given in runs] == ["1\n", "5\n"]
    assert not judge.outcome(at(HOLE, "2")).passed
    assert [given for _, given in runs[2:]] == ["1\n", "5\n"]
