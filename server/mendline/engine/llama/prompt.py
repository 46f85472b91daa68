"""Fill-in-the-middle prompts as tokens: pure functions of a request and a tokenizer."""

from __future__ import annotations

import itertools

from attrs import frozen

from mendline.engine.llama.tokenizer import FimTokens, Tokenizer
from mendline.engine.protocol import ContextChunk, FillRequest

REPOSITORY = "repo"
"""The repository's name in prompts. Requests carry none, and a constant keeps cached prompts valid."""

_CHARACTERS_PER_TOKEN = 12
"""Text beyond this many characters for each token of room is cut before it is tokenised. Code has 3 to 4; a file that
is one line of a megabyte must not be tokenised to throw nearly all of it away."""
_BLOCKS = 16


@frozen
class Prompt:
    """A prompt, ready to be computed.

    Attributes:
        tokens: at least one.
        suffix_at: index of the suffix marker; None where there is none.
        blocks: indices [start, end) of each related file's piece, and of the text before the cursor behind them; none
            where there are no related files.
        trimmed: tokens left out for lack of room (an estimate where text was cut before it was tokenised).
    """

    tokens: tuple[int, ...]
    suffix_at: int | None = None
    trimmed: int = 0
    blocks: tuple[tuple[int, int], ...] = ()


def fill_prompt(request: FillRequest, tokenizer: Tokenizer, room: int) -> Prompt:
    """Lay out a request.

    The layout for models that have all markers is the one Qwen2.5-Coder was trained with and documents in the example
    `Qwen2.5-Coder-repolevel-fim.py` of its repository (the technical report, arXiv 2409.12186, section 3, has it too):
    the repository's name, each related file behind a separator and its path, and in the last file's place the
    prefix–suffix–middle markers, straight after that file's path line. Without related files only the markers are
    used. Models with fill markers but no file separator get related files as plain text at the start of the prefix;
    models without fill markers get them before the prefix, and the suffix is left out.

    What does not fit is left out in this order: related files from the last one, then the prefix from its start and
    the suffix from its end, about three parts of prefix to one of suffix. Prefix and suffix are cut in steps, so that
    the next keystroke finds the same beginning in the KV cache.

    Args:
        request: what to fill. None of its text becomes a marker.
        tokenizer: the model's.
        room: the most tokens the prompt may have.
    """
    fim = tokenizer.fim
    suffix = request.suffix if fim else ""
    (prefix_tokens, prefix_lost), (suffix_tokens, suffix_lost) = (
        _tokenized_end(request.prefix, tokenizer, room),
        _tokenized_start(suffix, tokenizer, room),
    )
    chunks = [_chunk_tokens(chunk, tokenizer) for chunk in request.context]
    head = _path_tokens(request.path, tokenizer) if chunks and request.path else []
    fixed = len(_frame([], [], [], [], tokenizer, chunked=bool(chunks)))
    text_size = len(prefix_tokens) + len(suffix_tokens)
    trimmed = prefix_lost + suffix_lost
    while chunks and fixed + len(head) + text_size + sum(map(len, chunks)) > room:
        trimmed += len(chunks.pop())
    if not chunks:
        head, fixed = [], len(_frame([], [], [], [], tokenizer, chunked=False))
    keep_prefix, keep_suffix = split_room(len(prefix_tokens), len(suffix_tokens), max(room - fixed - len(head), 0))
    trimmed += text_size - keep_prefix - keep_suffix
    kept_prefix = prefix_tokens[len(prefix_tokens) - keep_prefix :]
    tokens = _frame(chunks, head, kept_prefix, suffix_tokens[:keep_suffix], tokenizer, chunked=bool(chunks))
    suffix_at = len(tokens) - keep_suffix - 2 if fim else None
    blocks = _blocks(chunks, len(_start_of(tokenizer, chunked=True)), len(tokens) if suffix_at is None else suffix_at)
    return Prompt(tuple(tokens) or (_start(tokenizer),), suffix_at, trimmed, blocks)


def _blocks(chunks: list[list[int]], start: int, prefix_end: int) -> tuple[tuple[int, int], ...]:
    """Return where the related files' pieces, which begin at `start`, and the text behind them are."""
    if not chunks:
        return ()
    ends = list(itertools.accumulate((len(chunk) for chunk in chunks), initial=start))
    return (*itertools.pairwise(ends), (ends[-1], prefix_end))


