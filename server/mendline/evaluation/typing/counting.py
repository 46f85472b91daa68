"""How many tokens a text has in a model's vocabulary, without loading the model's weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mendline.engine.errors import ModelInvalid
from mendline.engine.llama.bindings import journal, library
from mendline.engine.llama.vocabulary import Vocabulary


@contextmanager
def token_counter(path: Path) -> Iterator[Callable[[str], int]]:
    """Give a function that counts a text's tokens.

    Args:
        path: a GGUF file.

    Raises:
        ModelInvalid: it has no vocabulary that can be read.
        EngineUnavailable: llama.cpp can't be loaded.
    """
    lib = library()
    parameters = lib.llama_model_default_params()
    parameters.vocab_only = True
    with journal() as log:
        pointer = lib.llama_model_load_from_file(str(path).encode(), parameters)
    if not pointer:
        raise ModelInvalid(f"The vocabulary of {path.name} can't be read: {log.reason()}")
    try:
        vocabulary = Vocabulary(lib, lib.llama_model_get_vocab(pointer))
        yield lambda text: len(vocabulary.tokenize(text))
    finally:
        lib.llama_model_free(pointer)
