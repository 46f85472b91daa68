from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status, Subject
from mendline.checks.verifiers.eslint import ESLint
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, recorded

TEXT = 'const s = "🙂é"; foo();\n'
EXPECTED = [
    "warning 0:6-0:7 no-unused-vars 's' is assigned a value but never used.",
    "error 0:16-0:19 no-undef 'foo' is not defined.",
]
CONFIG = 'export default [{ rules: { "no-undef": "error", "no-unused-vars": "warn" } }];\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "eslint.config.mjs").write_text(CONFIG)
    return folder


def _subject(root: Path, text: str = TEXT, *, trusted: bool = True) -> Subject:
    return subject_of(root, "a.js", text, "javascript", trusted=trusted)


async def test_recorded_words(root: Path) -> None:
    said = recorded("eslint.json").decode("utf-8")
    plant(root / ".venv/bin", "eslint", f"import sys\nsys.stdout.write({said!r})\nsys.exit(1)\n")
    assert lines(await findings_of(ESLint(), _subject(root))) == EXPECTED


@needs("eslint")
async def test_findings(root: Path) -> None:
    assert lines(await findings_of(ESLint(), _subject(root))) == EXPECTED


@needs("eslint")
async def test_a_hostile_configuration_stays_in_the_sandbox(root: Path) -> None:
    mark = root.parent / "outside"
    (root / "eslint.config.mjs").write_text(
        f'import fs from "node:fs";\ntry {{ fs.writeFileSync("{mark}", ""); }} catch {{}}\n{CONFIG}'
    )
    report = await ESLint().run(_subject(root), 60)
    assert lines(report) == EXPECTED
    assert mark.exists() is (report.confinement == "limits only")


async def test_trust_is_needed(root: Path) -> None:
    assert (await ESLint().run(_subject(root, trusted=False), 60)).status is Status.UNTRUSTED


@pytest.mark.parametrize(
    ("name", "content", "configured"),
    [
        (".eslintrc.json", "{}", True),
        (".eslintrc", "", True),
        ("package.json", '{"eslintConfig": {}}', True),
        ("package.json", '{"name": "x"}', False),
        ("tsconfig.json", "{}", False),
    ],
)
async def test_a_project_without_a_configuration_is_left_alone(
    name: str, content: str, configured: bool, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    plant(tmp_path / ".venv/bin", "eslint", "print('[{\"messages\": []}]')")
    report = await ESLint().run(_subject(tmp_path), 30)
    assert report.status is (Status.RAN if configured else Status.MISSING)


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit('Oops! Something went wrong!')", Status.BROKEN),
        ("import sys\nsys.exit(2)", Status.BROKEN),
        ("print('[]')", Status.BROKEN),
        ("print('[{\"messages\": []}]')", Status.RAN),
    ],
)
async def test_a_linter_that_goes_wrong(program: str, status: Status, root: Path) -> None:
    plant(root / ".venv/bin", "eslint", program)
    report = await ESLint().run(_subject(root), 30)
    assert (report.status, report.findings) == (status, ()), report
