from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Check, Status
from mendline.checks.verifiers.go import GoBuild, GoVet
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, replay

WRONG = 'package main\n\nimport "fmt"\n\nfunc main() {\n\ts := "🙂é"; var n int = s; foo()\n\tfmt.Println(n)\n}\n'
ODD = 'package main\n\nimport "fmt"\n\nfunc main() {\n\ts := "🙂é"; fmt.Printf("%d", s)\n}\n'
ERRORS = [
    "error 5:24-5:24  cannot use s (variable of type string) as int value in variable declaration",
    "error 5:27-5:27  undefined: foo",
]
SUSPICIONS = ["warning 5:24-5:24 printf fmt.Printf format %d has arg s of wrong type string"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.20\n")
    return tmp_path


@pytest.mark.parametrize(
    ("check", "name", "status", "stream", "text", "expected"),
    [
        (GoBuild(), "go-build.txt", 1, "stderr", WRONG, ERRORS),
        (GoVet(), "go-vet.txt", 0, "stdout", ODD, SUSPICIONS),
        # Up to Go 1.23.
        (GoVet(), "go-vet.txt", 0, "stderr", ODD, SUSPICIONS),
    ],
)
async def test_recorded_words(
    check: Check, name: str, status: int, stream: str, text: str, expected: list[str], root: Path
) -> None:
    replay(root, "go", name, status, stream=stream)
    assert lines(await findings_of(check, subject_of(root, "a.go", text, "go", trusted=True))) == expected


@needs("go")
@pytest.mark.parametrize(
    ("check", "text", "expected"),
    [
        (GoBuild(), WRONG, [(5, 24, ""), (5, 27, "")]),
        (GoBuild(), ODD, []),
        # Where in the call it points to depends on the version: at the function, or at the format.
        (GoVet(), ODD, [(5, None, "printf")]),
    ],
)
@pytest.mark.parametrize("in_module", [True, False])
async def test_findings(
    check: Check, text: str, expected: list[tuple[int, int | None, str]], in_module: bool, root: Path
) -> None:
    if not in_module:
        (root / "go.mod").unlink()
    found = await findings_of(check, subject_of(root, "a.go", text, "go"))
    columns = [column for _, column, _ in expected]
    assert [
        (each.start.line, column and each.start.column, each.code) for each, column in zip(found, columns, strict=True)
    ] == expected


@needs("go")
async def test_vet_does_not_judge_what_does_not_compile(root: Path) -> None:
    report = await GoVet().run(subject_of(root, "a.go", WRONG, "go"), 60)
    assert (report.status, report.note) == (Status.BROKEN, "go vet failed: the code doesn't compile.")


@needs("go")
async def test_tests_are_compiled_and_not_run(root: Path) -> None:
    mark = root / "executed"
    (root / "a.go").write_text("package main\n\nfunc main() {}\n")
    run = f'package main\n\nimport "os"\n\nfunc init() {{ os.Create("{mark}"); missing() }}\n'
    (found,) = await findings_of(GoBuild(), subject_of(root, "a_test.go", run, "go"))
    assert (found.path, found.message) == ("a_test.go", "undefined: missing")
    sound = run.replace("; missing()", "")
    assert await findings_of(GoBuild(), subject_of(root, "a_test.go", sound, "go")) == ()
    assert not mark.exists()


@needs("go")
async def test_cgo_is_off(root: Path) -> None:
    text = 'package main\n\n// #cgo CFLAGS: -fplugin=evil.so\nimport "C"\n\nfunc main() {}\n'
    report = await GoBuild().run(subject_of(root, "a.go", text, "go"), 60)
    assert report.status in (Status.RAN, Status.BROKEN)


@pytest.mark.parametrize("check", [GoBuild(), GoVet()], ids=lambda check: check.name)
@pytest.mark.parametrize(
    ("program", "status"),
    [("import sys\nsys.exit('go: go.mod file not found')", Status.BROKEN), ("print('rubbish')", Status.RAN)],
)
async def test_a_tool_that_goes_wrong(check: Check, program: str, status: Status, root: Path) -> None:
    plant(root / ".venv/bin", "go", program)
    report = await check.run(subject_of(root, "a.go", "", "go", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())
