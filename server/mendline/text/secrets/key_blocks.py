"""Private keys in PEM blocks, which go over many lines or stand in one string with escaped line breaks."""

from __future__ import annotations

import re
from typing import Final

from mendline.text.secrets.placeholder import placeholder

HINT: Final = "PRIVATE KEY"

_BEGIN: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_END: Final = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
# The most characters of a block: an RSA key of 16,384 bits has 13,000.
_LONGEST: Final = 20_000
# A line of a key has 64 characters by the standard; anything between two markers without a run like it is no key.
_TELLING: Final = re.compile(r"[A-Za-z0-9+/]{24,}")
_PIECE: Final = re.compile(r"\\+[nrt]|[A-Za-z0-9+/]{3,}={0,2}")
# Lines that hold nothing but a piece of a key, and what quotes or indents it.
_KEY_LINES: Final = re.compile(
    r"(?:[^A-Za-z0-9+/\r\n]*[A-Za-z0-9+/]{16,}={0,2}(?:\\n)?[^A-Za-z0-9+/\r\n]*(?:\r\n?|\n|\Z))+"
)
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*")
_LAST_LINE: Final = re.compile(r"[^A-Za-z0-9+/\r\n]*[A-Za-z0-9+/]+={0,2}(?:\\n)?[^A-Za-z0-9+/\r\n]*")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+\Z")
_BREAK: Final = re.compile(r"\r\n?|\n")


def mask_key_blocks(text: str) -> str:
    """Replace what lies between a block's markers; where one marker is out of sight, the lines that hold key only."""
    pieces: list[str] = []
    done = 0
    for start, end in _bodies(text):
        if start < done or not _TELLING.search(text, start, end):
            continue
        pieces += (text[done:start], _PIECE.sub(_masked, text[start:end]))
        done = end
    return "".join((*pieces, text[done:])) if pieces else text


def _bodies(text: str) -> list[tuple[int, int]]:
    begins = [found.end() for found in _BEGIN.finditer(text)]
    ends = [(found.start(), found.end()) for found in _END.finditer(text)]
    bodies: list[tuple[int, int]] = []
    for index, begin in enumerate(begins):
        limit = min([begin + _LONGEST, *begins[index + 1 : index + 2]])
        end = next((start for start, _ in ends if begin <= start <= limit), None)
        bodies.append((begin, _end_of_lines(text, begin) if end is None else end))
    for index, (start, _) in enumerate(ends):
        earliest = ends[index - 1][1] if index else 0
        if not any(earliest <= begin <= start for begin in begins):
            bodies.append((_start_of_lines(text, earliest, start), start))
    return sorted(bodies)


def _end_of_lines(text: str, begin: int) -> int:
    """Where the key's lines after a marker end. The rest of the marker's own line may be all of the key."""
    rest = _REST_OF_LINE.match(text, begin)
    assert rest is not None
    break_ = _BREAK.match(text, rest.end())
    lines = _KEY_LINES.match(text, break_.end()) if break_ else None
    return lines.end() if lines else rest.end()


def _start_of_lines(text: str, earliest: int, end: int) -> int:
    """Where the key's lines before a marker start. The last of them may be short."""
    lines = _LINE.findall(text, max(earliest, end - _LONGEST), end)
    beside = lines.pop() if lines and not lines[-1].endswith(("\r", "\n")) else ""
    start = end - len(beside)
    for index, line in enumerate(reversed(lines)):
        if not (_KEY_LINES.fullmatch(line) or (index == 0 and _LAST_LINE.fullmatch(line.rstrip("\r\n")))):
            break
        start -= len(line)
    return start


def _masked(found: re.Match[str]) -> str:
    piece = found.group()
    return piece if piece.startswith("\\") else placeholder(piece)
