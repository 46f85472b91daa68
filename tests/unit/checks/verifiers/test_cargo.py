from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Status, Subject
from mendline.checks.verifiers.cargo import CargoCheck
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs

TEXT = 'pub fn f() -> i32 {\n    let s = "🙂é"; let n: i32 = s; n\n}\n'
EXPECTED = ["error 1:31-1:32 E0308 mismatched types\nexpected `i32`, found `&str`"]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _crate(folder: Path, name: str = "one", more: str = "") -> None:
    _write(folder / "Cargo.toml", f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}')
    _write(folder / "src/lib.rs", "pub fn f() -> i32 { 1 }\n")


def _subject(root: Path, path: str, text: str) -> Subject:
    return subject_of(root, path, text, "rust", trusted=True)


@needs("cargo")
async def test_findings(tmp_path: Path) -> None:
    _crate(tmp_path)
    assert lines(await findings_of(CargoCheck(), _subject(tmp_path, "src/lib.rs", TEXT))) == EXPECTED
    assert await findings_of(CargoCheck(), _subject(tmp_path, "src/lib.rs", "pub fn f() {}\n")) == ()
    assert sorted(path.name for path in _list(tmp_path)) == ["Cargo.toml", "src"]


@needs("cargo")
async def test_the_report_says_what_confined_it(tmp_path: Path) -> None:
    _crate(tmp_path)
    report = await CargoCheck().run(_subject(tmp_path, "src/lib.rs", TEXT), 60)
    assert report.confinement


@needs("cargo")
async def test_a_crate_of_a_workspace_and_those_that_use_it(tmp_path: Path) -> None:
    _write(tmp_path / "Cargo.toml", '[workspace]\nmembers = ["one", "two"]\nresolver = "2"\n')
    _crate(tmp_path / "one")
    _crate(tmp_path / "two", "two", '[dependencies]\none = { path = "../one" }\n')
    wrong = "pub fn g() -> i32 { one::missing() }\n"
    (found,) = await findings_of(CargoCheck(), _subject(tmp_path, "two/src/lib.rs", wrong))
    assert (found.path, found.start.line, found.code) == ("two/src/lib.rs", 0, "E0425")


@needs("cargo")
async def test_tests_are_checked_too(tmp_path: Path) -> None:
    _crate(tmp_path)
    text = "pub fn f() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() { missing(); }\n}\n"
    (found,) = await findings_of(CargoCheck(), _subject(tmp_path, "src/lib.rs", text))
    assert (found.start.line, found.code) == (4, "E0425")


@needs("cargo")
async def test_a_crate_that_is_not_here_is_not_fetched(tmp_path: Path) -> None:
    _crate(tmp_path, more='[dependencies]\nserde_nowhere = "1"\n')
    report = await CargoCheck().run(_subject(tmp_path, "src/lib.rs", TEXT), 60)
    assert report.status is Status.BROKEN
    assert report.note


@needs("cargo")
async def test_a_build_script_stays_in_the_sandbox(tmp_path: Path) -> None:
    root = tmp_path / "project"
    _crate(root)
    mark = tmp_path / "outside"
    _write(root / "build.rs", f'fn main() {{ let _ = std::fs::write("{mark}", ""); }}\n')
    report = await CargoCheck().run(_subject(root, "src/lib.rs", "pub fn f() {}\n"), 60)
    assert report.status is Status.RAN
    assert mark.exists() is (report.confinement == "limits only")


async def test_trust_is_needed(tmp_path: Path) -> None:
    _crate(tmp_path)
    report = await CargoCheck().run(subject_of(tmp_path, "src/lib.rs", TEXT, "rust"), 60)
    assert report.status is Status.UNTRUSTED


async def test_a_file_of_no_crate(tmp_path: Path) -> None:
    report = await CargoCheck().run(_subject(tmp_path, "a.rs", TEXT), 60)
    assert (report.status, report.note) == (Status.MISSING, "The file is part of no crate.")


@pytest.mark.parametrize(
    ("program", "status"),
    [("import sys\nsys.exit(101)", Status.BROKEN), ("print('{rubbish')", Status.BROKEN), ("print('x')", Status.RAN)],
)
async def test_a_cargo_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    _crate(tmp_path)
    plant(tmp_path / ".venv/bin", "cargo", program)
    report = await CargoCheck().run(_subject(tmp_path, "src/lib.rs", TEXT), 30)
    assert (report.status, report.findings) == (status, ()), report


def _list(folder: Path) -> list[Path]:
    return list(folder.iterdir())
