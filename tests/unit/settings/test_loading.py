"""Settings: what is taken, what is refused, and what is said about it."""

import os
from pathlib import Path
from typing import Any

import pytest

from mendline.settings.loading import Layer, from_file, from_mapping, items, load, merge
from mendline.settings.model import CheckCommand, Scope, Settings


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ({}, {}),
        (None, {}),
        ({"completion": {"maxTokens": 7}}, {"completion.maxTokens": 7}),
        ({"completion.maxTokens": 7}, {"completion.maxTokens": 7}),
        ({"mendline": {"completion": {"maxTokens": 7}}}, {"completion.maxTokens": 7}),
        ({"completion": {"maxTokens": 7.0}}, {"completion.maxTokens": 7}),
        ({"completion": {"maxTokens": None}}, {}),
        ({"completion": {"debounceMs": "auto"}}, {"completion.debounceMs": "auto"}),
        ({"completion": {"debounceMs": 0}}, {"completion.debounceMs": 0}),
        ({"completion": {"showThreshold": 1}}, {"completion.showThreshold": 1.0}),
        ({"engine": {"gpuLayers": 12}}, {"engine.gpuLayers": 12}),
        ({"model": {"completion": "/m/x.gguf"}}, {"model.completion": "/m/x.gguf"}),
        ({"privacy": {"exclude": ["*.sql"]}}, {"privacy.exclude": ("*.sql",)}),
        ({"context": {"omit": ["imports"]}}, {"context.omit": ("imports",)}),
        ({"trace": "messages"}, {"trace": "messages"}),
        (
            {"repair": {"commands": [{"name": "lint", "run": ["lint", "{file}"], "languages": ["lua"]}]}},
            {"repair.commands": (CheckCommand("lint", ("lint", "{file}"), ("lua",)),)},
        ),
    ],
)
def test_good_values_are_taken(mapping: object, expected: dict[str, Any]) -> None:
    layer = from_mapping(mapping, "the editor")
    assert (dict(layer.values), layer.problems) == (expected, ())


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ([], "expected a table, got a list"),
        ({"completion": {"maxToken": 7}}, "Unknown setting `completion.maxToken` in here is ignored; did you mean"),
        ({"nonsense": 1}, "Unknown setting `nonsense` in here is ignored."),
        ({"completion": 3}, "Unknown setting `completion` in here"),
        ({"completion": {"maxTokens": "7"}}, 'expected a whole number from 1 to 2048, got "7"; the default 256'),
        ({"completion": {"maxTokens": 0}}, "expected a whole number from 1 to 2048, got 0"),
        ({"completion": {"maxTokens": True}}, "got true"),
        ({"completion": {"maxTokens": 2.5}}, "got 2.5"),
        ({"completion": {"showThreshold": float("nan")}}, "expected a number from 0 to 1, got nan"),
        ({"completion": {"maxTokens": float("inf")}}, "got inf"),
        ({"completion": {"maxTokens": float("nan")}}, "got nan"),
        ({"completion": {"maxTokens": 10**6000}}, "got a very large number"),
        ({"completion": {"enabled": "yes"}}, "expected true or false"),
        ({"completion": {"multiline": "maybe"}}, 'expected "auto" or "never" or "always", got "maybe"'),
        ({"completion": {"debounceMs": "fast"}}, 'expected a whole number from 0 to 5000 or "auto"'),
        ({"privacy": {"exclude": "*.sql"}}, "expected a list of texts"),
        ({"privacy": {"exclude": [1]}}, "expected a list of texts"),
        ({"context": {"omit": ["import"]}}, 'expected a list of "notes", "imports", '),
        ({"context": {"omit": "imports"}}, 'expected a list of "notes", "imports", '),
        ({"model": {"completion": ["a"]}}, "expected a text"),
        ({"repair": {"commands": {"name": "lint", "run": ["lint"]}}}, "expected a list of tables with `name`, `run`"),
        ({"repair": {"commands": ["lint"]}}, "expected a list of tables with"),
        ({"repair": {"commands": [{"name": "lint"}]}}, "(name, run needed)"),
        ({"repair": {"commands": [{"name": "lint", "run": "lint x"}]}}, "expected a list of tables with"),
        ({"repair": {"commands": [{"name": "lint", "run": [1]}]}}, "expected a list of tables with"),
        ({"repair": {"commands": [{"name": 1, "run": ["x"]}]}}, "expected a list of tables with"),
        ({"repair": {"commands": [{"name": "lint", "run": ["x"], "shell": "x"}]}}, "expected a list of tables with"),
    ],
)
def test_bad_values_are_named_and_ignored(mapping: object, said: str) -> None:
    layer = from_mapping(mapping, "here")
    assert dict(layer.values) == {}
    assert len(layer.problems) == 1
    assert said in layer.problems[0]


