"""How programs of each language are judged: which asserts may be seen, which of them fail, and whether all tests pass.

**Programs that a model wrote are executed**, Python's by `evaluation.running`, the others in the sandbox of checks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import frozen

from mendline.evaluation.repair import compiled, go_programs, python_tests
from mendline.evaluation.repair.failure import Failure
from mendline.evaluation.running import Limits, confinement, run_program


@frozen
class Judge:
    """How one language's programs are judged.

    Attributes:
        language: the language id.
        programs: what has to be installed.
        asserts: takes the asserts out of a test that stand alone.
        failures: runs asserts behind a program, given its test; returns those that fail.
        passes: whether a program passes its test.
        confinement: tells what programs are confined by.
        parts: tells what is not installed of what is no program.
    """

    language: str
    programs: tuple[str, ...]
    asserts: Callable[[str], tuple[str, ...]]
    failures: Callable[[str, str, Sequence[str], Limits], tuple[Failure, ...]]
    passes: Callable[[str, str, Limits], bool]
    confinement: Callable[[], str]
    parts: Callable[[], tuple[str, ...]] = tuple

    def missing(self) -> tuple[str, ...]:
        """What isn't installed."""
        return (*(name for name in self.programs if shutil.which(name) is None), *self.parts())


def _python_failures(program: str, _: str, asserts: Sequence[str], limits: Limits) -> tuple[Failure, ...]:
    return python_tests.failures(program, asserts, limits)


def _python_passes(program: str, test: str, limits: Limits) -> bool:
    return run_program(f"{program}\n{test}", limits).passed


def _compiled(tongue: compiled.Tongue, *programs: str, parts: Callable[[], tuple[str, ...]] = tuple) -> Judge:
    return Judge(
        tongue.language,
        programs,
        tongue.asserts,
        tongue.failures,
        tongue.passes,
        compiled.confinement,
        parts,
    )


JUDGES: Final[Mapping[str, Judge]] = {
    "Python": Judge("python", (), python_tests.asserts, _python_failures, _python_passes, confinement),
    "JavaScript": _compiled(compiled.JAVASCRIPT, "node"),
    "Java": _compiled(compiled.JAVA, "javac", "java"),
    "CPP": _compiled(compiled.CPP, "g++"),
    "Rust": _compiled(compiled.RUST, "rustc"),
    "Go": _compiled(go_programs.GO, "go", parts=go_programs.missing),
}
"""By the benchmark's names of the languages."""
