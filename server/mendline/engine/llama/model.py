"""A loaded model and its context, as typed objects over llama.cpp's pointers.

Both must be used by one thread only, and closed: context first, then model.
"""

from __future__ import annotations

import ctypes
import enum
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from mendline.engine.llama.bindings import AbortFlag, Journal, journal, library
from mendline.engine.llama.vocabulary import Vocabulary

ALL_LAYERS = -1
_FLASH_ATTENTION = {None: -1, False: 0, True: 1}
_KV_TYPES = {"f16": 1, "q8_0": 8}
_NO_VOCABULARY = 0
_OFFLOADED = re.compile(r"offloaded (\d+)/(\d+) layers to GPU")


Progress = Callable[[float], None]
"""Takes a share from 0 to 1."""


def untold(_share: float) -> None:
    """Tell nobody."""


class LoadFailed(Exception):
    """llama.cpp could not load the model or create the context; the message is its reason, for `loading`."""


class Decoded(enum.Enum):
    """How a call of `Context.decode` ended."""

    DONE = "done"
    ABORTED = "aborted"
    """The abort flag was set; nothing was added."""
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

    def __init__(self, path: Path, gpu_layers: int, *, repack: bool = True, progress: Progress = untold) -> None:
        """Load the file.

        Args:
            path: a GGUF file, or the first of a split one.
            gpu_layers: how many layers to place on a GPU; `ALL_LAYERS` for all.
            repack: whether llama.cpp may copy weights into layouts made for the processor (its extra buffer types);
                otherwise weights on the CPU stay mapped from the file.
            progress: is told, in this thread, how much of the weights is read; may not raise.

        Raises:
            LoadFailed: it can't be loaded so.
        """
        self._lib = library()
        parameters = self._lib.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.use_extra_bufts = repack

        def tell(share: float, _user_data: Any) -> bool:
            progress(share)
            return True  # go on

        # As long as llama.cpp may call it, it needs a name here.
        told = self._lib.llama_progress_callback(tell)
        parameters.progress_callback = told
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

    @property
    def recurrent(self) -> bool:
        """Whether it keeps a state instead of, or beside, cells for each token."""
        return bool(self._lib.llama_model_is_recurrent(self.pointer) or self._lib.llama_model_is_hybrid(self.pointer))

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
        micro_batch: the most tokens computed at once, and the most `Context.compute` takes.
        threads: threads to compute with.
        sequences: how many sequences the cache can hold side by side, sharing its room.
        flash_attention: whether attention is computed in llama.cpp's fused form; None leaves it to llama.cpp.
        kv_type: type of the numbers in the KV cache, "f16" or "q8_0"; the latter needs flash attention.
    """

    tokens: int
    micro_batch: int
    threads: int
    sequences: int = 1
    flash_attention: bool | None = None
    kv_type: str = "f16"


@frozen
class TokenRun:
    """Tokens to compute at the end of a sequence.

    Attributes:
        sequence: llama.cpp's number for it.
        position: of the first token; the sequence's last one and 1.
        tokens: at least one.
        outputs: for how many of the last of them logits are wanted.
    """

    sequence: int
    position: int
    tokens: Sequence[int]
    outputs: int = 0


class Context:
    """A model's KV cache and what computes on it. Sequence and position arguments are llama.cpp's.

    Attributes:
        tokens: size of the KV cache in tokens, as llama.cpp rounded it.
        sequences: how many sequences it holds, numbered from 0.
        micro_batch: the most tokens `compute` takes.
        moves_pending: cells were shifted, and nothing was computed since.
    """

    def __init__(self, model: Model, size: ContextSize, abort: AbortFlag) -> None:
        """Create it.

        Raises:
            LoadFailed: most often there is not enough memory for the KV cache.
        """
        self._lib = library()
        self._abort = abort
        self._vocabulary_size = model.vocabulary.size
        self._can_cut = not model.recurrent
        parameters = self._lib.llama_context_default_params()
        parameters.n_ctx = size.tokens
        parameters.n_batch = parameters.n_ubatch = size.micro_batch
        parameters.n_seq_max = size.sequences
        parameters.kv_unified = True
        parameters.n_threads = parameters.n_threads_batch = size.threads
        parameters.flash_attn_type = _FLASH_ATTENTION[size.flash_attention]
        parameters.type_k = parameters.type_v = _KV_TYPES[size.kv_type]
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
        self.sequences = size.sequences
        self.moves_pending = False
        self.micro_batch = size.micro_batch
        self._batch = self._lib.llama_batch_init(size.micro_batch, 0, 1)

    def compute(self, runs: Sequence[TokenRun]) -> Decoded:
        """Compute up to `micro_batch` tokens, in one call, at the ends of their sequences.

        Afterwards `logits` returns what was asked for.

        Raises:
            ValueError: there are more tokens, or none.
        """
        batch = self._batch
        if not 0 < sum(len(run.tokens) for run in runs) <= self.micro_batch:
            raise ValueError(f"one call computes 1 to {self.micro_batch} tokens")
        at = 0
        for run in runs:
            first_output = len(run.tokens) - run.outputs
            for index, token in enumerate(run.tokens):
                batch.token[at] = token
                batch.pos[at] = run.position + index
                batch.n_seq_id[at] = 1
                batch.seq_id[at][0] = run.sequence
                batch.logits[at] = index >= first_output
                at += 1
        batch.n_tokens = at
        outcome = _DECODED.get(self._lib.llama_decode(self.pointer, batch), Decoded.FAILED)
        if outcome is Decoded.DONE:
            self.moves_pending = False
        return outcome

    def logits(self, index: int) -> npt.NDArray[np.float32]:
        """Return the logits of the token at an index of the last batch, shape (vocabulary,).

        A view of llama.cpp's memory: valid until the next `compute`.
        """
        pointer = self._lib.llama_get_logits_ith(self.pointer, index)
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
        """Move positions [start, end) of a sequence by `delta`. Only where `can_shift`.

        llama.cpp notes the new positions at once, and moves the keys with the next `compute`.
        """
        self.moves_pending = True
        self._lib.llama_memory_seq_add(self._memory, sequence, start, end, delta)

    def save_state(self, path: Path, sequence: int, tokens: Sequence[int]) -> int:
        """Write a sequence's cells and the tokens they stand for to a file.

        Returns:
            Its bytes; 0 when that failed, or while moves are pending: the file would have keys and positions that
            don't belong together.
        """
        if self.moves_pending:
            return 0
        array = (self._lib.llama_token * len(tokens))(*tokens)
        return int(self._lib.llama_state_seq_save_file(self.pointer, os.fsencode(path), sequence, array, len(tokens)))

    def load_state(self, path: Path, sequence: int, capacity: int) -> list[int] | None:
        """Read a file that `save_state` wrote into an empty sequence.

        Args:
            path: the file. It must be whole: llama.cpp may end the process on a damaged one.
            sequence: where its cells go.
            capacity: the most tokens it may have.

        Returns:
            Its tokens; None when it does not fit this context, and the sequence is empty then.
        """
        array = (self._lib.llama_token * capacity)()
        count = ctypes.c_size_t()
        read = self._lib.llama_state_seq_load_file(
            self.pointer, os.fsencode(path), sequence, array, capacity, ctypes.byref(count)
        )
        if not read:
            self.remove(0, sequence=sequence)
            return None
        return list(array[: count.value])

    @property
    def can_shift(self) -> bool:
        """Whether positions can be moved in this model's cache."""
        return bool(self._lib.llama_memory_can_shift(self._memory))

    @property
    def can_cut(self) -> bool:
        """Whether a sequence's end can be dropped; recurrent models keep one state a sequence and can't."""
        return self._can_cut

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
