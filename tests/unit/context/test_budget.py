from __future__ import annotations

import attrs
import pytest

from mendline.context.budget import BYTES_PER_TOKEN, Budget, budget, estimated_tokens
from mendline.engine.protocol import EngineInfo
from mendline.settings.model import CompletionSettings, EngineSettings, Settings

GPU = EngineInfo(model="m", layers=29, gpu_layers=29, context_tokens=32768)
HALF_GPU = attrs.evolve(GPU, gpu_layers=10)
CPU = attrs.evolve(GPU, gpu_layers=0)


def tokens(size: Budget) -> int:
    return (size.prefix + size.suffix) // BYTES_PER_TOKEN


@pytest.mark.parametrize(
    ("settings", "info", "expected"),
    [
        (Settings(), None, 768),
        (Settings(), CPU, 768),
        (Settings(), HALF_GPU, 768),
        (Settings(), GPU, 4096),
        (Settings(engine=EngineSettings(url="http://gpu-box/v1")), None, 2048),
        (Settings(engine=EngineSettings(context_tokens=512)), None, 512 - 96),
        (Settings(), attrs.evolve(GPU, context_tokens=1000), 1000 - 96),
        (Settings(completion=CompletionSettings(max_tokens=500)), attrs.evolve(CPU, context_tokens=1024), 524),
        # Never nothing, however little room there is: the engine trims what does not fit.
        (Settings(engine=EngineSettings(context_tokens=256)), None, 160),
        (Settings(completion=CompletionSettings(max_tokens=2048)), attrs.evolve(CPU, context_tokens=512), 64),
    ],
)
def test_follows_machine_and_settings(settings: Settings, info: EngineInfo | None, expected: int) -> None:
    assert tokens(budget(settings, info)) == expected


def test_prefix_gets_three_times_the_suffix() -> None:
    size = Budget.of_tokens(400)
    assert size.prefix == 3 * size.suffix


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("x", 1), ("return value", 4), ("写代码", 3), ("😀", 2), ("\ud800", 1)]
)
def test_estimates_tokens_of_any_script(text: str, expected: int) -> None:
    assert estimated_tokens(text) == expected
