"""Go's tests: run by the real Go in the sandbox where there is one, and what it says read without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Point
from mendline.checks.process import Command, Finished
from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.verifiers.go_test import GO_TESTS
from support.checked import plant
from support.indexed import write_files
from support.installed import needs

SUMS = "package sums\n\nfunc Add(a, b int) int { return a - b }\n"
TESTS = """package sums

import "testing"

func TestAdd(t *testing.T) {
\tif got := Add(1, 1); got != 2 {
\t\tt.Errorf("Add(1, 1) = %d,\\nand not 2", got)
\t}
}

func TestZero(t *testing.T) {
\tt.Run("both", func(t *testing.T) { _ = Add(0, 0) })
\tt.Run("one", func(t *testing.T) {
\t\tif Add(0, 1) != 1 {
\t\t\tt.Fatal("no")
\t\t}
\t})
}

func TestLater(t *testing.T) { t.Skip("later") }
"""
FILES = {"go.mod": "module example.com/sums\n\ngo 1.19\n", "in/sums.go": SUMS, "in/sums_test.go": TESTS}
PATH = "in/sums.go"


async def check(root: Path, text: str) -> Report:
    return await GO_TESTS.run(Subject(Project(root, trusted=True), PATH, "go", {PATH: text}), 110)


@needs("go")
async def test_what_fails_and_what_does_not(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    report = await check(tmp_path, SUMS)
    assert (report.status, report.note, report.confinement) == (Status.RAN, "", LABELS[best_way()])
    assert (report.tests_passed, report.tests_failed) == (1, 2)
    assert {finding.code: (finding.path, finding.start) for finding in report.findings} == {
        "TestAdd": ("in/sums_test.go", Point(6, 0)),
        "TestZero/one": ("in/sums_test.go", Point(14, 0)),
    }
    assert report.findings[0].message == "TestAdd: Add(1, 1) = 0,\n        and not 2"
    fixed = await check(tmp_path, SUMS.replace("a - b", "a + b"))
    assert (fixed.tests_passed, fixed.tests_failed) == (3, 0)
    broken = await check(tmp_path, SUMS.replace("a - b", "a - c"))
    assert broken.status is Status.BROKEN
    panics = await check(tmp_path, SUMS.replace("return a - b", 'panic("no")'))
    assert panics.status is Status.RAN
    assert panics.findings[0].message.startswith("TestAdd: panic: no")
    assert panics.findings[0].path == PATH


def _said(*events: dict[str, str]) -> str:
    return "\n".join(json.dumps(event) for event in events)


@pytest.mark.parametrize(
    ("said", "status", "expected", "counts"),
    [
        (_said({"Action": "pass", "Test": "TestA"}, {"Action": "pass"}), 0, Status.RAN, (1, 0)),
        (_said({"Action": "fail", "Test": "TestA"}), 1, Status.RAN, (0, 1)),
        (_said({"Action": "fail", "Test": "TestA/b"}, {"Action": "fail", "Test": "TestA"}), 1, Status.RAN, (0, 1)),
        (_said({"Action": "skip", "Test": "TestA"}), 0, Status.RAN, (0, 0)),
        (_said({"Action": "pass"}), 0, Status.MISSING, (0, 0)),
        ("# sums\n./sums.go:3:33: undefined: c\nFAIL\tsums [build failed]", 1, Status.BROKEN, (0, 0)),
        (_said({"Action": "run", "Test": "TestA"}, {"Action": "fail"}), 1, Status.BROKEN, (0, 0)),
        ('{"Action": ', 1, Status.BROKEN, (0, 0)),
        ('{"Test": "TestA"}', 1, Status.BROKEN, (0, 0)),
        ("", 2, Status.BROKEN, (0, 0)),
    ],
)
async def test_what_it_says(
    said: str, status: int, expected: Status, counts: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, FILES)
    plant(tmp_path / ".venv/bin", "go", "")

    async def run(command: Command, seconds: float) -> Finished:
        return Finished(status, said.encode())

    monkeypatch.setattr("mendline.checks.testing.run_process", run)
    report = await check(tmp_path, SUMS)
    assert report.status is expected
    assert (report.tests_passed, report.tests_failed) == counts
