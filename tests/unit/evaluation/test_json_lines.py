from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mendline.evaluation.json_lines import ItemsError, read_texts

GOOD = b'{"a": "1", "b": "2", "c": 3}\n\n{"a": "", "b": "4"}\n'


@pytest.mark.parametrize("content", [GOOD, gzip.compress(GOOD)], ids=["plain", "gzipped"])
def test_the_texts_asked_for(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "items"
    path.write_bytes(content)
    assert list(read_texts(path, ("a", "b"))) == [{"a": "1", "b": "2"}, {"a": "", "b": "4"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a": "1"}\n{"a"', "items:2: not JSON"),
        (b"[1]", "items:1: not a JSON object"),
        (b'{"b": "1"}', "items:1: no text 'a'"),
        (b'{"a": 1}', "items:1: no text 'a'"),
        (b"\xff\xfe", "not a text file"),
        (gzip.compress(GOOD)[:20], "damaged gzip"),
        (b"\x1f\x8bnonsense", "damaged gzip"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "items"
    path.write_bytes(content)
    with pytest.raises(ItemsError, match=said):
        list(read_texts(path, ("a",)))


def test_a_missing_file(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none", "there is no file"), (tmp_path, "cannot read")):
        with pytest.raises(ItemsError, match=said):
            list(read_texts(path, ("a",)))
