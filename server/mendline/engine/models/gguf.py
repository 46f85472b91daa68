"""GGUF files, looked at before llama.cpp sees them.

llama.cpp may abort the process on a file that is broken in the right way, and its messages are for its
developers. `inspect` reads only the header, bounded in time and memory whatever the file holds, and either returns
what is in there or says in one line what is wrong.

Source of the format: the GGUF specification in the ggml repository (docs/gguf.md), versions 2 and 3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

from mendline.engine.errors import ModelInvalid, ModelUnknown
from mendline.engine.models.gguf_header import Header, HeaderReader, Tensor
from mendline.engine.models.gguf_types import FILE_TYPES, TENSOR_TYPES
from mendline.engine.models.not_gguf import what_it_is_instead

_EMBEDDING_ARCHITECTURES = {"bert", "clip", "jina-bert-v2", "modern-bert", "nomic-bert", "nomic-bert-moe", "t5encoder"}


@frozen
class GgufInfo:
    """What a GGUF file says about itself.

    Attributes:
        path: the file.
        size: its length in bytes.
        version: of the format, 2 or 3.
        architecture: llama.cpp's name for it, such as "qwen2".
        name: the model's name, empty when the file gives none.
        quantisation: llama.cpp's name of how most weights are stored ("Q4_K_M"); empty when unknown.
        block_count: number of transformer blocks, 0 when unknown.
        context_length: tokens the model was trained for, 0 when unknown.
        embedding_length: width of the residual stream, 0 when unknown.
        vocabulary: number of tokens it knows.
        parameters: number of weights.
        has_chat_template: whether the file carries one.
        metadata: all scalar metadata; arrays are given as their length.
    """

    path: Path
    size: int
    version: int
    architecture: str
    name: str
    quantisation: str
    block_count: int
    context_length: int
    embedding_length: int
    vocabulary: int
    parameters: int
    has_chat_template: bool
    metadata: Mapping[str, object] = field(repr=False)


def inspect(path: Path) -> GgufInfo:
    """Read the header of the GGUF at `path` and check that the file can hold what the header promises.

    Raises:
        ModelUnknown: there is no such file.
        ModelInvalid: it is not a whole, readable GGUF of a language model; says why in one line.
    """
    try:
        if path.is_dir():
            raise ModelInvalid(f"{path} is a folder; give the .gguf file in it")
        if not path.is_file() and path.exists():
            raise ModelInvalid(f"{path} is not a regular file")
        with path.open("rb") as file:
            return _inspect(path, file)
    except FileNotFoundError as error:
        raise ModelUnknown(
            f"There is no file {path}; `mendline models list` shows the models that go by name"
        ) from error
    except OSError as error:
        raise ModelInvalid(f"{path} can't be read: {error.strerror or error}") from error


def _inspect(path: Path, file: BinaryIO) -> GgufInfo:
    size = path.stat().st_size
    if instead := what_it_is_instead(file.read(1024), size):
        raise ModelInvalid(f"{path} {instead}")
    file.seek(0)
    header = HeaderReader(path, file, size).read()
    _check_kind(path, header)
    _check_tensors(path, header, size)
    return _describe(path, size, header)


def _describe(path: Path, size: int, header: Header) -> GgufInfo:
    metadata = header.metadata
    architecture = str(metadata["general.architecture"])

    def number(key: str) -> int:
        value = metadata.get(f"{architecture}.{key}")
        return value if isinstance(value, int) and value > 0 else 0

    file_type = metadata.get("general.file_type")
    vocabulary = metadata.get("tokenizer.ggml.tokens")
    return GgufInfo(
        path=path,
        size=size,
        version=header.version,
        architecture=architecture,
        name=str(metadata.get("general.name", "")),
        quantisation=FILE_TYPES.get(file_type, "") if isinstance(file_type, int) else "",
        block_count=number("block_count"),
        context_length=number("context_length"),
        embedding_length=number("embedding_length"),
        vocabulary=vocabulary if isinstance(vocabulary, int) else 0,
        parameters=sum(math.prod(tensor.shape) for tensor in header.tensors),
        has_chat_template=bool(metadata.get("tokenizer.chat_template")),
        metadata=metadata,
    )


def _check_kind(path: Path, header: Header) -> None:
    """Refuse a GGUF that is no language model, or not the file of it to start from."""
    metadata = header.metadata
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        raise ModelInvalid(f"{path} is corrupt: it doesn't say which architecture its weights are for")
    kind = metadata.get("general.type", "model")
    if kind != "model":
        raise ModelInvalid(f"{path} holds no model but what it calls “{kind}”; give the model's own file")
    if architecture in _EMBEDDING_ARCHITECTURES:
        raise ModelInvalid(f"{path} is a {architecture} model: it embeds and can't write text; choose a language model")
    if not metadata.get("tokenizer.ggml.tokens"):
        raise ModelInvalid(f"{path} has no vocabulary in it; get a complete GGUF of the model")
    if not header.tensors:
        raise ModelInvalid(f"{path} has no weights in it (a vocabulary only); get a complete GGUF of the model")
    _check_split(path, metadata)


def _check_split(path: Path, metadata: Mapping[str, object]) -> None:
    number, count = metadata.get("split.no", 0), metadata.get("split.count", 0)
    if not isinstance(number, int) or not isinstance(count, int) or count < 2:
        return
    stem = path.name.removesuffix(f"-{number + 1:05}-of-{count:05}.gguf")
    if number > 0:
        first = f"{stem}-00001-of-{count:05}.gguf"
        raise ModelInvalid(f"{path} is part {number + 1} of {count} of a split model; give its first part ({first})")
    for other in range(2, min(count, 1000) + 1):
        sibling = path.with_name(f"{stem}-{other:05}-of-{count:05}.gguf")
        if not sibling.exists():
            raise ModelInvalid(
                f"{path} is the first of {count} parts of a model, and part {other} is missing: {sibling}"
            )


def _check_tensors(path: Path, header: Header, size: int) -> None:
    """Compare where the header says the weights lie with how long the file is."""
    end = header.data_start
    for tensor in header.tensors:
        length = _byte_length(path, tensor)
        if tensor.offset % header.alignment:
            raise ModelInvalid(f"{path} is corrupt: the weights {tensor.name!r} are misaligned")
        end = max(end, header.data_start + tensor.offset + length)
    if end > size:
        raise ModelInvalid(f"{path} is truncated: expected at least {end} bytes, has {size}; get the file again")


def _byte_length(path: Path, tensor: Tensor) -> int:
    """Return how many bytes a tensor takes; 0 for a type newer than this table, which llama.cpp will judge."""
    weights = math.prod(tensor.shape)
    if weights >= 1 << 48 or min(tensor.shape) < 1:
        raise ModelInvalid(f"{path} is corrupt: the weights {tensor.name!r} have the shape {tensor.shape}")
    layout = TENSOR_TYPES.get(tensor.type)
    if layout is None:
        return 0
    if tensor.shape[0] % layout.block:
        raise ModelInvalid(
            f"{path} is corrupt: rows of {tensor.shape[0]} weights in {tensor.name!r} don't divide into "
            f"{layout.name}'s blocks of {layout.block}"
        )
    return weights // layout.block * layout.bytes
