"""Benchmark files of JSON lines, gzipped or plain."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from mendline.settings.errors import MendlineError

_GZIP = b"\x1f\x8b"


class ItemsError(MendlineError):
    """A file that is not a list of a benchmark's items."""


def read_texts(path: Path, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Read the texts of each line's object that have these names.

    Raises:
        ItemsError: the file can't be read, or a line is no object with these texts; the message names file and line.
    """
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            yield _texts(line, names, f"{path}:{number}")


def _lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if raw.startswith(_GZIP) else raw).decode("utf-8").split("\n")
    except FileNotFoundError:
        raise ItemsError(f"there is no file {path}") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ItemsError(f"{path} is a damaged gzip file") from None
    except UnicodeDecodeError:
        raise ItemsError(f"{path} is not a text file of JSON lines") from None
    except OSError as error:
        raise ItemsError(f"cannot read {path}: {error.strerror or error}") from None


def _texts(line: str, names: Sequence[str], place: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise ItemsError(f"{place}: not JSON: {error.msg}") from None
    if not isinstance(found, dict):
        raise ItemsError(f"{place}: not a JSON object")
    for name in names:
        if not isinstance(found.get(name), str):
            raise ItemsError(f"{place}: no text {name!r}")
    return {name: found[name] for name in names}
