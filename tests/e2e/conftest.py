"""One editor for all tests that need nothing special; they tell their documents apart by name."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from support.editor import Editor, editing

ANSWERS = [
    {"prefix_ends_with": "return", "middle": " a + b"},
    {"prefix_ends_with": "'🎉🎉' +", "middle": " 'é'"},
    {"prefix_ends_with": "math.sqrt", "middle": "(2)"},
    {"prefix_ends_with": "IDENTIFICATION", "middle": " DIVISION."},
    {"prefix_ends_with": "def block():\n    ", "middle": "first = 1\n    return first\n"},
    {"prefix_ends_with": "fails =", "error": "EngineRefused", "message": "the script refuses"},
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def editor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    folder = tmp_path_factory.mktemp("shared")
    async with editing(folder, {"answers": ANSWERS, "default": {"middle": ""}}) as running:
        yield running
