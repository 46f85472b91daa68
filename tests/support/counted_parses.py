"""Sees which texts are parsed incrementally."""

from __future__ import annotations

import pytest

from mendline.syntax.tree import OutdatedTree, Tree


def counted_parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the text of each incremental parse is added from now on."""
    texts: list[str] = []
    parse = OutdatedTree.parse

    def counted(self: OutdatedTree, budget_ms: float) -> Tree | None:
        texts.append(self.document.text)
        return parse(self, budget_ms)

    monkeypatch.setattr(OutdatedTree, "parse", counted)
    return texts
