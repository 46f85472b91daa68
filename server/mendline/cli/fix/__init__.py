"""`mendline fix`: find problems, repair them, show what was checked."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import attrs
import click
from attrs import frozen
from rich.console import Console

from mendline import app
from mendline.cli.fix.mending import Mended, Mender, Source, Wish
from mendline.cli.fix.staged import Staged, staged, top_of
from mendline.cli.fix.telling import as_json, diff_of, evidence, summary
from mendline.cli.fix.text_file import FileError, TextFile
from mendline.cli.fix.told import read_told
from mendline.cli.source import workspace_root
from mendline.settings.errors import MendlineError
from mendline.settings.model import Settings
from mendline.syntax.languages import language_of
from mendline.text.document import Document
from mendline.workspace.exclusion import excluded_by

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d{1,9})", re.DOTALL)
_NOTHING = 1
_TEST_SECONDS = 120.0
"""For one problem where a command has to pass: each try of a fix runs it."""


@frozen
class _How:
    """How it is done, and how results are told.

    Attributes:
        seconds: the most for one problem; None for what the settings say.
        write: files are changed.
        diff: the diff is printed even so.
        json: one object is printed instead of diffs.
    """

    seconds: float | None
    write: bool
    diff: bool
    json: bool


@click.command("fix")
@click.argument("place", metavar="[FILE[:LINE]]", required=False, default="")
@click.option(
    "--diagnostics",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Repair what this file reports instead: SARIF, or LSP diagnostics in JSON.",
)
@click.option(
    "--test", default="", metavar="COMMAND", help="A command that has to pass; run in a copy, in the sandbox."
)
@click.option("--write", is_flag=True, help="Change the file. It is kept as it was; where is printed.")
@click.option("--diff", is_flag=True, help="Print the diff, also with --write.")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object with all that is known.")
@click.option("--unverified", is_flag=True, help="Take fixes, too, that no check here can judge.")
@click.option("--staged", "of_index", is_flag=True, help="Look at what is staged in git, for a commit hook.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0.5, 600),
    help="The most for one problem; else `repair.timeoutMs`, and with --test 120.",
)
def command(
    *,
    place: str,
    diagnostics: Path | None,
    test: str,
    write: bool,
    diff: bool,
    as_object: bool,
    unverified: bool,
    of_index: bool,
    timeout: float | None,
) -> int:
    """Find problems in FILE with the checks there are for it, and repair them, or those in one LINE.

    A unified diff goes to standard output, the evidence for each fix to standard error. Without --write nothing on the
    disk changes. The exit status is 0 when something was repaired, 1 when there is nothing to offer, 2 when something
    is wrong with the file or the installation.

    With --staged: problems that staged files have and their last commit hasn't; the exit status is 1 when something can
    be repaired, so that a commit hook stops, else 0. With --write it changes files whose text is the staged one, and
    never what is staged.
    """
    if bool(place) is of_index:
        raise MendlineError("name a FILE, or give --staged")
    how, wish = _How(timeout, write, diff, as_object), Wish(test=test, unverified=unverified)
    if of_index:
        if diagnostics is not None:
            raise MendlineError("--diagnostics is for one FILE, not for --staged")
        return asyncio.run(_fix_staged(wish, how))
    return asyncio.run(_fix_file(place, diagnostics, wish, how))


async def _fix_file(place: str, diagnostics: Path | None, wish: Wish, how: _How) -> int:
    path, line = _parsed(place)
    file = TextFile.read(path)
    root = workspace_root(path)
    settings = _settings(root, how, wish)
    refused = excluded_by(str(path.absolute()), settings.privacy.exclude)
    if refused is not None:
        raise MendlineError(f"{path} is left alone: {refused}")
    source = Source.at(path.absolute(), root, file.text)
    document = Document.of(file.text)
    if line is not None and line >= document.line_count:
        raise MendlineError(f"there is no line {line + 1}: the file's lines are 1 to {document.line_count}")
    if file.encoding == "latin-1":
        click.echo(f"mendline: {path} is not UTF-8; its other bytes are kept as they are", err=True)
    told = None if diagnostics is None else read_told(diagnostics, source.path, path, document)
    async with _mending(settings) as mender:
        mended = await mender.mend(source, attrs.evolve(wish, line=line, told=told))
    backup = file.write(mended.whole.document.text) if how.write and mended.whole.taken else None
    if how.json:
        click.echo(json.dumps(as_json(mended, backup), ensure_ascii=False))
    _tell(mended, how, backup)
    if mended.whole.taken:
        return 0
    if mended.trouble:
        raise MendlineError(mended.trouble)
    return _NOTHING


async def _fix_staged(wish: Wish, how: _How) -> int:
    top = await asyncio.to_thread(top_of, Path())
    settings = _settings(top, how, wish)
    files = list(_texts(await asyncio.to_thread(lambda: list(staged(top))), top, settings))
    texts = {file.path.relative_to(top).as_posix(): file.text for file, _ in files}
    found: list[Mended] = []
    async with _mending(settings) as mender:
        for file, before in files:
            source = Source.at(file.path, top, file.text)
            others = {path: text for path, text in texts.items() if path != source.path}
            source = attrs.evolve(source, others=others)
            told = None if before is None else await mender.fresh(source, before)
            found.append(await mender.mend(source, attrs.evolve(wish, told=told)))
    objects: list[dict[str, Any]] = []
    for (file, _), mended in zip(files, found, strict=True):
        backup = _written(file, mended) if how.write and mended.whole.taken else None
        objects.append(as_json(mended, backup))
        if mended.whole.steps:
            _tell(mended, how, backup)
        if mended.trouble:
            click.echo(f"mendline: {mended.trouble}", err=True)
    if how.json:
        click.echo(json.dumps(objects, ensure_ascii=False))
    return _NOTHING if any(mended.whole.taken for mended in found) else 0


def _texts(entries: list[Staged], top: Path, settings: Settings) -> Iterator[tuple[TextFile, str | None]]:
    """The staged files that are code and may be looked at, with the text of the last commit."""
    for entry in entries:
        path = top / entry.path
        if language_of("", entry.path) is None or excluded_by(str(path), settings.privacy.exclude):
            continue
        try:
            file = TextFile.of(path, entry.content)
            yield file, None if entry.before is None else TextFile.of(path, entry.before).text
        except FileError:
            continue


def _written(file: TextFile, mended: Mended) -> Path | None:
    """Write a staged file's fix; a file that has other changes is left alone."""
    try:
        return file.write(mended.whole.document.text)
    except FileError as error:
        click.echo(f"mendline: {error}; it differs from what is staged", err=True)
        return None


