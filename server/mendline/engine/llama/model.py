"""A loaded model and its context, as typed objects over llama.cpp's pointers.

Both must be used by one thread only, and closed: context first, then model.
"""

from __future__ import annotations

import ctypes
import enum
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from mendline.engine.llama.bindings import AbortFlag, Journal, journal, library
from mendline.engine.llama.vocabulary import Vocabulary

ALL_LAYERS = -1
_FLASH_ATTENTION_AUTO = -1
_NO_VOCABULARY = 0
_OFFLOADED = re.compile(r"offloaded (\d+)/(\d+) layers to GPU")


class LoadFailed(Exception):
    """llama.cpp could not load the model or create the context; the message is its reason, for `loading`."""


class Decoded(enum.Enum):
    """How a call of `Context.decode` ended."""

    DONE = "done"
    ABORTED = "aborted"
    """The abort flag was set. Whole micro-batches before it stay in the KV cache: ask `Context.length`."""
    NO_ROOM = "no room"
    """The KV cache has no room for these tokens; nothing was added."""
    NO_MEMORY = "no memory"
    FAILED = "failed"


class Model:
    """A GGUF model in memory.

    Attributes:
        vocabulary: its vocabulary.
        layers: how many layers it has, the output layer counted.
        gpu_layers: how many of them llama.cpp placed on a GPU.
    """

    def __init__(self, path: Path, gpu_layers: int) -> None:
        """Load the file.

        Args:
            path: a GGUF file, or the first of a split one.
            gpu_layers: how many layers to place on a GPU; `ALL_LAYERS` for all.

        Raises:
            LoadFailed: it can't be loaded so.
        """
        self._lib = library()
        parameters = self._lib.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        with journal() as log:
            pointer = self._lib.llama_model_load_from_file(str(path).encode(), parameters)
        if not pointer:
            raise LoadFailed(log.reason())
        self.pointer: Any = pointer
        vocabulary = self._lib.llama_model_get_vocab(pointer)
        self.layers = int(self._lib.llama_model_n_layer(pointer)) + 1
        if self.layers < 2 or self._lib.llama_vocab_type(vocabulary) == _NO_VOCABULARY:
            # llama.cpp's functions end the process when they are asked about such a model.
            self.close()
            raise LoadFailed("it has no layers or no vocabulary")
        self.vocabulary = Vocabulary(self._lib, vocabulary)
        self.gpu_layers = offloaded_layers(log)

    @property
    def description(self) -> str:
        """The model in llama.cpp's words: architecture, size, quantisation."""
        buffer = ctypes.create_string_buffer(256)
        self._lib.llama_model_desc(self.pointer, buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace")

    @property
    def size_bytes(self) -> int:
        """Bytes all its tensors take."""
        return int(self._lib.llama_model_size(self.pointer))

    @property
    def trained_context(self) -> int:
        """How many tokens of context it was trained with."""
        return int(self._lib.llama_model_n_ctx_train(self.pointer))

    @property
    def cache_bytes_per_token(self) -> int:
        """Bytes a token takes in the KV cache: keys and values of all layers, 16 bits a number."""
        heads = max(int(self._lib.llama_model_n_head(self.pointer)), 1)
        width = int(self._lib.llama_model_n_embd(self.pointer)) // heads
        kv_heads = int(self._lib.llama_model_n_head_kv(self.pointer))
        return 2 * 2 * (self.layers - 1) * kv_heads * width

    @property
    def chat_template(self) -> str | None:
        """Its chat template (Jinja), if it has one."""
        text = self._lib.llama_model_chat_template(self.pointer, None)
        return None if text is None else text.decode("utf-8", "replace")

    @property
    def generates(self) -> bool:
        """Whether it writes text from left to right, as opposed to embedding models and encoders."""
        return bool(self._lib.llama_model_has_decoder(self.pointer)) and not (
            self._lib.llama_model_has_encoder(self.pointer) or self._lib.llama_model_is_diffusion(self.pointer)
        )

    def close(self) -> None:
        """Free its memory. Twice is fine."""
        if self.pointer:
            self._lib.llama_model_free(self.pointer)
            self.pointer = None


@frozen
class ContextSize:
    """How a context is made.

    Attributes:
        tokens: size of the KV cache in tokens.
        micro_batch: the most tokens computed at once, and the most `Context.decode` takes.
        threads: threads to compute with.
        sequences: how many sequences the cache can hold side by side, sharing its room.
    """

    tokens: int
    micro_batch: int
    threads: int
    sequences: int = 1


class Context:
    """A model's KV cache and what computes on it. Sequence and position arguments are llama.cpp's.

    Attributes:
        tokens: size of the KV cache in tokens, as llama.cpp rounded it.
        micro_batch: the most tokens `decode` takes.
    """

    def __init__(self, model: Model, size: ContextSize, abort: AbortFlag) -> None:
        """Create it.

        Raises:
            LoadFailed: most often there is not enough memory for the KV cache.
        """
        self._lib = library()
        self._abort = abort
        self._vocabulary_size = model.vocabulary.size
        parameters = self._lib.llama_context_default_params()
        parameters.n_ctx = size.tokens
        parameters.n_batch = parameters.n_ubatch = size.micro_batch
        parameters.n_seq_max = size.sequences
        parameters.kv_unified = True
        parameters.n_threads = parameters.n_threads_batch = size.threads
        parameters.flash_attn_type = _FLASH_ATTENTION_AUTO
        parameters.no_perf = True
        # The callback object lives as long as the context, or llama.cpp calls freed memory.
        self._abort_callback, data = abort.callback(self._lib)
        parameters.abort_callback, parameters.abort_callback_data = self._abort_callback, data
        with journal() as log:
            pointer = self._lib.llama_init_from_model(model.pointer, parameters)
        if not pointer:
            raise LoadFailed(log.reason())
        self.pointer: Any = pointer
        self._memory = self._lib.llama_get_memory(pointer)
        self.tokens = int(self._lib.llama_n_ctx(pointer))
        self.micro_batch = size.micro_batch
        self._batch = self._lib.llama_batch_init(size.micro_batch, 0, 1)

    def decode(self, tokens: Sequence[int], position: int, *, sequence: int = 0, logits: bool = True) -> Decoded:
        """Compute up to `micro_batch` tokens that stand at `position` and after it.

        With `logits` those of the last token can be read afterwards.
        """
        batch = self._batch
        count = len(tokens)
        batch.n_tokens = count
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = position + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = sequence
            batch.logits[index] = 0
        batch.logits[count - 1] = logits
        return _DECODED.get(self._lib.llama_decode(self.pointer, batch), Decoded.FAILED)

    def logits(self) -> npt.NDArray[np.float32]:
        """Return the logits of the last token decoded with `logits`, shape (vocabulary,).

        A view of llama.cpp's memory: valid until the next `decode`.
        """
        pointer = self._lib.llama_get_logits_ith(self.pointer, -1)
        row: npt.NDArray[np.float32] = np.ctypeslib.as_array(pointer, shape=(self._vocabulary_size,))
        return row

    def length(self, sequence: int = 0) -> int:
        """Return how many positions of the sequence are in the cache (one more than the last position)."""
        return int(self._lib.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def remove(self, start: int, end: int = -1, *, sequence: int = 0) -> bool:
        """Drop positions [start, end) of a sequence; -1 is its end. False when this kind of cache can't."""
        return bool(self._lib.llama_memory_seq_rm(self._memory, sequence, start, end))

    def copy(self, source: int, target: int, start: int, end: int) -> None:
        """Let sequence `target` share positions [start, end) of `source`. Costs no memory."""
        self._lib.llama_memory_seq_cp(self._memory, source, target, start, end)

    def shift(self, start: int, end: int, delta: int, *, sequence: int = 0) -> None:
        """Move positions [start, end) of a sequence by `delta`. Only where `can_shift`."""
        self._lib.llama_memory_seq_add(self._memory, sequence, start, end, delta)

    @property
    def can_shift(self) -> bool:
        """Whether positions can be moved in this model's cache."""
        return bool(self._lib.llama_memory_can_shift(self._memory))

    def clear(self) -> None:
        """Forget all sequences."""
        self._lib.llama_memory_clear(self._memory, False)

    def close(self) -> None:
        """Free its memory. Twice is fine."""
        if self.pointer:
            self._lib.llama_batch_free(self._batch)
            self._lib.llama_free(self.pointer)
            self.pointer = None


def offloaded_layers(log: Journal) -> int:
    """Read from llama.cpp's log how many layers it placed on a GPU; its functions don't tell. 0 when not logged."""
    for _, line in log.lines:
        if match := _OFFLOADED.search(line):
            return int(match.group(1))
    return 0


_DECODED = {0: Decoded.DONE, 1: Decoded.NO_ROOM, 2: Decoded.ABORTED, -2: Decoded.NO_MEMORY}
