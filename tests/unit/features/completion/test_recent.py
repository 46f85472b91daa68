"""Which requests are served from suggestions made before."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from mendline.context.related import Related
from mendline.features.completion import Outcome, Recent, Trigger
from mendline.settings.model import CompletionSettings, Settings
from mendline.workspace.history import Deletion
from support.asking import asked_at, suggestion_in

PLACE = "def f():\n    return ˇ\n"
OTHERS = Settings(completion=CompletionSettings(multiline="never"))


def texts(recent: Recent, drawn: str, item: str | None = None, **more: Any) -> list[str]:
    return [each.suggestion.text for each in recent.find(asked_at(drawn, item, **more))]


def make(recent: Recent, drawn: str, *suggested: str, **more: Any) -> None:
    outcome = Outcome(suggestions=tuple(suggestion_in(drawn, text) for text in suggested))
    recent.add(asked_at(drawn, **more), outcome)


@pytest.mark.parametrize(
    ("made", "asked", "expected"),
    [
        ({}, {}, ["first"]),
        ({}, {"settings": OTHERS}, []),
        ({}, {"language_id": "python"}, []),
        ({}, {"path": "other.py"}, []),
        ({}, {"cells_before": ("import os",)}, []),
        ({}, {"trigger": Trigger.INVOKED}, []),
        ({"trigger": Trigger.INVOKED}, {}, ["first"]),
        ({"trigger": Trigger.INVOKED}, {"trigger": Trigger.INVOKED}, ["first"]),
        ({"settings": OTHERS}, {"settings": OTHERS}, ["first"]),
    ],
)
def test_all_that_the_answer_depends_on_is_in_the_key(
    made: dict[str, Any], asked: dict[str, Any], expected: list[str]
) -> None:
    recent = Recent()
    make(recent, PLACE, "first", **made)
    assert texts(recent, PLACE, **asked) == expected


@pytest.mark.parametrize(
    "drawn",
    ["def f():\n    return ˇ\n\n", "def f():\n    return ˇx\n", "def g():\n    return ˇ\n", "def f():\n    returnˇ \n"],
)
def test_another_text_before_or_after_the_cursor_is_another_place(drawn: str) -> None:
    recent = Recent()
    make(recent, PLACE, "first")
    assert texts(recent, drawn) == []


def test_undo_comes_back_to_what_was_suggested() -> None:
    recent = Recent()
    make(recent, "x = ˇ", "first")
    make(recent, "x = gˇ", "(2)")
    assert texts(recent, "x = ˇ") == ["first"]
    assert texts(recent, "x = gˇ") == ["(2)"]
    assert texts(recent, "x = fˇ") == ["irst"]


@pytest.mark.parametrize(
    ("deleted", "expected"),
    [("first", ["other"]), ("  first\n", ["other"]), ("irst", ["first", "other"]), ("", ["first", "other"])],
)
def test_what_was_just_deleted_is_not_served_again(deleted: str, expected: list[str]) -> None:
    recent = Recent()
    make(recent, PLACE, "first", "other")
    asked = asked_at(PLACE)
    snapshot = attrs.evolve(asked.snapshot, deletion=Deletion(asked.offset, deleted))
    found = recent.find(attrs.evolve(asked, snapshot=snapshot))
    assert [each.suggestion.text for each in found] == expected


def test_of_several_those_that_go_on_are_left() -> None:
    recent = Recent()
    make(recent, "x = ˇ", "first", "other", "final", trigger=Trigger.INVOKED)
    assert texts(recent, "x = fˇ") == ["irst", "inal"]
    found = recent.find(asked_at("x = fˇ"))
    assert [each.made.suggestion.text for each in found] == ["first", "final"]
    assert [recent.get(each.made.number) for each in found] == [each.made for each in found]
    assert [each.made.number for each in found] == [1, 3]


def test_the_latest_request_counts() -> None:
    recent = Recent()
    make(recent, "x = ˇ", "first")
    make(recent, "x = fˇ", "inal")
    assert texts(recent, "x = fˇ") == ["inal"]
    assert texts(recent, "x = firˇ") == ["st"]


def test_a_change_elsewhere_forgets_what_the_model_did_not_see_changing() -> None:
    recent = Recent()
    make(recent, "x = ˇ", "first", path="a.py")
    make(recent, "x = ˇ", "other", path="b.py")
    recent.changed("file:///b.py")
    assert texts(recent, "x = ˇ", path="a.py") == []
    assert texts(recent, "x = ˇ", path="b.py") == ["other"]
    recent.closed("file:///b.py")
    assert texts(recent, "x = ˇ", path="b.py") == []
    assert recent.get(1) is None


def test_more_related_code_is_worth_another_question_where_the_user_still_is() -> None:
    recent, more = Recent(), Related("a.py", (("imports", ()),))
    make(recent, "x = ˇ", "first")
    assert texts(recent, "x = ˇ", related=more) == []
    # Typing goes on with what is on the screen, and undo comes back to it.
    assert texts(recent, "x = fˇ", related=more) == ["irst"]
    recent.changed("file:///sample")
    assert texts(recent, "x = ˇ", related=more) == ["first"]


def test_what_is_kept_is_bounded_and_what_is_used_stays() -> None:
    recent = Recent(most=2)
    for number in range(3):
        make(recent, f"{number} = ˇ", "first")
        assert texts(recent, "0 = ˇ") == ["first"]
    assert texts(recent, "1 = ˇ") == []
    assert texts(recent, "2 = ˇ") == ["first"]


def test_large_documents_are_few() -> None:
    recent = Recent(most_characters=100)
    for number in range(3):
        make(recent, f"{number} = ˇ" + " " * 45, "first")
    assert [len(texts(recent, f"{number} = ˇ" + " " * 45)) for number in range(3)] == [0, 1, 1]
    make(recent, "3 = ˇ" + " " * 1000, "first")
    assert [len(texts(recent, f"{number} = ˇ" + " " * 45)) for number in range(3)] == [0, 0, 0]
    assert texts(recent, "3 = ˇ" + " " * 1000) == ["first"]


def test_silence_is_not_kept() -> None:
    recent = Recent()
    assert recent.add(asked_at(PLACE), Outcome()) == ()
    assert texts(recent, PLACE) == []
