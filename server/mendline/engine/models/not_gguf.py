"""What people put in a model's place that is no GGUF, told from the first bytes."""

from __future__ import annotations

_BINARY = {
    (b"lmgg", b"fmgg", b"tjgg", b"algg"): "is in the GGML format from before GGUF, which llama.cpp no longer reads; "
    "get a GGUF of the model",
    (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"): "is an archive or a PyTorch file; "
    "get a GGUF of the model, unpacked",
}
_TEXT = {
    (b"version https://git-lfs",): "is a Git LFS pointer, not the file itself; run `git lfs pull` where it came from",
    (b"<!doctype", b"<html", b"<?xml", b"<head"): "is a web page, not a model: a download got an error or sign-in "
    "page; get the file again",
}


def what_it_is_instead(start: bytes, size: int) -> str | None:
    """Say what a file is that begins with `start`, as the predicate of a sentence; None when it may be a GGUF.

    `start` should be the first 1024 bytes, or the whole file when it is shorter.
    """
    if size == 0:
        return "is empty; get the file again"
    if start.startswith(b"GGUF"):
        return _unreadable_version(start)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for beginning, table in ((start, _BINARY), (text, _TEXT)):
        for marks, words in table.items():
            if beginning.startswith(marks):
                return words
    if start[8:9] == b"{":
        return "is in the safetensors format; get a GGUF of the model"
    return "is not a GGUF file: it doesn't begin with the letters GGUF"


def _unreadable_version(start: bytes) -> str | None:
    if len(start) < 24:
        return f"is truncated: expected at least 24 bytes, has {len(start)}; get the file again"
    version = int.from_bytes(start[4:8], "little")
    if version in (2, 3):
        return None
    if version and version & 0xFFFF == 0:
        return "is a big-endian GGUF; get the little-endian one"
    if version == 1:
        return "is a GGUF of version 1, which llama.cpp no longer reads; get a newer GGUF of the model"
    return f"says it is a GGUF of version {version}, and only 2 and 3 are known: corrupt, or made for a newer Mendline"
