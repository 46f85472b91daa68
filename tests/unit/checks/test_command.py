from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from mendline.checks.catalogue import checks_for, run_checks
from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.command import UserCommand
from mendline.checks.sandbox.confining import works
from mendline.checks.sandbox.launcher.order import BUBBLEWRAP, LANDLOCK
from mendline.settings.loading import from_file, merge
from mendline.settings.model import CheckCommand, RepairSettings, Scope, Settings
from support.checked import UNTIL_KILLED, lines, plant, subject_of

PATTERN = r"^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<severity>\w+): (?P<message>.*) \[(?P<code>\w+)\]$"
GREP = """\
import sys
path, root = sys.argv[1:]
for number, line in enumerate(open(path, encoding="utf-8"), 1):
    if "TODO" in line:
        print(f"{path}:{number}:{line.index('TODO') + 1}: warn: to do [T1]")
sys.exit(1)
"""


def _subject(root: Path, text: str, *, trusted: bool = True) -> Subject:
    return subject_of(root, "src/a.lua", text, "lua", trusted=trusted)


async def _report(root: Path, *run: str, text: str = "x\n-- é🙂 TODO\n", **more: str) -> Report:
    command = CheckCommand("mine", run, (), **more)
    return await UserCommand(command).run(_subject(root, text), 60)


async def test_a_program_of_the_projects_and_a_pattern(tmp_path: Path) -> None:
    plant(tmp_path / "tools", "grep.py", GREP)
    report = await _report(tmp_path, "tools/grep.py", "{file}", "{root}", pattern=PATTERN)
    assert lines(report) == ["warning 1:6-1:6 T1 to do"], report
    assert {(each.path, each.source) for each in report.findings} == {("src/a.lua", "mine")}
    assert report.confinement


@pytest.mark.parametrize("first", ["#!/usr/bin/env python3", "#!/usr/bin/env -S python3 -I", "#!{python}"])
@pytest.mark.parametrize("way", [BUBBLEWRAP, LANDLOCK])
async def test_a_scripts_interpreter_is_seen(
    first: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not works(way):
        pytest.skip(f"{way} doesn't work here")
    monkeypatch.setattr("mendline.checks.sandbox.confining.best_way", lambda: way)
    # An environment of its own, as tools that are installed for one user have.
    venv.create(tmp_path / "tool", with_pip=False)
    monkeypatch.setenv("PATH", f"{tmp_path}/tool/bin:/usr/bin:/bin")
    script = plant(tmp_path / "tool/bin", "mine", "")
    python = tmp_path / "tool/bin/python"
    script.write_text(f"{first.format(python=python)}\nimport sys\nprint('line 1:', sys.prefix)\n")
    project = tmp_path / "project"
    project.mkdir()
    report = await _report(project, "mine", pattern=r"line (?P<line>\d+): (?P<message>.*)")
    assert lines(report) == [f"error 0:0-0:0  {tmp_path}/tool"], report


async def test_sarif(tmp_path: Path) -> None:
    program = """\
import json
place = {"physicalLocation": {"artifactLocation": {"uri": "src/a.lua"}, "region": {"startLine": 2}}}
result = {"ruleId": "R", "level": "error", "message": {"text": "wrong"}, "locations": [place]}
print(json.dumps({"runs": [{"tool": {"driver": {}}, "results": [result]}]}))
"""
    report = await _report(tmp_path, sys.executable, "-c", program, output="sarif")
    assert lines(report) == ["error 1:0-1:10 R wrong"]


@pytest.mark.parametrize(
    ("words", "pattern", "expected"),
    [
        ("line 2: oops", r"line (?P<line>\d+): (?P<message>.*)", ["error 1:0-1:0  oops"]),
        ("2|info|oops", r"(?P<line>\d+)\|(?P<severity>\w+)\|(?P<message>.*)", ["information 1:0-1:0  oops"]),
        ("2|style|oops", r"(?P<line>\d+)\|(?P<severity>\w+)\|(?P<message>.*)", ["hint 1:0-1:0  oops"]),
        ("all is well", r"line (?P<line>\d+): (?P<message>.*)", []),
    ],
)
async def test_patterns(words: str, pattern: str, expected: list[str], tmp_path: Path) -> None:
    report = await _report(tmp_path, sys.executable, "-c", f"print({words!r})", pattern=pattern)
    assert (report.status, lines(report)) == (Status.RAN, expected)


@pytest.mark.parametrize(
    ("program", "more", "status", "note"),
    [
        ("print('1')", {"pattern": r"(?P<line>\d)"}, Status.BROKEN, "groups named `line` and `message`"),
        ("print('x')", {"pattern": "("}, Status.BROKEN, "its pattern can't be used (missing )"),
        ("print('a' * 40 + 'b')", {"pattern": "(a+)+$"}, Status.BROKEN, "its pattern takes too long"),
        ("print('x')", {}, Status.BROKEN, "says not how to read it"),
        ("print('x')", {"output": "xml"}, Status.BROKEN, "says not how to read it"),
        ("print('{}')", {"output": "sarif"}, Status.BROKEN, "mine failed: {}"),
        ("import sys; sys.exit('no such file')", {"pattern": PATTERN}, Status.BROKEN, "mine failed: no such file."),
    ],
)
async def test_what_goes_wrong(program: str, more: dict[str, str], status: Status, note: str, tmp_path: Path) -> None:
    report = await _report(tmp_path, sys.executable, "-c", program, **more)
    assert (report.status, report.findings) == (status, ())
    assert note in report.note


async def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    command = UserCommand(CheckCommand("mine", (sys.executable, "-c", UNTIL_KILLED), pattern=PATTERN))
    assert (await command.run(_subject(tmp_path, ""), 1)).status is Status.TIMED_OUT


@pytest.mark.parametrize("run", [(), ("no-such-program",), ("tools/none.sh",)])
async def test_a_program_that_is_not_there(run: tuple[str, ...], tmp_path: Path) -> None:
    assert (await _report(tmp_path, *run)).status is Status.MISSING


async def test_a_repositorys_command_needs_trust(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    (tmp_path / ".mendline.toml").write_text(
        f"""
[[repair.commands]]
name = "mine"
run = [{sys.executable!r}, "-c", "open('{mark}', 'w')"]
pattern = '(?P<line>1)(?P<message>x)'
"""
    )
    loaded = merge(from_file(tmp_path / ".mendline.toml", scope=Scope.WORKSPACE))
    assert loaded.problems == ()
    checks = checks_for("lua", Project(tmp_path), loaded.settings)
    assert [check.name for check in checks] == ["syntax", "mine"]
    reports = await run_checks(checks, _subject(tmp_path, "x = 1\n", trusted=False), 60)
    assert [report.status for report in reports] == [Status.RAN, Status.UNTRUSTED]
    (_, confined) = await run_checks(checks, _subject(tmp_path, "x = 1\n"), 60)
    assert mark.exists() is (confined.confinement == "limits only")


def test_names_that_are_taken_and_other_languages(tmp_path: Path) -> None:
    commands = tuple(CheckCommand(name, ("x",), languages) for name, languages in (("ruff", ()), ("one", ("lua",))))
    settings = Settings(repair=RepairSettings(commands=(*commands, CheckCommand("one", ("y",)))))
    assert [check.name for check in checks_for("lua", Project(tmp_path), settings)] == ["syntax", "one"]
    assert "one" not in [check.name for check in checks_for("python", Project(tmp_path), settings)]
