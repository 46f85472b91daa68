"""How a model is to be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

from attrs import frozen

from mendline.engine.llama.tuned import TUNED_FOLDER
from mendline.settings.model import EngineSettings

Auto = Literal["auto"]
AUTO: Auto = "auto"
AutoOrOff = Literal["auto", "off"]
AutoOnOff = Literal["auto", "on", "off"]
KvType = Literal["auto", "f16", "q8_0"]

STATES_FOLDER = "states"


@frozen
class LlamaOptions:
    """What a caller may decide about loading and running; `"auto"` leaves it to `tuning`.

    Attributes:
        gpu_layers: how many layers go to the GPU, the output layer counted.
        context_tokens: size of the KV cache in tokens; llama.cpp rounds it up to a multiple of 256.
        threads: threads to compute with.
        micro_batch: the most tokens computed in one go, between which a request can stop.
        flash_attention: whether attention is computed in llama.cpp's fused form.
        kv_type: type of the numbers in the KV cache.
        repack: whether weights are copied into layouts made for the processor, or stay mapped from the file.
        speculation: "off" never guesses tokens ahead.
        splice: "off" recomputes everything behind the first changed token of a prompt.
        saved_state_mb: how many MiB of prompt states may be kept in `state_folder`; 0 keeps none.
        state_folder: where they are kept; None keeps none.
        model_name: what `EngineInfo.model` shall say; empty takes the file's name.
        tuned_folder: where `mendline bench tune` remembers what it measured; None ignores it.
    """

    gpu_layers: int | Auto = AUTO
    context_tokens: int | Auto = AUTO
    threads: int | Auto = AUTO
    micro_batch: int | Auto = AUTO
    flash_attention: AutoOnOff = "auto"
    kv_type: KvType = "auto"
    repack: AutoOnOff = "auto"
    speculation: AutoOrOff = "auto"
    splice: AutoOrOff = "auto"
    saved_state_mb: int = 0
    state_folder: Path | None = None
    model_name: str = ""
    tuned_folder: Path | None = None

    @classmethod
    def from_settings(cls, settings: EngineSettings, model_name: str, folder: Path) -> LlamaOptions:
        """Take what the user has set.

        Args:
            settings: checked settings.
            model_name: the name to show.
            folder: the engine's folder, which only the user can write to; prompt states and measurements are below it.
        """
        return cls(
            gpu_layers=_number(settings.gpu_layers),
            context_tokens=_number(settings.context_tokens),
            threads=_number(settings.threads),
            micro_batch=_number(settings.micro_batch),
            flash_attention=cast("AutoOnOff", settings.flash_attention),
            kv_type=cast("KvType", settings.kv_type),
            repack=cast("AutoOnOff", settings.repack),
            speculation=cast("AutoOrOff", settings.speculation),
            splice=cast("AutoOrOff", settings.splice),
            saved_state_mb=settings.saved_state_mb,
            state_folder=folder / STATES_FOLDER,
            model_name=model_name,
            tuned_folder=folder / TUNED_FOLDER,
        )


def _number(value: int | str) -> int | Auto:
    return value if isinstance(value, int) else AUTO