def test_one_bad_value_does_not_cost_the_good_ones() -> None:
    layer = from_mapping({"completion": {"maxTokens": -1, "multiline": "never"}}, "here")
    assert dict(layer.values) == {"completion.multiline": "never"}


@pytest.mark.parametrize("item", [i for i in items() if i.spec.scope is Scope.USER], ids=lambda i: i.name)
def test_a_repository_cannot_set_what_only_a_user_may(item: Any) -> None:
    layer = from_mapping({item.name: item.default}, ".mendline.toml", scope=Scope.WORKSPACE)
    assert dict(layer.values) == {}
    assert "a repository may not set it" in layer.problems[0]


def test_where_code_goes_and_what_is_loaded_is_the_users_alone() -> None:
    users = {item.name for item in items() if item.spec.scope is Scope.USER}
    assert {"engine.url", "engine.apiKeyEnv", "model.completion", "trace"} <= users


def test_later_layers_win_and_origins_are_kept() -> None:
    loaded = merge(
        Layer("config.toml", {"completion.maxTokens": 10, "trace": "verbose"}),
        Layer("editor", {"completion.maxTokens": 20}),
    )
    assert loaded.settings.completion.max_tokens == 20
    assert loaded.settings.trace == "verbose"
    assert loaded.origins["completion.maxTokens"] == "editor"
    assert loaded.origins["trace"] == "config.toml"
    assert loaded.origins["completion.enabled"] == "default"


def test_exclusions_add_up_in_order() -> None:
    loaded = merge(Layer("user", {"privacy.exclude": ("a", "!b")}), Layer("editor", {"privacy.exclude": ("b", "a")}))
    assert loaded.settings.privacy.exclude == ("a", "!b", "b", "a")


@pytest.mark.parametrize("pattern", ["!**", " !secret/", "!a"])
def test_a_repository_cannot_take_back_what_its_user_excludes(pattern: str) -> None:
    mapping = {"privacy": {"exclude": ["*.sql", pattern]}}
    layer = from_mapping(mapping, "here", scope=Scope.WORKSPACE)
    assert dict(layer.values) == {}
    assert "a repository can exclude files, not take them back in" in layer.problems[0]
    assert from_mapping(mapping, "here").problems == ()


def test_tables_nested_without_end_are_ignored() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    assert "nested too deeply" in from_mapping(deep, "here").problems[0]


def test_nothing_set_gives_the_defaults() -> None:
    assert merge().settings == Settings()


@pytest.mark.parametrize(
    ("content", "values", "said"),
    [
        (b"", {}, None),
        (b"[completion]\nmaxTokens = 5\n", {"completion.maxTokens": 5}, None),
        (b"completion.maxTokens = 5\n", {"completion.maxTokens": 5}, None),
        (b"[mendline.completion]\nmaxTokens = 5\n", {"completion.maxTokens": 5}, None),
        (b"[completion\n", {}, "is ignored"),
        (b"\xff\xfe", {}, "is ignored"),
        (b"a = " + b"[" * 5000, {}, "is ignored"),
        (b"completion.maxTokens = inf\n", {}, "got inf"),
        (b"completion.maxTokens = 1" + b"0" * 5000 + b"\n", {}, "ignored"),
        (b"a." * 3000 + b"a = 1\n", {}, "ignored"),
        (b"#" * 70_000, {}, "more than 65536 bytes"),
    ],
)
def test_files(tmp_path: Path, content: bytes, values: dict[str, Any], said: str | None) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    layer = from_file(path, scope=Scope.USER)
    assert dict(layer.values) == values
    assert [said in problem and str(path) in problem for problem in layer.problems] == ([True] if said else [])


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_regular_file_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ".mendline.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    assert "not a regular file" in from_file(path, scope=Scope.WORKSPACE).problems[0]


def test_load_reads_both_files_and_the_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = tmp_path / "user.toml"
    user.write_text('trace = "messages"\ncompletion.maxTokens = 5\ncompletion.timeoutMs = 100\n')
    (tmp_path / ".mendline.toml").write_text('completion.maxTokens = 6\nengine.url = "http://elsewhere"\n')
    monkeypatch.setenv("MENDLINE_CONFIG", str(user))
    loaded = load(tmp_path, from_mapping({"completion": {"timeoutMs": 200}}, "the editor"))
    completion = loaded.settings.completion
    assert (completion.max_tokens, completion.timeout_ms, loaded.settings.trace) == (6, 200, "messages")
    assert loaded.settings.engine.url == ""
    assert len(loaded.problems) == 1
    assert "engine.url" in loaded.problems[0]


def test_no_files_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_CONFIG", str(tmp_path / "none.toml"))
    assert load(tmp_path / "nowhere").problems == ()
