"""Grammars, settings, and what was kept back so far."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import attrs

from mendline.cli.doctor.findings import Finding, Level
from mendline.settings.loading import DEFAULT_ORIGIN, Item, Loaded, items
from mendline.syntax.grammars import grammar_status
from mendline.syntax.languages import LANGUAGES
from mendline.telemetry import ledger
from mendline.telemetry.acceptance import AcceptanceBook, Figures
from mendline.workspace.index.place import place_of
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.index.walking import NOT_REACHED, TOO_MANY


def grammars() -> Iterable[Finding]:
    """Load every grammar and say which don't."""
    statuses = [(language, grammar_status(language)) for language in LANGUAGES]
    loaded = [language.name for language, status in statuses if status.loaded]
    yield Finding("loaded", f"{len(loaded)} of {len(statuses)}: {', '.join(loaded)}")
    for language, status in statuses:
        if status.reason is not None:
            advice = f"{status.reason}; suggestions in {language.name} come unparsed."
            yield Finding(language.name, "no grammar", Level.ATTENTION, advice[0].upper() + advice[1:])


def settings(loaded: Loaded) -> Iterable[Finding]:
    """List every setting with its value and origin, then what could not be used."""
    for item in items():
        origin = loaded.origins[item.name]
        mark = "" if origin == DEFAULT_ORIGIN else f"  ({origin})"
        yield Finding(item.name, f"{_value(loaded, item)}{mark}")
    for problem in loaded.problems:
        yield Finding("problem", problem, Level.ATTENTION, "Correct or remove it.")


def index(loaded: Loaded, root: Path) -> Iterable[Finding]:
    """Say where the index of this folder stands."""
    if not loaded.settings.context.index:
        yield Finding("index", "switched off")
        return
    state = StoredIndex.of(root).state()
    if state is None:
        yield Finding("index", "none of this folder yet; an editor that opens it has one made")
        return
    place = place_of(root)
    yield Finding("index", f"{state} ({place.size() / 2**20:.1f} MiB in {place.folder})")
    if not state.searchable:
        advice = "This Python's SQLite lacks FTS5: related code is found by name only."
        yield Finding("search", "not possible", Level.NOTE, advice)
    if beyond := state.left_out.get(TOO_MANY, 0) + state.left_out.get(NOT_REACHED, 0):
        advice = "Put folders that don't matter into .mendlineignore."
        yield Finding("left out", f"{beyond} files or folders beyond the limits", Level.NOTE, advice)


def history() -> Iterable[Finding]:
    """Show the counts of all sessions that have ended."""
    counts = ledger.read()
    if not counts:
        yield Finding("suggestions", "none counted yet")
    for name, number in counts.items():
        yield Finding(name.removeprefix("completion."), str(number))


def acceptance() -> Iterable[Finding]:
    """Show what became of suggestions, by language."""
    languages: dict[str, Figures] = {}
    for day in AcceptanceBook().read().values():
        for language, figures in day.items():
            languages[language] = languages.get(language, Figures()) + figures
    for language, figures in sorted(languages.items()):
        yield Finding(language or "unknown", _told(figures))


def _told(figures: Figures) -> str:
    return (
        f"{figures.shown} shown, {figures.accepted} accepted, {figures.partially_accepted} in part; "
        f"{figures.kept} of {figures.followed} kept after 30 s; {figures.characters} characters inserted"
    )


def _value(loaded: Loaded, item: Item) -> str:
    value = loaded.settings
    for name in item.path:
        value = getattr(value, name)
    return json.dumps(list(value) if isinstance(value, tuple) else value, default=attrs.asdict)
