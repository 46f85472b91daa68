"""A loaded model and the requests it serves, as steps for the scheduler. All of it runs in the worker's thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import evolve

from mendline.engine.errors import EngineRefused
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.chat import CHATML, CHATML_STOP, ChatTemplate, chat_prompt
from mendline.engine.llama.drafting import BatchCosts, DraftPolicy
from mendline.engine.llama.generation import Machine, generate, prefill
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.kv.keeping import Keeping
from mendline.engine.llama.kv.refresh import refresh, to_refresh
from mendline.engine.llama.kv.saved import SavedStates
from mendline.engine.llama.kv.state_folder import forget_unused
from mendline.engine.llama.kv.state_identity import identity_of, model_folder
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.loading import Loaded, cache_bytes, load
from mendline.engine.llama.model import Progress, TokenRun
from mendline.engine.llama.options import AUTO, LlamaOptions
from mendline.engine.llama.prompt import fill_prompt
from mendline.engine.llama.scheduler import SHORT, Scheduler
from mendline.engine.llama.steps import Steps
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, FinishReason, Priority, Sampling

UNUSED_DAYS = 30
"""Saved prompts of a model that wasn't used for so long are removed."""
_BATCH = 64
"""Tokens a call whose rate stands for that of a prefill has."""

Emit = Callable[[Chunk], None]


class Session:
    """A model, its KV cache and its templates.

    Attributes:
        info: what was loaded.
        scheduler: runs the requests' steps.
    """

    def __init__(self, path: Path, options: LlamaOptions, abort: AbortFlag, progress: Progress) -> None:
        """Load the model. Raises as `loading.load` does, and tells `progress` as it does."""
        self._loaded: Loaded = load(path, options, abort, progress)
        self.info: EngineInfo = self._loaded.info
        model, context = self._loaded.model, self._loaded.context
        cache = KvCache(context, splice=options.splice == AUTO)
        costs = BatchCosts()
        self._machine = Machine(model.vocabulary, context, cache, _keeping(self._loaded, path, options, cache, costs))
        on_gpu = model.gpu_layers > 0
        self.scheduler = Scheduler(
            context, cache, observe=costs.observe, joined=context.micro_batch if on_gpu else SHORT
        )
        speculates = options.speculation == AUTO and context.can_cut
        self._drafts = DraftPolicy(costs) if speculates else None
        self._refreshed: tuple[int, int] | None = None
        self._stop = () if model.chat_template else (CHATML_STOP,)
        self._template = ChatTemplate(
            model.chat_template or CHATML,
            bos=model.vocabulary.text_of(model.vocabulary.bos),
            eos=model.vocabulary.text_of(model.vocabulary.eos),
        )

    def fill(self, request: FillRequest, emit: Emit) -> Steps[None]:
        """Serve a fill. Raises as `generation.generate` does."""
        sampling = self._fitted(request.sampling)
        prompt = fill_prompt(request, self._machine.vocabulary, self._room(sampling))
        # While somebody types, texts are short and every step counts: nothing is risked on guesses.
        drafts = self._drafts if request.priority is not Priority.KEYSTROKE else None
        return generate(self._machine, prompt, sampling, emit, drafts)

    def chat(self, request: ChatRequest, emit: Emit) -> Steps[None]:
        """Serve a chat. Raises as `generation.generate` and `ChatTemplate.segments` do."""
        sampling = self._fitted(request.sampling)
        sampling = evolve(sampling, stop=(*sampling.stop, *self._stop))
        segments = self._template.segments(request.messages)
        prompt = chat_prompt(segments, self._machine.vocabulary, self._room(sampling))
        return generate(self._machine, prompt, sampling, emit, self._drafts)

    def warm(self, request: FillRequest, emit: Emit) -> Steps[None]:
        """Compute a fill's prompt, laid out as the fill will lay it out; emits one chunk without text."""
        room = self._room(self._fitted(request.sampling))
        loaded, usage = yield from prefill(self._machine, fill_prompt(request, self._machine.vocabulary, room))
        self._machine.cache.release(loaded.strand)
        emit(Chunk(finish=FinishReason.STOP, usage=usage))

    def upkeep(self) -> Steps[None] | None:
        """Return what is worth doing while nothing is asked for; None when there is nothing."""
        cache = self._machine.cache
        strand = to_refresh(cache)
        if strand is None or (strand.sequence, strand.used) == self._refreshed:
            return None
        return self._refresh(strand)

    def _refresh(self, strand: Strand) -> Steps[None]:
        """Refresh a strand, and remember it if nothing came between: more can't be done for it."""
        yield from refresh(self._machine.cache, strand)
        self._refreshed = strand.sequence, strand.used

    def close(self, *, keep: bool = True) -> None:
        """Write to disk what shall outlive this process, where that is wanted and `keep` allows it; free the model."""
        try:
            if keep and self._machine.keeping is not None:
                self._machine.keeping.keep()
        finally:
            self._loaded.close()

    def _fitted(self, sampling: Sampling) -> Sampling:
        """Keep at least half of the context for the prompt, and half of the sequences for other requests.

        Raises:
            EngineRefused: that leaves too few for so many candidates.
        """
        context = self._machine.context
        if not 1 <= sampling.n <= max(context.sequences // 2, 1):
            raise EngineRefused(
                f"A request can have 1 to {max(context.sequences // 2, 1)} candidates, not {sampling.n}"
            )
        return evolve(sampling, max_tokens=max(min(sampling.max_tokens, context.tokens // 2 // sampling.n), 1))

    def _room(self, sampling: Sampling) -> int:
        return self._machine.context.tokens - sampling.max_tokens * sampling.n


def _keeping(loaded: Loaded, path: Path, options: LlamaOptions, cache: KvCache, costs: BatchCosts) -> Keeping | None:
    """Return what keeps prompts on disk; None unless the user asked for it."""
    folder, context = options.state_folder, loaded.context
    wanted = options.saved_state_mb > 0 and context.can_cut
    if folder is not None:
        # What was kept before the user changed their mind goes, and so does what belongs to models no longer used.
        forget_unused(folder, days=UNUSED_DAYS if wanted else 0)
    if folder is None or not wanted:
        return None
    fim = loaded.model.vocabulary.fim
    identity = identity_of(path, loaded.plan.kv_type, loaded.plan.flash_attention)

    def settle(sequence: int) -> None:
        if context.moves_pending:
            context.compute((TokenRun(sequence, 0, (0,)),))
            context.remove(0, sequence=sequence)

    return Keeping(
        cache=cache,
        saved=SavedStates(model_folder(folder, path), identity, options.saved_state_mb << 20, context),
        bytes_per_token=cache_bytes(loaded.model.cache_bytes_per_token, loaded.plan.kv_type),
        prefill_rate=lambda: _BATCH / costs.seconds(_BATCH),
        markers=(fim.suf, fim.mid) if fim else None,
        positions=context.length,
        settle=settle,
    )
