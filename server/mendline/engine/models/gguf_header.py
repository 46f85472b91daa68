"""The header of a GGUF file, read with bounds.

Every count in a header is hostile until shown otherwise: a loop runs only over what the rest of the file can hold
and never past fixed limits, and nothing is allocated by a count alone.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from mendline.engine.errors import ModelInvalid

_READ_AHEAD = 4 << 20
_LONGEST_HEADER = 256 << 20
_LONGEST_KEY = 1 << 16
_LONGEST_STRING = 16 << 20
_MOST_METADATA = 1 << 16
_MOST_TENSORS = 1 << 18
_MOST_STRINGS = 4_000_000
"""Array strings in one file. The largest vocabularies have about 300,000 tokens and as many merges."""
_MOST_DIMENSIONS = 4

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_U64 = struct.Struct("<Q")


@frozen
class Tensor:
    """Where one tensor lies.

    Attributes:
        name: its name.
        shape: weights along each dimension, the contiguous one first; at least one dimension.
        type: number of its ggml type.
        offset: of its first byte from the start of the data section.
    """

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int


@frozen
class Header:
    """A whole header.

    Attributes:
        version: of the format.
        metadata: scalars and strings by key; arrays as their length.
        tensors: in the file's order.
        alignment: of tensor data, in bytes.
        data_start: offset of the data section in the file.
    """

    version: int
    metadata: dict[str, object]
    tensors: tuple[Tensor, ...]
    alignment: int
    data_start: int


class HeaderReader:
    """Reads one header from an open file of `size` bytes; see `read`."""

    def __init__(self, path: Path, file: BinaryIO, size: int) -> None:
        self._path = path
        self._file = file
        self._size = size
        self._buffer = bytearray()
        self._at = 0
        self._strings = 0

    def read(self) -> Header:
        """Read the header from its first byte.

        Raises:
            ModelInvalid: it is corrupt, or the file ends inside it.
            OSError: the file can't be read.
        """
        self._take(4)
        version = self._number("I")
        tensor_count, metadata_count = self._number("Q"), self._number("Q")
        self._check_count("tensors", tensor_count, _MOST_TENSORS, each=32)
        self._check_count("metadata entries", metadata_count, _MOST_METADATA, each=13)
        metadata: dict[str, object] = {}
        for _ in range(metadata_count):
            key = self._text(_LONGEST_KEY)
            if key in metadata:
                raise self._corrupt(f"its metadata says {key!r} twice")
            metadata[key] = self._value()
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment not in {1 << bit for bit in range(3, 21)}:
            raise self._corrupt(f"its alignment is {alignment!r}")
        tensors = tuple(self._tensor() for _ in range(tensor_count))
        data_start = -(-self._at // alignment) * alignment
        return Header(version, metadata, tensors, alignment, data_start)

    def _tensor(self) -> Tensor:
        name = self._text(_LONGEST_KEY)
        dimensions = self._number("I")
        if not 1 <= dimensions <= _MOST_DIMENSIONS:
            raise self._corrupt(f"the weights {name!r} have {dimensions} dimensions")
        shape = tuple(self._number("Q") for _ in range(dimensions))
        return Tensor(name, shape, self._number("I"), self._number("Q"))

    def _value(self) -> object:
        kind = self._number("I")
        if kind == _STRING:
            return self._text(_LONGEST_STRING)
        if kind == _ARRAY:
            return self._skip_array()
        if kind not in _SCALARS:
            raise self._corrupt(f"its metadata has a value of the unknown type {kind}")
        return self._scalar(_SCALARS[kind])

    def _skip_array(self) -> int:
        kind, count = self._number("I"), self._number("Q")
        if kind == _STRING:
            self._strings += count
            self._check_count("strings", self._strings, _MOST_STRINGS, each=0)
            self._check_count("strings", count, _MOST_STRINGS, each=8)
            self._skip_strings(count)
        elif kind in _SCALARS:
            width = struct.calcsize(_SCALARS[kind])
            self._check_count("values", count, _LONGEST_HEADER, each=width)
            self._take(count * width)
        else:
            raise self._corrupt(f"its metadata has an array of the unknown type {kind}")
        return count

    def _skip_strings(self, count: int) -> None:
        """Step over strings; by hand, since a vocabulary is most of a header and this loop most of the time."""
        unpack, at, end = _U64.unpack_from, self._at, len(self._buffer)
        for _ in range(count):
            if at + 8 > end:
                end = self._reach(at + 8)
            (length,) = unpack(self._buffer, at)
            at += 8 + length
            if at > end:
                end = self._reach(at)
        self._at = at

    def _check_count(self, what: str, count: int, most: int, each: int) -> None:
        if count > most:
            raise self._corrupt(f"it claims to have {count} {what}")
        if count * each > self._size - self._at:
            raise ModelInvalid(
                f"{self._path} is truncated or corrupt: it claims to have {count} {what}, too many for a file of "
                f"{self._size} bytes; get the file again"
            )

    def _text(self, longest: int) -> str:
        length = self._number("Q")
        if length > longest:
            raise self._corrupt(f"it has a name or text of {length} bytes")
        return self._take(length).decode("utf-8", "replace")

    def _scalar(self, code: str) -> object:
        value: object = struct.unpack("<" + code, self._take(struct.calcsize(code)))[0]
        return value

    def _number(self, code: str) -> int:
        return int.from_bytes(self._take(struct.calcsize("<" + code)), "little")

    def _take(self, length: int) -> bytes:
        at, self._at = self._at, self._at + length
        if self._at > len(self._buffer):
            self._reach(self._at)
        return bytes(self._buffer[at : self._at])

    def _reach(self, end: int) -> int:
        """Read on until the buffer goes to `end` at least, and return where it goes to."""
        if end > self._size:
            raise ModelInvalid(
                f"{self._path} is truncated or corrupt: its header goes on to byte {end} at least, "
                f"and the file has {self._size}; get the file again"
            )
        if end > _LONGEST_HEADER:
            raise self._corrupt(f"its header is longer than {_LONGEST_HEADER} bytes")
        self._buffer += self._file.read(max(end - len(self._buffer), _READ_AHEAD))
        if end > len(self._buffer):
            raise ModelInvalid(f"{self._path} became shorter while it was read; try again when its download is done")
        return len(self._buffer)

    def _corrupt(self, why: str) -> ModelInvalid:
        return ModelInvalid(f"{self._path} is corrupt: {why}; get the file again")
