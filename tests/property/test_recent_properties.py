"""Whatever is served again leads to the document the suggestion was made and checked for."""

from __future__ import annotations

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mendline.features.completion import Asked, Outcome, Recent, SelectedCompletion, Suggestion, Trigger
from mendline.settings.model import Settings
from mendline.text.document import Document, Edit, Range
from mendline.workspace.store import Snapshot
from support.asking import applied

PIECES = ("a", "ab", "(", ")", "{", "}", '"', "\n", "\r\n", "\r", "    ", " ", "😀", "a)", "()", '""')
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def snapshot_of(text: str) -> Snapshot:
    return Snapshot("file:///a", None, "", None, None, Document.of(text), None)


@st.composite
def requests(draw: st.DrawFn, text: str, cursor: int | None = None) -> Asked:
    offset = draw(st.integers(0, len(text))) if cursor is None else cursor
    selected = None
    if draw(st.integers(0, 3)) == 0:
        start = draw(st.integers(max(0, offset - 3), offset))
        item = draw(st.sampled_from([text[start:offset], text[start:offset] + draw(texts), draw(texts)]))
        selected = SelectedCompletion(Range(start, offset), item)
    return Asked(snapshot_of(text), offset, draw(st.sampled_from(Trigger)), Settings(), selected)


@st.composite
def suggestions(draw: st.DrawFn, asked: Asked) -> Suggestion:
    """A suggestion as the pipeline makes it: from the cursor, or the item's start, on, replacing some text behind."""
    end = min(len(asked.text), asked.offset + draw(st.sampled_from([0, 0, 0, 1, 2])))
    item = asked.selected
    start = asked.offset if item is None else item.range.start
    suggestion = Suggestion(("" if item is None else item.text) + draw(texts.filter(str.strip)), Range(start, end))
    # The gate refuses what changes nothing.
    assume(applied(asked.text, suggestion) != asked.text)
    return suggestion


@st.composite
def edited(draw: st.DrawFn, text: str, cursor: int, wanted: Suggestion) -> tuple[str, int]:
    """A keystroke: mostly the next of the suggestion, as editors do it; else anything at all."""
    kind = draw(st.sampled_from(["follow", "follow", "follow", "close", "back", "edit"]))
    at = cursor - wanted.range.start
    if kind in ("follow", "close") and 0 <= at < len(wanted.text):
        more = wanted.text[at : at + draw(st.integers(1, 3))]
        closed = draw(st.sampled_from([")", "}", '"', "\n}"])) if kind == "close" else ""
        return text[:cursor] + more + closed + text[cursor:], cursor + len(more)
    if kind == "back" and cursor:
        return text[: cursor - 1] + text[cursor:], cursor - 1
    start = draw(st.integers(0, len(text)))
    edit = Edit(start, min(len(text), start + draw(st.integers(0, 3))), draw(texts))
    return Document.of(text).apply(edit).text, edit.start + len(edit.text)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), text=texts)
def test_what_is_served_leads_to_a_document_that_was_checked(data: st.DataObject, text: str) -> None:
    recent = Recent(most=4)
    cursor = data.draw(st.integers(0, len(text)))
    results: set[str] = set()
    wanted = Suggestion("a", Range(cursor, cursor))
    undo = [(text, cursor)]
    for _ in range(data.draw(st.integers(1, 12))):
        asked = data.draw(requests(text, cursor))
        found = recent.find(asked)
        for each in found:
            served = each.suggestion
            result = applied(text, served)
            assert result in results
            assert result == each.made.result
            assert result != text
            assert served.range.start <= cursor <= served.range.end
            assert served.text.strip()
            if each.made.asked.offset != cursor:
                assert not set("\r\n") & set(text[cursor : served.range.end])
            if asked.selected is not None:
                assert served.range.start == asked.selected.range.start
                assert served.text.startswith(asked.selected.text)
        if not found:
            wanted = data.draw(suggestions(asked))
            results.add(applied(text, wanted))
            recent.add(asked, Outcome(suggestions=(wanted,)))
        undo.append((text, cursor))
        if data.draw(st.integers(0, 5)) == 0:
            text, cursor = data.draw(st.sampled_from(undo))
        else:
            text, cursor = data.draw(edited(text, cursor, wanted))


@settings(max_examples=200, deadline=None)
@given(data=st.data(), text=texts)
def test_typing_the_suggestion_never_needs_the_model(data: st.DataObject, text: str) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    asked = Asked(snapshot_of(text), cursor, Trigger.AUTOMATIC, Settings())
    wanted = Suggestion(data.draw(texts.filter(str.strip)), Range(cursor, cursor))
    recent = Recent()
    (made,) = recent.add(asked, Outcome(suggestions=(wanted,)))
    for typed in range(len(wanted.text.rstrip())):
        now = text[:cursor] + wanted.text[:typed] + text[cursor:]
        place = attrs.evolve(asked, snapshot=snapshot_of(now), offset=cursor + typed)
        (found,) = recent.find(place)
        assert found.made == made
        assert found.suggestion.text == wanted.text[typed:]
