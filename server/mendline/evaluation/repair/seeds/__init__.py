"""Small programs with one seeded error each, written for this project: one Markdown file a language.

A heading `## kind: file name` begins a program; its code has one place `⟦right¦wrong⟧`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

_FOLDER: Final = Path(__file__).parent
_PROGRAM: Final = re.compile(
    r"^## (?P<kind>[^:\n]+): (?P<path>\S+)\n```\w+\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_PLACE: Final = re.compile(r"⟦(?P<right>[^¦⟧]*)¦(?P<wrong>[^¦⟧]*)⟧")

BESIDE: Final = {
    "typescript": {
        "shared.ts": "export const limit = 20;\n\n"
        "export function label(index: number, text: string): string {\n  return `${index + 1}. ${text}`;\n}\n",
        "tsconfig.json": '{"compilerOptions": {"strict": true, "noUnusedLocals": true, "target": "es2022", '
        '"module": "nodenext", "noEmit": true}}\n',
        "package.json": '{"type": "module"}\n',
    },
}
"""What lies beside a language's programs, by file name."""


@frozen
class Seed:
    """A program with an error.

    Attributes:
        name: language and file.
        kind: what sort of error.
        language: the language id.
        path: the file's name.
        right: the program without the error.
        wrong: the program with it.
        line: where the error was put, from 0.
    """

    name: str
    kind: str
    language: str
    path: str
    right: str
    wrong: str
    line: int


def read_seeds() -> tuple[Seed, ...]:
    """Return all programs, language by language."""
    files = sorted(_FOLDER.glob("*.md"))
    return tuple(seed for file in files for seed in _seeds(file.stem, file.read_text(encoding="utf-8")))


def _seeds(language: str, text: str) -> Iterator[Seed]:
    for found in _PROGRAM.finditer(text):
        code, path = found["code"], found["path"]
        place = _PLACE.search(code)
        assert place is not None, path
        right, wrong = (f"{code[: place.start()]}{place[side]}{code[place.end() :]}" for side in ("right", "wrong"))
        line = code[: place.start()].count("\n")
        yield Seed(f"{language}/{path}", found["kind"], language, path, right, wrong, line)
