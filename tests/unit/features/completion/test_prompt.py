"""What a prompt is made of, and that related code holds its place in the cache while text is typed."""

from __future__ import annotations

import attrs
import pytest

from mendline.context.budget import budget
from mendline.context.piece import Piece
from mendline.context.related import NOTHING, Related
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import ContextChunk, EngineInfo
from mendline.features.completion import Prefilled, unwarmed, warm
from mendline.features.completion.place import Place
from mendline.features.completion.prompt import Prompt, choose_prompt, whole_prompt
from mendline.settings.model import Settings
from support.cursor_text import CURSOR, snapshot_at

CPU = EngineInfo(model="m", context_tokens=8192, can_splice=True)
GPU = attrs.evolve(CPU, layers=29, gpu_layers=29)
SMALL = f"from lib import read\n\ndef f():\n    return {CURSOR}\n"
LARGE = (
    "".join(f"value_{number} = {number}\n" for number in range(500))
    + f"x = {CURSOR}\n"
    + "".join(f"other_{number} = {number}\n" for number in range(500))
)


def related(*names: str) -> Related:
    pieces = tuple(Piece("src/lib.py", f"def {name}(path: str) -> bytes: ...", at) for at, name in enumerate(names))
    return Related("src/app.py", (("imports", pieces),))


READ = related("read")
CHUNK = ContextChunk("src/lib.py", "def read(path: str) -> bytes: ...\n")
MANY = related(*(f"function_with_a_long_name_{number}" for number in range(200)))


def place(drawn: str, **more: object) -> Place:
    snapshot, offset = snapshot_at(drawn, path="/home/u/src/app.py")
    return Place.of(attrs.evolve(snapshot, **more), offset, None)


def chosen(drawn: str, prefilled: Prefilled, found: Related, info: EngineInfo = CPU) -> Prompt:
    return choose_prompt(place(drawn), Settings(), info, prefilled, related=found)


async def warmed(drawn: str, found: Related, info: EngineInfo = CPU) -> Prefilled:
    prefilled = Prefilled()
    snapshot, offset = snapshot_at(drawn, path="/home/u/src/app.py")
    await warm(unwarmed(snapshot, offset, Settings(), info, prefilled, related=found), FakeEngine(), prefilled)
    return prefilled


def test_related_code_comes_before_the_text_with_its_section() -> None:
    prompt = whole_prompt(place(SMALL), Settings(), CPU, related=READ)
    assert prompt.request.context == (CHUNK,)
    assert prompt.request.path == "src/app.py"
    assert [(section.name, section.path) for section in prompt.sections] == [
        ("imports", "src/lib.py"),
        ("prefix", ""),
        ("suffix", ""),
    ]
    assert [section.text for section in prompt.sections] == [CHUNK.text, prompt.request.prefix, prompt.request.suffix]


def test_omitted_sources_are_left_out() -> None:
    assert whole_prompt(place(SMALL), Settings(), CPU, related=READ, omit=("imports",)).request.context == ()


@pytest.mark.parametrize("info", [CPU, GPU])
def test_a_long_file_keeps_its_room_beside_related_code(info: EngineInfo) -> None:
    size = budget(Settings(), info)
    alone = whole_prompt(place(LARGE), Settings(), info).request
    beside = whole_prompt(place(LARGE), Settings(), info, related=MANY).request
    spent = sum(len(chunk.path) + len(chunk.text) for chunk in beside.context)
    assert size.context // 2 < spent <= size.context
    assert alone.prefix == beside.prefix
    assert alone.suffix == beside.suffix


def test_a_long_file_gives_up_its_share_and_no_more_where_the_context_is_small() -> None:
    info = attrs.evolve(CPU, context_tokens=1024)
    size = budget(Settings(), info)
    alone = whole_prompt(place(LARGE), Settings(), info).request
    beside = whole_prompt(place(LARGE), Settings(), info, related=MANY).request
    spent = sum(len(chunk.path) + len(chunk.text) for chunk in beside.context)
    assert 0 < spent <= size.context
    assert len(beside.prefix) + spent <= size.prefix
    assert alone.prefix.endswith(beside.prefix)
    assert len(beside.prefix) > size.prefix // 3


