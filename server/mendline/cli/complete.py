"""`mendline complete FILE:LINE:COLUMN`: what an editor would show there, in the terminal."""

from __future__ import annotations

import asyncio
import functools
import json
import re
from pathlib import Path

import attrs
import click
from attrs import frozen

from mendline import app
from mendline.checks.check import Report, Subject
from mendline.checks.verifiers.doctest import run_unseen
from mendline.cli.source import offset_of, place_of, project_at, read_source, workspace_root
from mendline.context.refusing import refusing
from mendline.context.related import Related, gather
from mendline.context.surroundings import Surroundings
from mendline.engine.protocol import EngineInfo
from mendline.features.completion import Outcome, Prefilled, Suggestion, Trigger, complete, unwarmed, warm
from mendline.settings.errors import MendlineError
from mendline.settings.model import Settings
from mendline.text.document import Document
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.store import Snapshot

_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d{1,9}):(?P<column>\d{1,9})", re.DOTALL)
_NOTHING = 1


@frozen
class _Place:
    """FILE:LINE:COLUMN, taken apart."""

    path: Path
    line: int
    column: int


@frozen
class _Question:
    """What to ask; `whole` for all that the model would see after a pause."""

    root: Path
    snapshot: Snapshot
    offset: int
    trigger: Trigger
    related: Related
    whole: bool


@frozen
class _Answer:
    """An outcome and what ran the model; `info` is None when the model was not asked."""

    outcome: Outcome
    info: EngineInfo


class _PlaceType(click.ParamType[_Place]):
    """The command's argument."""

    name = "FILE:LINE:COLUMN"

    def convert(self, value: str | _Place, param: click.Parameter | None, ctx: click.Context | None) -> _Place:
        """Take the text apart; the file's name may have colons in it."""
        if isinstance(value, _Place):
            return value
        found = _PLACE.fullmatch(value)
        if found is None:
            raise MendlineError(f"{value!r} is not FILE:LINE:COLUMN, such as src/app.py:12:5")
        return _Place(Path(found["file"]), int(found["line"]), int(found["column"]))


@click.command("complete")
@click.argument("place", metavar="FILE:LINE:COLUMN", type=_PlaceType())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all that is known.")
@click.option("--language", default="", metavar="ID", help="Language id, such as python; else by the file's name.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the text from standard input instead of FILE.")
@click.option("--line", "one_line", is_flag=True, help="Suggest as while typing: one line where no block is due.")
@click.option(
    "--whole", is_flag=True, help="Show the model all it would see in an editor after a pause. Slow on a CPU."
)
@click.option(
    "--timeout", default=120.0, show_default=True, metavar="SECONDS", type=click.FloatRange(min=0.05, max=3600)
)
def command(
    *, place: _Place, as_json: bool, language: str, from_stdin: bool, one_line: bool, whole: bool, timeout: float
) -> int:
    """Print the suggestion for a place in a file.

    Lines and columns count from 1, columns in characters; the column after the last character is the line's end.
    The suggestion goes to standard output, everything else to standard error. The exit status is 0 with a
    suggestion, 1 without one, 2 when something is wrong with the place or the installation.
    """
    source = read_source(place.path, language, from_stdin=from_stdin)
    document = source.snapshot.document
    offset = offset_of(document, place.line, place.column)
    root = workspace_root(place.path)
    loaded = app.load_settings(root)
    for note in (*loaded.problems, *source.notes):
        click.echo(f"mendline: {note}", err=True)
    settings = _as_asked(loaded.settings, timeout)
    trigger = Trigger.AUTOMATIC if one_line else Trigger.INVOKED
    related = gather(source.snapshot, offset, _surroundings(root, settings), frozenset(settings.context.omit))
    answer = asyncio.run(_ask(_Question(root, source.snapshot, offset, trigger, related, whole), settings))
    if as_json:
        click.echo(json.dumps(_as_json(answer, document), ensure_ascii=False))
    if not answer.outcome.suggestions:
        why = "; ".join(f"{reason.detail} ({reason.reason.value})" for reason in answer.outcome.reasons)
        click.echo(f"mendline: nothing to offer: {why}", err=True)
        return _NOTHING
    if not as_json:
        suggestion = answer.outcome.suggestions[0]
        click.echo(suggestion.text)
        click.echo(f"mendline: {_summary(answer, suggestion, document)}", err=True)
    return 0


