"""All problems of a file, one after the other."""

from __future__ import annotations

from pathlib import Path

from mendline.checks.check import Kind, Project
from mendline.checks.finding import Finding, Point, Severity
from mendline.engine.fake import FakeEngine
from mendline.features.repair import Budget, Problem, Way, repair_all
from mendline.text.document import Document
from support.scripted_check import ScriptedCheck, words_not_allowed

_TEXT = """import math


def area(radius):
    return math.pi * radus * radius


def ring(outer, inner):
    return area(outer) - arae(inner)
"""
_MENDED = _TEXT.replace("radus", "radius").replace("arae", "area")


def file(text: str) -> Problem:
    nothing = Finding("shapes.py", Point(0, 0), Point(0, 0), "")
    return Problem.of(Document.of(text), "python", "shapes.py", nothing, Project(Path("/nowhere")))


def lint(*words: str, **more: object) -> ScriptedCheck:
    return ScriptedCheck(words_not_allowed(*words), **more)  # type: ignore[arg-type]


async def test_each_is_repaired_on_the_result_of_the_ones_before() -> None:
    check = lint("radus", "arae")
    whole = await repair_all(file(_TEXT), Way(None, [check], Budget()))
    assert whole.document.text == _MENDED
    assert [step.problem.finding.message for step in whole.taken] == ["undefined name `radus`", "undefined name `arae`"]
    assert whole.steps[1].problem.document.text == _TEXT.replace("radus", "radius")
    assert not whole.left


async def test_what_nobody_can_mend_is_left_and_tried_once() -> None:
    check = lint("zebra", "arae")
    text = _TEXT.replace("radus", "zebra")
    engine = FakeEngine(default="return zebra(radius)\n```")
    whole = await repair_all(file(text), Way(engine, [check], Budget(rounds=1)))
    assert whole.document.text == text.replace("arae", "area")
    assert [step.taken for step in whole.steps] == [False, True]
    assert [each.message for each in whole.left] == ["undefined name `zebra`"]


async def test_only_what_is_wanted_is_taken() -> None:
    check = lint("radus", "arae")
    whole = await repair_all(file(_TEXT), Way(None, [check], Budget(), takes=lambda _: False))
    assert whole.document.text == _TEXT
    assert all(step.repair.found for step in whole.steps)
    assert not whole.taken


async def test_errors_come_first_and_hints_not_at_all() -> None:
    def find(severity: Severity, word: str) -> ScriptedCheck:
        return ScriptedCheck(words_not_allowed(word, severity=severity), word)

    checks = [find(Severity.WARNING, "radus"), find(Severity.ERROR, "arae"), find(Severity.HINT, "outer")]
    whole = await repair_all(file(_TEXT), Way(None, checks, Budget()))
    assert [step.problem.finding.message[-6:-1] for step in whole.steps] == [" `arae"[-5:], "radus"]


async def test_of_a_file_that_does_not_parse_only_that_counts() -> None:
    def find(subject: object) -> list[Finding]:
        broken = "(outer -" in subject.text  # type: ignore[attr-defined]
        at = Point(8, 15)
        return [Finding("shapes.py", at, at, "'(' was never closed", source="own")] if broken else []

    text = _MENDED.replace("(outer) -", "(outer -")
    syntax = ScriptedCheck(find, "own", Kind.SYNTAX)
    also = ScriptedCheck(find, "general", Kind.SYNTAX)
    other = lint("radius")
    whole = await repair_all(file(text), Way(None, [also, syntax, other], Budget()))
    # The same, said by two: tried once.
    assert len([step for step in whole.steps if "never closed" in step.problem.finding.message]) == 1


async def test_what_others_told_moves_with_the_lines() -> None:
    text = _TEXT.removeprefix("import math\n\n\n")
    told = [(found, ()) for found in words_not_allowed("math", "arae")(file(text).subject())]
    told = [(Finding("shapes.py", f.start, f.end, f.message, f.severity, f.source), notes) for f, notes in told]
    check = ScriptedCheck(
        lambda subject: [] if "import math" in subject.text else words_not_allowed("math")(subject), "imports"
    )
    names = lint("arae")
    whole = await repair_all(file(text), Way(None, [check, names], Budget(), looks=False), told)
    added = whole.document.line_count - Document.of(text).line_count
    assert whole.document.text == "import math" + "\n" * added + text.replace("arae", "area")
    assert len(whole.taken) == 2
    assert whole.taken[1].problem.finding.start.line == told[1][0].start.line + added
    assert not whole.reports
