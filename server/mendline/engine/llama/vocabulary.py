"""A model's vocabulary: text to tokens, tokens to bytes, and which tokens are markers."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable
from typing import Any

from mendline.engine.llama.tokenizer import FimTokens

_ABSENT = -1
_NORMAL = 4
_CONTROL = 8
_USER_DEFINED = 16

_MARKER = re.compile(r"<[^<>\s]*[|｜_][^<>\s]*>|</?think>")
"""Texts of user-defined tokens that steer a model: `<|im_end|>`, `<tool_call>`. Runs of spaces and HTML tags, which
other vocabularies define too, are plain text."""


class Vocabulary:
    """The vocabulary of a loaded model. Implements `tokenizer.Tokenizer`."""

    def __init__(self, lib: Any, pointer: Any) -> None:
        self._lib = lib
        self._pointer = pointer
        self._pieces: dict[int, bytes] = {}
        self.size: int = int(lib.llama_vocab_n_tokens(pointer))
        bos = int(lib.llama_vocab_bos(pointer))
        eos = int(lib.llama_vocab_eos(pointer))
        self.bos: int | None = bos if bos != _ABSENT else None
        self.eos: int | None = eos if eos != _ABSENT else None
        self.adds_bos: bool = bool(lib.llama_vocab_get_add_bos(pointer)) and self.bos is not None
        self.fim: FimTokens | None = self._fim()
        special = [token for token in range(self.size) if self._attribute(token) & (_CONTROL | _USER_DEFINED)]
        self._markers = self._marker_pattern(special)
        self._ends = self._end_tokens(special)
        self._guard_text, self._guard = self._space_guard()

    def tokenize(self, text: str, *, parse_special: bool = False) -> list[int]:
        """Return the text's tokens, without BOS.

        With `parse_special` off no part of the text becomes a marker, not even one the vocabulary lists as
        "user-defined", which llama.cpp would match in any text. A lone surrogate reads as "?".
        """
        if parse_special:
            return self._guarded(text, parse_special=True)
        return [token for piece in self._disarmed(text) for token in self._guarded(piece, parse_special=False)]

    def piece(self, token: int) -> bytes:
        """Return the bytes a token stands for; none for a control token. They may be part of a character."""
        known = self._pieces.get(token)
        if known is None:
            # llama.cpp makes a control token of any text that ends other models' turns ("</s>"), even where this
            # model learned it as plain text.
            plain = token not in self._ends and bool(self._attribute(token) & _NORMAL)
            known = self._pieces[token] = self._piece(token, special=plain)
        return known

    def text_of(self, token: int | None) -> str:
        """Return the text a marker is written as, for templates; empty for None."""
        return "" if token is None else self._piece(token, special=True).decode("utf-8", "replace")

    def is_end(self, token: int) -> bool:
        """Tell whether the token ends a turn or a fill: an end-of-generation or a fill-in-the-middle marker."""
        return token in self._ends

    def _fim(self) -> FimTokens | None:
        ids = {name: int(getattr(self._lib, f"llama_vocab_fim_{name}")(self._pointer)) for name in _FIM_NAMES}
        if _ABSENT in (ids["pre"], ids["suf"], ids["mid"]):
            return None
        present = {name: None if token == _ABSENT else token for name, token in ids.items()}
        return FimTokens(
            pre=ids["pre"],
            suf=ids["suf"],
            mid=ids["mid"],
            pad=present["pad"],
            rep=present["rep"],
            sep=present["sep"],
        )

    def _end_tokens(self, special: Iterable[int]) -> frozenset[int]:
        declared = {self.eos, self.bos, int(self._lib.llama_vocab_eot(self._pointer))} - {None, _ABSENT}
        ends = set(self.fim.all() if self.fim else ())
        for token in {*declared, *special}:
            # See `piece` for why a token that is plain text to this model is none.
            if token is None or not self._lib.llama_vocab_is_eog(self._pointer, token):
                continue
            if token in declared or not self._attribute(token) & _NORMAL:
                ends.add(token)
        return frozenset(ends)

    def _marker_pattern(self, special: Iterable[int]) -> re.Pattern[str] | None:
        defined = (self.text_of(token) for token in special if self._attribute(token) & _USER_DEFINED)
        texts = [re.escape(text) for text in defined if _MARKER.fullmatch(text)]
        return re.compile("|".join(texts)) if texts else None

    def _disarmed(self, text: str) -> Iterable[str]:
        """Cut the text inside each user-defined marker, so that no piece holds a whole one."""
        if self._markers is None:
            return (text,)
        cuts = [match.start() + 1 for match in self._markers.finditer(text)]
        return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    def _space_guard(self) -> tuple[str, list[int]]:
        """Return a text that is put before others, and its tokens, which are dropped again.

        SentencePiece vocabularies put a space before whatever is tokenised, but a prompt is tokenised in parts, and
        a suffix that starts with `)` does not start with ` )`. A line break before the text takes that space.
        """
        if self._piece_text(self._raw("x", parse_special=False)) == "x":
            return "", []
        return "\n", self._raw("\n", parse_special=False)

    def _guarded(self, text: str, *, parse_special: bool) -> list[int]:
        tokens = self._raw(self._guard_text + text, parse_special=parse_special)
        size = len(self._guard)
        if tokens[:size] == self._guard:
            return tokens[size:]
        return self._raw(text, parse_special=parse_special)  # the line break became one with the text's own

    def _piece_text(self, tokens: list[int]) -> str:
        return b"".join(self._piece(token, special=False) for token in tokens).decode("utf-8", "replace")

    def _attribute(self, token: int) -> int:
        return int(self._lib.llama_vocab_get_attr(self._pointer, token))

    def _raw(self, text: str, *, parse_special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        # A token stands for at least one byte, but for the space that some vocabularies put first.
        room = len(data) + 2
        buffer = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self._pointer, data, len(data), buffer, room, False, parse_special)
        if count < 0:
            buffer = (ctypes.c_int32 * -count)()
            count = self._lib.llama_tokenize(self._pointer, data, len(data), buffer, -count, False, parse_special)
        return list(buffer[:count])

    def _piece(self, token: int, *, special: bool) -> bytes:
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = self._lib.llama_token_to_piece(self._pointer, token, buffer, room, 0, special)
            if count >= 0:
                return bytes(buffer.raw[:count])
            room = -count


_FIM_NAMES = ("pre", "suf", "mid", "pad", "rep", "sep")
