"""A tokenizer for tests of prompt building: one token a word or character, readable ids."""

from __future__ import annotations

import re

from mendline.engine.llama.tokenizer import FimTokens

QWEN_MARKERS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>")
OTHER_MARKERS = ("<bos>", "<eos>", "<|im_start|>", "<|im_end|>")


class WordTokenizer:
    """Splits text into words, runs of spaces, and single other characters; ids are given out as they come.

    Markers become tokens of their own only when asked for, as in llama.cpp.
    """

    def __init__(self, *, fim: bool = True, files: bool = True, adds_bos: bool = False) -> None:
        self._ids: dict[str, int] = {}
        self._texts: list[str] = []
        self._markers = {self._id(f"\0{marker}") for marker in (*QWEN_MARKERS, *OTHER_MARKERS)}
        self.tokenized_characters = 0
        self.bos: int | None = self.marker("<bos>")
        self.eos: int | None = self.marker("<eos>")
        self.adds_bos = adds_bos
        pre, suf, mid, pad, rep, sep = (self.marker(marker) for marker in QWEN_MARKERS)
        with_files = FimTokens(pre, suf, mid, pad, rep, sep)
        self.fim = (with_files if files else FimTokens(pre, suf, mid)) if fim else None

    def marker(self, text: str) -> int:
        return self._id(f"\0{text}")

    def tokenize(self, text: str, *, parse_special: bool = False) -> list[int]:
        self.tokenized_characters += len(text)
        markers = "|".join(re.escape(marker) for marker in (*QWEN_MARKERS, *OTHER_MARKERS))
        tokens = []
        for part in re.split(f"({markers})", text) if parse_special else [text]:
            if parse_special and re.fullmatch(markers, part):
                tokens.append(self.marker(part))
            else:
                tokens += [self._id(word) for word in re.findall(r"\w+| +|.|\n", part)]
        return tokens

    def text_of(self, token: int | None) -> str:
        return "" if token is None else self._texts[token].removeprefix("\0")

    def show(self, tokens: tuple[int, ...] | list[int]) -> str:
        """Return the tokens as text, markers in «guillemets»."""
        texts = (self._texts[token] for token in tokens)
        return "".join(f"«{text[1:]}»" if text.startswith("\0") else text for text in texts)

    def _id(self, text: str) -> int:
        if text not in self._ids:
            self._ids[text] = len(self._texts)
            self._texts.append(text)
        return self._ids[text]
