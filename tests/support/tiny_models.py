"""Small stand-ins for models: catalogues of a few kilobytes, wheels with their slices, GGUF files."""

from __future__ import annotations

import hashlib
import random
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mendline.engine.models.catalogue import Catalogue, Entry, HubSource, Source, WheelPart, WheelsSource


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def noise(size: int, seed: int = 1) -> bytes:
    """Return bytes that don't compress."""
    return random.Random(seed).randbytes(size)


def slices(content: bytes, count: int) -> list[bytes]:
    """Cut content into `count` slices of which the last may be shorter."""
    width = -(-len(content) // count)
    return [content[start : start + width] for start in range(0, len(content), width)]


def wheel_parts(content: bytes, count: int) -> tuple[WheelPart, ...]:
    return tuple(
        WheelPart(f"tiny-part{n}", "1.0", f"tiny_part{n}/data.bin", len(piece), sha256(piece))
        for n, piece in enumerate(slices(content, count), 1)
    )


def tiny_catalogue(content: bytes, *, hub: bool = True, wheels: int = 0, **changes: object) -> Catalogue:
    """Return a catalogue whose one model, `tiny`, is `content`."""
    sources: list[Source] = []
    if hub:
        sources.append(HubSource("owner/tiny", "a" * 40))
    if wheels:
        sources.append(WheelsSource(wheel_parts(content, wheels)))
    fields: dict[str, object] = {
        "id": "tiny",
        "file": "tiny.gguf",
        "size": len(content),
        "sha256": sha256(content),
        "licence": "Apache-2.0",
        "family": "tiny",
        "quantisation": "F16",
        "name": "Tiny",
        "purpose": "tests",
        "default": True,
        "sources": tuple(sources),
    }
    return Catalogue((Entry(**(fields | changes)),))  # type: ignore[arg-type]  # the fields are what Entry takes


def write_wheel(folder: Path, package: str, version: str, member: str, data: bytes) -> Path:
    """Write a wheel that pip takes, with one data file in it."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    files = {
        member: data,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
        archive.writestr(f"{info}/RECORD", record)
    return path


def write_wheels(folder: Path, content: bytes, count: int) -> None:
    """Write the wheels that `wheel_parts` describes."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, piece in zip(wheel_parts(content, count), slices(content, count), strict=True):
        write_wheel(folder, part.package, part.version, part.member, piece)


Value = str | int | float | bool | Sequence[str] | Sequence[int]

METADATA: Mapping[str, Value] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "general.file_type": 1,
    "llama.block_count": 2,
    "llama.context_length": 128,
    "llama.embedding_length": 8,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": ["a", "b", "héé"],
    "tokenizer.ggml.token_type": [1, 1, 1],
    "tokenizer.chat_template": "{{ messages }}",
}


def gguf_bytes(
    metadata: Mapping[str, Value] = METADATA,
    tensors: Sequence[tuple[str, tuple[int, ...], int, int]] = (("a.weight", (8, 3), 1, 0), ("b.weight", (8,), 0, 64)),
    data: int = 96,
    version: int = 3,
    counts: tuple[int, int] | None = None,
) -> bytes:
    """Return a GGUF with these tensors (name, shape, type, offset) and `data` bytes of weights."""
    tensor_count, metadata_count = counts or (len(tensors), len(metadata))
    out = bytearray(b"GGUF" + struct.pack("<IQQ", version, tensor_count, metadata_count))
    for key, value in metadata.items():
        out += _string(key) + _value(value)
    for name, shape, kind, offset in tensors:
        out += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
    alignment = metadata.get("general.alignment", 32)
    if isinstance(alignment, int) and alignment > 0:
        out += b"\0" * (-len(out) % alignment)
    return bytes(out) + b"\1" * data


def _string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + _string(value)
    if value and isinstance(value[0], str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_string(str(item)) for item in value)
    return struct.pack(f"<IIQ{len(value)}I", 9, 4, len(value), *value)
