"""Which lines are asked for: spread over packages, a few in each file, in the order of the file."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from mendline.evaluation.crossfile.calls import Call, calls_of
from mendline.evaluation.files.code import CodeFile, code_files, read_code
from mendline.evaluation.files.sample import by_turns

_MOST_IN_A_FILE = 3


@frozen
class Place:
    """A line to ask for.

    Attributes:
        file: the file.
        package: the folder of the whole package: the workspace that is open.
        text: the file's text, with nothing deleted.
        call: the line.
    """

    file: CodeFile
    package: Path
    text: str = field(repr=False)
    call: Call

    @property
    def key(self) -> str:
        """Its name among the results."""
        return f"{self.file.name}:{self.call.line.start}:{self.call.callee}"

    @property
    def document(self) -> str:
        """The text without the line's code; its indentation and its line break stay."""
        return self.text[: self.call.line.start] + self.text[self.call.line.end :]

    @property
    def line(self) -> str:
        """What was deleted."""
        return self.text[self.call.line.start : self.call.line.end]


def draw_places(packages: Sequence[Path], count: int, seed: int) -> tuple[Place, ...]:
    """Draw places; those of one file follow each other. The same packages and seed give the same places.

    Args:
        packages: folders.
        count: how many. There are fewer when all files are used up.
        seed: of the draw.
    """
    folders = {folder.name: folder for folder in packages}
    files = [file for folder in packages for file in code_files([folder], ["python"])]
    draw = random.Random(f"{seed}:crossfile")  # noqa: S311 - chance, no secret
    return tuple(itertools.islice(_places(files, folders, draw), count))


def fingerprint(places: Sequence[Place]) -> str:
    """Return a SHA-256 that only the same places in the same texts have."""
    digest = hashlib.sha256()
    for place in places:
        digest.update(f"{place.key}\n".encode())
        digest.update(place.text.encode())
    return digest.hexdigest()


def _places(files: Sequence[CodeFile], folders: dict[str, Path], draw: random.Random) -> Iterator[Place]:
    for file in by_turns(files, _root, draw):
        text = read_code(file)
        package = folders[_root(file)]
        if text is not None:
            calls = calls_of(file.path, text, package)
            chosen = draw.sample(calls, min(len(calls), _MOST_IN_A_FILE))
            for call in sorted(chosen, key=lambda call: call.line.start):
                yield Place(file, package, text, call)


def _root(file: CodeFile) -> str:
    return file.name.partition("/")[0]
