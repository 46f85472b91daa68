"""Prompt states that llama.cpp itself writes and reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.kv.saved import SavedStates
from mendline.engine.llama.model import Context, ContextSize, Decoded, Model, TokenRun
from support.real_models import SMALL, model_path

pytestmark = pytest.mark.model

PROMPT = list(range(1000, 1040))
SIZE = ContextSize(tokens=256, micro_batch=64, threads=1, sequences=2, flash_attention=False)


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    model = Model(model_path(SMALL), gpu_layers=0)
    yield model
    model.close()


@pytest.fixture
def contexts(model: Model) -> Iterator[list[Context]]:
    """Two contexts of the model, as of an engine and of the one started after it."""
    contexts = [Context(model, SIZE, AbortFlag()) for _ in range(2)]
    yield contexts
    for context in contexts:
        context.close()


def following(context: Context, sequence: int, position: int) -> npt.NDArray[np.float32]:
    """Compute one more token; return its logits."""
    assert context.compute([TokenRun(sequence, position, [1040], 1)]) is Decoded.DONE
    return context.logits(0).copy()


def test_what_one_context_computed_another_goes_on_from(contexts: list[Context], tmp_path: Path) -> None:
    before, after = contexts
    assert before.compute([TokenRun(0, 0, PROMPT)]) is Decoded.DONE
    assert SavedStates(tmp_path, "small", 1 << 30, before).save(PROMPT, 0) is not None
    states = SavedStates(tmp_path, "small", 1 << 30, after)
    state = states.best([*PROMPT, 1040])
    assert state is not None
    assert states.restore(state, 1) == PROMPT
    assert after.length(1) == len(PROMPT)
    wanted, found = following(before, 0, len(PROMPT)), following(after, 1, len(PROMPT))
    assert np.array_equal(wanted, found)


def test_free_positions_stay_free_and_moves_are_saved_once_they_are_done(
    contexts: list[Context], tmp_path: Path
) -> None:
    before, after = contexts
    assert before.compute([TokenRun(0, 0, PROMPT)]) is Decoded.DONE
    before.remove(10, 20, sequence=0)
    before.shift(20, 40, -4, sequence=0)
    # llama.cpp moves keys at the next call only, whichever sequence that one computes.
    assert before.compute([TokenRun(1, 0, [7])]) is Decoded.DONE
    left = PROMPT[:10] + PROMPT[20:]
    assert SavedStates(tmp_path, "small", 1 << 30, before).save(left, 0) is not None
    states = SavedStates(tmp_path, "small", 1 << 30, after)
    state = states.best(left)
    assert state is not None
    assert states.restore(state, 0) == left
    assert after.length(0) == 36
    assert np.array_equal(following(before, 0, 36), following(after, 0, 36))


def test_a_state_of_another_layout_is_refused_and_leaves_the_sequence_empty(model: Model, tmp_path: Path) -> None:
    plain = Context(model, SIZE, AbortFlag())
    quantised = Context(model, ContextSize(256, 64, 1, 2, flash_attention=True, kv_type="q8_0"), AbortFlag())
    try:
        assert plain.compute([TokenRun(0, 0, PROMPT)]) is Decoded.DONE
        assert SavedStates(tmp_path, "small", 1 << 30, plain).save(PROMPT, 0) is not None
        states = SavedStates(tmp_path, "small", 1 << 30, quantised)
        state = states.best(PROMPT)
        assert state is not None
        assert states.restore(state, 1) is None
        assert quantised.length(1) == 0
        assert states.best(PROMPT) is None
    finally:
        plain.close()
        quantised.close()


def test_a_folder_that_cannot_be_written_to_is_no_error_of_the_context(contexts: list[Context], tmp_path: Path) -> None:
    assert contexts[0].compute([TokenRun(0, 0, PROMPT)]) is Decoded.DONE
    assert contexts[0].save_state(tmp_path / "missing" / "file", 0, PROMPT) == 0
    assert contexts[0].load_state(tmp_path / "missing", 1, 10) is None
