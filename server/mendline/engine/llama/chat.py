"""Chat prompts through a model's own template, with contents that cannot become control tokens.

A template is rendered with an unguessable word in place of each message's content. The rendered text is then cut at
those words: what stands between them is the template's, and its markers count; the contents are tokenised as plain
text. A message that says `<|im_end|>` stays a message that says so.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence

from attrs import evolve, frozen

from mendline.engine.errors import EngineError
from mendline.engine.llama.jinja import Refused, render
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.tokenizer import Tokenizer
from mendline.engine.protocol import Message, Role

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}"
)
"""The template for models that bring none."""
CHATML_STOP = "<|im_end|>"

_EDGE = "\x0b"
"""White space no template writes itself, put around each stand-in: where it is gone, the template trims contents."""


@frozen
class Segment:
    """A piece of a chat prompt.

    Attributes:
        text: what it says.
        role: whose message it is the content of; None for the template's own text.
        last: whether that message is the last one.
    """

    text: str
    role: Role | None = None
    last: bool = False


@frozen
class ChatTemplate:
    """A Jinja chat template.

    Attributes:
        source: its text, as `tokenizer.chat_template` in a GGUF has it.
        bos: the text of the model's beginning-of-text marker.
        eos: the text of its end-of-text marker.
        word: gives a new unguessable word at each call.
    """

    source: str
    bos: str = ""
    eos: str = ""
    word: Callable[[], str] = lambda: secrets.token_hex(16)

    def segments(self, messages: Sequence[Message]) -> list[Segment]:
        """Render the messages and the opening of the assistant's answer.

        A last message that is the assistant's own is the beginning of that answer. A template that refuses or drops
        system messages gets their text at the start of the first user message.

        Raises:
            EngineError: the template is broken, refuses these messages, or does not end.
        """
        if messages and messages[-1].role is Role.ASSISTANT:
            *before, begun = messages
            return [*self.segments(before), Segment(begun.content, Role.ASSISTANT, last=True)]
        merged = _without_system(messages)
        try:
            segments = self._render(messages)
            if merged is None or _contents(segments) == sum(1 for message in messages if message.content):
                return segments
        except Refused as refusal:
            if merged is None:
                raise _refused(refusal) from None
        try:
            return self._render(merged)
        except Refused as refusal:
            raise _refused(refusal) from None

    def _render(self, messages: Sequence[Message]) -> list[Segment]:
        words = [self.word() for _ in messages]
        turns = [
            {"role": message.role.value, "content": f"{_EDGE}{word}{_EDGE}" if message.content else ""}
            for message, word in zip(messages, words, strict=True)
        ]
        text = render(self.source, messages=turns, bos_token=self.bos, eos_token=self.eos, add_generation_prompt=True)
        return _cut_at(text, words, messages)


def chat_prompt(segments: Sequence[Segment], tokenizer: Tokenizer, room: int) -> Prompt:
    """Tokenise a rendered chat.

    What does not fit is taken from the middle of contents (their beginning and end say what is asked): first from the
    oldest messages that are neither the system's nor the last one, then from the last one, then from the system's.

    Args:
        segments: what `ChatTemplate.segments` gave.
        tokenizer: the model's.
        room: the most tokens the prompt may have.
    """
    parts = [tokenizer.tokenize(segment.text, parse_special=segment.role is None) for segment in segments]
    starts_with_bos = bool(parts) and parts[0][:1] == [tokenizer.bos]
    bos = [tokenizer.bos] if tokenizer.adds_bos and tokenizer.bos is not None and not starts_with_bos else []
    excess = max(len(bos) + sum(map(len, parts)) - room, 0)
    left = excess
    for index in sorted(range(len(parts)), key=lambda index: _trim_rank(segments[index])):
        if segments[index].role is None:
            continue
        keep = max(len(parts[index]) - left, 0)
        left -= len(parts[index]) - keep
        parts[index] = parts[index][: keep // 2] + parts[index][len(parts[index]) - (keep - keep // 2) :]
    tokens = [*bos, *(token for part in parts for token in part)]
    return Prompt(tuple(tokens[len(tokens) - room :] if left else tokens), trimmed=excess)


def _cut_at(text: str, words: Sequence[str], messages: Sequence[Message]) -> list[Segment]:
    """Cut rendered text at the stand-in words and put the messages' contents there."""
    indices = {word: index for index, word in enumerate(words)}
    segments, end = [], 0
    for match in re.finditer(f"({_EDGE}?)({'|'.join(words) or '(?!)'})({_EDGE}?)", text):
        if match.start() > end:
            segments.append(Segment(text[end : match.start()]))
        index = indices[match.group(2)]
        content = messages[index].content
        content = content if match.group(1) else content.lstrip()
        content = content if match.group(3) else content.rstrip()
        segments.append(Segment(content, messages[index].role, last=index == len(messages) - 1))
        end = match.end()
    if end < len(text):
        segments.append(Segment(text[end:]))
    return segments


def _trim_rank(segment: Segment) -> int:
    if segment.role is Role.SYSTEM:
        return 2
    return 1 if segment.last else 0


def _contents(segments: Sequence[Segment]) -> int:
    return sum(1 for segment in segments if segment.role is not None)


def _without_system(messages: Sequence[Message]) -> list[Message] | None:
    """Move system texts into the first user message; None when there are none or nowhere to put them."""
    system = [message.content for message in messages if message.role is Role.SYSTEM]
    rest = [message for message in messages if message.role is not Role.SYSTEM]
    first = next((index for index, message in enumerate(rest) if message.role is Role.USER), None)
    if not system or first is None:
        return None
    rest[first] = evolve(rest[first], content="\n\n".join([*system, rest[first].content]))
    return rest


def _refused(refusal: Refused) -> EngineError:
    return EngineError(f"The model's chat template does not take these messages: {refusal}")