def split_room(prefix: int, suffix: int, room: int) -> tuple[int, int]:
    """Decide how many tokens of prefix and suffix are kept.

    All, if they fit; else the suffix gets a quarter of the room, or what the prefix leaves. What is dropped is rounded
    up to sixteenths of the room, so that the cut stays where it is while text is typed.
    """
    if prefix + suffix <= room:
        return prefix, suffix
    keep_suffix = min(suffix, max(room // 4, room - prefix))
    keep_prefix = min(prefix, room - keep_suffix)
    block = max(room // _BLOCKS, 1)
    return _kept(prefix, keep_prefix, block), _kept(suffix, keep_suffix, block)


def _kept(size: int, keep: int, block: int) -> int:
    dropped = -(-(size - keep) // block) * block
    return max(size - dropped, 0)


def _frame(
    chunks: list[list[int]],
    head: list[int],
    prefix: list[int],
    suffix: list[int],
    tokenizer: Tokenizer,
    *,
    chunked: bool,
) -> list[int]:
    """Put markers around tokenised parts."""
    tokens = _start_of(tokenizer, chunked=chunked)
    tokens += [token for chunk in chunks for token in chunk]
    fim = tokenizer.fim
    if fim is None:
        return [*tokens, *head, *prefix]
    marker = [fim.pre] if _has_files(fim) else []
    return [*tokens, *head, *marker, *prefix, fim.suf, *suffix, fim.mid]


def _start_of(tokenizer: Tokenizer, *, chunked: bool) -> list[int]:
    """Return what stands before the related files."""
    tokens = [tokenizer.bos] if tokenizer.adds_bos and tokenizer.bos is not None else []
    fim = tokenizer.fim
    if fim is not None and not _has_files(fim):
        tokens.append(fim.pre)
    elif fim is not None and chunked and fim.rep is not None:
        tokens += [fim.rep, *tokenizer.tokenize(f"{REPOSITORY}\n")]
    return tokens


def _chunk_tokens(chunk: ContextChunk, tokenizer: Tokenizer) -> list[int]:
    end = "" if chunk.text.endswith("\n") else "\n"
    return [*_path_tokens(chunk.path, tokenizer), *tokenizer.tokenize(chunk.text + end)]


def _path_tokens(path: str, tokenizer: Tokenizer) -> list[int]:
    fim = tokenizer.fim
    if fim is not None and fim.sep is not None:
        return [fim.sep, *tokenizer.tokenize(f"{path}\n")]
    # Plain text for models that know no files: a comment in most languages, and harmless in the others.
    return tokenizer.tokenize(f"# {path}\n")


def _has_files(fim: FimTokens) -> bool:
    return fim.sep is not None


def _start(tokenizer: Tokenizer) -> int:
    """Return a token to start from when there is no text at all: something must be computed to get logits."""
    if tokenizer.bos is not None:
        return tokenizer.bos
    if tokenizer.eos is not None:
        return tokenizer.eos
    return tokenizer.tokenize("\n")[0]


def _tokenized_end(text: str, tokenizer: Tokenizer, room: int) -> tuple[list[int], int]:
    """Tokenise the end of a text that may be far longer than the room; also estimate the tokens of the rest."""
    cut = _cut(len(text), room)
    tokens = tokenizer.tokenize(text[cut:])
    return tokens, _estimate(cut, len(text) - cut, len(tokens))


def _tokenized_start(text: str, tokenizer: Tokenizer, room: int) -> tuple[list[int], int]:
    cut = _cut(len(text), room)
    tokens = tokenizer.tokenize(text[: len(text) - cut])
    return tokens, _estimate(cut, len(text) - cut, len(tokens))


def _cut(size: int, room: int) -> int:
    most = max(room, 1) * _CHARACTERS_PER_TOKEN
    if size <= most:
        return 0
    step = most // 4  # in steps, for the same reason as in `split_room`
    return -(-(size - most) // step) * step


def _estimate(cut: int, kept: int, tokens: int) -> int:
    return round(cut * tokens / kept) if kept else cut // 4
