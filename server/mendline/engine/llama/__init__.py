"""The engine that runs a GGUF model in this process, on llama.cpp's low-level functions.

Reading order: `engine` (the asynchronous face), `worker` (the one thread that owns the model), `scheduler` (whose turn
it is) and `steps` (how a request asks for computation), `session` (a loaded model and what it serves), `generation` and
`candidate` (prefill and decoding), `drafting` and `batch_costs` (guesses, and what they cost), `kv` (what is in the KV
cache), `prompt` and `chat` (text to tokens), `loading`, `tuning` and `tuned` (how a model is loaded here), `model`,
`vocabulary` and `bindings` (llama.cpp).

Architecture invariant: importing this package loads no native library. That happens in the worker's thread at the
first request, so that a broken build of llama.cpp is an `EngineUnavailable` and not an `ImportError`.
"""

from __future__ import annotations

from mendline.engine.llama.engine import LlamaEngine
from mendline.engine.llama.options import LlamaOptions

__all__ = ["LlamaEngine", "LlamaOptions"]
