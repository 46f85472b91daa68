from __future__ import annotations

import json
from typing import Any

import pytest

from mendline.engine.protocol import ChatRequest, ContextChunk, FillRequest, Message, Priority, Role, Sampling
from mendline.engine.wire.requests import BadRequest, chat_body, fill_body, parse_chat, parse_fill

SAMPLING = Sampling(max_tokens=7, temperature=0.5, top_p=0.9, top_k=40, seed=3, stop=("\n", "ü"), n=16)


@pytest.mark.parametrize(
    "request_",
    [
        FillRequest("def f("),
        FillRequest(
            "a\r\n\x0c☃😀",
            "suffix",
            "src/a.py",
            (ContextChunk("b.py", "x"), ContextChunk("", "")),
            SAMPLING,
            Priority.BACKGROUND,
        ),
    ],
)
def test_a_fill_survives_the_wire(request_: FillRequest) -> None:
    asked = parse_fill(json.dumps(fill_body(request_)).encode())
    assert asked.request == request_
    assert (asked.stream, asked.include_usage, asked.logprobs) == (True, True, True)


def test_a_chat_survives_the_wire() -> None:
    request = ChatRequest((Message(Role.SYSTEM, "be brief"), Message(Role.USER, "hi")), SAMPLING, Priority.KEYSTROKE)
    assert parse_chat(json.dumps(chat_body(request)).encode()).request == request


def test_what_an_openai_client_sends() -> None:
    asked = parse_fill(b'{"model": "m", "prompt": ["x"], "suffix": null, "stop": "\\n", "n": 1, "user": "me"}')
    assert asked.request == FillRequest("x", sampling=Sampling(stop=("\n",)))
    assert (asked.stream, asked.include_usage, asked.logprobs) == (False, False, False)
    chat = parse_chat(
        b'{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}],'
        b' "max_completion_tokens": 5}'
    )
    assert chat.request == ChatRequest((Message(Role.USER, "ab"),), Sampling(max_tokens=5))


@pytest.mark.parametrize(
    ("fields", "n"),
    [("", 1), (', "n": null, "best_of": null', 1), (', "n": 4', 4), (', "n": 4, "best_of": 4', 4)],
)
def test_candidates_are_asked_for_by_n(fields: str, n: int) -> None:
    assert parse_fill(f'{{"prompt": "x"{fields}}}'.encode()).request.sampling.n == n


def test_one_candidate_is_not_mentioned() -> None:
    # Some servers refuse the field, whatever its value.
    assert "n" not in fill_body(FillRequest("x"))


def test_lone_surrogates_become_replacement_characters() -> None:
    assert parse_fill(b'{"prompt": "a\\ud800b"}').request.prefix == "a\ufffdb"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, "prompt"),
        ({"prompt": 3}, "prompt"),
        ({"prompt": [1, 2, 3]}, "prompt"),
        ({"prompt": "", "suffix": ["x"]}, "suffix"),
        ({"prompt": "", "max_tokens": 0}, "max_tokens"),
        ({"prompt": "", "max_tokens": True}, "max_tokens"),
        ({"prompt": "", "max_tokens": 1.5}, "max_tokens"),
        ({"prompt": "", "temperature": "hot"}, "temperature"),
        ({"prompt": "", "temperature": float("nan")}, "temperature"),
        ({"prompt": "", "temperature": -1}, "temperature"),
        ({"prompt": "", "top_p": 0}, "top_p"),
        ({"prompt": "", "seed": 2**80}, "seed"),
        ({"prompt": "", "stop": [1]}, "stop"),
        ({"prompt": "", "stop": ["x"] * 100}, "stop"),
        ({"prompt": "", "stream": "yes"}, "stream"),
        ({"prompt": "", "logprobs": "all"}, "logprobs"),
        ({"prompt": "", "n": 0}, "n"),
        ({"prompt": "", "n": 17}, "n"),
        ({"prompt": "", "n": "2"}, "n"),
        ({"prompt": "", "n": 2, "best_of": 3}, "best_of"),
        ({"prompt": "", "best_of": 2}, "best_of"),
        ({"prompt": "", "mendline": []}, "mendline"),
        ({"prompt": "", "mendline": {"context": [1]}}, "mendline"),
        ({"prompt": "", "mendline": {"priority": 9}}, "priority"),
    ],
)
def test_a_bad_fill_names_its_field(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_fill(json.dumps(fields).encode())
    assert caught.value.param == param
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "messages",
    [None, [], "hi", [1], [{"role": "robot", "content": ""}], [{"role": "user", "content": [{"type": "image_url"}]}]],
)
def test_bad_messages(messages: Any) -> None:
    with pytest.raises(BadRequest):
        parse_chat(json.dumps({"messages": messages}).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b'{"prompt": }'])
def test_no_json_object_at_all(body: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_fill(body)
