from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from mendline.engine import errors
from mendline.engine.fake import Answer, FakeEngine, Gate, from_script, split_tokens
from mendline.engine.protocol import (
    ChatRequest,
    Engine,
    FillRequest,
    FinishReason,
    Message,
    Role,
    Sampling,
    Token,
    Usage,
)
from support.engine_host import chunks_of, recorded, text_of, write_script


def test_is_an_engine() -> None:
    assert isinstance(FakeEngine(), Engine)


@pytest.mark.parametrize(
    ("prefix", "text"),
    [("x = add(", "1, 2)"), ("def f(", "a):\n    pass"), ("anything else", "pass"), ("", "pass")],
)
async def test_answers_by_the_end_of_the_prefix(prefix: str, text: str) -> None:
    engine = FakeEngine([("add(", "1, 2)"), ("(", "a):\n    pass")])
    assert await text_of(engine, FillRequest(prefix)) == text


async def test_answers_by_a_function_and_chat_by_the_last_message() -> None:
    engine = FakeEngine(lambda request: "yes" if isinstance(request, ChatRequest) else None, default="no")
    chat = ChatRequest((Message(Role.USER, "first"), Message(Role.USER, "last")))
    assert [chunk.text async for chunk in engine.chat(chat)] == ["yes", ""]
    assert await text_of(engine, FillRequest("x")) == "no"


@pytest.mark.parametrize(
    ("sampling", "text", "finish"),
    [
        (Sampling(), "a = b\nc", FinishReason.STOP),
        (Sampling(max_tokens=3), "a =", FinishReason.LENGTH),
        (Sampling(stop=("\n",)), "a = b", FinishReason.STOP),
        (Sampling(stop=("= b", "c")), "a ", FinishReason.STOP),
        (Sampling(stop=("a",)), "", FinishReason.STOP),
    ],
)
async def test_honours_limits_and_stops(sampling: Sampling, text: str, finish: FinishReason) -> None:
    chunks = await chunks_of(FakeEngine(default="a = b\nc"), FillRequest("", sampling=sampling))
    assert "".join(chunk.text for chunk in chunks) == text
    assert chunks[-1].finish is finish
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == sum(len(chunk.tokens) for chunk in chunks)


async def test_candidates_come_side_by_side_and_end_by_themselves() -> None:
    engine = FakeEngine(default=Answer.of("a b\nc", "x", usage=Usage(approximate_tokens=4)))
    chunks = await chunks_of(engine, FillRequest("", sampling=Sampling(n=3, stop=("\n",))))
    assert [(chunk.candidate, chunk.text) for chunk in chunks if chunk.text] == [
        (0, "a"),
        (1, "x"),
        (2, "a"),
        (0, " b"),
        (2, " b"),
    ]
    assert [chunk.candidate for chunk in chunks if chunk.finish] == [1, 0, 2]
    usage = chunks[-1].usage
    assert usage is not None
    assert (usage.completion_tokens, usage.approximate_tokens) == (7, 4)
    assert engine.records[0].text == "a b"


async def test_counts_the_prompt_and_what_it_has_seen_before() -> None:
    engine = FakeEngine()
    first = await engine.warm(FillRequest("a b c"))
    second = (await chunks_of(engine, FillRequest("a b d")))[-1].usage
    assert (first.prompt_tokens, first.cached_tokens) == (3, 0)
    assert second is not None
    assert (second.prompt_tokens, second.cached_tokens) == (3, 2)


async def test_a_gate_holds_it_in_prefill_and_a_cancel_is_recorded() -> None:
    gate = Gate()
    engine = FakeEngine(prefill_gate=gate)
    task = asyncio.create_task(text_of(engine, FillRequest("x")))
    await gate.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.open()
    assert await text_of(engine, FillRequest("y")) == "pass"
    assert [(record.cancelled, record.text) for record in engine.records] == [(True, ""), (False, "pass")]


async def test_closing_the_stream_in_decoding_counts_as_cancelled() -> None:
    gate = Gate()
    engine = FakeEngine(default="a b", decode_gate=gate)
    stream = engine.fill(FillRequest("x"))
    assert (await anext(stream)).text == "a"
    await stream.aclose()
    assert engine.records[0].outcome == "cancelled"


async def test_raises_on_the_nth_request() -> None:
    engine = FakeEngine(errors={1: errors.EngineOverloaded("too much")})
    assert await text_of(engine, FillRequest("x")) == "pass"
    with pytest.raises(errors.EngineOverloaded, match="too much"):
        await text_of(engine, FillRequest("x"))
    assert [record.outcome for record in engine.records] == ["finished", "failed"]


@pytest.mark.parametrize("text", ["", "a  b\n\tc", "für(ß) # ☃\r\n", "  x", "a_b1+=2"])
def test_tokens_join_to_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text


async def test_a_script_says_what_to_answer(tmp_path: Path) -> None:
    script = write_script(
        tmp_path / "script.json",
        answers=[
            {"prefix_ends_with": "def f(", "tokens": ["a", "):"], "logprobs": [-1, -2]},
            {"prefix_ends_with": "two", "middle": "a", "others": ["b"], "usage": {"approximate_tokens": 3}},
            {"prefix_ends_with": "boom", "error": "ModelMissing", "message": "not here"},
        ],
        default={"middle": "x"},
        record=str(tmp_path / "record"),
    )
    engine = from_script(script)
    chunks = await chunks_of(engine, FillRequest("def f("))
    assert [token for chunk in chunks for token in chunk.tokens] == [Token("a", -1), Token("):", -2)]
    assert await text_of(engine, FillRequest("other")) == "x"
    two = await chunks_of(engine, FillRequest("two", sampling=Sampling(n=2)))
    assert [(chunk.candidate, chunk.text) for chunk in two if chunk.text] == [(0, "a"), (1, "b")]
    assert two[-1].usage is not None
    assert two[-1].usage.approximate_tokens == 3
    with pytest.raises(errors.ModelMissing, match="not here"):
        await text_of(engine, FillRequest("boom"))
    lines = recorded(tmp_path / "record")
    assert [line["outcome"] for line in lines if line["event"] == "end"] == ["finished"] * 3 + ["failed"]


async def test_a_script_holds_until_a_file_appears(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"middle": "a b c", "hold": str(gate), "hold_after": 1}]))
    stream = from_script(script).fill(FillRequest("x"))
    assert (await anext(stream)).text == "a"
    rest = asyncio.ensure_future(anext(stream))
    done, _ = await asyncio.wait({rest}, timeout=0.05)
    assert not done
    gate.touch()
    assert (await rest).text == " b"
    await stream.aclose()


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"load": {"error": "ModelInvalid"}}, errors.ModelInvalid),
        ({"answers": [{"error": "KeyError"}]}, ValueError),
        ({"answers": [{"tokens": ["a"], "logprobs": [1, 2]}]}, ValueError),
        ({"answers": [{"usage": {"tokens": 3}}]}, ValueError),
    ],
)
def test_a_script_that_fails_to_load(script: dict[str, object], error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error):
        from_script(write_script(tmp_path / "script.json", **script))


def test_answer_of_text() -> None:
    assert Answer.of("a b", logprob=-2).tokens == (Token("a", -2), Token(" b", -2))
