from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.rustc import Rustc
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs


@needs("rustc")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pub fn f() -> i32 {\n    1\n}\n", []),
        (
            'fn main() {\n    let s = "🙂é"; let n: i32 = s; drop(n);\n}\n',
            ["error 1:31-1:32 E0308 mismatched types\nexpected `i32`, found `&str`"],
        ),
        ("fn main() {\n    let x = 1;\n}\n", ["warning 1:8-1:9 unused_variables unused variable: `x`"]),
        ("pub fn f() -> i32 {\n", ["error 0:19-0:19  this file contains an unclosed delimiter"]),
        # Within a macro of the standard library: told where it is used.
        (
            'fn main() {\n    println!("{}", x);\n}\n',
            ["error 1:19-1:20 E0425 cannot find value `x` in this scope\nnot found in this scope"],
        ),
        ('pub fn f() {\n    assert_eq!(1, "a");\n}\n', None),
    ],
)
async def test_findings(text: str, expected: list[str] | None, tmp_path: Path) -> None:
    found = await findings_of(Rustc(), subject_of(tmp_path, "a.rs", text, "rust"))
    if expected is None:
        assert [(each.path, each.start.line) for each in found] == [("a.rs", 1)]
    else:
        assert lines(found) == expected


@needs("rustc")
async def test_a_module_beside_it(tmp_path: Path) -> None:
    (tmp_path / "other.rs").write_text("pub fn one() -> i32 { 1 }\n")
    text = "mod other;\npub fn f() -> i32 { other::one() + other::two() }\n"
    (found,) = await findings_of(Rustc(), subject_of(tmp_path, "lib.rs", text, "rust"))
    assert (found.path, found.start.line, found.code) == ("lib.rs", 1, "E0425")


@needs("rustc")
async def test_a_toolchain_of_the_projects_own_is_not_started(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    evil = tmp_path / "evil"
    plant(evil / "bin", "rustc", f"open({str(mark)!r}, 'w')\n")
    (tmp_path / "rust-toolchain.toml").write_text(f"[toolchain]\npath = '{evil}'\n")
    assert await findings_of(Rustc(), subject_of(tmp_path, "a.rs", "pub fn f() {}\n", "rust")) == ()
    assert not mark.exists()


async def test_a_crates_file_is_cargos(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text("")
    report = await Rustc().run(subject_of(tmp_path, "src/lib.rs", "", "rust"), 30)
    assert (report.status, report.note) == (
        Status.MISSING,
        "The file is part of a crate, which is cargo's to check.",
    )


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit(1)", Status.BROKEN),
        ("import sys\nsys.exit(101)", Status.BROKEN),
        ("import sys\nsys.stderr.write('{rubbish\\n')", Status.BROKEN),
        ("import sys\nsys.stderr.write('{}\\n')", Status.BROKEN),
    ],
)
async def test_a_compiler_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "rustc", program)
    report = await Rustc().run(subject_of(tmp_path, "a.rs", "", "rust", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())


async def test_a_long_text_of_blanks_is_no_trap(tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "rustc", "")
    subject = subject_of(tmp_path, "a.rs", "\n" * 200_000, "rust", trusted=True)
    assert (await Rustc().run(subject, 30)).status is Status.RAN
