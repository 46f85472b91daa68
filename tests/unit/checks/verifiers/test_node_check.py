from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.node_check import NodeCheck
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs

TWICE = "Identifier 'a' has already been declared"
AWAIT = "error 0:15-0:15 SyntaxError await is only valid in async functions and the top level bodies of modules"


@needs("node")
@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.js", "let a = 1;\n", []),
        ("a.js", 'const s = "🙂é"; let a = 1; let a = 2;\n', [f"error 0:31-0:31 SyntaxError {TWICE}"]),
        ("a.js", 'import x from "y";\nlet a = 1; let a = x;\n', [f"error 1:15-1:15 SyntaxError {TWICE}"]),
        ("a.js", "function f() { await g(); }\n", [AWAIT]),
        ("a.js", "return 1;\n", []),
        ("a.mjs", "return 1;\n", ["error 0:0-0:0 SyntaxError Illegal return statement"]),
        ("a.js", "await import('y');\nexport const a = 1;\n", []),
        ("a.cjs", "const a = await b;\n", None),
        ("a.js", "#!/usr/bin/env node\nlet a;\n", []),
    ],
)
async def test_findings(path: str, text: str, expected: list[str] | None, tmp_path: Path) -> None:
    found = await findings_of(NodeCheck(), subject_of(tmp_path, path, text, "javascript"))
    assert len(found) == 1 if expected is None else lines(found) == expected


@needs("node")
async def test_a_package_says_what_its_files_are(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (found,) = await findings_of(NodeCheck(), subject_of(tmp_path, "src/a.js", "return 1;\n", "javascript"))
    assert found.message == "Illegal return statement"


@needs("node")
async def test_markup_is_not_judged(tmp_path: Path) -> None:
    report = await NodeCheck().run(subject_of(tmp_path, "a.js", "const a = <b/>;\n", "javascript"), 60)
    assert (report.status, report.findings) == (Status.BROKEN, ())
    assert "JSX" in report.note


@needs("node")
async def test_nothing_is_executed(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    write = f"require('fs').writeFileSync({str(mark)!r}, '');\n"
    for name in ("index.js", "node_modules/fs/index.js"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write)
    assert await findings_of(NodeCheck(), subject_of(tmp_path, "a.js", write, "javascript")) == ()
    assert not mark.exists()


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit('bad option: --check')", Status.BROKEN),
        ("import sys\nsys.exit(1)", Status.BROKEN),
        ("import os\nos.abort()", Status.BROKEN),
        ("", Status.RAN),
    ],
)
async def test_a_node_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / "node_modules/.bin", "node", program)
    report = await NodeCheck().run(subject_of(tmp_path, "a.js", "", "javascript", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())
