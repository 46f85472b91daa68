from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.shellcheck import ShellCheck
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, replay

TEXT = '#!/bin/sh\n\techo "🙂é" $y\n. ./none.sh\n'
EXPECTED = [
    "warning 1:11-1:13 SC2154 y is referenced but not assigned.",
    "information 1:11-1:13 SC2086 Double quote to prevent globbing and word splitting.",
    "information 2:2-2:11 SC1091 Not following: ./none.sh was not specified as input (see shellcheck -x).",
]


async def test_recorded_words(tmp_path: Path) -> None:
    replay(tmp_path, "shellcheck", "shellcheck.json", 1)
    subject = subject_of(tmp_path, "a.sh", TEXT, "shellscript", trusted=True)
    assert lines(await findings_of(ShellCheck(), subject)) == EXPECTED


@needs("shellcheck")
async def test_findings(tmp_path: Path) -> None:
    subject = subject_of(tmp_path, "a.sh", TEXT, "shellscript")
    found = [line.split(" ")[:3] for line in lines(await findings_of(ShellCheck(), subject))]
    assert found == [line.split(" ")[:3] for line in EXPECTED]


@needs("shellcheck")
@pytest.mark.parametrize(("path", "codes"), [("a.bash", []), ("new/a.bash", []), ("a.sh", ["SC2148"])])
async def test_the_shell_of_a_script_without_a_first_line(path: str, codes: list[str], tmp_path: Path) -> None:
    subject = subject_of(tmp_path, path, "if [[ 1 -eq 1 ]]; then echo 1; fi\n", "shellscript")
    assert [each.code for each in await findings_of(ShellCheck(), subject)] == codes


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit('unrecognized option')", Status.BROKEN),
        ("import sys\nsys.exit(2)", Status.BROKEN),
        ("print('[]')", Status.BROKEN),
        ("print('{\"comments\": []}')", Status.RAN),
    ],
)
async def test_a_linter_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "shellcheck", program)
    report = await ShellCheck().run(subject_of(tmp_path, "a.sh", "", "shellscript", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())
