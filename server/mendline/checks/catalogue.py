"""Which checks there are for a language, from cheap to dear, and running them side by side."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from mendline.checks.asking import untrusted
from mendline.checks.check import Check, Kind, Project, Report, Subject
from mendline.checks.command import UserCommand
from mendline.checks.results import Results
from mendline.checks.tool import find_tool
from mendline.checks.verifiers.cargo import CargoCheck
from mendline.checks.verifiers.cargo_test import CARGO_TESTS
from mendline.checks.verifiers.compiler import Compiler
from mendline.checks.verifiers.doctest import DOCTEST
from mendline.checks.verifiers.eslint import ESLint
from mendline.checks.verifiers.go import GoBuild, GoVet
from mendline.checks.verifiers.go_test import GO_TESTS
from mendline.checks.verifiers.javac import Javac
from mendline.checks.verifiers.node_check import NodeCheck
from mendline.checks.verifiers.node_test import NODE_TESTS
from mendline.checks.verifiers.pyright import Pyright
from mendline.checks.verifiers.pytest import PYTEST
from mendline.checks.verifiers.python_compile import PythonCompile
from mendline.checks.verifiers.ruff import Ruff
from mendline.checks.verifiers.rustc import Rustc
from mendline.checks.verifiers.shellcheck import ShellCheck
from mendline.checks.verifiers.syntax import Syntax
from mendline.checks.verifiers.tsc import Tsc
from mendline.checks.verifiers.ty import Ty
from mendline.settings.model import Settings
from mendline.syntax.languages import language_of

CHECKS: Final[tuple[Check, ...]] = (
    Syntax(),
    PythonCompile(),
    Ruff(),
    ShellCheck(),
    NodeCheck(),
    ESLint(),
    GoVet(),
    Compiler(),
    Ty(),
    Tsc(),
    Rustc(),
    GoBuild(),
    Javac(),
    Pyright(),
    CargoCheck(),
    DOCTEST,
    PYTEST,
    NODE_TESTS,
    GO_TESTS,
    CARGO_TESTS,
)
"""Every check that needs no setting, from cheap to dear."""

TOOLS: Final[Mapping[str, tuple[str, ...]]] = {
    "syntax": (),
    "compile": (),
    "ruff": ("ruff",),
    "shellcheck": ("shellcheck",),
    "node --check": ("node",),
    "eslint": ("eslint",),
    "go vet": ("go",),
    "compiler": ("gcc", "g++", "clang", "clang++"),
    "ty": ("ty",),
    "tsc": ("tsc",),
    "rustc": ("rustc",),
    "go build": ("go",),
    "javac": ("javac",),
    "pyright": ("pyright",),
    "cargo check": ("cargo",),
    "doctest": ("python3", "python"),
    "pytest": ("pytest",),
    "node --test": ("node",),
    "go test": ("go",),
    "cargo test": ("cargo",),
}
"""The programs of each check, of which it takes one; none for those that Mendline does by itself."""

_ORDER: Final[Mapping[Kind, int]] = {kind: place for place, kind in enumerate(Kind)}
_ALWAYS: Final = Syntax().name
_REMEMBERED: Final = Results()


def checks_for(language: str, project: Project, settings: Settings) -> tuple[Check, ...]:
    """The checks for a language, the cheapest first; those whose tool turns out to be missing say so when they run.

    Args:
        language: the language id, as in LSP.
        project: where the code lives.
        settings: which of them are wanted (`repair.checks`, all where it is empty); that the code parses always is;
            and those of the user's own (`repair.commands`).
    """
    del project  # what it has is looked at when a check runs
    chosen = settings.repair.checks
    known = language_of(language)
    name = language if known is None else known.id
    fitting = (check for check in all_checks(settings) if not check.languages or name in check.languages)
    wanted = (check for check in fitting if not chosen or check.name in chosen or check.name == _ALWAYS)
    return tuple(sorted(wanted, key=lambda check: _ORDER[check.kind]))


def all_checks(settings: Settings) -> Iterator[Check]:
    """Every check, then the user's own; one whose name is taken is left out."""
    yield from CHECKS
    taken = {check.name for check in CHECKS}
    for command in settings.repair.commands:
        if command.name not in taken:
            taken.add(command.name)
            yield UserCommand(command)


def tools_of(check: Check, project: Project) -> list[Path]:
    """The programs that a check may take, as far as they are there."""
    if isinstance(check, UserCommand):
        program = check.program(project)
        return [] if program is None else [program]
    named = (find_tool(name, project) for name in TOOLS.get(check.name, ()))
    return [tool for tool in named if tool is not None]


async def run_checks(
    checks: Sequence[Check], subject: Subject, seconds: float, *, remembered: Results = _REMEMBERED
) -> tuple[Report, ...]:
    """Run checks side by side, as many at once as there are cores; the reports come in the checks' order.

    A check that would execute code of a project that isn't trusted is never started. What was checked before, with the
    same texts and tools in the same state of the project, is answered from memory. Cancelling ends whatever runs.

    Args:
        checks: which ones.
        subject: what is checked.
        seconds: how long each may take.
        remembered: what was found before.
    """
    started = [check for check in checks if subject.project.trusted or not check.executes]
    keys = await asyncio.to_thread(_keys, started, subject, remembered)
    turns = asyncio.Semaphore(_cores())

    async def one(check: Check) -> Report:
        if check.name not in keys:
            return untrusted(check.name)
        known = remembered.known(keys[check.name])
        if known is not None:
            return known
        async with turns:
            report = await check.run(subject, seconds)
        remembered.keep(keys[check.name], report)
        return report

    async with asyncio.TaskGroup() as group:
        running = [group.create_task(one(check)) for check in checks]
    return tuple(task.result() for task in running)


def _keys(checks: Sequence[Check], subject: Subject, remembered: Results) -> dict[str, str]:
    """What checks are remembered by, by name."""
    return {
        check.name: remembered.key(check, subject, tuple(map(_version, tools_of(check, subject.project))))
        for check in checks
    }


def _version(tool: Path) -> str:
    """A text that changes when a tool is replaced by another version of it."""
    try:
        found = tool.stat()
    except OSError:
        return str(tool)
    return f"{tool} {found.st_size} {found.st_mtime_ns}"


def _cores() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
