from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendline.settings.contributes import TITLE, properties, written
from mendline.settings.loading import items
from mendline.settings.model import Scope

MANIFEST = Path(__file__).parents[3] / "client-vscode" / "package.json"


def test_tables_have_their_keys() -> None:
    items = properties()["mendline.repair.commands"]["items"]
    assert items["required"] == ["name", "run"]
    assert items["properties"]["run"] == {"type": "array", "items": {"type": "string"}}
    assert items["properties"]["pattern"] == {"type": "string"}


def test_the_manifest_in_the_repository_is_what_the_model_says() -> None:
    text = MANIFEST.read_text(encoding="utf-8")
    assert text == written(text), "run `make fix`"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("completion.enabled", {"type": "boolean", "default": True}),
        ("completion.maxTokens", {"type": "integer", "minimum": 1, "maximum": 2048, "default": 256}),
        ("completion.showThreshold", {"type": "number", "minimum": 0, "maximum": 1}),
        ("completion.multiline", {"type": "string", "enum": ["auto", "never", "always"]}),
        ("engine.url", {"type": "string", "default": ""}),
        ("privacy.exclude", {"type": "array", "items": {"type": "string"}, "default": []}),
    ],
)
def test_a_setting_has_its_type(name: str, expected: dict[str, object]) -> None:
    found = properties()[f"mendline.{name}"]
    assert {key: found.get(key) for key in expected} == expected


def test_a_number_that_may_be_a_word_is_either() -> None:
    found = properties()["mendline.engine.threads"]
    assert found["anyOf"] == [
        {"type": "string", "enum": ["auto"]},
        {"type": "integer", "minimum": 1, "maximum": 1024},
    ]
    assert "started next" in found["markdownDescription"]


def test_choices_of_a_list_are_those_of_its_items() -> None:
    assert "imports" in properties()["mendline.context.omit"]["items"]["enum"]


def test_what_only_the_user_may_set_no_workspace_can() -> None:
    for item in items():
        workspace = properties()[f"mendline.{item.name}"]["scope"] != "machine"
        assert workspace is (item.spec.scope is Scope.WORKSPACE)


def test_only_the_group_of_the_server_is_written() -> None:
    own = {"title": "Installation", "properties": {"mendline.server.path": {"type": "string"}}}
    manifest = {"name": "ö", "contributes": {"configuration": [own, {"title": TITLE, "properties": {"old": {}}}]}}
    text = written(json.dumps(manifest))
    assert json.loads(text)["contributes"]["configuration"] == [own, {"title": TITLE, "properties": properties()}]
    assert '"ö"' in text


@pytest.mark.parametrize("manifest", ["{}", '{"contributes": {"configuration": [{"title": "Other"}]}}'])
def test_a_manifest_without_the_group_is_refused(manifest: str) -> None:
    with pytest.raises(ValueError, match=TITLE):
        written(manifest)
