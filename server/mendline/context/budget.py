"""How much text the model gets to see.

Prefill is what a suggestion costs on a CPU (about 100 tokens/s for the default model on two cores, while a GPU does
thousands), so the amount follows the machine. Sizes are UTF-8 bytes: three of them make about one token in code as
well as in Chinese text, which a count of characters would get wrong by a factor of three.

An engine that splices computes only what was typed, so on a CPU the cost of a keystroke does not depend on the size
of the prompt, and the model may see 2,048 tokens. A place it has not seen still costs all of them, some 20 s, longer
than anyone waits. So there are two sizes: a suggestion at a cold place is made from 512 tokens, which are there after
some 5 s, and the whole amount is used once it has been computed in a pause (`features.completion.warming`). An engine
that can't splice computes the suffix with each keystroke, and one whose context can't hold both prompts would lose the
one for the other: these get one size in between.

Related code gets room of its own, a third of the prefix's (`CONTEXT_SHARE`), and what a short file leaves of that: what
stands above the cursor tells the model more than any other file does, and is not given up for them. Only where the
engine's context can't hold both, related code takes the prefix's. Where little is computed first, it comes with the
whole amount only.
"""

from __future__ import annotations

from attrs import evolve, frozen

from mendline.engine.protocol import EngineInfo
from mendline.settings.model import Settings

BYTES_PER_TOKEN = 3
CONTEXT_SHARE = 1 / 3
"""The room of related code, as a part of the prefix's."""
BORDER_STEPS = 4
"""A window's border moves by this part of its room at a time; so up to that much of the room stays unused."""

_CPU_TOKENS = 2048
_COLD_CPU_TOKENS = 512
_ONLY_CPU_TOKENS = 768
_REMOTE_TOKENS = 2048
_GPU_TOKENS = 4096
_MIN_TOKENS = 64
# The rest is the prefix's. The suffix gets less: it tells where the code shall end, and it changes its place in the
# prompt with each keystroke.
_SUFFIX_SHARE = 0.25
_OVERHANG_SHARE = (1 - _SUFFIX_SHARE) / BORDER_STEPS
_RELATED_SHARE = (1 - _SUFFIX_SHARE) * CONTEXT_SHARE


@frozen
class Budget:
    """Room for text in a prompt.

    Attributes:
        prefix: UTF-8 bytes for the text before the cursor.
        suffix: UTF-8 bytes for the text after the cursor.
        overhang: UTF-8 bytes by which the prefix may outgrow its room for a while, rather than lose its start, which
            is in the engine's cache.
        context: UTF-8 bytes for related code.
        displaces: whether that takes so many of the prefix's.
    """

    prefix: int
    suffix: int
    overhang: int = 0
    context: int = 0
    displaces: bool = False

    @classmethod
    def of_tokens(cls, tokens: int) -> Budget:
        """Split room for `tokens` tokens into prefix and suffix, 3:1."""
        suffix = int(tokens * _SUFFIX_SHARE)
        return cls(prefix=(tokens - suffix) * BYTES_PER_TOKEN, suffix=suffix * BYTES_PER_TOKEN)

    def beside_context(self) -> Budget:
        """What is left for the file's own text beside related code."""
        prefix = self.prefix - (self.context if self.displaces else 0)
        overhang = prefix // BORDER_STEPS if self.overhang else 0
        return evolve(self, prefix=prefix, context=0, displaces=False, overhang=overhang)


def budget(settings: Settings, info: EngineInfo | None = None, *, cold: bool = False) -> Budget:
    """Choose the amount from settings and, where it is known, from what runs the model.

    The context also has to hold what is generated; what is left bounds the choice.

    Args:
        settings: the context's size, the engine's address, the most tokens of a suggestion.
        info: what runs the model.
        cold: whether the amount is for a place of which the engine has nothing in its cache yet.
    """
    configured = settings.engine.context_tokens
    limits = [size for size in (configured, info.context_tokens if info else 0) if isinstance(size, int) and size]
    most = min(limits) - settings.completion.max_tokens if limits else None
    tokens = _tokens(settings, info, most, cold=cold)
    if most is not None:
        tokens = min(tokens, most)
    size = Budget.of_tokens(max(tokens, _MIN_TOKENS))
    spare = None if most is None else (most - tokens) * BYTES_PER_TOKEN
    if not cold or tokens >= _tokens(settings, info, most, cold=False):
        context = int(size.prefix * CONTEXT_SHARE)
        beside = spare is None or spare >= context
        size = evolve(size, context=context, displaces=not beside)
        spare = spare - context if spare is not None and beside else spare
    step = size.prefix // BORDER_STEPS
    return evolve(size, overhang=step) if spare is None or spare >= step else size


def estimated_tokens(text: str) -> int:
    """Estimate the tokens a text becomes, without a tokeniser; right within about a third."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def _tokens(settings: Settings, info: EngineInfo | None, most: int | None, *, cold: bool) -> int:
    if info is not None and info.on_gpu:
        return _GPU_TOKENS
    if settings.engine.url:
        return _REMOTE_TOKENS
    holds_both = most is None or most >= _CPU_TOKENS * (1 + _OVERHANG_SHARE + _RELATED_SHARE) + _COLD_CPU_TOKENS
    if not holds_both or (info is not None and not info.can_splice):
        return _ONLY_CPU_TOKENS
    return _COLD_CPU_TOKENS if cold else _CPU_TOKENS