def _as_asked(settings: Settings, timeout: float) -> Settings:
    """Who types this command wants an answer: switched on, and with time for a cold engine."""
    completion = attrs.evolve(settings.completion, enabled=True, timeout_ms=int(timeout * 1000))
    return attrs.evolve(settings, completion=completion)


def _surroundings(root: Path, settings: Settings) -> Surroundings:
    # An index that an editor's server, or `mendline index update`, has made; none is made here.
    indexes = ((root, StoredIndex.of(root)),) if settings.context.index else ()
    return Surroundings(folders=(root,), indexes=indexes, refused=refusing((root,), settings.privacy.exclude))


async def _ask(question: _Question, settings: Settings) -> _Answer:
    snapshot, offset, related = question.snapshot, question.offset, question.related
    engine, prefilled = app.open_engine(settings), Prefilled()
    try:
        # Loads the model, which is no part of the suggestion's own time.
        info = await engine.info()
        if question.whole:
            await warm(unwarmed(snapshot, offset, settings, info, prefilled, related=related)[-1:], engine, prefilled)
        outcome = await complete(
            snapshot,
            offset,
            question.trigger,
            engine,
            settings,
            info=info,
            prefilled=prefilled,
            related=related,
            examples=functools.partial(_run_examples, question),
        )
    finally:
        await engine.aclose()
    if outcome.error is not None:
        raise outcome.error
    return _Answer(outcome, info)


async def _run_examples(question: _Question, text: str, symbols: tuple[str, ...], seconds: float) -> Report:
    root, snapshot = question.root, question.snapshot
    path = Path(snapshot.path or "").relative_to(root).as_posix()
    return await run_unseen(Subject(project_at(root), path, snapshot.language_id, {path: text}, symbols), seconds)


def _summary(answer: _Answer, suggestion: Suggestion, document: Document) -> str:
    outcome = answer.outcome
    parts = [f"{outcome.timings.total:.1f} s", f"{outcome.tokens} tokens"]
    if suggestion.confidence is not None:
        parts.append(f"confidence {suggestion.confidence:.2f}")
    parts += suggestion.checks
    if suggestion.range.start != suggestion.range.end:
        replaced = document.text[suggestion.range.start : suggestion.range.end]
        parts.append(f"replaces {replaced!r}")
    return f"{', '.join(parts)}; {answer.info.model}"


def _as_json(answer: _Answer, document: Document) -> dict[str, object]:
    outcome = answer.outcome
    suggestion = outcome.suggestions[0] if outcome.suggestions else None
    timings = outcome.timings
    return {
        "text": suggestion.text if suggestion else None,
        "range": _json_range(suggestion, document) if suggestion else None,
        "confidence": suggestion.confidence if suggestion else None,
        "parsed": suggestion.parsed if suggestion else None,
        "checks": list(suggestion.checks) if suggestion else [],
        "model": answer.info.model,
        "seconds": round(timings.total, 4),
        "firstTokenSeconds": None if timings.first_token is None else round(timings.first_token, 4),
        "tokens": outcome.tokens,
        "shape": outcome.shape,
        "prompt": [attrs.asdict(section) for section in outcome.sections],
        "steps": [attrs.asdict(step) for step in outcome.steps],
        "reasons": [{"reason": reason.reason.value, "detail": reason.detail} for reason in outcome.reasons],
    }


def _json_range(suggestion: Suggestion, document: Document) -> dict[str, dict[str, int]]:
    def place(offset: int) -> dict[str, int]:
        line, column = place_of(document, offset)
        return {"line": line, "column": column}

    return {"start": place(suggestion.range.start), "end": place(suggestion.range.end)}
