"""How a model is to be loaded."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Auto = Literal["auto"]
AUTO: Auto = "auto"


@frozen
class LlamaOptions:
    """What a caller may decide about loading; `"auto"` leaves it to `loading`.

    Attributes:
        gpu_layers: how many layers go to the GPU, the output layer counted.
        context_tokens: size of the KV cache in tokens; llama.cpp rounds it up to a multiple of 256.
        threads: threads to compute with.
        model_name: what `EngineInfo.model` shall say; empty takes the file's name.
    """

    gpu_layers: int | Auto = AUTO
    context_tokens: int | Auto = AUTO
    threads: int | Auto = AUTO
    model_name: str = ""
