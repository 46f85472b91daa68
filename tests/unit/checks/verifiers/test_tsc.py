from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.tsc import Tsc
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, replay

TEXT = """\
const s: string = "🙂é"; const n: number = s;
interface A { x: { y: number } }
const a: A = { x: { y: "1" } }; const f: (x: A) => number = (x: { x: { y: string } }) => 1;
"""
EXPECTED = [
    "error 0:30-0:30 TS2322 Type 'string' is not assignable to type 'number'.",
    "error 2:20-2:20 TS2322 Type 'string' is not assignable to type 'number'.",
    "error 2:38-2:38 TS2322 Type '(x: { x: { y: string; }; }) => number' is not assignable to type "
    "'(x: A) => number'.\n"
    "Types of parameters 'x' and 'x' are incompatible.\n"
    "Type 'A' is not assignable to type '{ x: { y: string; }; }'.\n"
    "The types of 'x.y' are incompatible between these types.\n"
    "Type 'number' is not assignable to type 'string'.",
]


async def test_recorded_words(tmp_path: Path) -> None:
    replay(tmp_path, "tsc", "tsc.txt", 2)
    assert lines(await findings_of(Tsc(), subject_of(tmp_path, "a.ts", TEXT, "typescript", trusted=True))) == EXPECTED


@needs("tsc")
async def test_findings(tmp_path: Path) -> None:
    assert lines(await findings_of(Tsc(), subject_of(tmp_path, "a.ts", TEXT, "typescript"))) == EXPECTED


@needs("tsc")
async def test_a_program_is_checked_whole_with_unsaved_texts(tmp_path: Path) -> None:
    _project(tmp_path, "tsconfig.json", {"compilerOptions": {"strict": True}, "include": ["src"]})
    _write(tmp_path / "src/lib.ts", "export function one(a: number): number { return a; }\n")
    _write(tmp_path / "src/user.ts", 'import { one } from "./lib";\none(1);\n')
    changed = "export function one(a: string): string { return a; }\n"
    found = await findings_of(Tsc(), subject_of(tmp_path, "src/lib.ts", changed, "typescript"))
    assert [(each.path, each.start.line, each.code) for each in found] == [("src/user.ts", 1, "TS2345")]
    fixed = {"src/user.ts": 'import { one } from "./lib";\none("1");\n'}
    subject = subject_of(tmp_path, "src/lib.ts", changed, "typescript", others=fixed)
    assert await findings_of(Tsc(), subject) == ()


@needs("tsc")
async def test_a_configuration_that_only_refers_to_others(tmp_path: Path) -> None:
    references = [{"path": "./tsconfig.node.json"}, {"path": "./tsconfig.app.json"}]
    _project(tmp_path, "tsconfig.json", {"files": [], "references": references})
    options = {"compilerOptions": {"strict": True, "composite": True}}
    _project(tmp_path, "tsconfig.node.json", {**options, "include": ["vite.config.ts"]})
    _project(tmp_path, "tsconfig.app.json", {**options, "include": ["src/**/*"]})
    (found,) = await findings_of(Tsc(), subject_of(tmp_path, "src/a.ts", 'const n: number = "";\n', "typescript"))
    assert (found.path, found.code) == ("src/a.ts", "TS2322")


@needs("tsc")
async def test_a_file_that_is_part_of_no_program_is_not_judged(tmp_path: Path) -> None:
    _project(tmp_path, "tsconfig.json", {"include": ["src"]})
    _write(tmp_path / "src/a.ts", "export {};\n")
    report = await Tsc().run(subject_of(tmp_path, "b.ts", "const n: number = '';\n", "typescript"), 60)
    assert (report.status, report.findings) == (Status.BROKEN, ())
    assert "doesn't include b.ts" in report.note


@needs("tsc")
async def test_plugins_are_not_loaded_and_nothing_is_written(tmp_path: Path) -> None:
    mark = tmp_path.parent / "executed"
    for folder in ("node_modules/evil", "evil"):
        _write(tmp_path / folder / "index.js", f"require('fs').writeFileSync({str(mark)!r}, '')\n")
    plugins = [{"name": "evil", "transform": "./evil"}]
    options = {"plugins": plugins, "incremental": True, "outDir": "out"}
    _project(tmp_path, "tsconfig.json", {"compilerOptions": options, "include": ["*.ts"]})
    assert await findings_of(Tsc(), subject_of(tmp_path, "a.ts", "export const n = 1;\n", "typescript")) == ()
    assert not mark.exists()
    assert {path.name for path in _list(tmp_path)} == {"node_modules", "evil", "tsconfig.json"}


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit(1)", Status.BROKEN),
        ("import sys\nsys.exit('panic: runtime error')", Status.BROKEN),
        ("print('rubbish')", Status.RAN),
    ],
)
async def test_a_compiler_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / "node_modules/.bin", "tsc", program)
    report = await Tsc().run(subject_of(tmp_path, "a.ts", "", "typescript", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())


async def test_the_projects_own_compiler_needs_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    plant(tmp_path / "node_modules/.bin", "tsc", "")
    report = await Tsc().run(subject_of(tmp_path, "a.ts", "", "typescript"), 30)
    assert (report.status, report.note) == (
        Status.MISSING,
        "The project's own tsc runs only in a trusted workspace, and no other is installed.",
    )


def _project(folder: Path, name: str, content: dict[str, object]) -> None:
    _write(folder / name, f"// comments are allowed\n{json.dumps(content)[:-1]},\n}}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _list(folder: Path) -> list[Path]:
    return list(folder.iterdir())