def test_a_short_file_leaves_its_room() -> None:
    size = budget(Settings(), CPU)
    request = whole_prompt(place(SMALL), Settings(), CPU, related=MANY).request
    assert sum(len(chunk.text) for chunk in request.context) > size.context
    assert len(request.prefix) == SMALL.index(CURSOR)


def test_nothing_changes_where_nothing_is_found() -> None:
    assert whole_prompt(place(LARGE), Settings(), CPU, related=NOTHING) == whole_prompt(place(LARGE), Settings(), CPU)


def test_earlier_cells_come_after_related_code() -> None:
    prompt = whole_prompt(place(SMALL, cells_before=("import math",)), Settings(), CPU, related=READ)
    assert [chunk.text for chunk in prompt.request.context] == [CHUNK.text, "import math\n"]


def test_a_cold_place_is_not_kept_waiting_for_related_code() -> None:
    assert chosen(LARGE, Prefilled(), READ).request.context == ()
    assert chosen(LARGE, Prefilled(), READ, GPU).request.context == (CHUNK,)


async def test_what_was_computed_ahead_is_used() -> None:
    prefilled = await warmed(LARGE, READ)
    prompt = chosen(LARGE.replace(CURSOR, f"rea{CURSOR}"), prefilled, READ)
    assert prompt.request.context == (CHUNK,)
    assert prefilled.missing(prompt.request) <= 2


async def test_typing_keeps_related_code_as_it_was_until_there_is_a_pause() -> None:
    prefilled = await warmed(LARGE, READ)
    typed = LARGE.replace(CURSOR, f"rea{CURSOR}")
    at_once = chosen(typed, prefilled, MANY)
    assert at_once.request.context == (CHUNK,)
    assert at_once.sections[0].name == "kept"
    snapshot, offset = snapshot_at(typed, path="/home/u/src/app.py")
    rest = unwarmed(snapshot, offset, Settings(), CPU, prefilled, related=MANY)[-1]
    assert rest.context != (CHUNK,)
    await warm((rest,), FakeEngine(), prefilled)
    assert chosen(typed, prefilled, MANY).request.context == rest.context


@pytest.mark.parametrize("info", [CPU, GPU])
async def test_related_code_that_comes_late_waits_for_a_pause_too(info: EngineInfo) -> None:
    prefilled = await warmed(LARGE, NOTHING, info)
    whole = chosen(LARGE, prefilled, MANY, info)
    assert whole.request.context == ()
    assert prefilled.missing(whole.request) <= 2
    assert len(whole.request.prefix) > 2000


async def test_a_small_change_of_related_code_does_not_wait() -> None:
    prefilled = await warmed(LARGE, READ)
    request = chosen(LARGE, prefilled, related("read", "write")).request
    assert "def write" in request.context[0].text


async def test_cells_are_fresh_where_related_code_is_kept() -> None:
    prefilled = Prefilled()
    before = attrs.evolve(snapshot_at(LARGE, path="/home/u/src/app.py")[0], cells_before=("old = 1",))
    offset = LARGE.index(CURSOR)
    await warm(unwarmed(before, offset, Settings(), CPU, prefilled, related=READ), FakeEngine(), prefilled)
    now = place(LARGE, cells_before=("old = 1", "new = 2"))
    request = choose_prompt(now, Settings(), CPU, prefilled, related=MANY).request
    assert [chunk.text for chunk in request.context][:1] == [CHUNK.text]
    assert "old = 1\n" not in [chunk.text for chunk in request.context][:1]


async def test_code_gathered_for_another_file_is_not_used() -> None:
    prefilled = await warmed(LARGE, READ)
    snapshot, offset = snapshot_at(LARGE, path="/home/u/src/other.py")
    prompt = choose_prompt(Place.of(snapshot, offset, None), Settings(), CPU, prefilled)
    assert prompt.request.context == ()
