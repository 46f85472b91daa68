"""How much text the model gets to see.

Prefill is what a suggestion costs on a CPU (about 100 tokens/s for the default model on two cores, while a GPU does
thousands), so the amount follows the machine. Sizes are UTF-8 bytes: three of them make about one token in code as
well as in Chinese text, which a count of characters would get wrong by a factor of three.
"""

from __future__ import annotations

from attrs import frozen

from mendline.engine.protocol import EngineInfo
from mendline.settings.model import Settings

BYTES_PER_TOKEN = 3
_CPU_TOKENS = 768
_REMOTE_TOKENS = 2048
_GPU_TOKENS = 4096
_MIN_TOKENS = 64
# The rest is the prefix's. The suffix gets less: it tells where the code shall end, and it changes its place in the
# prompt with each keystroke.
_SUFFIX_SHARE = 0.25


@frozen
class Budget:
    """Room for text in a prompt.

    Attributes:
        prefix: UTF-8 bytes for the text before the cursor and the context that comes before it.
        suffix: UTF-8 bytes for the text after the cursor.
    """

    prefix: int
    suffix: int

    @classmethod
    def of_tokens(cls, tokens: int) -> Budget:
        """Split room for `tokens` tokens into prefix and suffix, 3:1."""
        suffix = int(tokens * _SUFFIX_SHARE)
        return cls(prefix=(tokens - suffix) * BYTES_PER_TOKEN, suffix=suffix * BYTES_PER_TOKEN)


def budget(settings: Settings, info: EngineInfo | None = None) -> Budget:
    """Choose the amount from settings and, where it is known, from what runs the model.

    The context also has to hold what is generated; what is left bounds the choice.
    """
    tokens = _CPU_TOKENS
    if info is not None and info.layers and info.gpu_layers >= info.layers:
        tokens = _GPU_TOKENS
    elif settings.engine.url:
        tokens = _REMOTE_TOKENS
    configured = settings.engine.context_tokens
    limits = [size for size in (configured, info.context_tokens if info else 0) if isinstance(size, int) and size]
    if limits:
        tokens = min(tokens, min(limits) - settings.completion.max_tokens)
    return Budget.of_tokens(max(tokens, _MIN_TOKENS))


def estimated_tokens(text: str) -> int:
    """Estimate the tokens a text becomes, without a tokeniser; right within about a third."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)
