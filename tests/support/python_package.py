"""A Python package of a few files, in small."""

from __future__ import annotations

from pathlib import Path

from support.code_folders import write_files

CALLER = '''"""Shapes, drawn. {padding}"""

from __future__ import annotations

import os

from . import colours
from .geometry import Circle, area as size_of, missing
from shapes.deep.paint import brush
from elsewhere import outside


def draw(radius: float) -> str:
    """Draw a circle, é."""
    circle = Circle(radius)
    size = size_of(circle)
    shade = colours.darker(size)
    paint = brush(shade)
    outside(paint)
    colours.unknown(paint)
    text = str(
        size_of(circle)
    )
    if brush(text): return text
    missing()
    draw(size)
    return paint; brush(size)


def again(radius: float) -> None:
    paint = brush(radius, width=2)
    brush(radius)
    brush(radius)
'''

FILES = {
    "__init__.py": "",
    "drawing.py": CALLER.format(padding="as the model sees them.\n" * 12),
    "geometry.py": "class Circle:\n    pass\n\n\ndef area(shape):\n    return 1\n",
    "colours.py": "def darker(colour):\n    return colour\n",
    "deep/__init__.py": "",
    "deep/paint.py": "async def brush(colour, width=1):\n    return colour\n",
}


def write_package(folder: Path) -> Path:
    """Write the package `shapes`; returns its folder."""
    return write_files(folder / "shapes", FILES)
