"""The engine that runs a GGUF model in this process, on llama.cpp's low-level functions.

Reading order: `engine` (the asynchronous face), `worker` (the one thread that owns the model), `session` (a loaded
model serving one request after another), `generation` (prefill and decoding), `cache` (what is in the KV cache),
`prompt` and `chat` (text to tokens), `model`, `vocabulary` and `bindings` (llama.cpp).

Architecture invariant: importing this package loads no native library. That happens in the worker's thread at the
first request, so that a broken build of llama.cpp is an `EngineUnavailable` and not an `ImportError`.
"""

from __future__ import annotations

from mendline.engine.llama.engine import LlamaEngine
from mendline.engine.llama.options import LlamaOptions

__all__ = ["LlamaEngine", "LlamaOptions"]
