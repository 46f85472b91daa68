"""What is written is read again, whole and in pieces; what others send is read as far as it makes sense."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from mendline.engine.protocol import Choice, Chunk, EngineInfo, FillSupport, FinishReason, Token, Usage
from mendline.engine.wire.answers import Writer
from mendline.engine.wire.info import info_body, read_info
from mendline.engine.wire.reading import Reader

USAGE = Usage(10, 4, 3, 0.5, 0.25, 2, 6, 5, 3)
ONE = [
    Chunk("a", (Token("a", -1.0),)),
    Chunk("b", (Token("b", -2.0),)),
    Chunk(finish=FinishReason.LENGTH, usage=USAGE),
]
TWO = [
    Chunk("a", (Token("a", -1.0),)),
    Chunk("x", (Token("x", -3.0),), candidate=1),
    Chunk(finish=FinishReason.STOP, candidate=1),
    Chunk("b", (Token("b", -2.0),)),
    Chunk(finish=FinishReason.LENGTH, usage=USAGE),
]


def streamed(chunks: list[Chunk], reader: Reader, *, chat: bool) -> list[Chunk]:
    writer = Writer("m", chat=chat, logprobs=True)
    payloads: list[dict[str, Any]] = []
    for chunk in chunks:
        payloads.append(writer.piece(chunk))
        if chunk.usage is not None:
            payloads.append(writer.usage(chunk.usage))
    return [*(chunk for payload in payloads for chunk in reader.read(payload)), *reader.ending()]


@pytest.mark.parametrize("chat", [False, True])
def test_a_stream_of_one_candidate_ends_with_finish_and_usage_together(chat: bool) -> None:
    assert streamed(ONE, Reader(), chat=chat) == ONE


@pytest.mark.parametrize("chat", [False, True])
def test_a_stream_of_several_tells_each_ones_end_at_once_and_the_usage_last(chat: bool) -> None:
    usage = Chunk(usage=USAGE)
    assert streamed(TWO, Reader(2), chat=chat) == [*TWO[:4], Chunk(finish=FinishReason.LENGTH), usage]


@pytest.mark.parametrize("chat", [False, True])
def test_an_answer_in_one_piece_has_every_candidate(chat: bool) -> None:
    payload = Writer("m", chat=chat, logprobs=True).whole(TWO)
    assert [choice["index"] for choice in payload["choices"]] == [0, 1]
    assert [choice["finish_reason"] for choice in payload["choices"]] == ["length", "stop"]
    reader = Reader(2)
    assert reader.read(payload) == [
        Chunk("ab", (Token("a", -1.0), Token("b", -2.0)), FinishReason.LENGTH),
        Chunk("x", (Token("x", -3.0),), FinishReason.STOP, candidate=1),
    ]
    assert reader.finished
    assert reader.ending() == [Chunk(usage=USAGE)]


def test_each_candidate_counts_its_own_characters() -> None:
    writer = Writer("m", chat=False, logprobs=True)
    pieces = [writer.piece(chunk)["choices"][0] for chunk in TWO if chunk.tokens]
    assert [(piece["index"], piece["logprobs"]["text_offset"]) for piece in pieces] == [(0, [0]), (1, [0]), (0, [1])]


def test_each_candidate_of_a_chat_has_its_role() -> None:
    writer = Writer("m", chat=True, logprobs=False)
    deltas = [writer.piece(chunk)["choices"][0]["delta"] for chunk in TWO]
    assert ["role" in delta for delta in deltas] == [True, True, False, False, False]


def test_usage_has_openais_names() -> None:
    usage = Writer("m", chat=False, logprobs=False).usage(USAGE)
    assert usage["usage"] == {
        "prompt_tokens": 10,
        "completion_tokens": 3,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"accepted_prediction_tokens": 3, "rejected_prediction_tokens": 2},
    }
    assert usage["mendline"]["approximate_tokens"] == 6


@pytest.mark.parametrize(
    ("asked", "choices", "texts"),
    [
        (1, [{"index": 3, "text": "a"}], {0: "a"}),
        (1, [{"text": "a"}, {"text": "b"}], {0: "a"}),
        (2, [{"text": "a"}, {"text": "b"}], {0: "a", 1: "b"}),
        (2, [{"index": "one", "text": "a"}], {0: "a"}),
        (2, [{"index": 1, "text": "a"}, 7], {1: "a"}),
        (2, [{"text": "a"}, {"text": "b"}, {"index": 9, "text": "c"}], {0: "a", 1: "b"}),
        (4, [{"index": 0, "text": "a", "finish_reason": "stop"}], {0: "a"}),
    ],
)
def test_which_candidate_a_choice_is(asked: int, choices: list[Any], texts: dict[int, str]) -> None:
    reader = Reader(asked)
    assert {chunk.candidate: chunk.text for chunk in reader.read({"choices": choices})} == texts
    ends = reader.ending()
    assert ends[-1].usage is not None
    assert all(chunk.finish is not None for chunk in ends[:-1])


def test_a_candidate_ends_once() -> None:
    reader = Reader(2)
    first = reader.read({"choices": [{"index": 1, "text": "a", "finish_reason": "length"}]})
    again = reader.read({"choices": [{"index": 1, "text": "", "finish_reason": "stop"}]})
    assert (first, again) == ([Chunk("a", finish=FinishReason.LENGTH, candidate=1)], [])
    assert reader.ending() == [Chunk(usage=Usage())]


def test_llama_servers_figures() -> None:
    reader = Reader()
    timings = {"cache_n": 5, "prompt_n": 2, "prompt_ms": 20.0, "predicted_n": 4, "predicted_ms": 40.0}
    reader.read({"content": "x", "stop": True, "timings": timings | {"draft_n": 9, "draft_n_accepted": 6}})
    assert reader.usage == Usage(7, 5, 4, 0.02, 0.04, drafted_tokens=9, accepted_tokens=6)


INFO = EngineInfo(
    "some-model",
    backend="CPU",
    layers=3,
    fill=FillSupport.PREFIX_ONLY,
    can_splice=True,
    choices=(Choice("threads", "2", "physical cores"), Choice("KV type", "f16", "set by hand")),
    notes=("a note",),
)


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({}, INFO),
        ({"brand_new": {"deep": [1]}}, INFO),
        ({"fill": "by magic"}, attrs.evolve(INFO, fill=FillSupport.NATIVE)),
        ({"layers": "three", "notes": None, "can_splice": 1}, attrs.evolve(INFO, layers=0, notes=(), can_splice=False)),
        (
            {"choices": [{"name": "threads", "value": "2", "reason": "why", "since": 3}, {"name": "n"}, 4]},
            attrs.evolve(INFO, choices=(Choice("threads", "2", "why"),)),
        ),
        ({"model": None}, attrs.evolve(INFO, model="unknown")),
    ],
)
def test_what_runs_is_read_from_an_engine_of_any_version(change: dict[str, Any], read: EngineInfo) -> None:
    body = {name: list(value) if isinstance(value, tuple) else value for name, value in info_body(INFO).items()}
    assert read_info(body | change) == read
