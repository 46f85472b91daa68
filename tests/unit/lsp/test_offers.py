"""Several suggestions at once: ids, order, what is typed or accepted of each, what is on the screen."""

from __future__ import annotations

import pytest

from mendline.features.completion import Outcome, Source, Trigger
from mendline.lsp import to_lsp
from mendline.lsp.abilities import Abilities
from mendline.lsp.offers import Answer, Offer, Offers
from mendline.text.positions import PositionEncoding
from support.asking import asked_at, suggestion_in

PLACE = "x = ˇ\n"


def made(offers: Offers, *texts: str, drawn: str = PLACE) -> tuple[Offer, ...]:
    suggestions = tuple(suggestion_in(drawn, text) for text in texts)
    return offers.new(asked_at(drawn, trigger=Trigger.INVOKED), Outcome(suggestions=suggestions)).offers


def served(offers: Offers, drawn: str) -> Answer:
    answer = offers.again(asked_at(drawn))
    assert answer is not None
    return answer


def texts(offers: tuple[Offer, ...]) -> list[str]:
    return [each.suggestion.text for each in offers]


def test_each_has_an_id_of_its_own_and_keeps_it() -> None:
    offers = Offers()
    first, other, final = made(offers, "first", "other", "final")
    assert len({first.id, other.id, final.id}) == 3
    answer = served(offers, "x = fˇ\n")
    assert [each.id for each in answer.offers] == [first.id, final.id]
    assert texts(answer.offers) == ["irst", "inal"]
    assert answer.outcome.suggestions == tuple(each.suggestion for each in answer.offers)
    assert (answer.outcome.source, answer.fresh) == (Source.TYPE_THROUGH, 0)
    assert [each.id for each in served(offers, "x = oˇ\n").offers] == [other.id]


@pytest.mark.parametrize("at", range(3))
def test_any_of_them_can_be_accepted(at: int) -> None:
    offers = Offers()
    chosen = made(offers, "first", "other", "final")[at]
    accepted = offers.accept(chosen.id)
    assert accepted is not None
    assert accepted.result == f"x = {chosen.suggestion.text}\n"
    assert accepted.result[: accepted.cursor] == f"x = {chosen.suggestion.text}"


def test_the_one_on_the_screen_comes_first() -> None:
    offers = Offers()
    _, other, _ = made(offers, "first", "other", "final")
    assert offers.show(other.id)
    assert not offers.show(other.id)
    assert texts(served(offers, PLACE).offers) == ["other", "first", "final"]
    assert texts(served(offers, "x = fˇ\n").offers) == ["irst", "inal"]
    # Once it is taken, it is on the screen no more.
    offers.accept(other.id)
    assert texts(served(offers, PLACE).offers) == ["first", "other", "final"]


def test_new_ones_come_behind_it_and_none_comes_twice() -> None:
    offers = Offers()
    (first,) = made(offers, "first")
    offers.show(first.id)
    again = made(offers, "other", "first", "final")
    assert texts(again) == ["first", "other", "final"]
    assert again[0] == first
    assert len({each.id for each in again}) == 3


def test_a_document_that_is_closed_is_forgotten() -> None:
    offers = Offers()
    (first,) = made(offers, "first")
    offers.show(first.id)
    offers.closed("file:///sample")
    assert offers.again(asked_at(PLACE)) is None
    assert offers.accept(first.id) is None
    assert texts(made(offers, "other")) == ["other"]


@pytest.mark.parametrize("offer_id", [None, "", "7", "x", "-1", "²", 1, ["1"], "1" * 5000])
def test_ids_that_are_none_are_survived(offer_id: object) -> None:
    offers = Offers()
    made(offers, "first")
    assert offers.accept(offer_id) is None
    assert offers.show(offer_id)


def test_list_items_keep_the_order() -> None:
    able, document = Abilities(), asked_at(PLACE).snapshot.document
    offers = made(Offers(), "zeta", "alpha", "zeta(2)")
    items = to_lsp.list_items(document, offers, PositionEncoding.UTF16, "python", able)
    assert [item.label for item in sorted(items, key=lambda item: item.sort_text or item.label)] == [
        "zeta",
        "alpha",
        "zeta(2)",
    ]
    assert [item.command and item.command.arguments for item in items] == [[each.id] for each in offers]
    (alone,) = to_lsp.list_items(document, offers[:1], PositionEncoding.UTF16, "python", able)
    assert alone.sort_text is None


def test_an_editor_that_indents_gets_no_item_with_less_indentation_than_it_puts() -> None:
    able, document = Abilities(indents=True), asked_at("def f():\n    x = fˇ\n").snapshot.document
    offers = made(Offers(), "first", "first\n    y = 1", "first\ny = 1", drawn="def f():\n    x = fˇ\n")
    items = to_lsp.list_items(document, offers, PositionEncoding.UTF16, "python", able)
    assert [getattr(each.text_edit, "new_text", None) for each in items] == ["ffirst", "ffirst\ny = 1"]
