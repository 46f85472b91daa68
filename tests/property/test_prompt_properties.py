"""Whatever is typed, a prompt that was computed ahead keeps its beginning."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.context.piece import Piece
from mendline.context.related import Related
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import EngineInfo
from mendline.features.completion import Prefilled, unwarmed, warm
from mendline.features.completion.place import Place
from mendline.features.completion.prompt import choose_prompt
from mendline.settings.model import Settings
from support.cursor_text import CURSOR, snapshot_at

CPU = EngineInfo(model="m", context_tokens=8192, can_splice=True)
TEXT = "".join(
    f"class Class{number}:\n    '''About it.'''\n\n"
    + "".join(f"    def method_{at}(self, a):\n        if a:\n            return {at}\n\n" for at in range(12))
    for number in range(12)
)
LINES = TEXT.split("\n")
TYPED = st.text(alphabet="ab.,:()[]{}'\"\\#@=\n ", max_size=30)
NAMES = st.lists(st.sampled_from(["read", "write", "method_1", "a_rather_long_name_of_a_function"]), max_size=4)


def related(names: list[str]) -> Related:
    pieces = (Piece(f"lib/{name}.py", f"def {name}(path: str) -> bytes: ...") for name in names)
    return Related("src/app.py", (("imports", tuple(pieces)),))


def at(line: int, typed: str) -> Place:
    drawn = "\n".join([*LINES[:line], f"        {typed}{CURSOR}", *LINES[line:]])
    snapshot, offset = snapshot_at(drawn, path="/home/u/src/app.py")
    return Place.of(snapshot, offset, None)


@settings(deadline=None, max_examples=60)
@given(line=st.integers(0, len(LINES)), typed=TYPED, before=NAMES, after=NAMES)
def test_a_keystroke_computes_what_was_typed_and_little_more(
    line: int, typed: str, before: list[str], after: list[str]
) -> None:
    prefilled, place = Prefilled(), at(line, "")
    found = related(before)
    ahead = unwarmed(place.snapshot, place.offset, Settings(), CPU, prefilled, related=found)
    asyncio.run(warm(ahead, FakeEngine(), prefilled))
    prompt = choose_prompt(at(line, typed), Settings(), CPU, prefilled, related=related(after))
    # What is typed, and what a choice of fresher related code may cost.
    assert prefilled.missing(prompt.request) <= len(typed) + 64
    assert prompt.request.prefix.endswith(f"        {typed}")
