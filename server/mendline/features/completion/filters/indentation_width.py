"""Fits a candidate's indentation to the step the document indents by, and its first line to the cursor's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import attrs

from mendline.features.completion.brackets import balance
from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.site import Site, indentation

_STEPS = (2, 4, 8)
_LEAST_SEEN = 2
_LEAST_SHARE = 0.8
_LEADING = re.compile(r"^[ \t]+")
# After these a line goes on, and is indented by other rules.
_GOES_ON = re.compile(r"[,(\[{\\+*/=.?&|<>-]$")


def fit_indentation_width(candidate: Candidate, site: Site) -> Candidate:
    """Indent blocks by the document's step where both steps are clear; drop indentation that the cursor's line has.

    Only lines that open a block show a step: what continues a statement may be indented by anything. Documents indented
    by tabs are left to `match_indentation`.
    """
    if "\n" not in candidate.text and not _LEADING.match(candidate.text):
        return candidate
    around = [*site.preceding, *site.following]
    if any(line.startswith("\t") for line in around):
        return candidate
    lines = candidate.text.split("\n")
    step = _step(around, site)
    fitted = _narrowed_first(lines, site, step)
    own = _own_step([site.before + fitted[0], *fitted[1:]], site)
    if step is not None and own is not None and own != step:
        base = indentation(site.before + fitted[0])
        fitted = [fitted[0], *(_scaled(line, base, own, step) for line in fitted[1:])]
    return candidate if fitted == lines else attrs.evolve(candidate, text="\n".join(fitted))


def _steps(lines: Sequence[str], site: Site) -> list[int]:
    """By how much each line that follows the opening of a block is further right."""
    told = [line for line in lines if line.strip()]
    # The cheap question first: most lines are no deeper than the one before.
    return [
        step
        for opener, line in pairwise(told)
        if (step := indentation(line) - indentation(opener)) > 0 and _opens_block(opener, site)
    ]


def _opens_block(line: str, site: Site) -> bool:
    """As `Site.opens_block`, but for a line that ends so within brackets (a slice, a lambda, an argument)."""
    if not site.opens_block(line):
        return False
    return not any(mark.text in "([" for mark in balance(line, site.language_id, site.comment).openers)


def _step(lines: Sequence[str], site: Site) -> int | None:
    """The document's step; None where it has none, or several."""
    found = Counter(_steps(lines, site))
    if not found:
        return None
    step, count = found.most_common(1)[0]
    clear = step in _STEPS and count >= _LEAST_SEEN and count >= _LEAST_SHARE * found.total()
    return step if clear else None


def _own_step(lines: Sequence[str], site: Site) -> int | None:
    """The candidate's step; None where there is none, or its lines don't keep to it."""
    steps = set(_steps(lines, site))
    step = next(iter(steps)) if len(steps) == 1 else None
    base = indentation(lines[0])
    depths = [indentation(line) - base for line in lines[1:] if line.strip()]
    return step if step in _STEPS and all(depth <= 0 or depth % step == 0 for depth in depths) else None


def _scaled(line: str, base: int, own: int, step: int) -> str:
    depth = indentation(line) - base
    if depth <= 0 or not line.strip():
        return line
    return " " * (base + depth // own * step) + line.lstrip(" \t")


def _narrowed_first(lines: list[str], site: Site, step: int | None) -> list[str]:
    """Without the first line's white space, where the cursor's line has all that there can be."""
    first = lines[0]
    if site.before.strip() or not first.strip() or not _LEADING.match(first):
        return lines
    previous = site.previous_line
    if not previous or _GOES_ON.search(previous.rstrip()):
        return lines
    deepest = indentation(previous) + ((step or max(_STEPS)) if site.opens_block(previous) else 0)
    if indentation(site.before) > deepest or indentation(site.before + first) <= deepest:
        return lines
    return [first.lstrip(" \t"), *lines[1:]]
