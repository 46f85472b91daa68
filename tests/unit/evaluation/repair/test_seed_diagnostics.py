"""The error of every seeded program is reported by a real tool, and what it reports is gone in the right program."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.catalogue import checks_for
from mendline.checks.check import Kind, Project, Report, Status, Subject
from mendline.evaluation.repair.seeds import BESIDE, Seed, read_seeds
from mendline.settings.model import Settings
from support.installed import needs

_TOOLS = {
    "c": ("gcc",),
    "java": ("javac",),
    "python": ("ruff", "pyright"),
    "rust": ("rustc",),
    "typescript": ("node", "tsc"),
}
_OWN = "syntax"
"""What Mendline finds by itself."""


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=needs(*_TOOLS[seed.language]), id=seed.name) for seed in read_seeds()]
)
async def test_a_tool_reports_the_error_and_nothing_without_it(seed: Seed, tmp_path: Path) -> None:
    for name, text in {**BESIDE.get(seed.language, {}), seed.path: seed.wrong}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = Project(tmp_path, trusted=True)
    said: list[Report] = []
    for check in checks_for(seed.language, project, Settings()):
        if check.name == _OWN or check.kind is Kind.TESTS:
            continue
        said.append(await check.run(Subject(project, seed.path, seed.language, {seed.path: seed.wrong}), 60))
        if said[-1].findings:
            assert {each.path for each in said[-1].findings} == {seed.path}
            right = await check.run(Subject(project, seed.path, seed.language, {seed.path: seed.right}), 60)
            assert (right.status, right.findings) == (Status.RAN, ())
            return
    pytest.fail(f"no tool reports it: {said}")
