"""Identifiers as words."""

from __future__ import annotations

import pytest

from mendline.workspace.index.words import asked_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("readConfigFile", "readconfigfile read config file"),
        ("read_config", "read_config read config"),
        ("HTTPServer", "httpserver http server"),
        ("parseURL2", "parseurl2 parse url"),
        ("MAX_SIZE", "max_size max size"),
        ("__init__", "init"),
        ("_hidden", "hidden"),
        ("x = y", ""),
        ("def self return", ""),
        ("utf8", "utf8 utf"),
        ("größeMessen", "größemessen größe messen"),
        ("a" * 61, ""),
        ("ride ride", "ride ride"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert " ".join(words_of(text)) == words


def test_asked_words_are_each_asked_once() -> None:
    assert asked_words(["readConfig", "config", "read config"]) == ("readconfig", "read", "config")
