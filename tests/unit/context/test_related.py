from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from mendline.context import related
from mendline.context.focus import Focus
from mendline.context.piece import Piece
from mendline.context.related import gather
from mendline.context.sources import SOURCES, Source
from mendline.context.surroundings import Surroundings
from mendline.settings.model import SPEC, ContextSettings
from support.cursor_text import snapshot_at

Pieces = Callable[[Focus, Surroundings], tuple[Piece, ...]]


def only(monkeypatch: pytest.MonkeyPatch, **sources: Pieces) -> None:
    monkeypatch.setattr(related, "SOURCES", tuple(Source(name, pieces, 0.5) for name, pieces in sources.items()))


def broken(_focus: Focus, _surroundings: Surroundings) -> tuple[Piece, ...]:
    raise RuntimeError("a defect")


def works(_focus: Focus, _surroundings: Surroundings) -> tuple[Piece, ...]:
    return (Piece("a.py", "x"),)


def test_a_defect_of_one_source_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, broken=broken, works=works)
    snapshot, offset = snapshot_at("ˇ")
    assert [name for name, _ in gather(snapshot, offset, Surroundings()).pieces] == ["works"]


def test_a_source_that_is_omitted_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, works=works)
    snapshot, offset = snapshot_at("ˇ")
    assert gather(snapshot, offset, Surroundings(), frozenset({"works"})).pieces == ()


def test_what_a_source_has_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, works=lambda *_: tuple(Piece("a.py", "x" * 1000, at) for at in range(1000)))
    snapshot, offset = snapshot_at("ˇ")
    ((_, pieces),) = gather(snapshot, offset, Surroundings()).pieces
    assert 10 < len(pieces) < 100


def test_every_source_can_be_switched_off_by_its_name() -> None:
    choices = attrs.fields(ContextSettings).omit.metadata[SPEC].choices
    assert choices == tuple(source.name for source in SOURCES)
    assert round(sum(source.share for source in SOURCES), 9) <= 1
