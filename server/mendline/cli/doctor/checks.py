"""The checks that judge repairs: which are available, and for which languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from mendline.checks.catalogue import TOOLS, all_checks, tools_of
from mendline.checks.check import Check, Project
from mendline.checks.command import UserCommand
from mendline.checks.tool import has_own_tool
from mendline.cli.doctor.findings import Finding, Level
from mendline.cli.source import project_at
from mendline.settings.loading import Loaded
from mendline.syntax.languages import language_of

_NOWHERE: Final = "not found"


def checks(loaded: Loaded, root: Path) -> Iterable[Finding]:
    """Say of each check where its tool is. Nothing is started, and a tool that is missing needs no attention."""
    project = project_at(root.resolve())
    for check in all_checks(loaded.settings):
        where = _where(check, project)
        level = Level.NOTE if where == _NOWHERE else Level.OK
        yield Finding(check.name, f"{where} ({_languages(check)})", level)


def _where(check: Check, project: Project) -> str:
    names = () if isinstance(check, UserCommand) else TOOLS[check.name]
    if not names and not isinstance(check, UserCommand):
        return "built in"
    found = tools_of(check, project)
    if not found and not project.trusted and any(has_own_tool(name, project) for name in names):
        return "the project's own, once you trust this folder"
    if not found:
        return _NOWHERE
    if check.executes and not project.trusted:
        return f"{found[0]}, once you trust this folder"
    return ", ".join(map(str, found))


def _languages(check: Check) -> str:
    names = [language.name for each in sorted(check.languages) if (language := language_of(each)) is not None]
    return ", ".join(names) if check.languages else "all languages"
