"""Rust's tests, run by the real cargo in the sandbox."""

from __future__ import annotations

from pathlib import Path

from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Point
from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.verifiers.cargo_test import CARGO_TESTS
from support.indexed import write_files
from support.installed import needs

pytestmark = needs("cargo")

LIB = """pub fn add(a: i32, b: i32) -> i32 { a - b }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(1, 1), 2, "sum");
    }

    #[test]
    fn zero() { assert_eq!(add(0, 0), 0); }

    #[test]
    #[should_panic]
    fn panics() {}

    #[test]
    #[ignore]
    fn later() {}

    #[test]
    fn says() -> Result<(), String> { Err("no".into()) }
}
"""
FILES = {
    "Cargo.toml": '[workspace]\nmembers = ["sums"]\nresolver = "2"\n',
    "sums/Cargo.toml": '[package]\nname = "sums"\nversion = "0.1.0"\nedition = "2021"\n',
    "sums/src/lib.rs": LIB,
    "sums/tests/outer.rs": "#[test]\nfn outer() { assert!(sums::add(2, 1) == 3); }\n",
}


async def check(root: Path, text: str, path: str = "sums/src/lib.rs", seconds: float = 110) -> Report:
    return await CARGO_TESTS.run(Subject(Project(root, trusted=True), path, "rust", {path: text}), seconds)


async def test_what_fails_and_what_does_not(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    report = await check(tmp_path, LIB)
    assert (report.status, report.note, report.confinement) == (Status.RAN, "", LABELS[best_way()])
    assert (report.tests_passed, report.tests_failed) == (1, 4)
    told = {finding.code: (finding.path, finding.start) for finding in report.findings}
    assert told == {
        "tests::adds": ("sums/src/lib.rs", Point(8, 8)),
        "tests::panics": ("sums/src/lib.rs", Point(16, 7)),
        "tests::says": ("sums/src/lib.rs", Point(0, 0)),
        "outer": ("sums/tests/outer.rs", Point(1, 13)),
    }
    assert any("left: 0" in finding.message and "sum" in finding.message for finding in report.findings)
    # The same copy builds on what is there.
    fixed = await check(tmp_path, LIB.replace("a - b", "a + b"))
    assert (fixed.tests_passed, fixed.tests_failed) == (3, 2)
    broken = await check(tmp_path, LIB.replace("a - b", "a - c"))
    assert (broken.status, broken.note) == (Status.BROKEN, "cargo test failed: the tests don't compile.")
    assert not (tmp_path / "target").exists()


async def test_a_file_of_no_crate(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.rs": "fn main() {}\n"})
    report = await check(tmp_path, "fn main() {}\n", "a.rs")
    assert report.status is Status.MISSING
