"""What is done with the cache while nobody asks for anything."""

from __future__ import annotations

from mendline.engine.errors import EngineOverloaded
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.steps import Lost, Steps, compute

PIECE = 32
"""Tokens computed at once: few, because a keystroke waits for them where a call can't be aborted (on a GPU)."""


def to_refresh(cache: KvCache) -> Strand | None:
    """Return the strand whose upkeep is worth most: the one used last, if there is anything to do for it."""
    last = max(cache.idle, key=lambda strand: strand.used, default=None)
    if last is None or last.suffix_at is None or not cache.splice or last.parked:
        return None
    if last.approximate or (last.gap < cache.slack and _body(last) and _movable(cache, last)):
        return last
    return None


def refresh(cache: KvCache, strand: Strand) -> Steps[None]:
    """Compute a strand's stale cells anew, behind the text that now stands before them.

    It goes piece by piece in a sequence beside it. When a request comes between, what was refreshed so far takes the
    old cells' place and the rest stays as it was, so that no work is lost and the request finds its strand whole.
    At the end some positions are left free before the suffix, so that the next keystroke needs no move.
    """
    strand.users += 1
    try:
        if strand.approximate:
            yield from _recompute(cache, strand)
        if strand.gap < cache.slack and _body(strand) and _movable(cache, strand):
            yield from _loosen(cache, strand)
    except (Lost, EngineOverloaded):
        pass  # no room: it was worth no more than room that nothing else needs
    finally:
        strand.users -= 1


def _recompute(cache: KvCache, strand: Strand) -> Steps[None]:
    start, end = strand.stale
    fresh = cache.branch(strand)
    cache.cut(fresh, start)
    try:
        yield from compute(fresh, strand.tokens[start:end], min(PIECE, cache.cells.micro_batch))
    finally:
        if not (fresh.lost or strand.lost):
            _take_over(cache, strand, fresh, start)
        if not fresh.lost:
            cache.evict(fresh)


def _take_over(cache: KvCache, strand: Strand, fresh: Strand, start: int) -> None:
    """Put the cells that `fresh` has from `start` on in the place of those of `strand`."""
    done = len(fresh.tokens)
    if done == start or not cache.exclusive(strand, start, len(strand.tokens)):
        return
    middle = min(max(strand.gap_at, start), done) if strand.gap else done
    for part, end in ((start, middle), (middle, done)):
        if part == end:
            continue
        old_at, new_at, count = strand.position(part), fresh.position(part), end - part
        if old_at != new_at:
            cache.cells.shift(new_at, new_at + count, old_at - new_at, sequence=fresh.sequence)
        cache.cells.remove(old_at, old_at + count, sequence=strand.sequence)
        cache.cells.copy(fresh.sequence, strand.sequence, old_at, old_at + count)
    strand.cells[start:done] = fresh.cells[start:done]
    strand.stale = (done, strand.stale[1]) if done < strand.stale[1] else (0, 0)
    if not strand.approximate:
        strand.splices = 0


def _loosen(cache: KvCache, strand: Strand) -> Steps[None]:
    """Move a suffix away from its marker by `slack`, and compute what stands behind it once more."""
    body = _body(strand)
    if body is None:
        return
    start, end = body
    tail = strand.tokens[end : strand.prompt_end]
    cache.cut(strand, end)
    old_at, new_at = strand.position(start), start + cache.slack
    cache.cells.shift(old_at, old_at + end - start, new_at - old_at, sequence=strand.sequence)
    strand.gap, strand.gap_at = cache.slack, start
    yield from compute(strand, tail, min(PIECE, cache.cells.micro_batch))


def _body(strand: Strand) -> tuple[int, int] | None:
    """Return the indices [start, end) of the suffix's body; None when it isn't there as a whole."""
    if strand.suffix_at is None or strand.prompt_end > len(strand.tokens):
        return None
    if strand.gap and strand.gap_at > strand.suffix_at + 1:
        return None
    start, end = strand.suffix_at + 1, strand.prompt_end - 1
    return (start, end) if start < end else None


def _movable(cache: KvCache, strand: Strand) -> bool:
    body = _body(strand)
    return body is not None and cache.exclusive(strand, *body)