def _tell(mended: Mended, how: _How, backup: Path | None) -> None:
    if not how.json and (how.diff or not how.write):
        click.echo(diff_of(mended), nl=False)
    for line in (*evidence(mended), summary(mended)):
        click.echo(f"mendline: {line}", err=True)
    left_out = sum(step.repair.found and not step.taken for step in mended.whole.steps)
    if left_out:
        fixes = (
            "1 fix is left out, since it isn't"
            if left_out == 1
            else f"{left_out} fixes are left out, since they aren't"
        )
        click.echo(f"mendline: {fixes} verified; --unverified takes such", err=True)
    if backup is not None:
        click.echo(f"mendline: the file as it was: {backup}", err=True)


def _parsed(place: str) -> tuple[Path, int | None]:
    """FILE[:LINE]; a file of that very name counts first."""
    found = None if Path(place).exists() else _PLACE.fullmatch(place)
    if found is None:
        return Path(place), None
    line = int(found["line"])
    if line < 1:
        raise MendlineError("lines count from 1")
    return Path(found["file"]), line - 1


def _settings(root: Path, how: _How, wish: Wish) -> Settings:
    loaded = app.load_settings(root)
    for problem in loaded.problems:
        click.echo(f"mendline: {problem}", err=True)
    settings = loaded.settings
    least = _TEST_SECONDS if wish.test else 0
    seconds = max(settings.repair.timeout_ms / 1000, least) if how.seconds is None else how.seconds
    return attrs.evolve(settings, repair=attrs.evolve(settings.repair, timeout_ms=int(seconds * 1000)))


@asynccontextmanager
async def _mending(settings: Settings) -> AsyncIterator[Mender]:
    engine = app.open_engine(settings)
    try:
        with _progress() as tell:
            yield Mender(settings, engine, tell)
    finally:
        await engine.aclose()


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done, where that is a terminal."""
    with Console(stderr=True, highlight=False).status("looking at the file") as shown:
        yield shown.update
