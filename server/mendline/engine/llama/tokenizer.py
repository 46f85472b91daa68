"""What prompt building needs to know of a vocabulary; pure, so that it can be tested without a model."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen


@frozen
class FimTokens:
    """A model's fill-in-the-middle markers, by llama.cpp's names. The optional ones are None when absent.

    Attributes:
        pre: before the prefix.
        suf: before the suffix.
        mid: before the middle.
        pad: padding in training; a model that writes it has nothing to say.
        rep: before the repository's name.
        sep: before each file's path.
    """

    pre: int
    suf: int
    mid: int
    pad: int | None = None
    rep: int | None = None
    sep: int | None = None

    def all(self) -> tuple[int, ...]:
        """Return those that exist."""
        tokens = (self.pre, self.suf, self.mid, self.pad, self.rep, self.sep)
        return tuple(token for token in tokens if token is not None)


class Tokenizer(Protocol):
    """Text to tokens.

    Attributes:
        bos: the beginning-of-text token, if there is one.
        eos: the end-of-text token, if there is one.
        adds_bos: whether the model wants `bos` at the start of every prompt.
        fim: the fill-in-the-middle markers, if the model has them.
    """

    bos: int | None
    eos: int | None
    adds_bos: bool
    fim: FimTokens | None

    def tokenize(self, text: str, *, parse_special: bool = False) -> list[int]:
        """Return the text's tokens, without BOS; only with `parse_special` may a part of it become a marker."""
        ...

    def text_of(self, token: int | None) -> str:
        """Return the text a marker is written as; empty for None."""
        ...
