from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.process import Finished
from mendline.checks.verifiers.compile_commands import flags_of
from mendline.checks.verifiers.compiler import Compiler, read_messages
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs, recorded


@needs("gcc")
@pytest.mark.parametrize("others", [None, {"other.c": "int x;\n"}], ids=["input", "copy"])
async def test_findings(others: dict[str, str] | None, tmp_path: Path) -> None:
    text = 'int main(void) {\n\tconst char *s = "🙂é"; int n = s; return m\n}\n'
    found = await findings_of(Compiler(), subject_of(tmp_path, "a.c", text, "c", others=others))
    assert [(each.start.line, each.start.column, each.code, each.severity.name) for each in found] == [
        (1, 27, "-Wunused-variable", "WARNING"),
        (1, 31, "-Wint-conversion", "WARNING"),
        (1, 41, "", "ERROR"),
        (1, 42, "", "ERROR"),
    ]
    assert {each.path for each in found} == {"a.c"}
    assert "undeclared" in found[2].message


@needs("g++")
async def test_cpp_and_headers(tmp_path: Path) -> None:
    (tmp_path / "include").mkdir()
    (tmp_path / "include/lib.hpp").write_text("#pragma once\nstruct S { int a; };\n")
    text = '#include "lib.hpp"\nint f(S s) { return s.b; }\n'
    found = await findings_of(Compiler(), subject_of(tmp_path, "src/a.cpp", text, "cpp"))
    assert [(each.start.line, each.start.column) for each in found] == [(1, 22)]
    header = subject_of(tmp_path, "include/lib.hpp", "#pragma once\nstruct S { int a; };\n", "cpp")
    assert await findings_of(Compiler(), header) == ()


@needs("gcc")
async def test_an_unsaved_header_counts(tmp_path: Path) -> None:
    (tmp_path / "lib.h").write_text("int f(int);\n")
    text = '#include "lib.h"\nint g(void) { return f(1, 2); }\n'
    saved = await findings_of(Compiler(), subject_of(tmp_path, "a.c", text, "c"))
    assert len(saved) == 1
    unsaved = subject_of(tmp_path, "a.c", text, "c", others={"lib.h": "int f(int, int);\n"})
    assert await findings_of(Compiler(), unsaved) == ()


@needs("gcc")
async def test_an_error_in_a_header_is_told_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "lib.h").write_text("\nint é(\n")
    found = await findings_of(Compiler(), subject_of(tmp_path, "a.c", '#include "lib.h"\n', "c"))
    assert found
    assert {each.path for each in found} <= {"lib.h", "a.c"}


@needs("gcc")
async def test_a_missing_header_is_an_error(tmp_path: Path) -> None:
    (found,) = await findings_of(Compiler(), subject_of(tmp_path, "a.c", '#include "none.h"\n', "c"))
    assert "none.h: No such file or directory" in found.message


def test_clangs_words(tmp_path: Path) -> None:
    subject = subject_of(tmp_path, "a.c", 'int main(void) {\n\tconst char *s = "🙂é"; int n = s; return m;\n}\n', "c")
    found = read_messages(Finished(1, b"", recorded("clang.txt")), subject, tmp_path)
    assert lines(tuple(found)) == [
        "error 1:27-1:27 -Wint-conversion incompatible pointer to integer conversion initializing 'int' with an "
        "expression of type 'const char *'",
        "error 1:41-1:41  use of undeclared identifier 'm'",
    ]


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit(1)", Status.BROKEN),
        ("import sys\nsys.exit('cc1: internal compiler error: Segmentation fault')", Status.BROKEN),
        ("import os\nos.kill(os.getpid(), 9)", Status.BROKEN),
        ("print('rubbish')", Status.RAN),
    ],
)
async def test_a_compiler_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / "venv/bin", "gcc", program)
    report = await Compiler().run(subject_of(tmp_path, "a.c", "", "c", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())


DANGEROUS = [
    "-fplugin=evil.so",
    "-wrapper",
    "sh",
    "-o",
    "out",
    "-Wp,-MD,out",
    "@args",
    "-specs=evil",
    "-B",
    "evil",
    "-MF",
    "x",
]


def _database(folder: Path, **entry: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"directory": str(folder.parent), **entry}
    (folder / "compile_commands.json").write_text(json.dumps([whole]), encoding="utf-8")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"file": "src/a.c", "arguments": ["cc", "-Iinc", "-I", "/abs", "-DX=1", "-std=c11", "-c", "src/a.c"]},
            ["-I", "{root}/inc", "-I", "/abs", "-D", "X=1", "-std=c11"],
        ),
        (
            {"file": "src/a.c", "command": 'cc -isystem sys -D "S=a b" -Wno-unused -Werror -fno-rtti -O2 src/a.c'},
            ["-isystem", "{root}/sys", "-D", "S=a b", "-Wno-unused", "-fno-rtti"],
        ),
        (
            {"file": "src/a.c", "arguments": ["cc", "-include-pch", "evil", "-include", "x.h"]},
            ["-include", "{root}/x.h"],
        ),
        ({"file": "src/a.c", "arguments": ["cc", *DANGEROUS]}, []),
        # A header gets what its neighbours get.
        ({"file": "src/other.c", "arguments": ["cc", "-DX"]}, ["-D", "X"]),
        ({"file": "elsewhere/b.c", "arguments": ["cc", "-DX"]}, None),
        ({"file": 3, "arguments": "x"}, None),
        ({"file": "src/a.c", "command": "unclosed '"}, []),
    ],
)
@pytest.mark.parametrize("place", ["build"])
def test_options_of_a_database(
    place: str, entry: dict[str, object], expected: list[str] | None, tmp_path: Path
) -> None:
    _database(tmp_path / place, **entry)
    flags = flags_of(tmp_path, "src/a.c")
    assert flags == (None if expected is None else [each.format(root=tmp_path) for each in expected])


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", "[" * 100_000])
def test_a_database_that_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "compile_commands.json").write_text(content, encoding="utf-8")
    assert flags_of(tmp_path, "a.c") is None


@needs("gcc")
@pytest.mark.parametrize("others", [None, {"src/b.c": ""}], ids=["input", "copy"])
async def test_a_database_is_heeded(others: dict[str, str] | None, tmp_path: Path) -> None:
    for folder, text in (("build/made", "#define MADE 1\n"), ("own/made", "#define OWN 1\n")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / f"{folder.split('/')[0]}.h").write_text(text)
    _database(tmp_path / "build", file="src/a.c", arguments=["cc", "-Ibuild/made", "-Iown/made", "-DGIVEN=1"])
    text = '#include "build.h"\n#include "own.h"\nint a = MADE + OWN + GIVEN;\n'
    assert await findings_of(Compiler(), subject_of(tmp_path, "src/a.c", text, "c", others=others)) == ()
