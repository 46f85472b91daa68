"""Tools that tests ask for by `needs`: those of `tests/tools` are found by these tests only."""

from __future__ import annotations

import os

import pytest

from support.installed import TOOLS, find


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        absent = [tool for mark in item.iter_markers("needs") for tool in mark.args if find(tool) is None]
        if absent:
            item.add_marker(pytest.mark.skip(reason=f"{' and '.join(absent)} not installed"))


@pytest.fixture(autouse=True)
def _tools_in_path(request: pytest.FixtureRequest) -> None:
    """Have what Node.js programs of `tests/tools` there are in PATH; other tests see the machine as it is."""
    if request.node.get_closest_marker("needs") is not None and TOOLS.is_dir():
        monkeypatch = request.getfixturevalue("monkeypatch")
        monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
