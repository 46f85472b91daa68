"""GGUF files: what is read from good ones, and what is said about everything else."""

import ctypes
import random
import re
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.engine.errors import ModelInvalid, ModelUnknown
from mendline.engine.models import gguf
from mendline.engine.models.gguf_types import TENSOR_TYPES
from support.tiny_models import METADATA, Value, gguf_bytes


def write(folder: Path, content: bytes, name: str = "x.gguf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def with_metadata(**changes: Value) -> Mapping[str, Value]:
    return {**METADATA, **{key.replace("__", "."): value for key, value in changes.items()}}


def without(key: str) -> Mapping[str, Value]:
    return {name: value for name, value in METADATA.items() if name != key}


def test_a_good_file_is_described(tmp_path: Path) -> None:
    path = write(tmp_path, gguf_bytes())
    info = gguf.inspect(path)
    assert (info.path, info.size, info.version) == (path, path.stat().st_size, 3)
    assert (info.architecture, info.name, info.quantisation) == ("llama", "Tiny", "F16")
    assert (info.block_count, info.context_length, info.embedding_length) == (2, 128, 8)
    assert (info.vocabulary, info.parameters, info.has_chat_template) == (3, 32, True)


@pytest.mark.parametrize(
    "content",
    [
        gguf_bytes(version=2),
        gguf_bytes(with_metadata(general__alignment=64)),
        gguf_bytes(data=5000),
        gguf_bytes(without("tokenizer.chat_template")),
        gguf_bytes(without("general.file_type")),
        gguf_bytes(with_metadata(general__file_type=9999, some__flag=True, some__number=1.5)),
        gguf_bytes(tensors=[("new.type", (7,), 4711, 0)]),
    ],
)
def test_what_is_unusual_but_whole_passes(tmp_path: Path, content: bytes) -> None:
    assert gguf.inspect(write(tmp_path, content)).architecture == "llama"


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello", "is not a GGUF file"),
        (b"GGUF", "is truncated: expected at least 24 bytes, has 4"),
        (LFS, "is a Git LFS pointer"),
        (b"\n <!DOCTYPE html><html>", "is a web page"),
        (b"lmgg\1\0\0\0", "is in the GGML format from before GGUF"),
        (b"tjgg\1\0\0\0", "is in the GGML format from before GGUF"),
        (b"PK\3\4....", "is an archive"),
        (struct.pack("<Q", 9) + b'{"a":1}', "is in the safetensors format"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "is a big-endian GGUF"),
        (gguf_bytes(version=1), "version 1, which llama.cpp no longer reads"),
        (gguf_bytes(version=77), "version 77, and only 2 and 3 are known"),
        (gguf_bytes()[:-1], "is truncated: expected at least"),
        (gguf_bytes(data=0), "is truncated: expected at least"),
        (gguf_bytes()[:100], "truncated or corrupt: it claims to have 10 metadata entries"),
        (gguf_bytes()[:200], "truncated or corrupt: its header goes on to byte"),
        (gguf_bytes(counts=(2**63, 1)), "claims to have 9223372036854775808 tensors"),
        (gguf_bytes(counts=(2, 2**40)), "claims to have 1099511627776 metadata entries"),
        (gguf_bytes(without("general.architecture")), "doesn't say which architecture"),
        (gguf_bytes(with_metadata(general__architecture="nomic-bert")), "can't write text"),
        (gguf_bytes(with_metadata(general__type="adapter")), "holds no model"),
        (gguf_bytes(without("tokenizer.ggml.tokens")), "has no vocabulary"),
        (gguf_bytes(tensors=()), "has no weights in it"),
        (gguf_bytes(with_metadata(general__alignment=7)), "its alignment is 7"),
        (gguf_bytes(with_metadata(split__no=1, split__count=3)), "is part 2 of 3 of a split model; give its first"),
        (gguf_bytes(with_metadata(split__no=0, split__count=2)), "part 2 is missing"),
        (gguf_bytes(tensors=[("w", (8,), 0, 1)]), "'w' are misaligned"),
        (gguf_bytes(tensors=[("w", (33,), 2, 0)]), "don't divide into Q4_0's blocks of 32"),
        (gguf_bytes(tensors=[("w", (1 << 40, 1 << 40), 0, 0)]), "have the shape"),
        (gguf_bytes(tensors=[("w", (0,), 0, 0)]), "have the shape"),
        (gguf_bytes(tensors=[("w", (1,) * 9, 0, 0)]), "have 9 dimensions"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ModelInvalid, match=re.escape(said)) as caught:
        gguf.inspect(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def array(kind: int, count: int, payload: bytes) -> bytes:
    """Return a GGUF whose only metadata is an array that claims `count` values."""
    entry = struct.pack("<Q", 1) + b"k" + struct.pack("<IIQ", 9, kind, count)
    return b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry + payload


@pytest.mark.parametrize(
    "content",
    [
        array(0, 2**60, b"x" * 100),
        array(8, 2**60, b"\0" * 100),
        array(9, 3, b"\0" * 100),
        array(8, 2, struct.pack("<Q", 2**64 - 1) * 2),
        array(8, 5_000_000, b"\0" * 48_000_000),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62) + b"\0" * 100,
    ],
)
def test_hostile_lengths_are_refused_at_once(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    began = time.perf_counter()
    with pytest.raises(ModelInvalid):
        gguf.inspect(path)
    assert time.perf_counter() - began < 2


def test_a_split_model_with_all_parts_passes(tmp_path: Path) -> None:
    first = write(tmp_path, gguf_bytes(with_metadata(split__no=0, split__count=2)), "m-00001-of-00002.gguf")
    write(tmp_path, b"", "m-00002-of-00002.gguf")
    assert gguf.inspect(first).name == "Tiny"


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="is a folder"):
        gguf.inspect(tmp_path)
    with pytest.raises(ModelUnknown, match="There is no file"):
        gguf.inspect(tmp_path / "no.gguf")


def inspect_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        gguf.inspect(path)
    except ModelInvalid as error:
        assert "\n" not in str(error).removeprefix(str(path))  # noqa: PT017 - refusing is one of two good outcomes


WHOLE = gguf_bytes()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_never_do_more_than_refuse(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    content = bytearray(WHOLE)
    for at, value in flips:
        content[at] = value
    inspect_or_refuse(tmp_path_factory.getbasetemp() / "flipped.gguf", bytes(content))


def test_any_truncation_is_refused(tmp_path: Path) -> None:
    for length in range(len(WHOLE)):
        with pytest.raises(ModelInvalid):
            gguf.inspect(write(tmp_path, WHOLE[:length]))


def test_noise_after_the_magic_is_refused_or_passes(tmp_path: Path) -> None:
    draw = random.Random(7)
    for _ in range(200):
        start = b"GGUF\3\0\0\0" + struct.pack("<QQ", draw.randrange(4), draw.randrange(4))
        inspect_or_refuse(tmp_path / "noise.gguf", start + draw.randbytes(300))


def test_block_sizes_are_those_of_the_installed_llama_cpp() -> None:
    llama_cpp: Any = pytest.importorskip("llama_cpp")
    library = ctypes.CDLL(str(next((Path(llama_cpp.__file__).parent / "lib").glob("libggml-base.so"))))
    library.ggml_type_size.restype = ctypes.c_size_t
    library.ggml_blck_size.restype = ctypes.c_int64
    ours = {number: (layout.block, layout.bytes) for number, layout in TENSOR_TYPES.items()}
    theirs = {number: (library.ggml_blck_size(number), library.ggml_type_size(number)) for number in ours}
    assert ours == theirs
