from pathlib import Path

from mendline.settings.loading import items
from mendline.settings.reference import markdown

PAGE = Path(__file__).parents[3] / "server" / "docs" / "settings.md"


def test_the_page_in_the_repository_is_what_the_model_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run `make fix`"


def test_every_setting_is_documented() -> None:
    for item in items():
        assert item.spec.doc.endswith((".", ")"))
        assert f"`{item.name}`" in markdown()
