"""Which lines are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.evaluation.crossfile.calls import Call, calls_of
from support.code_folders import write_files
from support.python_package import write_package


def found(package: Path, name: str = "drawing.py", text: str | None = None) -> list[tuple[str, str, str]]:
    path = package / name
    text = path.read_text() if text is None else text
    calls: tuple[Call, ...] = calls_of(path, text, package)
    return [
        (text[call.line.start : call.line.end], call.callee, call.defined_in.relative_to(package).as_posix())
        for call in calls
    ]


def test_lines_that_call_what_another_file_defines(tmp_path: Path) -> None:
    assert found(write_package(tmp_path)) == [
        ("circle = Circle(radius)", "Circle", "geometry.py"),
        ("size = size_of(circle)", "area", "geometry.py"),
        ("shade = colours.darker(size)", "darker", "colours.py"),
        ("paint = brush(shade)", "brush", "deep/paint.py"),
        ("paint = brush(radius, width=2)", "brush", "deep/paint.py"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "from ..geometry import area\nreturn_ = [area(1), 'é']  \n",
            [("return_ = [area(1), 'é']", "area", "geometry.py")],
        ),
        ("from ..geometry import area\r\nx = area(1)\r\n", [("x = area(1)", "area", "geometry.py")]),
        ("from .. import geometry as g\ng.area(g)\n", [("g.area(g)", "area", "geometry.py")]),
        ("def f():\n    from ..geometry import area\n    raise area(1)\n", [("raise area(1)", "area", "geometry.py")]),
        ("from .paint import brush\nbrush(1)\n", []),
        ("from ........ import far\nfar(1)\n", []),
        ("from ..geometry import area\nx = area(1) # why\n", []),
        ("from ..geometry import area\nx = area\n", []),
        ("from ..geometry import area\nx = (\n", []),
    ],
)
def test_ways_to_import_and_to_call(text: str, expected: list[tuple[str, str, str]], tmp_path: Path) -> None:
    assert found(write_package(tmp_path), "deep/paint.py", text) == expected


def test_a_package_passes_nothing_on(tmp_path: Path) -> None:
    package = write_files(write_package(tmp_path), {"__init__.py": "from .geometry import area\n"})
    assert found(package, "other.py", "from shapes import area\narea(1)\n") == []


def test_a_file_that_is_no_python_defines_nothing(tmp_path: Path) -> None:
    package = write_files(write_package(tmp_path), {"geometry.py": "def area(:\n"})
    assert found(package, "other.py", "from .geometry import area\narea(1)\n") == []
