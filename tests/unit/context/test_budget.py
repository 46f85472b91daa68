from __future__ import annotations

import attrs
import pytest

from mendline.context.budget import BYTES_PER_TOKEN, Budget, budget, estimated_tokens
from mendline.engine.protocol import EngineInfo
from mendline.settings.model import CompletionSettings, EngineSettings, Settings

GPU = EngineInfo(model="m", layers=29, gpu_layers=29, context_tokens=32768, can_splice=True)
HALF_GPU = attrs.evolve(GPU, gpu_layers=10)
CPU = attrs.evolve(GPU, gpu_layers=0)
RECOMPUTING = attrs.evolve(CPU, can_splice=False)
GENERATED = CompletionSettings().max_tokens
REMOTE = Settings(engine=EngineSettings(url="http://gpu-box/v1"))


def tokens(size: Budget) -> int:
    return (size.prefix + size.suffix) // BYTES_PER_TOKEN


@pytest.mark.parametrize(
    ("settings", "info", "expected"),
    [
        (Settings(), None, 2048),
        (Settings(), CPU, 2048),
        (Settings(), HALF_GPU, 2048),
        (Settings(), RECOMPUTING, 768),
        (Settings(), attrs.evolve(CPU, context_tokens=2048), 768),
        (Settings(), GPU, 4096),
        (REMOTE, None, 2048),
        (REMOTE, RECOMPUTING, 2048),
        (Settings(engine=EngineSettings(context_tokens=512)), None, 512 - GENERATED),
        (Settings(), attrs.evolve(GPU, context_tokens=1000), 1000 - GENERATED),
        # Two prompts, the larger one with related code and grown by a step, and what is generated.
        (Settings(), attrs.evolve(CPU, context_tokens=2048 + 512 + 384 + 512 + GENERATED), 2048),
        (Settings(), attrs.evolve(CPU, context_tokens=2048 + 512 + 384 + 512 + GENERATED - 1), 768),
        (Settings(completion=CompletionSettings(max_tokens=500)), attrs.evolve(CPU, context_tokens=1024), 524),
        # Never nothing, however little room there is: the engine trims what does not fit.
        (Settings(engine=EngineSettings(context_tokens=GENERATED)), None, 64),
        (Settings(completion=CompletionSettings(max_tokens=2048)), attrs.evolve(CPU, context_tokens=512), 64),
    ],
)
def test_follows_machine_and_settings(settings: Settings, info: EngineInfo | None, expected: int) -> None:
    assert tokens(budget(settings, info)) == expected


@pytest.mark.parametrize(
    ("settings", "info", "expected"),
    [
        (Settings(), None, 512),
        (Settings(), CPU, 512),
        (Settings(), RECOMPUTING, 768),
        (Settings(), GPU, 4096),
        (REMOTE, None, 2048),
        (Settings(engine=EngineSettings(context_tokens=512)), None, 512 - GENERATED),
    ],
)
def test_a_cold_place_gets_less_where_computing_is_slow(
    settings: Settings, info: EngineInfo | None, expected: int
) -> None:
    assert tokens(budget(settings, info, cold=True)) == expected


@pytest.mark.parametrize(
    ("context", "hangs_over"),
    [(32768, True), (768 + 192 + 144 + GENERATED, True), (768 + 192 + 144 + GENERATED - 1, False), (512, False)],
)
def test_a_prefix_hangs_over_only_where_the_context_has_room(context: int, hangs_over: bool) -> None:
    size = budget(Settings(), attrs.evolve(CPU, context_tokens=context))
    assert size.overhang == (size.prefix // 4 if hangs_over else 0)


@pytest.mark.parametrize(
    ("context", "displaces"),
    [(32768, False), (768 + 192 + GENERATED, False), (768 + 192 + GENERATED - 1, True), (512, True)],
)
def test_related_code_takes_the_prefixs_room_only_where_the_context_has_none(context: int, displaces: bool) -> None:
    size = budget(Settings(), attrs.evolve(CPU, context_tokens=context))
    assert size.context == size.prefix // 3
    assert size.displaces is displaces
    assert size.beside_context().prefix == size.prefix - (size.context if displaces else 0)


def test_prefix_gets_three_times_the_suffix() -> None:
    size = Budget.of_tokens(400)
    assert size.prefix == 3 * size.suffix


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("x", 1), ("return value", 4), ("写代码", 3), ("😀", 2), ("\ud800", 1)]
)
def test_estimates_tokens_of_any_script(text: str, expected: int) -> None:
    assert estimated_tokens(text) == expected
