"""Benchmark files of JSON lines, gzipped or plain."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mendline.settings.errors import MendlineError

_GZIP = b"\x1f\x8b"


class ItemsError(MendlineError):
    """A file that is not a list of a benchmark's items."""


def read_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read each line's object, with its place as messages name it: file and line.

    Raises:
        ItemsError: the file can't be read, or a line is no object; the message names file and line.
    """
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            place = f"{path}:{number}"
            yield place, _object(line, place)


def read_texts(path: Path, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Read the texts of each line's object that have these names.

    Raises:
        ItemsError: as `read_objects`, or an object has no such text.
    """
    for place, found in read_objects(path):
        yield texts_of(found, names, place)


def texts_of(found: Mapping[str, Any], names: Sequence[str], place: str) -> dict[str, str]:
    """Take the texts that have these names.

    Raises:
        ItemsError: there is none of a name.
    """
    for name in names:
        if not isinstance(found.get(name), str):
            raise ItemsError(f"{place}: no text {name!r}")
    return {name: found[name] for name in names}


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


def _object(line: str, place: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise ItemsError(f"{place}: not JSON: {error.msg}") from None
    if not isinstance(found, dict):
        raise ItemsError(f"{place}: not a JSON object")
    return found
