"""What is computed ahead at a place, and that a suggestion there finds it."""

from __future__ import annotations

import copy

import attrs
import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import EngineInfo, FillRequest, Priority
from mendline.features.completion import Prefilled, Trigger, complete, unwarmed, warm
from mendline.settings.model import CompletionSettings, EngineSettings, PrivacySettings, Settings
from support.cursor_text import CURSOR, snapshot_at

SPLICING = EngineInfo(model="m", context_tokens=8192, can_splice=True)
RECOMPUTING = attrs.evolve(SPLICING, can_splice=False)
GPU = attrs.evolve(SPLICING, layers=29, gpu_layers=29)
SMALL_FILE = f"def add(a, b):\n    return {CURSOR}\n"


def large_file(at: int = 500, typed: str = "") -> str:
    lines = [f"value_{number} = {number}\n" for number in range(1000)]
    lines.insert(at, f"result = {typed}{CURSOR}\n")
    return "".join(lines)


async def asked(drawn: str, info: EngineInfo, prefilled: Prefilled, settings: Settings | None = None) -> FillRequest:
    """The request a suggestion makes."""
    snapshot, offset = snapshot_at(drawn, path="/home/u/project/pkg/mod.py")
    engine = FakeEngine(default="1")
    await complete(snapshot, offset, Trigger.AUTOMATIC, engine, settings or Settings(), info=info, prefilled=prefilled)
    (request,) = engine.requests
    assert isinstance(request, FillRequest)
    return request


def ahead(
    drawn: str, info: EngineInfo | None, prefilled: Prefilled, settings: Settings | None = None, **more: object
) -> tuple[FillRequest, ...]:
    snapshot, offset = snapshot_at(drawn, path="/home/u/project/pkg/mod.py")
    snapshot = attrs.evolve(snapshot, **more)
    return unwarmed(snapshot, offset, settings or Settings(), info, prefilled)


def size(request: FillRequest) -> int:
    """Tokens, by the budget's estimate."""
    return (len(request.prefix) + len(request.suffix)) // 3


@pytest.mark.parametrize("drawn", [SMALL_FILE, large_file(), large_file(0), large_file(1000)])
@pytest.mark.parametrize("info", [SPLICING, RECOMPUTING, GPU])
async def test_a_suggestion_finds_exactly_the_prompt_that_was_computed(drawn: str, info: EngineInfo) -> None:
    prefilled = Prefilled()
    first = ahead(drawn, info, prefilled)[0]
    assert first.priority is Priority.BACKGROUND
    assert attrs.evolve(first, priority=Priority.KEYSTROKE) == await asked(drawn, info, Prefilled())
    await warm(ahead(drawn, info, prefilled), FakeEngine(), prefilled)
    assert ahead(drawn, info, prefilled) == ()
    assert prefilled.missing(await asked(drawn, info, prefilled)) == 0


@pytest.mark.parametrize(
    ("drawn", "info", "sizes"),
    [
        (SMALL_FILE, SPLICING, [(1, 20)]),
        (large_file(), SPLICING, [(350, 512), (1450, 2048)]),
        (large_file(), None, [(350, 512), (1450, 2048)]),
        (large_file(), RECOMPUTING, [(500, 768)]),
        (large_file(), GPU, [(3000, 4096)]),
    ],
)
def test_little_is_computed_first_where_computing_is_slow(
    drawn: str, info: EngineInfo | None, sizes: list[tuple[int, int]]
) -> None:
    requests = ahead(drawn, info, Prefilled())
    assert len(requests) == len(sizes)
    for request, (least, most) in zip(requests, sizes, strict=True):
        assert least <= size(request) <= most


async def test_a_cold_place_is_shown_less_until_all_of_it_is_computed() -> None:
    prefilled = Prefilled()
    cold = await asked(large_file(), SPLICING, prefilled)
    assert size(cold) <= 512
    assert size(await asked(large_file(typed="va"), SPLICING, prefilled)) <= 512
    (rest,) = ahead(large_file(typed="va"), SPLICING, prefilled)
    await warm((rest,), FakeEngine(), prefilled)
    whole = await asked(large_file(typed="valu"), SPLICING, prefilled)
    assert size(whole) >= 1450
    assert whole.suffix == rest.suffix
    assert whole.prefix == rest.prefix + "lu"


async def test_typing_on_never_waits_for_a_window_that_moved() -> None:
    """The window's beginning moves while text is typed; the prompt keeps the old one until there is a pause."""
    prefilled = Prefilled()
    await warm(ahead(large_file(), SPLICING, prefilled), FakeEngine(), prefilled)
    computed, moved = [], False
    for typed in range(0, 2000, 8):
        drawn = large_file(typed="x" * typed)
        if typed % 400 == 0:
            pause = ahead(drawn, SPLICING, prefilled)
            moved |= len(pause) > 0 and prefilled.missing(pause[-1]) > 512
            await warm(pause, FakeEngine(), prefilled)
        before = copy.deepcopy(prefilled)
        computed.append(before.missing(await asked(drawn, SPLICING, prefilled)))
    assert moved
    assert max(computed) <= 16


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        (Settings(completion=CompletionSettings(enabled=False)), {}),
        (Settings(privacy=PrivacySettings(exclude=("*.py",))), {}),
        (Settings(), {"path": "/home/u/.env"}),
    ],
    ids=["switched off", "excluded", "secret"],
)
def test_nothing_is_computed_where_nothing_would_be_suggested(settings: Settings, more: dict[str, object]) -> None:
    assert ahead(SMALL_FILE, SPLICING, Prefilled(), settings, **more) == ()


def test_nothing_is_computed_of_an_empty_file() -> None:
    assert ahead(CURSOR, SPLICING, Prefilled()) == ()


def test_earlier_cells_of_a_notebook_are_computed_too() -> None:
    (request,) = ahead(SMALL_FILE, SPLICING, Prefilled(), cells_before=("import math",))
    assert [chunk.text for chunk in request.context] == ["import math\n"]


def test_the_limit_in_tokens_is_the_suggestions_as_it_bounds_the_room() -> None:
    settings = Settings(completion=CompletionSettings(max_tokens=17), engine=EngineSettings(context_tokens=512))
    (request,) = ahead(SMALL_FILE, SPLICING, Prefilled(), settings)
    assert request.sampling.max_tokens == 17


async def test_what_an_engine_did_not_finish_is_not_taken_for_computed() -> None:
    prefilled = Prefilled()
    requests = ahead(large_file(), SPLICING, prefilled)
    with pytest.raises(EngineDied):
        await warm(requests, FakeEngine(errors={1: EngineDied("gone")}), prefilled)
    assert [prefilled.missing(request) == 0 for request in requests] == [True, False]


async def test_what_was_done_is_told() -> None:
    done = await warm(ahead(SMALL_FILE, SPLICING, Prefilled()), FakeEngine(), Prefilled())
    assert done.prompt_tokens == done.computed_tokens > 0


def test_a_remembered_place_beyond_the_text_is_moved_into_it() -> None:
    snapshot, _ = snapshot_at(SMALL_FILE)
    (request,) = unwarmed(snapshot, 10_000, Settings(), None, Prefilled())
    assert (request.prefix, request.suffix) == (snapshot.document.text, "")
