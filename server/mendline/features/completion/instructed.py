"""A block asked for in words: the model writes the file anew from the cursor on, up to the line that follows there.

Models trained to follow instructions solve some blocks this way that they don't by filling in the middle, and how sure
they are of each tells which is right. It costs a prompt of its own, of which nothing is in the cache, so it is for a
user who asked, for a block, and for where the first text is not sound or not sure. An answer counts only if it comes to
the line that follows the cursor; one that doesn't has lost its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
from attrs import frozen

from mendline.context.budget import estimated_tokens
from mendline.engine.protocol import ChatRequest, EngineInfo, FillRequest, FinishReason, Sampling, Token
from mendline.features.completion.place import Place
from mendline.features.completion.shape import Shape, Span
from mendline.features.completion.streaming import End, Generation
from mendline.prompts.missing_code import FENCE, missing_code
from mendline.settings.model import Settings

_MOST_PREFIX: Final = 1_500
_MOST_SUFFIX: Final = 750
"""In characters: both are shown whole in the request, and the first once more in the answer's beginning."""

_MOST_CPU_TOKENS: Final = 1_100
_USUAL_TOKENS: Final = 40
_LEAST_TIMED: Final = 4
_SPARE_TOKENS: Final = 48
"""For the line that follows, which the answer has to come to."""


@frozen
class Instructed:
    """What is asked, and how to read the answer.

    Attributes:
        request: the chat.
        lead: the white space that the cursor's line begins with; the answer writes it again.
        following: the line that the answer has to come to; empty where no code follows the cursor.
        cost: an estimate of the tokens to be computed first.
    """

    request: ChatRequest
    lead: str
    following: str
    cost: int = 0

    def seconds(self, first: Generation) -> float:
        """Estimate how long the answer takes on this machine, by how long the first text took.

        On a CPU a token of a prompt costs about a third of one that is generated; on a GPU this is far too much, and
        little all the same.
        """
        if first.first_token is None or len(first.tokens) < _LEAST_TIMED:
            return 0.0
        step = (first.seconds - first.first_token) / (len(first.tokens) - 1)
        return step * (self.cost / 3 + _USUAL_TOKENS)

    def end(self, stop: End) -> End:
        """Return what finds the end of an answer, counted in the answer's own text.

        Args:
            stop: finds it in a text at the cursor.
        """

        def find(answer: str) -> int | None:
            if not answer.startswith(self.lead):
                return None
            fence = answer.find(f"\n{FENCE}")
            found = stop(answer[len(self.lead) : None if fence < 0 else fence + 1])
            if found is not None:
                return found + len(self.lead)
            return None if fence < 0 else fence

        return find

    def reading(self, answer: Generation) -> Generation | None:
        """Return the answer as a text at the cursor; None where it has lost its way, or did not come to its end."""
        text, end = answer.raw, answer.end
        if end is None and answer.finish is FinishReason.STOP:
            end = len(text)
        if end is None or not text.startswith(self.lead):
            return None
        if self.following:
            next_line = text[end:].lstrip("\n").partition("\n")[0]
            if next_line.strip() != self.following.strip():
                return None
        skipped = len(self.lead)
        return attrs.evolve(answer, raw=text[skipped:], end=end - skipped, tokens=_behind(answer.tokens, skipped))


def instructed(
    place: Place,
    span: Shape,
    shown: FillRequest,
    settings: Settings,
    info: EngineInfo | None,
    *,
    needed: Sequence[str] = (),
) -> Instructed | None:
    """Return what to ask; None where it isn't worth it.

    Args:
        place: the cursor.
        span: how far the suggestion may reach.
        shown: what the model sees otherwise, secrets masked.
        settings: `completion.instructed`.
        info: what runs the model.
        needed: names that the rest of the function uses and no text so far defines.
    """
    site = place.site
    at_line = not site.before.strip() and not site.rest.strip() and place.selected is None
    if settings.completion.instructed != "auto" or span.span is not Span.BLOCK or not at_line:
        return None
    lead = site.before
    prefix = _end_of(shown.prefix.removesuffix(lead), _MOST_PREFIX)
    suffix = _start_of(shown.suffix, _MOST_SUFFIX)
    if not prefix.strip() or not prefix.endswith("\n"):
        return None
    language = place.snapshot.language
    # Lines above code: its indentation stands before the cursor.
    messages = missing_code(prefix, lead + suffix if site.above else suffix, language.name if language else "", needed)
    cost = sum(estimated_tokens(message.content) for message in messages)
    if cost > _MOST_CPU_TOKENS and not (info is not None and info.on_gpu):
        return None
    sampling = Sampling(max_tokens=settings.completion.max_tokens + _SPARE_TOKENS)
    return Instructed(ChatRequest(messages, sampling), lead, site.next_line, cost)


def _behind(tokens: tuple[Token, ...], characters: int) -> tuple[Token, ...]:
    """The tokens behind the text's first characters."""
    position = 0
    for number, token in enumerate(tokens):
        if position >= characters:
            return tokens[number:]
        position += len(token.text)
    return ()


def _end_of(text: str, most: int) -> str:
    """The last lines of a text, `most` characters of them; from a line that isn't indented where there is one."""
    if len(text) <= most:
        return text
    lines = text[-most:].split("\n")[1:]
    first = next((index for index, line in enumerate(lines[: len(lines) // 2]) if line[:1].strip()), 0)
    return "\n".join(lines[first:])


def _start_of(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rpartition("\n")[0] + "\n"
